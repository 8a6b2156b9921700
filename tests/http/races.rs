//! Many at once: first comments of one conversation, decisions about one comment, edits of one text.

use std::collections::HashSet;

use futures_util::future::{join, join_all};
use serde_json::{Value, json};

use crate::moderation::{DECISIONS, assert_counts_are_right};
use crate::world::{Answer, run, world};

fn publishing() -> Value {
    json!({ "moderation": "none" })
}

/// Demands that the decisions about a comment are one story: each starts from a state that another led to, and the last one
/// is where the comment stands.
fn assert_one_story(record: &Answer) {
    let text = |one: &Value| one.as_str().unwrap_or_default().to_owned();
    let events = record.json["events"].as_array().unwrap();
    let mut left: Vec<String> = events.iter().map(|one| text(&one["from_state"])).collect();
    let mut reached: Vec<String> = events.iter().map(|one| text(&one["to_state"])).collect();
    // Nothing came before the first.
    reached.push(String::new());
    left.push(text(&record.json["comment"]["state"]));
    left.sort();
    reached.sort();
    assert_eq!(left, reached);
}

#[test]
fn forty_first_comments_at_once_open_one_conversation() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let spellings = ["https://blog.example/new", "https://BLOG.example/new/?utm_source=feed"];
        let drafts: Vec<Value> = (0..40)
            .map(|number| json!({ "thread": { "url": spellings[number % 2] }, "text": format!("Number {number}.") }))
            .collect();
        let answers = join_all(drafts.iter().map(|draft| site.draft(world, draft))).await;
        let answers: Vec<Answer> = answers.into_iter().map(|answer| answer.expect(201)).collect();
        let threads: HashSet<&str> = answers
            .iter()
            .map(|one| one.json["thread"]["id"].as_str().unwrap())
            .collect();
        assert_eq!(threads.len(), 1);
        let mut numbers: Vec<u64> = answers
            .iter()
            .map(|one| one.json["comment"]["number"].as_u64().unwrap())
            .collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=40).collect::<Vec<u64>>());

        let page = world
            .get(&site.path("thread?url=https://blog.example/new"))
            .send()
            .await
            .expect(200);
        assert_eq!(page.comments().len(), 40);
        assert_eq!(page.json["thread"]["comment_count"], 40);
        assert_eq!(page.json["thread"]["id"], **threads.iter().next().unwrap());
        let row = site.list(world, &format!("sites/{}", site.id)).await;
        assert_eq!(
            (&row.json["comment_count"], &row.json["pending_count"]),
            (&json!(40), &json!(0))
        );
    });
}

#[test]
fn comments_in_many_new_conversations_at_once_share_the_sites_numbers() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "all" })).await;
        let names: Vec<String> = (0..30).map(|number| format!("post-{}", number % 10)).collect();
        let answers = join_all(names.iter().map(|name| site.say(world, name, "Hello."))).await;
        let mut numbers: Vec<u64> = answers
            .into_iter()
            .map(|one| one.expect(202).json["comment"]["number"].as_u64().unwrap())
            .collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=30).collect::<Vec<u64>>());
        assert_counts_are_right(world, &site).await;
    });
}

#[test]
fn many_decisions_at_once_about_one_comment_leave_one_story() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let root = site.say(world, "post", "Root.").await.expect(201).comment_id();
        let id = site
            .answer(world, "post", &root, "The one.")
            .await
            .expect(201)
            .comment_id();
        for round in 0..4 {
            let ids = [id.as_str()];
            let decisions = (0..15).map(|turn| site.decide(world, &ids, DECISIONS[(turn + round) % 5].0));
            for answer in join_all(decisions).await {
                answer.expect(200);
            }
            assert_one_story(&site.record(world, &id).await);
            assert_counts_are_right(world, &site).await;
        }
        for decision in ["publish", "reject"] {
            let ids = [id.as_str()];
            let same = join_all((0..15).map(|_| site.decide(world, &ids, decision))).await;
            let moved = same.into_iter().map(|one| one.expect(200).json["results"][0].clone());
            let moved = moved.filter(|one| one["state"] != one["previous_state"]).count();
            assert!(moved <= 1, "{moved} of them moved it");
            assert_counts_are_right(world, &site).await;
        }
    });
}

#[test]
fn decisions_about_the_same_comments_in_any_order_do_not_hang_each_other() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let mut chain = vec![site.say(world, "post", "Root.").await.expect(201).comment_id()];
        let mut ids = Vec::new();
        for level in 0..5 {
            let reply = site.answer(world, "post", &chain[level], "Reply.").await.expect(201);
            chain.push(reply.comment_id());
            ids.push(site.say(world, "other", "Root.").await.expect(201).comment_id());
        }
        ids.append(&mut chain);
        let forth: Vec<&str> = ids.iter().map(String::as_str).collect();
        let back: Vec<&str> = forth.iter().rev().copied().collect();
        let some: Vec<&str> = forth.iter().step_by(2).copied().collect();
        let sets = [&forth, &back, &some];
        let decisions = (0..12).map(|turn| site.decide(world, sets[turn % 3], DECISIONS[turn % 5].0));
        for answer in join_all(decisions).await {
            answer.expect(200);
        }
        assert_counts_are_right(world, &site).await;
    });
}

#[test]
fn replies_that_come_while_their_parent_goes_are_counted_or_refused() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        for round in 0..6 {
            let thread = format!("post-{round}");
            let root = site.say(world, &thread, "Root.").await.expect(201).comment_id();
            let parent = site
                .answer(world, &thread, &root, "The one.")
                .await
                .expect(201)
                .comment_id();
            let replies = join_all((0..8).map(|_| site.answer(world, &thread, &parent, "Reply.")));
            let ids = [parent.as_str()];
            let decisions = join_all(["reject", "publish", "delete"].map(|one| site.decide(world, &ids, one)));
            let (replies, decisions) = join(replies, decisions).await;
            for decided in decisions {
                decided.expect(200);
            }
            for reply in replies {
                match reply.status.as_u16() {
                    201 => {}
                    _ => reply.refused_for("/parent_id", "not_found"),
                }
            }
            assert_counts_are_right(world, &site).await;
        }
    });
}

#[test]
fn edits_at_once_lose_nothing_of_what_was() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let id = site.say(world, "post", "Text 0.").await.expect(201).comment_id();
        let changes: Vec<Value> = (1..=12)
            .map(|number| json!({ "text": format!("Text {number}.") }))
            .collect();
        for answer in join_all(changes.iter().map(|change| site.revise(world, &id, change))).await {
            answer.expect(200);
        }
        let record = site.record(world, &id).await;
        let before = record.json["events"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|one| one["previous_text"].as_str());
        let mut texts: Vec<String> = before.map(str::to_owned).collect();
        texts.push(record.json["comment"]["text"].as_str().unwrap().to_owned());
        texts.sort();
        let mut expected: Vec<String> = (0..=12).map(|number| format!("Text {number}.")).collect();
        expected.sort();
        assert_eq!(
            texts, expected,
            "each text was once what is shown, and is on record or shown now"
        );
    });
}
