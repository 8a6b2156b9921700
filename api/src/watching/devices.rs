//! Browsers that are told of comments with the admin UI closed, each by its owner's choice (Web Push).
//!
//! A browser belongs to an account: it is told of all sites that its owner may moderate, whichever tenants they are of.

use ::entity::watcher::Wants;
use ::entity::{membership, push_device};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::Query;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, ModelTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};
use sha2::{Digest, Sha256};
use url::{Host, Url};

use crate::accounts::SignedIn;
use crate::app::App;
use crate::error::{Error, Fault, FieldCode, Result};
use crate::infra::db::{self, Tx};
use crate::infra::queue;
use crate::infra::webpush::{self, Identity};
use crate::job::{Job, Locale};
use crate::sites;

/// Browsers of one account; one more takes the place of the oldest.
const MOST: usize = 10;

/// Bytes of an endpoint, and characters of a name.
const ENDPOINT: usize = 2000;
const NAME: usize = 100;

/// Browsers that are told of one comment.
const TOLD: u64 = 200;

/// A browser as it says what it is.
pub struct New {
    pub endpoint: String,
    pub public_key: Vec<u8>,
    pub auth: Vec<u8>,
    pub wants: Wants,
    pub name: String,
    pub locale: Option<Locale>,
}

/// The key that browsers ask their services for, and the caller's browsers, oldest first.
pub async fn list(app: &App, caller: &SignedIn) -> Result<(String, Vec<push_device::Model>)> {
    let key = Identity::current(&app.keys)?.public_key();
    Ok((key, of_account(app.db.read(), caller.account().id).await?))
}

#[expect(clippy::disallowed_methods, reason = "browsers belong to accounts, not to tenants")]
async fn of_account(db: &impl ConnectionTrait, account_id: Uuid) -> Result<Vec<push_device::Model>> {
    Ok(push_device::Entity::find()
        .filter(push_device::Column::AccountId.eq(account_id))
        .order_by_asc(push_device::Column::Id)
        .all(db)
        .await?)
}

/// Adds the caller's browser, or changes what it is told. One that was another account's is this one's from now on: whoever signs in there
/// last hears of his own sites.
///
/// # Errors
/// `invalid_input` for what is no endpoint of a push service that this installation knows, and for keys that are none.
pub async fn put(app: &App, caller: &SignedIn, new: New) -> Result<push_device::Model> {
    let endpoint = checked_endpoint(app, &new.endpoint)?;
    if !webpush::are_keys(&new.public_key, &new.auth) {
        let detail = "These are no keys of a browser; send those of its push subscription.";
        return Err(Error::Invalid(vec![Fault::new("/keys", FieldCode::Invalid, detail)]));
    }
    let hash = Sha256::digest(endpoint.as_str().as_bytes()).to_vec();
    let key_name = Identity::current(&app.keys)?.name;
    db::retry(async || {
        let tx = app.db.begin().await?;
        let now = app.clock.now();
        let account_id = caller.account().id;
        forget(&tx, &hash).await?;
        let mut own = of_account(&*tx, account_id).await?;
        while own.len() >= MOST {
            own.remove(0).delete(&*tx).await?;
        }
        let row = push_device::ActiveModel {
            id: Set(app.clock.new_id()),
            account_id: Set(account_id),
            endpoint: Set(endpoint.to_string()),
            endpoint_hash: Set(hash.clone()),
            public_key: Set(new.public_key.clone()),
            auth: Set(new.auth.clone()),
            key_name: Set(key_name.clone()),
            wants: Set(new.wants),
            name: Set(new.name.chars().take(NAME).collect()),
            locale: Set(new.locale.map(|locale| locale.name().to_owned())),
            created_at: Set(now),
            sent_at: Set(None),
        };
        // The browser said it twice at once; the other one was quicker.
        let row = row.insert(&*tx).await.map_err(|error| match db::is_taken(&error) {
            true => Error::Again(error.to_string()),
            false => error.into(),
        })?;
        sites::tell_all_of_account(&tx, account_id).await?;
        tx.commit().await?;
        Ok(row)
    })
    .await
}

