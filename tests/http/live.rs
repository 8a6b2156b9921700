//! Open pages that hear of changes.

use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use parlour::infra::bus::Change;
use parlour::threads;
use serde_json::{Value, json};

use crate::cache::{another_node, secret};
use crate::world::{Ask, ORIGIN, Site, World, run, world};

/// Long enough for any event, and only ever waited for when a test fails.
const FAILED: Duration = Duration::from_secs(10);

/// An event as a browser sees it.
#[derive(Clone, Debug, PartialEq)]
struct Event {
    id: i64,
    name: String,
    data: Value,
}

/// An open page. The connection ends with it.
struct Page {
    body: Incoming,
    text: String,
    /// Everything that came, to be looked through.
    all: String,
    _client: Client<HttpConnector, Full<Bytes>>,
}

impl Page {
    async fn open(world: &World, path: &str) -> Page {
        Page::of(world.get(path).from(ORIGIN)).await
    }

    /// One that comes back after a break.
    async fn again(world: &World, path: &str, last: i64) -> Page {
        let ask = world.get(path).from(ORIGIN).header("last-event-id", last.to_string());
        Page::of(ask).await
    }

    async fn of(ask: Ask) -> Page {
        let client: Client<HttpConnector, Full<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
        let response = client.request(ask.request()).await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["cache-control"], "no-store");
        assert_eq!(response.headers()["access-control-allow-origin"], ORIGIN);
        Page {
            body: response.into_body(),
            text: String::new(),
            all: String::new(),
            _client: client,
        }
    }

    /// The next block that is no comment line and no `retry`; nothing at the end of the stream.
    async fn next(&mut self) -> Option<Event> {
        loop {
            while let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                if let Some(event) = parsed(&block) {
                    return Some(event);
                }
            }
            let frame = tokio::time::timeout(FAILED, self.body.frame())
                .await
                .expect("nothing comes")?;
            let bytes = frame.ok()?.into_data().unwrap();
            let text = std::str::from_utf8(&bytes).unwrap();
            self.text += text;
            self.all += text;
        }
    }

    /// Demands an event of this name.
    async fn expect(&mut self, name: &str) -> Event {
        let event = self.next().await.expect("the stream ended");
        assert_eq!(event.name, name, "{event:?}");
        event
    }

    /// Demands the end of the stream, whatever comes before.
    async fn ends(&mut self) {
        while self.next().await.is_some() {}
    }

    /// Demands that a heartbeat comes before any event.
    async fn is_quiet(&mut self) {
        assert_eq!(self.text, "", "something came");
        let beats = self.all.matches(":\n\n").count();
        while self.all.matches(":\n\n").count() == beats {
            let frame = tokio::time::timeout(FAILED, self.body.frame())
                .await
                .expect("no heartbeat");
            let bytes = frame.unwrap().unwrap().into_data().unwrap();
            let text = std::str::from_utf8(&bytes).unwrap();
            assert_eq!(text, ":\n\n", "an event");
            self.all += text;
        }
    }
}

fn parsed(block: &str) -> Option<Event> {
    let field = |name: &str| {
        block
            .lines()
            .find_map(|line| Some(line.strip_prefix(name)?.strip_prefix(": ")?.to_owned()))
    };
    Some(Event {
        name: field("event")?,
        id: field("id").unwrap().parse().unwrap(),
        data: serde_json::from_str(&field("data").unwrap()).unwrap(),
    })
}

/// Hearts that beat fast, so that a test does not wait long to see that nothing comes.
fn lively() -> World {
    World::start(|config| config.heartbeat_seconds = 1)
}

async fn publishing(world: &World) -> Site {
    world.site(json!({ "moderation": "none" })).await
}

