//! What people do by links in mails: completing a sign-up, another password, another address. And the networks from which they sign
//! in, so that a stranger's guesses do not keep them out.
//!
//! All of it is an addition; a node of the version before knows nothing of it.

use sea_orm_migration::prelude::*;

use crate::columns::{belongs, col, index, maybe_time, string, table, time, unique, uuid};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in tables() {
            manager.create_table(table).await?;
        }
        for (name, table, columns) in [
            ("sign_up_email", "sign_up", &["email_folded"][..]),
            ("sign_up_age", "sign_up", &["expires_at"]),
            ("password_reset_email", "password_reset", &["email_folded"]),
            ("password_reset_age", "password_reset", &["expires_at"]),
            ("email_change_age", "email_change", &["expires_at"]),
            ("known_network_age", "known_network", &["last_at"]),
        ] {
            manager.create_index(index(name, table, columns)).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["known_network", "email_change", "password_reset", "sign_up"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

fn tables() -> Vec<TableCreateStatement> {
    vec![
        table("sign_up")
            .col(string("email", 254))
            .col(string("email_folded", 254))
            .col(string("name", 200))
            .col(col("password_hash").text())
            .col(col("token_hash").binary_len(32).unique_key())
            .col(time("created_at"))
            .col(time("expires_at"))
            .take(),
        table("password_reset")
            .col(string("email_folded", 254))
            .col(col("token_hash").binary_len(32).unique_key())
            .col(time("created_at"))
            .col(time("expires_at"))
            .take(),
        table("email_change")
            .col(uuid("account_id").unique_key().take())
            .col(string("email", 254))
            .col(string("email_folded", 254))
            .col(col("to_come_hash").binary_len(32).unique_key())
            .col(col("to_go_hash").binary_len(32).unique_key())
            .col(maybe_time("to_come_at"))
            .col(maybe_time("to_go_at"))
            .col(time("created_at"))
            .col(time("expires_at"))
            .foreign_key(&mut belongs("email_change", &["account_id"], "account", &["id"]))
            .take(),
        table("known_network")
            .col(uuid("account_id"))
            .col(string("network_hash", 64))
            .col(time("last_at"))
            .index(&mut unique(&["account_id", "network_hash"]))
            .foreign_key(&mut belongs("known_network", &["account_id"], "account", &["id"]))
            .take(),
    ]
}
