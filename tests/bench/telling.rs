//! Whether the time of an answer tells who has an account: a known and an unknown address by turns, at every door that takes one.
//!
//! The two samples are compared by their ranks (Mann and Whitney 1947), which asks for no shape of the times and is not led astray by
//! the few answers that something else held up.

use std::time::Instant;

use parlour::accounts::{self, Applicant};
use parlour::app::App;
use serde_json::json;

use crate::Plan;
use crate::load::{Ask, Connection};
use crate::report::Report;
use crate::server::{Engine, Home, Server, block_on};

const KNOWN: &str = "ada@example.org";

/// Asked about as often, so that both have been asked about before.
const UNKNOWN: &str = "eve@example.org";

/// As often as the samples are this far from each other, or farther, by chance: once in 16,000 runs.
const TELLING: f64 = 4.0;

/// A difference that nobody sees through a network, however sure it is.
const SLIGHT: f64 = 0.01;

/// A request about an address.
type Question = fn(&str) -> Ask;

const QUESTIONS: [(&str, Question); 3] = [
    ("session_open", |email| {
        let body = json!({ "email": email, "password": "not the password" });
        Ask::of_own("/v1/admin/session", &body.to_string())
    }),
    ("account_sign_up", |email| {
        let body = json!({ "email": email, "name": "Eve", "password": "a phrase of a stranger's own" });
        Ask::of_own("/v1/admin/accounts", &body.to_string())
    }),
    ("password_reset_request", |email| {
        let body = json!({ "email": email });
        Ask::of_own("/v1/admin/password-resets", &body.to_string())
    }),
];

pub fn measure(plan: &Plan, engine: &Engine, report: &mut Report) {
    let home = Home::new(engine);
    block_on(async {
        let app = App::start(home.config.clone()).await.unwrap();
        app.db.migrate(&app.config).await.unwrap();
        let applicant = Applicant {
            email: KNOWN.to_owned(),
            name: "Ada".to_owned(),
            password: "correct horse battery".to_owned(),
        };
        accounts::make_operator(&app, applicant).await.unwrap();
        app.db.clone().close().await;
    });
    let plenty = "100000000/1";
    let parlour = home.parlour(&[
        ("SIGN_UP", "open"),
        // Nobody sends them, so that nobody is in the way of the answers.
        ("SMTP_URL", "smtp://127.0.0.1:1"),
        ("MAIL_FROM", "talk@example.org"),
        ("WORKER", "false"),
        ("LIMIT_SIGN_IN", plenty),
        ("LIMIT_SIGN_IN_NETWORK", plenty),
        ("LIMIT_SIGN_IN_ACCOUNT", plenty),
        ("LIMIT_SIGN_UP", plenty),
        ("LIMIT_RESET", plenty),
        ("LIMIT_MAIL", plenty),
    ]);
    let rounds = if plan.seconds.as_secs() > 1 { 400 } else { 100 };
    println!(
        "Who has an account, by the time of the answer, on {}: {rounds} of each",
        engine.name
    );
    for (name, question) in QUESTIONS {
        let (known, unknown) = block_on(times(&parlour, question, rounds));
        let (of_known, of_unknown) = (median(&known), median(&unknown));
        let apart = (of_known - of_unknown) / of_unknown;
        let rank = rank_sum(&known, &unknown);
        report.note(
            name,
            &format!(
                "known {of_known:.3} ms, unknown {of_unknown:.3} ms, {:+.2} %, z = {rank:+.2}",
                100.0 * apart
            ),
            &json!({ "known_ms": of_known, "unknown_ms": of_unknown, "z": rank }),
        );
        report.target(
            format!(
                "{name} on {}: known and unknown addresses take the same time (|z| < 4, or 1 %)",
                engine.name
            ),
            rank.abs() < TELLING || apart.abs() < SLIGHT,
        );
    }
    println!();
}

/// Milliseconds of the answers about a known address and about an unknown one, asked in pairs whose order is left to chance.
async fn times(parlour: &Server, question: Question, rounds: usize) -> (Vec<f64>, Vec<f64>) {
    let mut connection = Connection::open(parlour.address).await;
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for round in 0..rounds + 10 {
        let first: bool = rand::random();
        for is_known in [first, !first] {
            let ask = question(if is_known { KNOWN } else { UNKNOWN });
            let since = Instant::now();
            let (status, ..) = connection.ask(&ask).await;
            let took = since.elapsed().as_secs_f64() * 1000.0;
            assert!(matches!(status, 202 | 401), "{status}");
            // The first ones find nothing in memory.
            if round >= 10 {
                if is_known { &mut known } else { &mut unknown }.push(took);
            }
        }
    }
    (known, unknown)
}

fn median(times: &[f64]) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

/// How far the ranks of the one sample among both are from where chance would put them, in standard deviations.
fn rank_sum(one: &[f64], other: &[f64]) -> f64 {
    let mut all: Vec<(f64, bool)> = one.iter().map(|time| (*time, true)).collect();
    all.extend(other.iter().map(|time| (*time, false)));
    all.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    let ranks = all.iter().enumerate().filter(|(_, (_, is_one))| *is_one);
    let sum: f64 = ranks.map(|(place, _)| place as f64 + 1.0).sum();
    let (n, m) = (one.len() as f64, other.len() as f64);
    let expected = n * (n + m + 1.0) / 2.0;
    let deviation = (n * m * (n + m + 1.0) / 12.0).sqrt();
    (sum - expected) / deviation
}
