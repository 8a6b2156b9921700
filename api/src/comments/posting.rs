//! Posting: what readers send is checked by each request for itself and stored in one line a site.
//!
//! While one transaction of a site commits, the posts that arrive for the site wait, and the next transaction stores them all:
//! one sync of the disk, one turn at the site's counter and one change of a busy thread's row for the whole batch. A single
//! post waits for nobody. Each node has lines of its own; the site's counter row keeps those of several nodes in turn.

use std::collections::hash_map::Entry as Slot;
use std::collections::{HashMap, HashSet};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};

use ::entity::comment::{self, State};
use ::entity::{OfSite, thread};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt;
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, QueryFilter};
use serde_json::Value;
use tokio::sync::oneshot;
use tracing::Instrument;

use super::retry::{self, RetryMark};
use super::rules::{self, Checked};
use super::{Author, Entry, Stored, Words, hold_site, identity, insert_all, render, signed_in, token};
use crate::app::App;
use crate::error::{Error, FieldCode, Result};
use crate::infra::clock::id_at;
use crate::infra::db::{self, Tx};
use crate::infra::markdown::Rendered;
use crate::infra::metrics::metrics;
use crate::moderation::Actor;
use crate::sites::{Site, Visitor, signing};
use crate::subscriptions::wishing;
use crate::tenants::plans;
use crate::text::{self, Email};
use crate::threads;
use crate::threads::key::Address;
use crate::watching;
use crate::webhooks::{self, Event, Hooks, asking, payload};

/// Posts that one transaction stores at most.
const BATCH: usize = 64;

/// Posts of one site that may wait; more are told to come back.
const MOST_WAITING: usize = 1024;

/// What a reader sent, as typed.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    pub parent_id: Option<Uuid>,
    pub text: String,
    pub name: Option<String>,
    pub email: Option<String>,
    pub website: Option<String>,
    /// Title of the page, for a thread that this comment opens.
    pub title: Option<String>,
    /// The site's word for who reads.
    pub identity: Option<String>,
    /// What he wants to be told by mail.
    pub by_mail: wishing::ByMail,
}

/// A stored comment with what its author gets.
pub struct Posted {
    pub comment: comment::Model,
    pub thread: thread::Model,
    pub token: String,
    pub token_expires_at: DateTime<Utc>,
    /// Levels above it.
    pub depth: u32,
}

/// Posts a reader's comment: stored for good when this returns, published or waiting for a moderator.
///
/// A retry with the same `idempotency_key` and content gets the first answer again, and nothing is stored twice.
///
/// # Errors
/// `invalid_input`, `thread_closed`, `thread_locked`, `site_read_only`, `idempotency_conflict`.
pub async fn post(
    app: &Arc<App>,
    visitor: &Visitor,
    address: &Address,
    draft: Draft,
    idempotency_key: Option<&str>,
) -> Result<Posted> {
    let outcome = posted(app, visitor, address, draft, idempotency_key).await;
    if let Err(error) = &outcome {
        app.tallies.failed_submit(visitor.site(), app.clock.now(), error);
    }
    outcome
}

async fn posted(
    app: &Arc<App>,
    visitor: &Visitor,
    address: &Address,
    draft: Draft,
    idempotency_key: Option<&str>,
) -> Result<Posted> {
    let mark = idempotency_key.map(|key| RetryMark::new(key, address, &draft));
    let outcome = match prepare(app, visitor, address, draft, mark.clone()).await {
        Ok(submission) => app.lines.store(app, submission).await,
        Err(error) => Err(error),
    };
    match (outcome, mark) {
        (Ok(Outcome::Stored(posted)), _) => Ok(*posted),
        (Ok(Outcome::Repeated), Some(mark)) => {
            // Gone if the first post with the key was refused beside this one.
            let again = || Error::Again("the first post with this key was given up".to_owned());
            mark.replay(app, visitor.site()).await?.ok_or_else(again)
        }
        (Ok(Outcome::Repeated), None) => Err(Error::internal("a post without a key was taken for a repeated one")),
        // The owner may have changed the rules since the first answer, which the retry is to get nevertheless.
        (Err(error @ (Error::Invalid(_) | Error::Refused(..))), Some(mark)) => {
            mark.replay(app, visitor.site()).await?.ok_or(error)
        }
        (Err(error), _) => Err(error),
    }
}

/// A post that has passed every check that needs no database.
struct Submission {
    site: Arc<Site>,
    address: Address,
    parent_id: Option<Uuid>,
    title: Option<String>,
    by_mail: wishing::ByMail,
    checked: Checked,
    rendered: Rendered,
    /// Whether the page is one that may open conversations.
    covered: bool,
    network_hash: String,
    author_hash: String,
    signed_in: bool,
    mark: Option<RetryMark>,
    /// Levels above it.
    depth: u32,
    /// What a program said about it.
    decision: Option<asking::Decision>,
}

