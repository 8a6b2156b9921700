/** The comments of a thread, the form above them, and what connects the two with the server and the store. */

import { codeOf, Failure, postComment, previewText, readReplies, readThread, type Site } from './client';
import { CommentCard, type CardEvents } from './comment-card';
import { Composer, type Draft } from './composer';
import { arrange, el, visit } from './dom';
import { explain } from './explain';
import { loader } from './loader';
import { readOwn } from './own-comments';
import { fill, plural, type Speech } from './speech';
import type { ThreadOptions } from './thread';
import { everyMinute, relative } from './time';
import { isFurtherOn, outline, withOwn, withPage, withReplies } from './tree';
import type { Comment, PostedComment, Sort, ThreadPage } from './wire';

export class Conversation {
  readonly parts: HTMLElement[];
  readonly #options: ThreadOptions;
  readonly #site: Site;
  readonly #page: ThreadPage;
  readonly #speech: Speech;
  readonly #title = el('h2', { class: 'title', part: 'title' });
  readonly #list = el('ol', { class: 'list', part: 'list', role: 'list' });
  readonly #empty = el('p', { class: 'empty', part: 'empty' });
  readonly #status = el('p', { class: 'unseen', role: 'status' });
  readonly #more: HTMLElement;
  /** What everybody sees, as far as it is loaded. */
  #public: Comment[];
  readonly #own = new Map<string, Comment>();
  readonly #cards = new Map<string, CommentCard>();
  /** Closed ones too: they keep their text for the next time. */
  readonly #composers = new Map<CommentCard, Composer>();

