//! What mails say in the name of a site, as its owners want it: a subject, what stands at the beginning and what stands at the end. What
//! is not written is what we say ourselves.
//!
//! They are plain text with names in braces, of which each kind of mail has a list. Names are put in once: one in what a stranger typed
//! stays as he typed it. A new kind is a [`Kind`], its names, what we say ourselves, and its sample, in the module that writes the mail.

use ::entity::{OfSite, mail_text};
use chrono::{DateTime, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Set};
use serde_json::json;

use crate::app::App;
use crate::error::{Error, Fault, FieldCode, Result};
use crate::infra::db::Tx;
use crate::infra::mailer::Letter;
use crate::job::Locale;
use crate::sites::{self, Site};
use crate::tenants::Member;
use crate::tenants::audit::{self, Change};
use crate::{accounts, subscriptions, text, watching};

/// Longest subject, and longest opening and closing, in characters.
pub const SUBJECT: usize = 150;
pub const PARAGRAPHS: usize = 2000;

/// Longest subject once its names are put in.
const FILLED: usize = 200;

/// Which mails there are in the name of a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// To a moderator, about one comment.
    Comment,
    /// To a moderator, about all that has waited for it.
    Digest,
    /// To a reader, with the link to what he wrote.
    Mine,
    /// To a reader: was it he who wants mail?
    Confirm,
    /// To a follower, about one comment.
    Reply,
    /// To a reader whose held comment was published.
    Published,
    /// To a follower, about several comments of one conversation.
    News,
}

impl Kind {
    pub const ALL: [Kind; 7] = [
        Kind::Comment,
        Kind::Digest,
        Kind::Mine,
        Kind::Confirm,
        Kind::Reply,
        Kind::Published,
        Kind::News,
    ];

    /// As it is stored, and on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Comment => "comment",
            Kind::Digest => "digest",
            Kind::Mine => "mine",
            Kind::Confirm => "confirm",
            Kind::Reply => "reply",
            Kind::Published => "published",
            Kind::News => "news",
        }
    }

    pub fn of(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What may stand in braces.
    pub fn placeholders(self) -> &'static [&'static str] {
        match self {
            Kind::Comment => &["site", "thread", "author", "state"],
            Kind::Digest => &["site", "count", "waiting"],
            Kind::Mine | Kind::Confirm => &["site"],
            Kind::Reply | Kind::Published => &["site", "thread", "author"],
            Kind::News => &["site", "thread", "count"],
        }
    }

    /// What is said where nothing else is.
    pub fn built_in(self, locale: Locale) -> Text {
        match self {
            Kind::Comment => watching::built_in(watching::Telling::Comment, locale),
            Kind::Digest => watching::built_in(watching::Telling::Digest, locale),
            Kind::Mine => super::mine_built_in(locale),
            Kind::Confirm | Kind::Reply | Kind::Published | Kind::News => subscriptions::built_in(self, locale),
        }
    }
}

/// What a mail says beside what it is about. Each part may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    pub subject: String,
    pub opening: String,
    pub closing: String,
}

/// What stands in place of the names in braces.
pub type Values<'a> = &'a [(&'static str, &'a str)];

impl Text {
    pub fn is_empty(&self) -> bool {
        self.subject.is_empty() && self.opening.is_empty() && self.closing.is_empty()
    }

    /// The subject, which is `own` where none was written.
    pub fn subject(&self, values: Values<'_>, own: String) -> String {
        if self.subject.is_empty() {
            return own;
        }
        let filled: String = fill(&self.subject, values).chars().take(FILLED).collect();
        // Names and titles are on one line already; this holds whatever comes here.
        text::clean_line(&filled, FILLED).ok().flatten().unwrap_or(own)
    }

    /// The paragraphs that it begins with: `own` where none was written.
    pub fn opening(&self, values: Values<'_>, own: String) -> Vec<String> {
        match self.opening.is_empty() {
            true => vec![own],
            false => paragraphs(&fill(&self.opening, values)),
        }
    }

    /// The paragraphs at its end, of which there are none where none was written.
    pub fn closing(&self, values: Values<'_>) -> Vec<String> {
        paragraphs(&fill(&self.closing, values))
    }
}

