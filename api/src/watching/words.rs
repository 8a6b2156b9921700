//! What moderators' mails and the pages behind their links say, in each language. German says "Sie".

use ::entity::comment::State;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::job::Locale;
use crate::moderation::links::mailed::Action;

/// Picks the words of a language.
fn pick(locale: Locale, english: &'static str, german: &'static str) -> &'static str {
    match locale {
        Locale::En => english,
        Locale::De => german,
    }
}

pub fn anonymous(locale: Locale) -> &'static str {
    pick(locale, "Anonymous", "Anonym")
}

/// What a browser shows of a site: how many comments wait there (of so many that are counted), or that there is a new one.
pub fn push_title(locale: Locale, site: &str, waiting: u64, counted: u64) -> String {
    match (locale, waiting) {
        (Locale::En, 0) => format!("{site}: a new comment"),
        (Locale::De, 0) => format!("{site}: ein neuer Kommentar"),
        (Locale::En, 1) => format!("{site}: a comment waits"),
        (Locale::De, 1) => format!("{site}: ein Kommentar wartet"),
        (Locale::En, many) if many < counted => format!("{site}: {many} comments wait"),
        (Locale::De, many) if many < counted => format!("{site}: {many} Kommentare warten"),
        (Locale::En, many) => format!("{site}: {many} comments or more wait"),
        (Locale::De, many) => format!("{site}: {many} Kommentare oder mehr warten"),
    }
}

/// What it shows when its owner tries it: title and text.
pub fn push_trial(locale: Locale) -> (&'static str, &'static str) {
    match locale {
        Locale::En => (
            "It works",
            "This browser tells you of comments, also with this page closed.",
        ),
        Locale::De => (
            "Es geht",
            "Dieser Browser sagt Ihnen von Kommentaren, auch wenn diese Seite zu ist.",
        ),
    }
}

/// Why a comment waits. A reason of a newer version stays a code, which its admin UI has words for.
pub fn reason(locale: Locale, code: &str) -> String {
    let (english, german) = match code {
        "site_holds_all" => (
            "this site has every comment looked at first",
            "diese Website gibt erst alles frei",
        ),
        "has_links" => ("it has links in it", "er enthält Links"),
        "moderator" => ("a moderator decided so", "die Moderation hat so entschieden"),
        "page_outside_rule" => (
            "its page is not one that may open conversations",
            "seine Seite darf keine Gespräche eröffnen",
        ),
        "reported" => ("readers reported it", "Leserinnen und Leser haben ihn gemeldet"),
        "program_published" => (
            "the site’s program let it through",
            "das Programm der Website hat ihn zugelassen",
        ),
        "program_held" => (
            "the site’s program held it",
            "das Programm der Website hat ihn zurückgehalten",
        ),
        "program_spam" => (
            "the site’s program took it for spam",
            "das Programm der Website hält ihn für Spam",
        ),
        "program_rejected" => (
            "the site’s program rejected it",
            "das Programm der Website hat ihn abgelehnt",
        ),
        "author" => ("its author brought it back", "sein Verfasser hat ihn zurückgeholt"),
        other => return other.to_owned(),
    };
    pick(locale, english, german).to_owned()
}

pub fn why(locale: Locale, reasons: &[String]) -> String {
    let reasons: Vec<String> = reasons.iter().map(|code| reason(locale, code)).collect();
    let begins = pick(locale, "Why it waits", "Warum er wartet");
    format!("{begins}: {}.", reasons.join("; "))
}

/// A moment where the site is.
pub fn moment(locale: Locale, at: DateTime<Utc>, zone: Tz) -> String {
    let here = at.with_timezone(&zone);
    let written = match locale {
        Locale::En => here.format("%-d %B %Y, %H:%M"),
        Locale::De => here.format("%d.%m.%Y, %H:%M"),
    };
    format!("{written} ({zone})")
}

pub fn on_page(locale: Locale, title: &str) -> String {
    match locale {
        Locale::En => format!("on “{title}”"),
        Locale::De => format!("zu „{title}“"),
    }
}

/// The first line of a mail about one comment: all that a list of mails shows of it.
pub fn opening(locale: Locale, author: &str, state: State) -> String {
    match (locale, state) {
        (Locale::En, State::Pending) => format!("{author} wrote a comment, which waits for you."),
        (Locale::En, _) => format!("{author} wrote a comment. It is published."),
        (Locale::De, State::Pending) => format!("{author} hat einen Kommentar geschrieben. Er wartet auf Sie."),
        (Locale::De, _) => format!("{author} hat einen Kommentar geschrieben. Er ist veröffentlicht."),
    }
}

/// The same within a sentence of an owner's.
pub fn state(locale: Locale, state: State) -> &'static str {
    match state {
        State::Pending => pick(locale, "waits for you", "wartet auf Sie"),
        _ => pick(locale, "is published", "ist veröffentlicht"),
    }
}

