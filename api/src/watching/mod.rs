//! Members who are told of a site's comments by mail, or in a browser that has the admin UI closed: who wants what, who is to be told, and what waits for the next digest.
//!
//! Posting adds one small job, and that only where somebody watches. The worker finds out whom it concerns, in one transaction, and each
//! watcher gets a job of his own; who he is and what he may see is looked at when his mail is written.

pub mod devices;
pub mod letters;
pub mod pushing;
pub mod sample;
pub mod words;

pub use letters::{reasons, title, title_of};
pub use sample::{Telling, built_in, sample};

use ::entity::comment::{self, State};
use ::entity::watcher::{self, Wants};
use ::entity::{OfSite, OfTenant, digest_entry, site};
use chrono::{DateTime, Duration, NaiveTime, TimeDelta, TimeZone, Timelike, Utc};
use chrono_tz::Tz;
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{LockType, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    Set,
};

use crate::accounts;
use crate::app::App;
use crate::emails::bounces::{self, Failing};
use crate::emails::texts::{self, Kind};
use crate::error::{Error, ErrorCode, Result};
use crate::infra::clock::id_at;
use crate::infra::db::{self, Tx};
use crate::infra::mailer::Letter;
use crate::infra::queue::{self, Claimed};
use crate::job::{Job, Locale};
use crate::moderation;
use crate::sites::{self, Site};
use crate::tenants::{self, Member, members};

const END: &str = "end of a moderator's mails";

/// Entries that one digest is made of. Those beyond wait for the next one.
const ENTRIES: u64 = 1000;

/// For which a digest that cannot be sent keeps what it was to tell.
const KEPT: TimeDelta = TimeDelta::days(14);

/// A page of the member's sites, as [`sites::list`] has them, with what he is told of each.
pub async fn list(
    app: &App,
    member: &Member,
    after: Option<Uuid>,
    limit: u64,
) -> Result<(Vec<(Site, Option<Wants>)>, bool)> {
    let (sites, more) = sites::list(app, member, None, after, limit).await?;
    let own = watcher::Entity::of_sites(sites.iter().map(Site::id))
        .filter(watcher::Column::AccountId.eq(member.account_id()))
        .all(app.db.read())
        .await?;
    let wants = |site: &Site| own.iter().find(|row| row.site_id == site.id()).map(|row| row.wants);
    let with_wants = sites.into_iter().map(|site| {
        let wants = wants(&site);
        (site, wants)
    });
    Ok((with_wants.collect(), more))
}

/// What the member is told of a site, and how many people are told of it.
pub async fn read(app: &App, member: &Member, site_id: Uuid) -> Result<(Option<Wants>, usize)> {
    sites::of_member(app, member, site_id).await?;
    let watchers = watcher::Entity::of_site(site_id).all(app.db.read()).await?;
    let own = watchers.iter().find(|row| row.account_id == member.account_id());
    let is_told = |one: &members::Belonging| {
        let reaches = one.reach.ids().is_none_or(|ids| ids.contains(&site_id));
        reaches
            && accounts::standing::of(&one.account).is_ok()
            && watchers.iter().any(|row| row.account_id == one.account.id)
    };
    let told = members::list(app, member).await?;
    Ok((own.map(|row| row.wants), told.iter().filter(|one| is_told(one)).count()))
}

/// That mail to the member came back, so that he is told nothing by mail.
pub async fn failing(app: &App, member: &Member) -> Result<Option<Failing>> {
    let account = accounts::with_ids(app.db.read(), [member.account_id()]).await?;
    let Some(account) = account.into_values().next() else {
        return Ok(None);
    };
    let failing = bounces::failing(app.db.read(), app, [&*account.email_folded]).await?;
    Ok(failing.into_values().next())
}

