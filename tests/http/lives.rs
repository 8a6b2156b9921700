//! Sites and tenants are put away, moved, deleted, brought back and erased; keys change; settings are copied; all of it can be taken out.

use chrono::TimeDelta;
use entity::membership::Role;
use entity::{
    OfSite, api_key, audit_entry, comment, commenter, event, follow_entry, idempotency, import_batch, invitation, job,
    membership, membership_site, reaction, refused_origin, report, silence, site, site_counter, site_day,
    site_day_part, site_key, site_origin, spent_link, subscription, tenant, thread, thread_alias, vote,
};
use futures_util::future::join_all;
use http::Method;
use parlour::infra::queue;
use parlour::sites::{erasing, sightings};
use parlour::statistics::tallies;
use parlour::tenants::Reach;
use parlour::worker;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, Set};
use serde_json::{Value, json};

use crate::world::{Account, Answer, ORIGIN, Site, World, run, world};

/// Does something to a site, such as `archive`, as its owner.
async fn act(world: &World, site: &Site, what: &str) -> Answer {
    act_with(world, site, what, &json!({})).await
}

async fn act_with(world: &World, site: &Site, what: &str, body: &Value) -> Answer {
    let path = site.admin(&format!("sites/{}/{what}", site.id));
    world.post(&path, body).by(&site.owner.account).send().await
}

async fn delete(world: &World, site: &Site) -> Answer {
    let path = site.admin(&format!("sites/{}", site.id));
    world.ask(Method::DELETE, &path).by(&site.owner.account).send().await
}

async fn tenant(world: &World, method: Method, site: &Site, what: &str, by: &Account) -> Answer {
    let path = format!("/v1/admin/tenants/{}{what}", site.owner.tenant_id);
    world.ask(method, &path).by(by).send().await
}

async fn record(world: &World, site: &Site, change: &str) -> Vec<Value> {
    let path = site.admin(&format!("audit?change={change}"));
    let answer = world.get(&path).by(&site.owner.account).send().await.expect(200);
    answer.json["entries"].as_array().unwrap().clone()
}

async fn listed(world: &World, site: &Site, query: &str) -> Vec<String> {
    let list = site.list(world, &format!("sites{query}")).await;
    let sites = list.json["sites"].as_array().unwrap().iter();
    sites.map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

async fn sign_in_again(world: &World, site: &mut Site) {
    site.owner.account = world.sign_in(&site.owner.account.email).await;
}

async fn read(world: &World, key: &str) -> Answer {
    let path = format!("/v1/sites/{key}/thread?id=post");
    world.get(&path).from(ORIGIN).send().await
}

/// Turns of the worker until there is nothing to do.
async fn work(world: &World) -> usize {
    let mut turns = 0;
    while world.within(async |app| worker::turn(&app).await.unwrap()).await > 0 {
        turns += 1;
    }
    turns
}

/// How many rows each table has of a site.
async fn rows(world: &World, site_id: &str) -> Vec<(&'static str, u64)> {
    let id = site_id.parse().unwrap();
    let db = world.app.db.read();
    macro_rules! count {
        ($($table:ident),*) => { vec![$((stringify!($table), $table::Entity::of_site(id).count(db).await.unwrap())),*] };
    }
    let mut found = count![
        comment,
        commenter,
        event,
        follow_entry,
        idempotency,
        import_batch,
        reaction,
        refused_origin,
        report,
        silence,
        site_counter,
        site_day,
        site_day_part,
        site_key,
        site_origin,
        spent_link,
        subscription,
        thread,
        thread_alias,
        vote
    ];
    let own = site::Entity::find().filter(site::Column::Id.eq(id));
    found.push(("site", own.count(db).await.unwrap()));
    let waiting = job::Entity::find().filter(job::Column::SiteId.eq(id));
    found.push(("job", waiting.count(db).await.unwrap()));
    found
}

#[test]
fn an_archived_site_is_shown_and_takes_nothing() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "none", "reactions": ["👍"] })).await;
        let posted = site.say(world, "post", "Before").await.expect(201);
        let archived = act(world, &site, "archive").await.expect(200);
        assert!(archived.json["archived_at"].is_string());
        assert_eq!(
            archived.json["settings"]["read_only"], false,
            "what was chosen stays chosen"
        );

        let page = site.read(world, "post").await;
        assert_eq!(page.numbers(), [1]);
        assert_eq!(page.json["thread"]["closed_by"], "site", "{}", page.json["thread"]);
        site.say(world, "post", "After").await.refused(403, "site_read_only");
        site.say(world, "another", "After").await.refused(403, "site_read_only");
        let id = posted.comment_id();
        let own = |ask: crate::world::Ask| ask.from(ORIGIN).header("parlour-tokens", posted.text("token"));
        let path = site.path(&format!("comments/{id}"));
        let edit = world.ask(Method::PATCH, &path).json(&json!({ "text": "Changed" }));
        own(edit).send().await.refused(403, "site_read_only");
        own(world.ask(Method::DELETE, &path))
            .send()
            .await
            .refused(403, "site_read_only");
        let vote = world
            .ask(Method::PUT, &format!("{path}/vote"))
            .json(&json!({ "value": 1 }));
        vote.from(ORIGIN).send().await.refused(403, "site_read_only");
        let isso = format!("/isso/{}/new?uri=post", site.key);
        let isso = world
            .post(&isso, &json!({ "text": "After", "author": null }))
            .from(ORIGIN);
        isso.send().await.refused(403, "site_read_only");
        site.answer_as_team(world, &id, &json!({ "text": "After" }))
            .await
            .refused(403, "site_read_only");
        // Moderators go on.
        site.decide(world, &[&id], "spam").await.expect(200);
        site.decide(world, &[&id], "publish").await.expect(200);
        let seen = site.list(world, "threads").await;
        assert_eq!(seen.json["threads"][0]["closed_by"], "site");

        assert_eq!(
            listed(world, &site, "?standing=archived").await,
            std::slice::from_ref(&site.id)
        );
        assert_eq!(listed(world, &site, "?standing=open").await, [""; 0]);
        assert_eq!(listed(world, &site, "").await, std::slice::from_ref(&site.id));

        let opened = act(world, &site, "reopen").await.expect(200);
        assert_eq!(opened.json.get("archived_at"), None);
        site.say(world, "post", "After").await.expect(201);
    });
}

