/** One comment, with room for its replies. */

import { avatar } from './avatar';
import type { Conversation } from './conversation';
import { button, el, set } from './dom';
import { prepareHtml, showServerHtml } from './html';
import { fill, type Speech } from './speech';
import { absolute, relative } from './time';
import { webUrl } from './website';
import type { Comment } from './wire';

export interface Card {
  comment: Comment;
  readonly element: HTMLElement;
  readonly article: HTMLElement;
  /** Between head and text. */
  readonly marks: HTMLElement;
  readonly body: HTMLElement;
  /** What one can do with the comment. */
  readonly foot: HTMLElement;
  /** Room for a form between the comment and its replies. */
  readonly slot: HTMLElement;
  readonly replies: HTMLElement;
  /** Room for a button that loads more of them. */
  readonly rest: HTMLElement;
  /** Shows the comment as it is now; what has not changed is left alone. */
  show(comment: Comment, parent: Comment | undefined): void;
}

/**
 * `body` is what the server rendered into the page, if it is the comment's text as it is now. Replies deeper than
 * `depth` are not indented further, so they say whom they answer. `owner` dresses the card whenever its parts were put
 * in anew.
 */
export function card(
  { words, locale }: Speech,
  depth: number,
  owner: Pick<Conversation, 'dress'>,
  body?: HTMLElement,
): Card {
  const article = el('article', { part: 'comment', tabindex: -1 });
  const slot = el('div');
  const replies = el('ol', { class: 'replies', role: 'list' });
  const rest = el('div');
  const self: Card = {
    comment: {} as Comment,
    element: el('li', { class: 'item' }, article, slot, replies, rest),
    article,
    marks: el('div'),
    body: set(body ?? el('div'), { part: 'body', dir: 'auto' }),
    foot: el('footer', { class: 'foot' }),
    slot,
    replies,
    rest,
    show(comment, parent) {
      const now = JSON.stringify([comment, parent?.id]);
      if (now === known) return;
      known = now;
      if (!body && comment.html !== self.comment.html) showServerHtml(self.body, comment.html);
      prepareHtml(self.body);
      body = undefined;
      self.comment = comment;
      draw(comment, parent);
    },
  };
  // A box of its own, so that the button which unfolds a long text outlives a new drawing.
  const box = el('div', {}, self.body);
  let known = '';
  return self;

  function draw(comment: Comment, parent: Comment | undefined): void {
    const { number, state, author, created_at: created, edited_at: edited, pinned, parent_id: answers } = comment;
    const name = author.name ?? words.anonymous;
    const removed = state === 'removed';
    const hint = (text: string, title?: string) => el('span', { class: 'quiet', title }, text);
    replies.classList.toggle('flat', comment.depth >= depth);
    set(article, { 'aria-label': removed ? words.removed : fill(words.commentBy, { name }) });
    if (removed) article.replaceChildren(avatar(), el('p', { class: 'quiet' }, words.removed));
    else {
      const website = webUrl(author.website)?.href;
      const link = website && { href: website, rel: 'nofollow ugc noopener' };
      const time = el('time', { datetime: created, title: absolute(created, locale), part: 'time' });
      time.append(relative(created, locale));
      article.replaceChildren(
        avatar(author.name),
        el(
          'header',
          { class: 'head' },
          el(link ? 'a' : 'span', { part: 'author', dir: 'auto', ...link }, name),
          author.team && el('span', { part: 'badge' }, words.team),
          // In full, because a page's <base> would lead a bare fragment elsewhere.
          el('a', { part: 'permalink', href: location.href.replace(/#.*|$/, `#parlour-${number}`) }, time),
          edited && hint(`(${words.edited})`, absolute(edited, locale)),
          // Whom it answers, where the indent does not show it.
          answers && !parent && hint(words.replyElsewhere),
          parent &&
            comment.depth > depth &&
            hint(fill(words.replyingTo, { name: parent.author.name ?? words.anonymous })),
          pinned && el('span', { part: 'badge' }, words.pinned),
        ),
        self.marks,
        box,
        self.foot,
      );
    }
    owner.dress(self);
  }
}

/** A text much longer than a screen is cut until somebody wants it. Reads all heights before it changes any. */
export function fold(cards: readonly Card[], { words }: Speech): void {
  const bodies = cards.map(({ body }) => body);
  for (const body of bodies) body.classList.add('folded');
  const long = bodies.filter((body) => body.scrollHeight > 1.5 * body.clientHeight);
  for (const body of bodies) if (!long.includes(body)) body.classList.remove('folded');
  for (const body of long) {
    const toggle = button('', 'plain', () => turn());
    const turn = (folded = body.classList.toggle('folded')) => {
      toggle.textContent = folded ? words.unfold : words.fold;
      set(toggle, { 'aria-expanded': `${!folded}` });
    };
    turn(true);
    // Whoever comes in by keyboard sees where he is.
    body.addEventListener('focusin', () => turn(body.classList.toggle('folded', false)));
    body.after(toggle);
  }
}
