//! The drop-in for Isso: its paths, its names and its answers, over the same conversations. A page that was written for Isso goes on
//! with another address in its snippet, and so does Isso's own client.
//!
//! What is kept of Isso's ways, what is mended and what is refused stands in docs/from-isso.md. Everything is below `/isso/{site_key}/`,
//! so that a proxy can put it in the place of an old Isso: Parlour's own API for readers is there, too (`v1/...`), and the client
//! in Isso's clothes (`js/embed.min.js`), which uses that.

mod body;
mod cookies;
mod feed;
pub mod links;
pub mod pages;
pub mod reading;
pub mod views;

use std::sync::Arc;

use ::entity::comment::{self, State};
use poem::http::{Method, Uri};
use poem::{Endpoint, IntoResponse, Request, RequestBody, Response};
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};

use super::atom;
use super::body::documented;
use super::caller;
use super::document::Tag;
use super::layers;
use super::ready::Ready;
use crate::app::App;
use crate::comments::author::{self, By, Edit};
use crate::comments::newest::numbers;
use crate::comments::{self, Draft, Posted};
use crate::error::{Error, ErrorCode, FieldCode, Result};
use crate::sites::origin::Origin;
use crate::sites::{Purpose, Site, Visitor};
use crate::subscriptions::wishing::{ByMail, Follow};
use crate::threads;
use crate::threads::key::Address;
use crate::votes::{self, Second, Vote};
use body::Body;
use cookies::SetCookie;
use views::{
    CommentChange, CommentView, Config, Configured, Info, NewComment, Preview, PreviewRequest, ThreadView, Votes,
};

/// Where this door hangs.
pub const PREFIX: &str = "/isso/";

/// Latest comments in one answer.
const MOST_LATEST: u64 = 100;

/// Longest mail address, in characters (RFC 5321, as Isso reads it).
const EMAIL: usize = 254;

pub struct Door;

/// The key of the site and what follows it, of a path behind this door.
pub fn parts(path: &str) -> Option<(&str, &str)> {
    let path = path.strip_prefix(PREFIX)?;
    let (site_key, rest) = path.split_once('/').unwrap_or((path, ""));
    let plain = !site_key.is_empty() && site_key.bytes().all(|byte| byte.is_ascii_alphanumeric());
    plain.then_some((site_key, rest))
}

/// Whether a path behind this door is one of Isso's operations, and not a file, a page for people or our own API.
pub fn is_api(path: &str) -> bool {
    let page = |rest: &str| {
        matches!(
            rest.split('/').next(),
            Some("v1" | "js" | "css" | "demo" | "admin" | "login")
        )
    };
    parts(path).is_some_and(|(_, rest)| !page(rest))
}

/// Whether a request reads a conversation as Isso's clients do.
pub fn is_read(request: &Request) -> bool {
    matches!(reading::usual(request), Some(reading::Usual::Fetch(_)))
}

/// Serves an operation: what most requests are, at once.
pub async fn call<E: Endpoint>(api: &E, mut request: Request) -> poem::Result<Response> {
    // The server leaves the body out.
    if request.method() == Method::HEAD {
        request.set_method(Method::GET);
    }
    match reading::usual(&request) {
        Some(reading::Usual::Fetch(site_key)) => {
            let fetched = reading::fetch(&request, site_key).await;
            fetched.map_err(|error| layers::of_operation(error, reading::FETCH))
        }
        Some(reading::Usual::Count(_)) => {
            let (request, mut body) = request.split();
            let site_key = parts(request.uri().path()).map_or("", |(site_key, _)| site_key);
            let counted = reading::count(&request, &mut body, site_key).await;
            counted.map_err(|error| layers::of_operation(error, reading::COUNT))
        }
        None if parts(request.uri().path()).is_some_and(|(_, rest)| rest.is_empty()) => {
            Err(Error::refused(ErrorCode::MethodNotAllowed, "See /docs for what this address takes.").into())
        }
        None => Ok(api.call(request).await?.into_response()),
    }
}

/// Sends what is asked of Parlour's own API behind this door to where that is.
pub async fn to_own_api<E: Endpoint<Output = Response>>(next: Arc<E>, mut request: Request) -> poem::Result<Response> {
    if let Some(own) = own_api(request.uri()) {
        *request.uri_mut() = own;
    }
    next.call(request).await
}

