import { Alert, Anchor, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { answer, api } from '~/api/client';
import { useLocale } from '~/locales/locale';
import { Icon } from '~/parts/icon';
import { PageHead } from '~/parts/page-head';
import { ProblemAlert } from '~/parts/problem-alert';
import { TimeAgo } from '~/parts/time-ago';
import { amount } from '~/parts/usage-bars';
import { Facts, Section } from './parts';
import { siteQuery } from './queries';
import { SuspensionSection } from './suspension';

export function SitePage() {
  const { words, locale } = useLocale();
  const { siteId } = useParams({ from: '/signed-in/operator/sites/$siteId' });
  const { data: site, error } = useQuery(siteQuery(siteId));
  const path = { params: { path: { site_id: siteId } } };

  if (error) return <ProblemAlert error={error} />;
  if (!site) return <Skeleton height={240} radius="md" role="status" aria-label={words.app.loading} />;
  return (
    <>
      <PageHead title={site.name} lead={words.operator.sites.one} />
      <Section title={words.operator.about}>
        <Facts
          facts={[
            [
              words.operator.tenant,
              <Anchor
                key="tenant"
                size="sm"
                renderRoot={(props) => (
                  <Link to="/operator/tenants/$tenantId" params={{ tenantId: site.tenant_id }} {...props} />
                )}
              >
                {site.tenant}
              </Anchor>,
            ],
            [words.operator.key, site.key],
            [words.operator.id, site.id],
            [words.operator.origins, site.origins.join(', ')],
            [words.operator.thisMonth, site.comments.toLocaleString(locale)],
            [words.operator.ever, site.comments_ever.toLocaleString(locale)],
            [words.platform.quotas.storage, amount('storage', site.storage, locale)],
            [words.operator.made, <TimeAgo key="at" at={site.created_at} />],
          ]}
        />
      </Section>
      {site.tenant_suspension && (
        <Alert mb="md" color="red" icon={<Icon name="lock" />}>
          {words.operator.tenantIsSuspended}
        </Alert>
      )}
      <SuspensionSection
        suspension={site.suspension}
        suspend={(body) => answer(api.PUT('/v1/operator/sites/{site_id}/suspension', { ...path, body }))}
        resume={() => answer(api.DELETE('/v1/operator/sites/{site_id}/suspension', path))}
      />
    </>
  );
}
