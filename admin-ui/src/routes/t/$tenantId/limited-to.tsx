import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { sitesQuery } from '~/api/queries';
import { useWords } from '~/locales/locale';
import { useTenant } from './tenant';

/** The sites to which somebody or something is limited, as far as the reader of the page may see them. */
export function LimitedTo({ siteIds }: { siteIds: string[] }) {
  const words = useWords();
  const tenant = useTenant();
  const { data: sites = [] } = useQuery(sitesQuery(tenant.id));
  const names = sites.filter(({ id }) => siteIds.includes(id)).map(({ name }) => name);
  return (
    <Text size="sm" c="dimmed" dir="auto">
      {siteIds.length === 0 ? words.people.noSite : words.people.onlySites(names, siteIds.length - names.length)}
    </Text>
  );
}
