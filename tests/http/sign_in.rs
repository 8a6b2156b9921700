//! Readers whom their site knows: what its word is worth, and what nobody can say without its key.

use http::Method;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use crate::world::{Answer, ORIGIN, Site, World, run, world};

async fn key(world: &World, site: &Site) -> String {
    let path = site.admin(&format!("sites/{}/sign-in-key", site.id));
    let answer = world.get(&path).by(&site.owner.account).send().await.expect(200);
    answer.text("key")
}

/// The site's word for somebody, by a library that sites use.
fn word(world: &World, key: &str, who: &Value) -> String {
    let mut claims = json!({ "exp": world.app.clock.now().timestamp() + 3600 });
    for (name, value) in who.as_object().unwrap() {
        claims[name] = value.clone();
    }
    encode(
        &Header::new(Algorithm::HS256),
        &claims,
        &EncodingKey::from_secret(key.as_bytes()),
    )
    .unwrap()
}

async fn page(world: &World, site: &Site) -> Answer {
    let path = site.path("thread?url=https://blog.example/post");
    world.get(&path).from(ORIGIN).send().await.expect(200)
}

fn ada() -> Value {
    json!({ "sub": "42", "name": "Ada", "email": "ada@example.org", "website": "https://ada.example/" })
}

fn draft(text: &str, identity: Option<&str>) -> Value {
    let mut draft =
        json!({ "thread": { "url": "https://blog.example/post" }, "text": text, "author": { "name": "Eve" } });
    if let Some(identity) = identity {
        draft["identity"] = identity.into();
    }
    draft
}

#[test]
fn who_is_signed_in_writes_under_the_name_that_the_site_has_for_him() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "none", "sign_in": "offered" })).await;
        let key = key(world, &site).await;
        let word = word(world, &key, &ada());
        let posted = site.draft(world, &draft("By Ada", Some(&word))).await.expect(201);
        let author = &posted.json["comment"]["author"];
        assert_eq!(
            (&author["name"], &author["website"], &author["signed_in"]),
            (&json!("Ada"), &json!("https://ada.example/"), &json!(true))
        );
        let typed = site.draft(world, &draft("By Eve", None)).await.expect(201);
        assert_eq!(typed.json["comment"]["author"]["name"], "Eve");
        assert_eq!(typed.json["comment"]["author"].get("signed_in"), None);

        // Another day, another address and name: the same person; and a stranger with her address is not.
        let renamed = json!({ "sub": "42", "name": "Ada L." });
        let again = self::word(world, &key, &renamed);
        let again = site.draft(world, &draft("Again", Some(&again))).await.expect(201);
        assert_eq!(again.json["comment"]["author"]["hash"], author["hash"]);
        let mut posing = draft("Posing", None);
        posing["author"] = json!({ "name": "Ada", "email": "ada@example.org" });
        let posing = site.draft(world, &posing).await.expect(201);
        assert_ne!(posing.json["comment"]["author"]["hash"], author["hash"]);

        // Readers and moderators see for whom the site vouches.
        let shown = page(world, &site).await;
        let vouched: Vec<bool> = shown
            .comments()
            .iter()
            .map(|comment| comment["author"]["signed_in"] == true)
            .collect();
        assert_eq!(vouched, [true, false, true, false]);
        let queue = site.list(world, "comments").await;
        let by_ada = queue.json["comments"].as_array().unwrap().last().unwrap();
        assert_eq!(
            (&by_ada["author"]["signed_in"], &by_ada["author"]["email"]),
            (&json!(true), &json!("ada@example.org"))
        );
    });
}

#[test]
fn what_the_site_calls_somebody_is_not_his_to_change() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "none", "sign_in": "required" })).await;
        let key = key(world, &site).await;
        let word = word(world, &key, &ada());
        let posted = site.draft(world, &draft("By Ada", Some(&word))).await.expect(201);
        // By the one way that takes a name.
        let path = format!("/isso/{}/id/1", site.key);
        let body = json!({ "text": "By me", "author": "The editor", "website": "" });
        let ask = world.ask(Method::PUT, &path).json(&body).from(ORIGIN);
        ask.header("Parlour-Tokens", posted.text("token"))
            .send()
            .await
            .expect(200);
        let edited = page(world, &site).await;
        let comment = &edited.comments()[0];
        let author = &comment["author"];
        assert_eq!(
            (&author["name"], &author["website"]),
            (&json!("Ada"), &json!("https://ada.example/"))
        );
        assert_eq!(comment["html"], "<p>By me</p>");
    });
}

