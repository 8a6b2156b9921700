//! An address that mail came back from. Written by `emails`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "bounce")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// A keyed hash of the folded address, so that none is kept. 32 hex digits.
    pub address_hash: String,
    pub kind: Kind,
    pub source: Source,
    /// What a mail server said, without addresses.
    pub diagnostic: Option<String>,
    /// How often it was told.
    pub count: i32,
    /// When it was told first, and when last.
    pub created_at: DateTimeUtc,
    pub last_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "snake_case")]
pub enum Kind {
    /// There is no such mailbox, or it takes nothing any more.
    Hard,
    /// It took nothing this time.
    Soft,
    /// Its holder told his mail provider that our mail is spam.
    Complaint,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "snake_case")]
pub enum Source {
    /// An operator or his program told us.
    Reported,
    /// The mail server answered so when the mail was handed over.
    Answered,
}
