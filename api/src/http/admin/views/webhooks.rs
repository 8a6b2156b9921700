//! Webhooks and what was sent to them. No secret is in any of these but in the answer that makes it.

use std::collections::HashMap;

use ::entity::{webhook, webhook_delivery};
use chrono::{DateTime, Utc};
use poem_openapi::Object;
use poem_openapi::types::Example;
use sea_orm::prelude::Uuid;
use serde::Deserialize;

use super::{DeliveryState, WebhookDisabledBy, WebhookEvent, WebhookFormat, WebhookPurpose};
use crate::webhooks::deliveries::Looked;
use crate::webhooks::payload::{self, Payload};
use crate::webhooks::{events_of, message_id};

#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct NewWebhook {
    /// So that people know what it is for; up to 100 characters.
    pub name: String,
    /// The one site that it is about; all of the tenant's, if it is absent.
    pub site_id: Option<Uuid>,
    /// `tell`, if it is absent. One program alone is asked, for a site or for all.
    pub purpose: Option<WebhookPurpose>,
    /// `standard`, if it is absent.
    pub format: Option<WebhookFormat>,
    /// The language of what is said in a chat, and of mails about the webhook: `de`, or else English.
    pub locale: Option<String>,
    /// What it is told of; nothing for one that is asked.
    pub events: Option<Vec<WebhookEvent>>,
    /// Where it is. A public address, on a port that this server may send to. That of Telegram names the chat
    /// (`/bot.../sendMessage?chat_id=...`), that of ntfy ends with the topic, that of Matrix with `/send/m.room.message`.
    pub url: String,
    /// What a chat's server wants to see, as a bearer token: for Matrix, and where ntfy asks for one.
    pub token: Option<String>,
    /// Milliseconds within which one that is asked answers: 100 to 5000; 1500, if it is absent.
    pub deadline_ms: Option<i32>,
}

impl Example for NewWebhook {
    fn example() -> Self {
        NewWebhook {
            name: "Search index".into(),
            site_id: None,
            purpose: None,
            format: None,
            locale: None,
            events: Some(vec![
                WebhookEvent("comment.published".into()),
                WebhookEvent("comment.deleted".into()),
            ]),
            url: "https://hooks.example.org/parlour".into(),
            token: None,
            deadline_ms: None,
        }
    }
}

/// A change of a webhook; what is absent stays.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct WebhookChange {
    pub name: Option<String>,
    pub locale: Option<String>,
    pub events: Option<Vec<WebhookEvent>>,
    pub url: Option<String>,
    /// Empty to take it away.
    pub token: Option<String>,
    pub deadline_ms: Option<i32>,
    pub enabled: Option<bool>,
}

impl Example for WebhookChange {
    fn example() -> Self {
        WebhookChange {
            name: None,
            locale: None,
            events: None,
            url: None,
            token: None,
            deadline_ms: None,
            enabled: Some(false),
        }
    }
}

#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct SecretRotation {
    /// For which the former secret signs beside the new one: 0 to 168.
    pub hours: Option<u32>,
}

impl Example for SecretRotation {
    fn example() -> Self {
        SecretRotation { hours: Some(24) }
    }
}

#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct WebhookTrial {
    /// The first that the webhook is told of, if it is absent.
    pub event: Option<WebhookEvent>,
}

impl Example for WebhookTrial {
    fn example() -> Self {
        WebhookTrial {
            event: Some(WebhookEvent("comment.created".into())),
        }
    }
}

