import { Button, Card, Container, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { answer, api } from '~/api/client';
import { meQuery } from '~/api/queries';
import { useWords } from '~/locales/locale';
import { fieldErrors } from '~/parts/field-errors';
import { Guide } from '~/parts/guide';
import { PageHead } from '~/parts/page-head';
import { ProblemAlert } from '~/parts/problem-alert';

const route = getRouteApi('/signed-in/tenants/new');

export function NewTenantPage() {
  const words = useWords();
  const search = route.useSearch();
  const navigate = useNavigate();
  const client = useQueryClient();
  const { data: me } = useSuspenseQuery(meQuery);
  // The first of one's own gets a name to begin with; with the demo, there is one already.
  const isFirst = search.guide || me.tenants.length === 0;
  const form = useForm({ initialValues: { name: isFirst ? words.tenant.firstName(me.account.name) : '' } });
  const creation = useMutation({
    mutationFn: (tenant: { name: string }) => answer(api.POST('/v1/admin/tenants', { body: tenant })),
    onSuccess: async ({ id }) => {
      await client.invalidateQueries(meQuery);
      await navigate({ to: '/t/$tenantId/sites/new', params: { tenantId: id }, search, replace: true });
    },
    onError: (error) => form.setErrors(fieldErrors(error, words)),
  });

  return (
    <Container size="xs" px={0}>
      {search.guide && <Guide at="tenant" />}
      <PageHead title={words.tenant.createTitle} lead={words.tenant.createLead} />
      <Card withBorder padding="lg">
        <form onSubmit={form.onSubmit((tenant) => creation.mutate(tenant))}>
          <Stack>
            <ProblemAlert error={creation.error} />
            <TextInput
              label={words.tenant.name}
              description={words.tenant.nameHint}
              required
              {...form.getInputProps('name')}
            />
            <Button type="submit" loading={creation.isPending}>
              {words.tenant.submit}
            </Button>
          </Stack>
        </form>
      </Card>
    </Container>
  );
}
