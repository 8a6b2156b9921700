//! Conversations: found by their keys, opened by their first comment, read a page at a time.

pub mod administration;
pub mod changes;
pub mod cursor;
pub mod flat;
pub mod heads;
pub mod importing;
pub mod key;
mod pattern;
pub mod reactions;
mod reading;
pub mod rekeying;
pub mod rules;
pub mod tree;

pub use reading::{Ask, Page, Place, Recent, depth_below, is_visible, pins, read, read_replies, recent};

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;
use std::sync::Arc;

use ::entity::{OfSite, comment, thread, thread_alias};
use chrono::{DateTime, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait, Query, SimpleExpr};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, Iterable, QueryFilter, Set,
    UpdateMany,
};
use serde_json::json;

use crate::app::App;
use crate::error::{Error, FieldCode, Result};
use crate::infra::bus::{self, Notice};
use crate::infra::db::{Tx, is_taken};
use crate::sites::origin::Origin;
use crate::sites::{Site, Visitor, signing};
use crate::text;
use key::Address;

/// Takes away up to `most` threads of a site that is erased, and the keys that lead to them. Resolves to how many rows there were.
pub async fn erase_some(tx: &Tx, site_id: Uuid, most: u64) -> Result<u64> {
    let aliases = thread_alias::Entity::delete_some_of_site(site_id, thread_alias::Column::Id, most);
    let gone = aliases.exec(&**tx).await?.rows_affected;
    let threads = thread::Entity::delete_some_of_site(site_id, thread::Column::Id, most - gone);
    Ok(gone + threads.exec(&**tx).await?.rows_affected)
}

/// Longest title, in characters.
const TITLE: usize = 300;

/// The thread of an address, if somebody has commented on it.
pub async fn named(app: &App, visitor: &Visitor, address: &Address) -> Result<Option<thread::Model>> {
    let head = heads::named(app, visitor.site().id(), address).await?;
    Ok(head.map(Arc::unwrap_or_clone))
}

/// Published comments of each address, in the order asked; 0 for one without a thread.
pub async fn counts(app: &App, visitor: &Visitor, addresses: &[Address]) -> Result<Vec<i64>> {
    let heads = heads::named_all(app, visitor.site().id(), addresses).await?;
    Ok(heads
        .into_iter()
        .map(|head| head.map_or(0, |thread| thread.comment_count))
        .collect())
}

/// The thread in which readers find a comment that they do not find in `here`, which is where an old link of theirs
/// leads: its branch was split off, or the page has another thread now. `None` for a number that nobody can see, and
/// for one that is here.
pub async fn home_of(
    app: &App,
    visitor: &Visitor,
    number: i64,
    here: Option<&thread::Model>,
) -> Result<Option<thread::Model>> {
    let found = comment::Entity::of_site(visitor.site().id())
        .filter(comment::Column::Number.eq(number))
        .filter(is_visible())
        .one(app.db.read())
        .await?
        .filter(|comment| here.is_none_or(|here| here.id != comment.thread_id));
    match found {
        Some(comment) => by_id(app.db.read(), comment.site_id, comment.thread_id).await.map(Some),
        None => Ok(None),
    }
}

/// The thread of an address, opened if this is its first comment.
///
/// # Errors
/// `thread_closed`, `thread_locked`, `site_read_only`; `invalid_input` for a page that is not one of the site's.
pub async fn open(tx: &Tx, app: &App, site: &Site, address: &Address, title: Option<&str>) -> Result<thread::Model> {
    let found = find_named(&**tx, site.id(), address).await?;
    rules::may_comment(site.settings(), found.as_ref(), app.clock.now())?;
    match found {
        Some(thread) => Ok(thread),
        None => {
            let title = clean_title(title, "/thread/title")?;
            establish(tx, app, site, address, title).await
        }
    }
}

/// Whether the site's rule about who may open conversations covers this page. Where it does not, [`rules::is_vouched`]
/// says whether that matters.
pub fn covers(app: &App, site: &Site, address: &Address) -> bool {
    let signature = address.signature();
    let is_signed = |id: &str| signature.is_some_and(|signature| signing::has_signed(app, site, id, signature));
    rules::covers(site.settings(), address, is_listed(site, address), is_signed)
}

