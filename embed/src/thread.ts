/** A thread from its first request on: loading, then a conversation, or words about what went wrong. */

import { codeOf, Failure, readThread, type Reason, type Site } from './client';
import { Conversation } from './conversation';
import { diagnose } from './diagnosis';
import { button, el } from './dom';
import { explainThread } from './explain';
import type { Speech } from './speech';
import type { Store } from './store';
import type { ThreadKey } from './thread-key';
import type { Sort, ThreadPage } from './wire';

export interface ThreadOptions {
  /** Undefined when the page's script tag names no site. */
  site: Site | undefined;
  store: Store;
  key: ThreadKey;
  page: { url: string; title: string };
  sort: Sort | undefined;
  /** The language to speak, given the one that the site asks for. */
  speech(setting?: string): Speech;
  emit(name: 'loaded' | 'posted' | 'error', detail: object): void;
  signal: AbortSignal;
}

export class Thread {
  readonly element = el('section', { class: 'thread', part: 'thread' });
  readonly #options: ThreadOptions;
  #speech: Speech;

  constructor(options: ThreadOptions) {
    this.#options = options;
    this.#speech = options.speech();
  }

  async load(): Promise<void> {
    this.#showSkeleton();
    try {
      const { site, page } = await this.#firstPage();
      this.#speech = this.#options.speech(page.settings.language);
      const conversation = new Conversation(this.#options, site, page, this.#speech);
      this.#settle(...conversation.parts);
      this.#options.emit('loaded', { thread: page.thread });
      conversation.followHash();
      await conversation.addOwn();
    } catch (error) {
      if (this.#options.signal.aborted) return;
      if (!(error instanceof Failure)) throw error;
      this.#showFailure(error.reason);
    }
  }

  async #firstPage(): Promise<{ site: Site; page: ThreadPage }> {
    const { site, key, sort, signal } = this.#options;
    if (!site) throw new Failure({ kind: 'key_missing' });
    // A file or a sandboxed frame has no origin that a site could list.
    if (window.origin === 'null') throw new Failure({ kind: 'origin_missing' });
    try {
      return { site, page: await readThread(site, key, { sort }, signal) };
    } catch (error) {
      if (!(error instanceof Failure) || error.reason.kind !== 'unreachable') throw error;
      throw new Failure(await diagnose(site, signal));
    }
  }

  #showSkeleton(): void {
    const lines = [0, 1, 2].map(() => el('div', { class: 'bone', 'aria-hidden': 'true' }));
    const label = el('p', { class: 'unseen', role: 'status' }, this.#speech.words.loading);
    this.element.setAttribute('aria-busy', 'true');
    this.element.replaceChildren(el('div', { class: 'skeleton' }, label, ...lines));
  }

  #showFailure(reason: Reason): void {
    const { text, repair } = explainThread(reason, this.#speech);
    const again = button(this.#speech.words.retry, 'secondary', () => void this.load());
    const hint = repair ? el('p', { class: 'small' }, repair) : undefined;
    this.#settle(el('div', { class: 'failure', part: 'error', role: 'alert' }, el('p', {}, text), hint, again));
    console.warn(`Parlour: ${text} ${repair ?? ''}`.trim());
    this.#options.emit('error', { code: codeOf(reason), message: text });
  }

  #settle(...content: Node[]): void {
    this.element.removeAttribute('aria-busy');
    this.element.setAttribute('aria-label', this.#speech.words.title);
    this.element.lang = this.#speech.locale;
    this.element.replaceChildren(...content);
  }
}
