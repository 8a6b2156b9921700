//! Conversations in the team's hands: found, renamed, pinned in; merged, split and moved, with every count right
//! afterwards.

use std::collections::HashMap;

use entity::membership::Role;
use entity::{OfSite, reaction, subscription, thread};
use futures_util::future::join_all;
use http::Method;
use parlour::infra::bus::{Change, Notice};
use parlour::tenants::Reach;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};
use serde_json::{Value, json};

use crate::moderation::{DECISIONS, assert_counts_are_right};
use crate::world::{Answer, ORIGIN, Site, World, run, world};

fn publishing() -> Value {
    json!({ "moderation": "none" })
}

/// What a merge, split or move said, without what a preview cannot know: ids of what it opens, times, and that it was
/// one.
fn gist(change: &Answer) -> Value {
    let mut gist = change.json.clone();
    gist["preview"].take();
    for thread in ["source", "target"] {
        if let Some(thread) = gist[thread].as_object_mut() {
            thread.remove("id");
            thread.remove("created_at");
        }
    }
    gist
}

/// Arranges threads after a preview, which must say the same and change nothing.
async fn arrange(world: &World, site: &Site, id: &str, how: &str, body: &Value) -> Answer {
    let seen = async || {
        let threads = site.list(world, "threads?limit=100").await.json;
        let comments = site.list(world, "comments?limit=100").await.json;
        (threads, comments, site.thread(world, id).await.json)
    };
    let before = seen().await;
    let mut asked = body.clone();
    asked["preview"] = json!(true);
    let preview = site.arrange(world, id, how, &asked).await.expect(200);
    assert_eq!(preview.json["preview"], true);
    assert_eq!(seen().await, before, "a preview changes nothing");
    let done = site.arrange(world, id, how, body).await.expect(200);
    assert_eq!(done.json["preview"], false);
    assert_eq!(gist(&done), gist(&preview), "a preview says what will be");
    done
}

/// `(number, depth, reply_count, branch_count)` of each comment on a thread's page.
async fn tree(world: &World, site: &Site, thread: &str) -> Vec<[u64; 4]> {
    let page = site.read(world, thread).await;
    let members = ["number", "depth", "reply_count", "branch_count"];
    let row = |one: &Value| members.map(|member| one[member].as_u64().unwrap());
    page.comments().iter().map(row).collect()
}

/// A tree: 1 [2 [3 [4] 5] 6] and, beside it, 7 [8].
async fn planted(world: &World, site: &Site, thread: &str) -> (String, Vec<String>) {
    let mut ids: Vec<String> = Vec::new();
    let mut id = String::new();
    for parent in [None, Some(1), Some(2), Some(3), Some(2), Some(1), None, Some(7)] {
        let text = format!("Number {}.", ids.len() + 1);
        let posted = match parent {
            Some(number) => site.answer(world, thread, &ids[number - 1], &text).await,
            None => site.say(world, thread, &text).await,
        };
        let posted = posted.expect(201);
        id = posted.thread_id();
        ids.push(posted.comment_id());
    }
    (id, ids)
}

fn kinds(record: &Answer) -> Vec<String> {
    let events = record.json["events"].as_array().unwrap().iter();
    events.map(|one| one["kind"].as_str().unwrap().to_owned()).collect()
}

fn warnings(change: &Answer) -> Vec<&str> {
    let warnings = change.json["warnings"].as_array().unwrap().iter();
    warnings.map(|one| one.as_str().unwrap()).collect()
}

/// Reads a thread around a comment.
async fn around(world: &World, site: &Site, thread: &str, number: &str) -> Answer {
    let path = site.path(&format!("thread?id={thread}&around={number}"));
    world.get(&path).from(ORIGIN).send().await
}

#[test]
fn conversations_are_found_by_title_id_and_address_in_any_case() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let say = async |thread: Value| {
            let draft = json!({ "thread": thread, "text": "Hello." });
            site.draft(world, &draft).await.expect(201).thread_id()
        };
        let river = say(json!({ "url": "https://blog.example/River", "title": "Die Große ÜBERSICHT" })).await;
        let percent = say(json!({ "id": "100%_sure" })).await;
        let plain = say(json!({ "id": "100 sure", "url": "https://blog.example/plain" })).await;
        for (words, expected) in [
            ("übersicht", vec![&river]),
            ("GROSSE", vec![]),
            ("große", vec![&river]),
            ("river", vec![&river]),
            ("BLOG.example", vec![&plain, &river]),
            ("100%25", vec![&percent]),
            ("%25", vec![&percent]),
            ("_", vec![&percent]),
            ("sure", vec![&plain, &percent]),
            ("id:100", vec![&plain, &percent]),
            ("nothing", vec![]),
            ("%20%20", vec![&plain, &percent, &river]),
        ] {
            let list = site.list(world, &format!("threads?q={words}")).await;
            let found: Vec<&str> = list.json["threads"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["id"].as_str().unwrap())
                .collect();
            assert_eq!(found, expected, "{words}");
        }
        site.change_thread(world, &percent, &json!({ "title": "Ganz Sicher" }))
            .await
            .expect(200);
        let renamed = site.list(world, "threads?q=ganz+sicher").await;
        assert_eq!(renamed.json["threads"][0]["id"], *percent);
    });
}

