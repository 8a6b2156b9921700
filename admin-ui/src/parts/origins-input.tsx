import { Pill, PillsInput, Text } from '@mantine/core';
import { type ClipboardEvent, type KeyboardEvent, type ReactNode, useId, useState } from 'react';
import { useWords } from '~/locales/locale';
import type { Words } from '~/locales/words';
import { readOrigin } from './origin';

/** The API's limit for one call. */
const MOST = 20;

type Props = { value: string[]; onChange: (origins: string[]) => void; error?: ReactNode };
type Reading = { origins: string[]; notes: string[]; rejected: string[] };

/** A list of origins, typed or pasted one after the other; what was pasted is cut to size, and that is said. */
export function OriginsInput({ value, onChange, error }: Props) {
  const words = useWords();
  const id = useId();
  const [text, setText] = useState('');
  const [notes, setNotes] = useState<string[]>([]);
  const [complaint, setComplaint] = useState<string>();

  const take = (typed: string) => {
    const reading = readAll(typed, value, words);
    if (!reading) return;
    onChange(reading.origins);
    setNotes(reading.notes);
    setText(reading.rejected.join(' '));
    setComplaint(reading.rejected.length > 0 ? words.origins.invalid(reading.rejected.join(' ')) : undefined);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (['Enter', ',', ' '].includes(event.key) && text.trim() !== '') {
      event.preventDefault();
      take(text);
    } else if (event.key === 'Backspace' && text === '') {
      onChange(value.slice(0, -1));
    }
  };
  const onPaste = (event: ClipboardEvent) => {
    event.preventDefault();
    take(text + event.clipboardData.getData('text'));
  };

  return (
    <div>
      <PillsInput
        id={id}
        label={words.origins.label}
        description={`${words.origins.hint} ${words.origins.wildcard}`}
        error={complaint ?? error}
        withAsterisk
      >
        <Pill.Group>
          {value.map((origin) => (
            <Pill
              key={origin}
              size="md"
              withRemoveButton
              removeButtonProps={{ 'aria-label': words.origins.remove(origin), 'aria-hidden': false, tabIndex: 0 }}
              onRemove={() => onChange(value.filter((other) => other !== origin))}
            >
              {origin}
            </Pill>
          ))}
          <PillsInput.Field
            id={id}
            inputMode="url"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            placeholder={value.length === 0 ? words.origins.placeholder : undefined}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            onKeyDown={onKeyDown}
            onPaste={onPaste}
            onBlur={() => take(text)}
          />
        </Pill.Group>
      </PillsInput>
      <Text size="xs" c="dimmed" mt={4} aria-live="polite">
        {notes.join(' ')}
      </Text>
    </div>
  );
}

function readAll(typed: string, known: string[], words: Words): Reading | undefined {
  const pieces = typed.split(/[\s,;]+/).filter((piece) => piece !== '');
  if (pieces.length === 0) return undefined;

  const origins = [...known];
  const notes: string[] = [];
  const rejected: string[] = [];
  for (const piece of pieces) {
    const reading = readOrigin(piece);
    if (reading.kind === 'invalid') {
      rejected.push(piece);
    } else if (origins.includes(reading.origin)) {
      notes.push(words.origins.twice(reading.origin));
    } else if (origins.length === MOST) {
      notes.push(words.origins.full(MOST));
    } else {
      origins.push(reading.origin);
      if (reading.kind !== 'origin') notes.push(words.origins[reading.kind](piece, reading.origin));
    }
  }
  return { origins, notes, rejected };
}
