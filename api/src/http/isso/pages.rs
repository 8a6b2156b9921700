//! The pages of this door, in the words of whoever reads them, and the ways from Isso's addresses to ours.

use poem::http::{HeaderValue, StatusCode, header};
use poem::{IntoResponse, Request, Response, handler};

use crate::http::caller;
use crate::infra::markup::{Element, el};
use crate::moderation::links::Action;

/// Nothing but our sheet, and forms that go to this server.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const STYLE: &str = include_str!("../pages.css");

/// Words of the pages.
pub struct Words {
    language: &'static str,
    activate: [&'static str; 3],
    edit: [&'static str; 3],
    delete: [&'static str; 3],
    pub anonymous: &'static str,
    pub text: &'static str,
    pub to_comment: &'static str,
    pub unsubscribe: &'static str,
    unsubscribe_asked: [&'static str; 2],
    pub unsubscribed: &'static str,
    pub void: &'static str,
    pub void_link: &'static str,
    pub void_end: &'static str,
}

const ENGLISH: Words = Words {
    language: "en",
    activate: ["Publish this comment?", "Publish", "The comment is published."],
    edit: ["Edit this comment", "Save", "The comment is changed."],
    delete: [
        "Delete this comment?",
        "Delete",
        "The comment is deleted. It can be brought back in the admin UI for a while.",
    ],
    anonymous: "Anonymous",
    text: "Text (Markdown)",
    to_comment: "To the comment",
    unsubscribe: "No more mails about this conversation",
    unsubscribe_asked: [
        "",
        " will not be written to about replies in this conversation any more.",
    ],
    unsubscribed: "Done. There will be no more mails about this conversation.",
    void: "This link cannot be used any more",
    void_link: "It is used up, expired or not whole. Links out of mails work once and for a week; in the admin UI you can do the same.",
    void_end: "It is expired or not whole. The one in the latest mail ends them.",
};

const GERMAN: Words = Words {
    language: "de",
    activate: [
        "Diesen Kommentar veröffentlichen?",
        "Veröffentlichen",
        "Der Kommentar ist veröffentlicht.",
    ],
    edit: [
        "Diesen Kommentar bearbeiten",
        "Speichern",
        "Der Kommentar ist geändert.",
    ],
    delete: [
        "Diesen Kommentar löschen?",
        "Löschen",
        "Der Kommentar ist gelöscht. In der Verwaltung lässt er sich eine Zeit lang zurückholen.",
    ],
    anonymous: "Anonym",
    text: "Text (Markdown)",
    to_comment: "Zum Kommentar",
    unsubscribe: "Keine E-Mails mehr über dieses Gespräch",
    unsubscribe_asked: ["An ", " wird über Antworten in diesem Gespräch nicht mehr geschrieben."],
    unsubscribed: "Erledigt. Über dieses Gespräch kommen keine E-Mails mehr.",
    void: "Dieser Link gilt nicht mehr",
    void_link: "Er ist verbraucht, abgelaufen oder unvollständig. Links aus E-Mails gelten einmal und eine Woche lang; in der Verwaltung geht es auch.",
    void_end: "Er ist abgelaufen oder unvollständig. Der in der letzten E-Mail beendet sie.",
};

impl Words {
    /// In the first language of the reader's that there is.
    pub fn of(request: &Request) -> &'static Words {
        let asked = request.header(header::ACCEPT_LANGUAGE).unwrap_or_default();
        let known = asked.split(',').find_map(|one| {
            let language = one.trim().get(..2)?.to_ascii_lowercase();
            [&ENGLISH, &GERMAN].into_iter().find(|words| words.language == language)
        });
        known.unwrap_or(&ENGLISH)
    }

    fn of_action(&self, action: Action) -> [&'static str; 3] {
        match action {
            Action::Activate => self.activate,
            Action::Edit => self.edit,
            Action::Delete => self.delete,
        }
    }

    /// What is asked, and the button.
    pub fn action(&self, action: Action) -> (&'static str, &'static str) {
        let [title, button, _] = self.of_action(action);
        (title, button)
    }

    pub fn done(&self, action: Action) -> &'static str {
        self.of_action(action)[2]
    }

    pub fn unsubscribe_asked(&self, email: &str) -> String {
        let [before, after] = self.unsubscribe_asked;
        format!("{before}{email}{after}")
    }
}

/// A page of this door. Its sheet is named from where it stands, so that it is found behind any proxy.
pub fn page(words: &Words, title: &str, sheet: &str, content: Vec<Element>) -> Response {
    let head = el("head")
        .child(el("meta").attr("charset", "utf-8"))
        .child(
            el("meta")
                .attr("name", "viewport")
                .attr("content", "width=device-width, initial-scale=1"),
        )
        .child(el("meta").attr("name", "robots").attr("content", "noindex"))
        .child(el("title").text(title))
        .child(el("link").attr("rel", "stylesheet").attr("href", sheet));
    let main = el("main").child(el("h1").text(title)).children(content);
    let html = el("html")
        .attr("lang", words.language)
        .child(head)
        .child(el("body").child(main));
    let mut response = format!("<!doctype html>\n{}", html.html())
        .with_content_type("text/html; charset=utf-8")
        .into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}

/// The sheet of these pages, where a proxy shows nothing but this door.
#[handler]
pub fn style() -> Response {
    STYLE.with_content_type("text/css; charset=utf-8").into_response()
}

/// `demo/`: ours, where it is switched on.
#[handler]
pub fn to_demo(request: &Request) -> poem::Result<Response> {
    let app = caller::app(request)?;
    Ok(elsewhere(&format!("{}/demo/", app.config.public_url)))
}

/// `admin/` and `login/`: moderators have a page of their own, for all of their sites.
#[handler]
pub fn to_admin(request: &Request) -> poem::Result<Response> {
    let app = caller::app(request)?;
    Ok(elsewhere(&format!("{}/admin/", app.config.public_url)))
}

fn elsewhere(to: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    if let Ok(to) = HeaderValue::from_str(to) {
        response.headers_mut().insert(header::LOCATION, to);
    }
    response
}
