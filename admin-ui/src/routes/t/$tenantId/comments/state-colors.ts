import type { CommentState } from '~/api/types';

export const STATE_COLORS: Record<CommentState, string> = {
  pending: 'yellow',
  published: 'teal',
  spam: 'orange',
  rejected: 'red',
  deleted: 'gray',
};
