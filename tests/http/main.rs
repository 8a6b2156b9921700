//! The whole service over HTTP, on either engine.
#![expect(clippy::disallowed_methods, reason = "the environment says which engine to test on")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod accounts;
mod bad_input;
mod binary;
mod cli;
mod crash;
mod errors;
mod limits;
mod migration;
mod openapi;
mod origins;
mod pages;
mod story;
mod sweeps;
mod wire;
mod world;
