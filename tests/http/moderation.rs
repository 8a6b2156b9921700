//! Moderators at work: decisions and their undoing, edits, answers, searches, and whose comments are whose business.

use std::collections::HashMap;

use entity::membership::Role;
use http::Method;
use parlour::tenants::Reach;
use serde_json::{Value, json};

use crate::world::{Account, Answer, ORIGIN, Site, World, author_of, run, world};

/// Each decision with the state it leads to.
pub const DECISIONS: [(&str, &str); 5] = [
    ("publish", "published"),
    ("hold", "pending"),
    ("reject", "rejected"),
    ("spam", "spam"),
    ("delete", "deleted"),
];

const NOBODY: &str = "019ab000-0000-7000-8000-000000000000";

fn publishing() -> Value {
    json!({ "moderation": "none" })
}

/// Works out anew, from the states of all comments of a site (at most a hundred), what readers and moderators must see, and
/// demands that it is what is stored.
pub async fn assert_counts_are_right(world: &World, site: &Site) {
    let list = site
        .list(world, &format!("comments?limit=100&site_id={}", site.id))
        .await;
    assert_eq!(list.json["next"], Value::Null);
    let text = |one: &Value| one.as_str().unwrap().to_owned();
    let mut children: HashMap<String, Vec<&Value>> = HashMap::new();
    let mut threads: HashMap<String, Vec<&Value>> = HashMap::new();
    for one in list.comments() {
        threads.entry(text(&one["thread"]["key"])).or_default().push(one);
        if let Some(parent) = one["parent"]["id"].as_str() {
            children.entry(parent.to_owned()).or_default().push(one);
        }
    }
    let below = |one: &Value| children.get(one["id"].as_str().unwrap()).cloned().unwrap_or_default();
    fn visible<'a>(one: &'a Value, below: &impl Fn(&Value) -> Vec<&'a Value>) -> bool {
        one["state"] == "published" || below(one).into_iter().any(|reply| visible(reply, below))
    }
    let with_state = |comments: &[&Value], state: &str| comments.iter().filter(|one| one["state"] == state).count();
    for (key, comments) in &threads {
        let page = site.read(world, key.strip_prefix("id:").unwrap()).await;
        assert_eq!(
            page.json["thread"]["comment_count"],
            with_state(comments, "published"),
            "{key}"
        );
        let mut expected: Vec<(u64, &str, usize)> = Vec::new();
        for one in comments {
            let replies = below(one).into_iter().filter(|reply| visible(reply, &below)).count();
            assert_eq!(one["reply_count"], replies, "{one}");
            let state = if one["state"] == "published" {
                "published"
            } else {
                "removed"
            };
            if visible(one, &below) {
                expected.push((one["number"].as_u64().unwrap(), state, replies));
            }
        }
        let row = |one: &Value| {
            (
                one["number"].as_u64().unwrap(),
                text(&one["state"]),
                one["reply_count"].clone(),
            )
        };
        let mut seen: Vec<_> = page.comments().iter().map(row).collect();
        seen.sort_by_key(|row| row.0);
        expected.sort_by_key(|row| row.0);
        let expected = expected
            .into_iter()
            .map(|(number, state, replies)| (number, state.to_owned(), json!(replies)));
        assert_eq!(seen, expected.collect::<Vec<_>>(), "{key}");
    }
    let all: Vec<&Value> = list.comments().iter().collect();
    let site_row = site.list(world, &format!("sites/{}", site.id)).await;
    assert_eq!(site_row.json["comment_count"], with_state(&all, "published"));
    assert_eq!(site_row.json["pending_count"], with_state(&all, "pending"));
}

/// `(kind, from, to)` of a comment's history.
fn history(record: &Answer) -> Vec<(String, String, String)> {
    let text = |one: &Value| one.as_str().unwrap_or_default().to_owned();
    let events = record.json["events"].as_array().unwrap().iter();
    events
        .map(|one| (text(&one["kind"]), text(&one["from_state"]), text(&one["to_state"])))
        .collect()
}

