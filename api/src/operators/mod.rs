//! Operators stand above tenants: they look for tenants, sites and accounts, shut and open them, and help by acting for a tenant.

pub mod acting;
pub mod announcements;
pub mod search;

use sea_orm::prelude::Uuid;

use crate::accounts::{SignedIn, factors};
use crate::app::App;
use crate::error::{Error, ErrorCode, Result};

/// Proof that the caller is an operator at this moment. Only [`enter`] makes one.
#[derive(Clone, Debug)]
pub struct Operator {
    account_id: Uuid,
    network_hash: Option<String>,
}

impl Operator {
    pub fn account_id(&self) -> Uuid {
        self.account_id
    }

    /// From where he acts, for the record.
    pub fn network_hash(&self) -> Option<&str> {
        self.network_hash.as_deref()
    }

    /// Every change by an operator is in the log, whatever else notes it.
    pub fn log(&self, change: &str, about: Uuid) {
        tracing::info!(event = change, operator = %self.account_id, %about, "operator");
    }

    /// The same of what has a name and no id.
    pub fn log_setting(&self, change: &str, setting: &'static str) {
        tracing::info!(event = change, operator = %self.account_id, about = setting, "operator");
    }
}

/// Lets an operator do what only operators may: all of them may all of it. The account was looked up for this request, so that who is an
/// operator no more is refused at once.
///
/// # Errors
/// `not_permitted` for everybody else; `factor_needed` where operators need a second factor, and this one has none.
pub async fn enter(app: &App, caller: &SignedIn) -> Result<Operator> {
    if !caller.account().operator {
        return Err(Error::refused(
            ErrorCode::NotPermitted,
            "This is for the operators of this server.",
        ));
    }
    if lacks_factor(app, caller).await? {
        return Err(Error::refused(
            ErrorCode::FactorNeeded,
            "Operators of this server need a second factor: an authenticator app, or a passkey.",
        ));
    }
    Ok(Operator {
        account_id: caller.account().id,
        network_hash: caller.network_hash().map(str::to_owned),
    })
}

/// Whether the caller is an operator who has yet to set up the second factor that operators need here.
pub async fn lacks_factor(app: &App, caller: &SignedIn) -> Result<bool> {
    let account = caller.account();
    if !app.config.operators_need_factor || !account.operator {
        return Ok(false);
    }
    Ok(!factors::of(app.db.read(), account.id).await?.are_set())
}
