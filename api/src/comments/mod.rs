//! Comments: posted by readers and by the site's team, shown to their authors, changed by moderators.

pub mod author;
pub mod identity;
pub mod importing;
pub mod leaving;
pub mod mailbox;
pub mod moving;
pub mod newest;
mod posting;
pub mod rerender;
mod retry;
pub mod rules;
pub mod signed_in;
pub mod token;

pub use posting::{Draft, Lines, Posted, handed_out, post};

use std::collections::BTreeMap;

use ::entity::comment::{self, SourceFormat, State};
use ::entity::{OfSite, idempotency, site_counter, thread};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, ExprTrait, LockType};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, Set};
use serde_json::json;

use crate::app::App;
use crate::error::{Error, ErrorCode, Fault, FieldCode, Result};
use crate::infra::bus::Change;
use crate::infra::db::Tx;
use crate::infra::markdown::{self, Limits, Refused, Rendered};
use crate::infra::metrics::{During, metrics};
use crate::infra::queue;
use crate::job::Job;
use crate::moderation::{self, Actor, Kind};
use crate::sites::Visitor;
use crate::sites::settings::Settings;
use crate::subscriptions::telling;
use crate::tenants::plans;
use crate::webhooks::{self, Event, Hooks, News};
use crate::{commenters, text, threads, watching};
use rules::reason;

/// `import_source` of what came from Isso. Its ids are numbers, and old links name them.
pub const FROM_ISSO: &str = "isso";

/// The author's side of a comment that is about to be stored.
#[derive(Clone, Debug, Default)]
pub struct Author {
    pub name: Option<String>,
    pub email: Option<String>,
    pub website: Option<String>,
    /// A member who writes for the team.
    pub account_id: Option<Uuid>,
    pub network_hash: Option<String>,
    /// By which readers know him: [`identity`].
    pub hash: Option<String>,
    /// Whether the site vouches for him: [`signed_in`].
    pub signed_in: bool,
}

/// A text in both its forms.
#[derive(Clone, Debug)]
pub struct Words {
    pub source: String,
    pub html: String,
}

/// Everything that is decided about a comment before it is stored.
pub struct Entry<'a> {
    pub thread: &'a thread::Model,
    pub parent: Option<&'a comment::Model>,
    pub words: Words,
    pub author: Author,
    pub state: State,
    pub reasons: Vec<&'static str>,
    pub actor: Actor,
    pub at: DateTime<Utc>,
}

/// Stores a comment within the caller's transaction: its number, its row, the counts above it, its event; the thread last.
pub async fn insert(tx: &Tx, app: &App, id: Uuid, entry: Entry<'_>) -> Result<comment::Model> {
    let hooks = Hooks::find(&**tx, entry.thread.site_id).await?;
    let mut stored = insert_all(tx, app, entry.thread.site_id, &hooks, vec![(id, entry)]).await?;
    stored
        .comments
        .pop()
        .ok_or_else(|| Error::internal("nothing was stored"))
}

/// Comments that were stored, and the threads that were changed by it, as they are now.
#[derive(Default)]
pub struct Stored {
    pub comments: Vec<comment::Model>,
    pub threads: Vec<thread::Model>,
}

