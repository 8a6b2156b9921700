//! How what an address follows ends: of a comment, a conversation, a site, or everything. To end something again changes nothing. Each
//! resolves to how many wishes it ended.

use ::entity::silence::Reason;
use ::entity::{OfSite, comment, subscription};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Condition, Expr, Query};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::silence::silence;
use crate::app::App;
use crate::error::Result;
use crate::infra::db::Tx;

/// Ends what an address follows of a conversation: all of it, and comments in it.
pub async fn end_thread(tx: &Tx, app: &App, site_id: Uuid, thread_id: Uuid, folded: &str) -> Result<u64> {
    let of_thread = Query::select()
        .column(comment::Column::Id)
        .from(comment::Entity)
        .and_where(comment::Column::SiteId.eq(site_id))
        .and_where(comment::Column::ThreadId.eq(thread_id))
        .to_owned();
    let which = Condition::any()
        .add(subscription::Column::ThreadId.eq(thread_id))
        .add(subscription::Column::CommentId.in_subquery(of_thread));
    of_site(tx, app, site_id, folded, which).await
}

/// Ends what an address follows of one comment.
pub async fn end_comment(tx: &Tx, app: &App, site_id: Uuid, comment_id: Uuid, folded: &str) -> Result<u64> {
    let which = Condition::all().add(subscription::Column::CommentId.eq(comment_id));
    of_site(tx, app, site_id, folded, which).await
}

/// Ends what an address follows on a site, and has it get no more of its readers' mail, whoever asks for it, until its holder says otherwise.
pub async fn end_site(tx: &Tx, app: &App, site_id: Uuid, folded: &str) -> Result<u64> {
    silence(tx, app, Some(site_id), folded, Reason::Asked).await?;
    of_site(tx, app, site_id, folded, Condition::all()).await
}

/// The same of the whole platform.
#[expect(clippy::disallowed_methods, reason = "on the whole platform")]
pub async fn end_everything(tx: &Tx, app: &App, folded: &str) -> Result<u64> {
    silence(tx, app, None, folded, Reason::Asked).await?;
    let ended = subscription::Entity::update_many()
        .col_expr(subscription::Column::EndedAt, Expr::value(app.clock.now()))
        .filter(live(folded))
        .exec(&**tx)
        .await?;
    Ok(ended.rows_affected)
}

async fn of_site(tx: &Tx, app: &App, site_id: Uuid, folded: &str, which: Condition) -> Result<u64> {
    let ended = subscription::Entity::update_of_site(site_id)
        .col_expr(subscription::Column::EndedAt, Expr::value(app.clock.now()))
        .filter(live(folded))
        .filter(which)
        .exec(&**tx)
        .await?;
    Ok(ended.rows_affected)
}

fn live(folded: &str) -> Condition {
    Condition::all()
        .add(subscription::Column::EmailFolded.eq(folded))
        .add(subscription::Column::EndedAt.is_null())
}
