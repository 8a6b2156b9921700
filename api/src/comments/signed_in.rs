//! Readers whom their site knows: its pages carry a token (JWT, RFC 7519) that says who reads, signed with the site's key (HS256).
//! What it says stands in the place of what anybody can type.

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde::Deserialize;

use super::Draft;
use crate::error::{Error, Fault, FieldCode, Result};
use crate::sites::settings::SignIn;

/// Longest token, in bytes, and longest name that a site may have for somebody.
const TOKEN: usize = 4096;
const SUBJECT: usize = 200;

/// How far ahead a token may end: one that never does would be a password in a page.
const LONGEST: TimeDelta = TimeDelta::days(31);

/// By how much a site's clock may be behind or ahead of ours.
const LEEWAY: TimeDelta = TimeDelta::seconds(60);

/// The claims that are read, by the names of OpenID Connect Core 1.0 (section 5.1); a site's others stay its own.
#[derive(Debug, Deserialize)]
struct Claims {
    /// What the site knows him by; the same for all that he writes.
    sub: String,
    name: String,
    email: Option<String>,
    website: Option<String>,
    /// Seconds since 1970.
    exp: i64,
    nbf: Option<i64>,
}

/// A draft in the name of the one whom the token names: what the site calls him. Without a token, or where the site takes none, the draft stays
/// as it was typed, and there is nobody.
///
/// # Errors
/// `invalid_input` at `/identity` for a token that is none, is over or ends too late, was signed by another key or another algorithm; and where
/// there has to be one.
pub fn named(
    draft: Draft,
    takes: SignIn,
    keys: impl FnOnce() -> Vec<String>,
    now: DateTime<Utc>,
) -> Result<(Draft, Option<String>)> {
    let Some(token) = draft.identity.as_deref().filter(|_| takes != SignIn::Off) else {
        return match takes {
            SignIn::Required => Err(fault(FieldCode::Required, "Sign in on this site to write.")),
            SignIn::Off | SignIn::Offered => Ok((draft, None)),
        };
    };
    let claims = read(token, &keys(), now)?;
    let named = Draft {
        name: Some(claims.name),
        email: claims.email,
        website: claims.website,
        ..draft
    };
    Ok((named, Some(claims.sub)))
}

fn read(token: &str, keys: &[String], now: DateTime<Utc>) -> Result<Claims> {
    let invalid = |detail: &str| fault(FieldCode::Invalid, detail);
    if token.len() > TOKEN {
        return Err(fault(
            FieldCode::TooLong,
            "A token of who reads has at most 4096 bytes.",
        ));
    }
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_required_spec_claims(&["exp", "sub"]);
    // The key is this site's alone, and times are compared below, with our own clock.
    validation.validate_aud = false;
    validation.validate_exp = false;
    let claims = keys.iter().find_map(|key| {
        // As text: what libraries take for a secret.
        let key = DecodingKey::from_secret(key.as_bytes());
        decode::<Claims>(token, &key, &validation).ok()
    });
    let claims = claims.ok_or_else(|| {
        invalid(
            "The site's word for who you are cannot be read: it is not signed with the site's key, or says too little.",
        )
    })?;
    let claims = claims.claims;
    if claims.sub.is_empty() || claims.sub.len() > SUBJECT || claims.name.trim().is_empty() {
        return Err(invalid(
            "The site's word for who you are has no name in it, or one that is too long.",
        ));
    }
    let ends = DateTime::from_timestamp(claims.exp, 0);
    match ends {
        Some(ends) if ends + LEEWAY <= now => Err(invalid(
            "The site's word for who you are is too old. Load the page again.",
        )),
        Some(ends) if ends <= now + LONGEST => match claims.nbf.and_then(|nbf| DateTime::from_timestamp(nbf, 0)) {
            Some(begins) if begins > now + LEEWAY => Err(invalid("The site's word for who you are does not hold yet.")),
            _ => Ok(claims),
        },
        _ => Err(invalid("The site's word for who you are holds for more than 31 days.")),
    }
}

