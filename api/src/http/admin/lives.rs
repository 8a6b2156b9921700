//! Sites as they come and go: put away, moved, brought back, under another key, with the settings of others.

use poem::Request;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};
use sea_orm::prelude::Uuid;

use super::sites::view;
use super::views::{CopiedSettings, KeyRotation, SettingDifference, SettingsCopy, SiteMove, SiteView};
use crate::error::{Error, FieldCode, Result};
use crate::http::body::Body;
use crate::http::caller;
use crate::http::document::{Bearer, Tag};
use crate::sites::copying::{self, Wish};
use crate::sites::settings::Section;
use crate::sites::{keys, lives, moving};
use crate::tenants::policy::Act;

pub struct Door;

#[derive(ApiResponse)]
pub enum KeyEnded {
    /// It leads nowhere any more.
    #[oai(status = 204)]
    Ended,
}

#[OpenApi(prefix_path = "/v1/admin/tenants", tag = "Tag::Sites")]
impl Door {
    /// Archive a site
    ///
    /// Its conversations are shown, and nothing can be added to them. For owners and admins.
    #[oai(
        path = "/:tenant_id/sites/:site_id/archive",
        method = "post",
        operation_id = "site_archive"
    )]
    async fn site_archive(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        site_id: Path<Uuid>,
    ) -> poem::Result<Json<SiteView>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::ManageSites).await?;
        let site = lives::archive(app, &member, site_id.0, true).await?;
        Ok(Json(view(app, site).await?))
    }

    /// Take a site out of the archive
    ///
    /// Its settings hold again. For owners and admins.
    #[oai(
        path = "/:tenant_id/sites/:site_id/reopen",
        method = "post",
        operation_id = "site_reopen"
    )]
    async fn site_reopen(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        site_id: Path<Uuid>,
    ) -> poem::Result<Json<SiteView>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::ManageSites).await?;
        let site = lives::archive(app, &member, site_id.0, false).await?;
        Ok(Json(view(app, site).await?))
    }

    /// Bring a deleted site back
    ///
    /// For owners.
    #[oai(
        path = "/:tenant_id/sites/:site_id/restore",
        method = "post",
        operation_id = "site_restore"
    )]
    async fn site_restore(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        site_id: Path<Uuid>,
    ) -> poem::Result<Json<SiteView>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::Dispose).await?;
        let site = lives::restore(app, &member, site_id.0).await?;
        Ok(Json(view(app, site).await?))
    }

    /// Move a site to another tenant
    ///
    /// With all that was said there. Its public key stays; moderators who were limited to it, invitations and API keys of the former
    /// tenant reach it no more. For who owns both tenants.
    #[oai(
        path = "/:tenant_id/sites/:site_id/move",
        method = "post",
        operation_id = "site_move"
    )]
    async fn site_move(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        site_id: Path<Uuid>,
        body: Body<SiteMove>,
    ) -> poem::Result<Json<SiteView>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::Dispose).await?;
        let target = caller::member(app, request, body.0.tenant_id, Act::Dispose).await?;
        let site = moving::move_to(app, &member, &target, site_id.0).await?;
        Ok(Json(view(app, site).await?))
    }

    /// Give a site another public key
    ///
    /// Pages, feeds and clients that name the key of today go on until `ends_at`; `installation_read` tells who still does. For owners and
    /// admins.
    #[oai(
        path = "/:tenant_id/sites/:site_id/keys",
        method = "post",
        operation_id = "site_key_rotate"
    )]
    async fn site_key_rotate(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        site_id: Path<Uuid>,
        body: Body<KeyRotation>,
    ) -> poem::Result<Json<SiteView>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::ManageSites).await?;
        let site = keys::rotate(app, &member, site_id.0, body.0.ends_at).await?;
        Ok(Json(view(app, site).await?))
    }

    /// End a former key
    ///
    /// Pages that still name it stop showing the comments at once. For owners and admins.
    #[oai(
        path = "/:tenant_id/sites/:site_id/keys/:key_id",
        method = "delete",
        operation_id = "site_key_end"
    )]
    async fn site_key_end(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        site_id: Path<Uuid>,
        key_id: Path<Uuid>,
    ) -> poem::Result<KeyEnded> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::ManageSites).await?;
        keys::end(app, &member, site_id.0, key_id.0).await?;
        Ok(KeyEnded::Ended)
    }

    /// Copy settings from another site
    ///
    /// Whole sections of them, but for secrets. For owners and admins.
    #[oai(
        path = "/:tenant_id/sites/:site_id/settings/copy",
        method = "post",
        operation_id = "site_settings_copy"
    )]
    async fn site_settings_copy(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        site_id: Path<Uuid>,
        body: Body<SettingsCopy>,
    ) -> poem::Result<Json<CopiedSettings>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::ManageSites).await?;
        let SettingsCopy {
            from,
            sections,
            preview,
        } = body.0;
        let sections = sections
            .iter()
            .enumerate()
            .map(|(place, section)| section.meant().ok_or_else(|| no_section(place)))
            .collect::<Result<Vec<Section>>>()?;
        let wish = Wish {
            from,
            sections: &sections,
        };
        let (site, differences) = match preview {
            true => copying::preview(app, &member, site_id.0, wish).await?,
            false => copying::copy(app, &member, site_id.0, wish).await?,
        };
        Ok(Json(CopiedSettings {
            preview,
            differences: SettingDifference::all(differences),
            site: view(app, site).await?,
        }))
    }
}

fn no_section(place: usize) -> Error {
    Error::invalid(
        &format!("/sections/{place}"),
        FieldCode::Invalid,
        "There is no section of this name.",
    )
}
