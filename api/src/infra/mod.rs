//! Floor 1: what the features stand on. Knows engines, Redis and keys; knows nothing of comments.

pub mod backup;
pub mod build;
pub mod bus;
pub mod cache;
pub mod clock;
pub mod csv;
pub mod db;
pub mod dkim;
pub mod gate;
pub mod isso;
pub mod limiter;
pub mod mailer;
pub mod markdown;
pub mod markup;
pub mod metrics;
pub mod network;
pub mod outgoing;
pub mod queue;
pub mod redis;
pub mod signing;
pub mod streams;
pub mod traces;
pub mod webauthn;
pub mod webpush;
