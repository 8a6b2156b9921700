//! Tenants, sites and accounts of the whole platform, found by what an operator has of them: a part of the name, a key, an origin, a
//! mail address, an id.
//!
//! A page is a handful of statements however long it is: its rows, and one for each figure beside them.

use std::collections::HashMap;

use ::entity::{OfSite, OfTenant, account, membership, plan, site, site_counter, site_origin, tenant};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::Operator;
use crate::app::App;
use crate::error::{Error, Result};
use crate::infra::db::containing;
use crate::tenants::plans;
use crate::text;

/// Longest text that is searched for, in characters; more of it finds nothing.
const LONGEST: usize = 254;

/// Memberships of an account that are shown.
const MEMBERSHIPS: u64 = 200;

/// Which of them, from where on, how many.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// A part of the name, a key, an origin, a mail address, or an id.
    pub q: Option<String>,
    pub suspended: Option<bool>,
    pub before: Option<Uuid>,
    pub limit: u64,
}

impl Page {
    fn wanted(&self) -> Option<&str> {
        self.q.as_deref().map(str::trim).filter(|q| !q.is_empty())
    }
}

pub struct FoundTenant {
    pub tenant: tenant::Model,
    pub plan: Option<String>,
    pub members: u64,
    pub sites: u64,
    /// Of this month.
    pub comments: u64,
    pub bytes: u64,
}

pub struct FoundSite {
    pub site: site::Model,
    pub tenant: tenant::Model,
    pub origins: Vec<String>,
    /// Of this month.
    pub comments: u64,
    /// Ever.
    pub comments_ever: u64,
    pub bytes: u64,
}

pub struct FoundAccount {
    pub account: account::Model,
    pub tenants: u64,
}

/// Tenants, the latest first; and whether there are more. A mail address finds those that its owner is a member of.
#[expect(clippy::disallowed_methods, reason = "operators stand above tenants")]
pub async fn tenants(app: &App, _: &Operator, page: &Page) -> Result<(Vec<FoundTenant>, bool)> {
    let mut select = tenant::Entity::find().order_by_desc(tenant::Column::Id);
    if let Some(q) = page.wanted() {
        let mut any = named(q, tenant::Column::Folded, tenant::Column::Id);
        if let Some(address) = address(q) {
            let of_member = Query::select()
                .column((membership::Entity, membership::Column::TenantId))
                .from(membership::Entity)
                .inner_join(
                    account::Entity,
                    Expr::col((account::Entity, account::Column::Id))
                        .equals((membership::Entity, membership::Column::AccountId)),
                )
                .and_where(Expr::col((account::Entity, account::Column::EmailFolded)).eq(address))
                .to_owned();
            any = any.add(tenant::Column::Id.in_subquery(of_member));
        }
        select = select.filter(any);
    }
    if let Some(suspended) = page.suspended {
        select = select.filter(set(tenant::Column::SuspendedAt, suspended));
    }
    if let Some(before) = page.before {
        select = select.filter(tenant::Column::Id.lt(before));
    }
    let rows = select.limit(page.limit + 1).all(app.db.read()).await?;
    let (rows, more) = cut(rows, page.limit);
    Ok((with_figures(app, rows).await?, more))
}

/// A tenant with its figures.
///
/// # Errors
/// `not_found`.
pub async fn tenant(app: &App, _: &Operator, id: Uuid) -> Result<FoundTenant> {
    let row = tenant::Entity::of_tenant(id).one(app.db.read()).await?;
    let rows = row.into_iter().collect();
    with_figures(app, rows)
        .await?
        .pop()
        .ok_or_else(|| Error::not_found("tenant"))
}

