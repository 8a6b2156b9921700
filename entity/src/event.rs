//! What happened to a comment or thread, by whom and why. Rows are only ever added. Written by `moderation`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "event")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub site_id: Uuid,
    pub thread_id: Option<Uuid>,
    pub comment_id: Option<Uuid>,
    /// created, edited, decided, purged, merged, closed...: `moderation::Kind`.
    pub kind: String,
    /// visitor, member or system.
    pub actor: String,
    pub account_id: Option<Uuid>,
    pub from_state: Option<String>,
    pub to_state: Option<String>,
    /// JSON list of reason codes.
    pub reasons: Json,
    /// What the kind needs beside this, such as the text before an edit.
    pub data: Json,
    pub at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
