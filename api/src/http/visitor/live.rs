//! Open pages hear of changes: Server-Sent Events (HTML standard, section 9.2), one stream a page.
//!
//! A page reads the conversation and then listens. One task of the node ([`follow`]) hears what was changed here and on other
//! nodes, looks at each changed comment once, and sends what readers may see of it to all who listen. So a stream costs memory and
//! nothing else, and what it says went through the same view as every other answer.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use ::entity::{comment, thread};
use bytes::Bytes;
use futures_util::Stream;
use poem::http::{HeaderValue, header};
use poem::{Body, IntoResponse, Request, Response};
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{ToJSON, Type};
use poem_openapi::{ApiResponse, OpenApi};
use sea_orm::prelude::Uuid;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

use super::parameter;
use super::views::{CommentView, LiveComment, LiveRemoved, LiveThread, LiveVotes, ThreadView, VotesView};
use crate::app::App;
use crate::error::{Budgeted, Error, ErrorCode, Result};
use crate::http::caller;
use crate::http::document::Tag;
use crate::infra::bus::{Change, Notice};
use crate::infra::metrics::metrics;
use crate::infra::network;
use crate::infra::streams::{At, Full, Heard, Missed, Seat, Topic, reset_event};
use crate::sites::origin::Origin;
use crate::sites::{self, Purpose};
use crate::threads::changes::{self, Seen};
use crate::threads::heads::{self, Head};
use crate::threads::{self};

/// Notices that are handled together, so that what happened twice meanwhile is told once.
const TOGETHER: usize = 256;

/// Threads looked up together.
const LOOKED_UP_TOGETHER: usize = 100;

/// After a look at the versions that found one ahead: notices that are on their way arrive before the next.
const SECOND_LOOK: Duration = Duration::from_secs(1);

/// How long a page that finds too many listeners in its network should wait.
const COME_BACK: Duration = Duration::from_secs(60);

/// How long a browser waits before it connects again, in milliseconds: spread, so that all do not come at once.
const RETRY: std::ops::Range<u32> = 2000..8000;

pub struct Door;

/// A stream that has begun.
pub struct Live(Response);

impl IntoResponse for Live {
    fn into_response(self) -> Response {
        self.0
    }
}

impl ApiResponse for Live {
    fn meta() -> MetaResponses {
        let events = [
            LiveComment::schema_ref(),
            LiveRemoved::schema_ref(),
            LiveVotes::schema_ref(),
            LiveThread::schema_ref(),
        ];
        let schema = MetaSchema {
            description: Some("The `data` of each event, by its name: `comment`, `removed`, `votes`, `thread`."),
            any_of: events.into(),
            ..MetaSchema::ANY
        };
        MetaResponses {
            responses: vec![MetaResponse {
                description: "The stream, until either side ends it.",
                status: Some(200),
                status_range: None,
                content: vec![MetaMediaType {
                    content_type: "text/event-stream",
                    schema: MetaSchemaRef::Inline(Box::new(schema)),
                }],
                headers: vec![],
            }],
        }
    }

    fn register(registry: &mut Registry) {
        LiveComment::register(registry);
        LiveRemoved::register(registry);
        LiveVotes::register(registry);
        LiveThread::register(registry);
    }
}

