import { queryOptions } from '@tanstack/react-query';
import { answer, api } from '~/api/client';

export const mailTextsQuery = (tenantId: string, siteId: string) =>
  queryOptions({
    queryKey: ['tenant', tenantId, 'site', siteId, 'mail-texts'],
    queryFn: () =>
      answer(
        api.GET('/v1/admin/tenants/{tenant_id}/sites/{site_id}/mail-texts', {
          params: { path: { tenant_id: tenantId, site_id: siteId } },
        }),
      ),
  });
