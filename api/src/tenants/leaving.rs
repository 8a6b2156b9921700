//! Somebody's account comes to its end: he leaves all tenants he is in.

use ::entity::membership::Role;
use ::entity::{OfTenant, membership, site, tenant};
use sea_orm::{ColumnTrait, PaginatorTrait, QueryFilter};
use serde_json::json;

use super::audit::{self, Change};
use super::{Member, Reach, lives, members, memberships};
use crate::accounts::SignedIn;
use crate::app::App;
use crate::error::{Error, ErrorCode, Result};
use crate::infra::db::Tx;

/// Takes the caller out of all his tenants. One that nobody else is in, and that has no sites, goes with him.
///
/// # Errors
/// `last_owner`, which names the tenant, where others would be left without an owner, or sites without anybody.
pub async fn leave_all(tx: &Tx, app: &App, caller: &SignedIn) -> Result<()> {
    let account_id = caller.account().id;
    let mut own = memberships(&**tx, account_id).await?;
    // In one order for all, so that two who leave do not wait for each other.
    own.sort_by_key(|membership| membership.tenant_id);
    for membership in own {
        members::hold(tx, membership.tenant_id).await?;
        let stays = others(tx, &membership, None).await?;
        if stays == 0 {
            remove_empty(tx, &membership).await?;
            continue;
        }
        if membership.role == Role::Owner && others(tx, &membership, Some(Role::Owner)).await? == 0 {
            return Err(needed(tx, &membership, "Make somebody else an owner there first.").await?);
        }
        let member = Member {
            account_id,
            tenant_id: membership.tenant_id,
            role: membership.role,
            reach: Reach::All,
            network_hash: caller.network_hash().map(str::to_owned),
            key_id: None,
            acting_id: None,
        };
        // Without the name, which is to be forgotten.
        let data = json!({ "member": account_id, "from": members::name(membership.role), "account": "deleted" });
        audit::note(tx, app, &member, Change::MemberLeft, None, data).await?;
    }
    Ok(())
}

async fn others(tx: &Tx, membership: &membership::Model, role: Option<Role>) -> Result<u64> {
    let mut select = membership::Entity::of_tenant(membership.tenant_id)
        .filter(membership::Column::AccountId.ne(membership.account_id));
    if let Some(role) = role {
        select = select.filter(membership::Column::Role.eq(role));
    }
    Ok(select.count(&**tx).await?)
}

async fn remove_empty(tx: &Tx, membership: &membership::Model) -> Result<()> {
    // One that is deleted is erased on its day, whoever is still in it.
    if lives::erase_at(&**tx, membership.tenant_id).await?.is_some() {
        return Ok(());
    }
    let sites = site::Entity::of_tenant(membership.tenant_id).count(&**tx).await?;
    if sites > 0 {
        let what = "Its sites would have nobody. Make somebody else an owner there first, or delete the tenant.";
        return Err(needed(tx, membership, what).await?);
    }
    tenant::Entity::delete_of_tenant(membership.tenant_id)
        .exec(&**tx)
        .await?;
    Ok(())
}

async fn needed(tx: &Tx, membership: &membership::Model, what: &str) -> Result<Error> {
    let tenant = tenant::Entity::of_tenant(membership.tenant_id).one(&**tx).await?;
    let name = tenant.map(|tenant| tenant.name).unwrap_or_default();
    Ok(Error::refused(ErrorCode::LastOwner, format!("{name}: {what}")))
}
