//! What operators decide while the platform runs: defaults and bounds of settings, a tenant's own quotas, and who was warned of them; and
//! the language in which people want their mails.
//!
//! All of it is added; a node of the version before bounds settings by its table alone, and goes by plans alone.

use sea_orm_migration::prelude::*;

use crate::columns::{belongs, col, maybe_uuid, optional, string, table, time, unique, uuid};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let bound = Table::create()
            .table("setting_bound")
            .col(string("setting", 64).primary_key())
            .col(col("bound").json_binary())
            .col(maybe_uuid("changed_by"))
            .col(time("changed_at"))
            .foreign_key(
                belongs("setting_bound", &["changed_by"], "account", &["id"]).on_delete(ForeignKeyAction::SetNull),
            )
            .take();
        let warning = table("quota_warning")
            .col(uuid("tenant_id"))
            .col(string("quota", 16))
            .col(col("month").integer())
            .col(col("is_near").boolean())
            .index(&mut unique(&["tenant_id", "quota"]))
            .foreign_key(&mut belongs("quota_warning", &["tenant_id"], "tenant", &["id"]))
            .take();
        for table in [bound, warning] {
            manager.create_table(table).await?;
        }
        let author = Index::create()
            .name("setting_bound_author")
            .table("setting_bound")
            .col("changed_by")
            .to_owned();
        manager.create_index(author).await?;
        for (table, column) in added() {
            manager
                .alter_table(Table::alter().table(table).add_column(column).to_owned())
                .await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, mut column) in added() {
            let column = column.take().get_column_name().clone();
            manager
                .alter_table(Table::alter().table(table).drop_column(column).to_owned())
                .await?;
        }
        for table in ["quota_warning", "setting_bound"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

fn added() -> Vec<(&'static str, ColumnDef)> {
    vec![
        ("tenant", optional("own_quotas").json_binary().take()),
        ("account", optional("locale").string_len(8).take()),
    ]
}
