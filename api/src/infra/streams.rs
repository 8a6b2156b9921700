//! Who listens to what: open pages that hear of changes while they are read.
//!
//! A *line* carries what happens under one key of a site, to any number of *listeners*. It remembers the last events for those who
//! come back after a break, and is forgotten a while after the last listener has gone. Everything is bounded: listeners in all, of
//! a site and of a network; what a line remembers; how far a listener may be behind before it is dropped.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use ipnet::IpNet;
use sea_orm::prelude::Uuid;
use tokio::sync::broadcast;
use tokio::time::Instant;

use super::metrics::metrics;

/// Events that a listener may be behind; then it is dropped, and comes back for what the line remembers.
const BEHIND: usize = 32;

/// What one line remembers.
const EVENTS: usize = 64;
const BYTES: usize = 128 * 1024;

/// What all lines together remember.
const ALL_BYTES: usize = 16 * 1024 * 1024;

/// How long a line without listeners is kept, and how many such.
const ALONE: Duration = Duration::from_secs(120);
const MOST_ALONE: usize = 1000;

/// How many may listen.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub all: usize,
    pub per_site: usize,
    pub per_network: usize,
}

/// Which of the bounds is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    Here,
    Site,
    Network,
}

/// What a line is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Topic {
    pub site_id: Uuid,
    /// Key of a thread that may not be there yet.
    pub key: Box<str>,
}

/// A thread and its version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At {
    pub thread_id: Uuid,
    pub version: i64,
}

/// What comes out of a line.
#[derive(Clone, Debug)]
pub enum Heard {
    /// An event as it is sent.
    Event(Bytes),
    /// The site has changed: is the listener still welcome?
    Check,
}

/// What has happened since a version.
#[derive(Debug, PartialEq, Eq)]
pub enum Missed {
    /// These events, in their order; often none.
    Events(Vec<Bytes>),
    /// More than is remembered.
    TooMuch,
}

pub struct Streams {
    limits: Limits,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    closed: bool,
    lines: HashMap<Topic, Line>,
    /// The lines that lead to a thread: one for each of its keys that somebody has asked for.
    threads: HashMap<Uuid, HashSet<Topic>>,
    /// Bytes that all lines remember.
    remembered: usize,
    listeners: usize,
    sites: HashMap<Uuid, usize>,
    networks: HashMap<IpNet, usize>,
}

struct Line {
    sender: broadcast::Sender<Heard>,
    site_key: Box<str>,
    thread_id: Option<Uuid>,
    /// Everything that happened after this version is remembered.
    since: i64,
    /// The newest version of which the line has heard.
    last: i64,
    events: VecDeque<Event>,
    bytes: usize,
    /// Since when nobody listens.
    alone: Option<Instant>,
}

struct Event {
    version: i64,
    bytes: Bytes,
}

/// A listener's place, given back when dropped.
pub struct Seat {
    streams: Arc<Streams>,
    site_id: Uuid,
    network: IpNet,
}

/// A line that was joined.
pub struct Joined {
    pub receiver: broadcast::Receiver<Heard>,
    /// Whether it was not there before, and so heard nothing of what happened until now.
    pub fresh: bool,
}

impl Streams {
    pub fn new(limits: Limits) -> Arc<Self> {
        Arc::new(Streams {
            limits,
            state: Mutex::default(),
        })
    }

    /// A place for a listener.
    ///
    /// # Errors
    /// Which bound is reached.
    pub fn seat(self: &Arc<Self>, site_id: Uuid, network: IpNet) -> Result<Seat, Full> {
        let mut state = self.state();
        let of_site = state.sites.get(&site_id).copied().unwrap_or(0);
        let of_network = state.networks.get(&network).copied().unwrap_or(0);
        if of_network >= self.limits.per_network {
            return Err(Full::Network);
        }
        if of_site >= self.limits.per_site {
            return Err(Full::Site);
        }
        if state.closed || state.listeners >= self.limits.all {
            return Err(Full::Here);
        }
        state.listeners += 1;
        metrics().streams.open.inc();
        state.sites.insert(site_id, of_site + 1);
        state.networks.insert(network, of_network + 1);
        Ok(Seat {
            streams: Arc::clone(self),
            site_id,
            network,
        })
    }

