//! The listening side: accepts connections, bounds their number and their slowness, and hands requests to the app.
//!
//! poem's own `Server` gives hyper no timer, so that no limit on heads ever runs, and counts any byte as a sign of
//! life. This one speaks HTTP/1.1 only; a reverse proxy in front speaks the rest and TLS.

mod pacing;
mod seats;

use std::convert::Infallible;
use std::future::Future;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http::uri::Scheme;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use ipnet::IpNet;
use poem::Endpoint;
use poem::web::{LocalAddr, RemoteAddr};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};

use crate::infra::metrics::{During, metrics};
pub use pacing::Patience;
use pacing::{Pace, PacedAnswerBody, PacedSocket, pace_request};
use seats::{Seat, Seats};

/// What a server allows its clients.
#[derive(Clone, Debug)]
pub struct ServerLimits {
    pub patience: Patience,
    /// Longest head of a request in bytes; above it the answer is 431. At least 8 KiB.
    pub head_bytes: usize,
    /// Most header fields.
    pub head_fields: usize,
    /// Connections in all.
    pub connections: usize,
    /// Connections from one network (a /24 of IPv4, a /48 of IPv6).
    pub connections_per_network: usize,
    /// Networks whose connections count in the total only: trusted proxies, behind which everybody is.
    pub proxies: Vec<IpNet>,
    /// After the signal to stop, how long requests may still run.
    pub drain: Duration,
    /// Whether its connections are among the metrics.
    pub measured: bool,
}

impl Default for ServerLimits {
    fn default() -> Self {
        ServerLimits {
            patience: Patience {
                head: Duration::from_secs(10),
                idle: Duration::from_secs(60),
                body: Duration::from_secs(60),
                body_rate: 1024,
                stall: Duration::from_secs(60),
            },
            head_bytes: 32 * 1024,
            head_fields: 100,
            connections: 10_000,
            connections_per_network: 100,
            proxies: Vec::new(),
            drain: Duration::from_secs(20),
            measured: true,
        }
    }
}

/// Sent to who finds no seat, before anything was read. A client whose request is here already may see a reset instead.
const TURNED_AWAY: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// The smallest buffer hyper works with.
const LEAST_BUFFER: usize = 8 * 1024;

/// For which a connection that was just made is kept, when the server is told to stop, for what it is about to ask.
const FIRST_REQUEST: Duration = Duration::from_secs(1);

/// How long to wait when the system has no more sockets to give.
const OUT_OF_SOCKETS: Duration = Duration::from_millis(200);

/// Serves `app` until `shutdown` resolves. Then no connection is accepted any more but those that wait, idle ones are closed, and
/// requests that run have the time `limits.drain` to end before they are dropped. Endless answers should watch for the shutdown
/// themselves, or they use up that time.
pub async fn serve<E: Endpoint + 'static>(
    listener: TcpListener,
    app: E,
    limits: ServerLimits,
    shutdown: impl Future<Output = ()>,
) {
    let app = Arc::new(app);
    let seats = Seats::new(
        limits.connections,
        limits.connections_per_network,
        limits.proxies.clone(),
    );
    let limits = Arc::new(limits);
    let (running, stopping) = watch::channel(());
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            Some(ended) = connections.join_next() => log_panic(ended),
            accepted = listener.accept() => match accepted {
                Ok((socket, peer)) => match seats.take(peer.ip()) {
                    Some(seat) => {
                        if limits.measured {
                            metrics().http.accepted.inc();
                        }
                        let connection = Connection { socket, peer, seat };
                        connections.spawn(connection.serve(Arc::clone(&app), Arc::clone(&limits), stopping.clone()));
                    }
                    None => {
                        if limits.measured {
                            metrics().http.turned_away.inc();
                        }
                        turn_away(socket);
                    }
                },
                Err(error) => pause_after(&error).await,
            }
        }
    }
    // The system has let them in already: closing the listener would reset them, and with them requests that a proxy sends once only.
    for (socket, peer) in waiting(listener) {
        match seats.take(peer.ip()) {
            Some(seat) => {
                let connection = Connection { socket, peer, seat };
                connections.spawn(connection.serve(Arc::clone(&app), Arc::clone(&limits), stopping.clone()));
            }
            None => turn_away(socket),
        }
    }
    drop(running);
    let drained = async {
        while let Some(ended) = connections.join_next().await {
            log_panic(ended);
        }
    };
    if tokio::time::timeout(limits.drain, drained).await.is_err() {
        tracing::warn!(
            connections = connections.len(),
            "dropped connections that did not end in time"
        );
        connections.shutdown().await;
    }
}

