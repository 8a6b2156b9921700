//! Keys with which programs act for a tenant.

use poem::Request;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};
use sea_orm::prelude::Uuid;

use super::views::{ApiKeyMade, ApiKeyView, ApiKeys, NewApiKey};
use crate::accounts::keys::{self, Wish};
use crate::http::body::Body;
use crate::http::caller;
use crate::http::document::{Bearer, Tag};
use crate::tenants::Reach;
use crate::tenants::policy::Act;

pub struct Door;

#[derive(ApiResponse)]
pub enum Made {
    /// The key is in this answer and nowhere else.
    #[oai(status = 201)]
    Made(Json<ApiKeyMade>),
}

#[derive(ApiResponse)]
pub enum Revoked {
    /// Void from now on.
    #[oai(status = 204)]
    Revoked,
}

#[OpenApi(prefix_path = "/v1/admin/tenants", tag = "Tag::ApiKeys")]
impl Door {
    /// List API keys
    ///
    /// Those that are not revoked, the latest first. For owners and admins.
    #[oai(path = "/:tenant_id/api-keys", method = "get", operation_id = "api_key_list")]
    async fn api_key_list(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
    ) -> poem::Result<Json<ApiKeys>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::ManageKeys).await?;
        let keys = keys::list(app, &member).await?;
        Ok(Json(ApiKeys {
            api_keys: keys.into_iter().map(ApiKeyView::from).collect(),
        }))
    }

    /// Make an API key
    ///
    /// For owners and admins. A key is sent as `Authorization: Bearer parlour_...` and acts for whoever made it, within its scopes:
    /// `read`, then `write` (answers as the team), then `moderate`, then `admin` (sites and settings); each has what the ones before it
    /// have. People, keys and the record are for signed-in people alone.
    #[oai(path = "/:tenant_id/api-keys", method = "post", operation_id = "api_key_create")]
    async fn api_key_create(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        body: Body<NewApiKey>,
    ) -> poem::Result<Made> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::ManageKeys).await?;
        let NewApiKey {
            name,
            scopes,
            site_ids,
            expires_at,
        } = body.0;
        let wish = Wish {
            name,
            scopes: scopes.into_iter().map(Into::into).collect(),
            reach: Reach::of(site_ids),
            expires_at,
        };
        let (row, key) = keys::create(app, &member, wish).await?;
        Ok(Made::Made(Json(ApiKeyMade {
            api_key: row.into(),
            key,
        })))
    }

    /// Revoke an API key
    ///
    /// At once and for good. For owners and admins.
    #[oai(
        path = "/:tenant_id/api-keys/:api_key_id",
        method = "delete",
        operation_id = "api_key_revoke"
    )]
    async fn api_key_revoke(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        api_key_id: Path<Uuid>,
    ) -> poem::Result<Revoked> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::ManageKeys).await?;
        keys::revoke(app, &member, api_key_id.0).await?;
        Ok(Revoked::Revoked)
    }
}
