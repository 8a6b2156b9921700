//! An address that is told, or asked, what happens on a tenant's sites. Written by `webhooks`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant_id: Uuid,
    /// The one site that it is about; all of the tenant's, if none is named.
    pub site_id: Option<Uuid>,
    pub name: String,
    /// `tell`: of what has happened. `ask`: what is to become of a comment.
    pub purpose: String,
    /// In whose form: standard, slack, discord, telegram, matrix, ntfy.
    pub format: String,
    /// The language of what is said in a chat, and of mails about it.
    pub locale: String,
    /// JSON list of the events that it is told of.
    pub events: Json,
    /// The whole address, encrypted: those of chats are secrets.
    pub address: Vec<u8>,
    /// What may be shown of it.
    pub shown: String,
    /// Encrypted: signs what is sent.
    pub secret: Vec<u8>,
    /// The secret before, which signs beside it until then.
    pub former_secret: Option<Vec<u8>>,
    pub former_until: Option<DateTimeUtc>,
    /// Encrypted: what a chat's server wants to see (`Authorization: Bearer`).
    pub token: Option<Vec<u8>>,
    /// Of an asked one: how long it may take.
    pub deadline_ms: Option<i32>,
    /// Since when it is off, and why: `owner`, `gone`, `failing`.
    pub disabled_at: Option<DateTimeUtc>,
    pub disabled_by: Option<String>,
    /// Since when nothing gets through, how often in a row, and why at last.
    pub failing_since: Option<DateTimeUtc>,
    pub failures: i32,
    pub last_fault: Option<String>,
    /// Not before then, after failures.
    pub next_at: Option<DateTimeUtc>,
    /// A worker sends to it until then; in the past: since when nobody does.
    pub locked_until: Option<DateTimeUtc>,
    pub last_success_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
