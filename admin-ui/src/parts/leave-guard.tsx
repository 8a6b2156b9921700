import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import { useWords } from '~/locales/locale';

/** Asks before a page with unsaved changes is left, by a link or by closing the tab. */
export function LeaveGuard({ active }: { active: boolean }) {
  const words = useWords();
  const { proceed, reset, status } = useBlocker({
    shouldBlockFn: () => active,
    enableBeforeUnload: () => active,
    withResolver: true,
  });
  return (
    <Modal
      opened={status === 'blocked'}
      onClose={() => reset?.()}
      title={words.settings.leaveTitle}
      closeButtonProps={{ 'aria-label': words.app.close }}
    >
      <Stack>
        <Text>{words.settings.leaveText}</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={() => reset?.()}>
            {words.settings.stay}
          </Button>
          <Button color="red" onClick={() => proceed?.()}>
            {words.settings.leave}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
