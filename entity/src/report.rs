//! A reader's word that a comment should be looked at. Written by `moderation`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "report")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub site_id: Uuid,
    pub comment_id: Uuid,
    /// Name of a reader (`votes::reader::name`); no address. One report a reader and comment.
    pub reporter: String,
    /// spam, abuse, off_topic, personal or other.
    pub reason: String,
    pub note: Option<String>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
