import { Badge, NavLink } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { meQuery, sitesQuery, tenantsOf } from '~/api/queries';
import { useWords } from '~/locales/locale';
import { Icon } from '~/parts/icon';
import classes from './shell.module.css';

export function Navigation({ tenantId }: { tenantId: string }) {
  const words = useWords();
  const { data: sites = [] } = useQuery(sitesQuery(tenantId));
  const pending = sites.reduce((sum, site) => sum + site.pending_count, 0);
  const { data: me } = useQuery(meQuery);
  const role = me && tenantsOf(me).find(({ id }) => id === tenantId)?.role;
  const params = { tenantId };
  return (
    <nav aria-label={words.app.navigation}>
      <NavLink
        className={classes.link}
        renderRoot={(props) => <Link to="/t/$tenantId/overview" params={params} activeProps={ACTIVE} {...props} />}
        label={words.overview.title}
        leftSection={<Icon name="chart" />}
      />
      <NavLink
        className={classes.link}
        renderRoot={(props) => <Link to="/t/$tenantId/comments" params={params} activeProps={ACTIVE} {...props} />}
        label={words.queue.title}
        leftSection={<Icon name="talk" />}
        rightSection={
          pending > 0 && (
            <Badge size="sm" variant="filled" aria-label={words.sites.pending(pending)}>
              {pending}
            </Badge>
          )
        }
      />
      <NavLink
        className={classes.link}
        renderRoot={(props) => <Link to="/t/$tenantId/threads" params={params} activeProps={ACTIVE} {...props} />}
        label={words.threads.title}
        leftSection={<Icon name="page" />}
      />
      <NavLink
        className={classes.link}
        renderRoot={(props) => <Link to="/t/$tenantId/sites" params={params} activeProps={ACTIVE} {...props} />}
        label={words.sites.title}
        leftSection={<Icon name="globe" />}
      />
      <NavLink
        className={classes.link}
        renderRoot={(props) => <Link to="/t/$tenantId/people" params={params} activeProps={ACTIVE} {...props} />}
        label={words.people.title}
        leftSection={<Icon name="people" />}
      />
      {role && role !== 'moderator' && me.acting?.tenant.id !== tenantId && (
        <NavLink
          className={classes.link}
          renderRoot={(props) => <Link to="/t/$tenantId/api-keys" params={params} activeProps={ACTIVE} {...props} />}
          label={words.areas.apiKeys}
          leftSection={<Icon name="key" />}
        />
      )}
      {role && role !== 'moderator' && (
        <NavLink
          className={classes.link}
          renderRoot={(props) => <Link to="/t/$tenantId/webhooks" params={params} activeProps={ACTIVE} {...props} />}
          label={words.webhooks.title}
          leftSection={<Icon name="outside" />}
        />
      )}
      {role === 'owner' && (
        <NavLink
          className={classes.link}
          renderRoot={(props) => <Link to="/t/$tenantId/audit" params={params} activeProps={ACTIVE} {...props} />}
          label={words.areas.audit}
          leftSection={<Icon name="history" />}
        />
      )}
      <NavLink
        className={classes.link}
        renderRoot={(props) => <Link to="/t/$tenantId/settings" params={params} activeProps={ACTIVE} {...props} />}
        label={words.tenant.settings}
        leftSection={<Icon name="house" />}
      />
    </nav>
  );
}

/** How Mantine's NavLink marks itself; the router knows when. */
const ACTIVE = { 'data-active': true };
