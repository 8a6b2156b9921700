//! What happens on sites is counted: once, on the right day, for the right eyes.

use std::future::poll_fn;
use std::task::Poll;

use chrono::{DateTime, TimeDelta, Utc};
use entity::membership::Role;
use entity::{OfSite, commenter, site_day};
use futures_util::future::join;
use http::Method;
use parlour::infra::queue;
use parlour::job::Job;
use parlour::statistics::{counting, tallies};
use parlour::tenants::Reach;
use parlour::worker;
use serde_json::{Value, json};

use crate::world::{Account, Answer, ORIGIN, Owner, Site, World, run, world};

/// Longer than the count stays behind.
const SETTLED: TimeDelta = TimeDelta::seconds(30);

/// Writes what is in memory, and counts what is on record.
async fn count(world: &World) {
    world.advance(SETTLED);
    world
        .within(|app| async move {
            tallies::write(&app).await.unwrap();
            while counting::catch_up(&app).await.unwrap() {}
        })
        .await;
}

/// Moves time to a moment, and signs the owner in again.
async fn arrive_at(world: &World, site: &mut Site, moment: &str) {
    let moment: DateTime<Utc> = moment.parse().unwrap();
    world.advance(moment - world.app.clock.now());
    site.owner.account = world.sign_in(&site.owner.account.email).await;
}

async fn ask(world: &World, path: &str, by: &Account) -> Answer {
    world.get(path).by(by).send().await
}

async fn statistics(world: &World, site: &Site, query: &str) -> Value {
    let path = site.admin(&format!("sites/{}/statistics{query}", site.id));
    ask(world, &path, &site.owner.account).await.expect(200).json
}

/// A figure of each period, in their order.
fn each(statistics: &Value, figure: &str) -> Vec<i64> {
    let periods = statistics["periods"].as_array().unwrap().iter();
    periods
        .map(|period| period["figures"][figure].as_i64().unwrap())
        .collect()
}

#[test]
fn a_day_is_the_sites_own_also_when_the_clocks_change() {
    run(async {
        let world = World::start(|_| {});
        let mut site = world
            .site(json!({ "moderation": "none", "time_zone": "Europe/Berlin" }))
            .await;
        // Clocks go from 2 to 3 on Sunday the 26th: the day has 23 hours, and midnight is at 23:00 and then at 22:00 UTC.
        for moment in [
            "2028-03-25T22:59:00Z",
            "2028-03-25T23:00:01Z",
            "2028-03-26T21:59:00Z",
            "2028-03-26T22:00:01Z",
        ] {
            arrive_at(&world, &mut site, moment).await;
            site.say(&world, "post", "A word").await.expect(201);
            site.read(&world, "post").await;
        }
        count(&world).await;
        let found = statistics(&world, &site, "?from=2028-03-25&to=2028-03-27").await;
        assert_eq!(found["time_zone"], "Europe/Berlin");
        assert_eq!(each(&found, "comments"), [1, 2, 1]);
        assert_eq!(each(&found, "reads"), [1, 2, 1]);
        // In autumn the day has 25.
        for moment in ["2028-10-28T22:00:01Z", "2028-10-29T22:59:00Z", "2028-10-29T23:00:01Z"] {
            arrive_at(&world, &mut site, moment).await;
            site.say(&world, "post", "A word").await.expect(201);
        }
        count(&world).await;
        let found = statistics(&world, &site, "?from=2028-10-28&to=2028-10-30").await;
        assert_eq!(each(&found, "comments"), [0, 2, 1]);
        let today = statistics(&world, &site, "").await;
        assert_eq!(today["to"], "2028-10-30", "it is that day in Berlin");
        assert_eq!(today["periods"].as_array().unwrap().len(), 30);
        let by_month = statistics(&world, &site, "?from=2028-03-01&to=2028-10-30&by=month").await;
        assert_eq!(each(&by_month, "comments"), [4, 0, 0, 0, 0, 0, 0, 3]);
        assert_eq!(by_month["totals"]["comments"], 7);
    });
}

/// Runs a count and lets go of it after so many turns; whether it came to its end.
async fn interrupted(world: &World, turns: usize) -> bool {
    world
        .within(move |app| async move {
            let mut counting = Box::pin(counting::catch_up(&app));
            let mut taken = 0;
            poll_fn(move |context| {
                taken += 1;
                match counting.as_mut().poll(context) {
                    Poll::Ready(outcome) => Poll::Ready(outcome.is_ok()),
                    Poll::Pending if taken > turns => Poll::Ready(false),
                    Poll::Pending => Poll::Pending,
                }
            })
            .await
        })
        .await
}

