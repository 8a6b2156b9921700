import { Badge, Button, Card, Code, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { answer, api } from '~/api/client';
import { isProblem } from '~/api/problem';
import type { PageCheck, PageFinding } from '~/api/types';
import { useWords } from '~/locales/locale';
import { fieldErrors } from '~/parts/field-errors';
import { Icon } from '~/parts/icon';
import { ProblemAlert } from '~/parts/problem-alert';
import { useMayManage } from '../../../tenant';
import { useSite } from '../page';
import { Allow } from './doctor';

/** The worst first. */
const RANK = ['error', 'warning', 'good'];

/** The server loads a page of the site and says what it finds. */
export function Check() {
  const words = useWords();
  const { check } = words;
  const site = useSite();
  const mayManage = useMayManage();
  const first = site.origins.find(({ origin }) => !origin.includes('*'));
  const form = useForm({ initialValues: { url: first ? `${first.origin}/` : '' } });
  const look = useMutation({
    mutationFn: (url: string) =>
      answer(
        api.POST('/v1/admin/tenants/{tenant_id}/sites/{site_id}/check', {
          params: { path: { tenant_id: site.tenant_id, site_id: site.id } },
          body: { url },
        }),
      ),
    onError: (error) => form.setErrors(isProblem(error, 'invalid_input') ? { url: check.notOfSite } : fieldErrors(error, words)),
  });
  if (!mayManage) return null;
  return (
    <Card withBorder padding="lg">
      <Title order={2} size="h4" mb={4}>
        {check.title}
      </Title>
      <Text size="sm" c="dimmed" mb="md">
        {check.lead}
      </Text>
      <form onSubmit={form.onSubmit(({ url }) => look.mutate(url))}>
        <Stack gap="sm">
          <TextInput
            label={check.label}
            type="text"
            inputMode="url"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            required
            {...form.getInputProps('url')}
          />
          {!isProblem(look.error, 'invalid_input') && <ProblemAlert error={look.error} />}
          <Group>
            <Button type="submit" variant="light" leftSection={<Icon name="search" />} loading={look.isPending}>
              {check.submit}
            </Button>
          </Group>
        </Stack>
      </form>
      <div aria-live="polite">{look.data && !look.isPending && <Findings checked={look.data} />}</div>
    </Card>
  );
}

function Findings({ checked }: { checked: PageCheck }) {
  const { check: words } = useWords();
  const findings = [...checked.findings].sort((one, other) => RANK.indexOf(one.grade) - RANK.indexOf(other.grade));
  const bad = findings.filter(({ grade }) => grade === 'error').length;
  return (
    <>
      <Text mt="lg" mb="sm" fw={500}>
        {words.summary(bad)}
      </Text>
      <Stack gap="md" component="ul" p={0} m={0} style={{ listStyle: 'none' }} aria-label={words.findings}>
        {findings.map((finding, place) => (
          <OneFinding key={`${finding.code} ${place}`} finding={finding} />
        ))}
      </Stack>
    </>
  );
}

const BADGE = { variant: 'light', mt: 3, style: { flex: 'none' } } as const;

function OneFinding({ finding: { code, grade, subject = '', line } }: { finding: PageFinding }) {
  const { check: words, pageFindings } = useWords();
  const { text, fix } = pageFindings[code];
  const causes: Record<string, string> = words.unreachable;
  const about = code === 'unreachable' ? (causes[subject] ?? subject) : code === 'clock_skew' ? skew(subject) : subject;
  return (
    <li>
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <Badge color={grade === 'error' ? 'red' : grade === 'warning' ? 'gray' : undefined} {...BADGE}>
          {words.grades[grade]}
        </Badge>
        <div style={{ minWidth: 0, overflowWrap: 'anywhere' }}>
          <Text>{text(about)}</Text>
          {fix && (
            <Text size="sm" c="dimmed">
              {fix}
            </Text>
          )}
          {line && <Code style={{ whiteSpace: 'normal' }}>{line}</Code>}
          {code === 'elsewhere' && (
            <Group mt="xs">
              <Allow origin={subject} />
            </Group>
          )}
        </div>
      </Group>
    </li>
  );
}

/** Minutes, with a sign that says which clock is ahead. */
function skew(seconds: string): string {
  return String(Math.round(Number(seconds) / 60));
}
