import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type QueueFilter, sitesQuery } from '~/api/queries';
import { useWords } from '~/locales/locale';
import { Blank } from '~/parts/blank';
import { useTenant } from '../tenant';

/** Why there is nothing to see: a search without hits, no site yet, or simply nothing to do. */
export function EmptyQueue({ filter }: { filter: QueueFilter }) {
  const words = useWords();
  const tenant = useTenant();
  const { data: sites } = useQuery(sitesQuery(tenant.id));
  const params = { tenantId: tenant.id };

  if (filter.q) {
    return (
      <Blank icon="search" title={words.queue.nothingFound} hint={words.queue.nothingFoundHint}>
        <Button
          variant="light"
          mt="sm"
          renderRoot={(props) => (
            <Link to="/t/$tenantId/comments" params={params} search={{ ...filter, q: undefined }} {...props} />
          )}
        >
          {words.queue.clearSearch}
        </Button>
      </Blank>
    );
  }
  if (sites?.length === 0) {
    return (
      <Blank icon="house" title={words.queue.firstSite} hint={words.queue.firstSiteHint}>
        <Button mt="sm" renderRoot={(props) => <Link to="/t/$tenantId/sites" params={params} {...props} />}>
          {words.sites.title}
        </Button>
      </Blank>
    );
  }
  const { title, hint } = words.empty[filter.state];
  return (
    <Blank
      icon={filter.state === 'pending' || filter.state === 'reported' ? 'check' : 'talk'}
      title={title}
      hint={hint}
    />
  );
}
