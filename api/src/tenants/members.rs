//! Who is in a tenant, as what, and how they change and go.

use ::entity::membership::Role;
use ::entity::{OfTenant, account, membership, membership_site, site, tenant};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    Set,
};
use serde_json::json;

use super::audit::{self, Change};
use super::{Member, Reach, policy};
use crate::accounts;
use crate::app::App;
use crate::error::{Error, ErrorCode, FieldCode, Result};
use crate::infra::db::{self, Tx};
use crate::operators::Operator;
use crate::tenants::policy::Act;
use crate::{sites, watching};

/// Members and invitations that a tenant may have, together.
pub const MOST: u64 = 200;

/// Somebody in a tenant.
pub struct Belonging {
    pub account: account::Model,
    pub membership: membership::Model,
    pub reach: Reach,
}

/// Everybody in the member's tenant, the longest there first: [`MOST`] at most.
pub async fn list(app: &App, member: &Member) -> Result<Vec<Belonging>> {
    of_tenant(app, member.tenant_id()).await
}

/// The same of any tenant, for operators.
pub async fn list_for(app: &App, _: &Operator, tenant_id: Uuid) -> Result<Vec<Belonging>> {
    of_tenant(app, tenant_id).await
}

async fn of_tenant(app: &App, tenant_id: Uuid) -> Result<Vec<Belonging>> {
    let db = app.db.read();
    let memberships = membership::Entity::of_tenant(tenant_id)
        .order_by_asc(membership::Column::Id)
        .limit(MOST)
        .all(db)
        .await?;
    let sites = membership_site::Entity::of_tenant(tenant_id)
        .order_by_asc(membership_site::Column::Id)
        .all(db)
        .await?;
    let mut accounts = accounts::with_ids(db, memberships.iter().map(|one| one.account_id)).await?;
    let belonging = memberships.into_iter().filter_map(|membership| {
        let reach = match membership.limited {
            false => Reach::All,
            true => Reach::Only(
                sites
                    .iter()
                    .filter(|row| row.membership_id == membership.id)
                    .map(|row| row.site_id)
                    .collect(),
            ),
        };
        accounts.remove(&membership.account_id).map(|account| Belonging {
            account,
            membership,
            reach,
        })
    });
    Ok(belonging.collect())
}

/// Gives somebody in the member's tenant another role, and a moderator other sites.
///
/// # Errors
/// `not_found`; `not_permitted` for a role above the member's own, before or after; `last_owner`; `invalid_input` for sites that are not
/// the tenant's, or of somebody who is no moderator.
pub async fn change(app: &App, member: &Member, account_id: Uuid, role: Role, reach: &Reach) -> Result<Belonging> {
    db::retry(async || {
        let tx = app.db.begin().await?;
        hold(&tx, member.tenant_id()).await?;
        check_reach(&tx, member.tenant_id(), role, reach).await?;
        let before = find(&tx, member.tenant_id(), account_id).await?;
        may_set(&tx, member, Some(before.role), Some(role)).await?;
        membership_site::Entity::delete_of_tenant(member.tenant_id())
            .filter(membership_site::Column::MembershipId.eq(before.id))
            .exec(&*tx)
            .await?;
        let mut row: membership::ActiveModel = before.clone().into();
        row.role = Set(role);
        row.limited = Set(*reach != Reach::All);
        let membership = row.update(&*tx).await?;
        extend(&tx, app, &membership, reach).await?;
        let account = person(&tx, account_id).await?;
        let (from, to) = (name(before.role), name(role));
        let data =
            json!({ "member": account_id, "name": account.name, "from": from, "to": to, "site_ids": reach.ids() });
        audit::note(&tx, app, member, Change::MemberChanged, None, data).await?;
        tx.commit().await?;
        Ok(Belonging {
            account,
            membership,
            reach: reach.clone(),
        })
    })
    .await
}

