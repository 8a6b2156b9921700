/** The only file that knows how the server wants to be asked: URLs, headers, manners. */

import type { Problem } from './wire';

export interface Site {
  /** Where Parlour is served, with a trailing slash; it may be a folder of a larger host. */
  host: string;
  key: string;
}

/** What `ask` throws, and nothing else. */
export interface Failure extends Error {
  /** Undefined when it was not Parlour that refused, but for instance a proxy. */
  problem?: Partial<Problem> | undefined;
  /** Undefined when there was no answer. */
  status?: number | undefined;
  /** Seconds to wait, where the server said so. */
  retryAfter?: number;
}

export interface Question extends RequestInit {
  /** What is undefined is left out. */
  query?: object;
}

/** Where an operation of the visitor door is. */
export function door({ host, key }: Site, path: string, query: object = {}): string {
  const asked = new URLSearchParams(JSON.parse(JSON.stringify(query)));
  return `${host}v1/sites/${encodeURIComponent(key)}/${path}?${asked}`;
}

/**
 * Asks the visitor door. An aborted call, whose caller is gone, counts as unanswered. A read without headers is a
 * simple request: it needs no preflight, and any cache may answer it.
 */
export async function ask<T>(
  site: Site,
  path: string,
  signal: AbortSignal,
  { query, ...request }: Question = {},
): Promise<T> {
  const options: RequestInit = { credentials: 'omit', signal, ...request };
  const response = await fetch(door(site, path, query), options).catch(() => undefined);
  const problem = await response?.json().catch(() => undefined);
  if (response?.ok && problem) return problem;
  const retryAfter = Number(response?.headers.get('Retry-After'));
  throw Object.assign(new Error(problem?.code), { problem, status: response?.status, retryAfter });
}
