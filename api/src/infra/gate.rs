//! How much a node works on at the same time. What comes above that is refused at once, so that what is being worked on gets done:
//! a request that waits for five seconds and is then refused has cost everybody five seconds.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::{Error, Result};

/// The bounds of one node.
#[derive(Debug)]
pub struct Gate {
    places: usize,
    requests: Arc<Semaphore>,
    /// Of reads that are answered from memory only what is not there yet goes through a gate: one of its own, as these must not
    /// wait for posts.
    lookups: Arc<Semaphore>,
    /// Bytes of bodies that are being read.
    bodies: Arc<AtomicUsize>,
    most_bytes: usize,
}

/// A place among what is worked on; given back when dropped.
#[derive(Debug)]
pub struct Pass {
    _permit: OwnedSemaphorePermit,
}

/// Memory that a body takes while it is read; given back when dropped.
#[derive(Debug)]
pub struct Room {
    bodies: Arc<AtomicUsize>,
    most: usize,
    taken: usize,
}

impl Gate {
    /// So many requests, as many lookups beside them, and so many bytes of bodies.
    pub fn new(requests: usize, bytes: usize) -> Self {
        let places = requests.clamp(1, Semaphore::MAX_PERMITS);
        Gate {
            places,
            requests: Arc::new(Semaphore::new(places)),
            lookups: Arc::new(Semaphore::new(places)),
            bodies: Arc::default(),
            most_bytes: bytes,
        }
    }

    /// A place for a request.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if there is none.
    pub fn enter(&self) -> Result<Pass> {
        pass(&self.requests)
    }

    /// A place for looking something up for a reader.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if there is none.
    pub fn look_up(&self) -> Result<Pass> {
        pass(&self.lookups)
    }

    /// How many requests are being worked on.
    pub fn working(&self) -> usize {
        self.places - self.requests.available_permits()
    }

    /// Room for a body that is about to come.
    pub fn room(&self) -> Room {
        Room {
            bodies: Arc::clone(&self.bodies),
            most: self.most_bytes,
            taken: 0,
        }
    }
}

/// Work that takes a core for a while: a few at a time, and a line before it that has an end.
#[derive(Debug)]
pub struct Line {
    turns: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

impl Line {
    /// So many at a time, and so many who wait.
    pub fn new(workers: usize, waiting: usize) -> Self {
        let semaphore = |permits: usize| Arc::new(Semaphore::new(permits.clamp(1, Semaphore::MAX_PERMITS)));
        Line {
            turns: semaphore(workers),
            places: semaphore(waiting),
        }
    }

    /// The caller's turn, to be held by the work itself: that goes on when its request is gone.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the line is full.
    pub async fn turn(&self) -> Result<OwnedSemaphorePermit> {
        let _place = pass(&self.places)?;
        Arc::clone(&self.turns).acquire_owned().await.map_err(Error::internal)
    }
}

fn pass(places: &Arc<Semaphore>) -> Result<Pass> {
    match Arc::clone(places).try_acquire_owned() {
        Ok(permit) => Ok(Pass { _permit: permit }),
        Err(_) => Err(Error::Unavailable("too many requests are being worked on".to_owned())),
    }
}

impl Room {
    /// Takes so many bytes more. As they come, and not as they are announced: who announces much and sends little takes little.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if all bodies together have too many.
    pub fn grow(&mut self, bytes: usize) -> Result<()> {
        self.taken += bytes;
        let before = self.bodies.fetch_add(bytes, Ordering::Relaxed);
        match before.saturating_add(bytes) > self.most {
            true => Err(Error::Unavailable("too many bodies are being read".to_owned())),
            false => Ok(()),
        }
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.bodies.fetch_sub(self.taken, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_free_again_when_its_pass_is_gone() {
        let gate = Gate::new(2, 0);
        let first = gate.enter().unwrap();
        let _second = gate.enter().unwrap();
        assert!(matches!(gate.enter(), Err(Error::Unavailable(_))));
        let _lookup = gate.look_up().unwrap();
        drop(first);
        assert!(gate.enter().is_ok());
    }

    #[test]
    fn there_is_always_one_place() {
        assert!(Gate::new(0, 0).enter().is_ok());
        assert!(Gate::new(usize::MAX, 0).enter().is_ok());
    }

    #[tokio::test]
    async fn a_line_has_an_end() {
        let line = Line::new(2, 5);
        let _working = [line.turn().await.unwrap(), line.turn().await.unwrap()];
        let mut waiting: Vec<_> = (0..5).map(|_| Box::pin(line.turn())).collect();
        for one in &mut waiting {
            assert!(futures_util::poll!(one).is_pending());
        }
        assert!(matches!(line.turn().await, Err(Error::Unavailable(_))));
        waiting.pop();
        assert!(futures_util::poll!(Box::pin(line.turn())).is_pending());
    }

    #[test]
    fn bodies_share_their_bytes_and_give_them_back() {
        let gate = Gate::new(1, 100);
        let (mut one, mut other) = (gate.room(), gate.room());
        one.grow(60).unwrap();
        other.grow(40).unwrap();
        assert!(other.grow(1).is_err());
        drop(other);
        one.grow(40).unwrap();
        drop(one);
        assert_eq!(gate.bodies.load(Ordering::Relaxed), 0);
    }
}
