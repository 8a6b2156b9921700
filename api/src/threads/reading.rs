//! Reading a conversation, a page at a time. Whatever the size of the conversation, a page costs the same: its roots come from an
//! index in their order, and of each root only the first replies are looked at.

use std::collections::{HashMap, HashSet};

use ::entity::{OfSite, comment, thread};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{
    CommonTableExpression, Expr, ExprTrait, Query, SelectStatement, SimpleExpr, UnionType, WithClause,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, FromQueryResult, Iterable, Order, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};

use super::cursor::Cursor;
use super::tree::{Placed, arrange};
use crate::app::App;
use crate::comments::FROM_ISSO;
use crate::comments::newest::{Within, newest};
use crate::error::Result;
use crate::sites::Visitor;
use crate::sites::settings::Sort;

/// Replies under one root that come with it; more are asked for.
pub const REPLIES_WITH_ROOT: u64 = 50;

/// Replies in one further page.
pub const REPLIES_A_PAGE: u64 = 100;

const CHAIN: &str = "chain";
const LEVEL: &str = "level";

/// Levels that are followed up from a comment: to show it in its place, and to say how deep it stands.
const MOST_ABOVE: i64 = 200;

/// What readers see of a thread: what is published, and the place of what is gone while replies stand under it. In the words of
/// the partial indexes, with nothing bound, so that both engines use them for every plan.
const VISIBLE: &str = "(state = 'published' OR reply_count > 0)";
pub const VISIBLE_ROOT: &str = "parent_id IS NULL AND (state = 'published' OR reply_count > 0)";
pub const VISIBLE_REPLY: &str = "root_id IS NOT NULL AND (state = 'published' OR reply_count > 0)";

/// One page of a conversation.
#[derive(Default)]
pub struct Page {
    pub comments: Vec<Placed>,
    /// Roots that moderators keep on top.
    pub pinned: HashSet<Uuid>,
    /// Roots whose replies go on, with where.
    pub more_replies: HashMap<Uuid, Cursor>,
    /// Where the next roots begin.
    pub next: Option<Cursor>,
    /// Where the roots before these end.
    pub previous: Option<Cursor>,
    /// The number of the comment around which the page lies.
    pub around: Option<i64>,
}

/// Which page of a conversation is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ask {
    pub sort: Sort,
    pub place: Place,
    /// Roots.
    pub limit: u64,
}

/// Where in a conversation a page lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    Start,
    After(Cursor),
    Before(Cursor),
    /// In the middle of it stands the comment with this number.
    Around(i64),
}

/// A comment with the thread it stands in.
pub struct Recent {
    pub comment: comment::Model,
    pub thread: thread::Model,
}

pub fn is_visible() -> SimpleExpr {
    Expr::cust(VISIBLE)
}

