//! The schema goes up, down, and up again, on each engine.

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};

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
