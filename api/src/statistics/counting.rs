//! Counting what is on record: comments, decisions and votes, each once.
//!
//! Rows of both lists have ids in the order of their time. A cursor says up to which they are counted, and moves in the transaction
//! that counts: whoever comes second finds it moved and leaves it at that, and what a crash undid is counted by the next. The cursor
//! stays some seconds behind, so that transactions which began before others and end after them are not passed by. It begins at the
//! beginning: an installation that is older than its statistics gets them all.

use std::collections::{BTreeMap, HashMap};

use ::entity::comment::State;
use ::entity::{comment, event, statistics_cursor, vote};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Set};

use super::{Kind, SiteDay, Sums, first_kept};
use crate::app::App;
use crate::commenters::{self, Seen};
use crate::error::Result;
use crate::infra::clock::first_id_at;
use crate::infra::db::Tx;
use crate::moderation::{self, Actor};
use crate::sites;

/// How often the record is looked at.
pub const EVERY: TimeDelta = TimeDelta::seconds(20);

/// For which a transaction may be under way, and the clocks of nodes may differ.
const BEHIND: TimeDelta = TimeDelta::seconds(10);

/// Rows that one transaction counts.
const ROWS_AT_ONCE: u64 = 1000;

/// Transactions of one job, so that its lease does not run out.
const STEPS: usize = 200;

/// A list that is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum List {
    Events,
    Votes,
}

impl List {
    const ALL: [List; 2] = [List::Events, List::Votes];

    fn name(self) -> &'static str {
        match self {
            List::Events => "event",
            List::Votes => "vote",
        }
    }
}

/// Counts what has been recorded since the last time; whether there is more.
pub async fn catch_up(app: &App) -> Result<bool> {
    catch_up_to(app, app.clock.now() - BEHIND).await
}

/// The same up to a moment, for those who know that nothing is under way.
pub async fn catch_up_to(app: &App, until: DateTime<Utc>) -> Result<bool> {
    for list in List::ALL {
        for step in 0.. {
            if step == STEPS {
                return Ok(true);
            }
            if !count_some(app, list, until).await? {
                break;
            }
        }
    }
    Ok(false)
}

/// Until when everything is counted; nothing before the first count is through.
pub async fn counted_until(db: &impl ConnectionTrait) -> Result<Option<DateTime<Utc>>> {
    let cursors = cursors(db).await?;
    let times = List::ALL.map(|list| cursors.get(list.name()).map(|cursor| cursor.counted_until));
    Ok(times.into_iter().min().flatten())
}

#[expect(clippy::disallowed_methods, reason = "the cursors are the platform's")]
async fn cursors(db: &impl ConnectionTrait) -> Result<HashMap<String, statistics_cursor::Model>> {
    let rows = statistics_cursor::Entity::find().all(db).await?;
    Ok(rows.into_iter().map(|row| (row.name.clone(), row)).collect())
}

/// One transaction's worth; whether there may be more.
async fn count_some(app: &App, list: List, until: DateTime<Utc>) -> Result<bool> {
    let from = match cursors(app.db.read()).await?.remove(list.name()) {
        Some(cursor) => cursor.position,
        None => begin(app, list).await?,
    };
    let counted = match list {
        List::Events => events(app, from, until).await?,
        List::Votes => votes(app, from, until).await?,
    };
    let tx = app.db.begin().await?;
    let last = counted.last.unwrap_or(from);
    let more = counted.more;
    if !advance(&tx, list, from, last, (!more).then_some(until)).await? {
        // Another worker has counted these.
        return Ok(true);
    }
    counted.add(&tx, app).await?;
    tx.commit().await?;
    Ok(more)
}

async fn begin(app: &App, list: List) -> Result<Uuid> {
    let row = statistics_cursor::ActiveModel {
        name: Set(list.name().to_owned()),
        position: Set(Uuid::nil()),
        counted_until: Set(DateTime::UNIX_EPOCH),
    };
    let there = OnConflict::column(statistics_cursor::Column::Name)
        .do_nothing()
        .to_owned();
    let tx = app.db.begin().await?;
    statistics_cursor::Entity::insert(row)
        .on_conflict(there)
        .exec_without_returning(&*tx)
        .await?;
    tx.commit().await?;
    Ok(Uuid::nil())
}

