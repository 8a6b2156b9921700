import type { Comment } from '../src/wire';

/** A comment by number: `comment(3, 1)` is number 3, a reply to number 1, written in minute 3. */
export function comment(number: number, parent?: number, more: Partial<Comment> = {}): Comment {
  return {
    id: `c${number}`,
    number,
    ...(parent !== undefined && { parent_id: `c${parent}` }),
    depth: parent === undefined ? 0 : 1,
    state: 'published',
    html: `<p>${number}</p>`,
    author: { team: false },
    created_at: new Date(Date.UTC(2026, 0, 1, 0, number)).toISOString(),
    votes: { up: 0, down: 0 },
    reply_count: 0,
    ...more,
  };
}

/** The list as numbers, indented by depth: "1 .2 ..3 4". */
export function drawn(list: readonly Comment[]): string {
  return list.map(({ number, depth }) => '.'.repeat(depth) + number).join(' ');
}
