import { Button, Group, Modal, NativeSelect, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '~/api/client';
import type { Webhook } from '~/api/types';
import { useWords } from '~/locales/locale';
import { ProblemAlert } from '~/parts/problem-alert';
import { useTenant } from '../../tenant';
import { webhooksQuery } from '../queries';
import { Secret } from '../secret';

/** Hours for which the present secret may go on to sign. */
const HOURS = [0, 1, 24, 168] as const;

/** Makes another secret, and shows it once. */
export function Rotate({ webhook, opened, onClose }: { webhook: Webhook; opened: boolean; onClose: () => void }) {
  const { hooks: words, app } = useWords();
  const tenant = useTenant();
  const client = useQueryClient();
  const [hours, setHours] = useState(24);
  const rotation = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/v1/admin/tenants/{tenant_id}/webhooks/{webhook_id}/secret', {
          params: { path: { tenant_id: tenant.id, webhook_id: webhook.id } },
          body: { hours },
        }),
      ),
    onSuccess: () => client.invalidateQueries(webhooksQuery(tenant.id)),
  });
  const close = () => {
    rotation.reset();
    onClose();
  };

  return (
    <Modal
      opened={opened}
      onClose={close}
      title={words.rotateTitle}
      closeButtonProps={{ 'aria-label': app.close }}
    >
      {rotation.data ? (
        <Secret secret={rotation.data.secret}>
          <Button onClick={close}>{app.close}</Button>
        </Secret>
      ) : (
        <Stack>
          <ProblemAlert error={rotation.error} />
          <Text>{words.rotateText}</Text>
          <NativeSelect
            label={words.rotateHours}
            value={String(hours)}
            onChange={(event) => setHours(Number(event.currentTarget.value))}
            data={HOURS.map((number) => ({ value: String(number), label: words.hours(number) }))}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {app.cancel}
            </Button>
            <Button loading={rotation.isPending} onClick={() => rotation.mutate()}>
              {words.rotateSubmit}
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}
