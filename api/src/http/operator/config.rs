//! What holds on this node, and who said so.

use poem::Request;
use poem_openapi::OpenApi;
use poem_openapi::payload::Json;

use super::operator;
use super::views::{ConfigView, Setting};
use crate::http::document::{Bearer, Tag};

pub struct Door;

#[OpenApi(prefix_path = "/v1/operator/config", tag = "Tag::Operator")]
impl Door {
    /// Read the settings in force
    ///
    /// Those of the node that answers, which only its file and its environment can change. Never a secret: keys and passwords are hidden.
    #[oai(path = "/", method = "get", operation_id = "config_read")]
    async fn config_read(&self, request: &Request, _bearer: Bearer) -> poem::Result<Json<ConfigView>> {
        let (app, _) = operator(request).await?;
        Ok(Json(ConfigView {
            settings: app.config.told().into_iter().map(Setting::from).collect(),
        }))
    }
}
