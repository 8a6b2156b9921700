//! Something that keeps a site's pages from showing comments, counted for the owner. Written by `sites`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "trouble")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub site_id: Uuid,
    pub kind: Kind,
    /// What it is about: a directive, a key. Unique with the kind within the site.
    pub subject: String,
    /// Where it was seen last: the page without its query, or its origin.
    pub page: Option<String>,
    pub count: i64,
    pub first_seen_at: DateTimeUtc,
    pub last_seen_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(24))", rename_all = "snake_case")]
pub enum Kind {
    /// A page of the site asks with a key that is not the site's.
    KeyWrong,
    /// The page's content security policy blocks us.
    PolicyBlocks,
    /// A policy that is only being tried out would.
    PolicyWouldBlock,
    /// An https page asks us by http.
    MixedContent,
    /// The script was loaded by a page that has no place for comments.
    ElementMissing,
    /// The clocks of a reader's device and of the server are minutes apart.
    ClockSkew,
}
