/** The elements live and die with their place in the page. */

import type { Conversation } from './conversation';
import { el } from './dom';
import { equipment } from './equipment';
import { onShadeChange, shadeAround } from './ground';
import type { Installation } from './installation';
import css from './reading.css';
import type { Load } from './speech';
import { showThread } from './thread';
import { pageUrl } from './thread-key';
import type { Sort } from './wire';

/** Of what is beside the script; put in by the build, so that a new script never takes an old part from a cache. */
declare const VERSION: string;

/** So far from the window, in pixels, a thread begins to load. */
const NEAR = 800;

/** What all elements of a page share. */
export const shared = {} as {
  installation: Installation;
  /** Loads what belongs to writing and gives it to a thread that is shown. */
  furnish(conversation: Conversation): void;
};

/** A module that could not be had is asked for once more; browsers remember the failure by the address. */
export const load: Load = (file) => {
  const address = `${shared.installation.base}embed/${file}?v=${VERSION}`;
  return import(address).catch(() => import(`${address}#${Date.now()}`));
};

let sheet: CSSStyleSheet | undefined;

/** What the elements have in common: a shadow root, the page's shade, an end. */
export abstract class Room extends HTMLElement {
  static readonly observedAttributes = ['thread-id', 'url', 'lang', 'sort', 'theme'];

  readonly load = load;
  readonly root = el('div', { part: 'parlour', title: '' });
  /** Aborting it ends every request, timer and listener of what is shown now. */
  #life: AbortController | undefined;

  constructor() {
    super();
    if (!sheet) (sheet = new CSSStyleSheet()).replaceSync(css);
    const shadow = this.attachShadow({ mode: 'open' });
    shadow.adoptedStyleSheets = [sheet];
    shadow.append(this.root);
  }

  connectedCallback(): void {
    // Several changes at once are one, and an element that is only moved within the page keeps all it has.
    queueMicrotask(() => {
      if (!this.isConnected) this.#end();
      else if (!this.#life) {
        const { signal } = (this.#life = new AbortController());
        onShadeChange(() => this.shade(), signal);
        this.show(signal);
      }
    });
  }

  disconnectedCallback(): void {
    this.connectedCallback();
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (name === 'theme') this.shade();
    else if (this.#life && before !== now) this.reload();
  }

  /** Shows everything anew. */
  reload(): void {
    this.#end();
    this.connectedCallback();
  }

  /** Light or dark as the attribute says, else as the page is. */
  shade(): void {
    const theme = this.get('theme');
    this.root.dataset['shade'] = theme === 'light' || theme === 'dark' ? theme : shadeAround(this.root);
  }

  get(attribute: string): string | undefined {
    return this.getAttribute(attribute) ?? undefined;
  }

  /** The site that the element belongs to. */
  get site() {
    const { host, site } = shared.installation;
    const key = this.get('site') ?? site;
    return key ? { host: this.get('host') ?? host, key } : undefined;
  }

  /** Calls back at once if the element is near the window, wanted eagerly, or where the page's address leads. */
  whenNear(signal: AbortSignal, act: () => void): void {
    const { top, bottom, width } = this.getBoundingClientRect();
    const near = width && top < innerHeight + NEAR && bottom > -NEAR;
    if (near || this.get('loading') === 'eager' || /^#parlour-/.test(location.hash)) return act();
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        observer.disconnect();
        act();
      },
      { rootMargin: `${NEAR}px` },
    );
    observer.observe(this);
    signal.addEventListener('abort', () => observer.disconnect());
  }

  abstract show(signal: AbortSignal): void;

  #end(): void {
    this.#life?.abort();
    this.#life = undefined;
  }
}

