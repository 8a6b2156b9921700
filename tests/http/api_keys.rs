//! Keys with which programs act for a tenant. What each scope may do is in the sweeps.

use chrono::{TimeDelta, Utc};
use entity::membership::Role;
use http::Method;
use parlour::tenants::Reach;
use serde_json::{Value, json};

use crate::world::{Account, Answer, ORIGIN, Site, World, run, world};

async fn make(world: &World, site: &Site, by: &Account, wish: &Value) -> Answer {
    world.post(&site.admin("api-keys"), wish).by(by).send().await
}

async fn key_of(world: &World, site: &Site, scopes: &[&str]) -> String {
    let wish = json!({ "name": "A program", "scopes": scopes });
    make(world, site, &site.owner.account, &wish)
        .await
        .expect(201)
        .text("key")
}

async fn sites(world: &World, site: &Site, key: &str) -> Answer {
    world.get(&site.admin("sites")).bearing(key).send().await
}

async fn list(world: &World, site: &Site) -> Vec<Value> {
    let answer = world
        .get(&site.admin("api-keys"))
        .by(&site.owner.account)
        .send()
        .await
        .expect(200);
    answer.json["api_keys"].as_array().unwrap().clone()
}

#[test]
fn a_key_is_shown_once_used_and_revoked() {
    run(async {
        let world = world();
        let site = world.site(json!({})).await;
        let key = key_of(world, &site, &["read"]).await;
        assert!(key.starts_with("parlour_") && key.len() > 40, "{key}");
        let before = list(world, &site).await;
        assert!(
            !Value::from(before.clone()).to_string().contains(&key),
            "only how it begins"
        );
        assert!(key.starts_with(before[0]["prefix"].as_str().unwrap()));
        assert!(before[0].get("last_used_at").is_none());

        sites(world, &site, &key).await.expect(200);
        assert!(list(world, &site).await[0]["last_used_at"].is_string());

        let path = site.admin(&format!("api-keys/{}", before[0]["id"].as_str().unwrap()));
        world
            .ask(Method::DELETE, &path)
            .by(&site.owner.account)
            .send()
            .await
            .expect(204);
        sites(world, &site, &key).await.refused(401, "unauthenticated");
        assert_eq!(list(world, &site).await, [json!(null); 0]);
        let again = world.ask(Method::DELETE, &path).by(&site.owner.account).send().await;
        again.refused(404, "not_found");
    });
}

#[test]
fn a_key_expires_by_its_own_date() {
    run(async {
        let world = World::start(|_| {});
        let site = world.site(json!({})).await;
        let at = (Utc::now() + TimeDelta::days(2)).to_rfc3339();
        let wish = json!({ "name": "For two days", "scopes": ["read"], "expires_at": at });
        let key = make(&world, &site, &site.owner.account, &wish)
            .await
            .expect(201)
            .text("key");
        world.advance(TimeDelta::days(1));
        sites(&world, &site, &key).await.expect(200);
        world.advance(TimeDelta::days(1) + TimeDelta::minutes(1));
        sites(&world, &site, &key).await.refused(401, "unauthenticated");
    });
}

#[test]
fn a_key_goes_no_further_than_who_made_it() {
    run(async {
        let world = world();
        let site = world.site(json!({})).await;
        let admin = world.member(&site, Role::Admin, Reach::All).await;
        let wish = json!({ "name": "Of an admin", "scopes": ["admin"] });
        let key = make(world, &site, &admin, &wish).await.expect(201).text("key");
        let rename = async |name: &str| {
            let path = site.admin(&format!("sites/{}", site.id));
            let ask = world.ask(Method::PATCH, &path).json(&json!({ "name": name }));
            ask.bearing(&key).send().await
        };
        rename("By the program").await.expect(200);

        let path = site.admin(&format!("members/{}", admin.id));
        let down = world.ask(Method::PUT, &path).json(&json!({ "role": "moderator" }));
        down.by(&site.owner.account).send().await.expect(200);
        rename("Once more").await.refused(403, "not_permitted");
        sites(world, &site, &key).await.expect(200);

        world
            .ask(Method::DELETE, &path)
            .by(&site.owner.account)
            .send()
            .await
            .expect(204);
        sites(world, &site, &key).await.refused(404, "not_found");
    });
}

