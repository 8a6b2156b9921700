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
  problem?: Partial<Problem>;
  /** Undefined when there was no answer. */
  status?: number;
  /** Seconds to wait, where the server said so. */
  retryAfter?: number;
}

export interface Question {
  method?: string;
  /** What is undefined is left out. */
  query?: object;
  body?: object;
  headers?: Record<string, string>;
}

/** Where an operation of the visitor door is. */
export function door({ host, key }: Site, path: string, query: object = {}): string {
  const url = new URL(`v1/sites/${encodeURIComponent(key)}/${path}`, host);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
  return url.href;
}

/**
 * Asks the visitor door. An aborted call, whose caller is gone, counts as unanswered. A read without headers is a simple
 * request: it needs no preflight, and any cache may answer it.
 */
export async function ask<T>(
  site: Site,
  path: string,
  signal: AbortSignal,
  { method, query, body, headers }: Question = {},
): Promise<T> {
  const response = await fetch(door(site, path, query), {
    method,
    headers: body ? { 'Content-Type': 'application/json', ...headers } : headers,
    body: body && JSON.stringify(body),
    credentials: 'omit',
    signal,
  } as RequestInit).catch(() => undefined);
  const problem = await response?.json().catch(() => undefined);
  if (response?.ok && problem) return problem;
  const retryAfter = Number(response?.headers.get('Retry-After'));
  throw Object.assign(new Error(problem?.code), { problem, status: response?.status, retryAfter });
}
