//! What a tenant may have of everything. Written by `tenants`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "plan")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub name: String,
    /// Quotas; none is without a limit.
    pub sites: Option<i64>,
    pub members: Option<i64>,
    /// In a calendar month (UTC).
    pub comments: Option<i64>,
    /// Bytes of comments as they were typed.
    pub storage: Option<i64>,
    /// For tenants that were given none.
    pub is_default: bool,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
