//! Passkeys of accounts: made, named, taken away, and shown instead of a password or after it.
//!
//! What a browser is asked lives in the browser meanwhile, sealed: any node can check the answer, and a stranger who asks without end
//! fills no table. That an answer was given is a row, so that nobody gives it twice.

use ::entity::{account, passkey, spent_challenge};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Set};
use serde_json::Value;

use super::confirmation::Confirmed;
use super::{Factor, begun, ended, hold, of, wrong};
use crate::accounts::{Opened, SignedIn, open_session};
use crate::app::App;
use crate::error::{Error, ErrorCode, FieldCode, Result};
use crate::infra::db::{Tx, is_taken};
use crate::infra::signing::token_hash;
use crate::infra::webauthn::{Asked, Discovered, Kept, Named, RelyingParty, Unavailable};
use crate::text;

/// Passkeys of one account.
pub const MOST: usize = 20;
/// Longest name of one, in characters.
const NAME: usize = 60;
/// How long a browser has to answer.
pub const PATIENCE: TimeDelta = TimeDelta::minutes(5);

/// What a passkey is asked for, and in whose name. An answer to one question is none to another.
#[derive(Clone, Copy, Debug)]
pub enum Purpose {
    /// Adding one to this account.
    Adding(Uuid),
    /// Signing in, whoever it is.
    SigningIn,
    /// Going on with this sign-in.
    Step(Uuid),
    /// Confirming in this session.
    Confirming(Uuid),
}

impl Purpose {
    /// The key that seals the question.
    fn key(self) -> String {
        match self {
            Purpose::Adding(account) => format!("passkey/adding/{account}"),
            Purpose::SigningIn => "passkey/signing in".to_owned(),
            Purpose::Step(step) => format!("passkey/step/{step}"),
            Purpose::Confirming(session) => format!("passkey/confirming/{session}"),
        }
    }
}

/// What a browser is asked.
pub struct Challenge {
    /// Sent back with the answer.
    pub token: String,
    /// For `navigator.credentials`, as JSON (Web Authentication Level 3, section 5.1).
    pub options: Value,
}

/// What a browser answers.
#[derive(Clone, Debug)]
pub struct Answer {
    pub token: String,
    /// As `PublicKeyCredential.toJSON` writes it.
    pub credential: Value,
}

/// A question that came back unharmed and in time.
struct Returned {
    state: Vec<u8>,
    hash: Vec<u8>,
    expires_at: DateTime<Utc>,
}

/// Whether this server can have passkeys, and for which domain.
pub fn party(app: &App) -> std::result::Result<RelyingParty, Unavailable> {
    RelyingParty::of(&app.config.public_url)
}

fn demand_party(app: &App) -> Result<RelyingParty> {
    party(app).map_err(|why| {
        let detail = match why {
            Unavailable::IpAddress => "Passkeys belong to a domain, and public_url names an IP address.",
            Unavailable::Insecure => "Browsers use passkeys by https alone, and public_url is http.",
        };
        Error::refused(ErrorCode::PasskeysUnavailable, detail)
    })
}

/// Asks for a new passkey of the caller.
///
/// # Errors
/// `passkeys_unavailable`; `invalid_input` for one too many.
pub async fn ask_for_new(app: &App, by: &Confirmed<'_>) -> Result<Challenge> {
    let party = demand_party(app)?;
    let known = of(app.db.read(), by.account_id()).await?.passkeys;
    room_for_one(&known)?;
    let account = by.caller().account();
    let known: Vec<Kept> = known.iter().map(kept).collect();
    let asked = party.ask_for_new(account.id, &account.email, &account.name, &known)?;
    Ok(seal(app, Purpose::Adding(account.id), asked))
}

/// Adds the passkey that a browser made. With the account's first factor come its recovery codes.
///
/// # Errors
/// `wrong_factor` for an answer that is none, or comes again or late; `already_exists`; `invalid_input`.
pub async fn add(
    app: &App,
    by: &Confirmed<'_>,
    name: &str,
    answer: &Answer,
) -> Result<(passkey::Model, Option<Vec<String>>)> {
    let party = demand_party(app)?;
    let name = checked_name(name)?;
    let returned = open(app, Purpose::Adding(by.account_id()), &answer.token).ok_or_else(wrong)?;
    let new = party.take_new(&returned.state, &answer.credential).ok_or_else(wrong)?;
    let tx = app.db.begin().await?;
    hold(&tx, app, by.account_id()).await?;
    mark_spent(&tx, app, returned).await?;
    let had = of(&*tx, by.account_id()).await?;
    room_for_one(&had.passkeys)?;
    let row = passkey::ActiveModel {
        id: Set(app.clock.new_id()),
        account_id: Set(by.account_id()),
        name: Set(name),
        credential_id: Set(new.credential_id),
        public_key: Set(new.public_key),
        state: Set(new.state),
        transports: Set(new.transports),
        created_at: Set(app.clock.now()),
        last_used_at: Set(None),
    };
    let row = row.insert(&*tx).await.map_err(|error| match is_taken(&error) {
        true => Error::refused(ErrorCode::AlreadyExists, "This passkey is known already."),
        false => error.into(),
    })?;
    let codes = match had.are_set() {
        true => None,
        false => Some(begun(&tx, app, by).await?),
    };
    tx.commit().await?;
    tracing::info!(event = "passkey_added", account = %by.account_id(), passkey = %row.id, "security");
    Ok((row, codes))
}

