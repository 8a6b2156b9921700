//! How long each part of a conversation may take.
//!
//! A [`Pace`] is told of everything that happens on a connection, by the socket and by the bodies passing through it,
//! and knows from that how long the connection may still go on without something else happening. hyper's own time limit
//! for heads is not used: it runs between requests too, where a proxy expects a connection to stay open much longer
//! than a head may take.

use std::future::{Future, poll_fn};
use std::io::{self, IoSlice};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use hyper::body::{Body, Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until};

/// The time limits of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// From the first byte of a request to the end of its head; for the first request from the connection's start.
    pub head: Duration,
    /// Between two requests.
    pub idle: Duration,
    /// For a whole body, from the moment the handler begins to wait for it.
    pub body: Duration,
    /// Bytes of a body a second on average, after the time a head has. Not zero.
    pub body_rate: u32,
    /// Without any byte of an answer being taken.
    pub stall: Duration,
}

/// The state of one connection.
#[derive(Debug)]
pub struct Pace {
    patience: Patience,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    phase: Phase,
    /// Since when a write waits for the client to read.
    stalled_since: Option<Instant>,
    /// Whether a request has begun to come, ever.
    is_used: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Phase {
    /// Nothing of the next request has come. The end of the last answer may still be on its way.
    Idle { until: Instant },
    /// A head is on its way.
    Head { until: Instant },
    /// A handler waits for a body.
    Body { since: Instant, bytes: u64 },
    /// The request is complete as far as the handler wants it; the handler takes its time.
    Answer,
}

impl Pace {
    /// For a connection that begins now.
    pub fn new(patience: Patience) -> Arc<Self> {
        let phase = Phase::Idle {
            until: Instant::now() + patience.head,
        };
        Arc::new(Pace {
            patience,
            state: Mutex::new(State {
                phase,
                stalled_since: None,
                is_used: false,
            }),
        })
    }

    /// Runs a connection to its end; `None` if it took too long over something.
    pub async fn keep<F: Future>(&self, mut connection: Pin<&mut F>) -> Option<F::Output> {
        let mut alarm = pin!(sleep_until(Instant::now() + self.patience.idle));
        poll_fn(|cx| {
            if let Poll::Ready(ended) = connection.as_mut().poll(cx) {
                return Poll::Ready(Some(ended));
            }
            loop {
                let Some(deadline) = self.deadline() else {
                    return Poll::Pending;
                };
                if alarm.deadline() != deadline {
                    alarm.as_mut().reset(deadline);
                }
                ready!(alarm.as_mut().poll(cx));
                // A body that is read on another task may have moved the deadline meanwhile.
                if self.deadline() == Some(deadline) {
                    return Poll::Ready(None);
                }
            }
        })
        .await
    }

    /// Whether the connection has nothing to do: no request, and nothing of an answer left to be sent.
    pub fn is_idle(&self) -> bool {
        let state = self.state();
        matches!(state.phase, Phase::Idle { .. }) && state.stalled_since.is_none()
    }

    /// Whether nothing has come yet.
    pub fn is_new(&self) -> bool {
        !self.state().is_used
    }

    /// The head of a request is complete.
    pub fn head_came(&self) {
        self.state().phase = Phase::Answer;
    }

    fn deadline(&self) -> Option<Instant> {
        let state = self.state();
        let phase = match state.phase {
            // The end of an answer is still being sent.
            Phase::Idle { .. } if state.stalled_since.is_some() => None,
            Phase::Idle { until } | Phase::Head { until } => Some(until),
            Phase::Body { since, bytes } => Some(since + self.time_for_body(bytes)),
            Phase::Answer => None,
        };
        let stall = state.stalled_since.map(|since| since + self.patience.stall);
        phase.into_iter().chain(stall).min()
    }

    /// How long a body may take of which so much has come.
    fn time_for_body(&self, bytes: u64) -> Duration {
        let earned = Duration::from_secs(bytes / u64::from(self.patience.body_rate.max(1)));
        self.patience.head.saturating_add(earned).min(self.patience.body)
    }

    fn read(&self) {
        let mut state = self.state();
        state.is_used = true;
        if let Phase::Idle { until } = state.phase {
            // The time for the first head runs from the connection's start, which may end sooner.
            let until = until.min(Instant::now() + self.patience.head);
            state.phase = Phase::Head { until };
        }
    }

    fn write_waits(&self) {
        self.state().stalled_since.get_or_insert_with(Instant::now);
    }

    fn wrote(&self) {
        let mut state = self.state();
        state.stalled_since = None;
        if let Phase::Idle { until } = &mut state.phase {
            *until = Instant::now() + self.patience.idle;
        }
    }

    fn body_is_awaited(&self) {
        let mut state = self.state();
        if state.phase == Phase::Answer {
            state.phase = Phase::Body {
                since: Instant::now(),
                bytes: 0,
            };
        }
    }

    fn body_came(&self, count: usize) {
        if let Phase::Body { bytes, .. } = &mut self.state().phase {
            *bytes = bytes.saturating_add(count as u64);
        }
    }

    fn body_ended(&self) {
        let mut state = self.state();
        if matches!(state.phase, Phase::Body { .. }) {
            state.phase = Phase::Answer;
        }
    }

