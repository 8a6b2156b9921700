//! The members' and operators' pages on a large platform, beside the same on one that is empty.

use std::time::Instant;

use parlour::app::App;
use parlour::demo::big::{self, Planted, Size};
use serde_json::{Value, json};

use crate::Plan;
use crate::load::{self, Ask};
use crate::report::Report;
use crate::server::{Engine, Home, Server, block_on};

/// An answer on the large platform may take so many times what it takes on the empty one.
const MOST: f64 = 3.0;

/// What is below this many milliseconds is the time of the way there and back: a ratio of it says nothing.
const FLOOR: f64 = 1.0;

const ROUNDS: u32 = 5;

/// Below a tenant, if nothing else is said.
const PAGES: [(&str, &str); 21] = [
    ("overview", "/overview"),
    ("statistics, 30 days", "/statistics"),
    ("statistics, 400 days by week", "/statistics?by=week&from=FROM&to=TO"),
    ("statistics, 400 days by day", "/statistics?by=day&from=FROM&to=TO"),
    ("sites", "/sites"),
    ("newest comments", "/comments?limit=6"),
    ("queue: pending", "/comments?state=pending"),
    ("queue: reported", "/comments?reported=true"),
    ("queue: published", "/comments?state=published"),
    ("queue: spam", "/comments?state=spam"),
    ("conversations", "/threads"),
    ("conversations: closed", "/threads?standing=closed"),
    ("commenters", "/commenters"),
    ("commenters by mail", "/commenters?q=ada.0@readers.example"),
    ("members", "/members"),
    ("record", "/audit"),
    ("usage", "/usage"),
    ("operator: tenants", "/v1/operator/tenants"),
    ("operator: sites", "/v1/operator/sites"),
    ("operator: accounts", "/v1/operator/accounts"),
    ("operator: jobs", "/v1/operator/jobs"),
];

pub fn measure(plan: &Plan, engine: &Engine, report: &mut Report) {
    let large = match plan.seconds.as_secs() {
        0..2 => Size {
            tenants: 100,
            sites: 1_000,
            comments: 100_000,
        },
        _ => Size {
            tenants: 1_000,
            sites: 10_000,
            comments: 1_000_000,
        },
    };
    let little = Size {
        tenants: 2,
        sites: 2,
        comments: 0,
    };
    let (empty_home, empty) = plant(engine, little);
    let (large_home, planted) = plant(engine, large);
    let (empty_server, large_server) = (empty_home.parlour(&[]), large_home.parlour(&[]));
    let (empty_token, large_token) = (sign_in(&empty_server, &empty), sign_in(&large_server, &planted));
    println!(
        "Members' and operators' pages on {}: {} tenants, {} sites, {} comments, beside an empty platform;\n\
         median ms of the quietest of {ROUNDS} rounds",
        engine.name, large.tenants, large.sites, large.comments
    );
    println!(
        "  {:<34}{:>10}{:>14}{:>8}{:>16}{:>8}",
        "", "empty", "usual tenant", "ratio", "largest tenant", "ratio"
    );
    for (name, path) in PAGES {
        let ask = |token: &str, tenant| {
            let path = match path.starts_with("/v1/") {
                true => path.to_owned(),
                false => format!("/v1/admin/tenants/{tenant}{path}"),
            };
            let path = path.replace("FROM", &day(-399)).replace("TO", &day(0));
            let bearer = format!("Bearer {token}");
            let ask: &'static Ask = Box::leak(Box::new(Ask::get(&path, &[("authorization", &bearer)])));
            ask
        };
        let [none, usual, largest] = side_by_side(
            plan,
            [
                (&empty_server, ask(&empty_token, empty.usual)),
                (&large_server, ask(&large_token, planted.usual)),
                (&large_server, ask(&large_token, planted.largest)),
            ],
        );
        let ratio = |time: f64| time.max(FLOOR) / none.max(FLOOR);
        println!(
            "  {name:<34}{none:>10.2}{usual:>14.2}{:>8.2}{largest:>16.2}{:>8.2}",
            ratio(usual),
            ratio(largest)
        );
        report.record(
            &json!({ "engine": engine.name, "page": name, "empty_ms": none, "usual_ms": usual, "largest_ms": largest }),
        );
        report.target(
            format!(
                "{name} of a usual tenant on {}: {:.2} times the empty one ({MOST})",
                engine.name,
                ratio(usual)
            ),
            ratio(usual) <= MOST,
        );
        report.target(
            format!(
                "{name} of the largest tenant on {}: {:.2} times ({MOST})",
                engine.name,
                ratio(largest)
            ),
            ratio(largest) <= MOST,
        );
    }
    println!();
}

fn plant(engine: &Engine, size: Size) -> (Home, Planted) {
    let home = Home::new(engine);
    let since = Instant::now();
    let planted = block_on(async {
        let app = App::start(home.config.clone()).await.unwrap();
        app.db.migrate(&app.config).await.unwrap();
        let planted = big::plant(&app, size).await.unwrap();
        app.db.clone().close().await;
        planted
    });
    let seconds = since.elapsed().as_secs();
    println!("Planted {} comments on {} in {seconds} s", size.comments, engine.name);
    (home, planted)
}

fn sign_in(server: &Server, planted: &Planted) -> String {
    let body = json!({ "email": planted.email, "password": planted.password }).to_string();
    let origin = format!("http://{}", server.address);
    let answer = load::once(server, &Ask::from(&origin, "POST", "/v1/admin/session", &[], &body));
    let session: Value = serde_json::from_slice(&answer.body).unwrap();
    session["access_token"]
        .as_str()
        .unwrap_or_else(|| panic!("{session}"))
        .to_owned()
}

/// The median of the quietest of several rounds, in turn: whatever else the machine does meanwhile is in the way of all three.
fn side_by_side(plan: &Plan, asked: [(&Server, &'static Ask); 3]) -> [f64; 3] {
    let mut lowest = [f64::INFINITY; 3];
    for _ in 0..ROUNDS {
        for ((server, ask), lowest) in asked.into_iter().zip(&mut lowest) {
            let figures = load::run(server, 1, plan.seconds / ROUNDS / 2, 200, move |_, _| ask.clone());
            *lowest = lowest.min(figures.median);
        }
    }
    lowest
}

/// A date, so many days from today.
fn day(days: i64) -> String {
    let now = parlour::infra::clock::Clock::default().now();
    (now + chrono::TimeDelta::days(days)).date_naive().to_string()
}
