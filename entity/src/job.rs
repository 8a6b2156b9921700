//! Work to be done later, written in the transaction that wants it. Written by `infra::queue` alone.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "job")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    pub site_id: Option<Uuid>,
    pub payload: Json,
    /// At most one waiting job has this key.
    pub unique_key: Option<String>,
    /// Jobs of one lane are done one after the other, the oldest first.
    pub lane: Option<String>,
    /// Those with a lower one go first.
    pub priority: i16,
    pub run_at: DateTimeUtc,
    pub attempts: i32,
    /// A worker holds it until then.
    pub locked_until: Option<DateTimeUtc>,
    /// Set when it was given up.
    pub failed_at: Option<DateTimeUtc>,
    pub last_error: Option<String>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