/// Chooses what the member is told of a site; none for nothing.
pub async fn choose(
    app: &App,
    member: &Member,
    site_id: Uuid,
    wants: Option<Wants>,
    locale: Option<Locale>,
) -> Result<()> {
    let site = sites::of_member(app, member, site_id).await?;
    let locale = locale.map(|locale| locale.name().to_owned());
    db::retry(async || {
        let now = app.clock.now();
        let tx = app.db.begin().await?;
        match wants {
            None => remove(&tx, site_id, member.account_id()).await?,
            Some(wants) => {
                let row = put(&tx, site_id, member.account_id(), wants, locale.clone(), now).await?;
                let waits = digest_entry::Entity::of_site(site_id).filter(digest_entry::Column::WatcherId.eq(row.id));
                if waits.limit(1).count(&*tx).await? > 0 {
                    // What waits comes when he wants it now.
                    let job = digest(&row);
                    queue::renew(&*tx, &job, slot(row.wants, now, site.zone()), now).await?;
                }
            }
        }
        sites::tell_one(&tx, &site).await?;
        tx.commit().await
    })
    .await
}

async fn put(
    tx: &Tx,
    site_id: Uuid,
    account_id: Uuid,
    wants: Wants,
    locale: Option<String>,
    now: DateTime<Utc>,
) -> Result<watcher::Model> {
    let row = watcher::ActiveModel {
        id: Set(id_at(now)),
        site_id: Set(site_id),
        account_id: Set(account_id),
        wants: Set(wants),
        locale: Set(locale),
        created_at: Set(now),
        updated_at: Set(now),
    };
    let replaced = OnConflict::columns([watcher::Column::SiteId, watcher::Column::AccountId])
        .update_columns([
            watcher::Column::Wants,
            watcher::Column::Locale,
            watcher::Column::UpdatedAt,
        ])
        .to_owned();
    watcher::Entity::insert(row)
        .on_conflict(replaced)
        .exec_without_returning(&**tx)
        .await?;
    watcher::Entity::of_site(site_id)
        .filter(watcher::Column::AccountId.eq(account_id))
        .one(&**tx)
        .await?
        .ok_or_else(|| Error::internal("a watcher that was just put there is gone"))
}