#[test]
fn conversations_are_listed_by_what_was_made_of_them() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let mut ids = Vec::new();
        for name in ["open", "closed", "locked", "both"] {
            ids.push(site.say(world, name, "Hello.").await.expect(201).thread_id());
        }
        for (place, change) in [
            (1, json!({ "closed": true })),
            (2, json!({ "locked": true })),
            (3, json!({ "closed": true, "locked": true })),
        ] {
            site.change_thread(world, &ids[place], &change).await.expect(200);
        }
        for (query, expected) in [
            ("", vec!["both", "locked", "closed", "open"]),
            ("?state=open", vec!["open"]),
            ("?state=closed", vec!["both", "closed"]),
            ("?state=locked", vec!["both", "locked"]),
            ("?state=closed&q=clo", vec!["closed"]),
        ] {
            let list = site.list(world, &format!("threads{query}")).await;
            let keys: Vec<&str> = list.json["threads"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["key"].as_str().unwrap().strip_prefix("id:").unwrap())
                .collect();
            assert_eq!(keys, expected, "{query}");
        }
        let mut pages = Vec::new();
        let mut after = String::new();
        loop {
            let page = site.list(world, &format!("threads?limit=3{after}")).await;
            pages.push(page.json["threads"].as_array().unwrap().len());
            match page.json["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
        assert_eq!(pages, [3, 1]);
        for query in [
            "state=gone",
            "limit=0",
            "after=x",
            "site_id=x",
            &format!("q={}", "x".repeat(101)),
        ] {
            let path = site.admin(&format!("threads?{query}"));
            let answer = world.get(&path).by(&site.owner.account).send().await;
            answer.refused(400, "invalid_parameter");
        }
    });
}

#[test]
fn a_conversation_tells_its_whole_story() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let draft = json!({ "thread": { "url": "https://blog.example/post", "title": "First" }, "text": "Hello." });
        let first = site.draft(world, &draft).await.expect(201);
        let id = first.thread_id();
        let more = async |decision: &str| {
            let draft = json!({ "thread": { "url": "https://blog.example/post" }, "text": decision });
            let posted = site.draft(world, &draft).await.expect(201).comment_id();
            site.decide(world, &[&posted], decision).await.expect(200);
        };
        for (decision, _) in DECISIONS {
            more(decision).await;
        }
        more("spam").await;
        let pins = json!({ "pinned": [first.comment_id()] });
        for change in [
            json!({ "title": " Second  title " }),
            json!({ "closed": true, "locked": true }),
            json!({ "closed": false }),
            pins.clone(),
            pins,
            json!({ "title": "" }),
            json!({}),
            json!({ "locked": true, "closed": false }),
        ] {
            site.change_thread(world, &id, &change).await.expect(200);
        }
        let record = site.thread(world, &id).await;
        assert_eq!(
            kinds(&record),
            ["renamed", "closed", "locked", "opened", "pinned", "renamed"]
        );
        let events = record.json["events"].as_array().unwrap();
        assert_eq!(events[0]["data"], json!({ "from": "First", "to": "Second title" }));
        assert_eq!(events[0]["actor"], json!({ "kind": "member", "name": "owner" }));
        assert_eq!(events[4]["data"], json!({ "from": [], "to": [first.comment_id()] }));
        assert_eq!(events[5]["data"], json!({ "from": "Second title", "to": null }));
        let counts = json!({ "published": 2, "pending": 1, "spam": 2, "rejected": 1, "deleted": 1 });
        assert_eq!(record.json["counts"], counts);
        assert_eq!(record.json["keys"], json!(["url:blog.example/post"]));
        assert_eq!(record.json["pinned"][0]["number"], 1);
        assert_eq!(record.json["pinned"][0]["text"], "Hello.");
        let told = &record.json["thread"];
        assert_eq!(told["title"], Value::Null);
        assert_eq!(told["url"], "https://blog.example/post");
        assert_eq!(told["comment_count"], 2);
        assert_eq!(told["key_clash"], false);
        assert_eq!(told["site"], json!({ "id": site.id, "name": "A blog" }));
    });
}

#[test]
fn readers_see_a_new_title_at_once() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let id = site.say(world, "post", "Hello.").await.expect(201).thread_id();
        let before = site.read(world, "post").await;
        site.change_thread(world, &id, &json!({ "title": "A title" }))
            .await
            .expect(200);
        let after = site.read(world, "post").await;
        assert_eq!(after.json["thread"]["title"], "A title");
        assert_ne!(after.header("etag"), before.header("etag"));
        site.change_thread(world, &id, &json!({ "title": "A title" }))
            .await
            .expect(200);
        assert_eq!(site.read(world, "post").await.header("etag"), after.header("etag"));
        site.change_thread(world, &id, &json!({ "title": "x".repeat(301) }))
            .await
            .refused_for("/title", "too_long");
    });
}

#[test]
fn the_queue_shows_one_conversation_and_what_is_pinned_in_it() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let (id, ids) = planted(world, &site, "post").await;
        let elsewhere = site.say(world, "other", "Elsewhere.").await.expect(201).thread_id();
        let queue = async |thread: &str| site.list(world, &format!("comments?thread_id={thread}")).await;
        assert_eq!(queue(&id).await.numbers(), [8, 7, 6, 5, 4, 3, 2, 1]);
        assert_eq!(queue(&elsewhere).await.numbers(), [9]);
        let foreign = world.site(publishing()).await;
        let foreign = foreign.say(world, "post", "Foreign.").await.expect(201).thread_id();
        assert_eq!(queue(&foreign).await.numbers(), [] as [u64; 0], "of another tenant");

        let pins = json!({ "pinned": [ids[6], ids[0]] });
        site.change_thread(world, &id, &pins).await.expect(200);
        let pinned = async || {
            let queue = queue(&id).await;
            let pinned = queue.comments().iter().filter(|one| one["pinned"] == true);
            pinned.map(|one| one["number"].as_u64().unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(pinned().await, [7, 1]);
        site.decide(world, &[&ids[0]], "hold").await.expect(200);
        assert_eq!(pinned().await, [7], "what readers do not see is not on top");
    });
}