/// A page of a thread in two selects, however many comments it has: its roots, and their replies. A page around a comment takes
/// a few more.
pub async fn read(app: &App, thread: &thread::Model, ask: Ask) -> Result<Page> {
    let _pass = app.gate.look_up()?;
    let db = app.db.read();
    let pins = pins(thread);
    let mut page = Page::default();
    let mut beside = Vec::new();
    let roots = match ask.place {
        Place::Start => first_roots(db, thread, &pins, ask, &mut page).await?,
        Place::After(cursor) => {
            let mut rows = roots(db, thread, &pins, ask.sort, Some((cursor, Way::On)), ask.limit).await?;
            page.next = cut(&mut rows, ask.limit, ask.sort);
            rows
        }
        Place::Before(cursor) => {
            let mut rows = roots(db, thread, &pins, ask.sort, Some((cursor, Way::Back)), ask.limit).await?;
            page.previous = cut(&mut rows, ask.limit, ask.sort);
            rows.reverse();
            rows
        }
        Place::Around(number) => match with_all_above(db, thread, number).await? {
            None => first_roots(db, thread, &pins, ask, &mut page).await?,
            Some(chain) => {
                page.around = chain.first().map(|comment| comment.number);
                let root = chain.iter().find(|comment| comment.parent_id.is_none()).cloned();
                beside = chain;
                match root {
                    Some(root) if !pins.contains(&root.id) => {
                        roots_around(db, thread, &pins, root, ask, &mut page).await?
                    }
                    _ => first_roots(db, thread, &pins, ask, &mut page).await?,
                }
            }
        },
    };
    let mut replies = replies(db, thread, &roots).await?;
    page.more_replies = cut_each(&mut replies);
    let shown: HashSet<Uuid> = replies.iter().map(|reply| reply.id).collect();
    replies.extend(
        beside
            .into_iter()
            .filter(|comment| comment.parent_id.is_some() && !shown.contains(&comment.id)),
    );
    page.pinned = roots
        .iter()
        .map(|root| root.id)
        .filter(|id| pins.contains(id))
        .collect();
    page.comments = arrange(roots, replies);
    Ok(page)
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
        .filter(Expr::cust(VISIBLE_REPLY))
        .order_by_asc(comment::Column::Number)
        .limit(REPLIES_A_PAGE + 1);
    if let Some(after) = after {
        after.time()?;
        select = select.filter(comment::Column::Number.gt(after.number));
    }
    let mut rows = select.all(app.db.read()).await?;
    let next = cut(&mut rows, REPLIES_A_PAGE, Sort::Oldest);
    // Their parents may be on an earlier page: the reader's side hangs them up, so they come in order of arrival.
    let placed = rows.into_iter().map(|comment| Placed { comment, depth: 0 }).collect();
    Ok((placed, next))
}

/// The latest published comments of a site, newest first.
pub async fn recent(app: &App, visitor: &Visitor, limit: u64) -> Result<Vec<Recent>> {
    let comments = newest(app, visitor, Within::Site, limit).await?;
    let ids: HashSet<Uuid> = comments.iter().map(|comment| comment.thread_id).collect();
    let site_ids = vec![visitor.site().id()];
    let threads = super::by_ids(app.db.read(), site_ids, ids.into_iter().collect()).await?;
    let threads: HashMap<Uuid, thread::Model> = threads.into_iter().map(|thread| (thread.id, thread)).collect();
    let with_thread = comments.into_iter().filter_map(|comment| {
        let thread = threads.get(&comment.thread_id)?.clone();
        Some(Recent { comment, thread })
    });
    Ok(with_thread.collect())
}

/// Levels above a comment with this parent, up to a bound.
pub async fn depth_below(db: &impl ConnectionTrait, site_id: Uuid, parent_id: Option<Uuid>) -> Result<u32> {
    #[derive(FromQueryResult)]
    struct Row {
        levels: i64,
    }
    let Some(parent_id) = parent_id else { return Ok(0) };
    let levels = Query::select()
        .expr_as(Expr::cust("COUNT(*)"), "levels")
        .from(CHAIN)
        .to_owned()
        .with(chain(site_id, comment::Column::Id.eq(parent_id)));
    let row = db.query_one(&levels).await?;
    let row = row.map(|row| Row::from_query_result(&row, "")).transpose()?;
    Ok(row.map_or(0, |row| u32::try_from(row.levels).unwrap_or(u32::MAX)))
}

/// The roots that moderators keep on top, in their order.
pub fn pins(thread: &thread::Model) -> Vec<Uuid> {
    serde_json::from_value(thread.pinned.clone()).unwrap_or_default()
}

/// Which way a page goes from its cursor.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    On,
    Back,
}

/// One more than asked for, to know whether there are more; going back, the nearest come first.
async fn roots(
    db: &impl ConnectionTrait,
    thread: &thread::Model,
    pins: &[Uuid],
    sort: Sort,
    from: Option<(Cursor, Way)>,
    limit: u64,
) -> Result<Vec<comment::Model>> {
    let select = roots_statement(thread, pins, sort, from, limit)?;
    rows(db, &select).await
}

