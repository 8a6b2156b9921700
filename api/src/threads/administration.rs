//! Conversations in the team's hands: listed, closed, locked, renamed, pinned in; merged, split and moved, with a look
//! at the outcome before anything is done.

use std::collections::HashMap;

use ::entity::comment::State;
use ::entity::{OfSite, OfTenant, comment, event, site, thread, thread_alias};
use chrono::{DateTime, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Select, Set,
};
use serde_json::{Value, json};

use super::key::{self, Address};
use super::{
    add_alias, book, clean_title, establish, find, folded, is_listed, must_be_listed, pins, recount, rekeying, rules,
};
use crate::app::App;
use crate::comments::{self, moving};
use crate::error::{Error, ErrorCode, Fault, FieldCode, Result};
use crate::infra::bus::{self, Notice};
use crate::infra::db::{self, Tx};
use crate::moderation::{self, Actor, Kind};
use crate::sites::settings::Settings;
use crate::sites::{self, Site};
use crate::tenants::{Member, Reach};
use crate::webhooks::{self, Event, Hooks};
use crate::{subscriptions, votes};

/// Comments that can be pinned in one thread.
pub const MOST_PINS: usize = 10;

/// What moderators have made of a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Neither closed nor locked by anybody; age and the site's settings may still close it.
    Open,
    Closed,
    Locked,
}

/// Which threads a moderator asks for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub site_id: Option<Uuid>,
    /// Part of the title, key or address, in any case.
    pub words: Option<String>,
    pub standing: Option<Standing>,
    /// Opened before this thread.
    pub after: Option<Uuid>,
    pub limit: u64,
}

/// A thread with what a moderator needs beside it.
pub struct Looked {
    pub thread: thread::Model,
    pub site: site::Model,
    pub closed_by: Option<rules::ClosedBy>,
    /// The thread that readers of this one's page see instead, since the site's rules about addresses have changed.
    pub clash: Option<Uuid>,
}

/// All there is to know of a thread.
pub struct Record {
    pub looked: Looked,
    /// Oldest first.
    pub keys: Vec<String>,
    /// In their order; those that are not published any more are not among them.
    pub pinned: Vec<comment::Model>,
    pub counts: HashMap<State, i64>,
    /// Oldest first.
    pub events: Vec<event::Model>,
}

/// What a moderator changes about a thread; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// As typed; empty to take it away.
    pub title: Option<String>,
    pub closed: Option<bool>,
    pub locked: Option<bool>,
    pub pinned: Option<Vec<Uuid>>,
}

/// Where a branch or a thread is to go, as typed.
#[derive(Clone, Debug, Default)]
pub struct Place {
    pub id: Option<String>,
    pub url: Option<String>,
}

impl Place {
    fn address(&self, site: &Site) -> Result<Address> {
        let address = site.address(self.id.as_deref(), self.url.as_deref());
        let address = address.and_then(|address| must_be_listed(site, &address).map(|()| address));
        address.map_err(|error| match error {
            Error::Invalid(faults) => Error::Invalid(faults.into_iter().map(at_place).collect()),
            other => other,
        })
    }
}

/// A fault of an address, where these operations have it.
fn at_place(fault: Fault) -> Fault {
    let pointer = fault.pointer.replacen("/thread", "/to", 1);
    Fault { pointer, ..fault }
}

/// What a moderator should know before he goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warning {
    /// The target takes no new comments.
    TargetClosed,
    /// In the target nothing may change.
    TargetLocked,
    /// The branch goes to a conversation that is there already.
    TargetExists,
    /// More comments are pinned in both than in one can be: the last ones lose their pins.
    PinsDropped,
    /// What goes away was pinned where it was.
    PinRemoved,
    /// No comment stays behind.
    SourceEmpty,
}

