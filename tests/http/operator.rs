//! What operators do above tenants: find, suspend, give plans, act for somebody, tell everybody, look after jobs.

use chrono::TimeDelta;
use entity::membership::Role;
use futures_util::future::join_all;
use http::Method;
use parlour::config::SignUp;
use parlour::operators::acting;
use parlour::tenants::Reach;
use serde_json::{Value, json};

use crate::cache::{another_node, secret};
use crate::sweeps::Ground;
use crate::world::{Account, Answer, ORIGIN, PASSWORD, Site, World, run, world};

async fn get(world: &World, by: &Account, path: &str) -> Answer {
    world.get(&format!("/v1/operator/{path}")).by(by).send().await
}

async fn put(world: &World, by: &Account, path: &str, body: &Value) -> Answer {
    let path = format!("/v1/operator/{path}");
    world.ask(Method::PUT, &path).json(body).by(by).send().await
}

async fn post(world: &World, by: &Account, path: &str, body: &Value) -> Answer {
    world.post(&format!("/v1/operator/{path}"), body).by(by).send().await
}

async fn delete(world: &World, by: &Account, path: &str) -> Answer {
    let path = format!("/v1/operator/{path}");
    world.ask(Method::DELETE, &path).by(by).send().await
}

async fn suspend(world: &World, by: &Account, what: &str, shows: &str) {
    let body = json!({ "shows": shows, "reason": "The invoice of March is open." });
    put(world, by, &format!("{what}/suspension"), &body).await.expect(200);
}

/// A plan for one tenant.
async fn give(world: &World, by: &Account, tenant_id: &str, mut plan: Value) -> String {
    plan["name"] = json!("Small");
    let made = post(world, by, "plans", &plan).await.expect(201).text("id");
    let body = json!({ "plan_id": made });
    put(world, by, &format!("tenants/{tenant_id}/plan"), &body)
        .await
        .expect(200);
    made
}

async fn act(world: &World, by: &Account, tenant_id: &str, role: &str) -> Answer {
    let body = json!({ "role": role, "reason": "Asked for help" });
    post(world, by, &format!("tenants/{tenant_id}/acting"), &body).await
}

async fn record(world: &World, site: &Site) -> Vec<Value> {
    let list = world.get(&site.admin("audit?limit=100")).by(&site.owner.account);
    let list = list.send().await.expect(200);
    list.json["entries"].as_array().unwrap().clone()
}

