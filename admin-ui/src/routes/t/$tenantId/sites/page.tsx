import { Anchor, Badge, Button, Card, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { sitesQuery } from '~/api/queries';
import type { Site } from '~/api/types';
import { useWords } from '~/locales/locale';
import { Blank } from '~/parts/blank';
import { useDay } from '~/parts/date';
import { Icon } from '~/parts/icon';
import { LinkTabs } from '~/parts/link-tabs';
import { PageHead } from '~/parts/page-head';
import { ProblemAlert } from '~/parts/problem-alert';
import { TimeAgo } from '~/parts/time-ago';
import { useMayManage, useTenant } from '../tenant';
import { STANDINGS } from './sites-search';

export function SitesPage() {
  const words = useWords();
  const tenant = useTenant();
  const mayManage = useMayManage();
  const { standing = 'open' } = useSearch({ from: '/signed-in/t/$tenantId/sites' });
  const { data: sites, error, isPending } = useQuery(sitesQuery(tenant.id, standing));
  const create = mayManage && (
    <Button
      renderRoot={(props) => <Link to="/t/$tenantId/sites/new" params={{ tenantId: tenant.id }} {...props} />}
      leftSection={<Icon name="plus" />}
    >
      {words.sites.create}
    </Button>
  );

  return (
    <>
      <PageHead title={words.sites.title} lead={words.sites.lead}>
        {standing === 'open' && sites && sites.length > 0 && create}
      </PageHead>
      <LinkTabs label={words.lives.standing}>
        {STANDINGS.map((one) => (
          <Link
            key={one}
            to="/t/$tenantId/sites"
            params={{ tenantId: tenant.id }}
            search={one === 'open' ? {} : { standing: one }}
            activeOptions={{ exact: true }}
          >
            {words.lives.standings[one]}
          </Link>
        ))}
      </LinkTabs>
      <ProblemAlert error={error} />
      {isPending && (
        <Stack role="status" aria-label={words.app.loading}>
          <Skeleton height={92} radius="md" />
          <Skeleton height={92} radius="md" />
        </Stack>
      )}
      {sites?.length === 0 && standing !== 'open' && (
        <Blank icon="house" title={words.lives.noneOf[standing].title} hint={words.lives.noneOf[standing].hint} />
      )}
      {sites?.length === 0 && standing === 'open' && (
        <Blank
          icon="house"
          title={words.sites.none}
          hint={mayManage ? words.sites.noneHint : words.sites.noneModerator}
        >
          {create}
        </Blank>
      )}
      <Stack component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
        {sites?.map((site) => (
          <SiteCard key={site.id} site={site} />
        ))}
      </Stack>
    </>
  );
}

function SiteCard({ site }: { site: Site }) {
  const words = useWords();
  const day = useDay();
  const { tenant_id: tenantId, id: siteId } = site;
  const lastSeen = site.origins
    .map((origin) => origin.last_seen_at ?? '')
    .sort()
    .at(-1);
  return (
    <Card component="li" withBorder padding="md">
      <Group justify="space-between" align="flex-start" gap="sm">
        <div>
          <Title order={2} size="h4">
            <Anchor
              inherit
              renderRoot={(props) => <Link to="/t/$tenantId/sites/$siteId" params={{ tenantId, siteId }} {...props} />}
            >
              {site.name}
            </Anchor>
          </Title>
          <Text size="sm" c="dimmed">
            {site.origins.map(({ origin }) => origin).join(' · ')}
          </Text>
        </div>
        {site.pending_count > 0 && (
          <Badge
            size="lg"
            variant="light"
            style={{ cursor: 'pointer' }}
            aria-label={words.sites.openQueue(site.pending_count, site.name)}
            renderRoot={(props) => (
              <Link to="/t/$tenantId/comments" params={{ tenantId }} search={{ site: siteId }} {...props} />
            )}
          >
            {words.sites.pending(site.pending_count)}
          </Badge>
        )}
      </Group>
      <Group gap="lg" mt="sm">
        <Text size="sm">{words.sites.comments(site.comment_count)}</Text>
        {site.erase_at && (
          <Text size="sm" c="var(--mantine-color-error)">
            {words.lives.erasedOn(day(site.erase_at))}
          </Text>
        )}
        <Text size="sm" c="dimmed">
          {lastSeen ? (
            <>
              {words.sites.lastSeen} <TimeAgo at={lastSeen} />
            </>
          ) : (
            words.sites.neverSeen
          )}
        </Text>
      </Group>
    </Card>
  );
}
