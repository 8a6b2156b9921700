import { Badge, Button, Card, Center, Group, NativeSelect, Skeleton, Stack, Text } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { CHANGES } from '~/api/known';
import { auditQuery, sitesQuery } from '~/api/queries';
import type { AuditChange, AuditEntry } from '~/api/types';
import { useLocale, useWords } from '~/locales/locale';
import { Blank } from '~/parts/blank';
import { PageHead } from '~/parts/page-head';
import { ProblemAlert } from '~/parts/problem-alert';
import { TimeAgo } from '~/parts/time-ago';
import { useTenant } from '../tenant';
import { AuditExport } from './export';
import { factsOf, isByOperator } from './facts';

/** Who changed what, beside comments, which have a history of their own. */
export function AuditPage() {
  const words = useWords();
  const tenant = useTenant();
  const navigate = useNavigate();
  const { change } = useSearch({ from: '/signed-in/t/$tenantId/audit' });
  const list = useInfiniteQuery(auditQuery(tenant.id, change));
  const entries = list.data?.pages.flatMap((page) => page.entries) ?? [];

  const filter = (to: string) =>
    navigate({
      to: '/t/$tenantId/audit',
      params: { tenantId: tenant.id },
      search: to ? { change: to as AuditChange } : {},
    });

  return (
    <>
      <PageHead title={words.audit.title} lead={words.audit.lead}>
        <Group gap="xs">
          <NativeSelect
            aria-label={words.audit.filter}
            value={change ?? ''}
            onChange={(event) => void filter(event.currentTarget.value)}
            data={[
              { value: '', label: words.audit.all },
              ...CHANGES.map((one) => ({ value: one, label: words.audit.changes[one] })),
            ]}
          />
          <AuditExport change={change} />
        </Group>
      </PageHead>
      <ProblemAlert error={list.error} />
      {list.isPending && (
        <Stack gap="sm" role="status" aria-label={words.app.loading}>
          <Skeleton height={64} radius="md" />
          <Skeleton height={64} radius="md" />
          <Skeleton height={64} radius="md" />
        </Stack>
      )}
      {list.isSuccess && entries.length === 0 && (
        <Blank icon="history" title={words.audit.none} hint={words.audit.noneHint} />
      )}
      <Stack component="ol" gap="sm" p={0} m={0} style={{ listStyle: 'none' }} aria-busy={list.isFetching}>
        {entries.map((entry) => (
          <Entry key={entry.id} entry={entry} />
        ))}
      </Stack>
      {list.hasNextPage && (
        <Center mt="md">
          <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {words.audit.more}
          </Button>
        </Center>
      )}
    </>
  );
}

function Entry({ entry }: { entry: AuditEntry }) {
  const { words } = useLocale();
  const tenant = useTenant();
  const { data: sites = [] } = useQuery(sitesQuery(tenant.id));
  const site = sites.find(({ id }) => id === entry.site_id);
  const change = CHANGES.find((one) => one === entry.change);

  return (
    <Card component="li" withBorder padding="md">
      <Group gap="xs">
        <Text fw={600}>{change ? words.audit.changes[change] : entry.change}</Text>
        {site && <Badge variant="default">{site.name}</Badge>}
        {isByOperator(entry) && <Badge variant="light">{words.audit.byOperator}</Badge>}
      </Group>
      {factsOf(entry, words).map((fact) => (
        <Text key={fact} size="sm" dir="auto" style={{ overflowWrap: 'anywhere' }}>
          {fact}
        </Text>
      ))}
      <Text size="sm" c="dimmed">
        {entry.name ?? (entry.account_id ? words.audit.somebodyGone : words.audit.commandLine)}
        {' · '}
        <TimeAgo at={entry.at} />
        {entry.network && ` · ${words.audit.network(entry.network.slice(0, 8))}`}
      </Text>
    </Card>
  );
}
