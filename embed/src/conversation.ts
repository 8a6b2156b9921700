/** The comments of a thread, the form above them, and the ways through them. */

import { card, fold, type Card } from './card';
import { ask, type Failure } from './client';
import { arrange, el, visit } from './dom';
import { explain } from './explain';
import { loader } from './loader';
import { plural, type Speech } from './speech';
import type { Options } from './thread';
import { relative } from './time';
import { missing, outline, withReplies } from './tree';
import type { Comment, RepliesPage, ThreadPage } from './wire';

/** What is shown, and what may be done to it; write.js works on this alone. */
export interface Conversation {
  readonly options: Options;
  readonly speech: Speech;
  /**
   * The thread, its site's settings, and where reading goes on; `comments` is what everybody sees, as far as it is
   * loaded.
   */
  page: ThreadPage;
  readonly cards: Map<string, Card>;
  /** Holds the title; has room for more. */
  readonly head: HTMLElement;
  readonly title: HTMLElement;
  /** Why nothing can be written; empty when something can. */
  readonly note: HTMLElement;
  readonly form: HTMLFormElement;
  readonly text: HTMLTextAreaElement;
  /** Room for reactions to the page. */
  readonly reactions: HTMLElement;
  /** Adds what only this reader sees; nothing until writing is loaded. */
  mix(comments: Comment[]): Comment[];
  /** Puts into a card that was drawn what belongs to writing; nothing until that is loaded. */
  dress(card: Card): void;
  /** Makes the page say what the state says, touching only what differs. */
  draw(): void;
  /** Whatever `act` changes above, what the reader looks at stays where it is. */
  keepPlace(act: () => void): void;
  /** Reads another page of roots in place of those that are shown. */
  turn(query: object): Promise<void>;
  /** Shows the comment that the page's address names. `asked` when it is no use to ask the server for it again. */
  followHash(asked: boolean): Promise<void>;
}

