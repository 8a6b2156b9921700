//! A person who can sign in. Written by `accounts`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "account")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// As typed; `email_folded` is what is compared.
    pub email: String,
    pub email_folded: String,
    pub name: String,
    /// The name as it is searched in.
    pub folded: String,
    /// PHC string (argon2id).
    pub password_hash: String,
    /// Operators stand above tenants.
    pub operator: bool,
    /// Raised to end every session of the account at once.
    pub session_version: i32,
    /// Since when operators keep it out, and why.
    pub suspended_at: Option<DateTimeUtc>,
    pub suspended_reason: Option<String>,
    /// The language of its mails, once its holder has chosen one.
    pub locale: Option<String>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
