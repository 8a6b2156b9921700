import { Anchor, Card, Text, Title } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import type { ThreadEvent } from '~/api/types';
import { useWords } from '~/locales/locale';
import { said } from '~/locales/said';
import type { Words } from '~/locales/words';
import { TimeAgo } from '~/parts/time-ago';
import commentClasses from '../../comments/$commentId/history.module.css';
import { nameOfKey, nameOfThread } from '../thread-names';

/** Everything that happened to a conversation itself, oldest first. */
export function ThreadHistory({ events }: { events: ThreadEvent[] }) {
  const words = useWords();
  return (
    <Card component="section" withBorder padding="lg">
      <Title order={2} size="h4" mb="sm">
        {words.comment.history}
      </Title>
      <ol className={commentClasses.events}>
        {events.map((event) => (
          <Event key={event.id} event={event} />
        ))}
      </ol>
    </Card>
  );
}

function Event({ event }: { event: ThreadEvent }) {
  const words = useWords();
  const { tenantId } = useParams({ from: '/signed-in/t/$tenantId/threads/$threadId' });
  const { kind, actor, at } = event;
  const data = readData(event.data);
  const detail = detailOf(kind, data, words);
  // The other conversation of a split is still there; the source of a merge is not.
  const other = kind === 'split' ? (data.to ?? data.from) : undefined;
  return (
    <li>
      <Text size="sm" fw={500}>
        {said(words.threadEvents, kind)} {words.event.by(actor.name ?? said(words.actors, actor.kind))}
      </Text>
      <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        <TimeAgo at={at} />
        {detail && ` · ${detail}`}
        {other?.id && (
          <>
            {' '}
            <Anchor
              inherit
              underline="always"
              renderRoot={(props) => (
                <Link to="/t/$tenantId/threads/$threadId" params={{ tenantId, threadId: other.id ?? '' }} {...props} />
              )}
            >
              {other.name}
            </Anchor>
          </>
        )}
      </Text>
    </li>
  );
}

/** What an event tells besides its kind. Only what is there as expected: the record outlives versions of this page. */
type Data = {
  comments?: number;
  from?: Place;
  to?: Place;
  source?: Place;
  /** Titles before and after. */ titles?: [string | undefined, string | undefined];
  /** Numbers of pins before and after. */ pins?: [number, number];
};
type Place = { id?: string; name: string };

function readData(data: unknown): Data {
  if (!isObject(data)) return {};
  const { comments, from, to, source } = data;
  const read: Data = {};
  if (typeof comments === 'number') read.comments = comments;
  if (Array.isArray(from) && Array.isArray(to)) read.pins = [from.length, to.length];
  if (isTitle(from) && isTitle(to)) read.titles = [from ?? undefined, to ?? undefined];
  const places = { from: readPlace(from), to: readPlace(to), source: readPlace(source) };
  if (places.from) read.from = places.from;
  if (places.to) read.to = places.to;
  if (places.source) read.source = places.source;
  return read;
}

function readPlace(place: unknown): Place | undefined {
  if (!isObject(place) || typeof place['key'] !== 'string') return undefined;
  const { key, title, id } = place;
  const name = typeof title === 'string' ? nameOfThread({ title, key }) : nameOfKey(key);
  return typeof id === 'string' ? { id, name } : { name };
}

function detailOf(kind: string, data: Data, words: Words): string | undefined {
  const { threadEvent } = words;
  const none = threadEvent.noTitle;
  switch (kind) {
    case 'renamed':
      return data.titles && words.event.change(data.titles[0] ?? none, data.titles[1] ?? none);
    case 'pinned':
      return data.pins && threadEvent.pins(...data.pins);
    case 'moved':
      return data.from && data.to && words.event.change(data.from.name, data.to.name);
    case 'merged':
      return data.source && threadEvent.merged(data.source.name, data.comments ?? 0);
    case 'split':
      return data.to ? threadEvent.splitOff(data.comments ?? 0) : threadEvent.splitHere(data.comments ?? 0);
    default:
      return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTitle(value: unknown): value is string | null {
  return typeof value === 'string' || value === null;
}
