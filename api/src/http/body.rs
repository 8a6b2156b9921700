//! Reading a JSON body: bounded while it is read, strict in its form, and every complaint in plain words.

use poem::{Request, RequestBody};
use poem_openapi::registry::{MetaMediaType, MetaRequest, MetaSchemaRef, Registry};
use poem_openapi::types::Type;
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::io::AsyncReadExt;

use super::{caller, working};
use crate::error::{Error, ErrorCode, FieldCode, Result};
use crate::infra::gate::Room;

/// Bytes of a body that is too large which are read and forgotten, so that the refusal arrives.
const LINGER: u64 = 1024 * 1024;

/// A JSON body. `T` documents itself by poem-openapi and is read by serde, which names unknown members.
pub struct Body<T>(pub T);

impl<'a, T: Type + DeserializeOwned> ApiExtractor<'a> for Body<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        documented("application/json", T::schema_ref(), true)
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        // `application/json` alone: no page can send it across origins without a preflight.
        let bytes = read(
            request,
            body,
            "application/json",
            caller::app(request)?.config.body_limit,
        )
        .await?;
        Ok(Body(parse(&bytes)?))
    }
}

/// How the document tells of a body.
pub fn documented(content_type: &'static str, schema: MetaSchemaRef, required: bool) -> Option<MetaRequest> {
    Some(MetaRequest {
        description: None,
        content: vec![MetaMediaType { content_type, schema }],
        required,
    })
}

/// A body of this media type, of `limit` bytes at most: counted while it comes, whatever its head says.
///
/// # Errors
/// `unsupported_media_type`, `payload_too_large`, `malformed_request`.
pub async fn read(request: &Request, body: &mut RequestBody, media_type: &str, limit: usize) -> poem::Result<Vec<u8>> {
    let sent = request.content_type().unwrap_or_default();
    let sent = sent.split(';').next().unwrap_or_default().trim();
    if !sent.eq_ignore_ascii_case(media_type) {
        return Err(Error::refused(
            ErrorCode::UnsupportedMediaType,
            format!("Send the body with Content-Type: {media_type}."),
        )
        .into());
    }
    bounded(request, body, limit).await
}

/// A body of `limit` bytes at most, whatever it is.
///
/// # Errors
/// `payload_too_large`, `malformed_request`; `unavailable` where no more can be taken now.
pub async fn bounded(request: &Request, body: &mut RequestBody, limit: usize) -> poem::Result<Vec<u8>> {
    let room = caller::app(request)?.gate.room();
    working::without_place(request, come(body, limit, room)).await
}

async fn come(body: &mut RequestBody, limit: usize, mut room: Room) -> poem::Result<Vec<u8>> {
    let mut sent = body.take()?.into_async_read();
    let mut bytes = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let mut all = (&mut sent).take(most);
    loop {
        match all.read_buf(&mut bytes).await {
            Ok(0) => break,
            Ok(more) => room.grow(more)?,
            Err(_) => return Err(Error::refused(ErrorCode::MalformedRequest, "The body ended too soon.").into()),
        }
    }
    if bytes.len() > limit {
        // Whoever is still sending when the connection ends may never read why, a proxy least of all.
        let _ = tokio::io::copy(&mut sent.take(LINGER), &mut tokio::io::sink()).await;
        return Err(Error::refused(ErrorCode::PayloadTooLarge, format!("A body may have {limit} bytes.")).into());
    }
    Ok(bytes)
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    object(value(bytes)?)
}

/// A JSON object as what it must be.
///
/// # Errors
/// `malformed_request` for anything else; `invalid_input` that names the place.
pub fn object<T: DeserializeOwned>(value: Value) -> Result<T> {
    // serde would take a list for a struct, too.
    if !value.is_object() {
        return Err(Error::refused(
            ErrorCode::MalformedRequest,
            "The body must be a JSON object.",
        ));
    }
    typed(value)
}

/// JSON that can be stored.
///
/// # Errors
/// `malformed_request`; `invalid_input` for U+0000.
pub fn value(bytes: &[u8]) -> Result<Value> {
    let malformed = |detail: String| Error::refused(ErrorCode::MalformedRequest, detail);
    std::str::from_utf8(bytes).map_err(|_| malformed("The body is not UTF-8.".to_owned()))?;
    // serde_json stops at 128 levels by itself.
    let value: Value = serde_json::from_slice(bytes).map_err(|error| {
        malformed(format!(
            "The body is not JSON (line {}, column {}).",
            error.line(),
            error.column()
        ))
    })?;
    if let Some(pointer) = nul(&value) {
        return Err(Error::invalid(
            &pointer,
            FieldCode::ForbiddenCharacter,
            "U+0000 cannot be stored.",
        ));
    }
    Ok(value)
}

