//! What an account shows beside its password, or instead of it: codes of an authenticator app, passkeys, recovery codes.
//!
//! As soon as an account has an authenticator app or a passkey, its password alone opens nothing. Recovery codes come with the first
//! of them and go with the last.

pub mod confirmation;
pub mod passkeys;
pub mod recovery;
pub mod steps;
pub mod totp;

use ::entity::{account, authenticator, passkey, recovery_code, session, sign_in_step};
use chrono::{DateTime, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder};

use super::{by_email, own};
use crate::app::App;
use crate::error::{Error, ErrorCode, Result};
use crate::infra::db::Tx;
use crate::text;
use confirmation::Confirmed;
use passkeys::Answer;

/// What somebody can show after his password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Totp,
    Passkey,
    Recovery,
}

/// What a session was opened with, beside the password or instead of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Factor {
    Totp,
    Passkey,
    Recovery,
    PasskeyAlone,
}

impl Factor {
    /// The name in the database.
    pub fn name(self) -> &'static str {
        match self {
            Factor::Totp => "totp",
            Factor::Passkey => "passkey",
            Factor::Recovery => "recovery",
            Factor::PasskeyAlone => "passkey_alone",
        }
    }

    pub fn of(name: &str) -> Option<Factor> {
        [Factor::Totp, Factor::Passkey, Factor::Recovery, Factor::PasskeyAlone]
            .into_iter()
            .find(|factor| factor.name() == name)
    }
}

/// A second factor, as it was sent.
pub enum Shown {
    Code(String),
    RecoveryCode(String),
    Passkey(Answer),
}

/// A second factor that was right, and cannot be shown again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    pub factor: Factor,
    /// Whether the device made sure who holds it.
    pub verified: bool,
}

/// What an account has.
pub struct Factors {
    pub authenticator: Option<authenticator::Model>,
    /// The oldest first.
    pub passkeys: Vec<passkey::Model>,
    pub recovery_codes: u64,
}

impl Factors {
    /// Whether the password alone opens nothing.
    pub fn are_set(&self) -> bool {
        self.authenticator.is_some() || !self.passkeys.is_empty()
    }

    /// What can be shown on this server.
    pub fn kinds(&self, app: &App) -> Vec<Kind> {
        let offered = [
            (Kind::Passkey, !self.passkeys.is_empty() && passkeys::party(app).is_ok()),
            (Kind::Totp, self.authenticator.is_some()),
            (Kind::Recovery, self.recovery_codes > 0),
        ];
        offered
            .into_iter()
            .filter(|(_, there)| *there)
            .map(|(kind, _)| kind)
            .collect()
    }
}

/// What this account has.
#[expect(clippy::disallowed_methods, reason = "factors belong to accounts, not to tenants")]
pub async fn of(db: &impl ConnectionTrait, account_id: Uuid) -> Result<Factors> {
    let authenticator = authenticator::Entity::find_by_id(account_id).one(db).await?;
    let passkeys = passkey::Entity::find()
        .filter(passkey::Column::AccountId.eq(account_id))
        .order_by_asc(passkey::Column::Id)
        .all(db)
        .await?;
    let recovery_codes = recovery_code::Entity::find()
        .filter(recovery_code::Column::AccountId.eq(account_id))
        .count(db)
        .await?;
    Ok(Factors {
        authenticator,
        passkeys,
        recovery_codes,
    })
}

/// Takes what somebody shows, in the transaction of what he shows it for. `asked_for` is what a passkey was asked in the name of.
///
/// # Errors
/// `wrong_factor`, whatever was wrong with it; the transaction is to be dropped then.
async fn take(tx: &Tx, app: &App, account_id: Uuid, asked_for: passkeys::Purpose, shown: Shown) -> Result<Taken> {
    let unverified = |factor| Taken {
        factor,
        verified: false,
    };
    match shown {
        Shown::Code(code) => {
            totp::spend(tx, app, account_id, &code).await?;
            Ok(unverified(Factor::Totp))
        }
        Shown::RecoveryCode(code) => {
            recovery::spend(tx, app, account_id, &code).await?;
            Ok(unverified(Factor::Recovery))
        }
        Shown::Passkey(answer) => {
            let verified = passkeys::spend(tx, app, account_id, asked_for, &answer).await?;
            Ok(Taken {
                factor: Factor::Passkey,
                verified,
            })
        }
    }
}

