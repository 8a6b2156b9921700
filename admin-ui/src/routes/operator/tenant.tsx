import { Anchor, Badge, Button, Center, Group, Modal, NativeSelect, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { answer, api } from '~/api/client';
import { meQuery } from '~/api/queries';
import type { OperatorTenantRecord, Role } from '~/api/types';
import { useWords } from '~/locales/locale';
import { fieldErrors } from '~/parts/field-errors';
import { FormButtons } from '~/parts/form-buttons';
import { Icon } from '~/parts/icon';
import { notifyDone, notifyProblem } from '~/parts/notify';
import { PageHead } from '~/parts/page-head';
import { ProblemAlert } from '~/parts/problem-alert';
import { TimeAgo } from '~/parts/time-ago';
import { factsOf } from '../t/$tenantId/audit/facts';
import { UsageBars } from '~/parts/usage-bars';
import { Facts, Paged, Section } from './parts';
import { QuotasButton } from './quotas';
import { OPERATOR, plansQuery, sitesQuery, tenantAuditQuery, tenantQuery } from './queries';
import { SiteEntry } from './sites';
import { SuspensionSection } from './suspension';

/** One tenant: its plan and usage, whether it is shut, its people, sites and record; and the way in. */
export function TenantPage() {
  const words = useWords();
  const { tenantId } = useParams({ from: '/signed-in/operator/tenants/$tenantId' });
  const { data: record, error } = useQuery(tenantQuery(tenantId));
  const path = { params: { path: { tenant_id: tenantId } } };

  if (error) return <ProblemAlert error={error} />;
  if (!record) return <Skeleton height={240} radius="md" role="status" aria-label={words.app.loading} />;
  const { tenant } = record;
  return (
    <>
      <PageHead title={tenant.name} lead={words.operator.tenants.one}>
        <ActAs tenantId={tenantId} />
      </PageHead>
      <Section title={words.operator.about}>
        <Facts
          facts={[
            [words.operator.id, tenant.id],
            [words.operator.made, <TimeAgo key="at" at={tenant.created_at} />],
          ]}
        />
      </Section>
      <Section title={words.platform.planTitle}>
        <Stack>
          <PlanChoice record={record} />
          <UsageBars uses={record.usage} />
          <QuotasButton record={record} />
        </Stack>
      </Section>
      <SuspensionSection
        suspension={tenant.suspension}
        suspend={(body) => answer(api.PUT('/v1/operator/tenants/{tenant_id}/suspension', { ...path, body }))}
        resume={() => answer(api.DELETE('/v1/operator/tenants/{tenant_id}/suspension', path))}
      />
      <Section title={words.people.title}>
        <Stack component="ul" gap="xs" p={0} m={0} style={{ listStyle: 'none' }}>
          {record.members.map((member) => (
            <Group key={member.account_id} component="li" gap="xs">
              <Anchor
                dir="auto"
                renderRoot={(props) => (
                  <Link to="/operator/accounts/$accountId" params={{ accountId: member.account_id }} {...props} />
                )}
              >
                {member.name}
              </Anchor>
              <Badge variant="light">{words.roles[member.role]}</Badge>
              <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                {member.email}
              </Text>
            </Group>
          ))}
        </Stack>
      </Section>
      <Section title={words.sites.title}>
        <Sites tenantId={tenantId} />
      </Section>
      <Section title={words.audit.title}>
        <Record tenantId={tenantId} />
      </Section>
    </>
  );
}

function PlanChoice({ record: { tenant } }: { record: OperatorTenantRecord }) {
  const words = useWords();
  const client = useQueryClient();
  const { data } = useQuery(plansQuery);
  const plans = data?.plans ?? [];
  const byDefault = plans.find((plan) => plan.is_default);
  const change = useMutation({
    mutationFn: (plan_id: string | undefined) =>
      answer(
        api.PUT('/v1/operator/tenants/{tenant_id}/plan', {
          params: { path: { tenant_id: tenant.id } },
          body: plan_id ? { plan_id } : {},
        }),
      ),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: OPERATOR });
      notifyDone(words.app.saved);
    },
    onError: (error) => notifyProblem(error, words),
  });
  return (
    <NativeSelect
      label={words.operator.plan}
      description={plans.length === 0 ? words.operator.noPlanYet : undefined}
      maw={360}
      disabled={change.isPending}
      value={tenant.plan_id ?? ''}
      onChange={(event) => change.mutate(event.currentTarget.value || undefined)}
      data={[
        { value: '', label: words.operator.byDefault(byDefault?.name ?? words.operator.noPlan) },
        ...plans.map((plan) => ({ value: plan.id, label: plan.name })),
      ]}
    />
  );
}

