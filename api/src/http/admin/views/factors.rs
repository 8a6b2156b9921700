//! Second factors and passkeys, as their owner sees them.

use ::entity::passkey;
use chrono::{DateTime, Utc};
use poem_openapi::types::{Any, Example};
use poem_openapi::{Enum, Object};
use sea_orm::prelude::Uuid;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::accounts::factors::confirmation::Proof;
use crate::accounts::factors::passkeys::{Answer, Challenge};
use crate::accounts::factors::steps::{self, Step};
use crate::accounts::factors::totp::Setup;
use crate::accounts::factors::{Factor, Factors, Kind, Shown};
use crate::error::{Error, Fault, FieldCode, Result};
use crate::infra::webauthn::{RelyingParty, Unavailable};

#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename = "FactorKind", rename_all = "snake_case")]
pub enum FactorKind {
    /// The six digits of an authenticator app.
    Totp,
    Passkey,
    /// One of the codes that came with the first factor.
    Recovery,
}

impl From<Kind> for FactorKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Totp => FactorKind::Totp,
            Kind::Passkey => FactorKind::Passkey,
            Kind::Recovery => FactorKind::Recovery,
        }
    }
}

/// What a session was opened with.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename = "OpenedWith", rename_all = "snake_case")]
pub enum OpenedWith {
    Password,
    PasswordAndTotp,
    PasswordAndPasskey,
    PasswordAndRecoveryCode,
    /// A passkey alone, whose device asked who holds it.
    Passkey,
}

impl OpenedWith {
    pub fn of(factor: Option<&str>) -> Self {
        match factor.and_then(Factor::of) {
            None => OpenedWith::Password,
            Some(Factor::Totp) => OpenedWith::PasswordAndTotp,
            Some(Factor::Passkey) => OpenedWith::PasswordAndPasskey,
            Some(Factor::Recovery) => OpenedWith::PasswordAndRecoveryCode,
            Some(Factor::PasskeyAlone) => OpenedWith::Passkey,
        }
    }
}

/// A question to a passkey.
#[derive(Debug, Object)]
#[oai(rename = "PasskeyChallenge")]
pub struct ChallengeView {
    /// Send it back with the answer, once, within five minutes.
    pub token: String,
    /// For `PublicKeyCredential.parseRequestOptionsFromJSON`, or `parseCreationOptionsFromJSON` where a passkey is to be made.
    pub options: Any<Value>,
}

impl From<Challenge> for ChallengeView {
    fn from(challenge: Challenge) -> Self {
        ChallengeView {
            token: challenge.token,
            options: Any(challenge.options),
        }
    }
}

/// The password was right, and the account has a second factor: go on with `session_finish`.
#[derive(Debug, Object)]
#[oai(rename = "SignInStep", skip_serializing_if_is_none)]
pub struct StepView {
    /// Send it with the second factor. It is good for five tries.
    pub token: String,
    /// Seconds it is good for.
    pub expires_in: i64,
    /// What can be shown.
    pub kinds: Vec<FactorKind>,
    /// For the account's passkeys.
    pub passkey: Option<ChallengeView>,
}

impl From<Step> for StepView {
    fn from(step: Step) -> Self {
        StepView {
            token: step.token,
            expires_in: steps::LIFE.num_seconds(),
            kinds: step.kinds.into_iter().map(FactorKind::from).collect(),
            passkey: step.passkey.map(ChallengeView::from),
        }
    }
}

/// What a passkey answered.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(rename = "PasskeyAnswer")]
pub struct AnswerBody {
    /// Of the question.
    pub token: String,
    /// As `PublicKeyCredential.toJSON` writes it.
    pub credential: Json,
}

/// JSON of somebody else's making.
pub type Json = Any<Value>;

impl From<AnswerBody> for Answer {
    fn from(body: AnswerBody) -> Self {
        Answer {
            token: body.token,
            credential: body.credential.0,
        }
    }
}

