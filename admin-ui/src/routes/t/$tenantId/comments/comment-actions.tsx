import { ActionIcon, Button, Group, Kbd, Menu } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { AdminComment, CommentState, Decision } from '~/api/types';
import { useWords } from '~/locales/locale';
import type { Words } from '~/locales/words';
import { Icon, type IconName } from '~/parts/icon';
import { useTenant } from '../tenant';
import { usePinning } from '../threads/pinning';
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
const DECISIONS_IN: Record<CommentState, Decision[]> = {
  pending: ['publish', 'reject', 'spam', 'delete'],
  published: ['hold', 'reject', 'spam', 'delete'],
  spam: ['publish', 'reject', 'delete'],
  rejected: ['publish', 'spam', 'delete'],
  deleted: ['publish', 'hold'],
};

/** A reported comment can also stay as it is, which settles the reports. */
export function decisionsFor({ state, report_count: reports }: AdminComment): Decision[] {
  const decisions = DECISIONS_IN[state];
  return state === 'published' && reports > 0 ? ['publish', ...decisions] : decisions;
}

/** What can be decided over each of several. */
export function decisionsForAll([first, ...others]: AdminComment[]): Decision[] {
  if (!first) return [];
  return decisionsFor(first).filter((decision) => others.every((other) => decisionsFor(other).includes(decision)));
}

export function decisionWord(decision: Decision, comments: AdminComment[], words: Words): string {
  const stays = decision === 'publish' && comments.every(({ state }) => state === 'published');
  return stays ? words.comment.keep : words.decisions[decision];
}

export function mayEdit({ state }: AdminComment): boolean {
  return state !== 'deleted';
}

/** Nobody answers what readers will not see. A pending comment is approved together with its answer. */
export function mayReply({ state }: AdminComment): boolean {
  return state === 'published' || state === 'pending';
}

/** Answers stay below what they answer. */
export function mayPin({ state, parent }: AdminComment): boolean {
  return state === 'published' && !parent;
}

type Props = { comment: AdminComment; onDecide: (decision: Decision) => void; onForm: (form: OpenForm) => void };

export function CommentActions({ comment, onDecide, onForm }: Props) {
  const words = useWords();
  return (
    <Group gap={6}>
      {decisionsFor(comment).map((decision) => {
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
            {decisionWord(decision, [comment], words)}
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
        <More comment={comment} />
      </Group>
    </Group>
  );
}

/** What is done less often, most of it to the conversation. */
function More({ comment }: { comment: AdminComment }) {
  const words = useWords();
  const tenant = useTenant();
  const { pin, isPending } = usePinning();
  const params = { tenantId: tenant.id, threadId: comment.thread.id };
  return (
    <Menu position="bottom-end" width={260}>
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={30}
          loading={isPending}
          aria-label={words.comment.more(comment.author.name ?? words.comment.anonymous)}
        >
          <Icon name="dots" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {mayPin(comment) && (
          <Menu.Item
            leftSection={<Icon name="pin" size={16} />}
            onClick={() => pin(comment.thread.id, comment.id, !comment.pinned)}
          >
            {comment.pinned ? words.threads.unpin : words.threads.pin}
          </Menu.Item>
        )}
        <Menu.Item
          leftSection={<Icon name="page" size={16} />}
          renderRoot={(props) => <Link to="/t/$tenantId/threads/$threadId" params={params} {...props} />}
        >
          {words.comment.openThread}
        </Menu.Item>
        {comment.state !== 'deleted' && (
          <Menu.Item
            leftSection={<Icon name="split" size={16} />}
            renderRoot={(props) => (
              <Link
                to="/t/$tenantId/threads/$threadId"
                params={params}
                search={{ arrange: 'split', comment: comment.id }}
                {...props}
              />
            )}
          >
            {words.comment.splitOff}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
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
