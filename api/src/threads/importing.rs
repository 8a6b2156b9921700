//! Conversations that come from elsewhere: opened as they were there, counted as their comments come in, and taken back.

use std::collections::BTreeMap;

use ::entity::{OfSite, comment, thread, thread_alias};
use chrono::{DateTime, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect};
use serde_json::json;

use super::key::Address;
use super::{TITLE, add_alias, add_other_alias, find, make, touch};
use crate::app::App;
use crate::error::Result;
use crate::infra::bus::{Change, Notice};
use crate::infra::db::Tx;
use crate::sites::Site;
use crate::text;

/// A conversation as it was elsewhere.
#[derive(Clone, Debug)]
pub struct Opening {
    pub address: Address,
    pub title: Option<String>,
    pub created_at: DateTime<Utc>,
    /// Whether it is the conversation of the page that its id is the path of. Of several ids with one page, only one is.
    pub has_page: bool,
}

/// A title as it is stored: one that is too long is cut, and whether it was.
pub fn title(typed: &str) -> (Option<String>, bool) {
    match text::clean_line(typed, TITLE) {
        Ok(title) => (title, false),
        Err(_) => {
            let begin: String = typed.chars().take(TITLE).collect();
            (text::clean_line(&begin, TITLE).ok().flatten(), true)
        }
    }
}

/// The thread of an id: the one that has it, or that of its page, or a new one.
pub async fn open(tx: &Tx, app: &App, site: &Site, opening: &Opening) -> Result<thread::Model> {
    let Opening { address, has_page, .. } = opening;
    if let Some(thread) = find(&**tx, site.id(), address.key()).await? {
        return Ok(thread);
    }
    let page = address.other_key().filter(|_| *has_page);
    if let Some(page) = page
        && let Some(thread) = find(&**tx, site.id(), page).await?
    {
        add_alias(tx, app, &thread, address).await?;
        return Ok(thread);
    }
    let thread = make(tx, app, site, address, opening.title.clone(), opening.created_at).await?;
    if page.is_some() {
        add_other_alias(tx, app, &thread, address).await?;
    }
    Ok(thread)
}

/// What came to a thread: so many published comments, the latest of them at this time.
#[derive(Clone, Copy, Debug, Default)]
pub struct Gain {
    pub published: i64,
    pub latest: Option<DateTime<Utc>>,
}

/// Books what came to each thread, one after the other: open pages read it anew.
pub async fn book(tx: &Tx, app: &App, site_id: Uuid, gains: &BTreeMap<Uuid, Gain>) -> Result<()> {
    for (thread_id, gain) in gains {
        let count = Expr::col(thread::Column::CommentCount).add(gain.published);
        let mut update = thread::Entity::update_of_site(site_id).col_expr(thread::Column::CommentCount, count);
        if let Some(latest) = gain.latest {
            let last = || Expr::col(thread::Column::LastCommentAt);
            let is_earlier = last().is_null().or(last().lt(latest));
            let later = CaseStatement::new()
                .case(is_earlier, Expr::value(latest))
                .finally(last());
            update = update.col_expr(thread::Column::LastCommentAt, later.into());
        }
        touch(tx, app, update, site_id, *thread_id, Change::Whole).await?;
    }
    Ok(())
}

/// Takes comments that are gone off the pins of their threads.
pub async fn unpin(tx: &Tx, site_id: Uuid, thread_ids: &[Uuid], gone: &[Uuid]) -> Result<()> {
    let threads = thread::Entity::of_site(site_id)
        .filter(thread::Column::Id.is_in(thread_ids.iter().copied()))
        .all(&**tx)
        .await?;
    for thread in threads {
        let pins = super::pins(&thread);
        let left: Vec<Uuid> = pins.iter().copied().filter(|id| !gone.contains(id)).collect();
        if left.len() < pins.len() {
            thread::Entity::update_of_site(site_id)
                .col_expr(thread::Column::Pinned, Expr::value(json!(left)))
                .filter(thread::Column::Id.eq(thread.id))
                .exec(&**tx)
                .await?;
        }
    }
    Ok(())
}

/// Takes away those of these threads in which nothing is left, not even a reaction; how many.
pub async fn remove_empty(tx: &Tx, site_id: Uuid, thread_ids: &[Uuid]) -> Result<u64> {
    let with_comments = Query::select()
        .column(comment::Column::ThreadId)
        .from(comment::Entity)
        .and_where(comment::Column::SiteId.eq(site_id))
        .and_where(comment::Column::ThreadId.is_in(thread_ids.iter().copied()))
        .to_owned();
    let empty: Vec<Uuid> = thread::Entity::of_site(site_id)
        .filter(thread::Column::Id.is_in(thread_ids.iter().copied()))
        .filter(thread::Column::Id.not_in_subquery(with_comments))
        .all(&**tx)
        .await?
        .into_iter()
        .filter(|thread| thread.reactions == json!({}))
        .map(|thread| thread.id)
        .collect();
    if empty.is_empty() {
        return Ok(0);
    }
    let keys: Vec<String> = thread_alias::Entity::of_site(site_id)
        .filter(thread_alias::Column::ThreadId.is_in(empty.iter().copied()))
        .select_only()
        .column(thread_alias::Column::Key)
        .into_tuple()
        .all(&**tx)
        .await?;
    let removed = thread::Entity::delete_of_site(site_id)
        .filter(thread::Column::Id.is_in(empty))
        .exec(&**tx)
        .await?;
    tx.announce(Notice::Keys { site_id, keys });
    Ok(removed.rows_affected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_that_is_too_long_is_cut() {
        assert_eq!(title(" A\ntitle\u{0} "), (Some("A title".to_owned()), false));
        let (cut, was_cut) = title(&"x".repeat(400));
        assert_eq!((cut.map(|cut| cut.len()), was_cut), (Some(TITLE), true));
        assert_eq!(title(""), (None, false));
    }
}
