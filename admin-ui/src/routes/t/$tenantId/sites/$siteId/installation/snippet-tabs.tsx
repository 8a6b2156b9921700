import { Card, Code, Group, Stack, Tabs, Text, Title } from '@mantine/core';
import { useRef } from 'react';
import { useWords } from '~/locales/locale';
import { CopyButton } from '~/parts/copy-button';
import { useSite } from '../page';
import { type Part, partsOf, placeOf, RECIPES, type Recipe } from './snippets';

const NAMES: Record<Recipe, string> = {
  html: 'HTML',
  hugo: 'Hugo',
  jekyll: 'Jekyll',
  wordpress: 'WordPress',
  astro: 'Astro',
  react: 'React',
  vue: 'Vue',
};

/** What to paste, for what the pages are made with. */
export function Snippets() {
  const words = useWords();
  const site = useSite();
  return (
    <Card withBorder padding="lg">
      <Title order={2} size="h4" mb={4}>
        {words.installation.title}
      </Title>
      <Text mb="sm">{words.snippets.lead}</Text>
      <Tabs defaultValue={RECIPES[0]} keepMounted={false}>
        <Tabs.List aria-label={words.snippets.kinds}>
          {RECIPES.map((recipe) => (
            <Tabs.Tab key={recipe} value={recipe}>
              {NAMES[recipe]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {RECIPES.map((recipe) => (
          <Tabs.Panel key={recipe} value={recipe} pt="md">
            <Stack gap="md">
              {partsOf(recipe, placeOf(site)).map((part) => (
                <Pasted key={part.file ?? ''} part={part} />
              ))}
              <Text size="sm" c="dimmed">
                {words.snippets.notes[recipe]}
              </Text>
            </Stack>
          </Tabs.Panel>
        ))}
      </Tabs>
    </Card>
  );
}

function Pasted({ part: { file, code } }: { part: Part }) {
  const words = useWords();
  const source = useRef<HTMLElement>(null);
  return (
    <div>
      <Group justify="space-between" mb={6} gap="xs">
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {file ? <Code>{file}</Code> : words.installation.paste}
        </Text>
        <CopyButton label={words.installation.copy} source={source} />
      </Group>
      <Code
        block
        ref={source}
        bg="var(--parlour-inset)"
        tabIndex={0}
        aria-label={file ? words.snippets.file(file) : words.installation.snippet}
      >
        {code}
      </Code>
    </div>
  );
}
