//! What waits is sent. A worker takes a webhook as a whole, for a while: it sends what waits for it, one after the other, and the outcome
//! of each is written before the next. So a slow receiver takes one of the worker's seats for a bounded time and holds nobody else up;
//! a worker that dies loses the one that was on its way, which is sent again under the same name.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use ::entity::{OfTenant, webhook, webhook_delivery};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt;
use futures_util::future::join_all;
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, LockBehavior, LockType, NullOrdering, Order, Query};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, FromQueryResult, QueryFilter, QueryOrder, Set};
use serde_json::{Map, Value, json};
use url::Url;

use super::formats::{self, Opened};
use super::{DisabledBy, Format, State, administration, health, message_id, schedule};
use crate::app::App;
use crate::error::{Error, OrLog, Result};
use crate::infra::db::{self, Tx};
use crate::infra::outgoing::{HeaderMap, Receipt};
use crate::job::Locale;

/// How long a worker may hold a webhook; and after how many deliveries, or how much time, it lets go so that others have their turn.
const LEASE: TimeDelta = TimeDelta::minutes(2);
const MOST_AT_ONCE: usize = 25;
const LONGEST_AT_ONCE: TimeDelta = TimeDelta::seconds(60);

/// Bytes of an answer that are kept.
const ANSWER: usize = 2048;

/// Tries that are told of one delivery: the latest.
const TRIES: usize = 20;

/// Headers of an answer that are kept, and characters of each.
const HEADERS: [&str; 5] = ["content-type", "retry-after", "location", "server", "date"];
const HEADER: usize = 200;

/// A webhook in a worker's hands, until then.
pub struct Held {
    tenant_id: Uuid,
    id: Uuid,
    until: DateTime<Utc>,
}

/// Takes up to `most` webhooks for which something is due: first those that nobody has sent to for the longest time.
pub async fn claim(app: &App, most: usize) -> Result<Vec<Held>> {
    let now = app.clock.now();
    if !anything_due(app, now).await? {
        return Ok(Vec::new());
    }
    let hook = |column| Expr::col((webhook::Entity, column));
    let delivery = |column| Expr::col((webhook_delivery::Entity, column));
    let waits = Query::select()
        .expr(Expr::val(1))
        .from(webhook_delivery::Entity)
        .and_where(delivery(webhook_delivery::Column::WebhookId).equals((webhook::Entity, webhook::Column::Id)))
        .and_where(delivery(webhook_delivery::Column::RunAt).lte(now))
        .to_owned();
    let free = |column| {
        let (none, over) = (hook(column).is_null(), hook(column).lte(now));
        Condition::any().add(none).add(over)
    };
    let due = Query::select()
        .column((webhook::Entity, webhook::Column::Id))
        .from(webhook::Entity)
        .and_where(hook(webhook::Column::DisabledAt).is_null())
        .cond_where(free(webhook::Column::LockedUntil))
        .cond_where(free(webhook::Column::NextAt))
        .and_where(Expr::exists(waits))
        .order_by_with_nulls(webhook::Column::LockedUntil, Order::Asc, NullOrdering::First)
        .limit(u64::try_from(most).unwrap_or(1))
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .to_owned();
    let until = now + LEASE;
    let claim = Query::update()
        .table(webhook::Entity)
        .value(webhook::Column::LockedUntil, until)
        .and_where(Expr::col(webhook::Column::Id).in_subquery(due))
        .returning_all()
        .to_owned();
    db::retry(async || {
        let tx = app.db.begin().await?;
        let rows = tx.query_all(&claim).await?;
        let mut held = Vec::with_capacity(rows.len());
        for row in &rows {
            let row = webhook::Model::from_query_result(row, "")?;
            held.push(Held {
                tenant_id: row.tenant_id,
                id: row.id,
                until,
            });
        }
        tx.commit().await?;
        Ok(held)
    })
    .await
}

