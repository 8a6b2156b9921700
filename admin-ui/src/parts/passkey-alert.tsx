import { Alert } from '@mantine/core';
import { PasskeyFailure } from '~/api/passkeys';
import { useWords } from '~/locales/locale';
import { Icon } from './icon';
import { ProblemAlert } from './problem-alert';

/** What went wrong with a passkey: on the device, or with what the server says of it. */
export function PasskeyAlert({ error }: { error: unknown }) {
  const words = useWords();
  if (!(error instanceof PasskeyFailure)) return <ProblemAlert error={error} />;
  const { title, hint } = words.security.failures[error.reason];
  return (
    <Alert role="alert" color="orange" title={title} icon={<Icon name="info" />}>
      {hint}
    </Alert>
  );
}
