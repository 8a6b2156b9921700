/**
 * A thread is a flat list in display order: depth first, every comment before its replies. These pure functions make a
 * new list out of an old one; whoever draws it only follows `depth`.
 */

import type { Comment, Sort } from './wire';

/** A further page of roots with their replies. What is there already (a comment posted meanwhile) is not doubled. */
export function withPage(list: readonly Comment[], page: readonly Comment[]): Comment[] {
  const known = idsOf(list);
  return [...list, ...page.filter((comment) => !known.has(comment.id))];
}

/** Further replies under comments that are there; `cut` is the root they belong to, `next` where its replies go on. */
export function withReplies(
  list: readonly Comment[],
  replies: readonly Comment[],
  cut: string,
  next: string | undefined,
): Comment[] {
  const known = idsOf(list);
  const result = list.map((comment) => {
    if (comment.id !== cut) return comment;
    const { more_replies: _, ...root } = comment;
    return next === undefined ? root : { ...root, more_replies: next };
  });
  for (const reply of replies) {
    if (known.has(reply.id)) continue;
    const parent = result.findIndex((comment) => comment.id === reply.parent_id);
    if (parent < 0) result.push({ ...reply, depth: 0 });
    else result.splice(endOfSubtree(result, parent), 0, { ...reply, depth: depthAt(result, parent) + 1 });
  }
  return result;
}

/**
 * The visitor's own comments, which the public list does not hold (yet), each at its place: after earlier siblings.
 * One whose parent is not loaded stands among the roots until it is.
 */
export function withOwn(list: readonly Comment[], own: Iterable<Comment>, sort: Sort): Comment[] {
  const known = idsOf(list);
  const result = [...list];
  for (const comment of [...own].sort(byTime)) {
    if (known.has(comment.id)) continue;
    const parent = result.findIndex(({ id }) => id === comment.parent_id);
    const depth = parent < 0 ? 0 : depthAt(result, parent) + 1;
    const newestFirst = depth === 0 && sort === 'newest';
    const end = parent < 0 ? result.length : endOfSubtree(result, parent);
    let at = parent + 1;
    while (at < end && !(depthAt(result, at) === depth && comesBefore(comment, result[at]!, newestFirst))) at += 1;
    result.splice(at, 0, { ...comment, depth });
  }
  return result;
}

/**
 * Whether a public comment may be missing from the list only because it comes further on: on a later page (`more`), or
 * among replies that were cut.
 */
export function isFurtherOn(list: readonly Comment[], comment: Comment, more: boolean, sort: Sort): boolean {
  if (comment.parent_id === undefined) {
    return more && !(sort === 'newest' && list[0] && comesBefore(comment, list[0], true));
  }
  let at = list.findIndex(({ id }) => id === comment.parent_id);
  while (at > 0 && depthAt(list, at) > 0) at -= 1;
  return at < 0 || list[at]!.more_replies !== undefined;
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

function idsOf(list: readonly Comment[]): Set<string> {
  return new Set(list.map(({ id }) => id));
}

function depthAt(list: readonly Comment[], index: number): number {
  return list[index]!.depth;
}

function endOfSubtree(list: readonly Comment[], index: number): number {
  let end = index + 1;
  while (end < list.length && depthAt(list, end) > depthAt(list, index)) end += 1;
  return end;
}

function comesBefore(one: Comment, other: Comment, newestFirst: boolean): boolean {
  return newestFirst ? byTime(one, other) > 0 : byTime(one, other) < 0;
}

function byTime(one: Comment, other: Comment): number {
  return Date.parse(one.created_at) - Date.parse(other.created_at) || one.number - other.number;
}
