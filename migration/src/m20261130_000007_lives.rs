//! Sites and tenants can be deleted with time to bring them back, and a site's key can be changed while the old one still works.
//!
//! All are additions; a node of the version before goes on showing a deleted site until it is erased, and knows no old keys.

use sea_orm_migration::prelude::*;

use crate::columns::{maybe_time, of_site, optional, string, time};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in columns() {
            manager
                .alter_table(Table::alter().table(table).add_column(column).to_owned())
                .await?;
        }
        let key = of_site("site_key")
            .col(string("key", 32).unique_key())
            .col(time("created_at"))
            .col(time("ends_at"))
            .col(maybe_time("last_seen_at"))
            .col(optional("last_origin").string_len(300))
            .take();
        manager.create_table(key).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("site_key").to_owned()).await?;
        for (table, column) in columns() {
            let name = column.get_column_name();
            manager
                .alter_table(Table::alter().table(table).drop_column(name).to_owned())
                .await?;
        }
        Ok(())
    }
}

fn columns() -> [(&'static str, ColumnDef); 2] {
    [("site", maybe_time("erase_at")), ("tenant", maybe_time("erase_at"))]
}
