//! Conversations: found by their keys, opened by their first comment, read a page at a time.

pub mod cursor;
pub mod heads;
pub mod key;
pub mod rules;
pub mod tree;

use std::sync::Arc;

use ::entity::{OfSite, comment, thread, thread_alias};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Query, SimpleExpr, WindowStatement};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, Iterable, Order, QueryFilter,
    QueryOrder, QuerySelect, Set,
};
use serde_json::json;

use crate::app::App;
use crate::error::{Error, FieldCode, Result};
use crate::infra::bus::{self, Notice};
use crate::infra::db::{Tx, is_taken};
use crate::sites::origin::Origin;
use crate::sites::settings::Sort;
use crate::sites::{Site, Visitor};
use crate::text;
use cursor::Cursor;
use key::Address;
use tree::{Placed, arrange};

/// Replies under one root that come with it; more are asked for.
pub const REPLIES_WITH_ROOT: u64 = 50;

/// Replies in one further page.
pub const REPLIES_A_PAGE: u64 = 100;

/// Longest title, in characters.
const TITLE: usize = 300;

/// One page of a conversation.
#[derive(Default)]
pub struct Page {
    pub comments: Vec<Placed>,
    /// Roots whose replies go on, with where.
    pub more_replies: Vec<(Uuid, Cursor)>,
    /// Where the next roots begin.
    pub next: Option<Cursor>,
}

/// Which page of a conversation is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Ask {
    pub sort: Sort,
    pub after: Option<Cursor>,
    /// Roots.
    pub limit: u64,
}

/// The thread of an address, if somebody has commented on it.
pub async fn named(app: &App, visitor: &Visitor, address: &Address) -> Result<Option<thread::Model>> {
    let head = heads::head(app, visitor.site().id(), address.key()).await?;
    Ok(head.map(Arc::unwrap_or_clone))
}

/// A page of a thread in two selects, however many comments it has: its roots, and their replies.
pub async fn read(app: &App, thread: &thread::Model, ask: Ask) -> Result<Page> {
    let db = app.db.read();
    let mut roots = roots(db, thread, ask).await?;
    let next = cut(&mut roots, ask.limit);
    let mut replies = replies(db, thread, roots.iter().map(|root| root.id).collect()).await?;
    let more_replies = cut_each(&mut replies, REPLIES_WITH_ROOT);
    Ok(Page {
        comments: arrange(roots, replies),
        more_replies,
        next,
    })
}

/// Further replies under a root, oldest first; with where the next ones begin.
pub async fn read_replies(
    app: &App,
    visitor: &Visitor,
    root: &comment::Model,
    after: Option<Cursor>,
) -> Result<(Vec<Placed>, Option<Cursor>)> {
    let mut select = comment::Entity::of_site(visitor.site().id())
        .filter(comment::Column::RootId.eq(root.id))
        .filter(is_visible())
        .order_by_asc(comment::Column::Number)
        .limit(REPLIES_A_PAGE + 1);
    if let Some(after) = after {
        select = select.filter(comment::Column::Number.gt(after.number));
    }
    let mut rows = select.all(app.db.read()).await?;
    let next = cut(&mut rows, REPLIES_A_PAGE);
    // Their parents may be on an earlier page: the reader's side hangs them up, so they come in order of arrival.
    let placed = rows.into_iter().map(|comment| Placed { comment, depth: 0 }).collect();
    Ok((placed, next))
}

/// Published comments under each key, in the order asked; 0 for a key without a thread.
pub async fn counts(app: &App, visitor: &Visitor, keys: &[String]) -> Result<Vec<i64>> {
    let heads = heads::heads(app, visitor.site().id(), keys).await?;
    Ok(heads
        .into_iter()
        .map(|head| head.map_or(0, |thread| thread.comment_count))
        .collect())
}

