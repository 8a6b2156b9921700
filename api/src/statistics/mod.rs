//! What happens on sites, as numbers by the day of the site's time zone.
//!
//! What is on record (comments, decisions, votes) is counted by a job with a cursor, which moves in the transaction that counts:
//! [`counting`]. What leaves no row (reads, refusals) is counted in memory and added once a second: [`tallies`]. Whoever asks gets
//! sums over these days: [`report`]. No reader is told from another for any of it.

pub mod attention;
pub mod counting;
pub mod report;
pub mod tallies;
pub mod waits;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ::entity::{OfSite, site_day, site_day_part};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, ExprTrait, IntoColumnRef, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, Iden, QueryFilter, QuerySelect, Set};

use crate::app::App;
use crate::error::Result;
use crate::infra::db::Tx;
use waits::Waits;

/// Rows that one statement adds to: their values fit among the parameters that SQLite takes.
const ROWS_AT_ONCE: usize = 500;

/// What a number of a day has parts by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Why comments were not taken.
    Failure,
    /// In which conversation comments came.
    Thread,
}

impl Kind {
    const ALL: [Kind; 2] = [Kind::Failure, Kind::Thread];

    fn name(self) -> &'static str {
        match self {
            Kind::Failure => "failure",
            Kind::Thread => "thread",
        }
    }
}

macro_rules! counts {
    ($($name:ident $column:ident)*) => {
        /// The numbers of a day, or of several together.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct Counts { $(pub $name: i64,)* }

        impl std::ops::AddAssign for Counts {
            fn add_assign(&mut self, other: Counts) {
                $(self.$name += other.$name;)*
            }
        }

        impl Counts {
            const COLUMNS: &[site_day::Column] = &[$(site_day::Column::$column),*];

            fn row(self, id: Uuid, site_id: Uuid, day: NaiveDate) -> site_day::ActiveModel {
                site_day::ActiveModel {
                    id: Set(id),
                    site_id: Set(site_id),
                    day: Set(day),
                    $($name: Set(self.$name),)*
                    waits: Set(String::new()),
                }
            }

            /// In the order of [`Counts::COLUMNS`].
            fn of(row: &sea_orm::QueryResult) -> Result<Counts> {
                Ok(Counts { $($name: row.try_get("", stringify!($name))?,)* })
            }
        }
    };
}

counts! {
    comments Comments
    approved Approved
    spam Spam
    votes Votes
    reads Reads
    new_commenters NewCommenters
    refused_origins RefusedOrigins
    failed_submits FailedSubmits
}

type SiteDay = (Uuid, NaiveDate);

/// Numbers on their way to the database. In order, so that two nodes that add to the same rows wait for each other in turn.
#[derive(Clone, Debug, Default)]
struct Sums {
    days: BTreeMap<SiteDay, Counts>,
    parts: BTreeMap<(Uuid, Kind, NaiveDate, String), i64>,
    /// Of days that are among `days`.
    waits: BTreeMap<SiteDay, Waits>,
}

impl Sums {
    fn day(&mut self, (site_id, day): SiteDay) -> &mut Counts {
        self.days.entry((site_id, day)).or_default()
    }

    fn part(&mut self, (site_id, day): SiteDay, kind: Kind, name: String) {
        *self.parts.entry((site_id, kind, day, name)).or_default() += 1;
    }

    fn wait(&mut self, at: SiteDay, seconds: i64) {
        self.days.entry(at).or_default();
        self.waits.entry(at).or_default().note(seconds);
    }

    fn sites(&self) -> BTreeSet<Uuid> {
        let of_parts = self.parts.keys().map(|(site_id, ..)| *site_id);
        self.days.keys().map(|(site_id, _)| *site_id).chain(of_parts).collect()
    }

    /// Leaves out sites that are gone, and days that would be forgotten at once.
    fn keep(&mut self, is_kept: impl Fn(Uuid, NaiveDate) -> bool) {
        self.days.retain(|(site_id, day), _| is_kept(*site_id, *day));
        self.parts.retain(|(site_id, _, day, _), _| is_kept(*site_id, *day));
        self.waits.retain(|(site_id, day), _| is_kept(*site_id, *day));
    }

