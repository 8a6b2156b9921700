import { Drawer, Skeleton, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { commentQuery } from '~/api/queries';
import type { CommentHistory } from '~/api/types';
import { useWords } from '~/locales/locale';
import { ProblemAlert } from '~/parts/problem-alert';
import { CommentActions, type OpenForm } from '../comment-actions';
import { CommentBody } from '../comment-body';
import { EditForm, ReplyForm } from '../comment-forms';
import { useDecisions } from '../decisions';
import { History } from './history';

/** One comment with its history, beside the queue; its address can be sent to a colleague. */
export function CommentDrawer() {
  const words = useWords();
  const navigate = useNavigate();
  const { tenantId, commentId } = useParams({ from: '/signed-in/t/$tenantId/comments/$commentId' });
  const search = useSearch({ from: '/signed-in/t/$tenantId/comments' });
  const { data, error } = useQuery(commentQuery(tenantId, commentId));

  return (
    <Drawer
      opened
      onClose={() => void navigate({ to: '/t/$tenantId/comments', params: { tenantId }, search })}
      position="right"
      size="lg"
      title={data ? `${words.comment.title} ${words.comment.number(data.comment.number)}` : words.comment.title}
      closeButtonProps={{ 'aria-label': words.app.close }}
    >
      <ProblemAlert error={error} />
      {data && <Detail key={commentId} {...data} />}
      {!data && !error && (
        <Stack role="status" aria-label={words.app.loading}>
          <Skeleton height={24} width="50%" />
          <Skeleton height={120} />
        </Stack>
      )}
    </Drawer>
  );
}

function Detail({ comment, events }: CommentHistory) {
  const { decide } = useDecisions();
  const [form, setForm] = useState<OpenForm>();
  const close = () => setForm(undefined);
  return (
    <>
      <CommentBody comment={comment} withState withReports />
      {form === 'edit' && <EditForm comment={comment} onClose={close} />}
      {form === 'reply' && <ReplyForm comment={comment} onClose={close} />}
      {!form && (
        <CommentActions comment={comment} onDecide={(decision) => decide([comment.id], decision)} onForm={setForm} />
      )}
      <History events={events} />
    </>
  );
}
