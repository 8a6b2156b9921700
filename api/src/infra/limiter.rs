//! Budgets for requests: one limiter, in memory or shared through Redis.
//!
//! The generic cell rate algorithm (GCRA, ITU-T I.371) is a token bucket that stores one number for each key, the
//! theoretical arrival time: the moment at which everything spent so far would be paid back. A request moves it one
//! interval ahead and passes if it is then no farther than the window from now.
//!
//! With Redis away, each node goes on with its own memory, so that nothing opens up: a caller has his budget once on
//! every node until Redis is back.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hash};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::metrics::metrics;
use super::redis::Redis;
use crate::config::Budget;
use crate::error::{Budgeted, Error, Result};

impl Budget {
    /// The time one request costs, and the most that may be spent ahead of time, in microseconds. A burst of zero
    /// counts as one: a budget that nobody can use is a missing operation.
    pub fn in_microseconds(self) -> (i64, i64) {
        let burst = i64::from(self.burst.max(1));
        let per = i64::try_from(self.per.as_micros()).unwrap_or(i64::MAX).min(LONGEST_PER);
        let interval = (per / burst).max(1);
        (interval, interval * burst)
    }
}

/// Bounds what a budget looks back on, so that sums of times cannot overflow.
const LONGEST_PER: i64 = 366 * 24 * 60 * 60 * 1_000_000;

/// What a check says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    pub allowed: bool,
    /// Whether it was counted for all nodes together.
    pub shared: bool,
    /// The budget afterwards, as the headers show it.
    pub state: Budgeted,
}

impl Decision {
    /// From how far the budget is spent ahead of time after the check.
    fn new(allowed: bool, lead: i64, budget: Budget, left: u32) -> Self {
        let (interval, window) = budget.in_microseconds();
        let wait = if allowed {
            0
        } else {
            lead + interval - (window - reserve(budget, left))
        };
        let state = Budgeted {
            limit: budget.burst.max(1),
            remaining: if allowed {
                u32::try_from((window - lead) / interval).unwrap_or(0)
            } else {
                0
            },
            reset: microseconds(lead),
            retry_after: microseconds(wait),
        };
        Decision {
            allowed,
            shared: false,
            state,
        }
    }

    /// Counts it among the decisions about a budget: a name of the program's own.
    #[must_use]
    pub fn counted(self, budget: &str) -> Self {
        metrics().limits.decided(budget, self.allowed, self.shared);
        self
    }

    /// The state of the budget, or the error that says when to come back.
    ///
    /// # Errors
    /// [`Error::RateLimited`] if the request may not pass.
    pub fn into_result(self) -> Result<Budgeted> {
        if self.allowed {
            Ok(self.state)
        } else {
            Err(Error::RateLimited(self.state))
        }
    }
}

fn microseconds(count: i64) -> Duration {
    Duration::from_micros(u64::try_from(count).unwrap_or(0))
}

/// One step of the algorithm: the decision, and the arrival time to be kept (unchanged if the request may not pass).
/// Times are in microseconds since any fixed moment.
///
/// An arrival time beyond the window, as after a clock was set back, counts as a spent budget and no worse.
pub fn gcra(arrival: Option<i64>, now: i64, budget: Budget) -> (Decision, i64) {
    gcra_leaving(arrival, now, budget, 0)
}

/// The same for a request that passes only if so many more could after it: what is less urgent leaves something to what is more so.
pub fn gcra_leaving(arrival: Option<i64>, now: i64, budget: Budget, left: u32) -> (Decision, i64) {
    let (interval, window) = budget.in_microseconds();
    let arrival = arrival.unwrap_or(now).max(now).min(now + window);
    let after = arrival + interval;
    if after - now > window - reserve(budget, left) {
        (Decision::new(false, arrival - now, budget, left), arrival)
    } else {
        (Decision::new(true, after - now, budget, left), after)
    }
}

