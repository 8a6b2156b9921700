import { Anchor, Button, Card, Group, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Webhook } from '~/api/types';
import { useWords } from '~/locales/locale';
import { Blank } from '~/parts/blank';
import { Icon } from '~/parts/icon';
import { PageHead } from '~/parts/page-head';
import { ProblemAlert } from '~/parts/problem-alert';
import { TimeAgo } from '~/parts/time-ago';
import { LimitedTo } from '../limited-to';
import { useIsOwn, useTenant } from '../tenant';
import { webhooksQuery } from './queries';
import { StandingBadge } from './standing';

/** Programs and chats that are told what happens, or asked about comments. */
export function WebhooksPage() {
  const words = useWords();
  const tenant = useTenant();
  const isOwn = useIsOwn();
  const list = useQuery(webhooksQuery(tenant.id));
  const create = isOwn && (
    <Button
      leftSection={<Icon name="plus" />}
      renderRoot={(props) => <Link to="/t/$tenantId/webhooks/new" params={{ tenantId: tenant.id }} {...props} />}
    >
      {words.hooks.create}
    </Button>
  );

  return (
    <>
      <PageHead title={words.webhooks.title} lead={words.hooks.lead}>
        {create}
      </PageHead>
      <ProblemAlert error={list.error} />
      {list.isPending && <Skeleton height={72} radius="md" role="status" aria-label={words.app.loading} />}
      {list.data?.webhooks.length === 0 && (
        <Blank icon="outside" title={words.hooks.none} hint={words.hooks.noneHint} />
      )}
      <Stack component="ul" gap="sm" p={0} m={0} style={{ listStyle: 'none' }}>
        {list.data?.webhooks.map((webhook) => (
          <WebhookCard key={webhook.id} webhook={webhook} />
        ))}
      </Stack>
    </>
  );
}

function WebhookCard({ webhook }: { webhook: Webhook }) {
  const { hooks: words } = useWords();
  const tenant = useTenant();
  return (
    <Card component="li" withBorder padding="md">
      <Group gap="xs">
        <Anchor
          fw={600}
          dir="auto"
          style={{ overflowWrap: 'anywhere' }}
          renderRoot={(props) => (
            <Link
              to="/t/$tenantId/webhooks/$webhookId"
              params={{ tenantId: tenant.id, webhookId: webhook.id }}
              search={{}}
              {...props}
            />
          )}
        >
          {webhook.name}
        </Anchor>
        <StandingBadge webhook={webhook} />
      </Group>
      <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        {webhook.purpose === 'ask' ? words.purposes.ask.label : words.formats[webhook.format]} · {webhook.url}
      </Text>
      {webhook.purpose === 'tell' && (
        <Text size="sm" c="dimmed">
          {webhook.last_success_at ? (
            <>
              {words.lastSuccess} <TimeAgo at={webhook.last_success_at} />
            </>
          ) : (
            words.neverSuccess
          )}
        </Text>
      )}
      {webhook.site_id && <LimitedTo siteIds={[webhook.site_id]} />}
    </Card>
  );
}
