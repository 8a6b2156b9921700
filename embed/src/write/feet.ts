/** What one can do with a comment: the row of buttons under it. */

import type { Card } from '../card';
import type { Failure } from '../client';
import type { Votes } from '../wire';
import { button, el, set } from './core';
import type { Desk } from './desk';

interface Ballot {
  value: number;
  votes: Votes;
}

/** Puts the row and the marks into a card that was drawn. */
export function dress(desk: Desk, card: Card): void {
  const { talk, store } = desk;
  const { words, locale } = talk.speech;
  const { thread, settings } = talk.page;
  const { id, state, votes } = card.comment;
  const kept = store.token(id);
  const trouble = el('p', { part: 'error', role: 'alert' });
  const more = (what: 'edit' | 'remove' | 'menu') => (event: Event) => {
    trouble.textContent = '';
    void desk.more(what, { card, from: event.currentTarget as HTMLElement, trouble });
  };
  const plain = (label: string, act: (event: Event) => unknown) => {
    const each = button(label, 'plain', () => {});
    each.onclick = act;
    return each;
  };
  card.marks.textContent = '';
  if (state === 'pending' || state === 'rejected') {
    const hint = state === 'pending' ? words.pendingHint : words.rejectedHint;
    card.marks.append(el('p', { part: 'mark', class: `mark ${state}` }, el('strong', {}, words[state]), ` ${hint}`));
  }
  const author = card.article.querySelector('[part=author]');
  if (card.comment.author?.signed_in && !card.article.querySelector('.vouched')) {
    author?.after(el('span', { part: 'badge', class: 'vouched' }, words.vouched));
  }
  const row: (Node | false | undefined)[] = [];
  if (state === 'published') {
    if (thread.open && !thread.locked) row.push(plain(words.reply, () => desk.answer(card)));
    if (settings.votes !== 'none') row.push(...ballot());
  }
  if (kept?.until && Date.parse(kept.until) > Date.now() && !thread.locked && state !== 'rejected') {
    row.push(plain(words.edit, more('edit')), plain(words.delete, more('remove')));
  }
  if (state === 'rejected') {
    row.push(
      plain(words.dismiss, () => {
        desk.own.delete(id);
        store.dropToken(id);
        talk.draw();
        talk.title.focus();
      }),
    );
  }
  if (state === 'published') {
    const menu = plain(words.more, more('menu'));
    set(menu, { 'aria-expanded': 'false' });
    row.push(menu);
  }
  card.foot.replaceChildren(...row.filter((each): each is Node => !!each), trouble);

  function ballot(): HTMLElement[] {
    const sides = settings.votes === 'both' ? [1, -1] : [1];
    const buttons = sides.map((side) => plain('', () => cast(side)));
    const show = ({ up, down }: Votes, mine: number) => {
      buttons.forEach((each, index) => {
        const label =
          index ? words.voteDown
          : sides.length > 1 ? words.voteUp
          : words.like;
        const count = (index ? down : up).toLocaleString(locale);
        each.textContent = `${
          index ? '▼'
          : sides.length > 1 ? '▲'
          : '♥'
        } ${count}`;
        const own = kept || thread.locked ? 'true' : false;
        set(each, { 'aria-label': `${label}: ${count}`, title: label, 'aria-disabled': own });
        set(each, { 'aria-pressed': `${mine === sides[index]}` });
      });
    };
    let busy = false;
    const cast = async (side: number) => {
      if (busy || kept || thread.locked) return;
      busy = true;
      const before = store.vote(id);
      const value = before === side ? 0 : side;
      const { up, down } = card.comment.votes;
      const was = (each: number) => Number(before === each);
      const is = (each: number) => Number(value === each);
      trouble.textContent = '';
      show({ up: up - was(1) + is(1), down: down - was(-1) + is(-1) }, value);
      try {
        const token = await desk.reader();
        const answer = await desk.askAs<Ballot>(token, 'PUT', `comments/${id}/vote`, { value });
        store.keepVote(id, answer.value);
        // In place, so that the button keeps its focus.
        card.comment = { ...card.comment, votes: answer.votes };
        desk.count(id, answer.votes);
        show(answer.votes, answer.value);
        talk.options.emit('voted', { id, ...answer });
      } catch (failure) {
        show(card.comment.votes, before);
        await desk.blame(trouble, failure as Failure);
      }
      busy = false;
    };
    show(votes, store.vote(id));
    votesOf.set(card, (now) => show(now, store.vote(id)));
    return buttons;
  }
}

/** Shows new numbers on a card without drawing it again. */
export const votesOf = new WeakMap<Card, (votes: Votes) => void>();
