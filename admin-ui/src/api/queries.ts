import { type InfiniteData, infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { answer, api, door } from './client';
import type { AuditChange, CommentState, Me, Site, SiteStanding, Statistics, Tenant, ThreadStanding } from './types';

const MINUTE_MS = 60_000;

export const setupQuery = queryOptions({
  queryKey: ['setup'],
  queryFn: () => answer(door.GET('/v1/admin/setup')),
});

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: () => answer(api.GET('/v1/admin/me')),
  staleTime: 5 * MINUTE_MS,
});

/** The tenants whose pages the account may open: its own, and the one that it acts for as operator. */
export function tenantsOf({ tenants, acting }: Me): Tenant[] {
  if (!acting) return tenants;
  return [acting.tenant, ...tenants.filter(({ id }) => id !== acting.tenant.id)];
}

/** What the operators tell everybody at this moment. */
export const announcementsQuery = queryOptions({
  queryKey: ['announcements'],
  queryFn: () => answer(api.GET('/v1/admin/announcements')),
  staleTime: 5 * MINUTE_MS,
});

/** What the operators let be chosen for sites, where that is not all that the table of settings has. */
export const boundsQuery = queryOptions({
  queryKey: ['bounds'],
  queryFn: () => answer(api.GET('/v1/admin/bounds')),
  staleTime: MINUTE_MS,
});

/** What a tenant has used of its plan. */
export const usageQuery = (tenantId: string) =>
  queryOptions({
    queryKey: ['tenant', tenantId, 'usage'],
    queryFn: () => answer(api.GET('/v1/admin/tenants/{tenant_id}/usage', { params: { path: { tenant_id: tenantId } } })),
    staleTime: MINUTE_MS,
  });

/** Where this account is signed in. */
export const ownSessionsQuery = queryOptions({
  queryKey: ['me', 'sessions'],
  queryFn: () => answer(api.GET('/v1/admin/sessions')),
});

/** What this account shows beside its password, or instead of it. */
export const pushQuery = queryOptions({
  queryKey: ['push'],
  queryFn: () => answer(api.GET('/v1/admin/me/push', {})),
});

export const factorsQuery = queryOptions({
  queryKey: ['me', 'factors'],
  queryFn: () => answer(api.GET('/v1/admin/me/factors')),
});

// Who comes in does so elsewhere, and nothing here hears of it: asked anew whenever the list is opened.
export const membersQuery = (tenantId: string) =>
  queryOptions({
    queryKey: ['tenant', tenantId, 'members'],
    staleTime: 0,
    queryFn: () =>
      answer(api.GET('/v1/admin/tenants/{tenant_id}/members', { params: { path: { tenant_id: tenantId } } })),
  });

export const invitationsQuery = (tenantId: string) =>
  queryOptions({
    queryKey: ['tenant', tenantId, 'invitations'],
    staleTime: 0,
    queryFn: () =>
      answer(api.GET('/v1/admin/tenants/{tenant_id}/invitations', { params: { path: { tenant_id: tenantId } } })),
  });

export const apiKeysQuery = (tenantId: string) =>
  queryOptions({
    queryKey: ['tenant', tenantId, 'api-keys'],
    queryFn: () =>
      answer(api.GET('/v1/admin/tenants/{tenant_id}/api-keys', { params: { path: { tenant_id: tenantId } } })),
  });

