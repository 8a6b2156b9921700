//! What happens later by itself: deleted words are erased, addresses forgotten, and jobs survive their workers.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{OfSite, comment, job, site_counter};
use futures_util::future::join_all;
use parlour::infra::queue;
use parlour::job::Job;
use parlour::worker;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};
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

async fn turn(world: &World) -> usize {
    worker::turn(&world.app).await.unwrap()
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
        assert_eq!(turn(&world).await, 0, "not yet");
        assert_eq!(
            site.record(&world, &id).await.json["comment"]["text"],
            "I live in Oak Street."
        );

        pass(&world, &mut site, TimeDelta::minutes(2)).await;
        assert_eq!(turn(&world).await, 1);
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
            (row.network_hash, row.folded, row.author_email, row.mailbox_hash),
            (None, String::new(), None, None)
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
        turn(&world).await;
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
        turn(&world).await;
        let text = async |site: &Site| site.record(&world, &id).await.json["comment"]["text"].clone();
        assert_eq!(text(&site).await, "I live in Oak Street.");
        pass(&world, &mut site, TimeDelta::days(3)).await;
        turn(&world).await;
        assert_eq!(text(&site).await, "");
    });
}

#[test]
fn what_is_deleted_is_not_edited_and_so_not_kept() {
    run(async {
        let (world, mut site) = world_with_site().await;
        let id = ada(&world, &site).await;
        site.decide(&world, &[&id], "delete").await.expect(200);
        pass(&world, &mut site, TimeDelta::days(5)).await;
        let edit = json!({ "text": "I live." });
        site.revise(&world, &id, &edit).await.refused(409, "state_changed");
        pass(&world, &mut site, TimeDelta::days(3)).await;
        turn(&world).await;
        assert_eq!(site.record(&world, &id).await.json["comment"]["text"], "");
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
        assert_eq!(turn(&world).await, 1);
        assert_eq!(
            site.record(&world, &id).await.json["comment"]["author"]["email"],
            "ada@example.org"
        );
        assert_eq!(found(&world, &site, "ada@example.org").await, [1]);
        assert!(row(&world, &site, 1).await.network_hash.is_some());
        let late = json!({ "thread": { "id": "post" }, "text": "Late.", "author": { "email": "late@example.org" } });
        site.draft(&world, &late).await.expect(201);

        pass(&world, &mut site, TimeDelta::days(2)).await;
        assert_eq!(turn(&world).await, 1, "it comes back by itself");
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
            assert_eq!(turn(&world).await, 1);
            assert_eq!(turn(&world).await, 0);
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
        assert_eq!(turn(&world).await, 1);
        assert_eq!(post().await.expect(201).comment_id(), first);
        world.advance(TimeDelta::hours(2));
        assert_eq!(turn(&world).await, 1);
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
        assert_eq!(turn(&world).await, 0, "it may still be at work");
        world.advance(TimeDelta::minutes(4));
        assert_eq!(turn(&world).await, 0);
        pass(&world, &mut site, TimeDelta::minutes(2)).await;
        assert_eq!(turn(&world).await, 1);
        assert_eq!(site.record(&world, &id).await.json["comment"]["text"], "");
        assert_eq!(jobs(&world).await, []);
    });
}

#[test]
fn who_lost_a_job_can_neither_finish_it_nor_put_it_back() {
    run(async {
        let (world, _, _) = world_with_failing_job().await;
        let lost = queue::claim(&world.app.db, 1, world.app.clock.now()).await.unwrap();
        world.advance(TimeDelta::minutes(6));
        let held = queue::claim(&world.app.db, 1, world.app.clock.now()).await.unwrap();
        assert_eq!((lost[0].row.attempts, held[0].row.attempts), (1, 2));
        let before = jobs(&world).await;
        assert!(queue::finish(world.app.db.read(), &lost[0]).await.is_err());
        let now = world.app.clock.now();
        queue::put_back(&world.app.db, &lost[0], "too late", queue::Cause::World, now)
            .await
            .unwrap();
        assert_eq!(jobs(&world).await, before, "the row is its holder's");
        queue::finish(world.app.db.read(), &held[0]).await.unwrap();
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
        assert_eq!(turn(&world).await, 0, "all are in somebody's hands");
    });
}

/// Makes every change to the site's comments fail, by taking away what it begins with.
async fn break_site(world: &World, site: &Site) {
    let gone = site_counter::Entity::delete_of_site(site.id.parse().unwrap());
    assert_eq!(gone.exec(world.app.db.read()).await.unwrap().rows_affected, 1);
}

async fn mend_site(world: &World, site: &Site) {
    let row = site_counter::ActiveModel {
        site_id: Set(site.id.parse().unwrap()),
        last_number: Set(100),
        ..Default::default()
    };
    site_counter::Entity::insert(row)
        .exec_without_returning(world.app.db.read())
        .await
        .unwrap();
}

/// A site whose deleted comment is due to be erased, and cannot be.
async fn world_with_failing_job() -> (World, Site, Job) {
    let (world, mut site) = world_with_site().await;
    let id = ada(&world, &site).await;
    site.decide(&world, &[&id], "delete").await.expect(200);
    pass(&world, &mut site, TimeDelta::days(8)).await;
    break_site(&world, &site).await;
    let job = Job::Purge {
        site_id: site.id.parse().unwrap(),
        comment_id: id.parse().unwrap(),
    };
    (world, site, job)
}

#[test]
fn a_job_that_fails_waits_longer_each_time_and_is_done_when_it_can_be() {
    run(async {
        let (world, site, _) = world_with_failing_job().await;
        for (attempt, seconds) in [(1, 5.0), (2, 10.0), (3, 20.0), (4, 40.0), (5, 80.0)] {
            let before = world.app.clock.now();
            assert_eq!(turn(&world).await, 1);
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
            assert_eq!(turn(&world).await, 0, "not at once");
            world.advance(failed.run_at - world.app.clock.now());
        }
        mend_site(&world, &site).await;
        assert_eq!(turn(&world).await, 1);
        assert_eq!(jobs(&world).await, [], "done");
    });
}

#[test]
fn a_job_that_always_fails_is_given_up_and_can_be_asked_for_again() {
    run(async {
        let (world, site, job) = world_with_failing_job().await;
        for attempt in 1..=20 {
            assert_eq!(queue::failed(&world.app.db).await.unwrap(), 0, "before try {attempt}");
            assert_eq!(turn(&world).await, 1, "try {attempt}");
            world.advance(TimeDelta::hours(8));
        }
        assert_eq!(queue::failed(&world.app.db).await.unwrap(), 1);
        assert_eq!(turn(&world).await, 0, "it is not tried any more");

        mend_site(&world, &site).await;
        add(&world, &job).await;
        assert_eq!(turn(&world).await, 1, "the same work may be asked for again");
        assert_eq!(
            queue::failed(&world.app.db).await.unwrap(),
            1,
            "and the operator still sees what failed"
        );
    });
}
