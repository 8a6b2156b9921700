import { Alert, Badge } from '@mantine/core';
import type { Webhook } from '~/api/types';
import { said } from '~/locales/said';
import { useWords } from '~/locales/locale';
import { Icon } from '~/parts/icon';
import { TimeAgo } from '~/parts/time-ago';

/** Whether something gets through, in a word. */
export function StandingBadge({ webhook }: { webhook: Webhook }) {
  const { hooks: words } = useWords();
  if (!webhook.enabled) return <Badge variant="default">{words.off}</Badge>;
  if (webhook.failing_since) return <Badge color="red">{words.failing}</Badge>;
  return <Badge variant="light">{words.on}</Badge>;
}

/** And what is wrong, if something is. */
export function StandingAlert({ webhook }: { webhook: Webhook }) {
  const { hooks: words } = useWords();
  if (!webhook.enabled && webhook.disabled_by) {
    return (
      <Alert color={webhook.disabled_by === 'owner' ? 'gray' : 'red'} icon={<Icon name="ban" />} mb="lg">
        {said(words.disabledBy, webhook.disabled_by)}
      </Alert>
    );
  }
  if (!webhook.failing_since) return null;
  return (
    <Alert color="red" icon={<Icon name="alert" />} mb="lg">
      {words.failingSince} <TimeAgo at={webhook.failing_since} />:{' '}
      {webhook.last_fault && said(words.faults, webhook.last_fault)}
    </Alert>
  );
}
