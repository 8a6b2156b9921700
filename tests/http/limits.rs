//! Budgets: who is counted, what he is told, and that nothing opens up when Redis is away.

use chrono::TimeDelta;
use parlour::config::{Config, Secret};
use serde_json::json;

use crate::world::{Answer, ORIGIN, PASSWORD, Site, World, run};

/// A server that lets each network post three times an hour.
fn strict(configure: impl FnOnce(&mut Config) + Send) -> World {
    World::start(|config| {
        config.limit_post = "3/3600".parse().unwrap();
        configure(config);
    })
}

fn behind_a_proxy(config: &mut Config) {
    config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
}

/// Posts as somebody of whom a proxy says this.
async fn post(world: &World, site: &Site, forwarded_for: &str) -> Answer {
    let draft = json!({ "thread": { "id": "first-post" }, "text": "Once more" });
    let ask = world.post(&site.path("comments"), &draft).from(ORIGIN);
    ask.header("x-forwarded-for", forwarded_for).send().await
}

fn number(answer: &Answer, header: &str) -> u32 {
    answer
        .header(header)
        .parse()
        .unwrap_or_else(|_| panic!("{header} in {:?}", answer.headers))
}

#[test]
fn every_answer_says_what_is_left_and_a_refusal_when_to_come_back() {
    run(async {
        let world = strict(|_| {});
        let site = world.site(json!({ "moderation": "none" })).await;
        for left in [2, 1, 0] {
            let posted = site.say(&world, "first-post", "Well").await.expect(201);
            assert_eq!(number(&posted, "ratelimit-limit"), 3);
            assert_eq!(number(&posted, "ratelimit-remaining"), left);
            // A third of an hour for each that was spent, less the moments that passed since.
            assert!(((2 - left) * 1200..=(3 - left) * 1200).contains(&number(&posted, "ratelimit-reset")));
            let exposed = posted.header("access-control-expose-headers").to_ascii_lowercase();
            assert!(
                ["ratelimit-remaining", "retry-after"]
                    .iter()
                    .all(|name| exposed.contains(name)),
                "{exposed}"
            );
        }
        let refused = site
            .say(&world, "first-post", "Well")
            .await
            .refused(429, "rate_limited");
        assert_eq!(number(&refused, "ratelimit-remaining"), 0);
        assert!(
            (1000..=1200).contains(&number(&refused, "retry-after")),
            "{:?}",
            refused.headers
        );
        assert_eq!(
            refused.header("access-control-allow-origin"),
            ORIGIN,
            "the page may read why"
        );
        assert_eq!(site.read(&world, "first-post").await.json["thread"]["comment_count"], 3);
    });
}

#[test]
fn who_comes_back_when_told_is_let_in() {
    run(async {
        let world = strict(|config| config.redis_url = String::new());
        let site = world.site(json!({ "moderation": "none" })).await;
        for _ in 0..3 {
            site.say(&world, "first-post", "Well").await.expect(201);
        }
        let refused = site
            .say(&world, "first-post", "Well")
            .await
            .refused(429, "rate_limited");
        world.advance(TimeDelta::seconds(number(&refused, "retry-after").into()));
        site.say(&world, "first-post", "Well").await.expect(201);
        site.say(&world, "first-post", "Well")
            .await
            .refused(429, "rate_limited");
    });
}

#[test]
fn a_network_is_counted_as_one_and_another_on_its_own() {
    run(async {
        let world = strict(behind_a_proxy);
        let site = world.site(json!({ "moderation": "none" })).await;
        for [one, neighbour, other] in [
            ["203.0.113.7", "203.0.113.99", "203.0.114.7"],
            ["2001:db8:1:2::7", "2001:db8:1:2:ffff::9", "2001:db8:1:3::7"],
        ] {
            for from in [one, neighbour, one] {
                post(&world, &site, from).await.expect(201);
            }
            post(&world, &site, neighbour).await.refused(429, "rate_limited");
            post(&world, &site, other).await.expect(201);
        }
        // The same network under another spelling.
        post(&world, &site, "::ffff:203.0.113.200")
            .await
            .refused(429, "rate_limited");
    });
}

#[test]
fn an_invented_address_does_not_help() {
    run(async {
        let open = strict(|_| {});
        let site = open.site(json!({ "moderation": "none" })).await;
        for invented in ["1.1.1.1", "2.2.2.2", "3.3.3.3"] {
            post(&open, &site, invented).await.expect(201);
        }
        post(&open, &site, "4.4.4.4").await.refused(429, "rate_limited");
        let draft = json!({ "thread": { "id": "first-post" }, "text": "Once more" });
        for header in [
            "x-real-ip",
            "forwarded",
            "cf-connecting-ip",
            "true-client-ip",
            "x-client-ip",
        ] {
            let ask = open
                .post(&site.path("comments"), &draft)
                .from(ORIGIN)
                .header(header, "5.5.5.5");
            ask.send().await.refused(429, "rate_limited");
        }

        let proxied = strict(behind_a_proxy);
        let site = proxied.site(json!({ "moderation": "none" })).await;
        for invented in ["1.1.1.1", "127.0.0.1, 2.2.2.2", "garbage"] {
            post(&proxied, &site, &format!("{invented}, 198.51.100.7"))
                .await
                .expect(201);
        }
        post(&proxied, &site, "4.4.4.4, 198.51.100.7")
            .await
            .refused(429, "rate_limited");
    });
}

