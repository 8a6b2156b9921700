//! The people who write on a tenant's sites.

use chrono::{DateTime, Utc};
use poem_openapi::Object;
use poem_openapi::types::Example;
use serde::Deserialize;

use super::{DecidedOne, Decision, SiteName};
use crate::commenters::list::{self, Looked};

/// Somebody who writes on a site, by what tells its authors apart: his mail address, or else his network.
#[derive(Debug, Object)]
#[oai(rename = "Commenter", skip_serializing_if_is_none)]
pub struct CommenterView {
    pub site: SiteName,
    /// By which readers see that comments have one author.
    pub author_hash: String,
    /// As he last called himself.
    pub name: Option<String>,
    /// Of his latest comment, as long as the site keeps it.
    pub email: Option<String>,
    pub website: Option<String>,
    pub counts: CommenterCounts,
    pub first_seen_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
}

/// Comments by their state.
#[derive(Debug, Object)]
pub struct CommenterCounts {
    pub published: i64,
    pub pending: i64,
    pub spam: i64,
    pub rejected: i64,
    pub deleted: i64,
}

#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Commenters {
    pub commenters: Vec<CommenterView>,
    /// Send it as `after` for the next page.
    pub next: Option<String>,
}

#[derive(Debug, Object)]
pub struct CommenterRecord {
    pub commenter: CommenterView,
    /// The same mail address on other sites within the caller's reach, 50 at most.
    pub elsewhere: Vec<CommenterView>,
}

/// What is decided about all comments of somebody.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct CommenterDecision {
    pub decision: Decision,
}

impl Example for CommenterDecision {
    fn example() -> Self {
        CommenterDecision {
            decision: Decision::Spam,
        }
    }
}

#[derive(Debug, Object)]
pub struct CommenterDecided {
    pub results: Vec<DecidedOne>,
    /// Whether there are more of them: decide again.
    pub more: bool,
}

impl From<list::Counts> for CommenterCounts {
    fn from(counts: list::Counts) -> Self {
        CommenterCounts {
            published: counts.published,
            pending: counts.pending,
            spam: counts.spam,
            rejected: counts.rejected,
            deleted: counts.deleted,
        }
    }
}

impl From<Looked> for CommenterView {
    fn from(looked: Looked) -> Self {
        CommenterView {
            site: looked.site.into(),
            author_hash: looked.commenter.author_hash,
            name: looked.commenter.name,
            email: looked.email,
            website: looked.website,
            counts: looked.counts.into(),
            first_seen_at: looked.commenter.first_seen_at,
            last_seen_at: looked.commenter.last_seen_at,
        }
    }
}
