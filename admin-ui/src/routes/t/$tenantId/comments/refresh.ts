import { useQueryClient } from '@tanstack/react-query';
import { isShort } from '~/api/queries';
import { useTenant } from '../tenant';

const TOUCHED = ['comment', 'newest-comments', 'comments-of', 'commenter', 'commenters', 'overview', 'sites', 'threads', 'thread'];

/**
 * Asks the server anew for everything that a change of a comment or a conversation touches; with `isTakenOut`, not for long queues, which
 * already show it.
 */
export function useRefreshComments(): (isTakenOut?: boolean) => Promise<unknown> {
  const client = useQueryClient();
  const tenant = useTenant();
  return (isTakenOut = false) =>
    Promise.all([
      client.invalidateQueries({
        queryKey: ['tenant', tenant.id, 'comments'],
        predicate: ({ state }) => !isTakenOut || isShort(state),
      }),
      ...TOUCHED.map((what) => client.invalidateQueries({ queryKey: ['tenant', tenant.id, what] })),
    ]);
}
