import { Alert, Anchor } from '@mantine/core';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link, Outlet, useParams } from '@tanstack/react-router';
import { createContext, use, useEffect } from 'react';
import { meQuery, tenantsOf } from '~/api/queries';
import type { Tenant } from '~/api/types';
import { useWords } from '~/locales/locale';
import { useDay } from '~/parts/date';
import { Icon } from '~/parts/icon';
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
      <TenantAlert />
      <Outlet key={tenantId} />
    </Context>
  );
}

/** That the tenant is deleted, on each of its pages. */
function TenantAlert() {
  const { lives: words } = useWords();
  const tenant = useTenant();
  const day = useDay();
  if (!tenant.erase_at) return null;
  return (
    <Alert color="red" icon={<Icon name="trash" />} title={words.tenantDeletedTitle} mb="lg">
      {words.tenantDeletedHint(day(tenant.erase_at))}{' '}
      {tenant.role === 'owner' && (
        <Anchor
          inherit
          underline="always"
          renderRoot={(props) => <Link to="/t/$tenantId/settings" params={{ tenantId: tenant.id }} {...props} />}
        >
          {words.tenantToRestore}
        </Anchor>
      )}
    </Alert>
  );
}

export function useTenant(): Tenant {
  const tenant = use(Context);
  if (!tenant) throw new Error('useTenant outside of a tenant page');
  return tenant;
}

/** Deleting, moving away, handing over is for owners alone. */
export function useIsOwner(): boolean {
  return useTenant().role === 'owner';
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
