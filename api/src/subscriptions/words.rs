//! What readers' mails say, in each language. German says "Sie".

use ::entity::subscription::Wants;

use crate::job::Locale;

/// Picks the words of a language.
fn pick(locale: Locale, english: &'static str, german: &'static str) -> &'static str {
    match locale {
        Locale::En => english,
        Locale::De => german,
    }
}

pub fn confirm_subject(locale: Locale, site: &str) -> String {
    match locale {
        Locale::En => format!("Do you want mail about comments on “{site}”?"),
        Locale::De => format!("Möchten Sie E-Mails über Kommentare auf „{site}“?"),
    }
}

pub fn asked(locale: Locale, site: &str) -> String {
    match locale {
        Locale::En => {
            format!("Somebody, probably you, asked for mail about comments on “{site}” to be sent to this address.")
        }
        Locale::De => {
            format!(
                "Jemand, vermutlich Sie, hat darum gebeten, dass E-Mails über Kommentare auf „{site}“ an diese Adresse gehen."
            )
        }
    }
}

pub fn press(locale: Locale) -> &'static str {
    pick(
        locale,
        "If it was you, say so on this page. It shows what you asked for, and you are asked this once.",
        "Wenn Sie es waren, bestätigen Sie es auf dieser Seite. Sie zeigt, worum Sie gebeten haben; gefragt werden Sie nur dieses eine Mal.",
    )
}

pub fn confirm(locale: Locale) -> &'static str {
    pick(locale, "Yes, it was me", "Ja, das war ich")
}

pub fn not_you(locale: Locale, days: i64) -> String {
    match locale {
        Locale::En => {
            format!(
                "If it was not you, there is nothing to do: without your word nothing is sent, and your address is erased after {days} days."
            )
        }
        Locale::De => format!(
            "Wenn Sie es nicht waren, brauchen Sie nichts zu tun: Ohne Ihr Wort wird nichts gesendet, und Ihre Adresse wird nach {days} Tagen gelöscht."
        ),
    }
}

pub fn because_asked(locale: Locale, site: &str) -> String {
    match locale {
        Locale::En => format!("You get this because this address was given on “{site}”."),
        Locale::De => format!("Sie bekommen diese E-Mail, weil diese Adresse auf „{site}“ angegeben wurde."),
    }
}

pub fn never(locale: Locale) -> &'static str {
    pick(locale, "Never ask me again", "Mich nie wieder fragen")
}

pub fn subject(locale: Locale, wants: Wants, author: &str, title: &str) -> String {
    match (locale, wants) {
        (Locale::En, Wants::Published) => format!("Your comment on “{title}” is published"),
        (Locale::En, Wants::Replies) => format!("{author} answered on “{title}”"),
        (Locale::En, Wants::Thread) => format!("{author} wrote on “{title}”"),
        (Locale::De, Wants::Published) => format!("Ihr Kommentar zu „{title}“ ist veröffentlicht"),
        (Locale::De, Wants::Replies) => format!("{author} hat zu „{title}“ geantwortet"),
        (Locale::De, Wants::Thread) => format!("{author} hat zu „{title}“ geschrieben"),
    }
}

/// The first line of a mail about one comment: all that a list of mails shows of it.
pub fn opening(locale: Locale, wants: Wants, author: &str) -> String {
    match (locale, wants) {
        (Locale::En, Wants::Published) => "Your comment is published.".to_owned(),
        (Locale::En, Wants::Replies) => format!("{author} wrote an answer below your comment."),
        (Locale::En, Wants::Thread) => format!("{author} wrote a comment."),
        (Locale::De, Wants::Published) => "Ihr Kommentar ist veröffentlicht.".to_owned(),
        (Locale::De, Wants::Replies) => format!("{author} hat unter Ihrem Kommentar geantwortet."),
        (Locale::De, Wants::Thread) => format!("{author} hat einen Kommentar geschrieben."),
    }
}

/// What heads one of several.
pub fn entry(locale: Locale, wants: Wants, author: &str) -> String {
    match (locale, wants) {
        (Locale::En, Wants::Published) => "Your comment is published".to_owned(),
        (Locale::En, Wants::Replies) => format!("{author} answered below your comment"),
        (Locale::De, Wants::Published) => "Ihr Kommentar ist veröffentlicht".to_owned(),
        (Locale::De, Wants::Replies) => format!("{author} hat unter Ihrem Kommentar geantwortet"),
        (_, Wants::Thread) => author.to_owned(),
    }
}

pub fn in_answer_to(locale: Locale, author: &str, is_his: bool) -> String {
    match (locale, is_his) {
        (Locale::En, true) => "You had written:".to_owned(),
        (Locale::En, false) => format!("It answers {author}:"),
        (Locale::De, true) => "Sie hatten geschrieben:".to_owned(),
        (Locale::De, false) => format!("Er antwortet {author}:"),
    }
}

pub fn to_comment(locale: Locale, wants: Wants) -> &'static str {
    match wants {
        Wants::Published => pick(locale, "See it on its page", "Auf der Seite ansehen"),
        Wants::Replies | Wants::Thread => pick(locale, "Read and answer it there", "Dort lesen und antworten"),
    }
}

pub fn to_page(locale: Locale) -> &'static str {
    pick(locale, "Read on there", "Dort weiterlesen")
}

pub fn digest_subject(locale: Locale, count: usize, title: &str) -> String {
    several(locale, &count.to_string(), title)
}

/// The same of a number that is to be put in.
pub fn several(locale: Locale, count: &str, title: &str) -> String {
    match locale {
        Locale::En => format!("{count} new comments on “{title}”"),
        Locale::De => format!("{count} neue Kommentare zu „{title}“"),
    }
}

pub fn more(locale: Locale, count: usize) -> String {
    match locale {
        Locale::En => format!("And {count} more, on the page."),
        Locale::De => format!("Und {count} weitere, auf der Seite."),
    }
}

pub fn because(locale: Locale, wants: Wants, site: &str) -> String {
    match (locale, wants) {
        (Locale::En, Wants::Published) => {
            format!("You get this because you asked to be told when your comment on “{site}” is published.")
        }
        (Locale::En, Wants::Replies) => format!("You get this because you follow answers to a comment on “{site}”."),
        (Locale::En, Wants::Thread) => format!("You get this because you follow a conversation on “{site}”."),
        (Locale::De, Wants::Published) => {
            format!(
                "Sie bekommen diese E-Mail, weil Sie erfahren wollten, wann Ihr Kommentar auf „{site}“ veröffentlicht ist."
            )
        }
        (Locale::De, Wants::Replies) => {
            format!("Sie bekommen diese E-Mail, weil Sie Antworten auf einen Kommentar auf „{site}“ folgen.")
        }
        (Locale::De, Wants::Thread) => {
            format!("Sie bekommen diese E-Mail, weil Sie einem Gespräch auf „{site}“ folgen.")
        }
    }
}

pub fn leave_thread(locale: Locale) -> &'static str {
    pick(
        locale,
        "No more of this conversation",
        "Nichts mehr von diesem Gespräch",
    )
}

pub fn leave_site(locale: Locale) -> &'static str {
    pick(locale, "No more of this site", "Nichts mehr von dieser Website")
}

pub fn leave_all(locale: Locale) -> &'static str {
    pick(locale, "No more mail at all", "Gar keine E-Mails mehr")
}
