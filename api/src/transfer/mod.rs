//! Conversations from other systems: brought in, told about, taken back.
//!
//! A run of an import is a row of `import_batch`. It writes a few comments in a transaction, so that a running server goes on
//! meanwhile; killed anywhere, it is gone on with by running it again: what has come is known by its id in the other system.

pub mod export;
pub mod isso;
pub mod isso_config;
mod judging;
mod planning;
pub mod report;
pub mod stream;

use std::collections::BTreeSet;

use ::entity::{OfSite, import_batch};
use sea_orm::prelude::Uuid;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use serde_json::{Value, json};

use crate::app::App;
use crate::error::{Error, ErrorCode, Result};
use crate::infra::db::{self, Tx};
use crate::infra::signing::token_hash;
use crate::moderation::{self, Actor, Kind};
use crate::{comments, subscriptions, threads};

/// How far a run is: comments that were looked at, and all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    pub done: u64,
    pub all: u64,
}

/// Takes away up to `most` runs of a site that is erased. Resolves to how many there were.
pub async fn erase_some(tx: &Tx, site_id: Uuid, most: u64) -> Result<u64> {
    let some = import_batch::Entity::delete_some_of_site(site_id, import_batch::Column::Id, most);
    Ok(some.exec(&**tx).await?.rows_affected)
}

/// Begins a run, or goes on with one that did not come to its end.
async fn begin(tx: &Tx, app: &App, site_id: Uuid, source: &str, data: Value) -> Result<import_batch::Model> {
    let unfinished = import_batch::Entity::of_site(site_id)
        .filter(import_batch::Column::Source.eq(source))
        .filter(import_batch::Column::FinishedAt.is_null())
        .filter(import_batch::Column::UndoneAt.is_null())
        .order_by_desc(import_batch::Column::Id)
        .limit(1)
        .one(&**tx)
        .await?;
    if let Some(batch) = unfinished {
        let row = import_batch::ActiveModel {
            report: Set(data),
            ..batch.into()
        };
        return Ok(row.update(&**tx).await?);
    }
    let row = import_batch::ActiveModel {
        id: Set(app.clock.new_id()),
        site_id: Set(site_id),
        source: Set(source.to_owned()),
        report: Set(data),
        created_at: Set(app.clock.now()),
        finished_at: Set(None),
        undone_at: Set(None),
    };
    Ok(row.insert(&**tx).await?)
}

/// Ends a run with its report, and puts a line into the site's record.
async fn finish(app: &App, batch: import_batch::Model, report: Value) -> Result<()> {
    let tx = app.db.begin().await?;
    let (site_id, id) = (batch.site_id, batch.id);
    let row = import_batch::ActiveModel {
        report: Set(report.clone()),
        finished_at: Set(Some(app.clock.now())),
        ..batch.into()
    };
    row.update(&*tx).await?;
    let data = json!({ "batch": id, "source": report["source"], "comments": report["comments"] });
    moderation::record_of_site(&tx, app, site_id, None, Kind::Imported, &Actor::System, data).await?;
    tx.commit().await
}

/// Runs that brought comments of a source to a site, the latest first.
async fn former(app: &App, site_id: Uuid, source: &str) -> Result<Vec<import_batch::Model>> {
    Ok(import_batch::Entity::of_site(site_id)
        .filter(import_batch::Column::Source.eq(source))
        .order_by_desc(import_batch::Column::Id)
        .all(app.db.read())
        .await?)
}

/// What was taken back of a run.
#[derive(Clone, Debug, Default)]
pub struct Undone {
    pub comments: u64,
    pub threads: u64,
    pub subscriptions: u64,
    /// Numbers of comments whose places stay, because somebody has answered them since.
    pub kept: Vec<i64>,
}

impl Undone {
    pub fn json(&self) -> Value {
        json!({
            "comments": self.comments,
            "threads": self.threads,
            "subscriptions": self.subscriptions,
            "kept": self.kept,
        })
    }
}

/// Takes back what a run has brought: comments with their votes, threads in which nothing is left then, subscriptions. Where readers
/// have answered since, the place of what they answered stays. Killed anywhere, it is gone on with by calling it again.
///
/// # Errors
/// `not_found`; `state_changed` for one that was taken back before.
pub async fn undo(app: &App, batch_id: Uuid, progress: impl Fn(Progress)) -> Result<Undone> {
    let batch = by_id(app, batch_id).await?;
    if batch.undone_at.is_some() {
        return Err(Error::refused(
            ErrorCode::StateChanged,
            "This import was taken back before.",
        ));
    }
    let site_id = batch.site_id;
    let mut undone = Undone::default();
    let mut touched = BTreeSet::new();
    let mut before = None;
    loop {
        let (taken, subscriptions, next) = db::retry(async || {
            let tx = app.db.begin().await?;
            comments::hold_site(&tx, site_id).await?;
            let rows = comments::importing::of_run(&*tx, site_id, batch_id, before).await?;
            let hashes = rows.iter().filter_map(|row| row.import_id.as_ref());
            let hashes = hashes.map(|id| wish_hash(app, &batch.source, site_id, id)).collect();
            // First, so that they are counted: they would go with their comments.
            let subscriptions = subscriptions::importing::take_back(&tx, site_id, hashes).await?;
            let taken = comments::importing::take_back(&tx, app, site_id, &rows).await?;
            tx.commit().await?;
            Ok((taken, subscriptions, rows.last().map(|row| row.number)))
        })
        .await?;
        before = next;
        if before.is_none() {
            break;
        }
        undone.comments += taken.removed as u64;
        undone.subscriptions += subscriptions;
        undone.kept.extend(taken.kept);
        touched.extend(taken.threads);
        progress(Progress {
            done: undone.comments,
            all: undone.comments,
        });
    }
    let touched: Vec<Uuid> = touched.into_iter().collect();
    undone.threads = db::retry(async || {
        let tx = app.db.begin().await?;
        comments::hold_site(&tx, site_id).await?;
        let mut removed = 0;
        for some in touched.chunks(500) {
            removed += threads::importing::remove_empty(&tx, site_id, some).await?;
        }
        let row = import_batch::ActiveModel {
            undone_at: Set(Some(app.clock.now())),
            ..batch.clone().into()
        };
        row.update(&*tx).await?;
        let data = json!({ "batch": batch_id, "comments": undone.comments, "kept": undone.kept.len() });
        moderation::record_of_site(&tx, app, site_id, None, Kind::ImportUndone, &Actor::System, data).await?;
        tx.commit().await?;
        Ok(removed)
    })
    .await?;
    undone.kept.sort_unstable();
    Ok(undone)
}

#[expect(
    clippy::disallowed_methods,
    reason = "who has the database in his hands names a run by its id alone"
)]
async fn by_id(app: &App, batch_id: Uuid) -> Result<import_batch::Model> {
    import_batch::Entity::find_by_id(batch_id)
        .one(app.db.read())
        .await?
        .ok_or_else(|| Error::not_found("import"))
}

/// Names the subscription that came with a comment, so that it can be found again.
fn wish_hash(app: &App, source: &str, site_id: Uuid, import_id: &str) -> Vec<u8> {
    token_hash(
        &app.keys
            .pseudonym("imported subscription", &format!("{source}/{site_id}/{import_id}")),
    )
}
