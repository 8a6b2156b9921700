import { Radio, Stack } from '@mantine/core';
import type { Role } from '~/api/types';
import { useWords } from '~/locales/locale';
import { SitesSelect } from '../sites-select';
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
        <SitesSelect
          description={words.people.sitesHint}
          value={value.siteIds}
          onChange={(siteIds) => onChange({ ...value, siteIds })}
          error={error}
        />
      )}
    </Stack>
  );
}
