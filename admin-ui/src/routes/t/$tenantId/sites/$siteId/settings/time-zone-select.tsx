import { Select } from '@mantine/core';
import type { ReactNode } from 'react';
import { useWords } from '~/locales/locale';

type Props = {
  value: string;
  onChange: (zone: string) => void;
  label: string;
  description: string;
  error?: ReactNode;
  path?: string;
  disabled?: boolean;
};

const NEUTRAL = 'UTC';

/** One of the time zones that the browser knows; the one that is set is among them in any case. */
export function TimeZoneSelect({ value, onChange, path, ...field }: Props) {
  const words = useWords();
  const known = new Set([NEUTRAL, Intl.DateTimeFormat().resolvedOptions().timeZone, value]);
  for (const zone of Intl.supportedValuesOf('timeZone')) known.add(zone);
  return (
    <Select
      {...field}
      searchable
      allowDeselect={false}
      data-path={path}
      value={value}
      onChange={(zone) => onChange(zone ?? NEUTRAL)}
      data={[...known]}
      nothingFoundMessage={words.settings.timeZoneNone}
      limit={60}
    />
  );
}
