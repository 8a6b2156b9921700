//! What a node tells Prometheus: that numbers move by what happened, that nobody is named, and that names are those of the documents.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use http::Method;
use parlour::http::metrics::{limits, routes};
use parlour::http::server::serve;
use parlour::infra::build;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::binary::{Home, Serving};
use crate::world::{Ask, ORIGIN, World, ask, run};

/// A request that shall not take long, answered by a server that may be busy.
const PATIENCE: Duration = Duration::from_secs(30);

fn post(base: &str, path: &str, body: &Value) -> Ask {
    ask(base, Method::POST, path).json(body).from(ORIGIN)
}

fn get(base: &str, path: &str) -> Ask {
    ask(base, Method::GET, path).from(ORIGIN)
}

/// One look at what is counted.
struct Scrape(String);

impl Scrape {
    async fn of(base: &str) -> Scrape {
        let answer = ask(base, Method::GET, "/metrics").send().await.expect(200);
        assert_eq!(
            answer.header("content-type"),
            "text/plain; version=0.0.4; charset=utf-8"
        );
        Scrape(String::from_utf8(answer.body.to_vec()).unwrap())
    }

    /// The value of a series, its labels in the order of the alphabet; 0 if it is not there yet.
    fn value(&self, series: &str) -> i64 {
        let mut lines = self.0.lines().filter_map(|line| line.rsplit_once(' '));
        let found = lines.find(|(name, _)| *name == series);
        found.map_or(0, |(_, value)| value.parse().unwrap())
    }

    /// Each family and its type.
    fn families(&self) -> BTreeMap<String, String> {
        let types = self.0.lines().filter_map(|line| line.strip_prefix("# TYPE "));
        let pair = |line: &str| {
            line.split_once(' ')
                .map(|(name, kind)| (name.to_owned(), kind.to_owned()))
        };
        types.filter_map(pair).collect()
    }
}

