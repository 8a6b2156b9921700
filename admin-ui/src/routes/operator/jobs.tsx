import { Anchor, Badge, Button, Card, Group, NativeSelect, SimpleGrid, Text } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { answer, api } from '~/api/client';
import type { Job, JobStanding } from '~/api/types';
import { useLocale, useWords } from '~/locales/locale';
import { Confirm } from '~/parts/confirm';
import { notifyDone, notifyProblem } from '~/parts/notify';
import { PageHead } from '~/parts/page-head';
import { ProblemAlert } from '~/parts/problem-alert';
import { TimeAgo } from '~/parts/time-ago';
import { STANDINGS } from './operator-search';
import { Paged } from './parts';
import { jobsQuery, OPERATOR, talliesQuery } from './queries';

const route = getRouteApi('/signed-in/operator/jobs');

const COLORS: Record<JobStanding, string> = { waiting: 'gray', running: 'blue', failed: 'red' };

/** Work for later: how much there is, and what has failed. */
export function JobsPage() {
  const words = useWords();
  const { standing } = route.useSearch();
  const navigate = useNavigate();
  const client = useQueryClient();
  const list = useInfiniteQuery(jobsQuery({ standing }));
  const jobs = list.data?.pages.flatMap((page) => page.jobs) ?? [];
  const [leaving, setLeaving] = useState<Job>();
  const again = useMutation({
    mutationFn: ({ id }: Job) =>
      answer(api.POST('/v1/operator/jobs/{job_id}/retry', { params: { path: { job_id: id } } })),
    onSuccess: () => notifyDone(words.operator.jobs.retried),
    onError: (error) => notifyProblem(error, words),
    onSettled: () => client.invalidateQueries({ queryKey: OPERATOR }),
  });
  const removal = useMutation({
    mutationFn: ({ id }: Job) =>
      answer(api.DELETE('/v1/operator/jobs/{job_id}', { params: { path: { job_id: id } } })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: OPERATOR });
      setLeaving(undefined);
    },
  });
  return (
    <>
      <PageHead title={words.operator.jobs.title} lead={words.operator.jobs.lead}>
        <NativeSelect
          aria-label={words.operator.show}
          value={standing ?? ''}
          onChange={(event) => {
            const to = event.currentTarget.value as JobStanding | '';
            void navigate({ to: '/operator/jobs', search: to ? { standing: to } : {}, replace: true });
          }}
          data={[
            { value: '', label: words.operator.all },
            ...STANDINGS.map((value) => ({ value, label: words.operator.jobs.standings[value] })),
          ]}
        />
      </PageHead>
      <Tallies />
      <Paged
        list={list}
        count={jobs.length}
        icon="check"
        none={words.operator.jobs.none}
        noneHint={words.operator.jobs.noneHint}
      >
        {jobs.map((job) => (
          <JobCard
            key={job.id}
            job={job}
            isBusy={again.isPending}
            onRetry={() => again.mutate(job)}
            onDrop={() => setLeaving(job)}
          />
        ))}
      </Paged>
      <Confirm
        about={leaving}
        title={({ kind }) => words.operator.jobs.dropOf(kind)}
        text={() => words.operator.jobs.dropText}
        submit={words.operator.jobs.drop}
        removal={removal}
        onClose={() => setLeaving(undefined)}
      />
    </>
  );
}

function Tallies() {
  const { words, locale } = useLocale();
  const { data, error } = useQuery(talliesQuery);
  return (
    <>
      <ProblemAlert error={error} />
      <SimpleGrid cols={{ base: 1, xs: 3 }} mb="md">
        {STANDINGS.map((standing) => {
          const all = data?.tallies.filter((one) => one.standing === standing) ?? [];
          const count = all.reduce((sum, one) => sum + one.count, 0);
          const oldest = all.map((one) => one.oldest).sort()[0];
          return (
            <Card key={standing} withBorder padding="md">
              <Text size="sm" c="dimmed">
                {words.operator.jobs.standings[standing]}
              </Text>
              <Text size="xl" fw={650}>
                {count.toLocaleString(locale)}
              </Text>
              <Text size="sm" c="dimmed">
                {all.map((one) => `${one.kind} ${one.count.toLocaleString(locale)}`).join(' · ')}
              </Text>
              {oldest && (
                <Text size="sm" c="dimmed">
                  {words.operator.jobs.oldest} <Moment at={oldest} />
                </Text>
              )}
            </Card>
          );
        })}
      </SimpleGrid>
    </>
  );
}

function JobCard({
  job,
  isBusy,
  onRetry,
  onDrop,
}: {
  job: Job;
  isBusy: boolean;
  onRetry: () => void;
  onDrop: () => void;
}) {
  const words = useWords();
  return (
    <Card component="li" withBorder padding="md">
      <Group gap="xs">
        <Text fw={600}>{job.kind}</Text>
        <Badge variant="light" color={COLORS[job.standing]} c="var(--mantine-color-text)">
          {words.operator.jobs.standings[job.standing]}
        </Badge>
        {job.site_id && (
          <Anchor
            size="sm"
            renderRoot={(props) => <Link to="/operator/sites/$siteId" params={{ siteId: job.site_id! }} {...props} />}
          >
            {words.operator.jobs.site}
          </Anchor>
        )}
      </Group>
      <Text size="sm" c="dimmed">
        {words.operator.jobs.attempts(job.attempts)} · {words.apiKeys.made} <TimeAgo at={job.created_at} /> ·{' '}
        {words.operator.jobs.due} <Moment at={job.run_at} />
      </Text>
      {job.error && (
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {job.error}
        </Text>
      )}
      {job.standing === 'failed' && (
        <Group gap="xs" mt="xs">
          <Button size="xs" variant="default" disabled={isBusy} onClick={onRetry}>
            {words.operator.jobs.retry}
          </Button>
          <Button size="xs" variant="subtle" color="red" onClick={onDrop}>
            {words.operator.jobs.drop}
          </Button>
        </Group>
      )}
    </Card>
  );
}

/** A time that may lie ahead. */
function Moment({ at }: { at: string }) {
  const { locale } = useLocale();
  const format = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  return <time dateTime={at}>{format.format(new Date(at))}</time>;
}