  constructor(options: ThreadOptions, site: Site, page: ThreadPage, speech: Speech) {
    this.#options = options;
    this.#site = site;
    this.#page = page;
    this.#speech = speech;
    this.#public = page.comments;
    this.#more = loader(speech.words.loadMore, () => this.#loadMore(), speech);
    this.parts = [this.#title, this.#entrance(), this.#list, this.#empty, this.#more, this.#status];
    this.#draw();
    everyMinute(() => this.#tick(), options.signal);
    window.addEventListener('hashchange', () => this.followHash(), { signal: options.signal });
  }

  /** Waiting and refused comments are an extra: the thread stands without them when the server does not answer. */
  async addOwn(): Promise<void> {
    const { store, signal } = this.#options;
    const further = (comment: Comment) => isFurtherOn(this.#public, comment, !!this.#page.next, this.#sort);
    try {
      const own = await readOwn(this.#site, store, this.#page.thread.key, this.#public, further, signal);
      for (const comment of own) this.#own.set(comment.id, comment);
      this.#draw();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
    }
  }

  /** Shows the comment that the page's address names, or the thread itself for `#parlour-comments`. */
  followHash(): void {
    const [, name] = /^#parlour-(\d+|comments)$/.exec(location.hash) ?? [];
    if (!name) return;
    if (name === 'comments') return this.#title.scrollIntoView();
    for (const card of this.#cards.values()) {
      const named = String(card.comment.number) === name;
      card.article.classList.toggle('target', named);
      if (named) visit(card.article, 'center');
    }
  }

  get #sort(): Sort {
    return this.#options.sort ?? this.#page.settings.sort;
  }

  get #place(): string {
    return JSON.stringify(this.#options.key);
  }

  #entrance(): HTMLElement {
    const { thread, settings } = this.#page;
    const { words } = this.#speech;
    if (!thread.open) return el('p', { class: 'closed quiet' }, words.closed);
    const { element } = this.#composer(this.#place, words.writeLabel, undefined);
    if (settings.notice) element.append(el('p', { class: 'notice', part: 'notice' }, settings.notice));
    return element;
  }

  #composer(place: string, label: string, card: CommentCard | undefined): Composer {
    const { store, signal } = this.#options;
    return new Composer({
      speech: this.#speech,
      settings: this.#page.settings,
      store,
      place,
      label,
      signal,
      preview: (text) => previewText(this.#site, text, signal),
      post: (draft, idempotencyKey) => this.#post(draft, idempotencyKey, card),
      ...(card && { cancel: () => card.setComposer(undefined) }),
    });
  }

  async #post(draft: Draft, idempotencyKey: string, card: CommentCard | undefined): Promise<void> {
    const { key, page, signal, emit } = this.#options;
    const comment = { thread: { ...page, ...key }, ...(card && { parent_id: card.comment.id }), ...draft };
    try {
      this.#show(await postComment(this.#site, comment, idempotencyKey, signal), card);
    } catch (error) {
      if (error instanceof Failure && !signal.aborted) {
        emit('error', { code: codeOf(error.reason), message: explain(error.reason, this.#speech).text });
      }
      throw error;
    }
  }

  #show({ comment, thread, token, token_expires_at: expires }: PostedComment, card: CommentCard | undefined): void {
    const { store, emit } = this.#options;
    const { words } = this.#speech;
    store.keepToken({ comment: comment.id, thread: thread.key, token, expires });
    this.#own.set(comment.id, comment);
    this.#page.thread = { ...this.#page.thread, ...thread };
    this.#draw();
    card?.setComposer(undefined);
    visit(this.#cards.get(comment.id)!.article);
    this.#status.textContent = comment.state === 'published' ? words.postedPublished : words.postedPending;
    emit('posted', { comment, thread });
  }

  readonly #events: CardEvents = {
    reply: (card) => this.#toggleReply(card),
    dismiss: (card) => this.#dismiss(card),
    more: (card) => this.#loadReplies(card),
  };

  #toggleReply(card: CommentCard): void {
    const composer = this.#composers.get(card) ?? this.#replyComposer(card);
    if (composer.element.isConnected) {
      card.setComposer(undefined);
    } else {
      card.setComposer(composer.element);
      composer.focus();
    }
  }

  #replyComposer(card: CommentCard): Composer {
    const { id, author } = card.comment;
    const label = fill(this.#speech.words.replyLabel, { name: author.name ?? this.#speech.words.anonymous });
    const composer = this.#composer(`${this.#place}#${id}`, label, card);
    this.#composers.set(card, composer);
    return composer;
  }

  #dismiss(card: CommentCard): void {
    const { id } = card.comment;
    this.#own.delete(id);
    this.#options.store.dropTokens(new Set([id]));
    this.#draw();
    this.#title.tabIndex = -1;
    this.#title.focus({ preventScroll: true });
  }

  async #loadMore(): Promise<void> {
    const { key, signal } = this.#options;
    const page = await readThread(this.#site, key, { sort: this.#sort, after: this.#page.next }, signal);
    const { next } = page;
    if (next === undefined) delete this.#page.next;
    else this.#page.next = next;
    this.#extend(withPage(this.#public, page.comments));
  }

  async #loadReplies(card: CommentCard): Promise<void> {
    const { id, more_replies: after } = card.comment;
    if (after === undefined) return;
    const { comments, next } = await readReplies(this.#site, id, after, this.#options.signal);
    this.#extend(withReplies(this.#public, comments, id, next));
  }

  /** Goes on where the reader was: at the first comment that is new. */
  #extend(list: Comment[]): void {
    const before = new Set(this.#cards.keys());
    this.#public = list;
    this.#draw();
    const first = list.find(({ id }) => !before.has(id));
    if (first) this.#cards.get(first.id)!.article.focus({ preventScroll: true });
  }

  /** Makes the page say what the state says, touching only what differs. */
  #draw(): void {
    const { thread, next } = this.#page;
    const { words, locale } = this.#speech;
    const count = thread.comment_count;
    this.#title.textContent = count > 0 ? plural(words.comments, count, locale) : words.title;
    const children = new Map<Element, HTMLElement[]>([[this.#list, []]]);
    const shown = new Set<string>();
    for (const { comment, parent } of outline(withOwn(this.#public, this.#own.values(), this.#sort))) {
      const card = this.#card(comment, parent);
      shown.add(comment.id);
      children.set(card.replies, []);
      children.get(parent ? this.#cards.get(parent.id)!.replies : this.#list)!.push(card.element);
    }
    for (const [list, items] of children) arrange(list, items);
    for (const id of this.#cards.keys()) if (!shown.has(id)) this.#cards.delete(id);
    this.#empty.textContent = thread.open ? words.empty : words.closedEmpty;
    this.#empty.hidden = shown.size > 0;
    this.#more.hidden = next === undefined;
  }

  #card(comment: Comment, parent: Comment | undefined): CommentCard {
    const known = this.#cards.get(comment.id);
    if (known) {
      known.update(comment, parent);
      return known;
    }
    const card = new CommentCard(comment, parent, this.#page.thread.open, this.#speech, this.#events);
    this.#cards.set(comment.id, card);
    return card;
  }

  #tick(): void {
    for (const time of this.#list.querySelectorAll('time')) {
      time.textContent = relative(time.dateTime, this.#speech.locale);
    }
  }
}
