//! Posting, beside the least that storing something for good can cost on the same engine.

use crate::Plan;
use crate::load::{self, Ask};
use crate::report::Report;
use crate::seed;
use crate::server::{Engine, Home};

/// Connections that post at the same time.
const WRITERS: usize = 8;

const TEXT: &str =
    "A comment of ordinary length, with *some* Markdown in it.\\n\\n> and a quote\\n\\nand a closing line.";

/// A post of one writer: to a thread of his own, or all to one.
pub fn post(door: &str, thread: &str) -> Ask {
    let body = format!(r#"{{"thread":{{"id":"{thread}"}},"text":"{TEXT}","author":{{"name":"A reader"}}}}"#);
    let key = format!("{:032x}", rand::random::<u128>());
    Ask::new("POST", &format!("{door}/comments"), &[("idempotency-key", &key)], &body)
}

pub fn measure(plan: &Plan, engine: &Engine, report: &mut Report) {
    let home = Home::new(engine);
    let door: &'static str = Box::leak(seed::site(&home, &[], 0).door.into_boxed_str());
    let parlour = home.parlour(&[]);
    let ceiling_home = Home::new(engine);
    let ceiling = ceiling_home.ceiling(&[]);
    report.group(
        &format!("Posts on {}: {WRITERS} writers, durable when answered", engine.name),
        "beside the insert in a transaction",
    );
    let bare = |path: &'static str| {
        load::run(&ceiling, WRITERS, plan.seconds, 201, move |_, _| {
            Ask::new("POST", path, &[], TEXT)
        })
    };
    let statement = bare("/insert");
    let transaction = bare("/insert-in-transaction");
    report.figure("bare insert of one row, one statement", statement, Some(transaction));
    report.figure("bare insert of one row, in a transaction", transaction, None);
    let spread = load::run(&parlour, WRITERS, plan.seconds, 201, move |writer, _| {
        post(door, &format!("thread-{writer}"))
    });
    report.figure("comment_post, spread over 8 threads", spread, Some(transaction));
    let one = load::run(&parlour, WRITERS, plan.seconds, 201, move |_, _| post(door, "one"));
    report.figure("comment_post, all to one thread", one, Some(transaction));
    let to_bare = spread.per_second / transaction.per_second;
    report.target(
        format!("posts on {}: {to_bare:.2} of the bare insert (0.5)", engine.name),
        to_bare >= 0.5,
    );
    let to_spread = one.per_second / spread.per_second;
    report.target(
        format!(
            "posts to one thread on {}: {to_spread:.2} of those spread out (0.5)",
            engine.name
        ),
        to_spread >= 0.5,
    );
    println!();
}
