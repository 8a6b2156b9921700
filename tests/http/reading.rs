//! Ways through a conversation: its orders, its pages in both directions, the page around a comment, what is kept on top.

use entity::{OfSite, comment, thread};
use futures_util::future::join_all;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, QueryFilter};
use serde_json::{Value, json};

use crate::world::{Answer, ORIGIN, Site, World, run, world};

fn publishing() -> Value {
    json!({ "moderation": "none" })
}

/// Numbers of the roots of a page, in order.
fn roots(page: &Answer) -> Vec<i64> {
    let roots = page.comments().iter().filter(|one| one.get("parent_id").is_none());
    roots.map(|one| one["number"].as_i64().unwrap()).collect()
}

async fn read(world: &World, site: &Site, query: &str) -> Answer {
    let path = site.path(&format!("thread?id=talk{query}"));
    world.get(&path).from(ORIGIN).send().await.expect(200)
}

/// The page, and those that its cursors lead to, in one direction.
async fn follow(world: &World, site: &Site, query: &str, cursor: &str, parameter: &str) -> Vec<Vec<i64>> {
    let mut page = read(world, site, query).await;
    let mut found = vec![roots(&page)];
    while let Some(place) = page.json[cursor].as_str().map(str::to_owned) {
        let query = query.split("&around").next().unwrap();
        page = read(world, site, &format!("{query}&{parameter}={place}")).await;
        found.push(roots(&page));
    }
    found
}

/// Gives comments numbers that votes or replies would give them.
async fn set(world: &World, site: &Site, column: comment::Column, values: &[(i64, i64)]) {
    let site_id = site.id.parse().unwrap();
    for (number, value) in values.iter().copied() {
        world
            .within(move |app| async move {
                let update = comment::Entity::update_of_site(site_id)
                    .col_expr(column, Expr::value(value))
                    .filter(comment::Column::Number.eq(number));
                assert_eq!(update.exec(app.db.read()).await.unwrap().rows_affected, 1);
            })
            .await;
    }
}

async fn pin(world: &World, site: &Site, ids: &[String]) {
    let (site_id, pinned) = (site.id.parse().unwrap(), json!(ids));
    world
        .within(move |app| async move {
            let update = thread::Entity::update_of_site(site_id)
                .col_expr(thread::Column::Pinned, Expr::value(pinned))
                .col_expr(thread::Column::Version, Expr::cust("version + 1"));
            assert_eq!(update.exec(app.db.read()).await.unwrap().rows_affected, 1);
        })
        .await;
}

/// A conversation of so many roots; their ids.
async fn talk(world: &World, site: &Site, count: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for number in 1..=count {
        let posted = site.say(world, "talk", &format!("Root {number}.")).await.expect(201);
        ids.push(posted.comment_id());
    }
    ids
}

#[test]
fn each_order_pages_to_the_end_without_gaps_or_repeats() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        talk(world, &site, 7).await;
        set(
            world,
            &site,
            comment::Column::Rank,
            &[(2, 900), (3, 500), (5, 500), (6, -10)],
        )
        .await;
        set(world, &site, comment::Column::BranchCount, &[(1, 4), (4, 9), (7, 4)]).await;
        for (sort, expected) in [
            ("oldest", [1, 2, 3, 4, 5, 6, 7]),
            ("newest", [7, 6, 5, 4, 3, 2, 1]),
            ("best", [2, 5, 3, 7, 4, 1, 6]),
            ("discussed", [4, 7, 1, 6, 5, 3, 2]),
        ] {
            for limit in [1, 2, 3, 7, 50] {
                let pages = follow(world, &site, &format!("&sort={sort}&limit={limit}"), "next", "after").await;
                assert_eq!(pages.concat(), expected, "{sort}, {limit} a page");
                assert!(pages.iter().all(|page| page.len() <= limit));
            }
        }
    });
}

#[test]
fn a_page_around_a_comment_has_it_in_the_middle_and_leads_both_ways() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        talk(world, &site, 11).await;
        for (sort, all) in [
            ("oldest", (1..=11).collect::<Vec<i64>>()),
            ("newest", (1..=11).rev().collect()),
        ] {
            for (number, limit) in (1..=11).flat_map(|number| [(number, 1), (number, 2), (number, 5)]) {
                let query = format!("&sort={sort}&limit={limit}&around={number}");
                let page = read(world, &site, &query).await;
                assert!(roots(&page).contains(&number) && roots(&page).len() <= limit);
                let mut way = follow(world, &site, &query, "previous", "before").await;
                way.reverse();
                let rest = follow(world, &site, &query, "next", "after").await;
                way.extend(rest.into_iter().skip(1));
                assert_eq!(way.concat(), all, "{sort}, {limit} around {number}");
            }
        }
        let first = read(world, &site, "&limit=5").await;
        for nowhere in ["999", "-1", "0"] {
            let page = read(world, &site, &format!("&limit=5&around={nowhere}")).await;
            assert_eq!(page.json, first.json, "as if it had not been said");
        }
    });
}