/// One look at an index, without a writer's turn: most of the time nothing waits.
async fn anything_due(app: &App, now: DateTime<Utc>) -> Result<bool> {
    let any = Query::select()
        .expr(Expr::val(1))
        .from(webhook_delivery::Entity)
        .and_where(Expr::col(webhook_delivery::Column::RunAt).lte(now))
        .limit(1)
        .to_owned();
    Ok(app.db.read().query_one(&any).await?.is_some())
}

/// Sends what is due for as many webhooks as there are seats, once; how many tries that were. What a test calls a turn.
pub async fn turn(app: &App) -> Result<usize> {
    let held = claim(app, app.config.webhook_workers.max(1)).await?;
    let tries = join_all(held.into_iter().map(|held| serve(app, held, || true))).await;
    Ok(tries.into_iter().sum())
}

/// Sends what is due for a webhook, as long as it goes well, there is time and `go_on` says so. How many tries that were.
pub async fn serve(app: &App, held: Held, go_on: impl Fn() -> bool) -> usize {
    let begun = app.clock.now();
    let mut tries = 0;
    while go_on() && tries < MOST_AT_ONCE && app.clock.now() - begun < LONGEST_AT_ONCE {
        match serve_one(app, &held).await {
            Ok(Next::Further) => tries += 1,
            Ok(Next::Rest) => {
                tries += 1;
                break;
            }
            Ok(Next::Nothing) => break,
            Err(error) => {
                tracing::warn!(webhook = %held.id, %error, "a delivery was not written down");
                break;
            }
        }
    }
    let_go(app, &held)
        .await
        .or_log("the webhook waits for its lease to end");
    tries
}

enum Next {
    Further,
    /// It failed: the receiver is left alone for a while.
    Rest,
    Nothing,
}

/// What came of one try.
struct Outcome {
    /// Why it failed, if it did.
    fault: Option<&'static str>,
    receipt: Option<Receipt>,
    headers: Map<String, Value>,
    took: i64,
    at: DateTime<Utc>,
}

async fn serve_one(app: &App, held: &Held) -> Result<Next> {
    // Looked up for each: it may have been changed, switched off or given another secret since.
    let Some(hook) = still_held(app.db.read(), held).await? else {
        return Ok(Next::Nothing);
    };
    let now = app.clock.now();
    give_up_late(app, &hook, now).await?;
    let due = webhook_delivery::Entity::of_tenant(hook.tenant_id)
        .filter(webhook_delivery::Column::WebhookId.eq(hook.id))
        .filter(webhook_delivery::Column::RunAt.lte(now))
        .order_by_asc(webhook_delivery::Column::RunAt)
        .order_by_asc(webhook_delivery::Column::Id)
        .one(app.db.read())
        .await?;
    let Some(delivery) = due else {
        return Ok(Next::Nothing);
    };
    let outcome = AssertUnwindSafe(attempt(app, &hook, &delivery))
        .catch_unwind()
        .await
        .unwrap_or_else(|_| Outcome::without_answer("panicked", now));
    record(app, held, delivery, outcome).await
}

async fn still_held(db: &impl ConnectionTrait, held: &Held) -> Result<Option<webhook::Model>> {
    Ok(webhook::Entity::of_tenant(held.tenant_id)
        .filter(webhook::Column::Id.eq(held.id))
        .filter(webhook::Column::LockedUntil.eq(held.until))
        .filter(webhook::Column::DisabledAt.is_null())
        .one(db)
        .await?)
}

/// What has waited for longer than any schedule, as its receiver was seldom asked, is given up.
async fn give_up_late(app: &App, hook: &webhook::Model, now: DateTime<Utc>) -> Result<()> {
    if hook.failing_since.is_none() {
        return Ok(());
    }
    let tx = app.db.begin().await?;
    webhook_delivery::Entity::update_of_tenant(hook.tenant_id)
        .col_expr(webhook_delivery::Column::State, Expr::value(State::Failed.name()))
        .col_expr(webhook_delivery::Column::RunAt, Expr::value(None::<DateTime<Utc>>))
        .col_expr(webhook_delivery::Column::Fault, Expr::value("too_late"))
        .col_expr(webhook_delivery::Column::FinishedAt, Expr::value(now))
        .filter(webhook_delivery::Column::WebhookId.eq(hook.id))
        .filter(webhook_delivery::Column::RunAt.is_not_null())
        .filter(webhook_delivery::Column::WaitingSince.lt(now - schedule::TOO_LATE))
        .exec(&*tx)
        .await?;
    tx.commit().await
}

