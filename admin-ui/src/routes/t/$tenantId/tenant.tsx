import { useSuspenseQuery } from '@tanstack/react-query';
import { Outlet, useParams } from '@tanstack/react-router';
import { createContext, use, useEffect } from 'react';
import { meQuery } from '~/api/queries';
import type { Tenant } from '~/api/types';
import { NotFoundPage } from '~/routes/in-between';
import { rememberTenant } from '~/routes/home';

const Context = createContext<Tenant | null>(null);

/** All pages of one tenant that the account is a member of. */
export function TenantPages() {
  const { tenantId } = useParams({ from: '/signed-in/t/$tenantId' });
  const { data: me } = useSuspenseQuery(meQuery);
  const tenant = me.tenants.find(({ id }) => id === tenantId);
  useEffect(() => {
    if (tenant) rememberTenant(tenant.id);
  }, [tenant]);

  if (!tenant) return <NotFoundPage />;
  return (
    <Context value={tenant}>
      <Outlet key={tenantId} />
    </Context>
  );
}

export function useTenant(): Tenant {
  const tenant = use(Context);
  if (!tenant) throw new Error('useTenant outside of a tenant page');
  return tenant;
}

/** Owners and admins run sites; moderators look after comments. The server decides; this only spares dead buttons. */
export function useMayManage(): boolean {
  return useTenant().role !== 'moderator';
}
