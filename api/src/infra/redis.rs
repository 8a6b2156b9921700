//! The connection to Redis, to one server or to a cluster: the only file that knows its client library.
//!
//! Redis holds nothing that matters for long. Every call has a short deadline and its caller goes on without an answer.

use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use futures_util::{Stream, StreamExt};
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::cluster::{ClusterClientBuilder, ClusterConfig};
use redis::cluster_async::ClusterConnection;
use redis::cluster_routing::{RoutingInfo, SingleNodeRoutingInfo};
use redis::io::tcp::TcpSettings;
use redis::{
    Client, Cmd, ConnectionAddr, ConnectionInfo, ErrorKind, FromRedisValue, IntoConnectionInfo, RedisError, Script,
    ServerErrorKind, TlsCertificates,
};

const CONNECT: Duration = Duration::from_millis(200);
const RESPONSE: Duration = Duration::from_millis(50);

/// One call with everything in it: connecting again, loading a script, and the answer.
const CALL: Duration = Duration::from_millis(400);

/// The generic cell rate algorithm as one atomic step, by Redis's own clock: nodes need not agree on the time. The
/// arithmetic is that of `limiter::gcra`. Times are in microseconds; doubles hold them exactly for some 250 years.
const GCRA: &str = r"
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
        ";

/// By which a server knows the script that it has run before.
static GCRA_HASH: LazyLock<String> = LazyLock::new(|| Script::new(GCRA).get_hash().to_owned());

/// A Redis server, or a cluster of them. Connects when it is first needed and again whenever the connection was lost;
/// clones share the connection.
#[derive(Clone)]
pub struct Redis {
    connection: Connection,
    /// For connections that only listen: the servers that were named. What is published on one node of a cluster is heard on all.
    clients: Arc<[Client]>,
    /// Which of them is listened to next, so that the loss of one is made good by another.
    turn: Arc<AtomicUsize>,
}

#[derive(Clone)]
enum Connection {
    One(ConnectionManager),
    Cluster(ClusterConnection),
}

/// Why there is no answer. The texts hold neither the URL nor a password.
#[derive(Debug, thiserror::Error)]
pub enum RedisFault {
    #[error("the Redis URL cannot be used: {0}")]
    Url(RedisError),
    #[error("redis_ca_file cannot be used: {0}")]
    Authority(String),
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
    /// Prepares the connection to `redis://` or `rediss://[user:password@]host[:port][/database]` (or `redis+unix://`), or to
    /// a cluster: `redis-cluster://` or `rediss-cluster://[user:password@]host[:port],host[:port]...`, of which some nodes are
    /// enough. To be called within the runtime; does not connect yet. With TLS, the process needs its rustls provider installed;
    /// whoever signed the server's certificate is in `authorities` (PEM), or one of those that the web trusts.
    ///
    /// # Errors
    /// If the URL or the file cannot be read.
    pub fn open(url: &str, authorities: &Path) -> Result<Self, RedisFault> {
        let certificates = certificates(authorities)?;
        let seeds = seeds(url);
        let is_cluster = seeds.is_some();
        let servers = seeds
            .unwrap_or_else(|| vec![url.to_owned()])
            .iter()
            .map(|seed| {
                seed.as_str()
                    .into_connection_info()
                    .map(|info| info.set_tcp_settings(tcp()))
            })
            .collect::<Result<Vec<ConnectionInfo>, _>>()
            .map_err(RedisFault::Url)?;
        let clients = servers
            .iter()
            .map(|server| match &certificates {
                Some(certificates) if is_encrypted(server) => {
                    Client::build_with_tls(server.clone(), certificates.clone())
                }
                _ => Client::open(server.clone()),
            })
            .collect::<Result<Arc<[Client]>, _>>()
            .map_err(RedisFault::Url)?;
        let connection = match clients.first() {
            Some(client) if !is_cluster => {
                let config = ConnectionManagerConfig::new()
                    .set_number_of_retries(1)
                    .set_connection_timeout(Some(CONNECT))
                    .set_response_timeout(Some(RESPONSE));
                ConnectionManager::new_lazy_with_config(client.clone(), config).map(Connection::One)
            }
            _ => cluster(servers, certificates).map(Connection::Cluster),
        };
        Ok(Redis {
            connection: connection.map_err(RedisFault::Url)?,
            // Nodes begin with different ones.
            turn: Arc::new(AtomicUsize::new(rand::random_range(0..clients.len().max(1)))),
            clients,
        })
    }

