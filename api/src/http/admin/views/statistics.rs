//! What happened on sites, as numbers; and what wants somebody's eye.

use ::entity::{refused_origin, site, thread};
use chrono::{DateTime, NaiveDate, Utc};
use poem_openapi::{Enum, Object};
use sea_orm::prelude::Uuid;

use super::SiteName;
use crate::statistics::attention;
use crate::statistics::report::{self, By};

/// What a report is divided into. Weeks begin on Monday.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "snake_case")]
pub enum StatisticsBy {
    Day,
    Week,
    Month,
}

/// The numbers of some days together.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Figures {
    /// Comments that came, in whatever state. Those that were imported are not among them.
    pub comments: i64,
    /// Comments that members published after they were held or refused.
    pub approved: i64,
    /// Comments of these days that are spam.
    pub spam: i64,
    /// Their share among all comments of these days, 0 to 1.
    pub spam_share: Option<f64>,
    pub votes: i64,
    /// How often a conversation was loaded. Nobody is told from anybody else.
    pub reads: i64,
    /// Authors whose first comment on a site it was.
    pub new_commenters: i64,
    /// Requests of pages whose origins are not on the list.
    pub refused_origins: i64,
    /// Comments that were sent and not taken.
    pub failed_submits: i64,
    /// Median of the seconds that comments waited for a decision, to within a fifth.
    pub moderation_seconds: Option<i64>,
}

/// One day, week or month.
#[derive(Debug, Object)]
pub struct StatisticsPeriod {
    pub from: NaiveDate,
    /// The last of its days that is in the range.
    pub to: NaiveDate,
    pub figures: Figures,
}

#[derive(Debug, Object)]
pub struct FailureCount {
    /// An error's code or, of a value, which one and what was wrong with it, such as `text.too_short`.
    pub reason: String,
    pub count: i64,
}

/// A conversation with many new comments.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct BusyThread {
    pub id: Uuid,
    pub site_id: Uuid,
    pub key: String,
    pub title: Option<String>,
    pub url: Option<String>,
    /// Comments that came in the range.
    pub comments: i64,
}

/// What happened from a day to a day, both included.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Statistics {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub by: StatisticsBy,
    /// Of the site. Of a tenant's sites each has its own.
    pub time_zone: Option<String>,
    pub periods: Vec<StatisticsPeriod>,
    pub totals: Figures,
    /// The 10 most frequent reasons for which comments were not taken.
    pub failures: Vec<FailureCount>,
    /// The 10 conversations to which most comments came.
    pub busiest_threads: Vec<BusyThread>,
    /// What is recorded is counted up to here, which is some seconds ago; absent before the first count.
    pub counted_until: Option<DateTime<Utc>>,
}

/// What wants somebody's eye.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Overview {
    /// Comments that wait for a moderator.
    pub pending_count: u64,
    /// When the one that has waited longest was written.
    pub pending_since: Option<DateTime<Utc>>,
    /// Comments that readers have reported since a moderator last decided.
    pub reported_count: u64,
    /// The 5 most insistent of the origins that asked in vain within the last 7 days.
    pub refused_origins: Vec<RefusedAt>,
    pub refused_origin_count: u64,
    /// The 5 youngest of the sites that no page has loaded yet.
    pub sites_never_seen: Vec<SiteName>,
    pub never_seen_count: u64,
}

#[derive(Debug, Object)]
pub struct RefusedAt {
    pub site: SiteName,
    pub origin: String,
    pub count: i64,
    pub last_seen_at: DateTime<Utc>,
}

impl From<StatisticsBy> for By {
    fn from(by: StatisticsBy) -> Self {
        match by {
            StatisticsBy::Day => By::Day,
            StatisticsBy::Week => By::Week,
            StatisticsBy::Month => By::Month,
        }
    }
}

impl From<By> for StatisticsBy {
    fn from(by: By) -> Self {
        match by {
            By::Day => StatisticsBy::Day,
            By::Week => StatisticsBy::Week,
            By::Month => StatisticsBy::Month,
        }
    }
}

impl From<report::Figures> for Figures {
    fn from(figures: report::Figures) -> Self {
        let counts = figures.counts;
        Figures {
            comments: counts.comments,
            approved: counts.approved,
            spam: counts.spam,
            spam_share: figures.spam_share(),
            votes: counts.votes,
            reads: counts.reads,
            new_commenters: counts.new_commenters,
            refused_origins: counts.refused_origins,
            failed_submits: counts.failed_submits,
            moderation_seconds: figures.moderation_seconds,
        }
    }
}

impl From<report::Period> for StatisticsPeriod {
    fn from(period: report::Period) -> Self {
        StatisticsPeriod {
            from: period.from,
            to: period.to,
            figures: period.figures.into(),
        }
    }
}

impl BusyThread {
    fn new(thread: thread::Model, comments: i64) -> Self {
        BusyThread {
            id: thread.id,
            site_id: thread.site_id,
            key: thread.key,
            title: thread.title,
            url: thread.url,
            comments,
        }
    }
}

impl Statistics {
    pub fn new(report: report::Report, time_zone: Option<String>) -> Self {
        let failure = |(reason, count)| FailureCount { reason, count };
        let busy = |(thread, comments)| BusyThread::new(thread, comments);
        Statistics {
            from: report.range.from,
            to: report.range.to,
            by: report.range.by.into(),
            time_zone,
            periods: report.periods.into_iter().map(Into::into).collect(),
            totals: report.totals.into(),
            failures: report.failures.into_iter().map(failure).collect(),
            busiest_threads: report.busiest.into_iter().map(busy).collect(),
            counted_until: report.counted_until,
        }
    }
}

impl RefusedAt {
    fn new(refused: refused_origin::Model, site: site::Model) -> Self {
        RefusedAt {
            site: site.into(),
            origin: refused.origin,
            count: refused.count,
            last_seen_at: refused.last_seen_at,
        }
    }
}

impl From<attention::Attention> for Overview {
    fn from(attention: attention::Attention) -> Self {
        let refused = attention.refused.into_iter();
        Overview {
            pending_count: attention.waiting.pending,
            pending_since: attention.waiting.pending_since,
            reported_count: attention.waiting.reported,
            refused_origins: refused.map(|(row, site)| RefusedAt::new(row, site)).collect(),
            refused_origin_count: attention.refused_count,
            sites_never_seen: attention.never_seen.into_iter().map(Into::into).collect(),
            never_seen_count: attention.never_seen_count,
        }
    }
}
