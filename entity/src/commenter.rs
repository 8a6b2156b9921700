//! Somebody who writes on a site, by what tells its authors apart: `comments::identity`. Written by `commenters`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "commenter")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub site_id: Uuid,
    pub author_hash: String,
    /// As he last called himself. His mail address is in his comments alone, where it has its end.
    pub name: Option<String>,
    /// The name in lower case: what moderators search in, alike on both engines.
    pub folded: String,
    pub first_seen_at: DateTimeUtc,
    pub last_seen_at: DateTimeUtc,
    pub last_comment_id: Uuid,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
