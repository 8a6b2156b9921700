//! Statistics as they are shown: sums over days, for a site or for the sites of a member's reach.

use std::collections::{BTreeMap, HashMap};

use ::entity::{OfSite, site_day, site_day_part, thread};
use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, ExprTrait, IntoColumnRef};
use sea_orm::{
    ColumnTrait, ConnectionTrait, Iden, PaginatorTrait, QueryFilter, QueryOrder, QueryResult, QuerySelect, QueryTrait,
    Select,
};

use super::waits::Waits;
use super::{Counts, Kind, counting};
use crate::app::App;
use crate::error::{Error, ErrorCode, Result};
use crate::sites::Site;
use crate::tenants::{Member, Reach};

/// Days that one report spans at most.
pub const MOST_DAYS: i64 = 400;

/// Days that it spans if nothing is said.
const USUAL_DAYS: u64 = 30;

/// Reasons of failures, and threads, that are named.
const MOST_NAMED: u64 = 10;

/// What a report is divided into.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum By {
    #[default]
    Day,
    /// From Monday to Sunday (ISO 8601).
    Week,
    Month,
}

impl By {
    /// The first day of what a day is in.
    fn start(self, day: NaiveDate) -> NaiveDate {
        match self {
            By::Day => day,
            By::Week => day - Days::new(day.weekday().num_days_from_monday().into()),
            By::Month => day - Days::new(day.day0().into()),
        }
    }

    fn next(self, start: NaiveDate) -> NaiveDate {
        match self {
            By::Day => start + Days::new(1),
            By::Week => start + Days::new(7),
            By::Month => start + Months::new(1),
        }
    }
}

/// From a day to a day, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub by: By,
}

impl Range {
    /// Up to today and from 30 days back, if nothing else is said.
    ///
    /// # Errors
    /// `invalid_parameter` for an end before the beginning, or more than 400 days.
    pub fn new(from: Option<NaiveDate>, to: Option<NaiveDate>, by: By, today: NaiveDate) -> Result<Range> {
        let refused = |detail: String| Error::refused(ErrorCode::InvalidParameter, detail);
        let far = || refused("Dates are those of a calendar in use.".to_owned());
        let to = match (from, to) {
            (_, Some(to)) => to,
            (Some(from), None) => Ord::max(from, today),
            (None, None) => today,
        };
        let from = match from {
            Some(from) => from,
            None => to.checked_sub_days(Days::new(USUAL_DAYS - 1)).ok_or_else(far)?,
        };
        if [from, to].into_iter().any(|day| !(1970..=9000).contains(&day.year())) {
            return Err(far());
        }
        match (to - from).num_days() {
            days if days < 0 => Err(refused("from must not be after to.".to_owned())),
            days if days >= MOST_DAYS => Err(refused(format!("A report spans {MOST_DAYS} days at most."))),
            _ => Ok(Range { from, to, by }),
        }
    }

    /// The parts of the range: each with its first day and the last of its days that is in the range.
    fn periods(self) -> impl Iterator<Item = (NaiveDate, NaiveDate)> {
        let starts = std::iter::successors(Some(self.by.start(self.from)), move |start| Some(self.by.next(*start)));
        starts
            .take_while(move |start| *start <= self.to)
            .map(move |start| (start, Ord::min(self.by.next(start) - Days::new(1), self.to)))
    }
}

/// The numbers of a period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    pub counts: Counts,
    /// Median of the seconds that comments waited for a moderator's decision.
    pub moderation_seconds: Option<i64>,
}