/// The second factor of a sign-in: one of the three.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct SecondFactor {
    /// Of the step.
    pub token: String,
    /// Six digits of an authenticator app.
    pub code: Option<String>,
    pub recovery_code: Option<String>,
    pub passkey: Option<AnswerBody>,
}

impl Example for SecondFactor {
    fn example() -> Self {
        SecondFactor {
            token: "Zm9yIHRoaXMgc2lnbi1pbiBhbG9uZQ".into(),
            code: Some("123456".into()),
            recovery_code: None,
            passkey: None,
        }
    }
}

impl SecondFactor {
    /// The step's token, and what is shown.
    pub fn parts(self) -> Result<(String, Shown)> {
        match shown(self.code, self.recovery_code, self.passkey)? {
            Some(shown) => Ok((self.token, shown)),
            None => Err(Error::invalid(
                "/code",
                FieldCode::Required,
                "Send code, recovery_code or passkey.",
            )),
        }
    }
}

/// What the account has: its password, and a second factor if it has one; or a passkey whose device asks who holds it.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct Confirmation {
    pub password: Option<String>,
    /// Six digits of an authenticator app.
    pub code: Option<String>,
    pub recovery_code: Option<String>,
    pub passkey: Option<AnswerBody>,
}

impl Example for Confirmation {
    fn example() -> Self {
        Confirmation {
            password: Some("a long phrase of your own".into()),
            code: Some("123456".into()),
            recovery_code: None,
            passkey: None,
        }
    }
}

impl Confirmation {
    pub fn proof(self) -> Result<Proof> {
        Ok(Proof {
            password: self.password,
            shown: shown(self.code, self.recovery_code, self.passkey)?,
        })
    }
}

fn shown(code: Option<String>, recovery_code: Option<String>, passkey: Option<AnswerBody>) -> Result<Option<Shown>> {
    match (code, recovery_code, passkey) {
        (None, None, None) => Ok(None),
        (Some(code), None, None) => Ok(Some(Shown::Code(code))),
        (None, Some(code), None) => Ok(Some(Shown::RecoveryCode(code))),
        (None, None, Some(answer)) => Ok(Some(Shown::Passkey(answer.into()))),
        (code, recovery_code, passkey) => {
            let sent = [
                ("/code", code.is_some()),
                ("/recovery_code", recovery_code.is_some()),
                ("/passkey", passkey.is_some()),
            ];
            let too_many = sent.into_iter().filter(|(_, sent)| *sent).skip(1);
            let faults =
                too_many.map(|(pointer, _)| Fault::new(pointer, FieldCode::TooMany, "One second factor is enough."));
            Err(Error::Invalid(faults.collect()))
        }
    }
}

/// Until when nothing has to be confirmed.
#[derive(Debug, Object)]
pub struct Confirmed {
    pub confirmed_until: DateTime<Utc>,
}

#[derive(Debug, Object)]
#[oai(rename = "Passkey", skip_serializing_if_is_none)]
pub struct PasskeyView {
    pub id: Uuid,
    pub name: String,
    pub created_at: DateTime<Utc>,
    pub last_used_at: Option<DateTime<Utc>>,
}

impl From<passkey::Model> for PasskeyView {
    fn from(row: passkey::Model) -> Self {
        PasskeyView {
            id: row.id,
            name: row.name,
            created_at: row.created_at,
            last_used_at: row.last_used_at,
        }
    }
}

/// Why this server cannot have passkeys.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename = "NoPasskeys", rename_all = "snake_case")]
pub enum NoPasskeys {
    /// Its public address is an IP address, and passkeys belong to a domain.
    IpAddress,
    /// Its public address is http.
    Insecure,
}

impl From<Unavailable> for NoPasskeys {
    fn from(why: Unavailable) -> Self {
        match why {
            Unavailable::IpAddress => NoPasskeys::IpAddress,
            Unavailable::Insecure => NoPasskeys::Insecure,
        }
    }
}

