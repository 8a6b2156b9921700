import { Alert, Button, Group, Modal, Radio, Stack, Text, TextInput } from '@mantine/core';
import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { OperatorSuspension } from '~/api/types';
import { useWords } from '~/locales/locale';
import { fieldErrors } from '~/parts/field-errors';
import { FormButtons } from '~/parts/form-buttons';
import { Icon } from '~/parts/icon';
import { notifyDone, notifyProblem } from '~/parts/notify';
import { ProblemAlert } from '~/parts/problem-alert';
import { TimeAgo } from '~/parts/time-ago';
import { Section } from './parts';
import { OPERATOR } from './queries';

type Shows = OperatorSuspension['shows'];
export type NewSuspension = { shows: Shows; reason: string };

/** Shuts a tenant or a site, and opens it again. */
export function SuspensionSection({
  suspension,
  suspend,
  resume,
}: {
  suspension: OperatorSuspension | undefined;
  suspend: (wish: NewSuspension) => Promise<unknown>;
  resume: () => Promise<unknown>;
}) {
  const words = useWords();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const opening = useMutation({
    mutationFn: resume,
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: OPERATOR });
      notifyDone(words.operator.resumed);
    },
    onError: (error) => notifyProblem(error, words),
  });
  const shutting = useMutation({
    mutationFn: suspend,
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: OPERATOR });
      notifyDone(words.operator.isSuspended);
      setAsking(false);
    },
  });

  return (
    <Section title={words.operator.suspension}>
      {suspension ? (
        <Alert color="red" icon={<Icon name="lock" />}>
          <Stack gap="xs">
            <Text size="sm" dir="auto">
              {words.platform.reason(suspension.reason)}
            </Text>
            <Text size="sm">
              {suspension.shows === 'comments' ? words.platform.readersRead : words.platform.readersSeeNothing} ·{' '}
              <TimeAgo at={suspension.since} />
            </Text>
            <Group gap="xs">
              <Button size="xs" loading={opening.isPending} onClick={() => opening.mutate()}>
                {words.operator.resume}
              </Button>
              <Button size="xs" variant="default" onClick={() => setAsking(true)}>
                {words.operator.changeSuspension}
              </Button>
            </Group>
          </Stack>
        </Alert>
      ) : (
        <Group justify="space-between" gap="sm">
          <Text size="sm">{words.operator.notSuspended}</Text>
          <Button color="red" variant="light" onClick={() => setAsking(true)}>
            {words.operator.suspend}
          </Button>
        </Group>
      )}
      <Modal
        opened={asking}
        onClose={() => setAsking(false)}
        title={words.operator.suspend}
        closeButtonProps={{ 'aria-label': words.app.close }}
      >
        <SuspensionForm shutting={shutting} present={suspension} onClose={() => setAsking(false)} />
      </Modal>
    </Section>
  );
}

function SuspensionForm({
  shutting,
  present,
  onClose,
}: {
  shutting: UseMutationResult<unknown, Error, NewSuspension>;
  present: OperatorSuspension | undefined;
  onClose: () => void;
}) {
  const words = useWords();
  const [shows, setShows] = useState<Shows>(present?.shows ?? 'comments');
  const [reason, setReason] = useState(present?.reason ?? '');
  const errors = fieldErrors(shutting.error, words);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        shutting.mutate({ shows, reason });
      }}
    >
      <Stack>
        <ProblemAlert error={shutting.error} />
        <Radio.Group label={words.operator.readersSee} value={shows} onChange={(value) => setShows(value as Shows)}>
          <Stack gap="xs" mt="xs">
            <Radio value="comments" label={words.operator.showsComments} />
            <Radio value="nothing" label={words.operator.showsNothing} />
          </Stack>
        </Radio.Group>
        <TextInput
          label={words.operator.reason}
          description={words.operator.reasonHint}
          required
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          error={errors['reason']}
        />
        <FormButtons submit={words.operator.suspend} isPending={shutting.isPending} onCancel={onClose} color="red" />
      </Stack>
    </form>
  );
}
