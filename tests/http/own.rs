//! Second thoughts: authors change, take back and bring back what they wrote, and nobody else does.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{OfSite, thread};
use futures_util::future::{join, join_all};
use http::Method;
use parlour::infra::bus::{Change, Notice};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::Expr;
use serde_json::{Value, json};

use crate::moderation::assert_counts_are_right;
use crate::world::{Answer, ORIGIN, Site, World, run, world};

const NOBODY: &str = "019ab000-0000-7000-8000-000000000000";

fn publishing() -> Value {
    json!({ "moderation": "none" })
}

/// A comment that was posted, with what its author keeps.
#[derive(Clone)]
struct Own {
    id: String,
    token: String,
}

impl From<Answer> for Own {
    fn from(posted: Answer) -> Own {
        Own {
            id: posted.comment_id(),
            token: posted.text("token"),
        }
    }
}

async fn say(world: &World, site: &Site, text: &str) -> Own {
    site.say(world, "post", text).await.expect(201).into()
}

async fn answer(world: &World, site: &Site, parent: &Own, text: &str) -> Own {
    site.answer(world, "post", &parent.id, text).await.expect(201).into()
}

async fn act(world: &World, site: &Site, method: Method, path: &str, token: &str, body: Option<Value>) -> Answer {
    let ask = world.ask(method, &site.path(path)).from(ORIGIN);
    let ask = ask.header("parlour-tokens", token);
    match body {
        Some(body) => ask.json(&body).send().await,
        None => ask.send().await,
    }
}

async fn edit_with(world: &World, site: &Site, id: &str, token: &str, text: &str) -> Answer {
    let body = json!({ "text": text });
    act(world, site, Method::PATCH, &format!("comments/{id}"), token, Some(body)).await
}

async fn edit(world: &World, site: &Site, own: &Own, text: &str) -> Answer {
    edit_with(world, site, &own.id, &own.token, text).await
}

async fn take_back(world: &World, site: &Site, own: &Own) -> Answer {
    act(
        world,
        site,
        Method::DELETE,
        &format!("comments/{}", own.id),
        &own.token,
        None,
    )
    .await
}

async fn restore(world: &World, site: &Site, own: &Own) -> Answer {
    let path = format!("comments/{}/restore", own.id);
    act(world, site, Method::POST, &path, &own.token, None).await
}

async fn mine(world: &World, site: &Site, own: &Own) -> Value {
    let answer = act(world, site, Method::GET, "mine", &own.token, None).await;
    answer.expect(200).comments()[0].clone()
}

fn moment(text: &Value) -> DateTime<Utc> {
    text.as_str().unwrap_or_else(|| panic!("no time")).parse().unwrap()
}

/// `[kind, actor, from, to]` of a comment's history.
async fn history(world: &World, site: &Site, own: &Own) -> Vec<[String; 4]> {
    let record = site.record(world, &own.id).await;
    let text = |one: &Value| one.as_str().unwrap_or_default().to_owned();
    let events = record.json["events"].as_array().unwrap().iter();
    let row = |one: &Value| {
        [
            text(&one["kind"]),
            text(&one["actor"]["kind"]),
            text(&one["from_state"]),
            text(&one["to_state"]),
        ]
    };
    events.map(row).collect()
}

/// `(number, state)` of what readers see.
async fn seen(world: &World, site: &Site) -> Vec<(u64, String)> {
    let page = site.read(world, "post").await;
    let row = |one: &Value| {
        (
            one["number"].as_u64().unwrap(),
            one["state"].as_str().unwrap().to_owned(),
        )
    };
    page.comments().iter().map(row).collect()
}

fn as_seen(rows: &[(u64, &str)]) -> Vec<(u64, String)> {
    rows.iter()
        .map(|(number, state)| (*number, (*state).to_owned()))
        .collect()
}

/// Locks the thread, or opens it again.
async fn lock(world: &World, site: &Site, locked: bool) {
    let site_id: Uuid = site.id.parse().unwrap();
    world
        .within(move |app| async move {
            let at = locked.then(|| app.clock.now());
            let locking = thread::Entity::update_of_site(site_id).col_expr(thread::Column::LockedAt, Expr::value(at));
            locking.exec(app.db.read()).await.unwrap();
        })
        .await;
}