    /// Listens to a topic from now on. `at` is where its key led when that was last looked up.
    pub fn join(&self, topic: &Topic, site_key: &str, at: Option<At>) -> Joined {
        let mut state = self.state();
        if let Some(line) = state.lines.get_mut(topic) {
            line.alone = None;
            let receiver = line.sender.subscribe();
            return Joined { receiver, fresh: false };
        }
        let (sender, receiver) = broadcast::channel(BEHIND);
        let version = at.map_or(0, |at| at.version);
        let line = Line {
            sender,
            site_key: site_key.into(),
            thread_id: None,
            since: version,
            last: version,
            events: VecDeque::new(),
            bytes: 0,
            alone: None,
        };
        // After the last look at a server that stops: the receiver ends at once.
        if !state.closed {
            state.lines.insert(topic.clone(), line);
            state.lead(topic, at.map(|at| at.thread_id));
        }
        Joined { receiver, fresh: true }
    }

    /// Tells a fresh line where its key leads, looked up after it was joined: what happened between is not remembered.
    pub fn settle(&self, topic: &Topic, at: Option<At>) {
        let mut state = self.state();
        state.lead(topic, at.map(|at| at.thread_id));
        let Some(line) = state.lines.get_mut(topic) else { return };
        let version = at.map_or(0, |at| at.version);
        if version > line.last {
            line.since = version;
            line.last = version;
            // Who joined in between was told that there was nothing.
            if line.sender.receiver_count() > 1 {
                line.sender.send(Heard::Event(reset_event(version))).ok();
            }
        }
    }

    /// What a listener has missed who knows a version and has just joined; `at` is the version now.
    pub fn missed(&self, topic: &Topic, known: i64, now: i64) -> Missed {
        let state = self.state();
        let Some(line) = state.lines.get(topic) else {
            return Missed::TooMuch;
        };
        if known < line.since || known > now.max(line.last) {
            return Missed::TooMuch;
        }
        // Events of one version may have been told in parts; who has the last part has them all.
        let of_known = line.events.iter().filter(|event| event.version == known).count();
        let is_newer = |event: &&Event| event.version > known || (of_known > 1 && event.version == known);
        Missed::Events(
            line.events
                .iter()
                .filter(is_newer)
                .map(|event| event.bytes.clone())
                .collect(),
        )
    }

    /// The topics under which a thread is listened to.
    pub fn topics_of(&self, thread_id: Uuid) -> Vec<Topic> {
        let state = self.state();
        state.threads.get(&thread_id).into_iter().flatten().cloned().collect()
    }

    /// Of some keys of a site, those that are listened to, with the thread to which each leads.
    pub fn listened(&self, site_id: Uuid, keys: &[String]) -> Vec<(Topic, Option<Uuid>)> {
        let state = self.state();
        let topics = keys.iter().map(|key| Topic {
            site_id,
            key: key.as_str().into(),
        });
        topics
            .filter_map(|topic| {
                let thread_id = state.lines.get(&topic)?.thread_id;
                Some((topic, thread_id))
            })
            .collect()
    }

    /// Every line: its topic, its site's key, the thread to which it leads, and the newest version of which it has heard.
    pub fn all(&self) -> Vec<(Topic, Box<str>, Option<At>)> {
        let state = self.state();
        let at = |line: &Line| {
            line.thread_id.map(|thread_id| At {
                thread_id,
                version: line.last,
            })
        };
        let all = state.lines.iter();
        all.map(|(topic, line)| (topic.clone(), line.site_key.clone(), at(line)))
            .collect()
    }

    /// Key of the site of a topic that is listened to.
    pub fn site_key(&self, topic: &Topic) -> Option<Box<str>> {
        self.state().lines.get(topic).map(|line| line.site_key.clone())
    }

    /// Leads a topic to another thread.
    pub fn lead(&self, topic: &Topic, thread_id: Option<Uuid>) {
        self.state().lead(topic, thread_id);
    }

    /// Tells the listeners of a topic what happened, with `id: VERSION` before it, and remembers it.
    pub fn tell(&self, topic: &Topic, version: i64, event: &str) {
        let mut state = self.state();
        let state = &mut *state;
        let Some(line) = state.lines.get_mut(topic) else { return };
        // Nodes may be told of each other's changes in another order. What a listener knows only grows.
        line.last = line.last.max(version);
        let bytes = Bytes::from(format!("id: {}\n{event}", line.last));
        // Nobody listens now: it is remembered.
        line.sender.send(Heard::Event(bytes.clone())).ok();
        let room = ALL_BYTES.saturating_sub(state.remembered - line.bytes).min(BYTES);
        state.remembered -= line.bytes;
        line.remember(bytes, room);
        state.remembered += line.bytes;
    }