/// Parlour's own API for readers, where it is asked for behind this door: the address it has by itself.
pub fn own_api(uri: &Uri) -> Option<Uri> {
    let (site_key, rest) = parts(uri.path())?;
    let rest = rest.strip_prefix("v1/")?;
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    format!("{}{site_key}/{rest}{query}", super::cors::PREFIX).parse().ok()
}

/// A path as it may be logged: the keys of links are as good as a password while they last.
pub fn without_key(path: &str) -> String {
    let Some((site_key, rest)) = parts(path) else {
        return path.to_owned();
    };
    match rest.splitn(4, '/').collect::<Vec<_>>()[..] {
        ["id", id, action, key] if !key.is_empty() => format!("{PREFIX}{site_key}/id/{id}/{action}/..."),
        _ => path.to_owned(),
    }
}

fn in_query(detail: &str) -> Error {
    Error::refused(ErrorCode::InvalidParameter, detail)
}

/// The origin that asks, if it is one of the site's: where the pages are that are called by their paths.
fn here(site: &Site, request: &Request) -> Option<String> {
    caller::origin(request)
        .and_then(Origin::from_header)
        .filter(|origin| site.lists(origin))
        .map(|origin| origin.to_string())
}

/// The conversation that a page of the origin `here` calls so.
fn address(site: &Site, here: Option<&str>, uri: &str) -> Result<Address> {
    let path = Some(uri).filter(|uri| uri.starts_with('/'));
    let page = path.zip(here).map(|(path, here)| [here, path].concat());
    let named = match page {
        Some(page) => site
            .address(Some(uri), Some(&page))
            .or_else(|_| site.address(Some(uri), None)),
        None => site.address(Some(uri), None),
    };
    named.map_err(|error| match error {
        Error::Invalid(_) => in_query(&error.to_string()),
        other => other,
    })
}

#[derive(ApiResponse)]
pub enum ThreadAnswer {
    /// The conversation; an empty one if nobody has commented.
    #[oai(status = 200)]
    Thread(
        Json<ThreadView>,
        #[oai(header = "ETag")] String,
        #[oai(header = "Cache-Control")] String,
    ),
    /// Nothing has changed since the `ETag` in `If-None-Match`.
    #[oai(status = 304)]
    NotModified(#[oai(header = "ETag")] String, #[oai(header = "Cache-Control")] String),
}

#[derive(ApiResponse)]
pub enum PostAnswer {
    /// Stored and published.
    #[oai(status = 201)]
    Published(
        Json<CommentView>,
        /// The comment's token, named by its number: for this server.
        #[oai(header = "Set-Cookie")]
        String,
        /// The same, named `isso-` and the number: for the page.
        #[oai(header = "X-Set-Cookie")]
        String,
    ),
    /// Stored; a moderator will look at it.
    #[oai(status = 202)]
    Pending(
        Json<CommentView>,
        #[oai(header = "Set-Cookie")] String,
        #[oai(header = "X-Set-Cookie")] String,
    ),
}

#[derive(ApiResponse)]
pub enum EditAnswer {
    /// The comment as it is now.
    #[oai(status = 200)]
    Edited(
        Json<CommentView>,
        #[oai(header = "Set-Cookie")] String,
        #[oai(header = "X-Set-Cookie")] String,
    ),
}

#[derive(ApiResponse)]
pub enum DeleteAnswer {
    /// The place that stays because replies stand under it; none if nothing stays.
    #[oai(status = 200)]
    Deleted(
        Json<Option<CommentView>>,
        #[oai(header = "Set-Cookie")] String,
        #[oai(header = "X-Set-Cookie")] String,
    ),
}

#[OpenApi(prefix_path = "/isso", tag = "Tag::Isso")]
impl Door {
    /// Fetch a conversation
    ///
    /// With one level of replies: whatever is said under a root stands under that root, in order of arrival. Answers 200 and an empty
    /// list for a page that nobody has commented on. Up to 10,000 comments of each level; the others are counted as hidden.
    #[oai(path = "/:site_key/", method = "get", operation_id = "isso_fetch")]
    #[expect(clippy::too_many_arguments, reason = "one for each parameter of the operation")]
    async fn isso_fetch(
        &self,
        request: &Request,
        /// The site's key, as in its snippet.
        site_key: Path<String>,
        /// The conversation: what `data-isso-id` says, or else the page's path.
        uri: Query<Option<String>>,
        /// Number of a root: its replies alone.
        parent: Query<Option<String>>,
        /// Comments of the level that is asked for; 0 for none.
        limit: Query<Option<String>>,
        /// Replies under each root.
        nested_limit: Query<Option<String>>,
        /// Only what was written after this moment, in seconds since 1970.
        after: Query<Option<String>>,
        /// `oldest` (if absent), `newest` or `upvotes`.
        sort: Query<Option<String>>,
        /// Comments of the level to pass over; with `limit`.
        offset: Query<Option<String>>,
        /// `0`: HTML. Anything else: as it was typed.
        plain: Query<Option<String>>,
    ) -> poem::Result<Ready<ThreadAnswer>> {
        // Documented here, and read in one place for every way to get there.
        let _ = (uri, parent, limit, nested_limit, after, sort, offset, plain);
        Ok(Ready::new(reading::fetch(request, &site_key).await?))
    }

