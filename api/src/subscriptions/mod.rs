//! Who wants to hear of new comments.

use ::entity::{OfSite, subscription};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, QueryFilter};

use crate::error::Result;
use crate::infra::db::Tx;

/// Whoever follows one thread follows another instead, as the two are merged. Their links to leave stay good.
pub async fn follow(tx: &Tx, site_id: Uuid, from: Uuid, to: Uuid) -> Result<()> {
    subscription::Entity::update_of_site(site_id)
        .col_expr(subscription::Column::ThreadId, Expr::value(to))
        .filter(subscription::Column::ThreadId.eq(from))
        .exec(&**tx)
        .await?;
    Ok(())
}
