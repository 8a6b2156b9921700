import { Button, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useWords } from '~/locales/locale';
import { fieldErrors } from './field-errors';
import { NewPasswordInput } from './new-password-input';
import { SHORTEST_PASSWORD } from './password-strength';
import { ProblemAlert } from './problem-alert';

export type NewAccount = { email: string; name: string; password: string };

type Props = {
  submit: string;
  create: (account: NewAccount) => Promise<void>;
  /** What was typed before, for who comes back. */
  typed?: NewAccount | undefined;
};

/** A new account, by set-up link or by signing up. */
export function AccountForm({ submit, create, typed }: Props) {
  const words = useWords();
  const form = useForm<NewAccount>({
    initialValues: typed ?? { email: '', name: '', password: '' },
    validate: {
      password: (password) => (password.length < SHORTEST_PASSWORD ? words.fields.too_short : null),
    },
  });
  const creation = useMutation({
    mutationFn: create,
    onError: (error) => form.setErrors(fieldErrors(error, words)),
  });

  return (
    <form onSubmit={form.onSubmit((account) => creation.mutate(account))}>
      <Stack>
        <ProblemAlert error={creation.error} />
        <TextInput
          label={words.account.name}
          description={words.account.nameHint}
          autoComplete="name"
          required
          {...form.getInputProps('name')}
        />
        <TextInput
          label={words.account.email}
          description={words.account.emailHint}
          type="email"
          autoComplete="username"
          required
          {...form.getInputProps('email')}
        />
        <NewPasswordInput {...form.getInputProps('password')} />
        <Button type="submit" loading={creation.isPending}>
          {submit}
        </Button>
      </Stack>
    </form>
  );
}
