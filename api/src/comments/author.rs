//! An author's second thoughts: he changes, takes back and brings back what he wrote, for a while by its token, or at any time by a link that
//! his mailbox got.

use ::entity::comment::{self, State};
use ::entity::{OfSite, event, thread};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::{ActiveEnum, ColumnTrait, ConnectionTrait, QueryFilter};

use super::rules::{self, Verdict, reason};
use super::{Booking, Revision, Words, book, hold_site, is_erased, is_visible, mailbox, render, reword, token, turn};
use crate::app::App;
use crate::error::{Error, ErrorCode, Result};
use crate::infra::bus::Change;
use crate::infra::db::{self, Tx};
use crate::mine::Holder;
use crate::moderation::{self, Actor};
use crate::sites::settings::Settings;
use crate::sites::{Site, Visitor};
use crate::threads;
use crate::webhooks::{asking, payload};

/// A comment as it is after its author's change.
pub struct Changed {
    pub comment: comment::Model,
    pub thread: thread::Model,
    /// Levels above it.
    pub depth: u32,
}

/// A comment that was taken back, and its thread afterwards.
pub struct TakenBack {
    pub comment: comment::Model,
    pub thread: thread::Model,
    /// Until when the author can bring it back; none if it is not he who decides that.
    pub restorable_until: Option<DateTime<Utc>>,
}

/// How a comment was deleted, by the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deletion {
    pub by_author: bool,
    pub at: DateTime<Utc>,
    /// What it was before.
    pub from: State,
    /// The reasons of that state.
    pub reasons: Vec<String>,
}

