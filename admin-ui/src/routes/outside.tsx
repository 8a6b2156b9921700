import { Box, Card, Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { LanguageSwitch } from '~/parts/language-switch';
import { PageHead } from '~/parts/page-head';
import { SchemeSwitch } from '~/parts/scheme-switch';
import { Wordmark } from '~/parts/wordmark';
import classes from './outside.module.css';
import { CONTENT_ID } from './root';

type Props = { title: string; lead: string; above?: ReactNode; children: ReactNode; footer?: ReactNode };

/** The layout before signing in: one card, nothing else to look at. */
export function Outside({ title, lead, above, children, footer }: Props) {
  return (
    <Box className={classes.page}>
      <header>
        <Group justify="space-between" mb="xl">
          <Wordmark size={26} />
          <Group gap="xs">
            <LanguageSwitch />
            <SchemeSwitch />
          </Group>
        </Group>
      </header>
      <main id={CONTENT_ID} tabIndex={-1}>
        <Card withBorder shadow="sm" padding="xl" radius="lg">
          {above}
          <PageHead title={title} lead={lead} />
          {children}
        </Card>
        {footer && (
          <Text size="sm" c="dimmed" ta="center" mt="md" component="div">
            {footer}
          </Text>
        )}
      </main>
    </Box>
  );
}
