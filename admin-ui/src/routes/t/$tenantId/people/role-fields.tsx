import { MultiSelect, Radio, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { sitesQuery } from '~/api/queries';
import type { Role } from '~/api/types';
import { useWords } from '~/locales/locale';
import { useTenant } from '../tenant';
import { givenBy } from './roles';

/** What somebody is to be. Without a list of sites: all of them. */
export type Standing = { role: Role; siteIds: string[] };

export const asBody = ({ role, siteIds }: Standing) => ({
  role,
  ...(role === 'moderator' && siteIds.length > 0 && { site_ids: siteIds }),
});

type Props = { value: Standing; onChange: (value: Standing) => void; error?: string | undefined };

/** Chooses a role and, for a moderator, the sites he sees. */
export function RoleFields({ value, onChange, error }: Props) {
  const words = useWords();
  const tenant = useTenant();
  const { data: sites = [] } = useQuery(sitesQuery(tenant.id));
  return (
    <Stack gap="md">
      <Radio.Group
        label={words.people.role}
        value={value.role}
        onChange={(role) => onChange({ ...value, role: role as Role })}
      >
        <Stack gap="xs" mt="xs">
          {givenBy(tenant.role).map((role) => (
            <Radio key={role} value={role} label={words.roles[role]} description={words.people.roleHints[role]} />
          ))}
        </Stack>
      </Radio.Group>
      {value.role === 'moderator' && (
        <MultiSelect
          label={words.people.sites}
          description={words.people.sitesHint}
          placeholder={value.siteIds.length === 0 ? words.people.allSites : undefined}
          data={sites.map(({ id, name }) => ({ value: id, label: name }))}
          value={value.siteIds}
          onChange={(siteIds) => onChange({ ...value, siteIds })}
          searchable
          clearable
          clearButtonProps={{ 'aria-label': words.people.allSites }}
          hidePickedOptions
          nothingFoundMessage={words.people.noSuchSite}
          error={error}
        />
      )}
    </Stack>
  );
}
