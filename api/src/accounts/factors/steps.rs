//! The second half of a sign-in: the password was right, and the account has a second factor.

use ::entity::{account, sign_in_step};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use super::passkeys::{self, Challenge, Purpose};
use super::{Factors, Kind, Shown, take};
use crate::accounts::{Opened, open_session};
use crate::app::App;
use crate::error::{Error, ErrorCode, Result};
use crate::infra::db::Tx;
use crate::infra::signing::{fresh_token, token_hash};

/// How long the second half may take.
pub const LIFE: TimeDelta = TimeDelta::minutes(5);
/// How often a second factor may be shown in one sign-in.
const TRIES: i32 = 5;
/// Sign-ins of one account that wait at the same time; the oldest makes room.
const WAITING: u64 = 10;

/// A sign-in that waits for its second factor: what its holder is told.
pub struct Step {
    pub token: String,
    pub kinds: Vec<Kind>,
    /// For the passkeys of the account, if it has any.
    pub passkey: Option<Challenge>,
}

/// One try of a sign-in that waits; it counts already.
pub struct Try {
    id: Uuid,
    account_id: Uuid,
    password_mark: Vec<u8>,
}

impl Try {
    pub fn account_id(&self) -> Uuid {
        self.account_id
    }
}

/// Notes that the password was right.
pub async fn begin(app: &App, account: &account::Model, factors: &Factors) -> Result<Step> {
    let now = app.clock.now();
    let id = app.clock.new_id();
    let (token, hash) = fresh_token();
    let tx = app.db.begin().await?;
    make_room(&tx, account.id, now).await?;
    let row = sign_in_step::ActiveModel {
        id: Set(id),
        account_id: Set(account.id),
        token_hash: Set(hash),
        password_mark: Set(mark(account)),
        tries: Set(0),
        created_at: Set(now),
        expires_at: Set(now + LIFE),
    };
    sign_in_step::Entity::insert(row).exec_without_returning(&*tx).await?;
    tx.commit().await?;
    Ok(Step {
        token,
        kinds: factors.kinds(app),
        passkey: passkeys::ask_for(app, Purpose::Step(id), &factors.passkeys)?,
    })
}

/// Counts a try before anything is looked at, so that those who try at once count, too.
///
/// # Errors
/// `sign_in_over` for a token that is unknown, used, too old or was tried too often.
#[expect(clippy::disallowed_methods, reason = "sign-ins belong to accounts, not to tenants")]
pub async fn count_try(app: &App, token: &str) -> Result<Try> {
    let hash = token_hash(token);
    let tx = app.db.begin().await?;
    let counted = sign_in_step::Entity::update_many()
        .col_expr(
            sign_in_step::Column::Tries,
            Expr::col(sign_in_step::Column::Tries).add(1),
        )
        .filter(sign_in_step::Column::TokenHash.eq(hash.clone()))
        .filter(sign_in_step::Column::Tries.lt(TRIES))
        .filter(sign_in_step::Column::ExpiresAt.gt(app.clock.now()))
        .exec(&*tx)
        .await?;
    if counted.rows_affected != 1 {
        return Err(over());
    }
    let row = sign_in_step::Entity::find()
        .filter(sign_in_step::Column::TokenHash.eq(hash))
        .one(&*tx)
        .await?
        .ok_or_else(over)?;
    tx.commit().await?;
    Ok(Try {
        id: row.id,
        account_id: row.account_id,
        password_mark: row.password_mark,
    })
}

/// Signs in by the second factor.
///
/// # Errors
/// `wrong_factor`; `sign_in_over` where somebody was faster, or the password is another one now.
#[expect(clippy::disallowed_methods, reason = "sign-ins belong to accounts, not to tenants")]
pub async fn finish(app: &App, this: Try, shown: Shown, user_agent: Option<&str>) -> Result<Opened> {
    let tx = app.db.begin().await?;
    let gone = sign_in_step::Entity::delete_by_id(this.id).exec(&*tx).await?;
    if gone.rows_affected != 1 {
        return Err(over());
    }
    let account = account::Entity::find_by_id(this.account_id)
        .one(&*tx)
        .await?
        .filter(|account| mark(account) == this.password_mark)
        .ok_or_else(over)?;
    let taken = take(&tx, app, account.id, Purpose::Step(this.id), shown)
        .await
        .inspect_err(|_| tracing::info!(event = "second_factor_refused", account = %account.id, "security"))?;
    let opened = open_session(&tx, app, account, user_agent, Some(taken.factor)).await?;
    tx.commit().await?;
    tracing::info!(event = "signed_in", account = %opened.account.id, by = taken.factor.name(), "security");
    Ok(opened)
}

/// Forgets sign-ins that were not gone on with.
#[expect(clippy::disallowed_methods, reason = "sign-ins belong to accounts, not to tenants")]
pub(super) async fn forget(tx: &Tx, now: DateTime<Utc>) -> Result<()> {
    sign_in_step::Entity::delete_many()
        .filter(sign_in_step::Column::ExpiresAt.lt(now))
        .exec(&**tx)
        .await?;
    Ok(())
}

fn over() -> Error {
    Error::refused(ErrorCode::SignInOver, "Begin again with your password.")
}

/// A password that was changed meanwhile voids the step, whoever changed it and by which way.
fn mark(account: &account::Model) -> Vec<u8> {
    token_hash(&account.password_hash)
}

#[expect(clippy::disallowed_methods, reason = "sign-ins belong to accounts, not to tenants")]
async fn make_room(tx: &Tx, account_id: Uuid, now: DateTime<Utc>) -> Result<()> {
    sign_in_step::Entity::delete_many()
        .filter(sign_in_step::Column::AccountId.eq(account_id))
        .filter(sign_in_step::Column::ExpiresAt.lte(now))
        .exec(&**tx)
        .await?;
    let newest: Vec<Uuid> = sign_in_step::Entity::find()
        .select_only()
        .column(sign_in_step::Column::Id)
        .filter(sign_in_step::Column::AccountId.eq(account_id))
        .order_by_desc(sign_in_step::Column::Id)
        .limit(WAITING - 1)
        .into_tuple()
        .all(&**tx)
        .await?;
    sign_in_step::Entity::delete_many()
        .filter(sign_in_step::Column::AccountId.eq(account_id))
        .filter(sign_in_step::Column::Id.is_not_in(newest))
        .exec(&**tx)
        .await?;
    Ok(())
}
