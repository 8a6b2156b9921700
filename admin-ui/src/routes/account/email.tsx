import { Alert, Button, Card, Group, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { answer, api } from '~/api/client';
import { meQuery, setupQuery } from '~/api/queries';
import type { EmailChange } from '~/api/types';
import { useLocale, useWords } from '~/locales/locale';
import { fieldErrors } from '~/parts/field-errors';
import { Icon } from '~/parts/icon';
import { notifyDone } from '~/parts/notify';
import { ProblemAlert } from '~/parts/problem-alert';
import { useProve } from './confirmation';

/** The address that the account has, and the way to another one. */
export function Email() {
  const { words, locale } = useLocale();
  const client = useQueryClient();
  const { data: me } = useSuspenseQuery(meQuery);
  const { data: setup } = useQuery(setupQuery);
  const prove = useProve();
  const form = useForm({ initialValues: { email: '', password: '' } });
  const change = useMutation({
    mutationFn: (values: typeof form.values) =>
      prove(() => answer(api.PUT('/v1/admin/me/email', { body: { ...values, locale } }))),
    onSuccess: () => {
      form.reset();
      if (!setup?.mail) notifyDone(words.ownEmail.changed);
      return client.invalidateQueries(meQuery);
    },
    onError: (error) => {
      const errors = fieldErrors(error, words);
      form.setErrors({
        ...errors,
        ...('email' in errors && { email: words.ownEmail.notAnother }),
        ...('password' in errors && { password: words.ownAccount.wrong }),
      });
    },
  });

  return (
    <Card withBorder padding="lg">
      <Title order={2} size="h4" mb={4}>
        {words.ownEmail.title}
      </Title>
      <Text mb="md" style={{ overflowWrap: 'anywhere' }}>
        {me.account.email}
      </Text>
      {me.email_change ? (
        <Waiting change={me.email_change} />
      ) : (
        <form onSubmit={form.onSubmit((values) => change.mutate(values))}>
          <Stack>
            <ProblemAlert error={change.error} />
            <TextInput
              label={words.ownEmail.next}
              description={setup?.mail ? words.ownEmail.hint : words.ownEmail.hintWithoutMail}
              type="email"
              autoComplete="email"
              required
              {...form.getInputProps('email')}
            />
            <PasswordInput
              label={words.ownEmail.password}
              autoComplete="current-password"
              required
              visibilityToggleButtonProps={{ 'aria-label': words.account.showPassword, 'aria-hidden': false }}
              {...form.getInputProps('password')}
            />
            <Group>
              <Button type="submit" loading={change.isPending}>
                {words.ownEmail.submit}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Card>
  );
}

/** Both mailboxes have been asked. */
function Waiting({ change }: { change: EmailChange }) {
  const words = useWords();
  const client = useQueryClient();
  const withdrawal = useMutation({
    mutationFn: () => answer(api.DELETE('/v1/admin/me/email')),
    onSuccess: () => client.invalidateQueries(meQuery),
  });
  return (
    <Stack>
      <ProblemAlert error={withdrawal.error} />
      <Alert title={words.ownEmail.waiting(change.email)} icon={<Icon name="info" />} role="status">
        {change.confirmed_by_new
          ? words.ownEmail.waitingForOld
          : change.confirmed_by_old
            ? words.ownEmail.waitingForNew
            : words.ownEmail.waitingForBoth}
      </Alert>
      <Group>
        <Button variant="default" loading={withdrawal.isPending} onClick={() => withdrawal.mutate()}>
          {words.ownEmail.takeBack}
        </Button>
      </Group>
    </Stack>
  );
}
