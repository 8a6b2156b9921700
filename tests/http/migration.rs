//! The schema goes up, down, and up again, on each engine.

use chrono::DateTime;
use entity::{OfSite, thread, thread_alias};
use migration::{Migrator, MigratorTrait};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Query, SimpleExpr};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, QueryOrder, Statement};
use serde_json::json;

use crate::world::{fresh_database, run};

/// Everything that the database says of its own shape, a line each.
async fn shape(db: &DatabaseConnection) -> Vec<String> {
    let questions: &[&str] = match db.get_database_backend() {
        DbBackend::Sqlite => &["SELECT type || ' ' || name || ' ' || coalesce(sql, '') AS line FROM sqlite_master"],
        _ => &[
            "SELECT concat_ws(' ', table_name, column_name, data_type, character_maximum_length, is_nullable, column_default, \
             ordinal_position) AS line FROM information_schema.columns WHERE table_schema = 'public'",
            "SELECT indexdef AS line FROM pg_indexes WHERE schemaname = 'public'",
            "SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS line FROM pg_constraint \
             WHERE connamespace = 'public'::regnamespace",
        ],
    };
    let mut lines = Vec::new();
    for question in questions {
        let rows = db
            .query_all_raw(Statement::from_string(db.get_database_backend(), *question))
            .await
            .unwrap();
        lines.extend(rows.iter().map(|row| row.try_get::<String>("", "line").unwrap()));
    }
    lines.sort();
    lines
}

async fn up_down_and_up_again(db: DatabaseConnection) {
    Migrator::up(&db, None).await.unwrap();
    let made = shape(&db).await;
    assert!(made.iter().any(|line| line.contains("comment")), "{made:?}");
    Migrator::up(&db, None).await.unwrap();
    assert_eq!(shape(&db).await, made, "a second up changes nothing");

    Migrator::down(&db, None).await.unwrap();
    let left: Vec<String> = shape(&db)
        .await
        .into_iter()
        .filter(|line| !line.contains("seaql_migrations"))
        .collect();
    assert_eq!(left, [""; 0], "down takes everything away");

    Migrator::up(&db, None).await.unwrap();
    assert_eq!(shape(&db).await, made, "up again makes the same");
    db.close().await.unwrap();
}

#[test]
fn sqlite_goes_up_down_and_up_again() {
    run(async {
        let file = std::env::temp_dir().join(format!("parlour-migration-{:016x}.db", rand::random::<u64>()));
        let db = Database::connect(format!("sqlite://{}?mode=rwc", file.display()))
            .await
            .unwrap();
        up_down_and_up_again(db).await;
        std::fs::remove_file(file).unwrap();
    });
}

#[test]
fn postgresql_goes_up_down_and_up_again() {
    run(async {
        if let Ok(server) = std::env::var("TEST_DATABASE_URL") {
            up_down_and_up_again(Database::connect(fresh_database(&server).await).await.unwrap()).await;
        }
    });
}