/// An address that is told of what happens, or asked about comments.
#[derive(Debug, Object)]
#[oai(rename = "Webhook", skip_serializing_if_is_none)]
pub struct WebhookView {
    pub id: Uuid,
    pub name: String,
    pub site_id: Option<Uuid>,
    pub purpose: WebhookPurpose,
    pub format: WebhookFormat,
    pub locale: String,
    pub events: Vec<WebhookEvent>,
    /// As much of the address as is no secret.
    pub url: String,
    pub has_token: bool,
    pub deadline_ms: Option<i32>,
    pub enabled: bool,
    pub disabled_at: Option<DateTime<Utc>>,
    pub disabled_by: Option<WebhookDisabledBy>,
    /// Since when nothing gets through.
    pub failing_since: Option<DateTime<Utc>>,
    /// Failures in a row, and the class of the last: as in the log.
    pub failures: i32,
    pub last_fault: Option<String>,
    /// After failures, nothing is sent before then.
    pub rests_until: Option<DateTime<Utc>>,
    pub last_success_at: Option<DateTime<Utc>>,
    /// Until when the secret before signs beside the present one.
    pub former_secret_until: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl From<webhook::Model> for WebhookView {
    fn from(row: webhook::Model) -> Self {
        WebhookView {
            events: events_of(&row)
                .into_iter()
                .map(|event| WebhookEvent(event.name().to_owned()))
                .collect(),
            id: row.id,
            name: row.name,
            site_id: row.site_id,
            purpose: WebhookPurpose(row.purpose),
            format: WebhookFormat(row.format),
            locale: row.locale,
            url: row.shown,
            has_token: row.token.is_some(),
            deadline_ms: row.deadline_ms,
            enabled: row.disabled_at.is_none(),
            disabled_at: row.disabled_at,
            disabled_by: row.disabled_by.map(WebhookDisabledBy),
            failing_since: row.failing_since,
            failures: row.failures,
            last_fault: row.last_fault,
            rests_until: row.next_at,
            last_success_at: row.last_success_at,
            former_secret_until: row.former_until,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

#[derive(Debug, Object)]
pub struct WebhookMade {
    pub webhook: WebhookView,
    /// `whsec_...`: what signs each delivery (HMAC-SHA256). Keep it secret; it is not shown again.
    pub secret: String,
}

#[derive(Debug, Object)]
pub struct Webhooks {
    pub webhooks: Vec<WebhookView>,
}

/// One event on its way to a webhook, or arrived there.
#[derive(Debug, Object)]
#[oai(rename = "Delivery", skip_serializing_if_is_none)]
pub struct DeliveryView {
    pub id: Uuid,
    /// `webhook-id`, by which a receiver knows what it has taken already.
    pub message_id: String,
    /// One of the events, or `comment.moderate`.
    pub event: String,
    pub state: DeliveryState,
    /// Since it was made, or was last sent again by hand.
    pub attempts: i32,
    pub next_try_at: Option<DateTime<Utc>>,
    pub status: Option<i32>,
    /// Why the last try failed: `status` (of the answer), `redirect`, `gone`, `connection`, `tls`, `time`, `name`, `address`, `port`,
    /// `answer`, `not_understood`, `unreadable`, `too_late`, `disabled`, `erased`.
    pub fault: Option<String>,
    pub created_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
}

impl From<webhook_delivery::Model> for DeliveryView {
    fn from(row: webhook_delivery::Model) -> Self {
        DeliveryView {
            id: row.id,
            message_id: message_id(row.id),
            event: row.event,
            state: DeliveryState(row.state),
            attempts: row.attempts,
            next_try_at: row.run_at,
            status: row.response_status,
            fault: row.fault,
            created_at: row.created_at,
            finished_at: row.finished_at,
        }
    }
}

#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Deliveries {
    pub deliveries: Vec<DeliveryView>,
    /// Send it as `before` for the next page.
    pub next: Option<String>,
}

/// A delivery with all that is kept of it.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct DeliveryRecord {
    pub delivery: DeliveryView,
    /// What was told; nothing once it is erased.
    pub payload: Option<WebhookPayload>,
    pub request: DeliveryRequest,
    pub response: Option<DeliveryResponse>,
    /// The latest twenty, oldest first.
    pub tries: Vec<DeliveryTry>,
}

/// The last request, without what opens doors.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct DeliveryRequest {
    pub method: String,
    pub url: String,
    pub headers: HashMap<String, String>,
    pub body: Option<String>,
}

/// The last answer.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct DeliveryResponse {
    pub status: i32,
    /// Some of them.
    pub headers: HashMap<String, String>,
    /// Its first 2 KiB, ending with `…` if there was more.
    pub body: Option<String>,
}

#[derive(Debug, Object, Deserialize)]
#[oai(skip_serializing_if_is_none)]
pub struct DeliveryTry {
    pub at: DateTime<Utc>,
    /// How long it took.
    pub ms: i64,
    pub status: Option<i32>,
    pub fault: Option<String>,
}

