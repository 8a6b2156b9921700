//! Isso's door beside a real Isso under uWSGI: the same requests, one after the other, in one run.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::Plan;
use crate::load::{self, Ask};
use crate::report::Report;
use crate::seed::{self, ORIGIN, Talk};
use crate::server::{Engine, Home, Server};

/// Connections that read, and that post.
const READERS: usize = 16;
const WRITERS: usize = 8;

/// Pages on a front page whose comments are counted.
const COUNTED: usize = 20;

/// Pages of the site beside the one that is read. Isso counts the comments of all of them whenever it counts.
const PAGES: usize = 500;

const TEXT: &str = "A comment of ordinary length, with *some* Markdown in it, as people write them.";

/// Where `scripts/setup-isso.sh` puts it.
fn environment() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/isso-venv"))
}

fn post(root: &str, uri: &str) -> Ask {
    let body = format!(r#"{{"text":"{TEXT}","author":"A reader","title":"A page"}}"#);
    Ask::new("POST", &format!("{root}new?uri={uri}"), &[], &body)
}

/// Isso as its documentation runs it for many readers: uWSGI with a process a core, without its guard, which would stop the writers.
fn isso() -> Option<(Server, PathBuf)> {
    let uwsgi = environment().join("bin/uwsgi");
    if !uwsgi.exists() {
        return None;
    }
    let folder = std::env::temp_dir().join(format!("parlour-bench-isso-{:016x}", rand::random::<u64>()));
    std::fs::create_dir_all(folder.join("spool")).unwrap();
    let settings = folder.join("isso.cfg");
    let database = folder.join("comments.db");
    std::fs::write(
        &settings,
        format!(
            "[general]\ndbpath = {}\nhost = {ORIGIN}\nnotify =\n[guard]\nenabled = false\n",
            database.display()
        ),
    )
    .unwrap();
    let address = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let mut command = Command::new(uwsgi);
    command
        .current_dir(&folder)
        .args([
            "--http-socket",
            &address.to_string(),
            "--http-keepalive",
            "--add-header",
            "Connection: Keep-Alive",
        ])
        .args([
            "--master",
            "--die-on-term",
            "--processes",
            "2",
            "--threads",
            "4",
            "--disable-logging",
        ])
        .args([
            "--cache2",
            "name=hash,items=10240,blocksize=32",
            "--spooler",
            "spool",
            "--module",
            "isso.run",
        ])
        .arg("--virtualenv")
        .arg(environment())
        .env("ISSO_SETTINGS", &settings)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let server = Server::spawn(command, address);
    let since = Instant::now();
    while !database.exists() {
        assert!(since.elapsed() < Duration::from_secs(30), "Isso does not start");
        std::thread::sleep(Duration::from_millis(50));
    }
    Some((server, folder))
}

pub fn measure(plan: &Plan, report: &mut Report) {
    let Some((theirs, folder)) = isso() else {
        println!("Beside Isso: left out, as scripts/setup-isso.sh has not installed it\n");
        return;
    };
    for _ in 0..50 {
        assert_eq!(load::once(&theirs, &post("/", "/fifty/")).status, 201);
    }
    for number in 0..PAGES {
        assert_eq!(load::once(&theirs, &post("/", &format!("/many-{number}/"))).status, 201);
    }
    let home = Home::new(&Engine::sqlite());
    let talk = Talk {
        id: "/fifty/",
        roots: 50,
        replies: 0,
    };
    let door = seed::site(&home, &[talk], PAGES).door;
    let root: &'static str = Box::leak(door.replace("/v1/sites/", "/isso/").into_boxed_str());
    let root: &'static str = Box::leak(format!("{root}/").into_boxed_str());
    let ours = home.parlour(&[]);

    report.group("Beside Isso 0.14 under uWSGI, both with SQLite", "beside Isso");
    let fetch = "?uri=%2Ffifty%2F&sort=oldest&offset=0&nested_limit=5";
    let fetched = |server: &Server, root: &str| {
        let ask: &'static Ask = Box::leak(Box::new(Ask::get(&format!("{root}{fetch}"), &[])));
        load::run(server, READERS, plan.seconds, 200, move |_, _| ask.clone())
    };
    let uris = |id: fn(usize) -> String| {
        let all: Vec<String> = (0..COUNTED).map(|number| format!("\"{}\"", id(number))).collect();
        format!("[{}]", all.join(","))
    };
    let counted = |server: &Server, root: &str, body: &str| {
        let ask: &'static Ask = Box::leak(Box::new(Ask::new("POST", &format!("{root}count"), &[], body)));
        load::run(server, READERS, plan.seconds, 200, move |_, _| ask.clone())
    };
    let posted = |server: &Server, root: &'static str| {
        load::run(server, WRITERS, plan.seconds, 201, move |writer, _| {
            post(root, &format!("/thread-{writer}/"))
        })
    };
    let reads = (fetched(&theirs, "/"), fetched(&ours, root));
    let counts = (
        counted(&theirs, "/", &uris(|number| format!("/many-{number}/"))),
        counted(&ours, root, &uris(|number| format!("many-{number}"))),
    );
    let posts = (posted(&theirs, "/"), posted(&ours, root));
    for (what, (their, our), wanted) in [
        ("fetch of 50 comments", reads, 2000.0),
        ("count of 20 pages", counts, 50.0),
        ("post, 8 writers", posts, 8.0),
    ] {
        report.figure(&format!("Isso: {what}"), their, None);
        report.figure(&format!("here: {what}"), our, Some(their));
        let times = our.per_second / their.per_second;
        report.target(
            format!("{what}: {times:.0} times Isso's rate ({wanted:.0})"),
            times >= wanted,
        );
    }
    println!();
    drop(theirs);
    std::fs::remove_dir_all(folder).ok();
}
