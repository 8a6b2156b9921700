//! Reactions to two pages that become those to one.

use ::entity::{OfSite, reaction};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect};
use serde_json::{Map, Value};

use crate::error::Result;
use crate::infra::db::Tx;

/// Takes the reactions to one thread over to another; who reacted to both in the same way has done so once. Answers how
/// many there are of each kind, as `thread.reactions` has them.
pub async fn reactions(tx: &Tx, site_id: Uuid, from: Uuid, to: Uuid) -> Result<Value> {
    let there = Query::select()
        .columns([reaction::Column::Voter, reaction::Column::Kind])
        .from(reaction::Entity)
        .and_where(reaction::Column::SiteId.eq(site_id))
        .and_where(reaction::Column::ThreadId.eq(to))
        .to_owned();
    let this = Expr::tuple([Expr::col(reaction::Column::Voter), Expr::col(reaction::Column::Kind)]);
    reaction::Entity::delete_of_site(site_id)
        .filter(reaction::Column::ThreadId.eq(from))
        .filter(this.in_subquery(there))
        .exec(&**tx)
        .await?;
    reaction::Entity::update_of_site(site_id)
        .col_expr(reaction::Column::ThreadId, Expr::value(to))
        .filter(reaction::Column::ThreadId.eq(from))
        .exec(&**tx)
        .await?;
    let counts: Vec<(String, i64)> = reaction::Entity::of_site(site_id)
        .filter(reaction::Column::ThreadId.eq(to))
        .select_only()
        .column(reaction::Column::Kind)
        .column_as(reaction::Column::Id.count(), "count")
        .group_by(reaction::Column::Kind)
        .into_tuple()
        .all(&**tx)
        .await?;
    Ok(Value::Object(
        counts
            .into_iter()
            .map(|(kind, count)| (kind, count.into()))
            .collect::<Map<_, _>>(),
    ))
}
