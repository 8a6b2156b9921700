//! How far a list of the platform has been counted. It moves in the transaction that counts, so that nothing is counted twice.
//! Written by `statistics`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "statistics_cursor")]
pub struct Model {
    /// event or vote.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// The last row that is counted.
    pub position: Uuid,
    /// Everything from before is counted.
    pub counted_until: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
