import { Alert, Anchor, Badge, Button, Group, Modal, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { answer, api } from '~/api/client';
import { meQuery } from '~/api/queries';
import { useWords } from '~/locales/locale';
import { Confirm } from '~/parts/confirm';
import { fieldErrors } from '~/parts/field-errors';
import { FormButtons } from '~/parts/form-buttons';
import { Icon } from '~/parts/icon';
import { notifyDone } from '~/parts/notify';
import { PageHead } from '~/parts/page-head';
import { ProblemAlert } from '~/parts/problem-alert';
import { TimeAgo } from '~/parts/time-ago';
import { Facts, Section } from './parts';
import { accountQuery, OPERATOR } from './queries';

/** What is asked before it is done. */
type Asked = 'signOut' | 'makeOperator' | 'unmakeOperator' | 'resume';

export function AccountPage() {
  const words = useWords();
  const { accountId } = useParams({ from: '/signed-in/operator/accounts/$accountId' });
  const client = useQueryClient();
  const { data: record, error } = useQuery(accountQuery(accountId));
  const { data: me } = useQuery(meQuery);
  const [asked, setAsked] = useState<Asked>();
  const [suspending, setSuspending] = useState(false);
  const path = { params: { path: { account_id: accountId } } };
  const change = useMutation({
    mutationFn: (what: Asked) => {
      if (what === 'signOut') return answer(api.DELETE('/v1/operator/accounts/{account_id}/sessions', path));
      if (what === 'resume') return answer(api.DELETE('/v1/operator/accounts/{account_id}/suspension', path));
      const body = { operator: what === 'makeOperator' };
      return answer(api.PUT('/v1/operator/accounts/{account_id}/operator', { ...path, body }));
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: OPERATOR });
      await client.invalidateQueries(meQuery);
      notifyDone(words.app.saved);
      setAsked(undefined);
    },
  });

  if (error) return <ProblemAlert error={error} />;
  if (!record) return <Skeleton height={240} radius="md" role="status" aria-label={words.app.loading} />;
  const { account } = record;
  const isOwn = me?.account.id === account.id;
  return (
    <>
      <PageHead title={account.name} lead={account.email} />
      <Section title={words.operator.about}>
        <Facts
          facts={[
            [words.operator.id, account.id],
            [words.operator.made, <TimeAgo key="at" at={account.created_at} />],
          ]}
        />
      </Section>
      <Section
        title={words.operator.accounts.sessions(record.sessions)}
        action={
          <Button variant="default" disabled={record.sessions === 0} onClick={() => setAsked('signOut')}>
            {words.operator.accounts.signOut}
          </Button>
        }
      >
        <Text size="sm">{words.operator.accounts.sessionsHint}</Text>
      </Section>
      <Section
        title={words.account.operator}
        action={
          <Button variant="default" onClick={() => setAsked(account.operator ? 'unmakeOperator' : 'makeOperator')}>
            {account.operator ? words.operator.accounts.unmake : words.operator.accounts.make}
          </Button>
        }
      >
        <Text size="sm">
          {account.operator ? words.operator.accounts.isOperator : words.operator.accounts.isNoOperator}
        </Text>
      </Section>
      <Section title={words.operator.suspension}>
        {account.suspended_reason ? (
          <Alert color="red" icon={<Icon name="lock" />}>
            <Stack gap="xs" align="flex-start">
              <Text size="sm" dir="auto">
                {words.platform.reason(account.suspended_reason)}{' '}
                {account.suspended_at && <TimeAgo at={account.suspended_at} />}
              </Text>
              <Button size="xs" onClick={() => setAsked('resume')}>
                {words.operator.resume}
              </Button>
            </Stack>
          </Alert>
        ) : (
          <Group justify="space-between" gap="sm">
            <Text size="sm">{isOwn ? words.operator.accounts.notOneself : words.operator.accounts.mayEnter}</Text>
            {!isOwn && (
              <Button color="red" variant="light" onClick={() => setSuspending(true)}>
                {words.operator.suspend}
              </Button>
            )}
          </Group>
        )}
      </Section>
      <Section title={words.operator.tenants.title}>
        {record.memberships.length === 0 && <Text size="sm">{words.operator.accounts.nowhere}</Text>}
        <Stack component="ul" gap="xs" p={0} m={0} style={{ listStyle: 'none' }}>
          {record.memberships.map((membership) => (
            <Group key={membership.tenant_id} component="li" gap="xs">
              <Anchor
                dir="auto"
                renderRoot={(props) => (
                  <Link to="/operator/tenants/$tenantId" params={{ tenantId: membership.tenant_id }} {...props} />
                )}
              >
                {membership.tenant}
              </Anchor>
              <Badge variant="light">{words.roles[membership.role]}</Badge>
            </Group>
          ))}
        </Stack>
      </Section>
      <Confirm
        about={asked}
        title={(what) => words.operator.accounts.asked[what].title}
        text={(what) => words.operator.accounts.asked[what].text}
        submit={words.operator.accounts.confirm}
        removal={change}
        onClose={() => setAsked(undefined)}
      />
      <Modal
        opened={suspending}
        onClose={() => setSuspending(false)}
        title={words.operator.suspend}
        closeButtonProps={{ 'aria-label': words.app.close }}
      >
        <SuspendForm accountId={accountId} onClose={() => setSuspending(false)} />
      </Modal>
    </>
  );
}

function SuspendForm({ accountId, onClose }: { accountId: string; onClose: () => void }) {
  const words = useWords();
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const suspension = useMutation({
    mutationFn: () =>
      answer(
        api.PUT('/v1/operator/accounts/{account_id}/suspension', {
          params: { path: { account_id: accountId } },
          body: { reason },
        }),
      ),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: OPERATOR });
      notifyDone(words.operator.isSuspended);
      onClose();
    },
  });
  const errors = fieldErrors(suspension.error, words);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        suspension.mutate();
      }}
    >
      <Stack>
        <ProblemAlert error={suspension.error} />
        <Text size="sm">{words.operator.accounts.suspendHint}</Text>
        <TextInput
          label={words.operator.reason}
          description={words.operator.accounts.reasonHint}
          required
          maxLength={500}
          data-autofocus
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          error={errors['reason']}
        />
        <FormButtons submit={words.operator.suspend} isPending={suspension.isPending} onCancel={onClose} color="red" />
      </Stack>
    </form>
  );
}