async fn prepare(
    app: &App,
    visitor: &Visitor,
    address: &Address,
    draft: Draft,
    mark: Option<RetryMark>,
) -> Result<Submission> {
    let settings = visitor.site().settings();
    let keys = || signing::sign_in_keys(app, visitor.site());
    let (draft, known) = signed_in::named(draft, settings.sign_in, keys, app.clock.now())?;
    let checked = rules::check(&draft, settings)?;
    let rendered = render(app, settings, checked.source.clone()).await?;
    // Here, and not in the line, where others would wait for it: what a comment answers does not change.
    let depth = threads::depth_below(app.db.read(), visitor.site().id(), draft.parent_id).await?;
    let author_hash = match &known {
        Some(subject) => identity::of_known(&app.keys, visitor.site().id(), subject),
        None => identity::of_reader(
            &app.keys,
            visitor.site(),
            checked.email.as_deref(),
            visitor.network_hash(),
        ),
    };
    // As long as nothing is held, and nobody else waits.
    let decision = asking::ask(app, visitor.site().hooks(), || asking::Draft {
        id: None,
        thread: payload::Thread {
            id: None,
            key: address.key().to_owned(),
            title: draft.title.clone(),
            url: address.url().map(ToString::to_string),
        },
        parent_id: draft.parent_id,
        author: payload::Author {
            name: checked.name.clone(),
            website: checked.website.clone(),
            hash: Some(author_hash.clone()),
            team: false,
        },
        text: &checked.source,
        html: &rendered.html,
    })
    .await;
    Ok(Submission {
        depth,
        decision,
        site: visitor.shared_site(),
        address: address.clone(),
        parent_id: draft.parent_id,
        title: draft.title,
        by_mail: draft.by_mail,
        covered: threads::covers(app, visitor.site(), address),
        author_hash,
        signed_in: known.is_some(),
        checked,
        rendered,
        network_hash: visitor.network_hash().to_owned(),
        mark,
    })
}

enum Outcome {
    Stored(Box<Posted>),
    /// Its key was used before.
    Repeated,
}

struct Waiting {
    submission: Submission,
    answer: oneshot::Sender<Result<Outcome>>,
}

/// The posts that wait, by site. A site is in the map while its line is being worked on.
#[derive(Default)]
pub struct Lines {
    sites: Mutex<HashMap<Uuid, Vec<Waiting>>>,
}

impl Lines {
    async fn store(&self, app: &Arc<App>, submission: Submission) -> Result<Outcome> {
        let site_id = submission.site.id();
        let (answer, outcome) = oneshot::channel();
        if self.join(site_id, Waiting { submission, answer })? {
            let app = Arc::clone(app);
            // By itself: it goes on for the others when this request is gone.
            // What the batch costs is in the trace of the post that began it.
            tokio::spawn(async move { work(&app, site_id).await }.in_current_span());
        }
        outcome.await.map_err(Error::internal)?
    }

    /// Whether nobody works on the site's line yet: then the caller has to see to it.
    fn join(&self, site_id: Uuid, waiting: Waiting) -> Result<bool> {
        let mut sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        match sites.entry(site_id) {
            Slot::Vacant(slot) => {
                slot.insert(vec![waiting]);
                Ok(true)
            }
            Slot::Occupied(slot) if slot.get().len() >= MOST_WAITING => {
                Err(Error::Unavailable("too many posts wait for one site".to_owned()))
            }
            Slot::Occupied(mut slot) => {
                slot.get_mut().push(waiting);
                Ok(false)
            }
        }
    }

    /// The next posts of a site; none means that its line is done.
    fn take(&self, site_id: Uuid) -> Vec<Waiting> {
        let mut sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(line) = sites.get_mut(&site_id) else {
            return Vec::new();
        };
        if line.is_empty() {
            sites.remove(&site_id);
            return Vec::new();
        }
        line.drain(..line.len().min(BATCH)).collect()
    }
}

async fn work(app: &App, site_id: Uuid) {
    loop {
        let batch = app.lines.take(site_id);
        if batch.is_empty() {
            return;
        }
        let (submissions, answers): (Vec<_>, Vec<_>) =
            batch.into_iter().map(|one| (one.submission, one.answer)).unzip();
        for (answer, outcome) in answers.into_iter().zip(store_each(app, site_id, &submissions).await) {
            // A request that is gone does not hear that its comment is stored; its retry will.
            answer.send(outcome).ok();
        }
    }
}

