//! What leaves no row of its own: reads, comments that were not taken, pages that were turned away. Counted in memory by the day on
//! which it happens, and added to the database once a second; a crash loses that second.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::prelude::Uuid;

use super::{Counts, Kind, SiteDay, Sums};
use crate::app::App;
use crate::error::{Error, ErrorCode, Fault, Result};
use crate::infra::db;
use crate::sites::{self, Site};

/// Different days of sites, and different reasons, between two writes; more are dropped, so that a flood costs no memory.
const MOST_WAITING: usize = 10_000;

#[derive(Default)]
pub struct Tallies {
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    days: HashMap<SiteDay, Counts>,
    failures: HashMap<(SiteDay, String), i64>,
}

impl Tallies {
    /// A conversation of the site was loaded.
    pub fn read(&self, site: &Site, now: DateTime<Utc>) {
        self.count(site, now, |counts| counts.reads += 1);
    }

    /// A page of an origin that is not on the site's list asked in vain.
    pub fn refused_origin(&self, site: &Site, now: DateTime<Utc>) {
        self.count(site, now, |counts| counts.refused_origins += 1);
    }

    /// A comment was sent and not taken. What is our own failure is none of the reader's.
    pub fn failed_submit(&self, site: &Site, now: DateTime<Utc>, error: &Error) {
        let Some(reason) = reason_of(error) else { return };
        self.count(site, now, |counts| counts.failed_submits += 1);
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let full = waiting.failures.len() >= MOST_WAITING;
        match waiting.failures.get_mut(&((site.id(), site.day(now)), reason.clone())) {
            Some(count) => *count += 1,
            None if !full => {
                waiting.failures.insert(((site.id(), site.day(now)), reason), 1);
            }
            None => {}
        }
    }

    fn count(&self, site: &Site, now: DateTime<Utc>, raise: impl FnOnce(&mut Counts)) {
        let at: (Uuid, NaiveDate) = (site.id(), site.day(now));
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let full = waiting.days.len() >= MOST_WAITING;
        match waiting.days.get_mut(&at) {
            Some(counts) => raise(counts),
            None if !full => raise(waiting.days.entry(at).or_default()),
            None => {}
        }
    }

    fn take(&self) -> Waiting {
        std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The parts of a comment as they are sent: nothing that a caller makes up becomes a name.
const FIELDS: [&str; 6] = [
    "/text",
    "/author/name",
    "/author/email",
    "/author/website",
    "/parent_id",
    "/thread",
];

/// Why a comment was not taken: an error's code or, of a value, which one and what is wrong with it, such as `text.too_short`.
fn reason_of(error: &Error) -> Option<String> {
    match error {
        Error::Refused(ErrorCode::NotFound | ErrorCode::OriginNotAllowed, _) => None,
        Error::Refused(code, _) => Some(code.name().to_owned()),
        Error::RateLimited(_) => Some(ErrorCode::RateLimited.name().to_owned()),
        Error::Invalid(faults) => faults.first().map(named),
        Error::Again(_) | Error::Unavailable(_) | Error::Internal(_) => None,
    }
}

fn named(fault: &Fault) -> String {
    let field = FIELDS.into_iter().find(|field| fault.pointer.starts_with(field));
    let field = field.and_then(|field| field.rsplit('/').next()).unwrap_or("other");
    format!("{field}.{}", fault.code.name())
}

/// Adds what has been counted.
pub async fn write(app: &App) -> Result<()> {
    let Waiting { days, failures } = app.tallies.take();
    if days.is_empty() && failures.is_empty() {
        return Ok(());
    }
    let mut sums = Sums {
        days: days.into_iter().collect(),
        ..Sums::default()
    };
    for (((site_id, day), reason), count) in failures {
        sums.parts.insert((site_id, Kind::Failure, day, reason), count);
    }
    db::retry(async || {
        let mut sums = sums.clone();
        let tx = app.db.begin().await?;
        let there = sites::zones(&*tx, sums.sites()).await?;
        sums.keep(|site_id, _| there.contains_key(&site_id));
        sums.add(&tx, app).await?;
        tx.commit().await
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::FieldCode;

    #[test]
    fn reasons_are_codes_of_ours() {
        let fault = |pointer: &str| Error::invalid(pointer, FieldCode::TooShort, "");
        for (error, reason) in [
            (fault("/text"), Some("text.too_short")),
            (fault("/author/email"), Some("email.too_short")),
            (fault("/made up"), Some("other.too_short")),
            (Error::refused(ErrorCode::ThreadClosed, ""), Some("thread_closed")),
            (Error::not_found("site"), None),
            (Error::internal("the disk"), None),
        ] {
            assert_eq!(reason_of(&error).as_deref(), reason, "{error:?}");
        }
    }
}
