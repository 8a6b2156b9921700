//! Wishes: what readers ask to be told of by mail, and how it is found out whether it is they who ask.
//!
//! At the doors every address is the same: a row and a job are written, and nothing is looked up. The worker sees what is to become of
//! them. An address is asked once a site, by a mail with a link; until its holder has pressed the button behind it, nothing is told.

use ::entity::comment::{self, State};
use ::entity::subscription::{self, Wants};
use ::entity::{OfSite, thread};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Condition, Expr, Query};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select, Set};

use super::{letters, silence};
use crate::app::App;
use crate::emails;
use crate::emails::texts::{self, Kind};
use crate::error::{Error, ErrorCode, Result};
use crate::infra::clock::id_at;
use crate::infra::db::{self, Tx};
use crate::infra::mailer::Letter;
use crate::infra::queue::{self, Claimed};
use crate::infra::signing::token_hash;
use crate::job::{Job, Locale};
use crate::sites::{self, Site, Visitor};
use crate::text::Email;
use crate::threads;

const CONFIRMATION: &str = "confirmation of a subscription";

/// How often an address is asked for a site, however many wishes come.
const ASKED_EVERY: TimeDelta = TimeDelta::days(1);

/// For which the address of what has ended is kept: so long its links let its holder choose otherwise.
const ENDED: TimeDelta = TimeDelta::days(30);

/// Addresses that are erased in one transaction; the job of the next hour goes on.
const STRIPPED_AT_ONCE: u64 = 5000;

/// Wishes that the page behind a link names.
const NAMED: u64 = 20;

/// What somebody asks for while he posts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ByMail {
    pub follow: Option<Follow>,
    /// To be told when the comment, should it be held, is published.
    pub when_published: bool,
    /// In which language.
    pub locale: Option<Locale>,
}

