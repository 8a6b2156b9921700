//! An operator acts for a tenant: in a role, for a time, with a reason, and on its record from the beginning to the end.

use ::entity::membership::Role;
use ::entity::{OfTenant, acting, tenant};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use serde_json::json;

use super::Operator;
use crate::accounts::SignedIn;
use crate::app::App;
use crate::error::{Error, FieldCode, Result};
use crate::infra::db::{self, Tx};
use crate::tenants::audit::{self, Change};
use crate::tenants::members;
use crate::tenants::suspension::checked_reason;

/// For how long, in minutes, if nothing else is said; and at most.
pub const USUAL_MINUTES: i64 = 30;
const MOST_MINUTES: i64 = 240;

/// Begins to act for a tenant. Whatever the operator acted for before, he leaves.
///
/// # Errors
/// `not_found`; `invalid_input`.
pub async fn begin(
    app: &App,
    operator: &Operator,
    tenant_id: Uuid,
    role: Role,
    reason: &str,
    minutes: i64,
) -> Result<(acting::Model, tenant::Model)> {
    let reason = checked_reason(reason)?;
    if !(1..=MOST_MINUTES).contains(&minutes) {
        return Err(Error::invalid(
            "/minutes",
            FieldCode::OutOfRange,
            format!("Between 1 and {MOST_MINUTES} minutes."),
        ));
    }
    db::retry(async || {
        let now = app.clock.now();
        let tx = app.db.begin().await?;
        members::hold(&tx, tenant_id).await?;
        let tenant = tenant::Entity::of_tenant(tenant_id)
            .one(&*tx)
            .await?
            .ok_or_else(|| Error::not_found("tenant"))?;
        end_of(&tx, app, operator.account_id(), now).await?;
        let row = acting::ActiveModel {
            id: Set(app.clock.new_id()),
            account_id: Set(operator.account_id()),
            tenant_id: Set(tenant_id),
            role: Set(role),
            reason: Set(reason.clone()),
            started_at: Set(now),
            expires_at: Set(now + TimeDelta::minutes(minutes)),
            ended_at: Set(None),
        };
        let row = row.insert(&*tx).await?;
        let data = json!({ "to": members::name(role), "reason": row.reason, "until": row.expires_at });
        audit::note_for(&tx, app, operator, tenant_id, Change::ActingBegun, None, data).await?;
        tx.commit().await?;
        Ok((row, tenant))
    })
    .await
}

/// Leaves the tenant that the operator acts for, if he does.
pub async fn leave(app: &App, operator: &Operator) -> Result<()> {
    db::retry(async || {
        let tx = app.db.begin().await?;
        end_of(&tx, app, operator.account_id(), app.clock.now()).await?;
        tx.commit().await?;
        operator.log("acting_ended", operator.account_id());
        Ok(())
    })
    .await
}

/// For what the caller acts at this moment, with the tenant.
pub async fn current(app: &App, caller: &SignedIn) -> Result<Option<(acting::Model, tenant::Model)>> {
    if !caller.account().operator {
        return Ok(None);
    }
    let Some(row) = live(caller.account().id, app.clock.now()).one(app.db.read()).await? else {
        return Ok(None);
    };
    let tenant = tenant::Entity::of_tenant(row.tenant_id).one(app.db.read()).await?;
    Ok(tenant.map(|tenant| (row, tenant)))
}

/// How the caller, an operator, acts for this tenant at this moment; none if he does not.
pub async fn in_tenant(app: &App, caller: &SignedIn, tenant_id: Uuid) -> Result<Option<acting::Model>> {
    let acting = live(caller.account().id, app.clock.now())
        .filter(acting::Column::TenantId.eq(tenant_id))
        .one(app.db.read())
        .await?;
    if acting.is_some() {
        // He may have taken his second factor away since he came in.
        super::enter(app, caller).await?;
    }
    Ok(acting)
}

/// Ends what an account acts for, in a transaction.
#[expect(clippy::disallowed_methods, reason = "by the operator's own account")]
pub async fn end_of(tx: &Tx, app: &App, account_id: Uuid, now: DateTime<Utc>) -> Result<()> {
    let open = acting::Entity::find()
        .filter(acting::Column::AccountId.eq(account_id))
        .filter(acting::Column::EndedAt.is_null())
        .order_by_asc(acting::Column::Id)
        .lock_exclusive()
        .all(&**tx)
        .await?;
    for row in open {
        end(tx, app, row, now).await?;
    }
    Ok(())
}

/// Puts on record what has ended by itself since; part of the retention job.
#[expect(clippy::disallowed_methods, reason = "age is a matter of the installation")]
pub async fn close_expired(tx: &Tx, app: &App, now: DateTime<Utc>) -> Result<()> {
    let over = acting::Entity::find()
        .filter(acting::Column::EndedAt.is_null())
        .filter(acting::Column::ExpiresAt.lte(now))
        .order_by_asc(acting::Column::Id)
        .limit(500)
        .lock_exclusive()
        .all(&**tx)
        .await?;
    for row in over {
        end(tx, app, row, now).await?;
    }
    Ok(())
}

async fn end(tx: &Tx, app: &App, row: acting::Model, now: DateTime<Utc>) -> Result<()> {
    let expired = row.expires_at <= now;
    let ended_at = if expired { row.expires_at } else { now };
    acting::Entity::update_of_tenant(row.tenant_id)
        .col_expr(acting::Column::EndedAt, Expr::value(ended_at))
        .filter(acting::Column::Id.eq(row.id))
        .exec(&**tx)
        .await?;
    audit::note_end(tx, app, &row, expired).await
}

#[expect(clippy::disallowed_methods, reason = "by the operator's own account")]
fn live(account_id: Uuid, now: DateTime<Utc>) -> sea_orm::Select<acting::Entity> {
    acting::Entity::find()
        .filter(acting::Column::AccountId.eq(account_id))
        .filter(acting::Column::EndedAt.is_null())
        .filter(acting::Column::ExpiresAt.gt(now))
        .order_by_desc(acting::Column::Id)
}
