//! Who keeps failing to answer is not asked for a while.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use sea_orm::prelude::Uuid;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Failures in a row that open a circuit.
const THRESHOLD: u32 = 5;

/// Milliseconds for which one that opened stays so; each time it does not close, for twice as long.
const SHORTEST: i64 = 30_000;
const LONGEST: i64 = 600_000;

/// Questions on their way at once, of all sites together.
const AT_ONCE: usize = 64;

/// Circuits that are remembered. They are of webhooks that fail; one that is forgotten begins anew.
const MOST: usize = 10_000;

/// Of one webhook, on this node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Circuit {
    failures: u32,
    /// Nobody asks before then; after it, one does.
    open_until: i64,
}

impl Circuit {
    /// Whether it may be asked now. Of those that come when an open one's time is over, the first alone may.
    fn may(&mut self, now: i64) -> bool {
        if now < self.open_until {
            return false;
        }
        if self.failures >= THRESHOLD {
            self.open_until = now + self.rest();
        }
        true
    }

    fn failed(&mut self, now: i64) {
        self.failures = self.failures.saturating_add(1);
        if self.failures >= THRESHOLD {
            self.open_until = now + self.rest();
        }
    }

    fn rest(&self) -> i64 {
        let doublings = (self.failures.saturating_sub(THRESHOLD)).min(10);
        LONGEST.min(SHORTEST << doublings)
    }
}

/// Those of all webhooks that are asked.
pub struct Circuits {
    failing: Mutex<HashMap<Uuid, Circuit>>,
    turns: Semaphore,
}

impl Default for Circuits {
    fn default() -> Self {
        Circuits {
            failing: Mutex::default(),
            turns: Semaphore::new(AT_ONCE),
        }
    }
}

impl Circuits {
    /// A turn to ask; none while that is of no use, or too many ask at once.
    pub fn turn(&self, webhook_id: Uuid, now: i64) -> Option<SemaphorePermit<'_>> {
        let turn = self.turns.try_acquire().ok()?;
        let mut failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
        let may = failing.get_mut(&webhook_id).is_none_or(|circuit| circuit.may(now));
        may.then_some(turn)
    }

    pub fn failed(&self, webhook_id: Uuid, now: i64) {
        let mut failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
        if failing.len() >= MOST {
            failing.clear();
        }
        failing.entry(webhook_id).or_default().failed(now);
    }

    /// Whether it had failed before.
    pub fn succeeded(&self, webhook_id: Uuid) -> bool {
        let mut failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
        failing.remove(&webhook_id).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circuit_opens_after_failures_in_a_row_and_lets_one_try_when_its_time_is_over() {
        let mut circuit = Circuit::default();
        for _ in 0..THRESHOLD {
            assert!(circuit.may(0));
            circuit.failed(0);
        }
        assert!(!circuit.may(SHORTEST - 1));
        assert!(circuit.may(SHORTEST), "one tries");
        assert!(!circuit.may(SHORTEST), "and no other beside it");
        circuit.failed(SHORTEST);
        assert!(!circuit.may(SHORTEST + 2 * SHORTEST - 1), "then for twice as long");
        assert!(circuit.may(SHORTEST + 2 * SHORTEST));
        for _ in 0..100 {
            circuit.failed(0);
        }
        assert_eq!(circuit.open_until, LONGEST);
    }

    #[test]
    fn an_answer_closes_it() {
        let (circuits, id) = (Circuits::default(), Uuid::from_u128(1));
        for _ in 0..THRESHOLD {
            circuits.failed(id, 0);
        }
        assert!(circuits.turn(id, 1).is_none());
        assert!(
            circuits.turn(Uuid::from_u128(2), 1).is_some(),
            "another one's is its own"
        );
        assert!(circuits.succeeded(id));
        assert!(circuits.turn(id, 1).is_some());
        assert!(!circuits.succeeded(id), "it fails no more");
    }
}