#[expect(clippy::disallowed_methods, reason = "operators stand above tenants")]
async fn with_figures(app: &App, rows: Vec<tenant::Model>) -> Result<Vec<FoundTenant>> {
    let db = app.db.read();
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let members = membership::Entity::of_tenants(ids.clone());
    let members = counts(db, members, membership::Column::TenantId, membership::Column::Id).await?;
    let sites = site::Entity::of_tenants(ids.clone());
    let sites = counts(db, sites, site::Column::TenantId, site::Column::Id).await?;
    let posted: HashMap<Uuid, (u64, u64)> = plans::posted_of(db, ids, app.clock.now())
        .await?
        .into_iter()
        .map(|(id, comments, bytes)| (id, (comments, bytes)))
        .collect();
    let plans = plan::Entity::find().all(db).await?;
    let plan_of = |row: &tenant::Model| {
        let own = plans.iter().find(|plan| Some(plan.id) == row.plan_id);
        own.or_else(|| plans.iter().find(|plan| plan.is_default))
            .map(|plan| plan.name.clone())
    };
    let found = rows.into_iter().map(|tenant| {
        let (comments, bytes) = posted.get(&tenant.id).copied().unwrap_or_default();
        FoundTenant {
            plan: plan_of(&tenant),
            members: members.get(&tenant.id).copied().unwrap_or(0),
            sites: sites.get(&tenant.id).copied().unwrap_or(0),
            comments,
            bytes,
            tenant,
        }
    });
    Ok(found.collect())
}

/// Sites, the latest first; and whether there are more. Of one tenant, if it is named.
#[expect(clippy::disallowed_methods, reason = "operators stand above tenants")]
pub async fn sites(app: &App, _: &Operator, tenant_id: Option<Uuid>, page: &Page) -> Result<(Vec<FoundSite>, bool)> {
    let mut select = site::Entity::find().order_by_desc(site::Column::Id);
    if let Some(tenant_id) = tenant_id {
        select = select.filter(site::Column::TenantId.eq(tenant_id));
    }
    if let Some(q) = page.wanted() {
        let with_origin = Query::select()
            .column(site_origin::Column::SiteId)
            .from(site_origin::Entity)
            .and_where(Expr::col(site_origin::Column::Origin).like(containing(q)))
            .to_owned();
        let any = named(q, site::Column::Folded, site::Column::Id)
            .add(site::Column::Key.eq(q))
            .add(site::Column::Id.in_subquery(with_origin));
        select = select.filter(any);
    }
    if let Some(suspended) = page.suspended {
        select = select.filter(set(site::Column::SuspendedAt, suspended));
    }
    if let Some(before) = page.before {
        select = select.filter(site::Column::Id.lt(before));
    }
    let rows = select.limit(page.limit + 1).all(app.db.read()).await?;
    let (rows, more) = cut(rows, page.limit);
    Ok((with_tenants(app, rows).await?, more))
}

/// A site with its figures.
///
/// # Errors
/// `not_found`.
#[expect(clippy::disallowed_methods, reason = "operators stand above tenants")]
pub async fn site(app: &App, _: &Operator, id: Uuid) -> Result<FoundSite> {
    let row = site::Entity::find_by_id(id).one(app.db.read()).await?;
    let rows = row.into_iter().collect();
    with_tenants(app, rows)
        .await?
        .pop()
        .ok_or_else(|| Error::not_found("site"))
}

async fn with_tenants(app: &App, rows: Vec<site::Model>) -> Result<Vec<FoundSite>> {
    let db = app.db.read();
    let month = plans::month_of(app.clock.now());
    let ids = || rows.iter().map(|row| row.id);
    let tenants: HashMap<Uuid, tenant::Model> = tenant::Entity::of_tenants(rows.iter().map(|row| row.tenant_id))
        .all(db)
        .await?
        .into_iter()
        .map(|tenant| (tenant.id, tenant))
        .collect();
    let counters: HashMap<Uuid, site_counter::Model> = site_counter::Entity::of_sites(ids())
        .all(db)
        .await?
        .into_iter()
        .map(|counter| (counter.site_id, counter))
        .collect();
    let mut origins: HashMap<Uuid, Vec<String>> = HashMap::new();
    for row in site_origin::Entity::of_sites(ids())
        .order_by_asc(site_origin::Column::Id)
        .all(db)
        .await?
    {
        origins.entry(row.site_id).or_default().push(row.origin);
    }
    let whole = |number: i64| u64::try_from(number).unwrap_or(0);
    let found = rows.iter().filter_map(|site| {
        let counter = counters.get(&site.id);
        Some(FoundSite {
            tenant: tenants.get(&site.tenant_id)?.clone(),
            origins: origins.remove(&site.id).unwrap_or_default(),
            comments: counter
                .filter(|counter| counter.month == month)
                .map_or(0, |counter| whole(counter.month_comments)),
            comments_ever: counter.map_or(0, |counter| whole(counter.last_number)),
            bytes: counter.map_or(0, |counter| whole(counter.bytes)),
            site: site.clone(),
        })
    });
    Ok(found.collect())
}