#[test]
fn a_key_sees_the_sites_that_it_is_limited_to_and_makes_none() {
    run(async {
        let world = world();
        let site = world.site(json!({})).await;
        let owner = &site.owner.account;
        let body = json!({ "name": "Another", "origins": [ORIGIN] });
        let another = world
            .post(&site.admin("sites"), &body)
            .by(owner)
            .send()
            .await
            .expect(201);
        let wish = json!({ "name": "Of one site", "scopes": ["admin"], "site_ids": [another.text("id")] });
        let key = make(world, &site, owner, &wish).await.expect(201).text("key");
        let seen = sites(world, &site, &key).await.expect(200);
        assert_eq!(seen.json["sites"].as_array().unwrap().len(), 1);
        assert_eq!(seen.json["sites"][0]["id"], *another.text("id"));

        let ask = |method: Method, path: &str, body: &Value| world.ask(method, path).json(body).bearing(&key);
        let renamed = json!({ "name": "Renamed" });
        let own = site.admin(&format!("sites/{}", another.text("id")));
        ask(Method::PATCH, &own, &renamed).send().await.expect(200);
        let other = site.admin(&format!("sites/{}", site.id));
        ask(Method::PATCH, &other, &renamed)
            .send()
            .await
            .refused(404, "not_found");
        ask(Method::POST, &site.admin("sites"), &body)
            .send()
            .await
            .refused(403, "not_permitted");
        let tenant = format!("/v1/admin/tenants/{}", site.owner.tenant_id);
        ask(Method::PATCH, &tenant, &renamed)
            .send()
            .await
            .refused(403, "not_permitted");
    });
}

#[test]
fn a_wish_that_cannot_be_met_says_what_is_wrong() {
    run(async {
        let world = world();
        let (site, foreign) = (world.site(json!({})).await, world.site(json!({})).await);
        let owner = &site.owner.account;
        let past = (Utc::now() - TimeDelta::days(1)).to_rfc3339();
        for (wish, pointer, code) in [
            (json!({ "name": " ", "scopes": ["read"] }), "/name", "required"),
            (json!({ "name": "X", "scopes": [] }), "/scopes", "required"),
            (
                json!({ "name": "X", "scopes": ["read"], "expires_at": past }),
                "/expires_at",
                "out_of_range",
            ),
            (
                json!({ "name": "X", "scopes": ["read"], "site_ids": [foreign.id] }),
                "/site_ids",
                "not_found",
            ),
            (
                json!({ "name": "X", "scopes": ["read"], "site_ids": [] }),
                "/site_ids",
                "required",
            ),
        ] {
            make(world, &site, owner, &wish).await.refused_for(pointer, code);
        }
        make(world, &site, owner, &json!({ "name": "X", "scopes": ["everything"] }))
            .await
            .refused(422, "invalid_input");
        assert_eq!(list(world, &site).await.len(), 0);
    });
}

#[test]
fn the_record_tells_of_keys_and_of_what_they_did() {
    run(async {
        let world = world();
        let site = world.site(json!({})).await;
        let key = key_of(world, &site, &["admin"]).await;
        let key_id = list(world, &site).await[0]["id"].clone();
        let path = site.admin(&format!("sites/{}", site.id));
        let rename = world.ask(Method::PATCH, &path).json(&json!({ "name": "By a program" }));
        rename.bearing(&key).send().await.expect(200);
        let record = world
            .get(&site.admin("audit?limit=2"))
            .by(&site.owner.account)
            .send()
            .await
            .expect(200);
        let entries = &record.json["entries"];
        assert_eq!(entries[0]["change"], "site_renamed");
        assert_eq!(entries[0]["data"]["api_key"], key_id);
        assert_eq!(entries[1]["change"], "api_key_created");
        assert!(!record.all().contains(&key), "{}", record.all());
    });
}

#[test]
fn a_key_cannot_make_its_maker_leave() {
    run(async {
        let world = world();
        let site = world.site(json!({})).await;
        let second = world.member(&site, Role::Owner, Reach::All).await;
        let wish = json!({ "name": "A program", "scopes": ["admin"] });
        let key = make(world, &site, &second, &wish).await.expect(201).text("key");
        let path = site.admin(&format!("members/{}", second.id));
        let leaving = world.ask(Method::DELETE, &path).bearing(&key);
        leaving.send().await.refused(403, "not_permitted");
    });
}