fn clean_title(typed: Option<&str>, pointer: &str) -> Result<Option<String>> {
    let cleaned = typed.map(|title| text::clean_line(title, TITLE)).transpose();
    cleaned
        .map(Option::flatten)
        .map_err(|fault| Error::Invalid(vec![fault.at(pointer)]))
}

/// Whether the page is on one of the site's origins; one that was not told could be anywhere.
fn is_listed(site: &Site, address: &Address) -> bool {
    address
        .url()
        .and_then(Origin::of_url)
        .is_none_or(|origin| site.lists(&origin))
}

/// Refuses a page elsewhere as what names a thread.
fn must_be_listed(site: &Site, address: &Address) -> Result<()> {
    if !address.is_by_url() || is_listed(site, address) {
        return Ok(());
    }
    let shown = address
        .url()
        .and_then(Origin::of_url)
        .map(|origin| origin.to_string())
        .unwrap_or_default();
    let detail = format!("{shown} is not among this site's origins, so its pages cannot open threads.");
    Err(Error::invalid("/thread/url", FieldCode::Invalid, detail))
}

/// Makes a thread without comments at an address that has none.
async fn establish(tx: &Tx, app: &App, site: &Site, address: &Address, title: Option<String>) -> Result<thread::Model> {
    must_be_listed(site, address)?;
    let thread = make(tx, app, site, address, title, app.clock.now()).await?;
    add_other_alias(tx, app, &thread, address).await?;
    Ok(thread)
}

/// The row of a thread that began at `at`, found under the first of its address's keys.
async fn make(
    tx: &Tx,
    app: &App,
    site: &Site,
    address: &Address,
    title: Option<String>,
    at: DateTime<Utc>,
) -> Result<thread::Model> {
    // A page elsewhere is not linked from the owner's admin UI.
    let url = address
        .url()
        .filter(|_| is_listed(site, address))
        .map(ToString::to_string);
    let row = thread::ActiveModel {
        id: Set(app.clock.new_id()),
        site_id: Set(site.id()),
        key: Set(address.key().to_owned()),
        key_version: Set(key::VERSION),
        folded: Set(folded(title.as_deref(), address.key(), url.as_deref())),
        url: Set(url),
        title: Set(title),
        comment_count: Set(0),
        version: Set(1),
        closed_at: Set(None),
        locked_at: Set(None),
        pinned: Set(json!([])),
        reactions: Set(json!({})),
        created_at: Set(at),
        updated_at: Set(app.clock.now()),
        last_comment_at: Set(None),
    };
    let thread = row.insert(&**tx).await?;
    add_alias(tx, app, &thread, address).await?;
    Ok(thread)
}

/// Has a free address lead to a thread.
async fn add_alias(tx: &Tx, app: &App, thread: &thread::Model, address: &Address) -> Result<()> {
    let alias = thread_alias::ActiveModel {
        id: Set(app.clock.new_id()),
        site_id: Set(thread.site_id),
        thread_id: Set(thread.id),
        key: Set(address.key().to_owned()),
        url: Set(address.url().filter(|_| address.is_by_url()).map(ToString::to_string)),
        created_at: Set(app.clock.now()),
    };
    match thread_alias::Entity::insert(alias).exec_without_returning(&**tx).await {
        Ok(_) => {
            tx.announce(Notice::Keys {
                site_id: thread.site_id,
                keys: vec![address.key().to_owned()],
            });
            Ok(())
        }
        // Two first comments at once: the other one opened the thread, and this transaction is tried again.
        Err(error) if is_taken(&error) => Err(Error::Again("the thread was opened by another comment".to_owned())),
        Err(error) => Err(error.into()),
    }
}

