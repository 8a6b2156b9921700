//! The people who write on a tenant's sites, as moderators look for them.

use std::collections::{HashMap, HashSet};

use ::entity::comment::{self, State};
use ::entity::{OfSite, OfTenant, commenter, site};
use chrono::{DateTime, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Func, Order, Query};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select};

use crate::app::App;
use crate::comments::identity;
use crate::error::{Error, ErrorCode, Result};
use crate::infra::db;
use crate::sites::{self, settings::Settings};
use crate::tenants::{Member, Reach};
use crate::text;

/// Other sites on which somebody writes, that are named.
const MOST_ELSEWHERE: u64 = 50;

const LAST: &str = "last";

/// Which commenters a moderator asks for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub site_id: Option<Uuid>,
    /// Part of the name, in any case; or a whole mail address.
    pub words: Option<String>,
    /// Last seen before this one.
    pub after: Option<Cursor>,
    pub limit: u64,
}

/// A place in the list: those last seen first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    seen: DateTime<Utc>,
    id: Uuid,
}

impl Cursor {
    pub fn of(row: &commenter::Model) -> Self {
        Cursor {
            seen: row.last_seen_at,
            id: row.id,
        }
    }

    /// Those that come after it in the list.
    fn before(self) -> Condition {
        Condition::any().add(commenter::Column::LastSeenAt.lt(self.seen)).add(
            Condition::all()
                .add(commenter::Column::LastSeenAt.eq(self.seen))
                .add(commenter::Column::Id.lt(self.id)),
        )
    }

    pub fn encode(self) -> String {
        format!("{}.{}", self.seen.timestamp_millis(), self.id)
    }

    /// # Errors
    /// `invalid_parameter` for what was not given out.
    pub fn decode(text: &str) -> Result<Self> {
        let fault = || {
            Error::refused(
                ErrorCode::InvalidParameter,
                "The cursor is not one that this service gave out.",
            )
        };
        let (seen, id) = text.split_once('.').ok_or_else(fault)?;
        let seen = seen.parse().ok().and_then(DateTime::from_timestamp_millis);
        Ok(Cursor {
            seen: seen.ok_or_else(fault)?,
            id: id.parse().map_err(|_| fault())?,
        })
    }
}

/// How many comments somebody has in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub published: i64,
    pub pending: i64,
    pub spam: i64,
    pub rejected: i64,
    pub deleted: i64,
}

impl Counts {
    fn add(&mut self, state: State, count: i64) {
        match state {
            State::Published => self.published += count,
            State::Pending => self.pending += count,
            State::Spam => self.spam += count,
            State::Rejected => self.rejected += count,
            State::Deleted => self.deleted += count,
        }
    }
}

/// Somebody with what a moderator needs beside it.
pub struct Looked {
    pub commenter: commenter::Model,
    pub site: site::Model,
    /// Of the latest comment, as long as it is kept.
    pub email: Option<String>,
    pub website: Option<String>,
    pub counts: Counts,
}