    /// Tells the listeners of a topic to read anew. What was before is of no use to anybody.
    pub fn reset(&self, topic: &Topic, version: i64) {
        let mut state = self.state();
        let state = &mut *state;
        let Some(line) = state.lines.get_mut(topic) else { return };
        state.remembered -= line.bytes;
        line.forget(version);
        line.sender.send(Heard::Event(reset_event(line.last))).ok();
    }

    /// The topics of a site.
    pub fn topics_of_site(&self, site_id: Uuid) -> Vec<Topic> {
        let state = self.state();
        let topics = state.lines.keys().filter(|topic| topic.site_id == site_id);
        topics.cloned().collect()
    }

    /// Has each listener of a topic look whether it is still welcome.
    pub fn check(&self, topic: &Topic) {
        if let Some(line) = self.state().lines.get(topic) {
            line.sender.send(Heard::Check).ok();
        }
    }

    /// Forgets the lines to which nobody has listened for a while.
    pub fn sweep(&self, now: Instant) {
        let mut state = self.state();
        let mut alone = Vec::new();
        for (topic, line) in &mut state.lines {
            if line.sender.receiver_count() > 0 {
                line.alone = None;
                continue;
            }
            let since = *line.alone.get_or_insert(now);
            alone.push((since, topic.clone()));
        }
        alone.sort_by_key(|(since, _)| *since);
        let surplus = alone.len().saturating_sub(MOST_ALONE);
        let gone = alone
            .into_iter()
            .enumerate()
            .filter(|(place, (since, _))| *place < surplus || now.duration_since(*since) >= ALONE);
        for (_, (_, topic)) in gone {
            state.forget(&topic);
        }
    }

