//! Threads as they were looked up by their keys, for the next reader: what a page says above its comments.

use std::collections::HashMap;
use std::sync::Arc;

use ::entity::thread;
use sea_orm::prelude::Uuid;

use super::key::Address;
use super::rules::ClosedBy;
use super::{Ask, find, find_all, flat};
use crate::app::App;
use crate::error::{Error, Result};
use crate::infra::cache::{self, Found, Kept, Marks, Subject};

/// A thread, or `None` while nobody has commented under a key.
pub type Head = Option<Arc<thread::Model>>;

/// Heads by site and key.
pub type Heads = Kept<Head>;

/// What a page of comments follows from, all of it: two of the same are the same bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PageKey {
    pub thread_id: Uuid,
    pub thread_version: i64,
    pub site_version: i64,
    /// Time closes conversations without a change of anything else.
    pub closed_by: Option<ClosedBy>,
    pub question: Question,
}

/// How a conversation is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Question {
    /// As the tree that it is.
    Tree(Ask),
    /// With one level of replies.
    Flat(flat::Ask),
}

/// Pages ready to send.
pub type Pages = cache::Pages<PageKey>;

/// What a head takes in memory, near enough.
pub fn weigh(head: &Head) -> usize {
    let Some(thread) = head else { return 0 };
    let texts = [Some(&thread.key), thread.url.as_ref(), thread.title.as_ref()];
    let json = thread.pinned.to_string().len() + thread.reactions.to_string().len();
    size_of::<thread::Model>() + texts.into_iter().flatten().map(String::len).sum::<usize>() + 2 * json
}

/// The thread to which a key leads.
pub async fn head(app: &App, site_id: Uuid, key: &str) -> Result<Head> {
    let now = app.clock.milliseconds();
    let look = || async {
        let _pass = app.gate.look_up()?;
        let found = find(app.db.read(), site_id, key).await?;
        Ok::<_, Error>(about(app.heads.marks(), site_id, key, found.map(Arc::new)))
    };
    app.heads.get(&place(site_id, key), now, look).await
}

/// The thread of an address, by whichever of its names it is found.
pub async fn named(app: &App, site_id: Uuid, address: &Address) -> Result<Head> {
    Ok(found(app, site_id, address).await?.1)
}

/// The same with the name by which it was found; the first one if it was not.
pub async fn found<'a>(app: &App, site_id: Uuid, address: &'a Address) -> Result<(&'a str, Head)> {
    let own = head(app, site_id, address.key()).await?;
    if own.is_none()
        && let Some(other) = address.other_key()
        && let Some(thread) = head(app, site_id, other)
            .await?
            .filter(|thread| address.means(&thread.key))
    {
        return Ok((other, Some(thread)));
    }
    Ok((address.key(), own))
}

/// The threads of some addresses, in their order: at most one select.
pub async fn named_all(app: &App, site_id: Uuid, addresses: &[Address]) -> Result<Vec<Head>> {
    let keys: Vec<String> = addresses.iter().flat_map(Address::keys).map(str::to_owned).collect();
    let mut found = heads(app, site_id, &keys).await?.into_iter();
    let mut first_found = |address: &Address| {
        let first = found.next().flatten();
        let other = address.other_key().and_then(|_| found.next().flatten());
        first.or(other.filter(|thread| address.means(&thread.key)))
    };
    Ok(addresses.iter().map(&mut first_found).collect())
}

/// The threads to which some keys lead, in the order of the keys: at most one select, for those that are not kept.
pub async fn heads(app: &App, site_id: Uuid, keys: &[String]) -> Result<Vec<Head>> {
    let now = app.clock.milliseconds();
    let kept = |key: &String| {
        let place = place(site_id, key);
        app.heads
            .kept(&place, now)
            .or_else(|| app.heads.kept_while_away(&place, now))
    };
    let kept: Vec<Option<Head>> = keys.iter().map(kept).collect();
    let missing: Vec<&str> = keys
        .iter()
        .zip(&kept)
        .filter(|(_, head)| head.is_none())
        .map(|(key, _)| key.as_str())
        .collect();
    if missing.is_empty() {
        return Ok(kept.into_iter().flatten().collect());
    }
    let _pass = app.gate.look_up()?;
    let since = app.heads.marks().now();
    let found = find_all(app.db.read(), site_id, missing.into_iter()).await?;
    let found: HashMap<String, Arc<thread::Model>> =
        found.into_iter().map(|(key, thread)| (key, Arc::new(thread))).collect();
    let heads = keys.iter().zip(kept).map(|(key, kept)| {
        kept.unwrap_or_else(|| {
            let head = about(app.heads.marks(), site_id, key, found.get(key.as_str()).cloned());
            app.heads.keep(&place(site_id, key), now, since, head)
        })
    });
    Ok(heads.collect())
}

/// A head is about its key and, if the key leads somewhere, about the thread.
fn about(marks: &Marks, site_id: Uuid, key: &str, thread: Head) -> Found<Head> {
    let id = thread.as_ref().map(|thread| thread.id);
    let found = Found::new(marks, thread, Subject::Key(site_id, key));
    match id {
        Some(id) => found.and_about(marks, Subject::Thread(id)),
        None => found,
    }
}

/// Under which name a head is kept.
fn place(site_id: Uuid, key: &str) -> String {
    let mut letters = Uuid::encode_buffer();
    let site_id: &str = site_id.simple().encode_lower(&mut letters);
    [site_id, key].concat()
}
