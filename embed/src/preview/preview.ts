/**
 * The page of /preview/, which the admin UI frames: the embed as it is, over a conversation that the UI hands in. The
 * frame has no origin and may ask nobody, so what the embed asks is answered here. What one tries out is forgotten.
 */

import type { ParlourComments } from '../element';
import type { Comment, NewComment, ReactionCount, ThreadPage, Votes } from '../wire';

interface Told {
  /** As the server would send it. */
  page: ThreadPage;
  shade: 'light' | 'dark';
  lang: string;
  /** Said when something was tried out. */
  note: string;
}

let told: Told | undefined;
/** Of this visit: votes by comment, reactions set. */
const votes = new Map<string, number>();
const mine = new Set<string>();

window.fetch = async (address, options = {}) => {
  const { pathname } = new URL(String(address), location.href);
  const [, path = ''] = /\/v1\/sites\/preview\/(.+)/.exec(pathname) ?? [];
  const body = typeof options.body === 'string' ? JSON.parse(options.body) : {};
  const answer = told && answerTo(told.page, path, body);
  if (!answer) return Response.json({ code: 'not_found', status: 404, title: '' }, { status: 404 });
  if (options.method && path !== 'preview' && path !== 'reader') say();
  return Response.json(answer);
};

function answerTo(page: ThreadPage, path: string, body: Record<string, unknown>): object | undefined {
  const [, voted] = /^comments\/([\w-]+)\/vote$/.exec(path) ?? [];
  if (path === 'thread') return page;
  if (path === 'mine') return { comments: [] };
  if (path === 'reader') return { token: 'preview' };
  if (path === 'preview') return { html: paragraphs(`${body['text']}`) };
  if (path === 'comments') return posted(page, body as unknown as NewComment);
  if (path === 'thread/reaction') return react(page, `${body['kind']}`, !!body['on']);
  if (voted) return vote(page, voted, Number(body['value']));
  return undefined;
}

/** As far as it goes without the server, which knows Markdown. */
function paragraphs(text: string): string {
  const element = document.createElement('p');
  element.textContent = text;
  return element.outerHTML;
}

function posted(page: ThreadPage, { text, parent_id, author }: NewComment): object {
  const { moderation } = page.settings;
  const waits = moderation === 'all' || (moderation === 'links' && /https?:|www\./.test(text));
  const now = new Date().toISOString();
  const comment: Comment = {
    id: crypto.randomUUID(),
    number: 100,
    ...(parent_id && { parent_id }),
    depth: 0,
    state: waits ? 'pending' : 'published',
    html: paragraphs(text),
    author: { team: false, ...(author?.name && { name: author.name }) },
    created_at: now,
    votes: { up: 0, down: 0 },
    reply_count: 0,
  };
  return { comment, thread: page.thread, token: 'preview', token_expires_at: now };
}

function vote({ comments }: ThreadPage, id: string, value: number): { value: number; votes: Votes } | undefined {
  const comment = comments.find((each) => each.id === id);
  if (!comment) return undefined;
  const { up, down } = comment.votes;
  const was = votes.get(id) ?? 0;
  votes.set(id, value);
  const of = (side: number) => Number(value === side) - Number(was === side);
  comment.votes = { up: up + of(1), down: down + of(-1) };
  return { value, votes: comment.votes };
}

function react({ thread }: ThreadPage, kind: string, on: boolean): { reactions: ReactionCount[]; mine: string[] } {
  const step = Number(on) - Number(mine.has(kind));
  if (on) mine.add(kind);
  else mine.delete(kind);
  thread.reactions = thread.reactions.map((each) =>
    each.kind === kind ? { ...each, count: each.count + step } : each,
  );
  return { reactions: thread.reactions, mine: [...mine] };
}

/** For a while. */
function say(): void {
  const note = document.querySelector<HTMLElement>('#note')!;
  note.textContent = told!.note;
  note.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(() => (note.hidden = true), 4_000);
}
let timer: ReturnType<typeof setTimeout> | undefined;

addEventListener('message', ({ data, source, origin }: MessageEvent<Told>) => {
  // The page that frames us, and it is ours.
  if (source !== parent || origin !== location.origin) return;
  const before = told;
  told = data;
  document.documentElement.lang = data.lang;
  document.documentElement.dataset['shade'] = data.shade;
  if (!before) return begin();
  if (JSON.stringify(before.page) === JSON.stringify(data.page) && before.lang === data.lang) return;
  votes.clear();
  mine.clear();
  const element = document.querySelector<ParlourComments>('parlour-comments')!;
  // Where one looked at a change, the next one is looked at.
  const top = scrollY;
  element.addEventListener('parlour:loaded', () => requestAnimationFrame(() => scrollTo(0, top)), { once: true });
  element.reload();
});

/** Only now: the embed asks as soon as it is there. */
function begin(): void {
  const script = document.createElement('script');
  script.src = '/embed.js';
  script.dataset['site'] = 'preview';
  document.head.append(script);
}

parent.postMessage('parlour-preview', '*');
