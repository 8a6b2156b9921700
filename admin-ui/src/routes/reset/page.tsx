import { Alert, Button, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { answer, door } from '~/api/client';
import { isProblem } from '~/api/problem';
import { passwordResetQuery } from '~/api/queries';
import { useLocale } from '~/locales/locale';
import { fieldErrors } from '~/parts/field-errors';
import { Icon } from '~/parts/icon';
import { NewPasswordInput } from '~/parts/new-password-input';
import { SHORTEST_PASSWORD } from '~/parts/password-strength';
import { ProblemAlert } from '~/parts/problem-alert';
import { LoadingPage } from '../in-between';
import { useLinkToken } from '../link-token';
import { Outside } from '../outside';
import { VoidLink } from '../void-link';

/** The target of the link by which a forgotten password is chosen anew. */
export function ResetPage() {
  const { words, locale } = useLocale();
  const token = useLinkToken();
  const account = useQuery({ ...passwordResetQuery(token), enabled: token !== '' });
  const form = useForm({
    initialValues: { password: '' },
    validate: {
      password: (password) => (password.length < SHORTEST_PASSWORD ? words.fields.too_short : null),
    },
  });
  const change = useMutation({
    mutationFn: ({ password }: typeof form.values) =>
      answer(door.POST('/v1/admin/password-resets/finish', { body: { token, password, locale } })),
    onError: (error) => form.setErrors(fieldErrors(error, words)),
  });

  if (token && account.isPending) return <LoadingPage />;
  const isVoid = !account.data || isProblem(change.error, 'link_void');
  return (
    <Outside title={words.reset.title} lead={words.reset.lead}>
      {change.isSuccess ? (
        <Stack>
          <Alert title={words.reset.done} icon={<Icon name="check" />} role="status">
            {words.reset.doneHint}
          </Alert>
          <Button renderRoot={(props) => <Link to="/sign-in" {...props} />}>{words.signIn.submit}</Button>
        </Stack>
      ) : isVoid ? (
        <VoidLink
          error={account.error ?? change.error}
          title={words.reset.void}
          hint={words.reset.voidHint}
          to="/forgot-password"
          words={words.reset.again}
        />
      ) : (
        <form onSubmit={form.onSubmit((values) => change.mutate(values))}>
          <Stack>
            <ProblemAlert error={change.error} />
            {/* For password managers, which keep it with the password. */}
            <TextInput
              label={words.account.email}
              type="email"
              autoComplete="username"
              readOnly
              value={account.data?.email ?? ''}
            />
            <NewPasswordInput {...form.getInputProps('password')} label={words.ownAccount.next} />
            <Button type="submit" loading={change.isPending}>
              {words.reset.submit}
            </Button>
          </Stack>
        </form>
      )}
    </Outside>
  );
}
