//! Members, invitations, and the record of what was changed.

use chrono::TimeDelta;
use entity::membership::Role;
use futures_util::future::join;
use http::Method;
use parlour::accounts;
use parlour::config::SignUp;
use parlour::error::ErrorCode;
use parlour::tenants::policy::Act;
use parlour::tenants::{self, Reach};
use serde_json::{Value, json};

use crate::world::{Account, Answer, ORIGIN, PASSWORD, Site, World, run, world};

async fn invite(world: &World, site: &Site, by: &Account, body: &Value) -> Answer {
    world.post(&site.admin("invitations"), body).by(by).send().await
}

/// What follows `token=` in the link of an invitation.
fn token_of(invited: &Answer) -> String {
    let link = invited.text("link");
    let (page, token) = link.split_once("#token=").unwrap();
    assert!(page.ends_with("/admin/join"), "{page}");
    token.to_owned()
}

async fn token_for(world: &World, site: &Site, email: &str, role: &str) -> String {
    let body = json!({ "email": email, "role": role });
    token_of(&invite(world, site, &site.owner.account, &body).await.expect(201))
}

async fn accept(world: &World, who: &Account, token: &str) -> Answer {
    world
        .post("/v1/admin/invitations/accept", &json!({ "token": token }))
        .by(who)
        .send()
        .await
}

async fn join_anew(world: &World, token: &str) -> Answer {
    let body = json!({ "token": token, "name": "Grace", "password": PASSWORD });
    world.post("/v1/admin/invitations/join", &body).send().await
}

async fn look(world: &World, token: &str) -> Answer {
    world
        .post("/v1/admin/invitations/look", &json!({ "token": token }))
        .send()
        .await
}

async fn put(world: &World, site: &Site, by: &Account, whom: &str, body: &Value) -> Answer {
    let path = site.admin(&format!("members/{whom}"));
    world.ask(Method::PUT, &path).json(body).by(by).send().await
}

async fn remove(world: &World, site: &Site, by: &Account, whom: &str) -> Answer {
    let path = site.admin(&format!("members/{whom}"));
    world.ask(Method::DELETE, &path).by(by).send().await
}

async fn members(world: &World, site: &Site, by: &Account) -> Vec<Value> {
    let answer = world.get(&site.admin("members")).by(by).send().await.expect(200);
    answer.json["members"].as_array().unwrap().clone()
}

async fn record(world: &World, site: &Site, query: &str) -> Vec<Value> {
    let path = site.admin(&format!("audit{query}"));
    let answer = world.get(&path).by(&site.owner.account).send().await.expect(200);
    answer.json["entries"].as_array().unwrap().clone()
}

fn changes(entries: &[Value]) -> Vec<&str> {
    entries.iter().map(|entry| entry["change"].as_str().unwrap()).collect()
}

fn fresh_address() -> String {
    format!("grace-{:016x}@example.org", rand::random::<u64>())
}

#[test]
fn who_is_invited_makes_an_account_and_is_a_member() {
    run(async {
        let world = world();
        let site = world.site(json!({})).await;
        let email = fresh_address();
        let token = token_for(world, &site, &email, "moderator").await;

        let offer = look(world, &token).await.expect(200);
        assert_eq!(offer.text("email"), email);
        assert_eq!(offer.text("tenant"), "A tenant");
        assert_eq!(offer.text("role"), "moderator");
        assert_eq!(offer.json["sign_up_open"], true);

        let session = join_anew(world, &token).await.expect(201);
        assert!(session.cookie().contains("parlour_refresh="));
        let me = world
            .get("/v1/admin/me")
            .header("authorization", format!("Bearer {}", session.text("access_token")))
            .send()
            .await
            .expect(200);
        assert_eq!(me.json["account"]["email"], *email);
        assert_eq!(me.json["tenants"][0]["id"], *site.owner.tenant_id);
        assert_eq!(me.json["tenants"][0]["role"], "moderator");

        join_anew(world, &token).await.refused(403, "link_void");
        look(world, &token).await.refused(403, "link_void");
        let list = world
            .get(&site.admin("invitations"))
            .by(&site.owner.account)
            .send()
            .await;
        assert_eq!(list.expect(200).json["invitations"], json!([]));
    });
}

