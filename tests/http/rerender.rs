//! Comments are rendered again: after an upgrade, and after the owner changed what his comments may be made of.

use chrono::TimeDelta;
use entity::{OfSite, comment, job, site, thread};
use parlour::comments::rerender;
use parlour::infra::markdown::RENDERER;
use parlour::infra::queue;
use parlour::{sites, worker};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use crate::world::{Site, World, run};

const HOSTILE: &str = "<p>x</p><script>alert(1)</script>";

/// A server of one's own, whose jobs are nobody else's, with a site that publishes at once.
async fn world_with_site() -> (World, Site) {
    let world = World::start(|_| {});
    let site = world.site(json!({ "moderation": "none" })).await;
    (world, site)
}

async fn turn(world: &World) -> usize {
    worker::turn(&world.app).await.unwrap()
}

async fn ask(world: &World) {
    worker::ask_for_rerendering(&world.app).await.unwrap();
}

async fn jobs(world: &World) -> Vec<job::Model> {
    job::Entity::find().all(world.app.db.read()).await.unwrap()
}

async fn rows(world: &World, site: &Site) -> Vec<comment::Model> {
    let rows = comment::Entity::of_site(site.id.parse().unwrap()).order_by_asc(comment::Column::Number);
    rows.all(world.app.db.read()).await.unwrap()
}

async fn version(world: &World, site: &Site, thread: &str) -> i64 {
    site.read(world, thread).await.json["thread"]["version"]
        .as_i64()
        .unwrap()
}

async fn renderer_of(world: &World, site: &Site) -> i32 {
    let row = site::Entity::find_by_id(site.id.parse::<uuid::Uuid>().unwrap());
    row.one(world.app.db.read()).await.unwrap().unwrap().renderer
}

/// Makes a site's comments from `number` on what an older version left behind.
async fn age(world: &World, site: &Site, number: i64, html: &str) {
    comment::Entity::update_of_site(site.id.parse().unwrap())
        .col_expr(comment::Column::Html, Expr::value(html))
        .col_expr(comment::Column::Renderer, Expr::value(RENDERER - 1))
        .filter(comment::Column::Number.gte(number))
        .exec(world.app.db.read())
        .await
        .unwrap();
    site::Entity::update_many()
        .col_expr(site::Column::Renderer, Expr::value(RENDERER - 1))
        .filter(site::Column::Id.eq(site.id.parse::<uuid::Uuid>().unwrap()))
        .exec(world.app.db.read())
        .await
        .unwrap();
}

/// Makes a comment one that was imported as HTML.
async fn import(world: &World, site: &Site, number: i64, source: &str) {
    comment::Entity::update_of_site(site.id.parse().unwrap())
        .col_expr(comment::Column::Source, Expr::value(source))
        .col_expr(comment::Column::SourceFormat, Expr::value(comment::SourceFormat::Html))
        .filter(comment::Column::Number.eq(number))
        .exec(world.app.db.read())
        .await
        .unwrap();
}

/// Posts so many comments to a thread.
async fn chat(world: &World, site: &Site, thread: &str, count: usize) {
    for number in 1..=count {
        site.say(world, thread, &format!("Comment *{number}*"))
            .await
            .expect(201);
    }
}

#[test]
fn an_upgrade_renders_what_older_versions_left_behind() {
    run(async {
        let (world, site) = world_with_site().await;
        chat(&world, &site, "long", rerender::AT_ONCE + 20).await;
        site.say(&world, "other", "Said elsewhere").await.expect(201);
        let before = rows(&world, &site).await;
        let other = version(&world, &site, "other").await;
        let last = i64::try_from(before.len()).unwrap();
        age(&world, &site, 1, HOSTILE).await;
        // The very last one looks the same as ever: only its number is old.
        let same = &before.last().unwrap().html;
        age(&world, &site, last, same).await;
        let long = version(&world, &site, "long").await;
        let tag = site.read(&world, "long").await.header("etag").to_owned();

        ask(&world).await;
        ask(&world).await;
        assert_eq!(jobs(&world).await.len(), 1, "once for the site");
        assert_eq!((turn(&world).await, turn(&world).await), (1, 1), "in two batches");
        assert_eq!(rows(&world, &site).await, before, "as it was, times included");
        assert_eq!(version(&world, &site, "long").await, long + 2, "once for each batch");
        assert_ne!(site.read(&world, "long").await.header("etag"), tag);
        assert_eq!(version(&world, &site, "other").await, other, "nothing to see there");

        assert_eq!(turn(&world).await, 0, "for now");
        assert_eq!(
            renderer_of(&world, &site).await,
            RENDERER - 1,
            "old nodes may still write"
        );
        age(&world, &site, last - 1, HOSTILE).await;
        ask(&world).await;
        world.advance(TimeDelta::minutes(61));
        assert_eq!(turn(&world).await, 1, "the last walk");
        assert_eq!(rows(&world, &site).await, before);
        assert_eq!(renderer_of(&world, &site).await, RENDERER);
        ask(&world).await;
        assert_eq!(jobs(&world).await, [], "nothing is left to do, also at the next start");
    });
}

