//! A reader's wish to be told of something by mail. Written by `subscriptions`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "subscription")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub site_id: Uuid,
    /// The conversation that is followed; or else the comment.
    pub thread_id: Option<Uuid>,
    pub comment_id: Option<Uuid>,
    pub wants: Wants,
    pub email: String,
    pub email_folded: String,
    /// The language in which he asked for it, as a tag (BCP 47); none for that of the site.
    pub locale: Option<String>,
    /// Names it; of one that came from another system, so that it is found again.
    pub token_hash: Vec<u8>,
    pub created_at: DateTimeUtc,
    /// When the address was asked by mail whether it was its holder who wants this.
    pub asked_at: Option<DateTimeUtc>,
    /// Since when the address's holder is known to want it. Nothing is told before.
    pub confirmed_at: Option<DateTimeUtc>,
    pub ended_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "snake_case")]
pub enum Wants {
    /// Answers to a comment; to the first of a branch, all of the branch.
    Replies,
    /// Every comment of a conversation.
    Thread,
    /// That the comment itself, which is held, is published.
    Published,
}