#[test]
fn counts_stay_right_over_every_change_of_state() {
    run(async {
        let world = world();
        let mut owner = world.owner().await;
        for (first, from) in DECISIONS {
            let site = world.site_of(owner, publishing()).await;
            for (then, to) in DECISIONS {
                for with_reply in [true, false] {
                    let thread = format!("{from}-{to}-{with_reply}");
                    let root = site.say(world, &thread, "Root.").await.expect(201).comment_id();
                    let id = site
                        .answer(world, &thread, &root, "The one.")
                        .await
                        .expect(201)
                        .comment_id();
                    if with_reply {
                        site.answer(world, &thread, &id, "Reply.").await.expect(201);
                    }
                    site.decide(world, &[&id], first).await.expect(200);
                    let decided = site.decide(world, &[&id], then).await.expect(200);
                    let result = json!({ "id": id, "state": to, "previous_state": from });
                    assert_eq!(decided.json, json!({ "results": [result] }));

                    let page = site.read(world, &thread).await;
                    let published = 1 + usize::from(with_reply) + usize::from(to == "published");
                    assert_eq!(page.json["thread"]["comment_count"], published, "{thread}");
                    let visible = with_reply || to == "published";
                    assert_eq!(page.comments()[0]["reply_count"], u64::from(visible), "{thread}");
                    assert_eq!(
                        page.comments().len(),
                        1 + usize::from(visible) + usize::from(with_reply),
                        "{thread}"
                    );
                }
            }
            assert_counts_are_right(world, &site).await;
            owner = site.owner;
        }
    });
}

#[test]
fn every_decision_is_on_record_and_can_be_undone() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "all" })).await;
        let id = site.say(world, "post", "Hello.").await.expect(202).comment_id();
        let mut expected = vec![("created".to_owned(), String::new(), "pending".to_owned())];
        for (decision, state) in DECISIONS.into_iter().filter(|(_, state)| *state != "pending") {
            let decided = site.decide(world, &[&id], decision).await.expect(200);
            assert_eq!(decided.json["results"][0]["previous_state"], "pending");
            let record = site.record(world, &id).await;
            assert_eq!(record.json["comment"]["state"], state);
            assert_eq!(record.json["comment"]["reasons"], json!(["moderator"]));
            let undone = site.decide(world, &[&id], "hold").await.expect(200);
            assert_eq!(undone.json["results"][0]["previous_state"], state);
            expected.push(("decided".to_owned(), "pending".to_owned(), state.to_owned()));
            expected.push(("decided".to_owned(), state.to_owned(), "pending".to_owned()));
        }
        let again = site.decide(world, &[&id], "hold").await.expect(200);
        assert_eq!(
            again.json["results"][0]["previous_state"], "pending",
            "to decide the same again is no event"
        );
        let record = site.record(world, &id).await;
        assert_eq!(history(&record), expected);
        let events = record.json["events"].as_array().unwrap();
        assert_eq!(events[0]["actor"], json!({ "kind": "visitor" }));
        assert_eq!(events[0]["reasons"], json!(["site_holds_all"]));
        assert_eq!(events[1]["actor"], json!({ "kind": "member", "name": "owner" }));
        assert_eq!(events[1]["reasons"], json!(["moderator"]));
        assert_eq!(
            record.json["comment"]["html"], "<p>Hello.</p>",
            "what was deleted came back whole"
        );
    });
}

#[test]
fn a_long_quarrel_over_a_tree_leaves_every_count_right() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let mut ids = vec![site.say(world, "post", "Root.").await.expect(201).comment_id()];
        let mut random = 0x2545_F491_4F6C_DD1D_u64;
        let mut below = |most: usize| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            usize::try_from(random >> 33).unwrap() % most
        };
        for _ in 1..14 {
            let parent = &ids[below(ids.len())];
            ids.push(
                site.answer(world, "post", parent, "Reply.")
                    .await
                    .expect(201)
                    .comment_id(),
            );
        }
        let mut states = vec!["published"; ids.len()];
        for _ in 0..60 {
            let (decision, state) = DECISIONS[below(DECISIONS.len())];
            let mut places: Vec<usize> = (0..=below(4)).map(|_| below(ids.len())).collect();
            places.sort_unstable();
            places.dedup();
            let named: Vec<&str> = places.iter().map(|place| ids[*place].as_str()).collect();
            let decided = site.decide(world, &named, decision).await.expect(200);
            for (place, result) in places.iter().zip(decided.json["results"].as_array().unwrap()) {
                let expected = json!({ "id": ids[*place], "state": state, "previous_state": states[*place] });
                assert_eq!(result, &expected);
                states[*place] = state;
            }
            assert_counts_are_right(world, &site).await;
        }
    });
}

