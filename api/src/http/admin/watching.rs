//! What a member is told of by mail. Each chooses for himself alone.

use poem::Request;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use sea_orm::prelude::Uuid;

use super::sites::id_cursor;
use super::views::{Watching, WatchingChoice, WatchingList, WatchingOfSite};
use crate::http::body::Body;
use crate::http::caller;
use crate::http::document::{Bearer, Tag};
use crate::job::Locale;
use crate::tenants::policy::Act;
use crate::watching;

pub struct Door;

#[OpenApi(prefix_path = "/v1/admin/tenants", tag = "Tag::Sites")]
impl Door {
    /// List what one is told by mail
    ///
    /// Of each site within the caller's reach, oldest first.
    #[oai(path = "/:tenant_id/watching", method = "get", operation_id = "watching_list")]
    async fn watching_list(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        /// `next` of the page before.
        after: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))] limit: Query<Option<u64>>,
    ) -> poem::Result<Json<WatchingList>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::Watch).await?;
        let after = after.0.as_deref().map(id_cursor).transpose()?;
        let (sites, more) = watching::list(app, &member, after, limit.unwrap_or(50).clamp(1, 100)).await?;
        let next = sites.last().filter(|_| more).map(|(site, _)| site.id().to_string());
        Ok(Json(WatchingList {
            mailed: app.mailer.is_configured(),
            failing: watching::failing(app, &member).await?.map(Into::into),
            sites: sites.iter().map(WatchingOfSite::from).collect(),
            next,
        }))
    }

    /// What is one told of a site?
    ///
    /// And how many members are told of it.
    #[oai(
        path = "/:tenant_id/sites/:site_id/watching",
        method = "get",
        operation_id = "watching_read"
    )]
    async fn watching_read(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        site_id: Path<Uuid>,
    ) -> poem::Result<Json<Watching>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::Watch).await?;
        let (wants, watchers) = watching::read(app, &member, site_id.0).await?;
        Ok(Json(Watching {
            wants: wants.into(),
            watchers: u32::try_from(watchers).unwrap_or(u32::MAX),
            mailed: app.mailer.is_configured(),
        }))
    }

    /// Choose what one is told of a site
    ///
    /// Nobody is told anything who has not chosen it, but for whoever made the site.
    #[oai(
        path = "/:tenant_id/sites/:site_id/watching",
        method = "put",
        operation_id = "watching_set"
    )]
    async fn watching_set(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        site_id: Path<Uuid>,
        body: Body<WatchingChoice>,
    ) -> poem::Result<Json<Watching>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::Watch).await?;
        let WatchingChoice { wants, locale } = body.0;
        let locale = locale.map(|tag| Locale::of(Some(&tag)));
        watching::choose(app, &member, site_id.0, wants.into(), locale).await?;
        let (wants, watchers) = watching::read(app, &member, site_id.0).await?;
        Ok(Json(Watching {
            wants: wants.into(),
            watchers: u32::try_from(watchers).unwrap_or(u32::MAX),
            mailed: app.mailer.is_configured(),
        }))
    }
}