#[test]
fn an_author_changes_his_words_and_what_they_were_stays_on_record() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let root = say(world, &site, "Root.").await;
        let posted = site.answer(world, "post", &root.id, "First *words*.").await.expect(201);
        let made = moment(&posted.json["comment"]["created_at"]);
        assert_eq!(
            moment(&posted.json["editable_until"]),
            made + TimeDelta::minutes(15),
            "and the page knows for how long he may"
        );
        let own = Own::from(posted);
        let before = site.read(world, "post").await;

        let edited = edit(world, &site, &own, "Second **words**.\r\n").await.expect(200);
        let comment = &edited.json["comment"];
        assert_eq!(comment["html"], "<p>Second <strong>words</strong>.</p>");
        assert_eq!((&comment["state"], &comment["depth"]), (&json!("published"), &json!(1)));
        assert!(moment(&comment["edited_at"]) >= made);
        assert_eq!(moment(&edited.json["editable_until"]), made + TimeDelta::minutes(15));
        let version = |answer: &Answer| answer.json["thread"]["version"].as_i64().unwrap();
        assert_eq!(version(&edited), version(&before) + 1);

        let page = site.read(world, "post").await;
        assert_eq!(page.comments()[1]["html"], comment["html"]);
        assert_eq!(page.comments()[1]["edited_at"], comment["edited_at"]);
        assert_eq!(page.json["thread"]["comment_count"], 2);
        let his = mine(world, &site, &own).await;
        assert_eq!(his["text"], "Second **words**.", "what he gets to go on with");
        assert_eq!(moment(&his["editable_until"]), made + TimeDelta::minutes(15));

        let record = site.record(world, &own.id).await;
        assert_eq!(record.json["events"][1]["kind"], "edited");
        assert_eq!(record.json["events"][1]["actor"], json!({ "kind": "visitor" }));
        assert_eq!(record.json["events"][1]["previous_text"], "First *words*.");
        assert_eq!(
            site.list(world, "comments?q=second").await.numbers(),
            [2],
            "moderators find the new words"
        );

        let again = edit(world, &site, &own, "Second **words**.").await.expect(200);
        assert_eq!(again.json, edited.json, "a retry changes nothing");
        assert_eq!(history(world, &site, &own).await.len(), 2, "and is no event");
        assert_counts_are_right(world, &site).await;
    });
}

#[test]
fn new_words_are_checked_as_the_first_ones_were() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "none", "min_text_length": 4 })).await;
        let own = say(world, &site, "Well said.").await;
        for (text, code) in [
            ("", "required"),
            (" \n ", "required"),
            ("Ha.", "too_short"),
            (&"x".repeat(10_001), "too_long"),
            ("a\u{0}bcd", "forbidden_character"),
            (&"> ".repeat(2000), "too_nested"),
        ] {
            edit(world, &site, &own, text).await.refused_for("/text", code);
        }
        let body = json!({ "text": "Well.", "author": { "name": "Bob" } });
        let path = format!("comments/{}", own.id);
        act(world, &site, Method::PATCH, &path, &own.token, Some(body))
            .await
            .refused_for("/author", "unknown_field");
        assert_eq!(history(world, &site, &own).await.len(), 1);
        let harmless = edit(world, &site, &own, "<script>alert(1)</script>").await.expect(200);
        assert_eq!(
            harmless.json["comment"]["html"],
            "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"
        );
    });
}

