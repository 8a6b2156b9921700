import {
  Alert,
  Button,
  Card,
  Group,
  NativeSelect,
  SimpleGrid,
  Stack,
  Switch,
  Textarea,
  TextInput,
  Title,
} from '@mantine/core';
import { type UseFormReturnType, useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { answer, api } from '~/api/client';
import { siteQuery, sitesQuery } from '~/api/queries';
import type { SiteSettings } from '~/api/types';
import { useWords } from '~/locales/locale';
import type { Words } from '~/locales/words';
import { fieldErrors } from '~/parts/field-errors';
import { Icon } from '~/parts/icon';
import { LeaveGuard } from '~/parts/leave-guard';
import { ModerationCards } from '~/parts/moderation-cards';
import { notifyDone } from '~/parts/notify';
import { ProblemAlert } from '~/parts/problem-alert';
import { useMayManage } from '../../../tenant';
import { useSite } from '../page';

/** What the form edits: numbers are text until they are sent. */
type Form = Omit<SiteSettings, Numeric> & Record<Numeric, string> & { name: string };
type Numeric = keyof typeof BOUNDS;

/** The API's bounds, so that the form can say them. */
const BOUNDS = {
  min_text_length: [1, 1_000],
  max_text_length: [100, 16_384],
  links_to_hold: [1, 100],
  address_days: [0, 3_650],
} as const;
const LONGEST_NOTICE = 500;

export function SettingsPage() {
  const words = useWords();
  const site = useSite();
  const mayManage = useMayManage();
  const client = useQueryClient();
  const form = useForm<Form>({
    initialValues: toForm(site.name, site.settings),
    validate: {
      min_text_length: within('min_text_length', words),
      max_text_length: within('max_text_length', words),
      links_to_hold: within('links_to_hold', words),
      address_days: within('address_days', words),
    },
  });
  const change = useMutation({
    mutationFn: (values: Form) =>
      answer(
        api.PATCH('/v1/admin/tenants/{tenant_id}/sites/{site_id}', {
          params: { path: { tenant_id: site.tenant_id, site_id: site.id } },
          body: { name: values.name, settings: toSettings(values) },
        }),
      ),
    onSuccess: (saved) => {
      client.setQueryData(siteQuery(site.tenant_id, site.id).queryKey, saved);
      void client.invalidateQueries(sitesQuery(site.tenant_id));
      const values = toForm(saved.name, saved.settings);
      form.setInitialValues(values);
      form.setValues(values);
      notifyDone(words.app.saved);
    },
    onError: (error) => form.setErrors(fieldErrors(error, words)),
  });

  return (
    <form onSubmit={form.onSubmit((values) => change.mutate(values))}>
      <fieldset disabled={!mayManage} style={{ all: 'unset', display: 'block' }}>
        <Stack gap="lg">
          {!mayManage && <Alert icon={<Icon name="info" />}>{words.settings.readOnly}</Alert>}
          <ProblemAlert error={change.error} />
          <Fields form={form} words={words} />
          {mayManage && <SaveBar form={form} isPending={change.isPending} />}
        </Stack>
      </fieldset>
      <LeaveGuard active={form.isDirty() && !change.isPending} />
    </form>
  );
}

function Fields({ form, words: { settings: words, ...all } }: { form: UseFormReturnType<Form>; words: Words }) {
  const number = (field: Numeric, label: string, hint: string) => (
    <TextInput
      type="number"
      inputMode="numeric"
      label={label}
      description={`${hint} ${words.range(BOUNDS[field][0], BOUNDS[field][1])}`}
      min={BOUNDS[field][0]}
      max={BOUNDS[field][1]}
      required
      {...form.getInputProps(field)}
    />
  );
  return (
    <>
      <Section title={words.groups.general}>
        <TextInput label={words.name} description={words.nameHint} required {...form.getInputProps('name')} />
      </Section>
      <Section title={words.groups.moderation}>
        <ModerationCards
          label={words.shown}
          value={form.values.moderation}
          onChange={(mode) => form.setFieldValue('moderation', mode)}
        />
        {number('links_to_hold', words.linksToHold, words.linksToHoldHint)}
      </Section>
      <Section title={words.groups.writing}>
        <Switch
          label={words.requireName}
          description={words.requireNameHint}
          {...form.getInputProps('require_name', { type: 'checkbox' })}
        />
        <Switch
          label={words.requireEmail}
          description={words.requireEmailHint}
          {...form.getInputProps('require_email', { type: 'checkbox' })}
        />
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          {number('min_text_length', words.minLength, words.minLengthHint)}
          {number('max_text_length', words.maxLength, words.maxLengthHint)}
        </SimpleGrid>
        <Textarea
          label={words.notice}
          description={words.noticeHint}
          maxLength={LONGEST_NOTICE}
          rows={3}
          {...form.getInputProps('notice')}
        />
      </Section>
      <Section title={words.groups.reading}>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <NativeSelect
            label={words.language}
            description={words.languageHint}
            data={options(all.languages)}
            {...form.getInputProps('language')}
          />
          <NativeSelect
            label={words.sort}
            description={words.sortHint}
            data={options(all.sorts)}
            {...form.getInputProps('sort')}
          />
        </SimpleGrid>
      </Section>
      <Section title={words.groups.privacy}>{number('address_days', words.addressDays, words.addressDaysHint)}</Section>
    </>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Card component="section" withBorder padding="lg">
      <Title order={2} size="h4" mb="md">
        {title}
      </Title>
      <Stack>{children}</Stack>
    </Card>
  );
}

function SaveBar({ form, isPending }: { form: UseFormReturnType<Form>; isPending: boolean }) {
  const { settings: words } = useWords();
  const isDirty = form.isDirty();
  return (
    <Group justify="flex-end">
      {isDirty && (
        <Button variant="subtle" color="gray" onClick={form.reset}>
          {words.reset}
        </Button>
      )}
      <Button type="submit" disabled={!isDirty} loading={isPending}>
        {words.submit}
      </Button>
    </Group>
  );
}

function options(labels: Record<string, string>) {
  return Object.entries(labels).map(([value, label]) => ({ value, label }));
}

function within(field: Numeric, words: Words) {
  const [min, max] = BOUNDS[field];
  return (text: string) => {
    const value = Number(text);
    return Number.isInteger(value) && text !== '' && value >= min && value <= max
      ? null
      : words.settings.range(min, max);
  };
}

function toForm(name: string, settings: SiteSettings): Form {
  return { ...settings, name, ...(Object.fromEntries(numbers(settings, String)) as Record<Numeric, string>) };
}

function toSettings({ name: _, ...values }: Form): SiteSettings {
  return { ...values, ...(Object.fromEntries(numbers(values, Number)) as Record<Numeric, number>) };
}

function numbers<From, To>(values: Record<Numeric, From>, convert: (value: From) => To): [string, To][] {
  return (Object.keys(BOUNDS) as Numeric[]).map((field) => [field, convert(values[field])]);
}
