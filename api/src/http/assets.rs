//! The built front ends, compiled into the binary: the embed, the admin UI, the demo's pages.

use poem::http::{HeaderMap, HeaderValue, StatusCode, header};
use poem::{IntoResponse, Request, Response, handler};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::{caller, conditional};
use crate::demo::SITE_KEY;
use crate::error::{Error, ErrorCode};
use crate::sites;

#[derive(RustEmbed)]
#[folder = "../admin-ui/dist"]
struct AdminUi;

#[derive(RustEmbed)]
#[folder = "../embed/dist"]
struct Embed;

#[derive(RustEmbed)]
#[folder = "demo"]
#[include = "*.html"]
#[include = "*.css"]
#[include = "*.svg"]
struct DemoPages;

/// Files with a hash in their name never change.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// The scripts keep their names: five minutes, then asked for again while the old one still serves.
const SHORTLY: &str = "public, max-age=300, stale-while-revalidate=86400";

/// Everything of one's own, nothing inline but the styles that carry the nonce of this very answer.
const ADMIN_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; \
    connect-src 'self'; font-src 'self'; manifest-src 'self'; frame-src 'self'; worker-src 'self'; base-uri 'none'; \
    form-action 'self'; frame-ancestors 'none'";

const DEMO_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// `/embed.js`, `/count.js`, and in `/embed/` the modules that are loaded after them.
#[handler]
pub fn embed(request: &Request) -> poem::Result<Response> {
    for_pages(request, request.uri().path().trim_start_matches('/'))
}

/// A file of the client's, for pages of any origin.
fn for_pages(request: &Request, name: &str) -> poem::Result<Response> {
    let media_type = match media_type(name) {
        "application/octet-stream" => return Err(Error::not_found("file").into()),
        known => known,
    };
    // The scripts name their parts by the version they were built with. While nodes of two versions serve, a part may be asked of
    // the other one: what it has is good for now, and no cache keeps it under that name.
    let caching = match request.uri().query().and_then(|query| query.strip_prefix("v=")) {
        Some(version) if name.contains('/') && is_ours(version) => FOREVER,
        Some(_) => "no-store",
        None => SHORTLY,
    };
    let mut response = serve::<Embed>(request.headers(), name, media_type, caching).ok_or_else(|| {
        let detail = if Embed::get("embed.js").is_some() {
            "The embed has no such file."
        } else {
            "The embed was not built into this binary; run make build."
        };
        Error::refused(ErrorCode::NotFound, detail)
    })?;
    // Pages of any origin load it, as a script or, which takes CORS, as a module; also those that ask for isolation (COEP).
    let headers = response.headers_mut();
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    Ok(response)
}

/// `/isso/{site_key}/js/...` and `/css/...`: the client in Isso's clothes, below the address that its pages name.
#[handler]
pub fn isso(request: &Request) -> poem::Result<Response> {
    let (_, file) = super::isso::parts(request.uri().path()).ok_or_else(|| Error::not_found("file"))?;
    let name = match file {
        "js/embed.min.js" | "js/embed.dev.js" => "isso/embed.min.js",
        "js/count.min.js" | "js/count.dev.js" => "isso/count.min.js",
        "css/isso.css" => "isso/isso.css",
        part => match part.strip_prefix("js/parts/") {
            Some(part) => &format!("isso/parts/{part}"),
            None => return Err(Error::not_found("file").into()),
        },
    };
    for_pages(request, name)
}

fn is_ours(version: &str) -> bool {
    Embed::get("version").is_some_and(|file| *file.data == *version.as_bytes())
}

/// `/admin/...`: a file, or else the page that finds its way by the address.
#[handler]
pub fn admin(request: &Request) -> poem::Result<Response> {
    let path = request.uri().path().strip_prefix("/admin/").unwrap_or_default();
    if path.starts_with("assets/") {
        return serve::<AdminUi>(request.headers(), path, media_type(path), FOREVER)
            .ok_or_else(|| Error::not_found("file").into());
    }
    if !path.is_empty()
        && !path.contains('/')
        && path.contains('.')
        && path != "index.html"
        && let Some(response) = serve::<AdminUi>(request.headers(), path, media_type(path), SHORTLY)
    {
        return Ok(response);
    }
    page("index.html")
}

