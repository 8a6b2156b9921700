import type { CommentState } from '~/api/types';

export const STATE_COLORS: Record<CommentState, string> = {
  pending: 'yellow',
  published: 'parlour',
  spam: 'orange',
  rejected: 'red',
  deleted: 'gray',
};
