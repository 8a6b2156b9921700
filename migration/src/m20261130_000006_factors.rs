//! Second factors and passkeys, and what a session was opened with.
//!
//! All additions; a node of the version before signs in by password alone while it runs.

use sea_orm_migration::prelude::*;

use crate::columns::{belongs, col, maybe_time, optional, string, table, time, unique, uuid};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [optional("factor").string_len(16).take(), maybe_time("confirmed_at")] {
            let change = Table::alter().table("session").add_column(column).take();
            manager.alter_table(change).await?;
        }
        let authenticator = table("authenticator")
            .col(col("secret").binary())
            .col(col("last_step").big_integer())
            .col(time("created_at"))
            .col(time("last_used_at"))
            .foreign_key(&mut belongs("authenticator", &["id"], "account", &["id"]))
            .take();
        let passkey = table("passkey")
            .col(uuid("account_id"))
            .col(string("name", 100))
            .col(col("credential_id").binary().unique_key())
            .col(col("public_key").binary())
            .col(col("state").binary())
            .col(col("transports").small_integer())
            .col(time("created_at"))
            .col(maybe_time("last_used_at"))
            .foreign_key(&mut belongs("passkey", &["account_id"], "account", &["id"]))
            .take();
        let code = table("recovery_code")
            .col(uuid("account_id"))
            .col(string("code_hash", 32))
            .col(time("created_at"))
            .index(&mut unique(&["account_id", "code_hash"]))
            .foreign_key(&mut belongs("recovery_code", &["account_id"], "account", &["id"]))
            .take();
        let step = table("sign_in_step")
            .col(uuid("account_id"))
            .col(col("token_hash").binary_len(32).unique_key())
            .col(col("password_mark").binary_len(32))
            .col(col("tries").integer())
            .col(time("created_at"))
            .col(time("expires_at"))
            .foreign_key(&mut belongs("sign_in_step", &["account_id"], "account", &["id"]))
            .take();
        let spent = table("spent_challenge")
            .col(col("challenge_hash").binary_len(32).unique_key())
            .col(time("expires_at"))
            .take();
        for table in [authenticator, passkey, code, step, spent] {
            manager.create_table(table).await?;
        }
        for (name, table, column) in [
            ("passkey_account", "passkey", "account_id"),
            ("sign_in_step_account", "sign_in_step", "account_id"),
            ("sign_in_step_age", "sign_in_step", "expires_at"),
            ("spent_challenge_age", "spent_challenge", "expires_at"),
        ] {
            let index = Index::create().name(name).table(table).col(column).to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            "spent_challenge",
            "sign_in_step",
            "recovery_code",
            "passkey",
            "authenticator",
        ] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        for column in ["confirmed_at", "factor"] {
            let change = Table::alter().table("session").drop_column(column).take();
            manager.alter_table(change).await?;
        }
        Ok(())
    }
}