#[test]
fn what_is_chosen_in_the_archive_holds_after_it() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "none" })).await;
        act(world, &site, "archive").await.expect(200);
        site.change_settings(world, &json!({ "max_depth": 2 })).await;
        let opened = act(world, &site, "reopen").await.expect(200);
        let settings = &opened.json["settings"];
        assert_eq!(
            (&settings["max_depth"], &settings["read_only"]),
            (&json!(2), &json!(false))
        );
        let changed = record(world, &site, "settings_changed").await;
        assert_eq!(
            changed[0]["data"]["settings"],
            json!({ "max_depth": { "from": 6, "to": 2 } })
        );
    });
}

#[test]
fn many_at_once_are_one_change() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "none" })).await;
        for (what, change) in [("archive", "site_archived"), ("reopen", "site_reopened")] {
            let answers = join_all((0..20).map(|_| act(world, &site, what))).await;
            assert!(answers.iter().all(|answer| answer.status == 200));
            assert_eq!(record(world, &site, change).await.len(), 1, "{change}");
        }
        let answers = join_all((0..20).map(|_| delete(world, &site))).await;
        let dates: std::collections::BTreeSet<String> = answers.iter().map(|one| one.text("erase_at")).collect();
        assert_eq!(dates.len(), 1, "one day for all: {dates:?}");
        assert_eq!(record(world, &site, "site_deleted").await.len(), 1);
        let mixed = join_all((0..20).map(async |n| match n % 4 {
            0 => delete(world, &site).await,
            1 => act(world, &site, "restore").await,
            2 => act(world, &site, "archive").await,
            _ => act(world, &site, "reopen").await,
        }))
        .await;
        for answer in mixed {
            assert!([200, 404].contains(&answer.status.as_u16()), "{}", answer.all());
        }
        act(world, &site, "restore").await.expect(200);
        act(world, &site, "reopen").await.expect(200);
        site.say(world, "post", "Still there").await.expect(201);
        let waiting = job::Entity::find()
            .filter(job::Column::SiteId.eq(site.id.parse::<uuid::Uuid>().unwrap()))
            .filter(job::Column::Kind.eq("erase_site"));
        assert_eq!(waiting.count(world.app.db.read()).await.unwrap(), 1);
    });
}

#[test]
fn a_deleted_site_is_not_there_and_comes_back_as_it_was() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "none" })).await;
        let posted = site.say(world, "post", "A word").await.expect(201);
        site.read(world, "post").await;
        let gone = delete(world, &site).await.expect(200);
        assert!(gone.json["erase_at"].is_string());

        // As for a key that was never anybody's.
        for rest in ["thread?id=post", "feed.atom", "thread.html?id=post", "counts?id=post"] {
            let answers = [&*site.key, "abcdefghjkmn"].map(|key| {
                let path = format!("/v1/sites/{key}/{rest}");
                world.get(&path).from(ORIGIN).send()
            });
            let [deleted, unknown] = <[Answer; 2]>::try_from(join_all(answers).await).unwrap();
            let deleted = deleted.refused(404, "not_found");
            assert_eq!(
                deleted.json["detail"],
                unknown.refused(404, "not_found").json["detail"],
                "{rest}"
            );
            assert_eq!(deleted.header("access-control-allow-origin"), "", "{rest}");
        }
        let isso = format!("/isso/{}/?uri=post", site.key);
        world.get(&isso).from(ORIGIN).send().await.refused(404, "not_found");
        site.say(world, "post", "Too late").await.refused(404, "not_found");

        // For its owner it is, with its day, and nothing can be done with it but that.
        assert_eq!(listed(world, &site, "").await, [""; 0]);
        assert_eq!(
            listed(world, &site, "?standing=deleted").await,
            std::slice::from_ref(&site.id)
        );
        let path = site.admin(&format!("sites/{}", site.id));
        let shown = world.get(&path).by(&site.owner.account).send().await.expect(200);
        assert_eq!(shown.text("erase_at"), gone.text("erase_at"));
        let patch = world.ask(Method::PATCH, &path).json(&json!({ "name": "No" }));
        patch.by(&site.owner.account).send().await.refused(404, "not_found");
        for what in ["archive", "reopen", "keys", "signing-key"] {
            act(world, &site, what).await.refused(404, "not_found");
        }
        assert_eq!(site.list(world, "comments?state=published").await.numbers(), [0; 0]);
        assert_eq!(site.list(world, "threads").await.json["threads"], json!([]));
        let id = posted.comment_id();
        site.decide(world, &[&id], "spam").await.refused(404, "not_found");

        let back = act(world, &site, "restore").await.expect(200);
        assert_eq!(back.json.get("erase_at"), None);
        assert_eq!(site.read(world, "post").await.numbers(), [1]);
        assert_eq!(record(world, &site, "site_restored").await.len(), 1);
    });
}

