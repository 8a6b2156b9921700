import type { QueueFilter, QueueView } from '~/api/queries';
import { given } from '~/search';

/** In the order in which the tabs stand. */
export const VIEWS: QueueView[] = ['pending', 'reported', 'published', 'spam', 'rejected', 'deleted'];

type Written = { state?: unknown; site?: unknown; thread?: unknown; author?: unknown; q?: unknown };

/** `?state=spam&site=...&q=tea`; what makes no sense is left out, so that an old link still shows the queue. */
export function readQueue(search: Written): QueueFilter {
  const state = VIEWS.find((known) => known === search.state) ?? 'pending';
  return {
    state,
    ...given('site', search.site),
    ...given('thread', search.thread),
    ...given('author', search.author),
    ...given('q', search.q),
  };
}
