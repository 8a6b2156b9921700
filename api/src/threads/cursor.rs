//! Where the next page of a list begins: opaque to clients, a place in an order to us (keyset paging).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};

use crate::error::{Error, ErrorCode, Result};

/// After this moment and number in the order of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub at: DateTime<Utc>,
    pub number: i64,
}

impl Cursor {
    pub fn encode(self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}.{}", self.at.timestamp_millis(), self.number))
    }

    /// # Errors
    /// `invalid_parameter` for anything that [`Cursor::encode`] did not make.
    pub fn decode(text: &str) -> Result<Self> {
        let read = || {
            let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
            let plain = std::str::from_utf8(&bytes).ok()?;
            let (at, number) = plain.split_once('.')?;
            Some(Cursor {
                at: DateTime::from_timestamp_millis(at.parse().ok()?)?,
                number: number.parse().ok()?,
            })
        };
        // Years beyond these cannot be written in every engine's own form.
        read()
            .filter(|cursor| (0..=253_402_300_799).contains(&cursor.at.timestamp()))
            .ok_or_else(|| {
                Error::refused(
                    ErrorCode::InvalidParameter,
                    "The cursor is not one that this service gave out.",
                )
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_was() {
        let cursor = Cursor {
            at: DateTime::from_timestamp_millis(1_800_000_000_123).unwrap(),
            number: 42,
        };
        assert_eq!(Cursor::decode(&cursor.encode()).unwrap(), cursor);
    }

    #[test]
    fn what_was_not_given_out_is_refused() {
        let far = URL_SAFE_NO_PAD.encode(format!("{}.1", i64::MAX));
        for text in ["", "x", "AAAA", "-1", "\u{0}", "MTIz", far.as_str()] {
            assert!(Cursor::decode(text).is_err(), "{text:?}");
        }
    }
}
