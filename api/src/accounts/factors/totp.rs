//! Codes of an authenticator app (RFC 6238): six digits from a shared secret and the time, each good once.

use ::entity::authenticator;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use qrcode::QrCode;
use qrcode::render::svg;
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};
use totp_rs::{Builder, Totp};
use url::Url;

use super::confirmation::Confirmed;
use super::{begun, ended, hold, of, wrong};
use crate::app::App;
use crate::error::{Error, ErrorCode, FieldCode, Result};
use crate::infra::db::{Tx, is_taken};

/// Bytes of a secret, as RFC 4226 section 4 recommends.
const SECRET: usize = 20;
/// How long a setting-up may take.
const SETUP: TimeDelta = TimeDelta::minutes(15);
/// What secrets are encrypted for: in the database, and with whoever sets up.
const STORED: &str = "totp";
const OFFERED: &str = "totp setup";

/// What somebody needs to set up his authenticator app.
pub struct Setup {
    /// Sent back with the first code.
    pub token: String,
    /// In base 32, for typing.
    pub secret: String,
    /// `otpauth://`, for an app on the same device.
    pub uri: String,
    /// The same as an SVG document, for a camera.
    pub qr: String,
}

/// Offers a secret. Nothing is stored before the app has shown that it knows it.
///
/// # Errors
/// `already_exists` where one is set.
pub async fn begin(app: &App, by: &Confirmed<'_>) -> Result<Setup> {
    if of(app.db.read(), by.account_id()).await?.authenticator.is_some() {
        return Err(is_set());
    }
    let secret: [u8; SECRET] = rand::random();
    let totp = named(&secret, &app.config.public_url, &by.caller().account().email)?;
    let uri = totp.to_url().map_err(Error::internal)?;
    let qr = QrCode::new(&uri)
        .map_err(Error::internal)?
        .render::<svg::Color<'_>>()
        .min_dimensions(200, 200)
        .build();
    let expires = (app.clock.now() + SETUP).timestamp_millis();
    let payload = [&expires.to_be_bytes()[..], &secret].concat();
    let sealed = app.keys.encrypt(OFFERED, by.account_id().as_bytes(), &payload)?;
    Ok(Setup {
        token: URL_SAFE_NO_PAD.encode(sealed),
        secret: totp.secret().to_base32(),
        uri,
        qr,
    })
}

/// Switches codes on, by the first right one. With the account's first factor come its recovery codes.
///
/// # Errors
/// `invalid_input` for a setting-up that is over and for a wrong code; `already_exists`.
pub async fn enable(app: &App, by: &Confirmed<'_>, token: &str, code: &str) -> Result<Option<Vec<String>>> {
    let now = app.clock.now();
    let secret = offered(app, by.account_id(), token, now).ok_or_else(|| {
        Error::invalid(
            "/setup",
            FieldCode::Invalid,
            "The setting-up took too long, or is not yours; begin again.",
        )
    })?;
    let step = step_of(&secret, code, now).ok_or_else(|| {
        Error::invalid(
            "/code",
            FieldCode::Invalid,
            "This is not the code of this moment; check the clock of the device.",
        )
    })?;
    let tx = app.db.begin().await?;
    hold(&tx, app, by.account_id()).await?;
    let first = !of(&*tx, by.account_id()).await?.are_set();
    let row = authenticator::ActiveModel {
        id: Set(by.account_id()),
        secret: Set(app.keys.encrypt(STORED, by.account_id().as_bytes(), &secret)?),
        last_step: Set(step),
        created_at: Set(now),
        last_used_at: Set(now),
    };
    let inserted = authenticator::Entity::insert(row).exec_without_returning(&*tx).await;
    inserted.map_err(|error| match is_taken(&error) {
        true => is_set(),
        false => error.into(),
    })?;
    let codes = match first {
        true => Some(begun(&tx, app, by).await?),
        false => None,
    };
    tx.commit().await?;
    tracing::info!(event = "totp_enabled", account = %by.account_id(), "security");
    Ok(codes)
}

/// Switches codes off.
///
/// # Errors
/// `not_found`.
#[expect(clippy::disallowed_methods, reason = "factors belong to accounts, not to tenants")]
pub async fn disable(app: &App, by: &Confirmed<'_>) -> Result<()> {
    let tx = app.db.begin().await?;
    hold(&tx, app, by.account_id()).await?;
    let gone = authenticator::Entity::delete_by_id(by.account_id()).exec(&*tx).await?;
    if gone.rows_affected == 0 {
        return Err(Error::not_found("authenticator app"));
    }
    ended(&tx, by.account_id()).await?;
    tx.commit().await?;
    tracing::info!(event = "totp_disabled", account = %by.account_id(), "security");
    Ok(())
}