#[test]
fn a_decision_about_many_is_for_all_of_them_or_none() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "all" })).await;
        let other = world.site(json!({ "moderation": "all" })).await;
        let mut own = Vec::new();
        for text in ["One.", "Two.", "Three."] {
            own.push(site.say(world, "post", text).await.expect(202).comment_id());
        }
        let foreign = other
            .say(world, "post", "Of another tenant.")
            .await
            .expect(202)
            .comment_id();
        for stranger in [foreign.as_str(), NOBODY] {
            let ids = [own[0].as_str(), stranger, &own[1]];
            site.decide(world, &ids, "publish").await.refused(404, "not_found");
        }
        assert_eq!(site.list(world, "comments?state=pending").await.numbers(), [3, 2, 1]);
        assert_eq!(other.list(world, "comments?state=pending").await.numbers(), [1]);
        assert_eq!(
            history(&site.record(world, &own[0]).await).len(),
            1,
            "nothing is on record"
        );

        site.decide(world, &[&own[1]], "spam").await.expect(200);
        let decided = site
            .decide(world, &[&own[0], &own[1], &own[2], &own[0]], "publish")
            .await
            .expect(200);
        let before = decided.json["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["previous_state"].clone());
        assert_eq!(
            before.collect::<Vec<_>>(),
            ["pending", "spam", "pending"],
            "who is named twice is decided once"
        );
        assert_eq!(site.read(world, "post").await.numbers(), [1, 2, 3]);
    });
}

#[test]
fn a_decision_is_about_1_to_100_comments() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "all" })).await;
        let id = site.say(world, "post", "Hello.").await.expect(202).comment_id();
        site.decide(world, &[], "publish").await.refused_for("/ids", "required");
        site.decide(world, &vec![id.as_str(); 101], "publish")
            .await
            .refused_for("/ids", "too_many");
        site.decide(world, &["1"], "publish")
            .await
            .refused_for("/ids/0", "invalid");
        site.decide(world, &[&id], "burn")
            .await
            .refused_for("/decision", "invalid");
        assert_eq!(site.list(world, "comments?state=pending").await.numbers(), [1]);
        site.decide(world, &vec![id.as_str(); 100], "publish").await.expect(200);
        assert_eq!(site.list(world, "comments?state=published").await.numbers(), [1]);
    });
}

#[test]
fn an_edit_keeps_what_was() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let author = json!({ "name": "Ada", "email": "ada@example.org", "website": "https://ada.example" });
        let draft = json!({ "thread": { "id": "post" }, "text": "First *words*.", "author": author });
        let id = site.draft(world, &draft).await.expect(201).comment_id();

        let edited = site
            .revise(world, &id, &json!({ "text": "Second **words**.\r\n" }))
            .await
            .expect(200);
        assert_eq!(edited.json["text"], "Second **words**.");
        assert_eq!(edited.json["html"], "<p>Second <strong>words</strong>.</p>");
        assert_eq!(edited.json["author"]["name"], "Ada", "what is not named stays");
        let edited_at = edited.text("edited_at");
        site.revise(world, &id, &json!({ "text": "Third words." }))
            .await
            .expect(200);
        let renamed = json!({ "author_name": " Ada  L. ", "author_website": "" });
        let renamed = site.revise(world, &id, &renamed).await.expect(200);
        let author = json!({ "name": "Ada L.", "email": "ada@example.org", "team": false });
        assert_eq!(renamed.json["author"], author);
        assert!(renamed.text("edited_at") >= edited_at);

        let record = site.record(world, &id).await;
        let events = record.json["events"].as_array().unwrap();
        let told = events
            .iter()
            .map(|one| (one["kind"].clone(), one["previous_text"].clone()))
            .collect::<Vec<_>>();
        assert_eq!(
            told[..3],
            [
                (json!("created"), Value::Null),
                (json!("edited"), json!("First *words*.")),
                (json!("edited"), json!("Second **words**.")),
            ]
        );
        assert_eq!(events[1]["actor"], json!({ "kind": "member", "name": "owner" }));
        let read = site.read(world, "post").await;
        assert_eq!(read.comments()[0]["html"], "<p>Third words.</p>");
        assert_eq!(read.comments()[0]["edited_at"], record.json["comment"]["edited_at"]);
    });
}

