//! The last comment number given out in a site, and how much there is for its tenant's plan. A table of its own so that posting never locks the site's row.
//! Written by `comments`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "site_counter")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub site_id: Uuid,
    pub last_number: i64,
    /// The month (UTC, 202611) in which `month_comments` came.
    pub month: i32,
    pub month_comments: i64,
    /// Bytes of its comments as they were typed.
    pub bytes: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
