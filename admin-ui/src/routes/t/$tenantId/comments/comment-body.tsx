import { Anchor, Badge, Box, Button, Group, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { AdminComment } from '~/api/types';
import { useWords } from '~/locales/locale';
import { said } from '~/locales/said';
import { CommentHtml } from '~/parts/comment-html';
import { Icon } from '~/parts/icon';
import { TimeAgo } from '~/parts/time-ago';
import { useTenant } from '../tenant';
import classes from './comment-body.module.css';
import { STATE_COLORS } from './state-colors';

type Props = {
  comment: AdminComment;
  /** Said in the heading where the page around does not say it. */ withState?: boolean;
};

/** Who wrote what, where, in answer to whom, and why it is held. */
export function CommentBody({ comment, withState = false }: Props) {
  const words = useWords();
  const [isSource, setIsSource] = useState(false);
  return (
    <>
      <Heading comment={comment} withState={withState} />
      <Group justify="space-between" align="flex-start" wrap="nowrap" gap="xs">
        <Place comment={comment} />
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          aria-pressed={isSource}
          className={classes.toggle}
          onClick={() => setIsSource(!isSource)}
        >
          {words.comment.source}
        </Button>
      </Group>
      {comment.parent && (
        <blockquote className={classes.parent}>
          <Text size="xs" c="dimmed">
            {words.comment.inReplyTo(comment.parent.author_name ?? words.comment.anonymous)}
          </Text>
          <Text size="sm" lineClamp={2} dir="auto">
            {comment.parent.text}
          </Text>
        </blockquote>
      )}
      <Box my="sm">
        {isSource ? (
          <pre className={classes.source} dir="auto">
            {comment.text}
          </pre>
        ) : (
          <CommentHtml html={comment.html} />
        )}
      </Box>
      <Reasons comment={comment} />
    </>
  );
}

function Heading({ comment, withState }: Required<Props>) {
  const words = useWords();
  const tenant = useTenant();
  const { author } = comment;
  const website = webAddress(author.website);
  return (
    <Group gap={8} className={classes.heading}>
      <Text fw={600} component="h3" m={0}>
        {author.name ?? words.comment.anonymous}
      </Text>
      {author.team && (
        <Badge size="sm" variant="light">
          {words.comment.team}
        </Badge>
      )}
      {withState && (
        <Badge size="sm" variant="dot" color={STATE_COLORS[comment.state]}>
          {words.states[comment.state]}
        </Badge>
      )}
      <Text size="sm" c="dimmed" component="span" className={classes.facts}>
        {author.email && <Anchor href={`mailto:${author.email}`}>{author.email}</Anchor>}
        {website && (
          <Anchor href={website} target="_blank" rel="noopener noreferrer nofollow">
            {words.comment.website}
          </Anchor>
        )}
        <Anchor
          c="dimmed"
          renderRoot={(props) => (
            <Link
              from="/t/$tenantId/comments"
              to="/t/$tenantId/comments/$commentId"
              params={{ tenantId: tenant.id, commentId: comment.id }}
              search
              {...props}
            />
          )}
        >
          <TimeAgo at={comment.created_at} />
        </Anchor>
        {comment.edited_at && (
          <span>
            {words.comment.edited} <TimeAgo at={comment.edited_at} />
          </span>
        )}
        {comment.reply_count > 0 && <span>{words.comment.replies(comment.reply_count)}</span>}
        {comment.votes.up + comment.votes.down > 0 && (
          <span>{words.comment.votes(comment.votes.up, comment.votes.down)}</span>
        )}
      </Text>
    </Group>
  );
}

function Place({ comment: { site, thread } }: { comment: AdminComment }) {
  const words = useWords();
  const url = webAddress(thread.url);
  const title = thread.title ?? thread.key;
  return (
    <Text size="sm" c="dimmed" mt={2} className={classes.place}>
      {site.name} ·{' '}
      {url ? (
        <Anchor href={url} target="_blank" rel="noopener noreferrer" title={words.comment.openPage}>
          {title} <Icon name="outside" size={13} />
        </Anchor>
      ) : (
        title
      )}
    </Text>
  );
}

function Reasons({ comment }: { comment: AdminComment }) {
  const words = useWords();
  const reasons = comment.reasons.map((code) => said(words.reasons, code));
  if (comment.state !== 'pending' || reasons.length === 0) return null;
  return (
    <Text size="sm" c="dimmed" mb="sm">
      {words.comment.heldBecause} {reasons.join(', ')}.
    </Text>
  );
}

/** Only addresses of the web become links, whatever a visitor or an import wrote. */
function webAddress(text: string | undefined): string | undefined {
  if (!text || !URL.canParse(text)) return undefined;
  const { protocol, href } = new URL(text);
  return protocol === 'https:' || protocol === 'http:' ? href : undefined;
}
