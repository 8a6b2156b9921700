//! What somebody who is signed in does with his own account: his sessions, his password.

use ::entity::{account, session};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use super::factors::confirmation;
use super::{SignedIn, factors, password, reset};
use crate::app::App;
use crate::emails;
use crate::error::{Error, FieldCode, Result};
use crate::infra::db::Tx;
use crate::job::{Locale, Occasion};
use crate::watching;

/// Sessions that are shown.
const SHOWN: u64 = 100;

/// The caller's sessions that are open, the latest first, his own of this moment among them.
#[expect(clippy::disallowed_methods, reason = "sessions belong to accounts, not to tenants")]
pub async fn sessions(app: &App, caller: &SignedIn) -> Result<Vec<session::Model>> {
    Ok(session::Entity::find()
        .filter(session::Column::AccountId.eq(caller.account().id))
        .filter(session::Column::SessionVersion.eq(caller.account().session_version))
        .filter(session::Column::EndedAt.is_null())
        .filter(session::Column::ExpiresAt.gt(app.clock.now()))
        .order_by_desc(session::Column::Id)
        .limit(SHOWN)
        .all(app.db.read())
        .await?)
}

/// Keeps in which language the caller wants his mails.
pub async fn choose_locale(app: &App, caller: &SignedIn, locale: Locale) -> Result<account::Model> {
    let tx = app.db.begin().await?;
    let changed = account::ActiveModel {
        id: Set(caller.account().id),
        locale: Set(Some(locale.name().to_owned())),
        ..Default::default()
    };
    let row = changed.update(&*tx).await?;
    tx.commit().await?;
    Ok(row)
}

/// Ends one of the caller's sessions; its access tokens are void at once.
///
/// # Errors
/// `not_found`, also for a session of somebody else.
#[expect(clippy::disallowed_methods, reason = "sessions belong to accounts, not to tenants")]
pub async fn end_session(app: &App, caller: &SignedIn, id: Uuid) -> Result<()> {
    let tx = app.db.begin().await?;
    let ended = session::Entity::update_many()
        .col_expr(session::Column::EndedAt, Expr::value(app.clock.now()))
        .filter(session::Column::Id.eq(id))
        .filter(session::Column::AccountId.eq(caller.account().id))
        .filter(session::Column::EndedAt.is_null())
        .exec(&*tx)
        .await?;
    if ended.rows_affected == 0 {
        return Err(Error::not_found("session"));
    }
    tx.commit().await
}

/// Gives the caller another password, and ends all his sessions but this one.
///
/// # Errors
/// `invalid_input` for a wrong current password and for a new one that will not do; `confirmation_needed` where the account has a second
/// factor, which does not change.
pub async fn change_password(app: &App, caller: &SignedIn, current: String, new: String, locale: Locale) -> Result<()> {
    let row = caller.account();
    confirm(app, caller, current, "/current_password").await?;
    if let Some(fault) = password::fault(&new, &row.email) {
        return Err(Error::Invalid(vec![fault]));
    }
    let hash = password::hash(app, new).await?;
    let tx = app.db.begin().await?;
    let mut changed: account::ActiveModel = row.clone().into();
    changed.password_hash = Set(hash);
    changed.updated_at = Set(app.clock.now());
    changed.update(&*tx).await?;
    end_others(&tx, app, caller).await?;
    watching::devices::forget_all(&tx, row.id).await?;
    reset::forget_address(&tx, &row.email_folded).await?;
    emails::queue(&tx, app, Occasion::PasswordChanged, row.id, locale).await?;
    tx.commit().await?;
    tracing::info!(event = "password_changed", account = %row.id, "security");
    Ok(())
}

/// Whoever is about to change the account shows that he is its owner, and not somebody who found an open session.
///
/// # Errors
/// `confirmation_needed` where the account has a second factor that was not shown of late; `invalid_input` at `pointer` for a wrong
/// password.
pub(super) async fn confirm(app: &App, caller: &SignedIn, current: String, pointer: &str) -> Result<()> {
    let account = caller.account();
    if factors::of(app.db.read(), account.id).await?.are_set() {
        confirmation::demand(app, caller)?;
    }
    if password::is_of(app, current, account).await? {
        return Ok(());
    }
    Err(Error::invalid(
        pointer,
        FieldCode::Invalid,
        "This is not the password of the account.",
    ))
}

#[expect(clippy::disallowed_methods, reason = "sessions belong to accounts, not to tenants")]
pub(super) async fn end_others(tx: &Tx, app: &App, caller: &SignedIn) -> Result<()> {
    session::Entity::update_many()
        .col_expr(session::Column::EndedAt, Expr::value(app.clock.now()))
        .filter(session::Column::AccountId.eq(caller.account().id))
        .filter(session::Column::Id.ne(caller.session_id()))
        .filter(session::Column::EndedAt.is_null())
        .exec(&**tx)
        .await?;
    Ok(())
}
