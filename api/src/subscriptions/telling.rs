//! Followers are told of what has been published. Publishing adds one small job, and that only where somebody follows; the worker goes through
//! the followers by pages, notes for each what he is to be told of, and gives each one job a conversation. So a queue holds no more jobs
//! than there are followers, and what piles up while mail is away, or a conversation runs hot, is one mail.

use std::collections::{HashMap, HashSet};

use ::entity::comment::{self, State};
use ::entity::subscription::{self, Wants};
use ::entity::{OfSite, follow_entry};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, OnConflict, Query};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use super::{follower, letters, silence, wishing};
use crate::app::App;
use crate::emails::texts;
use crate::error::{Error, Result};
use crate::infra::clock::id_at;
use crate::infra::db::Tx;
use crate::infra::mailer::Letter;
use crate::infra::queue::{self, Claimed};
use crate::job::Job;
use crate::text;
use crate::{sites, threads};

/// Followers that one transaction notes something for.
const PAGE: u64 = 500;

/// Comments that one mail tells of. Those beyond wait for the next one.
const ENTRIES: u64 = 100;

/// How long a conversation that runs hot for somebody is left to collect.
const COLLECTS: TimeDelta = TimeDelta::hours(1);

/// For which what cannot be sent is kept.
const KEPT: TimeDelta = TimeDelta::days(14);

/// Has followers told of comments of one site that are visible for the first time, in the transaction that makes them so. Costs one look
/// where nobody follows.
pub async fn published(tx: &Tx, app: &App, comments: &[&comment::Model]) -> Result<()> {
    // What was said elsewhere, long ago, is no news.
    let comments: Vec<&comment::Model> = comments
        .iter()
        .copied()
        .filter(|comment| comment.state == State::Published && comment.import_source.is_none())
        .collect();
    let Some(first) = comments.first() else {
        return Ok(());
    };
    if !app.mailer.is_configured() {
        return Ok(());
    }
    let threads: HashSet<Uuid> = comments.iter().map(|comment| comment.thread_id).collect();
    let followed: HashSet<Uuid> = comments
        .iter()
        .flat_map(|comment| [Some(comment.id), comment.parent_id, comment.root_id])
        .flatten()
        .collect();
    let followers = subscription::Entity::of_site(first.site_id)
        .filter(subscription::Column::ConfirmedAt.is_not_null())
        .filter(subscription::Column::EndedAt.is_null())
        .filter(
            Condition::any()
                .add(subscription::Column::ThreadId.is_in(threads))
                .add(subscription::Column::CommentId.is_in(followed)),
        );
    if followers.limit(1).count(&**tx).await? == 0 {
        return Ok(());
    }
    let jobs: Vec<Job> = comments
        .iter()
        .map(|comment| Job::Spread {
            site_id: comment.site_id,
            thread_id: comment.thread_id,
            comment_id: comment.id,
            after: None,
        })
        .collect();
    queue::add_all(&**tx, &jobs, app.clock.now()).await
}

