//! Work for later: what the features ask for and the worker does.

use sea_orm::prelude::Uuid;
use serde::{Deserialize, Serialize};

/// Stored as its kind and its payload; variants and members are only ever added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "payload", rename_all = "snake_case")]
pub enum Job {
    /// Forget what has been kept long enough: network hashes, mail addresses, idempotency keys, ended sessions. Comes back hourly.
    Retention {},
    /// Erase the text of a comment that was deleted and not brought back.
    Purge { site_id: Uuid, comment_id: Uuid },
    /// Give a site's pages the keys that its rules of today make of their addresses; those up to `after` have theirs.
    Rekey { site_id: Uuid, after: Option<Uuid> },
}

impl Job {
    /// The kinds that this version knows how to do.
    pub const KINDS: [&str; 3] = ["retention", "purge", "rekey"];

    /// The job's site, for the operator's view of the queue.
    pub fn site_id(&self) -> Option<Uuid> {
        match self {
            Job::Retention {} => None,
            Job::Purge { site_id, .. } | Job::Rekey { site_id, .. } => Some(*site_id),
        }
    }

    /// While a job with this key waits, another is not added.
    pub fn unique_key(&self) -> Option<String> {
        match self {
            Job::Retention {} => Some("retention".to_owned()),
            // One for each deletion: the one whose time has come does the work.
            Job::Purge { .. } => None,
            // One for each change of the rules: another that waits may have passed by what this one is about.
            Job::Rekey { .. } => None,
        }
    }
}