/// Moves a cursor from where it was found, in the transaction that counts. Whether it was still there: it is held until the end.
#[expect(clippy::disallowed_methods, reason = "the cursors are the platform's")]
async fn advance(tx: &Tx, list: List, from: Uuid, to: Uuid, reached: Option<DateTime<Utc>>) -> Result<bool> {
    let mut update = statistics_cursor::Entity::update_many()
        .col_expr(statistics_cursor::Column::Position, Expr::value(to))
        .filter(statistics_cursor::Column::Name.eq(list.name()))
        .filter(statistics_cursor::Column::Position.eq(from));
    if let Some(until) = reached {
        update = update.col_expr(statistics_cursor::Column::CountedUntil, Expr::value(until));
    }
    Ok(update.exec(&**tx).await?.rows_affected == 1)
}

/// What came of some rows.
#[derive(Default)]
struct Counted {
    last: Option<Uuid>,
    more: bool,
    sums: Sums,
    /// Authors of comments that came, with the days on which they came.
    seen: Vec<(Seen, NaiveDate)>,
    /// Sites to which comments came from another system, or were taken back.
    imported: Vec<Uuid>,
}

impl Counted {
    async fn add(mut self, tx: &Tx, app: &App) -> Result<()> {
        let days: HashMap<Uuid, NaiveDate> = self.seen.iter().map(|(seen, day)| (seen.comment_id, *day)).collect();
        let seen = self.seen.into_iter().map(|(seen, _)| seen).collect();
        for new in commenters::note(tx, app, seen).await? {
            if let Some(day) = days.get(&new.comment_id) {
                self.sums.day((new.site_id, *day)).new_commenters += 1;
            }
        }
        for site_id in self.imported {
            commenters::look_through(tx, app, site_id).await?;
        }
        let first = first_kept(app, app.clock.now());
        self.sums.keep(|_, day| day >= first);
        self.sums.add(tx, app).await
    }
}

/// What is needed of a comment.
#[derive(FromQueryResult)]
struct Facts {
    id: Uuid,
    thread_id: Uuid,
    author_hash: Option<String>,
    author_name: Option<String>,
    account_id: Option<Uuid>,
    created_at: DateTime<Utc>,
}

#[expect(clippy::disallowed_methods, reason = "counts for all sites of all tenants at once")]
async fn events(app: &App, from: Uuid, until: DateTime<Utc>) -> Result<Counted> {
    let rows = event::Entity::find()
        .filter(event::Column::Id.gt(from))
        .filter(event::Column::Id.lt(first_id_at(until)))
        .filter(event::Column::Kind.is_in(moderation::Kind::COUNTED.map(moderation::Kind::name)))
        .order_by_asc(event::Column::Id)
        .limit(ROWS_AT_ONCE)
        .select_only()
        .columns(Line::COLUMNS)
        .into_model::<Line>()
        .all(app.db.read())
        .await?;
    let mut counted = Counted {
        last: rows.last().map(|row| row.id),
        more: rows.len() as u64 == ROWS_AT_ONCE,
        ..Counted::default()
    };
    let zones = sites::zones(app.db.read(), rows.iter().map(|row| row.site_id)).await?;
    let facts = facts(app, &rows).await?;
    let former = Former::of(app, &rows).await?;
    for row in rows {
        // The site may have gone since.
        let Some(zone) = zones.get(&row.site_id) else { continue };
        if row.is(moderation::Kind::Imported) || row.is(moderation::Kind::ImportUndone) {
            counted.imported.push(row.site_id);
        } else if let Some(comment) = row.comment_id.and_then(|id| facts.get(&id)) {
            count(&mut counted, &row, comment, *zone, &former);
        }
    }
    Ok(counted)
}