/// A site with a row in every table that can have one.
async fn lively_site(world: &World) -> Site {
    let mut site = world.site(json!({ "moderation": "none", "reactions": ["👍"] })).await;
    let keys = act(world, &site, "keys").await.expect(200);
    site.key = keys.text("key");
    let draft = json!({ "thread": { "id": "post" }, "text": "A word" });
    let posted = world.post(&site.path("comments"), &draft).from(ORIGIN);
    let posted = posted
        .header("idempotency-key", "once-and-no-more-0001")
        .send()
        .await
        .expect(201);
    let id = posted.comment_id();
    site.answer(world, "post", &id, "An answer").await.expect(201);
    let put = |path: String, body: Value| world.ask(Method::PUT, &path).json(&body).from(ORIGIN).send();
    put(site.path(&format!("comments/{id}/vote")), json!({ "value": 1 }))
        .await
        .expect(200);
    let reaction = json!({ "thread": { "id": "post" }, "kind": "👍", "on": true });
    put(site.path("thread/reaction"), reaction).await.expect(200);
    let report = world.post(
        &site.path(&format!("comments/{id}/reports")),
        &json!({ "reason": "spam" }),
    );
    report.from(ORIGIN).send().await;
    world
        .get(&site.path("thread?id=post"))
        .from("https://evil.example")
        .send()
        .await;
    world.within(async |app| sightings::write(&app).await.unwrap()).await;
    let (site_id, thread_id) = (site.id.parse().unwrap(), posted.thread_id().parse().unwrap());
    world
        .within(async move |app| {
            tallies::write(&app).await.unwrap();
            let now = app.clock.now();
            let part = site_day_part::ActiveModel {
                id: Set(app.clock.new_id()),
                site_id: Set(site_id),
                day: Set(now.date_naive()),
                kind: Set("failure".to_owned()),
                name: Set("of a test".to_owned()),
                count: Set(1),
            };
            part.insert(app.db.read()).await.unwrap();
            let author = commenter::ActiveModel {
                id: Set(app.clock.new_id()),
                site_id: Set(site_id),
                author_hash: Set("0123456789ab".to_owned()),
                name: Set(None),
                folded: Set(String::new()),
                first_seen_at: Set(now),
                last_seen_at: Set(now),
                last_comment_id: Set(app.clock.new_id()),
            };
            author.insert(app.db.read()).await.unwrap();
            let subscription = subscription::ActiveModel {
                id: Set(app.clock.new_id()),
                site_id: Set(site_id),
                thread_id: Set(Some(thread_id)),
                comment_id: Set(None),
                wants: Set(subscription::Wants::Thread),
                email: Set("ada@example.org".to_owned()),
                email_folded: Set("ada@example.org".to_owned()),
                token_hash: Set(app.clock.new_id().as_bytes().repeat(2)),
                created_at: Set(now),
                confirmed_at: Set(Some(now)),
                ended_at: Set(None),
                locale: Set(None),
                asked_at: Set(None),
            };
            let subscription = subscription.insert(app.db.read()).await.unwrap();
            let entry = follow_entry::ActiveModel {
                id: Set(app.clock.new_id()),
                site_id: Set(site_id),
                follower: Set("a".repeat(32)),
                subscription_id: Set(subscription.id),
                thread_id: Set(thread_id),
                comment_id: Set(app.clock.new_id()),
                created_at: Set(now),
            };
            entry.insert(app.db.read()).await.unwrap();
            let silence = silence::ActiveModel {
                id: Set(app.clock.new_id()),
                site_id: Set(Some(site_id)),
                address_hash: Set("a".repeat(32)),
                reason: Set(silence::Reason::Asked),
                created_at: Set(now),
            };
            silence.insert(app.db.read()).await.unwrap();
            let batch = import_batch::ActiveModel {
                id: Set(app.clock.new_id()),
                site_id: Set(site_id),
                source: Set("isso".to_owned()),
                report: Set(json!({})),
                created_at: Set(now),
                finished_at: Set(Some(now)),
                undone_at: Set(None),
            };
            batch.insert(app.db.read()).await.unwrap();
            let spent = spent_link::ActiveModel {
                id: Set(app.clock.new_id()),
                site_id: Set(site_id),
                link_hash: Set(app.clock.new_id().as_bytes().repeat(2)),
                expires_at: Set(now + TimeDelta::days(1000)),
            };
            spent.insert(app.db.read()).await.unwrap();
        })
        .await;
    site
}

/// Events as long talk leaves them.
async fn add_events(world: &World, site: &Site, count: usize) {
    let site_id = site.id.parse().unwrap();
    world
        .within(async move |app| {
            let rows = (0..count).map(|_| event::ActiveModel {
                id: Set(app.clock.new_id()),
                site_id: Set(site_id),
                thread_id: Set(None),
                comment_id: Set(None),
                kind: Set("edited".to_owned()),
                actor: Set("system".to_owned()),
                account_id: Set(None),
                from_state: Set(None),
                to_state: Set(None),
                reasons: Set(json!([])),
                data: Set(json!({})),
                at: Set(app.clock.now()),
            });
            for some in rows.collect::<Vec<_>>().chunks(500) {
                let insert = event::Entity::insert_many(some.to_vec());
                insert.exec_without_returning(app.db.read()).await.unwrap();
            }
        })
        .await;
}

