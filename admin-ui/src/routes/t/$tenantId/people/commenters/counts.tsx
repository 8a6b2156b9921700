import { Badge, Group } from '@mantine/core';
import type { Commenter, CommentState } from '~/api/types';
import { useLocale } from '~/locales/locale';
import { STATE_COLORS } from '../../comments/state-colors';

const ORDER: CommentState[] = ['published', 'pending', 'spam', 'rejected', 'deleted'];

/** How many comments somebody has in each state that he has any in. */
export function Counts({ counts }: { counts: Commenter['counts'] }) {
  const { locale, words } = useLocale();
  return (
    <Group gap={6}>
      {ORDER.filter((state) => counts[state] > 0).map((state) => (
        <Badge key={state} size="sm" variant="dot" color={STATE_COLORS[state]}>
          {words.states[state]} {counts[state].toLocaleString(locale)}
        </Badge>
      ))}
    </Group>
  );
}
