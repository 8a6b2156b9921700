import { Button, Card, Container, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { answer, api } from '~/api/client';
import { boundsQuery, siteQuery, sitesQuery } from '~/api/queries';
import type { Moderation, Site } from '~/api/types';
import { useWords } from '~/locales/locale';
import { fieldErrors } from '~/parts/field-errors';
import { Guide } from '~/parts/guide';
import { ModerationCards } from '~/parts/moderation-cards';
import { OriginsInput } from '~/parts/origins-input';
import { PageHead } from '~/parts/page-head';
import { ProblemAlert } from '~/parts/problem-alert';
import { useTenant } from '../../tenant';

const route = getRouteApi('/signed-in/t/$tenantId/sites/new');

type NewSite = { name: string; origins: string[]; moderation: Moderation };

export function NewSitePage() {
  const words = useWords();
  const tenant = useTenant();
  const search = route.useSearch();
  const navigate = useNavigate();
  const client = useQueryClient();
  const { data: platform } = useSuspenseQuery(boundsQuery);
  const bound = platform.bounds.find(({ setting }) => setting === 'moderation');
  const form = useForm<NewSite>({
    initialValues: { name: '', origins: [], moderation: (bound?.default as Moderation | undefined) ?? 'all' },
    validate: { origins: (origins) => (origins.length === 0 ? words.origins.none : null) },
  });
  const creation = useMutation({
    mutationFn: ({ name, origins, moderation }: NewSite) =>
      answer(
        api.POST('/v1/admin/tenants/{tenant_id}/sites', {
          params: { path: { tenant_id: tenant.id } },
          body: { name, origins, settings: { moderation } },
        }),
      ),
    onSuccess: (site) => {
      client.setQueryData(siteQuery(tenant.id, site.id).queryKey, site);
      void client.invalidateQueries(sitesQuery(tenant.id));
    },
    onError: (error) => form.setErrors(fieldErrors(error, words)),
  });

  // Not by the mutation itself: who has gone to another page meanwhile stays there.
  const showInstallation = (site: Site) =>
    navigate({
      to: '/t/$tenantId/sites/$siteId/installation',
      params: { tenantId: tenant.id, siteId: site.id },
      search,
      replace: true,
    });

  return (
    <Container size="sm" px={0}>
      {search.guide && <Guide at="site" />}
      <PageHead title={words.siteForm.title} lead={words.siteForm.lead} />
      <Card withBorder padding="lg">
        <form onSubmit={form.onSubmit((site) => creation.mutate(site, { onSuccess: showInstallation }))}>
          <Stack gap="lg">
            <ProblemAlert error={creation.error} />
            <TextInput
              label={words.siteForm.name}
              description={words.siteForm.nameHint}
              required
              {...form.getInputProps('name')}
            />
            <OriginsInput
              value={form.values.origins}
              onChange={(origins) => form.setFieldValue('origins', origins)}
              error={form.errors['origins']}
            />
            <ModerationCards
              label={words.siteForm.moderation}
              value={form.values.moderation}
              disabled={bound?.fixed ?? false}
              description={bound?.fixed ? words.settings.platform.fixedHere : ''}
              offered={bound?.choices}
              onChange={(mode) => form.setFieldValue('moderation', mode)}
            />
            <Button type="submit" loading={creation.isPending}>
              {words.siteForm.submit}
            </Button>
          </Stack>
        </form>
      </Card>
    </Container>
  );
}
