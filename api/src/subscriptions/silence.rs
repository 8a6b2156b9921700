//! Addresses that get no readers' mail any more: their holders said so, or their mail came back. No address is kept, only a keyed hash.

use std::collections::HashSet;

use ::entity::silence::{self, Reason};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Set};

use crate::app::App;
use crate::error::Result;
use crate::infra::db::Tx;

pub(super) const PURPOSE: &str = "silent address";

/// Addresses that one statement asks about.
const AT_ONCE: usize = 500;

/// Sees to it that an address gets no readers' mail any more, of one site or, with none, of any. To do so again changes nothing, but
/// that a person's word takes the place of a mail server's.
pub async fn silence(tx: &Tx, app: &App, site_id: Option<Uuid>, folded: &str, reason: Reason) -> Result<()> {
    silence_hash(tx, app, site_id, hash(app, folded), reason).await
}

/// The same of an address that is known by its [`hash`] alone.
#[expect(
    clippy::disallowed_methods,
    reason = "an address may be silent on the whole platform"
)]
pub async fn silence_hash(
    tx: &Tx,
    app: &App,
    site_id: Option<Uuid>,
    address_hash: String,
    reason: Reason,
) -> Result<()> {
    let row = silence::ActiveModel {
        id: Set(app.clock.new_id()),
        site_id: Set(site_id),
        address_hash: Set(address_hash.clone()),
        reason: Set(reason),
        created_at: Set(app.clock.now()),
    };
    let added = silence::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(&**tx)
        .await?;
    if added == 0 && reason != Reason::Bounced {
        silence::Entity::update_many()
            .col_expr(silence::Column::Reason, Expr::value(reason))
            .filter(silence::Column::AddressHash.eq(address_hash))
            .filter(only(site_id))
            .exec(&**tx)
            .await?;
    }
    Ok(())
}

/// Lets an address have readers' mail again, as its holder wishes: that of one site, or, with none, of all that kept from it.
#[expect(
    clippy::disallowed_methods,
    reason = "an address may be silent on the whole platform"
)]
pub async fn end_silence(tx: &Tx, app: &App, site_id: Option<Uuid>, folded: &str) -> Result<()> {
    let mut gone = silence::Entity::delete_many().filter(silence::Column::AddressHash.is_in(hashes(app, folded)));
    if let Some(site_id) = site_id {
        gone = gone.filter(of(site_id));
    }
    gone.exec(&**tx).await?;
    Ok(())
}

/// Whether an address gets no readers' mail of a site.
pub async fn is_silent(db: &impl ConnectionTrait, app: &App, site_id: Uuid, folded: &str) -> Result<bool> {
    Ok(!silent(db, app, site_id, [folded]).await?.is_empty())
}

/// Those of many addresses that get no readers' mail of a site.
#[expect(
    clippy::disallowed_methods,
    reason = "an address may be silent on the whole platform"
)]
pub async fn silent<'a>(
    db: &impl ConnectionTrait,
    app: &App,
    site_id: Uuid,
    folded: impl IntoIterator<Item = &'a str>,
) -> Result<HashSet<String>> {
    let all: Vec<(String, &str)> = folded
        .into_iter()
        .flat_map(|address| hashes(app, address).into_iter().map(move |hash| (hash, address)))
        .collect();
    let mut silent = HashSet::new();
    for some in all.chunks(AT_ONCE) {
        let found: HashSet<String> = silence::Entity::find()
            .filter(silence::Column::AddressHash.is_in(some.iter().map(|(hash, _)| hash)))
            .filter(of(site_id))
            .select_only()
            .column(silence::Column::AddressHash)
            .into_tuple::<String>()
            .all(db)
            .await?
            .into_iter()
            .collect();
        let theirs = some.iter().filter(|(hash, _)| found.contains(hash));
        silent.extend(theirs.map(|(_, address)| (*address).to_owned()));
    }
    Ok(silent)
}

/// By which an address is known that is not kept. 32 hex digits.
pub fn hash(app: &App, folded: &str) -> String {
    app.keys.pseudonym(PURPOSE, folded)
}

/// By which it may be known: also those that were made with a secret before this one.
pub(super) fn hashes(app: &App, folded: &str) -> Vec<String> {
    app.keys.pseudonyms(PURPOSE, folded)
}

/// What keeps mail of a site from an address.
pub(super) fn of(site_id: Uuid) -> Condition {
    Condition::any()
        .add(silence::Column::SiteId.is_null())
        .add(silence::Column::SiteId.eq(site_id))
}

fn only(site_id: Option<Uuid>) -> sea_orm::sea_query::SimpleExpr {
    match site_id {
        Some(site_id) => silence::Column::SiteId.eq(site_id),
        None => Expr::col(silence::Column::SiteId).is_null(),
    }
}
