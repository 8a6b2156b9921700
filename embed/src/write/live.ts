/** What others write while the page is open. Nothing that is being read moves for it: a bar says how much is new. */

import type { Comment, ThreadPage, ThreadView, Votes } from '../wire';
import { button, el, plural } from './core';
import type { Desk } from './desk';
import { votesOf } from './feet';

const POLL_EVERY = 30_000;

interface Told {
  version: number;
  comment_count: number;
}

export function live(desk: Desk, door: (path: string) => string, read: () => Promise<ThreadPage>): void {
  const { talk, store, own, take } = desk;
  const { section, signal, emit } = talk.options;
  const { words, locale } = talk.speech;
  /** What is not shown yet. */
  const news = new Map<string, Comment>();
  const show = button('', 'primary news', () => {
    const fresh = [...news.values()];
    news.clear();
    for (const comment of fresh) own.set(comment.id, comment);
    talk.keepPlace(talk.draw);
    tell();
    const { article } = talk.cards.get(fresh[0]!.id) ?? {};
    article?.focus({ preventScroll: true });
    article?.scrollIntoView({ block: 'center' });
  });
  const bar = el('div', { part: 'bar', role: 'status' });
  section.append(bar);

  /**
   * Numbers grow in the order of posting, so what is above this one is new; undefined while only a part of the thread
   * was seen. No clock is asked: this device's may differ from the server's.
   */
  let last: number | undefined;
  if (!talk.page.next && !talk.page.previous) last = highest(talk.page.comments);

  let source: EventSource | undefined;
  let timer = 0;
  /** Grows when listening and asking end: an answer that was asked for before is none any more. */
  let round = 0;
  const stop = () => {
    round += 1;
    source?.close();
    source = undefined;
    clearTimeout(timer);
  };
  const onVisible = () => {
    stop();
    // Hidden pages neither hold a connection, of which a browser has few, nor ask; they catch up when they are seen.
    if (!document.hidden) start(true);
  };
  document.addEventListener('visibilitychange', onVisible, { signal });
  signal.addEventListener('abort', stop);
  // The other window may learn whose it is after this one has heard of it.
  addEventListener('storage', () => claim() && tell(), { signal });
  if (!document.hidden) start();

  /**
   * A stream begins with what happened since the version that is shown, removals among it. `behind` when asking in its
   * place must not wait.
   */
  function start(behind = false): void {
    if (!talk.page.settings.live) return poll(behind);
    source = new EventSource(door('live'));
    const on = <T>(name: string, act: (data: T) => void) =>
      source!.addEventListener(name, ({ data }) => act(JSON.parse(data as string)));
    on<Told & { comment: Comment }>('comment', async (told) => {
      await desk.posting?.catch(() => undefined);
      if (signal.aborted) return;
      hear(told.comment, told);
      if (last !== undefined) last = Math.max(last, told.comment.number);
    });
    on<Told & { id: string; tombstone: boolean }>('removed', async ({ id, tombstone, ...told }) => {
      await desk.posting?.catch(() => undefined);
      if (signal.aborted) return;
      forget(id);
      const mine = own.get(id);
      // Where the reader deleted it himself stands the way to undo it; what waits for approval again he still sees.
      if (desk.deleted.has(id) || mine?.state === 'pending') return update(told);
      const { comments } = talk.page;
      const gone = { state: 'removed', html: '', author: { team: false } } as const;
      if (mine && tombstone) own.set(id, { ...mine, ...gone });
      else own.delete(id);
      talk.page = {
        ...talk.page,
        comments: comments.flatMap((one) =>
          one.id !== id ? [one]
          : tombstone ? [{ ...one, ...gone }]
          : [],
        ),
      };
      update(told);
    });
    on<{ id: string; votes: Votes }>('votes', ({ id, votes }) => {
      const card = talk.cards.get(id);
      if (!card) return;
      card.comment = { ...card.comment, votes };
      desk.count(id, votes);
      votesOf.get(card)?.(votes);
    });
    on<{ thread: ThreadView }>('thread', ({ thread }) => talk.keepPlace(() => take(thread)));
    on('reset', () => void catchUp());
    source.onopen = () => (behind = true);
    source.onerror = () => {
      // The browser tries again by itself, unless the server refused.
      if (source?.readyState !== EventSource.CLOSED) return;
      stop();
      poll(behind);
    };
  }

  function poll(atOnce = false): void {
    const act = async () => {
      const begun = round;
      await catchUp();
      if (begun === round) poll();
    };
    timer = setTimeout(act, atOnce ? 0 : POLL_EVERY) as unknown as number;
  }

  async function catchUp(): Promise<void> {
    const begun = round;
    try {
      const now = await read();
      if (begun !== round) return;
      const { thread, comments } = now;
      const before = last ?? highest(comments);
      last = Math.max(before, highest(comments));
      if (thread.version === talk.page.thread.version) return;
      // All there is, and newer than what is shown.
      if (thread.version > talk.page.thread.version && !isPartial(now)) {
        const there = new Set(comments.map(({ id }) => id));
        const stays = ({ id }: Comment) => there.has(id) || desk.deleted.has(id);
        for (const comment of news.values()) if (!stays(comment)) forget(comment.id);
        talk.page = { ...talk.page, comments: talk.page.comments.filter(stays) };
      }
      for (const comment of comments) hear(comment, undefined, comment.number > before);
      talk.keepPlace(() => take(thread));
    } catch {
      // The next time will do.
    }
  }

  function hear(comment: Comment, told?: Told, isNew = true): void {
    const { id, state, edited_at: edited } = comment;
    if (talk.cards.has(id)) return talk.keepPlace(() => take(told as ThreadView | undefined, comment));
    if (told) update(told);
    // Older ones are on pages that the reader has not asked for. So is what was changed, unless it waits here already.
    if (!isNew || state !== 'published' || (edited && isPartial(talk.page) && !news.has(id))) return;
    news.set(id, comment);
    claim();
    tell();
  }

  /** The reader's own, from another window or approved just now, are no news to him; says whether there were any. */
  function claim(): boolean {
    const mine = [...news.values()].filter(({ id }) => store.token(id));
    for (const comment of mine) {
      news.delete(comment.id);
      own.set(comment.id, comment);
    }
    if (mine.length) talk.keepPlace(talk.draw);
    return mine.length > 0;
  }

  function forget(id: string): void {
    if (news.delete(id)) tell();
  }

  function update({ version, comment_count }: Told): void {
    talk.keepPlace(() => take({ ...talk.page.thread, version, comment_count }));
  }

  function tell(): void {
    const count = news.size;
    show.textContent = plural(words.newComments, count, locale);
    if (!count) bar.textContent = '';
    else if (!show.isConnected) bar.append(show);
    if (count) emit('news', { count });
  }
}

/** Whether there are comments that everybody sees and that are not loaded. */
function isPartial({ next, previous, comments }: ThreadPage): boolean {
  return !!(next ?? previous) || comments.some(({ more_replies: cut }) => cut);
}

function highest(comments: readonly Comment[]): number {
  return Math.max(0, ...comments.map(({ number }) => number));
}
