//! People come into tenants by invitation, and what they change there is on record.
//!
//! Both are additions; a node of the version before knows nothing of them.

use sea_orm_migration::prelude::*;

use crate::columns::{belongs, col, index, maybe_uuid, optional, string, table, time, unique, uuid};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let invitation = table("invitation")
            .col(uuid("tenant_id"))
            .col(maybe_uuid("invited_by"))
            .col(string("email", 254))
            .col(string("email_folded", 254))
            .col(string("role", 16))
            .col(optional("site_ids").json_binary())
            .col(col("token_hash").binary_len(32).unique_key())
            .col(time("created_at"))
            .col(time("expires_at"))
            .index(&mut unique(&["tenant_id", "email_folded"]))
            .foreign_key(&mut belongs("invitation", &["tenant_id"], "tenant", &["id"]))
            .foreign_key(
                belongs("invitation", &["invited_by"], "account", &["id"]).on_delete(ForeignKeyAction::SetNull),
            )
            .take();
        let audit = table("audit_entry")
            .col(uuid("tenant_id"))
            .col(maybe_uuid("account_id"))
            .col(string("change", 32))
            .col(maybe_uuid("site_id"))
            .col(col("data").json_binary())
            .col(optional("network_hash").string_len(64))
            .col(time("at"))
            .foreign_key(&mut belongs("audit_entry", &["tenant_id"], "tenant", &["id"]))
            .take();
        for table in [invitation, audit] {
            manager.create_table(table).await?;
        }
        for (name, table, columns) in [
            ("invitation_inviter", "invitation", &["invited_by"][..]),
            ("invitation_age", "invitation", &["expires_at"]),
            ("audit_entry_tenant", "audit_entry", &["tenant_id", "id"]),
            ("audit_entry_age", "audit_entry", &["at"]),
        ] {
            manager.create_index(index(name, table, columns)).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["audit_entry", "invitation"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
