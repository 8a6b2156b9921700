//! Which page has which conversation, who may open one, and when it takes comments.

use std::process::Command;

use chrono::TimeDelta;
use entity::{OfSite, job, thread, thread_alias};
use hmac::{Hmac, KeyInit, Mac};
use parlour::app::App;
use parlour::infra::bus::{Change, Notice};
use parlour::sites;
use parlour::threads::rekeying;
use parlour::worker;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, Set};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::world::{Answer, ORIGIN, Site, World, run, world};

fn publishing() -> Value {
    json!({ "moderation": "none" })
}

/// Posts to a page, as its embed does.
async fn say_at(world: &World, site: &Site, url: &str, text: &str) -> Answer {
    let draft = json!({ "thread": { "url": url }, "text": text });
    site.draft(world, &draft).await
}

async fn read_at(world: &World, site: &Site, url: &str) -> Answer {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("url", url)
        .finish();
    world
        .get(&site.path(&format!("thread?{query}")))
        .from(ORIGIN)
        .send()
        .await
        .expect(200)
}

/// As a site's owner does it, with nothing of ours.
fn signature(key: &str, id: &str) -> String {
    let byte = |place| u8::from_str_radix(&key[place..place + 2], 16).unwrap();
    let bytes: Vec<u8> = (0..key.len()).step_by(2).map(byte).collect();
    let mut mac = Hmac::<Sha256>::new_from_slice(&bytes).unwrap();
    mac.update(id.as_bytes());
    let digits = mac.finalize().into_bytes();
    digits.iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn signing_key(world: &World, site: &Site) -> Answer {
    let path = site.admin(&format!("sites/{}/signing-key", site.id));
    world.get(&path).by(&site.owner.account).send().await.expect(200)
}

async fn rotate(world: &World, site: &Site) -> Answer {
    let path = site.admin(&format!("sites/{}/signing-key", site.id));
    world
        .post(&path, &json!({}))
        .by(&site.owner.account)
        .send()
        .await
        .expect(200)
}

async fn say_signed(world: &World, site: &Site, id: &str, signature: &str) -> Answer {
    let draft = json!({ "thread": { "id": id, "signature": signature }, "text": "Hello." });
    site.draft(world, &draft).await
}

/// The reasons why a comment is in its state.
async fn reasons(world: &World, site: &Site, posted: &Answer) -> Value {
    site.record(world, &posted.comment_id()).await.json["comment"]["reasons"].clone()
}

#[test]
fn pages_outside_the_patterns_wait_and_are_not_lost() {
    run(async {
        let world = world();
        let patterns = ["https://blog.example/posts/*"];
        let site = world
            .site(json!({ "moderation": "none", "threads_open": "patterns", "thread_patterns": patterns }))
            .await;
        say_at(world, &site, "https://blog.example/posts/first?utm_source=x", "Inside.")
            .await
            .expect(201);

        let outside = "https://blog.example/drafts/first";
        let held = say_at(world, &site, outside, "Outside.").await.expect(202);
        assert_eq!(held.json["comment"]["state"], "pending");
        assert_eq!(reasons(world, &site, &held).await, json!(["page_outside_rule"]));
        assert_eq!(read_at(world, &site, outside).await.json["comments"], json!([]));
        let second = say_at(world, &site, outside, "Outside again.").await.expect(202);
        assert_eq!(second.thread_id(), held.thread_id(), "one conversation waits");

        site.decide(world, &[&held.comment_id()], "publish").await.expect(200);
        say_at(world, &site, outside, "Let in.").await.expect(201);
        assert_eq!(
            read_at(world, &site, outside).await.numbers(),
            [2, 4],
            "who was let in opened it"
        );

        let by_id = |thread: Value| json!({ "thread": thread, "text": "Hello." });
        let page = "https://blog.example/posts/second";
        site.draft(world, &by_id(json!({ "id": "second", "url": page })))
            .await
            .expect(201);
        site.draft(world, &by_id(json!({ "id": "third" }))).await.expect(202);
        let elsewhere = json!({ "id": "fourth", "url": "https://elsewhere.example/posts/x" });
        site.draft(world, &by_id(elsewhere)).await.expect(202);
    });
}

#[test]
fn the_rule_is_about_opening_only() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        site.say(world, "old", "Said before.").await.expect(201);
        for rule in ["signed", "patterns"] {
            site.change_settings(world, &json!({ "threads_open": rule })).await;
            site.say(world, "old", "Said after.").await.expect(201);
            site.say(world, rule, "New.").await.expect(202);
        }
        site.change_settings(world, &json!({ "threads_open": "signed", "moderation": "all" }))
            .await;
        let held = site
            .say(world, "new", "With https://a.example and https://b.example")
            .await;
        assert_eq!(
            reasons(world, &site, &held.expect(202)).await,
            json!(["site_holds_all", "has_links", "page_outside_rule"]),
            "all reasons are told"
        );
    });
}