#[test]
fn an_edit_that_brings_links_waits_for_a_moderator() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "links", "links_to_hold": 1 })).await;
        let root = say(world, &site, "Root.").await;
        let own = answer(world, &site, &root, "Harmless.").await;
        answer(world, &site, &own, "Quite so.").await;

        let edited = edit(world, &site, &own, "Buy at https://shop.example")
            .await
            .expect(200);
        assert_eq!(edited.json["comment"]["state"], "pending");
        assert_eq!(edited.json["thread"]["comment_count"], 2);
        assert_eq!(
            seen(world, &site).await,
            as_seen(&[(1, "published"), (2, "removed"), (3, "published")]),
            "its place stays above the reply"
        );
        assert!(!site.read(world, "post").await.all().contains("shop.example"));
        let record = site.record(world, &own.id).await;
        assert_eq!(record.json["comment"]["reasons"], json!(["has_links"]));
        let event = |kind: &str, from: &str, to: &str| [kind, "visitor", from, to].map(str::to_owned);
        let mut expected = vec![
            event("created", "", "published"),
            event("edited", "", ""),
            event("decided", "published", "pending"),
        ];
        assert_eq!(history(world, &site, &own).await, expected);
        assert_counts_are_right(world, &site).await;

        let better = edit(world, &site, &own, "Harmless again.").await.expect(200);
        assert_eq!(
            better.json["comment"]["state"], "published",
            "what the rule held, the rule lets go"
        );
        expected.extend([event("edited", "", ""), event("decided", "pending", "published")]);
        assert_eq!(history(world, &site, &own).await, expected);
        assert_counts_are_right(world, &site).await;
    });
}

#[test]
fn words_that_a_moderator_let_through_are_looked_at_again_when_they_change() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "all" })).await;
        let own = Own::from(site.say(world, "post", "First words.").await.expect(202));
        let waiting = edit(world, &site, &own, "Second words.").await.expect(200);
        assert_eq!(waiting.json["comment"]["state"], "pending");
        assert_eq!(mine(world, &site, &own).await["html"], "<p>Second words.</p>");
        site.decide(world, &[&own.id], "publish").await.expect(200);
        let edited = edit(world, &site, &own, "Third words.").await.expect(200);
        assert_eq!(edited.json["comment"]["state"], "pending");
        let record = site.record(world, &own.id).await;
        assert_eq!(record.json["comment"]["reasons"], json!(["site_holds_all"]));
        assert_eq!(seen(world, &site).await, []);
        assert_counts_are_right(world, &site).await;
    });
}

#[test]
fn what_people_held_is_not_let_go_by_an_edit() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "links", "links_to_hold": 1 })).await;
        let own = say(world, &site, "Hm.").await;
        site.decide(world, &[&own.id], "hold").await.expect(200);
        let edited = edit(world, &site, &own, "All is well.").await.expect(200);
        assert_eq!(edited.json["comment"]["state"], "pending");
        edit(world, &site, &own, "See https://a.example").await.expect(200);
        let record = site.record(world, &own.id).await;
        assert_eq!(
            record.json["comment"]["reasons"],
            json!(["moderator", "has_links"]),
            "and the moderator sees both reasons"
        );
    });
}

#[test]
fn what_was_turned_down_is_not_changed_any_more_but_can_be_taken_back() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        for (decision, state) in [("reject", "rejected"), ("spam", "spam"), ("delete", "deleted")] {
            let own = say(world, &site, "Hm.").await;
            site.decide(world, &[&own.id], decision).await.expect(200);
            edit(world, &site, &own, "Oh, but.").await.refused(409, "state_changed");
            assert_eq!(mine(world, &site, &own).await.get("editable_until"), None);
            let taken = take_back(world, &site, &own).await.expect(200);
            assert_eq!(
                taken.json.get("restorable_until").is_some(),
                decision != "delete",
                "{decision}"
            );
            if decision == "delete" {
                restore(world, &site, &own).await.refused(409, "restore_over");
                continue;
            }
            let back = restore(world, &site, &own).await.expect(200);
            assert_eq!(back.json["comment"]["state"], "rejected");
            assert_eq!(site.record(world, &own.id).await.json["comment"]["state"], state);
        }
        assert_counts_are_right(world, &site).await;
    });
}

