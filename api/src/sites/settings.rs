//! What an owner can set for a site: one definition, with defaults and bounds.

use serde::{Deserialize, Serialize};

use crate::error::{Fault, FieldCode};

/// Stored as JSON; a member that an older version did not know has its default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Which comments wait for a moderator.
    pub moderation: Moderation,
    /// Whether a comment needs a name.
    pub require_name: bool,
    /// Whether a comment needs a mail address (for moderators only; readers never see it).
    pub require_email: bool,
    /// Shortest text, in characters.
    pub min_text_length: u32,
    /// Longest text, in characters.
    pub max_text_length: u32,
    /// Language of the comments' surroundings; `auto` follows the page.
    pub language: Language,
    /// The order in which readers see the conversations first.
    pub sort: Sort,
    /// With moderation of links: so many links hold a comment.
    pub links_to_hold: u32,
    /// Days after which network hashes and mail addresses of writers are erased.
    pub address_days: u32,
    /// A sentence under the form, such as a link to the house rules.
    pub notice: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Moderation {
    None,
    Links,
    All,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    Auto,
    En,
    De,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sort {
    Oldest,
    Newest,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            moderation: Moderation::All,
            require_name: false,
            require_email: false,
            min_text_length: 2,
            max_text_length: 10_000,
            language: Language::Auto,
            sort: Sort::Oldest,
            links_to_hold: 2,
            address_days: 90,
            notice: String::new(),
        }
    }
}

/// Longest notice, in characters.
pub const NOTICE: usize = 500;

impl Settings {
    /// Everything that is out of bounds, with pointers below `/settings`.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut within = |name: &str, value: u32, least: u32, most: u32| {
            if !(least..=most).contains(&value) {
                let detail = format!("{name} must be between {least} and {most}.");
                faults.push(Fault::new(&format!("/settings/{name}"), FieldCode::OutOfRange, detail));
            }
        };
        within("min_text_length", self.min_text_length, 1, 1000);
        // 64 KiB in the worst UTF-8: what is rendered at most, and what fits into a body twice over.
        within("max_text_length", self.max_text_length, 100, 16_384);
        within("links_to_hold", self.links_to_hold, 1, 100);
        within("address_days", self.address_days, 0, 3650);
        if self.min_text_length > self.max_text_length {
            let detail = "min_text_length must not be above max_text_length.";
            faults.push(Fault::new("/settings/min_text_length", FieldCode::OutOfRange, detail));
        }
        if self.notice.chars().count() > NOTICE {
            let detail = format!("The notice may have {NOTICE} characters.");
            faults.push(Fault::new("/settings/notice", FieldCode::TooLong, detail));
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_within_bounds() {
        assert_eq!(Settings::default().faults(), []);
    }

    #[test]
    fn members_of_tomorrow_and_yesterday_do_not_hurt() {
        let stored = serde_json::json!({ "moderation": "none", "from_the_future": 1 });
        let settings: Settings = serde_json::from_value(stored).unwrap();
        assert_eq!(settings.moderation, Moderation::None);
        assert_eq!(settings.max_text_length, 10_000);
    }

    #[test]
    fn each_bound_is_named() {
        let settings = Settings {
            min_text_length: 0,
            max_text_length: 1,
            address_days: 9999,
            ..Settings::default()
        };
        let pointers: Vec<String> = settings.faults().into_iter().map(|fault| fault.pointer).collect();
        assert_eq!(
            pointers,
            [
                "/settings/min_text_length",
                "/settings/max_text_length",
                "/settings/address_days"
            ]
        );
    }
}
