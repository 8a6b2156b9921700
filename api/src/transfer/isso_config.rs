//! An Isso's configuration file, read as Python's configparser reads it, and put into a site's settings line by line. Pure but for
//! [`apply`].

use std::collections::{HashMap, HashSet};
use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::app::App;
use crate::error::{Error, Result};
use crate::infra::markdown::ELEMENTS;
use crate::sites::origin::Origin;
use crate::sites::settings::Settings;
use crate::sites::{self, Site};
use crate::tenants;

/// Longest file, in bytes.
pub const LONGEST: usize = 1 << 20;

/// How deeply values may name each other.
const DEPTH: usize = 10;

/// A line that cannot be read, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct Fault {
    pub line: usize,
    pub what: &'static str,
}

/// An option as it stands in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub section: String,
    /// In lower case.
    pub option: String,
    /// Its lines with their numbers, the first one that of the name; what is expanded in them is expanded.
    pub lines: Vec<(usize, String)>,
}

impl Entry {
    pub fn line(&self) -> usize {
        self.lines.first().map_or(0, |(line, _)| *line)
    }

    /// The value in one line, as people read it.
    pub fn value(&self) -> String {
        let parts = self
            .lines
            .iter()
            .map(|(_, part)| part.trim())
            .filter(|part| !part.is_empty());
        parts.collect::<Vec<_>>().join(", ")
    }

    fn name(&self) -> String {
        format!("{}.{}", self.section, self.option)
    }
}

/// Reads a file: sections, options with `=` or `:`, values that go on in indented lines, comments of whole lines. `%(name)s` stands
/// for another option of the section, `$NAME` and `${NAME}` for what `variable` knows.
pub fn read(text: &str, variable: impl Fn(&str) -> Option<String>) -> std::result::Result<Vec<Entry>, Fault> {
    let mut entries = parse(text)?;
    let raw: HashMap<(String, String), String> = entries
        .iter()
        .map(|entry| {
            let lines: Vec<&str> = entry.lines.iter().map(|(_, part)| part.as_str()).collect();
            (
                (entry.section.clone(), entry.option.clone()),
                lines.join("\n").trim().to_owned(),
            )
        })
        .collect();
    for entry in &mut entries {
        for (_, part) in &mut entry.lines {
            *part = with_variables(&interpolated(part, &entry.section, &raw, DEPTH), &variable);
        }
    }
    Ok(entries)
}

fn parse(text: &str) -> std::result::Result<Vec<Entry>, Fault> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut section: Option<String> = None;
    let mut seen = HashSet::new();
    // How far the option is indented whose value may go on.
    let mut open: Option<usize> = None;
    for (line, raw) in text.trim_start_matches('\u{FEFF}').lines().enumerate() {
        let (line, words) = (line + 1, raw.trim());
        let is_comment = words.starts_with(['#', ';']);
        if words.is_empty() || is_comment {
            continue;
        }
        let fault = |what| Fault { line, what };
        let indent = raw.chars().take_while(|one| one.is_whitespace()).count();
        if let Some(entry) = entries.last_mut().filter(|_| open.is_some_and(|open| indent > open)) {
            entry.lines.push((line, words.to_owned()));
            continue;
        }
        if let Some(name) = words
            .strip_prefix('[')
            .and_then(|rest| rest.rfind(']').map(|end| &rest[..end]))
        {
            if name.is_empty() {
                return Err(fault("a section has a name"));
            }
            if !seen.insert((name.to_owned(), String::new())) {
                return Err(fault("this section is there twice"));
            }
            section = Some(name.to_owned());
            open = None;
            continue;
        }
        let Some(section) = &section else {
            return Err(fault("an option stands in a section, such as [general]"));
        };
        let (option, value) = match words.find(['=', ':']) {
            Some(place) => (&words[..place], words[place + 1..].trim()),
            None => (words, ""),
        };
        let option = option.trim().to_lowercase();
        if option.is_empty() {
            return Err(fault("there is no name before the value"));
        }
        if !seen.insert((section.clone(), option.clone())) {
            return Err(fault("this option is there twice"));
        }
        entries.push(Entry {
            section: section.clone(),
            option,
            lines: vec![(line, value.to_owned())],
        });
        open = Some(indent);
    }
    Ok(entries)
}

