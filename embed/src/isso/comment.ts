/** One comment, in the elements and classes that pages style, with room for its replies. */

import type { Card } from '../card';
import { el, set } from '../dom';
import { prepareHtml, showServerHtml } from '../html';
import { fill } from '../speech';
import { absolute } from '../time';
import { webUrl } from '../website';
import type { Comment } from '../wire';
import type { Look } from './attributes';
import { identicon } from './identicon';
import type { Voice } from './say';

/** `dress` puts in what belongs to writing, whenever the comment was drawn anew. */
export function comment(voice: Voice, look: Look, dress: (card: Card) => void): Card {
  const { words, locale } = voice;
  const header = el('div', { class: 'isso-comment-header' });
  const body = el('div', { class: 'isso-text', dir: 'auto' });
  const foot = el('div', { class: 'isso-comment-footer' });
  const article = el('div', { class: 'isso-text-wrapper', role: 'article', tabindex: -1 }, header, body, foot);
  const replies = el('div', { class: 'isso-follow-up' });
  const picture = el('div', { class: 'isso-avatar' });
  const element = el('div', { class: 'isso-comment' }, look.avatar && picture, article, replies);
  let known = '';
  const self: Card = {
    comment: {} as Comment,
    element,
    article,
    marks: el('span', { class: 'isso-note' }),
    body,
    foot,
    slot: article,
    replies,
    rest: el('div', { class: 'isso-comment-loader' }),
    show(now, parent) {
      const state = JSON.stringify([now, parent]);
      if (state === known) return;
      known = state;
      // What its author is just changing stays in front of him.
      if (now.html !== self.comment.html && !body.querySelector('textarea')) {
        showServerHtml(body, now.html);
        prepareHtml(body);
      }
      self.comment = now;
      draw(now, parent);
    },
  };
  return self;

  function draw(now: Comment, parent: Comment | undefined): void {
    const { number, state, author, created_at: created, edited_at: edited, pinned, parent_id: answers, depth } = now;
    const { name = voice.say('comment-anonymous'), team, hash = '' } = author;
    const removed = state === 'removed';
    const website = webUrl(author.website)?.href;
    const writes = look.pageAuthors.includes(hash);
    const aside = (text: string, title?: string, name = 'isso-aside') =>
      el('span', {}, spacer(), el('span', { class: name, title }, text));
    set(element, { id: `isso-${number}`, 'data-hash': hash });
    element.classList.toggle('isso-is-page-author', writes);
    set(article, { 'aria-label': removed ? voice.say('comment-deleted') : fill(words.commentBy, { name }) });
    if (look.avatar && picture.firstElementChild?.getAttribute('data-hash') !== hash) {
      picture.replaceChildren(identicon(hash, look.avatar));
    }
    const time = el('time', { datetime: created, title: absolute(created, locale) }, voice.ago(created));
    const suffixes = [writes && voice.say('comment-page-author-suffix'), team && words.team];
    const to = parent?.author.name ?? voice.say('comment-anonymous');
    self.marks.textContent = removed ? voice.say('comment-deleted') : '';
    header.replaceChildren(
      ...[
        !removed &&
          el(
            website ? 'a' : 'span',
            { class: 'isso-author', dir: 'auto', ...(website && { href: website, rel: 'nofollow ugc noopener' }) },
            name,
          ),
        ...suffixes.flatMap((text) =>
          text && !removed ? [spacer(), el('span', { class: 'isso-page-author-suffix' }, text)] : [],
        ),
        !removed && spacer(),
        // In full, because a page's <base> would lead a bare fragment elsewhere.
        el('a', { class: 'isso-permalink', href: address(number) }, time),
        // One level is shown; whom a reply answers that answers a reply is said.
        depth > 1 &&
          parent &&
          el('span', {}, spacer(), el('a', { class: 'isso-parent', href: address(parent.number) }, answer(to))),
        answers && !parent && aside(words.replyElsewhere),
        edited && aside(`(${words.edited})`, absolute(edited, locale), 'isso-edited'),
        pinned && aside(words.pinned, undefined, 'isso-pinned'),
        self.marks,
      ].filter((each): each is HTMLElement => !!each),
    );
    foot.replaceChildren();
    if (!removed) dress(self);
  }

  function answer(name: string): string {
    return fill(words.replyingTo, { name });
  }
}

function spacer(): HTMLElement {
  return el('span', { class: 'isso-spacer', 'aria-hidden': 'true' }, '•');
}

function address(number: number): string {
  return location.href.replace(/#.*|$/, `#isso-${number}`);
}
