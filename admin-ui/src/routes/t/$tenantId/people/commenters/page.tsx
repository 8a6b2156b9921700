import { Anchor, Button, Card, Center, Group, NativeSelect, Skeleton, Stack, Text } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { commentersQuery, sitesQuery } from '~/api/queries';
import type { Commenter } from '~/api/types';
import { useWords } from '~/locales/locale';
import { Blank } from '~/parts/blank';
import { PageHead } from '~/parts/page-head';
import { ProblemAlert } from '~/parts/problem-alert';
import { SearchField } from '~/parts/search-field';
import { TimeAgo } from '~/parts/time-ago';
import { useTenant } from '../../tenant';
import { PeopleTabs } from '../tabs';
import type { CommenterFilter } from './commenters-search';
import { Counts } from './counts';

/** Who writes on the tenant's sites, those last seen first. */
export function CommentersPage() {
  const words = useWords();
  const tenant = useTenant();
  const navigate = useNavigate();
  const filter = useSearch({ from: '/signed-in/t/$tenantId/people/commenters' });
  const { data: sites = [] } = useQuery(sitesQuery(tenant.id));
  const list = useInfiniteQuery(commentersQuery(tenant.id, filter));
  const commenters = list.data?.pages.flatMap((page) => page.commenters) ?? [];
  const change = (part: CommenterFilter) =>
    void navigate({
      to: '/t/$tenantId/people/commenters',
      params: { tenantId: tenant.id },
      search: { ...filter, ...part },
      replace: true,
    });

  return (
    <>
      <PageHead title={words.commenters.title} lead={words.commenters.lead} />
      <PeopleTabs />
      <Group gap="xs" mb="md">
        <SearchField
          q={filter.q ?? ''}
          label={words.commenters.search}
          placeholder={words.commenters.searchHint}
          onSearch={(q) => change({ q })}
        />
        <NativeSelect
          aria-label={words.queue.site}
          value={filter.site ?? ''}
          onChange={(event) => change({ site: event.currentTarget.value })}
          data={[
            { value: '', label: words.queue.allSites },
            ...sites.map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
      </Group>
      <ProblemAlert error={list.error} />
      {list.isPending && (
        <Stack gap="sm" role="status" aria-label={words.app.loading}>
          <Skeleton height={84} radius="md" />
          <Skeleton height={84} radius="md" />
          <Skeleton height={84} radius="md" />
        </Stack>
      )}
      {list.isSuccess && commenters.length === 0 && (
        <Blank
          icon={filter.q ? 'search' : 'people'}
          title={filter.q ? words.commenters.notFound : words.commenters.none}
          hint={filter.q ? words.commenters.notFoundHint : words.commenters.noneHint}
        />
      )}
      <Stack
        component="ul"
        gap="sm"
        p={0}
        m={0}
        style={{ listStyle: 'none' }}
        aria-label={words.commenters.title}
        aria-busy={list.isFetching}
      >
        {commenters.map((commenter) => (
          <CommenterCard key={`${commenter.site.id} ${commenter.author_hash}`} commenter={commenter} />
        ))}
      </Stack>
      {list.hasNextPage && (
        <Center mt="md">
          <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {words.commenters.more}
          </Button>
        </Center>
      )}
    </>
  );
}

export function CommenterCard({ commenter }: { commenter: Commenter }) {
  const words = useWords();
  const tenant = useTenant();
  return (
    <Card component="li" withBorder padding="md">
      <Group justify="space-between" gap="sm">
        <div style={{ minWidth: 0, overflowWrap: 'anywhere' }}>
          <Anchor
            fw={600}
            dir="auto"
            renderRoot={(props) => (
              <Link
                to="/t/$tenantId/people/commenters/$siteId/$authorHash"
                params={{ tenantId: tenant.id, siteId: commenter.site.id, authorHash: commenter.author_hash }}
                {...props}
              />
            )}
          >
            {commenter.name ?? words.comment.anonymous}
          </Anchor>
          <Text size="sm" c="dimmed">
            {[commenter.email, commenter.site.name].filter(Boolean).join(' · ')}
          </Text>
          <Text size="sm" c="dimmed">
            {words.commenters.lastSeen} <TimeAgo at={commenter.last_seen_at} /> · {words.commenters.firstSeen}{' '}
            <TimeAgo at={commenter.first_seen_at} />
          </Text>
        </div>
        <Counts counts={commenter.counts} />
      </Group>
    </Card>
  );
}