#[test]
fn when_its_days_are_over_nothing_of_a_site_is_left_and_all_of_the_others() {
    run(async {
        let world = World::start(|config| config.site_grace_days = 3);
        let mut site = lively_site(&world).await;
        let other = lively_site(&world).await;
        add_events(&world, &site, 2500).await;
        let before = rows(&world, &other.id).await;
        let empty: Vec<&str> = before
            .iter()
            .filter(|(_, count)| *count == 0)
            .map(|(name, _)| *name)
            .collect();
        assert_eq!(empty, ["job"], "every table has something to lose");

        delete(&world, &site).await.expect(200);
        world.advance(TimeDelta::days(3) - TimeDelta::seconds(30));
        work(&world).await;
        assert_eq!(
            rows(&world, &site.id).await.last().unwrap().1,
            1,
            "it waits for its day"
        );
        sign_in_again(&world, &mut site).await;
        act(&world, &site, "restore").await.expect(200);
        delete(&world, &site).await.expect(200);
        world.advance(TimeDelta::days(3) + TimeDelta::minutes(2));
        sign_in_again(&world, &mut site).await;
        act(&world, &site, "restore").await.refused(404, "not_found");

        // A worker that is killed in the middle has done nothing.
        let whole = rows(&world, &site.id).await;
        let site_id = site.id.parse().unwrap();
        world
            .within(async move |app| {
                let claimed = queue::claim(&app.db, 10, app.clock.now()).await.unwrap();
                assert!(claimed.iter().any(|one| one.row.kind == "erase_site"));
                let tx = app.db.begin().await.unwrap();
                assert!(!erasing::erase_some(&tx, &app, site_id).await.unwrap(), "there is more");
                drop(tx);
            })
            .await;
        assert_eq!(rows(&world, &site.id).await, whole);
        assert_eq!(work(&world).await, 0, "the dead worker's lease is not over");
        world.advance(TimeDelta::minutes(6));
        let turns = work(&world).await;
        assert!(turns >= 3, "{turns} turns for 2,500 rows and more");
        let left: Vec<(&str, u64)> = rows(&world, &site.id)
            .await
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .collect();
        assert_eq!(left, [], "nothing is left");
        assert_eq!(rows(&world, &other.id).await, before, "nothing of the other is gone");
        sign_in_again(&world, &mut site).await;
        assert_eq!(record(&world, &site, "site_erased").await.len(), 1);
        let path = site.admin(&format!("sites/{}", site.id));
        let answer = world.get(&path).by(&site.owner.account).send().await;
        answer.refused(404, "not_found");
    });
}

async fn rotate(world: &World, site: &Site, body: &Value) -> Answer {
    act_with(world, site, "keys", body).await
}

async fn former_keys(world: &World, site: &Site) -> Vec<Value> {
    let answer = site.list(world, &format!("sites/{}/installation", site.id)).await;
    answer.json["former_keys"].as_array().unwrap().clone()
}

#[test]
fn a_former_key_works_until_its_day_and_its_owner_sees_who_uses_it() {
    run(async {
        let world = World::start(|_| {});
        let mut site = world.site(json!({ "moderation": "none" })).await;
        site.say(&world, "post", "A word").await.expect(201);
        let old = site.key.clone();
        let rotated = rotate(&world, &site, &json!({})).await.expect(200);
        let new = rotated.text("key");
        assert_ne!(new, old);
        assert!(rotated.text("snippet").contains(&new) && !rotated.text("snippet").contains(&old));

        for key in [&new, &old] {
            assert_eq!(read(&world, key).await.expect(200).numbers(), [1]);
            let isso = format!("/isso/{key}/?uri=post");
            assert_eq!(
                world.get(&isso).from(ORIGIN).send().await.expect(200).json["total_replies"],
                1
            );
            world
                .get(&format!("/v1/sites/{key}/feed.atom"))
                .send()
                .await
                .expect(200);
            let preflight = world
                .ask(Method::OPTIONS, &format!("/v1/sites/{key}/comments"))
                .from(ORIGIN)
                .header("access-control-request-method", "POST")
                .send()
                .await;
            assert_eq!(preflight.header("access-control-allow-origin"), ORIGIN);
            let path = format!("/v1/sites/{key}/comments");
            let draft = json!({ "thread": { "id": "other" }, "text": format!("By {key}") });
            world.post(&path, &draft).from(ORIGIN).send().await.expect(201);
        }
        // What one key's page changes, the other's sees at once.
        site.key = new.clone();
        site.say(&world, "post", "Another").await.expect(201);
        assert_eq!(read(&world, &old).await.expect(200).numbers(), [1, 4]);
        site.change_settings(&world, &json!({ "max_depth": 3 })).await;
        assert_eq!(read(&world, &old).await.expect(200).json["settings"]["max_depth"], 3);

        world.within(async |app| sightings::write(&app).await.unwrap()).await;
        let former = former_keys(&world, &site).await;
        assert_eq!(former.len(), 1);
        assert_eq!(
            (&former[0]["key"], &former[0]["last_origin"]),
            (&json!(old), &json!(ORIGIN))
        );
        assert!(former[0]["last_seen_at"].is_string());

        world.advance(TimeDelta::days(30) - TimeDelta::minutes(1));
        read(&world, &old).await.expect(200);
        // It was looked up a moment ago, and ends all the same.
        world.advance(TimeDelta::minutes(1));
        let ended = read(&world, &old).await.refused(404, "not_found");
        assert_eq!(ended.json["detail"], read(&world, "abcdefghjkmn").await.json["detail"]);
        read(&world, &new).await.expect(200);
        sign_in_again(&world, &mut site).await;
        assert_eq!(former_keys(&world, &site).await, [] as [Value; 0]);
    });
}

#[test]
fn several_keys_overlap_and_each_can_be_ended_at_once() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "none" })).await;
        let mut keys = vec![site.key.clone()];
        for _ in 0..3 {
            keys.push(rotate(world, &site, &json!({})).await.expect(200).text("key"));
        }
        for key in &keys {
            read(world, key).await.expect(200);
        }
        let former = former_keys(world, &site).await;
        let middle = former.iter().find(|one| one["key"] == *keys[1]).unwrap();
        let path = site.admin(&format!("sites/{}/keys/{}", site.id, middle["id"].as_str().unwrap()));
        let end = || world.ask(Method::DELETE, &path).by(&site.owner.account).send();
        end().await.expect(204);
        end().await.refused(404, "not_found");
        read(world, &keys[1]).await.refused(404, "not_found");
        for key in [&keys[0], &keys[2], &keys[3]] {
            read(world, key).await.expect(200);
        }
        let entries = record(world, &site, "site_key_ended").await;
        assert_eq!(entries[0]["data"]["from"], *keys[1]);

        // Deleted, it is not there by any of them.
        delete(world, &site).await.expect(200);
        for key in &keys {
            read(world, key).await.refused(404, "not_found");
        }
    });
}

