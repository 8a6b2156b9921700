import { Anchor, Group, Paper, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Overview } from '~/api/types';
import { useWords } from '~/locales/locale';
import { Icon, type IconName } from '~/parts/icon';
import { TimeAgo } from '~/parts/time-ago';
import { useMayManage, useTenant } from '../tenant';
import classes from './overview.module.css';

/** What somebody should look at, the most pressing first; each with the way to it. */
export function Attention({ overview, site }: { overview: Overview; site: string | undefined }) {
  const words = useWords();
  const tenant = useTenant();
  const mayManage = useMayManage();
  const params = { tenantId: tenant.id };
  const { pending_count: pending, pending_since: since, reported_count: reported } = overview;
  const filter = site ? { site } : {};
  const nothing =
    pending + reported + overview.refused_origin_count + overview.never_seen_count === 0;
  return (
    <section aria-labelledby="attention">
      <Title order={2} size="h4" mb="sm" id="attention">
        {words.overview.attention}
      </Title>
      <Stack component="ul" gap="xs" className={classes.list}>
        {nothing && (
          <Item icon="check" color="parlour">
            {words.overview.allDone}
          </Item>
        )}
        {pending > 0 && (
          <Item icon="talk" color="yellow">
            <Anchor
              fw={600}
              renderRoot={(props) => (
                <Link to="/t/$tenantId/comments" params={params} search={{ ...filter, state: 'pending' }} {...props} />
              )}
            >
              {words.overview.pending(pending)}
            </Anchor>
            {since && (
              <Text size="sm" c="dimmed" span>
                {words.overview.oldest} <TimeAgo at={since} />
              </Text>
            )}
          </Item>
        )}
        {reported > 0 && (
          <Item icon="flag" color="red">
            <Anchor
              fw={600}
              renderRoot={(props) => (
                <Link to="/t/$tenantId/comments" params={params} search={{ ...filter, state: 'reported' }} {...props} />
              )}
            >
              {words.overview.reported(reported)}
            </Anchor>
          </Item>
        )}
        {overview.refused_origins.map((refused) => (
          <Item key={`${refused.site.id} ${refused.origin}`} icon="ban" color="orange">
            <span className={classes.words}>
              <Anchor
                fw={600}
                renderRoot={(props) => (
                  <Link
                    to={mayManage ? '/t/$tenantId/sites/$siteId/origins' : '/t/$tenantId/sites/$siteId/installation'}
                    params={{ ...params, siteId: refused.site.id }}
                    {...props}
                  />
                )}
              >
                {words.overview.refused(refused.origin, refused.site.name)}
              </Anchor>{' '}
              <Text size="sm" c="dimmed" span>
                {words.overview.times(refused.count)}, <TimeAgo at={refused.last_seen_at} />
              </Text>
            </span>
          </Item>
        ))}
        {overview.sites_never_seen.map(({ id, name }) => (
          <Item key={id} icon="globe" color="gray">
            <Anchor
              fw={600}
              renderRoot={(props) => (
                <Link to="/t/$tenantId/sites/$siteId/installation" params={{ ...params, siteId: id }} {...props} />
              )}
            >
              {words.overview.neverSeen(name)}
            </Anchor>
          </Item>
        ))}
        <More count={overview.refused_origin_count - overview.refused_origins.length} words={words.overview.moreRefused} />
        <More count={overview.never_seen_count - overview.sites_never_seen.length} words={words.overview.moreNeverSeen} />
      </Stack>
    </section>
  );
}

function Item({ icon, color, children }: { icon: IconName; color: string; children: ReactNode }) {
  return (
    <Paper component="li" withBorder p="xs" px="sm">
      <Group gap="sm" wrap="nowrap" align="center">
        <ThemeIcon size={28} radius="xl" variant="light" color={color} className={classes.sign} aria-hidden="true">
          <Icon name={icon} size={16} />
        </ThemeIcon>
        <Group gap="xs" className={classes.words}>
          {children}
        </Group>
      </Group>
    </Paper>
  );
}

function More({ count, words }: { count: number; words: (count: number) => string }) {
  if (count <= 0) return null;
  return (
    <Text component="li" size="sm" c="dimmed">
      {words(count)}
    </Text>
  );
}
