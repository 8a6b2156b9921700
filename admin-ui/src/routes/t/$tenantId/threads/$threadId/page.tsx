import { ActionIcon, Alert, Anchor, Button, Card, Group, Skeleton, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { isProblem } from '~/api/problem';
import { threadQuery } from '~/api/queries';
import type { Thread, ThreadRecord } from '~/api/types';
import { useLocale, useWords } from '~/locales/locale';
import { fieldErrors } from '~/parts/field-errors';
import { Icon, type IconName } from '~/parts/icon';
import { notifyDone, notifyProblem } from '~/parts/notify';
import { useDocumentTitle } from '~/parts/page-head';
import { ProblemAlert } from '~/parts/problem-alert';
import { TimeAgo } from '~/parts/time-ago';
import { NotFoundPage } from '~/routes/in-between';
import { VIEWS } from '../../comments/queue-search';
import { useUpdateThread } from '../pinning';
import { StandingBadges } from '../standing-badges';
import { nameOfThread, webAddress } from '../thread-names';
import type { Arrangement } from '../threads-search';
import listClasses from '../threads.module.css';
import { MergeDialog, MoveDialog, SplitDialog } from './arrange';
import { ThreadHistory } from './history';
import { KeyList } from './keys';
import { Pins } from './pins';
import classes from './thread.module.css';

/** One conversation: what it is called and found by, who may write in it, what stands on top, where it belongs. */
export function ThreadPage() {
  const words = useWords();
  const { tenantId, threadId } = useParams({ from: '/signed-in/t/$tenantId/threads/$threadId' });
  const { data: record, error } = useQuery(threadQuery(tenantId, threadId));

  if (isProblem(error, 'not_found')) return <NotFoundPage />;
  if (error && !record) return <ProblemAlert error={error} />;
  if (!record) {
    return (
      <Stack role="status" aria-label={words.app.loading}>
        <Skeleton height={40} width="60%" />
        <Skeleton height={120} />
        <Skeleton height={120} />
      </Stack>
    );
  }
  return <Shown key={threadId} record={record} />;
}

function Shown({ record }: { record: ThreadRecord }) {
  const { thread } = record;
  return (
    <>
      <Head thread={thread} />
      <Stack gap="lg">
        <Clash thread={thread} />
        <Standing thread={thread} />
        <Counts record={record} />
        <Pins record={record} />
        <Keys record={record} />
        <Arrange thread={thread} />
        {record.events.length > 0 && <ThreadHistory events={record.events} />}
      </Stack>
      <Dialogs thread={thread} />
    </>
  );
}

function Head({ thread }: { thread: Thread }) {
  const words = useWords();
  const { tenantId } = useParams({ from: '/signed-in/t/$tenantId/threads/$threadId' });
  const [isRenaming, setIsRenaming] = useState(false);
  const name = nameOfThread(thread);
  const url = webAddress(thread.url);
  useDocumentTitle(name);
  return (
    <Stack gap={4} mb="lg">
      <Anchor
        size="sm"
        c="dimmed"
        w="fit-content"
        renderRoot={(props) => <Link to="/t/$tenantId/threads" params={{ tenantId }} {...props} />}
      >
        <Icon name="back" size={13} /> {words.threads.title}
      </Anchor>
      {isRenaming ? (
        <Rename thread={thread} onClose={() => setIsRenaming(false)} />
      ) : (
        <Group gap="xs" wrap="nowrap" align="flex-start">
          <Title order={1} size="h2" dir="auto" className={listClasses.name}>
            {name}
          </Title>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={words.threads.rename}
            title={words.threads.rename}
            onClick={() => setIsRenaming(true)}
          >
            <Icon name="pencil" />
          </ActionIcon>
        </Group>
      )}
      <Group gap="xs">
        <StandingBadges thread={thread} />
        <Text size="sm" c="dimmed" className={listClasses.facts}>
          <span>{thread.site.name}</span>
          {url && (
            <span>
              <Anchor href={url} target="_blank" rel="noopener noreferrer" underline="always">
                {words.comment.openPage} <Icon name="outside" size={13} />
              </Anchor>
            </span>
          )}
          <span>
            {words.threads.opened} <TimeAgo at={thread.created_at} />
          </span>
          {thread.last_comment_at && (
            <span>
              {words.threads.lastComment} <TimeAgo at={thread.last_comment_at} />
            </span>
          )}
        </Text>
      </Group>
    </Stack>
  );
}

const LONGEST_TITLE = 300;

function Rename({ thread, onClose }: { thread: Thread; onClose: () => void }) {
  const words = useWords();
  const update = useUpdateThread();
  const form = useForm({ initialValues: { title: thread.title ?? '' } });
  const renaming = useMutation({
    mutationFn: ({ title }: { title: string }) => update(thread.id, { title }),
    onSuccess: () => {
      notifyDone(words.app.saved);
      onClose();
    },
    onError: (error) => form.setErrors(fieldErrors(error, words)),
  });
  return (
    <form
      onSubmit={form.onSubmit((values) => (form.isDirty() ? renaming.mutate(values) : onClose()))}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <Stack gap="xs" maw={560}>
        {!isProblem(renaming.error, 'invalid_input') && <ProblemAlert error={renaming.error} />}
        <TextInput
          label={words.threads.titleLabel}
          description={words.threads.titleHint}
          maxLength={LONGEST_TITLE}
          autoFocus
          dir="auto"
          {...form.getInputProps('title')}
        />
        <Group gap="xs">
          <Button type="submit" size="sm" loading={renaming.isPending}>
            {words.threads.saveTitle}
          </Button>
          <Button variant="subtle" color="gray" size="sm" onClick={onClose}>
            {words.app.cancel}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Two conversations meet at one address, and readers see only one of them. */
function Clash({ thread }: { thread: Thread }) {
  const { threads: words } = useWords();
  const { tenantId } = useParams({ from: '/signed-in/t/$tenantId/threads/$threadId' });
  const { clash_with: other } = thread;
  if (!other) return null;
  return (
    <Alert color="orange" icon={<Icon name="alert" />} title={words.clashTitle}>
      <Text size="sm" mb="sm">
        {words.clashHint}
      </Text>
      <Group gap="xs">
        <Button
          size="sm"
          leftSection={<Icon name="merge" size={16} />}
          renderRoot={(props) => (
            <Link
              to="/t/$tenantId/threads/$threadId"
              params={{ tenantId, threadId: thread.id }}
              search={{ arrange: 'merge', into: other }}
              {...props}
            />
          )}
        >
          {words.clashMerge}
        </Button>
        <Button
          size="sm"
          variant="default"
          renderRoot={(props) => (
            <Link to="/t/$tenantId/threads/$threadId" params={{ tenantId, threadId: other }} {...props} />
          )}
        >
          {words.clashOther}
        </Button>
      </Group>
    </Alert>
  );
}

function Section({ title, lead, action, children }: SectionProps) {
  return (
    <Card component="section" withBorder padding="lg">
      <Group justify="space-between" align="flex-start" mb={lead ? 4 : 'sm'} gap="xs">
        <Title order={2} size="h4">
          {title}
        </Title>
        {action}
      </Group>
      {lead && (
        <Text size="sm" c="dimmed" mb="sm">
          {lead}
        </Text>
      )}
      {children}
    </Card>
  );
}

type SectionProps = { title: string; lead?: string; action?: ReactNode; children?: ReactNode };

/** Who may do what here, and the two switches for it. */
function Standing({ thread }: { thread: Thread }) {
  const words = useWords();
  const update = useUpdateThread();
  const change = useMutation({
    mutationFn: (body: { closed: boolean } | { locked: boolean }) => update(thread.id, body),
    onError: (error) => notifyProblem(error, words),
  });
  const isClosed = thread.closed_at !== undefined;
  const isLocked = thread.locked_at !== undefined;
  const since = thread.locked_at ?? thread.closed_at;
  const { standing } = words.threads;
  const said = isLocked ? standing.locked : thread.open ? standing.open : standing[thread.closed_by ?? 'thread'];
  return (
    <Section title={said.title}>
      <Text size="sm" mt={-8} aria-live="polite">
        {said.hint}
        {since && (isLocked || thread.closed_by === 'thread') && (
          <Text span inherit c="dimmed">
            {' '}
            {words.threads.since} <TimeAgo at={since} />.
          </Text>
        )}
      </Text>
      <Group gap="xs" mt="md">
        <Button
          size="sm"
          variant="default"
          loading={change.isPending && 'closed' in change.variables}
          onClick={() => change.mutate({ closed: !isClosed })}
          leftSection={<Icon name={isClosed ? 'talk' : 'pause'} size={16} />}
        >
          {isClosed ? words.threads.reopen : words.threads.close}
        </Button>
        <Button
          size="sm"
          variant="default"
          loading={change.isPending && 'locked' in change.variables}
          onClick={() => change.mutate({ locked: !isLocked })}
          leftSection={<Icon name={isLocked ? 'unlock' : 'lock'} size={16} />}
        >
          {isLocked ? words.threads.unlock : words.threads.lock}
        </Button>
      </Group>
      <Text size="sm" c="dimmed" mt="sm">
        {words.threads.closeOrLock}
      </Text>
    </Section>
  );
}

/** How many comments there are in each state, each number a way to them. */
function Counts({ record: { thread, counts } }: { record: ThreadRecord }) {
  const { words, locale } = useLocale();
  const { tenantId } = useParams({ from: '/signed-in/t/$tenantId/threads/$threadId' });
  const states = VIEWS.filter((view) => view !== 'reported');
  return (
    <Section title={words.threads.comments} lead={words.threads.commentsLead}>
      <ul className={classes.counts}>
        {states.map((state) => (
          <li key={state}>
            <Link to="/t/$tenantId/comments" params={{ tenantId }} search={{ state, thread: thread.id }}>
              <strong>{counts[state].toLocaleString(locale)}</strong> {words.states[state]}
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Keys({ record: { thread, keys } }: { record: ThreadRecord }) {
  const { threads: words } = useWords();
  return (
    <Section title={words.keys} lead={words.keysLead}>
      <KeyList
        keys={keys}
        remark={(key) =>
          key === thread.key && (
            <Text size="xs" c="dimmed" span>
              {words.mainKey}
            </Text>
          )
        }
      />
    </Section>
  );
}

const ARRANGEMENTS: Record<Arrangement, IconName> = { merge: 'merge', split: 'split', move: 'move' };

function Arrange({ thread }: { thread: Thread }) {
  const { arrange: words } = useWords();
  const { tenantId } = useParams({ from: '/signed-in/t/$tenantId/threads/$threadId' });
  return (
    <Section title={words.title} lead={words.lead}>
      <Stack component="ul" gap="sm" p={0} m={0} style={{ listStyle: 'none' }}>
        {(Object.keys(ARRANGEMENTS) as Arrangement[]).map((arrange) => (
          <Group component="li" key={arrange} justify="space-between" gap="xs">
            <Text size="sm" flex="1 1 16rem">
              {words[arrange].hint}
            </Text>
            <Button
              size="sm"
              variant="default"
              leftSection={<Icon name={ARRANGEMENTS[arrange]} size={16} />}
              renderRoot={(props) => (
                <Link
                  to="/t/$tenantId/threads/$threadId"
                  params={{ tenantId, threadId: thread.id }}
                  search={{ arrange }}
                  resetScroll={false}
                  {...props}
                />
              )}
            >
              {words[arrange].open}
            </Button>
          </Group>
        ))}
      </Stack>
    </Section>
  );
}

/** Which dialog is open stands in the URL, so that a comment of the queue can lead to it. */
function Dialogs({ thread }: { thread: Thread }) {
  const navigate = useNavigate();
  const { tenantId } = useParams({ from: '/signed-in/t/$tenantId/threads/$threadId' });
  const { arrange, comment, into, q } = useSearch({ from: '/signed-in/t/$tenantId/threads/$threadId' });
  const close = () =>
    void navigate({
      to: '/t/$tenantId/threads/$threadId',
      params: { tenantId, threadId: thread.id },
      search: {},
      replace: true,
      resetScroll: false,
    });
  if (arrange === 'merge') return <MergeDialog thread={thread} into={into} q={q} onClose={close} />;
  if (arrange === 'split') return <SplitDialog thread={thread} commentId={comment} onClose={close} />;
  if (arrange === 'move') return <MoveDialog thread={thread} onClose={close} />;
  return null;
}
