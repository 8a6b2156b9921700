/** The elements live and die with their place in the page. */

import type { Conversation } from './conversation';
import { el } from './dom';
import { equipment } from './equipment';
import { onShadeChange, shadeAround } from './ground';
import type { Installation } from './installation';
import css from './reading.css';
import { showThread } from './thread';
import { pageUrl } from './thread-key';
import type { Sort } from './wire';

/** Of what is beside the script; put in by the build, so that a new script never takes an old part from a cache. */
declare const VERSION: string;

/** So far from the window, in pixels, a thread begins to load. */
const NEAR = 800;

/** What all elements of a page share. */
export const shared = {
  installation: {} as Installation,
  /** Loads what belongs to writing and gives it to a thread that is shown. */
  furnish(_: Conversation): void {},
};

const beside = (file: string) => `${shared.installation.base}embed/${file}?v=${VERSION}`;

let sheet: CSSStyleSheet | undefined;

/** What the elements have in common: a shadow root, the page's shade, an end. */
export abstract class Room extends HTMLElement {
  static readonly observedAttributes = ['thread-id', 'url', 'lang', 'sort', 'theme', 'site', 'limit'];

  readonly beside = beside;
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
    this.whenNear(signal, async () => {
      const canonical = document.querySelector<HTMLLinkElement>('link[rel~="canonical"]')?.href;
      const conversation = await showThread({
        site: this.site,
        beside,
        name: { id: this.get('thread-id'), url: pageUrl([this.get('url'), canonical], location.href) },
        sort: this.get('sort') as Sort | undefined,
        host: this,
        section,
        emit: (name, detail) =>
          this.dispatchEvent(new CustomEvent(`parlour:${name}`, { detail, bubbles: true, composed: true })),
        signal,
      });
      if (conversation) shared.furnish(conversation);
    });
  }
}

/** `<parlour-recent>`: what was said last on the site; how, is in a file that pages without it never load. */
export class ParlourRecent extends Room {
  show(signal: AbortSignal): void {
    this.whenNear(signal, async () => (await import(beside('recent.js'))).default(this, signal, equipment));
  }
}
