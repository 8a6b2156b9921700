//! Reading a body as Isso does: JSON whatever its type is called, where a page of the site sends it.

use poem::{Request, RequestBody};
use poem_openapi::registry::{MetaRequest, Registry};
use poem_openapi::types::Type;
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{Error, ErrorCode, Result};
use crate::http::{body, caller};

/// A JSON body. With `GUARDED`, a type that is named must be `application/json`: no page can send that across origins without a
/// preflight. A request without a type cannot come from a form, and Isso takes it.
pub struct Body<T, const GUARDED: bool>(pub T);

impl<'a, T: Type + DeserializeOwned, const GUARDED: bool> ApiExtractor<'a> for Body<T, GUARDED> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        body::documented("application/json", T::schema_ref(), true)
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        if GUARDED {
            guard(request)?;
        }
        Ok(Body(body::object(read(request, body).await?)?))
    }
}

/// # Errors
/// `unsupported_media_type` for what a form could have sent.
pub fn guard(request: &Request) -> Result<()> {
    let is_json = |sent: &str| sent.trim_start().to_ascii_lowercase().starts_with("application/json");
    match request.content_type() {
        Some(sent) if !is_json(sent) => Err(Error::refused(
            ErrorCode::UnsupportedMediaType,
            "Send the body with Content-Type: application/json.",
        )),
        _ => Ok(()),
    }
}

/// # Errors
/// `payload_too_large`, `malformed_request`, `invalid_input`.
pub async fn read(request: &Request, body: &mut RequestBody) -> poem::Result<Value> {
    let bytes = body::bounded(request, body, caller::app(request)?.config.body_limit).await?;
    Ok(body::value(&bytes)?)
}
