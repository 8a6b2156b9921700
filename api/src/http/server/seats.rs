//! How many connections there may be, in all and from one network.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ipnet::IpNet;

use crate::infra::network::{is_within, privacy_network};

/// Keeps count of the connections.
#[derive(Debug)]
pub struct Seats {
    most: usize,
    most_per_network: usize,
    /// Networks of which only the total counts: proxies, behind which everybody is.
    uncounted: Vec<IpNet>,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    total: usize,
    by_network: HashMap<IpNet, usize>,
}

/// One connection's place, given back when dropped.
#[derive(Debug)]
pub struct Seat {
    seats: Arc<Seats>,
    network: Option<IpNet>,
}

impl Seats {
    /// All free.
    pub fn new(most: usize, most_per_network: usize, uncounted: Vec<IpNet>) -> Arc<Self> {
        Arc::new(Seats {
            most,
            most_per_network,
            uncounted,
            taken: Mutex::default(),
        })
    }

    /// A place for a connection from `peer`, if there is one.
    pub fn take(self: &Arc<Self>, peer: IpAddr) -> Option<Seat> {
        let network = (!is_within(peer, &self.uncounted)).then(|| privacy_network(peer));
        let mut taken = self.taken();
        if taken.total >= self.most {
            return None;
        }
        if let Some(network) = network {
            let count = taken.by_network.get(&network).copied().unwrap_or(0);
            if count >= self.most_per_network {
                return None;
            }
            taken.by_network.insert(network, count + 1);
        }
        taken.total += 1;
        Some(Seat {
            seats: Arc::clone(self),
            network,
        })
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        // Nothing can panic while this is held.
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.taken();
        taken.total = taken.total.saturating_sub(1);
        let Some(network) = self.network else { return };
        match taken.by_network.get_mut(&network) {
            Some(count) if *count > 1 => *count -= 1,
            _ => {
                taken.by_network.remove(&network);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(seats: &Arc<Seats>, peer: &str) -> Option<Seat> {
        seats.take(peer.parse().unwrap())
    }

    #[test]
    fn each_network_has_its_own_share() {
        let seats = Seats::new(100, 2, vec![]);
        let first = take(&seats, "203.0.113.1");
        let second = take(&seats, "203.0.113.250");
        assert!(first.is_some() && second.is_some());
        assert!(take(&seats, "203.0.113.7").is_none());
        assert!(take(&seats, "::ffff:203.0.113.7").is_none());
        let elsewhere = take(&seats, "203.0.114.1");
        assert!(elsewhere.is_some());
        drop(first);
        assert!(take(&seats, "203.0.113.7").is_some());
        drop((second, elsewhere));
        assert_eq!(seats.taken().total, 0);
        assert!(seats.taken().by_network.is_empty());
    }

    #[test]
    fn the_total_counts_everybody_and_proxies_only_there() {
        let seats = Seats::new(5, 1, vec!["127.0.0.0/8".parse().unwrap()]);
        let proxied: Vec<_> = (0..4).map(|_| take(&seats, "127.0.0.1")).collect();
        assert!(proxied.iter().all(Option::is_some));
        let stranger = take(&seats, "2001:db8::1");
        assert!(stranger.is_some());
        assert!(take(&seats, "127.0.0.1").is_none());
        assert!(take(&seats, "198.51.100.1").is_none());
        drop(proxied);
        assert!(take(&seats, "2001:db8:0:ffff::2").is_none());
        assert!(take(&seats, "198.51.100.1").is_some());
    }
}
