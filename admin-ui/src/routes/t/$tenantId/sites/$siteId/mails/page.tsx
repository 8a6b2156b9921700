import { Alert, Badge, Button, Card, Code, Group, NativeSelect, Skeleton, Stack, Text, Textarea, TextInput, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { answer, api } from '~/api/client';
import type { MailText, MailTextOfKind } from '~/api/types';
import { isProblem } from '~/api/problem';
import { localeNames, useWords } from '~/locales/locale';
import { Icon } from '~/parts/icon';
import { LeaveGuard } from '~/parts/leave-guard';
import { notifyDone } from '~/parts/notify';
import { ProblemAlert } from '~/parts/problem-alert';
import { useMayManage } from '../../../tenant';
import { useSite } from '../page';
import { mailTextsQuery } from './queries';

/** So long after the last key, in milliseconds, the preview follows. */
const PAUSE = 350;
/** Around the body of a page, and a line for what it has below. */
const MARGINS = 40;
const NOTHING: MailText = { subject: '', opening: '', closing: '' };

const nameOf = ({ kind, locale }: MailTextOfKind) => `${kind}/${locale}`;

/** What mails say in the name of the site. */
export function MailTextsPage() {
  const { app, settings, mailTexts: words } = useWords();
  const site = useSite();
  const mayManage = useMayManage();
  const { data, error } = useQuery({ ...mailTextsQuery(site.tenant_id, site.id), enabled: mayManage });
  const [chosen, setChosen] = useState('');
  const [isDirty, setDirty] = useState(false);
  if (!mayManage) return <Alert icon={<Icon name="info" />}>{settings.readOnly}</Alert>;
  const texts = data?.texts ?? [];
  const shown =
    texts.find((one) => nameOf(one) === chosen) ??
    texts.find(({ locale }) => site.settings.language.startsWith(locale)) ??
    texts[0];
  return (
    <Stack gap="lg">
      <Text>{words.lead}</Text>
      <ProblemAlert error={error} />
      {!data && !error && <Skeleton height={240} radius="md" role="status" aria-label={app.loading} />}
      {shown && (
        <>
          <Group align="end">
            <NativeSelect
              label={words.which}
              value={nameOf(shown)}
              // What is typed is not lost by looking at another.
              disabled={isDirty}
              onChange={(event) => setChosen(event.currentTarget.value)}
              data={texts.map((one) => ({
                value: nameOf(one),
                label: `${words.kinds[one.kind].label} – ${localeNames[one.locale]}${one.text ? ` (${words.own})` : ''}`,
              }))}
            />
            {shown.text && <Badge variant="light">{words.own}</Badge>}
          </Group>
          <Text size="sm" c="dimmed">
            {words.kinds[shown.kind].hint}
          </Text>
          <Editor key={nameOf(shown)} text={shown} onDirty={setDirty} />
        </>
      )}
    </Stack>
  );
}

function Editor({
  text: { kind, locale, text, built_in: own, placeholders },
  onDirty,
}: {
  text: MailTextOfKind;
  onDirty: (isDirty: boolean) => void;
}) {
  const all = useWords();
  const words = all.mailTexts;
  const site = useSite();
  const client = useQueryClient();
  const [values, setValues] = useState<MailText>(text ?? NOTHING);
  const [asked] = useDebouncedValue(values, PAUSE);
  const params = { path: { tenant_id: site.tenant_id, site_id: site.id, kind, locale } };
  const preview = useQuery({
    queryKey: ['tenant', site.tenant_id, 'site', site.id, 'mail-preview', kind, locale, asked],
    queryFn: () =>
      answer(
        api.POST('/v1/admin/tenants/{tenant_id}/sites/{site_id}/mail-texts/{kind}/{locale}/preview', {
          params,
          body: asked,
        }),
      ),
    placeholderData: keepPreviousData,
    gcTime: 0,
    retry: false,
  });
  const again = async () => {
    await client.invalidateQueries(mailTextsQuery(site.tenant_id, site.id));
    notifyDone(all.app.saved);
  };
  const saving = useMutation({
    mutationFn: (body: MailText) =>
      answer(api.PUT('/v1/admin/tenants/{tenant_id}/sites/{site_id}/mail-texts/{kind}/{locale}', { params, body })),
    onSuccess: again,
  });
  const removal = useMutation({
    mutationFn: () =>
      answer(api.DELETE('/v1/admin/tenants/{tenant_id}/sites/{site_id}/mail-texts/{kind}/{locale}', { params })),
    onSuccess: async () => {
      setValues(NOTHING);
      await again();
    },
  });
  const test = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/v1/admin/tenants/{tenant_id}/sites/{site_id}/mail-texts/{kind}/{locale}/test', {
          params,
          body: values,
        }),
      ),
  });
  const problem = isProblem(preview.error) ? preview.error : undefined;
  const faultOf = (part: keyof MailText) => {
    const fault = problem?.fields.find(({ pointer }) => pointer === `/${part}`);
    return fault && (fault.code === 'invalid' ? words.unknownName : all.fields[fault.code]);
  };
  const saved = text ?? NOTHING;
  const isChanged = PARTS.some((part) => values[part] !== saved[part]);
  useEffect(() => onDirty(isChanged), [isChanged, onDirty]);
  const set = (part: keyof MailText) => (value: string) => setValues((before) => ({ ...before, [part]: value }));
  return (
    <>
      <LeaveGuard active={isChanged} />
      <Card withBorder padding="lg">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            saving.mutate(values);
          }}
        >
          <Stack>
            <TextInput
              label={words.subject}
              placeholder={own.subject}
              value={values.subject}
              maxLength={150}
              error={faultOf('subject')}
              onChange={(event) => set('subject')(event.currentTarget.value)}
            />
            <Textarea
              label={words.opening}
              description={words.paragraphs}
              placeholder={own.opening}
              value={values.opening}
              maxLength={2000}
              autosize
              minRows={3}
              error={faultOf('opening')}
              onChange={(event) => set('opening')(event.currentTarget.value)}
            />
            <Textarea
              label={words.closing}
              description={words.closingHint}
              value={values.closing}
              maxLength={2000}
              autosize
              minRows={2}
              error={faultOf('closing')}
              onChange={(event) => set('closing')(event.currentTarget.value)}
            />
            <div>
              <Text size="sm">{words.names}</Text>
              <Stack component="ul" gap={4} p={0} m={0} mt={4} style={{ listStyle: 'none' }}>
                {placeholders.map((name) => (
                  <Text key={name} component="li" size="sm">
                    <Code>{`{${name}}`}</Code> {words.means[name as keyof typeof words.means]}
                  </Text>
                ))}
              </Stack>
            </div>
            <ProblemAlert error={saving.error ?? removal.error ?? test.error} />
            <Text size="sm" role="status" c={test.data?.sent === false ? 'red' : undefined}>
              {test.data && (test.data.sent ? words.tested(test.data.to) : words.notTested(test.data.error ?? ''))}
            </Text>
            <Group>
              <Button type="submit" disabled={!isChanged || problem !== undefined} loading={saving.isPending}>
                {words.save}
              </Button>
              <Button
                variant="default"
                disabled={problem !== undefined}
                loading={test.isPending}
                onClick={() => test.mutate()}
              >
                {words.test}
              </Button>
              {text && (
                <Button variant="subtle" color="red" loading={removal.isPending} onClick={() => removal.mutate()}>
                  {words.reset}
                </Button>
              )}
            </Group>
          </Stack>
        </form>
      </Card>
      <Card withBorder padding="lg" component="section" aria-labelledby="mail-preview-title">
        <Title order={2} size="h4" id="mail-preview-title">
          {words.preview}
        </Title>
        <Text size="sm" c="dimmed" mb="sm">
          {words.previewHint}
        </Text>
        {problem === undefined && <ProblemAlert error={preview.error} />}
        {preview.data && (
          <>
            <Text fw={600} dir="auto" style={{ overflowWrap: 'anywhere' }}>
              {preview.data.subject}
            </Text>
            <Mail html={preview.data.html} />
            <Text size="sm" c="dimmed" mt="md" mb={4}>
              {words.asText}
            </Text>
            <Code block dir="auto" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
              {preview.data.text}
            </Code>
          </>
        )}
      </Card>
    </>
  );
}

