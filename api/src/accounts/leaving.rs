//! The end of an account, by its owner's own wish: at once, and for good.

use ::entity::account;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{SignedIn, own, reset, signing_up, standing};
use crate::app::App;
use crate::comments;
use crate::error::Result;
use crate::infra::db::{self, Tx};
use crate::tenants;

/// Deletes the caller's account.
///
/// Sessions, memberships and networks go with it. API keys that it made are dead, since a key acts for its maker. Invitations stay good:
/// they are the tenant's. Answers in the name of a site stay, in the site's name. The record of each tenant keeps its entries, as long
/// as it keeps any, by an id that leads nowhere.
///
/// # Errors
/// `invalid_input` for a wrong password; `last_owner`; `last_operator`.
pub async fn delete(app: &App, caller: &SignedIn, current: String) -> Result<()> {
    let row = caller.account();
    own::confirm(app, caller, current, "/password").await?;
    db::retry(async || {
        let tx = app.db.begin().await?;
        // Without one, the server would offer itself to whoever finds its set-up link.
        if row.operator {
            standing::others_remain(&tx, row.id).await?;
        }
        tenants::leaving::leave_all(&tx, app, caller).await?;
        comments::leaving::leave_to_sites(&tx, app, row.id).await?;
        reset::forget_address(&tx, &row.email_folded).await?;
        signing_up::forget_address(&tx, &row.email_folded).await?;
        remove(&tx, row).await?;
        tx.commit().await
    })
    .await?;
    tracing::info!(event = "account_deleted", account = %row.id, "security");
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "accounts stand above tenants")]
async fn remove(tx: &Tx, row: &account::Model) -> Result<()> {
    account::Entity::delete_many()
        .filter(account::Column::Id.eq(row.id))
        .exec(&**tx)
        .await?;
    Ok(())
}
