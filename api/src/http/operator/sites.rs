//! Sites of the platform: found, looked at, shut.

use poem::Request;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use sea_orm::prelude::Uuid;

use super::views::{NewSuspension, SiteView, Sites};
use super::{operator, page};
use crate::http::body::Body;
use crate::http::document::{Bearer, Tag};
use crate::operators::search;
use crate::sites::suspension;

pub struct Door;

#[OpenApi(prefix_path = "/v1/operator", tag = "Tag::Operator")]
impl Door {
    /// Find sites
    ///
    /// The latest first.
    #[oai(path = "/sites", method = "get", operation_id = "site_search")]
    #[expect(clippy::too_many_arguments, reason = "the parameters of a list")]
    async fn site_search(
        &self,
        request: &Request,
        _bearer: Bearer,
        /// A part of the name or of an origin, the whole key, or the id.
        q: Query<Option<String>>,
        /// Only those of one tenant.
        tenant_id: Query<Option<Uuid>>,
        /// Only those that are suspended, or that are not.
        suspended: Query<Option<bool>>,
        /// `next` of the page before.
        before: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))] limit: Query<Option<u64>>,
    ) -> poem::Result<Json<Sites>> {
        let (app, operator) = operator(request).await?;
        let page = page(q.0, suspended.0, before.0.as_deref(), limit.0)?;
        let (found, more) = search::sites(app, &operator, tenant_id.0, &page).await?;
        let next = found.last().filter(|_| more).map(|one| one.site.id.to_string());
        Ok(Json(Sites {
            sites: found.into_iter().map(SiteView::from).collect(),
            next,
        }))
    }

    /// Look at a site
    #[oai(path = "/sites/:site_id", method = "get", operation_id = "site_inspect")]
    async fn site_inspect(
        &self,
        request: &Request,
        _bearer: Bearer,
        site_id: Path<Uuid>,
    ) -> poem::Result<Json<SiteView>> {
        let (app, operator) = operator(request).await?;
        Ok(Json(search::site(app, &operator, site_id.0).await?.into()))
    }

    /// Suspend a site
    ///
    /// Its readers see its comments without a form (`site_read_only`), or nothing (`site_suspended`), at once and on all nodes.
    #[oai(path = "/sites/:site_id/suspension", method = "put", operation_id = "site_suspend")]
    async fn site_suspend(
        &self,
        request: &Request,
        _bearer: Bearer,
        site_id: Path<Uuid>,
        body: Body<NewSuspension>,
    ) -> poem::Result<Json<SiteView>> {
        let (app, operator) = operator(request).await?;
        let NewSuspension { shows, reason } = body.0;
        suspension::suspend(app, &operator, site_id.0, shows.into(), &reason).await?;
        Ok(Json(search::site(app, &operator, site_id.0).await?.into()))
    }

    /// Resume a site
    #[oai(path = "/sites/:site_id/suspension", method = "delete", operation_id = "site_resume")]
    async fn site_resume(
        &self,
        request: &Request,
        _bearer: Bearer,
        site_id: Path<Uuid>,
    ) -> poem::Result<Json<SiteView>> {
        let (app, operator) = operator(request).await?;
        suspension::resume(app, &operator, site_id.0).await?;
        Ok(Json(search::site(app, &operator, site_id.0).await?.into()))
    }
}
