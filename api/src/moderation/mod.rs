//! The moderators' side: the queue, decisions, edits, answers, reports, and the record of all that happened.

pub mod links;
pub mod reports;

use std::collections::{BTreeSet, HashMap, HashSet};

use ::entity::comment::{self, State};
use ::entity::{OfSite, OfTenant, event, report, site, spent_link, thread};
use chrono::{DateTime, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Func, Order, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select, Set,
};
use serde_json::{Value, json};

use crate::accounts;
use crate::app::App;
use crate::comments::{self, Author, Entry, Revision, TEAM, rules};
use crate::error::{Error, ErrorCode, Result};
use crate::infra::clock::id_at;
use crate::infra::db::{self, Tx};
use crate::infra::metrics::metrics;
use crate::sites;
use crate::tenants::{Member, Reach};
use crate::{text, threads};

/// Comments of one author that one call decides about.
const MOST_OF_ONE: u64 = 500;

/// Comments that one call decides about.
pub const MOST_DECISIONS: usize = 100;

/// Events of one comment or thread that are shown: the latest of them.
const MOST_EVENTS: u64 = 200;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Created,
    Edited,
    Decided,
    Purged,
    /// A thread took in another one.
    Merged,
    /// A branch of comments became another thread's.
    Split,
    /// A thread got another key.
    Moved,
    Closed,
    Opened,
    Locked,
    Unlocked,
    Pinned,
    Renamed,
    /// A site signs with another key.
    KeyRotated,
    /// A reader took his vote back or turned it round.
    VoteReversed,
    /// Comments came from another system.
    Imported,
    /// They were taken back.
    ImportUndone,
}

impl Kind {
    /// What statistics and the list of commenters follow from.
    pub const COUNTED: [Kind; 4] = [Kind::Created, Kind::Decided, Kind::Imported, Kind::ImportUndone];

    /// The name in the database.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Created => "created",
            Kind::Edited => "edited",
            Kind::Decided => "decided",
            Kind::Purged => "purged",
            Kind::Merged => "merged",
            Kind::Split => "split",
            Kind::Moved => "moved",
            Kind::Closed => "closed",
            Kind::Opened => "opened",
            Kind::Locked => "locked",
            Kind::Unlocked => "unlocked",
            Kind::Pinned => "pinned",
            Kind::Renamed => "renamed",
            Kind::KeyRotated => "key_rotated",
            Kind::VoteReversed => "vote_reversed",
            Kind::Imported => "imported",
            Kind::ImportUndone => "import_undone",
        }
    }
}

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    Visitor,
    Member(Uuid),
    System,
}

impl Actor {
    /// The name as it is stored and sent.
    pub fn name(&self) -> &'static str {
        match self {
            Actor::Visitor => "visitor",
            Actor::Member(_) => "member",
            Actor::System => "system",
        }
    }
}

/// What a moderator decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    Publish,
    Hold,
    Reject,
    Spam,
    Delete,
}

impl Decision {
    /// What it is counted under.
    fn name(self) -> &'static str {
        match self {
            Decision::Publish => "publish",
            Decision::Hold => "hold",
            Decision::Reject => "reject",
            Decision::Spam => "spam",
            Decision::Delete => "delete",
        }
    }

    /// The states in which it is for all of somebody's comments at once: nothing is published that was refused before.
    fn of_all(self) -> Vec<State> {
        match self {
            Decision::Publish => vec![State::Pending],
            Decision::Hold => vec![State::Published],
            Decision::Reject | Decision::Spam => vec![State::Published, State::Pending],
            Decision::Delete => vec![State::Published, State::Pending, State::Spam, State::Rejected],
        }
    }

    pub fn leads_to(self) -> State {
        match self {
            Decision::Publish => State::Published,
            Decision::Hold => State::Pending,
            Decision::Reject => State::Rejected,
            Decision::Spam => State::Spam,
            Decision::Delete => State::Deleted,
        }
    }
}

/// A comment with what a moderator needs beside it.
pub struct Looked {
    pub comment: comment::Model,
    pub site: site::Model,
    pub thread: thread::Model,
    pub parent: Option<comment::Model>,
}