/// Commenters of all the member's sites, those last seen first; with whether there are more. Four selects, however many they are, three of
/// them at once.
pub async fn list(app: &App, member: &Member, filter: &Filter) -> Result<(Vec<Looked>, bool)> {
    let mut select = within_reach(member, filter.site_id)
        .order_by_desc(commenter::Column::LastSeenAt)
        .order_by_desc(commenter::Column::Id)
        .limit(filter.limit + 1);
    match &filter.words {
        Some(words) => select = select.filter(named(app, member, words).await?),
        None => select = select.filter(seen_late_enough(member, filter)),
    }
    if let Some(cursor) = filter.after {
        select = select.filter(cursor.before());
    }
    // Which ones, an index knows by itself; so their rows are read for the page alone.
    let ids = select.select_only().column(commenter::Column::Id).into_query();
    let mut rows = within_reach(member, filter.site_id)
        .filter(commenter::Column::Id.in_subquery(ids))
        .order_by_desc(commenter::Column::LastSeenAt)
        .order_by_desc(commenter::Column::Id)
        .all(app.db.read())
        .await?;
    let limit = usize::try_from(filter.limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    Ok((look(app, member, rows).await?, more))
}

/// A time before which nobody of the page was seen, so that of a busy site no more is sorted than a page: where a site has a page of its own,
/// the page of all sites ends no earlier.
fn seen_late_enough(member: &Member, filter: &Filter) -> Expr {
    let seen = || Expr::col((commenter::Entity, commenter::Column::LastSeenAt));
    let mut last_of_site = Query::select();
    last_of_site
        .expr(seen())
        .from(commenter::Entity)
        .and_where(Expr::col((commenter::Entity, commenter::Column::SiteId)).equals((site::Entity, site::Column::Id)))
        .order_by((commenter::Entity, commenter::Column::LastSeenAt), Order::Desc)
        .order_by((commenter::Entity, commenter::Column::Id), Order::Desc)
        .offset(filter.limit)
        .limit(1);
    if let Some(cursor) = filter.after {
        last_of_site.cond_where(cursor.before());
    }
    let mut sites = of_tenant(member).filter(site::Column::EraseAt.is_null());
    if let Some(site_id) = filter.site_id {
        sites = sites.filter(site::Column::Id.eq(site_id));
    }
    let lasts = sites
        .select_only()
        .column_as(Expr::SubQuery(None, Box::new(last_of_site.into())), LAST)
        .into_query();
    let latest = Query::select()
        .expr(Expr::col(LAST).max())
        .from_subquery(lasts, "lasts")
        .to_owned();
    let latest = Expr::SubQuery(None, Box::new(latest.into()));
    seen().gte(Func::coalesce([latest, Expr::value(DateTime::UNIX_EPOCH)]))
}

/// One commenter of a site, and who he is on other sites of the tenant, as far as his mail address tells.
///
/// # Errors
/// `not_found` for a hash that no comment of the site has, or a site out of reach.
pub async fn read(app: &App, member: &Member, site_id: Uuid, author_hash: &str) -> Result<(Looked, Vec<Looked>)> {
    let site = sites::of_member(app, member, site_id).await?;
    let theirs = || comment::Entity::of_site(site_id).filter(comment::Column::AuthorHash.eq(author_hash));
    let none = || Error::not_found("commenter");
    // From the comments themselves: the list may be some seconds behind.
    let last = theirs().order_by_desc(comment::Column::Id).one(app.db.read()).await?;
    let last = last.ok_or_else(none)?;
    let first = theirs().order_by_asc(comment::Column::Id).one(app.db.read()).await?;
    let known = commenter::Entity::of_site(site_id)
        .filter(commenter::Column::AuthorHash.eq(author_hash))
        .one(app.db.read())
        .await?;
    let commenter = commenter::Model {
        id: known.map_or(last.id, |row| row.id),
        site_id,
        author_hash: author_hash.to_owned(),
        name: last.author_name.clone(),
        folded: String::new(),
        first_seen_at: first.map_or(last.created_at, |first| first.created_at),
        last_seen_at: last.created_at,
        last_comment_id: last.id,
    };
    let states: Vec<(State, i64)> = theirs()
        .select_only()
        .column(comment::Column::State)
        .column_as(comment::Column::Id.count(), "count")
        .group_by(comment::Column::State)
        .into_tuple()
        .all(app.db.read())
        .await?;
    let mut counts = Counts::default();
    for (state, count) in states {
        counts.add(state, count);
    }
    let elsewhere = match &last.author_email {
        Some(email) => elsewhere(app, member, site_id, email).await?,
        None => Vec::new(),
    };
    let looked = Looked {
        counts,
        commenter,
        site: site.row().clone(),
        email: last.author_email,
        website: last.author_website,
    };
    Ok((looked, elsewhere))
}

async fn elsewhere(app: &App, member: &Member, site_id: Uuid, email: &str) -> Result<Vec<Looked>> {
    let rows = within_reach(member, None)
        .filter(commenter::Column::SiteId.ne(site_id))
        .filter(by_mail(app, member, email).await?)
        .order_by_desc(commenter::Column::LastSeenAt)
        .limit(MOST_ELSEWHERE)
        .all(app.db.read())
        .await?;
    look(app, member, rows).await
}

/// Who has these words in his name, or this mail address: that is not stored with him, but what is made of it can be made again. A whole
/// address is looked up, and not looked for in all names besides.
async fn named(app: &App, member: &Member, words: &str) -> Result<Condition> {
    let Ok(Some(email)) = text::email(words) else {
        let folded = Expr::col((commenter::Entity, commenter::Column::Folded));
        return Ok(Condition::any().add(folded.like(db::containing(words))));
    };
    // What is made of it hangs on how he wrote it: as it is typed here, and in the small letters that most people use.
    let mut found = Condition::any().add(by_mail(app, member, &email.address).await?);
    let small = email.address.to_lowercase();
    if small != email.address {
        found = found.add(by_mail(app, member, &small).await?);
    }
    Ok(found)
}

async fn by_mail(app: &App, member: &Member, email: &str) -> Result<Expr> {
    let sites: Vec<(Uuid, serde_json::Value)> = of_tenant(member)
        .select_only()
        .columns([site::Column::Id, site::Column::Settings])
        .into_tuple()
        .all(app.db.read())
        .await?;
    let mut authors = Vec::with_capacity(sites.len());
    for (site_id, settings) in sites {
        let settings: Settings = serde_json::from_value(settings).map_err(Error::internal)?;
        authors.push((site_id, identity::of_email(&app.keys, site_id, &settings, email)));
    }
    if authors.is_empty() {
        return Ok(Expr::value(false));
    }
    let columns = [commenter::Column::SiteId, commenter::Column::AuthorHash];
    Ok(Expr::tuple(columns.map(|column| Expr::col((commenter::Entity, column)))).in_tuples(authors))
}

fn of_tenant(member: &Member) -> Select<site::Entity> {
    let sites = site::Entity::of_tenant(member.tenant_id());
    match member.reach() {
        Reach::All => sites,
        Reach::Only(ids) => sites.filter(site::Column::Id.is_in(ids.iter().copied())),
    }
}

fn within_reach(member: &Member, site_id: Option<Uuid>) -> Select<commenter::Entity> {
    let mut select = commenter::Entity::of_tenants_sites(member.tenant_id());
    if let Reach::Only(sites) = member.reach() {
        select = select.filter(commenter::Column::SiteId.is_in(sites.iter().copied()));
    }
    match site_id {
        Some(site_id) => select.filter(commenter::Column::SiteId.eq(site_id)),
        None => select,
    }
}

fn sites_of(rows: &[commenter::Model]) -> HashSet<Uuid> {
    rows.iter().map(|row| row.site_id).collect()
}

async fn look(app: &App, member: &Member, rows: Vec<commenter::Model>) -> Result<Vec<Looked>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let db = app.db.read();
    let sites = of_tenant(member)
        .filter(site::Column::Id.is_in(sites_of(&rows)))
        .all(db);
    let latest = comment::Entity::of_sites(sites_of(&rows))
        .filter(comment::Column::Id.is_in(rows.iter().map(|row| row.last_comment_id)))
        .select_only()
        .columns([
            comment::Column::Id,
            comment::Column::AuthorEmail,
            comment::Column::AuthorWebsite,
        ])
        .into_tuple::<(Uuid, Option<String>, Option<String>)>()
        .all(db);
    let (sites, latest, counts) = tokio::try_join!(
        async { sites.await.map_err(Error::from) },
        async { latest.await.map_err(Error::from) },
        counts(app, &rows),
    )?;
    let sites: HashMap<Uuid, site::Model> = sites.into_iter().map(|row| (row.id, row)).collect();
    let mut latest: HashMap<Uuid, _> = latest
        .into_iter()
        .map(|(id, email, site)| (id, (email, site)))
        .collect();
    let looked = rows.into_iter().filter_map(|commenter| {
        let (email, website) = latest.remove(&commenter.last_comment_id).unwrap_or_default();
        let author = (commenter.site_id, commenter.author_hash.clone());
        Some(Looked {
            site: sites.get(&commenter.site_id)?.clone(),
            counts: counts.get(&author).copied().unwrap_or_default(),
            commenter,
            email,
            website,
        })
    });
    Ok(looked.collect())
}

