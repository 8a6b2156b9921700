/** The shapes that travel between this client and the visitor door. They mirror openapi.yaml. */

/** Markdown goes up, sanitised HTML comes down; `removed` is a tombstone without text or author. */
export interface Comment {
  id: string;
  /** Counts up per site, never reused; permalinks carry it. */
  number: number;
  parent_id?: string;
  /** 0 for a root. */
  depth: number;
  /** `pending` and `rejected` are only ever sent to the comment's own author. */
  state: 'published' | 'removed' | 'pending' | 'rejected';
  html: string;
  author: Author;
  /** RFC 3339, UTC. */
  created_at: string;
  edited_at?: string;
  votes: Votes;
  /** Direct replies that everybody can see. */
  reply_count: number;
  /** On a root: published replies in all, however deep. */
  branch_count?: number;
  /** Kept on top by the site's team. */
  pinned?: boolean;
  /** On a root whose replies were cut: where to read on. */
  more_replies?: string | undefined;
}

export interface Author {
  name?: string;
  website?: string;
  /** Written by the site's own team. */
  team: boolean;
  /** The site itself says that it is him. */
  signed_in?: true;
  /** 12 hex digits, the same for all that one author wrote on the site. */
  hash?: string;
}

export interface Votes {
  up: number;
  down: number;
}

export type Sort = 'oldest' | 'newest' | 'best' | 'discussed';

export interface SiteView {
  name: string;
  moderation: 'none' | 'links' | 'all';
  require_name: boolean;
  require_email: boolean;
  /** Whether the page says who its reader is; `offered` is beside what anybody types. */
  sign_in: 'off' | 'offered' | 'required';
  min_text_length: number;
  max_text_length: number;
  /** `auto`, or the language that the site speaks whatever its pages say. */
  language: string;
  sort: Sort;
  notice?: string;
  votes: 'both' | 'likes' | 'none';
  /** Emoji for the whole page; empty for none. */
  reactions: string[];
  /** Whether readers may report comments. */
  reports: boolean;
  edit_minutes: number;
  /** Whether mail is sent: then readers can ask for a link to what they wrote. */
  mail: boolean;
  /** Levels of indent. */
  max_depth: number;
  /** The label of a box that must be ticked. */
  consent?: string;
  live: boolean;
  images: boolean;
  /** Whether readers can follow answers and conversations by mail. */
  follow: boolean;
}

export interface ReactionCount {
  kind: string;
  count: number;
}

export interface ThreadView {
  /** Absent until the first comment. */
  id?: string;
  key: string;
  title?: string;
  url?: string;
  open: boolean;
  closed_by?: 'thread' | 'age' | 'site';
  /** Nothing may change any more: no votes, edits, reactions. */
  locked: boolean;
  comment_count: number;
  /** Grows with every change; 0 without a thread. */
  version: number;
  reactions: ReactionCount[];
}

export interface ThreadPage {
  thread: ThreadView;
  settings: SiteView;
  /** Depth first, parents before their replies. */
  comments: Comment[];
  next?: string;
  previous?: string;
  /** The comment that `around` named stands in another conversation now. */
  moved?: { key: string; url?: string } | undefined;
}

export interface RepliesPage {
  comments: Comment[];
  next?: string;
}

/** A thread as requests name it; the server makes URLs canonical. */
export interface ThreadName {
  id?: string | undefined;
  url: string;
  title: string;
  /** Shows that the site itself named the thread, where it lets nobody else. */
  signature?: string | undefined;
}

export interface NewComment {
  thread: ThreadName;
  parent_id?: string;
  text: string;
  author?: { name?: string; email?: string; website?: string };
}

export interface ChangedComment {
  comment: Comment;
  thread: ThreadView;
  /** Until when its author may edit or delete it. */
  editable_until?: string;
}

export interface PostedComment extends ChangedComment {
  /** Lets its holder see, edit and delete this one comment. */
  token: string;
  token_expires_at: string;
}

/** A comment as its author gets it back. */
export interface OwnComment extends Comment {
  thread_key: string;
  /** The Markdown it was made of. */
  text: string;
  editable_until?: string;
}

export interface DeletedComment {
  thread: ThreadView;
  restorable_until?: string;
}

export type ReportReason = 'spam' | 'abuse' | 'off_topic' | 'personal' | 'other';

/** A comment of any thread of the site. */
export interface RecentComment extends Comment {
  thread: { key: string; title?: string; url?: string };
}

export interface ThreadCount {
  id?: string;
  url?: string;
  comment_count: number;
}

/** RFC 9457 problem details, with Parlour's stable code. */
export interface Problem {
  code: ErrorCode;
  status: number;
  title: string;
  detail?: string;
  request_id?: string;
  errors?: { pointer: string; code: FieldCode; detail?: string }[];
}

export type ErrorCode =
  | 'malformed_request'
  | 'invalid_parameter'
  | 'unauthenticated'
  | 'wrong_credentials'
  | 'session_ended'
  | 'wrong_factor'
  | 'sign_in_over'
  | 'confirmation_needed'
  | 'factor_needed'
  | 'passkeys_unavailable'
  | 'not_permitted'
  | 'origin_not_allowed'
  | 'sign_up_closed'
  | 'link_void'
  | 'no_mail'
  | 'setup_closed'
  | 'last_owner'
  | 'tenant_deleted'
  | 'last_operator'
  | 'tenant_suspended'
  | 'site_suspended'
  | 'account_suspended'
  | 'quota_exceeded'
  | 'thread_closed'
  | 'thread_locked'
  | 'site_read_only'
  | 'not_author'
  | 'edit_window_over'
  | 'own_comment'
  | 'votes_closed'
  | 'not_found'
  | 'method_not_allowed'
  | 'state_changed'
  | 'already_exists'
  | 'idempotency_conflict'
  | 'restore_over'
  | 'payload_too_large'
  | 'uri_too_long'
  | 'unsupported_media_type'
  | 'invalid_input'
  | 'rate_limited'
  | 'headers_too_large'
  | 'internal'
  | 'unavailable';

export type FieldCode =
  | 'required'
  | 'too_short'
  | 'too_long'
  | 'too_many'
  | 'invalid'
  | 'unknown_field'
  | 'wrong_type'
  | 'forbidden_character'
  | 'too_nested'
  | 'not_found'
  | 'too_common'
  | 'out_of_range';
