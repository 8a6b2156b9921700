import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
  type SearchSchemaInput,
} from '@tanstack/react-router';
import { isProblem } from './api/problem';
import type { QueueFilter, ThreadFilter } from './api/queries';
import { accessToken } from './api/session';
import { allWords } from './locales/locale';
import { queryClient } from './query-client';
import { readGuide } from './routes/guide-search';
import { readNext, type NextSearch } from './routes/next-search';
import { FailurePage, LoadingPage, NotFoundPage } from './routes/in-between';
import { homePath } from './routes/home';
import {
  type JobsSearch,
  type OperatorSearch,
  readJobsSearch,
  readOperatorSearch,
} from './routes/operator/operator-search';
import { Root } from './routes/root';
import { readAudit } from './routes/t/$tenantId/audit/audit-search';
import { readQueue } from './routes/t/$tenantId/comments/queue-search';
import { type OverviewSearch, readOverview } from './routes/t/$tenantId/overview/overview-search';
import { type CommenterFilter, readCommenters } from './routes/t/$tenantId/people/commenters/commenters-search';
import { type Arranging, readArranging, readThreads } from './routes/t/$tenantId/threads/threads-search';
import { readDeliveries } from './routes/t/$tenantId/webhooks/deliveries-search';
import { readSites } from './routes/t/$tenantId/sites/sites-search';
import { parseSearch, stringifySearch } from './search';

const root = createRootRoute({ component: Root });

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: async ({ location }) => {
    await requireSession(location.href);
    throw redirect({ href: await homePath(), replace: true });
  },
});

const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  component: lazyRouteComponent(() => import('./routes/setup/page'), 'SetupPage'),
});
const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: readNext,
  component: lazyRouteComponent(() => import('./routes/sign-in/page'), 'SignInPage'),
});
const signUp = createRoute({
  getParentRoute: () => root,
  path: '/sign-up',
  validateSearch: readNext,
  component: lazyRouteComponent(() => import('./routes/sign-up/page'), 'SignUpPage'),
});
const verify = createRoute({
  getParentRoute: () => root,
  path: '/verify',
  component: lazyRouteComponent(() => import('./routes/verify/page'), 'VerifyPage'),
});
const forgotPassword = createRoute({
  getParentRoute: () => root,
  path: '/forgot-password',
  validateSearch: readNext,
  component: lazyRouteComponent(() => import('./routes/forgot-password/page'), 'ForgotPasswordPage'),
});
const reset = createRoute({
  getParentRoute: () => root,
  path: '/reset',
  component: lazyRouteComponent(() => import('./routes/reset/page'), 'ResetPage'),
});
const changeAddress = createRoute({
  loader: allWords,
  getParentRoute: () => root,
  path: '/change-address',
  component: lazyRouteComponent(() => import('./routes/change-address/page'), 'ChangeAddressPage'),
});
const join = createRoute({
  getParentRoute: () => root,
  path: '/join',
  component: lazyRouteComponent(() => import('./routes/join/page'), 'JoinPage'),
});

