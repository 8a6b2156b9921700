/** What all that writes in one thread works with. */

import type { Card } from '../card';
import type { Failure, Question } from '../client';
import type { Conversation } from '../conversation';
import type { Equipment } from '../equipment';
import type { More } from '../more/more';
import type { Comment, PostedComment, ThreadView, Votes } from '../wire';
import { ask, explain } from './core';
import { Store } from './store';

export interface Desk {
  talk: Conversation;
  store: Store;
  /** The reader's own comments that the public list does not hold (yet). */
  own: Map<string, Comment>;
  /** Asks the visitor door. */
  ask<T>(path: string, question?: Question): Promise<T>;
  /** The same with the proof that this browser may. */
  askAs<T>(token: string, path: string, question?: Question): Promise<T>;
  /** Tells it to those who listen instead of looking. */
  say(text: string): void;
  /** Puts the words for what went wrong into the element, and tells the page. */
  blame(element: HTMLElement, failure: Failure): Promise<void>;
  /** Takes over what the server said of the thread and a comment, and draws. */
  take(thread: ThreadView | undefined, comment?: Comment): void;
  /** A comment that was just posted by the reader. */
  posted(posted: PostedComment): void;
  /** Proof of who votes; asked for once, before the first vote. */
  reader(): Promise<string>;
  /** Loads what is wanted less often and does one of it. */
  more(what: 'menu' | 'edit' | 'remove' | 'help', details: Partial<More>): Promise<void>;
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
    store,
    own: new Map(),
    deleted: new Set(),
    ask: (path, question) => ask(site, path, options.signal, question),
    askAs: (token, path, question = {}) =>
      self.ask(path, { ...question, headers: { ...question.headers, 'Parlour-Tokens': token } }),
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
      (await import(options.beside('more.js')))[what]({ ...details, desk: self, equipment });
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
    },
    async reader() {
      const kept = store.read().reader;
      if (kept) return kept;
      const { token } = await self.ask<{ token: string }>('reader', { method: 'POST', body: {} });
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
