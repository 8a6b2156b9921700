//! Somebody who is asked into a tenant and has not come yet. Written by `tenants`.

use sea_orm::entity::prelude::*;

use crate::membership::Role;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "invitation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant_id: Uuid,
    pub invited_by: Option<Uuid>,
    /// As typed; `email_folded` is what is compared.
    pub email: String,
    pub email_folded: String,
    pub role: Role,
    /// JSON list of site ids, or null for all sites.
    pub site_ids: Option<Json>,
    /// SHA-256 of the token in the link.
    pub token_hash: Vec<u8>,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
