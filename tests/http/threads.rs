//! Conversations as readers' pages read them: named by id or address, page by page, with places kept for what is gone.

use chrono::{DateTime, Utc};
use entity::{OfSite, comment};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, QueryFilter};
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::world::{Answer, ORIGIN, Site, World, run, world};

fn publishing() -> Value {
    json!({ "moderation": "none" })
}

/// The path that reads the conversation of a page.
fn of_page(site: &Site, url: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("url", url)
        .finish();
    site.path(&format!("thread?{query}"))
}

async fn read_page(world: &World, site: &Site, url: &str) -> Answer {
    world.get(&of_page(site, url)).from(ORIGIN).send().await.expect(200)
}

/// Follows `next` to the end: the numbers of the roots on each page.
async fn pages(world: &World, site: &Site, query: &str) -> Vec<Vec<u64>> {
    let mut pages = Vec::new();
    let mut after = String::new();
    loop {
        let page = world
            .get(&site.path(&format!("thread?{query}{after}")))
            .from(ORIGIN)
            .send()
            .await
            .expect(200);
        let roots = page.comments().iter().filter(|one| one["depth"] == 0);
        pages.push(roots.map(|one| one["number"].as_u64().unwrap()).collect());
        match page.json["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return pages,
        }
    }
}

#[test]
fn a_page_without_comments_is_an_empty_conversation() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "links", "notice": "Be kind." })).await;

        let by_id = site.read(world, "quiet").await;
        let settings = json!({
            "name": "A blog", "moderation": "links", "require_name": false, "require_email": false, "min_text_length": 2,
            "max_text_length": 10_000, "language": "auto", "sort": "oldest", "notice": "Be kind.", "votes": "both", "sign_in": "off", "mail": false, "follow": false,
            "reactions": [], "reports": true, "edit_minutes": 15, "max_depth": 6, "live": true, "images": false,
        });
        let thread = json!({
            "key": "id:quiet", "open": true, "locked": false, "comment_count": 0, "version": 0, "reactions": [],
        });
        assert_eq!(
            by_id.json,
            json!({ "thread": thread, "settings": settings, "comments": [] })
        );

        let by_url = read_page(world, &site, "https://blog.example/quiet").await;
        assert_eq!(by_url.json["thread"]["key"], "url:blog.example/quiet");
        assert_eq!(by_url.json["comments"], json!([]));
    });
}

#[test]
fn spellings_of_one_page_meet_in_one_conversation() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let spellings = [
            "https://blog.example/post",
            "https://BLOG.example:443/post/",
            "https://blog.example/post/index.html#comments",
            "https://blog.example./post?utm_source=feed&fbclid=1",
        ];
        for spelling in spellings {
            let thread = json!({ "url": spelling, "title": format!("Post at {spelling}") });
            site.draft(world, &json!({ "thread": thread, "text": spelling }))
                .await
                .expect(201);
        }
        let first = read_page(world, &site, spellings[0]).await;
        assert_eq!(first.numbers(), [1, 2, 3, 4]);
        assert_eq!(first.json["thread"]["key"], "url:blog.example/post");
        assert_eq!(first.json["thread"]["url"], "https://blog.example/post");
        assert_eq!(
            first.json["thread"]["title"], "Post at https://blog.example/post",
            "as the first comment said"
        );
        for spelling in spellings {
            assert_eq!(read_page(world, &site, spelling).await.json, first.json, "{spelling}");
        }

        let elsewhere = read_page(world, &site, "https://blog.example/post?page=2").await;
        assert_eq!(
            elsewhere.json["comments"],
            json!([]),
            "a parameter that tells pages apart"
        );
        let same_name = site.read(world, "blog.example/post").await;
        assert_eq!(same_name.json["comments"], json!([]), "an id never meets an address");
    });
}

#[test]
fn an_id_goes_before_the_address() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let thread = json!({ "id": "article-7", "url": "https://blog.example/moved" });
        let posted = site
            .draft(world, &json!({ "thread": thread, "text": "Hello." }))
            .await
            .expect(201);
        assert_eq!(posted.json["thread"]["key"], "id:article-7");
        assert_eq!(posted.json["thread"]["url"], "https://blog.example/moved");
        assert_eq!(site.read(world, "article-7").await.numbers(), [1]);
        assert_eq!(
            read_page(world, &site, "https://blog.example/moved").await.json["comments"],
            json!([])
        );
    });
}

