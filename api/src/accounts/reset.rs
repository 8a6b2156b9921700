//! Another password for who has forgotten his: by a link in a mail, which is good once and for a while.

use ::entity::{account, password_reset};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Set};

use super::{address, by_email, password};
use crate::app::App;
use crate::emails;
use crate::error::{Error, ErrorCode, FieldCode, Result};
use crate::infra::db::{self, Tx};
use crate::infra::signing::token_hash;
use crate::job::{Locale, Occasion};
use crate::{text, watching};

const LINK: &str = "password reset";

/// Asks for a link. Whether there is an account is looked up when the mail is written, so that neither the answer nor its time tells.
/// A link that was asked for before is void.
///
/// # Errors
/// `invalid_input` for what is no address.
pub async fn ask(app: &App, email: &str, locale: Locale) -> Result<()> {
    let folded = checked(email)?;
    if !emails::may_go(app, "password_reset", &folded).await {
        return Ok(());
    }
    let tx = app.db.begin().await?;
    let (id, _) = make(&tx, app, folded).await?;
    emails::queue(&tx, app, Occasion::PasswordReset, id, locale).await?;
    tx.commit().await
}

/// The token of a link for the account of an address, to be handed over by whoever has the database in his hands.
///
/// # Errors
/// `not_found`; `invalid_input`.
pub async fn hand_out(app: &App, email: &str) -> Result<String> {
    let folded = checked(email)?;
    by_email(app.db.read(), &folded)
        .await?
        .filter(can_sign_in)
        .ok_or_else(|| Error::not_found("account"))?;
    let tx = app.db.begin().await?;
    let (_, token) = make(&tx, app, folded).await?;
    tx.commit().await?;
    Ok(token)
}

fn checked(email: &str) -> Result<String> {
    let address = text::email(email).ok().flatten();
    address.map(|address| address.folded).ok_or_else(|| {
        Error::invalid(
            "/email",
            FieldCode::Invalid,
            "The mail address must look like name@example.org.",
        )
    })
}

/// The demo's team does not, and has no mailbox (RFC 6761).
fn can_sign_in(account: &account::Model) -> bool {
    !account.email_folded.ends_with(".invalid")
}

async fn make(tx: &Tx, app: &App, folded: String) -> Result<(Uuid, String)> {
    let now = app.clock.now();
    let id = app.clock.new_id();
    let (token, token_hash) = app.keys.link_token(LINK, id);
    forget_address(tx, &folded).await?;
    let row = password_reset::ActiveModel {
        id: Set(id),
        email_folded: Set(folded),
        token_hash: Set(token_hash),
        created_at: Set(now),
        expires_at: Set(now + TimeDelta::minutes(app.config.reset_minutes)),
    };
    password_reset::Entity::insert(row)
        .exec_without_returning(&**tx)
        .await?;
    Ok((id, token))
}

/// The account that a link is for.
///
/// # Errors
/// `link_void`.
pub async fn look(app: &App, token: &str) -> Result<account::Model> {
    Ok(find(app, token).await?.1)
}

/// Gives the account of a link another password, and ends all its sessions. Signing in is left to the sign-in, which may ask for more
/// than a password. Resolves to the account.
///
/// # Errors
/// `link_void`; `invalid_input` for a password that will not do.
pub async fn finish(app: &App, token: &str, new: String, locale: Locale) -> Result<account::Model> {
    let (row, account) = find(app, token).await?;
    if let Some(fault) = password::fault(&new, &account.email) {
        return Err(Error::Invalid(vec![fault]));
    }
    let hash = password::hash(app, new).await?;
    db::retry(async || {
        let tx = app.db.begin().await?;
        // Whoever takes the row away is the one.
        if take(&*tx, row.id).await? != 1 || !set_password(&tx, app, &account, &hash).await? {
            return Err(void());
        }
        address::forget_changes(&tx, account.id).await?;
        watching::devices::forget_all(&tx, account.id).await?;
        emails::queue(&tx, app, Occasion::PasswordChanged, account.id, locale).await?;
        tx.commit().await
    })
    .await?;
    tracing::info!(event = "password_reset", account = %account.id, "security");
    Ok(account)
}

/// The account that a request is about, if there is one, with the token of the link, for the mail about it.
#[expect(clippy::disallowed_methods, reason = "accounts stand above tenants")]
pub async fn to_mail(app: &App, id: Uuid) -> Result<Option<(account::Model, String)>> {
    let found = password_reset::Entity::find_by_id(id)
        .filter(password_reset::Column::ExpiresAt.gt(app.clock.now()))
        .one(app.db.read())
        .await?;
    let Some(row) = found else { return Ok(None) };
    let account = by_email(app.db.read(), &row.email_folded).await?.filter(can_sign_in);
    let token = app.keys.link_token_again(LINK, id, &row.token_hash);
    Ok(account.zip(token))
}

/// Makes the links that wait of an address void: its password or its owner has changed.
#[expect(clippy::disallowed_methods, reason = "accounts stand above tenants")]
pub(super) async fn forget_address(tx: &Tx, folded: &str) -> Result<()> {
    password_reset::Entity::delete_many()
        .filter(password_reset::Column::EmailFolded.eq(folded))
        .exec(&**tx)
        .await?;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "accounts stand above tenants")]
pub(super) async fn forget(tx: &Tx, now: DateTime<Utc>) -> Result<()> {
    password_reset::Entity::delete_many()
        .filter(password_reset::Column::ExpiresAt.lt(now))
        .exec(&**tx)
        .await?;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "accounts stand above tenants")]
async fn find(app: &App, token: &str) -> Result<(password_reset::Model, account::Model)> {
    let db = app.db.read();
    let row = password_reset::Entity::find()
        .filter(password_reset::Column::TokenHash.eq(token_hash(token)))
        .filter(password_reset::Column::ExpiresAt.gt(app.clock.now()))
        .one(db)
        .await?
        .ok_or_else(void)?;
    let account = by_email(db, &row.email_folded).await?.ok_or_else(void)?;
    Ok((row, account))
}

#[expect(clippy::disallowed_methods, reason = "accounts stand above tenants")]
async fn take(tx: &impl ConnectionTrait, id: Uuid) -> Result<u64> {
    let taken = password_reset::Entity::delete_many()
        .filter(password_reset::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(taken.rows_affected)
}

/// Unless its address has become another one in between.
#[expect(clippy::disallowed_methods, reason = "accounts stand above tenants")]
async fn set_password(tx: &Tx, app: &App, account: &account::Model, hash: &str) -> Result<bool> {
    let changed = account::Entity::update_many()
        .col_expr(account::Column::PasswordHash, Expr::value(hash))
        .col_expr(
            account::Column::SessionVersion,
            Expr::col(account::Column::SessionVersion).add(1),
        )
        .col_expr(account::Column::UpdatedAt, Expr::value(app.clock.now()))
        .filter(account::Column::Id.eq(account.id))
        .filter(account::Column::EmailFolded.eq(&*account.email_folded))
        .exec(&**tx)
        .await?;
    Ok(changed.rows_affected == 1)
}

fn void() -> Error {
    Error::refused(ErrorCode::LinkVoid, "Ask for another one.")
}
