import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { answer, api } from '~/api/client';
import type { JobsSearch, OperatorSearch } from './operator-search';

const LIMIT = 50;

const asked = ({ q, only }: OperatorSearch, before: string | undefined) => ({
  q,
  before,
  limit: LIMIT,
  ...(only === 'suspended' && { suspended: true }),
});

const paged = {
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page: { next?: string | undefined }) => page.next,
  placeholderData: keepPreviousData,
};

/** Everything that an operator sees begins with this, so that a change of anything makes all of it stale. */
export const OPERATOR = ['operator'];

export const tenantsQuery = (search: OperatorSearch) =>
  infiniteQueryOptions({
    queryKey: [...OPERATOR, 'tenants', search],
    queryFn: ({ pageParam }) =>
      answer(api.GET('/v1/operator/tenants', { params: { query: asked(search, pageParam) } })),
    ...paged,
  });

export const tenantQuery = (tenantId: string) =>
  queryOptions({
    queryKey: [...OPERATOR, 'tenant', tenantId],
    queryFn: () => answer(api.GET('/v1/operator/tenants/{tenant_id}', { params: { path: { tenant_id: tenantId } } })),
  });

export const tenantAuditQuery = (tenantId: string) =>
  infiniteQueryOptions({
    queryKey: [...OPERATOR, 'tenant', tenantId, 'audit'],
    queryFn: ({ pageParam }) =>
      answer(
        api.GET('/v1/operator/tenants/{tenant_id}/audit', {
          params: { path: { tenant_id: tenantId }, query: { before: pageParam, limit: 20 } },
        }),
      ),
    ...paged,
  });

export const sitesQuery = (search: OperatorSearch, tenantId?: string) =>
  infiniteQueryOptions({
    queryKey: [...OPERATOR, 'sites', search, tenantId],
    queryFn: ({ pageParam }) =>
      answer(
        api.GET('/v1/operator/sites', { params: { query: { ...asked(search, pageParam), tenant_id: tenantId } } }),
      ),
    ...paged,
  });

export const siteQuery = (siteId: string) =>
  queryOptions({
    queryKey: [...OPERATOR, 'site', siteId],
    queryFn: () => answer(api.GET('/v1/operator/sites/{site_id}', { params: { path: { site_id: siteId } } })),
  });

export const accountsQuery = (search: OperatorSearch) =>
  infiniteQueryOptions({
    queryKey: [...OPERATOR, 'accounts', search],
    queryFn: ({ pageParam }) =>
      answer(
        api.GET('/v1/operator/accounts', {
          params: { query: { ...asked(search, pageParam), ...(search.only === 'operators' && { operator: true }) } },
        }),
      ),
    ...paged,
  });

export const accountQuery = (accountId: string) =>
  queryOptions({
    queryKey: [...OPERATOR, 'account', accountId],
    queryFn: () =>
      answer(api.GET('/v1/operator/accounts/{account_id}', { params: { path: { account_id: accountId } } })),
  });

export const plansQuery = queryOptions({
  queryKey: [...OPERATOR, 'plans'],
  queryFn: () => answer(api.GET('/v1/operator/plans')),
});

export const boundsQuery = queryOptions({
  queryKey: [...OPERATOR, 'bounds'],
  queryFn: () => answer(api.GET('/v1/operator/bounds')),
});

export const configQuery = queryOptions({
  queryKey: [...OPERATOR, 'config'],
  queryFn: () => answer(api.GET('/v1/operator/config')),
});

export const allAnnouncementsQuery = infiniteQueryOptions({
  queryKey: [...OPERATOR, 'announcements'],
  queryFn: ({ pageParam }) =>
    answer(api.GET('/v1/operator/announcements', { params: { query: { before: pageParam, limit: LIMIT } } })),
  ...paged,
});

export const talliesQuery = queryOptions({
  queryKey: [...OPERATOR, 'jobs', 'tallies'],
  queryFn: () => answer(api.GET('/v1/operator/jobs/tallies')),
  refetchInterval: 10_000,
});

export const jobsQuery = ({ standing }: JobsSearch) =>
  infiniteQueryOptions({
    queryKey: [...OPERATOR, 'jobs', 'list', standing],
    queryFn: ({ pageParam }) =>
      answer(api.GET('/v1/operator/jobs', { params: { query: { standing, after: pageParam, limit: LIMIT } } })),
    ...paged,
  });

export const mailQuery = queryOptions({
  queryKey: [...OPERATOR, 'mail', 'standing'],
  queryFn: () => answer(api.GET('/v1/operator/mail')),
  refetchInterval: 30_000,
});

export const bouncesQuery = (address: string) =>
  infiniteQueryOptions({
    queryKey: [...OPERATOR, 'mail', 'bounces', address],
    queryFn: ({ pageParam }) =>
      answer(
        api.GET('/v1/operator/mail/bounces', {
          params: { query: { before: pageParam, limit: LIMIT, ...(address && { address }) } },
        }),
      ),
    ...paged,
  });
