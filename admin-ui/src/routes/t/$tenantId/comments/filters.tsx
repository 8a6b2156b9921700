import { ActionIcon, CloseButton, Group, NativeSelect, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type Ref, useEffect, useState } from 'react';
import { type QueueFilter, sitesQuery } from '~/api/queries';
import { useWords } from '~/locales/locale';
import { Icon } from '~/parts/icon';
import { useTenant } from '../tenant';
import classes from './filters.module.css';

type Props = { filter: QueueFilter; searchRef: Ref<HTMLInputElement>; onReload: () => void; onHelp: () => void };

/** Which site, which words. Both live in the URL. */
export function Filters({ filter, searchRef, onReload, onHelp }: Props) {
  const words = useWords();
  const tenant = useTenant();
  const navigate = useNavigate();
  const { data: sites = [] } = useQuery(sitesQuery(tenant.id));

  const change = (part: Partial<QueueFilter>) =>
    void navigate({
      to: '/t/$tenantId/comments',
      params: { tenantId: tenant.id },
      search: { ...filter, ...part },
      replace: true,
    });

  return (
    <Group gap="xs" mb="md" className={classes.filters}>
      <SearchField q={filter.q ?? ''} inputRef={searchRef} onSearch={(q) => change({ q })} />
      <NativeSelect
        aria-label={words.queue.site}
        value={filter.site ?? ''}
        onChange={(event) => change({ site: event.currentTarget.value })}
        data={[
          { value: '', label: words.queue.allSites },
          ...sites.map(({ id, name }) => ({ value: id, label: name })),
        ]}
      />
      <ActionIcon
        variant="default"
        size={36}
        aria-label={words.queue.reload}
        title={words.queue.reload}
        onClick={onReload}
      >
        <Icon name="reload" />
      </ActionIcon>
      <ActionIcon
        variant="default"
        size={36}
        aria-label={words.queue.shortcuts}
        title={`${words.queue.shortcuts} (?)`}
        onClick={onHelp}
        visibleFrom="sm"
      >
        <Icon name="keyboard" />
      </ActionIcon>
    </Group>
  );
}

type SearchFieldProps = { q: string; inputRef: Ref<HTMLInputElement>; onSearch: (q: string) => void };

function SearchField({ q, inputRef, onSearch }: SearchFieldProps) {
  const words = useWords();
  const [text, setText] = useState(q);
  const searchLater = useDebouncedCallback(onSearch, 300);
  // Also when the URL changes otherwise: by going back, or by clearing the search.
  useEffect(() => setText(q), [q]);

  return (
    <TextInput
      ref={inputRef}
      type="search"
      className={classes.search}
      aria-label={words.queue.search}
      placeholder={words.queue.searchHint}
      leftSection={<Icon name="search" size={16} />}
      rightSection={
        text && (
          <CloseButton
            size="sm"
            aria-label={words.queue.clearSearch}
            onClick={() => {
              setText('');
              onSearch('');
            }}
          />
        )
      }
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        searchLater(event.currentTarget.value.trim());
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') event.currentTarget.blur();
      }}
    />
  );
}