#[test]
fn only_signed_ids_open_conversations_where_the_site_says_so() {
    run(async {
        let world = world();
        let site = world
            .site(json!({ "moderation": "none", "threads_open": "signed" }))
            .await;
        let other = world
            .site(json!({ "moderation": "none", "threads_open": "signed" }))
            .await;
        let key = signing_key(world, &site).await.text("key");
        let foreign = signing_key(world, &other).await.text("key");
        assert_eq!(key.len(), 64);
        assert_ne!(key, foreign);

        let good = signature(&key, "first");
        say_signed(world, &site, "first", &good).await.expect(201);
        say_signed(world, &site, " größe ", &signature(&key, "größe"))
            .await
            .expect(201);
        site.say(world, "first", "It is open now.").await.expect(201);

        let forged = [
            ("second", good.clone()),
            ("third", signature(&foreign, "third")),
            ("fourth", signature(&key, "fourth").to_uppercase()),
            ("fifth", signature(&key, "fifth")[..62].to_owned()),
            ("sixth", String::new()),
            ("seventh", "ä".repeat(10_000)),
        ];
        for (id, signature) in forged {
            let held = say_signed(world, &site, id, &signature).await.expect(202);
            assert_eq!(reasons(world, &site, &held).await, json!(["page_outside_rule"]), "{id}");
        }
        say_at(world, &site, "https://blog.example/first", "By address.")
            .await
            .expect(202);
        let draft = json!({ "thread": { "id": "eighth", "signature": 8 }, "text": "Hello." });
        site.draft(world, &draft)
            .await
            .refused_for("/thread/signature", "wrong_type");
    });
}

#[test]
fn a_rotated_key_leaves_time_to_build_the_pages_anew() {
    run(async {
        let world = world();
        let site = world
            .site(json!({ "moderation": "none", "threads_open": "signed" }))
            .await;
        let first = signing_key(world, &site).await;
        assert_eq!(first.json["version"], 1);
        let second = rotate(world, &site).await;
        assert_eq!(second.json["version"], 2);
        assert_ne!(second.text("key"), first.text("key"));
        assert_eq!(signing_key(world, &site).await.json, second.json);

        let signed = |answer: &Answer, id: &str| signature(&answer.text("key"), id);
        say_signed(world, &site, "a", &signed(&first, "a")).await.expect(201);
        say_signed(world, &site, "b", &signed(&second, "b")).await.expect(201);
        rotate(world, &site).await;
        say_signed(world, &site, "c", &signed(&first, "c")).await.expect(202);
        say_signed(world, &site, "d", &signed(&second, "d")).await.expect(201);
    });
}

#[test]
fn former_secrets_of_the_service_still_vouch_for_pages() {
    run(async {
        let old = "an old but good 1234567890 phrase of this service";
        let before = World::start(|config| config.secret_key = parlour::config::Secret::new(old));
        let site_id = uuid::Uuid::now_v7();
        let key = before.app.keys.site_key(site_id, 1);
        let after = World::start(|config| {
            config.secret_key = parlour::config::Secret::new("the new and better 0987654321 phrase of it");
            config.previous_secret_keys = vec![parlour::config::Secret::new(old)];
        });
        let keys = &after.app.keys;
        assert!(keys.is_signed_by_site(site_id, &[1], "post", &signature(&key, "post")));
        assert_ne!(keys.site_key(site_id, 1), key);
    });
}

