import { Card, Checkbox } from '@mantine/core';
import type { AdminComment, Decision } from '~/api/types';
import { useWords } from '~/locales/locale';
import { CommentActions, type OpenForm } from './comment-actions';
import { CommentBody } from './comment-body';
import classes from './comment-card.module.css';
import { EditForm, ReplyForm } from './comment-forms';

type Props = {
  comment: AdminComment;
  isCurrent: boolean;
  isSelected: boolean;
  form: OpenForm | undefined;
  onFocus: () => void;
  onSelect: () => void;
  onDecide: (decision: Decision) => void;
  onForm: (form: OpenForm | undefined) => void;
};

export function cardId(commentId: string): string {
  return `comment-${commentId}`;
}

/** One comment of the queue. */
export function CommentCard({ comment, isCurrent, isSelected, form, onFocus, onSelect, onDecide, onForm }: Props) {
  const words = useWords();
  const close = () => {
    onForm(undefined);
    document.getElementById(cardId(comment.id))?.focus();
  };
  return (
    <Card
      component="article"
      id={cardId(comment.id)}
      withBorder
      padding="md"
      tabIndex={-1}
      className={classes.card}
      data-current={isCurrent || undefined}
      data-selected={isSelected || undefined}
      aria-label={words.comment.by(comment.author.name ?? words.comment.anonymous)}
      onFocus={onFocus}
    >
      <Checkbox
        className={classes.select}
        checked={isSelected}
        onChange={onSelect}
        aria-label={words.queue.selectOne(comment.author.name ?? words.comment.anonymous)}
      />
      <CommentBody comment={comment} />
      {form === 'edit' && <EditForm comment={comment} onClose={close} />}
      {form === 'reply' && <ReplyForm comment={comment} onClose={close} />}
      {!form && <CommentActions comment={comment} onDecide={onDecide} onForm={onForm} />}
    </Card>
  );
}
