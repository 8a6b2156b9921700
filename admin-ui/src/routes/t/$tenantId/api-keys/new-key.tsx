import { Button, Code, Group, Modal, NativeSelect, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { answer, api } from '~/api/client';
import { apiKeysQuery } from '~/api/queries';
import type { Scope } from '~/api/types';
import { useWords } from '~/locales/locale';
import { CopyButton } from '~/parts/copy-button';
import { fieldErrors } from '~/parts/field-errors';
import { FormButtons } from '~/parts/form-buttons';
import { ProblemAlert } from '~/parts/problem-alert';
import { SitesSelect } from '../sites-select';
import { useTenant } from '../tenant';

/** From the least to the greatest; each has what the ones before it have. */
const SCOPES: Scope[] = ['read', 'write', 'moderate', 'admin'];

/** Days that may be chosen; none is for ever. */
const DAYS = ['30', '90', '365', ''] as const;
const DAY_MS = 86_400_000;

/** Asks what the key is for, then shows it. */
export function NewKey({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const words = useWords();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={words.apiKeys.createTitle}
      closeButtonProps={{ 'aria-label': words.app.close }}
    >
      <KeyForm onClose={onClose} />
    </Modal>
  );
}

function KeyForm({ onClose }: { onClose: () => void }) {
  const words = useWords();
  const tenant = useTenant();
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [scope, setScope] = useState<Scope>('read');
  const [siteIds, setSiteIds] = useState<string[]>([]);
  const [days, setDays] = useState<string>('90');
  const creation = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/v1/admin/tenants/{tenant_id}/api-keys', {
          params: { path: { tenant_id: tenant.id } },
          body: {
            name,
            scopes: [scope],
            ...(siteIds.length > 0 && { site_ids: siteIds }),
            ...(days && { expires_at: new Date(Date.now() + Number(days) * DAY_MS).toISOString() }),
          },
        }),
      ),
    onSuccess: () => client.invalidateQueries(apiKeysQuery(tenant.id)),
  });
  const errors = fieldErrors(creation.error, words);

  if (creation.data) return <Shown secret={creation.data.key} onClose={onClose} />;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        creation.mutate();
      }}
    >
      <Stack>
        <ProblemAlert error={creation.error} />
        <TextInput
          label={words.apiKeys.name}
          description={words.apiKeys.nameHint}
          autoComplete="off"
          required
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={errors['name']}
        />
        <Radio.Group label={words.apiKeys.scope} value={scope} onChange={(value) => setScope(value as Scope)}>
          <Stack gap="xs" mt="xs">
            {SCOPES.map((one) => (
              <Radio
                key={one}
                value={one}
                label={words.apiKeys.scopes[one].label}
                description={words.apiKeys.scopes[one].hint}
              />
            ))}
          </Stack>
        </Radio.Group>
        <SitesSelect
          description={words.apiKeys.sitesHint}
          value={siteIds}
          onChange={setSiteIds}
          error={errors['site_ids']}
        />
        <NativeSelect
          label={words.apiKeys.life}
          value={days}
          onChange={(event) => setDays(event.currentTarget.value)}
          data={DAYS.map((value) => ({ value, label: value ? words.apiKeys.days(Number(value)) : words.apiKeys.never }))}
        />
        <FormButtons submit={words.apiKeys.submit} isPending={creation.isPending} onCancel={onClose} />
      </Stack>
    </form>
  );
}

/** The key, which the server does not know a second time. */
function Shown({ secret, onClose }: { secret: string; onClose: () => void }) {
  const words = useWords();
  const code = useRef<HTMLElement>(null);
  return (
    <Stack>
      <Text>{words.apiKeys.shown}</Text>
      <Code ref={code} block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        {secret}
      </Code>
      <Text size="sm" c="dimmed">
        {words.apiKeys.how} <Code>Authorization: Bearer parlour_…</Code>
      </Text>
      <Group justify="flex-end">
        <CopyButton label={words.apiKeys.copy} source={code} />
        <Button onClick={onClose}>{words.app.close}</Button>
      </Group>
    </Stack>
  );
}
