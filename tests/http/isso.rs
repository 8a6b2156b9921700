//! The drop-in for Isso: what its clients ask and get. Beside a real Isso, the same is compared in tests/isso.

use chrono::TimeDelta;
use http::Method;
use serde_json::{Value, json};

use crate::world::{Answer, ORIGIN, Site, World, run, world};

impl Site {
    /// A path behind the site's Isso door.
    fn isso(&self, rest: &str) -> String {
        format!("/isso/{}/{rest}", self.key)
    }
}

async fn open_site(world: &World) -> Site {
    world.site(json!({ "moderation": "none" })).await
}

async fn post(world: &World, site: &Site, uri: &str, body: &Value) -> Answer {
    world
        .post(&site.isso(&format!("new?uri={uri}")), body)
        .from(ORIGIN)
        .send()
        .await
}

async fn say(world: &World, site: &Site, uri: &str, text: &str, parent: Option<i64>) -> (i64, String) {
    let answer = post(world, site, uri, &json!({ "text": text, "parent": parent }))
        .await
        .expect(201);
    (answer.json["id"].as_i64().unwrap(), token_of(&answer))
}

/// The token that an answer hands to the page.
fn token_of(answer: &Answer) -> String {
    let header = answer.header("x-set-cookie");
    let pair = header.split(';').next().unwrap();
    pair.split_once('=').unwrap().1.to_owned()
}

async fn fetch(world: &World, site: &Site, query: &str) -> Value {
    world
        .get(&site.isso(&format!("?{query}")))
        .from(ORIGIN)
        .send()
        .await
        .expect(200)
        .json
}

fn ids(list: &Value) -> Vec<i64> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|one| one["id"].as_i64().unwrap())
        .collect()
}

#[test]
fn an_empty_conversation_is_200_and_empty() {
    run(async {
        let world = world();
        let site = world.site(json!({ "require_email": true })).await;
        let config = json!({
            "reply-to-self": true, "require-email": true, "require-author": false, "reply-notifications": false,
            "gravatar": false, "feed": true,
        });
        assert_eq!(
            fetch(world, &site, "uri=/nothing/").await,
            json!({ "id": null, "total_replies": 0, "hidden_replies": 0, "replies": [], "config": config })
        );
        let alone = world.get(&site.isso("config")).send().await.expect(200);
        assert_eq!(alone.json, json!({ "config": config }));
    });
}

#[test]
fn a_comment_has_issos_shape() {
    run(async {
        let world = world();
        let site = open_site(world).await;
        let body = json!({
            "text": "Well *said*", "author": "A & <b>", "email": "ada@example.org", "website": "https://ada.example/?a=1&b=2",
            "parent": null, "title": "A page", "notification": 1, "unknown": [],
        });
        let posted = post(world, &site, "/page/", &body).await.expect(201);
        let hash = posted.text("hash");
        assert_eq!(hash.len(), 12);
        let created = posted.json["created"].as_f64().unwrap();
        let expected = json!({
            "id": 1, "parent": null, "text": "<p>Well <em>said</em></p>", "author": "A &amp; &lt;b&gt;",
            "website": "https://ada.example/?a=1&amp;b=2", "mode": 1, "created": created, "modified": null, "likes": 0,
            "dislikes": 0, "notification": null, "hash": hash,
        });
        assert_eq!(posted.json, expected);
        assert!(posted.header("set-cookie").starts_with("1="), "{}", posted.all());
        assert!(posted.header("x-set-cookie").starts_with("isso-1="), "{}", posted.all());
        let exposed = posted.header("access-control-expose-headers");
        assert!(
            exposed.contains("X-Set-Cookie") && exposed.contains("Date"),
            "{exposed}"
        );
        assert!(!posted.header("date").is_empty());

        let mut read = fetch(world, &site, "uri=/page/").await["replies"][0].clone();
        for (name, value) in [
            ("total_replies", json!(0)),
            ("hidden_replies", json!(0)),
            ("replies", json!([])),
        ] {
            assert_eq!(read.as_object_mut().unwrap().remove(name), Some(value));
        }
        assert_eq!(read, expected);
        let again = post(
            world,
            &site,
            "/other/",
            &json!({ "text": "Me again", "email": "ada@example.org" }),
        )
        .await;
        assert_eq!(again.json["hash"], hash, "one author, one hash");
        let plain = fetch(world, &site, "uri=/page/&plain=1").await;
        assert_eq!(plain["replies"][0]["text"], "Well *said*");
    });
}

