import { Group, Radio, Stack, Text } from '@mantine/core';
import type { Moderation } from '~/api/types';
import { useWords } from '~/locales/locale';
import classes from './moderation-cards.module.css';

const MODES: Moderation[] = ['all', 'links', 'none'];

type Props = { value: Moderation; onChange: (mode: Moderation) => void; label: string };

/** How careful a site is, as three cards with their consequences. */
export function ModerationCards({ value, onChange, label }: Props) {
  const words = useWords();
  return (
    <Radio.Group label={label} value={value} onChange={(mode) => onChange(mode as Moderation)}>
      <Stack gap="xs" mt={6}>
        {MODES.map((mode) => (
          <label key={mode} className={classes.card}>
            <Group wrap="nowrap" align="flex-start" gap="sm">
              <Radio value={mode} aria-label={words.moderation[mode].label} aria-describedby={`moderation-${mode}`} />
              <div>
                <Text fw={500} component="span">
                  {words.moderation[mode].label}
                </Text>
                <Text size="sm" c="dimmed" id={`moderation-${mode}`}>
                  {words.moderation[mode].hint}
                </Text>
              </div>
            </Group>
          </label>
        ))}
      </Stack>
    </Radio.Group>
  );
}
