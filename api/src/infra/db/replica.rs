//! A streaming replica of PostgreSQL, for reads that may be a little behind; and how far behind it is.
//!
//! Once a second the database is asked how far its log goes, and the replica how much of it it has replayed. What the log had at a
//! moment and the replica has now, it has from that moment: so the distance in time is known by this node's clock alone, also where
//! nothing is written, and also where the replica has lost its connection and believes that it has everything.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sea_orm::{ConnectionTrait, DatabaseBackend, DatabaseConnection, Statement};
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use crate::error::{Error, Result};

const LOOK: Duration = Duration::from_secs(1);

/// How far the log goes, and how much of it a replica has, in bytes.
const WRITTEN: &str = "SELECT (pg_current_wal_lsn() - '0/0'::pg_lsn)::bigint AS place";
const REPLAYED: &str = "SELECT (pg_last_wal_replay_lsn() - '0/0'::pg_lsn)::bigint AS place";

#[derive(Debug)]
pub struct Replica {
    connection: DatabaseConnection,
    standing: Arc<Standing>,
    lag: Duration,
    follows: JoinHandle<()>,
}

/// What is known of a replica.
#[derive(Debug, Default)]
struct Standing {
    /// It has everything that was committed before this moment; `None` if it is not to be asked.
    complete_until: Mutex<Option<Instant>>,
}

impl Drop for Replica {
    fn drop(&mut self) {
        self.follows.abort();
    }
}

impl Replica {
    /// Begins to follow a replica. To be called within the runtime.
    pub fn follow(connection: DatabaseConnection, database: DatabaseConnection, lag: Duration) -> Self {
        let standing = Arc::<Standing>::default();
        let follows = tokio::spawn(follow(database, connection.clone(), Arc::clone(&standing), lag));
        Replica {
            connection,
            standing,
            lag,
            follows,
        }
    }

    /// The way to it, if it is not farther behind than it may be.
    pub fn connection(&self) -> Option<&DatabaseConnection> {
        let until = (*self.standing.lock())?;
        (until.elapsed() <= self.lag).then_some(&self.connection)
    }

    /// It did not answer as it should: it is not asked until it is seen to be well again.
    pub fn failed(&self, cause: &str) {
        if self.standing.lock().take().is_some() {
            tracing::warn!(
                error = cause,
                "the replica does not answer; the database is asked in its place"
            );
        }
    }
}

impl Standing {
    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.complete_until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks, once a second and for ever, up to which moment the replica has everything.
async fn follow(database: DatabaseConnection, replica: DatabaseConnection, standing: Arc<Standing>, lag: Duration) {
    let mut log = Log::new(lag);
    let mut keeps_up = None;
    let mut looks = interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        let outcome = timeout(LOOK, look(&database, &replica, &mut log)).await;
        let until = match outcome {
            Ok(Ok(until)) => until,
            Ok(Err(_)) | Err(_) => None,
        };
        *standing.lock() = until;
        let good = until.is_some();
        if keeps_up != Some(good) {
            match good {
                true => tracing::info!("the replica keeps up; reports and exports are read from it"),
                false => tracing::warn!(
                    "the replica is away or too far behind; reports and exports are read from the database"
                ),
            }
            keeps_up = Some(good);
        }
    }
}

async fn look(database: &DatabaseConnection, replica: &DatabaseConnection, log: &mut Log) -> Result<Option<Instant>> {
    // The moment before the question: what is committed after it need not be in the answer.
    let now = Instant::now();
    log.grew(now, place(database, WRITTEN).await?);
    Ok(log.had(now, place(replica, REPLAYED).await?))
}

async fn place(connection: &DatabaseConnection, question: &str) -> Result<i64> {
    let row = connection
        .query_one_raw(Statement::from_string(DatabaseBackend::Postgres, question))
        .await?
        .ok_or_else(|| Error::internal("no row about the log"))?;
    Ok(row.try_get("", "place")?)
}

/// How far the database's log went, and when; no longer than a replica may be behind.
struct Log {
    places: VecDeque<(Instant, i64)>,
    lag: Duration,
}

impl Log {
    fn new(lag: Duration) -> Self {
        Log {
            places: VecDeque::new(),
            lag,
        }
    }

    fn grew(&mut self, now: Instant, place: i64) {
        if self.places.back().is_some_and(|(_, last)| *last > place) {
            // Another server's log, which took over.
            self.places.clear();
        }
        self.places.push_back((now, place));
    }

    /// The last moment up to which a replica has everything that has replayed so much; `None` if that is too long ago.
    fn had(&mut self, now: Instant, replayed: i64) -> Option<Instant> {
        self.places.retain(|(moment, _)| now - *moment <= self.lag);
        let had = self.places.iter().rev().find(|(_, place)| *place <= replayed);
        had.map(|(moment, _)| *moment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replica_has_what_the_log_had_when_it_went_so_far() {
        let began = Instant::now();
        let at = |seconds: u64| began + Duration::from_secs(seconds);
        let mut log = Log::new(Duration::from_secs(5));
        log.grew(at(0), 100);
        assert_eq!(log.had(at(0), 100), Some(at(0)));
        log.grew(at(1), 200);
        assert_eq!(
            log.had(at(1), 199),
            Some(at(0)),
            "a byte is missing of what there was a second later"
        );
        // Nothing is written: it stays complete, however long ago the last transaction was.
        for second in 2..100 {
            log.grew(at(second), 200);
            assert_eq!(log.had(at(second), 200), Some(at(second)));
        }
        // It stands still: complete until the log went on, and then too far behind.
        for second in 100..105 {
            log.grew(at(second), 300);
            assert_eq!(log.had(at(second), 200), Some(at(99)).filter(|_| second <= 104));
        }
        log.grew(at(105), 300);
        assert_eq!(log.had(at(105), 200), None);
        assert!(log.places.len() <= 7, "and it is bounded");
        // Caught up.
        log.grew(at(106), 300);
        assert_eq!(log.had(at(106), 300), Some(at(106)));
    }

    #[test]
    fn the_log_of_another_server_is_begun_anew() {
        let now = Instant::now();
        let mut log = Log::new(Duration::from_secs(5));
        log.grew(now, 1000);
        log.grew(now, 10);
        assert_eq!(log.had(now, 9), None);
        assert_eq!(log.had(now, 10), Some(now));
    }
}