/// What an arrangement makes, or would make, of its threads.
pub struct Outcome {
    /// Nothing was done.
    pub preview: bool,
    /// Comments that change their thread, whatever their state.
    pub comments: u64,
    /// Everything that leads to the target.
    pub keys: Vec<String>,
    /// The thread that they leave, if it stays.
    pub source: Option<Looked>,
    pub target: Looked,
    pub warnings: Vec<Warning>,
}

/// Threads of all the member's sites, newest first; with whether there are more.
pub async fn list(app: &App, member: &Member, filter: &Filter) -> Result<(Vec<Looked>, bool)> {
    let mut select = within_reach(member)
        .order_by_desc(thread::Column::Id)
        .limit(filter.limit + 1);
    if let Some(site_id) = filter.site_id {
        select = select.filter(thread::Column::SiteId.eq(site_id));
    }
    if let Some(words) = &filter.words {
        let column = Expr::col((thread::Entity, thread::Column::Folded));
        select = select.filter(column.like(db::containing(words)));
    }
    select = match filter.standing {
        None => select,
        Some(Standing::Open) => select
            .filter(thread::Column::ClosedAt.is_null())
            .filter(thread::Column::LockedAt.is_null()),
        Some(Standing::Closed) => select.filter(thread::Column::ClosedAt.is_not_null()),
        Some(Standing::Locked) => select.filter(thread::Column::LockedAt.is_not_null()),
    };
    if let Some(after) = filter.after {
        select = select.filter(thread::Column::Id.lt(after));
    }
    // First which ones, which an index knows.
    let mut ids: Vec<Uuid> = select
        .select_only()
        .column(thread::Column::Id)
        .into_tuple()
        .all(app.db.read())
        .await?;
    let limit = usize::try_from(filter.limit).unwrap_or(usize::MAX);
    let more = ids.len() > limit;
    ids.truncate(limit);
    let rows = within_reach(member)
        .filter(thread::Column::Id.is_in(ids))
        .order_by_desc(thread::Column::Id)
        .all(app.db.read())
        .await?;
    Ok((look(app.db.read(), app, member, rows).await?, more))
}

/// One thread within the member's reach, with its keys, pins, counts and history.
pub async fn inspect(app: &App, member: &Member, id: Uuid) -> Result<Record> {
    record_of(app.db.read(), app, member, id).await
}

async fn record_of(db: &impl ConnectionTrait, app: &App, member: &Member, id: Uuid) -> Result<Record> {
    let thread = thread_of(db, member, id).await?;
    let pinned = pins(&thread);
    let comments = published_roots(db, &thread, &pinned).await?;
    let mut comments: HashMap<Uuid, comment::Model> = comments.into_iter().map(|row| (row.id, row)).collect();
    let counts: Vec<(State, i64)> = comment::Entity::of_site(thread.site_id)
        .filter(comment::Column::ThreadId.eq(thread.id))
        .select_only()
        .column(comment::Column::State)
        .column_as(comment::Column::Id.count(), "count")
        .group_by(comment::Column::State)
        .into_tuple()
        .all(db)
        .await?;
    Ok(Record {
        keys: keys_of(db, &thread).await?,
        pinned: pinned.iter().filter_map(|id| comments.remove(id)).collect(),
        counts: counts.into_iter().collect(),
        events: moderation::of_thread(db, &thread).await?,
        looked: look_at(db, app, member, thread).await?,
    })
}