const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  beforeLoad: ({ location }) => requireSession(location.href),
  component: lazyRouteComponent(() => import('./routes/shell'), 'Shell'),
});
const tenantNew = createRoute({
  loader: allWords,
  getParentRoute: () => signedIn,
  path: '/tenants/new',
  validateSearch: readGuide,
  component: lazyRouteComponent(() => import('./routes/tenants/new/page'), 'NewTenantPage'),
});
const account = createRoute({
  loader: allWords,
  getParentRoute: () => signedIn,
  path: '/account',
  component: lazyRouteComponent(() => import('./routes/account/page'), 'AccountPage'),
});
const tenant = createRoute({
  getParentRoute: () => signedIn,
  path: '/t/$tenantId',
  component: lazyRouteComponent(() => import('./routes/t/$tenantId/tenant'), 'TenantPages'),
});
const tenantHome = createRoute({
  getParentRoute: () => tenant,
  path: '/',
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/t/$tenantId/overview', params, replace: true });
  },
});
const overview = createRoute({
  getParentRoute: () => tenant,
  path: '/overview',
  validateSearch: (search: OverviewSearch & SearchSchemaInput) => readOverview(search),
  component: lazyRouteComponent(() => import('./routes/t/$tenantId/overview/page'), 'OverviewPage'),
});
const comments = createRoute({
  getParentRoute: () => tenant,
  path: '/comments',
  // SearchSchemaInput: links may leave out what has a default.
  validateSearch: (search: Partial<QueueFilter> & SearchSchemaInput) => readQueue(search),
  component: lazyRouteComponent(() => import('./routes/t/$tenantId/comments/page'), 'CommentsPage'),
});
const comment = createRoute({
  getParentRoute: () => comments,
  path: '/$commentId',
  component: lazyRouteComponent(() => import('./routes/t/$tenantId/comments/$commentId/page'), 'CommentDrawer'),
});
const threads = createRoute({
  loader: allWords,
  getParentRoute: () => tenant,
  path: '/threads',
  validateSearch: (search: Partial<ThreadFilter> & SearchSchemaInput) => readThreads(search),
  component: lazyRouteComponent(() => import('./routes/t/$tenantId/threads/page'), 'ThreadsPage'),
});
const thread = createRoute({
  loader: allWords,
  getParentRoute: () => tenant,
  path: '/threads/$threadId',
  validateSearch: (search: Arranging & SearchSchemaInput) => readArranging(search),
  component: lazyRouteComponent(() => import('./routes/t/$tenantId/threads/$threadId/page'), 'ThreadPage'),
});
const sites = createRoute({
  loader: allWords,
  getParentRoute: () => tenant,
  path: '/sites',
  validateSearch: readSites,
  component: lazyRouteComponent(() => import('./routes/t/$tenantId/sites/page'), 'SitesPage'),
});
const siteNew = createRoute({
  loader: allWords,
  getParentRoute: () => tenant,
  path: '/sites/new',
  validateSearch: readGuide,
  component: lazyRouteComponent(() => import('./routes/t/$tenantId/sites/new/page'), 'NewSitePage'),
});
const site = createRoute({
  loader: allWords,
  getParentRoute: () => tenant,
  path: '/sites/$siteId',
  component: lazyRouteComponent(() => import('./routes/t/$tenantId/sites/$siteId/page'), 'SitePage'),
});
const siteHome = createRoute({
  getParentRoute: () => site,
  path: '/',
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/t/$tenantId/sites/$siteId/installation', params, replace: true });
  },
});
const installation = createRoute({
  getParentRoute: () => site,
  path: '/installation',
  validateSearch: readGuide,
  component: lazyRouteComponent(
    () => import('./routes/t/$tenantId/sites/$siteId/installation/page'),
    'InstallationPage',
  ),
});
const settings = createRoute({
  getParentRoute: () => site,
  path: '/settings',
  component: lazyRouteComponent(() => import('./routes/t/$tenantId/sites/$siteId/settings/page'), 'SettingsPage'),
});
const origins = createRoute({
  getParentRoute: () => site,
  path: '/origins',
  component: lazyRouteComponent(() => import('./routes/t/$tenantId/sites/$siteId/origins/page'), 'OriginsPage'),
});
const signInKey = createRoute({
  loader: allWords,
  getParentRoute: () => site,
  path: '/sign-in-key',
  component: lazyRouteComponent(() => import('./routes/t/$tenantId/sites/$siteId/sign-in-key/page'), 'SignInKeyPage'),
});
const signingKey = createRoute({
  getParentRoute: () => site,
  path: '/signing-key',
  component: lazyRouteComponent(() => import('./routes/t/$tenantId/sites/$siteId/signing-key/page'), 'SigningKeyPage'),
});
const siteMails = createRoute({
  getParentRoute: () => site,
  path: '/mails',
  component: lazyRouteComponent(() => import('./routes/t/$tenantId/sites/$siteId/mails/page'), 'MailTextsPage'),
});
const siteLives = createRoute({
  getParentRoute: () => site,
  path: '/lives',
  component: lazyRouteComponent(() => import('./routes/t/$tenantId/sites/$siteId/lives/page'), 'LivesPage'),
});
const people = createRoute({
  loader: allWords,
  getParentRoute: () => tenant,
  path: '/people',
  component: lazyRouteComponent(() => import('./routes/t/$tenantId/people/page'), 'PeoplePage'),
});
const commenters = createRoute({
  loader: allWords,
  getParentRoute: () => tenant,
  path: '/people/commenters',
  validateSearch: (search: CommenterFilter & SearchSchemaInput) => readCommenters(search),
  component: lazyRouteComponent(() => import('./routes/t/$tenantId/people/commenters/page'), 'CommentersPage'),
});
const commenter = createRoute({
  getParentRoute: () => tenant,
  path: '/people/commenters/$siteId/$authorHash',
  component: lazyRouteComponent(
    () => import('./routes/t/$tenantId/people/commenters/$authorHash/page'),
    'CommenterPage',
  ),
});
const notifications = createRoute({
  loader: allWords,
  getParentRoute: () => tenant,
  path: '/notifications',
  component: lazyRouteComponent(() => import('./routes/t/$tenantId/notifications/page'), 'NotificationsPage'),
});
const apiKeys = createRoute({
  loader: allWords,
  getParentRoute: () => tenant,
  path: '/api-keys',
  component: lazyRouteComponent(() => import('./routes/t/$tenantId/api-keys/page'), 'ApiKeysPage'),
});
const webhooks = createRoute({
  loader: allWords,
  getParentRoute: () => tenant,
  path: '/webhooks',
  component: lazyRouteComponent(() => import('./routes/t/$tenantId/webhooks/page'), 'WebhooksPage'),
});
const webhookNew = createRoute({
  loader: allWords,
  getParentRoute: () => tenant,
  path: '/webhooks/new',
  component: lazyRouteComponent(() => import('./routes/t/$tenantId/webhooks/new/page'), 'NewWebhookPage'),
});
const webhook = createRoute({
  loader: allWords,
  getParentRoute: () => tenant,
  path: '/webhooks/$webhookId',
  validateSearch: readDeliveries,
  component: lazyRouteComponent(() => import('./routes/t/$tenantId/webhooks/$webhookId/page'), 'WebhookPage'),
});
const delivery = createRoute({
  loader: allWords,
  getParentRoute: () => tenant,
  path: '/webhooks/$webhookId/deliveries/$deliveryId',
  component: lazyRouteComponent(() => import('./routes/t/$tenantId/webhooks/$webhookId/delivery'), 'DeliveryPage'),
});
const audit = createRoute({
  loader: allWords,
  getParentRoute: () => tenant,
  path: '/audit',
  validateSearch: readAudit,
  component: lazyRouteComponent(() => import('./routes/t/$tenantId/audit/page'), 'AuditPage'),
});
const tenantSettings = createRoute({
  loader: allWords,
  getParentRoute: () => tenant,
  path: '/settings',
  component: lazyRouteComponent(() => import('./routes/t/$tenantId/settings/page'), 'TenantSettingsPage'),
});

