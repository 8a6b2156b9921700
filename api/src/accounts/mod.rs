//! People who sign in: the first set-up, sign-up, sessions with single-use refresh tokens, second factors, and who is calling.

pub mod access;
pub mod address;
pub mod factors;
pub mod guessing;
pub mod keys;
pub mod leaving;
pub mod own;
pub mod password;
pub mod reset;
pub mod signing_up;
pub mod standing;

use std::collections::HashMap;

use ::entity::{account, refresh_token, session, setup_link};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, Set};

use crate::app::App;
use crate::config::SignUp;
use crate::error::{Error, ErrorCode, Fault, FieldCode, Result};
use crate::infra::db::{self, Tx, is_taken};
use crate::infra::signing::{fresh_token, token_hash};
use crate::job::Locale;
use crate::tenants::invitations;
use crate::{tenants, text};
use factors::Factor;
use factors::steps::{self, Step};

/// Longest name of a person, in characters.
const NAME: usize = 100;

/// The account that speaks for the demo's team. Nobody can sign in to it; the first operator owns what it owns.
pub const DEMO_TEAM: &str = "team@demo.invalid";

/// Proof that the caller is signed in; only [`recognise`] and the command line's own checks make one.
#[derive(Clone, Debug)]
pub struct SignedIn {
    account: account::Model,
    session_id: Uuid,
    /// When he last proved who he is.
    confirmed_at: Option<DateTime<Utc>>,
    /// From where he acts, for the record.
    network_hash: Option<String>,
}

impl SignedIn {
    /// As somebody who acts from a network, which is told by a keyed hash.
    #[must_use]
    pub fn from_network(self, hash: String) -> Self {
        SignedIn {
            network_hash: Some(hash),
            ..self
        }
    }

    pub fn network_hash(&self) -> Option<&str> {
        self.network_hash.as_deref()
    }

    pub fn account(&self) -> &account::Model {
        &self.account
    }

    pub fn session_id(&self) -> Uuid {
        self.session_id
    }

    pub fn confirmed_at(&self) -> Option<DateTime<Utc>> {
        self.confirmed_at
    }
}

/// An opened or renewed session: what the door hands out.
pub struct Opened {
    pub account: account::Model,
    pub access_token: String,
    pub access_life: TimeDelta,
    pub refresh_token: String,
    pub refresh_life: TimeDelta,
}

/// Where a right password leads.
pub enum Entry {
    In(Box<Opened>),
    /// The account has a second factor, which is still to be shown.
    Waiting(Step),
}

/// A new account's particulars, as typed.
pub struct Applicant {
    pub email: String,
    pub name: String,
    pub password: String,
}

/// Particulars that passed the check.
#[derive(Clone)]
struct Admitted {
    email: String,
    folded: String,
    name: String,
    password_hash: String,
}

/// Makes the link of the first start, or tells that an operator exists. A link that was made before and not used is void.
pub async fn offer_setup(app: &App) -> Result<Option<String>> {
    if has_operator(app).await? {
        return Ok(None);
    }
    let now = app.clock.now();
    let (token, hash) = fresh_token();
    let tx = app.db.begin().await?;
    setup_links_delete(&tx).await?;
    let link = setup_link::ActiveModel {
        id: Set(app.clock.new_id()),
        token_hash: Set(hash),
        created_at: Set(now),
        expires_at: Set(now + TimeDelta::hours(app.config.setup_hours)),
        used_at: Set(None),
    };
    setup_link::Entity::insert(link).exec_without_returning(&*tx).await?;
    tx.commit().await?;
    Ok(Some(token))
}

/// Whether the first operator is still to be made.
pub async fn setup_is_open(app: &App) -> Result<bool> {
    Ok(!has_operator(app).await?)
}

#[expect(clippy::disallowed_methods, reason = "accounts stand above tenants")]
async fn has_operator(app: &App) -> Result<bool> {
    Ok(account::Entity::find()
        .filter(account::Column::Operator.eq(true))
        .count(app.db.read())
        .await?
        > 0)
}

