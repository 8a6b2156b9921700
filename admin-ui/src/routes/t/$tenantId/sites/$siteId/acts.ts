import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '~/api/client';
import { siteQuery, sitesQuery } from '~/api/queries';
import type { Site } from '~/api/types';
import { useSite } from './page';

/** Archives, reopens, deletes or brings back the site. */
export function useSiteAct(act: 'archive' | 'reopen' | 'restore' | 'delete', onSuccess?: (site: Site) => void) {
  const site = useSite();
  const keep = useKeepSite();
  return useMutation({
    mutationFn: () => {
      const params = { path: { tenant_id: site.tenant_id, site_id: site.id } };
      switch (act) {
        case 'archive':
          return answer(api.POST('/v1/admin/tenants/{tenant_id}/sites/{site_id}/archive', { params }));
        case 'reopen':
          return answer(api.POST('/v1/admin/tenants/{tenant_id}/sites/{site_id}/reopen', { params }));
        case 'restore':
          return answer(api.POST('/v1/admin/tenants/{tenant_id}/sites/{site_id}/restore', { params }));
        case 'delete':
          return answer(api.DELETE('/v1/admin/tenants/{tenant_id}/sites/{site_id}', { params }));
      }
    },
    onSuccess: (changed) => {
      keep(changed);
      onSuccess?.(changed);
    },
  });
}

/** Remembers a site as an answer tells of it, and has the lists looked at anew. */
export function useKeepSite(): (site: Site) => void {
  const client = useQueryClient();
  return (site) => {
    client.setQueryData(siteQuery(site.tenant_id, site.id).queryKey, site);
    void client.invalidateQueries(sitesQuery(site.tenant_id));
  };
}