fn roots_statement(
    thread: &thread::Model,
    pins: &[Uuid],
    sort: Sort,
    from: Option<(Cursor, Way)>,
    limit: u64,
) -> Result<SelectStatement> {
    let by = match sort {
        Sort::Oldest | Sort::Newest => comment::Column::CreatedAt,
        Sort::Best => comment::Column::Rank,
        Sort::Discussed => comment::Column::BranchCount,
    };
    let back = matches!(from, Some((_, Way::Back)));
    let rising = (sort == Sort::Oldest) != back;
    let order = if rising { Order::Asc } else { Order::Desc };
    let mut select = comment::Entity::of_site(thread.site_id)
        .filter(comment::Column::ThreadId.eq(thread.id))
        .filter(Expr::cust(VISIBLE_ROOT))
        .order_by(by, order.clone())
        .order_by(comment::Column::Number, order)
        .limit(limit + 1);
    if !pins.is_empty() {
        select = select.filter(comment::Column::Id.is_not_in(pins.iter().copied()));
    }
    if let Some((cursor, _)) = from {
        let here = Expr::tuple([Expr::col(by), Expr::col(comment::Column::Number)]);
        let key = match sort {
            Sort::Oldest | Sort::Newest => Expr::value(cursor.time()?),
            Sort::Best | Sort::Discussed => Expr::value(cursor.key),
        };
        let there = Expr::tuple([key, Expr::value(cursor.number)]);
        select = select.filter(if rising { here.gt(there) } else { here.lt(there) });
    }
    Ok(select.into_query())
}

/// The pinned roots, then the first of the others: one select.
async fn first_roots(
    db: &impl ConnectionTrait,
    thread: &thread::Model,
    pins: &[Uuid],
    ask: Ask,
    page: &mut Page,
) -> Result<Vec<comment::Model>> {
    let first = roots_statement(thread, pins, ask.sort, None, ask.limit)?;
    if pins.is_empty() {
        let mut found = rows(db, &first).await?;
        page.next = cut(&mut found, ask.limit, ask.sort);
        return Ok(found);
    }
    let pinned = comment::Entity::of_site(thread.site_id)
        .filter(comment::Column::ThreadId.eq(thread.id))
        .filter(comment::Column::Id.is_in(pins.iter().copied()))
        .filter(Expr::cust(VISIBLE_ROOT))
        .into_query();
    let both = bounded(first).union(UnionType::All, pinned).to_owned();
    let (mut kept, mut found): (Vec<_>, Vec<_>) = rows(db, &both)
        .await?
        .into_iter()
        .partition(|root| pins.contains(&root.id));
    in_order(&mut found, ask.sort);
    page.next = cut(&mut found, ask.limit, ask.sort);
    kept.sort_by_key(|root| pins.iter().position(|id| *id == root.id));
    kept.extend(found);
    Ok(kept)
}

/// A root with those around it.
async fn roots_around(
    db: &impl ConnectionTrait,
    thread: &thread::Model,
    pins: &[Uuid],
    root: comment::Model,
    ask: Ask,
    page: &mut Page,
) -> Result<Vec<comment::Model>> {
    let here = place_of(&root, ask.sort);
    let half = ask.limit / 2;
    let mut before = roots(db, thread, pins, ask.sort, Some((here, Way::Back)), half).await?;
    let earlier = before.len() as u64 > half;
    before.truncate(usize::try_from(half).unwrap_or(usize::MAX));
    page.previous = earlier.then(|| before.last().map_or(here, |last| place_of(last, ask.sort)));
    let room = ask.limit.saturating_sub(before.len() as u64 + 1);
    let mut after = roots(db, thread, pins, ask.sort, Some((here, Way::On)), room).await?;
    let more = after.len() as u64 > room;
    after.truncate(usize::try_from(room).unwrap_or(usize::MAX));
    page.next = more.then(|| after.last().map_or(here, |last| place_of(last, ask.sort)));
    before.reverse();
    before.push(root);
    before.extend(after);
    Ok(before)
}

