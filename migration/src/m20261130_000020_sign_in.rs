//! Sites whose own sign-in tells who writes: a key of each, and which comments were written that way.
//!
//! Both are added. What a node of the version before writes is nobody's whom a site vouched for.

use sea_orm_migration::prelude::*;

use crate::columns::col;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Two tables that every request needs: whoever has both in one transaction waits for those who ask for them in the other order,
    /// and they for him.
    fn use_transaction(&self) -> Option<bool> {
        Some(false)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, name, column) in added() {
            // From a time before, which ended half-way.
            if manager.has_column(table, name).await? {
                continue;
            }
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

fn added() -> [(&'static str, &'static str, ColumnDef); 2] {
    let version = col("sign_in_version").integer().default(1).take();
    let signed_in = col("signed_in").boolean().default(false).take();
    [
        ("site", "sign_in_version", version),
        ("comment", "signed_in", signed_in),
    ]
}
