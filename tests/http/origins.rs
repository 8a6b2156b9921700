//! Which pages are let in, which are turned away, and what the owner learns of it.

use http::Method;
use parlour::sites::sightings;
use serde_json::{Value, json};

use crate::world::{Answer, Ask, ORIGIN, Site, World, run, world};

impl World {
    /// A site whose pages are at these origins.
    pub async fn site_at(&self, origins: &[&str]) -> Site {
        let owner = self.owner().await;
        let body = json!({ "name": "A blog", "origins": origins, "settings": { "moderation": "none" } });
        let path = format!("/v1/admin/tenants/{}/sites", owner.tenant_id);
        let site = self.post(&path, &body).by(&owner.account).send().await.expect(201);
        Site {
            id: site.text("id"),
            key: site.text("key"),
            owner,
        }
    }

    fn preflight(&self, site: &Site) -> Ask {
        let ask = self.ask(Method::OPTIONS, &site.path("comments"));
        ask.header("access-control-request-method", "POST")
            .header("access-control-request-headers", "content-type")
    }

    /// What the second hand of the server does.
    async fn write_sightings(&self) {
        self.within(|app| async move { sightings::write(&app).await.unwrap() })
            .await;
    }

    async fn installation(&self, site: &Site) -> Value {
        let path = site.admin(&format!("sites/{}/installation", site.id));
        self.get(&path).by(&site.owner.account).send().await.expect(200).json
    }
}

/// Nothing in the head of the answer that lets a script read it.
#[track_caller]
fn assert_silent(answer: &Answer, what: &str) {
    let cors: Vec<_> = answer
        .headers
        .keys()
        .filter(|name| name.as_str().starts_with("access-control"))
        .collect();
    assert_eq!(cors, [""; 0], "{what}");
}

#[test]
fn an_origin_that_only_looks_like_the_sites_is_a_strangers() {
    run(async {
        let world = world();
        let site = world.site_at(&["https://blog.example", "http://localhost:1313"]).await;
        let long = format!("https://{}.blog.example", "a".repeat(400));
        let look_alikes: [&[u8]; 34] = [
            b"null",
            b"",
            b"*",
            b"https://",
            b"blog.example",
            b"//blog.example",
            b"https:blog.example",
            b"https://blog.example/",
            b"https://blog.example//",
            b"https://blog.example#",
            b"https://blog.example?",
            b"https://BLOG.example",
            b"HTTPS://blog.example",
            b"https://blog.example:443",
            b"https://blog.example:8443",
            b"https://blog.example.",
            b"http://blog.example",
            b"https://sub.blog.example",
            b"https://blog.example.evil.example",
            b"https://evilblog.example",
            b"https://blog.example@evil.example",
            b"https://user@blog.example",
            b"https://blog.example, https://blog.example",
            b"https://blog.example https://blog.example",
            b"https://evil.example, https://blog.example",
            b"https://bl\xffg.example",
            b"\xff\xfe",
            "https://blög.example".as_bytes(),
            "https://blog。example".as_bytes(),
            b"https://*.blog.example",
            b"http://localhost",
            b"http://localhost:13130",
            b"http://127.0.0.1:1313",
            long.as_bytes(),
        ];
        for origin in look_alikes {
            let shown = String::from_utf8_lossy(origin).into_owned();
            let read = world
                .get(&site.path("thread?id=first-post"))
                .header("origin", origin)
                .send()
                .await;
            assert_silent(&read.refused(403, "origin_not_allowed"), &shown);
            let draft = json!({ "thread": { "id": "first-post" }, "text": "Let me in" });
            let write = world
                .post(&site.path("comments"), &draft)
                .header("origin", origin)
                .send()
                .await;
            assert_silent(&write.refused(403, "origin_not_allowed"), &shown);
            let asked = world.preflight(&site).header("origin", origin).send().await;
            assert_silent(&asked.refused(403, "origin_not_allowed"), &shown);
        }
        for origin in ["https://blog.example", "http://localhost:1313"] {
            let read = world
                .get(&site.path("thread?id=first-post"))
                .from(origin)
                .send()
                .await
                .expect(200);
            assert_eq!(read.header("access-control-allow-origin"), origin);
            assert_eq!(read.json["comments"], json!([]), "nothing was stored");
        }
    });
}

