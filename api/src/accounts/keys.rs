//! API keys of a tenant: what a program shows instead of a person's access token. Only a key's hash is stored; it is shown once.

use ::entity::{OfTenant, api_key};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};
use serde_json::json;

use crate::app::App;
use crate::error::{Error, ErrorCode, FieldCode, OrLog, Result};
use crate::infra::db::{self, Tx};
use crate::infra::signing::{fresh_token, token_hash};
use crate::tenants::audit::{self, Change};
use crate::tenants::policy::Scope;
use crate::tenants::{Member, Reach, checked_name, invitations, members};

/// What every key begins with, so that people, logs and scanners for secrets know one.
pub const BEGINNING: &str = "parlour_";

/// Characters of a key that stay to be seen, its beginning among them.
const SHOWN: usize = 14;

/// Keys of a tenant that are good.
const MOST: u64 = 100;

/// How exactly it is noted when a key was used last.
const USE_NOTED: TimeDelta = TimeDelta::minutes(1);

/// Proof that the caller has a good key; only [`recognise`] makes one.
pub struct KeyHolder {
    row: api_key::Model,
    scopes: Vec<Scope>,
    reach: Reach,
    network_hash: Option<String>,
}

impl KeyHolder {
    /// As somebody who acts from a network, which is told by a keyed hash.
    #[must_use]
    pub fn from_network(self, hash: String) -> Self {
        KeyHolder {
            network_hash: Some(hash),
            ..self
        }
    }

    pub fn id(&self) -> Uuid {
        self.row.id
    }

    pub fn tenant_id(&self) -> Uuid {
        self.row.tenant_id
    }

    /// Who made it, and for whom it acts.
    pub fn account_id(&self) -> Option<Uuid> {
        self.row.created_by
    }

    pub fn scopes(&self) -> &[Scope] {
        &self.scopes
    }

    pub fn reach(&self) -> &Reach {
        &self.reach
    }

    pub fn network_hash(&self) -> Option<&str> {
        self.network_hash.as_deref()
    }
}

/// A key that is to be made.
pub struct Wish {
    pub name: String,
    pub scopes: Vec<Scope>,
    pub reach: Reach,
    /// Never, if there is none.
    pub expires_at: Option<DateTime<Utc>>,
}

/// Makes a key for the member's tenant. Resolves to its row and the key itself, which is known nowhere else.
///
/// # Errors
/// `invalid_input`; `not_permitted` where there are too many.
pub async fn create(app: &App, member: &Member, wish: Wish) -> Result<(api_key::Model, String)> {
    let name = checked_name(&wish.name)?;
    if wish.scopes.is_empty() {
        return Err(Error::invalid(
            "/scopes",
            FieldCode::Required,
            "Choose at least one scope.",
        ));
    }
    if wish.expires_at.is_some_and(|at| at <= app.clock.now()) {
        return Err(Error::invalid(
            "/expires_at",
            FieldCode::OutOfRange,
            "A key expires in the future.",
        ));
    }
    let key = format!("{BEGINNING}{}", fresh_token().0);
    db::retry(async || {
        let now = app.clock.now();
        let tx = app.db.begin().await?;
        // So that many at once are counted one after the other.
        members::hold(&tx, member.tenant_id()).await?;
        members::sites_exist(&tx, member.tenant_id(), &wish.reach).await?;
        if good(member.tenant_id(), now).count(&*tx).await? >= MOST {
            return Err(Error::refused(
                ErrorCode::NotPermitted,
                format!("A tenant may have {MOST} keys. Revoke one that is not used."),
            ));
        }
        let row = api_key::ActiveModel {
            id: Set(app.clock.new_id()),
            tenant_id: Set(member.tenant_id()),
            created_by: Set(Some(member.account_id())),
            name: Set(name.clone()),
            prefix: Set(key.chars().take(SHOWN).collect()),
            key_hash: Set(token_hash(&key)),
            scopes: Set(json!(names(&wish.scopes))),
            site_ids: Set(wish.reach.ids().map(|ids| json!(ids))),
            created_at: Set(now),
            expires_at: Set(wish.expires_at),
            last_used_at: Set(None),
            revoked_at: Set(None),
        };
        let row = row.insert(&*tx).await?;
        let data = json!({ "name": row.name, "scopes": row.scopes, "site_ids": row.site_ids });
        audit::note(&tx, app, member, Change::ApiKeyCreated, None, data).await?;
        tx.commit().await?;
        Ok((row, key.clone()))
    })
    .await
}

/// Keys of the member's tenant that are not revoked, the latest first; those that have expired are among them.
pub async fn list(app: &App, member: &Member) -> Result<Vec<api_key::Model>> {
    Ok(api_key::Entity::of_tenant(member.tenant_id())
        .filter(api_key::Column::RevokedAt.is_null())
        .order_by_desc(api_key::Column::Id)
        .limit(2 * MOST)
        .all(app.db.read())
        .await?)
}