    /// How many servers were named, of a cluster.
    pub fn seeds(&self) -> Option<usize> {
        matches!(self.connection, Connection::Cluster(_)).then_some(self.clients.len())
    }

    /// The machines that were named, but for those that are a file of this one.
    pub fn hosts(&self) -> Vec<String> {
        let servers = self.clients.iter().map(|client| client.get_connection_info().addr());
        let host = |address: &ConnectionAddr| match address {
            ConnectionAddr::Tcp(host, _) | ConnectionAddr::TcpTls { host, .. } => Some(host.clone()),
            _ => None,
        };
        servers.filter_map(host).collect()
    }

    /// Asks for a sign of life: of a cluster, from each node that has keys.
    ///
    /// # Errors
    /// If there is none in time.
    pub async fn ping(&self) -> Result<(), RedisFault> {
        self.ask(redis::cmd("PING")).await
    }

    /// Sends a message to all who listen to a channel now, on whichever node.
    ///
    /// # Errors
    /// If Redis does not say in time that it did; the message may then have been sent or not.
    pub async fn publish(&self, channel: &str, message: &str) -> Result<(), RedisFault> {
        let mut command = redis::cmd("PUBLISH");
        command.arg(channel).arg(message);
        match &self.connection {
            Connection::One(_) => self.ask(command).await,
            Connection::Cluster(connection) => {
                let mut connection = connection.clone();
                // A channel is no key: any node will do, also when the one is away that would have a key of that name.
                let anywhere = RoutingInfo::SingleNode(SingleNodeRoutingInfo::Random);
                in_time(async move { connection.route_command(command, anywhere).await.map(drop) }).await
            }
        }
    }

    /// The messages of a channel from now on, by a connection of its own; they end when it breaks.
    ///
    /// # Errors
    /// If Redis does not answer in time.
    pub async fn subscribe(&self, channel: &str) -> Result<impl Stream<Item = String> + use<>, RedisFault> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let client = self.clients[turn % self.clients.len()].clone();
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
        let call = |command: &str, script: &str| {
            let mut command = redis::cmd(command);
            command
                .arg(script)
                .arg(1)
                .arg(key)
                .arg(interval)
                .arg(window)
                .arg(reserve);
            command
        };
        match self.ask(call("EVALSHA", &GCRA_HASH)).await {
            // The server that has the key does not know the script yet. It is sent with the call: loading it would be a matter of
            // all nodes of a cluster, of which one may be away.
            Err(RedisFault::Refused(error)) if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) => {
                self.ask(call("EVAL", GCRA)).await
            }
            answer => answer,
        }
    }

    async fn ask<T: FromRedisValue>(&self, command: Cmd) -> Result<T, RedisFault> {
        match self.connection.clone() {
            Connection::One(mut connection) => in_time(async move { command.query_async(&mut connection).await }).await,
            Connection::Cluster(mut connection) => {
                in_time(async move { command.query_async(&mut connection).await }).await
            }
        }
    }
}

fn tcp() -> TcpSettings {
    TcpSettings::default().set_nodelay(true)
}

/// The servers named by the URL of a cluster, each with a URL of its own; `None` for another URL.
fn seeds(url: &str) -> Option<Vec<String>> {
    let (scheme, rest) = url.split_once("://")?;
    let scheme = scheme.strip_suffix("-cluster")?;
    let (credentials, hosts) = match rest.rsplit_once('@') {
        Some((credentials, hosts)) => (format!("{credentials}@"), hosts),
        None => (String::new(), rest),
    };
    let hosts = hosts.trim_end_matches('/').split(',');
    Some(
        hosts
            .map(|host| format!("{scheme}://{credentials}{}", host.trim()))
            .collect(),
    )
}

fn is_encrypted(server: &ConnectionInfo) -> bool {
    matches!(server.addr(), ConnectionAddr::TcpTls { .. })
}

/// Whoever may have signed the servers' certificates, where it is not the web's authorities.
fn certificates(file: &Path) -> Result<Option<TlsCertificates>, RedisFault> {
    if file.as_os_str().is_empty() {
        return Ok(None);
    }
    let read = std::fs::read(file).map_err(|error| RedisFault::Authority(format!("{}: {error}", file.display())))?;
    Ok(Some(TlsCertificates {
        client_tls: None,
        root_cert: Some(read),
    }))
}

