import { given } from '~/search';

/** How far back the charts go, in days, and what one of their bars stands for. */
export const SPANS = { '30': 'day', '90': 'week', '365': 'month' } as const;
export type Span = keyof typeof SPANS;
export type OverviewSearch = { site?: string; days?: Span };

/** `?site=...&days=90`; what makes no sense is left out. */
export function readOverview(search: { site?: unknown; days?: unknown }): OverviewSearch {
  const days = (Object.keys(SPANS) as Span[]).find((known) => known === search.days && known !== '30');
  return { ...given('site', search.site), ...(days ? { days } : {}) };
}

/** The first of so many days of which this is the last, as the API writes dates. */
export function firstOf(span: Span, now = new Date()): string {
  const first = new Date(now);
  first.setUTCDate(first.getUTCDate() - Number(span) + 1);
  return first.toISOString().slice(0, 10);
}
