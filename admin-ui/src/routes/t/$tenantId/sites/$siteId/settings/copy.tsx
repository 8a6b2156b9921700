import { Alert, Button, Checkbox, Group, Modal, NativeSelect, Stack, Table, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '~/api/client';
import { SECTIONS } from '~/api/known';
import { Problem } from '~/api/problem';
import { sitesQuery } from '~/api/queries';
import type { CopiedSettings, Site } from '~/api/types';
import { useWords } from '~/locales/locale';
import { Icon } from '~/parts/icon';
import { notifyDone } from '~/parts/notify';
import { ProblemAlert } from '~/parts/problem-alert';
import { useKeepSite } from '../acts';
import { useSite } from '../page';
import type { SettingName } from './platform';
import { labelOf } from './values';

type Props = { opened: boolean; onClose: () => void; onCopied: (site: Site) => void };

/** Settings of another site of the tenant: whole sections, looked at before they are taken over. */
export function CopySettings({ opened, onClose, onCopied }: Props) {
  const words = useWords();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      size="lg"
      title={words.lives.copyTitle}
      closeButtonProps={{ 'aria-label': words.app.close }}
    >
      <CopyForm onClose={onClose} onCopied={onCopied} />
    </Modal>
  );
}

function CopyForm({ onClose, onCopied }: Omit<Props, 'opened'>) {
  const { app, settings, lives: words } = useWords();
  const site = useSite();
  const keep = useKeepSite();
  const { data: sites = [] } = useQuery(sitesQuery(site.tenant_id));
  const others = sites.filter(({ id }) => id !== site.id);
  const [chosen, setChosen] = useState<string>();
  const [sections, setSections] = useState<string[]>([]);
  const from = chosen ?? others[0]?.id ?? '';
  const ask = (preview: boolean) =>
    answer(
      api.POST('/v1/admin/tenants/{tenant_id}/sites/{site_id}/settings/copy', {
        params: { path: { tenant_id: site.tenant_id, site_id: site.id } },
        body: { from, sections: sections as CopiedSettings['differences'][number]['section'][], preview },
      }),
    );
  const preview = useMutation({ mutationFn: () => ask(true) });
  const copy = useMutation({
    mutationFn: () => ask(false),
    onSuccess: (copied) => {
      keep(copied.site);
      onCopied(copied.site);
      notifyDone(app.saved);
    },
  });
  const seen = preview.data?.differences;
  if (others.length === 0) {
    return (
      <Stack>
        <Text>{words.copyNowhere}</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {app.close}
          </Button>
        </Group>
      </Stack>
    );
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (seen) copy.mutate();
        else preview.mutate();
      }}
    >
      <Stack>
        <Refused error={preview.error ?? copy.error} />
        <NativeSelect
          label={words.copyFrom}
          value={from}
          onChange={(event) => {
            setChosen(event.currentTarget.value);
            preview.reset();
          }}
          data={others.map(({ id, name }) => ({ value: id, label: name }))}
          data-autofocus
        />
        <Checkbox.Group
          label={words.copySections}
          description={words.copySectionsHint}
          value={sections}
          onChange={(value) => {
            setSections(value);
            preview.reset();
          }}
        >
          <Group gap="sm" mt="xs">
            {SECTIONS.map((section) => (
              <Checkbox key={section} value={section} label={settings.groups[section]} />
            ))}
          </Group>
        </Checkbox.Group>
        {seen && <Differences differences={seen} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {app.cancel}
          </Button>
          <Button
            type="submit"
            disabled={sections.length === 0 || seen?.length === 0}
            loading={preview.isPending || copy.isPending}
          >
            {seen ? words.copySubmit(seen.length) : words.copyPreview}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** What the platform no longer offers of the other site's settings is named; all else is said as everywhere. */
function Refused({ error }: { error: unknown }) {
  const words = useWords();
  const beyond = error instanceof Problem ? error.fields.flatMap(({ pointer }) => /^\/settings\/(\w+)/.exec(pointer)?.[1] ?? []) : [];
  if (beyond.length === 0) return <ProblemAlert error={error} />;
  const names = beyond.map((name) => labelOf(name as SettingName, words));
  return (
    <Alert color="red" icon={<Icon name="alert" />} role="alert">
      {words.lives.copyBeyond(names.join(', '))}
    </Alert>
  );
}

function Differences({ differences }: { differences: CopiedSettings['differences'] }) {
  const { lives: words } = useWords();
  if (differences.length === 0) {
    return (
      <Alert icon={<Icon name="info" />} role="status">
        {words.copySame}
      </Alert>
    );
  }
  return (
    <Table.ScrollContainer minWidth={280} role="status">
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.setting}</Table.Th>
            <Table.Th>{words.now}</Table.Th>
            <Table.Th>{words.then}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {differences.map(({ name, from, to }) => (
            <Table.Tr key={name}>
              <Table.Td style={CELL}>{name}</Table.Td>
              <Table.Td style={CELL}>{plain(from)}</Table.Td>
              <Table.Td style={CELL}>{plain(to)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

const CELL = { overflowWrap: 'anywhere' } as const;

function plain(value: unknown): string {
  return typeof value === 'string' && value !== '' ? value : (JSON.stringify(value) ?? '');
}