/// Closes, locks, renames a thread, or pins comments in it; each change is a line of its record.
///
/// A closed thread takes no new comments from readers, but votes, edits and the team's answers; in a locked one nothing
/// changes.
///
/// # Errors
/// `invalid_input` for a title that is too long, and for pins that are not published roots of this thread, each once.
pub async fn update(app: &App, member: &Member, id: Uuid, change: Change) -> Result<Record> {
    let title = match &change.title {
        Some(typed) => Some(clean_title(Some(typed), "/title")?),
        None => None,
    };
    if let Some(pins) = &change.pinned {
        check_pins(pins)?;
    }
    db::retry(async || {
        let tx = app.db.begin().await?;
        let thread = thread_to_change(&tx, member, id).await?;
        if let Some(pins) = &change.pinned {
            check_pinned(&tx, &thread, pins).await?;
        }
        let changed = changed(app, &thread, title.as_ref(), &change);
        let events = differences(&thread, &changed);
        if !events.is_empty() {
            let row = thread::ActiveModel {
                folded: Set(folded(changed.title.as_deref(), &changed.key, changed.url.as_deref())),
                title: Set(changed.title),
                closed_at: Set(changed.closed_at),
                locked_at: Set(changed.locked_at),
                pinned: Set(changed.pinned),
                ..thread.clone().into_active_model()
            };
            let closes = events.iter().any(|(kind, _)| *kind == Kind::Closed);
            let row = row.update(&*tx).await?;
            if closes {
                let hooks = Hooks::find(&*tx, row.site_id).await?;
                webhooks::tell_of_thread(&tx, app, &hooks, Event::ThreadClosed, &row).await?;
            }
            let actor = Actor::Member(member.account_id());
            for (kind, data) in events {
                moderation::record_of_site(&tx, app, thread.site_id, Some(thread.id), kind, &actor, data).await?;
            }
            book(&tx, app, thread.site_id, thread.id, 0, bus::Change::Thread).await?;
        }
        // Before the commit: what is stored is not answered with a failure of looking at it.
        let record = record_of(&*tx, app, member, id).await?;
        tx.commit().await?;
        Ok(record)
    })
    .await
}

/// The thread as a change makes it. What was closed stays closed since then.
fn changed(app: &App, thread: &thread::Model, title: Option<&Option<String>>, change: &Change) -> thread::Model {
    let now = app.clock.now();
    let since = |before: Option<DateTime<Utc>>, wanted| match wanted {
        None => before,
        Some(true) => before.or(Some(now)),
        Some(false) => None,
    };
    thread::Model {
        title: title.unwrap_or(&thread.title).clone(),
        closed_at: since(thread.closed_at, change.closed),
        locked_at: since(thread.locked_at, change.locked),
        pinned: change
            .pinned
            .as_ref()
            .map_or_else(|| thread.pinned.clone(), |pins| json!(pins)),
        ..thread.clone()
    }
}

/// What the record says of a change: nothing of what stayed.
fn differences(before: &thread::Model, after: &thread::Model) -> Vec<(Kind, Value)> {
    let mut events = Vec::new();
    if before.title != after.title {
        events.push((Kind::Renamed, json!({ "from": before.title, "to": after.title })));
    }
    let switched = |before: bool, after: bool, on, off| (before != after).then_some(if after { on } else { off });
    let closed = switched(
        before.closed_at.is_some(),
        after.closed_at.is_some(),
        Kind::Closed,
        Kind::Opened,
    );
    let locked = switched(
        before.locked_at.is_some(),
        after.locked_at.is_some(),
        Kind::Locked,
        Kind::Unlocked,
    );
    events.extend(closed.into_iter().chain(locked).map(|kind| (kind, json!({}))));
    if before.pinned != after.pinned {
        events.push((Kind::Pinned, json!({ "from": before.pinned, "to": after.pinned })));
    }
    events
}

fn check_pins(pins: &[Uuid]) -> Result<()> {
    if pins.len() > MOST_PINS {
        let detail = format!("{MOST_PINS} comments of a conversation can be pinned.");
        return Err(Error::invalid("/pinned", FieldCode::TooMany, detail));
    }
    let twice = (0..pins.len()).find(|place| pins[..*place].contains(&pins[*place]));
    match twice {
        Some(place) => {
            let detail = "A comment is pinned once.";
            Err(Error::invalid(&format!("/pinned/{place}"), FieldCode::Invalid, detail))
        }
        None => Ok(()),
    }
}

