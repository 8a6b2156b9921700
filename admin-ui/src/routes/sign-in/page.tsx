import { Alert, Anchor, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { passkeyObstacle } from '~/api/passkeys';
import { setupQuery } from '~/api/queries';
import { useWords } from '~/locales/locale';
import { Icon } from '~/parts/icon';
import { Outside } from '../outside';
import { PasskeyButton } from './passkey-button';
import { SignInForm } from './sign-in-form';

const route = getRouteApi('/sign-in');

export function SignInPage() {
  const words = useWords();
  const search = route.useSearch();
  const navigate = useNavigate();
  const { data: setup } = useQuery(setupQuery);
  const goOn = () => navigate({ to: search.next ?? '/', replace: true });

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
      <Stack>
        {setup?.open && (
          <Alert title={words.signIn.notSetUp} icon={<Icon name="info" />}>
            {words.signIn.notSetUpHint}
          </Alert>
        )}
        <SignInForm
          submit={words.signIn.submit}
          other={
            setup?.passkey_origin !== undefined &&
            passkeyObstacle(setup.passkey_origin) === undefined && <PasskeyButton onDone={goOn} />
          }
          onDone={goOn}
        />
        {setup?.mail && (
          <Text size="sm">
            <Anchor renderRoot={(props) => <Link to="/forgot-password" search={search} {...props} />}>
              {words.forgot.link}
            </Anchor>
          </Text>
        )}
      </Stack>
    </Outside>
  );
}
