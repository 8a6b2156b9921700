//! Addresses that mail came back from, and what became of each day's mails.

use sea_orm_migration::prelude::*;

use crate::columns::{col, index, optional, string, table, time, unique};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let bounce = table("bounce")
            .col(string("address_hash", 32))
            .col(string("kind", 16))
            .col(string("source", 16))
            .col(optional("diagnostic").string_len(200))
            .col(col("count").integer())
            .col(time("created_at"))
            .col(time("last_at"))
            .index(&mut unique(&["address_hash", "kind"]))
            .take();
        let day = table("mail_day")
            .col(col("day").date())
            .col(string("kind", 32))
            .col(string("outcome", 16))
            .col(col("count").big_integer())
            .index(&mut unique(&["day", "kind", "outcome"]))
            .take();
        for table in [bounce, day] {
            manager.create_table(table).await?;
        }
        // For the count of what waits, however long the log is.
        let waiting = index("webhook_delivery_waiting", "webhook_delivery", &["waiting_since"])
            .and_where(Expr::cust("state = 'waiting'"))
            .take();
        manager.create_index(waiting).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let waiting = Index::drop()
            .name("webhook_delivery_waiting")
            .table("webhook_delivery")
            .to_owned();
        manager.drop_index(waiting).await?;
        for table in ["mail_day", "bounce"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
