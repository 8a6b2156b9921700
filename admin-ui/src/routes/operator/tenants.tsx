import { Anchor } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useLocale } from '~/locales/locale';
import { PageHead } from '~/parts/page-head';
import { amount } from '~/parts/usage-bars';
import { Entry, Filters, Paged, SuspendedBadge } from './parts';
import { tenantsQuery } from './queries';

const route = getRouteApi('/signed-in/operator/tenants');

export function TenantsPage() {
  const { words, locale } = useLocale();
  const search = route.useSearch();
  const navigate = useNavigate();
  const list = useInfiniteQuery(tenantsQuery(search));
  const tenants = list.data?.pages.flatMap((page) => page.tenants) ?? [];
  return (
    <>
      <PageHead title={words.operator.tenants.title} lead={words.operator.tenants.lead} />
      <Filters
        search={search}
        placeholder={words.operator.tenants.searchHint}
        choices={['suspended']}
        onChange={(search) => void navigate({ to: '/operator/tenants', search, replace: true })}
      />
      <Paged
        list={list}
        count={tenants.length}
        icon="house"
        none={words.operator.none}
        noneHint={words.operator.noneHint}
      >
        {tenants.map((tenant) => (
          <Entry
            key={tenant.id}
            link={
              <Anchor
                fw={600}
                dir="auto"
                renderRoot={(props) => (
                  <Link to="/operator/tenants/$tenantId" params={{ tenantId: tenant.id }} {...props} />
                )}
              >
                {tenant.name}
              </Anchor>
            }
            badges={<SuspendedBadge suspension={tenant.suspension} />}
            facts={[
              tenant.plan ?? words.operator.noPlan,
              words.operator.members(tenant.members),
              words.operator.sitesCount(tenant.sites),
              words.operator.commentsThisMonth(tenant.comments),
              amount('storage', tenant.storage, locale),
            ]}
          />
        ))}
      </Paged>
    </>
  );
}
