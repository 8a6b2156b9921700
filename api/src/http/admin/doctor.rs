//! What keeps a site's pages from showing comments, and what the site would look like with other settings.

use poem::Request;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::types::Any;
use poem_openapi::{ApiResponse, OpenApi};
use sea_orm::prelude::Uuid;
use serde_json::Value;

use super::views::{PageCheck, PageToCheck, SiteChange, Troubles};
use crate::http::body::Body;
use crate::http::document::{Bearer, Tag};
use crate::http::{caller, sample};
use crate::sites::{self, check, troubles};
use crate::tenants::policy::Act;

pub struct Door;

#[derive(ApiResponse)]
pub enum Dismissed {
    /// Off the list.
    #[oai(status = 204)]
    Dismissed,
}

#[OpenApi(prefix_path = "/v1/admin/tenants", tag = "Tag::Sites")]
impl Door {
    /// List troubles
    ///
    /// What keeps pages of the site from showing comments, as far as it was seen here: refused origins, wrong keys, policies that
    /// block, mixed content, scripts without an element. Those that were seen last come first; two hundred at most are kept.
    #[oai(
        path = "/:tenant_id/sites/:site_id/troubles",
        method = "get",
        operation_id = "trouble_list"
    )]
    async fn trouble_list(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        site_id: Path<Uuid>,
    ) -> poem::Result<Json<Troubles>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::Look).await?;
        let site = sites::of_member(app, &member, site_id.0).await?;
        let told = troubles::list(app, &site).await?;
        Ok(Json(Troubles {
            troubles: told.into_iter().map(Into::into).collect(),
        }))
    }

    /// Dismiss a trouble
    ///
    /// It comes back when it is seen again. For owners and admins.
    #[oai(
        path = "/:tenant_id/sites/:site_id/troubles/:trouble_id",
        method = "delete",
        operation_id = "trouble_dismiss"
    )]
    async fn trouble_dismiss(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        site_id: Path<Uuid>,
        trouble_id: Path<Uuid>,
    ) -> poem::Result<Dismissed> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::ManageSites).await?;
        troubles::dismiss(app, &member, site_id.0, trouble_id.0).await?;
        Ok(Dismissed::Dismissed)
    }

    /// Look at a page
    ///
    /// Loads a page of one of the site's origins, without running its scripts, and tells what is in the way of comments. Only
    /// public addresses are asked. For owners and admins.
    #[oai(
        path = "/:tenant_id/sites/:site_id/check",
        method = "post",
        operation_id = "site_check"
    )]
    async fn site_check(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        site_id: Path<Uuid>,
        body: Body<PageToCheck>,
    ) -> poem::Result<Json<PageCheck>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::ManageSites).await?;
        let who = member.tenant_id().to_string();
        caller::spend(app, request, app.config.limit_check, "check", "tenant", &who).await?;
        let checked = check::check(app, &member, site_id.0, &body.0.url).await?;
        Ok(Json(checked.into()))
    }

    /// Preview settings
    ///
    /// A conversation made up for the purpose, as `thread_read` would send it with these settings; what is absent is as it is set
    /// now. Nothing is changed.
    #[oai(
        path = "/:tenant_id/sites/:site_id/preview",
        method = "post",
        operation_id = "site_preview"
    )]
    async fn site_preview(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        site_id: Path<Uuid>,
        /// The language of what is said in it: `de`, or else English.
        lang: Query<Option<String>>,
        body: Body<SiteChange>,
    ) -> poem::Result<Json<Any<Value>>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::Look).await?;
        let site = sites::of_member(app, &member, site_id.0).await?;
        let SiteChange { name, settings } = body.0;
        let settings = match settings {
            Some(changes) => &sites::changed(site.settings(), &changes.into_value())?,
            None => site.settings(),
        };
        let name = name.as_deref().unwrap_or(&site.row().name);
        let page = sample::page(app, name, settings, lang.0.as_deref().unwrap_or_default()).await?;
        Ok(Json(Any(page)))
    }
}
