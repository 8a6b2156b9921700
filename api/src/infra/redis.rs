//! The connection to Redis: the only file that knows its client library.
//!
//! Redis holds nothing that matters for long. Every call has a short deadline and its caller goes on without an answer.

use std::fmt;
use std::sync::LazyLock;
use std::time::Duration;

use futures_util::{Stream, StreamExt};
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::io::tcp::TcpSettings;
use redis::{Client, IntoConnectionInfo, RedisError, Script};

const CONNECT: Duration = Duration::from_millis(200);
const RESPONSE: Duration = Duration::from_millis(50);

/// One call with everything in it: connecting again, loading a script, and the answer.
const CALL: Duration = Duration::from_millis(400);

/// The generic cell rate algorithm as one atomic step, by Redis's own clock: nodes need not agree on the time. The
/// arithmetic is that of `limiter::gcra`. Times are in microseconds; doubles hold them exactly for some 250 years.
static GCRA: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
        local time = redis.call('TIME')
        local now = time[1] * 1000000 + time[2]
        local interval, window, reserve = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
        local stored = tonumber(redis.call('GET', KEYS[1]) or now) or now
        local arrival = math.min(math.max(stored, now), now + window)
        local after = arrival + interval
        if after - now > window - reserve then
            return {0, arrival - now}
        end
        redis.call('SET', KEYS[1], string.format('%.0f', after), 'PX', math.ceil((after - now) / 1000))
        return {1, after - now}
        ",
    )
});

/// A Redis server, or several seen as one. Connects when it is first needed and again whenever the connection was lost;
/// clones share the connection.
#[derive(Clone)]
pub struct Redis {
    connection: ConnectionManager,
    /// For connections that only listen.
    client: Client,
}

/// Why there is no answer. The texts hold neither the URL nor a password.
#[derive(Debug, thiserror::Error)]
pub enum RedisFault {
    #[error("the Redis URL cannot be used: {0}")]
    Url(RedisError),
    #[error("Redis did not do it: {0}")]
    Refused(RedisError),
    #[error("Redis did not answer within {} ms", CALL.as_millis())]
    TooLate,
    #[error("the connection to Redis was lost")]
    Lost,
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redis")
    }
}

impl Redis {
    /// Prepares the connection to `redis://` or `rediss://[user:password@]host[:port][/database]` (or `redis+unix://`).
    /// To be called within the runtime; does not connect yet. For `rediss` the process needs its rustls provider
    /// installed.
    ///
    /// # Errors
    /// If the URL cannot be read.
    pub fn open(url: &str) -> Result<Self, RedisFault> {
        let settings = TcpSettings::default().set_nodelay(true);
        let info = url
            .into_connection_info()
            .map_err(RedisFault::Url)?
            .set_tcp_settings(settings);
        let client = Client::open(info).map_err(RedisFault::Url)?;
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(1)
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(Some(RESPONSE));
        let connection = ConnectionManager::new_lazy_with_config(client.clone(), config).map_err(RedisFault::Url)?;
        Ok(Redis { connection, client })
    }

    /// Asks for a sign of life.
    ///
    /// # Errors
    /// If there is none in time.
    pub async fn ping(&self) -> Result<(), RedisFault> {
        let mut connection = self.connection.clone();
        in_time(async move { redis::cmd("PING").exec_async(&mut connection).await }).await
    }

    /// Sends a message to all who listen to a channel now.
    ///
    /// # Errors
    /// If Redis does not say in time that it did; the message may then have been sent or not.
    pub async fn publish(&self, channel: &str, message: &str) -> Result<(), RedisFault> {
        let mut connection = self.connection.clone();
        let mut command = redis::cmd("PUBLISH");
        command.arg(channel).arg(message);
        in_time(async move { command.exec_async(&mut connection).await }).await
    }

    /// The messages of a channel from now on, by a connection of its own; they end when it breaks.
    ///
    /// # Errors
    /// If Redis does not answer in time.
    pub async fn subscribe(&self, channel: &str) -> Result<impl Stream<Item = String> + use<>, RedisFault> {
        let client = self.client.clone();
        let messages = in_time(async move {
            let mut connection = client.get_async_pubsub().await?;
            connection.subscribe(channel).await?;
            Ok(connection.into_on_message())
        });
        // What is no text is no message of ours.
        Ok(messages.await?.map(|message| message.get_payload().unwrap_or_default()))
    }

    /// Counts one request against the budget at `key`: whether it may pass, and how far (in microseconds) the budget is
    /// spent ahead of time afterwards. `interval` is the time one request costs, `window` the most that may be spent, `reserve` how
    /// much of it this request has to leave.
    ///
    /// # Errors
    /// If there is no answer in time; the request may then have been counted or not.
    pub async fn gcra(&self, key: &str, interval: i64, window: i64, reserve: i64) -> Result<(bool, i64), RedisFault> {
        let mut connection = self.connection.clone();
        in_time(async move {
            GCRA.key(key)
                .arg(interval)
                .arg(window)
                .arg(reserve)
                .invoke_async(&mut connection)
                .await
        })
        .await
    }
}

