/**
 * A thread is a flat list in display order: depth first, every comment before its replies. These pure functions make a
 * new list out of an old one; whoever draws it only follows `depth`.
 */

import type { Comment } from './wire';

/**
 * Puts a comment into the list, under its parent: before the first sibling that `isLater`, else after all of them and
 * their replies. One whose parent is not loaded stands among the roots.
 */
export function place(list: Comment[], comment: Comment, isLater: (sibling: Comment) => boolean = () => false): void {
  const parent = list.findIndex(({ id }) => id === comment.parent_id);
  const above = list[parent]?.depth ?? -1;
  let at = parent + 1;
  while (at < list.length && list[at]!.depth > above && !(list[at]!.depth === above + 1 && isLater(list[at]!))) at += 1;
  list.splice(at, 0, { ...comment, depth: above + 1 });
}

/** Further replies under comments that are there; `cut` is the root they belong to, `next` where its replies go on. */
export function withReplies(
  list: readonly Comment[],
  replies: readonly Comment[],
  cut: string,
  next: string | undefined,
): Comment[] {
  const result = list.map((comment) => (comment.id === cut ? { ...comment, more_replies: next } : comment));
  for (const reply of missing(list, replies)) place(result, reply);
  return result;
}

/** Each comment with its parent in the list, which is the nearest shallower one above it. */
export function outline(list: readonly Comment[]): { comment: Comment; parent: Comment | undefined }[] {
  const path: Comment[] = [];
  return list.map((comment) => {
    while (path.length && path.at(-1)!.depth >= comment.depth) path.pop();
    const parent = path.at(-1);
    path.push(comment);
    return { comment, parent };
  });
}

/** Those of `others` that the list does not hold. */
export function missing(list: readonly Comment[], others: readonly Comment[]): Comment[] {
  const known = new Set(list.map(({ id }) => id));
  return others.filter(({ id }) => !known.has(id));
}