#[test]
fn another_name_alone_does_not_count_as_edited_words() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let id = site.say(world, "post", "Hello.").await.expect(201).comment_id();
        let change = json!({ "author_name": "Ada", "author_website": "ada.example" });
        let renamed = site.revise(world, &id, &change).await.expect(200);
        assert_eq!(renamed.json["edited_at"], Value::Null);
        let author = json!({ "name": "Ada", "website": "https://ada.example/", "team": false });
        assert_eq!(renamed.json["author"], author);
        assert_eq!(author_of(&site.read(world, "post").await.comments()[0]), author);
        assert_eq!(
            site.list(world, "comments?q=ada.example").await.numbers(),
            [1],
            "and is found by it"
        );
    });
}

#[test]
fn an_edit_is_checked_as_a_post_is() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let other = world.site(publishing()).await;
        let id = site.say(world, "post", "Hello.").await.expect(201).comment_id();
        let foreign = other.say(world, "post", "Hello.").await.expect(201).comment_id();
        for (change, pointer, code) in [
            (json!({ "text": " " }), "/text", "required"),
            (json!({ "text": "x".repeat(10_001) }), "/text", "too_long"),
            (json!({ "text": "a\u{0}b" }), "/text", "forbidden_character"),
            (json!({ "author_name": "x".repeat(81) }), "/author_name", "too_long"),
            (
                json!({ "author_website": "javascript:alert(1)" }),
                "/author_website",
                "invalid",
            ),
            (
                json!({ "author_email": "a@example.org" }),
                "/author_email",
                "unknown_field",
            ),
        ] {
            site.revise(world, &id, &change).await.refused_for(pointer, code);
        }
        for stranger in [foreign.as_str(), NOBODY, "1"] {
            site.revise(world, stranger, &json!({ "text": "Mine now." }))
                .await
                .refused(404, "not_found");
        }
        assert_eq!(history(&site.record(world, &id).await).len(), 1);
        let harmless = site
            .revise(world, &id, &json!({ "text": "<script>alert(1)</script>" }))
            .await
            .expect(200);
        assert_eq!(harmless.json["html"], "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>");
    });
}

#[test]
fn the_team_answers_with_its_badge() {
    run(async {
        let world = world();
        let site = world
            .site(json!({ "moderation": "all", "require_name": true, "min_text_length": 10 }))
            .await;
        let author = json!({ "name": "Ada" });
        let draft = json!({ "thread": { "id": "post" }, "text": "How do I print this?", "author": author });
        let id = site.draft(world, &draft).await.expect(202).comment_id();
        site.decide(world, &[&id], "publish").await.expect(200);

        let answered = site
            .answer_as_team(world, &id, &json!({ "text": "So." }))
            .await
            .expect(201);
        assert_eq!(
            answered.json["state"], "published",
            "whatever the site does with its readers' comments"
        );
        assert_eq!(answered.json["author"], json!({ "name": "owner", "team": true }));
        assert_eq!(answered.json["reasons"], json!(["team"]));
        assert_eq!(answered.json["parent"]["author_name"], "Ada");
        assert_eq!(answered.json["parent"]["text"], "How do I print this?");
        let page = site.read(world, "post").await;
        assert_eq!(author_of(&page.comments()[1]), json!({ "name": "owner", "team": true }));
        assert_eq!(page.comments()[1]["depth"], 1);
        let record = site.record(world, &answered.text("id")).await;
        assert_eq!(
            record.json["events"][0]["actor"],
            json!({ "kind": "member", "name": "owner" })
        );
        site.answer_as_team(world, &id, &json!({ "text": "" }))
            .await
            .refused_for("/text", "required");
        site.answer_as_team(world, NOBODY, &json!({ "text": "So." }))
            .await
            .refused(404, "not_found");
        assert_counts_are_right(world, &site).await;
    });
}