/// Stores a batch; should it fail as a whole, each post by itself, so that one does not take the others with it.
async fn store_each(app: &App, site_id: Uuid, submissions: &[Submission]) -> Vec<Result<Outcome>> {
    match store_safely(app, site_id, submissions).await {
        Ok(outcomes) => outcomes,
        Err(Error::Internal(cause)) if submissions.len() > 1 => {
            tracing::warn!(cause, "a batch of posts failed; each is stored by itself");
            let mut outcomes = Vec::with_capacity(submissions.len());
            for one in submissions {
                let alone = store_safely(app, site_id, std::slice::from_ref(one)).await;
                let none = || Error::internal("a post without an outcome");
                outcomes.push(alone.and_then(|mut outcomes| outcomes.pop().ok_or_else(none)?));
            }
            outcomes
        }
        Err(error) => submissions.iter().map(|_| Err(error.clone())).collect(),
    }
}

async fn store_safely(app: &App, site_id: Uuid, submissions: &[Submission]) -> Result<Vec<Result<Outcome>>> {
    let storing = db::retry(|| store(app, site_id, submissions));
    AssertUnwindSafe(storing)
        .catch_unwind()
        .await
        .unwrap_or_else(|_| Err(Error::internal("storing posts panicked")))
}

/// One transaction for all of them: keys claimed, threads found or opened, parents in them, comments, counts, events.
async fn store(app: &App, site_id: Uuid, submissions: &[Submission]) -> Result<Vec<Result<Outcome>>> {
    let now = app.clock.now();
    let tx = app.db.begin().await?;
    // Before the site's own line, as everybody does who changes what a tenant has.
    let mut room = match submissions.first() {
        Some(first) if first.site.is_limited() => {
            plans::room_for_comments(&tx, first.site.row().tenant_id, now).await?
        }
        _ => None,
    };
    // First, so that nothing of the site changes between what is decided here and what is stored.
    hold_site(&tx, site_id).await?;
    let ids: Vec<Uuid> = submissions.iter().map(|_| id_at(now)).collect();
    let repeated = claim_keys(&tx, site_id, submissions, &ids, now).await?;
    let mut found = threads::find_all(&*tx, site_id, submissions.iter().flat_map(|one| one.address.keys())).await?;
    let parents = parents(&tx, site_id, submissions).await?;

    let mut outcomes: Vec<Option<Result<Outcome>>> = Vec::with_capacity(submissions.len());
    let mut to_store = Vec::new();
    for (submission, id) in submissions.iter().zip(&ids) {
        if repeated.contains(id) {
            outcomes.push(Some(Ok(Outcome::Repeated)));
            continue;
        }
        if room == Some(0) {
            outcomes.push(Some(Err(plans::no_room_for_comments())));
            continue;
        }
        match place(&tx, app, submission, &mut found, &parents).await {
            Ok(place) => {
                outcomes.push(None);
                room = room.map(|room| room - 1);
                to_store.push((*id, submission, place));
            }
            Err(error @ (Error::Invalid(_) | Error::Refused(..))) => outcomes.push(Some(Err(error))),
            Err(error) => return Err(error),
        }
    }
    let refused: Vec<Uuid> = ids
        .iter()
        .zip(&outcomes)
        .filter(|(_, outcome)| matches!(outcome, Some(Err(_))))
        .map(|(id, _)| *id)
        .collect();
    retry::give_back(&tx, site_id, refused).await?;
    let entries = to_store
        .iter()
        .map(|(id, submission, place)| (*id, submission.entry(place, now)));
    let nobody = Hooks::default();
    let hooks = submissions.last().map_or(&nobody, |last| last.site.hooks());
    let Stored { comments, threads } = insert_all(&tx, app, site_id, hooks, entries.collect()).await?;
    if submissions
        .iter()
        .any(|one| one.site.is_watched(app.mailer.is_configured()))
    {
        watching::written(&tx, app, &comments).await?;
    }
    let wishes = comments
        .iter()
        .zip(&to_store)
        .flat_map(|(comment, (_, submission, _))| {
            let email = submission.wishes_go_to(app);
            wishing::beside(comment, email.as_ref(), &submission.by_mail)
        });
    wishing::store(&tx, app, site_id, wishes.collect()).await?;
    tx.commit().await?;
    comments.iter().for_each(count);

    let mut handed = comments
        .into_iter()
        .zip(to_store)
        .map(|(comment, (_, submission, place))| {
            let changed = threads.iter().find(|thread| thread.id == comment.thread_id).cloned();
            handed_out(app, comment, changed.unwrap_or(place.thread), submission.depth)
        });
    let outcome = |decided: Option<Result<Outcome>>| match decided {
        Some(outcome) => outcome,
        None => {
            let stored = handed
                .next()
                .ok_or_else(|| Error::internal("a post without its comment"))?;
            Ok(Outcome::Stored(Box::new(stored)))
        }
    };
    Ok(outcomes.into_iter().map(outcome).collect())
}

