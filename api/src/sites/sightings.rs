//! Which origins load the snippet, and which were turned away: noted in memory while reading, written once a second.
//!
//! A read stays a read: nothing is written in its course. What is lost by a crash is one second of "seen".

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;

use ::entity::{OfSite, refused_origin, site_key, site_origin};
use chrono::{DateTime, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, Set};

use crate::app::App;
use crate::error::Result;
use crate::infra::db::{self, Tx};

/// Different origins kept between two writes; more are dropped, so that a flood costs no memory.
const MOST_WAITING: usize = 10_000;

/// Refused origins kept for one site.
const MOST_REFUSED: u64 = 200;

/// Seconds during which a repeated sighting of a listed origin is not written again.
const RESOLUTION: i64 = 10;

/// Longest origin that is kept, in bytes.
const LONGEST: usize = 300;

#[derive(Default)]
pub struct Sightings {
    waiting: Mutex<Waiting>,
}

/// In order, so that two nodes that write the same rows wait for each other in turn.
#[derive(Clone, Default)]
struct Waiting {
    /// By listed origin's row: when.
    seen: BTreeMap<(Uuid, Uuid), DateTime<Utc>>,
    /// By site and origin: how often, and when last.
    refused: BTreeMap<(Uuid, String), (i64, DateTime<Utc>)>,
    /// By a former key's row: when last, and from which origin.
    former_keys: BTreeMap<(Uuid, Uuid), (DateTime<Utc>, Option<String>)>,
}

impl Sightings {
    /// A page of a listed origin read a thread.
    pub fn seen(&self, site_id: Uuid, entry: &site_origin::Model, now: DateTime<Utc>) {
        let fresh = entry
            .last_seen_at
            .is_some_and(|last| (now - last).num_seconds() < RESOLUTION);
        if fresh {
            return;
        }
        let mut waiting = self.waiting.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if waiting.seen.len() < MOST_WAITING {
            waiting.seen.insert((site_id, entry.id), now);
        }
    }

    /// A page of an origin that is not on the list asked for a thread.
    pub fn refused(&self, site_id: Uuid, origin: &str, now: DateTime<Utc>) {
        let mut waiting = self.waiting.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let full = waiting.refused.len() >= MOST_WAITING;
        match waiting.refused.get_mut(&(site_id, origin.to_owned())) {
            Some((count, last)) => {
                *count += 1;
                *last = now;
            }
            None if !full => {
                waiting.refused.insert((site_id, origin.to_owned()), (1, now));
            }
            None => {}
        }
    }

    /// A page, or a program, asked by a key that its site had before.
    pub fn former_key(&self, key: &site_key::Model, origin: Option<&str>, now: DateTime<Utc>) {
        let same = key.last_origin.as_deref() == origin;
        let is_fresh = |last: DateTime<Utc>| (now - last).num_seconds() < RESOLUTION;
        if same && key.last_seen_at.is_some_and(is_fresh) {
            return;
        }
        let mut waiting = self.waiting.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if waiting.former_keys.len() < MOST_WAITING {
            let origin = origin.filter(|origin| origin.len() <= LONGEST).map(str::to_owned);
            waiting.former_keys.insert((key.site_id, key.id), (now, origin));
        }
    }

    fn take(&self) -> Waiting {
        std::mem::take(&mut *self.waiting.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

/// Writes what has been noted.
pub async fn write(app: &App) -> Result<()> {
    let waiting = app.sightings.take();
    if waiting.seen.is_empty() && waiting.refused.is_empty() && waiting.former_keys.is_empty() {
        return Ok(());
    }
    db::retry(async || store(app, waiting.clone()).await).await
}

async fn store(app: &App, waiting: Waiting) -> Result<()> {
    let Waiting {
        seen,
        refused,
        former_keys,
    } = waiting;
    let tx = app.db.begin().await?;
    for ((site_id, key_id), (at, origin)) in former_keys {
        let mut update = site_key::Entity::update_of_site(site_id)
            .col_expr(site_key::Column::LastSeenAt, Expr::value(at))
            .filter(site_key::Column::Id.eq(key_id));
        // A program without an origin says nothing of where the key still stands.
        if let Some(origin) = origin {
            update = update.col_expr(site_key::Column::LastOrigin, Expr::value(origin));
        }
        update.exec(&*tx).await?;
    }
    for ((site_id, origin_id), at) in seen {
        site_origin::Entity::update_of_site(site_id)
            .col_expr(site_origin::Column::LastSeenAt, Expr::value(at))
            .col_expr(
                site_origin::Column::FirstSeenAt,
                Expr::col(site_origin::Column::FirstSeenAt).if_null(Expr::value(at)),
            )
            .filter(site_origin::Column::Id.eq(origin_id))
            .exec(&*tx)
            .await?;
    }
    let mut room: HashMap<Uuid, u64> = HashMap::new();
    for ((site_id, origin), (count, at)) in refused {
        let kept = match room.get(&site_id) {
            Some(kept) => *kept,
            None => refused_origin::Entity::of_site(site_id).count(&*tx).await?,
        };
        let known = refused_origin::Entity::update_of_site(site_id)
            .col_expr(
                refused_origin::Column::Count,
                Expr::col(refused_origin::Column::Count).add(count),
            )
            .col_expr(refused_origin::Column::LastSeenAt, Expr::value(at))
            .filter(refused_origin::Column::Origin.eq(&origin))
            .exec(&*tx)
            .await?
            .rows_affected
            == 1;
        room.insert(site_id, kept + u64::from(!known));
        if known {
            continue;
        }
        if kept >= MOST_REFUSED {
            forget_oldest(&tx, site_id).await?;
        }
        let row = refused_origin::ActiveModel {
            id: Set(app.clock.new_id()),
            site_id: Set(site_id),
            origin: Set(origin),
            count: Set(count),
            first_seen_at: Set(at),
            last_seen_at: Set(at),
        };
        refused_origin::Entity::insert(row)
            .on_conflict(
                OnConflict::columns([refused_origin::Column::SiteId, refused_origin::Column::Origin])
                    .do_nothing()
                    .to_owned(),
            )
            .exec_without_returning(&*tx)
            .await?;
    }
    tx.commit().await
}

/// Makes room for a new one, so that a flood of made-up origins does not hide the owner's own for good.
async fn forget_oldest(tx: &Tx, site_id: Uuid) -> Result<()> {
    let oldest = refused_origin::Entity::of_site(site_id)
        .order_by_asc(refused_origin::Column::LastSeenAt)
        .order_by_asc(refused_origin::Column::Id)
        .one(&**tx)
        .await?;
    if let Some(oldest) = oldest {
        refused_origin::Entity::delete_of_site(site_id)
            .filter(refused_origin::Column::Id.eq(oldest.id))
            .exec(&**tx)
            .await?;
    }
    Ok(())
}
