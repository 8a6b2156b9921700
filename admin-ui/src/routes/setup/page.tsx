import { Alert } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useLocation, useNavigate } from '@tanstack/react-router';
import { answer, door } from '~/api/client';
import { Problem } from '~/api/problem';
import { setupQuery } from '~/api/queries';
import { beginSession } from '~/api/session';
import { useWords } from '~/locales/locale';
import { AccountForm, type NewAccount } from '~/parts/account-form';
import { Guide } from '~/parts/guide';
import { Icon } from '~/parts/icon';
import { ProblemAlert } from '~/parts/problem-alert';
import { Outside } from '../outside';

/** The target of the set-up link. Its token stays behind the #, which browsers send to no server. */
export function SetupPage() {
  const words = useWords();
  const navigate = useNavigate();
  const token = new URLSearchParams(useLocation().hash).get('token');
  const { data: setup } = useQuery(setupQuery);

  const create = async (account: NewAccount) => {
    await beginSession(() => answer(door.POST('/v1/admin/setup', { body: { token: token ?? '', ...account } })));
    await navigate({ to: '/tenants/new', search: { guide: 'yes' }, replace: true });
  };

  return (
    <Outside title={words.setup.title} lead={words.setup.lead} above={<Guide at="account" />}>
      {setup && !setup.open ? (
        <ProblemAlert error={new Problem('setup_closed')} />
      ) : token ? (
        <AccountForm submit={words.setup.submit} create={create} />
      ) : (
        <Alert title={words.setup.noToken} icon={<Icon name="info" />}>
          {words.setup.noTokenHint}
        </Alert>
      )}
    </Outside>
  );
}
