//! A comment that a follower is still to be told of. It outlives the comment, of which he is told nothing then. Written by `subscriptions`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "follow_entry")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub site_id: Uuid,
    /// A name for his address on this site (`subscriptions::follower`), whatever he follows there.
    pub follower: String,
    /// One of his wishes that it is for.
    pub subscription_id: Uuid,
    pub thread_id: Uuid,
    pub comment_id: Uuid,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
