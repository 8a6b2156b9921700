import { Button, Center, Checkbox, Skeleton, Stack } from '@mantine/core';
import { useCallbackRef } from '@mantine/hooks';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { commentsQuery, isShort, type QueueFilter } from '~/api/queries';
import type { Decision } from '~/api/types';
import { useWords } from '~/locales/locale';
import { useKeys } from '~/parts/keys';
import { ProblemAlert } from '~/parts/problem-alert';
import { useTenant } from '../tenant';
import { usePinning } from '../threads/pinning';
import { BulkBar } from './bulk-bar';
import { decisionsFor, mayEdit, mayPin, mayReply, type OpenForm } from './comment-actions';
import { CommentCard, cardId } from './comment-card';
import { useDecisions } from './decisions';
import { EmptyQueue } from './empty-queue';
import { Filters } from './filters';
import { ShortcutsHelp } from './shortcuts-help';

export function Queue({ filter }: { filter: QueueFilter }) {
  const words = useWords();
  const tenant = useTenant();
  const navigate = useNavigate();
  const { decide, undoLast } = useDecisions();
  const { pin } = usePinning();
  const client = useQueryClient();
  const query = commentsQuery(tenant.id, filter);
  const list = useInfiniteQuery(query);
  const comments = list.data?.pages.flatMap((page) => page.comments) ?? [];

  const [currentId, setCurrentId] = useState<string>();
  const [selectedIds, setSelectedIds] = useState<ReadonlySet<string>>(new Set());
  const [open, setOpen] = useState<{ id: string; form: OpenForm }>();
  const [helpOpened, setHelpOpened] = useState(false);
  const search = useRef<HTMLInputElement>(null);

  const current = comments.find(({ id }) => id === currentId);
  const selected = comments.filter(({ id }) => selectedIds.has(id));

  const goTo = (id: string | undefined) => {
    setCurrentId(id);
    const card = id && document.getElementById(cardId(id));
    if (!card) return;
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: 'nearest' });
  };
  const step = (by: 1 | -1) => {
    const index = comments.findIndex(({ id }) => id === currentId);
    const next = index === -1 ? 0 : Math.min(comments.length - 1, Math.max(0, index + by));
    goTo(comments[next]?.id);
  };
  const toggle = useCallbackRef((id: string) =>
    setSelectedIds((before) => {
      const after = new Set(before);
      if (!after.delete(id)) after.add(id);
      return after;
    }),
  );
  /** Decides, and goes on to the next comment that stays. */
  const settle = (wanted: string[], decision: Decision) => {
    const possible = comments.filter((comment) => decisionsFor(comment).includes(decision));
    const ids = possible.map(({ id }) => id).filter((id) => wanted.includes(id));
    if (ids.length === 0) return;
    const last = comments.findLastIndex(({ id }) => ids.includes(id));
    const staysAfter = comments.slice(last + 1).find(({ id }) => !ids.includes(id));
    const staysBefore = comments.slice(0, last).findLast(({ id }) => !ids.includes(id));
    decide(ids, decision);
    setSelectedIds(new Set());
    goTo((staysAfter ?? staysBefore)?.id);
  };
  const settleOne = useCallbackRef((id: string, decision: Decision) => settle([id], decision));
  const showForm = useCallbackRef((id: string, form: OpenForm | undefined) => setOpen(form && { id, form }));
  const settleChosen = (decision: Decision) =>
    settle(selected.length > 0 ? selected.map(({ id }) => id) : currentId && current ? [currentId] : [], decision);
  const openForm = (form: OpenForm) => {
    const isPossible = current && (form === 'edit' ? mayEdit(current) : mayReply(current));
    if (isPossible) setOpen({ id: current.id, form });
  };

  useKeys({
    j: () => step(1),
    k: () => step(-1),
    a: () => settleChosen('publish'),
    r: () => settleChosen('reject'),
    s: () => settleChosen('spam'),
    d: () => settleChosen('delete'),
    e: () => openForm('edit'),
    c: () => openForm('reply'),
    p: () => current && mayPin(current) && pin(current.thread.id, current.id, !current.pinned),
    x: () => current && toggle(current.id),
    o: () =>
      current &&
      void navigate({
        to: '/t/$tenantId/comments/$commentId',
        params: { tenantId: tenant.id, commentId: current.id },
        search: filter,
      }),
    '/': () => search.current?.focus(),
    u: undoLast,
    // As it was before.
    z: undoLast,
    '?': () => setHelpOpened(true),
  });

  return (
    <>
      <Filters
        filter={filter}
        searchRef={search}
        // From the beginning: a long list would be asked for page by page.
        onReload={() => void (isShort(list) ? list.refetch() : client.resetQueries({ queryKey: query.queryKey }))}
        onHelp={() => setHelpOpened(true)}
      />
      <ProblemAlert error={list.error} />
      {list.isPending && <QueueSkeleton />}
      {list.isSuccess && comments.length === 0 && <EmptyQueue filter={filter} />}

      {comments.length > 0 && (
        <>
          <Checkbox
            mb="sm"
            size="sm"
            label={words.queue.selectAll}
            checked={selected.length === comments.length}
            indeterminate={selected.length > 0 && selected.length < comments.length}
            onChange={(event) =>
              setSelectedIds(new Set(event.currentTarget.checked ? comments.map(({ id }) => id) : []))
            }
          />
          <Stack component="section" gap="sm" aria-label={words.queue.list} aria-busy={list.isFetching}>
            {comments.map((comment) => (
              <CommentCard
                key={comment.id}
                comment={comment}
                isCurrent={comment.id === currentId}
                isSelected={selectedIds.has(comment.id)}
                form={open?.id === comment.id ? open.form : undefined}
                onFocus={setCurrentId}
                onSelect={toggle}
                onDecide={settleOne}
                onForm={showForm}
              />
            ))}
          </Stack>
        </>
      )}

      {list.hasNextPage && (
        <Center mt="md">
          <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {words.queue.more}
          </Button>
        </Center>
      )}
      {selected.length > 0 && (
        <BulkBar comments={selected} onDecide={settleChosen} onClear={() => setSelectedIds(new Set())} />
      )}
      <ShortcutsHelp opened={helpOpened} onClose={() => setHelpOpened(false)} />
    </>
  );
}

function QueueSkeleton() {
  const words = useWords();
  return (
    <Stack gap="sm" role="status" aria-label={words.app.loading}>
      <Skeleton height={150} radius="md" />
      <Skeleton height={150} radius="md" />
      <Skeleton height={150} radius="md" />
    </Stack>
  );
}
