import { Badge, Button, Card, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '~/api/client';
import { ownSessionsQuery } from '~/api/queries';
import type { OpenSession } from '~/api/types';
import { useWords } from '~/locales/locale';
import { agentName } from '~/parts/agent';
import { ProblemAlert } from '~/parts/problem-alert';
import { TimeAgo } from '~/parts/time-ago';

export function Sessions() {
  const words = useWords();
  const list = useQuery(ownSessionsQuery);
  return (
    <Card withBorder padding="lg">
      <Title order={2} size="h4" mb={4}>
        {words.ownAccount.sessions}
      </Title>
      <Text size="sm" c="dimmed" mb="md">
        {words.ownAccount.sessionsLead}
      </Text>
      <ProblemAlert error={list.error} />
      {list.isPending && <Skeleton height={56} radius="md" role="status" aria-label={words.app.loading} />}
      <Stack component="ul" gap="md" p={0} m={0} style={{ listStyle: 'none' }}>
        {list.data?.sessions.map((session) => (
          <Session key={session.id} session={session} />
        ))}
      </Stack>
    </Card>
  );
}

function Session({ session }: { session: OpenSession }) {
  const words = useWords();
  const client = useQueryClient();
  const end = useMutation({
    mutationFn: () =>
      answer(api.DELETE('/v1/admin/sessions/{session_id}', { params: { path: { session_id: session.id } } })),
    onSuccess: () => client.invalidateQueries(ownSessionsQuery),
  });
  const name = session.user_agent ? agentName(session.user_agent) : words.ownAccount.unknown;
  return (
    <li>
      <ProblemAlert error={end.error} />
      <Group justify="space-between" gap="sm" wrap="nowrap" align="flex-start">
        <div>
          <Text size="sm" title={session.user_agent} style={{ overflowWrap: 'anywhere' }}>
            {name}
          </Text>
          <Text size="sm" c="dimmed">
            {words.ownAccount.opened} <TimeAgo at={session.created_at} /> · {words.openedWith[session.opened_with]}
          </Text>
        </div>
        {session.current ? (
          <Badge variant="light" flex="none">
            {words.ownAccount.here}
          </Badge>
        ) : (
          <Button
            variant="subtle"
            color="red"
            size="sm"
            flex="none"
            loading={end.isPending}
            aria-label={words.ownAccount.endOf(name)}
            onClick={() => end.mutate()}
          >
            {words.ownAccount.end}
          </Button>
        )}
      </Group>
    </li>
  );
}