/// The thread of an address, opened if this is its first comment.
///
/// # Errors
/// `thread_closed`, `thread_locked`, `site_read_only`; `invalid_input` for a page that is not one of the site's.
pub async fn open(tx: &Tx, app: &App, site: &Site, address: &Address, title: Option<&str>) -> Result<thread::Model> {
    let found = find(&**tx, site.id(), address.key()).await?;
    rules::may_comment(site.settings(), found.as_ref(), app.clock.now())?;
    if let Some(thread) = found {
        return Ok(thread);
    }
    let listed = address
        .url()
        .and_then(Origin::of_url)
        .is_none_or(|origin| site.lists(&origin));
    if address.is_by_url() && !listed {
        let shown = address
            .url()
            .and_then(Origin::of_url)
            .map(|origin| origin.to_string())
            .unwrap_or_default();
        let detail = format!("{shown} is not among this site's origins, so its pages cannot open threads.");
        return Err(Error::invalid("/thread/url", FieldCode::Invalid, detail));
    }
    let title = match title.map(|title| text::clean_line(title, TITLE)).transpose() {
        Ok(title) => title.flatten(),
        Err(fault) => return Err(Error::Invalid(vec![fault.at("/thread/title")])),
    };
    let now = app.clock.now();
    let row = thread::ActiveModel {
        id: Set(app.clock.new_id()),
        site_id: Set(site.id()),
        key: Set(address.key().to_owned()),
        key_version: Set(key::VERSION),
        // A page elsewhere is not linked from the owner's admin UI.
        url: Set(address.url().filter(|_| listed).map(ToString::to_string)),
        title: Set(title),
        comment_count: Set(0),
        version: Set(1),
        closed_at: Set(None),
        locked_at: Set(None),
        pinned: Set(json!([])),
        reactions: Set(json!({})),
        created_at: Set(now),
        updated_at: Set(now),
        last_comment_at: Set(None),
    };
    let thread = row.insert(&**tx).await?;
    let alias = thread_alias::ActiveModel {
        id: Set(app.clock.new_id()),
        site_id: Set(site.id()),
        thread_id: Set(thread.id),
        key: Set(address.key().to_owned()),
        created_at: Set(now),
    };
    match thread_alias::Entity::insert(alias).exec_without_returning(&**tx).await {
        Ok(_) => {
            tx.announce(Notice::Keys {
                site_id: site.id(),
                keys: vec![address.key().to_owned()],
            });
            Ok(thread)
        }
        // Two first comments at once: the other one opened the thread, and this transaction is tried again.
        Err(error) if is_taken(&error) => Err(Error::Again("the thread was opened by another comment".to_owned())),
        Err(error) => Err(error.into()),
    }
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
    let now = app.clock.now();
    let mut update = thread::Entity::update_of_site(site_id)
        .col_expr(thread::Column::Version, Expr::col(thread::Column::Version).add(1))
        .col_expr(thread::Column::UpdatedAt, Expr::value(now))
        .filter(thread::Column::Id.eq(thread_id));
    if published != 0 {
        update = update.col_expr(
            thread::Column::CommentCount,
            Expr::col(thread::Column::CommentCount).add(published),
        );
    }
    if published > 0 {
        update = update.col_expr(thread::Column::LastCommentAt, Expr::value(now));
    }
    let thread = update
        .exec_with_returning(&**tx)
        .await?
        .pop()
        .ok_or_else(|| Error::internal("the thread is gone"))?;
    tx.announce(Notice::Thread {
        site_id,
        thread_id,
        version: thread.version,
        change,
    });
    Ok(thread)
}

/// Threads by id, for views that show where a comment stands.
pub async fn by_ids(app: &App, site_ids: Vec<Uuid>, ids: Vec<Uuid>) -> Result<Vec<thread::Model>> {
    Ok(thread::Entity::of_sites(site_ids)
        .filter(thread::Column::Id.is_in(ids))
        .all(app.db.read())
        .await?)
}

/// What readers see of a thread: what is published, and the place of what is gone while replies stand under it.
pub fn is_visible() -> Condition {
    Condition::any()
        .add(comment::Column::State.eq(comment::State::Published))
        .add(comment::Column::ReplyCount.gt(0))
}

async fn find(db: &impl ConnectionTrait, site_id: Uuid, key: &str) -> Result<Option<thread::Model>> {
    let select = Query::select()
        .columns(thread::Column::iter().map(|column| (thread::Entity, column)))
        .from(thread_alias::Entity)
        .inner_join(thread::Entity, joined())
        .and_where(Expr::col((thread_alias::Entity, thread_alias::Column::SiteId)).eq(site_id))
        .and_where(Expr::col((thread_alias::Entity, thread_alias::Column::Key)).eq(key))
        .to_owned();
    let row = db.query_one(&select).await?;
    Ok(row.map(|row| thread::Model::from_query_result(&row, "")).transpose()?)
}

