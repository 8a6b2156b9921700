//! What has changed, told after the commit: to this node at once, to the others through Redis where there are others.
//!
//! A transaction collects its notices ([`crate::infra::db::Tx::announce`]); they are told when it is committed and forgotten when
//! it is not. So nobody can change what readers see and forget to say so.

use sea_orm::prelude::Uuid;
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;

/// Notices that a slow listener may be behind before it loses some.
const BACKLOG: usize = 4096;

/// Something that readers see has changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "snake_case")]
pub enum Notice {
    /// A site's name, settings, origins.
    Site { site_id: Uuid, key: String },
    /// A thread, which has this version now.
    Thread {
        site_id: Uuid,
        thread_id: Uuid,
        version: i64,
        change: Change,
    },
    /// These keys lead to another thread than before, or to one at last.
    Keys { site_id: Uuid, keys: Vec<String> },
}

/// What of a thread has changed; the ids are of comments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Readers see a comment that they did not see, or see it otherwise.
    Comment(Uuid),
    /// They do not see its words any more.
    Removed(Uuid),
    Votes(Uuid),
    /// More than one comment, or how many there are: read it anew.
    Whole,
    /// Title, pins, reactions, whether it is open: all but its comments.
    Thread,
}

/// Takes notices to those who listen.
#[derive(Debug)]
pub struct Bus {
    sender: broadcast::Sender<Notice>,
}

impl Default for Bus {
    fn default() -> Self {
        Bus {
            sender: broadcast::Sender::new(BACKLOG),
        }
    }
}

impl Bus {
    pub fn tell(&self, notice: Notice) {
        // Nobody listens: nothing to do.
        self.sender.send(notice).ok();
    }

    pub fn listen(&self) -> broadcast::Receiver<Notice> {
        self.sender.subscribe()
    }
}