/// Notes a comment for a page of its followers. Resolves to the job that goes on, if there are more.
pub async fn spread(tx: &Tx, app: &App, job: &Job) -> Result<Option<Job>> {
    let Job::Spread {
        site_id,
        thread_id,
        comment_id,
        after,
    } = *job
    else {
        return Err(Error::internal("this job tells no followers"));
    };
    let site = sites::of_readers(app, site_id).await?;
    if !site.is_some_and(|site| wishing::is_offered(app, &site)) {
        return Ok(None);
    }
    let comment = comment::Entity::of_site(site_id)
        .filter(comment::Column::Id.eq(comment_id))
        .filter(comment::Column::State.eq(State::Published))
        .one(&**tx)
        .await?;
    let Some(comment) = comment else {
        return Ok(None);
    };
    let mut page = followers_of(&comment, after).limit(PAGE + 1).all(&**tx).await?;
    let more = page.len() as u64 > PAGE;
    page.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
    let last = page.last().map(|row| row.id).filter(|_| more);
    let silent = silence::silent(&**tx, app, site_id, page.iter().map(|row| &*row.email_folded)).await?;
    page.retain(|row| !silent.contains(&row.email_folded));
    let now = app.clock.now();
    let mut entries = Vec::with_capacity(page.len());
    let mut jobs = Vec::with_capacity(page.len());
    for row in page {
        let follower = follower(app, site_id, &row.email_folded);
        entries.push(follow_entry::ActiveModel {
            id: Set(id_at(now)),
            site_id: Set(site_id),
            follower: Set(follower.clone()),
            subscription_id: Set(row.id),
            thread_id: Set(thread_id),
            comment_id: Set(comment_id),
            created_at: Set(now),
        });
        jobs.push(Job::Inform {
            site_id,
            follower,
            thread_id,
            waited: false,
        });
    }
    if !entries.is_empty() {
        let once = OnConflict::columns([
            follow_entry::Column::SiteId,
            follow_entry::Column::Follower,
            follow_entry::Column::CommentId,
        ])
        .do_nothing()
        .to_owned();
        follow_entry::Entity::insert_many(entries)
            .on_conflict(once)
            .exec_without_returning(&**tx)
            .await?;
        // Held, so that a job that is at its end does not leave before it has seen what was just added.
        queue::add_or_hold(&**tx, &jobs, now).await?;
    }
    Ok(last.map(|last| Job::Spread {
        site_id,
        thread_id,
        comment_id,
        after: Some(last),
    }))
}

/// Who is to be told of a comment, each address by the earliest of its wishes; never its author, but that it is published.
fn followers_of(comment: &comment::Model, after: Option<Uuid>) -> sea_orm::Select<subscription::Entity> {
    let own = Alias::new("subscription");
    let earlier = Alias::new("earlier");
    let the_same = Query::select()
        .expr(Expr::val(1))
        .from_as(subscription::Entity, earlier.clone())
        .and_where(Expr::col((earlier.clone(), subscription::Column::SiteId)).eq(comment.site_id))
        .and_where(
            Expr::col((earlier.clone(), subscription::Column::EmailFolded))
                .equals((own, subscription::Column::EmailFolded)),
        )
        .and_where(
            Expr::col((earlier.clone(), subscription::Column::Id))
                .lt(Expr::col((Alias::new("subscription"), subscription::Column::Id))),
        )
        .cond_where(concerned(comment, "earlier"))
        .to_owned();
    let mut select = subscription::Entity::of_site(comment.site_id)
        .filter(concerned(comment, "subscription"))
        .filter(Expr::exists(the_same).not())
        .order_by_asc(subscription::Column::Id);
    if let Some(after) = after {
        select = select.filter(subscription::Column::Id.gt(after));
    }
    select
}

/// Wishes that a comment is to be told to, of the table by this name.
fn concerned(comment: &comment::Model, table: &'static str) -> Condition {
    let column = |column: subscription::Column| Expr::col((Alias::new(table), column));
    let wants = |wants: Wants| column(subscription::Column::Wants).eq(wants);
    let above: Vec<Uuid> = comment.parent_id.into_iter().chain(comment.root_id).collect();
    let mut of_others = Condition::any().add(
        Condition::all()
            .add(column(subscription::Column::ThreadId).eq(comment.thread_id))
            .add(wants(Wants::Thread)),
    );
    if !above.is_empty() {
        of_others = of_others.add(
            Condition::all()
                .add(column(subscription::Column::CommentId).is_in(above))
                .add(wants(Wants::Replies)),
        );
    }
    let mut told = Condition::all().add(of_others);
    if let Some(author) = &comment.author_email {
        told = told.add(column(subscription::Column::EmailFolded).ne(text::folded(author)));
    }
    let of_its_own = Condition::all()
        .add(column(subscription::Column::CommentId).eq(comment.id))
        .add(wants(Wants::Published));
    Condition::all()
        .add(column(subscription::Column::ConfirmedAt).is_not_null())
        .add(column(subscription::Column::EndedAt).is_null())
        .add(Condition::any().add(told).add(of_its_own))
}

