import { Stack } from '@mantine/core';
import { useWords } from '~/locales/locale';
import { PageHead } from '~/parts/page-head';
import { Email } from './email';
import { Farewell } from './farewell';
import { Password } from './password';
import { Sessions } from './sessions';

/** One's own account, whatever tenants it is in. */
export function AccountPage() {
  const words = useWords();
  return (
    <>
      <PageHead title={words.ownAccount.title} lead={words.ownAccount.lead} />
      <Stack gap="lg" maw={640}>
        <Password />
        <Email />
        <Sessions />
        <Farewell />
      </Stack>
    </>
  );
}