/// Begins to look for the nodes of a cluster.
fn cluster(seeds: Vec<ConnectionInfo>, certificates: Option<TlsCertificates>) -> Result<ClusterConnection, RedisError> {
    let uses_tls = seeds.iter().any(is_encrypted);
    let mut builder = ClusterClientBuilder::new(seeds)
        .tcp_settings(tcp())
        .connection_timeout(CONNECT)
        .response_timeout(RESPONSE)
        // With everything in it: another node that has the key now, and the way there.
        .overall_response_timeout(Some(CALL))
        .retries(3)
        .min_retry_wait(10)
        .max_retry_wait(60);
    if let Some(certificates) = certificates.filter(|_| uses_tls) {
        builder = builder.certs(certificates);
    }
    let config = ClusterConfig::new();
    Ok(builder.build()?.get_pending_async_connection_with_config(config))
}

async fn in_time<T>(call: impl Future<Output = Result<T, RedisError>>) -> Result<T, RedisFault> {
    match tokio::time::timeout(CALL, call).await {
        Ok(answer) => answer.map_err(RedisFault::Refused),
        Err(_) => Err(RedisFault::TooLate),
    }
}

#[cfg(test)]
pub mod tests {
    use std::path::PathBuf;

    use tokio::sync::RwLock;

    use super::*;
    use crate::config::Budget;
    use crate::infra::limiter::gcra_leaving;

    /// A Redis for tests.
    #[derive(Clone, Debug)]
    pub struct Place {
        pub url: String,
        authorities: PathBuf,
    }

    impl Place {
        pub fn open(&self) -> Redis {
            // Of all tests, the first one to come here has it done.
            rustls::crypto::aws_lc_rs::default_provider().install_default().ok();
            Redis::open(&self.url, &self.authorities).unwrap()
        }

        /// The nodes that were named, each as one server.
        pub fn nodes(&self) -> Vec<Place> {
            let node = |url| Place {
                url,
                authorities: self.authorities.clone(),
            };
            seeds(&self.url).unwrap_or_default().into_iter().map(node).collect()
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the environment says where the tests' Redis is"
    )]
    fn named(variable: &str) -> Option<String> {
        let named = std::env::var(variable).ok();
        if named.is_none() {
            println!("skipped: {variable} names no Redis");
        }
        named
    }

    /// The Redis for tests, if the environment names one.
    pub fn test_url() -> Option<String> {
        named("TEST_REDIS_URL")
    }

    /// One server.
    pub fn one(url: &str) -> Redis {
        Redis::open(url, Path::new("")).unwrap()
    }

    /// The cluster for tests, if there is one.
    pub fn cluster_place() -> Option<Place> {
        let url = named("TEST_REDIS_CLUSTER_URL")?;
        let authorities = PathBuf::new();
        Some(Place { url, authorities })
    }

    /// A server that speaks TLS with a certificate of its own authority.
    pub fn encrypted_place() -> Option<Place> {
        let authorities = named("TEST_REDIS_CA_FILE")?.into();
        let url = named("TEST_REDIS_TLS_URL")?;
        Some(Place { url, authorities })
    }

    /// What there is of a server, one with TLS, and a cluster.
    pub fn places() -> Vec<Place> {
        let authorities = PathBuf::new();
        let plain = test_url().map(|url| Place { url, authorities });
        plain
            .into_iter()
            .chain(encrypted_place())
            .chain(cluster_place())
            .collect()
    }

    /// A key that one node of a cluster has.
    pub async fn key_of(node: &Place) -> String {
        let node = node.open();
        loop {
            let key = format!("rl:{{{:032x}}}:test", rand::random::<u128>());
            let mut command = redis::cmd("GET");
            command.arg(&key);
            // Another node's is refused with the way there.
            if node.ask::<Option<i64>>(command).await.is_ok() {
                return key;
            }
        }
    }

    /// Ends a node of the cluster; whoever started it starts it again after a while.
    pub async fn kill(node: &Place) {
        let mut command = redis::cmd("SHUTDOWN");
        command.arg("NOSAVE");
        node.open().ask::<()>(command).await.unwrap_err();
    }