#[test]
fn a_request_with_two_origins_is_nobodys() {
    run(async {
        let world = world();
        let site = world.site_at(&[ORIGIN]).await;
        for others in [
            [ORIGIN, ORIGIN],
            [ORIGIN, "https://evil.example"],
            ["https://evil.example", ORIGIN],
        ] {
            let both = |ask: Ask| ask.from(others[0]).from(others[1]);
            let read = both(world.get(&site.path("thread?id=first-post"))).send().await;
            assert_silent(&read.refused(403, "origin_not_allowed"), others[1]);
            let asked = both(world.preflight(&site)).send().await;
            assert_silent(&asked.refused(403, "origin_not_allowed"), others[1]);
        }
    });
}

#[test]
fn a_preflight_says_what_a_page_may_send() {
    run(async {
        let world = world();
        let site = world.site_at(&[ORIGIN]).await;
        let allowed = world.preflight(&site).from(ORIGIN).send().await.expect(204);
        assert_eq!(allowed.header("access-control-allow-origin"), ORIGIN);
        assert_eq!(
            allowed.header("access-control-allow-methods"),
            "GET, POST, PUT, PATCH, DELETE"
        );
        assert_eq!(
            allowed.header("access-control-allow-headers"),
            "Content-Type, Idempotency-Key, Parlour-Tokens"
        );
        assert_eq!(allowed.header("access-control-max-age"), "7200");
        assert_eq!(allowed.header("vary"), "Origin");
        assert_eq!(allowed.headers.get("access-control-allow-credentials"), None);
        assert!(allowed.body.is_empty());

        let stranger = world.preflight(&site).from("https://evil.example").send().await;
        assert_silent(&stranger.refused(403, "origin_not_allowed"), "a stranger");
        let nobody = world.preflight(&site).send().await;
        assert_silent(&nobody.refused(403, "origin_not_allowed"), "no page at all");
        let unknown = world
            .ask(Method::OPTIONS, "/v1/sites/nobody/comments")
            .from(ORIGIN)
            .send()
            .await;
        assert_silent(&unknown.refused(404, "not_found"), "an unknown site");
        let admin = world.ask(Method::OPTIONS, "/v1/admin/me").from(ORIGIN).send().await;
        assert_silent(&admin, "the admin door is for no page but our own");
        assert!(admin.status.is_client_error());
    });
}

#[test]
fn the_admin_door_is_open_to_no_other_page() {
    run(async {
        let world = world();
        let site = world.site_at(&[ORIGIN]).await;
        let me = world
            .get("/v1/admin/me")
            .from(ORIGIN)
            .by(&site.owner.account)
            .send()
            .await
            .expect(200);
        assert_silent(&me, "readable for programs, not for scripts of other pages");
    });
}

#[test]
fn a_wildcard_lets_subdomains_in_and_nobody_else() {
    run(async {
        let world = world();
        let site = world.site_at(&["https://*.blog.example"]).await;
        for (origin, status) in [
            ("https://a.blog.example", 200),
            ("https://a.b.blog.example", 200),
            ("https://blog.example", 403),
            ("https://ablog.example", 403),
            ("http://a.blog.example", 403),
            ("https://a.blog.example:8443", 403),
            ("https://a.blog.example.evil.example", 403),
            ("https://*.blog.example", 403),
        ] {
            let read = world.get(&site.path("thread?id=first-post")).from(origin).send().await;
            assert_eq!(read.status, status, "{origin}");
            let shown = if status == 200 { origin } else { "" };
            assert_eq!(read.header("access-control-allow-origin"), shown, "{origin}");
        }
    });
}

#[test]
fn the_owner_sees_when_the_snippet_was_first_loaded() {
    run(async {
        let world = World::start(|_| {});
        let site = world.site_at(&[ORIGIN, "http://localhost:1313"]).await;
        let at = async |origin: &str| {
            let told = world.installation(&site).await;
            told["origins"]
                .as_array()
                .unwrap()
                .iter()
                .find(|one| one["origin"] == origin)
                .unwrap()
                .clone()
        };
        assert_eq!(at(ORIGIN).await.get("first_seen_at"), None);
        assert_eq!(world.installation(&site).await["refused"], json!([]));

        world
            .get(&site.path("thread?id=first-post"))
            .from(ORIGIN)
            .send()
            .await
            .expect(200);
        world.write_sightings().await;
        let seen = at(ORIGIN).await;
        let first = seen["first_seen_at"].as_str().unwrap();
        assert_eq!(seen["last_seen_at"], first);
        assert_eq!(
            at("http://localhost:1313").await.get("first_seen_at"),
            None,
            "the other one still waits"
        );

        world.advance(chrono::TimeDelta::minutes(5));
        world
            .get(&site.path("thread?id=first-post"))
            .from(ORIGIN)
            .send()
            .await
            .expect(200);
        world.write_sightings().await;
        let later = at(ORIGIN).await;
        assert_eq!(later["first_seen_at"], first);
        assert!(later["last_seen_at"].as_str().unwrap() > first);
    });
}