#[test]
fn who_has_an_account_accepts_and_nobody_else_does() {
    run(async {
        let world = world();
        let site = world.site(json!({})).await;
        let (guest, other) = (world.somebody("guest").await, world.somebody("other").await);
        // However the address is written.
        let token = token_for(world, &site, &guest.email.to_uppercase(), "admin").await;

        accept(world, &other, &token).await.refused(403, "not_permitted");
        join_anew(world, &token).await.refused(409, "already_exists");
        assert_eq!(members(world, &site, &site.owner.account).await.len(), 1);

        let tenant = accept(world, &guest, &token).await.expect(200);
        assert_eq!(
            (tenant.text("id"), tenant.text("role")),
            (site.owner.tenant_id.clone(), "admin".to_owned())
        );
        accept(world, &guest, &token).await.refused(403, "link_void");
        accept(world, &other, &token).await.refused(403, "link_void");

        let again = json!({ "email": guest.email, "role": "moderator" });
        invite(world, &site, &site.owner.account, &again)
            .await
            .refused(409, "already_exists");
    });
}

#[test]
fn a_link_used_twice_at_once_lets_one_in() {
    run(async {
        let world = world();
        let site = world.site(json!({})).await;
        let guest = world.somebody("guest").await;
        let token = token_for(world, &site, &guest.email, "moderator").await;
        let (one, two) = join(accept(world, &guest, &token), accept(world, &guest, &token)).await;
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 403], "{} {}", one.all(), two.all());
        assert_eq!(members(world, &site, &site.owner.account).await.len(), 2);
    });
}

#[test]
fn a_link_is_void_after_a_week_when_taken_back_and_when_made_anew() {
    run(async {
        let world = World::start(|_| {});
        let site = world.site(json!({})).await;
        let email = fresh_address();
        let first = token_for(&world, &site, &email, "moderator").await;
        let second = token_for(&world, &site, &email, "admin").await;
        look(&world, &first).await.refused(403, "link_void");
        assert_eq!(look(&world, &second).await.expect(200).text("role"), "admin");

        let list = world
            .get(&site.admin("invitations"))
            .by(&site.owner.account)
            .send()
            .await
            .expect(200);
        let invitations = list.json["invitations"].as_array().unwrap();
        assert_eq!(invitations.len(), 1);
        let path = site.admin(&format!("invitations/{}", invitations[0]["id"].as_str().unwrap()));
        world
            .ask(Method::DELETE, &path)
            .by(&site.owner.account)
            .send()
            .await
            .expect(204);
        join_anew(&world, &second).await.refused(403, "link_void");

        let third = token_for(&world, &site, &email, "moderator").await;
        world.advance(TimeDelta::days(7));
        look(&world, &third).await.refused(403, "link_void");
        join_anew(&world, &third).await.refused(403, "link_void");
    });
}

#[test]
fn where_the_operator_makes_accounts_an_invitation_makes_none() {
    run(async {
        let closed = World::start(|config| config.sign_up = SignUp::Closed);
        join_anew(&closed, "x").await.refused(403, "sign_up_closed");

        let invited = World::start(|config| config.sign_up = SignUp::Invited);
        let newcomer = json!({ "email": "eve@example.org", "name": "Eve", "password": PASSWORD });
        invited
            .post("/v1/admin/accounts", &newcomer)
            .send()
            .await
            .refused(403, "sign_up_closed");
        // The door is open, the link is not one.
        join_anew(&invited, "x").await.refused(403, "link_void");
    });
}

#[test]
fn nobody_gives_or_takes_a_role_above_his_own() {
    run(async {
        let world = world();
        let site = world.site(json!({})).await;
        let owner = &site.owner.account;
        let admin = world.member(&site, Role::Admin, Reach::All).await;
        let moderator = world.member(&site, Role::Moderator, Reach::All).await;

        let to_owner = json!({ "role": "owner" });
        for whom in [&admin.id, &moderator.id] {
            put(world, &site, &admin, whom, &to_owner)
                .await
                .refused(403, "not_permitted");
            put(world, &site, &moderator, whom, &to_owner)
                .await
                .refused(403, "not_permitted");
        }
        let down = json!({ "role": "moderator" });
        put(world, &site, &admin, &owner.id, &down)
            .await
            .refused(403, "not_permitted");
        remove(world, &site, &admin, &owner.id)
            .await
            .refused(403, "not_permitted");
        remove(world, &site, &moderator, &admin.id)
            .await
            .refused(403, "not_permitted");
        let guest = json!({ "email": fresh_address(), "role": "owner" });
        invite(world, &site, &admin, &guest).await.refused(403, "not_permitted");

        let promoted = put(world, &site, &admin, &moderator.id, &json!({ "role": "admin" }))
            .await
            .expect(200);
        assert_eq!(promoted.text("role"), "admin");
        put(world, &site, owner, &admin.id, &to_owner).await.expect(200);
        // As an owner he may now, and holds at once.
        put(world, &site, &admin, &owner.id, &down).await.expect(200);
        put(world, &site, owner, &admin.id, &down)
            .await
            .refused(403, "not_permitted");
    });
}