#[test]
fn the_tree_is_shown_with_one_level_and_kept_as_it_is() {
    run(async {
        let world = world();
        let site = open_site(world).await;
        let (root, _) = say(world, &site, "/a", "Root", None).await;
        let (reply, _) = say(world, &site, "/a", "Reply", Some(root)).await;
        let nested = post(world, &site, "/a", &json!({ "text": "To the reply", "parent": reply }))
            .await
            .expect(201);
        assert_eq!(nested.json["parent"], root, "shown under the root");
        let (second, _) = say(world, &site, "/a", "Another root", None).await;
        let lost = post(world, &site, "/a", &json!({ "text": "To nobody", "parent": 4711 }))
            .await
            .expect(201);
        assert_eq!(lost.json["parent"], Value::Null);
        let elsewhere = post(
            world,
            &site,
            "/b",
            &json!({ "text": "To another page", "parent": root }),
        )
        .await
        .expect(201);
        assert_eq!(elsewhere.json["parent"], Value::Null);

        let all = fetch(world, &site, "uri=/a").await;
        assert_eq!((&all["total_replies"], &all["hidden_replies"]), (&json!(5), &json!(0)));
        assert_eq!(ids(&all["replies"]), [root, second, 5]);
        assert_eq!(ids(&all["replies"][0]["replies"]), [reply, 3]);
        let tree = world.get(&site.path("thread?id=/a")).send().await.expect(200);
        let depths: Vec<u64> = tree
            .comments()
            .iter()
            .map(|one| one["depth"].as_u64().unwrap())
            .collect();
        assert_eq!(depths, [0, 1, 2, 0, 0]);

        for (query, shown, hidden) in [
            ("limit=1", vec![root], 2),
            ("limit=1&offset=1", vec![second], 1),
            ("limit=0", vec![], 3),
            ("sort=newest&limit=2", vec![5, second], 1),
            ("offset=9", vec![root, second, 5], -9),
            ("after=4102444800", vec![], 3),
            ("parent=1", vec![reply, 3], 0),
            ("parent=1&limit=1&offset=1", vec![3], 0),
            ("parent=4711", vec![], 0),
        ] {
            let page = fetch(world, &site, &format!("uri=/a&{query}")).await;
            assert_eq!(ids(&page["replies"]), shown, "{query}");
            assert_eq!(page["hidden_replies"], hidden, "{query}: {page}");
        }
        let few = fetch(world, &site, "uri=/a&nested_limit=1").await;
        assert_eq!(ids(&few["replies"][0]["replies"]), [reply]);
        assert_eq!(
            (
                &few["replies"][0]["total_replies"],
                &few["replies"][0]["hidden_replies"]
            ),
            (&json!(2), &json!(1))
        );
    });
}

#[test]
fn what_waits_is_shown_to_nobody_and_kept_by_its_author() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "all" })).await;
        let waiting = post(world, &site, "/a", &json!({ "text": "May I?" })).await.expect(202);
        assert_eq!(waiting.json["mode"], 2);
        assert_eq!(fetch(world, &site, "uri=/a").await["replies"], json!([]));
        let mine = world
            .get(&site.isso("id/1"))
            .from(ORIGIN)
            .header("cookie", format!("1={}", token_of(&waiting)));
        let mine = mine.send().await.expect(200);
        assert_eq!((&mine.json["mode"], mine.json.get("hash")), (&json!(2), None));
        let id = &site.list(world, "comments?state=pending").await.json["comments"][0]["id"].clone();
        site.decide(world, &[id.as_str().unwrap()], "publish").await.expect(200);
        assert_eq!(ids(&fetch(world, &site, "uri=/a").await["replies"]), [1]);
    });
}

