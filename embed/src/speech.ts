/** Choosing a language and speaking it. */

import { reading } from './locales/en';
import type { Plural, Words } from './locales/words';

/** The languages that have a file in locales/, with spaces between; put in by the build. */
declare const LANGUAGES: string;

export interface Speech {
  /** Without those that were not learned yet. */
  words: Words;
  /** For Intl and the `lang` attribute; with its region where the page gave one. */
  locale: string;
  /** Adds the words for writing, or the rare ones. */
  learn(which?: '' | '.rare'): Promise<void>;
}

/** Loads a module from the folder beside the script. */
export type Load = (file: string) => Promise<any>;

type Wishes = readonly (string | null | undefined)[];

/** The first of the wishes that is spoken here, else English. */
export function choose(wishes: Wishes, spoken = LANGUAGES.split(' ')): { language: string; locale: string } {
  for (const wish of wishes) {
    try {
      // en_US is no language tag, but often written.
      const locale = new Intl.Locale(wish!.replace(/_/g, '-'));
      const { language, script } = locale.maximize();
      // As it is first: what `pt` is likely to mean is pt-BR, but there is a file for `pt`.
      const names = [locale.baseName, `${language}-${script}`, language];
      const found = names.find((name) => spoken.includes(name));
      if (found) return { language: found, locale: `${locale}` };
    } catch {
      // No wish, or not a language.
    }
  }
  return { language: 'en', locale: 'en' };
}

/**
 * Never rejects: who cannot have his language has English. `host` may replace a text by an attribute of its own, as
 * `text-load-more="More"`.
 */
export async function speak(wishes: Wishes, host: Element, load: Load): Promise<Speech> {
  const { locale, ...chosen } = choose(wishes);
  let { language } = chosen;
  const add = (words: object) => {
    const own: Record<string, unknown> = { ...speech.words, ...words };
    for (const { name, value } of host.attributes) {
      const [, word] = /^text-(.+)/.exec(name) ?? [];
      if (word) own[word.replace(/-(.)/g, (_, letter) => letter.toUpperCase())] = value;
    }
    speech.words = own as unknown as Words;
  };
  const speech = {
    locale,
    learn: async (which = '') => add((await load(`locales/${language}${which}.js`)).default),
  } as Speech;
  add(reading);
  if (language !== 'en') await speech.learn().catch(() => (speech.locale = language = 'en'));
  return speech;
}

/** For the `dir` attribute. */
export function direction(locale: string): 'rtl' | 'ltr' {
  return /^(ar|fa|he)/.test(locale) ? 'rtl' : 'ltr';
}

/** Puts values into a text's `{placeholders}`. */
export function fill(text: string, values: object): string {
  return text.replace(/\{(\w+)\}/g, (placeholder, name) => (values as Record<string, string>)[name] ?? placeholder);
}

/** A text that the page has put in place of ours has one form. */
export function plural(forms: Plural | string, n: number, locale: string): string {
  const { other, [new Intl.PluralRules(locale).select(n)]: form = other } =
    typeof forms === 'string' ? ({ other: forms } as Plural) : forms;
  return fill(form, { n: n.toLocaleString(locale) });
}
