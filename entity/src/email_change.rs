//! An account's way to another mail address, which both addresses are to confirm. Written by `accounts`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "email_change")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// One at a time.
    pub account_id: Uuid,
    /// The address to come, as typed; `email_folded` is what is compared.
    pub email: String,
    pub email_folded: String,
    /// SHA-256 of the tokens in the links: of the one that goes to the address to come, and of the one to the address to go.
    pub to_come_hash: Vec<u8>,
    pub to_go_hash: Vec<u8>,
    pub to_come_at: Option<DateTimeUtc>,
    pub to_go_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