/// Who says that a comment is his, and by what.
#[derive(Clone, Copy)]
pub enum By<'a> {
    /// A page of the site, by tokens.
    Tokens(&'a Visitor, &'a [&'a str]),
    /// Who gets the mail of the address that it was written with.
    Mailbox(&'a Holder),
}

impl By<'_> {
    fn site(&self) -> &Site {
        match self {
            By::Tokens(visitor, _) => visitor.site(),
            By::Mailbox(holder) => holder.site(),
        }
    }

    /// # Errors
    /// What [`may_edit`] refuses. By mail there is no end to the time, but on sites where comments stay as they were posted.
    fn may_edit(&self, comment: &comment::Model, now: DateTime<Utc>) -> Result<()> {
        match (self, window(self.site().settings())) {
            (By::Mailbox(_), window) if window > TimeDelta::zero() => may_edit(comment, now, TimeDelta::MAX),
            (_, window) => may_edit(comment, now, window),
        }
    }

    /// # Errors
    /// What [`may_take_back`] refuses. By mail it is always possible: what somebody wrote does not stay against his will.
    fn may_take_back(&self, comment: &comment::Model, now: DateTime<Utc>) -> Result<()> {
        match self {
            By::Tokens(visitor, _) => may_take_back(comment, now, window(visitor.site().settings())),
            By::Mailbox(_) => Ok(()),
        }
    }
}

/// How long after it was made a comment can be changed by its author.
pub fn window(settings: &Settings) -> TimeDelta {
    TimeDelta::minutes(settings.edit_minutes.into())
}

/// Whether an author may put other words into his comment. What a moderator has turned down stays as it was turned down.
///
/// # Errors
/// `state_changed`, `edit_window_over`.
pub fn may_edit(comment: &comment::Model, now: DateTime<Utc>, window: TimeDelta) -> Result<()> {
    match comment.state {
        State::Published | State::Pending => within(comment, now, window),
        State::Spam | State::Rejected | State::Deleted => Err(Error::refused(
            ErrorCode::StateChanged,
            "This comment was taken off the page and cannot be changed any more.",
        )),
    }
}

/// Whether an author may take his comment back: also one that was turned down, as he may not want it kept.
///
/// # Errors
/// `edit_window_over`.
pub fn may_take_back(comment: &comment::Model, now: DateTime<Utc>, window: TimeDelta) -> Result<()> {
    within(comment, now, window)
}

fn within(comment: &comment::Model, now: DateTime<Utc>, window: TimeDelta) -> Result<()> {
    if now - comment.created_at < window {
        return Ok(());
    }
    let detail = match window.num_minutes() {
        0 => "On this site, comments stay as they were posted.".to_owned(),
        minutes => format!("A comment can be changed for {minutes} minutes."),
    };
    Err(Error::refused(ErrorCode::EditWindowOver, detail))
}

/// Whether an author may bring back a deleted comment: what he deleted himself, shortly before, and what still has its words.
///
/// # Errors
/// `restore_over`.
pub fn may_restore(
    comment: &comment::Model,
    deletion: Option<&Deletion>,
    now: DateTime<Utc>,
    window: TimeDelta,
) -> Result<()> {
    match deletion {
        Some(deletion) if deletion.by_author && now < deletion.at + window && !is_erased(comment) => Ok(()),
        _ => Err(Error::refused(
            ErrorCode::RestoreOver,
            "Only who deleted a comment himself can bring it back, and only for a few minutes.",
        )),
    }
}

/// What becomes of a comment with new words, by the verdict on them. What the site's rules held, they can also let go; what people
/// held, a moderator or the readers who reported it, stays held.
pub fn after_edit(state: State, reasons: &[String], verdict: Verdict) -> (State, Vec<String>) {
    let fresh = verdict.reasons.into_iter().map(str::to_owned);
    let by_rule = |reason: &String| {
        matches!(
            reason.as_str(),
            reason::HOLDS_ALL | reason::HAS_LINKS | reason::AUTHOR | reason::PROGRAM_HELD
        )
    };
    match (state, verdict.state) {
        (State::Published, State::Published) => (state, reasons.to_vec()),
        (State::Published, held) => (held, fresh.collect()),
        (State::Pending, next) if reasons.iter().all(by_rule) => (next, fresh.collect()),
        _ => {
            let mut all = reasons.to_vec();
            let fresh: Vec<String> = fresh.filter(|reason| !all.contains(reason)).collect();
            all.extend(fresh);
            (state, all)
        }
    }
}

/// Until when its author can change a comment; none if he cannot now.
pub fn editable_until(
    settings: &Settings,
    thread: &thread::Model,
    comment: &comment::Model,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    threads::rules::may_change(settings, Some(thread)).ok()?;
    may_edit(comment, now, window(settings)).ok()?;
    Some(comment.created_at + window(settings))
}

/// Whether one of the tokens was given to the comment's author, however long ago.
pub fn wrote(app: &App, tokens: &[&str], comment_id: Uuid) -> bool {
    opened(app, tokens).any(|token| token.comment_id == comment_id)
}

/// The comments that the tokens give the right to change.
pub(super) fn held(app: &App, tokens: &[&str]) -> impl Iterator<Item = Uuid> {
    let oldest = (app.clock.now() - TimeDelta::days(app.config.token_days)).timestamp();
    let young = opened(app, tokens).filter(move |token| token.issued_at > oldest);
    young.map(|token| token.comment_id)
}

fn opened(app: &App, tokens: &[&str]) -> impl Iterator<Item = token::Token> {
    tokens.iter().filter_map(|token| token::open(&app.keys, token))
}

/// What an author makes of his comment, as typed; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct Edit {
    pub text: String,
    pub name: Option<String>,
    pub website: Option<String>,
    /// The [`version`] that he looked at, where that is known.
    pub seen: Option<i64>,
}

/// Tells a comment from what it was before somebody changed it.
pub fn version(comment: &comment::Model) -> i64 {
    comment.updated_at.timestamp_millis()
}

