import { Button, Code, Group, Modal, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { answer, api } from '~/api/client';
import { factorsQuery } from '~/api/queries';
import { useWords } from '~/locales/locale';
import { Confirm } from '~/parts/confirm';
import { CopyButton } from '~/parts/copy-button';
import { Icon } from '~/parts/icon';
import { useProve } from '../confirmation';
import { Part } from './part';

/** From here on it is time for new ones. */
const FEW = 3;

type Props = { left: number; onCodes: (codes: string[]) => void };

export function RecoveryCodes({ left, onCodes }: Props) {
  const words = useWords();
  const client = useQueryClient();
  const prove = useProve();
  const [asked, setAsked] = useState<true>();
  const renewal = useMutation({
    mutationFn: (_: true) => prove(() => answer(api.POST('/v1/admin/me/recovery-codes'))),
    onSuccess: ({ recovery_codes }) => {
      setAsked(undefined);
      onCodes(recovery_codes);
      return client.invalidateQueries(factorsQuery);
    },
  });
  return (
    <Part
      title={words.security.recovery}
      lead={
        <>
          {words.security.recoveryLead}{' '}
          <Text span fw={600} c={left <= FEW ? 'red' : undefined}>
            {words.security.recoveryLeft(left)}
          </Text>
        </>
      }
      action={
        <Button variant="light" size="sm" onClick={() => setAsked(true)}>
          {words.security.recoveryRenew}
        </Button>
      }
    >
      <Confirm
        about={asked}
        title={() => words.security.recoveryRenew}
        text={() => words.security.recoveryRenewText}
        submit={words.security.recoveryRenew}
        removal={renewal}
        onClose={() => setAsked(undefined)}
      />
    </Part>
  );
}

/** Shows new codes, the only time that they are. */
export function RecoveryCodesDialog({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  const words = useWords();
  const list = useRef<HTMLElement>(null);
  return (
    <Modal
      opened={codes.length > 0}
      onClose={onClose}
      title={words.security.recovery}
      // They do not come again, so a slip beside the dialog must not close it.
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': words.app.close }}
    >
      <Stack>
        <Text>{words.security.recoveryShown}</Text>
        <Code ref={list} block fz="md" style={{ columns: 2, columnFill: 'balance' }}>
          {codes.join('\n')}
        </Code>
        <Group justify="flex-end">
          <CopyButton label={words.security.copy} source={list} />
          <Button variant="light" leftSection={<Icon name="down" />} onClick={() => save(codes)}>
            {words.security.download}
          </Button>
          <Button onClick={onClose}>{words.security.recoveryKept}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function save(codes: string[]): void {
  const url = URL.createObjectURL(new Blob([`${location.origin}\n\n${codes.join('\n')}\n`], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = 'parlour-recovery-codes.txt';
  link.click();
  URL.revokeObjectURL(url);
}