#[test]
fn published_roots_can_be_pinned_and_nothing_else() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let (id, ids) = planted(world, &site, "post").await;
        let elsewhere = site.say(world, "other", "Elsewhere.").await.expect(201).comment_id();
        let foreign = world.site(publishing()).await;
        let foreign = foreign.say(world, "post", "Foreign.").await.expect(201).comment_id();
        let hidden = site.say(world, "post", "Hidden.").await.expect(201).comment_id();
        site.decide(world, &[&hidden], "hold").await.expect(200);
        let pin = async |pins: Value| site.change_thread(world, &id, &json!({ "pinned": pins })).await;
        for wrong in [
            &ids[1],
            &elsewhere,
            &foreign,
            &hidden,
            "00000000-0000-0000-0000-000000000000",
        ] {
            pin(json!([ids[0], wrong])).await.refused_for("/pinned/1", "not_found");
        }
        pin(json!([ids[0], ids[6], ids[0]]))
            .await
            .refused_for("/pinned/2", "invalid");
        pin(json!(vec![&ids[0]; 11])).await.refused_for("/pinned", "too_many");
        pin(json!(["x"])).await.refused_for("/pinned/0", "invalid");
        let numbers = |record: &Answer| {
            let pinned = record.json["pinned"].as_array().unwrap().iter();
            pinned.map(|one| one["number"].as_u64().unwrap()).collect::<Vec<_>>()
        };
        let pinned = pin(json!([ids[6], ids[0]])).await.expect(200);
        assert_eq!(numbers(&pinned), [7, 1], "in the order given");
        site.decide(world, &[&ids[6]], "delete").await.expect(200);
        assert_eq!(
            numbers(&site.thread(world, &id).await),
            [1],
            "what is gone is not shown"
        );
        site.decide(world, &[&ids[6]], "publish").await.expect(200);
        assert_eq!(
            numbers(&site.thread(world, &id).await),
            [7, 1],
            "and is back when it is"
        );
        assert_eq!(numbers(&pin(json!([])).await.expect(200)), [] as [u64; 0]);

        let mut many = Vec::new();
        for number in 0..10 {
            many.push(site.say(world, "many", &format!("Root {number}.")).await.expect(201));
        }
        let pins: Vec<String> = many.iter().map(Answer::comment_id).collect();
        let ten = site
            .change_thread(world, &many[0].thread_id(), &json!({ "pinned": pins }))
            .await
            .expect(200);
        assert_eq!(numbers(&ten).len(), 10);
    });
}

#[test]
fn merged_conversations_are_one_under_all_their_keys() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let (source, ids) = planted(world, &site, "old").await;
        site.decide(world, &[&ids[1], &ids[4]], "delete").await.expect(200);
        let target = site.say(world, "new", "Nine.").await.expect(201);
        let reply = site
            .answer(world, "new", &target.comment_id(), "Ten.")
            .await
            .expect(201);
        let into = target.thread_id();
        site.change_thread(world, &source, &json!({ "title": "Old title", "pinned": [ids[6]] }))
            .await
            .expect(200);
        site.change_thread(world, &into, &json!({ "pinned": [target.comment_id()] }))
            .await
            .expect(200);

        let done = arrange(world, &site, &source, "merge", &json!({ "into": into })).await;
        assert_eq!(done.json["comments"], 8);
        assert_eq!(done.json["keys"], json!(["id:old", "id:new"]));
        assert_eq!(done.json.get("source"), None);
        assert_eq!(done.json["target"]["id"], *into);
        assert_eq!(done.json["target"]["title"], "Old title", "where the target had none");
        assert_eq!(done.json["target"]["comment_count"], 8);
        assert_eq!(warnings(&done), [""; 0]);

        let page = site.read(world, "new").await;
        assert_eq!(
            page.numbers(),
            [9, 10, 7, 8, 1, 2, 3, 4, 6],
            "the pinned of both, then the others in order of time, places and all"
        );
        assert_eq!(site.read(world, "old").await.json, page.json);
        assert_eq!(page.json["thread"]["key"], "id:new");
        let gone = world
            .get(&site.admin(&format!("threads/{source}")))
            .by(&site.owner.account)
            .send()
            .await;
        gone.refused(404, "not_found");
        let record = site.thread(world, &into).await;
        assert_eq!(record.json["pinned"].as_array().unwrap().len(), 2);
        assert_eq!(record.json["pinned"][0]["number"], 9, "the target's pins first");
        assert_eq!(kinds(&record), ["pinned", "merged"]);
        let data = &record.json["events"][1]["data"];
        assert_eq!(data["source"]["id"], *source);
        assert_eq!(data["source"]["title"], "Old title");
        assert_eq!((&data["keys"], &data["comments"]), (&json!(["id:old"]), &json!(8)));

        site.answer(world, "old", &reply.comment_id(), "Under the old name.")
            .await
            .expect(201);
        site.say(world, "old", "A root.").await.expect(201);
        assert_counts_are_right(world, &site).await;
        let counts = world.get(&site.path("counts?id=old&id=new")).send().await.expect(200);
        assert_eq!(counts.json["counts"][0]["comment_count"], 10);
        assert_eq!(counts.json["counts"][1]["comment_count"], 10);
        site.decide(world, &[&ids[1]], "publish").await.expect(200);
        assert_counts_are_right(world, &site).await;
        let mine = world
            .get(&site.path("mine"))
            .header("parlour-tokens", target.text("token"))
            .send()
            .await;
        assert_eq!(mine.expect(200).comments()[0]["thread_key"], "id:new");
    });
}

