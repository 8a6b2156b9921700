//! What one node does on each engine and at each width, how it starts and what it takes; and what a second one adds.

use std::time::Duration;

use serde_json::json;

use crate::Plan;
use crate::load::{self, Ask, Figures};
use crate::posts::post;
use crate::report::Report;
use crate::seed;
use crate::server::{Engine, Home, Server};

/// Connections that ask at the same time.
const WIDTHS: [usize; 3] = [1, 8, 64];

/// Conversations of fifty comments each: more than the pages of the usual cache.
const THREADS: usize = 3000;

/// Conversations that are read by turns.
const SOME: usize = 200;

const STARTS: usize = 5;

const START: Duration = Duration::from_millis(300);

/// MiB.
const IDLE: f64 = 40.0;
const BUSY: f64 = 150.0;

fn read(door: &'static str, reader: usize, number: usize, of: usize) -> Ask {
    // Each reader goes his own way through all of them.
    let thread = (reader * 7919 + number) % of;
    Ask::get(&format!("{door}/thread?id=many-{thread}"), &[("accept-encoding", "br")])
}

/// Every way to run one node, at every width.
pub fn ladder(plan: &Plan, engines: &[Engine], report: &mut Report) {
    let mut ways: Vec<Engine> = engines.iter().filter_map(Engine::alone).collect();
    ways.splice(0..0, [Engine::sqlite()]);
    ways.extend(Engine::all().into_iter().filter(Engine::takes_many_nodes));
    for engine in &ways {
        let home = Home::new(engine);
        let door: &'static str = Box::leak(seed::site(&home, &[], SOME).door.into_boxed_str());
        report.group(
            &format!("One node on {}, at 1, 8 and 64 connections", engine.name),
            "beside one connection",
        );
        let kept = home.parlour(&[]);
        load::run_once(&kept, 1, SOME, 200, move |reader, number| {
            read(door, reader, number, SOME)
        });
        rungs(plan, report, "reads from memory", |seconds, width| {
            load::run(&kept, width, seconds, 200, move |reader, number| {
                read(door, reader, number, SOME)
            })
        });
        drop(kept);
        let nothing = home.parlour(&[("CACHE_MEGABYTES", "0")]);
        rungs(plan, report, "reads made anew", |seconds, width| {
            load::run(&nothing, width, seconds, 200, move |reader, number| {
                read(door, reader, number, SOME)
            })
        });
        drop(nothing);
        let parlour = home.parlour(&[]);
        rungs(plan, report, "posts, a thread for each writer", |seconds, width| {
            load::run(&parlour, width, seconds, 201, move |writer, _| {
                post(door, &format!("of-{writer}"))
            })
        });
        println!();
    }
}

fn rungs(plan: &Plan, report: &mut Report, what: &str, mut load: impl FnMut(Duration, usize) -> Figures) {
    let mut first = None;
    for width in WIDTHS {
        let figures = load(plan.seconds, width);
        report.figure(&format!("{what}, {width}"), figures, first);
        first.get_or_insert(figures);
    }
}