/// Puts other words into a comment. The whole check runs again, and its verdict may take a published comment off the page until a
/// moderator has looked. The same words again are no change.
///
/// # Errors
/// `not_author`, `not_found`, `state_changed`, `edit_window_over`, `thread_locked`, `site_read_only`, `invalid_input`.
pub async fn edit(app: &App, by: By<'_>, id: Uuid, edit: &Edit) -> Result<Changed> {
    let settings = by.site().settings();
    // Before the words are looked at, so that who may not change them is told so first, and costs no rendering.
    let (before, thread) = editable(app.db.read(), app, by, id).await?;
    let source = rules::source(&edit.text, settings).map_err(|fault| Error::Invalid(vec![fault]))?;
    let (name, website) = match before.signed_in {
        // What the site calls him is not his to change.
        true => (None, None),
        false => rules::author(edit.name.as_deref(), edit.website.as_deref())?,
    };
    let rendered = render(app, settings, source.clone()).await?;
    // Other words do not change where they stand: what was held for its page stays held, and the rest is vouched for.
    let decision = asking::ask(app, by.site().hooks(), || asking::Draft {
        id: Some(id),
        thread: payload::Thread {
            id: Some(thread.id),
            key: thread.key,
            title: thread.title,
            url: thread.url,
        },
        parent_id: before.parent_id,
        author: payload::Author {
            name: name.clone().unwrap_or(before.author_name),
            website: website.clone().unwrap_or(before.author_website),
            hash: before.author_hash,
            team: false,
        },
        text: &source,
        html: &rendered.html,
    })
    .await;
    let verdict = rules::verdict(settings, &rendered, true, decision);
    let words = Words {
        source,
        html: rendered.html,
    };
    db::retry(async || {
        let tx = app.db.begin().await?;
        hold_site(&tx, by.site().id()).await?;
        let (comment, thread) = editable(&*tx, app, by, id).await?;
        let same_author = name.as_ref().is_none_or(|name| *name == comment.author_name)
            && website
                .as_ref()
                .is_none_or(|website| *website == comment.author_website);
        if comment.source == words.source && same_author {
            return changed(&tx, comment, thread).await;
        }
        if edit.seen.is_some_and(|seen| seen != version(&comment)) {
            return Err(Error::refused(
                ErrorCode::StateChanged,
                "The comment has changed since it was looked at.",
            ));
        }
        let revision = Revision {
            words: Some(words.clone()),
            author_name: name.clone(),
            author_website: website.clone(),
            reasons: None,
        };
        let (comment, booked) = put(&tx, app, comment, revision, verdict.clone()).await?;
        let changed = changed(&tx, comment, booked.unwrap_or(thread)).await?;
        tx.commit().await?;
        Ok(changed)
    })
    .await
}

async fn put(
    tx: &Tx,
    app: &App,
    comment: comment::Model,
    revision: Revision,
    verdict: Verdict,
) -> Result<(comment::Model, Option<thread::Model>)> {
    let (state, reasons) = after_edit(comment.state, &listed(&comment.reasons), verdict);
    let revision = Revision {
        // With another state, they are the decision's: it keeps the former ones.
        reasons: (state == comment.state).then(|| reasons.clone()),
        ..revision
    };
    let comment = reword(tx, app, comment, revision, &Actor::Visitor).await?;
    let reasons: Vec<&str> = reasons.iter().map(String::as_str).collect();
    let (comment, mut bookings) = turn(tx, app, comment, state, &reasons, &Actor::Visitor).await?;
    if bookings.is_empty() && comment.state == State::Published {
        bookings.push(Booking::new(&comment, 0, Change::Comment(comment.id)));
    }
    let thread = book(tx, app, bookings).await?;
    Ok((comment, thread))
}

/// Takes a comment back. To do so again changes nothing and is no error.
///
/// # Errors
/// `not_author`, `not_found`, `edit_window_over`, `thread_locked`, `site_read_only`.
pub async fn take_back(app: &App, by: By<'_>, id: Uuid) -> Result<TakenBack> {
    let for_a_while = time_to_restore(app);
    db::retry(async || {
        let now = app.clock.now();
        let tx = app.db.begin().await?;
        hold_site(&tx, by.site().id()).await?;
        let (comment, thread) = own(&*tx, app, by, id).await?;
        if comment.state == State::Deleted {
            let deletion = deletion(&tx, &comment).await?;
            let still = may_restore(&comment, deletion.as_ref(), now, for_a_while).is_ok();
            let restorable_until = deletion.filter(|_| still).map(|deletion| deletion.at + for_a_while);
            return Ok(TakenBack {
                comment,
                thread,
                restorable_until,
            });
        }
        may_delete_by(by, &thread, &comment, now)?;
        let (comment, bookings) = turn(&tx, app, comment, State::Deleted, &[reason::AUTHOR], &Actor::Visitor).await?;
        let booked = book(&tx, app, bookings).await?;
        tx.commit().await?;
        Ok(TakenBack {
            thread: booked.unwrap_or(thread),
            // The moment from which the purge counts, too.
            restorable_until: (for_a_while > TimeDelta::zero()).then(|| comment.updated_at + for_a_while),
            comment,
        })
    })
    .await
}