    /// Count comments
    ///
    /// Published comments of up to 1,000 conversations, replies included, in the order asked.
    #[oai(path = "/:site_key/count", method = "post", operation_id = "isso_count")]
    async fn isso_count(&self, request: &Request, site_key: Path<String>, body: Uris) -> poem::Result<Json<Vec<i64>>> {
        let mut body = body.0;
        Ok(Json(reading::counts(request, &mut body, &site_key).await?))
    }

    /// Post a comment
    ///
    /// Needs an `Origin` of the site's. A reply to a reply is stored as what it is and shown under its root; one to a comment that is
    /// not there any more begins a new branch.
    #[oai(path = "/:site_key/new", method = "post", operation_id = "isso_new")]
    async fn isso_new(
        &self,
        request: &Request,
        site_key: Path<String>,
        /// The conversation: what `data-isso-id` says, or else the page's path.
        uri: Query<Option<String>>,
        body: Body<NewComment, true>,
    ) -> poem::Result<PostAnswer> {
        let app = caller::app(request)?;
        let visitor = caller::visitor(app, request, &site_key, Purpose::Write, app.config.limit_post, "post").await?;
        let uri = uri.0.ok_or_else(|| in_query("missing uri query"))?;
        let site = visitor.site();
        let address = address(site, here(site, request).as_deref(), &uri)?;
        let (posted, parent) = post(app, &visitor, &address, body.0).await?;
        let set = SetCookie::new(app, site, &posted);
        let published = posted.comment.state == State::Published;
        let view = Json(CommentView::own(posted.comment, parent, false));
        Ok(match published {
            true => PostAnswer::Published(view, set.own(), set.page()),
            false => PostAnswer::Pending(view, set.own(), set.page()),
        })
    }

    /// Read one's own comment
    ///
    /// By its token, in the cookie that `isso_new` set or in `Parlour-Tokens`.
    #[oai(path = "/:site_key/id/:number", method = "get", operation_id = "isso_view")]
    async fn isso_view(
        &self,
        request: &Request,
        site_key: Path<String>,
        /// Number of the comment.
        number: Path<i64>,
        /// `0`: HTML. Anything else: as it was typed.
        plain: Query<Option<String>>,
        #[oai(name = "Parlour-Tokens")] tokens: Header<Option<String>>,
    ) -> poem::Result<Json<CommentView>> {
        let (app, visitor) = caller::reader(request, &site_key).await?;
        let held = cookies::tokens(request, number.0, tokens.0.as_deref());
        let (comment, _) = author::numbered(app, &visitor, &refs(&held), number.0).await?;
        if comment.state == State::Deleted {
            return Err(Error::not_found("comment").into());
        }
        let parent = root_number(app, &visitor, &comment).await?;
        let plain = plain.0.is_some_and(|plain| plain != "0");
        Ok(Json(CommentView::own(comment, parent, plain).unmarked()))
    }

