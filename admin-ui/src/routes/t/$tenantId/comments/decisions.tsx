import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { type InfiniteData, useMutation, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, use, useRef } from 'react';
import { answer, api } from '~/api/client';
import type { QueueFilter, QueueView } from '~/api/queries';
import type { CommentPage, CommentState, Decided, Decision } from '~/api/types';
import { useWords } from '~/locales/locale';
import { Icon } from '~/parts/icon';
import { notifyDone, notifyProblem } from '~/parts/notify';
import { useTenant } from '../tenant';
import { useRefreshComments } from './refresh';

/** The decision that brings a comment into a state: an undo decides for the state before. */
const DECISION_FOR: Record<CommentState, Decision> = {
  published: 'publish',
  pending: 'hold',
  rejected: 'reject',
  spam: 'spam',
  deleted: 'delete',
};
/** The API's limit for one call. */
const MOST_AT_ONCE = 100;
const UNDO_MS = 8_000;

/** Named like its notification. */
type Undoable = { id: string; results: Decided[] };

type Deciding = { decide: (ids: string[], decision: Decision) => void; undoLast: () => void };
const Context = createContext<Deciding | null>(null);

/** Decisions over comments, each with a way back: as a button for a while, and by `z` as long as the page is open. */
export function DecisionsProvider({ children }: { children: ReactNode }) {
  const words = useWords();
  const refresh = useRefreshComments();
  const decideOnServer = useDecideOnServer();
  const undoable = useRef<Undoable[]>([]);

  const undo = useMutation({
    mutationFn: async (results: Decided[]) => {
      const byState = Map.groupBy(results, ({ previous_state: state }) => state);
      for (const [state, group] of byState) {
        await decideOnServer(
          group.map(({ id }) => id),
          DECISION_FOR[state],
        );
      }
    },
    onSuccess: () => notifyDone(words.queue.undone),
    onError: (error) => notifyProblem(error, words),
    onSettled: refresh,
  });
  const takeBack = (id: string) => {
    const found = undoable.current.find((entry) => entry.id === id);
    if (!found) return;
    undoable.current = undoable.current.filter((entry) => entry !== found);
    notifications.hide(id);
    undo.mutate(found.results);
  };

  const decision = useMutation({
    mutationFn: ({ ids, decision }: { ids: string[]; decision: Decision }) => decideOnServer(ids, decision),
    onSuccess: (results) => {
      const changed = results.filter(({ state, previous_state: before }) => state !== before);
      const state = changed[0]?.state;
      if (!state) {
        // Decided for what it was: that settles what readers reported.
        notifyDone(words.comment.kept(results.length));
        return;
      }
      const id = crypto.randomUUID();
      undoable.current.push({ id, results: changed });
      notifyUndoable(id, words.decided[state](changed.length), words.queue.undo, () => takeBack(id));
    },
    onError: (error) => notifyProblem(error, words),
    onSettled: refresh,
  });

  const deciding: Deciding = {
    decide: (ids, choice) => {
      if (ids.length > 0) decision.mutate({ ids, decision: choice });
    },
    undoLast: () => {
      const last = undoable.current.at(-1);
      if (last) takeBack(last.id);
    },
  };
  return <Context value={deciding}>{children}</Context>;
}

export function useDecisions(): Deciding {
  const deciding = use(Context);
  if (!deciding) throw new Error('useDecisions outside of DecisionsProvider');
  return deciding;
}

function useDecideOnServer() {
  const client = useQueryClient();
  const tenant = useTenant();
  return async (ids: string[], decision: Decision): Promise<Decided[]> => {
    const decided: Decided[] = [];
    for (let from = 0; from < ids.length; from += MOST_AT_ONCE) {
      const { results } = await answer(
        api.POST('/v1/admin/tenants/{tenant_id}/decisions', {
          params: { path: { tenant_id: tenant.id } },
          body: { ids: ids.slice(from, from + MOST_AT_ONCE), decision },
        }),
      );
      decided.push(...results);
    }
    // Out of the lists at once, without waiting for them to be asked for again.
    for (const [key, pages] of client.getQueriesData<InfiniteData<CommentPage>>({
      queryKey: ['tenant', tenant.id, 'comments'],
    })) {
      if (pages) client.setQueryData(key, without(pages, decided, (key[3] as QueueFilter).state));
    }
    return decided;
  };
}

function without(pages: InfiniteData<CommentPage>, decided: Decided[], listed: QueueView): InfiniteData<CommentPage> {
  // Any decision settles the reports.
  const gone = new Set(decided.filter(({ state }) => state !== listed).map(({ id }) => id));
  return {
    ...pages,
    pages: pages.pages.map((page) => ({ ...page, comments: page.comments.filter(({ id }) => !gone.has(id)) })),
  };
}

function notifyUndoable(id: string, message: string, undoLabel: string, undo: () => void): void {
  // The one before has had its time; `z` still reaches it.
  notifications.clean();
  notifications.show({
    id,
    withBorder: true,
    autoClose: UNDO_MS,
    message: (
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">{message}</Text>
        <Button size="compact-sm" variant="light" leftSection={<Icon name="undo" size={16} />} onClick={undo}>
          {undoLabel}
        </Button>
      </Group>
    ),
  });
}
