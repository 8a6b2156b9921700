import { Badge, Button, Card, Checkbox, Group, Modal, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '~/api/client';
import type { NewPlan, Plan, Quota } from '~/api/types';
import { useLocale, useWords } from '~/locales/locale';
import { Blank } from '~/parts/blank';
import { Confirm } from '~/parts/confirm';
import { fieldErrors } from '~/parts/field-errors';
import { FormButtons } from '~/parts/form-buttons';
import { Icon } from '~/parts/icon';
import { notifyDone } from '~/parts/notify';
import { PageHead } from '~/parts/page-head';
import { ProblemAlert } from '~/parts/problem-alert';
import { amount } from '~/parts/usage-bars';
import { OPERATOR, plansQuery } from './queries';

const QUOTAS = ['sites', 'members', 'comments', 'storage'] as const satisfies readonly Quota[];
const MEGABYTE = 1_000_000;

export function PlansPage() {
  const words = useWords();
  const client = useQueryClient();
  const list = useQuery(plansQuery);
  const [editing, setEditing] = useState<Plan | 'new'>();
  const [leaving, setLeaving] = useState<Plan>();
  const removal = useMutation({
    mutationFn: ({ id }: Plan) =>
      answer(api.DELETE('/v1/operator/plans/{plan_id}', { params: { path: { plan_id: id } } })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: OPERATOR });
      setLeaving(undefined);
    },
  });
  return (
    <>
      <PageHead title={words.operator.plans.title} lead={words.operator.plans.lead}>
        <Button leftSection={<Icon name="plus" />} onClick={() => setEditing('new')}>
          {words.operator.plans.create}
        </Button>
      </PageHead>
      <ProblemAlert error={list.error} />
      {list.isPending && <Skeleton height={72} radius="md" role="status" aria-label={words.app.loading} />}
      {list.data?.plans.length === 0 && (
        <Blank icon="page" title={words.operator.plans.none} hint={words.operator.plans.noneHint} />
      )}
      <Stack component="ul" gap="sm" p={0} m={0} style={{ listStyle: 'none' }}>
        {list.data?.plans.map((plan) => (
          <PlanCard key={plan.id} plan={plan} onEdit={() => setEditing(plan)} onDelete={() => setLeaving(plan)} />
        ))}
      </Stack>
      <Modal
        opened={editing !== undefined}
        onClose={() => setEditing(undefined)}
        title={editing === 'new' ? words.operator.plans.create : words.operator.plans.edit}
        closeButtonProps={{ 'aria-label': words.app.close }}
      >
        {editing && (
          <PlanForm plan={editing === 'new' ? undefined : editing} onClose={() => setEditing(undefined)} />
        )}
      </Modal>
      <Confirm
        about={leaving}
        title={({ name }) => words.operator.plans.deleteOf(name)}
        text={() => words.operator.plans.deleteText}
        submit={words.operator.plans.delete}
        removal={removal}
        onClose={() => setLeaving(undefined)}
      />
    </>
  );
}

function PlanCard({ plan, onEdit, onDelete }: { plan: Plan; onEdit: () => void; onDelete: () => void }) {
  const { words, locale } = useLocale();
  const limits = QUOTAS.map((quota) => {
    const limit = plan[quota];
    const said = limit === undefined ? words.operator.plans.unlimited : amount(quota, limit, locale);
    return `${words.platform.quotas[quota]}: ${said}`;
  });
  return (
    <Card component="li" withBorder padding="md">
      <Group justify="space-between" gap="sm">
        <div>
          <Group gap="xs">
            <Text fw={600} dir="auto">
              {plan.name}
            </Text>
            {plan.is_default && <Badge variant="light">{words.operator.plans.isDefault}</Badge>}
          </Group>
          <Text size="sm" c="dimmed">
            {limits.join(' · ')}
          </Text>
        </div>
        <Group gap="xs">
          <Button variant="default" size="sm" aria-label={words.operator.plans.editOf(plan.name)} onClick={onEdit}>
            {words.operator.plans.edit}
          </Button>
          <Button
            variant="subtle"
            color="red"
            size="sm"
            aria-label={words.operator.plans.deleteOf(plan.name)}
            onClick={onDelete}
          >
            {words.operator.plans.delete}
          </Button>
        </Group>
      </Group>
    </Card>
  );
}

function PlanForm({ plan, onClose }: { plan: Plan | undefined; onClose: () => void }) {
  const words = useWords();
  const client = useQueryClient();
  const [name, setName] = useState(plan?.name ?? '');
  const [isDefault, setIsDefault] = useState(plan?.is_default ?? false);
  const [limits, setLimits] = useState<Record<Quota, string>>(() => ({
    sites: typed(plan?.sites),
    members: typed(plan?.members),
    comments: typed(plan?.comments),
    storage: typed(plan?.storage === undefined ? undefined : plan.storage / MEGABYTE),
  }));
  const saving = useMutation({
    mutationFn: () => {
      const body: NewPlan = { name, is_default: isDefault };
      for (const quota of QUOTAS) {
        const limit = limits[quota].trim();
        if (limit !== '') body[quota] = Math.round(Number(limit) * (quota === 'storage' ? MEGABYTE : 1));
      }
      return plan
        ? answer(api.PUT('/v1/operator/plans/{plan_id}', { params: { path: { plan_id: plan.id } }, body }))
        : answer(api.POST('/v1/operator/plans', { body }));
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: OPERATOR });
      notifyDone(words.app.saved);
      onClose();
    },
  });
  const errors = fieldErrors(saving.error, words);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        saving.mutate();
      }}
    >
      <Stack>
        <ProblemAlert error={saving.error} />
        <TextInput
          label={words.operator.plans.name}
          required
          data-autofocus
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={errors['name']}
        />
        {QUOTAS.map((quota) => (
          <TextInput
            key={quota}
            label={quota === 'storage' ? words.operator.plans.megabytes : words.platform.quotas[quota]}
            description={words.operator.plans.emptyIsUnlimited}
            type="number"
            min={0}
            step={quota === 'storage' ? 'any' : 1}
            value={limits[quota]}
            onChange={(event) => {
              const value = event.currentTarget.value;
              setLimits((all) => ({ ...all, [quota]: value }));
            }}
            error={errors[quota]}
          />
        ))}
        <Checkbox
          label={words.operator.plans.makeDefault}
          checked={isDefault}
          onChange={(event) => setIsDefault(event.currentTarget.checked)}
        />
        <FormButtons submit={words.operator.plans.submit} isPending={saving.isPending} onCancel={onClose} />
      </Stack>
    </form>
  );
}

function typed(limit: number | undefined): string {
  return limit === undefined ? '' : String(limit);
}
