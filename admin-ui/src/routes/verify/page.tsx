import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { answer, door } from '~/api/client';
import { isProblem } from '~/api/problem';
import { signUpQuery } from '~/api/queries';
import { beginSession } from '~/api/session';
import { useWords } from '~/locales/locale';
import { fieldErrors } from '~/parts/field-errors';
import { ProblemAlert } from '~/parts/problem-alert';
import { LoadingPage } from '../in-between';
import { useLinkToken } from '../link-token';
import { Outside } from '../outside';
import { VoidLink } from '../void-link';

/** The target of the link that completes a sign-up. */
export function VerifyPage() {
  const words = useWords();
  const token = useLinkToken();
  const waiting = useQuery({ ...signUpQuery(token), enabled: token !== '' });

  if (token && waiting.isPending) return <LoadingPage />;
  return (
    <Outside title={words.verify.title} lead={waiting.data ? words.verify.lead : words.verify.leadVoid}>
      {waiting.data ? (
        <Proof token={token} email={waiting.data.email} />
      ) : (
        <VoidLink
          error={waiting.error}
          title={words.verify.void}
          hint={words.verify.voidHint}
          to="/sign-in"
          words={words.signUp.toSignIn}
        />
      )}
    </Outside>
  );
}

/** That it was he who asked: a stranger may have chosen a password for this address, too. */
function Proof({ token, email }: { token: string; email: string }) {
  const words = useWords();
  const client = useQueryClient();
  const navigate = useNavigate();
  const form = useForm({ initialValues: { password: '' } });
  const verification = useMutation({
    mutationFn: ({ password }: typeof form.values) =>
      beginSession(() => answer(door.POST('/v1/admin/accounts/verify', { body: { token, password } }))),
    onSuccess: async () => {
      // Of whoever was signed in before.
      client.clear();
      await navigate({ to: '/', replace: true });
    },
    onError: (error) => {
      const errors = fieldErrors(error, words);
      form.setErrors({ ...errors, ...('password' in errors && { password: words.verify.wrong }) });
    },
  });

  if (isProblem(verification.error, 'link_void')) {
    return (
      <VoidLink
        error={verification.error}
        title={words.verify.void}
        hint={words.verify.voidHint}
        to="/sign-in"
        words={words.signUp.toSignIn}
      />
    );
  }
  return (
    <form onSubmit={form.onSubmit((values) => verification.mutate(values))}>
      <Stack>
        <ProblemAlert error={verification.error} />
        {/* For password managers, which know the password by it. */}
        <TextInput label={words.account.email} type="email" autoComplete="username" readOnly value={email} />
        <PasswordInput
          label={words.verify.password}
          description={words.verify.passwordHint}
          autoComplete="current-password"
          required
          visibilityToggleButtonProps={{ 'aria-label': words.account.showPassword, 'aria-hidden': false }}
          {...form.getInputProps('password')}
        />
        <Button type="submit" loading={verification.isPending}>
          {words.verify.submit}
        </Button>
      </Stack>
    </form>
  );
}
