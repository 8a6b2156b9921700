//! What an owner can set for a site: one definition, with defaults and bounds.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::error::{Error, Fault, FieldCode, Result};
use crate::infra::markdown::{self, Rules};

/// Stored as JSON; a member that an older version did not know has its default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of its own in the owner's hands"
)]
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
    /// Language of the comments' surroundings, one of [`LANGUAGES`]; `auto` follows the page.
    pub language: String,
    /// The order in which readers see the conversations first.
    pub sort: Sort,
    /// With moderation of links: so many links hold a comment.
    pub links_to_hold: u32,
    /// Days after which network hashes and mail addresses of writers are erased.
    pub address_days: u32,
    /// A sentence under the form, such as a link to the house rules.
    pub notice: String,
    /// What readers can say of a comment without words.
    pub votes: Votes,
    /// What readers can say of a page: up to [`MOST_REACTIONS`] emoji; none switches reactions off.
    pub reactions: Vec<String>,
    /// Whether readers may report comments.
    pub reports: bool,
    /// So many reports take a published comment back to the moderators; 0 for never.
    pub reports_to_hold: u32,
    /// Minutes during which an author can change or take back what he wrote; 0 for never.
    pub edit_minutes: u32,
    /// Days after which a conversation takes no new comments; 0 for never.
    pub close_after_days: u32,
    /// Whether the whole site only shows what is there.
    pub read_only: bool,
    /// Which pages may open conversations.
    pub threads_open: ThreadsOpen,
    /// With `patterns`: addresses of pages, where `*` stands for anything.
    pub thread_patterns: Vec<String>,
    /// Query parameters that do not tell pages apart, beside those of campaigns: names, or beginnings with `*`.
    pub url_ignored_parameters: Vec<String>,
    /// First parts of a path that only choose a language: with `en`, `/en/post` and `/post` are one page.
    pub url_language_prefixes: Vec<String>,
    /// Whether `/post/` and `/post` are two pages.
    pub url_keep_slash: bool,
    /// Whether `/index.html` and `/` are two pages.
    pub url_keep_index: bool,
    /// Whether `http` and `https` are two pages.
    pub url_keep_scheme: bool,
    /// Whether images in comments are shown; else they become links.
    pub images: bool,
    /// The HTML elements that comments may be made of, out of the fixed safe list; empty for all of that list. `table` stands for
    /// all parts of a table.
    pub elements: Vec<String>,
    /// Levels of replies that are shown by an indent. The tree itself has no bound.
    pub max_depth: u32,
    /// What a reader has to agree to before he posts; empty for nothing.
    pub consent: String,
    /// Whether pages hear of changes while they are open.
    pub live: bool,
    /// Isso's salt, with which the hashes of authors go on as they were there; empty for hashes of our own.
    pub hash_salt: String,
    /// The time zone (IANA) whose days the site's statistics are counted by.
    pub time_zone: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Moderation {
    None,
    Links,
    All,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sort {
    Oldest,
    Newest,
    /// By the lower bound of the Wilson score interval of the votes.
    Best,
    /// By published replies.
    Discussed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Votes {
    /// Up and down.
    Both,
    /// Up only.
    Likes,
    None,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ThreadsOpen {
    /// Any page of the site's origins.
    Any,
    /// Pages that match a pattern.
    Patterns,
    /// Ids that the site's key has signed.
    Signed,
}

/// Languages that the embed speaks (BCP 47).
pub const LANGUAGES: [&str; 36] = [
    "ar", "bg", "ca", "cs", "da", "de", "el", "en", "eo", "es", "et", "fa", "fi", "fr", "he", "hi", "hr", "hu", "id",
    "it", "ja", "ko", "nb", "nl", "pl", "pt", "pt-BR", "ro", "ru", "sk", "sv", "tr", "uk", "vi", "zh-CN", "zh-TW",
];

impl Default for Settings {
    fn default() -> Self {
        Settings {
            moderation: Moderation::All,
            require_name: false,
            require_email: false,
            min_text_length: 2,
            max_text_length: 10_000,
            language: "auto".to_owned(),
            sort: Sort::Oldest,
            links_to_hold: 2,
            address_days: 90,
            notice: String::new(),
            votes: Votes::Both,
            reactions: Vec::new(),
            reports: true,
            reports_to_hold: 0,
            edit_minutes: 15,
            close_after_days: 0,
            read_only: false,
            threads_open: ThreadsOpen::Any,
            thread_patterns: Vec::new(),
            url_ignored_parameters: Vec::new(),
            url_language_prefixes: Vec::new(),
            url_keep_slash: false,
            url_keep_index: false,
            url_keep_scheme: false,
            images: false,
            elements: Vec::new(),
            max_depth: 6,
            consent: String::new(),
            live: true,
            hash_salt: String::new(),
            time_zone: "UTC".to_owned(),
        }
    }
}

/// Longest notice, and longest sentence to agree to, in characters.
pub const NOTICE: usize = 500;

/// Longest salt, in characters.
const SALT: usize = 200;

/// Kinds of reactions to a page.
pub const MOST_REACTIONS: usize = 6;

/// Longest reaction, in bytes: a family of five in one emoji has 32.
const REACTION: usize = 32;

/// Entries of a list of patterns, parameters or prefixes.
const MOST_ENTRIES: usize = 50;

/// Longest entry of such a list, in bytes.
const ENTRY: usize = 300;

/// Settings whose values are nobody's business, the record's neither.
const SECRET: [&str; 1] = ["hash_salt"];

/// Which settings differ, with what they were and are; of secrets, that they differ.
pub fn differences(before: &Settings, after: &Settings) -> Result<Map<String, Value>> {
    let values = |settings: &Settings| match serde_json::to_value(settings) {
        Ok(Value::Object(values)) => Ok(values),
        Ok(_) => Err(Error::internal("settings are no object")),
        Err(error) => Err(Error::internal(error)),
    };
    let mut before = values(before)?;
    let differing = values(after)?.into_iter().filter_map(|(name, to)| {
        let from = before.remove(&name).unwrap_or_default();
        let told = match SECRET.contains(&&*name) {
            true => json!({}),
            false => json!({ "from": from, "to": to }),
        };
        (from != to).then_some((name, told))
    });
    Ok(differing.collect())
}

impl Settings {
    /// What the site says of its comments' HTML. Where this changes, its comments are rendered again.
    pub fn rules(&self) -> Rules {
        Rules {
            images: self.images,
            elements: self.elements.clone(),
        }
    }

    /// The time zone as a table of offsets; of a name that is none any more, UTC.
    pub fn zone(&self) -> Tz {
        self.time_zone.parse().unwrap_or(Tz::UTC)
    }

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
        within("reports_to_hold", self.reports_to_hold, 0, 100);
        within("edit_minutes", self.edit_minutes, 0, 525_600);
        within("close_after_days", self.close_after_days, 0, 3650);
        within("max_depth", self.max_depth, 0, 20);
        if self.min_text_length > self.max_text_length {
            let detail = "min_text_length must not be above max_text_length.";
            faults.push(Fault::new("/settings/min_text_length", FieldCode::OutOfRange, detail));
        }
        for (name, text) in [("notice", &self.notice), ("consent", &self.consent)] {
            if text.chars().count() > NOTICE {
                let detail = format!("{name} may have {NOTICE} characters.");
                faults.push(Fault::new(&format!("/settings/{name}"), FieldCode::TooLong, detail));
            }
        }
        if self.hash_salt.chars().count() > SALT {
            let detail = format!("hash_salt may have {SALT} characters.");
            faults.push(Fault::new("/settings/hash_salt", FieldCode::TooLong, detail));
        }
        if self.language != "auto" && !LANGUAGES.contains(&self.language.as_str()) {
            let detail = format!("language must be auto or one of {}.", LANGUAGES.join(", "));
            faults.push(Fault::new("/settings/language", FieldCode::Invalid, detail));
        }
        if self.time_zone.parse::<Tz>().is_err() {
            let detail = "time_zone must be the name of a time zone, such as Europe/Berlin.";
            faults.push(Fault::new("/settings/time_zone", FieldCode::Invalid, detail));
        }
        faults.extend(self.reaction_faults());
        for (name, entries) in [
            ("thread_patterns", &self.thread_patterns),
            ("url_ignored_parameters", &self.url_ignored_parameters),
            ("url_language_prefixes", &self.url_language_prefixes),
            ("elements", &self.elements),
        ] {
            faults.extend(entry_faults(name, entries));
        }
        faults.extend(self.address_faults());
        for (place, element) in self.elements.iter().enumerate() {
            if !markdown::ELEMENTS.contains(&element.as_str()) {
                let detail = format!("{element} is not one of {}.", markdown::ELEMENTS.join(", "));
                faults.push(Fault::new(
                    &format!("/settings/elements/{place}"),
                    FieldCode::Invalid,
                    detail,
                ));
            }
        }
        faults
    }

    /// Entries of the rules about addresses that could never apply.
    fn address_faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut each = |name: &str, entries: &[String], form: &str, fits: &dyn Fn(&str) -> bool| {
            for (place, entry) in entries.iter().enumerate() {
                // What is no entry at all is named elsewhere.
                if entry_fits(entry) && !fits(entry) {
                    let pointer = format!("/settings/{name}/{place}");
                    faults.push(Fault::new(&pointer, FieldCode::Invalid, form));
                }
            }
        };
        each(
            "thread_patterns",
            &self.thread_patterns,
            "A pattern has the form https://blog.example/posts/*, or begins with *.",
            &|entry| {
                ["https://", "http://", "*"]
                    .iter()
                    .any(|start| entry.starts_with(start))
            },
        );
        each(
            "url_ignored_parameters",
            &self.url_ignored_parameters,
            "A parameter is a name, such as ref, or the beginning of names, such as hsa_*.",
            &|entry| {
                !entry
                    .strip_suffix('*')
                    .unwrap_or(entry)
                    .contains(['*', '=', '&', '?', '#'])
            },
        );
        each(
            "url_language_prefixes",
            &self.url_language_prefixes,
            "A language is the first part of a path without its slashes, such as en or pt-br.",
            &|entry| !entry.contains(['/', '?', '#', '*']),
        );
        faults
    }

    fn reaction_faults(&self) -> Vec<Fault> {
        if self.reactions.len() > MOST_REACTIONS {
            let detail = format!("There may be {MOST_REACTIONS} reactions.");
            return vec![Fault::new("/settings/reactions", FieldCode::TooMany, detail)];
        }
        let mut faults = Vec::new();
        for (place, kind) in self.reactions.iter().enumerate() {
            let pictorial =
                !kind.is_empty() && kind.len() <= REACTION && !kind.chars().any(|one| one.is_ascii_graphic());
            let plain = kind
                .chars()
                .all(|one| !one.is_control() && !one.is_whitespace() && !one.is_alphanumeric());
            if !pictorial || !plain || self.reactions[..place].contains(kind) {
                let detail = "A reaction is one emoji, and each is there once.";
                faults.push(Fault::new(
                    &format!("/settings/reactions/{place}"),
                    FieldCode::Invalid,
                    detail,
                ));
            }
        }
        faults
    }
}

fn entry_faults(name: &str, entries: &[String]) -> Vec<Fault> {
    if entries.len() > MOST_ENTRIES {
        let detail = format!("{name} may have {MOST_ENTRIES} entries.");
        return vec![Fault::new(&format!("/settings/{name}"), FieldCode::TooMany, detail)];
    }
    let places = entries.iter().enumerate().filter(|(_, entry)| !entry_fits(entry));
    places
        .map(|(place, _)| {
            let detail = format!("An entry of {name} has 1 to {ENTRY} characters and no spaces.");
            Fault::new(&format!("/settings/{name}/{place}"), FieldCode::Invalid, detail)
        })
        .collect()
}

fn entry_fits(entry: &str) -> bool {
    !entry.is_empty() && entry.len() <= ENTRY && !entry.chars().any(|one| one.is_control() || one.is_whitespace())
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
    fn what_differs_is_told_but_not_the_salt() {
        let before = Settings::default();
        let after = Settings {
            min_text_length: 7,
            hash_salt: "a secret of the owner's".to_owned(),
            ..before.clone()
        };
        let told = differences(&before, &after).unwrap();
        let from = before.min_text_length;
        assert_eq!(
            Value::Object(told),
            json!({ "min_text_length": { "from": from, "to": 7 }, "hash_salt": {} })
        );
        assert!(differences(&after, &after).unwrap().is_empty());
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

    #[test]
    fn lists_are_bounded_and_known() {
        let faulty = |settings: Settings| {
            settings
                .faults()
                .into_iter()
                .map(|fault| fault.pointer)
                .collect::<Vec<_>>()
        };
        let words = |all: &[&str]| all.iter().map(ToString::to_string).collect::<Vec<_>>();
        let reactions = |all: &[&str]| Settings {
            reactions: words(all),
            ..Settings::default()
        };
        assert_eq!(faulty(reactions(&["👍", "❤️", "🏳️‍🌈"])), Vec::<String>::new());
        assert_eq!(faulty(reactions(&["👍", "👍"])), ["/settings/reactions/1"]);
        assert_eq!(faulty(reactions(&["+1", "<b>", ""])).len(), 3);
        assert_eq!(faulty(reactions(&["👍"; 7])), ["/settings/reactions"]);
        let elements = Settings {
            elements: words(&["p", "script"]),
            ..Settings::default()
        };
        assert_eq!(faulty(elements), ["/settings/elements/1"]);
        let language = Settings {
            language: "tlh".to_owned(),
            ..Settings::default()
        };
        assert_eq!(faulty(language), ["/settings/language"]);
        let patterns = Settings {
            thread_patterns: vec!["https://blog.example/*".to_owned(), "a b".to_owned()],
            ..Settings::default()
        };
        assert_eq!(faulty(patterns), ["/settings/thread_patterns/1"]);
    }

    #[test]
    fn a_rule_about_addresses_can_apply() {
        let words = |all: &[&str]| all.iter().map(ToString::to_string).collect::<Vec<_>>();
        let settings = Settings {
            thread_patterns: words(&["https://blog.example/*", "*/posts/*", "/posts/*", "blog.example/*"]),
            url_ignored_parameters: words(&["ref", "hsa_*", "*", "a*b", "ref=x", "?ref"]),
            url_language_prefixes: words(&["en", "pt-br", "/en", "en/", "e n"]),
            ..Settings::default()
        };
        let pointers: Vec<String> = settings.faults().into_iter().map(|fault| fault.pointer).collect();
        let at = |name: &str, places: &[usize]| {
            let pointers = places.iter().map(|place| format!("/settings/{name}/{place}"));
            pointers.collect::<Vec<_>>()
        };
        let expected = [
            at("url_language_prefixes", &[4]),
            at("thread_patterns", &[2, 3]),
            at("url_ignored_parameters", &[3, 4, 5]),
            at("url_language_prefixes", &[2, 3]),
        ];
        assert_eq!(pointers, expected.concat());
    }
}
