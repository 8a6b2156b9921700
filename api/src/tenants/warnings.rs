//! Owners hear by mail when four fifths of a quota are used. A job looks for it, tenants by the hundred, so that who posts, invites or
//! makes a site pays nothing for it; and what it finds is on record in the transaction that asks for the mails, so that nobody is told
//! twice, whatever becomes of the job.

use std::collections::HashMap;

use ::entity::{OfTenant, invitation, membership, plan, quota_warning, site, tenant};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, ExprTrait, Func, IntoColumnRef, IntoIden, Query, SimpleExpr};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use super::plans::{self, Quota, Terms, Use, month_of};
use crate::app::App;
use crate::error::Result;
use crate::infra::db::Tx;
use crate::job::{Locale, Occasion};
use crate::{accounts, emails};

/// How often it is looked.
pub const EVERY: TimeDelta = TimeDelta::minutes(10);

const TENANTS_AT_ONCE: u64 = 200;

/// What was found the last time that it was looked at a quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Before {
    /// Of the last warning.
    month: i32,
    is_near: bool,
}

/// What is to be done about a quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Nothing,
    /// That it is near, or not near any more, is to be known the next time.
    Note,
    /// The owners are told.
    Warn,
}

/// Comments are warned of once a month. What does not begin anew with the month is warned of when it is crossed: not again while
/// it stays near, and not twice a month by who deletes a site and makes another.
fn step(quota: Quota, is_near: bool, before: Option<Before>, month: i32) -> Step {
    let is_told = before.is_some_and(|before| before.month == month);
    let was_near = before.is_some_and(|before| before.is_near);
    let is_crossed = is_near && (quota == Quota::Comments || !was_near);
    match is_crossed && !is_told {
        true => Step::Warn,
        false if is_near == was_near => Step::Nothing,
        false => Step::Note,
    }
}

/// What there is of everything, by tenant.
#[derive(Default)]
struct Counts(HashMap<(Uuid, Quota), u64>);

/// Looks at some more tenants, those after `after` by id, in the transaction of the job that asked for it. Resolves to the last of
/// them, if there may be more.
pub async fn look(tx: &Tx, app: &App, after: Option<Uuid>) -> Result<Option<Uuid>> {
    if !app.mailer.is_configured() {
        return Ok(None);
    }
    let tenants = some_tenants(tx, after.unwrap_or_default()).await?;
    let last = tenants.last().map(|tenant| tenant.id);
    let more = last.filter(|_| tenants.len() as u64 == TENANTS_AT_ONCE);
    let plans = all_plans(tx).await?;
    let mut bounded = Vec::new();
    for tenant in tenants {
        let plan = plans::chosen_of(&plans, tenant.plan_id).cloned();
        let terms = Terms::new(plan, tenant.own_quotas)?;
        if !terms.are_without_limits() {
            bounded.push((tenant.id, terms));
        }
    }
    let ids: Vec<Uuid> = bounded.iter().map(|(id, _)| *id).collect();
    if ids.is_empty() {
        return Ok(more);
    }
    let now = app.clock.now();
    let counts = count(tx, &ids, now).await?;
    let mut known = known(tx, &ids).await?;
    let mut warnings = Vec::new();
    for (tenant_id, terms) in &bounded {
        for found in terms.uses(Quota::ALL.map(|quota| (quota, counts.of(*tenant_id, quota)))) {
            let row = known.remove(&(*tenant_id, found.quota));
            if let Some(id) = keep(tx, app, *tenant_id, &found, row, now).await? {
                warnings.push((*tenant_id, id));
            }
        }
    }
    tell(tx, app, &warnings).await?;
    Ok(more)
}

/// Notes what was found of a quota. Resolves to what its owners are to be told, if anything.
async fn keep(
    tx: &Tx,
    app: &App,
    tenant_id: Uuid,
    found: &Use,
    row: Option<quota_warning::Model>,
    now: DateTime<Utc>,
) -> Result<Option<Uuid>> {
    let month = month_of(now);
    let before = row.as_ref().map(|row| Before {
        month: row.month,
        is_near: row.is_near,
    });
    let step = step(found.quota, found.is_near(), before, month);
    if step == Step::Nothing {
        return Ok(None);
    }
    let is_warning = step == Step::Warn;
    let id = row.as_ref().map_or_else(|| app.clock.new_id(), |row| row.id);
    let model = quota_warning::ActiveModel {
        id: Set(id),
        tenant_id: Set(tenant_id),
        quota: Set(found.quota.name().to_owned()),
        month: Set(if is_warning {
            month
        } else {
            before.map_or(0, |before| before.month)
        }),
        is_near: Set(found.is_near()),
    };
    match row {
        None => {
            quota_warning::Entity::insert(model)
                .exec_without_returning(&**tx)
                .await?;
        }
        Some(_) => {
            quota_warning::Entity::update_of_tenant(tenant_id)
                .set(model)
                .filter(quota_warning::Column::Id.eq(id))
                .exec(&**tx)
                .await?;
        }
    }
    Ok(is_warning.then_some(id))
}

