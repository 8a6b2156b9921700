/** The row of emoji about the whole page. */

import type { Failure } from '../client';
import type { ReactionCount } from '../wire';
import { button, el, set } from './core';
import type { Desk } from './desk';

interface Answer {
  reactions: ReactionCount[];
  /** What this reader has set. */
  mine: string[];
}

export function reactions(desk: Desk): () => void {
  const { talk, store, askAs, reader, blame } = desk;
  const { reactions: row, options, speech } = talk;
  const { words, locale } = speech;
  const trouble = el('p', { part: 'error', role: 'alert' });
  const buttons = new Map(
    talk.page.settings.reactions.map((kind) => [kind, button('', 'reaction', () => void toggle(kind))]),
  );
  set(row, { role: 'group', 'aria-label': words.reactions });
  row.append(...buttons.values(), trouble);
  show();
  return show;

  function place(kind: string): string {
    return `${talk.page.thread.key} ${kind}`;
  }

  function show(): void {
    const counts = new Map(talk.page.thread.reactions.map(({ kind, count }) => [kind, count]));
    for (const [kind, each] of buttons) {
      each.textContent = `${kind} ${(counts.get(kind) ?? 0).toLocaleString(locale)}`;
      const off = talk.page.thread.locked && 'true';
      set(each, { 'aria-pressed': `${!!store.vote(place(kind))}`, 'aria-disabled': off });
    }
  }

  function become(list: ReactionCount[], mine: readonly string[]): void {
    for (const kind of buttons.keys()) store.keepVote(place(kind), Number(mine.includes(kind)));
    talk.page = { ...talk.page, thread: { ...talk.page.thread, reactions: list } };
    show();
  }

  async function toggle(kind: string): Promise<void> {
    const { thread } = talk.page;
    if (thread.locked) return;
    const before = [...buttons.keys()].filter((each) => store.vote(place(each)));
    const on = !before.includes(kind);
    const step = (each: ReactionCount) => ({
      ...each,
      count:
        each.count +
        (each.kind !== kind ? 0
        : on ? 1
        : -1),
    });
    trouble.textContent = '';
    become(thread.reactions.map(step), on ? [...before, kind] : before.filter((each) => each !== kind));
    try {
      const body = { thread: desk.name, kind, on };
      const answer = await askAs<Answer>(await reader(), 'PUT', 'thread/reaction', body);
      become(answer.reactions, answer.mine);
      options.emit('reacted', { kind, on, reactions: answer.reactions });
    } catch (failure) {
      become(thread.reactions, before);
      await blame(trouble, failure as Failure);
    }
  }
}
