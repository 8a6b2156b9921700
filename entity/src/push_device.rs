//! A browser that is told of comments with the admin UI closed (Web Push, RFC 8030). Written by `watching`.

use sea_orm::entity::prelude::*;

use crate::watcher::Wants;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "push_device")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    /// Where its push service takes messages for it. Whoever knows it and our key can send some.
    pub endpoint: String,
    /// SHA-256 of it.
    pub endpoint_hash: Vec<u8>,
    /// What messages are encrypted for: its public key (a point of P-256, uncompressed) and its secret.
    pub public_key: Vec<u8>,
    pub auth: Vec<u8>,
    /// Which of our keys it listens to.
    pub key_name: String,
    /// `pending` or `every`.
    pub wants: Wants,
    /// What its owner knows it by, made of what the browser says of itself.
    pub name: String,
    /// The language in which it was added, as a tag (BCP 47).
    pub locale: Option<String>,
    pub created_at: DateTimeUtc,
    pub sent_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