/// A mail to each owner for each warning.
async fn tell(tx: &Tx, app: &App, warnings: &[(Uuid, Uuid)]) -> Result<()> {
    if warnings.is_empty() {
        return Ok(());
    }
    let owners: Vec<(Uuid, Uuid)> = membership::Entity::of_tenants(warnings.iter().map(|(tenant_id, _)| *tenant_id))
        .filter(membership::Column::Role.eq(membership::Role::Owner))
        .order_by_asc(membership::Column::Id)
        .select_only()
        .columns([membership::Column::TenantId, membership::Column::AccountId])
        .into_tuple()
        .all(&**tx)
        .await?;
    let people = accounts::with_ids(&**tx, owners.iter().map(|(_, account_id)| *account_id)).await?;
    for (tenant_id, warning_id) in warnings {
        for (_, account_id) in owners.iter().filter(|(of, _)| of == tenant_id) {
            let locale = people.get(account_id).and_then(|account| account.locale.as_deref());
            let locale = Locale::of(locale);
            emails::queue_to(tx, app, Occasion::QuotaNear, *warning_id, *account_id, locale).await?;
        }
    }
    tracing::info!(event = "quota_warnings", count = warnings.len(), "tenants");
    Ok(())
}

/// What a mail about a warning says, and to whom; none if it has become void: nothing is near any more, or he owns the tenant no more.
pub struct Warned {
    pub email: String,
    pub tenant_id: Uuid,
    pub tenant: String,
    pub found: Use,
    /// When the month's comments are counted from nothing again.
    pub renews_at: DateTime<Utc>,
}

#[expect(clippy::disallowed_methods, reason = "jobs belong to the platform")]
pub async fn to_mail(app: &App, id: Uuid, account_id: Uuid) -> Result<Option<Warned>> {
    let db = app.db.read();
    let Some(warning) = quota_warning::Entity::find_by_id(id).one(db).await? else {
        return Ok(None);
    };
    let tenant_id = warning.tenant_id;
    let tenant = tenant::Entity::of_tenant(tenant_id)
        .filter(tenant::Column::EraseAt.is_null())
        .one(db)
        .await?;
    let owner = membership::Entity::of_tenant(tenant_id)
        .filter(membership::Column::AccountId.eq(account_id))
        .filter(membership::Column::Role.eq(membership::Role::Owner))
        .one(db)
        .await?;
    let account = accounts::with_ids(db, [account_id]).await?.remove(&account_id);
    let account = account.filter(|account| account.suspended_at.is_none());
    let (Some(tenant), Some(_), Some(account)) = (tenant, owner, account) else {
        return Ok(None);
    };
    let usage = plans::usage(app, tenant_id).await?;
    let found = usage.uses.into_iter().find(|found| found.quota.name() == warning.quota);
    Ok(found.filter(Use::is_near).map(|found| Warned {
        email: account.email,
        tenant_id,
        tenant: tenant.name,
        found,
        renews_at: usage.renews_at,
    }))
}

impl Counts {
    fn of(&self, tenant_id: Uuid, quota: Quota) -> u64 {
        self.0.get(&(tenant_id, quota)).copied().unwrap_or(0)
    }

    fn add(&mut self, tenant_id: Uuid, quota: Quota, count: u64) {
        *self.0.entry((tenant_id, quota)).or_default() += count;
    }
}

/// As `plans::usage` counts it for one tenant.
async fn count(tx: &Tx, ids: &[Uuid], now: DateTime<Utc>) -> Result<Counts> {
    let mut counts = Counts::default();
    for (id, comments, bytes) in plans::posted_of(&**tx, ids.iter().copied(), now).await? {
        counts.add(id, Quota::Comments, comments);
        counts.add(id, Quota::Storage, bytes);
    }
    for (id, sites) in by_tenant(tx, site::Entity, site::Column::TenantId, ids, None).await? {
        counts.add(id, Quota::Sites, sites);
    }
    for (id, members) in by_tenant(tx, membership::Entity, membership::Column::TenantId, ids, None).await? {
        counts.add(id, Quota::Members, members);
    }
    let waits = Expr::col(invitation::Column::ExpiresAt).gt(now);
    for (id, waiting) in by_tenant(tx, invitation::Entity, invitation::Column::TenantId, ids, Some(waits)).await? {
        counts.add(id, Quota::Members, waiting);
    }
    Ok(counts)
}