#[test]
fn the_time_for_second_thoughts_ends() {
    run(async {
        let world = World::start(|_| {});
        let mut site = world.site(json!({ "moderation": "none", "edit_minutes": 10 })).await;
        let (one, other) = (say(&world, &site, "One.").await, say(&world, &site, "Other.").await);
        world.advance(TimeDelta::minutes(9));
        edit(&world, &site, &one, "One, almost too late.").await.expect(200);
        world.advance(TimeDelta::minutes(1));
        edit(&world, &site, &one, "Too late.")
            .await
            .refused(403, "edit_window_over");
        take_back(&world, &site, &other).await.refused(403, "edit_window_over");
        let his = mine(&world, &site, &one).await;
        assert_eq!(his.get("editable_until"), None);
        assert_eq!(his["text"], "One, almost too late.", "still to be seen by him");

        site.owner.account = world.sign_in(&site.owner.account.email).await;
        site.change_settings(&world, &json!({ "edit_minutes": 60 })).await;
        edit(&world, &site, &one, "The owner gives more time.")
            .await
            .expect(200);
        site.change_settings(&world, &json!({ "edit_minutes": 0 })).await;
        edit(&world, &site, &one, "Or none.")
            .await
            .refused(403, "edit_window_over");
        let posted = site.say(&world, "post", "For ever.").await.expect(201);
        assert_eq!(posted.json.get("editable_until"), None);
        assert_eq!(seen(&world, &site).await.len(), 3);
    });
}

#[test]
fn nobody_but_its_author_changes_a_comment_and_nobody_learns_of_hidden_ones() {
    run(async {
        let world = world();
        let (site, other) = (world.site(publishing()).await, world.site(publishing()).await);
        let own = say(world, &site, "Mine.").await;
        let neighbour = say(world, &site, "Somebody else's.").await;
        let foreign = say(world, &other, "On another site.").await;
        let hidden = say(world, &site, "Held back.").await;
        site.decide(world, &[&hidden.id], "hold").await.expect(200);
        let cut = own.token[..own.token.len() - 1].to_owned();
        let calls = [
            (Method::PATCH, "", Some(json!({ "text": "Mine now." }))),
            (Method::DELETE, "", None),
            (Method::POST, "/restore", None),
        ];
        for (method, rest, body) in calls {
            let call = async |id: &str, token: &str| {
                let path = format!("comments/{id}{rest}");
                act(world, &site, method.clone(), &path, token, body.clone()).await
            };
            for token in [
                "",
                "void",
                &cut,
                &neighbour.token,
                &foreign.token,
                &site.owner.account.token,
            ] {
                call(&own.id, token).await.refused(403, "not_author");
                for id in [&hidden.id, &foreign.id, NOBODY] {
                    let what = format!("{method} {id} with {token}");
                    let answer = call(id, if *id == foreign.id { &foreign.token } else { token }).await;
                    assert_eq!(answer.status, 404, "{what}");
                    answer.refused(404, "not_found");
                }
            }
            call("nonsense", &own.token).await.refused(404, "not_found");
            let many = vec![own.token.as_str(); 21].join(",");
            call(&own.id, &many).await.refused(400, "invalid_parameter");
            let path = site.path(&format!("comments/{}{rest}", own.id));
            let bare = world.ask(method.clone(), &path).from(ORIGIN);
            let bare = match &body {
                Some(body) => bare.json(body),
                None => bare,
            };
            bare.send().await.refused(403, "not_author");
        }
        assert_eq!(history(world, &site, &own).await.len(), 1, "nothing happened");
        assert_eq!(seen(world, &other).await, as_seen(&[(1, "published")]));
        let all = format!("{}, {} ,{}", foreign.token, neighbour.token, own.token);
        edit_with(world, &site, &own.id, &all, "One of these is its.")
            .await
            .expect(200);
    });
}

#[test]
fn a_token_that_is_too_old_changes_nothing() {
    run(async {
        let world = World::start(|config| config.token_days = 1);
        let site = world
            .site(json!({ "moderation": "none", "edit_minutes": 525_600 }))
            .await;
        let own = say(&world, &site, "Mine.").await;
        world.advance(TimeDelta::hours(23));
        edit(&world, &site, &own, "Mine, still.").await.expect(200);
        world.advance(TimeDelta::hours(1));
        edit(&world, &site, &own, "Mine, once.")
            .await
            .refused(403, "not_author");
        take_back(&world, &site, &own).await.refused(403, "not_author");
    });
}

