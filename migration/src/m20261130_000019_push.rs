//! Browsers that are told of what waits, with the admin UI closed (Web Push).

use sea_orm_migration::prelude::*;

use crate::columns::{belongs, col, index, maybe_time, optional, string, table, time, uuid};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let device = table("push_device")
            .col(uuid("account_id"))
            .col(col("endpoint").text())
            .col(col("endpoint_hash").binary_len(32).unique_key())
            .col(col("public_key").binary())
            .col(col("auth").binary())
            .col(string("key_name", 64))
            .col(string("wants", 16))
            .col(string("name", 100))
            .col(optional("locale").string_len(8))
            .col(time("created_at"))
            .col(maybe_time("sent_at"))
            .foreign_key(&mut belongs("push_device", &["account_id"], "account", &["id"]))
            .take();
        manager.create_table(device).await?;
        manager
            .create_index(index("push_device_account", "push_device", &["account_id"]))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("push_device").to_owned()).await
    }
}
