import { Button, Group, Paper, Text } from '@mantine/core';
import type { AdminComment, Decision } from '~/api/types';
import { useWords } from '~/locales/locale';
import { Icon } from '~/parts/icon';
import classes from './bulk-bar.module.css';
import { DECISION_LOOKS, decisionsForAll, decisionWord } from './comment-actions';

type Props = { comments: AdminComment[]; onDecide: (decision: Decision) => void; onClear: () => void };

/** One decision for all selected comments; stays in reach while scrolling. */
export function BulkBar({ comments, onDecide, onClear }: Props) {
  const words = useWords();
  return (
    <Paper className={classes.bar} withBorder shadow="md" p="xs" radius="md" role="group" aria-label={words.queue.bulk}>
      <Group gap={6}>
        <Text size="sm" fw={600} px={6} aria-live="polite">
          {words.queue.selected(comments.length)}
        </Text>
        {decisionsForAll(comments).map((decision) => (
          <Button
            key={decision}
            size="compact-md"
            fz="sm"
            variant={decision === 'publish' ? 'filled' : 'subtle'}
            color={DECISION_LOOKS[decision].color}
            leftSection={<Icon name={DECISION_LOOKS[decision].icon} size={16} />}
            onClick={() => onDecide(decision)}
          >
            {decisionWord(decision, comments, words)}
          </Button>
        ))}
        <Button size="compact-md" fz="sm" variant="subtle" color="gray" ml="auto" onClick={onClear}>
          {words.queue.clear}
        </Button>
      </Group>
    </Paper>
  );
}
