import { Badge, Button, Card, Center, Group, NativeSelect, Skeleton, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { OperatorSuspension } from '~/api/types';
import { useWords } from '~/locales/locale';
import { Blank } from '~/parts/blank';
import type { IconName } from '~/parts/icon';
import { ProblemAlert } from '~/parts/problem-alert';
import { SearchField } from '~/parts/search-field';
import type { OperatorSearch } from './operator-search';

type Listed = {
  error: unknown;
  isPending: boolean;
  isSuccess: boolean;
  isFetching: boolean;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
};

/** A list that is read page by page, with what stands in its place while there is nothing. */
export function Paged({
  list,
  count,
  icon,
  none,
  noneHint,
  children,
}: {
  list: Listed;
  count: number;
  icon: IconName;
  none: string;
  noneHint: string;
  children: ReactNode;
}) {
  const words = useWords();
  return (
    <>
      <ProblemAlert error={list.error} />
      {list.isPending && (
        <Stack gap="sm" role="status" aria-label={words.app.loading}>
          <Skeleton height={72} radius="md" />
          <Skeleton height={72} radius="md" />
          <Skeleton height={72} radius="md" />
        </Stack>
      )}
      {list.isSuccess && count === 0 && <Blank icon={icon} title={none} hint={noneHint} />}
      <Stack component="ul" gap="sm" p={0} m={0} style={{ listStyle: 'none' }} aria-busy={list.isFetching}>
        {children}
      </Stack>
      {list.hasNextPage && (
        <Center mt="md">
          <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {words.operator.more}
          </Button>
        </Center>
      )}
    </>
  );
}

/** The search and the choice over a list; both live in the address. */
export function Filters({
  search,
  placeholder,
  choices,
  onChange,
}: {
  search: OperatorSearch;
  placeholder: string;
  choices: NonNullable<OperatorSearch['only']>[];
  onChange: (search: OperatorSearch) => void;
}) {
  const words = useWords();
  return (
    <Group mb="md" gap="sm">
      <SearchField
        q={search.q ?? ''}
        label={words.operator.search}
        placeholder={placeholder}
        onSearch={(q) => onChange({ ...search, q })}
      />
      <NativeSelect
        aria-label={words.operator.show}
        value={search.only ?? ''}
        onChange={(event) => onChange({ q: search.q ?? '', only: event.currentTarget.value as 'suspended' })}
        data={[
          { value: '', label: words.operator.all },
          ...choices.map((value) => ({ value, label: words.operator.only[value] })),
        ]}
      />
    </Group>
  );
}

/** One of a list: its name leads to its page. */
export function Entry({
  link,
  badges,
  facts,
  children,
}: {
  link: ReactNode;
  badges?: ReactNode;
  facts: string[];
  children?: ReactNode;
}) {
  return (
    <Card component="li" withBorder padding="md">
      <Group gap="xs">
        {link}
        {badges}
      </Group>
      <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        {facts.filter((fact) => fact !== '').join(' · ')}
      </Text>
      {children}
    </Card>
  );
}

export function SuspendedBadge({ suspension }: { suspension: OperatorSuspension | undefined }) {
  const words = useWords();
  if (!suspension) return null;
  return (
    <Badge color="red" variant="light">
      {suspension.shows === 'nothing' ? words.operator.hidden : words.operator.readOnly}
    </Badge>
  );
}

/** A term and what it is, as rows that break on a phone. */
export function Facts({ facts }: { facts: [term: string, value: ReactNode][] }) {
  return (
    <Stack component="dl" gap={4} m={0}>
      {facts.map(([term, value]) => (
        <Group key={term} gap="xs" align="baseline">
          <Text component="dt" size="sm" c="dimmed" w={150}>
            {term}
          </Text>
          <Text component="dd" size="sm" m={0} dir="auto" style={{ overflowWrap: 'anywhere' }}>
            {value}
          </Text>
        </Group>
      ))}
    </Stack>
  );
}

export function Section({ title, children, action }: { title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <Card component="section" withBorder padding="lg" mb="md">
      <Group justify="space-between" mb="sm" gap="sm">
        <Text component="h2" fw={600} m={0}>
          {title}
        </Text>
        {action}
      </Group>
      {children}
    </Card>
  );
}
