import { Select, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { answer, api } from '~/api/client';
import { commentQuery, threadQuery } from '~/api/queries';
import type { AdminComment, Thread } from '~/api/types';
import { useWords } from '~/locales/locale';
import { nameOfKey, nameOfThread } from '../thread-names';

const SHOWN = 20;
const PAUSE_MS = 250;
/** Characters of a search (the API's bound). */
const LONGEST_SEARCH = 100;

type Choice = { value: string; label: string; detail: string };
type Props = {
  label: string;
  description: string;
  value: string | undefined;
  onChange: (id: string | undefined) => void;
  error: string | undefined;
};

type ThreadSelectProps = Props & { siteId: string; exceptId: string; q: string | undefined };

/** One of a site's conversations, found by its title, id or address. */
export function ThreadSelect({ siteId, exceptId, q = '', ...field }: ThreadSelectProps) {
  const { sites } = useWords();
  const { tenantId } = useParams({ from: '/signed-in/t/$tenantId/threads/$threadId' });
  const [search, setSearch] = useState('');
  const [words] = useDebouncedValue(search, PAUSE_MS);
  const { data: chosen } = useQuery({
    ...threadQuery(tenantId, field.value ?? ''),
    enabled: field.value !== undefined,
  });
  const choice = (thread: Thread): Choice => ({
    value: thread.id,
    label: nameOfThread(thread),
    detail: [nameOfKey(thread.key), sites.comments(thread.comment_count)].join(' · '),
  });
  // What was asked for elsewhere stands, until somebody types here.
  const wanted = searched(words === '' ? q : words, chosen && choice(chosen.thread));
  const { data: found } = useQuery({
    queryKey: ['tenant', tenantId, 'choices', 'threads', siteId, wanted],
    queryFn: () =>
      answer(
        api.GET('/v1/admin/tenants/{tenant_id}/threads', {
          params: { path: { tenant_id: tenantId }, query: { site_id: siteId, q: wanted, limit: SHOWN } },
        }),
      ),
    placeholderData: keepPreviousData,
  });
  const choices = (found?.threads ?? []).filter(({ id }) => id !== exceptId).map(choice);
  return (
    <FoundSelect
      {...field}
      search={search}
      onSearch={setSearch}
      choices={choices}
      chosen={chosen && choice(chosen.thread)}
      isOpen={q !== '' && field.value === undefined}
    />
  );
}

/** One of a conversation's comments, found by its text or author. */
export function CommentSelect({ threadId, ...field }: Props & { threadId: string }) {
  const { comment: said, states } = useWords();
  const { tenantId } = useParams({ from: '/signed-in/t/$tenantId/threads/$threadId' });
  const [search, setSearch] = useState('');
  const [words] = useDebouncedValue(search, PAUSE_MS);
  const { data: chosen } = useQuery({
    ...commentQuery(tenantId, field.value ?? ''),
    enabled: field.value !== undefined,
  });
  const choice = (comment: AdminComment): Choice => ({
    value: comment.id,
    label: `${said.number(comment.number)} ${comment.author.name ?? said.anonymous}: ${excerpt(comment.text)}`,
    detail: [states[comment.state], said.replies(comment.reply_count)].join(' · '),
  });
  const wanted = searched(words, chosen && choice(chosen.comment));
  const { data: found } = useQuery({
    queryKey: ['tenant', tenantId, 'choices', 'comments', threadId, wanted],
    queryFn: () =>
      answer(
        api.GET('/v1/admin/tenants/{tenant_id}/comments', {
          params: { path: { tenant_id: tenantId }, query: { thread_id: threadId, q: wanted, limit: SHOWN } },
        }),
      ),
    placeholderData: keepPreviousData,
  });
  return (
    <FoundSelect
      {...field}
      search={search}
      onSearch={setSearch}
      choices={(found?.comments ?? []).map(choice)}
      chosen={chosen && choice(chosen.comment)}
    />
  );
}

type FoundProps = Props & {
  search: string;
  onSearch: (text: string) => void;
  choices: Choice[];
  /** What is chosen, also when the search does not find it any more. */ chosen: Choice | undefined;
  isOpen?: boolean;
};

function FoundSelect({ search, onSearch, choices, chosen, value, onChange, isOpen = false, ...field }: FoundProps) {
  const { arrange } = useWords();
  const all = chosen && !choices.some((choice) => choice.value === chosen.value) ? [chosen, ...choices] : choices;
  return (
    <Select
      {...field}
      required
      searchable
      clearable
      clearButtonProps={{ 'aria-label': arrange.clear }}
      defaultDropdownOpened={isOpen}
      value={value ?? null}
      onChange={(id) => onChange(id ?? undefined)}
      searchValue={search}
      onSearchChange={onSearch}
      data={all}
      // The server has searched.
      filter={({ options }) => options}
      renderOption={({ option }) => (
        <div style={{ minWidth: 0 }}>
          <Text size="sm" lineClamp={1} dir="auto">
            {option.label}
          </Text>
          <Text size="xs" c="dimmed" lineClamp={1}>
            {all.find((choice) => choice.value === option.value)?.detail}
          </Text>
        </div>
      )}
      nothingFoundMessage={arrange.nothingFound}
      maxDropdownHeight={300}
    />
  );
}

/** What to ask the server for. The field shows what is chosen, which is not a search for it. */
function searched(text: string, chosen: Choice | undefined): string {
  return text === chosen?.label ? '' : text.trim().slice(0, LONGEST_SEARCH);
}

function excerpt(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 60 ? `${line.slice(0, 60)}…` : line;
}