/// Takes somebody out of the member's tenant, or lets the member himself go.
///
/// # Errors
/// `not_found`; `not_permitted`; `last_owner`.
pub async fn remove(app: &App, member: &Member, account_id: Uuid) -> Result<()> {
    let leaves = account_id == member.account_id();
    if !leaves && !policy::allows(member.role(), Act::ManageMembers) {
        return Err(super::not_permitted());
    }
    db::retry(async || {
        let tx = app.db.begin().await?;
        hold(&tx, member.tenant_id()).await?;
        let gone = find(&tx, member.tenant_id(), account_id).await?;
        if leaves {
            owners_remain(&tx, member.tenant_id(), Some(gone.role), None).await?;
        } else {
            may_set(&tx, member, Some(gone.role), None).await?;
        }
        membership_site::Entity::delete_of_tenant(member.tenant_id())
            .filter(membership_site::Column::MembershipId.eq(gone.id))
            .exec(&*tx)
            .await?;
        membership::Entity::delete_of_tenant(member.tenant_id())
            .filter(membership::Column::Id.eq(gone.id))
            .exec(&*tx)
            .await?;
        watching::forget_member(&tx, member.tenant_id(), account_id).await?;
        let change = if leaves {
            Change::MemberLeft
        } else {
            Change::MemberRemoved
        };
        let account = person(&tx, account_id).await?;
        let data = json!({ "member": account_id, "name": account.name, "from": name(gone.role) });
        audit::note(&tx, app, member, change, None, data).await?;
        tx.commit().await
    })
    .await
}

/// Keeps others from changing who is in a tenant until the transaction ends, so that two owners do not take each other's place at once.
///
/// Whoever only writes a row that belongs to the tenant, such as an entry of its record, is not kept waiting: he may have a site of it already
/// that the holder is about to change.
pub async fn hold(tx: &Tx, tenant_id: Uuid) -> Result<()> {
    let row = tenant::Entity::of_tenant(tenant_id)
        .lock(LockType::NoKeyUpdate)
        .one(&**tx)
        .await?;
    row.map(|_| ()).ok_or_else(|| Error::not_found("tenant"))
}

/// Members of a tenant.
pub async fn owners(tx: &Tx, tenant_id: Uuid) -> Result<Vec<membership::Model>> {
    Ok(membership::Entity::of_tenant(tenant_id)
        .filter(membership::Column::Role.eq(Role::Owner))
        .order_by_asc(membership::Column::Id)
        .all(&**tx)
        .await?)
}

