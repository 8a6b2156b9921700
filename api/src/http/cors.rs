//! Cross-origin access to the visitor door (Fetch standard, CORS protocol): exact origins, no credentials, nothing for strangers.

use std::sync::Arc;

use poem::http::{HeaderValue, Method, StatusCode, header};
use poem::{Endpoint, IntoResponse, Request, Response};

use super::caller;
use super::layers::Notes;
use crate::error::{Error, ErrorCode};
use crate::sites;

/// Where the visitor door hangs.
const PREFIX: &str = "/v1/sites/";

const METHODS: HeaderValue = HeaderValue::from_static("GET, POST");
const HEADERS: HeaderValue = HeaderValue::from_static("Content-Type, Idempotency-Key, Parlour-Tokens");
const EXPOSED: HeaderValue =
    HeaderValue::from_static("ETag, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, X-Request-Id");
/// Two hours: the longest that Chromium keeps a preflight's answer.
const MAX_AGE: HeaderValue = HeaderValue::from_static("7200");

/// Answers preflights to the visitor door, and passes everything else on.
pub async fn preflights<E: Endpoint<Output = Response>>(doors: Arc<E>, request: Request) -> poem::Result<Response> {
    let site_key = request
        .uri()
        .path()
        .strip_prefix(PREFIX)
        .and_then(|rest| rest.split('/').next());
    let (Some(site_key), &Method::OPTIONS) = (site_key, request.method()) else {
        return doors.call(request).await;
    };
    let app = caller::app(&request)?;
    let origin = request.header(header::ORIGIN).unwrap_or_default();
    if !sites::lists_origin(app, site_key, origin).await? {
        return Err(Error::refused(
            ErrorCode::OriginNotAllowed,
            "This page is not among the site's origins.",
        )
        .into());
    }
    Notes::of(&request).origin.set(origin.to_owned()).ok();
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS);
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    Ok(response)
}

/// Lets the page that was admitted read its answer, refusals included. To a stranger, nothing says so.
pub fn expose(path: &str, response: &mut Response, notes: &Notes) {
    if !path.starts_with(PREFIX) {
        return;
    }
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    if let Some(Ok(origin)) = notes.origin.get().map(|origin| HeaderValue::from_str(origin)) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
}