#[test]
fn a_walk_that_was_killed_goes_on_where_it_was() {
    run(async {
        let (world, site) = world_with_site().await;
        chat(&world, &site, "post", 2 * rerender::AT_ONCE + 1).await;
        let before = rows(&world, &site).await;
        age(&world, &site, 1, HOSTILE).await;
        ask(&world).await;
        assert_eq!(turn(&world).await, 1);
        let version = version(&world, &site, "post").await;
        let dead = queue::claim(&world.app.db, 1, world.app.clock.now()).await.unwrap();
        assert_eq!(dead[0].row.payload["after"], rerender::AT_ONCE);
        assert_eq!(turn(&world).await, 0, "a worker took the second batch and died");
        let half: Vec<_> = rows(&world, &site).await;
        assert_eq!(half[..rerender::AT_ONCE], before[..rerender::AT_ONCE]);
        assert!(half[rerender::AT_ONCE..].iter().all(|row| row.html == HOSTILE));
        world.advance(TimeDelta::minutes(6));
        assert_eq!((turn(&world).await, turn(&world).await), (1, 1));
        assert_eq!(rows(&world, &site).await, before);
        assert_eq!(
            self::version(&world, &site, "post").await,
            version + 2,
            "no batch was done twice"
        );
    });
}

#[test]
fn hostile_html_that_an_old_sanitiser_let_through_is_cleaned() {
    run(async {
        let (world, site) = world_with_site().await;
        chat(&world, &site, "post", 3).await;
        let imported = "<b onclick=x>Imported</b><svg/onload=alert(1)><a href='javascript:x'>y</a>";
        import(&world, &site, 2, imported).await;
        age(&world, &site, 1, HOSTILE).await;
        age(&world, &site, 2, imported).await;
        ask(&world).await;
        assert_eq!(turn(&world).await, 1);
        let page = site.read(&world, "post").await;
        let html: Vec<&Value> = page.comments().iter().map(|one| &one["html"]).collect();
        assert_eq!(
            html,
            [
                "<p>Comment <em>1</em></p>",
                "<b>Imported</b>",
                "<p>Comment <em>3</em></p>"
            ]
        );
        assert_eq!(
            rows(&world, &site).await[1].source,
            imported,
            "what was imported is kept as it came"
        );
    });
}

#[test]
fn images_appear_and_vanish_with_the_switch() {
    run(async {
        let (world, site) = world_with_site().await;
        let image = "![a cat](https://x.example/cat.png)";
        let held = site.say(&world, "post", image).await.expect(201).comment_id();
        site.decide(&world, &[&held], "hold").await.expect(200);
        site.say(&world, "post", image).await.expect(201);
        site.say(&world, "post", "No cat").await.expect(201);
        import(&world, &site, 3, "<p>No<img src='https://x.example/cat.png'> cat</p>").await;
        let shows = async || -> Vec<bool> {
            let rows = rows(&world, &site).await;
            rows.iter().map(|row| row.html.contains("<img ")).collect()
        };
        let before = rows(&world, &site).await;
        let version = version(&world, &site, "post").await;
        site.change_settings(&world, &json!({ "images": true })).await;
        assert_eq!(turn(&world).await, 0, "posts that are on their way are waited for");
        world.advance(sites::BEFORE_WALKS);
        assert_eq!(turn(&world).await, 1);
        assert_eq!(shows().await, [true, true, true]);
        for (before, after) in before.iter().zip(rows(&world, &site).await) {
            assert_eq!(
                (before.updated_at, before.edited_at, &before.source),
                (after.updated_at, after.edited_at, &after.source)
            );
        }
        assert_eq!(self::version(&world, &site, "post").await, version + 1);
        site.change_settings(&world, &json!({ "images": false })).await;
        world.advance(sites::BEFORE_WALKS);
        assert_eq!(turn(&world).await, 1);
        assert_eq!(shows().await, [false, false, false]);
        site.change_settings(&world, &json!({ "max_depth": 3, "images": false, "notice": "x" }))
            .await;
        assert_eq!(jobs(&world).await, [], "other settings change no comment");
    });
}

