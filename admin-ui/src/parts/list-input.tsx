import { Pill, PillsInput, Text } from '@mantine/core';
import {
  type ClipboardEvent,
  type HTMLAttributes,
  type KeyboardEvent,
  type ReactNode,
  useId,
  useRef,
  useState,
} from 'react';
import { useWords } from '~/locales/locale';

/** What one typed piece is: an entry, perhaps not quite as typed, which is then said; or no entry at all. */
export type Reading = { entry: string; note?: string } | undefined;

type Props = {
  label: string;
  description: ReactNode;
  value: string[];
  onChange: (entries: string[]) => void;
  read: (piece: string) => Reading;
  /** Said of what cannot be read; it stays in the field. */ invalid: (pieces: string) => string;
  most: number;
  placeholder: string;
  inputMode?: HTMLAttributes<HTMLInputElement>['inputMode'];
  /** How text falls into pieces; by default at spaces, commas and semicolons. */ split?: (text: string) => string[];
  /** A class for the entries. */ pillClass?: string;
  required?: boolean;
  disabled?: boolean;
  error?: ReactNode;
  /** The form's name of the field, so that it can be found when it is faulty. */ path?: string;
};

/** A list, typed or pasted one entry after the other. */
export function ListInput(props: Props) {
  const { label, description, value, onChange, read, invalid, most, placeholder, inputMode, pillClass } = props;
  const { split = atSeparators, required = false, disabled = false, error, path } = props;
  const words = useWords();
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [notes, setNotes] = useState<string[]>([]);
  const [complaint, setComplaint] = useState<string>();

  const take = (typed: string) => {
    const pieces = split(typed);
    const entries = [...value];
    const said: string[] = [];
    const rejected: string[] = [];
    for (const piece of pieces) {
      const reading = read(piece);
      if (!reading) {
        rejected.push(piece);
      } else if (entries.includes(reading.entry)) {
        said.push(words.list.twice(reading.entry));
      } else if (entries.length >= most) {
        said.push(words.list.full(most));
      } else {
        entries.push(reading.entry);
        if (reading.note) said.push(reading.note);
      }
    }
    if (entries.length > value.length) onChange(entries);
    if (pieces.length > 0) setNotes([...new Set(said)]);
    setText(rejected.join(' '));
    setComplaint(rejected.length > 0 ? invalid(rejected.join(' ')) : undefined);
  };
  const remove = (entry: string) => {
    onChange(value.filter((other) => other !== entry));
    setNotes([]);
    // The button that was pressed is gone.
    field.current?.focus();
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
        label={label}
        description={description}
        error={complaint ?? error}
        withAsterisk={required}
        disabled={disabled}
      >
        <Pill.Group>
          {value.map((entry) => (
            <Pill
              key={entry}
              size="md"
              className={pillClass}
              disabled={disabled}
              withRemoveButton={!disabled}
              removeButtonProps={{ 'aria-label': words.list.remove(entry), 'aria-hidden': false, tabIndex: 0 }}
              onRemove={() => remove(entry)}
            >
              {entry}
            </Pill>
          ))}
          <PillsInput.Field
            ref={field}
            id={id}
            data-path={path}
            inputMode={inputMode}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            disabled={disabled}
            placeholder={value.length === 0 ? placeholder : undefined}
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

function atSeparators(text: string): string[] {
  return text.split(/[\s,;]+/).filter((piece) => piece !== '');
}
