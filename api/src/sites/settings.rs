//! What an owner can set for a site: one table ([`DEFINITIONS`]) of names, kinds, defaults and bounds. The struct, its defaults, what is
//! refused, the API's document, the command line and the forms of the admin UI all come from it.

use std::fmt;

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::error::{Error, Fault, FieldCode, Result};
use crate::infra::markdown::{self, Rules};
use crate::text;

/// What a setting takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Switch,
    /// A whole number from the first to the second.
    Number(u32, u32),
    /// So many characters at most.
    Text(usize),
    Choice(&'static [&'static str]),
    /// The name of a time zone (IANA).
    Zone,
    /// A mail address, or nothing.
    Email,
    /// So many entries at most.
    List(usize, Entry),
}

/// What an entry of a list must look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    Emoji,
    /// An address, in which `*` stands for anything.
    Pattern,
    /// A query parameter, or the beginning of several.
    Parameter,
    /// The first part of a path.
    Prefix,
    Element,
}

/// Which part of the settings it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    General,
    Moderation,
    Writing,
    Markup,
    Reading,
    Votes,
    Closing,
    Opening,
    Addresses,
    Privacy,
    Mail,
}

impl Section {
    pub const ALL: [Section; 11] = [
        Section::General,
        Section::Moderation,
        Section::Writing,
        Section::Markup,
        Section::Reading,
        Section::Votes,
        Section::Closing,
        Section::Opening,
        Section::Addresses,
        Section::Privacy,
        Section::Mail,
    ];

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Section::General => "general",
            Section::Moderation => "moderation",
            Section::Writing => "writing",
            Section::Markup => "markup",
            Section::Reading => "reading",
            Section::Votes => "votes",
            Section::Closing => "closing",
            Section::Opening => "opening",
            Section::Addresses => "addresses",
            Section::Privacy => "privacy",
            Section::Mail => "mail",
        }
    }

    pub fn of(name: &str) -> Option<Section> {
        Section::ALL.into_iter().find(|section| section.name() == name)
    }
}

/// All that there is to say about a setting but its default, which is that of [`Settings`].
#[derive(Debug)]
pub struct Definition {
    pub name: &'static str,
    pub kind: Kind,
    pub section: Section,
    /// Its value is nobody's business, the record's neither, and is not copied to other sites.
    pub secret: bool,
    sentences: &'static str,
}

impl Definition {
    pub fn of(name: &str) -> Option<&'static Definition> {
        DEFINITIONS.iter().find(|definition| definition.name == name)
    }

    /// What it is for, in a sentence or two.
    pub fn description(&self) -> &'static str {
        self.sentences.trim_start()
    }

    pub fn default(&self) -> Result<Value> {
        Ok(values(&Settings::default())?.remove(self.name).unwrap_or_default())
    }

    /// A value as somebody types it on the command line.
    ///
    /// # Errors
    /// A sentence that says what would be right.
    pub fn typed(&self, text: &str) -> Result<Value, String> {
        let wrong = || format!("{} takes {}, not {text:?}", self.name, self.kind);
        match self.kind {
            Kind::Switch => text.parse().map(Value::Bool).map_err(|_| wrong()),
            Kind::Number(least, most) => {
                let number = text
                    .parse::<u32>()
                    .ok()
                    .filter(|number| (least..=most).contains(number));
                number.map(|number| json!(number)).ok_or_else(wrong)
            }
            Kind::Text(_) | Kind::Zone | Kind::Email => Ok(json!(text)),
            Kind::Choice(choices) => choices.contains(&text).then(|| json!(text)).ok_or_else(wrong),
            // As JSON, or with commas between the entries.
            Kind::List(..) if text.trim_start().starts_with('[') => {
                let entries: Vec<String> = serde_json::from_str(text).map_err(|_| wrong())?;
                Ok(json!(entries))
            }
            Kind::List(..) => {
                let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
                Ok(json!(entries.collect::<Vec<_>>()))
            }
        }
    }

    /// What is wrong with a value of the right type.
    fn faults(&self, value: &Value) -> Vec<Fault> {
        let pointer = format!("/settings/{}", self.name);
        self.kind.faults(value, &pointer, &format!("{} must be", self.name))
    }
}