#[test]
fn a_page_hears_of_everything_that_readers_can_see() {
    run(async {
        let world = lively();
        let site = publishing(&world).await;
        let root = site.say(&world, "post", "A root.").await.expect(201).comment_id();
        let mut page = Page::open(&world, &site.path("live?id=post")).await;
        let begin = page.expect("thread").await;
        assert_eq!((begin.id, &begin.data["thread"]["comment_count"]), (2, &json!(1)));
        let shown = site.read(&world, "post").await;
        assert_eq!(begin.data["thread"], shown.json["thread"], "the same view");

        let reply = site
            .answer(&world, "post", &root, "A *reply*.")
            .await
            .expect(201)
            .comment_id();
        let new = page.expect("comment").await;
        assert_eq!(
            (new.id, &new.data["version"], &new.data["comment_count"]),
            (3, &json!(3), &json!(2))
        );
        let shown = site.read(&world, "post").await;
        assert_eq!(
            new.data["comment"], shown.json["comments"][1],
            "the same view, at the same depth"
        );

        site.revise(&world, &reply, &json!({ "text": "A better reply." }))
            .await
            .expect(200);
        let edited = page.expect("comment").await;
        assert_eq!(edited.data["comment"]["id"], reply.as_str());
        assert_eq!(edited.data["comment"]["html"], "<p>A better reply.</p>");
        assert!(edited.data["comment"]["edited_at"].is_string());

        site.decide(&world, &[&root], "delete").await.expect(200);
        let removed = page.expect("removed").await;
        let expected = json!({ "id": root, "tombstone": true, "comment_count": 1, "version": 5 });
        assert_eq!((removed.id, removed.data), (5, expected));

        site.decide(&world, &[&reply], "reject").await.expect(200);
        let gone = page.expect("removed").await;
        assert_eq!(
            (&gone.data["id"], &gone.data["tombstone"]),
            (&json!(reply), &json!(false))
        );
        let place = page.expect("removed").await;
        assert_eq!(
            (&place.data["id"], &place.data["tombstone"], place.id),
            (&json!(root), &json!(false), gone.id + 1),
            "its place goes with the last reply"
        );

        site.decide(&world, &[&reply], "publish").await.expect(200);
        let place = page.expect("comment").await;
        assert_eq!(
            (&place.data["comment"]["id"], &place.data["comment"]["state"]),
            (&json!(root), &json!("removed"))
        );
        let back = page.expect("comment").await;
        assert_eq!(
            (&back.data["comment"]["id"], &back.data["comment"]["depth"]),
            (&json!(reply), &json!(1))
        );
        page.is_quiet().await;
    });
}

#[test]
fn a_page_hears_of_votes_and_of_the_thread_itself() {
    run(async {
        let world = lively();
        let site = publishing(&world).await;
        let posted = site.say(&world, "post", "Hello.").await.expect(201);
        let mut page = Page::open(&world, &site.path("live?id=post")).await;
        page.expect("thread").await;
        let ids = [
            &site.id,
            posted.json["thread"]["id"].as_str().unwrap(),
            &posted.comment_id(),
        ]
        .map(|id| id.parse::<uuid::Uuid>().unwrap());
        let [site_id, thread_id, comment_id] = ids;
        for (change, name) in [
            (Change::Votes(comment_id), "votes"),
            (Change::Thread, "thread"),
            (Change::Whole, "reset"),
        ] {
            world
                .within(move |app| async move {
                    let tx = app.db.begin().await.unwrap();
                    threads::book(&tx, &app, site_id, thread_id, 0, change).await.unwrap();
                    tx.commit().await.unwrap();
                })
                .await;
            let event = page.expect(name).await;
            match name {
                "votes" => {
                    let expected = json!({ "id": comment_id, "votes": { "up": 0, "down": 0 }, "version": event.id });
                    assert_eq!(event.data, expected);
                }
                "thread" => assert_eq!(event.data["thread"]["version"], event.id),
                _ => assert_eq!(event.data, json!({})),
            }
        }
    });
}