#[test]
fn what_is_taken_back_leaves_a_place_while_replies_stand_under_it() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let lonely = say(world, &site, "Nobody answers.").await;
        let root = say(world, &site, "Root.").await;
        let child = answer(world, &site, &root, "Child.").await;
        let leaf = answer(world, &site, &child, "Leaf.").await;

        let taken = take_back(world, &site, &lonely).await.expect(200);
        assert_eq!(taken.json["thread"]["comment_count"], 3);
        assert_eq!(seen(world, &site).await.len(), 3, "gone without a trace");
        take_back(world, &site, &child).await.expect(200);
        take_back(world, &site, &root).await.expect(200);
        assert_eq!(
            seen(world, &site).await,
            as_seen(&[(2, "removed"), (3, "removed"), (4, "published")])
        );
        let page = site.read(world, "post").await;
        for gone in &page.comments()[..2] {
            assert_eq!(
                (&gone["html"], &gone["author"]),
                (&json!(""), &json!({ "team": false }))
            );
        }
        assert_counts_are_right(world, &site).await;

        take_back(world, &site, &leaf).await.expect(200);
        assert_eq!(seen(world, &site).await, [], "the places go with the last reply");
        assert_eq!(site.read(world, "post").await.json["thread"]["comment_count"], 0);
        assert_counts_are_right(world, &site).await;

        restore(world, &site, &leaf).await.expect(200);
        assert_eq!(
            seen(world, &site).await,
            as_seen(&[(2, "removed"), (3, "removed"), (4, "published")]),
            "and come back with it"
        );
        restore(world, &site, &root).await.expect(200);
        let back = restore(world, &site, &child).await.expect(200);
        assert_eq!(back.json["comment"]["html"], "<p>Child.</p>");
        assert_eq!(back.json["comment"]["depth"], 1);
        assert_eq!(back.json["thread"]["comment_count"], 3);
        assert_counts_are_right(world, &site).await;
    });
}

#[test]
fn deleting_can_be_undone_for_five_minutes() {
    run(async {
        let world = World::start(|_| {});
        let site = world.site(publishing()).await;
        let own = say(&world, &site, "Mine.").await;
        world.advance(TimeDelta::minutes(14));
        let taken = take_back(&world, &site, &own).await.expect(200);
        let until = moment(&taken.json["restorable_until"]);
        assert!((until - world.app.clock.now() - TimeDelta::minutes(5)).abs() < TimeDelta::seconds(30));
        world.advance(TimeDelta::minutes(4));
        let again = take_back(&world, &site, &own).await.expect(200);
        assert!(
            (moment(&again.json["restorable_until"]) - until).abs() < TimeDelta::seconds(1),
            "to delete again changes nothing, also when the time to do so is over"
        );
        let back = restore(&world, &site, &own).await.expect(200);
        assert_eq!(back.json["comment"]["state"], "published");
        let once_more = restore(&world, &site, &own).await.expect(200);
        assert_eq!(once_more.json["comment"], back.json["comment"]);
        assert_eq!(once_more.json["thread"], back.json["thread"]);

        let other = say(&world, &site, "Another.").await;
        take_back(&world, &site, &other).await.expect(200);
        world.advance(TimeDelta::minutes(6));
        restore(&world, &site, &other).await.refused(409, "restore_over");
        let again = take_back(&world, &site, &other).await.expect(200);
        assert_eq!(again.json.get("restorable_until"), None);
        assert_eq!(seen(&world, &site).await, as_seen(&[(1, "published")]));
    });
}

#[test]
fn only_his_own_deletion_is_an_authors_to_undo() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let own = say(world, &site, "Mine.").await;
        site.decide(world, &[&own.id], "delete").await.expect(200);
        restore(world, &site, &own).await.refused(409, "restore_over");
        site.decide(world, &[&own.id], "publish").await.expect(200);
        take_back(world, &site, &own).await.expect(200);
        restore(world, &site, &own).await.expect(200);
        site.decide(world, &[&own.id], "delete").await.expect(200);
        restore(world, &site, &own).await.refused(409, "restore_over");
        let again = take_back(world, &site, &own).await.expect(200);
        assert_eq!(
            again.json.get("restorable_until"),
            None,
            "taking back what is gone does not make it his"
        );
        restore(world, &site, &own).await.refused(409, "restore_over");
        let row = |actor: &str, from: &str, to: &str| ["decided", actor, from, to].map(str::to_owned);
        assert_eq!(
            history(world, &site, &own).await[1..],
            [
                row("member", "published", "deleted"),
                row("member", "deleted", "published"),
                row("visitor", "published", "deleted"),
                row("visitor", "deleted", "published"),
                row("member", "published", "deleted"),
            ]
        );
    });
}

