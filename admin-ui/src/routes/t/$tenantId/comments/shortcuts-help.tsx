import { Group, Kbd, Modal, Stack, Text } from '@mantine/core';
import { useWords } from '~/locales/locale';

export function ShortcutsHelp({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const words = useWords();
  const keys: [string, string][] = [
    ['j', words.keys.next],
    ['k', words.keys.previous],
    ['a', words.keys.publish],
    ['r', words.keys.reject],
    ['s', words.keys.spam],
    ['d', words.keys.delete],
    ['e', words.keys.edit],
    ['c', words.keys.reply],
    ['p', words.keys.pin],
    ['x', words.keys.select],
    ['o', words.keys.open],
    ['/', words.keys.search],
    ['u', words.keys.undo],
    ['?', words.keys.help],
  ];
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={words.keys.title}
      closeButtonProps={{ 'aria-label': words.app.close }}
      size="sm"
    >
      <Stack gap={8}>
        {keys.map(([key, meaning]) => (
          <Group key={key} justify="space-between">
            <Text size="sm">{meaning}</Text>
            <Kbd>{key}</Kbd>
          </Group>
        ))}
        <Text size="sm" c="dimmed" mt="xs">
          {words.keys.hint}
        </Text>
      </Stack>
    </Modal>
  );
}
