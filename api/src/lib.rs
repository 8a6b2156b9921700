//! Parlour: comments for every site you run. ARCHITECTURE.md has the map.

pub mod accounts;
pub mod app;
pub mod commenters;
pub mod comments;
pub mod config;
pub mod demo;
pub mod emails;
pub mod error;
pub mod http;
pub mod infra;
pub mod job;
pub mod mine;
pub mod moderation;
pub mod operators;
pub mod sites;
pub mod statistics;
pub mod subscriptions;
pub mod tenants;
pub mod text;
pub mod threads;
pub mod transfer;
pub mod votes;
pub mod watching;
pub mod webhooks;
pub mod worker;
