//! How a site stands, and so what its readers may see: the one place that says so.

use ::entity::site;

use super::settings::Settings;
use crate::error::{Error, Result};

/// What becomes of those who come to a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Its settings say what they may do.
    Open,
    /// They are shown what is there.
    Archived,
    /// It is not there, as if it had never been.
    Deleted,
}

impl Standing {
    pub fn of(row: &site::Model) -> Standing {
        match (row.erase_at, row.archived_at) {
            (Some(_), _) => Standing::Deleted,
            (None, Some(_)) => Standing::Archived,
            (None, None) => Standing::Open,
        }
    }
}

/// What its owner has chosen for a site.
pub fn chosen(row: &site::Model) -> Result<Settings> {
    serde_json::from_value(row.settings.clone()).map_err(Error::internal)
}

/// What holds for a site: what its owner has chosen, as far as its standing lets it.
pub fn in_force(row: &site::Model) -> Result<Settings> {
    let chosen = chosen(row)?;
    Ok(Settings {
        read_only: chosen.read_only || Standing::of(row) != Standing::Open,
        ..chosen
    })
}
