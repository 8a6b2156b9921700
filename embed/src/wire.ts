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
  votes: { up: number; down: number };
  /** Direct replies that everybody can see. */
  reply_count: number;
  /** On a root whose replies were cut: where to read on. */
  more_replies?: string;
}

export interface Author {
  name?: string;
  website?: string;
  /** Written by the site's own team. */
  team: boolean;
}

export type Sort = 'oldest' | 'newest';

export interface SiteView {
  name: string;
  moderation: 'none' | 'links' | 'all';
  require_name: boolean;
  require_email: boolean;
  min_text_length: number;
  max_text_length: number;
  language: string;
  sort: Sort;
  notice?: string;
}

export interface ThreadView {
  /** Absent until the first comment. */
  id?: string;
  key: string;
  title?: string;
  url?: string;
  open: boolean;
  comment_count: number;
}

export interface ThreadPage {
  thread: ThreadView;
  settings: SiteView;
  /** Depth first, parents before their replies. */
  comments: Comment[];
  next?: string;
}

export interface RepliesPage {
  comments: Comment[];
  next?: string;
}

export interface NewComment {
  thread: { id?: string; url?: string; title?: string };
  parent_id?: string;
  text: string;
  author?: { name?: string; email?: string; website?: string };
}

export interface PostedComment {
  comment: Comment;
  thread: { id: string; key: string; open: boolean; comment_count: number };
  /** Lets its holder see, and later edit or delete, this one comment. */
  token: string;
  token_expires_at: string;
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
  | 'not_permitted'
  | 'origin_not_allowed'
  | 'sign_up_closed'
  | 'setup_closed'
  | 'thread_closed'
  | 'not_found'
  | 'method_not_allowed'
  | 'state_changed'
  | 'already_exists'
  | 'idempotency_conflict'
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