/// What is needed of a line of the record.
#[derive(Clone, Debug, FromQueryResult)]
struct Line {
    id: Uuid,
    site_id: Uuid,
    comment_id: Option<Uuid>,
    kind: String,
    actor: String,
    from_state: Option<String>,
    to_state: Option<String>,
    at: DateTime<Utc>,
}

impl Line {
    const COLUMNS: [event::Column; 8] = [
        event::Column::Id,
        event::Column::SiteId,
        event::Column::CommentId,
        event::Column::Kind,
        event::Column::Actor,
        event::Column::FromState,
        event::Column::ToState,
        event::Column::At,
    ];

    fn is(&self, kind: moderation::Kind) -> bool {
        self.kind == kind.name()
    }

    fn by_member(&self) -> bool {
        self.actor == Actor::Member(Uuid::nil()).name()
    }

    fn leads_to(&self, state: State) -> bool {
        self.to_state.as_deref() == Some(state.name())
    }
}

fn day_of(at: DateTime<Utc>, zone: Tz) -> NaiveDate {
    at.with_timezone(&zone).date_naive()
}

fn count(counted: &mut Counted, line: &Line, comment: &Facts, zone: Tz, former: &Former) {
    let came = (line.site_id, day_of(comment.created_at, zone));
    if line.is(moderation::Kind::Created) {
        counted.sums.day(came).comments += 1;
        counted.sums.day(came).spam += i64::from(line.leads_to(State::Spam));
        counted.sums.part(came, Kind::Thread, comment.thread_id.to_string());
        // The team answers; it is not among those who write here.
        if let (Some(author_hash), None) = (&comment.author_hash, comment.account_id) {
            let seen = Seen {
                site_id: line.site_id,
                author_hash: author_hash.clone(),
                name: comment.author_name.clone(),
                comment_id: comment.id,
                at: comment.created_at,
            };
            counted.seen.push((seen, came.1));
        }
        return;
    }
    decided(&mut counted.sums, line, came, zone, former);
}

/// A decision: spam belongs to the day on which the comment came, the moderators' work to the day on which they did it.
fn decided(sums: &mut Sums, line: &Line, came: SiteDay, zone: Tz, former: &Former) {
    let before = former.state_before(line);
    let was = |state: State| before.as_deref() == Some(state.name());
    // Deleting changes nothing about what a comment was: spam that is deleted was spam. What came from another system is not among the
    // day's comments, and its spam is not either.
    if !line.leads_to(State::Deleted) && former.came_here(line) {
        sums.day(came).spam += i64::from(line.leads_to(State::Spam)) - i64::from(was(State::Spam));
    }
    if !line.by_member() {
        return;
    }
    let on = (line.site_id, day_of(line.at, zone));
    let was_held = [State::Pending, State::Spam, State::Rejected].into_iter().any(was);
    sums.day(on).approved += i64::from(was_held && line.leads_to(State::Published));
    if let Some(since) = former.waiting_since(line) {
        sums.wait(on, (line.at - since).num_seconds());
    }
}

