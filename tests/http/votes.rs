//! What readers say without words: votes on comments, reactions to pages.

use std::collections::HashMap;

use chrono::TimeDelta;
use entity::{OfSite, comment, event, reaction, thread, vote};
use futures_util::future::{join, join_all};
use http::Method;
use parlour::votes::rank::rank;
use sea_orm::QueryFilter;
use sea_orm::prelude::{ColumnTrait, Uuid};
use serde_json::{Value, json};

use crate::moderation::assert_counts_are_right;
use crate::world::{Answer, ORIGIN, Site, World, run, world};

fn publishing() -> Value {
    json!({ "moderation": "none" })
}

async fn put(world: &World, site: &Site, path: &str, tokens: &str, body: &Value) -> Answer {
    let ask = world.ask(Method::PUT, &site.path(path)).from(ORIGIN);
    ask.header("parlour-tokens", tokens).json(body).send().await
}

async fn cast(world: &World, site: &Site, id: &str, tokens: &str, value: i32) -> Answer {
    put(
        world,
        site,
        &format!("comments/{id}/vote"),
        tokens,
        &json!({ "value": value }),
    )
    .await
}

async fn react(world: &World, site: &Site, thread: &str, tokens: &str, kind: &str, on: bool) -> Answer {
    let body = json!({ "thread": { "id": thread }, "kind": kind, "on": on });
    put(world, site, "thread/reaction", tokens, &body).await
}

/// A token of a reader who comes for the first time.
async fn reader(world: &World, site: &Site) -> String {
    let ask = world.ask(Method::POST, &site.path("reader")).from(ORIGIN);
    ask.send().await.expect(201).text("token")
}

async fn readers(world: &World, site: &Site, many: usize) -> Vec<String> {
    join_all((0..many).map(|_| reader(world, site))).await
}

/// `(up, down)` of a comment as readers see it.
async fn votes(world: &World, site: &Site, id: &str) -> (i64, i64) {
    let page = site.read(world, "post").await;
    let one = page.comments().iter().find(|one| one["id"] == id).unwrap();
    (
        one["votes"]["up"].as_i64().unwrap(),
        one["votes"]["down"].as_i64().unwrap(),
    )
}

/// Works out anew, from the rows of single votes, what is stored at each comment of a site.
async fn assert_votes_are_right(world: &World, site: &Site) {
    let site_id: Uuid = site.id.parse().unwrap();
    world
        .within(move |app| async move {
            let db = app.db.read();
            let rows: Vec<vote::Model> = vote::Entity::of_site(site_id).all(db).await.unwrap();
            let mut counted: HashMap<Uuid, (i32, i32)> = HashMap::new();
            for row in &rows {
                let (up, down) = counted.entry(row.comment_id).or_default();
                match row.value {
                    1 => *up += 1,
                    -1 => *down += 1,
                    other => panic!("a vote of {other}"),
                }
            }
            for one in comment::Entity::of_site(site_id).all(db).await.unwrap() {
                let (up, down) = counted.get(&one.id).copied().unwrap_or_default();
                assert_eq!((one.up_votes, one.down_votes), (up, down), "comment {}", one.number);
                assert_eq!(one.rank, rank(up, down), "comment {}", one.number);
            }
        })
        .await;
}

/// `(from, to)` of the reversals of votes on a comment, as the record has them.
async fn reversals(world: &World, site: &Site, id: &str) -> Vec<(i64, i64)> {
    let (site_id, id): (Uuid, Uuid) = (site.id.parse().unwrap(), id.parse().unwrap());
    let mut rows: Vec<event::Model> = world
        .within(move |app| async move {
            let select = event::Entity::of_site(site_id)
                .filter(event::Column::CommentId.eq(id))
                .filter(event::Column::Kind.eq("vote_reversed"));
            select.all(app.db.read()).await.unwrap()
        })
        .await;
    rows.sort_by_key(|row| row.id);
    rows.iter()
        .map(|row| {
            assert_eq!(row.actor, "visitor");
            (row.data["from"].as_i64().unwrap(), row.data["to"].as_i64().unwrap())
        })
        .collect()
}