#[test]
fn a_foreign_page_opens_no_conversation_but_may_be_asked_about() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let foreign = "https://elsewhere.example/post";
        let draft = |thread: Value| json!({ "thread": thread, "text": "Hello." });
        site.draft(world, &draft(json!({ "url": foreign })))
            .await
            .refused_for("/thread/url", "invalid");
        let read = read_page(world, &site, foreign).await;
        assert_eq!(
            read.json["thread"],
            json!({
                "key": "url:elsewhere.example/post", "open": true, "locked": false, "comment_count": 0, "version": 0,
                "reactions": [],
            })
        );

        let by_id = site
            .draft(world, &draft(json!({ "id": "any", "url": foreign })))
            .await
            .expect(201);
        assert_eq!(by_id.json["comment"]["number"], 1, "what was refused used up no number");
        assert_eq!(
            by_id.json["thread"]["url"],
            Value::Null,
            "a page elsewhere is not linked"
        );
    });
}

#[test]
fn a_conversation_has_a_name() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let long = "x".repeat(2049);
        for (thread, pointer, code) in [
            (json!({}), "/thread", "required"),
            (json!({ "id": " ", "url": "" }), "/thread", "required"),
            (json!({ "id": long }), "/thread/id", "too_long"),
            (json!({ "id": "a\nb" }), "/thread/id", "forbidden_character"),
            (json!({ "url": "/post" }), "/thread/url", "invalid"),
            (json!({ "url": "javascript:alert(1)" }), "/thread/url", "invalid"),
            (json!({ "url": "https://ada@blog.example/" }), "/thread/url", "invalid"),
        ] {
            site.draft(world, &json!({ "thread": thread, "text": "Hello." }))
                .await
                .refused_for(pointer, code);
        }
        for query in ["", "?id=", "?url=%2Fpost", "?url=javascript:alert(1)", "?id=a%0Ab"] {
            let path = site.path(&format!("thread{query}"));
            world
                .get(&path)
                .from(ORIGIN)
                .send()
                .await
                .refused(400, "invalid_parameter");
        }
    });
}

#[test]
fn a_page_gets_304_until_something_changes() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "all" })).await;
        let first = site.say(world, "post", "First.").await.expect(202).comment_id();
        let ask = |known: &str| {
            let request = world.get(&site.path("thread?id=post")).from(ORIGIN);
            request.header("if-none-match", known).send()
        };
        let mut known = site.read(world, "post").await.header("etag").to_owned();

        site.say(world, "post", "Second.").await.expect(202);
        let unchanged = ask(&known).await.expect(304);
        assert_eq!(
            unchanged.header("etag"),
            known,
            "a comment that waits changes nothing for readers"
        );
        assert!(unchanged.body.is_empty());
        assert_eq!(unchanged.header("cache-control"), "public, max-age=0, must-revalidate");
        assert_eq!(unchanged.header("vary"), "Origin, Accept-Encoding");
        assert_eq!(unchanged.header("access-control-allow-origin"), ORIGIN);

        let mut seen = vec![known.clone()];
        let steps = ["publish", "edit", "settings", "answer", "reject"];
        for step in steps {
            match step {
                "edit" => drop(
                    site.revise(world, &first, &json!({ "text": "First, better." }))
                        .await
                        .expect(200),
                ),
                "settings" => site.change_settings(world, &json!({ "require_name": true })).await,
                "answer" => drop(
                    site.answer_as_team(world, &first, &json!({ "text": "Thanks." }))
                        .await
                        .expect(201),
                ),
                decision => drop(site.decide(world, &[&first], decision).await.expect(200)),
            }
            let fresh = ask(&known).await.expect(200);
            fresh.header("etag").clone_into(&mut known);
            assert!(!seen.contains(&known), "the same tag after {step}");
            seen.push(known.clone());
            ask(&known).await.expect(304);
        }
    });
}

