import { Alert, Anchor } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { answer, door } from '~/api/client';
import { isProblem, Problem } from '~/api/problem';
import { setupQuery } from '~/api/queries';
import { beginSession } from '~/api/session';
import { useLocale } from '~/locales/locale';
import { AccountForm, type NewAccount } from '~/parts/account-form';
import { Icon } from '~/parts/icon';
import { LookIntoMail } from '~/parts/look-into-mail';
import { ProblemAlert } from '~/parts/problem-alert';
import { Outside } from '../outside';

const route = getRouteApi('/sign-up');

export function SignUpPage() {
  const { words, locale } = useLocale();
  const search = route.useSearch();
  const navigate = useNavigate();
  const { data: setup } = useQuery(setupQuery);
  const [maybeKnown, setMaybeKnown] = useState(false);
  /** What was typed, while its mail is looked for. */
  const [typed, setTyped] = useState<NewAccount>();
  const [waiting, setWaiting] = useState(false);

  const send = ({ email, name, password }: NewAccount) =>
    answer(door.POST('/v1/admin/accounts', { body: { email, name, password, locale } }));

  const create = async (account: NewAccount) => {
    const { email, password } = account;
    const { mailed } = await send(account);
    if (mailed) {
      setTyped(account);
      setWaiting(true);
      return;
    }
    try {
      await beginSession(() => answer(door.POST('/v1/admin/session', { body: { email, password } })));
    } catch (error) {
      if (!isProblem(error, 'wrong_credentials')) throw error;
      // Known and new addresses are answered alike; that the password does not fit tells the address's owner enough.
      setMaybeKnown(true);
      return;
    }
    await navigate({ to: search.next ?? '/', replace: true });
  };

  return (
    <Outside
      title={words.signUp.title}
      lead={words.signUp.lead}
      footer={
        <>
          {words.signUp.hasAccount}{' '}
          <Anchor underline="always" renderRoot={(props) => <Link to="/sign-in" search={search} {...props} />}>
            {words.signUp.toSignIn}
          </Anchor>
        </>
      }
    >
      {setup && !setup.sign_up_open ? (
        <ProblemAlert error={new Problem('sign_up_closed')} />
      ) : waiting && typed ? (
        <LookIntoMail
          email={typed.email}
          text={words.signUp.sent}
          again={() => send(typed)}
          onBack={() => setWaiting(false)}
        />
      ) : maybeKnown ? (
        <Alert title={words.signUp.maybeKnown} icon={<Icon name="info" />}>
          {words.signUp.maybeKnownHint}
        </Alert>
      ) : (
        <AccountForm submit={words.signUp.submit} create={create} typed={typed} />
      )}
    </Outside>
  );
}
