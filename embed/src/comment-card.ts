/** One comment, with room for its replies. */

import { avatar } from './avatar';
import { button, el } from './dom';
import { showServerHtml } from './html';
import { loader } from './loader';
import { fill, type Speech } from './speech';
import { absolute, relative } from './time';
import { webUrl } from './website';
import type { Comment } from './wire';

/** What a reader does with a card. */
export interface CardEvents {
  reply(card: CommentCard): void;
  dismiss(card: CommentCard): void;
  /** Resolves when the further replies are drawn; rejects with a Failure. */
  more(card: CommentCard): Promise<void>;
}

/** Replies deeper than this are not indented further, so they say whom they answer; theme.css has the same number. */
const DEEPEST_INDENT = 4;

export class CommentCard {
  readonly element = el('li', { class: 'item' });
  readonly article = el('article', { class: 'card', part: 'comment', tabindex: -1 });
  readonly replies = el('ol', { class: 'replies', role: 'list' });
  readonly #slot = el('div', { class: 'slot' });
  #more: HTMLElement | undefined;
  readonly #replyButton: HTMLButtonElement;
  readonly #speech: Speech;
  readonly #open: boolean;
  readonly #events: CardEvents;
  #comment: Comment;
  #parent: Comment | undefined;

  constructor(comment: Comment, parent: Comment | undefined, open: boolean, speech: Speech, events: CardEvents) {
    this.#comment = comment;
    this.#parent = parent;
    this.#open = open;
    this.#speech = speech;
    this.#events = events;
    this.#replyButton = button(speech.words.reply, 'plain', () => events.reply(this));
    this.element.append(this.article, this.#slot, this.replies);
    this.#draw();
  }

  get comment(): Comment {
    return this.#comment;
  }

  /** Shows the comment as it is now; what has not changed is left alone. */
  update(comment: Comment, parent: Comment | undefined): void {
    if (comment === this.#comment && parent?.id === this.#parent?.id) return;
    this.#comment = comment;
    this.#parent = parent;
    this.#draw();
  }

  /** Opens room for a composer, or closes it and gives the focus back to the Reply button. */
  setComposer(composer: HTMLElement | undefined): void {
    this.#slot.replaceChildren(...(composer ? [composer] : []));
    this.#replyButton.setAttribute('aria-expanded', String(composer !== undefined));
    if (!composer) this.#replyButton.focus();
  }

  #draw(): void {
    const { number, state, author, more_replies: moreReplies } = this.#comment;
    const { words } = this.#speech;
    const name = author.name ?? words.anonymous;
    this.element.dataset['number'] = String(number);
    this.element.dataset['state'] = state;
    this.article.setAttribute('aria-label', fill(words.commentBy, { name }));
    if (state === 'removed') {
      this.#drawTombstone();
    } else {
      const parts = [avatar(author.name), this.#head(name), ...this.#marks(), this.#body(), this.#foot()];
      this.article.replaceChildren(...parts);
    }
    this.#offerMore(moreReplies !== undefined);
  }

  #offerMore(there: boolean): void {
    if (there === (this.#more !== undefined)) return;
    this.#more?.remove();
    this.#more = undefined;
    if (!there) return;
    this.#more = loader(this.#speech.words.showReplies, () => this.#events.more(this), this.#speech);
    this.element.append(this.#more);
  }

  #drawTombstone(): void {
    const { removed } = this.#speech.words;
    this.article.setAttribute('aria-label', removed);
    this.article.replaceChildren(avatar(undefined), el('p', { class: 'tombstone quiet' }, removed));
  }

  #head(name: string): HTMLElement {
    const { author, edited_at: editedAt } = this.#comment;
    const { words, locale } = this.#speech;
    const badge = author.team ? el('span', { class: 'badge', part: 'badge' }, words.team) : undefined;
    const edited = editedAt
      ? el('span', { class: 'quiet', title: absolute(editedAt, locale) }, `(${words.edited})`)
      : undefined;
    return el('header', { class: 'head' }, this.#author(name), badge, this.#permalink(), edited, this.#answered());
  }

  #author(name: string): HTMLElement {
    const website = webUrl(this.#comment.author.website ?? '');
    const look = { class: 'author', part: 'author', dir: 'auto' };
    if (!website) return el('span', look, name);
    const link = el('a', { ...look, rel: 'nofollow ugc noopener' }, name);
    link.href = website.href;
    return link;
  }

  #permalink(): HTMLElement {
    const { number, created_at: createdAt } = this.#comment;
    const { locale } = this.#speech;
    const title = absolute(createdAt, locale);
    const time = el('time', { datetime: createdAt, title, part: 'time' }, relative(createdAt, locale));
    const link = el('a', { class: 'permalink', part: 'permalink' }, time);
    // In full, because a page's <base> would lead a bare fragment elsewhere.
    const address = new URL(location.href);
    address.hash = `parlour-${number}`;
    link.href = address.href;
    return link;
  }

  /** Whom it answers, where the indent no longer shows it. */
  #answered(): HTMLElement | undefined {
    const { parent_id: parentId, depth } = this.#comment;
    const { words } = this.#speech;
    if (parentId !== undefined && !this.#parent) return el('span', { class: 'quiet' }, words.replyElsewhere);
    if (depth <= DEEPEST_INDENT || !this.#parent) return undefined;
    const name = this.#parent.author.name ?? words.anonymous;
    return el('span', { class: 'quiet' }, fill(words.replyingTo, { name }));
  }

  #marks(): HTMLElement[] {
    const { state } = this.#comment;
    const { words } = this.#speech;
    if (state !== 'pending' && state !== 'rejected') return [];
    const mark = el('strong', {}, words[state]);
    const hint = state === 'pending' ? words.pendingHint : words.rejectedHint;
    return [el('p', { class: `mark ${state}`, part: 'mark' }, mark, ' ', el('span', {}, hint))];
  }

  #body(): HTMLElement {
    const body = el('div', { class: 'body', part: 'body', dir: 'auto' });
    showServerHtml(body, this.#comment.html);
    return body;
  }

  #foot(): HTMLElement {
    const { state } = this.#comment;
    const { dismiss } = this.#speech.words;
    const foot = el('footer', { class: 'foot' });
    if (state === 'published' && this.#open) foot.append(this.#replyButton);
    if (state === 'rejected') foot.append(button(dismiss, 'plain', () => this.#events.dismiss(this)));
    return foot;
  }
}
