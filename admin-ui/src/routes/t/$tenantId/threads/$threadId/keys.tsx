import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useWords } from '~/locales/locale';
import { isAddress, nameOfKey } from '../thread-names';
import classes from './thread.module.css';

type KeysProps = {
  keys: string[];
  /** What is to be said of a key, behind it. */ remark: (key: string) => ReactNode;
};

/** What a conversation is found by. */
export function KeyList({ keys, remark }: KeysProps) {
  const { threads: words } = useWords();
  return (
    <ul className={classes.keys}>
      {keys.map((key) => (
        <li key={key}>
          <Text size="xs" c="dimmed" span className={classes.kind}>
            {isAddress(key) ? words.address : words.id}
          </Text>
          <code>{nameOfKey(key)}</code>
          {remark(key)}
        </li>
      ))}
    </ul>
  );
}