/// An alias with its thread.
fn joined() -> SimpleExpr {
    let same = |alias, row| Expr::col((thread_alias::Entity, alias)).equals((thread::Entity, row));
    same(thread_alias::Column::SiteId, thread::Column::SiteId)
        .and(same(thread_alias::Column::ThreadId, thread::Column::Id))
}

/// One more than asked for, to know whether there are more.
async fn roots(db: &impl ConnectionTrait, thread: &thread::Model, ask: Ask) -> Result<Vec<comment::Model>> {
    let order = match ask.sort {
        Sort::Oldest => Order::Asc,
        Sort::Newest | Sort::Best | Sort::Discussed => Order::Desc,
    };
    let mut select = comment::Entity::of_site(thread.site_id)
        .filter(comment::Column::ThreadId.eq(thread.id))
        .filter(Expr::cust("parent_id IS NULL"))
        .filter(is_visible())
        .order_by(comment::Column::CreatedAt, order.clone())
        .order_by(comment::Column::Number, order)
        .limit(ask.limit + 1);
    if let Some(after) = ask.after {
        let here = Expr::tuple([
            Expr::col(comment::Column::CreatedAt),
            Expr::col(comment::Column::Number),
        ]);
        let there = Expr::tuple([Expr::value(after.at), Expr::value(after.number)]);
        select = select.filter(match ask.sort {
            Sort::Oldest => here.gt(there),
            Sort::Newest | Sort::Best | Sort::Discussed => here.lt(there),
        });
    }
    Ok(select.all(db).await?)
}

/// The first replies under each root, by number, one more than shown. A parent's number is below its replies', so what is
/// cut off never leaves a reply without its parent.
async fn replies(db: &impl ConnectionTrait, thread: &thread::Model, roots: Vec<Uuid>) -> Result<Vec<comment::Model>> {
    if roots.is_empty() {
        return Ok(Vec::new());
    }
    let mut within_root = WindowStatement::partition_by(comment::Column::RootId);
    within_root.order_by(comment::Column::Number, Order::Asc);
    let ranked = Query::select()
        .columns(comment::Column::iter())
        .expr_window_as(Expr::cust("ROW_NUMBER()"), within_root, "place")
        .from(comment::Entity)
        .and_where(comment::Column::SiteId.eq(thread.site_id))
        .and_where(comment::Column::RootId.is_in(roots))
        .cond_where(is_visible())
        .to_owned();
    let select = Query::select()
        .columns(comment::Column::iter().map(|column| ("ranked", column)))
        .from_subquery(ranked, "ranked")
        .and_where(Expr::col("place").lte(REPLIES_WITH_ROOT + 1))
        .order_by("number", Order::Asc)
        .to_owned();
    let rows = db.query_all(&select).await?;
    Ok(rows
        .iter()
        .map(|row| comment::Model::from_query_result(row, ""))
        .collect::<Result<_, _>>()?)
}

/// Takes off what is over `limit`; the place after which it goes on.
fn cut(rows: &mut Vec<comment::Model>, limit: u64) -> Option<Cursor> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    if rows.len() <= limit {
        return None;
    }
    rows.truncate(limit);
    rows.last().map(place_of)
}

/// The same for the replies of each root.
fn cut_each(replies: &mut Vec<comment::Model>, limit: u64) -> Vec<(Uuid, Cursor)> {
    let mut shown: std::collections::HashMap<Uuid, (u64, Cursor)> = std::collections::HashMap::new();
    let mut more = Vec::new();
    replies.retain(|reply| {
        let Some(root) = reply.root_id else { return false };
        let (count, last) = shown.entry(root).or_insert((0, place_of(reply)));
        *count += 1;
        if *count > limit {
            more.push((root, *last));
            return false;
        }
        *last = place_of(reply);
        true
    });
    more
}

fn place_of(comment: &comment::Model) -> Cursor {
    Cursor {
        at: comment.created_at,
        number: comment.number,
    }
}
