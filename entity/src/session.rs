//! A family of refresh tokens: one sign-in on one device. Written by `accounts`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    /// The account's `session_version` when it was opened.
    pub session_version: i32,
    pub user_agent: Option<String>,
    /// What was shown beside the password, or instead of it; none for the password alone.
    pub factor: Option<String>,
    /// When its holder last proved who he is.
    pub confirmed_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    /// Set when it was closed or when a used token came back.
    pub ended_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
