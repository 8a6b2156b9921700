//! Links out of mails, in Isso's form. Opening one shows a page and changes nothing: mail programs look at links, too. The page has
//! one button, and that acts.

use std::sync::Arc;

use poem::http::{StatusCode, header};
use poem::web::Form;
use poem::{FromRequest, IntoResponse, Request, RequestBody, Response};
use poem_openapi::param::Path;
use poem_openapi::payload::Html;
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, Registry};
use poem_openapi::types::Type;
use poem_openapi::{ApiResponse, Enum, OpenApi};
use serde::Deserialize;

use super::pages::{self, Words};
use crate::app::App;
use crate::error::{Error, ErrorCode, FieldCode, Result};
use crate::http::caller;
use crate::http::document::Tag;
use crate::infra::markup::el;
use crate::moderation::Change;
use crate::moderation::links::{self, Action};
use crate::sites::{self, Site};
use crate::subscriptions;

/// The sheet of the pages, from below `id/7/delete/` and from below `id/7/unsubscribe/mail@address/`.
const SHEET: &str = "../../../css/page.css";
const UNSUBSCRIBE_SHEET: &str = "../../../../css/page.css";

pub struct Door;

/// What a link does to a comment.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename = "IssoAction", rename_all = "snake_case")]
pub enum ActionName {
    Activate,
    Edit,
    Delete,
}

impl From<ActionName> for Action {
    fn from(name: ActionName) -> Self {
        match name {
            ActionName::Activate => Action::Activate,
            ActionName::Edit => Action::Edit,
            ActionName::Delete => Action::Delete,
        }
    }
}

/// A page of our own.
pub struct PageAnswer(Response);

impl IntoResponse for PageAnswer {
    fn into_response(self) -> Response {
        self.0
    }
}

impl ApiResponse for PageAnswer {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![MetaResponse {
                description: "A page for people.",
                status: Some(200),
                status_range: None,
                content: vec![MetaMediaType {
                    content_type: "text/html",
                    schema: <Html<String> as poem_openapi::payload::Payload>::schema_ref(),
                }],
                headers: vec![],
            }],
        }
    }

    fn register(_: &mut Registry) {}
}

/// What the form of an edit sends.
#[derive(Debug, Default, Deserialize)]
struct Fields {
    text: Option<String>,
}

#[OpenApi(prefix_path = "/isso", tag = "Tag::Isso")]
impl Door {
    /// Look at a link that moderates
    ///
    /// A page with the comment and a button. Links come from `comment_links`; each is for one comment, one action and one member,
    /// for a week, and works once.
    #[oai(
        path = "/:site_key/id/:number/:action/:key",
        method = "get",
        operation_id = "isso_link_read"
    )]
    async fn isso_link_read(
        &self,
        request: &Request,
        site_key: Path<String>,
        /// Number of the comment.
        number: Path<i64>,
        action: Path<ActionName>,
        /// Out of the link.
        key: Path<String>,
    ) -> poem::Result<PageAnswer> {
        let (app, site) = arrived(request, &site_key).await?;
        let words = Words::of(request);
        let action = Action::from(action.0);
        let open = match links::open(app, &site, number.0, action, &key).await {
            Ok(open) => open,
            Err(error) => return refused(request, words, (SHEET, words.void_link), error),
        };
        let comment = open.comment();
        let author = comment
            .author_name
            .clone()
            .unwrap_or_else(|| words.anonymous.to_owned());
        let quote = el("blockquote").attr("dir", "auto").sanitised(&comment.html);
        let (title, button) = words.action(action);
        let mut form = el("form").attr("method", "post");
        if action == Action::Edit {
            let area = el("textarea")
                .attr("name", "text")
                .attr("rows", "12")
                .attr("dir", "auto")
                .text(&comment.source);
            form.push(el("p").child(el("label").text(words.text).child(area)));
        }
        let form = form.child(el("p").child(el("button").attr("type", "submit").text(button)));
        let said = el("p").text(format!("{author} (#{})", comment.number));
        Ok(PageAnswer(pages::page(words, title, SHEET, vec![said, quote, form])))
    }

    /// Use a link that moderates
    ///
    /// What the button of the page sends. An edit sends its `text`, as a form or as JSON.
    #[oai(
        path = "/:site_key/id/:number/:action/:key",
        method = "post",
        operation_id = "isso_link_use"
    )]
    async fn isso_link_use(
        &self,
        request: &Request,
        site_key: Path<String>,
        number: Path<i64>,
        action: Path<ActionName>,
        key: Path<String>,
        body: Sent,
    ) -> poem::Result<PageAnswer> {
        let (app, site) = arrived(request, &site_key).await?;
        let words = Words::of(request);
        let action = Action::from(action.0);
        // Before the body is looked at: whoever has no good key is told nothing else.
        let open = match links::open(app, &site, number.0, action, &key).await {
            Ok(open) => open,
            Err(error) => return refused(request, words, (SHEET, words.void_link), error),
        };
        let text = match action {
            Action::Edit => Some(body.text(request).await?),
            Action::Activate | Action::Delete => None,
        };
        let change = Change {
            text,
            ..Change::default()
        };
        let comment = match links::act(app, open, change).await {
            Ok(comment) => comment,
            Err(error) => return refused(request, words, (SHEET, words.void_link), error),
        };
        let mut done = vec![el("p").text(words.done(action))];
        let thread = crate::threads::by_id(app.db.read(), site.id(), comment.thread_id).await?;
        if let Some(url) = thread.url.filter(|_| action != Action::Delete) {
            let there = format!("{url}#isso-{}", comment.number);
            done.push(el("p").child(crate::infra::markup::link(&there, words.to_comment)));
        }
        Ok(PageAnswer(pages::page(words, words.action(action).0, SHEET, done)))
    }

    /// Look at a link that ends mails
    ///
    /// A page with a button. Nothing is ended by opening it.
    #[oai(
        path = "/:site_key/id/:number/unsubscribe/:email/:key",
        method = "get",
        operation_id = "isso_unsubscribe_read"
    )]
    async fn isso_unsubscribe_read(
        &self,
        request: &Request,
        site_key: Path<String>,
        number: Path<i64>,
        /// The mail address that is not to be written to.
        email: Path<String>,
        key: Path<String>,
    ) -> poem::Result<PageAnswer> {
        let (app, site) = arrived(request, &site_key).await?;
        let words = Words::of(request);
        if let Err(error) = subscriptions::open_end(app, &site, number.0, &email, &key).await {
            return refused(request, words, (UNSUBSCRIBE_SHEET, words.void_end), error);
        }
        let button = el("button").attr("type", "submit").text(words.unsubscribe);
        let form = el("form").attr("method", "post").child(el("p").child(button));
        let asked = el("p").text(words.unsubscribe_asked(&email));
        Ok(PageAnswer(pages::page(
            words,
            words.unsubscribe,
            UNSUBSCRIBE_SHEET,
            vec![asked, form],
        )))
    }

    /// End mails about a conversation
    ///
    /// What the button of the page sends; to do so again changes nothing.
    #[oai(
        path = "/:site_key/id/:number/unsubscribe/:email/:key",
        method = "post",
        operation_id = "isso_unsubscribe"
    )]
    async fn isso_unsubscribe(
        &self,
        request: &Request,
        site_key: Path<String>,
        number: Path<i64>,
        email: Path<String>,
        key: Path<String>,
    ) -> poem::Result<PageAnswer> {
        let (app, site) = arrived(request, &site_key).await?;
        let words = Words::of(request);
        if let Err(error) = subscriptions::end(app, &site, number.0, &email, &key).await {
            return refused(request, words, (UNSUBSCRIBE_SHEET, words.void_end), error);
        }
        let done = vec![el("p").text(words.unsubscribed)];
        Ok(PageAnswer(pages::page(
            words,
            words.unsubscribe,
            UNSUBSCRIBE_SHEET,
            done,
        )))
    }
}