/// Which comments a moderator asks for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub state: Option<State>,
    pub site_id: Option<Uuid>,
    pub thread_id: Option<Uuid>,
    /// Only those of one author, by his hash.
    pub author: Option<String>,
    /// Only those that readers have reported since the last decision.
    pub reported: bool,
    /// Words of the text, the name, the website or the mail address, in any case.
    pub words: Option<String>,
    /// Older than this comment.
    pub after: Option<Uuid>,
    pub limit: u64,
}

/// Comments of all the member's sites, newest first; with whether there are more.
pub async fn list(app: &App, member: &Member, filter: &Filter) -> Result<(Vec<Looked>, bool)> {
    let mut select = within_reach(member)
        .order_by_desc(comment::Column::Id)
        .limit(filter.limit + 1);
    if let Some(state) = filter.state {
        select = select.filter(comment::Column::State.eq(state));
    }
    if let Some(site_id) = filter.site_id {
        select = select.filter(comment::Column::SiteId.eq(site_id));
    }
    if let Some(thread_id) = filter.thread_id {
        select = select.filter(comment::Column::ThreadId.eq(thread_id));
    }
    if let Some(author) = &filter.author {
        select = select.filter(comment::Column::AuthorHash.eq(author));
    }
    if filter.reported {
        select = select.filter(Expr::cust("report_count > 0"));
    }
    if let Some(words) = &filter.words {
        let pattern = db::containing(words);
        // Mail addresses are ASCII, which both engines fold alike.
        let email = Func::lower(Expr::col((comment::Entity, comment::Column::AuthorEmail)));
        let folded = Expr::col((comment::Entity, comment::Column::Folded));
        select = select.filter(
            Condition::any()
                .add(folded.like(pattern.clone()))
                .add(Expr::expr(email).like(pattern)),
        );
    }
    if let Some(after) = filter.after {
        select = select.filter(comment::Column::Id.lt(after));
    }
    if let Some(least) = least(app, member, filter).await? {
        select = select.filter(comment::Column::Id.gte(least));
    }
    // First which ones, which an index knows, and only then what they say: to sort tens of thousands of whole comments takes long.
    let mut ids: Vec<Uuid> = select
        .select_only()
        .column(comment::Column::Id)
        .into_tuple()
        .all(app.db.read())
        .await?;
    let limit = usize::try_from(filter.limit).unwrap_or(usize::MAX);
    let more = ids.len() > limit;
    ids.truncate(limit);
    let rows = within_reach(member)
        .filter(comment::Column::Id.is_in(ids))
        .order_by_desc(comment::Column::Id)
        .all(app.db.read())
        .await?;
    Ok((look(app.db.read(), member, rows).await?, more))
}

/// An id below which none of the page is, so that of a busy site no more is sorted than a page: where a site has a page of its own, the page
/// of all sites ends no earlier. None for what no index has in its order, or where no site has that many.
async fn least(app: &App, member: &Member, filter: &Filter) -> Result<Option<Uuid>> {
    let Filter {
        thread_id: None,
        author: None,
        reported: false,
        words: None,
        ..
    } = filter
    else {
        return Ok(None);
    };
    let mut last_of_site = of_its_site();
    last_of_site
        .column((comment::Entity, comment::Column::Id))
        .order_by((comment::Entity, comment::Column::Id), Order::Desc)
        .offset(filter.limit)
        .limit(1);
    if let Some(state) = filter.state {
        last_of_site.and_where(comment::Column::State.eq(state));
    }
    if let Some(after) = filter.after {
        last_of_site.and_where(comment::Column::Id.lt(after));
    }
    let found: Vec<Option<Uuid>> = sites_within(member, filter.site_id)
        .select_only()
        .column_as(Expr::SubQuery(None, Box::new(last_of_site.into())), "least")
        .into_tuple()
        .all(app.db.read())
        .await?;
    Ok(found.into_iter().flatten().max())
}

/// Comments, in a subselect of one of sites.
fn of_its_site() -> SelectStatement {
    Query::select()
        .from(comment::Entity)
        .and_where(Expr::col((comment::Entity, comment::Column::SiteId)).equals((site::Entity, site::Column::Id)))
        .to_owned()
}

fn sites_within(member: &Member, site_id: Option<Uuid>) -> Select<site::Entity> {
    let mut sites = site::Entity::of_tenant(member.tenant_id()).filter(site::Column::EraseAt.is_null());
    if let Reach::Only(ids) = member.reach() {
        sites = sites.filter(site::Column::Id.is_in(ids.iter().copied()));
    }
    match site_id {
        Some(site_id) => sites.filter(site::Column::Id.eq(site_id)),
        None => sites,
    }
}

