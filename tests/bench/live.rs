//! Two thousand open pages on one node, while it posts and reads.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Plan;
use crate::load::{self, Ask, Connection};
use crate::report::Report;
use crate::seed::{self, ORIGIN};
use crate::server::{Engine, Home, Server, block_on};

const PAGES: usize = 2000;

/// Threads over which the pages are spread.
const THREADS: usize = 20;

const READERS: usize = 8;

/// Between two posts.
const PAUSE: Duration = Duration::from_millis(100);

/// Pages that are open on a thread of their own until this is dropped.
struct Open {
    stop: Arc<AtomicBool>,
    events: Arc<AtomicU64>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Open {
    fn new(server: &Server, door: &str) -> Open {
        let (stop, events) = (Arc::<AtomicBool>::default(), Arc::<AtomicU64>::default());
        let (address, door) = (server.address, door.to_owned());
        let (stopped, heard) = (Arc::clone(&stop), Arc::clone(&events));
        let ready = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&ready);
        let thread = std::thread::spawn(move || {
            block_on(async move {
                for number in 0..PAGES {
                    let mut socket = TcpStream::connect(address).await.unwrap();
                    let thread = number % THREADS;
                    let ask =
                        format!("GET {door}/live?id=many-{thread} HTTP/1.1\r\nhost: a\r\norigin: {ORIGIN}\r\n\r\n");
                    socket.write_all(ask.as_bytes()).await.unwrap();
                    let (ready, heard) = (Arc::clone(&counted), Arc::clone(&heard));
                    tokio::spawn(async move {
                        let mut buffer = [0; 4096];
                        let mut first = true;
                        while let Ok(count @ 1..) = socket.read(&mut buffer).await {
                            if first {
                                assert!(
                                    buffer.starts_with(b"HTTP/1.1 200"),
                                    "{}",
                                    String::from_utf8_lossy(&buffer)
                                );
                                ready.fetch_add(1, Ordering::Relaxed);
                                first = false;
                            }
                            let events = buffer[..count]
                                .windows(14)
                                .filter(|some| some == b"event: comment")
                                .count();
                            heard.fetch_add(events as u64, Ordering::Relaxed);
                        }
                    });
                }
                while !stopped.load(Ordering::Relaxed) {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            });
        });
        while ready.load(Ordering::Relaxed) < PAGES as u64 {
            assert!(!thread.is_finished(), "the pages could not be opened");
            std::thread::sleep(Duration::from_millis(20));
        }
        Open {
            stop,
            events,
            thread: Some(thread),
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

/// Posts now and then, to one thread after the other, until told to stop; how many posts were made.
fn posting(server: &Server, door: &str, stop: &Arc<AtomicBool>) -> std::thread::JoinHandle<u64> {
    let (address, door, stop) = (server.address, door.to_owned(), Arc::clone(stop));
    std::thread::spawn(move || {
        block_on(async move {
            let mut connection = Connection::open(address).await;
            let mut posted = 0;
            while !stop.load(Ordering::Relaxed) {
                let thread = posted % (THREADS as u64);
                let body = format!(r#"{{"thread":{{"id":"many-{thread}"}},"text":"Something new."}}"#);
                let ask = Ask::new("POST", &format!("{door}/comments"), &[], &body);
                assert_eq!(connection.ask(&ask).await.0, 201);
                posted += 1;
                tokio::time::sleep(PAUSE).await;
            }
            posted
        })
    })
}

pub fn measure(plan: &Plan, engine: &Engine, report: &mut Report) {
    let home = Home::new(engine);
    let site = seed::site(&home, &[], THREADS);
    let parlour = home.parlour(&[("HEARTBEAT_SECONDS", "5")]);
    let door: &'static str = Box::leak(site.door.into_boxed_str());
    let read = move |reader: usize, number: usize| {
        Ask::get(
            &format!("{door}/thread?id=many-{}", (reader + number) % THREADS),
            &[("accept-encoding", "br")],
        )
    };
    let measured = |seconds: Duration| {
        let stop = Arc::<AtomicBool>::default();
        let poster = posting(&parlour, door, &stop);
        let figures = load::run(&parlour, READERS, seconds, 200, read);
        stop.store(true, Ordering::Relaxed);
        (figures, poster.join().unwrap())
    };
    report.group(
        &format!(
            "{PAGES} open pages on one node, {}: ten posts a second, {READERS} connections read",
            engine.name
        ),
        "beside the first",
    );
    let (alone, _) = measured(plan.seconds);
    report.figure("reads without open pages", alone, None);
    let before = parlour.memory();
    let open = Open::new(&parlour, door);
    let opened = parlour.memory();
    let heard = open.events.load(Ordering::Relaxed);
    let (beside, posted) = measured(plan.seconds * 2);
    report.figure(&format!("reads beside {PAGES} open pages"), beside, Some(alone));
    std::thread::sleep(Duration::from_secs(1));
    let told = open.events.load(Ordering::Relaxed) - heard;
    let expected = posted * (PAGES / THREADS) as u64;
    let after = parlour.memory();
    let memory = format!("{before:.0} MiB before, {opened:.0} with the pages open, {after:.0} at the end");
    report.note("memory of the server", &memory, &json!([before, opened, after]));
    let events = format!("{told} of {expected}");
    report.note("events heard, all pages together", &events, &json!([told, expected]));
    let ratio = beside.median / alone.median;
    report.target(
        format!("reads beside {PAGES} open pages: {ratio:.2} times as long (1.5)"),
        ratio <= 1.5,
    );
    report.target(
        format!("every open page heard of every post: {events}"),
        told == expected,
    );
    println!();
}
