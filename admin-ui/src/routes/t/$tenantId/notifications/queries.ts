import { queryOptions } from '@tanstack/react-query';
import { answer, api } from '~/api/client';
import type { MailFailing, WatchedSite } from '~/api/types';

/** What one is told by mail of each site, all pages of the list. */
export const watchingQuery = (tenantId: string) =>
  queryOptions({
    queryKey: ['tenant', tenantId, 'watching'],
    queryFn: async () => {
      const sites: WatchedSite[] = [];
      let mailed = true;
      let failing: MailFailing | undefined;
      let after: string | undefined;
      do {
        const page = await answer(
          api.GET('/v1/admin/tenants/{tenant_id}/watching', {
            params: { path: { tenant_id: tenantId }, query: { after, limit: 100 } },
          }),
        );
        sites.push(...page.sites);
        ({ mailed, failing } = page);
        after = page.next;
      } while (after);
      return { sites, mailed, failing };
    },
  });

/** What one is told of a site, and how many people are told of it. */
export const siteWatchingQuery = (tenantId: string, siteId: string) =>
  queryOptions({
    queryKey: ['tenant', tenantId, 'watching', siteId],
    queryFn: () =>
      answer(
        api.GET('/v1/admin/tenants/{tenant_id}/sites/{site_id}/watching', {
          params: { path: { tenant_id: tenantId, site_id: siteId } },
        }),
      ),
  });
