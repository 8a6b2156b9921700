//! Who writes on a tenant's sites: found, counted, and decided about as a whole.

use chrono::TimeDelta;
use parlour::statistics::counting;
use parlour::worker;
use serde_json::{Value, json};

use crate::world::{Account, Answer, ORIGIN, Site, World, run};

async fn count(world: &World) {
    world.advance(TimeDelta::seconds(30));
    world
        .within(|app| async move { while counting::catch_up(&app).await.unwrap() {} })
        .await;
}

async fn say(world: &World, key: &str, name: &str, text: &str) -> Answer {
    let author = json!({ "name": name, "email": format!("{}@example.org", name.to_lowercase().replace('ö', "o")) });
    let draft = json!({ "thread": { "id": "post" }, "text": text, "author": author });
    let path = format!("/v1/sites/{key}/comments");
    world.post(&path, &draft).from(ORIGIN).send().await
}

fn hash_of(posted: &Answer) -> String {
    posted.json["comment"]["author"]["hash"].as_str().unwrap().to_owned()
}

async fn ask(world: &World, site: &Site, path: &str) -> Value {
    let answer = world.get(&site.admin(path)).by(&site.owner.account).send().await;
    answer.expect(200).json
}

fn names(list: &Value) -> Vec<&str> {
    let commenters = list["commenters"].as_array().unwrap().iter();
    commenters.map(|one| one["name"].as_str().unwrap()).collect()
}

async fn another_site(world: &World, site: &Site, owner: &Account) -> Value {
    let body = json!({ "name": "Another", "origins": [ORIGIN], "settings": { "moderation": "none" } });
    let made = world.post(&site.admin("sites"), &body).by(owner).send().await;
    made.expect(201).json
}

#[test]
fn who_writes_is_listed_by_when_he_was_last_seen_and_found_by_name_and_by_mail() {
    run(async {
        let world = World::start(|_| {});
        let site = world.site(json!({ "moderation": "none" })).await;
        let second = another_site(&world, &site, &site.owner.account).await;
        for (key, name) in [
            (&*site.key, "Ada"),
            (&*site.key, "Grace"),
            (&*site.key, "Ada"),
            (second["key"].as_str().unwrap(), "Ada"),
            (&*site.key, "Ölaf"),
        ] {
            say(&world, key, name, "A word").await.expect(201);
            world.advance(TimeDelta::milliseconds(5));
        }
        let other = world.site(json!({ "moderation": "none" })).await;
        say(&world, &other.key, "Eve", "A word").await.expect(201);
        count(&world).await;

        let all = ask(&world, &site, "commenters").await;
        assert_eq!(names(&all), ["Ölaf", "Ada", "Ada", "Grace"]);
        assert!(all["next"].is_null());
        let ada = &all["commenters"][2];
        assert_eq!(ada["counts"]["published"], 2);
        assert_eq!(ada["email"], "ada@example.org");
        assert_eq!(ada["site"]["id"], *site.id);

        // Page by page, nobody twice and nobody missing.
        let mut seen = Vec::new();
        let mut after = String::new();
        loop {
            let page = ask(&world, &site, &format!("commenters?limit=1{after}")).await;
            seen.extend(names(&page).into_iter().map(str::to_owned));
            let Some(next) = page["next"].as_str() else { break };
            after = format!("&after={next}");
        }
        assert_eq!(seen, names(&all));

        for (query, found) in [
            ("q=ÖLA", vec!["Ölaf"]),
            ("q=grace@example.org", vec!["Grace"]),
            ("q=ADA@example.org", vec!["Ada", "Ada"]),
            ("q=nobody@example.org", vec![]),
            ("q=%25", vec![]),
        ] {
            let query = query.replace('Ö', "%C3%96");
            assert_eq!(
                names(&ask(&world, &site, &format!("commenters?{query}")).await),
                found,
                "{query}"
            );
        }
        let alone = format!("commenters?site_id={}", second["id"].as_str().unwrap());
        assert_eq!(names(&ask(&world, &site, &alone).await), ["Ada"]);
        let bad = world
            .get(&site.admin("commenters?after=x"))
            .by(&site.owner.account)
            .send()
            .await;
        bad.refused(400, "invalid_parameter");

        let one = format!("sites/{}/commenters/{}", site.id, ada["author_hash"].as_str().unwrap());
        let record = ask(&world, &site, &one).await;
        assert_eq!(record["commenter"]["counts"]["published"], 2);
        assert_eq!(record["elsewhere"][0]["site"]["id"], second["id"]);
        let theirs = format!("comments?author={}", ada["author_hash"].as_str().unwrap());
        let comments = ask(&world, &site, &theirs).await;
        assert_eq!(comments["comments"].as_array().unwrap().len(), 2);
        assert_eq!(comments["comments"][0]["author_hash"], ada["author_hash"]);
    });
}

