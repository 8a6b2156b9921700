//! Who writes on a site: one row an author, by what tells a site's authors apart ([`identity`](crate::comments::identity)).
//!
//! The job that counts the record sees each comment once and notes its author here. What came from another system is not in the
//! record comment by comment, so that its site is looked through once it is there.

pub mod list;

use std::collections::{BTreeMap, HashMap, HashSet};

use ::entity::{OfSite, comment, commenter};
use chrono::{DateTime, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use crate::app::App;
use crate::error::Result;
use crate::infra::db::Tx;
use crate::infra::queue;
use crate::job::Job;
use crate::text;

/// Comments whose authors are noted in one transaction.
const AT_ONCE: u64 = 500;

/// Takes away up to `most` rows of a site that is erased. Resolves to how many there were.
pub async fn erase_some(tx: &Tx, site_id: Uuid, most: u64) -> Result<u64> {
    let some = commenter::Entity::delete_some_of_site(site_id, commenter::Column::Id, most);
    Ok(some.exec(&**tx).await?.rows_affected)
}

/// An author as one of his comments shows him.
#[derive(Clone, Debug)]
pub struct Seen {
    pub site_id: Uuid,
    pub author_hash: String,
    pub name: Option<String>,
    pub comment_id: Uuid,
    pub at: DateTime<Utc>,
}

/// Somebody's first comment on a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct First {
    pub site_id: Uuid,
    pub comment_id: Uuid,
}

/// Notes the authors of some comments; which of these are firsts. In one hand at a time, so that nobody is new twice.
pub async fn note(tx: &Tx, app: &App, seen: Vec<Seen>) -> Result<Vec<First>> {
    if seen.is_empty() {
        return Ok(Vec::new());
    }
    let mut by_author: BTreeMap<(Uuid, String), Vec<Seen>> = BTreeMap::new();
    for one in seen {
        let author = (one.site_id, one.author_hash.clone());
        by_author.entry(author).or_default().push(one);
    }
    let known = known(tx, by_author.keys()).await?;
    let mut firsts = Vec::new();
    let mut rows = Vec::new();
    for ((site_id, author_hash), mut seen) in by_author {
        seen.sort_by_key(|one| (one.at, one.comment_id));
        let (Some(first), Some(last)) = (seen.first(), seen.last()) else {
            continue;
        };
        let before = known.get(&(site_id, author_hash.clone()));
        if before.is_none() {
            firsts.push(First {
                site_id,
                comment_id: first.comment_id,
            });
        }
        rows.push(row_of(app, before, first, last));
    }
    let mut renewed = OnConflict::columns([commenter::Column::SiteId, commenter::Column::AuthorHash]);
    renewed.update_columns([
        commenter::Column::Name,
        commenter::Column::Folded,
        commenter::Column::FirstSeenAt,
        commenter::Column::LastSeenAt,
        commenter::Column::LastCommentId,
    ]);
    commenter::Entity::insert_many(rows)
        .on_conflict(renewed)
        .exec_without_returning(&**tx)
        .await?;
    Ok(firsts)
}

/// A name is the latest one.
fn row_of(app: &App, before: Option<&commenter::Model>, first: &Seen, last: &Seen) -> commenter::ActiveModel {
    let newer = before.is_none_or(|before| before.last_seen_at <= last.at);
    let (name, last_seen_at, last_comment_id) = match before {
        Some(before) if !newer => (before.name.clone(), before.last_seen_at, before.last_comment_id),
        _ => (last.name.clone(), last.at, last.comment_id),
    };
    commenter::ActiveModel {
        id: Set(app.clock.new_id()),
        site_id: Set(first.site_id),
        author_hash: Set(first.author_hash.clone()),
        folded: Set(folded(name.as_deref())),
        name: Set(name),
        first_seen_at: Set(before.map_or(first.at, |before| Ord::min(before.first_seen_at, first.at))),
        last_seen_at: Set(last_seen_at),
        last_comment_id: Set(last_comment_id),
    }
}

fn folded(name: Option<&str>) -> String {
    name.map(text::folded).unwrap_or_default()
}

