//! Invitations: a link for one person, by which he becomes a member once.

use ::entity::membership::Role;
use ::entity::{OfTenant, account, invitation, membership, tenant};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, Set,
};
use serde_json::{Value, json};

use super::audit::{self, Change};
use super::{Member, Reach, lives, members, plans};
use crate::accounts::{self, SignedIn};
use crate::app::App;
use crate::emails;
use crate::error::{Error, ErrorCode, FieldCode, Result};
use crate::infra::db::{self, Tx};
use crate::infra::signing::token_hash;
use crate::job::{Locale, Occasion};
use crate::text;

/// For which an invitation is good.
const LIFE: TimeDelta = TimeDelta::days(7);

const LINK: &str = "invitation";

/// What somebody who has the link is told before he comes.
pub struct Offer {
    pub invitation: invitation::Model,
    pub tenant: String,
    /// Who invited, if he is still here.
    pub inviter: Option<String>,
}

/// Asks somebody into the member's tenant, by mail where that is configured. An invitation of the same address is replaced, and its
/// link is void. Resolves to the invitation and the token of its link, which is known nowhere else.
///
/// # Errors
/// `not_permitted` for a role above the member's own; `already_exists` for a member; `invalid_input`.
pub async fn create(
    app: &App,
    member: &Member,
    email: &str,
    role: Role,
    reach: &Reach,
    locale: Locale,
) -> Result<(invitation::Model, String)> {
    let address = text::email(email).ok().flatten().ok_or_else(|| {
        Error::invalid(
            "/email",
            FieldCode::Invalid,
            "The mail address must look like name@example.org.",
        )
    })?;
    db::retry(async || {
        let now = app.clock.now();
        let tx = app.db.begin().await?;
        members::hold(&tx, member.tenant_id()).await?;
        members::check_reach(&tx, member.tenant_id(), role, reach).await?;
        members::may_set(&tx, member, None, Some(role)).await?;
        if let Some(account) = accounts::by_email(&*tx, &address.folded).await?
            && is_member(&tx, member.tenant_id(), account.id).await?
        {
            return Err(Error::refused(
                ErrorCode::AlreadyExists,
                "This person is a member already.",
            ));
        }
        invitation::Entity::delete_of_tenant(member.tenant_id())
            .filter(invitation::Column::EmailFolded.eq(&*address.folded))
            .exec(&*tx)
            .await?;
        let waiting = invitation::Entity::of_tenant(member.tenant_id()).count(&*tx).await?;
        if waiting + members::count(&tx, member.tenant_id()).await? >= members::MOST {
            return Err(full());
        }
        plans::room_for_member(&tx, member.tenant_id(), now).await?;
        let id = app.clock.new_id();
        let (token, hash) = app.keys.link_token(LINK, id);
        let row = invitation::ActiveModel {
            id: Set(id),
            tenant_id: Set(member.tenant_id()),
            invited_by: Set(Some(member.account_id())),
            email: Set(address.address.clone()),
            email_folded: Set(address.folded.clone()),
            role: Set(role),
            site_ids: Set(reach.ids().map(|ids| json!(ids))),
            token_hash: Set(hash),
            created_at: Set(now),
            expires_at: Set(now + LIFE),
        };
        let row = row.insert(&*tx).await?;
        let data = json!({ "email": row.email, "to": members::name(role), "site_ids": reach.ids() });
        audit::note(&tx, app, member, Change::MemberInvited, None, data).await?;
        emails::queue(&tx, app, Occasion::Invitation, id, locale).await?;
        tx.commit().await?;
        Ok((row, token))
    })
    .await
}

/// Invitations into the member's tenant, the latest first, those that have expired among them.
pub async fn list(app: &App, member: &Member) -> Result<Vec<invitation::Model>> {
    Ok(invitation::Entity::of_tenant(member.tenant_id())
        .order_by_desc(invitation::Column::Id)
        .all(app.db.read())
        .await?)
}

