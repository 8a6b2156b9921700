/** The visitor's own comments that the public list does not show: waiting, refused, or newer than a cache. */

import type { Comment, OwnComment, Sort } from '../wire';
import { missing, place } from './core';
import type { Desk } from './desk';
import type { Store } from './store';

/** The most tokens that one request may carry. */
export const BATCH = 20;

/**
 * Asks the server only about kept tokens that are still open, and tidies the store by what it learns: settled once the
 * public list holds the comment or will when more is loaded, dropped once it is gone.
 */
export async function readOwn(
  store: Store,
  thread: string,
  list: readonly Comment[],
  isFurtherOn: (comment: Comment) => boolean,
  read: (tokens: string) => Promise<{ comments: OwnComment[] }>,
): Promise<OwnComment[]> {
  const shown = new Set(list.map(({ id }) => id));
  const open = store.tokensOf(thread).filter(({ settled }) => !settled);
  const asked = open.filter(({ comment }) => !shown.has(comment));
  const found: OwnComment[] = [];
  for (let at = 0; at < asked.length; at += BATCH) {
    const { comments } = await read(
      asked
        .slice(at, at + BATCH)
        .map(({ token }) => token)
        .join(),
    );
    found.push(...comments.filter(({ state }) => state !== 'removed'));
  }
  const result: OwnComment[] = [];
  for (const kept of open) {
    const own = found.find(({ id }) => id === kept.comment);
    if (own?.editable_until) kept.until = own.editable_until;
    if (shown.has(kept.comment) || (own?.state === 'published' && isFurtherOn(own))) kept.settled = true;
    else if (own) result.push(own);
    if (own || kept.settled) store.keepToken(kept);
    else store.dropToken(kept.comment);
  }
  return result;
}

/** The list with the reader's own comments in it, each at its place: after earlier siblings. */
export function withOwn(list: readonly Comment[], own: Iterable<Comment>, sort: Sort): Comment[] {
  const result = [...list];
  for (const comment of missing(list, [...own]).sort(byTime)) {
    const isRoot = comment.parent_id === undefined;
    // Where roots are not in order of time, what is new is seen on top.
    const onTop = isRoot && sort !== 'oldest';
    place(
      result,
      comment,
      (sibling) => !(isRoot && sibling.pinned) && (onTop ? byTime(sibling, comment) < 0 : byTime(sibling, comment) > 0),
    );
  }
  return result;
}

/**
 * Whether a public comment may be missing from the list only because it comes further on: on a later page (`more`), or
 * among replies that were cut.
 */
export function isFurtherOn(list: readonly Comment[], comment: Comment, more: boolean, sort: Sort): boolean {
  if (comment.parent_id === undefined) {
    const first = list.find(({ pinned }) => !pinned);
    return more && !(sort === 'newest' && first && byTime(comment, first) > 0);
  }
  let at = list.findIndex(({ id }) => id === comment.parent_id);
  while (at > 0 && list[at]!.depth > 0) at -= 1;
  return at < 0 || list[at]!.more_replies !== undefined;
}

export function byTime(one: Comment, other: Comment): number {
  return Date.parse(one.created_at) - Date.parse(other.created_at) || one.number - other.number;
}

/** Reads them and shows them. They are an extra: the thread stands without them when the server does not answer. */
export async function showOwn(desk: Desk, sort: () => Sort): Promise<void> {
  const { talk, store, own } = desk;
  const { comments, next, thread } = talk.page;
  const further = (comment: Comment) => isFurtherOn(comments, comment, !!next, sort());
  try {
    const found = await readOwn(store, thread.key, comments, further, (tokens) => desk.askAs(tokens, 'GET', 'mine'));
    for (const comment of found) own.set(comment.id, comment);
    if (found.length) {
      talk.draw();
      void talk.followHash(true);
    }
  } catch {
    // The next visit asks again.
  }
}
