import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answer, door } from '~/api/client';
import { isProblem } from '~/api/problem';
import { emailChangeQuery, meQuery } from '~/api/queries';
import type { EmailChangeLink } from '~/api/types';
import { useWords } from '~/locales/locale';
import { Icon } from '~/parts/icon';
import { ProblemAlert } from '~/parts/problem-alert';
import { LoadingPage } from '../in-between';
import { useLinkToken } from '../link-token';
import { Outside } from '../outside';
import { VoidLink } from '../void-link';

/** The target of the links that go to both addresses when one is to take the place of the other. */
export function ChangeAddressPage() {
  const words = useWords();
  const token = useLinkToken();
  const link = useQuery({ ...emailChangeQuery(token), enabled: token !== '' });
  if (token && link.isPending) return <LoadingPage />;
  return (
    <Outside title={words.changeAddress.title} lead={words.changeAddress.lead}>
      {link.data ? <Decision token={token} link={link.data} /> : <Void error={link.error} />}
    </Outside>
  );
}

function Void({ error }: { error: unknown }) {
  const words = useWords();
  return (
    <VoidLink
      error={error}
      title={words.changeAddress.void}
      hint={words.changeAddress.voidHint}
      to="/account"
      words={words.changeAddress.toAccount}
    />
  );
}

function Decision({ token, link }: { token: string; link: EmailChangeLink }) {
  const words = useWords();
  const client = useQueryClient();
  const forget = () => client.invalidateQueries(meQuery);
  const confirmation = useMutation({
    mutationFn: () => answer(door.POST('/v1/admin/email-changes/confirm', { body: { token } })),
    onSuccess: forget,
  });
  const stop = useMutation({
    mutationFn: () => answer(door.POST('/v1/admin/email-changes/stop', { body: { token } })),
    onSuccess: forget,
  });
  const error = confirmation.error ?? stop.error;

  if (isProblem(error, 'link_void')) return <Void error={error} />;
  if (confirmation.data) {
    const { done, email } = confirmation.data;
    const title = done ? words.changeAddress.done : words.changeAddress.half;
    return (
      <Alert title={title} icon={<Icon name={done ? 'check' : 'info'} />} role="status">
        {done ? words.changeAddress.doneHint(email) : words.changeAddress.halfHint}
      </Alert>
    );
  }
  if (stop.isSuccess) {
    return (
      <Alert title={words.changeAddress.stopped} icon={<Icon name="check" />} role="status">
        {link.sent_to === 'old' ? words.changeAddress.stoppedHint : words.changeAddress.stoppedByNewHint}
      </Alert>
    );
  }
  return (
    <Stack>
      <ProblemAlert error={error} />
      <dl style={{ margin: 0 }}>
        <Text component="dt" size="sm" c="dimmed">
          {words.changeAddress.from}
        </Text>
        <Text component="dd" m={0} mb="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
          {link.from}
        </Text>
        <Text component="dt" size="sm" c="dimmed">
          {words.changeAddress.to}
        </Text>
        <Text component="dd" m={0} fw={600} style={{ overflowWrap: 'anywhere' }}>
          {link.change.email}
        </Text>
      </dl>
      <Text>{link.sent_to === 'old' ? words.changeAddress.askOld : words.changeAddress.askNew}</Text>
      <Group>
        <Button loading={confirmation.isPending} disabled={stop.isPending} onClick={() => confirmation.mutate()}>
          {words.changeAddress.confirm}
        </Button>
        <Button
          variant="subtle"
          color="red"
          loading={stop.isPending}
          disabled={confirmation.isPending}
          onClick={() => stop.mutate()}
        >
          {words.changeAddress.stop}
        </Button>
      </Group>
    </Stack>
  );
}
