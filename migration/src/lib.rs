//! How the database came to its shape: one file a change, one set for SQLite and PostgreSQL.
//!
//! Rules for a new one: `use_transaction` is `Some(true)`, but `Some(false)` where it changes tables that requests are using, so that
//! each is held for its own change alone, and each step looks whether it was done by a run that ended half-way; foreign keys are
//! declared when the table is made (SQLite cannot add them later) and every foreign key column is indexed; times are set by the code,
//! never by a default of the database; a change that an older binary could not live with is split in two releases (first add, later
//! take away), so that a running version keeps working while the next one migrates.

use std::collections::BTreeSet;

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::sea_orm::{ConnectionTrait, DatabaseConnection, EntityTrait, QueryOrder};
use sea_orm_migration::prelude::{DbErr, MigrationTrait, SchemaManager, async_trait};
use sea_orm_migration::seaql_migrations;

mod columns;
mod m20261123_000001_start;
mod m20261125_000002_conversation;
mod m20261125_000003_isso;
mod m20261130_000004_people;
mod m20261130_000005_mail;
mod m20261130_000006_factors;
mod m20261130_000007_lives;
mod m20261130_000008_operator;
mod m20261130_000009_statistics;
mod m20261130_000010_doctor;
mod m20261130_000011_platform;
mod m20261130_000012_quick_lists;
mod m20261130_000013_webhooks;
mod m20261130_000014_watching;
mod m20261130_000015_readers;
mod m20261130_000016_mine;
mod m20261130_000017_bounces;
mod m20261130_000018_texts;
mod m20261130_000019_push;
mod m20261130_000020_sign_in;

/// The list of changes, oldest first.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    /// Those of a newer version are left out, which migrated while this one runs, or before somebody went back to this one: it works
    /// on, as newer schemas keep what an older version needs. The library would refuse to start.
    async fn get_migration_models<C: ConnectionTrait>(db: &C) -> Result<Vec<seaql_migrations::Model>, DbErr> {
        Self::install(db).await?;
        let (known, mut applied) = (known(), applied(db).await?);
        applied.retain(|one| known.contains(&one.version));
        Ok(applied)
    }

    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261123_000001_start::Migration),
            Box::new(m20261125_000002_conversation::Migration),
            Box::new(m20261125_000003_isso::Migration),
            Box::new(m20261130_000004_people::Migration),
            Box::new(m20261130_000005_mail::Migration),
            Box::new(m20261130_000006_factors::Migration),
            Box::new(m20261130_000008_operator::Migration),
            Box::new(m20261130_000009_statistics::Migration),
            Box::new(m20261130_000007_lives::Migration),
            Box::new(m20261130_000010_doctor::Migration),
            Box::new(m20261130_000011_platform::Migration),
            Box::new(m20261130_000012_quick_lists::Migration),
            Box::new(m20261130_000013_webhooks::Migration),
            Box::new(m20261130_000014_watching::Migration),
            Box::new(m20261130_000015_readers::Migration),
            Box::new(m20261130_000016_mine::Migration),
            Box::new(m20261130_000017_bounces::Migration),
            Box::new(m20261130_000018_texts::Migration),
            Box::new(m20261130_000019_push::Migration),
            Box::new(m20261130_000020_sign_in::Migration),
        ]
    }
}

/// How far a database is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Changes that are still to come, in their order.
    pub pending: Vec<String>,
    /// Changes that a newer version has made.
    pub newer: Vec<String>,
}

/// Looks how far a database is; changes nothing, so that it needs no right to.
pub async fn standing(db: &DatabaseConnection) -> Result<Standing, DbErr> {
    let mut applied = match SchemaManager::new(db).has_table("seaql_migrations").await? {
        true => applied(db).await?,
        false => Vec::new(),
    };
    let known = known();
    let done: BTreeSet<&str> = applied.iter().map(|one| one.version.as_str()).collect();
    let pending = Migrator::migrations()
        .iter()
        .map(|one| one.name().to_owned())
        .filter(|name| !done.contains(name.as_str()))
        .collect();
    applied.retain(|one| !known.contains(&one.version));
    Ok(Standing {
        pending,
        newer: applied.into_iter().map(|one| one.version).collect(),
    })
}

fn known() -> BTreeSet<String> {
    Migrator::migrations().iter().map(|one| one.name().to_owned()).collect()
}

#[expect(clippy::disallowed_methods, reason = "changes of the schema are nobody's")]
async fn applied<C: ConnectionTrait>(db: &C) -> Result<Vec<seaql_migrations::Model>, DbErr> {
    seaql_migrations::Entity::find()
        .order_by_asc(seaql_migrations::Column::Version)
        .all(db)
        .await
}
