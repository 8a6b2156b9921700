import { Button, Menu } from '@mantine/core';
import { api } from '~/api/client';
import type { AuditChange } from '~/api/types';
import { useWords } from '~/locales/locale';
import { useDownload } from '~/parts/download';
import { Icon } from '~/parts/icon';
import { notifyProblem } from '~/parts/notify';
import { useTenant } from '../tenant';

/** The record as a file: what the filter shows, all of it. */
export function AuditExport({ change }: { change: AuditChange | undefined }) {
  const all = useWords();
  const words = all.lives;
  const tenant = useTenant();
  const download = useDownload();
  const take = (form: 'ndjson' | 'csv') =>
    download.mutate(
      {
        name: `parlour-record.${form}`,
        ask: (signal) =>
          api.GET('/v1/admin/tenants/{tenant_id}/audit/export', {
            params: { path: { tenant_id: tenant.id }, query: { change, form } },
            parseAs: 'stream',
            signal,
          }),
      },
      { onError: (error) => notifyProblem(error, all) },
    );
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" loading={download.isPending} leftSection={<Icon name="down" />}>
          {words.exportRecord}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => take('csv')}>{words.asTable}</Menu.Item>
        <Menu.Item onClick={() => take('ndjson')}>{words.asLines}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
