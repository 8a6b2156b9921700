//! Keys under changed rules: a page is found by what the site's rules of today make of its address, and by what they
//! made of it before.

use std::collections::{HashMap, HashSet};

use ::entity::{OfSite, thread_alias};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use url::Url;

use super::key;
use crate::app::App;
use crate::comments;
use crate::error::Result;
use crate::infra::bus::Notice;
use crate::infra::db::Tx;
use crate::sites::settings::Settings;

/// Pages that get their keys in one transaction.
pub const AT_ONCE: u64 = 500;

/// Adds the keys that `settings` make of a site's pages, oldest pages first, where they are free; where the next batch
/// begins, if there is one. A key that leads to another thread stays there: the two stay apart until somebody merges
/// them ([`clashes`]).
pub async fn rekey(
    tx: &Tx,
    app: &App,
    site_id: Uuid,
    settings: &Settings,
    after: Option<Uuid>,
) -> Result<Option<Uuid>> {
    // So that no thread is merged away under the new keys.
    comments::hold_site(tx, site_id).await?;
    let pages = thread_alias::Entity::of_site(site_id)
        .filter(Expr::cust("url IS NOT NULL"))
        .filter(thread_alias::Column::Id.gt(after.unwrap_or_default()))
        .order_by_asc(thread_alias::Column::Id)
        .limit(AT_ONCE)
        .all(&**tx)
        .await?;
    let last = pages.last().map(|page| page.id);
    let more = pages.len() as u64 == AT_ONCE;
    let now = app.clock.now();
    let fresh: Vec<thread_alias::ActiveModel> = pages
        .into_iter()
        .filter_map(|page| {
            let key = key_now(&page, settings).filter(|key| *key != page.key)?;
            Some(thread_alias::ActiveModel {
                id: Set(app.clock.new_id()),
                site_id: Set(site_id),
                thread_id: Set(page.thread_id),
                key: Set(key),
                // The page has a row already.
                url: Set(None),
                created_at: Set(now),
            })
        })
        .collect();
    if !fresh.is_empty() {
        let keys = fresh.iter().filter_map(|row| row.key.try_as_ref().cloned()).collect();
        let taken = OnConflict::columns([thread_alias::Column::SiteId, thread_alias::Column::Key])
            .do_nothing()
            .to_owned();
        thread_alias::Entity::insert_many(fresh)
            .on_conflict(taken)
            .exec_without_returning(&**tx)
            .await?;
        tx.announce(Notice::Keys { site_id, keys });
    }
    Ok(last.filter(|_| more))
}

/// Of these threads, those with a page whose address leads to another thread today, with that other thread: readers of
/// the page see the other conversation. `settings` by site.
pub(super) async fn clashes(
    db: &impl ConnectionTrait,
    threads: &[Uuid],
    settings: &HashMap<Uuid, Settings>,
) -> Result<HashMap<Uuid, Uuid>> {
    let sites = || settings.keys().copied();
    let pages = thread_alias::Entity::of_sites(sites())
        .filter(thread_alias::Column::ThreadId.is_in(threads.iter().copied()))
        .filter(Expr::cust("url IS NOT NULL"))
        .order_by_asc(thread_alias::Column::Id)
        .all(db)
        .await?;
    let asked: Vec<(Uuid, Uuid, String)> = pages
        .iter()
        .filter_map(|page| {
            Some((
                page.site_id,
                page.thread_id,
                key_now(page, settings.get(&page.site_id)?)?,
            ))
        })
        .collect();
    if asked.is_empty() {
        return Ok(HashMap::new());
    }
    let keys: HashSet<&str> = asked.iter().map(|(_, _, key)| key.as_str()).collect();
    let owners = thread_alias::Entity::of_sites(sites())
        .filter(thread_alias::Column::Key.is_in(keys))
        .all(db)
        .await?;
    let owners: HashMap<(Uuid, String), Uuid> = owners
        .into_iter()
        .map(|alias| ((alias.site_id, alias.key), alias.thread_id))
        .collect();
    let mut found = HashMap::new();
    for (site_id, thread_id, key) in asked {
        if let Some(owner) = owners.get(&(site_id, key)).filter(|owner| **owner != thread_id) {
            found.entry(thread_id).or_insert(*owner);
        }
    }
    Ok(found)
}

fn key_now(page: &thread_alias::Model, settings: &Settings) -> Option<String> {
    let url = Url::parse(page.url.as_deref()?).ok()?;
    Some(key::key_of(&url, settings))
}
