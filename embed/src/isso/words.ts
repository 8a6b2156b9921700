/** Which of the words this client says, so that the build sends no others; and the few that it says alone. */

import type { Plural, RareWords, ReadingWords, Words, WritingWords } from '../locales/words';

/** Beside the words of reading: what is said to those who write. */
export const WRITING = [
  ...[
    'closedByAge',
    'closedBySite',
    'locked',
    'reply',
    'voteUp',
    'voteDown',
    'like',
    'pending',
    'pendingHint',
    'rejected',
  ],
  ...['rejectedHint', 'dismiss', 'edit', 'delete', 'preview', 'nothingToPreview', 'replyLabel', 'name', 'email'],
  ...['emailHint', 'website', 'optional', 'moderated', 'post', 'posting', 'cancel', 'postedPublished', 'postedPending'],
  ...['draftKept', 'charactersLeft', 'charactersOver', 'textTooShort', 'nameRequired', 'emailRequired'],
  ...[
    'consentRequired',
    'newComments',
    'editLabel',
    'save',
    'editPublished',
    'editPending',
    'deleted',
    'undo',
    'restored',
  ],
] as const satisfies (keyof (WritingWords & RareWords))[];

/** Of those of reading, what this client does not say. */
export const UNSAID = ['unfold', 'fold'] as const satisfies (keyof ReadingWords)[];

/** What is said when something fails. */
export const RARE = [
  ...['offline', 'emailInvalid', 'websiteInvalid', 'rateLimitedFor', 'notShownHere', 'repairOrigin', 'repairNoOrigin'],
  ...['repairPolicy', 'repairUnknownSite', 'errors', 'fields'],
] as const satisfies (keyof RareWords)[];

/** All that a language of this client's own has to say. */
export type IssoWords = Pick<
  Words,
  Exclude<keyof ReadingWords, (typeof UNSAID)[number]> | (typeof WRITING)[number] | (typeof RARE)[number]
>;

/** What only this client says. */
export interface MoreWords {
  /** A link to the comments as a feed. */
  feed: string;
  /** Stands beside the name of somebody who wrote the page. */
  pageAuthor: string;
  /** How long ago, where browsers do not speak the language. */
  ago?: Record<string, Plural>;
}

export const MORE: Record<string, MoreWords> = {
  ar: { feed: 'موجز Atom', pageAuthor: 'الكاتب' },
  bg: { feed: 'Емисия Atom', pageAuthor: 'Автор' },
  ca: { feed: 'Canal Atom', pageAuthor: 'Autoria' },
  cs: { feed: 'Kanál Atom', pageAuthor: 'Autor' },
  da: { feed: 'Atom-feed', pageAuthor: 'Forfatter' },
  de: { feed: 'Atom-Feed', pageAuthor: 'Autor' },
  el: { feed: 'Ροή Atom', pageAuthor: 'Συντάκτης' },
  en: { feed: 'Atom feed', pageAuthor: 'Author' },
  eo: {
    feed: 'Atom-fluo',
    pageAuthor: 'Aŭtoro',
    ago: {
      second: { other: 'ĵus' },
      minute: { one: 'antaŭ {n} minuto', other: 'antaŭ {n} minutoj' },
      hour: { one: 'antaŭ {n} horo', other: 'antaŭ {n} horoj' },
      day: { one: 'antaŭ {n} tago', other: 'antaŭ {n} tagoj' },
      week: { one: 'antaŭ {n} semajno', other: 'antaŭ {n} semajnoj' },
      month: { one: 'antaŭ {n} monato', other: 'antaŭ {n} monatoj' },
      year: { one: 'antaŭ {n} jaro', other: 'antaŭ {n} jaroj' },
    },
  },
  es: { feed: 'Canal Atom', pageAuthor: 'Autor' },
  et: { feed: 'Atom-voog', pageAuthor: 'Autor' },
  fa: { feed: 'خوراک اتم', pageAuthor: 'نویسنده' },
  fi: { feed: 'Atom-syöte', pageAuthor: 'Kirjoittaja' },
  fr: { feed: 'Flux Atom', pageAuthor: 'Auteur' },
  gl: { feed: 'Canle Atom', pageAuthor: 'Autoría' },
  he: { feed: 'הזנת Atom', pageAuthor: 'הכותב' },
  hi: { feed: 'एटम फ़ीड', pageAuthor: 'लेखक' },
  hr: { feed: 'Atom kanal', pageAuthor: 'Autor' },
  hu: { feed: 'Atom-hírcsatorna', pageAuthor: 'Szerző' },
  id: { feed: 'Umpan Atom', pageAuthor: 'Penulis' },
  it: { feed: 'Canale Atom', pageAuthor: 'Autore' },
  ja: { feed: 'Atomフィード', pageAuthor: '筆者' },
  ko: { feed: 'Atom 피드', pageAuthor: '글쓴이' },
  nb: { feed: 'Atom-strøm', pageAuthor: 'Forfatter' },
  nl: { feed: 'Atom-feed', pageAuthor: 'Auteur' },
  oc: {
    feed: 'Flux Atom',
    pageAuthor: 'Autor',
    ago: {
      second: { other: 'ara meteis' },
      minute: { one: 'fa {n} minuta', other: 'fa {n} minutas' },
      hour: { one: 'fa {n} ora', other: 'fa {n} oras' },
      day: { one: 'fa {n} jorn', other: 'fa {n} jorns' },
      week: { one: 'fa {n} setmana', other: 'fa {n} setmanas' },
      month: { one: 'fa {n} mes', other: 'fa {n} meses' },
      year: { one: 'fa {n} an', other: 'fa {n} ans' },
    },
  },
  pl: { feed: 'Kanał Atom', pageAuthor: 'Autor' },
  pt: { feed: 'Feed Atom', pageAuthor: 'Autor' },
  'pt-BR': { feed: 'Feed Atom', pageAuthor: 'Autor' },
  ro: { feed: 'Flux Atom', pageAuthor: 'Autor' },
  ru: { feed: 'Лента Atom', pageAuthor: 'Автор' },
  sk: { feed: 'Kanál Atom', pageAuthor: 'Autor' },
  sv: { feed: 'Atom-flöde', pageAuthor: 'Författare' },
  tr: { feed: 'Atom beslemesi', pageAuthor: 'Yazar' },
  uk: { feed: 'Стрічка Atom', pageAuthor: 'Автор' },
  vi: { feed: 'Nguồn tin Atom', pageAuthor: 'Tác giả' },
  'zh-CN': { feed: 'Atom 订阅', pageAuthor: '作者' },
  'zh-TW': { feed: 'Atom 訂閱', pageAuthor: '作者' },
};