#[test]
fn a_page_hears_what_other_readers_do() {
    run(async {
        let world = lively();
        let site = world.site(json!({ "moderation": "none", "reactions": ["👍"] })).await;
        let posted = site.say(&world, "post", "Hello.").await.expect(201);
        let (id, token) = (posted.comment_id(), posted.text("token"));
        let mut page = Page::open(&world, &site.path("live?id=post")).await;
        page.expect("thread").await;
        let reader = world
            .post(&site.path("reader"), &json!({}))
            .from(ORIGIN)
            .send()
            .await
            .expect(201);
        let as_reader = |method, path: &str, body: &Value, token: &str| {
            let ask = world.ask(method, &site.path(path)).json(body).from(ORIGIN);
            ask.header("parlour-tokens", token).send()
        };
        let of_comment = format!("comments/{id}");
        let vote = format!("{of_comment}/vote");
        as_reader(http::Method::PUT, &vote, &json!({ "value": 1 }), &reader.text("token"))
            .await
            .expect(200);
        let votes = page.expect("votes").await;
        assert_eq!(
            (&votes.data["id"], &votes.data["votes"]),
            (&json!(id), &json!({ "up": 1, "down": 0 }))
        );

        let reaction = json!({ "thread": { "id": "post" }, "kind": "👍", "on": true });
        as_reader(http::Method::PUT, "thread/reaction", &reaction, &reader.text("token"))
            .await
            .expect(200);
        let thread = page.expect("thread").await;
        assert_eq!(
            thread.data["thread"]["reactions"],
            json!([{ "kind": "👍", "count": 1 }])
        );

        as_reader(http::Method::PATCH, &of_comment, &json!({ "text": "Hello!" }), &token)
            .await
            .expect(200);
        assert_eq!(page.expect("comment").await.data["comment"]["html"], "<p>Hello!</p>");
        as_reader(http::Method::DELETE, &of_comment, &json!({}), &token)
            .await
            .expect(200);
        assert_eq!(page.expect("removed").await.data["id"], id.as_str());
        page.is_quiet().await;
    });
}

#[test]
fn a_page_that_nobody_has_commented_on_hears_of_the_first_comment() {
    run(async {
        let world = lively();
        let site = world.site(json!({ "moderation": "all" })).await;
        let url = "live?url=https://blog.example/a?utm_source=x";
        let mut page = Page::open(&world, &site.path(url)).await;
        let begin = page.expect("thread").await;
        assert_eq!((begin.id, &begin.data["thread"]["version"]), (0, &json!(0)));
        let mut late = Page::open(&world, &site.path(&format!("{url}&version=0"))).await;

        let draft = json!({ "thread": { "url": "https://blog.example/a" }, "text": "The first, held back." });
        let first = site.draft(&world, &draft).await.expect(202).comment_id();
        page.is_quiet().await;
        site.decide(&world, &[&first], "publish").await.expect(200);
        for page in [&mut page, &mut late] {
            let new = page.expect("comment").await;
            assert_eq!(
                (&new.data["comment"]["id"], &new.data["comment_count"]),
                (&json!(first), &json!(1))
            );
        }
    });
}

#[test]
fn who_comes_back_hears_what_he_missed() {
    run(async {
        let world = world();
        let site = publishing(world).await;
        site.say(world, "post", "Comment 0.").await.expect(201);
        let path = site.path("live?id=post");
        let mut page = Page::open(world, &path).await;
        let known = page.expect("thread").await.id;
        drop(page);
        for number in 1..=3 {
            site.say(world, "post", &format!("Comment {number}.")).await.expect(201);
        }
        // Somebody else keeps the line busy: what he hears has been remembered by then.
        let mut other = Page::again(world, &path, known).await;
        for number in 1..=3 {
            let event = other.expect("comment").await;
            assert_eq!(event.data["comment"]["html"], format!("<p>Comment {number}.</p>"));
        }
        let mut back = Page::again(world, &path, known + 2).await;
        let missed = back.expect("comment").await;
        assert_eq!(
            (missed.id, &missed.data["comment"]["html"]),
            (known + 3, &json!("<p>Comment 3.</p>"))
        );
        // A page says the same on its first visit by the version that it shows.
        let mut first = Page::open(world, &format!("{path}&version={}", known + 1)).await;
        assert_eq!(first.expect("comment").await.id, known + 2);

        for stranger in [known - 1, known + 1000, -1] {
            let reset = Page::again(world, &path, stranger).await.expect("reset").await;
            assert_eq!((reset.id, reset.data), (known + 3, json!({})), "{stranger}");
        }
        for garbage in ["", "x", "9999999999999999999999"] {
            let ask = world.get(&path).from(ORIGIN).header("last-event-id", garbage);
            Page::of(ask).await.expect("thread").await;
        }
    });
}