/// One comment within the member's reach, with its record, oldest first; reversals of votes stay in the table, where they are no
/// story of the comment's and could crowd out what was.
pub async fn read(app: &App, member: &Member, id: Uuid) -> Result<(Looked, Vec<event::Model>)> {
    let comment = find(app.db.read(), member, id).await?;
    let mut events = event::Entity::of_site(comment.site_id)
        .filter(event::Column::CommentId.eq(id))
        .filter(event::Column::Kind.ne(Kind::VoteReversed.name()))
        .order_by_desc(event::Column::At)
        .order_by_desc(event::Column::Id)
        .limit(MOST_EVENTS)
        .all(app.db.read())
        .await?;
    events.reverse();
    let looked = look_at(app.db.read(), member, comment).await?;
    Ok((looked, events))
}

/// Those of these comments that are within the member's reach, by number.
pub async fn look_up(app: &App, member: &Member, ids: &[Uuid]) -> Result<Vec<Looked>> {
    let rows = within_reach(member)
        .filter(comment::Column::Id.is_in(ids.iter().copied()))
        .order_by_asc(comment::Column::Number)
        .all(app.db.read())
        .await?;
    look(app.db.read(), member, rows).await
}

/// What waits for a moderator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    pub pending: u64,
    /// When the one that has waited longest was written.
    pub pending_since: Option<DateTime<Utc>>,
    pub reported: u64,
}

/// What waits on a site, or on all sites of the member's reach.
pub async fn waiting(app: &App, member: &Member, site_id: Option<Uuid>) -> Result<Waiting> {
    let of_site = |select: Select<comment::Entity>| match site_id {
        Some(site_id) => select.filter(comment::Column::SiteId.eq(site_id)),
        None => select,
    };
    let pending = of_site(within_reach(member).filter(Expr::cust("state = 'pending'")));
    let reported = of_site(within_reach(member).filter(Expr::cust("report_count > 0")));
    Ok(Waiting {
        pending: pending.count(app.db.read()).await?,
        pending_since: pending_since(app, member, site_id).await?,
        reported: reported.count(app.db.read()).await?,
    })
}

/// Looked for on each site by itself: asked for the oldest of all sites, PostgreSQL goes through the platform's comments from the first on,
/// and those that wait are among the last.
async fn pending_since(app: &App, member: &Member, site_id: Option<Uuid>) -> Result<Option<DateTime<Utc>>> {
    let oldest_of_site = of_its_site()
        .column((comment::Entity, comment::Column::CreatedAt))
        .and_where(Expr::cust("state = 'pending'"))
        .order_by((comment::Entity, comment::Column::Id), Order::Asc)
        .limit(1)
        .to_owned();
    let oldest: Option<Option<DateTime<Utc>>> = sites_within(member, site_id)
        .select_only()
        .column_as(
            Expr::from(Func::min(Expr::SubQuery(None, Box::new(oldest_of_site.into())))),
            "oldest",
        )
        .into_tuple()
        .one(app.db.read())
        .await?;
    Ok(oldest.flatten())
}

/// Comments that wait, by site.
pub async fn pending_counts(app: &App, site_ids: &[Uuid]) -> Result<HashMap<Uuid, i64>> {
    let counts: Vec<(Uuid, i64)> = comment::Entity::of_sites(site_ids.iter().copied())
        .filter(Expr::cust("state = 'pending'"))
        .select_only()
        .column(comment::Column::SiteId)
        .column_as(comment::Column::Id.count(), "count")
        .group_by(comment::Column::SiteId)
        .into_tuple()
        .all(app.db.read())
        .await?;
    Ok(counts.into_iter().collect())
}

/// Published comments, by site: the sum of what its threads count.
pub async fn published_counts(app: &App, site_ids: &[Uuid]) -> Result<HashMap<Uuid, i64>> {
    let sum = Expr::col(thread::Column::CommentCount).sum().cast_as("bigint");
    let counts: Vec<(Uuid, i64)> = thread::Entity::of_sites(site_ids.iter().copied())
        .select_only()
        .column(thread::Column::SiteId)
        .column_as(sum, "count")
        .group_by(thread::Column::SiteId)
        .into_tuple()
        .all(app.db.read())
        .await?;
    Ok(counts.into_iter().collect())
}

