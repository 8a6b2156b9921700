//! Conversations as HTML: whole pages that work without a script, and fragments for pages that are built or put together elsewhere.
//!
//! No cookie, no script, no inline style. What is public is read without a token: a site has no conversations yet that are not.

pub mod form;
pub mod linked_data;
pub mod links;
pub mod page;
pub mod words;

use std::sync::Arc;

use ::entity::comment::{self, State};
use poem::http::{HeaderValue, StatusCode, header};
use poem::{IntoResponse, Request, Response};
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::registry::{MetaHeader, MetaMediaType, MetaResponse, MetaResponses, Registry};
use poem_openapi::{ApiResponse, OpenApi};

use super::caller;
use super::conditional::names;
use super::document::Tag;
use super::visitor::views::{CommentView, Sort, ThreadView};
use super::visitor::{parameter, place};
use crate::app::App;
use crate::comments::{self, newest};
use crate::error::{Error, ErrorCode, Fault, FieldCode, Result};
use crate::infra::markup::{el, link};
use crate::sites::origin::Origin;
use crate::sites::{self, Purpose, Site, Visitor};
use crate::threads::cursor::Cursor;
use crate::threads::key::Address;
use crate::threads::tree::Placed;
use crate::threads::{self, Ask, Place};
use crate::votes::{self, Second, Vote};
use form::{Act, Fields, FormBody};
use page::{Form, Note, Talk};
use words::Words;

/// Roots in a page.
const ROOTS: u64 = 50;

/// Raised when the pages change their form, so that no cache keeps the old one.
const VIEW: u32 = 1;

/// For fragments; a page with a form is for one reader alone.
const REVALIDATE: &str = "public, max-age=0, must-revalidate";

pub struct Door;

/// A page, or word that it has not changed.
pub struct PageAnswer(Response);

/// A page, or the way to one.
pub struct FormAnswer(Response);