#[test]
fn a_tenant_keeps_an_owner_whoever_goes_at_once() {
    run(async {
        let world = world();
        let site = world.site(json!({})).await;
        let owner = &site.owner.account;
        remove(world, &site, owner, &owner.id).await.refused(409, "last_owner");
        put(world, &site, owner, &owner.id, &json!({ "role": "admin" }))
            .await
            .refused(409, "last_owner");

        let second = world.member(&site, Role::Owner, Reach::All).await;
        let (one, two) = join(
            remove(world, &site, owner, &owner.id),
            remove(world, &site, &second, &second.id),
        )
        .await;
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 409], "{} {}", one.all(), two.all());
    });
}

#[test]
fn who_leaves_or_is_removed_is_a_stranger_at_once() {
    run(async {
        let world = world();
        let site = world.site(json!({})).await;
        let moderator = world.member(&site, Role::Moderator, Reach::All).await;
        let admin = world.member(&site, Role::Admin, Reach::All).await;
        for (by, whom) in [(&moderator, &moderator), (&site.owner.account, &admin)] {
            world.get(&site.admin("sites")).by(whom).send().await.expect(200);
            remove(world, &site, by, &whom.id).await.expect(204);
            world
                .get(&site.admin("sites"))
                .by(whom)
                .send()
                .await
                .refused(404, "not_found");
            remove(world, &site, &site.owner.account, &whom.id)
                .await
                .refused(404, "not_found");
        }
    });
}

#[test]
fn a_moderator_is_limited_to_sites_of_the_tenant() {
    run(async {
        let world = world();
        let (site, foreign) = (world.site(json!({})).await, world.site(json!({})).await);
        let owner = &site.owner.account;
        let moderator = world.member(&site, Role::Moderator, Reach::All).await;
        let limit = |role: &str, sites: &[&str]| json!({ "role": role, "site_ids": sites });

        for (body, code) in [
            (limit("moderator", &[&foreign.id]), "not_found"),
            (limit("moderator", &[&site.id, &foreign.id]), "not_found"),
            (limit("moderator", &[]), "required"),
            (limit("admin", &[&site.id]), "invalid"),
        ] {
            put(world, &site, owner, &moderator.id, &body)
                .await
                .refused_for("/site_ids", code);
            let mut body = body;
            body["email"] = json!(fresh_address());
            invite(world, &site, owner, &body).await.refused_for("/site_ids", code);
        }

        let twice = limit("moderator", &[&site.id, &site.id]);
        let limited = put(world, &site, owner, &moderator.id, &twice).await.expect(200);
        assert_eq!(limited.json["site_ids"], json!([site.id]));
        let body = json!({ "name": "Another", "origins": [ORIGIN] });
        let another = world
            .post(&site.admin("sites"), &body)
            .by(owner)
            .send()
            .await
            .expect(201);
        let seen = world.get(&site.admin("sites")).by(&moderator).send().await.expect(200);
        assert_eq!(
            seen.json["sites"].as_array().unwrap().len(),
            1,
            "not what was added later"
        );

        let email = fresh_address();
        let mut guest = limit("moderator", &[&another.text("id")]);
        guest["email"] = json!(email);
        let token = token_of(&invite(world, &site, owner, &guest).await.expect(201));
        join_anew(world, &token).await.expect(201);
        let joined = members(world, &site, owner)
            .await
            .into_iter()
            .find(|one| one["email"] == *email)
            .unwrap();
        assert_eq!(joined["site_ids"], json!([another.text("id")]));

        let all = put(world, &site, owner, &moderator.id, &json!({ "role": "moderator" }))
            .await
            .expect(200);
        assert!(all.json.get("site_ids").is_none());
    });
}

