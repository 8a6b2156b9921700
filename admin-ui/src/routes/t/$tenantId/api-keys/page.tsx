import { Badge, Button, Card, Group, Skeleton, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '~/api/client';
import { apiKeysQuery } from '~/api/queries';
import type { ApiKey } from '~/api/types';
import { useLocale, useWords } from '~/locales/locale';
import { Blank } from '~/parts/blank';
import { Icon } from '~/parts/icon';
import { notifyDone } from '~/parts/notify';
import { PageHead } from '~/parts/page-head';
import { Confirm } from '~/parts/confirm';
import { ProblemAlert } from '~/parts/problem-alert';
import { TimeAgo } from '~/parts/time-ago';
import { LimitedTo } from '../limited-to';
import { useTenant } from '../tenant';
import { NewKey } from './new-key';

/** Keys with which programs act for the tenant. */
export function ApiKeysPage() {
  const words = useWords();
  const tenant = useTenant();
  const list = useQuery(apiKeysQuery(tenant.id));
  const [making, setMaking] = useState(false);
  const [leaving, setLeaving] = useState<ApiKey>();

  return (
    <>
      <PageHead title={words.apiKeys.title} lead={words.apiKeys.lead}>
        <Button leftSection={<Icon name="plus" />} onClick={() => setMaking(true)}>
          {words.apiKeys.create}
        </Button>
      </PageHead>
      <ProblemAlert error={list.error} />
      {list.isPending && <Skeleton height={72} radius="md" role="status" aria-label={words.app.loading} />}
      {list.data?.api_keys.length === 0 && (
        <Blank icon="key" title={words.apiKeys.none} hint={words.apiKeys.noneHint} />
      )}
      <Stack component="ul" gap="sm" p={0} m={0} style={{ listStyle: 'none' }}>
        {list.data?.api_keys.map((apiKey) => (
          <KeyCard key={apiKey.id} apiKey={apiKey} onRevoke={setLeaving} />
        ))}
      </Stack>
      <NewKey opened={making} onClose={() => setMaking(false)} />
      <Revoke apiKey={leaving} onClose={() => setLeaving(undefined)} />
    </>
  );
}

function KeyCard({ apiKey, onRevoke }: { apiKey: ApiKey; onRevoke: (apiKey: ApiKey) => void }) {
  const { words, locale } = useLocale();
  const expires = apiKey.expires_at && new Date(apiKey.expires_at);
  const isOver = expires && expires.getTime() <= Date.now();
  const on = expires && new Intl.DateTimeFormat(locale, { dateStyle: 'long' }).format(expires);
  return (
    <Card component="li" withBorder padding="md">
      <Group justify="space-between" gap="sm">
        <div>
          <Group gap="xs">
            <Text fw={600} dir="auto" style={{ overflowWrap: 'anywhere' }}>
              {apiKey.name}
            </Text>
            {apiKey.scopes.map((scope) => (
              <Badge key={scope} variant="light">
                {words.apiKeys.scopes[scope].label}
              </Badge>
            ))}
            {isOver && <Badge color="red">{words.apiKeys.expired}</Badge>}
          </Group>
          <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {apiKey.prefix}… · {words.apiKeys.made} <TimeAgo at={apiKey.created_at} /> ·{' '}
            {apiKey.last_used_at ? (
              <>
                {words.apiKeys.used} <TimeAgo at={apiKey.last_used_at} />
              </>
            ) : (
              words.apiKeys.neverUsed
            )}
          </Text>
          <Text size="sm" c="dimmed">
            {on ? words.apiKeys.until(on) : words.apiKeys.forever}
          </Text>
          {apiKey.site_ids && <LimitedTo siteIds={apiKey.site_ids} />}
        </div>
        <Button
          variant="subtle"
          color="red"
          size="sm"
          aria-label={words.apiKeys.revokeOf(apiKey.name)}
          onClick={() => onRevoke(apiKey)}
        >
          {words.apiKeys.revoke}
        </Button>
      </Group>
    </Card>
  );
}

function Revoke({ apiKey, onClose }: { apiKey: ApiKey | undefined; onClose: () => void }) {
  const words = useWords();
  const tenant = useTenant();
  const client = useQueryClient();
  const removal = useMutation({
    mutationFn: (leaving: ApiKey) =>
      answer(
        api.DELETE('/v1/admin/tenants/{tenant_id}/api-keys/{api_key_id}', {
          params: { path: { tenant_id: tenant.id, api_key_id: leaving.id } },
        }),
      ),
    onSuccess: async (_, leaving) => {
      await client.invalidateQueries(apiKeysQuery(tenant.id));
      notifyDone(words.apiKeys.revoked(leaving.name));
      onClose();
    },
  });

  return (
    <Confirm
      about={apiKey}
      title={({ name }) => words.apiKeys.revokeOf(name)}
      text={() => words.apiKeys.revokeText}
      submit={words.apiKeys.revoke}
      removal={removal}
      onClose={onClose}
    />
  );
}
