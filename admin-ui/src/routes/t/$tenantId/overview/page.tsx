import { Button, Group, Kbd, NativeSelect, SimpleGrid, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { overviewQuery, sitesQuery, statisticsQuery, statisticsTable } from '~/api/queries';
import { useWords } from '~/locales/locale';
import { Blank } from '~/parts/blank';
import { Icon } from '~/parts/icon';
import { useKeys } from '~/parts/keys';
import { notifyProblem } from '~/parts/notify';
import { PageHead } from '~/parts/page-head';
import { ProblemAlert } from '~/parts/problem-alert';
import { TimeAgo } from '~/parts/time-ago';
import { useMayManage, useTenant } from '../tenant';
import { Attention } from './attention';
import { Charts } from './charts';
import { BusiestThreads, Failures, NewestComments } from './lists';
import { firstOf, type OverviewSearch, type Span, SPANS } from './overview-search';

/** A tenant at a glance: what wants an eye, what happened, what is new. */
export function OverviewPage() {
  const words = useWords();
  const tenant = useTenant();
  const mayManage = useMayManage();
  const navigate = useNavigate();
  const filter = useSearch({ from: '/signed-in/t/$tenantId/overview' });
  const span: Span = filter.days ?? '30';
  const asked = { by: SPANS[span], ...(span === '30' ? {} : { from: firstOf(span) }) };
  const { data: sites } = useQuery(sitesQuery(tenant.id));
  const overview = useQuery(overviewQuery(tenant.id, filter.site));
  const statistics = useQuery(statisticsQuery(tenant.id, filter.site, asked));
  const params = { tenantId: tenant.id };

  const toQueue = () =>
    void navigate({ to: '/t/$tenantId/comments', params, search: filter.site ? { site: filter.site } : {} });
  useKeys({ q: toQueue });
  const change = (part: Partial<Record<keyof OverviewSearch, string>>) =>
    void navigate({ to: '/t/$tenantId/overview', params, search: { ...filter, ...part } as OverviewSearch, replace: true });

  if (sites?.length === 0) {
    return (
      <>
        <PageHead title={words.overview.title} />
        <Blank
          icon="house"
          title={words.sites.none}
          hint={mayManage ? words.sites.noneHint : words.sites.noneModerator}
        >
          {mayManage && (
            <Button
              mt="sm"
              leftSection={<Icon name="plus" />}
              renderRoot={(props) => <Link to="/t/$tenantId/sites/new" params={params} {...props} />}
            >
              {words.sites.create}
            </Button>
          )}
        </Blank>
      </>
    );
  }

  return (
    <>
      <PageHead title={words.overview.title} lead={tenant.name}>
        <Group gap="xs">
          <NativeSelect
            aria-label={words.queue.site}
            value={filter.site ?? ''}
            onChange={(event) => change({ site: event.currentTarget.value })}
            data={[
              { value: '', label: words.queue.allSites },
              ...(sites ?? []).map(({ id, name }) => ({ value: id, label: name })),
            ]}
          />
          <Button variant="default" rightSection={<Kbd size="xs" aria-hidden="true">q</Kbd>} aria-keyshortcuts="q" onClick={toQueue}>
            {words.overview.toQueue}
          </Button>
        </Group>
      </PageHead>
      <Stack gap="xl">
        <ProblemAlert error={overview.error ?? statistics.error} />
        {overview.isPending && <Skeleton height={120} radius="md" role="status" aria-label={words.app.loading} />}
        {overview.data && <Attention overview={overview.data} site={filter.site} />}
        <section aria-labelledby="happened">
          <Group justify="space-between" mb="sm" gap="xs">
            <Title order={2} size="h4" id="happened">
              {words.overview.happened}
            </Title>
            <Group gap="xs">
              <NativeSelect
                size="xs"
                aria-label={words.overview.span}
                value={span}
                onChange={(event) => change({ days: event.currentTarget.value })}
                data={(Object.keys(SPANS) as Span[]).map((days) => ({ value: days, label: words.overview.spans[days] }))}
              />
              <TableButton site={filter.site} asked={asked} />
            </Group>
          </Group>
          {statistics.isPending && (
            <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm" role="status" aria-label={words.app.loading}>
              <Skeleton height={190} radius="md" />
              <Skeleton height={190} radius="md" />
            </SimpleGrid>
          )}
          {statistics.data && (
            <>
              <Charts statistics={statistics.data} />
              <Text size="xs" c="dimmed" mt="xs">
                {words.overview.behind}{' '}
                {statistics.data.counted_until && (
                  <>
                    {words.overview.countedUntil} <TimeAgo at={statistics.data.counted_until} />.
                  </>
                )}{' '}
                {statistics.data.time_zone
                  ? words.overview.zone(statistics.data.time_zone)
                  : words.overview.zones}
              </Text>
            </>
          )}
        </section>
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="sm">
          <NewestComments site={filter.site} />
          {statistics.data && (
            <Stack gap="sm">
              <BusiestThreads statistics={statistics.data} />
              <Failures statistics={statistics.data} />
            </Stack>
          )}
        </SimpleGrid>
      </Stack>
    </>
  );
}

/** The figures as a file for spreadsheets. It is asked for with the access token, so that a plain link would not do. */
function TableButton({ site, asked }: { site: string | undefined; asked: Parameters<typeof statisticsTable>[2] }) {
  const words = useWords();
  const tenant = useTenant();
  const [isLoading, setIsLoading] = useState(false);
  const save = async () => {
    setIsLoading(true);
    try {
      const table = await statisticsTable(tenant.id, site, asked);
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob([table], { type: 'text/csv' }));
      link.download = `statistics-${new Date().toISOString().slice(0, 10)}.csv`;
      link.click();
      URL.revokeObjectURL(link.href);
    } catch (error) {
      notifyProblem(error, words);
    }
    setIsLoading(false);
  };
  return (
    <Button size="xs" variant="default" loading={isLoading} onClick={() => void save()}>
      {words.overview.asTable}
    </Button>
  );
}
