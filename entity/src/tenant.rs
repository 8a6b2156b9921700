//! An owner of sites. Written by `tenants`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "tenant")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub name: String,
    /// The name as it is searched in.
    pub folded: String,
    /// The default one, if there is none here.
    pub plan_id: Option<Uuid>,
    /// Quotas that operators gave it in place of its plan's: `tenants::plans::OwnQuotas`.
    pub own_quotas: Option<Json>,
    /// Since when operators keep it shut, what readers see meanwhile, and why.
    pub suspended_at: Option<DateTimeUtc>,
    pub suspended_shows: Option<Shows>,
    pub suspended_reason: Option<String>,
    pub created_at: DateTimeUtc,
    /// Deleted with all its sites: erased from then on.
    pub erase_at: Option<DateTimeUtc>,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What readers see of a site that is suspended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "snake_case")]
pub enum Shows {
    /// The comments, and no form.
    Comments,
    Nothing,
}
