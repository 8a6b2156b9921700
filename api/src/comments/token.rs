//! The capability token of a comment: whoever holds it wrote it. Kept by the reader's page, never in a cookie.

use chrono::{DateTime, Utc};
use sea_orm::prelude::Uuid;

use crate::infra::signing::Keys;

const PURPOSE: &str = "comment author";

/// Bytes of the payload: the comment's id and the time it was made, in seconds.
const PAYLOAD: usize = 16 + 8;

/// A token says which comment and from when; the same comment has the same token, so that a retried post gets it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    pub comment_id: Uuid,
    pub issued_at: i64,
}

pub fn seal(keys: &Keys, comment_id: Uuid, created_at: DateTime<Utc>) -> String {
    let mut payload = Vec::with_capacity(PAYLOAD);
    payload.extend_from_slice(comment_id.as_bytes());
    payload.extend_from_slice(&created_at.timestamp().to_be_bytes());
    keys.seal(PURPOSE, &payload)
}

/// What a genuine token says. Whether it is too old is the caller's question.
pub fn open(keys: &Keys, token: &str) -> Option<Token> {
    let payload = keys.open(PURPOSE, token)?;
    let (id, issued) = payload.split_at_checked(16)?;
    Some(Token {
        comment_id: Uuid::from_slice(id).ok()?,
        issued_at: i64::from_be_bytes(issued.try_into().ok()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Secret;

    #[test]
    fn a_token_names_its_comment() {
        let keys = Keys::new(&Secret::new("one"), &[]);
        let (id, at) = (Uuid::from_u128(7), DateTime::from_timestamp(1_800_000_000, 0).unwrap());
        let token = seal(&keys, id, at);
        assert_eq!(
            open(&keys, &token),
            Some(Token {
                comment_id: id,
                issued_at: 1_800_000_000
            })
        );
        assert_eq!(seal(&keys, id, at), token, "a retried post gets the same token");
        assert_eq!(open(&keys, &token[1..]), None);
    }
}
