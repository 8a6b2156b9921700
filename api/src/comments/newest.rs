//! The newest of what is published, for feeds.

use std::collections::HashMap;

use ::entity::comment::{self, Model, State};
use ::entity::{OfSite, thread};
use chrono::{DateTime, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};

use super::moving::ids_of_branch;
use crate::app::App;
use crate::error::{Error, Result};
use crate::sites::Visitor;

/// Where the comments are.
#[derive(Clone, Copy, Debug)]
pub enum Within<'a> {
    Site,
    Thread(&'a thread::Model),
    /// Replies to a comment, and replies to those.
    Branch(&'a Model),
}

/// The newest published comments, newest first.
pub async fn newest(app: &App, visitor: &Visitor, within: Within<'_>, limit: u64) -> Result<Vec<Model>> {
    let db = app.db.read();
    let published = comment::Entity::of_site(visitor.site().id())
        .filter(comment::Column::State.eq(State::Published))
        .limit(limit);
    // Ids are in order of time, and so are the numbers of one branch. Each order has its index.
    let rows = match within {
        Within::Site => published.order_by_desc(comment::Column::Id).all(db).await?,
        Within::Thread(thread) => {
            let of_thread = published.filter(comment::Column::ThreadId.eq(thread.id));
            of_thread.order_by_desc(comment::Column::Id).all(db).await?
        }
        Within::Branch(top) if top.parent_id.is_none() => {
            let of_root = published
                .filter(comment::Column::RootId.eq(top.id))
                // In the words of the partial index.
                .filter(Expr::cust(
                    "root_id IS NOT NULL AND (state = 'published' OR reply_count > 0)",
                ));
            of_root.order_by_desc(comment::Column::Number).all(db).await?
        }
        Within::Branch(top) => {
            let under = published
                .filter(comment::Column::Id.in_subquery(ids_of_branch(top)))
                .filter(comment::Column::Id.ne(top.id));
            under.order_by_desc(comment::Column::Number).all(db).await?
        }
    };
    Ok(rows)
}

/// When something was last written to the newest comments of a site, whatever their state: what was taken away shows here, too.
pub async fn last_touched(app: &App, visitor: &Visitor) -> Result<Option<DateTime<Utc>>> {
    const NEWEST: u64 = 500;
    #[derive(FromQueryResult)]
    struct Row {
        at: Option<DateTime<Utc>>,
    }
    let newest = Query::select()
        .column(comment::Column::UpdatedAt)
        .from(comment::Entity)
        .and_where(comment::Column::SiteId.eq(visitor.site().id()))
        .order_by(comment::Column::Id, Order::Desc)
        .limit(NEWEST)
        .take();
    let select = Query::select()
        .expr_as(Expr::col(comment::Column::UpdatedAt).max(), "at")
        .from_subquery(newest, "newest")
        .take();
    let row = app.db.read().query_one(&select).await?;
    let row = row.map(|row| Row::from_query_result(&row, "")).transpose()?;
    Ok(row.and_then(|row| row.at))
}

/// A published comment by its number.
///
/// # Errors
/// `not_found`.
pub async fn numbered(app: &App, visitor: &Visitor, number: i64) -> Result<Model> {
    comment::Entity::of_site(visitor.site().id())
        .filter(comment::Column::Number.eq(number))
        .one(app.db.read())
        .await?
        .filter(|comment| comment.state == State::Published)
        .ok_or_else(|| Error::not_found("comment"))
}

/// A comment that readers see something of, by its number.
///
/// # Errors
/// `not_found`.
pub async fn visible(app: &App, visitor: &Visitor, number: i64) -> Result<Model> {
    comment::Entity::of_site(visitor.site().id())
        .filter(comment::Column::Number.eq(number))
        .one(app.db.read())
        .await?
        .filter(super::is_visible)
        .ok_or_else(|| Error::not_found("comment"))
}

/// Numbers of comments by their ids.
pub async fn numbers(app: &App, visitor: &Visitor, ids: Vec<Uuid>) -> Result<HashMap<Uuid, i64>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Uuid, i64)> = comment::Entity::of_site(visitor.site().id())
        .filter(comment::Column::Id.is_in(ids))
        .select_only()
        .column(comment::Column::Id)
        .column(comment::Column::Number)
        .into_tuple()
        .all(app.db.read())
        .await?;
    Ok(rows.into_iter().collect())
}