#[OpenApi(prefix_path = "/v1/sites", tag = "Tag::Visitor")]
impl Door {
    /// Read a conversation as HTML
    ///
    /// A whole page with a form, which needs no script; or with `fragment=1` a `section` to put into a page: while it is built, by
    /// an edge include, or for readers without a script. The embed takes such a fragment over where it stands in
    /// `<parlour-comments>`. Needs no token: what is published is public.
    #[oai(path = "/:site_key/thread.html", method = "get", operation_id = "thread_html")]
    #[expect(clippy::too_many_arguments, reason = "one for each parameter of the operation")]
    async fn thread_html(
        &self,
        request: &Request,
        site_key: Path<String>,
        /// The conversation's own id.
        id: Query<Option<String>>,
        /// The page's address.
        url: Query<Option<String>>,
        /// Title of the page, kept when a comment by the form is the first.
        title: Query<Option<String>>,
        /// Of the id, by the site's key, for the form where only signed ids open conversations.
        signature: Query<Option<String>>,
        /// Language of the words around the comments (en, de, fr, es), where the site leaves it open.
        lang: Query<Option<String>>,
        /// 1: only the `section`.
        fragment: Query<Option<u8>>,
        /// 1: with a form; 0: without. The page has one, a fragment has none.
        form: Query<Option<u8>>,
        /// 1: with the conversation as JSON-LD; 0: without. The page has it, a fragment has not.
        jsonld: Query<Option<u8>>,
        /// The site's setting decides if it is absent.
        sort: Query<Option<Sort>>,
        /// From the link to the next page.
        after: Query<Option<String>>,
        /// From the link to the previous page.
        before: Query<Option<String>>,
        /// Number of a comment: the page in whose middle it stands.
        around: Query<Option<i64>>,
        /// Number of a root: it and its replies alone, in order of arrival.
        branch: Query<Option<i64>>,
        /// Number of a comment: the form answers it.
        reply: Query<Option<i64>>,
        /// What came of a form.
        note: Query<Option<String>>,
        #[oai(name = "If-None-Match")] if_none_match: Header<Option<String>>,
    ) -> poem::Result<PageAnswer> {
        let (app, visitor) = caller::reader(request, &site_key).await?;
        let site = visitor.site();
        let address = parameter(site.address(id.as_deref(), url.as_deref()))?;
        let is_fragment = fragment.0 == Some(1);
        // A fragment is put into a page by a machine.
        if !is_fragment && after.0.is_none() && before.0.is_none() {
            app.tallies.read(site, app.clock.now());
        }
        let with_form = form.0.map_or(!is_fragment, |form| form == 1);
        let with_data = jsonld.0.map_or(!is_fragment, |jsonld| jsonld == 1);
        // The page of its own is for one reader, who may be asked what he speaks; a fragment is for all.
        let languages = languages(request, lang.0.as_deref(), !is_fragment);
        let words = Words::of(site.settings(), &languages);
        let sort = sort.0.map_or(site.settings().sort, Into::into);
        // Who answers a comment wants to see it.
        let place = match branch.0 {
            // There, `after` is a place among replies.
            Some(_) => Place::Start,
            None => place(sort, after.0.as_deref(), before.0.as_deref(), around.0.or(reply.0))?,
        };
        let thread = threads::named(app, &visitor, &address).await?;
        let known = if_none_match.0.as_deref();
        let open = thread
            .as_ref()
            .map(|thread| threads::rules::closed_by(site.settings(), Some(thread), app.clock.now()).is_none());
        let etag = match &thread {
            Some(thread) => format!(
                "\"{VIEW}.{}.{:x}.{:x}.{}\"",
                thread.id.simple(),
                thread.version,
                site.row().version,
                u8::from(open == Some(true))
            ),
            None => format!("\"{VIEW}.{:x}\"", site.row().version),
        };
        if is_fragment && !with_form && known.is_some_and(|known| names(known, &etag)) {
            let mut response = StatusCode::NOT_MODIFIED.into_response();
            cached(&mut response, &etag);
            return Ok(PageAnswer(response));
        }
        let named = [
            ("id", id.0),
            ("url", url.0),
            ("title", title.0.clone()),
            ("signature", signature.0.clone()),
            ("lang", lang.0.clone()),
        ];
        let named = named
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.filter(|value| !value.is_empty())?)));
        let ask = Wanted {
            address,
            title: title.0,
            named: named.collect(),
            at_home: !is_fragment,
            words,
            sort,
            place,
            branch: branch.0,
            after: after.0,
        };
        let talk = talk(app, &visitor, ask, thread).await?;
        let form = match with_form {
            true => Some(Form {
                token: form::token(&app.keys, site.id(), &talk.address, app.clock.now()),
                answers: match reply.0 {
                    Some(number) => answered(app, &visitor, words, number).await?,
                    None => None,
                },
                ..Form::default()
            }),
            false => None,
        };
        let talk = talk.talk;
        if is_fragment {
            let html = talk.section(form.as_ref(), with_data).html();
            let mut response = html.with_content_type(HTML).into_response();
            if form.is_none() {
                cached(&mut response, &etag);
            }
            return Ok(PageAnswer(response));
        }
        let note = note.0.as_deref().and_then(Note::read);
        let html = talk.document(form.as_ref(), note, with_data);
        Ok(PageAnswer(whole_page(html, site, StatusCode::OK)))
    }

    /// Post, preview or vote by a form
    ///
    /// What the forms of `thread_html` send: no script needed. Must come from a page of the site or from Parlour's own page (by its
    /// `Origin`, or else its `Referer`), with the token of the page. After posting and voting it leads back to the page (303).
    /// Refusals are pages, too, with the text kept, for those who take `text/html`.
    #[oai(path = "/:site_key/form", method = "post", operation_id = "form_submit")]
    async fn form_submit(&self, request: &Request, site_key: Path<String>, body: FormBody) -> poem::Result<FormAnswer> {
        let app = caller::app(request)?;
        let fields = body.0;
        let act = fields.act();
        let (budget, what) = match act {
            Ok(Act::Vote(..)) => (app.config.limit_vote, "vote"),
            Ok(Act::Preview) => (app.config.limit_preview, "preview"),
            Ok(Act::Post) | Err(_) => (app.config.limit_post, "post"),
        };
        let (visitor, outcome) = match caller::visitor(app, request, &site_key, Purpose::Form, budget, what).await {
            Ok(visitor) => {
                let outcome = match act {
                    Ok(act) => submit(app, request, &visitor, act, &fields).await,
                    Err(error) => Err(error),
                };
                (Some(visitor), outcome)
            }
            Err(error) => (None, Err(error)),
        };
        match outcome {
            Ok(response) => Ok(FormAnswer(response)),
            Err(error) if takes_html(request) => {
                refused(app, request, &site_key, visitor.as_ref(), fields, error).await
            }
            Err(error) => Err(error.into()),
        }
    }
}

