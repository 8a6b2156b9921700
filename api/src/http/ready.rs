//! Answers that are kept in memory, ready to send: plain or compressed, under a tag that says what they follow from.

use std::marker::PhantomData;

use bytes::Bytes;
use poem::http::{HeaderValue, StatusCode, header};
use poem::{Body, IntoResponse, Request, Response};
use poem_openapi::registry::{MetaResponses, Registry};
use poem_openapi::{ApiResponse, OperationId};

use crate::error::{Error, Result};
use crate::infra::cache::{Encoding, Page};

/// Any cache may keep it and must ask before using it; the answer is 304 until something changed.
const REVALIDATE: HeaderValue = HeaderValue::from_static("public, max-age=0, must-revalidate");

const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

const VARY: HeaderValue = HeaderValue::from_static("Origin, Accept-Encoding");

/// An answer that is made already, documented as an `A`.
pub struct Ready<A>(Response, PhantomData<fn() -> A>);

impl<A> Ready<A> {
    pub fn new(response: Response) -> Self {
        Ready(response, PhantomData)
    }
}

impl<A> IntoResponse for Ready<A> {
    fn into_response(self) -> Response {
        self.0
    }
}

impl<A: ApiResponse> ApiResponse for Ready<A> {
    fn meta() -> MetaResponses {
        A::meta()
    }

    fn register(registry: &mut Registry) {
        A::register(registry);
    }
}

/// An answer as JSON, in every encoding under the tag of its state.
pub fn json(body: String, state: &str) -> Page {
    Page::new(body, |encoding| tag(state, encoding))
}

/// The tag of the state if the caller has the answer of it already.
pub fn known_to(request: &Request, state: &str) -> Option<String> {
    known(request.headers().get(header::IF_NONE_MATCH)?, state)
}

/// Nothing has changed since the tag that the caller knows.
pub fn not_modified(tag: String, operation: &'static str) -> Result<Response> {
    let mut response = respond(Body::empty(), tag.into(), operation)?;
    response.set_status(StatusCode::NOT_MODIFIED);
    Ok(response)
}

/// Without the machinery of formatting: this is done for every page that has not changed.
pub fn push_hex(text: &mut String, number: i64) {
    let number = number.cast_unsigned();
    let digits = (64 - number.leading_zeros()).div_ceil(4).max(1);
    for place in (0..digits).rev() {
        let digit = u32::try_from((number >> (4 * place)) & 0xf).unwrap_or(0);
        text.extend(char::from_digit(digit, 16));
    }
}

/// The tag of an encoding: each is a representation of its own (RFC 9110 section 8.8.3).
fn tag(state: &str, encoding: Encoding) -> String {
    let ending = match encoding {
        Encoding::Plain => "",
        Encoding::Gzip => "-g",
        Encoding::Brotli => "-b",
    };
    ["\"", state, ending, "\""].concat()
}

/// The tag by which an `If-None-Match` names this state, in whichever encoding (RFC 9110 section 13.1.2: weak comparison).
fn known(field: &HeaderValue, state: &str) -> Option<String> {
    let known = field.to_str().ok()?;
    known.split(',').map(str::trim).find_map(|one| {
        if one == "*" {
            return Some(tag(state, Encoding::Plain));
        }
        let opaque = one.strip_prefix("W/").unwrap_or(one);
        let inner = opaque.strip_prefix('"')?.strip_suffix('"')?;
        let plain = inner
            .strip_suffix("-g")
            .or_else(|| inner.strip_suffix("-b"))
            .unwrap_or(inner);
        (plain == state).then(|| opaque.to_owned())
    })
}

/// The answer in the encoding that the caller likes best.
pub async fn send(page: &Page, request: &Request, operation: &'static str) -> Result<Response> {
    let (body, encoding) = page.body(accepted(request)).await;
    let mut response = respond(Body::from_bytes(body), page.tag(encoding), operation)?;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, JSON);
    let name = match encoding {
        Encoding::Plain => return Ok(response),
        Encoding::Gzip => "gzip",
        Encoding::Brotli => "br",
    };
    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
    Ok(response)
}

