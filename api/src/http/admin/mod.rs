//! The members' door: bearer tokens, roles, everything that moderation and settings need.

pub mod commenters;
pub mod comments;
pub mod doctor;
pub mod factors;
pub mod keys;
pub mod links;
pub mod lives;
pub mod mails;
pub mod people;
pub mod platform;
pub mod push;
pub mod reports;
pub mod session;
pub mod signing;
pub mod sites;
pub mod statistics;
pub mod tenants;
pub mod texts;
pub mod threads;
pub mod views;
pub mod watching;
pub mod webhooks;
