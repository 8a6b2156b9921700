//! What has changed, told after the commit: to this node at once, to the others through Redis where there are others.
//!
//! A transaction collects its notices ([`crate::infra::db::Tx::announce`]); they are told when it is committed and forgotten when
//! it is not. So nobody can change what readers see and forget to say so.
//!
//! On this node, what is kept in memory is void before the commit returns: who wrote reads what he wrote. The other nodes hear a
//! moment later, through one channel that an installation has for itself. A message may get lost, as Redis may; nothing depends on
//! it for longer than `cache_seconds`. After every gap, both sides act as if everything had changed.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_util::{Stream, StreamExt};
use sea_orm::prelude::Uuid;
use serde::{Deserialize, Serialize};
use tokio::sync::{broadcast, mpsc};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use super::cache::Marks;
use super::redis::{Redis, RedisFault};

/// Notices that a slow listener may be behind before it loses some.
const BACKLOG: usize = 4096;

/// Notices in one message.
const A_MESSAGE: usize = 256;

/// How often a node says that it is there. It hears that, too: the sign that the channel works in both directions.
const SIGN: Duration = Duration::from_secs(5);

/// After so much silence a connection is taken for dead, whatever the system says.
const SILENCE: Duration = Duration::from_secs(15);

/// Between two attempts to listen: the first and the longest pause.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

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
    /// Notices were missed: anything may have changed.
    Gap,
}

/// What of a thread has changed; the ids are of comments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
    marks: Arc<Marks>,
    /// To the other nodes.
    others: OnceLock<mpsc::Sender<Notice>>,
    /// Whether something for the others found no room.
    overflowed: Arc<AtomicBool>,
}

impl Default for Bus {
    fn default() -> Self {
        Bus {
            sender: broadcast::Sender::new(BACKLOG),
            marks: Arc::default(),
            others: OnceLock::new(),
            overflowed: Arc::default(),
        }
    }
}

impl Bus {
    /// Tells what this node has changed. What is kept of it is void when this returns.
    pub fn tell(&self, notice: Notice) {
        self.hear(notice.clone());
        if let Some(others) = self.others.get()
            && others.try_send(notice).is_err()
        {
            self.overflowed.store(true, Ordering::Relaxed);
        }
    }

    pub fn listen(&self) -> broadcast::Receiver<Notice> {
        self.sender.subscribe()
    }

    /// When what changed, for what is kept in memory.
    pub fn marks(&self) -> &Arc<Marks> {
        &self.marks
    }

    fn hear(&self, notice: Notice) {
        self.marks.hear(&notice);
        // Nobody listens: nothing to do.
        self.sender.send(notice).ok();
    }
}

