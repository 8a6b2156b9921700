import { Button, Group, Kbd } from '@mantine/core';
import type { AdminComment, CommentState, Decision } from '~/api/types';
import { useWords } from '~/locales/locale';
import { Icon, type IconName } from '~/parts/icon';
import classes from './comment-actions.module.css';

export type OpenForm = 'edit' | 'reply';

export const DECISION_LOOKS: Record<Decision, { icon: IconName; color?: string; key?: string }> = {
  publish: { icon: 'check', key: 'a' },
  hold: { icon: 'pause' },
  reject: { icon: 'cross', color: 'gray', key: 'r' },
  spam: { icon: 'ban', color: 'gray', key: 's' },
  delete: { icon: 'trash', color: 'red', key: 'd' },
};

/** What can be decided over a comment in a state. */
export const DECISIONS_IN: Record<CommentState, Decision[]> = {
  pending: ['publish', 'reject', 'spam', 'delete'],
  published: ['hold', 'reject', 'spam', 'delete'],
  spam: ['publish', 'reject', 'delete'],
  rejected: ['publish', 'spam', 'delete'],
  deleted: ['publish', 'hold'],
};

export function mayEdit({ state }: AdminComment): boolean {
  return state !== 'deleted';
}

/** Nobody answers what readers will not see. A pending comment is approved together with its answer. */
export function mayReply({ state }: AdminComment): boolean {
  return state === 'published' || state === 'pending';
}

type Props = { comment: AdminComment; onDecide: (decision: Decision) => void; onForm: (form: OpenForm) => void };

export function CommentActions({ comment, onDecide, onForm }: Props) {
  const words = useWords();
  return (
    <Group gap={6}>
      {DECISIONS_IN[comment.state].map((decision) => {
        const { icon, color, key } = DECISION_LOOKS[decision];
        return (
          <Button
            key={decision}
            size="compact-md"
            fz="sm"
            variant={decision === 'publish' ? 'filled' : 'subtle'}
            color={color}
            leftSection={<Icon name={icon} size={16} />}
            rightSection={key && <Hint>{key}</Hint>}
            aria-keyshortcuts={key}
            onClick={() => onDecide(decision)}
          >
            {words.decisions[decision]}
          </Button>
        );
      })}
      <Group gap={6} ml="auto" wrap="nowrap">
        {mayEdit(comment) && (
          <Button
            size="compact-md"
            fz="sm"
            variant="subtle"
            color="gray"
            leftSection={<Icon name="pencil" size={16} />}
            rightSection={<Hint>e</Hint>}
            aria-keyshortcuts="e"
            onClick={() => onForm('edit')}
          >
            {words.comment.edit}
          </Button>
        )}
        {mayReply(comment) && (
          <Button
            size="compact-md"
            fz="sm"
            variant="subtle"
            color="gray"
            leftSection={<Icon name="reply" size={16} />}
            rightSection={<Hint>c</Hint>}
            aria-keyshortcuts="c"
            onClick={() => onForm('reply')}
          >
            {words.comment.reply}
          </Button>
        )}
      </Group>
    </Group>
  );
}

/** The key, for those who see it; aria-keyshortcuts tells the others. */
function Hint({ children }: { children: string }) {
  return (
    <Kbd size="xs" aria-hidden="true" className={classes.hint}>
      {children}
    </Kbd>
  );
}
