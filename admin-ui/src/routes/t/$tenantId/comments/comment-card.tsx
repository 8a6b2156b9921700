import { Card, Checkbox } from '@mantine/core';
import { memo } from 'react';
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
  onFocus: (id: string) => void;
  onSelect: (id: string) => void;
  onDecide: (id: string, decision: Decision) => void;
  onForm: (id: string, form: OpenForm | undefined) => void;
};

export function cardId(commentId: string): string {
  return `comment-${commentId}`;
}

/**
 * One comment of the queue. A key or a decision concerns a card or two, and there may be hundreds: the others are left as they are, as
 * long as what they are given stays the same.
 */
export const CommentCard = memo(function CommentCard({
  comment,
  isCurrent,
  isSelected,
  form,
  onFocus,
  onSelect,
  onDecide,
  onForm,
}: Props) {
  const words = useWords();
  const close = () => {
    onForm(comment.id, undefined);
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
      onFocus={() => onFocus(comment.id)}
    >
      <Checkbox
        className={classes.select}
        checked={isSelected}
        onChange={() => onSelect(comment.id)}
        aria-label={words.queue.selectOne(comment.author.name ?? words.comment.anonymous)}
      />
      <CommentBody comment={comment} />
      {form === 'edit' && <EditForm comment={comment} onClose={close} />}
      {form === 'reply' && <ReplyForm comment={comment} onClose={close} />}
      {!form && (
        <CommentActions
          comment={comment}
          onDecide={(decision) => onDecide(comment.id, decision)}
          onForm={(wanted) => onForm(comment.id, wanted)}
        />
      )}
    </Card>
  );
});
