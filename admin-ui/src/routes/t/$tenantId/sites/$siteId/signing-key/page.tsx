import { Alert, Anchor, Button, Card, Code, Group, Modal, Stack, Tabs, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { answer, api } from '~/api/client';
import { signingKeyQuery } from '~/api/queries';
import type { SigningKey } from '~/api/types';
import { useWords } from '~/locales/locale';
import { CopyButton } from '~/parts/copy-button';
import { Icon } from '~/parts/icon';
import { notifyDone } from '~/parts/notify';
import { ProblemAlert } from '~/parts/problem-alert';
import { useIsOwn, useMayManage } from '../../../tenant';
import { useSite } from '../page';

/** The key with which the owner's pages vouch for their ids. */
export function SigningKeyPage() {
  const { settings, signingKey: words } = useWords();
  const site = useSite();
  const isOwn = useIsOwn();
  const mayManage = useMayManage() && isOwn;
  const [isShown, setIsShown] = useState(false);
  const [isRotating, setIsRotating] = useState(false);
  const { data, error, isFetching } = useQuery({
    ...signingKeyQuery(site.tenant_id, site.id),
    enabled: mayManage && isShown,
  });
  if (!mayManage) return <Alert icon={<Icon name="info" />}>{settings.readOnly}</Alert>;

  const isInUse = site.settings.threads_open === 'signed';
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
          <Key signingKey={data} onHide={() => setIsShown(false)} />
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

      {data && isShown && <Examples signingKey={data} />}

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

function Key({ signingKey, onHide }: { signingKey: SigningKey; onHide: () => void }) {
  const { signingKey: words } = useWords();
  const source = useRef<HTMLElement>(null);
  return (
    <>
      <Code block ref={source} bg="var(--parlour-inset)" tabIndex={0} aria-label={words.key} style={WRAPPED}>
        {signingKey.key}
      </Code>
      <Group justify="space-between" mt="sm" gap="sm">
        <Text size="sm" c="dimmed">
          {words.version(signingKey.version)}
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
const LANGUAGES = { python: 'Python', node: 'Node.js', shell: 'OpenSSL' } as const;
type Language = keyof typeof LANGUAGES;

function Examples({ signingKey: { example } }: { signingKey: SigningKey }) {
  const { signingKey: words } = useWords();
  const tag = useRef<HTMLElement>(null);
  return (
    <Card withBorder padding="lg">
      <Title order={2} size="h4" mb={4}>
        {words.examples}
      </Title>
      <Text size="sm" mb="sm">
        {words.examplesLead(example.id)}
      </Text>
      <Tabs defaultValue="python" keepMounted={false}>
        <Tabs.List aria-label={words.examples}>
          {(Object.keys(LANGUAGES) as Language[]).map((language) => (
            <Tabs.Tab key={language} value={language}>
              {LANGUAGES[language]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {(Object.keys(LANGUAGES) as Language[]).map((language) => (
          <Tabs.Panel key={language} value={language} pt="sm">
            <Example code={example[language]} label={LANGUAGES[language]} />
          </Tabs.Panel>
        ))}
      </Tabs>
      <Text size="sm" mt="lg" mb="sm">
        {words.onThePage}
      </Text>
      <Code block ref={tag} bg="var(--parlour-inset)" tabIndex={0} aria-label={words.element} style={WRAPPED}>
        {`<parlour-comments thread-id="${example.id}" thread-signature="${words.signatureHere}"></parlour-comments>`}
      </Code>
    </Card>
  );
}

function Example({ code, label }: { code: string; label: string }) {
  const { signingKey: words } = useWords();
  const source = useRef<HTMLElement>(null);
  return (
    <>
      <Code block ref={source} bg="var(--parlour-inset)" tabIndex={0} aria-label={label} style={WRAPPED}>
        {code}
      </Code>
      <Group justify="flex-end" mt="sm">
        <CopyButton label={words.copyExample} source={source} />
      </Group>
    </>
  );
}

type RotateProps = { opened: boolean; onClose: () => void; onDone: () => void };

function Rotate({ opened, onClose, onDone }: RotateProps) {
  const all = useWords();
  const words = all.signingKey;
  const site = useSite();
  const client = useQueryClient();
  const rotation = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/v1/admin/tenants/{tenant_id}/sites/{site_id}/signing-key', {
          params: { path: { tenant_id: site.tenant_id, site_id: site.id } },
        }),
      ),
    onSuccess: (key) => {
      // The answer is the new key: to ask for it again could fail, and leave the old one on the screen.
      client.setQueryData(signingKeyQuery(site.tenant_id, site.id).queryKey, key);
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
      closeButtonProps={{ 'aria-label': all.app.close }}
    >
      <Stack>
        <ProblemAlert error={rotation.error} />
        <Text>{words.rotateConfirm}</Text>
        <Alert color="yellow" icon={<Icon name="alert" />}>
          {words.rotateWarning}
        </Alert>
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {all.app.cancel}
          </Button>
          <Button color="red" loading={rotation.isPending} onClick={() => rotation.mutate()}>
            {words.rotate}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
