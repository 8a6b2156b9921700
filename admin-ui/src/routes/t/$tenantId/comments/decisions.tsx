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

const LEADS_TO: Record<Decision, CommentState> = {
  publish: 'published',
  hold: 'pending',
  reject: 'rejected',
  spam: 'spam',
  delete: 'deleted',
};
/** Calls for all comments of one author: 500 comments each. */
const MOST_CALLS = 40;

/** Named like its notification. */
type Undoable = { id: string; results: Decided[] };

type Deciding = {
  decide: (ids: string[], decision: Decision) => void;
  /** Decides about all that somebody wrote on a site. */
  decideAllOf: (siteId: string, authorHash: string, decision: Decision) => void;
  isDeciding: boolean;
  undoLast: () => void;
};
const Context = createContext<Deciding | null>(null);

/**
 * Decisions over comments, each with a way back: as a button for a while, and by `u` as long as the page is open. What is decided
 * leaves the list at once, before the server has said yes; should it say no, the list is asked for again.
 */
export function DecisionsProvider({ children }: { children: ReactNode }) {
  const words = useWords();
  const refresh = useRefreshComments();
  const { decideOnServer, decideAllOnServer, takeOut } = useDecideOnServer();
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
    onSettled: () => refresh(),
  });
  const takeBack = (id: string) => {
    const found = undoable.current.find((entry) => entry.id === id);
    if (!found) return;
    undoable.current = undoable.current.filter((entry) => entry !== found);
    notifications.hide(id);
    undo.mutate(found.results);
  };

  const decision = useMutation({
    mutationFn: (decide: () => Promise<Decided[]>) => decide(),
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
    // Without results nobody knows what has become of what was taken out.
    onSettled: (results) => refresh(results !== undefined),
  });

  const deciding: Deciding = {
    decide: (ids, choice) => {
      if (ids.length === 0) return;
      takeOut(ids.map((id) => ({ id, state: LEADS_TO[choice] })));
      decision.mutate(() => decideOnServer(ids, choice));
    },
    decideAllOf: (siteId, authorHash, choice) => decision.mutate(() => decideAllOnServer(siteId, authorHash, choice)),
    isDeciding: decision.isPending,
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
  const takeOut = (decided: Settled[]) => {
    for (const [key, pages] of client.getQueriesData<InfiniteData<CommentPage>>({
      queryKey: ['tenant', tenant.id, 'comments'],
    })) {
      const { state } = key[3] as Partial<QueueFilter>;
      if (pages && state) client.setQueryData(key, without(pages, decided, state));
    }
  };
  const decideOnServer = async (ids: string[], decision: Decision): Promise<Decided[]> => {
    // An answer that is under way would bring back what has just been taken out.
    await client.cancelQueries({ queryKey: ['tenant', tenant.id, 'comments'] });
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
    takeOut(decided);
    return decided;
  };
  const decideAllOnServer = async (siteId: string, authorHash: string, decision: Decision): Promise<Decided[]> => {
    const decided: Decided[] = [];
    for (let calls = 0; calls < MOST_CALLS; calls += 1) {
      const { results, more } = await answer(
        api.POST('/v1/admin/tenants/{tenant_id}/sites/{site_id}/commenters/{author_hash}/decisions', {
          params: { path: { tenant_id: tenant.id, site_id: siteId, author_hash: authorHash } },
          body: { decision },
        }),
      );
      decided.push(...results);
      if (!more) break;
    }
    takeOut(decided);
    return decided;
  };
  return { decideOnServer, decideAllOnServer, takeOut };
}

/** A comment, and the state that it is in from now on. */
type Settled = Pick<Decided, 'id' | 'state'>;

function without(pages: InfiniteData<CommentPage>, decided: Settled[], listed: QueueView): InfiniteData<CommentPage> {
  // Any decision settles the reports.
  const gone = new Set(decided.filter(({ state }) => state !== listed).map(({ id }) => id));
  return {
    ...pages,
    pages: pages.pages.map((page) => ({ ...page, comments: page.comments.filter(({ id }) => !gone.has(id)) })),
  };
}

function notifyUndoable(id: string, message: string, undoLabel: string, undo: () => void): void {
  // The one before has had its time; `u` still reaches it.
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