#[test]
fn a_crash_anywhere_in_the_count_doubles_and_loses_nothing() {
    run(async {
        let world = World::start(|_| {});
        let site = world.site(json!({ "moderation": "none" })).await;
        let mut expected = 0;
        let mut turns = 0;
        loop {
            let id = site.say(&world, "post", "A word").await.expect(201).comment_id();
            let vote = json!({ "value": 1 });
            let path = site.path(&format!("comments/{id}/vote"));
            let cast = world.ask(Method::PUT, &path).json(&vote).from(ORIGIN).send().await;
            assert!(cast.status.is_success(), "{}", cast.all());
            expected += 1;
            world.advance(SETTLED);
            let ended = interrupted(&world, turns).await;
            count(&world).await;
            let path = site.admin(&format!("sites/{}/statistics?by=month", site.id));
            let owner = world.sign_in(&site.owner.account.email).await;
            let found = ask(&world, &path, &owner).await.expect(200).json;
            let totals = &found["totals"];
            assert_eq!(
                (&totals["comments"], &totals["votes"]),
                (&json!(expected), &json!(expected)),
                "let go after {turns} turns"
            );
            assert_eq!(totals["new_commenters"], 1);
            if ended {
                break;
            }
            turns += 1;
        }
        assert!(turns > 0, "it was let go of on its way");
    });
}

#[test]
fn two_workers_and_a_job_that_is_done_again_count_once() {
    run(async {
        let world = World::start(|_| {});
        let site = world.site(json!({ "moderation": "none" })).await;
        for _ in 0..5 {
            site.say(&world, "post", "A word").await.expect(201);
        }
        world.advance(SETTLED);
        world
            .within(|app| async move {
                let (one, two) = join(counting::catch_up(&app), counting::catch_up(&app)).await;
                one.and(two).unwrap();
                let now = app.clock.now();
                queue::add(app.db.read(), &Job::Statistics {}, now, now).await.unwrap();
                // A worker that dies with it in its hands, and the next one.
                let died = queue::claim(&app.db, 1, now).await.unwrap();
                assert_eq!(died.len(), 1);
                counting::catch_up(&app).await.unwrap();
                app.clock.advance(TimeDelta::minutes(6));
                assert_eq!(worker::turn(&app).await.unwrap(), 1);
                assert_eq!(worker::turn(&app).await.unwrap(), 0, "it comes back later");
                app.clock.advance(counting::EVERY);
                assert_eq!(worker::turn(&app).await.unwrap(), 1);
            })
            .await;
        let found = statistics(&world, &site, "").await;
        assert_eq!(found["totals"]["comments"], 5);
        assert_eq!(found["busiest_threads"][0]["comments"], 5);
        assert!(found["counted_until"].is_string());
    });
}

#[test]
fn decisions_count_as_approvals_as_spam_and_as_time_that_was_waited() {
    run(async {
        let world = World::start(|_| {});
        let mut site = world.site(json!({ "moderation": "all" })).await;
        arrive_at(&world, &mut site, "2028-05-10T10:00:00Z").await;
        let good = site.say(&world, "post", "A word").await.expect(202).comment_id();
        let bad = site.say(&world, "post", "Cheap pills").await.expect(202).comment_id();
        site.say(&world, "post", "Another word").await.expect(202);
        arrive_at(&world, &mut site, "2028-05-10T10:10:00Z").await;
        site.decide(&world, &[&good], "publish").await.expect(200);
        site.decide(&world, &[&bad], "spam").await.expect(200);
        let range = "?from=2028-05-10&to=2028-05-10";
        let seen = async |share: f64| {
            count(&world).await;
            let owner = world.sign_in(&site.owner.account.email).await;
            let path = site.admin(&format!("sites/{}/statistics{range}", site.id));
            let totals = ask(&world, &path, &owner).await.expect(200).json["totals"].clone();
            let found = totals["spam_share"].as_f64().unwrap();
            assert!((found - share).abs() < 0.001, "{totals}");
            totals
        };
        let totals = seen(1.0 / 3.0).await;
        assert_eq!((&totals["approved"], &totals["spam"]), (&json!(1), &json!(1)));
        let wait = totals["moderation_seconds"].as_i64().unwrap();
        assert!((480..=750).contains(&wait), "{wait}");

        // Spam that is deleted was spam, and an undo does not make it more.
        let decide = async |decision: &str| {
            let account = world.sign_in(&site.owner.account.email).await;
            let body = json!({ "ids": [bad], "decision": decision });
            world
                .post(&site.admin("decisions"), &body)
                .by(&account)
                .send()
                .await
                .expect(200);
        };
        decide("delete").await;
        seen(1.0 / 3.0).await;
        decide("spam").await;
        seen(1.0 / 3.0).await;
        decide("publish").await;
        let totals = seen(0.0).await;
        assert_eq!(totals["approved"], 2);
        assert_eq!(totals["comments"], 3);
    });
}

