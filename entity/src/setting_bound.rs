//! What operators let be chosen for one setting of sites. Written by `sites`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "setting_bound")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub setting: String,
    /// `sites::bounds::Bound`.
    pub bound: Json,
    pub changed_by: Option<Uuid>,
    pub changed_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