/// Counts a comment that is stored, with what was decided about it.
fn count(comment: &comment::Model) {
    let counts = &metrics().comments;
    counts.posted.with_label_values(&[comment.state.name()]).inc();
    for reason in comment
        .reasons
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
    {
        counts.reasons.with_label_values(&[reason]).inc();
    }
}

/// Where a comment goes.
struct Place {
    thread: thread::Model,
    parent: Option<comment::Model>,
}

/// # Errors
/// What `threads::open` refuses; `invalid_input` for a parent that is not there.
async fn place(
    tx: &Tx,
    app: &App,
    submission: &Submission,
    found: &mut HashMap<String, thread::Model>,
    parents: &HashMap<Uuid, comment::Model>,
) -> Result<Place> {
    let Submission { site, address, .. } = submission;
    let known = threads::named_in(found, address);
    threads::rules::may_comment(site.settings(), known, app.clock.now())?;
    let answered = |thread: &thread::Model| match submission.parent_id {
        None => Ok(None),
        Some(id) => parents
            .get(&id)
            .filter(|parent| parent.thread_id == thread.id && parent.state == State::Published)
            .map(|parent| Some(parent.clone()))
            .ok_or_else(parent_is_gone),
    };
    if let Some(thread) = known {
        let parent = answered(thread)?;
        return Ok(Place {
            thread: thread.clone(),
            parent,
        });
    }
    // Before it is opened: nothing stays of a refused post.
    if submission.parent_id.is_some() {
        return Err(parent_is_gone());
    }
    let thread = threads::open(tx, app, site, address, submission.title.as_deref()).await?;
    webhooks::tell_of_thread(tx, app, site.hooks(), Event::ThreadCreated, &thread).await?;
    for key in address.keys() {
        found.entry(key.to_owned()).or_insert_with(|| thread.clone());
    }
    Ok(Place { thread, parent: None })
}

fn parent_is_gone() -> Error {
    Error::invalid(
        "/parent_id",
        FieldCode::NotFound,
        "The comment you answer is not here any more. Copy your text and post it anew.",
    )
}

/// The ids of those whose key was used before, in the database or earlier in this batch.
async fn claim_keys(
    tx: &Tx,
    site_id: Uuid,
    submissions: &[Submission],
    ids: &[Uuid],
    now: DateTime<Utc>,
) -> Result<HashSet<Uuid>> {
    let mut first: Vec<(&RetryMark, Uuid)> = Vec::new();
    let mut repeated = HashSet::new();
    for (submission, id) in submissions.iter().zip(ids) {
        let Some(mark) = &submission.mark else { continue };
        if first.iter().any(|(other, _)| mark.has_key_of(other)) {
            repeated.insert(*id);
        } else {
            first.push((mark, *id));
        }
    }
    repeated.extend(retry::claim(tx, site_id, first.into_iter(), now).await?);
    Ok(repeated)
}

/// The comments that are answered, by id.
async fn parents(tx: &Tx, site_id: Uuid, submissions: &[Submission]) -> Result<HashMap<Uuid, comment::Model>> {
    let ids: HashSet<Uuid> = submissions.iter().filter_map(|one| one.parent_id).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = comment::Entity::of_site(site_id)
        .filter(comment::Column::Id.is_in(ids))
        .all(&**tx)
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

impl Submission {
    /// Where mail goes that was asked for beside the comment; none where that is not offered.
    fn wishes_go_to(&self, app: &App) -> Option<Email> {
        let offered = wishing::is_offered(app, &self.site);
        let typed = self.checked.email.as_deref().filter(|_| offered)?;
        text::email(typed).ok().flatten()
    }

    fn entry<'a>(&self, place: &'a Place, now: DateTime<Utc>) -> Entry<'a> {
        let vouched = threads::rules::is_vouched(self.covered, &place.thread);
        let verdict = rules::verdict(self.site.settings(), &self.rendered, vouched, self.decision);
        Entry {
            thread: &place.thread,
            parent: place.parent.as_ref(),
            words: Words {
                source: self.checked.source.clone(),
                html: self.rendered.html.clone(),
            },
            author: Author {
                name: self.checked.name.clone(),
                email: self.checked.email.clone(),
                website: self.checked.website.clone(),
                account_id: None,
                network_hash: Some(self.network_hash.clone()),
                hash: Some(self.author_hash.clone()),
                signed_in: self.signed_in,
            },
            state: verdict.state,
            reasons: verdict.reasons,
            actor: Actor::Visitor,
            at: now,
        }
    }
}

pub fn handed_out(app: &App, comment: comment::Model, thread: thread::Model, depth: u32) -> Posted {
    Posted {
        token: token::seal(&app.keys, comment.id, comment.created_at),
        token_expires_at: comment.created_at + TimeDelta::days(app.config.token_days),
        comment,
        thread,
        depth,
    }
}
