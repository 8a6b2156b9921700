//! How far a tenant's owners were warned of one of its quotas. Written by `tenants`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "quota_warning")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant_id: Uuid,
    /// The quota's name.
    pub quota: String,
    /// The month of the last warning (UTC): 202611.
    pub month: i32,
    /// Whether so much of it was used when it was last looked at.
    pub is_near: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