#[test]
fn if_none_match_is_read_as_the_standard_says() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        for thread in ["quiet", "post"] {
            if thread == "post" {
                site.say(world, thread, "Hello.").await.expect(201);
            }
            let page = site.read(world, thread).await;
            assert_eq!(page.header("cache-control"), "public, max-age=0, must-revalidate");
            assert_eq!(page.header("vary"), "Origin, Accept-Encoding");
            let tag = page.header("etag");
            assert!(tag.starts_with('"') && tag.ends_with('"') && tag.len() > 4, "{tag}");
            for (known, status) in [
                (tag.to_owned(), 304),
                (format!("W/{tag}"), 304),
                (format!("\"other\", {tag}"), 304),
                (format!("W/\"other\" ,W/{tag}"), 304),
                ("*".to_owned(), 304),
                ("\"other\"".to_owned(), 200),
                (tag.trim_matches('"').to_owned(), 200),
                (String::new(), 200),
            ] {
                let request = world.get(&site.path(&format!("thread?id={thread}"))).from(ORIGIN);
                request.header("if-none-match", &known).send().await.expect(status);
            }
        }
    });
}

#[test]
fn no_answer_to_a_reader_sets_a_cookie() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let posted = site.say(world, "post", "Hello.").await.expect(201);
        let replies = format!("comments/{}/replies", posted.comment_id());
        let words = json!({ "text": "Hello again." });
        let draft = json!({ "thread": { "id": "post" }, "text": "Hello again." });
        for (status, request) in [
            (200, world.get(&site.path("thread?id=post"))),
            (400, world.get(&site.path("thread"))),
            (200, world.get(&site.path(&replies))),
            (200, world.get(&site.path("counts?id=post"))),
            (
                200,
                world
                    .get(&site.path("mine"))
                    .header("parlour-tokens", posted.text("token")),
            ),
            (200, world.post(&site.path("preview"), &words)),
            (201, world.post(&site.path("comments"), &draft)),
            (422, world.post(&site.path("comments"), &words)),
            (404, world.get(&site.path("nothing"))),
        ] {
            let answer = request.from(ORIGIN).header("cookie", "a=b").send().await.expect(status);
            assert!(!answer.headers.contains_key("set-cookie"), "{:?}", answer.headers);
            assert!(answer.header("vary").starts_with("Origin"));
        }
    });
}

#[test]
fn roots_come_page_by_page_and_each_comes_once() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        for number in 1..=7 {
            let root = site.say(world, "post", &format!("Root {number}.")).await.expect(201);
            if number == 1 {
                // A reply is no root: it comes with its own and takes nobody's place.
                let reply = site
                    .answer(world, "post", &root.comment_id(), "Reply.")
                    .await
                    .expect(201);
                assert_eq!(reply.json["comment"]["number"], 2);
            }
        }
        let oldest = [vec![1, 3, 4], vec![5, 6, 7], vec![8]];
        let newest = [vec![8, 7, 6], vec![5, 4, 3], vec![1]];
        assert_eq!(pages(world, &site, "id=post&limit=3").await, oldest, "the site's order");
        assert_eq!(pages(world, &site, "id=post&limit=3&sort=oldest").await, oldest);
        assert_eq!(pages(world, &site, "id=post&limit=3&sort=newest").await, newest);
        assert_eq!(
            pages(world, &site, "id=post&limit=7&sort=newest").await,
            [[8, 7, 6, 5, 4, 3, 1]]
        );

        site.change_settings(world, &json!({ "sort": "newest" })).await;
        assert_eq!(pages(world, &site, "id=post&limit=3").await, newest);
    });
}

#[test]
fn comments_of_one_moment_are_paged_by_their_numbers() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        for number in 1..=9 {
            site.say(world, "post", &format!("Root {number}.")).await.expect(201);
        }
        // On and around a whole second, which SQLite writes without a fraction.
        let moments: [(i64, &[i64]); 3] = [
            (1_800_000_000_000, &[1, 2, 3, 4]),
            (1_800_000_000_001, &[5, 6, 7]),
            (1_799_999_999_999, &[8, 9]),
        ];
        for (ms, numbers) in moments {
            let at: DateTime<Utc> = DateTime::from_timestamp_millis(ms).unwrap();
            for number in numbers {
                set_created_at(world, &site, *number, at).await;
            }
        }
        for limit in 1..=4 {
            let oldest = pages(world, &site, &format!("id=post&limit={limit}")).await.concat();
            assert_eq!(oldest, [8, 9, 1, 2, 3, 4, 5, 6, 7], "{limit} at a time");
            let newest = pages(world, &site, &format!("id=post&limit={limit}&sort=newest"))
                .await
                .concat();
            assert_eq!(newest, [7, 6, 5, 4, 3, 2, 1, 9, 8], "{limit} at a time");
        }
    });
}

