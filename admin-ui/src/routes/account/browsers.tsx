import { Alert, Button, Card, Group, NativeSelect, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '~/api/client';
import { listen, ownHash, PushFailure, pushObstacle, stopListening } from '~/api/push';
import { pushQuery } from '~/api/queries';
import type { PushDevice, PushWants } from '~/api/types';
import { useLocale, useWords } from '~/locales/locale';
import { agentName } from '~/parts/agent';
import { Icon } from '~/parts/icon';
import { notifyDone } from '~/parts/notify';
import { ProblemAlert } from '~/parts/problem-alert';
import { TimeAgo } from '~/parts/time-ago';

const WANTS: readonly PushWants[] = ['pending', 'every'];

/** Browsers that tell of comments with the admin UI closed: this one, and the others of the account. */
export function Browsers() {
  const { app, browsers: words } = useWords();
  const list = useQuery(pushQuery);
  const own = useQuery({ queryKey: ['push', 'own'], queryFn: ownHash });
  const devices = list.data?.devices ?? [];
  const here = devices.find((device) => device.endpoint_hash === own.data);
  const others = devices.filter((device) => device !== here);
  return (
    <Card withBorder padding="lg">
      <Title order={2} size="h4" mb={4}>
        {words.title}
      </Title>
      <Text size="sm" c="dimmed" mb="md">
        {words.lead}
      </Text>
      <ProblemAlert error={list.error} />
      {(list.isPending || own.isPending) && (
        <Skeleton height={56} radius="md" role="status" aria-label={app.loading} />
      )}
      {list.data && !own.isPending && <ThisBrowser publicKey={list.data.public_key} device={here} />}
      {others.length > 0 && (
        <>
          <Title order={3} size="h5" mt="lg" mb="sm">
            {words.others}
          </Title>
          <Stack component="ul" gap="md" p={0} m={0} style={{ listStyle: 'none' }}>
            {others.map((device) => (
              <Other key={device.id} device={device} />
            ))}
          </Stack>
        </>
      )}
    </Card>
  );
}

function ThisBrowser({ publicKey, device }: { publicKey: string; device: PushDevice | undefined }) {
  const { locale, words: all } = useLocale();
  const { browsers: words } = all;
  const client = useQueryClient();
  const [chosen, choose] = useState<PushWants>(device?.wants ?? 'pending');
  const again = () => client.invalidateQueries({ queryKey: pushQuery.queryKey });
  const start = useMutation({
    mutationFn: async (wants: PushWants) =>
      answer(api.POST('/v1/admin/me/push', { body: { ...(await listen(publicKey)), wants, locale } })),
    onSuccess: async () => {
      await again();
      notifyDone(words.started);
    },
  });
  const stop = useMutation({
    mutationFn: async (id: string) => {
      await answer(api.DELETE('/v1/admin/me/push/{device_id}', { params: { path: { device_id: id } } }));
      await stopListening();
    },
    onSuccess: async () => {
      await again();
      notifyDone(words.stopped);
    },
  });
  const test = useMutation({
    mutationFn: (id: string) =>
      answer(api.POST('/v1/admin/me/push/{device_id}/test', { params: { path: { device_id: id } } })),
    onSuccess: () => notifyDone(words.tested),
  });
  const obstacle = start.error instanceof PushFailure ? start.error.obstacle : pushObstacle();
  const problem = [start.error, stop.error, test.error].find((error) => error && !(error instanceof PushFailure));
  return (
    <Stack gap="sm" align="flex-start">
      {obstacle && !device && (
        <Alert color="orange" title={words.obstacles[obstacle].title} icon={<Icon name="info" />}>
          {words.obstacles[obstacle].hint}
        </Alert>
      )}
      <ProblemAlert error={problem} />
      {(device ?? (!obstacle || obstacle === 'failed')) && (
        <>
          <NativeSelect
            label={words.wants}
            description={words.scope}
            value={start.isPending ? start.variables : (device?.wants ?? chosen)}
            disabled={start.isPending}
            onChange={({ currentTarget }) => {
              const wants = currentTarget.value as PushWants;
              choose(wants);
              if (device) start.mutate(wants);
            }}
            data={WANTS.map((wants) => ({ value: wants, label: words.choices[wants] }))}
          />
          {device ? (
            <Group gap="sm">
              <Button variant="default" loading={test.isPending} onClick={() => test.mutate(device.id)}>
                {words.test}
              </Button>
              <Button variant="subtle" color="red" loading={stop.isPending} onClick={() => stop.mutate(device.id)}>
                {words.stop}
              </Button>
            </Group>
          ) : (
            <Button loading={start.isPending} onClick={() => start.mutate(chosen)}>
              {words.start}
            </Button>
          )}
        </>
      )}
    </Stack>
  );
}

function Other({ device }: { device: PushDevice }) {
  const { browsers: words } = useWords();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () =>
      answer(api.DELETE('/v1/admin/me/push/{device_id}', { params: { path: { device_id: device.id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: pushQuery.queryKey }),
  });
  const name = device.user_agent ? agentName(device.user_agent) : words.unknown;
  return (
    <li>
      <ProblemAlert error={remove.error} />
      <Group justify="space-between" gap="sm" wrap="nowrap" align="flex-start">
        <div>
          <Text size="sm" title={device.user_agent} style={{ overflowWrap: 'anywhere' }}>
            {name}
          </Text>
          <Text size="sm" c="dimmed">
            {words.choices[device.wants]} · {words.added} <TimeAgo at={device.created_at} />
            {device.sent_at && (
              <>
                {' '}
                · {words.told} <TimeAgo at={device.sent_at} />
              </>
            )}
          </Text>
        </div>
        <Button
          variant="subtle"
          color="red"
          size="sm"
          flex="none"
          loading={remove.isPending}
          aria-label={words.stopOf(name)}
          onClick={() => remove.mutate()}
        >
          {words.remove}
        </Button>
      </Group>
    </li>
  );
}
