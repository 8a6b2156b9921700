/** The visitor's own comments that the public list does not show: waiting, refused, or newer than a cache. */

import { BATCH, readMine, type Site } from './client';
import type { Store } from './store';
import type { Comment } from './wire';

/**
 * Asks the server only about kept tokens that are still open, and tidies the store by what it learns: settled once the
 * public list holds the comment, dropped once it is gone. `isFurtherOn` tells of a public comment that the reader
 * reaches by loading more.
 */
export async function readOwn(
  site: Site,
  store: Store,
  thread: string,
  list: readonly Comment[],
  isFurtherOn: (comment: Comment) => boolean,
  signal: AbortSignal,
): Promise<Comment[]> {
  const open = store.tokensOf(thread).filter(({ settled }) => !settled);
  if (open.length === 0) return [];
  const shown = new Set(list.map(({ id }) => id));
  const settled = new Set(open.map(({ comment }) => comment).filter((id) => shown.has(id)));
  const asked = open.filter(({ comment }) => !shown.has(comment));

  const found: Comment[] = [];
  for (let at = 0; at < asked.length; at += BATCH) {
    const tokens = asked.slice(at, at + BATCH).map(({ token }) => token);
    found.push(...(await readMine(site, tokens, signal)));
  }
  const own = found.filter(({ state }) => state !== 'removed');
  const there = new Set(own.map(({ id }) => id));
  const gone = new Set(asked.map(({ comment }) => comment).filter((id) => !there.has(id)));
  const reachable = own.filter((comment) => comment.state === 'published' && isFurtherOn(comment));
  for (const { id } of reachable) settled.add(id);

  if (settled.size > 0) store.settle(settled);
  if (gone.size > 0) store.dropTokens(gone);
  return own.filter(({ id }) => !settled.has(id));
}
