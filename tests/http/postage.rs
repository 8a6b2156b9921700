//! Mail on its way out: ceilings, what comes back, and what operators see of it.

use std::sync::atomic::Ordering;

use chrono::TimeDelta;
use entity::membership::Role;
use entity::silence::Reason;
use entity::{bounce, job};
use http::Method;
use parlour::config::{Config, Secret};
use parlour::subscriptions;
use parlour::tenants::{self, Reach};
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use crate::mail::{Server, deliver, fresh_address, jobs, mails, owner, posting, sign_up, somebody};
use crate::world::{Account, Answer, PASSWORD, Site, World, run};

const KEY: &str = "a-key-for-programs-0123456789-abcdef";

/// A server that keeps its mails and counts them for itself, so that its time can be moved.
fn office(configure: impl FnOnce(&mut Config) + Send) -> World {
    let world = World::start(|config| {
        posting(config);
        config.redis_url.clear();
        configure(config);
    });
    let now = world.app.clock.now();
    let noon = (now + TimeDelta::days(1)).date_naive().and_hms_opt(12, 5, 0).unwrap();
    world.advance(noon.and_utc() - now);
    world
}

async fn desk(world: &World) -> Site {
    let owner = owner(world).await;
    world.site_of(owner, json!({ "moderation": "all" })).await
}

async fn member(world: &World, site: &Site, wants: &str) -> Account {
    let account = somebody(world).await;
    let (tenant, id) = (site.owner.tenant_id.parse().unwrap(), account.id.parse().unwrap());
    world
        .within(move |app| async move {
            tenants::add_member(&app, tenant, id, Role::Moderator, &Reach::All)
                .await
                .unwrap();
        })
        .await;
    let path = site.admin(&format!("sites/{}/watching", site.id));
    let choice = world.ask(Method::PUT, &path).json(&json!({ "wants": wants }));
    choice.by(&account).send().await.expect(200);
    account
}

/// How many mails of sites somebody has got.
async fn told(world: &World, who: &Account) -> usize {
    let all = mails(world, &who.email).await;
    all.iter().filter(|mail| mail.head.contains("List-Id: ")).count()
}

async fn operator(world: &World) -> Account {
    let account = somebody(world).await;
    world.make_operator(&account).await;
    account
}

async fn standing(world: &World, by: &Account) -> Answer {
    world.get("/v1/operator/mail").by(by).send().await.expect(200)
}

async fn report(world: &World, by: &Account, address: &str, kind: &str) -> Answer {
    let body = json!({ "address": address, "kind": kind, "diagnostic": format!("550 5.1.1 <{address}> unknown") });
    world
        .post("/v1/operator/mail/bounces", &body)
        .by(by)
        .send()
        .await
        .expect(201)
}

async fn bounces(world: &World, by: &Account, query: &str) -> Answer {
    let path = format!("/v1/operator/mail/bounces{query}");
    world.get(&path).by(by).send().await.expect(200)
}

/// How often it came so today.
fn counted(standing: &Answer, kind: &str, outcome: &str) -> u64 {
    let days = standing.json["days"].as_array().unwrap();
    let all = days
        .iter()
        .filter(|one| one["kind"] == kind && one["outcome"] == outcome);
    all.map(|one| one["count"].as_u64().unwrap()).sum()
}

// Ceilings

#[test]
fn what_is_above_the_ceiling_of_a_site_waits_and_is_not_lost() {
    run(async {
        // With Redis away: each node counts for itself, and nothing opens up.
        let world = office(|config| {
            config.limit_mail_site = "3/3600".parse().unwrap();
            if std::env::var("TEST_REDIS_URL").is_ok() {
                "redis://127.0.0.1:1".clone_into(&mut config.redis_url);
            }
        });
        let (site, other) = (desk(&world).await, desk(&world).await);
        for number in 0..6 {
            site.say(&world, &format!("post-{number}"), "A word").await.expect(202);
        }
        other.say(&world, "post", "A word next door").await.expect(202);
        assert_eq!(told(&world, &site.owner.account).await, 3);
        assert_eq!(told(&world, &other.owner.account).await, 1, "who is below is not held");
        let waiting = jobs(&world).await;
        assert_eq!(waiting.len(), 3);
        for job in &waiting {
            assert_eq!((job.attempts, job.failed_at), (0, None), "no try is spent");
            assert!(job.last_error.as_deref().unwrap().contains("limit_mail_site"));
            assert!(job.run_at > world.app.clock.now());
        }
        let mut arrived = Vec::new();
        for _ in 0..12 {
            world.advance(TimeDelta::minutes(20));
            arrived.push(told(&world, &site.owner.account).await);
        }
        assert_eq!(arrived.last(), Some(&6), "all of them, none twice: {arrived:?}");
        assert!(arrived[0] <= 4, "one in twenty minutes: {arrived:?}");
        assert_eq!(jobs(&world).await, []);
    });
}

