//! The door behind the links of mails. Whoever has a link holds its key, which is all that lets him in: no cookie, no script, no origin.
//!
//! Opening a link shows a page and changes nothing, since programs that scan mails open links, too. The page has one button, and that acts.

pub mod mine;
pub mod readers;
mod words;

use std::sync::Arc;

use ::entity::comment::State;
use poem::http::{HeaderValue, StatusCode, header};
use poem::web::Path;
use poem::{Body, IntoResponse, Request, RequestBody, Response, handler};
use url::form_urlencoded;

use self::words::Words;
use super::{body, caller};
use crate::app::App;
use crate::comments::author::version;
use crate::error::{Error, ErrorCode, Result};
use crate::infra::markup::{Element, el, link};
use crate::job::Locale;
use crate::moderation::Looked;
use crate::moderation::links::mailed::{self, Action, Open};
use crate::{sites, watching};

const STYLE: &str = include_str!("mail.css");

/// Nothing but our sheet, and forms that go to this server.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const PREFIX: &str = "/mail/";

/// Methods of the page behind a link, if an address is one. Those that only show what there is have no button.
pub fn methods(path: &str) -> Option<&'static str> {
    let shows = |rest: &str| rest.ends_with("/export") || !rest.contains('/');
    match path.strip_prefix("/mail/mine/") {
        Some(rest) if shows(rest) => Some("GET, HEAD"),
        _ => is_link(path).then_some("GET, HEAD, POST"),
    }
}

/// Whether an address is that of a link.
fn is_link(path: &str) -> bool {
    path.strip_prefix(PREFIX).is_some_and(|rest| rest.contains('/'))
}

/// A path as it may be logged: the key in it is as good as a password while it lasts.
pub fn without_key(path: &str) -> Option<String> {
    let (action, key) = path.strip_prefix(PREFIX)?.split_once('/')?;
    (!key.is_empty()).then(|| format!("{PREFIX}{action}/..."))
}

/// The sheet of these pages.
#[handler]
pub fn style() -> Response {
    let mut response = STYLE.with_content_type("text/css; charset=utf-8").into_response();
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
    response
}

/// A link that moderates, looked at.
#[handler]
pub async fn look(request: &Request, Path((action, key)): Path<(String, String)>) -> poem::Result<Response> {
    let (app, words) = arrived(request).await?;
    let action = Action::of(&action).ok_or_else(|| Error::not_found("page"))?;
    let open = match mailed::open(app, action, &key).await {
        Ok(open) => open,
        Err(error) => return void(words, error),
    };
    Ok(asked(app, words, &open, None, ""))
}

/// Its button.
#[handler]
pub async fn act(request: &Request, body: Body, Path((action, key)): Path<(String, String)>) -> poem::Result<Response> {
    let (app, words) = arrived(request).await?;
    let action = Action::of(&action).ok_or_else(|| Error::not_found("page"))?;
    // Before the body is looked at: whoever has no good key is told nothing else.
    let open = match mailed::open(app, action, &key).await {
        Ok(open) => open,
        Err(error) => return void(words, error),
    };
    if open.is_over() {
        return Ok(asked(app, words, &open, None, ""));
    }
    let fields = Fields::of(request, body).await?;
    match mailed::act(app, open, fields.seen, &fields.text).await {
        Ok(looked) => Ok(done(app, words, action, &looked)),
        Err(error) => again(app, words, (action, &key), &fields, error).await,
    }
}

/// A link that ends mails, looked at.
#[handler]
pub async fn look_at_end(request: &Request, Path(key): Path<String>) -> poem::Result<Response> {
    let (app, words) = arrived(request).await?;
    let end = match watching::open_end(app, &key).await {
        Ok(end) => end,
        Err(error) => return void(words, error),
    };
    let button = el("button").attr("type", "submit").class("main").text(words.end);
    let form = el("form").attr("method", "post").child(button);
    let content = vec![el("p").text(words.end_asked(&end.site().row().name)), form];
    Ok(page(words, words.end, StatusCode::OK, content))
}

/// Its button, and that of a mail program (RFC 8058), which sends a body of its own.
#[handler]
pub async fn use_end(request: &Request, Path(key): Path<String>) -> poem::Result<Response> {
    let (app, words) = arrived(request).await?;
    let end = match watching::open_end(app, &key).await {
        Ok(end) => end,
        Err(error) => return void(words, error),
    };
    watching::end(app, &end).await?;
    let said = el("p").text(words.ended(&end.site().row().name));
    let choose = format!(
        "{}/admin/t/{}/notifications",
        app.config.public_url,
        end.site().row().tenant_id
    );
    let content = vec![said, el("p").child(link(&choose, words.choose))];
    Ok(page(words, words.ended_title, StatusCode::OK, content))
}

