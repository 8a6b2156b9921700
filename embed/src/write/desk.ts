/** What all that writes in one thread works with. */

import type { Card } from '../card';
import type { Failure } from '../client';
import type { Conversation } from '../conversation';
import type { Equipment } from '../equipment';
import type { More } from '../more/more';
import type { Comment, PostedComment, ThreadName, ThreadView, Votes } from '../wire';
import { ask, explain } from './core';
import { Store } from './store';

/** The longest title that the server takes, in characters. */
const MAX_TITLE = 300;

export interface Desk {
  talk: Conversation;
  /** The thread as requests that may open it name it. */
  readonly name: ThreadName;
  /** The site's word for who reads, if it gives one and its owner wants it: it may come after the page. */
  readonly identity: string | undefined;
  store: Store;
  /** The reader's own comments that the public list does not hold (yet). */
  own: Map<string, Comment>;
  /** Asks the visitor door for something to be done. */
  ask<T>(method: string, path: string, body?: object, headers?: Record<string, string>): Promise<T>;
  /** The same with the proof that this browser may. */
  askAs<T>(token: string, method: string, path: string, body?: object): Promise<T>;
  /** Tells it to those who listen instead of looking. */
  say(text: string): void;
  /** Puts the words for what went wrong into the element, and tells the page. */
  blame(element: HTMLElement, failure: Failure): Promise<void>;
  /** Takes over what the server said of the thread and a comment, and draws. */
  take(thread: ThreadView | undefined, comment?: Comment): void;
  /**
   * What is on its way: until it is answered, nobody knows whose a comment is that others tell of, or what became of it.
   */
  posting?: Promise<unknown>;
  /** A comment that was just posted by the reader. */
  posted(posted: PostedComment): void;
  /** Proof of who votes; asked for once, before the first vote. */
  reader(): Promise<string>;
  /** Loads what is wanted less often and does one of it; says in `trouble` when that cannot be had. */
  more(what: 'menu' | 'edit' | 'remove' | 'tools' | 'wishes' | 'follow', details: Partial<More>): Promise<void>;
  /** Comments that the reader has deleted on this page; their places stay as they are. */
  deleted: Set<string>;
  /** Takes over new numbers, and draws nothing. */
  count(id: string, votes: Votes): void;
  /** Opens the form that answers a comment, with `text` put into it. */
  answer(card: Card, text?: string): void;
}

const stores = new Map<string, Store>();

export function desk(talk: Conversation, status: HTMLElement, equipment: Equipment): Desk {
  const { options, speech } = talk;
  const site = options.site!;
  const store = stores.get(site.key) ?? new Store(site.key);
  stores.set(site.key, store);
  const self: Desk = {
    talk,
    get name() {
      const { host, name } = options;
      const title = [...(host.getAttribute('title') ?? document.title)].slice(0, MAX_TITLE).join('');
      return { ...name, title, signature: host.getAttribute('thread-signature') ?? undefined };
    },
    get identity() {
      const word = talk.page.settings.sign_in !== 'off' && options.host.getAttribute('identity');
      return word || undefined;
    },
    store,
    own: new Map(),
    deleted: new Set(),
    ask(method, path, body, headers) {
      const json = body && { body: JSON.stringify(body) };
      const type = body && { 'Content-Type': 'application/json' };
      return ask(site, path, options.signal, { method, ...json, headers: { ...type, ...headers } });
    },
    askAs(token, method, path, body) {
      return self.ask(method, path, body, { 'Parlour-Tokens': token });
    },
    say(text) {
      status.textContent = text;
    },
    async blame(element, failure) {
      const { code, text: message } = await explain(failure, speech, options);
      if (options.signal.aborted) return;
      element.textContent = message;
      options.emit('error', { code, message });
    },
    take(thread, comment) {
      talk.page = { ...talk.page, thread: { ...talk.page.thread, ...thread } };
      if (comment) alter(comment.id, comment);
      talk.draw();
    },
    count(id, votes) {
      alter(id, { votes });
    },
    async more(what, details) {
      try {
        await (await options.load('more.js'))[what]({ ...details, desk: self, equipment });
      } catch (error) {
        console.warn(error);
        // A text box serves without its tools.
        if (details.trouble) await self.blame(details.trouble, error as Failure);
      }
    },
    posted({ comment, thread, token, token_expires_at: expires, editable_until: until }) {
      const { words } = speech;
      store.keepToken({ comment: comment.id, thread: thread.key, token, expires, until });
      self.own.set(comment.id, comment);
      self.take(thread);
      const { article } = talk.cards.get(comment.id)!;
      article.focus({ preventScroll: true });
      article.scrollIntoView({ block: 'nearest' });
      self.say(comment.state === 'published' ? words.postedPublished : words.postedPending);
      options.emit('posted', { comment, thread });
      // It was loaded when the form was entered.
      options.load('trouble.js').then(({ skew }) => skew(site, comment.created_at)).catch(() => undefined);
    },
    async reader() {
      const kept = store.read().reader;
      if (kept) return kept;
      const { token } = await self.ask<{ token: string }>('POST', 'reader');
      store.change((shelf) => (shelf.reader = token));
      return token;
    },
    answer() {},
  };
  return self;

  /** Wherever the comment is kept. Alone on the wire it does not know its depth. */
  function alter(id: string, news: Partial<Comment>): void {
    const change = (one: Comment) => (one.id === id ? { ...one, ...news, depth: one.depth } : one);
    talk.page = { ...talk.page, comments: talk.page.comments.map(change) };
    const mine = self.own.get(id);
    if (mine) self.own.set(id, change(mine));
  }
}
