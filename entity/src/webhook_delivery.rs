//! One event on its way to one webhook, or arrived there. Written by `webhooks`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_delivery")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant_id: Uuid,
    pub webhook_id: Uuid,
    /// Of what happened; none for a test.
    pub site_id: Option<Uuid>,
    pub comment_id: Option<Uuid>,
    /// Such as `comment.created`.
    pub event: String,
    /// The event as JSON, to the byte as it is signed and sent; empty once what it told is erased.
    pub payload: String,
    /// waiting, delivered or failed.
    pub state: String,
    /// When it is tried next; none unless it waits.
    pub run_at: Option<DateTimeUtc>,
    /// When it was made, or was last sent again by hand, and how often it was tried since.
    pub waiting_since: DateTimeUtc,
    pub attempts: i32,
    /// JSON list of the latest tries: when, how long, what came of it.
    pub tries: Json,
    /// JSON object: headers of the last request.
    pub request_headers: Json,
    pub response_status: Option<i32>,
    /// JSON object: some of the headers of the last answer.
    pub response_headers: Json,
    /// How the last answer begins.
    pub response_body: Option<String>,
    /// Why it failed at last.
    pub fault: Option<String>,
    pub created_at: DateTimeUtc,
    pub finished_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
