//! The log: what was sent, what was answered, and sending it once more.

use ::entity::{OfSite, OfTenant, webhook, webhook_delivery};
use chrono::{DateTime, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use serde_json::json;

use super::administration::{find, is_on, wake};
use super::{DisabledBy, Format, State, formats, message_id, sending};
use crate::app::App;
use crate::error::{Error, ErrorCode, Result};
use crate::infra::db::{self, Tx};
use crate::job::Locale;
use crate::tenants::Member;

/// Deliveries that are forgotten in one transaction.
const FORGOTTEN_AT_ONCE: u64 = 1000;

/// One delivery with what was sent of it, as far as it can be told.
pub struct Looked {
    pub row: webhook_delivery::Model,
    pub hook: webhook::Model,
    /// The body of the request.
    pub body: Option<String>,
    pub method: &'static str,
}

/// What waits for the webhooks of all tenants.
pub struct Backlog {
    pub waiting: u64,
    /// Since when the oldest of them does.
    pub oldest: Option<DateTime<Utc>>,
    /// Webhooks that nothing gets through to, and those that were switched off for it.
    pub failing: u64,
    pub disabled: u64,
}

/// For operators.
#[expect(clippy::disallowed_methods, reason = "counted for the whole platform")]
pub async fn backlog(app: &App) -> Result<Backlog> {
    let db = app.db.read();
    let waiting: Option<(i64, Option<DateTime<Utc>>)> = webhook_delivery::Entity::find()
        // As the index has it.
        .filter(Expr::cust("state = 'waiting'"))
        .select_only()
        .column_as(webhook_delivery::Column::Id.count(), "count")
        .column_as(webhook_delivery::Column::WaitingSince.min(), "oldest")
        .into_tuple()
        .one(db)
        .await?;
    let (waiting, oldest) = waiting.unwrap_or_default();
    let failing = webhook::Entity::find()
        .filter(webhook::Column::FailingSince.is_not_null())
        .filter(webhook::Column::DisabledAt.is_null())
        .count(db)
        .await?;
    let disabled = webhook::Entity::find()
        .filter(webhook::Column::DisabledBy.is_in([DisabledBy::Failing.name(), DisabledBy::Gone.name()]))
        .count(db)
        .await?;
    Ok(Backlog {
        waiting: u64::try_from(waiting).unwrap_or(0),
        oldest,
        failing,
        disabled,
    })
}

/// Deliveries of a webhook, the latest first, those before `before` if it is given; and whether there are more.
///
/// # Errors
/// `not_found`.
pub async fn list(
    app: &App,
    member: &Member,
    webhook_id: Uuid,
    state: Option<State>,
    before: Option<Uuid>,
    limit: u64,
) -> Result<(Vec<webhook_delivery::Model>, bool)> {
    let hook = find(app.db.read(), member, webhook_id).await?;
    let mut select = webhook_delivery::Entity::of_tenant(hook.tenant_id)
        .filter(webhook_delivery::Column::WebhookId.eq(hook.id))
        .order_by_desc(webhook_delivery::Column::Id)
        .limit(limit + 1);
    if let Some(state) = state {
        select = select.filter(webhook_delivery::Column::State.eq(state.name()));
    }
    if let Some(before) = before {
        select = select.filter(webhook_delivery::Column::Id.lt(before));
    }
    let mut rows = select.all(app.db.read()).await?;
    let more = rows.len() as u64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok((rows, more))
}

/// One of them, with all that is kept of it.
///
/// # Errors
/// `not_found`.
pub async fn read(app: &App, member: &Member, webhook_id: Uuid, id: Uuid) -> Result<Looked> {
    let db = app.db.read();
    let hook = find(db, member, webhook_id).await?;
    let row = webhook_delivery::Entity::of_tenant(hook.tenant_id)
        .filter(webhook_delivery::Column::WebhookId.eq(hook.id))
        .filter(webhook_delivery::Column::Id.eq(id))
        .one(db)
        .await?
        .ok_or_else(|| Error::not_found("delivery"))?;
    let format = Format::of(&hook.format).unwrap_or(Format::Standard);
    let opened = sending::open(app, &hook, app.clock.now());
    let body = opened.filter(|_| !row.payload.is_empty()).and_then(|opened| {
        let locale = Locale::of(Some(&hook.locale));
        formats::body(format, locale, &opened.address, &message_id(row.id), &row.payload)
    });
    Ok(Looked {
        method: formats::verb(format).name(),
        row,
        hook,
        body,
    })
}

/// Has it sent once more, under the same name: who has taken it already may pass it over.
///
/// # Errors
/// `not_found`; `state_changed` where the webhook is off, or what was told is erased.
pub async fn replay(app: &App, member: &Member, webhook_id: Uuid, id: Uuid) -> Result<Looked> {
    db::retry(async || {
        let now = app.clock.now();
        let tx = app.db.begin().await?;
        let hook = find(&*tx, member, webhook_id).await?;
        is_on(&hook)?;
        let row = webhook_delivery::Entity::of_tenant(hook.tenant_id)
            .filter(webhook_delivery::Column::WebhookId.eq(hook.id))
            .filter(webhook_delivery::Column::Id.eq(id))
            .one(&*tx)
            .await?
            .ok_or_else(|| Error::not_found("delivery"))?;
        if row.payload.is_empty() {
            return Err(Error::refused(
                ErrorCode::StateChanged,
                "What was told is not kept any more, so it cannot be sent again.",
            ));
        }
        let mut row: webhook_delivery::ActiveModel = row.into();
        row.state = Set(State::Waiting.name().to_owned());
        row.run_at = Set(Some(now));
        row.waiting_since = Set(now);
        row.attempts = Set(0);
        row.fault = Set(None);
        row.finished_at = Set(None);
        row.update(&*tx).await?;
        wake(&tx, &hook).await?;
        tx.commit().await
    })
    .await?;
    read(app, member, webhook_id, id).await
}

/// Takes what was told of a comment out of the log, when the comment is erased; what has not been sent is given up.
pub async fn forget_comments(tx: &Tx, site_id: Uuid, comment_ids: &[Uuid], now: DateTime<Utc>) -> Result<()> {
    let of_them = || webhook_delivery::Column::CommentId.is_in(comment_ids.iter().copied());
    webhook_delivery::Entity::update_of_site(site_id)
        .col_expr(webhook_delivery::Column::State, Expr::value(State::Failed.name()))
        .col_expr(webhook_delivery::Column::Fault, Expr::value("erased"))
        .col_expr(webhook_delivery::Column::RunAt, Expr::value(None::<DateTime<Utc>>))
        .col_expr(webhook_delivery::Column::FinishedAt, Expr::value(now))
        .filter(of_them())
        .filter(webhook_delivery::Column::RunAt.is_not_null())
        .exec(&**tx)
        .await?;
    webhook_delivery::Entity::update_of_site(site_id)
        .col_expr(webhook_delivery::Column::Payload, Expr::value(""))
        // An answer may repeat what was told.
        .col_expr(webhook_delivery::Column::ResponseBody, Expr::value(None::<String>))
        .col_expr(webhook_delivery::Column::RequestHeaders, Expr::value(json!({})))
        .filter(of_them())
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Forgets deliveries that were made before `before` and wait no more, in transactions of bounded size; part of the retention job.
#[expect(clippy::disallowed_methods, reason = "age is a matter of the installation")]
pub async fn forget(app: &App, before: DateTime<Utc>) -> Result<()> {
    loop {
        let some = Query::select()
            .column(webhook_delivery::Column::Id)
            .from(webhook_delivery::Entity)
            .and_where(webhook_delivery::Column::CreatedAt.lt(before))
            .and_where(webhook_delivery::Column::RunAt.is_null())
            .limit(FORGOTTEN_AT_ONCE)
            .to_owned();
        let tx = app.db.begin().await?;
        let gone = webhook_delivery::Entity::delete_many()
            .filter(webhook_delivery::Column::Id.in_subquery(some))
            .exec(&*tx)
            .await?;
        tx.commit().await?;
        if gone.rows_affected < FORGOTTEN_AT_ONCE {
            return Ok(());
        }
    }
}

/// Takes away the log of a webhook that is about to go, in transactions of bounded size.
pub(super) async fn forget_of(app: &App, hook: &webhook::Model) -> Result<()> {
    loop {
        let some = Query::select()
            .column(webhook_delivery::Column::Id)
            .from(webhook_delivery::Entity)
            .and_where(webhook_delivery::Column::TenantId.eq(hook.tenant_id))
            .and_where(webhook_delivery::Column::WebhookId.eq(hook.id))
            .limit(FORGOTTEN_AT_ONCE)
            .to_owned();
        let tx = app.db.begin().await?;
        let gone = webhook_delivery::Entity::delete_of_tenant(hook.tenant_id)
            .filter(webhook_delivery::Column::Id.in_subquery(some))
            .exec(&*tx)
            .await?;
        tx.commit().await?;
        if gone.rows_affected < FORGOTTEN_AT_ONCE {
            return Ok(());
        }
    }
}

/// Takes away up to `most` rows of a site that is erased. Resolves to how many there were.
pub async fn erase_some_of_site(tx: &Tx, site_id: Uuid, most: u64) -> Result<u64> {
    let log = webhook_delivery::Entity::delete_some_of_site(site_id, webhook_delivery::Column::Id, most);
    let gone = log.exec(&**tx).await?.rows_affected;
    let hooks = webhook::Entity::delete_some_of_site(site_id, webhook::Column::Id, most - gone);
    Ok(gone + hooks.exec(&**tx).await?.rows_affected)
}

/// The same of a tenant.
pub async fn erase_some_of_tenant(tx: &Tx, tenant_id: Uuid, most: u64) -> Result<u64> {
    let log = webhook_delivery::Entity::delete_some_of_tenant(tenant_id, webhook_delivery::Column::Id, most);
    let gone = log.exec(&**tx).await?.rows_affected;
    let hooks = webhook::Entity::delete_some_of_tenant(tenant_id, webhook::Column::Id, most - gone);
    Ok(gone + hooks.exec(&**tx).await?.rows_affected)
}
