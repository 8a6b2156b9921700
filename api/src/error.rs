//! What can go wrong, without a word of HTTP beyond the number that belongs to a code.

use std::fmt;
use std::time::Duration;

/// A stable name for a kind of refusal. Names are never changed or used again for something else; clients switch over them.
macro_rules! codes {
    ($($variant:ident $code:literal $status:literal $title:literal)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum ErrorCode { $($variant),* }

        impl ErrorCode {
            pub const ALL: &[ErrorCode] = &[$(ErrorCode::$variant),*];

            /// The name on the wire.
            pub fn name(self) -> &'static str {
                match self { $(ErrorCode::$variant => $code),* }
            }

            /// The HTTP status that goes with it.
            pub fn status(self) -> u16 {
                match self { $(ErrorCode::$variant => $status),* }
            }

            /// One sentence for people, the same for every occurrence (RFC 9457 `title`).
            pub fn title(self) -> &'static str {
                match self { $(ErrorCode::$variant => $title),* }
            }
        }
    };
}

codes! {
    MalformedRequest "malformed_request" 400 "The request could not be read"
    InvalidParameter "invalid_parameter" 400 "A parameter of the address or a header has no valid value"
    Unauthenticated "unauthenticated" 401 "Sign in first"
    WrongCredentials "wrong_credentials" 401 "Mail address and password do not match"
    SessionEnded "session_ended" 401 "The session has ended; sign in again"
    WrongFactor "wrong_factor" 403 "That was not the right second factor"
    SignInOver "sign_in_over" 403 "This sign-in took too long or too many tries; begin again"
    ConfirmationNeeded "confirmation_needed" 403 "Confirm first that it is you"
    FactorNeeded "factor_needed" 403 "Set up a second factor first"
    PasskeysUnavailable "passkeys_unavailable" 403 "This server cannot have passkeys"
    NotPermitted "not_permitted" 403 "Your role does not allow this"
    OriginNotAllowed "origin_not_allowed" 403 "This page may not show these comments"
    SignUpClosed "sign_up_closed" 403 "New accounts are not open here"
    SetupClosed "setup_closed" 403 "The set-up link is used up, expired or wrong"
    LinkVoid "link_void" 403 "This link is used up, expired or wrong"
    NoMail "no_mail" 403 "This server sends no mail"
    ThreadClosed "thread_closed" 403 "This conversation is closed"
    TenantSuspended "tenant_suspended" 403 "This tenant is suspended"
    SiteSuspended "site_suspended" 403 "The comments of this site are not shown at the moment"
    AccountSuspended "account_suspended" 403 "This account is suspended"
    QuotaExceeded "quota_exceeded" 403 "The plan does not allow more"
    NotAuthor "not_author" 403 "Only its author may change this comment"
    EditWindowOver "edit_window_over" 403 "The time to change this comment is over"
    ThreadLocked "thread_locked" 403 "Nothing can be changed in this conversation"
    SiteReadOnly "site_read_only" 403 "This site takes no comments at the moment"
    OwnComment "own_comment" 403 "Nobody votes on his own comment"
    VotesClosed "votes_closed" 403 "This site does not take that vote"
    TenantDeleted "tenant_deleted" 403 "This tenant is deleted and waits to be erased"
    NotFound "not_found" 404 "There is nothing here"
    MethodNotAllowed "method_not_allowed" 405 "This address does not take that method"
    StateChanged "state_changed" 409 "Somebody else was faster; look again"
    AlreadyExists "already_exists" 409 "This exists already"
    LastOwner "last_owner" 409 "A tenant needs an owner"
    LastOperator "last_operator" 409 "The platform needs an operator"
    RestoreOver "restore_over" 409 "The time to bring this comment back is over"
    IdempotencyConflict "idempotency_conflict" 409 "The Idempotency-Key was used for another request"
    PayloadTooLarge "payload_too_large" 413 "The request is too large"
    UriTooLong "uri_too_long" 414 "The address is too long"
    UnsupportedMediaType "unsupported_media_type" 415 "The body must be application/json"
    InvalidInput "invalid_input" 422 "Something in the request needs another value"
    RateLimited "rate_limited" 429 "Too many requests; wait a little"
    HeadersTooLarge "headers_too_large" 431 "The headers of the request are too large"
    Internal "internal" 500 "Something went wrong on our side"
    Unavailable "unavailable" 503 "The service is busy or being restarted; try again shortly"
}

