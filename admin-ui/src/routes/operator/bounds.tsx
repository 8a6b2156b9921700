import {
  Badge,
  Button,
  Card,
  Group,
  Modal,
  MultiSelect,
  NativeSelect,
  SimpleGrid,
  Skeleton,
  Stack,
  Switch,
  Text,
  Textarea,
  TextInput,
  Title,
} from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '~/api/client';
import { SECTIONS, SETTINGS } from '~/api/known';
import { boundsQuery as ownersBoundsQuery } from '~/api/queries';
import type { NewBound, OperatorBound } from '~/api/types';
import { useLocale, useWords } from '~/locales/locale';
import { fieldErrors } from '~/parts/field-errors';
import { ListInput } from '~/parts/list-input';
import { notifyDone } from '~/parts/notify';
import { PageHead } from '~/parts/page-head';
import { ProblemAlert } from '~/parts/problem-alert';
import { TimeAgo } from '~/parts/time-ago';
import type { SettingName } from '../t/$tenantId/sites/$siteId/settings/platform';
import { labelOf, shownValue } from '../t/$tenantId/sites/$siteId/settings/values';
import { TimeZoneSelect } from '../t/$tenantId/sites/$siteId/settings/time-zone-select';
import { boundsQuery, OPERATOR } from './queries';

/** What a setting takes by its table, whatever kind it is. */
type Table = {
  default: unknown;
  min?: number;
  max?: number;
  longest?: number;
  most?: number;
  choices?: readonly string[];
};

const tableOf = (setting: SettingName): Table => SETTINGS[setting];
const nameOf = ({ setting }: OperatorBound) => setting as SettingName;
/** A site's own secret has no default for all. */
const isSecret = (setting: SettingName) => setting === 'hash_salt';

/** What may be chosen for sites: by the table, and as operators narrow it. */
export function BoundsPage() {
  const words = useWords();
  const list = useQuery(boundsQuery);
  const [editing, setEditing] = useState<OperatorBound>();
  return (
    <>
      <PageHead title={words.operator.bounds.title} lead={words.operator.bounds.lead} />
      <ProblemAlert error={list.error} />
      {list.isPending && <Skeleton height={240} radius="md" role="status" aria-label={words.app.loading} />}
      {list.data &&
        SECTIONS.map((section) => (
          <section key={section} aria-labelledby={`bounds-${section}`}>
            <Title order={2} size="h4" mt="lg" mb="xs" id={`bounds-${section}`}>
              {words.settings.groups[section]}
            </Title>
            <Stack component="ul" gap="xs" p={0} m={0} style={{ listStyle: 'none' }}>
              {list.data.bounds
                .filter((bound) => bound.section === section)
                .map((bound) => (
                  <BoundCard key={bound.setting} bound={bound} onEdit={() => setEditing(bound)} />
                ))}
            </Stack>
          </section>
        ))}
      <Modal
        opened={editing !== undefined}
        onClose={() => setEditing(undefined)}
        title={editing && labelOf(nameOf(editing), words)}
        closeButtonProps={{ 'aria-label': words.app.close }}
      >
        {editing && <BoundForm bound={editing} onClose={() => setEditing(undefined)} />}
      </Modal>
    </>
  );
}

function BoundCard({ bound, onEdit }: { bound: OperatorBound; onEdit: () => void }) {
  const { words, locale } = useLocale();
  const { bounds: said } = words.operator;
  const name = nameOf(bound);
  const { chosen } = bound;
  const shown = (value: unknown) => shownValue(name, value, words, locale);
  const facts = [isSecret(name) ? '' : said.newSites(shown(bound.default))];
  if (bound.min !== undefined && bound.max !== undefined) facts.push(words.settings.range(bound.min, bound.max));
  else if (bound.max !== undefined) facts.push(words.settings.platform.most(bound.max));
  if (chosen?.choices) facts.push(words.settings.platform.choices(chosen.choices.map(shown)));
  return (
    <Card component="li" withBorder padding="sm">
      <Group justify="space-between" gap="sm">
        <div>
          <Group gap="xs">
            <Text fw={600}>{labelOf(name, words)}</Text>
            {bound.fixed ? (
              <Badge variant="light" color="gray">
                {said.isFixed}
              </Badge>
            ) : (
              chosen && <Badge variant="light">{said.isBounded}</Badge>
            )}
          </Group>
          <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {facts.filter((fact) => fact !== '').join(' ')}
          </Text>
          {chosen && (
            <Text size="sm" c="dimmed">
              {said.changed(chosen.changed_by ?? '')} <TimeAgo at={chosen.changed_at} />
            </Text>
          )}
        </div>
        <Button variant="default" size="sm" aria-label={said.editOf(labelOf(name, words))} onClick={onEdit}>
          {said.edit}
        </Button>
      </Group>
    </Card>
  );
}

