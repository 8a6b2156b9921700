import { useQueryClient } from '@tanstack/react-query';
import { useTenant } from '../tenant';

/** Asks the server anew for everything that a change of a comment or a conversation touches. */
export function useRefreshComments(): () => Promise<unknown> {
  const client = useQueryClient();
  const tenant = useTenant();
  return () =>
    Promise.all(
      ['comments', 'comment', 'newest-comments', 'comments-of', 'commenter', 'commenters', 'overview', 'sites', 'threads', 'thread'].map((what) =>
        client.invalidateQueries({ queryKey: ['tenant', tenant.id, what] }),
      ),
    );
}
