import { Alert, Anchor, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { answer, door } from '~/api/client';
import { setupQuery } from '~/api/queries';
import { beginSession } from '~/api/session';
import { useWords } from '~/locales/locale';
import { Icon } from '~/parts/icon';
import { ProblemAlert } from '~/parts/problem-alert';
import { Outside } from '../outside';

const route = getRouteApi('/sign-in');

export function SignInPage() {
  const words = useWords();
  const search = route.useSearch();
  const navigate = useNavigate();
  const { data: setup } = useQuery(setupQuery);
  const form = useForm({ initialValues: { email: '', password: '' } });
  const signIn = useMutation({
    mutationFn: (values: typeof form.values) =>
      beginSession(() => answer(door.POST('/v1/admin/session', { body: values }))),
    onSuccess: () => navigate({ to: search.next ?? '/', replace: true }),
  });

  return (
    <Outside
      title={words.signIn.title}
      lead={words.signIn.lead}
      footer={
        setup?.sign_up_open && (
          <>
            {words.signIn.noAccount}{' '}
            <Anchor renderRoot={(props) => <Link to="/sign-up" search={search} {...props} />}>
              {words.signIn.toSignUp}
            </Anchor>
          </>
        )
      }
    >
      <form onSubmit={form.onSubmit((values) => signIn.mutate(values))}>
        <Stack>
          {setup?.open && (
            <Alert title={words.signIn.notSetUp} icon={<Icon name="info" />}>
              {words.signIn.notSetUpHint}
            </Alert>
          )}
          <ProblemAlert error={signIn.error} />
          <TextInput
            label={words.account.email}
            type="email"
            autoComplete="username"
            required
            {...form.getInputProps('email')}
          />
          <PasswordInput
            label={words.account.password}
            autoComplete="current-password"
            required
            visibilityToggleButtonProps={{ 'aria-label': words.account.showPassword, 'aria-hidden': false }}
            {...form.getInputProps('password')}
          />
          <Button type="submit" loading={signIn.isPending}>
            {words.signIn.submit}
          </Button>
        </Stack>
      </form>
    </Outside>
  );
}