#[test]
fn a_reply_beyond_the_cut_is_shown_with_all_that_it_answers() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let root = site.say(world, "talk", "A root.").await.expect(201).comment_id();
        let mut parent = root.clone();
        for level in 0..3 {
            for _ in 0..20 {
                site.answer(world, "talk", &root, "An answer.").await.expect(201);
            }
            let answer = site.answer(world, "talk", &parent, &format!("Level {level}.")).await;
            parent = answer.expect(201).comment_id();
        }
        let plain = read(world, &site, "").await;
        assert!(plain.comments().iter().all(|one| one["id"] != parent.as_str()));
        let page = read(world, &site, "&around=64").await;
        let target = page.comments().iter().find(|one| one["number"] == 64).unwrap();
        assert_eq!((&target["id"], &target["depth"]), (&json!(parent), &json!(3)));
        let ids: Vec<&Value> = page.comments().iter().map(|one| &one["id"]).collect();
        for one in page.comments() {
            assert!(one["depth"] == 0 || ids.contains(&&one["parent_id"]), "{one}");
        }
        assert_eq!(page.comments()[0]["more_replies"], plain.comments()[0]["more_replies"]);
    });
}

#[test]
fn the_places_of_a_long_chain_are_cut_as_its_words_would_be() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let root = site.say(world, "talk", "A root.").await.expect(201).comment_id();
        let quiet = site.say(world, "talk", "Another.").await.expect(201).comment_id();
        site.answer(world, "talk", &quiet, "An answer.").await.expect(201);
        let mut chain = vec![root.clone()];
        for level in 0..230 {
            let parent = chain.last().unwrap().clone();
            let answer = site.answer(world, "talk", &parent, &format!("Level {level}.")).await;
            chain.push(answer.expect(201).comment_id());
        }
        let gone: Vec<&str> = chain[..230].iter().map(String::as_str).collect();
        for some in gone.chunks(100) {
            site.decide(world, some, "delete").await.expect(200);
        }
        let page = read(world, &site, "").await;
        assert_eq!(roots(&page), [1, 2], "one live leaf keeps the places above it");
        let under = |id: &str| page.comments().iter().filter(|one| one["parent_id"] == id).count();
        assert_eq!(under(&quiet), 1);
        let shown = page.comments().len();
        assert_eq!(shown, 2 + 50 + 1, "of 230 places under one root, fifty");
        assert!(page.comments()[0]["more_replies"].is_string());
    });
}

#[test]
fn what_is_pinned_comes_first_in_its_order_and_once() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let ids = talk(world, &site, 6).await;
        pin(world, &site, &[ids[4].clone(), ids[1].clone()]).await;
        site.answer(world, "talk", &ids[4], "Under a pinned one.")
            .await
            .expect(201);
        let pages = follow(world, &site, "&limit=2", "next", "after").await;
        assert_eq!(pages, [vec![5, 2, 1, 3], vec![4, 6]]);
        let newest = read(world, &site, "&sort=newest").await;
        assert_eq!(roots(&newest), [5, 2, 6, 4, 3, 1]);
        let pinned: Vec<bool> = newest
            .comments()
            .iter()
            .map(|one| one["pinned"].as_bool().unwrap())
            .collect();
        assert_eq!(pinned, [true, false, true, false, false, false, false]);
        assert_eq!(newest.comments()[1]["depth"], 1, "its replies come with it");
        let around = read(world, &site, "&limit=2&around=5").await;
        assert_eq!(
            roots(&around),
            [5, 2, 1, 3],
            "a pinned comment stands on the first page"
        );

        site.decide(world, &[&ids[1]], "delete").await.expect(200);
        assert_eq!(roots(&read(world, &site, "").await), [5, 1, 3, 4, 6]);
    });
}

#[test]
fn replies_are_counted_on_all_levels_at_the_root() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let root = site.say(world, "talk", "A root.").await.expect(201).comment_id();
        let one = site.answer(world, "talk", &root, "One.").await.expect(201).comment_id();
        let two = site.answer(world, "talk", &one, "Two.").await.expect(201).comment_id();
        let count = async || read(world, &site, "").await.comments()[0]["branch_count"].clone();
        assert_eq!(count().await, 2);
        site.decide(world, &[&one], "spam").await.expect(200);
        assert_eq!(count().await, 1);
        site.decide(world, &[&two], "delete").await.expect(200);
        assert_eq!(count().await, 0);
        site.decide(world, &[&one, &two], "publish").await.expect(200);
        assert_eq!(count().await, 2);
    });
}