#[test]
fn an_author_changes_and_takes_back_by_cookie_or_header() {
    run(async {
        let world = world();
        let site = open_site(world).await;
        let (one, token) = say(world, &site, "/a", "Furst", None).await;
        let own = |method: Method, how: (&str, String)| {
            world
                .ask(method, &site.isso(&format!("id/{one}")))
                .from(ORIGIN)
                .header(how.0, how.1)
        };
        let cookie = || ("cookie", format!("x=y; {one}={token}"));
        let header = || ("parlour-tokens", token.clone());
        let text = json!({ "text": "First", "author": "Ada" });
        let edited = own(Method::PUT, cookie()).json(&text).send().await.expect(200);
        assert_eq!(
            (&edited.json["text"], &edited.json["author"]),
            (&json!("<p>First</p>"), &json!("Ada"))
        );
        assert!(edited.json["modified"].as_f64().unwrap() >= edited.json["created"].as_f64().unwrap());
        assert!(edited.header("x-set-cookie").starts_with(&format!("isso-{one}=")));
        let edited = own(Method::PUT, header())
            .json(&json!({ "text": "First." }))
            .send()
            .await
            .expect(200);
        assert_eq!(edited.json["author"], "Ada", "what is left out stays");
        let plain = own(Method::GET, header());
        assert_eq!(plain.send().await.expect(200).json["text"], "<p>First.</p>");

        let (two, _) = say(world, &site, "/a", "Reply", Some(one)).await;
        let gone = own(Method::DELETE, cookie()).send().await.expect(200);
        assert_eq!(
            (&gone.json["mode"], &gone.json["text"], &gone.json["author"]),
            (&json!(4), &json!(""), &Value::Null)
        );
        assert!(
            gone.header("set-cookie").starts_with(&format!("{one}=; Max-Age=0")),
            "{}",
            gone.all()
        );
        let page = fetch(world, &site, "uri=/a").await;
        assert_eq!(
            (&page["replies"][0]["mode"], ids(&page["replies"][0]["replies"])),
            (&json!(4), vec![two])
        );
        own(Method::GET, cookie()).send().await.refused(404, "not_found");

        let (three, token) = say(world, &site, "/b", "Alone", None).await;
        let path = site.isso(&format!("id/{three}"));
        let forged = |value: String| world.ask(Method::DELETE, &path).from(ORIGIN).header("cookie", value);
        forged(format!("{three}=forged"))
            .send()
            .await
            .refused(403, "not_author");
        forged(format!("{one}={token}")).send().await.refused(403, "not_author");
        let gone = forged(format!("{three}={token}")).send().await.expect(200);
        assert_eq!(gone.json, Value::Null);
        world
            .get(&site.isso("id/4711"))
            .from(ORIGIN)
            .send()
            .await
            .refused(404, "not_found");
    });
}

#[test]
fn the_window_counts_from_posting() {
    run(async {
        let world = World::start(|_| {});
        let site = open_site(&world).await;
        let (id, token) = say(&world, &site, "/a", "First", None).await;
        let edit = |text: &str| {
            let ask = world
                .ask(Method::PUT, &site.isso(&format!("id/{id}")))
                .json(&json!({ "text": text }));
            ask.from(ORIGIN).header("parlour-tokens", &token).send()
        };
        world.advance(TimeDelta::minutes(10));
        let edited = edit("Second").await.expect(200);
        let left = edited
            .header("x-set-cookie")
            .split("Max-Age=")
            .nth(1)
            .and_then(|rest| rest.split(';').next());
        let left: i64 = left.unwrap().parse().unwrap();
        assert!((200..=300).contains(&left), "{}", edited.all());
        world.advance(TimeDelta::minutes(6));
        edit("Third").await.refused(403, "edit_window_over");
    });
}

#[test]
fn a_vote_counts_once_a_network_and_not_from_the_authors() {
    run(async {
        let world = World::start(|config| config.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()]);
        let site = open_site(&world).await;
        let (id, _) = say(&world, &site, "/a", "Good?", None).await;
        let vote = |how: &str, from: &str| {
            let ask = world.ask(Method::POST, &site.isso(&format!("id/{id}/{how}")));
            ask.from(ORIGIN).header("x-forwarded-for", from).send()
        };
        let own = vote("like", "127.0.0.1").await.expect(200).json;
        assert_eq!((&own["likes"], own["message"].is_string()), (&json!(0), true), "{own}");
        assert_eq!(
            vote("like", "203.0.113.9").await.expect(200).json,
            json!({ "likes": 1, "dislikes": 0 })
        );
        let again = vote("dislike", "203.0.113.200").await.expect(200).json;
        assert_eq!(
            (&again["likes"], &again["dislikes"], again["message"].is_string()),
            (&json!(1), &json!(0), true)
        );
        assert_eq!(
            vote("dislike", "198.51.100.1").await.expect(200).json,
            json!({ "likes": 1, "dislikes": 1 })
        );
        let none = world
            .ask(Method::POST, &site.isso("id/4711/like"))
            .from(ORIGIN)
            .send()
            .await;
        none.refused(404, "not_found");
    });
}

