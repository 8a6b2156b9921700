import { Alert, Button, Card, Group, Modal, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '~/api/client';
import { isProblem } from '~/api/problem';
import { endSession } from '~/api/session';
import { useWords } from '~/locales/locale';
import { fieldErrors } from '~/parts/field-errors';
import { FormButtons } from '~/parts/form-buttons';
import { Icon } from '~/parts/icon';
import { ProblemAlert } from '~/parts/problem-alert';
import { useProve } from './confirmation';

/** The end of the account. */
export function Farewell() {
  const words = useWords();
  const [asked, setAsked] = useState(false);
  return (
    <Card withBorder padding="lg">
      <Title order={2} size="h4" mb={4}>
        {words.farewell.title}
      </Title>
      <Text size="sm" c="dimmed" mb="md">
        {words.farewell.lead}
      </Text>
      <Group>
        <Button variant="subtle" color="red" onClick={() => setAsked(true)}>
          {words.farewell.open}
        </Button>
      </Group>
      <Modal
        opened={asked}
        onClose={() => setAsked(false)}
        title={words.farewell.ask}
        closeButtonProps={{ 'aria-label': words.app.close }}
      >
        <FarewellForm onClose={() => setAsked(false)} />
      </Modal>
    </Card>
  );
}

function FarewellForm({ onClose }: { onClose: () => void }) {
  const words = useWords();
  const prove = useProve();
  const form = useForm({ initialValues: { password: '' } });
  const deletion = useMutation({
    mutationFn: async (body: typeof form.values) => {
      await prove(() => answer(api.POST('/v1/admin/me/delete', { body })));
      // Over already; this tells all tabs.
      await endSession();
    },
    onError: (error) => {
      const errors = fieldErrors(error, words);
      form.setErrors({ ...errors, ...('password' in errors && { password: words.ownAccount.wrong }) });
    },
  });
  return (
    <form onSubmit={form.onSubmit((values) => deletion.mutate(values))}>
      <Stack>
        {isProblem(deletion.error, 'last_owner') ? (
          <Alert role="alert" color="red" title={words.problems.last_owner.title} icon={<Icon name="alert" />}>
            {words.farewell.needed(deletion.error.detail?.split(': ')[0] ?? '')}
          </Alert>
        ) : isProblem(deletion.error, 'not_permitted') ? (
          <Alert role="alert" color="red" title={words.farewell.lastOperator} icon={<Icon name="alert" />}>
            {words.farewell.lastOperatorHint}
          </Alert>
        ) : (
          <ProblemAlert error={deletion.error} />
        )}
        <Text>{words.farewell.what}</Text>
        <PasswordInput
          label={words.farewell.password}
          autoComplete="current-password"
          required
          data-autofocus
          visibilityToggleButtonProps={{ 'aria-label': words.account.showPassword, 'aria-hidden': false }}
          {...form.getInputProps('password')}
        />
        <FormButtons submit={words.farewell.submit} isPending={deletion.isPending} onCancel={onClose} color="red" />
      </Stack>
    </form>
  );
}