async fn known<'a>(
    tx: &Tx,
    authors: impl Iterator<Item = &'a (Uuid, String)>,
) -> Result<HashMap<(Uuid, String), commenter::Model>> {
    let authors: HashSet<&(Uuid, String)> = authors.collect();
    let sites: HashSet<Uuid> = authors.iter().map(|(site_id, _)| *site_id).collect();
    let columns =
        [commenter::Column::SiteId, commenter::Column::AuthorHash].map(|column| Expr::col((commenter::Entity, column)));
    let rows = commenter::Entity::of_sites(sites)
        .filter(Expr::tuple(columns).in_tuples(authors.into_iter().cloned()))
        .all(&**tx)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| ((row.site_id, row.author_hash.clone()), row))
        .collect())
}

/// Has a site looked through, to which comments came from another system, or from which they were taken back.
pub async fn look_through(tx: &Tx, app: &App, site_id: Uuid) -> Result<()> {
    let now = app.clock.now();
    // From the first comment on, wherever a walk for an earlier import has come to.
    queue::renew(&**tx, &Job::Commenters { site_id, after: 0 }, now, now).await
}

/// Goes on with it, in the transaction of the job that asked for it.
pub async fn walk(tx: &Tx, app: &App, site_id: Uuid, after: i64) -> Result<()> {
    let rows = comment::Entity::of_site(site_id)
        .filter(comment::Column::Number.gt(after))
        .order_by_asc(comment::Column::Number)
        .limit(AT_ONCE)
        .all(&**tx)
        .await?;
    let last = rows.last().map(|row| row.number);
    let more = rows.len() as u64 == AT_ONCE;
    let seen = rows.into_iter().filter_map(|row| {
        let by_reader = row.account_id.is_none();
        Some(Seen {
            site_id,
            author_hash: row.author_hash.filter(|_| by_reader)?,
            name: row.author_name,
            comment_id: row.id,
            at: row.created_at,
        })
    });
    note(tx, app, seen.collect()).await?;
    match last.filter(|_| more) {
        Some(after) => {
            let now = app.clock.now();
            queue::add(&**tx, &Job::Commenters { site_id, after }, now, now).await
        }
        None => forget_those_without(tx, site_id).await,
    }
}

/// Forgets the authors of whom no comment is left.
async fn forget_those_without(tx: &Tx, site_id: Uuid) -> Result<()> {
    let theirs = Query::select()
        .column(comment::Column::Id)
        .from(comment::Entity)
        .and_where(Expr::col((comment::Entity, comment::Column::SiteId)).eq(site_id))
        .and_where(
            Expr::col((comment::Entity, comment::Column::AuthorHash))
                .equals((commenter::Entity, commenter::Column::AuthorHash)),
        )
        .to_owned();
    commenter::Entity::delete_of_site(site_id)
        .filter(Expr::exists(theirs).not())
        .exec(&**tx)
        .await?;
    Ok(())
}

/// A comment's words and author were erased: what was known of him by it goes with it.
pub async fn erased(tx: &Tx, site_id: Uuid, author_hash: &str, comment_id: Uuid) -> Result<()> {
    let left = comment::Entity::of_site(site_id)
        .filter(comment::Column::AuthorHash.eq(author_hash))
        .order_by_desc(comment::Column::Id)
        .one(&**tx)
        .await?;
    let Some(left) = left else {
        commenter::Entity::delete_of_site(site_id)
            .filter(commenter::Column::AuthorHash.eq(author_hash))
            .exec(&**tx)
            .await?;
        return Ok(());
    };
    commenter::Entity::update_of_site(site_id)
        .col_expr(
            commenter::Column::Folded,
            Expr::value(folded(left.author_name.as_deref())),
        )
        .col_expr(commenter::Column::Name, Expr::value(left.author_name))
        .col_expr(commenter::Column::LastSeenAt, Expr::value(left.created_at))
        .col_expr(commenter::Column::LastCommentId, Expr::value(left.id))
        .filter(commenter::Column::AuthorHash.eq(author_hash))
        .filter(commenter::Column::LastCommentId.eq(comment_id))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// A moderator gave a comment another author's name; it is the author's if the comment is his latest.
pub async fn renamed(tx: &Tx, comment: &comment::Model) -> Result<()> {
    let Some(author_hash) = &comment.author_hash else {
        return Ok(());
    };
    commenter::Entity::update_of_site(comment.site_id)
        .col_expr(
            commenter::Column::Folded,
            Expr::value(folded(comment.author_name.as_deref())),
        )
        .col_expr(commenter::Column::Name, Expr::value(comment.author_name.clone()))
        .filter(commenter::Column::AuthorHash.eq(author_hash))
        .filter(commenter::Column::LastCommentId.eq(comment.id))
        .exec(&**tx)
        .await?;
    Ok(())
}
