import { Alert, Anchor, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useParams, useSearch } from '@tanstack/react-router';
import { createContext, use } from 'react';
import { isProblem } from '~/api/problem';
import { siteQuery } from '~/api/queries';
import type { Site } from '~/api/types';
import { useWords } from '~/locales/locale';
import { Guide } from '~/parts/guide';
import { Icon } from '~/parts/icon';
import { LinkTabs } from '~/parts/link-tabs';
import { PageHead } from '~/parts/page-head';
import { ProblemAlert } from '~/parts/problem-alert';
import { NotFoundPage } from '~/routes/in-between';
import { useIsOwn, useMayManage } from '../../tenant';
import { StandingAlert } from './standing';
import { WatchingAlert } from './watching';

const Context = createContext<Site | null>(null);

/** One site: its tabs are pages of their own. */
export function SitePage() {
  const words = useWords();
  const { tenantId, siteId } = useParams({ from: '/signed-in/t/$tenantId/sites/$siteId' });
  const { guide } = useSearch({ strict: false });
  const { data: site, error } = useQuery(siteQuery(tenantId, siteId));

  if (isProblem(error, 'not_found')) return <NotFoundPage />;
  if (error && !site) return <ProblemAlert error={error} />;
  if (!site) {
    return (
      <Stack role="status" aria-label={words.app.loading}>
        <Skeleton height={40} width="40%" />
        <Skeleton height={36} />
        <Skeleton height={220} />
      </Stack>
    );
  }

  return (
    <Context value={site}>
      {guide && <Guide at="installation" />}
      <PageHead title={site.name}>
        {!site.erase_at && <Anchor
          renderRoot={(props) => (
            <Link to="/t/$tenantId/comments" params={{ tenantId }} search={{ site: siteId }} {...props} />
          )}
        >
          {words.site.toComments}
        </Anchor>}
      </PageHead>
      {site.suspension && (
        <Alert mb="md" color="red" icon={<Icon name="lock" />} title={words.platform.siteSuspended}>
          <Text size="sm" dir="auto">
            {words.platform.reason(site.suspension.reason)}
          </Text>
          <Text size="sm">
            {site.suspension.shows_comments ? words.platform.readersRead : words.platform.readersSeeNothing}
          </Text>
        </Alert>
      )}
      <StandingAlert />
      <WatchingAlert />
      {!site.erase_at && <Parts />}
    </Context>
  );
}

/** A site that is deleted has none: it can only be brought back. */
function Parts() {
  const words = useWords();
  const site = useSite();
  const mayManage = useMayManage();
  const isOwn = useIsOwn();
  const params = { tenantId: site.tenant_id, siteId: site.id };
  return (
    <>
      <LinkTabs label={words.site.tabsLabel}>
        <Link to="/t/$tenantId/sites/$siteId/installation" params={params}>
          {words.site.tabs.installation}
        </Link>
        <Link to="/t/$tenantId/sites/$siteId/settings" params={params}>
          {words.site.tabs.settings}
        </Link>
        <Link to="/t/$tenantId/sites/$siteId/origins" params={params}>
          {words.site.tabs.origins}
        </Link>
        {mayManage && isOwn && (
          <Link to="/t/$tenantId/sites/$siteId/signing-key" params={params}>
            {words.site.tabs.signingKey}
          </Link>
        )}
        {mayManage && isOwn && (
          <Link to="/t/$tenantId/sites/$siteId/sign-in-key" params={params}>
            {words.signInKey.title}
          </Link>
        )}
        {mayManage && (
          <Link to="/t/$tenantId/sites/$siteId/mails" params={params}>
            {words.mailTexts.tab}
          </Link>
        )}
        {mayManage && (
          <Link to="/t/$tenantId/sites/$siteId/lives" params={params}>
            {words.lives.tab}
          </Link>
        )}
      </LinkTabs>
      <Outlet />
    </>
  );
}

export function useSite(): Site {
  const site = use(Context);
  if (!site) throw new Error('useSite outside of a site page');
  return site;
}