#[test]
fn an_overlap_has_its_bounds() {
    run(async {
        let world = world();
        let site = world.site(json!({})).await;
        let now = world.app.clock.now();
        for ends_at in [now - TimeDelta::days(1), now + TimeDelta::days(366)] {
            rotate(world, &site, &json!({ "ends_at": ends_at }))
                .await
                .refused_for("/ends_at", "out_of_range");
        }
        let ends_at = now + TimeDelta::days(364);
        for _ in 0..10 {
            rotate(world, &site, &json!({ "ends_at": ends_at })).await.expect(200);
        }
        rotate(world, &site, &json!({}))
            .await
            .refused_for("/ends_at", "too_many");
    });
}

#[test]
fn rotations_at_once_lose_no_key() {
    run(async {
        let world = world();
        let site = world.site(json!({})).await;
        let made = join_all((0..8).map(async |_| rotate(world, &site, &json!({})).await)).await;
        let keys: Vec<String> = made.into_iter().map(|one| one.expect(200).text("key")).collect();
        for key in keys.iter().chain([&site.key]) {
            read(world, key).await.expect(200);
        }
        assert_eq!(former_keys(world, &site).await.len(), 8);
    });
}

#[test]
fn settings_are_copied_by_sections_and_seen_before() {
    run(async {
        let world = world();
        let source = world
            .site(json!({ "moderation": "links", "max_depth": 2, "address_days": 7, "hash_salt": "secret of one" }))
            .await;
        let path = source.admin("sites");
        let body = json!({ "name": "Target", "origins": [ORIGIN], "settings": { "links_to_hold": 5 } });
        let made = world
            .post(&path, &body)
            .by(&source.owner.account)
            .send()
            .await
            .expect(201);
        let path = source.admin(&format!("sites/{}/settings/copy", made.text("id")));
        let copy = |by: &Account, sections: Value, preview: bool| {
            let body = json!({ "from": source.id, "sections": sections, "preview": preview });
            world.post(&path, &body).by(by).send()
        };
        let owner = &source.owner.account;
        let both = json!(["moderation", "privacy"]);
        let seen = copy(owner, both.clone(), true).await.expect(200);
        let expected = json!([
            { "name": "moderation", "section": "moderation", "from": "all", "to": "links" },
            { "name": "links_to_hold", "section": "moderation", "from": 5, "to": 2 },
            { "name": "address_days", "section": "privacy", "from": 90, "to": 7 },
        ]);
        assert_eq!(seen.json["differences"], expected);
        assert_eq!(seen.json["site"]["settings"], made.json["settings"], "nothing was done");
        assert_eq!(record(world, &source, "settings_copied").await.len(), 0);

        let done = copy(owner, both, false).await.expect(200);
        assert_eq!(done.json["differences"], expected);
        let settings = &done.json["site"]["settings"];
        assert_eq!(settings["moderation"], "links");
        assert_eq!(
            (&settings["max_depth"], &settings["hash_salt"]),
            (&json!(6), &json!(""))
        );
        let entries = record(world, &source, "settings_copied").await;
        assert_eq!(entries[0]["data"]["source_id"], source.id);
        assert_eq!(
            entries[0]["data"]["settings"]["address_days"],
            json!({ "from": 90, "to": 7 })
        );

        copy(owner, json!([]), true).await.refused_for("/sections", "required");
        copy(owner, json!(["votes", "colours"]), true)
            .await
            .refused_for("/sections/1", "invalid");
        let moderator = world.member(&source, Role::Moderator, Reach::All).await;
        copy(&moderator, json!(["votes"]), true)
            .await
            .refused(403, "not_permitted");
        // Another tenant's settings are nobody's here.
        let foreign = world.site(json!({ "max_depth": 1 })).await;
        let body = json!({ "from": foreign.id, "sections": ["reading"], "preview": true });
        world
            .post(&path, &body)
            .by(owner)
            .send()
            .await
            .refused(404, "not_found");
    });
}

#[test]
fn a_site_moves_to_another_tenant_of_its_owner_with_all_that_was_said() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "none" })).await;
        let owner = &site.owner.account;
        site.say(world, "post", "A word").await.expect(201);
        let reach = Reach::Only(vec![site.id.parse().unwrap()]);
        let limited = world.member(&site, Role::Moderator, reach).await;
        let invite = json!({ "email": "later@example.org", "role": "moderator", "site_ids": [site.id] });
        world
            .post(&site.admin("invitations"), &invite)
            .by(owner)
            .send()
            .await
            .expect(201);
        let wish = json!({ "name": "Build", "scopes": ["read"], "site_ids": [site.id] });
        let key = world
            .post(&site.admin("api-keys"), &wish)
            .by(owner)
            .send()
            .await
            .expect(201)
            .text("key");

        let elsewhere = world.post("/v1/admin/tenants", &json!({ "name": "Elsewhere" }));
        let elsewhere = elsewhere.by(owner).send().await.expect(201).text("id");
        let to = |tenant: &str| json!({ "tenant_id": tenant });
        let moved = act_with(world, &site, "move", &to(&elsewhere)).await.expect(200);
        assert_eq!(moved.text("tenant_id"), elsewhere);
        assert_eq!(moved.text("key"), site.key);

        assert_eq!(
            site.read(world, "post").await.numbers(),
            [1],
            "its pages notice nothing"
        );
        site.say(world, "post", "Another").await.expect(201);
        assert_eq!(listed(world, &site, "").await, [""; 0]);
        act(world, &site, "archive").await.refused(404, "not_found");
        assert_eq!(site.list(world, "comments").await.numbers(), [0; 0]);
        let path = format!("/v1/admin/tenants/{elsewhere}/comments");
        assert_eq!(world.get(&path).by(owner).send().await.expect(200).numbers(), [2, 1]);

        // Nobody follows it.
        world.get(&path).by(&limited).send().await.refused(404, "not_found");
        let list = site.admin("sites");
        assert_eq!(
            world.get(&list).bearing(&key).send().await.expect(200).json["sites"],
            json!([])
        );
        let invitations = world.get(&site.admin("invitations")).by(owner).send().await.expect(200);
        assert_eq!(invitations.json["invitations"][0]["site_ids"], json!([]));
        let members = world.get(&site.admin("members")).by(owner).send().await.expect(200);
        assert_eq!(members.json["members"][1]["site_ids"], json!([]));

        assert_eq!(
            record(world, &site, "site_moved_out").await[0]["data"]["to"],
            "Elsewhere"
        );
        let path = format!("/v1/admin/tenants/{elsewhere}/audit");
        let there = world.get(&path).by(owner).send().await.expect(200);
        let entry = &there.json["entries"][0];
        assert_eq!(
            (&entry["change"], &entry["data"]["from"]),
            (&json!("site_moved_in"), &json!("A tenant"))
        );
    });
}

