//! Networks from which somebody signed in to an account of late. Guesses at an account are counted over all networks together, or
//! who has many of them could guess without end; but not those from a network that the account's owner comes from, or who has many
//! could keep him out.

use ::entity::known_network;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, Set};

use super::by_email;
use crate::app::App;
use crate::error::Result;
use crate::infra::db::{self, Tx};
use crate::text;

/// For which a network is known.
const LIFE: TimeDelta = TimeDelta::days(90);

/// How exactly it is noted when somebody came from it last.
const NOTED: TimeDelta = TimeDelta::days(1);

/// Whether somebody signed in from this network to the account of this address. Takes as long for an address without one.
#[expect(clippy::disallowed_methods, reason = "networks belong to accounts, not to tenants")]
pub async fn is_known(app: &App, email: &str, network: &str) -> Result<bool> {
    let account = match text::email(email) {
        Ok(Some(address)) => by_email(app.db.read(), &address.folded).await?,
        _ => None,
    };
    let account_id = account.map_or(Uuid::nil(), |account| account.id);
    let found = known_network::Entity::find()
        .filter(known_network::Column::AccountId.eq(account_id))
        .filter(known_network::Column::NetworkHash.eq(hash(app, account_id, network)))
        .filter(known_network::Column::LastAt.gt(app.clock.now() - LIFE))
        .count(app.db.read())
        .await?;
    Ok(found > 0)
}

/// Notes that the owner of an account came from a network. At most once a day, so that signing in writes no more than it must.
#[expect(clippy::disallowed_methods, reason = "networks belong to accounts, not to tenants")]
pub async fn remember(app: &App, account_id: Uuid, network: &str) -> Result<()> {
    let now = app.clock.now();
    let network_hash = hash(app, account_id, network);
    let fresh = known_network::Entity::find()
        .filter(known_network::Column::AccountId.eq(account_id))
        .filter(known_network::Column::NetworkHash.eq(&*network_hash))
        .filter(known_network::Column::LastAt.gt(now - NOTED))
        .count(app.db.read())
        .await?;
    if fresh > 0 {
        return Ok(());
    }
    let row = known_network::ActiveModel {
        id: Set(app.clock.new_id()),
        account_id: Set(account_id),
        network_hash: Set(network_hash),
        last_at: Set(now),
    };
    let again = OnConflict::columns([known_network::Column::AccountId, known_network::Column::NetworkHash])
        .update_column(known_network::Column::LastAt)
        .to_owned();
    db::retry(async || {
        let tx = app.db.begin().await?;
        known_network::Entity::insert(row.clone())
            .on_conflict(again.clone())
            .exec_without_returning(&*tx)
            .await?;
        tx.commit().await
    })
    .await
}

#[expect(clippy::disallowed_methods, reason = "networks belong to accounts, not to tenants")]
pub(super) async fn forget(tx: &Tx, now: DateTime<Utc>) -> Result<()> {
    known_network::Entity::delete_many()
        .filter(known_network::Column::LastAt.lt(now - LIFE))
        .exec(&**tx)
        .await?;
    Ok(())
}

fn hash(app: &App, account_id: Uuid, network: &str) -> String {
    app.keys.pseudonym("known network", &format!("{account_id}/{network}"))
}
