import { Badge } from '@mantine/core';
import type { Thread } from '~/api/types';
import { useWords } from '~/locales/locale';
import { Icon } from '~/parts/icon';

/** What is not as usual with a conversation; nothing for one that is simply open. */
export function StandingBadges({ thread }: { thread: Thread }) {
  const { threads: words } = useWords();
  const isLocked = thread.locked_at !== undefined;
  return (
    <>
      {isLocked && (
        <Badge size="sm" variant="light" color="red" leftSection={<Icon name="lock" size={11} />}>
          {words.locked}
        </Badge>
      )}
      {!isLocked && !thread.open && (
        <Badge size="sm" variant="light" color="yellow">
          {words.closedBy[thread.closed_by ?? 'thread']}
        </Badge>
      )}
      {thread.key_clash && (
        <Badge size="sm" variant="light" color="orange" leftSection={<Icon name="alert" size={11} />}>
          {words.clash}
        </Badge>
      )}
    </>
  );
}
