//! The reader's door: simple, cacheable reads; writes that need the page's own origin; no cookie, ever.

pub mod hot;
pub mod live;
pub mod mine;
pub mod own;
pub mod subscriptions;
pub mod troubles;
pub mod views;
pub mod votes;

use poem::Request;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};
use sea_orm::prelude::Uuid;

use super::body::Body;
use super::caller;
use super::document::Tag;
use super::ready::Ready;
use crate::comments::{self, Draft};
use crate::error::{Error, ErrorCode, FieldCode, Result};
use crate::job::Locale;
use crate::sites::{Purpose, settings};
use crate::subscriptions::wishing::ByMail;
use crate::threads::cursor::Cursor;
use crate::threads::key::Address;
use crate::threads::{self, Place};
use hot::Asked;
use views::{
    CommentView, Count, Counts, CountsRequest, NewComment, OwnComment, OwnComments, PostedComment, Preview,
    PreviewRequest, RecentComment, RecentComments, Replies, Sort, ThreadPage,
};

/// Roots in a page, by default and at most.
const ROOTS: u64 = 50;
const MOST_ROOTS: u64 = 100;

/// Conversations counted in one call, by GET and by POST.
const MOST_COUNTS: usize = 20;
const MOST_COUNTS_POSTED: usize = 200;

/// Latest comments, by default and at most.
const RECENT: u64 = 10;
const MOST_RECENT: u64 = 50;

/// Tokens sent with one call.
const MOST_TOKENS: usize = 20;

pub struct Door;

#[derive(ApiResponse)]
#[expect(
    clippy::large_enum_variant,
    reason = "poem-openapi takes no box, and none is ever made"
)]
pub enum ThreadAnswer {
    /// The page of the conversation.
    #[oai(status = 200)]
    Page(
        Json<ThreadPage>,
        /// Changes with everything that readers can see of the conversation.
        #[oai(header = "ETag")]
        String,
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
    Published(Json<PostedComment>),
    /// Stored; a moderator will look at it.
    #[oai(status = 202)]
    Pending(Json<PostedComment>),
}

#[OpenApi(prefix_path = "/v1/sites", tag = "Tag::Visitor")]
impl Door {
    /// Read a conversation
    ///
    /// Everything a page needs in one simple GET: settings, counts and the first comments. A page that nobody has commented on
    /// answers 200 with an empty list. Name the conversation by `id` or by `url`.
    #[oai(path = "/:site_key/thread", method = "get", operation_id = "thread_read")]
    #[expect(clippy::too_many_arguments, reason = "one for each parameter of the operation")]
    async fn thread_read(
        &self,
        request: &Request,
        /// The site's key, as in its snippet.
        site_key: Path<String>,
        /// The conversation's own id.
        id: Query<Option<String>>,
        /// The page's address.
        url: Query<Option<String>>,
        /// The site's setting decides if it is absent.
        sort: Query<Option<Sort>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
        /// `previous` of the page after.
        before: Query<Option<String>>,
        /// Number of a comment: the page in whose middle it stands. One that is not there is passed over; if it stands
        /// in another conversation now, `moved` says in which.
        around: Query<Option<i64>>,
        /// Roots to send, with up to 50 replies each.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u64>>,
        /// An `ETag` that was sent before.
        #[oai(name = "If-None-Match")]
        _if_none_match: Header<Option<String>>,
    ) -> poem::Result<Ready<ThreadAnswer>> {
        let asked = Asked {
            id: id.0,
            url: url.0,
            sort: sort.0.map(Into::into),
            after: after.0,
            before: before.0,
            around: around.0,
            limit: limit.0,
        };
        Ok(Ready::new(hot::answer(request, &site_key, asked).await?))
    }

