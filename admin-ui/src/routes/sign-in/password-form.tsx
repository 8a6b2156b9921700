import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { answer, door } from '~/api/client';
import { beginSession } from '~/api/session';
import type { SignInStep } from '~/api/types';
import { useWords } from '~/locales/locale';
import { ProblemAlert } from '~/parts/problem-alert';

type Props = {
  email: string | undefined;
  submit: string;
  /** Why a sign-in before this one came to nothing. */
  before: unknown;
  /** The password was right, and a second factor is asked for. */
  onStep: (step: SignInStep) => void;
  onDone: () => unknown;
};

export function PasswordForm({ email, submit, before, onStep, onDone }: Props) {
  const words = useWords();
  const form = useForm({ initialValues: { email: email ?? '', password: '' } });
  const signIn = useMutation({
    mutationFn: (values: typeof form.values) =>
      beginSession(() => answer(door.POST('/v1/admin/session', { body: values }))),
    onSuccess: (step) => (step ? onStep(step) : onDone()),
  });
  return (
    <form onSubmit={form.onSubmit((values) => signIn.mutate(values))}>
      <Stack>
        <ProblemAlert error={signIn.isIdle ? before : signIn.error} />
        <TextInput
          label={words.account.email}
          type="email"
          autoComplete="username"
          required
          readOnly={email !== undefined}
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
          {submit}
        </Button>
      </Stack>
    </form>
  );
}
