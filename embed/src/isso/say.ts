/** Speaks under the names that Isso gave its messages, which a page may replace by its own. */

import { reading } from '../locales/en';
import type { Plural, Words } from '../locales/words';
import { choose, plural, type Load, type Speech } from '../speech';
import { distance, relative } from '../time';
import type { Found, Look } from './attributes';
import type { MoreWords } from './words';

export interface Voice extends Speech {
  words: Words & MoreWords;
  /** A message by Isso's name, which the page may have replaced; with its number, if it has one. */
  say(message: Message, n?: number): string;
  /** The page's own message, if it has one. */
  own(message: string, n?: number): string | undefined;
  ago(iso: string): string;
}

/** Isso's messages, and which of our texts says the same. */
const OURS = {
  'postbox-text': 'placeholder',
  'postbox-author': 'name',
  'postbox-email': 'email',
  'postbox-website': 'website',
  'postbox-preview': 'preview',
  'postbox-edit': 'edit',
  'postbox-submit': 'post',
  'num-comments': 'comments',
  'no-comments': 'empty',
  'atom-feed': 'feed',
  'comment-reply': 'reply',
  'comment-edit': 'edit',
  'comment-save': 'save',
  'comment-delete': 'delete',
  'comment-close': 'cancel',
  'comment-cancel': 'cancel',
  'comment-deleted': 'removed',
  'comment-queued': 'pending',
  'comment-anonymous': 'anonymous',
  'comment-hidden': 'moreReplies',
  'comment-page-author-suffix': 'pageAuthor',
} as const satisfies Record<string, keyof Words | 'feed' | 'pageAuthor'>;

export type Message = keyof typeof OURS;

const ENGLISH: MoreWords = { feed: 'Atom feed', pageAuthor: 'Author' };

/**
 * Which of the forms of a message, one a line, Isso takes for a number: the languages of the Slavs have up to three, in
 * the order of Intl's categories, all others two.
 */
export function formFor(n: number, language: string): number {
  if (/^(cs|pl|ru|sk|uk)\b/.test(language)) {
    const forms: Record<string, number> = { one: 0, few: 1 };
    return forms[new Intl.PluralRules(language).select(n)] ?? 2;
  }
  if (/^(fr|oc)\b/.test(language)) return n > 1 ? 1 : 0;
  return n === 1 ? 0 : 1;
}

/** Never rejects: who cannot have his language has English. */
export async function speak(wishes: readonly (string | undefined)[], found: Found, load: Load): Promise<Voice> {
  const { locale, ...chosen } = choose(wishes);
  let { language } = chosen;
  const self: Voice = {
    words: { ...reading, ...ENGLISH } as Words & MoreWords,
    locale,
    async learn(which = '') {
      self.words = { ...self.words, ...(await load(`${language}${which}.js`)).default };
    },
    own(message, n) {
      const names = [self.locale, language, language.split('-')[0]!];
      const texts = names.map((name) => found[`${message}-text-${name.toLowerCase()}`]);
      const text = texts.find((each) => each !== undefined);
      if (n === undefined) return text;
      const forms = text?.split('\n');
      return (forms?.[formFor(n, language)] ?? forms?.at(-1))?.replace(/\{\{ *n *\}\}/g, n.toLocaleString(self.locale));
    },
    say(message, n) {
      const own = self.own(message, n);
      if (own !== undefined) return own;
      const ours: string | Plural = self.words[OURS[message]];
      return plural(ours, n ?? 0, self.locale);
    },
    ago(iso) {
      const { value, unit } = distance(Date.parse(iso), Date.now());
      const own = unit === 'second' ? self.own('date-now') : self.own(`date-${unit}`, -value);
      const ours = self.words.ago?.[unit];
      return own ?? (ours ? plural(ours, -value, self.locale) : relative(iso, self.locale));
    },
  };
  if (language !== 'en') await self.learn().catch(() => (self.locale = language = 'en'));
  return self;
}

/** What the reader may want to be spoken to in: the page's wish first, its second choice last. */
export function wishesOf({ lang, defaultLang }: Look, site?: string): (string | undefined)[] {
  return [lang, site, ...navigator.languages, defaultLang];
}
