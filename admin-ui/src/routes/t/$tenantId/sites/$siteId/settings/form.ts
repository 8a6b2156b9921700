import type { UseFormReturnType } from '@mantine/form';
import { SETTINGS } from '~/api/known';
import { Problem } from '~/api/problem';
import type { SiteSettings } from '~/api/types';
import type { Words } from '~/locales/words';
import { fieldErrors } from '~/parts/field-errors';
import { isOffered, type Platform, rangeOf, type SettingName, UNBOUND } from './platform';

/** What the form edits: numbers are text until they are sent. */
export type Values = Omit<SiteSettings, Numeric> & Record<Numeric, string> & { name: string };
export type Form = UseFormReturnType<Values>;
export type Numeric = { [Field in keyof SiteSettings]: SiteSettings[Field] extends number ? Field : never }[keyof SiteSettings];

const NUMERIC = Object.keys(SETTINGS).filter((name) => 'min' in SETTINGS[name as keyof SiteSettings]) as Numeric[];

export function toValues(name: string, settings: SiteSettings): Values {
  return { ...settings, name, ...(Object.fromEntries(numbers(settings, String)) as Record<Numeric, string>) };
}

export function toSettings({ name: _, ...values }: Values): SiteSettings {
  return { ...values, ...(Object.fromEntries(numbers(values, Number)) as Record<Numeric, number>) };
}

/** What the form can tell without asking the server. What a site has stays, whatever the platform offers by now. */
export function faults(
  values: Values,
  words: Words,
  platform: Platform = UNBOUND,
  saved?: SiteSettings,
): Partial<Record<keyof Values, string>> {
  const { settings } = words;
  const found: Partial<Record<keyof Values, string>> = {};
  for (const field of NUMERIC) {
    const { min, max } = rangeOf(platform, field);
    const number = numberOf(values[field]);
    const isGood = number !== undefined && ((number >= min && number <= max) || number === saved?.[field]);
    if (!isGood) found[field] = settings.range(min, max);
  }
  for (const field of Object.keys(platform) as SettingName[]) {
    const [value, before] = [values[field], saved?.[field]];
    const isKept = JSON.stringify(value) === JSON.stringify(before);
    if (!isNumeric(field) && !isKept && !isOffered(platform, field, value)) found[field] = settings.platform.refused;
  }
  if (!found.min_text_length && Number(values.min_text_length) > Number(values.max_text_length)) {
    found.min_text_length = settings.minAboveMax;
  }
  if (values.name.trim() === '') found.name = words.fields.required;
  if (values.threads_open === 'patterns' && values.thread_patterns.length === 0) {
    found.thread_patterns = settings.patternsNone;
  }
  return found;
}

/** The server's errors under the names of the fields; of a list, the faulty entries are named. */
export function refusals(error: unknown, values: Values, words: Words): Record<string, string> {
  const found = fieldErrors(error, words);
  if (!(error instanceof Problem)) return found;
  for (const { pointer, code } of error.fields) {
    const [, field, place] = /^\/settings\/(\w+)\/(\d+)$/.exec(pointer) ?? [];
    const list = field && (values as unknown as Record<string, unknown>)[field];
    const entry = Array.isArray(list) ? list[Number(place)] : undefined;
    if (field && typeof entry === 'string') found[field] = words.list.faulty(entry, words.fields[code]);
  }
  return found;
}

function isNumeric(field: SettingName): field is Numeric {
  return (NUMERIC as string[]).includes(field);
}

/** A whole number as typed, if it is one. */
export function numberOf(text: string): number | undefined {
  const number = Number(text);
  return text.trim() !== '' && Number.isInteger(number) ? number : undefined;
}

function numbers<From, To>(values: Record<Numeric, From>, convert: (value: From) => To): [string, To][] {
  return NUMERIC.map((field) => [field, convert(values[field])]);
}
