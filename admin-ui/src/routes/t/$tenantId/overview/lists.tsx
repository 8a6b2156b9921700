import { Anchor, Badge, Card, Group, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useId } from 'react';
import { newestCommentsQuery } from '~/api/queries';
import type { Statistics } from '~/api/types';
import { useLocale, useWords } from '~/locales/locale';
import { said } from '~/locales/said';
import { ProblemAlert } from '~/parts/problem-alert';
import { TimeAgo } from '~/parts/time-ago';
import { STATE_COLORS } from '../comments/state-colors';
import { useTenant } from '../tenant';
import { nameOfThread } from '../threads/thread-names';
import { whole } from './figures';
import classes from './overview.module.css';

export function BusiestThreads({ statistics }: { statistics: Statistics }) {
  const words = useWords();
  const tenant = useTenant();
  return (
    <List title={words.overview.busiest} none={words.overview.noneYet}>
      {statistics.busiest_threads.map((thread) => (
        <Group component="li" key={thread.id} justify="space-between" wrap="nowrap" gap="sm">
          <Anchor
            size="sm"
            dir="auto"
            className={classes.words}
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
          <Count value={thread.comments} />
        </Group>
      ))}
    </List>
  );
}

/** Why comments were not taken. */
export function Failures({ statistics }: { statistics: Statistics }) {
  const words = useWords();
  if (statistics.failures.length === 0) return null;
  return (
    <List title={words.overview.failures} none="">
      {statistics.failures.map(({ reason, count }) => (
        <Group component="li" key={reason} justify="space-between" wrap="nowrap" gap="sm">
          <Text size="sm" className={classes.words}>
            {said(words.failures, reason)}
          </Text>
          <Count value={count} />
        </Group>
      ))}
    </List>
  );
}

export function NewestComments({ site }: { site: string | undefined }) {
  const words = useWords();
  const tenant = useTenant();
  const { data, error } = useQuery(newestCommentsQuery(tenant.id, site));
  if (error) return <ProblemAlert error={error} />;
  return (
    <List title={words.overview.newest} none={words.overview.noneYet}>
      {data?.comments.map((comment) => (
        <li key={comment.id}>
          <Group gap={6}>
            <Anchor
              size="sm"
              fw={600}
              renderRoot={(props) => (
                <Link
                  to="/t/$tenantId/comments/$commentId"
                  params={{ tenantId: tenant.id, commentId: comment.id }}
                  search={{ state: comment.state }}
                  {...props}
                />
              )}
            >
              {comment.author.name ?? words.comment.anonymous}
            </Anchor>
            {comment.state !== 'published' && (
              <Badge size="xs" variant="dot" color={STATE_COLORS[comment.state]}>
                {words.states[comment.state]}
              </Badge>
            )}
            <Text size="xs" c="dimmed" span>
              <TimeAgo at={comment.created_at} />
            </Text>
          </Group>
          <Text size="sm" lineClamp={2} dir="auto" className={classes.excerpt}>
            {comment.text}
          </Text>
        </li>
      ))}
    </List>
  );
}

function Count({ value }: { value: number }) {
  const { locale } = useLocale();
  return (
    <Text size="sm" c="dimmed" span className={classes.number}>
      {whole(value, locale)}
    </Text>
  );
}

function List({ title, none, children }: { title: string; none: string; children: ReactNode[] | undefined }) {
  const id = useId();
  return (
    <Card withBorder padding="md" component="section" aria-labelledby={id}>
      <Title order={2} size="h4" mb="sm" id={id}>
        {title}
      </Title>
      {children?.length === 0 && (
        <Text size="sm" c="dimmed">
          {none}
        </Text>
      )}
      <Stack component="ul" gap="xs" className={classes.list}>
        {children}
      </Stack>
    </Card>
  );
}