/// A page of the admin UI's package, with a fresh nonce in it.
pub fn page(name: &str) -> poem::Result<Response> {
    let file = AdminUi::get(name).ok_or_else(|| {
        Error::refused(
            ErrorCode::NotFound,
            "The admin UI was not built into this binary; run make build.",
        )
    })?;
    let nonce = format!("{:032x}", rand::random::<u128>());
    let html = String::from_utf8_lossy(&file.data).replace("__CSP_NONCE__", &nonce);
    let mut response = html.with_content_type("text/html; charset=utf-8").into_response();
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&ADMIN_POLICY.replace("{nonce}", &nonce)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    Ok(response)
}

/// `/demo/...`: a small blog with conversations on it.
#[handler]
pub async fn demo(request: &Request) -> poem::Result<Response> {
    let app = caller::app(request)?;
    let path = request
        .uri()
        .path()
        .strip_prefix("/demo/")
        .filter(|path| !path.is_empty())
        .unwrap_or("index.html");
    if media_type(path) != media_type("page.html") {
        return serve::<DemoPages>(request.headers(), path, media_type(path), SHORTLY)
            .ok_or_else(|| Error::not_found("page").into());
    }
    let file = DemoPages::get(path).ok_or_else(|| Error::not_found("page"))?;
    sites::find_by_key(app, SITE_KEY).await.map_err(|_| {
        Error::refused(
            ErrorCode::NotFound,
            "There is no demo here: start with parlour serve --demo.",
        )
    })?;
    let html = String::from_utf8_lossy(&file.data).replace("__SITE_KEY__", SITE_KEY);
    let mut response = html.with_content_type("text/html; charset=utf-8").into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(DEMO_POLICY));
    Ok(response)
}

/// A file in the best encoding that the client takes and the build made, or 304.
fn serve<A: RustEmbed>(
    asked: &HeaderMap,
    path: &str,
    media_type: &'static str,
    caching: &'static str,
) -> Option<Response> {
    let encodings = asked
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let takes = |name: &str| encodings.split(',').any(|one| accepts(one, name));
    let encoded = [("br", ".br"), ("gzip", ".gz")]
        .into_iter()
        .filter(|(name, _)| takes(name))
        .find_map(|(name, ending)| A::get(&format!("{path}{ending}")).map(|file| (file, Some(name))));
    let (file, encoding) = match encoded {
        Some(found) => found,
        None => (A::get(path)?, None),
    };
    let etag = tag(&file);
    let known = asked.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let mut response = match known {
        Some(known) if conditional::names(known, &etag) => StatusCode::NOT_MODIFIED.into_response(),
        _ => file.data.into_owned().with_content_type(media_type).into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::ETAG, HeaderValue::from_str(&etag).ok()?);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if let Some(encoding) = encoding
        && response.status() == StatusCode::OK
    {
        response
            .headers_mut()
            .insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    Some(response)
}

/// Whether one item of an `Accept-Encoding` means this encoding, and not that it is unwanted (RFC 9110 section 12.5.3).
fn accepts(item: &str, name: &str) -> bool {
    let mut parts = item.split(';').map(str::trim);
    let is_unwanted = |part: &str| {
        part.strip_prefix("q=")
            .is_some_and(|weight| weight.parse() == Ok(0.0_f32))
    };
    parts.next() == Some(name) && !parts.any(is_unwanted)
}

fn tag(file: &EmbeddedFile) -> String {
    let hash: String = file
        .metadata
        .sha256_hash()
        .iter()
        .take(12)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("\"{hash}\"")
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "svg" => "image/svg+xml",
        "json" | "webmanifest" => "application/json",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "txt" | "ts" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
