//! What every request goes through: an id, a log line, a net for panics, safe headers, refusals in one form.

use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use poem::http::{HeaderValue, Method, StatusCode, header};
use poem::{Endpoint, Request, Response};
use poem_openapi::OperationId;
use tracing::Instrument;

use super::working::Place;
use super::{caller, cors, isso, mail, methods, problem};
use crate::app::App;
use crate::error::{Budgeted, Error, ErrorCode};
use crate::infra::metrics::{During, metrics};
use crate::infra::{network, traces};

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
    let _in_flight = During::new(&metrics().http.in_flight);
    let request_id = id_of(&request);
    let span = traces::request(&request_id, name_of(request.method()), trace_of(&request));
    let notes = Arc::new(Notes::default());
    request.set_data(Arc::clone(&notes));
    let app = caller::app(&request).ok().map(Arc::clone);
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());

    // Of an answer that is an error, the operation stands with the error.
    let mut refused = None;
    let outcome = match head_fault(&request) {
        Some(fault) => Err(fault),
        None => AssertUnwindSafe(routes.call(request))
            .catch_unwind()
            .instrument(span.clone())
            .await
            .unwrap_or_else(|_| Err(Error::internal("a handler panicked").into()))
            .map_err(|error| {
                refused = error.data::<OperationId>().map(|operation| operation.0);
                problem::from_poem(error)
            }),
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
    let operation = response.data::<OperationId>().map(|operation| operation.0).or(refused);
    let (status, took) = (response.status().as_u16(), started.elapsed());
    let shown = mail::without_key(&path).unwrap_or_else(|| isso::without_key(&path));
    let counted = operation.unwrap_or_else(|| pages_of(&path));
    metrics().http.answered(counted, name_of(&method), status, took);
    traces::answered(&span, counted, &shown, status, code);
    log(&method, &shown, operation, status, &request_id, &notes, code, took);
    Ok(response)
}

/// Says of an error in which operation it happened, as poem-openapi does for those that come by way of it.
pub fn of_operation(error: impl Into<poem::Error>, operation: &'static str) -> poem::Error {
    let mut error = error.into();
    error.set_data(OperationId(operation));
    error
}

/// Longest id of a request that is taken over.
const LONGEST_ID: usize = 64;

/// The id that a proxy of ours gave the request, if it is one that a log can hold, or a fresh one.
fn id_of(request: &Request) -> String {
    let given = request.headers().get("x-request-id");
    let given = given.and_then(|id| id.to_str().ok()).filter(|id| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        (1..=LONGEST_ID).contains(&id.len()) && id.bytes().all(plain)
    });
    match given {
        Some(id) if is_of_proxy(request) => id.to_owned(),
        _ => format!("{:016x}", rand::random::<u64>()),
    }
}

/// The trace that a proxy of ours began for the request. Readers send what they like.
fn trace_of(request: &Request) -> Option<&str> {
    let parent = request.headers().get("traceparent")?.to_str().ok()?;
    is_of_proxy(request).then_some(parent)
}

/// Whether the request came by a proxy that is trusted.
fn is_of_proxy(request: &Request) -> bool {
    let peer = request.remote_addr().as_socket_addr().map(SocketAddr::ip);
    let app = request.data::<Arc<App>>();
    peer.zip(app)
        .is_some_and(|(peer, app)| network::is_within(peer, &app.config.trusted_proxies))
}

/// A method as a label: there are as many as stand here.
fn name_of(method: &Method) -> &'static str {
    const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
    METHODS
        .into_iter()
        .find(|name| *name == method.as_str())
        .unwrap_or("other")
}

/// Pages and files as a label: what they are of, where the document has no operation for them.
fn pages_of(path: &str) -> &'static str {
    match path.split('/').nth(1).unwrap_or_default() {
        "healthz" | "readyz" => "health",
        "embed.js" | "count.js" | "embed" => "embed",
        "admin" => "admin_ui",
        "docs" | "openapi.json" | "openapi.yaml" => "docs",
        "demo" => "demo",
        "mail" => "mail_links",
        "isso" => "isso",
        "preview" => "preview",
        "" | "pages.css" | "thread.css" | ".well-known" => "pages",
        _ => "unknown",
    }
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
#[expect(clippy::too_many_arguments, reason = "what the line has")]
fn log(
    method: &Method,
    path: &str,
    operation: Option<&str>,
    status: u16,
    request_id: &str,
    notes: &Notes,
    code: Option<&str>,
    took: Duration,
) {
    let operation = operation.unwrap_or("-");
    let site = notes.site.get().map_or("-", String::as_str);
    let ms = took.as_secs_f64() * 1000.0;
    let quiet = matches!(path, "/healthz" | "/readyz");
    if quiet {
        tracing::debug!(request_id, %method, path, status, ms, "request");
    } else {
        tracing::info!(request_id, %method, path, operation, site, status, code = code.unwrap_or("-"), ms, "request");
    }
}
