//! Access tokens of the admin door: JSON Web Tokens (RFC 7519), HS256 and nothing else, good for some minutes.

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use sea_orm::prelude::Uuid;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::infra::signing::Keys;

const PURPOSE: &str = "access";
const AUDIENCE: &str = "parlour-admin";
/// The `typ` of the header: a token made for anything else is not taken for an access token (RFC 9068 section 2.1).
const TYPE: &str = "at+jwt";

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The account.
    pub sub: Uuid,
    /// The session it belongs to.
    pub sid: Uuid,
    pub iss: String,
    pub aud: String,
    pub iat: i64,
    pub exp: i64,
}

/// Signs a token with the newest key; its header names the key.
pub fn issue(
    keys: &Keys,
    issuer: &str,
    account: Uuid,
    session: Uuid,
    now: DateTime<Utc>,
    life: TimeDelta,
) -> Result<String> {
    let (kid, key) = keys
        .derived(PURPOSE)
        .into_iter()
        .next()
        .ok_or_else(|| Error::internal("no signing key"))?;
    let header = Header {
        kid: Some(kid),
        typ: Some(TYPE.to_owned()),
        ..Header::new(Algorithm::HS256)
    };
    let claims = Claims {
        sub: account,
        sid: session,
        iss: issuer.to_owned(),
        aud: AUDIENCE.to_owned(),
        iat: now.timestamp(),
        exp: (now + life).timestamp(),
    };
    encode(&header, &claims, &EncodingKey::from_secret(&key)).map_err(Error::internal)
}

/// The claims of a token that this service signed for this use and that has not expired.
pub fn verify(keys: &Keys, issuer: &str, token: &str, now: DateTime<Utc>) -> Option<Claims> {
    let header = decode_header(token).ok()?;
    if header.typ.as_deref() != Some(TYPE) {
        return None;
    }
    let (_, key) = keys
        .derived(PURPOSE)
        .into_iter()
        .find(|(kid, _)| Some(kid) == header.kid.as_ref())?;
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
    validation.set_audience(&[AUDIENCE]);
    validation.set_issuer(&[issuer]);
    // Expiry is compared below, with our own clock and no leeway.
    validation.validate_exp = false;
    let claims = decode::<Claims>(token, &DecodingKey::from_secret(&key), &validation)
        .ok()?
        .claims;
    (now.timestamp() < claims.exp).then_some(claims)
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::{Value, json};

    use super::*;
    use crate::config::Secret;

    const ISSUER: &str = "https://talk.example";

    fn keys() -> Keys {
        Keys::new(&Secret::new("one"), &[])
    }

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    fn token() -> String {
        issue(
            &keys(),
            ISSUER,
            Uuid::from_u128(1),
            Uuid::from_u128(2),
            now(),
            TimeDelta::minutes(10),
        )
        .unwrap()
    }

    fn forged(header: &Value, claims: &Value, key: &[u8]) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(header), part(claims));
        let signature =
            jsonwebtoken::crypto::sign(message.as_bytes(), &EncodingKey::from_secret(key), Algorithm::HS256);
        format!("{message}.{}", signature.unwrap())
    }

    #[test]
    fn a_token_holds_until_it_expires() {
        let token = token();
        assert_eq!(verify(&keys(), ISSUER, &token, now()).unwrap().sub, Uuid::from_u128(1));
        assert!(verify(&keys(), ISSUER, &token, now() + TimeDelta::seconds(599)).is_some());
        assert!(verify(&keys(), ISSUER, &token, now() + TimeDelta::seconds(600)).is_none());
    }

    #[test]
    fn a_token_of_the_key_before_holds_during_rotation() {
        let rotated = Keys::new(&Secret::new("two"), &[Secret::new("one")]);
        assert!(verify(&rotated, ISSUER, &token(), now()).is_some());
        let dropped = Keys::new(&Secret::new("two"), &[]);
        assert!(verify(&dropped, ISSUER, &token(), now()).is_none());
    }

    #[test]
    fn forged_tokens_are_refused() {
        let (kid, key) = keys().derived(PURPOSE).remove(0);
        let header = json!({ "alg": "HS256", "typ": TYPE, "kid": kid });
        let claims = json!({ "sub": Uuid::from_u128(1), "sid": Uuid::from_u128(2), "iss": ISSUER, "aud": AUDIENCE,
            "iat": now().timestamp(), "exp": now().timestamp() + 60 });
        assert!(
            verify(&keys(), ISSUER, &forged(&header, &claims, &key), now()).is_some(),
            "the table's model is good"
        );

        let with = |part: &Value, name: &str, value: Value| {
            let mut changed = part.clone();
            changed[name] = value;
            changed
        };
        let without = |name: &str| {
            let mut changed = claims.clone();
            changed.as_object_mut().unwrap().remove(name);
            changed
        };
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let unsigned = format!("{}.{}.", part(&with(&header, "alg", json!("none"))), part(&claims));
        let mut table = vec![
            ("no signature", unsigned),
            (
                "another algorithm named",
                forged(&with(&header, "alg", json!("HS512")), &claims, &key),
            ),
            ("another key", forged(&header, &claims, b"another")),
            (
                "an unknown key id",
                forged(&with(&header, "kid", json!("ffffffff")), &claims, &key),
            ),
            (
                "a key id that is a path",
                forged(&with(&header, "kid", json!("../../dev/null")), &claims, &key),
            ),
            (
                "another type",
                forged(&with(&header, "typ", json!("JWT")), &claims, &key),
            ),
            (
                "another audience",
                forged(&header, &with(&claims, "aud", json!("else")), &key),
            ),
            (
                "another issuer",
                forged(&header, &with(&claims, "iss", json!("https://evil.example")), &key),
            ),
            (
                "expiry as a string",
                forged(&header, &with(&claims, "exp", json!("9999999999")), &key),
            ),
            (
                "expired",
                forged(&header, &with(&claims, "exp", json!(now().timestamp())), &key),
            ),
            ("garbage", "a.b.c".to_owned()),
            ("nothing", String::new()),
        ];
        for name in ["exp", "aud", "iss", "sub", "sid"] {
            table.push((name, forged(&header, &without(name), &key)));
        }
        for (what, token) in table {
            assert_eq!(verify(&keys(), ISSUER, &token, now()), None, "{what}");
        }
    }
}