/// Who decides about the comments waits until this transaction ends, so what is published here is published then.
async fn check_pinned(tx: &Tx, thread: &thread::Model, pins: &[Uuid]) -> Result<()> {
    let found = published_roots(&**tx, thread, pins).await?;
    let missing = pins
        .iter()
        .position(|id| !found.iter().any(|comment| comment.id == *id));
    match missing {
        Some(place) => {
            let detail = "Published comments of this conversation that answer no other can be pinned.";
            Err(Error::invalid(&format!("/pinned/{place}"), FieldCode::NotFound, detail))
        }
        None => Ok(()),
    }
}

/// Takes everything of a thread into another one of the same site: comments keep their ids and numbers, and whatever
/// led to the source leads to the target. The source is gone then. Title and address of the target stay, if it has
/// them.
///
/// # Errors
/// `not_found`; `invalid_input` for a thread of another site, and for the thread itself.
pub async fn merge(app: &App, member: &Member, id: Uuid, into: Uuid, preview: bool) -> Result<Outcome> {
    if id == into {
        return Err(Error::invalid(
            "/into",
            FieldCode::Invalid,
            "That is this very conversation.",
        ));
    }
    db::retry(async || {
        let tx = app.db.begin().await?;
        let source = thread_to_change(&tx, member, id).await?;
        let target = thread_of(&*tx, member, into).await?;
        if source.site_id != target.site_id {
            let detail = "Both conversations must be of one site.";
            return Err(Error::invalid("/into", FieldCode::Invalid, detail));
        }
        let site_id = source.site_id;
        let keys = keys_of(&*tx, &source).await?;
        let moved = moving::all(&tx, site_id, source.id, target.id).await?;
        let (source, target) = held(&tx, &source, &target).await?;
        thread_alias::Entity::update_of_site(site_id)
            .col_expr(thread_alias::Column::ThreadId, Expr::value(target.id))
            .filter(thread_alias::Column::ThreadId.eq(source.id))
            .exec(&*tx)
            .await?;
        subscriptions::follow(&tx, site_id, source.id, target.id).await?;
        let reactions = votes::merging::reactions(&tx, site_id, source.id, target.id).await?;
        let mut warnings = warnings_of(&target);
        let (pinned, dropped) = pins_of_both(&target, &source);
        if dropped > 0 {
            warnings.push(Warning::PinsDropped);
        }
        let title = target.title.clone().or_else(|| source.title.clone());
        let url = target.url.clone().or_else(|| source.url.clone());
        let row = thread::ActiveModel {
            folded: Set(folded(title.as_deref(), &target.key, url.as_deref())),
            title: Set(title),
            url: Set(url),
            pinned: Set(json!(pinned)),
            reactions: Set(reactions),
            ..target.clone().into_active_model()
        };
        row.update(&*tx).await?;
        thread::Entity::delete_of_site(site_id)
            .filter(thread::Column::Id.eq(source.id))
            .exec(&*tx)
            .await?;
        let what = json!({
            "source": told(&source),
            "keys": keys,
            "comments": moved,
            "pinned": target.pinned,
        });
        let actor = Actor::Member(member.account_id());
        moderation::record_of_site(&tx, app, site_id, Some(target.id), Kind::Merged, &actor, what).await?;
        // Open pages of the source read anew, and find the target.
        tx.announce(Notice::Thread {
            site_id,
            thread_id: source.id,
            version: source.version + 1,
            change: bus::Change::Whole,
        });
        tx.announce(Notice::Keys { site_id, keys });
        let target = recount(&tx, app, site_id, target.id, bus::Change::Whole).await?;
        let outcome = Outcome {
            preview,
            comments: moved,
            keys: keys_of(&*tx, &target).await?,
            source: None,
            target: look_at(&*tx, app, member, target).await?,
            warnings,
        };
        finish(tx, outcome).await
    })
    .await
}

