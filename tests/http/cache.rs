//! What is kept ready to send, and that it is never anything but what was written last.

use std::io::Read;

use chrono::TimeDelta;
use futures_util::future::join_all;
use parlour::config::{Config, Secret};
use serde_json::json;

use crate::world::{Answer, ORIGIN, Site, World, run, world};

/// A server that looks nothing up again by itself: what it shows anew, it was told of.
fn trusting(configure: impl FnOnce(&mut Config) + Send) -> World {
    World::start(|config| {
        config.cache_seconds = 3600;
        configure(config);
    })
}

/// Another node of the same installation.
pub fn another_node(one: &World, configure: impl FnOnce(&mut Config) + Send) -> World {
    let of_one = one.app.config.clone();
    World::start(|config| {
        config.database_url = of_one.database_url;
        config.secret_key = of_one.secret_key;
        config.redis_url = of_one.redis_url;
        config.cache_seconds = 3600;
        configure(config);
    })
}

pub fn secret() -> Secret {
    Secret::new(format!(
        "{:032x}{:032x}",
        rand::random::<u128>(),
        rand::random::<u128>()
    ))
}

fn count(answer: &Answer) -> u64 {
    answer.json["thread"]["comment_count"].as_u64().unwrap()
}

/// How many statements something takes.
async fn cost<T>(world: &World, act: impl Future<Output = T>) -> (u64, T) {
    let before = world.app.db.statements();
    let outcome = act.await;
    (world.app.db.statements() - before, outcome)
}

async fn read_as(world: &World, site: &Site, encoding: &str) -> Answer {
    let ask = world.get(&site.path("thread?id=post")).from(ORIGIN);
    ask.header("accept-encoding", encoding).send().await.expect(200)
}

#[test]
fn a_page_is_compressed_for_who_takes_it_so() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "none" })).await;
        for number in 0..20 {
            site.say(world, "post", &format!("Comment {number}, such as many are."))
                .await
                .expect(201);
        }
        let plain = read_as(world, &site, "").await;
        assert!(plain.headers.get("content-encoding").is_none());
        let gzip = read_as(world, &site, "gzip, deflate").await;
        assert_eq!(gzip.header("content-encoding"), "gzip");
        let mut text = String::new();
        flate2::read::GzDecoder::new(&gzip.body[..])
            .read_to_string(&mut text)
            .unwrap();
        assert_eq!(text.as_bytes(), plain.body);
        let brotli = read_as(world, &site, "gzip, deflate, br, zstd").await;
        assert_eq!(brotli.header("content-encoding"), "br");
        let mut bytes = Vec::new();
        brotli::BrotliDecompress(&mut &brotli.body[..], &mut bytes).unwrap();
        assert_eq!(bytes, plain.body);
        assert!(brotli.body.len() < plain.body.len() / 4);

        let all = [&plain, &gzip, &brotli];
        for (place, answer) in all.iter().enumerate() {
            assert_eq!(answer.header("vary"), "Origin, Accept-Encoding");
            assert_eq!(answer.header("content-type"), "application/json; charset=utf-8");
            assert_eq!(answer.header("content-length"), answer.body.len().to_string());
            let same = all.iter().filter(|other| other.header("etag") == answer.header("etag"));
            assert_eq!(same.count(), 1, "each encoding has a tag of its own: {place}");
            // A cache may ask with the tag of one encoding and take another.
            let again = world
                .get(&site.path("thread?id=post"))
                .from(ORIGIN)
                .header("accept-encoding", "br")
                .header("if-none-match", answer.header("etag"));
            let unchanged = again.send().await.expect(304);
            assert_eq!(unchanged.header("etag"), answer.header("etag"));
            assert_eq!(unchanged.header("vary"), "Origin, Accept-Encoding");
            assert!(unchanged.body.is_empty() && unchanged.headers.get("content-encoding").is_none());
        }
    });
}

#[test]
fn the_way_through_memory_answers_as_the_other_one_does() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "none" })).await;
        site.say(world, "post", "Hello.").await.expect(201);
        // A parameter that comes twice is none of the usual requests; both take its first value.
        for (usual, unusual) in [
            ("thread?id=post", "thread?id=post&id=post"),
            ("thread?id=quiet", "thread?id=quiet&limit=050&limit=050"),
            (
                "thread?url=https://blog.example/a",
                "thread?url=https://blog.example/a&sort=oldest&sort=oldest",
            ),
        ] {
            let one = world.get(&site.path(usual)).from(ORIGIN).send().await.expect(200);
            let other = world.get(&site.path(unusual)).from(ORIGIN).send().await.expect(200);
            assert_eq!(one.json, other.json, "{unusual}");
            let heads = [&one, &other].map(|answer| {
                let mut headers = answer.headers.clone();
                for own in ["x-request-id", "date"] {
                    headers.remove(own);
                }
                headers
            });
            assert_eq!(heads[0], heads[1], "{unusual}");
        }
        for wrong in [
            "thread",
            "thread?id=",
            "thread?id=post&limit=0",
            "thread?id=post&after=x",
        ] {
            let refused = world.get(&site.path(wrong)).from(ORIGIN).send().await;
            refused.refused(400, "invalid_parameter");
        }
        let stranger = world.get(&site.path("thread?id=post")).from("https://evil.example");
        let refused = stranger.send().await.refused(403, "origin_not_allowed");
        assert_eq!(refused.headers.get("access-control-allow-origin"), None);
        let nobody = world.get("/v1/sites/nobody/thread?id=post").from(ORIGIN).send().await;
        nobody.refused(404, "not_found");
    });
}

