//! What an author does with his own comments.

use poem::Request;
use poem_openapi::OpenApi;
use poem_openapi::param::{Header, Path};
use poem_openapi::payload::Json;
use sea_orm::prelude::Uuid;

use super::tokens_of;
use super::views::{ChangedComment, CommentChange, TakenBack};
use crate::comments::author::{self, By, Edit};
use crate::http::body::Body;
use crate::http::caller;
use crate::http::document::Tag;

pub struct Door;

#[OpenApi(prefix_path = "/v1/sites", tag = "Tag::Visitor")]
impl Door {
    /// Edit one's own comment
    ///
    /// For the site's `edit_minutes` after it was posted, by its token. The whole check runs again: the answer's `state` may have
    /// become `pending`. The same text again changes nothing.
    #[oai(
        path = "/:site_key/comments/:comment_id",
        method = "patch",
        operation_id = "comment_edit"
    )]
    async fn comment_edit(
        &self,
        request: &Request,
        site_key: Path<String>,
        comment_id: Path<Uuid>,
        /// Up to 20 tokens, separated by commas; one of them the comment's.
        #[oai(name = "Parlour-Tokens")]
        tokens: Header<Option<String>>,
        body: Body<CommentChange>,
    ) -> poem::Result<Json<ChangedComment>> {
        let (app, visitor) = caller::author(request, &site_key).await?;
        let tokens = tokens_of(tokens.0.as_deref())?;
        let edit = Edit {
            text: body.0.text,
            ..Edit::default()
        };
        let changed = author::edit(app, By::Tokens(&visitor, &tokens), comment_id.0, &edit).await?;
        Ok(Json(ChangedComment::new(
            changed,
            visitor.site().settings(),
            app.clock.now(),
        )))
    }

    /// Take back one's own comment
    ///
    /// For the site's `edit_minutes` after it was posted, by its token. While replies stand under it, its place stays.
    #[oai(
        path = "/:site_key/comments/:comment_id",
        method = "delete",
        operation_id = "comment_delete"
    )]
    async fn comment_delete(
        &self,
        request: &Request,
        site_key: Path<String>,
        comment_id: Path<Uuid>,
        /// Up to 20 tokens, separated by commas; one of them the comment's.
        #[oai(name = "Parlour-Tokens")]
        tokens: Header<Option<String>>,
    ) -> poem::Result<Json<TakenBack>> {
        let (app, visitor) = caller::author(request, &site_key).await?;
        let tokens = tokens_of(tokens.0.as_deref())?;
        let taken = author::take_back(app, By::Tokens(&visitor, &tokens), comment_id.0).await?;
        Ok(Json(TakenBack::new(taken, visitor.site().settings(), app.clock.now())))
    }

    /// Bring back one's own comment
    ///
    /// Until `restorable_until` of `comment_delete`, and only what its author deleted himself. It has the state again that it had.
    #[oai(
        path = "/:site_key/comments/:comment_id/restore",
        method = "post",
        operation_id = "comment_restore"
    )]
    async fn comment_restore(
        &self,
        request: &Request,
        site_key: Path<String>,
        comment_id: Path<Uuid>,
        /// Up to 20 tokens, separated by commas; one of them the comment's.
        #[oai(name = "Parlour-Tokens")]
        tokens: Header<Option<String>>,
    ) -> poem::Result<Json<ChangedComment>> {
        let (app, visitor) = caller::author(request, &site_key).await?;
        let tokens = tokens_of(tokens.0.as_deref())?;
        let changed = author::restore(app, By::Tokens(&visitor, &tokens), comment_id.0).await?;
        Ok(Json(ChangedComment::new(
            changed,
            visitor.site().settings(),
            app.clock.now(),
        )))
    }
}
