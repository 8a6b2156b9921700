import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '~/api/client';
import { isProblem } from '~/api/problem';
import { threadQuery } from '~/api/queries';
import type { ThreadRecord, ThreadUpdate } from '~/api/types';
import { useWords } from '~/locales/locale';
import { notifyDone, notifyProblem } from '~/parts/notify';
import { useRefreshComments } from '../comments/refresh';
import { useTenant } from '../tenant';

/** The API's bound. */
export const MOST_PINS = 10;

/** Changes a conversation; every list that shows it or its comments is asked for anew. */
export function useUpdateThread(): (threadId: string, body: ThreadUpdate) => Promise<ThreadRecord> {
  const client = useQueryClient();
  const tenant = useTenant();
  const refresh = useRefreshComments();
  return async (threadId, body) => {
    const record = await answer(
      api.PATCH('/v1/admin/tenants/{tenant_id}/threads/{thread_id}', {
        params: { path: { tenant_id: tenant.id, thread_id: threadId } },
        body,
      }),
    );
    client.setQueryData(threadQuery(tenant.id, threadId).queryKey, record);
    await refresh();
    return record;
  };
}

type Pinning = { threadId: string; commentId: string; on: boolean };

/** Pins a comment after those that are pinned, or takes its pin away. */
export function usePinning() {
  const words = useWords();
  const client = useQueryClient();
  const tenant = useTenant();
  const update = useUpdateThread();
  const pinning = useMutation({
    mutationFn: async ({ threadId, commentId, on }: Pinning) => {
      // As it is now: a colleague may have pinned another one meanwhile.
      const { pinned } = await client.fetchQuery({ ...threadQuery(tenant.id, threadId), staleTime: 0 });
      const others = pinned.map(({ id }) => id).filter((id) => id !== commentId);
      return update(threadId, { pinned: on ? [...others, commentId] : others });
    },
    onSuccess: (_, { on }) => notifyDone(on ? words.threads.pinned : words.threads.unpinned),
    onError: (error) =>
      isProblem(error, 'invalid_input') && error.fields.some(({ code }) => code === 'too_many')
        ? notifyDone(words.threads.pinsFull(MOST_PINS))
        : notifyProblem(error, words),
  });
  return {
    pin: (threadId: string, commentId: string, on: boolean) => pinning.mutate({ threadId, commentId, on }),
    isPending: pinning.isPending,
  };
}
