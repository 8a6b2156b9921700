import { Anchor, Badge, Button, Card, Center, Group, NativeSelect, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { sitesQuery, type ThreadFilter, threadsQuery } from '~/api/queries';
import type { Thread } from '~/api/types';
import { useLocale, useWords } from '~/locales/locale';
import { Blank } from '~/parts/blank';
import { Icon } from '~/parts/icon';
import { LinkTabs } from '~/parts/link-tabs';
import { PageHead } from '~/parts/page-head';
import { ProblemAlert } from '~/parts/problem-alert';
import { SearchField } from '~/parts/search-field';
import { TimeAgo } from '~/parts/time-ago';
import { useTenant } from '../tenant';
import { StandingBadges } from './standing-badges';
import { nameOfKey, nameOfThread, webAddress } from './thread-names';
import { STANDINGS } from './threads-search';
import classes from './threads.module.css';

/** The conversations of all sites, the latest opened first. */
export function ThreadsPage() {
  const words = useWords();
  const tenant = useTenant();
  const filter = useSearch({ from: '/signed-in/t/$tenantId/threads' });
  const list = useInfiniteQuery(threadsQuery(tenant.id, filter));
  const threads = list.data?.pages.flatMap((page) => page.threads) ?? [];

  return (
    <>
      <PageHead title={words.threads.title} lead={words.threads.lead} />
      <LinkTabs label={words.threads.tabsLabel}>
        {[undefined, ...STANDINGS].map((state) => (
          <Link
            key={state ?? 'all'}
            to="/t/$tenantId/threads"
            params={{ tenantId: tenant.id }}
            search={{ ...filter, state }}
            activeOptions={{ exact: true }}
          >
            {state ? words.standings[state] : words.threads.all}
          </Link>
        ))}
      </LinkTabs>
      <Filters filter={filter} />
      <ProblemAlert error={list.error} />
      {list.isPending && (
        <Stack gap="sm" role="status" aria-label={words.app.loading}>
          <Skeleton height={84} radius="md" />
          <Skeleton height={84} radius="md" />
          <Skeleton height={84} radius="md" />
        </Stack>
      )}
      {list.isSuccess && threads.length === 0 && <Empty filter={filter} />}
      <Stack component="ul" gap="sm" p={0} m={0} style={{ listStyle: 'none' }} aria-busy={list.isFetching}>
        {threads.map((thread) => (
          <ThreadCard key={thread.id} thread={thread} />
        ))}
      </Stack>
      {list.hasNextPage && (
        <Center mt="md">
          <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {words.queue.more}
          </Button>
        </Center>
      )}
    </>
  );
}

function Filters({ filter }: { filter: ThreadFilter }) {
  const words = useWords();
  const tenant = useTenant();
  const navigate = useNavigate();
  const { data: sites = [] } = useQuery(sitesQuery(tenant.id));
  const change = (part: Partial<ThreadFilter>) =>
    void navigate({
      to: '/t/$tenantId/threads',
      params: { tenantId: tenant.id },
      search: { ...filter, ...part },
      replace: true,
    });
  return (
    <Group gap="xs" mb="md" className={classes.filters}>
      <SearchField
        q={filter.q ?? ''}
        label={words.threads.search}
        placeholder={words.threads.searchHint}
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
  );
}

function Empty({ filter }: { filter: ThreadFilter }) {
  const words = useWords();
  const tenant = useTenant();
  if (!filter.q) {
    const { title, hint } = words.threads.empty[filter.state ?? 'all'];
    return <Blank icon="page" title={title} hint={hint} />;
  }
  return (
    <Blank icon="search" title={words.queue.nothingFound} hint={words.threads.nothingFoundHint}>
      <Button
        variant="light"
        mt="sm"
        renderRoot={(props) => (
          <Link
            to="/t/$tenantId/threads"
            params={{ tenantId: tenant.id }}
            search={{ ...filter, q: undefined }}
            {...props}
          />
        )}
      >
        {words.queue.clearSearch}
      </Button>
    </Blank>
  );
}

function ThreadCard({ thread }: { thread: Thread }) {
  const { words, locale } = useLocale();
  const tenant = useTenant();
  const url = webAddress(thread.url);
  return (
    <Card component="li" withBorder padding="md">
      <Group justify="space-between" align="flex-start" gap="xs" wrap="nowrap">
        <div className={classes.name}>
          <Title order={2} size="h5">
            <Anchor
              inherit
              dir="auto"
              renderRoot={(props) => (
                <Link
                  to="/t/$tenantId/threads/$threadId"
                  params={{ tenantId: tenant.id, threadId: thread.id }}
                  {...props}
                />
              )}
            >
              {nameOfThread(thread)}
            </Anchor>
          </Title>
          <Text size="sm" c="dimmed" className={classes.key}>
            {url ? (
              <Anchor c="dimmed" href={url} target="_blank" rel="noopener noreferrer" title={words.comment.openPage}>
                {nameOfKey(thread.key)} <Icon name="outside" size={13} />
              </Anchor>
            ) : (
              nameOfKey(thread.key)
            )}
          </Text>
        </div>
        <Badge
          variant="light"
          size="lg"
          leftSection={<Icon name="talk" size={13} />}
          className={classes.count}
          aria-label={words.sites.comments(thread.comment_count)}
        >
          {thread.comment_count.toLocaleString(locale)}
        </Badge>
      </Group>
      <Group gap="xs" mt="xs">
        <StandingBadges thread={thread} />
        <Text size="sm" c="dimmed" className={classes.facts}>
          <span>{thread.site.name}</span>
          {thread.last_comment_at && (
            <span>
              {words.threads.lastComment} <TimeAgo at={thread.last_comment_at} />
            </span>
          )}
          <span>
            {words.threads.opened} <TimeAgo at={thread.created_at} />
          </span>
        </Text>
      </Group>
    </Card>
  );
}
