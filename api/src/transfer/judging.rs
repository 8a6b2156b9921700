//! What becomes of one row of Isso's. Pure.

use std::net::IpAddr;

use ::entity::comment::State;
use chrono::{DateTime, Utc};

use super::report::Finding;
use crate::comments::rules::NAME;
use crate::infra::isso::{Cell, Comment};
use crate::text::{self, Email};

/// A comment, with all of its values checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    pub id: i64,
    pub text: String,
    pub name: Option<String>,
    pub email: Option<Email>,
    pub website: Option<String>,
    pub network: Option<IpAddr>,
    /// What Isso made the author's hash of: his mail address as he typed it, or else his network.
    pub identity: Option<String>,
    pub up_votes: i32,
    pub down_votes: i32,
    pub created_at: DateTime<Utc>,
    pub edited_at: Option<DateTime<Utc>>,
    /// Whether he wants mail on replies.
    pub notification: bool,
    pub state: State,
}

/// The state that a mode stands for.
pub fn state(mode: Option<i64>) -> Option<State> {
    match mode {
        Some(1) => Some(State::Published),
        Some(2) => Some(State::Pending),
        Some(4) => Some(State::Deleted),
        _ => None,
    }
}

/// A comment of this state, with what was changed about it.
///
/// # Errors
/// Why it cannot be taken.
pub fn judge(row: &Comment, state: State) -> Result<(Judged, Vec<Finding>), Finding> {
    let mut changed = Vec::new();
    let created_at = time(&row.created).ok_or(Finding::TimeOdd)?;
    let edited_at = time(&row.modified);
    if edited_at.is_none() && row.modified != Cell::Null {
        changed.push(Finding::EditedOdd);
    }
    let mut judged = Judged {
        id: row.id,
        text: String::new(),
        name: None,
        email: None,
        website: None,
        network: None,
        identity: None,
        up_votes: 0,
        down_votes: 0,
        created_at,
        edited_at,
        notification: false,
        state,
    };
    match (votes(&row.likes), votes(&row.dislikes)) {
        (Some(up), Some(down)) => (judged.up_votes, judged.down_votes) = (up, down),
        _ => changed.push(Finding::VotesOdd),
    }
    // Nothing is left of what was deleted, and of who wrote it; Isso keeps the mail address, which is of no more use.
    if state == State::Deleted {
        return Ok((judged, changed));
    }
    judged.text = source(&row.text, &mut changed)?;
    judged.name = name(&row.author, &mut changed);
    let email = words(&row.email);
    judged.email = match email.map(text::email) {
        None => None,
        Some(Ok(email)) => email,
        Some(Err(_)) => {
            changed.push(Finding::EmailLeftOut);
            None
        }
    };
    judged.website = match words(&row.website).map(|website| text::website(&unescaped(website))) {
        None => None,
        Some(Ok(website)) => website,
        Some(Err(_)) => {
            changed.push(Finding::WebsiteLeftOut);
            None
        }
    };
    let address = words(&row.remote_addr);
    judged.network = address.and_then(|address| address.trim().parse().ok());
    if judged.network.is_none() && row.remote_addr != Cell::Null {
        changed.push(Finding::NetworkLeftOut);
    }
    judged.identity = email.or(address).map(str::to_owned);
    judged.notification = row.notification == Cell::Integer(1);
    Ok((judged, changed))
}

/// A text that is one and not empty.
fn words(cell: &Cell) -> Option<&str> {
    match cell {
        Cell::Text(text) | Cell::Mended(text) if !text.is_empty() => Some(text),
        _ => None,
    }
}

/// What was typed, as far as it can be stored. Isso's first versions let it be empty.
fn source(cell: &Cell, changed: &mut Vec<Finding>) -> Result<String, Finding> {
    let (typed, mended) = match cell {
        Cell::Null => return Ok(String::new()),
        Cell::Text(text) => (text, text.contains('\0')),
        Cell::Mended(text) => (text, true),
        _ => return Err(Finding::TextOdd),
    };
    if mended {
        changed.push(Finding::TextMended);
    }
    text::clean_source(&typed.replace('\0', "\u{FFFD}")).map_err(|_| Finding::TextOdd)
}