#[test]
fn who_merges_is_told_what_to_know() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let mut pins: HashMap<&str, Vec<String>> = HashMap::new();
        let mut threads: HashMap<&str, String> = HashMap::new();
        for (name, roots) in [("one", 6), ("two", 7)] {
            for number in 0..roots {
                let posted = site.say(world, name, &format!("Root {number}.")).await.expect(201);
                pins.entry(name).or_default().push(posted.comment_id());
                threads.insert(name, posted.thread_id());
            }
            let change = json!({ "pinned": pins[name], "title": name });
            site.change_thread(world, &threads[name], &change).await.expect(200);
        }
        let closed = json!({ "closed": true, "locked": true });
        site.change_thread(world, &threads["two"], &closed).await.expect(200);
        let done = arrange(
            world,
            &site,
            &threads["one"],
            "merge",
            &json!({ "into": threads["two"] }),
        )
        .await;
        assert_eq!(warnings(&done), ["target_closed", "target_locked", "pins_dropped"]);
        assert_eq!(done.json["target"]["title"], "two");
        let record = site.thread(world, &threads["two"]).await;
        let pinned = record.json["pinned"].as_array().unwrap().iter();
        let pinned: Vec<&str> = pinned.map(|one| one["id"].as_str().unwrap()).collect();
        let expected: Vec<&String> = pins["two"].iter().chain(&pins["one"][..3]).collect();
        assert_eq!(pinned, expected);
    });
}

#[test]
fn reactions_and_subscriptions_go_along_when_conversations_are_merged() {
    run(async {
        let world = world();
        let site = world
            .site(json!({ "moderation": "none", "reactions": ["👍", "🎉"] }))
            .await;
        let source = site.say(world, "old", "Hello.").await.expect(201).thread_id();
        let into = site.say(world, "new", "Hello.").await.expect(201).thread_id();
        let site_id: uuid::Uuid = site.id.parse().unwrap();
        let (from, to): (uuid::Uuid, uuid::Uuid) = (source.parse().unwrap(), into.parse().unwrap());
        world
            .within(move |app| async move {
                let now = app.clock.now();
                let tx = app.db.begin().await.unwrap();
                for (thread_id, voter, kind) in [
                    (from, "ada", "👍"),
                    (from, "ada", "🎉"),
                    (from, "bob", "👍"),
                    (to, "ada", "👍"),
                    (to, "cy", "👍"),
                ] {
                    let row = reaction::ActiveModel {
                        id: Set(app.clock.new_id()),
                        site_id: Set(site_id),
                        thread_id: Set(thread_id),
                        voter: Set(voter.to_owned()),
                        kind: Set(kind.to_owned()),
                        created_at: Set(now),
                    };
                    reaction::Entity::insert(row)
                        .exec_without_returning(&*tx)
                        .await
                        .unwrap();
                }
                for (id, counts) in [(from, json!({ "👍": 2, "🎉": 1 })), (to, json!({ "👍": 2 }))] {
                    let update = thread::Entity::update_of_site(site_id)
                        .col_expr(thread::Column::Reactions, Expr::value(counts))
                        .filter(thread::Column::Id.eq(id));
                    update.exec(&*tx).await.unwrap();
                }
                let row = subscription::ActiveModel {
                    id: Set(app.clock.new_id()),
                    site_id: Set(site_id),
                    thread_id: Set(Some(from)),
                    comment_id: Set(None),
                    wants: Set(subscription::Wants::Thread),
                    email: Set("ada@example.org".to_owned()),
                    email_folded: Set("ada@example.org".to_owned()),
                    token_hash: Set(rand::random::<[u8; 32]>().to_vec()),
                    created_at: Set(now),
                    confirmed_at: Set(None),
                    ended_at: Set(None),
                    locale: Set(None),
                    asked_at: Set(None),
                };
                subscription::Entity::insert(row)
                    .exec_without_returning(&*tx)
                    .await
                    .unwrap();
                tx.commit().await.unwrap();
            })
            .await;
        arrange(world, &site, &source, "merge", &json!({ "into": into })).await;
        let reactions = json!([{ "kind": "👍", "count": 3 }, { "kind": "🎉", "count": 1 }]);
        assert_eq!(site.read(world, "new").await.json["thread"]["reactions"], reactions);
        let kept = world.within(move |app| async move {
            let reactions = reaction::Entity::of_site(site_id).all(app.db.read()).await.unwrap();
            let followers = subscription::Entity::of_site(site_id).all(app.db.read()).await.unwrap();
            (
                reactions.iter().all(|row| row.thread_id == to),
                reactions.len(),
                followers.iter().map(|row| row.thread_id).collect::<Vec<_>>(),
            )
        });
        assert_eq!(kept.await, (true, 4, vec![Some(to)]));
    });
}

#[test]
fn what_cannot_be_merged_is_refused() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let id = site.say(world, "post", "Hello.").await.expect(201).thread_id();
        let merge = async |into: &str| site.arrange(world, &id, "merge", &json!({ "into": into })).await;
        merge(&id).await.refused_for("/into", "invalid");
        merge("00000000-0000-0000-0000-000000000000")
            .await
            .refused(404, "not_found");
        let stranger = world.site(publishing()).await;
        let foreign = stranger.say(world, "post", "Foreign.").await.expect(201).thread_id();
        merge(&foreign).await.refused(404, "not_found");

        let sibling = json!({ "name": "A sibling", "origins": [ORIGIN], "settings": publishing() });
        let sibling = world
            .post(&site.admin("sites"), &sibling)
            .by(&site.owner.account)
            .send()
            .await
            .expect(201);
        let path = format!("/v1/sites/{}/comments", sibling.text("key"));
        let draft = json!({ "thread": { "id": "post" }, "text": "Next door." });
        let next_door = world
            .post(&path, &draft)
            .from(ORIGIN)
            .send()
            .await
            .expect(201)
            .thread_id();
        merge(&next_door).await.refused_for("/into", "invalid");
        let reach = Reach::Only(vec![site.id.parse().unwrap()]);
        let limited = world.member(&site, Role::Moderator, reach).await;
        let path = site.admin(&format!("threads/{id}/merge"));
        let request = world.post(&path, &json!({ "into": next_door })).by(&limited);
        request.send().await.refused(404, "not_found");
        assert_eq!(site.read(world, "post").await.numbers(), [1]);
    });
}

