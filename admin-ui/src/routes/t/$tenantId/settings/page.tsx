import { Alert, Button, Card, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '~/api/client';
import { meQuery, usageQuery } from '~/api/queries';
import { useLocale, useWords } from '~/locales/locale';
import { fieldErrors } from '~/parts/field-errors';
import { Icon } from '~/parts/icon';
import { notifyDone } from '~/parts/notify';
import { PageHead } from '~/parts/page-head';
import { ProblemAlert } from '~/parts/problem-alert';
import { UsageBars } from '~/parts/usage-bars';
import { useIsOwner, useMayManage, useTenant } from '../tenant';
import { TenantLives } from './lives';

export function TenantSettingsPage() {
  const words = useWords();
  const tenant = useTenant();
  const mayManage = useMayManage() && !tenant.erase_at;
  const client = useQueryClient();
  const form = useForm({ initialValues: { name: tenant.name } });
  const change = useMutation({
    mutationFn: (body: { name: string }) =>
      answer(api.PATCH('/v1/admin/tenants/{tenant_id}', { params: { path: { tenant_id: tenant.id } }, body })),
    onSuccess: async ({ name }) => {
      form.resetDirty({ name });
      await client.invalidateQueries(meQuery);
      notifyDone(words.app.saved);
    },
    onError: (error) => form.setErrors(fieldErrors(error, words)),
  });

  const isOwner = useIsOwner();
  return (
    <>
      <PageHead title={words.tenant.settings} lead={words.tenant.settingsLead} />
      <Card withBorder padding="lg" maw={520}>
        <form onSubmit={form.onSubmit((values) => change.mutate(values))}>
          <Stack>
            {!mayManage && !tenant.erase_at && <Alert icon={<Icon name="info" />}>{words.settings.readOnly}</Alert>}
            <ProblemAlert error={change.error} />
            <TextInput
              label={words.tenant.name}
              description={words.tenant.nameHint}
              required
              disabled={!mayManage}
              {...form.getInputProps('name')}
            />
            {mayManage && (
              <Group>
                <Button type="submit" disabled={!form.isDirty()} loading={change.isPending}>
                  {words.settings.submit}
                </Button>
              </Group>
            )}
          </Stack>
        </form>
      </Card>
      <Usage tenantId={tenant.id} />
      {isOwner && <TenantLives />}
    </>
  );
}

/** What the tenant has used of its plan. */
function Usage({ tenantId }: { tenantId: string }) {
  const { words, locale } = useLocale();
  const { data: usage, error } = useQuery(usageQuery(tenantId));
  const isBounded = usage?.quotas.some(({ limit }) => limit !== undefined) ?? false;
  const renews = usage && new Intl.DateTimeFormat(locale, { dateStyle: 'long' }).format(new Date(usage.renews_at));
  return (
    <Card component="section" withBorder padding="lg" maw={520} mt="lg">
      <Stack>
        <Title order={2} size="h4">
          {words.platform.planTitle}
        </Title>
        <ProblemAlert error={error} />
        {usage && (
          <>
            <Text size="sm">
              {usage.plan ? words.platform.plan(usage.plan) : isBounded ? words.usage.ownOnly : words.platform.noPlan}
            </Text>
            <UsageBars uses={usage.quotas} />
            {renews && isBounded && (
              <Text size="sm" c="dimmed">
                {words.platform.renews(renews)}
              </Text>
            )}
          </>
        )}
      </Stack>
    </Card>
  );
}
