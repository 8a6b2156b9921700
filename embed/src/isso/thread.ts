/** The comments of the page: loading them, one level of replies, what is hidden, and the ways to it. */

import type { Card } from '../card';
import { ask, type Failure } from '../client';
import type { Conversation } from '../conversation';
import { arrange, el, set, visit } from '../dom';
import { explain } from '../explain';
import { direction } from '../speech';
import type { Options } from '../thread';
import { missing, outline, withReplies } from '../tree';
import type { Comment, RepliesPage, ThreadPage } from '../wire';
import type { Look } from './attributes';
import { comment } from './comment';
import { action } from './link';
import { numberInHash } from './place';
import type { Voice } from './say';

/** Roots that one request brings at most. */
const MOST = 100;

export interface Thread extends Conversation {
  readonly look: Look;
  readonly speech: Voice;
  /** Comments that are shown however many there are: the reader's own, new ones, and the one that he came for. */
  readonly kept: Set<string>;
  readonly trouble: HTMLElement;
  readonly postbox: HTMLElement;
  readonly form: HTMLFormElement;
}

/** With the number that a comment has here, where `around` named it by the one it had before it was imported. */
type Page = ThreadPage & { around?: number };

/** A root with its replies of all depths, in the order of display. */
interface Branch {
  root: Comment;
  replies: { comment: Comment; parent: Comment | undefined }[];
}

export type Asker = typeof ask;

export function readThread({ site, name, sort, signal }: Options, asker: Asker, query: object): Promise<Page> {
  return asker(site!, 'thread', signal, { query: { ...name, sort, ...query } });
}

/** How many roots to ask for at first; the address of the usual page is the same for everybody. */
export function firstQuery({ top }: Look): object {
  return { limit: Math.min(MOST, Math.max(1, top)), around: numberInHash() };
}