async fn arrived(request: &Request) -> Result<(&Arc<App>, &'static Words)> {
    let app = caller::app(request)?;
    let who = caller::limit_network(app, request);
    caller::spend(app, request, app.config.limit_edit, "mail_link", "network", &who).await?;
    Ok((app, Words::of(request.header(header::ACCEPT_LANGUAGE))))
}

/// What the form of a page sends.
#[derive(Debug, Default)]
struct Fields {
    /// The version of the comment that the page showed.
    seen: Option<i64>,
    /// An answer.
    text: String,
}

impl Fields {
    async fn of(request: &Request, body: Body) -> poem::Result<Fields> {
        // Percent-encoding makes three bytes of one.
        let limit = caller::app(request)?.config.body_limit.saturating_mul(2);
        let bytes = body::bounded(request, &mut RequestBody::new(body), limit).await?;
        let mut fields = Fields::default();
        for (name, value) in form_urlencoded::parse(&bytes) {
            if value.contains('\0') {
                return Err(Error::refused(ErrorCode::MalformedRequest, "U+0000 has no place in a form.").into());
            }
            match &*name {
                "seen" => fields.seen = value.parse().ok(),
                "text" => fields.text = value.into_owned(),
                _ => {}
            }
        }
        Ok(fields)
    }
}

/// The page of a link: the comment, and one button; or that there is nothing to do any more.
fn asked(app: &App, words: &Words, open: &Open, problem: Option<&str>, text: &str) -> Response {
    let looked = open.looked();
    let comment = &looked.comment;
    let mut content = vec![about(words, looked), quote(words, looked)];
    if let Some(parent) = looked.parent.as_ref().filter(|parent| parent.state != State::Deleted) {
        let name = parent.author_name.as_deref().unwrap_or(words.anonymous);
        let answered = el("details")
            .child(el("summary").text(watching::words::in_answer_to(words.locale, name)))
            .child(el("blockquote").attr("dir", "auto").sanitised(&parent.html));
        content.push(answered);
    }
    if open.is_over() {
        content.push(
            el("p")
                .class("note")
                .attr("role", "status")
                .text(words.over(comment.state)),
        );
        content.push(to_admin(app, words, looked));
        return page(words, words.over_title, StatusCode::OK, content);
    }
    if comment.state == State::Pending {
        content.push(el("p").text(watching::words::why(words.locale, &watching::reasons(looked))));
    }
    if let Some(problem) = problem {
        content.push(el("p").class("problem").attr("role", "alert").text(problem));
    }
    let (title, button) = words.asked(open.action(), comment.state);
    let mut form = el("form").attr("method", "post");
    form.push(
        el("input")
            .attr("type", "hidden")
            .attr("name", "seen")
            .attr("value", version(comment).to_string()),
    );
    if open.action() == Action::Reply {
        form.push(el("label").attr("for", "text").text(words.answer));
        form.push(
            el("textarea")
                .attr("id", "text")
                .attr("name", "text")
                .attr("rows", "8")
                .attr("dir", "auto")
                .flag("required", true)
                .text(text),
        );
        form.push(el("p").class("quiet").text(words.as_team));
    }
    let class = match open.action() {
        Action::Publish | Action::Reply => "main",
        Action::Reject | Action::Spam | Action::Delete => "main grave",
    };
    form.push(el("button").attr("type", "submit").class(class).text(button));
    content.push(form);
    content.push(to_admin(app, words, looked));
    page(words, title, StatusCode::OK, content)
}

fn done(app: &App, words: &Words, action: Action, looked: &Looked) -> Response {
    let mut content = vec![el("p").class("note").attr("role", "status").text(words.done(action))];
    content.push(about(words, looked));
    content.push(quote(words, looked));
    if let Some(url) = looked
        .thread
        .url
        .as_deref()
        .filter(|_| looked.comment.state == State::Published)
    {
        let there = format!("{url}#parlour-{}", looked.comment.number);
        content.push(el("p").child(link(&there, words.to_comment)));
    }
    content.push(to_admin(app, words, looked));
    page(words, words.done_title, StatusCode::OK, content)
}

/// What could not be done: somebody was faster, or the answer cannot be taken. Whatever was typed is still there.
async fn again(
    app: &App,
    words: &Words,
    (action, key): (Action, &str),
    fields: &Fields,
    error: Error,
) -> poem::Result<Response> {
    let problem = match &error {
        Error::Refused(ErrorCode::StateChanged, _) => words.changed,
        Error::Refused(ErrorCode::ThreadLocked | ErrorCode::SiteReadOnly, _) => words.shut,
        Error::Invalid(_) => words.unfit,
        _ => return void(words, error),
    };
    let status = StatusCode::from_u16(error.code().status()).unwrap_or(StatusCode::CONFLICT);
    match mailed::open(app, action, key).await {
        Ok(open) => {
            let mut response = asked(app, words, &open, Some(problem), &fields.text);
            response.set_status(status);
            Ok(response)
        }
        Err(error) => void(words, error),
    }
}