async fn set_created_at(world: &World, site: &Site, number: i64, at: DateTime<Utc>) {
    let update = comment::Entity::update_of_site(site.id.parse().unwrap())
        .col_expr(comment::Column::CreatedAt, Expr::value(at))
        .filter(comment::Column::Number.eq(number));
    let written = world
        .within(|app| async move { update.exec(app.db.read()).await.unwrap().rows_affected })
        .await;
    assert_eq!(written, 1);
    // A select of the row proves that the engine reads the moment as it was written.
    let row = comment::Entity::of_site(site.id.parse().unwrap()).filter(comment::Column::Number.eq(number));
    let read = world
        .within(|app| async move { row.one(app.db.read()).await.unwrap().unwrap().created_at })
        .await;
    assert_eq!(read, at);
}

#[test]
fn what_is_posted_between_two_pages_moves_nothing() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        for number in 1..=4 {
            site.say(world, "post", &format!("Root {number}.")).await.expect(201);
        }
        let path = site.path("thread?id=post&sort=newest&limit=2");
        let first = world.get(&path).from(ORIGIN).send().await.expect(200);
        assert_eq!(first.numbers(), [4, 3]);
        site.say(world, "post", "Meanwhile.").await.expect(201);
        let second = world
            .get(&format!("{path}&after={}", first.text("next")))
            .from(ORIGIN)
            .send()
            .await
            .expect(200);
        assert_eq!(second.numbers(), [2, 1]);
        assert_eq!(second.json["next"], Value::Null);
    });
}

#[test]
fn a_page_has_fifty_roots_unless_asked_for_1_to_100() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        for number in 1..=51 {
            site.say(world, "post", &format!("Root {number}.")).await.expect(201);
        }
        let lengths = async |query: &str| {
            pages(world, &site, query)
                .await
                .iter()
                .map(Vec::len)
                .collect::<Vec<_>>()
        };
        assert_eq!(lengths("id=post").await, [50, 1]);
        assert_eq!(lengths("id=post&limit=100").await, [51]);
        assert_eq!(lengths("id=post&limit=1").await, [1; 51]);
        for limit in ["0", "101", "-1", "1.5", "many", "99999999999999999999"] {
            let path = site.path(&format!("thread?id=post&limit={limit}"));
            world
                .get(&path)
                .from(ORIGIN)
                .send()
                .await
                .refused(400, "invalid_parameter");
        }
        let path = site.path("thread?id=post&sort=loudest");
        world
            .get(&path)
            .from(ORIGIN)
            .send()
            .await
            .refused(400, "invalid_parameter");
    });
}

#[test]
fn a_cursor_that_was_not_given_out_is_refused() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let root = site.say(world, "post", "Root.").await.expect(201).comment_id();
        for path in ["thread?id=post".to_owned(), format!("comments/{root}/replies?")] {
            for cursor in [
                "",
                "x",
                "AAAA",
                "MTIz",
                "LTEuMQ",
                "%00",
                "OTIyMzM3MjAzNjg1NDc3NTgwNy4x",
                "'--",
            ] {
                let path = site.path(&format!("{path}&after={cursor}"));
                world
                    .get(&path)
                    .from(ORIGIN)
                    .send()
                    .await
                    .refused(400, "invalid_parameter");
            }
        }
    });
}