/// A membership by its id, if it is still an owner's: for a mail, which knows whose it is.
#[expect(clippy::disallowed_methods, reason = "the membership says which tenant it is of")]
pub async fn owner(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<membership::Model>> {
    let row = membership::Entity::find_by_id(id).one(db).await?;
    Ok(row.filter(|row| row.role == Role::Owner))
}

pub async fn count(tx: &Tx, tenant_id: Uuid) -> Result<u64> {
    Ok(membership::Entity::of_tenant(tenant_id).count(&**tx).await?)
}

/// Puts an account into a tenant.
pub async fn add(
    tx: &Tx,
    app: &App,
    tenant_id: Uuid,
    account_id: Uuid,
    role: Role,
    reach: &Reach,
) -> Result<membership::Model> {
    let row = membership::ActiveModel {
        id: Set(app.clock.new_id()),
        tenant_id: Set(tenant_id),
        account_id: Set(account_id),
        role: Set(role),
        limited: Set(*reach != Reach::All),
        created_at: Set(app.clock.now()),
    };
    let membership = row.insert(&**tx).await?;
    extend(tx, app, &membership, reach).await?;
    // His browsers may be told of its sites from now on.
    sites::tell_about(tx, tenant_id, None).await?;
    Ok(membership)
}

/// # Errors
/// `invalid_input` for sites that are not the tenant's, or for somebody who is no moderator.
pub async fn check_reach(tx: &Tx, tenant_id: Uuid, role: Role, reach: &Reach) -> Result<()> {
    if *reach != Reach::All && role != Role::Moderator {
        return Err(Error::invalid(
            "/site_ids",
            FieldCode::Invalid,
            "Only moderators can be limited to some sites.",
        ));
    }
    sites_exist(tx, tenant_id, reach).await
}

/// # Errors
/// `invalid_input` for sites that are not the tenant's, and for none.
pub async fn sites_exist(tx: &Tx, tenant_id: Uuid, reach: &Reach) -> Result<()> {
    let Reach::Only(ids) = reach else { return Ok(()) };
    let fault = |code, detail: &str| Err(Error::invalid("/site_ids", code, detail));
    if ids.is_empty() {
        return fault(FieldCode::Required, "Choose at least one site.");
    }
    let known = site::Entity::of_tenant(tenant_id)
        .filter(site::Column::Id.is_in(ids.iter().copied()))
        .filter(site::Column::EraseAt.is_null())
        .count(&**tx)
        .await?;
    match known == ids.len() as u64 {
        true => Ok(()),
        false => fault(FieldCode::NotFound, "One of the sites is not there."),
    }
}

/// Whether the member may turn one role into the other (none: somebody comes or goes).
///
/// # Errors
/// `not_permitted`; `last_owner`.
pub async fn may_set(tx: &Tx, member: &Member, from: Option<Role>, to: Option<Role>) -> Result<()> {
    // As it is now: it may have been taken from him since he came in.
    let own = find(tx, member.tenant_id(), member.account_id()).await?.role;
    if !policy::may_set(own.min(member.role()), from, to) {
        return Err(super::not_permitted());
    }
    owners_remain(tx, member.tenant_id(), from, to).await
}

/// # Errors
/// `not_permitted` for who is no owner, or none any more.
pub async fn is_still_owner(tx: &Tx, member: &Member) -> Result<()> {
    let own = membership::Entity::of_tenant(member.tenant_id())
        .filter(membership::Column::AccountId.eq(member.account_id()))
        .one(&**tx)
        .await?;
    match own.is_some_and(|own| own.role == Role::Owner) {
        true => Ok(()),
        false => Err(super::not_permitted()),
    }
}

/// Makes a member an owner, for all sites. Resolves to his name and what he was.
///
/// # Errors
/// `not_found`.
pub async fn promote(tx: &Tx, tenant_id: Uuid, account_id: Uuid) -> Result<(String, Role)> {
    let before = find(tx, tenant_id, account_id).await?;
    membership_site::Entity::delete_of_tenant(tenant_id)
        .filter(membership_site::Column::MembershipId.eq(before.id))
        .exec(&**tx)
        .await?;
    let from = before.role;
    let mut row: membership::ActiveModel = before.into();
    row.role = Set(Role::Owner);
    row.limited = Set(false);
    row.update(&**tx).await?;
    Ok((person(tx, account_id).await?.name, from))
}

/// Makes an owner an admin. Whoever calls this has just made another one.
pub async fn step_down(tx: &Tx, member: &Member) -> Result<()> {
    let mut row: membership::ActiveModel = find(tx, member.tenant_id(), member.account_id()).await?.into();
    row.role = Set(Role::Admin);
    row.update(&**tx).await?;
    Ok(())
}

/// Takes a site that leaves the tenant out of the reach of its moderators.
pub async fn forget_site(tx: &Tx, tenant_id: Uuid, site_id: Uuid) -> Result<()> {
    membership_site::Entity::delete_of_tenant(tenant_id)
        .filter(membership_site::Column::SiteId.eq(site_id))
        .exec(&**tx)
        .await?;
    Ok(())
}

async fn owners_remain(tx: &Tx, tenant_id: Uuid, from: Option<Role>, to: Option<Role>) -> Result<()> {
    if from != Some(Role::Owner) || to == Some(Role::Owner) {
        return Ok(());
    }
    let owners = membership::Entity::of_tenant(tenant_id)
        .filter(membership::Column::Role.eq(Role::Owner))
        .count(&**tx)
        .await?;
    match owners {
        0 | 1 => Err(Error::refused(
            ErrorCode::LastOwner,
            "Make somebody else an owner first.",
        )),
        _ => Ok(()),
    }
}

async fn find(tx: &Tx, tenant_id: Uuid, account_id: Uuid) -> Result<membership::Model> {
    membership::Entity::of_tenant(tenant_id)
        .filter(membership::Column::AccountId.eq(account_id))
        .one(&**tx)
        .await?
        .ok_or_else(|| Error::not_found("member"))
}

async fn person(tx: &Tx, account_id: Uuid) -> Result<account::Model> {
    let found = accounts::with_ids(&**tx, [account_id]).await?.remove(&account_id);
    found.ok_or_else(|| Error::not_found("member"))
}

async fn extend(tx: &Tx, app: &App, membership: &membership::Model, reach: &Reach) -> Result<()> {
    let Reach::Only(sites) = reach else { return Ok(()) };
    if sites.is_empty() {
        return Ok(());
    }
    let rows = sites.iter().map(|site_id| membership_site::ActiveModel {
        id: Set(app.clock.new_id()),
        tenant_id: Set(membership.tenant_id),
        membership_id: Set(membership.id),
        site_id: Set(*site_id),
    });
    membership_site::Entity::insert_many(rows)
        .exec_without_returning(&**tx)
        .await?;
    Ok(())
}

/// A role as it stands in the record.
pub fn name(role: Role) -> &'static str {
    match role {
        Role::Owner => "owner",
        Role::Admin => "admin",
        Role::Moderator => "moderator",
    }
}
