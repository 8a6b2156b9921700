//! Once more: is it you? Asked before an account's doors are changed, where the sign-in is some minutes old.

use ::entity::session;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::passkeys::{self, Challenge, Purpose};
use super::{Shown, Taken, of, take};
use crate::accounts::{SignedIn, password};
use crate::app::App;
use crate::error::{Error, ErrorCode, FieldCode, Result};

/// Proof that whoever is signed in has shown, a moment ago, all that the account has; only [`demand`] makes one.
pub struct Confirmed<'caller>(&'caller SignedIn);

impl Confirmed<'_> {
    pub fn caller(&self) -> &SignedIn {
        self.0
    }

    pub fn account_id(&self) -> Uuid {
        self.0.account().id
    }
}

/// What somebody shows to confirm.
pub struct Proof {
    pub password: Option<String>,
    pub shown: Option<Shown>,
}

/// Until when the caller needs not confirm; none if he does now.
pub fn confirmed_until(app: &App, caller: &SignedIn) -> Option<DateTime<Utc>> {
    let until = caller.confirmed_at()? + TimeDelta::minutes(app.config.confirm_minutes);
    (app.clock.now() < until).then_some(until)
}

/// Demands that the caller has signed in, or confirmed, within the last minutes.
///
/// # Errors
/// `confirmation_needed`.
pub fn demand<'caller>(app: &App, caller: &'caller SignedIn) -> Result<Confirmed<'caller>> {
    match confirmed_until(app, caller) {
        Some(_) => Ok(Confirmed(caller)),
        None => Err(Error::refused(
            ErrorCode::ConfirmationNeeded,
            "Show once more what you sign in with: POST /v1/admin/me/confirmation.",
        )),
    }
}

/// Asks for one of the caller's passkeys.
///
/// # Errors
/// `not_found` where there is none that could answer.
pub async fn ask(app: &App, caller: &SignedIn) -> Result<Challenge> {
    let known = of(app.db.read(), caller.account().id).await?.passkeys;
    passkeys::ask_for(app, Purpose::Confirming(caller.session_id()), &known)?.ok_or_else(|| Error::not_found("passkey"))
}

/// Confirms, and says until when that holds.
///
/// # Errors
/// `wrong_factor`; `invalid_input` for a wrong password and for what is missing.
#[expect(clippy::disallowed_methods, reason = "sessions belong to accounts, not to tenants")]
pub async fn confirm(app: &App, caller: &SignedIn, proof: Proof) -> Result<DateTime<Utc>> {
    let account = caller.account();
    let password_was_right = match proof.password {
        Some(typed) => Some(password::is_of(app, typed, account).await?),
        None => None,
    };
    if password_was_right == Some(false) {
        return Err(Error::invalid(
            "/password",
            FieldCode::Invalid,
            "This is not the password of the account.",
        ));
    }
    let now = app.clock.now();
    let tx = app.db.begin().await?;
    let taken = match proof.shown {
        Some(shown) => Some(take(&tx, app, account.id, Purpose::Confirming(caller.session_id()), shown).await?),
        None => None,
    };
    let factors_are_set = of(&*tx, account.id).await?.are_set() || taken.is_some();
    if let Some(missing) = missing(password_was_right.is_some(), factors_are_set, taken) {
        return Err(Error::invalid(
            missing,
            FieldCode::Required,
            "Send the password and, where the account has one, a second factor; or a passkey whose device asks who you are.",
        ));
    }
    session::Entity::update_many()
        .col_expr(session::Column::ConfirmedAt, Expr::value(now))
        .filter(session::Column::Id.eq(caller.session_id()))
        .filter(session::Column::AccountId.eq(account.id))
        .filter(session::Column::EndedAt.is_null())
        .exec(&*tx)
        .await?;
    tx.commit().await?;
    tracing::info!(event = "confirmed", account = %account.id, "security");
    Ok(now + TimeDelta::minutes(app.config.confirm_minutes))
}

/// What is missing from a proof whose parts are right, if anything: the pointer to it.
fn missing(password: bool, factors_are_set: bool, taken: Option<Taken>) -> Option<&'static str> {
    match (password, taken) {
        // A passkey whose device knows its holder says as much as password and code together.
        (_, Some(taken)) if taken.verified => None,
        (true, Some(_)) => None,
        (true, None) if !factors_are_set => None,
        (true, None) => Some("/code"),
        (false, _) => Some("/password"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::factors::Factor;

    #[test]
    fn what_the_account_has_is_what_is_demanded() {
        let shown = |verified| {
            Some(Taken {
                factor: Factor::Passkey,
                verified,
            })
        };
        for (password, factors, taken, lacks) in [
            (true, false, None, None),
            (false, false, None, Some("/password")),
            (true, true, None, Some("/code")),
            (false, true, None, Some("/password")),
            (false, true, shown(false), Some("/password")),
            (true, true, shown(false), None),
            (false, true, shown(true), None),
            (true, true, shown(true), None),
        ] {
            assert_eq!(
                missing(password, factors, taken),
                lacks,
                "{password} {factors} {taken:?}"
            );
        }
    }
}
