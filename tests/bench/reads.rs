//! Reading: from memory beside the ceiling, and from the database however much there is.

use crate::Plan;
use crate::load::{self, Ask, Figures};
use crate::report::Report;
use crate::seed::{self, Talk};
use crate::server::{Engine, Home, Server};

/// Connections that read at the same time.
const READERS: usize = 32;

const TALKS: [Talk; 4] = [
    Talk {
        id: "fifty",
        roots: 50,
        replies: 0,
    },
    Talk {
        id: "branch",
        roots: 1,
        replies: 60,
    },
    Talk {
        id: "thousand",
        roots: 1000,
        replies: 0,
    },
    Talk {
        id: "long-branch",
        roots: 1,
        replies: 999,
    },
];

const LARGE: [Talk; 2] = [
    Talk {
        id: "large",
        roots: 100_000,
        replies: 0,
    },
    Talk {
        id: "large-branch",
        roots: 1,
        replies: 100_000,
    },
];

fn measure(plan: &Plan, server: &Server, ask: &Ask, status: u16) -> Figures {
    let ask: &'static Ask = Box::leak(Box::new(ask.clone()));
    load::run(server, READERS, plan.seconds, status, move |_, _| ask.clone())
}

pub fn cached(plan: &Plan, report: &mut Report) {
    let home = Home::new(&Engine::sqlite());
    let site = seed::site(&home, &TALKS, 20);
    let parlour = home.parlour(&[]);
    let path = format!("{}/thread?id=fifty", site.door);
    let plain = Ask::get(&path, &[]);
    let brotli = Ask::get(&path, &[("accept-encoding", "gzip, deflate, br, zstd")]);
    let page = load::once(&parlour, &plain);
    let small = load::once(&parlour, &brotli);
    assert_eq!((page.status, small.header("content-encoding")), (200, Some("br")));
    let tag = page.header("etag").unwrap();
    let known = Ask::get(&path, &[("if-none-match", tag)]);
    let ceiling_home = Home::new(&Engine::sqlite());
    let ceiling = ceiling_home.ceiling(&[("plain", &page.body), ("br", &small.body)]);

    report.group(
        &format!(
            "Reads from memory: 50 comments, {} bytes of JSON, {} compressed; {READERS} connections",
            page.body.len(),
            small.body.len()
        ),
        "beside the ceiling above it",
    );
    for (name, ask, status) in [("plain", &plain, 200), ("br", &brotli, 200), ("unchanged", &known, 304)] {
        let what = match name {
            "plain" => "plain",
            "br" => "compressed",
            _ => "304",
        };
        let static_ask = Ask::get(
            &format!("/v1/sites/bench/{name}"),
            &[("accept-encoding", "gzip, deflate, br, zstd")],
        );
        // In turn, so that a change of the machine's mood shows in both.
        let [first, second] = [0, 1].map(|_| {
            let above = measure(plan, &ceiling, &static_ask, status);
            (above, measure(plan, &parlour, ask, status))
        });
        let (above, read) = if first.1.per_second / first.0.per_second > second.1.per_second / second.0.per_second {
            first
        } else {
            second
        };
        report.figure(&format!("ceiling: static bytes, {what}"), above, None);
        report.figure(&format!("thread_read from memory, {what}"), read, Some(above));
        let ratio = read.per_second / above.per_second;
        report.target(
            format!("cached read, {what}: {ratio:.2} of the ceiling (0.90)"),
            ratio >= 0.9,
        );
    }
    let by_url = Ask::get(
        &format!(
            "{}/thread?url=https%3A%2F%2Fblog.example%2Fa%2Fpost%3Futm_source%3Dx",
            site.door
        ),
        &[],
    );
    report.figure(
        "thread_read by address, nobody commented yet",
        measure(plan, &parlour, &by_url, 200),
        None,
    );
    let counts: Vec<String> = (0..20).map(|number| format!("id=many-{number}")).collect();
    let counts = Ask::get(&format!("{}/counts?{}", site.door, counts.join("&")), &[]);
    report.figure(
        "thread_counts of 20 threads",
        measure(plan, &parlour, &counts, 200),
        None,
    );
    println!();
}

