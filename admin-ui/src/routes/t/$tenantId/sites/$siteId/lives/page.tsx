import { Alert, Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useWords } from '~/locales/locale';
import { ConfirmByName } from '~/parts/confirm-by-name';
import { Icon, type IconName } from '~/parts/icon';
import { notifyDone } from '~/parts/notify';
import { ProblemAlert } from '~/parts/problem-alert';
import { useIsOwner, useMayManage } from '../../../tenant';
import { useSiteAct } from '../acts';
import { useSite } from '../page';
import { MoveSite } from './move';

/** What changes the life of a site: the archive, another tenant, its end. */
export function LivesPage() {
  const { settings, lives: words } = useWords();
  const site = useSite();
  const mayManage = useMayManage();
  const isOwner = useIsOwner();
  const [isDeleting, setIsDeleting] = useState(false);
  const [isMoving, setIsMoving] = useState(false);
  const archive = useSiteAct('archive', () => notifyDone(words.archived(site.name)));
  const remove = useSiteAct('delete', () => {
    setIsDeleting(false);
    notifyDone(words.deleted(site.name));
  });
  if (!mayManage) return <Alert icon={<Icon name="info" />}>{settings.readOnly}</Alert>;

  return (
    <Stack gap="lg">
      {!site.archived_at && (
        <Part title={words.archiveTitle} lead={words.archiveLead}>
          <ProblemAlert error={archive.error} />
          <Act icon="lock" label={words.archive} isPending={archive.isPending} onClick={() => archive.mutate()} />
        </Part>
      )}
      <Part title={words.moveTitle} lead={isOwner ? words.moveLead : words.ownersOnly}>
        {isOwner && <Act icon="move" label={words.move} onClick={() => setIsMoving(true)} />}
      </Part>
      <Part title={words.deleteTitle} lead={isOwner ? words.deleteLead : words.ownersOnly}>
        {isOwner && <Act icon="trash" color="red" label={words.delete} onClick={() => setIsDeleting(true)} />}
      </Part>
      <MoveSite opened={isMoving} onClose={() => setIsMoving(false)} />
      <ConfirmByName
        opened={isDeleting}
        onClose={() => setIsDeleting(false)}
        title={words.deleteOf(site.name)}
        text={words.deleteText}
        name={site.name}
        submit={words.delete}
        action={remove}
      />
    </Stack>
  );
}

export function Part({ title, lead, children }: { title: string; lead: string; children: ReactNode }) {
  return (
    <Card withBorder padding="lg">
      <Title order={2} size="h4" mb={4}>
        {title}
      </Title>
      <Text size="sm" mb="md">
        {lead}
      </Text>
      {children}
    </Card>
  );
}

type ActProps = { icon: IconName; label: string; color?: string; isPending?: boolean; onClick: () => void };

export function Act({ icon, label, color, isPending = false, onClick }: ActProps) {
  return (
    <Group>
      <Button
        variant={color ? 'light' : 'default'}
        {...(color ? { color } : {})}
        leftSection={<Icon name={icon} />}
        loading={isPending}
        onClick={onClick}
      >
        {label}
      </Button>
    </Group>
  );
}
