import { Alert, Anchor, Badge, Button, Card, Code, Group, SimpleGrid, Skeleton, Table, Text } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { answer, api } from '~/api/client';
import type { Bounce, BounceKind, MailOutcome, MailStanding } from '~/api/types';
import { useLocale, useWords } from '~/locales/locale';
import { Confirm } from '~/parts/confirm';
import { Icon } from '~/parts/icon';
import { PageHead } from '~/parts/page-head';
import { ProblemAlert } from '~/parts/problem-alert';
import { SearchField } from '~/parts/search-field';
import { TimeAgo } from '~/parts/time-ago';
import { Facts, Paged, Section } from './parts';
import { bouncesQuery, mailQuery, OPERATOR } from './queries';

const OUTCOMES: readonly MailOutcome[] = ['sent', 'deferred', 'failed', 'held_site', 'held_all', 'withheld'];
const COLORS: Record<BounceKind, string> = { hard: 'red', soft: 'gray', complaint: 'orange' };

/** How mail stands: what waits and why, what became of it, and what came back. */
export function MailPage() {
  const { operator, app } = useWords();
  const words = operator.mail;
  const { data, error } = useQuery(mailQuery);
  return (
    <>
      <PageHead title={words.title} lead={words.lead}>
        <TestButton isConfigured={data?.configured ?? false} />
      </PageHead>
      <ProblemAlert error={error} />
      {!data && !error && <Skeleton height={240} radius="md" role="status" aria-label={app.loading} />}
      {data && (
        <>
          <Server mail={data} />
          <Waiting mail={data} />
          <Days mail={data} />
          <Errors mail={data} />
        </>
      )}
      <Bounces tallies={data?.bounces ?? []} />
    </>
  );
}

function TestButton({ isConfigured }: { isConfigured: boolean }) {
  const { locale, words: all } = useLocale();
  const words = all.operator.mail;
  const test = useMutation({
    mutationFn: () => answer(api.POST('/v1/operator/mail/test', { body: { locale } })),
  });
  return (
    <div>
      <Button variant="default" disabled={!isConfigured} loading={test.isPending} onClick={() => test.mutate()}>
        {words.test}
      </Button>
      <ProblemAlert error={test.error} />
      <Text size="sm" role="status" c={test.data?.sent === false ? 'red' : undefined} maw={320}>
        {test.data && (test.data.sent ? words.tested : words.notTested(test.data.error ?? ''))}
      </Text>
    </div>
  );
}

function Server({ mail }: { mail: MailStanding }) {
  const { operator } = useWords();
  const words = operator.mail;
  const { server, signing, webhooks } = mail;
  const isWell = server.is_well;
  return (
    <Section
      title={words.server}
      action={
        isWell !== undefined && (
          <Badge variant="light" color={isWell ? 'teal' : 'red'} c="var(--mantine-color-text)">
            {isWell ? words.well : words.unwell}
          </Badge>
        )
      }
    >
      {!mail.configured && <Alert icon={<Icon name="info" />}>{words.notConfigured}</Alert>}
      <Facts
        facts={[
          [words.from, mail.from || '–'],
          [
            words.standing,
            <>
              {server.standing}
              {server.since && (
                <>
                  {' '}
                  ({words.since} <TimeAgo at={server.since} />)
                </>
              )}
            </>,
          ],
          [words.ceilings, words.ceilingsOf(mail.ceiling_site, mail.ceiling_all)],
          [
            words.signing,
            signing ? (
              <>
                {words.signedFor(signing.domain, signing.algorithm)} <Code>{signing.name}</Code>
                {!signing.aligned && ` ${words.notAligned}`}
              </>
            ) : (
              words.notSigned
            ),
          ],
          [
            words.webhooks,
            <>
              {words.webhooksOf(webhooks.waiting, webhooks.failing, webhooks.disabled)}
              {webhooks.oldest && (
                <>
                  {' '}
                  ({words.oldest} <TimeAgo at={webhooks.oldest} />)
                </>
              )}
            </>,
          ],
        ]}
      />
    </Section>
  );
}

function Waiting({ mail }: { mail: MailStanding }) {
  const { words: all, locale } = useLocale();
  const words = all.operator.mail;
  const number = (count: number) => count.toLocaleString(locale);
  const toJobs = (
    <Anchor size="sm" renderRoot={(props) => <Link to="/operator/jobs" search={{ standing: 'waiting' }} {...props} />}>
      {words.toJobs}
    </Anchor>
  );
  return (
    <Section title={words.waiting} action={toJobs}>
      {mail.waiting.length === 0 && <Text size="sm">{words.nothingWaits}</Text>}
      <SimpleGrid cols={{ base: 1, xs: 3 }}>
        {mail.waiting.map((one) => (
          <div key={one.kind}>
            <Text size="sm" c="dimmed">
              {kindOf(words.kinds, one.kind)}
            </Text>
            <Text size="xl" fw={650}>
              {number(one.count)}
            </Text>
            <Text size="sm" c="dimmed">
              {words.ages(number(one.over_an_hour), number(one.over_a_day))}
            </Text>
            <Text size="sm" c="dimmed">
              {words.oldest} <TimeAgo at={one.oldest} />
            </Text>
          </div>
        ))}
      </SimpleGrid>
    </Section>
  );
}