#[test]
fn two_hundred_conversations_are_counted_at_once() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        site.say(world, "talk", "Once.").await.expect(201);
        let by_url = json!({ "thread": { "url": "https://blog.example/post/" }, "text": "Here." });
        site.draft(world, &by_url).await.expect(201);
        let mut threads = vec![json!({ "url": "https://blog.example/post" }), json!({ "id": "talk" })];
        threads.extend((0..198).map(|number| json!({ "id": format!("quiet-{number}") })));
        let ask = async |threads: &[Value]| {
            let body = json!({ "threads": threads });
            world.post(&site.path("counts"), &body).from(ORIGIN).send().await
        };
        let counts = ask(&threads).await.expect(200);
        let counts = counts.json["counts"].as_array().unwrap();
        assert_eq!(counts.len(), 200);
        assert_eq!(
            counts[0],
            json!({ "url": "https://blog.example/post", "comment_count": 1 })
        );
        assert_eq!(counts[1], json!({ "id": "talk", "comment_count": 1 }));
        assert!(counts[2..].iter().all(|one| one["comment_count"] == 0));
        threads.push(json!({ "id": "one-too-many" }));
        ask(&threads).await.refused(422, "invalid_input");
        ask(&[json!({})]).await.refused(422, "invalid_input");
    });
}

#[test]
fn the_latest_comments_of_a_site_say_where_they_stand() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let ids = talk(world, &site, 3).await;
        let elsewhere = json!({ "thread": { "url": "https://blog.example/b", "title": "B" }, "text": "There." });
        site.draft(world, &elsewhere).await.expect(201);
        site.decide(world, &[&ids[1]], "spam").await.expect(200);
        let recent = world
            .get(&site.path("recent?limit=2"))
            .from(ORIGIN)
            .send()
            .await
            .expect(200);
        let numbers: Vec<&Value> = recent.comments().iter().map(|one| &one["number"]).collect();
        assert_eq!(numbers, [4, 3]);
        let thread = json!({ "key": "url:blog.example/b", "title": "B", "url": "https://blog.example/b" });
        assert_eq!(recent.comments()[0]["thread"], thread);
        let all = world.get(&site.path("recent")).send().await.expect(200);
        assert_eq!(all.comments().len(), 3);
        world
            .get(&site.path("recent?limit=51"))
            .send()
            .await
            .refused(400, "invalid_parameter");
    });
}

#[test]
fn only_one_place_is_named() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        talk(world, &site, 3).await;
        let next = read(world, &site, "&limit=1").await.text("next");
        let path = site.path(&format!("thread?id=talk&after={next}&around=2"));
        world.get(&path).send().await.refused(400, "invalid_parameter");
        let path = site.path(&format!("thread?id=talk&after={next}&before={next}"));
        world.get(&path).send().await.refused(400, "invalid_parameter");
    });
}

#[test]
fn posts_that_are_stored_together_stand_for_themselves() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let root = site.say(world, "talk", "A root.").await.expect(201).comment_id();
        let absent = "01935f8e-7c4a-7b1e-9d2f-1a2b3c4d5e6f";
        let drafts: Vec<Value> = (0..60)
            .map(|number| match number % 4 {
                0 => json!({ "thread": { "id": "talk" }, "text": format!("Root {number}.") }),
                1 => json!({ "thread": { "id": "talk" }, "parent_id": root, "text": format!("Reply {number}.") }),
                2 => json!({ "thread": { "id": "talk" }, "parent_id": absent, "text": "To nobody." }),
                _ => json!({ "thread": { "url": "https://elsewhere.example/" }, "text": "Not here." }),
            })
            .collect();
        let answers = join_all(drafts.iter().map(|draft| site.draft(world, draft))).await;
        let mut numbers = Vec::new();
        for (place, answer) in answers.into_iter().enumerate() {
            match place % 4 {
                0 | 1 => numbers.push(answer.expect(201).json["comment"]["number"].as_i64().unwrap()),
                _ => drop(answer.refused(422, "invalid_input")),
            }
        }
        numbers.sort_unstable();
        assert_eq!(
            numbers,
            (2..=31).collect::<Vec<i64>>(),
            "a refused post takes no number"
        );
        let page = read(world, &site, "").await;
        assert_eq!(page.json["thread"]["comment_count"], 31);
        assert_eq!(page.comments()[0]["reply_count"], 15);
        assert_eq!(page.comments()[0]["branch_count"], 15);
        let elsewhere = world
            .get(&site.path("thread?url=https://elsewhere.example/"))
            .send()
            .await
            .expect(200);
        assert_eq!(
            elsewhere.json["thread"].get("id"),
            None,
            "nothing stays of a refused post"
        );
    });
}

#[test]
fn a_key_that_came_with_a_refused_post_is_free_again() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let say = async |draft: Value| {
            let request = world.post(&site.path("comments"), &draft).from(ORIGIN);
            request.header("idempotency-key", "the-same-key").send().await
        };
        let absent = "01935f8e-7c4a-7b1e-9d2f-1a2b3c4d5e6f";
        say(json!({ "thread": { "id": "talk" }, "parent_id": absent, "text": "To nobody." }))
            .await
            .refused(422, "invalid_input");
        let stored = say(json!({ "thread": { "id": "talk" }, "text": "To everybody." }))
            .await
            .expect(201);
        let again = say(json!({ "thread": { "id": "talk" }, "text": "To everybody." }))
            .await
            .expect(201);
        assert_eq!(stored.comment_id(), again.comment_id());
        assert_eq!(read(world, &site, "").await.comments().len(), 1);
    });
}
