//! Cross-origin access to the visitor door (Fetch standard, CORS protocol): exact origins, no credentials, nothing for strangers.

use std::sync::Arc;

use poem::http::{HeaderValue, Method, StatusCode, header};
use poem::{Endpoint, IntoResponse, Request, Response};

use super::layers::Notes;
use super::{caller, isso};
use crate::app::App;
use crate::error::{Error, ErrorCode};
use crate::sites;

/// Where the visitor door hangs.
pub const PREFIX: &str = "/v1/sites/";

const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE");
const HEADERS: HeaderValue = HeaderValue::from_static("Content-Type, Idempotency-Key, Parlour-Tokens");
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "Date, ETag, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, X-Request-Id",
);
/// At Isso's door, what its client needs; with credentials, as that sends cookies.
const ISSO_METHODS: HeaderValue = HeaderValue::from_static("HEAD, GET, POST, PUT, DELETE");
const ISSO_HEADERS: HeaderValue = HeaderValue::from_static("Origin, Referer, Content-Type, Parlour-Tokens");
const ISSO_EXPOSED: HeaderValue = HeaderValue::from_static(
    "X-Set-Cookie, Date, ETag, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, X-Request-Id",
);
/// Two hours: the longest that Chromium keeps a preflight's answer.
const MAX_AGE: HeaderValue = HeaderValue::from_static("7200");

/// Answers preflights to the visitor door, and sees to it that a page of the site can read why it was refused, however early.
pub async fn around_sites<E: Endpoint<Output = Response>>(doors: Arc<E>, request: Request) -> poem::Result<Response> {
    let Some(site_key) = site_of(request.uri().path()).map(str::to_owned) else {
        return doors.call(request).await;
    };
    let of_isso = isso::is_api(request.uri().path());
    let origin = caller::origin(&request).unwrap_or_default().to_owned();
    let app = Arc::clone(caller::app(&request)?);
    let notes = Notes::of(&request);
    if request.method() == Method::OPTIONS {
        return match of_isso {
            // Whoever asks without a page gets what Isso says; there is nothing in it.
            true if origin.is_empty() => Ok(as_isso(StatusCode::OK.into_response())),
            _ => preflight(&app, &notes, &site_key, origin, of_isso).await,
        };
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

/// The key of the site whose readers' pages a path is for.
fn site_of(path: &str) -> Option<&str> {
    match path.strip_prefix(PREFIX) {
        Some(rest) => rest.split('/').next(),
        None => isso::parts(path).map(|(site_key, _)| site_key),
    }
}

async fn preflight(app: &App, notes: &Notes, site_key: &str, origin: String, of_isso: bool) -> poem::Result<Response> {
    if !sites::lists_origin(app, site_key, &origin).await? {
        return Err(Error::refused(
            ErrorCode::OriginNotAllowed,
            "This page is not among the site's origins.",
        )
        .into());
    }
    notes.origin.set(origin).ok();
    let (status, methods, allowed) = match of_isso {
        true => (StatusCode::OK, ISSO_METHODS, ISSO_HEADERS),
        false => (StatusCode::NO_CONTENT, METHODS, HEADERS),
    };
    let mut response = status.into_response();
    if of_isso {
        response = as_isso(response);
    }
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods);
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, allowed);
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    Ok(response)
}

/// Isso says of which type its empty answer is.
fn as_isso(response: Response) -> Response {
    response.with_content_type("text/plain").into_response()
}

/// Lets the page that was admitted read its answer, refusals included. To a stranger, nothing says so.
pub fn expose(path: &str, response: &mut Response, notes: &Notes) {
    let of_isso = isso::is_api(path);
    if site_of(path).is_none() {
        return;
    }
    let headers = response.headers_mut();
    headers
        .entry(header::VARY)
        .or_insert(HeaderValue::from_static("Origin"));
    if let Some(Ok(origin)) = notes.origin.get().map(|origin| HeaderValue::from_str(origin)) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            if of_isso { ISSO_EXPOSED } else { EXPOSED },
        );
        // As Isso has them: in every answer, not only to preflights.
        if of_isso {
            headers.insert(
                header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
                HeaderValue::from_static("true"),
            );
            headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, ISSO_METHODS);
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, ISSO_HEADERS);
        }
    }
}
