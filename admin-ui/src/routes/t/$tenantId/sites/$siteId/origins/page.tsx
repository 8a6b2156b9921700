import { Button, Card, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '~/api/client';
import { isProblem } from '~/api/problem';
import { siteQuery } from '~/api/queries';
import type { Origin } from '~/api/types';
import { useWords } from '~/locales/locale';
import { fieldErrors } from '~/parts/field-errors';
import { Icon } from '~/parts/icon';
import { notifyDone } from '~/parts/notify';
import { readOrigin } from '~/parts/origin';
import { Confirm } from '~/parts/confirm';
import { ProblemAlert } from '~/parts/problem-alert';
import { TimeAgo } from '~/parts/time-ago';
import { useMayManage } from '../../../tenant';
import { useSite } from '../page';

export function OriginsPage() {
  const words = useWords();
  const site = useSite();
  const mayManage = useMayManage();
  const [leaving, setLeaving] = useState<Origin>();

  return (
    <Card withBorder padding="lg">
      <Title order={2} size="h4" mb={4}>
        {words.originsPage.title}
      </Title>
      <Text size="sm" c="dimmed" mb="md">
        {mayManage ? words.originsPage.lead : words.settings.readOnly}
      </Text>
      <Stack gap="md" component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
        {site.origins.map((origin) => (
          <Group component="li" key={origin.id} justify="space-between" gap="sm">
            <div>
              <Text fw={500} style={{ overflowWrap: 'anywhere' }}>
                {origin.origin}
              </Text>
              <Text size="sm" c="dimmed">
                {words.originsPage.added} <TimeAgo at={origin.created_at} />
                {' · '}
                {origin.last_seen_at ? (
                  <>
                    {words.originsPage.seen} <TimeAgo at={origin.last_seen_at} />
                  </>
                ) : (
                  words.originsPage.never
                )}
              </Text>
            </div>
            {mayManage && (
              <Button
                variant="subtle"
                color="red"
                size="sm"
                leftSection={<Icon name="trash" size={16} />}
                aria-label={words.origins.remove(origin.origin)}
                onClick={() => setLeaving(origin)}
              >
                {words.originsPage.remove}
              </Button>
            )}
          </Group>
        ))}
      </Stack>
      {mayManage && <AddOrigin />}
      <RemoveOrigin origin={leaving} onClose={() => setLeaving(undefined)} />
    </Card>
  );
}

function AddOrigin() {
  const words = useWords();
  const site = useSite();
  const client = useQueryClient();
  const [note, setNote] = useState('');
  const form = useForm({
    initialValues: { origin: '' },
    validate: { origin: (text) => (readOrigin(text).kind === 'invalid' ? words.origins.invalid(text) : null) },
  });
  const addition = useMutation({
    mutationFn: (origin: string) =>
      answer(
        api.POST('/v1/admin/tenants/{tenant_id}/sites/{site_id}/origins', {
          params: { path: { tenant_id: site.tenant_id, site_id: site.id } },
          body: { origin },
        }),
      ),
    onSuccess: () => {
      form.reset();
      return client.invalidateQueries({ queryKey: siteQuery(site.tenant_id, site.id).queryKey });
    },
    onError: (error, origin) =>
      form.setErrors(
        isProblem(error, 'already_exists') ? { origin: words.list.twice(origin) } : fieldErrors(error, words),
      ),
  });
  const add = ({ origin: text }: { origin: string }) => {
    const reading = readOrigin(text);
    if (reading.kind === 'invalid') return;
    setNote(reading.kind === 'origin' ? '' : words.origins[reading.kind](text.trim(), reading.origin));
    addition.mutate(reading.origin);
  };
  const hasOwnWords = isProblem(addition.error, 'already_exists') || isProblem(addition.error, 'invalid_input');

  return (
    <form onSubmit={form.onSubmit(add)}>
      <Stack gap="xs" mt="lg">
        {!hasOwnWords && <ProblemAlert error={addition.error} />}
        <TextInput
          label={words.originsPage.label}
          description={`${words.origins.hint} ${words.origins.wildcard}`}
          placeholder={words.origins.placeholder}
          inputMode="url"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          required
          {...form.getInputProps('origin')}
        />
        <Text size="xs" c="dimmed" aria-live="polite">
          {note}
        </Text>
        <Group>
          <Button type="submit" variant="light" leftSection={<Icon name="plus" />} loading={addition.isPending}>
            {words.originsPage.add}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function RemoveOrigin({ origin, onClose }: { origin: Origin | undefined; onClose: () => void }) {
  const words = useWords();
  const site = useSite();
  const client = useQueryClient();
  const removal = useMutation({
    mutationFn: (leaving: Origin) =>
      answer(
        api.DELETE('/v1/admin/tenants/{tenant_id}/sites/{site_id}/origins/{origin_id}', {
          params: { path: { tenant_id: site.tenant_id, site_id: site.id, origin_id: leaving.id } },
        }),
      ),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: siteQuery(site.tenant_id, site.id).queryKey });
      notifyDone(words.app.saved);
      onClose();
    },
  });

  return (
    <Confirm
      about={origin}
      title={() => words.originsPage.confirmTitle}
      text={({ origin: leaving }) => words.originsPage.confirmText(leaving)}
      submit={words.originsPage.confirm}
      removal={removal}
      onClose={onClose}
    />
  );
}