fn fault(code: FieldCode, detail: &str) -> Error {
    Error::Invalid(vec![Fault::new("/identity", code, detail)])
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{EncodingKey, Header, encode};
    use serde_json::{Value, json};

    use super::*;

    const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    fn claims() -> Value {
        json!({ "sub": "42", "name": "Ada", "email": "ada@example.org", "exp": now().timestamp() + 3600, "role": "editor" })
    }

    fn token(claims: &Value, key: &str, algorithm: Algorithm) -> String {
        encode(
            &Header::new(algorithm),
            claims,
            &EncodingKey::from_secret(key.as_bytes()),
        )
        .unwrap()
    }

    fn draft(identity: Option<String>) -> Draft {
        Draft {
            text: "Hello".into(),
            name: Some("Somebody else".into()),
            website: Some("https://elsewhere.example".into()),
            identity,
            ..Draft::default()
        }
    }

    fn who(identity: Option<String>, takes: SignIn) -> Result<(Option<String>, Option<String>)> {
        let (draft, subject) = named(
            draft(identity),
            takes,
            || vec!["another".to_owned(), KEY.to_owned()],
            now(),
        )?;
        Ok((draft.name, subject))
    }

    #[track_caller]
    fn refused(identity: Option<String>, takes: SignIn, expected: FieldCode) {
        match who(identity, takes) {
            Err(Error::Invalid(faults)) => {
                assert_eq!((&*faults[0].pointer, faults[0].code), ("/identity", expected));
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_the_site_says_stands_in_the_place_of_what_was_typed() {
        let good = token(&claims(), KEY, Algorithm::HS256);
        for takes in [SignIn::Offered, SignIn::Required] {
            let (draft, subject) = named(draft(Some(good.clone())), takes, || vec![KEY.to_owned()], now()).unwrap();
            assert_eq!(subject.as_deref(), Some("42"));
            assert_eq!(
                (draft.name.as_deref(), draft.email.as_deref()),
                (Some("Ada"), Some("ada@example.org"))
            );
            assert_eq!(draft.website, None, "what the site does not say was not said");
            assert_eq!(draft.text, "Hello");
        }
    }

    #[test]
    fn who_brings_nothing_is_nobody_or_refused() {
        let typed = Some("Somebody else".to_owned());
        assert_eq!(who(None, SignIn::Offered).unwrap(), (typed.clone(), None));
        assert_eq!(who(None, SignIn::Off).unwrap(), (typed.clone(), None));
        // Pages of a site that has switched it off may still say who reads.
        assert_eq!(who(Some("x".into()), SignIn::Off).unwrap(), (typed, None));
        refused(None, SignIn::Required, FieldCode::Required);
    }

    #[test]
    fn forged_and_spent_tokens_are_refused() {
        let with = |name: &str, value: Value| {
            let mut claims = claims();
            claims[name] = value;
            token(&claims, KEY, Algorithm::HS256)
        };
        let now = now().timestamp();
        let good = token(&claims(), KEY, Algorithm::HS256);
        let (head, rest) = good.split_once('.').unwrap();
        let unsigned = {
            use base64::Engine;
            let none = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
            format!("{none}.{}.", rest.split_once('.').unwrap().0)
        };
        for bad in [
            String::new(),
            "x".into(),
            format!("{head}.{rest}x"),
            unsigned,
            token(&claims(), "a key of somebody else", Algorithm::HS256),
            token(&claims(), KEY, Algorithm::HS384),
            with("exp", Value::Null),
            with("exp", json!("soon")),
            with("exp", json!(now - 61)),
            with("exp", json!(now + 32 * 86_400)),
            with("exp", json!(i64::MAX)),
            with("nbf", json!(now + 61)),
            with("sub", json!("")),
            with("sub", Value::Null),
            with("sub", json!("x".repeat(SUBJECT + 1))),
            with("name", json!(" ")),
        ] {
            refused(Some(bad), SignIn::Offered, FieldCode::Invalid);
        }
        refused(Some("x".repeat(TOKEN + 1)), SignIn::Offered, FieldCode::TooLong);
        for good in [with("exp", json!(now - 59)), with("nbf", json!(now + 59))] {
            assert!(who(Some(good), SignIn::Offered).is_ok());
        }
    }
}
