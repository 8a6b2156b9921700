//! The table of jobs: written in the transaction that wants the work, claimed by leases, done at least once.

use ::entity::job;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, LockBehavior, LockType, OnConflict, Query, UpdateStatement};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, Iterable, QueryFilter, QueryOrder, QueryResult,
    QuerySelect, Set,
};

use super::clock::id_at;
use super::db::{self, Db};
use crate::error::{Error, ErrorCode, Result};
use crate::job::Job;

/// How long a worker may hold a job before another takes it over.
const LEASE: TimeDelta = TimeDelta::minutes(5);

/// A job is given up after so many tries: with the waits below, a little over three days.
const TRIES: i32 = 20;

/// A job in a worker's hands.
#[derive(Clone, Debug)]
pub struct Claimed {
    pub row: job::Model,
    pub job: Job,
}

/// Adds a job to the caller's transaction. One that waits under the same key is left as it is.
pub async fn add(tx: &impl ConnectionTrait, job: &Job, run_at: DateTime<Utc>, now: DateTime<Utc>) -> Result<()> {
    let left = OnConflict::column(job::Column::UniqueKey).do_nothing().to_owned();
    insert(tx, job, run_at, now, left).await
}

/// Adds a job in place of the one under the same key, also where a worker is at it: what that one does is not counted any more.
pub async fn renew(tx: &impl ConnectionTrait, job: &Job, run_at: DateTime<Utc>, now: DateTime<Utc>) -> Result<()> {
    let replaced = OnConflict::column(job::Column::UniqueKey)
        // Another id, so that whoever claimed the old one holds nothing.
        .update_columns([
            job::Column::Id,
            job::Column::Payload,
            job::Column::RunAt,
            job::Column::Attempts,
            job::Column::LockedUntil,
            job::Column::LastError,
            job::Column::CreatedAt,
        ])
        .to_owned();
    insert(tx, job, run_at, now, replaced).await
}