impl Kind {
    /// What is wrong with a value of the right type; the sentence begins with `must`.
    pub(super) fn faults(self, value: &Value, pointer: &str, must: &str) -> Vec<Fault> {
        let must = |code| vec![Fault::new(pointer, code, format!("{must} {self}."))];
        match self {
            Kind::Switch => Vec::new(),
            Kind::Number(least, most) => match value.as_u64() {
                Some(number) if (least.into()..=most.into()).contains(&number) => Vec::new(),
                _ => must(FieldCode::OutOfRange),
            },
            Kind::Text(longest) => match value.as_str() {
                Some(text) if text.chars().count() <= longest => Vec::new(),
                _ => must(FieldCode::TooLong),
            },
            Kind::Choice(choices) => match value.as_str() {
                Some(choice) if choices.contains(&choice) => Vec::new(),
                _ => must(FieldCode::Invalid),
            },
            Kind::Zone => match value.as_str().map(str::parse::<Tz>) {
                Some(Ok(_)) => Vec::new(),
                _ => must(FieldCode::Invalid),
            },
            Kind::Email => match value.as_str().map(text::email) {
                Some(Ok(_)) => Vec::new(),
                _ => must(FieldCode::Invalid),
            },
            Kind::List(most, entry) => {
                let entries: Vec<&str> = value
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str)
                    .collect();
                if entries.len() > most {
                    return must(FieldCode::TooMany);
                }
                let faulty = (0..entries.len()).filter(|place| {
                    let again = entry == Entry::Emoji && entries[..*place].contains(&entries[*place]);
                    again || !entry.fits(entries[*place])
                });
                faulty
                    .map(|place| Fault::new(&format!("{pointer}/{place}"), FieldCode::Invalid, entry.form()))
                    .collect()
            }
        }
    }
}

impl fmt::Display for Kind {
    /// Continues "It takes".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Switch => f.write_str("true or false"),
            Kind::Number(least, most) => write!(f, "a whole number from {least} to {most}"),
            Kind::Text(longest) => write!(f, "a text of up to {longest} characters"),
            Kind::Choice(choices) => write!(f, "one of {}", choices.join(", ")),
            Kind::Zone => f.write_str("the name of a time zone, such as Europe/Berlin"),
            Kind::Email => f.write_str("a mail address such as name@example.org, or nothing"),
            Kind::List(most, entry) => write!(f, "a list of up to {most} {}", entry.plural()),
        }
    }
}

impl Kind {
    /// The least of a number.
    pub fn min(self) -> Option<u32> {
        match self {
            Kind::Number(least, _) => Some(least),
            _ => None,
        }
    }

    /// The most of a number, of a text's characters, of a list's entries.
    pub fn max(self) -> Option<u32> {
        match self {
            Kind::Number(_, most) => Some(most),
            Kind::Text(most) | Kind::List(most, _) => u32::try_from(most).ok(),
            Kind::Switch | Kind::Choice(_) | Kind::Zone | Kind::Email => None,
        }
    }

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Switch => "switch",
            Kind::Number(..) => "number",
            Kind::Text(_) => "text",
            Kind::Choice(_) => "choice",
            Kind::Zone => "time_zone",
            Kind::Email => "email",
            Kind::List(..) => "list",
        }
    }
}

/// Longest entry of a list, in bytes.
const ENTRY: usize = 300;

/// Longest reaction, in bytes: a family of five in one emoji has 32.
const REACTION: usize = 32;

impl Entry {
    fn plural(self) -> &'static str {
        match self {
            Entry::Emoji => "emoji",
            Entry::Pattern => "addresses with stars",
            Entry::Parameter => "query parameters",
            Entry::Prefix => "first parts of paths",
            Entry::Element => "HTML elements",
        }
    }

    /// What an entry is like, for who got it wrong.
    fn form(self) -> String {
        match self {
            Entry::Emoji => "A reaction is one emoji, and each is there once.".to_owned(),
            Entry::Pattern => "A pattern has the form https://blog.example/posts/*, or begins with *.".to_owned(),
            Entry::Parameter => {
                "A parameter is a name, such as ref, or the beginning of names, such as hsa_*.".to_owned()
            }
            Entry::Prefix => {
                "A language is the first part of a path without its slashes, such as en or pt-br.".to_owned()
            }
            Entry::Element => format!("An element is one of {}.", markdown::ELEMENTS.join(", ")),
        }
    }

    /// The words that an entry may be, where there is a list of them.
    pub fn choices(self) -> Option<&'static [&'static str]> {
        (self == Entry::Element).then_some(&markdown::ELEMENTS)
    }

    /// Longest entry, in bytes.
    pub fn longest(self) -> usize {
        match self {
            Entry::Emoji => REACTION,
            _ => ENTRY,
        }
    }

    fn fits(self, entry: &str) -> bool {
        let plain = !entry.chars().any(|one| one.is_control() || one.is_whitespace());
        if entry.is_empty() || entry.len() > self.longest() || !plain {
            return false;
        }
        match self {
            Entry::Emoji => !entry.chars().any(|one| one.is_ascii_graphic() || one.is_alphanumeric()),
            Entry::Pattern => ["https://", "http://", "*"]
                .iter()
                .any(|start| entry.starts_with(start)),
            Entry::Parameter => {
                let name = entry.strip_suffix('*').unwrap_or(entry);
                !name.contains(['*', '=', '&', '?', '#'])
            }
            Entry::Prefix => !entry.contains(['/', '?', '#', '*']),
            Entry::Element => markdown::ELEMENTS.contains(&entry),
        }
    }
}