/// Makes a key void, at once and for good.
///
/// # Errors
/// `not_found`.
pub async fn revoke(app: &App, member: &Member, id: Uuid) -> Result<()> {
    let tx = app.db.begin().await?;
    let row = api_key::Entity::of_tenant(member.tenant_id())
        .filter(api_key::Column::Id.eq(id))
        .filter(api_key::Column::RevokedAt.is_null())
        .one(&*tx)
        .await?
        .ok_or_else(|| Error::not_found("key"))?;
    api_key::Entity::update_of_tenant(member.tenant_id())
        .col_expr(api_key::Column::RevokedAt, Expr::value(app.clock.now()))
        .filter(api_key::Column::Id.eq(id))
        .exec(&*tx)
        .await?;
    audit::note(
        &tx,
        app,
        member,
        Change::ApiKeyRevoked,
        None,
        json!({ "name": row.name }),
    )
    .await?;
    tx.commit().await
}

/// Takes a site that leaves the tenant off the lists of its keys.
pub async fn forget_site(tx: &Tx, tenant_id: Uuid, site_id: Uuid) -> Result<()> {
    let limited = api_key::Entity::of_tenant(tenant_id)
        .filter(api_key::Column::RevokedAt.is_null())
        .filter(api_key::Column::SiteIds.is_not_null())
        .all(&**tx)
        .await?;
    for row in limited {
        let Some(rest) = invitations::without(row.site_ids.as_ref(), site_id)? else {
            continue;
        };
        let mut row: api_key::ActiveModel = row.into();
        row.site_ids = Set(Some(rest));
        row.update(&**tx).await?;
    }
    Ok(())
}

/// Takes away up to `most` keys of a tenant that is erased. Resolves to how many there were.
pub async fn erase_some(tx: &Tx, tenant_id: Uuid, most: u64) -> Result<u64> {
    let some = api_key::Entity::delete_some_of_tenant(tenant_id, api_key::Column::Id, most);
    Ok(some.exec(&**tx).await?.rows_affected)
}

/// Who shows this key. It is looked up each time, so that revoking holds at once.
///
/// # Errors
/// `unauthenticated` for a key that is revoked, expired or none of ours, and for one whose maker has no account any more.
#[expect(clippy::disallowed_methods, reason = "the key says which tenant it is of")]
pub async fn recognise(app: &App, key: &str) -> Result<KeyHolder> {
    let now = app.clock.now();
    let row = api_key::Entity::find()
        .filter(api_key::Column::KeyHash.eq(token_hash(key)))
        .one(app.db.read())
        .await?
        .filter(|row| row.revoked_at.is_none() && row.expires_at.is_none_or(|at| at > now) && row.created_by.is_some())
        .ok_or_else(|| {
            Error::refused(
                ErrorCode::Unauthenticated,
                "The API key is revoked, expired or not ours.",
            )
        })?;
    let scopes: Vec<String> = serde_json::from_value(row.scopes.clone()).map_err(Error::internal)?;
    let site_ids: Option<Vec<Uuid>> = match row.site_ids.clone() {
        Some(ids) => serde_json::from_value(ids).map_err(Error::internal)?,
        None => None,
    };
    note_use(app, &row, now)
        .await
        .or_log("when a key was used is not noted");
    Ok(KeyHolder {
        scopes: scopes.iter().filter_map(|name| Scope::of(name)).collect(),
        reach: Reach::of(site_ids),
        row,
        network_hash: None,
    })
}

/// At most once a minute, so that reading by a key stays reading.
async fn note_use(app: &App, row: &api_key::Model, now: DateTime<Utc>) -> Result<()> {
    if row.last_used_at.is_some_and(|at| now - at < USE_NOTED) {
        return Ok(());
    }
    let _turn = app.db.turn().await?;
    api_key::Entity::update_of_tenant(row.tenant_id)
        .col_expr(api_key::Column::LastUsedAt, Expr::value(now))
        .filter(api_key::Column::Id.eq(row.id))
        .exec(app.db.read())
        .await?;
    Ok(())
}

fn good(tenant_id: Uuid, now: DateTime<Utc>) -> sea_orm::Select<api_key::Entity> {
    let lasting = Condition::any()
        .add(api_key::Column::ExpiresAt.is_null())
        .add(api_key::Column::ExpiresAt.gt(now));
    api_key::Entity::of_tenant(tenant_id)
        .filter(api_key::Column::RevokedAt.is_null())
        .filter(lasting)
}

fn names(scopes: &[Scope]) -> Vec<&'static str> {
    Scope::ALL
        .iter()
        .filter(|scope| scopes.contains(scope))
        .map(|scope| scope.name())
        .collect()
}
