//! What may happen in a conversation. Pure.

use ::entity::thread;
use chrono::{DateTime, TimeDelta, Utc};

use super::key::{Address, canonical};
use super::pattern;
use crate::error::{Error, ErrorCode, Result};
use crate::sites::settings::{Settings, ThreadsOpen};

/// Why a conversation takes no new comments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClosedBy {
    /// A moderator closed or locked it.
    Thread,
    /// It was opened longer ago than the site's `close_after_days`.
    Age,
    /// The owner made the whole site read-only.
    Site,
}

/// Why a thread takes no new comments, if so; `None` for the thread means one that nobody has opened yet.
pub fn closed_by(settings: &Settings, thread: Option<&thread::Model>, now: DateTime<Utc>) -> Option<ClosedBy> {
    if settings.read_only {
        return Some(ClosedBy::Site);
    }
    let thread = thread?;
    if thread.closed_at.is_some() || thread.locked_at.is_some() {
        return Some(ClosedBy::Thread);
    }
    let days = i64::from(settings.close_after_days);
    (days > 0 && now - thread.created_at >= TimeDelta::days(days)).then_some(ClosedBy::Age)
}

/// # Errors
/// `thread_closed`, `thread_locked`, `site_read_only`.
pub fn may_comment(settings: &Settings, thread: Option<&thread::Model>, now: DateTime<Utc>) -> Result<()> {
    may_change(settings, thread)?;
    match closed_by(settings, thread, now) {
        None => Ok(()),
        Some(_) => Err(Error::refused(
            ErrorCode::ThreadClosed,
            "New comments are not taken here any more.",
        )),
    }
}

/// Whether readers may change anything: edit, take back, vote, react. A closed conversation still takes these; a locked one and a
/// read-only site do not.
///
/// # Errors
/// `thread_locked`, `site_read_only`.
pub fn may_change(settings: &Settings, thread: Option<&thread::Model>) -> Result<()> {
    if settings.read_only {
        return Err(Error::refused(
            ErrorCode::SiteReadOnly,
            "The owner lets this site only be read for now.",
        ));
    }
    match thread.and_then(|thread| thread.locked_at) {
        None => Ok(()),
        Some(_) => Err(Error::refused(
            ErrorCode::ThreadLocked,
            "A moderator has locked this conversation.",
        )),
    }
}

/// Whether the team may answer here: as [`may_change`], so that a conversation which a moderator closed, or which is
/// too old, can still get a last word, while a locked one and a read-only site stay as they are.
///
/// # Errors
/// `thread_locked`, `site_read_only`.
pub fn may_answer(settings: &Settings, thread: &thread::Model) -> Result<()> {
    may_change(settings, Some(thread))
}

/// Whether the site lets this page open conversations (`settings.threads_open`). `listed`: the page's origin is one of
/// the site's. `is_signed`: whether the site's key signed an id.
///
/// Patterns are about the page's address as the page itself says it, also where an explicit id names the conversation;
/// they hold if they cover the address as it is or as it is found. Only a signature cannot be made up.
pub fn covers(settings: &Settings, address: &Address, listed: bool, is_signed: impl FnOnce(&str) -> bool) -> bool {
    match settings.threads_open {
        ThreadsOpen::Any => true,
        ThreadsOpen::Patterns => address.url().filter(|_| listed).is_some_and(|url| {
            let found = format!("{}://{}", url.scheme(), canonical(url, settings));
            let mut patterns = settings.thread_patterns.iter();
            patterns.any(|one| pattern::covers(one, url.as_str()) || pattern::covers(one, &found))
        }),
        ThreadsOpen::Signed => address.id().is_some_and(is_signed),
    }
}