/// Stores comments of one site, in their order: a handful of statements, however many comments.
pub async fn insert_all(
    tx: &Tx,
    app: &App,
    site_id: Uuid,
    hooks: &Hooks,
    entries: Vec<(Uuid, Entry<'_>)>,
) -> Result<Stored> {
    let Some(actor) = entries.first().map(|(_, entry)| entry.actor.clone()) else {
        return Ok(Stored::default());
    };
    let bytes = entries.iter().map(|(_, entry)| entry.words.source.len()).sum();
    let last = count_in(tx, site_id, entries.len(), bytes, app.clock.now()).await?;
    let first = last + 1 - i64::try_from(entries.len()).map_err(Error::internal)?;
    let comments: Vec<comment::Model> = (first..)
        .zip(entries)
        .map(|(number, (id, entry))| {
            let mut row = row(id, number, entry);
            mailbox::mark(&app.keys, &mut row);
            row
        })
        .collect();
    let rows = comments
        .iter()
        .cloned()
        .map(|comment| comment.into_active_model().reset_all());
    comment::Entity::insert_many(rows).exec_without_returning(&**tx).await?;
    moderation::record_created(tx, app, &comments, &actor).await?;
    webhooks::tell(tx, app, hooks, webhooks::news_of_new(&comments)).await?;
    telling::published(tx, app, &comments.iter().collect::<Vec<_>>()).await?;
    let mut published: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
    let mut answered: BTreeMap<Uuid, i32> = BTreeMap::new();
    let mut branches: BTreeMap<Uuid, i64> = BTreeMap::new();
    for comment in comments.iter().filter(|comment| comment.state == State::Published) {
        published.entry(comment.thread_id).or_default().push(comment.id);
        if let (Some(parent_id), Some(root_id)) = (comment.parent_id, comment.root_id) {
            *answered.entry(parent_id).or_default() += 1;
            *branches.entry(root_id).or_default() += 1;
        }
    }
    for (parent_id, count) in answered {
        pass_up(tx, site_id, Some(parent_id), count).await?;
    }
    for (root_id, count) in branches {
        count_branch(tx, site_id, root_id, count).await?;
    }
    let threads = threads::book_new(tx, app, site_id, &published).await?;
    Ok(Stored { comments, threads })
}

fn row(id: Uuid, number: i64, entry: Entry<'_>) -> comment::Model {
    let Entry {
        thread,
        parent,
        words,
        author,
        state,
        reasons,
        actor: _,
        at,
    } = entry;
    comment::Model {
        parent_id: parent.map(|parent| parent.id),
        root_id: parent.map(|parent| parent.root_id.unwrap_or(parent.id)),
        number,
        state,
        folded: folded(&words.source, author.name.as_deref(), author.website.as_deref()),
        source: words.source,
        html: words.html,
        author_name: author.name,
        author_email: author.email,
        author_website: author.website,
        author_hash: author.hash,
        signed_in: author.signed_in,
        account_id: author.account_id,
        reasons: json!(reasons),
        network_hash: author.network_hash,
        ..blank(id, thread.site_id, thread.id, at)
    }
}

/// A published comment of Markdown with nothing in it: what is known of one is put on top.
pub fn blank(id: Uuid, site_id: Uuid, thread_id: Uuid, at: DateTime<Utc>) -> comment::Model {
    comment::Model {
        id,
        site_id,
        thread_id,
        parent_id: None,
        root_id: None,
        number: 1,
        state: State::Published,
        source: String::new(),
        source_format: SourceFormat::Markdown,
        html: String::new(),
        renderer: markdown::RENDERER,
        folded: String::new(),
        author_name: None,
        author_email: None,
        author_website: None,
        author_hash: None,
        mailbox_hash: None,
        signed_in: false,
        account_id: None,
        reasons: json!([]),
        network_hash: None,
        up_votes: 0,
        down_votes: 0,
        rank: 0,
        reply_count: 0,
        branch_count: 0,
        report_count: 0,
        import_source: None,
        import_id: None,
        import_batch_id: None,
        created_at: at,
        edited_at: None,
        updated_at: at,
    }
}

/// A change of a thread that is still to be booked. Whoever changes several comments of a thread changes them all first: its row
/// comes last in a transaction, as [`hold_site`] says.
#[derive(Debug)]
pub struct Booking {
    site_id: Uuid,
    thread_id: Uuid,
    published: i64,
    change: Change,
}

impl Booking {
    fn new(comment: &comment::Model, published: i64, change: Change) -> Self {
        Booking {
            site_id: comment.site_id,
            thread_id: comment.thread_id,
            published,
            change,
        }
    }
}

/// Books what [`turn`] left to be booked; the thread of the last one as it is then.
pub async fn book(tx: &Tx, app: &App, mut bookings: Vec<Booking>) -> Result<Option<thread::Model>> {
    // Stable: within a thread, what readers hear is in the order in which it happened.
    bookings.sort_by_key(|booking| (booking.site_id, booking.thread_id));
    let mut thread = None;
    for Booking {
        site_id,
        thread_id,
        published,
        change,
    } in bookings
    {
        thread = Some(threads::book(tx, app, site_id, thread_id, published, change).await?);
    }
    Ok(thread)
}

/// Takes a comment to another state and keeps every count above it right.
///
/// # Errors
/// `state_changed` for a deleted comment whose text is erased: there is nothing to bring back.
pub async fn change_state(
    tx: &Tx,
    app: &App,
    comment: comment::Model,
    to: State,
    reasons: &[&str],
    actor: &Actor,
) -> Result<comment::Model> {
    let (comment, bookings) = turn(tx, app, comment, to, reasons, actor).await?;
    book(tx, app, bookings).await?;
    Ok(comment)
}

/// The same, but for the thread, which the caller books when he has changed all of its comments.
///
/// A member's decision also settles the reports that led to it: the same readers' reports do not count again. To decide for the
/// state that a reported comment has is to turn the reports down.
pub async fn turn(
    tx: &Tx,
    app: &App,
    comment: comment::Model,
    to: State,
    reasons: &[&str],
    actor: &Actor,
) -> Result<(comment::Model, Vec<Booking>)> {
    let from = comment.state;
    let settles = matches!(actor, Actor::Member(_)) && comment.report_count > 0;
    if from == to && !settles {
        return Ok((comment, Vec::new()));
    }
    if is_erased(&comment) && from != to {
        return Err(Error::refused(
            ErrorCode::StateChanged,
            format!("Comment {} was deleted for good.", comment.number),
        ));
    }
    let was_visible = is_visible(&comment);
    let former_reasons = comment.reasons.clone();
    let mut row: comment::ActiveModel = comment.into();
    row.reasons = Set(json!(reasons));
    if settles {
        row.report_count = Set(0);
    }
    if from != to {
        row.state = Set(to);
        row.updated_at = Set(app.clock.now());
    }
    let comment = row.update(&**tx).await?;
    let by = i32::from(is_visible(&comment)) - i32::from(was_visible);
    let mut places = Vec::new();
    if by != 0 {
        places = pass_up(tx, comment.site_id, comment.parent_id, by).await?;
    }
    if to == State::Deleted && from != to {
        let job = Job::Purge {
            site_id: comment.site_id,
            comment_id: comment.id,
        };
        let now = app.clock.now();
        queue::add(&**tx, &job, now + TimeDelta::days(app.config.deleted_days), now).await?;
    }
    // Held by readers or by a rule: moderators have seen it as a published one at most.
    if (from, to) == (State::Published, State::Pending) && !matches!(actor, Actor::Member(_)) {
        watching::held(tx, app, &comment).await?;
    }
    // The first time that readers see it: what is brought back is no news.
    if to == State::Published && from != to && !moderation::was_published(tx, &comment).await? {
        telling::published(tx, app, &[&comment]).await?;
    }
    let data = json!({ "former_reasons": former_reasons });
    moderation::record(tx, app, &comment, Kind::Decided, actor, Some(from), data).await?;
    if let Some(event) = webhooks::event_of_state(to).filter(|_| from != to) {
        let hooks = Hooks::find(&**tx, comment.site_id).await?;
        webhooks::tell(tx, app, &hooks, vec![News::new(event, &comment)]).await?;
    }
    let published = i64::from(to == State::Published) - i64::from(from == State::Published);
    // From one state that readers do not see to another: nothing of theirs has changed.
    if published == 0 {
        return Ok((comment, Vec::new()));
    }
    if let Some(root_id) = comment.root_id {
        count_branch(tx, comment.site_id, root_id, published).await?;
    }
    let place = |change: fn(Uuid) -> Change| {
        let comment = &comment;
        move |id| Booking::new(comment, 0, change(id))
    };
    let bookings = if published > 0 {
        // From the top, so that whoever hears of a reply has heard of what is above it.
        let above = places.into_iter().rev().map(place(Change::Comment));
        let own = Booking::new(&comment, published, Change::Comment(comment.id));
        above.chain([own]).collect()
    } else {
        let own = Booking::new(&comment, published, Change::Removed(comment.id));
        let above = places.into_iter().map(place(Change::Removed));
        [own].into_iter().chain(above).collect()
    };
    Ok((comment, bookings))
}

/// A change of what a comment says, by a moderator or its author: what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct Revision {
    pub words: Option<Words>,
    /// Of the verdict on the new words.
    pub reasons: Option<Vec<String>>,
    pub author_name: Option<Option<String>>,
    pub author_website: Option<Option<String>>,
}

