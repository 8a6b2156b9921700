//! Comments that go from one conversation to another: with their ids, numbers and replies, and with everything counted
//! anew that stands in comments. What threads count is theirs (`threads::recount`).
//!
//! The caller holds the site ([`super::hold_site`]).

use ::entity::OfSite;
use ::entity::comment::{self, State};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{CommonTableExpression, Expr, ExprTrait, Query, SelectStatement, UnionType, WithClause};
use sea_orm::{ColumnTrait, QueryFilter};

use super::{is_visible, pass_up};
use crate::error::Result;
use crate::infra::db::Tx;

/// Takes all comments of a thread to another; how many.
pub async fn all(tx: &Tx, site_id: Uuid, from: Uuid, to: Uuid) -> Result<u64> {
    // One statement, because parents and roots must be of their replies' thread whenever one ends: the database itself
    // sees to it.
    let moved = comment::Entity::update_of_site(site_id)
        .col_expr(comment::Column::ThreadId, Expr::value(to))
        .filter(comment::Column::ThreadId.eq(from))
        .exec(&**tx)
        .await?;
    Ok(moved.rows_affected)
}

/// Takes a comment with everything under it to another thread, where it is a root; how many that were.
pub async fn branch(tx: &Tx, top: &comment::Model, to: Uuid) -> Result<u64> {
    let is_top = || Expr::col(comment::Column::Id).eq(top.id);
    let parent = Expr::case(is_top(), Expr::value(None::<Uuid>)).finally(Expr::col(comment::Column::ParentId));
    let root = Expr::case(is_top(), Expr::value(None::<Uuid>)).finally(Expr::value(top.id));
    let moved = comment::Entity::update_of_site(top.site_id)
        .col_expr(comment::Column::ThreadId, Expr::value(to))
        .col_expr(comment::Column::ParentId, parent.into())
        .col_expr(comment::Column::RootId, root.into())
        .filter(comment::Column::Id.in_subquery(ids_of_branch(top)))
        .exec(&**tx)
        .await?;
    count_branch_anew(tx, top.site_id, top.id).await?;
    if let Some(former_root) = top.root_id {
        count_branch_anew(tx, top.site_id, former_root).await?;
    }
    if is_visible(top) {
        pass_up(tx, top.site_id, top.parent_id, -1).await?;
    }
    Ok(moved.rows_affected)
}

/// The comment and all under it. `UNION` without `ALL` ends whatever the rows say.
pub(super) fn ids_of_branch(top: &comment::Model) -> SelectStatement {
    let of_thread = |select: &mut SelectStatement| {
        select
            .and_where(Expr::col((comment::Entity, comment::Column::SiteId)).eq(top.site_id))
            .and_where(Expr::col((comment::Entity, comment::Column::ThreadId)).eq(top.thread_id))
            .to_owned()
    };
    let below = of_thread(
        Query::select()
            .column((comment::Entity, comment::Column::Id))
            .from(comment::Entity)
            .inner_join(
                "branch",
                Expr::col((comment::Entity, comment::Column::ParentId)).equals(("branch", "id")),
            ),
    );
    let rows = of_thread(
        Query::select()
            .column((comment::Entity, comment::Column::Id))
            .from(comment::Entity)
            .and_where(Expr::col((comment::Entity, comment::Column::Id)).eq(top.id)),
    )
    .union(UnionType::Distinct, below)
    .to_owned();
    let branch = CommonTableExpression::new()
        .query(rows)
        .column("id")
        .table_name("branch")
        .to_owned();
    Query::select()
        .column("id")
        .from("branch")
        .with_cte(WithClause::new().recursive(true).cte(branch).to_owned())
        .to_owned()
}

/// Counts the published replies under a root from the rows.
async fn count_branch_anew(tx: &Tx, site_id: Uuid, root_id: Uuid) -> Result<()> {
    let published = Query::select()
        .expr(Expr::col(("reply", comment::Column::Id)).count())
        .from_as(comment::Entity, "reply")
        .and_where(Expr::col(("reply", comment::Column::SiteId)).eq(site_id))
        .and_where(Expr::col(("reply", comment::Column::RootId)).eq(root_id))
        .and_where(Expr::col(("reply", comment::Column::State)).eq(State::Published.name()))
        .to_owned();
    comment::Entity::update_of_site(site_id)
        .col_expr(
            comment::Column::BranchCount,
            Expr::SubQuery(None, Box::new(published.into())),
        )
        .filter(comment::Column::Id.eq(root_id))
        .exec(&**tx)
        .await?;
    Ok(())
}
