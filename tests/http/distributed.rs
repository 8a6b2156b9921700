//! Whether the schema can be spread over many nodes by site, as deploy/citus.sql does it. Citus itself cannot be had here: its two functions are
//! played by ones that demand what it demands of a table, so that file and schema are held to its rules, and the service runs on what is left.

use std::collections::BTreeSet;
use std::sync::Arc;

use http::Method;
use parlour::app::App;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement, TransactionTrait};
use serde_json::json;

use crate::world::{ORIGIN, World, run};

/// Citus's rules: a unique key has the column by which rows are spread in it; a foreign key leads to a table that has a copy on each
/// node, or to one that is spread alike, and then has that column in it, too.
const PLAYED: &str = r"
CREATE TABLE spread (name text PRIMARY KEY, by text);
CREATE FUNCTION create_reference_table(asked text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM pg_constraint WHERE contype = 'f' AND conrelid = asked::regclass AND confrelid <> conrelid
             AND confrelid::regclass::text NOT IN (SELECT name FROM spread WHERE by IS NULL)) THEN
    RAISE EXCEPTION '% points at a table without a copy on each node', asked;
  END IF;
  INSERT INTO spread VALUES (asked, NULL);
END $$;
CREATE FUNCTION create_distributed_table(asked text, asked_by text, colocate_with text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE place smallint; odd text;
BEGIN
  SELECT attnum INTO STRICT place FROM pg_attribute WHERE attrelid = asked::regclass AND attname = asked_by AND attnotnull;
  SELECT string_agg(indexrelid::regclass::text, ', ') INTO odd FROM pg_index
    WHERE indrelid = asked::regclass AND indisunique AND NOT place = ANY (indkey);
  IF odd IS NOT NULL THEN
    RAISE EXCEPTION '%: unique over all sites: %', asked, odd;
  END IF;
  INSERT INTO spread VALUES (asked, asked_by);
  SELECT string_agg(conname, ', ') INTO odd FROM pg_constraint LEFT JOIN spread ON name = confrelid::regclass::text
    WHERE contype = 'f' AND conrelid = asked::regclass AND NOT (name IS NOT NULL AND (by IS NULL OR EXISTS (
      SELECT 1 FROM unnest(conkey, confkey) AS pair (near, far) JOIN pg_attribute ON attrelid = confrelid AND attnum = far
      WHERE near = place AND attname = by)));
  IF odd IS NOT NULL THEN
    RAISE EXCEPTION '%: keys that lead to other nodes: %', asked, odd;
  END IF;
  -- No row may point at nothing, or at another node, by its site.
  SELECT string_agg(conname, ', ') INTO odd FROM pg_constraint
    WHERE contype = 'f' AND conrelid = asked::regclass AND confdeltype = 'n' AND place = ANY (conkey);
  IF odd IS NOT NULL THEN
    RAISE EXCEPTION '%: takes the site away: %', asked, odd;
  END IF;
END $$;
";

/// Tables that have a site and are not spread by it, and why.
const ON_ONE_NODE: [(&str, &str); 7] = [
    ("job", "claimed by workers over all sites; a site is only noted"),
    ("silence", "of a site, or of the platform"),
    ("audit_entry", "a tenant's, and outlives its sites"),
    ("webhook", "a tenant's; claimed by workers over all tenants"),
    ("webhook_delivery", "a webhook's"),
    ("membership_site", "a member's"),
    (
        "site_key",
        "found by a key that is unique over all sites; a copy on each node",
    ),
];

async fn names(db: &DatabaseConnection, question: &str) -> BTreeSet<String> {
    let question = Statement::from_string(db.get_database_backend(), question);
    let rows = db.query_all_raw(question).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

#[test]
fn the_schema_can_be_spread_by_site_and_the_service_runs_on_it() {
    run(async {
        if std::env::var("TEST_DATABASE_URL").is_err() {
            println!("skipped: TEST_DATABASE_URL is not set");
            return;
        }
        let world = World::start(|_| {});
        let db = Database::connect(&world.app.config.database_url).await.unwrap();
        let tx = db.begin().await.unwrap();
        tx.execute_unprepared(PLAYED).await.unwrap();
        tx.execute_unprepared(include_str!("../../deploy/citus.sql"))
            .await
            .unwrap();
        tx.commit().await.unwrap();

        let spread = names(&db, "SELECT name FROM spread WHERE by = 'site_id'").await;
        let with_site = "SELECT table_name::text FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'site_id'";
        let left: Vec<String> = names(&db, with_site).await.difference(&spread).cloned().collect();
        let mut known: Vec<&str> = ON_ONE_NODE.iter().map(|(name, _)| *name).collect();
        known.sort_unstable();
        assert_eq!(left, known, "spread it in deploy/citus.sql, or say here why not");
        let from_one_node = "SELECT conname::text FROM pg_constraint JOIN spread ON name = confrelid::regclass::text \
            WHERE contype = 'f' AND by IS NOT NULL AND conrelid::regclass::text NOT IN (SELECT name FROM spread WHERE by IS NOT NULL)";
        assert_eq!(
            names(&db, from_one_node).await,
            BTreeSet::new(),
            "what is on one node points at what is spread"
        );

        // A life of a comment on what is left of the keys.
        let site = world.site(json!({ "moderation": "all" })).await;
        let one = site.say(&world, "t", "One.").await.expect(202);
        let token = one.text("token");
        let one = one.comment_id();
        site.decide(&world, &[&one], "publish").await.expect(200);
        let reply = site.answer(&world, "t", &one, "Two.").await.expect(202).comment_id();
        site.decide(&world, &[&reply], "publish").await.expect(200);
        let reader = world.ask(Method::POST, &site.path("reader")).from(ORIGIN).send().await;
        let reader = reader.expect(201).text("token");
        let vote = site.path(&format!("comments/{one}/vote"));
        for value in [1, -1] {
            let cast = world
                .ask(Method::PUT, &vote)
                .from(ORIGIN)
                .header("parlour-tokens", &reader);
            let cast = cast.json(&json!({ "value": value }));
            cast.send().await.expect(200);
        }
        let edit = world.ask(Method::PATCH, &site.path(&format!("comments/{one}")));
        let edit = edit
            .from(ORIGIN)
            .header("parlour-tokens", &token)
            .json(&json!({ "text": "One, again." }));
        assert!(edit.send().await.status.is_success());
        assert!(
            world
                .within(async |app: Arc<App>| parlour::worker::turn(&app).await)
                .await
                .is_ok()
        );
        site.decide(&world, &[&reply], "delete").await.expect(200);
        assert!(!site.list(&world, "comments").await.comments().is_empty());
        db.close().await.unwrap();
    });
}