/// Changes a comment's text or author and keeps what it was in the event.
pub async fn rewrite(
    tx: &Tx,
    app: &App,
    comment: comment::Model,
    revision: Revision,
    actor: &Actor,
) -> Result<comment::Model> {
    let comment = reword(tx, app, comment, revision, actor).await?;
    if comment.state == State::Published {
        let change = Change::Comment(comment.id);
        threads::book(tx, app, comment.site_id, comment.thread_id, 0, change).await?;
    }
    Ok(comment)
}

/// The same, but for the thread.
async fn reword(
    tx: &Tx,
    app: &App,
    comment: comment::Model,
    revision: Revision,
    actor: &Actor,
) -> Result<comment::Model> {
    if comment.state == State::Deleted {
        return Err(Error::refused(
            ErrorCode::StateChanged,
            format!("Comment {} is deleted; bring it back first.", comment.number),
        ));
    }
    let before =
        json!({ "text": comment.source, "author_name": comment.author_name, "author_website": comment.author_website });
    let now = app.clock.now();
    let is_renamed = revision
        .author_name
        .as_ref()
        .is_some_and(|name| *name != comment.author_name);
    let mut changed = comment.clone();
    if let Some(words) = revision.words {
        weigh(tx, comment.site_id, words.source.len(), comment.source.len()).await?;
        changed.source = words.source;
        changed.html = words.html;
        changed.renderer = markdown::RENDERER;
        changed.source_format = SourceFormat::Markdown;
        changed.edited_at = Some(now);
    }
    changed.author_name = revision.author_name.unwrap_or(changed.author_name);
    changed.author_website = revision.author_website.unwrap_or(changed.author_website);
    if let Some(reasons) = revision.reasons {
        changed.reasons = json!(reasons);
    }
    let row = comment::ActiveModel {
        source: Set(changed.source.clone()),
        source_format: Set(changed.source_format),
        html: Set(changed.html),
        renderer: Set(changed.renderer),
        edited_at: Set(changed.edited_at),
        folded: Set(folded(
            &changed.source,
            changed.author_name.as_deref(),
            changed.author_website.as_deref(),
        )),
        author_name: Set(changed.author_name),
        author_website: Set(changed.author_website),
        reasons: Set(changed.reasons),
        updated_at: Set(now),
        ..comment.into()
    };
    let comment = row.update(&**tx).await?;
    if is_renamed {
        commenters::renamed(tx, &comment).await?;
    }
    moderation::record(tx, app, &comment, Kind::Edited, actor, None, before).await?;
    let hooks = Hooks::find(&**tx, comment.site_id).await?;
    webhooks::tell(tx, app, &hooks, vec![News::new(Event::CommentEdited, &comment)]).await?;
    Ok(comment)
}