/// JSON as what it must be.
///
/// # Errors
/// `invalid_input` that names the place.
pub fn typed<T: DeserializeOwned>(value: Value) -> Result<T> {
    serde_path_to_error::deserialize(value).map_err(|error| complaint(&error))
}

/// Where a string holds U+0000, which PostgreSQL cannot store.
fn nul(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => text.contains('\0').then(String::new),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(place, item)| Some(format!("/{place}{}", nul(item)?))),
        Value::Object(members) => members.iter().find_map(|(name, item)| {
            if name.contains('\0') {
                Some(String::new())
            } else {
                Some(format!("/{name}{}", nul(item)?))
            }
        }),
        _ => None,
    }
}

/// serde's message, without the names of our types.
fn complaint(error: &serde_path_to_error::Error<serde_json::Error>) -> Error {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in error.path() {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } | Segment::Enum { variant: key } => {
                pointer.push_str(&format!("/{}", key.replace('~', "~0").replace('/', "~1")));
            }
            Segment::Unknown => {}
        }
    }
    let message = error.inner().to_string();
    let quoted = |message: &str| message.split('`').nth(1).unwrap_or_default().to_owned();
    if message.starts_with("missing field") {
        let name = quoted(&message);
        return Error::invalid(
            &format!("{pointer}/{name}"),
            FieldCode::Required,
            format!("{name} is needed."),
        );
    }
    if message.starts_with("unknown field") {
        return Error::invalid(
            &pointer,
            FieldCode::UnknownField,
            format!("There is no field {}.", quoted(&message)),
        );
    }
    if message.starts_with("unknown variant") {
        let known = message.split("expected ").nth(1).unwrap_or_default().replace('`', "");
        return Error::invalid(&pointer, FieldCode::Invalid, format!("Expected {known}."));
    }
    if message.starts_with("UUID parsing failed") {
        return Error::invalid(&pointer, FieldCode::Invalid, "Expected a UUID.");
    }
    let expected = match message.rsplit("expected ").next().unwrap_or_default() {
        what if what.starts_with("struct") => "an object",
        what if what.starts_with("a sequence") => "a list",
        what if what.starts_with("a string") => "a string",
        what if what.starts_with("a boolean") => "true or false",
        what if what.starts_with("a formatted UUID") || what.contains("UUID") => "a UUID",
        _ => "another type of value",
    };
    Error::invalid(&pointer, FieldCode::WrongType, format!("Expected {expected}."))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only parsed")]
    struct Sample {
        text: String,
        #[serde(default)]
        count: u32,
        id: Option<sea_orm::prelude::Uuid>,
        inner: Option<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only parsed")]
    struct Inner {
        list: Vec<bool>,
    }

    fn fault(body: &str) -> (String, FieldCode, String) {
        match parse::<Sample>(body.as_bytes()) {
            Err(Error::Invalid(faults)) => {
                let fault = faults.into_iter().next().unwrap();
                (fault.pointer, fault.code, fault.detail)
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn complaints_name_the_place_and_what_is_right() {
        for (body, pointer, code, detail) in [
            (r"{}", "/text", FieldCode::Required, "text is needed."),
            (r#"{"text":1}"#, "/text", FieldCode::WrongType, "Expected a string."),
            (
                r#"{"text":"x","colour":1}"#,
                "/colour",
                FieldCode::UnknownField,
                "There is no field colour.",
            ),
            (
                r#"{"text":"x","id":"y"}"#,
                "/id",
                FieldCode::Invalid,
                "Expected a UUID.",
            ),
            (
                r#"{"text":"x","id":7}"#,
                "/id",
                FieldCode::WrongType,
                "Expected a UUID.",
            ),
            (
                r#"{"text":"x","count":-1}"#,
                "/count",
                FieldCode::WrongType,
                "Expected another type of value.",
            ),
            (
                r#"{"text":"x","inner":{"list":[true,0]}}"#,
                "/inner/list/1",
                FieldCode::WrongType,
                "Expected true or false.",
            ),
            (
                r#"{"text":"x","inner":3}"#,
                "/inner",
                FieldCode::WrongType,
                "Expected an object.",
            ),
            (
                r#"{"text":"a\u0000b"}"#,
                "/text",
                FieldCode::ForbiddenCharacter,
                "U+0000 cannot be stored.",
            ),
        ] {
            assert_eq!(fault(body), (pointer.to_owned(), code, detail.to_owned()), "{body}");
        }
    }

    #[test]
    fn what_is_no_json_object_is_malformed() {
        let deep = "[".repeat(10_000);
        let cases: [&[u8]; 7] = [
            b"",
            b"{",
            b"[]",
            b"\"x\"",
            b"{\"text\":\"\xff\"}",
            b"{\"text\":\"\\ud800\"}",
            deep.as_bytes(),
        ];
        for body in cases {
            let error = parse::<Sample>(body).unwrap_err();
            assert_eq!(error.code(), ErrorCode::MalformedRequest, "{body:?}");
        }
    }
}