/// Who wrote what where, and when.
fn about(words: &Words, looked: &Looked) -> Element {
    let comment = &looked.comment;
    let name = comment.author_name.as_deref().unwrap_or(words.anonymous);
    let title = watching::title(looked);
    let place = words.on_page(&title, &looked.site.name);
    let moment = watching::words::moment(words.locale, comment.created_at, sites::zone_of(&looked.site));
    let state = el("span").class("badge").text(words.state(comment.state));
    el("p")
        .class("about")
        .child(el("strong").attr("dir", "auto").text(name))
        .text(" ")
        .child(state)
        .child(el("br"))
        .child(el("span").class("quiet").text(format!("{place} · {moment}")))
}

fn quote(words: &Words, looked: &Looked) -> Element {
    let quote = el("blockquote").attr("dir", "auto");
    match looked.comment.html.is_empty() {
        true => quote.child(el("p").class("quiet").text(words.erased)),
        false => quote.sanitised(&looked.comment.html),
    }
}

fn to_admin(app: &App, words: &Words, looked: &Looked) -> Element {
    let (host, tenant_id) = (&app.config.public_url, looked.site.tenant_id);
    let there = format!("{host}/admin/t/{tenant_id}/comments/{}", looked.comment.id);
    el("p").child(link(&there, watching::words::to_admin(words.locale)))
}

/// A link that is none any more, told to people; whatever else went wrong, as everywhere.
fn void(words: &Words, error: Error) -> poem::Result<Response> {
    match error.code() {
        ErrorCode::LinkVoid => {
            let said = vec![el("p").text(words.void)];
            Ok(page(words, words.void_title, StatusCode::FORBIDDEN, said))
        }
        _ => Err(error.into()),
    }
}

fn page(words: &Words, title: &str, status: StatusCode, content: Vec<Element>) -> Response {
    let meta = |name: &str, value: &str| el("meta").attr("name", name).attr("content", value);
    let head = el("head")
        .child(el("meta").attr("charset", "utf-8"))
        .child(meta("viewport", "width=device-width, initial-scale=1"))
        .child(meta("robots", "noindex"))
        .child(el("title").text(title))
        .child(el("link").attr("rel", "stylesheet").attr("href", "/mail/page.css"));
    let main = el("main").child(el("h1").text(title)).children(content);
    let html = el("html")
        .attr("lang", words.locale.name())
        .child(head)
        .child(el("body").child(main));
    let mut response = format!("<!doctype html>\n{}", html.html())
        .with_content_type("text/html; charset=utf-8")
        .with_status(status)
        .into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::VARY, HeaderValue::from_static("accept-language"));
    response
}

/// The first language of a reader's that there is.
fn language(accepted: Option<&str>) -> Locale {
    let mut asked = accepted.unwrap_or_default().split(',');
    let known = asked.find_map(|one| match one.trim().get(..2)?.to_ascii_lowercase().as_str() {
        "de" => Some(Locale::De),
        "en" => Some(Locale::En),
        _ => None,
    });
    known.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_links_are_not_logged() {
        assert_eq!(
            without_key("/mail/publish/s3cret").as_deref(),
            Some("/mail/publish/...")
        );
        assert_eq!(
            without_key("/mail/unsubscribe/a/b").as_deref(),
            Some("/mail/unsubscribe/...")
        );
        assert_eq!(
            without_key("/mail/mine/s3cret/edit/7").as_deref(),
            Some("/mail/mine/...")
        );
        assert_eq!(without_key("/mail/page.css"), None);
        assert_eq!(without_key("/v1/sites/abc/thread"), None);
        assert_eq!(methods("/mail/publish/x"), Some("GET, HEAD, POST"));
        assert_eq!(methods("/mail/mine/x/delete/7"), Some("GET, HEAD, POST"));
        assert_eq!(methods("/mail/mine/x"), Some("GET, HEAD"));
        assert_eq!(methods("/mail/mine/x/export"), Some("GET, HEAD"));
        assert_eq!(methods("/mail/page.css"), None);
    }

    #[test]
    fn a_reader_is_spoken_to_in_the_first_language_that_there_is() {
        for (accepted, expected) in [
            (None, Locale::En),
            (Some("de-AT,de;q=0.9,en;q=0.8"), Locale::De),
            (Some("fr, en;q=0.5, de;q=0.1"), Locale::En),
            (Some("é"), Locale::En),
        ] {
            assert_eq!(language(accepted), expected, "{accepted:?}");
        }
    }
}
