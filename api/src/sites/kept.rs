//! Sites as they were looked up, for the next reader.

use std::sync::Arc;

use super::Site;
use crate::infra::cache::Kept;

/// Sites by their public key; `None` for a key that is nobody's.
pub type Sites = Kept<Option<Arc<Site>>>;

/// What a site takes in memory, near enough.
pub fn weigh(site: &Option<Arc<Site>>) -> usize {
    let Some(site) = site else { return 0 };
    let row = site.row();
    // The settings are there twice: as they are stored, and read.
    let settings = 2 * row.settings.to_string().len();
    size_of::<Site>()
        + settings
        + site.called().len()
        + site.hooks().weight()
        + row.name.len()
        + site.origins().map(|origin| 300 + origin.origin.len()).sum::<usize>()
}