fn name(cell: &Cell, changed: &mut Vec<Finding>) -> Option<String> {
    let typed = match cell {
        Cell::Null => return None,
        Cell::Text(text) | Cell::Mended(text) => unescaped(text),
        _ => {
            changed.push(Finding::NameChanged);
            return None;
        }
    };
    text::clean_line(&typed, NAME).unwrap_or_else(|_| {
        changed.push(Finding::NameChanged);
        let begin: String = typed.chars().take(NAME).collect();
        text::clean_line(&begin, NAME).ok().flatten()
    })
}

/// As it was before Isso escaped it for HTML. The ampersand comes last: `&amp;lt;` was `&lt;`.
pub fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#x27;", "'")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

/// Seconds since 1970, to the millisecond, from then on and before the year 10000.
fn time(cell: &Cell) -> Option<DateTime<Utc>> {
    const YEAR_10000: f64 = 253_402_300_800.0;
    #[expect(clippy::cast_precision_loss, reason = "what is in the range is exact")]
    let seconds = match cell {
        Cell::Real(seconds) => *seconds,
        Cell::Integer(seconds) => *seconds as f64,
        _ => return None,
    };
    if !(0.0..YEAR_10000).contains(&seconds) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "below 2^48")]
    let milliseconds = (seconds * 1000.0).round() as i64;
    DateTime::from_timestamp_millis(milliseconds)
}

