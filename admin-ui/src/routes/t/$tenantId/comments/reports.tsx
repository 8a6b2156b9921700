import { Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { reportsQuery } from '~/api/queries';
import type { AdminComment } from '~/api/types';
import { useWords } from '~/locales/locale';
import { said } from '~/locales/said';
import { Icon } from '~/parts/icon';
import { ProblemAlert } from '~/parts/problem-alert';
import { TimeAgo } from '~/parts/time-ago';
import { useTenant } from '../tenant';
import classes from './reports.module.css';

/** How many readers reported a comment since the last decision and, on demand, what they said. */
export function Reports({ comment, opened }: { comment: AdminComment; opened: boolean }) {
  const words = useWords();
  const id = useId();
  const [isOpen, setIsOpen] = useState(opened);
  const { report_count: count } = comment;
  if (count === 0) return opened ? <Settled comment={comment} /> : null;
  return (
    <div className={classes.reports}>
      <Button
        size="compact-sm"
        variant="default"
        className={classes.toggle}
        leftSection={<Icon name="flag" size={14} />}
        rightSection={<Icon name="chevron" size={14} />}
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setIsOpen(!isOpen)}
      >
        {words.reports.count(count)}
      </Button>
      <div id={id}>{isOpen && <ReportList comment={comment} />}</div>
    </div>
  );
}

/** What was reported before somebody decided. */
function Settled({ comment }: { comment: AdminComment }) {
  const words = useWords();
  const tenant = useTenant();
  const { data } = useQuery(reportsQuery(tenant.id, comment.id));
  if (!data || data.reports.length === 0) return null;
  return (
    <div className={classes.reports}>
      <Text size="sm" c="dimmed">
        {words.reports.settled}
      </Text>
      <ReportList comment={comment} />
    </div>
  );
}

function ReportList({ comment }: { comment: AdminComment }) {
  const words = useWords();
  const tenant = useTenant();
  const { data, error } = useQuery(reportsQuery(tenant.id, comment.id));
  if (error) return <ProblemAlert error={error} />;
  if (!data) return <Skeleton height={40} mt="xs" role="status" aria-label={words.app.loading} />;
  return (
    <Stack component="ul" gap="xs" p={0} mt="xs" mb={0} style={{ listStyle: 'none' }}>
      {data.reports.map(({ id, reason, note, created_at: at }) => (
        <li key={id}>
          <Group gap={6}>
            <Text size="sm" fw={500} span>
              {said(words.reports.reasons, reason)}
            </Text>
            <Text size="xs" c="dimmed" span>
              <TimeAgo at={at} />
            </Text>
          </Group>
          {note && (
            <Text size="sm" dir="auto" className={classes.note}>
              {note}
            </Text>
          )}
        </li>
      ))}
    </Stack>
  );
}
