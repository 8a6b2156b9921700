//! The whole service over HTTP, on either engine.
#![expect(clippy::disallowed_methods, reason = "the environment says which engine to test on")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod comments;
mod moderation;
mod story;
mod threads;
mod world;
