import { Anchor, Button, Divider, Group, Modal, PasswordInput, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';
import { answer, api } from '~/api/client';
import { passkeyObstacle, showPasskey } from '~/api/passkeys';
import { Cancelled, isProblem } from '~/api/problem';
import { factorsQuery } from '~/api/queries';
import type { Confirmation, Factors } from '~/api/types';
import { useWords } from '~/locales/locale';
import { CodeInput } from '~/parts/code-input';
import { fieldErrors } from '~/parts/field-errors';
import { Icon } from '~/parts/icon';
import { PasskeyAlert } from '~/parts/passkey-alert';

type Asking = { onConfirmed: () => void; onCancelled: () => void };
type Prove = <T>(act: () => Promise<T>) => Promise<T>;

const ProveContext = createContext<Prove>((act) => act());

/** Does something that the server may want a confirmation for: asks for it then, and does it again. */
export function useProve(): Prove {
  return useContext(ProveContext);
}

/** Has the dialog ready for everything within it. */
export function Confirming({ children }: { children: ReactNode }) {
  const words = useWords();
  const [asking, setAsking] = useState<Asking>();
  const prove = useMemo<Prove>(
    () => async (act) => {
      try {
        return await act();
      } catch (error) {
        if (!isProblem(error, 'confirmation_needed')) throw error;
      }
      await new Promise<void>((resolve, reject) =>
        setAsking({ onConfirmed: resolve, onCancelled: () => reject(new Cancelled()) }),
      );
      return act();
    },
    [],
  );
  const close = (then: keyof Asking) => () => {
    asking?.[then]();
    setAsking(undefined);
  };
  return (
    <ProveContext value={prove}>
      {children}
      <Modal
        opened={asking !== undefined}
        onClose={close('onCancelled')}
        title={words.security.confirm}
        // It may be asked for from within another dialog, whose place in the page comes later.
        zIndex={300}
        closeButtonProps={{ 'aria-label': words.app.close }}
      >
        <Asked onConfirmed={close('onConfirmed')} onCancelled={close('onCancelled')} />
      </Modal>
    </ProveContext>
  );
}

function Asked({ onConfirmed, onCancelled }: Asking) {
  const words = useWords();
  const { data: factors } = useQuery(factorsQuery);
  if (!factors) return <Text c="dimmed">{words.app.loading}</Text>;
  return <ProofForm factors={factors} onConfirmed={onConfirmed} onCancelled={onCancelled} />;
}

/** Demands what the account has: the password, and a second factor; or a passkey. */
function ProofForm({ factors, onConfirmed, onCancelled }: Asking & { factors: Factors }) {
  const words = useWords();
  const client = useQueryClient();
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [kind, setKind] = useState<'totp' | 'recovery'>(factors.totp ? 'totp' : 'recovery');
  const confirm = useMutation({
    mutationFn: async (proof: () => Promise<Confirmation>) =>
      answer(api.POST('/v1/admin/me/confirmation', { body: await proof() })),
    onSuccess: () => {
      onConfirmed();
      return client.invalidateQueries(factorsQuery);
    },
  });
  const errors = fieldErrors(confirm.error, words);
  const hasFactors = factors.totp !== undefined || factors.passkeys.length > 0;
  const byPasskey =
    factors.passkeys.length > 0 &&
    factors.passkey_origin !== undefined &&
    passkeyObstacle(factors.passkey_origin) === undefined;

  const showOne = async (): Promise<Confirmation> => {
    const passkey = await showPasskey(await answer(api.POST('/v1/admin/me/confirmation/challenge')));
    return { passkey, ...(password && { password }) };
  };
  const typed = async (): Promise<Confirmation> => ({
    password,
    ...(hasFactors && (kind === 'totp' ? { code } : { recovery_code: code })),
  });
  return (
    <Stack>
      <Text size="sm">{words.security.confirmLead}</Text>
      {Object.keys(errors).length === 0 && <PasskeyAlert error={confirm.error} />}
      {byPasskey && (
        <>
          <Button
            leftSection={<Icon name="key" />}
            loading={confirm.isPending}
            data-autofocus
            onClick={() => confirm.mutate(showOne)}
          >
            {words.security.usePasskey}
          </Button>
          <Divider label={words.security.or} />
        </>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          confirm.mutate(typed);
        }}
      >
        <Stack>
          <PasswordInput
            label={words.account.password}
            autoComplete="current-password"
            required
            data-autofocus={!byPasskey || undefined}
            visibilityToggleButtonProps={{ 'aria-label': words.account.showPassword, 'aria-hidden': false }}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            error={errors['password'] && (password ? words.ownAccount.wrong : words.security.passwordToo)}
          />
          {hasFactors && (
            <>
              <CodeInput kind={kind} value={code} onChange={setCode} error={errors['code'] ?? errors['recovery_code']} />
              {factors.totp && (
                <Anchor
                  component="button"
                  type="button"
                  size="sm"
                  ta="start"
                  onClick={() => {
                    setCode('');
                    setKind(kind === 'totp' ? 'recovery' : 'totp');
                  }}
                >
                  {kind === 'totp' ? words.security.toRecovery : words.security.toTotp}
                </Anchor>
              )}
            </>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onCancelled}>
              {words.app.cancel}
            </Button>
            <Button type="submit" variant={byPasskey ? 'default' : 'filled'} loading={confirm.isPending}>
              {words.security.confirmSubmit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Stack>
  );
}