/**
 * The comments of a page or of anything else that has an id.
 *
 * @tag parlour-comments
 * @attr {string} thread-id - an id of your choice that names the thread, whatever the page's address
 * @attr {string} thread-signature - shows that the site itself named the thread, where it lets nobody else
 * @attr {string} identity - who reads, by the site's own sign-in: a token that the site made for him; may be set later
 * @attr {string} url - the page that the thread belongs to; without it `<link rel="canonical">`, else the address without its fragment
 * @attr {string} title - the page's title as moderators see it; without it the document's
 * @attr {string} lang - the language to speak; without it the site's setting, the page's `<html lang>`, the browser's languages, English
 * @attr {'light'|'dark'|'auto'} theme - without it, or with `auto`, as the page around it is, followed when that changes
 * @attr {'oldest'|'newest'|'best'|'discussed'} sort - which comments come first; without it the site's setting
 * @attr {'lazy'|'eager'} loading - `eager` loads at once; without it the thread loads when the reader comes near it
 * @attr {string} site - the site's key, where the script tag does not say it
 * @attr {string} host - where Parlour is served, with a trailing slash, where the script tag does not say it
 * @attr {string} text-NAME - a text of your own in place of one of ours; the names are listed under Texts; read when the thread loads
 *
 * @fires parlour:loaded {thread} - the thread can be read; `thread` as the API gives it, with `key`, `open`, `comment_count`
 * @fires parlour:posted {comment, thread} - the reader posted; `comment.state` is `published` or `pending`
 * @fires parlour:edited {comment, thread} - the reader changed a comment of his
 * @fires parlour:deleted {id, thread} - the reader deleted a comment of his
 * @fires parlour:restored {comment, thread} - and brought it back
 * @fires parlour:voted {id, value, votes} - the reader voted on a comment: `value` is 1, -1 or 0
 * @fires parlour:reacted {kind, on, reactions} - the reader set a reaction to the page, or took it back
 * @fires parlour:reported {id, reason} - the reader reported a comment
 * @fires parlour:news {count} - so many comments by others have come and are not shown yet
 * @fires parlour:error {code, message} - something failed; `code` is one of the API's or of those below
 *
 * @method reload() - shows everything anew, for instance after the page's address has changed without a new page
 *
 * @cssprop --parlour-text - text; most other colours are thinned from it
 * @cssprop --parlour-background - behind the thread; transparent
 * @cssprop --parlour-accent - links, the Post button, focus
 * @cssprop --parlour-on-accent - text on that colour
 * @cssprop --parlour-muted - times, hints and labels
 * @cssprop --parlour-border - hairlines and the lines beside replies
 * @cssprop --parlour-field - outlines of text boxes and buttons
 * @cssprop --parlour-surface - text boxes and buttons
 * @cssprop --parlour-error - complaints
 * @cssprop --parlour-waiting - "Waiting for approval"
 * @cssprop --parlour-font - font family; the system's
 * @cssprop --parlour-font-size - base size; the reader's
 * @cssprop --parlour-mono - font family of code
 * @cssprop --parlour-radius - roundness of corners
 *
 * @csspart parlour - all of it
 * @csspart thread - the same, as the region that screen readers name
 * @csspart title - how many comments there are
 * @csspart sort - the choice of order
 * @csspart reactions - the row of reactions to the page
 * @csspart composer - a form: for a comment, a reply, a change, a report
 * @csspart editor - a text box with its buttons
 * @csspart textarea - the text box alone
 * @csspart preview - what the text will look like
 * @csspart input - every other field of a form
 * @csspart button - every button; what it is stands beside it, as in `::part(button primary)`
 * @csspart primary - the button that sends
 * @csspart secondary - a button that repeats or undoes
 * @csspart plain - a button without an outline
 * @csspart more - a button that loads more
 * @csspart tab - Write and Preview
 * @csspart tool - a button over the text box
 * @csspart reaction - one reaction to the page
 * @csspart news - the button that shows what is new
 * @csspart bar - where that button lies
 * @csspart notice - the site's notice, and other hints around the form
 * @csspart list - the comments
 * @csspart comment - one comment without its replies
 * @csspart avatar - the circle beside it
 * @csspart author - who wrote it
 * @csspart badge - "Team" and "Pinned"
 * @csspart permalink - the link to it
 * @csspart time - when it was written
 * @csspart mark - "Waiting for approval" and the like
 * @csspart body - its text
 * @csspart empty - said where there are no comments
 * @csspart error - what went wrong, at its place
 * @csspart failure - what went wrong, with a button to try again
 */
export class ParlourComments extends Room {
  show(signal: AbortSignal): void {
    const section = el('section', { part: 'thread' });
    // What the server rendered into the page is shown until there is more. A parser may still be at work on it.
    const slot = el('slot');
    slot.onslotchange = () => {
      const fragment = this.querySelector('.parlour-static');
      if (fragment) section.replaceChildren(fragment);
    };
    section.append(slot);
    this.root.replaceChildren(section);
    this.whenNear(signal, () => {
      const canonical = document.querySelector<HTMLLinkElement>('link[rel~="canonical"]')?.href;
      void showThread({
        site: this.site,
        load,
        name: { id: this.get('thread-id'), url: pageUrl([this.get('url'), canonical], location.href) },
        sort: this.get('sort') as Sort | undefined,
        host: this,
        section,
        furnish: shared.furnish,
        emit: (name, detail) =>
          this.dispatchEvent(new CustomEvent(`parlour:${name}`, { detail, bubbles: true, composed: true })),
        signal,
      });
    });
  }
}

/**
 * What was said last on the site, on whatever page; colours and fonts as above.
 *
 * @tag parlour-recent
 * @attr {number} limit - how many comments, at most 50; without it 10
 * @attr {string} lang - as above
 * @attr {'light'|'dark'|'auto'} theme - as above
 * @attr {string} site - as above
 * @attr {string} host - as above
 * @attr {'lazy'|'eager'} loading - as above
 * @attr {string} text-NAME - as above
 *
 * @method reload() - asks anew
 *
 * @csspart excerpt - the beginning of a comment; the other parts are named as above
 */
export class ParlourRecent extends Room {
  show(signal: AbortSignal): void {
    this.whenNear(signal, async () => (await load('recent.js')).default(this, signal, equipment));
  }
}