const HTML: &str = "text/html; charset=utf-8";

/// What is wanted of a conversation.
struct Wanted {
    address: Address,
    title: Option<String>,
    named: Vec<(&'static str, String)>,
    at_home: bool,
    words: &'static Words,
    sort: crate::sites::settings::Sort,
    place: Place,
    branch: Option<i64>,
    after: Option<String>,
}

/// A conversation with what named it.
struct Found<'a> {
    talk: Talk<'a>,
    address: Address,
}

async fn talk<'a>(
    app: &App,
    visitor: &'a Visitor,
    wanted: Wanted,
    thread: Option<::entity::thread::Model>,
) -> Result<Found<'a>> {
    let site = visitor.site();
    let (mut flat, mut next, mut previous) = (false, None, None);
    let comments = match (&thread, wanted.branch) {
        (None, _) => Vec::new(),
        (Some(thread), Some(number)) => {
            let root = newest::visible(app, visitor, number).await?;
            if root.thread_id != thread.id || root.parent_id.is_some() {
                return Err(Error::not_found("comment"));
            }
            let after = wanted.after.as_deref().map(Cursor::decode).transpose()?;
            let (mut placed, further) = threads::read_replies(app, visitor, &root, after).await?;
            placed.insert(
                0,
                Placed {
                    comment: root,
                    depth: 0,
                },
            );
            (flat, next) = (true, further);
            placed
                .into_iter()
                .map(|placed| CommentView::public(placed, None))
                .collect()
        }
        (Some(thread), None) => {
            let ask = Ask {
                sort: wanted.sort,
                place: wanted.place,
                limit: ROOTS,
            };
            let page = threads::read(app, thread, ask).await?;
            (next, previous) = (page.next, page.previous);
            let shown = page.comments.into_iter().map(|placed| {
                let id = placed.comment.id;
                let more = page.more_replies.get(&id).map(|cursor| cursor.encode());
                CommentView::public(placed, more).pinned(page.pinned.contains(&id))
            });
            shown.collect()
        }
    };
    let abroad = links::Door::abroad(&app.config, site);
    let here = match wanted.at_home {
        true => links::Door::at_home(&site.row().key),
        false => abroad.clone(),
    };
    let talk = Talk {
        site,
        words: wanted.words,
        opened_at: thread.as_ref().map(|thread| thread.created_at),
        page: links::page_of(site, thread.as_ref(), &wanted.address),
        thread: ThreadView::new(&wanted.address, thread, site.settings(), app.clock.now()),
        title: wanted.title.filter(|title| !title.trim().is_empty()),
        abroad: abroad.thread(wanted.named.clone()),
        here: here.thread(wanted.named),
        sort: wanted.sort,
        comments,
        flat,
        next: next.map(Cursor::encode),
        previous: previous.map(Cursor::encode),
    };
    Ok(Found {
        talk,
        address: wanted.address,
    })
}

