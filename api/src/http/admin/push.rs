//! Browsers that are told of comments (Web Push). Each member chooses for his own.

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use poem::Request;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};
use sea_orm::prelude::Uuid;

use super::session::{Done, user_agent};
use super::views::{NewPushDevice, PushDevice, PushDevices};
use crate::http::body::Body;
use crate::http::caller::{self, spend};
use crate::http::document::{Bearer, Tag};
use crate::job::Locale;
use crate::watching::devices::{self, New};

/// Browsers write their keys without padding; some libraries with it.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

pub struct Door;

#[derive(ApiResponse)]
pub enum Added {
    /// It is told from now on.
    #[oai(status = 201)]
    Added(Json<PushDevice>),
}

#[derive(ApiResponse)]
pub enum Tried {
    /// A message is on its way.
    #[oai(status = 202)]
    OnItsWay,
}

#[OpenApi(prefix_path = "/v1/admin/me/push", tag = "Tag::Session")]
impl Door {
    /// Which of my browsers are told of comments?
    ///
    /// And the key that a browser asks its push service for.
    #[oai(path = "/", method = "get", operation_id = "push_list")]
    async fn push_list(&self, request: &Request, _bearer: Bearer) -> poem::Result<Json<PushDevices>> {
        let app = caller::app(request)?;
        let caller = caller::signed_in(app, request).await?;
        let (public_key, rows) = devices::list(app, &caller).await?;
        let devices = rows.into_iter().map(PushDevice::from).collect();
        Ok(Json(PushDevices { public_key, devices }))
    }

    /// Have a browser of mine told of comments
    ///
    /// Of all sites that I may moderate. A browser that is there already is told what this call says from now on; the eleventh takes the
    /// place of the oldest.
    #[oai(path = "/", method = "post", operation_id = "push_add")]
    async fn push_add(&self, request: &Request, _bearer: Bearer, body: Body<NewPushDevice>) -> poem::Result<Added> {
        let app = caller::app(request)?;
        let caller = caller::signed_in(app, request).await?;
        let who = caller.account().id.to_string();
        spend(app, request, app.config.limit_edit, "push", "account", &who).await?;
        let NewPushDevice {
            endpoint,
            keys,
            wants,
            locale,
        } = body.0;
        let new = New {
            endpoint,
            public_key: BASE64.decode(&keys.p256dh).unwrap_or_default(),
            auth: BASE64.decode(&keys.auth).unwrap_or_default(),
            wants: wants.into(),
            name: user_agent(request).unwrap_or_default().to_owned(),
            locale: locale.map(|tag| Locale::of(Some(&tag))),
        };
        let row = devices::put(app, &caller, new).await?;
        Ok(Added::Added(Json(row.into())))
    }

    /// Tell a browser of mine nothing any more
    #[oai(path = "/:device_id", method = "delete", operation_id = "push_remove")]
    async fn push_remove(&self, request: &Request, _bearer: Bearer, device_id: Path<Uuid>) -> poem::Result<Done> {
        let app = caller::app(request)?;
        let caller = caller::signed_in(app, request).await?;
        devices::remove(app, &caller, device_id.0).await?;
        Ok(Done::Done)
    }

    /// Send a browser of mine something to look at
    #[oai(path = "/:device_id/test", method = "post", operation_id = "push_test")]
    async fn push_test(&self, request: &Request, _bearer: Bearer, device_id: Path<Uuid>) -> poem::Result<Tried> {
        let app = caller::app(request)?;
        let caller = caller::signed_in(app, request).await?;
        let who = caller.account().id.to_string();
        spend(app, request, app.config.limit_edit, "push", "account", &who).await?;
        devices::try_out(app, &caller, device_id.0).await?;
        Ok(Tried::OnItsWay)
    }
}