/// Takes all of these comments to another state, or none of them. Answers with each comment and the state it had.
///
/// # Errors
/// `not_found` if one of them is absent or out of reach; `state_changed` if one was deleted for good.
pub async fn decide(
    app: &App,
    member: &Member,
    ids: &[Uuid],
    decision: Decision,
) -> Result<Vec<(comment::Model, State)>> {
    db::retry(async || {
        let tx = app.db.begin().await?;
        let decided = decide_within(&tx, app, member, ids, decision).await?;
        tx.commit().await?;
        count(decision, decided.len());
        Ok(decided)
    })
    .await
}

/// Counts what was decided about so many comments.
fn count(decision: Decision, comments: usize) {
    let counts = &metrics().comments.decisions;
    counts
        .with_label_values(&[decision.name()])
        .inc_by(u64::try_from(comments).unwrap_or(0));
}

/// Decides about all comments of an author on a site that the decision makes sense for, the latest first; and whether there are more of
/// them. In several transactions: what one of them has decided stays.
///
/// # Errors
/// `not_found` for an author of whom the site has no comment.
pub async fn decide_all(
    app: &App,
    member: &Member,
    site_id: Uuid,
    author_hash: &str,
    decision: Decision,
) -> Result<(Vec<(comment::Model, State)>, bool)> {
    sites::of_member(app, member, site_id).await?;
    let theirs = || comment::Entity::of_site(site_id).filter(comment::Column::AuthorHash.eq(author_hash));
    if theirs().limit(1).count(app.db.read()).await? == 0 {
        return Err(Error::not_found("commenter"));
    }
    let mut ids: Vec<Uuid> = theirs()
        .filter(comment::Column::State.is_in(decision.of_all()))
        .order_by_desc(comment::Column::Id)
        .limit(MOST_OF_ONE + 1)
        .select_only()
        .column(comment::Column::Id)
        .into_tuple()
        .all(app.db.read())
        .await?;
    let most = usize::try_from(MOST_OF_ONE).unwrap_or(usize::MAX);
    let more = ids.len() > most;
    ids.truncate(most);
    let mut decided = Vec::with_capacity(ids.len());
    for some in ids.chunks(MOST_DECISIONS) {
        decided.extend(decide(app, member, some, decision).await?);
    }
    Ok((decided, more))
}

/// The same, in the caller's transaction.
async fn decide_within(
    tx: &Tx,
    app: &App,
    member: &Member,
    ids: &[Uuid],
    decision: Decision,
) -> Result<Vec<(comment::Model, State)>> {
    let rows = within_reach(member)
        .filter(comment::Column::Id.is_in(ids.iter().copied()))
        .order_by_asc(comment::Column::Id)
        .all(&**tx)
        .await?;
    let asked: HashSet<&Uuid> = ids.iter().collect();
    if rows.len() != asked.len() {
        return Err(Error::not_found("comment"));
    }
    for site_id in rows.iter().map(|row| row.site_id).collect::<BTreeSet<_>>() {
        comments::hold_site(tx, site_id).await?;
    }
    let actor = Actor::Member(member.account_id());
    let mut decided = Vec::with_capacity(rows.len());
    let mut bookings = Vec::new();
    for row in rows {
        // Read again, now that nobody else changes it; a decision earlier in this call may have changed its counts, too.
        let row = find(&**tx, member, row.id).await?;
        let before = row.state;
        let (row, booked) =
            comments::turn(tx, app, row, decision.leads_to(), &[rules::reason::MODERATOR], &actor).await?;
        bookings.extend(booked);
        decided.push((row, before));
    }
    comments::book(tx, app, bookings).await?;
    Ok(decided)
}

/// What a moderator changes about a comment, as typed.
#[derive(Debug, Default)]
pub struct Change {
    pub text: Option<String>,
    pub author_name: Option<String>,
    pub author_website: Option<String>,
}

/// Edits a comment; what it was stays in its record.
pub async fn revise(app: &App, member: &Member, id: Uuid, change: Change) -> Result<Looked> {
    let revision = checked(app, member, id, change).await?;
    db::retry(async || {
        let tx = app.db.begin().await?;
        let looked = revise_within(&tx, app, member, id, &revision).await?;
        tx.commit().await?;
        Ok(looked)
    })
    .await
}

