//! What mails say in the name of a site.

use sea_orm_migration::prelude::*;

use crate::columns::{col, of_site, string, time, unique};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let text = of_site("mail_text")
            .col(string("kind", 16))
            .col(string("locale", 8))
            .col(col("subject").text())
            .col(col("opening").text())
            .col(col("closing").text())
            .col(time("updated_at"))
            .index(&mut unique(&["site_id", "kind", "locale"]))
            .take();
        manager.create_table(text).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("mail_text").to_owned()).await
    }
}
