import type { ReactNode } from 'react';
import { useWords } from '~/locales/locale';
import type { Words } from '~/locales/words';
import { ListInput, type Reading } from './list-input';
import { readOrigin } from './origin';

/** The API's limit for one call. */
const MOST = 20;

type Props = { value: string[]; onChange: (origins: string[]) => void; error?: ReactNode };

/** A list of origins; what was pasted is cut to size, and that is said. */
export function OriginsInput({ value, onChange, error }: Props) {
  const words = useWords();
  return (
    <ListInput
      label={words.origins.label}
      description={`${words.origins.hint} ${words.origins.wildcard}`}
      value={value}
      onChange={onChange}
      read={(piece) => reading(piece, words)}
      invalid={words.origins.invalid}
      most={MOST}
      placeholder={words.origins.placeholder}
      inputMode="url"
      required
      error={error}
    />
  );
}

function reading(piece: string, words: Words): Reading {
  const read = readOrigin(piece);
  if (read.kind === 'invalid') return undefined;
  if (read.kind === 'origin') return { entry: read.origin };
  return { entry: read.origin, note: words.origins[read.kind](piece, read.origin) };
}
