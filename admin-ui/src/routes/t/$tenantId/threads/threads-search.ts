import type { ThreadFilter } from '~/api/queries';
import type { ThreadStanding } from '~/api/types';
import { given } from '~/search';

/** In the order in which the tabs stand, after the one for all. */
export const STANDINGS: ThreadStanding[] = ['open', 'closed', 'locked'];

/** `?state=closed&site=...&q=tea`; what makes no sense is left out, so that an old link still shows the list. */
export function readThreads(search: { state?: unknown; site?: unknown; q?: unknown }): ThreadFilter {
  const state = STANDINGS.find((known) => known === search.state);
  return { ...(state ? { state } : {}), ...given('site', search.site), ...given('q', search.q) };
}

const ARRANGEMENTS = ['merge', 'split', 'move'] as const;
export type Arrangement = (typeof ARRANGEMENTS)[number];

/**
 * `?arrange=split&comment=...` opens the dialog that splits off a comment; `?arrange=merge&into=...` the one that
 * merges into another conversation, `?arrange=merge&q=...` the same with a search for it.
 */
export type Arranging = { arrange?: Arrangement; comment?: string; into?: string; q?: string };

export function readArranging(search: {
  arrange?: unknown;
  comment?: unknown;
  into?: unknown;
  q?: unknown;
}): Arranging {
  const arrange = ARRANGEMENTS.find((known) => known === search.arrange);
  if (!arrange) return {};
  return { arrange, ...given('comment', search.comment), ...given('into', search.into), ...given('q', search.q) };
}
