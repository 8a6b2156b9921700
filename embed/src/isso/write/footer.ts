/** What one can do with a comment: the row under it. */

import type { Card } from '../../card';
import type { Failure } from '../../client';
import { prepareHtml } from '../../html';
import type { ChangedComment, DeletedComment, OwnComment, Votes } from '../../wire';
import type { Desk } from '../../write/desk';
import { votesOf } from '../../write/feet';
import { voteLevel } from '../attributes';
import type { Equipment } from '../embed';
import { arrow } from '../identicon';
import type { Thread } from '../thread';

/** Comments that their author is changing: what puts an end to that. */
const changing = new WeakMap<Card, { save(): void; cancel(): void }>();

/** Puts the row and the marks into a comment that was drawn. */
export function dress(desk: Desk, talk: Thread, equipment: Equipment, card: Card): void {
  const { el, action } = equipment;
  const { store } = desk;
  const { speech } = talk;
  const { words } = speech;
  const { thread, settings } = talk.page;
  const { id, state, votes } = card.comment;
  // Taken back a moment ago: in its place is the way to undo it.
  if (desk.deleted.has(id) || state === 'removed') return;
  const kept = store.token(id);
  const trouble = el('span', { class: 'isso-error', role: 'alert' });
  const change = changing.get(card);
  const row: (HTMLElement | false | undefined)[] = [];
  if (state === 'pending') card.marks.textContent = speech.say('comment-queued');
  else if (state === 'rejected') card.marks.textContent = words.rejected;
  card.marks.title =
    state === 'pending' ? words.pendingHint
    : state === 'rejected' ? words.rejectedHint
    : '';
  if (change) {
    row.push(
      action('isso-edit', speech.say('comment-save'), change.save),
      action('isso-cancel', speech.say('comment-cancel'), change.cancel),
    );
  } else {
    if (state === 'published' && settings.votes !== 'none' && talk.look.vote) row.push(...ballot());
    if (state === 'published' && thread.open && !thread.locked) {
      const isOpen = !!card.article.querySelector('.isso-postbox');
      const label = speech.say(isOpen ? 'comment-close' : 'comment-reply');
      const reply = action('isso-reply', label, () => desk.answer(card));
      row.push(equipment.set(reply, { 'aria-expanded': `${isOpen}` }));
    }
    if (kept?.until && Date.parse(kept.until) > Date.now() && !thread.locked && state !== 'rejected') {
      row.push(
        action('isso-edit', speech.say('comment-edit'), () => edit(kept.token)),
        action('isso-delete', speech.say('comment-delete'), () => remove(kept.token)),
      );
    }
    if (state === 'rejected') {
      row.push(
        action('isso-delete', words.dismiss, () => {
          desk.own.delete(id);
          store.dropToken(id);
          talk.draw();
          talk.title.focus();
        }),
      );
    }
  }
  card.foot.replaceChildren(...row.filter((each): each is HTMLElement => !!each), trouble);

  function ballot(): HTMLElement[] {
    const sum = el('span', { class: 'isso-votes' });
    const sides = settings.votes === 'both' ? ([1, -1] as const) : ([1] as const);
    const links = sides.map((side) => {
      const link = action(side > 0 ? 'isso-upvote' : 'isso-downvote', '', () => cast(side));
      link.append(arrow(side > 0));
      return link;
    });
    const show = ({ up, down }: Votes, mine: number) => {
      const value = up - down;
      sum.textContent = value.toLocaleString(speech.locale);
      card.element.classList.toggle('isso-no-votes', !value);
      const level = talk.look.levels.length && `isso-vote-level-${voteLevel(value, talk.look.levels)}`;
      for (const name of [...card.element.classList]) {
        if (/^isso-vote-level-/.test(name) && name !== level) card.element.classList.remove(name);
      }
      if (level) card.element.classList.add(level);
      links.forEach((link, at) => {
        const label =
          at ? words.voteDown
          : links.length > 1 ? words.voteUp
          : words.like;
        const number = (at ? down : up).toLocaleString(speech.locale);
        equipment.set(link, {
          title: label,
          'aria-label': `${label}: ${number}`,
          'aria-pressed': `${mine === sides[at]}`,
          'aria-disabled': kept || thread.locked ? 'true' : false,
        });
      });
    };
    // One after the other: each starts from what the one before came to.
    let last = Promise.resolve();
    const cast = (side: number) => (last = last.then(() => vote(side)));
    const vote = async (side: number) => {
      const before = store.vote(id);
      const value = before === side ? 0 : side;
      const was = card.comment.votes;
      const step = (each: number) => Number(value === each) - Number(before === each);
      trouble.textContent = '';
      show({ up: was.up + step(1), down: was.down + step(-1) }, value);
      try {
        const token = await desk.reader();
        const answer = await desk.askAs<{ value: number; votes: Votes }>(token, 'PUT', `comments/${id}/vote`, {
          value,
        });
        store.keepVote(id, answer.value);
        // In place, so that the link keeps its focus.
        card.comment = { ...card.comment, votes: answer.votes };
        desk.count(id, answer.votes);
        show(answer.votes, answer.value);
        talk.options.emit('voted', { id, ...answer });
      } catch (failure) {
        show(card.comment.votes, before);
        await desk.blame(trouble, failure as Failure);
      }
    };
    show(votes, store.vote(id));
    votesOf.set(card, (now) => show(now, store.vote(id)));
    const bar = el('span', { class: 'isso-spacer', 'aria-hidden': 'true' }, '|');
    return [sum, links[0]!, ...(links[1] ? [bar, links[1]] : [])];
  }

  /** The comment's source in place of its text. */
  async function edit(token: string): Promise<void> {
    trouble.textContent = '';
    let source: OwnComment | undefined;
    try {
      source = (await desk.askAs<{ comments: OwnComment[] }>(token, 'GET', 'mine')).comments[0];
    } catch (failure) {
      return desk.blame(trouble, failure as Failure);
    }
    if (!source || changing.has(card)) return;
    const { body } = card;
    const text = el('textarea', { class: 'isso-textarea', rows: 5, dir: 'auto', 'aria-label': words.editLabel });
    text.value = source.text;
    const avatar = card.element.querySelector<HTMLElement>(':scope > .isso-avatar');
    const turn = (on: boolean) => {
      body.className = on ? 'isso-textarea-wrapper' : 'isso-text';
      if (avatar) avatar.hidden = on;
      talk.dress(card);
    };
    const close = () => {
      changing.delete(card);
      equipment.showServerHtml(body, card.comment.html);
      prepareHtml(body);
      turn(false);
      card.foot.querySelector<HTMLElement>('.isso-edit')?.focus();
    };
    let busy = false;
    const save = async () => {
      if (busy) return;
      busy = true;
      try {
        const path = `comments/${id}`;
        const answer = await desk.askAs<ChangedComment>(token, 'PATCH', path, { text: text.value });
        const { comment, thread, editable_until: until } = answer;
        store.keepToken({ ...store.token(id)!, until, settled: comment.state === 'published' });
        desk.own.set(id, { ...card.comment, ...comment });
        close();
        desk.take(thread, comment);
        card.article.focus({ preventScroll: true });
        desk.say(comment.state === 'published' ? words.editPublished : words.editPending);
        talk.options.emit('edited', { comment, thread });
      } catch (failure) {
        await desk.blame(card.foot.querySelector<HTMLElement>('.isso-error')!, failure as Failure);
      }
      busy = false;
    };
    changing.set(card, { save: () => void save(), cancel: close });
    text.onkeydown = ({ key, ctrlKey, metaKey }) => {
      if (key === 'Escape') close();
      else if (key === 'Enter' && (ctrlKey || metaKey)) void save();
    };
    body.replaceChildren(text);
    turn(true);
    text.focus();
  }

  /** At once, since it can be undone. */
  async function remove(token: string): Promise<void> {
    trouble.textContent = '';
    // Before the request: those who follow the thread may be told sooner than it is answered.
    desk.deleted.add(id);
    try {
      const path = `comments/${id}`;
      const { thread, restorable_until: until } = await desk.askAs<DeletedComment>(token, 'DELETE', path);
      talk.options.emit('deleted', { id, thread });
      const problem = el('span', { class: 'isso-error', role: 'alert' });
      const before = [...card.article.childNodes];
      const undo = action('isso-undo', words.undo, async () => {
        try {
          const answer = await desk.askAs<ChangedComment>(token, 'POST', `${path}/restore`);
          desk.deleted.delete(id);
          card.article.replaceChildren(...before);
          desk.take(answer.thread, answer.comment);
          talk.dress(card);
          card.article.focus({ preventScroll: true });
          desk.say(words.restored);
          talk.options.emit('restored', { comment: answer.comment, thread: answer.thread });
        } catch (failure) {
          await desk.blame(problem, failure as Failure);
        }
      });
      // It stays in its place until the page is left, so that nothing moves and the way back is where the way out was.
      const note = el('p', { class: 'isso-text' }, `${words.deleted} `, until && undo, ' ', problem);
      card.article.replaceChildren(note);
      if (until) undo.focus();
      desk.say(words.deleted);
      desk.take(thread);
    } catch (failure) {
      desk.deleted.delete(id);
      await desk.blame(trouble, failure as Failure);
    }
  }
}
