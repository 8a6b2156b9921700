//! The moderators' queue.

use std::collections::HashMap;

use poem::Request;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};
use sea_orm::prelude::Uuid;

use super::sites::id_cursor;
use super::views::{
    AdminComment, AdminComments, Answer, CommentChange, CommentRecord, CommentState, Decided, DecidedOne,
    DecisionRequest, EventView,
};
use crate::accounts;
use crate::error::{Error, ErrorCode, FieldCode, Result};
use crate::http::body::Body;
use crate::http::caller;
use crate::http::document::{Bearer, Tag};
use crate::moderation::{self, Change, Filter, MOST_DECISIONS};
use crate::tenants::policy::Act;

/// Longest search, in characters.
const SEARCH: usize = 100;

pub struct Door;

#[derive(ApiResponse)]
pub enum Answered {
    /// Published, with the team's badge.
    #[oai(status = 201)]
    Published(Json<AdminComment>),
}

#[OpenApi(prefix_path = "/v1/admin/tenants", tag = "Tag::Comments")]
impl Door {
    /// List comments
    ///
    /// Of all the tenant's sites within the caller's reach, newest first.
    #[oai(path = "/:tenant_id/comments", method = "get", operation_id = "comment_list")]
    #[expect(clippy::too_many_arguments, reason = "one for each parameter of the operation")]
    async fn comment_list(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        state: Query<Option<CommentState>>,
        site_id: Query<Option<Uuid>>,
        /// Only those of one conversation.
        thread_id: Query<Option<Uuid>>,
        /// Only those of one author, by `author_hash`.
        author: Query<Option<String>>,
        /// Only those that readers have reported since a moderator last decided.
        reported: Query<Option<bool>>,
        /// Part of the text, the author's name, website or mail address, in any case; up to 100 characters.
        q: Query<Option<String>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))] limit: Query<Option<u64>>,
    ) -> poem::Result<Json<AdminComments>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::Look).await?;
        let filter = Filter {
            state: state.0.map(Into::into),
            site_id: site_id.0,
            thread_id: thread_id.0,
            author: author.0,
            reported: reported.0.unwrap_or(false),
            words: search_words(q.0)?,
            after: after.0.as_deref().map(id_cursor).transpose()?,
            limit: limit.unwrap_or(25).clamp(1, 100),
        };
        let (found, more) = moderation::list(app, &member, &filter).await?;
        let next = found
            .last()
            .filter(|_| more)
            .map(|looked| looked.comment.id.to_string());
        Ok(Json(AdminComments {
            comments: found.into_iter().map(Into::into).collect(),
            next,
        }))
    }

    /// Read a comment and its history
    #[oai(
        path = "/:tenant_id/comments/:comment_id",
        method = "get",
        operation_id = "comment_read"
    )]
    async fn comment_read(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        comment_id: Path<Uuid>,
    ) -> poem::Result<Json<CommentRecord>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::Look).await?;
        let (looked, events) = moderation::read(app, &member, comment_id.0).await?;
        let mut ids: Vec<Uuid> = events.iter().filter_map(|event| event.account_id).collect();
        ids.sort_unstable();
        ids.dedup();
        let names: HashMap<Uuid, String> = accounts::names(app, ids).await?.into_iter().collect();
        let events = events.into_iter().map(|event| EventView::new(event, &names)).collect();
        Ok(Json(CommentRecord {
            comment: looked.into(),
            events,
        }))
    }

    /// Decide about comments
    ///
    /// All of them or, if one is absent, none. To undo, decide for the `previous_state`. A decision settles what readers reported,
    /// also one for the state that a comment has.
    #[oai(path = "/:tenant_id/decisions", method = "post", operation_id = "comment_decide")]
    async fn comment_decide(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        body: Body<DecisionRequest>,
    ) -> poem::Result<Json<Decided>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::Moderate).await?;
        let ids = &body.0.ids;
        if ids.is_empty() || ids.len() > MOST_DECISIONS {
            let code = if ids.is_empty() {
                FieldCode::Required
            } else {
                FieldCode::TooMany
            };
            return Err(Error::invalid("/ids", code, format!("Name 1 to {MOST_DECISIONS} comments.")).into());
        }
        let decided = moderation::decide(app, &member, ids, body.0.decision.into()).await?;
        let results = decided.into_iter().map(|(comment, before)| DecidedOne {
            id: comment.id,
            state: comment.state.into(),
            previous_state: before.into(),
        });
        Ok(Json(Decided {
            results: results.collect(),
        }))
    }

    /// Edit a comment
    ///
    /// What it was stays in its history.
    #[oai(
        path = "/:tenant_id/comments/:comment_id",
        method = "patch",
        operation_id = "comment_revise"
    )]
    async fn comment_revise(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        comment_id: Path<Uuid>,
        body: Body<CommentChange>,
    ) -> poem::Result<Json<AdminComment>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::Moderate).await?;
        let CommentChange {
            text,
            author_name,
            author_website,
        } = body.0;
        let looked = moderation::revise(
            app,
            &member,
            comment_id.0,
            Change {
                text,
                author_name,
                author_website,
            },
        )
        .await?;
        Ok(Json(looked.into()))
    }

    /// Answer as the team
    ///
    /// A published reply with the team's badge.
    #[oai(
        path = "/:tenant_id/comments/:comment_id/replies",
        method = "post",
        operation_id = "comment_answer"
    )]
    async fn comment_answer(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        comment_id: Path<Uuid>,
        body: Body<Answer>,
    ) -> poem::Result<Answered> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::Answer).await?;
        let looked = moderation::answer(app, &member, comment_id.0, &body.0.text, body.0.publish).await?;
        Ok(Answered::Published(Json(looked.into())))
    }
}

/// What is searched for, if anything.
pub fn search_words(typed: Option<String>) -> Result<Option<String>> {
    let words = typed
        .map(|words| words.trim().to_owned())
        .filter(|words| !words.is_empty());
    if words.as_ref().is_some_and(|words| words.chars().count() > SEARCH) {
        let detail = format!("A search may have {SEARCH} characters.");
        return Err(Error::refused(ErrorCode::InvalidParameter, detail));
    }
    Ok(words)
}