/// A change that can be made, rendered.
async fn checked(app: &App, member: &Member, id: Uuid, change: Change) -> Result<Revision> {
    let comment = find(app.db.read(), member, id).await?;
    let site = sites::of_member(app, member, comment.site_id).await?;
    let words = match change.text {
        Some(typed) => Some(comments::checked_words(app, site.settings(), &typed).await?),
        None => None,
    };
    let fault = |pointer: &'static str| move |fault: text::TextFault| Error::Invalid(vec![fault.at(pointer)]);
    let name = change
        .author_name
        .map(|name| text::clean_line(&name, rules::NAME).map_err(fault("/author_name")))
        .transpose()?;
    let website = change
        .author_website
        .map(|website| text::website(&website).map_err(fault("/author_website")))
        .transpose()?;
    Ok(Revision {
        words,
        author_name: name,
        author_website: website,
        reasons: None,
    })
}

/// Looked at before the commit: what is stored is not answered with a failure of looking at it.
async fn revise_within(tx: &Tx, app: &App, member: &Member, id: Uuid, revision: &Revision) -> Result<Looked> {
    let actor = Actor::Member(member.account_id());
    let row = find_to_change(tx, member, id).await?;
    let row = comments::rewrite(tx, app, row, revision.clone(), &actor).await?;
    look_at(&**tx, member, row).await
}

/// Answers a comment in the name of the site's team; with `publish`, the answered comment is published in the same step.
///
/// # Errors
/// `state_changed` if the answered comment is not published and is not to be; `thread_locked`, `site_read_only`. A
/// conversation that is only closed, or too old, takes the team's answers.
pub async fn answer(app: &App, member: &Member, id: Uuid, typed: &str, publish: bool) -> Result<Looked> {
    let answer = Answer::new(app, member, id, typed, publish).await?;
    db::retry(async || {
        let tx = app.db.begin().await?;
        let looked = answer.give_within(&tx, app, member).await?;
        tx.commit().await?;
        Ok(looked)
    })
    .await
}

/// An answer that can be given, rendered.
struct Answer {
    /// The comment that is answered.
    id: Uuid,
    site: sites::Site,
    words: comments::Words,
    name: Option<String>,
    publish: bool,
}

impl Answer {
    async fn new(app: &App, member: &Member, id: Uuid, typed: &str, publish: bool) -> Result<Answer> {
        let parent = find(app.db.read(), member, id).await?;
        let site = sites::of_member(app, member, parent.site_id).await?;
        sites::suspension::takes_answers(&site)?;
        let words = comments::checked_words(app, site.settings(), typed).await?;
        let names = accounts::names(app, vec![member.account_id()]).await?;
        Ok(Answer {
            id,
            site,
            words,
            name: names.into_iter().next().map(|(_, name)| name),
            publish,
        })
    }

    async fn give_within(&self, tx: &Tx, app: &App, member: &Member) -> Result<Looked> {
        let (account_id, actor) = (member.account_id(), Actor::Member(member.account_id()));
        let now = app.clock.now();
        let mut parent = find_to_change(tx, member, self.id).await?;
        if self.publish && parent.state != State::Deleted {
            parent =
                comments::change_state(tx, app, parent, State::Published, &[rules::reason::MODERATOR], &actor).await?;
        }
        if parent.state != State::Published {
            return Err(Error::refused(
                ErrorCode::StateChanged,
                "Only a published comment can be answered; publish it first.",
            ));
        }
        let thread = threads::by_id(&**tx, parent.site_id, parent.thread_id).await?;
        threads::rules::may_answer(self.site.settings(), &thread)?;
        let author = Author {
            name: self.name.clone(),
            account_id: Some(account_id),
            hash: Some(comments::identity::of_member(&app.keys, parent.site_id, account_id)),
            ..Author::default()
        };
        let entry = Entry {
            thread: &thread,
            parent: Some(&parent),
            words: self.words.clone(),
            author,
            state: State::Published,
            reasons: TEAM.to_vec(),
            actor,
            at: now,
        };
        let row = comments::insert(tx, app, id_at(now), entry).await?;
        // Before the commit: what is stored is not answered with a failure of looking at it.
        look_at(&**tx, member, row).await
    }
}

