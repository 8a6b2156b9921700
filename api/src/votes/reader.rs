//! Who votes, reacts or reports, without an account and without a cookie.
//!
//! A reader's page asks for a token once and keeps it in its own storage. It says nothing about him but that he is the same one as
//! before, on this site alone. Who sends none is his network for a day: that is coarse, and errs on the side of fewer votes.

use crate::app::App;
use crate::infra::signing;
use crate::sites::Visitor;

const PURPOSE: &str = "reader";

/// Bytes of the payload: the site's id, so that tokens cannot be hoarded on a site of one's own and spent on others, and a random
/// identity.
const PAYLOAD: usize = 16 + 16;

/// A token for a reader who has none yet.
pub fn open(app: &App, visitor: &Visitor) -> String {
    let mut payload = Vec::with_capacity(PAYLOAD);
    payload.extend_from_slice(visitor.site().id().as_bytes());
    payload.extend_from_slice(&signing::fresh_identity());
    app.keys.seal(PURPOSE, &payload)
}

/// By what a reader is known on this site: a name that leads nowhere else.
pub fn name(app: &App, visitor: &Visitor, tokens: &[&str]) -> String {
    let site_id = visitor.site().id();
    let by_token = tokens.iter().find_map(|token| {
        let payload = app.keys.open(PURPOSE, token)?;
        // The random half is the secret, so its hash needs no key, and votes stay their voters' when the service's secret changes.
        (payload.len() == PAYLOAD && payload.starts_with(site_id.as_bytes())).then(|| signing::name_for(&payload))
    });
    by_token.unwrap_or_else(|| {
        let day = app.clock.now().format("%F");
        app.keys
            .pseudonym("reader without a token", &format!("{}/{day}", visitor.network_hash()))
    })
}
