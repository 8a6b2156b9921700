//! How a webhook is doing: what failures and answers make of its row, in the caller's transaction.

use ::entity::{OfTenant, webhook, webhook_delivery};
use chrono::{DateTime, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, QueryFilter, Set};
use serde_json::json;

use super::{DisabledBy, State, schedule};
use crate::app::App;
use crate::emails;
use crate::error::Result;
use crate::infra::db::Tx;
use crate::job::{Locale, Occasion};
use crate::sites;
use crate::tenants::audit::{self, Change};
use crate::tenants::members;

/// Something got through.
pub async fn succeeded(tx: &Tx, hook: &webhook::Model, now: DateTime<Utc>) -> Result<()> {
    let mut row: webhook::ActiveModel = hook.clone().into();
    row.last_success_at = Set(Some(now));
    row.failing_since = Set(None);
    row.failures = Set(0);
    row.last_fault = Set(None);
    row.next_at = Set(None);
    row.update(&**tx).await?;
    if hook.failures >= schedule::DOWN {
        // It is back: what waits for it need not wait for the times of its own.
        webhook_delivery::Entity::update_of_tenant(hook.tenant_id)
            .col_expr(webhook_delivery::Column::RunAt, Expr::value(now))
            .filter(webhook_delivery::Column::WebhookId.eq(hook.id))
            .filter(webhook_delivery::Column::RunAt.is_not_null())
            .exec(&**tx)
            .await?;
    }
    Ok(())
}

/// Nothing got through: the receiver is left alone for a while, or for good, if that goes on for days.
pub async fn failed(
    tx: &Tx,
    app: &App,
    hook: &webhook::Model,
    fault: &str,
    asked_for: Option<chrono::TimeDelta>,
    now: DateTime<Utc>,
) -> Result<()> {
    let since = hook.failing_since.unwrap_or(now);
    let failures = hook.failures.saturating_add(1);
    let rest = schedule::rest(failures, rand::random_range(0.9..1.1));
    let mut row: webhook::ActiveModel = hook.clone().into();
    row.failing_since = Set(Some(since));
    row.failures = Set(failures);
    row.last_fault = Set(Some(fault.to_owned()));
    row.next_at = Set(Some(now + asked_for.unwrap_or_default().max(rest)));
    let hook = row.update(&**tx).await?;
    match now - since >= schedule::LONG {
        true => disable(tx, app, hook, DisabledBy::Failing, now).await,
        false => Ok(()),
    }
}

/// Switches one off that the service gives up: what waits for it is given up, too, and the owners hear of it.
pub async fn disable(tx: &Tx, app: &App, hook: webhook::Model, by: DisabledBy, now: DateTime<Utc>) -> Result<()> {
    let (tenant_id, site_id, id, locale) = (hook.tenant_id, hook.site_id, hook.id, hook.locale.clone());
    let data = json!({ "name": hook.name, "url": hook.shown, "by": by.name() });
    let mut row: webhook::ActiveModel = hook.into();
    row.disabled_at = Set(Some(now));
    row.disabled_by = Set(Some(by.name().to_owned()));
    row.update(&**tx).await?;
    give_up(tx, tenant_id, id, "disabled", now).await?;
    audit::note_of_service(tx, app, tenant_id, Change::WebhookDisabled, site_id, data).await?;
    for owner in members::owners(tx, tenant_id).await? {
        let locale = Locale::of(Some(&locale));
        emails::queue(tx, app, Occasion::WebhookDisabled, owner.id, locale).await?;
    }
    sites::tell_about(tx, tenant_id, site_id).await
}

/// Gives up all that waits for a webhook.
pub async fn give_up(tx: &Tx, tenant_id: Uuid, webhook_id: Uuid, fault: &str, now: DateTime<Utc>) -> Result<()> {
    webhook_delivery::Entity::update_of_tenant(tenant_id)
        .col_expr(webhook_delivery::Column::State, Expr::value(State::Failed.name()))
        .col_expr(webhook_delivery::Column::RunAt, Expr::value(None::<DateTime<Utc>>))
        .col_expr(webhook_delivery::Column::Fault, Expr::value(fault))
        .col_expr(webhook_delivery::Column::FinishedAt, Expr::value(now))
        .filter(webhook_delivery::Column::WebhookId.eq(webhook_id))
        .filter(webhook_delivery::Column::RunAt.is_not_null())
        .exec(&**tx)
        .await?;
    Ok(())
}