    /// Waits until each node of the cluster says that all of it is there.
    pub async fn until_whole(place: &Place) {
        let began = std::time::Instant::now();
        for node in place.nodes() {
            let node = node.open();
            let whole = async || {
                let mut command = redis::cmd("CLUSTER");
                command.arg("INFO");
                let state: String = node.ask(command).await.unwrap_or_default();
                ["cluster_state:ok", "cluster_slots_ok:16384", "cluster_slots_pfail:0"]
                    .iter()
                    .all(|good| state.contains(good))
            };
            while !whole().await {
                assert!(began.elapsed() < Duration::from_secs(30), "a node does not come back");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }

    /// Held by tests that use the cluster, and alone by the one that kills its nodes.
    pub static CLUSTER: RwLock<()> = RwLock::const_new(());

    pub fn fresh_key() -> String {
        format!("rl:{{test}}:{:032x}", rand::random::<u128>())
    }

    /// Asks in plain words.
    pub async fn told<T: FromRedisValue>(redis: &Redis, words: &[&str]) -> T {
        let mut command = redis::cmd(words[0]);
        command.arg(&words[1..]);
        redis.ask(command).await.unwrap()
    }

    /// Acts as if time had passed for one key.
    async fn turn_back(redis: &Redis, key: &str, microseconds: i64) {
        let stored: Option<i64> = told(redis, &["GET", key]).await;
        if let Some(stored) = stored {
            let earlier = (stored - microseconds).to_string();
            told::<()>(redis, &["SET", key, &earlier, "KEEPTTL"]).await;
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
            "redis-cluster://user:hunter2@a,b:port",
            "redis-cluster://",
            "http-cluster://user:hunter2@a",
        ] {
            let fault = Redis::open(url, Path::new("")).unwrap_err().to_string();
            assert!(!fault.contains("hunter2"), "{fault}");
        }
        let fault = Redis::open("rediss://localhost", Path::new("/nowhere/ca.pem")).unwrap_err();
        assert!(fault.to_string().contains("/nowhere/ca.pem"), "{fault}");
    }

    #[test]
    fn a_cluster_is_named_by_some_of_its_nodes() {
        assert_eq!(seeds("redis://a:1"), None);
        assert_eq!(seeds("redis-cluster://a:1,b").unwrap(), ["redis://a:1", "redis://b"]);
        assert_eq!(
            seeds("rediss-cluster://u:p%40@a:1, [::1]:2/").unwrap(),
            ["rediss://u:p%40@a:1", "rediss://u:p%40@[::1]:2"]
        );
    }

    #[tokio::test]
    async fn a_certificate_of_another_authority_is_refused() {
        let Some(place) = encrypted_place() else { return };
        place.open().ping().await.unwrap();
        let stranger = one(&place.url);
        assert!(
            stranger.ping().await.is_err(),
            "an authority that the web does not know"
        );
    }

    #[tokio::test]
    async fn a_redis_that_is_gone_is_a_fault_soon() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let silent = one(&format!("redis://{}", listener.local_addr().unwrap()));
        assert!(silent.ping().await.is_err());
        let address = listener.local_addr().unwrap();
        drop(listener);
        let gone = one(&format!("redis://{address}"));
        assert!(gone.gcra("k", 1, 1, 0).await.is_err());
    }

    #[tokio::test]
    async fn the_script_gives_the_same_answers_as_the_function() {
        let _whole = CLUSTER.read().await;
        for place in places() {
            gives_the_same_answers(&place.open()).await;
        }
    }

    async fn gives_the_same_answers(redis: &Redis) {
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
                turn_back(redis, &key, passed).await;
            }
        }
    }

    #[tokio::test]
    async fn a_key_goes_away_by_itself_and_garbage_in_it_does_no_harm() {
        let Some(url) = test_url() else { return };
        let redis = one(&url);
        let key = fresh_key();
        assert_eq!(
            redis.gcra(&key, 2_000_000, 10_000_000, 0).await.unwrap(),
            (true, 2_000_000)
        );
        let left: i64 = told(&redis, &["PTTL", &key]).await;
        assert!((1..=2000).contains(&left));
        for garbage in ["", "x", "99999999999999999999999", "-5"] {
            told::<()>(&redis, &["SET", &key, garbage]).await;
            let (_, lead) = redis.gcra(&key, 2_000_000, 10_000_000, 0).await.unwrap();
            assert!(lead <= 10_000_000, "{garbage:?}");
        }
        told::<()>(&redis, &["DEL", &key]).await;
    }

    #[tokio::test]
    async fn of_many_requests_at_once_just_the_budget_passes() {
        let _whole = CLUSTER.read().await;
        for place in places() {
            let redis = place.open();
            redis.gcra(&fresh_key(), 1, 1, 0).await.unwrap();
            let key = fresh_key();
            let calls = (0..100).map(|_| redis.gcra(&key, 60_000_000, 7 * 60_000_000, 0));
            let answers = futures_util::future::join_all(calls).await;
            let passed = answers.into_iter().filter(|answer| answer.as_ref().unwrap().0).count();
            assert_eq!(passed, 7, "{place:?}");
        }
    }
}
