//! What mails say in the name of a site, as the admin door shows it.

use chrono::{DateTime, Utc};
use poem_openapi::types::Example;
use poem_openapi::{Enum, Object};
use serde::Deserialize;

use crate::emails::texts::{Kind, Stored, Text};
use crate::http::words::MailTextKind;
use crate::infra::mailer::Letter;
use crate::job::Locale;

/// A language in which mails are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename = "MailLocale", rename_all = "lowercase")]
pub enum MailLocaleView {
    En,
    De,
}

impl From<Locale> for MailLocaleView {
    fn from(locale: Locale) -> Self {
        match locale {
            Locale::En => MailLocaleView::En,
            Locale::De => MailLocaleView::De,
        }
    }
}

impl From<MailLocaleView> for Locale {
    fn from(locale: MailLocaleView) -> Self {
        match locale {
            MailLocaleView::En => Locale::En,
            MailLocaleView::De => Locale::De,
        }
    }
}

/// Parts of a mail. Each may be empty, which is what the service says itself.
#[derive(Clone, Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct MailText {
    /// One line. Names in braces, such as `{site}`, are put in; which there are, `mail_text_list` tells.
    pub subject: String,
    /// What the mail begins with, in paragraphs with empty lines between; plain text.
    pub opening: String,
    /// What it ends with.
    pub closing: String,
}

impl Example for MailText {
    fn example() -> Self {
        MailText {
            subject: "{site}: {author} on {thread}".to_owned(),
            opening: "Hello,\n\n{author} wrote a comment, which {state}.".to_owned(),
            closing: "The team of {site}".to_owned(),
        }
    }
}

impl From<Text> for MailText {
    fn from(text: Text) -> Self {
        MailText {
            subject: text.subject,
            opening: text.opening,
            closing: text.closing,
        }
    }
}

impl From<MailText> for Text {
    fn from(text: MailText) -> Self {
        Text {
            subject: text.subject,
            opening: text.opening,
            closing: text.closing,
        }
    }
}

/// What mails of a kind say in a language.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct MailTextOfKind {
    pub kind: MailTextKind,
    pub locale: MailLocaleView,
    /// What was written for this site; absent if nothing was.
    pub text: Option<MailText>,
    pub updated_at: Option<DateTime<Utc>>,
    /// What the service says where nothing was written, with names in braces.
    pub built_in: MailText,
    /// Names that may stand in braces.
    pub placeholders: Vec<String>,
}

impl MailTextOfKind {
    pub fn new(kind: Kind, locale: Locale, stored: Option<Stored>) -> Self {
        let (text, updated_at) = stored.map(|stored| (stored.text, stored.updated_at)).unzip();
        MailTextOfKind {
            kind: MailTextKind(kind.name().to_owned()),
            locale: locale.into(),
            text: text.map(Into::into),
            updated_at,
            built_in: kind.built_in(locale).into(),
            placeholders: kind.placeholders().iter().map(|name| (*name).to_owned()).collect(),
        }
    }
}

#[derive(Debug, Object)]
pub struct MailTexts {
    pub texts: Vec<MailTextOfKind>,
}

/// A mail as it would be, about what is made up for the purpose.
#[derive(Debug, Object)]
pub struct MailTextPreview {
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// A whole page, without scripts.
    pub html: String,
}

impl From<Letter> for MailTextPreview {
    fn from(letter: Letter) -> Self {
        MailTextPreview {
            subject: letter.subject,
            text: letter.text,
            html: letter.html,
        }
    }
}

/// What came of a test. That a mail server took it does not say where it went.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct MailTextTest {
    pub sent: bool,
    /// The caller's own address.
    pub to: String,
    pub error: Option<String>,
}