/// The connections that were made and not accepted yet; the listener is closed with the last of them.
fn waiting(listener: TcpListener) -> Vec<(TcpStream, SocketAddr)> {
    let Ok(listener) = listener.into_std() else {
        return Vec::new();
    };
    let accepted = std::iter::from_fn(|| listener.accept().ok());
    // A tokio listener does not block; what comes of it does, unless it is told.
    let usable = accepted.filter_map(|(socket, peer)| {
        socket.set_nonblocking(true).ok()?;
        Some((TcpStream::from_std(socket).ok()?, peer))
    });
    usable.collect()
}

struct Connection {
    socket: TcpStream,
    peer: SocketAddr,
    seat: Seat,
}

impl Connection {
    async fn serve<E: Endpoint + 'static>(
        self,
        app: Arc<E>,
        limits: Arc<ServerLimits>,
        mut stopping: watch::Receiver<()>,
    ) {
        let Connection {
            socket,
            peer,
            seat: _seat,
        } = self;
        let _open = limits.measured.then(|| During::new(&metrics().http.connections));
        // A peer that vanished without a word is noticed when what was sent to it is not taken. Where the system has no such time, it
        // takes its own.
        #[cfg(target_os = "linux")]
        socket2::SockRef::from(&socket)
            .set_tcp_user_timeout(Some(limits.patience.stall))
            .ok();
        // Both fail only on a socket that is closed already.
        let (Ok(()), Ok(local)) = (socket.set_nodelay(true), socket.local_addr()) else {
            return;
        };
        let pace = Pace::new(limits.patience);
        let service = service_fn(|request| answer(Arc::clone(&app), request, local, peer, Arc::clone(&pace)));
        let socket = TokioIo::new(PacedSocket {
            socket,
            pace: Arc::clone(&pace),
        });
        let connection = http1::Builder::new()
            .header_read_timeout(None)
            .max_buf_size(limits.head_bytes.max(LEAST_BUFFER))
            .max_header_size(limits.head_bytes)
            .max_headers(limits.head_fields)
            .serve_connection(socket, service);
        let mut connection = pin!(connection);
        let ended = tokio::select! {
            ended = pace.keep(connection.as_mut()) => ended,
            // Nothing is ever sent; it ends when the sender is dropped.
            _ = stopping.changed() => {
                // Whoever has just come is about to ask, and is answered; whoever has asked before knows from that answer to leave.
                let ended = match pace.is_new() {
                    true => tokio::time::timeout(FIRST_REQUEST, pace.keep(connection.as_mut())).await.ok(),
                    false => None,
                };
                match ended {
                    Some(ended) => ended,
                    None => {
                        connection.as_mut().graceful_shutdown();
                        if pace.is_idle() {
                            return;
                        }
                        pace.keep(connection.as_mut()).await
                    }
                }
            }
        };
        match ended {
            Some(Ok(())) => {}
            Some(Err(error)) => tracing::debug!(%error, "a connection broke"),
            None => tracing::debug!("a connection was too slow"),
        }
    }
}

async fn answer<E: Endpoint + 'static>(
    app: Arc<E>,
    request: http::Request<Incoming>,
    local: SocketAddr,
    peer: SocketAddr,
    pace: Arc<Pace>,
) -> Result<http::Response<PacedAnswerBody<impl hyper::body::Body<Data = bytes::Bytes, Error = io::Error>>>, Infallible>
{
    pace.head_came();
    let (local, peer) = (LocalAddr(local.into()), RemoteAddr(peer.into()));
    let request = poem::Request::from((request, local, peer, Scheme::HTTP));
    let response = app.get_response(pace_request(request, Arc::clone(&pace))).await;
    let response: http::Response<_> = response.into();
    Ok(response.map(|body| PacedAnswerBody { body, pace }))
}

/// Lets this process have as many files open as it may at most, connections among them; how many that is.
pub fn allow_open_files() -> Option<u64> {
    // Where the system does not say how many, nothing is known and nothing is changed.
    rlimit::increase_nofile_limit(u64::MAX).ok()
}