#[test]
fn each_site_and_each_kind_of_request_has_its_own_budget() {
    run(async {
        let world = strict(|config| config.limit_preview = "1/3600".parse().unwrap());
        let site = world.site(json!({ "moderation": "none" })).await;
        let other = world.site(json!({ "moderation": "none" })).await;
        for _ in 0..3 {
            site.say(&world, "first-post", "Well").await.expect(201);
        }
        site.say(&world, "first-post", "Well")
            .await
            .refused(429, "rate_limited");
        other.say(&world, "first-post", "Well").await.expect(201);
        let preview = async || {
            world
                .post(&site.path("preview"), &json!({ "text": "x" }))
                .from(ORIGIN)
                .send()
                .await
        };
        preview().await.expect(200);
        preview().await.refused(429, "rate_limited");
        site.read(&world, "first-post").await;
    });
}

#[test]
fn reading_has_a_budget_that_caches_do_not_see() {
    run(async {
        let world = World::start(|config| config.limit_read = "2/3600".parse().unwrap());
        let site = world.site(json!({})).await;
        let read = async || world.get(&site.path("thread?id=first-post")).from(ORIGIN).send().await;
        for _ in 0..2 {
            let page = read().await.expect(200);
            assert_eq!(
                page.headers.get("ratelimit-remaining"),
                None,
                "a shared cache would show it to somebody else"
            );
        }
        assert_eq!(number(&read().await.refused(429, "rate_limited"), "ratelimit-limit"), 2);
    });
}

#[test]
fn members_are_counted_by_account() {
    run(async {
        let world = World::start(|config| config.limit_admin = "2/3600".parse().unwrap());
        let (ada, bob) = (world.somebody("ada").await, world.somebody("bob").await);
        for left in [1, 0] {
            let me = world.get("/v1/admin/me").by(&ada).send().await.expect(200);
            assert_eq!(number(&me, "ratelimit-remaining"), left);
        }
        world
            .get("/v1/admin/me")
            .by(&ada)
            .send()
            .await
            .refused(429, "rate_limited");
        world.get("/v1/admin/me").by(&bob).send().await.expect(200);
    });
}

#[test]
fn with_redis_away_it_serves_on_limits_on_and_says_so() {
    run(async {
        // Bound and closed again: nobody listens there.
        let dead = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let world = strict(|config| config.redis_url = format!("redis://{dead}/"));
        let site = world.site(json!({ "moderation": "none" })).await;
        for _ in 0..3 {
            site.say(&world, "first-post", "Well").await.expect(201);
        }
        site.say(&world, "first-post", "Well")
            .await
            .refused(429, "rate_limited");
        let ready = world.get("/readyz").send().await.expect(200);
        assert_eq!(ready.json["ready"], true);
        assert_eq!(ready.json["limits"], "this node alone: Redis is away");
    });
}

#[test]
fn the_health_of_a_good_server_is_said_in_words() {
    run(async {
        let world = World::start(|_| {});
        let ready = world.get("/readyz").send().await.expect(200);
        let shared = !world.app.config.redis_url.is_empty();
        assert_eq!(ready.json["limits"], if shared { "shared" } else { "this node alone" });
        assert_eq!(ready.json["database"], "ok");
        world.within(|app| async move { app.db.clone().close().await }).await;
        let gone = world.get("/readyz").send().await.expect(503);
        assert_eq!(
            (&gone.json["ready"], &gone.json["database"]),
            (&json!(false), &json!("away"))
        );
        world.get("/healthz").send().await.expect(200);
    });
}

#[test]
fn nodes_share_their_budgets_through_redis() {
    run(async {
        if std::env::var("TEST_REDIS_URL").is_err() {
            return;
        }
        // The same on all nodes of an installation; another installation on the same Redis has budgets of its own.
        let secret = format!("{:032x}{:032x}", rand::random::<u128>(), rand::random::<u128>());
        let node = || {
            World::start(|config| {
                behind_a_proxy(config);
                config.secret_key = Secret::new(secret.clone());
                config.limit_sign_up = "3/3600".parse().unwrap();
            })
        };
        let (one, another) = (node(), node());
        let from = format!("10.{}.{}.7", rand::random::<u8>(), rand::random::<u8>());
        let sign_up = async |world: &World| {
            let email = format!("ada-{:016x}@example.org", rand::random::<u64>());
            let body = json!({ "email": email, "name": "Ada", "password": PASSWORD });
            world
                .post("/v1/admin/accounts", &body)
                .header("x-forwarded-for", &from)
                .send()
                .await
        };
        for world in [&one, &another, &one] {
            sign_up(world).await.expect(202);
        }
        for world in [&one, &another] {
            sign_up(world).await.refused(429, "rate_limited");
        }
    });
}
