//! Webhooks: programs are told what happens on a tenant's sites, and one may be asked what is to become of a comment.
//!
//! What is told is written as a row for each webhook that wants it, in the transaction of what happened ([`tell`]), and sent by the
//! workers (`sending.rs`). Where nobody has registered a webhook, posting runs no statement more: whether there are any is known with
//! the site as it was looked up.

pub mod administration;
pub mod asking;
mod circuit;
pub mod deliveries;
mod formats;
mod health;
pub mod payload;
mod schedule;
pub mod sending;
mod words;

pub use circuit::Circuits;

use std::collections::BTreeSet;
use std::sync::Arc;

use ::entity::{OfTenant, comment, site, thread, webhook, webhook_delivery};
use chrono::{DateTime, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, LockType, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select, Set};
use serde_json::json;

use crate::app::App;
use crate::error::{Error, Result};
use crate::infra::clock::id_at;
use crate::infra::db::Tx;
use crate::threads;
use payload::{Payload, Place, Report};

/// Webhooks of one tenant.
pub const MOST: u64 = 50;

/// Rows that one statement inserts: what it binds is bounded on both engines.
const ROWS_AT_ONCE: usize = 100;

macro_rules! named {
    ($(#[$about:meta])* $type:ident { $($(#[$of:meta])* $variant:ident $name:literal)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $type { $($(#[$of])* $variant),* }

        impl $type {
            pub const ALL: &[$type] = &[$($type::$variant),*];

            /// The name in the database and on the wire.
            pub fn name(self) -> &'static str {
                match self { $($type::$variant => $name),* }
            }

            pub fn of(name: &str) -> Option<$type> {
                $type::ALL.iter().copied().find(|one| one.name() == name)
            }
        }
    };
}

named! {
    /// What can be told.
    Event {
        /// Whatever its state.
        CommentCreated "comment.created"
        /// At once, or when somebody decided so.
        CommentPublished "comment.published"
        CommentEdited "comment.edited"
        CommentDeleted "comment.deleted"
        CommentReported "comment.reported"
        CommentSpam "comment.spam"
        ThreadCreated "thread.created"
        ThreadClosed "thread.closed"
    }
}

named! {
    /// In whose form it is told.
    Format {
        /// Standard Webhooks (<https://www.standardwebhooks.com>).
        Standard "standard"
        Slack "slack"
        Discord "discord"
        Telegram "telegram"
        Matrix "matrix"
        Ntfy "ntfy"
    }
}

named! {
    /// What a webhook is for.
    Purpose {
        /// It is told what has happened.
        Tell "tell"
        /// It is asked what is to become of a comment.
        Ask "ask"
    }
}

named! {
    /// Why one is off.
    DisabledBy {
        Owner "owner"
        /// The receiver said so (410).
        Gone "gone"
        /// Nothing got through for days.
        Failing "failing"
    }
}

named! {
    /// How far a delivery has come.
    State {
        Waiting "waiting"
        Delivered "delivered"
        /// Given up.
        Failed "failed"
    }
}

/// The webhooks of one site that are on; nothing where nobody has registered any.
#[derive(Clone, Debug, Default)]
pub struct Hooks(Option<Arc<Registered>>);

#[derive(Debug)]
struct Registered {
    tenant_id: Uuid,
    place: Place,
    told: Vec<(Uuid, Vec<Event>)>,
    /// The site's own before the one for all sites.
    asked: Option<webhook::Model>,
}

impl Hooks {
    fn new(place: impl FnOnce() -> Place, rows: &[webhook::Model]) -> Hooks {
        let Some(first) = rows.first() else {
            return Hooks::default();
        };
        let tenant_id = first.tenant_id;
        let is = |row: &webhook::Model, purpose: Purpose| row.purpose == purpose.name();
        let told = rows.iter().filter(|row| is(row, Purpose::Tell));
        Hooks(Some(Arc::new(Registered {
            tenant_id,
            place: place(),
            told: told.map(|row| (row.id, events_of(row))).collect(),
            asked: rows
                .iter()
                .filter(|row| is(row, Purpose::Ask))
                .max_by_key(|row| row.site_id.is_some())
                .cloned(),
        })))
    }

