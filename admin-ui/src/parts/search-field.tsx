import { CloseButton, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { type Ref, useEffect, useState } from 'react';
import { useWords } from '~/locales/locale';
import { Icon } from './icon';
import classes from './search-field.module.css';

type Props = {
  q: string;
  label: string;
  placeholder: string;
  inputRef?: Ref<HTMLInputElement>;
  onSearch: (q: string) => void;
};

/** Searches while somebody types, in pauses; what is searched for lives in the URL. */
export function SearchField({ q, label, placeholder, inputRef, onSearch }: Props) {
  const words = useWords();
  const [text, setText] = useState(q);
  const searchLater = useDebouncedCallback(onSearch, 300);
  // Also when the URL changes otherwise: by going back, or by clearing the search.
  useEffect(() => setText(q), [q]);

  return (
    <TextInput
      ref={inputRef}
      type="search"
      className={classes.search}
      aria-label={label}
      placeholder={placeholder}
      leftSection={<Icon name="search" size={16} />}
      rightSection={
        text && (
          <CloseButton
            size="sm"
            aria-label={words.queue.clearSearch}
            onClick={() => {
              setText('');
              onSearch('');
            }}
          />
        )
      }
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        searchLater(event.currentTarget.value.trim());
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') event.currentTarget.blur();
      }}
    />
  );
}