/// Runs what an owner would paste; `None` where the program is not installed.
fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let told = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    assert!(
        output.status.success(),
        "{program}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some(told)
}

#[test]
fn the_examples_that_come_with_the_key_open_conversations() {
    run(async {
        let world = world();
        let site = world
            .site(json!({ "moderation": "none", "threads_open": "signed" }))
            .await;
        let answer = signing_key(world, &site).await;
        let example = &answer.json["example"];
        let code = |name: &str| example[name].as_str().unwrap();
        let id = code("id");
        let expected = signature(&answer.text("key"), id);
        // Node is what our own front ends are built with, so it is there.
        assert_eq!(output("node", &["-e", code("node")]).expect("Node.js"), expected);
        for (program, arguments) in [("python3", ["-c", code("python")]), ("sh", ["-c", code("shell")])] {
            let needs_openssl = program == "sh" && output("openssl", &["version"]).is_none();
            match output(program, &arguments) {
                Some(told) if !needs_openssl => assert_eq!(told, expected, "{program}"),
                _ => eprintln!("not tried, as this machine has no {program} or OpenSSL"),
            }
        }
        for language in ["python", "node", "shell"] {
            assert_eq!(code(language).lines().count(), 3, "{language}");
        }
        say_signed(world, &site, id, &expected).await.expect(201);
    });
}

#[test]
fn a_closed_conversation_is_read_only_for_readers_until_it_is_opened_again() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let first = site.say(world, "post", "First.").await.expect(201);
        let id = first.thread_id();
        let closed = site
            .change_thread(world, &id, &json!({ "closed": true }))
            .await
            .expect(200);
        let told = &closed.json["thread"];
        assert_eq!((&told["open"], &told["closed_by"]), (&json!(false), &json!("thread")));
        assert!(told["closed_at"].is_string() && told["locked_at"].is_null());

        site.say(world, "post", "Second.").await.refused(403, "thread_closed");
        site.answer(world, "post", &first.comment_id(), "Reply.")
            .await
            .refused(403, "thread_closed");
        let page = site.read(world, "post").await.json["thread"].clone();
        assert_eq!(
            (&page["open"], &page["closed_by"], &page["locked"]),
            (&json!(false), &json!("thread"), &json!(false))
        );
        let last_word = json!({ "text": "Thank you all." });
        site.answer_as_team(world, &first.comment_id(), &last_word)
            .await
            .expect(201);

        site.change_thread(world, &id, &json!({ "closed": false }))
            .await
            .expect(200);
        site.say(world, "post", "Third.").await.expect(201);
        assert_eq!(site.read(world, "post").await.json["thread"]["open"], true);
        site.say(world, "other", "Elsewhere.").await.expect(201);
    });
}

#[test]
fn in_a_locked_conversation_nobody_says_anything() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let first = site.say(world, "post", "First.").await.expect(201);
        let (id, comment) = (first.thread_id(), first.comment_id());
        site.change_thread(world, &id, &json!({ "locked": true }))
            .await
            .expect(200);
        site.say(world, "post", "Second.").await.refused(403, "thread_locked");
        let word = json!({ "text": "Thank you all." });
        site.answer_as_team(world, &comment, &word)
            .await
            .refused(403, "thread_locked");
        let page = site.read(world, "post").await.json["thread"].clone();
        assert_eq!((&page["open"], &page["locked"]), (&json!(false), &json!(true)));
        site.decide(world, &[&comment], "hold").await.expect(200);
        site.decide(world, &[&comment], "publish").await.expect(200);

        let both = json!({ "locked": false, "closed": true });
        site.change_thread(world, &id, &both).await.expect(200);
        site.answer_as_team(world, &comment, &word).await.expect(201);
        site.say(world, "post", "Third.").await.refused(403, "thread_closed");
    });
}