#[test]
fn a_read_takes_three_selects_and_the_next_one_none() {
    run(async {
        let world = trusting(|_| {});
        let site = world.site(json!({ "moderation": "none" })).await;
        let root = site.say(&world, "post", "A root.").await.expect(201).comment_id();
        site.read(&world, "post").await;
        for _ in 0..3 {
            site.answer(&world, "post", &root, "A reply.").await.expect(201);
            let (first, page) = cost(&world, site.read(&world, "post")).await;
            assert!((1..=3).contains(&first), "{first} statements");
            let (second, again) = cost(&world, site.read(&world, "post")).await;
            assert_eq!((second, page.body), (0, again.body));
        }
        let (other_page, _) = cost(&world, async {
            let ask = world.get(&site.path("thread?id=post&sort=newest&limit=5&utm_source=x"));
            ask.from(ORIGIN).send().await.expect(200)
        })
        .await;
        assert_eq!(
            other_page, 2,
            "the thread is known; its roots and replies in this order are not"
        );
        let (same_page, _) = cost(&world, async {
            let ask = world.get(&site.path("thread?limit=5&fbclid=y&sort=newest&id=post"));
            ask.from(ORIGIN).send().await.expect(200)
        })
        .await;
        assert_eq!(same_page, 0, "neither order nor unknown parameters make another page");

        assert_eq!(cost(&world, site.read(&world, "quiet")).await.0, 1);
        assert_eq!(
            cost(&world, site.read(&world, "quiet")).await.0,
            0,
            "that nobody commented is known, too"
        );
    });
}

#[test]
fn counts_come_from_memory_too() {
    run(async {
        let world = trusting(|_| {});
        let site = world.site(json!({ "moderation": "none" })).await;
        let threads: Vec<String> = (0..20).map(|number| format!("id=post-{number}")).collect();
        for number in 0..10 {
            site.say(&world, &format!("post-{number}"), "Hello.").await.expect(201);
        }
        let path = site.path(&format!("counts?{}", threads.join("&")));
        let ask = async || world.get(&path).from(ORIGIN).send().await.expect(200);
        let (first, counted) = cost(&world, ask()).await;
        assert_eq!(first, 1);
        let of = |answer: &Answer, place: usize| answer.json["counts"][place]["comment_count"].as_u64().unwrap();
        assert_eq!((of(&counted, 3), of(&counted, 13)), (1, 0));
        assert_eq!(cost(&world, ask()).await.0, 0);
        site.say(&world, "post-3", "Another.").await.expect(201);
        site.say(&world, "post-13", "The first.").await.expect(201);
        let (again, counted) = cost(&world, ask()).await;
        assert_eq!(again, 1);
        assert_eq!((of(&counted, 3), of(&counted, 13)), (2, 1));
    });
}

#[test]
fn of_a_hundred_who_ask_at_once_one_asks_the_database() {
    run(async {
        let world = trusting(|_| {});
        let site = world.site(json!({ "moderation": "none" })).await;
        site.read(&world, "post").await;
        site.say(&world, "post", "Hello.").await.expect(201);
        let all = join_all((0..100).map(|_| site.read(&world, "post")));
        let (statements, pages) = cost(&world, all).await;
        assert!(pages.iter().all(|page| count(page) == 1));
        assert!((1..=3).contains(&statements), "{statements} statements");
    });
}

#[test]
fn who_wrote_reads_what_he_wrote_however_many_read_meanwhile() {
    run(async {
        let world = trusting(|_| {});
        let site = world.site(json!({ "moderation": "none" })).await;
        let write = async {
            for number in 1..=60 {
                site.say(&world, "post", &format!("Comment {number}."))
                    .await
                    .expect(201);
                assert_eq!(count(&site.read(&world, "post").await), number);
            }
        };
        let read = async || {
            let mut last = 0;
            while last < 60 {
                let now = count(&site.read(&world, "post").await);
                assert!(now >= last, "{now} after {last}");
                last = now;
            }
        };
        let readers = join_all((0..6).map(|_| read()));
        tokio::join!(write, readers);
    });
}

