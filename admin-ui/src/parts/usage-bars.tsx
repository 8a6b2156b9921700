import { Group, Progress, Stack, Text } from '@mantine/core';
import type { Quota } from '~/api/types';
import { useLocale } from '~/locales/locale';

type Used = { quota: string; used: number; limit?: number | undefined; near: boolean; own: boolean };

/** How much is used of each quota of a plan, as bars. */
export function UsageBars({ uses }: { uses: Used[] }) {
  const { words, locale } = useLocale();
  return (
    <Stack gap="sm">
      {uses.map((one) => {
        const name = words.platform.quotas[one.quota as Quota];
        const share = one.limit === undefined ? 0 : one.limit === 0 ? 100 : Math.min(100, (100 * one.used) / one.limit);
        const said =
          one.limit === undefined
            ? words.platform.unlimited(amount(one.quota, one.used, locale))
            : words.platform.of(amount(one.quota, one.used, locale), amount(one.quota, one.limit, locale));
        return (
          <div key={one.quota}>
            <Group justify="space-between" gap="xs">
              <Text size="sm">{name}</Text>
              <Text size="sm" c="dimmed">
                {one.own ? `${said} (${words.usage.own})` : said}
              </Text>
            </Group>
            {one.limit !== undefined && (
              <Progress
                value={share}
                color={share >= 100 ? 'red' : one.near ? 'yellow' : undefined}
                aria-label={`${name}: ${said}`}
              />
            )}
          </div>
        );
      })}
    </Stack>
  );
}

/** Bytes in units that people read; everything else as a number. */
export function amount(quota: string, value: number, locale: string): string {
  if (quota !== 'storage') return value.toLocaleString(locale);
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];
  const step = value < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  const format = new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: units[step]!,
    unitDisplay: 'short',
    maximumFractionDigits: 1,
  });
  return format.format(value / 1000 ** step);
}