/// What the first release left of a conversation, brought up to date.
async fn a_thread_of_the_first_release(db: DatabaseConnection) {
    Migrator::up(&db, Some(1)).await.unwrap();
    let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    let id = Uuid::now_v7;
    let (tenant, site) = (id(), id());
    let insert = |table: &'static str, columns: &[&'static str], values: Vec<SimpleExpr>| {
        let mut insert = Query::insert();
        insert
            .into_table(table)
            .columns(columns.iter().copied())
            .values_panic(values);
        insert
    };
    let times = ["created_at", "updated_at"];
    let rows = [
        insert(
            "tenant",
            &[&["id", "name"][..], &times].concat(),
            vec![tenant.into(), "T".into(), now.into(), now.into()],
        ),
        insert(
            "site",
            &[&["id", "tenant_id", "key", "name", "settings", "version"][..], &times].concat(),
            vec![
                site.into(),
                tenant.into(),
                "k".into(),
                "S".into(),
                json!({}).into(),
                1.into(),
                now.into(),
                now.into(),
            ],
        ),
    ];
    for row in rows {
        db.execute(&row).await.unwrap();
    }
    let pages = [
        (
            "url:blog.example/Über",
            Some("https://blog.example/Über/"),
            Some("GRÖSSE"),
        ),
        ("id:Post", Some("https://blog.example/post"), None),
        ("id:bare", None, None),
    ];
    for (key, url, title) in pages {
        let thread = id();
        let row = insert(
            "thread",
            &[
                &[
                    "id",
                    "site_id",
                    "key",
                    "key_version",
                    "url",
                    "title",
                    "comment_count",
                    "version",
                ][..],
                &times,
            ]
            .concat(),
            vec![
                thread.into(),
                site.into(),
                key.into(),
                1.into(),
                url.into(),
                title.into(),
                0.into(),
                1.into(),
                now.into(),
                now.into(),
            ],
        );
        db.execute(&row).await.unwrap();
        let row = insert(
            "thread_alias",
            &["id", "site_id", "thread_id", "key", "created_at"],
            vec![id().into(), site.into(), thread.into(), key.into(), now.into()],
        );
        db.execute(&row).await.unwrap();
    }
    Migrator::up(&db, None).await.unwrap();
    let threads = thread::Entity::of_site(site)
        .order_by_asc(thread::Column::Id)
        .all(&db)
        .await
        .unwrap();
    let folded: Vec<&str> = threads.iter().map(|row| row.folded.as_str()).collect();
    assert_eq!(
        folded,
        [
            "grösse\nurl:blog.example/über\nhttps://blog.example/über/",
            "id:post\nhttps://blog.example/post",
            "id:bare"
        ],
        "found by their words, in any case"
    );
    let aliases = thread_alias::Entity::of_site(site)
        .order_by_asc(thread_alias::Column::Id)
        .all(&db)
        .await
        .unwrap();
    let urls: Vec<Option<&str>> = aliases.iter().map(|row| row.url.as_deref()).collect();
    assert_eq!(
        urls,
        [Some("https://blog.example/Über/"), None, None],
        "pages keep their address"
    );
    assert_eq!((&threads[0].pinned, &threads[0].reactions), (&json!([]), &json!({})));
    db.close().await.unwrap();
}

#[test]
fn conversations_of_the_first_release_are_brought_along() {
    run(async {
        let file = std::env::temp_dir().join(format!("parlour-upgrade-{:016x}.db", rand::random::<u64>()));
        let db = Database::connect(format!("sqlite://{}?mode=rwc", file.display()))
            .await
            .unwrap();
        a_thread_of_the_first_release(db).await;
        std::fs::remove_file(file).unwrap();
        if let Ok(server) = std::env::var("TEST_DATABASE_URL") {
            a_thread_of_the_first_release(Database::connect(fresh_database(&server).await).await.unwrap()).await;
        }
    });
}

#[test]
fn every_table_has_an_entity() {
    run(async {
        let file = std::env::temp_dir().join(format!("parlour-entities-{:016x}.db", rand::random::<u64>()));
        let db = Database::connect(format!("sqlite://{}?mode=rwc", file.display()))
            .await
            .unwrap();
        Migrator::up(&db, None).await.unwrap();
        let made = shape(&db).await;
        let tables = made
            .iter()
            .filter_map(|line| line.strip_prefix("table ")?.split(' ').next());
        let mut tables: Vec<&str> = tables.filter(|table| *table != "seaql_migrations").collect();
        let list = include_str!("../../entity/src/lib.rs");
        let mut entities: Vec<&str> = list
            .lines()
            .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
            .collect();
        tables.sort_unstable();
        entities.sort_unstable();
        assert_eq!(tables, entities);
        db.close().await.unwrap();
        std::fs::remove_file(file).unwrap();
    });
}
