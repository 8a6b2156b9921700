import type { CommentState } from '~/api/types';
import type { QueueFilter } from '~/api/queries';

/** In the order in which the tabs stand. */
export const STATES: CommentState[] = ['pending', 'published', 'spam', 'rejected', 'deleted'];

/** `?state=spam&site=...&q=tea`; what makes no sense is left out, so that an old link still shows the queue. */
export function readQueue(search: { state?: unknown; site?: unknown; q?: unknown }): QueueFilter {
  const state = STATES.find((known) => known === search.state) ?? 'pending';
  return { state, ...text('site', search.site), ...text('q', search.q) };
}

function text<Key extends string>(key: Key, value: unknown): Partial<Record<Key, string>> {
  return typeof value === 'string' && value !== '' ? ({ [key]: value } as Record<Key, string>) : {};
}