#[test]
fn conversations_close_with_age() {
    run(async {
        let world = World::start(|_| {});
        let mut site = world
            .site(json!({ "moderation": "none", "close_after_days": 30 }))
            .await;
        let first = site.say(&world, "post", "First.").await.expect(201);
        world.advance(TimeDelta::days(30) - TimeDelta::minutes(1));
        site.say(&world, "post", "Just in time.").await.expect(201);
        world.advance(TimeDelta::minutes(2));
        site.say(&world, "post", "Too late.")
            .await
            .refused(403, "thread_closed");
        let page = site.read(&world, "post").await.json["thread"].clone();
        assert_eq!((&page["open"], &page["closed_by"]), (&json!(false), &json!("age")));
        site.say(&world, "new", "A new one is young.").await.expect(201);

        site.owner.account = world.sign_in(&site.owner.account.email).await;
        let record = site.thread(&world, &first.thread_id()).await;
        let told = &record.json["thread"];
        assert_eq!((&told["open"], &told["closed_by"]), (&json!(false), &json!("age")));
        assert_eq!(told["closed_at"], Value::Null);
        let word = json!({ "text": "The team has the last word." });
        site.answer_as_team(&world, &first.comment_id(), &word)
            .await
            .expect(201);

        site.change_settings(&world, &json!({ "close_after_days": 31 })).await;
        site.say(&world, "post", "Another day.").await.expect(201);
        site.change_settings(&world, &json!({ "close_after_days": 0 })).await;
        world.advance(TimeDelta::days(3650));
        site.say(&world, "post", "Ten years later.").await.expect(201);
    });
}

#[test]
fn a_read_only_site_only_shows_what_is_there() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let first = site.say(world, "post", "First.").await.expect(201).comment_id();
        site.change_settings(world, &json!({ "read_only": true })).await;
        site.say(world, "post", "Second.").await.refused(403, "site_read_only");
        site.say(world, "new", "First here.")
            .await
            .refused(403, "site_read_only");
        let word = json!({ "text": "Thank you." });
        site.answer_as_team(world, &first, &word)
            .await
            .refused(403, "site_read_only");
        for thread in ["post", "new"] {
            let page = site.read(world, thread).await.json["thread"].clone();
            assert_eq!(
                (&page["open"], &page["closed_by"], &page["locked"]),
                (&json!(false), &json!("site"), &json!(true)),
                "{thread}"
            );
        }
        assert_eq!(site.read(world, "new").await.json["thread"]["id"], Value::Null);
        site.change_settings(world, &json!({ "read_only": false })).await;
        site.say(world, "post", "Second.").await.expect(201);
    });
}

#[test]
fn a_site_says_which_addresses_are_one_page() {
    run(async {
        let world = world();
        let site = world
            .site(json!({
                "moderation": "none", "url_ignored_parameters": ["ref", "hsa_*"], "url_language_prefixes": ["en", "de"],
            }))
            .await;
        let strict = world
            .site(json!({
                "moderation": "none", "url_keep_slash": true, "url_keep_index": true, "url_keep_scheme": true,
            }))
            .await;
        let spellings = [
            "https://blog.example/post",
            "https://blog.example/en/post?ref=feed",
            "https://blog.example/de/post/?hsa_acc=1",
        ];
        for (place, url) in spellings.iter().enumerate() {
            say_at(world, &site, url, "Hello.").await.expect(201);
            say_at(world, &strict, url, "Hello.").await.expect(201);
            assert_eq!(read_at(world, &site, spellings[0]).await.numbers().len(), place + 1);
        }
        for (place, url) in spellings.iter().enumerate() {
            assert_eq!(
                read_at(world, &strict, url).await.numbers(),
                [place as u64 + 1],
                "{url}"
            );
        }
        let counts = site.path("counts?url=https://blog.example/en/post&url=https://blog.example/fr/post");
        let counts = world.get(&counts).send().await.expect(200);
        let counted: Vec<&Value> = counts.json["counts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| &one["comment_count"])
            .collect();
        assert_eq!(counted, [3, 0]);
    });
}

#[test]
fn rules_about_addresses_that_cannot_apply_are_refused() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let path = site.admin(&format!("sites/{}", site.id));
        for (settings, pointer) in [
            (
                json!({ "thread_patterns": ["/posts/*"] }),
                "/settings/thread_patterns/0",
            ),
            (
                json!({ "url_ignored_parameters": ["a*b"] }),
                "/settings/url_ignored_parameters/0",
            ),
            (
                json!({ "url_language_prefixes": ["en", "/de/"] }),
                "/settings/url_language_prefixes/1",
            ),
        ] {
            let body = json!({ "settings": settings });
            let request = world.ask(http::Method::PATCH, &path).json(&body);
            request
                .by(&site.owner.account)
                .send()
                .await
                .refused_for(pointer, "invalid");
        }
    });
}

