import { Alert, Button, Card, Group, Loader, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { installationQuery } from '~/api/queries';
import type { Origin } from '~/api/types';
import { useWords } from '~/locales/locale';
import { Icon } from '~/parts/icon';
import { ProblemAlert } from '~/parts/problem-alert';
import { TimeAgo } from '~/parts/time-ago';
import { useSite } from '../page';
import { PublicKey } from './keys';
import { Check } from './check';
import { Doctor } from './doctor';
import { Snippets } from './snippet-tabs';

export function InstallationPage() {
  const words = useWords();
  const site = useSite();
  const { data: installation, error } = useQuery(installationQuery(site.tenant_id, site.id));
  const origins = installation?.origins ?? site.origins;
  const isSeen = origins.some((origin) => origin.last_seen_at);

  return (
    <Stack gap="lg">
      <Snippets />

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
      <Doctor />
      <Check />

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