/// Erases what a deleted comment said and who said it; its place and number stay. A comment that was brought back is left alone;
/// one that was deleted again since has its time from then on.
pub async fn purge(tx: &Tx, app: &App, site_id: Uuid, comment_id: Uuid) -> Result<()> {
    hold_site(tx, site_id).await?;
    let found = comment::Entity::of_site(site_id)
        .filter(comment::Column::Id.eq(comment_id))
        .one(&**tx)
        .await?;
    let Some(comment) = found.filter(|comment| comment.state == State::Deleted && !is_erased(comment)) else {
        return Ok(());
    };
    let now = app.clock.now();
    let due = comment.updated_at + TimeDelta::days(app.config.deleted_days);
    if due > now {
        return queue::add(&**tx, &Job::Purge { site_id, comment_id }, due, now).await;
    }
    let author_hash = comment.author_hash.clone();
    weigh(tx, site_id, 0, comment.source.len()).await?;
    let row = comment::ActiveModel {
        source: Set(String::new()),
        html: Set(String::new()),
        folded: Set(String::new()),
        author_name: Set(None),
        author_email: Set(None),
        author_website: Set(None),
        author_hash: Set(None),
        mailbox_hash: Set(None),
        network_hash: Set(None),
        updated_at: Set(app.clock.now()),
        ..comment.into()
    };
    let comment = row.update(&**tx).await?;
    if let Some(author_hash) = author_hash {
        commenters::erased(tx, site_id, &author_hash, comment_id).await?;
    }
    moderation::forget_texts(tx, site_id, comment_id).await?;
    webhooks::deliveries::forget_comments(tx, site_id, &[comment_id], now).await?;
    moderation::record(tx, app, &comment, Kind::Purged, &Actor::System, None, json!({})).await
}