/// A visible comment of the thread with all that it answers, from itself up to its root; `None` if readers do not see it here.
async fn with_all_above(
    db: &impl ConnectionTrait,
    thread: &thread::Model,
    number: i64,
) -> Result<Option<Vec<comment::Model>>> {
    let start = comment::Column::Number.eq(number).and(is_visible());
    let chain = upwards(db, thread.site_id, start).await?;
    if chain.first().is_some_and(|comment| comment.thread_id == thread.id) {
        return Ok(Some(chain));
    }
    // The number that an imported comment had where it came from: old links name it.
    let start = comment::Column::ImportSource
        .eq(FROM_ISSO)
        .and(comment::Column::ImportId.eq(number.to_string()))
        .and(comment::Column::ThreadId.eq(thread.id))
        .and(is_visible());
    let chain = upwards(db, thread.site_id, start).await?;
    Ok((!chain.is_empty()).then_some(chain))
}

/// A comment and those above it, from below: one select, however deep it stands.
async fn upwards(db: &impl ConnectionTrait, site_id: Uuid, start: SimpleExpr) -> Result<Vec<comment::Model>> {
    let of_comment = |column| Expr::col((comment::Entity, column));
    let all = Query::select()
        .columns(comment::Column::iter().map(|column| (comment::Entity, column)))
        .from(CHAIN)
        .inner_join(
            comment::Entity,
            of_comment(comment::Column::SiteId)
                .eq(site_id)
                .and(of_comment(comment::Column::Id).equals((CHAIN, comment::Column::Id))),
        )
        .order_by((CHAIN, LEVEL), Order::Asc)
        .to_owned()
        .with(chain(site_id, start));
    let found = db.query_all(&all).await?;
    Ok(found
        .iter()
        .map(|row| comment::Model::from_query_result(row, ""))
        .collect::<Result<_, _>>()?)
}

/// The table [`CHAIN`]: a comment and those above it, each with its [`LEVEL`] from below; no more of them than says who they are.
fn chain(site_id: Uuid, start: SimpleExpr) -> WithClause {
    let of_comment = |column| Expr::col((comment::Entity, column));
    let named = || {
        Query::select()
            .column((comment::Entity, comment::Column::Id))
            .column((comment::Entity, comment::Column::ParentId))
            .from(comment::Entity)
            .and_where(of_comment(comment::Column::SiteId).eq(site_id))
            .to_owned()
    };
    let first = named().expr_as(Expr::cust("0"), LEVEL).and_where(start).to_owned();
    let next = named()
        .expr_as(Expr::col((CHAIN, LEVEL)).add(1), LEVEL)
        .inner_join(
            CHAIN,
            of_comment(comment::Column::Id).equals((CHAIN, comment::Column::ParentId)),
        )
        .and_where(Expr::col((CHAIN, LEVEL)).lt(MOST_ABOVE))
        .to_owned();
    let table = CommonTableExpression::new()
        .query(first.clone().union(UnionType::All, next).to_owned())
        .table_name(CHAIN)
        .to_owned();
    WithClause::new().recursive(true).cte(table).to_owned()
}

/// The first replies under each root, by number, one more than shown: one select. A parent's number is below its replies', so what
/// is cut off never leaves a reply without its parent.
///
/// Roots with few replies are asked for together. Each of the others has a part of its own that stops early: ranking all
/// replies first would read a hundred thousand to show fifty.
async fn replies(
    db: &impl ConnectionTrait,
    thread: &thread::Model,
    roots: &[comment::Model],
) -> Result<Vec<comment::Model>> {
    let published = |root: &&comment::Model| u64::try_from(root.branch_count).unwrap_or(0);
    let answered = roots.iter().filter(|root| root.reply_count > 0);
    let (quiet, busy): (Vec<_>, Vec<_>) = answered.partition(|root| published(root) <= REPLIES_WITH_ROOT);
    // The count leaves out the places of what is gone, which are few as well, unless somebody took back a long chain.
    let most = 2 * (REPLIES_WITH_ROOT + 1) * quiet.len() as u64;
    let mut found = replies_under(db, thread, (&quiet, most), &busy).await?;
    let of_quiet = |reply: &&comment::Model| quiet.iter().any(|root| reply.root_id == Some(root.id));
    if found.iter().filter(of_quiet).count() as u64 == most && most > 0 {
        let all: Vec<&comment::Model> = quiet.iter().chain(&busy).copied().collect();
        found = replies_under(db, thread, (&[], 0), &all).await?;
    }
    found.sort_by_key(|reply| reply.number);
    Ok(found)
}