/// With `%(name)s` as the option of that name, and `%%` as a percent sign; what names nothing stays as it is.
fn interpolated(text: &str, section: &str, raw: &HashMap<(String, String), String>, depth: usize) -> String {
    let mut done = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        done.push_str(before);
        if let Some(after) = after.strip_prefix('%') {
            done.push('%');
            rest = after;
            continue;
        }
        let named = after.strip_prefix('(').and_then(|inner| inner.split_once(")s"));
        let value = named.and_then(|(name, _)| {
            let of = |section: &str| raw.get(&(section.to_owned(), name.to_lowercase()));
            of(section).or_else(|| of("DEFAULT"))
        });
        match (named, value) {
            (Some((_, after)), Some(value)) if depth > 0 && done.len() < LONGEST / DEPTH => {
                done.push_str(&interpolated(value, section, raw, depth - 1));
                rest = after;
            }
            _ => {
                done.push('%');
                rest = after;
            }
        }
    }
    done.push_str(rest);
    done
}

/// With `$NAME` and `${NAME}` as the variable; one that is not set stays as it is.
fn with_variables(text: &str, variable: impl Fn(&str) -> Option<String>) -> String {
    let is_name = |one: char| one.is_ascii_alphanumeric() || one == '_';
    let mut done = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        done.push_str(before);
        let (name, behind) = match after.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
            Some((name, behind)) => (name, behind),
            None => after.split_at(after.find(|one| !is_name(one)).unwrap_or(after.len())),
        };
        match Some(name).filter(|name| !name.is_empty()).and_then(&variable) {
            Some(value) => {
                done.push_str(&value);
                rest = behind;
            }
            None => {
                done.push('$');
                rest = after;
            }
        }
    }
    done.push_str(rest);
    done
}

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is a setting of the site, or an origin.
    Taken,
    /// It is so already.
    Same,
    /// There is nothing like it here.
    NoCounterpart,
    /// Isso does not know it either.
    Unknown,
    /// It says nothing that can be understood, or nothing that is possible here.
    Invalid,
}

/// What is told of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    pub line: usize,
    /// `section.option`.
    pub option: String,
    /// None for what is secret.
    pub value: Option<String>,
    pub outcome: Outcome,
    pub detail: String,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.outcome {
            Outcome::Taken => "taken    ",
            Outcome::Same => "the same ",
            Outcome::NoCounterpart => "not taken",
            Outcome::Unknown => "unknown  ",
            Outcome::Invalid => "invalid  ",
        };
        let value = self.value.as_deref().unwrap_or("(not shown)");
        write!(
            f,
            "{:>4}  {sign}  {} = {value}\n                 {}",
            self.line, self.option, self.detail
        )
    }
}

/// A file, put into words of a site.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Translation {
    pub lines: Vec<Line>,
    /// Settings that change.
    pub settings: Map<String, Value>,
    /// Origins that are added.
    pub origins: Vec<String>,
}

impl Translation {
    pub fn json(&self, dry_run: bool) -> Value {
        json!({ "dry_run": dry_run, "lines": self.lines, "settings": self.settings, "origins": self.origins })
    }
}