/// Brings back a comment that its author took back, to the state it had: what it says was checked then. To do so again changes
/// nothing and is no error.
///
/// # Errors
/// `not_author`, `not_found`, `restore_over`, `thread_locked`, `site_read_only`.
pub async fn restore(app: &App, by: By<'_>, id: Uuid) -> Result<Changed> {
    let for_a_while = time_to_restore(app);
    db::retry(async || {
        let tx = app.db.begin().await?;
        hold_site(&tx, by.site().id()).await?;
        let (comment, thread) = own(&*tx, app, by, id).await?;
        if comment.state != State::Deleted {
            return changed(&tx, comment, thread).await;
        }
        threads::rules::may_change(by.site().settings(), Some(&thread))?;
        let deletion = deletion(&tx, &comment).await?;
        may_restore(&comment, deletion.as_ref(), app.clock.now(), for_a_while)?;
        let Some(Deletion { from, mut reasons, .. }) = deletion else {
            return Err(Error::internal("brought back from nowhere"));
        };
        if !reasons.iter().any(|one| one == reason::AUTHOR) {
            reasons.push(reason::AUTHOR.to_owned());
        }
        let reasons: Vec<&str> = reasons.iter().map(String::as_str).collect();
        let (comment, bookings) = turn(&tx, app, comment, from, &reasons, &Actor::Visitor).await?;
        let booked = book(&tx, app, bookings).await?;
        let changed = changed(&tx, comment, booked.unwrap_or(thread)).await?;
        tx.commit().await?;
        Ok(changed)
    })
    .await
}

/// How long what was taken back can be brought back: not longer than its words are kept.
fn time_to_restore(app: &App) -> TimeDelta {
    TimeDelta::minutes(app.config.restore_minutes).min(TimeDelta::days(app.config.deleted_days))
}

/// Before the commit: what is stored is not answered with a failure of looking at it.
async fn changed(tx: &Tx, comment: comment::Model, thread: thread::Model) -> Result<Changed> {
    let depth = threads::depth_below(&**tx, comment.site_id, comment.parent_id).await?;
    Ok(Changed { comment, thread, depth })
}

/// An author's own comment by its number, with its thread.
///
/// # Errors
/// `not_author`, `not_found`.
pub async fn numbered(
    app: &App,
    visitor: &Visitor,
    tokens: &[&str],
    number: i64,
) -> Result<(comment::Model, thread::Model)> {
    let comment = comment::Entity::of_site(visitor.site().id())
        .filter(comment::Column::Number.eq(number))
        .one(app.db.read())
        .await?
        .ok_or_else(|| Error::not_found("comment"))?;
    own(app.db.read(), app, By::Tokens(visitor, tokens), comment.id).await
}

/// The caller's own comment with its thread, if both let him change its words now.
async fn editable(
    db: &impl ConnectionTrait,
    app: &App,
    by: By<'_>,
    id: Uuid,
) -> Result<(comment::Model, thread::Model)> {
    let (comment, thread) = own(db, app, by, id).await?;
    may_edit_by(by, &thread, &comment, app.clock.now())?;
    Ok((comment, thread))
}

