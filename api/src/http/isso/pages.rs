//! The pages of this door, in the words of whoever reads them, and the ways from Isso's addresses to ours.

use poem::http::{HeaderValue, StatusCode, header};
use poem::web::Path;
use poem::{IntoResponse, Request, Response, handler};

use crate::http::caller;
use crate::http::markup::{Element, el};
use crate::moderation::links::Action;
use crate::sites;

/// Nothing but our sheet, and forms that go to this server.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The demo shows the client that pages of the site load.
const DEMO_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

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
    demo: &'static str,
    demo_lead: &'static str,
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
    demo: "Comments of this site",
    demo_lead: "This is how pages with Isso's snippet show them. To post from here, this server has to be among the site's origins.",
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
    demo: "Kommentare dieser Site",
    demo_lead: "So zeigen sie Seiten mit dem Code von Isso. Um von hier zu schreiben, muss dieser Server unter den Herkünften der Site sein.",
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

/// A page of this door. What it names lies beside it, so that it is found behind any proxy.
pub fn page(words: &Words, title: &str, content: Vec<Element>) -> Response {
    laid_out(
        words,
        title,
        el("main").child(el("h1").text(title)).children(content),
        &[],
        "../../../../css/page.css",
        POLICY,
    )
}

fn laid_out(
    words: &Words,
    title: &str,
    main: Element,
    scripts: &[Element],
    sheet: &str,
    policy: &'static str,
) -> Response {
    let head = el("head")
        .child(el("meta").attr("charset", "utf-8"))
        .child(
            el("meta")
                .attr("name", "viewport")
                .attr("content", "width=device-width, initial-scale=1"),
        )
        .child(el("meta").attr("name", "robots").attr("content", "noindex"))
        .child(el("title").text(title))
        .child(el("link").attr("rel", "stylesheet").attr("href", sheet))
        .children(scripts.iter().cloned());
    let html = el("html")
        .attr("lang", words.language)
        .child(head)
        .child(el("body").child(main));
    let mut response = format!("<!doctype html>\n{}", html.html())
        .with_content_type("text/html; charset=utf-8")
        .into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    response
}

/// The sheet of these pages, where a proxy shows nothing but this door.
#[handler]
pub fn style() -> Response {
    STYLE.with_content_type("text/css; charset=utf-8").into_response()
}

/// `demo`, without its slash.
#[handler]
pub fn to_demo() -> Response {
    found("demo/", StatusCode::PERMANENT_REDIRECT)
}

/// `demo/`: the client at work.
#[handler]
pub async fn demo(request: &Request, Path(site_key): Path<String>) -> poem::Result<Response> {
    let app = caller::app(request)?;
    sites::current(app, &site_key).await?;
    let words = Words::of(request);
    let main = el("main")
        .child(el("h1").text(words.demo))
        .child(el("p").text(words.demo_lead))
        .child(el("section").attr("id", "isso-thread").attr("data-title", words.demo));
    let script = el("script")
        .attr("src", "../js/embed.min.js")
        .attr("data-isso", "../")
        .attr("defer", "defer");
    Ok(laid_out(
        words,
        words.demo,
        main,
        &[script],
        "../css/page.css",
        DEMO_POLICY,
    ))
}

/// `admin/` and `login/`: moderators have a page of their own, for all of their sites.
#[handler]
pub fn to_admin(request: &Request) -> poem::Result<Response> {
    let app = caller::app(request)?;
    let there = format!("{}/admin/", app.config.public_url);
    Ok(found(&there, StatusCode::SEE_OTHER))
}

fn found(to: &str, status: StatusCode) -> Response {
    let mut response = status.into_response();
    if let Ok(to) = HeaderValue::from_str(to) {
        response.headers_mut().insert(header::LOCATION, to);
    }
    response
}
