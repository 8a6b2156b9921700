//! The pages behind the links of readers' mails: to say that it was oneself who asked, and to leave.

use ::entity::subscription::Wants;
use ::entity::thread;
use poem::http::StatusCode;
use poem::web::{Path, Query};
use poem::{Body, Request, RequestBody, Response, handler};
use serde::Deserialize;
use url::form_urlencoded;

use super::{arrived, page, void};
use crate::app::App;
use crate::error::{Error, ErrorCode};
use crate::http::{body, caller};
use crate::infra::markup::{Element, el, link};
use crate::job::Locale;
use crate::subscriptions::leaving::{self, Leave, Leaving};
use crate::subscriptions::wishing::{self, Confirmation};
use crate::watching::letters::title_of;

/// Bytes of a form with one button, and of what mail programs send in its place.
const FORM: usize = 4096;

/// A link that confirms, looked at.
#[handler]
pub async fn look_at_wish(request: &Request, Path(key): Path<String>) -> poem::Result<Response> {
    let (app, words) = arrived(request).await?;
    match wishing::open(app, &key).await {
        Ok(found) if found.is_done() => Ok(confirmed(words, &found, true)),
        Ok(found) => Ok(asked(words, &found)),
        Err(error) => void_of_readers(words, error),
    }
}

/// Its button.
#[handler]
pub async fn confirm_wish(request: &Request, Path(key): Path<String>) -> poem::Result<Response> {
    let (app, words) = arrived(request).await?;
    let found = match wishing::open(app, &key).await {
        Ok(found) => found,
        Err(error) => return void_of_readers(words, error),
    };
    let is_first = wishing::confirm(app, &found).await?;
    Ok(confirmed(words, &found, !is_first))
}

fn asked(words: &super::Words, found: &Confirmation) -> Response {
    let locale = words.locale;
    let site = &found.site().row().name;
    let button = el("button").attr("type", "submit").class("main").text(yes(locale));
    let content = vec![
        el("p").text(asked_for(locale, site)),
        list(locale, found),
        el("p").text(once(locale, site)),
        el("form").attr("method", "post").child(button),
        el("p").class("quiet").text(otherwise(locale)),
    ];
    page(words, confirm_title(locale), StatusCode::OK, content)
}

fn confirmed(words: &super::Words, found: &Confirmation, already: bool) -> Response {
    let locale = words.locale;
    let said = confirmed_words(locale, already);
    let mut content = vec![
        el("p").class("note").attr("role", "status").text(said),
        list(locale, found),
        el("p").class("quiet").text(exit(locale)),
    ];
    content.extend(back(locale, found.url.as_deref()));
    page(words, confirmed_title(locale), StatusCode::OK, content)
}

fn list(locale: Locale, found: &Confirmation) -> Element {
    let mut list = el("ul");
    for (wants, thread) in &found.named {
        list.push(
            el("li")
                .attr("dir", "auto")
                .text(wish(locale, *wants, &title_of(thread))),
        );
    }
    list
}

#[derive(Debug, Default, Deserialize)]
pub struct Asks {
    /// What the link in the mail was called.
    of: Option<String>,
}

/// A link by which somebody leaves, looked at.
#[handler]
pub async fn look_at_leaving(
    request: &Request,
    Path(key): Path<String>,
    Query(asks): Query<Asks>,
) -> poem::Result<Response> {
    let (app, words) = arrived(request).await?;
    match leaving::open(app, &key).await {
        Ok(found) => Ok(choices(words, &found, asks.of.as_deref())),
        Err(error) => void_of_readers(words, error),
    }
}

/// Its buttons, and that of a mail program (RFC 8058), which sends a body of its own: it ends what the mail was about.
#[handler]
pub async fn leave(request: &Request, body: Body, Path(key): Path<String>) -> poem::Result<Response> {
    let (app, words) = arrived(request).await?;
    let found = match leaving::open(app, &key).await {
        Ok(found) => found,
        Err(error) => return void_of_readers(words, error),
    };
    let what = chosen(request, body).await?;
    leaving::leave(app, &found, what).await?;
    left(app, words, &key, what).await
}

/// Which button was pressed. A mail program's POST may be of any form and have any body.
async fn chosen(request: &Request, body: Body) -> poem::Result<Leave> {
    let of_form = request
        .content_type()
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    if !of_form {
        return Ok(Leave::Thread);
    }
    let limit = caller::app(request)?.config.body_limit.min(FORM);
    let bytes = body::bounded(request, &mut RequestBody::new(body), limit).await?;
    let mut fields = form_urlencoded::parse(&bytes);
    let pressed = fields
        .find(|(name, _)| name == "leave")
        .map(|(_, value)| value.into_owned());
    Ok(match pressed.as_deref() {
        None | Some("thread") => Leave::Thread,
        Some("site") => Leave::Site,
        Some("all") => Leave::Everything,
        Some("back") => Leave::Back,
        Some(_) => return Err(Error::refused(ErrorCode::MalformedRequest, "No button of ours sends that.").into()),
    })
}

