/** Every word that a reader can see. A locale that lacks one does not compile. */

import type { ErrorCode, FieldCode } from '../wire';

/** Forms by Intl.PluralRules; `{n}` is the number. */
export type Plural = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

export interface Words {
  // The thread
  title: string;
  comments: Plural;
  empty: string;
  closed: string;
  closedEmpty: string;
  loading: string;
  loadMore: string;
  showReplies: string;
  retry: string;

  // A comment
  anonymous: string;
  commentBy: string;
  team: string;
  edited: string;
  removed: string;
  pending: string;
  pendingHint: string;
  rejected: string;
  rejectedHint: string;
  dismiss: string;
  reply: string;
  replyingTo: string;
  replyElsewhere: string;

  // The composer
  write: string;
  preview: string;
  writeLabel: string;
  replyLabel: string;
  placeholder: string;
  markdown: string;
  nothingToPreview: string;
  name: string;
  email: string;
  emailHint: string;
  website: string;
  optional: string;
  remember: string;
  moderated: string;
  post: string;
  posting: string;
  cancel: string;
  charactersLeft: Plural;
  charactersOver: Plural;
  textTooShort: Plural;
  postedPublished: string;
  postedPending: string;
  nameRequired: string;
  emailRequired: string;
  websiteInvalid: string;
  emailInvalid: string;

  // When something fails. `{...}` are filled in; the `repair` texts speak to the page's owner.
  unreachable: string;
  offline: string;
  rateLimitedFor: string;
  notShownHere: string;
  repairOrigin: string;
  repairNoOrigin: string;
  repairPolicy: string;
  repairKey: string;
  repairUnknownSite: string;

  errors: Record<ErrorCode, string>;
  fields: Record<FieldCode, string>;
}