/// An enum whose values have names, which are also what a setting may be.
macro_rules! choice {
    ($(#[$attribute:meta])* $name:ident { $($(#[$about:meta])* $variant:ident $word:literal)* }) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$about])* #[serde(rename = $word)] $variant,)*
        }

        impl $name {
            /// The names on the wire.
            pub const NAMES: &[&str] = &[$($word),*];
        }
    };
}

choice! {
    Moderation {
        None "none"
        Links "links"
        All "all"
    }
}

choice! {
    SignIn {
        Off "off"
        Offered "offered"
        Required "required"
    }
}

choice! {
    Sort {
        Oldest "oldest"
        Newest "newest"
        /// By the lower bound of the Wilson score interval of the votes.
        Best "best"
        /// By published replies.
        Discussed "discussed"
    }
}

choice! {
    Votes {
        /// Up and down.
        Both "both"
        /// Up only.
        Likes "likes"
        None "none"
    }
}

choice! {
    ThreadsOpen {
        /// Any page of the site's origins.
        Any "any"
        /// Pages that match a pattern.
        Patterns "patterns"
        /// Ids that the site's key has signed.
        Signed "signed"
    }
}

/// `auto`, and the languages that the embed speaks (BCP 47).
pub const LANGUAGES: &[&str] = &[
    "auto", "ar", "bg", "ca", "cs", "da", "de", "el", "en", "eo", "es", "et", "fa", "fi", "fr", "he", "hi", "hr", "hu",
    "id", "it", "ja", "ko", "nb", "nl", "pl", "pt", "pt-BR", "ro", "ru", "sk", "sv", "tr", "uk", "vi", "zh-CN",
    "zh-TW",
];

