import { meQuery } from '~/api/queries';
import { keep, recall } from '~/parts/memory';
import { queryClient } from '~/query-client';

const LAST_TENANT = 'last-tenant';

export function rememberTenant(tenantId: string): void {
  keep(LAST_TENANT, tenantId);
}

/** The overview of the tenant that was looked at last; without any tenant, the page that makes one. */
export async function homePath(): Promise<string> {
  const { tenants } = await queryClient.fetchQuery(meQuery);
  const last = recall(LAST_TENANT);
  const tenant = tenants.find(({ id }) => id === last) ?? tenants[0];
  return tenant ? `/t/${tenant.id}/overview` : '/tenants/new?guide=yes';
}