/// Takes a comment with everything under it out of a thread. It becomes a root of the thread that `to` names, which is
/// opened with `title` if there is none. Old links to the comments find them there ([`super::home_of`]).
///
/// # Errors
/// `not_found`; `invalid_input` at `/to` for this very thread, or a page that is not one of the site's.
pub async fn split(
    app: &App,
    member: &Member,
    id: Uuid,
    comment_id: Uuid,
    to: &Place,
    title: Option<&str>,
    preview: bool,
) -> Result<Outcome> {
    let title = clean_title(title, "/title")?;
    let site_id = thread_of(app.db.read(), member, id).await?.site_id;
    let site = sites::of_member(app, member, site_id).await?;
    let address = to.address(&site)?;
    db::retry(async || {
        let tx = app.db.begin().await?;
        let source = thread_to_change(&tx, member, id).await?;
        let top = comments::of_site(&tx, site_id, comment_id).await?;
        if top.thread_id != source.id {
            return Err(Error::not_found("comment"));
        }
        let found = find(&*tx, site_id, address.key()).await?;
        let mut warnings = found.iter().flat_map(warnings_of).collect::<Vec<_>>();
        let target = match found {
            Some(found) if found.id == source.id => {
                return Err(Error::invalid(
                    "/to",
                    FieldCode::Invalid,
                    "That is this very conversation.",
                ));
            }
            Some(found) => {
                warnings.push(Warning::TargetExists);
                found
            }
            None => {
                let made = establish(&tx, app, &site, &address, title.clone()).await?;
                let hooks = Hooks::find(&*tx, made.site_id).await?;
                webhooks::tell_of_thread(&tx, app, &hooks, Event::ThreadCreated, &made).await?;
                made
            }
        };
        let moved = moving::branch(&tx, &top, target.id).await?;
        let mut pinned = pins(&source);
        if pinned.contains(&top.id) {
            warnings.push(Warning::PinRemoved);
            pinned.retain(|id| *id != top.id);
            let row = thread::ActiveModel {
                pinned: Set(json!(pinned)),
                ..source.clone().into_active_model()
            };
            row.update(&*tx).await?;
        }
        if no_comments(&tx, &source).await? {
            warnings.push(Warning::SourceEmpty);
        }
        record_split(&tx, app, member, &top, &source, &target, moved).await?;
        let source = recount(&tx, app, site_id, source.id, bus::Change::Whole).await?;
        let target = recount(&tx, app, site_id, target.id, bus::Change::Whole).await?;
        let outcome = Outcome {
            preview,
            comments: moved,
            keys: keys_of(&*tx, &target).await?,
            source: Some(look_at(&*tx, app, member, source).await?),
            target: look_at(&*tx, app, member, target).await?,
            warnings,
        };
        finish(tx, outcome).await
    })
    .await
}

/// A line for each thread, and one for the comment.
async fn record_split(
    tx: &Tx,
    app: &App,
    member: &Member,
    top: &comment::Model,
    source: &thread::Model,
    target: &thread::Model,
    moved: u64,
) -> Result<()> {
    let actor = Actor::Member(member.account_id());
    let what = |way: &str, other: &thread::Model| {
        json!({
            way: told(other),
            "comment": { "id": top.id, "number": top.number, "parent_id": top.parent_id },
            "comments": moved,
        })
    };
    let site_id = source.site_id;
    for (thread, data) in [(source, what("to", target)), (target, what("from", source))] {
        moderation::record_of_site(tx, app, site_id, Some(thread.id), Kind::Split, &actor, data).await?;
    }
    let data = json!({ "from": told(source), "to": told(target), "parent_id": top.parent_id });
    moderation::record(tx, app, top, Kind::Split, &actor, None, data).await
}