#[test]
fn what_waited_waits_again_after_its_deletion_was_undone() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "all" })).await;
        let own = Own::from(site.say(world, "post", "Mine.").await.expect(202));
        for _ in 0..2 {
            let taken = take_back(world, &site, &own).await.expect(200);
            assert_eq!(taken.json["thread"]["comment_count"], 0);
            assert_eq!(
                site.list(world, "comments?state=pending").await.numbers(),
                [] as [u64; 0]
            );
            let his = mine(world, &site, &own).await;
            assert_eq!((&his["state"], &his["text"]), (&json!("removed"), &json!("")));
            let back = restore(world, &site, &own).await.expect(200);
            assert_eq!(back.json["comment"]["state"], "pending");
        }
        let waiting = site.list(world, "comments?state=pending").await;
        assert_eq!(
            waiting.comments()[0]["reasons"],
            json!(["site_holds_all", "author"]),
            "why it waited is not lost"
        );
        assert_eq!(seen(world, &site).await, []);
    });
}

#[test]
fn where_nothing_may_change_nothing_changes() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "none", "reactions": ["👍"] })).await;
        let (own, other) = (say(world, &site, "Mine.").await, say(world, &site, "Another.").await);
        take_back(world, &site, &other).await.expect(200);
        let stranger = say(world, &site, "Somebody else's.").await;
        let refuse = async |code: &str| {
            edit(world, &site, &own, "Changed.").await.refused(403, code);
            take_back(world, &site, &own).await.refused(403, code);
            restore(world, &site, &other).await.refused(403, code);
            let vote = format!("comments/{}/vote", stranger.id);
            for value in [1, 0] {
                let body = Some(json!({ "value": value }));
                act(world, &site, Method::PUT, &vote, &own.token, body)
                    .await
                    .refused(403, code);
            }
            for on in [true, false] {
                let body = json!({ "thread": { "id": "post" }, "kind": "👍", "on": on });
                act(world, &site, Method::PUT, "thread/reaction", "", Some(body))
                    .await
                    .refused(403, code);
            }
            assert_eq!(mine(world, &site, &own).await.get("editable_until"), None);
        };
        let before = site.read(world, "post").await.json["comments"].clone();
        lock(world, &site, true).await;
        refuse("thread_locked").await;
        lock(world, &site, false).await;
        site.change_settings(world, &json!({ "read_only": true })).await;
        refuse("site_read_only").await;
        let on_a_new_page = json!({ "thread": { "id": "new" }, "kind": "👍", "on": true });
        act(world, &site, Method::PUT, "thread/reaction", "", Some(on_a_new_page))
            .await
            .refused(403, "site_read_only");
        let report = json!({ "reason": "spam" });
        let path = format!("comments/{}/reports", own.id);
        act(world, &site, Method::POST, &path, "", Some(report))
            .await
            .expect(202);
        site.change_settings(world, &json!({ "read_only": false })).await;
        assert_eq!(site.read(world, "post").await.json["comments"], before);
        edit(world, &site, &own, "Changed.").await.expect(200);
    });
}

