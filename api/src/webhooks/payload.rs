//! What is told: the form in which receivers get it. Nothing here has a mail address or a network in it.
//!
//! Members are only ever added. The examples of each event stand in `docs/webhooks.md`.

use ::entity::{comment, site, thread};
use chrono::{DateTime, SecondsFormat, Utc};
use sea_orm::prelude::Uuid;
use serde::{Deserialize, Serialize};

use super::Event;
use super::asking::Draft;
use crate::error::{Error, Result};
use crate::text;
use ::entity::comment::SourceFormat;

/// The whole of it (Standard Webhooks: type, timestamp, data).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Payload {
    #[serde(rename = "type")]
    pub event: String,
    pub timestamp: String,
    /// Somebody wanted to see whether it arrives; nothing of it has happened.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub test: bool,
    pub data: Data,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Data {
    pub site: Place,
    pub thread: Thread,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<Comment>,
    /// Of a report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<Report>,
    /// Where members look at it.
    pub admin_url: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Place {
    pub id: Uuid,
    pub key: String,
    pub name: String,
}

impl Place {
    pub fn of(row: &site::Model) -> Place {
        Place {
            id: row.id,
            key: row.key.clone(),
            name: row.name.clone(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Thread {
    /// None of a conversation that begins with the comment which is asked about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    pub key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

impl Thread {
    fn of(row: &thread::Model) -> Thread {
        Thread {
            id: Some(row.id),
            key: row.key.clone(),
            title: row.title.clone(),
            url: row.url.clone(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comment {
    /// None of one that is asked about: it is not stored yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<Uuid>,
    /// published, pending, spam, rejected or deleted; none of one that is asked about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Why it is in its state: codes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    pub author: Author,
    /// As typed (Markdown).
    pub text: String,
    /// As readers get it, sanitised.
    pub html: String,
    /// Where readers see it, once it is published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Author {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub website: Option<String>,
    /// By which readers see that comments of a site have one author.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
    /// Wrote in the name of the site's team.
    pub team: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Readers who have reported it since a moderator last decided.
    pub count: i32,
}

impl Payload {
    #[expect(clippy::too_many_arguments, reason = "each is a part of what is told")]
    pub fn of_comment(
        public_url: &str,
        tenant_id: Uuid,
        place: &Place,
        event: Event,
        thread: &thread::Model,
        comment: &comment::Model,
        report: Option<Report>,
        now: DateTime<Utc>,
    ) -> Payload {
        let data = Data {
            site: place.clone(),
            thread: Thread::of(thread),
            comment: Some(Comment::of(comment, thread)),
            report,
            admin_url: format!("{public_url}/admin/t/{tenant_id}/comments/{}", comment.id),
        };
        Payload::new(event.name(), data, now)
    }

    pub fn of_thread(
        public_url: &str,
        tenant_id: Uuid,
        place: &Place,
        event: Event,
        thread: &thread::Model,
        now: DateTime<Utc>,
    ) -> Payload {
        let data = Data {
            site: place.clone(),
            thread: Thread::of(thread),
            comment: None,
            report: None,
            admin_url: format!("{public_url}/admin/t/{tenant_id}/threads/{}", thread.id),
        };
        Payload::new(event.name(), data, now)
    }

    /// A comment that is not stored yet, for whoever is asked about it.
    pub fn of_draft(public_url: &str, tenant_id: Uuid, place: &Place, draft: Draft<'_>, now: DateTime<Utc>) -> Payload {
        let data = Data {
            site: place.clone(),
            thread: draft.thread,
            comment: Some(Comment {
                id: draft.id,
                number: None,
                parent_id: draft.parent_id,
                state: None,
                reasons: Vec::new(),
                author: draft.author,
                text: draft.text.to_owned(),
                html: draft.html.to_owned(),
                url: None,
                created_at: None,
                edited_at: None,
            }),
            report: None,
            admin_url: format!("{public_url}/admin/t/{tenant_id}/comments"),
        };
        Payload::new(super::asking::QUESTION, data, now)
    }

    /// An event that has not happened, for who wants to see how one arrives.
    pub fn example(public_url: &str, tenant_id: Uuid, place: Place, name: &str, now: DateTime<Utc>) -> Payload {
        let page = "https://blog.example/first-post";
        let of_comment = !name.starts_with("thread.");
        let comment = Comment {
            id: Some(Uuid::nil()),
            number: Some(1),
            parent_id: None,
            state: Some("published".to_owned()),
            reasons: Vec::new(),
            author: Author {
                name: Some("Ada".to_owned()),
                website: Some("https://ada.example".to_owned()),
                hash: Some("0123456789ab".to_owned()),
                team: false,
            },
            text: "This is a *test*: nobody wrote it.".to_owned(),
            html: "<p>This is a <em>test</em>: nobody wrote it.</p>".to_owned(),
            url: Some(format!("{page}#parlour-1")),
            created_at: Some(written(now)),
            edited_at: None,
        };
        let report = Report {
            reason: "spam".to_owned(),
            note: None,
            count: 1,
        };
        let data = Data {
            site: place,
            thread: Thread {
                id: Some(Uuid::nil()),
                key: format!("url:{page}"),
                title: Some("First post".to_owned()),
                url: Some(page.to_owned()),
            },
            comment: of_comment.then_some(comment),
            report: (name == Event::CommentReported.name()).then_some(report),
            admin_url: format!("{public_url}/admin/t/{tenant_id}/comments"),
        };
        Payload {
            test: true,
            ..Payload::new(name, data, now)
        }
    }

    fn new(event: &str, data: Data, now: DateTime<Utc>) -> Payload {
        Payload {
            event: event.to_owned(),
            timestamp: written(now),
            test: false,
            data,
        }
    }

    /// To the byte as it is stored, signed and sent.
    pub fn json(&self) -> Result<String> {
        serde_json::to_string(self).map_err(Error::internal)
    }

    pub fn read(stored: &str) -> Option<Payload> {
        serde_json::from_str(stored).ok()
    }
}

impl Comment {
    fn of(row: &comment::Model, thread: &thread::Model) -> Comment {
        let page = thread.url.as_deref().filter(|_| row.state == comment::State::Published);
        let reasons = row.reasons.as_array().into_iter().flatten();
        Comment {
            id: Some(row.id),
            number: Some(row.number),
            parent_id: row.parent_id,
            state: Some(row.state.name().to_owned()),
            reasons: reasons.filter_map(|one| one.as_str()).map(str::to_owned).collect(),
            author: Author {
                name: row.author_name.clone(),
                website: row.author_website.clone(),
                hash: row.author_hash.clone(),
                team: row.account_id.is_some(),
            },
            text: match row.source_format {
                SourceFormat::Markdown => row.source.clone(),
                SourceFormat::Html => text::of_html(&row.source),
            },
            html: row.html.clone(),
            url: page.and_then(|page| {
                let mut page = url::Url::parse(page).ok()?;
                page.set_fragment(Some(&format!("parlour-{}", row.number)));
                Some(page.into())
            }),
            created_at: Some(written(row.created_at)),
            edited_at: row.edited_at.map(written),
        }
    }
}

fn written(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_examples_are_what_is_sent() {
        let page = include_str!("../../../docs/webhooks.md");
        let examples: Vec<&str> = page
            .split("```json\n")
            .skip(1)
            .filter_map(|rest| rest.split("```").next())
            .collect();
        let told: Vec<String> = examples
            .iter()
            .map(|example| {
                let payload = Payload::read(example).unwrap_or_else(|| panic!("not what is sent: {example}"));
                let written: serde_json::Value = serde_json::from_str(example).unwrap();
                assert_eq!(serde_json::to_value(&payload).unwrap(), written);
                payload.event
            })
            .collect();
        assert_eq!(
            told,
            [
                "comment.created",
                "comment.published",
                "comment.reported",
                "thread.created",
                "comment.moderate"
            ]
        );
        for event in Event::ALL {
            assert!(page.contains(event.name()), "{} is not documented", event.name());
        }
    }
}
