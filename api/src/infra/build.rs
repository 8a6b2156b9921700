//! Which build this is.

use std::sync::LazyLock;

pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What it was built from, where whoever built it said so (`PARLOUR_COMMIT`, read by the compiler alone).
pub const COMMIT: Option<&str> = option_env!("PARLOUR_COMMIT");

/// Both, as `parlour --version` says them.
pub static NAME: LazyLock<String> = LazyLock::new(|| match COMMIT {
    Some(commit) => format!("{VERSION} ({commit})"),
    None => VERSION.to_owned(),
});