#[test]
fn replies_stand_under_what_they_answer() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let say = async |text: &str| site.say(world, "post", text).await.expect(201).comment_id();
        let answer = async |parent: &str, text: &str| site.answer(world, "post", parent, text).await.expect(201);
        let apples = say("Apples.").await;
        let pears = say("Pears.").await;
        let red = answer(&apples, "Red ones.").await.comment_id();
        answer(&pears, "Ripe ones.").await;
        let why = answer(&red, "Why red?").await;
        answer(&apples, "Green ones.").await;
        assert_eq!(
            (&why.json["comment"]["depth"], &why.json["comment"]["parent_id"]),
            (&json!(2), &json!(red))
        );

        let apple_talk = [(0, "Apples."), (1, "Red ones."), (2, "Why red?"), (1, "Green ones.")];
        let pear_talk = [(0, "Pears."), (1, "Ripe ones.")];
        let told = |page: &Answer| page.talk();
        let expected = |parts: [&[(u64, &str)]; 2]| {
            let parts = parts.concat();
            parts
                .into_iter()
                .map(|(depth, text)| (depth, text.to_owned()))
                .collect::<Vec<_>>()
        };
        let oldest = site.read(world, "post").await;
        assert_eq!(told(&oldest), expected([&apple_talk, &pear_talk]));
        let replies = |page: &Answer| {
            page.comments()
                .iter()
                .map(|one| one["reply_count"].clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(replies(&oldest), [2, 1, 0, 0, 1, 0]);
        assert_eq!(oldest.json["thread"]["comment_count"], 6);

        let newest = world
            .get(&site.path("thread?id=post&sort=newest"))
            .from(ORIGIN)
            .send()
            .await
            .expect(200);
        assert_eq!(
            told(&newest),
            expected([&pear_talk, &apple_talk]),
            "replies always from the first to the last"
        );
    });
}

#[test]
fn of_a_root_with_many_replies_the_first_come_with_it_and_the_others_page_by_page() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let root = site.say(world, "post", "Root.").await.expect(201).comment_id();
        let mut parent = root.clone();
        for number in 2..=156 {
            let text = format!("Reply {number}.");
            let reply = site
                .answer(world, "post", &parent, &text)
                .await
                .expect(201)
                .comment_id();
            // Chains of four, so that parents and their replies fall on different pages, too.
            parent = if number % 4 == 0 { root.clone() } else { reply };
        }
        let quiet = site
            .say(world, "post", "A root with one reply.")
            .await
            .expect(201)
            .comment_id();
        site.answer(world, "post", &quiet, "The one.").await.expect(201);

        let page = site.read(world, "post").await;
        let first: Vec<u64> = (1..=51).chain([157, 158]).collect();
        assert_eq!(page.numbers(), first, "fifty replies, and the other root's own");
        let with_more: Vec<&Value> = page
            .comments()
            .iter()
            .filter(|one| !one["more_replies"].is_null())
            .collect();
        assert_eq!(with_more.len(), 1);
        assert_eq!(with_more[0]["number"], 1);
        assert_eq!(page.comments()[4]["depth"], 1, "a new chain");
        assert_eq!(page.comments()[3]["depth"], 3);

        let replies = async |after: &str| {
            let path = site.path(&format!("comments/{root}/replies?after={after}"));
            world.get(&path).from(ORIGIN).send().await.expect(200)
        };
        let second = replies(with_more[0]["more_replies"].as_str().unwrap()).await;
        assert_eq!(second.numbers(), (52..=151).collect::<Vec<u64>>());
        let third = replies(&second.text("next")).await;
        assert_eq!(third.numbers(), (152..=156).collect::<Vec<u64>>());
        assert_eq!(third.json["next"], Value::Null);
        assert!(third.comments().iter().all(|one| one["parent_id"].is_string()));

        let from_the_first = world
            .get(&site.path(&format!("comments/{root}/replies")))
            .from(ORIGIN)
            .send()
            .await;
        assert_eq!(from_the_first.expect(200).numbers(), (2..=101).collect::<Vec<u64>>());
    });
}

#[test]
fn replies_are_asked_for_by_what_readers_can_see() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "all" })).await;
        let other = world.site(publishing()).await;
        let pending = site.say(world, "post", "Waiting.").await.expect(202).comment_id();
        let foreign = other.say(world, "post", "Elsewhere.").await.expect(201).comment_id();
        for id in [pending.as_str(), &foreign, "019ab000-0000-7000-8000-000000000000", "1"] {
            let path = site.path(&format!("comments/{id}/replies"));
            world.get(&path).from(ORIGIN).send().await.refused(404, "not_found");
        }
    });
}

