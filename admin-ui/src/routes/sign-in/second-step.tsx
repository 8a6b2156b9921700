import { Anchor, Button, Divider, Group, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, door } from '~/api/client';
import { passkeyObstacle, showPasskey } from '~/api/passkeys';
import { isProblem } from '~/api/problem';
import { setupQuery } from '~/api/queries';
import { beginSession } from '~/api/session';
import type { SecondFactor, SignInStep } from '~/api/types';
import { useWords } from '~/locales/locale';
import { CodeInput } from '~/parts/code-input';
import { Icon } from '~/parts/icon';
import { PasskeyAlert } from '~/parts/passkey-alert';

type Props = {
  step: SignInStep;
  onDone: () => unknown;
  /** It took too long, or too many tries. */
  onOver: (error: unknown) => void;
};

/** Asks for the second factor, in the way that its owner has most at hand. */
export function SecondStep({ step, onDone, onOver }: Props) {
  const words = useWords();
  const codes = step.kinds.filter((kind) => kind !== 'passkey');
  const [kind, setKind] = useState(codes[0]);
  const [code, setCode] = useState('');
  const finish = useMutation({
    mutationFn: async (shown: () => Promise<Omit<SecondFactor, 'token'>>) => {
      const body = { token: step.token, ...(await shown()) };
      await beginSession(() => answer(door.POST('/v1/admin/session/finish', { body })));
    },
    onSuccess: onDone,
    onError: (error) => {
      if (isProblem(error, 'sign_in_over')) onOver(error);
    },
  });
  const { data: setup } = useQuery(setupQuery);
  const usable = setup?.passkey_origin !== undefined && passkeyObstacle(setup.passkey_origin) === undefined;
  const passkey = usable ? step.passkey : undefined;
  const other = codes.find((one) => one !== kind);

  return (
    <Stack>
      <div>
        <Title order={2} size="h4">
          {words.security.step}
        </Title>
        <Text size="sm" c="dimmed">
          {words.security.stepLead}
        </Text>
      </div>
      <PasskeyAlert error={finish.error} />
      {passkey && (
        <>
          <Button
            leftSection={<Icon name="key" />}
            loading={finish.isPending && code === ''}
            data-autofocus
            autoFocus
            onClick={() => finish.mutate(async () => ({ passkey: await showPasskey(passkey) }))}
          >
            {words.security.usePasskey}
          </Button>
          {kind && <Divider label={words.security.or} />}
        </>
      )}
      {kind && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            finish.mutate(async () => (kind === 'totp' ? { code } : { recovery_code: code }));
          }}
        >
          <Stack>
            <CodeInput kind={kind} value={code} onChange={setCode} autoFocus={!passkey} />
            <Group justify="space-between">
              {other ? (
                <Anchor
                  component="button"
                  type="button"
                  size="sm"
                  onClick={() => {
                    finish.reset();
                    setCode('');
                    setKind(other);
                  }}
                >
                  {other === 'recovery' ? words.security.toRecovery : words.security.toTotp}
                </Anchor>
              ) : (
                <span />
              )}
              <Button
                type="submit"
                variant={passkey ? 'default' : 'filled'}
                loading={finish.isPending && code !== ''}
              >
                {words.security.goOn}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Stack>
  );
}
