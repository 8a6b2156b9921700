import { Box, Progress, Text } from '@mantine/core';
import { useWords } from '~/locales/locale';

const STEPS = ['account', 'tenant', 'site', 'installation'] as const;

/** Where somebody is on the way from the set-up link to the first comment. */
export function Guide({ at }: { at: (typeof STEPS)[number] }) {
  const words = useWords();
  const number = STEPS.indexOf(at) + 1;
  return (
    <Box mb="lg">
      <Text size="sm" c="dimmed" mb={6}>
        {words.setup.step(number, STEPS.length)} · <strong>{words.setup.steps[at]}</strong>
      </Text>
      <Progress value={(number / STEPS.length) * 100} size="sm" aria-label={words.setup.step(number, STEPS.length)} />
    </Box>
  );
}