/// The caller's own comment with its thread.
///
/// # Errors
/// To who does not hold its token, a comment that readers see is not his (`not_author`); any other is not there (`not_found`), be
/// it absent, another site's or not shown: whether it exists is no business of his.
async fn own(db: &impl ConnectionTrait, app: &App, by: By<'_>, id: Uuid) -> Result<(comment::Model, thread::Model)> {
    let comment = match by {
        By::Tokens(visitor, tokens) => held_or_not(db, app, visitor.site().id(), tokens, id).await?,
        By::Mailbox(holder) => mailbox::one(db, holder, id).await?,
    };
    let thread = threads::by_id(db, comment.site_id, comment.thread_id).await?;
    Ok((comment, thread))
}

async fn held_or_not(
    db: &impl ConnectionTrait,
    app: &App,
    site_id: Uuid,
    tokens: &[&str],
    id: Uuid,
) -> Result<comment::Model> {
    let is_author = held(app, tokens).any(|held| held == id);
    let comment = comment::Entity::of_site(site_id)
        .filter(comment::Column::Id.eq(id))
        .one(db)
        .await?
        .filter(|comment| is_author || is_visible(comment))
        .ok_or_else(|| Error::not_found("comment"))?;
    if !is_author {
        return Err(Error::refused(
            ErrorCode::NotAuthor,
            "None of the tokens sent is that of this comment.",
        ));
    }
    Ok(comment)
}

/// Whether who says that a comment is his could change it now.
///
/// # Errors
/// `thread_locked`, `site_read_only`, `state_changed`, `edit_window_over`.
pub fn may_edit_by(by: By<'_>, thread: &thread::Model, comment: &comment::Model, now: DateTime<Utc>) -> Result<()> {
    threads::rules::may_change(by.site().settings(), Some(thread))?;
    by.may_edit(comment, now)
}

/// Whether he could take it back now.
///
/// # Errors
/// `thread_locked`, `site_read_only`, `edit_window_over`.
pub fn may_delete_by(by: By<'_>, thread: &thread::Model, comment: &comment::Model, now: DateTime<Utc>) -> Result<()> {
    threads::rules::may_change(by.site().settings(), Some(thread))?;
    by.may_take_back(comment, now)
}

/// How a deleted comment came to be so.
async fn deletion(tx: &Tx, comment: &comment::Model) -> Result<Option<Deletion>> {
    let last = moderation::last_decision(tx, comment).await?;
    Ok(last.as_ref().and_then(told))
}

fn told(event: &event::Model) -> Option<Deletion> {
    if event.to_state.as_deref() != Some(State::Deleted.name()) {
        return None;
    }
    Some(Deletion {
        by_author: event.actor == Actor::Visitor.name(),
        at: event.at,
        from: State::try_from_value(event.from_state.as_ref()?).ok()?,
        reasons: listed(&event.data["former_reasons"]),
    })
}

