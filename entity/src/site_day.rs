//! What happened on a site in one of its days, as numbers. Written by `statistics`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "site_day")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub site_id: Uuid,
    /// A date in the site's time zone, as the zone was when it was counted.
    pub day: Date,
    /// Comments that came, in whatever state.
    pub comments: i64,
    /// Comments that a member published after they were held or refused.
    pub approved: i64,
    /// Comments of this day that are spam, or were until they were deleted.
    pub spam: i64,
    pub votes: i64,
    /// How often a conversation was loaded.
    pub reads: i64,
    /// Authors whose first comment on this site it was.
    pub new_commenters: i64,
    /// Requests that pages of unlisted origins made in vain.
    pub refused_origins: i64,
    /// Comments that were sent and not taken.
    pub failed_submits: i64,
    /// How long comments waited for a moderator's decision, by length: `statistics::waits`.
    #[sea_orm(column_type = "Text")]
    pub waits: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