    /// Read further replies
    ///
    /// The replies under a root, all levels, in order of arrival.
    #[oai(
        path = "/:site_key/comments/:comment_id/replies",
        method = "get",
        operation_id = "comment_replies"
    )]
    async fn comment_replies(
        &self,
        request: &Request,
        site_key: Path<String>,
        /// A root.
        comment_id: Path<Uuid>,
        /// `more_replies` of the root, or `next` of the page before.
        after: Query<Option<String>>,
    ) -> poem::Result<Json<Replies>> {
        let (app, visitor) = caller::reader(request, &site_key).await?;
        let after = after.0.as_deref().map(Cursor::decode).transpose()?;
        let root = comments::visible(app, &visitor, comment_id.0).await?;
        let (placed, next) = threads::read_replies(app, &visitor, &root, after).await?;
        let comments = placed
            .into_iter()
            .map(|placed| CommentView::public(placed, None))
            .collect();
        Ok(Json(Replies {
            comments,
            next: next.map(Cursor::encode),
        }))
    }

    /// Count comments
    ///
    /// Published comments of up to 20 conversations, for the lists of posts on a site's front page.
    #[oai(path = "/:site_key/counts", method = "get", operation_id = "thread_counts")]
    async fn thread_counts(
        &self,
        request: &Request,
        site_key: Path<String>,
        /// Ids of conversations; may be repeated.
        id: Query<Vec<String>>,
        /// Addresses of pages; may be repeated.
        url: Query<Vec<String>>,
    ) -> poem::Result<Json<Counts>> {
        let (app, visitor) = caller::reader(request, &site_key).await?;
        if id.len() + url.len() > MOST_COUNTS {
            return Err(Error::refused(
                ErrorCode::InvalidParameter,
                format!("Ask for {MOST_COUNTS} conversations at most."),
            )
            .into());
        }
        let site = visitor.site();
        let by_id = id.iter().map(|id| site.address(Some(id), None));
        let by_url = url.iter().map(|url| site.address(None, Some(url)));
        let addresses: Vec<Address> = parameter(by_id.chain(by_url).collect::<Result<_>>())?;
        let found = threads::counts(app, &visitor, &addresses).await?;
        let asked =
            id.0.into_iter()
                .map(|id| (Some(id), None))
                .chain(url.0.into_iter().map(|url| (None, Some(url))));
        let counts = asked
            .zip(found)
            .map(|((id, url), comment_count)| Count { id, url, comment_count })
            .collect();
        Ok(Json(Counts { counts }))
    }

    /// Count comments of many conversations
    ///
    /// The same for up to 200 conversations, in the order asked.
    #[oai(path = "/:site_key/counts", method = "post", operation_id = "thread_counts_many")]
    async fn thread_counts_many(
        &self,
        request: &Request,
        site_key: Path<String>,
        body: Body<CountsRequest>,
    ) -> poem::Result<Json<Counts>> {
        let (app, visitor) = caller::reader(request, &site_key).await?;
        let asked = body.0.threads;
        if asked.len() > MOST_COUNTS_POSTED {
            let detail = format!("Ask for {MOST_COUNTS_POSTED} conversations at most.");
            return Err(Error::invalid("/threads", FieldCode::TooMany, detail).into());
        }
        let addresses = asked
            .iter()
            .map(|one| visitor.site().address(one.id.as_deref(), one.url.as_deref()))
            .collect::<Result<Vec<_>>>()?;
        let found = threads::counts(app, &visitor, &addresses).await?;
        let counts = asked.into_iter().zip(found).map(|(one, comment_count)| Count {
            id: one.id,
            url: one.url,
            comment_count,
        });
        Ok(Json(Counts {
            counts: counts.collect(),
        }))
    }

    /// Read the latest comments
    ///
    /// Published comments of all of a site's conversations, newest first.
    #[oai(path = "/:site_key/recent", method = "get", operation_id = "comment_recent")]
    async fn comment_recent(
        &self,
        request: &Request,
        site_key: Path<String>,
        #[oai(validator(minimum(value = "1"), maximum(value = "50")))] limit: Query<Option<u64>>,
    ) -> poem::Result<Json<RecentComments>> {
        let (app, visitor) = caller::reader(request, &site_key).await?;
        let found = threads::recent(app, &visitor, limit.unwrap_or(RECENT).clamp(1, MOST_RECENT)).await?;
        Ok(Json(RecentComments {
            comments: found.into_iter().map(RecentComment::new).collect(),
        }))
    }

    /// Preview a comment
    ///
    /// What a text would look like. Nothing is stored.
    #[oai(path = "/:site_key/preview", method = "post", operation_id = "comment_preview")]
    async fn comment_preview(
        &self,
        request: &Request,
        site_key: Path<String>,
        body: Body<PreviewRequest>,
    ) -> poem::Result<Json<Preview>> {
        let app = caller::app(request)?;
        let visitor = caller::visitor(
            app,
            request,
            &site_key,
            Purpose::Write,
            app.config.limit_preview,
            "preview",
        )
        .await?;
        let html = comments::preview(app, visitor.site().settings(), &body.0.text).await?;
        Ok(Json(Preview { html }))
    }

    /// Post a comment
    ///
    /// Needs an `Origin` of the site's. What is answered 201 or 202 is stored for good.
    #[oai(path = "/:site_key/comments", method = "post", operation_id = "comment_post")]
    async fn comment_post(
        &self,
        request: &Request,
        site_key: Path<String>,
        /// 8 to 128 letters, digits, `.`, `_` or `-`, fresh for each comment. A retry with the same key and content gets the
        /// first answer again, for 24 hours.
        #[oai(name = "Idempotency-Key")]
        idempotency_key: Header<Option<String>>,
        body: Body<NewComment>,
    ) -> poem::Result<PostAnswer> {
        let app = caller::app(request)?;
        let visitor = caller::visitor(app, request, &site_key, Purpose::Write, app.config.limit_post, "post").await?;
        let key = match idempotency_key.0.as_deref() {
            // A header that is not ASCII does not reach the parameter, and must not pass for no header.
            None if request.headers().contains_key("idempotency-key") => Some(""),
            sent => sent,
        };
        let key = key.map(idempotency_key_of).transpose()?;
        let NewComment {
            thread,
            parent_id,
            text,
            author,
            identity,
            follow,
            tell_when_published,
            language,
        } = body.0;
        let settings = visitor.site().settings();
        let address = visitor
            .site()
            .address(thread.id.as_deref(), thread.url.as_deref())?
            .signed(thread.signature);
        let (name, email, website) =
            author.map_or((None, None, None), |author| (author.name, author.email, author.website));
        let draft = Draft {
            parent_id,
            text,
            name,
            email,
            website,
            title: thread.title,
            identity,
            by_mail: ByMail {
                follow: follow.map(Into::into),
                when_published: tell_when_published.unwrap_or(false),
                locale: language.as_deref().map(|tag| Locale::of(Some(tag))),
            },
        };
        let posted = comments::post(app, &visitor, &address, draft, key).await?;
        let published = posted.comment.state == ::entity::comment::State::Published;
        let view = Json(PostedComment::new(posted, settings, app.clock.now()));
        Ok(if published {
            PostAnswer::Published(view)
        } else {
            PostAnswer::Pending(view)
        })
    }

    /// Read one's own comments
    ///
    /// The comments whose tokens are sent, whatever their state: this is how a page shows its reader what still waits for
    /// approval. Void tokens are passed over.
    #[oai(path = "/:site_key/mine", method = "get", operation_id = "comment_mine")]
    async fn comment_mine(
        &self,
        request: &Request,
        site_key: Path<String>,
        /// Up to 20 tokens, separated by commas.
        #[oai(name = "Parlour-Tokens")]
        tokens: Header<String>,
    ) -> poem::Result<Json<OwnComments>> {
        let (app, visitor) = caller::reader(request, &site_key).await?;
        let tokens = tokens_of(Some(tokens.as_str()))?;
        let found = comments::mine(app, &visitor, &tokens).await?;
        let (settings, now) = (visitor.site().settings(), app.clock.now());
        Ok(Json(OwnComments {
            comments: found
                .into_iter()
                .map(|(comment, thread)| OwnComment::new(comment, thread, settings, now))
                .collect(),
        }))
    }
}

