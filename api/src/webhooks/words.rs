//! What is said in chats, in each language. German says "Sie".

use super::payload::Payload;
use crate::job::Locale;

/// What has happened, in one line without a full stop.
pub fn headline(locale: Locale, payload: &Payload) -> String {
    let comment = payload.data.comment.as_ref();
    let state = comment.and_then(|comment| comment.state.as_deref()).unwrap_or_default();
    let what = match locale {
        Locale::En => english(&payload.event, state),
        Locale::De => german(&payload.event, state),
    };
    let by = comment.and_then(|comment| comment.author.name.as_deref());
    let on = payload
        .data
        .thread
        .title
        .as_deref()
        .or(payload.data.thread.url.as_deref());
    let on = on.unwrap_or(&payload.data.site.name);
    let mut line = String::new();
    if payload.test {
        line.push_str(match locale {
            Locale::En => "Test: ",
            Locale::De => "Probe: ",
        });
    }
    line.push_str(what);
    match (locale, by) {
        (Locale::En, Some(by)) => line.push_str(&format!(" by {by}")),
        (Locale::De, Some(by)) => line.push_str(&format!(" von {by}")),
        (_, None) => {}
    }
    match locale {
        Locale::En => line.push_str(&format!(" on “{on}”")),
        Locale::De => line.push_str(&format!(" zu „{on}“")),
    }
    line
}

/// What leads to the comment.
pub fn open(locale: Locale) -> &'static str {
    match locale {
        Locale::En => "Open",
        Locale::De => "Öffnen",
    }
}

fn english(event: &str, state: &str) -> &'static str {
    match (event, state) {
        ("comment.created", "pending") => "A comment waits for approval",
        ("comment.created", "spam") => "A comment was taken for spam",
        ("comment.created", "rejected") => "A comment was rejected",
        ("comment.created", _) => "New comment",
        ("comment.published", _) => "Comment published",
        ("comment.edited", _) => "Comment edited",
        ("comment.deleted", _) => "Comment deleted",
        ("comment.reported", _) => "Readers reported a comment",
        ("comment.spam", _) => "Comment marked as spam",
        ("thread.created", _) => "New conversation",
        ("thread.closed", _) => "Conversation closed",
        _ => "News",
    }
}

fn german(event: &str, state: &str) -> &'static str {
    match (event, state) {
        ("comment.created", "pending") => "Ein Kommentar wartet auf Freigabe",
        ("comment.created", "spam") => "Ein Kommentar wurde als Spam eingestuft",
        ("comment.created", "rejected") => "Ein Kommentar wurde abgelehnt",
        ("comment.created", _) => "Neuer Kommentar",
        ("comment.published", _) => "Kommentar veröffentlicht",
        ("comment.edited", _) => "Kommentar bearbeitet",
        ("comment.deleted", _) => "Kommentar gelöscht",
        ("comment.reported", _) => "Gemeldeter Kommentar",
        ("comment.spam", _) => "Als Spam markierter Kommentar",
        ("thread.created", _) => "Neue Unterhaltung",
        ("thread.closed", _) => "Unterhaltung geschlossen",
        _ => "Neuigkeit",
    }
}
