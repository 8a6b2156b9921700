import { Alert, Button, Card, Code, Group, Loader, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useRef } from 'react';
import { answer, api } from '~/api/client';
import { installationQuery, siteQuery } from '~/api/queries';
import type { Origin, RefusedOrigin } from '~/api/types';
import { useWords } from '~/locales/locale';
import { CopyButton } from '~/parts/copy-button';
import { Icon } from '~/parts/icon';
import { notifyDone, notifyProblem } from '~/parts/notify';
import { ProblemAlert } from '~/parts/problem-alert';
import { TimeAgo } from '~/parts/time-ago';
import { useMayManage } from '../../../tenant';
import { useSite } from '../page';
import { PublicKey } from './keys';

export function InstallationPage() {
  const words = useWords();
  const site = useSite();
  const snippet = useRef<HTMLElement>(null);
  const { data: installation, error } = useQuery(installationQuery(site.tenant_id, site.id));
  const origins = installation?.origins ?? site.origins;
  const isSeen = origins.some((origin) => origin.last_seen_at);

  return (
    <Stack gap="lg">
      <Card withBorder padding="lg">
        <Title order={2} size="h4" mb={4}>
          {words.installation.title}
        </Title>
        <Text mb="sm">{words.installation.paste}</Text>
        <Code block ref={snippet} bg="var(--parlour-inset)" tabIndex={0} aria-label={words.installation.snippet}>
          {site.snippet}
        </Code>
        <Group justify="space-between" mt="sm" gap="sm">
          <Text size="sm" c="dimmed" flex="1 1 16rem">
            {words.installation.everyPage}
          </Text>
          <CopyButton label={words.installation.copy} source={snippet} />
        </Group>
      </Card>

      <Card withBorder padding="lg">
        <Title order={2} size="h4" mb={4}>
          {words.installation.liveTitle}
        </Title>
        <Text size="sm" c="dimmed" mb="md">
          {words.installation.liveLead}
        </Text>
        <ProblemAlert error={error} />
        <Stack gap="sm" component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
          {origins.map((origin) => (
            <SeenOrigin key={origin.id} origin={origin} />
          ))}
        </Stack>
        {isSeen && (
          <Alert mt="lg" icon={<Icon name="check" />} title={words.installation.done}>
            <Button
              mt="xs"
              renderRoot={(props) => (
                <Link to="/t/$tenantId/comments" params={{ tenantId: site.tenant_id }} {...props} />
              )}
            >
              {words.installation.toQueue}
            </Button>
          </Alert>
        )}
      </Card>

      <PublicKey former={installation?.former_keys ?? []} />

      {installation && installation.refused.length > 0 && <Refused refused={installation.refused} />}

      {!isSeen && (
        <Group justify="flex-end">
          <Button
            variant="default"
            renderRoot={(props) => <Link to="/t/$tenantId/comments" params={{ tenantId: site.tenant_id }} {...props} />}
          >
            {words.installation.toQueue}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

function SeenOrigin({ origin: { origin, last_seen_at: lastSeen } }: { origin: Origin }) {
  const words = useWords();
  const waiting = origin.includes('*') ? words.installation.waitingWildcard : words.installation.waiting;
  return (
    <Group component="li" gap="sm" wrap="nowrap">
      {lastSeen ? (
        <ThemeIcon radius="xl" size={26}>
          <Icon name="check" size={16} />
        </ThemeIcon>
      ) : (
        <Loader size={26} type="oval" aria-hidden="true" />
      )}
      <Text style={{ overflowWrap: 'anywhere' }}>
        {/* Told once when it happens; the time beside it changes too often to be read out. */}
        <span aria-live="polite">{lastSeen ? words.installation.seen(origin) : waiting(origin)}</span>
        {lastSeen && (
          <Text span c="dimmed" size="sm">
            {' · '}
            {words.installation.lastSeen} <TimeAgo at={lastSeen} />
          </Text>
        )}
      </Text>
    </Group>
  );
}

/** Pages that carry the snippet without being allowed: a misspelled origin, or a stranger. */
function Refused({ refused }: { refused: RefusedOrigin[] }) {
  const words = useWords();
  const site = useSite();
  const mayManage = useMayManage();
  const client = useQueryClient();
  const allow = useMutation({
    mutationFn: (origin: string) =>
      answer(
        api.POST('/v1/admin/tenants/{tenant_id}/sites/{site_id}/origins', {
          params: { path: { tenant_id: site.tenant_id, site_id: site.id } },
          body: { origin },
        }),
      ),
    onSuccess: ({ origin }) => notifyDone(words.installation.allowed(origin)),
    onError: (error) => notifyProblem(error, words),
    // Also after a failure: a colleague may just have allowed it.
    onSettled: () => client.invalidateQueries({ queryKey: siteQuery(site.tenant_id, site.id).queryKey }),
  });

  return (
    <Card withBorder padding="lg">
      <Title order={2} size="h4" mb={4}>
        {words.installation.refusedTitle}
      </Title>
      <Text size="sm" c="dimmed" mb="md">
        {words.installation.refusedLead}
      </Text>
      <Stack gap="md" component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
        {refused.map(({ origin, count, last_seen_at: lastSeen }) => (
          <Group component="li" key={origin} justify="space-between" gap="sm">
            <div>
              <Text fw={500} style={{ overflowWrap: 'anywhere' }}>
                {origin}
              </Text>
              <Text size="sm" c="dimmed">
                {words.installation.refused(count)} · {words.installation.lastSeen} <TimeAgo at={lastSeen} />
              </Text>
            </div>
            {mayManage && (
              <Button
                variant="light"
                size="sm"
                leftSection={<Icon name="plus" size={16} />}
                loading={allow.isPending && allow.variables === origin}
                onClick={() => allow.mutate(origin)}
                aria-label={`${words.installation.allow}: ${origin}`}
              >
                {words.installation.allow}
              </Button>
            )}
          </Group>
        ))}
      </Stack>
    </Card>
  );
}
