//! What readers reported.

use poem::Request;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use sea_orm::prelude::Uuid;

use super::views::Reports;
use crate::http::caller;
use crate::http::document::{Bearer, Tag};
use crate::moderation::reports;
use crate::tenants::policy::Act;

pub struct Door;

#[OpenApi(prefix_path = "/v1/admin/tenants", tag = "Tag::Comments")]
impl Door {
    /// Read the reports of a comment
    ///
    /// Newest first, the latest 200, those that are settled by a decision included. Who reported is not kept.
    #[oai(
        path = "/:tenant_id/comments/:comment_id/reports",
        method = "get",
        operation_id = "comment_reports"
    )]
    async fn comment_reports(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        comment_id: Path<Uuid>,
    ) -> poem::Result<Json<Reports>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::Look).await?;
        let found = reports::of_comment(app, &member, comment_id.0).await?;
        Ok(Json(Reports {
            reports: found.into_iter().map(Into::into).collect(),
        }))
    }
}