#[test]
fn where_it_is_required_nobody_else_writes() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "none", "sign_in": "required" })).await;
        let refused = site.draft(world, &draft("By nobody", None)).await;
        refused.refused_for("/identity", "required");
        // Nor by the ways that know no tokens.
        let isso = world
            .post(
                &format!("/isso/{}/new?uri=/post", site.key),
                &json!({ "text": "By Isso's client", "author": "Eve" }),
            )
            .from(ORIGIN)
            .send()
            .await;
        assert_eq!(isso.status, 400, "{}", isso.all());
        let shown = world
            .get(&site.path("thread.html?url=https://blog.example/post"))
            .send()
            .await;
        let html = String::from_utf8_lossy(&shown.body).into_owned();
        assert!(
            html.contains("who are signed in there") && !html.contains("<textarea"),
            "{html}"
        );
        assert!(page(world, &site).await.comments().is_empty());
    });
}

#[test]
fn a_word_holds_for_its_site_its_time_and_two_keys() {
    run(async {
        let world = World::start(|config| config.access_minutes = 1440);
        let site = world.site(json!({ "moderation": "none", "sign_in": "offered" })).await;
        let other = world.site(json!({ "moderation": "none", "sign_in": "offered" })).await;
        let first = key(&world, &site).await;
        assert_ne!(first, key(&world, &other).await);
        let word = word(&world, &first, &ada());
        let refused = async |site: &Site, word: &str| {
            let answer = site.draft(&world, &draft("Forged", Some(word))).await;
            answer.refused_for("/identity", "invalid");
        };
        refused(&other, &word).await;
        refused(&site, "x").await;

        let path = site.admin(&format!("sites/{}/sign-in-key", site.id));
        let rotate = || world.post(&path, &json!({})).by(&site.owner.account);
        let second = rotate().send().await.expect(200);
        assert_eq!(second.json["version"], 2);
        site.draft(&world, &draft("By the key before", Some(&word)))
            .await
            .expect(201);
        let newer = self::word(&world, &second.text("key"), &ada());
        site.draft(&world, &draft("By the key of today", Some(&newer)))
            .await
            .expect(201);
        rotate().send().await.expect(200);
        refused(&site, &word).await;
        site.draft(&world, &draft("By the key before once more", Some(&newer)))
            .await
            .expect(201);

        world.advance(chrono::TimeDelta::minutes(62));
        refused(&site, &newer).await;

        // The keys of ids and of readers are two.
        let signing = site.admin(&format!("sites/{}/signing-key", site.id));
        let signing = world.get(&signing).by(&site.owner.account).send().await.expect(200);
        let wrong = self::word(&world, &signing.text("key"), &ada());
        refused(&site, &wrong).await;
        let record = site.list(&world, "audit").await;
        let changes = record.all();
        assert_eq!(changes.matches("sign_in_key_rotated").count(), 2, "{changes}");
    });
}

#[test]
fn where_it_is_off_the_site_s_word_is_passed_over() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "none" })).await;
        let posted = site.draft(world, &draft("By Eve", Some("whatever"))).await.expect(201);
        assert_eq!(posted.json["comment"]["author"]["name"], "Eve");
        assert_eq!(posted.json["comment"]["author"].get("signed_in"), None);
        for (setting, good) in [("off", true), ("offered", true), ("required", true), ("always", false)] {
            let path = site.admin(&format!("sites/{}", site.id));
            let body = json!({ "settings": { "sign_in": setting } });
            let answer = world
                .ask(Method::PATCH, &path)
                .json(&body)
                .by(&site.owner.account)
                .send()
                .await;
            assert_eq!(answer.status == 200, good, "{setting}: {}", answer.all());
        }
    });
}