/// Gives one of the caller's passkeys another name.
///
/// # Errors
/// `not_found`, also for somebody else's; `invalid_input`.
#[expect(clippy::disallowed_methods, reason = "passkeys belong to accounts, not to tenants")]
pub async fn rename(app: &App, caller: &SignedIn, id: Uuid, name: &str) -> Result<passkey::Model> {
    let name = checked_name(name)?;
    let tx = app.db.begin().await?;
    passkey::Entity::update_many()
        .col_expr(passkey::Column::Name, Expr::value(name))
        .filter(passkey::Column::Id.eq(id))
        .filter(passkey::Column::AccountId.eq(caller.account().id))
        .exec(&*tx)
        .await?;
    let row = passkey::Entity::find_by_id(id)
        .filter(passkey::Column::AccountId.eq(caller.account().id))
        .one(&*tx)
        .await?
        .ok_or_else(|| Error::not_found("passkey"))?;
    tx.commit().await?;
    Ok(row)
}

/// Takes one of the caller's passkeys away.
///
/// # Errors
/// `not_found`, also for somebody else's.
#[expect(clippy::disallowed_methods, reason = "passkeys belong to accounts, not to tenants")]
pub async fn remove(app: &App, by: &Confirmed<'_>, id: Uuid) -> Result<()> {
    let tx = app.db.begin().await?;
    hold(&tx, app, by.account_id()).await?;
    let gone = passkey::Entity::delete_many()
        .filter(passkey::Column::Id.eq(id))
        .filter(passkey::Column::AccountId.eq(by.account_id()))
        .exec(&*tx)
        .await?;
    if gone.rows_affected == 0 {
        return Err(Error::not_found("passkey"));
    }
    ended(&tx, by.account_id()).await?;
    tx.commit().await?;
    tracing::info!(event = "passkey_removed", account = %by.account_id(), passkey = %id, "security");
    Ok(())
}

/// Asks whoever is there to sign in by a passkey.
///
/// # Errors
/// `passkeys_unavailable`.
pub fn ask_anybody(app: &App) -> Result<Challenge> {
    let asked = demand_party(app)?.ask_anybody()?;
    Ok(seal(app, Purpose::SigningIn, asked))
}

/// Asks for one of these passkeys, where there is one and the server can have them.
pub fn ask_for(app: &App, purpose: Purpose, known: &[passkey::Model]) -> Result<Option<Challenge>> {
    let Ok(party) = party(app) else { return Ok(None) };
    if known.is_empty() {
        return Ok(None);
    }
    let known: Vec<Kept> = known.iter().map(kept).collect();
    Ok(Some(seal(app, purpose, party.ask_for(&known)?)))
}

/// Signs in whoever the passkey says, without a password: its device has made sure that it is him.
///
/// # Errors
/// `wrong_factor`, whether or not the passkey is known; `passkeys_unavailable`.
#[expect(clippy::disallowed_methods, reason = "accounts stand above tenants")]
pub async fn sign_in(app: &App, answer: &Answer, user_agent: Option<&str>) -> Result<Opened> {
    let refused = || {
        tracing::info!(event = "sign_in_refused", by = "passkey", "security");
        wrong()
    };
    let party = demand_party(app)?;
    let returned = open(app, Purpose::SigningIn, &answer.token).ok_or_else(refused)?;
    let discovered = Discovered::read(&answer.credential).ok_or_else(refused)?;
    let tx = app.db.begin().await?;
    let row = find(&*tx, discovered.account_id, discovered.credential_id())
        .await?
        .ok_or_else(refused)?;
    let right = party
        .check_discovered(&returned.state, &discovered, &kept(&row))
        .filter(|right| right.verified)
        .ok_or_else(refused)?;
    mark_spent(&tx, app, returned).await?;
    mark_used(&tx, app, &row, right.state).await?;
    let account = account::Entity::find_by_id(row.account_id)
        .one(&*tx)
        .await?
        .ok_or_else(refused)?;
    let opened = open_session(&tx, app, account, user_agent, Some(Factor::PasskeyAlone)).await?;
    tx.commit().await?;
    tracing::info!(event = "signed_in", account = %opened.account.id, by = "passkey", "security");
    Ok(opened)
}