/// His digest goes with him; its job finds nobody.
async fn remove(tx: &Tx, site_id: Uuid, account_id: Uuid) -> Result<()> {
    watcher::Entity::delete_of_site(site_id)
        .filter(watcher::Column::AccountId.eq(account_id))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Whoever makes a site in person is told of what waits there. Programs and operators who act for a tenant did not ask for mail.
pub async fn begin(tx: &Tx, app: &App, member: &Member, site_id: Uuid) -> Result<()> {
    if member.key_id().is_some() || member.is_acting() {
        return Ok(());
    }
    let row = watcher::ActiveModel {
        id: Set(app.clock.new_id()),
        site_id: Set(site_id),
        account_id: Set(member.account_id()),
        wants: Set(Wants::Pending),
        locale: Set(None),
        created_at: Set(app.clock.now()),
        updated_at: Set(app.clock.now()),
    };
    row.insert(&**tx).await?;
    Ok(())
}

/// Takes somebody who leaves a tenant off the lists of its sites.
pub async fn forget_member(tx: &Tx, tenant_id: Uuid, account_id: Uuid) -> Result<()> {
    let sites: Vec<Uuid> = site::Entity::of_tenant(tenant_id)
        .select_only()
        .column(site::Column::Id)
        .into_tuple()
        .all(&**tx)
        .await?;
    for site_id in watcher::Entity::of_sites(sites)
        .filter(watcher::Column::AccountId.eq(account_id))
        .select_only()
        .column(watcher::Column::SiteId)
        .into_tuple::<Uuid>()
        .all(&**tx)
        .await?
    {
        remove(tx, site_id, account_id).await?;
    }
    Ok(())
}

/// Takes away up to `most` watchers of a site that is erased, with what waits for them. Resolves to how many there were.
pub async fn erase_some(tx: &Tx, site_id: Uuid, most: u64) -> Result<u64> {
    let entries = digest_entry::Entity::delete_some_of_site(site_id, digest_entry::Column::Id, most);
    let gone = entries.exec(&**tx).await?.rows_affected;
    let watchers = watcher::Entity::delete_some_of_site(site_id, watcher::Column::Id, most - gone);
    Ok(gone + watchers.exec(&**tx).await?.rows_affected)
}

/// Forgets what a digest was to tell that could not be sent for long.
#[expect(clippy::disallowed_methods, reason = "age alone decides, over all sites")]
pub async fn forget(tx: &Tx, now: DateTime<Utc>) -> Result<()> {
    let gone = digest_entry::Entity::delete_many()
        .filter(digest_entry::Column::CreatedAt.lt(now - KEPT))
        .exec(&**tx)
        .await?;
    if gone.rows_affected > 0 {
        tracing::warn!(
            comments = gone.rows_affected,
            "moderators were never told: their digests could not be sent"
        );
    }
    Ok(())
}

/// Has whom it concerns told of comments of one site, in the transaction that stores them. They follow each other by number.
pub async fn written(tx: &Tx, app: &App, comments: &[comment::Model]) -> Result<()> {
    match (comments.first(), comments.last()) {
        (Some(first), Some(last)) => ask(tx, app, first.site_id, first.number, last.number).await,
        _ => Ok(()),
    }
}

/// The same of a comment that was taken back to the moderators; rare enough not to ask first whether anybody watches.
pub async fn held(tx: &Tx, app: &App, comment: &comment::Model) -> Result<()> {
    ask(tx, app, comment.site_id, comment.number, comment.number).await
}

async fn ask(tx: &Tx, app: &App, site_id: Uuid, from: i64, to: i64) -> Result<()> {
    let now = app.clock.now();
    queue::add(&**tx, &Job::Watch { site_id, from, to }, now, now).await
}

/// Finds out who is to be told of the comments from one number to another, and has it done: at once, or by the next digest.
pub async fn fan_out(tx: &Tx, app: &App, site_id: Uuid, from: i64, to: i64) -> Result<()> {
    let Some(site) = sites::of_job(app, site_id).await? else {
        return Ok(());
    };
    // Held, so that a digest that is being sent does not end its job while something is added for it.
    let watchers = watcher::Entity::of_site(site_id)
        .order_by_asc(watcher::Column::Id)
        .lock(LockType::Update)
        .all(&**tx)
        .await?;
    let comments = comment::Entity::of_site(site_id)
        .filter(comment::Column::Number.between(from, to))
        .filter(comment::Column::State.is_in([State::Published, State::Pending]))
        // Numbers are given to imports, too.
        .filter(comment::Column::ImportSource.is_null())
        .order_by_asc(comment::Column::Number)
        .all(&**tx)
        .await?;
    let now = app.clock.now();
    let mut at_once = Vec::new();
    let mut entries = Vec::new();
    for comment in &comments {
        for watcher in watchers.iter().filter(|watcher| concerns(watcher.wants, comment.state)) {
            match watcher.wants.is_digest() {
                _ if !app.mailer.is_configured() => {}
                true => entries.push(entry(watcher, comment.id, now)),
                false => at_once.push(Job::Tell {
                    site_id,
                    watcher_id: watcher.id,
                    comment_id: comment.id,
                    thread_id: comment.thread_id,
                }),
            }
        }
    }
    if !entries.is_empty() {
        keep(&**tx, entries).await?;
        for watcher in watchers.iter().filter(|watcher| watcher.wants.is_digest()) {
            let at = slot(watcher.wants, now, site.zone());
            queue::add(&**tx, &digest(watcher), at, now).await?;
        }
    }
    let devices = devices::of_tenant(&**tx, site.row().tenant_id).await?;
    for comment in &comments {
        for (job, at) in pushing::jobs(&devices, comment, now) {
            queue::add(&**tx, &job, at, now).await?;
        }
    }
    queue::add_all(&**tx, &at_once, now).await
}

/// Whether somebody who wants this is told of a comment in this state.
fn concerns(wants: Wants, state: State) -> bool {
    match wants {
        Wants::Pending => state == State::Pending,
        Wants::Every | Wants::Hourly | Wants::Daily => matches!(state, State::Published | State::Pending),
    }
}

/// When the next digest is due: at the next full hour, or at the beginning of the next day, where the site is. For who is told at once it is
/// the one of what was too much for an hour.
fn slot(wants: Wants, now: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
    let here = now.with_timezone(&zone);
    if wants == Wants::Daily {
        let tomorrow = here.date_naive() + Duration::days(1);
        // Where clocks go forward at midnight, the day begins an hour later.
        let begins = [0, 1].into_iter().find_map(|hour| {
            let time = NaiveTime::from_hms_opt(hour, 0, 0)?;
            zone.from_local_datetime(&tomorrow.and_time(time)).earliest()
        });
        return begins.map_or(now + TimeDelta::days(1), |begins| begins.to_utc());
    }
    let begun = TimeDelta::minutes(here.minute().into())
        + TimeDelta::seconds(here.second().into())
        + TimeDelta::milliseconds(now.timestamp_subsec_millis().into());
    now - begun + TimeDelta::hours(1)
}

fn digest(watcher: &watcher::Model) -> Job {
    Job::Digest {
        site_id: watcher.site_id,
        watcher_id: watcher.id,
    }
}

fn entry(watcher: &watcher::Model, comment_id: Uuid, now: DateTime<Utc>) -> digest_entry::ActiveModel {
    digest_entry::ActiveModel {
        id: Set(id_at(now)),
        site_id: Set(watcher.site_id),
        watcher_id: Set(watcher.id),
        comment_id: Set(comment_id),
        created_at: Set(now),
    }
}

/// Keeps entries for a digest; those that are there already are there once.
async fn keep(tx: &impl ConnectionTrait, mut entries: Vec<digest_entry::ActiveModel>) -> Result<()> {
    while !entries.is_empty() {
        let some = entries.drain(..entries.len().min(1000));
        let once = OnConflict::columns([
            digest_entry::Column::SiteId,
            digest_entry::Column::WatcherId,
            digest_entry::Column::CommentId,
        ])
        .do_nothing()
        .to_owned();
        digest_entry::Entity::insert_many(some)
            .on_conflict(once)
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

/// What a watcher's job comes to.
pub struct Told {
    /// What is to be sent before [`settle`].
    pub letter: Option<Letter>,
    /// Nothing is, since mail to its address came back.
    pub is_withheld: bool,
    then: Then,
}

enum Then {
    Nothing,
    /// It is in the next digest instead.
    Wait {
        watcher: watcher::Model,
        comment_id: Uuid,
        at: DateTime<Utc>,
    },
    /// These entries of his have been dealt with.
    Forget {
        watcher: watcher::Model,
        entries: Vec<Uuid>,
        /// When the next digest comes, if there is more.
        next: DateTime<Utc>,
    },
}

impl Told {
    /// There is nothing to tell any more, or nobody to tell it to.
    fn nothing() -> Told {
        Told {
            letter: None,
            is_withheld: false,
            then: Then::Nothing,
        }
    }
}

/// The mail of a watcher's job, if there is still somebody to be told of something.
pub async fn write(app: &App, claimed: &Claimed) -> Result<Told> {
    let (Job::Tell {
        site_id, watcher_id, ..
    }
    | Job::Digest { site_id, watcher_id }) = claimed.job
    else {
        return Err(Error::internal("this job tells nobody of anything"));
    };
    let watcher = watcher::Entity::of_site(site_id)
        .filter(watcher::Column::Id.eq(watcher_id))
        .one(app.db.read())
        .await?;
    let (Some(watcher), Some(site)) = (watcher, sites::of_job(app, site_id).await?) else {
        return Ok(Told::nothing());
    };
    let Some(member) = tenants::as_watcher(app, &watcher, &site).await? else {
        return Ok(Told::nothing());
    };
    let account = accounts::with_ids(app.db.read(), [watcher.account_id]).await?;
    let Some(account) = account.into_values().next() else {
        return Ok(Told::nothing());
    };
    if !bounces::failing(app.db.read(), app, [&*account.email_folded])
        .await?
        .is_empty()
    {
        return Ok(Told {
            is_withheld: true,
            ..Told::nothing()
        });
    }
    let kind = match claimed.job {
        Job::Tell { .. } => Kind::Comment,
        _ => Kind::Digest,
    };
    let text = texts::of_site(app.db.read(), site_id, kind, letters::locale_of(&watcher, &site)).await?;
    let reader = letters::Reader {
        app,
        text,
        claimed,
        site: &site,
        watcher: &watcher,
        to: account.email,
    };
    match claimed.job {
        Job::Tell { comment_id, .. } => of_comment(&reader, &member, comment_id).await,
        _ => of_entries(&reader, &member).await,
    }
}

async fn of_comment(reader: &letters::Reader<'_>, member: &Member, comment_id: Uuid) -> Result<Told> {
    let letters::Reader { app, watcher, site, .. } = *reader;
    let Some(looked) = moderation::look_up(app, member, &[comment_id]).await?.pop() else {
        return Ok(Told::nothing());
    };
    if !concerns(watcher.wants, looked.comment.state) {
        return Ok(Told::nothing());
    }
    if watcher.wants.is_digest() || !may_go(reader).await {
        let then = Then::Wait {
            watcher: watcher.clone(),
            comment_id,
            at: slot(watcher.wants, app.clock.now(), site.zone()),
        };
        return Ok(Told {
            then,
            ..Told::nothing()
        });
    }
    Ok(Told {
        letter: Some(reader.comment(&looked)),
        ..Told::nothing()
    })
}

/// Whether one more mail may go to somebody in this hour. Counted by the first try: one that has to be sent again is the same mail.
async fn may_go(reader: &letters::Reader<'_>) -> bool {
    let letters::Reader {
        app, claimed, watcher, ..
    } = *reader;
    if claimed.row.attempts > 1 {
        return true;
    }
    let key = format!("rl:{{{}:watcher}}:mail:{}", app.installation, watcher.account_id);
    app.limiter
        .check(&key, app.config.limit_watch, app.clock.now())
        .await
        .allowed
}

async fn of_entries(reader: &letters::Reader<'_>, member: &Member) -> Result<Told> {
    let letters::Reader { app, watcher, site, .. } = *reader;
    let entries = digest_entry::Entity::of_site(site.id())
        .filter(digest_entry::Column::WatcherId.eq(watcher.id))
        .order_by_asc(digest_entry::Column::Id)
        .limit(ENTRIES)
        .all(app.db.read())
        .await?;
    let ids: Vec<Uuid> = entries.iter().map(|entry| entry.comment_id).collect();
    let mut looked = moderation::look_up(app, member, &ids).await?;
    looked.retain(|one| concerns(watcher.wants, one.comment.state));
    Ok(Told {
        letter: (!looked.is_empty()).then(|| reader.digest(&looked)),
        is_withheld: false,
        then: Then::Forget {
            watcher: watcher.clone(),
            entries: entries.into_iter().map(|entry| entry.id).collect(),
            next: slot(watcher.wants, app.clock.now(), site.zone()),
        },
    })
}

/// Notes what has been told, in the transaction that takes the job off the table, and after that.
pub async fn settle(tx: &Tx, app: &App, told: Told) -> Result<()> {
    let now = app.clock.now();
    match told.then {
        Then::Nothing => Ok(()),
        Then::Wait {
            watcher,
            comment_id,
            at,
        } => {
            if !hold(tx, &watcher).await? {
                return Ok(());
            }
            keep(&**tx, vec![entry(&watcher, comment_id, now)]).await?;
            queue::add(&**tx, &digest(&watcher), at, now).await
        }
        Then::Forget { watcher, entries, next } => {
            if !hold(tx, &watcher).await? {
                return Ok(());
            }
            let own = || digest_entry::Column::WatcherId.eq(watcher.id);
            digest_entry::Entity::delete_of_site(watcher.site_id)
                .filter(own())
                .filter(digest_entry::Column::Id.is_in(entries))
                .exec(&**tx)
                .await?;
            // What has come since the mail was written, or was too much for it.
            let more = digest_entry::Entity::of_site(watcher.site_id).filter(own()).limit(1);
            match more.count(&**tx).await? {
                0 => Ok(()),
                _ => queue::add(&**tx, &digest(&watcher), next, now).await,
            }
        }
    }
}

/// Keeps others from adding to somebody's digest until the transaction ends. Whether he is still there.
async fn hold(tx: &Tx, watcher: &watcher::Model) -> Result<bool> {
    let row = watcher::Entity::of_site(watcher.site_id)
        .filter(watcher::Column::Id.eq(watcher.id))
        .lock(LockType::Update)
        .one(&**tx)
        .await?;
    Ok(row.is_some())
}

/// The address where a watcher ends his mails about a site. It is good for as long as he may find the mail: to end them twice ends no more.
fn end_address(app: &App, watcher: &watcher::Model) -> String {
    let payload = [*watcher.site_id.as_bytes(), *watcher.account_id.as_bytes()].concat();
    let key = app.keys.seal(END, &payload);
    format!("{}/mail/unsubscribe/{key}", app.config.public_url)
}

/// A link that ends somebody's mails about a site. Only [`open_end`] makes one.
pub struct End {
    site: Site,
    account_id: Uuid,
}

impl End {
    pub fn site(&self) -> &Site {
        &self.site
    }
}

/// # Errors
/// `link_void` for a key that is not genuine, and for a site that is gone.
pub async fn open_end(app: &App, key: &str) -> Result<End> {
    let void = || {
        Error::refused(
            ErrorCode::LinkVoid,
            "This link ends no mails. Use the one in the latest mail.",
        )
    };
    let payload = app.keys.open(END, key).filter(|payload| payload.len() == 32);
    let ids = payload.and_then(|payload| {
        let (site_id, account_id) = payload.split_at(16);
        Some((Uuid::from_slice(site_id).ok()?, Uuid::from_slice(account_id).ok()?))
    });
    let (site_id, account_id) = ids.ok_or_else(void)?;
    let site = sites::of_job(app, site_id).await?.ok_or_else(void)?;
    Ok(End { site, account_id })
}

/// Ends the mails; to do so again changes nothing.
pub async fn end(app: &App, end: &End) -> Result<()> {
    db::retry(async || {
        let tx = app.db.begin().await?;
        remove(&tx, end.site.id(), end.account_id).await?;
        sites::tell_one(&tx, &end.site).await?;
        tx.commit().await
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_come_at_full_hours_and_days_of_the_site() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        for (wants, now, zone, expected) in [
            (
                Wants::Hourly,
                "2026-11-30T14:05:06.007Z",
                Tz::UTC,
                "2026-11-30T15:00:00Z",
            ),
            (Wants::Hourly, "2026-11-30T14:00:00Z", Tz::UTC, "2026-11-30T15:00:00Z"),
            (
                Wants::Every,
                "2026-11-30T14:59:59.999Z",
                Tz::UTC,
                "2026-11-30T15:00:00Z",
            ),
            // Half an hour off.
            (
                Wants::Hourly,
                "2026-11-30T14:05:00Z",
                Tz::Asia__Kolkata,
                "2026-11-30T14:30:00Z",
            ),
            (Wants::Daily, "2026-11-30T14:05:00Z", Tz::UTC, "2026-12-01T00:00:00Z"),
            (
                Wants::Daily,
                "2026-11-30T23:05:00Z",
                Tz::Europe__Berlin,
                "2026-12-01T23:00:00Z",
            ),
            // Clocks go forward at midnight: the day begins at one.
            (
                Wants::Daily,
                "2026-04-23T12:00:00Z",
                Tz::Africa__Cairo,
                "2026-04-23T22:00:00Z",
            ),
        ] {
            assert_eq!(slot(wants, at(now), zone), at(expected), "{wants:?} {now} {zone}");
        }
    }

    #[test]
    fn who_wants_what_waits_is_told_of_nothing_else() {
        use State::{Deleted, Pending, Published, Rejected, Spam};
        for (wants, states) in [
            (Wants::Pending, &[Pending][..]),
            (Wants::Every, &[Published, Pending]),
            (Wants::Hourly, &[Published, Pending]),
            (Wants::Daily, &[Published, Pending]),
        ] {
            for state in [Published, Pending, Spam, Rejected, Deleted] {
                assert_eq!(concerns(wants, state), states.contains(&state), "{wants:?} {state:?}");
            }
        }
    }
}
