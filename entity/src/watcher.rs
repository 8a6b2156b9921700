//! A member who is told of a site's comments by mail; whoever has no row is told nothing. Written by `watching`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "watcher")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub site_id: Uuid,
    pub account_id: Uuid,
    pub wants: Wants,
    /// The language in which he chose it, as a tag (BCP 47); none for that of the site.
    pub locale: Option<String>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "snake_case")]
pub enum Wants {
    /// A mail about every comment.
    Every,
    /// A mail about those that wait for a moderator.
    Pending,
    /// One an hour about all of them.
    Hourly,
    /// One a day.
    Daily,
}

impl Wants {
    pub fn is_digest(self) -> bool {
        matches!(self, Wants::Hourly | Wants::Daily)
    }
}
