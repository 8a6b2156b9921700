//! What every request goes through: an id, a log line, a net for panics, safe headers, refusals in one form.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use poem::http::{HeaderValue, Method, StatusCode, header};
use poem::{Endpoint, Request, Response};
use poem_openapi::OperationId;

use super::working::Place;
use super::{caller, cors, isso, mail, methods, problem};
use crate::error::{Budgeted, Error, ErrorCode};

/// Longest path and query, in bytes.
const LONGEST_URI: usize = 8 * 1024;

/// Longest header fields, in bytes, all together. The server stops reading at 32 KiB and can then say no more than 431; below
/// that, a refusal has the form of every other.
const LONGEST_HEADERS: usize = 24 * 1024;

/// What the doors note about a request while they serve it: for its log line and its headers.
#[derive(Debug, Default)]
pub struct Notes {
    /// The origin that was let in, for CORS.
    pub origin: OnceLock<String>,
    /// Key of the site it was about.
    pub site: OnceLock<String>,
    /// Its place among what is worked on.
    pub place: Place,
    budget: Mutex<Option<Budgeted>>,
}

impl Notes {
    pub fn of(request: &Request) -> Arc<Notes> {
        request.data::<Arc<Notes>>().cloned().unwrap_or_default()
    }

    pub fn set_budget(&self, budget: Budgeted) {
        *self.budget.lock().unwrap_or_else(PoisonError::into_inner) = Some(budget);
    }

    fn budget(&self) -> Option<Budgeted> {
        *self.budget.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Serves one request: never fails, never panics, always logs.
pub async fn guard<E: Endpoint<Output = Response>>(routes: Arc<E>, mut request: Request) -> poem::Result<Response> {
    let started = tokio::time::Instant::now();
    let request_id = format!("{:016x}", rand::random::<u64>());
    let notes = Arc::new(Notes::default());
    request.set_data(Arc::clone(&notes));
    let app = caller::app(&request).ok().map(Arc::clone);
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());

    let outcome = match head_fault(&request) {
        Some(fault) => Err(fault),
        None => AssertUnwindSafe(routes.call(request))
            .catch_unwind()
            .await
            .unwrap_or_else(|_| Err(Error::internal("a handler panicked").into()))
            .map_err(problem::from_poem),
    };
    let code = outcome.as_ref().err().map(|error| error.code().name());
    let mut response = outcome.unwrap_or_else(|error| {
        if let Error::Internal(cause) | Error::Unavailable(cause) | Error::Again(cause) = &error {
            tracing::error!(request_id, cause, "failed");
        }
        match isso::is_api(&path) {
            true => problem::response_of_isso(&error, &request_id),
            false => problem::response(&error, &request_id),
        }
    });
    // Isso sends none, and its door says what Isso says.
    if response.status() == StatusCode::METHOD_NOT_ALLOWED && !isso::is_api(&path) {
        let own = path.parse().ok().and_then(|uri| isso::own_api(&uri));
        let of_the_document = || methods::allowed(own.as_ref().map_or(&*path, |uri| uri.path()));
        let allowed = mail::methods(&path).unwrap_or_else(of_the_document);
        response
            .headers_mut()
            .insert(header::ALLOW, HeaderValue::from_static(allowed));
    }
    finish(&mut response, &path, &request_id, &notes);
    // Asked at the end: it may have been told meanwhile.
    if app.is_some_and(|app| app.is_stopping()) {
        // Whoever keeps connections asks another node next, instead of one that may be gone when he does.
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
    }
    log(
        &method,
        &mail::without_key(&path).unwrap_or_else(|| isso::without_key(&path)),
        &response,
        &request_id,
        &notes,
        code,
        started.elapsed(),
    );
    Ok(response)
}

fn head_fault(request: &Request) -> Option<Error> {
    let headers = request.headers().iter();
    if headers
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum::<usize>()
        > LONGEST_HEADERS
    {
        return Some(Error::refused(
            ErrorCode::HeadersTooLarge,
            format!("Headers may have {LONGEST_HEADERS} bytes."),
        ));
    }
    let uri = request.uri();
    if uri.path().len() + uri.query().map_or(0, str::len) > LONGEST_URI {
        return Some(Error::refused(
            ErrorCode::UriTooLong,
            format!("An address may have {LONGEST_URI} bytes."),
        ));
    }
    // No value here can hold U+0000, and PostgreSQL could not store it.
    let nul = uri.path().contains("%00") || uri.query().is_some_and(|query| query.contains("%00"));
    nul.then(|| Error::refused(ErrorCode::InvalidParameter, "U+0000 has no place in an address."))
}

fn finish(response: &mut Response, path: &str, request_id: &str, notes: &Notes) {
    cors::expose(path, response, notes);
    // Not on what shared caches keep: there it would be somebody else's budget.
    let shared = response
        .headers()
        .get(header::CACHE_CONTROL)
        .is_some_and(|value| value.as_bytes().starts_with(b"public"));
    if let Some(budget) = notes.budget()
        && !shared
        && !response.headers().contains_key("ratelimit-limit")
    {
        problem::show_budget(response, &budget);
    }
    let headers = response.headers_mut();
    headers.insert(
        "x-request-id",
        HeaderValue::from_str(request_id).unwrap_or(HeaderValue::from_static("-")),
    );
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let mut unless_set = |name: header::HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    unless_set(
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'",
    );
    unless_set(header::REFERRER_POLICY, "no-referrer");
    unless_set(header::CACHE_CONTROL, "no-store");
}

/// One line an interaction: what was asked, of which site, and what came of it. No query, no text, no address.
fn log(
    method: &Method,
    path: &str,
    response: &Response,
    request_id: &str,
    notes: &Notes,
    code: Option<&str>,
    took: Duration,
) {
    let operation = response.data::<OperationId>().map_or("-", |operation| operation.0);
    let site = notes.site.get().map_or("-", String::as_str);
    let status = response.status().as_u16();
    let ms = took.as_secs_f64() * 1000.0;
    let quiet = matches!(path, "/healthz" | "/readyz");
    if quiet {
        tracing::debug!(request_id, %method, path, status, ms, "request");
    } else {
        tracing::info!(request_id, %method, path, operation, site, status, code = code.unwrap_or("-"), ms, "request");
    }
}
