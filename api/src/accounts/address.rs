//! Another mail address for an account. Both addresses confirm it: the one to come, that it is his; the one to go, that it was he who
//! asked. Whoever found an open session and knows the password still does not take the account away from its mailbox.

use ::entity::{account, email_change};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::Condition;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Set};

use super::{SignedIn, by_email, own, reset, signing_up};
use crate::app::App;
use crate::emails;
use crate::error::{Error, ErrorCode, FieldCode, Result};
use crate::infra::db::{self, Tx, is_taken};
use crate::infra::signing::token_hash;
use crate::job::{Locale, Occasion};
use crate::text::{self, Email};

/// For which both have time.
const LIFE: TimeDelta = TimeDelta::days(2);

/// Which of the two addresses a link went to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    ToCome,
    ToGo,
}

impl Side {
    fn link(self) -> &'static str {
        match self {
            Side::ToCome => "address to come",
            Side::ToGo => "address to go",
        }
    }
}

/// What came of the wish.
pub enum Begun {
    /// No mail is configured, so that nobody can be asked.
    Changed,
    Asked(email_change::Model),
}

/// What a link is about.
pub struct Pending {
    pub change: email_change::Model,
    pub account: account::Model,
    pub side: Side,
}

/// Begins the change, in place of one that waits. An address that has an account is not told: its owner is.
///
/// # Errors
/// `invalid_input` for a wrong password and for what is no other address; without mail, `already_exists`.
pub async fn begin(app: &App, caller: &SignedIn, current: String, email: &str, locale: Locale) -> Result<Begun> {
    let row = caller.account();
    own::confirm(app, caller, current, "/password").await?;
    let address = text::email(email).ok().flatten();
    let address = address.filter(|address| address.folded != row.email_folded && !address.folded.ends_with(".invalid"));
    let address = address.ok_or_else(|| {
        Error::invalid(
            "/email",
            FieldCode::Invalid,
            "It must be another address, and look like name@example.org.",
        )
    })?;
    if !app.mailer.is_configured() {
        let tx = app.db.begin().await?;
        set(&tx, app, row.clone(), &address).await?;
        tx.commit().await?;
        return Ok(Begun::Changed);
    }
    let now = app.clock.now();
    let id = app.clock.new_id();
    let hash = |side: Side| app.keys.link_token(side.link(), id).1;
    let change = email_change::ActiveModel {
        id: Set(id),
        account_id: Set(row.id),
        email: Set(address.address),
        email_folded: Set(address.folded),
        to_come_hash: Set(hash(Side::ToCome)),
        to_go_hash: Set(hash(Side::ToGo)),
        to_come_at: Set(None),
        to_go_at: Set(None),
        created_at: Set(now),
        expires_at: Set(now + LIFE),
    };
    let change = db::retry(async || {
        let tx = app.db.begin().await?;
        forget_changes(&tx, row.id).await?;
        let change = change.clone().insert(&*tx).await?;
        emails::queue(&tx, app, Occasion::EmailToCome, id, locale).await?;
        emails::queue(&tx, app, Occasion::EmailToGo, id, locale).await?;
        tx.commit().await?;
        Ok(change)
    })
    .await?;
    tracing::info!(event = "address_change_asked", account = %row.id, "security");
    Ok(Begun::Asked(change))
}

/// The change that waits of an account.
#[expect(clippy::disallowed_methods, reason = "accounts stand above tenants")]
pub async fn waiting(app: &App, account_id: Uuid) -> Result<Option<email_change::Model>> {
    Ok(email_change::Entity::find()
        .filter(email_change::Column::AccountId.eq(account_id))
        .filter(email_change::Column::ExpiresAt.gt(app.clock.now()))
        .one(app.db.read())
        .await?)
}

/// What a link is about.
///
/// # Errors
/// `link_void`.
pub async fn look(app: &App, token: &str) -> Result<Pending> {
    find(app, app.db.read(), token, false).await
}

/// Confirms by a link. Resolves to what it was about, and to whether the address has changed with it.
///
/// # Errors
/// `link_void`, also where the address has come to have an account in between.
pub async fn confirm(app: &App, token: &str) -> Result<(Pending, bool)> {
    let (pending, is_done) = db::retry(async || {
        let now = app.clock.now();
        let tx = app.db.begin().await?;
        // Held, so that of two who confirm at once one is the second.
        let mut pending = find(app, &*tx, token, true).await?;
        match pending.side {
            Side::ToCome => pending.change.to_come_at = Some(now),
            Side::ToGo => pending.change.to_go_at = Some(now),
        }
        let is_done = pending.change.to_come_at.is_some() && pending.change.to_go_at.is_some();
        if is_done {
            finish(&tx, app, &pending).await?;
        } else {
            let change = email_change::ActiveModel {
                to_come_at: Set(pending.change.to_come_at),
                to_go_at: Set(pending.change.to_go_at),
                ..pending.change.clone().into()
            };
            change.update(&*tx).await?;
        }
        tx.commit().await?;
        Ok((pending, is_done))
    })
    .await?;
    if is_done {
        tracing::info!(event = "address_changed", account = %pending.account.id, "security");
    }
    Ok((pending, is_done))
}

