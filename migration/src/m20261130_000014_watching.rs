//! Members who are told of comments by mail, and what waits for their next digest; jobs get lanes and a place before or after others.
//!
//! All of it is added. A node of the version before takes jobs of a lane in any order, and puts its own in front.

use sea_orm_migration::prelude::*;

use crate::columns::{belongs, col, index, of_site, optional, string, time, unique, uuid, within_site};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let watcher = of_site("watcher")
            .col(uuid("account_id"))
            .col(string("wants", 16))
            .col(optional("locale").string_len(8))
            .col(time("created_at"))
            .col(time("updated_at"))
            .index(&mut unique(&["site_id", "account_id"]))
            .foreign_key(&mut belongs("watcher", &["account_id"], "account", &["id"]))
            .take();
        let entry = of_site("digest_entry")
            .col(uuid("watcher_id"))
            .col(uuid("comment_id"))
            .col(time("created_at"))
            .index(&mut unique(&["site_id", "watcher_id", "comment_id"]))
            .foreign_key(&mut within_site("digest_entry", "watcher_id", "watcher"))
            .take();
        for table in [watcher, entry] {
            manager.create_table(table).await?;
        }
        for column in added() {
            let table = Table::alter().table("job").add_column(column).to_owned();
            manager.alter_table(table).await?;
        }
        for (name, table, columns) in INDEXES {
            manager.create_index(index(name, table, columns)).await?;
        }
        // `job_next` stands in its place.
        manager
            .drop_index(Index::drop().name("job_due").table("job").to_owned())
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let due = Index::create().name("job_due").table("job").col("run_at").to_owned();
        manager.create_index(due).await?;
        for (name, table, _) in INDEXES {
            manager
                .drop_index(Index::drop().name(name).table(table).to_owned())
                .await?;
        }
        for column in ["priority", "lane"] {
            let table = Table::alter().table("job").drop_column(column).to_owned();
            manager.alter_table(table).await?;
        }
        for table in ["digest_entry", "watcher"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

const INDEXES: [(&str, &str, &[&str]); 4] = [
    ("watcher_account", "watcher", &["account_id"]),
    ("digest_entry_age", "digest_entry", &["created_at"]),
    ("job_next", "job", &["priority", "run_at"]),
    ("job_lane", "job", &["lane", "id"]),
];

fn added() -> [ColumnDef; 2] {
    [
        optional("lane").string_len(120).take(),
        // With a default, for jobs that a node of the version before adds.
        col("priority").small_integer().default(0).take(),
    ]
}