/// None for what is no number; the first versions had no votes.
fn votes(cell: &Cell) -> Option<i32> {
    match cell {
        Cell::Null => Some(0),
        Cell::Integer(votes) => i32::try_from(*votes).ok().filter(|votes| *votes >= 0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> Comment {
        let text = |text: &str| Cell::Text(text.to_owned());
        Comment {
            id: 7,
            created: Cell::Real(1_433_856_221.123),
            modified: Cell::Null,
            remote_addr: text("198.51.100.0"),
            text: text("Hello, *world*."),
            author: text("Ada &amp; Co &lt;3"),
            email: text("ada@example.org"),
            website: text("http://ada.example/?a=1&amp;b=&quot;2&quot;"),
            likes: Cell::Integer(3),
            dislikes: Cell::Integer(1),
            notification: Cell::Integer(1),
        }
    }

    fn published(row: &Comment) -> (Judged, Vec<Finding>) {
        judge(row, State::Published).unwrap()
    }

    #[test]
    fn what_isso_wrote_is_taken_as_it_was_typed() {
        let (judged, changed) = published(&row());
        assert_eq!(changed, []);
        assert_eq!(judged.name.as_deref(), Some("Ada & Co <3"));
        assert_eq!(judged.website.as_deref(), Some("http://ada.example/?a=1&b=%222%22"));
        assert_eq!(judged.created_at.timestamp_millis(), 1_433_856_221_123);
        assert_eq!((judged.up_votes, judged.down_votes, judged.notification), (3, 1, true));
        assert_eq!(judged.identity.as_deref(), Some("ada@example.org"));
        assert_eq!(judged.network, Some("198.51.100.0".parse().unwrap()));
    }

    #[test]
    fn who_gave_no_mail_address_is_known_by_his_network() {
        let nameless = Comment {
            author: Cell::Null,
            email: Cell::Text(String::new()),
            website: Cell::Null,
            ..row()
        };
        let (judged, changed) = published(&nameless);
        assert_eq!((judged.name, judged.email, judged.website), (None, None, None));
        assert_eq!(judged.identity.as_deref(), Some("198.51.100.0"));
        assert_eq!(changed, []);
        let from_ipv6 = Comment {
            email: Cell::Null,
            remote_addr: Cell::Text("2001:0db8:0007::".to_owned()),
            ..row()
        };
        let (judged, _) = published(&from_ipv6);
        assert_eq!(
            judged.identity.as_deref(),
            Some("2001:0db8:0007::"),
            "Isso's spelling is what it hashed"
        );
        assert_eq!(judged.network, Some("2001:db8:7::".parse().unwrap()));
    }

    #[test]
    fn nothing_is_left_of_who_deleted_his_comment() {
        let (judged, changed) = judge(&row(), State::Deleted).unwrap();
        assert_eq!((judged.text.as_str(), judged.name, judged.email), ("", None, None));
        assert_eq!(
            (judged.network, judged.identity, judged.notification),
            (None, None, false)
        );
        assert_eq!(changed, []);
    }

    #[test]
    fn a_value_that_is_not_what_it_should_be_is_left_out_and_named() {
        use Finding::{EditedOdd, EmailLeftOut, NameChanged, NetworkLeftOut, TextMended, VotesOdd, WebsiteLeftOut};
        let text = |text: &str| Cell::Text(text.to_owned());
        let long = "x".repeat(81);
        for (odd, finding) in [
            (
                Comment {
                    modified: text("yesterday"),
                    ..row()
                },
                EditedOdd,
            ),
            (
                Comment {
                    modified: Cell::Real(-1.0),
                    ..row()
                },
                EditedOdd,
            ),
            (
                Comment {
                    text: text("a\0b"),
                    ..row()
                },
                TextMended,
            ),
            (
                Comment {
                    text: Cell::Mended("a\u{FFFD}".to_owned()),
                    ..row()
                },
                TextMended,
            ),
            (
                Comment {
                    author: text(&long),
                    ..row()
                },
                NameChanged,
            ),
            (
                Comment {
                    author: Cell::Blob,
                    ..row()
                },
                NameChanged,
            ),
            (
                Comment {
                    email: text("ada"),
                    ..row()
                },
                EmailLeftOut,
            ),
            (
                Comment {
                    website: text("http://localhost"),
                    ..row()
                },
                WebsiteLeftOut,
            ),
            (
                Comment {
                    website: text("javascript:alert(1)"),
                    ..row()
                },
                WebsiteLeftOut,
            ),
            (
                Comment {
                    remote_addr: text("unix:"),
                    ..row()
                },
                NetworkLeftOut,
            ),
            (
                Comment {
                    remote_addr: Cell::TooLong,
                    ..row()
                },
                NetworkLeftOut,
            ),
            (
                Comment {
                    likes: Cell::Integer(-1),
                    ..row()
                },
                VotesOdd,
            ),
            (
                Comment {
                    likes: Cell::Integer(1 << 40),
                    ..row()
                },
                VotesOdd,
            ),
            (
                Comment {
                    dislikes: text("many"),
                    ..row()
                },
                VotesOdd,
            ),
        ] {
            let (judged, changed) = published(&odd);
            assert_eq!(changed, [finding], "{odd:?}");
            if finding == VotesOdd {
                assert_eq!((judged.up_votes, judged.down_votes), (0, 0), "both or none");
            }
        }
    }

    #[test]
    fn without_a_time_or_a_text_there_is_no_comment() {
        let cells = |bits: f64| Comment {
            created: Cell::Real(bits),
            ..row()
        };
        for odd in [
            Comment {
                created: Cell::Null,
                ..row()
            },
            Comment {
                created: Cell::Text("now".to_owned()),
                ..row()
            },
            Comment {
                created: Cell::Blob,
                ..row()
            },
            Comment {
                created: Cell::Integer(i64::MAX),
                ..row()
            },
            cells(-0.1),
            cells(f64::INFINITY),
            cells(f64::NAN),
            cells(1e300),
        ] {
            assert_eq!(judge(&odd, State::Published), Err(Finding::TimeOdd), "{odd:?}");
        }
        for text in [Cell::Blob, Cell::TooLong, Cell::Integer(7)] {
            let odd = Comment { text, ..row() };
            assert_eq!(judge(&odd, State::Published), Err(Finding::TextOdd), "{odd:?}");
            assert!(judge(&odd, State::Deleted).is_ok(), "its text is gone anyway");
        }
        let empty = Comment {
            text: Cell::Null,
            ..row()
        };
        assert_eq!(published(&empty).0.text, "", "the first versions wrote that");
    }

    #[test]
    fn escapes_are_undone_once() {
        assert_eq!(unescaped("&amp;lt;b&amp;gt; &lt;i&gt; &#x27;"), "&lt;b&gt; <i> '");
    }
}
