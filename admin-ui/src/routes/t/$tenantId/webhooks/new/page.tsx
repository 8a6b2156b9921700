import { Button, Card, Container, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { answer, api } from '~/api/client';
import { useWords } from '~/locales/locale';
import { PageHead } from '~/parts/page-head';
import { useTenant } from '../../tenant';
import { type Wish, WebhookForm } from '../form';
import { webhooksQuery } from '../queries';
import { Secret } from '../secret';

/** Asks what is to be told to whom, then shows the secret that signs it. */
export function NewWebhookPage() {
  const { hooks: words } = useWords();
  const tenant = useTenant();
  const client = useQueryClient();
  const navigate = useNavigate();
  const toWebhook = (webhookId: string) =>
    ({ to: '/t/$tenantId/webhooks/$webhookId', params: { tenantId: tenant.id, webhookId }, search: {} }) as const;
  const creation = useMutation({
    mutationFn: (wish: Wish) =>
      answer(
        api.POST('/v1/admin/tenants/{tenant_id}/webhooks', {
          params: { path: { tenant_id: tenant.id } },
          body: {
            name: wish.name,
            purpose: wish.purpose,
            format: wish.format,
            locale: wish.locale,
            url: wish.url,
            ...(wish.siteId && { site_id: wish.siteId }),
            ...(wish.purpose === 'ask' ? { deadline_ms: wish.deadline } : { events: wish.events }),
            ...(wish.token && { token: wish.token }),
          },
        }),
      ),
    onSuccess: async ({ webhook }) => {
      void client.invalidateQueries(webhooksQuery(tenant.id));
      // A chat has no use for the secret.
      if (webhook.format !== 'standard') await navigate({ ...toWebhook(webhook.id), replace: true });
    },
  });
  const made = creation.data;

  return (
    <Container size="sm" px={0}>
      <PageHead title={words.newTitle} lead={words.newLead} />
      <Card withBorder padding="lg">
        {made ? (
          <>
            <Title order={2} size="h4" mb="sm">
              {words.secretTitle}
            </Title>
            <Secret secret={made.secret}>
              <Button renderRoot={(props) => <Link {...toWebhook(made.webhook.id)} {...props} />}>
                {words.toWebhook}
              </Button>
            </Secret>
          </>
        ) : (
          <WebhookForm error={creation.error} isPending={creation.isPending} onSubmit={creation.mutate} />
        )}
      </Card>
    </Container>
  );
}
