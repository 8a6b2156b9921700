//! Readers who want to hear of comments by mail: what they ask for and whether it is they ([`wishing`]), what they are told ([`telling`]), and how
//! they leave ([`leaving`]).

pub mod coming_back;
mod ending;
pub mod importing;
pub mod leaving;
mod letters;
pub mod mine;
mod sample;
mod silence;
pub mod telling;
pub mod wishing;
mod words;

pub use ending::{end_comment, end_everything, end_site, end_thread};
pub use sample::{built_in, sample};
pub use silence::{end_silence, is_silent, silence, silence_hash, silent};

use ::entity::{OfSite, comment, follow_entry, silence as quiet, subscription};
use chrono::{DateTime, TimeDelta};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, QueryFilter};
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::error::{Error, ErrorCode, Result};
use crate::infra::db::Tx;
use crate::sites::Site;
use crate::text;

const PURPOSE: &str = "end of a subscription";

/// How long the link in a mail ends what it is about.
const LIFE: TimeDelta = TimeDelta::days(365);

/// Bytes of the payload: comment, hash of the address, end in seconds.
const PAYLOAD: usize = 16 + 32 + 8;

/// Takes away up to `most` subscriptions of a site that is erased, with what is kept beside them. Resolves to how many there were.
pub async fn erase_some(tx: &Tx, site_id: Uuid, most: u64) -> Result<u64> {
    let entries = follow_entry::Entity::delete_some_of_site(site_id, follow_entry::Column::Id, most);
    let mut gone = entries.exec(&**tx).await?.rows_affected;
    let wishes = subscription::Entity::delete_some_of_site(site_id, subscription::Column::Id, most - gone);
    gone += wishes.exec(&**tx).await?.rows_affected;
    let silences = quiet::Entity::delete_some_of_site(site_id, quiet::Column::Id, most - gone);
    Ok(gone + silences.exec(&**tx).await?.rows_affected)
}

/// A name for an address on one site, which says nothing about it. 32 hex digits.
pub fn follower(app: &App, site_id: Uuid, folded: &str) -> String {
    app.keys.pseudonym("follower", &format!("{site_id}/{folded}"))
}

/// Whoever follows one thread follows another instead, as the two are merged. Their links to leave stay good.
pub async fn follow(tx: &Tx, site_id: Uuid, from: Uuid, to: Uuid) -> Result<()> {
    subscription::Entity::update_of_site(site_id)
        .col_expr(subscription::Column::ThreadId, Expr::value(to))
        .filter(subscription::Column::ThreadId.eq(from))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// The key by which the holder of a mail address ends his subscriptions to the conversation of a comment.
pub fn key_to_end(app: &App, comment: &comment::Model, email: &str) -> String {
    let mut payload = Vec::with_capacity(PAYLOAD);
    payload.extend_from_slice(comment.id.as_bytes());
    payload.extend_from_slice(&hash_of(email));
    payload.extend_from_slice(&(app.clock.now() + LIFE).timestamp().to_be_bytes());
    app.keys.seal(PURPOSE, &payload)
}

fn hash_of(email: &str) -> [u8; 32] {
    Sha256::digest(text::folded(email).as_bytes()).into()
}

/// Whether a key ends the subscriptions of an address to the conversation of a comment: the comment, if so.
///
/// # Errors
/// `link_void`.
pub async fn open_end(app: &App, site: &Site, number: i64, email: &str, key: &str) -> Result<comment::Model> {
    let comment_id = read(app, email, key).ok_or_else(void)?;
    comment::Entity::of_site(site.id())
        .filter(comment::Column::Id.eq(comment_id))
        .filter(comment::Column::Number.eq(number))
        .one(app.db.read())
        .await?
        .ok_or_else(void)
}

fn read(app: &App, email: &str, key: &str) -> Option<Uuid> {
    let payload = app.keys.open(PURPOSE, key).filter(|payload| payload.len() == PAYLOAD)?;
    let ends = i64::from_be_bytes(payload[48..].try_into().ok()?);
    let is_good = payload[16..48] == hash_of(email) && app.clock.now() < DateTime::from_timestamp(ends, 0)?;
    Uuid::from_slice(&payload[..16]).ok().filter(|_| is_good)
}

fn void() -> Error {
    Error::refused(
        ErrorCode::LinkVoid,
        "This link does not end any subscription. Use the one in the latest mail.",
    )
}

/// Ends what an address follows of the conversation of a comment: the conversation itself, and replies to comments in it. To do so
/// again changes nothing.
///
/// # Errors
/// `link_void`.
pub async fn end(app: &App, site: &Site, number: i64, email: &str, key: &str) -> Result<u64> {
    let comment = open_end(app, site, number, email, key).await?;
    let tx = app.db.begin().await?;
    let ended = end_thread(&tx, app, site.id(), comment.thread_id, &text::folded(email)).await?;
    tx.commit().await?;
    Ok(ended)
}