fn respond(body: Body, tag: Bytes, operation: &'static str) -> Result<Response> {
    let mut response = Response::from(body);
    response.set_data(OperationId(operation));
    let headers = response.headers_mut();
    headers.insert(
        header::ETAG,
        HeaderValue::from_maybe_shared(tag).map_err(Error::internal)?,
    );
    headers.insert(header::CACHE_CONTROL, REVALIDATE);
    headers.insert(header::VARY, VARY);
    Ok(response)
}

/// The encoding that a caller likes best (RFC 9110 section 12.5.3); of those he likes the same, the one that saves most.
fn accepted(request: &Request) -> Encoding {
    let fields = request.headers().get_all(header::ACCEPT_ENCODING);
    encoding_of(fields.iter().filter_map(|field| field.to_str().ok()))
}

fn encoding_of<'a>(fields: impl Iterator<Item = &'a str>) -> Encoding {
    // Thousandths; what is not named has none, but for the plain one, which is there if nothing better is.
    let (mut brotli, mut gzip, mut plain, mut any) = (None, None, None, None);
    for member in fields.flat_map(|field| field.split(',')) {
        let (coding, parameters) = member.split_once(';').unwrap_or((member, ""));
        let weight = weight_of(parameters);
        let coding = coding.trim();
        let is = |name: &str| coding.eq_ignore_ascii_case(name);
        if is("br") {
            brotli = Some(weight);
        } else if is("gzip") || is("x-gzip") {
            gzip = Some(weight);
        } else if is("identity") {
            plain = Some(weight);
        } else if is("*") {
            any = Some(weight);
        }
    }
    let [brotli, gzip] = [brotli, gzip].map(|named| named.or(any).unwrap_or(0));
    let plain = plain.unwrap_or(0);
    if brotli > 0 && brotli >= gzip && brotli >= plain {
        Encoding::Brotli
    } else if gzip > 0 && gzip >= plain {
        Encoding::Gzip
    } else {
        Encoding::Plain
    }
}

/// `q`, in thousandths. What is not understood is not liked.
fn weight_of(parameters: &str) -> u32 {
    let parameters = parameters.trim();
    if parameters.is_empty() {
        return 1000;
    }
    let value = parameters
        .split_once('=')
        .filter(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
    let number = value.and_then(|(_, value)| value.trim().parse::<f32>().ok());
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 1000"
    )]
    number.map_or(0, |number| (number.clamp(0.0, 1.0) * 1000.0) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoding_is_the_one_that_the_caller_likes_best() {
        for (fields, expected) in [
            (&[][..], Encoding::Plain),
            (&[""], Encoding::Plain),
            (&["gzip, deflate, br, zstd"], Encoding::Brotli),
            (&["gzip, deflate"], Encoding::Gzip),
            (&["deflate, zstd"], Encoding::Plain),
            (&["GZIP"], Encoding::Gzip),
            (&["x-gzip"], Encoding::Gzip),
            (&["gzip", "br"], Encoding::Brotli),
            (&["br;q=0.5, gzip;q=0.8"], Encoding::Gzip),
            (&["br;q=0.8, gzip;q=0.8"], Encoding::Brotli),
            (&["br ; q=0, gzip ; q=1.000"], Encoding::Gzip),
            (&["br;q=0, gzip;q=0"], Encoding::Plain),
            (&["*"], Encoding::Brotli),
            (&["*;q=0"], Encoding::Plain),
            (&["br;q=0, *"], Encoding::Gzip),
            (&["identity, gzip;q=0.5"], Encoding::Plain),
            (&["identity;q=0.5, gzip"], Encoding::Gzip),
            (&["identity;q=0, br"], Encoding::Brotli),
            (&["br;q=high, gzip;level=9"], Encoding::Plain),
            (&["br;q=NaN"], Encoding::Plain),
            (&["brotli, gzipped"], Encoding::Plain),
        ] {
            assert_eq!(encoding_of(fields.iter().copied()), expected, "{fields:?}");
        }
    }

    #[test]
    fn versions_are_written_in_hexadecimal() {
        for number in [0, 1, 15, 16, 255, 256, 0x1234_5678_9abc_def0, i64::MAX, -1] {
            let mut text = String::new();
            push_hex(&mut text, number);
            assert_eq!(text, format!("{number:x}"));
        }
    }
}
