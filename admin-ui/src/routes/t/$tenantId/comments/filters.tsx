import { ActionIcon, Anchor, CloseButton, Group, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { Ref } from 'react';
import { type QueueFilter, sitesQuery, threadQuery } from '~/api/queries';
import { useWords } from '~/locales/locale';
import { Icon } from '~/parts/icon';
import { SearchField } from '~/parts/search-field';
import { useTenant } from '../tenant';
import { nameOfThread } from '../threads/thread-names';
import classes from './filters.module.css';

type Props = { filter: QueueFilter; searchRef: Ref<HTMLInputElement>; onReload: () => void; onHelp: () => void };

/** Which site, which conversation, which words. All of them live in the URL. */
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
    <>
      <Group gap="xs" mb={filter.thread ? 'xs' : 'md'} className={classes.filters}>
        <SearchField
          q={filter.q ?? ''}
          label={words.queue.search}
          placeholder={words.queue.searchHint}
          inputRef={searchRef}
          onSearch={(q) => change({ q })}
        />
        <NativeSelect
          aria-label={words.queue.site}
          value={filter.site ?? ''}
          onChange={(event) => change({ site: event.currentTarget.value, thread: '', author: '' })}
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
      {filter.author && <OneAuthor onClear={() => change({ author: '' })} />}
      {filter.thread && <OneThread threadId={filter.thread} onClear={() => change({ thread: '' })} />}
    </>
  );
}

/** That only one author's comments are shown, and the way out of it. */
function OneAuthor({ onClear }: { onClear: () => void }) {
  const words = useWords();
  return (
    <Group gap={6} mb="md" wrap="nowrap" w="fit-content" className={classes.thread}>
      <span>{words.commenters.onlyOne}</span>
      <CloseButton size="sm" radius="xl" aria-label={words.commenters.everybody} onClick={onClear} />
    </Group>
  );
}

/** That only one conversation is shown, and the ways to it and out of it. */
function OneThread({ threadId, onClear }: { threadId: string; onClear: () => void }) {
  const words = useWords();
  const tenant = useTenant();
  const { data } = useQuery(threadQuery(tenant.id, threadId));
  return (
    <Group gap={6} mb="md" wrap="nowrap" w="fit-content" className={classes.thread}>
      <span>{words.queue.onlyIn}</span>
      <Anchor
        inherit
        renderRoot={(props) => (
          <Link to="/t/$tenantId/threads/$threadId" params={{ tenantId: tenant.id, threadId }} {...props} />
        )}
      >
        {data ? nameOfThread(data.thread) : '…'}
      </Anchor>
      <CloseButton size="sm" radius="xl" aria-label={words.queue.allThreads} onClick={onClear} />
    </Group>
  );
}
