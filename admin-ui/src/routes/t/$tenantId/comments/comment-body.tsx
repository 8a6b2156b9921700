import { Anchor, Badge, Box, Button, Group, Text, VisuallyHidden } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { AdminComment } from '~/api/types';
import { useWords } from '~/locales/locale';
import { said } from '~/locales/said';
import { CommentHtml } from '~/parts/comment-html';
import { Icon } from '~/parts/icon';
import { TimeAgo } from '~/parts/time-ago';
import { useTenant } from '../tenant';
import { nameOfThread, webAddress } from '../threads/thread-names';
import classes from './comment-body.module.css';
import { Reports } from './reports';
import { STATE_COLORS } from './state-colors';

type Props = {
  comment: AdminComment;
  /** Said in the heading where the page around does not say it. */ withState?: boolean;
  /** Whether the reports are there to be read at once. */ withReports?: boolean;
};

/** Who wrote what, where, in answer to whom, and why it is held. */
export function CommentBody({ comment, withState = false, withReports = false }: Props) {
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
      <Reports comment={comment} opened={withReports} />
    </>
  );
}

function Heading({ comment, withState }: { comment: AdminComment; withState: boolean }) {
  const words = useWords();
  const tenant = useTenant();
  const { author } = comment;
  const website = webAddress(author.website);
  return (
    <Group gap={8} className={classes.heading}>
      <Text fw={600} component="h2" m={0}>
        {author.name ?? words.comment.anonymous}
      </Text>
      {author.team && (
        <Badge size="sm" variant="light">
          {words.comment.team}
        </Badge>
      )}
      {author.signed_in && (
        <Badge size="sm" variant="light">
          {words.comment.signedIn}
        </Badge>
      )}
      {comment.pinned && (
        <Badge size="sm" variant="light" leftSection={<Icon name="pin" size={11} />}>
          {words.comment.pinned}
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
        {comment.author_hash && !author.team && (
          <Anchor
            c="dimmed"
            renderRoot={(props) => (
              <Link
                to="/t/$tenantId/people/commenters/$siteId/$authorHash"
                params={{ tenantId: tenant.id, siteId: comment.site.id, authorHash: comment.author_hash ?? '' }}
                {...props}
              />
            )}
          >
            {words.commenters.history}
          </Anchor>
        )}
        {comment.reply_count > 0 && <span>{words.comment.replies(comment.reply_count)}</span>}
        {comment.votes.up + comment.votes.down > 0 && (
          <span>
            <span aria-hidden="true" className={classes.votes}>
              <Icon name="up" size={13} /> {comment.votes.up} <Icon name="down" size={13} /> {comment.votes.down}
            </span>
            <VisuallyHidden>{words.comment.votes(comment.votes.up, comment.votes.down)}</VisuallyHidden>
          </span>
        )}
      </Text>
    </Group>
  );
}

function Place({ comment: { site, thread } }: { comment: AdminComment }) {
  const words = useWords();
  const tenant = useTenant();
  const url = webAddress(thread.url);
  return (
    <Text size="sm" c="dimmed" mt={2} className={classes.place}>
      {site.name} ·{' '}
      <Anchor
        renderRoot={(props) => (
          <Link
            to="/t/$tenantId/threads/$threadId"
            params={{ tenantId: tenant.id, threadId: thread.id }}
            title={words.comment.openThread}
            {...props}
          />
        )}
      >
        {nameOfThread(thread)}
      </Anchor>
      {url && (
        <>
          {' '}
          <Anchor href={url} target="_blank" rel="noopener noreferrer" title={words.comment.openPage}>
            <Icon name="outside" size={13} />
            <VisuallyHidden>{words.comment.openPage}</VisuallyHidden>
          </Anchor>
        </>
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