#[test]
fn a_reader_has_one_vote_and_can_turn_it_round_and_take_it_back() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let id = site.say(world, "post", "Well.").await.expect(201).comment_id();
        let (ada, bob) = (reader(world, &site).await, reader(world, &site).await);
        let version = async || {
            site.read(world, "post").await.json["thread"]["version"]
                .as_i64()
                .unwrap()
        };
        let mut before = version().await;
        for (who, value, up, down, changes) in [
            (&ada, 1, 1, 0, true),
            (&ada, 1, 1, 0, false),
            (&bob, -1, 1, 1, true),
            (&ada, -1, 0, 2, true),
            (&ada, -1, 0, 2, false),
            (&bob, 0, 0, 1, true),
            (&bob, 0, 0, 1, false),
            (&ada, 1, 1, 0, true),
            (&bob, 1, 2, 0, true),
        ] {
            let answer = cast(world, &site, &id, who, value).await.expect(200);
            assert_eq!(
                answer.json,
                json!({ "value": value, "votes": { "up": up, "down": down } })
            );
            assert_eq!(votes(world, &site, &id).await, (up, down));
            let now = version().await;
            assert_eq!(
                now,
                before + i64::from(changes),
                "what changes nothing is no new version"
            );
            before = now;
            assert_votes_are_right(world, &site).await;
        }
        assert_eq!(reversals(world, &site, &id).await, [(1, -1), (-1, 0), (-1, 1)]);
        let record = site.record(world, &id).await;
        assert_eq!(
            record.json["events"].as_array().unwrap().len(),
            1,
            "the history that moderators read is of the comment's words and states"
        );
        assert_eq!(site.read(world, "post").await.json["thread"]["comment_count"], 1);
    });
}

#[test]
fn nobody_votes_on_his_own_comment() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let posted = site.say(world, "post", "Well said, me.").await.expect(201);
        let (id, token) = (posted.comment_id(), posted.text("token"));
        let other = site.say(world, "post", "Another's.").await.expect(201);
        let ada = reader(world, &site).await;
        for tokens in [
            token.clone(),
            format!("{ada},{token}"),
            format!("{},{token}", other.text("token")),
        ] {
            for value in [1, -1, 0] {
                cast(world, &site, &id, &tokens, value)
                    .await
                    .refused(403, "own_comment");
            }
        }
        cast(world, &site, &other.comment_id(), &token, 1).await.expect(200);
        assert_eq!(votes(world, &site, &id).await, (0, 0));
        assert_votes_are_right(world, &site).await;
    });
}

#[test]
fn who_sends_no_readers_token_is_his_network_for_a_day() {
    run(async {
        let world = World::start(|config| config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()]);
        let (site, other) = (world.site(publishing()).await, world.site(publishing()).await);
        let id = site.say(&world, "post", "Well.").await.expect(201).comment_id();
        let elsewhere = reader(&world, &other).await;
        let from = async |address: &str, tokens: &str| {
            let path = site.path(&format!("comments/{id}/vote"));
            let ask = world.ask(Method::PUT, &path).from(ORIGIN);
            let ask = ask.header("x-forwarded-for", address).header("parlour-tokens", tokens);
            let voted = ask.json(&json!({ "value": 1 })).send().await.expect(200);
            voted.json["votes"]["up"].as_i64().unwrap()
        };
        assert_eq!(from("203.0.113.7", "").await, 1);
        assert_eq!(from("203.0.113.99", "void").await, 1, "a neighbour is the same network");
        assert_eq!(
            from("203.0.113.8", &elsewhere).await,
            1,
            "a token of another site is nothing here"
        );
        assert_eq!(from("198.51.100.1", "").await, 2);
        let ada = reader(&world, &site).await;
        assert_eq!(from("203.0.113.7", &ada).await, 3);
        assert_eq!(from("198.51.100.1", &ada).await, 3, "she is the same wherever she is");
        world.advance(TimeDelta::days(1));
        assert_eq!(from("203.0.113.7", "").await, 4);
        assert_eq!(from("203.0.113.7", &ada).await, 4);
        assert_votes_are_right(&world, &site).await;
    });
}

#[test]
fn a_readers_token_says_nothing_twice() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let (one, two) = (reader(world, &site).await, reader(world, &site).await);
        assert_ne!(one, two);
        let posted = site.say(world, "post", "Well.").await.expect(201);
        let path = site.path("mine");
        let mine = world.get(&path).header("parlour-tokens", &one).send().await.expect(200);
        assert_eq!(mine.json, json!({ "comments": [] }), "and is no author's");
        let edit = world.ask(Method::PATCH, &site.path(&format!("comments/{}", posted.comment_id())));
        let edit = edit.from(ORIGIN).header("parlour-tokens", &one);
        edit.json(&json!({ "text": "Mine now." }))
            .send()
            .await
            .refused(403, "not_author");
    });
}