fn wrong() -> Error {
    Error::refused(ErrorCode::WrongFactor, "Check it and try again.")
}

/// Changes to the factors of one account stand in one line.
#[expect(clippy::disallowed_methods, reason = "accounts stand above tenants")]
async fn hold(tx: &Tx, app: &App, account_id: Uuid) -> Result<()> {
    account::Entity::update_many()
        .col_expr(account::Column::UpdatedAt, Expr::value(app.clock.now()))
        .filter(account::Column::Id.eq(account_id))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// What follows when an account gets its first factor: recovery codes, and an end to sessions that were opened without one.
async fn begun(tx: &Tx, app: &App, by: &Confirmed<'_>) -> Result<Vec<String>> {
    own::end_others(tx, app, by.caller()).await?;
    recovery::make(tx, app, by.account_id()).await
}

/// What follows when it may have lost its last one.
async fn ended(tx: &Tx, account_id: Uuid) -> Result<()> {
    if of(&**tx, account_id).await?.are_set() {
        return Ok(());
    }
    recovery::forget(tx, account_id).await
}

/// What was taken from somebody who has lost it.
pub struct Reset {
    pub account: account::Model,
    pub authenticator: bool,
    pub passkeys: usize,
    pub recovery_codes: u64,
}

/// Takes away all factors of an account, and ends its sessions: for the operator at the command line, when somebody has lost what he
/// signed in with. The password stays.
///
/// # Errors
/// `not_found`.
#[expect(clippy::disallowed_methods, reason = "accounts stand above tenants")]
pub async fn reset(app: &App, email: &str) -> Result<Reset> {
    let nobody = || Error::not_found("account");
    let address = text::email(email).ok().flatten().ok_or_else(nobody)?;
    let tx = app.db.begin().await?;
    let account = by_email(&*tx, &address.folded).await?.ok_or_else(nobody)?;
    hold(&tx, app, account.id).await?;
    let had = of(&*tx, account.id).await?;
    authenticator::Entity::delete_by_id(account.id).exec(&*tx).await?;
    passkey::Entity::delete_many()
        .filter(passkey::Column::AccountId.eq(account.id))
        .exec(&*tx)
        .await?;
    recovery::forget(&tx, account.id).await?;
    sign_in_step::Entity::delete_many()
        .filter(sign_in_step::Column::AccountId.eq(account.id))
        .exec(&*tx)
        .await?;
    account::Entity::update_many()
        .col_expr(
            account::Column::SessionVersion,
            Expr::col(account::Column::SessionVersion).add(1),
        )
        .filter(account::Column::Id.eq(account.id))
        .exec(&*tx)
        .await?;
    session::Entity::update_many()
        .col_expr(session::Column::EndedAt, Expr::value(app.clock.now()))
        .filter(session::Column::AccountId.eq(account.id))
        .filter(session::Column::EndedAt.is_null())
        .exec(&*tx)
        .await?;
    tx.commit().await?;
    tracing::warn!(
        event = "factors_reset",
        account = %account.id,
        authenticator = had.authenticator.is_some(),
        passkeys = had.passkeys.len(),
        "security"
    );
    Ok(Reset {
        account,
        authenticator: had.authenticator.is_some(),
        passkeys: had.passkeys.len(),
        recovery_codes: had.recovery_codes,
    })
}

/// Forgets what nobody can use any more; part of the retention job.
pub async fn forget(tx: &Tx, now: DateTime<Utc>) -> Result<()> {
    steps::forget(tx, now).await?;
    passkeys::forget_spent(tx, now).await
}