    /// Adds to what the days have.
    async fn add(self, tx: &Tx, app: &App) -> Result<()> {
        let days: Vec<site_day::ActiveModel> = self
            .days
            .into_iter()
            .map(|((site_id, day), counts)| counts.row(app.clock.new_id(), site_id, day))
            .collect();
        let mut added = OnConflict::columns([site_day::Column::SiteId, site_day::Column::Day]);
        for column in Counts::COLUMNS {
            added.value(*column, raised((site_day::Entity, *column), &column.to_string()));
        }
        for some in days.chunks(ROWS_AT_ONCE) {
            site_day::Entity::insert_many(some.iter().cloned())
                .on_conflict(added.clone())
                .exec_without_returning(&**tx)
                .await?;
        }
        add_waits(tx, app, self.waits).await?;
        let parts: Vec<site_day_part::ActiveModel> = self
            .parts
            .into_iter()
            .map(|((site_id, kind, day, name), count)| site_day_part::ActiveModel {
                id: Set(app.clock.new_id()),
                site_id: Set(site_id),
                day: Set(day),
                kind: Set(kind.name().to_owned()),
                name: Set(name),
                count: Set(count),
            })
            .collect();
        let mut added = OnConflict::columns([
            site_day_part::Column::SiteId,
            site_day_part::Column::Kind,
            site_day_part::Column::Day,
            site_day_part::Column::Name,
        ]);
        let count = site_day_part::Column::Count;
        added.value(count, raised((site_day_part::Entity, count), "count"));
        for some in parts.chunks(ROWS_AT_ONCE) {
            site_day_part::Entity::insert_many(some.iter().cloned())
                .on_conflict(added.clone())
                .exec_without_returning(&**tx)
                .await?;
        }
        Ok(())
    }
}

/// Puts waits to those of days that have a row. They come from the record alone, which is counted in one hand at a time: nobody else puts
/// some there between the reading and the writing.
async fn add_waits(tx: &Tx, app: &App, waits: BTreeMap<SiteDay, Waits>) -> Result<()> {
    let mut put = OnConflict::columns([site_day::Column::SiteId, site_day::Column::Day]);
    put.update_column(site_day::Column::Waits);
    let mut waits: Vec<(SiteDay, Waits)> = waits.into_iter().collect();
    for some in waits.chunks_mut(ROWS_AT_ONCE) {
        let columns =
            [site_day::Column::SiteId, site_day::Column::Day].map(|column| Expr::col((site_day::Entity, column)));
        let kept: Vec<(Uuid, NaiveDate, String)> = site_day::Entity::of_sites(some.iter().map(|((id, _), _)| *id))
            .filter(Expr::tuple(columns).in_tuples(some.iter().map(|(at, _)| *at)))
            .select_only()
            .columns([site_day::Column::SiteId, site_day::Column::Day, site_day::Column::Waits])
            .into_tuple()
            .all(&**tx)
            .await?;
        let kept: HashMap<SiteDay, String> = kept.into_iter().map(|(id, day, kept)| ((id, day), kept)).collect();
        let mut rows = Vec::with_capacity(some.len());
        for ((site_id, day), waits) in some {
            waits.add(kept.get(&(*site_id, *day)).map_or("", String::as_str))?;
            let mut row = Counts::default().row(app.clock.new_id(), *site_id, *day);
            row.waits = Set(waits.to_string());
            rows.push(row);
        }
        site_day::Entity::insert_many(rows)
            .on_conflict(put.clone())
            .exec_without_returning(&**tx)
            .await?;
    }
    Ok(())
}

/// What a row has, and what was to be inserted.
fn raised(column: impl IntoColumnRef, name: &str) -> Expr {
    Expr::col(column).add(Expr::cust(format!("excluded.\"{name}\"")))
}

/// The first day that is kept.
fn first_kept(app: &App, now: DateTime<Utc>) -> NaiveDate {
    (now - TimeDelta::days(app.config.statistics_days)).date_naive()
}

/// Takes away up to `most` rows of a site that is erased. Resolves to how many there were.
pub async fn erase_some(tx: &Tx, site_id: Uuid, most: u64) -> Result<u64> {
    let days = site_day::Entity::delete_some_of_site(site_id, site_day::Column::Id, most);
    let gone = days.exec(&**tx).await?.rows_affected;
    let parts = site_day_part::Entity::delete_some_of_site(site_id, site_day_part::Column::Id, most - gone);
    Ok(gone + parts.exec(&**tx).await?.rows_affected)
}

/// Forgets days of a site that have been kept long enough; part of the retention job. By the site, as everything here is read: an index by
/// the day alone would tempt an engine to read a month of all sites for one of them.
pub async fn forget(tx: &Tx, app: &App, site_id: Uuid, now: DateTime<Utc>) -> Result<()> {
    let first = first_kept(app, now);
    site_day::Entity::delete_of_site(site_id)
        .filter(site_day::Column::Day.lt(first))
        .exec(&**tx)
        .await?;
    site_day_part::Entity::delete_of_site(site_id)
        .filter(site_day_part::Column::Kind.is_in(Kind::ALL.map(Kind::name)))
        .filter(site_day_part::Column::Day.lt(first))
        .exec(&**tx)
        .await?;
    Ok(())
}