/// The time that stands for what is to be left of a budget; never all of it.
fn reserve(budget: Budget, left: u32) -> i64 {
    let (interval, _) = budget.in_microseconds();
    interval * i64::from(left.min(budget.burst.max(1) - 1))
}

/// Decides who may go on.
#[derive(Debug)]
pub enum Limiter {
    /// Budgets of this process.
    Memory(Memory),
    /// Budgets of all processes that share a Redis.
    Shared(Shared),
}

impl Limiter {
    /// A limiter over a Redis, or else in memory.
    pub fn new(redis: Option<Redis>) -> Self {
        match redis {
            None => Limiter::Memory(Memory::default()),
            Some(redis) => Limiter::Shared(Shared {
                redis,
                breaker: Breaker::default(),
                own: Memory::default(),
            }),
        }
    }

    /// Counts one request against the budget at `key`.
    ///
    /// Keys look like `rl:{scope}:what:who`, where `scope` is the site or `-`: Redis Cluster keeps what has the same
    /// text in braces together. A budget is part of what a key means; use one key with one budget only.
    pub async fn check(&self, key: &str, budget: Budget, now: DateTime<Utc>) -> Decision {
        self.check_leaving(key, budget, 0, now).await
    }

    /// The same for a request that passes only if `left` more could after it.
    pub async fn check_leaving(&self, key: &str, budget: Budget, left: u32, now: DateTime<Utc>) -> Decision {
        let now = now.timestamp_micros();
        match self {
            Limiter::Memory(memory) => memory.check(key, budget, left, now),
            Limiter::Shared(shared) => shared.check(key, budget, left, now).await,
        }
    }

    /// Counts one request against the budget that this node alone keeps under `key`: for what costs less than asking Redis. `now`
    /// is in milliseconds.
    pub fn check_here(&self, key: impl Hash, budget: Budget, now: i64) -> Decision {
        let memory = match self {
            Limiter::Memory(memory) => memory,
            Limiter::Shared(shared) => &shared.own,
        };
        memory.check(key, budget, 0, now.saturating_mul(1000))
    }

    /// Whether Redis answers now; nothing where there is none.
    pub async fn reaches_redis(&self) -> Option<bool> {
        match self {
            Limiter::Memory(_) => None,
            Limiter::Shared(shared) => Some(shared.redis.ping().await.is_ok()),
        }
    }

    /// Whether budgets are kept where they should be. Without its Redis the limiter goes on, but each node for itself.
    pub fn healthy(&self) -> bool {
        match self {
            Limiter::Memory(_) => true,
            Limiter::Shared(shared) => shared.breaker.is_closed(),
        }
    }
}

/// Budgets in Redis, with the process's own memory for the time it is away.
#[derive(Debug)]
pub struct Shared {
    redis: Redis,
    breaker: Breaker,
    own: Memory,
}

impl Shared {
    async fn check(&self, key: &str, budget: Budget, left: u32, now: i64) -> Decision {
        if self.breaker.may_try(now) {
            let (interval, window) = budget.in_microseconds();
            match self.redis.gcra(key, interval, window, reserve(budget, left)).await {
                Ok((allowed, lead)) => {
                    self.breaker.worked();
                    return Decision {
                        shared: true,
                        ..Decision::new(allowed, lead, budget, left)
                    };
                }
                Err(fault) => self.breaker.failed(now, &fault),
            }
        }
        self.own.check(key, budget, left, now)
    }
}

/// Spares every request the wait for a Redis that is away.
#[derive(Debug, Default)]
struct Breaker {
    /// When to try again, in microseconds; zero while Redis answers.
    retry_at: AtomicI64,
}

impl Breaker {
    const REST: i64 = 5_000_000;

    fn is_closed(&self) -> bool {
        self.retry_at.load(Ordering::Relaxed) == 0
    }