#[test]
fn what_comes_in_bulk_leaves_the_last_quarter_to_what_somebody_waits_for() {
    run(async {
        let world = office(|config| config.limit_mail_site = "4/7200".parse().unwrap());
        let site = desk(&world).await;
        let mut readers = Vec::new();
        for _ in 0..5 {
            readers.push(member(&world, &site, "hourly").await);
        }
        site.say(&world, "post", "A first word").await.expect(202);
        assert_eq!(told(&world, &site.owner.account).await, 1);
        world.advance(TimeDelta::hours(3));
        let mut digests = 0;
        for reader in &readers {
            digests += told(&world, reader).await;
        }
        assert_eq!(digests, 3, "of four, one is left");
        site.say(&world, "second", "A word").await.expect(202);
        assert_eq!(told(&world, &site.owner.account).await, 2, "it goes at once");
        site.say(&world, "third", "A word").await.expect(202);
        assert_eq!(told(&world, &site.owner.account).await, 2, "the ceiling is for all");
    });
}

#[test]
fn the_ceiling_of_all_mails_holds_and_operators_see_it() {
    run(async {
        let world = World::start(|config| {
            posting(config);
            config.limit_mail_all = "3/3600".parse().unwrap();
        });
        let operator = operator(&world).await;
        let addresses = [fresh_address(), fresh_address(), fresh_address(), fresh_address()];
        for address in &addresses {
            sign_up(&world, address, PASSWORD).await.expect(202);
        }
        let mut sent = 0;
        for address in &addresses {
            sent += mails(&world, address).await.len();
        }
        assert_eq!(sent, 2);
        let seen = standing(&world, &operator).await;
        assert_eq!(seen.json["waiting"][0]["kind"], "mail");
        assert_eq!(seen.json["waiting"][0]["count"], 2);
        assert_eq!(seen.json["errors"][0]["count"], 2);
        let error = seen.json["errors"][0]["error"].as_str().unwrap();
        assert!(error.contains("limit_mail_all"), "{error}");
        assert_eq!(seen.json["ceiling_all"], "3/3600");
        assert_eq!(
            (counted(&seen, "mail", "sent"), counted(&seen, "mail", "held_all")),
            (3, 2)
        );
        for address in &addresses {
            assert!(!seen.all().contains(address), "{}", seen.all());
        }
    });
}

// What comes back

#[test]
fn a_bounce_is_kept_without_its_address_and_found_by_it() {
    run(async {
        let world = office(|_| {});
        let operator = operator(&world).await;
        let address = fresh_address();
        let first = report(&world, &operator, &address, "hard").await;
        assert_eq!(
            (&first.json["count"], &first.json["source"], &first.json["diagnostic"]),
            (&json!(1), &json!("reported"), &json!("550 5.1.1 … unknown"))
        );
        world.advance(TimeDelta::minutes(5));
        let again = report(&world, &operator, &address.to_uppercase(), "hard").await;
        assert_eq!(again.text("id"), first.text("id"));
        assert_eq!(again.json["count"], 2);
        report(&world, &operator, &address, "soft").await;
        report(&world, &operator, &fresh_address(), "complaint").await;

        let all = bounces(&world, &operator, "?limit=2").await;
        let rest = bounces(&world, &operator, &format!("?limit=2&before={}", all.text("next"))).await;
        let listed = |answer: &Answer| answer.json["bounces"].as_array().unwrap().len();
        assert_eq!((listed(&all), listed(&rest)), (2, 1));
        assert!(!all.all().contains('@') && !rest.all().contains('@'));
        let found = bounces(&world, &operator, &format!("?address={address}")).await;
        assert_eq!(listed(&found), 2);
        let none = bounces(&world, &operator, &format!("?address={}", fresh_address())).await;
        assert_eq!(listed(&none), 0);
        let seen = standing(&world, &operator).await;
        assert_eq!(seen.json["bounces"].as_array().unwrap().len(), 3);

        let path = format!("/v1/operator/mail/bounces/{}", first.text("id"));
        let lift = || world.ask(Method::DELETE, &path).by(&operator).send();
        lift().await.expect(204);
        lift().await.refused(404, "not_found");
        let found = bounces(&world, &operator, &format!("?address={address}")).await;
        assert_eq!(listed(&found), 0, "of the address, whatever came back");
        let wrong = json!({ "address": "nobody", "kind": "hard" });
        world
            .post("/v1/operator/mail/bounces", &wrong)
            .by(&operator)
            .send()
            .await
            .refused_for("/address", "invalid");
    });
}