/** A job of a newer version has its name and no word. */
function kindOf(kinds: Record<string, string>, kind: string): string {
  return kinds[kind] ?? kind;
}

function Scrolled({ label, head, children }: { label: string; head: string[]; children: ReactNode }) {
  return (
    <Table.ScrollContainer minWidth={520} scrollAreaProps={{ viewportProps: { tabIndex: 0, 'aria-label': label } }}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            {head.map((one) => (
              <Table.Th key={one} scope="col">
                {one}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>{children}</Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Days({ mail }: { mail: MailStanding }) {
  const { words: all, locale } = useLocale();
  const words = all.operator.mail;
  const days = [...new Set(mail.days.map(({ day }) => day))];
  const format = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });
  const count = (day: string, outcome: MailOutcome) =>
    mail.days.filter((one) => one.day === day && one.outcome === outcome).reduce((sum, one) => sum + one.count, 0);
  return (
    <Section title={words.days}>
      <Text size="sm" c="dimmed" mb="xs">
        {words.daysHint}
      </Text>
      {days.length === 0 && <Text size="sm">{words.noDays}</Text>}
      {days.length > 0 && (
        <Scrolled label={words.days} head={[words.day, ...OUTCOMES.map((outcome) => words.outcomes[outcome])]}>
          {days.map((day) => (
            <Table.Tr key={day}>
              <Table.Th scope="row">{format.format(new Date(`${day}T00:00:00Z`))}</Table.Th>
              {OUTCOMES.map((outcome) => (
                <Table.Td key={outcome}>{count(day, outcome).toLocaleString(locale)}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Scrolled>
      )}
    </Section>
  );
}

function Errors({ mail }: { mail: MailStanding }) {
  const { words: all, locale } = useLocale();
  const words = all.operator.mail;
  if (mail.errors.length === 0) return null;
  return (
    <Section
      title={words.errors}
      action={
        <Anchor
          size="sm"
          renderRoot={(props) => <Link to="/operator/jobs" search={{ standing: 'failed' }} {...props} />}
        >
          {words.toFailed}
        </Anchor>
      }
    >
      <Scrolled label={words.errors} head={[words.error, words.becomes, words.count, words.latest]}>
        {mail.errors.map((one) => (
          <Table.Tr key={`${one.failed} ${one.error}`}>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>{one.error}</Table.Td>
            <Table.Td>{one.failed ? words.givenUp : words.triedAgain}</Table.Td>
            <Table.Td>{one.count.toLocaleString(locale)}</Table.Td>
            <Table.Td>
              <TimeAgo at={one.latest} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Scrolled>
    </Section>
  );
}

function Bounces({ tallies }: { tallies: MailStanding['bounces'] }) {
  const { words: all, locale } = useLocale();
  const words = all.operator.mail;
  const client = useQueryClient();
  const [address, setAddress] = useState('');
  const list = useInfiniteQuery(bouncesQuery(address));
  const bounces = list.data?.pages.flatMap((page) => page.bounces) ?? [];
  const [leaving, setLeaving] = useState<Bounce>();
  const removal = useMutation({
    mutationFn: ({ id }: Bounce) =>
      answer(api.DELETE('/v1/operator/mail/bounces/{bounce_id}', { params: { path: { bounce_id: id } } })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: OPERATOR });
      setLeaving(undefined);
    },
  });
  const told = tallies.map(({ kind, count }) => `${words.bounceKinds[kind]}: ${count.toLocaleString(locale)}`);
  return (
    <Section title={words.bounces}>
      <Text size="sm" c="dimmed" mb="xs">
        {words.bouncesHint}
      </Text>
      {told.length > 0 && (
        <Text size="sm" mb="xs">
          {told.join(' · ')}
        </Text>
      )}
      <Group mb="md">
        <SearchField q={address} label={words.byAddress} placeholder="ada@example.org" onSearch={setAddress} />
      </Group>
      <Paged list={list} count={bounces.length} icon="check" none={words.noBounces} noneHint={words.noBouncesHint}>
        {bounces.map((bounce) => (
          <Card key={bounce.id} component="li" withBorder padding="sm">
            <Group justify="space-between" gap="sm">
              <div>
                <Group gap="xs">
                  <Badge variant="light" color={COLORS[bounce.kind]} c="var(--mantine-color-text)">
                    {words.bounceKinds[bounce.kind]}
                  </Badge>
                  <Text size="sm" c="dimmed">
                    {words.sources[bounce.source]} · {words.times(bounce.count)} · <TimeAgo at={bounce.last_at} />
                  </Text>
                </Group>
                {bounce.diagnostic && (
                  <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                    {bounce.diagnostic}
                  </Text>
                )}
              </div>
              <Button size="xs" variant="default" onClick={() => setLeaving(bounce)}>
                {words.lift}
              </Button>
            </Group>
          </Card>
        ))}
      </Paged>
      <Confirm
        about={leaving}
        title={() => words.liftTitle}
        text={() => words.liftText}
        submit={words.lift}
        removal={removal}
        onClose={() => setLeaving(undefined)}
      />
    </Section>
  );
}
