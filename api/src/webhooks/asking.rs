//! Moderation by program: before a comment is stored, a webhook may say what is to become of it.
//!
//! It is asked outside of any transaction and of the site's line of posts, each request for itself and within a deadline. Whoever does not
//! answer in time, or wrongly, has not answered: the site's rules decide. Who keeps failing is not asked for a while.

use std::time::Duration;

use ::entity::{OfTenant, webhook, webhook_delivery};
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};
use serde::Deserialize;
use serde_json::json;

use super::payload::{Author, Payload, Thread};
use super::sending::{self, fault_of};
use super::{DisabledBy, Hooks, Registered, State, formats, health, message_id};
use crate::app::App;
use crate::error::{OrLog, Result};
use crate::infra::clock::id_at;
use crate::infra::outgoing::Receipt;

/// The type of what is asked.
pub const QUESTION: &str = "comment.moderate";

/// Bounds of the deadline, in milliseconds, and what it is if nothing is chosen.
pub const SHORTEST: i32 = 100;
pub const LONGEST: i32 = 5_000;
pub const USUAL: i32 = 1_500;

/// Bytes of an answer that are read.
const ANSWER: usize = 4096;

/// What a program decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    Publish,
    Hold,
    Spam,
    Reject,
}

/// A comment that is asked about, as far as it is one yet.
pub struct Draft<'a> {
    /// Of one that its author changes.
    pub id: Option<Uuid>,
    pub thread: Thread,
    pub parent_id: Option<Uuid>,
    pub author: Author,
    pub text: &'a str,
    pub html: &'a str,
}

#[derive(Deserialize)]
struct Answer {
    decision: Decision,
}

impl Hooks {
    fn asked(&self) -> Option<(&Registered, &webhook::Model)> {
        let all = self.0.as_deref()?;
        all.asked.as_ref().map(|hook| (all, hook))
    }
}

/// What the site's program says about a comment; nothing where there is none, and where it has not answered.
pub async fn ask<'a>(app: &App, hooks: &Hooks, draft: impl FnOnce() -> Draft<'a>) -> Option<Decision> {
    let (all, hook) = hooks.asked()?;
    let turn = app.circuits.turn(hook.id, app.clock.milliseconds())?;
    let now = app.clock.now();
    let payload = Payload::of_draft(&app.config.public_url, all.tenant_id, &all.place, draft(), now);
    let stored = payload.json().ok()?;
    let delivery_id = id_at(now);
    let asked = put(app, hook, delivery_id, &stored).await;
    drop(turn);
    match asked.outcome {
        Ok(decision) => {
            // Another node may have seen it fail, and what is known of it here may be from before it did.
            if app.circuits.succeeded(hook.id) || hook.failing_since.is_some() {
                well_again(app, hook)
                    .await
                    .or_log("a webhook that answers again is still shown as failing");
            }
            Some(decision)
        }
        Err(fault) => {
            app.circuits.failed(hook.id, app.clock.milliseconds());
            tracing::info!(event = "webhook_silent", webhook = %hook.id, fault, "webhooks");
            let subject = (all.place.id, delivery_id);
            note(app, hook, subject, fault, asked)
                .await
                .or_log("that a program did not answer is not in its log");
            None
        }
    }
}

struct Asked {
    outcome: Result<Decision, &'static str>,
    headers: serde_json::Map<String, serde_json::Value>,
    receipt: Option<Receipt>,
    took: i64,
}

async fn put(app: &App, hook: &webhook::Model, id: Uuid, stored: &str) -> Asked {
    let now = app.clock.now();
    let Some(opened) = sending::open(app, hook, now) else {
        return Asked {
            outcome: Err("unreadable"),
            headers: serde_json::Map::new(),
            receipt: None,
            took: 0,
        };
    };
    let parcel = formats::standard(&opened, &message_id(id), stored, now.timestamp());
    let patience = u64::try_from(hook.deadline_ms.unwrap_or(USUAL)).unwrap_or(0);
    let sent = app
        .outgoing
        .send(&parcel, Duration::from_millis(patience), ANSWER)
        .await;
    let (outcome, receipt) = match sent {
        Ok(receipt) => (understood(&receipt), Some(receipt)),
        Err(fault) => (Err(fault.name()), None),
    };
    let headers = parcel.headers.into_iter();
    Asked {
        outcome,
        headers: headers.map(|(name, value)| (name.to_owned(), json!(value))).collect(),
        receipt,
        took: (app.clock.now() - now).num_milliseconds(),
    }
}