#[test]
fn counts_are_in_the_order_asked() {
    run(async {
        let world = world();
        let site = open_site(world).await;
        let (root, _) = say(world, &site, "/a/", "One", None).await;
        say(world, &site, "/a/", "Two", Some(root)).await;
        say(world, &site, "my-id", "Three", None).await;
        let count = |body: Value| world.post(&site.isso("count"), &body).from(ORIGIN).send();
        let long = "x".repeat(3000);
        let counts = count(json!(["/none", "my-id", "/a/", "", long, "/a/"]))
            .await
            .expect(200);
        assert_eq!(counts.json, json!([0, 1, 2, 0, 0, 2]));
        for wrong in [json!({ "a": 1 }), json!("x"), json!([1]), json!(vec!["a"; 1001])] {
            let refused = count(wrong).await;
            assert_eq!(refused.status.as_u16(), 400, "{}", refused.all());
        }
        assert_eq!(count(json!([])).await.expect(200).json, json!([]));
        world
            .get(&site.isso("count"))
            .from(ORIGIN)
            .send()
            .await
            .refused(405, "method_not_allowed");
    });
}

#[test]
fn the_latest_come_newest_first_with_their_pages() {
    run(async {
        let world = world();
        let site = open_site(world).await;
        let (root, _) = say(world, &site, "/a/", "One", None).await;
        say(world, &site, "/b/", "Two", None).await;
        say(world, &site, "/a/", "Three", Some(root)).await;
        let latest = world.get(&site.isso("latest?limit=2")).send().await.expect(200).json;
        assert_eq!(ids(&latest), [3, 2]);
        assert_eq!(
            (&latest[0]["uri"], &latest[0]["parent"], latest[0].get("hash")),
            (&json!("/a/"), &json!(root), None)
        );
        for query in ["", "?limit=0", "?limit=x"] {
            let refused = world.get(&site.isso(&format!("latest{query}"))).send().await;
            refused.refused(400, "invalid_parameter");
        }
    });
}