/// A link that cannot be used, told to people as a page; to programs, and whatever else went wrong, as everywhere.
fn refused(request: &Request, words: &Words, (sheet, why): (&str, &str), error: Error) -> poem::Result<PageAnswer> {
    let reads_pages = request
        .header(header::ACCEPT)
        .is_some_and(|accepted| accepted.contains("text/html"));
    if !reads_pages || error.code() != ErrorCode::LinkVoid {
        return Err(error.into());
    }
    let mut page = pages::page(words, words.void, sheet, vec![el("p").text(why)]);
    page.set_status(StatusCode::FORBIDDEN);
    Ok(PageAnswer(page))
}

/// Somebody who follows a link: he needs no origin, as the key in it is what lets him in.
async fn arrived<'a>(request: &'a Request, site_key: &str) -> Result<(&'a Arc<App>, Arc<Site>)> {
    let app = caller::app(request)?;
    let who = caller::limit_network(app, request);
    caller::spend(app, request, app.config.limit_edit, "link", site_key, &who).await?;
    Ok((app, sites::current(app, site_key).await?))
}

/// The body of an edit: what the page's form sends, or JSON as Isso's does.
pub struct Sent(RequestBody);

impl Sent {
    async fn text(mut self, request: &Request) -> poem::Result<String> {
        let is_form = request
            .content_type()
            .is_some_and(|sent| sent.starts_with("application/x-www-form-urlencoded"));
        let fields: Fields = match is_form {
            true => {
                let bytes =
                    crate::http::body::bounded(request, &mut self.0, caller::app(request)?.config.body_limit).await?;
                let mut body = RequestBody::new(poem::Body::from(bytes));
                Form::<Fields>::from_request(request, &mut body)
                    .await
                    .map(|form| form.0)
                    .unwrap_or_default()
            }
            false => crate::http::body::object(super::body::read(request, &mut self.0).await?)?,
        };
        let missing = || Error::invalid("/text", FieldCode::Required, "text is needed.");
        Ok(fields.text.ok_or_else(missing)?)
    }
}

impl<'a> poem_openapi::ApiExtractor<'a> for Sent {
    const TYPES: &'static [poem_openapi::ApiExtractorType] = &[poem_openapi::ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn request_meta() -> Option<poem_openapi::registry::MetaRequest> {
        crate::http::body::documented("application/x-www-form-urlencoded", String::schema_ref(), false)
    }

    async fn from_request(
        _: &'a Request,
        body: &mut RequestBody,
        _: poem_openapi::ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        Ok(Sent(RequestBody::new(body.take()?)))
    }
}