/// The connection to the other nodes; it ends when this is dropped.
#[derive(Debug)]
pub struct Relay {
    tasks: [JoinHandle<()>; 2],
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// A message between nodes.
#[derive(Serialize, Deserialize)]
struct Message {
    /// The node that sent it, which does not need to be told.
    node: u64,
    notices: Vec<Notice>,
}

impl Relay {
    /// Joins the nodes of an installation, now or as soon as Redis is there. To be called within the runtime.
    pub fn start(bus: &Arc<Bus>, redis: &Redis, installation: &str) -> Self {
        let node = rand::random();
        let channel: Arc<str> = format!("parlour:{installation}:notices").into();
        let (others, queue) = mpsc::channel(BACKLOG);
        // One relay for one bus; of a second, only the listening side would be of use.
        bus.others.set(others).ok();
        let speak = speak(
            redis.clone(),
            Arc::clone(&channel),
            node,
            queue,
            Arc::clone(&bus.overflowed),
        );
        let listen = listen(redis.clone(), channel, node, Arc::clone(bus));
        Relay {
            tasks: [tokio::spawn(speak), tokio::spawn(listen)],
        }
    }
}

/// Sends what this node has changed, in the order in which it was told.
async fn speak(
    redis: Redis,
    channel: Arc<str>,
    node: u64,
    mut queue: mpsc::Receiver<Notice>,
    overflowed: Arc<AtomicBool>,
) {
    let mut contact = Contact::new("telling other nodes of changes");
    let mut notices = Vec::new();
    loop {
        // With nothing to tell for a while, it tells that it is there.
        if let Ok(0) = timeout(SIGN, queue.recv_many(&mut notices, A_MESSAGE)).await {
            return;
        }
        if overflowed.swap(false, Ordering::Relaxed) || !contact.is_good() {
            // Before what follows it: who looks at versions afterwards finds none behind.
            notices.insert(0, Notice::Gap);
        }
        let message = Message {
            node,
            notices: std::mem::take(&mut notices),
        };
        let text = serde_json::to_string(&message).unwrap_or_default();
        contact.note(&redis.publish(&channel, &text).await);
    }
}

/// Hears what other nodes have changed, and connects again whenever that breaks.
async fn listen(redis: Redis, channel: Arc<str>, node: u64, bus: Arc<Bus>) {
    let mut contact = Contact::new("hearing of other nodes' changes");
    let mut pause = PAUSES.0;
    loop {
        let since = Instant::now();
        let outcome = match redis.subscribe(&channel).await {
            Ok(messages) => {
                contact.note(&Ok(()));
                // Whatever was said before, nobody here has heard it.
                bus.hear(Notice::Gap);
                hear_all(messages, node, &bus).await;
                Err(RedisFault::Lost)
            }
            Err(fault) => Err(fault),
        };
        contact.note(&outcome);
        if since.elapsed() > SILENCE {
            pause = PAUSES.0;
        }
        // Spread, so that the nodes do not come back all at once.
        sleep(pause.mul_f64(rand::random_range(0.5..1.0))).await;
        pause = (pause * 2).min(PAUSES.1);
    }
}

/// Ends when the connection does, or is silent for too long.
async fn hear_all(messages: impl Stream<Item = String>, node: u64, bus: &Bus) {
    let mut messages = std::pin::pin!(messages);
    while let Ok(Some(text)) = timeout(SILENCE, messages.next()).await {
        match serde_json::from_str::<Message>(&text) {
            Ok(message) if message.node == node => {}
            Ok(message) => message.notices.into_iter().for_each(|notice| bus.hear(notice)),
            // From a newer version, it may be anything.
            Err(_) => bus.hear(Notice::Gap),
        }
    }
}

/// Says once that Redis is away, and once that it is back.
struct Contact {
    what: &'static str,
    good: bool,
}

impl Contact {
    fn new(what: &'static str) -> Self {
        Contact { what, good: true }
    }

    fn is_good(&self) -> bool {
        self.good
    }

    fn note(&mut self, outcome: &Result<(), RedisFault>) {
        match outcome {
            Ok(()) if !self.good => tracing::info!(what = self.what, "Redis is back"),
            Err(error) if self.good => {
                tracing::warn!(%error, what = self.what, "Redis is away; what others change shows after `cache_seconds`");
            }
            _ => {}
        }
        self.good = outcome.is_ok();
    }
}

#[cfg(test)]
mod tests {
    use super::super::cache::{Moment, Subject};
    use super::super::redis::tests::{
        CLUSTER, Place, cluster_place, kill, one as server, places, test_url, until_whole,
    };
    use super::*;

    const ID: Uuid = Uuid::from_u128(7);

    fn notice(version: i64) -> Notice {
        Notice::Thread {
            site_id: ID,
            thread_id: ID,
            version,
            change: Change::Whole,
        }
    }

    fn node(redis: &Redis, installation: &str) -> (Arc<Bus>, Relay) {
        let bus = Arc::new(Bus::default());
        let relay = Relay::start(&bus, redis, installation);
        (bus, relay)
    }

    async fn next(receiver: &mut broadcast::Receiver<Notice>) -> Notice {
        timeout(Duration::from_secs(10), receiver.recv())
            .await
            .unwrap()
            .unwrap()
    }

    /// Until this node has heard the other one, which tells again and again.
    async fn until_heard(from: &Bus, by: &mut broadcast::Receiver<Notice>) {
        for version in 0.. {
            from.tell(notice(-version));
            if let Ok(Ok(Notice::Thread { .. })) = timeout(Duration::from_millis(50), by.recv()).await {
                while timeout(Duration::from_millis(100), by.recv()).await.is_ok() {}
                return;
            }
            assert!(version < 600);
        }
    }

    #[test]
    fn what_is_told_is_void_at_once_and_heard_by_those_who_listen() {
        let bus = Bus::default();
        let mut listener = bus.listen();
        let before = bus.marks().now();
        bus.tell(notice(3));
        assert!(bus.marks().now() > before);
        assert_eq!(listener.try_recv(), Ok(notice(3)));
    }

