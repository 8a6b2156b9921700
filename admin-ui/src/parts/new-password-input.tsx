import { Group, PasswordInput, Progress, Stack, Text } from '@mantine/core';
import type { ComponentProps } from 'react';
import { useWords } from '~/locales/locale';
import { LONGEST_PASSWORD, passwordStrength, type Strength } from './password-strength';

const LOOK: Record<Strength, { share: number; color: string }> = {
  short: { share: 12, color: 'red' },
  weak: { share: 40, color: 'orange' },
  fair: { share: 70, color: 'yellow' },
  strong: { share: 100, color: 'parlour' },
};

/** A password that is being chosen: the rule is said before, the strength while typing. */
export function NewPasswordInput(props: ComponentProps<typeof PasswordInput>) {
  const words = useWords();
  const password = String(props.value ?? '');
  const strength = passwordStrength(password);
  return (
    <Stack gap={6}>
      <PasswordInput
        label={words.account.password}
        {...props}
        description={words.account.passwordRule}
        autoComplete="new-password"
        maxLength={LONGEST_PASSWORD}
        required
        visibilityToggleButtonProps={{ 'aria-label': words.account.showPassword, 'aria-hidden': false }}
      />
      {password !== '' && (
        <Group gap="xs" wrap="nowrap">
          <Progress.Root flex={1} size="sm">
            <Progress.Section
              value={LOOK[strength].share}
              color={LOOK[strength].color}
              aria-label={words.account.strength}
            />
          </Progress.Root>
          <Text size="xs" c="dimmed" miw={64} ta="end" aria-live="polite">
            {words.account.strengths[strength]}
          </Text>
        </Group>
      )}
    </Stack>
  );
}
