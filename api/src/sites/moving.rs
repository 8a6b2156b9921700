//! A site moves to another tenant. Whoever moves it owns both: there is no offer that somebody else would accept, as an invitation to be an
//! owner is one already.

use ::entity::{OfTenant, site};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, QueryFilter};
use serde_json::json;

use super::{Site, assemble, of_member, room_for_another, site_within, touch};
use crate::accounts;
use crate::app::App;
use crate::error::{Error, Result};
use crate::infra::db;
use crate::tenants::audit::{self, Change};
use crate::tenants::{self, Member, invitations, members};
use crate::webhooks;

/// Gives a site of one tenant to another, both of which the caller owns, with all that was said there. Moderators, invitations, keys and webhooks of the
/// former tenant reach it no more; its public key stays, so that no page has to change.
///
/// # Errors
/// `not_permitted` for who owns one of them no more, and where the other has no room; `tenant_deleted`.
pub async fn move_to(app: &App, member: &Member, target: &Member, site_id: Uuid) -> Result<Site> {
    let (from, to) = (member.tenant_id(), target.tenant_id());
    if from == to {
        return of_member(app, member, site_id).await;
    }
    db::retry(async || {
        let tx = app.db.begin().await?;
        // In one order, so that two who move sites to and fro do not wait for each other.
        for tenant_id in [from.min(to), from.max(to)] {
            members::hold(&tx, tenant_id).await?;
        }
        members::is_still_owner(&tx, member).await?;
        members::is_still_owner(&tx, target).await?;
        touch(&tx, app, member, site_id).await?;
        let name = site_within(&*tx, member, site_id).await?.row.name;
        room_for_another(&tx, to).await?;
        members::forget_site(&tx, from, site_id).await?;
        invitations::forget_site(&tx, from, site_id).await?;
        accounts::keys::forget_site(&tx, from, site_id).await?;
        webhooks::administration::forget_site(&tx, from, site_id).await?;
        let row = site::Entity::update_of_tenant(from)
            .col_expr(site::Column::TenantId, Expr::value(to))
            .filter(site::Column::Id.eq(site_id))
            .exec_with_returning(&*tx)
            .await?
            .pop()
            .ok_or_else(|| Error::not_found("site"))?;
        let site = assemble(&*tx, row).await?;
        let names = (tenants::name(&*tx, from).await?, tenants::name(&*tx, to).await?);
        let out = json!({ "name": name, "to": names.1, "tenant_id": to });
        audit::note(&tx, app, member, Change::SiteMovedOut, Some(site_id), out).await?;
        let into = json!({ "name": name, "from": names.0, "tenant_id": from });
        audit::note(&tx, app, target, Change::SiteMovedIn, Some(site_id), into).await?;
        tx.commit().await?;
        Ok(site)
    })
    .await
}
