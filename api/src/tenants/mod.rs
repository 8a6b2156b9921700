//! Tenants and their members: who acts for whom.

pub mod audit;
pub mod invitations;
pub mod leaving;
pub mod lives;
pub mod members;
pub mod plans;
pub mod policy;
pub mod suspension;
pub mod warnings;

use std::collections::{BTreeSet, HashMap};

use ::entity::{OfTenant, acting, membership, membership_site, tenant, watcher};
use sea_orm::prelude::Uuid;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use serde_json::json;

use crate::accounts::keys::KeyHolder;
use crate::accounts::{self, SignedIn};
use crate::app::App;
use crate::error::{Error, ErrorCode, FieldCode, Result};
use crate::infra::db::{self, Tx};
use crate::moderation::links::Link;
use crate::sites::Site;
use crate::{operators, text};
use audit::Change;
use policy::{Act, Scope};

/// Longest name of a tenant or site, in characters.
pub const NAME: usize = 100;

/// Tenants that one account may make itself member of by creating them.
const TENANTS_EACH: usize = 50;

/// Proof that the caller is a member of a tenant and may do a certain thing there. Only [`enter`] makes one.
#[derive(Clone, Debug)]
pub struct Member {
    account_id: Uuid,
    tenant_id: Uuid,
    role: membership::Role,
    reach: Reach,
    /// From where he acts, for the record; nothing on the command line.
    network_hash: Option<String>,
    /// The key by which a program acts for him.
    key_id: Option<Uuid>,
    /// By which an operator is here who is no member.
    acting_id: Option<Uuid>,
}

/// The sites that a membership extends to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    All,
    Only(Vec<Uuid>),
}

impl Reach {
    /// Of the sites that are named, each once; of all, if none are.
    pub fn of(site_ids: Option<Vec<Uuid>>) -> Reach {
        match site_ids {
            None => Reach::All,
            Some(ids) => Reach::Only(ids.into_iter().collect::<BTreeSet<_>>().into_iter().collect()),
        }
    }

    /// The sites that are in both.
    #[must_use]
    pub fn within(&self, other: &Reach) -> Reach {
        match (self, other) {
            (Reach::All, reach) | (reach, Reach::All) => reach.clone(),
            (Reach::Only(one), Reach::Only(two)) => {
                Reach::Only(one.iter().filter(|id| two.contains(id)).copied().collect())
            }
        }
    }

    /// The sites of a limited membership.
    pub fn ids(&self) -> Option<&[Uuid]> {
        match self {
            Reach::All => None,
            Reach::Only(ids) => Some(ids),
        }
    }
}

impl Member {
    pub fn account_id(&self) -> Uuid {
        self.account_id
    }

    pub fn tenant_id(&self) -> Uuid {
        self.tenant_id
    }

    pub fn role(&self) -> membership::Role {
        self.role
    }

    pub fn network_hash(&self) -> Option<&str> {
        self.network_hash.as_deref()
    }

    pub fn key_id(&self) -> Option<Uuid> {
        self.key_id
    }

    /// Whether it is an operator who acts for the tenant.
    pub fn is_acting(&self) -> bool {
        self.acting_id.is_some()
    }

    /// For what only the tenant's own people may see or do.
    ///
    /// # Errors
    /// `not_permitted` for an operator who acts for the tenant.
    pub fn in_person(&self) -> Result<()> {
        match self.acting_id {
            None => Ok(()),
            Some(_) => Err(not_while_acting()),
        }
    }

    /// For what concerns the whole tenant.
    ///
    /// # Errors
    /// `not_permitted` for who is limited to some sites.
    pub fn reaches_all(&self) -> Result<()> {
        match self.reach {
            Reach::All => Ok(()),
            Reach::Only(_) => Err(not_permitted()),
        }
    }

    pub fn reach(&self) -> &Reach {
        &self.reach
    }

    /// Whether the membership extends to a site of the tenant.
    pub fn reaches(&self, site_id: Uuid) -> bool {
        match &self.reach {
            Reach::All => true,
            Reach::Only(sites) => sites.contains(&site_id),
        }
    }
}

