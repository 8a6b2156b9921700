//! What the pages say on which somebody finds his own comments. German says "Sie".

use ::entity::comment::State;
use ::entity::subscription::Wants;

use crate::error::{ErrorCode, Fault, FieldCode};
use crate::job::Locale;

fn pick(locale: Locale, english: &'static str, german: &'static str) -> &'static str {
    match locale {
        Locale::En => english,
        Locale::De => german,
    }
}

macro_rules! words {
    ($($name:ident: $english:literal, $german:literal;)+) => {
        $(pub fn $name(locale: Locale) -> &'static str {
            pick(locale, $english, $german)
        })+
    };
}

words! {
    comments: "Comments", "Kommentare";
    nothing: "There is nothing here of you any more.", "Hier steht nichts mehr von Ihnen.";
    no_further: "There are no older ones.", "Es gibt keine älteren.";
    change: "Change", "Ändern";
    delete: "Delete", "Löschen";
    older: "Older comments", "Ältere Kommentare";
    newest: "Newest comments", "Neueste Kommentare";
    take_out: "Take everything with you", "Alles mitnehmen";
    take_out_hint: "One file with all that you wrote on this site, and the mails that you asked for.",
        "Eine Datei mit allem, was Sie auf dieser Website geschrieben haben, und den E-Mails, die Sie wünschen.";
    download: "Download (JSON)", "Herunterladen (JSON)";
    mails: "Mails", "E-Mails";
    follows_nothing: "You follow nothing on this site.", "Sie folgen nichts auf dieser Website.";
    unconfirmed: "not confirmed", "nicht bestätigt";
    silent: "You get no more mails from readers of this site.", "Sie bekommen keine E-Mails mehr von den Gesprächen dieser Website.";
    stop: "Stop", "Beenden";
    stop_site: "No more mails from this site", "Keine E-Mails mehr von dieser Website";
    stop_everything: "No more mails from any site of this service", "Keine E-Mails mehr von allen Websites dieses Dienstes";
    again: "Get mails again", "Wieder E-Mails bekommen";
    back: "Back to my comments and mails", "Zurück zu meinen Kommentaren und E-Mails";
    stop_one_title: "Stop these mails?", "Diese E-Mails beenden?";
    stop_site_title: "No more mails from this site?", "Keine E-Mails mehr von dieser Website?";
    stop_site_hint: "Everything that you follow on this site ends, and nobody can have mails about it sent to you any more.",
        "Alles, dem Sie auf dieser Website folgen, endet, und niemand kann Ihnen mehr E-Mails darüber schicken lassen.";
    stop_everything_title: "No more mails from this service?", "Keine E-Mails mehr von diesem Dienst?";
    stop_everything_hint: "Everything that you follow ends, on every site whose comments are kept here.",
        "Alles, dem Sie folgen, endet, auf allen Websites, deren Kommentare hier liegen.";
    still_by_link: "You can still ask for the link to this page.", "Den Link zu dieser Seite können Sie weiterhin anfordern.";
    stopped_title: "Done: these mails have ended", "Erledigt: Diese E-Mails haben ein Ende";
    again_title: "Get mails again?", "Wieder E-Mails bekommen?";
    again_hint: "What you followed stays ended. You can follow conversations on this site anew.",
        "Was Sie beendet haben, bleibt beendet. Sie können Gesprächen auf dieser Website neu folgen.";
    again_done: "You can get mails again", "Sie können wieder E-Mails bekommen";
    no_page: "a conversation that is gone", "ein Gespräch, das es nicht mehr gibt";
    latest_only: "These are the latest. The others end with all of the site’s.",
        "Das sind die neuesten. Die übrigen enden mit allen dieser Website.";
    change_title: "Change your comment", "Ihren Kommentar ändern";
    change_label: "Your comment (Markdown)", "Ihr Kommentar (Markdown)";
    checked_again: "It is checked again, as if you had just posted it.", "Er wird noch einmal geprüft, wie ein neuer.";
    save: "Save", "Speichern";
    changed_title: "Your comment is changed", "Ihr Kommentar ist geändert";
    changed_published: "The change is published.", "Die Änderung ist veröffentlicht.";
    changed_pending: "The change is saved. It is shown once a moderator has looked at it.",
        "Die Änderung ist gespeichert. Sie erscheint, sobald jemand von der Moderation sie angesehen hat.";
    cannot_change_title: "This comment cannot be changed", "Dieser Kommentar lässt sich nicht ändern";
    delete_title: "Delete this comment?", "Diesen Kommentar löschen?";
    delete_hint: "It leaves the page at once. If somebody has answered it, its place stays, without your name and your words.",
        "Er verschwindet sofort von der Seite. Hat jemand darauf geantwortet, bleibt seine Stelle, ohne Ihren Namen und Ihre Worte.";
    deleted_title: "Your comment is deleted", "Ihr Kommentar ist gelöscht";
    cannot_delete_title: "This comment cannot be deleted", "Dieser Kommentar lässt sich nicht löschen";
    gone_title: "There is no such comment", "Diesen Kommentar gibt es nicht";
    gone: "It was not written with your mail address, or it is gone.",
        "Er wurde nicht mit Ihrer E-Mail-Adresse geschrieben, oder es gibt ihn nicht mehr.";
    void: "It is expired or not whole. Ask for another one on a page of the site, under “My comments”.",
        "Er ist abgelaufen oder unvollständig. Auf einer Seite der Website bekommen Sie unter „Meine Kommentare“ einen neuen.";
    erased: "What it said is erased.", "Was darin stand, ist gelöscht.";
    anonymous: "Anonymous", "Anonym";
}

