import { given } from '~/search';

export type CommenterFilter = { site?: string; q?: string };

/** `?site=...&q=ada`; what makes no sense is left out. */
export function readCommenters(search: { site?: unknown; q?: unknown }): CommenterFilter {
  return { ...given('site', search.site), ...given('q', search.q) };
}
