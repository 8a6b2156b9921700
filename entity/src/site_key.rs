//! A key that a site had before, which still leads to it for a while. Written by `sites`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "site_key")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub site_id: Uuid,
    pub key: String,
    /// When another key took its place.
    pub created_at: DateTimeUtc,
    /// From then on it is nobody's.
    pub ends_at: DateTimeUtc,
    /// When a page asked by it last since then, to some seconds, and the page's origin, if it had one.
    pub last_seen_at: Option<DateTimeUtc>,
    pub last_origin: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