async fn in_time<T>(call: impl Future<Output = Result<T, RedisError>>) -> Result<T, RedisFault> {
    match tokio::time::timeout(CALL, call).await {
        Ok(answer) => answer.map_err(RedisFault::Refused),
        Err(_) => Err(RedisFault::TooLate),
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::config::Budget;
    use crate::infra::limiter::gcra_leaving;

    /// The Redis for tests, if the environment names one.
    #[expect(
        clippy::disallowed_methods,
        reason = "the environment says where the tests' Redis is"
    )]
    pub fn test_url() -> Option<String> {
        let url = std::env::var("TEST_REDIS_URL").ok();
        if url.is_none() {
            println!("skipped: TEST_REDIS_URL names no Redis");
        }
        url
    }

    pub fn fresh_key() -> String {
        format!("rl:{{test}}:{:032x}", rand::random::<u128>())
    }

    /// Acts as if time had passed for one key.
    async fn turn_back(redis: &Redis, key: &str, microseconds: i64) {
        let mut connection = redis.connection.clone();
        let stored: Option<i64> = redis::cmd("GET").arg(key).query_async(&mut connection).await.unwrap();
        if let Some(stored) = stored {
            let earlier = stored - microseconds;
            redis::cmd("SET")
                .arg(key)
                .arg(earlier)
                .arg("KEEPTTL")
                .exec_async(&mut connection)
                .await
                .unwrap();
        }
    }

    #[test]
    fn a_url_that_is_none_is_refused_without_showing_it() {
        for url in [
            "",
            "redis",
            "http://user:hunter2@localhost",
            "redis://user:hunter2@localhost:port",
            "redis://:hunter2@h/x",
        ] {
            let fault = Redis::open(url).unwrap_err().to_string();
            assert!(!fault.contains("hunter2"), "{fault}");
        }
    }

    #[tokio::test]
    async fn a_redis_that_is_gone_is_a_fault_soon() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let silent = Redis::open(&format!("redis://{}", listener.local_addr().unwrap())).unwrap();
        assert!(silent.ping().await.is_err());
        let address = listener.local_addr().unwrap();
        drop(listener);
        let gone = Redis::open(&format!("redis://{address}")).unwrap();
        assert!(gone.gcra("k", 1, 1, 0).await.is_err());
    }

    #[tokio::test]
    async fn the_script_gives_the_same_answers_as_the_function() {
        let Some(url) = test_url() else { return };
        let redis = Redis::open(&url).unwrap();
        redis.ping().await.unwrap();
        for burst in [1, 3, 10] {
            let budget = Budget {
                burst,
                per: Duration::from_secs(60 * u64::from(burst)),
            };
            let (interval, window) = budget.in_microseconds();
            let key = fresh_key();
            let (mut arrival, mut now) = (None, 1_800_000_000_000_000);
            for _ in 0..200 {
                let left = rand::random_range(0..burst);
                let (decision, after) = gcra_leaving(arrival, now, budget, left);
                arrival = Some(after);
                let reserve = interval * i64::from(left);
                let (allowed, lead) = redis.gcra(&key, interval, window, reserve).await.unwrap();
                assert_eq!(allowed, decision.allowed);
                let expected = i64::try_from(decision.state.reset.as_micros()).unwrap();
                assert!((expected - lead).abs() < 10_000_000, "{lead} instead of {expected} µs");
                // Thirds of an interval, so that the real time the test takes never moves an answer across a boundary.
                let passed = i64::from(rand::random_range(0..4_u8)) * interval / 3;
                now += passed;
                turn_back(&redis, &key, passed).await;
            }
        }
    }

    #[tokio::test]
    async fn a_key_goes_away_by_itself_and_garbage_in_it_does_no_harm() {
        let Some(url) = test_url() else { return };
        let redis = Redis::open(&url).unwrap();
        let mut connection = redis.connection.clone();
        let key = fresh_key();
        assert_eq!(
            redis.gcra(&key, 2_000_000, 10_000_000, 0).await.unwrap(),
            (true, 2_000_000)
        );
        let left: i64 = redis::cmd("PTTL").arg(&key).query_async(&mut connection).await.unwrap();
        assert!((1..=2000).contains(&left));
        for garbage in ["", "x", "99999999999999999999999", "-5"] {
            redis::cmd("SET")
                .arg(&key)
                .arg(garbage)
                .exec_async(&mut connection)
                .await
                .unwrap();
            let (_, lead) = redis.gcra(&key, 2_000_000, 10_000_000, 0).await.unwrap();
            assert!(lead <= 10_000_000, "{garbage:?}");
        }
        redis::cmd("DEL").arg(&key).exec_async(&mut connection).await.unwrap();
    }

    #[tokio::test]
    async fn of_many_requests_at_once_just_the_budget_passes() {
        let Some(url) = test_url() else { return };
        let redis = Redis::open(&url).unwrap();
        redis.gcra(&fresh_key(), 1, 1, 0).await.unwrap();
        let key = fresh_key();
        let calls = (0..100).map(|_| redis.gcra(&key, 60_000_000, 7 * 60_000_000, 0));
        let answers = futures_util::future::join_all(calls).await;
        assert_eq!(
            answers.into_iter().filter(|answer| answer.as_ref().unwrap().0).count(),
            7
        );
    }
}