/// Lets the caller into a tenant to do something.
///
/// # Errors
/// `not_found` for a stranger, as if the tenant did not exist; `not_permitted` for a member whose role is too small.
pub async fn enter(app: &App, caller: &SignedIn, tenant_id: Uuid, act: Act) -> Result<Member> {
    // Only operators are asked about: everybody else has no other way in than his membership.
    let acting = match caller.account().operator {
        true => operators::acting::in_tenant(app, caller, tenant_id).await?,
        false => None,
    };
    let member = match acting {
        Some(acting) => act_for(&acting, act)?,
        None => admit(app, caller.account().id, tenant_id, act).await?,
    };
    Ok(Member {
        network_hash: caller.network_hash().map(str::to_owned),
        ..member
    })
}

async fn admit(app: &App, account_id: Uuid, tenant_id: Uuid, act: Act) -> Result<Member> {
    let db = app.db.read();
    let tenant = row(db, tenant_id).await?;
    let membership = membership::Entity::of_tenant(tenant_id)
        .filter(membership::Column::AccountId.eq(account_id))
        .one(db)
        .await?
        .ok_or_else(|| Error::not_found("tenant"))?;
    if !policy::allows(membership.role, act) {
        return Err(not_permitted());
    }
    if tenant.erase_at.is_some() && !act.is_for_deleted() {
        return Err(lives::deleted());
    }
    if !policy::while_suspended(act) {
        is_open(db, tenant_id).await?;
    }
    let reach = match membership.limited {
        false => Reach::All,
        true => {
            let sites = membership_site::Entity::of_tenant(tenant_id)
                .filter(membership_site::Column::MembershipId.eq(membership.id))
                .all(db)
                .await?;
            Reach::Only(sites.into_iter().map(|row| row.site_id).collect())
        }
    };
    Ok(Member {
        account_id: membership.account_id,
        tenant_id,
        role: membership.role,
        reach,
        network_hash: None,
        key_id: None,
        acting_id: None,
    })
}

/// An operator's way in, for a time and with a reason.
fn act_for(acting: &acting::Model, act: Act) -> Result<Member> {
    if !policy::allows(acting.role, act) {
        return Err(not_permitted());
    }
    if !policy::while_acting(act) {
        return Err(not_while_acting());
    }
    Ok(Member {
        account_id: acting.account_id,
        tenant_id: acting.tenant_id,
        role: acting.role,
        reach: Reach::All,
        network_hash: None,
        key_id: None,
        acting_id: Some(acting.id),
    })
}

/// # Errors
/// `tenant_suspended`.
async fn is_open(db: &impl sea_orm::ConnectionTrait, tenant_id: Uuid) -> Result<()> {
    let tenant = tenant::Entity::of_tenant(tenant_id).one(db).await?;
    match tenant.and_then(|tenant| tenant.suspended_reason) {
        None => Ok(()),
        Some(reason) => Err(Error::refused(
            ErrorCode::TenantSuspended,
            format!("The operator has suspended this tenant: {reason}"),
        )),
    }
}

fn not_while_acting() -> Error {
    Error::refused(
        ErrorCode::NotPermitted,
        "Who acts for a tenant as operator gives nobody rights and sees no secrets. This is for its own people.",
    )
}

fn not_permitted() -> Error {
    Error::refused(ErrorCode::NotPermitted, "Ask an admin or the owner of this tenant.")
}

/// Lets a program in by its key: as far as the key goes, and no further than whoever made it may go himself at that moment.
///
/// # Errors
/// `not_found` in another tenant, as if it did not exist, and when its maker is no member any more; `not_permitted` for what no scope of
/// the key allows, or its maker may not do.
pub async fn enter_by_key(app: &App, holder: &KeyHolder, tenant_id: Uuid, act: Act) -> Result<Member> {
    let (true, Some(account_id)) = (holder.tenant_id() == tenant_id, holder.account_id()) else {
        return Err(Error::not_found("tenant"));
    };
    let maker = admit(app, account_id, tenant_id, act).await?;
    lives::is_there(app.db.read(), tenant_id).await?;
    accounts::standing::is_good(app, account_id).await?;
    if !holder.scopes().iter().any(|scope| scope.allows(act)) {
        return Err(Error::refused(
            ErrorCode::NotPermitted,
            "No scope of this key allows it.",
        ));
    }
    let role = match holder.scopes().contains(&Scope::Admin) {
        true => membership::Role::Admin,
        false => membership::Role::Moderator,
    };
    Ok(Member {
        role: role.min(maker.role),
        reach: holder.reach().within(&maker.reach),
        network_hash: holder.network_hash().map(str::to_owned),
        key_id: Some(holder.id()),
        ..maker
    })
}

