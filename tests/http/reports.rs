//! What readers report, and what becomes of it.

use futures_util::future::join_all;
use http::Method;
use serde_json::{Value, json};

use crate::moderation::assert_counts_are_right;
use crate::world::{Answer, ORIGIN, Site, World, run, world};

async fn report(world: &World, site: &Site, id: &str, tokens: &str, body: &Value) -> Answer {
    let ask = world.post(&site.path(&format!("comments/{id}/reports")), body);
    ask.from(ORIGIN).header("parlour-tokens", tokens).send().await
}

async fn report_as_spam(world: &World, site: &Site, id: &str, tokens: &str) -> Answer {
    report(world, site, id, tokens, &json!({ "reason": "spam" })).await
}

async fn readers(world: &World, site: &Site, many: usize) -> Vec<String> {
    let path = site.path("reader");
    let ask = async |_| {
        let ask = world.ask(Method::POST, &path).from(ORIGIN);
        ask.send().await.expect(201).text("token")
    };
    join_all((0..many).map(ask)).await
}

/// How many have reported a comment since the last decision.
async fn counted(world: &World, site: &Site, id: &str) -> i64 {
    site.record(world, id).await.json["comment"]["report_count"]
        .as_i64()
        .unwrap()
}

#[test]
fn a_report_reaches_the_moderators_and_no_reader() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "none" })).await;
        let id = site.say(world, "post", "Buy now.").await.expect(201).comment_id();
        let quiet = site.say(world, "post", "Well.").await.expect(201).comment_id();
        let readers = readers(world, &site, 2).await;
        let before = site.read(world, "post").await.json;
        let body = json!({ "reason": "spam", "note": "  The same\r\nas yesterday. " });
        let taken = report(world, &site, &id, &readers[0], &body).await.expect(202);
        assert_eq!(taken.json, json!({}), "what becomes of it is between moderators");
        let again = json!({ "reason": "abuse", "note": "Once more." });
        report(world, &site, &id, &readers[0], &again).await.expect(202);
        assert_eq!(counted(world, &site, &id).await, 1, "a reader's report counts once");
        report(world, &site, &id, &readers[1], &json!({ "reason": "off_topic" }))
            .await
            .expect(202);
        assert_eq!(counted(world, &site, &id).await, 2);
        assert_eq!(site.read(world, "post").await.json, before, "readers see nothing of it");

        let list = site.list(world, "comments?reported=true").await;
        assert_eq!(list.numbers(), [1]);
        assert_eq!(list.comments()[0]["report_count"], 2);
        assert_eq!(site.list(world, "comments?reported=false").await.numbers(), [2, 1]);
        let reports = site.list(world, &format!("comments/{id}/reports")).await;
        let told: Vec<_> = reports.json["reports"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| {
                assert_eq!(one.get("reporter"), None);
                assert!(one["created_at"].is_string());
                (one["reason"].clone(), one["note"].clone())
            })
            .collect();
        assert_eq!(
            told,
            [
                (json!("off_topic"), Value::Null),
                (json!("spam"), json!("The same\nas yesterday."))
            ],
            "newest first"
        );
        let none = site.list(world, &format!("comments/{quiet}/reports")).await;
        assert_eq!(none.json, json!({ "reports": [] }));
    });
}

#[test]
fn so_many_reports_as_the_site_asks_for_hold_a_comment() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "none", "reports_to_hold": 2 })).await;
        let id = site.say(world, "post", "Root.").await.expect(201).comment_id();
        site.answer(world, "post", &id, "Reply.").await.expect(201);
        let readers = readers(world, &site, 5).await;
        report_as_spam(world, &site, &id, &readers[0]).await.expect(202);
        report_as_spam(world, &site, &id, &readers[0]).await.expect(202);
        assert_eq!(site.read(world, "post").await.comments()[0]["state"], "published");
        report_as_spam(world, &site, &id, &readers[1]).await.expect(202);
        let page = site.read(world, "post").await;
        assert_eq!(page.comments()[0]["state"], "removed");
        assert_eq!(page.json["thread"]["comment_count"], 1);
        assert_counts_are_right(world, &site).await;
        let record = site.record(world, &id).await;
        assert_eq!(record.json["comment"]["reasons"], json!(["reported"]));
        assert_eq!(record.json["events"][1]["actor"], json!({ "kind": "system" }));
        assert_eq!(record.json["events"][1]["reasons"], json!(["reported"]));
        report_as_spam(world, &site, &id, &readers[2])
            .await
            .refused(404, "not_found");

        site.decide(world, &[&id], "publish").await.expect(200);
        assert_eq!(
            counted(world, &site, &id).await,
            0,
            "a decision settles what was reported"
        );
        for who in [&readers[0], &readers[1], &readers[2]] {
            report_as_spam(world, &site, &id, who).await.expect(202);
        }
        assert_eq!(
            counted(world, &site, &id).await,
            1,
            "those who were heard are not heard again"
        );
        assert_eq!(site.read(world, "post").await.comments()[0]["state"], "published");
        report_as_spam(world, &site, &id, &readers[3]).await.expect(202);
        assert_eq!(site.read(world, "post").await.comments()[0]["state"], "removed");
        assert_counts_are_right(world, &site).await;
    });
}