#[test]
fn a_branch_becomes_a_conversation_of_its_own() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let (source, ids) = planted(world, &site, "post").await;
        let whole = [
            [1, 0, 2, 5],
            [2, 1, 2, 0],
            [3, 2, 1, 0],
            [4, 3, 0, 0],
            [5, 2, 0, 0],
            [6, 1, 0, 0],
            [7, 0, 1, 1],
            [8, 1, 0, 0],
        ];
        assert_eq!(tree(world, &site, "post").await, whole);
        let page = "https://blog.example/off-topic";
        let split = json!({ "comment_id": ids[1], "to": { "id": "off-topic", "url": page }, "title": "Off topic" });
        let done = arrange(world, &site, &source, "split", &split).await;
        assert_eq!(done.json["comments"], 4);
        assert_eq!(done.json["keys"], json!(["id:off-topic"]));
        assert_eq!(warnings(&done), [""; 0]);
        let (from, to) = (&done.json["source"], &done.json["target"]);
        assert_eq!((&from["id"], &from["comment_count"]), (&json!(source), &json!(4)));
        assert_eq!(
            (&to["comment_count"], &to["title"], &to["url"]),
            (&json!(4), &json!("Off topic"), &json!(page))
        );

        let left = [[1, 0, 1, 1], [6, 1, 0, 0], [7, 0, 1, 1], [8, 1, 0, 0]];
        assert_eq!(tree(world, &site, "post").await, left);
        let branch = [[2, 0, 2, 3], [3, 1, 1, 0], [4, 2, 0, 0], [5, 1, 0, 0]];
        assert_eq!(tree(world, &site, "off-topic").await, branch);
        assert_counts_are_right(world, &site).await;

        let record = site.thread(world, to["id"].as_str().unwrap()).await;
        assert_eq!(kinds(&record), ["split"]);
        let data = &record.json["events"][0]["data"];
        assert_eq!(
            (&data["from"]["key"], &data["comments"]),
            (&json!("id:post"), &json!(4))
        );
        let record = site.thread(world, &source).await;
        let data = &record.json["events"][0]["data"];
        let comment = json!({ "id": ids[1], "number": 2, "parent_id": ids[0] });
        assert_eq!(
            (&data["to"]["key"], &data["comment"]),
            (&json!("id:off-topic"), &comment)
        );
        let history = site.record(world, &ids[1]).await;
        assert_eq!(kinds(&history), ["created", "split"]);
        assert_eq!(history.json["comment"]["thread"]["key"], "id:off-topic");
        assert_eq!(history.json["comment"].get("parent"), None);

        site.answer(world, "off-topic", &ids[3], "Deeper.").await.expect(201);
        site.answer(world, "post", &ids[3], "From an old page.")
            .await
            .refused_for("/parent_id", "not_found");
        assert_eq!(tree(world, &site, "off-topic").await[0], [2, 0, 2, 4]);
        assert_counts_are_right(world, &site).await;
    });
}

#[test]
fn an_old_link_to_a_comment_leads_to_where_it_is_now() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let (source, ids) = planted(world, &site, "post").await;
        let page = "https://blog.example/off-topic";
        let before = around(world, &site, "post", "4").await.expect(200);
        assert_eq!(before.json.get("moved"), None);
        let split = json!({ "comment_id": ids[1], "to": { "url": page } });
        site.arrange(world, &source, "split", &split).await.expect(200);

        let moved = json!({ "key": "url:blog.example/off-topic", "url": page });
        for number in ["2", "3", "4", "5"] {
            let after = around(world, &site, "post", number).await.expect(200);
            assert_eq!(after.json["moved"], moved, "{number}");
            assert_eq!(after.numbers(), [1, 6, 7, 8], "the page itself is as it is");
        }
        for number in ["1", "6", "7", "99", "0", "-1", "9223372036854775807"] {
            let here = around(world, &site, "post", number).await.expect(200);
            assert_eq!(here.json.get("moved"), None, "{number}");
        }
        around(world, &site, "post", "x")
            .await
            .refused(400, "invalid_parameter");
        let unopened = around(world, &site, "nobody", "4").await.expect(200);
        assert_eq!(
            unopened.json["moved"], moved,
            "also from a page that has no conversation any more"
        );

        site.decide(world, &[&ids[3]], "spam").await.expect(200);
        let hidden = around(world, &site, "post", "4").await.expect(200);
        assert_eq!(hidden.json.get("moved"), None, "nobody learns of what is not shown");
        let stranger = world.site(publishing()).await;
        stranger.say(world, "post", "Hello.").await.expect(201);
        let elsewhere = around(world, &stranger, "post", "2").await.expect(200);
        assert_eq!(elsewhere.json.get("moved"), None, "numbers are of one site");

        // Once more to another place: the first page has not changed since.
        let known = around(world, &site, "post", "2").await.expect(200);
        let home = known.header("etag").to_owned();
        let target = site.list(world, "threads?q=off-topic").await.json["threads"][0]["id"].clone();
        let to = json!({ "to": { "id": "third-place" } });
        site.arrange(world, target.as_str().unwrap(), "move", &to)
            .await
            .expect(200);
        let path = site.path("thread?id=post&around=2");
        let again = world.get(&path).header("if-none-match", home).send().await.expect(200);
        assert_eq!(again.json["moved"]["key"], "id:third-place");
        world
            .get(&path)
            .header("if-none-match", again.header("etag"))
            .send()
            .await
            .expect(304);
    });
}