macro_rules! settings {
    ($($(#[doc = $sentence:literal])+ $name:ident: $type:ty = $default:expr, $kind:expr, $section:ident $($secret:ident)?;)*) => {
        /// Stored as JSON; a member that an older version did not know has its default.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default)]
        pub struct Settings {
            $($(#[doc = $sentence])+ pub $name: $type,)*
        }

        impl Default for Settings {
            fn default() -> Self {
                Settings { $($name: $default,)* }
            }
        }

        /// Every setting, in the order in which people are shown them.
        pub static DEFINITIONS: &[Definition] = &[
            $(Definition {
                name: stringify!($name),
                kind: $kind,
                section: Section::$section,
                secret: settings!(@secret $($secret)?),
                sentences: concat!($($sentence),+),
            },)*
        ];
    };
    (@secret) => { false };
    (@secret secret) => { true };
}

settings! {
    /// The language of the comments' surroundings: `auto` follows the page, else one that the embed speaks (BCP 47).
    language: String = "auto".to_owned(), Kind::Choice(LANGUAGES), General;
    /// The time zone (IANA) whose days the site's statistics are counted by, such as `Europe/Berlin`. Days that are counted stay as they
    /// are.
    time_zone: String = "UTC".to_owned(), Kind::Zone, General;
    /// Which comments wait for a moderator: `none`, those with `links`, or `all`.
    moderation: Moderation = Moderation::All, Kind::Choice(Moderation::NAMES), Moderation;
    /// With moderation of links: so many links hold a comment.
    links_to_hold: u32 = 2, Kind::Number(1, 100), Moderation;
    /// Whether readers may report comments.
    reports: bool = true, Kind::Switch, Moderation;
    /// So many reports take a published comment back to the moderators; 0 for never.
    reports_to_hold: u32 = 0, Kind::Number(0, 100), Moderation;
    /// Whether a comment needs a name.
    require_name: bool = false, Kind::Switch, Writing;
    /// Whether a comment needs a mail address, which moderators see and readers never do.
    require_email: bool = false, Kind::Switch, Writing;
    /// Whether the site itself says who its readers are (`docs/sign-in.md`): `off`, `offered` beside names that anybody types, or `required`.
    sign_in: SignIn = SignIn::Off, Kind::Choice(SignIn::NAMES), Writing;
    /// Shortest text, in characters.
    min_text_length: u32 = 2, Kind::Number(1, 1000), Writing;
    // 64 KiB in the worst UTF-8: what is rendered at most, and what fits into a body twice over.
    /// Longest text, in characters.
    max_text_length: u32 = 10_000, Kind::Number(100, 16_384), Writing;
    /// Minutes during which an author can change or take back what he wrote; 0 for never.
    edit_minutes: u32 = 15, Kind::Number(0, 525_600), Writing;
    /// A sentence under the form, such as a link to the house rules.
    notice: String = String::new(), Kind::Text(500), Writing;
    /// What a reader has to agree to before he posts; empty for nothing.
    consent: String = String::new(), Kind::Text(500), Writing;
    /// Whether images in comments are shown; else they become links.
    images: bool = false, Kind::Switch, Markup;
    /// The HTML elements that comments may be made of, out of the fixed safe list; empty for all of that list. `table` stands for all
    /// parts of a table.
    elements: Vec<String> = Vec::new(), Kind::List(50, Entry::Element), Markup;
    /// The order in which readers see the conversations first; `best` goes by votes, `discussed` by replies.
    sort: Sort = Sort::Oldest, Kind::Choice(Sort::NAMES), Reading;
    /// Levels of replies that are shown by an indent. The tree itself has no bound.
    max_depth: u32 = 6, Kind::Number(0, 20), Reading;
    /// Whether pages hear of changes while they are open.
    live: bool = true, Kind::Switch, Reading;
    /// What readers can say of a comment without words: `both` is up and down, `likes` is up only.
    votes: Votes = Votes::Both, Kind::Choice(Votes::NAMES), Votes;
    /// What readers can say of a page; none switches reactions off.
    reactions: Vec<String> = Vec::new(), Kind::List(6, Entry::Emoji), Votes;
    /// Days after which a conversation takes no new comments; 0 for never.
    close_after_days: u32 = 0, Kind::Number(0, 3650), Closing;
    /// Whether the whole site only shows what is there.
    read_only: bool = false, Kind::Switch, Closing;
    /// Which pages may open conversations: `any` of the site's origins, those that match `patterns`, or only ids that are `signed`.
    threads_open: ThreadsOpen = ThreadsOpen::Any, Kind::Choice(ThreadsOpen::NAMES), Opening;
    /// With `patterns`: addresses of pages, where `*` stands for anything.
    thread_patterns: Vec<String> = Vec::new(), Kind::List(50, Entry::Pattern), Opening;
    /// Query parameters that do not tell pages apart, beside those of campaigns: names, or beginnings with `*`.
    url_ignored_parameters: Vec<String> = Vec::new(), Kind::List(50, Entry::Parameter), Addresses;
    /// First parts of a path that only choose a language: with `en`, `/en/post` and `/post` are one page.
    url_language_prefixes: Vec<String> = Vec::new(), Kind::List(50, Entry::Prefix), Addresses;
    /// Whether `/post/` and `/post` are two pages.
    url_keep_slash: bool = false, Kind::Switch, Addresses;
    /// Whether `/index.html` and `/` are two pages.
    url_keep_index: bool = false, Kind::Switch, Addresses;
    /// Whether `http` and `https` are two pages.
    url_keep_scheme: bool = false, Kind::Switch, Addresses;
    /// Days after which network hashes and mail addresses of writers are erased.
    address_days: u32 = 90, Kind::Number(0, 3650), Privacy;
    /// Isso's salt, with which the hashes of authors go on as they were there; empty for hashes of our own.
    hash_salt: String = String::new(), Kind::Text(200), Privacy secret;
    /// The name from which mails about the site come; empty for the site's own name.
    mail_sender: String = String::new(), Kind::Text(60), Mail;
    /// The address to which answers to them go; empty for none.
    mail_reply_to: String = String::new(), Kind::Email, Mail;
    /// Whether readers can follow answers and conversations by mail; those who do hear nothing while it is off.
    follow_by_mail: bool = true, Kind::Switch, Mail;
}

pub(super) fn values(settings: &Settings) -> Result<Map<String, Value>> {
    match serde_json::to_value(settings) {
        Ok(Value::Object(values)) => Ok(values),
        Ok(_) => Err(Error::internal("settings are no object")),
        Err(error) => Err(Error::internal(error)),
    }
}

/// Which settings differ, with what they were and are; of secrets, that they differ.
pub fn differences(before: &Settings, after: &Settings) -> Result<Map<String, Value>> {
    let mut before = values(before)?;
    let differing = values(after)?.into_iter().filter_map(|(name, to)| {
        let from = before.remove(&name).unwrap_or_default();
        let told = match Definition::of(&name).is_some_and(|definition| definition.secret) {
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
    pub fn faults(&self) -> Result<Vec<Fault>> {
        let values = values(self)?;
        let mut faults: Vec<Fault> = DEFINITIONS
            .iter()
            .flat_map(|definition| definition.faults(&values[definition.name]))
            .collect();
        if self.min_text_length > self.max_text_length {
            let detail = "min_text_length must not be above max_text_length.";
            faults.push(Fault::new("/settings/min_text_length", FieldCode::OutOfRange, detail));
        }
        Ok(faults)
    }

    /// These, with those of `sections` taken from others; secrets stay.
    pub fn with(&self, others: &Settings, sections: &[Section]) -> Result<Settings> {
        let (mut values, mut theirs) = (values(self)?, values(others)?);
        for definition in DEFINITIONS {
            if sections.contains(&definition.section) && !definition.secret {
                values.insert(
                    definition.name.to_owned(),
                    theirs.remove(definition.name).unwrap_or_default(),
                );
            }
        }
        serde_json::from_value(Value::Object(values)).map_err(Error::internal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pointers_of(settings: &Settings) -> Vec<String> {
        let faults = settings.faults().unwrap();
        faults.into_iter().map(|fault| fault.pointer).collect()
    }

    #[test]
    fn each_setting_is_defined_once_and_explained() {
        let values = values(&Settings::default()).unwrap();
        let mut names: Vec<&str> = DEFINITIONS.iter().map(|definition| definition.name).collect();
        names.sort_unstable();
        assert_eq!(names, values.keys().map(String::as_str).collect::<Vec<_>>());
        for definition in DEFINITIONS {
            let sentence = definition.description();
            assert!(sentence.ends_with('.'), "{}: {sentence}", definition.name);
            let default = definition.default().unwrap();
            let typed = match &default {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            assert_eq!(
                definition.typed(&typed),
                Ok(default),
                "{} as it is typed",
                definition.name
            );
            assert_eq!(Section::of(definition.section.name()), Some(definition.section));
        }
    }

    #[test]
    fn what_is_typed_is_read_by_the_kind_of_its_setting() {
        let typed = |name: &str, text: &str| Definition::of(name).unwrap().typed(text);
        assert_eq!(
            typed("hash_salt", "123"),
            Ok(json!("123")),
            "a text that looks like a number"
        );
        assert_eq!(typed("reactions", "👍, ❤️"), Ok(json!(["👍", "❤️"])));
        assert_eq!(typed("reactions", "[\"👍\"]"), Ok(json!(["👍"])));
        assert_eq!(typed("reactions", ""), Ok(json!([])));
        for (name, text, part) in [
            ("images", "yes", "true or false"),
            ("max_depth", "21", "a whole number from 0 to 20"),
            ("max_depth", "-1", "a whole number from 0 to 20"),
            ("moderation", "sometimes", "one of none, links, all"),
            ("reactions", "[1]", "a list of up to 6 emoji"),
        ] {
            let wrong = typed(name, text).unwrap_err();
            assert!(wrong.starts_with(name) && wrong.contains(part), "{wrong}");
        }
    }

    #[test]
    fn sections_are_taken_over_without_secrets() {
        let others = Settings {
            hash_salt: "theirs".to_owned(),
            address_days: 7,
            max_depth: 1,
            ..Settings::default()
        };
        let own = Settings::default();
        let after = own.with(&others, &[Section::Privacy]).unwrap();
        assert_eq!((after.address_days, after.max_depth), (7, own.max_depth));
        assert_eq!(after.hash_salt, own.hash_salt);
    }

    #[test]
    fn the_defaults_are_within_bounds() {
        assert_eq!(Settings::default().faults().unwrap(), []);
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
        let pointers = pointers_of(&settings);
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
        let faulty = |settings: Settings| pointers_of(&settings);
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
        for (typed, faults) in [
            ("", 0),
            ("ada@example.org", 0),
            ("ada", 1),
            ("ada@example.org\r\nBcc: eve@example.org", 1),
        ] {
            let mail = Settings {
                mail_reply_to: typed.to_owned(),
                ..Settings::default()
            };
            assert_eq!(faulty(mail).len(), faults, "{typed:?}");
        }
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
        let pointers = pointers_of(&settings);
        let at = |name: &str, places: &[usize]| {
            let pointers = places.iter().map(|place| format!("/settings/{name}/{place}"));
            pointers.collect::<Vec<_>>()
        };
        let expected = [
            at("thread_patterns", &[2, 3]),
            at("url_ignored_parameters", &[3, 4, 5]),
            at("url_language_prefixes", &[2, 3, 4]),
        ];
        assert_eq!(pointers, expected.concat());
    }
}
