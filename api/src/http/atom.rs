//! What Atom feeds (RFC 4287) of all doors have in common.

use chrono::{DateTime, SecondsFormat, Utc};
use poem_openapi::ApiResponse;
use poem_openapi::payload::PlainText;

/// A minute without asking: feed readers are many, and patient.
pub const CACHING: &str = "public, max-age=60";

#[derive(ApiResponse)]
pub enum Answer {
    /// The feed.
    #[oai(status = 200, content_type = "application/atom+xml")]
    Feed(
        PlainText<String>,
        #[oai(header = "ETag")] String,
        #[oai(header = "Last-Modified")] String,
        #[oai(header = "Cache-Control")] String,
    ),
    /// Nothing has changed.
    #[oai(status = 304)]
    NotModified(
        #[oai(header = "ETag")] String,
        #[oai(header = "Last-Modified")] String,
        #[oai(header = "Cache-Control")] String,
    ),
}

pub fn rfc3339(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}
