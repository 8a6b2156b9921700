/** The only file that knows the server's URLs, headers and manners. */

import type { Comment, NewComment, PostedComment, Problem, RepliesPage, Sort, ThreadCount, ThreadPage } from './wire';
import type { ThreadKey } from './thread-key';

/** The most threads one count request, or tokens one `mine` request, may name. */
export const BATCH = 20;

export interface Site {
  /** Where Parlour is served, with a trailing slash; it may be a folder of a larger host. */
  host: string;
  key: string;
}

/** Why a request came to nothing. */
export type Reason =
  | { kind: 'refused'; problem: Problem; retryAfter?: number }
  | { kind: 'unreachable' }
  | { kind: 'origin_unlisted'; origin: string }
  | { kind: 'origin_missing' }
  | { kind: 'policy_blocks'; host: string }
  | { kind: 'key_missing' };

export class Failure extends Error {
  constructor(readonly reason: Reason) {
    super(codeOf(reason));
  }
}

/** The server's code, or ours where the server did not speak. */
export function codeOf(reason: Reason): string {
  return reason.kind === 'refused' ? reason.problem.code : reason.kind;
}

/** One simple GET (no header of ours, no credentials), so that it needs no preflight and any cache may answer it. */
export function readThread(
  site: Site,
  key: ThreadKey,
  page: { sort?: Sort | undefined; after?: string | undefined },
  signal: AbortSignal,
): Promise<ThreadPage> {
  return call(withQuery(door(site, 'thread'), { ...key, ...page }), { signal });
}

export function readReplies(site: Site, commentId: string, after: string, signal: AbortSignal): Promise<RepliesPage> {
  const url = door(site, `comments/${encodeURIComponent(commentId)}/replies`);
  return call(withQuery(url, { after }), { signal });
}

/** The visitor's own comments in whatever state, by their tokens; a void token is passed over by the server. */
export async function readMine(site: Site, tokens: string[], signal: AbortSignal): Promise<Comment[]> {
  const headers = { 'Parlour-Tokens': tokens.join(',') };
  return (await call<{ comments: Comment[] }>(door(site, 'mine'), { headers, signal })).comments;
}

export async function previewText(site: Site, text: string, signal: AbortSignal): Promise<string> {
  return (await call<{ html: string }>(door(site, 'preview'), { ...json({ text }), signal })).html;
}

/** `idempotencyKey` makes a repeat of the same call harmless: the server answers it with the first one's comment. */
export function postComment(
  site: Site,
  comment: NewComment,
  idempotencyKey: string,
  signal: AbortSignal,
): Promise<PostedComment> {
  const post = json(comment);
  const headers = { ...post.headers, 'Idempotency-Key': idempotencyKey };
  return call(door(site, 'comments'), { ...post, headers, signal });
}

/** A thread by its id or its page's URL, as `thread_counts` wants it named. */
export type CountKey = ['id' | 'url', string];

/**
 * Answers come in the order asked, which must be ids first, then URLs, and at most BATCH of them. Counts are an extra
 * whose failure no page explains, so this does without the machinery of `call`, and count.js stays tiny.
 */
export async function readCounts(site: Site, keys: CountKey[]): Promise<ThreadCount[]> {
  const url = door(site, 'counts');
  for (const key of keys) url.searchParams.append(...key);
  const response = await fetch(url, { credentials: 'omit' });
  if (!response.ok) throw new Error();
  return ((await response.json()) as { counts: ThreadCount[] }).counts;
}

/** Whether the server answers at all. What it says stays hidden from a page that it does not know. */
export async function answers(site: Site, signal: AbortSignal): Promise<boolean> {
  const options: RequestInit = { mode: 'no-cors', cache: 'no-store', credentials: 'omit', signal };
  return fetch(new URL('healthz', site.host), options).then(
    () => true,
    () => false,
  );
}

function door(site: Site, path: string): URL {
  return new URL(`v1/sites/${encodeURIComponent(site.key)}/${path}`, site.host);
}

function withQuery(url: URL, query: Record<string, string | undefined>): URL {
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
  return url;
}

function json(body: unknown) {
  return { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
}

/** Fails with a Failure and nothing else; an aborted call, whose caller is gone, counts as unreachable. */
async function call<T>(url: URL, options: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(url, { ...options, credentials: 'omit' });
  } catch {
    throw new Failure({ kind: 'unreachable' });
  }
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok && body !== undefined) return body as T;
  const seconds = Number(response.headers.get('Retry-After'));
  const problem = isProblem(body) ? body : stranger(response.status);
  throw new Failure({ kind: 'refused', problem, ...(seconds > 0 && { retryAfter: seconds }) });
}

function isProblem(body: unknown): body is Problem {
  return typeof (body as Problem | undefined)?.code === 'string';
}

/** A refusal that is not Parlour's, for instance from a proxy in front of it. */
function stranger(status: number): Problem {
  const code =
    status === 413 ? 'payload_too_large'
    : status === 429 ? 'rate_limited'
    : status >= 502 && status <= 504 ? 'unavailable'
    : 'internal';
  return { code, status, title: '' };
}
