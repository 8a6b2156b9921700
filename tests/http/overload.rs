//! More than a node can do: refused at once and in words, while conversations in memory are read on.

use std::time::Duration;

use http::Method;
use parlour::comments;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::world::{Answer, ORIGIN, Site, World, run};

/// Places of the nodes here.
const PLACES: usize = 3;

/// Long enough for any step to happen, and only ever waited for when a test fails.
const FAILED: Duration = Duration::from_secs(30);

fn narrow() -> World {
    World::start(|config| config.requests = PLACES)
}

/// Somebody in the database who has a site's line until told to let it go.
struct Holder {
    go: oneshot::Sender<()>,
    gone: oneshot::Receiver<()>,
}

impl Holder {
    async fn of(world: &World, site: &Site) -> Holder {
        let site_id = site.id.parse().unwrap();
        let (go, told) = oneshot::channel();
        let (is_gone, gone) = oneshot::channel();
        world
            .within(move |app| async move {
                let tx = app.db.begin().await.unwrap();
                comments::hold_site(&tx, site_id).await.unwrap();
                tokio::spawn(async move {
                    told.await.ok();
                    drop(tx);
                    is_gone.send(()).ok();
                });
            })
            .await;
        Holder { go, gone }
    }

    async fn let_go(self) {
        self.go.send(()).unwrap();
        self.gone.await.unwrap();
    }
}

async fn latest(world: &World, site: &Site) -> Answer {
    world.get(&site.path("recent")).from(ORIGIN).send().await
}

/// Posts that wait for the holder, as many as there are places.
async fn fill(world: &World, site: &Site) -> Vec<tokio::task::JoinHandle<Answer>> {
    let posts = (0..PLACES).map(|number| {
        let draft = json!({ "thread": { "id": "full" }, "text": format!("Number {number}.") });
        tokio::spawn(world.post(&site.path("comments"), &draft).from(ORIGIN).send())
    });
    let posts = posts.collect();
    let full = async {
        while world.app.gate.working() < PLACES {
            tokio::task::yield_now().await;
        }
    };
    timeout(FAILED, full).await.expect("there is always a place");
    posts
}

#[test]
fn what_is_too_much_is_refused_at_once_and_what_is_in_memory_is_read() {
    run(async {
        let world = narrow();
        let site = world.site(json!({ "moderation": "none" })).await;
        site.say(&world, "read", "Said before.").await.expect(201);
        site.read(&world, "read").await;
        let holder = Holder::of(&world, &site).await;
        let posts = fill(&world, &site).await;

        let refused = latest(&world, &site).await.refused(503, "unavailable");
        assert!(refused.header("retry-after").parse::<u32>().unwrap() > 0);
        assert_eq!(
            refused.header("access-control-allow-origin"),
            ORIGIN,
            "the page may read why"
        );
        site.say(&world, "full", "One more.").await.refused(503, "unavailable");
        assert_eq!(site.read(&world, "read").await.comments().len(), 1);
        let counts = world
            .get(&site.path("counts?id=read"))
            .from(ORIGIN)
            .send()
            .await
            .expect(200);
        assert_eq!(counts.json["counts"][0]["comment_count"], 1, "{}", counts.json);
        for path in ["/healthz", "/readyz", "/embed.js", "/admin/"] {
            world.get(path).send().await.expect(200);
        }

        holder.let_go().await;
        for post in posts {
            post.await.unwrap().expect(201);
        }
        latest(&world, &site).await.expect(200);
        assert_eq!(
            site.read(&world, "full").await.comments().len(),
            PLACES,
            "and nothing of what was refused"
        );
    });
}

#[test]
fn whoever_is_slow_to_send_takes_no_place() {
    run(async {
        let world = narrow();
        let site = world.site(json!({ "moderation": "none" })).await;
        let address = world.base.trim_start_matches("http://");
        let mut slow = Vec::new();
        for _ in 0..2 * PLACES {
            let mut socket = TcpStream::connect(address).await.unwrap();
            let head = format!(
                "POST {} HTTP/1.1\r\nhost: {address}\r\norigin: {ORIGIN}\r\ncontent-type: application/json\r\n\
                 content-length: 100\r\nexpect: 100-continue\r\n\r\n",
                site.path("comments")
            );
            socket.write_all(head.as_bytes()).await.unwrap();
            // Said when the body is asked for.
            let mut answer = [0; 12];
            timeout(FAILED, socket.read_exact(&mut answer)).await.unwrap().unwrap();
            assert_eq!(&answer, b"HTTP/1.1 100");
            slow.push(socket);
        }
        latest(&world, &site).await.expect(200);
        site.say(&world, "full", "In between.").await.expect(201);
    });
}

#[test]
fn bodies_on_their_way_have_a_bound_in_memory() {
    run(async {
        let world = World::start(|config| {
            config.body_megabytes = 1;
            config.body_limit = 2 * 1024 * 1024;
        });
        let site = world.site(json!({})).await;
        let body = format!("{{\"text\":\"{}\"}}", "x".repeat(1024 * 1024));
        let ask = world.ask(Method::POST, &site.path("comments")).from(ORIGIN);
        let large = ask.header("content-type", "application/json").raw(body).send().await;
        large.refused(503, "unavailable");
        site.say(&world, "full", "Small enough.").await.expect(202);
    });
}

#[test]
fn a_request_has_its_time_and_the_comment_is_there_once() {
    run(async {
        let world = World::start(|config| config.request_seconds = 1);
        let site = world.site(json!({ "moderation": "none" })).await;
        let holder = Holder::of(&world, &site).await;
        let draft = json!({ "thread": { "id": "slow" }, "text": "Whether it was heard?" });
        let post = || {
            world
                .post(&site.path("comments"), &draft)
                .from(ORIGIN)
                .header("idempotency-key", "posted-once")
        };
        post().send().await.refused(503, "unavailable");
        holder.let_go().await;
        post().send().await.expect(201);
        assert_eq!(site.read(&world, "slow").await.comments().len(), 1);
    });
}