#[expect(clippy::disallowed_methods, reason = "counts for all sites of all tenants at once")]
async fn facts(app: &App, lines: &[Line]) -> Result<HashMap<Uuid, Facts>> {
    let named: Vec<(Uuid, Uuid)> = comments_of(lines, |_| true);
    if named.is_empty() {
        return Ok(HashMap::new());
    }
    let columns = [comment::Column::SiteId, comment::Column::Id].map(|column| Expr::col((comment::Entity, column)));
    let rows = comment::Entity::find()
        .filter(Expr::tuple(columns).in_tuples(named))
        .select_only()
        .columns([
            comment::Column::Id,
            comment::Column::ThreadId,
            comment::Column::AuthorHash,
            comment::Column::AuthorName,
            comment::Column::AccountId,
            comment::Column::CreatedAt,
        ])
        .into_model::<Facts>()
        .all(app.db.read())
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Site and id of the comments of these lines, each once.
fn comments_of(lines: &[Line], wanted: impl Fn(&Line) -> bool) -> Vec<(Uuid, Uuid)> {
    let named = lines
        .iter()
        .filter(|line| wanted(line))
        .filter_map(|line| Some((line.site_id, line.comment_id?)));
    let mut named: Vec<(Uuid, Uuid)> = named.collect();
    named.sort_unstable();
    named.dedup();
    named
}

/// What happened before to the comments that were decided about.
#[derive(Default)]
struct Former(BTreeMap<Uuid, Vec<Line>>);

impl Former {
    #[expect(clippy::disallowed_methods, reason = "counts for all sites of all tenants at once")]
    async fn of(app: &App, lines: &[Line]) -> Result<Former> {
        let named = comments_of(lines, |line| line.is(moderation::Kind::Decided));
        if named.is_empty() {
            return Ok(Former::default());
        }
        let columns =
            [event::Column::SiteId, event::Column::CommentId].map(|column| Expr::col((event::Entity, column)));
        let rows = event::Entity::find()
            .filter(Expr::tuple(columns).in_tuples(named))
            .filter(
                event::Column::Kind
                    .is_in([moderation::Kind::Created, moderation::Kind::Decided].map(moderation::Kind::name)),
            )
            .order_by_asc(event::Column::Id)
            .select_only()
            .columns(Line::COLUMNS)
            .into_model::<Line>()
            .all(app.db.read())
            .await?;
        let mut former = Former::default();
        for row in rows {
            if let Some(id) = row.comment_id {
                former.0.entry(id).or_default().push(row);
            }
        }
        Ok(former)
    }

    /// Whether the comment was written here, and did not come from another system.
    fn came_here(&self, line: &Line) -> bool {
        let lines = line.comment_id.and_then(|id| self.0.get(&id));
        lines.is_some_and(|lines| lines.iter().any(|line| line.is(moderation::Kind::Created)))
    }

    /// The latest line before this one that led to a state.
    fn last(&self, line: &Line, state: State) -> Option<&Line> {
        let lines = self.0.get(&line.comment_id?)?;
        lines
            .iter()
            .rev()
            .find(|former| former.id < line.id && former.leads_to(state))
    }

    /// The state that a comment had, and before it was deleted if it was.
    fn state_before(&self, line: &Line) -> Option<String> {
        match line.from_state.as_deref() {
            Some(deleted) if deleted == State::Deleted.name() => self.last(line, State::Deleted)?.from_state.clone(),
            other => other.map(str::to_owned),
        }
    }

    /// Since when a comment waited that is decided about here; not for what a member had put back himself.
    fn waiting_since(&self, line: &Line) -> Option<DateTime<Utc>> {
        if line.from_state.as_deref() != Some(State::Pending.name()) || line.leads_to(State::Pending) {
            return None;
        }
        let held = self.last(line, State::Pending)?;
        (!held.by_member()).then_some(held.at)
    }
}

#[expect(clippy::disallowed_methods, reason = "counts for all sites of all tenants at once")]
async fn votes(app: &App, from: Uuid, until: DateTime<Utc>) -> Result<Counted> {
    let rows: Vec<(Uuid, Uuid, DateTime<Utc>)> = vote::Entity::find()
        .filter(vote::Column::Id.gt(from))
        .filter(vote::Column::Id.lt(first_id_at(until)))
        .order_by_asc(vote::Column::Id)
        .limit(ROWS_AT_ONCE)
        .select_only()
        .columns([vote::Column::Id, vote::Column::SiteId, vote::Column::CreatedAt])
        .into_tuple()
        .all(app.db.read())
        .await?;
    let zones = sites::zones(app.db.read(), rows.iter().map(|(_, site_id, _)| *site_id)).await?;
    let mut counted = Counted {
        last: rows.last().map(|(id, ..)| *id),
        more: rows.len() as u64 == ROWS_AT_ONCE,
        ..Counted::default()
    };
    for (_, site_id, at) in rows {
        if let Some(zone) = zones.get(&site_id) {
            counted.sums.day((site_id, day_of(at, *zone))).votes += 1;
        }
    }
    Ok(counted)
}