#[test]
fn a_removed_comment_keeps_its_place_while_replies_stand_under_it() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        for (number, decision) in [(1, "delete"), (3, "reject"), (5, "spam"), (7, "hold")] {
            let thread = format!("post-{decision}");
            let author = json!({ "name": "Ada", "website": "https://ada.example" });
            let draft = json!({ "thread": { "id": thread }, "text": "Root.", "author": author });
            let root = site.draft(world, &draft).await.expect(201).comment_id();
            let reply = site
                .answer(world, &thread, &root, "Reply.")
                .await
                .expect(201)
                .comment_id();
            site.revise(world, &root, &json!({ "text": "Root, edited." }))
                .await
                .expect(200);

            site.decide(world, &[&root], decision).await.expect(200);
            let page = site.read(world, &thread).await;
            let place = &page.comments()[0];
            let expected = json!({
                "id": root, "number": number, "depth": 0, "state": "removed", "html": "", "author": { "team": false },
                "created_at": place["created_at"], "votes": { "up": 0, "down": 0 }, "reply_count": 1,
                "branch_count": 1, "pinned": false,
            });
            assert_eq!(place, &expected, "nothing of it is told after {decision}");
            assert_eq!(page.talk()[1], (1, "Reply.".to_owned()));
            assert_eq!(page.json["thread"]["comment_count"], 1);

            site.decide(world, &[&reply], decision).await.expect(200);
            let page = site.read(world, &thread).await;
            assert_eq!(page.json["comments"], json!([]));
            assert_eq!(page.json["thread"]["comment_count"], 0);
        }
    });
}

#[test]
fn places_above_the_last_visible_reply_vanish_and_come_back_with_it() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let mut chain = vec![site.say(world, "chain", "Level 0.").await.expect(201).comment_id()];
        for level in 1..=4 {
            let text = format!("Level {level}.");
            let reply = site.answer(world, "chain", &chain[level - 1], &text).await.expect(201);
            chain.push(reply.comment_id());
        }
        let ids: Vec<&str> = chain.iter().map(String::as_str).collect();
        // (level, state, replies) of what readers see.
        let seen = async || {
            let page = site.read(world, "chain").await;
            let row = |one: &Value| {
                let state = one["state"].as_str().unwrap().to_owned();
                (
                    one["depth"].as_u64().unwrap(),
                    state,
                    one["reply_count"].as_u64().unwrap(),
                )
            };
            let rows: Vec<(u64, String, u64)> = page.comments().iter().map(row).collect();
            (rows, page.json["thread"]["comment_count"].as_u64().unwrap())
        };
        let rows = |rows: &[(u64, &str, u64)]| -> Vec<(u64, String, u64)> {
            rows.iter()
                .map(|(depth, state, replies)| (*depth, (*state).to_owned(), *replies))
                .collect()
        };
        let places = [
            (0, "removed", 1),
            (1, "removed", 1),
            (2, "removed", 1),
            (3, "removed", 1),
            (4, "published", 0),
        ];

        site.decide(world, &[ids[1], ids[3], ids[0], ids[2]], "delete")
            .await
            .expect(200);
        assert_eq!(seen().await, (rows(&places), 1));
        site.decide(world, &[ids[4]], "spam").await.expect(200);
        assert_eq!(seen().await, (vec![], 0), "with the last reply, all places above it");
        site.decide(world, &[ids[4]], "publish").await.expect(200);
        assert_eq!(seen().await, (rows(&places), 1), "and they come back with it");
        site.decide(world, &[ids[1]], "publish").await.expect(200);
        site.decide(world, &[ids[4]], "reject").await.expect(200);
        assert_eq!(
            seen().await,
            (rows(&[(0, "removed", 1), (1, "published", 0)]), 1),
            "as far as one is visible"
        );
        site.decide(world, &ids, "delete").await.expect(200);
        assert_eq!(seen().await, (vec![], 0));
        site.decide(world, &ids, "publish").await.expect(200);
        let all = [
            (0, "published", 1),
            (1, "published", 1),
            (2, "published", 1),
            (3, "published", 1),
            (4, "published", 0),
        ];
        assert_eq!(seen().await, (rows(&all), 5));
    });
}

