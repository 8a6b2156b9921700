/** Entry of embed.min.js: shows the conversation where the page has `#isso-thread`, as Isso's client does. */

import type { Failure } from '../client';
import { el, set } from '../dom';
import { explain } from '../explain';
import { showServerHtml } from '../html';
import { fill, plural } from '../speech';
import type { Options } from '../thread';
import { missing, place } from '../tree';
import { ask, door } from './api';
import { lookOf, readAttributes, type Found, type Look } from './attributes';
import { count } from './counter';
import { action } from './link';
import { loadFrom } from './load';
import { doorOf, nameOf, titleOf } from './place';
import { speak, wishesOf, type Voice } from './say';
import { converse, firstQuery, readThread, settle, type Thread } from './thread';

declare global {
  interface Window {
    /** For pages that change without being loaded anew. */
    Isso?: { init(): void; fetchComments(): void };
  }
}

/** What is lent to the part for writing, so that nothing is sent twice. */
export const equipment = {
  action,
  ask,
  door,
  el,
  explain,
  fill,
  missing,
  place,
  plural,
  readThread: (thread: Thread, query: object) => readThread(thread.options, ask, query),
  set,
  showServerHtml,
};

export type Equipment = typeof equipment;

const root = doorOf(document.currentScript);
const load = loadFrom(root);
let life = new AbortController();
/** Where the conversation stands, and what shows it anew. */
let home: HTMLElement | null = null;
let refresh: (() => Promise<void>) | undefined;

/** Reads the page anew: its attributes, its links, its `#isso-thread`. What stood there before ends. */
function init(): void {
  life.abort();
  life = new AbortController();
  const found = readAttributes(document.scripts);
  const look = lookOf(found, root);
  const learning = speak(wishesOf(look), found, load);
  void count(
    root,
    learning.then((voice) => (n) => voice.say('num-comments', n)),
  );
  home = document.getElementById('isso-thread');
  refresh = undefined;
  if (!home) return;
  if (look.css && !document.getElementById('isso-style')) {
    document.head.append(el('link', { id: 'isso-style', rel: 'stylesheet', href: look.css }));
  }
  refresh = open(home, look, found, learning, life.signal);
  void refresh();
}

/** Frames the conversation; the function that comes back shows it, or what is new in it. */
function open(section: HTMLElement, look: Look, found: Found, learning: Promise<Voice>, signal: AbortSignal) {
  const theirs = new Set<Node>(section.childNodes);
  signal.addEventListener('abort', () => {
    for (const node of [...section.childNodes]) if (!theirs.has(node)) node.remove();
  });
  const name = nameOf(section);
  const feed = el('a', { href: `${root}feed?${new URLSearchParams({ uri: name.id })}` });
  const feedLink = el('span', { class: 'isso-feedlink' });
  // A heading of the fourth level, as pages style it; of the second to those who listen.
  const heading = el('h4', { class: 'isso-thread-heading', 'aria-level': 2, tabindex: -1 });
  const status = el('p', { class: 'isso-loading', role: 'status' });
  section.append(feedLink, heading, status);
  const options: Options = {
    site: { host: root, key: root },
    load,
    name,
    sort: look.sort,
    // Whoever writes asks it for the title.
    host: el('div', { title: titleOf(section) }),
    section,
    emit: (event, detail) => section.dispatchEvent(new CustomEvent(`parlour:${event}`, { detail, bubbles: true })),
    signal,
  };
  let talk: Thread | undefined;
  let reading: Promise<void> | undefined;
  void learning.then(({ words }) => {
    if (!talk) status.append(words.loading);
  });
  // Pages that change call init() and fetchComments() one after the other; that is one request.
  return () => (reading ??= read().finally(() => (reading = undefined)));

  async function read(): Promise<void> {
    let voice: Voice | undefined;
    try {
      if (talk) return await talk.turn({ around: undefined });
      const page = await readThread(options, ask, firstQuery(look));
      const { language } = page.settings;
      voice = await learning;
      if (language !== 'auto' && !look.lang) voice = await speak(wishesOf(look, language), found, load);
      if (signal.aborted) return;
      settle(section, voice);
      feed.textContent = voice.say('atom-feed');
      feedLink.append(feed);
      talk = converse(options, ask, look, voice, page);
      status.remove();
      options.emit('loaded', { thread: page.thread });
    } catch (error) {
      voice ??= await learning;
      if (signal.aborted) return;
      await admit(error as Failure, voice);
      return;
    }
    void furnish(talk);
  }

  /** Says what went wrong, and how to go on. */
  async function admit(failure: Failure, voice: Voice): Promise<void> {
    const { code, text, repair } = await explain(failure, voice, options, !talk);
    if (signal.aborted) return;
    const box = el('div', { class: 'isso-error', role: 'alert' }, el('p', {}, text), repair && el('p', {}, repair));
    box.append(
      action('isso-retry', voice.words.retry, () => {
        box.remove();
        return refresh!();
      }),
    );
    settle(section, voice);
    status.textContent = '';
    heading.after(box);
    options.emit('error', { code, message: text });
  }

  /** What belongs to writing comes when there is something to read. */
  async function furnish(thread: Thread): Promise<void> {
    try {
      const [{ default: write }] = await Promise.all([load('write.js'), thread.speech.learn()]);
      if (!signal.aborted) write(thread, equipment);
    } catch (error) {
      console.warn(error);
      const { words } = thread.speech;
      thread.trouble.replaceChildren(
        `${words.unreachable} `,
        action('isso-retry', words.retry, () => {
          thread.trouble.textContent = '';
          return furnish(thread);
        }),
      );
    }
  }
}

/** Until there is a conversation, and again when it has gone: frameworks put elements in when they please. */
function watch(): void {
  const observer = new MutationObserver(() => {
    if (!home?.isConnected && document.getElementById('isso-thread')) init();
  });
  observer.observe(document.documentElement, { childList: true, subtree: true });
}

function begin(): void {
  init();
  watch();
}

// A page may carry the script twice, for instance from a template and by hand.
if (!window.Isso) {
  window.Isso = { init, fetchComments: () => void refresh?.() };
  if (document.readyState === 'loading') addEventListener('DOMContentLoaded', begin);
  else begin();
}