/// A comment that somebody is told of, and by which of his wishes.
pub struct News {
    pub comment: comment::Model,
    pub wants: Wants,
    /// The one that it answers, if readers see it.
    pub parent: Option<comment::Model>,
}

/// What a follower's job comes to.
pub struct Told {
    /// What is to be sent before [`settle`].
    pub letter: Option<Letter>,
    then: Then,
}

enum Then {
    /// What there is waits until then.
    Wait(DateTime<Utc>),
    /// These have been dealt with; and these wishes are fulfilled.
    Done { entries: Vec<Uuid>, fulfilled: Vec<Uuid> },
}

/// The mail of a follower's job, if there is still something to tell him.
pub async fn write(app: &App, claimed: &Claimed) -> Result<Told> {
    let Job::Inform {
        site_id,
        follower,
        thread_id,
        waited,
    } = &claimed.job
    else {
        return Err(Error::internal("this job informs nobody"));
    };
    let db = app.db.read();
    let entries = entries_of(*site_id, follower, *thread_id)
        .order_by_asc(follow_entry::Column::Id)
        .limit(ENTRIES)
        .all(db)
        .await?;
    let nothing = |entries: &[follow_entry::Model]| Told {
        letter: None,
        then: Then::Done {
            entries: entries.iter().map(|entry| entry.id).collect(),
            fulfilled: Vec::new(),
        },
    };
    let wish_ids: HashSet<Uuid> = entries.iter().map(|entry| entry.subscription_id).collect();
    let of_wishes = subscription::Entity::of_site(*site_id).filter(subscription::Column::Id.is_in(wish_ids));
    let Some(row) = of_wishes
        .order_by_desc(subscription::Column::Id)
        .limit(1)
        .one(db)
        .await?
    else {
        return Ok(nothing(&entries));
    };
    let site = sites::of_readers(app, *site_id)
        .await?
        .filter(|site| wishing::is_offered(app, site));
    let Some(site) = site else {
        return Ok(nothing(&entries));
    };
    if silence::is_silent(db, app, *site_id, &row.email_folded).await? {
        return Ok(nothing(&entries));
    }
    let (news, fulfilled) = news(app, &row, &entries).await?;
    let latest = entries
        .iter()
        .rfind(|entry| news.iter().any(|one| one.comment.id == entry.comment_id));
    let (Some(latest), Some(first)) = (latest, news.first()) else {
        return Ok(nothing(&entries));
    };
    if fulfilled.is_empty() && !waited && !may_go(app, claimed, follower, *thread_id).await {
        return Ok(Told {
            letter: None,
            then: Then::Wait(app.clock.now() + COLLECTS),
        });
    }
    let thread = threads::by_ids(db, vec![*site_id], vec![first.comment.thread_id])
        .await?
        .pop();
    let Some(thread) = thread else {
        return Ok(nothing(&entries));
    };
    // By what it tells of: the same is the same mail, however often it is tried, and another is another.
    let name = (latest.id, latest.created_at);
    let (kind, locale) = (letters::kind_of(&news), letters::locale_of(&row, &site));
    let text = texts::of_site(db, *site_id, kind, locale).await?;
    let reader = letters::Reader::new(app, &site, &row, text);
    Ok(Told {
        letter: Some(reader.news(name, &thread, &news)),
        then: Then::Done {
            entries: entries.iter().map(|entry| entry.id).collect(),
            fulfilled,
        },
    })
}

fn entries_of(site_id: Uuid, follower: &str, thread_id: Uuid) -> sea_orm::Select<follow_entry::Entity> {
    follow_entry::Entity::of_site(site_id)
        .filter(follow_entry::Column::Follower.eq(follower))
        .filter(follow_entry::Column::ThreadId.eq(thread_id))
}

