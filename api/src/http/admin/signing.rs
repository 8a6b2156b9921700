//! The key with which a site signs the ids of its conversations.

use poem::Request;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use sea_orm::prelude::Uuid;

use super::views::SigningKeyView;
use crate::http::caller;
use crate::http::document::{Bearer, Tag};
use crate::sites::signing;
use crate::tenants::policy::Act;

pub struct Door;

#[OpenApi(prefix_path = "/v1/admin/tenants", tag = "Tag::Sites")]
impl Door {
    /// Read a site's signing key
    ///
    /// Where only signed ids open conversations (`threads_open`), pages carry a signature that is made with this key
    /// when they are built. For owners and admins; keep it secret.
    #[oai(
        path = "/:tenant_id/sites/:site_id/signing-key",
        method = "get",
        operation_id = "signing_key_read"
    )]
    async fn signing_key_read(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        site_id: Path<Uuid>,
    ) -> poem::Result<Json<SigningKeyView>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::ManageSites).await?;
        Ok(Json(signing::key(app, &member, site_id.0).await?.into()))
    }

    /// Give a site another signing key
    ///
    /// What the key before has signed stays good until the next rotation. For owners and admins.
    #[oai(
        path = "/:tenant_id/sites/:site_id/signing-key",
        method = "post",
        operation_id = "signing_key_rotate"
    )]
    async fn signing_key_rotate(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        site_id: Path<Uuid>,
    ) -> poem::Result<Json<SigningKeyView>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::ManageSites).await?;
        Ok(Json(signing::rotate(app, &member, site_id.0).await?.into()))
    }
}
