import { Button, Group, Modal, NativeSelect, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '~/api/client';
import { Problem } from '~/api/problem';
import type { OperatorTenantRecord, OwnQuota, Quota } from '~/api/types';
import { useLocale, useWords } from '~/locales/locale';
import { FormButtons } from '~/parts/form-buttons';
import { notifyDone } from '~/parts/notify';
import { ProblemAlert } from '~/parts/problem-alert';
import { amount } from '~/parts/usage-bars';
import { OPERATOR } from './queries';

const MEGABYTE = 1_000_000;

type Choice = 'plan' | 'own' | 'unlimited';
type Wish = { choice: Choice; limit: string };
type Use = OperatorTenantRecord['usage'][number];

/** Quotas of one tenant, in place of its plan's. */
export function QuotasButton({ record }: { record: OperatorTenantRecord }) {
  const words = useWords();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <Group>
      <Button variant="default" size="sm" onClick={() => setIsOpen(true)}>
        {words.operator.quotas.open}
      </Button>
      <Modal
        opened={isOpen}
        onClose={() => setIsOpen(false)}
        title={words.operator.quotas.title}
        closeButtonProps={{ 'aria-label': words.app.close }}
      >
        <QuotasForm record={record} onClose={() => setIsOpen(false)} />
      </Modal>
    </Group>
  );
}

function QuotasForm({ record, onClose }: { record: OperatorTenantRecord; onClose: () => void }) {
  const { words, locale } = useLocale();
  const client = useQueryClient();
  const [wishes, setWishes] = useState<Wish[]>(() => record.usage.map(wishOf));
  const quotas = wishes.flatMap((wish, place) => ownOf(record.usage[place]!, wish));
  const saving = useMutation({
    mutationFn: () =>
      answer(
        api.PUT('/v1/operator/tenants/{tenant_id}/quotas', {
          params: { path: { tenant_id: record.tenant.id } },
          body: { quotas },
        }),
      ),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: OPERATOR });
      notifyDone(words.app.saved);
      onClose();
    },
  });
  /** What the server has against the limit of a quota: it counts those that were sent. */
  const faultOf = (quota: string) => {
    const place = quotas.findIndex((one) => one.quota === quota);
    const faults = saving.error instanceof Problem ? saving.error.fields : [];
    const fault = faults.find(({ pointer }) => pointer === `/quotas/${place}/limit`);
    return fault && words.fields[fault.code];
  };
  const change = (place: number, wish: Partial<Wish>) =>
    setWishes((all) => all.map((one, at) => (at === place ? { ...one, ...wish } : one)));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        saving.mutate();
      }}
    >
      <Stack>
        <ProblemAlert error={saving.error} />
        <Text size="sm">{words.operator.quotas.hint}</Text>
        {record.usage.map((one, place) => {
          const wish = wishes[place]!;
          const name = words.platform.quotas[one.quota as Quota];
          const ofPlan = one.of_plan === undefined ? words.operator.plans.unlimited : amount(one.quota, one.of_plan, locale);
          return (
            <SimpleGrid key={one.quota} cols={{ base: 1, xs: 2 }} style={{ alignItems: 'start' }}>
              <NativeSelect
                label={name}
                value={wish.choice}
                onChange={(event) => change(place, { choice: event.currentTarget.value as Choice })}
                data={[
                  { value: 'plan', label: words.operator.quotas.byPlan(ofPlan) },
                  { value: 'own', label: words.operator.quotas.own },
                  { value: 'unlimited', label: words.operator.quotas.unlimited },
                ]}
              />
              {wish.choice === 'own' && (
                <TextInput
                  label={words.operator.quotas.limitOf(name)}
                  description={one.quota === 'storage' ? words.operator.quotas.megabytes : undefined}
                  inputWrapperOrder={['label', 'input', 'description', 'error']}
                  type="number"
                  required
                  min={0}
                  step={one.quota === 'storage' ? 'any' : 1}
                  value={wish.limit}
                  onChange={(event) => change(place, { limit: event.currentTarget.value })}
                  error={faultOf(one.quota)}
                />
              )}
            </SimpleGrid>
          );
        })}
        <FormButtons submit={words.operator.quotas.submit} isPending={saving.isPending} onCancel={onClose} />
      </Stack>
    </form>
  );
}

function wishOf({ quota, limit, own, of_plan }: Use): Wish {
  const shown = own ? limit : of_plan;
  const typed = shown === undefined ? '' : String(quota === 'storage' ? shown / MEGABYTE : shown);
  return { choice: !own ? 'plan' : limit === undefined ? 'unlimited' : 'own', limit: typed };
}

function ownOf({ quota }: Use, { choice, limit }: Wish): OwnQuota[] {
  const name = quota as OwnQuota['quota'];
  if (choice === 'plan') return [];
  if (choice === 'unlimited') return [{ quota: name }];
  return [{ quota: name, limit: Math.round(Number(limit) * (quota === 'storage' ? MEGABYTE : 1)) }];
}
