//! One web site whose conversations are hosted here. Written by `sites`.

use sea_orm::entity::prelude::*;

use crate::tenant::Shows;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "site")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant_id: Uuid,
    /// Public name of the site in the snippet and in the visitor's URLs.
    pub key: String,
    pub name: String,
    /// The name as it is searched in.
    pub folded: String,
    /// `sites::Settings`; members that are absent have their defaults.
    pub settings: Json,
    /// Raised with every change of name, settings or origins; part of the ETag of every thread.
    pub version: i64,
    /// Which of the site's keys signs the ids of threads; raised to rotate it.
    pub signing_version: i32,
    /// Counts the rotations of the key by which the site says who its readers are.
    pub sign_in_version: i32,
    /// All its comments are of this version of the renderer, or a newer one.
    pub renderer: i32,
    /// Since when operators keep it shut, what readers see meanwhile, and why.
    pub suspended_at: Option<DateTimeUtc>,
    pub suspended_shows: Option<Shows>,
    pub suspended_reason: Option<String>,
    /// Since when it is only shown.
    pub archived_at: Option<DateTimeUtc>,
    /// Deleted: not shown any more, and erased from then on.
    pub erase_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
