//! Waits for moderators are kept with their day, as one short text: as rows by length they were most of what a long report read.

use sea_orm_migration::prelude::*;

use crate::columns::col;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Both engines know `string_agg` (SQLite since 3.44, and ours comes with the program).
const GATHER: &str = "UPDATE site_day SET waits = COALESCE((SELECT string_agg(part.name || ':' || part.count, ' ') \
     FROM site_day_part AS part WHERE part.site_id = site_day.site_id AND part.kind = 'wait' AND part.day = site_day.day), '')";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let waits = col("waits").text().default("").take();
        manager
            .alter_table(Table::alter().table("site_day").add_column(waits).to_owned())
            .await?;
        let db = manager.get_connection();
        db.execute_unprepared(GATHER).await?;
        db.execute_unprepared("DELETE FROM site_day_part WHERE kind = 'wait'")
            .await?;
        Ok(())
    }

    /// How long comments waited until then is not known afterwards.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .alter_table(Table::alter().table("site_day").drop_column("waits").to_owned())
            .await
    }
}