/// Does the work that waits, until there is none.
async fn work(app: &App) -> usize {
    let mut done = 0;
    while worker::turn(app).await.unwrap() > 0 {
        done += 1;
    }
    done
}

#[test]
fn a_page_is_found_by_the_rules_of_today_and_of_yesterday() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let (with_slash, english) = ("https://blog.example/a/", "https://blog.example/en/b?ref=x");
        let first = say_at(world, &site, with_slash, "With a slash.").await.expect(201);
        say_at(world, &site, english, "In English.").await.expect(201);
        site.say(world, "by-id", "By id.").await.expect(201);

        let rules = json!({
            "url_keep_slash": true, "url_keep_scheme": true,
            "url_ignored_parameters": ["ref"], "url_language_prefixes": ["en"],
        });
        site.change_settings(world, &rules).await;
        assert_eq!(
            read_at(world, &site, with_slash).await.numbers(),
            [1],
            "at once, without a job"
        );
        assert_eq!(read_at(world, &site, "https://blog.example/b").await.numbers(), [2]);
        assert_eq!(read_at(world, &site, english).await.numbers(), [2]);
        assert_eq!(
            read_at(world, &site, "https://blog.example/a").await.json["comments"],
            json!([]),
            "another page now"
        );
        assert_eq!(site.read(world, "by-id").await.numbers(), [3]);
        say_at(world, &site, with_slash, "Once more.").await.expect(201);
        let keys = json!(["url:blog.example/a", "url:https://blog.example/a/"]);
        assert_eq!(site.thread(world, &first.thread_id()).await.json["keys"], keys);

        let back = json!({
            "url_keep_slash": false, "url_keep_scheme": false,
            "url_ignored_parameters": [], "url_language_prefixes": [],
        });
        site.change_settings(world, &back).await;
        assert_eq!(read_at(world, &site, "https://blog.example/a").await.numbers(), [1, 4]);
        assert_eq!(read_at(world, &site, english).await.numbers(), [2]);
        assert_eq!(
            site.thread(world, &first.thread_id()).await.json["keys"],
            keys,
            "no key twice"
        );
    });
}

#[test]
fn two_pages_that_become_one_stay_apart_and_are_shown_until_somebody_merges_them() {
    run(async {
        let world = world();
        let site = world
            .site(json!({ "moderation": "none", "url_keep_slash": true }))
            .await;
        let (plain, slashed) = ("https://blog.example/a", "https://blog.example/a/");
        let older = say_at(world, &site, slashed, "With a slash.")
            .await
            .expect(201)
            .thread_id();
        let newer = say_at(world, &site, plain, "Without one.")
            .await
            .expect(201)
            .thread_id();
        let third = say_at(world, &site, "https://blog.example/b/", "Alone.")
            .await
            .expect(201)
            .thread_id();
        let clashes = async || {
            let list = site.list(world, "threads").await;
            let threads = list.json["threads"].as_array().unwrap().iter();
            let told = threads.map(|one| (one["id"].clone(), one["key_clash"].clone(), one["clash_with"].clone()));
            told.collect::<Vec<_>>()
        };
        let none = |id: &str| (json!(id), json!(false), Value::Null);
        assert_eq!(clashes().await, [none(&third), none(&newer), none(&older)]);

        site.change_settings(world, &json!({ "url_keep_slash": false })).await;
        // The key without a slash is the newer thread's, so readers see that one.
        let clash = (json!(older), json!(true), json!(newer));
        assert_eq!(clashes().await, [none(&third), none(&newer), clash]);
        assert_eq!(read_at(world, &site, slashed).await.numbers(), [2]);
        assert_eq!(site.thread(world, &older).await.json["thread"]["key_clash"], true);
        assert_eq!(read_at(world, &site, "https://blog.example/b").await.numbers(), [3]);

        site.arrange(world, &older, "merge", &json!({ "into": newer }))
            .await
            .expect(200);
        assert_eq!(clashes().await, [none(&third), none(&newer)]);
        assert_eq!(read_at(world, &site, slashed).await.numbers(), [1, 2]);

        site.change_settings(world, &json!({ "url_keep_slash": true, "url_keep_scheme": true }))
            .await;
        for url in [plain, slashed] {
            assert_eq!(
                read_at(world, &site, url).await.numbers(),
                [1, 2],
                "a page that was merged in is found by later rules, too"
            );
        }
    });
}

