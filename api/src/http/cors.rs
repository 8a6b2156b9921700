//! Cross-origin access to the visitor door (Fetch standard, CORS protocol): exact origins, no credentials, nothing for strangers.

use std::sync::Arc;

use poem::http::{HeaderValue, Method, StatusCode, header};
use poem::{Endpoint, IntoResponse, Request, Response};

use super::caller;
use super::layers::Notes;
use crate::app::App;
use crate::error::{Error, ErrorCode};
use crate::sites;

/// Where the visitor door hangs.
pub const PREFIX: &str = "/v1/sites/";

const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE");
const HEADERS: HeaderValue = HeaderValue::from_static("Content-Type, Idempotency-Key, Parlour-Tokens");
const EXPOSED: HeaderValue =
    HeaderValue::from_static("ETag, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, X-Request-Id");
/// Two hours: the longest that Chromium keeps a preflight's answer.
const MAX_AGE: HeaderValue = HeaderValue::from_static("7200");

/// Answers preflights to the visitor door, and sees to it that a page of the site can read why it was refused, however early.
pub async fn around_sites<E: Endpoint<Output = Response>>(doors: Arc<E>, request: Request) -> poem::Result<Response> {
    let Some(rest) = request.uri().path().strip_prefix(PREFIX) else {
        return doors.call(request).await;
    };
    let site_key = rest.split('/').next().unwrap_or_default().to_owned();
    let origin = caller::origin(&request).unwrap_or_default().to_owned();
    let app = Arc::clone(caller::app(&request)?);
    let notes = Notes::of(&request);
    if request.method() == Method::OPTIONS {
        return preflight(&app, &notes, &site_key, origin).await;
    }
    let outcome = doors.call(request).await;
    // Refused before the door looked who it is: a body that is no JSON, a parameter out of bounds.
    if outcome.is_err()
        && notes.origin.get().is_none()
        && sites::lists_origin(&app, &site_key, &origin).await.unwrap_or(false)
    {
        notes.origin.set(origin).ok();
    }
    outcome
}

async fn preflight(app: &App, notes: &Notes, site_key: &str, origin: String) -> poem::Result<Response> {
    if !sites::lists_origin(app, site_key, &origin).await? {
        return Err(Error::refused(
            ErrorCode::OriginNotAllowed,
            "This page is not among the site's origins.",
        )
        .into());
    }
    notes.origin.set(origin).ok();
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
    headers
        .entry(header::VARY)
        .or_insert(HeaderValue::from_static("Origin"));
    if let Some(Ok(origin)) = notes.origin.get().map(|origin| HeaderValue::from_str(origin)) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
}