export function converse(options: Options, asker: Asker, look: Look, voice: Voice, first: Page): Thread {
  const { section, signal } = options;
  const { words, locale } = voice;
  const cards = new Map<string, Card>();
  const kept = new Set<string>();
  /** How many replies of a root are shown. */
  const revealed = new Map<string, number>();
  let top = look.top;
  const title = section.querySelector<HTMLElement>('.isso-thread-heading')!;
  const trouble = el('p', { class: 'isso-error', role: 'alert' });
  const note = el('p', { class: 'isso-notice' });
  const text = el('textarea', {
    class: 'isso-textarea',
    rows: 5,
    dir: 'auto',
    'aria-label': words.writeLabel,
    placeholder: voice.say('postbox-text'),
  });
  const form = el('form', { class: 'isso-form-wrapper' }, el('div', { class: 'isso-textarea-wrapper' }, text));
  const postbox = el('div', { class: 'isso-postbox' }, form);
  const root = el('div', { id: 'isso-root' });
  const earlier = el('div', { class: 'isso-comment-loader' });
  const later = el('div', { class: 'isso-comment-loader', id: 'isso-loader-null' });
  const self: Thread = {
    options,
    look,
    speech: voice,
    page: first,
    cards,
    kept,
    head: section,
    title,
    trouble,
    note,
    postbox,
    form,
    text,
    reactions: el('div'),
    mix: (comments) => comments,
    dress() {},
    draw,
    keepPlace,
    turn,
    followHash,
  };
  section.append(trouble, note, postbox, root);
  draw();
  const timer = setInterval(() => {
    for (const { comment, article } of cards.values()) {
      article.querySelector('time')!.textContent = voice.ago(comment.created_at);
    }
  }, 60_000);
  signal.addEventListener('abort', () => clearInterval(timer));
  addEventListener('hashchange', () => followHash(false), { signal });
  void followHash(true);
  return self;

  function draw(): void {
    const { thread, comments, next, previous } = self.page;
    const { comment_count: total, locked, open } = thread;
    const shown = new Set<string>();
    const roots: Element[] = [];
    let told = 0;
    let hidden = 0;
    branches(self.mix(comments)).forEach((branch, at) => {
      const { id, branch_count: count = branch.replies.length } = branch.root;
      told += Math.max(count, branch.replies.length) + Number(branch.root.state === 'published');
      if (at < top || kept.has(id) || branch.replies.some(({ comment }) => kept.has(comment.id))) {
        roots.push(show(branch, shown));
      } else hidden += 1 + Math.max(count, branch.replies.length);
    });
    for (const id of cards.keys()) if (!shown.has(id)) cards.delete(id);
    hidden += next ? Math.max(1, total - told) : 0;
    // What is before and what is after cannot be told apart by the number of all.
    const many = previous ? '' : ` (${hidden.toLocaleString(locale)})`;
    offer(later, hidden, words.loadMore + many, 'comment-hidden', revealRoots);
    offer(earlier, Number(!!previous), words.loadEarlier, undefined, () => extend('previous', 'before'));
    arrange(root, [earlier, ...roots, later]);
    title.textContent = total ? voice.say('num-comments', total) : voice.say('no-comments');
    postbox.hidden = !open || locked;
    note.textContent = postbox.hidden ? words.closed : '';
  }

  /** A root and as many of its replies as are to be seen. */
  function show({ root: comment, replies }: Branch, shown: Set<string>): HTMLElement {
    const most = revealed.get(comment.id) ?? look.nested;
    const card = draft(comment, undefined, shown);
    const seen = replies.filter((reply, at) => at < most || kept.has(reply.comment.id));
    const elements = seen.map((reply) => draft(reply.comment, reply.parent, shown).element);
    const { more_replies: cut, branch_count: count = 0, number } = comment;
    const hidden = Math.max(replies.length - seen.length, count - seen.length, Number(!!cut));
    set(card.rest, { id: `isso-loader-${number}` });
    const rest = hidden > 0 && (cut || seen.length < replies.length) ? hidden : 0;
    offer(card.rest, rest, voice.say('comment-hidden', rest), 'comment-hidden', () => revealReplies(comment, replies));
    arrange(card.replies, [...elements, card.rest]);
    return card.element;
  }

  function draft(now: Comment, parent: Comment | undefined, shown: Set<string>): Card {
    let card = cards.get(now.id);
    if (!card) {
      card = comment(voice, look, (each) => self.dress(each));
      cards.set(now.id, card);
    }
    card.show(now, parent);
    shown.add(now.id);
    return card;
  }

  /** A link to what is hidden. One that still holds stays, with the focus that it may have. */
  function offer(
    place: HTMLElement,
    count: number,
    ours: string,
    message: 'comment-hidden' | undefined,
    act: () => unknown,
  ): void {
    const label = count ? ((message && voice.own(message, count)) ?? ours) : '';
    offers.set(place, act);
    place.hidden = !label;
    if (place.firstChild?.textContent === label || (!label && !place.firstChild)) return;
    if (!label) return place.replaceChildren();
    const problem = el('p', { class: 'isso-error', role: 'alert' });
    const link = action('isso-load-hidden', label, async () => {
      // Not out of the order of focus: whoever pressed it is still there.
      set(link, { 'aria-disabled': 'true' });
      problem.textContent = '';
      try {
        await offers.get(place)!();
      } catch (failure) {
        problem.textContent = (await explain(failure as Failure, voice, options)).text;
      }
      set(link, { 'aria-disabled': false });
    });
    place.replaceChildren(link, problem);
  }

  async function revealRoots(): Promise<void> {
    const before = new Set(cards.keys());
    const loaded = branches(self.mix(self.page.comments)).length;
    const wanted = Math.min(top, loaded) + (top === Infinity ? MOST : look.reveal);
    if (wanted > loaded && self.page.next) {
      await extend('next', 'after', Math.min(MOST, wanted - loaded));
    }
    if (top !== Infinity) top = wanted;
    become(before);
  }

  async function revealReplies({ id, more_replies: after }: Comment, replies: Branch['replies']): Promise<void> {
    const before = new Set(cards.keys());
    const most = (revealed.get(id) ?? look.nested) + look.reveal;
    if (after && most > replies.length) {
      const { comments, next } = await asker<RepliesPage>(options.site!, `comments/${id}/replies`, signal, {
        query: { after },
      });
      self.page = { ...self.page, comments: withReplies(self.page.comments, comments, id, next) };
    }
    revealed.set(id, most);
    become(before);
  }

  async function extend(cursor: 'next' | 'previous', way: 'after' | 'before', limit?: number): Promise<void> {
    const { comments, [cursor]: further } = await readThread(options, asker, { [way]: self.page[cursor], limit });
    const others = missing(self.page.comments, comments);
    const all = way === 'after' ? [self.page.comments, others] : [others, self.page.comments];
    const before = new Set(cards.keys());
    // What came before is wanted, whatever is hidden further down.
    if (way === 'before') top += branches(others).length;
    self.page = { ...self.page, [cursor]: further, comments: all.flat() };
    if (way === 'before') become(before);
  }

  /** Draws what has come, moves nothing, and takes whoever listens to the first of it. */
  function become(before: ReadonlySet<string>): void {
    keepPlace(() => self.draw());
    const fresh = [...section.querySelectorAll<HTMLElement>('.isso-comment')].find(
      (element) => ![...before].some((id) => cards.get(id)?.element === element),
    );
    fresh?.querySelector<HTMLElement>('.isso-text-wrapper')?.focus({ preventScroll: true });
  }

  function keepPlace(act: () => void): void {
    const above = (each: Card) => each.article.getBoundingClientRect().top;
    const anchor = [...cards.values()].find((each) => above(each) >= 0);
    const before = anchor && above(anchor);
    act();
    if (anchor?.article.isConnected) scrollBy({ top: above(anchor) - before!, behavior: 'instant' });
  }

  async function turn(query: object): Promise<void> {
    self.page = await readThread(options, asker, { ...firstQuery(look), ...query });
    revealed.clear();
    self.draw();
  }

  async function followHash(asked: boolean): Promise<void> {
    const wanted = numberInHash();
    if (!wanted) return;
    const find = () => {
      const { around = wanted } = self.page as Page;
      return self.mix(self.page.comments).find(({ number }) => number === wanted || number === around);
    };
    if (!asked && !find()) await turn({ around: wanted }).catch(() => undefined);
    if (signal.aborted) return;
    const found = find();
    if (found && !cards.has(found.id)) {
      kept.add(found.id);
      self.draw();
    }
    const card = cards.get(found?.id as string);
    for (const each of cards.values()) each.article.classList.toggle('isso-target', each === card);
    trouble.textContent = card ? '' : words.gone;
    visit(card?.article ?? title, 'center');
  }
}

const offers = new WeakMap<HTMLElement, () => unknown>();

/** Replies to replies stand under the root that they go back to. */
function branches(comments: readonly Comment[]): Branch[] {
  const list: Branch[] = [];
  for (const { comment, parent } of outline(comments)) {
    if (parent) list.at(-1)!.replies.push({ comment, parent });
    else list.push({ root: comment, replies: [] });
  }
  return list;
}

/** What frames the conversation; stays until the page is left or asks for another. */
export function settle(section: HTMLElement, { locale, words }: Voice): void {
  set(section, { lang: locale, dir: direction(locale), 'aria-label': words.title });
}