impl From<Looked> for DeliveryRecord {
    fn from(looked: Looked) -> Self {
        let Looked {
            row,
            hook,
            body,
            method,
        } = looked;
        let headers = |value: &serde_json::Value| serde_json::from_value(value.clone()).unwrap_or_default();
        DeliveryRecord {
            payload: Payload::read(&row.payload).map(WebhookPayload::from),
            request: DeliveryRequest {
                method: method.to_owned(),
                url: hook.shown,
                headers: headers(&row.request_headers),
                body,
            },
            response: row.response_status.map(|status| DeliveryResponse {
                status,
                headers: headers(&row.response_headers),
                body: row.response_body.clone(),
            }),
            tries: serde_json::from_value(row.tries.clone()).unwrap_or_default(),
            delivery: row.into(),
        }
    }
}

/// What a webhook is told: the body of a request in the form `standard`.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct WebhookPayload {
    /// One of the events, or `comment.moderate`, to which `{"decision": ...}` is the answer.
    #[oai(rename = "type")]
    pub event: String,
    pub timestamp: String,
    /// Nothing of it has happened: somebody tried the webhook.
    pub test: Option<bool>,
    pub data: WebhookData,
}

#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct WebhookData {
    pub site: WebhookSite,
    pub thread: WebhookThread,
    /// Of events that are about a comment.
    pub comment: Option<WebhookComment>,
    /// Of `comment.reported`.
    pub report: Option<WebhookReport>,
    /// Where members look at it.
    pub admin_url: String,
}

#[derive(Debug, Object)]
pub struct WebhookSite {
    pub id: Uuid,
    pub key: String,
    pub name: String,
}

#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct WebhookThread {
    /// Absent where the conversation begins with the comment that is asked about.
    pub id: Option<Uuid>,
    pub key: String,
    pub title: Option<String>,
    pub url: Option<String>,
}

#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct WebhookComment {
    /// Absent, as `number`, `state` and `created_at`, in a comment that is asked about: it is not stored yet.
    pub id: Option<Uuid>,
    pub number: Option<i64>,
    pub parent_id: Option<Uuid>,
    /// `published`, `pending`, `spam`, `rejected` or `deleted`.
    pub state: Option<String>,
    /// Codes, as moderators see them.
    pub reasons: Option<Vec<String>>,
    pub author: WebhookAuthor,
    /// As typed (Markdown).
    pub text: String,
    /// As readers get it, sanitised.
    pub html: String,
    /// Where readers see it, if it is published.
    pub url: Option<String>,
    pub created_at: Option<String>,
    pub edited_at: Option<String>,
}

/// Who wrote it: neither a mail address nor a network.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct WebhookAuthor {
    pub name: Option<String>,
    pub website: Option<String>,
    /// By which readers see that comments of a site have one author.
    pub hash: Option<String>,
    /// Wrote in the name of the site's team.
    pub team: bool,
}

#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct WebhookReport {
    pub reason: String,
    pub note: Option<String>,
    /// Readers who have reported it since a moderator last decided.
    pub count: i32,
}

impl From<Payload> for WebhookPayload {
    fn from(told: Payload) -> Self {
        let payload::Data {
            site,
            thread,
            comment,
            report,
            admin_url,
        } = told.data;
        WebhookPayload {
            event: told.event,
            timestamp: told.timestamp,
            test: told.test.then_some(true),
            data: WebhookData {
                site: WebhookSite {
                    id: site.id,
                    key: site.key,
                    name: site.name,
                },
                thread: WebhookThread {
                    id: thread.id,
                    key: thread.key,
                    title: thread.title,
                    url: thread.url,
                },
                comment: comment.map(Into::into),
                report: report.map(|report| WebhookReport {
                    reason: report.reason,
                    note: report.note,
                    count: report.count,
                }),
                admin_url,
            },
        }
    }
}

impl From<payload::Comment> for WebhookComment {
    fn from(comment: payload::Comment) -> Self {
        WebhookComment {
            id: comment.id,
            number: comment.number,
            parent_id: comment.parent_id,
            state: comment.state,
            reasons: Some(comment.reasons).filter(|reasons| !reasons.is_empty()),
            author: WebhookAuthor {
                name: comment.author.name,
                website: comment.author.website,
                hash: comment.author.hash,
                team: comment.author.team,
            },
            text: comment.text,
            html: comment.html,
            url: comment.url,
            created_at: comment.created_at,
            edited_at: comment.edited_at,
        }
    }
}