/// Has the page's address lead to a thread that was opened under the page's path, unless it leads elsewhere already.
async fn add_other_alias(tx: &Tx, app: &App, thread: &thread::Model, address: &Address) -> Result<()> {
    let Some(key) = address.other_key() else {
        return Ok(());
    };
    let alias = thread_alias::ActiveModel {
        id: Set(app.clock.new_id()),
        site_id: Set(thread.site_id),
        thread_id: Set(thread.id),
        key: Set(key.to_owned()),
        // A page elsewhere is nobody's address here.
        url: Set(thread.url.clone()),
        created_at: Set(app.clock.now()),
    };
    if thread.url.is_none() {
        return Ok(());
    }
    thread_alias::Entity::insert(alias)
        .on_conflict_do_nothing_on([thread_alias::Column::SiteId, thread_alias::Column::Key])
        .exec_without_returning(&**tx)
        .await?;
    tx.announce(Notice::Keys {
        site_id: thread.site_id,
        keys: vec![key.to_owned()],
    });
    Ok(())
}

/// What a thread is searched by.
fn folded(title: Option<&str>, key: &str, url: Option<&str>) -> String {
    let all: Vec<String> = title.into_iter().chain([key]).chain(url).map(text::folded).collect();
    all.join("\n")
}

/// Books a change that readers can see: the version always, the count of published comments by `published`. Caches and open pages
/// hear of it when the transaction is committed.
///
/// Called last in a transaction: the shorter the row is held, the more can post to the thread.
pub async fn book(
    tx: &Tx,
    app: &App,
    site_id: Uuid,
    thread_id: Uuid,
    published: i64,
    change: bus::Change,
) -> Result<thread::Model> {
    let mut update = thread::Entity::update_of_site(site_id);
    if published != 0 {
        update = update.col_expr(
            thread::Column::CommentCount,
            Expr::col(thread::Column::CommentCount).add(published),
        );
    }
    if published > 0 {
        update = update.col_expr(thread::Column::LastCommentAt, Expr::value(app.clock.now()));
    }
    touch(tx, app, update, site_id, thread_id, change).await
}

/// Counts a thread's published comments from the rows, and finds the time of the latest: for changes that add or take
/// away more than one. Books the change, as [`book`] does.
pub async fn recount(tx: &Tx, app: &App, site_id: Uuid, thread_id: Uuid, change: bus::Change) -> Result<thread::Model> {
    let published = |what: SimpleExpr| {
        let select = Query::select()
            .expr(what)
            .from(comment::Entity)
            .and_where(comment::Column::SiteId.eq(site_id))
            .and_where(comment::Column::ThreadId.eq(thread_id))
            .and_where(comment::Column::State.eq(comment::State::Published))
            .to_owned();
        SimpleExpr::SubQuery(None, Box::new(select.into()))
    };
    let update = thread::Entity::update_of_site(site_id)
        .col_expr(
            thread::Column::CommentCount,
            published(Expr::col((comment::Entity, comment::Column::Id)).count()),
        )
        .col_expr(
            thread::Column::LastCommentAt,
            published(Expr::col((comment::Entity, comment::Column::CreatedAt)).max()),
        );
    touch(tx, app, update, site_id, thread_id, change).await
}

/// Raises the version with whatever else an update says, and has the change told.
async fn touch(
    tx: &Tx,
    app: &App,
    update: UpdateMany<thread::Entity>,
    site_id: Uuid,
    thread_id: Uuid,
    change: bus::Change,
) -> Result<thread::Model> {
    let thread = update
        .col_expr(thread::Column::Version, Expr::col(thread::Column::Version).add(1))
        .col_expr(thread::Column::UpdatedAt, Expr::value(app.clock.now()))
        .filter(thread::Column::Id.eq(thread_id))
        .exec_with_returning(&**tx)
        .await?
        .pop()
        // Merged into another one since the caller looked: who tries again finds that.
        .ok_or_else(|| Error::Again("the thread is gone".to_owned()))?;
    tx.announce(Notice::Thread {
        site_id,
        thread_id,
        version: thread.version,
        change,
    });
    Ok(thread)
}

