//! Messages to browsers by way of their push services: RFC 8030 over RFC 8291 (encryption for the browser) and RFC 8292 (who sends it).
//! The service carries them and cannot read them.
//!
//! Our key is made of the service's secret, so that all nodes have it and nothing is stored.

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{self, ECDH_P256, ParsedPublicKey, PrivateKey, UnparsedPublicKey};
use aws_lc_rs::rand::{self, SystemRandom};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use hkdf::Hkdf;
use serde_json::json;
use sha2::Sha256;
use url::Url;

use super::outgoing::{Parcel, Verb};
use super::signing::Keys;
use crate::error::{Error, Result};

const PURPOSE: &str = "web push";

/// A point of P-256, uncompressed; and the secret that goes with a browser's.
pub const POINT: usize = 65;
pub const AUTH: usize = 16;

/// Bytes of a message in the clear: push services must take 4096 with all that goes around it.
pub const MOST: usize = 3000;

/// How long what we say of ourselves is good; a day is the most.
const VOUCHED: TimeDelta = TimeDelta::hours(12);

/// The size of a record that is announced; there is one, and it is smaller.
const RECORD: u32 = 4096;

/// Where a browser takes messages, and what they are encrypted for.
pub struct Target<'a> {
    pub endpoint: &'a Url,
    pub public_key: &'a [u8],
    pub auth: &'a [u8],
}

/// What is sent, and how long it is worth keeping for a browser that is away. Of a topic, the last one is delivered.
pub struct Message<'a> {
    pub body: &'a [u8],
    pub topic: &'a str,
    pub seconds: u32,
}

/// A key by which push services know us again (RFC 8292).
pub struct Identity {
    /// What a browser's row calls it.
    pub name: String,
    public: Vec<u8>,
    signer: EcdsaKeyPair,
}

impl Identity {
    /// The key of today.
    pub fn current(keys: &Keys) -> Result<Identity> {
        let first = keys.derived(PURPOSE).into_iter().next();
        let (name, private) = first.ok_or_else(|| Error::internal("there is no secret key"))?;
        Identity::of(name, &private)
    }

    /// The one of a name, as long as its secret is known.
    pub fn named(keys: &Keys, name: &str) -> Result<Option<Identity>> {
        let found = keys.derived(PURPOSE).into_iter().find(|(known, _)| known == name);
        found.map(|(name, private)| Identity::of(name, &private)).transpose()
    }

    /// 32 random bytes are a private key, but for one time in four billions.
    fn of(name: String, private: &[u8; 32]) -> Result<Identity> {
        let key = PrivateKey::from_private_key(&ECDH_P256, private).map_err(Error::internal)?;
        let public = key.compute_public_key().map_err(Error::internal)?.as_ref().to_vec();
        let signer = EcdsaKeyPair::from_private_key_and_public_key(&ECDSA_P256_SHA256_FIXED_SIGNING, private, &public)
            .map_err(Error::internal)?;
        Ok(Identity { name, public, signer })
    }

    /// What a browser asks its service for (`applicationServerKey`).
    pub fn public_key(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.public)
    }

    /// A message on its way. `contact` is an address of ours (`mailto:` or `https:`) for the people behind the service.
    ///
    /// # Errors
    /// [`Error::Internal`] for keys that are none; they are looked at when a browser is added.
    pub fn parcel(&self, to: &Target<'_>, message: &Message<'_>, contact: &str, now: DateTime<Utc>) -> Result<Parcel> {
        Ok(Parcel {
            method: Verb::Post,
            url: to.endpoint.clone(),
            headers: vec![
                ("content-type", "application/octet-stream".to_owned()),
                ("content-encoding", "aes128gcm".to_owned()),
                ("ttl", message.seconds.to_string()),
                ("urgency", "normal".to_owned()),
                ("topic", message.topic.to_owned()),
                ("authorization", self.authorization(to.endpoint, contact, now)?),
            ],
            body: encrypt(to, message.body)?,
        })
    }

    fn authorization(&self, endpoint: &Url, contact: &str, now: DateTime<Utc>) -> Result<String> {
        let claims = json!({
            "aud": endpoint.origin().ascii_serialization(),
            "exp": (now + VOUCHED).timestamp(),
            "sub": contact,
        });
        let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let said = format!("{}.{}", part(json!({ "typ": "JWT", "alg": "ES256" })), part(claims));
        let signature = self
            .signer
            .sign(&SystemRandom::new(), said.as_bytes())
            .map_err(Error::internal)?;
        let signature = URL_SAFE_NO_PAD.encode(signature);
        Ok(format!("vapid t={said}.{signature}, k={}", self.public_key()))
    }
}

/// Whether these are a browser's keys.
pub fn are_keys(public_key: &[u8], auth: &[u8]) -> bool {
    let is_point = || ParsedPublicKey::try_from(UnparsedPublicKey::new(&ECDH_P256, public_key)).is_ok();
    public_key.len() == POINT && public_key[0] == 4 && auth.len() == AUTH && is_point()
}