#[test]
fn a_page_that_was_opened_on_its_way_with_the_former_rules_is_found_by_the_new_ones() {
    run(async {
        let world = World::start(|_| {});
        let site = world.site(publishing()).await;
        let url = "https://blog.example/late/";
        site.change_settings(&world, &json!({ "url_keep_slash": true })).await;
        say_at(&world, &site, url, "In time.").await.expect(201);
        // As a post that was let in before the change leaves it: under the key of the former rules alone.
        let site_id: uuid::Uuid = site.id.parse().unwrap();
        world
            .within(move |app| async move {
                let late = thread_alias::Entity::update_of_site(site_id)
                    .col_expr(thread_alias::Column::Key, Expr::value("url:blog.example/late"));
                assert_eq!(late.exec(app.db.read()).await.unwrap().rows_affected, 1);
            })
            .await;
        world.advance(sites::BEFORE_WALKS);
        world.within(|app| async move { work(&app).await }).await;
        assert_eq!(read_at(&world, &site, url).await.numbers(), [1]);
    });
}

#[test]
fn the_pages_of_a_large_site_get_their_keys_batch_by_batch() {
    run(async {
        let world = World::start(|_| {});
        let site = world.site(publishing()).await;
        say_at(&world, &site, "https://blog.example/0/", "First.")
            .await
            .expect(201);
        let site_id: uuid::Uuid = site.id.parse().unwrap();
        let pages = 2 * rekeying::AT_ONCE + 10;
        // As many as that are made by hand: posting them would take a while.
        let plant = |app: std::sync::Arc<App>| async move {
            let one = thread::Entity::of_site(site_id)
                .one(app.db.read())
                .await
                .unwrap()
                .unwrap();
            let tx = app.db.begin().await.unwrap();
            for number in 1..pages {
                let (id, key) = (app.clock.new_id(), format!("url:blog.example/{number}"));
                let row = thread::ActiveModel {
                    id: Set(id),
                    key: Set(key.clone()),
                    ..thread::ActiveModel::from(one.clone()).reset_all()
                };
                thread::Entity::insert(row).exec_without_returning(&*tx).await.unwrap();
                let alias = thread_alias::ActiveModel {
                    id: Set(app.clock.new_id()),
                    site_id: Set(site_id),
                    thread_id: Set(id),
                    key: Set(key),
                    url: Set(Some(format!("https://blog.example/{number}/"))),
                    created_at: Set(app.clock.now()),
                };
                thread_alias::Entity::insert(alias)
                    .exec_without_returning(&*tx)
                    .await
                    .unwrap();
            }
            tx.commit().await.unwrap();
        };
        world.within(plant).await;
        let with_slash = || {
            world.within(move |app| async move {
                let keys = thread_alias::Entity::of_site(site_id).filter(thread_alias::Column::Key.ends_with("/"));
                keys.all(app.db.read()).await.unwrap().len() as u64
            })
        };
        let waiting = || {
            world.within(|app| async move {
                let jobs = job::Entity::find().filter(job::Column::Kind.eq("rekey"));
                jobs.all(app.db.read()).await.unwrap().len()
            })
        };
        site.change_settings(&world, &json!({ "notice": "Be kind." })).await;
        assert_eq!((with_slash().await, waiting().await), (0, 0), "nothing about addresses");
        site.change_settings(&world, &json!({ "url_keep_slash": true })).await;
        assert_eq!((with_slash().await, waiting().await), (rekeying::AT_ONCE, 1));
        // Another change while the first is being worked on.
        site.change_settings(&world, &json!({ "url_keep_scheme": true })).await;
        assert_eq!(waiting().await, 2);
        world.advance(sites::BEFORE_WALKS);
        assert!(world.within(|app| async move { work(&app).await }).await >= 4);
        assert_eq!(waiting().await, 0);
        let last = format!("https://blog.example/{}/", pages - 1);
        assert!(read_at(&world, &site, &last).await.json["thread"]["id"].is_string());
        let keyed = world.within(move |app| async move {
            let keys =
                thread_alias::Entity::of_site(site_id).filter(thread_alias::Column::Key.starts_with("url:https://"));
            keys.all(app.db.read()).await.unwrap().len() as u64
        });
        assert_eq!(keyed.await, pages);
    });
}