    fn answered(&self) {
        self.state().phase = Phase::Idle {
            until: Instant::now() + self.patience.idle,
        };
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Every change is one assignment, so a panic elsewhere leaves nothing half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A socket that tells the pace of its reads and writes.
pub struct PacedSocket {
    pub socket: TcpStream,
    pub pace: Arc<Pace>,
}

impl PacedSocket {
    fn tell<T>(&self, write: Poll<T>) -> Poll<T> {
        match write {
            Poll::Pending => self.pace.write_waits(),
            Poll::Ready(_) => self.pace.wrote(),
        }
        write
    }
}

impl AsyncRead for PacedSocket {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.socket).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            self.pace.read();
        }
        read
    }
}

impl AsyncWrite for PacedSocket {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let write = Pin::new(&mut self.socket).poll_write(cx, bytes);
        self.tell(write)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let write = Pin::new(&mut self.socket).poll_write_vectored(cx, slices);
        self.tell(write)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}

/// Puts a request's body at its pace, if there is one.
pub fn pace_request(mut request: poem::Request, pace: Arc<Pace>) -> poem::Request {
    let body = request.take_body();
    if body.is_empty() {
        request.set_body(body);
    } else {
        let chunks = body.into_bytes_stream();
        request.set_body(poem::Body::from_bytes_stream(PacedRequestBody { chunks, pace }));
    }
    request
}

struct PacedRequestBody<S> {
    chunks: S,
    pace: Arc<Pace>,
}

impl<S: Stream<Item = io::Result<Bytes>> + Unpin> Stream for PacedRequestBody<S> {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.pace.body_is_awaited();
        let chunk = ready!(Pin::new(&mut self.chunks).poll_next(cx));
        match &chunk {
            Some(Ok(bytes)) => self.pace.body_came(bytes.len()),
            Some(Err(_)) | None => self.pace.body_ended(),
        }
        Poll::Ready(chunk)
    }
}

impl<S> Drop for PacedRequestBody<S> {
    fn drop(&mut self) {
        self.pace.body_ended();
    }
}

/// The body of an answer. hyper drops it once the last of it is handed over, and the next request may come.
pub struct PacedAnswerBody<B> {
    pub body: B,
    pub pace: Arc<Pace>,
}

impl<B: Body + Unpin> Body for PacedAnswerBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl<B> Drop for PacedAnswerBody<B> {
    fn drop(&mut self) {
        self.pace.answered();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Patience = Patience {
        head: Duration::from_secs(10),
        idle: Duration::from_secs(60),
        body: Duration::from_secs(50),
        body_rate: 1024,
        stall: Duration::from_secs(30),
    };

    /// Whole seconds until the deadline, rounded up.
    fn left(pace: &Pace) -> Option<u64> {
        let deadline = pace.deadline()?;
        Some((deadline.duration_since(Instant::now()) + Duration::from_millis(999)).as_secs())
    }

    #[test]
    fn the_first_head_has_its_time_from_the_start_of_the_connection() {
        let pace = Pace::new(PATIENCE);
        assert!(pace.is_idle());
        let deadline = pace.deadline();
        pace.read();
        pace.read();
        assert!(!pace.is_idle());
        assert_eq!(pace.deadline(), deadline);
    }

    #[test]
    fn a_handler_may_take_its_time() {
        let pace = Pace::new(PATIENCE);
        pace.read();
        pace.head_came();
        pace.read();
        assert_eq!(pace.deadline(), None);
    }

    #[test]
    fn between_requests_more_time_passes_than_within_a_head() {
        let pace = Pace::new(PATIENCE);
        pace.read();
        pace.head_came();
        pace.answered();
        assert!(pace.is_idle());
        assert_eq!(left(&pace), Some(60));
        pace.read();
        let deadline = pace.deadline();
        assert_eq!(left(&pace), Some(10));
        pace.read();
        assert_eq!(pace.deadline(), deadline);
    }

    #[test]
    fn a_body_earns_time_by_coming_up_to_a_limit() {
        let pace = Pace::new(PATIENCE);
        pace.head_came();
        pace.body_is_awaited();
        assert_eq!(left(&pace), Some(10));
        pace.body_came(1023);
        pace.body_is_awaited();
        assert_eq!(left(&pace), Some(10));
        pace.body_came(1);
        assert_eq!(left(&pace), Some(11));
        pace.body_came(30 * 1024);
        assert_eq!(left(&pace), Some(41));
        pace.body_came(usize::MAX);
        assert_eq!(left(&pace), Some(50));
        pace.body_ended();
        assert_eq!(pace.deadline(), None);
    }

    #[test]
    fn a_body_nobody_wanted_changes_nothing_when_it_is_dropped_late() {
        let pace = Pace::new(PATIENCE);
        pace.head_came();
        pace.answered();
        let deadline = pace.deadline();
        pace.body_is_awaited();
        pace.body_ended();
        assert_eq!(pace.deadline(), deadline);
    }

    #[test]
    fn a_write_that_waits_has_its_own_deadline_until_something_is_taken() {
        let pace = Pace::new(PATIENCE);
        pace.head_came();
        pace.write_waits();
        let deadline = pace.deadline();
        assert_eq!(left(&pace), Some(30));
        pace.write_waits();
        assert_eq!(pace.deadline(), deadline);
        pace.wrote();
        assert_eq!(pace.deadline(), None);
    }

    #[test]
    fn the_end_of_an_answer_has_the_time_of_a_write_and_only_then_the_connection_is_idle() {
        let patience = Patience {
            stall: Duration::from_secs(90),
            ..PATIENCE
        };
        let pace = Pace::new(patience);
        pace.head_came();
        pace.write_waits();
        pace.answered();
        assert!(!pace.is_idle());
        assert_eq!(left(&pace), Some(90));
        pace.wrote();
        assert!(pace.is_idle());
        assert_eq!(left(&pace), Some(60));
    }
}
