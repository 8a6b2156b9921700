//! Everything that is signed or hashed with the service's secret key.
//!
//! One secret, many keys: each purpose has its own key by HKDF-SHA256 (RFC 5869), so that a token of one purpose is nothing to
//! another. Secrets that were in use before still verify, which is how a key is rotated without logging anybody out.

use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sea_orm::prelude::Uuid;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::config::Secret;
use crate::error::{Error, Result};

/// Bytes of a token's signature: 128 bits.
const SIGNATURE: usize = 16;

/// The current secret and those before it.
pub struct Keys {
    /// Newest first; never empty.
    secrets: Vec<Vec<u8>>,
    network: Arc<NetworkKey>,
}

/// What makes pseudonyms of networks, ready for use: deriving it costs more than using it.
pub struct NetworkKey([u8; 32]);

impl std::fmt::Debug for NetworkKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NetworkKey(..)")
    }
}

impl NetworkKey {
    /// A reader's network within one site: the same network is another pseudonym on another site.
    pub fn hash(&self, site_id: Uuid, network: &str) -> String {
        pseudonym(&self.0, &format!("{site_id}/{network}"))
    }
}

impl Keys {
    pub fn new(current: &Secret, previous: &[Secret]) -> Self {
        let secrets = std::iter::once(current)
            .chain(previous)
            .map(|secret| secret.expose().as_bytes().to_vec());
        Keys {
            secrets: secrets.collect(),
            network: Arc::new(NetworkKey(derive(current.expose().as_bytes(), "network"))),
        }
    }

    /// 256-bit keys for a purpose, newest first, each with a short public name (`kid`).
    pub fn derived(&self, purpose: &str) -> Vec<(String, [u8; 32])> {
        self.secrets
            .iter()
            .map(|secret| derive(secret, purpose))
            .map(|key| (name_of(&key), key))
            .collect()
    }

    /// A keyed hash that nobody without the secret can try values against. 32 hex digits.
    pub fn pseudonym(&self, purpose: &str, value: &str) -> String {
        pseudonym(&self.current(purpose), value)
    }

    /// The same under each key that is or was in use, for what is compared with a hash that was stored.
    pub fn pseudonyms(&self, purpose: &str, value: &str) -> Vec<String> {
        self.derived(purpose)
            .iter()
            .map(|(_, key)| pseudonym(key, value))
            .collect()
    }

    /// Encrypts what is stored and has to be read again (AES-256-GCM). `owner` is whom it belongs to: put in another's row, it
    /// does not open.
    pub fn encrypt(&self, purpose: &str, owner: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
        let mut sealed = plain.to_vec();
        let nonce = cipher(&self.current(purpose))?
            .seal_in_place_append_tag(Aad::from(owner), &mut sealed)
            .map_err(Error::internal)?;
        Ok([&nonce.as_ref()[..], &sealed].concat())
    }