function BoundForm({ bound, onClose }: { bound: OperatorBound; onClose: () => void }) {
  const { words, locale } = useLocale();
  const { bounds: said } = words.operator;
  const client = useQueryClient();
  const name = nameOf(bound);
  const table = tableOf(name);
  const most = table.max ?? table.longest ?? table.most;
  const [value, setValue] = useState<unknown>(bound.default);
  const [min, setMin] = useState(String(bound.chosen?.min ?? ''));
  const [max, setMax] = useState(String(bound.chosen?.max ?? ''));
  const [choices, setChoices] = useState<string[]>(bound.chosen?.choices ?? []);
  const [fixed, setFixed] = useState(bound.fixed);
  const saving = useMutation({
    mutationFn: (body: NewBound) =>
      answer(api.PUT('/v1/operator/bounds/{setting}', { params: { path: { setting: name } }, body })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: OPERATOR });
      await client.invalidateQueries(ownersBoundsQuery);
      notifyDone(words.app.saved);
      onClose();
    },
  });
  const wish = (): NewBound => {
    const body: NewBound = { fixed };
    const typed = typeof table.default === 'number' ? Number(value) : value;
    // Untouched, the default goes on following the table and its bounds.
    const isOwn = same(typed, bound.default) ? bound.chosen?.default !== undefined : !same(typed, table.default);
    if (isOwn) body.default = typed;
    if (min.trim() !== '') body.min = Number(min);
    if (max.trim() !== '') body.max = Number(max);
    if (choices.length > 0) body.choices = choices;
    return body;
  };
  const errors = fieldErrors(saving.error, words);
  const hint = said.byTable(shownValue(name, table.default, words, locale));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        saving.mutate(wish());
      }}
    >
      <Stack>
        <ProblemAlert error={saving.error} />
        <Text size="sm">{said.holds}</Text>
        {!isSecret(name) && (
          <DefaultField name={name} value={value} onChange={setValue} hint={hint} error={errors['default']} />
        )}
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          {table.min !== undefined && (
            <TextInput
              label={said.min}
              description={said.tableHas(table.min.toLocaleString(locale))}
              type="number"
              min={table.min}
              max={most}
              value={min}
              onChange={(event) => setMin(event.currentTarget.value)}
              error={errors['min']}
            />
          )}
          {most !== undefined && (
            <TextInput
              label={table.max !== undefined ? said.max : table.longest !== undefined ? said.longest : said.most}
              description={said.tableHas(most.toLocaleString(locale))}
              type="number"
              min={table.min ?? 0}
              max={most}
              value={max}
              onChange={(event) => setMax(event.currentTarget.value)}
              error={errors['max']}
            />
          )}
        </SimpleGrid>
        {table.choices && table.most === undefined && (
          <MultiSelect
            label={said.choices}
            description={said.choicesHint}
            data={table.choices.map((choice) => ({ value: choice, label: shownValue(name, choice, words, locale) }))}
            value={choices}
            onChange={setChoices}
            searchable
            clearable
            hidePickedOptions
            clearButtonProps={{ 'aria-label': said.allChoices }}
            error={errors['choices']}
          />
        )}
        {!isSecret(name) && (
          <Switch
            label={said.fix}
            description={said.fixHint}
            checked={fixed}
            onChange={(event) => setFixed(event.currentTarget.checked)}
            error={errors['fixed']}
          />
        )}
        <Group justify="flex-end">
          {bound.chosen && (
            <Button variant="subtle" mr="auto" px={0} loading={saving.isPending} onClick={() => saving.mutate({ fixed: false })}>
              {said.asTable}
            </Button>
          )}
          <Button variant="default" onClick={onClose}>
            {words.app.cancel}
          </Button>
          <Button type="submit" loading={saving.isPending}>
            {said.submit}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

type FieldProps = {
  name: SettingName;
  value: unknown;
  onChange: (value: unknown) => void;
  hint: string;
  error: string | undefined;
};

/** What new sites get, by the kind of the setting. */
function DefaultField({ name, value, onChange, hint, error }: FieldProps) {
  const { words, locale } = useLocale();
  const { bounds: said } = words.operator;
  const table = tableOf(name);
  const shared = { label: said.default, description: hint, error };
  const shown = (choice: unknown) => shownValue(name, choice, words, locale);
  if (Array.isArray(value)) {
    return (
      <ListInput
        {...shared}
        value={value as string[]}
        onChange={onChange}
        read={(entry) => ({ entry })}
        invalid={() => words.fields.invalid}
        most={table.most ?? 0}
        placeholder=""
      />
    );
  }
  if (typeof value === 'boolean') {
    return (
      <NativeSelect
        {...shared}
        value={String(value)}
        onChange={(event) => onChange(event.currentTarget.value === 'true')}
        data={[true, false].map((choice) => ({ value: String(choice), label: shown(choice) }))}
      />
    );
  }
  if (table.choices) {
    return (
      <NativeSelect
        {...shared}
        value={String(value)}
        onChange={(event) => onChange(event.currentTarget.value)}
        data={table.choices.map((choice) => ({ value: choice, label: shown(choice) }))}
      />
    );
  }
  if (name === 'time_zone') return <TimeZoneSelect {...shared} value={String(value)} onChange={onChange} />;
  if (table.longest !== undefined) {
    return (
      <Textarea
        {...shared}
        maxLength={table.longest}
        rows={2}
        dir="auto"
        value={String(value)}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  }
  return (
    <TextInput
      {...shared}
      type="number"
      required
      min={table.min}
      max={table.max}
      value={String(value)}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
