//! What happens later by itself: deleted words are erased, addresses forgotten, and jobs survive their workers.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{OfSite, comment, job};
use futures_util::future::join_all;
use parlour::infra::queue;
use parlour::job::Job;
use parlour::worker;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde_json::json;

use crate::world::{Answer, Site, World, run};

const RETENTION: Job = Job::Retention {};

/// A server of one's own, whose time can be moved, with a site that publishes at once.
async fn world_with_site() -> (World, Site) {
    let world = World::start(|config| config.deleted_days = 7);
    let site = world.site(json!({ "moderation": "none", "address_days": 10 })).await;
    (world, site)
}

/// Lets time pass; who was signed in signs in again.
async fn pass(world: &World, site: &mut Site, time: TimeDelta) {
    world.advance(time);
    site.owner.account = world.sign_in(&site.owner.account.email).await;
}

async fn add(world: &World, job: &Job) {
    let now = world.app.clock.now();
    queue::add(world.app.db.read(), job, now, now).await.unwrap();
}

async fn jobs(world: &World) -> Vec<job::Model> {
    job::Entity::find().all(world.app.db.read()).await.unwrap()
}

/// Works until nothing is due: how many jobs it was.
async fn work(world: &World) -> usize {
    let mut done = 0;
    while worker::turn(&world.app).await.unwrap() > 0 {
        done += 1;
    }
    done
}

async fn row(world: &World, site: &Site, number: i64) -> comment::Model {
    let rows = comment::Entity::of_site(site.id.parse().unwrap()).filter(comment::Column::Number.eq(number));
    rows.one(world.app.db.read()).await.unwrap().unwrap()
}

/// Ada's comment, which says where she lives; edited once, and answered.
async fn ada(world: &World, site: &Site) -> String {
    let author = json!({ "name": "Ada", "email": "ada@example.org", "website": "https://ada.example" });
    let draft = json!({ "thread": { "id": "post" }, "text": "I live in Elm Street.", "author": author });
    let id = site.draft(world, &draft).await.expect(201).comment_id();
    site.revise(world, &id, &json!({ "text": "I live in Oak Street." }))
        .await
        .expect(200);
    site.answer(world, "post", &id, "Nice place.").await.expect(201);
    id
}

async fn found(world: &World, site: &Site, words: &str) -> Vec<u64> {
    site.list(world, &format!("comments?q={words}")).await.numbers()
}

