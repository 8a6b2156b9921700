import { Alert, Button, Group, Modal, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { answer, api } from '~/api/client';
import { isProblem } from '~/api/problem';
import { threadQuery } from '~/api/queries';
import type { Thread, ThreadChange, ThreadPlace } from '~/api/types';
import { useWords } from '~/locales/locale';
import { said } from '~/locales/said';
import { fieldErrors } from '~/parts/field-errors';
import { Icon } from '~/parts/icon';
import { notifyDone } from '~/parts/notify';
import { ProblemAlert } from '~/parts/problem-alert';
import { useRefreshComments } from '../../comments/refresh';
import { nameOfKey, nameOfThread } from '../thread-names';
import type { Arrangement } from '../threads-search';
import { KeyList } from './keys';
import { CommentSelect, ThreadSelect } from './selects';
import classes from './thread.module.css';

type Dialog = { thread: Thread; onClose: () => void };

/** Takes this conversation into another one. */
export function MergeDialog({ thread, into: given, q, onClose }: Dialog & { into?: string; q?: string }) {
  const words = useWords();
  const navigate = useNavigate();
  const client = useQueryClient();
  const { tenantId, path } = usePath();
  const [into, setInto] = useState(given);
  const run = (preview: boolean) =>
    answer(
      api.POST('/v1/admin/tenants/{tenant_id}/threads/{thread_id}/merge', {
        params: { path },
        body: { into: into ?? '', preview },
      }),
    );
  return (
    <ArrangeDialog
      kind="merge"
      thread={thread}
      run={run}
      isReady={into !== undefined}
      onClose={onClose}
      onDone={async (change) => {
        notifyDone(words.arrange.merge.done(change.comments));
        // This conversation is gone, and its page with it.
        await navigate({
          to: '/t/$tenantId/threads/$threadId',
          params: { tenantId, threadId: change.target.id },
          search: {},
          replace: true,
        });
        client.removeQueries(threadQuery(tenantId, thread.id));
      }}
    >
      {(errors) => (
        <ThreadSelect
          label={words.arrange.into}
          description={words.arrange.intoHint}
          siteId={thread.site.id}
          exceptId={thread.id}
          q={q}
          value={into}
          onChange={setInto}
          error={errors['into']}
        />
      )}
    </ArrangeDialog>
  );
}

/** Takes a comment with everything under it out of this conversation. */
export function SplitDialog({ thread, commentId: given, onClose }: Dialog & { commentId?: string }) {
  const words = useWords();
  const { path } = usePath();
  const [commentId, setCommentId] = useState(given);
  const [place, setPlace] = useState<Typed>(NOWHERE);
  const [title, setTitle] = useState('');
  const run = (preview: boolean) =>
    answer(
      api.POST('/v1/admin/tenants/{tenant_id}/threads/{thread_id}/split', {
        params: { path },
        body: {
          comment_id: commentId ?? '',
          to: toPlace(place),
          ...(title.trim() === '' ? {} : { title: title.trim() }),
          preview,
        },
      }),
    );
  return (
    <ArrangeDialog
      kind="split"
      thread={thread}
      run={run}
      isReady={commentId !== undefined && isSomewhere(place)}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <CommentSelect
            label={words.arrange.comment}
            description={words.arrange.commentHint}
            threadId={thread.id}
            value={commentId}
            onChange={setCommentId}
            error={errors['comment_id']}
          />
          <PlaceFields place={place} onChange={setPlace} errors={errors} />
          <TextInput
            label={words.arrange.newTitle}
            description={words.arrange.newTitleHint}
            value={title}
            onChange={(event) => setTitle(event.currentTarget.value)}
            error={errors['title']}
            dir="auto"
          />
        </>
      )}
    </ArrangeDialog>
  );
}

/** Gives this conversation another id or address. */
export function MoveDialog({ thread, onClose }: Dialog) {
  const words = useWords();
  const { tenantId, path } = usePath();
  const [place, setPlace] = useState<Typed>(NOWHERE);
  const run = (preview: boolean) =>
    answer(
      api.POST('/v1/admin/tenants/{tenant_id}/threads/{thread_id}/move', {
        params: { path },
        body: { to: toPlace(place), preview },
      }),
    );
  return (
    <ArrangeDialog
      kind="move"
      thread={thread}
      run={run}
      isReady={isSomewhere(place)}
      onClose={onClose}
      renderProblem={(error) =>
        isProblem(error, 'already_exists') && (
          <Alert role="alert" color="orange" icon={<Icon name="info" />} title={words.arrange.taken}>
            <Text size="sm" mb="xs">
              {words.arrange.takenHint}
            </Text>
            <Button
              size="sm"
              leftSection={<Icon name="merge" size={16} />}
              renderRoot={(props) => (
                <Link
                  to="/t/$tenantId/threads/$threadId"
                  params={{ tenantId, threadId: thread.id }}
                  search={{ arrange: 'merge', q: searchFor(place) }}
                  replace
                  {...props}
                />
              )}
            >
              {words.arrange.mergeInstead}
            </Button>
          </Alert>
        )
      }
    >
      {(errors) => <PlaceFields place={place} onChange={setPlace} errors={errors} />}
    </ArrangeDialog>
  );
}