#[test]
fn a_site_moves_only_between_tenants_of_one_owner() {
    run(async {
        let world = world();
        let (site, other) = (world.site(json!({})).await, world.site(json!({})).await);
        let to = json!({ "tenant_id": other.owner.tenant_id });
        act_with(world, &site, "move", &to).await.refused(404, "not_found");
        for role in [Role::Moderator, Role::Admin] {
            let (tenant, id) = (
                other.owner.tenant_id.parse().unwrap(),
                site.owner.account.id.parse().unwrap(),
            );
            world
                .within(async move |app| {
                    membership::Entity::delete_many()
                        .filter(membership::Column::TenantId.eq::<uuid::Uuid>(tenant))
                        .filter(membership::Column::AccountId.eq::<uuid::Uuid>(id))
                        .exec(app.db.read())
                        .await
                        .unwrap();
                    parlour::tenants::add_member(&app, tenant, id, role, &Reach::All)
                        .await
                        .unwrap();
                })
                .await;
            act_with(world, &site, "move", &to).await.refused(403, "not_permitted");
        }
        // An admin of the tenant that would lose it, who owns the other.
        let admin = world.member(&site, Role::Admin, Reach::All).await;
        let own = world.post("/v1/admin/tenants", &json!({ "name": "Mine" })).by(&admin);
        let own = own.send().await.expect(201).text("id");
        let path = site.admin(&format!("sites/{}/move", site.id));
        let taken = world.post(&path, &json!({ "tenant_id": own })).by(&admin).send().await;
        taken.refused(403, "not_permitted");
        assert_eq!(listed(world, &site, "").await, std::slice::from_ref(&site.id));
    });
}

#[test]
fn a_tenant_changes_hands_in_one_step() {
    run(async {
        let world = world();
        let site = world.site(json!({})).await;
        let reach = Reach::Only(vec![site.id.parse().unwrap()]);
        let heir = world.member(&site, Role::Moderator, reach).await;
        let admin = world.member(&site, Role::Admin, Reach::All).await;
        let transfer = |by: &Account, to: &str, step_down: bool| {
            let body = json!({ "account_id": to, "step_down": step_down });
            world.post(&site.admin("transfer"), &body).by(by).send()
        };
        let owner = &site.owner.account;
        transfer(&admin, &admin.id, true).await.refused(403, "not_permitted");
        transfer(owner, &owner.id, true)
            .await
            .refused_for("/account_id", "invalid");
        let stranger = world.somebody("stranger").await;
        transfer(owner, &stranger.id, true).await.refused(404, "not_found");

        let done = transfer(owner, &heir.id, true).await.expect(200);
        assert_eq!(done.text("role"), "admin");
        let members = world.get(&site.admin("members")).by(owner).send().await.expect(200);
        let role = |account: &Account| {
            let members = members.json["members"].as_array().unwrap();
            members
                .iter()
                .find(|one| one["account_id"] == account.id)
                .unwrap()
                .clone()
        };
        assert_eq!(
            (role(owner)["role"].clone(), role(&heir)["role"].clone()),
            (json!("admin"), json!("owner"))
        );
        assert_eq!(role(&heir).get("site_ids"), None, "for all sites");
        transfer(owner, &admin.id, false).await.refused(403, "not_permitted");
        let path = site.admin("audit?change=tenant_transferred");
        let entries = world.get(&path).by(&heir).send().await.expect(200);
        assert_eq!(entries.json["entries"][0]["data"]["from"], "moderator");
    });
}

#[test]
fn however_many_hand_it_on_at_once_a_tenant_has_an_owner() {
    run(async {
        let world = world();
        let site = world.site(json!({})).await;
        let second = world.member(&site, Role::Owner, Reach::All).await;
        let third = world.member(&site, Role::Moderator, Reach::All).await;
        let people = [&site.owner.account, &second, &third];
        let answers = join_all((0..20).map(async |n| {
            let (by, to) = (people[n % 2], people[if n % 2 == 1 { 2 } else { 1 + (n / 2) % 2 }]);
            let body = json!({ "account_id": to.id, "step_down": true });
            world.post(&site.admin("transfer"), &body).by(by).send().await
        }))
        .await;
        for answer in answers {
            assert!([200, 403].contains(&answer.status.as_u16()), "{}", answer.all());
        }
        let owners = membership::Entity::find()
            .filter(membership::Column::TenantId.eq(site.owner.tenant_id.parse::<uuid::Uuid>().unwrap()))
            .filter(membership::Column::Role.eq(Role::Owner))
            .count(world.app.db.read())
            .await
            .unwrap();
        assert!((1..=2).contains(&owners), "{owners}");
    });
}

