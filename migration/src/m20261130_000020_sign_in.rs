//! Sites whose own sign-in tells who writes: a key of each, and which comments were written that way.
//!
//! Both are added. What a node of the version before writes is nobody's whom a site vouched for.

use sea_orm_migration::prelude::*;

use crate::columns::col;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in added() {
            let change = Table::alter().table(table).add_column(column).to_owned();
            manager.alter_table(change).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in [("site", "sign_in_version"), ("comment", "signed_in")] {
            let change = Table::alter().table(table).drop_column(column).to_owned();
            manager.alter_table(change).await?;
        }
        Ok(())
    }
}

fn added() -> [(&'static str, ColumnDef); 2] {
    [
        ("site", col("sign_in_version").integer().default(1).take()),
        ("comment", col("signed_in").boolean().default(false).take()),
    ]
}
