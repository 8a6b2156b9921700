//! The client: keep-alive connections, one request at a time on each, on a thread of its own.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::server::{Server, block_on};

/// A request as it goes over the wire.
#[derive(Clone)]
pub struct Ask(Vec<u8>);

impl Ask {
    pub fn get(path: &str, headers: &[(&str, &str)]) -> Ask {
        Ask::new("GET", path, headers, "")
    }

    /// A post that names no page it comes from, as a program's.
    pub fn of_own(path: &str, body: &str) -> Ask {
        let length = body.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: {length}"
        );
        Ask(format!("{head}\r\n\r\n{body}").into_bytes())
    }

    pub fn new(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Ask {
        Ask::from(crate::seed::ORIGIN, method, path, headers, body)
    }

    /// As a page of another origin.
    pub fn from(origin: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Ask {
        let mut text = format!("{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\norigin: {origin}\r\n");
        for (name, value) in headers {
            text += &format!("{name}: {value}\r\n");
        }
        if !body.is_empty() {
            text += &format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len());
        }
        Ask((text + "\r\n" + body).into_bytes())
    }
}

/// An answer: its status, its head, its body.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (field, value) = line.split_once(": ")?;
            field.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

/// One connection.
pub struct Connection {
    address: SocketAddr,
    socket: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub async fn open(address: SocketAddr) -> Connection {
        let socket = TcpStream::connect(address).await.unwrap();
        socket.set_nodelay(true).unwrap();
        Connection {
            address,
            socket,
            buffer: Vec::with_capacity(64 * 1024),
        }
    }

    /// Sends a request and reads the whole answer; its status, and where its head and its body end.
    pub async fn ask(&mut self, ask: &Ask) -> (u16, usize, usize) {
        self.buffer.clear();
        // uWSGI ends each connection with its answer, and says nothing of it.
        let sent = self.socket.write_all(&ask.0).await.is_ok();
        if !sent || self.socket.read_buf(&mut self.buffer).await.unwrap_or(0) == 0 {
            *self = Connection::open(self.address).await;
            self.socket.write_all(&ask.0).await.unwrap();
        }
        let head = loop {
            if let Some(place) = self.buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                break place + 4;
            }
            assert_ne!(
                self.socket.read_buf(&mut self.buffer).await.unwrap(),
                0,
                "the server closed"
            );
        };
        let status = std::str::from_utf8(&self.buffer[9..12]).unwrap().parse().unwrap();
        let end = head + length(&self.buffer[..head]);
        while self.buffer.len() < end {
            assert_ne!(
                self.socket.read_buf(&mut self.buffer).await.unwrap(),
                0,
                "the server closed"
            );
        }
        (status, head, end)
    }

    pub async fn answer(&mut self, ask: &Ask) -> Answer {
        let (status, head, end) = self.ask(ask).await;
        Answer {
            status,
            head: String::from_utf8_lossy(&self.buffer[..head]).into_owned(),
            body: self.buffer[head..end].to_vec(),
        }
    }
}

/// `Content-Length` of a head.
fn length(head: &[u8]) -> usize {
    const NAME: &[u8] = b"content-length: ";
    let is_name = |window: &[u8]| window.eq_ignore_ascii_case(NAME);
    let Some(place) = head.windows(NAME.len()).position(is_name) else {
        return 0;
    };
    head[place + NAME.len()..]
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .fold(0, |sum, byte| sum * 10 + usize::from(byte - b'0'))
}

/// Asks once.
pub fn once(server: &Server, ask: &Ask) -> Answer {
    block_on(async { Connection::open(server.address).await.answer(ask).await })
}

/// What came of a load.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    pub per_second: f64,
    /// Milliseconds of the server's CPU for a thousand requests.
    pub cpu: f64,
    /// Milliseconds.
    pub median: f64,
    pub p99: f64,
}

/// Keeps `connections` busy for a while. `next` makes the requests of one connection: by its number and how many went before.
pub fn run(
    server: &Server,
    connections: usize,
    seconds: Duration,
    status: u16,
    next: impl Fn(usize, usize) -> Ask + Copy + Send + Sync + 'static,
) -> Figures {
    run_on(&[server], connections, seconds, status, next)
}

/// The same on several nodes, over which the connections are spread; CPU is that of all of them.
pub fn run_on(
    servers: &[&Server],
    connections: usize,
    seconds: Duration,
    status: u16,
    next: impl Fn(usize, usize) -> Ask + Copy + Send + Sync + 'static,
) -> Figures {
    let addresses: Vec<SocketAddr> = servers.iter().map(|server| server.address).collect();
    // Warm, and all connections open.
    drive(&addresses, connections, Span::Time(seconds / 5), status, next);
    measured(servers, || {
        drive(&addresses, connections, Span::Time(seconds), status, next)
    })
}

/// So many requests of each connection, without warming up: what is asked for the first time is part of it.
pub fn run_once(
    server: &Server,
    connections: usize,
    each: usize,
    status: u16,
    next: impl Fn(usize, usize) -> Ask + Copy + Send + Sync + 'static,
) -> Figures {
    let addresses = [server.address];
    measured(&[server], || {
        drive(&addresses, connections, Span::Count(each), status, next)
    })
}

fn measured(servers: &[&Server], load: impl FnOnce() -> (Vec<u32>, Duration)) -> Figures {
    let used = || servers.iter().map(|server| server.cpu()).sum::<f64>();
    let cpu = used();
    let (mut times, took) = load();
    let cpu = used() - cpu;
    times.sort_unstable();
    let at = |share: f64| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a place in a list"
        )]
        let place = ((times.len() - 1) as f64 * share) as usize;
        f64::from(times[place]) / 1000.0
    };
    Figures {
        per_second: times.len() as f64 / took.as_secs_f64(),
        cpu: cpu / times.len() as f64 * 1000.0,
        median: at(0.5),
        p99: at(0.99),
    }
}

/// How long a load lasts.
#[derive(Clone, Copy)]
enum Span {
    Time(Duration),
    /// Requests of each connection.
    Count(usize),
}

/// The time of each request in microseconds, and how long all took.
fn drive(
    addresses: &[SocketAddr],
    connections: usize,
    span: Span,
    status: u16,
    next: impl Fn(usize, usize) -> Ask + Copy + Send + Sync + 'static,
) -> (Vec<u32>, Duration) {
    let addresses = addresses.to_vec();
    let client = std::thread::spawn(move || {
        block_on(async move {
            let begin = Instant::now();
            let goes_on = |done: usize| match span {
                Span::Time(seconds) => begin.elapsed() < seconds,
                Span::Count(most) => done < most,
            };
            let addresses = &addresses;
            let one = |number: usize| async move {
                let mut connection = Connection::open(addresses[number % addresses.len()]).await;
                let mut times = Vec::with_capacity(100_000);
                while goes_on(times.len()) {
                    let ask = next(number, times.len());
                    let since = Instant::now();
                    let (came, ..) = connection.ask(&ask).await;
                    assert_eq!(came, status, "{}", String::from_utf8_lossy(&connection.buffer));
                    times.push(u32::try_from(since.elapsed().as_micros()).unwrap_or(u32::MAX));
                }
                times
            };
            let all = futures_util::future::join_all((0..connections).map(one)).await;
            (all.concat(), begin.elapsed())
        })
    });
    client.join().unwrap()
}