impl Outcome {
    fn without_answer(fault: &'static str, at: DateTime<Utc>) -> Outcome {
        Outcome {
            fault: Some(fault),
            receipt: None,
            headers: Map::new(),
            took: 0,
            at,
        }
    }
}

/// A webhook with its secrets, as they are at that moment. None if they cannot be read: the service's secret was lost.
pub fn open(app: &App, hook: &webhook::Model, now: DateTime<Utc>) -> Option<Opened> {
    let read = |purpose: &str, sealed: &[u8]| app.keys.decrypt(purpose, hook.id.as_bytes(), sealed);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).ok();
    let mut secrets = vec![read(administration::SECRET, &hook.secret)?];
    if let Some(former) = &hook.former_secret
        && hook.former_until.is_some_and(|until| until > now)
    {
        secrets.extend(read(administration::SECRET, former));
    }
    let token = match &hook.token {
        Some(sealed) => Some(text(read(administration::TOKEN, sealed)?)?),
        None => None,
    };
    Some(Opened {
        format: Format::of(&hook.format)?,
        locale: Locale::of(Some(&hook.locale)),
        address: Url::parse(&text(read(administration::ADDRESS, &hook.address)?)?).ok()?,
        secrets,
        token,
    })
}

async fn attempt(app: &App, hook: &webhook::Model, delivery: &webhook_delivery::Model) -> Outcome {
    let at = app.clock.now();
    let Some(opened) = open(app, hook, at) else {
        return Outcome::without_answer("unreadable", at);
    };
    let id = message_id(delivery.id);
    let Some(parcel) = formats::parcel(&opened, &id, &delivery.payload, at.timestamp()) else {
        return Outcome::without_answer("malformed", at);
    };
    let patience = Duration::from_secs(app.config.webhook_seconds);
    let sent = app.outgoing.send(&parcel, patience, ANSWER).await;
    let took = (app.clock.now() - at).num_milliseconds();
    // What opens doors is not kept.
    let kept = parcel.headers.into_iter().filter(|(name, _)| *name != "authorization");
    let headers = kept.map(|(name, value)| (name.to_owned(), json!(value))).collect();
    let (fault, receipt) = match sent {
        Ok(receipt) => (fault_of(receipt.status), Some(receipt)),
        Err(fault) => (Some(fault.name()), None),
    };
    Outcome {
        fault,
        receipt,
        headers,
        took,
        at,
    }
}

/// What an answer says about a delivery: 2xx is the only good one, also of what looks like a detour.
pub fn fault_of(status: u16) -> Option<&'static str> {
    match status {
        200..=299 => None,
        300..=399 => Some("redirect"),
        410 => Some("gone"),
        _ => Some("status"),
    }
}

/// Writes down what came of a try, for the delivery and for the webhook: all of it, or nothing, if it is in other hands by now.
async fn record(app: &App, held: &Held, delivery: webhook_delivery::Model, outcome: Outcome) -> Result<Next> {
    // What was sent is sent: only the writing down is done again.
    db::retry(async || record_once(app, held, &delivery, &outcome).await).await
}

