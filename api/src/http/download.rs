//! Files that are written while they are sent: attachments, never shown by a browser, never kept by a cache.

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use poem::http::header;
use poem::{Body, IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry};

use crate::error::Result;

const LINES: &str = "application/x-ndjson";
const TABLE: &str = "text/csv; charset=utf-8";

/// A file of lines of JSON, or, where it can be one, a table.
pub struct Download<const MAY_BE_TABLE: bool>(Response);

impl<const MAY_BE_TABLE: bool> Download<MAY_BE_TABLE> {
    pub fn lines(name: &str, pieces: impl Stream<Item = Result<String>> + Send + 'static) -> Self {
        Download(attachment(LINES, name, pieces))
    }
}

impl Download<true> {
    pub fn table(name: &str, pieces: impl Stream<Item = Result<String>> + Send + 'static) -> Self {
        Download(attachment(TABLE, name, pieces))
    }
}

/// `name` is one of ours, of plain letters. An error in the middle breaks the connection off: what came is not taken for all.
pub fn attachment(
    media_type: &'static str,
    name: &str,
    pieces: impl Stream<Item = Result<String>> + Send + 'static,
) -> Response {
    let bytes = pieces.map(|piece| piece.map(Bytes::from).map_err(std::io::Error::other));
    Response::builder()
        .content_type(media_type)
        .header(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))
        .header(header::CACHE_CONTROL, "no-store")
        .body(Body::from_bytes_stream(bytes))
}

impl<const MAY_BE_TABLE: bool> IntoResponse for Download<MAY_BE_TABLE> {
    fn into_response(self) -> Response {
        self.0
    }
}

impl<const MAY_BE_TABLE: bool> ApiResponse for Download<MAY_BE_TABLE> {
    fn meta() -> MetaResponses {
        let text = || MetaSchemaRef::Inline(Box::new(MetaSchema::new("string")));
        let of = |content_type| MetaMediaType {
            content_type,
            schema: text(),
        };
        let mut content = vec![of(LINES)];
        if MAY_BE_TABLE {
            content.push(of("text/csv"));
        }
        MetaResponses {
            responses: vec![MetaResponse {
                description: "The file, while it is written.",
                status: Some(200),
                status_range: None,
                content,
                headers: Vec::new(),
            }],
        }
    }

    fn register(_: &mut Registry) {}
}