const operator = createRoute({
  loader: allWords,
  getParentRoute: () => signedIn,
  path: '/operator',
  component: lazyRouteComponent(() => import('./routes/operator/operator'), 'OperatorPages'),
});
const operatorHome = createRoute({
  getParentRoute: () => operator,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/operator/tenants', search: {}, replace: true });
  },
});
const operatorTenants = createRoute({
  getParentRoute: () => operator,
  path: '/tenants',
  validateSearch: (search: OperatorSearch & SearchSchemaInput) => readOperatorSearch(search),
  component: lazyRouteComponent(() => import('./routes/operator/tenants'), 'TenantsPage'),
});
const operatorTenant = createRoute({
  getParentRoute: () => operator,
  path: '/tenants/$tenantId',
  component: lazyRouteComponent(() => import('./routes/operator/tenant'), 'TenantPage'),
});
const operatorSites = createRoute({
  getParentRoute: () => operator,
  path: '/sites',
  validateSearch: (search: OperatorSearch & SearchSchemaInput) => readOperatorSearch(search),
  component: lazyRouteComponent(() => import('./routes/operator/sites'), 'SitesPage'),
});
const operatorSite = createRoute({
  getParentRoute: () => operator,
  path: '/sites/$siteId',
  component: lazyRouteComponent(() => import('./routes/operator/site'), 'SitePage'),
});
const operatorAccounts = createRoute({
  getParentRoute: () => operator,
  path: '/accounts',
  validateSearch: (search: OperatorSearch & SearchSchemaInput) => readOperatorSearch(search),
  component: lazyRouteComponent(() => import('./routes/operator/accounts'), 'AccountsPage'),
});
const operatorAccount = createRoute({
  getParentRoute: () => operator,
  path: '/accounts/$accountId',
  component: lazyRouteComponent(() => import('./routes/operator/account'), 'AccountPage'),
});
const operatorPlans = createRoute({
  getParentRoute: () => operator,
  path: '/plans',
  component: lazyRouteComponent(() => import('./routes/operator/plans'), 'PlansPage'),
});
const operatorBounds = createRoute({
  getParentRoute: () => operator,
  path: '/bounds',
  component: lazyRouteComponent(() => import('./routes/operator/bounds'), 'BoundsPage'),
});
const operatorConfig = createRoute({
  getParentRoute: () => operator,
  path: '/config',
  component: lazyRouteComponent(() => import('./routes/operator/config'), 'ConfigPage'),
});
const operatorAnnouncements = createRoute({
  getParentRoute: () => operator,
  path: '/announcements',
  component: lazyRouteComponent(() => import('./routes/operator/announcements'), 'AnnouncementsPage'),
});
const operatorMail = createRoute({
  getParentRoute: () => operator,
  path: '/mail',
  component: lazyRouteComponent(() => import('./routes/operator/mail'), 'MailPage'),
});
const operatorJobs = createRoute({
  getParentRoute: () => operator,
  path: '/jobs',
  validateSearch: (search: JobsSearch & SearchSchemaInput) => readJobsSearch(search),
  component: lazyRouteComponent(() => import('./routes/operator/jobs'), 'JobsPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    setup,
    signIn,
    signUp,
    verify,
    forgotPassword,
    reset,
    changeAddress,
    join,
    signedIn.addChildren([
      tenantNew,
      account,
      operator.addChildren([
        operatorHome,
        operatorTenants,
        operatorTenant,
        operatorSites,
        operatorSite,
        operatorAccounts,
        operatorAccount,
        operatorPlans,
        operatorBounds,
        operatorConfig,
        operatorAnnouncements,
        operatorMail,
        operatorJobs,
      ]),
      tenant.addChildren([
        tenantHome,
        overview,
        comments.addChildren([comment]),
        threads,
        thread,
        sites,
        siteNew,
        site.addChildren([siteHome, installation, settings, origins, signingKey, signInKey, siteMails, siteLives]),
        people,
        commenters,
        commenter,
        notifications,
        apiKeys,
        webhooks,
        webhookNew,
        webhook,
        delivery,
        audit,
        tenantSettings,
      ]),
    ]),
  ]),
  basepath: '/admin',
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultPendingComponent: LoadingPage,
  defaultErrorComponent: FailurePage,
  defaultNotFoundComponent: NotFoundPage,
  defaultComponent: Outlet,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

/** To the sign-in page and, after it, back to where the session ended. */
export function signInAgain(): void {
  queryClient.clear();
  void router.navigate({ to: '/sign-in', search: nextFrom(router.state.location.href) });
}

async function requireSession(href: string): Promise<void> {
  try {
    await accessToken();
  } catch (error) {
    if (!isProblem(error, 'session_ended') && !isProblem(error, 'unauthenticated')) throw error;
    throw redirect({ to: '/sign-in', search: nextFrom(href) });
  }
}

function nextFrom(href: string): NextSearch {
  return href === '/' ? {} : { next: href };
}
