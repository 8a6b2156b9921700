import { Anchor, Card, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { meQuery } from '~/api/queries';
import { useWords } from '~/locales/locale';

/** The way to what one is told by mail, which is chosen for each tenant. */
export function Notifications() {
  const { watching: words } = useWords();
  const { data: me } = useQuery(meQuery);
  if (!me || me.tenants.length === 0) return null;
  return (
    <Card withBorder padding="lg">
      <Title order={2} size="h4" mb={4}>
        {words.title}
      </Title>
      <Text size="sm" c="dimmed" mb="md">
        {words.lead}
      </Text>
      <Stack component="ul" gap="xs" p={0} m={0} style={{ listStyle: 'none' }}>
        {me.tenants.map((tenant) => (
          <li key={tenant.id}>
            <Anchor
              renderRoot={(props) => (
                <Link to="/t/$tenantId/notifications" params={{ tenantId: tenant.id }} {...props} />
              )}
            >
              {tenant.name}
            </Anchor>
          </li>
        ))}
      </Stack>
    </Card>
  );
}
