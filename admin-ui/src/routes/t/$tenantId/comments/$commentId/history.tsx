import { Box, Text, Title } from '@mantine/core';
import type { CommentEvent } from '~/api/types';
import { useWords } from '~/locales/locale';
import { said } from '~/locales/said';
import type { Words } from '~/locales/words';
import { TimeAgo } from '~/parts/time-ago';
import classes from './history.module.css';

/** Everything that happened to a comment, oldest first. */
export function History({ events }: { events: CommentEvent[] }) {
  const words = useWords();
  return (
    <Box mt="xl">
      <Title order={3} size="h5" mb="sm">
        {words.comment.history}
      </Title>
      <ol className={classes.events}>
        {events.map((event) => (
          <Event key={event.id} event={event} />
        ))}
      </ol>
    </Box>
  );
}

function Event({ event }: { event: CommentEvent }) {
  const words = useWords();
  const { kind, actor, from_state: from, to_state: to, reasons } = event;
  const change = from && to && from !== to && words.event.change(said(words.states, from), said(words.states, to));
  const why = reasons.filter((code) => !isSaid(code, event)).map((code) => said(words.reasons, code));
  return (
    <li>
      <Text size="sm" fw={500}>
        {deed(event, words)} {words.event.by(actor.name ?? said(words.actors, whoOf(event)))}
      </Text>
      <Text size="xs" c="dimmed">
        <TimeAgo at={event.at} />
        {change && ` · ${change}`}
        {!change && to && kind !== 'decided' && ` · ${said(words.states, to)}`}
        {why.length > 0 && ` · ${why.join(', ')}`}
      </Text>
      {event.previous_text !== undefined && (
        <details className={classes.previous}>
          <summary>{words.comment.previousText}</summary>
          <pre dir="auto">{event.previous_text}</pre>
        </details>
      )}
    </li>
  );
}

/** A decision by what came of it: "Deleted", "Brought back". */
function deed({ kind, from_state: from, to_state: to }: CommentEvent, words: Words): string {
  if (kind !== 'decided' || !to) return said(words.eventKinds, kind);
  if (from === to) return words.event.kept;
  return from === 'deleted' ? words.event.restored : said(words.event.decided, to);
}

/** Who did it says as much. */
function isSaid(code: string, { actor }: CommentEvent): boolean {
  return (code === 'moderator' && actor.kind === 'member') || (code === 'author' && actor.kind === 'visitor');
}

/** A visitor is the comment's author, except where he votes. */
function whoOf({ kind, actor }: CommentEvent): string {
  return kind === 'vote_reversed' && actor.kind === 'visitor' ? 'reader' : actor.kind;
}