/// An authenticator app that is set up.
#[derive(Debug, Object)]
#[oai(rename = "Totp")]
pub struct TotpView {
    pub created_at: DateTime<Utc>,
    pub last_used_at: DateTime<Utc>,
}

#[derive(Debug, Object)]
#[oai(rename = "Factors", skip_serializing_if_is_none)]
pub struct FactorsView {
    pub totp: Option<TotpView>,
    /// The oldest first.
    pub passkeys: Vec<PasskeyView>,
    /// Those that are left.
    pub recovery_codes: u64,
    /// Until when nothing has to be confirmed; if it is missing, changes need `session_confirm` first.
    pub confirmed_until: Option<DateTime<Utc>>,
    /// Why this server cannot have passkeys, if it cannot.
    pub no_passkeys: Option<NoPasskeys>,
    /// The address on which passkeys are used, if it can.
    pub passkey_origin: Option<String>,
}

impl FactorsView {
    pub fn new(
        factors: Factors,
        confirmed_until: Option<DateTime<Utc>>,
        party: std::result::Result<RelyingParty, Unavailable>,
    ) -> Self {
        let (no_passkeys, passkey_origin) = match party {
            Ok(party) => (None, Some(party.origin().to_owned())),
            Err(why) => (Some(why.into()), None),
        };
        FactorsView {
            totp: factors.authenticator.map(|row| TotpView {
                created_at: row.created_at,
                last_used_at: row.last_used_at,
            }),
            passkeys: factors.passkeys.into_iter().map(PasskeyView::from).collect(),
            recovery_codes: factors.recovery_codes,
            confirmed_until,
            no_passkeys,
            passkey_origin,
        }
    }
}

/// What an authenticator app is to know.
#[derive(Debug, Object)]
#[oai(rename = "TotpSetup")]
pub struct SetupView {
    /// Send it with the first code, within a quarter of an hour.
    pub setup: String,
    /// In base 32, for typing.
    pub secret: String,
    /// For an app on the same device.
    pub uri: String,
    /// The same as an SVG document, for a camera.
    pub qr: String,
}

impl From<Setup> for SetupView {
    fn from(setup: Setup) -> Self {
        SetupView {
            setup: setup.token,
            secret: setup.secret,
            uri: setup.uri,
            qr: setup.qr,
        }
    }
}

#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct FirstCode {
    /// From `totp_begin`.
    pub setup: String,
    /// What the app shows.
    pub code: String,
}

impl Example for FirstCode {
    fn example() -> Self {
        FirstCode {
            setup: "c2VhbGVkIGZvciB0aGlzIGFjY291bnQ".into(),
            code: "123456".into(),
        }
    }
}

/// Codes that each stand in for a lost second factor, once. They are in this answer and nowhere else.
#[derive(Debug, Object)]
pub struct RecoveryCodes {
    /// Empty where the account had codes before, which stay.
    pub recovery_codes: Vec<String>,
}

#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct NewPasskey {
    /// Up to 60 characters.
    pub name: String,
    /// Of the question.
    pub token: String,
    /// As `PublicKeyCredential.toJSON` writes it.
    pub credential: Json,
}

impl Example for NewPasskey {
    fn example() -> Self {
        NewPasskey {
            name: "My phone".into(),
            token: "c2VhbGVkIGZvciB0aGlzIGFjY291bnQ".into(),
            credential: Any(
                json!({ "id": "...", "rawId": "...", "type": "public-key", "response": {}, "clientExtensionResults": {} }),
            ),
        }
    }
}

#[derive(Debug, Object)]
pub struct PasskeyMade {
    pub passkey: PasskeyView,
    /// Those that came with the account's first factor; in this answer and nowhere else.
    pub recovery_codes: Vec<String>,
}

#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct PasskeyName {
    /// Up to 60 characters.
    pub name: String,
}

impl Example for PasskeyName {
    fn example() -> Self {
        PasskeyName {
            name: "My phone".into(),
        }
    }
}
