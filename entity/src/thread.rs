//! The conversation of one page. Found by its keys in `thread_alias`. Written by `threads`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "thread")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub site_id: Uuid,
    /// The key it goes by: the one it was opened with, or was moved to. `id:...` or `url:...`.
    pub key: String,
    /// Version of the URL normaliser that made the key.
    pub key_version: i32,
    pub url: Option<String>,
    pub title: Option<String>,
    /// Title, key and URL in lower case: what moderators search in, alike on both engines.
    pub folded: String,
    /// Published comments, replies included.
    pub comment_count: i64,
    /// Raised by every change that readers can see.
    pub version: i64,
    pub closed_at: Option<DateTimeUtc>,
    /// Since when nothing may change here: no comments, edits, votes, reactions.
    pub locked_at: Option<DateTimeUtc>,
    /// JSON list of the ids of pinned roots, in their order.
    pub pinned: Json,
    /// JSON object: how many readers reacted with each kind.
    pub reactions: Json,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub last_comment_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
