//! Operators may shut a site, or a tenant with all of its sites: readers see the comments without a form, or nothing at all.

use ::entity::tenant::Shows;
use ::entity::{membership, plan, push_device, site, tenant, watcher};
use sea_orm::ConnectionTrait;
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, ExprTrait, LockType, Query};
use sea_orm::{ActiveModelTrait, EntityTrait, QuerySelect, Set};
use serde_json::json;

use super::{Audience, Site};
use crate::app::App;
use crate::error::{Error, Result};
use crate::infra::bus::Notice;
use crate::infra::db;
use crate::operators::Operator;
use crate::tenants::audit::{self, Change};
use crate::tenants::plans;
use crate::tenants::suspension::{checked_reason, name};
use crate::webhooks::Hooks;

/// A site as its readers meet it: with what operators have laid over it and its tenant.
pub(super) async fn apply(db: &impl ConnectionTrait, mut site: Site) -> Result<Site> {
    let tenant = |column| Expr::col((tenant::Entity, column));
    let plan = |column| Expr::col((plan::Entity, column));
    let given = plan(plan::Column::Id).eq(tenant(tenant::Column::PlanId));
    let default = tenant(tenant::Column::PlanId)
        .is_null()
        .and(plan(plan::Column::IsDefault).eq(true));
    let watchers = Query::select()
        .column(watcher::Column::Id)
        .from(watcher::Entity)
        .and_where(Expr::col(watcher::Column::SiteId).eq(site.id()))
        .to_owned();
    let members = Query::select()
        .column((push_device::Entity, push_device::Column::Id))
        .from(push_device::Entity)
        .inner_join(
            membership::Entity,
            Expr::col((membership::Entity, membership::Column::AccountId))
                .equals((push_device::Entity, push_device::Column::AccountId)),
        )
        .and_where(Expr::col((membership::Entity, membership::Column::TenantId)).eq(site.row.tenant_id))
        .to_owned();
    let select = Query::select()
        .expr_as(Expr::exists(watchers), "by_mail")
        .expr_as(Expr::exists(members), "in_browsers")
        .column((tenant::Entity, tenant::Column::SuspendedShows))
        .column((tenant::Entity, tenant::Column::OwnQuotas))
        .column((plan::Entity, plan::Column::Comments))
        .column((plan::Entity, plan::Column::Storage))
        .expr_as(
            Expr::SubQuery(None, Box::new(Hooks::count(site.row.tenant_id).into())),
            "hooks",
        )
        .from(tenant::Entity)
        .left_join(plan::Entity, given.or(default))
        .and_where(tenant(tenant::Column::Id).eq(site.row.tenant_id))
        .limit(1)
        .to_owned();
    let Some(row) = db.query_one(&select).await? else {
        return Ok(site);
    };
    let of_tenant: Option<Shows> = row.try_get("", "suspended_shows")?;
    // The stricter of the two.
    let shows = [of_tenant, site.row.suspended_shows].into_iter().flatten().max();
    site.settings.read_only |= shows.is_some();
    site.hidden = shows == Some(Shows::Nothing);
    site.limited = plans::bounds_posts(
        row.try_get("", "own_quotas")?,
        row.try_get("", "comments")?,
        row.try_get("", "storage")?,
    )?;
    let hooks: i64 = row.try_get("", "hooks")?;
    if hooks > 0 {
        site.hooks = Hooks::of_site(db, &site.row).await?;
    }
    site.audience = Audience {
        by_mail: row.try_get("", "by_mail")?,
        in_browsers: row.try_get("", "in_browsers")?,
    };
    Ok(site)
}

/// Shuts a site, or shuts it otherwise.
///
/// # Errors
/// `not_found`; `invalid_input`.
pub async fn suspend(app: &App, operator: &Operator, site_id: Uuid, shows: Shows, reason: &str) -> Result<()> {
    let reason = checked_reason(reason)?;
    set(app, operator, site_id, Some((shows, reason))).await
}

/// Opens it again.
///
/// # Errors
/// `not_found`.
pub async fn resume(app: &App, operator: &Operator, site_id: Uuid) -> Result<()> {
    set(app, operator, site_id, None).await
}

#[expect(clippy::disallowed_methods, reason = "operators stand above tenants")]
async fn set(app: &App, operator: &Operator, site_id: Uuid, to: Option<(Shows, String)>) -> Result<()> {
    db::retry(async || {
        let now = app.clock.now();
        let tx = app.db.begin().await?;
        let row = site::Entity::find_by_id(site_id)
            .lock(LockType::Update)
            .one(&*tx)
            .await?
            .ok_or_else(|| Error::not_found("site"))?;
        let (shows, reason) = to.clone().unzip();
        let version = row.version + 1;
        let mut row: site::ActiveModel = row.into();
        row.suspended_at = Set(shows.map(|_| now));
        row.suspended_shows = Set(shows);
        row.suspended_reason = Set(reason.clone());
        // Part of the ETag of each of its pages.
        row.version = Set(version);
        row.updated_at = Set(now);
        let row = row.update(&*tx).await?;
        let change = match to {
            Some(_) => Change::SiteSuspended,
            None => Change::SiteResumed,
        };
        let data = json!({ "shows": shows.map(name), "reason": reason });
        audit::note_for(&tx, app, operator, row.tenant_id, change, Some(site_id), data).await?;
        tx.announce(Notice::Site { site_id, key: row.key });
        tx.commit().await
    })
    .await
}

/// # Errors
/// `site_read_only` for the team, too, while the site is shut.
pub fn takes_answers(site: &Site) -> Result<()> {
    match site.row.suspended_shows {
        None => Ok(()),
        Some(_) => Err(Error::refused(
            crate::error::ErrorCode::SiteReadOnly,
            "The operator has suspended this site; nothing can be written there.",
        )),
    }
}
