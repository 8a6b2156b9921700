import type { SiteStanding } from '~/api/types';

export const STANDINGS = ['open', 'archived', 'deleted'] as const satisfies SiteStanding[];

export type SitesFilter = { standing?: SiteStanding };

/** What stands in the address; sites that are open are what one comes for. */
export function readSites(search: Record<string, unknown>): SitesFilter {
  const standing = STANDINGS.find((one) => one === search['standing']);
  return standing && standing !== 'open' ? { standing } : {};
}
