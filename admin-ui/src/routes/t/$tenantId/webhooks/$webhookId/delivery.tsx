import { Anchor, Button, Card, Code, Group, Skeleton, Stack, Table, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { answer, api } from '~/api/client';
import type { DeliveryRecord } from '~/api/types';
import { useLocale, useWords } from '~/locales/locale';
import { said } from '~/locales/said';
import { Icon } from '~/parts/icon';
import { notifyDone, notifyProblem } from '~/parts/notify';
import { PageHead } from '~/parts/page-head';
import { ProblemAlert } from '~/parts/problem-alert';
import { useTenant } from '../../tenant';
import { deliveryQuery, webhooksQuery } from '../queries';
import { DeliveryFacts, StateBadge } from './deliveries';

const route = getRouteApi('/signed-in/t/$tenantId/webhooks/$webhookId/deliveries/$deliveryId');

/** One delivery: what was sent, what was answered, and sending it once more. */
export function DeliveryPage() {
  const all = useWords();
  const words = all.hooks;
  const tenant = useTenant();
  const client = useQueryClient();
  const { webhookId, deliveryId } = route.useParams();
  const record = useQuery(deliveryQuery(tenant.id, webhookId, deliveryId));
  const replay = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/v1/admin/tenants/{tenant_id}/webhooks/{webhook_id}/deliveries/{delivery_id}/replay', {
          params: { path: { tenant_id: tenant.id, webhook_id: webhookId, delivery_id: deliveryId } },
        }),
      ),
    onSuccess: async () => {
      await client.invalidateQueries(webhooksQuery(tenant.id));
      notifyDone(words.replayed);
    },
    onError: (error) => notifyProblem(error, all),
  });

  return (
    <>
      <Anchor
        size="sm"
        renderRoot={(props) => (
          <Link
            to="/t/$tenantId/webhooks/$webhookId"
            params={{ tenantId: tenant.id, webhookId }}
            search={{}}
            {...props}
          />
        )}
      >
        {words.back}
      </Anchor>
      <PageHead
        title={record.data ? said(words.eventNames, record.data.delivery.event) : words.delivery}
        lead={
          record.data && (
            <>
              {words.messageId} <Code>{record.data.delivery.message_id}</Code>
            </>
          )
        }
      >
        {record.data?.payload && (
          <Button leftSection={<Icon name="reload" />} loading={replay.isPending} onClick={() => replay.mutate()}>
            {words.replay}
          </Button>
        )}
      </PageHead>
      <ProblemAlert error={record.error} />
      {record.isPending && <Skeleton height={240} radius="md" role="status" aria-label={all.app.loading} />}
      {record.data && <Told record={record.data} />}
    </>
  );
}

function Told({ record }: { record: DeliveryRecord }) {
  const { hooks: words } = useWords();
  const { delivery, request, response } = record;
  return (
    <Stack gap="lg">
      <Group gap="xs" aria-live="polite">
        <StateBadge delivery={delivery} />
        <DeliveryFacts delivery={delivery} />
      </Group>
      <Part title={words.request}>
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {request.method} {request.url}
        </Text>
        {delivery.attempts === 0 && <Text size="sm">{words.noRequest}</Text>}
        <Headers headers={request.headers} />
        <Body text={request.body === undefined ? undefined : indented(request.body)} />
      </Part>
      <Part title={words.response}>
        {response ? (
          <>
            <Text size="sm">HTTP {response.status}</Text>
            <Headers headers={response.headers} />
            <Body text={response.body} />
          </>
        ) : (
          <Text size="sm">{words.noResponse}</Text>
        )}
      </Part>
      {record.tries.length > 0 && (
        <Part title={words.tries}>
          <Tries tries={record.tries} />
        </Part>
      )}
      <Text size="sm" c="dimmed">
        {words.docs}
      </Text>
    </Stack>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Card component="section" aria-label={title} withBorder padding="md">
      <Title order={2} size="h5" mb="xs">
        {title}
      </Title>
      <Stack gap="xs">{children}</Stack>
    </Card>
  );
}

function Headers({ headers }: { headers: Record<string, string> }) {
  const { hooks: words } = useWords();
  const lines = Object.entries(headers).sort(([a], [b]) => a.localeCompare(b));
  if (lines.length === 0) return null;
  return (
    <Code block aria-label={words.headers} style={WRAPPED}>
      {lines.map(([name, value]) => `${name}: ${value}`).join('\n')}
    </Code>
  );
}

function Body({ text }: { text: string | undefined }) {
  const { hooks: words } = useWords();
  if (text === undefined) return <Text size="sm">{words.noBody}</Text>;
  if (text === '') return <Text size="sm">{words.emptyBody}</Text>;
  return (
    <Code block aria-label={words.body} dir="auto" style={WRAPPED}>
      {text}
    </Code>
  );
}

function Tries({ tries }: { tries: DeliveryRecord['tries'] }) {
  const { words: all, locale } = useLocale();
  const words = all.hooks;
  const time = new Intl.DateTimeFormat(locale, { dateStyle: 'short', timeStyle: 'medium' });
  return (
    <Table>
      <Table.Tbody>
        {tries.map((one) => (
          <Table.Tr key={one.at}>
            <Table.Td>{time.format(new Date(one.at))}</Table.Td>
            <Table.Td>{one.status === undefined ? '–' : `HTTP ${one.status}`}</Table.Td>
            <Table.Td>{one.fault ? said(words.faults, one.fault) : said(words.states, 'delivered')}</Table.Td>
            <Table.Td>{words.tookMs(one.ms)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

const WRAPPED = { whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' } as const;

/** JSON so that people can read it; what is none stays as it is. */
function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}
