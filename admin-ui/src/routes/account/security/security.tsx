import { Badge, Card, Divider, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { factorsQuery } from '~/api/queries';
import { useWords } from '~/locales/locale';
import { ProblemAlert } from '~/parts/problem-alert';
import { AuthenticatorApp } from './authenticator-app';
import { Passkeys } from './passkeys';
import { RecoveryCodes, RecoveryCodesDialog } from './recovery-codes';

/** What the account shows beside its password, or instead of it. */
export function Security() {
  const words = useWords();
  const { data: factors, error, isPending } = useQuery(factorsQuery);
  /** Those that were made just now: they are shown once. */
  const [codes, setCodes] = useState<string[]>([]);
  const isSet = factors && (factors.totp !== undefined || factors.passkeys.length > 0);
  return (
    <Card withBorder padding="lg">
      <Group justify="space-between" mb={4} gap="xs">
        <Title order={2} size="h4">
          {words.security.title}
        </Title>
        {factors && (
          <Badge variant="light" color={isSet ? 'parlour' : 'gray'}>
            {isSet ? words.security.on : words.security.off}
          </Badge>
        )}
      </Group>
      <Text size="sm" c="dimmed" mb="md">
        {words.security.lead}
      </Text>
      <ProblemAlert error={error} />
      {isPending && <Skeleton height={160} radius="md" role="status" aria-label={words.app.loading} />}
      {factors && (
        <Stack gap="lg">
          <Passkeys factors={factors} onCodes={setCodes} />
          <Divider />
          <AuthenticatorApp totp={factors.totp} onCodes={setCodes} />
          {isSet && (
            <>
              <Divider />
              <RecoveryCodes left={factors.recovery_codes} onCodes={setCodes} />
            </>
          )}
        </Stack>
      )}
      <RecoveryCodesDialog codes={codes} onClose={() => setCodes([])} />
    </Card>
  );
}