async fn insert(
    tx: &impl ConnectionTrait,
    job: &Job,
    run_at: DateTime<Utc>,
    now: DateTime<Utc>,
    if_there: OnConflict,
) -> Result<()> {
    job::Entity::insert(row(job, run_at, now)?)
        .on_conflict(if_there)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

fn row(job: &Job, run_at: DateTime<Utc>, now: DateTime<Utc>) -> Result<job::ActiveModel> {
    let stored = serde_json::to_value(job).map_err(Error::internal)?;
    Ok(job::ActiveModel {
        id: Set(id_at(now)),
        kind: Set(stored["kind"].as_str().unwrap_or_default().to_owned()),
        site_id: Set(job.site_id()),
        payload: Set(stored["payload"].clone()),
        unique_key: Set(job.unique_key()),
        lane: Set(job.lane()),
        priority: Set(job.priority()),
        run_at: Set(run_at),
        attempts: Set(0),
        locked_until: Set(None),
        failed_at: Set(None),
        last_error: Set(None),
        created_at: Set(now),
    })
}

/// Adds many jobs that are due, in their order; those whose key waits already are left out.
pub async fn add_all(tx: &impl ConnectionTrait, jobs: &[Job], now: DateTime<Utc>) -> Result<()> {
    // Bounded by what a statement may have of values.
    for some in jobs.chunks(500) {
        let rows = some.iter().map(|job| row(job, now, now)).collect::<Result<Vec<_>>>()?;
        job::Entity::insert_many(rows)
            .on_conflict(OnConflict::column(job::Column::UniqueKey).do_nothing().to_owned())
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

/// Adds many jobs that are due; those whose key waits already stay as they are, and are held until the transaction ends: one that is at its
/// end leaves the table after that, and sees what was committed with it.
pub async fn add_or_hold(tx: &impl ConnectionTrait, jobs: &[Job], now: DateTime<Utc>) -> Result<()> {
    for some in jobs.chunks(500) {
        let rows = some.iter().map(|job| row(job, now, now)).collect::<Result<Vec<_>>>()?;
        let held = OnConflict::column(job::Column::UniqueKey)
            .update_column(job::Column::UniqueKey)
            .to_owned();
        job::Entity::insert_many(rows)
            .on_conflict(held)
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

/// Goes on with a job in place of ending it, as another of the same kind: it keeps its place in its lane.
///
/// # Errors
/// If the lease ran out and another worker has it.
#[expect(clippy::disallowed_methods, reason = "jobs belong to the platform")]
pub async fn go_on(tx: &impl ConnectionTrait, claimed: &Claimed, with: &Job, now: DateTime<Utc>) -> Result<()> {
    let stored = serde_json::to_value(with).map_err(Error::internal)?;
    let changed = job::Entity::update_many()
        .col_expr(job::Column::Payload, Expr::value(stored["payload"].clone()))
        .col_expr(job::Column::RunAt, Expr::value(now))
        .col_expr(job::Column::Attempts, Expr::value(0))
        .col_expr(job::Column::LockedUntil, Expr::value(None::<DateTime<Utc>>))
        .filter(held(claimed))
        .exec(tx)
        .await?;
    match changed.rows_affected {
        1 => Ok(()),
        _ => Err(Error::internal("the job is in another worker's hands")),
    }
}

/// Takes up to `most` due jobs: waiting ones, and those of a worker that died. One that cannot be read is given up.
pub async fn claim(db: &Db, most: u64, now: DateTime<Utc>) -> Result<Vec<Claimed>> {
    db::retry(async || claim_once(db, most, now).await).await
}

async fn claim_once(db: &Db, most: u64, now: DateTime<Utc>) -> Result<Vec<Claimed>> {
    let tx = db.begin().await?;
    let mut claimed = Vec::new();
    for priority in Job::PRIORITIES {
        let room = most.saturating_sub(claimed.len() as u64);
        if room == 0 {
            break;
        }
        for row in tx.query_all(&claiming(priority, room, now)).await? {
            let row = job::Model::from_query_result(&row, "")?;
            let stored = serde_json::json!({ "kind": row.kind, "payload": row.payload });
            match serde_json::from_value(stored) {
                Ok(job) => claimed.push(Claimed { row, job }),
                // It would be the next one for ever.
                Err(error) => give_up_within(&*tx, held_row(&row), &format!("no such job: {error}"), now).await?,
            }
        }
    }
    tx.commit().await?;
    Ok(claimed)
}

/// By priority one after the other, so that each is the beginning of an index, however much of the others waits.
fn claiming(priority: i16, most: u64, now: DateTime<Utc>) -> UpdateStatement {
    let due = Query::select()
        .column(job::Column::Id)
        .from(job::Entity)
        .and_where(job::Column::Priority.eq(priority))
        .and_where(job::Column::RunAt.lte(now))
        .and_where(Expr::cust("failed_at IS NULL"))
        // A newer version's jobs wait for it.
        .and_where(job::Column::Kind.is_in(Job::KINDS))
        .and_where(
            Expr::col(job::Column::LockedUntil)
                .is_null()
                .or(Expr::col(job::Column::LockedUntil).lt(now)),
        )
        // Whoever waits in a lane waits for those before him, however far off they have been put.
        .and_where(Expr::cust(
            "NOT EXISTS (SELECT 1 FROM job AS earlier \
             WHERE earlier.lane = job.lane AND earlier.id < job.id AND earlier.failed_at IS NULL)",
        ))
        .order_by(job::Column::RunAt, sea_orm::Order::Asc)
        .order_by(job::Column::Id, sea_orm::Order::Asc)
        .limit(most)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .to_owned();
    Query::update()
        .table(job::Entity)
        .value(job::Column::LockedUntil, now + LEASE)
        .value(job::Column::Attempts, Expr::col(job::Column::Attempts).add(1))
        .and_where(Expr::col(job::Column::Id).in_subquery(due))
        // By name: a prepared `*` is refused by PostgreSQL once another version has added a column.
        .returning(Query::returning().columns(job::Column::iter()))
        .to_owned()
}

/// Takes a done job off the table, in the transaction that did it.
///
/// # Errors
/// If the lease ran out and another worker has it: then this transaction must not count.
#[expect(clippy::disallowed_methods, reason = "jobs belong to the platform")]
pub async fn finish(tx: &impl ConnectionTrait, claimed: &Claimed) -> Result<()> {
    let gone = job::Entity::delete_many().filter(held(claimed)).exec(tx).await?;
    match gone.rows_affected {
        1 => Ok(()),
        _ => Err(Error::internal("the job is in another worker's hands")),
    }
}

/// Takes what waits for a site that is erased off the table, but for the erasing itself.
#[expect(clippy::disallowed_methods, reason = "jobs belong to the platform")]
pub async fn forget_site(tx: &impl ConnectionTrait, site_id: Uuid) -> Result<()> {
    job::Entity::delete_many()
        .filter(job::Column::SiteId.eq(site_id))
        .filter(job::Column::Kind.ne("erase_site"))
        .exec(tx)
        .await?;
    Ok(())
}

/// Why a job could not be done this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Something in the world outside: what waits behind it in its lane would fare no better.
    World,
    /// The job itself: the others of its lane go on without it.
    Job,
}

/// Puts a job back for later, or gives it up after [`TRIES`]: whether it did. One that is in another worker's hands is left to it.
#[expect(clippy::disallowed_methods, reason = "jobs belong to the platform")]
pub async fn put_back(db: &Db, claimed: &Claimed, error: &str, cause: Cause, now: DateTime<Utc>) -> Result<bool> {
    let error: String = error.chars().take(500).collect();
    let mut update = job::Entity::update_many()
        .col_expr(job::Column::LastError, Expr::value(error))
        .col_expr(job::Column::LockedUntil, Expr::value(None::<DateTime<Utc>>))
        .filter(held(claimed));
    if cause == Cause::Job {
        update = update.col_expr(job::Column::Lane, Expr::value(None::<String>));
    }
    let is_last = claimed.row.attempts >= TRIES;
    if is_last {
        update = update
            .col_expr(job::Column::FailedAt, Expr::value(now))
            // The key is freed, so that the same work can be asked for again.
            .col_expr(job::Column::UniqueKey, Expr::value(None::<String>));
    } else {
        let wait = wait_before(claimed.row.attempts, rand::random_range(0.75..1.25));
        update = update.col_expr(job::Column::RunAt, Expr::value(now + wait));
    }
    db::retry(async || {
        let tx = db.begin().await?;
        let held = update.clone().exec(&*tx).await?.rows_affected > 0;
        tx.commit().await?;
        Ok(held && is_last)
    })
    .await
}

/// Has a job wait for its turn, which it did not miss by any fault: none of its tries is spent.
#[expect(clippy::disallowed_methods, reason = "jobs belong to the platform")]
pub async fn postpone(db: &Db, claimed: &Claimed, why: &str, until: DateTime<Utc>) -> Result<()> {
    let update = job::Entity::update_many()
        .col_expr(job::Column::LastError, Expr::value(why))
        .col_expr(job::Column::LockedUntil, Expr::value(None::<DateTime<Utc>>))
        .col_expr(job::Column::Attempts, Expr::value(claimed.row.attempts - 1))
        .col_expr(job::Column::RunAt, Expr::value(until))
        .filter(held(claimed));
    db::retry(async || {
        let tx = db.begin().await?;
        update.clone().exec(&*tx).await?;
        tx.commit().await
    })
    .await
}

/// Gives a job up that no further try will help.
pub async fn give_up(db: &Db, claimed: &Claimed, error: &str, now: DateTime<Utc>) -> Result<()> {
    db::retry(async || {
        let tx = db.begin().await?;
        give_up_within(&*tx, held(claimed), error, now).await?;
        tx.commit().await
    })
    .await
}

#[expect(clippy::disallowed_methods, reason = "jobs belong to the platform")]
async fn give_up_within(tx: &impl ConnectionTrait, held: Condition, error: &str, now: DateTime<Utc>) -> Result<()> {
    let error: String = error.chars().take(500).collect();
    job::Entity::update_many()
        .col_expr(job::Column::LastError, Expr::value(error))
        .col_expr(job::Column::LockedUntil, Expr::value(None::<DateTime<Utc>>))
        .col_expr(job::Column::FailedAt, Expr::value(now))
        .col_expr(job::Column::UniqueKey, Expr::value(None::<String>))
        .filter(held)
        .exec(tx)
        .await?;
    Ok(())
}

/// Whether a job is still in the hands that claimed it: each claim counts one attempt more.
fn held(claimed: &Claimed) -> Condition {
    held_row(&claimed.row)
}

fn held_row(row: &job::Model) -> Condition {
    Condition::all()
        .add(job::Column::Id.eq(row.id))
        .add(job::Column::Attempts.eq(row.attempts))
}

/// Jobs that were given up.
#[expect(clippy::disallowed_methods, reason = "jobs belong to the platform")]
pub async fn failed(db: &Db) -> Result<u64> {
    use sea_orm::PaginatorTrait;
    Ok(job::Entity::find()
        .filter(Expr::cust("failed_at IS NOT NULL"))
        .count(db.read())
        .await?)
}

/// Where a job is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Waiting,
    /// In a worker's hands.
    Running,
    /// Given up.
    Failed,
}

impl Standing {
    pub const ALL: [Standing; 3] = [Standing::Waiting, Standing::Running, Standing::Failed];

    pub fn of(row: &job::Model, now: DateTime<Utc>) -> Standing {
        match (row.failed_at, row.locked_until) {
            (Some(_), _) => Standing::Failed,
            (None, Some(until)) if until > now => Standing::Running,
            (None, _) => Standing::Waiting,
        }
    }

    /// What it is counted under.
    pub fn name(self) -> &'static str {
        match self {
            Standing::Waiting => "waiting",
            Standing::Running => "running",
            Standing::Failed => "failed",
        }
    }

    fn rows(self, now: DateTime<Utc>) -> Condition {
        let alive = Condition::all().add(job::Column::FailedAt.is_null());
        match self {
            Standing::Failed => Condition::all().add(job::Column::FailedAt.is_not_null()),
            Standing::Running => alive.add(job::Column::LockedUntil.gt(now)),
            Standing::Waiting => alive.add(
                Condition::any()
                    .add(job::Column::LockedUntil.is_null())
                    .add(job::Column::LockedUntil.lte(now)),
            ),
        }
    }
}

/// Jobs of one kind in one standing.
pub struct Tally {
    pub kind: String,
    pub standing: Standing,
    pub count: u64,
    /// When the oldest of them was to be done.
    pub oldest: DateTime<Utc>,
}

/// How many jobs of which kind there are, by kind.
#[expect(clippy::disallowed_methods, reason = "jobs belong to the platform")]
pub async fn tallies(db: &Db, now: DateTime<Utc>) -> Result<Vec<Tally>> {
    let mut tallies = Vec::new();
    for standing in Standing::ALL {
        let rows: Vec<(String, i64, DateTime<Utc>)> = job::Entity::find()
            .filter(standing.rows(now))
            .select_only()
            .column(job::Column::Kind)
            .column_as(job::Column::Id.count(), "count")
            .column_as(job::Column::RunAt.min(), "oldest")
            .group_by(job::Column::Kind)
            .into_tuple()
            .all(db.read())
            .await?;
        tallies.extend(rows.into_iter().map(|(kind, count, oldest)| Tally {
            kind,
            standing,
            count: u64::try_from(count).unwrap_or(0),
            oldest,
        }));
    }
    tallies.sort_by(|one, two| one.kind.cmp(&two.kind));
    Ok(tallies)
}

/// Jobs that are counted at most for the metrics, so that a look costs the same however many there are.
const MOST_GAUGED: u64 = 50_000;

/// The same for the metrics: in one statement, and up to a number.
pub async fn gauged(db: &Db, now: DateTime<Utc>) -> Result<Vec<Tally>> {
    let standing = Expr::case(Expr::col(job::Column::FailedAt).is_not_null(), Expr::cust("'failed'"))
        .case(Expr::col(job::Column::LockedUntil).gt(now), Expr::cust("'running'"))
        .finally(Expr::cust("'waiting'"));
    let some = Query::select()
        .columns([job::Column::Kind, job::Column::RunAt])
        .expr_as(standing, "standing")
        .from(job::Entity)
        .limit(MOST_GAUGED)
        .to_owned();
    let kind = job::Column::Kind;
    let counted = Query::select()
        .column(kind)
        .column("standing")
        .expr(Expr::col(kind).count())
        .expr(Expr::col(job::Column::RunAt).min())
        .from_subquery(some, "some")
        .group_by_col(kind)
        .group_by_col("standing")
        .to_owned();
    let rows = db.read().query_all(&counted).await?;
    let tally = |row: QueryResult| -> Result<Tally> {
        let name: String = row.try_get_by_index(1)?;
        let count: i64 = row.try_get_by_index(2)?;
        let standing = Standing::ALL.into_iter().find(|one| one.name() == name);
        Ok(Tally {
            kind: row.try_get_by_index(0)?,
            standing: standing.unwrap_or(Standing::Waiting),
            count: u64::try_from(count).unwrap_or(0),
            oldest: row.try_get_by_index(3)?,
        })
    };
    rows.into_iter().map(tally).collect()
}

/// How many jobs of a kind wait, by how long they have.
pub struct Ages {
    pub kind: String,
    pub oldest: DateTime<Utc>,
    pub all: u64,
    pub over_an_hour: u64,
    pub over_a_day: u64,
}

/// Those of some kinds that were not given up.
#[expect(clippy::disallowed_methods, reason = "jobs belong to the platform")]
pub async fn ages(db: &Db, kinds: &[&str], now: DateTime<Utc>) -> Result<Vec<Ages>> {
    let older = |than: TimeDelta| {
        let is_older = Expr::col(job::Column::CreatedAt).lt(now - than);
        Expr::case(is_older, 1).finally(0).sum().cast_as("bigint")
    };
    let rows: Vec<(String, DateTime<Utc>, i64, i64, i64)> = job::Entity::find()
        .filter(job::Column::Kind.is_in(kinds.iter().copied()))
        .filter(job::Column::FailedAt.is_null())
        .select_only()
        .column(job::Column::Kind)
        .column_as(job::Column::CreatedAt.min(), "oldest")
        .column_as(job::Column::Id.count(), "count")
        .expr_as(older(TimeDelta::hours(1)), "hour")
        .expr_as(older(TimeDelta::days(1)), "day")
        .group_by(job::Column::Kind)
        .order_by_asc(job::Column::Kind)
        .into_tuple()
        .all(db.read())
        .await?;
    let whole = |count: i64| u64::try_from(count).unwrap_or(0);
    let ages = rows.into_iter().map(|(kind, oldest, all, hour, day)| Ages {
        kind,
        oldest,
        all: whole(all),
        over_an_hour: whole(hour),
        over_a_day: whole(day),
    });
    Ok(ages.collect())
}

/// Why jobs wait or were given up, in the same words for many of them.
pub struct Trouble {
    pub error: String,
    pub is_failed: bool,
    pub count: u64,
    /// When the latest of them was asked for.
    pub latest: DateTime<Utc>,
}

/// The most frequent troubles of jobs of some kinds.
#[expect(clippy::disallowed_methods, reason = "jobs belong to the platform")]
pub async fn troubles(db: &Db, kinds: &[&str], most: u64) -> Result<Vec<Trouble>> {
    let mut troubles = Vec::new();
    for is_failed in [false, true] {
        let standing = match is_failed {
            true => job::Column::FailedAt.is_not_null(),
            false => job::Column::FailedAt.is_null(),
        };
        let rows: Vec<(String, i64, DateTime<Utc>)> = job::Entity::find()
            .filter(job::Column::Kind.is_in(kinds.iter().copied()))
            .filter(job::Column::LastError.is_not_null())
            .filter(standing)
            .select_only()
            .column(job::Column::LastError)
            .column_as(job::Column::Id.count(), "count")
            .column_as(job::Column::CreatedAt.max(), "latest")
            .group_by(job::Column::LastError)
            .order_by_desc(job::Column::Id.count())
            .limit(most)
            .into_tuple()
            .all(db.read())
            .await?;
        troubles.extend(rows.into_iter().map(|(error, count, latest)| Trouble {
            error,
            is_failed,
            count: u64::try_from(count).unwrap_or(0),
            latest,
        }));
    }
    Ok(troubles)
}

/// A page of jobs by id (so by age), after `after`; with whether there are more.
#[expect(clippy::disallowed_methods, reason = "jobs belong to the platform")]
pub async fn list(
    db: &Db,
    standing: Option<Standing>,
    kind: Option<&str>,
    after: Option<Uuid>,
    limit: u64,
    now: DateTime<Utc>,
) -> Result<(Vec<job::Model>, bool)> {
    let mut select = job::Entity::find().order_by_asc(job::Column::Id).limit(limit + 1);
    if let Some(standing) = standing {
        select = select.filter(standing.rows(now));
    }
    if let Some(kind) = kind {
        select = select.filter(job::Column::Kind.eq(kind));
    }
    if let Some(after) = after {
        select = select.filter(job::Column::Id.gt(after));
    }
    let mut rows = select.all(db.read()).await?;
    let more = rows.len() as u64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok((rows, more))
}

/// Has a job that was given up tried again, from its first try on.
///
/// # Errors
/// `not_found`; `state_changed` for one that was not given up.
#[expect(clippy::disallowed_methods, reason = "jobs belong to the platform")]
pub async fn retry(db: &Db, id: Uuid, now: DateTime<Utc>) -> Result<()> {
    let tx = db.begin().await?;
    let done = job::Entity::update_many()
        .col_expr(job::Column::FailedAt, Expr::value(None::<DateTime<Utc>>))
        .col_expr(job::Column::LockedUntil, Expr::value(None::<DateTime<Utc>>))
        .col_expr(job::Column::Attempts, Expr::value(0))
        .col_expr(job::Column::RunAt, Expr::value(now))
        .filter(job::Column::Id.eq(id))
        .filter(job::Column::FailedAt.is_not_null())
        .exec(&*tx)
        .await?;
    was_failed(&*tx, id, done.rows_affected).await?;
    tx.commit().await
}

/// Takes a job that was given up off the table, undone.
///
/// # Errors
/// `not_found`; `state_changed` for one that was not given up.
#[expect(clippy::disallowed_methods, reason = "jobs belong to the platform")]
pub async fn drop_failed(db: &Db, id: Uuid) -> Result<()> {
    let tx = db.begin().await?;
    let done = job::Entity::delete_many()
        .filter(job::Column::Id.eq(id))
        .filter(job::Column::FailedAt.is_not_null())
        .exec(&*tx)
        .await?;
    was_failed(&*tx, id, done.rows_affected).await?;
    tx.commit().await
}

#[expect(clippy::disallowed_methods, reason = "jobs belong to the platform")]
async fn was_failed(tx: &impl ConnectionTrait, id: Uuid, changed: u64) -> Result<()> {
    if changed > 0 {
        return Ok(());
    }
    match job::Entity::find_by_id(id).one(tx).await? {
        None => Err(Error::not_found("job")),
        Some(_) => Err(Error::refused(
            ErrorCode::StateChanged,
            "This job was not given up; it is waiting or running.",
        )),
    }
}

/// Doubles from 5 s up to 6 h, spread by `jitter` around 1 so that retries do not march in step.
fn wait_before(attempts: i32, jitter: f64) -> TimeDelta {
    let doublings = u32::try_from(attempts.clamp(1, 13) - 1).unwrap_or(0);
    let seconds = Ord::min(5_i64 << doublings, 6 * 3600);
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "at most 27,000,000 ms"
    )]
    let spread = (seconds as f64 * 1000.0 * jitter) as i64;
    TimeDelta::milliseconds(spread)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_six_hours() {
        let waits: Vec<i64> = (1..=14)
            .map(|attempt| wait_before(attempt, 1.0).num_seconds())
            .collect();
        assert_eq!(waits[..4], [5, 10, 20, 40]);
        assert_eq!(waits[12..], [20480, 20480]);
    }

    #[test]
    fn all_tries_together_last_about_three_days() {
        let hours: i64 = (1..TRIES)
            .map(|attempt| wait_before(attempt, 1.0).num_seconds())
            .sum::<i64>()
            / 3600;
        assert!((36..96).contains(&hours), "{hours} h");
    }
}