#[test]
fn second_thoughts_and_decisions_at_once_leave_every_count_right() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "links", "links_to_hold": 1 })).await;
        let root = say(world, &site, "Root.").await;
        let own = answer(world, &site, &root, "The one.").await;
        answer(world, &site, &own, "Reply.").await;
        for round in 0..4 {
            let texts = [format!("Round {round}."), format!("https://{round}.example")];
            let edits = join_all(texts.iter().map(|text| edit(world, &site, &own, text)));
            let undone = join_all((0..4).map(|_| async {
                let taken = take_back(world, &site, &own).await;
                (taken, restore(world, &site, &own).await)
            }));
            let ids = [own.id.as_str(), root.id.as_str()];
            let decisions = join_all(["publish", "hold", "delete", "publish"].map(|one| site.decide(world, &ids, one)));
            let ((edits, undone), decisions) = join(join(edits, undone), decisions).await;
            let (taken, restored): (Vec<_>, Vec<_>) = undone.into_iter().unzip();
            for decided in decisions.into_iter().chain(taken) {
                decided.expect(200);
            }
            for answer in edits.into_iter().chain(restored) {
                assert!([200, 409].contains(&answer.status.as_u16()), "{}", answer.all());
            }
            assert_counts_are_right(world, &site).await;
        }
    });
}

#[test]
fn open_pages_hear_of_each_change() {
    run(async {
        let world = World::start(|_| {});
        let site = world
            .site(json!({ "moderation": "links", "links_to_hold": 1, "reactions": ["👍"] }))
            .await;
        let root = say(&world, &site, "Root.").await;
        let leaf = answer(&world, &site, &root, "Leaf.").await;
        let mut heard = world.app.db.bus().listen();
        let mut version = site.read(&world, "post").await.json["thread"]["version"]
            .as_i64()
            .unwrap();
        let mut changes = move || {
            let mut changes = Vec::new();
            while let Ok(notice) = heard.try_recv() {
                if let Notice::Thread {
                    version: now, change, ..
                } = notice
                {
                    assert_eq!(now, version + 1, "each is a version of its own");
                    version = now;
                    changes.push(change);
                }
            }
            changes
        };
        let (root_id, leaf_id): (Uuid, Uuid) = (root.id.parse().unwrap(), leaf.id.parse().unwrap());

        edit(&world, &site, &leaf, "Leaf, green.").await.expect(200);
        assert_eq!(changes(), [Change::Comment(leaf_id)]);
        edit(&world, &site, &leaf, "https://a.example").await.expect(200);
        assert_eq!(changes(), [Change::Removed(leaf_id)]);
        edit(&world, &site, &leaf, "https://b.example").await.expect(200);
        assert_eq!(changes(), [], "what waits is nobody else's business");
        edit(&world, &site, &leaf, "Leaf.").await.expect(200);
        edit(&world, &site, &leaf, "Leaf.").await.expect(200);
        assert_eq!(changes(), [Change::Comment(leaf_id)]);

        take_back(&world, &site, &root).await.expect(200);
        assert_eq!(changes(), [Change::Removed(root_id)]);
        take_back(&world, &site, &leaf).await.expect(200);
        take_back(&world, &site, &leaf).await.expect(200);
        assert_eq!(
            changes(),
            [Change::Removed(leaf_id), Change::Removed(root_id)],
            "the place of the root goes, too"
        );
        restore(&world, &site, &leaf).await.expect(200);
        assert_eq!(changes(), [Change::Comment(root_id), Change::Comment(leaf_id)]);

        let vote = format!("comments/{}/vote", leaf.id);
        for value in [1, 1, -1, 0, 0] {
            let body = Some(json!({ "value": value }));
            act(&world, &site, Method::PUT, &vote, "", body).await.expect(200);
        }
        assert_eq!(changes(), [Change::Votes(leaf_id); 3]);
        for on in [true, true, false] {
            let body = json!({ "thread": { "id": "post" }, "kind": "👍", "on": on });
            act(&world, &site, Method::PUT, "thread/reaction", "", Some(body))
                .await
                .expect(200);
        }
        assert_eq!(changes(), [Change::Thread; 2]);
    });
}

#[test]
fn an_author_is_counted_by_a_budget() {
    run(async {
        let world = World::start(|config| config.limit_edit = "2/3600".parse().unwrap());
        let site = world.site(publishing()).await;
        let own = say(&world, &site, "Mine.").await;
        edit(&world, &site, &own, "Once.").await.expect(200);
        take_back(&world, &site, &own).await.expect(200);
        restore(&world, &site, &own).await.refused(429, "rate_limited");
    });
}