#[test]
fn the_record_says_who_changed_what_and_no_secret() {
    run(async {
        let world = world();
        let site = world.site(json!({})).await;
        let owner = &site.owner.account;
        let salt = "a salt that nobody is to see";
        site.change_settings(world, &json!({ "min_text_length": 9, "hash_salt": salt }))
            .await;
        // What changes nothing is no change.
        site.change_settings(world, &json!({ "min_text_length": 9 })).await;
        let rename = json!({ "name": "A better blog" });
        let path = site.admin(&format!("sites/{}", site.id));
        world
            .ask(Method::PATCH, &path)
            .json(&rename)
            .by(owner)
            .send()
            .await
            .expect(200);
        let email = fresh_address();
        let token = token_for(world, &site, &email, "moderator").await;
        join_anew(world, &token).await.expect(201);
        let grace = members(world, &site, owner)
            .await
            .into_iter()
            .find(|one| one["email"] == *email)
            .unwrap();
        put(
            world,
            &site,
            owner,
            grace["account_id"].as_str().unwrap(),
            &json!({ "role": "admin" }),
        )
        .await
        .expect(200);

        let entries = record(world, &site, "").await;
        assert_eq!(
            changes(&entries),
            [
                "member_changed",
                "member_joined",
                "member_invited",
                "site_renamed",
                "settings_changed",
                "site_created",
                "tenant_created"
            ]
        );
        let of = |change: &str| entries.iter().find(|entry| entry["change"] == *change).unwrap();
        assert_eq!(of("member_changed")["data"]["from"], "moderator");
        assert_eq!(of("member_changed")["data"]["to"], "admin");
        assert_eq!(of("member_changed")["account_id"], *owner.id);
        assert_eq!(of("member_joined")["account_id"], grace["account_id"]);
        assert_eq!(of("member_joined")["name"], "Grace");
        assert_eq!(of("settings_changed")["data"]["settings"]["min_text_length"]["to"], 9);
        assert_eq!(of("settings_changed")["site_id"], *site.id);
        let whole = Value::from(entries.clone()).to_string();
        assert!(
            !whole.contains(salt) && !whole.contains(&token) && !whole.contains("127.0.0.1"),
            "{whole}"
        );
        let networks: Vec<&str> = entries.iter().map(|entry| entry["network"].as_str().unwrap()).collect();
        assert!(
            networks
                .iter()
                .all(|network| *network == networks[0] && network.len() > 10),
            "one network, one hash"
        );

        // In pages, and of one kind.
        let first = world
            .get(&site.admin("audit?limit=3"))
            .by(owner)
            .send()
            .await
            .expect(200);
        let rest = record(world, &site, &format!("?before={}", first.text("next"))).await;
        assert_eq!(
            first.json["entries"].as_array().unwrap().len() + rest.len(),
            entries.len()
        );
        assert_eq!(
            changes(&record(world, &site, "?change=site_renamed").await),
            ["site_renamed"]
        );
        let unknown = world.get(&site.admin("audit?change=nonsense")).by(owner).send().await;
        unknown.refused(400, "invalid_parameter");
    });
}

#[test]
fn what_is_refused_is_not_on_record() {
    run(async {
        let world = world();
        let site = world.site(json!({})).await;
        let before = record(world, &site, "").await;
        let admin = world.member(&site, Role::Admin, Reach::All).await;
        put(
            world,
            &site,
            &admin,
            &site.owner.account.id,
            &json!({ "role": "moderator" }),
        )
        .await
        .refused(403, "not_permitted");
        remove(world, &site, &site.owner.account, &site.owner.account.id)
            .await
            .refused(409, "last_owner");
        let nobody = json!({ "email": "no address", "role": "moderator" });
        invite(world, &site, &admin, &nobody)
            .await
            .refused_for("/email", "invalid");
        assert_eq!(record(world, &site, "").await, before);
    });
}

#[test]
fn what_was_taken_from_somebody_who_is_at_it_already_is_gone() {
    run(async {
        let world = world();
        let site = world.site(json!({})).await;
        let admin = world.member(&site, Role::Admin, Reach::All).await;
        let moderator = world.member(&site, Role::Moderator, Reach::All).await;
        let (token, tenant) = (admin.token.clone(), site.owner.tenant_id.parse().unwrap());
        let came_in = world
            .within(move |app| async move {
                let caller = accounts::recognise(&app, &token).await.unwrap();
                tenants::enter(&app, &caller, tenant, Act::ManageMembers).await.unwrap()
            })
            .await;
        let down = json!({ "role": "moderator" });
        put(world, &site, &site.owner.account, &admin.id, &down)
            .await
            .expect(200);
        let whom = moderator.id.parse().unwrap();
        let outcome = world
            .within(move |app| async move { tenants::members::remove(&app, &came_in, whom).await })
            .await;
        assert_eq!(outcome.unwrap_err().code(), ErrorCode::NotPermitted);
        assert_eq!(members(world, &site, &site.owner.account).await.len(), 3);
    });
}
