import { Button, Card, Group, PasswordInput, Stack, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { answer, api } from '~/api/client';
import { meQuery, ownSessionsQuery } from '~/api/queries';
import { useLocale } from '~/locales/locale';
import { fieldErrors } from '~/parts/field-errors';
import { NewPasswordInput } from '~/parts/new-password-input';
import { notifyDone } from '~/parts/notify';
import { SHORTEST_PASSWORD } from '~/parts/password-strength';
import { ProblemAlert } from '~/parts/problem-alert';
import { useProve } from './confirmation';

export function Password() {
  const { words, locale } = useLocale();
  const client = useQueryClient();
  const prove = useProve();
  const { data: me } = useSuspenseQuery(meQuery);
  const form = useForm({
    initialValues: { current_password: '', password: '' },
    validate: {
      password: (password) => (password.length < SHORTEST_PASSWORD ? words.fields.too_short : null),
    },
  });
  const change = useMutation({
    mutationFn: (body: typeof form.values) =>
      prove(() => answer(api.PUT('/v1/admin/me/password', { body: { ...body, locale } }))),
    onSuccess: () => {
      form.reset();
      notifyDone(words.ownAccount.changed);
      return client.invalidateQueries(ownSessionsQuery);
    },
    onError: (error) => {
      const errors = fieldErrors(error, words);
      form.setErrors({
        ...errors,
        ...('current_password' in errors && { current_password: words.ownAccount.wrong }),
      });
    },
  });

  return (
    <Card withBorder padding="lg">
      <Title order={2} size="h4" mb="md">
        {words.ownAccount.password}
      </Title>
      <form onSubmit={form.onSubmit((values) => change.mutate(values))}>
        <Stack>
          <ProblemAlert error={change.error} />
          {/* For password managers, which keep it with the password. */}
          <TextInput
            label={words.account.email}
            type="email"
            autoComplete="username"
            readOnly
            value={me.account.email}
          />
          <PasswordInput
            label={words.ownAccount.current}
            autoComplete="current-password"
            required
            visibilityToggleButtonProps={{ 'aria-label': words.account.showPassword, 'aria-hidden': false }}
            {...form.getInputProps('current_password')}
          />
          <NewPasswordInput {...form.getInputProps('password')} label={words.ownAccount.next} />
          <Group>
            <Button type="submit" loading={change.isPending}>
              {words.ownAccount.change}
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}
