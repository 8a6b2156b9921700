import { ActionIcon, Anchor, Card, Group, Text, Title, VisuallyHidden } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { type DragEvent, useEffect, useState } from 'react';
import type { PinnedComment, ThreadRecord } from '~/api/types';
import { useWords } from '~/locales/locale';
import { Icon } from '~/parts/icon';
import { notifyProblem } from '~/parts/notify';
import { MOST_PINS, useUpdateThread } from '../pinning';
import classes from './thread.module.css';

/** What stands on top, in its order: moved by buttons, or by dragging where there is a mouse. Each step is saved. */
export function Pins({ record }: { record: ThreadRecord }) {
  const words = useWords();
  const { threads } = words;
  const { id: threadId } = record.thread;
  const update = useUpdateThread();
  const [pins, setPins] = useState(record.pinned);
  const [draggedId, setDraggedId] = useState<string>();
  const [said, setSaid] = useState('');
  useEffect(() => setPins(record.pinned), [record.pinned]);

  const saving = useMutation({
    mutationFn: (order: PinnedComment[]) => update(threadId, { pinned: order.map(({ id }) => id) }),
    onError: (error) => {
      setPins(record.pinned);
      notifyProblem(error, words);
    },
  });
  const save = (order: PinnedComment[]) => {
    setPins(order);
    saving.mutate(order);
  };
  const step = (pin: PinnedComment, by: 1 | -1) => {
    const place = pins.indexOf(pin) + by;
    if (place < 0 || place >= pins.length || saving.isPending) return;
    save(placed(pins, pin, place));
    setSaid(threads.pinMoved(place + 1, pins.length));
  };
  const unpin = (pin: PinnedComment) => {
    save(pins.filter((other) => other !== pin));
    setSaid(threads.unpinned);
  };
  const onDragOver = (event: DragEvent, over: PinnedComment) => {
    const dragged = pins.find(({ id }) => id === draggedId);
    if (!dragged) return;
    event.preventDefault();
    if (dragged !== over) setPins(placed(pins, dragged, pins.indexOf(over)));
  };
  const onDragEnd = () => {
    setDraggedId(undefined);
    if (pins.some(({ id }, place) => id !== record.pinned[place]?.id)) saving.mutate(pins);
  };

  return (
    <Card component="section" withBorder padding="lg">
      <Title order={2} size="h4" mb={4}>
        {threads.pins}
      </Title>
      <Text size="sm" c="dimmed" mb={pins.length > 0 ? 'sm' : 0}>
        {pins.length === 0 ? threads.pinsNone(MOST_PINS) : threads.pinsLead(pins.length, MOST_PINS)}
      </Text>
      <ol className={classes.pins} aria-busy={saving.isPending}>
        {pins.map((pin, place) => (
          <li
            key={pin.id}
            draggable={pins.length > 1}
            data-dragged={pin.id === draggedId || undefined}
            onDragStart={(event) => {
              event.dataTransfer.effectAllowed = 'move';
              setDraggedId(pin.id);
            }}
            onDragOver={(event) => onDragOver(event, pin)}
            onDragEnd={onDragEnd}
          >
            {pins.length > 1 && (
              <span className={classes.grip} aria-hidden="true">
                <Icon name="grip" />
              </span>
            )}
            <Pinned pin={pin} />
            <Group gap={2} wrap="nowrap">
              {pins.length > 1 && (
                <>
                  <Step pin={pin} icon="up" label={threads.pinUp} isLast={place === 0} onStep={() => step(pin, -1)} />
                  <Step
                    pin={pin}
                    icon="down"
                    label={threads.pinDown}
                    isLast={place === pins.length - 1}
                    onStep={() => step(pin, 1)}
                  />
                </>
              )}
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={threads.unpinOne(pin.number)}
                title={threads.unpin}
                onClick={() => unpin(pin)}
              >
                <Icon name="cross" size={16} />
              </ActionIcon>
            </Group>
          </li>
        ))}
      </ol>
      <VisuallyHidden aria-live="polite">{said}</VisuallyHidden>
    </Card>
  );
}

function Pinned({ pin }: { pin: PinnedComment }) {
  const words = useWords();
  const { tenantId } = useParams({ from: '/signed-in/t/$tenantId/threads/$threadId' });
  return (
    <div className={classes.pinned}>
      <Anchor
        size="sm"
        fw={500}
        renderRoot={(props) => (
          <Link
            to="/t/$tenantId/comments/$commentId"
            params={{ tenantId, commentId: pin.id }}
            search={{ state: 'published' }}
            {...props}
          />
        )}
      >
        {pin.author_name ?? words.comment.anonymous} {words.comment.number(pin.number)}
      </Anchor>
      <Text size="sm" c="dimmed" lineClamp={2} dir="auto">
        {pin.text}
      </Text>
    </div>
  );
}

type StepProps = {
  pin: PinnedComment;
  icon: 'up' | 'down';
  label: (number: number) => string;
  /** There is no further: said, but the button keeps the focus of who came here with it. */ isLast: boolean;
  onStep: () => void;
};

function Step({ pin, icon, label, isLast, onStep }: StepProps) {
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      aria-label={label(pin.number)}
      title={label(pin.number)}
      aria-disabled={isLast}
      opacity={isLast ? 0.35 : undefined}
      onClick={onStep}
    >
      <Icon name={icon} size={16} />
    </ActionIcon>
  );
}

function placed(pins: PinnedComment[], pin: PinnedComment, place: number): PinnedComment[] {
  const others = pins.filter((other) => other !== pin);
  return [...others.slice(0, place), pin, ...others.slice(place)];
}