/// What a form wants done; the page that follows.
async fn submit(app: &Arc<App>, request: &Request, visitor: &Visitor, act: Act, fields: &Fields) -> Result<Response> {
    let site = visitor.site();
    let address = fields.address(site)?;
    let here = links::Door::at_home(&site.row().key).thread(fields.named());
    match act {
        Act::Preview => {
            let html = comments::preview(app, site.settings(), fields.text.as_deref().unwrap_or_default()).await?;
            let form = Form {
                preview: Some(html),
                ..Form::default()
            };
            with_form(app, request, visitor, fields.clone(), form, StatusCode::OK).await
        }
        Act::Post => {
            let key = form::opened(&app.keys, fields.token.as_deref(), site.id(), &address, app.clock.now())?;
            if !site.settings().consent.is_empty() && fields.agree.as_deref() != Some("yes") {
                let detail = "This site asks the reader to agree.";
                return Err(Error::Invalid(vec![Fault::new(
                    page::AGREE,
                    FieldCode::Required,
                    detail,
                )]));
            }
            let parent = match fields.reply()? {
                Some(number) => Some(published(app, visitor, number).await?.ok_or_else(answer_gone)?),
                None => None,
            };
            let draft = fields.draft(parent.map(|parent| parent.id));
            let posted = comments::post(app, visitor, &address, draft, Some(&key)).await?;
            let number = posted.comment.number;
            Ok(see_other(&match posted.comment.state {
                State::Published => here.page(
                    &[("around", &number.to_string()), ("note", &Note::Published.written())],
                    &format!("parlour-{number}"),
                ),
                _ => here.page(&[("note", &Note::Waits.written())], "parlour-note"),
            }))
        }
        Act::Vote(vote, number) => {
            form::opened(&app.keys, fields.token.as_deref(), site.id(), &address, app.clock.now())?;
            let comment = newest::numbered(app, visitor, number).await?;
            let who = format!("{}:{}", comment.id, caller::limit_network(app, request));
            let budget = app.config.limit_vote_comment;
            caller::spend(app, request, budget, "vote_comment", &site.row().key, &who).await?;
            // A form brings no tokens: who votes is known by his network and the day.
            votes::cast(app, visitor, &[], comment.id, vote, Second::Replaces).await?;
            let note = match vote {
                Vote::Nothing => Note::TakenBack,
                Vote::Up | Vote::Down => Note::Voted(number),
            };
            let around = number.to_string();
            Ok(see_other(&here.page(
                &[("around", &around), ("note", &note.written())],
                "parlour-note",
            )))
        }
    }
}

/// The page of the conversation, with a form that has something in it.
async fn with_form(
    app: &App,
    request: &Request,
    visitor: &Visitor,
    fields: Fields,
    form: Form,
    status: StatusCode,
) -> Result<Response> {
    let site = visitor.site();
    let words = Words::of(site.settings(), &languages(request, fields.lang.as_deref(), true));
    let address = fields.address(site)?;
    let thread = threads::named(app, visitor, &address).await?;
    let sort = site.settings().sort;
    let reply = fields.reply().ok().flatten();
    let wanted = Wanted {
        address,
        title: fields.title.clone(),
        named: fields.named(),
        at_home: true,
        words,
        sort,
        place: reply.map_or(Place::Start, Place::Around),
        branch: None,
        after: None,
    };
    let found = talk(app, visitor, wanted, thread).await?;
    let answers = match reply {
        Some(number) => answered(app, visitor, words, number).await?,
        None => None,
    };
    // An answer does not become a word to everybody without a word to its writer.
    let lost = (reply.is_some() && answers.is_none()).then_some(words.gone);
    let form = Form {
        token: form::token(&app.keys, site.id(), &found.address, app.clock.now()),
        answers,
        fields,
        problem: form.problem.or(lost),
        ..form
    };
    Ok(whole_page(found.talk.document(Some(&form), None, false), site, status))
}