function Sites({ tenantId }: { tenantId: string }) {
  const words = useWords();
  const list = useInfiniteQuery(sitesQuery({}, tenantId));
  const sites = list.data?.pages.flatMap((page) => page.sites) ?? [];
  return (
    <Paged list={list} count={sites.length} icon="globe" none={words.sites.none} noneHint={words.operator.noSiteHint}>
      {sites.map((site) => (
        <SiteEntry key={site.id} site={site} />
      ))}
    </Paged>
  );
}

function Record({ tenantId }: { tenantId: string }) {
  const words = useWords();
  const list = useInfiniteQuery(tenantAuditQuery(tenantId));
  const entries = list.data?.pages.flatMap((page) => page.entries) ?? [];
  return (
    <>
      <ProblemAlert error={list.error} />
      <Stack component="ol" gap="xs" p={0} m={0} style={{ listStyle: 'none' }} aria-busy={list.isFetching}>
        {entries.map((entry) => (
          <li key={entry.id}>
            <Text size="sm" fw={600}>
              {words.audit.changes[entry.change]}
            </Text>
            <Text size="sm" c="dimmed" dir="auto" style={{ overflowWrap: 'anywhere' }}>
              {[entry.name ?? words.audit.commandLine, ...factsOf(entry, words)].join(' · ')}{' '}
              <TimeAgo at={entry.at} />
            </Text>
          </li>
        ))}
      </Stack>
      {list.hasNextPage && (
        <Center mt="md">
          <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {words.audit.more}
          </Button>
        </Center>
      )}
    </>
  );
}

const ROLES: Role[] = ['admin', 'moderator', 'owner'];
const MINUTES = ['15', '30', '60', '240'] as const;

/** The way into the tenant: as whom, why, for how long. */
function ActAs({ tenantId }: { tenantId: string }) {
  const words = useWords();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button leftSection={<Icon name="eye" />} variant="default" onClick={() => setAsking(true)}>
        {words.operator.act}
      </Button>
      <Modal
        opened={asking}
        onClose={() => setAsking(false)}
        title={words.operator.act}
        closeButtonProps={{ 'aria-label': words.app.close }}
      >
        <ActForm tenantId={tenantId} onClose={() => setAsking(false)} />
      </Modal>
    </>
  );
}

function ActForm({ tenantId, onClose }: { tenantId: string; onClose: () => void }) {
  const words = useWords();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [role, setRole] = useState<Role>('admin');
  const [minutes, setMinutes] = useState<string>('30');
  const [reason, setReason] = useState('');
  const beginning = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/v1/operator/tenants/{tenant_id}/acting', {
          params: { path: { tenant_id: tenantId } },
          body: { role, reason, minutes: Number(minutes) },
        }),
      ),
    onSuccess: async () => {
      await client.invalidateQueries(meQuery);
      await navigate({ to: '/t/$tenantId', params: { tenantId } });
    },
  });
  const errors = fieldErrors(beginning.error, words);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        beginning.mutate();
      }}
    >
      <Stack>
        <ProblemAlert error={beginning.error} />
        <Text size="sm">{words.operator.actHint}</Text>
        <NativeSelect
          label={words.operator.actRole}
          value={role}
          onChange={(event) => setRole(event.currentTarget.value as Role)}
          data={ROLES.map((value) => ({ value, label: words.roles[value] }))}
        />
        <NativeSelect
          label={words.operator.actTime}
          value={minutes}
          onChange={(event) => setMinutes(event.currentTarget.value)}
          data={MINUTES.map((value) => ({ value, label: words.operator.minutes(Number(value)) }))}
          error={errors['minutes']}
        />
        <TextInput
          label={words.operator.reason}
          description={words.operator.actReasonHint}
          required
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          error={errors['reason']}
        />
        <FormButtons submit={words.operator.actSubmit} isPending={beginning.isPending} onCancel={onClose} />
      </Stack>
    </form>
  );
}