fn kinds(record: &Answer) -> Vec<&str> {
    record.json["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["kind"].as_str().unwrap())
        .collect()
}

#[test]
fn what_was_deleted_is_erased_when_its_days_are_over() {
    run(async {
        let (world, mut site) = world_with_site().await;
        let id = ada(&world, &site).await;
        site.decide(&world, &[&id], "delete").await.expect(200);

        pass(&world, &mut site, TimeDelta::days(7) - TimeDelta::minutes(1)).await;
        assert_eq!(work(&world).await, 0, "not yet");
        assert_eq!(
            site.record(&world, &id).await.json["comment"]["text"],
            "I live in Oak Street."
        );

        pass(&world, &mut site, TimeDelta::minutes(2)).await;
        assert_eq!(work(&world).await, 1);
        assert_eq!(jobs(&world).await, [], "done is done");
        let record = site.record(&world, &id).await;
        let comment = &record.json["comment"];
        assert_eq!(
            (&comment["text"], &comment["html"], &comment["state"]),
            (&json!(""), &json!(""), &json!("deleted"))
        );
        assert_eq!(comment["author"], json!({ "team": false }));
        assert_eq!(kinds(&record), ["created", "edited", "decided", "purged"]);
        let events = record.json["events"].as_array().unwrap();
        assert!(events.iter().all(|one| one["previous_text"].is_null()), "{events:?}");
        assert_eq!(events[3]["actor"], json!({ "kind": "system" }));
        for words in ["street", "ada"] {
            assert_eq!(found(&world, &site, words).await, [] as [u64; 0], "{words}");
        }
        let row = row(&world, &site, 1).await;
        assert_eq!(
            (row.network_hash, row.folded, row.author_email),
            (None, String::new(), None)
        );

        let page = site.read(&world, "post").await;
        assert_eq!(page.comments()[0]["state"], "removed", "its place stays, for the reply");
        assert_eq!(page.numbers(), [1, 2]);
        for decision in ["publish", "hold", "reject", "spam"] {
            site.decide(&world, &[&id], decision)
                .await
                .refused(409, "state_changed");
        }
        let reply = page.comments()[1]["id"].as_str().unwrap();
        site.decide(&world, &[reply, &id], "spam")
            .await
            .refused(409, "state_changed");
        assert_eq!(
            site.read(&world, "post").await.numbers(),
            [1, 2],
            "and not the other one alone"
        );
        site.revise(&world, &id, &json!({ "text": "New words." }))
            .await
            .refused(409, "state_changed");
        let answer = json!({ "text": "So.", "publish": true });
        site.answer_as_team(&world, &id, &answer)
            .await
            .refused(409, "state_changed");
    });
}

#[test]
fn what_was_brought_back_in_time_keeps_its_words() {
    run(async {
        let (world, mut site) = world_with_site().await;
        let id = ada(&world, &site).await;
        site.decide(&world, &[&id], "delete").await.expect(200);
        pass(&world, &mut site, TimeDelta::days(6)).await;
        site.decide(&world, &[&id], "publish").await.expect(200);
        pass(&world, &mut site, TimeDelta::days(2)).await;
        work(&world).await;
        let record = site.record(&world, &id).await;
        assert_eq!(record.json["comment"]["text"], "I live in Oak Street.");
        assert_eq!(record.json["comment"]["author"]["name"], "Ada");
        assert_eq!(record.json["events"][1]["previous_text"], "I live in Elm Street.");
        assert_eq!(
            site.read(&world, "post").await.talk()[0],
            (0, "I live in Oak Street.".to_owned())
        );
    });
}

#[test]
fn what_is_deleted_again_has_all_its_days_again() {
    run(async {
        let (world, mut site) = world_with_site().await;
        let id = ada(&world, &site).await;
        site.decide(&world, &[&id], "delete").await.expect(200);
        pass(&world, &mut site, TimeDelta::days(5)).await;
        site.decide(&world, &[&id], "publish").await.expect(200);
        site.decide(&world, &[&id], "delete").await.expect(200);
        pass(&world, &mut site, TimeDelta::days(5)).await;
        work(&world).await;
        let text = async |site: &Site| site.record(&world, &id).await.json["comment"]["text"].clone();
        assert_eq!(text(&site).await, "I live in Oak Street.");
        pass(&world, &mut site, TimeDelta::days(3)).await;
        work(&world).await;
        assert_eq!(text(&site).await, "");
    });
}

#[test]
fn what_is_deleted_is_edited_only_when_it_is_back() {
    run(async {
        let (world, site) = world_with_site().await;
        let id = ada(&world, &site).await;
        let change = json!({ "text": "I live." });
        site.decide(&world, &[&id], "delete").await.expect(200);
        site.revise(&world, &id, &change).await.refused(409, "state_changed");
        site.decide(&world, &[&id], "hold").await.expect(200);
        site.revise(&world, &id, &change).await.expect(200);
    });
}

#[test]
fn addresses_are_forgotten_after_the_sites_days() {
    run(async {
        let (world, mut site) = world_with_site().await;
        let patient = world.site(json!({ "moderation": "none", "address_days": 3650 })).await;
        let id = ada(&world, &site).await;
        ada(&world, &patient).await;
        add(&world, &RETENTION).await;

        pass(&world, &mut site, TimeDelta::days(9)).await;
        assert_eq!(work(&world).await, 1);
        assert_eq!(
            site.record(&world, &id).await.json["comment"]["author"]["email"],
            "ada@example.org"
        );
        assert_eq!(found(&world, &site, "ada@example.org").await, [1]);
        assert!(row(&world, &site, 1).await.network_hash.is_some());
        let late = json!({ "thread": { "id": "post" }, "text": "Late.", "author": { "email": "late@example.org" } });
        site.draft(&world, &late).await.expect(201);

        pass(&world, &mut site, TimeDelta::days(2)).await;
        assert_eq!(work(&world).await, 1, "it comes back by itself");
        let author = json!({ "name": "Ada", "website": "https://ada.example/", "team": false });
        assert_eq!(site.record(&world, &id).await.json["comment"]["author"], author);
        assert_eq!(
            found(&world, &site, "example.org").await,
            [3],
            "not even a search knows it any more"
        );
        assert_eq!(found(&world, &site, "oak").await, [1]);
        for number in [1, 2] {
            let row = row(&world, &site, number).await;
            assert_eq!((row.network_hash, row.author_email), (None, None), "replies, too");
        }
        assert!(
            row(&world, &site, 3).await.network_hash.is_some(),
            "its days are not over"
        );
        let kept = row(&world, &patient, 1).await;
        assert_eq!(
            kept.author_email.as_deref(),
            Some("ada@example.org"),
            "on a site that keeps them longer"
        );
        assert!(kept.network_hash.is_some());
    });
}

#[test]
fn retention_comes_back_every_hour_and_waits_once() {
    run(async {
        let (world, _) = world_with_site().await;
        for _ in 0..3 {
            add(&world, &RETENTION).await;
        }
        assert_eq!(jobs(&world).await.len(), 1, "one that waits is enough");
        for _ in 0..3 {
            assert_eq!(work(&world).await, 1);
            let waiting = jobs(&world).await;
            assert_eq!(
                (waiting.len(), waiting[0].kind.as_str(), waiting[0].attempts),
                (1, "retention", 0)
            );
            let wait = waiting[0].run_at - world.app.clock.now();
            assert!(wait <= TimeDelta::hours(1) && wait > TimeDelta::minutes(59), "{wait}");
            world.advance(TimeDelta::hours(1));
        }
    });
}

#[test]
fn a_retry_is_recognised_for_a_day() {
    run(async {
        let (world, _) = world_with_site().await;
        let site = world.site(json!({ "moderation": "none" })).await;
        let draft = json!({ "thread": { "id": "post" }, "text": "Hello." });
        let post = || {
            let request = world.post(&site.path("comments"), &draft).from(crate::world::ORIGIN);
            request.header("idempotency-key", "key-of-hello").send()
        };
        let first = post().await.expect(201).comment_id();
        add(&world, &RETENTION).await;
        world.advance(TimeDelta::hours(23));
        assert_eq!(work(&world).await, 1);
        assert_eq!(post().await.expect(201).comment_id(), first);
        world.advance(TimeDelta::hours(2));
        assert_eq!(work(&world).await, 1);
        assert_ne!(post().await.expect(201).comment_id(), first, "the key is free again");
        assert_eq!(site.read(&world, "post").await.numbers(), [1, 2]);
    });
}

#[test]
fn the_job_of_a_dead_worker_is_taken_over() {
    run(async {
        let (world, mut site) = world_with_site().await;
        let id = ada(&world, &site).await;
        site.decide(&world, &[&id], "delete").await.expect(200);
        world.advance(TimeDelta::days(8));
        let dead = queue::claim(&world.app.db, 16, world.app.clock.now()).await.unwrap();
        assert_eq!(dead.len(), 1, "a worker takes it and dies");
        assert_eq!(work(&world).await, 0, "it may still be at work");
        world.advance(TimeDelta::minutes(4));
        assert_eq!(work(&world).await, 0);
        pass(&world, &mut site, TimeDelta::minutes(2)).await;
        let taken_over = queue::claim(&world.app.db, 16, world.app.clock.now()).await.unwrap();
        assert_eq!(taken_over[0].row.id, dead[0].row.id);
        assert!(
            queue::finish(world.app.db.read(), &dead[0]).await.is_err(),
            "whoever was given up does not come back"
        );
        queue::put_back(&world.app.db, &dead[0], "too late", world.app.clock.now())
            .await
            .unwrap();
        assert_eq!(
            jobs(&world).await,
            [taken_over[0].row.clone()],
            "nor puts back what another has"
        );

        queue::put_back(&world.app.db, &taken_over[0], "a passing fault", world.app.clock.now())
            .await
            .unwrap();
        pass(&world, &mut site, TimeDelta::minutes(1)).await;
        assert_eq!(work(&world).await, 1);
        assert_eq!(site.record(&world, &id).await.json["comment"]["text"], "");
        assert_eq!(jobs(&world).await, []);
    });
}

#[test]
fn workers_at_once_never_take_the_same_job() {
    run(async {
        let (world, _) = world_with_site().await;
        let nobody = "019ab000-0000-7000-8000-000000000000".parse().unwrap();
        for _ in 0..30 {
            add(
                &world,
                &Job::Purge {
                    site_id: nobody,
                    comment_id: nobody,
                },
            )
            .await;
        }
        let now = world.app.clock.now();
        let claims = join_all((0..6).map(|_| queue::claim(&world.app.db, 8, now))).await;
        let mut taken: Vec<_> = claims
            .into_iter()
            .flat_map(Result::unwrap)
            .map(|one| one.row.id)
            .collect();
        let all = taken.len();
        taken.sort_unstable();
        taken.dedup();
        assert_eq!((taken.len(), all), (30, 30));
        assert_eq!(work(&world).await, 0, "all are in somebody's hands");
    });
}

#[test]
fn a_newer_versions_job_is_left_for_it() {
    run(async {
        let (world, _) = world_with_site().await;
        add(&world, &RETENTION).await;
        let unknown = job::Entity::update_many().col_expr(job::Column::Kind, Expr::value("brew_coffee"));
        unknown.exec(world.app.db.read()).await.unwrap();
        let before = jobs(&world).await;
        assert_eq!(work(&world).await, 0);
        assert_eq!(jobs(&world).await, before);
    });
}

/// Takes away a table that retention needs, and brings it back.
async fn rename_table(world: &World, from: &str, to: &str) {
    let statement = format!("ALTER TABLE {from} RENAME TO {to}");
    world.app.db.read().execute_unprepared(&statement).await.unwrap();
}

#[test]
fn a_job_that_fails_waits_longer_each_time_and_is_done_when_it_can_be() {
    run(async {
        let (world, _) = world_with_site().await;
        add(&world, &RETENTION).await;
        rename_table(&world, "idempotency", "elsewhere").await;
        for (attempt, seconds) in [(1, 5.0), (2, 10.0), (3, 20.0), (4, 40.0), (5, 80.0)] {
            let before = world.app.clock.now();
            assert_eq!(work(&world).await, 1);
            let after = world.app.clock.now();
            let [failed] = &jobs(&world).await[..] else {
                panic!("the job is gone")
            };
            assert_eq!(
                (failed.attempts, failed.locked_until, failed.failed_at),
                (attempt, None, None)
            );
            assert!(!failed.last_error.as_ref().unwrap().is_empty());
            let within = |from: DateTime<Utc>, factor: f64| (failed.run_at - from).as_seconds_f64() - seconds * factor;
            assert!(
                within(before, 0.75) >= -0.001,
                "try {attempt} after at least three quarters of {seconds} s"
            );
            assert!(
                within(after, 1.25) <= 0.001,
                "try {attempt} after at most five quarters of {seconds} s"
            );
            assert_eq!(work(&world).await, 0, "not at once");
            world.advance(failed.run_at - world.app.clock.now());
        }
        rename_table(&world, "elsewhere", "idempotency").await;
        assert_eq!(work(&world).await, 1);
        let waiting = jobs(&world).await;
        assert_eq!(
            (waiting.len(), waiting[0].attempts, &waiting[0].last_error),
            (1, 0, &None),
            "done; the next one waits"
        );
    });
}

#[test]
fn a_job_that_always_fails_is_given_up_and_can_be_asked_for_again() {
    run(async {
        let (world, _) = world_with_site().await;
        add(&world, &RETENTION).await;
        rename_table(&world, "idempotency", "elsewhere").await;
        for attempt in 1..=20 {
            assert_eq!(queue::failed(&world.app.db).await.unwrap(), 0, "before try {attempt}");
            assert_eq!(work(&world).await, 1, "try {attempt}");
            world.advance(TimeDelta::hours(8));
        }
        assert_eq!(queue::failed(&world.app.db).await.unwrap(), 1);
        assert_eq!(work(&world).await, 0, "it is not tried any more");

        rename_table(&world, "elsewhere", "idempotency").await;
        add(&world, &RETENTION).await;
        assert_eq!(work(&world).await, 1, "the same work may be asked for again");
        assert_eq!(
            queue::failed(&world.app.db).await.unwrap(),
            1,
            "and the operator still sees what failed"
        );
    });
}
