/** Where to go after signing in: `?next=/t/...`. */
export type NextSearch = { next?: string };

/** Only paths of this app: a link from elsewhere must not send somebody on to another host after signing in. */
export function readNext(search: Record<string, unknown>): NextSearch {
  const { next } = search;
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? { next } : {};
}
