import { Alert, Anchor, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '~/api/client';
import { makePasskey, passkeyObstacle } from '~/api/passkeys';
import { factorsQuery, ownSessionsQuery } from '~/api/queries';
import type { Factors, Passkey } from '~/api/types';
import { useWords } from '~/locales/locale';
import { agentName } from '~/parts/agent';
import { Confirm } from '~/parts/confirm';
import { fieldErrors } from '~/parts/field-errors';
import { FormButtons } from '~/parts/form-buttons';
import { Icon } from '~/parts/icon';
import { notifyDone } from '~/parts/notify';
import { PasskeyAlert } from '~/parts/passkey-alert';
import { ProblemAlert } from '~/parts/problem-alert';
import { TimeAgo } from '~/parts/time-ago';
import { useProve } from '../confirmation';
import { Part } from './part';

type Props = { factors: Factors; onCodes: (codes: string[]) => void };

export function Passkeys({ factors, onCodes }: Props) {
  const words = useWords();
  const [adding, setAdding] = useState(false);
  const [renaming, setRenaming] = useState<Passkey>();
  const [leaving, setLeaving] = useState<Passkey>();
  const origin = factors.passkey_origin;
  const obstacle = origin === undefined ? undefined : passkeyObstacle(origin);
  return (
    <Part
      title={words.security.passkeys}
      lead={words.security.passkeysLead}
      action={
        origin !== undefined &&
        obstacle === undefined && (
          <Button variant="light" size="sm" onClick={() => setAdding(true)}>
            {words.security.passkeyAdd}
          </Button>
        )
      }
    >
      {factors.no_passkeys && (
        <Alert color="gray" mt="sm" icon={<Icon name="info" />} title={words.security.noPasskeys}>
          {words.noPasskeys[factors.no_passkeys]}
        </Alert>
      )}
      {origin !== undefined && obstacle !== undefined && (
        <Alert color="gray" mt="sm" icon={<Icon name="info" />} title={words.security.noPasskeysHere}>
          {words.security.obstacles[obstacle]}{' '}
          {obstacle === 'elsewhere' && (
            <Anchor href={`${origin}/admin/account`} underline="always">
              {origin}
            </Anchor>
          )}
        </Alert>
      )}
      {factors.passkeys.length > 0 && (
        <Stack component="ul" gap="sm" p={0} m={0} mt="sm" style={{ listStyle: 'none' }}>
          {factors.passkeys.map((passkey) => (
            <Row key={passkey.id} passkey={passkey} onRename={setRenaming} onRemove={setLeaving} />
          ))}
        </Stack>
      )}
      <Modal
        opened={adding}
        onClose={() => setAdding(false)}
        title={words.security.passkeyAddTitle}
        closeButtonProps={{ 'aria-label': words.app.close }}
      >
        <NewPasskey
          onClose={() => setAdding(false)}
          onDone={(codes) => {
            setAdding(false);
            onCodes(codes);
          }}
        />
      </Modal>
      <Modal
        opened={renaming !== undefined}
        onClose={() => setRenaming(undefined)}
        title={words.security.passkeyRenameTitle}
        closeButtonProps={{ 'aria-label': words.app.close }}
      >
        {renaming && <Rename passkey={renaming} onClose={() => setRenaming(undefined)} />}
      </Modal>
      <Removal passkey={leaving} onClose={() => setLeaving(undefined)} />
    </Part>
  );
}

type RowProps = { passkey: Passkey; onRename: (passkey: Passkey) => void; onRemove: (passkey: Passkey) => void };

function Row({ passkey, onRename, onRemove }: RowProps) {
  const words = useWords();
  return (
    <li>
      <Group justify="space-between" gap="xs">
        <div>
          <Text size="sm" fw={600} dir="auto" style={{ overflowWrap: 'anywhere' }}>
            {passkey.name}
          </Text>
          <Text size="sm" c="dimmed">
            {words.security.passkeyMade} <TimeAgo at={passkey.created_at} /> ·{' '}
            {passkey.last_used_at ? (
              <>
                {words.security.passkeyUsed} <TimeAgo at={passkey.last_used_at} />
              </>
            ) : (
              words.security.passkeyUnused
            )}
          </Text>
        </div>
        <Group gap={4}>
          <Button
            variant="subtle"
            size="sm"
            aria-label={words.security.passkeyRenameOf(passkey.name)}
            onClick={() => onRename(passkey)}
          >
            {words.security.passkeyRename}
          </Button>
          <Button
            variant="subtle"
            color="red"
            size="sm"
            aria-label={words.security.passkeyRemoveOf(passkey.name)}
            onClick={() => onRemove(passkey)}
          >
            {words.security.passkeyRemove}
          </Button>
        </Group>
      </Group>
    </li>
  );
}

function NewPasskey({ onDone, onClose }: { onDone: (codes: string[]) => void; onClose: () => void }) {
  const words = useWords();
  const client = useQueryClient();
  const prove = useProve();
  const [name, setName] = useState(() => agentName(navigator.userAgent));
  const addition = useMutation({
    mutationFn: async () => {
      const made = await makePasskey(await prove(() => answer(api.POST('/v1/admin/me/passkeys/challenge'))));
      return prove(() => answer(api.POST('/v1/admin/me/passkeys', { body: { name, ...made } })));
    },
    onSuccess: ({ recovery_codes }) => {
      notifyDone(words.security.passkeyAdded);
      onDone(recovery_codes);
      return Promise.all([client.invalidateQueries(factorsQuery), client.invalidateQueries(ownSessionsQuery)]);
    },
  });
  const errors = fieldErrors(addition.error, words);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        addition.mutate();
      }}
    >
      <Stack>
        {!errors['name'] && <PasskeyAlert error={addition.error} />}
        <Text size="sm">{words.security.passkeyAddLead}</Text>
        <NameInput value={name} onChange={setName} error={errors['name']} />
        <Text size="sm" c="dimmed">
          {words.security.firstEnds}
        </Text>
        <FormButtons submit={words.security.goOn} isPending={addition.isPending} onCancel={onClose} />
      </Stack>
    </form>
  );
}