#[test]
fn numbers_move_by_what_happens_and_name_nobody() {
    run(async {
        let home = Home::on_engine().await.with("PARLOUR_METRICS_LISTEN", "127.0.0.1:0");
        home.set_up("olive.watched@example.org");
        let site = home.make_site("olive.watched@example.org", ORIGIN);
        let key = site["key"].as_str().unwrap();
        let mut node = home.serve();
        let watched = node.metrics();
        let before = Scrape::of(&watched).await;

        let path = |rest: &str| format!("/v1/sites/{key}/{rest}");
        let draft = json!({
            "thread": { "id": "unheard-of-thread" },
            "text": "Unheard-of words.",
            "author": { "name": "Nobodaddy", "email": "nobodaddy@example.net" },
        });
        post(&node.base, &path("comments"), &draft).send().await.expect(201);
        for _ in 0..3 {
            get(&node.base, &path("thread?id=unheard-of-thread"))
                .send()
                .await
                .expect(200);
        }
        get(&node.base, "/v1/sites/nosuchsite/thread?id=a")
            .send()
            .await
            .expect(404);
        get(&node.base, &path("thread?limit=0&id=a")).send().await.expect(400);
        get(&node.base, "/unheard-of/path?secret=unheard-of")
            .send()
            .await
            .expect(404);
        ask(&node.base, Method::from_bytes(b"BREW").unwrap(), "/").send().await;
        let after = Scrape::of(&watched).await;

        let rise = |series: &str| after.value(series) - before.value(series);
        let requests = |operation: &str, method: &str, status: u16| {
            rise(&format!(
                r#"parlour_http_requests_total{{method="{method}",operation="{operation}",status="{status}"}}"#
            ))
        };
        assert_eq!(requests("comment_post", "POST", 201), 1, "{}", after.0);
        assert_eq!(requests("thread_read", "GET", 200), 3);
        assert_eq!(
            requests("thread_read", "GET", 404),
            1,
            "refused before poem-openapi sees it"
        );
        assert_eq!(requests("thread_read", "GET", 400), 1, "refused by poem-openapi");
        assert_eq!(requests("unknown", "GET", 404), 1);
        assert_eq!(
            rise(r#"parlour_http_request_duration_seconds_count{operation="thread_read"}"#),
            5
        );
        assert_eq!(
            rise(r#"parlour_http_request_duration_seconds_bucket{operation="thread_read",le="+Inf"}"#),
            5
        );
        assert!(after.0.contains(r#"method="other""#), "a method that nobody knows");
        assert_eq!(after.value("parlour_http_requests_in_flight"), 0);
        assert!(rise("parlour_http_connections_accepted_total") >= 8);
        assert_eq!(rise(r#"parlour_comments_posted_total{state="published"}"#), 1);
        assert!(rise(r#"parlour_cache_requests_total{cache="pages",outcome="hit"}"#) >= 2);
        assert_eq!(rise(r#"parlour_cache_requests_total{cache="pages",outcome="miss"}"#), 1);
        assert!(after.value(r#"parlour_cache_bytes{cache="sites"}"#) >= 0);
        let limit = |budget: &str, place: &str| {
            rise(&format!(
                r#"parlour_rate_limit_decisions_total{{budget="{budget}",outcome="allowed",place="{place}"}}"#
            ))
        };
        assert_eq!(limit("read", "node"), 4, "what poem-openapi refuses spends nothing");
        let has_redis = std::env::var("TEST_REDIS_URL").is_ok();
        assert_eq!(limit("post", if has_redis { "redis" } else { "node" }), 1);
        assert!(rise(r#"parlour_database_statement_duration_seconds_count{statement="insert"}"#) >= 3);
        assert!(rise("parlour_database_commit_duration_seconds_count") >= 1);
        assert_eq!(after.value("parlour_database_up"), 1);
        assert_eq!(after.value("parlour_redis_up"), i64::from(has_redis));
        assert_eq!(after.0.contains("parlour_redis_up"), has_redis);
        let engine = if std::env::var("TEST_DATABASE_URL").is_ok() {
            "postgresql"
        } else {
            "sqlite"
        };
        let commit = build::COMMIT.unwrap_or_default();
        let build = format!(
            r#"parlour_build_info{{commit="{commit}",engine="{engine}",version="{}"}}"#,
            build::VERSION
        );
        assert_eq!(after.value(&build), 1, "{build}");

        for word in [
            key,
            site["id"].as_str().unwrap(),
            "nosuchsite",
            "unheard-of",
            "Nobodaddy",
            "nobodaddy",
            "Unheard-of",
            "olive",
            "127.0.0.1",
            "BREW",
            "blog.example",
        ] {
            assert!(!after.0.contains(word), "{word} is in {}", after.0);
        }

        the_documents_have_its_names(&after, has_redis);
        nothing_else_is_served(&node, &watched).await;
    });
}

async fn nothing_else_is_served(node: &Serving, watched: &str) {
    for path in ["/", "/readyz", "/v1/admin/session", "/docs", "/metrics/", "/embed.js"] {
        ask(watched, Method::GET, path).send().await.expect(404);
    }
    ask(watched, Method::GET, "/healthz").send().await.expect(200);
    ask(watched, Method::POST, "/metrics").send().await.expect(405);
    ask(&node.base, Method::GET, "/metrics").send().await.expect(404);
}

fn document(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    std::fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The names of ours in a text, of histograms that of the family.
fn named(text: &str, families: &BTreeMap<String, String>) -> BTreeSet<String> {
    let letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let words = text.split(|other| !letter(other));
    let ours = words.filter(|word| word.starts_with("parlour_") || word.starts_with("process_"));
    let family = |word: &str| {
        let base = ["_bucket", "_sum", "_count"]
            .iter()
            .find_map(|end| word.strip_suffix(end))
            .filter(|base| families.get(*base).is_some_and(|kind| kind == "histogram"));
        base.unwrap_or(word).to_owned()
    };
    ours.map(family).collect()
}

/// Of a table whose rows begin with a name in backquotes: name, type, labels.
fn rows(table: &str) -> BTreeMap<String, String> {
    let row = |line: &str| {
        let mut cells = line.split('|').map(str::trim).skip(1);
        let name = cells.next()?.strip_prefix('`')?.strip_suffix('`')?;
        let ours = name.starts_with("parlour_") || name.starts_with("process_");
        Some((name.to_owned(), cells.next()?.to_owned())).filter(|_| ours)
    };
    table.lines().filter_map(row).collect()
}

fn the_documents_have_its_names(scrape: &Scrape, has_redis: bool) {
    let mut told = rows(&document("docs/watching.md"));
    let families = scrape.families();
    if !has_redis {
        assert_eq!(told.remove("parlour_redis_up").as_deref(), Some("gauge"));
    }
    assert_eq!(
        told, families,
        "what docs/watching.md says there is, and what a node serves: names and types"
    );
    let mut there: BTreeSet<String> = families.keys().cloned().collect();
    there.insert("parlour_redis_up".to_owned());
    for path in ["deploy/grafana/parlour.json", "deploy/prometheus/alerts.yml"] {
        let named = named(&document(path), &families);
        let unknown: Vec<_> = named.difference(&there).collect();
        assert!(named.len() > 10 && unknown.is_empty(), "{path} has {unknown:?}");
    }
    // Each alert has its paragraph.
    let (rules, page) = (document("deploy/prometheus/alerts.yml"), document("docs/watching.md"));
    let alerts = rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: "));
    let told: Vec<&str> = alerts.filter(|alert| !page.contains(&format!("`{alert}`"))).collect();
    assert!(told.is_empty(), "docs/watching.md says nothing of {told:?}");
}

#[test]
fn what_is_refused_and_what_becomes_of_mails_is_counted() {
    run(async {
        let mails = std::env::temp_dir().join(format!("parlour-watched-{:016x}", rand::random::<u64>()));
        std::fs::create_dir_all(&mails).unwrap();
        let home = Home::on_engine()
            .await
            .with("PARLOUR_METRICS_LISTEN", "127.0.0.1:0")
            .with("PARLOUR_LIMIT_READ", "2/86400")
            .with("PARLOUR_STREAMS_PER_NETWORK", "0")
            .with("PARLOUR_SMTP_URL", &format!("file://{}", mails.display()))
            .with("PARLOUR_MAIL_FROM", "comments@blog.example");
        home.set_up("olive@example.org");
        let site = home.make_site("olive@example.org", ORIGIN);
        let mut node = home.serve();
        let watched = node.metrics();
        let path = |rest: &str| format!("/v1/sites/{}/{rest}", site["key"].as_str().unwrap());
        for status in [200, 200, 429] {
            get(&node.base, &path("thread?id=a")).send().await.expect(status);
        }
        get(&node.base, &path("live?id=a")).send().await.expect(429);
        let whom = json!({ "email": "olive@example.org" });
        let asked = ask(&node.base, Method::POST, "/v1/admin/password-resets").json(&whom);
        asked.send().await.expect(202);

        let scrape = Scrape::of(&watched).await;
        let read = |outcome: &str| {
            scrape.value(&format!(
                r#"parlour_rate_limit_decisions_total{{budget="read",outcome="{outcome}",place="node"}}"#
            ))
        };
        assert_eq!((read("allowed"), read("refused")), (2, 1));
        let refused = r#"parlour_http_requests_total{method="GET",operation="thread_read",status="429"}"#;
        assert_eq!(scrape.value(refused), 1);
        assert_eq!(scrape.value(r#"parlour_streams_refused_total{bound="network"}"#), 1);
        assert_eq!(scrape.value("parlour_streams_open"), 0);

        let sent = async || {
            loop {
                let scrape = Scrape::of(&watched).await;
                if scrape.value(r#"parlour_mails_total{kind="mail",outcome="sent"}"#) > 0 {
                    return scrape;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let scrape = tokio::time::timeout(PATIENCE, sent()).await.expect("the mail goes");
        assert_eq!(scrape.value(r#"parlour_mails_total{kind="mail",outcome="sent"}"#), 1);
        assert!(!scrape.0.contains("olive"));
        std::fs::remove_dir_all(&mails).unwrap();
    });
}

/// Serves the metrics of a world, on its own runtime.
async fn watch(world: &World) -> String {
    world
        .within(|app| async move {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let base = format!("http://{}", listener.local_addr().unwrap());
            tokio::spawn(serve(listener, routes(&app), limits(), std::future::pending()));
            base
        })
        .await
}

#[test]
fn with_the_database_away_the_rest_is_told() {
    run(async {
        let world = World::start(|_| {});
        world.within(|app| async move { app.db.clone().close().await }).await;
        let watched = watch(&world).await;
        let scrape = tokio::time::timeout(PATIENCE, Scrape::of(&watched)).await.unwrap();
        assert_eq!(scrape.value("parlour_database_up"), 0);
        assert!(scrape.0.contains("parlour_database_up 0"));
        assert!(!scrape.0.contains("parlour_jobs{"), "not known is not none");
        assert!(scrape.0.contains("process_resident_memory_bytes"));
    });
}

#[test]
fn however_many_scrape_the_database_is_asked_once() {
    run(async {
        let world = Arc::new(World::start(|_| {}));
        let watched = watch(&world).await;
        let before = world.app.db.statements();
        let scrapes = (0..8).map(|_| Scrape::of(&watched));
        let scrapes = futures_util::future::join_all(scrapes).await;
        assert!(scrapes.iter().all(|scrape| scrape.0.contains("parlour_build_info")));
        assert!(world.app.db.statements() - before <= 2, "within some seconds");
    });
}

#[test]
fn a_worker_tells_of_itself_too() {
    run(async {
        let home = Home::on_engine().await.with("PARLOUR_METRICS_LISTEN", "127.0.0.1:0");
        home.set_up("olive@example.org");
        let mut worker = home.work();
        let watched = worker.metrics_line();
        tokio::time::timeout(PATIENCE, async {
            loop {
                let scrape = Scrape::of(&watched).await;
                if scrape.value(r#"parlour_job_runs_total{kind="retention",outcome="done"}"#) > 0 {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        })
        .await
        .expect("the worker does its job");
        worker.stop();
    });
}

#[test]
fn an_address_that_is_none_is_refused_by_name() {
    let home = Home::embedded().with("PARLOUR_METRICS_LISTEN", "everywhere");
    home.run(&["migrate"]).refused(&["metrics_listen"]);
}
