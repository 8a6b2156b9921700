//! The comment that a retried post already made. Written by `comments`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub site_id: Uuid,
    /// SHA-256 of the `Idempotency-Key`.
    pub key_hash: Vec<u8>,
    /// SHA-256 of the request, so that a key is not reused for another text.
    pub request_hash: Vec<u8>,
    pub comment_id: Uuid,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
