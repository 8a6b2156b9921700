import { Button, Checkbox, Group, Modal, NativeSelect, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '~/api/client';
import { membersQuery, meQuery } from '~/api/queries';
import { useLocale, useWords } from '~/locales/locale';
import { ConfirmByName } from '~/parts/confirm-by-name';
import { useDownload } from '~/parts/download';
import { Icon } from '~/parts/icon';
import { notifyDone } from '~/parts/notify';
import { ProblemAlert } from '~/parts/problem-alert';
import { Act, Part } from '../sites/$siteId/lives/page';
import { useTenant } from '../tenant';

/** What an owner alone does with a tenant: takes it out, hands it over, ends it. */
export function TenantLives() {
  const { lives: words } = useWords();
  const tenant = useTenant();
  const [isHandingOver, setIsHandingOver] = useState(false);
  const [isDeleting, setIsDeleting] = useState(false);
  const path = { tenant_id: tenant.id };
  const remove = useTenantAct(
    () => answer(api.DELETE('/v1/admin/tenants/{tenant_id}', { params: { path } })),
    () => {
      setIsDeleting(false);
      notifyDone(words.deleted(tenant.name));
    },
  );
  const restore = useTenantAct(
    () => answer(api.POST('/v1/admin/tenants/{tenant_id}/restore', { params: { path } })),
    () => notifyDone(words.restored(tenant.name)),
  );
  return (
    <Stack gap="lg" mt="lg">
      <Part title={words.exportTitle} lead={words.exportLead}>
        <ExportTenant />
      </Part>
      {tenant.erase_at ? (
        <Part title={words.restoreTitle} lead={words.restoreLead}>
          <ProblemAlert error={restore.error} />
          <Act icon="undo" label={words.restore} isPending={restore.isPending} onClick={() => restore.mutate()} />
        </Part>
      ) : (
        <>
          <Part title={words.transferTitle} lead={words.transferLead}>
            <Act icon="people" label={words.transfer} onClick={() => setIsHandingOver(true)} />
          </Part>
          <Part title={words.deleteTenantTitle} lead={words.deleteTenantLead}>
            <Act icon="trash" color="red" label={words.deleteTenant} onClick={() => setIsDeleting(true)} />
          </Part>
        </>
      )}
      <HandOver opened={isHandingOver} onClose={() => setIsHandingOver(false)} />
      <ConfirmByName
        opened={isDeleting}
        onClose={() => setIsDeleting(false)}
        title={words.deleteOf(tenant.name)}
        text={words.deleteTenantText}
        name={tenant.name}
        submit={words.deleteTenant}
        action={remove}
      />
    </Stack>
  );
}

/** An act after which the tenant, and what one may do in it, is another. */
function useTenantAct<Answer>(act: () => Promise<Answer>, onDone: () => void) {
  const client = useQueryClient();
  const tenant = useTenant();
  return useMutation({
    mutationFn: act,
    onSuccess: async () => {
      await client.invalidateQueries(meQuery);
      void client.invalidateQueries({ queryKey: ['tenant', tenant.id] });
      onDone();
    },
  });
}

function ExportTenant() {
  const { locale, words: all } = useLocale();
  const words = all.lives;
  const tenant = useTenant();
  const download = useDownload();
  const take = () =>
    download.mutate({
      name: `parlour-${tenant.id}.ndjson`,
      ask: (signal) =>
        api.GET('/v1/admin/tenants/{tenant_id}/export', {
          params: { path: { tenant_id: tenant.id } },
          parseAs: 'stream',
          signal,
        }),
    });
  const size = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(download.bytes / 1_000_000);
  return (
    <Stack gap="sm">
      <ProblemAlert error={download.error} />
      <Group>
        <Button variant="default" leftSection={<Icon name="down" />} loading={download.isPending} onClick={take}>
          {words.exportAll}
        </Button>
        {download.isPending && (
          <>
            <Text size="sm" role="status">
              {words.exported(size)}
            </Text>
            <Button variant="subtle" color="gray" onClick={download.cancel}>
              {all.app.cancel}
            </Button>
          </>
        )}
      </Group>
    </Stack>
  );
}

function HandOver({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const words = useWords();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={words.lives.transferTitle}
      closeButtonProps={{ 'aria-label': words.app.close }}
    >
      <HandOverForm onClose={onClose} />
    </Modal>
  );
}

function HandOverForm({ onClose }: { onClose: () => void }) {
  const { app, roles, lives: words } = useWords();
  const tenant = useTenant();
  const { data: me } = useQuery(meQuery);
  const { data, error } = useQuery(membersQuery(tenant.id));
  const others = (data?.members ?? []).filter(({ account_id }) => account_id !== me?.account.id);
  const [chosen, setChosen] = useState<string>();
  const [stepsDown, setStepsDown] = useState(false);
  const to = chosen ?? others[0]?.account_id ?? '';
  const transfer = useTenantAct(
    () =>
      answer(
        api.POST('/v1/admin/tenants/{tenant_id}/transfer', {
          params: { path: { tenant_id: tenant.id } },
          body: { account_id: to, step_down: stepsDown },
        }),
      ),
    () => {
      onClose();
      notifyDone(words.transferred(others.find(({ account_id }) => account_id === to)?.name ?? ''));
    },
  );
  if (data && others.length === 0) {
    return (
      <Stack>
        <Text>{words.transferNobody}</Text>
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
        transfer.mutate();
      }}
    >
      <Stack>
        <ProblemAlert error={error ?? transfer.error} />
        <NativeSelect
          label={words.transferTo}
          value={to}
          onChange={(event) => setChosen(event.currentTarget.value)}
          data={others.map(({ account_id, name, role }) => ({ value: account_id, label: `${name} (${roles[role]})` }))}
          data-autofocus
        />
        <Checkbox
          label={words.stepDown}
          description={words.stepDownHint}
          checked={stepsDown}
          onChange={(event) => setStepsDown(event.currentTarget.checked)}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {app.cancel}
          </Button>
          <Button type="submit" disabled={to === ''} loading={transfer.isPending}>
            {words.transfer}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
