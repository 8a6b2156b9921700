import { Badge, Button, Card, Group, Modal, NativeSelect, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '~/api/client';
import { announcementsQuery } from '~/api/queries';
import type { NewAnnouncement, OperatorAnnouncement } from '~/api/types';
import { useLocale, useWords } from '~/locales/locale';
import { Confirm } from '~/parts/confirm';
import { fieldErrors } from '~/parts/field-errors';
import { FormButtons } from '~/parts/form-buttons';
import { Icon } from '~/parts/icon';
import { notifyDone } from '~/parts/notify';
import { PageHead } from '~/parts/page-head';
import { ProblemAlert } from '~/parts/problem-alert';
import { Paged } from './parts';
import { allAnnouncementsQuery, OPERATOR } from './queries';

const DAY_MS = 86_400_000;

export function AnnouncementsPage() {
  const words = useWords();
  const client = useQueryClient();
  const list = useInfiniteQuery(allAnnouncementsQuery);
  const all = list.data?.pages.flatMap((page) => page.announcements) ?? [];
  const [editing, setEditing] = useState<OperatorAnnouncement | 'new'>();
  const [ending, setEnding] = useState<OperatorAnnouncement>();
  const removal = useMutation({
    mutationFn: ({ id }: OperatorAnnouncement) =>
      answer(
        api.DELETE('/v1/operator/announcements/{announcement_id}', { params: { path: { announcement_id: id } } }),
      ),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: OPERATOR });
      await client.invalidateQueries(announcementsQuery);
      setEnding(undefined);
    },
  });
  return (
    <>
      <PageHead title={words.operator.announcements.title} lead={words.operator.announcements.lead}>
        <Button leftSection={<Icon name="plus" />} onClick={() => setEditing('new')}>
          {words.operator.announcements.create}
        </Button>
      </PageHead>
      <Paged
        list={list}
        count={all.length}
        icon="flag"
        none={words.operator.announcements.none}
        noneHint={words.operator.announcements.noneHint}
      >
        {all.map((one) => (
          <AnnouncementCard key={one.id} one={one} onEdit={() => setEditing(one)} onEnd={() => setEnding(one)} />
        ))}
      </Paged>
      <Modal
        opened={editing !== undefined}
        onClose={() => setEditing(undefined)}
        title={editing === 'new' ? words.operator.announcements.create : words.operator.announcements.edit}
        closeButtonProps={{ 'aria-label': words.app.close }}
      >
        {editing && (
          <AnnouncementForm one={editing === 'new' ? undefined : editing} onClose={() => setEditing(undefined)} />
        )}
      </Modal>
      <Confirm
        about={ending}
        title={() => words.operator.announcements.end}
        text={(one) => one.text}
        submit={words.operator.announcements.end}
        removal={removal}
        onClose={() => setEnding(undefined)}
      />
    </>
  );
}

function AnnouncementCard({
  one,
  onEdit,
  onEnd,
}: {
  one: OperatorAnnouncement;
  onEdit: () => void;
  onEnd: () => void;
}) {
  const { words, locale } = useLocale();
  const format = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const now = Date.now();
  const [starts, ends] = [new Date(one.starts_at), new Date(one.ends_at)];
  const standing = ends.getTime() <= now ? 'over' : starts.getTime() > now ? 'planned' : 'shown';
  return (
    <Card component="li" withBorder padding="md">
      <Group gap="xs">
        <Badge variant="light" color={one.kind === 'warning' ? 'yellow' : 'blue'} c="var(--mantine-color-text)">
          {words.operator.announcements.kinds[one.kind]}
        </Badge>
        <Badge variant={standing === 'shown' ? 'filled' : 'default'}>
          {words.operator.announcements.standings[standing]}
        </Badge>
      </Group>
      <Text mt="xs" dir="auto" style={{ overflowWrap: 'anywhere' }}>
        {one.text}
      </Text>
      {one.link && (
        <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {one.link}
        </Text>
      )}
      <Group justify="space-between" mt="xs" gap="sm">
        <Text size="sm" c="dimmed">
          {format.formatRange(starts, ends)}
          {one.author && ` · ${one.author}`}
        </Text>
        <Group gap="xs">
          <Button variant="default" size="xs" onClick={onEdit}>
            {words.operator.announcements.edit}
          </Button>
          <Button variant="subtle" color="red" size="xs" onClick={onEnd}>
            {standing === 'shown' ? words.operator.announcements.end : words.operator.announcements.remove}
          </Button>
        </Group>
      </Group>
    </Card>
  );
}

function AnnouncementForm({ one, onClose }: { one: OperatorAnnouncement | undefined; onClose: () => void }) {
  const words = useWords();
  const client = useQueryClient();
  const [kind, setKind] = useState<NewAnnouncement['kind']>(one?.kind ?? 'info');
  const [text, setText] = useState(one?.text ?? '');
  const [link, setLink] = useState(one?.link ?? '');
  const [starts, setStarts] = useState(() => local(one ? new Date(one.starts_at) : new Date()));
  const [ends, setEnds] = useState(() => local(one ? new Date(one.ends_at) : new Date(Date.now() + DAY_MS)));
  const saving = useMutation({
    mutationFn: () => {
      const body: NewAnnouncement = {
        kind,
        text,
        ...(link.trim() && { link: link.trim() }),
        starts_at: new Date(starts).toISOString(),
        ends_at: new Date(ends).toISOString(),
      };
      return one
        ? answer(
            api.PUT('/v1/operator/announcements/{announcement_id}', {
              params: { path: { announcement_id: one.id } },
              body,
            }),
          )
        : answer(api.POST('/v1/operator/announcements', { body }));
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: OPERATOR });
      await client.invalidateQueries(announcementsQuery);
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
        <NativeSelect
          label={words.operator.announcements.kind}
          value={kind}
          onChange={(event) => setKind(event.currentTarget.value as NewAnnouncement['kind'])}
          data={(['info', 'warning'] as const).map((value) => ({
            value,
            label: words.operator.announcements.kinds[value],
          }))}
        />
        <Textarea
          label={words.operator.announcements.text}
          description={words.operator.announcements.textHint}
          required
          autosize
          minRows={2}
          maxLength={500}
          value={text}
          // One line on the wire; a paragraph here is only wrapped.
          onChange={(event) => setText(event.currentTarget.value.replace(/\n/g, ' '))}
          error={errors['text']}
        />
        <TextInput
          label={words.operator.announcements.link}
          type="url"
          value={link}
          onChange={(event) => setLink(event.currentTarget.value)}
          error={errors['link']}
        />
        <TextInput
          label={words.operator.announcements.starts}
          type="datetime-local"
          required
          value={starts}
          onChange={(event) => setStarts(event.currentTarget.value)}
          error={errors['starts_at']}
        />
        <TextInput
          label={words.operator.announcements.ends}
          type="datetime-local"
          required
          value={ends}
          onChange={(event) => setEnds(event.currentTarget.value)}
          error={errors['ends_at']}
        />
        <FormButtons submit={words.operator.announcements.submit} isPending={saving.isPending} onCancel={onClose} />
      </Stack>
    </form>
  );
}

/** As `datetime-local` wants it: the user's own time, to the minute. */
function local(at: Date): string {
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
