import { Button, Group } from '@mantine/core';
import { useWords } from '~/locales/locale';

type Props = {
  submit: string;
  isPending: boolean;
  onCancel: () => void;
  /** Of what takes something away. */
  color?: 'red';
};

/** How a form in a dialog ends. */
export function FormButtons({ submit, isPending, onCancel, color }: Props) {
  const words = useWords();
  return (
    <Group justify="flex-end">
      <Button variant="default" onClick={onCancel}>
        {words.app.cancel}
      </Button>
      <Button type="submit" color={color} loading={isPending}>
        {submit}
      </Button>
    </Group>
  );
}