#[OpenApi(prefix_path = "/v1/sites", tag = "Tag::Visitor")]
impl Door {
    /// Listen to a conversation
    ///
    /// Server-Sent Events, to be read with `EventSource`. Each event's `id` is the version of the conversation.
    ///
    /// `comment`: insert it, or replace the one with its id; it is new, published just now, edited or brought back. `removed`:
    /// its words are gone; with `tombstone` its place stays. `votes`: its counts. `thread`: everything about the conversation
    /// but its comments. `reset`: too much was missed; read the conversation anew.
    ///
    /// A stream begins with what happened after `Last-Event-ID`, or else after `version`; where neither is given, with `thread`:
    /// if its version is not the one that is shown, read anew. A line that begins with a colon comes every 25 seconds. With 404,
    /// 429 or 503, ask for the conversation now and then instead: that costs little while nothing has changed.
    #[oai(path = "/:site_key/live", method = "get", operation_id = "thread_live")]
    async fn thread_live(
        &self,
        request: &Request,
        /// The site's key, as in its snippet.
        site_key: Path<String>,
        /// The conversation's own id.
        id: Query<Option<String>>,
        /// The page's address.
        url: Query<Option<String>>,
        /// Version of the conversation that the page shows; 0 if nobody had commented.
        version: Query<Option<i64>>,
        /// Sent by browsers that connect again.
        #[oai(name = "Last-Event-ID")]
        last_event_id: Header<Option<String>>,
    ) -> poem::Result<Live> {
        let app = caller::app(request)?;
        let visitor = caller::visitor(app, request, &site_key, Purpose::Read, app.config.limit_live, "live").await?;
        let site = visitor.shared_site();
        let address = parameter(site.address(id.as_deref(), url.as_deref()))?;
        if !site.settings().live {
            return Err(Error::refused(ErrorCode::NotFound, "This site has no live streams.").into());
        }
        let network = network::limit_network(caller::address(app, request));
        let seat = app
            .streams
            .seat(site.id(), network)
            .map_err(|full| turned_away(app, full))?;
        // Before anything is looked up, so that nothing is missed in between.
        app.live.get_or_init(|| {
            let notices = app.db.bus().listen();
            tokio::spawn(follow(Arc::clone(app), notices)).abort_handle()
        });
        let known = last_event_id.0.and_then(|id| id.trim().parse().ok()).or(version.0);
        // The name under which the conversation is found, so that its other pages are the same topic.
        let (key, head) = heads::found(app, site.id(), &address).await?;
        let topic = Topic {
            site_id: site.id(),
            key: key.into(),
        };
        let joined = app.streams.join(&topic, &site_key, at(&head));
        let head = if joined.fresh {
            let again = heads::head(app, site.id(), key).await?;
            app.streams.settle(&topic, at(&again));
            again
        } else {
            head
        };
        let now = head.as_ref().map_or(0, |thread| thread.version);
        let mut first = VecDeque::from([Bytes::from(format!("retry: {}\n\n", rand::random_range(RETRY)))]);
        match known.map(|known| app.streams.missed(&topic, known, now)) {
            Some(Missed::Events(events)) => first.extend(events),
            Some(Missed::TooMuch) => first.push_back(reset_event(now)),
            None => {
                let view = ThreadView::new(
                    &address,
                    head.map(Arc::unwrap_or_clone),
                    site.settings(),
                    app.clock.now(),
                );
                let event = event_of("thread", &LiveThread { thread: view });
                first.push_back(Bytes::from(format!("id: {now}\n{event}")));
            }
        }
        let beat = Duration::from_secs(app.config.heartbeat_seconds.max(1));
        let mut heartbeat = interval_at(Instant::now() + beat, beat);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let listener = Listener {
            app: Arc::clone(app),
            first,
            receiver: joined.receiver,
            heartbeat,
            site_key: site_key.0,
            origin: caller::origin(request).and_then(Origin::from_header),
            _seat: seat,
        };
        Ok(Live(response(listener.events())))
    }
}

fn response(events: impl Stream<Item = std::io::Result<Bytes>> + Send + 'static) -> Response {
    let mut response = Response::from(Body::from_bytes_stream(events));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // nginx would gather events until its buffer is full.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

fn turned_away(app: &App, full: Full) -> Error {
    let bound = match full {
        Full::Network => "network",
        Full::Site => "site",
        Full::Here => "node",
    };
    metrics().streams.refused.with_label_values(&[bound]).inc();
    match full {
        Full::Network => Error::RateLimited(Budgeted {
            limit: u32::try_from(app.config.streams_per_network).unwrap_or(u32::MAX),
            remaining: 0,
            reset: COME_BACK,
            retry_after: COME_BACK,
        }),
        Full::Site => Error::refused(ErrorCode::Unavailable, "Too many listen to this site at the moment."),
        Full::Here => Error::refused(ErrorCode::Unavailable, "Too many listen at the moment."),
    }
}

fn at(head: &Head) -> Option<At> {
    head.as_ref().map(|thread| At {
        thread_id: thread.id,
        version: thread.version,
    })
}

/// One open page.
struct Listener {
    app: Arc<App>,
    /// What is sent before anything is heard.
    first: VecDeque<Bytes>,
    receiver: broadcast::Receiver<Heard>,
    heartbeat: Interval,
    site_key: String,
    origin: Option<Origin>,
    _seat: Seat,
}

impl Listener {
    fn events(self) -> impl Stream<Item = std::io::Result<Bytes>> + Send + 'static {
        futures_util::stream::unfold(self, async |mut listener| {
            let bytes = listener.next().await?;
            Some((Ok(bytes), listener))
        })
    }

    /// What is sent next; `None` ends the stream.
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(bytes) = self.first.pop_front() {
            return Some(bytes);
        }
        loop {
            tokio::select! {
                heard = self.receiver.recv() => match heard {
                    Ok(Heard::Event(bytes)) => {
                        metrics().streams.sent.inc();
                        return Some(bytes);
                    }
                    Ok(Heard::Check) => self.is_welcome().await.then_some(())?,
                    // Too slow: it comes back and says where it was.
                    Err(RecvError::Lagged(_)) => {
                        metrics().streams.dropped.inc();
                        return None;
                    }
                    // The server stops.
                    Err(RecvError::Closed) => return None,
                },
                _ = self.heartbeat.tick() => {
                    self.is_welcome().await.then_some(())?;
                    return Some(Bytes::from_static(b":\n\n"));
                }
            }
        }
    }

    /// Whether the site is still there and lets this page listen. While that cannot be found out, nothing changes.
    async fn is_welcome(&self) -> bool {
        match sites::current(&self.app, &self.site_key).await {
            Ok(site) => site.settings().live && self.origin.as_ref().is_none_or(|origin| site.lists(origin)),
            Err(error) => !matches!(error.code(), ErrorCode::NotFound | ErrorCode::SiteSuspended),
        }
    }
}