/// The tokens of a `Parlour-Tokens` header.
fn tokens_of(header: Option<&str>) -> Result<Vec<&str>> {
    let tokens = header.unwrap_or_default().split(',').map(str::trim);
    let tokens: Vec<&str> = tokens.filter(|token| !token.is_empty()).collect();
    if tokens.len() > MOST_TOKENS {
        return Err(Error::refused(
            ErrorCode::InvalidParameter,
            format!("Send {MOST_TOKENS} tokens at most."),
        ));
    }
    Ok(tokens)
}

/// Where a page of a conversation lies.
///
/// # Errors
/// `invalid_parameter` for a cursor that was not given out, or more than one place.
pub fn place(sort: settings::Sort, after: Option<&str>, before: Option<&str>, around: Option<i64>) -> Result<Place> {
    let decode = |text: &str| -> Result<Cursor> {
        let cursor = Cursor::decode(text)?;
        if matches!(sort, settings::Sort::Oldest | settings::Sort::Newest) {
            cursor.time()?;
        }
        Ok(cursor)
    };
    match (after, before, around) {
        (None, None, None) => Ok(Place::Start),
        (Some(after), None, None) => Ok(Place::After(decode(after)?)),
        (None, Some(before), None) => Ok(Place::Before(decode(before)?)),
        (None, None, Some(number)) => Ok(Place::Around(number)),
        _ => Err(Error::refused(
            ErrorCode::InvalidParameter,
            "Name one of after, before and around.",
        )),
    }
}

/// A value that came in the address and not in the body.
pub fn parameter<T>(checked: Result<T>) -> Result<T> {
    checked.map_err(|error| match error {
        Error::Invalid(_) => Error::refused(ErrorCode::InvalidParameter, error.to_string()),
        other => other,
    })
}

fn idempotency_key_of(key: &str) -> Result<&str> {
    let plain = key
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'));
    if plain && (8..=128).contains(&key.len()) {
        return Ok(key);
    }
    Err(Error::refused(
        ErrorCode::InvalidParameter,
        "An Idempotency-Key has 8 to 128 letters, digits, dots, lines or dashes.",
    ))
}
