//! Small pages that need no front end: the way in, the API's document, what the error codes mean.

use std::sync::LazyLock;

use bytes::Bytes;
use poem::http::{HeaderValue, StatusCode, header};
use poem::{IntoResponse, Request, Response, handler};

use super::{assets, caller, document};
use crate::error::ErrorCode;

/// The sheet of these pages; named in their policy by its hash-free, same-origin address.
const STYLE: &str = include_str!("pages.css");
const THREAD_STYLE: &str = include_str!("html/thread.css");
const PREVIEW: &str = include_str!("preview.html");
const PREVIEW_STYLE: &str = include_str!("preview.css");
const PREVIEW_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-scripts allow-forms";
const POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The document, made once: it takes a core for a while and memory for a moment, which nobody may have us spend again and again.
static AS_JSON: LazyLock<Bytes> = LazyLock::new(|| document::json().to_string().into());
static AS_YAML: LazyLock<Bytes> = LazyLock::new(|| document::yaml().into());

#[handler]
pub fn openapi_json() -> Response {
    AS_JSON.clone().with_content_type("application/json").into_response()
}

#[handler]
pub fn openapi_yaml() -> Response {
    AS_YAML.clone().with_content_type("application/yaml").into_response()
}

/// The API reference.
#[handler]
pub fn docs() -> poem::Result<Response> {
    assets::page("docs.html")
}

/// What each error code means: where the `type` of a problem leads.
#[handler]
pub fn errors() -> Response {
    let rows: String = ErrorCode::ALL
        .iter()
        .map(|code| {
            let (name, status, title) = (code.name(), code.status(), code.title());
            format!(
                "<tr id=\"{name}\"><th scope=\"row\"><code>{name}</code></th><td>{status}</td><td>{title}</td></tr>"
            )
        })
        .collect();
    page(
        "Error codes",
        &format!(
            "<p>Refusals come as <code>application/problem+json</code> (RFC 9457). The code is stable: programs switch over it. \
             The detail says what happened this time; the request id finds it in the server's log.</p>\
             <table><thead><tr><th scope=\"col\">Code</th><th scope=\"col\">Status</th><th scope=\"col\">Meaning</th></tr></thead>\
             <tbody>{rows}</tbody></table><p><a href=\"/docs\">API reference</a></p>"
        ),
    )
}

/// The front door of a comment server: for people who look what is here.
#[handler]
pub fn home() -> Response {
    page(
        "Parlour",
        "<p>This server hosts the comments of web sites.</p><ul><li><a href=\"/admin/\">Sign in</a> to moderate or to add a site</li>\
         <li><a href=\"/docs\">API reference</a></li><li><a href=\"/demo/\">Demo</a>, where it is switched on</li></ul>",
    )
}

#[handler]
pub fn style() -> Response {
    STYLE.with_content_type("text/css; charset=utf-8").into_response()
}

/// Where the admin UI shows what settings do: the embed over a conversation that the UI hands in. It is framed without an origin of
/// its own, asks nobody anything, and knows nothing.
#[handler]
pub fn preview() -> Response {
    let mut response = PREVIEW.with_content_type("text/html; charset=utf-8").into_response();
    response.headers_mut().insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(PREVIEW_POLICY),
    );
    response
}

#[handler]
pub fn preview_style() -> Response {
    PREVIEW_STYLE
        .with_content_type("text/css; charset=utf-8")
        .into_response()
}

/// The sheet of conversations as pages.
#[handler]
pub fn thread_style() -> Response {
    let mut response = THREAD_STYLE
        .with_content_type("text/css; charset=utf-8")
        .into_response();
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
    response
}

#[handler]
pub fn to_admin() -> Response {
    moved("/admin/")
}

#[handler]
pub fn to_demo() -> Response {
    moved("/demo/")
}

/// RFC 9116, for the operator's own address where mail is set up.
#[handler]
pub fn security_txt(request: &Request) -> poem::Result<Response> {
    let app = caller::app(request)?;
    if app.config.mail_from.is_empty() {
        return Err(crate::error::Error::not_found("page").into());
    }
    let expires = (app.clock.now() + chrono::TimeDelta::days(180)).format("%Y-%m-%dT00:00:00Z");
    let text = format!(
        "Contact: mailto:{}\nExpires: {expires}\nPreferred-Languages: en\n",
        app.config.mail_from
    );
    Ok(text.with_content_type("text/plain; charset=utf-8").into_response())
}

fn page(title: &str, body: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{title}</title>\
         <link rel=\"stylesheet\" href=\"/pages.css\"></head><body><main><h1>{title}</h1>{body}</main></body></html>"
    );
    let mut response = html.with_content_type("text/html; charset=utf-8").into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}

fn moved(to: &'static str) -> Response {
    let mut response = StatusCode::PERMANENT_REDIRECT.into_response();
    response
        .headers_mut()
        .insert(header::LOCATION, HeaderValue::from_static(to));
    response
}