/// Accounts, the latest first; and whether there are more.
#[expect(clippy::disallowed_methods, reason = "accounts stand above tenants")]
pub async fn accounts(
    app: &App,
    _: &Operator,
    operator: Option<bool>,
    page: &Page,
) -> Result<(Vec<FoundAccount>, bool)> {
    let mut select = account::Entity::find().order_by_desc(account::Column::Id);
    if let Some(q) = page.wanted() {
        let any = named(q, account::Column::Folded, account::Column::Id)
            .add(Expr::col((account::Entity, account::Column::EmailFolded)).like(containing(q)));
        select = select.filter(any);
    }
    if let Some(operator) = operator {
        select = select.filter(account::Column::Operator.eq(operator));
    }
    if let Some(suspended) = page.suspended {
        select = select.filter(set(account::Column::SuspendedAt, suspended));
    }
    if let Some(before) = page.before {
        select = select.filter(account::Column::Id.lt(before));
    }
    let rows = select.limit(page.limit + 1).all(app.db.read()).await?;
    let (rows, more) = cut(rows, page.limit);
    let theirs = membership::Entity::find().filter(membership::Column::AccountId.is_in(rows.iter().map(|row| row.id)));
    let tenants = counts(
        app.db.read(),
        theirs,
        membership::Column::AccountId,
        membership::Column::Id,
    )
    .await?;
    let found = rows.into_iter().map(|account| FoundAccount {
        tenants: tenants.get(&account.id).copied().unwrap_or(0),
        account,
    });
    Ok((found.collect(), more))
}

/// An account with the tenants that it is a member of.
///
/// # Errors
/// `not_found`.
#[expect(clippy::disallowed_methods, reason = "accounts stand above tenants")]
pub async fn account(
    app: &App,
    _: &Operator,
    id: Uuid,
) -> Result<(account::Model, Vec<(tenant::Model, membership::Role)>)> {
    let db = app.db.read();
    let account = account::Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or_else(|| Error::not_found("account"))?;
    let memberships = membership::Entity::find()
        .filter(membership::Column::AccountId.eq(id))
        .order_by_asc(membership::Column::Id)
        .limit(MEMBERSHIPS)
        .all(db)
        .await?;
    let mut tenants: HashMap<Uuid, tenant::Model> =
        tenant::Entity::of_tenants(memberships.iter().map(|membership| membership.tenant_id))
            .all(db)
            .await?
            .into_iter()
            .map(|tenant| (tenant.id, tenant))
            .collect();
    let memberships = memberships
        .into_iter()
        .filter_map(|membership| Some((tenants.remove(&membership.tenant_id)?, membership.role)));
    Ok((account, memberships.collect()))
}

/// Those with these words in their names, and the one with this id.
fn named<C: ColumnTrait>(q: &str, folded: C, id: C) -> Condition {
    let short: String = q.chars().take(LONGEST).collect();
    let mut any = Condition::any().add(Expr::col(folded.as_column_ref()).like(containing(&short)));
    if let Ok(wanted) = q.parse::<Uuid>() {
        any = any.add(id.eq(wanted));
    }
    any
}

/// A whole mail address as it is compared.
fn address(q: &str) -> Option<String> {
    text::email(q).ok().flatten().map(|address| address.folded)
}

fn set<C: ColumnTrait>(column: C, is_set: bool) -> sea_orm::sea_query::SimpleExpr {
    match is_set {
        true => column.is_not_null(),
        false => column.is_null(),
    }
}

fn cut<T>(mut rows: Vec<T>, limit: u64) -> (Vec<T>, bool) {
    let more = rows.len() as u64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    (rows, more)
}

/// How many rows there are of each.
async fn counts<E: EntityTrait>(
    db: &impl ConnectionTrait,
    select: sea_orm::Select<E>,
    by: E::Column,
    what: E::Column,
) -> Result<HashMap<Uuid, u64>> {
    let rows: Vec<(Uuid, i64)> = select
        .select_only()
        .column(by)
        .column_as(what.count(), "count")
        .group_by(by)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(id, count)| (id, u64::try_from(count).unwrap_or(0)))
        .collect())
}
