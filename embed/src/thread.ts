/** A thread from its first request on: loading, then a conversation, or words about what went wrong. */

import type { Failure, Site } from './client';
import { converse, numberInHash, readThread, type Conversation } from './conversation';
import { el, set } from './dom';
import { explain, failure } from './explain';
import { direction, speak, type Load, type Speech } from './speech';
import type { Sort, ThreadName, ThreadPage } from './wire';

export interface Options {
  /** Undefined when the page names no site. */
  site: Site | undefined;
  load: Load;
  name: Pick<ThreadName, 'id' | 'url'>;
  sort: Sort | undefined;
  /** The element, for its attributes. */
  host: HTMLElement;
  section: HTMLElement;
  emit(name: string, detail: object): void;
  signal: AbortSignal;
}

export interface ShownOptions extends Options {
  /** Loads what belongs to writing, once there is something to read. */
  furnish(conversation: Conversation): void;
}

/** When it cannot be read, that is said in the section, with a button to try again. */
export async function showThread(options: ShownOptions): Promise<void> {
  const { section, signal, host, load } = options;
  const own = host.getAttribute('lang');
  const wishes = [own, document.documentElement.lang, ...navigator.languages];
  // Both begin now: the language need not wait for the comments.
  const learning = speak(wishes, host, load);
  const reading = readThread(options, { around: numberInHash() });
  const fragment = () => section.querySelector<HTMLElement>('.parlour-static');
  const loading = el('p', { class: 'loading', role: 'status' });
  if (!fragment()) section.append(loading);
  void learning.then(({ words }) => loading.append(words.loading));
  try {
    const page = await reading;
    const { language } = page.settings;
    const speech = await (own || language === 'auto' ? learning : speak([language, ...wishes], host, load));
    if (signal.aborted) return;
    settle(speech);
    const conversation = converse(options, page, speech, standing(page));
    options.emit('loaded', { thread: page.thread });
    options.furnish(conversation);
  } catch (error) {
    if (signal.aborted) return;
    const speech = await learning;
    const { code, text: message, repair } = await explain(error as Failure, speech, options, true);
    settle(speech);
    loading.remove();
    // Where the server rendered the thread into the page, that can still be read.
    section.append(failure({ text: message, repair }, speech, () => showThread(options)));
    options.emit('error', { code, message });
  }

  /** The texts that the server rendered into the page, by the ids of their comments, if they are still as they were. */
  function standing({ thread }: ThreadPage): Map<string, HTMLElement> {
    const still = fragment()?.dataset['parlourVersion'] === `${thread.version}`;
    const articles = still ? section.querySelectorAll<HTMLElement>('[data-id]') : [];
    return new Map([...articles].map((article) => [article.dataset['id']!, article.querySelector('.parlour-text')!]));
  }

  function settle({ words, locale }: Speech): void {
    set(section, { 'aria-label': words.title, lang: locale, dir: direction(locale) });
  }
}
