import { Link } from '@tanstack/react-router';
import { useWords } from '~/locales/locale';
import { LinkTabs } from '~/parts/link-tabs';
import { useTenant } from '../tenant';

/** Those who look after the sites, and those who write on them. */
export function PeopleTabs() {
  const words = useWords();
  const tenant = useTenant();
  const params = { tenantId: tenant.id };
  return (
    <LinkTabs label={words.commenters.tabsLabel}>
      <Link to="/t/$tenantId/people" params={params} activeOptions={{ exact: true }}>
        {words.people.members}
      </Link>
      <Link to="/t/$tenantId/people/commenters" params={params}>
        {words.commenters.title}
      </Link>
    </LinkTabs>
  );
}