/// From the start to the first answer, cold and warm, and the memory of it all.
pub fn life(plan: &Plan, engine: &Engine, report: &mut Report) {
    let home = Home::new(engine);
    let door: &'static str = Box::leak(seed::site(&home, &[], THREADS).door.into_boxed_str());
    report.group(&format!("A node's life on {}", engine.name), "");
    let mut starts: Vec<Duration> = (0..STARTS)
        .map(|_| home.timed_parlour(&format!("{door}/thread?id=many-7")).1)
        .collect();
    starts.sort_unstable();
    let [best, median] = [starts[0], starts[STARTS / 2]].map(|time| time.as_secs_f64() * 1000.0);
    report.note(
        "start to first answer, the database migrated",
        &format!("{median:.0} ms, the best of {STARTS} {best:.0}"),
        &json!({ "median_ms": median, "best_ms": best }),
    );
    report.target(
        format!("start to first answer on {}: {median:.0} ms (300)", engine.name),
        median <= START.as_secs_f64() * 1000.0,
    );

    let parlour = home.parlour(&[]);
    let first = load::once(&parlour, &read(door, 0, 0, THREADS));
    assert_eq!(first.status, 200);
    let idle = parlour.memory();
    // Each conversation once.
    let each = THREADS / 8;
    let once = move |reader: usize, number: usize| {
        let thread = reader * each + number;
        Ask::get(&format!("{door}/thread?id=many-{thread}"), &[("accept-encoding", "br")])
    };
    let cold = load::run_once(&parlour, 8, each, 200, once);
    // As many as are in memory for certain.
    load::run_once(&parlour, 1, SOME, 200, move |reader, number| {
        read(door, reader, number, SOME)
    });
    let warm = load::run(&parlour, 8, plan.seconds, 200, move |reader, number| {
        read(door, reader, number, SOME)
    });
    report.figure("reads from memory, 8 connections", warm, None);
    report.figure("cold: each conversation for the first time", cold, Some(warm));
    let all = load::run(&parlour, 64, plan.seconds, 200, move |reader, number| {
        read(door, reader, number, THREADS)
    });
    report.figure("reads of all of them, 64 connections", all, Some(warm));
    let posts = load::run(&parlour, 64, plan.seconds, 201, move |writer, _| {
        post(door, &format!("of-{writer}"))
    });
    report.figure("posts, 64 connections", posts, Some(warm));
    let (after, peak) = (parlour.memory(), parlour.peak_memory());
    report.note(
        "memory",
        &format!("{idle:.0} MiB idle, {peak:.0} at most under load, {after:.0} after it"),
        &json!({ "idle_mib": idle, "peak_mib": peak, "after_mib": after }),
    );
    report.target(
        format!("memory on {}: {idle:.0} MiB idle (40)", engine.name),
        idle <= IDLE,
    );
    report.target(
        format!("memory on {}: {peak:.0} MiB under load (150)", engine.name),
        peak <= BUSY,
    );
    println!();
}

/// Two nodes beside one, on one database.
pub fn two(plan: &Plan, engine: &Engine, report: &mut Report) {
    if !engine.takes_many_nodes() {
        return;
    }
    let home = Home::new(engine);
    let door: &'static str = Box::leak(seed::site(&home, &[], SOME).door.into_boxed_str());
    report.group(
        &format!("Two nodes on one {}, 16 connections", engine.name),
        "beside one node",
    );
    let with_cache: &[(&str, &str)] = &[];
    let without = [("CACHE_MEGABYTES", "0")];
    for (what, settings) in [("reads from memory", with_cache), ("reads made anew", &without)] {
        let [one, other] = [(); 2].map(|()| home.parlour(settings));
        let ask = move |reader, number| read(door, reader, number, SOME);
        for node in [&one, &other] {
            load::run_once(node, 1, SOME, 200, ask);
        }
        beside(report, what, [&one, &other], |nodes| {
            load::run_on(nodes, 16, plan.seconds, 200, ask)
        });
    }
    let [one, other] = [(); 2].map(|()| home.parlour(&[]));
    let to_many = move |writer: usize, _| post(door, &format!("of-{writer}"));
    beside(report, "posts", [&one, &other], |nodes| {
        load::run_on(nodes, 16, plan.seconds, 201, to_many)
    });
    let to_one = move |_, _| post(door, "one");
    beside(report, "posts to one conversation", [&one, &other], |nodes| {
        load::run_on(nodes, 16, plan.seconds, 201, to_one)
    });
    println!();
}

fn beside(report: &mut Report, what: &str, nodes: [&Server; 2], load: impl Fn(&[&Server]) -> Figures) {
    let one = load(&nodes[..1]);
    report.figure(&format!("{what}, one node"), one, None);
    report.figure(&format!("{what}, two nodes"), load(&nodes), Some(one));
}