/// Adds a line about a comment to the record, in the transaction of what it tells.
pub async fn record(
    tx: &Tx,
    app: &App,
    comment: &comment::Model,
    kind: Kind,
    actor: &Actor,
    from: Option<State>,
    data: Value,
) -> Result<()> {
    let row = line_of(app, comment, kind, actor, from, data);
    event::Entity::insert(row).exec_without_returning(&**tx).await?;
    Ok(())
}

/// Adds the first line of each of these comments, in one statement.
pub async fn record_created(tx: &Tx, app: &App, comments: &[comment::Model], actor: &Actor) -> Result<()> {
    let rows = comments
        .iter()
        .map(|comment| line_of(app, comment, Kind::Created, actor, None, json!({})));
    event::Entity::insert_many(rows).exec_without_returning(&**tx).await?;
    Ok(())
}

/// Adds a line about a thread, or about the site as a whole.
pub async fn record_of_site(
    tx: &Tx,
    app: &App,
    site_id: Uuid,
    thread_id: Option<Uuid>,
    kind: Kind,
    actor: &Actor,
    data: Value,
) -> Result<()> {
    let row = line(app, site_id, thread_id, kind, actor, data);
    event::Entity::insert(row).exec_without_returning(&**tx).await?;
    Ok(())
}

fn line(
    app: &App,
    site_id: Uuid,
    thread_id: Option<Uuid>,
    kind: Kind,
    actor: &Actor,
    data: Value,
) -> event::ActiveModel {
    let account_id = match actor {
        Actor::Member(id) => Some(*id),
        Actor::Visitor | Actor::System => None,
    };
    let now = app.clock.now();
    event::ActiveModel {
        id: Set(id_at(now)),
        site_id: Set(site_id),
        thread_id: Set(thread_id),
        comment_id: Set(None),
        kind: Set(kind.name().to_owned()),
        actor: Set(actor.name().to_owned()),
        account_id: Set(account_id),
        from_state: Set(None),
        to_state: Set(None),
        reasons: Set(json!([])),
        data: Set(data),
        at: Set(now),
    }
}

/// A line about a comment; of a verdict, it keeps the state and the reasons.
fn line_of(
    app: &App,
    comment: &comment::Model,
    kind: Kind,
    actor: &Actor,
    from: Option<State>,
    data: Value,
) -> event::ActiveModel {
    let is_verdict = matches!(kind, Kind::Created | Kind::Decided);
    event::ActiveModel {
        comment_id: Set(Some(comment.id)),
        from_state: Set(from.map(|state| state.name().to_owned())),
        to_state: Set(is_verdict.then(|| comment.state.name().to_owned())),
        reasons: Set(if is_verdict { comment.reasons.clone() } else { json!([]) }),
        ..line(app, comment.site_id, Some(comment.thread_id), kind, actor, data)
    }
}

/// What happened to a thread itself, oldest first, the latest of it.
pub async fn of_thread(db: &impl ConnectionTrait, thread: &thread::Model) -> Result<Vec<event::Model>> {
    let mut events = event::Entity::of_site(thread.site_id)
        .filter(event::Column::ThreadId.eq(thread.id))
        .filter(Expr::cust("comment_id IS NULL"))
        .order_by_desc(event::Column::At)
        .order_by_desc(event::Column::Id)
        .limit(MOST_EVENTS)
        .all(db)
        .await?;
    events.reverse();
    Ok(events)
}

/// The last decision about a comment's state.
pub async fn last_decision(tx: &Tx, comment: &comment::Model) -> Result<Option<event::Model>> {
    Ok(event::Entity::of_site(comment.site_id)
        .filter(event::Column::CommentId.eq(comment.id))
        .filter(event::Column::Kind.eq(Kind::Decided.name()))
        .order_by_desc(event::Column::At)
        .order_by_desc(event::Column::Id)
        .limit(1)
        .one(&**tx)
        .await?)
}

/// Whether readers have seen a comment before.
pub async fn was_published(tx: &Tx, comment: &comment::Model) -> Result<bool> {
    let seen = event::Entity::of_site(comment.site_id)
        .filter(event::Column::CommentId.eq(comment.id))
        .filter(event::Column::ToState.eq(State::Published.name()))
        .limit(1);
    Ok(seen.count(&**tx).await? > 0)
}

