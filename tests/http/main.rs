//! The whole service over HTTP, on either engine.
#![expect(clippy::disallowed_methods, reason = "the environment says which engine to test on")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod accounts;
mod api_keys;
mod bad_input;
mod binary;
mod cache;
mod cli;
mod commenters;
mod comments;
mod crash;
mod device;
mod doctor;
mod errors;
mod factors;
mod feeds;
mod html;
mod import_isso;
mod isso;
mod jobs;
mod limits;
mod live;
mod lives;
mod mail;
mod migration;
mod moderation;
mod openapi;
mod operator;
mod origins;
mod own;
mod pages;
mod people;
mod races;
mod reading;
mod reports;
mod rerender;
mod statistics;
mod story;
mod sweeps;
mod thread_admin;
mod thread_doors;
mod threads;
mod votes;
mod watching;
mod wire;
mod world;
