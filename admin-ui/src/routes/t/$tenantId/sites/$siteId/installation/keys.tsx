import { Button, Card, Code, Group, Modal, NativeSelect, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '~/api/client';
import { installationQuery } from '~/api/queries';
import type { FormerKey } from '~/api/types';
import { useWords } from '~/locales/locale';
import { Confirm } from '~/parts/confirm';
import { useDay } from '~/parts/date';
import { Icon } from '~/parts/icon';
import { notifyDone } from '~/parts/notify';
import { ProblemAlert } from '~/parts/problem-alert';
import { TimeAgo } from '~/parts/time-ago';
import { useMayManage } from '../../../tenant';
import { useKeepSite } from '../acts';
import { useSite } from '../page';

/** The public key in the snippet, how it is changed, and who still asks by one that was changed. */
export function PublicKey({ former }: { former: FormerKey[] }) {
  const { lives: words } = useWords();
  const site = useSite();
  const mayManage = useMayManage();
  const [isRotating, setIsRotating] = useState(false);
  const [ending, setEnding] = useState<FormerKey>();
  const client = useQueryClient();
  const path = { tenant_id: site.tenant_id, site_id: site.id };
  const end = useMutation({
    mutationFn: ({ id }: FormerKey) =>
      answer(
        api.DELETE('/v1/admin/tenants/{tenant_id}/sites/{site_id}/keys/{key_id}', {
          params: { path: { ...path, key_id: id } },
        }),
      ),
    onSuccess: async (_, { key }) => {
      setEnding(undefined);
      notifyDone(words.keyEnded(key));
      await client.invalidateQueries(installationQuery(site.tenant_id, site.id));
    },
  });
  return (
    <Card withBorder padding="lg">
      <Title order={2} size="h4" mb={4}>
        {words.keyTitle}
      </Title>
      <Text size="sm" mb="sm">
        {words.keyLead}
      </Text>
      <Group gap="sm" mb={former.length > 0 ? 'md' : 0}>
        <Code fz="sm">{site.key}</Code>
        {mayManage && (
          <Button variant="default" leftSection={<Icon name="reload" />} onClick={() => setIsRotating(true)}>
            {words.rotate}
          </Button>
        )}
      </Group>
      {former.length > 0 && (
        <>
          <Text fw={600} size="sm" mb="xs">
            {words.formerKeys}
          </Text>
          <Stack gap="md" component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
            {former.map((one) => (
              <Former key={one.id} former={one} {...(mayManage ? { onEnd: () => setEnding(one) } : {})} />
            ))}
          </Stack>
        </>
      )}
      <Rotate opened={isRotating} onClose={() => setIsRotating(false)} />
      <Confirm
        about={ending}
        title={({ key }) => words.endKeyOf(key)}
        text={() => words.endKeyText}
        submit={words.endKey}
        removal={end}
        onClose={() => setEnding(undefined)}
      />
    </Card>
  );
}

function Former({ former, onEnd }: { former: FormerKey; onEnd?: () => void }) {
  const { lives: words } = useWords();
  const day = useDay();
  return (
    <Group component="li" justify="space-between" gap="sm">
      <div>
        <Code fz="sm">{former.key}</Code>
        <Text size="sm" c="dimmed" mt={4} style={{ overflowWrap: 'anywhere' }}>
          {words.keyUntil(day(former.ends_at))}
          {' · '}
          {former.last_seen_at ? (
            <>
              {former.last_origin ? words.keySeenOn(former.last_origin) : words.keySeen}{' '}
              <TimeAgo at={former.last_seen_at} />
            </>
          ) : (
            words.keyUnseen
          )}
        </Text>
      </div>
      {onEnd && (
        <Button
          variant="subtle"
          color="red"
          size="sm"
          leftSection={<Icon name="ban" size={16} />}
          aria-label={`${words.endKey}: ${former.key}`}
          onClick={onEnd}
        >
          {words.endKey}
        </Button>
      )}
    </Group>
  );
}

const DAYS = [7, 30, 90, 365] as const;
const DAY_MS = 86_400_000;

function Rotate({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { app, apiKeys, lives: words } = useWords();
  const site = useSite();
  const keep = useKeepSite();
  const client = useQueryClient();
  const [days, setDays] = useState(30);
  const rotate = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/v1/admin/tenants/{tenant_id}/sites/{site_id}/keys', {
          params: { path: { tenant_id: site.tenant_id, site_id: site.id } },
          // A minute less, should the clocks differ: the bound is the server's.
          body: { ends_at: new Date(Date.now() + days * DAY_MS - 60_000).toISOString() },
        }),
      ),
    onSuccess: async (changed) => {
      keep(changed);
      onClose();
      notifyDone(words.rotated);
      await client.invalidateQueries(installationQuery(site.tenant_id, site.id));
    },
  });
  const close = () => {
    rotate.reset();
    onClose();
  };
  return (
    <Modal opened={opened} onClose={close} title={words.rotate} closeButtonProps={{ 'aria-label': app.close }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          rotate.mutate();
        }}
      >
        <Stack>
          <ProblemAlert error={rotate.error} />
          <Text>{words.rotateText}</Text>
          <NativeSelect
            label={words.overlap}
            description={words.overlapHint}
            value={String(days)}
            onChange={(event) => setDays(Number(event.currentTarget.value))}
            data={DAYS.map((number) => ({ value: String(number), label: apiKeys.days(number) }))}
            data-autofocus
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {app.cancel}
            </Button>
            <Button type="submit" loading={rotate.isPending}>
              {words.rotate}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