/// Books comments that were just published: a version for each, so that each has its own place in the order of changes. One
/// statement, however many threads.
pub async fn book_new(
    tx: &Tx,
    app: &App,
    site_id: Uuid,
    published: &BTreeMap<Uuid, Vec<Uuid>>,
) -> Result<Vec<thread::Model>> {
    if published.is_empty() {
        return Ok(Vec::new());
    }
    let now = app.clock.now();
    let count_of = |ids: &Vec<Uuid>| i64::try_from(ids.len()).unwrap_or(i64::MAX);
    let mut count = CaseStatement::new();
    for (thread_id, ids) in published {
        count = count.case(Expr::col(thread::Column::Id).eq(*thread_id), count_of(ids));
    }
    let count: SimpleExpr = count.finally(0_i64).into();
    let threads = thread::Entity::update_of_site(site_id)
        .col_expr(
            thread::Column::Version,
            Expr::col(thread::Column::Version).add(count.clone()),
        )
        .col_expr(
            thread::Column::CommentCount,
            Expr::col(thread::Column::CommentCount).add(count),
        )
        .col_expr(thread::Column::UpdatedAt, Expr::value(now))
        .col_expr(thread::Column::LastCommentAt, Expr::value(now))
        .filter(thread::Column::Id.is_in(published.keys().copied()))
        .exec_with_returning(&**tx)
        .await?;
    for thread in &threads {
        let ids = &published[&thread.id];
        let before = thread.version - count_of(ids);
        for (version, id) in (before + 1..).zip(ids) {
            tx.announce(Notice::Thread {
                site_id,
                thread_id: thread.id,
                version,
                change: bus::Change::Comment(*id),
            });
        }
    }
    Ok(threads)
}

/// Threads by id, for views that show where a comment stands.
pub async fn by_ids(db: &impl ConnectionTrait, site_ids: Vec<Uuid>, ids: Vec<Uuid>) -> Result<Vec<thread::Model>> {
    Ok(thread::Entity::of_sites(site_ids)
        .filter(thread::Column::Id.is_in(ids))
        .all(db)
        .await?)
}

/// A thread of a site.
pub async fn by_id(db: &impl ConnectionTrait, site_id: Uuid, id: Uuid) -> Result<thread::Model> {
    thread::Entity::of_site(site_id)
        .filter(thread::Column::Id.eq(id))
        .one(db)
        .await?
        .ok_or_else(|| Error::not_found("thread"))
}

async fn find(db: &impl ConnectionTrait, site_id: Uuid, key: &str) -> Result<Option<thread::Model>> {
    Ok(find_all(db, site_id, std::iter::once(key)).await?.into_values().next())
}

/// The thread of an address, by whichever of its names it is found.
async fn find_named(db: &impl ConnectionTrait, site_id: Uuid, address: &Address) -> Result<Option<thread::Model>> {
    let found = find_all(db, site_id, address.keys()).await?;
    Ok(named_in(&found, address).cloned())
}

/// The thread of an address among those that were found by keys.
pub fn named_in<'a, S: BuildHasher>(
    found: &'a HashMap<String, thread::Model, S>,
    address: &Address,
) -> Option<&'a thread::Model> {
    let other = || address.other_key().and_then(|key| found.get(key));
    found
        .get(address.key())
        .or_else(|| other().filter(|thread| address.means(&thread.key)))
}

/// The threads that these keys lead to, by key.
pub async fn find_all(
    db: &impl ConnectionTrait,
    site_id: Uuid,
    keys: impl Iterator<Item = &str>,
) -> Result<HashMap<String, thread::Model>> {
    const KEY: &str = "found_by";
    let keys: std::collections::BTreeSet<&str> = keys.collect();
    let alias = |column| Expr::col((thread_alias::Entity, column));
    let select = Query::select()
        .columns(thread::Column::iter().map(|column| (thread::Entity, column)))
        .expr_as(alias(thread_alias::Column::Key), KEY)
        .from(thread_alias::Entity)
        .inner_join(thread::Entity, joined())
        .and_where(alias(thread_alias::Column::SiteId).eq(site_id))
        .and_where(alias(thread_alias::Column::Key).is_in(keys))
        .to_owned();
    let mut found = HashMap::new();
    for row in db.query_all(&select).await? {
        found.insert(row.try_get("", KEY)?, thread::Model::from_query_result(&row, "")?);
    }
    Ok(found)
}

/// An alias with its thread.
fn joined() -> SimpleExpr {
    let same = |alias, row| Expr::col((thread_alias::Entity, alias)).equals((thread::Entity, row));
    same(thread_alias::Column::SiteId, thread::Column::SiteId)
        .and(same(thread_alias::Column::ThreadId, thread::Column::Id))
}