#[test]
fn the_site_says_which_votes_it_takes() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let id = site.say(world, "post", "Well.").await.expect(201).comment_id();
        let (ada, bob) = (reader(world, &site).await, reader(world, &site).await);
        cast(world, &site, &id, &ada, -1).await.expect(200);

        site.change_settings(world, &json!({ "votes": "likes" })).await;
        cast(world, &site, &id, &bob, -1).await.refused(403, "votes_closed");
        cast(world, &site, &id, &bob, 1).await.expect(200);
        cast(world, &site, &id, &ada, 0).await.expect(200);
        assert_eq!(votes(world, &site, &id).await, (1, 0));

        site.change_settings(world, &json!({ "votes": "none" })).await;
        for value in [1, 0, -1] {
            cast(world, &site, &id, &bob, value).await.refused(403, "votes_closed");
        }
        assert_eq!(votes(world, &site, &id).await, (1, 0));
        assert_votes_are_right(world, &site).await;
    });
}

#[test]
fn a_vote_is_one_of_three_numbers() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let id = site.say(world, "post", "Well.").await.expect(201).comment_id();
        for (value, code) in [
            (json!(2), "out_of_range"),
            (json!(-2), "out_of_range"),
            (json!(i32::MIN), "out_of_range"),
            (json!(1.5), "wrong_type"),
            (json!("1"), "wrong_type"),
            (json!(true), "wrong_type"),
            (json!(null), "wrong_type"),
            (json!(4_294_967_297_u64), "wrong_type"),
        ] {
            put(
                world,
                &site,
                &format!("comments/{id}/vote"),
                "",
                &json!({ "value": value }),
            )
            .await
            .refused_for("/value", code);
        }
        assert_eq!(votes(world, &site, &id).await, (0, 0));
    });
}

#[test]
fn only_what_readers_see_is_voted_on() {
    run(async {
        let world = world();
        let (site, other) = (world.site(publishing()).await, world.site(publishing()).await);
        let foreign = other.say(world, "post", "Well.").await.expect(201).comment_id();
        let ada = reader(world, &site).await;
        for id in [foreign.as_str(), "019ab000-0000-7000-8000-000000000000", "1"] {
            cast(world, &site, id, &ada, 1).await.refused(404, "not_found");
        }
        let root = site.say(world, "post", "Root.").await.expect(201).comment_id();
        site.answer(world, "post", &root, "Reply.").await.expect(201);
        for decision in ["hold", "reject", "spam", "delete"] {
            site.decide(world, &[&root], decision).await.expect(200);
            for value in [1, 0] {
                cast(world, &site, &root, &ada, value).await.refused(404, "not_found");
            }
        }
        site.decide(world, &[&root], "publish").await.expect(200);
        cast(world, &site, &root, &ada, 1).await.expect(200);
        site.decide(world, &[&root], "hold").await.expect(200);
        let hidden = &site.read(world, "post").await.json["comments"][0]["votes"];
        assert_eq!(hidden, &json!({ "up": 0, "down": 0 }), "an empty place shows no votes");
        site.decide(world, &[&root], "publish").await.expect(200);
        assert_eq!(votes(world, &site, &root).await, (1, 0), "they are there again with it");
        assert_votes_are_right(world, &site).await;
    });
}

#[test]
fn one_network_has_so_many_votes_on_one_comment() {
    run(async {
        let world = World::start(|config| config.limit_vote_comment = "3/86400".parse().unwrap());
        let site = world.site(publishing()).await;
        let id = site.say(&world, "post", "Well.").await.expect(201).comment_id();
        let other = site.say(&world, "post", "Well, well.").await.expect(201).comment_id();
        for voter in readers(&world, &site, 3).await {
            cast(&world, &site, &id, &voter, 1).await.expect(200);
        }
        let late = reader(&world, &site).await;
        let refused = cast(&world, &site, &id, &late, 1).await.refused(429, "rate_limited");
        assert!(refused.headers.contains_key("retry-after"));
        cast(&world, &site, &other, &late, 1).await.expect(200);
        assert_eq!(votes(&world, &site, &id).await, (3, 0));
    });
}