/// Stops a change by one of its links.
///
/// # Errors
/// `link_void`.
pub async fn stop(app: &App, token: &str) -> Result<()> {
    let tx = app.db.begin().await?;
    let pending = find(app, &*tx, token, true).await?;
    forget_changes(&tx, pending.account.id).await?;
    tx.commit().await?;
    tracing::warn!(event = "address_change_stopped", account = %pending.account.id, "security");
    Ok(())
}

/// Takes back the caller's own wish, if one waits.
pub async fn take_back(app: &App, caller: &SignedIn) -> Result<()> {
    let tx = app.db.begin().await?;
    forget_changes(&tx, caller.account().id).await?;
    tx.commit().await
}

/// A change that waits, with the token of the link that goes to one of the addresses, for the mail about it. And whether the address to
/// come has an account, whose owner is then told, and gets no link.
#[expect(clippy::disallowed_methods, reason = "accounts stand above tenants")]
pub async fn to_mail(app: &App, id: Uuid, side: Side) -> Result<Option<(Pending, String, bool)>> {
    let db = app.db.read();
    let found = email_change::Entity::find_by_id(id)
        .filter(email_change::Column::ExpiresAt.gt(app.clock.now()))
        .one(db)
        .await?;
    let Some(change) = found else { return Ok(None) };
    let hash = match side {
        Side::ToCome => &change.to_come_hash,
        Side::ToGo => &change.to_go_hash,
    };
    let token = app.keys.link_token_again(side.link(), id, hash);
    let account = account::Entity::find_by_id(change.account_id).one(db).await?;
    let is_taken = by_email(db, &change.email_folded).await?.is_some();
    let found = account.zip(token).map(|(account, token)| {
        let pending = Pending { change, account, side };
        (pending, token, is_taken)
    });
    Ok(found)
}

/// Makes the changes that wait of an account void; how many.
#[expect(clippy::disallowed_methods, reason = "accounts stand above tenants")]
pub(super) async fn forget_changes(tx: &Tx, account_id: Uuid) -> Result<u64> {
    let gone = email_change::Entity::delete_many()
        .filter(email_change::Column::AccountId.eq(account_id))
        .exec(&**tx)
        .await?;
    Ok(gone.rows_affected)
}

#[expect(clippy::disallowed_methods, reason = "accounts stand above tenants")]
pub(super) async fn forget(tx: &Tx, now: DateTime<Utc>) -> Result<()> {
    email_change::Entity::delete_many()
        .filter(email_change::Column::ExpiresAt.lt(now))
        .exec(&**tx)
        .await?;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "accounts stand above tenants")]
async fn find(app: &App, db: &impl ConnectionTrait, token: &str, hold: bool) -> Result<Pending> {
    let hash = token_hash(token);
    let either = Condition::any()
        .add(email_change::Column::ToComeHash.eq(hash.clone()))
        .add(email_change::Column::ToGoHash.eq(hash.clone()));
    let mut select = email_change::Entity::find()
        .filter(either)
        .filter(email_change::Column::ExpiresAt.gt(app.clock.now()));
    if hold {
        select = select.lock_exclusive();
    }
    let change = select.one(db).await?.ok_or_else(void)?;
    let account = account::Entity::find_by_id(change.account_id).one(db).await?;
    let side = match change.to_come_hash == hash {
        true => Side::ToCome,
        false => Side::ToGo,
    };
    let account = account.ok_or_else(void)?;
    Ok(Pending { change, account, side })
}

async fn finish(tx: &Tx, app: &App, pending: &Pending) -> Result<()> {
    let Pending { change, account, .. } = pending;
    let address = Email {
        address: change.email.clone(),
        folded: change.email_folded.clone(),
    };
    forget_changes(tx, account.id).await?;
    let set = set(tx, app, account.clone(), &address).await;
    set.map_err(|error| match error {
        Error::Refused(ErrorCode::AlreadyExists, _) => void(),
        other => other,
    })
}

/// Gives the account the address. Links that went to the former one lead nowhere any more.
async fn set(tx: &Tx, app: &App, account: account::Model, address: &Email) -> Result<()> {
    reset::forget_address(tx, &account.email_folded).await?;
    signing_up::forget_address(tx, &address.folded).await?;
    let mut row: account::ActiveModel = account.into();
    row.email = Set(address.address.clone());
    row.email_folded = Set(address.folded.clone());
    row.updated_at = Set(app.clock.now());
    row.update(&**tx)
        .await
        .map(|_| ())
        .map_err(|error| match is_taken(&error) {
            true => Error::refused(ErrorCode::AlreadyExists, "There is an account with this mail address."),
            false => error.into(),
        })
}

fn void() -> Error {
    Error::refused(
        ErrorCode::LinkVoid,
        "Ask for the change again, on the page of your account.",
    )
}