/// Hears what was changed and tells those who listen, until the process ends.
async fn follow(app: Arc<App>, mut notices: broadcast::Receiver<Notice>) {
    let beat = Duration::from_secs(app.config.heartbeat_seconds.max(1));
    let mut suspects = HashMap::new();
    // Where keys lead could not be found out: looked for again.
    let mut gap = false;
    let mut next_look = Instant::now() + beat;
    loop {
        let mut together = Vec::new();
        tokio::select! {
            () = tokio::time::sleep_until(next_look) => {
                if gap {
                    gap = tell(&app, Notice::Gap).await.is_err();
                }
                app.streams.sweep(Instant::now());
                suspects = match look_at_versions(&app, &suspects).await {
                    Ok(ahead) => ahead,
                    Err(error) => {
                        tracing::warn!(%error, "open pages may miss what other nodes changed until the next look");
                        HashMap::new()
                    }
                };
                next_look = Instant::now() + if suspects.is_empty() { beat } else { SECOND_LOOK };
                continue;
            }
            heard = notices.recv() => match heard {
                Ok(notice) => together.push(notice),
                Err(RecvError::Lagged(_)) => together.push(Notice::Gap),
                Err(RecvError::Closed) => return,
            }
        }
        while together.len() < TOGETHER
            && let Ok(notice) = notices.try_recv()
        {
            together.push(notice);
        }
        for notice in once_each(together) {
            let thread = match &notice {
                Notice::Thread { thread_id, version, .. } => Some((*thread_id, *version)),
                _ => None,
            };
            let Err(error) = tell(&app, notice).await else { continue };
            tracing::warn!(%error, "open pages read anew instead of being told");
            match thread {
                Some((id, version)) => {
                    let topics = app.streams.topics_of(id);
                    for topic in topics {
                        app.streams.reset(&topic, version);
                    }
                }
                None => gap = true,
            }
        }
    }
}

/// Leaves out what is told again later.
fn once_each(notices: Vec<Notice>) -> Vec<Notice> {
    let mut later = HashSet::new();
    let mut kept: Vec<Notice> = notices
        .into_iter()
        .rev()
        .filter(|notice| match notice {
            Notice::Thread { thread_id, change, .. } => later.insert((*thread_id, *change)),
            _ => true,
        })
        .collect();
    kept.reverse();
    kept
}

async fn tell(app: &App, notice: Notice) -> Result<()> {
    match notice {
        Notice::Site { site_id, .. } => {
            // Settings are part of what a page shows.
            for topic in app.streams.topics_of_site(site_id) {
                app.streams.check(&topic);
                app.streams.reset(&topic, 0);
            }
        }
        Notice::Keys { site_id, keys } => {
            for (topic, former) in app.streams.listened(site_id, &keys) {
                let head = heads::head(app, site_id, &topic.key).await?;
                app.streams.lead(&topic, head.as_ref().map(|thread| thread.id));
                // From no thread to one: what happened in it, its first comment or its coming here, is told next.
                if former.is_some() && former != head.as_ref().map(|thread| thread.id) {
                    app.streams.reset(&topic, head.map_or(0, |thread| thread.version));
                }
            }
        }
        Notice::Thread {
            site_id,
            thread_id,
            version,
            change,
        } => tell_of_thread(app, site_id, thread_id, version, change).await?,
        Notice::Gap => {
            for (topic, version) in ahead(app).await? {
                app.streams.reset(&topic, version);
            }
        }
    }
    Ok(())
}

async fn tell_of_thread(app: &App, site_id: Uuid, thread_id: Uuid, version: i64, change: Change) -> Result<()> {
    let topics = app.streams.topics_of(thread_id);
    let Some(topic) = topics.first() else { return Ok(()) };
    let head = heads::head(app, site_id, &topic.key).await?;
    // Led elsewhere meanwhile; that is told next.
    let Some(thread) = head.filter(|thread| thread.id == thread_id) else {
        return Ok(());
    };
    if change == Change::Whole {
        for topic in topics {
            app.streams.reset(&topic, version);
        }
        return Ok(());
    }
    if let Some(event) = event(app, &topics, &thread, version, change).await? {
        for topic in &topics {
            app.streams.tell(topic, version, &event);
        }
    }
    Ok(())
}