fn encrypt(to: &Target<'_>, plain: &[u8]) -> Result<Vec<u8>> {
    let mut salt = [0; 16];
    rand::fill(&mut salt).map_err(Error::internal)?;
    let once = PrivateKey::generate(&ECDH_P256).map_err(Error::internal)?;
    encrypt_with(&once, salt, to, plain)
}

/// RFC 8291, section 3.4, in one record of RFC 8188.
fn encrypt_with(once: &PrivateKey, salt: [u8; 16], to: &Target<'_>, plain: &[u8]) -> Result<Vec<u8>> {
    let ours = once.compute_public_key().map_err(Error::internal)?;
    let theirs = UnparsedPublicKey::new(&ECDH_P256, to.public_key);
    let info = [&b"WebPush: info\0"[..], to.public_key, ours.as_ref()].concat();
    let shared = agreement::agree(once, theirs, Error::internal("no agreement on a key"), |secret| {
        expand::<32>(to.auth, secret, &info)
    })?;
    let key = expand::<16>(&salt, &shared, b"Content-Encoding: aes128gcm\0")?;
    let nonce = expand::<12>(&salt, &shared, b"Content-Encoding: nonce\0")?;
    // The delimiter of the last record.
    let mut sealed = [plain, &[2]].concat();
    LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).map_err(Error::internal)?)
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut sealed)
        .map_err(Error::internal)?;
    let mut message = Vec::with_capacity(21 + POINT + sealed.len());
    message.extend_from_slice(&salt);
    message.extend_from_slice(&RECORD.to_be_bytes());
    message.push(u8::try_from(ours.as_ref().len()).map_err(Error::internal)?);
    message.extend_from_slice(ours.as_ref());
    message.extend_from_slice(&sealed);
    Ok(message)
}

fn expand<const N: usize>(salt: &[u8], secret: &[u8], info: &[u8]) -> Result<[u8; N]> {
    let mut bytes = [0; N];
    Hkdf::<Sha256>::new(Some(salt), secret)
        .expand(info, &mut bytes)
        .map_err(Error::internal)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey as Verifier};
    use serde_json::Value;

    use super::*;
    use crate::config::Secret;

    fn bytes(text: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(text).unwrap()
    }

    const THEIRS: &str = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";

    #[test]
    fn the_example_of_the_standard_comes_out_as_it_says() {
        // RFC 8291, section 5.
        let once = PrivateKey::from_private_key(&ECDH_P256, &bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"));
        let salt: [u8; 16] = bytes("DGv6ra1nlYgDCS1FRnbzlw").try_into().unwrap();
        let (theirs, auth) = (bytes(THEIRS), bytes("BTBZMqHH6r4Tts7J_aSIgg"));
        let to = Target {
            endpoint: &Url::parse("https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV").unwrap(),
            public_key: &theirs,
            auth: &auth,
        };
        let plain = b"When I grow up, I want to be a watermelon";
        let message = encrypt_with(&once.unwrap(), salt, &to, plain).unwrap();
        assert_eq!(
            URL_SAFE_NO_PAD.encode(message),
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
        );
    }

    #[test]
    fn a_service_learns_who_sends_and_that_it_is_for_it() {
        let keys = Keys::new(&Secret::new("k".repeat(32)), &[Secret::new("j".repeat(32))]);
        let identity = Identity::current(&keys).unwrap();
        let endpoint = Url::parse("https://push.example.net:8443/p/1?x").unwrap();
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let said = identity
            .authorization(&endpoint, "mailto:ops@example.net", now)
            .unwrap();
        let (token, key) = said.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        Verifier::new(&ECDSA_P256_SHA256_FIXED, bytes(key))
            .verify(signed.as_bytes(), &bytes(signature))
            .unwrap();
        let claims: Value = serde_json::from_slice(&bytes(signed.split_once('.').unwrap().1)).unwrap();
        assert_eq!(
            claims,
            json!({ "aud": "https://push.example.net:8443", "exp": 1_800_043_200, "sub": "mailto:ops@example.net" })
        );
        // The keys of secrets that were in use before are found by their names.
        let names: Vec<String> = keys.derived(PURPOSE).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names[0], identity.name);
        for name in names {
            assert_eq!(Identity::named(&keys, &name).unwrap().unwrap().name, name);
        }
        assert!(Identity::named(&keys, "another").unwrap().is_none());
    }

    #[test]
    fn what_is_no_key_is_known() {
        let auth = [0; AUTH];
        assert!(are_keys(&bytes(THEIRS), &auth));
        assert!(!are_keys(&bytes(THEIRS), &auth[1..]));
        assert!(!are_keys(&bytes(THEIRS)[..64], &auth));
        assert!(!are_keys(&[], &auth));
        // Of the right length, and no point of the curve.
        assert!(!are_keys(&[[4].as_slice(), &[1; 64]].concat(), &auth));
    }
}