/// From the index alone, and of nobody else: what somebody has written is never read for it. Joined, since of a list of pairs PostgreSQL
/// reads the comments themselves, and of two lists all that the index has of these sites.
async fn counts(app: &App, rows: &[commenter::Model]) -> Result<HashMap<(Uuid, String), Counts>> {
    let same = |ours, theirs| Expr::col((comment::Entity, ours)).equals((commenter::Entity, theirs));
    let mut select = commenter::Entity::of_sites(sites_of(rows))
        .filter(commenter::Column::Id.is_in(rows.iter().map(|row| row.id)))
        .select_only()
        .columns([commenter::Column::SiteId, commenter::Column::AuthorHash])
        .column(comment::Column::State)
        .column_as(comment::Column::Id.count(), "count")
        .group_by(commenter::Column::SiteId)
        .group_by(commenter::Column::AuthorHash)
        .group_by(comment::Column::State);
    QuerySelect::query(&mut select).inner_join(
        comment::Entity,
        Condition::all()
            .add(same(comment::Column::SiteId, commenter::Column::SiteId))
            .add(same(comment::Column::AuthorHash, commenter::Column::AuthorHash)),
    );
    let found: Vec<(Uuid, String, State, i64)> = select.into_tuple().all(app.db.read()).await?;
    let mut counts: HashMap<(Uuid, String), Counts> = HashMap::new();
    for (site_id, author_hash, state, count) in found {
        counts.entry((site_id, author_hash)).or_default().add(state, count);
    }
    Ok(counts)
}
