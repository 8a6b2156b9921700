import type { SiteSettings } from '~/api/types';
import type { Words } from '~/locales/words';

/** What each setting is called on the page where it is chosen. */
const LABELS = {
  language: 'language',
  time_zone: 'timeZone',
  moderation: 'shown',
  links_to_hold: 'linksToHold',
  reports: 'reports',
  reports_to_hold: 'reportsToHold',
  require_name: 'requireName',
  require_email: 'requireEmail',
  sign_in: 'signIn',
  min_text_length: 'minLength',
  max_text_length: 'maxLength',
  edit_minutes: 'editMinutes',
  notice: 'notice',
  consent: 'consent',
  images: 'images',
  elements: 'elements',
  sort: 'sort',
  max_depth: 'maxDepth',
  live: 'live',
  votes: 'votes',
  reactions: 'reactions',
  close_after_days: 'closeAfter',
  read_only: 'siteReadOnly',
  threads_open: 'threadsOpen',
  thread_patterns: 'patterns',
  url_ignored_parameters: 'ignoredParameters',
  url_language_prefixes: 'languagePrefixes',
  url_keep_slash: 'keepSlash',
  url_keep_index: 'keepIndex',
  url_keep_scheme: 'keepScheme',
  address_days: 'addressDays',
  hash_salt: 'hashSalt',
  mail_sender: 'mailSender',
  mail_reply_to: 'mailReplyTo',
  follow_by_mail: 'followByMail',
} as const satisfies Record<keyof SiteSettings, keyof Words['settings']>;

export function labelOf(setting: keyof SiteSettings, words: Words): string {
  return words.settings[LABELS[setting]];
}

/** A value of a setting as people read it. */
export function shownValue(setting: keyof SiteSettings, value: unknown, words: Words, locale: string): string {
  const { platform } = words.settings;
  if (typeof value === 'boolean') return value ? platform.on : platform.off;
  if (typeof value === 'number') return value.toLocaleString(locale);
  if (Array.isArray(value)) return value.length === 0 ? platform.empty : value.join(', ');
  if (typeof value !== 'string' || value === '') return platform.empty;
  return choiceLabels(setting, words)[value] ?? value;
}

/** The names of the values that have some. */
function choiceLabels(setting: keyof SiteSettings, words: Words): Record<string, string> {
  const labels = (choices: Record<string, { label: string }>) =>
    Object.fromEntries(Object.entries(choices).map(([name, { label }]) => [name, label]));
  if (setting === 'moderation') return labels(words.moderation);
  if (setting === 'votes') return labels(words.votes);
  if (setting === 'sign_in') return labels(words.signIns);
  if (setting === 'threads_open') return labels(words.threadsOpen);
  if (setting === 'sort') return words.sorts;
  return setting === 'language' ? { auto: words.settings.languageAuto } : {};
}
