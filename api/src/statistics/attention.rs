//! What wants somebody's eye in a tenant, on the sites of a member's reach.

use ::entity::{OfSite, OfTenant, refused_origin, site, site_origin};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use crate::app::App;
use crate::error::Result;
use crate::moderation::{self, Waiting};
use crate::sites;
use crate::tenants::{Member, Reach};

/// Entries of each list.
const MOST_NAMED: u64 = 5;

/// For how long a refusal is news.
const NEWS: TimeDelta = TimeDelta::days(7);

pub struct Attention {
    pub waiting: Waiting,
    /// Origins that asked in vain this week, the most insistent first; and how many there are.
    pub refused: Vec<(refused_origin::Model, site::Model)>,
    pub refused_count: u64,
    /// Sites that no page has loaded yet, the newest first; and how many there are.
    pub never_seen: Vec<site::Model>,
    pub never_seen_count: u64,
}

pub async fn of(app: &App, member: &Member, site_id: Option<Uuid>) -> Result<Attention> {
    let db = app.db.read();
    if let Some(site_id) = site_id {
        sites::of_member(app, member, site_id).await?;
    }
    let waiting = moderation::waiting(app, member, site_id).await?;
    let asked_since = app.clock.now() - NEWS;
    let refused = refused_since(member, site_id, asked_since);
    let refused_count = refused.clone().count(db).await?;
    let rows = refused
        .order_by_desc(refused_origin::Column::Count)
        .order_by_asc(refused_origin::Column::Id)
        .limit(MOST_NAMED)
        .all(db)
        .await?;
    let of_these = sites_within(member, site_id)
        .filter(site::Column::Id.is_in(rows.iter().map(|row| row.site_id)))
        .all(db)
        .await?;
    let with_site = |row: refused_origin::Model| {
        let site = of_these.iter().find(|site| site.id == row.site_id)?;
        Some((row, site.clone()))
    };
    let never_seen = never_seen(member, site_id);
    let never_seen_count = never_seen.clone().count(db).await?;
    Ok(Attention {
        waiting,
        refused: rows.into_iter().filter_map(with_site).collect(),
        refused_count,
        never_seen: never_seen
            .order_by_desc(site::Column::Id)
            .limit(MOST_NAMED)
            .all(db)
            .await?,
        never_seen_count,
    })
}

fn refused_since(member: &Member, site_id: Option<Uuid>, since: DateTime<Utc>) -> Select<refused_origin::Entity> {
    let sites =
        QuerySelect::query(&mut sites_within(member, site_id).select_only().column(site::Column::Id)).to_owned();
    refused_origin::Entity::of_tenants_sites(member.tenant_id())
        .filter(refused_origin::Column::SiteId.in_subquery(sites))
        .filter(refused_origin::Column::LastSeenAt.gt(since))
}

fn sites_within(member: &Member, site_id: Option<Uuid>) -> Select<site::Entity> {
    let mut sites = site::Entity::of_tenant(member.tenant_id()).filter(site::Column::ArchivedAt.is_null());
    if let Reach::Only(ids) = member.reach() {
        sites = sites.filter(site::Column::Id.is_in(ids.iter().copied()));
    }
    match site_id {
        Some(site_id) => sites.filter(site::Column::Id.eq(site_id)),
        None => sites,
    }
}

fn never_seen(member: &Member, site_id: Option<Uuid>) -> Select<site::Entity> {
    let seen = Query::select()
        .column(site_origin::Column::Id)
        .from(site_origin::Entity)
        .and_where(
            Expr::col((site_origin::Entity, site_origin::Column::SiteId)).equals((site::Entity, site::Column::Id)),
        )
        .and_where(site_origin::Column::LastSeenAt.is_not_null())
        .to_owned();
    sites_within(member, site_id).filter(Expr::exists(seen).not())
}