    /// Edit one's own comment
    ///
    /// For the site's `edit_minutes` after it was posted, by its token. The whole check runs again: `mode` may have become 2.
    #[oai(path = "/:site_key/id/:number", method = "put", operation_id = "isso_edit")]
    async fn isso_edit(
        &self,
        request: &Request,
        site_key: Path<String>,
        number: Path<i64>,
        #[oai(name = "Parlour-Tokens")] tokens: Header<Option<String>>,
        body: Body<CommentChange, true>,
    ) -> poem::Result<EditAnswer> {
        let (app, visitor) = caller::author(request, &site_key).await?;
        let held = cookies::tokens(request, number.0, tokens.0.as_deref());
        let (comment, _) = author::numbered(app, &visitor, &refs(&held), number.0).await?;
        // Before anything is changed: what is stored is not answered with a failure of looking at it.
        let parent = root_number(app, &visitor, &comment).await?;
        let CommentChange { text, author, website } = body.0;
        let edit = Edit {
            text,
            name: author,
            website,
            seen: None,
        };
        let changed = author::edit(app, By::Tokens(&visitor, &refs(&held)), comment.id, &edit).await?;
        let posted = comments::handed_out(app, changed.comment, changed.thread, changed.depth);
        let set = SetCookie::new(app, visitor.site(), &posted);
        let view = CommentView::own(posted.comment, parent, false).unmarked();
        Ok(EditAnswer::Edited(Json(view), set.own(), set.page()))
    }

    /// Take back one's own comment
    ///
    /// For the site's `edit_minutes` after it was posted, by its token. Its place stays while replies stand under it.
    #[oai(path = "/:site_key/id/:number", method = "delete", operation_id = "isso_delete")]
    async fn isso_delete(
        &self,
        request: &Request,
        site_key: Path<String>,
        number: Path<i64>,
        #[oai(name = "Parlour-Tokens")] tokens: Header<Option<String>>,
    ) -> poem::Result<DeleteAnswer> {
        body::guard(request)?;
        let (app, visitor) = caller::author(request, &site_key).await?;
        let held = cookies::tokens(request, number.0, tokens.0.as_deref());
        let (comment, _) = author::numbered(app, &visitor, &refs(&held), number.0).await?;
        let parent = root_number(app, &visitor, &comment).await?;
        let gone = author::take_back(app, By::Tokens(&visitor, &refs(&held)), comment.id)
            .await?
            .comment;
        let place = comments::is_visible(&gone).then(|| CommentView::own(gone, parent, false).unmarked());
        let clear = SetCookie::cleared(app, visitor.site(), number.0);
        Ok(DeleteAnswer::Deleted(Json(place), clear.own(), clear.page()))
    }

    /// Vote for a comment
    ///
    /// One vote a network, comment and day, which stays: who has voted is not kept for longer. A vote that does not count is answered with 200, the numbers as they are, and a
    /// `message` that says why.
    #[oai(path = "/:site_key/id/:number/like", method = "post", operation_id = "isso_like")]
    async fn isso_like(
        &self,
        request: &Request,
        site_key: Path<String>,
        number: Path<i64>,
        #[oai(name = "Parlour-Tokens")] tokens: Header<Option<String>>,
    ) -> poem::Result<Json<Votes>> {
        vote(request, &site_key, number.0, tokens.0.as_deref(), Vote::Up).await
    }