function Rename({ passkey, onClose }: { passkey: Passkey; onClose: () => void }) {
  const words = useWords();
  const client = useQueryClient();
  const [name, setName] = useState(passkey.name);
  const change = useMutation({
    mutationFn: () =>
      answer(
        api.PATCH('/v1/admin/me/passkeys/{passkey_id}', {
          params: { path: { passkey_id: passkey.id } },
          body: { name },
        }),
      ),
    onSuccess: () => {
      onClose();
      return client.invalidateQueries(factorsQuery);
    },
  });
  const errors = fieldErrors(change.error, words);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        change.mutate();
      }}
    >
      <Stack>
        {!errors['name'] && <ProblemAlert error={change.error} />}
        <NameInput value={name} onChange={setName} error={errors['name']} />
        <FormButtons submit={words.security.passkeyRename} isPending={change.isPending} onCancel={onClose} />
      </Stack>
    </form>
  );
}

type NameProps = { value: string; onChange: (name: string) => void; error: string | undefined };

function NameInput({ value, onChange, error }: NameProps) {
  const words = useWords();
  return (
    <TextInput
      label={words.security.passkeyName}
      description={words.security.passkeyNameHint}
      autoComplete="off"
      maxLength={60}
      required
      data-autofocus
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={error}
    />
  );
}

function Removal({ passkey, onClose }: { passkey: Passkey | undefined; onClose: () => void }) {
  const words = useWords();
  const client = useQueryClient();
  const prove = useProve();
  const removal = useMutation({
    mutationFn: ({ id }: Passkey) =>
      prove(() => answer(api.DELETE('/v1/admin/me/passkeys/{passkey_id}', { params: { path: { passkey_id: id } } }))),
    onSuccess: () => {
      onClose();
      notifyDone(words.security.passkeyRemoved);
      return client.invalidateQueries(factorsQuery);
    },
  });
  return (
    <Confirm
      about={passkey}
      title={({ name }) => words.security.passkeyRemoveOf(name)}
      text={() => words.security.passkeyRemoveText}
      submit={words.security.passkeyRemove}
      removal={removal}
      onClose={onClose}
    />
  );
}
