import { Anchor } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import type { OperatorSite } from '~/api/types';
import { useWords } from '~/locales/locale';
import { PageHead } from '~/parts/page-head';
import { Entry, Filters, Paged, SuspendedBadge } from './parts';
import { sitesQuery } from './queries';

const route = getRouteApi('/signed-in/operator/sites');

export function SitesPage() {
  const words = useWords();
  const search = route.useSearch();
  const navigate = useNavigate();
  const list = useInfiniteQuery(sitesQuery(search));
  const sites = list.data?.pages.flatMap((page) => page.sites) ?? [];
  return (
    <>
      <PageHead title={words.operator.sites.title} lead={words.operator.sites.lead} />
      <Filters
        search={search}
        placeholder={words.operator.sites.searchHint}
        choices={['suspended']}
        onChange={(search) => void navigate({ to: '/operator/sites', search, replace: true })}
      />
      <Paged
        list={list}
        count={sites.length}
        icon="globe"
        none={words.operator.none}
        noneHint={words.operator.noneHint}
      >
        {sites.map((site) => (
          <SiteEntry key={site.id} site={site} />
        ))}
      </Paged>
    </>
  );
}

export function SiteEntry({ site }: { site: OperatorSite }) {
  const words = useWords();
  return (
    <Entry
      link={
        <Anchor
          fw={600}
          dir="auto"
          renderRoot={(props) => <Link to="/operator/sites/$siteId" params={{ siteId: site.id }} {...props} />}
        >
          {site.name}
        </Anchor>
      }
      badges={<SuspendedBadge suspension={site.suspension ?? site.tenant_suspension} />}
      facts={[site.tenant, site.key, site.origins.join(', '), words.operator.commentsThisMonth(site.comments)]}
    />
  );
}