pub fn growth(plan: &Plan, engine: &Engine, report: &mut Report) {
    let home = Home::new(engine);
    let small = seed::site(&home, &TALKS, 0);
    // No page is kept: each read makes its own, of what it selects.
    let without_pages = [
        ("CACHE_MEGABYTES", "0"),
        ("CACHE_SECONDS", "3600"),
        ("LOG_LEVEL", "info"),
    ];
    let parlour = home.parlour(&without_pages);
    let ask = |door: &str, id: &str| Ask::get(&format!("{door}/thread?id={id}"), &[]);
    report.group(
        &format!(
            "First page made anew on {}: two selects, for roots and replies",
            engine.name
        ),
        "beside the first",
    );
    let fifty = measure(plan, &parlour, &ask(&small.door, "fifty"), 200);
    report.figure("50 comments", fifty, None);
    report.figure(
        "1,000 comments",
        measure(plan, &parlour, &ask(&small.door, "thousand"), 200),
        Some(fifty),
    );
    let branch = measure(plan, &parlour, &ask(&small.door, "branch"), 200);
    report.figure("60 replies under one root", branch, Some(fifty));
    let long = measure(plan, &parlour, &ask(&small.door, "long-branch"), 200);
    report.figure("999 replies under one root", long, Some(branch));
    drop(parlour);
    let nothing = home.parlour(&[("CACHE_MEGABYTES", "0"), ("CACHE_SECONDS", "0")]);
    let cold = measure(plan, &nothing, &ask(&small.door, "fifty"), 200);
    report.figure("50 comments, site and thread selected, too (5)", cold, Some(fifty));
    drop(nothing);
    if plan.full {
        let large = seed::site(&home, &LARGE, 0);
        let huge = seed::site(&home, &TALKS, 20_000);
        let parlour = home.parlour(&without_pages);
        let again = measure(plan, &parlour, &ask(&small.door, "fifty"), 200);
        report.figure("50 comments, with all of this in the database", again, None);
        let mut grown = |name: &str, ask: &Ask, against: Figures| {
            let figures = measure(plan, &parlour, ask, 200);
            report.figure(name, figures, Some(against));
            let ratio = figures.median / against.median;
            report.target(
                format!("first page, {name}, {}: {ratio:.2} times that of 50 (1.2)", engine.name),
                ratio <= 1.2,
            );
        };
        grown("a thread of 100,000 comments", &ask(&large.door, "large"), again);
        grown("a site of 1,000,000 comments", &ask(&huge.door, "many-777"), again);
        let branch = measure(plan, &parlour, &ask(&small.door, "branch"), 200);
        grown(
            "100,000 replies under one root",
            &ask(&large.door, "large-branch"),
            branch,
        );
    }
    println!();
}

/// Conversations of fifty comments each on platforms of three sizes.
const SIZES: [usize; 3] = [200, 20_000, 200_000];

/// Readers who ask at the same time.
const FEW: usize = 4;

const ROUNDS: usize = 5;

/// What a read that is made anew costs, by how much there is in all. The platforms are asked by turns, each for conversations all over it.
pub fn size(plan: &Plan, engine: &Engine, report: &mut Report) {
    let divisor = if plan.seconds.as_secs() > 1 { 1 } else { 100 };
    report.group(
        &format!("A read made anew on {}, by how many comments there are", engine.name),
        "beside the smallest",
    );
    let grown: Vec<(usize, &'static str, Home, Server)> = SIZES
        .iter()
        .map(|threads| {
            // The smallest stays: below it nothing is to be seen.
            let threads = (threads / divisor).max(SIZES[0]);
            let home = Home::new(engine);
            let since = std::time::Instant::now();
            let door: &'static str = Box::leak(seed::site(&home, &[], threads).door.into_boxed_str());
            let took = since.elapsed().as_secs();
            let name = format!("{} comments planted", threads * 50);
            report.note(&name, &format!("{took} s"), &serde_json::json!(took));
            let parlour = home.parlour(&[("CACHE_MEGABYTES", "0")]);
            (threads, door, home, parlour)
        })
        .collect();
    let mut rounds: Vec<Vec<Figures>> = vec![Vec::new(); grown.len()];
    for _ in 0..ROUNDS {
        for ((threads, door, _, parlour), figures) in grown.iter().zip(&mut rounds) {
            let (threads, door) = (*threads, *door);
            figures.push(load::run(parlour, FEW, plan.seconds, 200, move |reader, number| {
                // All over the place, and the same in each run.
                let thread = (reader * 7919 + number * 104_729) % threads;
                Ask::get(&format!("{door}/thread?id=many-{thread}"), &[])
            }));
        }
    }
    // Of each the round that was least disturbed.
    let best = |figures: &[Figures]| {
        let least = |one: &&Figures, other: &&Figures| one.median.total_cmp(&other.median);
        *figures.iter().min_by(least).unwrap()
    };
    let first = best(&rounds[0]);
    for ((threads, ..), figures) in grown.iter().zip(&rounds) {
        let figures = best(figures);
        let comments = threads * 50;
        report.figure(&format!("{comments} comments"), figures, Some(first));
        let (time, cpu) = (figures.median / first.median, figures.cpu / first.cpu);
        report.target(
            format!(
                "a read among {comments} comments on {}: {time:.2} of the time, {cpu:.2} of the CPU of one among 10,000 (1.2)",
                engine.name
            ),
            time <= 1.2,
        );
    }
    println!();
}