/// Takes an invitation back.
///
/// # Errors
/// `not_found`.
pub async fn withdraw(app: &App, member: &Member, id: Uuid) -> Result<()> {
    let tx = app.db.begin().await?;
    let row = invitation::Entity::of_tenant(member.tenant_id())
        .filter(invitation::Column::Id.eq(id))
        .one(&*tx)
        .await?
        .ok_or_else(|| Error::not_found("invitation"))?;
    remove(&tx, &row).await?;
    let data = json!({ "email": row.email });
    audit::note(&tx, app, member, Change::InvitationWithdrawn, None, data).await?;
    tx.commit().await
}

/// What a link offers.
///
/// # Errors
/// `link_void`.
pub async fn look(app: &App, token: &str) -> Result<Offer> {
    let invitation = find(app.db.read(), token, app.clock.now()).await?;
    offer(app, invitation).await
}

/// An invitation that waits, with the token of its link, for the mail about it.
#[expect(
    clippy::disallowed_methods,
    reason = "the invitation says which tenant it leads into"
)]
pub async fn to_mail(app: &App, id: Uuid) -> Result<Option<(Offer, String)>> {
    let found = invitation::Entity::find_by_id(id)
        .filter(invitation::Column::ExpiresAt.gt(app.clock.now()))
        .one(app.db.read())
        .await?;
    let Some(row) = found else { return Ok(None) };
    let Some(token) = app.keys.link_token_again(LINK, id, &row.token_hash) else {
        return Ok(None);
    };
    Ok(Some((offer(app, row).await?, token)))
}

async fn offer(app: &App, invitation: invitation::Model) -> Result<Offer> {
    let db = app.db.read();
    let tenant = tenant::Entity::of_tenant(invitation.tenant_id)
        .one(db)
        .await?
        .ok_or_else(void)?;
    let inviter = accounts::with_ids(db, invitation.invited_by).await?;
    Ok(Offer {
        invitation,
        tenant: tenant.name,
        inviter: inviter.into_values().next().map(|account| account.name),
    })
}

/// Makes the caller a member. Resolves to the tenant.
///
/// # Errors
/// `link_void`; `not_permitted` for somebody else than who was invited.
pub async fn accept(app: &App, caller: &SignedIn, token: &str) -> Result<(tenant::Model, Role)> {
    db::retry(async || {
        let tx = app.db.begin().await?;
        let joined = join(&tx, app, caller.account(), caller.network_hash(), token).await?;
        tx.commit().await?;
        Ok(joined)
    })
    .await
}

/// Makes an account a member, within a transaction.
///
/// # Errors
/// Those of [`accept`].
pub async fn join(
    tx: &Tx,
    app: &App,
    account: &account::Model,
    network_hash: Option<&str>,
    token: &str,
) -> Result<(tenant::Model, Role)> {
    let seen = find(&**tx, token, app.clock.now()).await?;
    members::hold(tx, seen.tenant_id).await?;
    lives::is_there(&**tx, seen.tenant_id).await?;
    // Again: it may have been used or taken back meanwhile.
    let invitation = find(&**tx, token, app.clock.now()).await?;
    if account.email_folded != invitation.email_folded {
        return Err(Error::refused(
            ErrorCode::NotPermitted,
            format!(
                "This invitation is for {}. Sign in with that address, or ask for an invitation for yours.",
                invitation.email
            ),
        ));
    }
    let tenant = tenant::Entity::of_tenant(invitation.tenant_id)
        .one(&**tx)
        .await?
        .ok_or_else(void)?;
    remove(tx, &invitation).await?;
    let present = membership::Entity::of_tenant(tenant.id)
        .filter(membership::Column::AccountId.eq(account.id))
        .one(&**tx)
        .await?;
    // By another way, such as an older link: what he has stays.
    if let Some(present) = present {
        return Ok((tenant, present.role));
    }
    let reach = remaining(tx, &invitation).await?;
    let membership = members::add(tx, app, tenant.id, account.id, invitation.role, &reach).await?;
    let member = Member {
        account_id: account.id,
        tenant_id: tenant.id,
        role: membership.role,
        network_hash: network_hash.map(str::to_owned),
        key_id: None,
        acting_id: None,
        reach,
    };
    let data = json!({ "invited_by": invitation.invited_by, "to": members::name(membership.role) });
    audit::note(tx, app, &member, Change::MemberJoined, None, data).await?;
    Ok((tenant, membership.role))
}

