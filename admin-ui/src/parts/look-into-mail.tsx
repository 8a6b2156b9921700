import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useWords } from '~/locales/locale';
import { Icon } from './icon';
import { ProblemAlert } from './problem-alert';

type Props = {
  email: string;
  /** What the mail is for. */
  text: string;
  /** Sends it once more. */
  again: () => Promise<unknown>;
  /** Another address, or a slip of the hand. */
  onBack: () => void;
};

/** It goes on in the mailbox. What is said is the same whoever has the address. */
export function LookIntoMail({ email, text, again, onBack }: Props) {
  const words = useWords();
  const resending = useMutation({ mutationFn: again });
  return (
    <Stack>
      <Alert icon={<Icon name="info" />} title={words.byMail.look} role="status">
        {text}
      </Alert>
      <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
        {email}
      </Text>
      <Text size="sm" c="dimmed">
        {words.byMail.notThere}
      </Text>
      <ProblemAlert error={resending.error} />
      {resending.isSuccess && (
        <Text size="sm" role="status">
          {words.byMail.sentAgain}
        </Text>
      )}
      <Group>
        <Button variant="default" loading={resending.isPending} onClick={() => resending.mutate()}>
          {words.byMail.sendAgain}
        </Button>
        <Button variant="subtle" onClick={onBack}>
          {words.byMail.otherAddress}
        </Button>
      </Group>
    </Stack>
  );
}
