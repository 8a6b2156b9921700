//! Links by which a member moderates a comment without signing in.

use poem::Request;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use sea_orm::prelude::Uuid;

use super::views::CommentLinks;
use crate::http::caller;
use crate::http::document::{Bearer, Tag};
use crate::moderation::links;
use crate::tenants::policy::Act;

pub struct Door;

#[OpenApi(prefix_path = "/v1/admin/tenants", tag = "Tag::Comments")]
impl Door {
    /// Make links that moderate a comment
    ///
    /// For a mail or a chat: each works once, for a week, and as long as the caller may moderate. Whoever has one can use it.
    #[oai(
        path = "/:tenant_id/comments/:comment_id/links",
        method = "post",
        operation_id = "comment_links"
    )]
    async fn comment_links(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        comment_id: Path<Uuid>,
    ) -> poem::Result<Json<CommentLinks>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::Moderate).await?;
        let made = links::make(app, &member, comment_id.0).await?;
        Ok(Json(CommentLinks::new(&app.config.public_url, &made)))
    }
}
