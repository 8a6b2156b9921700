import { Anchor, Button, Code, Group, Image, Modal, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { answer, api } from '~/api/client';
import { factorsQuery, ownSessionsQuery } from '~/api/queries';
import type { Factors, TotpSetup } from '~/api/types';
import { useWords } from '~/locales/locale';
import { CodeInput } from '~/parts/code-input';
import { Confirm } from '~/parts/confirm';
import { CopyButton } from '~/parts/copy-button';
import { fieldErrors } from '~/parts/field-errors';
import { FormButtons } from '~/parts/form-buttons';
import { notifyDone } from '~/parts/notify';
import { ProblemAlert } from '~/parts/problem-alert';
import { TimeAgo } from '~/parts/time-ago';
import { useProve } from '../confirmation';
import { Part } from './part';

type Props = { totp: Factors['totp']; onCodes: (codes: string[]) => void };

export function AuthenticatorApp({ totp, onCodes }: Props) {
  const words = useWords();
  const prove = useProve();
  const [leaving, setLeaving] = useState<true>();
  const begin = useMutation({
    mutationFn: () => prove(() => answer(api.POST('/v1/admin/me/totp/setup'))),
  });
  return (
    <Part
      title={words.security.app}
      lead={
        totp ? (
          <>
            {words.security.appUsed} <TimeAgo at={totp.last_used_at} />
          </>
        ) : (
          words.security.appLead
        )
      }
      action={
        totp ? (
          <Button variant="subtle" color="red" size="sm" onClick={() => setLeaving(true)}>
            {words.security.appRemove}
          </Button>
        ) : (
          <Button variant="light" size="sm" loading={begin.isPending} onClick={() => begin.mutate()}>
            {words.security.appAdd}
          </Button>
        )
      }
    >
      <ProblemAlert error={begin.error} />
      <Modal
        opened={begin.data !== undefined}
        onClose={begin.reset}
        title={words.security.appTitle}
        closeButtonProps={{ 'aria-label': words.app.close }}
      >
        {begin.data && (
          <SetupForm
            setup={begin.data}
            onClose={begin.reset}
            onDone={(codes) => {
              begin.reset();
              onCodes(codes);
            }}
          />
        )}
      </Modal>
      <Removal about={leaving} onClose={() => setLeaving(undefined)} />
    </Part>
  );
}

type SetupProps = { setup: TotpSetup; onDone: (codes: string[]) => void; onClose: () => void };

function SetupForm({ setup, onDone, onClose }: SetupProps) {
  const words = useWords();
  const client = useQueryClient();
  const prove = useProve();
  const secret = useRef<HTMLElement>(null);
  const [code, setCode] = useState('');
  const enable = useMutation({
    mutationFn: () => prove(() => answer(api.PUT('/v1/admin/me/totp', { body: { setup: setup.setup, code } }))),
    onSuccess: ({ recovery_codes }) => {
      notifyDone(words.security.appAdded);
      onDone(recovery_codes);
      return Promise.all([client.invalidateQueries(factorsQuery), client.invalidateQueries(ownSessionsQuery)]);
    },
  });
  const errors = fieldErrors(enable.error, words);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        enable.mutate();
      }}
    >
      <Stack>
        {!errors['code'] && <ProblemAlert error={enable.error} />}
        <Text size="sm">{words.security.appScan}</Text>
        <Image
          src={`data:image/svg+xml;base64,${btoa(setup.qr)}`}
          alt={words.security.qr}
          w={220}
          h={220}
          mx="auto"
          radius="md"
        />
        <Text size="sm">
          {words.security.appType} <Anchor href={setup.uri} underline="always">{words.security.appOpen}</Anchor>
        </Text>
        <Group gap="xs" wrap="nowrap" align="center">
          <Code ref={secret} block style={{ flex: 1, whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
            {setup.secret.replace(/(.{4})(?=.)/g, '$1 ')}
          </Code>
          <CopyButton label={words.security.copy} source={secret} />
        </Group>
        <CodeInput
          kind="totp"
          value={code}
          onChange={setCode}
          error={errors['code'] && words.security.appWrong}
          autoFocus
        />
        <Text size="sm" c="dimmed">
          {words.security.firstEnds}
        </Text>
        <FormButtons submit={words.security.appSubmit} isPending={enable.isPending} onCancel={onClose} />
      </Stack>
    </form>
  );
}

function Removal({ about, onClose }: { about: true | undefined; onClose: () => void }) {
  const words = useWords();
  const client = useQueryClient();
  const prove = useProve();
  const removal = useMutation({
    mutationFn: (_: true) => prove(() => answer(api.DELETE('/v1/admin/me/totp'))),
    onSuccess: () => {
      onClose();
      notifyDone(words.security.appRemoved);
      return client.invalidateQueries(factorsQuery);
    },
  });
  return (
    <Confirm
      about={about}
      title={() => words.security.appRemoveTitle}
      text={() => words.security.appRemoveText}
      submit={words.security.appRemove}
      removal={removal}
      onClose={onClose}
    />
  );
}