/// Takes an answer of one of an account's passkeys, and says whether its device made sure who holds it.
///
/// # Errors
/// `wrong_factor`.
pub(super) async fn spend(tx: &Tx, app: &App, account_id: Uuid, asked_for: Purpose, answer: &Answer) -> Result<bool> {
    let party = demand_party(app)?;
    let returned = open(app, asked_for, &answer.token).ok_or_else(wrong)?;
    let named = Named::read(&answer.credential).ok_or_else(wrong)?;
    let row = find(&**tx, account_id, named.credential_id())
        .await?
        .ok_or_else(wrong)?;
    let right = party
        .check_named(&returned.state, &named, account_id, &kept(&row))
        .ok_or_else(wrong)?;
    mark_spent(tx, app, returned).await?;
    mark_used(tx, app, &row, right.state).await?;
    Ok(right.verified)
}

/// Forgets answers to questions that are too old to be answered.
#[expect(clippy::disallowed_methods, reason = "a challenge belongs to nobody")]
pub(super) async fn forget_spent(tx: &Tx, now: DateTime<Utc>) -> Result<()> {
    spent_challenge::Entity::delete_many()
        .filter(spent_challenge::Column::ExpiresAt.lt(now))
        .exec(&**tx)
        .await?;
    Ok(())
}

fn seal(app: &App, purpose: Purpose, asked: Asked) -> Challenge {
    let expires = (app.clock.now() + PATIENCE).timestamp_millis();
    let payload = [&expires.to_be_bytes()[..], &asked.state].concat();
    Challenge {
        token: app.keys.seal(&purpose.key(), &payload),
        options: asked.options,
    }
}

fn open(app: &App, purpose: Purpose, token: &str) -> Option<Returned> {
    let payload = app.keys.open(&purpose.key(), token)?;
    let (expires, state) = payload.split_first_chunk::<8>()?;
    let expires_at = DateTime::from_timestamp_millis(i64::from_be_bytes(*expires))?;
    (app.clock.now() < expires_at).then(|| Returned {
        state: state.to_vec(),
        // Of what was sealed, not of the token: base 64 can be written in more than one way.
        hash: token_hash(&URL_SAFE_NO_PAD.encode(&payload)),
        expires_at,
    })
}

/// Of two who give the same answer at once, the unique key lets one through.
async fn mark_spent(tx: &Tx, app: &App, returned: Returned) -> Result<()> {
    let row = spent_challenge::ActiveModel {
        id: Set(app.clock.new_id()),
        challenge_hash: Set(returned.hash),
        expires_at: Set(returned.expires_at),
    };
    match spent_challenge::Entity::insert(row).exec_without_returning(&**tx).await {
        Err(error) if is_taken(&error) => {
            tracing::warn!(event = "passkey_answer_replayed", "security");
            Err(wrong())
        }
        other => other.map(|_| ()).map_err(Error::from),
    }
}

/// Keeps the counter. Of two uses at once that both moved on from the same one, the second is refused.
#[expect(clippy::disallowed_methods, reason = "passkeys belong to accounts, not to tenants")]
async fn mark_used(tx: &Tx, app: &App, row: &passkey::Model, state: Vec<u8>) -> Result<()> {
    let used = passkey::Entity::update_many()
        .col_expr(passkey::Column::State, Expr::value(state))
        .col_expr(passkey::Column::LastUsedAt, Expr::value(app.clock.now()))
        .filter(passkey::Column::Id.eq(row.id))
        .filter(passkey::Column::State.eq(row.state.clone()))
        .exec(&**tx)
        .await?;
    match used.rows_affected {
        1 => Ok(()),
        _ => Err(wrong()),
    }
}

#[expect(clippy::disallowed_methods, reason = "passkeys belong to accounts, not to tenants")]
async fn find(db: &impl ConnectionTrait, account_id: Uuid, credential_id: &[u8]) -> Result<Option<passkey::Model>> {
    Ok(passkey::Entity::find()
        .filter(passkey::Column::AccountId.eq(account_id))
        .filter(passkey::Column::CredentialId.eq(credential_id.to_vec()))
        .one(db)
        .await?)
}

fn kept(row: &passkey::Model) -> Kept {
    Kept {
        credential_id: row.credential_id.clone(),
        public_key: row.public_key.clone(),
        state: row.state.clone(),
        transports: row.transports,
    }
}

fn room_for_one(passkeys: &[passkey::Model]) -> Result<()> {
    if passkeys.len() < MOST {
        return Ok(());
    }
    Err(Error::invalid(
        "",
        FieldCode::TooMany,
        format!("An account may have {MOST} passkeys; take one away first."),
    ))
}

fn checked_name(name: &str) -> Result<String> {
    match text::clean_line(name, NAME) {
        Ok(Some(name)) => Ok(name),
        Ok(None) => Err(Error::invalid(
            "/name",
            FieldCode::Required,
            "A name tells your passkeys apart.",
        )),
        Err(fault) => Err(Error::Invalid(vec![fault.at("/name")])),
    }
}