#[test]
fn a_deleted_tenant_is_dark_can_be_looked_at_and_comes_back() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "none" })).await;
        let owner = &site.owner.account;
        site.say(world, "post", "A word").await.expect(201);
        let earlier = json!({ "name": "Earlier", "origins": [ORIGIN], "settings": {} });
        let earlier = world
            .post(&site.admin("sites"), &earlier)
            .by(owner)
            .send()
            .await
            .expect(201);
        let path = site.admin(&format!("sites/{}", earlier.text("id")));
        world.ask(Method::DELETE, &path).by(owner).send().await.expect(200);
        let admin = world.member(&site, Role::Admin, Reach::All).await;
        let wish = json!({ "name": "Build", "scopes": ["read"] });
        let key = world
            .post(&site.admin("api-keys"), &wish)
            .by(owner)
            .send()
            .await
            .expect(201)
            .text("key");
        let invite = json!({ "email": admin.email, "role": "moderator" });
        let link = world.post(
            &site.admin("invitations"),
            &json!({ "email": "new@example.org", "role": "admin" }),
        );
        let link = link.by(owner).send().await.expect(201).text("link");

        tenant(world, Method::DELETE, &site, "", &admin)
            .await
            .refused(403, "not_permitted");
        let gone = tenant(world, Method::DELETE, &site, "", owner).await.expect(200);
        let again = tenant(world, Method::DELETE, &site, "", owner).await.expect(200);
        assert_eq!(gone.text("erase_at"), again.text("erase_at"));

        read(world, &site.key).await.refused(404, "not_found");
        world
            .get(&site.admin("sites"))
            .bearing(&key)
            .send()
            .await
            .refused(403, "tenant_deleted");
        let me = world.get("/v1/admin/me").by(&admin).send().await.expect(200);
        assert_eq!(me.json["tenants"][0]["erase_at"], gone.json["erase_at"]);
        world.get(&site.admin("members")).by(&admin).send().await.expect(200);
        for (path, body) in [
            ("sites", json!({ "name": "New", "origins": [ORIGIN] })),
            ("invitations", invite),
            ("api-keys", wish),
        ] {
            let answer = world.post(&site.admin(path), &body).by(owner).send().await;
            answer.refused(403, "tenant_deleted");
        }
        act(world, &site, "restore").await.refused(409, "state_changed");
        let token = link.split_once("#token=").unwrap().1;
        let join = json!({ "token": token, "name": "New", "password": crate::world::PASSWORD });
        let join = world.post("/v1/admin/invitations/join", &join).send().await;
        join.refused(403, "tenant_deleted");
        tenant(world, Method::GET, &site, "/export", owner).await.expect(200);

        tenant(world, Method::POST, &site, "/restore", &admin)
            .await
            .refused(403, "not_permitted");
        let back = tenant(world, Method::POST, &site, "/restore", owner).await.expect(200);
        assert_eq!(back.json.get("erase_at"), None);
        assert_eq!(site.read(world, "post").await.numbers(), [1]);
        world.get(&site.admin("sites")).bearing(&key).send().await.expect(200);
        assert_eq!(
            listed(world, &site, "?standing=deleted").await,
            [earlier.text("id")],
            "what was deleted before stays deleted"
        );
    });
}

#[test]
fn when_its_days_are_over_nothing_of_a_tenant_is_left_but_its_people() {
    run(async {
        let world = World::start(|config| config.tenant_grace_days = 5);
        let mut site = lively_site(&world).await;
        let other = lively_site(&world).await;
        add_events(&world, &site, 1200).await;
        world
            .member(&site, Role::Moderator, Reach::Only(vec![site.id.parse().unwrap()]))
            .await;
        let wish = json!({ "name": "Build", "scopes": ["read"] });
        let owner = &site.owner.account;
        world
            .post(&site.admin("api-keys"), &wish)
            .by(owner)
            .send()
            .await
            .expect(201);
        let guest = json!({ "email": "guest@example.org", "role": "moderator" });
        world
            .post(&site.admin("invitations"), &guest)
            .by(owner)
            .send()
            .await
            .expect(201);
        let before = rows(&world, &other.id).await;
        tenant(&world, Method::DELETE, &site, "", owner).await.expect(200);
        world.advance(TimeDelta::days(5) + TimeDelta::minutes(2));
        assert!(work(&world).await >= 3);

        let id: uuid::Uuid = site.owner.tenant_id.parse().unwrap();
        let db = world.app.db.read();
        macro_rules! none {
            ($($table:ident $column:ident),*) => {
                $(assert_eq!(
                    $table::Entity::find().filter($table::Column::$column.eq(id)).count(db).await.unwrap(),
                    0,
                    stringify!($table)
                );)*
            };
        }
        none!(tenant Id, membership TenantId, membership_site TenantId, invitation TenantId, api_key TenantId, audit_entry TenantId, site TenantId);
        let left: Vec<(&str, u64)> = rows(&world, &site.id)
            .await
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .collect();
        assert_eq!(left, []);
        assert_eq!(rows(&world, &other.id).await, before);
        sign_in_again(&world, &mut site).await;
        let me = world
            .get("/v1/admin/me")
            .by(&site.owner.account)
            .send()
            .await
            .expect(200);
        assert_eq!(me.json["tenants"], json!([]));
    });
}