#[test]
fn the_list_costs_the_same_however_many_it_shows() {
    run(async {
        let world = World::start(|_| {});
        let site = world.site(json!({ "moderation": "none" })).await;
        let cost = async || {
            let before = world.app.db.statements();
            ask(&world, &site, "commenters?limit=100").await;
            world.app.db.statements() - before
        };
        say(&world, &site.key, "First", "A word").await.expect(201);
        count(&world).await;
        let of_one = cost().await;
        for number in 0..30 {
            say(&world, &site.key, &format!("Reader{number}"), "A word")
                .await
                .expect(201);
        }
        count(&world).await;
        let site_owner = world.sign_in(&site.owner.account.email).await;
        let list = world
            .get(&site.admin("commenters?limit=100"))
            .by(&site_owner)
            .send()
            .await;
        assert_eq!(list.expect(200).json["commenters"].as_array().unwrap().len(), 31);
        assert_eq!(cost().await, of_one);
    });
}

#[test]
fn all_of_somebodys_comments_are_decided_about_at_once_and_back() {
    run(async {
        let world = World::start(|_| {});
        let site = world.site(json!({ "moderation": "none" })).await;
        let mut hash = String::new();
        for _ in 0..3 {
            hash = hash_of(&say(&world, &site.key, "Spammer", "Cheap pills").await.expect(201));
        }
        say(&world, &site.key, "Ada", "A word").await.expect(201);
        let path = site.admin(&format!("sites/{}/commenters/{hash}/decisions", site.id));
        let decide = async |decision: &str| {
            let answer = world
                .post(&path, &json!({ "decision": decision }))
                .by(&site.owner.account)
                .send()
                .await;
            answer.expect(200).json
        };
        let decided = decide("spam").await;
        assert_eq!(
            (decided["results"].as_array().unwrap().len(), &decided["more"]),
            (3, &json!(false))
        );
        assert!(
            decided["results"]
                .as_array()
                .unwrap()
                .iter()
                .all(|one| one["previous_state"] == "published")
        );
        assert_eq!(site.read(&world, "post").await.comments().len(), 1, "Ada's stays");
        assert_eq!(decide("spam").await["results"], json!([]), "nothing is left to do");
        assert_eq!(
            decide("publish").await["results"],
            json!([]),
            "what was refused is not published by the dozen"
        );
        let ids: Vec<&str> = decided["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["id"].as_str().unwrap())
            .collect();
        site.decide(&world, &ids, "publish").await.expect(200);
        assert_eq!(site.read(&world, "post").await.comments().len(), 4);

        let nobody = site.admin(&format!("sites/{}/commenters/000000000000/decisions", site.id));
        let refused = world
            .post(&nobody, &json!({ "decision": "spam" }))
            .by(&site.owner.account)
            .send()
            .await;
        refused.refused(404, "not_found");
    });
}

#[test]
fn a_renamed_author_has_his_new_name_and_old_installations_are_filled_in() {
    run(async {
        let world = World::start(|_| {});
        let site = world.site(json!({ "moderation": "none" })).await;
        let posted = say(&world, &site.key, "Rude", "A word").await.expect(201);
        count(&world).await;
        site.revise(&world, &posted.comment_id(), &json!({ "author_name": "Kind" }))
            .await
            .expect(200);
        assert_eq!(names(&ask(&world, &site, "commenters").await), ["Kind"]);

        // As after an import, whose comments are not on record one by one.
        let site_id = site.id.parse().unwrap();
        world
            .within(move |app| async move {
                use entity::{OfSite, commenter};
                let tx = app.db.begin().await.unwrap();
                commenter::Entity::delete_of_site(site_id).exec(&*tx).await.unwrap();
                parlour::commenters::look_through(&tx, &app, site_id).await.unwrap();
                tx.commit().await.unwrap();
                assert_eq!(worker::turn(&app).await.unwrap(), 1);
            })
            .await;
        assert_eq!(names(&ask(&world, &site, "commenters").await), ["Kind"]);
    });
}