    /// Whether to ask Redis: always while it answers, and otherwise one caller after each rest.
    fn may_try(&self, now: i64) -> bool {
        let retry_at = self.retry_at.load(Ordering::Relaxed);
        if retry_at == 0 {
            return true;
        }
        // The clock may have been set back; a rest never takes longer than a rest.
        let has_rested = now >= retry_at || retry_at - now > Self::REST;
        let next = now + Self::REST;
        has_rested
            && self
                .retry_at
                .compare_exchange(retry_at, next, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    }

    fn worked(&self) {
        // A read first: the swap would move the cache line between cores with every request.
        if !self.is_closed() && self.retry_at.swap(0, Ordering::Relaxed) != 0 {
            tracing::info!("Redis is back; budgets are shared again");
        }
    }

    fn failed(&self, now: i64, fault: &dyn std::error::Error) {
        if self.retry_at.swap(now + Self::REST, Ordering::Relaxed) == 0 {
            tracing::warn!(error = %fault, "Redis is away; each node keeps its own budgets");
        }
    }
}

/// Budgets in this process, for a bounded number of keys.
#[derive(Debug)]
pub struct Memory {
    /// Keys are spread over several maps, so that requests rarely wait for each other.
    shards: [Mutex<Shard>; SHARDS],
    hasher: RandomState,
}

/// Arrival times, in microseconds, by the hash of their key under a random secret: that two keys share one, and so a budget, does
/// not happen by chance, and nobody can bring it about.
type Shard = HashMap<u64, i64>;

const SHARDS: usize = 16;

/// Keys in one shard: some 60,000 in all, about two megabytes.
const SHARD_KEYS: usize = 4096;

impl Default for Memory {
    fn default() -> Self {
        Memory {
            shards: Default::default(),
            hasher: RandomState::new(),
        }
    }
}

impl Memory {
    fn check(&self, key: impl Hash, budget: Budget, left: u32, now: i64) -> Decision {
        let key = self.hasher.hash_one(key);
        let place = usize::try_from(key % (SHARDS as u64)).unwrap_or(0);
        // A panic elsewhere cannot have left a number half written.
        let mut shard = self.shards[place].lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(arrival) = shard.get_mut(&key) {
            let (decision, after) = gcra_leaving(Some(*arrival), now, budget, left);
            *arrival = after;
            return decision;
        }
        make_room(&mut shard, now);
        let (decision, after) = gcra_leaving(None, now, budget, left);
        shard.insert(key, after);
        decision
    }
}

/// Keeps a shard within its bound. First to go are keys whose budget is whole again, for which nothing need be kept;
/// then those that come closest to it, until the shard is half empty, so that the next sweep is far off.
fn make_room(shard: &mut Shard, now: i64) {
    if shard.len() < SHARD_KEYS {
        return;
    }
    shard.retain(|_, arrival| *arrival > now);
    let surplus = shard.len().saturating_sub(SHARD_KEYS / 2);
    if surplus == 0 {
        return;
    }
    let mut arrivals: Vec<i64> = shard.values().copied().collect();
    let (_, last_to_go, _) = arrivals.select_nth_unstable(surplus - 1);
    let last_to_go = *last_to_go;
    // Several keys may share the moment of the last to go.
    let mut left = surplus;
    shard.retain(|_, arrival| {
        let goes = *arrival <= last_to_go && left > 0;
        left -= usize::from(goes);
        !goes
    });
}

#[cfg(test)]
mod tests {
    use super::super::redis::tests::{
        CLUSTER, cluster_place, fresh_key, key_of, kill, one, places, test_url, until_whole,
    };
    use super::*;
    use std::time::Instant;

    const NOW: i64 = 1_800_000_000_000_000;
    const SECOND: i64 = 1_000_000;

    fn budget(burst: u32, seconds: u64) -> Budget {
        Budget {
            burst,
            per: Duration::from_secs(seconds),
        }
    }

    fn time(microseconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(microseconds).unwrap()
    }

    fn summary(decision: Decision) -> (bool, u32, u64, u64) {
        let Budgeted {
            remaining,
            reset,
            retry_after,
            ..
        } = decision.state;
        (decision.allowed, remaining, reset.as_secs(), retry_after.as_secs())
    }