fn ids(answer: &Answer, list: &str) -> Vec<String> {
    let list = answer.json[list].as_array().unwrap();
    list.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

fn names(answer: &Answer, list: &str) -> Vec<String> {
    let list = answer.json[list].as_array().unwrap();
    list.iter()
        .map(|one| one["name"].as_str().unwrap().to_owned())
        .collect()
}

/// Every read of every door for readers.
fn reads(site: &Site) -> Vec<String> {
    let isso = |rest: &str| format!("/isso/{}/{rest}", site.key);
    vec![
        site.path("thread?id=first-post"),
        site.path("counts?id=first-post"),
        site.path("recent"),
        site.path("feed.atom"),
        site.path("feed.json?id=first-post"),
        site.path("thread.html?id=first-post"),
        isso("?uri=first-post"),
        isso("latest?limit=5"),
        isso("feed?uri=first-post"),
        isso("config"),
    ]
}

/// A post at each of the doors that take one.
async fn writes(world: &World, site: &Site) -> Vec<Answer> {
    let isso = format!("/isso/{}/new?uri=first-post", site.key);
    let text = json!({ "text": "Said while it was shut", "author": null, "parent": null });
    vec![
        site.say(world, "first-post", "Said while it was shut").await,
        world.post(&isso, &text).from(ORIGIN).send().await,
    ]
}

#[test]
fn readers_of_a_suspended_site_or_tenant_read_and_do_not_write() {
    run(async {
        let world = world();
        let operator = world.operator().await;
        for what in ["sites", "tenants"] {
            let Ground { site, .. } = Ground::new(world).await;
            let target = match what {
                "sites" => format!("sites/{}", site.id),
                _ => format!("tenants/{}", site.owner.tenant_id),
            };
            let open = site.read(world, "first-post").await;
            assert_eq!(open.json["thread"]["open"], true);

            suspend(world, &operator, &target, "comments").await;
            for path in reads(&site) {
                world.get(&path).from(ORIGIN).send().await.expect(200);
            }
            for refused in writes(world, &site).await {
                refused.refused(403, "site_read_only");
            }
            let shut = site.read(world, "first-post").await;
            assert_eq!(shut.json["thread"]["open"], false, "{what}");
            assert_eq!(shut.comments().len(), open.comments().len());
            assert_ne!(shut.header("etag"), open.header("etag"));
            assert!(!shut.all().contains("invoice"), "why, is not for readers");

            delete(world, &operator, &format!("{target}/suspension"))
                .await
                .expect(200);
            assert_eq!(site.read(world, "first-post").await.json["thread"]["open"], true);
            site.say(world, "first-post", "Open again").await.expect(201);
        }
    });
}

#[test]
fn or_they_see_nothing_at_any_door() {
    run(async {
        let world = world();
        let operator = world.operator().await;
        for what in ["sites", "tenants"] {
            let Ground { site, .. } = Ground::new(world).await;
            let target = match what {
                "sites" => format!("sites/{}", site.id),
                _ => format!("tenants/{}", site.owner.tenant_id),
            };
            for path in reads(&site) {
                world.get(&path).from(ORIGIN).send().await.expect(200);
            }
            suspend(world, &operator, &target, "nothing").await;
            for path in reads(&site) {
                let answer = world.get(&path).from(ORIGIN).send().await.expect(403);
                assert!(!answer.all().contains("A first word"), "{path}");
                // The page may read why, so that it can say something calm.
                assert_eq!(answer.header("access-control-allow-origin"), ORIGIN, "{path}");
            }
            let read = world.get(&site.path("thread?id=first-post")).from(ORIGIN).send().await;
            read.refused(403, "site_suspended");
            for refused in writes(world, &site).await {
                refused.refused(403, "site_suspended");
            }
            let stranger = world
                .get(&site.path("thread?id=first-post"))
                .from("https://evil.example");
            stranger.send().await.refused(403, "origin_not_allowed");
            delete(world, &operator, &format!("{target}/suspension"))
                .await
                .expect(200);
            assert_eq!(site.read(world, "first-post").await.comments().len(), 1);
        }
    });
}

#[test]
fn the_stricter_of_two_suspensions_holds() {
    run(async {
        let world = world();
        let operator = world.operator().await;
        let Ground { site, .. } = Ground::new(world).await;
        let tenant = format!("tenants/{}", site.owner.tenant_id);
        suspend(world, &operator, &format!("sites/{}", site.id), "nothing").await;
        suspend(world, &operator, &tenant, "comments").await;
        let read = || world.get(&site.path("thread?id=first-post")).from(ORIGIN).send();
        read().await.refused(403, "site_suspended");
        delete(world, &operator, &format!("sites/{}/suspension", site.id))
            .await
            .expect(200);
        assert_eq!(read().await.expect(200).json["thread"]["open"], false);
    });
}

#[test]
fn another_node_hears_of_a_suspension_at_once() {
    run(async {
        if std::env::var("TEST_REDIS_URL").is_err() {
            return;
        }
        let one = World::start(|config| {
            config.secret_key = secret();
            config.cache_seconds = 3600;
        });
        let other = another_node(&one, |_| {});
        let operator = one.operator().await;
        let Ground { site, .. } = Ground::new(&one).await;
        assert_eq!(site.read(&other, "first-post").await.json["thread"]["open"], true);
        suspend(&one, &operator, &format!("tenants/{}", site.owner.tenant_id), "nothing").await;
        let path = site.path("thread?id=first-post");
        let mut answer = other.get(&path).from(ORIGIN).send().await;
        // Told through Redis, beside the answer to the operator: the condition is that it comes at all, as nothing is looked up again.
        while answer.status.as_u16() == 200 {
            tokio::task::yield_now().await;
            answer = other.get(&path).from(ORIGIN).send().await;
        }
        answer.refused(403, "site_suspended");
    });
}

#[test]
fn members_of_a_suspended_tenant_read_why_and_change_nothing() {
    run(async {
        let world = world();
        let operator = world.operator().await;
        let ground = Ground::new(world).await;
        let (site, owner) = (&ground.site, ground.owner());
        let key = ground
            .key(world, json!({ "name": "A program", "scopes": ["admin"] }))
            .await;
        suspend(
            world,
            &operator,
            &format!("tenants/{}", site.owner.tenant_id),
            "comments",
        )
        .await;

        let me = world.get("/v1/admin/me").by(owner).send().await.expect(200);
        let suspension = &me.json["tenants"][0]["suspension"];
        assert_eq!(suspension["reason"], "The invoice of March is open.");
        assert_eq!(suspension["shows_comments"], true);
        site.list(world, "comments").await;
        site.decide(world, &[&ground.ids.comment_id], "spam")
            .await
            .refused(403, "tenant_suspended");
        let renaming = world.ask(Method::PATCH, &format!("/v1/admin/tenants/{}", site.owner.tenant_id));
        let refused = renaming.json(&json!({ "name": "Mine" })).bearing(&key).send().await;
        let refused = refused.refused(403, "tenant_suspended");
        assert!(refused.text("detail").contains("The invoice of March is open."));

        delete(
            world,
            &operator,
            &format!("tenants/{}/suspension", site.owner.tenant_id),
        )
        .await
        .expect(200);
        site.decide(world, &[&ground.ids.comment_id], "spam").await.expect(200);
        let entries = record(world, site).await;
        let changes: Vec<&Value> = entries.iter().take(2).map(|entry| &entry["change"]).collect();
        assert_eq!(changes, ["tenant_resumed", "tenant_suspended"]);
        assert_eq!(entries[1]["name"], "operator");
        assert_eq!(entries[1]["data"]["reason"], "The invoice of March is open.");
        assert_eq!(entries[1]["data"]["operator"], true);
    });
}

#[test]
fn the_team_of_a_suspended_site_does_not_write_there_either() {
    run(async {
        let world = world();
        let operator = world.operator().await;
        let ground = Ground::new(world).await;
        suspend(world, &operator, &format!("sites/{}", ground.site.id), "comments").await;
        let answer = json!({ "text": "Answered" });
        let answering = ground.site.answer_as_team(world, &ground.ids.comment_id, &answer).await;
        answering.refused(403, "site_read_only");
        // But it can still take away what should not be there, and its settings are not touched by it.
        ground
            .site
            .decide(world, &[&ground.ids.comment_id], "spam")
            .await
            .expect(200);
        let path = ground.site.admin(&format!("sites/{}", ground.site.id));
        let change = world.ask(Method::PATCH, &path).json(&json!({ "name": "Renamed" }));
        let site = change.by(ground.owner()).send().await.expect(200);
        assert_eq!(site.json["suspension"]["reason"], "The invoice of March is open.");
        assert_eq!(site.json["settings"]["read_only"], false);
    });
}

#[test]
fn a_suspended_account_is_out_at_once_with_all_that_acts_for_it() {
    run(async {
        let world = world();
        let operator = world.operator().await;
        let ground = Ground::new(world).await;
        let owner = ground.owner();
        let key = ground
            .key(world, json!({ "name": "A program", "scopes": ["read"] }))
            .await;
        let sites = ground.site.admin("sites");
        world.get(&sites).bearing(&key).send().await.expect(200);
        let path = ground.site.admin(&format!("comments/{}/links", ground.ids.comment_id));
        let links = world.ask(Method::POST, &path).by(owner).send().await.expect(200);
        let link = links.text("delete");
        let link = link.strip_prefix(&world.app.config.public_url).unwrap();

        let account = format!("accounts/{}", owner.id);
        let body = json!({ "reason": "Sent spam" });
        let suspended = put(world, &operator, &format!("{account}/suspension"), &body)
            .await
            .expect(200);
        assert_eq!(suspended.json["sessions"], 0);
        world
            .get("/v1/admin/me")
            .by(owner)
            .send()
            .await
            .refused(401, "unauthenticated");
        let renewal = world
            .ask(Method::POST, "/v1/admin/session/renew")
            .header("cookie", &owner.cookie);
        renewal.send().await.refused(401, "session_ended");
        world
            .get(&sites)
            .bearing(&key)
            .send()
            .await
            .refused(403, "account_suspended");
        world.ask(Method::POST, link).send().await.expect(403);
        let sign_in = |password: &str| {
            world
                .post(
                    "/v1/admin/session",
                    &json!({ "email": owner.email, "password": password }),
                )
                .send()
        };
        let told = sign_in(PASSWORD).await.refused(403, "account_suspended");
        assert!(told.text("detail").contains("Sent spam"));
        // Only who knows the password hears of it.
        sign_in("not the password").await.refused(401, "wrong_credentials");

        delete(world, &operator, &format!("{account}/suspension"))
            .await
            .expect(200);
        sign_in(PASSWORD).await.expect(200);
        world.get(&sites).bearing(&key).send().await.expect(200);
        world
            .get("/v1/admin/me")
            .by(owner)
            .send()
            .await
            .refused(401, "unauthenticated");
    });
}

#[test]
fn an_operator_ends_all_sessions_of_an_account() {
    run(async {
        let world = world();
        let operator = world.operator().await;
        let somebody = world.somebody("somebody").await;
        let again = world.sign_in(&somebody.email).await;
        let path = format!("accounts/{}", somebody.id);
        assert_eq!(get(world, &operator, &path).await.expect(200).json["sessions"], 2);
        let ended = delete(world, &operator, &format!("{path}/sessions")).await.expect(200);
        assert_eq!(ended.json["sessions"], 0);
        for account in [&somebody, &again] {
            world
                .get("/v1/admin/me")
                .by(account)
                .send()
                .await
                .refused(401, "unauthenticated");
        }
        world.sign_in(&somebody.email).await;
    });
}

#[test]
fn the_last_operator_stays_however_they_go() {
    run(async {
        let world = World::start(|config| config.sign_up = SignUp::Open);
        let (one, two) = (world.operator().await, world.operator().await);
        let no_more = |account: &Account| {
            (
                format!("accounts/{}/operator", account.id),
                json!({ "operator": false }),
            )
        };
        let own = format!("accounts/{}/suspension", one.id);
        put(&world, &one, &own, &json!({ "reason": "A slip" }))
            .await
            .refused(403, "not_permitted");

        // Each takes the other's place at the same moment.
        let ((path_one, body), (path_two, _)) = (no_more(&one), no_more(&two));
        let answers = join_all([put(&world, &one, &path_two, &body), put(&world, &two, &path_one, &body)]).await;
        let done = answers.iter().filter(|answer| answer.status.as_u16() == 200).count();
        assert_eq!(done, 1, "{answers:?}");
        let left = if answers[0].status.as_u16() == 200 { &one } else { &two };
        let gone = if left.id == one.id { &two } else { &one };
        get(&world, gone, "tenants").await.refused(403, "not_permitted");

        let (path, body) = no_more(left);
        put(&world, left, &path, &body).await.refused(409, "last_operator");
        // A suspended one does not count.
        let made = json!({ "operator": true });
        put(&world, left, &format!("accounts/{}/operator", gone.id), &made)
            .await
            .expect(200);
        let out = json!({ "reason": "Away" });
        put(&world, left, &format!("accounts/{}/suspension", gone.id), &out)
            .await
            .expect(200);
        put(&world, left, &path, &body).await.refused(409, "last_operator");
        put(&world, left, &format!("accounts/{}/operator", gone.id), &made)
            .await
            .refused(403, "account_suspended");
    });
}

#[test]
fn of_twenty_sites_at_once_those_come_that_the_plan_allows() {
    run(async {
        let world = world();
        let operator = world.operator().await;
        let owner = world.owner().await;
        give(world, &operator, &owner.tenant_id, json!({ "sites": 3 })).await;
        let path = format!("/v1/admin/tenants/{}/sites", owner.tenant_id);
        let body = json!({ "name": "One of many", "origins": [ORIGIN] });
        let creations = (0..20).map(|_| world.post(&path, &body).by(&owner.account).send());
        let answers = join_all(creations).await;
        let (made, refused): (Vec<Answer>, Vec<Answer>) =
            answers.into_iter().partition(|answer| answer.status.as_u16() == 201);
        assert_eq!((made.len(), refused.len()), (3, 17));
        for answer in refused {
            let answer = answer.refused(403, "quota_exceeded");
            assert_eq!(
                answer.text("detail"),
                "The plan Small allows 3 sites, and this tenant has 3. Ask the operator for a larger one."
            );
        }
    });
}

#[test]
fn of_twenty_invitations_at_once_those_come_that_the_plan_allows() {
    run(async {
        let world = world();
        let operator = world.operator().await;
        let owner = world.owner().await;
        give(world, &operator, &owner.tenant_id, json!({ "members": 4 })).await;
        let path = format!("/v1/admin/tenants/{}/invitations", owner.tenant_id);
        let bodies: Vec<Value> = (0..20)
            .map(|number| json!({ "email": format!("guest{number}@example.org"), "role": "moderator" }))
            .collect();
        let answers = join_all(
            bodies
                .iter()
                .map(|body| world.post(&path, body).by(&owner.account).send()),
        )
        .await;
        let made = answers.iter().filter(|answer| answer.status.as_u16() == 201).count();
        assert_eq!(made, 3, "the owner himself is one of the four");
        for answer in answers.into_iter().filter(|answer| answer.status.as_u16() != 201) {
            answer.refused(403, "quota_exceeded");
        }
        // One that is replaced takes no second seat.
        world.post(&path, &bodies[0]).by(&owner.account).send().await;
    });
}

#[test]
fn of_twenty_comments_at_once_on_two_sites_those_come_that_the_month_allows() {
    run(async {
        let world = world();
        let operator = world.operator().await;
        let one = world.site(json!({ "moderation": "none" })).await;
        let body = json!({ "name": "Another", "origins": [ORIGIN], "settings": { "moderation": "none" } });
        let another = world
            .post(&one.admin("sites"), &body)
            .by(&one.owner.account)
            .send()
            .await
            .expect(201);
        let another = format!("/v1/sites/{}/comments", another.text("key"));
        one.say(world, "post", "Before there was a plan").await.expect(201);
        give(world, &operator, &one.owner.tenant_id, json!({ "comments": 8 })).await;

        let drafts: Vec<Value> = (0..20)
            .map(|number| json!({ "thread": { "id": "post" }, "text": format!("Number {number}.") }))
            .collect();
        let (ours, theirs) = (one.path("comments"), another);
        let posts = drafts.iter().enumerate().map(|(number, draft)| {
            let path = if number % 2 == 0 { &ours } else { &theirs };
            let key = format!("key-of-number-{number}");
            world
                .post(path, draft)
                .from(ORIGIN)
                .header("idempotency-key", key)
                .send()
        });
        let answers = join_all(posts).await;
        let (stored, refused): (Vec<_>, Vec<_>) = answers
            .into_iter()
            .enumerate()
            .partition(|(_, answer)| answer.status.as_u16() == 201);
        assert_eq!((stored.len(), refused.len()), (7, 13));
        let (number, first) = &stored[0];
        let again = world.post(if number % 2 == 0 { &ours } else { &theirs }, &drafts[*number]);
        let key = format!("key-of-number-{number}");
        let again = again
            .from(ORIGIN)
            .header("idempotency-key", key)
            .send()
            .await
            .expect(201);
        assert_eq!(again.comment_id(), first.comment_id(), "a retry gets its answer");
        for (_, answer) in refused {
            let answer = answer.refused(403, "site_read_only");
            assert!(
                !answer.text("detail").contains("plan"),
                "that is between owner and operator"
            );
        }

        let usage = one.list(world, "usage").await;
        let comments = &usage.json["quotas"][2];
        assert_eq!(usage.json["plan"], "Small");
        assert_eq!(
            *comments,
            json!({ "quota": "comments", "used": 8, "limit": 8, "own": false, "near": true, "full": true })
        );
        let seen = get(world, &operator, &format!("tenants/{}", one.owner.tenant_id))
            .await
            .expect(200);
        assert_eq!(seen.json["tenant"]["comments"], 8);
        // The team may still answer.
        let answer = json!({ "text": "Thank you all" });
        one.answer_as_team(world, &first.comment_id(), &answer).await;
    });
}

#[test]
fn a_new_month_begins_from_nothing() {
    run(async {
        let world = World::start(|_| {});
        let operator = world.operator().await;
        let site = world.site(json!({ "moderation": "none" })).await;
        give(&world, &operator, &site.owner.tenant_id, json!({ "comments": 1 })).await;
        site.say(&world, "post", "The one").await.expect(201);
        site.say(&world, "post", "One too many")
            .await
            .refused(403, "site_read_only");
        world.advance(TimeDelta::days(32));
        site.say(&world, "post", "Next month").await.expect(201);
        site.say(&world, "post", "One too many again")
            .await
            .refused(403, "site_read_only");
    });
}

#[test]
fn storage_is_what_was_typed_and_comes_back_when_it_is_erased() {
    run(async {
        let world = World::start(|config| config.deleted_days = 0);
        let operator = world.operator().await;
        let site = world.site(json!({ "moderation": "none" })).await;
        let tenant = format!("tenants/{}", site.owner.tenant_id);
        let stored = async || get(&world, &operator, &tenant).await.expect(200).json["tenant"]["storage"].clone();
        let posted = site.say(&world, "post", "Grüße").await.expect(201);
        assert_eq!(stored().await, "Grüße".len());
        site.revise(&world, &posted.comment_id(), &json!({ "text": "Viele Grüße" }))
            .await
            .expect(200);
        assert_eq!(stored().await, "Viele Grüße".len());
        give(&world, &operator, &site.owner.tenant_id, json!({ "storage": 5 })).await;
        site.say(&world, "post", "No room").await.refused(403, "site_read_only");
        site.decide(&world, &[&posted.comment_id()], "delete").await.expect(200);
        world
            .within(|app| async move { while parlour::worker::turn(&app).await.unwrap() > 0 {} })
            .await;
        assert_eq!(stored().await, 0);
        site.say(&world, "post", "Room").await.expect(201);
    });
}

#[test]
fn operators_see_every_setting_in_force_and_no_secret() {
    run(async {
        let key = secret();
        let of_config = key.clone();
        let world = World::start(|config| config.secret_key = of_config);
        let operator = world.operator().await;
        let config = get(&world, &operator, "config").await.expect(200);
        let settings = config.json["settings"].as_array().unwrap();
        let of = |name: &str| settings.iter().find(|one| one["name"] == name).unwrap();
        assert_eq!(of("sign_up")["value"], "open");
        assert_eq!(of("secret_key")["value"], "(hidden)");
        assert!(
            of("connections")["about"]
                .as_str()
                .unwrap()
                .starts_with("Connections in all")
        );
        assert!(!config.all().contains(key.expose()));
        let owner = world.owner().await;
        get(&world, &owner.account, "config")
            .await
            .refused(403, "not_permitted");
    });
}

async fn give_own(world: &World, by: &Account, site: &Site, quotas: Value) -> Answer {
    let path = format!("tenants/{}/quotas", site.owner.tenant_id);
    put(world, by, &path, &json!({ "quotas": quotas })).await
}

#[test]
fn one_tenant_is_given_other_quotas_than_its_plan_has() {
    run(async {
        let world = world();
        let operator = world.operator().await;
        let site = world.site(json!({ "moderation": "none" })).await;
        give(
            world,
            &operator,
            &site.owner.tenant_id,
            json!({ "sites": 1, "comments": 1 }),
        )
        .await;
        let make = async || {
            let body = json!({ "name": "One more", "origins": [ORIGIN] });
            world
                .post(&site.admin("sites"), &body)
                .by(&site.owner.account)
                .send()
                .await
        };
        let used = async |quota: &str| {
            let usage = world
                .get(&site.admin("usage"))
                .by(&site.owner.account)
                .send()
                .await
                .expect(200);
            let all = usage.json["quotas"].as_array().unwrap();
            all.iter().find(|one| one["quota"] == quota).unwrap().clone()
        };
        make().await.refused(403, "quota_exceeded");
        assert_eq!(used("sites").await["own"], false);

        // More of one thing, no limit on another.
        let more = json!([{ "quota": "sites", "limit": 2 }, { "quota": "comments" }]);
        let record = give_own(world, &operator, &site, more).await.expect(200);
        let sites = &record.json["usage"][0];
        assert_eq!(
            (&sites["quota"], &sites["limit"], &sites["of_plan"], &sites["own"]),
            (&json!("sites"), &json!(2), &json!(1), &json!(true))
        );
        make().await.expect(201);
        let refused = make().await.refused(403, "quota_exceeded");
        assert_eq!(
            refused.text("detail"),
            "This tenant may have 2 sites, and has 2. Ask the operator for more."
        );
        assert_eq!(
            (&used("sites").await["limit"], &used("sites").await["own"]),
            (&json!(2), &json!(true))
        );
        assert_eq!(used("comments").await["limit"], Value::Null);
        for text in ["One", "Two", "Three"] {
            site.say(world, "post", text).await.expect(201);
        }

        // Less than the plan, and then as the plan has it again.
        let less = json!([{ "quota": "comments", "limit": 3 }]);
        give_own(world, &operator, &site, less).await.expect(200);
        site.say(world, "post", "Four").await.refused(403, "site_read_only");
        give_own(world, &operator, &site, json!([])).await.expect(200);
        assert_eq!(used("comments").await["limit"], 1);

        let told: Vec<Value> = (self::record(world, &site).await.into_iter())
            .filter(|entry| entry["change"] == "quotas_changed")
            .map(|entry| entry["data"]["quotas"].clone())
            .collect();
        assert_eq!(
            told,
            [
                json!({ "comments": { "from": 3, "to": 1 } }),
                json!({ "comments": { "from": null, "to": 3 }, "sites": { "from": 2, "to": 1 } }),
                json!({ "comments": { "from": 1, "to": null }, "sites": { "from": 1, "to": 2 } }),
            ]
        );
    });
}

#[test]
fn a_tenant_without_a_plan_can_be_given_quotas_too() {
    run(async {
        let world = World::start(|_| {});
        let operator = world.operator().await;
        let site = world.site(json!({ "moderation": "none" })).await;
        site.say(&world, "post", "One").await.expect(201);
        let one = json!([{ "quota": "comments", "limit": 1 }]);
        give_own(&world, &operator, &site, one).await.expect(200);
        site.say(&world, "post", "Two").await.refused(403, "site_read_only");
        let wrong = json!([{ "quota": "sites", "limit": -1 }, { "quota": "sites", "limit": 1 }]);
        let faults = give_own(&world, &operator, &site, wrong).await.faults();
        let pointers: Vec<&str> = faults.iter().map(|(pointer, _)| pointer.as_str()).collect();
        assert_eq!(pointers, ["/quotas/0/limit", "/quotas/1/quota"]);
    });
}

#[test]
fn a_default_plan_holds_for_who_was_given_none_and_there_is_one() {
    run(async {
        let world = World::start(|_| {});
        let operator = world.operator().await;
        let owner = world.owner().await;
        let usage = format!("/v1/admin/tenants/{}/usage", owner.tenant_id);
        let plan_of = async || world.get(&usage).by(&owner.account).send().await.expect(200).json["plan"].clone();
        assert_eq!(plan_of().await, Value::Null, "without plans there are no quotas");

        let body = |name: &str| json!({ "name": name, "sites": 1, "is_default": true });
        let first = post(&world, &operator, "plans", &body("First")).await.expect(201);
        assert_eq!(plan_of().await, "First");
        let second = post(&world, &operator, "plans", &body("Second")).await.expect(201);
        assert_eq!(plan_of().await, "Second");
        let plans = get(&world, &operator, "plans").await.expect(200);
        let defaults: Vec<&Value> = plans.json["plans"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|plan| plan["is_default"] == true)
            .collect();
        assert_eq!(defaults.len(), 1);

        let given = json!({ "plan_id": first.text("id") });
        let path = format!("tenants/{}/plan", owner.tenant_id);
        put(&world, &operator, &path, &given).await.expect(200);
        assert_eq!(plan_of().await, "First");
        delete(&world, &operator, &format!("plans/{}", first.text("id")))
            .await
            .expect(204);
        assert_eq!(plan_of().await, "Second", "who had it falls back to the default one");
        delete(&world, &operator, &format!("plans/{}", second.text("id")))
            .await
            .expect(204);
        assert_eq!(plan_of().await, Value::Null);

        put(&world, &operator, &path, &given)
            .await
            .refused_for("/plan_id", "not_found");
        let negative = json!({ "name": "Odd", "members": -1 });
        post(&world, &operator, "plans", &negative)
            .await
            .refused_for("/members", "out_of_range");
        post(&world, &operator, "plans", &json!({ "name": " " }))
            .await
            .refused_for("/name", "required");
    });
}

#[test]
fn who_acts_for_a_tenant_does_its_work_on_its_record() {
    run(async {
        let world = world();
        let operator = world.operator().await;
        let ground = Ground::new(world).await;
        let site = &ground.site;
        let tenant = format!("/v1/admin/tenants/{}", site.owner.tenant_id);
        world.get(&tenant).by(&operator).send().await.refused(404, "not_found");

        let begun = act(world, &operator, &site.owner.tenant_id, "admin").await.expect(201);
        assert_eq!(begun.json["role"], "admin");
        let me = world.get("/v1/admin/me").by(&operator).send().await.expect(200);
        assert_eq!(me.json["acting"]["tenant"]["id"], site.owner.tenant_id);
        assert_eq!(me.json["acting"]["tenant"]["role"], "admin");
        let rename = world.ask(Method::PATCH, &tenant).json(&json!({ "name": "Mended" }));
        rename.by(&operator).send().await.expect(200);
        // What is the owners' is not an admin's, whoever acts as one.
        let audit = format!("{tenant}/audit");
        world
            .get(&audit)
            .by(&operator)
            .send()
            .await
            .refused(403, "not_permitted");

        delete(world, &operator, "acting").await.expect(204);
        world.get(&tenant).by(&operator).send().await.refused(404, "not_found");
        delete(world, &operator, "acting").await.expect(204);

        let entries = record(world, site).await;
        let told: Vec<_> = entries
            .iter()
            .take(3)
            .map(|entry| (entry["change"].as_str().unwrap(), entry["name"].as_str().unwrap()))
            .collect();
        assert_eq!(
            told,
            [
                ("acting_ended", "operator"),
                ("tenant_renamed", "operator"),
                ("acting_begun", "operator")
            ]
        );
        assert!(entries.iter().take(3).all(|entry| entry["data"]["operator"] == true));
        assert_eq!(entries[2]["data"]["reason"], "Asked for help");
        assert_eq!(entries[2]["data"]["to"], "admin");
    });
}

#[test]
fn who_acts_gives_nobody_rights_and_sees_no_secrets() {
    run(async {
        let world = world();
        let operator = world.operator().await;
        let ground = Ground::new(world).await;
        let site = &ground.site;
        act(world, &operator, &site.owner.tenant_id, "owner").await.expect(201);
        let before = ground.seen(world).await;
        let refused = async |method: Method, path: &str, body: Value| {
            let ask = world.ask(method, &site.admin(path)).json(&body).by(&operator);
            ask.send().await.refused(403, "not_permitted");
        };
        let accomplice = world.somebody("accomplice").await;
        let invitation = json!({ "email": accomplice.email, "role": "owner" });
        refused(Method::POST, "invitations", invitation).await;
        let member = format!("members/{}", ground.ids.account_id);
        refused(Method::PUT, &member, json!({ "role": "owner" })).await;
        refused(Method::DELETE, &member, json!({})).await;
        refused(Method::DELETE, &format!("members/{}", operator.id), json!({})).await;
        let key = json!({ "name": "To stay", "scopes": ["admin"] });
        refused(Method::POST, "api-keys", key).await;
        refused(Method::GET, "api-keys", json!({})).await;
        refused(
            Method::DELETE,
            &format!("api-keys/{}", ground.ids.api_key_id),
            json!({}),
        )
        .await;
        let signing = format!("sites/{}/signing-key", site.id);
        refused(Method::GET, &signing, json!({})).await;
        refused(Method::POST, &signing, json!({})).await;
        assert_eq!(ground.seen(world).await, before);

        // A link that he makes while he is in is nothing once he is out.
        let links = site.admin(&format!("comments/{}/links", ground.ids.comment_id));
        let made = world.ask(Method::POST, &links).by(&operator).send().await.expect(200);
        let link = made.text("delete");
        delete(world, &operator, "acting").await.expect(204);
        let link = link.strip_prefix(&world.app.config.public_url).unwrap();
        world.ask(Method::POST, link).send().await.expect(403);
    });
}

#[test]
fn acting_ends_by_itself_and_with_the_operator() {
    run(async {
        let world = World::start(|_| {});
        let (operator, other) = (world.operator().await, world.operator().await);
        let (ground, elsewhere) = (Ground::new(&world).await, Ground::new(&world).await);
        let tenant = format!("/v1/admin/tenants/{}", ground.site.owner.tenant_id);
        let enter = async |by: &Account| world.get(&tenant).by(by).send().await.status.as_u16();

        // Somebody else's does not let one in, and one acts for one tenant at a time.
        act(&world, &operator, &ground.site.owner.tenant_id, "owner")
            .await
            .expect(201);
        assert_eq!((enter(&operator).await, enter(&other).await), (200, 404));
        act(&world, &operator, &elsewhere.site.owner.tenant_id, "owner")
            .await
            .expect(201);
        assert_eq!(enter(&operator).await, 404);

        // Who is no operator any more is out at once, and stays out when he is made one again.
        act(&world, &operator, &ground.site.owner.tenant_id, "owner")
            .await
            .expect(201);
        let path = format!("accounts/{}/operator", operator.id);
        put(&world, &other, &path, &json!({ "operator": false }))
            .await
            .expect(200);
        assert_eq!(enter(&operator).await, 404);
        act(&world, &operator, &ground.site.owner.tenant_id, "owner")
            .await
            .refused(403, "not_permitted");
        put(&world, &other, &path, &json!({ "operator": true }))
            .await
            .expect(200);
        assert_eq!(enter(&operator).await, 404);

        let short = json!({ "role": "moderator", "reason": "A look", "minutes": 5 });
        let begin = format!("tenants/{}/acting", ground.site.owner.tenant_id);
        post(&world, &operator, &begin, &short).await.expect(201);
        assert_eq!(enter(&operator).await, 200);
        world.advance(TimeDelta::minutes(6));
        assert_eq!(enter(&operator).await, 404, "the time is over");
        let me = world.get("/v1/admin/me").by(&operator).send().await.expect(200);
        assert_eq!(me.json.get("acting"), None);
        world
            .within(|app| async move {
                let tx = app.db.begin().await.unwrap();
                acting::close_expired(&tx, &app, app.clock.now()).await.unwrap();
                tx.commit().await.unwrap();
            })
            .await;
        let entries = record(&world, &ground.site).await;
        assert_eq!(entries[0]["change"], "acting_ended");
        assert_eq!(entries[0]["data"]["expired"], true);
        let begun = entries.iter().filter(|entry| entry["change"] == "acting_begun").count();
        let ended = entries.iter().filter(|entry| entry["change"] == "acting_ended").count();
        assert_eq!((begun, ended), (3, 3), "each beginning has its end");

        for (body, pointer, code) in [
            (json!({ "role": "owner", "reason": "" }), "/reason", "required"),
            (
                json!({ "role": "owner", "reason": "x".repeat(501) }),
                "/reason",
                "too_long",
            ),
            (
                json!({ "role": "owner", "reason": "x", "minutes": 0 }),
                "/minutes",
                "out_of_range",
            ),
            (
                json!({ "role": "owner", "reason": "x", "minutes": 241 }),
                "/minutes",
                "out_of_range",
            ),
        ] {
            post(&world, &operator, &begin, &body).await.refused_for(pointer, code);
        }
    });
}

#[test]
fn lists_are_paged_searched_and_have_figures() {
    run(async {
        let world = World::start(|_| {});
        let operator = world.operator().await;
        let mut sites = Vec::new();
        for name in ["Tee & Kuchen", "Ärger_100%", "Bücher"] {
            let owner = world.owner().await;
            let path = format!("/v1/admin/tenants/{}", owner.tenant_id);
            let rename = world.ask(Method::PATCH, &path).json(&json!({ "name": name }));
            rename.by(&owner.account).send().await.expect(200);
            sites.push(world.site_of(owner, json!({ "moderation": "none" })).await);
        }
        sites[1].say(&world, "post", "Hello").await.expect(201);
        world.member(&sites[1], Role::Moderator, Reach::All).await;

        let first = get(&world, &operator, "tenants?limit=2").await.expect(200);
        assert_eq!(names(&first, "tenants"), ["Bücher", "Ärger_100%"]);
        let before = first.text("next");
        let rest = get(&world, &operator, &format!("tenants?limit=2&before={before}"))
            .await
            .expect(200);
        assert_eq!(names(&rest, "tenants"), ["Tee & Kuchen"]);
        assert_eq!(rest.json.get("next"), None);
        let middle = &first.json["tenants"][1];
        assert_eq!(
            (
                &middle["members"],
                &middle["sites"],
                &middle["comments"],
                &middle["storage"]
            ),
            (&json!(2), &json!(1), &json!(1), &json!(5))
        );

        for (q, found) in [
            ("%C3%84RGER", vec!["Ärger_100%"]),
            ("kuchen", vec!["Tee & Kuchen"]),
            ("_1", vec!["Ärger_100%"]),
            ("0%25", vec!["Ärger_100%"]),
            ("nothing+like+it", vec![]),
            (&sites[0].owner.account.email, vec!["Tee & Kuchen"]),
            (&sites[2].owner.tenant_id, vec!["Bücher"]),
        ] {
            let list = get(&world, &operator, &format!("tenants?q={q}")).await.expect(200);
            assert_eq!(names(&list, "tenants"), found, "{q}");
        }
        for (q, found) in [
            (sites[1].key.as_str(), vec![sites[1].id.clone()]),
            (&sites[2].id, vec![sites[2].id.clone()]),
            ("a+BLOG", sites.iter().rev().map(|site| site.id.clone()).collect()),
            (
                "https://blog.ex",
                sites.iter().rev().map(|site| site.id.clone()).collect(),
            ),
        ] {
            let list = get(&world, &operator, &format!("sites?q={q}")).await.expect(200);
            assert_eq!(ids(&list, "sites"), found, "{q}");
        }
        let of_tenant = format!("sites?tenant_id={}", sites[0].owner.tenant_id);
        let list = get(&world, &operator, &of_tenant).await.expect(200);
        assert_eq!(ids(&list, "sites"), [sites[0].id.clone()]);
        assert_eq!(list.json["sites"][0]["origins"], json!([ORIGIN]));
        let inspected = get(&world, &operator, &format!("sites/{}", sites[1].id))
            .await
            .expect(200);
        assert_eq!(
            (&inspected.json["comments"], &inspected.json["tenant"]),
            (&json!(1), &json!("Ärger_100%"))
        );

        let mail = &sites[0].owner.account.email;
        for q in [mail.clone(), mail.to_uppercase(), mail[..12].to_owned()] {
            let list = get(&world, &operator, &format!("accounts?q={q}")).await.expect(200);
            assert_eq!(ids(&list, "accounts"), [sites[0].owner.account.id.clone()], "{q}");
        }
        let operators = get(&world, &operator, "accounts?operator=true").await.expect(200);
        assert_eq!(ids(&operators, "accounts"), std::slice::from_ref(&operator.id));
        let account = get(&world, &operator, &format!("accounts/{}", sites[0].owner.account.id))
            .await
            .expect(200);
        assert_eq!(account.json["memberships"][0]["tenant"], "Tee & Kuchen");

        suspend(
            &world,
            &operator,
            &format!("tenants/{}", sites[0].owner.tenant_id),
            "nothing",
        )
        .await;
        let list = get(&world, &operator, "tenants?suspended=true").await.expect(200);
        assert_eq!(names(&list, "tenants"), ["Tee & Kuchen"]);
        for path in [
            "tenants?before=x",
            "sites?limit=0",
            "accounts?limit=101",
            "jobs?standing=odd",
        ] {
            get(&world, &operator, path).await.refused(400, "invalid_parameter");
        }
    });
}

#[test]
fn an_announcement_is_shown_to_members_in_its_time() {
    run(async {
        let world = World::start(|_| {});
        let operator = world.operator().await;
        let member = world.somebody("member").await;
        let shown = async |by: &Account| {
            let list = world.get("/v1/admin/announcements").by(by).send().await.expect(200);
            list.json["announcements"].as_array().unwrap().clone()
        };
        let now = world.app.clock.now();
        let at = |hours: i64| (now + TimeDelta::hours(hours)).to_rfc3339();
        let told = json!({
            "kind": "warning", "text": "On Sunday comments can be read and not written.",
            "link": "https://status.example/sunday", "starts_at": at(1), "ends_at": at(3),
        });
        let made = post(&world, &operator, "announcements", &told).await.expect(201);
        assert_eq!(made.json["author"], "operator");
        assert!(shown(&member).await.is_empty(), "not yet");
        let path = format!("announcements/{}", made.text("id"));
        let mut earlier = told.clone();
        earlier["starts_at"] = json!(at(-1));
        put(&world, &operator, &path, &earlier).await.expect(200);
        let seen = shown(&member).await;
        assert_eq!(seen.len(), 1);
        assert_eq!(seen[0]["text"], told["text"]);
        assert_eq!(seen[0]["kind"], "warning");
        delete(&world, &operator, &path).await.expect(204);
        assert!(shown(&member).await.is_empty(), "ended");
        let list = get(&world, &operator, "announcements").await.expect(200);
        assert_eq!(
            list.json["announcements"].as_array().unwrap().len(),
            1,
            "but still to be seen by operators"
        );
        delete(&world, &operator, &path).await.expect(204);
        let list = get(&world, &operator, "announcements").await.expect(200);
        assert_eq!(list.json["announcements"], json!([]));

        for (name, value, pointer, code) in [
            ("text", json!(""), "/text", "required"),
            ("text", json!("x".repeat(501)), "/text", "too_long"),
            ("link", json!("javascript:alert(1)"), "/link", "invalid"),
            ("ends_at", json!(at(-2)), "/ends_at", "out_of_range"),
        ] {
            let mut wrong = earlier.clone();
            wrong[name] = value;
            post(&world, &operator, "announcements", &wrong)
                .await
                .refused_for(pointer, code);
        }
    });
}

#[test]
fn jobs_are_counted_listed_retried_and_dropped() {
    run(async {
        let world = World::start(|_| {});
        let operator = world.operator().await;
        let site = world.site(json!({ "moderation": "none" })).await;
        let posted = site.say(&world, "post", "Gone soon").await.expect(201);
        site.decide(&world, &[&posted.comment_id()], "delete").await.expect(200);
        let (retried, dropped) = (
            world.failed_job("550 <ada@example.org> unknown").await,
            world.failed_job("Out of order").await,
        );

        let tallies = get(&world, &operator, "jobs/tallies").await.expect(200);
        let count = |standing: &str| {
            let all = tallies.json["tallies"].as_array().unwrap();
            let of = all
                .iter()
                .filter(|one| one["standing"] == standing && one["kind"] == "purge");
            of.map(|one| one["count"].as_u64().unwrap()).sum::<u64>()
        };
        assert_eq!((count("waiting"), count("running"), count("failed")), (1, 0, 2));
        let failed = get(&world, &operator, "jobs?standing=failed").await.expect(200);
        assert_eq!(failed.json["jobs"].as_array().unwrap().len(), 2);
        let shown = failed.all();
        assert!(!shown.contains("ada@") && !shown.contains("comment_id"), "{shown}");
        let waiting = get(&world, &operator, "jobs?standing=waiting&kind=purge")
            .await
            .expect(200);
        assert_eq!(waiting.json["jobs"][0]["site_id"], site.id);
        let id = ids(&waiting, "jobs").remove(0);
        post(&world, &operator, &format!("jobs/{id}/retry"), &json!({}))
            .await
            .refused(409, "state_changed");
        delete(&world, &operator, &format!("jobs/{id}"))
            .await
            .refused(409, "state_changed");

        post(&world, &operator, &format!("jobs/{retried}/retry"), &json!({}))
            .await
            .expect(204);
        delete(&world, &operator, &format!("jobs/{dropped}")).await.expect(204);
        delete(&world, &operator, &format!("jobs/{dropped}"))
            .await
            .refused(404, "not_found");
        let failed = get(&world, &operator, "jobs?standing=failed").await.expect(200);
        assert_eq!(failed.json["jobs"], json!([]));
        let all = get(&world, &operator, "jobs?limit=1").await.expect(200);
        let rest = get(&world, &operator, &format!("jobs?after={}", all.text("next")))
            .await
            .expect(200);
        assert!(!ids(&rest, "jobs").contains(&ids(&all, "jobs")[0]));
    });
}
