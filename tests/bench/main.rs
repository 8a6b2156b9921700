//! `make bench`: what one node does, beside the least that it could do.
//!
//! The server under test is the release binary in a process of its own. Its *ceiling* is the same server with the same layers around
//! a handler that does nothing but answer the same bytes from memory, or store one row. Both are driven by the same client over
//! keep-alive connections, one request at a time on each, and both share the machine's cores with it: figures are to be compared
//! with each other, not with those of another machine. CPU is that of the server's process alone, as the kernel counts it.
#![expect(
    clippy::disallowed_methods,
    reason = "settings of the run come from its environment, and its times are the machine's own"
)]
#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on ends")]
#![expect(clippy::cast_precision_loss, reason = "figures for people")]

mod admin;
mod ceiling;
mod isso;
mod live;
mod load;
mod nodes;
mod posts;
mod reads;
mod report;
mod seed;
mod server;
mod telling;

use std::time::Duration;

/// As in the service, so that the ceiling has the same.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

use report::Report;

/// What is to be measured.
pub struct Plan {
    pub seconds: Duration,
    /// With the large thread and the large site.
    pub full: bool,
    only: Vec<String>,
}

impl Plan {
    fn wants(&self, part: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|name| name == part)
    }
}

const USAGE: &str = "cargo bench --bench node -- [--full] [--quick] [reads|growth|posts|ladder|life|nodes|live|isso|telling|admin|size]...

  --full   also a thread of 100,000 comments and a site of 1,000,000
  --quick  one second for each figure instead of five
  admin    the members' pages of a large platform (1,000 tenants, 10,000 sites, 1,000,000 comments; a tenth with --quick) beside an
           empty one; only when it is named
  size     what a read costs among 10,000 comments, 1,000,000 and 10,000,000 (a hundredth with --quick); only when it is named, as
           planting takes long

TEST_DATABASE_URL and TEST_REDIS_URL (scripts/with-engines.sh) add PostgreSQL and Redis.";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == "ceiling") {
        ceiling::serve();
        return;
    }
    // cargo says so; without it this is a test run of all targets.
    if !arguments.iter().any(|argument| argument == "--bench") {
        println!("{USAGE}");
        return;
    }
    rustls::crypto::aws_lc_rs::default_provider().install_default().unwrap();
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    let parts = [
        "reads", "growth", "posts", "ladder", "life", "nodes", "live", "isso", "telling", "admin", "size",
    ];
    let plan = Plan {
        seconds: Duration::from_secs(if has("--quick") { 1 } else { 5 }),
        full: has("--full"),
        only: parts.iter().filter(|part| has(part)).map(ToString::to_string).collect(),
    };
    let files = parlour::http::server::allow_open_files();
    println!(
        "{} cores shared by server and client, {} s a figure, {} open files allowed\n",
        std::thread::available_parallelism().unwrap(),
        plan.seconds.as_secs(),
        files.map_or("?".to_owned(), |files| files.to_string()),
    );
    let mut report = Report::default();
    let engines = server::Engine::all();
    if plan.wants("reads") {
        reads::cached(&plan, &mut report);
    }
    for engine in &engines {
        if plan.wants("growth") {
            reads::growth(&plan, engine, &mut report);
        }
        if plan.wants("posts") {
            posts::measure(&plan, engine, &mut report);
        }
        if plan.wants("life") {
            nodes::life(&plan, engine, &mut report);
        }
        if plan.wants("nodes") {
            nodes::two(&plan, engine, &mut report);
        }
        if plan.wants("telling") {
            telling::measure(&plan, engine, &mut report);
        }
    }
    if plan.wants("ladder") {
        nodes::ladder(&plan, &engines, &mut report);
    }
    // By name alone: they plant millions of comments.
    let is_named = |part: &str| plan.only.iter().any(|name| name == part);
    for engine in &engines {
        if is_named("admin") {
            admin::measure(&plan, engine, &mut report);
        }
        if is_named("size") {
            reads::size(&plan, engine, &mut report);
        }
    }
    if plan.wants("live") {
        live::measure(&plan, engines.last().unwrap(), &mut report);
    }
    if plan.wants("isso") {
        isso::measure(&plan, &mut report);
    }
    report.finish();
}