/// What is said where an owner wrote nothing, with names in braces: subject and beginning of the mail about one comment, and of a digest.
pub fn of_comment(locale: Locale) -> (&'static str, &'static str) {
    (
        "[{site}] {thread}",
        pick(
            locale,
            "{author} wrote a comment. It {state}.",
            "{author} hat einen Kommentar geschrieben. Er {state}.",
        ),
    )
}

pub fn of_digest(locale: Locale) -> (&'static str, &'static str) {
    (
        pick(
            locale,
            "[{site}] {count} new comments",
            "[{site}] {count} neue Kommentare",
        ),
        pick(
            locale,
            "{count} new comments, {waiting} wait for you.",
            "{count} neue Kommentare, {waiting} warten auf Sie.",
        ),
    )
}

pub fn in_answer_to(locale: Locale, author: &str) -> String {
    match locale {
        Locale::En => format!("It answers {author}:"),
        Locale::De => format!("Er antwortet {author}:"),
    }
}

/// What a link in a mail is called.
pub fn link(locale: Locale, action: Action, state: State) -> &'static str {
    match (action, state) {
        (Action::Publish, _) => pick(locale, "Publish", "Veröffentlichen"),
        (Action::Reply, State::Pending) => pick(locale, "Publish and answer", "Veröffentlichen und antworten"),
        (Action::Reply, _) => pick(locale, "Answer", "Antworten"),
        (Action::Reject, State::Published) => pick(locale, "Take it off the page", "Von der Seite nehmen"),
        (Action::Reject, _) => pick(locale, "Reject", "Ablehnen"),
        (Action::Spam, _) => pick(locale, "It is spam", "Das ist Spam"),
        (Action::Delete, _) => pick(locale, "Delete", "Löschen"),
    }
}

pub fn to_admin(locale: Locale) -> &'static str {
    pick(locale, "In the admin UI", "In der Verwaltung")
}

pub fn links_last(locale: Locale, days: i64) -> String {
    match locale {
        Locale::En => {
            format!(
                "Each link asks once more before anything happens. They are for you alone, work once, and end after {days} days."
            )
        }
        Locale::De => format!(
            "Jeder Link fragt noch einmal nach, bevor etwas geschieht. Die Links sind nur für Sie, gelten einmal und {days} Tage lang."
        ),
    }
}

pub fn digest_subject(locale: Locale, all: usize, waiting: usize) -> String {
    match locale {
        Locale::En => {
            let comments = if all == 1 { "comment" } else { "comments" };
            match waiting {
                0 => format!("{all} new {comments}"),
                1 => format!("{all} new {comments}, 1 waits for you"),
                _ => format!("{all} new {comments}, {waiting} wait for you"),
            }
        }
        Locale::De => {
            let comments = if all == 1 { "neuer Kommentar" } else { "neue Kommentare" };
            match waiting {
                0 => format!("{all} {comments}"),
                1 => format!("{all} {comments}, 1 wartet auf Sie"),
                _ => format!("{all} {comments}, {waiting} warten auf Sie"),
            }
        }
    }
}

pub fn waits(locale: Locale) -> &'static str {
    pick(locale, "waits for you", "wartet auf Sie")
}

pub fn more(locale: Locale, count: usize) -> String {
    match locale {
        Locale::En => format!("And {count} more. All of them are in the admin UI:"),
        Locale::De => format!("Und {count} weitere. Alle stehen in der Verwaltung:"),
    }
}

pub fn all_of_them(locale: Locale) -> &'static str {
    pick(locale, "All comments", "Alle Kommentare")
}

pub fn because(locale: Locale, site: &str) -> String {
    match locale {
        Locale::En => format!("You get this because you are told of comments on “{site}”."),
        Locale::De => {
            format!("Sie bekommen diese E-Mail, weil Sie über Kommentare auf „{site}“ benachrichtigt werden.")
        }
    }
}

pub fn stop(locale: Locale) -> &'static str {
    pick(locale, "Get no more of these", "Keine mehr davon bekommen")
}

pub fn choose(locale: Locale) -> &'static str {
    pick(locale, "Choose what you are told", "Auswählen, was Sie erfahren")
}

/// Author, title and words of a comment that nobody wrote.
pub type Sample = (&'static str, &'static str, &'static str);

pub fn sample_waiting(locale: Locale) -> Sample {
    match locale {
        Locale::En => (
            "Ada",
            "How radio came to the village",
            "My grandmother had one of these. Is there a picture of the aerial?",
        ),
        Locale::De => (
            "Ada",
            "Wie das Radio ins Dorf kam",
            "Meine Großmutter hatte auch so eines. Gibt es ein Bild von der Antenne?",
        ),
    }
}

pub fn sample_published(locale: Locale) -> Sample {
    match locale {
        Locale::En => ("Grace", "Valves", "The second diagram is the wrong way round."),
        Locale::De => ("Grace", "Röhren", "Die zweite Zeichnung steht auf dem Kopf."),
    }
}