    /// Those of a site that is looked up for its readers.
    pub async fn of_site(db: &impl ConnectionTrait, row: &site::Model) -> Result<Hooks> {
        let rows = on(webhook::Entity::of_tenant(row.tenant_id), row.id).all(db).await?;
        Ok(Hooks::new(|| Place::of(row), &rows))
    }

    /// Those of a site of which only the id is at hand.
    #[expect(clippy::disallowed_methods, reason = "the site says whose webhooks they are")]
    pub async fn find(db: &impl ConnectionTrait, site_id: Uuid) -> Result<Hooks> {
        let tenant = Query::select()
            .column(site::Column::TenantId)
            .from(site::Entity)
            .and_where(Expr::col(site::Column::Id).eq(site_id))
            .to_owned();
        let of_tenant = webhook::Entity::find().filter(webhook::Column::TenantId.in_subquery(tenant));
        let rows = on(of_tenant, site_id).all(db).await?;
        let Some(first) = rows.first() else {
            return Ok(Hooks::default());
        };
        let site = site::Entity::of_tenant(first.tenant_id)
            .filter(site::Column::Id.eq(site_id))
            .one(db)
            .await?
            .ok_or_else(|| Error::not_found("site"))?;
        Ok(Hooks::new(|| Place::of(&site), &rows))
    }

    /// How many webhooks a tenant has: for the statement that looks its site up anyway.
    pub fn count(tenant_id: Uuid) -> SelectStatement {
        Query::select()
            .expr(Expr::col((webhook::Entity, webhook::Column::Id)).count())
            .from(webhook::Entity)
            .and_where(Expr::col((webhook::Entity, webhook::Column::TenantId)).eq(tenant_id))
            .and_where(Expr::col((webhook::Entity, webhook::Column::DisabledAt)).is_null())
            .to_owned()
    }

    /// Bytes that they take in memory, near enough.
    pub fn weight(&self) -> usize {
        self.0
            .as_ref()
            .map_or(0, |all| size_of::<Registered>() + 4096 * all.told.len())
    }

    fn wanting(&self, event: Event) -> impl Iterator<Item = Uuid> {
        let told = self.0.iter().flat_map(|all| &all.told);
        told.filter(move |(_, events)| events.contains(&event))
            .map(|(id, _)| *id)
    }

    fn want(&self, event: Event) -> bool {
        self.wanting(event).next().is_some()
    }
}

fn on(select: Select<webhook::Entity>, site_id: Uuid) -> Select<webhook::Entity> {
    let about = Condition::any()
        .add(webhook::Column::SiteId.is_null())
        .add(webhook::Column::SiteId.eq(site_id));
    select
        .filter(about)
        .filter(webhook::Column::DisabledAt.is_null())
        .order_by_asc(webhook::Column::Id)
}

/// The events that a webhook is told of; those of a newer version are passed over.
pub fn events_of(row: &webhook::Model) -> Vec<Event> {
    let names = row.events.as_array().into_iter().flatten();
    names.filter_map(|name| name.as_str()).filter_map(Event::of).collect()
}

/// Something that has happened to a comment.
pub struct News<'a> {
    pub event: Event,
    pub comment: &'a comment::Model,
    pub report: Option<Report>,
}

impl<'a> News<'a> {
    pub fn new(event: Event, comment: &'a comment::Model) -> News<'a> {
        News {
            event,
            comment,
            report: None,
        }
    }
}

/// What there is to tell of comments that were just stored.
pub fn news_of_new(comments: &[comment::Model]) -> Vec<News<'_>> {
    let mut news = Vec::with_capacity(comments.len());
    for comment in comments {
        news.push(News::new(Event::CommentCreated, comment));
        news.extend(event_of_state(comment.state).map(|event| News::new(event, comment)));
    }
    news
}

/// What there is to tell of a comment that has come to a state.
pub fn event_of_state(state: comment::State) -> Option<Event> {
    match state {
        comment::State::Published => Some(Event::CommentPublished),
        comment::State::Spam => Some(Event::CommentSpam),
        comment::State::Deleted => Some(Event::CommentDeleted),
        comment::State::Pending | comment::State::Rejected => None,
    }
}