#[test]
fn too_much_to_be_remembered_is_to_be_read_anew() {
    run(async {
        let world = world();
        let site = publishing(world).await;
        site.say(world, "post", "Comment 0.").await.expect(201);
        let path = site.path("live?id=post");
        let mut page = Page::open(world, &path).await;
        let known = page.expect("thread").await.id;
        for number in 1..=70 {
            site.say(world, "post", &format!("Comment {number}.")).await.expect(201);
            page.expect("comment").await;
        }
        Page::again(world, &path, known).await.expect("reset").await;
        Page::again(world, &path, known + 60).await.expect("comment").await;
    });
}

#[test]
fn no_stream_tells_what_readers_may_not_see() {
    run(async {
        let world = lively();
        let site = publishing(&world).await;
        let other = publishing(&world).await;
        let root = site.say(&world, "post", "A root.").await.expect(201).comment_id();
        let foreign = other
            .say(&world, "post", "Another site's.")
            .await
            .expect(201)
            .comment_id();
        let mut page = Page::open(&world, &site.path("live?id=post")).await;
        page.expect("thread").await;

        let draft = json!({
            "thread": { "id": "post" }, "text": "hidden-text", "parent_id": root,
            "author": { "name": "Ada", "email": "hidden-mail@example.org" },
        });
        let posted = site.draft(&world, &draft).await.expect(201).comment_id();
        let shown = page.expect("comment").await.data.to_string();
        assert!(shown.contains("hidden-text"), "as long as it is published");
        let told = page.all.len();
        site.decide(&world, &[&posted], "hold").await.expect(200);
        page.expect("removed").await;
        for decision in ["spam", "reject", "hold"] {
            site.decide(&world, &[&posted], decision).await.expect(200);
        }
        site.revise(&world, &posted, &json!({ "text": "hidden-text, better" }))
            .await
            .expect(200);
        site.change_settings(&world, &json!({ "moderation": "all" })).await;
        page.expect("reset").await;
        let pending = json!({ "thread": { "id": "post" }, "text": "hidden-pending" });
        site.draft(&world, &pending).await.expect(202);
        other.say(&world, "post", "hidden-foreign").await.expect(201);
        other.decide(&world, &[&foreign], "delete").await.expect(200);
        page.is_quiet().await;
        let network = world.app.keys.network_hash(site.id.parse().unwrap(), "127.0.0.0/24");
        assert!(!page.all[told..].contains("hidden-text"));
        for secret in [
            "hidden-mail",
            "hidden-pending",
            "hidden-foreign",
            "127.0.0",
            &network,
            &site.id,
        ] {
            assert!(!page.all.contains(secret), "{secret}: {}", page.all);
        }
    });
}

#[test]
fn who_may_not_read_may_not_listen() {
    run(async {
        let world = world();
        let site = publishing(world).await;
        let path = site.path("live?id=post");
        let stranger = world.get(&path).from("https://evil.example").send().await;
        stranger.refused(403, "origin_not_allowed");
        world
            .get("/v1/sites/nobody/live?id=post")
            .send()
            .await
            .refused(404, "not_found");
        world
            .get(&site.path("live"))
            .from(ORIGIN)
            .send()
            .await
            .refused(400, "invalid_parameter");
        world.get(&path).send().await.expect(200);
        site.change_settings(world, &json!({ "live": false })).await;
        world.get(&path).from(ORIGIN).send().await.refused(404, "not_found");
    });
}

#[test]
fn a_stream_ends_when_its_page_is_not_welcome_any_more() {
    run(async {
        let world = world();
        let site = publishing(world).await;
        let path = site.path("live?id=post");
        let mut page = Page::open(world, &path).await;
        site.change_settings(world, &json!({ "live": false })).await;
        page.ends().await;

        site.change_settings(world, &json!({ "live": true })).await;
        let mut page = Page::open(world, &path).await;
        let of_site = site.admin(&format!("sites/{}", site.id));
        let read = world.get(&of_site).by(&site.owner.account).send().await.expect(200);
        let origin = read.json["origins"][0]["id"].as_str().unwrap();
        let ask = world.ask(http::Method::DELETE, &format!("{of_site}/origins/{origin}"));
        ask.by(&site.owner.account).send().await.expect(204);
        page.ends().await;
    });
}

