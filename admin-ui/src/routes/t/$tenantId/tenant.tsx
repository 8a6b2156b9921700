import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Outlet, useParams } from '@tanstack/react-router';
import { createContext, use, useEffect } from 'react';
import { meQuery, tenantsOf } from '~/api/queries';
import type { Tenant } from '~/api/types';
import { NotFoundPage } from '~/routes/in-between';
import { rememberTenant } from '~/routes/home';

const Context = createContext<Tenant | null>(null);

/** All pages of one tenant that the account is a member of. */
export function TenantPages() {
  const { tenantId } = useParams({ from: '/signed-in/t/$tenantId' });
  const { data: me } = useSuspenseQuery(meQuery);
  const tenant = tenantsOf(me).find(({ id }) => id === tenantId);
  const isOwn = me.acting?.tenant.id !== tenantId;
  useEffect(() => {
    if (tenant && isOwn) rememberTenant(tenant.id);
  }, [tenant, isOwn]);

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
  const tenant = useTenant();
  const { data: me } = useQuery(meQuery);
  const isActing = me?.acting?.tenant.id === tenant.id;
  return tenant.role !== 'moderator' && (isActing || !tenant.suspension);
}

/** What only the tenant's own people may: an operator who acts for it may not, whatever his role. */
export function useIsOwn(): boolean {
  const tenant = useTenant();
  const { data: me } = useQuery(meQuery);
  return me?.acting?.tenant.id !== tenant.id;
}