#[test]
fn the_owner_sees_who_was_turned_away_until_he_lets_him_in() {
    run(async {
        let world = World::start(|_| {});
        let site = world.site_at(&[ORIGIN]).await;
        let read = async |origin: &str| world.get(&site.path("thread?id=first-post")).from(origin).send().await;
        for origin in [
            "https://a.new.example",
            "https://a.new.example",
            "null",
            "https://NEW.example",
            "garbage",
        ] {
            read(origin).await.expect(403);
        }
        world
            .preflight(&site)
            .from("https://a.new.example")
            .send()
            .await
            .expect(403);
        world.write_sightings().await;
        world.advance(chrono::TimeDelta::minutes(1));
        read("https://a.new.example").await.expect(403);
        read("https://other.example").await.expect(403);
        world.write_sightings().await;

        let refused = world.installation(&site).await["refused"].clone();
        let mut told: Vec<_> = (0..2)
            .map(|place| (refused[place]["origin"].clone(), refused[place]["count"].clone()))
            .collect();
        told.sort_by_key(|(origin, _)| origin.to_string());
        assert_eq!(
            told,
            [
                (json!("https://a.new.example"), json!(3)),
                (json!("https://other.example"), json!(1))
            ]
        );
        assert_eq!(
            refused.as_array().unwrap().len(),
            2,
            "what no browser sends is not worth the owner's eye"
        );
        let first = refused
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["count"] == 3)
            .unwrap();
        assert!(first["first_seen_at"].as_str().unwrap() < first["last_seen_at"].as_str().unwrap());

        let origins = site.admin(&format!("sites/{}/origins", site.id));
        let allow = json!({ "origin": "https://*.new.example" });
        let added = world
            .post(&origins, &allow)
            .by(&site.owner.account)
            .send()
            .await
            .expect(201);
        let left = world.installation(&site).await;
        assert_eq!(left["refused"].as_array().unwrap().len(), 1);
        assert_eq!(left["refused"][0]["origin"], "https://other.example");
        read("https://a.new.example").await.expect(200);

        let path = format!("{origins}/{}", added.text("id"));
        world
            .ask(Method::DELETE, &path)
            .by(&site.owner.account)
            .send()
            .await
            .expect(204);
        read("https://a.new.example").await.refused(403, "origin_not_allowed");
    });
}

#[test]
fn a_body_that_any_page_could_send_is_not_taken() {
    run(async {
        let world = world();
        let site = world.site_at(&[ORIGIN]).await;
        let json = json!({ "thread": { "id": "first-post" }, "text": "Posted by a form" }).to_string();
        let comment = format!("comments/{}", uuid::Uuid::new_v4());
        let (vote, reports) = (format!("{comment}/vote"), format!("{comment}/reports"));
        for media_type in [
            "text/plain",
            "text/plain; charset=utf-8",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "text/json",
            "application/jsonp",
            "application/problem+json",
            "application/xml",
            "text/plain, application/json",
            "",
            "/",
        ] {
            for (method, path) in [
                (Method::POST, "comments"),
                (Method::POST, "preview"),
                (Method::POST, &reports),
                (Method::PUT, &vote),
                (Method::PUT, "thread/reaction"),
                (Method::PATCH, &comment),
            ] {
                let ask = world
                    .ask(method, &site.path(path))
                    .from(ORIGIN)
                    .header("content-type", media_type);
                ask.raw(json.clone())
                    .send()
                    .await
                    .refused(415, "unsupported_media_type");
            }
            let ask = world
                .ask(Method::POST, "/v1/admin/session")
                .header("content-type", media_type);
            ask.raw(json!({ "email": "a@example.org", "password": "x" }).to_string())
                .send()
                .await
                .expect(415);
        }
        assert_eq!(site.read(world, "first-post").await.json["comments"], json!([]));
        for media_type in [
            "application/json; charset=utf-8",
            "Application/JSON",
            "application/json;",
        ] {
            let ask = world
                .ask(Method::POST, &site.path("preview"))
                .from(ORIGIN)
                .header("content-type", media_type);
            ask.raw(json!({ "text": "x" }).to_string()).send().await.expect(200);
        }
    });
}
