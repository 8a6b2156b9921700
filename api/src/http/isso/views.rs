//! Every shape that Isso's clients may get, with Isso's names and quirks. No mail address and no network exists here.

use ::entity::comment::{self, State};
use ::entity::thread;
use chrono::{DateTime, Utc};
use poem_openapi::Object;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use crate::sites::settings::Settings;
use crate::threads::flat::{Entry, Page};

/// Isso's name of a state.
fn mode_of(state: State) -> i32 {
    match state {
        State::Published => 1,
        State::Pending => 2,
        State::Spam | State::Rejected | State::Deleted => 4,
    }
}

/// A comment as Isso sends it.
#[derive(Debug, Object)]
#[oai(rename = "IssoComment")]
pub struct CommentView {
    /// Number within the site; never used again.
    pub id: i64,
    /// The root above it: Isso knows one level of replies.
    pub parent: Option<i64>,
    /// Sanitised HTML, or what was typed where `plain` asks for it. Empty for a comment that is gone.
    pub text: String,
    /// Escaped for HTML, as Isso's client puts it in as it is.
    pub author: Option<String>,
    /// Escaped for HTML.
    pub website: Option<String>,
    /// 1: published, 2: waits for a moderator, 4: gone, with replies under it.
    pub mode: i32,
    /// Seconds since 1970.
    pub created: f64,
    /// Seconds since 1970; none until it was edited.
    pub modified: Option<f64>,
    pub likes: i32,
    pub dislikes: i32,
    /// Always none: who is told of replies is nobody else's business.
    pub notification: Option<i32>,
    /// 12 hex digits: the same for all that one author wrote on the site.
    #[oai(skip_serializing_if_is_none)]
    pub hash: Option<String>,
    /// On roots of a whole conversation: replies under it.
    #[oai(skip_serializing_if_is_none)]
    pub total_replies: Option<i64>,
    /// On roots of a whole conversation: replies that are not sent.
    #[oai(skip_serializing_if_is_none)]
    pub hidden_replies: Option<i64>,
    /// On roots of a whole conversation.
    #[oai(skip_serializing_if_is_none)]
    pub replies: Option<Vec<CommentView>>,
    /// Of the conversation, where comments of several are sent.
    #[oai(skip_serializing_if_is_none)]
    pub uri: Option<String>,
}

impl CommentView {
    /// As everybody sees it: what is not published and still has a place is gone.
    pub fn public(comment: comment::Model, parent: Option<i64>, plain: bool) -> Self {
        let mode = match comment.state {
            State::Published => 1,
            _ => 4,
        };
        Self::with_mode(comment, mode, parent, plain)
    }

    /// As its author sees it.
    pub fn own(comment: comment::Model, parent: Option<i64>, plain: bool) -> Self {
        let mode = mode_of(comment.state);
        Self::with_mode(comment, mode, parent, plain)
    }

    fn with_mode(comment: comment::Model, mode: i32, parent: Option<i64>, plain: bool) -> Self {
        let gone = mode == 4;
        let text = match plain {
            true => comment.source,
            false => comment.html,
        };
        let shown = |value: Option<String>| value.filter(|_| !gone).map(|value| escaped(&value));
        CommentView {
            // Isso's client draws a picture of it, so that there is one for what is gone, too; it is nobody's.
            hash: Some(match comment.author_hash {
                Some(hash) if !gone => hash,
                _ => NOBODY.to_owned(),
            }),
            id: comment.number,
            parent,
            text: if gone { String::new() } else { text },
            author: shown(comment.author_name),
            website: shown(comment.author_website),
            mode,
            created: seconds(comment.created_at),
            modified: comment.edited_at.map(seconds),
            likes: comment.up_votes,
            dislikes: comment.down_votes,
            notification: None,
            total_replies: None,
            hidden_replies: None,
            replies: None,
            uri: None,
        }
    }

    /// Without the hash, which Isso sends in `new` and `fetch` alone.
    #[must_use]
    pub fn unmarked(self) -> Self {
        CommentView { hash: None, ..self }
    }

    #[must_use]
    pub fn within(self, thread: &thread::Model) -> Self {
        CommentView {
            uri: Some(uri_of(thread)),
            ..self
        }
    }
}

/// The hash of whoever cannot be told.
const NOBODY: &str = "000000000000";