#[test]
fn counts_come_in_the_order_asked() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "all" })).await;
        let page = "https://blog.example/post";
        let root = site.say(world, "a", "One.").await.expect(202).comment_id();
        let by_url = json!({ "thread": { "url": page }, "text": "Two." });
        let second = site.draft(world, &by_url).await.expect(202).comment_id();
        site.decide(world, &[&root, &second], "publish").await.expect(200);
        let reply = site
            .answer(world, "a", &root, "A reply counts, too.")
            .await
            .expect(202)
            .comment_id();
        site.decide(world, &[&reply], "publish").await.expect(200);
        site.say(world, "a", "Waiting, so not counted.").await.expect(202);
        let gone = site.say(world, "b", "Rejected.").await.expect(202).comment_id();
        site.decide(world, &[&gone], "reject").await.expect(200);

        let count = async |query: &str| {
            world
                .get(&site.path(&format!("counts?{query}")))
                .from(ORIGIN)
                .send()
                .await
        };
        let other_spelling = "https%3A%2F%2Fblog.example%2Fpost%2F%23x";
        let counted = count(&format!("url={other_spelling}&id=b&id=a&id=unknown&id=a&url={page}"))
            .await
            .expect(200);
        let expected = json!([
            { "id": "b", "comment_count": 0 },
            { "id": "a", "comment_count": 2 },
            { "id": "unknown", "comment_count": 0 },
            { "id": "a", "comment_count": 2 },
            { "url": "https://blog.example/post/#x", "comment_count": 1 },
            { "url": page, "comment_count": 1 },
        ]);
        assert_eq!(counted.json, json!({ "counts": expected }));
        assert_eq!(count("").await.expect(200).json, json!({ "counts": [] }));

        let ids = |most: usize| (1..=most).map(|id| format!("id={id}&")).collect::<String>();
        assert_eq!(
            count(&ids(20)).await.expect(200).json["counts"]
                .as_array()
                .unwrap()
                .len(),
            20
        );
        count(&ids(21)).await.refused(400, "invalid_parameter");
        count(&format!("{}url={page}", ids(20)))
            .await
            .refused(400, "invalid_parameter");
        count("id=a&url=nowhere").await.refused(400, "invalid_parameter");
    });
}

#[test]
fn a_page_is_one_conversation_by_its_path_and_by_its_address() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let post = async |thread: Value| {
            let body = json!({ "thread": thread, "text": "Well said." });
            site.draft(world, &body).await.expect(201);
        };
        let count = async |query: &str| {
            let read = world
                .get(&site.path(&format!("thread?{query}")))
                .send()
                .await
                .expect(200);
            read.json["thread"]["comment_count"].clone()
        };
        // Opened by the path, found by the address.
        post(json!({ "id": "/one/", "url": "https://blog.example/one/" })).await;
        assert_eq!(count("id=/one/").await, 1);
        assert_eq!(count("url=https://blog.example/one").await, 1);
        post(json!({ "url": "https://blog.example/one" })).await;
        assert_eq!(count("id=/one/").await, 2);
        // Opened by the address, found by the path, also where the page is not told: it is on the site's first origin.
        post(json!({ "url": "https://blog.example/two" })).await;
        assert_eq!(count("id=/two").await, 1);
        post(json!({ "id": "/two" })).await;
        assert_eq!(count("url=https://blog.example/two").await, 2);
        let counts = world
            .get(&site.path("counts?id=/one/&id=/two&id=/three"))
            .send()
            .await
            .expect(200);
        let counts: Vec<&Value> = counts.json["counts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| &one["comment_count"])
            .collect();
        assert_eq!(counts, [2, 2, 0]);
        // An id that is not the page's path stays a name of its own.
        post(json!({ "id": "/my/id", "url": "https://blog.example/two" })).await;
        assert_eq!(count("id=/my/id&url=https://blog.example/two").await, 1);
        assert_eq!(count("url=https://blog.example/two").await, 2);
    });
}
