import { Alert, Anchor } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useWords } from '~/locales/locale';
import { Icon } from '~/parts/icon';
import { siteWatchingQuery } from '../../notifications/queries';
import { useIsOwn } from '../../tenant';
import { useSite } from './page';

/** That comments would go unnoticed, and where to change that. Whether it can be told is no matter of this page's. */
export function WatchingAlert() {
  const { watching: words } = useWords();
  const site = useSite();
  const isOwn = useIsOwn();
  const isOpen = !site.erase_at && !site.archived_at;
  const { data } = useQuery({ ...siteWatchingQuery(site.tenant_id, site.id), enabled: isOwn && isOpen, retry: false });
  if (!data?.mailed || data.watchers > 0) return null;
  return (
    <Alert icon={<Icon name="info" />} title={words.nobody} mb="lg">
      {words.nobodyHint}{' '}
      <Anchor
        inherit
        underline="always"
        renderRoot={(props) => (
          <Link to="/t/$tenantId/notifications" params={{ tenantId: site.tenant_id }} {...props} />
        )}
      >
        {words.choose}
      </Anchor>
    </Alert>
  );
}
