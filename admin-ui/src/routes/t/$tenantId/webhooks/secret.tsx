import { Code, Group, Stack, Text } from '@mantine/core';
import { type ReactNode, useRef } from 'react';
import { useWords } from '~/locales/locale';
import { CopyButton } from '~/parts/copy-button';

/** The secret, which the server does not tell a second time. */
export function Secret({ secret, children }: { secret: string; children: ReactNode }) {
  const { hooks: words } = useWords();
  const code = useRef<HTMLElement>(null);
  return (
    <Stack>
      <Text>{words.secretShown}</Text>
      <Code ref={code} block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        {secret}
      </Code>
      <Group justify="flex-end">
        <CopyButton label={words.copySecret} source={code} />
        {children}
      </Group>
    </Stack>
  );
}
