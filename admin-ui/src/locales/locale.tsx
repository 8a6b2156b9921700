import { createContext, type ReactNode, use, useEffect, useState } from 'react';
import { keep, recall } from '~/parts/memory';
import type { Words } from './words';

export type Locale = 'en' | 'de';

/** Only the language in use is loaded. */
const dictionaries: Record<Locale, () => Promise<Words>> = {
  en: async () => (await import('./en')).en,
  de: async () => (await import('./de')).de,
};

export const localeNames: Record<Locale, string> = { en: 'English', de: 'Deutsch' };

type Speech = { locale: Locale; words: Words };
type Spoken = Speech & { speak: (locale: Locale) => void };

const Context = createContext<Spoken | null>(null);

/** The language chosen before, else the browser's first that we speak. */
export async function firstSpeech(): Promise<Speech> {
  const wishes = [recall('locale'), ...navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase())];
  const locale = wishes.find((wish): wish is Locale => wish !== null && wish in dictionaries) ?? 'en';
  return { locale, words: await dictionaries[locale]() };
}

export function LocaleProvider({ first, children }: { first: Speech; children: ReactNode }) {
  const [speech, setSpeech] = useState(first);
  useEffect(() => {
    document.documentElement.lang = speech.locale;
  }, [speech.locale]);

  const speak = (locale: Locale) => {
    keep('locale', locale);
    void dictionaries[locale]().then((words) => setSpeech({ locale, words }));
  };
  return <Context value={{ ...speech, speak }}>{children}</Context>;
}

export function useLocale(): Spoken {
  const spoken = use(Context);
  if (!spoken) throw new Error('useLocale outside of LocaleProvider');
  return spoken;
}

export function useWords(): Words {
  return useLocale().words;
}
