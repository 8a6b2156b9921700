import { Badge, Button, Card, Code, Group, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { answer, api } from '~/api/client';
import { siteQuery, troublesQuery } from '~/api/queries';
import type { Trouble } from '~/api/types';
import { useWords } from '~/locales/locale';
import { CopyButton } from '~/parts/copy-button';
import { Icon } from '~/parts/icon';
import { notifyDone, notifyProblem } from '~/parts/notify';
import { ProblemAlert } from '~/parts/problem-alert';
import { TimeAgo } from '~/parts/time-ago';
import { useMayManage } from '../../../tenant';
import { useSite } from '../page';
import { differenceOf } from './nearby';
import { placeOf } from './snippets';

/** What was in the way of comments on the site's pages, each with the way to mend it. */
export function Doctor() {
  const { doctor: words } = useWords();
  const site = useSite();
  const { data, error } = useQuery(troublesQuery(site.tenant_id, site.id));
  const troubles = data?.troubles ?? [];
  return (
    <Card withBorder padding="lg">
      <Title order={2} size="h4" mb={4}>
        {words.title}
      </Title>
      <Text size="sm" c="dimmed" mb="md">
        {words.lead}
      </Text>
      <ProblemAlert error={error} />
      {data && troubles.length === 0 && (
        <Group gap="xs" wrap="nowrap">
          <ThemeIcon radius="xl" size={26}>
            <Icon name="check" size={16} />
          </ThemeIcon>
          <Text>{words.none}</Text>
        </Group>
      )}
      <Stack gap="lg" component="ul" p={0} m={0} style={{ listStyle: 'none' }} aria-label={words.title}>
        {troubles.map((trouble) => (
          <OneTrouble key={trouble.id} trouble={trouble} />
        ))}
      </Stack>
      <Reporting />
    </Card>
  );
}

function OneTrouble({ trouble }: { trouble: Trouble }) {
  const words = useWords();
  const { doctor } = words;
  const site = useSite();
  const mayManage = useMayManage();
  const client = useQueryClient();
  const dismissal = useMutation({
    mutationFn: () =>
      answer(
        api.DELETE('/v1/admin/tenants/{tenant_id}/sites/{site_id}/troubles/{trouble_id}', {
          params: { path: { tenant_id: site.tenant_id, site_id: site.id, trouble_id: trouble.id } },
        }),
      ),
    onError: (error) => notifyProblem(error, words),
    // Also after a failure: a colleague may have been faster.
    onSettled: () => client.invalidateQueries({ queryKey: troublesQuery(site.tenant_id, site.id).queryKey }),
  });
  const { kind, subject, page, count } = trouble;
  const told = words.troubles[kind];
  const title = told.title(subject);
  const isRefused = kind === 'origin_refused';
  const nearly = isRefused ? differenceOf(subject, site.origins.map(({ origin }) => origin)) : undefined;
  return (
    <li>
      <Group gap="xs" mb={2}>
        <Text fw={500} style={{ overflowWrap: 'anywhere' }}>
          {title}
        </Text>
        <Badge color={kind === 'policy_would_block' || kind === 'clock_skew' ? 'gray' : 'red'} variant="light">
          {doctor.times(count)}
        </Badge>
      </Group>
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        {nearly ? doctor.nearly[nearly.by](nearly.from) : told.fix}
      </Text>
      <FixLine kind={kind} subject={subject} />
      <Text size="sm" c="dimmed" mt={4} style={{ overflowWrap: 'anywhere' }}>
        {page && !isRefused && <>{doctor.seenOn(page)} · </>}
        {words.installation.lastSeen} <TimeAgo at={trouble.last_seen_at} />
      </Text>
      {mayManage && (
        <Group gap="xs" mt="xs">
          {isRefused && <Allow origin={subject} />}
          <Button
            variant="default"
            size="sm"
            loading={dismissal.isPending}
            onClick={() => dismissal.mutate()}
            aria-label={`${doctor.dismiss}: ${title}`}
          >
            {doctor.dismiss}
          </Button>
        </Group>
      )}
    </li>
  );
}

/** The words to write, where there are any. */
function FixLine({ kind, subject }: { kind: Trouble['kind']; subject: string }) {
  const site = useSite();
  const { host, key } = placeOf(site);
  const isOfTypes = subject.endsWith('trusted-types') || subject === 'require-trusted-types-for';
  const lines: Record<Trouble['kind'], string | undefined> = {
    origin_refused: undefined,
    key_wrong: `data-site="${key}"`,
    policy_blocks: isOfTypes ? 'trusted-types parlour' : `${subject} ${host}`,
    policy_would_block: isOfTypes ? 'trusted-types parlour' : `${subject} ${host}`,
    mixed_content: undefined,
    element_missing: '<parlour-comments></parlour-comments>',
    clock_skew: undefined,
  };
  const line = lines[kind];
  return line === undefined ? null : (
    <Code mt={4} style={{ display: 'inline-block', overflowWrap: 'anywhere', whiteSpace: 'normal' }}>
      {line}
    </Code>
  );
}

/** One click, where a page of one's own was turned away. */
export function Allow({ origin }: { origin: string }) {
  const words = useWords();
  const site = useSite();
  const client = useQueryClient();
  const allow = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/v1/admin/tenants/{tenant_id}/sites/{site_id}/origins', {
          params: { path: { tenant_id: site.tenant_id, site_id: site.id } },
          body: { origin },
        }),
      ),
    onSuccess: (added) => notifyDone(words.installation.allowed(added.origin)),
    onError: (error) => notifyProblem(error, words),
    // Also after a failure: a colleague may just have allowed it.
    onSettled: () => client.invalidateQueries({ queryKey: siteQuery(site.tenant_id, site.id).queryKey }),
  });
  return (
    <Button
      variant="light"
      size="sm"
      leftSection={<Icon name="plus" size={16} />}
      loading={allow.isPending}
      onClick={() => allow.mutate()}
      aria-label={`${words.installation.allow}: ${origin}`}
    >
      {words.installation.allow}
    </Button>
  );
}

/** Browsers tell of a policy that blocks only where the policy says whom. */
function Reporting() {
  const { doctor: words, installation } = useWords();
  const site = useSite();
  const source = useRef<HTMLElement>(null);
  const { host, key } = placeOf(site);
  const address = `${host}/v1/sites/${key}/csp-reports`;
  return (
    <details style={{ marginTop: 'var(--mantine-spacing-lg)' }}>
      <Text component="summary" size="sm" style={{ cursor: 'pointer' }}>
        {words.reporting}
      </Text>
      <Text size="sm" my="xs">
        {words.reportingLead}
      </Text>
      <Code block ref={source} bg="var(--parlour-inset)" tabIndex={0} aria-label={words.reporting}>
        {`Reporting-Endpoints: parlour="${address}"\n` +
          `Content-Security-Policy: …; report-to parlour; report-uri ${address}`}
      </Code>
      <Group justify="flex-end" mt="xs">
        <CopyButton label={installation.copy} source={source} />
      </Group>
      <Text size="sm" c="dimmed">
        {words.debugging}
      </Text>
    </details>
  );
}