    /// What [`Keys::encrypt`] made for the same purpose and owner, with this secret or one before it.
    pub fn decrypt(&self, purpose: &str, owner: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>()?;
        self.derived(purpose).iter().find_map(|(_, key)| {
            let mut bytes = sealed.to_vec();
            let plain = cipher(key)
                .ok()?
                .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(owner), &mut bytes)
                .ok()?;
            Some(plain.to_vec())
        })
    }

    /// A reader's network within one site: the same network is another pseudonym on another site.
    pub fn network_hash(&self, site_id: Uuid, network: &str) -> String {
        self.network.hash(site_id, network)
    }

    pub fn network_key(&self) -> Arc<NetworkKey> {
        Arc::clone(&self.network)
    }

    /// A token that carries `payload` in the clear and proves that this service made it for `purpose`.
    pub fn seal(&self, purpose: &str, payload: &[u8]) -> String {
        let mut token = payload.to_vec();
        token.extend_from_slice(&sign(&self.current(purpose), payload)[..SIGNATURE]);
        URL_SAFE_NO_PAD.encode(token)
    }

    /// The payload of a token that [`Keys::seal`] made for the same purpose.
    pub fn open(&self, purpose: &str, token: &str) -> Option<Vec<u8>> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (payload, signature) = bytes.split_at_checked(bytes.len().checked_sub(SIGNATURE)?)?;
        let genuine = self
            .derived(purpose)
            .iter()
            .any(|(_, key)| bool::from(sign(key, payload)[..SIGNATURE].ct_eq(signature)));
        genuine.then(|| payload.to_vec())
    }

    /// The key with which a site signs the ids of its conversations: 64 hex digits, which its owner may know. `version`
    /// counts its rotations.
    pub fn site_key(&self, site_id: Uuid, version: i32) -> String {
        hex(&self.current(&site_purpose(site_id, version)))
    }

    /// The key by which a site says who its readers are, in the same way.
    pub fn sign_in_key(&self, site_id: Uuid, version: i32) -> String {
        hex(&self.current(&sign_in_purpose(site_id, version)))
    }

    /// That key in these versions, of all secrets that are good.
    pub fn sign_in_keys(&self, site_id: Uuid, versions: &[i32]) -> Vec<String> {
        let derived = versions
            .iter()
            .flat_map(|version| self.derived(&sign_in_purpose(site_id, *version)));
        derived.map(|(_, key)| hex(&key)).collect()
    }

    /// Whether `signature` is the HMAC-SHA256 (RFC 2104) of a message under a site's key of one of these versions, in
    /// 64 lower-case hex digits. Keys of former secrets are good, too.
    pub fn is_signed_by_site(&self, site_id: Uuid, versions: &[i32], message: &str, signature: &str) -> bool {
        versions
            .iter()
            .flat_map(|version| self.derived(&site_purpose(site_id, *version)))
            .any(|(_, key)| {
                let expected = hex(&sign(&key, message.as_bytes()));
                bool::from(expected.as_bytes().ct_eq(signature.as_bytes()))
            })
    }

    /// The token of a link that goes out by mail, and the SHA-256 that is stored of it. It follows from the id of the row that the
    /// link is about, so that the mail can be written later and nothing in between has to keep it.
    pub fn link_token(&self, purpose: &str, id: Uuid) -> (String, Vec<u8>) {
        let token = link_token(&self.current(&link_purpose(purpose)), id);
        let hash = token_hash(&token);
        (token, hash)
    }

    /// That token once more, under whichever secret it was made.
    pub fn link_token_again(&self, purpose: &str, id: Uuid, hash: &[u8]) -> Option<String> {
        let derived = self.derived(&link_purpose(purpose)).into_iter();
        derived
            .map(|(_, key)| link_token(&key, id))
            .find(|token| token_hash(token) == hash)
    }

    fn current(&self, purpose: &str) -> [u8; 32] {
        derive(&self.secrets[0], purpose)
    }
}

/// 256 random bits for the holder, and the SHA-256 that is stored.
pub fn fresh_token() -> (String, Vec<u8>) {
    let token = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>());
    let hash = token_hash(&token);
    (token, hash)
}

