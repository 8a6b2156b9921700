//! Signing up where mail is configured: there is an account once somebody has shown that the address is his, by the link that went
//! there, and that it was he who asked, by the password that he chose. The link alone would let a stranger prepare an account, with a
//! password of his own, that the address's owner then confirms for him.

use ::entity::sign_up;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Set};

use super::{Admitted, Applicant, Opened, check, insert, open_session, password, sign_up_closed};
use crate::app::App;
use crate::config::SignUp;
use crate::emails;
use crate::error::{Error, ErrorCode, FieldCode, Result};
use crate::infra::db::{self, Tx};
use crate::infra::signing::token_hash;
use crate::job::{Locale, Occasion};

const LINK: &str = "sign up";

/// Keeps what somebody typed and mails him a link. The same is done for an address that has an account: which mail goes there is
/// decided when it is written, so that neither the answer nor its time tells.
pub(super) async fn begin(app: &App, applicant: Applicant, locale: Locale) -> Result<()> {
    let admitted = check(app, applicant).await?;
    if !emails::may_go(app, "sign_up", &admitted.folded).await {
        return Ok(());
    }
    let now = app.clock.now();
    let id = app.clock.new_id();
    let (_, token_hash) = app.keys.link_token(LINK, id);
    let row = sign_up::ActiveModel {
        id: Set(id),
        email: Set(admitted.email),
        email_folded: Set(admitted.folded),
        name: Set(admitted.name),
        password_hash: Set(admitted.password_hash),
        token_hash: Set(token_hash),
        created_at: Set(now),
        expires_at: Set(now + TimeDelta::hours(app.config.verify_hours)),
    };
    db::retry(async || {
        let tx = app.db.begin().await?;
        sign_up::Entity::insert(row.clone())
            .exec_without_returning(&*tx)
            .await?;
        emails::queue(&tx, app, Occasion::SignUp, id, locale).await?;
        tx.commit().await
    })
    .await
}

/// What a link is about.
///
/// # Errors
/// `link_void`.
#[expect(clippy::disallowed_methods, reason = "accounts stand above tenants")]
pub async fn look(app: &App, token: &str) -> Result<sign_up::Model> {
    sign_up::Entity::find()
        .filter(sign_up::Column::TokenHash.eq(token_hash(token)))
        .filter(sign_up::Column::ExpiresAt.gt(app.clock.now()))
        .one(app.db.read())
        .await?
        .ok_or_else(void)
}

/// Makes the account and signs in.
///
/// # Errors
/// `link_void`; `invalid_input` for another password than the one that was chosen; `sign_up_closed`.
pub async fn verify(app: &App, token: &str, chosen: String, user_agent: Option<&str>) -> Result<Opened> {
    if app.config.sign_up != SignUp::Open {
        return Err(sign_up_closed());
    }
    let row = look(app, token).await?;
    let is_short = chosen.len() <= 4 * password::LONGEST;
    if !is_short || !password::matches(app, chosen, Some(row.password_hash.clone())).await? {
        return Err(Error::invalid(
            "/password",
            FieldCode::Invalid,
            "This is not the password that was chosen with this sign-up.",
        ));
    }
    let opened = db::retry(async || {
        let tx = app.db.begin().await?;
        // Whoever takes the row away makes the account.
        if take(&*tx, row.id).await? != 1 {
            return Err(void());
        }
        let admitted = Admitted {
            email: row.email.clone(),
            folded: row.email_folded.clone(),
            name: row.name.clone(),
            password_hash: row.password_hash.clone(),
        };
        let account = insert(&tx, app, admitted, false).await.map_err(|error| match error {
            Error::Refused(ErrorCode::AlreadyExists, _) => void(),
            other => other,
        })?;
        forget_address(&tx, &row.email_folded).await?;
        let opened = open_session(&tx, app, account, user_agent, None).await?;
        tx.commit().await?;
        Ok(opened)
    })
    .await?;
    tracing::info!(event = "address_verified", account = %opened.account.id, "security");
    Ok(opened)
}

/// A sign-up that still waits, with the token of its link, for the mail about it.
#[expect(clippy::disallowed_methods, reason = "accounts stand above tenants")]
pub async fn to_mail(app: &App, id: Uuid) -> Result<Option<(sign_up::Model, String)>> {
    let found = sign_up::Entity::find_by_id(id)
        .filter(sign_up::Column::ExpiresAt.gt(app.clock.now()))
        .one(app.db.read())
        .await?;
    let Some(row) = found else { return Ok(None) };
    let token = app.keys.link_token_again(LINK, id, &row.token_hash);
    Ok(token.map(|token| (row, token)))
}

/// Forgets what waits of an address.
#[expect(clippy::disallowed_methods, reason = "accounts stand above tenants")]
pub(super) async fn forget_address(tx: &Tx, folded: &str) -> Result<()> {
    sign_up::Entity::delete_many()
        .filter(sign_up::Column::EmailFolded.eq(folded))
        .exec(&**tx)
        .await?;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "accounts stand above tenants")]
pub(super) async fn forget(tx: &Tx, now: DateTime<Utc>) -> Result<()> {
    sign_up::Entity::delete_many()
        .filter(sign_up::Column::ExpiresAt.lt(now))
        .exec(&**tx)
        .await?;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "accounts stand above tenants")]
async fn take(tx: &impl ConnectionTrait, id: Uuid) -> Result<u64> {
    let taken = sign_up::Entity::delete_many()
        .filter(sign_up::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(taken.rows_affected)
}

fn void() -> Error {
    Error::refused(
        ErrorCode::LinkVoid,
        "Sign in if there is an account for this address; if not, sign up again.",
    )
}