/// Strips writers' networks and mail addresses from some of a site's comments that were made before `before`; how many. Fewer
/// than [`STRIPPED_AT_ONCE`] means that none are left.
pub async fn strip_addresses(tx: &Tx, site_id: Uuid, before: DateTime<Utc>) -> Result<u64> {
    hold_site(tx, site_id).await?;
    let due = sea_orm::sea_query::Query::select()
        .column(comment::Column::Id)
        .from(comment::Entity)
        .and_where(comment::Column::SiteId.eq(site_id))
        .and_where(comment::Column::CreatedAt.lt(before))
        .and_where(Expr::cust("(network_hash IS NOT NULL OR author_email IS NOT NULL)"))
        .limit(STRIPPED_AT_ONCE)
        .to_owned();
    let stripped = comment::Entity::update_of_site(site_id)
        .col_expr(comment::Column::NetworkHash, Expr::value(None::<String>))
        .col_expr(comment::Column::AuthorEmail, Expr::value(None::<String>))
        .filter(comment::Column::Id.in_subquery(due))
        .exec(&**tx)
        .await?;
    Ok(stripped.rows_affected)
}

/// Comments stripped in one transaction, so that nobody waits long for it.
pub const STRIPPED_AT_ONCE: u64 = 500;

/// Forgets the idempotency keys that were used before `before`.
#[expect(clippy::disallowed_methods, reason = "age alone decides, over all sites")]
pub async fn forget_retry_marks(tx: &Tx, before: DateTime<Utc>) -> Result<u64> {
    let gone = idempotency::Entity::delete_many()
        .filter(idempotency::Column::CreatedAt.lt(before))
        .exec(&**tx)
        .await?;
    Ok(gone.rows_affected)
}

/// An author's own comments by the tokens he holds; void tokens and those of other sites are passed over.
pub async fn mine(app: &App, visitor: &Visitor, tokens: &[&str]) -> Result<Vec<(comment::Model, thread::Model)>> {
    let site_id = visitor.site().id();
    let ids: Vec<Uuid> = author::held(app, tokens).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut comments = comment::Entity::of_site(site_id)
        .filter(comment::Column::Id.is_in(ids))
        .all(app.db.read())
        .await?;
    comments.sort_by_key(|comment| comment.number);
    with_threads(app, site_id, comments).await
}

/// Comments of a site, each with its conversation, in their order.
async fn with_threads(
    app: &App,
    site_id: Uuid,
    comments: Vec<comment::Model>,
) -> Result<Vec<(comment::Model, thread::Model)>> {
    let threads = threads::by_ids(
        app.db.read(),
        vec![site_id],
        comments.iter().map(|comment| comment.thread_id).collect(),
    )
    .await?;
    let thread_of = |comment: &comment::Model| threads.iter().find(|thread| thread.id == comment.thread_id).cloned();
    Ok(comments
        .into_iter()
        .filter_map(|comment| thread_of(&comment).map(|thread| (comment, thread)))
        .collect())
}

/// A comment that readers can see, by its id.
pub async fn visible(app: &App, visitor: &Visitor, id: Uuid) -> Result<comment::Model> {
    comment::Entity::of_site(visitor.site().id())
        .filter(comment::Column::Id.eq(id))
        .one(app.db.read())
        .await?
        .filter(is_visible)
        .ok_or_else(|| Error::not_found("comment"))
}

