/**
 * Every word that a reader can meet. A locale that lacks one does not compile.
 *
 * A locale is one file, `XX.ts`, that exports a `Words` as its default; it is sent to readers of its language alone.
 * English is in parts, because embed.js carries what reading needs. Names in braces, such as `{name}`, are filled in:
 * each text of a locale has the same ones as the English text, wherever its grammar wants them. Any of these texts can
 * be replaced on a page by an attribute: `loadMore` by `text-load-more`.
 */

import type { ErrorCode, FieldCode, ReportReason } from '../wire';

/** Forms by Intl.PluralRules; `{n}` is the number, written as the language writes numbers. */
export type Plural = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

/** Codes about accounts and their sessions. The visitor door never answers them; they are told as `misunderstood`. */
type OfAccounts =
  | 'unauthenticated'
  | 'wrong_credentials'
  | 'session_ended'
  | 'wrong_factor'
  | 'sign_in_over'
  | 'confirmation_needed'
  | 'factor_needed'
  | 'passkeys_unavailable'
  | 'not_permitted'
  | 'sign_up_closed'
  | 'setup_closed'
  | 'last_owner'
  | 'tenant_deleted'
  | 'last_operator'
  | 'tenant_suspended'
  | 'account_suspended'
  | 'quota_exceeded'
  | 'link_void'
  | 'no_mail'
  | 'already_exists';

/** Codes that say that this client and the server do not fit together; all told as `misunderstood`. */
type OfClients =
  'malformed_request' | 'invalid_parameter' | 'method_not_allowed' | 'unsupported_media_type' | 'headers_too_large';

/** Told in the words for a closed thread: why, is between the site and its operator. */
type OfOperators = 'site_suspended';

/** Codes with words of their own; an unknown one below 500 is `misunderstood`, from 500 on `internal`. */
export type ToldCode = Exclude<ErrorCode, OfAccounts | OfClients | OfOperators> | 'misunderstood';

/** Complaints about values that a reader can type; any other is told as `invalid`. */
export type ToldFieldCode = Exclude<FieldCode, 'unknown_field' | 'wrong_type' | 'too_common' | 'out_of_range'>;

/** What it takes to read. */
export interface ReadingWords {
  // The thread
  /** Above a thread without comments, and the name of the whole region for screen readers. */
  title: string;
  /** Above a thread with comments; also what count.js writes into links. */
  comments: Plural;
  empty: string;
  /** Nothing can be written here. */
  closed: string;
  loading: string;
  loadMore: string;
  loadEarlier: string;
  /** A button under a comment whose further replies are not loaded. */
  moreReplies: Plural;
  retry: string;
  /** The address of the page names a comment that is not there (any more). */
  gone: string;

  // A comment
  anonymous: string;
  commentBy: string;
  /** A badge: written by one of the site's own people. */
  team: string;
  /** A badge: kept on top by the site's team. */
  pinned: string;
  /** In brackets after the time. */
  edited: string;
  removed: string;
  replyingTo: string;
  replyElsewhere: string;
  /** Buttons of a long comment. */
  unfold: string;
  fold: string;

  // The form as long as nobody uses it
  writeLabel: string;
  placeholder: string;

  /** There is no server to ask for better words. */
  unreachable: string;
}

/** What it takes to write, vote, react and follow. */
export interface WritingWords {
  // The order of comments: the label of the choice, then the choices
  sort: string;
  oldest: string;
  newest: string;
  best: string;
  discussed: string;

  // Why nothing can be written: the thread is too old; the whole site takes nothing; nothing may change any more
  closedByAge: string;
  closedBySite: string;
  locked: string;

  // Under a comment
  reply: string;
  /** A button that shows more buttons. */
  more: string;
  /** Buttons; the number of votes follows. `like` stands in for `voteUp` where there are no votes down. */
  voteUp: string;
  voteDown: string;
  like: string;
  /** The name of the row of emoji about the whole page. */
  reactions: string;

  // The reader's own comments
  /** Badges with a sentence of explanation each. */
  pending: string;
  pendingHint: string;
  rejected: string;
  rejectedHint: string;
  dismiss: string;
  edit: string;
  delete: string;

  // The form
  write: string;
  preview: string;
  nothingToPreview: string;
  replyLabel: string;
  name: string;
  email: string;
  emailHint: string;
  /** `{name}` is what the site calls its reader. */
  signedInAs: string;
  signInFirst: string;
  /** Beside the name of somebody for whom the site vouches. */
  vouched: string;
  website: string;
  optional: string;
  remember: string;
  moderated: string;
  post: string;
  posting: string;
  cancel: string;
  postedPublished: string;
  postedPending: string;
  draftKept: string;
  charactersLeft: Plural;
  charactersOver: Plural;
  textTooShort: Plural;
  nameRequired: string;
  emailRequired: string;
  consentRequired: string;

  /** A button under a conversation, for those who do not write; also in the form that it opens. */
  follow: string;

  // Live
  /** A button in a bar over the thread: shows them. */
  newComments: Plural;
}

/** What few readers meet: reports, changes, mistakes and failures. Sent when it is needed. */
export interface RareWords {
  // More that can be done with a comment
  /** A button: answer with the comment, or what is selected of it, quoted. */
  quote: string;
  copyLink: string;
  linkCopied: string;

  // The toolbar and what it writes; the same names explain Markdown in the help
  formatting: string;
  bold: string;
  italic: string;
  link: string;
  quotation: string;
  code: string;
  list: string;
  /** Stands where nothing was selected, to be typed over. */
  sample: string;
  help: string;

  // Changing one's own comment
  editLabel: string;
  save: string;
  saving: string;
  editPublished: string;
  editPending: string;
  /** Where the comment was, beside a button `undo`. */
  deleted: string;
  undo: string;
  restored: string;

  // Following by mail
  /** The label of a choice between the next three. */
  mailMe: string;
  mailNothing: string;
  mailReplies: string;
  mailThread: string;
  /** A box to tick. */
  mailPublished: string;
  /** Above the field for an address. */
  followHint: string;
  /** When the address was sent. It is the same for every address. */
  followAsked: string;

  // Reporting a comment
  report: string;
  reportReason: string;
  reasons: Record<ReportReason, string>;
  reportNote: string;
  reportSend: string;
  reported: string;

  // All that one wrote on the site
  /** A button that asks for the link. */
  mine: string;
  mineHint: string;
  mineSend: string;
  /** The same for every address. */
  mineSent: string;

  // When something fails. The `repair` texts speak to the page's owner.
  offline: string;
  emailInvalid: string;
  websiteInvalid: string;
  /** `{time}` is a duration such as "30 seconds". */
  rateLimitedFor: string;
  notShownHere: string;
  repairOrigin: string;
  repairNoOrigin: string;
  repairPolicy: string;
  repairKey: string;
  repairUnknownSite: string;
  errors: Record<ToldCode, string>;
  fields: Record<ToldFieldCode, string>;
}

/** All of them, as one object; the build takes a locale apart. */
export type Words = ReadingWords & WritingWords & RareWords;
