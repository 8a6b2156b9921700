//! Sites of a tenant: settings, origins, and whether the snippet works.

use poem::Request;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};
use sea_orm::prelude::Uuid;

use super::views::{
    Installation, NewOrigin, NewSite, OriginView, SettingsChange, SiteChange, SiteView, Sites, StandingView,
};
use crate::app::App;
use crate::error::{Error, ErrorCode, Result};
use crate::http::body::Body;
use crate::http::caller;
use crate::http::document::{Bearer, Tag};
use crate::moderation;
use crate::sites::{self, Site, bounds, lives};
use crate::tenants::policy::Act;

/// Refused origins that are shown.
const REFUSED: u64 = 50;

pub struct Door;

#[derive(ApiResponse)]
pub enum SiteMade {
    /// Made.
    #[oai(status = 201)]
    Made(Json<SiteView>),
}

#[derive(ApiResponse)]
pub enum OriginAdded {
    /// On the list.
    #[oai(status = 201)]
    Added(Json<OriginView>),
}

#[derive(ApiResponse)]
pub enum OriginRemoved {
    /// Off the list.
    #[oai(status = 204)]
    Removed,
}

#[OpenApi(prefix_path = "/v1/admin/tenants", tag = "Tag::Sites")]
impl Door {
    /// List sites
    ///
    /// Those within the caller's reach, oldest first.
    #[oai(path = "/:tenant_id/sites", method = "get", operation_id = "site_list")]
    async fn site_list(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        /// Only those that stand so; without it, all that are not deleted.
        standing: Query<Option<StandingView>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))] limit: Query<Option<u64>>,
    ) -> poem::Result<Json<Sites>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::Look).await?;
        let after = after.0.as_deref().map(id_cursor).transpose()?;
        let standing = standing.0.map(Into::into);
        let limit = limit.unwrap_or(50).clamp(1, 100);
        let (sites, more) = sites::list(app, &member, standing, after, limit).await?;
        let next = sites.last().filter(|_| more).map(|site| site.id().to_string());
        Ok(Json(Sites {
            sites: views(app, &sites).await?,
            next,
        }))
    }

    /// Create a site
    ///
    /// For owners and admins. What is not chosen is as the operators have it for new sites (`bound_current`). The answer has the snippet
    /// to paste.
    #[oai(path = "/:tenant_id/sites", method = "post", operation_id = "site_create")]
    async fn site_create(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        body: Body<NewSite>,
    ) -> poem::Result<SiteMade> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::ManageSites).await?;
        let NewSite {
            name,
            origins,
            settings,
        } = body.0;
        let changes = settings.map(SettingsChange::into_value);
        let settings = bounds::for_new_site(app, changes.as_ref()).await?;
        let site = sites::create(app, &member, &name, &origins, settings).await?;
        Ok(SiteMade::Made(Json(SiteView::new(&app.config, &site, 0, 0)?)))
    }

    /// Read a site
    ///
    /// Also one that is deleted and not erased yet.
    #[oai(path = "/:tenant_id/sites/:site_id", method = "get", operation_id = "site_read")]
    async fn site_read(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        site_id: Path<Uuid>,
    ) -> poem::Result<Json<SiteView>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::Look).await?;
        let site = sites::also_deleted(app, &member, site_id.0).await?;
        Ok(Json(view(app, site).await?))
    }

    /// Change a site
    ///
    /// Its name and settings; what is absent stays. For owners and admins.
    #[oai(path = "/:tenant_id/sites/:site_id", method = "patch", operation_id = "site_update")]
    async fn site_update(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        site_id: Path<Uuid>,
        body: Body<SiteChange>,
    ) -> poem::Result<Json<SiteView>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::ManageSites).await?;
        let SiteChange { name, settings } = body.0;
        let changes = settings.map(SettingsChange::into_value);
        let site = sites::update(app, &member, site_id.0, name.as_deref(), changes.as_ref()).await?;
        Ok(Json(view(app, site).await?))
    }

    /// Delete a site
    ///
    /// For its readers it is gone at once. Until `erase_at` an owner can bring it back as it was; then all of it is erased. For owners.
    #[oai(path = "/:tenant_id/sites/:site_id", method = "delete", operation_id = "site_delete")]
    async fn site_delete(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        site_id: Path<Uuid>,
    ) -> poem::Result<Json<SiteView>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::Dispose).await?;
        let site = lives::delete(app, &member, site_id.0).await?;
        Ok(Json(view(app, site).await?))
    }

    /// Allow an origin
    ///
    /// For owners and admins.
    #[oai(
        path = "/:tenant_id/sites/:site_id/origins",
        method = "post",
        operation_id = "origin_add"
    )]
    async fn origin_add(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        site_id: Path<Uuid>,
        body: Body<NewOrigin>,
    ) -> poem::Result<OriginAdded> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::ManageSites).await?;
        let origin = sites::add_origin(app, &member, site_id.0, &body.0.origin).await?;
        Ok(OriginAdded::Added(Json(OriginView::new(&origin))))
    }

    /// Take an origin off the list
    ///
    /// Its pages stop showing the comments at once. For owners and admins.
    #[oai(
        path = "/:tenant_id/sites/:site_id/origins/:origin_id",
        method = "delete",
        operation_id = "origin_remove"
    )]
    async fn origin_remove(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        site_id: Path<Uuid>,
        origin_id: Path<Uuid>,
    ) -> poem::Result<OriginRemoved> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::ManageSites).await?;
        sites::remove_origin(app, &member, site_id.0, origin_id.0).await?;
        Ok(OriginRemoved::Removed)
    }

    /// Does the snippet work?
    ///
    /// When each origin was last seen, and which others asked in vain. Ask every few seconds to see it live.
    #[oai(
        path = "/:tenant_id/sites/:site_id/installation",
        method = "get",
        operation_id = "installation_read"
    )]
    async fn installation_read(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        site_id: Path<Uuid>,
    ) -> poem::Result<Json<Installation>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::Look).await?;
        let site = sites::of_member(app, &member, site_id.0).await?;
        let refused = sites::refused(app, &site, REFUSED).await?;
        let former_keys = sites::keys::list(app, &site).await?;
        Ok(Json(Installation {
            origins: site.origins().map(OriginView::new).collect(),
            refused: refused.into_iter().map(Into::into).collect(),
            former_keys: former_keys.into_iter().map(Into::into).collect(),
        }))
    }
}

pub async fn view(app: &App, site: Site) -> Result<SiteView> {
    views(app, &[site]).await?.pop().ok_or_else(|| Error::not_found("site"))
}

async fn views(app: &App, sites: &[Site]) -> Result<Vec<SiteView>> {
    let ids: Vec<Uuid> = sites.iter().map(Site::id).collect();
    let published = moderation::published_counts(app, &ids).await?;
    let pending = moderation::pending_counts(app, &ids).await?;
    let of = |counts: &std::collections::HashMap<Uuid, i64>, site: &Site| counts.get(&site.id()).copied().unwrap_or(0);
    sites
        .iter()
        .map(|site| SiteView::new(&app.config, site, of(&published, site), of(&pending, site)))
        .collect()
}

/// A place in a list that is ordered by id.
pub fn id_cursor(text: &str) -> Result<Uuid> {
    text.parse().map_err(|_| {
        Error::refused(
            ErrorCode::InvalidParameter,
            "The cursor is not one that this service gave out.",
        )
    })
}
