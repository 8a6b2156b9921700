//! Votes on comments, reactions to pages, reports, and the token by which a reader is the same one as before.

use poem::Request;
use poem_openapi::param::{Header, Path};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};
use sea_orm::prelude::Uuid;

use super::tokens_of;
use super::views::{Cast, NewReaction, NewReport, NewVote, Reactions, ReaderToken, Reported, VotesView};
use crate::app::App;
use crate::config::Budget;
use crate::error::{Error, FieldCode, Result};
use crate::http::body::Body;
use crate::http::caller;
use crate::http::document::Tag;
use crate::moderation::reports;
use crate::sites::{Purpose, Visitor};
use crate::votes::{self, Second, Vote, reader};

pub struct Door;

#[derive(ApiResponse)]
pub enum ReaderAnswer {
    /// Keep it in the page's own storage.
    #[oai(status = 201)]
    Opened(Json<ReaderToken>),
}

#[derive(ApiResponse)]
pub enum ReportAnswer {
    /// A moderator will see it.
    #[oai(status = 202)]
    Taken(Json<Reported>),
}

#[OpenApi(prefix_path = "/v1/sites", tag = "Tag::Visitor")]
impl Door {
    /// Ask for a reader's token
    ///
    /// A random identity of this site alone, signed. Ask for it once, before the first vote, reaction or report, keep it in the
    /// page's own storage and send it in `Parlour-Tokens`: without one, a reader is known by his network and only for the day, and
    /// everybody there is one voter.
    #[oai(path = "/:site_key/reader", method = "post", operation_id = "reader_open")]
    async fn reader_open(&self, request: &Request, site_key: Path<String>) -> poem::Result<ReaderAnswer> {
        let app = caller::app(request)?;
        let visitor = caller::visitor(
            app,
            request,
            &site_key,
            Purpose::Write,
            app.config.limit_reader,
            "reader",
        )
        .await?;
        let token = reader::open(app, &visitor);
        Ok(ReaderAnswer::Opened(Json(ReaderToken { token })))
    }

    /// Vote on a comment
    ///
    /// One vote a reader and comment: another one takes its place, 0 takes it back, the same one again changes nothing.
    #[oai(
        path = "/:site_key/comments/:comment_id/vote",
        method = "put",
        operation_id = "vote_cast"
    )]
    async fn vote_cast(
        &self,
        request: &Request,
        site_key: Path<String>,
        comment_id: Path<Uuid>,
        /// Up to 20 tokens, separated by commas: the reader's, and those of his own comments, which he cannot vote on.
        #[oai(name = "Parlour-Tokens")]
        tokens: Header<Option<String>>,
        body: Body<NewVote>,
    ) -> poem::Result<Json<Cast>> {
        let app = caller::app(request)?;
        let visitor = caller::visitor(app, request, &site_key, Purpose::Write, app.config.limit_vote, "vote").await?;
        let tokens = tokens_of(tokens.0.as_deref())?;
        let vote = Vote::of(body.0.value)
            .ok_or_else(|| Error::invalid("/value", FieldCode::OutOfRange, "A vote is 1, 0 or -1."))?;
        let budget = app.config.limit_vote_comment;
        of_one_network(app, request, &visitor, budget, "vote_comment", comment_id.0).await?;
        let comment = votes::cast(app, &visitor, &tokens, comment_id.0, vote, Second::Replaces).await?;
        Ok(Json(Cast {
            value: body.0.value,
            votes: VotesView {
                up: comment.up_votes,
                down: comment.down_votes,
            },
        }))
    }

    /// React to a page
    ///
    /// One reaction of each kind a reader. A page that nobody has commented on can be reacted to as well.
    #[oai(path = "/:site_key/thread/reaction", method = "put", operation_id = "reaction_set")]
    async fn reaction_set(
        &self,
        request: &Request,
        site_key: Path<String>,
        /// Up to 20 tokens, separated by commas; one of them the reader's.
        #[oai(name = "Parlour-Tokens")]
        tokens: Header<Option<String>>,
        body: Body<NewReaction>,
    ) -> poem::Result<Json<Reactions>> {
        let app = caller::app(request)?;
        let visitor = caller::visitor(app, request, &site_key, Purpose::Write, app.config.limit_vote, "vote").await?;
        let tokens = tokens_of(tokens.0.as_deref())?;
        let NewReaction { thread, kind, on } = body.0;
        let site = visitor.site();
        let address = site
            .address(thread.id.as_deref(), thread.url.as_deref())?
            .signed(thread.signature);
        let title = thread.title.as_deref();
        let reacted = votes::react(app, &visitor, &tokens, &address, title, &kind, on).await?;
        Ok(Json(Reactions::new(reacted, site.settings())))
    }

    /// Report a comment
    ///
    /// One report a reader and comment; again is no error. With as many as the site asks for, the comment waits for a moderator.
    #[oai(
        path = "/:site_key/comments/:comment_id/reports",
        method = "post",
        operation_id = "comment_report"
    )]
    async fn comment_report(
        &self,
        request: &Request,
        site_key: Path<String>,
        comment_id: Path<Uuid>,
        /// Up to 20 tokens, separated by commas; one of them the reader's.
        #[oai(name = "Parlour-Tokens")]
        tokens: Header<Option<String>>,
        body: Body<NewReport>,
    ) -> poem::Result<ReportAnswer> {
        let app = caller::app(request)?;
        let visitor = caller::visitor(
            app,
            request,
            &site_key,
            Purpose::Write,
            app.config.limit_report,
            "report",
        )
        .await?;
        let tokens = tokens_of(tokens.0.as_deref())?;
        let budget = app.config.limit_report_comment;
        of_one_network(app, request, &visitor, budget, "report_comment", comment_id.0).await?;
        let NewReport { reason, note } = body.0;
        reports::take(app, &visitor, &tokens, comment_id.0, reason.into(), note.as_deref()).await?;
        Ok(ReportAnswer::Taken(Json(Reported {})))
    }
}

/// Counts what one network says of one comment: a reader is free to make himself more names, and not more networks.
async fn of_one_network(
    app: &App,
    request: &Request,
    visitor: &Visitor,
    budget: Budget,
    what: &str,
    comment_id: Uuid,
) -> Result<()> {
    let who = format!("{comment_id}:{}", caller::limit_network(app, request));
    caller::spend(app, request, budget, what, &visitor.site().row().key, &who).await
}
