//! Where the next page of a list begins: opaque to clients, a place in an order to us (keyset paging).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};

use crate::error::{Error, ErrorCode, Result};

/// A place in the order of a list: what it is ordered by, and the comment's number where that is equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cursor {
    /// Milliseconds since 1970, rank, or number of replies, as the list's order has it.
    pub key: i64,
    pub number: i64,
}

impl Cursor {
    pub fn encode(self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}.{}", self.key, self.number))
    }

    /// # Errors
    /// `invalid_parameter` for anything that [`Cursor::encode`] did not make.
    pub fn decode(text: &str) -> Result<Self> {
        let read = || {
            let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
            let plain = std::str::from_utf8(&bytes).ok()?;
            let (key, number) = plain.split_once('.')?;
            Some(Cursor {
                key: key.parse().ok()?,
                number: number.parse().ok()?,
            })
        };
        read().ok_or_else(not_ours)
    }

    /// The place's moment, in an order by time.
    ///
    /// # Errors
    /// `invalid_parameter` for a moment beyond the years that every engine can write in its own form.
    pub fn time(self) -> Result<DateTime<Utc>> {
        DateTime::from_timestamp_millis(self.key)
            .filter(|at| (0..=253_402_300_799).contains(&at.timestamp()))
            .ok_or_else(not_ours)
    }
}

fn not_ours() -> Error {
    Error::refused(
        ErrorCode::InvalidParameter,
        "The cursor is not one that this service gave out.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_was() {
        let cursor = Cursor {
            key: 1_800_000_000_123,
            number: 42,
        };
        assert_eq!(Cursor::decode(&cursor.encode()).unwrap(), cursor);
    }

    #[test]
    fn what_was_not_given_out_is_refused() {
        for text in ["", "x", "AAAA", "-1", "\u{0}", "MTIz"] {
            assert!(Cursor::decode(text).is_err(), "{text:?}");
        }
        let far = Cursor {
            key: i64::MAX,
            number: 1,
        };
        assert!(far.time().is_err());
    }
}