impl ByMail {
    /// Whether it takes an address.
    pub fn is_something(&self) -> bool {
        self.follow.is_some() || self.when_published
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follow {
    Replies,
    Thread,
}

/// What an address is to be told of.
#[derive(Clone, Debug)]
pub struct Wish {
    pub about: About,
    pub email: Email,
    pub locale: Option<Locale>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// Every comment of a conversation.
    Thread(Uuid),
    /// Answers to a comment.
    Replies(Uuid),
    /// That a comment is published.
    Published(Uuid),
}

impl About {
    fn columns(self) -> (Wants, Option<Uuid>, Option<Uuid>) {
        match self {
            About::Thread(id) => (Wants::Thread, Some(id), None),
            About::Replies(id) => (Wants::Replies, None, Some(id)),
            About::Published(id) => (Wants::Published, None, Some(id)),
        }
    }
}

/// Whether readers of a site can follow by mail.
pub fn is_offered(app: &App, site: &Site) -> bool {
    app.mailer.is_configured() && site.settings().follow_by_mail
}

/// What was asked for beside a comment that is stored now. Nothing for one that was taken for spam: no mail goes out because of it.
pub fn beside(comment: &comment::Model, email: Option<&Email>, by_mail: &ByMail) -> Vec<Wish> {
    let Some(email) = email.filter(|_| matches!(comment.state, State::Published | State::Pending)) else {
        return Vec::new();
    };
    let follow = by_mail.follow.map(|follow| match follow {
        Follow::Replies => About::Replies(comment.id),
        Follow::Thread => About::Thread(comment.thread_id),
    });
    let held = comment.state == State::Pending;
    let published = (by_mail.when_published && held).then_some(About::Published(comment.id));
    let wish = |about| Wish {
        about,
        email: email.clone(),
        locale: by_mail.locale,
    };
    follow.into_iter().chain(published).map(wish).collect()
}

/// Asks for something later, without a comment. The same statements run for every address.
///
/// # Errors
/// `not_found` for a conversation or a comment that is not there.
pub async fn ask(
    app: &App,
    visitor: &Visitor,
    thread: &thread::Model,
    comment_id: Option<Uuid>,
    email: Email,
    locale: Option<Locale>,
) -> Result<()> {
    let site_id = visitor.site().id();
    let about = match comment_id {
        None => About::Thread(thread.id),
        Some(id) => {
            let comment = comment::Entity::of_site(site_id)
                .filter(comment::Column::Id.eq(id))
                .filter(comment::Column::ThreadId.eq(thread.id))
                .filter(comment::Column::State.eq(State::Published))
                .one(app.db.read())
                .await?
                .ok_or_else(|| Error::not_found("comment"))?;
            About::Replies(comment.id)
        }
    };
    let wish = Wish { about, email, locale };
    db::retry(async || {
        let tx = app.db.begin().await?;
        store(&tx, app, site_id, vec![wish.clone()]).await?;
        tx.commit().await
    })
    .await
}

/// Stores wishes of one site, each with its job.
pub async fn store(tx: &Tx, app: &App, site_id: Uuid, wishes: Vec<Wish>) -> Result<()> {
    if wishes.is_empty() {
        return Ok(());
    }
    let now = app.clock.now();
    let mut rows = Vec::with_capacity(wishes.len());
    let mut jobs = Vec::with_capacity(wishes.len());
    for wish in wishes {
        let id = id_at(now);
        let (wants, thread_id, comment_id) = wish.about.columns();
        jobs.push(Job::Wish {
            site_id,
            subscription_id: id,
            follower: super::follower(app, site_id, &wish.email.folded),
        });
        rows.push(subscription::ActiveModel {
            id: Set(id),
            site_id: Set(site_id),
            thread_id: Set(thread_id),
            comment_id: Set(comment_id),
            wants: Set(wants),
            email: Set(wish.email.address),
            email_folded: Set(wish.email.folded),
            locale: Set(wish.locale.map(|locale| locale.name().to_owned())),
            token_hash: Set(token_hash(&key(app, site_id, id))),
            created_at: Set(now),
            asked_at: Set(None),
            confirmed_at: Set(None),
            ended_at: Set(None),
        });
    }
    subscription::Entity::insert_many(rows)
        .exec_without_returning(&**tx)
        .await?;
    queue::add_all(&**tx, &jobs, now).await
}

/// What a wish's job comes to.
pub struct Weighed {
    /// What is to be sent before [`settle`].
    pub letter: Option<Letter>,
    then: Option<(subscription::Model, Then)>,
}

enum Then {
    /// His address has been asked.
    Asked,
    /// It is known to want this.
    Known,
    /// It is there already, or nobody is to be told.
    Dropped,
}

/// Sees what is to become of a wish. Those of one address are a lane, so that none is asked twice.
pub async fn weigh(app: &App, claimed: &Claimed) -> Result<Weighed> {
    let Job::Wish {
        site_id,
        subscription_id,
        ..
    } = claimed.job
    else {
        return Err(Error::internal("this job is nobody's wish"));
    };
    let nothing = Weighed {
        letter: None,
        then: None,
    };
    let db = app.db.read();
    let waits = |row: &subscription::Model| row.confirmed_at.is_none() && row.ended_at.is_none();
    let Some(row) = with_id(site_id, subscription_id).one(db).await?.filter(waits) else {
        return Ok(nothing);
    };
    let settled = |row, then| Weighed {
        letter: None,
        then: Some((row, then)),
    };
    let site = sites::of_readers(app, site_id)
        .await?
        .filter(|site| is_offered(app, site));
    let Some(site) = site else {
        return Ok(settled(row, Then::Dropped));
    };
    let known = subscription::Column::ConfirmedAt.is_not_null();
    if silence::is_silent(db, app, site_id, &row.email_folded).await?
        || any(app, same(&row).filter(known.clone())).await?
    {
        return Ok(settled(row, Then::Dropped));
    }
    if any(app, others(&row).filter(known)).await? {
        return Ok(settled(row, Then::Known));
    }
    let of_late = subscription::Column::AskedAt.gt(app.clock.now() - ASKED_EVERY);
    // Counted by the first try: one that has to be sent again is the same mail.
    let may_ask = !any(app, others(&row).filter(of_late)).await?
        && (claimed.row.attempts > 1 || emails::may_go(app, "follow", &row.email_folded).await);
    if !may_ask {
        // The mail that he has got is about all that waits, and so about this.
        return Ok(match any(app, same(&row)).await? {
            true => settled(row, Then::Dropped),
            false => nothing,
        });
    }
    let text = texts::of_site(db, site_id, Kind::Confirm, letters::locale_of(&row, &site)).await?;
    let name = (claimed.row.id, claimed.row.created_at);
    let letter = letters::Reader::new(app, &site, &row, text).confirmation(name);
    Ok(Weighed {
        letter: Some(letter),
        then: Some((row, Then::Asked)),
    })
}

/// Notes it, in the transaction that takes the job off the table, and after that.
pub async fn settle(tx: &Tx, app: &App, weighed: Weighed) -> Result<()> {
    let Some((row, then)) = weighed.then else {
        return Ok(());
    };
    let column = match then {
        Then::Asked => subscription::Column::AskedAt,
        Then::Known => subscription::Column::ConfirmedAt,
        Then::Dropped => {
            subscription::Entity::delete_of_site(row.site_id)
                .filter(subscription::Column::Id.eq(row.id))
                .exec(&**tx)
                .await?;
            return Ok(());
        }
    };
    subscription::Entity::update_of_site(row.site_id)
        .col_expr(column, Expr::value(app.clock.now()))
        .filter(subscription::Column::Id.eq(row.id))
        .filter(subscription::Column::ConfirmedAt.is_null())
        .filter(subscription::Column::EndedAt.is_null())
        .exec(&**tx)
        .await?;
    Ok(())
}

async fn any(app: &App, rows: Select<subscription::Entity>) -> Result<bool> {
    Ok(rows.limit(1).count(app.db.read()).await? > 0)
}

fn with_id(site_id: Uuid, id: Uuid) -> Select<subscription::Entity> {
    subscription::Entity::of_site(site_id).filter(subscription::Column::Id.eq(id))
}

/// Other wishes of the same address on the same site.
fn others(row: &subscription::Model) -> Select<subscription::Entity> {
    subscription::Entity::of_site(row.site_id)
        .filter(subscription::Column::EmailFolded.eq(&*row.email_folded))
        .filter(subscription::Column::Id.ne(row.id))
}

/// Those that are about the same, and were there before.
fn same(row: &subscription::Model) -> Select<subscription::Entity> {
    others(row)
        .filter(subscription::Column::EndedAt.is_null())
        .filter(subscription::Column::Wants.eq(row.wants))
        .filter(equal(subscription::Column::ThreadId, row.thread_id))
        .filter(equal(subscription::Column::CommentId, row.comment_id))
        .filter(subscription::Column::Id.lt(row.id))
}

fn equal(column: subscription::Column, value: Option<Uuid>) -> Condition {
    Condition::all().add(value.map_or_else(|| column.is_null(), |value| column.eq(value)))
}

/// What makes the link in the mail that asks an address.
fn key(app: &App, site_id: Uuid, id: Uuid) -> String {
    app.keys
        .seal(CONFIRMATION, &[*site_id.as_bytes(), *id.as_bytes()].concat())
}

/// The address of the page where somebody says that it is he who asks.
pub fn address(app: &App, row: &subscription::Model) -> String {
    format!(
        "{}/mail/follow/{}",
        app.config.public_url,
        key(app, row.site_id, row.id)
    )
}

/// A link that confirms what an address asked for. Only [`open`] makes one.
pub struct Confirmation {
    site: Site,
    row: subscription::Model,
    /// What it is about, the earliest first, with the conversations.
    pub named: Vec<(Wants, thread::Model)>,
    /// Where the conversation is that it came from, if that is known.
    pub url: Option<String>,
}

impl Confirmation {
    pub fn site(&self) -> &Site {
        &self.site
    }

    pub fn row(&self) -> &subscription::Model {
        &self.row
    }

    /// Whether it has been used.
    pub fn is_done(&self) -> bool {
        self.row.confirmed_at.is_some()
    }
}

/// # Errors
/// `link_void` for a key that is not genuine, and for a wish that is gone, or has ended.
pub async fn open(app: &App, key: &str) -> Result<Confirmation> {
    let void = || {
        Error::refused(
            ErrorCode::LinkVoid,
            "This link confirms nothing any more. Ask to be told once more.",
        )
    };
    let payload = app.keys.open(CONFIRMATION, key).filter(|payload| payload.len() == 32);
    let ids = payload.and_then(|payload| {
        let (site_id, id) = payload.split_at(16);
        Some((Uuid::from_slice(site_id).ok()?, Uuid::from_slice(id).ok()?))
    });
    let (site_id, id) = ids.ok_or_else(void)?;
    let site = sites::of_job(app, site_id).await?.ok_or_else(void)?;
    let row = with_id(site_id, id).one(app.db.read()).await?;
    let row = row.filter(|row| row.ended_at.is_none()).ok_or_else(void)?;
    let named = named(app, &row).await?;
    let url = named.first().and_then(|(_, thread)| thread.url.clone());
    Ok(Confirmation { site, row, named, url })
}

/// What the same address waits to be told of, with the conversations.
async fn named(app: &App, row: &subscription::Model) -> Result<Vec<(Wants, thread::Model)>> {
    let waiting = subscription::Entity::of_site(row.site_id)
        .filter(subscription::Column::EmailFolded.eq(&*row.email_folded))
        .filter(subscription::Column::EndedAt.is_null())
        .filter(
            Condition::any()
                .add(subscription::Column::ConfirmedAt.is_null())
                .add(subscription::Column::Id.eq(row.id)),
        )
        .order_by_asc(subscription::Column::Id)
        .limit(NAMED)
        .all(app.db.read())
        .await?;
    let ids: Vec<Uuid> = waiting.iter().filter_map(|row| row.comment_id).collect();
    let comments = comment::Entity::of_site(row.site_id)
        .filter(comment::Column::Id.is_in(ids))
        .all(app.db.read())
        .await?;
    let thread_of = |row: &subscription::Model| {
        let of_comment = |id| {
            comments
                .iter()
                .find(|comment| comment.id == id)
                .map(|one| one.thread_id)
        };
        row.thread_id.or_else(|| row.comment_id.and_then(of_comment))
    };
    let thread_ids: Vec<Uuid> = waiting.iter().filter_map(thread_of).collect();
    let threads = threads::by_ids(app.db.read(), vec![row.site_id], thread_ids).await?;
    let with_thread = |row: &subscription::Model| {
        let id = thread_of(row)?;
        let thread = threads.iter().find(|thread| thread.id == id)?;
        Some((row.wants, thread.clone()))
    };
    Ok(waiting.iter().filter_map(with_thread).collect())
}

/// Confirms all that an address waits to be told of on a site. Of two at once, one does it; false to the other.
pub async fn confirm(app: &App, confirmation: &Confirmation) -> Result<bool> {
    let Confirmation { site, row, .. } = confirmation;
    db::retry(async || {
        let tx = app.db.begin().await?;
        let confirmed = subscription::Entity::update_of_site(site.id())
            .col_expr(subscription::Column::ConfirmedAt, Expr::value(app.clock.now()))
            .filter(subscription::Column::EmailFolded.eq(&*row.email_folded))
            .filter(subscription::Column::ConfirmedAt.is_null())
            .filter(subscription::Column::EndedAt.is_null())
            .exec(&*tx)
            .await?;
        tx.commit().await?;
        Ok(confirmed.rows_affected > 0)
    })
    .await
}

/// Forgets wishes that nobody has confirmed in time, and the addresses of those that have ended for a while. What was ended stays as that, so
/// that an import does not bring it back.
#[expect(clippy::disallowed_methods, reason = "age alone decides, over all sites")]
pub async fn forget(tx: &Tx, app: &App, now: DateTime<Utc>) -> Result<()> {
    let confirm = TimeDelta::days(app.config.follow_confirm_days);
    subscription::Entity::delete_many()
        .filter(subscription::Column::ConfirmedAt.is_null())
        .filter(subscription::Column::CreatedAt.lt(now - confirm))
        .exec(&**tx)
        .await?;
    let due = Query::select()
        .column(subscription::Column::Id)
        .from(subscription::Entity)
        .and_where(subscription::Column::EndedAt.lt(now - ENDED))
        .and_where(subscription::Column::EmailFolded.ne(""))
        .limit(STRIPPED_AT_ONCE)
        .to_owned();
    subscription::Entity::update_many()
        .col_expr(subscription::Column::Email, Expr::value(""))
        .col_expr(subscription::Column::EmailFolded, Expr::value(""))
        .filter(subscription::Column::Id.in_subquery(due))
        .exec(&**tx)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comments;
    use crate::text;

    fn comment(state: State) -> comment::Model {
        comment::Model {
            state,
            ..comments::blank(
                Uuid::from_u128(3),
                Uuid::nil(),
                Uuid::from_u128(9),
                DateTime::UNIX_EPOCH,
            )
        }
    }

    #[test]
    fn what_is_asked_for_beside_a_comment_goes_by_what_became_of_it() {
        use About::{Published, Replies, Thread};
        let (own, thread) = (Uuid::from_u128(3), Uuid::from_u128(9));
        let email = text::email("Ada@example.org").unwrap();
        for (state, follow, when_published, expected) in [
            (State::Published, Some(Follow::Replies), true, vec![Replies(own)]),
            (State::Published, Some(Follow::Thread), false, vec![Thread(thread)]),
            (
                State::Pending,
                Some(Follow::Thread),
                true,
                vec![Thread(thread), Published(own)],
            ),
            (State::Pending, None, true, vec![Published(own)]),
            (State::Pending, None, false, vec![]),
            (State::Spam, Some(Follow::Thread), true, vec![]),
            (State::Rejected, Some(Follow::Thread), true, vec![]),
        ] {
            let by_mail = ByMail {
                follow,
                when_published,
                locale: Some(Locale::De),
            };
            let wishes = beside(&comment(state), email.as_ref(), &by_mail);
            let about: Vec<About> = wishes.iter().map(|wish| wish.about).collect();
            assert_eq!(about, expected, "{state:?} {by_mail:?}");
            assert!(
                wishes
                    .iter()
                    .all(|wish| wish.email.folded == "ada@example.org" && wish.locale == Some(Locale::De))
            );
            assert!(beside(&comment(state), None, &by_mail).is_empty(), "nowhere to send it");
        }
    }
}