/// Gives a thread another key: its page has moved, or has an explicit id now. The old keys lead to it as before.
///
/// # Errors
/// `already_exists` if the key leads to another thread; `invalid_input` at `/to` for a page that is not one of the
/// site's.
pub async fn relocate(app: &App, member: &Member, id: Uuid, to: &Place, preview: bool) -> Result<Outcome> {
    let site_id = thread_of(app.db.read(), member, id).await?.site_id;
    let site = sites::of_member(app, member, site_id).await?;
    let address = to.address(&site)?;
    db::retry(async || {
        let tx = app.db.begin().await?;
        let thread = thread_to_change(&tx, member, id).await?;
        match find(&*tx, site_id, address.key()).await? {
            Some(found) if found.id != thread.id => {
                return Err(Error::refused(
                    ErrorCode::AlreadyExists,
                    format!(
                        "Another conversation ({}) is found there already. Merge the two, or choose another address.",
                        found.id
                    ),
                ));
            }
            Some(_) => {}
            None => add_alias(&tx, app, &thread, &address).await?,
        }
        let url = address
            .url()
            .filter(|_| is_listed(&site, &address))
            .map(ToString::to_string)
            .or_else(|| thread.url.clone());
        let mut now = thread.clone();
        if (&thread.key, &thread.url) != (&address.key().to_owned(), &url) {
            let row = thread::ActiveModel {
                folded: Set(folded(thread.title.as_deref(), address.key(), url.as_deref())),
                key: Set(address.key().to_owned()),
                key_version: Set(key::VERSION),
                url: Set(url.clone()),
                ..thread.clone().into_active_model()
            };
            row.update(&*tx).await?;
            let what = json!({
                "from": { "key": thread.key, "url": thread.url },
                "to": { "key": address.key(), "url": url },
            });
            let actor = Actor::Member(member.account_id());
            moderation::record_of_site(&tx, app, site_id, Some(thread.id), Kind::Moved, &actor, what).await?;
            // To pages that are open at the new place, all of it is new.
            now = book(&tx, app, site_id, thread.id, 0, bus::Change::Whole).await?;
        }
        let outcome = Outcome {
            preview,
            comments: 0,
            keys: keys_of(&*tx, &now).await?,
            source: None,
            target: look_at(&*tx, app, member, now).await?,
            warnings: Vec::new(),
        };
        finish(tx, outcome).await
    })
    .await
}

/// Both threads as they are now, when no reader can react to either until the transaction ends: reactions hold their
/// thread alone. After the comments, as `comments::hold_site` wants it.
async fn held(tx: &Tx, source: &thread::Model, target: &thread::Model) -> Result<(thread::Model, thread::Model)> {
    let mut both = thread::Entity::of_site(source.site_id)
        .filter(thread::Column::Id.is_in([source.id, target.id]))
        .order_by_asc(thread::Column::Id)
        .lock_exclusive()
        .all(&**tx)
        .await?;
    let mut take = |id| {
        let place = both.iter().position(|thread| thread.id == id);
        place.map(|place| both.swap_remove(place))
    };
    match (take(source.id), take(target.id)) {
        (Some(source), Some(target)) => Ok((source, target)),
        _ => Err(Error::Again("a thread is gone".to_owned())),
    }
}

/// Keeps what was done, or lets go of it: a preview has really been tried.
async fn finish(tx: Tx, outcome: Outcome) -> Result<Outcome> {
    if !outcome.preview {
        tx.commit().await?;
    }
    Ok(outcome)
}

fn warnings_of(target: &thread::Model) -> Vec<Warning> {
    let closed = target.closed_at.map(|_| Warning::TargetClosed);
    let locked = target.locked_at.map(|_| Warning::TargetLocked);
    closed.into_iter().chain(locked).collect()
}

/// What the record keeps of a thread that may be gone when it is read.
fn told(thread: &thread::Model) -> Value {
    json!({ "id": thread.id, "key": thread.key, "title": thread.title, "url": thread.url })
}

/// The target's pins, then the source's, as far as there is room; and how many there is none for.
fn pins_of_both(target: &thread::Model, source: &thread::Model) -> (Vec<Uuid>, usize) {
    let mut both = pins(target);
    both.extend(pins(source));
    let dropped = both.len().saturating_sub(MOST_PINS);
    both.truncate(MOST_PINS);
    (both, dropped)
}