#[test]
fn listeners_are_bounded_and_told_when_to_come_back() {
    run(async {
        let world = World::start(|config| {
            config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
            config.streams = 5;
            config.streams_per_site = 4;
            config.streams_per_network = 3;
        });
        let (site, other) = (publishing(&world).await, publishing(&world).await);
        let listen = |site: &Site, from: &str| {
            let ask = world.get(&site.path("live?id=post")).from(ORIGIN);
            ask.header("x-forwarded-for", from)
        };
        let mut pages = Vec::new();
        for host in 1..=3 {
            pages.push(Page::of(listen(&site, &format!("203.0.113.{host}"))).await);
        }
        let refused = listen(&other, "203.0.113.4").send().await.refused(429, "rate_limited");
        assert_eq!(refused.header("retry-after"), "60");
        pages.push(Page::of(listen(&site, "198.51.100.1")).await);
        let refused = listen(&site, "198.51.100.2").send().await.refused(503, "unavailable");
        assert_eq!(refused.header("retry-after"), "5");
        assert_eq!(
            refused.header("access-control-allow-origin"),
            ORIGIN,
            "the page may read why"
        );
        pages.push(Page::of(listen(&other, "198.51.100.2")).await);
        listen(&other, "198.51.100.2").send().await.refused(503, "unavailable");
        let ready = world.get("/readyz").send().await.expect(200);
        assert_eq!(ready.json["streams"], 5);

        pages.clear();
        // The server sees that the pages are gone when it gets round to it.
        let since = std::time::Instant::now();
        while world.app.streams.listeners() > 0 {
            assert!(since.elapsed() < FAILED, "seats are not given back");
            tokio::task::yield_now().await;
        }
        Page::of(listen(&site, "203.0.113.1")).await;
    });
}

#[test]
fn streams_end_when_the_server_is_told_to_stop() {
    run(async {
        let world = World::start(|_| {});
        let site = publishing(&world).await;
        let mut page = Page::open(&world, &site.path("live?id=post")).await;
        page.expect("thread").await;
        world.app.streams.close();
        page.ends().await;
        let late = world.get(&site.path("live?id=post")).from(ORIGIN).send().await;
        late.refused(503, "unavailable");
    });
}

#[test]
fn a_page_hears_what_another_node_changes() {
    run(async {
        if std::env::var("TEST_REDIS_URL").is_err() {
            return;
        }
        let one = World::start(|config| config.secret_key = secret());
        let another = another_node(&one, |_| {});
        let site = publishing(&one).await;
        let mut page = Page::open(&another, &site.path("live?id=post")).await;
        page.expect("thread").await;
        // Until the nodes have found each other.
        site.say(&one, "post", "Is anybody there?").await.expect(201);
        let mut event = page.next().await.unwrap();
        while event.name != "comment" {
            site.say(&one, "post", "Is anybody there?").await.expect(201);
            event = page.next().await.unwrap();
        }
        for number in 0..10 {
            let text = format!("Number {number}.");
            let since = std::time::Instant::now();
            site.say(&one, "post", &text).await.expect(201);
            let html = format!("<p>{text}</p>");
            while page.next().await.unwrap().data["comment"]["html"] != html.as_str() {}
            println!("posted on one node and heard on the other after {:?}", since.elapsed());
            assert!(since.elapsed() < Duration::from_secs(1));
        }
    });
}

#[test]
fn what_nobody_told_is_read_anew_in_the_end() {
    run(async {
        let one = World::start(|config| config.redis_url = String::new());
        let another = another_node(&one, |config| {
            config.heartbeat_seconds = 1;
            config.cache_seconds = 0;
        });
        let site = publishing(&one).await;
        let mut page = Page::open(&another, &site.path("live?id=post")).await;
        page.expect("thread").await;
        site.say(&one, "post", "Hello.").await.expect(201);
        assert_eq!(page.expect("reset").await.id, 2);
        // From here on it follows the thread, which is there now.
        site.say(&another, "post", "Hello again.").await.expect(201);
        assert_eq!(page.expect("comment").await.id, 3);
    });
}
