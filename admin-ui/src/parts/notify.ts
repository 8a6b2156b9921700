import { notifications } from '@mantine/notifications';
import type { ReactNode } from 'react';
import type { Words } from '~/locales/words';
import { problemWords } from './problem-alert';

export function notifyDone(message: ReactNode): void {
  notifications.show({ message, withBorder: true, autoClose: 2_500 });
}

export function notifyProblem(error: unknown, words: Words): void {
  const { title, hint } = problemWords(error, words);
  notifications.show({ title, message: hint, color: 'red', withBorder: true, autoClose: 8_000, role: 'alert' });
}