/// What an option stands for here.
enum Meaning {
    Setting(&'static str, Value),
    Hosts,
    Elements,
    Nothing(&'static str),
    Same(&'static str),
    Invalid(&'static str),
    Unknown,
}

/// Translates a file for a site with these settings and origins.
pub fn translate(entries: &[Entry], settings: &Settings, origins: &[Origin]) -> Translation {
    let mut translation = Translation::default();
    let mut settings = settings.clone();
    let mut origins = origins.to_vec();
    let algorithm = entries
        .iter()
        .find(|entry| entry.section == "hash" && entry.option == "algorithm")
        .map(Entry::value);
    for entry in entries {
        match meaning(entry, algorithm.as_deref()) {
            Meaning::Hosts => hosts(entry, &mut origins, &mut translation),
            Meaning::Elements => elements(entry, &mut settings, &mut translation),
            Meaning::Setting(name, value) => set(entry, name, value, &mut settings, &mut translation),
            Meaning::Nothing(why) => translation.lines.push(told(entry, Outcome::NoCounterpart, why)),
            Meaning::Same(what) => translation.lines.push(told(entry, Outcome::Same, what)),
            Meaning::Invalid(why) => translation.lines.push(told(entry, Outcome::Invalid, why)),
            Meaning::Unknown => {
                let why = "Isso 0.14 has no such option.";
                translation.lines.push(told(entry, Outcome::Unknown, why));
            }
        }
    }
    translation
}

fn told(entry: &Entry, outcome: Outcome, detail: impl Into<String>) -> Line {
    let is_secret = matches!(
        (entry.section.as_str(), entry.option.as_str()),
        ("smtp", "password" | "username") | ("admin", "password") | ("hash", "salt")
    ) || entry.option.contains("password")
        || entry.option.contains("secret");
    Line {
        line: entry.line(),
        option: entry.name(),
        value: (!is_secret).then(|| entry.value()),
        outcome,
        detail: detail.into(),
    }
}

fn set(entry: &Entry, name: &str, value: Value, settings: &mut Settings, translation: &mut Translation) {
    let shown = match (name, &value) {
        ("hash_salt", _) => "hash_salt, so that authors keep their hashes".to_owned(),
        (_, Value::String(text)) => format!("{name} = {text}"),
        _ => format!("{name} = {value}"),
    };
    let change = json!({ name: value.clone() });
    match sites::changed(settings, &change) {
        Ok(changed) if changed == *settings => translation.lines.push(told(entry, Outcome::Same, shown)),
        Ok(changed) => {
            *settings = changed;
            translation.settings.insert(name.to_owned(), value);
            translation.lines.push(told(entry, Outcome::Taken, shown));
        }
        Err(error) => translation.lines.push(told(entry, Outcome::Invalid, error.to_string())),
    }
}

/// One line for each host.
fn hosts(entry: &Entry, origins: &mut Vec<Origin>, translation: &mut Translation) {
    for (line, host) in entry.lines.iter().filter(|(_, host)| !host.is_empty()) {
        let (outcome, detail) = match Origin::from_owner(host) {
            Err(sentence) => (Outcome::Invalid, sentence.to_owned()),
            Ok(origin) if origins.contains(&origin) => (Outcome::Same, format!("origin {origin}")),
            Ok(_) if origins.len() >= sites::MOST_ORIGINS => (
                Outcome::Invalid,
                format!("A site may have {} origins.", sites::MOST_ORIGINS),
            ),
            Ok(origin) => {
                translation.origins.push(origin.to_string());
                origins.push(origin.clone());
                (Outcome::Taken, format!("origin {origin}"))
            }
        };
        translation.lines.push(Line {
            line: *line,
            value: Some(host.clone()),
            ..told(entry, outcome, detail)
        });
    }
}

/// Isso adds these to its own list; here the list is fixed, and a site may narrow it.
fn elements(entry: &Entry, settings: &mut Settings, translation: &mut Translation) {
    let named = entry.value().to_lowercase();
    let named: Vec<&str> = named.split([',', ' ']).filter(|name| !name.is_empty()).collect();
    let (known, others): (Vec<&str>, Vec<&str>) = named
        .into_iter()
        .partition(|name| ELEMENTS.contains(name) || *name == "img");
    let mut parts = Vec::new();
    let mut changes = Map::new();
    if known.contains(&"img") && !settings.images {
        changes.insert("images".to_owned(), json!(true));
        parts.push("images = true".to_owned());
    }
    let mut list = settings.elements.clone();
    for name in known.iter().filter(|name| **name != "img") {
        // An empty list is all of them.
        if !list.is_empty() && !list.iter().any(|one| one == name) {
            list.push((*name).to_owned());
        }
    }
    if list != settings.elements {
        parts.push(format!("elements = {}", list.join(" ")));
        changes.insert("elements".to_owned(), json!(list));
    }
    if !others.is_empty() {
        parts.push(format!("never shown here: {}", others.join(" ")));
    }
    let outcome = match (changes.is_empty(), others.is_empty()) {
        (false, _) => Outcome::Taken,
        (true, true) => Outcome::Same,
        (true, false) => Outcome::NoCounterpart,
    };
    if parts.is_empty() {
        parts.push("all of them are shown already".to_owned());
    }
    if let Ok(changed) = sites::changed(settings, &Value::Object(changes.clone())) {
        *settings = changed;
        translation.settings.extend(changes);
    }
    translation.lines.push(told(entry, outcome, parts.join("; ")));
}

fn meaning(entry: &Entry, algorithm: Option<&str>) -> Meaning {
    use Meaning::{Elements, Hosts, Invalid, Nothing, Same, Setting, Unknown};
    const ONE_RENDERER: &str = "All sites have one renderer of Markdown: strikethrough, tables, line breaks and bare links are on, HTML is \
                                shown as typed.";
    const NO_MAIL: &str = "No mail is sent about comments yet.";
    let value = entry.value();
    let switch = |meaning: fn(bool) -> Meaning| switched(&value).map_or(Invalid("It is yes or no."), meaning);
    match (entry.section.as_str(), entry.option.as_str()) {
        ("general", "host") => Hosts,
        ("general", "max-age") => match minutes(&value) {
            Some(minutes) => Setting("edit_minutes", json!(minutes)),
            None => Invalid("A time has the form 15m, 1h30m or 3w, or is a number of seconds."),
        },
        ("general", "dbpath") => Nothing("Bring the comments with: parlour import --site KEY FILE"),
        ("general", "name") => Nothing("Each site has an address of its own: isso_base of parlour site list --json."),
        ("general", "notify") => Nothing(
            "Every interaction is a line of the log, and events are in the admin UI; no mail is sent about comments yet.",
        ),
        ("general", "reply-notifications") => Nothing(NO_MAIL),
        ("general", "log-file") => Nothing("The log goes to standard output: log_format, log_level."),
        ("general", "gravatar" | "gravatar-url") => {
            Nothing("Never: it would tell a third party who reads and writes where.")
        }
        ("general", "latest-enabled") => switch(|on| match on {
            true => Same("The newest comments are always there."),
            false => Nothing("The newest comments are always there; they are public anyway."),
        }),
        ("admin", "enabled" | "password") => {
            Nothing("Moderators have accounts of their own: parlour setup, then the admin UI.")
        }
        ("moderation", "enabled") => switch(|on| Setting("moderation", json!(if on { "all" } else { "none" }))),
        ("moderation", "approve-if-email-previously-approved") => {
            Nothing("A mail address proves nothing: anybody can type one that was approved.")
        }
        ("moderation", "purge-after") => Nothing("What waits for a moderator is kept until one decides."),
        ("server", "listen") => Nothing("Of the whole installation: PARLOUR_LISTEN."),
        ("server", "public-endpoint") => Nothing("Of the whole installation: PARLOUR_PUBLIC_URL."),
        ("server", "trusted-proxies") => Nothing("Of the whole installation: PARLOUR_TRUSTED_PROXIES."),
        ("server", "reload" | "profile") => Nothing("For Isso's developers."),
        ("server", "samesite") => {
            Nothing("Editing needs no cookie; the door for Isso's client sets it as its address needs.")
        }
        ("smtp", "from") => Nothing("Of the whole installation: PARLOUR_MAIL_FROM."),
        ("smtp", "to") => {
            Nothing("Who moderates a site is a member of its tenant; no mail is sent about comments yet.")
        }
        ("smtp", "username" | "password" | "host" | "port" | "security") => {
            Nothing("Of the whole installation: PARLOUR_SMTP_URL.")
        }
        ("smtp", "timeout") => Nothing("Mail is not sent while a reader waits."),
        ("guard", "enabled") => switch(|on| match on {
            true => Same("Limits are always on."),
            false => Nothing("Limits are always on; each is a setting of the installation: limit_post and others."),
        }),
        ("guard", "ratelimit") => Nothing("Of the whole installation: PARLOUR_LIMIT_POST, such as 2/60."),
        ("guard", "direct-reply") => {
            Nothing("Comments of one network are limited in time, not for ever: PARLOUR_LIMIT_POST.")
        }
        ("guard", "reply-to-self") => switch(|on| match on {
            true => Same("Who has written may answer himself."),
            false => Nothing("Who has written may answer himself."),
        }),
        ("guard", "require-author") => switch(|on| Setting("require_name", json!(on))),
        ("guard", "require-email") => switch(|on| Setting("require_email", json!(on))),
        ("guard", "website-field") => switch(|on| match on {
            true => Same("Readers may name a website."),
            false => Nothing("Readers may name a website; it is a link without weight for search engines."),
        }),
        ("markup", "allowed-elements") => Elements,
        ("markup", "allowed-attributes") => {
            Nothing("Attributes are a fixed list, as one of them can be enough to attack readers.")
        }
        ("markup", "renderer" | "options" | "flags")
        | ("markup.mistune", "plugins" | "parameters")
        | ("markup.misaka", "options" | "flags") => Nothing(ONE_RENDERER),
        ("hash", "salt") => match algorithm {
            None | Some("" | "pbkdf2" | "pbkdf2:1000:6:sha1") => Setting("hash_salt", json!(value)),
            Some(_) => Nothing("Only hashes by pbkdf2 as Isso has it by default can go on; authors get new ones."),
        },
        ("hash", "algorithm") => match value.as_str() {
            "" | "pbkdf2" | "pbkdf2:1000:6:sha1" => {
                Same("With a salt, authors' hashes are made as Isso makes them by default.")
            }
            _ => Nothing("Authors' hashes are made as Isso makes them by default, or with a key of the installation."),
        },
        ("rss", "base") => Nothing("Feeds are always there, and their links lead to the site's origins."),
        ("rss", "limit") => Nothing("Feeds have a fixed bound, and limit= asks for fewer."),
        _ => Unknown,
    }
}

fn switched(value: &str) -> Option<bool> {
    match value.to_lowercase().as_str() {
        "1" | "yes" | "true" | "on" => Some(true),
        "0" | "no" | "false" | "off" => Some(false),
        _ => None,
    }
}

/// Minutes of `1w2d3h4m5s`, any of them left out, or of a number of seconds; a part of a minute counts as one.
fn minutes(value: &str) -> Option<u64> {
    const UNITS: [(char, u64); 5] = [('w', 604_800), ('d', 86_400), ('h', 3600), ('m', 60), ('s', 1)];
    if value.is_empty() {
        return None;
    }
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(seconds.div_ceil(60));
    }
    let (mut rest, mut seconds, mut next) = (value, 0_u64, 0);
    while !rest.is_empty() {
        let digits = rest.find(|one: char| !one.is_ascii_digit())?;
        let count: u64 = rest[..digits].parse().ok()?;
        let unit = rest[digits..].chars().next()?;
        let place = UNITS
            .iter()
            .position(|(name, _)| *name == unit)
            .filter(|place| *place >= next)?;
        seconds = seconds.checked_add(count.checked_mul(UNITS[place].1)?)?;
        next = place + 1;
        rest = rest[digits + unit.len_utf8()..].trim_start_matches(' ');
    }
    Some(seconds.div_ceil(60))
}

/// Puts a translation into a site: the settings first, then each origin.
pub async fn apply(app: &App, site: &Site, translation: &Translation) -> Result<()> {
    let member = tenants::of_site(app, site).await?;
    if !translation.settings.is_empty() {
        let changes = Value::Object(translation.settings.clone());
        sites::update(app, &member, site.id(), None, Some(&changes)).await?;
    }
    for origin in &translation.origins {
        match sites::add_origin(app, &member, site.id(), origin).await {
            // Somebody was faster.
            Err(Error::Refused(crate::error::ErrorCode::AlreadyExists, _)) => {}
            outcome => {
                outcome?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_plain(text: &str) -> std::result::Result<Vec<Entry>, Fault> {
        read(text, |name| match name {
            "NAME" => Some("blog".to_owned()),
            _ => None,
        })
    }

    fn values(text: &str) -> Vec<(String, String)> {
        let entries = read_plain(text).unwrap();
        entries.iter().map(|entry| (entry.name(), entry.value())).collect()
    }

    fn one(text: &str) -> String {
        let entries = read_plain(&format!("[s]\n{text}")).unwrap();
        assert_eq!(entries.len(), 1, "{entries:?}");
        entries[0].value()
    }

    #[test]
    fn a_file_is_read_as_configparser_reads_it() {
        let text = "; a comment\n[general]\nMax-Age : 15m\nname=\ndbpath\nhost =\n    http://a.example\n    # not this\n\n    \
                    https://b.example\n  # nor this\n[guard]\n  ratelimit = 2\n  enabled = a = b\n";
        let expected = [
            ("general.max-age", "15m"),
            ("general.name", ""),
            ("general.dbpath", ""),
            ("general.host", "http://a.example, https://b.example"),
            ("guard.ratelimit", "2"),
            ("guard.enabled", "a = b"),
        ];
        assert_eq!(
            values(text),
            expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
        let host = &read_plain(text).unwrap()[3];
        let lines: Vec<usize> = host.lines.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [6, 7, 10]);
        assert_eq!(values("\u{FEFF}[a]\r\nb = c\r\n"), [("a.b".to_owned(), "c".to_owned())]);
    }

    #[test]
    fn values_name_each_other_and_the_environment() {
        assert_eq!(one("a = /var/$NAME/${NAME}.db"), "/var/blog/blog.db");
        assert_eq!(one("a = $NOBODY ${NOBODY} $ 5$"), "$NOBODY ${NOBODY} $ 5$");
        assert_eq!(one("a = 100%% %(nobody)s %x"), "100% %(nobody)s %x");
        let both = "[DEFAULT]\nhome = /srv\n[s]\nname = x\npath = %(home)s/%(NAME)s/${NAME}";
        assert_eq!(values(both)[2].1, "/srv/x/blog");
        // One that names itself, and one that would fill the memory.
        assert!(one("a = %(a)s").contains("%(a)s"));
        let bomb: String = (0..30)
            .map(|one| format!("a{one} = %(a{})s%(a{})s\n", one + 1, one + 1))
            .collect();
        let entries = read_plain(&format!("[s]\n{bomb}")).unwrap();
        assert!(entries.iter().all(|entry| entry.value().len() < LONGEST));
    }

    #[test]
    fn what_cannot_be_read_is_named_by_its_line() {
        for (text, line) in [
            ("a = b", 1),
            ("\n[a]\nb = c\nB = d", 4),
            ("[a]\n[b]\n[a]", 3),
            ("[a]\n= b", 2),
            ("[]\na = b", 1),
        ] {
            assert_eq!(read_plain(text).unwrap_err().line, line, "{text}");
        }
    }

    #[test]
    fn durations_are_minutes() {
        for (value, expected) in [
            ("15m", Some(15)),
            ("1h30m", Some(90)),
            ("1h 30m", Some(90)),
            ("3w", Some(30_240)),
            ("90s", Some(2)),
            ("900", Some(15)),
            ("0", Some(0)),
            ("30m1h", None),
            ("15", Some(1)),
            ("15 minutes", None),
            ("m", None),
            ("", None),
            ("99999999999999999999w", None),
            ("9999999999999999999w", None),
            ("½h", None),
        ] {
            assert_eq!(minutes(value), expected, "{value}");
        }
    }

    fn translated(text: &str, settings: &Settings) -> Translation {
        let origins = [Origin::from_owner("https://blog.example").unwrap()];
        translate(&read_plain(text).unwrap(), settings, &origins)
    }

    fn outcomes(translation: &Translation) -> Vec<(usize, Outcome)> {
        translation.lines.iter().map(|line| (line.line, line.outcome)).collect()
    }

    #[test]
    fn each_line_is_told() {
        use Outcome::{Invalid, NoCounterpart, Same, Taken, Unknown};
        let text = "[general]\nhost =\n    https://blog.example/\n    http://blog.example\n    blog\nmax-age = 1h\ngravatar = true\n\
                    [moderation]\nenabled = false\n[guard]\nrequire-author = true\nrequire-email = maybe\n[smtp]\npassword = hunter2\n\
                    [hash]\nsalt = pepper\n[guards]\nx = y\n[admin]\npassword = hunter2\n";
        let translation = translated(text, &Settings::default());
        assert_eq!(
            outcomes(&translation),
            [
                (3, Same),
                (4, Taken),
                (5, Invalid),
                (6, Taken),
                (7, NoCounterpart),
                (9, Taken),
                (11, Taken),
                (12, Invalid),
                (14, NoCounterpart),
                (16, Taken),
                (18, Unknown),
                (20, NoCounterpart),
            ]
        );
        assert_eq!(
            Value::Object(translation.settings.clone()),
            json!({ "edit_minutes": 60, "moderation": "none", "require_name": true, "hash_salt": "pepper" })
        );
        assert_eq!(translation.origins, ["http://blog.example"]);
        let all: String = translation.lines.iter().map(ToString::to_string).collect();
        let json = translation.json(true)["lines"].to_string();
        for secret in ["hunter2", "pepper"] {
            assert!(!all.contains(secret) && !json.contains(secret), "{all}");
        }
        let settings = sites::changed(&Settings::default(), &Value::Object(translation.settings)).unwrap();
        let again = translated(text, &settings);
        assert!(again.settings.is_empty() && outcomes(&again).iter().filter(|(_, one)| *one == Taken).count() == 1);
    }

    #[test]
    fn every_option_of_isso_is_known() {
        const OPTIONS: &[(&str, &[&str])] = &[
            (
                "general",
                &[
                    "dbpath",
                    "name",
                    "host",
                    "max-age",
                    "notify",
                    "reply-notifications",
                    "log-file",
                    "gravatar",
                    "gravatar-url",
                    "latest-enabled",
                ],
            ),
            ("admin", &["enabled", "password"]),
            (
                "moderation",
                &["enabled", "approve-if-email-previously-approved", "purge-after"],
            ),
            (
                "server",
                &[
                    "listen",
                    "public-endpoint",
                    "reload",
                    "profile",
                    "trusted-proxies",
                    "samesite",
                ],
            ),
            (
                "smtp",
                &[
                    "username", "password", "host", "port", "security", "to", "from", "timeout",
                ],
            ),
            (
                "guard",
                &[
                    "enabled",
                    "ratelimit",
                    "direct-reply",
                    "reply-to-self",
                    "require-author",
                    "require-email",
                    "website-field",
                ],
            ),
            ("markup", &["renderer", "allowed-elements", "allowed-attributes"]),
            ("markup.mistune", &["plugins", "parameters"]),
            ("markup.misaka", &["options", "flags"]),
            ("hash", &["salt", "algorithm"]),
            ("rss", &["base", "limit"]),
        ];
        for (section, options) in OPTIONS {
            for option in *options {
                let translation = translated(&format!("[{section}]\n{option} = 1\n"), &Settings::default());
                let [line] = translation.lines.as_slice() else {
                    panic!("{section}.{option}")
                };
                assert_ne!(line.outcome, Outcome::Unknown, "{line}");
                assert!(!line.detail.is_empty());
            }
        }
    }

    #[test]
    fn elements_are_only_those_that_are_safe() {
        let text = "[markup]\nallowed-elements = img, kbd, svg\n";
        let all = translated(text, &Settings::default());
        assert_eq!(Value::Object(all.settings), json!({ "images": true }));
        assert!(all.lines[0].detail.contains("never shown here: svg"));
        let narrow = Settings {
            images: true,
            elements: vec!["p".to_owned()],
            ..Settings::default()
        };
        let more = translated(text, &narrow);
        assert_eq!(Value::Object(more.settings), json!({ "elements": ["p", "kbd"] }));
        let nothing = translated("[markup]\nallowed-elements = svg\n", &Settings::default());
        assert_eq!(outcomes(&nothing), [(2, Outcome::NoCounterpart)]);
    }

    #[test]
    fn a_salt_of_another_algorithm_is_of_no_use() {
        let other = translated("[hash]\nsalt = pepper\nalgorithm = sha1\n", &Settings::default());
        assert_eq!(
            outcomes(&other),
            [(2, Outcome::NoCounterpart), (3, Outcome::NoCounterpart)]
        );
        let usual = translated(
            "[hash]\nsalt = pepper\nalgorithm = pbkdf2:1000:6:sha1\n",
            &Settings::default(),
        );
        assert_eq!(outcomes(&usual), [(2, Outcome::Taken), (3, Outcome::Same)]);
    }
}