/// Has news of comments told to whoever wants it, once this transaction is committed.
pub async fn tell(tx: &Tx, app: &App, hooks: &Hooks, news: Vec<News<'_>>) -> Result<()> {
    let Some(all) = &hooks.0 else { return Ok(()) };
    let wanted: Vec<News> = news.into_iter().filter(|one| hooks.want(one.event)).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let ids = wanted.iter().map(|one| one.comment.thread_id).collect();
    let threads = threads::by_ids(&**tx, vec![all.place.id], ids).await?;
    let now = app.clock.now();
    let mut rows = Vec::new();
    for News { event, comment, report } in wanted {
        let Some(thread) = threads.iter().find(|thread| thread.id == comment.thread_id) else {
            continue;
        };
        let told = Payload::of_comment(
            &app.config.public_url,
            all.tenant_id,
            &all.place,
            event,
            thread,
            comment,
            report,
            now,
        );
        let (told, about) = (told.json()?, (Some(all.place.id), Some(comment.id)));
        rows.extend(
            hooks
                .wanting(event)
                .map(|id| waiting(all.tenant_id, id, event, about, told.clone(), now)),
        );
    }
    insert(tx, all.tenant_id, rows).await
}

/// The same of a thread.
pub async fn tell_of_thread(tx: &Tx, app: &App, hooks: &Hooks, event: Event, thread: &thread::Model) -> Result<()> {
    let Some(all) = hooks.0.as_ref().filter(|_| hooks.want(event)) else {
        return Ok(());
    };
    let now = app.clock.now();
    let told = Payload::of_thread(&app.config.public_url, all.tenant_id, &all.place, event, thread, now).json()?;
    let about = (Some(all.place.id), None);
    let rows = hooks
        .wanting(event)
        .map(|id| waiting(all.tenant_id, id, event, about, told.clone(), now));
    insert(tx, all.tenant_id, rows.collect()).await
}

/// A delivery that is due at once.
fn waiting(
    tenant_id: Uuid,
    webhook_id: Uuid,
    event: Event,
    (site_id, comment_id): (Option<Uuid>, Option<Uuid>),
    payload: String,
    now: DateTime<Utc>,
) -> webhook_delivery::ActiveModel {
    webhook_delivery::ActiveModel {
        id: Set(id_at(now)),
        tenant_id: Set(tenant_id),
        webhook_id: Set(webhook_id),
        site_id: Set(site_id),
        comment_id: Set(comment_id),
        event: Set(event.name().to_owned()),
        payload: Set(payload),
        state: Set(State::Waiting.name().to_owned()),
        run_at: Set(Some(now)),
        waiting_since: Set(now),
        attempts: Set(0),
        tries: Set(json!([])),
        request_headers: Set(json!({})),
        response_status: Set(None),
        response_headers: Set(json!({})),
        response_body: Set(None),
        fault: Set(None),
        created_at: Set(now),
        finished_at: Set(None),
    }
}

/// Only for webhooks that are still there and on, and stay so until the transaction ends: what is known of them may be a second old, and
/// no comment is to be lost for a webhook that was deleted meanwhile.
async fn insert(tx: &Tx, tenant_id: Uuid, mut rows: Vec<webhook_delivery::ActiveModel>) -> Result<()> {
    let ids: BTreeSet<Uuid> = rows
        .iter()
        .filter_map(|row| row.webhook_id.try_as_ref().copied())
        .collect();
    let there: BTreeSet<Uuid> = webhook::Entity::of_tenant(tenant_id)
        .filter(webhook::Column::Id.is_in(ids))
        .filter(webhook::Column::DisabledAt.is_null())
        .lock(LockType::KeyShare)
        .all(&**tx)
        .await?
        .into_iter()
        .map(|row| row.id)
        .collect();
    rows.retain(|row| row.webhook_id.try_as_ref().is_some_and(|id| there.contains(id)));
    for some in rows.chunks(ROWS_AT_ONCE) {
        webhook_delivery::Entity::insert_many(some.to_vec())
            .exec_without_returning(&**tx)
            .await?;
    }
    Ok(())
}

/// The name of a delivery for its receiver: the same each time it is sent, so that it can be taken once.
pub fn message_id(delivery_id: Uuid) -> String {
    format!("msg_{}", delivery_id.simple())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back() {
        for event in Event::ALL {
            assert_eq!(Event::of(event.name()), Some(*event));
            assert!(event.name().len() <= 32);
        }
        assert_eq!(Event::of("comment.eaten"), None);
    }
}
