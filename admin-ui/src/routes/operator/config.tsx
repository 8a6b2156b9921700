import { Badge, Card, Group, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { OperatorSetting } from '~/api/types';
import { useWords } from '~/locales/locale';
import { Blank } from '~/parts/blank';
import { Icon } from '~/parts/icon';
import { PageHead } from '~/parts/page-head';
import { ProblemAlert } from '~/parts/problem-alert';
import { configQuery } from './queries';

/** What holds on this server, and whether the program, its file or its environment says so. To be read only. */
export function ConfigPage() {
  const words = useWords();
  const { data, error, isPending } = useQuery(configQuery);
  const [wanted, setWanted] = useState('');
  const shown = data?.settings.filter((setting) => isFound(setting, wanted)) ?? [];
  return (
    <>
      <PageHead title={words.operator.config.title} lead={words.operator.config.lead} />
      <ProblemAlert error={error} />
      {isPending && <Skeleton height={240} radius="md" role="status" aria-label={words.app.loading} />}
      {data && (
        <>
          <TextInput
            type="search"
            mb="md"
            maw={360}
            aria-label={words.operator.config.search}
            placeholder={words.operator.config.search}
            leftSection={<Icon name="search" />}
            value={wanted}
            onChange={(event) => setWanted(event.currentTarget.value)}
          />
          {shown.length === 0 && <Blank icon="search" title={words.operator.none} hint={words.operator.config.noneHint} />}
          <Stack component="ul" gap="xs" p={0} m={0} style={{ listStyle: 'none' }}>
            {shown.map((setting) => (
              <SettingCard key={setting.name} setting={setting} />
            ))}
          </Stack>
        </>
      )}
    </>
  );
}

function SettingCard({ setting: { name, value, source, about } }: { setting: OperatorSetting }) {
  const { config: said } = useWords().operator;
  return (
    <Card component="li" withBorder padding="sm">
      <Group gap="xs">
        <Text ff="monospace" fw={600} size="sm" style={{ overflowWrap: 'anywhere' }}>
          {name}
        </Text>
        {source !== 'default' && <Badge variant="light">{said.sources[source]}</Badge>}
      </Group>
      <Text ff="monospace" size="sm" style={{ overflowWrap: 'anywhere' }}>
        {value === '' ? said.empty : value}
      </Text>
      {/* As it stands in the file of defaults, which speaks English. */}
      <Text size="sm" c="dimmed" lang="en">
        {about}
      </Text>
    </Card>
  );
}

function isFound({ name, value, about }: OperatorSetting, wanted: string): boolean {
  const words = wanted.toLowerCase().split(/\s+/);
  const text = `${name} ${value} ${about}`.toLowerCase();
  return words.every((word) => text.includes(word));
}
