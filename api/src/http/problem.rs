//! Refusals as `application/problem+json` (RFC 9457), ours and poem's in the same clothes.

use poem::error::ResponseError;
use poem::http::{StatusCode, header};
use poem::{IntoResponse, Response};
use serde::Serialize;

use crate::error::{Budgeted, Error, ErrorCode};

pub const CONTENT_TYPE: &str = "application/problem+json";

/// Why a request was refused (RFC 9457). `code` is stable: switch over it.
/// Its schema stands in `document`, with the codes as enums.
#[derive(Debug, Serialize)]
pub struct Problem {
    /// Where the code is explained.
    pub r#type: String,
    /// One sentence, the same for every occurrence of the code.
    pub title: String,
    pub status: u16,
    /// One of the codes of `ErrorCode`.
    pub code: String,
    /// A sentence about this occurrence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Named in the server's log beside what happened.
    pub request_id: String,
    /// What is wrong with single values, for `invalid_input`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errors: Option<Vec<ProblemField>>,
    /// At Isso's door: status, its name and the detail in one line, as Isso has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// What is wrong with one value of the request.
#[derive(Debug, Serialize)]
pub struct ProblemField {
    /// JSON Pointer (RFC 6901) into the body.
    pub pointer: String,
    /// One of the codes of `FieldCode`.
    pub code: String,
    pub detail: String,
}

impl ResponseError for Error {
    fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.code().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// The answer to a request that was refused. Nothing of an internal error's text goes out.
pub fn response(error: &Error, request_id: &str) -> Response {
    answer(error, problem(error, request_id), error.status())
}

/// The same in the form that Isso's clients read: its statuses, and a `message`.
pub fn response_of_isso(error: &Error, request_id: &str) -> Response {
    let status = match error.code() {
        ErrorCode::InvalidInput => StatusCode::BAD_REQUEST,
        // Isso's guard against requests that another site's page makes a browser send.
        ErrorCode::UnsupportedMediaType => StatusCode::FORBIDDEN,
        _ => error.status(),
    };
    let mut problem = problem(error, request_id);
    problem.status = status.as_u16();
    let name = status.canonical_reason().unwrap_or_default();
    let detail = problem.detail.as_ref().unwrap_or(&problem.title);
    problem.message = Some(format!("{} {name}: {detail}", status.as_u16()));
    answer(error, problem, status)
}

fn problem(error: &Error, request_id: &str) -> Problem {
    let code = error.code();
    let detail = match error {
        Error::Refused(..) | Error::Invalid(_) | Error::RateLimited(_) => Some(error.to_string()),
        Error::Again(_) | Error::Unavailable(_) | Error::Internal(_) => None,
    };
    let errors = match error {
        Error::Invalid(faults) => Some(
            faults
                .iter()
                .map(|fault| ProblemField {
                    pointer: fault.pointer.clone(),
                    code: fault.code.name().to_owned(),
                    detail: fault.detail.clone(),
                })
                .collect(),
        ),
        _ => None,
    };
    Problem {
        r#type: format!("/docs/errors#{}", code.name()),
        title: code.title().to_owned(),
        status: code.status(),
        code: code.name().to_owned(),
        detail,
        request_id: request_id.to_owned(),
        errors,
        message: None,
    }
}

fn answer(error: &Error, problem: Problem, status: StatusCode) -> Response {
    let mut response = poem::web::Json(problem).into_response();
    response.set_status(status);
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, header::HeaderValue::from_static(CONTENT_TYPE));
    match error {
        Error::RateLimited(budget) => {
            insert(&mut response, "retry-after", seconds_up(budget.retry_after).max(1));
            show_budget(&mut response, budget);
        }
        _ if error.code() == ErrorCode::Unavailable => insert(&mut response, "retry-after", 5),
        _ => {}
    }
    response
}

/// `RateLimit-*` as most services send them (draft-ietf-httpapi-ratelimit-headers, revisions up to 06).
pub fn show_budget(response: &mut Response, budget: &Budgeted) {
    insert(response, "ratelimit-limit", u64::from(budget.limit));
    insert(response, "ratelimit-remaining", u64::from(budget.remaining));
    insert(response, "ratelimit-reset", seconds_up(budget.reset));
}

/// Turns what poem itself refuses (routing, parameters, bodies) into one of our refusals.
pub fn from_poem(error: poem::Error) -> Error {
    use poem_openapi::error::{ContentTypeError, ParseParamError, ParsePathError};
    if error.is::<Error>() {
        return error
            .downcast::<Error>()
            .unwrap_or_else(|_| Error::internal("an error of ours that is not ours"));
    }
    if error.is::<ContentTypeError>() {
        return Error::refused(
            ErrorCode::UnsupportedMediaType,
            "Send the body with Content-Type: application/json.",
        );
    }
    if error.is::<ParsePathError>() {
        // An id that cannot exist is an id that does not exist.
        return Error::not_found("resource");
    }
    if let Some(parameter) = error.downcast_ref::<ParseParamError>() {
        return Error::refused(
            ErrorCode::InvalidParameter,
            format!("The parameter {} has no valid value.", parameter.name),
        );
    }
    match error.status().as_u16() {
        401 => Error::refused(
            ErrorCode::Unauthenticated,
            "Send an access token: Authorization: Bearer ...",
        ),
        404 => Error::not_found("page"),
        405 => Error::refused(ErrorCode::MethodNotAllowed, "See /docs for what this address takes."),
        413 => Error::refused(ErrorCode::PayloadTooLarge, "The request is too large."),
        415 => Error::refused(
            ErrorCode::UnsupportedMediaType,
            "Send the body with Content-Type: application/json.",
        ),
        400..=499 => Error::refused(ErrorCode::MalformedRequest, "The request could not be read."),
        _ => Error::internal(error),
    }
}

fn insert(response: &mut Response, name: &'static str, value: u64) {
    response.headers_mut().insert(name, value.into());
}

fn seconds_up(duration: std::time::Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_internal_error_tells_nobody_what_it_is() {
        let response = response(&Error::internal("password of the database: hunter2"), "r1");
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let body = response.into_body().into_string().await.unwrap();
        assert!(!body.contains("hunter2") && body.contains("r1"), "{body}");
    }
}
