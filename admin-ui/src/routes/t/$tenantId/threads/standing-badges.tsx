import { Badge } from '@mantine/core';
import type { Thread } from '~/api/types';
import { useWords } from '~/locales/locale';

/** What is not as usual with a conversation; nothing for one that is simply open. */
export function StandingBadges({ thread }: { thread: Thread }) {
  const { threads: words } = useWords();
  const isLocked = thread.locked_at !== undefined;
  return (
    <>
      {isLocked && (
        <Badge size="sm" variant="dot" color="red">
          {words.locked}
        </Badge>
      )}
      {!isLocked && !thread.open && (
        <Badge size="sm" variant="dot" color="yellow">
          {words.closedBy[thread.closed_by ?? 'thread']}
        </Badge>
      )}
      {thread.key_clash && (
        <Badge size="sm" variant="dot" color="orange">
          {words.clash}
        </Badge>
      )}
    </>
  );
}