/// Lets in who holds a link that was made for a member: he may do what the member may at that moment.
///
/// # Errors
/// Those of [`enter`].
pub async fn enter_by_link(app: &App, link: &Link, tenant_id: Uuid, act: Act) -> Result<Member> {
    accounts::standing::is_good(app, link.account_id()).await?;
    admit(app, link.account_id(), tenant_id, act).await
}

/// A member who asked to be told by mail, as he is at that moment; none if he is not to be told any more.
pub async fn as_watcher(app: &App, watcher: &watcher::Model, site: &Site) -> Result<Option<Member>> {
    as_told(app, watcher.account_id, site).await
}

/// The same of an account that is told in its browsers.
pub async fn as_told(app: &App, account_id: Uuid, site: &Site) -> Result<Option<Member>> {
    let admitted = async {
        accounts::standing::is_good(app, account_id).await?;
        admit(app, account_id, site.row().tenant_id, Act::Moderate).await
    };
    match admitted.await {
        Ok(member) => Ok(Some(member).filter(|member| member.reaches(site.id()))),
        Err(Error::Refused(..)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// An account as owner of one of its tenants (the first, if none is named), for the command line and the demo: whoever runs
/// them has the database in his hands.
///
/// # Errors
/// `not_found` if it owns none.
pub async fn as_owner(app: &App, account_id: Uuid, tenant_id: Option<Uuid>) -> Result<Member> {
    let owned = memberships(app.db.read(), account_id)
        .await?
        .into_iter()
        .find(|membership| {
            membership.role == membership::Role::Owner && tenant_id.is_none_or(|id| id == membership.tenant_id)
        });
    let owned = owned.ok_or_else(|| Error::not_found("tenant"))?;
    Ok(Member {
        account_id,
        tenant_id: owned.tenant_id,
        role: owned.role,
        reach: Reach::All,
        network_hash: None,
        key_id: None,
        acting_id: None,
    })
}

/// The owner of a site, for the command line.
pub async fn of_site(app: &App, site: &Site) -> Result<Member> {
    let owner = membership::Entity::of_tenant(site.row().tenant_id)
        .filter(membership::Column::Role.eq(membership::Role::Owner))
        .order_by_asc(membership::Column::Id)
        .one(app.db.read())
        .await?
        .ok_or_else(|| Error::not_found("owner"))?;
    Ok(Member {
        account_id: owner.account_id,
        tenant_id: owner.tenant_id,
        role: owner.role,
        reach: Reach::All,
        network_hash: None,
        key_id: None,
        acting_id: None,
    })
}

/// Makes an account owner of the tenants that were made before anybody could sign in: the demo's.
#[expect(
    clippy::disallowed_methods,
    reason = "finds the memberships of the demo's own account"
)]
pub async fn take_over(tx: &Tx, app: &App, from: Uuid, to: Uuid) -> Result<()> {
    for theirs in membership::Entity::find()
        .filter(membership::Column::AccountId.eq(from))
        .all(&**tx)
        .await?
    {
        members::add(tx, app, theirs.tenant_id, to, theirs.role, &Reach::All).await?;
    }
    Ok(())
}

/// Makes a tenant with the caller as its owner.
pub async fn create(app: &App, account_id: Uuid, network_hash: Option<&str>, name: &str) -> Result<tenant::Model> {
    db::retry(async || create_once(app, account_id, network_hash, name).await).await
}

async fn create_once(app: &App, account_id: Uuid, network_hash: Option<&str>, name: &str) -> Result<tenant::Model> {
    let name = checked_name(name)?;
    let now = app.clock.now();
    let tx = app.db.begin().await?;
    if memberships(&*tx, account_id).await?.len() >= TENANTS_EACH {
        return Err(Error::refused(
            ErrorCode::NotPermitted,
            format!("An account may have {TENANTS_EACH} tenants."),
        ));
    }
    let row = tenant::ActiveModel {
        id: Set(app.clock.new_id()),
        folded: Set(text::folded(&name)),
        name: Set(name),
        plan_id: Set(None),
        own_quotas: Set(None),
        suspended_at: Set(None),
        suspended_shows: Set(None),
        suspended_reason: Set(None),
        created_at: Set(now),
        erase_at: Set(None),
        updated_at: Set(now),
    };
    let tenant = row.insert(&*tx).await?;
    members::add(&tx, app, tenant.id, account_id, membership::Role::Owner, &Reach::All).await?;
    let owner = Member {
        account_id,
        tenant_id: tenant.id,
        role: membership::Role::Owner,
        reach: Reach::All,
        network_hash: network_hash.map(str::to_owned),
        key_id: None,
        acting_id: None,
    };
    let data = json!({ "name": tenant.name });
    audit::note(&tx, app, &owner, Change::TenantCreated, None, data).await?;
    tx.commit().await?;
    Ok(tenant)
}

/// The tenants of an account with its role in each, by name. At most [`TENANTS_EACH`] of its own and those it was invited to.
pub async fn list(app: &App, account_id: Uuid) -> Result<Vec<(tenant::Model, membership::Role)>> {
    let roles: HashMap<Uuid, membership::Role> = memberships(app.db.read(), account_id)
        .await?
        .into_iter()
        .map(|membership| (membership.tenant_id, membership.role))
        .collect();
    let tenants = tenant::Entity::of_tenants(roles.keys().copied())
        .all(app.db.read())
        .await?;
    let with_role = |tenant: tenant::Model| roles.get(&tenant.id).map(|role| (tenant, *role));
    let mut found: Vec<_> = tenants.into_iter().filter_map(with_role).collect();
    found.sort_by(|(a, _), (b, _)| a.name.cmp(&b.name).then(a.id.cmp(&b.id)));
    Ok(found)
}

/// The member's tenant.
pub async fn read(app: &App, member: &Member) -> Result<tenant::Model> {
    row(app.db.read(), member.tenant_id).await
}

/// What a tenant is called.
pub async fn name(db: &impl ConnectionTrait, tenant_id: Uuid) -> Result<String> {
    Ok(row(db, tenant_id).await?.name)
}

async fn row(db: &impl ConnectionTrait, tenant_id: Uuid) -> Result<tenant::Model> {
    let row = tenant::Entity::of_tenant(tenant_id).one(db).await?;
    row.ok_or_else(|| Error::not_found("tenant"))
}

/// Gives the member's tenant another name.
pub async fn rename(app: &App, member: &Member, name: &str) -> Result<tenant::Model> {
    member.reaches_all()?;
    let name = checked_name(name)?;
    let tx = app.db.begin().await?;
    let row = row(&*tx, member.tenant_id).await?;
    let data = json!({ "from": row.name, "to": name });
    let mut row: tenant::ActiveModel = row.into();
    row.folded = Set(text::folded(&name));
    row.name = Set(name);
    row.updated_at = Set(app.clock.now());
    let tenant = row.update(&*tx).await?;
    audit::note(&tx, app, member, Change::TenantRenamed, None, data).await?;
    tx.commit().await?;
    Ok(tenant)
}

/// Puts an account into a tenant: for the demo and for tests; others are invited.
pub async fn add_member(
    app: &App,
    tenant_id: Uuid,
    account_id: Uuid,
    role: membership::Role,
    reach: &Reach,
) -> Result<()> {
    let tx = app.db.begin().await?;
    members::add(&tx, app, tenant_id, account_id, role, reach).await?;
    tx.commit().await
}

/// A name for a tenant or a site: one clean line.
pub fn checked_name(name: &str) -> Result<String> {
    match text::clean_line(name, NAME) {
        Ok(Some(name)) => Ok(name),
        Ok(None) => Err(Error::invalid("/name", FieldCode::Required, "A name is needed.")),
        Err(fault) => Err(Error::Invalid(vec![fault.at("/name")])),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "asks which tenants an account has: the way in, not into one"
)]
pub async fn memberships(db: &impl ConnectionTrait, account_id: Uuid) -> Result<Vec<membership::Model>> {
    let rows = membership::Entity::find()
        .filter(membership::Column::AccountId.eq(account_id))
        .order_by_asc(membership::Column::Id)
        .limit(10 * TENANTS_EACH as u64)
        .all(db)
        .await?;
    Ok(rows)
}
