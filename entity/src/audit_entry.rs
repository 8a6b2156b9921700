//! What was changed in a tenant beside its comments, by whom, when and from where. Rows are only ever added. Written by `tenants`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_entry")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant_id: Uuid,
    /// Who; null for the command line and for what the service did by itself. No foreign key: it outlives the account.
    pub account_id: Option<Uuid>,
    /// `tenants::audit::Change`.
    pub change: String,
    /// The site it was about. No foreign key: it outlives the site.
    pub site_id: Option<Uuid>,
    /// What the change needs beside this.
    pub data: Json,
    /// Keyed hash of the network it came from.
    pub network_hash: Option<String>,
    pub at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
