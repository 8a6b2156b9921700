//! Time and fresh ids. Nothing else asks the system for either, so that tests can move time.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::prelude::Uuid;

/// Whole milliseconds: the same on both engines, in JSON and in cursors.
#[derive(Debug, Default)]
pub struct Clock {
    ahead_ms: AtomicI64,
}

impl Clock {
    /// Now, cut to the millisecond.
    pub fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.milliseconds()).unwrap_or_default()
    }

    /// The same in milliseconds since 1970, for what only tells how much time has passed.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the system's clock")]
    pub fn milliseconds(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX) + self.ahead_ms.load(Ordering::Relaxed)
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

/// The smallest id that a row of this moment can have: ids of before are below it.
pub fn first_id_at(time: DateTime<Utc>) -> Uuid {
    let ms = u64::try_from(time.timestamp_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(ms, &[0; 10]).into_uuid()
}

/// A UUIDv7 of a given moment, so that rows made for the past sort where they belong. Those that this process makes in one
/// millisecond are in order, too (RFC 9562 section 6.2, method 1): a counter takes the first 12 random bits.
pub fn id_at(time: DateTime<Utc>) -> Uuid {
    static LAST: Mutex<(u64, u16)> = Mutex::new((0, 0));
    let ms = u64::try_from(time.timestamp_millis()).unwrap_or(0);
    let count = {
        let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
        // Begins in the lower half, so that there is room to count.
        let count = if last.0 == ms {
            last.1.wrapping_add(1) & 0x0fff
        } else {
            rand::random::<u16>() & 0x07ff
        };
        *last = (ms, count);
        count
    };
    let mut random: [u8; 10] = rand::random();
    let [high, low] = count.to_be_bytes();
    (random[0], random[1]) = (high, low);
    uuid::Builder::from_unix_timestamp_millis(ms, &random).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_millisecond_are_in_the_order_they_were_made() {
        // A moment that no other test asks for.
        let moment = DateTime::from_timestamp_millis(1_234_567_890_123).unwrap();
        let ids: Vec<Uuid> = (0..1000).map(|_| id_at(moment)).collect();
        assert!(ids.is_sorted());
        assert!(ids.iter().all(|id| id.get_version_num() == 7));
        let (seconds, nanoseconds) = ids[0].get_timestamp().unwrap().to_unix();
        assert_eq!((seconds, nanoseconds), (1_234_567_890, 123_000_000));
    }

    #[test]
    fn ids_of_another_time_sort_by_it() {
        let now = DateTime::from_timestamp_millis(1_800_000_000_000).unwrap();
        assert!(id_at(now - TimeDelta::milliseconds(1)) < id_at(now));
    }
}