/// The comment that a reply to this number answers, if readers can see it, or else the root above it; with the number of the root.
/// `None` for what is not in the conversation, or not there any more: then the reply is a root.
pub async fn answerable(
    app: &App,
    visitor: &Visitor,
    thread: &thread::Model,
    number: i64,
) -> Result<Option<(Uuid, i64)>> {
    let of_thread = || comment::Entity::of_site(visitor.site().id()).filter(comment::Column::ThreadId.eq(thread.id));
    let asked = of_thread()
        .filter(comment::Column::Number.eq(number))
        .one(app.db.read())
        .await?;
    let Some(asked) = asked else { return Ok(None) };
    let root = match asked.root_id {
        Some(root_id) => {
            of_thread()
                .filter(comment::Column::Id.eq(root_id))
                .one(app.db.read())
                .await?
        }
        None => Some(asked.clone()),
    };
    let Some(root) = root else { return Ok(None) };
    let published = [&asked, &root].into_iter().find(|one| one.state == State::Published);
    Ok(published.map(|answered| (answered.id, root.number)))
}

/// A comment of a site by its id, whatever its state.
pub async fn of_site(tx: &Tx, site_id: Uuid, id: Uuid) -> Result<comment::Model> {
    comment::Entity::of_site(site_id)
        .filter(comment::Column::Id.eq(id))
        .one(&**tx)
        .await?
        .ok_or_else(|| Error::not_found("comment"))
}

/// What a text would look like.
pub async fn preview(app: &App, settings: &Settings, typed: &str) -> Result<String> {
    Ok(checked_words(app, settings, typed).await?.html)
}

/// Renders off the async threads, a few at a time.
///
/// # Errors
/// `invalid_input` at `/text` for what would cost too much.
pub async fn render(app: &App, settings: &Settings, source: String) -> Result<Rendered> {
    // The site's bound is in characters, of up to four bytes.
    let limits = Limits {
        source_bytes: 4 * settings.max_text_length as usize,
        ..Limits::default()
    };
    let rules = settings.rules();
    let rendered = off_thread(app, move || markdown::render(&source, &rules, &limits)).await?;
    rendered.map_err(|refused| {
        let (code, detail) = match refused {
            Refused::TooLong => (FieldCode::TooLong, "The text is too long."),
            Refused::TooNested => (FieldCode::TooNested, "Quotes and lists are nested too deeply."),
            Refused::TooManyLinks => (FieldCode::TooMany, "There are too many links."),
            Refused::TooLarge => (FieldCode::TooLong, "The text becomes too large when it is laid out."),
        };
        Error::Invalid(vec![Fault::new("/text", code, detail)])
    })
}

/// Does what takes a core for a while off the async threads, in its turn.
async fn off_thread<T: Send + 'static>(app: &App, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let waiting = During::new(&metrics().work.rendering);
    let turn = app.rendering.turn().await?;
    drop(waiting);
    let done = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        work()
    });
    done.await.map_err(Error::internal)
}

/// Whether readers see something of it: the comment itself, or its place above visible replies.
pub fn is_visible(comment: &comment::Model) -> bool {
    comment.state == State::Published || comment.reply_count > 0
}

/// Deleted, and the time to bring it back is over.
pub fn is_erased(comment: &comment::Model) -> bool {
    comment.state == State::Deleted && comment.source.is_empty()
}

/// A published comment, held for a change of its counters alone until the transaction ends: what readers vote for or report.
/// The row is not held against replies, which only have to know that it stays.
pub async fn hold_published(tx: &Tx, site_id: Uuid, id: Uuid) -> Result<comment::Model> {
    comment::Entity::of_site(site_id)
        .filter(comment::Column::Id.eq(id))
        .lock(LockType::NoKeyUpdate)
        .one(&**tx)
        .await?
        .filter(|comment| comment.state == State::Published)
        .ok_or_else(|| Error::not_found("comment"))
}