/** Who changed what, the latest first. */
export const auditQuery = (tenantId: string, change?: AuditChange) =>
  infiniteQueryOptions({
    queryKey: ['tenant', tenantId, 'audit', change],
    queryFn: ({ pageParam }) =>
      answer(
        api.GET('/v1/admin/tenants/{tenant_id}/audit', {
          params: { path: { tenant_id: tenantId }, query: { change, before: pageParam, limit: 50 } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });

/** What the link of a sign-up is about. */
export const signUpQuery = (token: string) =>
  queryOptions({
    queryKey: ['sign-up', token],
    queryFn: () => answer(door.POST('/v1/admin/accounts/look', { body: { token } })),
    retry: false,
    staleTime: Infinity,
  });

/** Whose password a link is for. */
export const passwordResetQuery = (token: string) =>
  queryOptions({
    queryKey: ['password-reset', token],
    queryFn: () => answer(door.POST('/v1/admin/password-resets/look', { body: { token } })),
    retry: false,
    staleTime: Infinity,
  });

/** What a link about a change of address is about. */
export const emailChangeQuery = (token: string) =>
  queryOptions({
    queryKey: ['email-change', token],
    queryFn: () => answer(door.POST('/v1/admin/email-changes/look', { body: { token } })),
    retry: false,
    staleTime: Infinity,
  });

/** What an invitation's link offers. */
export const offerQuery = (token: string) =>
  queryOptions({
    queryKey: ['offer', token],
    queryFn: () => answer(door.POST('/v1/admin/invitations/look', { body: { token } })),
    retry: false,
  });

/** All sites of a tenant that are not deleted, for lists and filters, or those that stand so. Their counts are what tells that something is waiting. */
export const sitesQuery = (tenantId: string, standing?: SiteStanding) =>
  queryOptions({
    queryKey: ['tenant', tenantId, 'sites', ...(standing ? [standing] : [])],
    queryFn: async () => {
      const sites: Site[] = [];
      let after: string | undefined;
      do {
        const page = await answer(
          api.GET('/v1/admin/tenants/{tenant_id}/sites', {
            params: { path: { tenant_id: tenantId }, query: { standing, after, limit: 100 } },
          }),
        );
        sites.push(...page.sites);
        after = page.next;
      } while (after);
      return sites;
    },
    refetchInterval: MINUTE_MS / 2,
  });

export const siteQuery = (tenantId: string, siteId: string) =>
  queryOptions({
    queryKey: ['tenant', tenantId, 'site', siteId],
    queryFn: () =>
      answer(
        api.GET('/v1/admin/tenants/{tenant_id}/sites/{site_id}', {
          params: { path: { tenant_id: tenantId, site_id: siteId } },
        }),
      ),
  });

/** Which pages have loaded the snippet, and which were turned away. Asked anew while it is looked at. */
export const installationQuery = (tenantId: string, siteId: string) =>
  queryOptions({
    queryKey: ['tenant', tenantId, 'site', siteId, 'installation'],
    queryFn: () =>
      answer(
        api.GET('/v1/admin/tenants/{tenant_id}/sites/{site_id}/installation', {
          params: { path: { tenant_id: tenantId, site_id: siteId } },
        }),
      ),
    refetchInterval: 2_000,
  });

/** What wants somebody's eye, on all sites or on one. */
export const overviewQuery = (tenantId: string, site: string | undefined) =>
  queryOptions({
    queryKey: ['tenant', tenantId, 'overview', site],
    queryFn: () =>
      answer(
        api.GET('/v1/admin/tenants/{tenant_id}/overview', {
          params: { path: { tenant_id: tenantId }, query: { site_id: site } },
        }),
      ),
    placeholderData: keepPreviousData,
    refetchInterval: MINUTE_MS / 2,
  });

type Asked = { by: Statistics['by']; from?: string };

/** What happened, on all sites or on one. */
export const statisticsQuery = (tenantId: string, site: string | undefined, asked: Asked) =>
  queryOptions({
    queryKey: ['tenant', tenantId, 'statistics', site, asked],
    queryFn: () =>
      answer(
        site
          ? api.GET('/v1/admin/tenants/{tenant_id}/sites/{site_id}/statistics', {
              params: { path: { tenant_id: tenantId, site_id: site }, query: asked },
            })
          : api.GET('/v1/admin/tenants/{tenant_id}/statistics', {
              params: { path: { tenant_id: tenantId }, query: asked },
            }),
      ),
    placeholderData: keepPreviousData,
    refetchInterval: MINUTE_MS,
  });

/** The same as CSV. */
export function statisticsTable(tenantId: string, site: string | undefined, asked: Asked): Promise<string> {
  return answer(
    site
      ? api.GET('/v1/admin/tenants/{tenant_id}/sites/{site_id}/statistics.csv', {
          params: { path: { tenant_id: tenantId, site_id: site }, query: asked },
          parseAs: 'text',
        })
      : api.GET('/v1/admin/tenants/{tenant_id}/statistics.csv', {
          params: { path: { tenant_id: tenantId }, query: asked },
          parseAs: 'text',
        }),
  );
}

/** The latest comments, whatever became of them. */
export const newestCommentsQuery = (tenantId: string, site: string | undefined) =>
  queryOptions({
    queryKey: ['tenant', tenantId, 'newest-comments', site],
    queryFn: () =>
      answer(
        api.GET('/v1/admin/tenants/{tenant_id}/comments', {
          params: { path: { tenant_id: tenantId }, query: { site_id: site, limit: 6 } },
        }),
      ),
    placeholderData: keepPreviousData,
    refetchInterval: MINUTE_MS / 2,
  });

/** What was in the way of comments on the site's pages. */
export const troublesQuery = (tenantId: string, siteId: string) =>
  queryOptions({
    queryKey: ['tenant', tenantId, 'site', siteId, 'troubles'],
    queryFn: () =>
      answer(
        api.GET('/v1/admin/tenants/{tenant_id}/sites/{site_id}/troubles', {
          params: { path: { tenant_id: tenantId, site_id: siteId } },
        }),
      ),
    refetchInterval: 2_000,
  });

/** What the queue shows: the comments of a state, or those that readers have reported since the last decision. */
export type QueueView = CommentState | 'reported';
export type QueueFilter = { state: QueueView; site?: string; thread?: string; author?: string; q?: string };

export const commentsQuery = (tenantId: string, { state, site, thread, author, q }: QueueFilter) =>
  infiniteQueryOptions({
    queryKey: ['tenant', tenantId, 'comments', { state, site, thread, author, q }],
    queryFn: ({ pageParam }) =>
      answer(
        api.GET('/v1/admin/tenants/{tenant_id}/comments', {
          params: {
            path: { tenant_id: tenantId },
            query: {
              ...(state === 'reported' ? { reported: true } : { state }),
              site_id: site,
              thread_id: thread,
              author,
              q,
              after: pageParam,
              // Whoever goes on has more to go through.
              limit: pageParam ? 50 : 25,
            },
          },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    refetchOnMount: ({ state }) => isShort(state),
    refetchOnReconnect: ({ state }) => isShort(state),
    refetchOnWindowFocus: ({ state }) => isShort(state),
  });

/** Pages of a list that are asked for again by themselves. */
const MOST_PAGES_RENEWED = 4;

/**
 * Whether a list may be asked for again by itself. Each of its pages is a request, so that a queue of thousands would be hundreds of them after
 * each decision: what is decided is taken out of a long list, and whoever wants to see what is new reloads it.
 */
export function isShort({ data }: { data?: unknown }): boolean {
  return ((data as Partial<InfiniteData<unknown>> | undefined)?.pages?.length ?? 0) <= MOST_PAGES_RENEWED;
}

/** Who writes on the tenant's sites. */
export const commentersQuery = (tenantId: string, { site, q }: { site?: string; q?: string }) =>
  infiniteQueryOptions({
    queryKey: ['tenant', tenantId, 'commenters', { site, q }],
    queryFn: ({ pageParam }) =>
      answer(
        api.GET('/v1/admin/tenants/{tenant_id}/commenters', {
          params: { path: { tenant_id: tenantId }, query: { site_id: site, q, after: pageParam, limit: 25 } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });

export const commenterQuery = (tenantId: string, siteId: string, authorHash: string) =>
  queryOptions({
    queryKey: ['tenant', tenantId, 'commenter', siteId, authorHash],
    queryFn: () =>
      answer(
        api.GET('/v1/admin/tenants/{tenant_id}/sites/{site_id}/commenters/{author_hash}', {
          params: { path: { tenant_id: tenantId, site_id: siteId, author_hash: authorHash } },
        }),
      ),
  });

/** All that somebody wrote on a site, whatever became of it. */
export const commentsOfQuery = (tenantId: string, siteId: string, authorHash: string) =>
  infiniteQueryOptions({
    queryKey: ['tenant', tenantId, 'comments-of', siteId, authorHash],
    queryFn: ({ pageParam }) =>
      answer(
        api.GET('/v1/admin/tenants/{tenant_id}/comments', {
          params: {
            path: { tenant_id: tenantId },
            query: { site_id: siteId, author: authorHash, after: pageParam, limit: 25 },
          },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
  });

export const commentQuery = (tenantId: string, commentId: string) =>
  queryOptions({
    queryKey: ['tenant', tenantId, 'comment', commentId],
    queryFn: () =>
      answer(
        api.GET('/v1/admin/tenants/{tenant_id}/comments/{comment_id}', {
          params: { path: { tenant_id: tenantId, comment_id: commentId } },
        }),
      ),
  });

export const reportsQuery = (tenantId: string, commentId: string) =>
  queryOptions({
    queryKey: ['tenant', tenantId, 'comment', commentId, 'reports'],
    queryFn: () =>
      answer(
        api.GET('/v1/admin/tenants/{tenant_id}/comments/{comment_id}/reports', {
          params: { path: { tenant_id: tenantId, comment_id: commentId } },
        }),
      ),
  });

export type ThreadFilter = { state?: ThreadStanding; site?: string; q?: string };

export const threadsQuery = (tenantId: string, { state, site, q }: ThreadFilter) =>
  infiniteQueryOptions({
    queryKey: ['tenant', tenantId, 'threads', { state, site, q }],
    queryFn: ({ pageParam }) =>
      answer(
        api.GET('/v1/admin/tenants/{tenant_id}/threads', {
          params: { path: { tenant_id: tenantId }, query: { state, site_id: site, q, after: pageParam, limit: 25 } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });

export const threadQuery = (tenantId: string, threadId: string) =>
  queryOptions({
    queryKey: ['tenant', tenantId, 'thread', threadId],
    queryFn: () =>
      answer(
        api.GET('/v1/admin/tenants/{tenant_id}/threads/{thread_id}', {
          params: { path: { tenant_id: tenantId, thread_id: threadId } },
        }),
      ),
  });
