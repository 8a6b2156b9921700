import { Button, Divider, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { answer, door } from '~/api/client';
import { showPasskey } from '~/api/passkeys';
import { beginSession } from '~/api/session';
import { useWords } from '~/locales/locale';
import { Icon } from '~/parts/icon';
import { PasskeyAlert } from '~/parts/passkey-alert';

/** Signs in without an address: the passkey says who it is. */
export function PasskeyButton({ onDone }: { onDone: () => unknown }) {
  const words = useWords();
  const signIn = useMutation({
    mutationFn: async () => {
      const passkey = await showPasskey(await answer(door.POST('/v1/admin/session/passkey/challenge')));
      await beginSession(() => answer(door.POST('/v1/admin/session/passkey', { body: passkey })));
    },
    onSuccess: onDone,
  });
  return (
    <Stack>
      <Divider label={words.security.or} />
      <PasskeyAlert error={signIn.error} />
      <Button
        variant="default"
        leftSection={<Icon name="key" />}
        loading={signIn.isPending}
        onClick={() => signIn.mutate()}
      >
        {words.security.signInByPasskey}
      </Button>
    </Stack>
  );
}
