import { Group, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

type Props = { title: string; lead: ReactNode; action?: ReactNode; children?: ReactNode };

/** One way to sign in: what it is, what can be done about it, and what there is of it. */
export function Part({ title, lead, action, children }: Props) {
  return (
    <section aria-label={title}>
      <Group justify="space-between" align="flex-start" gap="sm">
        <div style={{ flex: '1 1 240px' }}>
          <Title order={3} size="h5">
            {title}
          </Title>
          <Text size="sm" c="dimmed">
            {lead}
          </Text>
        </div>
        {action}
      </Group>
      {children}
    </section>
  );
}
