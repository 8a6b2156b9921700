//! What the holder of a mailbox follows on a site, and how he ends it, without an account.

use std::collections::HashMap;

use ::entity::silence::{self, Reason};
use ::entity::{OfSite, comment, subscription, thread};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use super::silence::{hashes, of};
use super::{end_everything, end_silence, end_site, is_silent};
use crate::app::App;
use crate::error::{Error, Result};
use crate::infra::db;
use crate::mine::Holder;
use crate::threads;

/// A wish, with the conversation that it is about. That is gone where an import was taken back.
pub struct Followed {
    pub wish: subscription::Model,
    pub thread: Option<thread::Model>,
}

/// What is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// One wish.
    One(Uuid),
    /// All of the site, also what somebody else wishes for this address.
    Site,
    /// All of the platform.
    Everything,
}

fn live(site_id: Uuid, folded: &str) -> Select<subscription::Entity> {
    subscription::Entity::of_site(site_id)
        .filter(subscription::Column::EmailFolded.eq(folded))
        .filter(subscription::Column::EndedAt.is_null())
}

/// What a holder follows on his site, the latest wish first, from before a wish on.
pub async fn followed(app: &App, holder: &Holder, before: Option<Uuid>, most: u64) -> Result<Vec<Followed>> {
    let site_id = holder.site().id();
    let mut select = live(site_id, holder.folded());
    if let Some(before) = before {
        select = select.filter(subscription::Column::Id.lt(before));
    }
    let wishes = select
        .order_by_desc(subscription::Column::Id)
        .limit(most)
        .all(app.db.read())
        .await?;
    with_threads(app, site_id, wishes).await
}

async fn with_threads(app: &App, site_id: Uuid, wishes: Vec<subscription::Model>) -> Result<Vec<Followed>> {
    let comments: Vec<Uuid> = wishes.iter().filter_map(|wish| wish.comment_id).collect();
    let of_comments: HashMap<Uuid, Uuid> = match comments.is_empty() {
        true => HashMap::new(),
        false => comment::Entity::of_site(site_id)
            .filter(comment::Column::Id.is_in(comments))
            .select_only()
            .columns([comment::Column::Id, comment::Column::ThreadId])
            .into_tuple::<(Uuid, Uuid)>()
            .all(app.db.read())
            .await?
            .into_iter()
            .collect(),
    };
    let of_comment = |wish: &subscription::Model| of_comments.get(&wish.comment_id?).copied();
    let thread_of = |wish: &subscription::Model| wish.thread_id.or_else(|| of_comment(wish));
    let ids: Vec<Uuid> = wishes.iter().filter_map(thread_of).collect();
    let threads = threads::by_ids(app.db.read(), vec![site_id], ids).await?;
    let named = |id: Uuid| threads.iter().find(|thread| thread.id == id).cloned();
    let followed = |wish| Followed {
        thread: thread_of(&wish).and_then(named),
        wish,
    };
    Ok(wishes.into_iter().map(followed).collect())
}

/// One of the wishes, also one that is ended.
///
/// # Errors
/// `not_found`, also for somebody else's.
pub async fn look(app: &App, holder: &Holder, id: Uuid) -> Result<Followed> {
    let site_id = holder.site().id();
    let wish = subscription::Entity::of_site(site_id)
        .filter(subscription::Column::EmailFolded.eq(holder.folded()))
        .filter(subscription::Column::Id.eq(id))
        .one(app.db.read())
        .await?
        .ok_or_else(|| Error::not_found("subscription"))?;
    let mut found = with_threads(app, site_id, vec![wish]).await?;
    found.pop().ok_or_else(|| Error::not_found("subscription"))
}

/// Whether an address follows anything on a site.
pub async fn follows_any(db: &impl ConnectionTrait, site_id: Uuid, folded: &str) -> Result<bool> {
    let first: Option<Uuid> = live(site_id, folded)
        .select_only()
        .column(subscription::Column::Id)
        .limit(1)
        .into_tuple()
        .one(db)
        .await?;
    Ok(first.is_some())
}

/// Whether a holder gets no readers' mail of his site.
pub async fn is_ended(app: &App, holder: &Holder) -> Result<bool> {
    is_silent(app.db.read(), app, holder.site().id(), holder.folded()).await
}

/// Whether mail to an address came back, or its holder called it spam: then he gets none, whatever he asks for.
#[expect(
    clippy::disallowed_methods,
    reason = "an address may be silent on the whole platform"
)]
pub async fn is_unwelcome(db: &impl ConnectionTrait, app: &App, site_id: Uuid, folded: &str) -> Result<bool> {
    let not_asked: SimpleExpr = silence::Column::Reason.ne(Reason::Asked);
    let found: Option<Uuid> = silence::Entity::find()
        .filter(silence::Column::AddressHash.is_in(hashes(app, folded)))
        .filter(of(site_id))
        .filter(not_asked)
        .select_only()
        .column(silence::Column::Id)
        .limit(1)
        .into_tuple()
        .one(db)
        .await?;
    Ok(found.is_some())
}

/// Ends mail. To end it again changes nothing.
pub async fn end(app: &App, holder: &Holder, what: End) -> Result<()> {
    let (site_id, folded) = (holder.site().id(), holder.folded());
    db::retry(async || {
        let tx = app.db.begin().await?;
        match what {
            End::One(id) => {
                subscription::Entity::update_of_site(site_id)
                    .col_expr(subscription::Column::EndedAt, Expr::value(app.clock.now()))
                    .filter(subscription::Column::EmailFolded.eq(folded))
                    .filter(subscription::Column::Id.eq(id))
                    .filter(subscription::Column::EndedAt.is_null())
                    .exec(&*tx)
                    .await?;
            }
            End::Site => {
                end_site(&tx, app, site_id, folded).await?;
            }
            End::Everything => {
                end_everything(&tx, app, folded).await?;
            }
        }
        tx.commit().await
    })
    .await
}

/// Lets a holder be mailed again of his site. What was ended stays so: he can wish for it anew.
pub async fn begin_again(app: &App, holder: &Holder) -> Result<()> {
    let tx = app.db.begin().await?;
    end_silence(&tx, app, Some(holder.site().id()), holder.folded()).await?;
    tx.commit().await
}
