//! A key pair of which a person's device keeps the private half (Web Authentication). Written by `accounts`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "passkey")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    /// What its owner calls it.
    pub name: String,
    /// What the device calls it.
    pub credential_id: Vec<u8>,
    /// The public key, and what never changes with it.
    pub public_key: Vec<u8>,
    /// What changes with each use, the signature counter among it.
    pub state: Vec<u8>,
    /// How a browser reaches the device.
    pub transports: i16,
    pub created_at: DateTimeUtc,
    pub last_used_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
