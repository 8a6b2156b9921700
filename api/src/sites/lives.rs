//! Sites are put away, brought back and deleted. A deleted site is gone for readers at once and for its owners when its days are over.

use ::entity::{OfTenant, site};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};
use sea_orm::{ColumnTrait, QueryFilter};
use serde_json::json;

use super::{Site, any_within, assemble, tell, touch};
use crate::app::App;
use crate::error::{Error, ErrorCode, Result};
use crate::infra::db::{self, Tx};
use crate::infra::queue;
use crate::job::Job;
use crate::tenants::audit::{self, Change};
use crate::tenants::{self, Member};

/// How long after its days a site is erased: no node's clock is so far behind that it would still be brought back there.
pub const AFTER: TimeDelta = TimeDelta::minutes(1);

/// Lets a site only be read, or takes comments again. Of a site that is as it should be, nothing changes.
///
/// # Errors
/// `not_found`, also for a deleted site.
pub async fn archive(app: &App, member: &Member, site_id: Uuid, archived: bool) -> Result<Site> {
    db::retry(async || {
        let tx = app.db.begin().await?;
        let before = held(&tx, app, member, site_id).await?;
        if before.erase_at.is_some() {
            return Err(Error::not_found("site"));
        }
        if before.archived_at.is_some() == archived {
            return assemble(&*tx, before).await;
        }
        let since = archived.then(|| app.clock.now());
        set(&tx, member, site_id, site::Column::ArchivedAt, since).await?;
        let change = match archived {
            true => Change::SiteArchived,
            false => Change::SiteReopened,
        };
        audit::note(&tx, app, member, change, Some(site_id), json!({ "name": before.name })).await?;
        let row = any_within(&*tx, member, site_id).await?;
        let site = assemble(&*tx, row).await?;
        tx.commit().await?;
        Ok(site)
    })
    .await
}

/// Deletes a site: its readers find nothing from now on, and it is erased when its days of grace are over. One that is deleted stays as it
/// is.
pub async fn delete(app: &App, member: &Member, site_id: Uuid) -> Result<Site> {
    db::retry(async || {
        let tx = app.db.begin().await?;
        let before = held(&tx, app, member, site_id).await?;
        if before.erase_at.is_some() {
            return assemble(&*tx, before).await;
        }
        let now = app.clock.now();
        let erase_at = now + TimeDelta::days(app.config.site_grace_days);
        set(&tx, member, site_id, site::Column::EraseAt, Some(erase_at)).await?;
        // In place of one that waits since an earlier deletion.
        queue::renew(&*tx, &Job::EraseSite { site_id }, erase_at + AFTER, now).await?;
        let data = json!({ "name": before.name, "erase_at": erase_at });
        audit::note(&tx, app, member, Change::SiteDeleted, Some(site_id), data).await?;
        let row = any_within(&*tx, member, site_id).await?;
        let site = assemble(&*tx, row).await?;
        tx.commit().await?;
        Ok(site)
    })
    .await
}

/// Brings a deleted site back, as it was. Of one that is not deleted, nothing changes.
///
/// # Errors
/// `not_found` once its days are over; `state_changed` while the whole tenant is deleted.
pub async fn restore(app: &App, member: &Member, site_id: Uuid) -> Result<Site> {
    db::retry(async || {
        let tx = app.db.begin().await?;
        tenants::members::hold(&tx, member.tenant_id()).await?;
        let before = held(&tx, app, member, site_id).await?;
        match before.erase_at {
            None => return assemble(&*tx, before).await,
            Some(at) if at <= app.clock.now() => return Err(Error::not_found("site")),
            Some(_) => {}
        }
        if tenants::lives::erase_at(&*tx, member.tenant_id()).await?.is_some() {
            return Err(Error::refused(
                ErrorCode::StateChanged,
                "The whole tenant is deleted. Bring that back first.",
            ));
        }
        set(&tx, member, site_id, site::Column::EraseAt, None).await?;
        let data = json!({ "name": before.name });
        audit::note(&tx, app, member, Change::SiteRestored, Some(site_id), data).await?;
        let row = any_within(&*tx, member, site_id).await?;
        let site = assemble(&*tx, row).await?;
        tx.commit().await?;
        Ok(site)
    })
    .await
}

/// Deletes the sites of a tenant that is deleted itself; those that were deleted before keep their day. Resolves to how many there were.
pub async fn delete_with_tenant(
    tx: &Tx,
    tenant_id: Uuid,
    erase_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<usize> {
    let going = site::Column::EraseAt.is_null();
    set_of_tenant(tx, tenant_id, going, Some(erase_at), now).await
}

/// Brings back those that went with their tenant on that day.
pub async fn restore_with_tenant(
    tx: &Tx,
    tenant_id: Uuid,
    erase_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<usize> {
    let coming = site::Column::EraseAt.eq(erase_at);
    set_of_tenant(tx, tenant_id, coming, None, now).await
}

async fn set_of_tenant(
    tx: &Tx,
    tenant_id: Uuid,
    which: SimpleExpr,
    erase_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<usize> {
    let changed = site::Entity::update_of_tenant(tenant_id)
        .col_expr(site::Column::EraseAt, Expr::value(erase_at))
        .col_expr(site::Column::Version, Expr::col(site::Column::Version).add(1))
        .col_expr(site::Column::UpdatedAt, Expr::value(now))
        .filter(which)
        .exec_with_returning(&**tx)
        .await?;
    let count = changed.len();
    tell(tx, changed).await?;
    Ok(count)
}

/// The site as it is while nobody else changes it: its version is raised, which holds its row.
async fn held(tx: &Tx, app: &App, member: &Member, site_id: Uuid) -> Result<site::Model> {
    touch(tx, app, member, site_id).await?;
    any_within(&**tx, member, site_id).await
}

async fn set(
    tx: &Tx,
    member: &Member,
    site_id: Uuid,
    column: site::Column,
    value: Option<DateTime<Utc>>,
) -> Result<()> {
    site::Entity::update_of_tenant(member.tenant_id())
        .col_expr(column, Expr::value(value))
        .filter(site::Column::Id.eq(site_id))
        .exec(&**tx)
        .await?;
    Ok(())
}