#[test]
fn what_the_owner_changes_holds_at_once() {
    run(async {
        let world = trusting(|_| {});
        let site = world.site(json!({ "moderation": "none" })).await;
        site.say(&world, "post", "Hello.").await.expect(201);
        assert_eq!(site.read(&world, "post").await.json["thread"]["open"], true);
        site.change_settings(&world, &json!({ "read_only": true })).await;
        let page = site.read(&world, "post").await;
        assert_eq!(
            (&page.json["thread"]["open"], &page.json["thread"]["closed_by"]),
            (&json!(false), &json!("site"))
        );
        site.say(&world, "post", "Too late.")
            .await
            .refused(403, "site_read_only");
        site.change_settings(&world, &json!({ "read_only": false })).await;
        site.say(&world, "post", "In time.").await.expect(201);
    });
}

#[test]
fn a_conversation_that_closes_by_its_age_is_shown_closed() {
    run(async {
        let world = trusting(|_| {});
        let site = world
            .site(json!({ "moderation": "none", "close_after_days": 30 }))
            .await;
        site.say(&world, "post", "Hello.").await.expect(201);
        let open = site.read(&world, "post").await;
        world.advance(TimeDelta::days(30));
        let again = world
            .get(&site.path("thread?id=post"))
            .from(ORIGIN)
            .header("if-none-match", open.header("etag"));
        let closed = again.send().await.expect(200);
        assert_eq!(closed.json["thread"]["closed_by"], "age");
    });
}

#[test]
fn what_nobody_tells_shows_after_its_time() {
    run(async {
        let one = World::start(|config| config.redis_url = String::new());
        // Without Redis nodes do not hear of each other: as with a command, or a message that is lost.
        let another = another_node(&one, |_| {});
        let site = one.site(json!({ "moderation": "none" })).await;
        site.say(&one, "post", "First.").await.expect(201);
        assert_eq!(count(&site.read(&another, "post").await), 1);
        assert_eq!(count(&site.read(&another, "quiet").await), 0);
        site.say(&one, "post", "Second.").await.expect(201);
        site.say(&one, "quiet", "Not any more.").await.expect(201);
        site.change_settings(&one, &json!({ "votes": "likes" })).await;
        let kept = site.read(&another, "post").await;
        assert_eq!((count(&kept), &kept.json["settings"]["votes"]), (1, &json!("both")));
        another.advance(TimeDelta::hours(1));
        let fresh = site.read(&another, "post").await;
        assert_eq!((count(&fresh), &fresh.json["settings"]["votes"]), (2, &json!("likes")));
        assert_eq!(count(&site.read(&another, "quiet").await), 1);
    });
}

#[test]
fn what_one_node_changes_shows_on_the_other() {
    run(async {
        if std::env::var("TEST_REDIS_URL").is_err() {
            return;
        }
        let one = trusting(|config| config.secret_key = secret());
        let another = another_node(&one, |_| {});
        let site = one.site(json!({ "moderation": "none" })).await;
        assert_eq!(count(&site.read(&another, "post").await), 0);
        // Neither node looks anything up by itself. Until they have found each other, something is told again and again.
        let mut said = 0;
        let shown = async |said: u64| {
            let since = std::time::Instant::now();
            while since.elapsed() < std::time::Duration::from_secs(1) {
                if count(&site.read(&another, "post").await) == said {
                    return Some(since.elapsed());
                }
            }
            None
        };
        loop {
            site.say(&one, "post", "Is anybody there?").await.expect(201);
            said += 1;
            if shown(said).await.is_some() {
                break;
            }
            assert!(said < 20);
        }
        for _ in 0..10 {
            site.say(&one, "post", "Well?").await.expect(201);
            said += 1;
            let took = shown(said).await.expect("in a second at most");
            println!("shown on the other node after {took:?}");
        }
        let read = async || another.get(&site.path("thread?id=post")).from(ORIGIN).send().await;
        let origins = one
            .get(&site.admin(&format!("sites/{}", site.id)))
            .by(&site.owner.account)
            .send()
            .await
            .expect(200);
        let origin = origins.json["origins"][0]["id"].as_str().unwrap().to_owned();
        let path = site.admin(&format!("sites/{}/origins/{origin}", site.id));
        one.ask(http::Method::DELETE, &path)
            .by(&site.owner.account)
            .send()
            .await
            .expect(204);
        let since = std::time::Instant::now();
        while read().await.status != 403 {
            assert!(since.elapsed().as_secs() < 1, "the origin is still let in");
        }
        read().await.refused(403, "origin_not_allowed");
    });
}
