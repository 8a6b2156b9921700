import { Box, Text, Title } from '@mantine/core';
import type { CommentEvent } from '~/api/types';
import { useWords } from '~/locales/locale';
import { said } from '~/locales/said';
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
  const why = reasons.map((code) => said(words.reasons, code)).join(', ');
  return (
    <li>
      <Text size="sm" fw={500}>
        {said(words.eventKinds, kind)} {words.event.by(actor.name ?? said(words.actors, actor.kind))}
      </Text>
      <Text size="xs" c="dimmed">
        <TimeAgo at={event.at} />
        {change && ` · ${change}`}
        {!change && to && ` · ${said(words.states, to)}`}
        {why && ` · ${why}`}
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