    /// Vote against a comment
    ///
    /// As `isso_like`.
    #[oai(
        path = "/:site_key/id/:number/dislike",
        method = "post",
        operation_id = "isso_dislike"
    )]
    async fn isso_dislike(
        &self,
        request: &Request,
        site_key: Path<String>,
        number: Path<i64>,
        #[oai(name = "Parlour-Tokens")] tokens: Header<Option<String>>,
    ) -> poem::Result<Json<Votes>> {
        vote(request, &site_key, number.0, tokens.0.as_deref(), Vote::Down).await
    }

    /// Preview a comment
    ///
    /// What a text would look like. Nothing is stored.
    #[oai(path = "/:site_key/preview", method = "post", operation_id = "isso_preview")]
    async fn isso_preview(
        &self,
        request: &Request,
        site_key: Path<String>,
        body: Body<PreviewRequest, false>,
    ) -> poem::Result<Json<Preview>> {
        let app = caller::app(request)?;
        let budget = app.config.limit_preview;
        let visitor = caller::visitor(app, request, &site_key, Purpose::Read, budget, "preview").await?;
        let text = comments::preview(app, visitor.site().settings(), &body.0.text).await?;
        Ok(Json(Preview { text }))
    }

    /// Read the latest comments
    ///
    /// Published comments of all conversations, newest first.
    #[oai(path = "/:site_key/latest", method = "get", operation_id = "isso_latest")]
    async fn isso_latest(
        &self,
        request: &Request,
        site_key: Path<String>,
        /// Comments to send, at least 1; 100 at most are sent.
        limit: Query<Option<String>>,
    ) -> poem::Result<Json<Vec<CommentView>>> {
        let (app, visitor) = caller::reader(request, &site_key).await?;
        let limit = limit.0.and_then(|limit| limit.trim().parse::<u64>().ok());
        let limit = limit
            .filter(|limit| *limit > 0)
            .ok_or_else(|| in_query("Query parameter 'limit' is mandatory (integer, >0)"))?;
        let found = threads::recent(app, &visitor, limit.min(MOST_LATEST)).await?;
        let roots = found.iter().filter_map(|one| one.comment.root_id).collect();
        let roots = numbers(app, &visitor, roots).await?;
        let view = |recent: threads::Recent| {
            let parent = recent.comment.root_id.and_then(|root| roots.get(&root).copied());
            CommentView::public(recent.comment, parent, false)
                .unmarked()
                .within(&recent.thread)
        };
        Ok(Json(found.into_iter().map(view).collect()))
    }

    /// Follow a conversation by Atom
    ///
    /// Its newest published comments, newest first.
    #[oai(path = "/:site_key/feed", method = "get", operation_id = "isso_feed")]
    async fn isso_feed(
        &self,
        request: &Request,
        site_key: Path<String>,
        /// The conversation: what `data-isso-id` says, or else the page's path.
        uri: Query<Option<String>>,
        /// Comments to send; 100 at most and if absent.
        limit: Query<Option<String>>,
    ) -> poem::Result<atom::Answer> {
        let (app, visitor) = caller::reader(request, &site_key).await?;
        let uri = uri.0.ok_or_else(|| in_query("missing uri query"))?;
        let site = visitor.site();
        let address = address(site, here(site, request).as_deref(), &uri)?;
        let limit = match limit.0 {
            Some(limit) => limit.trim().parse().map_err(|_| in_query("limit should be integer"))?,
            None => feed::MOST,
        };
        Ok(feed::answer(request, app, &visitor, &address, &uri, limit).await?)
    }

    /// Read what Isso's client has to know
    #[oai(path = "/:site_key/config", method = "get", operation_id = "isso_config")]
    async fn isso_config(&self, request: &Request, site_key: Path<String>) -> poem::Result<Json<Configured>> {
        let (app, visitor) = caller::reader(request, &site_key).await?;
        let config = Config::new(visitor.site().settings(), app.mailer.is_configured());
        Ok(Json(Configured { config }))
    }

    /// Read what this is
    #[oai(path = "/:site_key/info", method = "get", operation_id = "isso_info")]
    async fn isso_info(&self, request: &Request, site_key: Path<String>) -> poem::Result<Json<Info>> {
        let (app, visitor) = caller::reader(request, &site_key).await?;
        let site = visitor.site();
        let home = site.home().map(ToString::to_string);
        Ok(Json(Info {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            host: base(app, site).trim_end_matches('/').to_owned(),
            origin: caller::origin(request).map(str::to_owned).or(home).unwrap_or_default(),
            moderation: site.settings().moderation == crate::sites::settings::Moderation::All,
        }))
    }
}

/// Where a site's door is, with a slash at its end.
pub fn base(app: &App, site: &Site) -> String {
    format!("{}{PREFIX}{}/", app.config.public_url, site.row().key)
}

fn refs(tokens: &[String]) -> Vec<&str> {
    tokens.iter().map(String::as_str).collect()
}

/// The number of the root above a comment.
async fn root_number(app: &App, visitor: &Visitor, comment: &comment::Model) -> Result<Option<i64>> {
    let Some(root_id) = comment.root_id else {
        return Ok(None);
    };
    Ok(numbers(app, visitor, vec![root_id]).await?.remove(&root_id))
}

