//! Whose comment is whose, as far as readers may know it: 12 hex digits that are the same for one author within one site.
//!
//! Made of his mail address, or else of his network, when the comment is stored: it outlives both. A site that came from Isso goes on
//! with Isso's own hashes, because pages name them (`data-isso-page-author-hashes`).

use hmac::Hmac;
use sea_orm::prelude::Uuid;
use sha1::Sha1;

use crate::infra::signing::Keys;
use crate::sites::Site;
use crate::sites::settings::Settings;

const PURPOSE: &str = "author of a comment";

/// Hex digits.
const LENGTH: usize = 12;

/// The hash of a reader who gave this mail address, or none, and writes from this network.
pub fn of_reader(keys: &Keys, site: &Site, email: Option<&str>, network_hash: &str) -> String {
    match email {
        Some(email) => of_email(keys, site.id(), site.settings(), email),
        None => of_network(keys, site.id(), network_hash),
    }
}

/// The hash of a reader who gave no mail address.
pub fn of_network(keys: &Keys, site_id: Uuid, network_hash: &str) -> String {
    own(keys, site_id, &format!("network {network_hash}"))
}

/// The hash of a reader who gave this mail address on a site.
pub fn of_email(keys: &Keys, site_id: Uuid, settings: &Settings, email: &str) -> String {
    match settings.hash_salt.as_str() {
        "" => own(keys, site_id, &format!("mail {email}")),
        salt => of_isso(email, salt),
    }
}

/// The hash of a reader whom the site knows by this name.
pub fn of_known(keys: &Keys, site_id: Uuid, subject: &str) -> String {
    own(keys, site_id, &format!("signed in {subject}"))
}

/// The hash of a member who writes in the name of the team.
pub fn of_member(keys: &Keys, site_id: Uuid, account_id: Uuid) -> String {
    own(keys, site_id, &format!("account {account_id}"))
}

/// Isso's hash of a mail address, or of a network as it writes one: PBKDF2 (RFC 8018) with HMAC-SHA1, a thousand rounds, six bytes.
pub fn of_isso(value: &str, salt: &str) -> String {
    const ROUNDS: u32 = 1000;
    let mut hash = [0_u8; LENGTH / 2];
    // Fails for no key: HMAC takes any length.
    if pbkdf2::pbkdf2::<Hmac<Sha1>>(value.as_bytes(), salt.as_bytes(), ROUNDS, &mut hash).is_err() {
        return "0".repeat(LENGTH);
    }
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn own(keys: &Keys, site_id: Uuid, value: &str) -> String {
    let mut hash = keys.pseudonym(PURPOSE, &format!("{site_id} {value}"));
    hash.truncate(LENGTH);
    hash
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Secret;

    #[test]
    fn issos_hash_is_issos() {
        // What Isso 0.14 gives for them under its default salt.
        let salt = "Eech7co8Ohloopo9Ol6baimi";
        assert_eq!(of_isso("", salt), "42476aafe2e4");
        assert_eq!(of_isso("ada@example.org", salt), "743f537b5431");
        assert_ne!(of_isso("ada@example.org", "another"), of_isso("ada@example.org", salt));
    }

    #[test]
    fn one_author_has_one_hash_a_site() {
        let keys = Keys::new(&Secret::new("one"), &[]);
        let (here, there) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let one = own(&keys, here, "mail ada@example.org");
        assert_eq!(one.len(), LENGTH);
        assert!(
            one.bytes()
                .all(|byte| byte.is_ascii_hexdigit() && !byte.is_ascii_uppercase())
        );
        assert_eq!(one, own(&keys, here, "mail ada@example.org"));
        assert_ne!(one, own(&keys, there, "mail ada@example.org"));
        assert_ne!(of_member(&keys, here, there), of_member(&keys, here, here));
    }
}