    #[test]
    fn a_budget_is_spent_at_once_and_comes_back_evenly() {
        let mut arrival = None;
        let mut check = |after_seconds: i64| {
            let (decision, next) = gcra(arrival, NOW + after_seconds * SECOND, budget(3, 30));
            arrival = Some(next);
            summary(decision)
        };
        assert_eq!(check(0), (true, 2, 10, 0));
        assert_eq!(check(0), (true, 1, 20, 0));
        assert_eq!(check(0), (true, 0, 30, 0));
        assert_eq!(check(0), (false, 0, 30, 10));
        assert_eq!(check(9), (false, 0, 21, 1));
        assert_eq!(check(10), (true, 0, 30, 0));
        assert_eq!(check(11), (false, 0, 29, 9));
        assert_eq!(check(30), (true, 1, 20, 0));
        assert_eq!(check(1000), (true, 2, 10, 0));
    }

    #[test]
    fn what_is_less_urgent_leaves_something_and_takes_nothing_when_refused() {
        let mut arrival = None;
        let mut check = |left: u32| {
            let (decision, next) = gcra_leaving(arrival, NOW, budget(4, 40), left);
            arrival = Some(next);
            summary(decision)
        };
        assert_eq!(check(2), (true, 3, 10, 0));
        assert_eq!(check(2), (true, 2, 20, 0));
        assert_eq!(check(2), (false, 0, 20, 10));
        assert_eq!(check(0), (true, 1, 30, 0), "what was left for it");
        assert_eq!(check(2), (false, 0, 30, 20));
        assert_eq!(check(0), (true, 0, 40, 0));
        assert_eq!(check(0), (false, 0, 40, 10));
        let (alone, _) = gcra_leaving(None, NOW, budget(1, 10), 7);
        assert!(alone.allowed, "a budget of one is for everybody");
    }

    #[test]
    fn a_refused_request_costs_nothing() {
        let (_, spent) = gcra(None, NOW, budget(1, 10));
        let mut arrival = spent;
        for _ in 0..1000 {
            let (decision, next) = gcra(Some(arrival), NOW, budget(1, 10));
            assert!(!decision.allowed);
            arrival = next;
        }
        assert_eq!(arrival, spent);
        assert!(gcra(Some(arrival), NOW + 10 * SECOND, budget(1, 10)).0.allowed);
    }

    #[test]
    fn coming_back_when_told_always_works_and_any_sooner_never() {
        for burst in [1, 2, 3, 7, 60, 1000] {
            for per in [1, 10, 59, 3600] {
                let budget = budget(burst, per);
                let mut arrival = None;
                let refused = loop {
                    let (decision, next) = gcra(arrival, NOW, budget);
                    arrival = Some(next);
                    if !decision.allowed {
                        break decision;
                    }
                };
                let wait = i64::try_from(refused.state.retry_after.as_micros()).unwrap();
                assert!(wait > 0);
                assert!(gcra(arrival, NOW + wait, budget).0.allowed);
                assert!(!gcra(arrival, NOW + wait - 1, budget).0.allowed);
            }
        }
    }

    #[test]
    fn over_any_time_no_more_passes_than_the_burst_and_what_came_back() {
        for (burst, per) in [(1, 1), (5, 10), (30, 60), (7, 13)] {
            let budget = budget(burst, per);
            let (interval, _) = budget.in_microseconds();
            let (mut arrival, mut passed) = (None, 0);
            for step in 0..10_000_i64 {
                let now = NOW + step * 7919;
                let (decision, next) = gcra(arrival, now, budget);
                arrival = Some(next);
                passed += i64::from(decision.allowed);
                assert!(passed <= i64::from(burst) + (now - NOW) / interval);
            }
        }
    }

    #[test]
    fn a_clock_set_back_locks_nobody_out_for_longer_than_the_window() {
        let (decision, arrival) = gcra(Some(NOW + 1000 * SECOND), NOW, budget(2, 10));
        assert_eq!(summary(decision), (false, 0, 10, 5));
        assert!(gcra(Some(arrival), NOW + 5 * SECOND, budget(2, 10)).0.allowed);
    }