/// How many rows of a table each of these tenants has.
async fn by_tenant(
    tx: &Tx,
    table: impl IntoIden,
    tenant_id: impl IntoColumnRef + Copy,
    ids: &[Uuid],
    only: Option<SimpleExpr>,
) -> Result<Vec<(Uuid, u64)>> {
    let mut select = Query::select();
    select
        .expr_as(Expr::col(tenant_id), "tenant_id")
        .expr_as(Func::count(Expr::col(tenant_id)), "count")
        .from(table.into_iden())
        .and_where(Expr::col(tenant_id).is_in(ids.iter().copied()))
        .group_by_col(tenant_id);
    if let Some(only) = only {
        select.and_where(only);
    }
    let rows = tx.query_all(&select).await?;
    rows.iter()
        .map(|row| {
            let count: i64 = row.try_get("", "count")?;
            Ok((row.try_get("", "tenant_id")?, u64::try_from(count).unwrap_or(0)))
        })
        .collect()
}

async fn known(tx: &Tx, ids: &[Uuid]) -> Result<HashMap<(Uuid, Quota), quota_warning::Model>> {
    let rows = quota_warning::Entity::of_tenants(ids.iter().copied())
        .all(&**tx)
        .await?;
    let of = |row: quota_warning::Model| Some(((row.tenant_id, Quota::named(&row.quota)?), row));
    Ok(rows.into_iter().filter_map(of).collect())
}

#[expect(clippy::disallowed_methods, reason = "goes over all tenants, some after the others")]
async fn some_tenants(tx: &Tx, after: Uuid) -> Result<Vec<tenant::Model>> {
    Ok(tenant::Entity::find()
        .filter(tenant::Column::Id.gt(after))
        .filter(tenant::Column::EraseAt.is_null())
        .order_by_asc(tenant::Column::Id)
        .limit(TENANTS_AT_ONCE)
        .all(&**tx)
        .await?)
}

#[expect(clippy::disallowed_methods, reason = "plans belong to the platform")]
async fn all_plans(tx: &Tx) -> Result<Vec<plan::Model>> {
    Ok(plan::Entity::find().all(&**tx).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOVEMBER: i32 = 202_611;
    const DECEMBER: i32 = 202_612;

    fn before(month: i32, is_near: bool) -> Before {
        Before { month, is_near }
    }

    #[test]
    fn comments_are_warned_of_once_a_month() {
        let step = |is_near, before: Option<Before>, month| step(Quota::Comments, is_near, before, month);
        assert_eq!(step(false, None, NOVEMBER), Step::Nothing);
        assert_eq!(step(true, None, NOVEMBER), Step::Warn);
        assert_eq!(step(true, Some(before(NOVEMBER, true)), NOVEMBER), Step::Nothing);
        // A larger plan, and a smaller one again.
        assert_eq!(step(false, Some(before(NOVEMBER, true)), NOVEMBER), Step::Note);
        assert_eq!(step(true, Some(before(NOVEMBER, false)), NOVEMBER), Step::Note);
        // Nobody looked while the months changed.
        assert_eq!(step(true, Some(before(NOVEMBER, true)), DECEMBER), Step::Warn);
        assert_eq!(step(true, Some(before(NOVEMBER, false)), DECEMBER), Step::Warn);
    }

    #[test]
    fn what_does_not_begin_anew_is_warned_of_when_it_is_crossed() {
        for quota in [Quota::Sites, Quota::Members, Quota::Storage] {
            let step = |is_near, before, month| step(quota, is_near, before, month);
            assert_eq!(step(true, None, NOVEMBER), Step::Warn);
            assert_eq!(
                step(true, Some(before(NOVEMBER, true)), DECEMBER),
                Step::Nothing,
                "it stays near"
            );
            assert_eq!(step(false, Some(before(NOVEMBER, true)), DECEMBER), Step::Note);
            assert_eq!(
                step(true, Some(before(NOVEMBER, false)), DECEMBER),
                Step::Warn,
                "crossed again"
            );
            assert_eq!(
                step(true, Some(before(NOVEMBER, false)), NOVEMBER),
                Step::Note,
                "once a month at most"
            );
        }
    }
}