fn listed(reasons: &serde_json::Value) -> Vec<String> {
    let all = reasons.as_array().into_iter().flatten();
    all.filter_map(|reason| reason.as_str()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const MINUTES: i64 = 15;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap() + TimeDelta::minutes(minutes)
    }

    /// Made at minute 0.
    fn comment(state: State, source: &str) -> comment::Model {
        comment::Model {
            state,
            source: source.to_owned(),
            html: source.to_owned(),
            folded: source.to_owned(),
            ..crate::comments::blank(Uuid::nil(), Uuid::nil(), Uuid::nil(), at(0))
        }
    }

    fn code(outcome: Result<()>) -> Option<ErrorCode> {
        outcome.err().map(|error| error.code())
    }

    #[test]
    fn an_author_may_change_what_is_not_turned_down_for_a_while() {
        let (over, changed) = (Some(ErrorCode::EditWindowOver), Some(ErrorCode::StateChanged));
        for (state, minute, window, edit, take_back) in [
            (State::Published, 0, MINUTES, None, None),
            (State::Published, 14, MINUTES, None, None),
            (State::Published, 15, MINUTES, over, over),
            (State::Published, 999, MINUTES, over, over),
            (State::Published, 0, 0, over, over),
            (State::Pending, 14, MINUTES, None, None),
            (State::Pending, 15, MINUTES, over, over),
            (State::Rejected, 1, MINUTES, changed, None),
            (State::Spam, 1, MINUTES, changed, None),
            (State::Rejected, 15, MINUTES, changed, over),
            (State::Deleted, 1, MINUTES, changed, None),
        ] {
            let (comment, window) = (comment(state, "Well."), TimeDelta::minutes(window));
            let what = format!("{state:?} in minute {minute} of {window}");
            assert_eq!(code(may_edit(&comment, at(minute), window)), edit, "{what}");
            assert_eq!(code(may_take_back(&comment, at(minute), window)), take_back, "{what}");
        }
    }

    #[test]
    fn an_author_may_bring_back_what_he_deleted_himself_for_a_few_minutes() {
        let deletion = |by_author| Deletion {
            by_author,
            at: at(10),
            from: State::Published,
            reasons: vec![],
        };
        let (his, moderators) = (deletion(true), deletion(false));
        let over = Some(ErrorCode::RestoreOver);
        for (deletion, source, minute, expected) in [
            (Some(&his), "Well.", 10, None),
            (Some(&his), "Well.", 14, None),
            (Some(&his), "Well.", 15, over),
            (Some(&his), "", 11, over),
            (Some(&moderators), "Well.", 11, over),
            (None, "Well.", 11, over),
        ] {
            let outcome = may_restore(
                &comment(State::Deleted, source),
                deletion,
                at(minute),
                TimeDelta::minutes(5),
            );
            assert_eq!(code(outcome), expected, "{deletion:?} {source:?} in minute {minute}");
        }
    }

    #[test]
    fn new_words_are_judged_anew_and_free_nothing_that_people_held() {
        use State::{Pending, Published};
        let verdict = |state, reasons: &[&'static str]| Verdict {
            state,
            reasons: reasons.to_vec(),
        };
        let good = verdict(Published, &[]);
        let links = verdict(Pending, &["has_links"]);
        for (state, reasons, verdict, then, expected) in [
            (Published, &[][..], &good, Published, &[][..]),
            (Published, &["moderator"], &good, Published, &["moderator"]),
            (Published, &["moderator"], &links, Pending, &["has_links"]),
            (Pending, &["has_links"], &good, Published, &[]),
            (Pending, &["has_links", "author"], &good, Published, &[]),
            (Pending, &["site_holds_all"], &links, Pending, &["has_links"]),
            (Pending, &["moderator"], &good, Pending, &["moderator"]),
            (Pending, &["reported"], &links, Pending, &["reported", "has_links"]),
            (
                Pending,
                &["reported", "has_links"],
                &links,
                Pending,
                &["reported", "has_links"],
            ),
            (Pending, &["page_outside_rule"], &good, Pending, &["page_outside_rule"]),
        ] {
            let reasons: Vec<String> = reasons.iter().map(ToString::to_string).collect();
            let (state_then, reasons_then) = after_edit(state, &reasons, verdict.clone());
            assert_eq!(state_then, then, "{state:?} {reasons:?} {verdict:?}");
            assert_eq!(reasons_then, expected, "{state:?} {reasons:?} {verdict:?}");
        }
    }

    #[test]
    fn the_record_tells_how_a_comment_was_deleted() {
        let event = |actor: &str, to: &str| event::Model {
            id: Uuid::nil(),
            site_id: Uuid::nil(),
            thread_id: None,
            comment_id: None,
            kind: "decided".to_owned(),
            actor: actor.to_owned(),
            account_id: None,
            from_state: Some("pending".to_owned()),
            to_state: Some(to.to_owned()),
            reasons: json!(["author"]),
            data: json!({ "former_reasons": ["has_links"] }),
            at: at(3),
        };
        let his = Deletion {
            by_author: true,
            at: at(3),
            from: State::Pending,
            reasons: vec!["has_links".to_owned()],
        };
        assert_eq!(told(&event("visitor", "deleted")), Some(his));
        assert!(!told(&event("member", "deleted")).unwrap().by_author);
        assert_eq!(told(&event("visitor", "published")), None);
        let from_before = event::Model {
            data: json!({}),
            ..event("member", "deleted")
        };
        assert_eq!(told(&from_before).unwrap().reasons, [""; 0]);
    }
}