    #[test]
    fn odd_budgets_do_no_harm() {
        for odd in [
            budget(0, 10),
            budget(1, 0),
            budget(u32::MAX, 1),
            budget(u32::MAX, 0),
            budget(1, u64::MAX),
            budget(0, 0),
        ] {
            let (decision, arrival) = gcra(None, NOW, odd);
            assert!(decision.allowed, "{odd:?}");
            gcra(Some(arrival), NOW, odd);
            gcra(Some(i64::MAX), NOW, odd);
            gcra(Some(i64::MIN), NOW, odd);
        }
    }

    #[test]
    fn a_decision_becomes_the_error_that_says_when_to_come_back() {
        let (first, arrival) = gcra(None, NOW, budget(1, 10));
        assert!(first.into_result().is_ok());
        let (second, _) = gcra(Some(arrival), NOW, budget(1, 10));
        assert!(matches!(second.into_result(), Err(Error::RateLimited(state)) if state.retry_after.as_secs() == 10));
    }

    #[tokio::test]
    async fn each_key_has_its_own_budget() {
        let limiter = Limiter::new(None);
        assert!(limiter.healthy());
        for key in ["a", "b"] {
            assert!(limiter.check(key, budget(1, 10), time(NOW)).await.allowed);
            assert!(!limiter.check(key, budget(1, 10), time(NOW)).await.allowed);
        }
        assert!(limiter.check("a", budget(1, 10), time(NOW + 10 * SECOND)).await.allowed);
    }

    #[test]
    fn of_many_threads_at_once_just_the_budget_passes() {
        let memory = Memory::default();
        let passed = std::thread::scope(|scope| {
            let count = || {
                (0..500)
                    .filter(|_| memory.check("k", budget(100, 3600), 0, NOW).allowed)
                    .count()
            };
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(count)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum::<usize>()
        });
        assert_eq!(passed, 100);
    }

    #[test]
    fn memory_is_bounded_and_a_spent_budget_outlives_a_flood_of_other_keys() {
        let memory = Memory::default();
        while memory.check("guesser", budget(10, 3600), 0, NOW).allowed {}
        for stranger in 0..300_000 {
            memory.check(format!("stranger {stranger}"), budget(10, 60), 0, NOW);
        }
        let kept: usize = memory.shards.iter().map(|shard| shard.lock().unwrap().len()).sum();
        assert!(kept <= SHARDS * SHARD_KEYS);
        assert!(!memory.check("guesser", budget(10, 3600), 0, NOW).allowed);
    }

    #[test]
    fn keys_with_a_whole_budget_make_room_first() {
        let mut shard: Shard = (0..SHARD_KEYS as u64)
            .map(|n| (n, NOW + if n < 10 { SECOND } else { 0 }))
            .collect();
        make_room(&mut shard, NOW);
        assert_eq!(shard.len(), 10);
        let mut same: Shard = (0..SHARD_KEYS as u64).map(|n| (n, NOW + SECOND)).collect();
        make_room(&mut same, NOW);
        assert_eq!(same.len(), SHARD_KEYS / 2);
    }

    #[test]
    fn a_breaker_lets_one_caller_try_after_each_rest() {
        let breaker = Breaker::default();
        assert!(breaker.may_try(NOW) && breaker.may_try(NOW));
        breaker.failed(NOW, &std::fmt::Error);
        assert!(!breaker.is_closed() && !breaker.may_try(NOW) && !breaker.may_try(NOW + Breaker::REST - 1));
        assert!(breaker.may_try(NOW + Breaker::REST));
        assert!(!breaker.may_try(NOW + Breaker::REST));
        breaker.worked();
        assert!(breaker.is_closed() && breaker.may_try(NOW) && breaker.may_try(NOW));
        breaker.failed(NOW, &std::fmt::Error);
        assert!(breaker.may_try(NOW - 3600 * SECOND));
    }

