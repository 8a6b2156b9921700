import { Alert, Anchor, Button, CloseButton, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { answer, api } from '~/api/client';
import { announcementsQuery, meQuery, tenantsOf, usageQuery } from '~/api/queries';
import type { ActingFor, Announcement, Me } from '~/api/types';
import { useLocale, useWords } from '~/locales/locale';
import { Icon } from '~/parts/icon';
import { keep, recall } from '~/parts/memory';
import { notifyProblem } from '~/parts/notify';
import classes from './shell.module.css';

/** What concerns every page: that one acts for somebody, that the tenant is shut or its plan used up, and what operators say. */
export function Banners({ me, tenantId }: { me: Me; tenantId: string | undefined }) {
  useMailLanguage(me);
  const tenant = tenantsOf(me).find(({ id }) => id === tenantId);
  const words = useWords();
  return (
    <Stack gap="sm" mb="md" className={classes.banners}>
      {me.acting && <ActingNotice acting={me.acting} />}
      {tenant?.suspension && (
        <Alert color="red" icon={<Icon name="lock" />} title={words.platform.suspended}>
          <Text size="sm" dir="auto">
            {words.platform.reason(tenant.suspension.reason)}
          </Text>
          <Text size="sm">
            {tenant.suspension.shows_comments ? words.platform.readersRead : words.platform.readersSeeNothing}
          </Text>
        </Alert>
      )}
      {tenant && <QuotaNotice tenantId={tenant.id} />}
      <Announcements />
    </Stack>
  );
}

/** Mails that come by themselves speak the language that these pages speak. */
function useMailLanguage({ account }: Me) {
  const { locale } = useLocale();
  const client = useQueryClient();
  const { mutate } = useMutation({
    mutationFn: (chosen: string) => answer(api.PATCH('/v1/admin/me', { body: { locale: chosen } })),
    onSuccess: (changed) => client.setQueryData(meQuery.queryKey, (me) => me && { ...me, account: changed }),
  });
  useEffect(() => {
    if (account.locale !== locale) mutate(locale);
  }, [account.locale, locale, mutate]);
}

function ActingNotice({ acting }: { acting: ActingFor }) {
  const { words, locale } = useLocale();
  const client = useQueryClient();
  const navigate = useNavigate();
  const until = new Intl.DateTimeFormat(locale, { timeStyle: 'short' }).format(new Date(acting.expires_at));
  const over = useMutation({
    mutationFn: () => answer(api.DELETE('/v1/operator/acting')),
    onSuccess: async () => {
      client.removeQueries({ queryKey: ['tenant', acting.tenant.id] });
      // What was done there shows in the operators' area, too.
      client.removeQueries({ queryKey: ['operator'] });
      await navigate({ to: '/operator/tenants/$tenantId', params: { tenantId: acting.tenant.id } });
      await client.invalidateQueries(meQuery);
    },
    onError: (error) => notifyProblem(error, words),
  });
  // The server is asked again when the time is over, so that the page does not pretend.
  useEffect(() => {
    const left = Math.max(0, new Date(acting.expires_at).getTime() - Date.now());
    const timer = setTimeout(() => void client.invalidateQueries(meQuery), Math.min(left + 1_000, 2 ** 31 - 1));
    return () => clearTimeout(timer);
  }, [acting.expires_at, client]);

  return (
    <Alert color="grape" icon={<Icon name="eye" />} title={words.platform.acting(acting.tenant.name)}>
      <Group justify="space-between" gap="sm">
        <Text size="sm">{words.platform.actingHint(words.roles[acting.tenant.role], until)}</Text>
        <Group gap="xs">
          <Button
            size="xs"
            variant="default"
            renderRoot={(props) => <Link to="/t/$tenantId" params={{ tenantId: acting.tenant.id }} {...props} />}
          >
            {words.platform.open}
          </Button>
          <Button size="xs" loading={over.isPending} onClick={() => over.mutate()}>
            {words.platform.leave}
          </Button>
        </Group>
      </Group>
    </Alert>
  );
}

function QuotaNotice({ tenantId }: { tenantId: string }) {
  const words = useWords();
  const { data: usage } = useQuery(usageQuery(tenantId));
  const near = usage?.quotas.filter((one) => one.near) ?? [];
  if (near.length === 0) return null;
  const isFull = near.some((one) => one.full);
  return (
    <Alert
      color={isFull ? 'red' : 'yellow'}
      icon={<Icon name="alert" />}
      title={isFull ? words.platform.quotaFull : words.platform.quotaNear}
    >
      <Group justify="space-between" gap="sm">
        <Text size="sm">
          {near.map((one) => words.platform.quotaOf(words.platform.quotas[one.quota], one.used, one.limit ?? 0)).join(' · ')}
        </Text>
        <Anchor size="sm" renderRoot={(props) => <Link to="/t/$tenantId/settings" params={{ tenantId }} {...props} />}>
          {words.platform.seeUsage}
        </Anchor>
      </Group>
    </Alert>
  );
}

const DISMISSED = 'dismissed-announcements';
const MOST_REMEMBERED = 50;

function Announcements() {
  const { data } = useQuery(announcementsQuery);
  const [dismissed, setDismissed] = useState(() => (recall(DISMISSED) ?? '').split(' '));
  const dismiss = ({ id }: Announcement) => {
    const all = [id, ...dismissed].slice(0, MOST_REMEMBERED);
    keep(DISMISSED, all.join(' '));
    setDismissed(all);
  };
  return data?.announcements
    .filter(({ id }) => !dismissed.includes(id))
    .map((one) => <AnnouncementNotice key={one.id} announcement={one} onDismiss={() => dismiss(one)} />);
}

function AnnouncementNotice({ announcement, onDismiss }: { announcement: Announcement; onDismiss: () => void }) {
  const words = useWords();
  const { kind, text, link } = announcement;
  return (
    <Alert
      color={kind === 'warning' ? 'yellow' : 'blue'}
      icon={<Icon name={kind === 'warning' ? 'alert' : 'info'} />}
      title={words.platform.announcement}
    >
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <Text size="sm" dir="auto" style={{ overflowWrap: 'anywhere' }}>
          {text}{' '}
          {link && (
            <Anchor href={link} target="_blank" rel="noreferrer" size="sm">
              {words.platform.more}
            </Anchor>
          )}
        </Text>
        <CloseButton aria-label={words.platform.dismiss} onClick={onDismiss} />
      </Group>
    </Alert>
  );
}