#[test]
fn what_was_not_taken_is_counted_by_reason_and_who_was_turned_away_too() {
    run(async {
        let world = World::start(|config| config.limit_post = "6/3600".parse().unwrap());
        let site = world.site(json!({ "moderation": "none", "min_text_length": 5 })).await;
        for _ in 0..2 {
            site.say(&world, "post", "Hm").await.expect(422);
        }
        let made_up = json!({ "thread": { "id": "post" }, "text": "Well said", "parent_id": uuid::Uuid::new_v4() });
        site.draft(&world, &made_up).await.expect(422);
        let posted = site.say(&world, "post", "Well said").await.expect(201);
        site.change_thread(&world, &posted.thread_id(), &json!({ "closed": true }))
            .await
            .expect(200);
        site.say(&world, "post", "Too late").await.refused(403, "thread_closed");
        site.say(&world, "post", "Too late").await.expect(403);
        site.say(&world, "post", "Once more").await.refused(429, "rate_limited");
        let elsewhere = world.get(&site.path("thread?id=post")).from("https://evil.example");
        elsewhere.send().await.refused(403, "origin_not_allowed");
        count(&world).await;
        let found = statistics(&world, &site, "").await;
        let failures: Vec<(&str, i64)> = found["failures"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["reason"].as_str().unwrap(), one["count"].as_i64().unwrap()))
            .collect();
        assert_eq!(
            failures,
            [
                ("text.too_short", 2),
                ("thread_closed", 2),
                ("parent_id.not_found", 1),
                ("rate_limited", 1),
            ]
        );
        assert_eq!(found["totals"]["failed_submits"], 6);
        assert_eq!(found["totals"]["refused_origins"], 1);
        assert_eq!(found["totals"]["comments"], 1);
    });
}

#[test]
fn an_author_is_new_once_and_the_team_never() {
    run(async {
        let world = World::start(|_| {});
        let site = world.site(json!({ "moderation": "none" })).await;
        let by = |name: &str| {
            let author = json!({ "name": name, "email": format!("{}@example.org", name.to_lowercase()) });
            json!({ "thread": { "id": "post" }, "text": "A word", "author": author })
        };
        let first = site.draft(&world, &by("Ada")).await.expect(201).comment_id();
        for name in ["Grace", "Ada", "Ada"] {
            site.draft(&world, &by(name)).await.expect(201);
        }
        site.answer_as_team(&world, &first, &json!({ "text": "Welcome" }))
            .await
            .expect(201);
        count(&world).await;
        site.draft(&world, &by("Grace")).await.expect(201);
        count(&world).await;
        let found = statistics(&world, &site, "").await;
        assert_eq!(found["totals"]["new_commenters"], 2);
        assert_eq!(found["totals"]["comments"], 6);
        let known = commenter::Entity::of_site(site.id.parse().unwrap())
            .all(world.app.db.read())
            .await
            .unwrap();
        assert_eq!(known.len(), 2);
    });
}