#[test]
fn a_program_reports_bounces_by_its_key_and_does_nothing_else_with_it() {
    run(async {
        let world = office(|config| config.bounce_key = Secret::new(KEY));
        let by = |key: &str, method: Method| {
            let ask = world.ask(method, "/v1/operator/mail/bounces");
            ask.header("authorization", format!("Bearer {key}"))
        };
        let body = json!({ "address": fresh_address(), "kind": "complaint" });
        by(KEY, Method::POST).json(&body).send().await.expect(201);
        by("a-key-for-programs-0123456789-abcdeg", Method::POST)
            .json(&body)
            .send()
            .await
            .refused(401, "unauthenticated");
        by("", Method::POST)
            .json(&body)
            .send()
            .await
            .refused(401, "unauthenticated");
        by(KEY, Method::GET).send().await.refused(401, "unauthenticated");
        let without = office(|_| {});
        without
            .post("/v1/operator/mail/bounces", &body)
            .header("authorization", "Bearer ")
            .send()
            .await
            .refused(401, "unauthenticated");
    });
}

#[test]
fn whose_mail_came_back_is_told_nothing_by_mail_and_sees_it() {
    run(async {
        let world = office(|_| {});
        let operator = operator(&world).await;
        let site = desk(&world).await;
        let ada = &site.owner.account;
        let bounced = report(&world, &operator, &ada.email, "hard").await;
        site.say(&world, "post", "A first word").await.expect(202);
        assert_eq!(told(&world, ada).await, 0);
        let seen = standing(&world, &operator).await;
        assert_eq!(counted(&seen, "tell", "withheld"), 1);

        let list = world.get(&site.admin("watching")).by(ada).send().await.expect(200);
        assert_eq!(list.json["failing"]["why"], "bounced");
        let members = world.get(&site.admin("members")).by(ada).send().await.expect(200);
        assert_eq!(members.json["members"][0]["mail_failing"]["why"], "bounced");

        // What he asks for himself still goes.
        let before = mails(&world, &ada.email).await.len();
        let wish = json!({ "email": ada.email });
        world.post("/v1/admin/password-resets", &wish).send().await.expect(202);
        assert_eq!(mails(&world, &ada.email).await.len(), before + 1);

        let path = format!("/v1/operator/mail/bounces/{}", bounced.text("id"));
        world.ask(Method::DELETE, &path).by(&operator).send().await.expect(204);
        site.say(&world, "post", "A second word").await.expect(202);
        assert_eq!(told(&world, ada).await, 1);
        let list = world.get(&site.admin("watching")).by(ada).send().await.expect(200);
        assert_eq!(list.json["failing"], Value::Null);
        report(&world, &operator, &ada.email, "soft").await;
        site.say(&world, "post", "A third word").await.expect(202);
        assert_eq!(told(&world, ada).await, 2, "a full mailbox is emptied some day");
    });
}

#[test]
fn what_came_back_ends_readers_mail_and_lifting_it_leaves_the_holders_own_word() {
    run(async {
        let world = office(|_| {});
        let operator = operator(&world).await;
        let site = desk(&world).await;
        let site_id = site.id.parse().unwrap();
        let silent = async |address: &str| {
            let address = address.to_owned();
            let asked = move |app: std::sync::Arc<parlour::app::App>| async move {
                subscriptions::is_silent(app.db.read(), &app, site_id, &address)
                    .await
                    .unwrap()
            };
            world.within(asked).await
        };
        let lift = async |bounced: &Answer| {
            let path = format!("/v1/operator/mail/bounces/{}", bounced.text("id"));
            world.ask(Method::DELETE, &path).by(&operator).send().await.expect(204);
        };
        for (kind, expected) in [("soft", false), ("hard", true), ("complaint", true)] {
            let address = fresh_address();
            let bounced = report(&world, &operator, &address.to_uppercase(), kind).await;
            assert_eq!(silent(&address).await, expected, "{kind}");
            lift(&bounced).await;
            assert!(!silent(&address).await, "{kind}");

            let address = fresh_address();
            let asking = address.clone();
            world
                .within(move |app| async move {
                    let tx = app.db.begin().await.unwrap();
                    subscriptions::silence(&tx, &app, None, &asking, Reason::Asked)
                        .await
                        .unwrap();
                    tx.commit().await.unwrap();
                })
                .await;
            let bounced = report(&world, &operator, &address, kind).await;
            lift(&bounced).await;
            assert!(silent(&address).await, "he wants none, {kind}");
        }
    });
}

