//! The people who write on a tenant's sites.

use poem::Request;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use sea_orm::prelude::Uuid;

use super::comments::search_words;
use super::views::{CommenterDecided, CommenterDecision, CommenterRecord, CommenterView, Commenters, DecidedOne};
use crate::commenters::list::{self, Cursor, Filter};
use crate::error::Result;
use crate::http::body::Body;
use crate::http::caller;
use crate::http::document::{Bearer, Tag};
use crate::moderation;
use crate::tenants::policy::Act;

pub struct Door;

#[OpenApi(prefix_path = "/v1/admin/tenants", tag = "Tag::Comments")]
impl Door {
    /// List commenters
    ///
    /// Who writes on the sites within the caller's reach, the team aside; those last seen first. Who wrote within the last minute may not
    /// be there yet.
    #[oai(path = "/:tenant_id/commenters", method = "get", operation_id = "commenter_list")]
    #[expect(clippy::too_many_arguments, reason = "one for each parameter of the operation")]
    async fn commenter_list(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        site_id: Query<Option<Uuid>>,
        /// Part of the name in any case, or a whole mail address; up to 100 characters.
        q: Query<Option<String>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))] limit: Query<Option<u64>>,
    ) -> poem::Result<Json<Commenters>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::Look).await?;
        let filter = Filter {
            site_id: site_id.0,
            words: search_words(q.0)?,
            after: after.0.as_deref().map(Cursor::decode).transpose()?,
            limit: limit.unwrap_or(25).clamp(1, 100),
        };
        let (found, more) = list::list(app, &member, &filter).await?;
        let next = found.last().filter(|_| more);
        Ok(Json(Commenters {
            next: next.map(|looked| Cursor::of(&looked.commenter).encode()),
            commenters: found.into_iter().map(Into::into).collect(),
        }))
    }

    /// Read a commenter
    ///
    /// How many comments he has in each state, and where else he writes. The comments themselves are in `comment_list`, by `author`.
    #[oai(
        path = "/:tenant_id/sites/:site_id/commenters/:author_hash",
        method = "get",
        operation_id = "commenter_read"
    )]
    async fn commenter_read(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        site_id: Path<Uuid>,
        author_hash: Path<String>,
    ) -> poem::Result<Json<CommenterRecord>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::Look).await?;
        let (looked, elsewhere) = list::read(app, &member, site_id.0, &author_hash).await?;
        Ok(Json(CommenterRecord {
            commenter: looked.into(),
            elsewhere: elsewhere.into_iter().map(CommenterView::from).collect(),
        }))
    }

    /// Decide about all comments of a commenter
    ///
    /// `publish` those that wait, `hold` those that are published, `reject` and `spam` those of either kind, `delete` all. 500 in one call,
    /// the latest first; to undo, decide for each `previous_state` with `comment_decide`.
    #[oai(
        path = "/:tenant_id/sites/:site_id/commenters/:author_hash/decisions",
        method = "post",
        operation_id = "commenter_decide"
    )]
    async fn commenter_decide(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        site_id: Path<Uuid>,
        author_hash: Path<String>,
        body: Body<CommenterDecision>,
    ) -> poem::Result<Json<CommenterDecided>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::Moderate).await?;
        let (decided, more) = decide(app, &member, site_id.0, &author_hash, body.0).await?;
        Ok(Json(CommenterDecided { results: decided, more }))
    }
}

async fn decide(
    app: &crate::app::App,
    member: &crate::tenants::Member,
    site_id: Uuid,
    author_hash: &str,
    asked: CommenterDecision,
) -> Result<(Vec<DecidedOne>, bool)> {
    let (decided, more) = moderation::decide_all(app, member, site_id, author_hash, asked.decision.into()).await?;
    let results = decided.into_iter().map(|(comment, before)| DecidedOne {
        id: comment.id,
        state: comment.state.into(),
        previous_state: before.into(),
    });
    Ok((results.collect(), more))
}
