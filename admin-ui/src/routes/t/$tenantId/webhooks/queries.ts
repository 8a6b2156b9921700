import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { answer, api } from '~/api/client';
import type { DeliveryState } from '~/api/types';

/** How often what is on its way is asked for. */
const SOON_MS = 1_500;

export const webhooksQuery = (tenantId: string) =>
  queryOptions({
    queryKey: ['tenant', tenantId, 'webhooks'],
    staleTime: 0,
    queryFn: () =>
      answer(api.GET('/v1/admin/tenants/{tenant_id}/webhooks', { params: { path: { tenant_id: tenantId } } })),
  });

export const webhookQuery = (tenantId: string, webhookId: string) =>
  queryOptions({
    queryKey: ['tenant', tenantId, 'webhooks', webhookId],
    staleTime: 0,
    queryFn: () =>
      answer(
        api.GET('/v1/admin/tenants/{tenant_id}/webhooks/{webhook_id}', {
          params: { path: { tenant_id: tenantId, webhook_id: webhookId } },
        }),
      ),
  });

/** The latest first; asked for again while something of it is about to be sent. */
export const deliveriesQuery = (tenantId: string, webhookId: string, state?: DeliveryState) =>
  infiniteQueryOptions({
    queryKey: ['tenant', tenantId, 'webhooks', webhookId, 'deliveries', state],
    staleTime: 0,
    queryFn: ({ pageParam }) =>
      answer(
        api.GET('/v1/admin/tenants/{tenant_id}/webhooks/{webhook_id}/deliveries', {
          params: {
            path: { tenant_id: tenantId, webhook_id: webhookId },
            query: { state, before: pageParam, limit: 25 },
          },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state: { data } }) =>
      data?.pages.some((page) => page.deliveries.some(({ next_try_at: at }) => isSoon(at))) ? SOON_MS : false,
  });

export const deliveryQuery = (tenantId: string, webhookId: string, deliveryId: string) =>
  queryOptions({
    queryKey: ['tenant', tenantId, 'webhooks', webhookId, 'delivery', deliveryId],
    staleTime: 0,
    queryFn: () =>
      answer(
        api.GET('/v1/admin/tenants/{tenant_id}/webhooks/{webhook_id}/deliveries/{delivery_id}', {
          params: { path: { tenant_id: tenantId, webhook_id: webhookId, delivery_id: deliveryId } },
        }),
      ),
    refetchInterval: ({ state: { data } }) => (isSoon(data?.delivery.next_try_at) ? SOON_MS : false),
  });

function isSoon(at: string | undefined): boolean {
  return at !== undefined && new Date(at).getTime() - Date.now() < 10_000;
}
