//! Operators may shut a tenant: its readers see its comments without a form, or nothing, and its members may look and not change.

use ::entity::tenant::Shows;
use ::entity::{OfTenant, tenant};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::Expr;
use serde_json::json;

use super::audit::{self, Change};
use super::members;
use crate::app::App;
use crate::error::{Error, FieldCode, Result};
use crate::infra::db;
use crate::operators::Operator;
use crate::{sites, text};

/// Longest reason, in characters.
const REASON: usize = 500;

/// A reason for the people whom it is about: one clean line.
///
/// # Errors
/// `invalid_input`.
pub fn checked_reason(reason: &str) -> Result<String> {
    match text::clean_line(reason, REASON) {
        Ok(Some(reason)) => Ok(reason),
        Ok(None) => Err(Error::invalid(
            "/reason",
            FieldCode::Required,
            "Say why; the owners read it.",
        )),
        Err(fault) => Err(Error::Invalid(vec![fault.at("/reason")])),
    }
}

/// Shuts a tenant, or shuts it otherwise.
///
/// # Errors
/// `not_found`; `invalid_input`.
pub async fn suspend(app: &App, operator: &Operator, tenant_id: Uuid, shows: Shows, reason: &str) -> Result<()> {
    let reason = checked_reason(reason)?;
    set(app, operator, tenant_id, Some((shows, reason))).await
}

/// Opens it again.
///
/// # Errors
/// `not_found`.
pub async fn resume(app: &App, operator: &Operator, tenant_id: Uuid) -> Result<()> {
    set(app, operator, tenant_id, None).await
}

async fn set(app: &App, operator: &Operator, tenant_id: Uuid, to: Option<(Shows, String)>) -> Result<()> {
    db::retry(async || {
        let now = app.clock.now();
        let tx = app.db.begin().await?;
        members::hold(&tx, tenant_id).await?;
        let (shows, reason) = to.clone().unzip();
        tenant::Entity::update_of_tenant(tenant_id)
            .col_expr(tenant::Column::SuspendedAt, Expr::value(shows.map(|_| now)))
            .col_expr(tenant::Column::SuspendedShows, Expr::value(shows))
            .col_expr(tenant::Column::SuspendedReason, Expr::value(reason.clone()))
            .col_expr(tenant::Column::UpdatedAt, Expr::value(now))
            .exec(&*tx)
            .await?;
        sites::touch_all(&tx, app, tenant_id).await?;
        let change = match to {
            Some(_) => Change::TenantSuspended,
            None => Change::TenantResumed,
        };
        let data = json!({ "shows": shows.map(name), "reason": reason });
        audit::note_for(&tx, app, operator, tenant_id, change, None, data).await?;
        tx.commit().await
    })
    .await
}

/// What readers see, as it stands in the record.
pub fn name(shows: Shows) -> &'static str {
    match shows {
        Shows::Comments => "comments",
        Shows::Nothing => "nothing",
    }
}
