//! The secret that an account shares with an authenticator app (RFC 6238). Written by `accounts`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "authenticator")]
pub struct Model {
    /// The account's.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Encrypted with a key of the service.
    pub secret: Vec<u8>,
    /// The half minute of the last code that was taken: no code of it or before is good any more.
    pub last_step: i64,
    pub created_at: DateTimeUtc,
    pub last_used_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
