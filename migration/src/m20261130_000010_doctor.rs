//! Troubles of a site's pages are counted, with a sample each; an origin leads to the sites that list it.
//!
//! Both are additions; a node of the version before knows nothing of them.

use sea_orm_migration::prelude::*;

use crate::columns::{col, of_site, optional, string, time, unique};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let trouble = of_site("trouble")
            .col(string("kind", 24))
            .col(string("subject", 300))
            .col(optional("page").string_len(600))
            .col(col("count").big_integer())
            .col(time("first_seen_at"))
            .col(time("last_seen_at"))
            .index(&mut unique(&["site_id", "kind", "subject"]))
            .take();
        manager.create_table(trouble).await?;
        for (name, table, column) in [
            ("trouble_age", "trouble", "last_seen_at"),
            ("site_origin_origin", "site_origin", "origin"),
        ] {
            let index = Index::create().name(name).table(table).col(column).to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index = Index::drop().name("site_origin_origin").table("site_origin").to_owned();
        manager.drop_index(index).await?;
        manager.drop_table(Table::drop().table("trouble").to_owned()).await
    }
}