    #[tokio::test]
    async fn with_redis_away_nothing_opens_up() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let limiter = Limiter::new(Some(one(&format!("redis://{address}"))));
        let mut passed = 0;
        for _ in 0..50 {
            passed += u32::from(limiter.check("k", budget(5, 60), time(NOW)).await.allowed);
        }
        assert_eq!(passed, 5);
        assert!(!limiter.healthy());
    }

    #[tokio::test]
    async fn a_redis_that_comes_back_is_used_again() {
        let Some(url) = test_url() else { return };
        let redis_address = url.trim_start_matches("redis://").trim_end_matches('/').to_owned();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let limiter = Limiter::new(Some(one(&format!("redis://{address}"))));
        let (key, one_a_day) = (fresh_key(), budget(1, 86_400));
        assert!(limiter.check(&key, one_a_day, time(NOW)).await.allowed);
        assert!(!limiter.healthy());

        let listener = tokio::net::TcpListener::bind(address).await.unwrap();
        let door = tokio::spawn(async move {
            while let Ok((mut caller, _)) = listener.accept().await {
                let mut redis = tokio::net::TcpStream::connect(&redis_address).await.unwrap();
                tokio::spawn(async move { tokio::io::copy_bidirectional(&mut caller, &mut redis).await });
            }
        });
        let mut now = NOW;
        let is_back = async {
            while !limiter.healthy() {
                now += Breaker::REST;
                limiter.check(&fresh_key(), one_a_day, time(now)).await;
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), is_back)
            .await
            .expect("Redis is not used again");
        // Redis does not know what was spent meanwhile; what it lets pass now is spent for good.
        assert!(limiter.check(&key, one_a_day, time(now)).await.allowed);
        assert!(!limiter.check(&key, one_a_day, time(now)).await.allowed);
        door.abort();
    }

    #[tokio::test]
    async fn two_nodes_share_one_budget() {
        let _whole = CLUSTER.read().await;
        for place in places() {
            let node = || Limiter::new(Some(place.open()));
            let (here, there) = (node(), node());
            let key = fresh_key();
            assert_eq!(here.check(&key, budget(3, 3600), time(NOW)).await.state.remaining, 2);
            assert_eq!(there.check(&key, budget(3, 3600), time(0)).await.state.remaining, 1);
            assert_eq!(here.check(&key, budget(3, 3600), time(NOW)).await.state.remaining, 0);
            let refused = there.check(&key, budget(3, 3600), time(NOW)).await;
            assert!(!refused.allowed && refused.state.retry_after > Duration::from_secs(1190));
            assert!(here.healthy() && there.healthy(), "{place:?}");
        }
    }

    #[tokio::test]
    async fn without_a_node_of_the_cluster_nothing_opens_up_and_its_budgets_come_back() {
        let Some(place) = cluster_place() else { return };
        let _alone = CLUSTER.write().await;
        let node = &place.nodes()[0];
        let key = key_of(node).await;
        let (limiter, five) = (Limiter::new(Some(place.open())), budget(5, 86_400));
        assert!(limiter.check(&key, five, time(NOW)).await.allowed && limiter.healthy());

        kill(node).await;
        let (began, mut passed) = (Instant::now(), 0);
        for _ in 0..50 {
            passed += u32::from(limiter.check(&key, five, time(NOW)).await.allowed);
        }
        println!("50 requests without their node: {:?}", began.elapsed());
        assert_eq!(passed, 5, "what this node counts for itself");
        assert!(!limiter.healthy());
        assert!(began.elapsed() < Duration::from_secs(5), "each waited for an answer");

        let mut now = NOW;
        let heals = async {
            while !limiter.healthy() {
                now += Breaker::REST;
                limiter.check(&key, budget(1000, 86_400), time(now)).await;
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), heals)
            .await
            .expect("the cluster is whole and not used");
        until_whole(&place).await;
    }
}
