import { SETTINGS } from '~/api/known';
import type { SettingBound, SiteSettings } from '~/api/types';
import type { Words } from '~/locales/words';
import { shownValue } from './values';

export type SettingName = keyof SiteSettings;

/** What operators let be chosen, by setting; what they say nothing of is as in the table. */
export type Platform = Partial<Record<SettingName, SettingBound>>;

export const UNBOUND: Platform = {};

export function platformOf(bounds: SettingBound[]): Platform {
  return Object.fromEntries(bounds.map((bound) => [bound.setting, bound]));
}

/** From where to where a number goes, a text's length, or that of a list. */
export function rangeOf(platform: Platform, setting: SettingName): { min: number; max: number } {
  const table: { default: unknown; min?: number; max?: number; longest?: number; most?: number } = SETTINGS[setting];
  const { min = table.min ?? 0, max = table.max ?? table.longest ?? table.most ?? Infinity } = platform[setting] ?? {};
  return { min, max };
}

/** Whether the platform has nothing against a value. */
export function isOffered(platform: Platform, setting: SettingName, value: unknown): boolean {
  const bound = platform[setting];
  if (!bound) return true;
  if (bound.fixed) return JSON.stringify(bound.default) === JSON.stringify(value);
  if (typeof value === 'number') return value >= (bound.min ?? value) && value <= (bound.max ?? value);
  if (bound.choices && typeof value === 'string') return bound.choices.includes(value);
  const length = Array.isArray(value) ? value.length : typeof value === 'string' ? [...value].length : 0;
  return bound.max === undefined || length <= bound.max;
}

export type Said = {
  /** To be read with the field. */ note: string;
  /** Whether it leaves no choice. */ isFixed: boolean;
  /** What a choice is among; all, if nothing is said. */ offered: readonly string[] | undefined;
};

/** What the platform says about a setting, for whoever chooses it. */
export function saidOf(
  platform: Platform,
  setting: SettingName,
  saved: unknown,
  words: Words,
  locale: string,
): Said {
  const bound = platform[setting];
  if (!bound) return { note: '', isFixed: false, offered: undefined };
  const { platform: said } = words.settings;
  const by = shownValue(setting, bound.default, words, locale);
  const keeps = isOffered(platform, setting, saved) ? '' : said.keeps;
  const choices = bound.choices;
  if (bound.fixed) return { note: join(said.fixed(by), keeps), isFixed: keeps === '', offered: choices };
  const offered = [said.begins(by)];
  if (bound.max !== undefined && bound.min === undefined) offered.unshift(said.most(bound.max));
  const all = 'choices' in SETTINGS[setting] ? (SETTINGS[setting] as { choices: readonly string[] }).choices : [];
  if (choices && choices.length < all.length) {
    offered.unshift(said.choices(choices.map((choice) => shownValue(setting, choice, words, locale))));
  }
  return { note: join(...offered, keeps), isFixed: false, offered: choices };
}

function join(...sentences: string[]): string {
  return sentences.filter((sentence) => sentence !== '').join(' ');
}
