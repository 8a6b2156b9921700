//! What the engines behind it do to a node: changes of the schema by others, locks that are held, bounds in time, encryption, a cluster, a
//! replica. Most needs PostgreSQL; some of it what `scripts/with-engines.sh --all` starts.

use std::sync::Arc;
use std::time::{Duration, Instant};

use http::Method;
use migration::{Migrator, MigratorTrait};
use parlour::app::App;
use parlour::error::Error;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement, TransactionTrait};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{broadcast, watch};

use crate::binary::Home;
use crate::world::{ORIGIN, Site, World, ask, fresh_database, run};

/// Nothing here takes so long unless it hangs.
const LONG: Duration = Duration::from_secs(30);

/// The server of this variable, if there is one.
fn named(variable: &str) -> Option<String> {
    let named = std::env::var(variable).ok();
    if named.is_none() {
        println!("skipped: {variable} is not set");
    }
    named
}

/// Asks until the answer is yes.
async fn until(what: &str, mut asked: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !asked().await {
        assert!(began.elapsed() < LONG, "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn number(db: &impl ConnectionTrait, question: &str) -> i64 {
    let row = db
        .query_one_raw(Statement::from_string(db.get_database_backend(), question))
        .await
        .unwrap();
    row.unwrap().try_get_by_index(0).unwrap()
}

/// The finding of `parlour check` about something.
fn checked(home: &Home, what: &str) -> (String, String) {
    let found = home.run(&["check", "--json"]).json();
    let findings = found["findings"].as_array().unwrap();
    let one = findings
        .iter()
        .find(|one| one["check"] == what)
        .unwrap_or_else(|| panic!("{what} in {found}"));
    let text = |name: &str| one[name].as_str().unwrap().to_owned();
    (text("result"), text("detail"))
}

// --- Changes of the schema.

/// A newer version was here: it has added what this one does not know.
async fn newer_version(home: &Home) -> DatabaseConnection {
    let db = Database::connect(home.database_url()).await.unwrap();
    for change in [
        "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m20991231_000001_later', 0)",
        "ALTER TABLE comment ADD COLUMN later integer",
        "CREATE TABLE later (id integer PRIMARY KEY)",
    ] {
        db.execute_unprepared(change).await.unwrap();
    }
    db
}

#[test]
fn a_node_serves_on_and_starts_again_beside_a_newer_schema() {
    run(async {
        let home = Home::on_engine().await;
        home.set_up("olive@example.org");
        let site = home.make_site("olive@example.org", ORIGIN);
        let path = format!("/v1/sites/{}", site["key"].as_str().unwrap());
        let mut server = home.serve();
        let post = async |base: &str, text: &str| {
            let draft = json!({ "thread": { "id": "t" }, "text": text });
            ask(base, Method::POST, &format!("{path}/comments"))
                .from(ORIGIN)
                .json(&draft)
                .send()
                .await
                .expect(201)
        };
        post(&server.base, "Before.").await;
        let db = newer_version(&home).await;
        post(&server.base, "While the newer version comes.").await;
        server.kill();
        let server = home.serve();
        post(&server.base, "After going back.").await;
        let page = ask(&server.base, Method::GET, &format!("{path}/thread?id=t"));
        assert_eq!(page.send().await.expect(200).comments().len(), 3);
        ask(&server.base, Method::GET, "/readyz").send().await.expect(200);

        let status = home.run(&["migrate", "--status", "--json"]).done().json();
        assert_eq!(status["newer"], json!(["m20991231_000001_later"]));
        assert_eq!(status["pending"], json!([]));
        assert_eq!(home.run(&["migrate"]).done().out(), "The schema is up to date.\n");
        home.run(&["migrate", "--check"]).done();
        let (result, detail) = checked(&home, "schema");
        assert!(result == "ok" && detail.contains("newer version"), "{detail}");
        db.close().await.unwrap();
    });
}

#[test]
fn who_migrates_by_hand_has_nodes_that_wait() {
    run(async {
        let home = Home::on_engine().await.with("PARLOUR_MIGRATE_ON_START", "false");
        let status = home.run(&["migrate", "--status", "--json"]).done().json();
        assert_eq!(
            status["pending"].as_array().unwrap().len(),
            Migrator::migrations().len()
        );
        assert!(
            home.run(&["migrate", "--status"])
                .done()
                .out()
                .contains("m20261123_000001_start")
        );
        home.run(&["migrate", "--check"]).refused(&[]);
        let arguments = ["setup", "--email", "olive@example.org", "--password-stdin"];
        home.run_with(&arguments, "correct horse battery\n")
            .refused(&["parlour migrate", "migrate_on_start"]);

        let server = home.serve();
        let status = async |path: &str| {
            let answer = ask(&server.base, Method::GET, path).try_send().await;
            // Between waiting and serving, a connection may be cut.
            answer.map_or(0, |answer| answer.status.as_u16())
        };
        assert_eq!(status("/healthz").await, 200);
        assert_eq!(status("/readyz").await, 503);
        let refused = ask(&server.base, Method::GET, "/v1/sites/x/thread?id=t").send().await;
        assert_eq!(refused.header("retry-after"), "5");
        refused.refused(503, "unavailable");
        home.run(&["migrate"]).done();
        until("the node does not notice", async || status("/readyz").await == 200).await;
        assert_eq!(status("/v1/sites/x/thread?id=t").await, 404);
        home.run(&["migrate", "--check"]).done();
    });
}

#[test]
fn nodes_that_start_at_once_migrate_once() {
    run(async {
        let Some(server) = named("TEST_DATABASE_URL") else {
            return;
        };
        let home = Home::embedded().with("PARLOUR_DATABASE_URL", &fresh_database(&server).await);
        std::thread::scope(|scope| {
            let nodes: Vec<_> = (0..4).map(|_| scope.spawn(|| home.run(&["migrate"]).done())).collect();
            for node in nodes {
                node.join().unwrap();
            }
        });
        let db = Database::connect(home.database_url()).await.unwrap();
        let made = number(&db, "SELECT count(*) FROM seaql_migrations").await;
        assert_eq!(usize::try_from(made).unwrap(), Migrator::migrations().len());
        assert_eq!(
            number(&db, "SELECT count(*) FROM migration_lock").await,
            0,
            "the turn is given back"
        );
        db.close().await.unwrap();
    });
}

#[test]
fn a_node_waits_for_the_one_that_migrates_and_takes_over_when_it_is_dead() {
    run(async {
        let Some(server) = named("TEST_DATABASE_URL") else {
            return;
        };
        let url = fresh_database(&server).await;
        let db = Database::connect(&url).await.unwrap();
        for change in [
            "CREATE TABLE migration_lock (name varchar(32) PRIMARY KEY, owner varchar(64) NOT NULL, held_until timestamptz NOT NULL)",
            "INSERT INTO migration_lock VALUES ('migrations', 'another', CURRENT_TIMESTAMP + INTERVAL '2 seconds')",
        ] {
            db.execute_unprepared(change).await.unwrap();
        }
        let held_until = "SELECT floor(extract(epoch FROM held_until))::bigint FROM migration_lock";
        let held_until = number(&db, held_until).await;
        let home = Home::embedded().with("PARLOUR_DATABASE_URL", &url);
        home.run(&["migrate"]).done();
        let first = number(&db, "SELECT min(applied_at) FROM seaql_migrations").await;
        assert!(first >= held_until, "{first} is before {held_until}");
        assert_eq!(number(&db, "SELECT count(*) FROM migration_lock").await, 0);
        db.close().await.unwrap();
    });
}

#[test]
fn a_change_that_waits_for_a_reader_lets_the_others_through() {
    run(async {
        let Some(server) = named("TEST_DATABASE_URL") else {
            return;
        };
        let url = fresh_database(&server).await;
        let db = Database::connect(&url).await.unwrap();
        let all = u32::try_from(Migrator::migrations().len()).unwrap();
        // All but the last that changes the table of sites.
        Migrator::up(&db, Some(all - 1)).await.unwrap();
        let before = number(&db, "SELECT count(*) FROM seaql_migrations").await;
        let reader = db.begin().await.unwrap();
        number(&reader, "SELECT count(*) FROM site").await;
        number(&reader, "SELECT count(*) FROM comment").await;

        let home = Home::embedded().with("PARLOUR_DATABASE_URL", &url);
        let migrating = std::thread::spawn(move || home.run(&["migrate"]).done());
        let waiting = "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database \
            WHERE d.datname = current_database() AND NOT granted AND mode = 'AccessExclusiveLock'";
        until("nobody waits for the table", async || number(&db, waiting).await > 0).await;
        // Behind the change: as long as that waits, and no longer.
        for _ in 0..3 {
            let others = tokio::time::timeout(LONG, number(&db, "SELECT count(*) FROM site"));
            others.await.expect("a reader hangs behind a change that waits");
        }
        assert_eq!(number(&db, "SELECT count(*) FROM seaql_migrations").await, before);
        reader.commit().await.unwrap();
        tokio::task::spawn_blocking(move || migrating.join().unwrap())
            .await
            .unwrap();
        assert_eq!(number(&db, "SELECT count(*) FROM seaql_migrations").await, before + 1);
        db.close().await.unwrap();
    });
}

// --- Bounds in time.

#[test]
fn what_takes_too_long_in_the_database_is_503_and_passes() {
    run(async {
        if named("TEST_DATABASE_URL").is_none() {
            return;
        }
        let world = World::start(|config| {
            config.database_statement_seconds = 5;
            config.database_lock_seconds = 2;
            config.database_transaction_seconds = 3;
        });
        let site = world.site(json!({ "moderation": "none" })).await;
        site.say(&world, "t", "First.").await.expect(201);
        let ended = world
            .within(async |app: Arc<App>| {
                let ended = app.db.read().execute_unprepared("SELECT pg_sleep(60)").await;
                Error::from(ended.unwrap_err())
            })
            .await;
        assert!(matches!(ended, Error::Unavailable(_)), "{ended:?}");
        let name = world
            .within(async |app: Arc<App>| number(app.db.read(), NODES).await)
            .await;
        assert!(name > 0, "an operator sees whose connections there are");

        // Somebody holds the site's line, by hand.
        let hand = Database::connect(&world.app.config.database_url).await.unwrap();
        let held = hand.begin().await.unwrap();
        let id = &site.id;
        let hold = format!("SELECT 1::bigint FROM site_counter WHERE site_id = '{id}' FOR UPDATE");
        number(&held, &hold).await;
        let answer = site.say(&world, "t", "Waits.").await;
        assert_eq!(answer.header("retry-after"), "5");
        answer.refused(503, "unavailable");
        held.rollback().await.unwrap();
        site.say(&world, "t", "Goes on.").await.expect(201);

        // A transaction in which nothing happens is not let hold anything.
        let ended = world
            .within(async |app: Arc<App>| {
                let tx = app.db.begin().await.unwrap();
                number(&*tx, "SELECT count(*) FROM site").await;
                let began = Instant::now();
                while number(app.db.read(), IDLE).await > 0 {
                    assert!(began.elapsed() < LONG, "it is still there");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                let question = Statement::from_string(DbBackend::Postgres, "SELECT 1");
                Error::from(tx.query_one_raw(question).await.unwrap_err())
            })
            .await;
        assert!(matches!(ended, Error::Unavailable(_)), "{ended:?}");
        site.say(&world, "t", "And on.").await.expect(201);
        hand.close().await.unwrap();
    });
}

const NODES: &str =
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'parlour'";
const IDLE: &str =
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'";

// --- Encryption, a cluster.

#[test]
fn the_database_is_reached_by_tls_and_an_impostor_is_not() {
    run(async {
        let Some(server) = named("TEST_DATABASE_TLS_URL") else {
            return;
        };
        let world = World::start(|config| config.database_url.clone_from(&server));
        let encrypted = world
            .within(async |app: Arc<App>| {
                let question = "SELECT count(*) FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl";
                number(app.db.read(), question).await
            })
            .await;
        assert_eq!(encrypted, 1);
        drop(world);
        let at = |url: &str| checked(&Home::embedded().with("PARLOUR_DATABASE_URL", url), "database");
        assert_eq!(at(&server).0, "ok");
        // By an authority that the web does not know; under a name that the certificate does not have.
        let (plain, _) = server.split_once("&sslrootcert").unwrap();
        for impostor in [plain, server.replace("localhost", "127.0.0.1").as_str()] {
            let (result, detail) = at(impostor);
            assert!(result == "error" && detail.contains("cannot be reached"), "{detail}");
        }
    });
}

#[test]
fn redis_by_tls_and_a_cluster_are_checked_and_shared() {
    run(async {
        let Some(cluster) = named("TEST_REDIS_CLUSTER_URL") else {
            return;
        };
        let (encrypted, authority) = (
            named("TEST_REDIS_TLS_URL").unwrap(),
            named("TEST_REDIS_CA_FILE").unwrap(),
        );
        let at = |url: &str| Home::embedded().with("PARLOUR_REDIS_URL", url);
        assert_eq!(
            checked(&at(&cluster), "redis"),
            ("ok".to_owned(), "a cluster named by 3 of its nodes answers".to_owned())
        );
        let (one, _) = cluster.split_once(',').unwrap();
        assert_eq!(checked(&at(one), "redis").0, "warning", "it is lost with that one");
        // A server that is none of a cluster.
        let plain = named("TEST_REDIS_URL").unwrap();
        assert_eq!(
            checked(&at(&plain.replace("redis://", "redis-cluster://")), "redis").0,
            "error"
        );
        assert_eq!(
            checked(&at(&encrypted), "redis").0,
            "error",
            "nobody knows who signed it"
        );
        let knowing = at(&encrypted).with("PARLOUR_REDIS_CA_FILE", &authority);
        assert_eq!(checked(&knowing, "redis"), ("ok".to_owned(), "answers".to_owned()));

        for url in [cluster, encrypted] {
            let world = World::start(|config| {
                config.redis_url = url;
                config.redis_ca_file = authority.clone().into();
                config.limit_post = "2/3600".parse().unwrap();
            });
            // Its nodes are looked for in the background.
            let shared = async || {
                world
                    .within(async |app: Arc<App>| {
                        let once = "1/1".parse().unwrap();
                        app.limiter.check("rl:{test}:shared", once, app.clock.now()).await;
                        app.limiter.healthy()
                    })
                    .await
            };
            until("it is not used", shared).await;
            let site = world.site(json!({ "moderation": "none" })).await;
            site.say(&world, "t", "One.").await.expect(201);
            site.say(&world, "t", "Two.").await.expect(201);
            site.say(&world, "t", "Three.").await.refused(429, "rate_limited");
            let state = world.get("/readyz").send().await.expect(200);
            assert_eq!(state.json["limits"], "shared");
        }
    });
}

// --- A replica.

/// Stands between a node and its replica, and can be as if the replica had gone.
struct Way {
    address: std::net::SocketAddr,
    open: watch::Sender<bool>,
    cut: broadcast::Sender<()>,
}

impl Way {
    async fn to(target: String) -> Way {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (open, is_open) = watch::channel(true);
        let cut = broadcast::Sender::new(1);
        let cuts = cut.clone();
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                if !*is_open.borrow() {
                    continue;
                }
                let (target, mut cut) = (target.clone(), cuts.subscribe());
                tokio::spawn(async move {
                    let mut far = TcpStream::connect(&target).await.unwrap();
                    tokio::select! {
                        _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
                        _ = cut.recv() => {}
                    }
                });
            }
        });
        Way { address, open, cut }
    }

    fn close(&self) {
        self.open.send_replace(false);
        self.cut.send(()).ok();
    }
}

