import { Link, Outlet, useSearch } from '@tanstack/react-router';
import { useWords } from '~/locales/locale';
import { LinkTabs } from '~/parts/link-tabs';
import { PageHead } from '~/parts/page-head';
import { useTenant } from '../tenant';
import { DecisionsProvider } from './decisions';
import { Queue } from './queue';
import { VIEWS } from './queue-search';

/** The moderation queue over all sites of a tenant; one comment of it opens beside it. */
export function CommentsPage() {
  const words = useWords();
  const tenant = useTenant();
  const filter = useSearch({ from: '/signed-in/t/$tenantId/comments' });
  return (
    <DecisionsProvider>
      <PageHead title={words.queue.title} />
      <LinkTabs label={words.queue.tabsLabel}>
        {VIEWS.map((state) => (
          <Link key={state} to="/t/$tenantId/comments" params={{ tenantId: tenant.id }} search={{ ...filter, state }}>
            {state === 'reported' ? words.queue.reported : words.states[state]}
          </Link>
        ))}
      </LinkTabs>
      <Queue key={`${filter.state} ${filter.site} ${filter.thread} ${filter.author}`} filter={filter} />
      <Outlet />
    </DecisionsProvider>
  );
}