#[test]
fn caches_hear_of_new_keys() {
    run(async {
        let world = World::start(|_| {});
        let site = world.site(publishing()).await;
        say_at(&world, &site, "https://blog.example/a/", "First.")
            .await
            .expect(201);
        let mut told = world.app.db.bus().listen();
        site.change_settings(&world, &json!({ "url_keep_slash": true })).await;
        let mut notices = Vec::new();
        while let Ok(notice) = told.try_recv() {
            notices.push(notice);
        }
        let site_id = site.id.parse().unwrap();
        assert_eq!(
            notices,
            [
                Notice::Site {
                    site_id,
                    key: site.key.clone()
                },
                Notice::Keys {
                    site_id,
                    keys: vec!["url:blog.example/a/".to_owned()]
                },
            ]
        );
        let id = site.say(&world, "post", "Hello.").await.expect(201).thread_id();
        while told.try_recv().is_ok() {}
        site.change_thread(&world, &id, &json!({ "closed": true }))
            .await
            .expect(200);
        site.change_thread(&world, &id, &json!({ "closed": true }))
            .await
            .expect(200);
        let changed = Notice::Thread {
            site_id,
            thread_id: id.parse().unwrap(),
            version: 3,
            change: Change::Thread,
        };
        assert_eq!(told.try_recv().unwrap(), changed);
        assert!(told.try_recv().is_err(), "the same again is no change");
    });
}

#[test]
fn other_words_do_not_let_a_page_in_that_waits() {
    run(async {
        let world = world();
        let site = world
            .site(json!({ "moderation": "none", "threads_open": "signed" }))
            .await;
        let held = site.say(world, "post", "First words.").await.expect(202);
        let path = site.path(&format!("comments/{}", held.comment_id()));
        let edit = world
            .ask(http::Method::PATCH, &path)
            .json(&json!({ "text": "Better words." }));
        let edited = edit
            .from(ORIGIN)
            .header("parlour-tokens", held.text("token"))
            .send()
            .await
            .expect(200);
        assert_eq!(edited.json["comment"]["state"], "pending");
        assert_eq!(reasons(world, &site, &held).await, json!(["page_outside_rule"]));
    });
}

#[test]
fn a_reaction_opens_no_conversation_outside_the_rule() {
    run(async {
        let world = world();
        let site = world
            .site(json!({ "moderation": "none", "threads_open": "signed", "reactions": ["👍"] }))
            .await;
        let react = async |thread: Value, on: bool| {
            let body = json!({ "thread": thread, "kind": "👍", "on": on });
            let ask = world.ask(http::Method::PUT, &site.path("thread/reaction")).json(&body);
            ask.from(ORIGIN).send().await
        };
        let key = signing_key(world, &site).await.text("key");
        react(json!({ "id": "a" }), true)
            .await
            .refused_for("/thread", "invalid");
        assert_eq!(site.read(world, "a").await.json["thread"].get("id"), None);
        react(json!({ "id": "b", "signature": signature(&key, "b") }), true)
            .await
            .expect(200);

        let held = site.say(world, "c", "Waits.").await.expect(202);
        react(json!({ "id": "c" }), true)
            .await
            .refused_for("/thread", "invalid");
        react(json!({ "id": "c" }), false).await.expect(200);
        site.decide(world, &[&held.comment_id()], "publish").await.expect(200);
        react(json!({ "id": "c" }), true).await.expect(200);
    });
}