fn lines(answer: &Answer) -> Vec<Value> {
    let text = String::from_utf8(answer.body.to_vec()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn an_export_has_all_of_a_tenant_and_nothing_of_others() {
    run(async {
        let world = world();
        let (site, other) = (lively_site(world).await, lively_site(world).await);
        let author = json!({ "name": "Ada", "email": "ada@example.org" });
        // More than one batch of comments.
        for n in 0..120 {
            let draft =
                json!({ "thread": { "id": "long" }, "text": format!("Word {n} with *style*"), "author": author });
            site.draft(world, &draft).await.expect(201);
        }
        let words = json!({ "subject": "A word about {thread}", "opening": "", "closing": "Cheers" });
        world
            .ask(
                Method::PUT,
                &site.admin(&format!("sites/{}/mail-texts/comment/en", site.id)),
            )
            .by(&site.owner.account)
            .json(&words)
            .send()
            .await
            .expect(200);
        let hook =
            json!({ "name": "A receiver", "events": ["comment.created"], "url": "https://93.184.215.14:1/told" });
        let hook = world
            .post(&site.admin("webhooks"), &hook)
            .by(&site.owner.account)
            .send()
            .await
            .expect(201);
        let moderator = world.member(&site, Role::Moderator, Reach::All).await;
        let admin = world.member(&site, Role::Admin, Reach::All).await;
        for who in [&moderator, &admin] {
            tenant(world, Method::GET, &site, "/export", who)
                .await
                .refused(403, "not_permitted");
        }
        let answer = tenant(world, Method::GET, &site, "/export", &site.owner.account)
            .await
            .expect(200);
        assert_eq!(answer.header("content-type"), "application/x-ndjson");
        assert_eq!(
            answer.header("content-disposition"),
            "attachment; filename=\"parlour-tenant.ndjson\""
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("cache-control"), "no-store");
        let all = answer.all();
        for foreign in [
            &other.id,
            &other.key,
            &other.owner.tenant_id,
            &other.owner.account.email,
            &hook.text("secret"),
        ] {
            assert!(!all.contains(foreign), "{foreign}");
        }
        let lines = lines(&answer);
        let of = |kind: &str| lines.iter().filter(|line| line["kind"] == kind).collect::<Vec<_>>();
        assert_eq!(lines[0]["kind"], "parlour_export");
        let last = lines.last().unwrap();
        assert_eq!((&last["kind"], &last["lines"]), (&json!("end"), &json!(lines.len())));
        assert_eq!(of("tenant").len(), 1);
        assert_eq!(of("member").len(), 3);
        assert_eq!(of("site")[0]["settings"]["moderation"], "none");
        assert_eq!(of("site")[0]["origins"], json!([ORIGIN]));
        assert_eq!(of("thread").len(), 2);
        assert_eq!(of("thread")[0]["keys"], json!(["id:post"]));
        let comments = of("comment");
        assert_eq!(comments.len(), 122);
        assert_eq!(comments[0]["votes"], json!({ "up": 1, "down": 0 }));
        assert_eq!(comments[1]["parent_id"], comments[0]["id"]);
        assert_eq!(comments[2]["source"], "Word 0 with *style*");
        assert_eq!(comments[2]["author"]["email"], "ada@example.org");
        assert!(comments[2]["html"].as_str().unwrap().contains("<em>style</em>"));
        assert!(of("event").len() >= 122);
        let text = of("mail_text")[0];
        assert_eq!(
            (&text["mail"], &text["locale"], &text["subject"], &text["closing"]),
            (
                &json!("comment"),
                &json!("en"),
                &json!("A word about {thread}"),
                &json!("Cheers")
            )
        );
        let told = of("webhook");
        assert_eq!(told.len(), 1);
        assert_eq!(told[0]["events"], json!(["comment.created"]));
        assert!(told[0]["address"].as_str().unwrap().contains("93.184.215.14"));
        assert_eq!(of("audit").last().unwrap()["change"], "tenant_exported");
    });
}

#[test]
fn the_record_is_taken_out_whole_and_as_a_table_without_formulas() {
    run(async {
        let world = world();
        let site = world.site(json!({})).await;
        let owner = &site.owner.account;
        let path = site.admin(&format!("sites/{}", site.id));
        for n in 0..130 {
            let name = json!({ "name": format!("=1+{n}") });
            world
                .ask(Method::PATCH, &path)
                .json(&name)
                .by(owner)
                .send()
                .await
                .expect(200);
        }
        let admin = world.member(&site, Role::Admin, Reach::All).await;
        tenant(world, Method::GET, &site, "/audit/export", &admin)
            .await
            .refused(403, "not_permitted");
        let answer = tenant(world, Method::GET, &site, "/audit/export?change=site_renamed", owner)
            .await
            .expect(200);
        let renamed = lines(&answer);
        assert_eq!(renamed.len(), 130);
        assert_eq!(renamed[0]["data"]["to"], "=1+129", "the latest first");

        let name = json!({ "name": "=cmd|' /C calc'!A0" });
        let account = world.somebody("=cmd").await;
        let (tenant_id, id) = (site.owner.tenant_id.parse().unwrap(), account.id.parse().unwrap());
        let role = Role::Admin;
        world
            .within(async move |app| {
                parlour::tenants::add_member(&app, tenant_id, id, role, &Reach::All)
                    .await
                    .unwrap();
            })
            .await;
        world
            .ask(Method::PATCH, &path)
            .json(&name)
            .by(&account)
            .send()
            .await
            .expect(200);
        let table = tenant(world, Method::GET, &site, "/audit/export?form=csv", owner)
            .await
            .expect(200);
        assert_eq!(table.header("content-type"), "text/csv; charset=utf-8");
        assert_eq!(
            table.header("content-disposition"),
            "attachment; filename=\"parlour-record.csv\""
        );
        assert_eq!(table.header("x-content-type-options"), "nosniff");
        let text = String::from_utf8(table.body.to_vec()).unwrap();
        let mut rows = text.lines();
        assert_eq!(
            rows.next().unwrap(),
            "id,at,change,account_id,name,site_id,data,network"
        );
        let of_him = rows.find(|row| row.contains("site_renamed")).unwrap();
        assert!(of_him.contains(",'=cmd,"), "{of_him}");
        let bad = tenant(world, Method::GET, &site, "/audit/export?change=nothing", owner).await;
        bad.refused(400, "invalid_parameter");
        assert_eq!(record(world, &site, "audit_exported").await.len(), 2);
    });
}