/// Of what was noted for an address, that which readers still see and it still asks for; with the wishes that are fulfilled by it.
async fn news(app: &App, row: &subscription::Model, entries: &[follow_entry::Model]) -> Result<(Vec<News>, Vec<Uuid>)> {
    let db = app.db.read();
    let ids: Vec<Uuid> = entries.iter().map(|entry| entry.comment_id).collect();
    let mut comments = comment::Entity::of_site(row.site_id)
        .filter(comment::Column::Id.is_in(ids))
        .filter(comment::Column::State.eq(State::Published))
        .all(db)
        .await?;
    comments.sort_by_key(|comment| entries.iter().position(|entry| entry.comment_id == comment.id));
    let threads: HashSet<Uuid> = comments.iter().map(|comment| comment.thread_id).collect();
    let followed: HashSet<Uuid> = comments
        .iter()
        .flat_map(|comment| [Some(comment.id), comment.parent_id, comment.root_id])
        .flatten()
        .collect();
    let wishes = subscription::Entity::of_site(row.site_id)
        .filter(subscription::Column::EmailFolded.eq(&*row.email_folded))
        .filter(subscription::Column::ConfirmedAt.is_not_null())
        .filter(subscription::Column::EndedAt.is_null())
        .filter(
            Condition::any()
                .add(subscription::Column::ThreadId.is_in(threads))
                .add(subscription::Column::CommentId.is_in(followed)),
        )
        .all(db)
        .await?;
    let parent_ids: HashSet<Uuid> = comments.iter().filter_map(|comment| comment.parent_id).collect();
    let parents: HashMap<Uuid, comment::Model> = comment::Entity::of_site(row.site_id)
        .filter(comment::Column::Id.is_in(parent_ids))
        .filter(comment::Column::State.eq(State::Published))
        .all(db)
        .await?
        .into_iter()
        .map(|parent| (parent.id, parent))
        .collect();
    let mut fulfilled = Vec::new();
    let mut news = Vec::new();
    for comment in comments {
        let its = wishes.iter().filter(|wish| is_for(wish, &comment));
        let Some(wish) = its.min_by_key(|wish| rank(wish.wants)) else {
            continue;
        };
        if wish.wants == Wants::Published {
            fulfilled.push(wish.id);
        }
        news.push(News {
            wants: wish.wants,
            parent: comment.parent_id.and_then(|id| parents.get(&id).cloned()),
            comment,
        });
    }
    Ok((news, fulfilled))
}

/// Whether a wish is for being told of a comment.
fn is_for(wish: &subscription::Model, comment: &comment::Model) -> bool {
    let is_own = comment
        .author_email
        .as_deref()
        .is_some_and(|email| text::folded(email) == wish.email_folded);
    match wish.wants {
        Wants::Published => wish.comment_id == Some(comment.id),
        Wants::Replies => {
            let above = [comment.parent_id, comment.root_id];
            !is_own && wish.comment_id.is_some() && above.contains(&wish.comment_id)
        }
        Wants::Thread => !is_own && wish.thread_id == Some(comment.thread_id),
    }
}

/// Which of several reasons is told.
fn rank(wants: Wants) -> u8 {
    match wants {
        Wants::Published => 0,
        Wants::Replies => 1,
        Wants::Thread => 2,
    }
}

/// Whether one more mail about a conversation may go to somebody now. Counted by the first try: one that has to be sent again is the same
/// mail.
async fn may_go(app: &App, claimed: &Claimed, follower: &str, thread_id: Uuid) -> bool {
    if claimed.row.attempts > 1 {
        return true;
    }
    let key = format!("rl:{{{}:follower}}:mail:{follower}:{thread_id}", app.installation);
    app.limiter
        .check(&key, app.config.limit_follow, app.clock.now())
        .await
        .allowed
}

