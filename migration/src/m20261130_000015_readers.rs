//! Readers who follow conversations by mail, what they are still to be told of, and addresses that get no such mail any more.
//!
//! All of it is added. A node of the version before writes wishes of imports alone, which are for replies.

use sea_orm_migration::prelude::*;

use crate::columns::{
    belongs, col, index, maybe_time, maybe_uuid, of_site, optional, string, table, time, unique, uuid, within_site,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let entry = of_site("follow_entry")
            .col(string("follower", 32))
            .col(uuid("subscription_id"))
            .col(uuid("thread_id"))
            .col(uuid("comment_id"))
            .col(time("created_at"))
            .index(&mut unique(&["site_id", "follower", "comment_id"]))
            .foreign_key(&mut within_site("follow_entry", "subscription_id", "subscription"))
            .take();
        let silence = table("silence")
            .col(maybe_uuid("site_id"))
            .col(string("address_hash", 32))
            .col(string("reason", 16))
            .col(time("created_at"))
            .index(&mut unique(&["address_hash", "site_id"]))
            .foreign_key(&mut belongs("silence", &["site_id"], "site", &["id"]))
            .take();
        for table in [entry, silence] {
            manager.create_table(table).await?;
        }
        for column in added() {
            let table = Table::alter().table("subscription").add_column(column).to_owned();
            manager.alter_table(table).await?;
        }
        let of_threads = Query::update()
            .table("subscription")
            .value("wants", "thread")
            .and_where(Expr::col("thread_id").is_not_null())
            .to_owned();
        manager.execute(of_threads).await?;
        for (name, table, columns) in INDEXES {
            manager.create_index(index(name, table, columns)).await?;
        }
        // No value is the same as no other in a unique key.
        let platform = index("silence_platform", "silence", &["address_hash"])
            .unique()
            .and_where(Expr::cust("site_id IS NULL"))
            .take();
        manager.create_index(platform).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["follow_entry", "silence"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        for name in ["subscription_address", "subscription_waits", "subscription_ended"] {
            let index = Index::drop().name(name).table("subscription").to_owned();
            manager.drop_index(index).await?;
        }
        for column in ["wants", "locale", "asked_at"] {
            let table = Table::alter().table("subscription").drop_column(column).to_owned();
            manager.alter_table(table).await?;
        }
        Ok(())
    }
}

const INDEXES: [(&str, &str, &[&str]); 6] = [
    ("subscription_address", "subscription", &["email_folded", "site_id"]),
    ("subscription_waits", "subscription", &["confirmed_at", "created_at"]),
    ("subscription_ended", "subscription", &["ended_at"]),
    (
        "follow_entry_subscription",
        "follow_entry",
        &["site_id", "subscription_id"],
    ),
    ("follow_entry_age", "follow_entry", &["created_at"]),
    ("silence_site", "silence", &["site_id"]),
];

fn added() -> [ColumnDef; 3] {
    [
        // With a default, for what a node of the version before imports.
        col("wants").string_len(16).default("replies").take(),
        optional("locale").string_len(8).take(),
        maybe_time("asked_at"),
    ]
}