async fn record_once(app: &App, held: &Held, delivery: &webhook_delivery::Model, outcome: &Outcome) -> Result<Next> {
    let now = app.clock.now();
    let tx = app.db.begin().await?;
    let Some(hook) = still_held(&*tx, held).await? else {
        return Ok(Next::Nothing);
    };
    // It may be erased, or sent again by hand, since it was looked up.
    let same = webhook_delivery::Entity::of_tenant(held.tenant_id)
        .filter(webhook_delivery::Column::Id.eq(delivery.id))
        .one(&*tx)
        .await?;
    let status = outcome.receipt.as_ref().map(|receipt| receipt.status);
    if let Some(row) = same.filter(|row| row.run_at == delivery.run_at) {
        write(&tx, row, outcome, status, now).await?;
    }
    let Some(fault) = outcome.fault else {
        health::succeeded(&tx, &hook, now).await?;
        tx.commit().await?;
        return Ok(Next::Further);
    };
    if status == Some(410) {
        health::disable(&tx, app, hook, DisabledBy::Gone, now).await?;
    } else {
        let asked = outcome
            .receipt
            .as_ref()
            .filter(|receipt| matches!(receipt.status, 429 | 503));
        let asked = asked.and_then(|receipt| receipt.headers.get("retry-after")?.to_str().ok());
        health::failed(&tx, app, &hook, fault, schedule::asked_for(asked), now).await?;
    }
    tx.commit().await?;
    tracing::info!(event = "webhook_failed", webhook = %held.id, delivery = %delivery.id, fault, status, "webhooks");
    Ok(Next::Rest)
}

async fn write(
    tx: &Tx,
    row: webhook_delivery::Model,
    outcome: &Outcome,
    status: Option<u16>,
    now: DateTime<Utc>,
) -> Result<()> {
    let attempts = row.attempts + 1;
    let mut tries: Vec<Value> = serde_json::from_value(row.tries.clone()).map_err(Error::internal)?;
    tries.push(json!({ "at": outcome.at, "ms": outcome.took, "status": status, "fault": outcome.fault }));
    let surplus = tries.len().saturating_sub(TRIES);
    tries.drain(..surplus);
    // Nobody is there any more, or it was tried often enough.
    let again = schedule::next_try(attempts, rand::random_range(0.97..1.05)).filter(|_| status != Some(410));
    let (state, run_at) = match (outcome.fault, again) {
        (None, _) => (State::Delivered, None),
        (Some(_), Some(wait)) => (State::Waiting, Some(now + wait)),
        (Some(_), None) => (State::Failed, None),
    };
    let mut row: webhook_delivery::ActiveModel = row.into();
    row.state = Set(state.name().to_owned());
    row.run_at = Set(run_at);
    row.attempts = Set(attempts);
    row.tries = Set(json!(tries));
    row.request_headers = Set(Value::Object(outcome.headers.clone()));
    row.response_status = Set(status.map(i32::from));
    row.response_headers = Set(outcome
        .receipt
        .as_ref()
        .map_or(json!({}), |one| headers_of(&one.headers)));
    row.response_body = Set(outcome.receipt.as_ref().map(body_of));
    row.fault = Set(outcome.fault.map(str::to_owned));
    row.finished_at = Set((state != State::Waiting).then_some(now));
    row.update(&**tx).await?;
    Ok(())
}

pub fn headers_of(headers: &HeaderMap) -> Value {
    let shown = HEADERS.iter().filter_map(|name| {
        let value = headers.get(*name)?.to_str().ok()?;
        Some((
            (*name).to_owned(),
            json!(value.chars().take(HEADER).collect::<String>()),
        ))
    });
    Value::Object(shown.collect())
}

/// What an answer says, as text that can be stored and shown.
pub fn body_of(receipt: &Receipt) -> String {
    let text = String::from_utf8_lossy(&receipt.body);
    let plain = |letter: char| match letter {
        '\n' | '\t' => letter,
        letter if letter.is_control() => '\u{fffd}',
        letter => letter,
    };
    let mut shown: String = text.chars().map(plain).collect();
    if receipt.cut {
        shown.push('…');
    }
    shown
}

async fn let_go(app: &App, held: &Held) -> Result<()> {
    let tx = app.db.begin().await?;
    webhook::Entity::update_of_tenant(held.tenant_id)
        .col_expr(webhook::Column::LockedUntil, Expr::value(app.clock.now()))
        .filter(webhook::Column::Id.eq(held.id))
        .filter(webhook::Column::LockedUntil.eq(held.until))
        .exec(&*tx)
        .await?;
    tx.commit().await
}
