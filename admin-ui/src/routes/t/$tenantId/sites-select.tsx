import { MultiSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { sitesQuery } from '~/api/queries';
import { useWords } from '~/locales/locale';
import { useTenant } from './tenant';

type Props = {
  description: string;
  /** None of them means all. */
  value: string[];
  onChange: (siteIds: string[]) => void;
  error?: string | undefined;
};

/** Chooses some of the tenant's sites, or all. */
export function SitesSelect({ description, value, onChange, error }: Props) {
  const words = useWords();
  const tenant = useTenant();
  const { data: sites = [] } = useQuery(sitesQuery(tenant.id));
  return (
    <MultiSelect
      label={words.people.sites}
      description={description}
      placeholder={value.length === 0 ? words.people.allSites : undefined}
      data={sites.map(({ id, name }) => ({ value: id, label: name }))}
      value={value}
      onChange={onChange}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': words.people.allSites }}
      hidePickedOptions
      nothingFoundMessage={words.people.noSuchSite}
      error={error}
    />
  );
}