#[test]
fn a_second_change_of_the_rules_begins_the_walk_anew() {
    run(async {
        let (world, site) = world_with_site().await;
        chat(&world, &site, "post", rerender::AT_ONCE + 1).await;
        site.change_settings(&world, &json!({ "elements": ["p"] })).await;
        world.advance(sites::BEFORE_WALKS);
        assert_eq!(turn(&world).await, 1);
        // While a worker is at the second batch.
        let claimed = queue::claim(&world.app.db, 1, world.app.clock.now()).await.unwrap();
        site.change_settings(&world, &json!({ "elements": ["em"] })).await;
        assert!(
            queue::finish(world.app.db.read(), &claimed[0]).await.is_err(),
            "what he does is not counted"
        );
        world.advance(sites::BEFORE_WALKS);
        assert_eq!((turn(&world).await, turn(&world).await, turn(&world).await), (1, 1, 0));
        let rows = rows(&world, &site).await;
        for row in &rows {
            assert_eq!(row.html, format!("Comment <em>{}</em>", row.number));
        }
        assert_eq!(jobs(&world).await, []);
    });
}

#[test]
fn an_edit_in_the_meantime_is_not_lost() {
    run(async {
        let (world, site) = world_with_site().await;
        let id = site.say(&world, "post", "As it *was*").await.expect(201).comment_id();
        site.say(&world, "post", "Left alone").await.expect(201);
        age(&world, &site, 1, HOSTILE).await;
        let site_id: uuid::Uuid = site.id.parse().unwrap();
        let batch = world
            .within(move |app| async move {
                let site = sites::of_job(&app, site_id).await.unwrap().unwrap();
                rerender::prepare(&app, &site, 0, Some(RENDERER)).await.unwrap()
            })
            .await;
        site.revise(&world, &id, &json!({ "text": "As it *is*" }))
            .await
            .expect(200);
        let stored = world
            .within(move |app| async move {
                let tx = app.db.begin().await.unwrap();
                let stored = batch.store(&tx, &app).await.unwrap();
                tx.commit().await.unwrap();
                stored
            })
            .await;
        assert_eq!(stored, 1, "only what nobody touched");
        let html: Vec<String> = rows(&world, &site).await.into_iter().map(|row| row.html).collect();
        assert_eq!(html, ["<p>As it <em>is</em></p>", "<p>Left alone</p>"]);
    });
}

#[test]
fn a_newer_versions_walk_waits_for_its_worker() {
    run(async {
        let (world, site) = world_with_site().await;
        site.say(&world, "post", "Rendered as of today").await.expect(201);
        let of_tomorrow = parlour::job::Job::Rerender {
            site_id: site.id.parse().unwrap(),
            after: 0,
            older_than: Some(RENDERER + 1),
            last: true,
        };
        let now = world.app.clock.now();
        queue::add(world.app.db.read(), &of_tomorrow, now, now).await.unwrap();
        assert_eq!(turn(&world).await, 1);
        assert_eq!(jobs(&world).await[0].attempts, 1, "put back");
        assert_eq!(renderer_of(&world, &site).await, RENDERER);
        let threads = thread::Entity::of_site(site.id.parse().unwrap());
        assert_eq!(threads.one(world.app.db.read()).await.unwrap().unwrap().version, 2);
    });
}

#[test]
fn the_walk_of_a_site_that_is_gone_ends() {
    run(async {
        let (world, _) = world_with_site().await;
        let nobody = parlour::job::Job::Rerender {
            site_id: uuid::Uuid::new_v4(),
            after: 0,
            older_than: None,
            last: true,
        };
        let now = world.app.clock.now();
        queue::add(world.app.db.read(), &nobody, now, now).await.unwrap();
        assert_eq!(turn(&world).await, 1);
        assert_eq!(jobs(&world).await, []);
    });
}