#[expect(clippy::disallowed_methods, reason = "the set-up link comes before any tenant")]
async fn setup_links_delete(tx: &Tx) -> Result<()> {
    setup_link::Entity::delete_many()
        .filter(setup_link::Column::UsedAt.is_null())
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Makes the first operator by the set-up link, once, and signs him in.
///
/// # Errors
/// `setup_closed` for a link that is used, expired or wrong; `invalid_input` for particulars that will not do.
#[expect(clippy::disallowed_methods, reason = "the set-up link comes before any tenant")]
pub async fn set_up(app: &App, token: &str, applicant: Applicant, user_agent: Option<&str>) -> Result<Opened> {
    let closed = || {
        Error::refused(
            ErrorCode::SetupClosed,
            "Start the server again to get a new link, or sign in.",
        )
    };
    if has_operator(app).await? {
        return Err(closed());
    }
    let admitted = check(app, applicant).await?;
    let now = app.clock.now();
    let tx = app.db.begin().await?;
    let used = setup_link::Entity::update_many()
        .col_expr(setup_link::Column::UsedAt, Expr::value(now))
        .filter(setup_link::Column::TokenHash.eq(token_hash(token)))
        .filter(setup_link::Column::UsedAt.is_null())
        .filter(setup_link::Column::ExpiresAt.gt(now))
        .exec(&*tx)
        .await?;
    if used.rows_affected != 1 {
        return Err(closed());
    }
    let account = insert(&tx, app, admitted, true).await?;
    if let Some(team) = by_email(&*tx, DEMO_TEAM).await? {
        tenants::take_over(&tx, app, team.id, account.id).await?;
    }
    let opened = open_session(&tx, app, account, user_agent, None).await?;
    tx.commit().await?;
    Ok(opened)
}

/// Makes an operator from the command line, where the right to do so is the right to reach the database.
pub async fn make_operator(app: &App, applicant: Applicant) -> Result<account::Model> {
    let admitted = check(app, applicant).await?;
    let tx = app.db.begin().await?;
    let account = insert(&tx, app, admitted, true).await?;
    tx.commit().await?;
    Ok(account)
}

/// Makes an account that nobody can sign in to, for the demo's team.
pub async fn make_signless(app: &App, email: &str, name: &str, no_password: &str) -> Result<account::Model> {
    let tx = app.db.begin().await?;
    let admitted = Admitted {
        email: email.to_owned(),
        folded: email.to_owned(),
        name: name.to_owned(),
        password_hash: no_password.to_owned(),
    };
    let account = insert(&tx, app, admitted, false).await?;
    tx.commit().await?;
    Ok(account)
}

/// Makes an account for anybody, where the operator lets people sign up; where mail is configured, once the address is verified. A
/// known address changes nothing and is not told.
pub async fn sign_up(app: &App, applicant: Applicant, locale: Locale) -> Result<()> {
    if app.config.sign_up != SignUp::Open {
        return Err(sign_up_closed());
    }
    if app.mailer.is_configured() {
        return signing_up::begin(app, applicant, locale).await;
    }
    let admitted = check(app, applicant).await?;
    db::retry(async || {
        let tx = app.db.begin().await?;
        match insert(&tx, app, admitted.clone(), false).await {
            Ok(_) => tx.commit().await,
            Err(Error::Refused(ErrorCode::AlreadyExists, _)) => Ok(()),
            Err(error) => Err(error),
        }
    })
    .await
}

/// Makes an account for somebody who was invited, makes him a member, and signs him in.
///
/// # Errors
/// `sign_up_closed` where only the operator makes accounts; `link_void`; `already_exists` for who has an account and is to sign in with
/// it; `invalid_input`.
pub async fn join(
    app: &App,
    token: &str,
    name: String,
    password: String,
    network_hash: &str,
    user_agent: Option<&str>,
) -> Result<Opened> {
    if app.config.sign_up == SignUp::Closed {
        return Err(sign_up_closed());
    }
    let invitation = invitations::find(app.db.read(), token, app.clock.now()).await?;
    let email = invitation.email;
    let admitted = check(app, Applicant { email, name, password }).await?;
    db::retry(async || {
        let tx = app.db.begin().await?;
        let account = insert(&tx, app, admitted.clone(), false).await?;
        invitations::join(&tx, app, &account, Some(network_hash), token).await?;
        let opened = open_session(&tx, app, account, user_agent, None).await?;
        tx.commit().await?;
        Ok(opened)
    })
    .await
}

/// Signs in, or half in: an account with a second factor goes on with [`steps::finish`].
///
/// # Errors
/// `wrong_credentials`, in the same words and the same time for an unknown address and a wrong password; `account_suspended`, which only
/// hears who knows the password.
pub async fn sign_in(app: &App, email: &str, password: String, user_agent: Option<&str>) -> Result<Entry> {
    let known = match text::email(email) {
        Ok(Some(address)) => by_email(app.db.read(), &address.folded).await?,
        _ => None,
    };
    let hash = known.as_ref().map(|account| account.password_hash.clone());
    let matches = password.len() <= 4 * password::LONGEST && password::matches(app, password, hash).await?;
    let Some(account) = known.filter(|_| matches) else {
        tracing::info!(event = "sign_in_refused", "security");
        return Err(Error::refused(ErrorCode::WrongCredentials, "Check both and try again."));
    };
    let factors = factors::of(app.db.read(), account.id).await?;
    if factors.are_set() {
        return Ok(Entry::Waiting(steps::begin(app, &account, &factors).await?));
    }
    let opened = db::retry(async || {
        let tx = app.db.begin().await?;
        let opened = open_session(&tx, app, account.clone(), user_agent, None).await?;
        tx.commit().await?;
        Ok(opened)
    })
    .await?;
    tracing::info!(event = "signed_in", account = %opened.account.id, "security");
    Ok(Entry::In(Box::new(opened)))
}

/// Exchanges a refresh token for a new one and a new access token. Each is good once: one that comes back was copied, and ends
/// the session for whoever holds it.
pub async fn renew(app: &App, token: &str) -> Result<Opened> {
    db::retry(async || renew_once(app, token).await).await
}

#[expect(clippy::disallowed_methods, reason = "sessions belong to accounts, not to tenants")]
async fn renew_once(app: &App, token: &str) -> Result<Opened> {
    let now = app.clock.now();
    let tx = app.db.begin().await?;
    let found = refresh_token::Entity::find()
        .filter(refresh_token::Column::TokenHash.eq(token_hash(token)))
        .one(&*tx)
        .await?
        .ok_or_else(ended)?;
    // The update decides who was first, whatever the two read before.
    let first = refresh_token::Entity::update_many()
        .col_expr(refresh_token::Column::UsedAt, Expr::value(now))
        .filter(refresh_token::Column::Id.eq(found.id))
        .filter(refresh_token::Column::UsedAt.is_null())
        .exec(&*tx)
        .await?
        .rows_affected
        == 1;
    if !first {
        end(&tx, found.session_id, now).await?;
        tx.commit().await?;
        tracing::warn!(event = "refresh_token_replayed", session = %found.session_id, "security");
        return Err(ended());
    }
    let (session, account) = live_session(&*tx, found.session_id, now).await?.ok_or_else(ended)?;
    let opened = hand_out(&tx, app, account, &session).await?;
    tx.commit().await?;
    Ok(opened)
}

/// Signs out: the session of this refresh token ends, and with it its access tokens.
pub async fn sign_out_by_token(app: &App, token: &str) -> Result<()> {
    db::retry(async || sign_out_once(app, token).await).await
}

#[expect(clippy::disallowed_methods, reason = "sessions belong to accounts, not to tenants")]
async fn sign_out_once(app: &App, token: &str) -> Result<()> {
    let tx = app.db.begin().await?;
    let found = refresh_token::Entity::find()
        .filter(refresh_token::Column::TokenHash.eq(token_hash(token)))
        .one(&*tx)
        .await?;
    if let Some(found) = found {
        end(&tx, found.session_id, app.clock.now()).await?;
    }
    tx.commit().await
}

/// Signs out the caller.
pub async fn sign_out(app: &App, caller: &SignedIn) -> Result<()> {
    let tx = app.db.begin().await?;
    end(&tx, caller.session_id, app.clock.now()).await?;
    tx.commit().await
}

/// Who holds this access token. The session is looked up each time, so that signing out and a raised `session_version` hold at once.
pub async fn recognise(app: &App, access_token: &str) -> Result<SignedIn> {
    let now = app.clock.now();
    let stranger = || {
        Error::refused(
            ErrorCode::Unauthenticated,
            "The access token is missing, expired or not ours.",
        )
    };
    let claims = access::verify(&app.keys, &app.config.public_url, access_token, now).ok_or_else(stranger)?;
    let (session, account) = live_session(app.db.read(), claims.sid, now)
        .await?
        .ok_or_else(stranger)?;
    if account.id != claims.sub {
        return Err(stranger());
    }
    Ok(SignedIn {
        account,
        session_id: session.id,
        confirmed_at: session.confirmed_at,
        network_hash: None,
    })
}

/// An account by its mail address, for the command line and for sign-in.
#[expect(clippy::disallowed_methods, reason = "accounts stand above tenants")]
pub async fn by_email(db: &impl ConnectionTrait, folded: &str) -> Result<Option<account::Model>> {
    Ok(account::Entity::find()
        .filter(account::Column::EmailFolded.eq(folded))
        .one(db)
        .await?)
}

/// Accounts by their ids, which come from rows of one tenant.
#[expect(clippy::disallowed_methods, reason = "the ids come from rows of the caller's tenant")]
pub async fn with_ids(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, account::Model>> {
    let ids: Vec<Uuid> = ids.into_iter().collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = account::Entity::find()
        .filter(account::Column::Id.is_in(ids))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Names of accounts, for views that say who acted.
pub async fn names(app: &App, ids: Vec<Uuid>) -> Result<Vec<(Uuid, String)>> {
    let found = with_ids(app.db.read(), ids).await?;
    Ok(found.into_iter().map(|(id, account)| (id, account.name)).collect())
}

/// Forgets sessions that ended before `before`; part of the retention job.
#[expect(clippy::disallowed_methods, reason = "sessions belong to accounts, not to tenants")]
pub async fn forget_sessions(tx: &Tx, before: DateTime<Utc>) -> Result<u64> {
    let gone = session::Entity::delete_many()
        .filter(session::Column::ExpiresAt.lt(before))
        .exec(&**tx)
        .await?;
    Ok(gone.rows_affected)
}

/// Forgets what nobody came back for: links out of mails, and networks; part of the retention job.
pub async fn forget_waiting(tx: &Tx, now: DateTime<Utc>) -> Result<()> {
    signing_up::forget(tx, now).await?;
    reset::forget(tx, now).await?;
    address::forget(tx, now).await?;
    guessing::forget(tx, now).await
}

fn sign_up_closed() -> Error {
    Error::refused(
        ErrorCode::SignUpClosed,
        "Ask the operator of this server for an account.",
    )
}

fn ended() -> Error {
    Error::refused(ErrorCode::SessionEnded, "Sign in again.")
}

#[expect(clippy::disallowed_methods, reason = "sessions belong to accounts, not to tenants")]
async fn live_session(
    db: &impl ConnectionTrait,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<(session::Model, account::Model)>> {
    let Some(session) = session::Entity::find_by_id(id).one(db).await? else {
        return Ok(None);
    };
    if session.ended_at.is_some() || session.expires_at <= now {
        return Ok(None);
    }
    let account = account::Entity::find_by_id(session.account_id).one(db).await?;
    Ok(account
        .filter(|account| account.session_version == session.session_version)
        .map(|account| (session, account)))
}

#[expect(clippy::disallowed_methods, reason = "sessions belong to accounts, not to tenants")]
async fn end(tx: &Tx, session_id: Uuid, now: DateTime<Utc>) -> Result<()> {
    session::Entity::update_many()
        .col_expr(session::Column::EndedAt, Expr::value(now))
        .filter(session::Column::Id.eq(session_id))
        .filter(session::Column::EndedAt.is_null())
        .exec(&**tx)
        .await?;
    Ok(())
}

async fn open_session(
    tx: &Tx,
    app: &App,
    account: account::Model,
    user_agent: Option<&str>,
    factor: Option<Factor>,
) -> Result<Opened> {
    // Here, and not at each of the ways in, so that none of them forgets it.
    standing::of(&account)?;
    let now = app.clock.now();
    let session = session::ActiveModel {
        id: Set(app.clock.new_id()),
        account_id: Set(account.id),
        session_version: Set(account.session_version),
        user_agent: Set(user_agent.and_then(|agent| {
            text::clean_line(&agent.chars().take(150).collect::<String>(), 200)
                .ok()
                .flatten()
        })),
        factor: Set(factor.map(|factor| factor.name().to_owned())),
        confirmed_at: Set(Some(now)),
        created_at: Set(now),
        expires_at: Set(now + TimeDelta::days(app.config.session_days)),
        ended_at: Set(None),
    };
    let session = session.insert(&**tx).await?;
    hand_out(tx, app, account, &session).await
}

async fn hand_out(tx: &Tx, app: &App, account: account::Model, session: &session::Model) -> Result<Opened> {
    let now = app.clock.now();
    let (token, hash) = fresh_token();
    let row = refresh_token::ActiveModel {
        id: Set(app.clock.new_id()),
        session_id: Set(session.id),
        token_hash: Set(hash),
        created_at: Set(now),
        used_at: Set(None),
    };
    refresh_token::Entity::insert(row).exec_without_returning(&**tx).await?;
    let life = TimeDelta::minutes(app.config.access_minutes);
    let access_token = access::issue(&app.keys, &app.config.public_url, account.id, session.id, now, life)?;
    let refresh_life = session.expires_at - now;
    Ok(Opened {
        account,
        access_token,
        access_life: life,
        refresh_token: token,
        refresh_life,
    })
}

async fn check(app: &App, applicant: Applicant) -> Result<Admitted> {
    let mut faults = Vec::new();
    // RFC 6761 keeps .invalid for names that nobody can have; the demo's team uses it.
    let address = text::email(&applicant.email)
        .ok()
        .flatten()
        .filter(|address| !address.folded.ends_with(".invalid"));
    if address.is_none() {
        faults.push(Fault::new(
            "/email",
            FieldCode::Invalid,
            "The mail address must look like name@example.org.",
        ));
    }
    let name = match text::clean_line(&applicant.name, NAME) {
        Ok(Some(name)) => name,
        Ok(None) => {
            faults.push(Fault::new(
                "/name",
                FieldCode::Required,
                "A name is needed; moderators' replies carry it.",
            ));
            String::new()
        }
        Err(fault) => {
            faults.push(fault.at("/name"));
            String::new()
        }
    };
    faults.extend(password::fault(&applicant.password, &applicant.email));
    match address {
        Some(address) if faults.is_empty() => {
            let password_hash = password::hash(app, applicant.password).await?;
            Ok(Admitted {
                email: address.address,
                folded: address.folded,
                name,
                password_hash,
            })
        }
        _ => Err(Error::Invalid(faults)),
    }
}

async fn insert(tx: &Tx, app: &App, admitted: Admitted, operator: bool) -> Result<account::Model> {
    let now = app.clock.now();
    let row = account::ActiveModel {
        id: Set(app.clock.new_id()),
        email: Set(admitted.email),
        email_folded: Set(admitted.folded),
        folded: Set(text::folded(&admitted.name)),
        name: Set(admitted.name),
        suspended_at: Set(None),
        suspended_reason: Set(None),
        locale: Set(None),
        password_hash: Set(admitted.password_hash),
        operator: Set(operator),
        session_version: Set(1),
        created_at: Set(now),
        updated_at: Set(now),
    };
    row.insert(&**tx).await.map_err(|error| match is_taken(&error) {
        true => Error::refused(ErrorCode::AlreadyExists, "There is an account with this mail address."),
        false => error.into(),
    })
}