macro_rules! field_codes {
    ($($variant:ident $code:literal)*) => {
        /// What is wrong with one value of the input.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum FieldCode { $($variant),* }

        impl FieldCode {
            pub const ALL: &[FieldCode] = &[$(FieldCode::$variant),*];

            /// The name on the wire.
            pub fn name(self) -> &'static str {
                match self { $(FieldCode::$variant => $code),* }
            }
        }
    };
}

field_codes! {
    Required "required"
    TooShort "too_short"
    TooLong "too_long"
    TooMany "too_many"
    Invalid "invalid"
    UnknownField "unknown_field"
    WrongType "wrong_type"
    ForbiddenCharacter "forbidden_character"
    TooNested "too_nested"
    NotFound "not_found"
    TooCommon "too_common"
    OutOfRange "out_of_range"
}

/// One value of the input that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// JSON Pointer (RFC 6901) into the request's body.
    pub pointer: String,
    pub code: FieldCode,
    /// A sentence that says what would be right.
    pub detail: String,
}

impl Fault {
    pub fn new(pointer: &str, code: FieldCode, detail: impl Into<String>) -> Self {
        Fault {
            pointer: pointer.to_owned(),
            code,
            detail: detail.into(),
        }
    }
}

/// A refusal, or a failure of ours.
#[derive(Clone, Debug)]
pub enum Error {
    /// A refusal with its code and a sentence for this occurrence.
    Refused(ErrorCode, String),
    /// The input is well-formed but cannot be taken; every fault that was found.
    Invalid(Vec<Fault>),
    /// Over a budget; when to come back.
    RateLimited(Budgeted),
    /// The database wants the transaction to be run again: another one was in its way.
    Again(String),
    /// The database (or its pool) cannot serve now.
    Unavailable(String),
    /// Ours. Logged once with the request id, told to nobody.
    Internal(String),
}

/// The state of a budget after a check, as the `RateLimit-*` headers show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budgeted {
    pub limit: u32,
    pub remaining: u32,
    /// Until the budget is whole again.
    pub reset: Duration,
    /// Until the next request would pass; zero when this one did.
    pub retry_after: Duration,
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub fn refused(code: ErrorCode, detail: impl Into<String>) -> Self {
        Error::Refused(code, detail.into())
    }

    /// Absent, or another tenant's: the answer is the same.
    pub fn not_found(what: &str) -> Self {
        Error::Refused(ErrorCode::NotFound, format!("No such {what}."))
    }

    pub fn invalid(pointer: &str, code: FieldCode, detail: impl Into<String>) -> Self {
        Error::Invalid(vec![Fault::new(pointer, code, detail)])
    }

    pub fn internal(what: impl fmt::Display) -> Self {
        Error::Internal(what.to_string())
    }

    pub fn code(&self) -> ErrorCode {
        match self {
            Error::Refused(code, _) => *code,
            Error::Invalid(_) => ErrorCode::InvalidInput,
            Error::RateLimited(_) => ErrorCode::RateLimited,
            Error::Again(_) | Error::Unavailable(_) => ErrorCode::Unavailable,
            Error::Internal(_) => ErrorCode::Internal,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Refused(_, detail) => f.write_str(detail),
            Error::Invalid(faults) => {
                let sentences: Vec<&str> = faults.iter().map(|fault| fault.detail.as_str()).collect();
                f.write_str(&sentences.join(" "))
            }
            Error::RateLimited(budget) => write!(f, "Try again in {} s.", budget.retry_after.as_secs() + 1),
            Error::Again(cause) | Error::Unavailable(cause) | Error::Internal(cause) => f.write_str(cause),
        }
    }
}

impl std::error::Error for Error {}

/// Swallowing an error needs a name and a consequence.
pub trait OrLog {
    /// Logs the error with what follows from it, and goes on.
    fn or_log(self, consequence: &str);
}

impl<T, E: fmt::Display> OrLog for std::result::Result<T, E> {
    fn or_log(self, consequence: &str) {
        if let Err(error) = self {
            tracing::warn!(%error, consequence, "went on after an error");
        }
    }
}
