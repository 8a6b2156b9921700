//! What the drop-in for Isso needs: whose comment is whose, and links that act once.
//!
//! Both are additions. A node of the version before leaves `author_hash` empty, for which readers see no hash.

use sea_orm_migration::prelude::*;

use crate::columns::{col, of_site, optional, time, unique};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let hash = optional("author_hash").string_len(12).take();
        manager
            .alter_table(Table::alter().table("comment").add_column(hash).to_owned())
            .await?;
        let spent = of_site("spent_link")
            .col(col("link_hash").binary_len(32))
            .col(time("expires_at"))
            .index(&mut unique(&["site_id", "link_hash"]))
            .take();
        manager.create_table(spent).await?;
        let age = Index::create()
            .name("spent_link_age")
            .table("spent_link")
            .col("expires_at")
            .to_owned();
        manager.create_index(age).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("spent_link").to_owned()).await?;
        manager
            .alter_table(Table::alter().table("comment").drop_column("author_hash").to_owned())
            .await
    }
}
