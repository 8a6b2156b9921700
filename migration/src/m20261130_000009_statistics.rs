//! What happens on sites is counted by the day, and who writes there is known by name.
//!
//! All of it is additions. Both are filled from the record from its beginning on, by the job that keeps them: a node of the version
//! before knows nothing of them, and what it writes is counted with the rest.

use sea_orm_migration::prelude::*;

use crate::columns::{col, index, of_site, optional, string, time, unique, uuid};

#[derive(DeriveMigrationName)]
pub struct Migration;

const COUNTS: [&str; 8] = [
    "comments",
    "approved",
    "spam",
    "votes",
    "reads",
    "new_commenters",
    "refused_origins",
    "failed_submits",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in tables() {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_index(Index::drop().name("comment_author").table("comment").to_owned())
            .await?;
        for table in ["commenter", "statistics_cursor", "site_day_part", "site_day"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

fn tables() -> Vec<TableCreateStatement> {
    let mut day = of_site("site_day");
    day.col(col("day").date());
    for count in COUNTS {
        day.col(col(count).big_integer());
    }
    vec![
        day.index(&mut unique(&["site_id", "day"])).take(),
        of_site("site_day_part")
            .col(col("day").date())
            .col(string("kind", 16))
            .col(string("name", 64))
            .col(col("count").big_integer())
            .index(&mut unique(&["site_id", "kind", "day", "name"]))
            .take(),
        Table::create()
            .table("statistics_cursor")
            .col(string("name", 16).primary_key())
            .col(uuid("position"))
            .col(time("counted_until"))
            .take(),
        of_site("commenter")
            .col(string("author_hash", 12))
            .col(optional("name").text())
            .col(col("folded").text())
            .col(time("first_seen_at"))
            .col(time("last_seen_at"))
            .col(uuid("last_comment_id"))
            .index(&mut unique(&["site_id", "author_hash"]))
            .take(),
    ]
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        index("commenter_seen", "commenter", &["site_id", "last_seen_at", "id"]),
        // All of an author's comments, the newest first; with their states, so that they are counted from the index alone.
        index("comment_author", "comment", &["site_id", "author_hash", "id", "state"])
            .and_where(Expr::cust("author_hash IS NOT NULL"))
            .take(),
    ]
}
