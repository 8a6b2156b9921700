import { Alert, Card, NativeSelect, Skeleton, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '~/api/client';
import type { WatchedSite, Wants } from '~/api/types';
import { useLocale, useWords } from '~/locales/locale';
import { Blank } from '~/parts/blank';
import { Icon } from '~/parts/icon';
import { notifyDone } from '~/parts/notify';
import { PageHead } from '~/parts/page-head';
import { ProblemAlert } from '~/parts/problem-alert';
import { useIsOwn, useTenant } from '../tenant';
import { watchingQuery } from './queries';

const WANTS: readonly Wants[] = ['none', 'pending', 'every', 'hourly', 'daily'];

/** What one is told of comments by mail: each for himself. */
export function NotificationsPage() {
  const { app, watching: words } = useWords();
  const tenant = useTenant();
  const isOwn = useIsOwn();
  const { data, error } = useQuery({ ...watchingQuery(tenant.id), enabled: isOwn });
  return (
    <>
      <PageHead title={words.title} lead={words.lead} />
      <Stack gap="lg" maw={640}>
        {!isOwn && <Alert icon={<Icon name="info" />}>{words.notWhileActing}</Alert>}
        <ProblemAlert error={error} />
        {data && !data.mailed && <Alert icon={<Icon name="info" />}>{words.noMail}</Alert>}
        {data?.failing && (
          <Alert color="red" icon={<Icon name="alert" />} title={words.failing.title}>
            {words.failing[data.failing.why]} {words.failing.hint}
          </Alert>
        )}
        {isOwn && !data && !error && <Skeleton height={90} radius="md" role="status" aria-label={app.loading} />}
        {data?.sites.length === 0 && <Blank icon="globe" title={words.noSites} hint={words.noSitesHint} />}
        {data && data.sites.length > 0 && (
          <Card withBorder padding="lg">
            <Stack gap="lg">
              {data.sites.map((site) => (
                <Choice key={site.site_id} tenantId={tenant.id} site={site} />
              ))}
            </Stack>
          </Card>
        )}
        <Text size="sm" c="dimmed">
          {words.hint}
        </Text>
      </Stack>
    </>
  );
}

function Choice({ tenantId, site }: { tenantId: string; site: WatchedSite }) {
  const { locale, words: all } = useLocale();
  const { watching: words } = all;
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (wants: Wants) =>
      answer(
        api.PUT('/v1/admin/tenants/{tenant_id}/sites/{site_id}/watching', {
          params: { path: { tenant_id: tenantId, site_id: site.site_id } },
          body: { wants, locale },
        }),
      ),
    onSuccess: async () => {
      await client.invalidateQueries(watchingQuery(tenantId));
      notifyDone(all.app.saved);
    },
  });
  // While it is on its way, what was chosen is shown; when it failed, what holds.
  const shown = change.isPending ? change.variables : site.wants;
  return (
    <div>
      <NativeSelect
        label={site.name}
        description={words.means[shown]}
        value={shown}
        disabled={change.isPending}
        onChange={(event) => change.mutate(event.currentTarget.value as Wants)}
        data={WANTS.map((wants) => ({ value: wants, label: words.wants[wants] }))}
      />
      <ProblemAlert error={change.error} />
    </div>
  );
}
