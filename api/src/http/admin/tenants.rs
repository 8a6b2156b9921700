//! Tenants of the caller.

use poem::Request;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};
use sea_orm::prelude::Uuid;

use super::views::{TenantName, TenantTransfer, TenantView, Tenants};
use crate::http::body::Body;
use crate::http::caller;
use crate::http::document::{Bearer, Tag};
use crate::http::download::Download;
use crate::tenants::policy::Act;
use crate::tenants::{self, lives};
use crate::transfer::export;
use ::entity::membership::Role;

pub struct Door;

#[derive(ApiResponse)]
pub enum TenantMade {
    /// Made, with the caller as its owner.
    #[oai(status = 201)]
    Made(Json<TenantView>),
}

#[OpenApi(prefix_path = "/v1/admin/tenants", tag = "Tag::Tenants")]
impl Door {
    /// Create a tenant
    #[oai(path = "/", method = "post", operation_id = "tenant_create")]
    async fn tenant_create(
        &self,
        request: &Request,
        _bearer: Bearer,
        body: Body<TenantName>,
    ) -> poem::Result<TenantMade> {
        let app = caller::app(request)?;
        let caller = caller::signed_in(app, request).await?;
        let tenant = tenants::create(app, caller.account().id, caller.network_hash(), &body.0.name).await?;
        Ok(TenantMade::Made(Json(TenantView::new(tenant, Role::Owner))))
    }

    /// List my tenants
    ///
    /// All that the caller is a member of, by name.
    #[oai(path = "/", method = "get", operation_id = "tenant_list")]
    async fn tenant_list(&self, request: &Request, _bearer: Bearer) -> poem::Result<Json<Tenants>> {
        let app = caller::app(request)?;
        let caller = caller::signed_in(app, request).await?;
        let tenants = tenants::list(app, caller.account().id).await?;
        Ok(Json(Tenants {
            tenants: tenants
                .into_iter()
                .map(|(tenant, role)| TenantView::new(tenant, role))
                .collect(),
        }))
    }

    /// Read a tenant
    #[oai(path = "/:tenant_id", method = "get", operation_id = "tenant_read")]
    async fn tenant_read(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
    ) -> poem::Result<Json<TenantView>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::Look).await?;
        Ok(Json(TenantView::new(tenants::read(app, &member).await?, member.role())))
    }

    /// Rename a tenant
    ///
    /// For owners and admins.
    #[oai(path = "/:tenant_id", method = "patch", operation_id = "tenant_update")]
    async fn tenant_update(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        body: Body<TenantName>,
    ) -> poem::Result<Json<TenantView>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::ManageTenant).await?;
        Ok(Json(TenantView::new(
            tenants::rename(app, &member, &body.0.name).await?,
            member.role(),
        )))
    }

    /// Delete a tenant
    ///
    /// With all its sites, which are gone for readers at once. API keys stop; members can still look. Until `erase_at` an owner can bring it
    /// back; then all of it is erased. For owners.
    #[oai(path = "/:tenant_id", method = "delete", operation_id = "tenant_delete")]
    async fn tenant_delete(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
    ) -> poem::Result<Json<TenantView>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::Dispose).await?;
        let row = lives::delete(app, &member).await?;
        Ok(Json(TenantView::new(row, member.role())))
    }

    /// Bring a deleted tenant back
    ///
    /// With the sites that went with it. For owners.
    #[oai(path = "/:tenant_id/restore", method = "post", operation_id = "tenant_restore")]
    async fn tenant_restore(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
    ) -> poem::Result<Json<TenantView>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::Dispose).await?;
        let row = lives::restore(app, &member).await?;
        Ok(Json(TenantView::new(row, member.role())))
    }

    /// Make another member the owner
    ///
    /// In one step, with which the caller becomes an admin if he wants to. For owners.
    #[oai(path = "/:tenant_id/transfer", method = "post", operation_id = "tenant_transfer")]
    async fn tenant_transfer(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        body: Body<TenantTransfer>,
    ) -> poem::Result<Json<TenantView>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::Dispose).await?;
        let TenantTransfer { account_id, step_down } = body.0;
        let row = lives::transfer(app, &member, account_id, step_down).await?;
        let role = match step_down {
            true => Role::Admin,
            false => member.role(),
        };
        Ok(Json(TenantView::new(row, role)))
    }

    /// Take everything out
    ///
    /// The tenant, its members, sites, conversations, comments, what happened to them, and the record, as lines of JSON
    /// (docs/export.md). Written while it is sent: it is as long in coming as it is large, and what changes meanwhile may be in it or not.
    /// The last line has the kind `end`; a file without it is not whole. For owners.
    #[oai(path = "/:tenant_id/export", method = "get", operation_id = "tenant_export")]
    async fn tenant_export(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
    ) -> poem::Result<Download<false>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::Dispose).await?;
        caller::spend_export(app, request, &member).await?;
        let pieces = export::of_tenant(app, &member).await?;
        Ok(Download::lines("parlour-tenant.ndjson", pieces))
    }
}