/// A refusal in words, on a page that keeps the text.
async fn refused(
    app: &App,
    request: &Request,
    site_key: &str,
    visitor: Option<&Visitor>,
    fields: Fields,
    error: Error,
) -> poem::Result<FormAnswer> {
    let Ok(site) = sites::find_by_key(app, site_key).await else {
        return Err(error.into());
    };
    if let Error::Internal(cause) | Error::Unavailable(cause) | Error::Again(cause) = &error {
        tracing::error!(cause, "failed");
    }
    let status = StatusCode::from_u16(error.code().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let words = Words::of(site.settings(), &languages(request, fields.lang.as_deref(), true));
    let faults = match &error {
        Error::Invalid(faults) => faults.clone(),
        _ => Vec::new(),
    };
    let expired = faults.iter().any(|fault| fault.pointer == "/token");
    let answer_gone = faults.iter().any(|fault| fault.pointer == "/parent_id");
    let problem = match (expired, answer_gone) {
        (true, _) if fields.vote.is_some() => words.press_again,
        (true, _) => words.expired,
        (_, true) => words.gone,
        _ => words.refusal(&error),
    };
    // Where the text can be sent again, the whole page with its form.
    let again = matches!(error.code(), ErrorCode::InvalidInput | ErrorCode::IdempotencyConflict);
    if let Some(visitor) = visitor.filter(|_| again) {
        let form = Form {
            faults,
            problem: Some(problem),
            ..Form::default()
        };
        let mut fields = fields.clone();
        if answer_gone {
            fields.reply = None;
        }
        if let Ok(response) = with_form(app, request, visitor, fields, form, status).await {
            return Ok(FormAnswer(response));
        }
    }
    let here = links::Door::at_home(&site.row().key).thread(fields.named());
    let mut main = el("main")
        .child(el("h1").text(words.comments))
        .child(page::problem_element(words, site.settings(), problem, &[]));
    // Too many at once, or a service that is busy: nothing is wrong with the form, so it can be sent again from here. From a page that
    // is not the site's nothing is: the reader goes to the conversation himself.
    let patience = matches!(
        error.code(),
        ErrorCode::RateLimited | ErrorCode::Unavailable | ErrorCode::Internal
    );
    match fields.address(&site) {
        Ok(address) if patience && comes_from(app, request, &site) => {
            // The same token while it is good: what was stored before the failure is not stored again.
            let now = app.clock.now();
            let kept = fields
                .token
                .clone()
                .filter(|token| form::opened(&app.keys, Some(token), site.id(), &address, now).is_ok());
            let form = Form {
                token: kept.unwrap_or_else(|| form::token(&app.keys, site.id(), &address, now)),
                ..Form::default()
            };
            let mut hidden: Vec<_> = fields
                .named()
                .into_iter()
                .chain([("token", form.token.clone())])
                .map(|(name, value)| {
                    el("input")
                        .attr("type", "hidden")
                        .attr("name", name)
                        .attr("value", value)
                })
                .collect();
            if let Some(reply) = &fields.reply {
                hidden.push(
                    el("input")
                        .attr("type", "hidden")
                        .attr("name", "reply")
                        .attr("value", reply),
                );
            }
            let form = Form { fields, ..form };
            main.push(page::form_element(&site, words, &here, hidden, &form));
        }
        _ => {
            let text = fields.text.clone().unwrap_or_default();
            if !text.is_empty() {
                main = main
                    .child(el("p").child(el("label").attr("for", "parlour-text").text(words.your_text)))
                    .child(
                        el("textarea")
                            .attr("id", "parlour-text")
                            .attr("rows", "8")
                            .flag("readonly", true)
                            .text(text),
                    );
            }
            main.push(el("p").child(link(&here.page(&[], ""), words.to_the_conversation)));
        }
    }
    let html = page::document(words, words.comments, Vec::new(), main);
    let mut response = whole_page(html, &site, status);
    if let Error::RateLimited(budget) = &error {
        let seconds = budget.retry_after.as_secs() + 1;
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        super::problem::show_budget(&mut response, budget);
    }
    Ok(FormAnswer(response))
}

/// The comment that a form answers, with its author; none if readers do not see it.
async fn answered(app: &App, visitor: &Visitor, words: &Words, number: i64) -> Result<Option<(i64, String)>> {
    let comment = published(app, visitor, number).await?;
    let author = |comment: comment::Model| comment.author_name.unwrap_or_else(|| words.anonymous.to_owned());
    Ok(comment.map(|comment| (number, author(comment))))
}

/// A published comment, if it is there: a failure to look is no answer to that.
async fn published(app: &App, visitor: &Visitor, number: i64) -> Result<Option<comment::Model>> {
    match newest::numbered(app, visitor, number).await {
        Ok(comment) => Ok(Some(comment)),
        Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn answer_gone() -> Error {
    Error::invalid(
        "/parent_id",
        FieldCode::NotFound,
        "The comment you answer is not here any more.",
    )
}

/// Whether a form was sent from a page of the site, or of ours: only such a one gets it back ready to be sent, and nobody else's
/// words under our address. Asked anew, because a budget that is spent refuses before the page is looked at.
fn comes_from(app: &App, request: &Request, site: &Site) -> bool {
    caller::form_origin(request).is_some_and(|origin| {
        origin == app.config.public_origin() || Origin::from_header(&origin).is_some_and(|origin| site.lists(&origin))
    })
}

/// Languages that are asked for, by the address first.
fn languages<'a>(request: &'a Request, asked: Option<&'a str>, also_browser: bool) -> Vec<&'a str> {
    let browser = request.header(header::ACCEPT_LANGUAGE).filter(|_| also_browser);
    let browser = browser.unwrap_or_default().split(',').take(8);
    asked
        .into_iter()
        .chain(browser)
        .filter(|language| !language.is_empty())
        .collect()
}

fn takes_html(request: &Request) -> bool {
    request
        .header(header::ACCEPT)
        .is_some_and(|types| types.contains("text/html"))
}

/// A page of ours, with its policy. Not kept: its form is for one reader, once.
fn whole_page(html: String, site: &Site, status: StatusCode) -> Response {
    let images = if site.settings().images {
        "img-src http: https:; "
    } else {
        ""
    };
    let policy = format!(
        "default-src 'none'; style-src 'self'; {images}form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    let mut response = html.with_content_type(HTML).with_status(status).into_response();
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    // The form needs to say where it comes from, and nobody else does.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

fn cached(response: &mut Response, etag: &str) {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(REVALIDATE));
    if let Ok(etag) = HeaderValue::from_str(etag) {
        headers.insert(header::ETAG, etag);
    }
}

fn see_other(to: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    if let Ok(to) = HeaderValue::from_str(to) {
        response.headers_mut().insert(header::LOCATION, to);
    }
    response
}

impl IntoResponse for PageAnswer {
    fn into_response(self) -> Response {
        self.0
    }
}

impl IntoResponse for FormAnswer {
    fn into_response(self) -> Response {
        self.0
    }
}

fn described(status: u16, description: &'static str, with_page: bool, headers: &[(&str, &str)]) -> MetaResponse {
    let content = with_page.then(|| MetaMediaType {
        content_type: "text/html",
        schema: <String as poem_openapi::types::Type>::schema_ref(),
    });
    let header = |(name, description): &(&str, &str)| MetaHeader {
        name: (*name).to_owned(),
        description: Some((*description).to_owned()),
        required: false,
        deprecated: false,
        schema: <String as poem_openapi::types::Type>::schema_ref(),
    };
    MetaResponse {
        description,
        status: Some(status),
        status_range: None,
        content: content.into_iter().collect(),
        headers: headers.iter().map(header).collect(),
    }
}

impl ApiResponse for PageAnswer {
    fn meta() -> MetaResponses {
        let tag = ("ETAG", "Of a fragment without a form.");
        MetaResponses {
            responses: vec![
                described(200, "The page, or the fragment.", true, &[tag]),
                described(
                    304,
                    "Nothing has changed since the `ETag` in `If-None-Match`.",
                    false,
                    &[tag],
                ),
            ],
        }
    }

    fn register(_: &mut Registry) {}
}

impl ApiResponse for FormAnswer {
    fn meta() -> MetaResponses {
        let location = ("LOCATION", "The page of the conversation.");
        MetaResponses {
            responses: vec![
                described(200, "The page with the preview.", true, &[]),
                described(303, "Posted, or voted.", false, &[location]),
            ],
        }
    }

    fn register(_: &mut Registry) {}
}