#[test]
fn a_whole_root_can_be_split_off_and_what_is_hidden_goes_along() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let (source, ids) = planted(world, &site, "post").await;
        site.change_thread(world, &source, &json!({ "pinned": [ids[6], ids[0]] }))
            .await
            .expect(200);
        site.decide(world, &[&ids[1], &ids[2]], "reject").await.expect(200);
        site.decide(world, &[&ids[3]], "spam").await.expect(200);
        assert_eq!(
            tree(world, &site, "post").await[2..5],
            [[1, 0, 2, 2], [2, 1, 1, 0], [5, 2, 0, 0]],
            "3 is gone, as nothing is seen under it"
        );
        let to = |id: &str, place: usize| json!({ "comment_id": ids[place], "to": { "id": id } });
        let done = arrange(world, &site, &source, "split", &to("root", 0)).await;
        assert_eq!(
            (&done.json["comments"], warnings(&done)),
            (&json!(6), vec!["pin_removed"])
        );
        assert_eq!(
            site.thread(world, &source).await.json["pinned"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
        let root = done.json["target"]["id"].as_str().unwrap().to_owned();
        assert_eq!(done.json["target"]["comment_count"], 3);

        // Nobody sees 3 and 4, so nothing that is seen changes.
        let seen = tree(world, &site, "root").await;
        let done = arrange(world, &site, &root, "split", &to("hidden", 2)).await;
        assert_eq!(done.json["comments"], 2);
        assert_eq!(done.json["target"]["comment_count"], 0);
        assert_eq!(tree(world, &site, "root").await, seen);
        assert_eq!(tree(world, &site, "hidden").await, [[0; 4]; 0]);

        // 2 is only a place above 5: with 5 gone, it goes.
        arrange(world, &site, &root, "split", &to("five", 4)).await;
        assert_eq!(tree(world, &site, "root").await, [[1, 0, 1, 1], [6, 1, 0, 0]]);
        site.decide(world, &[&ids[1], &ids[2], &ids[3]], "publish")
            .await
            .expect(200);
        assert_eq!(
            tree(world, &site, "root").await,
            [[1, 0, 2, 2], [2, 1, 0, 0], [6, 1, 0, 0]]
        );
        assert_eq!(tree(world, &site, "hidden").await, [[3, 0, 1, 1], [4, 1, 0, 0]]);
        assert_counts_are_right(world, &site).await;

        let last = arrange(world, &site, &source, "split", &to("rest", 6)).await;
        assert_eq!(warnings(&last), ["pin_removed", "source_empty"]);
        assert_eq!(site.read(world, "post").await.json["comments"], json!([]));
        site.say(world, "post", "And on.").await.expect(201);
        assert_counts_are_right(world, &site).await;

        let rest = last.json["target"]["id"].as_str().unwrap();
        arrange(world, &site, rest, "merge", &json!({ "into": source })).await;
        let pinned = &site.thread(world, &source).await.json["pinned"];
        assert_eq!(
            pinned,
            &json!([]),
            "a pin that was taken off does not come back with its comment"
        );
    });
}

#[test]
fn a_branch_can_go_to_a_conversation_that_is_there() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let (source, ids) = planted(world, &site, "post").await;
        let other = site.say(world, "other", "Nine.").await.expect(201).thread_id();
        site.change_thread(world, &other, &json!({ "closed": true }))
            .await
            .expect(200);
        let split = json!({ "comment_id": ids[2], "to": { "id": "other" }, "title": "Not taken" });
        let done = arrange(world, &site, &source, "split", &split).await;
        assert_eq!(warnings(&done), ["target_closed", "target_exists"]);
        assert_eq!(done.json["target"]["id"], *other);
        assert_eq!(done.json["target"].get("title"), None);
        assert_eq!(
            tree(world, &site, "other").await,
            [[3, 0, 1, 1], [4, 1, 0, 0], [9, 0, 0, 0]],
            "in order of time"
        );
        assert_counts_are_right(world, &site).await;
    });
}

#[test]
fn what_cannot_be_split_off_is_refused() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let (source, ids) = planted(world, &site, "post").await;
        let elsewhere = site.say(world, "other", "Elsewhere.").await.expect(201).comment_id();
        let split = async |body: Value| site.arrange(world, &source, "split", &body).await;
        let to = json!({ "id": "new" });
        for comment in [&elsewhere, "00000000-0000-0000-0000-000000000000"] {
            split(json!({ "comment_id": comment, "to": to }))
                .await
                .refused(404, "not_found");
        }
        for (place, pointer, code) in [
            (json!({ "id": "post" }), "/to", "invalid"),
            (json!({}), "/to", "required"),
            (json!({ "id": "a\nb" }), "/to/id", "forbidden_character"),
            (json!({ "id": "x".repeat(2049) }), "/to/id", "too_long"),
            (json!({ "url": "/post" }), "/to/url", "invalid"),
            (json!({ "url": "https://elsewhere.example/" }), "/to/url", "invalid"),
            (json!({ "key": "id:new" }), "/to/key", "unknown_field"),
        ] {
            split(json!({ "comment_id": ids[1], "to": place }))
                .await
                .refused_for(pointer, code);
            let move_there = site.arrange(world, &source, "move", &json!({ "to": place })).await;
            if pointer != "/to" || code == "required" {
                move_there.refused_for(pointer, code);
            }
        }
        split(json!({ "comment_id": ids[1] }))
            .await
            .refused_for("/to", "required");
        split(json!({ "comment_id": ids[1], "to": to, "title": "x".repeat(301) }))
            .await
            .refused_for("/title", "too_long");
        assert_eq!(site.read(world, "post").await.numbers().len(), 8);
        assert_eq!(
            site.list(world, "threads").await.json["threads"]
                .as_array()
                .unwrap()
                .len(),
            2
        );
    });
}

