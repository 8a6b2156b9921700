//! What operators decide about accounts: kept out, let in again, made and unmade operators.

use ::entity::{account, session};
use sea_orm::prelude::Uuid;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use crate::app::App;
use crate::error::{Error, ErrorCode, Result};
use crate::infra::db::{self, Tx};
use crate::operators::{Operator, acting};
use crate::tenants::suspension::checked_reason;

/// Whether an account may be used.
///
/// # Errors
/// `account_suspended`, with the reason.
pub fn of(account: &account::Model) -> Result<()> {
    match &account.suspended_reason {
        None => Ok(()),
        Some(reason) => Err(Error::refused(
            ErrorCode::AccountSuspended,
            format!("The operator has suspended this account: {reason}"),
        )),
    }
}

/// The same of an account for which a key or a link acts.
///
/// # Errors
/// `account_suspended`; `not_found`.
#[expect(clippy::disallowed_methods, reason = "accounts stand above tenants")]
pub async fn is_good(app: &App, account_id: Uuid) -> Result<()> {
    let account = account::Entity::find_by_id(account_id).one(app.db.read()).await?;
    of(&account.ok_or_else(|| Error::not_found("account"))?)
}

/// Sessions of an account that are open.
#[expect(clippy::disallowed_methods, reason = "sessions belong to accounts, not to tenants")]
pub async fn sessions(app: &App, _: &Operator, account: &account::Model) -> Result<u64> {
    Ok(session::Entity::find()
        .filter(session::Column::AccountId.eq(account.id))
        .filter(session::Column::SessionVersion.eq(account.session_version))
        .filter(session::Column::EndedAt.is_null())
        .filter(session::Column::ExpiresAt.gt(app.clock.now()))
        .count(app.db.read())
        .await?)
}

/// Keeps an account out: its sessions end and its API keys are refused at once. Nobody does it to himself.
///
/// # Errors
/// `not_found`; `not_permitted`; `last_operator`; `invalid_input`.
pub async fn suspend(app: &App, operator: &Operator, account_id: Uuid, reason: &str) -> Result<()> {
    let reason = checked_reason(reason)?;
    if account_id == operator.account_id() {
        return Err(Error::refused(
            ErrorCode::NotPermitted,
            "Another operator may do this, nobody does it to himself.",
        ));
    }
    change(app, operator, account_id, &Change::Suspended(reason)).await
}

/// Lets it in again.
///
/// # Errors
/// `not_found`.
pub async fn resume(app: &App, operator: &Operator, account_id: Uuid) -> Result<()> {
    change(app, operator, account_id, &Change::Resumed).await
}

/// Ends all sessions of an account.
///
/// # Errors
/// `not_found`.
pub async fn end_sessions(app: &App, operator: &Operator, account_id: Uuid) -> Result<()> {
    change(app, operator, account_id, &Change::SignedOut).await
}

/// Makes an account an operator, or one no more.
///
/// # Errors
/// `not_found`; `last_operator`; `account_suspended` for one that is kept out.
pub async fn set_operator(app: &App, operator: &Operator, account_id: Uuid, to: bool) -> Result<()> {
    let change_to = if to { Change::Operator } else { Change::OperatorNoMore };
    change(app, operator, account_id, &change_to).await
}

/// What becomes of an account.
enum Change {
    Suspended(String),
    Resumed,
    SignedOut,
    Operator,
    OperatorNoMore,
}

impl Change {
    fn event(&self) -> &'static str {
        match self {
            Change::Suspended(_) => "account_suspended",
            Change::Resumed => "account_resumed",
            Change::SignedOut => "account_signed_out",
            Change::Operator => "operator_made",
            Change::OperatorNoMore => "operator_unmade",
        }
    }

    /// Whether the account could operate the platform before and cannot after it.
    fn takes_an_operator(&self) -> bool {
        matches!(self, Change::Suspended(_) | Change::OperatorNoMore)
    }
}

#[expect(clippy::disallowed_methods, reason = "accounts stand above tenants")]
async fn change(app: &App, operator: &Operator, account_id: Uuid, change: &Change) -> Result<()> {
    db::retry(async || {
        let now = app.clock.now();
        let tx = app.db.begin().await?;
        if change.takes_an_operator() {
            others_remain(&tx, account_id).await?;
        }
        let account = account::Entity::find_by_id(account_id)
            .lock_exclusive()
            .one(&*tx)
            .await?
            .ok_or_else(|| Error::not_found("account"))?;
        let version = account.session_version;
        let is_good = of(&account);
        let mut row: account::ActiveModel = account.into();
        match change {
            Change::Suspended(reason) => {
                row.suspended_at = Set(Some(now));
                row.suspended_reason = Set(Some(reason.clone()));
                row.session_version = Set(version + 1);
            }
            Change::Resumed => {
                row.suspended_at = Set(None);
                row.suspended_reason = Set(None);
            }
            Change::SignedOut => row.session_version = Set(version + 1),
            Change::Operator => {
                is_good?;
                row.operator = Set(true);
            }
            Change::OperatorNoMore => row.operator = Set(false),
        }
        row.updated_at = Set(now);
        row.update(&*tx).await?;
        if change.takes_an_operator() {
            acting::end_of(&tx, app, account_id, now).await?;
        }
        tx.commit().await?;
        operator.log(change.event(), account_id);
        Ok(())
    })
    .await
}

/// # Errors
/// `last_operator` if nobody else could operate the platform.
#[expect(clippy::disallowed_methods, reason = "accounts stand above tenants")]
pub(super) async fn others_remain(tx: &Tx, account_id: Uuid) -> Result<()> {
    // All of them, always in this order, so that two who take each other's place at once are counted one after the other.
    let operators = account::Entity::find()
        .filter(account::Column::Operator.eq(true))
        .order_by_asc(account::Column::Id)
        .lock_exclusive()
        .all(&**tx)
        .await?;
    match operators.iter().any(|one| one.id != account_id && of(one).is_ok()) {
        true => Ok(()),
        false => Err(Error::refused(
            ErrorCode::LastOperator,
            "Make somebody else an operator first.",
        )),
    }
}
