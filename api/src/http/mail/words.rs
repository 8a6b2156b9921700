//! What the pages behind links say. German says "Sie".

use ::entity::comment::State;

use super::language;
use crate::job::Locale;
use crate::moderation::links::mailed::Action;

/// Title, button, and what is said when it is done.
type Asked = [&'static str; 3];

pub struct Words {
    pub locale: Locale,
    publish: Asked,
    reply: Asked,
    publish_and_reply: [&'static str; 2],
    reject: Asked,
    spam: Asked,
    delete: Asked,
    pub answer: &'static str,
    pub as_team: &'static str,
    pub anonymous: &'static str,
    pub erased: &'static str,
    pub to_comment: &'static str,
    pub done_title: &'static str,
    pub over_title: &'static str,
    over: [&'static str; 5],
    state: [&'static str; 5],
    pub changed: &'static str,
    pub shut: &'static str,
    pub unfit: &'static str,
    pub void_title: &'static str,
    pub void: &'static str,
    pub end: &'static str,
    end_asked: [&'static str; 2],
    pub ended_title: &'static str,
    ended: [&'static str; 2],
    pub choose: &'static str,
}

const ENGLISH: Words = Words {
    locale: Locale::En,
    publish: ["Publish this comment?", "Publish", "The comment is published."],
    reply: ["Answer this comment", "Send the answer", "Your answer is published."],
    publish_and_reply: ["Publish this comment and answer it", "Publish both"],
    reject: [
        "Reject this comment?",
        "Reject",
        "The comment is rejected. Nobody sees it but you and your colleagues.",
    ],
    spam: [
        "Is this comment spam?",
        "Yes, it is spam",
        "The comment is marked as spam.",
    ],
    delete: [
        "Delete this comment?",
        "Delete",
        "The comment is deleted. It can be brought back in the admin UI for a while.",
    ],
    answer: "Your answer (Markdown)",
    as_team: "It is published at once, in your name and as one of the team.",
    anonymous: "Anonymous",
    erased: "What it said is erased.",
    to_comment: "See it on its page",
    done_title: "Done",
    over_title: "This comment has moved on",
    over: [
        "It has been published in the meantime.",
        "It waits for a moderator again.",
        "It has been marked as spam in the meantime.",
        "It has been rejected in the meantime.",
        "It has been deleted in the meantime.",
    ],
    state: ["published", "waits", "spam", "rejected", "deleted"],
    changed: "The comment has changed since this page was opened. Please look at it once more.",
    shut: "Nothing can be written here at the moment: the conversation is locked, or the site is shut.",
    unfit: "This answer cannot be taken as it is: it is too short, too long, or has something in it that cannot be shown.",
    void_title: "This link cannot be used any more",
    void: "It is used up, expired or not whole, or you do not moderate this site any more. The admin UI shows how things stand.",
    end: "No more mails about this site",
    end_asked: ["You will not be told of comments on “", "” any more."],
    ended_title: "Done: no more mails",
    ended: ["You are not told of comments on “", "” any more."],
    choose: "Choose again",
};

const GERMAN: Words = Words {
    locale: Locale::De,
    publish: [
        "Diesen Kommentar veröffentlichen?",
        "Veröffentlichen",
        "Der Kommentar ist veröffentlicht.",
    ],
    reply: [
        "Auf diesen Kommentar antworten",
        "Antwort senden",
        "Ihre Antwort ist veröffentlicht.",
    ],
    publish_and_reply: [
        "Diesen Kommentar veröffentlichen und beantworten",
        "Beides veröffentlichen",
    ],
    reject: [
        "Diesen Kommentar ablehnen?",
        "Ablehnen",
        "Der Kommentar ist abgelehnt. Nur Sie und Ihre Kollegen sehen ihn noch.",
    ],
    spam: [
        "Ist dieser Kommentar Spam?",
        "Ja, das ist Spam",
        "Der Kommentar ist als Spam markiert.",
    ],
    delete: [
        "Diesen Kommentar löschen?",
        "Löschen",
        "Der Kommentar ist gelöscht. In der Verwaltung lässt er sich eine Zeit lang zurückholen.",
    ],
    answer: "Ihre Antwort (Markdown)",
    as_team: "Sie erscheint sofort, unter Ihrem Namen und als eine des Teams.",
    anonymous: "Anonym",
    erased: "Was darin stand, ist gelöscht.",
    to_comment: "Auf der Seite ansehen",
    done_title: "Erledigt",
    over_title: "Mit diesem Kommentar ist schon etwas geschehen",
    over: [
        "Er wurde inzwischen veröffentlicht.",
        "Er wartet wieder auf die Moderation.",
        "Er wurde inzwischen als Spam markiert.",
        "Er wurde inzwischen abgelehnt.",
        "Er wurde inzwischen gelöscht.",
    ],
    state: ["veröffentlicht", "wartet", "Spam", "abgelehnt", "gelöscht"],
    changed: "Der Kommentar hat sich geändert, seit Sie diese Seite geöffnet haben. Bitte sehen Sie ihn noch einmal an.",
    shut: "Hier kann gerade nichts geschrieben werden: Das Gespräch ist gesperrt, oder die Website ist geschlossen.",
    unfit: "Diese Antwort geht so nicht: Sie ist zu kurz, zu lang, oder es steht etwas darin, das nicht gezeigt werden kann.",
    void_title: "Dieser Link gilt nicht mehr",
    void: "Er ist verbraucht, abgelaufen oder unvollständig, oder Sie moderieren diese Website nicht mehr. Die Verwaltung zeigt den Stand.",
    end: "Keine E-Mails mehr über diese Website",
    end_asked: ["Sie erfahren dann nichts mehr von Kommentaren auf „", "“."],
    ended_title: "Erledigt: keine E-Mails mehr",
    ended: ["Sie erfahren nichts mehr von Kommentaren auf „", "“."],
    choose: "Neu auswählen",
};

impl Words {
    pub fn of(accepted: Option<&str>) -> &'static Words {
        match language(accepted) {
            Locale::En => &ENGLISH,
            Locale::De => &GERMAN,
        }
    }

    fn of_action(&self, action: Action) -> Asked {
        match action {
            Action::Publish => self.publish,
            Action::Reply => self.reply,
            Action::Reject => self.reject,
            Action::Spam => self.spam,
            Action::Delete => self.delete,
        }
    }

    /// The title and the button.
    pub fn asked(&self, action: Action, state: State) -> (&'static str, &'static str) {
        let [title, button] = match (action, state) {
            (Action::Reply, State::Pending) => self.publish_and_reply,
            _ => {
                let [title, button, _] = self.of_action(action);
                [title, button]
            }
        };
        (title, button)
    }

    pub fn done(&self, action: Action) -> &'static str {
        self.of_action(action)[2]
    }

    pub fn state(&self, state: State) -> &'static str {
        self.state[place(state)]
    }

    /// Why there is nothing to do any more.
    pub fn over(&self, state: State) -> &'static str {
        self.over[place(state)]
    }

    pub fn on_page(&self, title: &str, site: &str) -> String {
        match self.locale {
            Locale::En => format!("on “{title}”, {site}"),
            Locale::De => format!("zu „{title}“, {site}"),
        }
    }

    pub fn end_asked(&self, site: &str) -> String {
        self.end_asked.join(site)
    }

    pub fn ended(&self, site: &str) -> String {
        self.ended.join(site)
    }
}

fn place(state: State) -> usize {
    match state {
        State::Published => 0,
        State::Pending => 1,
        State::Spam => 2,
        State::Rejected => 3,
        State::Deleted => 4,
    }
}