#[test]
fn only_what_is_published_is_answered_unless_the_answer_publishes_it() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "all" })).await;
        for (decision, state) in DECISIONS.into_iter().filter(|(_, state)| *state != "published") {
            let thread = format!("post-{state}");
            let id = site.say(world, &thread, "A question?").await.expect(202).comment_id();
            site.decide(world, &[&id], decision).await.expect(200);
            site.answer_as_team(world, &id, &json!({ "text": "So." }))
                .await
                .refused(409, "state_changed");
            assert_eq!(
                site.read(world, &thread).await.json["comments"],
                json!([]),
                "nothing was stored"
            );

            let body = json!({ "text": "So.", "publish": true });
            if state == "deleted" {
                // To bring something back is a decision of its own.
                site.answer_as_team(world, &id, &body)
                    .await
                    .refused(409, "state_changed");
                continue;
            }
            site.answer_as_team(world, &id, &body).await.expect(201);
            let page = site.read(world, &thread).await;
            assert_eq!(page.talk(), [(0, "A question?".to_owned()), (1, "So.".to_owned())]);
            let decided = history(&site.record(world, &id).await).pop().unwrap();
            assert_eq!(
                decided,
                ("decided".to_owned(), state.to_owned(), "published".to_owned())
            );
        }
        assert_counts_are_right(world, &site).await;
    });
}

#[test]
fn a_search_finds_words_in_any_case_and_takes_no_sign_for_more_than_itself() {
    run(async {
        let world = world();
        let site = world.site(json!({})).await;
        let say = async |text: &str, author: Value| {
            let draft = json!({ "thread": { "id": "post" }, "text": text, "author": author });
            site.draft(world, &draft).await.expect(202);
        };
        say("Die äpfel sind REIF.", json!({ "name": "Zoë" })).await;
        say("100% sure_thing", json!({ "email": "Grace.Hopper@example.org" })).await;
        say(
            "100 percent surething, C:\\dir",
            json!({ "website": "https://ÉCOLE.example" }),
        )
        .await;
        say("ΣΊΣΥΦΟΣ, ﬁne, Straße, '; DROP TABLE comment; --", json!({})).await;
        let found = async |words: &str| {
            let query = url::form_urlencoded::byte_serialize(words.as_bytes()).collect::<String>();
            site.list(world, &format!("comments?q={query}")).await.numbers()
        };
        for (words, numbers) in [
            ("ÄPFEL", vec![1]),
            ("äpfel", vec![1]),
            ("a\u{308}pfel", vec![1]),
            ("reif", vec![1]),
            ("ZOË", vec![1]),
            ("100", vec![3, 2]),
            ("100%", vec![2]),
            ("sure_", vec![2]),
            ("%", vec![2]),
            ("_", vec![2]),
            ("grace.hopper@EXAMPLE", vec![2]),
            ("c:\\D", vec![3]),
            ("\\", vec![3]),
            ("xn--cole-9oa.example", vec![3]),
            ("σίσυφο", vec![4]),
            ("FINE", vec![4]),
            ("STRASSE", vec![]),
            ("straße", vec![4]),
            ("'; drop", vec![4]),
            ("not there", vec![]),
            ("  reif ", vec![1]),
            (" ", vec![4, 3, 2, 1]),
        ] {
            assert_eq!(found(words).await, numbers, "{words}");
        }
        let by = |request: crate::world::Ask| request.by(&site.owner.account).send();
        let longest = "x".repeat(100);
        by(world.get(&site.admin(&format!("comments?q={longest}"))))
            .await
            .expect(200);
        by(world.get(&site.admin(&format!("comments?q={longest}x"))))
            .await
            .refused(400, "invalid_parameter");
    });
}