/// Adds to the votes of a comment, and sets the rank that follows from them. Nothing else of the row is touched: not even when it
/// was last changed, which is about its words and its state.
pub async fn count_votes(
    tx: &Tx,
    comment: &comment::Model,
    up_by: i32,
    down_by: i32,
    rank: i64,
) -> Result<comment::Model> {
    comment::Entity::update_of_site(comment.site_id)
        .col_expr(comment::Column::UpVotes, Expr::col(comment::Column::UpVotes).add(up_by))
        .col_expr(
            comment::Column::DownVotes,
            Expr::col(comment::Column::DownVotes).add(down_by),
        )
        .col_expr(comment::Column::Rank, Expr::value(rank))
        .filter(comment::Column::Id.eq(comment.id))
        .exec_with_returning(&**tx)
        .await?
        .pop()
        .ok_or_else(|| Error::internal("the comment is gone"))
}

/// Counts one more reader who reported a comment.
pub async fn count_report(tx: &Tx, comment: &comment::Model) -> Result<comment::Model> {
    comment::Entity::update_of_site(comment.site_id)
        .col_expr(
            comment::Column::ReportCount,
            Expr::col(comment::Column::ReportCount).add(1),
        )
        .filter(comment::Column::Id.eq(comment.id))
        .exec_with_returning(&**tx)
        .await?
        .pop()
        .ok_or_else(|| Error::internal("the comment is gone"))
}

/// Makes the caller the only one to change the site's comments until its transaction ends. Taken before any row of a comment or
/// thread is changed, and of several sites in the order of their ids, so that nobody waits in a circle. Posting takes the same
/// row when it asks for its number.
///
/// Votes do without, so that a much-liked comment does not stop the site: a vote changes one comment and then its thread. Hence
/// the second half of the rule, for all others: every comment of a thread before the thread's own row, and nothing after it.
pub async fn hold_site(tx: &Tx, site_id: Uuid) -> Result<()> {
    let counter = site_counter::Entity::of_site(site_id)
        .lock_exclusive()
        .one(&**tx)
        .await?;
    counter
        .map(|_| ())
        .ok_or_else(|| Error::internal("the site has no counter"))
}

/// Takes away up to `most` comments of a site that is erased, with what is kept beside them. Resolves to how many rows there were.
pub async fn erase_some(tx: &Tx, site_id: Uuid, most: u64) -> Result<u64> {
    let marks = idempotency::Entity::delete_some_of_site(site_id, idempotency::Column::Id, most);
    let mut gone = marks.exec(&**tx).await?.rows_affected;
    // Replies have higher numbers than what they answer: nothing that is still there goes along with a comment.
    let comments = comment::Entity::delete_some_of_site(site_id, comment::Column::Number, most - gone);
    gone += comments.exec(&**tx).await?.rows_affected;
    let counter = site_counter::Entity::delete_some_of_site(site_id, site_counter::Column::SiteId, most - gone);
    Ok(gone + counter.exec(&**tx).await?.rows_affected)
}

/// Gives a new site its count of comments.
pub async fn begin_numbers(tx: &Tx, site_id: Uuid) -> Result<()> {
    let counter = site_counter::ActiveModel {
        site_id: Set(site_id),
        last_number: Set(0),
        month: Set(0),
        month_comments: Set(0),
        bytes: Set(0),
    };
    site_counter::Entity::insert(counter)
        .exec_without_returning(&**tx)
        .await?;
    Ok(())
}

/// Takes the site's next numbers for comments of today, and counts these for the tenant's plan; the last of the numbers.
async fn count_in(tx: &Tx, site_id: Uuid, count: usize, bytes: usize, now: DateTime<Utc>) -> Result<i64> {
    let count = i64::try_from(count).map_err(Error::internal)?;
    let bytes = i64::try_from(bytes).map_err(Error::internal)?;
    let month = plans::month_of(now);
    let of_month = Expr::case(
        Expr::col(site_counter::Column::Month).eq(month),
        Expr::col(site_counter::Column::MonthComments).add(count),
    )
    .finally(count);
    let counters = site_counter::Entity::update_of_site(site_id)
        .col_expr(
            site_counter::Column::LastNumber,
            Expr::col(site_counter::Column::LastNumber).add(count),
        )
        .col_expr(site_counter::Column::MonthComments, of_month.into())
        .col_expr(site_counter::Column::Month, Expr::value(month))
        .col_expr(
            site_counter::Column::Bytes,
            Expr::col(site_counter::Column::Bytes).add(bytes),
        )
        .exec_with_returning(&**tx)
        .await?;
    counters
        .first()
        .map(|counter| counter.last_number)
        .ok_or_else(|| Error::internal("the site has no counter"))
}

