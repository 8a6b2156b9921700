import { Alert, Button, Group, Text } from '@mantine/core';
import { useWords } from '~/locales/locale';
import { useDay } from '~/parts/date';
import { Icon } from '~/parts/icon';
import { notifyDone } from '~/parts/notify';
import { ProblemAlert } from '~/parts/problem-alert';
import { useIsOwner, useMayManage } from '../../tenant';
import { useSiteAct } from './acts';
import { useSite } from './page';

/** That a site is deleted or in the archive, and the way back. */
export function StandingAlert() {
  const { lives: words } = useWords();
  const site = useSite();
  const day = useDay();
  const isOwner = useIsOwner();
  const mayManage = useMayManage();
  const restore = useSiteAct('restore', () => notifyDone(words.restored(site.name)));
  const reopen = useSiteAct('reopen', () => notifyDone(words.reopened(site.name)));
  if (site.erase_at) {
    return (
      <Alert color="red" icon={<Icon name="trash" />} title={words.deletedTitle} mb="lg">
        <Text size="sm">{words.deletedHint(day(site.erase_at))}</Text>
        <ProblemAlert error={restore.error} />
        {isOwner && (
          <Group mt="sm">
            <Button leftSection={<Icon name="undo" />} loading={restore.isPending} onClick={() => restore.mutate()}>
              {words.restore}
            </Button>
          </Group>
        )}
      </Alert>
    );
  }
  if (!site.archived_at) return null;
  return (
    <Alert color="gray" icon={<Icon name="lock" />} title={words.archivedTitle} mb="lg">
      <Text size="sm">{words.archivedHint(day(site.archived_at))}</Text>
      <ProblemAlert error={reopen.error} />
      {mayManage && (
        <Group mt="sm">
          <Button variant="default" leftSection={<Icon name="undo" />} loading={reopen.isPending} onClick={() => reopen.mutate()}>
            {words.reopen}
          </Button>
        </Group>
      )}
    </Alert>
  );
}