#[test]
fn the_queue_is_filtered_and_paged_and_shows_each_comment_once() {
    run(async {
        let world = world();
        let settings = json!({ "moderation": "all" });
        let one = world.site(settings.clone()).await;
        let foreign = world.site(settings.clone()).await;
        foreign.say(world, "post", "Of another tenant.").await.expect(202);
        let mut ids = Vec::new();
        for number in 1..=7 {
            ids.push(
                one.say(world, "post", &format!("Number {number}."))
                    .await
                    .expect(202)
                    .comment_id(),
            );
        }
        let first = one.id.clone();
        let key = one.key.clone();
        let two = world.site_of(one.owner, settings).await;
        for number in 8..=9 {
            ids.push(
                two.say(world, "post", &format!("Number {number}."))
                    .await
                    .expect(202)
                    .comment_id(),
            );
        }
        two.decide(world, &[&ids[0], &ids[8]], "spam").await.expect(200);
        let walk = async |query: &str| {
            let (mut found, mut after) = (Vec::new(), String::new());
            loop {
                let page = two.list(world, &format!("comments?limit=3{query}{after}")).await;
                assert!(page.comments().len() <= 3);
                let place = |one: &Value| 1 + ids.iter().position(|id| one["id"] == *id).unwrap();
                found.extend(page.comments().iter().map(place));
                match page.json["next"].as_str() {
                    Some(next) => after = format!("&after={next}"),
                    None => return found,
                }
            }
        };
        assert_eq!(walk("").await, [9, 8, 7, 6, 5, 4, 3, 2, 1]);
        assert_eq!(walk("&state=pending").await, [8, 7, 6, 5, 4, 3, 2]);
        assert_eq!(walk("&state=spam").await, [9, 1]);
        assert_eq!(walk("&state=deleted").await, [] as [usize; 0]);
        assert_eq!(walk(&format!("&site_id={first}")).await, [7, 6, 5, 4, 3, 2, 1]);
        assert_eq!(walk(&format!("&site_id={}&state=pending", two.id)).await, [8]);
        assert_eq!(walk("&q=number&state=spam").await, [9, 1]);
        assert_eq!(walk(&format!("&site_id={}", foreign.id)).await, [] as [usize; 0]);

        let newest = &two.list(world, "comments?limit=1").await.json["comments"][0];
        assert_eq!(newest["site"], json!({ "id": two.id, "name": "A blog" }));
        assert_eq!(newest["thread"]["key"], "id:post");
        assert_ne!(two.key, key);
        for query in ["limit=0", "limit=101", "state=new", "after=x", "after=", "site_id=1"] {
            let path = two.admin(&format!("comments?{query}"));
            world
                .get(&path)
                .by(&two.owner.account)
                .send()
                .await
                .refused(400, "invalid_parameter");
        }
    });
}