/// Takes a site that leaves the tenant off the lists of its invitations.
pub async fn forget_site(tx: &Tx, tenant_id: Uuid, site_id: Uuid) -> Result<()> {
    let limited = invitation::Entity::of_tenant(tenant_id)
        .filter(invitation::Column::SiteIds.is_not_null())
        .all(&**tx)
        .await?;
    for row in limited {
        let Some(rest) = without(row.site_ids.as_ref(), site_id)? else {
            continue;
        };
        let mut row: invitation::ActiveModel = row.into();
        row.site_ids = Set(Some(rest));
        row.update(&**tx).await?;
    }
    Ok(())
}

/// A stored list of sites without one of them; none, if it is not on it.
pub fn without(list: Option<&Value>, site_id: Uuid) -> Result<Option<Value>> {
    let Some(list) = list else { return Ok(None) };
    let mut ids: Vec<Uuid> = serde_json::from_value(list.clone()).map_err(Error::internal)?;
    let before = ids.len();
    ids.retain(|id| *id != site_id);
    Ok((ids.len() < before).then(|| json!(ids)))
}

/// Forgets those that expired before `before`; part of the retention job.
#[expect(clippy::disallowed_methods, reason = "age is a matter of the installation")]
pub async fn forget(tx: &Tx, before: DateTime<Utc>) -> Result<u64> {
    let gone = invitation::Entity::delete_many()
        .filter(invitation::Column::ExpiresAt.lt(before))
        .exec(&**tx)
        .await?;
    Ok(gone.rows_affected)
}

/// The invitation of a token, while it is good.
///
/// # Errors
/// `link_void`.
#[expect(clippy::disallowed_methods, reason = "the token says which tenant it leads into")]
pub async fn find(db: &impl ConnectionTrait, token: &str, now: DateTime<Utc>) -> Result<invitation::Model> {
    invitation::Entity::find()
        .filter(invitation::Column::TokenHash.eq(token_hash(token)))
        .filter(invitation::Column::ExpiresAt.gt(now))
        .one(db)
        .await?
        .ok_or_else(void)
}

/// The sites of an invitation that are still there. None of them: a moderator of nothing, until somebody gives him a site.
async fn remaining(tx: &Tx, invitation: &invitation::Model) -> Result<Reach> {
    let Some(ids) = &invitation.site_ids else {
        return Ok(Reach::All);
    };
    let ids: Vec<Uuid> = serde_json::from_value(ids.clone()).map_err(Error::internal)?;
    let sites = ::entity::site::Entity::of_tenant(invitation.tenant_id)
        .filter(::entity::site::Column::Id.is_in(ids))
        .all(&**tx)
        .await?;
    Ok(Reach::Only(sites.into_iter().map(|site| site.id).collect()))
}

async fn remove(tx: &Tx, invitation: &invitation::Model) -> Result<()> {
    invitation::Entity::delete_of_tenant(invitation.tenant_id)
        .filter(invitation::Column::Id.eq(invitation.id))
        .exec(&**tx)
        .await?;
    Ok(())
}

async fn is_member(tx: &Tx, tenant_id: Uuid, account_id: Uuid) -> Result<bool> {
    let found = membership::Entity::of_tenant(tenant_id)
        .filter(membership::Column::AccountId.eq(account_id))
        .count(&**tx)
        .await?;
    Ok(found > 0)
}

fn void() -> Error {
    Error::refused(ErrorCode::LinkVoid, "Ask whoever invited you for a new one.")
}

fn full() -> Error {
    Error::refused(
        ErrorCode::NotPermitted,
        format!("A tenant may have {} members and invitations.", members::MOST),
    )
}
