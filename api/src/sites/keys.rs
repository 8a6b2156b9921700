//! A site's public key is changed without breaking its pages: the key before leads to it until a day that the owner names, and he sees who still
//! asks by it.

use ::entity::{OfSite, OfTenant, site, site_key};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Set};
use serde_json::json;

use super::{Site, assemble, site_within, touch};
use crate::app::App;
use crate::error::{Error, FieldCode, Result};
use crate::infra::db::{self, Tx};
use crate::infra::signing::fresh_site_key;
use crate::tenants::Member;
use crate::tenants::audit::{self, Change};

/// How long a key that was changed still works, if nothing else is said.
const OVERLAP: TimeDelta = TimeDelta::days(30);

/// How long at most.
const LONGEST_OVERLAP: TimeDelta = TimeDelta::days(365);

/// Former keys that lead to one site.
const MOST: usize = 10;

/// Gives a site another key; the one before works until `ends_at`.
///
/// # Errors
/// `invalid_input` for a day that is past or too far ahead, and where too many former keys still work.
pub async fn rotate(app: &App, member: &Member, site_id: Uuid, ends_at: Option<DateTime<Utc>>) -> Result<Site> {
    let now = app.clock.now();
    let ends_at = ends_at.unwrap_or(now + OVERLAP);
    if ends_at < now || ends_at > now + LONGEST_OVERLAP {
        let detail = format!("A former key works for up to {} days.", LONGEST_OVERLAP.num_days());
        return Err(Error::invalid("/ends_at", FieldCode::OutOfRange, detail));
    }
    let fresh = fresh_site_key();
    db::retry(async || {
        let tx = app.db.begin().await?;
        // Tells of the key before, too: whoever has looked that up will look again.
        touch(&tx, app, member, site_id).await?;
        let before = site_within(&*tx, member, site_id).await?;
        forget_of_site(&tx, site_id, now).await?;
        if current(&*tx, site_id, now).await?.len() >= MOST {
            return Err(Error::invalid(
                "/ends_at",
                FieldCode::TooMany,
                format!("{MOST} former keys still work. End one that nobody uses."),
            ));
        }
        let former = site_key::ActiveModel {
            id: Set(app.clock.new_id()),
            site_id: Set(site_id),
            key: Set(before.row.key.clone()),
            created_at: Set(now),
            ends_at: Set(ends_at),
            last_seen_at: Set(None),
            last_origin: Set(None),
        };
        site_key::Entity::insert(former).exec_without_returning(&*tx).await?;
        let row = site::Entity::update_of_tenant(member.tenant_id())
            .col_expr(site::Column::Key, Expr::value(&fresh))
            .filter(site::Column::Id.eq(site_id))
            .exec_with_returning(&*tx)
            .await?
            .pop()
            .ok_or_else(|| Error::not_found("site"))?;
        let site = assemble(&*tx, row).await?;
        let data = json!({ "from": before.row.key, "to": fresh, "ends_at": ends_at });
        audit::note(&tx, app, member, Change::SiteKeyRotated, Some(site_id), data).await?;
        tx.commit().await?;
        Ok(site)
    })
    .await
}

/// Ends a former key at once.
///
/// # Errors
/// `not_found`.
pub async fn end(app: &App, member: &Member, site_id: Uuid, key_id: Uuid) -> Result<()> {
    let tx = app.db.begin().await?;
    touch(&tx, app, member, site_id).await?;
    site_within(&*tx, member, site_id).await?;
    let former = site_key::Entity::of_site(site_id)
        .filter(site_key::Column::Id.eq(key_id))
        .one(&*tx)
        .await?
        .ok_or_else(|| Error::not_found("key"))?;
    site_key::Entity::delete_of_site(site_id)
        .filter(site_key::Column::Id.eq(key_id))
        .exec(&*tx)
        .await?;
    let data = json!({ "from": former.key });
    audit::note(&tx, app, member, Change::SiteKeyEnded, Some(site_id), data).await?;
    tx.commit().await
}

/// A site's former keys that still work, the latest first.
pub async fn list(app: &App, site: &Site) -> Result<Vec<site_key::Model>> {
    current(app.db.read(), site.id(), app.clock.now()).await
}

async fn current(db: &impl ConnectionTrait, site_id: Uuid, now: DateTime<Utc>) -> Result<Vec<site_key::Model>> {
    Ok(site_key::Entity::of_site(site_id)
        .filter(site_key::Column::EndsAt.gt(now))
        .order_by_desc(site_key::Column::Id)
        .all(db)
        .await?)
}

/// What a key once was, if it still works.
#[expect(
    clippy::disallowed_methods,
    reason = "the key in the page's address is what names the site: the way in"
)]
pub async fn former(db: &impl ConnectionTrait, key: &str, now: DateTime<Utc>) -> Result<Option<site_key::Model>> {
    Ok(site_key::Entity::find()
        .filter(site_key::Column::Key.eq(key))
        .filter(site_key::Column::EndsAt.gt(now))
        .one(db)
        .await?)
}

async fn forget_of_site(tx: &Tx, site_id: Uuid, now: DateTime<Utc>) -> Result<()> {
    site_key::Entity::delete_of_site(site_id)
        .filter(site_key::Column::EndsAt.lte(now))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Forgets keys that have ended; part of the retention job.
#[expect(clippy::disallowed_methods, reason = "age is a matter of the installation")]
pub async fn forget(tx: &Tx, now: DateTime<Utc>) -> Result<()> {
    site_key::Entity::delete_many()
        .filter(site_key::Column::EndsAt.lte(now))
        .exec(&**tx)
        .await?;
    Ok(())
}