/// Erases the former texts that a comment's record keeps, and what readers wrote about it when they reported it: the one thing
/// that is ever taken from the record.
pub async fn forget_texts(tx: &Tx, site_id: Uuid, comment_id: Uuid) -> Result<()> {
    reports::forget_notes(tx, site_id, comment_id).await?;
    event::Entity::update_of_site(site_id)
        .col_expr(event::Column::Data, Expr::value(json!({})))
        .filter(event::Column::CommentId.eq(comment_id))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// The same for comments whose rows go: what was reported of them goes with them.
pub async fn forget_texts_of(tx: &Tx, site_id: Uuid, comment_ids: &[Uuid]) -> Result<()> {
    event::Entity::update_of_site(site_id)
        .col_expr(event::Column::Data, Expr::value(json!({})))
        .filter(event::Column::CommentId.is_in(comment_ids.iter().copied()))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Takes away up to `most` events, reports and spent links of a site that is erased. Resolves to how many there were.
pub async fn erase_some(tx: &Tx, site_id: Uuid, most: u64) -> Result<u64> {
    let reports = report::Entity::delete_some_of_site(site_id, report::Column::Id, most);
    let mut gone = reports.exec(&**tx).await?.rows_affected;
    let events = event::Entity::delete_some_of_site(site_id, event::Column::Id, most - gone);
    gone += events.exec(&**tx).await?.rows_affected;
    let links = spent_link::Entity::delete_some_of_site(site_id, spent_link::Column::Id, most - gone);
    Ok(gone + links.exec(&**tx).await?.rows_affected)
}

/// Comments of the member's tenant, on the sites of his reach.
fn within_reach(member: &Member) -> Select<comment::Entity> {
    let select = comment::Entity::of_tenants_sites(member.tenant_id());
    match member.reach() {
        Reach::All => select,
        Reach::Only(sites) => select.filter(comment::Column::SiteId.is_in(sites.iter().copied())),
    }
}

async fn find(db: &impl ConnectionTrait, member: &Member, id: Uuid) -> Result<comment::Model> {
    within_reach(member)
        .filter(comment::Column::Id.eq(id))
        .one(db)
        .await?
        .ok_or_else(|| Error::not_found("comment"))
}

/// The same, for a change: nobody else changes the site's comments until the transaction ends.
async fn find_to_change(tx: &Tx, member: &Member, id: Uuid) -> Result<comment::Model> {
    let site_id = find(&**tx, member, id).await?.site_id;
    comments::hold_site(tx, site_id).await?;
    find(&**tx, member, id).await
}

/// The same for one comment.
async fn look_at(db: &impl ConnectionTrait, member: &Member, row: comment::Model) -> Result<Looked> {
    let looked = look(db, member, vec![row]).await?.pop();
    looked.ok_or_else(|| Error::not_found("comment"))
}

/// Adds site, thread and parent to comments of the member's tenant: three selects, however many comments.
async fn look(db: &impl ConnectionTrait, member: &Member, rows: Vec<comment::Model>) -> Result<Vec<Looked>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let site_ids: Vec<Uuid> = rows.iter().map(|row| row.site_id).collect();
    let sites = site::Entity::of_tenant(member.tenant_id())
        .filter(site::Column::Id.is_in(site_ids.clone()))
        .all(db)
        .await?;
    let threads = threads::by_ids(db, site_ids.clone(), rows.iter().map(|row| row.thread_id).collect()).await?;
    let parents = comment::Entity::of_sites(site_ids)
        .filter(comment::Column::Id.is_in(rows.iter().filter_map(|row| row.parent_id)))
        .all(db)
        .await?;
    let sites: HashMap<Uuid, site::Model> = sites.into_iter().map(|row| (row.id, row)).collect();
    let threads: HashMap<Uuid, thread::Model> = threads.into_iter().map(|row| (row.id, row)).collect();
    let parents: HashMap<Uuid, comment::Model> = parents.into_iter().map(|row| (row.id, row)).collect();
    let with_all = rows.into_iter().map(|comment| {
        Some(Looked {
            site: sites.get(&comment.site_id)?.clone(),
            thread: threads.get(&comment.thread_id)?.clone(),
            parent: comment.parent_id.and_then(|id| parents.get(&id).cloned()),
            comment,
        })
    });
    with_all
        .collect::<Option<_>>()
        .ok_or_else(|| Error::internal("a comment without its site or thread"))
}