#[test]
fn forty_voters_and_a_moderator_at_once_leave_every_count_right() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let root = site.say(world, "post", "Root.").await.expect(201).comment_id();
        let reply = site
            .answer(world, "post", &root, "Reply.")
            .await
            .expect(201)
            .comment_id();
        let other = site.say(world, "post", "Other.").await.expect(201).comment_id();
        let voters = readers(world, &site, 40).await;
        let ids = [&root, &reply, &other];
        for round in 0..3_usize {
            let site = &site;
            let casts = join_all(voters.iter().enumerate().map(|(place, voter)| async move {
                let id = ids[(place + round) % 3];
                let mut answers = Vec::new();
                for value in [1, -1, 1, [0, 1, -1, 1][place % 4]] {
                    answers.push(cast(world, site, id, voter, value).await);
                }
                // The same voter twice at once: one vote.
                let (one, two) = join(cast(world, site, id, voter, 1), cast(world, site, id, voter, -1)).await;
                answers.extend([one, two]);
                answers
            }));
            let named = [root.as_str(), other.as_str(), reply.as_str()];
            let deciding = async {
                let mut answers = Vec::new();
                for decision in ["hold", "publish", "delete", "publish", "spam", "publish"] {
                    answers.push(site.decide(world, &named, decision).await);
                }
                answers
            };
            let talking = join_all((0..6).map(|_| site.answer(world, "post", &root, "More.")));
            let ((casts, decisions), talk) = join(join(casts, deciding), talking).await;
            for answer in casts.into_iter().flatten() {
                assert!([200, 404].contains(&answer.status.as_u16()), "{}", answer.all());
            }
            for answer in decisions {
                answer.expect(200);
            }
            for answer in talk {
                assert!([201, 422].contains(&answer.status.as_u16()), "{}", answer.all());
            }
            assert_votes_are_right(world, site).await;
            assert_counts_are_right(world, site).await;
        }
    });
}

#[test]
fn what_readers_like_is_ranked_by_how_sure_that_is() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let voters = readers(world, &site, 6).await;
        // For and against; in the order that follows.
        let table = [(6, 0), (3, 0), (4, 1), (1, 0), (3, 2), (1, 4), (0, 0), (0, 1), (0, 6)];
        let mut ids = Vec::new();
        for (up, down) in table {
            let id = site.say(world, "post", "Well.").await.expect(201).comment_id();
            for (place, voter) in voters.iter().take(up + down).enumerate() {
                let value = if place < up { 1 } else { -1 };
                cast(world, &site, &id, voter, value).await.expect(200);
            }
            ids.push(id);
        }
        assert_votes_are_right(world, &site).await;
        // Two at a time, so that the order holds from one page to the next, and below nothing as above it.
        let mut order = Vec::new();
        let mut after = String::new();
        loop {
            let path = site.path(&format!("thread?id=post&sort=best&limit=2{after}"));
            let page = world.get(&path).send().await.expect(200);
            order.extend(page.comments().iter().map(|one| one["id"].clone()));
            let Some(next) = page.json["next"].as_str() else { break };
            after = format!("&after={next}");
        }
        assert_eq!(order, ids);
    });
}

#[test]
fn a_page_that_nobody_commented_on_can_be_reacted_to() {
    run(async {
        let world = world();
        let site = world
            .site(json!({ "moderation": "none", "reactions": ["👍", "❤️", "🎉"] }))
            .await;
        let (ada, bob) = (reader(world, &site).await, reader(world, &site).await);
        let nothing = react(world, &site, "post", &ada, "👍", false).await.expect(200);
        assert_eq!(nothing.json["mine"], json!([]));
        assert_eq!(
            site.read(world, "post").await.json["thread"].get("id"),
            None,
            "nothing to count opens nothing"
        );

        let told = |answer: &Answer| {
            let counts = answer.json["reactions"].as_array().unwrap();
            let kinds: Vec<&Value> = counts.iter().map(|one| &one["kind"]).collect();
            assert_eq!(kinds, ["👍", "❤️", "🎉"], "in the order of the setting");
            let counts: Vec<i64> = counts.iter().map(|one| one["count"].as_i64().unwrap()).collect();
            (counts, answer.json["mine"].clone())
        };
        for (who, kind, on, counts, mine) in [
            (&ada, "❤️", true, [0, 1, 0], json!(["❤️"])),
            (&ada, "❤️", true, [0, 1, 0], json!(["❤️"])),
            (&bob, "❤️", true, [0, 2, 0], json!(["❤️"])),
            (&ada, "👍", true, [1, 2, 0], json!(["👍", "❤️"])),
            (&ada, "❤️", false, [1, 1, 0], json!(["👍"])),
            (&ada, "❤️", false, [1, 1, 0], json!(["👍"])),
            (&ada, "🎉", false, [1, 1, 0], json!(["👍"])),
        ] {
            let answer = react(world, &site, "post", who, kind, on).await.expect(200);
            assert_eq!(told(&answer), (counts.to_vec(), mine), "{kind} {on}");
            let page = site.read(world, "post").await;
            assert_eq!(page.json["thread"]["reactions"], answer.json["reactions"]);
        }
        let page = site.read(world, "post").await;
        assert_eq!(
            page.json["thread"]["version"], 5,
            "opened, and four changes: what changes nothing is no version"
        );
        assert_eq!(page.json["thread"]["comment_count"], 0);
        assert_eq!(page.json["thread"]["open"], true);
        site.say(world, "post", "At last.").await.expect(201);
        let page = site.read(world, "post").await;
        assert_eq!(
            (
                &page.json["thread"]["comment_count"],
                &page.json["thread"]["reactions"][0]["count"]
            ),
            (&json!(1), &json!(1)),
            "the same thread"
        );
        let titled =
            json!({ "thread": { "url": "https://blog.example/new", "title": "New" }, "kind": "👍", "on": true });
        put(world, &site, "thread/reaction", &ada, &titled).await.expect(200);
        let page = world
            .get(&site.path("thread?url=https://blog.example/new"))
            .send()
            .await
            .expect(200);
        assert_eq!(page.json["thread"]["title"], "New");
    });
}

