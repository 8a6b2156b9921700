//! Recovery codes: ten, shown once, each good once, for whoever has lost the rest.

use ::entity::recovery_code;
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};

use super::confirmation::Confirmed;
use super::{hold, of, wrong};
use crate::app::App;
use crate::error::{Error, ErrorCode, Result};
use crate::infra::db::Tx;
use crate::infra::signing::fresh_code;

/// How many are made.
pub const MADE: usize = 10;
/// Under which key their hashes are made: the database alone is no list of codes to try.
const PURPOSE: &str = "recovery code";

/// Gives the caller new codes; those before are void.
///
/// # Errors
/// `state_changed` for an account without a second factor, which needs none.
pub async fn renew(app: &App, by: &Confirmed<'_>) -> Result<Vec<String>> {
    let tx = app.db.begin().await?;
    hold(&tx, app, by.account_id()).await?;
    if !of(&*tx, by.account_id()).await?.are_set() {
        return Err(Error::refused(
            ErrorCode::StateChanged,
            "Recovery codes stand in for a second factor, and there is none.",
        ));
    }
    let codes = make(&tx, app, by.account_id()).await?;
    tx.commit().await?;
    tracing::info!(event = "recovery_codes_made", account = %by.account_id(), "security");
    Ok(codes)
}

/// Makes codes in place of those before.
pub(super) async fn make(tx: &Tx, app: &App, account_id: Uuid) -> Result<Vec<String>> {
    forget(tx, account_id).await?;
    let codes: Vec<String> = (0..MADE).map(|_| fresh_code()).collect();
    let rows = codes.iter().map(|code| recovery_code::ActiveModel {
        id: Set(app.clock.new_id()),
        account_id: Set(account_id),
        code_hash: Set(app.keys.pseudonym(PURPOSE, &plain(code))),
        created_at: Set(app.clock.now()),
    });
    recovery_code::Entity::insert_many(rows)
        .exec_without_returning(&**tx)
        .await?;
    Ok(codes)
}

/// Takes a code, which is gone then.
///
/// # Errors
/// `wrong_factor`.
#[expect(clippy::disallowed_methods, reason = "codes belong to accounts, not to tenants")]
pub(super) async fn spend(tx: &Tx, app: &App, account_id: Uuid, code: &str) -> Result<()> {
    let gone = recovery_code::Entity::delete_many()
        .filter(recovery_code::Column::AccountId.eq(account_id))
        .filter(recovery_code::Column::CodeHash.is_in(app.keys.pseudonyms(PURPOSE, &plain(code))))
        .exec(&**tx)
        .await?;
    match gone.rows_affected {
        1 => Ok(()),
        _ => Err(wrong()),
    }
}

#[expect(clippy::disallowed_methods, reason = "codes belong to accounts, not to tenants")]
pub(super) async fn forget(tx: &Tx, account_id: Uuid) -> Result<()> {
    recovery_code::Entity::delete_many()
        .filter(recovery_code::Column::AccountId.eq(account_id))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// A code without what people put between its letters.
fn plain(code: &str) -> String {
    code.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .take(100)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_the_same_however_it_is_typed() {
        for typed in [
            "abcd-efgh-2345",
            "ABCD EFGH 2345",
            " abcdefgh2345\n",
            "ab-cd-ef-gh-23-45",
        ] {
            assert_eq!(plain(typed), "abcdefgh2345");
        }
    }
}