/// Whether a thread may be there: its page is covered, or something was published in it, which makes it open in
/// everybody's eyes. So conversations of the time before a rule go on, and a moderator who publishes a first comment
/// opens its page.
pub fn is_vouched(covered: bool, thread: &thread::Model) -> bool {
    covered || thread.comment_count > 0
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn thread(closed: bool, locked: bool) -> thread::Model {
        let at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        thread::Model {
            id: sea_orm::prelude::Uuid::nil(),
            site_id: sea_orm::prelude::Uuid::nil(),
            key: "id:a".to_owned(),
            key_version: 1,
            url: None,
            title: None,
            folded: String::new(),
            comment_count: 0,
            version: 1,
            closed_at: closed.then_some(at),
            locked_at: locked.then_some(at),
            pinned: json!([]),
            reactions: json!({}),
            created_at: at,
            updated_at: at,
            last_comment_at: None,
        }
    }

    fn after(days: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap() + TimeDelta::days(days)
    }

    #[test]
    fn what_closes_a_conversation_is_named() {
        let open = Settings::default();
        let ageing = Settings {
            close_after_days: 30,
            ..Settings::default()
        };
        let read_only = Settings {
            read_only: true,
            ..Settings::default()
        };
        for (settings, closed, locked, days, expected) in [
            (&open, false, false, 9999, None),
            (&open, true, false, 0, Some(ClosedBy::Thread)),
            (&open, false, true, 0, Some(ClosedBy::Thread)),
            (&ageing, false, false, 29, None),
            (&ageing, false, false, 30, Some(ClosedBy::Age)),
            (&ageing, true, false, 30, Some(ClosedBy::Thread)),
            (&read_only, false, false, 0, Some(ClosedBy::Site)),
        ] {
            let thread = thread(closed, locked);
            assert_eq!(closed_by(settings, Some(&thread), after(days)), expected);
            assert_eq!(
                may_comment(settings, Some(&thread), after(days)).is_ok(),
                expected.is_none()
            );
        }
        assert_eq!(
            closed_by(&ageing, None, after(9999)),
            None,
            "a thread that is not there has no age"
        );
        assert_eq!(closed_by(&read_only, None, after(0)), Some(ClosedBy::Site));
    }

    #[test]
    fn a_closed_conversation_still_takes_votes_and_a_locked_one_does_not() {
        let settings = Settings::default();
        assert!(may_change(&settings, Some(&thread(true, false))).is_ok());
        let refused = may_change(&settings, Some(&thread(true, true))).unwrap_err();
        assert_eq!(refused.code(), ErrorCode::ThreadLocked);
    }

    #[test]
    fn the_team_has_the_last_word_in_a_closed_conversation_and_none_in_a_locked_one() {
        let settings = Settings::default();
        assert!(may_answer(&settings, &thread(true, false)).is_ok());
        assert!(may_answer(&settings, &thread(false, true)).is_err());
        let read_only = Settings {
            read_only: true,
            ..Settings::default()
        };
        assert!(may_answer(&read_only, &thread(false, false)).is_err());
    }

    #[test]
    fn any_page_opens_conversations_where_the_site_says_so() {
        let settings = Settings::default();
        for (id, url) in [
            (Some("a"), None),
            (None, Some("https://blog.example/")),
            (Some("a"), Some("https://elsewhere.example/")),
        ] {
            let address = Address::new(id, url, &settings).unwrap();
            assert!(covers(&settings, &address, false, |_| false));
        }
    }

    #[test]
    fn patterns_are_about_pages() {
        let settings = Settings {
            threads_open: ThreadsOpen::Patterns,
            thread_patterns: vec![
                "https://blog.example/posts/*".to_owned(),
                "https://blog.example/about".to_owned(),
            ],
            url_language_prefixes: vec!["en".to_owned()],
            ..Settings::default()
        };
        for (id, url, expected) in [
            (None, Some("https://blog.example/posts/first"), true),
            (None, Some("https://blog.example/en/posts/first/"), true),
            (None, Some("https://blog.example/about/?utm_source=x"), true),
            (None, Some("https://blog.example/about?page=2"), false),
            (None, Some("https://blog.example/drafts/first"), false),
            (Some("first"), Some("https://blog.example/posts/first"), true),
            (Some("first"), Some("https://blog.example/drafts/first"), false),
            (Some("posts/first"), None, false),
        ] {
            let address = Address::new(id, url, &settings).unwrap();
            assert_eq!(covers(&settings, &address, true, |_| true), expected, "{id:?} {url:?}");
            assert!(
                !covers(&settings, &address, false, |_| true),
                "a page elsewhere: {url:?}"
            );
        }
        let none = Settings {
            threads_open: ThreadsOpen::Patterns,
            ..Settings::default()
        };
        let address = Address::new(None, Some("https://blog.example/"), &none).unwrap();
        assert!(!covers(&none, &address, true, |_| true), "no pattern, no page");
    }

    #[test]
    fn what_was_published_vouches_for_its_conversation() {
        let empty = thread(false, false);
        let open = thread::Model {
            comment_count: 1,
            ..thread(false, false)
        };
        assert!(is_vouched(true, &empty) && is_vouched(true, &open) && is_vouched(false, &open));
        assert!(!is_vouched(false, &empty));
    }

    #[test]
    fn signatures_are_about_ids() {
        let settings = Settings {
            threads_open: ThreadsOpen::Signed,
            ..Settings::default()
        };
        for (id, url, expected) in [
            (Some("signed"), None, true),
            (Some(" signed "), Some("https://blog.example/"), true),
            (Some("other"), None, false),
            (None, Some("https://blog.example/signed"), false),
        ] {
            let address = Address::new(id, url, &settings).unwrap();
            assert_eq!(
                covers(&settings, &address, true, |id| id == "signed"),
                expected,
                "{id:?} {url:?}"
            );
        }
    }
}