#[test]
fn only_what_the_site_offers_is_a_reaction() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "none", "reactions": ["👍"] })).await;
        let ada = reader(world, &site).await;
        for kind in ["👎", "", "x", &"👍".repeat(100)] {
            for on in [true, false] {
                react(world, &site, "post", &ada, kind, on)
                    .await
                    .refused_for("/kind", "invalid");
            }
        }
        let body = |thread: Value| json!({ "thread": thread, "kind": "👍", "on": true });
        for (thread, pointer, code) in [
            (json!({}), "/thread", "required"),
            (json!({ "url": "https://elsewhere.example/" }), "/thread/url", "invalid"),
            (
                json!({ "id": "x", "title": "x".repeat(400) }),
                "/thread/title",
                "too_long",
            ),
        ] {
            put(world, &site, "thread/reaction", &ada, &body(thread))
                .await
                .refused_for(pointer, code);
        }
        react(world, &site, "post", &ada, "👍", true).await.expect(200);
        site.change_settings(world, &json!({ "reactions": ["🎉"] })).await;
        let page = site.read(world, "post").await;
        assert_eq!(page.json["thread"]["reactions"], json!([{ "kind": "🎉", "count": 0 }]));
        let answer = react(world, &site, "post", &ada, "🎉", true).await.expect(200);
        assert_eq!(answer.json["mine"], json!(["🎉"]), "what is not offered is not told");
        site.change_settings(world, &json!({ "reactions": ["👍", "🎉"] })).await;
        let page = site.read(world, "post").await;
        assert_eq!(
            page.json["thread"]["reactions"][0]["count"], 1,
            "and is kept until it is offered again"
        );
        let off = world.site(publishing()).await;
        react(world, &off, "post", "", "👍", true)
            .await
            .refused_for("/kind", "invalid");
    });
}

#[test]
fn thirty_first_reactions_at_once_are_thirty() {
    run(async {
        let world = world();
        let site = world
            .site(json!({ "moderation": "none", "reactions": ["👍", "🎉"] }))
            .await;
        let readers = readers(world, &site, 30).await;
        let ours = &site;
        let reactions = join_all(readers.iter().enumerate().map(|(place, who)| async move {
            let kind = ["👍", "🎉"][place % 2];
            let (one, two) = join(
                react(world, ours, "post", who, kind, true),
                react(world, ours, "post", who, kind, true),
            )
            .await;
            (one.expect(200), two.expect(200))
        }));
        let talk = join_all((0..5).map(|_| site.say(world, "post", "Meanwhile.")));
        let (_, talk) = join(reactions, talk).await;
        for said in talk {
            said.expect(201);
        }
        let page = site.read(world, "post").await;
        let counts = page.json["thread"]["reactions"].as_array().unwrap().iter();
        let counts: Vec<i64> = counts.map(|one| one["count"].as_i64().unwrap()).collect();
        assert_eq!(counts, [15, 15]);
        assert_eq!(page.json["thread"]["comment_count"], 5);
        let site_id: Uuid = site.id.parse().unwrap();
        let (threads, rows) = world
            .within(move |app| async move {
                let threads: Vec<thread::Model> = thread::Entity::of_site(site_id).all(app.db.read()).await.unwrap();
                let rows: Vec<reaction::Model> = reaction::Entity::of_site(site_id).all(app.db.read()).await.unwrap();
                (threads.len(), rows.len())
            })
            .await;
        assert_eq!((threads, rows), (1, 30));
    });
}