/// Says so to a client for whom there is no seat, if that is possible without waiting.
fn turn_away(socket: TcpStream) {
    let sent = socket.into_std().and_then(|mut socket| socket.write_all(TURNED_AWAY));
    tracing::debug!(told = sent.is_ok(), "turned a connection away");
}

/// Goes on at once if it was the one connection's fault, and waits a little if the system is short of something.
async fn pause_after(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::warn!(%error, "no connection can be accepted for now");
        tokio::time::sleep(OUT_OF_SOCKETS).await;
    }
}

fn log_panic(ended: Result<(), JoinError>) {
    if let Err(error) = ended
        && error.is_panic()
    {
        tracing::error!(%error, "a connection ended in a panic");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use poem::http::StatusCode;
    use poem::{Body, EndpointExt, Request, Response, handler};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::sync::oneshot;
    use tokio::task::JoinHandle;

    /// Long enough for any step to happen, and only ever waited for when a test fails.
    const FAILED: Duration = Duration::from_secs(20);

    /// A limit that a test waits for.
    const SHORT: Duration = Duration::from_millis(300);

    struct Running {
        address: SocketAddr,
        stop: oneshot::Sender<()>,
        server: JoinHandle<()>,
    }

    /// Limits that no test runs into by chance.
    fn generous() -> ServerLimits {
        let patience = Patience {
            head: FAILED,
            idle: FAILED,
            body: FAILED,
            body_rate: 1024,
            stall: FAILED,
        };
        ServerLimits {
            patience,
            proxies: vec!["127.0.0.0/8".parse().unwrap()],
            drain: FAILED,
            ..ServerLimits::default()
        }
    }

    fn with_patience(change: impl FnOnce(&mut Patience)) -> ServerLimits {
        let mut limits = generous();
        change(&mut limits.patience);
        limits
    }

    async fn start(app: impl Endpoint + 'static, limits: ServerLimits) -> Running {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let shutdown = async {
            stopped.await.ok();
        };
        Running {
            address,
            stop,
            server: tokio::spawn(serve(listener, app, limits, shutdown)),
        }
    }

    impl Running {
        async fn connect(&self) -> TcpStream {
            TcpStream::connect(self.address).await.unwrap()
        }

        /// Sends bytes and returns everything that comes until the server closes.
        async fn exchange(&self, request: impl AsRef<[u8]>) -> String {
            let mut socket = self.connect().await;
            socket.write_all(request.as_ref()).await.unwrap();
            rest(&mut socket).await
        }

        async fn stop(self) {
            self.stop.send(()).unwrap();
            in_time(self.server).await.unwrap();
        }
    }

    async fn in_time<T>(step: impl Future<Output = T>) -> T {
        tokio::time::timeout(FAILED / 2, step).await.expect("takes too long")
    }

    /// Everything that comes until the server closes or resets the connection.
    async fn rest(socket: &mut TcpStream) -> String {
        let mut bytes = Vec::new();
        let _ = in_time(socket.read_to_end(&mut bytes)).await;
        String::from_utf8(bytes).unwrap()
    }

    /// Reads up to the end of an answer that ends with `end`.
    async fn until(socket: &mut TcpStream, end: &str) -> String {
        let mut bytes = Vec::new();
        while !bytes.ends_with(end.as_bytes()) {
            bytes.push(in_time(socket.read_u8()).await.unwrap());
        }
        String::from_utf8(bytes).unwrap()
    }

    #[handler]
    async fn echo(request: &Request, body: Body) -> Response {
        match body.into_string().await {
            Ok(text) => format!("{} {} {text}!", request.method(), request.uri().path()).into(),
            Err(_) => StatusCode::BAD_REQUEST.into(),
        }
    }

    #[tokio::test]
    async fn requests_are_answered_and_the_connection_stays() {
        let server = start(echo, generous()).await;
        let mut socket = server.connect().await;
        for round in 0..3 {
            socket
                .write_all(format!("GET /{round} HTTP/1.1\r\nhost: a\r\n\r\n").as_bytes())
                .await
                .unwrap();
            let answer = until(&mut socket, "!").await;
            assert!(
                answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with(&format!("GET /{round} !")),
                "{answer}"
            );
        }
        socket
            .write_all(b"POST /p HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\nabc")
            .await
            .unwrap();
        assert!(until(&mut socket, "!").await.ends_with("POST /p abc!"));
        socket
            .write_all(b"POST /c HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n2\r\nxy\r\n0\r\n\r\n")
            .await
            .unwrap();
        assert!(until(&mut socket, "!").await.ends_with("POST /c xy!"));
        server.stop().await;
    }

    #[tokio::test]
    async fn the_app_sees_the_peer_and_errors_become_answers() {
        let app = poem::endpoint::make(|request: Request| async move {
            let peer = request.remote_addr().as_socket_addr().copied();
            match peer {
                Some(peer) if peer.ip().is_loopback() && peer.port() != 0 => {
                    Err(poem::Error::from_status(StatusCode::IM_A_TEAPOT))
                }
                _ => Ok(Response::default()),
            }
        });
        let server = start(app, generous()).await;
        let answer = server
            .exchange("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
            .await;
        assert!(answer.starts_with("HTTP/1.1 418"), "{answer}");
    }

    #[tokio::test]
    async fn a_silent_connection_is_closed() {
        let server = start(echo, with_patience(|patience| patience.head = SHORT)).await;
        assert_eq!(server.exchange("").await, "");
    }

    #[tokio::test]
    async fn a_head_that_never_ends_is_cut_off_however_it_trickles() {
        let server = start(echo, with_patience(|patience| patience.head = SHORT)).await;
        assert_eq!(server.exchange("GET / HTTP/1.1\r\nhost: a\r\n").await, "");

        let (mut reading, mut writing) = server.connect().await.into_split();
        let trickle = tokio::spawn(async move {
            let mut pause = tokio::time::interval(SHORT / 20);
            while writing.write_all(b"x").await.is_ok() {
                pause.tick().await;
            }
        });
        let mut bytes = Vec::new();
        let _ = in_time(reading.read_to_end(&mut bytes)).await;
        in_time(trickle).await.unwrap();
    }

    #[tokio::test]
    async fn an_idle_connection_is_closed_after_its_time_only() {
        let server = start(echo, with_patience(|patience| patience.idle = SHORT)).await;
        let begin = tokio::time::Instant::now();
        let answer = server.exchange("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
        assert!(answer.ends_with("GET / !"));
        assert!(begin.elapsed() >= SHORT);

        // The time for a head does not run between requests.
        let patient = start(echo, with_patience(|patience| patience.head = SHORT)).await;
        let mut socket = patient.connect().await;
        for _ in 0..2 {
            socket.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
            until(&mut socket, "!").await;
            assert!(tokio::time::timeout(2 * SHORT, socket.peek(&mut [0])).await.is_err());
        }
        socket.write_all(b"GET / HTT").await.unwrap();
        assert_eq!(rest(&mut socket).await, "");
    }

    #[tokio::test]
    async fn a_body_that_does_not_come_is_not_waited_for() {
        let server = start(echo, with_patience(|patience| patience.head = SHORT)).await;
        assert_eq!(
            server
                .exchange("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nabc")
                .await,
            ""
        );
        let chunked = "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n";
        assert_eq!(server.exchange(chunked).await, "");
    }

    #[tokio::test]
    async fn a_body_has_a_longest_time_whatever_its_rate() {
        let limits = with_patience(|patience| patience.body = SHORT);
        let server = start(echo, limits).await;
        let (mut reading, mut writing) = server.connect().await.into_split();
        writing
            .write_all(b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000000\r\n\r\n")
            .await
            .unwrap();
        let flood = tokio::spawn(async move { while writing.write_all(&[b'x'; 4096]).await.is_ok() {} });
        let mut bytes = Vec::new();
        let _ = in_time(reading.read_to_end(&mut bytes)).await;
        assert!(bytes.is_empty());
        in_time(flood).await.unwrap();
    }

    #[tokio::test]
    async fn a_slow_handler_is_no_slow_client() {
        let app = poem::endpoint::make(|_| async {
            tokio::time::sleep(3 * SHORT).await;
            Ok::<_, poem::Error>("done!")
        });
        let limits = with_patience(|patience| {
            *patience = Patience {
                head: SHORT,
                idle: SHORT,
                body: SHORT,
                body_rate: 1024,
                stall: SHORT,
            };
        });
        let server = start(app, limits).await;
        let answer = server
            .exchange("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\n\r\nx")
            .await;
        assert!(answer.ends_with("done!"), "{answer}");
    }

    #[tokio::test]
    async fn an_answer_that_comes_in_drops_is_no_slow_client() {
        let app = poem::endpoint::make(|_| async {
            let drops = futures_util::stream::unfold(0, |number| async move {
                if number > 0 {
                    tokio::time::sleep(3 * SHORT).await;
                }
                (number < 3).then(|| {
                    (
                        Ok::<_, io::Error>(bytes::Bytes::from(format!("drop {number}!"))),
                        number + 1,
                    )
                })
            });
            Ok::<_, poem::Error>(Body::from_bytes_stream(drops))
        });
        let limits = with_patience(|patience| {
            *patience = Patience {
                head: SHORT,
                idle: SHORT,
                body: SHORT,
                body_rate: 1024,
                stall: SHORT,
            };
        });
        let server = start(app.map_to_response(), limits).await;
        let answer = server.exchange("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
        assert!(answer.contains("drop 0!") && answer.contains("drop 2!"), "{answer}");
    }

    #[tokio::test]
    async fn who_does_not_read_the_answer_is_dropped() {
        let app = poem::endpoint::make(|_| async { Ok::<_, poem::Error>(vec![b'x'; 64 * 1024 * 1024]) });
        let server = start(app, with_patience(|patience| patience.stall = SHORT)).await;
        let mut socket = server.connect().await;
        socket.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
        // Nothing is read until the server has given up and its side is closed: then a write fails.
        in_time(async {
            while socket.write_all(b"x").await.is_ok() {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }

    #[tokio::test]
    async fn heads_have_a_longest_length_and_a_number_of_fields() {
        let server = start(echo, generous()).await;
        let long = format!("GET / HTTP/1.1\r\nhost: a\r\nx: {}\r\n\r\n", "y".repeat(40 * 1024));
        assert!(server.exchange(long).await.starts_with("HTTP/1.1 431"));
        let many = format!("GET / HTTP/1.1\r\nhost: a\r\n{}\r\n", "x: y\r\n".repeat(101));
        assert!(server.exchange(many).await.starts_with("HTTP/1.1 431"));
        let path = format!("GET /{} HTTP/1.1\r\nhost: a\r\n\r\n", "y".repeat(40 * 1024));
        assert!(server.exchange(path).await.starts_with("HTTP/1.1 431"));
        let fits = format!(
            "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\nx: {}\r\n\r\n",
            "y".repeat(30 * 1024)
        );
        assert!(server.exchange(fits).await.starts_with("HTTP/1.1 200"));
    }

    #[tokio::test]
    async fn what_is_no_http_1_is_refused() {
        let server = start(echo, generous()).await;
        for garbage in [
            "\u{16}\u{3}\u{1}",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "GET\r\n\r\n",
            "GET / HTTP/9.9\r\n\r\n",
            "x y z\r\n\r\n",
        ] {
            let answer = server.exchange(garbage.to_owned() + &" ".repeat(64) + "\r\n\r\n").await;
            assert!(
                answer.is_empty() || answer.starts_with("HTTP/1.1 4"),
                "{garbage:?}: {answer}"
            );
        }
    }

    #[tokio::test]
    async fn over_the_number_of_connections_one_is_turned_away() {
        for limits in [
            ServerLimits {
                connections: 2,
                ..generous()
            },
            ServerLimits {
                connections_per_network: 2,
                proxies: vec![],
                ..generous()
            },
        ] {
            let server = start(echo, limits).await;
            let mut first = server.connect().await;
            let mut second = server.connect().await;
            for socket in [&mut first, &mut second] {
                socket.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
                until(socket, "!").await;
            }
            let answer = server.exchange("").await;
            assert!(
                answer.starts_with("HTTP/1.1 503") && answer.contains("retry-after: 5"),
                "{answer}"
            );

            // A seat that is given back can be taken again.
            first
                .write_all(b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
                .await
                .unwrap();
            rest(&mut first).await;
            let close = "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
            in_time(async { while !server.exchange(close).await.starts_with("HTTP/1.1 200") {} }).await;
        }
    }

    #[tokio::test]
    async fn trusted_proxies_are_not_counted_by_network() {
        let server = start(
            echo,
            ServerLimits {
                connections_per_network: 1,
                ..generous()
            },
        )
        .await;
        let mut sockets = Vec::new();
        for _ in 0..5 {
            let mut socket = server.connect().await;
            socket.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
            until(&mut socket, "!").await;
            sockets.push(socket);
        }
    }

    #[tokio::test]
    async fn a_running_request_is_finished_after_the_signal_to_stop() {
        let (entered, mut has_entered) = tokio::sync::mpsc::channel::<()>(1);
        let (finish, may_finish) = watch::channel(());
        let app = poem::endpoint::make(move |_| {
            let (entered, mut may_finish) = (entered.clone(), may_finish.clone());
            async move {
                entered.send(()).await.ok();
                may_finish.changed().await.ok();
                Ok::<_, poem::Error>("done!")
            }
        });
        let server = start(app, generous()).await;
        let mut untouched = server.connect().await;
        let mut socket = server.connect().await;
        socket.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
        in_time(has_entered.recv()).await.unwrap();

        let Running { address, stop, server } = server;
        stop.send(()).unwrap();
        assert_eq!(rest(&mut untouched).await, "");
        in_time(async {
            while TcpStream::connect(address).await.is_ok() {
                tokio::task::yield_now().await;
            }
        })
        .await;
        assert!(!server.is_finished());
        finish.send(()).unwrap();
        let answer = rest(&mut socket).await;
        assert!(
            answer.contains("connection: close") && answer.ends_with("done!"),
            "{answer}"
        );
        in_time(server).await.unwrap();
    }

    #[tokio::test]
    async fn who_has_just_come_is_answered_after_the_signal_to_stop() {
        let server = start(echo, generous()).await;
        let mut socket = server.connect().await;
        // The one before has come: its connection was accepted.
        server
            .exchange("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
            .await;
        server.stop.send(()).unwrap();
        socket
            .write_all(b"GET /first HTTP/1.1\r\nhost: a\r\n\r\n")
            .await
            .unwrap();
        assert!(until(&mut socket, "!").await.ends_with("GET /first !"));
        assert_eq!(rest(&mut socket).await, "", "and then the connection is closed");
        in_time(server.server).await.unwrap();
    }

    #[tokio::test]
    async fn those_who_wait_are_taken_in_before_the_listener_is_closed() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut clients = Vec::new();
        for _ in 0..3 {
            clients.push(TcpStream::connect(address).await.unwrap());
        }
        let mut taken = waiting(listener);
        assert_eq!(taken.len(), 3);
        for client in &mut clients {
            client.write_all(b"x").await.unwrap();
        }
        for (socket, _) in &mut taken {
            assert_eq!(in_time(socket.read_u8()).await.unwrap(), b'x');
        }
        assert!(TcpStream::connect(address).await.is_err());
    }

    #[tokio::test]
    async fn an_answer_on_its_way_arrives_after_the_signal_to_stop() {
        const LENGTH: usize = 64 * 1024 * 1024;
        let app = poem::endpoint::make(|_| async { Ok::<_, poem::Error>(vec![b'x'; LENGTH]) });
        let server = start(app, generous()).await;
        let mut socket = server.connect().await;
        socket.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
        until(&mut socket, "x").await;
        server.stop.send(()).unwrap();
        assert_eq!(rest(&mut socket).await.len(), LENGTH - 1);
        in_time(server.server).await.unwrap();
    }

    #[tokio::test]
    async fn what_does_not_end_in_time_is_dropped() {
        let (entered, mut has_entered) = tokio::sync::mpsc::channel::<()>(1);
        let app = poem::endpoint::make(move |_| {
            let entered = entered.clone();
            async move {
                entered.send(()).await.ok();
                std::future::pending::<poem::Result<&str>>().await
            }
        });
        let server = start(
            app,
            ServerLimits {
                drain: SHORT,
                ..generous()
            },
        )
        .await;
        let mut socket = server.connect().await;
        socket.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
        in_time(has_entered.recv()).await.unwrap();
        server.stop().await;
        assert_eq!(rest(&mut socket).await, "");
    }

    #[tokio::test]
    async fn a_panic_ends_its_own_connection_only() {
        let app = poem::endpoint::make(|request: Request| async move {
            assert!(request.uri().path() != "/panic", "on purpose");
            Ok::<_, poem::Error>("fine!")
        });
        let server = start(app.map_to_response(), generous()).await;
        assert_eq!(server.exchange("GET /panic HTTP/1.1\r\nhost: a\r\n\r\n").await, "");
        let answer = server
            .exchange("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
            .await;
        assert!(answer.ends_with("fine!"));
        server.stop().await;
    }
}