fn checked_endpoint(app: &App, typed: &str) -> Result<Url> {
    let fault = |code, detail: &str| Error::Invalid(vec![Fault::new("/endpoint", code, detail)]);
    if typed.len() > ENDPOINT {
        return Err(fault(FieldCode::TooLong, "An endpoint has at most 2000 bytes."));
    }
    let url = Url::parse(typed).ok().filter(|url| {
        let host = url.host();
        let is_here = matches!(host, Some(Host::Ipv4(ip)) if ip.is_loopback());
        url.scheme() == "https" || (is_here && url.scheme() == "http")
    });
    let url = url.ok_or_else(|| {
        fault(
            FieldCode::Invalid,
            "The endpoint of a push service is an https address.",
        )
    })?;
    match url
        .host_str()
        .is_some_and(|host| is_known(&app.config.push_services, host))
    {
        true => Ok(url),
        false => Err(fault(
            FieldCode::Invalid,
            "This is not one of the push services that this installation sends to (push_services).",
        )),
    }
}

/// Whether a host is one of the list, in which `*.example.com` stands for all below it.
fn is_known(services: &[String], host: &str) -> bool {
    services.iter().any(|service| match service.strip_prefix("*.") {
        Some(above) => host.strip_suffix(above).is_some_and(|rest| rest.ends_with('.')),
        None => service == host,
    })
}

/// Tells one of the caller's browsers nothing any more.
///
/// # Errors
/// `not_found`.
pub async fn remove(app: &App, caller: &SignedIn, id: Uuid) -> Result<()> {
    let own = of_account(app.db.read(), caller.account().id).await?;
    let row = own.into_iter().find(|row| row.id == id);
    let row = row.ok_or_else(|| Error::not_found("browser"))?;
    let tx = app.db.begin().await?;
    row.delete(&*tx).await?;
    sites::tell_all_of_account(&tx, caller.account().id).await?;
    tx.commit().await
}

/// Sends one of the caller's browsers a message to look at.
///
/// # Errors
/// `not_found`.
pub async fn try_out(app: &App, caller: &SignedIn, id: Uuid) -> Result<()> {
    let own = of_account(app.db.read(), caller.account().id).await?;
    if !own.iter().any(|row| row.id == id) {
        return Err(Error::not_found("browser"));
    }
    let (now, job) = (
        app.clock.now(),
        Job::Push {
            device_id: id,
            comment: None,
        },
    );
    let tx = app.db.begin().await?;
    queue::add(&*tx, &job, now, now).await?;
    tx.commit().await
}

#[expect(clippy::disallowed_methods, reason = "an endpoint is one browser's, whosever it was")]
async fn forget(tx: &Tx, endpoint_hash: &[u8]) -> Result<()> {
    push_device::Entity::delete_many()
        .filter(push_device::Column::EndpointHash.eq(endpoint_hash))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Takes away the browsers of an account whose password was changed: whoever has one of them may not be its owner.
#[expect(clippy::disallowed_methods, reason = "browsers belong to accounts, not to tenants")]
pub async fn forget_all(tx: &Tx, account_id: Uuid) -> Result<()> {
    push_device::Entity::delete_many()
        .filter(push_device::Column::AccountId.eq(account_id))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// The browser of a job, if it is still there.
#[expect(clippy::disallowed_methods, reason = "browsers belong to accounts, not to tenants")]
pub(super) async fn find(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<push_device::Model>> {
    Ok(push_device::Entity::find_by_id(id).one(db).await?)
}

/// The browsers of a tenant's members. What their owners may see is looked at when something is sent.
#[expect(clippy::disallowed_methods, reason = "browsers belong to accounts, not to tenants")]
pub(super) async fn of_tenant(db: &impl ConnectionTrait, tenant_id: Uuid) -> Result<Vec<push_device::Model>> {
    let members = Query::select()
        .column(membership::Column::AccountId)
        .from(membership::Entity)
        .and_where(membership::Column::TenantId.eq(tenant_id))
        .to_owned();
    Ok(push_device::Entity::find()
        .filter(push_device::Column::AccountId.in_subquery(members))
        .order_by_asc(push_device::Column::Id)
        .limit(TOLD)
        .all(db)
        .await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_known_by_their_hosts() {
        let services = ["fcm.googleapis.com".to_owned(), "*.push.apple.com".to_owned()];
        for (host, known) in [
            ("fcm.googleapis.com", true),
            ("web.push.apple.com", true),
            ("push.apple.com", false),
            ("evilpush.apple.com", false),
            ("fcm.googleapis.com.evil.example", false),
            ("127.0.0.1", false),
        ] {
            assert_eq!(is_known(&services, host), known, "{host}");
        }
    }
}