impl Figures {
    /// Which share of the comments are spam; none of no comments.
    #[expect(clippy::cast_precision_loss, reason = "counts of comments")]
    pub fn spam_share(&self) -> Option<f64> {
        let Counts { comments, spam, .. } = self.counts;
        (comments > 0).then(|| spam as f64 / comments as f64)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub figures: Figures,
}

#[derive(Debug)]
pub struct Report {
    pub range: Range,
    pub periods: Vec<Period>,
    pub totals: Figures,
    /// Why comments were not taken, the most frequent reasons first.
    pub failures: Vec<(String, i64)>,
    /// Where most comments came, with how many.
    pub busiest: Vec<(thread::Model, i64)>,
    pub counted_until: Option<DateTime<Utc>>,
}

/// Whose statistics are asked for.
#[derive(Clone, Copy, Debug)]
pub enum Scope<'a> {
    Site(&'a Site),
    /// All sites of the member's reach, each in its own time zone.
    Tenant(&'a Member),
}

impl Scope<'_> {
    fn rows<E: OfSite>(self) -> Select<E> {
        match self {
            Scope::Site(site) => E::of_site(site.id()),
            Scope::Tenant(member) => {
                let rows = E::of_tenants_sites(member.tenant_id());
                match member.reach() {
                    Reach::All => rows,
                    Reach::Only(sites) => rows.filter(E::SITE.is_in(sites.iter().copied())),
                }
            }
        }
    }

    /// The date where the site is. Of several sites it is that of Greenwich, or the next one once something has happened where it has
    /// come already.
    pub async fn today(self, app: &App) -> Result<NaiveDate> {
        let now = app.clock.now();
        let Scope::Site(site) = self else {
            let tomorrow = now.date_naive() + Days::new(1);
            let ahead = self
                .rows::<site_day::Entity>()
                .filter(site_day::Column::Day.eq(tomorrow));
            let is_ahead = ahead.count(app.db.read()).await? > 0;
            return Ok(if is_ahead { tomorrow } else { now.date_naive() });
        };
        Ok(site.day(now))
    }
}

/// A report: as many statements as there are kinds of numbers, however many days and sites. The engine puts days together to periods, so
/// that what comes over is as long as the report and not as long as what is kept. It says itself until when it counts, so it may be behind.
pub async fn of(app: &App, scope: Scope<'_>, range: Range) -> Result<Report> {
    app.db.read_lagging(async |db| read(app, &db, scope, range).await).await
}

async fn read(app: &App, db: &impl ConnectionTrait, scope: Scope<'_>, range: Range) -> Result<Report> {
    let counts = counts(app, db, scope, range).await?;
    let waits = waits_of(db, scope, range).await?;
    let periods = range.periods().map(|(from, to)| Period {
        from,
        to,
        figures: Figures {
            counts: counts.get(&from).copied().unwrap_or_default(),
            moderation_seconds: waits.get(&from).and_then(Waits::median),
        },
    });
    let mut total = Counts::default();
    for period in counts.values() {
        total += *period;
    }
    let mut total_waits = Waits::default();
    for period in waits.values() {
        total_waits += period;
    }
    let totals = Figures {
        counts: total,
        moderation_seconds: total_waits.median(),
    };
    Ok(Report {
        range,
        periods: periods.collect(),
        totals,
        failures: named(db, scope, range, Kind::Failure).await?,
        busiest: busiest(db, scope, range).await?,
        counted_until: counting::counted_until(db).await?,
    })
}

/// The first day of the period that a day is in, as the engine makes it: see [`By::start`].
fn start_of(app: &App, by: By, day: impl IntoColumnRef) -> Expr {
    let day = Expr::col(day);
    match by {
        By::Day => day,
        By::Week => app.db.week_of(day),
        By::Month => app.db.month_of(day),
    }
}

/// By the first day of the period.
async fn counts(
    app: &App,
    db: &impl ConnectionTrait,
    scope: Scope<'_>,
    range: Range,
) -> Result<BTreeMap<NaiveDate, Counts>> {
    let start = start_of(app, range.by, (site_day::Entity, site_day::Column::Day));
    let mut select = scope
        .rows::<site_day::Entity>()
        .filter(site_day::Column::Day.between(range.from, range.to))
        .select_only()
        .column_as(start.clone(), "start")
        .group_by(start);
    for column in Counts::COLUMNS {
        select = select.column_as(Expr::col(*column).sum().cast_as("bigint"), column.to_string());
    }
    let rows = db.query_all(&select.into_query()).await?;
    let period = |row: &QueryResult| Ok((row.try_get("", "start")?, Counts::of(row)?));
    rows.iter().map(period).collect()
}

/// By the first day of the period. Put together here: what a day has is one short text.
async fn waits_of(db: &impl ConnectionTrait, scope: Scope<'_>, range: Range) -> Result<BTreeMap<NaiveDate, Waits>> {
    let rows: Vec<(NaiveDate, String)> = scope
        .rows::<site_day::Entity>()
        .filter(site_day::Column::Day.between(range.from, range.to))
        .filter(site_day::Column::Waits.ne(""))
        .select_only()
        .columns([site_day::Column::Day, site_day::Column::Waits])
        .into_tuple()
        .all(db)
        .await?;
    let mut by_period: BTreeMap<NaiveDate, Waits> = BTreeMap::new();
    for (day, kept) in rows {
        by_period.entry(range.by.start(day)).or_default().add(&kept)?;
    }
    Ok(by_period)
}

fn parts(scope: Scope<'_>, range: Range, kind: Kind) -> Select<site_day_part::Entity> {
    scope
        .rows::<site_day_part::Entity>()
        .filter(site_day_part::Column::Kind.eq(kind.name()))
        .filter(site_day_part::Column::Day.between(range.from, range.to))
        .select_only()
}

fn sum() -> Expr {
    Expr::col(site_day_part::Column::Count).sum().cast_as("bigint")
}

/// The largest parts of a kind, and how large.
async fn named(db: &impl ConnectionTrait, scope: Scope<'_>, range: Range, kind: Kind) -> Result<Vec<(String, i64)>> {
    Ok(parts(scope, range, kind)
        .column(site_day_part::Column::Name)
        .column_as(sum(), "sum")
        .group_by(site_day_part::Column::Name)
        .order_by_desc(sum())
        .order_by_asc(site_day_part::Column::Name)
        .limit(MOST_NAMED)
        .into_tuple()
        .all(db)
        .await?)
}

async fn busiest(db: &impl ConnectionTrait, scope: Scope<'_>, range: Range) -> Result<Vec<(thread::Model, i64)>> {
    let named: Vec<(Uuid, i64)> = named(db, scope, range, Kind::Thread)
        .await?
        .into_iter()
        .filter_map(|(name, count)| Some((name.parse().ok()?, count)))
        .collect();
    let rows = scope
        .rows::<thread::Entity>()
        .filter(thread::Column::Id.is_in(named.iter().map(|(id, _)| *id)))
        .all(db)
        .await?;
    let mut threads: HashMap<Uuid, thread::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
    // One that was merged into another, or has gone, is passed over.
    let found = named
        .into_iter()
        .filter_map(|(id, count)| Some((threads.remove(&id)?, count)));
    Ok(found.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn range(from: &str, to: &str, by: By) -> Result<Range> {
        Range::new(Some(day(from)), Some(day(to)), by, day("2026-11-30"))
    }

    #[test]
    fn what_is_not_said_ends_today_and_has_thirty_days() {
        let range = Range::new(None, None, By::Day, day("2026-11-30")).unwrap();
        assert_eq!((range.from, range.to), (day("2026-11-01"), day("2026-11-30")));
        let since = Range::new(Some(day("2026-11-20")), None, By::Day, day("2026-11-30")).unwrap();
        assert_eq!((since.from, since.to), (day("2026-11-20"), day("2026-11-30")));
        let until = Range::new(None, Some(day("2026-03-01")), By::Day, day("2026-11-30")).unwrap();
        assert_eq!((until.from, until.to), (day("2026-01-31"), day("2026-03-01")));
    }

    #[test]
    fn four_hundred_days_are_the_most() {
        assert!(range("2025-10-27", "2026-11-30", By::Day).is_ok());
        for (from, to) in [
            ("2025-10-26", "2026-11-30"),
            ("2026-11-30", "2026-11-29"),
            ("1600-01-01", "1600-01-02"),
            ("9999-12-01", "9999-12-31"),
        ] {
            assert!(range(from, to, By::Day).is_err(), "{from} {to}");
        }
    }

    #[test]
    fn weeks_begin_on_monday_and_the_last_ends_with_the_range() {
        let weeks: Vec<_> = range("2026-11-18", "2026-11-30", By::Week).unwrap().periods().collect();
        let expected = [
            ("2026-11-16", "2026-11-22"),
            ("2026-11-23", "2026-11-29"),
            ("2026-11-30", "2026-11-30"),
        ];
        assert_eq!(weeks, expected.map(|(from, to)| (day(from), day(to))));
        let months = range("2026-01-31", "2026-03-01", By::Month).unwrap().periods().count();
        assert_eq!(months, 3);
    }
}
