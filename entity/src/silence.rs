//! An address that gets no readers' mail any more, of one site or of any. Written by `subscriptions`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "silence")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// None: the whole platform.
    pub site_id: Option<Uuid>,
    /// A keyed hash of the folded address, so that none is kept. 32 hex digits.
    pub address_hash: String,
    pub reason: Reason,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "snake_case")]
pub enum Reason {
    /// Its holder wants no more mail.
    Asked,
    /// Mail to it came back.
    Bounced,
    /// Its holder told his mail provider that our mail is spam.
    Complained,
}