/// Some replies under all of the quiet roots together, and the first under each busy one.
async fn replies_under(
    db: &impl ConnectionTrait,
    thread: &thread::Model,
    (quiet, most): (&[&comment::Model], u64),
    busy: &[&comment::Model],
) -> Result<Vec<comment::Model>> {
    let first = |roots: &[&comment::Model], limit: u64| {
        let under = comment::Entity::of_site(thread.site_id)
            .filter(comment::Column::RootId.is_in(roots.iter().map(|root| root.id)))
            .filter(Expr::cust(VISIBLE_REPLY))
            .order_by_asc(comment::Column::Number)
            .limit(limit);
        bounded(under.into_query())
    };
    let together = (!quiet.is_empty()).then(|| first(quiet, most));
    let each = busy.iter().map(|root| first(&[root], REPLIES_WITH_ROOT + 1));
    let mut parts = together.into_iter().chain(each);
    let Some(mut select) = parts.next() else {
        return Ok(Vec::new());
    };
    for part in parts {
        select.union(UnionType::All, part);
    }
    rows(db, &select).await
}

/// A select with an order and a limit, in the form in which it may be a part of a union.
fn bounded(select: SelectStatement) -> SelectStatement {
    Query::select()
        .columns(comment::Column::iter().map(|column| ("bounded", column)))
        .from_subquery(select, "bounded")
        .to_owned()
}

async fn rows(db: &impl ConnectionTrait, select: &SelectStatement) -> Result<Vec<comment::Model>> {
    let found = db.query_all(select).await?;
    Ok(found
        .iter()
        .map(|row| comment::Model::from_query_result(row, ""))
        .collect::<Result<_, _>>()?)
}

/// The order of a sort, for what came out of a union, which has none.
fn in_order(rows: &mut [comment::Model], sort: Sort) {
    rows.sort_by_key(|row| {
        let place = place_of(row, sort);
        (place.key, place.number)
    });
    if sort != Sort::Oldest {
        rows.reverse();
    }
}

/// Takes off what is over `limit`; the place after which it goes on.
fn cut(rows: &mut Vec<comment::Model>, limit: u64, sort: Sort) -> Option<Cursor> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    if rows.len() <= limit {
        return None;
    }
    rows.truncate(limit);
    rows.last().map(|last| place_of(last, sort))
}

/// The same for the replies of each root.
fn cut_each(replies: &mut Vec<comment::Model>) -> HashMap<Uuid, Cursor> {
    let mut shown: HashMap<Uuid, (u64, Cursor)> = HashMap::new();
    let mut more = HashMap::new();
    replies.retain(|reply| {
        let Some(root) = reply.root_id else { return false };
        let here = place_of(reply, Sort::Oldest);
        let (count, last) = shown.entry(root).or_insert((0, here));
        *count += 1;
        if *count > REPLIES_WITH_ROOT {
            more.entry(root).or_insert(*last);
            return false;
        }
        *last = here;
        true
    });
    more
}

fn place_of(comment: &comment::Model, sort: Sort) -> Cursor {
    Cursor {
        key: match sort {
            Sort::Oldest | Sort::Newest => comment.created_at.timestamp_millis(),
            Sort::Best => comment.rank,
            Sort::Discussed => comment.branch_count.into(),
        },
        number: comment.number,
    }
}
