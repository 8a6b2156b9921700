//! What operators let be chosen for sites. Each test has a platform of its own: a bound holds for all of its tenants.

use http::Method;
use serde_json::{Value, json};

use crate::world::{Account, Answer, ORIGIN, Owner, Site, World, run};

async fn bound(world: &World, by: &Account, setting: &str, bound: &Value) -> Answer {
    let path = format!("/v1/operator/bounds/{setting}");
    world.ask(Method::PUT, &path).json(bound).by(by).send().await
}

async fn make(world: &World, owner: &Owner, settings: &Value) -> Answer {
    let path = format!("/v1/admin/tenants/{}/sites", owner.tenant_id);
    let mut body = json!({ "name": "A blog", "origins": [ORIGIN] });
    if !settings.is_null() {
        body["settings"] = settings.clone();
    }
    world.post(&path, &body).by(&owner.account).send().await
}

async fn change(world: &World, site: &Site, settings: &Value) -> Answer {
    let path = site.admin(&format!("sites/{}", site.id));
    let request = world.ask(Method::PATCH, &path).json(&json!({ "settings": settings }));
    request.by(&site.owner.account).send().await
}

fn of(answer: &Answer, setting: &str) -> Value {
    let all = answer.json["bounds"].as_array().unwrap();
    let found = all.iter().find(|one| one["setting"] == setting);
    found.cloned().unwrap_or_default()
}

#[test]
fn new_sites_have_what_operators_say_until_their_owners_choose() {
    run(async {
        let world = World::start(|_| {});
        let operator = world.operator().await;
        let owner = world.owner().await;
        let said = json!({ "default": "links" });
        bound(&world, &operator, "moderation", &said).await.expect(200);
        let said = json!({ "default": ["👍"], "max": 2 });
        let all = bound(&world, &operator, "reactions", &said).await.expect(200);
        assert_eq!(of(&all, "reactions")["max"], 2);
        assert_eq!(of(&all, "reactions")["chosen"]["changed_by"], "operator");
        assert_eq!(of(&all, "edit_minutes")["default"], 15, "as in the table");
        assert_eq!(of(&all, "edit_minutes")["chosen"], Value::Null);

        let plain = make(&world, &owner, &Value::Null).await.expect(201);
        let settings = &plain.json["settings"];
        assert_eq!(
            (&settings["moderation"], &settings["reactions"]),
            (&json!("links"), &json!(["👍"]))
        );
        let own = make(&world, &owner, &json!({ "moderation": "none" })).await.expect(201);
        assert_eq!(own.json["settings"]["moderation"], "none");

        let current = world
            .get("/v1/admin/bounds")
            .by(&owner.account)
            .send()
            .await
            .expect(200);
        assert_eq!(
            current.json["bounds"],
            json!([
                { "setting": "moderation", "default": "links", "choices": ["none", "links", "all"], "fixed": false },
                { "setting": "reactions", "default": ["👍"], "max": 2, "fixed": false },
            ]),
            "owners hear what is bounded, and not by whom"
        );
        bound(&world, &operator, "moderation", &json!({})).await.expect(200);
        let again = make(&world, &owner, &Value::Null).await.expect(201);
        assert_eq!(again.json["settings"]["moderation"], "all");
    });
}

#[test]
fn what_the_platform_does_not_offer_is_refused_in_its_name_wherever_it_is_chosen() {
    run(async {
        let world = World::start(|_| {});
        let operator = world.operator().await;
        let before = world.site(json!({ "max_text_length": 12_000, "images": true })).await;
        let low = json!({ "max": 4000 });
        bound(&world, &operator, "max_text_length", &low).await.expect(200);
        bound(&world, &operator, "images", &json!({ "fixed": true }))
            .await
            .expect(200);
        bound(&world, &operator, "votes", &json!({ "choices": ["both", "likes"] }))
            .await
            .expect(200);

        for (settings, pointer, code) in [
            (
                json!({ "max_text_length": 4001 }),
                "/settings/max_text_length",
                "out_of_range",
            ),
            (json!({ "images": true }), "/settings/images", "invalid"),
            (json!({ "votes": "none" }), "/settings/votes", "invalid"),
        ] {
            let refused = make(&world, &before.owner, &settings).await;
            assert!(refused.all().contains("On this platform"), "{}", refused.all());
            refused.refused_for(pointer, code);
        }
        let made = make(&world, &before.owner, &json!({ "votes": "likes" }))
            .await
            .expect(201);
        assert_eq!(
            made.json["settings"]["max_text_length"], 4000,
            "the default follows the ceiling"
        );
        let after = made.text("id");

        // The site that was there keeps what it has, also when all of its settings are sent again.
        let path = before.admin(&format!("sites/{}", before.id));
        let read = world.get(&path).by(&before.owner.account).send().await.expect(200);
        let mut all = read.json["settings"].clone();
        all["notice"] = json!("Be kind.");
        let kept = change(&world, &before, &all).await.expect(200);
        assert_eq!(kept.json["settings"]["max_text_length"], 12_000);
        all["max_text_length"] = json!(11_000);
        let refused = change(&world, &before, &all).await;
        refused.refused_for("/settings/max_text_length", "out_of_range");

        // Nor does it hand on what is not offered any more, or get it back.
        let copy = json!({ "from": before.id, "sections": ["writing"] });
        for preview in [true, false] {
            let mut copy = copy.clone();
            copy["preview"] = json!(preview);
            let path = before.admin(&format!("sites/{after}/settings/copy"));
            let refused = world.post(&path, &copy).by(&before.owner.account).send().await;
            refused.refused_for("/settings/max_text_length", "out_of_range");
        }
        change(&world, &before, &json!({ "images": false })).await.expect(200);
        let refused = change(&world, &before, &json!({ "images": true })).await;
        refused.refused_for("/settings/images", "invalid");
    });
}

#[test]
fn a_bound_is_within_the_table_and_leaves_a_site_that_can_be() {
    run(async {
        let world = World::start(|_| {});
        let operator = world.operator().await;
        for (setting, said, pointer, code) in [
            ("max_text_length", json!({ "max": 20_000 }), "/max", "out_of_range"),
            (
                "max_text_length",
                json!({ "min": 500, "max": 400 }),
                "/min",
                "out_of_range",
            ),
            ("moderation", json!({ "choices": ["links"] }), "/default", "invalid"),
            ("moderation", json!({ "choices": ["often"] }), "/choices/0", "invalid"),
            ("images", json!({ "default": "maybe" }), "/default", "wrong_type"),
            ("hash_salt", json!({ "default": "pepper" }), "/default", "invalid"),
        ] {
            bound(&world, &operator, setting, &said)
                .await
                .refused_for(pointer, code);
        }
        bound(&world, &operator, "min_text_length", &json!({ "min": 200 }))
            .await
            .expect(200);
        let shorter = bound(&world, &operator, "max_text_length", &json!({ "max": 150 })).await;
        shorter.refused_for("/default", "out_of_range");
        bound(&world, &operator, "colour", &json!({}))
            .await
            .refused(404, "not_found");
        let unknown = bound(&world, &operator, "images", &json!({ "colour": "red" })).await;
        unknown.refused_for("/colour", "unknown_field");
        let owner = world.owner().await;
        let current = world
            .get("/v1/admin/bounds")
            .by(&owner.account)
            .send()
            .await
            .expect(200);
        assert_eq!(
            current.json["bounds"].as_array().unwrap().len(),
            1,
            "what was refused is not there"
        );
        bound(&world, &owner.account, "images", &json!({}))
            .await
            .refused(403, "not_permitted");
    });
}