async fn published_roots(
    db: &impl ConnectionTrait,
    thread: &thread::Model,
    ids: &[Uuid],
) -> Result<Vec<comment::Model>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(comment::Entity::of_site(thread.site_id)
        .filter(comment::Column::Id.is_in(ids.iter().copied()))
        .filter(comment::Column::ThreadId.eq(thread.id))
        .filter(comment::Column::ParentId.is_null())
        .filter(comment::Column::State.eq(State::Published))
        .all(db)
        .await?)
}

async fn no_comments(tx: &Tx, thread: &thread::Model) -> Result<bool> {
    let any = comment::Entity::of_site(thread.site_id)
        .filter(comment::Column::ThreadId.eq(thread.id))
        .limit(1)
        .one(&**tx)
        .await?;
    Ok(any.is_none())
}

async fn keys_of(db: &impl ConnectionTrait, thread: &thread::Model) -> Result<Vec<String>> {
    let aliases = thread_alias::Entity::of_site(thread.site_id)
        .filter(thread_alias::Column::ThreadId.eq(thread.id))
        .order_by_asc(thread_alias::Column::Id)
        .all(db)
        .await?;
    Ok(aliases.into_iter().map(|alias| alias.key).collect())
}

/// Threads of the member's tenant, on the sites of his reach.
fn within_reach(member: &Member) -> Select<thread::Entity> {
    let select = thread::Entity::of_tenants_sites(member.tenant_id());
    match member.reach() {
        Reach::All => select,
        Reach::Only(sites) => select.filter(thread::Column::SiteId.is_in(sites.iter().copied())),
    }
}

async fn thread_of(db: &impl ConnectionTrait, member: &Member, id: Uuid) -> Result<thread::Model> {
    within_reach(member)
        .filter(thread::Column::Id.eq(id))
        .one(db)
        .await?
        .ok_or_else(|| Error::not_found("thread"))
}

/// The same, for a change: nobody else changes the site's comments and threads until the transaction ends.
async fn thread_to_change(tx: &Tx, member: &Member, id: Uuid) -> Result<thread::Model> {
    let site_id = thread_of(&**tx, member, id).await?.site_id;
    comments::hold_site(tx, site_id).await?;
    thread_of(&**tx, member, id).await
}

async fn look_at(db: &impl ConnectionTrait, app: &App, member: &Member, thread: thread::Model) -> Result<Looked> {
    let mut looked = look(db, app, member, vec![thread]).await?;
    looked.pop().ok_or_else(|| Error::not_found("thread"))
}

/// Adds their sites and clashes to threads of the member's tenant: three selects, however many threads.
async fn look(
    db: &impl ConnectionTrait,
    app: &App,
    member: &Member,
    threads: Vec<thread::Model>,
) -> Result<Vec<Looked>> {
    if threads.is_empty() {
        return Ok(Vec::new());
    }
    let sites = site::Entity::of_tenant(member.tenant_id())
        .filter(site::Column::Id.is_in(threads.iter().map(|thread| thread.site_id)))
        .all(db)
        .await?;
    let mut settings: HashMap<Uuid, Settings> = HashMap::new();
    for site in &sites {
        settings.insert(site.id, sites::standing::in_force(site)?);
    }
    let sites: HashMap<Uuid, site::Model> = sites.into_iter().map(|row| (row.id, row)).collect();
    let ids: Vec<Uuid> = threads.iter().map(|thread| thread.id).collect();
    let clashes = rekeying::clashes(db, &ids, &settings).await?;
    let now = app.clock.now();
    let with_all = threads.into_iter().map(|thread| {
        Some(Looked {
            site: sites.get(&thread.site_id)?.clone(),
            closed_by: rules::closed_by(settings.get(&thread.site_id)?, Some(&thread), now),
            clash: clashes.get(&thread.id).copied(),
            thread,
        })
    });
    with_all
        .collect::<Option<_>>()
        .ok_or_else(|| Error::internal("a thread without its site"))
}
