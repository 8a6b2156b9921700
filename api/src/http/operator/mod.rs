//! The operators' door: above tenants, for whoever runs the platform. Signed-in people alone come in, no keys.

pub mod accounts;
pub mod announcements;
pub mod bounds;
pub mod config;
pub mod jobs;
pub mod mail;
pub mod plans;
pub mod sites;
pub mod tenants;
pub mod views;

use std::sync::Arc;

use poem::Request;

use super::caller;
use crate::app::App;
use crate::error::{Error, ErrorCode, Result};
use crate::operators::{self, Operator, search::Page};

/// The caller as an operator.
async fn operator(request: &Request) -> Result<(&Arc<App>, Operator)> {
    let app = caller::app(request)?;
    let caller = caller::signed_in(app, request).await?;
    Ok((app, operators::enter(app, &caller).await?))
}

/// What a list was asked for.
fn page(q: Option<String>, suspended: Option<bool>, before: Option<&str>, limit: Option<u64>) -> Result<Page> {
    Ok(Page {
        q,
        suspended,
        before: before.map(cursor).transpose()?,
        limit: bounded(limit),
    })
}

fn bounded(limit: Option<u64>) -> u64 {
    limit.unwrap_or(50).clamp(1, 100)
}

/// A place in a list that is ordered by id.
fn cursor(text: &str) -> Result<sea_orm::prelude::Uuid> {
    text.parse().map_err(|_| {
        Error::refused(
            ErrorCode::InvalidParameter,
            "The cursor is not one that this service gave out.",
        )
    })
}
