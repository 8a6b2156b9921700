/** `<parlour-comments>`: lives and dies with its place in the page. */

import type { Site } from './client';
import { el } from './dom';
import { onShadeChange, shadeAround } from './ground';
import { speech } from './speech';
import { Store } from './store';
import css from './theme.css';
import { Thread } from './thread';
import { pageUrl, threadKey } from './thread-key';

/** The longest title that the server takes, in characters. */
const MAX_TITLE = 300;

/** Makes the element for one site. All its threads share one style sheet and one store. */
export function commentsElement(site: Site | undefined): CustomElementConstructor {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  const store = new Store(site?.key ?? '');

  return class ParlourComments extends HTMLElement {
    static readonly observedAttributes = ['thread-id', 'url', 'title', 'lang', 'sort', 'theme'];

    readonly #shadow = this.attachShadow({ mode: 'open' });
    /** The empty title stops the browser from showing the element's own as a tooltip over every comment. */
    readonly #root = el('div', { class: 'parlour', part: 'parlour', title: '' });
    /** Aborting it ends every request, timer and listener of what is shown now. */
    #life: AbortController | undefined;

    constructor() {
      super();
      this.#shadow.adoptedStyleSheets = [sheet];
    }

    connectedCallback(): void {
      this.#mount();
    }

    disconnectedCallback(): void {
      this.#unmount();
    }

    attributeChangedCallback(name: string, before: string | null, now: string | null): void {
      if (!this.#life || before === now) return;
      if (name === 'theme') this.#shade();
      else this.#mount();
    }

    #mount(): void {
      this.#unmount();
      const life = new AbortController();
      this.#life = life;
      const sources = {
        threadId: this.getAttribute('thread-id'),
        url: this.getAttribute('url'),
        canonical: document.querySelector('link[rel~="canonical"]')?.getAttribute('href') ?? null,
        location: location.href,
      };
      const sort = this.getAttribute('sort');
      const title = [...(this.getAttribute('title') ?? document.title)].slice(0, MAX_TITLE).join('');
      const thread = new Thread({
        site,
        store,
        key: threadKey(sources),
        page: { url: pageUrl(sources), title },
        sort: sort === 'oldest' || sort === 'newest' ? sort : undefined,
        speech: (setting) => {
          const page = document.documentElement.lang;
          return speech([this.getAttribute('lang'), setting, page, navigator.language]);
        },
        emit: (name, detail) => {
          this.dispatchEvent(new CustomEvent(`parlour:${name}`, { detail, bubbles: true, composed: true }));
        },
        signal: life.signal,
      });
      this.#root.replaceChildren(thread.element);
      this.#shadow.replaceChildren(this.#root);
      this.#shade();
      onShadeChange(() => this.#shade(), life.signal);
      void thread.load();
    }

    #unmount(): void {
      this.#life?.abort();
      this.#life = undefined;
      this.#shadow.replaceChildren();
    }

    /** Light or dark as the attribute says, else as the page is. */
    #shade(): void {
      const theme = this.getAttribute('theme');
      this.#root.dataset['shade'] = theme === 'light' || theme === 'dark' ? theme : shadeAround(this);
    }
  };
}