/// What he can leave, that which the mail's link was about first. No choice acts before its button is pressed.
fn choices(words: &super::Words, found: &Leaving, of: Option<&str>) -> Response {
    let locale = words.locale;
    let site = &found.site().row().name;
    let mut content = Vec::new();
    if found.is_silent() {
        content.push(el("p").class("note").attr("role", "status").text(silent(locale, site)));
        content.push(form([button("back", again(locale), "main")]));
        content.push(form([button("all", leave_all(locale), "main grave")]));
        return page(words, silent_title(locale), StatusCode::OK, content);
    }
    content.push(el("p").text(choose(locale)));
    let mut offered: Vec<(&str, String, &'static str)> = Vec::new();
    if let Some(thread) = found.thread() {
        offered.push(("thread", leave_thread(locale, &title(thread)), "main"));
    }
    offered.push(("site", leave_site(locale, site), "main"));
    offered.push(("all", leave_all(locale), "main grave"));
    // Stable: what the link was called comes first.
    offered.sort_by_key(|(name, ..)| Some(*name) != of);
    for (name, said, class) in offered {
        content.push(form([button(name, said, class)]));
    }
    content.push(el("p").class("quiet").text(all_means(locale)));
    page(words, leave_title(locale), StatusCode::OK, content)
}

async fn left(app: &App, words: &super::Words, key: &str, what: Leave) -> poem::Result<Response> {
    let locale = words.locale;
    let found = match leaving::open(app, key).await {
        Ok(found) => found,
        Err(error) => return void_of_readers(words, error),
    };
    let site = &found.site().row().name;
    let said = match (what, found.thread()) {
        (Leave::Thread, Some(thread)) => left_thread(locale, &title(thread)),
        (Leave::Thread | Leave::Site, _) => left_site(locale, site),
        (Leave::Everything, _) => left_all(locale).to_owned(),
        (Leave::Back, _) => welcome(locale).to_owned(),
    };
    let mut content = vec![el("p").class("note").attr("role", "status").text(said)];
    if found.is_silent() {
        content.push(form([button("back", again(locale), "main")]));
    }
    content.extend(back(locale, found.thread().and_then(|thread| thread.url.as_deref())));
    Ok(page(words, done_title(locale, what), StatusCode::OK, content))
}

fn form(buttons: impl IntoIterator<Item = Element>) -> Element {
    el("form").attr("method", "post").children(buttons)
}

fn button(value: &str, said: impl Into<String>, class: &'static str) -> Element {
    el("button")
        .attr("type", "submit")
        .attr("name", "leave")
        .attr("value", value)
        .class(class)
        .text(said)
}

fn back(locale: Locale, url: Option<&str>) -> Option<Element> {
    Some(el("p").child(link(url?, to_page(locale))))
}

fn title(thread: &thread::Model) -> String {
    title_of(thread)
}

/// A link that is none any more, told to readers.
fn void_of_readers(words: &super::Words, error: Error) -> poem::Result<Response> {
    if error.code() != ErrorCode::LinkVoid {
        return void(words, error);
    }
    let said = vec![el("p").text(void_words(words.locale))];
    Ok(page(words, words.void_title, StatusCode::FORBIDDEN, said))
}

fn pick(locale: Locale, english: &'static str, german: &'static str) -> &'static str {
    match locale {
        Locale::En => english,
        Locale::De => german,
    }
}

fn confirm_title(locale: Locale) -> &'static str {
    pick(locale, "Do you want these mails?", "Möchten Sie diese E-Mails?")
}

fn asked_for(locale: Locale, site: &str) -> String {
    match locale {
        Locale::En => format!("On “{site}”, your address was given to be told of:"),
        Locale::De => format!("Auf „{site}“ wurde Ihre Adresse angegeben. Sie sollen erfahren von:"),
    }
}

fn wish(locale: Locale, wants: Wants, title: &str) -> String {
    match (locale, wants) {
        (Locale::En, Wants::Thread) => format!("new comments on “{title}”"),
        (Locale::En, Wants::Replies) => format!("answers to a comment on “{title}”"),
        (Locale::En, Wants::Published) => format!("the publication of your comment on “{title}”"),
        (Locale::De, Wants::Thread) => format!("neuen Kommentaren zu „{title}“"),
        (Locale::De, Wants::Replies) => format!("Antworten auf einen Kommentar zu „{title}“"),
        (Locale::De, Wants::Published) => format!("der Veröffentlichung Ihres Kommentars zu „{title}“"),
    }
}

fn once(locale: Locale, site: &str) -> String {
    match locale {
        Locale::En => format!(
            "You are asked this once. What you follow on “{site}” after that needs no confirmation, and every mail has an exit."
        ),
        Locale::De => format!(
            "Das werden Sie nur einmal gefragt. Was Sie danach auf „{site}“ verfolgen, braucht keine Bestätigung, und jede E-Mail hat einen Ausgang."
        ),
    }
}

fn yes(locale: Locale) -> &'static str {
    pick(locale, "Yes, send them to me", "Ja, bitte an mich senden")
}

