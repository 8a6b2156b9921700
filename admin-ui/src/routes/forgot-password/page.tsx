import { Anchor, Button, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { answer, door } from '~/api/client';
import { Problem } from '~/api/problem';
import { setupQuery } from '~/api/queries';
import { useLocale } from '~/locales/locale';
import { fieldErrors } from '~/parts/field-errors';
import { LookIntoMail } from '~/parts/look-into-mail';
import { ProblemAlert } from '~/parts/problem-alert';
import { Outside } from '../outside';

const route = getRouteApi('/forgot-password');

export function ForgotPasswordPage() {
  const { words, locale } = useLocale();
  const search = route.useSearch();
  const { data: setup } = useQuery(setupQuery);
  const form = useForm({ initialValues: { email: '' } });
  const [sentTo, setSentTo] = useState<string>();
  const ask = (email: string) => answer(door.POST('/v1/admin/password-resets', { body: { email, locale } }));
  const request = useMutation({
    mutationFn: ({ email }: typeof form.values) => ask(email),
    onSuccess: (_, { email }) => setSentTo(email),
    onError: (error) => form.setErrors(fieldErrors(error, words)),
  });

  return (
    <Outside
      title={words.forgot.title}
      lead={words.forgot.lead}
      footer={
        <Anchor renderRoot={(props) => <Link to="/sign-in" search={search} {...props} />}>{words.forgot.toSignIn}</Anchor>
      }
    >
      {setup && !setup.mail ? (
        <ProblemAlert error={new Problem('no_mail')} />
      ) : sentTo !== undefined ? (
        <LookIntoMail
          email={sentTo}
          text={words.forgot.sent}
          again={() => ask(sentTo)}
          onBack={() => setSentTo(undefined)}
        />
      ) : (
        <form onSubmit={form.onSubmit((values) => request.mutate(values))}>
          <Stack>
            <ProblemAlert error={request.error} />
            <TextInput
              label={words.account.email}
              type="email"
              autoComplete="username"
              required
              {...form.getInputProps('email')}
            />
            <Button type="submit" loading={request.isPending}>
              {words.forgot.submit}
            </Button>
          </Stack>
        </form>
      )}
    </Outside>
  );
}
