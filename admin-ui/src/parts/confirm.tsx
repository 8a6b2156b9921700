import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import type { UseMutationResult } from '@tanstack/react-query';
import { useWords } from '~/locales/locale';
import { ProblemAlert } from './problem-alert';

type Props<T> = {
  /** What it is about; nothing is asked while there is none. */
  about: T | undefined;
  title: (about: T) => string;
  text: (about: T) => string;
  /** On the button that does it. */
  submit: string;
  removal: UseMutationResult<unknown, Error, T>;
  onClose: () => void;
};

/** Asks before something is taken away. */
export function Confirm<T>({ about, title, text, submit, removal, onClose }: Props<T>) {
  const words = useWords();
  const close = () => {
    removal.reset();
    onClose();
  };
  return (
    <Modal
      opened={about !== undefined}
      onClose={close}
      title={about !== undefined && title(about)}
      closeButtonProps={{ 'aria-label': words.app.close }}
    >
      <Stack>
        <ProblemAlert error={removal.error} />
        <Text>{about !== undefined && text(about)}</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {words.app.cancel}
          </Button>
          <Button
            color="red"
            loading={removal.isPending}
            onClick={() => about !== undefined && removal.mutate(about)}
          >
            {submit}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
