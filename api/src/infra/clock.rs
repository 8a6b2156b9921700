//! Time and fresh ids. Nothing else asks the system for either, so that tests can move time.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::prelude::Uuid;

/// Whole milliseconds: the same on both engines, in JSON and in cursors.
#[derive(Debug, Default)]
pub struct Clock {
    ahead_ms: AtomicI64,
}

impl Clock {
    /// Now, cut to the millisecond.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the system's clock")]
    pub fn now(&self) -> DateTime<Utc> {
        let ms = Utc::now().timestamp_millis() + self.ahead_ms.load(Ordering::Relaxed);
        DateTime::from_timestamp_millis(ms).unwrap_or_default()
    }

    /// Moves the clock ahead, for tests of what expires.
    pub fn advance(&self, by: TimeDelta) {
        self.ahead_ms.fetch_add(by.num_milliseconds(), Ordering::Relaxed);
    }

    /// A UUIDv7 (RFC 9562) of this moment.
    pub fn new_id(&self) -> Uuid {
        id_at(self.now())
    }
}

/// A UUIDv7 of a given moment, so that rows made for the past sort where they belong.
pub fn id_at(time: DateTime<Utc>) -> Uuid {
    let ms = u64::try_from(time.timestamp_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(ms, &rand::random()).into_uuid()
}