/// Posts, and answers what is still there to be answered. With the number of the root that it stands under.
async fn post(app: &Arc<App>, visitor: &Visitor, address: &Address, new: NewComment) -> Result<(Posted, Option<i64>)> {
    if new.email.as_ref().is_some_and(|email| email.chars().count() > EMAIL) {
        let detail = format!("A mail address may have {EMAIL} characters.");
        return Err(Error::invalid("/email", FieldCode::TooLong, detail));
    }
    let thread = match new.parent {
        Some(_) => threads::named(app, visitor, address).await?,
        None => None,
    };
    let answered = match (&thread, new.parent) {
        (Some(thread), Some(number)) => comments::answerable(app, visitor, thread, number).await?,
        _ => None,
    };
    let (parent_id, root) = answered.unzip();
    // Isso takes whatever stands in the field, and its client would not say what is wrong with it.
    let wants_word = new.wants_word();
    let email = new
        .email
        .filter(|email| matches!(crate::text::email(email), Ok(Some(_))));
    let wants = wants_word && email.is_some();
    let by_mail = ByMail {
        follow: wants.then_some(Follow::Replies),
        ..ByMail::default()
    };
    let draft = Draft {
        parent_id,
        text: new.text,
        name: new.author,
        email,
        website: new.website,
        title: new.title,
        identity: None,
        by_mail,
    };
    match comments::post(app, visitor, address, draft.clone(), None).await {
        // Gone while it was on its way.
        Err(Error::Invalid(faults)) if faults.iter().all(|fault| fault.pointer == "/parent_id") => {
            let alone = Draft {
                parent_id: None,
                ..draft
            };
            Ok((comments::post(app, visitor, address, alone, None).await?, None))
        }
        outcome => Ok((outcome?, root)),
    }
}

async fn vote(
    request: &Request,
    site_key: &str,
    number: i64,
    tokens: Option<&str>,
    vote: Vote,
) -> poem::Result<Json<Votes>> {
    body::guard(request)?;
    let app = caller::app(request)?;
    let visitor = caller::visitor(app, request, site_key, Purpose::Write, app.config.limit_vote, "vote").await?;
    let held = cookies::tokens(request, number, tokens);
    let comment = comments::newest::visible(app, &visitor, number).await?;
    let outcome = votes::cast(app, &visitor, &refs(&held), comment.id, vote, Second::IsRefused).await;
    let (counted, message) = match outcome {
        Ok(comment) => (comment, None),
        Err(Error::Refused(code, detail)) if code != ErrorCode::NotFound => (comment, Some(detail)),
        Err(error) => return Err(error.into()),
    };
    Ok(Json(Votes {
        likes: counted.up_votes,
        dislikes: counted.down_votes,
        message,
    }))
}

/// The body of a count, which is read where it is counted.
pub struct Uris(RequestBody);

impl<'a> poem_openapi::ApiExtractor<'a> for Uris {
    const TYPES: &'static [poem_openapi::ApiExtractorType] = &[poem_openapi::ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn request_meta() -> Option<poem_openapi::registry::MetaRequest> {
        documented(
            "application/json",
            <Vec<String> as poem_openapi::types::Type>::schema_ref(),
            true,
        )
    }

    async fn from_request(
        _: &'a Request,
        body: &mut RequestBody,
        _: poem_openapi::ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        Ok(Uris(RequestBody::new(body.take()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_behind_the_door_has_a_site() {
        assert_eq!(parts("/isso/abc/"), Some(("abc", "")));
        assert_eq!(parts("/isso/abc/id/7/like"), Some(("abc", "id/7/like")));
        assert_eq!(parts("/isso/abc"), Some(("abc", "")));
        for other in ["/isso/", "/isso//new", "/isso/a.b/new", "/v1/sites/abc/thread", "/"] {
            assert_eq!(parts(other), None, "{other}");
        }
    }

    #[test]
    fn parlours_own_api_is_behind_it_too() {
        let own = |uri: &str| own_api(&uri.parse().unwrap()).map(|uri| uri.to_string());
        assert_eq!(
            own("/isso/abc/v1/thread?id=%2Fa").as_deref(),
            Some("/v1/sites/abc/thread?id=%2Fa")
        );
        assert_eq!(own("/isso/abc/v1/live").as_deref(), Some("/v1/sites/abc/live"));
        assert_eq!(own("/isso/abc/new?uri=v1/x"), None);
    }

    #[test]
    fn keys_of_links_are_not_logged() {
        assert_eq!(without_key("/isso/abc/id/7/delete/s3cret"), "/isso/abc/id/7/delete/...");
        assert_eq!(
            without_key("/isso/abc/id/7/unsubscribe/a@b.example/s3cret"),
            "/isso/abc/id/7/unsubscribe/..."
        );
        assert_eq!(without_key("/isso/abc/id/7/like"), "/isso/abc/id/7/like");
        assert_eq!(without_key("/v1/sites/abc/thread"), "/v1/sites/abc/thread");
    }
}