#[test]
fn a_moved_conversation_is_found_under_both_its_keys() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let draft = json!({ "thread": { "url": "https://blog.example/old/", "title": "A title" }, "text": "One." });
        let id = site.draft(world, &draft).await.expect(201).thread_id();
        let read = async |url: &str| {
            let path = site.path(&format!("thread?url={url}"));
            world.get(&path).from(ORIGIN).send().await.expect(200)
        };
        let (old, new) = ("https://blog.example/old", "https://blog.example/new/");
        let done = arrange(world, &site, &id, "move", &json!({ "to": { "url": new } })).await;
        assert_eq!(
            done.json["keys"],
            json!(["url:blog.example/old", "url:blog.example/new"])
        );
        assert_eq!(done.json["target"]["key"], "url:blog.example/new");
        assert_eq!(done.json["target"]["url"], new);
        assert_eq!((&done.json["comments"], &done.json.get("source")), (&json!(0), &None));
        assert_eq!(read(old).await.json, read(new).await.json);
        assert_eq!(read(old).await.json["thread"]["url"], new);
        let list = site.list(world, "threads?q=/NEW").await;
        assert_eq!(list.json["threads"][0]["id"], *id);

        arrange(world, &site, &id, "move", &json!({ "to": { "id": "named" } })).await;
        site.say(world, "named", "Two.").await.expect(201);
        assert_eq!(read(old).await.numbers(), [1, 2]);
        assert_eq!(
            read(new).await.json["thread"]["url"],
            new,
            "an id alone leaves the page"
        );
        let back = arrange(world, &site, &id, "move", &json!({ "to": { "url": old } })).await;
        assert_eq!(back.json["keys"].as_array().unwrap().len(), 3, "no key twice");
        let same = arrange(world, &site, &id, "move", &json!({ "to": { "url": old } })).await;
        assert_eq!(same.json["target"], back.json["target"]);
        let record = site.thread(world, &id).await;
        assert_eq!(kinds(&record), ["moved", "moved", "moved"]);
        let data = json!({
            "from": { "key": "url:blog.example/old", "url": "https://blog.example/old/" },
            "to": { "key": "url:blog.example/new", "url": new },
        });
        assert_eq!(record.json["events"][0]["data"], data);

        site.say(world, "taken", "Three.").await.expect(201);
        let taken = site
            .arrange(world, &id, "move", &json!({ "to": { "id": "taken" } }))
            .await;
        let refused = taken.refused(409, "already_exists");
        assert!(refused.text("detail").contains("Merge"), "{}", refused.json);
        assert_eq!(site.read(world, "taken").await.numbers(), [3]);
    });
}

#[test]
fn caches_and_open_pages_hear_of_both_conversations() {
    run(async {
        let world = World::start(|_| {});
        let site = world.site(publishing()).await;
        let (source, ids) = planted(&world, &site, "post").await;
        let site_id = site.id.parse().unwrap();
        let mut told = world.app.db.bus().listen();
        let thread = |id: &str, version| Notice::Thread {
            site_id,
            thread_id: id.parse().unwrap(),
            version,
            change: Change::Whole,
        };
        let keys = |keys: &[&str]| Notice::Keys {
            site_id,
            keys: keys.iter().map(ToString::to_string).collect(),
        };
        let mut heard = || {
            let mut notices = Vec::new();
            while let Ok(notice) = told.try_recv() {
                notices.push(notice);
            }
            notices
        };
        let split = json!({ "comment_id": ids[1], "to": { "id": "new" }, "preview": true });
        site.arrange(&world, &source, "split", &split).await.expect(200);
        assert_eq!(heard(), [], "a preview is nothing to anybody");
        let split = json!({ "comment_id": ids[1], "to": { "id": "new" } });
        let target = site.arrange(&world, &source, "split", &split).await.expect(200);
        let target = target.json["target"]["id"].as_str().unwrap();
        assert_eq!(heard(), [keys(&["id:new"]), thread(&source, 10), thread(target, 2)]);
        site.arrange(&world, target, "merge", &json!({ "into": source }))
            .await
            .expect(200);
        assert_eq!(heard(), [thread(target, 3), keys(&["id:new"]), thread(&source, 11)]);
        site.arrange(&world, &source, "move", &json!({ "to": { "id": "moved" } }))
            .await
            .expect(200);
        assert_eq!(heard(), [keys(&["id:moved"]), thread(&source, 12)]);
    });
}

/// A random number below another (xorshift, the same on each run).
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % most
    }
}

/// Counts anew, from what readers see of a thread, how many published replies stand under each root.
async fn assert_branches_are_right(world: &World, site: &Site, thread: &str) {
    let page = site.read(world, thread).await;
    let mut published = 0;
    for one in page.comments().iter().rev() {
        if one["depth"] == 0 {
            assert_eq!(one["branch_count"], published, "{thread} {one}");
            published = 0;
        } else {
            assert_eq!(one["branch_count"], 0, "{thread} {one}");
            published += u64::from(one["state"] == "published");
        }
    }
}

#[test]
fn a_long_history_of_splits_and_merges_leaves_every_count_right() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
        let names = ["a", "b", "c", "d"];
        let mut ids = vec![site.say(world, "a", "Root.").await.expect(201).comment_id()];
        for _ in 1..24 {
            let parent = &ids[dice.below(ids.len())];
            ids.push(site.answer(world, "a", parent, "Reply.").await.expect(201).comment_id());
        }
        let mut numbers = site.list(world, "comments?limit=100").await.numbers();
        for _ in 0..60 {
            let one = &ids[dice.below(ids.len())];
            let home = site.record(world, one).await.json["comment"]["thread"]["id"].clone();
            match dice.below(4) {
                0 | 1 => {
                    let (decision, _) = DECISIONS[dice.below(DECISIONS.len())];
                    site.decide(world, &[one], decision).await.expect(200);
                }
                2 => {
                    let to = names[dice.below(names.len())];
                    let split = json!({ "comment_id": one, "to": { "id": to } });
                    let answer = site.arrange(world, home.as_str().unwrap(), "split", &split).await;
                    if answer.status != 200 {
                        answer.refused_for("/to", "invalid");
                    }
                }
                _ => {
                    let other = &ids[dice.below(ids.len())];
                    let into = site.record(world, other).await.json["comment"]["thread"]["id"].clone();
                    let answer = site
                        .arrange(world, home.as_str().unwrap(), "merge", &json!({ "into": into }))
                        .await;
                    if answer.status != 200 {
                        answer.refused_for("/into", "invalid");
                    }
                }
            }
            assert_counts_are_right(world, &site).await;
            for name in names {
                assert_branches_are_right(world, &site, name).await;
            }
        }
        let mut now = site.list(world, "comments?limit=100").await.numbers();
        numbers.sort_unstable();
        now.sort_unstable();
        assert_eq!(now, numbers, "nothing is lost, and nothing has another number");
    });
}

