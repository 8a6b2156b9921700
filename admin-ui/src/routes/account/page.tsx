import { Stack } from '@mantine/core';
import { useWords } from '~/locales/locale';
import { PageHead } from '~/parts/page-head';
import { Browsers } from './browsers';
import { Email } from './email';
import { Farewell } from './farewell';
import { Confirming } from './confirmation';
import { Notifications } from './notifications';
import { Password } from './password';
import { Security } from './security/security';
import { Sessions } from './sessions';

/** One's own account, whatever tenants it is in. */
export function AccountPage() {
  const words = useWords();
  return (
    <Confirming>
      <PageHead title={words.ownAccount.title} lead={words.ownAccount.lead} />
      <Stack gap="lg" maw={640}>
        <Password />
        <Email />
        <Security />
        <Notifications />
        <Browsers />
        <Sessions />
        <Farewell />
      </Stack>
    </Confirming>
  );
}
