import { Button, Group, Stack, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import type { KeyboardEvent } from 'react';
import { answer, api } from '~/api/client';
import type { AdminComment } from '~/api/types';
import { useWords } from '~/locales/locale';
import { fieldErrors } from '~/parts/field-errors';
import { notifyDone } from '~/parts/notify';
import { ProblemAlert } from '~/parts/problem-alert';
import { useTenant } from '../tenant';
import { useRefreshComments } from './refresh';

type Props = { comment: AdminComment; onClose: () => void };

/** Changes a comment in its author's stead. */
export function EditForm({ comment, onClose }: Props) {
  const words = useWords();
  const tenant = useTenant();
  const refresh = useRefreshComments();
  const author = comment.author.name ?? words.comment.anonymous;
  const form = useForm({ initialValues: { text: comment.text, author_name: comment.author.name ?? '' } });
  const revision = useMutation({
    mutationFn: ({ text, author_name: name }: typeof form.values) =>
      answer(
        api.PATCH('/v1/admin/tenants/{tenant_id}/comments/{comment_id}', {
          params: { path: { tenant_id: tenant.id, comment_id: comment.id } },
          body: {
            ...(text === comment.text ? {} : { text }),
            ...(name === (comment.author.name ?? '') ? {} : { author_name: name }),
          },
        }),
      ),
    onSuccess: async () => {
      await refresh();
      notifyDone(words.app.saved);
      onClose();
    },
    onError: (error) => form.setErrors(fieldErrors(error, words)),
  });

  return (
    <form
      onSubmit={form.onSubmit((values) => (form.isDirty() ? revision.mutate(values) : onClose()))}
      onKeyDown={(event) => onFormKey(event, onClose)}
    >
      <Stack gap="xs" mt="sm">
        <ProblemAlert error={revision.error} />
        <Textarea
          label={words.comment.editLabel(author)}
          description={words.comment.editHint}
          rows={8}
          autoFocus
          required
          dir="auto"
          {...form.getInputProps('text')}
        />
        {!comment.author.team && <TextInput label={words.comment.authorName} {...form.getInputProps('author_name')} />}
        <FormButtons submit={words.comment.saveEdit} isPending={revision.isPending} onClose={onClose} />
      </Stack>
    </form>
  );
}

/** Answers as the site's team; an answer to a pending comment approves it. */
export function ReplyForm({ comment, onClose }: Props) {
  const words = useWords();
  const tenant = useTenant();
  const refresh = useRefreshComments();
  const isPending = comment.state === 'pending';
  const form = useForm({ initialValues: { text: '' } });
  const reply = useMutation({
    mutationFn: ({ text }: { text: string }) =>
      answer(
        api.POST('/v1/admin/tenants/{tenant_id}/comments/{comment_id}/replies', {
          params: { path: { tenant_id: tenant.id, comment_id: comment.id } },
          body: { text, publish: isPending },
        }),
      ),
    onSuccess: async () => {
      onClose();
      notifyDone(words.comment.replied);
      await refresh();
    },
    onError: (error) => form.setErrors(fieldErrors(error, words)),
  });

  return (
    <form onSubmit={form.onSubmit((values) => reply.mutate(values))} onKeyDown={(event) => onFormKey(event, onClose)}>
      <Stack gap="xs" mt="sm">
        <ProblemAlert error={reply.error} />
        <Textarea
          label={words.comment.replyLabel(comment.author.name ?? words.comment.anonymous)}
          description={words.comment.replyHint}
          rows={4}
          autoFocus
          required
          dir="auto"
          {...form.getInputProps('text')}
        />
        <FormButtons
          submit={isPending ? words.comment.approveAndReply : words.comment.sendReply}
          isPending={reply.isPending}
          onClose={onClose}
        />
      </Stack>
    </form>
  );
}

function FormButtons({ submit, isPending, onClose }: { submit: string; isPending: boolean; onClose: () => void }) {
  const words = useWords();
  return (
    <Group justify="flex-end" gap="xs">
      <Button variant="subtle" color="gray" size="sm" onClick={onClose}>
        {words.app.cancel}
      </Button>
      <Button type="submit" size="sm" loading={isPending}>
        {submit}
      </Button>
    </Group>
  );
}

/** Ctrl or ⌘ with Enter sends, Escape closes. */
function onFormKey(event: KeyboardEvent<HTMLFormElement>, onClose: () => void): void {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    event.currentTarget.requestSubmit();
  } else if (event.key === 'Escape') {
    // Not also the drawer around the form.
    event.stopPropagation();
    onClose();
  }
}
