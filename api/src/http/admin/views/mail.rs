//! What is done by links out of mails, and with one's own account.

use ::entity::{account, email_change, sign_up};
use chrono::{DateTime, Utc};
use poem_openapi::types::Example;
use poem_openapi::{Enum, Object};
use serde::Deserialize;

use crate::accounts::address::{Pending, Side};

/// A link out of a mail.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct LinkToken {
    /// What follows `token=` in the link.
    pub token: String,
}

impl Example for LinkToken {
    fn example() -> Self {
        LinkToken {
            token: "from the link".into(),
        }
    }
}

/// Completes a sign-up.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct SignUpProof {
    /// What follows `token=` in the link.
    pub token: String,
    /// The one that was chosen with the sign-up: by the link alone, a stranger could have somebody confirm an account whose password he
    /// chose himself.
    pub password: String,
}

impl Example for SignUpProof {
    fn example() -> Self {
        SignUpProof {
            token: "from the link".into(),
            password: "a long phrase of your own".into(),
        }
    }
}

/// A sign-up that waits.
#[derive(Debug, Object)]
pub struct SignUpWaiting {
    pub email: String,
    pub name: String,
}

impl From<sign_up::Model> for SignUpWaiting {
    fn from(row: sign_up::Model) -> Self {
        SignUpWaiting {
            email: row.email,
            name: row.name,
        }
    }
}

#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct PasswordResetRequest {
    pub email: String,
    /// The language of the mail, as a tag such as `de` (BCP 47). English, if there is none or it is not spoken here.
    pub locale: Option<String>,
}

impl Example for PasswordResetRequest {
    fn example() -> Self {
        PasswordResetRequest {
            email: "ada@example.org".into(),
            locale: Some("en".into()),
        }
    }
}

/// The account whose password can be chosen.
#[derive(Debug, Object)]
pub struct PasswordResetWaiting {
    pub email: String,
}

impl From<account::Model> for PasswordResetWaiting {
    fn from(row: account::Model) -> Self {
        PasswordResetWaiting { email: row.email }
    }
}

#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct NewPassword {
    /// What follows `token=` in the link.
    pub token: String,
    /// 8 to 128 characters.
    pub password: String,
    /// The language of the mail that tells of it.
    pub locale: Option<String>,
}

impl Example for NewPassword {
    fn example() -> Self {
        NewPassword {
            token: "from the link".into(),
            password: "another phrase of your own".into(),
            locale: Some("en".into()),
        }
    }
}

#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct EmailChangeRequest {
    /// The address to come.
    pub email: String,
    /// The password of the account.
    pub password: String,
    /// The language of the mails.
    pub locale: Option<String>,
}

impl Example for EmailChangeRequest {
    fn example() -> Self {
        EmailChangeRequest {
            email: "ada@new.example".into(),
            password: "a long phrase of your own".into(),
            locale: Some("en".into()),
        }
    }
}

/// A change of address that waits for both addresses to confirm it.
#[derive(Debug, Object)]
#[oai(rename = "EmailChange")]
pub struct EmailChangeView {
    /// The address to come.
    pub email: String,
    /// Which of the two have confirmed it.
    pub confirmed_by_new: bool,
    pub confirmed_by_old: bool,
    pub expires_at: DateTime<Utc>,
}

impl From<email_change::Model> for EmailChangeView {
    fn from(row: email_change::Model) -> Self {
        EmailChangeView {
            email: row.email,
            confirmed_by_new: row.to_come_at.is_some(),
            confirmed_by_old: row.to_go_at.is_some(),
            expires_at: row.expires_at,
        }
    }
}

/// An address, of the two.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename = "EmailChangeSide", rename_all = "snake_case")]
pub enum SideView {
    New,
    Old,
}

/// What a link about a change of address is for.
#[derive(Debug, Object)]
pub struct EmailChangeLink {
    /// The address that is the account's now.
    pub from: String,
    /// To which of the two the link went.
    pub sent_to: SideView,
    pub change: EmailChangeView,
}

impl From<Pending> for EmailChangeLink {
    fn from(pending: Pending) -> Self {
        EmailChangeLink {
            from: pending.account.email,
            sent_to: match pending.side {
                Side::ToCome => SideView::New,
                Side::ToGo => SideView::Old,
            },
            change: pending.change.into(),
        }
    }
}

#[derive(Debug, Object)]
pub struct EmailChangeConfirmed {
    /// Whether the address has changed; if not, the other one is still to confirm it.
    pub done: bool,
    /// The address to come.
    pub email: String,
}

/// The end of an account.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct AccountDeletion {
    /// The password of the account.
    pub password: String,
}

impl Example for AccountDeletion {
    fn example() -> Self {
        AccountDeletion {
            password: "a long phrase of your own".into(),
        }
    }
}
