/** Which of the words this client says, so that the build sends no others; and the few that it says alone. */

import type { RareWords, ReadingWords, WritingWords } from '../locales/words';

/** Beside the words of reading: what is said to those who write. */
export const WRITING = [
  ...['closedByAge', 'closedBySite', 'locked', 'reply', 'voteUp', 'voteDown', 'like', 'pending', 'pendingHint', 'rejected'],
  ...['rejectedHint', 'dismiss', 'edit', 'delete', 'preview', 'nothingToPreview', 'replyLabel', 'name', 'email'],
  ...['emailHint', 'website', 'optional', 'moderated', 'post', 'posting', 'cancel', 'postedPublished', 'postedPending'],
  ...['draftKept', 'charactersLeft', 'charactersOver', 'textTooShort', 'nameRequired', 'emailRequired'],
  ...['consentRequired', 'newComments', 'editLabel', 'save', 'editPublished', 'editPending', 'deleted', 'undo', 'restored'],
] as const satisfies (keyof (WritingWords & RareWords))[];

/** Of those of reading, what this client does not say. */
export const UNSAID = ['unfold', 'fold'] as const satisfies (keyof ReadingWords)[];

/** What is said when something fails. */
export const RARE = [
  ...['offline', 'emailInvalid', 'websiteInvalid', 'rateLimitedFor', 'notShownHere', 'repairOrigin', 'repairNoOrigin'],
  ...['repairPolicy', 'repairUnknownSite', 'errors', 'fields'],
] as const satisfies (keyof RareWords)[];

/** The link to the feed, and what stands beside the name of somebody who wrote the page. */
export const MORE: Record<string, { feed: string; pageAuthor: string }> = {
  ar: { feed: 'موجز Atom', pageAuthor: 'الكاتب' },
  bg: { feed: 'Емисия Atom', pageAuthor: 'Автор' },
  ca: { feed: 'Canal Atom', pageAuthor: 'Autoria' },
  cs: { feed: 'Kanál Atom', pageAuthor: 'Autor' },
  da: { feed: 'Atom-feed', pageAuthor: 'Forfatter' },
  de: { feed: 'Atom-Feed', pageAuthor: 'Autor' },
  el: { feed: 'Ροή Atom', pageAuthor: 'Συντάκτης' },
  en: { feed: 'Atom feed', pageAuthor: 'Author' },
  eo: { feed: 'Atom-fluo', pageAuthor: 'Aŭtoro' },
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
  oc: { feed: 'Flux Atom', pageAuthor: 'Autor' },
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