    #[test]
    fn a_message_is_small_and_plain() {
        let message = Message {
            node: 1,
            notices: vec![notice(3), Notice::Gap],
        };
        let text = serde_json::to_string(&message).unwrap();
        assert!(
            text.contains(r#""about":"thread""#) && text.contains(r#"{"about":"gap"}"#),
            "{text}"
        );
        assert_eq!(serde_json::from_str::<Message>(&text).unwrap().notices, message.notices);
    }

    #[tokio::test]
    async fn nodes_of_one_installation_hear_each_other_and_nobody_else() {
        let _whole = CLUSTER.read().await;
        for place in places() {
            hear_each_other(&place).await;
        }
    }

    async fn hear_each_other(place: &Place) {
        let ours = format!("{:08x}", rand::random::<u32>());
        let (one, _one) = node(&place.open(), &ours);
        let (two, _two) = node(&place.open(), &ours);
        let (stranger, _stranger) = node(&place.open(), "another");
        let mut heard = two.listen();
        let mut heard_by_stranger = stranger.listen();
        until_heard(&one, &mut heard).await;
        let mut own = one.listen();
        for version in 1..=1000 {
            one.tell(notice(version));
        }
        for version in 1..=1000 {
            assert_eq!(next(&mut heard).await, notice(version), "in order, each once");
        }
        two.tell(Notice::Gap);
        for version in 1..=1000 {
            assert_eq!(
                next(&mut own).await,
                notice(version),
                "its own once, and not again from Redis"
            );
        }
        assert_eq!(next(&mut own).await, Notice::Gap);
        while let Ok(notice) = heard_by_stranger.try_recv() {
            assert_eq!(notice, Notice::Gap, "it heard of another installation");
        }
    }

    #[tokio::test]
    async fn after_a_gap_everything_is_void() {
        let Some(url) = test_url() else { return };
        let ours = format!("{:08x}", rand::random::<u32>());
        let proxy = Proxy::start(&url).await;
        let (near, far) = (server(&url), server(&proxy.url));
        let (one, _one) = node(&near, &ours);
        let (two, _two) = node(&far, &ours);
        let mut heard = two.listen();
        until_heard(&one, &mut heard).await;
        proxy.cut();
        let void = |since: Moment| two.marks().now() > since;
        let since = two.marks().now();
        loop {
            if next(&mut heard).await == Notice::Gap {
                break;
            }
        }
        assert!(void(since));
        until_heard(&one, &mut heard).await;
        two.marks().changed(Subject::Thread(ID));
        until_heard(&two, &mut one.listen()).await;
    }

    #[tokio::test]
    async fn whichever_node_of_a_cluster_is_lost_the_others_carry_on() {
        let Some(place) = cluster_place() else { return };
        let _alone = CLUSTER.write().await;
        let ours = format!("{:08x}", rand::random::<u32>());
        let (one, _one) = node(&place.open(), &ours);
        let (two, _two) = node(&place.open(), &ours);
        let (mut heard, mut heard_back) = (two.listen(), one.listen());
        until_heard(&one, &mut heard).await;
        until_heard(&two, &mut heard_back).await;
        // Each in its turn: one of them is the one that somebody listens to.
        for lost in place.nodes() {
            let began = Instant::now();
            kill(&lost).await;
            until_heard(&one, &mut heard).await;
            until_heard(&two, &mut heard_back).await;
            println!("heard again {:?} after a node was lost", began.elapsed());
            until_whole(&place).await;
        }
    }

    /// Stands between a node and Redis, and can break every connection that goes through it.
    struct Proxy {
        url: String,
        cut: broadcast::Sender<()>,
    }

    impl Proxy {
        async fn start(redis: &str) -> Proxy {
            let target = redis.trim_start_matches("redis://").trim_end_matches('/').to_owned();
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let url = format!("redis://{}/", listener.local_addr().unwrap());
            let cut = broadcast::Sender::new(1);
            let cuts = cut.clone();
            tokio::spawn(async move {
                while let Ok((mut near, _)) = listener.accept().await {
                    let (target, mut cut) = (target.clone(), cuts.subscribe());
                    tokio::spawn(async move {
                        let mut far = tokio::net::TcpStream::connect(&target).await.unwrap();
                        tokio::select! {
                            _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
                            _ = cut.recv() => {}
                        }
                    });
                }
            });
            Proxy { url, cut }
        }

        fn cut(&self) {
            self.cut.send(()).unwrap();
        }
    }
}
