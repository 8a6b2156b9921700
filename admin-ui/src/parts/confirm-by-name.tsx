import { Alert, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import type { UseMutationResult } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useWords } from '~/locales/locale';
import { Icon } from './icon';
import { ProblemAlert } from './problem-alert';

type Props = {
  opened: boolean;
  onClose: () => void;
  title: string;
  /** What will become of it. */
  text: ReactNode;
  /** What is to be typed, so that nobody does it to the wrong one. */
  name: string;
  submit: string;
  action: UseMutationResult<unknown, Error, void>;
};

/** Asks for a name before what cannot be undone for ever. */
export function ConfirmByName({ opened, onClose, title, action, ...rest }: Props) {
  const words = useWords();
  const close = () => {
    action.reset();
    onClose();
  };
  return (
    <Modal opened={opened} onClose={close} title={title} closeButtonProps={{ 'aria-label': words.app.close }}>
      <Question {...rest} action={action} onClose={close} />
    </Modal>
  );
}

function Question({ text, name, submit, action, onClose }: Omit<Props, 'opened' | 'title'>) {
  const words = useWords();
  const [typed, setTyped] = useState('');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (typed.trim() === name) action.mutate();
      }}
    >
      <Stack>
        <ProblemAlert error={action.error} />
        <Alert color="red" icon={<Icon name="alert" />}>
          {text}
        </Alert>
        <TextInput
          label={words.lives.typeName}
          description={
            <Text span inherit fw={600} style={{ overflowWrap: 'anywhere', userSelect: 'all' }}>
              {name}
            </Text>
          }
          autoComplete="off"
          spellCheck={false}
          required
          withAsterisk={false}
          data-autofocus
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {words.app.cancel}
          </Button>
          <Button type="submit" color="red" disabled={typed.trim() !== name} loading={action.isPending}>
            {submit}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