    /// Ends every stream, and lets nobody in any more.
    pub fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        state.lines.clear();
        state.threads.clear();
        state.remembered = 0;
    }

    /// How many listen.
    pub fn listeners(&self) -> usize {
        self.state().listeners
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while this is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The event that tells a listener to read anew.
pub fn reset_event(version: i64) -> Bytes {
    Bytes::from(format!("id: {version}\nevent: reset\ndata: {{}}\n\n"))
}

impl State {
    fn lead(&mut self, topic: &Topic, thread_id: Option<Uuid>) {
        let Some(line) = self.lines.get_mut(topic) else { return };
        if line.thread_id == thread_id {
            return;
        }
        let former = std::mem::replace(&mut line.thread_id, thread_id);
        if former.is_some() {
            // The versions of another thread say nothing about this one's.
            self.remembered -= line.bytes;
            line.events.clear();
            (line.bytes, line.since, line.last) = (0, 0, 0);
        }
        self.leave(topic, former);
        if let Some(id) = thread_id {
            self.threads.entry(id).or_default().insert(topic.clone());
        }
    }

    fn leave(&mut self, topic: &Topic, thread_id: Option<Uuid>) {
        if let Some(id) = thread_id
            && let Some(topics) = self.threads.get_mut(&id)
        {
            topics.remove(topic);
            if topics.is_empty() {
                self.threads.remove(&id);
            }
        }
    }

    fn forget(&mut self, topic: &Topic) {
        if let Some(line) = self.lines.remove(topic) {
            self.remembered -= line.bytes;
            self.leave(topic, line.thread_id);
        }
    }
}

impl Line {
    /// Keeps an event, and of the former ones as many as fit into `room` bytes.
    fn remember(&mut self, bytes: Bytes, room: usize) {
        self.bytes += bytes.len();
        let version = self.last;
        self.events.push_back(Event { version, bytes });
        while self.events.len() > EVENTS || self.bytes > room {
            let Some(gone) = self.events.pop_front() else { break };
            self.bytes -= gone.bytes.len();
            self.since = self.since.max(gone.version);
        }
        // Of the version whose first part has just been forgotten, nothing can be told in whole.
        while self.events.front().is_some_and(|event| event.version <= self.since) {
            let Some(gone) = self.events.pop_front() else { break };
            self.bytes -= gone.bytes.len();
        }
    }

    fn forget(&mut self, version: i64) {
        self.events.clear();
        self.bytes = 0;
        self.last = self.last.max(version);
        self.since = self.last;
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut state = self.streams.state();
        state.listeners = state.listeners.saturating_sub(1);
        metrics().streams.open.dec();
        give_back(&mut state.sites, &self.site_id);
        give_back(&mut state.networks, &self.network);
    }
}

fn give_back<K: std::hash::Hash + Eq>(counts: &mut HashMap<K, usize>, key: &K) {
    match counts.get_mut(key) {
        Some(count) if *count > 1 => *count -= 1,
        _ => drop(counts.remove(key)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SITE: Uuid = Uuid::from_u128(1);
    const THREAD: Uuid = Uuid::from_u128(2);

    fn streams() -> Arc<Streams> {
        Streams::new(Limits {
            all: 4,
            per_site: 3,
            per_network: 2,
        })
    }

    fn topic(key: &str) -> Topic {
        Topic {
            site_id: SITE,
            key: key.into(),
        }
    }

    fn at(version: i64) -> At {
        At {
            thread_id: THREAD,
            version,
        }
    }

    fn text(bytes: &Bytes) -> String {
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    fn heard(receiver: &mut broadcast::Receiver<Heard>) -> Option<String> {
        match receiver.try_recv() {
            Ok(Heard::Event(bytes)) => Some(text(&bytes)),
            Ok(Heard::Check) => Some("check".to_owned()),
            Err(_) => None,
        }
    }

    /// The versions of what was missed, or nothing for too much.
    fn missed(streams: &Streams, known: i64, now: i64) -> Option<Vec<String>> {
        match streams.missed(&topic("id:a"), known, now) {
            Missed::TooMuch => None,
            Missed::Events(events) => Some(events.iter().map(|event| text(event).replace("\n\n", "")).collect()),
        }
    }

    #[test]
    fn seats_are_bounded_and_come_back() {
        let streams = streams();
        let network = |text: &str| text.parse::<IpNet>().unwrap();
        let first = streams.seat(SITE, network("10.0.0.0/24")).ok();
        let second = streams.seat(SITE, network("10.0.0.0/24")).ok();
        assert!(first.is_some() && second.is_some());
        assert_eq!(streams.seat(SITE, network("10.0.0.0/24")).err(), Some(Full::Network));
        let third = streams.seat(SITE, network("10.0.1.0/24")).ok();
        assert_eq!(streams.seat(SITE, network("10.0.2.0/24")).err(), Some(Full::Site));
        let other = streams.seat(THREAD, network("10.0.2.0/24")).ok();
        assert_eq!(streams.seat(THREAD, network("10.0.3.0/24")).err(), Some(Full::Here));
        assert_eq!(streams.listeners(), 4);
        drop(first);
        assert!(streams.seat(SITE, network("10.0.0.0/24")).is_ok());
        drop((second, third, other));
        assert_eq!(streams.listeners(), 0);
        assert!(streams.state().sites.is_empty() && streams.state().networks.is_empty());
    }

    #[test]
    fn what_is_told_is_heard_under_each_key_and_nowhere_else() {
        let streams = streams();
        let mut one = streams.join(&topic("id:a"), "k", Some(at(5))).receiver;
        let mut alias = streams.join(&topic("url:a"), "k", Some(at(5))).receiver;
        let mut other = streams.join(&topic("id:b"), "k", None).receiver;
        let topics = streams.topics_of(THREAD);
        assert_eq!(topics.len(), 2);
        for topic in topics {
            streams.tell(&topic, 6, "event: x\n\n");
        }
        assert_eq!(heard(&mut one).as_deref(), Some("id: 6\nevent: x\n\n"));
        assert_eq!(heard(&mut alias).as_deref(), Some("id: 6\nevent: x\n\n"));
        assert_eq!(heard(&mut other), None);
        assert!(streams.topics_of(SITE).is_empty());
        assert_eq!(
            streams.listened(SITE, &["id:b".to_owned(), "id:c".to_owned()]),
            [(topic("id:b"), None)]
        );
        streams.lead(&topic("id:b"), Some(THREAD));
        assert_eq!(streams.topics_of(THREAD).len(), 3);
        streams.lead(&topic("id:b"), None);
        assert_eq!(streams.topics_of(THREAD).len(), 2);
    }

    #[test]
    fn who_comes_back_gets_what_he_missed() {
        let streams = streams();
        let joined = streams.join(&topic("id:a"), "k", Some(at(5)));
        assert!(joined.fresh);
        for version in 6..=8 {
            streams.tell(&topic("id:a"), version, "\n");
        }
        assert!(!streams.join(&topic("id:a"), "k", Some(at(5))).fresh);
        assert_eq!(missed(&streams, 8, 8), Some(vec![]));
        assert_eq!(
            missed(&streams, 6, 8),
            Some(vec!["id: 7".to_owned(), "id: 8".to_owned()])
        );
        assert_eq!(missed(&streams, 5, 8).map(|all| all.len()), Some(3));
        assert_eq!(missed(&streams, 4, 8), None, "of that, the line has not heard");
        assert_eq!(missed(&streams, 9, 9), Some(vec![]), "this node has not been told yet");
        assert_eq!(missed(&streams, 10, 9), None, "nobody can know that");
        streams.tell(&topic("id:a"), 8, "again\n");
        assert_eq!(
            missed(&streams, 8, 8).map(|all| all.len()),
            Some(2),
            "one part of a version may be all that came through"
        );
        streams.tell(&topic("id:a"), 7, "late\n");
        assert_eq!(missed(&streams, 8, 8).map(|all| all.len()), Some(3));
        streams.reset(&topic("id:a"), 12);
        assert_eq!(missed(&streams, 8, 12), None);
        assert_eq!(missed(&streams, 12, 12), Some(vec![]));
    }

    #[test]
    fn a_line_that_has_just_begun_knows_nothing_of_what_came_before() {
        let streams = streams();
        streams.join(&topic("id:a"), "k", Some(at(5)));
        streams.settle(&topic("id:a"), Some(at(7)));
        assert_eq!(missed(&streams, 5, 7), None);
        assert_eq!(missed(&streams, 7, 7), Some(vec![]));
        streams.join(&topic("id:b"), "k", None);
        streams.settle(&topic("id:b"), Some(at(1)));
        assert!(streams.topics_of(THREAD).contains(&topic("id:b")));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let streams = streams();
        streams.join(&topic("id:a"), "k", Some(at(0)));
        for version in 1..=1000 {
            streams.tell(&topic("id:a"), version, "\n");
        }
        assert_eq!(missed(&streams, 1000 - 64, 1000).map(|all| all.len()), Some(64));
        assert_eq!(missed(&streams, 1000 - 65, 1000), None);
        let long = "x".repeat(50_000);
        for version in 1001..=1010 {
            streams.tell(&topic("id:a"), version, &long);
        }
        assert_eq!(missed(&streams, 1008, 1010).map(|all| all.len()), Some(2));
        assert_eq!(missed(&streams, 1007, 1010), None);
        assert!(streams.state().remembered <= BYTES);
        for number in 0..1000 {
            let topic = topic(&format!("id:{number}"));
            streams.join(&topic, "k", Some(at(0)));
            streams.tell(&topic, 1, &long);
        }
        assert!(streams.state().remembered <= ALL_BYTES + BYTES);
    }

    #[test]
    fn a_listener_that_is_far_behind_is_told_so() {
        let streams = streams();
        let mut slow = streams.join(&topic("id:a"), "k", Some(at(0))).receiver;
        for version in 1..=i64::try_from(BEHIND).unwrap() + 1 {
            streams.tell(&topic("id:a"), version, "\n");
        }
        assert!(matches!(
            slow.try_recv(),
            Err(broadcast::error::TryRecvError::Lagged(_))
        ));
    }

    #[test]
    fn a_line_without_listeners_is_kept_for_a_while() {
        let streams = streams();
        let receiver = streams.join(&topic("id:a"), "k", Some(at(5))).receiver;
        streams.tell(&topic("id:a"), 6, "\n");
        drop(receiver);
        let now = Instant::now();
        streams.sweep(now);
        streams.sweep(now + ALONE / 2);
        assert_eq!(missed(&streams, 5, 6).map(|all| all.len()), Some(1));
        streams.sweep(now + ALONE);
        assert!(streams.all().is_empty() && streams.topics_of(THREAD).is_empty());
        assert_eq!(streams.state().remembered, 0);
    }

    #[test]
    fn when_it_is_closed_every_stream_ends() {
        let streams = streams();
        let mut receiver = streams.join(&topic("id:a"), "k", Some(at(5))).receiver;
        streams.close();
        assert!(matches!(
            receiver.try_recv(),
            Err(broadcast::error::TryRecvError::Closed)
        ));
        let mut late = streams.join(&topic("id:a"), "k", Some(at(5))).receiver;
        assert!(matches!(late.try_recv(), Err(broadcast::error::TryRecvError::Closed)));
        assert_eq!(
            streams.seat(SITE, "10.0.0.0/24".parse().unwrap()).err(),
            Some(Full::Here)
        );
    }
}
