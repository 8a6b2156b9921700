import { Anchor, Badge, Box, Group, SegmentedControl, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { AdminComment } from '~/api/types';
import { useWords } from '~/locales/locale';
import { CommentHtml } from '~/parts/comment-html';
import { Icon } from '~/parts/icon';
import { TimeAgo } from '~/parts/time-ago';
import { useTenant } from '../tenant';
import classes from './comment-body.module.css';
import { STATE_COLORS } from './state-colors';

/** Who wrote what, where, in answer to whom, and why it is held. */
export function CommentBody({ comment, headingId }: { comment: AdminComment; headingId: string }) {
  const words = useWords();
  const [view, setView] = useState<'rendered' | 'source'>('rendered');
  return (
    <>
      <Heading comment={comment} headingId={headingId} />
      <Place comment={comment} />
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
        {view === 'rendered' ? (
          <CommentHtml html={comment.html} />
        ) : (
          <pre className={classes.source} dir="auto">
            {comment.text}
          </pre>
        )}
      </Box>
      <Group justify="space-between" gap="xs" mb="sm">
        <Reasons comment={comment} />
        <SegmentedControl
          size="xs"
          aria-label={words.comment.view}
          value={view}
          onChange={(chosen) => setView(chosen as typeof view)}
          data={[
            { value: 'rendered', label: words.comment.rendered },
            { value: 'source', label: words.comment.source },
          ]}
        />
      </Group>
    </>
  );
}

function Heading({ comment, headingId }: { comment: AdminComment; headingId: string }) {
  const words = useWords();
  const tenant = useTenant();
  const { author } = comment;
  const website = webAddress(author.website);
  return (
    <Group gap={8} className={classes.heading}>
      <Text id={headingId} fw={600} component="h3" m={0}>
        {author.name ?? words.comment.anonymous}
      </Text>
      {author.team && (
        <Badge size="sm" variant="light">
          {words.comment.team}
        </Badge>
      )}
      <Badge size="sm" variant="dot" color={STATE_COLORS[comment.state]}>
        {words.states[comment.state]}
      </Badge>
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
  const reasons = comment.reasons.map((code) => words.reasons[code] ?? code);
  if (comment.state !== 'pending' || reasons.length === 0) return <span />;
  return (
    <Text size="sm" c="dimmed">
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
