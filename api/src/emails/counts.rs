//! What becomes of each day's mails, counted by kind, so that nobody reads a table of them to show it.

use ::entity::mail_day;
use chrono::{DateTime, Days, NaiveDate, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Set};

use crate::app::App;
use crate::error::{OrLog, Result};
use crate::infra::db::{self, Tx};
use crate::infra::metrics::{known, metrics};

/// Days for which it is known.
pub const KEPT: u64 = 92;

/// What became of a mail, this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Sent,
    /// It is tried again.
    Deferred,
    /// It was given up.
    Failed,
    /// It waits for its turn: by its site's ceiling, or by that of all.
    HeldSite,
    HeldAll,
    /// Mail to its address came back, so it was not sent.
    Withheld,
}

impl Outcome {
    pub const ALL: [Outcome; 6] = [
        Outcome::Sent,
        Outcome::Deferred,
        Outcome::Failed,
        Outcome::HeldSite,
        Outcome::HeldAll,
        Outcome::Withheld,
    ];

    /// As it is stored.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Sent => "sent",
            Outcome::Deferred => "deferred",
            Outcome::Failed => "failed",
            Outcome::HeldSite => "held_site",
            Outcome::HeldAll => "held_all",
            Outcome::Withheld => "withheld",
        }
    }

    fn of(name: &str) -> Option<Outcome> {
        Outcome::ALL.into_iter().find(|one| one.name() == name)
    }
}

/// Counts one, in the transaction that takes its job off the table.
pub async fn add(tx: &Tx, app: &App, kind: &str, outcome: Outcome) -> Result<()> {
    let row = mail_day::ActiveModel {
        id: Set(app.clock.new_id()),
        day: Set(app.clock.now().date_naive()),
        kind: Set(kind.to_owned()),
        outcome: Set(outcome.name().to_owned()),
        count: Set(1),
    };
    let count = mail_day::Column::Count;
    let raised = OnConflict::columns([mail_day::Column::Day, mail_day::Column::Kind, mail_day::Column::Outcome])
        .value(count, Expr::col((mail_day::Entity, count)).add(1))
        .to_owned();
    mail_day::Entity::insert(row)
        .on_conflict(raised)
        .exec_without_returning(&**tx)
        .await?;
    metrics().mails.with_label_values(&[known(kind), outcome.name()]).inc();
    Ok(())
}

/// The same for one that stays in the table.
pub async fn note(app: &App, kind: &str, outcome: Outcome) {
    let counted = db::retry(async || {
        let tx = app.db.begin().await?;
        add(&tx, app, kind, outcome).await?;
        tx.commit().await
    });
    counted.await.or_log("a mail is not counted");
}

/// What became of mails of one kind on one day (UTC).
pub struct Counted {
    pub day: NaiveDate,
    pub kind: String,
    pub outcome: Outcome,
    pub count: u64,
}

/// Those of the last days, today first.
#[expect(clippy::disallowed_methods, reason = "counted for the whole platform")]
pub async fn of_days(app: &App, days: u64) -> Result<Vec<Counted>> {
    let from = app.clock.now().date_naive() - Days::new(days.saturating_sub(1));
    let rows = mail_day::Entity::find()
        .filter(mail_day::Column::Day.gte(from))
        .order_by_desc(mail_day::Column::Day)
        .order_by_asc(mail_day::Column::Kind)
        .all(app.db.read())
        .await?;
    let counted = rows.into_iter().filter_map(|row| {
        Some(Counted {
            day: row.day,
            outcome: Outcome::of(&row.outcome)?,
            kind: row.kind,
            count: u64::try_from(row.count).unwrap_or(0),
        })
    });
    Ok(counted.collect())
}

/// Forgets days that are long over.
#[expect(clippy::disallowed_methods, reason = "age alone decides")]
pub async fn forget(tx: &Tx, now: DateTime<Utc>) -> Result<()> {
    mail_day::Entity::delete_many()
        .filter(mail_day::Column::Day.lt(now.date_naive() - Days::new(KEPT)))
        .exec(&**tx)
        .await?;
    Ok(())
}