/// What a receiver compares with what came to it (Standard Webhooks): HMAC-SHA256 over id, time and body, with the secret's bytes.
pub fn webhook_signature(secret: &[u8], id: &str, timestamp: i64, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes a key of any length");
    for part in [id, ".", &timestamp.to_string(), ".", body] {
        mac.update(part.as_bytes());
    }
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

/// 256 random bits that sign what is sent to a receiver, and how the receiver gets them (Standard Webhooks).
pub fn fresh_webhook_secret() -> (Vec<u8>, String) {
    let secret: [u8; 32] = rand::random();
    (secret.to_vec(), format!("whsec_{}", STANDARD.encode(secret)))
}

/// 128 random bits: an identity that nobody guesses.
pub fn fresh_identity() -> [u8; 16] {
    rand::random()
}

/// A name for what has 128 random bits or more: a plain hash is enough, and it stays when the secret changes. 32 hex digits.
pub fn name_for(identity: &[u8]) -> String {
    hex(&Sha256::digest(identity)[..16])
}

/// A code that a person can copy from paper: 60 random bits in three groups of letters that are not mistaken for each other.
pub fn fresh_code() -> String {
    let letters = fresh_site_key();
    format!("{}-{}-{}", &letters[..4], &letters[4..8], &letters[8..])
}

/// What is stored of a token: it has 256 random bits, so a plain hash is enough.
pub fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// A name for a site in URLs: 60 random bits in letters that are not mistaken for each other.
pub fn fresh_site_key() -> String {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
    let bytes: [u8; 12] = rand::random();
    bytes
        .iter()
        .map(|byte| char::from(LETTERS[usize::from(byte % 32)]))
        .collect()
}

fn pseudonym(key: &[u8; 32], value: &str) -> String {
    hex(&sign(key, value.as_bytes())[..SIGNATURE])
}

fn link_purpose(purpose: &str) -> String {
    format!("mailed link/{purpose}")
}

fn link_token(key: &[u8; 32], id: Uuid) -> String {
    URL_SAFE_NO_PAD.encode(sign(key, id.as_bytes()))
}

fn sign_in_purpose(site_id: Uuid, version: i32) -> String {
    format!("site/{site_id}/sign in/{version}")
}

fn site_purpose(site_id: Uuid, version: i32) -> String {
    format!("site/{site_id}/{version}")
}

fn derive(secret: &[u8], purpose: &str) -> [u8; 32] {
    let mut key = [0; 32];
    Hkdf::<Sha256>::new(Some(b"parlour"), secret)
        .expand(purpose.as_bytes(), &mut key)
        .expect("32 bytes are within what HKDF-SHA256 gives");
    key
}

fn sign(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

fn cipher(key: &[u8; 32]) -> Result<RandomizedNonceKey> {
    RandomizedNonceKey::new(&AES_256_GCM, key).map_err(Error::internal)
}

fn name_of(key: &[u8; 32]) -> String {
    hex(&Sha256::digest(key)[..4])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(secrets: &[&str]) -> Keys {
        let secrets: Vec<Secret> = secrets.iter().map(|secret| Secret::new(*secret)).collect();
        Keys::new(&secrets[0], &secrets[1..])
    }

    /// The example of the specification's own libraries.
    #[test]
    fn what_is_sent_to_receivers_is_signed_as_standard_webhooks_does() {
        let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signature = webhook_signature(
            &secret,
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        let (secret, shown) = fresh_webhook_secret();
        assert_eq!(STANDARD.decode(shown.strip_prefix("whsec_").unwrap()).unwrap(), secret);
        assert_eq!(secret.len(), 32);
    }

    #[test]
    fn a_sealed_payload_comes_back() {
        let keys = keys(&["one"]);
        assert_eq!(
            keys.open("author", &keys.seal("author", b"payload")),
            Some(b"payload".to_vec())
        );
    }

    #[test]
    fn the_token_of_a_mailed_link_can_be_made_again_and_not_without_the_secret() {
        let id = Uuid::from_u128(7);
        let (token, hash) = keys(&["one"]).link_token("reset", id);
        assert_eq!(token.len(), 43, "256 bits");
        assert_eq!(token_hash(&token), hash);
        for secrets in [&["one"][..], &["two", "one"]] {
            assert_eq!(
                keys(secrets).link_token_again("reset", id, &hash).as_ref(),
                Some(&token)
            );
        }
        assert_eq!(keys(&["two"]).link_token_again("reset", id, &hash), None);
        assert_eq!(keys(&["one"]).link_token_again("sign up", id, &hash), None);
        assert_eq!(
            keys(&["one"]).link_token_again("reset", Uuid::from_u128(8), &hash),
            None
        );
    }

    #[test]
    fn a_token_is_nothing_to_another_purpose() {
        let keys = keys(&["one"]);
        assert_eq!(keys.open("admin", &keys.seal("author", b"payload")), None);
    }

    #[test]
    fn a_token_of_another_service_is_refused() {
        assert_eq!(
            keys(&["two"]).open("author", &keys(&["one"]).seal("author", b"x")),
            None
        );
    }

    #[test]
    fn a_token_of_the_key_before_is_still_good() {
        assert!(
            keys(&["new", "old"])
                .open("author", &keys(&["old"]).seal("author", b"x"))
                .is_some()
        );
    }

    #[test]
    fn every_changed_byte_is_noticed() {
        let keys = keys(&["one"]);
        let token = keys.seal("author", b"payload");
        let bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
        for place in 0..bytes.len() {
            let mut forged = bytes.clone();
            forged[place] ^= 1;
            assert_eq!(
                keys.open("author", &URL_SAFE_NO_PAD.encode(forged)),
                None,
                "byte {place}"
            );
        }
    }

    #[test]
    fn garbage_is_no_token() {
        for garbage in ["", "a", "!!!", "AAAA", "ÄÄÄÄ"] {
            assert_eq!(keys(&["one"]).open("author", garbage), None, "{garbage:?}");
        }
    }

    #[test]
    fn a_network_has_another_pseudonym_on_every_site() {
        let keys = keys(&["one"]);
        let (here, there) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert_ne!(
            keys.network_hash(here, "10.0.0.0/24"),
            keys.network_hash(there, "10.0.0.0/24")
        );
        assert_eq!(
            keys.network_hash(here, "10.0.0.0/24"),
            keys.network_hash(here, "10.0.0.0/24")
        );
    }

    /// By what a site's owner is told to do, and by none of our own functions.
    fn signed_by_hand(key: &str, message: &str) -> String {
        let bytes: Vec<u8> = (0..key.len() / 2)
            .map(|place| u8::from_str_radix(&key[2 * place..2 * place + 2], 16).unwrap())
            .collect();
        let mut mac = Hmac::<Sha256>::new_from_slice(&bytes).unwrap();
        mac.update(message.as_bytes());
        mac.finalize()
            .into_bytes()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    #[test]
    fn a_sites_signature_is_good_for_its_message_its_site_and_its_versions() {
        let keys = keys(&["one"]);
        let site = Uuid::from_u128(1);
        let signature = signed_by_hand(&keys.site_key(site, 2), "my-post");
        let good = |site, versions: &[i32], message, signature: &str| {
            keys.is_signed_by_site(site, versions, message, signature)
        };
        assert!(good(site, &[2], "my-post", &signature));
        assert!(
            good(site, &[3, 2], "my-post", &signature),
            "before and after a rotation"
        );
        assert!(!good(site, &[3], "my-post", &signature));
        assert!(!good(site, &[], "my-post", &signature));
        assert!(!good(site, &[2], "my-posts", &signature));
        assert!(!good(site, &[2], "", &signature));
        assert!(!good(Uuid::from_u128(2), &[2], "my-post", &signature));
        for forged in [
            "",
            &signature[..63],
            &signature[1..],
            &signature.to_uppercase(),
            &"0".repeat(64),
        ] {
            assert!(!good(site, &[2], "my-post", forged), "{forged}");
        }
    }

    #[test]
    fn a_sites_signature_outlives_the_services_secret() {
        let site = Uuid::from_u128(1);
        let before = signed_by_hand(&keys(&["old"]).site_key(site, 1), "my-post");
        let after = keys(&["new", "old"]);
        assert!(after.is_signed_by_site(site, &[1], "my-post", &before));
        assert_ne!(
            signed_by_hand(&after.site_key(site, 1), "my-post"),
            before,
            "new ones are made with the new key"
        );
        assert!(!keys(&["new"]).is_signed_by_site(site, &[1], "my-post", &before));
    }

    #[test]
    fn the_documented_signature_is_right() {
        let page = include_str!("../../../docs/signed-threads.md");
        let told = |name: &str| {
            let line = page
                .lines()
                .find_map(|line| line.strip_prefix(name))
                .unwrap_or_else(|| panic!("no {name}"));
            line.trim().trim_matches(['|', '`', ' ']).to_owned()
        };
        let (key, id, signature) = (told("| key |"), told("| id |"), told("| signature |"));
        assert_eq!(key.len(), 64);
        assert_eq!(signed_by_hand(&key, &id), signature);
    }

    #[test]
    fn what_is_encrypted_opens_for_its_owner_its_purpose_and_its_secret() {
        let before = keys(&["old"]);
        let sealed = before.encrypt("totp", b"ada", b"secret").unwrap();
        assert!(!sealed.windows(6).any(|part| part == b"secret"));
        assert_ne!(sealed, before.encrypt("totp", b"ada", b"secret").unwrap());
        assert_eq!(before.decrypt("totp", b"ada", &sealed), Some(b"secret".to_vec()));
        assert_eq!(
            keys(&["new", "old"]).decrypt("totp", b"ada", &sealed),
            Some(b"secret".to_vec())
        );
        assert_eq!(keys(&["new"]).decrypt("totp", b"ada", &sealed), None);
        assert_eq!(before.decrypt("totp", b"eve", &sealed), None);
        assert_eq!(before.decrypt("else", b"ada", &sealed), None);
        for place in 0..sealed.len() {
            let mut forged = sealed.clone();
            forged[place] ^= 1;
            assert_eq!(before.decrypt("totp", b"ada", &forged), None, "byte {place}");
            assert_eq!(before.decrypt("totp", b"ada", &sealed[..place]), None, "{place} bytes");
        }
    }

    #[test]
    fn codes_are_in_groups_and_no_two_are_alike() {
        let code = fresh_code();
        let groups: Vec<&str> = code.split('-').collect();
        assert_eq!(groups.iter().map(|group| group.len()).collect::<Vec<_>>(), [4, 4, 4]);
        assert_ne!(code, fresh_code());
    }

    #[test]
    fn site_keys_are_short_and_plain() {
        let key = fresh_site_key();
        assert_eq!(key.len(), 12);
        assert!(key.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    }
}