fn understood(receipt: &Receipt) -> Result<Decision, &'static str> {
    if let Some(fault) = fault_of(receipt.status) {
        return Err(fault);
    }
    if receipt.cut {
        return Err("not_understood");
    }
    serde_json::from_slice::<Answer>(&receipt.body)
        .map(|answer| answer.decision)
        .map_err(|_| "not_understood")
}

/// Puts into the log that there was no answer. What was asked is not kept: nobody would find it when the comment is erased. Answers are not
/// logged: their reasons stand with the comments.
async fn note(
    app: &App,
    hook: &webhook::Model,
    (site_id, id): (Uuid, Uuid),
    fault: &'static str,
    asked: Asked,
) -> Result<()> {
    let now = app.clock.now();
    let status = asked.receipt.as_ref().map(|receipt| receipt.status);
    let tried = json!([{ "at": now, "ms": asked.took, "status": status, "fault": fault }]);
    let row = webhook_delivery::ActiveModel {
        id: Set(id),
        tenant_id: Set(hook.tenant_id),
        webhook_id: Set(hook.id),
        site_id: Set(Some(site_id)),
        comment_id: Set(None),
        event: Set(QUESTION.to_owned()),
        payload: Set(String::new()),
        state: Set(State::Failed.name().to_owned()),
        run_at: Set(None),
        waiting_since: Set(now),
        attempts: Set(1),
        tries: Set(tried),
        request_headers: Set(serde_json::Value::Object(asked.headers)),
        response_status: Set(status.map(i32::from)),
        response_headers: Set(asked
            .receipt
            .as_ref()
            .map_or(json!({}), |one| sending::headers_of(&one.headers))),
        response_body: Set(asked.receipt.as_ref().map(sending::body_of)),
        fault: Set(Some(fault.to_owned())),
        created_at: Set(now),
        finished_at: Set(Some(now)),
    };
    let tx = app.db.begin().await?;
    let Some(hook) = row_of(&tx, hook).await? else {
        return Ok(());
    };
    webhook_delivery::Entity::insert(row)
        .exec_without_returning(&*tx)
        .await?;
    match status {
        Some(410) => health::disable(&tx, app, hook, DisabledBy::Gone, now).await?,
        _ => health::failed(&tx, app, &hook, fault, None, now).await?,
    }
    tx.commit().await
}

async fn well_again(app: &App, hook: &webhook::Model) -> Result<()> {
    let tx = app.db.begin().await?;
    if let Some(hook) = row_of(&tx, hook).await? {
        health::succeeded(&tx, &hook, app.clock.now()).await?;
    }
    tx.commit().await
}

/// The webhook as it is now, if it is still on.
async fn row_of(tx: &crate::infra::db::Tx, hook: &webhook::Model) -> Result<Option<webhook::Model>> {
    Ok(webhook::Entity::of_tenant(hook.tenant_id)
        .filter(webhook::Column::Id.eq(hook.id))
        .filter(webhook::Column::DisabledAt.is_null())
        .one(&**tx)
        .await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infra::outgoing::HeaderMap;

    fn receipt(status: u16, body: &str) -> Receipt {
        Receipt {
            status,
            headers: HeaderMap::new(),
            body: body.as_bytes().to_vec(),
            cut: false,
        }
    }

    #[test]
    fn only_a_clear_answer_is_one() {
        for (status, body, expected) in [
            (200, r#"{"decision":"publish"}"#, Ok(Decision::Publish)),
            (
                200,
                r#"{"decision":"hold","why":"a member of its own"}"#,
                Ok(Decision::Hold),
            ),
            (201, r#"{"decision":"spam"}"#, Ok(Decision::Spam)),
            (200, r#"{"decision":"reject"}"#, Ok(Decision::Reject)),
            (200, r#"{"decision":"delete"}"#, Err("not_understood")),
            (200, r#"{"decision":null}"#, Err("not_understood")),
            (200, "", Err("not_understood")),
            (200, "publish", Err("not_understood")),
            (302, r#"{"decision":"publish"}"#, Err("redirect")),
            (410, r#"{"decision":"publish"}"#, Err("gone")),
            (500, r#"{"decision":"publish"}"#, Err("status")),
        ] {
            assert_eq!(understood(&receipt(status, body)), expected, "{status} {body}");
        }
        let cut = Receipt {
            cut: true,
            ..receipt(200, r#"{"decision":"publish"}"#)
        };
        assert_eq!(understood(&cut), Err("not_understood"));
    }
}
