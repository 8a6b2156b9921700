import { Alert, Anchor, Button, Card, Code, Group, Modal, Stack, Tabs, Text, Title } from '@mantine/core';
import { type QueryKey, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { useWords } from '~/locales/locale';
import type { Words } from '~/locales/words';
import { CopyButton } from '~/parts/copy-button';
import { Icon } from '~/parts/icon';
import { notifyDone } from '~/parts/notify';
import { ProblemAlert } from '~/parts/problem-alert';
import { useIsOwn, useMayManage } from '../../tenant';
import { useSite } from './page';

export type SiteSecret = { key: string; version: number };

/** What tells one key of a site from the other. */
export interface KeyOf<Secret extends SiteSecret> {
  words: Words['signingKey'];
  isInUse: boolean;
  /** What the answer is kept under while it is shown. */
  queryKey: QueryKey;
  read: () => Promise<Secret>;
  rotate: () => Promise<Secret>;
  /** What its name is given beside: the id that is signed, if there is one. */
  id: (secret: Secret) => string;
  /** Code by the languages' names. */
  examples: (secret: Secret) => Record<string, string>;
  element: (secret: Secret) => string;
}

/** A key of the site that its owner may know: shown when asked for, with examples, and changed. */
export function SiteKey<Secret extends SiteSecret>(of: KeyOf<Secret>) {
  const { settings } = useWords();
  const { words, isInUse } = of;
  const site = useSite();
  const isOwn = useIsOwn();
  const mayManage = useMayManage() && isOwn;
  const [isShown, setIsShown] = useState(false);
  const [isRotating, setIsRotating] = useState(false);
  const { data, error, isFetching } = useQuery({
    queryKey: of.queryKey,
    queryFn: of.read,
    gcTime: 0,
    enabled: mayManage && isShown,
  });
  if (!mayManage) return <Alert icon={<Icon name="info" />}>{settings.readOnly}</Alert>;

  return (
    <Stack gap="lg">
      <Card withBorder padding="lg">
        <Title order={2} size="h4" mb={4}>
          {words.title}
        </Title>
        <Text size="sm" mb="sm">
          {words.lead}
        </Text>
        <Alert color={isInUse ? undefined : 'gray'} icon={<Icon name={isInUse ? 'check' : 'info'} />} mb="md">
          {isInUse ? words.inUse : words.notInUse}{' '}
          <Anchor
            inherit
            underline="always"
            renderRoot={(props) => (
              <Link
                to="/t/$tenantId/sites/$siteId/settings"
                params={{ tenantId: site.tenant_id, siteId: site.id }}
                {...props}
              />
            )}
          >
            {words.toSettings}
          </Anchor>
        </Alert>
        <ProblemAlert error={error} />
        {data && isShown ? (
          <Key secret={data} words={words} onHide={() => setIsShown(false)} />
        ) : (
          <Group>
            <Button leftSection={<Icon name="eye" />} loading={isFetching} onClick={() => setIsShown(true)}>
              {words.show}
            </Button>
            <Text size="sm" c="dimmed">
              {words.secret}
            </Text>
          </Group>
        )}
      </Card>

      {data && isShown && <Examples of={of} secret={data} />}

      <Card withBorder padding="lg">
        <Title order={2} size="h4" mb={4}>
          {words.rotateTitle}
        </Title>
        <Text size="sm" mb="md">
          {words.rotateLead}
        </Text>
        <Group>
          <Button variant="default" leftSection={<Icon name="reload" />} onClick={() => setIsRotating(true)}>
            {words.rotate}
          </Button>
        </Group>
      </Card>
      <Rotate
        of={of}
        opened={isRotating}
        onClose={() => setIsRotating(false)}
        onDone={() => {
          setIsRotating(false);
          setIsShown(true);
        }}
      />
    </Stack>
  );
}

type KeyProps = { secret: SiteSecret; words: Words['signingKey']; onHide: () => void };

function Key({ secret, words, onHide }: KeyProps) {
  const source = useRef<HTMLElement>(null);
  return (
    <>
      <Code block ref={source} bg="var(--parlour-inset)" tabIndex={0} aria-label={words.key} style={WRAPPED}>
        {secret.key}
      </Code>
      <Group justify="space-between" mt="sm" gap="sm">
        <Text size="sm" c="dimmed">
          {words.version(secret.version)}
        </Text>
        <Group gap="xs">
          <Button variant="subtle" color="gray" onClick={onHide}>
            {words.hide}
          </Button>
          <CopyButton label={words.copy} source={source} />
        </Group>
      </Group>
    </>
  );
}

const WRAPPED = { whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' } as const;

function Examples<Secret extends SiteSecret>({ of, secret }: { of: KeyOf<Secret>; secret: Secret }) {
  const { words } = of;
  const examples = Object.entries(of.examples(secret));
  const tag = useRef<HTMLElement>(null);
  return (
    <Card withBorder padding="lg">
      <Title order={2} size="h4" mb={4}>
        {words.examples}
      </Title>
      <Text size="sm" mb="sm">
        {words.examplesLead(of.id(secret))}
      </Text>
      <Tabs defaultValue={examples[0]?.[0] ?? null} keepMounted={false}>
        <Tabs.List aria-label={words.examples}>
          {examples.map(([language]) => (
            <Tabs.Tab key={language} value={language}>
              {language}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {examples.map(([language, code]) => (
          <Tabs.Panel key={language} value={language} pt="sm">
            <Example code={code} label={language} copy={words.copyExample} />
          </Tabs.Panel>
        ))}
      </Tabs>
      <Text size="sm" mt="lg" mb="sm">
        {words.onThePage}
      </Text>
      <Code block ref={tag} bg="var(--parlour-inset)" tabIndex={0} aria-label={words.element} style={WRAPPED}>
        {of.element(secret)}
      </Code>
    </Card>
  );
}

function Example({ code, label, copy }: { code: string; label: string; copy: string }) {
  const source = useRef<HTMLElement>(null);
  return (
    <>
      <Code block ref={source} bg="var(--parlour-inset)" tabIndex={0} aria-label={label} style={WRAPPED}>
        {code}
      </Code>
      <Group justify="flex-end" mt="sm">
        <CopyButton label={copy} source={source} />
      </Group>
    </>
  );
}

type RotateProps<Secret extends SiteSecret> = { of: KeyOf<Secret>; opened: boolean; onClose: () => void; onDone: () => void };

function Rotate<Secret extends SiteSecret>({ of, opened, onClose, onDone }: RotateProps<Secret>) {
  const { app } = useWords();
  const { words } = of;
  const client = useQueryClient();
  const rotation = useMutation({
    mutationFn: of.rotate,
    onSuccess: (secret) => {
      // The answer is the new key: to ask for it again could fail, and leave the old one on the screen.
      client.setQueryData(of.queryKey, secret);
      notifyDone(words.rotated);
      onDone();
    },
  });
  const close = () => {
    rotation.reset();
    onClose();
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={words.rotateConfirmTitle}
      closeButtonProps={{ 'aria-label': app.close }}
    >
      <Stack>
        <ProblemAlert error={rotation.error} />
        <Text>{words.rotateConfirm}</Text>
        <Alert color="yellow" icon={<Icon name="alert" />}>
          {words.rotateWarning}
        </Alert>
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {app.cancel}
          </Button>
          <Button color="red" loading={rotation.isPending} onClick={() => rotation.mutate()}>
            {words.rotate}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