#[test]
fn what_is_erased_leaves_no_name_behind() {
    run(async {
        let world = World::start(|config| config.deleted_days = 1);
        let mut site = world.site(json!({ "moderation": "none" })).await;
        let by = |name: &str| {
            let author = json!({ "name": name, "email": "ada@example.org" });
            json!({ "thread": { "id": "post" }, "text": "A word", "author": author })
        };
        let first = site.draft(&world, &by("Ada")).await.expect(201).comment_id();
        let second = site
            .draft(&world, &by("Ada of Elm Street"))
            .await
            .expect(201)
            .comment_id();
        count(&world).await;
        let names = async || {
            let rows = commenter::Entity::of_site(site.id.parse().unwrap());
            let rows = rows.all(world.app.db.read()).await.unwrap();
            rows.into_iter().map(|row| row.name.unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(names().await, ["Ada of Elm Street"]);
        site.decide(&world, &[&second], "delete").await.expect(200);
        world.advance(TimeDelta::days(2));
        assert_eq!(worker::turn(&world.app).await.unwrap(), 1);
        assert_eq!(names().await, ["Ada"], "what is left of him");
        site.owner.account = world.sign_in(&site.owner.account.email).await;
        site.decide(&world, &[&first], "delete").await.expect(200);
        world.advance(TimeDelta::days(2));
        assert_eq!(worker::turn(&world.app).await.unwrap(), 1);
        let left = commenter::Entity::of_site(site.id.parse().unwrap())
            .all(world.app.db.read())
            .await
            .unwrap();
        assert_eq!(left, []);
    });
}

#[test]
fn days_are_forgotten_when_they_are_old_enough() {
    run(async {
        let world = World::start(|config| config.statistics_days = 10);
        let mut site = world.site(json!({ "moderation": "none" })).await;
        arrive_at(&world, &mut site, "2028-05-01T10:00:00Z").await;
        site.say(&world, "post", "A word").await.expect(201);
        count(&world).await;
        arrive_at(&world, &mut site, "2028-05-08T10:00:00Z").await;
        site.say(&world, "post", "A word").await.expect(201);
        count(&world).await;
        arrive_at(&world, &mut site, "2028-05-15T10:00:00Z").await;
        let now = world.app.clock.now();
        queue::add(world.app.db.read(), &Job::Retention {}, now, now)
            .await
            .unwrap();
        worker::turn(&world.app).await.unwrap();
        let days = site_day::Entity::of_site(site.id.parse().unwrap())
            .all(world.app.db.read())
            .await
            .unwrap();
        let days: Vec<String> = days.iter().map(|row| row.day.to_string()).collect();
        assert_eq!(days, ["2028-05-08"]);
    });
}

/// Another site of a tenant.
async fn sibling(world: &World, site: &Site, name: &str) -> Site {
    let body = json!({ "name": name, "origins": [ORIGIN], "settings": { "moderation": "none" } });
    let made = world
        .post(&site.admin("sites"), &body)
        .by(&site.owner.account)
        .send()
        .await
        .expect(201);
    Site {
        id: made.text("id"),
        key: made.text("key"),
        owner: Owner {
            tenant_id: site.owner.tenant_id.clone(),
            account: world.sign_in(&site.owner.account.email).await,
        },
    }
}

#[test]
fn nobody_counts_what_is_not_his() {
    run(async {
        let world = World::start(|_| {});
        let site = world.site(json!({ "moderation": "none" })).await;
        let second = sibling(&world, &site, "=1+1").await;
        let stranger = world.site(json!({ "moderation": "none" })).await;
        site.say(&world, "post", "A word").await.expect(201);
        second.say(&world, "post", "A word").await.expect(201);
        second.say(&world, "post", "A word").await.expect(201);
        stranger.say(&world, "post", "A word").await.expect(201);
        let limited = world
            .member(
                &site,
                Role::Moderator,
                Reach::of(Some(vec![second.id.parse().unwrap()])),
            )
            .await;
        count(&world).await;
        let comments = async |path: &str, by: &Account| {
            ask(&world, &site.admin(path), by).await.expect(200).json["totals"]["comments"].clone()
        };
        assert_eq!(comments("statistics", &site.owner.account).await, 3);
        assert_eq!(comments("statistics", &limited).await, 2, "of his site alone");
        let seconds = format!("sites/{}/statistics", second.id);
        assert_eq!(comments(&seconds, &limited).await, 2);
        for path in [
            format!("sites/{}/statistics", site.id),
            format!("sites/{}/statistics.csv", site.id),
            format!("overview?site_id={}", site.id),
        ] {
            let refused = ask(&world, &site.admin(&path), &limited).await;
            refused.refused(404, "not_found");
        }
        for path in ["statistics", "statistics.csv", "overview"] {
            let refused = ask(&world, &site.admin(path), &stranger.owner.account).await;
            refused.refused(404, "not_found");
        }
        // One's own tenant, and another's site.
        let theirs = stranger.admin(&format!("sites/{}/statistics", site.id));
        ask(&world, &theirs, &stranger.owner.account)
            .await
            .refused(404, "not_found");

        let path = site.admin(&format!("sites/{}/statistics.csv", second.id));
        let table = ask(&world, &path, &limited).await.expect(200);
        assert_eq!(table.header("content-type"), "text/csv; charset=utf-8");
        assert!(
            table
                .header("content-disposition")
                .starts_with("attachment; filename=\"statistics-")
        );
        assert_eq!(table.header("x-content-type-options"), "nosniff");
        let text = String::from_utf8(table.body.to_vec()).unwrap();
        let lines: Vec<&str> = text.split_terminator("\r\n").collect();
        assert_eq!(lines.len(), 31);
        assert!(lines[0].starts_with("name,from,to,comments,approved,"), "{}", lines[0]);
        assert!(lines[1..].iter().all(|line| line.starts_with("'=1+1,")), "{text}");
        assert!(lines[30].contains(",2,0,0,0.0000,"), "{}", lines[30]);
    });
}

#[test]
fn a_range_is_bounded_and_a_zone_is_one() {
    run(async {
        let world = world();
        let site = world.site(json!({})).await;
        let owner = &site.owner.account;
        for query in [
            "from=2026-01-02&to=2026-01-01",
            "from=2025-01-01&to=2026-12-31",
            "from=yesterday",
            "by=hour",
            "to=2026-02-30",
            "from=9999-12-31",
            "from=-0001-01-01",
        ] {
            for path in ["statistics".to_owned(), format!("sites/{}/statistics.csv", site.id)] {
                let answer = ask(world, &site.admin(&format!("{path}?{query}")), owner).await;
                answer.refused(400, "invalid_parameter");
            }
        }
        let path = site.admin(&format!("sites/{}", site.id));
        for zone in ["Mars/Olympus", "", "utc+1", "../etc/passwd"] {
            let body = json!({ "settings": { "time_zone": zone } });
            let refused = world.ask(Method::PATCH, &path).json(&body).by(owner).send().await;
            refused.refused_for("/settings/time_zone", "invalid");
        }
        site.change_settings(world, &json!({ "time_zone": "Asia/Kathmandu" }))
            .await;
    });
}

#[test]
fn the_overview_names_what_wants_an_eye() {
    run(async {
        let world = World::start(|_| {});
        let site = world.site(json!({ "moderation": "all" })).await;
        let quiet = sibling(&world, &site, "A quiet one").await;
        let overview = async |query: &str| {
            let path = site.admin(&format!("overview{query}"));
            ask(&world, &path, &site.owner.account).await.expect(200).json
        };
        let before = overview("").await;
        assert_eq!(
            (&before["pending_count"], &before["reported_count"]),
            (&json!(0), &json!(0))
        );
        assert_eq!(before["never_seen_count"], 2);

        site.say(&world, "post", "A word").await.expect(202);
        let shown = quiet.say(&world, "post", "A word").await.expect(201).comment_id();
        let report = world.post(
            &quiet.path(&format!("comments/{shown}/reports")),
            &json!({ "reason": "spam" }),
        );
        let reported = report.from(ORIGIN).send().await;
        assert!(reported.status.is_success(), "{}", reported.all());
        for _ in 0..3 {
            let elsewhere = world.get(&site.path("thread?id=post")).from("https://new.example");
            elsewhere.send().await.expect(403);
        }
        site.read(&world, "post").await;
        world
            .within(|app| async move { parlour::sites::sightings::write(&app).await.unwrap() })
            .await;

        let after = overview("").await;
        assert_eq!(after["pending_count"], 1);
        assert!(after["pending_since"].is_string());
        assert_eq!(after["reported_count"], 1);
        let refused = &after["refused_origins"][0];
        assert_eq!(
            (&refused["origin"], &refused["count"]),
            (&json!("https://new.example"), &json!(3))
        );
        assert_eq!(refused["site"]["id"], *site.id);
        let alone = overview(&format!("?site_id={}", quiet.id)).await;
        assert_eq!(
            (&alone["pending_count"], &alone["reported_count"]),
            (&json!(0), &json!(1))
        );
        assert_eq!(alone["refused_origin_count"], 0);
        world.advance(TimeDelta::days(8));
        let owner = world.sign_in(&site.owner.account.email).await;
        let later = ask(&world, &site.admin("overview"), &owner).await.expect(200).json;
        assert_eq!(later["refused_origin_count"], 0, "old news");
    });
}