type Errors = Record<string, string>;
type ArrangeProps = Dialog & {
  kind: Arrangement;
  run: (preview: boolean) => Promise<ThreadChange>;
  /** Whether there is enough to look at the outcome. */ isReady: boolean;
  /** Instead of showing the result. */ onDone?: (change: ThreadChange) => Promise<unknown>;
  /** Other words for a problem than the usual ones. */ renderProblem?: (error: unknown) => ReactNode;
  children: (errors: Errors) => ReactNode;
};

/** What is wanted, then what it would make, then what it made. The server tries it for the look ahead. */
function ArrangeDialog({ kind, thread, run, isReady, onClose, onDone, renderProblem, children }: ArrangeProps) {
  const all = useWords();
  const words = all.arrange;
  const refresh = useRefreshComments();
  const preview = useMutation({ mutationFn: () => run(true) });
  const doing = useMutation({
    mutationFn: () => run(false),
    onSuccess: async (change) => {
      // First away from what is gone, then everything anew.
      await onDone?.(change);
      await refresh();
    },
  });
  const errors = preview.error ? placeErrors(preview.error, all) : {};
  const hasOwnWords = Object.keys(errors).length > 0;
  const special = preview.error ? renderProblem?.(preview.error) : undefined;

  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={words[kind].title}
      closeButtonProps={{ 'aria-label': all.app.close }}
    >
      {doing.data ? (
        <Done kind={kind} change={doing.data} onClose={onClose} />
      ) : preview.data ? (
        <Stack>
          <Preview kind={kind} thread={thread} change={preview.data} />
          <ProblemAlert error={doing.error} />
          <Group justify="space-between">
            <Button
              variant="subtle"
              color="gray"
              onClick={() => {
                preview.reset();
                doing.reset();
              }}
            >
              {words.back}
            </Button>
            <Button data-autofocus loading={doing.isPending} onClick={() => doing.mutate()}>
              {words[kind].confirm}
            </Button>
          </Group>
        </Stack>
      ) : (
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (isReady) preview.mutate();
          }}
        >
          <Stack>
            <Text size="sm">{words[kind].lead}</Text>
            {special || (!hasOwnWords && <ProblemAlert error={preview.error} />)}
            {children(errors)}
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>
                {all.app.cancel}
              </Button>
              <Button type="submit" disabled={!isReady} loading={preview.isPending}>
                {words.preview}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}

/** What will change: who goes where, what leads there, and what should be known before. */
function Preview({ kind, thread, change }: { kind: Arrangement; thread: Thread; change: ThreadChange }) {
  const { arrange: words, threadWarnings } = useWords();
  const { data: record } = useQuery(threadQuery(usePath().tenantId, thread.id));
  const { source, target, keys, warnings } = change;
  return (
    <Stack gap="md" aria-live="polite">
      <Text fw={500}>{kind === 'move' ? words.move.will : words[kind].will(change.comments)}</Text>
      <div className={classes.preview}>
        <Side label={words.before} thread={thread} after={kind === 'split' ? source : undefined} />
        <span className={classes.arrow}>
          <Icon name="move" />
        </span>
        <Side label={words.after} thread={target} />
      </div>
      <Text size="sm">{words[kind].consequence}</Text>
      {warnings.length > 0 && (
        <Alert color="yellow" icon={<Icon name="alert" />} title={words.warningsTitle}>
          <Stack component="ul" gap={4} pl="md" m={0}>
            {warnings.map((warning) => (
              <Text component="li" size="sm" key={warning}>
                {said(threadWarnings, warning)}
              </Text>
            ))}
          </Stack>
        </Alert>
      )}
      <div>
        <Text size="sm" fw={500} mb={6}>
          {words.keysAfter}
        </Text>
        <KeyList
          keys={keys}
          remark={(key) =>
            kind === 'move' &&
            !record?.keys.includes(key) && (
              <Text size="xs" c="var(--mantine-color-anchor)" fw={600} span>
                {words.newKey}
              </Text>
            )
          }
        />
      </div>
    </Stack>
  );
}

