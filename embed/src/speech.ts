/** Choosing a language and speaking it. */

import { de } from './locales/de';
import { en } from './locales/en';
import type { Plural, Words } from './locales/words';

const LOCALES = { en, de };

export type Language = keyof typeof LOCALES;

export interface Speech {
  words: Words;
  /** For Intl and the `lang` attribute; with its region where the page gave one. */
  locale: string;
}

/** The first of the wishes that is spoken here, else English. */
export function speech(wishes: readonly (string | null | undefined)[]): Speech {
  for (const wish of wishes) {
    const language = wish?.split('-')[0]?.toLowerCase() ?? '';
    if (Object.hasOwn(LOCALES, language)) {
      return { words: LOCALES[language as Language], locale: isLocale(wish!) ? wish! : language };
    }
  }
  return { words: en, locale: 'en' };
}

/** Puts values into a text's `{placeholders}`. */
export function fill(text: string, values: Record<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (placeholder, name: string) => values[name] ?? placeholder);
}

export function plural(forms: Plural, n: number, locale: string): string {
  const form = forms[new Intl.PluralRules(locale).select(n)] ?? forms.other;
  return form.replace('{n}', new Intl.NumberFormat(locale).format(n));
}

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length > 0;
  } catch {
    return false;
  }
}
