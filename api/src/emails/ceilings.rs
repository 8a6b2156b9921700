//! How many mails leave: in the name of one site, and in all. What is above waits for its turn; nothing is lost.
//!
//! What somebody waits for may use all of a ceiling, what comes in bulk leaves the last quarter of it. So a moderator's mail goes when
//! ten thousand readers wait for theirs.

use chrono::{DateTime, TimeDelta, Utc};

use super::counts::Outcome;
use crate::app::App;
use crate::config::Budget;
use crate::infra::mailer::Letter;
use crate::infra::queue::Claimed;
use crate::job::Job;

/// Longest that a mail rests beyond the moment when the next one may go.
const LONGEST: TimeDelta = TimeDelta::minutes(15);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ceiling {
    Site,
    All,
}

impl Ceiling {
    pub const ALL: [Ceiling; 2] = [Ceiling::Site, Ceiling::All];

    /// What is noted with the job.
    pub fn words(self) -> &'static str {
        match self {
            Ceiling::Site => "the ceiling of its site is reached (limit_mail_site)",
            Ceiling::All => "the ceiling of all mails is reached (limit_mail_all)",
        }
    }

    /// The name of its budget.
    fn budget(self) -> &'static str {
        match self {
            Ceiling::Site => "mail_site",
            Ceiling::All => "mail_all",
        }
    }

    pub fn outcome(self) -> Outcome {
        match self {
            Ceiling::Site => Outcome::HeldSite,
            Ceiling::All => Outcome::HeldAll,
        }
    }
}

/// A mail may not go yet.
#[derive(Debug)]
pub struct Held {
    pub ceiling: Ceiling,
    pub until: DateTime<Utc>,
}

/// Spends one mail of what may go now; what holds it, if something does. Nothing is spent while the mail server is away.
pub async fn held(app: &App, claimed: &Claimed, letter: &Letter) -> Option<Held> {
    let now = app.clock.now();
    if app.mailer.is_away(now) {
        return None;
    }
    let spend = async |ceiling: Ceiling, key: String, budget: Budget| {
        let left = left_by(&claimed.job, budget);
        let decision = app.limiter.check_leaving(&key, budget, left, now).await;
        let decision = decision.counted(ceiling.budget());
        if decision.allowed {
            return None;
        }
        let wait = TimeDelta::from_std(decision.state.retry_after).unwrap_or(LONGEST);
        let waited = now - claimed.row.created_at;
        Some(Held {
            ceiling,
            until: now + wait + rest(waited, rand::random_range(0.0..1.0)),
        })
    };
    // The site first: one that is above its own ceiling takes nothing from the others.
    if let Some(site) = &letter.site {
        let key = format!("rl:{{{}}}:mail:{}", app.installation, site.list);
        let held = spend(Ceiling::Site, key, app.config.limit_mail_site).await;
        if held.is_some() {
            return held;
        }
    }
    let key = format!("rl:{{{}}}:mail", app.installation);
    spend(Ceiling::All, key, app.config.limit_mail_all).await
}

/// What a mail has to leave of a budget.
fn left_by(job: &Job, budget: Budget) -> u32 {
    match job.priority() {
        0 => 0,
        _ => budget.burst / 4,
    }
}

/// How much longer than it must a mail rests: the longer it has waited, so that of ten thousand not all come at once to be told that it
/// is one mail's turn, while a single one goes when it may.
fn rest(waited: TimeDelta, share: f64) -> TimeDelta {
    let most = waited.clamp(TimeDelta::seconds(1), LONGEST);
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "at most 900,000 ms"
    )]
    let rest = (most.num_milliseconds() as f64 * share) as i64;
    TimeDelta::milliseconds(rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sea_orm::prelude::Uuid;

    #[test]
    fn what_comes_in_bulk_leaves_a_quarter() {
        let site_id = Uuid::nil();
        let bulk = Job::Digest {
            site_id,
            watcher_id: site_id,
        };
        let awaited = Job::Tell {
            site_id,
            watcher_id: site_id,
            comment_id: site_id,
            thread_id: site_id,
        };
        for (budget, left) in [("2000/3600", 500), ("4/60", 1), ("3/60", 0), ("1/60", 0)] {
            let budget = budget.parse().unwrap();
            assert_eq!(left_by(&bulk, budget), left);
            assert_eq!(left_by(&awaited, budget), 0);
        }
    }

    #[test]
    fn whoever_has_waited_longer_rests_longer_within_bounds() {
        for (waited, expected) in [(0, 0), (1, 0), (60, 30), (900, 450), (100_000, 450)] {
            assert_eq!(
                rest(TimeDelta::seconds(waited), 0.5).num_seconds(),
                expected,
                "{waited}"
            );
        }
    }
}