function Side({ label, thread, after }: { label: string; thread: Thread; after?: Thread | undefined }) {
  const words = useWords();
  return (
    <div className={classes.side}>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Text size="sm" fw={600} dir="auto">
        {nameOfThread(thread)}
      </Text>
      {thread.title && (
        <Text size="xs" c="dimmed">
          {nameOfKey(thread.key)}
        </Text>
      )}
      <Text size="sm" mt={4}>
        {after
          ? words.arrange.countChange(thread.comment_count, after.comment_count)
          : words.sites.comments(thread.comment_count)}
      </Text>
    </div>
  );
}

function Done({ kind, change, onClose }: { kind: Arrangement; change: ThreadChange; onClose: () => void }) {
  const words = useWords();
  const { tenantId } = usePath();
  const { done } = words.arrange[kind];
  return (
    <Stack>
      <Alert role="status" icon={<Icon name="check" />} title={done(change.comments)}>
        {nameOfThread(change.target)} · {nameOfKey(change.target.key)}
      </Alert>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose} data-autofocus>
          {words.app.close}
        </Button>
        {kind === 'split' && (
          <Button
            renderRoot={(props) => (
              <Link
                to="/t/$tenantId/threads/$threadId"
                params={{ tenantId, threadId: change.target.id }}
                search={{}}
                {...props}
              />
            )}
          >
            {words.arrange.openTarget}
          </Button>
        )}
      </Group>
    </Stack>
  );
}

/** Where something is to go, as it is being typed. */
type Typed = { by: 'url' | 'id'; url: string; id: string };
const NOWHERE: Typed = { by: 'url', url: '', id: '' };

function isSomewhere({ by, url, id }: Typed): boolean {
  return (by === 'url' ? url : id).trim() !== '';
}

function toPlace({ by, url, id }: Typed): ThreadPlace {
  if (by === 'url') return { url: url.trim() };
  return url.trim() === '' ? { id: id.trim() } : { id: id.trim(), url: url.trim() };
}

/** Words by which the conversation at a place is found: its address without what may be spelled otherwise. */
function searchFor({ by, url, id }: Typed): string {
  return by === 'id'
    ? id.trim()
    : url
        .trim()
        .replace(/^https?:\/\//i, '')
        .replace(/[?#].*$/, '')
        .replace(/\/$/, '');
}

function PlaceFields({ place, onChange, errors }: PlaceFieldsProps) {
  const { arrange: words } = useWords();
  const isByUrl = place.by === 'url';
  return (
    <>
      <Radio.Group
        label={words.to}
        value={place.by}
        onChange={(by) => onChange({ ...place, by: by === 'id' ? 'id' : 'url' })}
      >
        <Group gap="lg" mt={6}>
          <Radio value="url" label={words.toUrl} />
          <Radio value="id" label={words.toId} />
        </Group>
      </Radio.Group>
      {!isByUrl && (
        <TextInput
          label={words.id}
          description={words.idHint}
          value={place.id}
          onChange={(event) => onChange({ ...place, id: event.currentTarget.value })}
          error={errors['id'] ?? errors['to']}
          autoCapitalize="none"
          spellCheck={false}
          required
        />
      )}
      <TextInput
        label={isByUrl ? words.url : words.urlOptional}
        description={isByUrl ? words.urlHint : words.urlOptionalHint}
        placeholder="https://blog.example/posts/tea"
        inputMode="url"
        autoCapitalize="none"
        spellCheck={false}
        value={place.url}
        onChange={(event) => onChange({ ...place, url: event.currentTarget.value })}
        error={errors['url'] ?? (isByUrl ? errors['to'] : undefined)}
        required={isByUrl}
      />
    </>
  );
}

type PlaceFieldsProps = { place: Typed; onChange: (place: Typed) => void; errors: Errors };

/** The server's field errors; those about a place in words that help with places. */
function placeErrors(error: unknown, words: ReturnType<typeof useWords>): Errors {
  const errors = fieldErrors(error, words);
  if (errors['url'] === words.fields.invalid) errors['url'] = words.arrange.urlInvalid;
  if (errors['to'] === words.fields.invalid) errors['to'] = words.arrange.toItself;
  return errors;
}

function usePath() {
  const { tenantId, threadId } = useParams({ from: '/signed-in/t/$tenantId/threads/$threadId' });
  return { tenantId, path: { tenant_id: tenantId, thread_id: threadId } };
}