#[test]
fn an_answer_about_the_mailbox_is_a_bounce_and_one_about_us_is_none() {
    run(async {
        let server = Server::start(None).await;
        let world = server.world();
        for (answer, expected) in [
            ("550 5.7.1 <ada@example.org> you are on a list", 0),
            ("552 5.2.2 <ada@example.org> full", 0),
            ("550 5.1.1 <ada@example.org> no such person", 1),
        ] {
            server.says(&[answer]);
            sign_up(&world, &fresh_address(), PASSWORD).await.expect(202);
            deliver(&world).await;
            let rows = bounce::Entity::find().all(world.app.db.read()).await.unwrap();
            assert_eq!(rows.len(), expected, "{answer}");
        }
        let row = bounce::Entity::find().one(world.app.db.read()).await.unwrap().unwrap();
        assert_eq!((row.kind, row.source), (bounce::Kind::Hard, bounce::Source::Answered));
        assert_eq!(row.diagnostic.as_deref(), Some("the mail server answered 550 5.1.1"));
    });
}

#[test]
fn what_is_known_for_a_while_is_forgotten() {
    run(async {
        let world = office(|_| {});
        let by = operator(&world).await;
        report(&world, &by, &fresh_address(), "soft").await;
        report(&world, &by, &fresh_address(), "hard").await;
        world.advance(TimeDelta::days(31));
        world
            .within(|app| async move {
                let now = app.clock.now();
                let retention = parlour::job::Job::Retention {};
                parlour::infra::queue::add(app.db.read(), &retention, now, now)
                    .await
                    .unwrap();
            })
            .await;
        deliver(&world).await;
        let left = bounce::Entity::find().all(world.app.db.read()).await.unwrap();
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].kind, bounce::Kind::Hard);
    });
}

// What operators see

#[test]
fn operators_see_whether_the_mail_server_is_well_and_since_when() {
    run(async {
        let server = Server::start(None).await;
        let world = server.world();
        let email = fresh_address();
        sign_up(&world, &email, PASSWORD).await.expect(202);
        deliver(&world).await;
        let token = server.taken().pop().unwrap().token(&world, "verify");
        crate::mail::verify(&world, &token, PASSWORD).await.expect(201);
        let operator = world.sign_in(&email).await;
        world.make_operator(&operator).await;
        let seen = standing(&world, &operator).await;
        assert_eq!(
            (&seen.json["server"]["standing"], &seen.json["server"]["is_well"]),
            (&json!("ok"), &json!(true))
        );
        let since = seen.json["server"]["since"].clone();

        server.hangs_up.store(true, Ordering::Relaxed);
        sign_up(&world, &fresh_address(), PASSWORD).await.expect(202);
        deliver(&world).await;
        let seen = standing(&world, &operator).await;
        assert_eq!(seen.json["server"]["is_well"], false);
        assert_ne!(seen.json["server"]["since"], since);
        assert_eq!(
            (counted(&seen, "mail", "sent"), counted(&seen, "mail", "deferred")),
            (1, 1)
        );
        assert_eq!(seen.json["errors"][0]["failed"], false);
        let test = world.post("/v1/operator/mail/test", &json!({})).by(&operator);
        let outcome = test.send().await.expect(200);
        assert_eq!(outcome.json["sent"], false);
        assert!(outcome.text("error").contains("mail server"));
        let failed: Vec<job::Model> = jobs(&world)
            .await
            .into_iter()
            .filter(|job| job.failed_at.is_some())
            .collect();
        assert_eq!(failed, []);
    });
}

#[test]
fn an_operator_sends_himself_a_test_mail() {
    run(async {
        let world = office(|config| config.limit_check = "2/600".parse().unwrap());
        let operator = operator(&world).await;
        let test = |body: Value| world.post("/v1/operator/mail/test", &body).by(&operator).send();
        let sent = test(json!({ "locale": "de" })).await.expect(200);
        assert_eq!(sent.json["sent"], true);
        let letters = mails(&world, &operator.email).await;
        assert_eq!(
            letters.last().unwrap().subject,
            "E-Mails des Kommentardienstes kommen an"
        );
        test(json!({ "to": "no address" })).await.refused_for("/to", "invalid");
        test(json!({})).await.refused(429, "rate_limited");
    });
}