#[test]
fn readers_who_post_while_conversations_are_merged_and_split_lose_nothing() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        for round in 0..4 {
            let names = [format!("x{round}"), format!("y{round}")];
            let first = site.say(world, &names[0], "Root.").await.expect(201);
            let second = site.say(world, &names[1], "Root.").await.expect(201);
            let (from, into) = (first.thread_id(), second.thread_id());
            let posts = (0..12).map(|number| {
                let (name, parent) = match number % 2 {
                    0 => (&names[0], first.comment_id()),
                    _ => (&names[1], second.comment_id()),
                };
                let site = &site;
                async move {
                    let answer = if number % 3 == 0 {
                        site.say(world, name, "At once.").await
                    } else {
                        site.answer(world, name, &parent, "At once.").await
                    };
                    // Only the one that was answered in a page of before may have gone from there.
                    if answer.status == 422 {
                        answer.refused_for("/parent_id", "not_found");
                        return 0;
                    }
                    answer.expect(201);
                    1
                }
            });
            let arranging = async {
                let split = json!({ "comment_id": second.comment_id(), "to": { "id": format!("z{round}") } });
                let merge = json!({ "into": into });
                let merged = site.arrange(world, &from, "merge", &merge).await.expect(200);
                site.arrange(world, &into, "split", &split).await.expect(200);
                merged
            };
            let (posted, merged) = futures_util::future::join(join_all(posts), arranging).await;
            assert_eq!(merged.json["target"]["id"], *into);
            let posted: usize = posted.into_iter().sum();
            let rest = site.read(world, &names[0]).await;
            assert_eq!(rest.json["thread"]["id"], *into);
            let split = site.read(world, &format!("z{round}")).await;
            assert_eq!(rest.comments().len() + split.comments().len(), posted + 2);
            for name in [&names[0], &names[1], &format!("z{round}")] {
                assert_branches_are_right(world, &site, name).await;
            }
            assert_counts_are_right(world, &site).await;
        }
    });
}

#[test]
fn two_who_merge_the_same_conversations_crosswise_do_not_hang_or_lose_them() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        for round in 0..6 {
            let (one, other) = (format!("one-{round}"), format!("other-{round}"));
            let first = site.say(world, &one, "First.").await.expect(201).thread_id();
            let second = site.say(world, &other, "Second.").await.expect(201).thread_id();
            let there = json!({ "into": second });
            let back = json!({ "into": first });
            let answers = futures_util::future::join(
                site.arrange(world, &first, "merge", &there),
                site.arrange(world, &second, "merge", &back),
            )
            .await;
            let mut statuses = [answers.0.status.as_u16(), answers.1.status.as_u16()];
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 404], "who comes second finds one of them gone");
            assert_eq!(site.read(world, &one).await.json, site.read(world, &other).await.json);
            assert_eq!(site.read(world, &one).await.comments().len(), 2);
        }
        assert_counts_are_right(world, &site).await;
    });
}

#[test]
fn readers_who_vote_and_react_while_conversations_are_merged_are_all_counted() {
    run(async {
        let world = world();
        let site = world
            .site(json!({ "moderation": "none", "reactions": ["👍", "🎉"] }))
            .await;
        let put = async |path: String, token: &str, body: Value| {
            let ask = world.ask(Method::PUT, &site.path(&path)).from(ORIGIN);
            ask.header("parlour-tokens", token).json(&body).send().await
        };
        let mut readers = Vec::new();
        for _ in 0..10 {
            let ask = world.ask(Method::POST, &site.path("reader")).from(ORIGIN);
            readers.push(ask.send().await.expect(201).text("token"));
        }
        for round in 0..4 {
            let names = [format!("from-{round}"), format!("into-{round}")];
            let first = site.say(world, &names[0], "Root.").await.expect(201);
            let second = site.say(world, &names[1], "Root.").await.expect(201);
            let acts = readers.iter().enumerate().map(async |(place, token)| {
                let comment = if place % 2 == 0 { &first } else { &second };
                let vote = format!("comments/{}/vote", comment.comment_id());
                put(vote, token, json!({ "value": 1 })).await.expect(200);
                let thread = json!({ "id": names[place % 2] });
                let react = json!({ "thread": thread, "kind": "👍", "on": true });
                put("thread/reaction".to_owned(), token, react).await.expect(200);
            });
            let (from, into) = (first.thread_id(), json!({ "into": second.thread_id() }));
            let merge = site.arrange(world, &from, "merge", &into);
            let (_, merged) = futures_util::future::join(join_all(acts), merge).await;
            merged.expect(200);
            let page = site.read(world, &names[0]).await;
            let votes = page.comments().iter().map(|one| one["votes"]["up"].as_u64().unwrap());
            assert_eq!(votes.collect::<Vec<_>>(), [5, 5]);
            assert_eq!(
                page.json["thread"]["reactions"][0],
                json!({ "kind": "👍", "count": 10 })
            );
            let rows = world.within({
                let thread_id: uuid::Uuid = second.thread_id().parse().unwrap();
                let site_id: uuid::Uuid = site.id.parse().unwrap();
                move |app| async move {
                    let rows = reaction::Entity::of_site(site_id).filter(reaction::Column::ThreadId.eq(thread_id));
                    rows.all(app.db.read()).await.unwrap().len()
                }
            });
            assert_eq!(rows.await, 10);
        }
    });
}