#[test]
fn a_moderator_of_one_site_has_no_business_on_another() {
    run(async {
        let world = world();
        let settings = json!({ "moderation": "all" });
        let other = world.site(settings.clone()).await;
        let theirs = other.say(world, "post", "Not his.").await.expect(202).comment_id();
        let (other_id, other_key) = (other.id.clone(), other.key.clone());
        let site = world.site_of(other.owner, settings).await;
        let ours = site.say(world, "post", "His.").await.expect(202).comment_id();
        let reach = Reach::Only(vec![site.id.parse().unwrap()]);
        let moderator = world.member(&site, Role::Moderator, reach).await;

        let get = async |path: &str| world.get(&site.admin(path)).by(&moderator).send().await;
        let sites = get("sites").await.expect(200);
        assert_eq!(sites.json["sites"].as_array().unwrap().len(), 1);
        assert_eq!(sites.json["sites"][0]["id"], site.id);
        let comments = get("comments").await.expect(200);
        assert_eq!(
            (comments.comments().len(), &comments.comments()[0]["id"]),
            (1, &json!(ours))
        );
        assert_eq!(get("comments?q=his").await.expect(200).comments().len(), 1);
        assert_eq!(
            get(&format!("comments?site_id={other_id}"))
                .await
                .expect(200)
                .comments()
                .len(),
            0
        );
        get(&format!("comments/{ours}")).await.expect(200);
        get(&format!("sites/{}", site.id)).await.expect(200);
        for path in [
            format!("comments/{theirs}"),
            format!("sites/{other_id}"),
            format!("sites/{other_id}/installation"),
        ] {
            get(&path).await.refused(404, "not_found");
        }
        let act = async |method: Method, path: String, body: Value| {
            world
                .ask(method, &site.admin(&path))
                .json(&body)
                .by(&moderator)
                .send()
                .await
        };
        let text = json!({ "text": "Mine." });
        let decide = |ids: &[&String]| json!({ "ids": ids, "decision": "publish" });
        act(Method::POST, "decisions".into(), decide(&[&theirs]))
            .await
            .refused(404, "not_found");
        act(Method::POST, "decisions".into(), decide(&[&ours, &theirs]))
            .await
            .refused(404, "not_found");
        act(Method::PATCH, format!("comments/{theirs}"), text.clone())
            .await
            .refused(404, "not_found");
        act(Method::POST, format!("comments/{theirs}/replies"), text.clone())
            .await
            .refused(404, "not_found");
        let settings = json!({ "settings": { "moderation": "none" } });
        act(Method::PATCH, format!("sites/{}", site.id), settings)
            .await
            .refused(403, "not_permitted");
        assert_eq!(
            site.list(world, "comments?state=pending").await.comments().len(),
            2,
            "nothing was decided"
        );

        act(Method::POST, "decisions".into(), decide(&[&ours]))
            .await
            .expect(200);
        act(Method::PATCH, format!("comments/{ours}"), text.clone())
            .await
            .expect(200);
        act(Method::POST, format!("comments/{ours}/replies"), text)
            .await
            .expect(201);
        let shown = world
            .get(&format!("/v1/sites/{other_key}/thread?id=post"))
            .from(ORIGIN)
            .send()
            .await
            .expect(200);
        assert_eq!(shown.json["comments"], json!([]));
    });
}

#[test]
fn each_role_does_its_part() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "all" })).await;
        let id = site.say(world, "post", "Hello.").await.expect(202).comment_id();
        let moderator = world.member(&site, Role::Moderator, Reach::All).await;
        let admin = world.member(&site, Role::Admin, Reach::All).await;
        let stranger = world.somebody("stranger").await;
        let site_path = site.admin(&format!("sites/{}", site.id));
        let read = async |path: &str, who: &Account| world.get(path).by(who).send().await;
        let decide = async |decision: &str, who: &Account| {
            let body = json!({ "ids": [id], "decision": decision });
            world.post(&site.admin("decisions"), &body).by(who).send().await
        };
        let configure = async |who: &Account| {
            let body = json!({ "settings": { "notice": "Be kind." } });
            world.ask(Method::PATCH, &site_path).json(&body).by(who).send().await
        };
        for (who, role) in [(&moderator, "moderator"), (&admin, "admin")] {
            let tenants = world.get("/v1/admin/me").by(who).send().await.expect(200);
            assert_eq!(tenants.json["tenants"][0]["role"], role);
            assert_eq!(read(&site.admin("comments"), who).await.expect(200).comments().len(), 1);
            decide("publish", who).await.expect(200);
            decide("hold", who).await.expect(200);
        }
        configure(&moderator).await.refused(403, "not_permitted");
        configure(&admin).await.expect(200);
        assert_eq!(site.read(world, "post").await.json["settings"]["notice"], "Be kind.");

        read(&site.admin("comments"), &stranger).await.refused(404, "not_found");
        decide("publish", &stranger).await.refused(404, "not_found");
        configure(&stranger).await.refused(404, "not_found");
        assert_eq!(site.list(world, "comments?state=pending").await.comments().len(), 1);
    });
}
