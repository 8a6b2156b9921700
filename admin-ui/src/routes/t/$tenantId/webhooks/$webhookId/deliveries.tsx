import { Anchor, Badge, type BadgeProps, Button, Card, Center, Group, NativeSelect, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import type { Delivery, DeliveryState, Webhook } from '~/api/types';
import { useLocale, useWords } from '~/locales/locale';
import { said } from '~/locales/said';
import { Blank } from '~/parts/blank';
import { ProblemAlert } from '~/parts/problem-alert';
import { TimeAgo } from '~/parts/time-ago';
import { useTenant } from '../../tenant';
import { deliveriesQuery } from '../queries';

const route = getRouteApi('/signed-in/t/$tenantId/webhooks/$webhookId');

const STATES: DeliveryState[] = ['waiting', 'delivered', 'failed'];
const LOOKS: Record<DeliveryState, BadgeProps> = {
  waiting: { variant: 'default' },
  delivered: { variant: 'light' },
  failed: { color: 'red' },
};

/** What was sent to a webhook, the latest first. */
export function DeliveryList({ webhook }: { webhook: Webhook }) {
  const all = useWords();
  const words = all.hooks;
  const tenant = useTenant();
  const navigate = useNavigate();
  const { state } = route.useSearch();
  const list = useInfiniteQuery(deliveriesQuery(tenant.id, webhook.id, state));
  const deliveries = list.data?.pages.flatMap((page) => page.deliveries) ?? [];
  const params = { tenantId: tenant.id, webhookId: webhook.id };
  const filter = (to: string) =>
    navigate({
      to: '/t/$tenantId/webhooks/$webhookId',
      params,
      search: to ? { state: to as DeliveryState } : {},
    });

  return (
    <section aria-label={words.deliveries}>
      <Group justify="space-between" align="flex-end" mb="sm">
        <div>
          <Title order={2} size="h4">
            {words.deliveries}
          </Title>
          <Text size="sm" c="dimmed">
            {words.deliveriesHint}
          </Text>
        </div>
        <NativeSelect
          aria-label={words.filter}
          value={state ?? ''}
          onChange={(event) => void filter(event.currentTarget.value)}
          data={[{ value: '', label: words.anyState }, ...STATES.map((one) => ({ value: one, label: said(words.states, one) }))]}
        />
      </Group>
      <ProblemAlert error={list.error} />
      {list.isPending && <Skeleton height={64} radius="md" role="status" aria-label={all.app.loading} />}
      {list.isSuccess && deliveries.length === 0 && (
        <Blank
          icon="history"
          title={state ? words.noSuchDeliveries : words.noDeliveries}
          hint={words.noDeliveriesHint}
        />
      )}
      <Stack component="ol" gap="xs" p={0} m={0} style={{ listStyle: 'none' }}>
        {deliveries.map((delivery) => (
          <Card key={delivery.id} component="li" withBorder padding="sm">
            <Group gap="xs">
              <StateBadge delivery={delivery} />
              <Anchor
                renderRoot={(props) => (
                  <Link
                    to="/t/$tenantId/webhooks/$webhookId/deliveries/$deliveryId"
                    params={{ ...params, deliveryId: delivery.id }}
                    {...props}
                  />
                )}
              >
                {said(words.eventNames, delivery.event)}
              </Anchor>
            </Group>
            <DeliveryFacts delivery={delivery} />
          </Card>
        ))}
      </Stack>
      {list.hasNextPage && (
        <Center mt="md">
          <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {words.more}
          </Button>
        </Center>
      )}
    </section>
  );
}

export function StateBadge({ delivery }: { delivery: Delivery }) {
  const { hooks: words } = useWords();
  return <Badge {...LOOKS[delivery.state]}>{said(words.states, delivery.state)}</Badge>;
}

/** When, how often, with what outcome. */
export function DeliveryFacts({ delivery }: { delivery: Delivery }) {
  const { words: all, locale } = useLocale();
  const words = all.hooks;
  const time = new Intl.DateTimeFormat(locale, { dateStyle: 'short', timeStyle: 'medium' });
  const next = delivery.next_try_at && delivery.attempts > 0 && time.format(new Date(delivery.next_try_at));
  return (
    <Text size="sm" c="dimmed">
      <TimeAgo at={delivery.created_at} /> · {words.attempts(delivery.attempts)}
      {delivery.status !== undefined && ` · HTTP ${delivery.status}`}
      {delivery.fault && ` · ${said(words.faults, delivery.fault)}`}
      {next && ` · ${words.nextTry} ${next}`}
    </Text>
  );
}