/// Counts what a site's comments take, after so many bytes came or went. The caller holds the site.
async fn weigh(tx: &Tx, site_id: Uuid, came: usize, went: usize) -> Result<()> {
    let by = i64::try_from(came).map_err(Error::internal)? - i64::try_from(went).map_err(Error::internal)?;
    if by == 0 {
        return Ok(());
    }
    site_counter::Entity::update_of_site(site_id)
        .col_expr(
            site_counter::Column::Bytes,
            Expr::col(site_counter::Column::Bytes).add(by),
        )
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Takes the site's next numbers; the last of them.
async fn take_numbers(tx: &Tx, site_id: Uuid, count: usize) -> Result<i64> {
    let count = i64::try_from(count).map_err(Error::internal)?;
    let counters = site_counter::Entity::update_of_site(site_id)
        .col_expr(
            site_counter::Column::LastNumber,
            Expr::col(site_counter::Column::LastNumber).add(count),
        )
        .exec_with_returning(&**tx)
        .await?;
    counters
        .first()
        .map(|counter| counter.last_number)
        .ok_or_else(|| Error::internal("the site has no counter"))
}

/// Tells the comments above that so many replies of theirs appeared or went. It goes further up only where that makes a place
/// appear or vanish: the ids of those places, from below.
async fn pass_up(tx: &Tx, site_id: Uuid, mut parent_id: Option<Uuid>, mut by: i32) -> Result<Vec<Uuid>> {
    let mut places = Vec::new();
    while let Some(id) = parent_id {
        let changed = comment::Entity::update_of_site(site_id)
            .col_expr(
                comment::Column::ReplyCount,
                Expr::col(comment::Column::ReplyCount).add(by),
            )
            .filter(comment::Column::Id.eq(id))
            .exec_with_returning(&**tx)
            .await?;
        let Some(parent) = changed.into_iter().next() else {
            break;
        };
        let had = parent.reply_count - by > 0;
        let has = parent.reply_count > 0;
        if parent.state == State::Published || had == has {
            break;
        }
        places.push(parent.id);
        parent_id = parent.parent_id;
        // However many replies: above, it is one place.
        by = by.signum();
    }
    Ok(places)
}

/// Counts replies that were published, or are not any more, at the root above them.
async fn count_branch(tx: &Tx, site_id: Uuid, root_id: Uuid, by: i64) -> Result<()> {
    comment::Entity::update_of_site(site_id)
        .col_expr(
            comment::Column::BranchCount,
            Expr::col(comment::Column::BranchCount).add(by),
        )
        .filter(comment::Column::Id.eq(root_id))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// What is searched of a comment; not the mail address, which has a shorter life.
fn folded(source: &str, name: Option<&str>, website: Option<&str>) -> String {
    let all: Vec<String> = std::iter::once(source)
        .chain(name)
        .chain(website)
        .map(text::folded)
        .collect();
    all.join("\n")
}

/// A text in both its forms, however short: no verdict. For what a member writes in the name of the team, and for previews.
pub async fn checked_words(app: &App, settings: &Settings, typed: &str) -> Result<Words> {
    let source = rules::source(
        typed,
        &Settings {
            min_text_length: 1,
            ..settings.clone()
        },
    )
    .map_err(|fault| Error::Invalid(vec![fault]))?;
    let rendered = render(app, settings, source.clone()).await?;
    Ok(Words {
        source,
        html: rendered.html,
    })
}

/// The reasons of a comment that a member wrote.
pub const TEAM: [&str; 1] = [reason::TEAM];
