import { Anchor, Badge, Button, Card, Center, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { commenterQuery, commentsOfQuery } from '~/api/queries';
import type { AdminComment, Commenter, Decision } from '~/api/types';
import { useWords } from '~/locales/locale';
import { Icon } from '~/parts/icon';
import { useKeys } from '~/parts/keys';
import { PageHead } from '~/parts/page-head';
import { ProblemAlert } from '~/parts/problem-alert';
import { TimeAgo } from '~/parts/time-ago';
import { DecisionsProvider, useDecisions } from '../../../comments/decisions';
import { STATE_COLORS } from '../../../comments/state-colors';
import { useTenant } from '../../../tenant';
import { nameOfThread } from '../../../threads/thread-names';
import { Counts } from '../counts';
import { CommenterCard } from '../page';

/** Somebody who writes on a site, with all that he wrote there. */
export function CommenterPage() {
  return (
    <DecisionsProvider>
      <Whole />
    </DecisionsProvider>
  );
}

function Whole() {
  const words = useWords();
  const tenant = useTenant();
  const { siteId, authorHash } = useParams({ from: '/signed-in/t/$tenantId/people/commenters/$siteId/$authorHash' });
  const { data, error } = useQuery(commenterQuery(tenant.id, siteId, authorHash));
  if (error) return <ProblemAlert error={error} />;
  if (!data) return <Skeleton height={160} radius="md" role="status" aria-label={words.app.loading} />;
  const { commenter, elsewhere } = data;
  return (
    <>
      <PageHead
        title={commenter.name ?? words.comment.anonymous}
        lead={[commenter.email, commenter.site.name].filter(Boolean).join(' · ')}
      >
        <Button
          variant="default"
          renderRoot={(props) => (
            <Link to="/t/$tenantId/people/commenters" params={{ tenantId: tenant.id }} {...props} />
          )}
          leftSection={<Icon name="back" size={16} />}
        >
          {words.commenters.title}
        </Button>
      </PageHead>
      <Stack gap="lg">
        <Group gap="md">
          <Counts counts={commenter.counts} />
          <Text size="sm" c="dimmed">
            {words.commenters.firstSeen} <TimeAgo at={commenter.first_seen_at} />
          </Text>
        </Group>
        <Decisions commenter={commenter} />
        <Comments siteId={siteId} authorHash={authorHash} />
        {elsewhere.length > 0 && (
          <section aria-labelledby="elsewhere">
            <Title order={2} size="h4" mb="sm" id="elsewhere">
              {words.commenters.elsewhere}
            </Title>
            <Stack component="ul" gap="sm" p={0} m={0} style={{ listStyle: 'none' }}>
              {elsewhere.map((other) => (
                <CommenterCard key={other.site.id} commenter={other} />
              ))}
            </Stack>
          </section>
        )}
      </Stack>
    </>
  );
}

/** One decision for all of his comments, with a way back. */
function Decisions({ commenter }: { commenter: Commenter }) {
  const words = useWords();
  const { decideAllOf, isDeciding, undoLast } = useDecisions();
  useKeys({ u: undoLast });
  const { published, pending, spam, rejected } = commenter.counts;
  const live = published + pending;
  const choices: [Decision, number, string][] = [
    ['publish', pending, words.commenters.publishAll(pending)],
    ['spam', live, words.commenters.spamAll(live)],
    ['delete', live + spam + rejected, words.commenters.deleteAll(live + spam + rejected)],
  ];
  return (
    <Group gap="xs">
      {choices
        .filter(([, count]) => count > 0)
        .map(([decision, , label]) => (
          <Button
            key={decision}
            variant={decision === 'publish' ? 'filled' : 'default'}
            loading={isDeciding}
            onClick={() => decideAllOf(commenter.site.id, commenter.author_hash, decision)}
          >
            {label}
          </Button>
        ))}
    </Group>
  );
}

function Comments({ siteId, authorHash }: { siteId: string; authorHash: string }) {
  const words = useWords();
  const tenant = useTenant();
  const list = useInfiniteQuery(commentsOfQuery(tenant.id, siteId, authorHash));
  const comments = list.data?.pages.flatMap((page) => page.comments) ?? [];
  return (
    <section aria-labelledby="theirs">
      <Title order={2} size="h4" mb="sm" id="theirs">
        {words.commenters.comments}
      </Title>
      <ProblemAlert error={list.error} />
      {list.isPending && <Skeleton height={120} radius="md" role="status" aria-label={words.app.loading} />}
      <Stack component="ol" gap="sm" p={0} m={0} style={{ listStyle: 'none' }} aria-busy={list.isFetching}>
        {comments.map((comment) => (
          <Written key={comment.id} comment={comment} />
        ))}
      </Stack>
      {list.hasNextPage && (
        <Center mt="md">
          <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {words.queue.more}
          </Button>
        </Center>
      )}
    </section>
  );
}

function Written({ comment }: { comment: AdminComment }) {
  const words = useWords();
  const tenant = useTenant();
  return (
    <Card component="li" withBorder padding="sm">
      <Group gap={6}>
        <Badge size="sm" variant="dot" color={STATE_COLORS[comment.state]}>
          {words.states[comment.state]}
        </Badge>
        <Anchor
          size="sm"
          renderRoot={(props) => (
            <Link
              to="/t/$tenantId/comments/$commentId"
              params={{ tenantId: tenant.id, commentId: comment.id }}
              search={{ state: comment.state }}
              {...props}
            />
          )}
        >
          <TimeAgo at={comment.created_at} />
        </Anchor>
        <Text size="sm" c="dimmed" dir="auto" span>
          {nameOfThread(comment.thread)}
        </Text>
      </Group>
      <Text size="sm" mt={4} lineClamp={4} dir="auto" style={{ overflowWrap: 'anywhere' }}>
        {comment.text}
      </Text>
    </Card>
  );
}
