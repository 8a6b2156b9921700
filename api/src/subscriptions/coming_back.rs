//! Addresses that mail came back from are silent on the whole platform, until an operator says otherwise.

use ::entity::silence::{self, Reason};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, Select};

use super::silence::{PURPOSE, silence_hash};
use crate::app::App;
use crate::error::Result;
use crate::infra::db::Tx;

/// By which an address is known that is not kept. 32 hex digits.
pub fn hash(app: &App, folded: &str) -> String {
    super::silence::hash(app, folded)
}

/// By which it may be known: also those that were made with a secret before this one.
pub fn hashes(app: &App, folded: &str) -> Vec<String> {
    app.keys.pseudonyms(PURPOSE, folded)
}

/// Ends readers' mail to an address. Its holder's own word, if he gave it, stays in its place.
pub async fn came_back(tx: &Tx, app: &App, folded: &str, reason: Reason) -> Result<()> {
    let own_word = of_platform(hashes(app, folded)).filter(silence::Column::Reason.eq(Reason::Asked));
    match own_word.count(&**tx).await? {
        0 => silence_hash(tx, app, None, hash(app, folded), reason).await,
        _ => Ok(()),
    }
}

/// Lets an address have readers' mail again that mail came back from, but for who asked for none.
#[expect(
    clippy::disallowed_methods,
    reason = "an address may be silent on the whole platform"
)]
pub async fn lift(tx: &Tx, address_hash: &str) -> Result<()> {
    silence::Entity::delete_many()
        .filter(silence::Column::AddressHash.eq(address_hash))
        .filter(Expr::col(silence::Column::SiteId).is_null())
        .filter(silence::Column::Reason.ne(Reason::Asked))
        .exec(&**tx)
        .await?;
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "an address may be silent on the whole platform"
)]
fn of_platform(hashes: Vec<String>) -> Select<silence::Entity> {
    silence::Entity::find()
        .filter(silence::Column::AddressHash.is_in(hashes))
        .filter(Expr::col(silence::Column::SiteId).is_null())
}