/** `standing` are texts that the server rendered into the page, by the ids of their comments; good for now. */
export function converse(
  options: Options,
  page: ThreadPage,
  speech: Speech,
  standing: Map<string, HTMLElement>,
): Conversation {
  const { section, signal } = options;
  const { words, locale } = speech;
  const { notice, reactions } = page.settings;
  const cards = new Map<string, Card>();
  const title = el('h2', { part: 'title', tabindex: -1 });
  const trouble = el('p', { part: 'error', role: 'alert' });
  const note = el('p', { part: 'notice' });
  const text = el('textarea', {
    part: 'textarea',
    rows: 2,
    dir: 'auto',
    'aria-label': words.writeLabel,
    placeholder: words.placeholder,
  });
  const form = el('form', { part: 'composer' }, el('div', { part: 'editor' }, el('div', {}, text)));
  const list = el('ol', { part: 'list', role: 'list' });
  const empty = el('p', { part: 'empty' }, words.empty);
  const explained = (failure: Failure) => explain(failure, speech, options);
  const earlier = loader(words.loadEarlier, () => extend('previous', 'before'), explained);
  const later = loader(words.loadMore, () => extend('next', 'after'), explained);
  const self: Conversation = {
    options,
    speech,
    page,
    cards,
    head: el('header', { class: 'top' }, title),
    title,
    note,
    form,
    text,
    reactions: el('div', { part: 'reactions', hidden: !reactions.length }),
    mix: (comments) => comments,
    dress() {},
    draw,
    keepPlace,
    turn,
    followHash,
  };

  if (notice) form.append(el('p', { part: 'notice', dir: 'auto' }, notice));
  section.replaceChildren(self.head, self.reactions, trouble, note, form, earlier, list, empty, later);
  draw();
  // A comment that comes back later may have changed.
  standing.clear();
  const timer = setInterval(() => {
    for (const time of section.querySelectorAll('time')) time.textContent = relative(time.dateTime, locale);
  }, 60_000);
  signal.addEventListener('abort', () => clearInterval(timer));
  addEventListener('hashchange', () => followHash(false), { signal });
  void followHash(true);
  return self;

  function draw(): void {
    const { thread, comments, next, previous, settings } = self.page;
    const { comment_count: count, locked, open } = thread;
    const children = new Map<Element, HTMLElement[]>([[list, []]]);
    const gone = new Set(cards.keys());
    const fresh: Card[] = [];
    for (const { comment, parent } of outline(self.mix(comments))) {
      const { id } = comment;
      let each = cards.get(id);
      if (!each) {
        each = card(speech, settings.max_depth, self, standing.get(id));
        fresh.push(each);
        cards.set(id, each);
      }
      each.show(comment, parent);
      gone.delete(id);
      children.set(each.replies, []);
      children.get(cards.get(parent?.id as string)?.replies ?? list)!.push(each.element);
    }
    for (const [parent, items] of children) arrange(parent, items);
    for (const id of gone) cards.delete(id);
    for (const each of cards.values()) {
      const { more_replies: cut, branch_count: branch = 0 } = each.comment;
      const rest = Math.max(1, branch - each.replies.querySelectorAll('li').length);
      const label = cut ? plural(words.moreReplies, rest, locale) : '';
      // A button that still holds stays, with the focus that it may have.
      if (each.rest.textContent !== label) {
        each.rest.replaceChildren(label && loader(label, () => extendReplies(each.comment), explained));
      }
    }
    fold(fresh, speech);
    title.textContent = count ? plural(words.comments, count, locale) : words.title;
    form.hidden = !open || locked;
    note.textContent = form.hidden ? words.closed : '';
    empty.hidden = !!cards.size || form.hidden;
    later.hidden = !next;
    earlier.hidden = !previous;
  }

  function keepPlace(act: () => void): void {
    const top = (each: Element) => each.getBoundingClientRect().top;
    const anchor = [...list.querySelectorAll('article')].find((each) => top(each) >= 0);
    const before = anchor && top(anchor);
    act();
    if (anchor?.isConnected) scrollBy({ top: top(anchor) - before!, behavior: 'instant' });
  }

  async function turn(query: object): Promise<void> {
    self.page = await readThread(options, query);
    self.draw();
  }

  /** Goes on where the reader was, and moves nothing. */
  async function extend(cursor: 'next' | 'previous', way: 'after' | 'before'): Promise<void> {
    const { comments, [cursor]: further } = await readThread(options, { [way]: self.page[cursor] });
    const others = missing(self.page.comments, comments);
    const all = way === 'after' ? [self.page.comments, others] : [others, self.page.comments];
    become(all.flat(), { [cursor]: further }, way === 'after' ? others[0] : others.at(-1));
  }

  async function extendReplies({ id, more_replies: after }: Comment): Promise<void> {
    const path = `comments/${id}/replies`;
    const { comments, next } = await ask<RepliesPage>(options.site!, path, signal, { query: { after } });
    const [first] = missing(self.page.comments, comments);
    become(withReplies(self.page.comments, comments, id, next), {}, first);
  }

  function become(comments: Comment[], more: object, focus: Comment | undefined): void {
    self.page = { ...self.page, ...more, comments };
    keepPlace(self.draw);
    cards.get(focus?.id as string)?.article.focus({ preventScroll: true });
  }

  async function followHash(asked: boolean): Promise<void> {
    if (location.hash === '#parlour-comments') title.scrollIntoView();
    const number = numberInHash();
    if (!number) return;
    const find = () => [...cards.values()].find(({ comment }) => `${comment.number}` === number);
    if (!asked && !find()) await turn({ around: number }).catch(() => undefined);
    const found = find();
    for (const each of cards.values()) each.article.classList.toggle('target', each === found);
    trouble.textContent = found ? '' : words.gone;
    visit(found?.article ?? title, 'center');
  }
}

/** The comment that the page's address names. */
export function numberInHash(): string | undefined {
  return /^#parlour-(\d+)$/.exec(location.hash)?.[1];
}

/** Rejects at once where the page names no site. */
export function readThread({ site, name: { id, url }, sort, signal }: Options, query: object): Promise<ThreadPage> {
  return ask(site!, 'thread', signal, { query: { id, url: id ? undefined : url, sort, ...query } });
}
