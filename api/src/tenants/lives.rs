//! A tenant changes hands, is deleted, and is brought back while there is time.

use ::entity::{OfTenant, audit_entry, invitation, membership, membership_site, tenant};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::ConnectionTrait;
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::Expr;
use serde_json::json;

use super::audit::{self, Change};
use super::{Member, members};
use crate::accounts;
use crate::app::App;
use crate::error::{Error, ErrorCode, FieldCode, Result};
use crate::infra::db::{self, Tx};
use crate::infra::queue;
use crate::job::Job;
use crate::sites;
use crate::webhooks::deliveries;

/// Makes another member an owner, and the member himself an admin, if he wants to step down: both or neither.
///
/// # Errors
/// `not_permitted` for who is no owner any more; `not_found` for somebody who is no member; `invalid_input` for himself.
pub async fn transfer(app: &App, member: &Member, to: Uuid, step_down: bool) -> Result<tenant::Model> {
    if to == member.account_id() {
        return Err(Error::invalid(
            "/account_id",
            FieldCode::Invalid,
            "Name another member.",
        ));
    }
    db::retry(async || {
        let tx = app.db.begin().await?;
        members::hold(&tx, member.tenant_id()).await?;
        members::is_still_owner(&tx, member).await?;
        let before = members::promote(&tx, member.tenant_id(), to).await?;
        if step_down {
            members::step_down(&tx, member).await?;
        }
        let data =
            json!({ "member": to, "name": before.0, "from": members::name(before.1), "stepped_down": step_down });
        audit::note(&tx, app, member, Change::TenantTransferred, None, data).await?;
        let row = super::row(&*tx, member.tenant_id()).await?;
        tx.commit().await?;
        Ok(row)
    })
    .await
}

/// Deletes a tenant with all its sites: their readers find nothing from now on, keys stop, and all is erased when the days of grace are over. One that
/// is deleted stays as it is.
pub async fn delete(app: &App, member: &Member) -> Result<tenant::Model> {
    db::retry(async || {
        let tx = app.db.begin().await?;
        let tenant_id = member.tenant_id();
        members::hold(&tx, tenant_id).await?;
        members::is_still_owner(&tx, member).await?;
        let before = super::row(&*tx, tenant_id).await?;
        if before.erase_at.is_some() {
            return Ok(before);
        }
        let now = app.clock.now();
        let erase_at = now + TimeDelta::days(app.config.tenant_grace_days);
        set(&tx, tenant_id, Some(erase_at)).await?;
        let gone = sites::lives::delete_with_tenant(&tx, tenant_id, erase_at, now).await?;
        // In place of one that waits since an earlier deletion.
        queue::renew(
            &*tx,
            &Job::EraseTenant { tenant_id },
            erase_at + sites::lives::AFTER,
            now,
        )
        .await?;
        let data = json!({ "name": before.name, "erase_at": erase_at, "sites": gone });
        audit::note(&tx, app, member, Change::TenantDeleted, None, data).await?;
        let row = super::row(&*tx, tenant_id).await?;
        tx.commit().await?;
        Ok(row)
    })
    .await
}

/// Brings a deleted tenant back, with the sites that went with it. Of one that is not deleted, nothing changes.
///
/// # Errors
/// `not_found` once its days are over.
pub async fn restore(app: &App, member: &Member) -> Result<tenant::Model> {
    db::retry(async || {
        let tx = app.db.begin().await?;
        let tenant_id = member.tenant_id();
        members::hold(&tx, tenant_id).await?;
        members::is_still_owner(&tx, member).await?;
        let before = super::row(&*tx, tenant_id).await?;
        let erase_at = match before.erase_at {
            None => return Ok(before),
            Some(at) if at <= app.clock.now() => return Err(Error::not_found("tenant")),
            Some(at) => at,
        };
        set(&tx, tenant_id, None).await?;
        let back = sites::lives::restore_with_tenant(&tx, tenant_id, erase_at, app.clock.now()).await?;
        let data = json!({ "name": before.name, "sites": back });
        audit::note(&tx, app, member, Change::TenantRestored, None, data).await?;
        let row = super::row(&*tx, tenant_id).await?;
        tx.commit().await?;
        Ok(row)
    })
    .await
}

/// When a tenant is erased, if it is deleted.
pub async fn erase_at(db: &impl ConnectionTrait, tenant_id: Uuid) -> Result<Option<DateTime<Utc>>> {
    Ok(super::row(db, tenant_id).await?.erase_at)
}

/// # Errors
/// `tenant_deleted`.
pub async fn is_there(db: &impl ConnectionTrait, tenant_id: Uuid) -> Result<()> {
    match erase_at(db, tenant_id).await? {
        None => Ok(()),
        Some(_) => Err(deleted()),
    }
}

pub(super) fn deleted() -> Error {
    Error::refused(
        ErrorCode::TenantDeleted,
        "Until it is erased, an owner can bring it back.",
    )
}

async fn set(tx: &Tx, tenant_id: Uuid, erase_at: Option<DateTime<Utc>>) -> Result<()> {
    tenant::Entity::update_of_tenant(tenant_id)
        .col_expr(tenant::Column::EraseAt, Expr::value(erase_at))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Takes away some of a tenant whose days are over, in the transaction of the job that asked for it; of any other, nothing. Resolves to whether
/// there is nothing left to do.
pub async fn erase_some(tx: &Tx, app: &App, tenant_id: Uuid) -> Result<bool> {
    let found = super::row(&**tx, tenant_id).await;
    let is_due = |row: &tenant::Model| row.erase_at.is_some_and(|at| at <= app.clock.now());
    match found {
        Ok(row) if is_due(&row) => {}
        Ok(_) => return Ok(true),
        Err(error) if error.code() == ErrorCode::NotFound => return Ok(true),
        Err(error) => return Err(error),
    }
    if sites::erasing::erase_some_of_tenant(tx, app, tenant_id).await? {
        return Ok(false);
    }
    let mut room = sites::erasing::AT_ONCE;
    room -= accounts::keys::erase_some(tx, tenant_id, room).await?;
    room -= deliveries::erase_some_of_tenant(tx, tenant_id, room).await?;
    room -= invitation::Entity::delete_some_of_tenant(tenant_id, invitation::Column::Id, room)
        .exec(&**tx)
        .await?
        .rows_affected;
    room -= membership_site::Entity::delete_some_of_tenant(tenant_id, membership_site::Column::Id, room)
        .exec(&**tx)
        .await?
        .rows_affected;
    room -= membership::Entity::delete_some_of_tenant(tenant_id, membership::Column::Id, room)
        .exec(&**tx)
        .await?
        .rows_affected;
    room -= audit_entry::Entity::delete_some_of_tenant(tenant_id, audit_entry::Column::Id, room)
        .exec(&**tx)
        .await?
        .rows_affected;
    if room == 0 {
        return Ok(false);
    }
    tenant::Entity::delete_of_tenant(tenant_id).exec(&**tx).await?;
    tracing::info!(event = "tenant_erased", tenant = %tenant_id, "security");
    Ok(true)
}