#[test]
fn a_feed_has_issos_names() {
    run(async {
        let world = world();
        let site = open_site(world).await;
        let body = json!({ "text": "One", "author": "A & B" });
        let root = post(world, &site, "/a/", &body).await.expect(201).json["id"]
            .as_i64()
            .unwrap();
        say(world, &site, "/a/", "Two", Some(root)).await;
        let feed = world.get(&site.isso("feed?uri=/a/")).send().await.expect(200);
        assert!(feed.header("content-type").starts_with("application/atom+xml"));
        let xml = String::from_utf8(feed.body.to_vec()).unwrap();
        let document = roxmltree::Document::parse(&xml).unwrap();
        let texts = |name: &str| {
            let found = document.descendants().filter(|node| node.tag_name().name() == name);
            found
                .map(|node| node.text().unwrap_or_default().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            texts("title"),
            ["Comments for blog.example/a/", "Comment #2", "Comment #1"]
        );
        assert_eq!(texts("name"), ["Anonymous", "A & B"]);
        assert!(texts("id")[0].ends_with(",2018:/isso/thread/a/"));
        assert!(xml.contains("href=\"https://blog.example/a/#isso-2\""), "{xml}");
        assert!(xml.contains("thr:in-reply-to"), "{xml}");
        let etag = feed.header("etag").to_owned();
        let known = world
            .get(&site.isso("feed?uri=/a/"))
            .header("if-none-match", &etag)
            .send()
            .await;
        assert_eq!(known.status.as_u16(), 304);
        let empty = world.get(&site.isso("feed?uri=/none")).send().await.expect(200);
        assert!(!String::from_utf8_lossy(&empty.body).contains("<entry>"));
    });
}

#[test]
fn refusals_are_json_with_issos_message() {
    run(async {
        let world = world();
        let site = open_site(world).await;
        for (body, pointer) in [
            (json!({}), "/text"),
            (json!({ "text": "" }), "/text"),
            (json!({ "text": 7 }), "/text"),
            (json!({ "text": "Well", "parent": "one" }), "/parent"),
            (json!({ "text": "Well", "parent": true }), "/parent"),
            (json!({ "text": "Well", "author": [] }), "/author"),
            (
                json!({ "text": "Well", "website": "javascript:alert(1)" }),
                "/author/website",
            ),
        ] {
            let refused = post(world, &site, "/a", &body).await;
            assert_eq!(refused.status.as_u16(), 400, "{body}: {}", refused.all());
            assert_eq!(
                refused.json["errors"][0]["pointer"], pointer,
                "{body}: {}",
                refused.json
            );
            assert!(
                refused.text("message").starts_with("400 Bad Request: "),
                "{}",
                refused.json
            );
            assert_eq!(refused.json["status"], 400);
        }
        let raw = |content_type: &'static str, body: &'static str| {
            let ask = world.ask(Method::POST, &site.isso("new?uri=/a")).from(ORIGIN).raw(body);
            ask.header("content-type", content_type).send()
        };
        for (content_type, body, status) in [
            ("application/json", "[{\"text\": \"Well\"}]", 400),
            ("application/json", "{", 400),
            ("text/plain", "{\"text\": \"Well\"}", 403),
            ("application/x-www-form-urlencoded", "text=Well", 403),
            ("multipart/form-data; boundary=x", "--x--", 403),
            ("application/json; charset=utf-8", "{\"text\": \"Well\"}", 201),
        ] {
            let answer = raw(content_type, body).await;
            assert_eq!(
                answer.status.as_u16(),
                status,
                "{content_type} {body}: {}",
                answer.all()
            );
        }
        let untyped = world
            .ask(Method::POST, &site.isso("new?uri=/a"))
            .from(ORIGIN)
            .raw("{\"text\": \"Well\"}");
        untyped.send().await.expect(201);
        let nowhere = world
            .post(&site.isso("new"), &json!({ "text": "Well" }))
            .from(ORIGIN)
            .send()
            .await;
        assert_eq!(nowhere.text("detail"), "missing uri query");
        let heavy = json!({ "text": "x".repeat(400_000) });
        assert_eq!(post(world, &site, "/a", &heavy).await.status.as_u16(), 413);
        world.get(&site.isso("")).send().await.refused(400, "invalid_parameter");
        world.get(&site.isso("nothing")).send().await.refused(404, "not_found");
        assert_eq!(
            fetch(world, &site, "uri=/a").await["total_replies"],
            2,
            "nothing of what was refused is there"
        );
    });
}

#[test]
fn a_preflight_lets_the_sites_pages_send_cookies() {
    run(async {
        let world = world();
        let site = open_site(world).await;
        let ask = |origin: &str| world.ask(Method::OPTIONS, &site.isso("new?uri=/a")).from(origin);
        let answer = ask(ORIGIN)
            .header("access-control-request-method", "POST")
            .send()
            .await
            .expect(200);
        assert_eq!(answer.header("access-control-allow-origin"), ORIGIN);
        assert_eq!(answer.header("access-control-allow-credentials"), "true");
        assert!(answer.header("access-control-allow-methods").contains("DELETE"));
        assert!(answer.header("access-control-allow-headers").contains("Content-Type"));
        assert!(answer.header("vary").starts_with("Origin"));
        let stranger = ask("https://evil.example").send().await;
        let told = stranger
            .headers
            .keys()
            .filter(|name| name.as_str().starts_with("access-control"));
        assert_eq!((stranger.status.as_u16(), told.count()), (403, 0));
        world.ask(Method::OPTIONS, &site.isso("")).send().await.expect(200);
    });
}

#[test]
fn parlours_own_api_is_there_behind_the_same_address() {
    run(async {
        let world = world();
        let site = open_site(world).await;
        say(world, &site, "/a", "One", None).await;
        let read = world
            .get(&site.isso("v1/thread?id=/a"))
            .from(ORIGIN)
            .send()
            .await
            .expect(200);
        assert_eq!(read.numbers(), [1]);
        assert_eq!(read.header("access-control-allow-origin"), ORIGIN);
        assert!(!read.headers.contains_key("access-control-allow-credentials"));
        let body = json!({ "thread": { "id": "/a" }, "text": "Two" });
        world
            .post(&site.isso("v1/comments"), &body)
            .from(ORIGIN)
            .send()
            .await
            .expect(201);
        assert_eq!(ids(&fetch(world, &site, "uri=/a").await["replies"]), [1, 2]);
        let preflight = world.ask(Method::OPTIONS, &site.isso("v1/comments")).from(ORIGIN);
        let preflight = preflight.send().await.expect(204);
        assert!(
            preflight
                .header("access-control-allow-headers")
                .contains("Idempotency-Key")
        );
    });
}

#[test]
fn an_answer_is_kept_until_something_changes() {
    run(async {
        let world = world();
        let site = open_site(world).await;
        say(world, &site, "/a", "One", None).await;
        let read = || world.get(&site.isso("?uri=/a&nested_limit=5")).from(ORIGIN);
        let etag = read().send().await.expect(200).header("etag").to_owned();
        assert_eq!(read().header("if-none-match", &etag).send().await.status.as_u16(), 304);
        say(world, &site, "/a", "Two", None).await;
        let fresh = read().header("if-none-match", &etag).send().await.expect(200);
        assert_eq!(ids(&fresh.json["replies"]), [1, 2]);
    });
}

#[test]
fn links_moderate_once_and_only_by_their_button() {
    run(async {
        let world = World::start(|_| {});
        let site = world.site(json!({ "moderation": "all" })).await;
        post(&world, &site, "/a", &json!({ "text": "May *I*?", "author": "<Ada>" }))
            .await
            .expect(202);
        let id = site.list(&world, "comments?state=pending").await.json["comments"][0]["id"].clone();
        let id = id.as_str().unwrap();
        let make = async || {
            let path = site.admin(&format!("comments/{id}/links"));
            let made = world
                .ask(Method::POST, &path)
                .by(&site.owner.account)
                .send()
                .await
                .expect(200);
            let path_of = |name: &str| format!("/isso/{}", made.text(name).split_once("/isso/").unwrap().1);
            [path_of("activate"), path_of("edit"), path_of("delete")]
        };
        let state = async || site.record(&world, id).await.json["comment"]["state"].clone();
        let [activate, edit, delete] = make().await;
        for _ in 0..2 {
            let page = world.get(&activate).send().await.expect(200);
            let html = String::from_utf8_lossy(&page.body).into_owned();
            assert!(
                html.contains("&lt;Ada&gt;") && html.contains("<em>I</em>") && html.contains("method=\"post\""),
                "{html}"
            );
            // From where the page stands.
            assert!(html.contains("href=\"../../../css/page.css\""), "{html}");
            assert!(
                page.header("content-security-policy")
                    .contains("frame-ancestors 'none'")
            );
        }
        assert_eq!(state().await, "pending", "looking changes nothing");
        // One action each: the key of one is nothing in another.
        let wrong = delete.replace("/delete/", "/activate/");
        world.ask(Method::POST, &wrong).send().await.refused(403, "link_void");
        world.ask(Method::POST, &activate).send().await.expect(200);
        assert_eq!(state().await, "published");
        world
            .ask(Method::POST, &activate)
            .send()
            .await
            .refused(403, "link_void");
        world.get(&activate).send().await.refused(403, "link_void");
        let told = world
            .get(&activate)
            .header("accept", "text/html,*/*;q=0.8")
            .send()
            .await
            .expect(403);
        let told = String::from_utf8_lossy(&told.body).into_owned();
        assert!(
            told.contains("<h1>This link cannot be used any more</h1>"),
            "people get a page: {told}"
        );
        let record = site.record(&world, id).await;
        let last = record.json["events"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(last["actor"]["kind"], "member", "{last}");

        let form = world
            .ask(Method::POST, &edit)
            .header("content-type", "application/x-www-form-urlencoded");
        form.raw("text=Better+so").send().await.expect(200);
        assert_eq!(
            fetch(&world, &site, "uri=/a").await["replies"][0]["text"],
            "<p>Better so</p>"
        );
        let [_, edit, late] = make().await;
        world
            .post(&edit, &json!({ "text": "As **JSON**" }))
            .send()
            .await
            .expect(200);
        world.ask(Method::POST, &delete).send().await.expect(200);
        assert_eq!(state().await, "deleted");
        world.advance(TimeDelta::days(8));
        world.ask(Method::POST, &late).send().await.refused(403, "link_void");
    });
}

#[test]
fn a_link_ends_mails_and_not_by_being_looked_at() {
    use entity::{OfSite, comment, subscription};
    use parlour::subscriptions;
    use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};

    run(async {
        let world = world();
        let site = open_site(world).await;
        let (number, _) = say(world, &site, "/a", "Tell me", None).await;
        let site_id: uuid::Uuid = site.id.parse().unwrap();
        let app = &world.app;
        let comment = comment::Entity::of_site(site_id)
            .filter(comment::Column::Number.eq(number))
            .one(app.db.read())
            .await
            .unwrap()
            .unwrap();
        for email in ["ada@example.org", "eve@example.org"] {
            let tx = app.db.begin().await.unwrap();
            let row = subscription::ActiveModel {
                id: Set(app.clock.new_id()),
                site_id: Set(site_id),
                thread_id: Set(Some(comment.thread_id)),
                comment_id: Set(None),
                wants: Set(subscription::Wants::Thread),
                email: Set(email.to_owned()),
                email_folded: Set(email.to_owned()),
                token_hash: Set(parlour::infra::signing::token_hash(&format!("{site_id}{email}"))),
                created_at: Set(app.clock.now()),
                confirmed_at: Set(Some(app.clock.now())),
                ended_at: Set(None),
                locale: Set(None),
                asked_at: Set(None),
            };
            subscription::Entity::insert(row)
                .exec_without_returning(&*tx)
                .await
                .unwrap();
            tx.commit().await.unwrap();
        }
        let key = subscriptions::key_to_end(app, &comment, "ada@example.org");
        let link = |email: &str| site.isso(&format!("id/{number}/unsubscribe/{email}/{key}"));
        let followers = async || {
            let rows = subscription::Entity::of_site(site_id).filter(subscription::Column::EndedAt.is_null());
            rows.all(app.db.read())
                .await
                .unwrap()
                .into_iter()
                .map(|row| row.email)
                .collect::<Vec<_>>()
        };
        let page = world.get(&link("ada@example.org")).send().await.expect(200);
        assert!(String::from_utf8_lossy(&page.body).contains("ada@example.org"));
        assert_eq!(followers().await.len(), 2);
        world
            .ask(Method::POST, &link("eve@example.org"))
            .send()
            .await
            .refused(403, "link_void");
        for _ in 0..2 {
            world
                .ask(Method::POST, &link("ada@example.org"))
                .send()
                .await
                .expect(200);
            assert_eq!(followers().await, ["eve@example.org"]);
        }
    });
}

#[test]
fn issos_pages_lead_to_ours() {
    run(async {
        let world = world();
        let site = open_site(world).await;
        let info = world.get(&site.isso("info")).from(ORIGIN).send().await.expect(200).json;
        assert_eq!((&info["origin"], &info["moderation"]), (&json!(ORIGIN), &json!(false)));
        assert!(
            info["host"]
                .as_str()
                .unwrap()
                .ends_with(site.isso("").trim_end_matches('/')),
            "{info}"
        );
        for (path, to) in [
            ("admin", "/admin/"),
            ("admin/", "/admin/"),
            ("login", "/admin/"),
            ("login/", "/admin/"),
            ("demo", "/demo/"),
            ("demo/", "/demo/"),
            ("demo/index.html", "/demo/"),
        ] {
            let there = world.get(&site.isso(path)).send().await;
            assert_eq!(there.status.as_u16(), 303, "{path}");
            assert!(there.header("location").ends_with(to), "{path}");
        }
        world.get(&site.isso("css/page.css")).send().await.expect(200);
    });
}