/// Isso escapes names and addresses when they are stored, and its client relies on that.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for one in text.chars() {
        match one {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#x27;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are far below 2^52")]
fn seconds(time: DateTime<Utc>) -> f64 {
    time.timestamp_millis() as f64 / 1000.0
}

/// What Isso's pages call a conversation: the id that they gave, or the path of its page.
pub fn uri_of(thread: &thread::Model) -> String {
    if let Some(id) = thread.key.strip_prefix("id:") {
        return id.to_owned();
    }
    let page = thread.url.as_deref().and_then(|url| Url::parse(url).ok());
    match page {
        Some(page) => match page.query() {
            Some(query) => format!("{}?{query}", page.path()),
            None => page.path().to_owned(),
        },
        None => thread.key.clone(),
    }
}

/// A conversation, or the replies to one of its roots.
#[derive(Debug, Object)]
#[oai(rename = "IssoThread")]
pub struct ThreadView {
    /// The root whose replies these are; none for a whole conversation.
    pub id: Option<i64>,
    /// Comments that there are, replies included.
    pub total_replies: i64,
    /// Comments of this level that are left after those sent.
    pub hidden_replies: i64,
    pub replies: Vec<CommentView>,
    pub config: Config,
}

impl ThreadView {
    pub fn new(page: Page, parent: Option<i64>, plain: bool, config: Config) -> Self {
        let entry = |entry: Entry| match parent {
            Some(_) => CommentView::public(entry.comment, parent, plain),
            None => root(entry, plain),
        };
        ThreadView {
            id: parent,
            total_replies: page.total,
            hidden_replies: page.hidden,
            replies: page.comments.into_iter().map(entry).collect(),
            config,
        }
    }
}

fn root(entry: Entry, plain: bool) -> CommentView {
    let number = entry.comment.number;
    let replies = entry.replies.into_iter();
    let replies: Vec<CommentView> = replies
        .map(|reply| CommentView::public(reply, Some(number), plain))
        .collect();
    let shown = i64::try_from(replies.len()).unwrap_or(i64::MAX);
    CommentView {
        total_replies: Some(entry.total),
        hidden_replies: Some(entry.total - shown),
        replies: Some(replies),
        ..CommentView::public(entry.comment, None, plain)
    }
}

/// What Isso's client has to know of the site.
#[derive(Debug, Object)]
#[oai(rename = "IssoConfig")]
#[expect(clippy::struct_excessive_bools, reason = "Isso's switches")]
pub struct Config {
    /// Whether one may answer oneself.
    #[oai(rename = "reply-to-self")]
    pub reply_to_self: bool,
    #[oai(rename = "require-email")]
    pub require_email: bool,
    #[oai(rename = "require-author")]
    pub require_author: bool,
    #[oai(rename = "reply-notifications")]
    pub reply_notifications: bool,
    /// Never: it would tell a third party who reads what.
    pub gravatar: bool,
    pub feed: bool,
}

impl Config {
    pub fn new(settings: &Settings, mailed: bool) -> Self {
        Config {
            reply_to_self: true,
            require_email: settings.require_email,
            require_author: settings.require_name,
            reply_notifications: mailed && settings.follow_by_mail,
            gravatar: false,
            feed: true,
        }
    }
}

#[derive(Debug, Object)]
#[oai(rename = "IssoConfigured")]
pub struct Configured {
    pub config: Config,
}

#[derive(Debug, Object)]
#[oai(rename = "IssoInfo")]
pub struct Info {
    /// Of this server.
    pub version: String,
    /// Where this is.
    pub host: String,
    /// The page's origin, or else the site's first.
    pub origin: String,
    /// Whether comments wait for a moderator.
    pub moderation: bool,
}

/// What is counted now, and why a vote was not.
#[derive(Debug, Object)]
#[oai(rename = "IssoVotes", skip_serializing_if_is_none)]
pub struct Votes {
    pub likes: i32,
    pub dislikes: i32,
    pub message: Option<String>,
}

#[derive(Debug, Object)]
#[oai(rename = "IssoPreview")]
pub struct Preview {
    /// Sanitised HTML.
    pub text: String,
}

/// A comment as Isso's client sends it. Members that are not named here are passed over.
#[derive(Debug, Object, Deserialize)]
#[oai(rename = "IssoNewComment", example)]
pub struct NewComment {
    /// Markdown.
    pub text: String,
    pub author: Option<String>,
    /// For moderators only.
    pub email: Option<String>,
    pub website: Option<String>,
    /// Number of the comment that is answered.
    pub parent: Option<i64>,
    /// Title of the page, kept when the comment is its first.
    pub title: Option<String>,
    /// 1: whoever has the mail address is told of answers, once he has confirmed it.
    pub notification: Option<Value>,
}

impl NewComment {
    /// Whether its author wants to be told of answers, however that is written.
    pub fn wants_word(&self) -> bool {
        match &self.notification {
            Some(Value::Bool(wants)) => *wants,
            Some(Value::Number(number)) => number.as_i64() == Some(1),
            Some(Value::String(text)) => text == "1",
            _ => false,
        }
    }
}

impl poem_openapi::types::Example for NewComment {
    fn example() -> Self {
        NewComment {
            text: "Well said, **thank you**.".into(),
            author: Some("Ada".into()),
            email: None,
            website: Some("https://ada.example".into()),
            parent: None,
            title: Some("First post".into()),
            notification: None,
        }
    }
}

/// What an author makes of his comment; what is left out stays.
#[derive(Debug, Object, Deserialize)]
#[oai(rename = "IssoCommentChange", example)]
pub struct CommentChange {
    /// Markdown.
    pub text: String,
    /// Null for none any more.
    #[serde(default, deserialize_with = "null_as_empty")]
    pub author: Option<String>,
    /// Null for none any more.
    #[serde(default, deserialize_with = "null_as_empty")]
    pub website: Option<String>,
}

/// Null says that a field is to be empty; one that is left out says nothing.
fn null_as_empty<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Some(Option::<String>::deserialize(deserializer)?.unwrap_or_default()))
}

impl poem_openapi::types::Example for CommentChange {
    fn example() -> Self {
        CommentChange {
            text: "Well said, **thank you**. Or almost.".into(),
            author: None,
            website: None,
        }
    }
}

#[derive(Debug, Object, Deserialize)]
#[oai(rename = "IssoPreviewRequest", example)]
pub struct PreviewRequest {
    /// Markdown.
    pub text: String,
}

impl poem_openapi::types::Example for PreviewRequest {
    fn example() -> Self {
        PreviewRequest {
            text: "Some *Markdown*".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_escaped_for_a_client_that_trusts_them() {
        assert_eq!(
            escaped("<b onclick='x'>\"A & B\""),
            "&lt;b onclick=&#x27;x&#x27;&gt;&quot;A &amp; B&quot;"
        );
        assert_eq!(escaped("Zoë 🙂"), "Zoë 🙂");
    }
}
