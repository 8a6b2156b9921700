import { Button, Group, Paper, Text } from '@mantine/core';
import type { CommentState, Decision } from '~/api/types';
import { useWords } from '~/locales/locale';
import { Icon } from '~/parts/icon';
import classes from './bulk-bar.module.css';
import { DECISION_LOOKS, DECISIONS_IN } from './comment-actions';

type Props = { count: number; state: CommentState; onDecide: (decision: Decision) => void; onClear: () => void };

/** One decision for all selected comments; stays in reach while scrolling. */
export function BulkBar({ count, state, onDecide, onClear }: Props) {
  const words = useWords();
  return (
    <Paper className={classes.bar} withBorder shadow="md" p="xs" radius="md" role="group" aria-label={words.queue.bulk}>
      <Group gap={6}>
        <Text size="sm" fw={600} px={6} aria-live="polite">
          {words.queue.selected(count)}
        </Text>
        {DECISIONS_IN[state].map((decision) => (
          <Button
            key={decision}
            size="compact-md"
            fz="sm"
            variant={decision === 'publish' ? 'filled' : 'subtle'}
            color={DECISION_LOOKS[decision].color}
            leftSection={<Icon name={DECISION_LOOKS[decision].icon} size={16} />}
            onClick={() => onDecide(decision)}
          >
            {words.decisions[decision]}
          </Button>
        ))}
        <Button size="compact-md" fz="sm" variant="subtle" color="gray" ml="auto" onClick={onClear}>
          {words.queue.clear}
        </Button>
      </Group>
    </Paper>
  );
}