pub fn title(locale: Locale, site: &str) -> String {
    match locale {
        Locale::En => format!("Your comments on “{site}”"),
        Locale::De => format!("Ihre Kommentare auf „{site}“"),
    }
}

pub fn about_link(locale: Locale, email: &str, until: &str) -> String {
    match locale {
        Locale::En => format!(
            "This page has what was written with {email}. Its link is good until {until}. Do not pass it on: whoever has it can do all that you \
             can do here."
        ),
        Locale::De => format!(
            "Hier steht, was mit {email} geschrieben wurde. Der Link zu dieser Seite gilt bis {until}. Geben Sie ihn nicht weiter: Wer ihn hat, \
             kann alles, was Sie hier können."
        ),
    }
}

/// What a wish is about.
pub fn wish(locale: Locale, wants: Wants, conversation: &str) -> String {
    match (locale, wants) {
        (Locale::En, Wants::Replies) => format!("Answers to a comment in “{conversation}”"),
        (Locale::En, Wants::Thread) => format!("All comments in “{conversation}”"),
        (Locale::En, Wants::Published) => format!("When a comment in “{conversation}” is published"),
        (Locale::De, Wants::Replies) => format!("Antworten auf einen Kommentar in „{conversation}“"),
        (Locale::De, Wants::Thread) => format!("Alle Kommentare in „{conversation}“"),
        (Locale::De, Wants::Published) => format!("Wenn ein Kommentar in „{conversation}“ veröffentlicht wird"),
    }
}

/// A comment's state, for its author.
pub fn state(locale: Locale, state: State) -> &'static str {
    match state {
        State::Published => pick(locale, "published", "veröffentlicht"),
        State::Pending => pick(locale, "waits for approval", "wartet auf Freigabe"),
        State::Spam | State::Rejected => pick(locale, "not published", "nicht veröffentlicht"),
        State::Deleted => pick(locale, "deleted", "gelöscht"),
    }
}

/// What an action is called where there are many of them.
pub fn labelled(action: &str, about: &str) -> String {
    format!("{action}: {about}")
}

/// How long the words of a deleted comment are kept.
pub fn erased_in(locale: Locale, days: i64) -> String {
    match (locale, days) {
        (Locale::En, 0) => "What it says is erased at once.".to_owned(),
        (Locale::En, 1) => "What it says is erased after a day.".to_owned(),
        (Locale::En, _) => format!("What it says is erased after {days} days."),
        (Locale::De, 0) => "Was darin steht, wird sofort gelöscht.".to_owned(),
        (Locale::De, 1) => "Was darin steht, wird nach einem Tag gelöscht.".to_owned(),
        (Locale::De, _) => format!("Was darin steht, wird nach {days} Tagen gelöscht."),
    }
}

/// Why something is refused that a page offers.
pub fn refusal(locale: Locale, code: ErrorCode) -> Option<&'static str> {
    Some(match code {
        ErrorCode::StateChanged => pick(
            locale,
            "The comment has changed since this page was opened, or was taken off its page. Please look at it once more.",
            "Der Kommentar hat sich geändert, seit Sie diese Seite geöffnet haben, oder wurde von seiner Seite genommen. Bitte sehen Sie ihn \
             noch einmal an.",
        ),
        ErrorCode::EditWindowOver => pick(
            locale,
            "On this site, comments stay as they were posted. It can be deleted, though.",
            "Auf dieser Website bleiben Kommentare, wie sie geschrieben wurden. Löschen lässt er sich aber.",
        ),
        ErrorCode::ThreadLocked => pick(
            locale,
            "A moderator has locked this conversation: it stays as it is.",
            "Die Moderation hat dieses Gespräch gesperrt: Es bleibt, wie es ist.",
        ),
        ErrorCode::SiteReadOnly => pick(
            locale,
            "Nothing can be changed on this site at the moment.",
            "Auf dieser Website lässt sich gerade nichts ändern.",
        ),
        _ => return None,
    })
}

/// What is wrong with a text.
pub fn unfit(locale: Locale, faults: &[Fault]) -> &'static str {
    match faults.first().map(|fault| fault.code) {
        Some(FieldCode::TooShort | FieldCode::Required) => pick(locale, "This is too short.", "Das ist zu kurz."),
        Some(FieldCode::TooLong) => pick(
            locale,
            "This is too long. Please shorten it.",
            "Das ist zu lang. Bitte kürzen Sie es.",
        ),
        Some(FieldCode::TooMany) => pick(
            locale,
            "There are too many links in this.",
            "Darin sind zu viele Links.",
        ),
        Some(FieldCode::TooNested) => pick(
            locale,
            "Quotes and lists go too deep here. Please flatten them.",
            "Zitate und Listen sind zu tief verschachtelt. Bitte vereinfachen Sie das.",
        ),
        _ => pick(
            locale,
            "There is something in this that cannot be shown.",
            "Darin ist etwas, das nicht gezeigt werden kann.",
        ),
    }
}
