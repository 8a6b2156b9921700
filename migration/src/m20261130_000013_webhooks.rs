//! Programs are told what happens on sites, and asked what is to become of comments.
//!
//! All of it is an addition; a node of the version before knows nothing of it, and what is posted there is told to nobody.

use sea_orm_migration::prelude::*;

use crate::columns::{belongs, col, index, maybe_time, maybe_uuid, optional, string, table, time, unique, uuid};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let webhook = table("webhook")
            .col(uuid("tenant_id"))
            .col(maybe_uuid("site_id"))
            .col(string("name", 100))
            .col(string("purpose", 16))
            .col(string("format", 16))
            .col(string("locale", 8))
            .col(col("events").json_binary())
            .col(col("address").blob())
            .col(string("shown", 2000))
            .col(col("secret").blob())
            .col(optional("former_secret").blob())
            .col(maybe_time("former_until"))
            .col(optional("token").blob())
            .col(optional("deadline_ms").integer())
            .col(maybe_time("disabled_at"))
            .col(optional("disabled_by").string_len(16))
            .col(maybe_time("failing_since"))
            .col(col("failures").integer())
            .col(optional("last_fault").string_len(32))
            .col(maybe_time("next_at"))
            .col(maybe_time("locked_until"))
            .col(maybe_time("last_success_at"))
            .col(time("created_at"))
            .col(time("updated_at"))
            .index(&mut unique(&["tenant_id", "id"]))
            .foreign_key(&mut belongs("webhook", &["tenant_id"], "tenant", &["id"]))
            .take();
        let delivery = table("webhook_delivery")
            .col(uuid("tenant_id"))
            .col(uuid("webhook_id"))
            .col(maybe_uuid("site_id"))
            .col(maybe_uuid("comment_id"))
            .col(string("event", 32))
            .col(col("payload").text())
            .col(string("state", 16))
            .col(maybe_time("run_at"))
            .col(time("waiting_since"))
            .col(col("attempts").integer())
            .col(col("tries").json_binary())
            .col(col("request_headers").json_binary())
            .col(optional("response_status").integer())
            .col(col("response_headers").json_binary())
            .col(optional("response_body").text())
            .col(optional("fault").string_len(32))
            .col(time("created_at"))
            .col(maybe_time("finished_at"))
            .foreign_key(&mut belongs(
                "webhook_delivery",
                &["tenant_id", "webhook_id"],
                "webhook",
                &["tenant_id", "id"],
            ))
            .take();
        for table in [webhook, delivery] {
            manager.create_table(table).await?;
        }
        for (name, table, columns) in [
            ("webhook_site", "webhook", &["site_id"][..]),
            (
                "webhook_delivery_log",
                "webhook_delivery",
                &["tenant_id", "webhook_id", "id"],
            ),
            ("webhook_delivery_due", "webhook_delivery", &["webhook_id", "run_at"]),
            ("webhook_delivery_site", "webhook_delivery", &["site_id", "comment_id"]),
            ("webhook_delivery_age", "webhook_delivery", &["created_at"]),
        ] {
            manager.create_index(index(name, table, columns)).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["webhook_delivery", "webhook"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