/// Puts values in place of names in braces. A value is not looked at again.
fn fill(template: &str, values: Values<'_>) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, name, after)) = next_name(rest) {
        filled.push_str(before);
        match values.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => filled.push_str(value),
            None => filled.push_str(&format!("{{{name}}}")),
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// The next name in braces, with what is before and after it. Braces around anything else are what they are.
fn next_name(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    while let Some(opens) = text[from..].find('{').map(|place| from + place) {
        let inner = &text[opens + 1..];
        let end = inner
            .find(|letter: char| !(letter.is_ascii_lowercase() || letter == '_'))
            .unwrap_or(inner.len());
        if end > 0 && inner[end..].starts_with('}') {
            return Some((&text[..opens], &inner[..end], &inner[end + 1..]));
        }
        from = opens + 1;
    }
    None
}

/// A text in paragraphs, as empty lines part them.
fn paragraphs(text: &str) -> Vec<String> {
    let mut paragraphs = Vec::new();
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().chain([""]) {
        match line.trim_end() {
            "" if lines.is_empty() => {}
            "" => paragraphs.push(std::mem::take(&mut lines).join("\n")),
            line => lines.push(line),
        }
    }
    paragraphs
}

/// A text as it was typed, if it can be taken.
///
/// # Errors
/// Every fault, with where it is.
pub fn checked(kind: Kind, typed: &Text) -> Result<Text> {
    let mut faults = Vec::new();
    let mut take = |pointer: &str, taken: std::result::Result<String, Fault>| {
        let text = taken.unwrap_or_else(|fault| {
            faults.push(fault);
            String::new()
        });
        let mut rest = text.as_str();
        while let Some((_, name, after)) = next_name(rest) {
            if !kind.placeholders().contains(&name) {
                let known: Vec<String> = kind.placeholders().iter().map(|name| format!("{{{name}}}")).collect();
                let words = format!("There is no {{{name}}} in this mail; there are {}.", known.join(", "));
                faults.push(Fault::new(pointer, FieldCode::Invalid, words));
            }
            rest = after;
        }
        text
    };
    let subject = take("/subject", one_line(&typed.subject));
    let opening = take("/opening", several_lines("/opening", &typed.opening));
    let closing = take("/closing", several_lines("/closing", &typed.closing));
    match faults.is_empty() {
        true => Ok(Text {
            subject,
            opening,
            closing,
        }),
        false => Err(Error::Invalid(faults)),
    }
}

/// A line's end in a subject would begin another header. It is refused, and not made a space in silence.
fn one_line(typed: &str) -> std::result::Result<String, Fault> {
    const AT: &str = "/subject";
    if typed.chars().any(char::is_control) {
        let words = "A subject is one line, without control characters.";
        return Err(Fault::new(AT, FieldCode::ForbiddenCharacter, words));
    }
    let line = text::clean_line(typed, SUBJECT).map_err(|fault| fault.at(AT))?;
    Ok(line.unwrap_or_default())
}

fn several_lines(at: &str, typed: &str) -> std::result::Result<String, Fault> {
    let text = text::clean_source(typed).map_err(|fault| fault.at(at))?;
    match text.chars().count() > PARAGRAPHS {
        true => Err(text::TextFault::TooLong(PARAGRAPHS).at(at)),
        false => Ok(text),
    }
}

/// A text as it stands with a site.
pub struct Stored {
    pub text: Text,
    pub updated_at: DateTime<Utc>,
}

/// What mails of a kind say in the name of a site, in a language.
pub async fn of_site(db: &impl ConnectionTrait, site_id: Uuid, kind: Kind, locale: Locale) -> Result<Text> {
    let row = mail_text::Entity::of_site(site_id)
        .filter(mail_text::Column::Kind.eq(kind.name()))
        .filter(mail_text::Column::Locale.eq(locale.name()))
        .one(db)
        .await?;
    Ok(row.map(text_of).unwrap_or_default())
}

fn text_of(row: mail_text::Model) -> Text {
    Text {
        subject: row.subject,
        opening: row.opening,
        closing: row.closing,
    }
}

/// All that was written for a site, by kind and language.
pub async fn list(app: &App, member: &Member, site_id: Uuid) -> Result<Vec<(Kind, Locale, Option<Stored>)>> {
    sites::of_member(app, member, site_id).await?;
    let rows = mail_text::Entity::of_site(site_id).all(app.db.read()).await?;
    let stored = |kind: Kind, locale: Locale| {
        let row = rows
            .iter()
            .find(|row| row.kind == kind.name() && row.locale == locale.name())?;
        Some(Stored {
            updated_at: row.updated_at,
            text: text_of(row.clone()),
        })
    };
    let kinds = Kind::ALL.into_iter();
    Ok(kinds
        .flat_map(|kind| Locale::ALL.map(|locale| (kind, locale, stored(kind, locale))))
        .collect())
}

/// Writes what mails of a kind say. Of what is empty in all its parts nothing stays.
pub async fn put(
    app: &App,
    member: &Member,
    site_id: Uuid,
    (kind, locale): (Kind, Locale),
    typed: &Text,
) -> Result<Option<Stored>> {
    sites::of_member(app, member, site_id).await?;
    let text = checked(kind, typed)?;
    if text.is_empty() {
        remove(app, member, site_id, (kind, locale)).await?;
        return Ok(None);
    }
    let now = app.clock.now();
    let row = mail_text::ActiveModel {
        id: Set(app.clock.new_id()),
        site_id: Set(site_id),
        kind: Set(kind.name().to_owned()),
        locale: Set(locale.name().to_owned()),
        subject: Set(text.subject.clone()),
        opening: Set(text.opening.clone()),
        closing: Set(text.closing.clone()),
        updated_at: Set(now),
    };
    let replaced = OnConflict::columns([
        mail_text::Column::SiteId,
        mail_text::Column::Kind,
        mail_text::Column::Locale,
    ])
    .update_columns([
        mail_text::Column::Subject,
        mail_text::Column::Opening,
        mail_text::Column::Closing,
        mail_text::Column::UpdatedAt,
    ])
    .to_owned();
    let tx = app.db.begin().await?;
    mail_text::Entity::insert(row)
        .on_conflict(replaced)
        .exec_without_returning(&*tx)
        .await?;
    note(&tx, app, member, site_id, (kind, locale)).await?;
    tx.commit().await?;
    Ok(Some(Stored { text, updated_at: now }))
}

/// Takes back what was written: we say it ourselves again. To do so again changes nothing.
pub async fn remove(app: &App, member: &Member, site_id: Uuid, (kind, locale): (Kind, Locale)) -> Result<()> {
    sites::of_member(app, member, site_id).await?;
    let tx = app.db.begin().await?;
    let gone = mail_text::Entity::delete_of_site(site_id)
        .filter(mail_text::Column::Kind.eq(kind.name()))
        .filter(mail_text::Column::Locale.eq(locale.name()))
        .exec(&*tx)
        .await?;
    if gone.rows_affected > 0 {
        note(&tx, app, member, site_id, (kind, locale)).await?;
    }
    tx.commit().await
}

async fn note(tx: &Tx, app: &App, member: &Member, site_id: Uuid, (kind, locale): (Kind, Locale)) -> Result<()> {
    let data = json!({ "kind": kind.name(), "locale": locale.name() });
    audit::note(tx, app, member, Change::MailTextChanged, Some(site_id), data).await
}

/// A mail as it would be with a text, about what is made up for the purpose. Its links lead nowhere.
///
/// # Errors
/// What [`checked`] refuses; `not_found`.
pub async fn sample(
    app: &App,
    member: &Member,
    site_id: Uuid,
    (kind, locale): (Kind, Locale),
    typed: &Text,
) -> Result<Letter> {
    let site: Site = sites::of_member(app, member, site_id).await?;
    let text = checked(kind, typed)?;
    let found = accounts::with_ids(app.db.read(), [member.account_id()]).await?;
    let account = found.into_values().next().ok_or_else(|| Error::not_found("account"))?;
    let telling = match kind {
        Kind::Comment => watching::Telling::Comment,
        Kind::Digest => watching::Telling::Digest,
        Kind::Mine => return Ok(super::mine_sample(app, &site, locale, &text, account.email)),
        Kind::Confirm | Kind::Reply | Kind::Published | Kind::News => {
            return Ok(subscriptions::sample(app, &site, kind, locale, text, account.email));
        }
    };
    watching::sample(app, &site, telling, locale, text, account.email)
}

/// Takes away up to `most` texts of a site that is erased. Resolves to how many there were.
pub async fn erase_some(tx: &Tx, site_id: Uuid, most: u64) -> Result<u64> {
    let some = mail_text::Entity::delete_some_of_site(site_id, mail_text::Column::Id, most);
    Ok(some.exec(&**tx).await?.rows_affected)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(subject: &str, opening: &str, closing: &str) -> Text {
        Text {
            subject: subject.to_owned(),
            opening: opening.to_owned(),
            closing: closing.to_owned(),
        }
    }

    #[test]
    fn names_are_put_in_once_and_braces_are_left_alone() {
        let values: Values<'_> = &[("site", "{author}"), ("author", "Ada")];
        for (template, expected) in [
            ("{site} and {author}", "{author} and Ada"),
            ("{author}{author}", "AdaAda"),
            ("{{author}}", "{Ada}"),
            ("{ author } {Author} {} { {x", "{ author } {Author} {} { {x"),
            ("{nobody} {author}", "{nobody} Ada"),
            ("ä{author}ö", "äAdaö"),
            ("", ""),
        ] {
            assert_eq!(fill(template, values), expected, "{template}");
        }
    }

    #[test]
    fn what_is_not_written_is_what_we_say() {
        let none = Text::default();
        assert_eq!(none.subject(&[], "Own".to_owned()), "Own");
        assert_eq!(none.opening(&[], "Own".to_owned()), ["Own"]);
        assert_eq!(none.closing(&[]), [] as [&str; 0]);
        let all = typed("On {site}", "Hello,\n\n\nnews\nof {site} \n", " \n");
        let values: Values<'_> = &[("site", "A blog")];
        assert_eq!(all.subject(values, "Own".to_owned()), "On A blog");
        assert_eq!(all.opening(values, "Own".to_owned()), ["Hello,", "news\nof A blog"]);
        assert_eq!(all.closing(values), [] as [&str; 0]);
    }

    #[test]
    fn a_subject_is_one_line_whatever_is_put_in() {
        let text = typed("{author}", "", "");
        let hostile: Values<'_> = &[("author", "Eve\r\nBcc: eve@evil.example")];
        let subject = text.subject(hostile, String::new());
        assert!(!subject.contains(char::is_control), "{subject:?}");
        let long = "x".repeat(1000);
        let subject = text.subject(&[("author", &long)], String::new());
        assert_eq!(subject.chars().count(), FILLED);
    }

    #[test]
    fn what_cannot_be_taken_is_named_with_its_place() {
        let faults = |text: &Text| match checked(Kind::Digest, text) {
            Err(Error::Invalid(faults)) => faults,
            other => panic!("{other:?}"),
        };
        for (text, at, code) in [
            (typed("{author}", "", ""), "/subject", FieldCode::Invalid),
            (typed("", "{cuont} new", ""), "/opening", FieldCode::Invalid),
            (typed("", "", "{x}"), "/closing", FieldCode::Invalid),
            (
                typed("a\r\nBcc: eve@evil.example", "", ""),
                "/subject",
                FieldCode::ForbiddenCharacter,
            ),
            (typed("a\u{0}", "", ""), "/subject", FieldCode::ForbiddenCharacter),
            (typed("", "a\u{0}", ""), "/opening", FieldCode::ForbiddenCharacter),
            (typed(&"x".repeat(151), "", ""), "/subject", FieldCode::TooLong),
            (typed("", "", &"x".repeat(2001)), "/closing", FieldCode::TooLong),
        ] {
            let found = faults(&text);
            assert_eq!(found.len(), 1, "{found:?}");
            assert_eq!((&*found[0].pointer, found[0].code), (at, code));
        }
        assert_eq!(faults(&typed("{a}", "{b}", "{c}")).len(), 3, "all of them at once");
        let words = &faults(&typed("{author}", "", ""))[0].detail;
        assert_eq!(
            words,
            "There is no {author} in this mail; there are {site}, {count}, {waiting}."
        );
        assert!(checked(Kind::Digest, &typed("{count} new", "a\nb", "{}")).is_ok());
    }

    #[test]
    fn what_we_say_ourselves_could_have_been_written() {
        for kind in Kind::ALL {
            assert_eq!(Kind::of(kind.name()), Some(kind));
            for locale in Locale::ALL {
                let own = kind.built_in(locale);
                assert_eq!(checked(kind, &own).unwrap(), own, "{kind:?} {locale:?}");
                assert!(!own.subject.is_empty() && !own.opening.is_empty());
            }
        }
    }
}
