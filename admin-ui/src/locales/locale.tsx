import { createContext, type ReactNode, use, useEffect, useSyncExternalStore } from 'react';
import { keep, recall } from '~/parts/memory';
import type { First, Later, Words } from './words';

export type Locale = 'en' | 'de';

/** Only the language in use is loaded. */
const dictionaries: Record<Locale, { first: () => Promise<First>; later: () => Promise<Later> }> = {
  en: { first: async () => (await import('./en')).en, later: async () => (await import('./en-later')).later },
  de: { first: async () => (await import('./de')).de, later: async () => (await import('./de-later')).later },
};

export const localeNames: Record<Locale, string> = { en: 'English', de: 'Deutsch' };

type Speech = { locale: Locale; words: Words };
type Spoken = Speech & { speak: (locale: Locale) => void };

const Context = createContext<Spoken | null>(null);

/** What is said now. A page that says more waits for it in `allWords`, so that it never sees words that are not there yet. */
let speech: Speech;
const listeners = new Set<() => void>();

function say(next: Speech) {
  speech = next;
  for (const listener of listeners) listener();
}

/** The language chosen before, else the browser's first that we speak. */
export async function firstSpeech(): Promise<void> {
  const wishes = [recall('locale'), ...navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase())];
  const locale = wishes.find((wish): wish is Locale => wish !== null && wish in dictionaries) ?? 'en';
  say({ locale, words: (await dictionaries[locale].first()) as Words });
}

let complete: Promise<void> | undefined;

/** Resolves when everything can be said: for the routes whose words come later. */
export function allWords(): Promise<void> {
  complete ??= speak(speech.locale).catch((error: unknown) => {
    // To be tried again by the next page that asks.
    complete = undefined;
    throw error;
  });
  return complete;
}

async function speak(locale: Locale): Promise<void> {
  const [first, later] = await Promise.all([dictionaries[locale].first(), dictionaries[locale].later()]);
  say({ locale, words: { ...first, ...later } });
}

export function LocaleProvider({ children }: { children: ReactNode }) {
  const spoken = useSyncExternalStore(
    (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    () => speech,
  );
  useEffect(() => {
    document.documentElement.lang = spoken.locale;
  }, [spoken.locale]);

  const choose = (locale: Locale) => {
    keep('locale', locale);
    complete = speak(locale);
  };
  return <Context value={{ ...spoken, speak: choose }}>{children}</Context>;
}

export function useLocale(): Spoken {
  const spoken = use(Context);
  if (!spoken) throw new Error('useLocale outside of LocaleProvider');
  return spoken;
}

export function useWords(): Words {
  return useLocale().words;
}