fn otherwise(locale: Locale) -> &'static str {
    pick(
        locale,
        "If it was not you, close this page. Nothing is sent, and your address is erased in a few days.",
        "Wenn Sie es nicht waren, schließen Sie diese Seite. Es wird nichts gesendet, und Ihre Adresse wird in einigen Tagen gelöscht.",
    )
}

fn confirmed_title(locale: Locale) -> &'static str {
    pick(locale, "You will hear from us", "Sie hören von uns")
}

fn confirmed_words(locale: Locale, already: bool) -> &'static str {
    match already {
        true => pick(locale, "This was confirmed already.", "Das war schon bestätigt."),
        false => pick(
            locale,
            "Confirmed. From now on you are told of:",
            "Bestätigt. Von jetzt an erfahren Sie von:",
        ),
    }
}

fn exit(locale: Locale) -> &'static str {
    pick(
        locale,
        "Every mail has links by which you leave the conversation, the site or all of it.",
        "In jeder E-Mail stehen Links, mit denen Sie das Gespräch, die Website oder alles verlassen.",
    )
}

fn to_page(locale: Locale) -> &'static str {
    pick(locale, "Back to the page", "Zurück zur Seite")
}

fn leave_title(locale: Locale) -> &'static str {
    pick(locale, "What do you want to leave?", "Was möchten Sie verlassen?")
}

fn choose(locale: Locale) -> &'static str {
    pick(
        locale,
        "Nothing changes before you press a button.",
        "Erst wenn Sie einen Knopf drücken, ändert sich etwas.",
    )
}

fn leave_thread(locale: Locale, title: &str) -> String {
    match locale {
        Locale::En => format!("No more mail about “{title}”"),
        Locale::De => format!("Keine E-Mails mehr über „{title}“"),
    }
}

fn leave_site(locale: Locale, site: &str) -> String {
    match locale {
        Locale::En => format!("No more mail from “{site}”"),
        Locale::De => format!("Keine E-Mails mehr von „{site}“"),
    }
}

fn leave_all(locale: Locale) -> String {
    pick(
        locale,
        "No more mail from any site here",
        "Keine E-Mails mehr, von keiner Website hier",
    )
    .to_owned()
}

fn all_means(locale: Locale) -> &'static str {
    pick(
        locale,
        "If you leave a site, or all of them, nobody can have such mail sent to your address any more, until you allow it again on this page.",
        "Wenn Sie eine Website oder alle verlassen, kann niemand mehr solche E-Mails an Ihre Adresse senden lassen, bis Sie es auf dieser Seite wieder erlauben.",
    )
}

fn silent_title(locale: Locale) -> &'static str {
    pick(locale, "You get no mail", "Sie bekommen keine E-Mails")
}

fn silent(locale: Locale, site: &str) -> String {
    match locale {
        Locale::En => format!("Nothing is sent to your address about comments on “{site}”."),
        Locale::De => format!("An Ihre Adresse geht nichts über Kommentare auf „{site}“."),
    }
}

fn again(locale: Locale) -> &'static str {
    pick(locale, "Let me be told again", "Mich wieder benachrichtigen lassen")
}

fn done_title(locale: Locale, what: Leave) -> &'static str {
    match what {
        Leave::Back => pick(
            locale,
            "Done: you can follow again",
            "Erledigt: Sie können wieder folgen",
        ),
        Leave::Thread | Leave::Site | Leave::Everything => {
            pick(locale, "Done: no more of that", "Erledigt: nichts mehr davon")
        }
    }
}

fn left_thread(locale: Locale, title: &str) -> String {
    match locale {
        Locale::En => format!("You get no more mail about “{title}”."),
        Locale::De => format!("Sie bekommen keine E-Mails mehr über „{title}“."),
    }
}

fn left_site(locale: Locale, site: &str) -> String {
    match locale {
        Locale::En => format!("You get no more mail about comments on “{site}”, whoever asks for it."),
        Locale::De => format!("Sie bekommen keine E-Mails mehr über Kommentare auf „{site}“, wer auch darum bittet."),
    }
}

fn left_all(locale: Locale) -> &'static str {
    pick(
        locale,
        "You get no more mail about comments from any site here, whoever asks for it.",
        "Sie bekommen keine E-Mails mehr über Kommentare, von keiner Website hier, wer auch darum bittet.",
    )
}

fn welcome(locale: Locale) -> &'static str {
    pick(
        locale,
        "What ended stays ended. Whatever you ask for on the page from now on is told you again.",
        "Was beendet ist, bleibt beendet. Wovon Sie auf der Seite wieder erfahren möchten, das erfahren Sie jetzt wieder.",
    )
}

fn void_words(locale: Locale) -> &'static str {
    pick(
        locale,
        "It is expired, not whole, or what it was about has ended. Ask once more on the page, or use a link of the latest mail.",
        "Er ist abgelaufen oder unvollständig, oder worum es ging, ist beendet. Bitten Sie auf der Seite noch einmal darum, oder nehmen Sie einen Link aus der neuesten E-Mail.",
    )
}