/// What an export of the site's tenant has of comments.
async fn exported(world: &World, site: &Site) -> Vec<String> {
    let path = format!("/v1/admin/tenants/{}/export", site.owner.tenant_id);
    let answer = world.get(&path).by(&site.owner.account).send().await.expect(200);
    let text = String::from_utf8(answer.body.to_vec()).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let end = lines.last().unwrap();
    assert_eq!(
        (&end["kind"], &end["lines"]),
        (&json!("end"), &json!(lines.len())),
        "it is whole"
    );
    assert!(
        lines.iter().any(|line| line["change"] == "tenant_exported"),
        "what was just written"
    );
    let comments = lines.iter().filter(|line| line["kind"] == "comment");
    comments
        .map(|line| line["source"].as_str().unwrap().to_owned())
        .collect()
}

/// What readers and moderators see of the thread, and of what they have just done.
async fn sees_all(world: &World, site: &Site, count: usize) {
    assert_eq!(site.read(world, "t").await.comments().len(), count);
    assert_eq!(site.list(world, "comments").await.comments().len(), count);
}

#[test]
fn reads_that_may_lag_go_to_the_replica_and_come_back() {
    run(async {
        let (Some(replica), Some(server)) = (named("TEST_REPLICA_URL"), named("TEST_DATABASE_URL")) else {
            return;
        };
        let there = url::Url::parse(&replica).unwrap();
        let way = Way::to(format!("127.0.0.1:{}", there.port().unwrap())).await;
        let url = fresh_database(&server).await;
        let mut by_way = there.clone();
        by_way.set_path(url::Url::parse(&url).unwrap().path());
        by_way.set_port(Some(way.address.port())).unwrap();
        let world = World::start(|config| {
            config.database_url = url;
            config.database_replica_url = by_way.to_string();
            config.replica_lag_seconds = 3;
        });
        let keeps_up = async |wanted: bool| {
            let what = if wanted {
                "the replica is not used"
            } else {
                "the replica is still used"
            };
            until(what, async || world.app.db.replica_keeps_up() == Some(wanted)).await;
        };
        let site = world.site(json!({ "moderation": "none" })).await;
        site.say(&world, "t", "One.").await.expect(201);
        keeps_up(true).await;
        let lagging = async || {
            world
                .within(async |app: Arc<App>| {
                    let question = "SELECT pg_is_in_recovery()::integer::bigint";
                    app.db
                        .read_lagging(async |db| Ok(number(&db, question).await))
                        .await
                        .unwrap()
                })
                .await
        };
        assert_eq!(lagging().await, 1, "it is the replica that is asked");
        let refused = world
            .within(async |app: Arc<App>| {
                let outcome = app
                    .db
                    .read_lagging(async |db| Ok(db.execute_unprepared("DELETE FROM site").await.is_err()));
                outcome.await.unwrap()
            })
            .await;
        assert!(refused, "and it takes no writes");
        until("the export stays behind", async || {
            exported(&world, &site).await == ["One."]
        })
        .await;

        // It stands still: what may lag is as it was, for as long as it may lag; nothing else ever.
        let hand = Database::connect(&replica).await.unwrap();
        hand.execute_unprepared("SELECT pg_wal_replay_pause()").await.unwrap();
        site.say(&world, "t", "Two.").await.expect(201);
        if world.app.db.replica_keeps_up() == Some(true) {
            let then = exported(&world, &site).await;
            assert!(
                then == ["One."] || world.app.db.replica_keeps_up() == Some(false),
                "{then:?}"
            );
        }
        for count in 3..8 {
            site.say(&world, "t", &format!("{count}.")).await.expect(201);
            sees_all(&world, &site, count).await;
        }
        keeps_up(false).await;
        assert_eq!(lagging().await, 0);
        assert_eq!(exported(&world, &site).await.len(), 7);
        hand.execute_unprepared("SELECT pg_wal_replay_resume()").await.unwrap();
        keeps_up(true).await;
        assert_eq!(lagging().await, 1);

        // It is gone, in the middle: nobody notices.
        way.close();
        assert_eq!(exported(&world, &site).await.len(), 7);
        let report = site.admin(&format!("sites/{}/statistics", site.id));
        world.get(&report).by(&site.owner.account).send().await.expect(200);
        keeps_up(false).await;
        sees_all(&world, &site, 7).await;
        way.open.send_replace(true);
        keeps_up(true).await;
        assert_eq!(exported(&world, &site).await.len(), 7);
        hand.close().await.unwrap();
    });
}