/// Notes what has been told, in the transaction that takes the job off the table, and after that.
pub async fn settle(tx: &Tx, app: &App, job: &Job, told: Told) -> Result<()> {
    let Job::Inform {
        site_id,
        follower,
        thread_id,
        ..
    } = job
    else {
        return Err(Error::internal("this job informs nobody"));
    };
    let next = |waited| Job::Inform {
        site_id: *site_id,
        follower: follower.clone(),
        thread_id: *thread_id,
        waited,
    };
    let now = app.clock.now();
    match told.then {
        Then::Wait(until) => queue::add(&**tx, &next(true), until, now).await,
        Then::Done { entries, fulfilled } => {
            follow_entry::Entity::delete_of_site(*site_id)
                .filter(follow_entry::Column::Id.is_in(entries))
                .exec(&**tx)
                .await?;
            if !fulfilled.is_empty() {
                subscription::Entity::update_of_site(*site_id)
                    .col_expr(subscription::Column::EndedAt, Expr::value(now))
                    .filter(subscription::Column::Id.is_in(fulfilled))
                    .exec(&**tx)
                    .await?;
            }
            // What has come since the mail was written, or was too much for it.
            let more = entries_of(*site_id, follower, *thread_id).limit(1);
            match more.count(&**tx).await? {
                0 => Ok(()),
                _ => queue::add(&**tx, &next(false), now, now).await,
            }
        }
    }
}

/// Forgets what followers were to be told and could not be for long.
#[expect(clippy::disallowed_methods, reason = "age alone decides, over all sites")]
pub async fn forget(tx: &Tx, now: DateTime<Utc>) -> Result<()> {
    let gone = follow_entry::Entity::delete_many()
        .filter(follow_entry::Column::CreatedAt.lt(now - KEPT))
        .exec(&**tx)
        .await?;
    if gone.rows_affected > 0 {
        tracing::warn!(
            comments = gone.rows_affected,
            "followers were never told: their mails could not be sent"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comments;

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    /// Comment 3 of thread 9, which answers comment 2 in the branch of comment 1.
    fn answer(author: Option<&str>) -> comment::Model {
        comment::Model {
            parent_id: Some(id(2)),
            root_id: Some(id(1)),
            number: 3,
            author_email: author.map(str::to_owned),
            ..comments::blank(id(3), id(8), id(9), DateTime::UNIX_EPOCH)
        }
    }

    fn wish(wants: Wants, thread: Option<u128>, comment: Option<u128>) -> subscription::Model {
        subscription::Model {
            id: id(7),
            site_id: id(8),
            thread_id: thread.map(id),
            comment_id: comment.map(id),
            wants,
            email: "Ada@example.org".to_owned(),
            email_folded: "ada@example.org".to_owned(),
            locale: None,
            token_hash: Vec::new(),
            created_at: DateTime::UNIX_EPOCH,
            asked_at: None,
            confirmed_at: Some(DateTime::UNIX_EPOCH),
            ended_at: None,
        }
    }

    #[test]
    fn a_wish_is_for_what_it_is_about_and_never_for_ones_own_words() {
        let (eve, ada) = (Some("eve@example.org"), Some("ADA@example.org"));
        for (wish, author, expected) in [
            (wish(Wants::Thread, Some(9), None), eve, true),
            (wish(Wants::Thread, Some(9), None), None, true),
            (wish(Wants::Thread, Some(9), None), ada, false),
            (wish(Wants::Thread, Some(10), None), eve, false),
            (wish(Wants::Replies, None, Some(2)), eve, true),
            (wish(Wants::Replies, None, Some(1)), eve, true),
            (wish(Wants::Replies, None, Some(3)), eve, false),
            (wish(Wants::Replies, None, None), eve, false),
            (wish(Wants::Replies, None, Some(2)), ada, false),
            (wish(Wants::Published, None, Some(3)), ada, true),
            (wish(Wants::Published, None, Some(2)), ada, false),
        ] {
            assert_eq!(is_for(&wish, &answer(author)), expected, "{wish:?} {author:?}");
        }
        let root = comment::Model {
            parent_id: None,
            root_id: None,
            ..answer(eve)
        };
        assert!(!is_for(&wish(Wants::Replies, None, None), &root));
    }

    #[test]
    fn of_several_reasons_the_nearest_is_told() {
        let mut all = [Wants::Thread, Wants::Published, Wants::Replies];
        all.sort_by_key(|wants| rank(*wants));
        assert_eq!(all, [Wants::Published, Wants::Replies, Wants::Thread]);
    }
}
