/**
 * This file was written by scripts/known.mjs from openapi.yaml.
 * Do not make direct changes to the file.
 */

/** What the settings of a site take, and what they are at first. */
export const SETTINGS = {
  "address_days": {
    "default": 90,
    "min": 0,
    "max": 3650
  },
  "close_after_days": {
    "default": 0,
    "min": 0,
    "max": 3650
  },
  "consent": {
    "default": "",
    "longest": 500
  },
  "edit_minutes": {
    "default": 15,
    "min": 0,
    "max": 525600
  },
  "elements": {
    "default": [],
    "most": 50,
    "choices": [
      "a",
      "abbr",
      "b",
      "blockquote",
      "br",
      "cite",
      "code",
      "dd",
      "del",
      "dl",
      "dt",
      "em",
      "h1",
      "h2",
      "h3",
      "h4",
      "h5",
      "h6",
      "hr",
      "i",
      "ins",
      "kbd",
      "li",
      "mark",
      "ol",
      "p",
      "pre",
      "q",
      "s",
      "samp",
      "small",
      "strike",
      "strong",
      "sub",
      "sup",
      "table",
      "tbody",
      "td",
      "tfoot",
      "th",
      "thead",
      "tr",
      "tt",
      "u",
      "ul",
      "var",
      "wbr"
    ]
  },
  "follow_by_mail": {
    "default": true
  },
  "hash_salt": {
    "default": "",
    "longest": 200
  },
  "images": {
    "default": false
  },
  "language": {
    "default": "auto",
    "choices": [
      "auto",
      "ar",
      "bg",
      "ca",
      "cs",
      "da",
      "de",
      "el",
      "en",
      "eo",
      "es",
      "et",
      "fa",
      "fi",
      "fr",
      "he",
      "hi",
      "hr",
      "hu",
      "id",
      "it",
      "ja",
      "ko",
      "nb",
      "nl",
      "pl",
      "pt",
      "pt-BR",
      "ro",
      "ru",
      "sk",
      "sv",
      "tr",
      "uk",
      "vi",
      "zh-CN",
      "zh-TW"
    ]
  },
  "links_to_hold": {
    "default": 2,
    "min": 1,
    "max": 100
  },
  "live": {
    "default": true
  },
  "mail_reply_to": {
    "default": "",
    "longest": 254
  },
  "mail_sender": {
    "default": "",
    "longest": 60
  },
  "max_depth": {
    "default": 6,
    "min": 0,
    "max": 20
  },
  "max_text_length": {
    "default": 10000,
    "min": 100,
    "max": 16384
  },
  "min_text_length": {
    "default": 2,
    "min": 1,
    "max": 1000
  },
  "moderation": {
    "default": "all",
    "choices": [
      "none",
      "links",
      "all"
    ]
  },
  "notice": {
    "default": "",
    "longest": 500
  },
  "reactions": {
    "default": [],
    "most": 6,
    "longestEntry": 32
  },
  "read_only": {
    "default": false
  },
  "reports": {
    "default": true
  },
  "reports_to_hold": {
    "default": 0,
    "min": 0,
    "max": 100
  },
  "require_email": {
    "default": false
  },
  "require_name": {
    "default": false
  },
  "sign_in": {
    "default": "off",
    "choices": [
      "off",
      "offered",
      "required"
    ]
  },
  "sort": {
    "default": "oldest",
    "choices": [
      "oldest",
      "newest",
      "best",
      "discussed"
    ]
  },
  "thread_patterns": {
    "default": [],
    "most": 50,
    "longestEntry": 300
  },
  "threads_open": {
    "default": "any",
    "choices": [
      "any",
      "patterns",
      "signed"
    ]
  },
  "time_zone": {
    "default": "UTC"
  },
  "url_ignored_parameters": {
    "default": [],
    "most": 50,
    "longestEntry": 300
  },
  "url_keep_index": {
    "default": false
  },
  "url_keep_scheme": {
    "default": false
  },
  "url_keep_slash": {
    "default": false
  },
  "url_language_prefixes": {
    "default": [],
    "most": 50,
    "longestEntry": 300
  },
  "votes": {
    "default": "both",
    "choices": [
      "both",
      "likes",
      "none"
    ]
  }
} as const;

/** Parts of the settings. */
export const SECTIONS = [
  "general",
  "moderation",
  "writing",
  "markup",
  "reading",
  "votes",
  "closing",
  "opening",
  "addresses",
  "privacy",
  "mail"
] as const;

/** Kinds of changes in a record. */
export const CHANGES = [
  "tenant_created",
  "tenant_renamed",
  "member_invited",
  "invitation_withdrawn",
  "member_joined",
  "member_changed",
  "member_removed",
  "member_left",
  "site_created",
  "site_renamed",
  "settings_changed",
  "origin_added",
  "origin_removed",
  "signing_key_rotated",
  "sign_in_key_rotated",
  "api_key_created",
  "api_key_revoked",
  "site_archived",
  "site_reopened",
  "site_deleted",
  "site_restored",
  "site_erased",
  "site_key_rotated",
  "site_key_ended",
  "site_moved_out",
  "site_moved_in",
  "settings_copied",
  "mail_text_changed",
  "tenant_transferred",
  "tenant_deleted",
  "tenant_restored",
  "tenant_exported",
  "audit_exported",
  "tenant_suspended",
  "tenant_resumed",
  "site_suspended",
  "site_resumed",
  "plan_changed",
  "quotas_changed",
  "webhook_created",
  "webhook_changed",
  "webhook_deleted",
  "webhook_secret_rotated",
  "webhook_disabled",
  "acting_begun",
  "acting_ended"
] as const;

/** What a webhook can be told of. */
export const WEBHOOK_EVENTS = [
  "comment.created",
  "comment.published",
  "comment.edited",
  "comment.deleted",
  "comment.reported",
  "comment.spam",
  "thread.created",
  "thread.closed"
] as const;

/** In whose form. */
export const WEBHOOK_FORMATS = [
  "standard",
  "slack",
  "discord",
  "telegram",
  "matrix",
  "ntfy"
] as const;