#[test]
fn a_moderator_turns_reports_down_by_deciding_for_what_is() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "none" })).await;
        let id = site.say(world, "post", "Well.").await.expect(201).comment_id();
        report_as_spam(world, &site, &id, "").await.expect(202);
        let version = async || site.read(world, "post").await.json["thread"]["version"].clone();
        let before = version().await;
        let decided = site.decide(world, &[&id], "publish").await.expect(200);
        assert_eq!(decided.json["results"][0]["previous_state"], "published");
        assert_eq!(counted(world, &site, &id).await, 0);
        assert_eq!(
            site.list(world, "comments?reported=true").await.numbers(),
            [] as [u64; 0]
        );
        let record = site.record(world, &id).await;
        let last = record.json["events"].as_array().unwrap().last().unwrap();
        assert_eq!(
            (&last["from_state"], &last["to_state"], &last["actor"]["kind"]),
            (&json!("published"), &json!("published"), &json!("member")),
            "who turned them down is on record"
        );
        assert_eq!(version().await, before, "readers see nothing of it");
        for decision in ["hold", "reject", "spam", "delete"] {
            let other = site.say(world, "post", "Another.").await.expect(201).comment_id();
            report_as_spam(world, &site, &other, "").await.expect(202);
            site.decide(world, &[&other], decision).await.expect(200);
            assert_eq!(counted(world, &site, &other).await, 0, "{decision}");
        }
        assert_counts_are_right(world, &site).await;
    });
}

#[test]
fn what_cannot_be_reported_is_refused() {
    run(async {
        let world = world();
        let (site, other) = (
            world.site(json!({ "moderation": "none" })).await,
            world.site(json!({ "moderation": "none" })).await,
        );
        let id = site.say(world, "post", "Well.").await.expect(201).comment_id();
        let held = site.say(world, "post", "Held.").await.expect(201).comment_id();
        site.decide(world, &[&held], "hold").await.expect(200);
        let foreign = other.say(world, "post", "Well.").await.expect(201).comment_id();
        for id in [&held, &foreign, "019ab000-0000-7000-8000-000000000000", "x"] {
            report_as_spam(world, &site, id, "").await.refused(404, "not_found");
        }
        for (body, pointer, code) in [
            (json!({}), "/reason", "required"),
            (json!({ "reason": "ugly" }), "/reason", "invalid"),
            (json!({ "reason": 1 }), "/reason", "wrong_type"),
            (
                json!({ "reason": "other", "note": "x".repeat(501) }),
                "/note",
                "too_long",
            ),
            (
                json!({ "reason": "other", "note": "a\0b" }),
                "/note",
                "forbidden_character",
            ),
            (json!({ "reason": "other", "why": "x" }), "/why", "unknown_field"),
        ] {
            report(world, &site, &id, "", &body).await.refused_for(pointer, code);
        }
        site.change_settings(world, &json!({ "reports": false })).await;
        report_as_spam(world, &site, &id, "").await.refused(404, "not_found");
        assert_eq!(counted(world, &site, &id).await, 0);
    });
}

#[test]
fn twenty_reports_at_once_hold_a_comment_once() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "none", "reports_to_hold": 5 })).await;
        let id = site.say(world, "post", "Root.").await.expect(201).comment_id();
        let readers = readers(world, &site, 20).await;
        let reports = join_all(readers.iter().map(|who| report_as_spam(world, &site, &id, who))).await;
        let taken = reports.iter().filter(|answer| answer.status == 202).count();
        let late = reports.iter().filter(|answer| answer.status == 404).count();
        assert_eq!((taken, late), (5, 15), "after the fifth there is nothing to report");
        let record = site.record(world, &id).await;
        assert_eq!(record.json["comment"]["state"], "pending");
        assert_eq!(record.json["events"].as_array().unwrap().len(), 2);
        assert_counts_are_right(world, &site).await;
    });
}

#[test]
fn notes_go_with_the_comment_that_they_are_about() {
    run(async {
        let world = World::start(|config| config.deleted_days = 0);
        let site = world.site(json!({ "moderation": "none" })).await;
        let id = site
            .say(&world, "post", "Ada lives in Elm Street.")
            .await
            .expect(201)
            .comment_id();
        let body = json!({ "reason": "personal", "note": "It says Elm Street!" });
        report(&world, &site, &id, "", &body).await.expect(202);
        site.decide(&world, &[&id], "delete").await.expect(200);
        let turned = world
            .within(|app| async move { parlour::worker::turn(&app).await.unwrap() })
            .await;
        assert_eq!(turned, 1);
        let reports = site.list(&world, &format!("comments/{id}/reports")).await;
        assert_eq!(reports.json["reports"][0]["reason"], "personal");
        assert!(!reports.all().contains("Elm"));
    });
}

#[test]
fn one_network_cannot_take_a_comment_off_the_page_under_many_names() {
    run(async {
        let world = World::start(|config| config.limit_report_comment = "2/86400".parse().unwrap());
        let site = world.site(json!({ "moderation": "none", "reports_to_hold": 3 })).await;
        let id = site.say(&world, "post", "Root.").await.expect(201).comment_id();
        let other = site.say(&world, "post", "Another.").await.expect(201).comment_id();
        let readers = readers(&world, &site, 3).await;
        for who in &readers[..2] {
            report_as_spam(&world, &site, &id, who).await.expect(202);
        }
        report_as_spam(&world, &site, &id, &readers[2])
            .await
            .refused(429, "rate_limited");
        report_as_spam(&world, &site, &other, &readers[2]).await.expect(202);
        assert_eq!(site.record(&world, &id).await.json["comment"]["state"], "published");
    });
}
