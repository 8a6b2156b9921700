import { Alert, Button, Stack, Tabs, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useLocation, useNavigate } from '@tanstack/react-router';
import { answer, api, door } from '~/api/client';
import { isProblem } from '~/api/problem';
import { meQuery, offerQuery } from '~/api/queries';
import { beginSession } from '~/api/session';
import type { Offer } from '~/api/types';
import { useWords } from '~/locales/locale';
import { fieldErrors } from '~/parts/field-errors';
import { Icon } from '~/parts/icon';
import { NewPasswordInput } from '~/parts/new-password-input';
import { SHORTEST_PASSWORD } from '~/parts/password-strength';
import { ProblemAlert } from '~/parts/problem-alert';
import { SignInForm } from '../sign-in/sign-in-form';
import { LoadingPage } from '../in-between';
import { Outside } from '../outside';

/** The target of an invitation's link. Its token stays behind the #, which browsers send to no server. */
export function JoinPage() {
  const words = useWords();
  const token = new URLSearchParams(useLocation().hash).get('token') ?? '';
  const offer = useQuery({ ...offerQuery(token), enabled: token !== '' });

  if (token && offer.isPending) return <LoadingPage />;
  if (!offer.data) {
    return (
      <Outside title={words.join.title} lead={words.join.lead}>
        {offer.error && !isProblem(offer.error, 'link_void') ? (
          <ProblemAlert error={offer.error} />
        ) : (
          <Alert title={words.join.void} icon={<Icon name="info" />}>
            {words.join.voidHint}
          </Alert>
        )}
      </Outside>
    );
  }
  return (
    <Outside
      title={words.join.titleOf(offer.data.tenant)}
      lead={words.join.leadOf(offer.data.invited_by, words.roles[offer.data.role])}
    >
      <Entrance token={token} offer={offer.data} />
    </Outside>
  );
}

/** Who is signed in with that address accepts at once; everybody else signs in or makes an account. */
function Entrance({ token, offer }: { token: string; offer: Offer }) {
  const words = useWords();
  const { data: me, isPending } = useQuery({ ...meQuery, retry: false });
  const accept = useAcceptance(token);
  if (isPending) return <LoadingPage />;
  const isMine = me && sameAddress(me.account.email, offer.email);
  return (
    <Stack>
      <ProblemAlert error={accept.error} />
      <Text>{words.join.as(offer.email)}</Text>
      {isMine ? (
        <Button loading={accept.isPending} onClick={() => accept.mutate()}>
          {words.join.accept}
        </Button>
      ) : (
        <Tabs defaultValue={offer.sign_up_open ? 'new' : 'known'}>
          <Tabs.List mb="md" grow>
            {offer.sign_up_open && <Tabs.Tab value="new">{words.join.newAccount}</Tabs.Tab>}
            <Tabs.Tab value="known">{words.join.known}</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="new">
            <NewAccount token={token} offer={offer} />
          </Tabs.Panel>
          <Tabs.Panel value="known">
            <SignInForm email={offer.email} submit={words.join.signIn} onDone={() => accept.mutate()} />
          </Tabs.Panel>
        </Tabs>
      )}
    </Stack>
  );
}

function useAcceptance(token: string) {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: () => answer(api.POST('/v1/admin/invitations/accept', { body: { token } })),
    onSuccess: async ({ id }) => {
      await client.invalidateQueries(meQuery);
      await navigate({ to: '/t/$tenantId', params: { tenantId: id }, replace: true });
    },
  });
}

function NewAccount({ token, offer }: { token: string; offer: Offer }) {
  const words = useWords();
  const navigate = useNavigate();
  const form = useForm({
    initialValues: { name: '', password: '' },
    validate: {
      password: (password) => (password.length < SHORTEST_PASSWORD ? words.fields.too_short : null),
    },
  });
  const creation = useMutation({
    mutationFn: (values: typeof form.values) =>
      beginSession(() => answer(door.POST('/v1/admin/invitations/join', { body: { token, ...values } }))),
    onSuccess: () => navigate({ to: '/', replace: true }),
    onError: (error) => form.setErrors(fieldErrors(error, words)),
  });
  return (
    <form onSubmit={form.onSubmit((values) => creation.mutate(values))}>
      <Stack>
        {isProblem(creation.error, 'already_exists') ? (
          <Alert title={words.join.hasAccount} icon={<Icon name="info" />}>
            {words.join.hasAccountHint}
          </Alert>
        ) : (
          <ProblemAlert error={creation.error} />
        )}
        {/* For password managers, which keep it with the password. */}
        <TextInput label={words.account.email} type="email" autoComplete="username" readOnly value={offer.email} />
        <TextInput
          label={words.account.name}
          description={words.account.nameHint}
          autoComplete="name"
          required
          {...form.getInputProps('name')}
        />
        <NewPasswordInput {...form.getInputProps('password')} />
        <Button type="submit" loading={creation.isPending}>
          {words.join.submit}
        </Button>
      </Stack>
    </form>
  );
}

/** As the server compares them, near enough for choosing what to offer. */
function sameAddress(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
