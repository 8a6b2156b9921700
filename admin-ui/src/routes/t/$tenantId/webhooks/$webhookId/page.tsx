import { Button, Group, Modal, Skeleton, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { answer, api } from '~/api/client';
import type { Webhook } from '~/api/types';
import { useLocale, useWords } from '~/locales/locale';
import { said } from '~/locales/said';
import { Confirm } from '~/parts/confirm';
import { Icon } from '~/parts/icon';
import { notifyDone, notifyProblem } from '~/parts/notify';
import { PageHead } from '~/parts/page-head';
import { ProblemAlert } from '~/parts/problem-alert';
import { LimitedTo } from '../../limited-to';
import { useIsOwn, useTenant } from '../../tenant';
import { type Wish, WebhookForm } from '../form';
import { webhookQuery, webhooksQuery } from '../queries';
import { StandingAlert, StandingBadge } from '../standing';
import { DeliveryList } from './deliveries';
import { Rotate } from './rotate';

const route = getRouteApi('/signed-in/t/$tenantId/webhooks/$webhookId');

/** One webhook: how it is doing, what can be done with it, what was sent to it. */
export function WebhookPage() {
  const words = useWords();
  const tenant = useTenant();
  const { webhookId } = route.useParams();
  const { data: webhook, error, isPending } = useQuery(webhookQuery(tenant.id, webhookId));
  return (
    <>
      <ProblemAlert error={error} />
      {isPending && <Skeleton height={160} radius="md" role="status" aria-label={words.app.loading} />}
      {webhook && <Details webhook={webhook} />}
    </>
  );
}

function Details({ webhook }: { webhook: Webhook }) {
  const { words: all, locale } = useLocale();
  const words = all.hooks;
  const until = webhook.former_secret_until && new Date(webhook.former_secret_until);
  const written = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  return (
    <>
      <PageHead
        title={webhook.name}
        lead={
          <Text component="span" style={{ overflowWrap: 'anywhere' }}>
            {webhook.purpose === 'ask' ? words.purposes.ask.label : words.formats[webhook.format]} · {webhook.url}
          </Text>
        }
      >
        <StandingBadge webhook={webhook} />
      </PageHead>
      <StandingAlert webhook={webhook} />
      <Text size="sm" c="dimmed">
        {webhook.events.map((event) => said(words.eventNames, event)).join(' · ')}
      </Text>
      {webhook.site_id && <LimitedTo siteIds={[webhook.site_id]} />}
      {until && until.getTime() > Date.now() && (
        <Text size="sm" c="dimmed">
          {words.formerUntil(written.format(until))}
        </Text>
      )}
      <Actions webhook={webhook} />
      <DeliveryList webhook={webhook} />
    </>
  );
}

function Actions({ webhook }: { webhook: Webhook }) {
  const all = useWords();
  const words = all.hooks;
  const tenant = useTenant();
  const isOwn = useIsOwn();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [open, setOpen] = useState<'edit' | 'rotate'>();
  const [leaving, setLeaving] = useState<Webhook>();
  const path = { tenant_id: tenant.id, webhook_id: webhook.id };
  // Its log is below the same key.
  const anew = () => client.invalidateQueries(webhooksQuery(tenant.id));

  const change = useMutation({
    mutationFn: (body: Parameters<typeof patch>[1]) => patch(path, body),
    onSuccess: async () => {
      await anew();
      notifyDone(words.saved);
      setOpen(undefined);
    },
  });
  const turning = useMutation({
    mutationFn: (enabled: boolean) => patch(path, { enabled }),
    onSuccess: anew,
    onError: (error) => notifyProblem(error, all),
  });
  const trial = useMutation({
    mutationFn: () =>
      answer(api.POST('/v1/admin/tenants/{tenant_id}/webhooks/{webhook_id}/test', { params: { path }, body: {} })),
    onSuccess: async () => {
      await anew();
      notifyDone(words.testSent);
    },
    onError: (error) => notifyProblem(error, all),
  });
  const removal = useMutation({
    mutationFn: (_: Webhook) =>
      answer(api.DELETE('/v1/admin/tenants/{tenant_id}/webhooks/{webhook_id}', { params: { path } })),
    onSuccess: async () => {
      await navigate({ to: '/t/$tenantId/webhooks', params: { tenantId: tenant.id }, replace: true });
      void anew();
      notifyDone(words.removed(webhook.name));
    },
  });
  const save = (wish: Wish) =>
    change.mutate({
      name: wish.name,
      locale: wish.locale,
      ...(wish.purpose === 'ask' ? { deadline_ms: wish.deadline } : { events: wish.events }),
      ...(wish.url && { url: wish.url }),
      ...(wish.token && { token: wish.token }),
    });

  return (
    <Group gap="xs" my="lg">
      <Button
        leftSection={<Icon name="outside" />}
        loading={trial.isPending}
        disabled={!webhook.enabled}
        onClick={() => trial.mutate()}
      >
        {words.test}
      </Button>
      <Button variant="default" leftSection={<Icon name="pencil" />} onClick={() => setOpen('edit')}>
        {words.edit}
      </Button>
      {isOwn && webhook.format === 'standard' && (
        <Button variant="default" leftSection={<Icon name="key" />} onClick={() => setOpen('rotate')}>
          {words.rotate}
        </Button>
      )}
      <Button variant="default" loading={turning.isPending} onClick={() => turning.mutate(!webhook.enabled)}>
        {webhook.enabled ? words.switchOff : words.switchOn}
      </Button>
      <Button variant="subtle" color="red" onClick={() => setLeaving(webhook)}>
        {words.remove}
      </Button>

      <Modal
        opened={open === 'edit'}
        onClose={() => setOpen(undefined)}
        title={words.editTitle}
        size="lg"
        closeButtonProps={{ 'aria-label': all.app.close }}
      >
        <WebhookForm
          webhook={webhook}
          error={change.error}
          isPending={change.isPending}
          mayAim={isOwn}
          onSubmit={save}
          onCancel={() => setOpen(undefined)}
        />
      </Modal>
      <Rotate webhook={webhook} opened={open === 'rotate'} onClose={() => setOpen(undefined)} />
      <Confirm
        about={leaving}
        title={({ name }) => words.removeOf(name)}
        text={() => words.removeText}
        submit={words.removeSubmit}
        removal={removal}
        onClose={() => setLeaving(undefined)}
      />
    </Group>
  );
}

function patch(
  path: { tenant_id: string; webhook_id: string },
  body: {
    name?: string;
    locale?: string;
    events?: Webhook['events'];
    url?: string;
    token?: string;
    deadline_ms?: number;
    enabled?: boolean;
  },
) {
  return answer(api.PATCH('/v1/admin/tenants/{tenant_id}/webhooks/{webhook_id}', { params: { path }, body }));
}
