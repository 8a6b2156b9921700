//! Tenants of the caller.

use poem::Request;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};
use sea_orm::prelude::Uuid;

use super::views::{TenantName, TenantView, Tenants};
use crate::http::body::Body;
use crate::http::caller;
use crate::http::document::{Bearer, Tag};
use crate::tenants::{self, policy::Act};
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
}
