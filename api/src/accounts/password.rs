//! Passwords: what is taken, and how it is kept (argon2id, RFC 9106, with OWASP's 19 MiB and two passes).

use ::entity::account;
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::OwnedSemaphorePermit;

use crate::app::App;
use crate::error::{Error, Fault, FieldCode, Result};
use crate::infra::metrics::{During, metrics};

/// Lengths in characters.
pub const SHORTEST: usize = 8;
pub const LONGEST: usize = 128;

/// The most used passwords of eight and more characters, one a line.
const COMMON: &str = include_str!("common_passwords.txt");

/// What is wrong with a new password, if anything. No rules of composition: length and not being the first guess.
pub fn fault(password: &str, email: &str) -> Option<Fault> {
    let length = password.chars().count();
    let said = |code, detail: &str| Some(Fault::new("/password", code, detail));
    if length < SHORTEST {
        return said(FieldCode::TooShort, "The password needs at least 8 characters.");
    }
    if length > LONGEST {
        return said(FieldCode::TooLong, "The password may have 128 characters at most.");
    }
    let lower = password.to_lowercase();
    let name = email.split('@').next().unwrap_or_default().to_lowercase();
    let of_one_letter = password.chars().all(|letter| password.starts_with(letter));
    if of_one_letter || lower == email.to_lowercase() || lower == name || COMMON.lines().any(|common| common == lower) {
        return said(
            FieldCode::TooCommon,
            "This password is among the first that are tried; take another.",
        );
    }
    None
}

/// The turn of one who needs a core and much memory for a while.
async fn turn(app: &App) -> Result<OwnedSemaphorePermit> {
    let _waiting = During::new(&metrics().work.passwords);
    app.passwords.turn().await
}

/// Hashes off the async threads, a few at a time: each takes 19 MiB, so an unbounded number would be an attack on memory.
pub async fn hash(app: &App, password: String) -> Result<String> {
    let turn = turn(app).await?;
    tokio::task::spawn_blocking(move || {
        let _turn = turn;
        Argon2::default()
            .hash_password(password.as_bytes())
            .map(|hash| hash.to_string())
    })
    .await
    .map_err(Error::internal)?
    .map_err(Error::internal)
}

/// Compares with a stored hash. Without one, it takes the same time and says no, so that nobody learns who has an account.
pub async fn matches(app: &App, password: String, stored: Option<String>) -> Result<bool> {
    let turn = turn(app).await?;
    tokio::task::spawn_blocking(move || {
        let _turn = turn;
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| NOBODY.to_owned());
        let same = PasswordHash::new(&stored)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
        known && same
    })
    .await
    .map_err(Error::internal)
}

/// Whether this is the password of an account.
pub async fn is_of(app: &App, password: String, account: &account::Model) -> Result<bool> {
    // What is longer than any password is not worth its hash.
    Ok(password.len() <= 4 * LONGEST && matches(app, password, Some(account.password_hash.clone())).await?)
}

/// A hash with the same cost as every other.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[cfg(test)]
mod tests {
    use super::*;

    fn code(password: &str) -> Option<FieldCode> {
        fault(password, "ada@example.org").map(|fault| fault.code)
    }

    #[test]
    fn length_counts_characters() {
        assert_eq!(code("ßßßßßßß"), Some(FieldCode::TooShort));
        assert_eq!(code("grün blau"), None);
        assert_eq!(code(&"ab".repeat(64)), None);
        assert_eq!(code(&"ab".repeat(65)), Some(FieldCode::TooLong));
    }

    #[test]
    fn first_guesses_are_refused() {
        for guess in [
            "password",
            "PASSWORD",
            "12345678",
            "qwertyuiop",
            "aaaaaaaaaa",
            "ada@example.org",
        ] {
            assert_eq!(code(guess), Some(FieldCode::TooCommon), "{guess}");
        }
    }

    #[test]
    fn the_hash_of_nobody_can_be_read() {
        assert!(PasswordHash::new(NOBODY).is_ok());
    }
}
