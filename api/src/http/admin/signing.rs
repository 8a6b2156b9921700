//! The keys of a site that its owner may know: for the ids of its conversations, and for who its readers are.

use poem::Request;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use sea_orm::prelude::Uuid;

use super::views::{SignInKeyView, SigningKeyView};
use crate::http::caller;
use crate::http::document::{Bearer, Tag};
use crate::sites::signing::{self, Purpose};
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
        Ok(Json(
            signing::key(app, &member, site_id.0, Purpose::Threads).await?.into(),
        ))
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
        Ok(Json(
            signing::rotate(app, &member, site_id.0, Purpose::Threads).await?.into(),
        ))
    }
    /// Read a site's sign-in key
    ///
    /// With it a site says who its readers are (`sign_in`): its pages carry a token (JWT, HS256) that is signed with this key, as text.
    /// For owners and admins; keep it secret.
    #[oai(
        path = "/:tenant_id/sites/:site_id/sign-in-key",
        method = "get",
        operation_id = "sign_in_key_read"
    )]
    async fn sign_in_key_read(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        site_id: Path<Uuid>,
    ) -> poem::Result<Json<SignInKeyView>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::ManageSites).await?;
        let key = signing::key(app, &member, site_id.0, Purpose::SignIn).await?;
        Ok(Json(key.into()))
    }

    /// Give a site another sign-in key
    ///
    /// Tokens of the key before stay good until the next rotation. For owners and admins.
    #[oai(
        path = "/:tenant_id/sites/:site_id/sign-in-key",
        method = "post",
        operation_id = "sign_in_key_rotate"
    )]
    async fn sign_in_key_rotate(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        site_id: Path<Uuid>,
    ) -> poem::Result<Json<SignInKeyView>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::ManageSites).await?;
        let key = signing::rotate(app, &member, site_id.0, Purpose::SignIn).await?;
        Ok(Json(key.into()))
    }
}
