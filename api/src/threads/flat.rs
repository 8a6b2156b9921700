//! A conversation with one level of replies, whole or in pages by number: how Isso's clients ask for one. The tree stays what it is;
//! here every reply stands under its root, in order of arrival.

use std::collections::{HashMap, HashSet};

use ::entity::{OfSite, comment, thread};
use chrono::{DateTime, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, ConnectionTrait, FromQueryResult, Iterable, Order, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};

use super::reading::{VISIBLE_REPLY, VISIBLE_ROOT};
use crate::app::App;
use crate::error::Result;

/// Comments of one level in one answer, at most: more are hidden, and asked for by `offset`.
pub const MOST: u64 = 10_000;

/// Roots that are named one by one where their replies are looked for; for more of them, all of the thread's replies are looked at.
const NAMED: usize = 200;

/// What is asked of a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Ask {
    /// Number of a root: its replies alone.
    pub parent: Option<i64>,
    pub sort: Sort,
    /// Comments of the level that is asked for.
    pub limit: Option<u64>,
    /// Of them to pass over; of no effect without `limit` but on what is counted as hidden, as Isso has it.
    pub offset: u64,
    /// Replies under each root.
    pub nested_limit: Option<u64>,
    /// Only what was written later.
    pub after: Option<DateTime<Utc>>,
    /// Texts as they were typed. Of no consequence here, but another answer.
    pub plain: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sort {
    #[default]
    Oldest,
    Newest,
    /// Votes for it, less those against it.
    Upvotes,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Page {
    /// Of the level that was asked for.
    pub comments: Vec<Entry>,
    /// With replies; or of the root that was named.
    pub total: i64,
    /// Of the level that was asked for, without what lies before `offset`.
    pub hidden: i64,
}

/// A root with its replies, or a reply alone.
#[derive(Debug)]
pub struct Entry {
    pub comment: comment::Model,
    pub replies: Vec<comment::Model>,
    /// Replies that there are.
    pub total: i64,
}

/// Reads a conversation in three selects, however many comments it has: how many replies stand under which root, the level that is
/// asked for, and the replies under that.
pub async fn read(app: &App, thread: &thread::Model, ask: &Ask) -> Result<Page> {
    let _pass = app.gate.look_up()?;
    let db = app.db.read();
    match ask.parent {
        Some(number) => under(db, thread, number, ask).await,
        None => whole(db, thread, ask).await,
    }
}

async fn whole(db: &impl ConnectionTrait, thread: &thread::Model, ask: &Ask) -> Result<Page> {
    let counts = reply_counts(db, thread).await?;
    let all_roots = counts.get(&None).copied().unwrap_or(0);
    let roots = match ask.limit {
        Some(0) => Vec::new(),
        limit => level(db, thread, None, ask, limit).await?,
    };
    let mut replies: HashMap<Uuid, Vec<comment::Model>> = HashMap::new();
    for reply in nested(db, thread, &roots, ask).await? {
        if let Some(root) = reply.root_id {
            replies.entry(root).or_default().push(reply);
        }
    }
    let shown = i64::try_from(roots.len()).unwrap_or(i64::MAX);
    let comments = roots.into_iter().map(|comment| Entry {
        replies: replies.remove(&comment.id).unwrap_or_default(),
        total: counts.get(&Some(comment.id)).copied().unwrap_or(0),
        comment,
    });
    Ok(Page {
        comments: comments.collect(),
        total: counts.values().sum(),
        hidden: hidden(all_roots, shown, ask),
    })
}

async fn under(db: &impl ConnectionTrait, thread: &thread::Model, number: i64, ask: &Ask) -> Result<Page> {
    let root = comment::Entity::of_site(thread.site_id)
        .filter(comment::Column::ThreadId.eq(thread.id))
        .filter(comment::Column::Number.eq(number))
        .one(db)
        .await?;
    let Some(root) = root else {
        return Ok(nothing(ask));
    };
    let total = reply_counts(db, thread)
        .await?
        .get(&Some(root.id))
        .copied()
        .unwrap_or(0);
    let replies = match ask.limit {
        Some(0) => Vec::new(),
        limit => level(db, thread, Some(root.id), ask, limit).await?,
    };
    let shown = i64::try_from(replies.len()).unwrap_or(i64::MAX);
    let comments = replies.into_iter().map(|comment| Entry {
        comment,
        replies: Vec::new(),
        total: 0,
    });
    Ok(Page {
        comments: comments.collect(),
        total,
        hidden: hidden(total, shown, ask),
    })
}

/// The answer where there is nothing to be read.
pub fn nothing(ask: &Ask) -> Page {
    Page {
        hidden: hidden(0, 0, ask),
        ..Page::default()
    }
}

/// What is left of a level after what is shown. Below zero where more was skipped than there is: Isso counts so.
fn hidden(total: i64, shown: i64, ask: &Ask) -> i64 {
    let skipped = i64::try_from(ask.offset).unwrap_or(i64::MAX);
    (total - shown).saturating_sub(skipped)
}

/// Comments that readers see something of, by the root above them; roots are under none. All of them, also where only later ones are
/// asked for: Isso counts so.
async fn reply_counts(db: &impl ConnectionTrait, thread: &thread::Model) -> Result<HashMap<Option<Uuid>, i64>> {
    let visible = comment::Entity::of_site(thread.site_id)
        .filter(comment::Column::ThreadId.eq(thread.id))
        .filter(super::is_visible());
    let rows: Vec<(Option<Uuid>, i64)> = visible
        .select_only()
        .column(comment::Column::RootId)
        .column_as(comment::Column::Id.count(), "count")
        .group_by(comment::Column::RootId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// One level: the roots, or the replies under one of them.
async fn level(
    db: &impl ConnectionTrait,
    thread: &thread::Model,
    root_id: Option<Uuid>,
    ask: &Ask,
    limit: Option<u64>,
) -> Result<Vec<comment::Model>> {
    let of_thread = since(comment::Entity::of_site(thread.site_id), ask.after);
    let of_level = match root_id {
        Some(root_id) => of_thread
            .filter(comment::Column::RootId.eq(root_id))
            .filter(Expr::cust(VISIBLE_REPLY)),
        None => of_thread
            .filter(comment::Column::ThreadId.eq(thread.id))
            .filter(Expr::cust(VISIBLE_ROOT)),
    };
    // Replies are always told in order.
    let sort = root_id.map_or(ask.sort, |_| Sort::Oldest);
    let in_order = match sort {
        Sort::Oldest => of_level
            .order_by_asc(comment::Column::CreatedAt)
            .order_by_asc(comment::Column::Number),
        Sort::Newest => of_level
            .order_by_desc(comment::Column::CreatedAt)
            .order_by_desc(comment::Column::Number),
        Sort::Upvotes => of_level
            .order_by(Expr::cust("up_votes - down_votes"), Order::Desc)
            .order_by_asc(comment::Column::Number),
    };
    // Isso's clients page by number of comments; what they get is kept until the conversation changes.
    Ok(in_order
        .offset(limit.map(|_| ask.offset))
        .limit(limit.map_or(MOST, |limit| Ord::min(limit, MOST)))
        .all(db)
        .await?)
}

/// The first replies under each of these roots, in order of arrival.
async fn nested(
    db: &impl ConnectionTrait,
    thread: &thread::Model,
    roots: &[comment::Model],
    ask: &Ask,
) -> Result<Vec<comment::Model>> {
    let (skipped, most) = match (ask.nested_limit, ask.limit) {
        (Some(most), _) => (0, most),
        // Isso applies the bounds of the roots to their replies if there are no others.
        (None, Some(most)) => (ask.offset, most),
        (None, None) => (0, MOST),
    };
    let answered: Vec<Uuid> = roots
        .iter()
        .filter(|root| root.reply_count > 0)
        .map(|root| root.id)
        .collect();
    if most == 0 || answered.is_empty() {
        return Ok(Vec::new());
    }
    let replies = since(comment::Entity::of_site(thread.site_id), ask.after).filter(Expr::cust(VISIBLE_REPLY));
    let replies = match answered.len() {
        few if few <= NAMED => replies.filter(comment::Column::RootId.is_in(answered.iter().copied())),
        _ => replies.filter(comment::Column::ThreadId.eq(thread.id)),
    };
    let found = rows(db, &each(replies.into_query(), skipped, most)).await?;
    let shown: HashSet<Uuid> = answered.into_iter().collect();
    Ok(found
        .into_iter()
        .filter(|reply| reply.root_id.is_some_and(|root| shown.contains(&root)))
        .collect())
}

/// Of each root's replies those after the first `skipped`, up to `most`.
fn each(mut replies: SelectStatement, skipped: u64, most: u64) -> SelectStatement {
    const PLACE: &str = "place";
    const NUMBERED: &str = "numbered";
    replies.expr_as(
        Expr::cust("ROW_NUMBER() OVER (PARTITION BY root_id ORDER BY created_at, number)"),
        PLACE,
    );
    let last = Ord::min(skipped.saturating_add(most), MOST);
    Query::select()
        .columns(comment::Column::iter().map(|column| (NUMBERED, column)))
        .from_subquery(replies, NUMBERED)
        .and_where(Expr::col((NUMBERED, PLACE)).gt(skipped.cast_signed()))
        .and_where(Expr::col((NUMBERED, PLACE)).lte(last.cast_signed()))
        .order_by((NUMBERED, comment::Column::CreatedAt), Order::Asc)
        .order_by((NUMBERED, comment::Column::Number), Order::Asc)
        .limit(MOST)
        .to_owned()
}

async fn rows(db: &impl ConnectionTrait, select: &SelectStatement) -> Result<Vec<comment::Model>> {
    let found = db.query_all(select).await?;
    Ok(found
        .iter()
        .map(|row| comment::Model::from_query_result(row, ""))
        .collect::<Result<_, _>>()?)
}

fn since(select: sea_orm::Select<comment::Entity>, after: Option<DateTime<Utc>>) -> sea_orm::Select<comment::Entity> {
    match after {
        Some(after) => select.filter(comment::Column::CreatedAt.gt(after)),
        None => select,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hidden_is_what_comes_after() {
        let ask = |offset| Ask {
            offset,
            ..Ask::default()
        };
        for (total, shown, offset, expected) in [
            (10, 10, 0, 0),
            (10, 3, 0, 7),
            (10, 3, 5, 2),
            (10, 0, 20, -10),
            (0, 0, 0, 0),
        ] {
            assert_eq!(
                hidden(total, shown, &ask(offset)),
                expected,
                "{shown} of {total} after {offset}"
            );
        }
    }
}
