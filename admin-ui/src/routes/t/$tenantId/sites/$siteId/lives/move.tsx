import { Alert, Button, Group, Modal, NativeSelect, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { answer, api } from '~/api/client';
import { meQuery, siteQuery, sitesQuery } from '~/api/queries';
import { useWords } from '~/locales/locale';
import { Icon } from '~/parts/icon';
import { notifyDone } from '~/parts/notify';
import { ProblemAlert } from '~/parts/problem-alert';
import { useSite } from '../page';

/** To another tenant of the same owner. */
export function MoveSite({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const words = useWords();
  const site = useSite();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={words.lives.moveOf(site.name)}
      closeButtonProps={{ 'aria-label': words.app.close }}
    >
      <MoveForm onClose={onClose} />
    </Modal>
  );
}

function MoveForm({ onClose }: { onClose: () => void }) {
  const { app, lives: words } = useWords();
  const site = useSite();
  const navigate = useNavigate();
  const client = useQueryClient();
  const { data: me } = useSuspenseQuery(meQuery);
  const others = me.tenants.filter(({ id, role, erase_at }) => id !== site.tenant_id && role === 'owner' && !erase_at);
  const [to, setTo] = useState(others[0]?.id ?? '');
  const move = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/v1/admin/tenants/{tenant_id}/sites/{site_id}/move', {
          params: { path: { tenant_id: site.tenant_id, site_id: site.id } },
          body: { tenant_id: to },
        }),
      ),
    onSuccess: async (moved) => {
      client.setQueryData(siteQuery(moved.tenant_id, moved.id).queryKey, moved);
      await navigate({
        to: '/t/$tenantId/sites/$siteId/installation',
        params: { tenantId: moved.tenant_id, siteId: moved.id },
      });
      for (const tenantId of [site.tenant_id, moved.tenant_id]) void client.invalidateQueries(sitesQuery(tenantId));
      client.removeQueries(siteQuery(site.tenant_id, site.id));
      notifyDone(words.moved(moved.name));
    },
  });
  if (others.length === 0) {
    return (
      <Stack>
        <Text>{words.moveNowhere}</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {app.close}
          </Button>
        </Group>
      </Stack>
    );
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        move.mutate();
      }}
    >
      <Stack>
        <ProblemAlert error={move.error} />
        <NativeSelect
          label={words.moveTo}
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
          data={others.map(({ id, name }) => ({ value: id, label: name }))}
          data-autofocus
        />
        <Alert color="yellow" icon={<Icon name="alert" />}>
          {words.moveText}
        </Alert>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {app.cancel}
          </Button>
          <Button type="submit" loading={move.isPending}>
            {words.move}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