/// What is sent for a change, if anything.
async fn event(
    app: &App,
    topics: &[Topic],
    thread: &Arc<thread::Model>,
    version: i64,
    change: Change,
) -> Result<Option<String>> {
    let comment_count = thread.comment_count;
    Ok(match change {
        Change::Comment(id) | Change::Removed(id) => {
            let appeared = matches!(change, Change::Comment(_));
            match changes::look(app, thread, id, appeared).await? {
                Seen::Shown(placed) => {
                    let pinned = threads::pins(thread).contains(&id);
                    let data = LiveComment {
                        comment: CommentView::public(*placed, None).pinned(pinned),
                        comment_count,
                        version,
                    };
                    Some(event_of("comment", &data))
                }
                Seen::Gone { tombstone } => {
                    let data = LiveRemoved {
                        id,
                        tombstone,
                        comment_count,
                        version,
                    };
                    Some(event_of("removed", &data))
                }
            }
        }
        Change::Votes(id) => match changes::look(app, thread, id, false).await? {
            Seen::Shown(placed) => Some(event_of("votes", &votes_of(&placed.comment, version))),
            Seen::Gone { .. } => None,
        },
        Change::Thread => {
            let site_key = topics.first().and_then(|topic| app.streams.site_key(topic));
            let Some(site_key) = site_key else {
                return Ok(None);
            };
            let site = sites::current(app, &site_key).await?;
            let view = ThreadView::of((**thread).clone(), site.settings(), app.clock.now());
            Some(event_of("thread", &LiveThread { thread: view }))
        }
        Change::Whole => None,
    })
}

fn votes_of(comment: &comment::Model, version: i64) -> LiveVotes {
    LiveVotes {
        id: comment.id,
        votes: VotesView {
            up: comment.up_votes,
            down: comment.down_votes,
        },
        version,
    }
}

/// An event without its id. JSON has no line breaks, so one line of `data` is enough.
fn event_of(name: &str, data: &impl ToJSON) -> String {
    format!("event: {name}\ndata: {}\n\n", data.to_json_string())
}

/// Looks for changes that nobody told: by a process that tells nobody, or in a message that was lost. Those who listen to a line
/// that was behind at the last look and has heard nothing since are told to read anew. The lines that are behind now.
async fn look_at_versions(app: &App, suspects: &HashMap<Topic, i64>) -> Result<HashMap<Topic, i64>> {
    let mut behind = HashMap::new();
    for (topic, version) in ahead(app).await? {
        if suspects.contains_key(&topic) {
            app.streams.reset(&topic, version);
        } else {
            behind.insert(topic, version);
        }
    }
    Ok(behind)
}

/// Lines whose thread is ahead of what they have heard, with its version.
async fn ahead(app: &App) -> Result<Vec<(Topic, i64)>> {
    let mut by_site: HashMap<Uuid, Vec<(Topic, Option<At>)>> = HashMap::new();
    for (topic, _, heard) in app.streams.all() {
        by_site.entry(topic.site_id).or_default().push((topic, heard));
    }
    let mut ahead = Vec::new();
    for (site_id, lines) in by_site {
        for some in lines.chunks(LOOKED_UP_TOGETHER) {
            let keys: Vec<String> = some.iter().map(|(topic, _)| topic.key.to_string()).collect();
            for ((topic, heard), head) in some.iter().zip(heads::heads(app, site_id, &keys).await?) {
                let now = at(&head);
                let same = heard.map(|at| at.thread_id) == now.map(|at| at.thread_id);
                let version = now.map_or(0, |at| at.version);
                if !same {
                    app.streams.lead(topic, now.map(|at| at.thread_id));
                }
                if !same || version > heard.map_or(0, |at| at.version) {
                    ahead.push((topic.clone(), version));
                }
            }
        }
    }
    Ok(ahead)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happened_twice_meanwhile_is_told_once_and_in_order() {
        let id = Uuid::from_u128;
        let notice = |version, change| Notice::Thread {
            site_id: id(1),
            thread_id: id(2),
            version,
            change,
        };
        let keys = Notice::Keys {
            site_id: id(1),
            keys: vec!["id:a".to_owned()],
        };
        let told = once_each(vec![
            keys.clone(),
            notice(1, Change::Votes(id(3))),
            notice(2, Change::Comment(id(4))),
            notice(3, Change::Votes(id(3))),
            notice(4, Change::Votes(id(5))),
            keys.clone(),
        ]);
        assert_eq!(
            told,
            [
                keys.clone(),
                notice(2, Change::Comment(id(4))),
                notice(3, Change::Votes(id(3))),
                notice(4, Change::Votes(id(5))),
                keys,
            ]
        );
    }
}