const PARTS = ['subject', 'opening', 'closing'] as const;

/**
 * A mail as its reader's program shows it: in a frame that runs nothing and goes nowhere. Its styles stand in attributes, which the policy of
 * this page does not allow; so they are set from here.
 */
function Mail({ html }: { html: string }) {
  const { mailTexts: words } = useWords();
  const frame = useRef<HTMLIFrameElement>(null);
  const observer = useRef<ResizeObserver>(null);
  const [height, setHeight] = useState(320);
  const dress = () => {
    const page = frame.current?.contentDocument;
    if (!page?.body) return;
    for (const element of page.querySelectorAll<HTMLElement>('[data-style]')) {
      element.style.cssText = element.dataset['style'] ?? '';
    }
    // As high as it is, also when it becomes narrower. The one before went with its page.
    observer.current?.disconnect();
    observer.current = new ResizeObserver(() => setHeight(page.body.offsetHeight + MARGINS));
    observer.current.observe(page.body);
  };
  useEffect(() => () => observer.current?.disconnect(), []);
  return (
    <iframe
      ref={frame}
      title={words.preview}
      sandbox="allow-same-origin"
      srcDoc={html.replaceAll(' style="', ' data-style="')}
      onLoad={dress}
      tabIndex={-1}
      style={{ width: '100%', height, border: 0, background: '#ffffff', colorScheme: 'light', pointerEvents: 'none' }}
    />
  );
}