/// Takes a code. It and all before it are void then.
///
/// # Errors
/// `wrong_factor`.
#[expect(clippy::disallowed_methods, reason = "factors belong to accounts, not to tenants")]
pub(super) async fn spend(tx: &Tx, app: &App, account_id: Uuid, code: &str) -> Result<()> {
    let row = authenticator::Entity::find_by_id(account_id)
        .one(&**tx)
        .await?
        .ok_or_else(wrong)?;
    let Some(secret) = app.keys.decrypt(STORED, account_id.as_bytes(), &row.secret) else {
        tracing::error!(
            account = %account_id,
            "the secret of an authenticator app does not open: was a key taken from previous_secret_keys?"
        );
        return Err(wrong());
    };
    let now = app.clock.now();
    let step = step_of(&secret, code, now).ok_or_else(wrong)?;
    // Of two who show the same code at once, the update lets one through.
    let taken = authenticator::Entity::update_many()
        .col_expr(authenticator::Column::LastStep, Expr::value(step))
        .col_expr(authenticator::Column::LastUsedAt, Expr::value(now))
        .filter(authenticator::Column::Id.eq(account_id))
        .filter(authenticator::Column::LastStep.lt(step))
        .exec(&**tx)
        .await?;
    match taken.rows_affected {
        1 => Ok(()),
        _ => Err(wrong()),
    }
}

fn is_set() -> Error {
    Error::refused(
        ErrorCode::AlreadyExists,
        "An authenticator app is set up; switch it off first.",
    )
}

fn offered(app: &App, account_id: Uuid, token: &str, now: DateTime<Utc>) -> Option<Vec<u8>> {
    let sealed = URL_SAFE_NO_PAD.decode(token).ok()?;
    let payload = app.keys.decrypt(OFFERED, account_id.as_bytes(), &sealed)?;
    let (expires, secret) = payload.split_first_chunk::<8>()?;
    (now.timestamp_millis() < i64::from_be_bytes(*expires)).then(|| secret.to_vec())
}

/// The half minute whose code this is: the present one, or one beside it, for clocks that differ.
fn step_of(secret: &[u8], code: &str, now: DateTime<Utc>) -> Option<i64> {
    let digits: String = code.chars().filter(|letter| !letter.is_whitespace()).take(20).collect();
    let totp = Builder::new().with_secret(secret.to_vec()).build_noncompliant();
    let step = totp.check(&digits, u64::try_from(now.timestamp()).ok()?)?;
    i64::try_from(step).ok()
}

/// The secret with the names under which an app shows it.
fn named(secret: &[u8], public_url: &str, email: &str) -> Result<Totp> {
    let host = Url::parse(public_url)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_default();
    // A colon ends the issuer in the address that apps read.
    let issuer = format!("Parlour {}", host.replace([':', '[', ']'], " ").trim());
    Builder::new()
        .with_secret(secret.to_vec())
        .with_issuer(Some(issuer))
        .with_account_name(email.replace(':', " "))
        .build()
        .map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    /// RFC 6238 appendix B, SHA-1, cut to six digits.
    #[test]
    fn codes_are_those_of_the_rfc() {
        let secret = b"12345678901234567890";
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            assert_eq!(step_of(secret, code, at(seconds)), Some(seconds / 30), "{seconds}");
        }
    }

    #[test]
    fn a_clock_may_be_half_a_minute_off_and_no_more() {
        let secret = b"12345678901234567890";
        let step = 1_111_111_111 / 30;
        for (seconds, good) in [(-31, false), (-30, true), (0, true), (59, true), (60, false)] {
            let found = step_of(secret, "050471", at(step * 30 + seconds));
            assert_eq!(found, good.then_some(step), "{seconds}");
        }
        for no_code in ["", "05047", "0504711", "abcdef", "０５０４７１", &"0".repeat(1000)] {
            assert_eq!(step_of(secret, no_code, at(1_111_111_111)), None, "{no_code}");
        }
        assert_eq!(step_of(secret, " 050 471 ", at(1_111_111_111)), Some(step));
    }

    #[test]
    fn an_app_shows_whose_code_it_is_and_where_it_belongs() {
        for (public_url, host) in [
            ("https://talk.example:8443", "talk.example"),
            ("http://[::1]:8080", "1"),
        ] {
            let uri = named(&[7; SECRET], public_url, "ada@example.org")
                .unwrap()
                .to_url()
                .unwrap();
            let uri = Url::parse(&uri).unwrap();
            assert_eq!(uri.scheme(), "otpauth");
            let issuer = uri.query_pairs().find(|(name, _)| name == "issuer").unwrap().1;
            assert_eq!(issuer, format!("Parlour {host}"));
        }
    }
}
