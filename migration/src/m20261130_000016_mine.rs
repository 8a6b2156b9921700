//! Links by which who holds a mailbox finds what he wrote on a site; and which comments were written with which address.
//!
//! Both are added. A node of the version before writes comments without `mailbox_hash`; `comment_unnamed` finds them, and is empty else.

use sea_orm_migration::prelude::*;

use crate::columns::{col, index, of_site, optional, string, time};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let hash = optional("mailbox_hash").string_len(32).take();
        let comment = Table::alter().table("comment").add_column(hash).to_owned();
        manager.alter_table(comment).await?;
        let link = of_site("mine_link")
            .col(string("email", 254))
            .col(string("email_folded", 254))
            .col(col("token_hash").binary_len(32).unique_key())
            .col(time("created_at"))
            .col(time("expires_at"))
            .take();
        manager.create_table(link).await?;
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in ["comment_unnamed", "comment_mailbox"] {
            manager
                .drop_index(Index::drop().name(name).table("comment").to_owned())
                .await?;
        }
        manager.drop_table(Table::drop().table("mine_link").to_owned()).await?;
        let comment = Table::alter().table("comment").drop_column("mailbox_hash").to_owned();
        manager.alter_table(comment).await
    }
}

fn indexes() -> [IndexCreateStatement; 3] {
    [
        index("comment_mailbox", "comment", &["site_id", "mailbox_hash", "id"])
            .and_where(Expr::cust("mailbox_hash IS NOT NULL"))
            .to_owned(),
        index("comment_unnamed", "comment", &["site_id", "id"])
            .and_where(Expr::cust(
                "author_email IS NOT NULL AND mailbox_hash IS NULL AND account_id IS NULL",
            ))
            .to_owned(),
        index("mine_link_age", "mine_link", &["expires_at"]),
    ]
}
