//! Works on jobs: claims them, hands each to its module, retries or gives up. Several workers may run on several nodes.

use std::future::pending;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt;
use sea_orm::prelude::Uuid;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tracing::Instrument;

use crate::app::App;
use crate::emails::bounces;
use crate::emails::ceilings::{self, Held};
use crate::emails::counts::{self, Outcome};
use crate::error::{Error, OrLog, Result};
use crate::infra::db::{self, Tx};
use crate::infra::mailer::{Letter, Unsent};
use crate::infra::markdown::RENDERER;
use crate::infra::metrics::{Ran, metrics};
use crate::infra::queue::{self, Cause, Claimed};
use crate::infra::traces;
use crate::job::Job;
use crate::statistics::{counting, tallies};
use crate::subscriptions::{telling, wishing};
use crate::watching::pushing::{self, Answered};
use crate::webhooks::sending;
use crate::{accounts, commenters, comments, emails, mine, moderation, operators, sites, tenants, watching, webhooks};

/// How long at most until a due job is found.
const LOOK: Duration = Duration::from_secs(2);

/// How often what was counted in memory, and what was seen of the snippets, is written.
const SIGHTINGS: Duration = Duration::from_secs(1);

/// How long at most until a delivery sets out.
const DELIVERIES: Duration = Duration::from_secs(1);

const RETENTION_EVERY: TimeDelta = TimeDelta::hours(1);

/// For which an invitation that has expired is still shown, so that it can be made anew.
const SHOWN_EXPIRED: TimeDelta = TimeDelta::days(30);

/// For which a trouble that was not seen again is still told.
const TROUBLES: TimeDelta = TimeDelta::days(30);

/// How often the retention job, and those of an upgrade, are looked for, should they have been given up.
const ASK: TimeDelta = TimeDelta::minutes(10);

/// How long an upgrade may take until no node of the version before writes any more.
const UPGRADE: TimeDelta = TimeDelta::hours(1);

/// How long a retried post is recognised.
const IDEMPOTENCY: TimeDelta = TimeDelta::hours(24);

/// What a worker is told of its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stop {
    NotYet,
    /// What was begun is finished, and nothing else begun.
    Soon,
    /// What is not finished is given back.
    Now,
}

/// Works until told to stop; a job that was begun is finished if there is time.
pub async fn work(app: Arc<App>, mut stop: watch::Receiver<Stop>) {
    let mut told = stop.clone();
    let mut over = pin!(async move { told.wait_for(|stop| *stop == Stop::Now).await.is_ok() });
    let mut asked = None;
    while *stop.borrow() == Stop::NotYet {
        let now = app.clock.now();
        if asked.is_none_or(|asked| now - asked > ASK) {
            ask_for_retention(&app)
                .await
                .or_log("nothing is forgotten until it is asked for again");
            ask_for_rerendering(&app)
                .await
                .or_log("comments stay as an older version rendered them until it is asked for again");
            ask_for_statistics(&app)
                .await
                .or_log("statistics stand still until they are asked for again");
            ask_for_quotas(&app)
                .await
                .or_log("owners hear nothing of their quotas until it is asked for again");
            asked = Some(now);
        }
        let busy = match turn_until(&app, &mut over).await {
            Ok(done) => done > 0,
            Err(error) => {
                tracing::error!(%error, "the worker could not look for jobs");
                false
            }
        };
        if busy {
            continue;
        }
        tokio::select! {
            _ = stop.changed() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// Sends to webhooks, many at a time, until told to stop; what is on its way then arrives.
pub async fn deliver(app: Arc<App>, mut stop: watch::Receiver<Stop>) {
    let mut flying = JoinSet::new();
    while *stop.borrow() == Stop::NotYet {
        let seats = app.config.webhook_workers.max(1).saturating_sub(flying.len());
        if seats > 0 {
            match sending::claim(&app, seats).await {
                Ok(held) => {
                    for one in held {
                        let (app, stop) = (Arc::clone(&app), stop.clone());
                        flying.spawn(async move { sending::serve(&app, one, || *stop.borrow() == Stop::NotYet).await });
                    }
                }
                Err(error) => tracing::error!(%error, "the worker could not look for deliveries"),
            }
        }
        tokio::select! {
            _ = stop.changed() => {}
            Some(_) = flying.join_next() => {}
            () = tokio::time::sleep(DELIVERIES) => {}
        }
    }
    let landed = async { while flying.join_next().await.is_some() {} };
    tokio::select! {
        () = landed => {}
        // Who is slower than that is sent to again, once the lease is over.
        _ = stop.wait_for(|stop| *stop == Stop::Now) => {}
    }
}

/// Writes what the doors have seen, until told to stop. Every serving node does this for itself.
pub async fn write_sightings(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        tokio::select! {
            _ = stop.changed() => {}
            () = tokio::time::sleep(SIGHTINGS) => {}
        }
        sites::sightings::write(&app)
            .await
            .or_log("a second of what was seen is lost");
        tallies::write(&app)
            .await
            .or_log("a second of what was counted is lost");
        sites::troubles::write(&app)
            .await
            .or_log("a second of what went wrong is lost");
    }
}

/// One look at the queue: how many jobs were taken. One at a time, so that each has its whole lease.
pub async fn turn(app: &App) -> Result<usize> {
    turn_until(app, &mut pending::<()>()).await
}

/// The same; a job that is not done when `over` resolves is given back, as if it had not been tried.
async fn turn_until(app: &App, over: &mut (impl Future + Unpin)) -> Result<usize> {
    let claimed = queue::claim(&app.db, 1, app.clock.now()).await?;
    let count = claimed.len();
    for one in claimed {
        let kind = one.row.kind.clone();
        let begun = Instant::now();
        let span = traces::job(&kind, &one.row.id.to_string(), one.row.attempts);
        let done = AssertUnwindSafe(db::retry(async || run(app, &one).await)).catch_unwind();
        let outcome = tokio::select! {
            outcome = done.instrument(span.clone()) => outcome,
            _ = &mut *over => {
                tracing::warn!(kind, job = %one.row.id, "job given back: this worker has to end");
                queue::postpone(&app.db, &one, "the worker was stopped", app.clock.now())
                    .await
                    .or_log("the job waits for its lease to end");
                continue;
            }
        };
        let outcome = outcome.unwrap_or_else(|_| Err(Error::internal("the job panicked")));
        let came = match &outcome {
            Ok(Fate::Done) => Ran::Done,
            Ok(Fate::Later(_)) => Ran::Deferred,
            Ok(Fate::Postponed { .. }) => Ran::Postponed,
            Ok(Fate::GivenUp(_)) => Ran::GivenUp,
            Err(_) => Ran::Failed,
        };
        metrics().jobs.ran(&kind, came, begun.elapsed());
        traces::ended(&span, came.name(), matches!(came, Ran::GivenUp | Ran::Failed));
        match outcome {
            Ok(Fate::Done) if one.job.is_routine() => {}
            Ok(Fate::Done) => tracing::info!(kind, job = %one.row.id, attempt = one.row.attempts, "job done"),
            Ok(Fate::GivenUp(why)) => {
                tracing::warn!(kind, job = %one.row.id, attempt = one.row.attempts, why, "job given up");
                queue::give_up(&app.db, &one, &why, app.clock.now())
                    .await
                    .or_log("the job is tried once more");
            }
            Ok(Fate::Postponed { why, until }) => {
                tracing::info!(kind, job = %one.row.id, %until, why, "job postponed");
                queue::postpone(&app.db, &one, why, until)
                    .await
                    .or_log("the job waits for its lease to end");
            }
            Ok(Fate::Later(why)) => put_back(app, &one, &why, Cause::World).await,
            Err(error @ (Error::Again(_) | Error::Unavailable(_))) => {
                put_back(app, &one, &error.to_string(), Cause::World).await;
            }
            Err(error) => put_back(app, &one, &error.to_string(), Cause::Job).await,
        }
    }
    Ok(count)
}

async fn put_back(app: &App, one: &Claimed, why: &str, cause: Cause) {
    tracing::warn!(kind = one.row.kind, job = %one.row.id, attempt = one.row.attempts, error = why, "job failed");
    match queue::put_back(&app.db, one, why, cause, app.clock.now()).await {
        Ok(true) if one.job.is_mail() => counts::note(app, &one.row.kind, Outcome::Failed).await,
        Ok(_) => {}
        Err(error) => Err::<(), _>(error).or_log("the job waits for its lease to end"),
    }
}

/// What became of a job.
enum Fate {
    Done,
    /// Something outside kept it from being done; what.
    Later(String),
    /// A ceiling is reached; which, and when to come again. No try was spent.
    Postponed {
        why: &'static str,
        until: DateTime<Utc>,
    },
    /// No further try would help; why.
    GivenUp(String),
}

/// Does one job; it leaves the table in the transaction that did it.
async fn run(app: &App, claimed: &Claimed) -> Result<Fate> {
    match &claimed.job {
        Job::Mail { .. } => return send(app, claimed).await,
        Job::Tell { .. } | Job::Digest { .. } => return tell(app, claimed).await,
        Job::Push { .. } => return push(app, claimed).await,
        Job::Wish { .. } => return weigh(app, claimed).await,
        Job::Inform { .. } => return inform(app, claimed).await,
        Job::Spread { .. } => {
            let tx = app.db.begin().await?;
            match telling::spread(&tx, app, &claimed.job).await? {
                Some(next) => queue::go_on(&*tx, claimed, &next, app.clock.now()).await?,
                None => queue::finish(&*tx, claimed).await?,
            }
            tx.commit().await
        }
        Job::Watch { site_id, from, to } => {
            let tx = app.db.begin().await?;
            watching::fan_out(&tx, app, *site_id, *from, *to).await?;
            queue::finish(&*tx, claimed).await?;
            tx.commit().await
        }
        Job::Retention {} => {
            let now = app.clock.now();
            // Before the addresses go that it is made of.
            comments::mailbox::catch_up(app).await?;
            sites::strip_addresses(app, now).await?;
            webhooks::deliveries::forget(app, now - TimeDelta::days(app.config.webhook_days)).await?;
            let tx = app.db.begin().await?;
            comments::forget_retry_marks(&tx, now - IDEMPOTENCY).await?;
            moderation::links::forget_spent(&tx, now).await?;
            watching::forget(&tx, now).await?;
            bounces::forget(&tx, now).await?;
            counts::forget(&tx, now).await?;
            mine::forget(&tx, now).await?;
            telling::forget(&tx, now).await?;
            wishing::forget(&tx, app, now).await?;
            accounts::forget_sessions(&tx, now).await?;
            accounts::forget_waiting(&tx, now).await?;
            accounts::factors::forget(&tx, now).await?;
            operators::acting::close_expired(&tx, app, now).await?;
            tenants::invitations::forget(&tx, now - SHOWN_EXPIRED).await?;
            sites::keys::forget(&tx, now).await?;
            sites::troubles::forget(&tx, now - TROUBLES).await?;
            tenants::audit::forget(&tx, now - TimeDelta::days(app.config.audit_days)).await?;
            queue::finish(&*tx, claimed).await?;
            queue::add(&*tx, &Job::Retention {}, now + RETENTION_EVERY, now).await?;
            tx.commit().await
        }
        Job::Purge { site_id, comment_id } => {
            let tx = app.db.begin().await?;
            comments::purge(&tx, app, *site_id, *comment_id).await?;
            queue::finish(&*tx, claimed).await?;
            tx.commit().await
        }
        Job::Rekey { site_id, after } => {
            let tx = app.db.begin().await?;
            sites::rekey(&tx, app, *site_id, *after).await?;
            queue::finish(&*tx, claimed).await?;
            tx.commit().await
        }
        Job::Statistics {} => {
            // In transactions of its own, each of which takes the cursor along: what is lost of this job is only its end.
            let more = counting::catch_up(app).await?;
            let now = app.clock.now();
            let next = if more { now } else { now + counting::EVERY };
            let tx = app.db.begin().await?;
            queue::finish(&*tx, claimed).await?;
            queue::add(&*tx, &Job::Statistics {}, next, now).await?;
            tx.commit().await
        }
        Job::Quotas { after } => {
            let now = app.clock.now();
            let tx = app.db.begin().await?;
            // What it finds, and what it asks for, is there if this attempt is the one that ends the job.
            let last = tenants::warnings::look(&tx, app, *after).await?;
            queue::finish(&*tx, claimed).await?;
            let next = last.map_or(now + tenants::warnings::EVERY, |_| now);
            queue::add(&*tx, &Job::Quotas { after: last }, next, now).await?;
            tx.commit().await
        }
        Job::Commenters { site_id, after } => {
            let tx = app.db.begin().await?;
            queue::finish(&*tx, claimed).await?;
            commenters::walk(&tx, app, *site_id, *after).await?;
            tx.commit().await
        }
        Job::EraseSite { site_id } => {
            let tx = app.db.begin().await?;
            let done = sites::erasing::erase_some(&tx, app, *site_id).await?;
            finish_or_go_on(app, tx, claimed, done).await
        }
        Job::EraseTenant { tenant_id } => {
            let tx = app.db.begin().await?;
            let done = tenants::lives::erase_some(&tx, app, *tenant_id).await?;
            finish_or_go_on(app, tx, claimed, done).await
        }
        Job::Rerender {
            site_id,
            after,
            older_than,
            last,
        } => {
            if older_than.is_some_and(|renderer| renderer > RENDERER) {
                return Err(Error::internal("this is for a worker of a newer version"));
            }
            let now = app.clock.now();
            let Some(site) = sites::of_job(app, *site_id).await? else {
                let tx = app.db.begin().await?;
                queue::finish(&*tx, claimed).await?;
                return tx.commit().await.map(|()| Fate::Done);
            };
            let batch = comments::rerender::prepare(app, &site, *after, *older_than).await?;
            let (looked, next) = (batch.looked, batch.next);
            let tx = app.db.begin().await?;
            let changed = batch.store(&tx, app).await?;
            queue::finish(&*tx, claimed).await?;
            let further = |after: i64, last: bool| Job::Rerender {
                site_id: *site_id,
                after,
                older_than: *older_than,
                last,
            };
            match (next, older_than) {
                (Some(after), _) => queue::add(&*tx, &further(after, *last), now, now).await?,
                (None, Some(_)) if !last => queue::add(&*tx, &further(0, true), now + UPGRADE, now).await?,
                (None, Some(renderer)) => sites::mark_rendered(&tx, *site_id, *renderer).await?,
                (None, None) => {}
            }
            tx.commit().await?;
            let key = &site.row().key;
            tracing::info!(
                event = "rerendered",
                site = key,
                after,
                looked,
                changed,
                done = next.is_none(),
                "comments"
            );
            Ok(())
        }
    }?;
    Ok(Fate::Done)
}

/// Sends a mail.
async fn send(app: &App, claimed: &Claimed) -> Result<Fate> {
    let letter = emails::write(app, claimed).await?;
    dispatch(app, claimed, letter, async |_| Ok(())).await
}

/// Tells a moderator of comments.
async fn tell(app: &App, claimed: &Claimed) -> Result<Fate> {
    let mut told = watching::write(app, claimed).await?;
    let letter = told.letter.take();
    // After the end of the job: the next digest has the key of this one.
    let settle = async |tx: &Tx| {
        if told.is_withheld {
            counts::add(tx, app, &claimed.row.kind, Outcome::Withheld).await?;
        }
        watching::settle(tx, app, told).await
    };
    dispatch(app, claimed, letter, settle).await
}

/// Sees what a reader asks for, and asks him if need be.
async fn weigh(app: &App, claimed: &Claimed) -> Result<Fate> {
    let mut weighed = wishing::weigh(app, claimed).await?;
    let letter = weighed.letter.take();
    dispatch(app, claimed, letter, async |tx: &Tx| {
        wishing::settle(tx, app, weighed).await
    })
    .await
}

/// Tells a follower of comments.
async fn inform(app: &App, claimed: &Claimed) -> Result<Fate> {
    let mut told = telling::write(app, claimed).await?;
    let letter = told.letter.take();
    // After the end of the job: whoever adds something for him holds this row, so that what he adds is seen after it. And the next one has
    // its key.
    dispatch(app, claimed, letter, async |tx: &Tx| {
        telling::settle(tx, app, &claimed.job, told).await
    })
    .await
}

/// Sends the mail of a job, if it comes to one, and ends the job; `settle` is what else changes with that. A mail that was sent and whose job could
/// not be ended is sent again, under the same name.
async fn dispatch(
    app: &App,
    claimed: &Claimed,
    letter: Option<Letter>,
    settle: impl AsyncFnOnce(&Tx) -> Result<()>,
) -> Result<Fate> {
    if let Some(letter) = &letter
        && let Some(fate) = hand_over(app, claimed, letter).await
    {
        return Ok(fate);
    }
    let ended = async {
        let tx = app.db.begin().await?;
        queue::finish(&*tx, claimed).await?;
        if letter.is_some() {
            counts::add(&tx, app, &claimed.row.kind, Outcome::Sent).await?;
        }
        settle(&tx).await?;
        tx.commit().await
    };
    match ended.await {
        Err(Error::Again(why)) if letter.is_some() => Err(is_sent(&why)),
        outcome => outcome.map(|()| Fate::Done),
    }
}

/// The end of a job in the way of which another transaction was, after something went out: not to be tried at once, like jobs of which all
/// is in the database.
fn is_sent(why: &str) -> Error {
    Error::Unavailable(format!("sent, but the job could not be ended: {why}"))
}

/// Tells a browser. One that was told and whose job could not be ended is told again, and of two alike it shows one.
async fn push(app: &App, claimed: &Claimed) -> Result<Fate> {
    let push = pushing::write(app, claimed).await?;
    let Some(push) = push else {
        let tx = app.db.begin().await?;
        queue::finish(&*tx, claimed).await?;
        tx.commit().await?;
        return Ok(Fate::Done);
    };
    let answered = pushing::send(app, &push).await;
    match answered {
        Answered::Later(why) => return Ok(Fate::Later(why)),
        Answered::Refused(why) => return Ok(Fate::GivenUp(why)),
        Answered::Sent | Answered::Gone => {}
    }
    let ended = async {
        let tx = app.db.begin().await?;
        // First: what comes next has the key of this one.
        queue::finish(&*tx, claimed).await?;
        match answered {
            Answered::Sent => pushing::settle(&tx, app, push).await?,
            _ => pushing::give_up(&tx, push).await?,
        }
        tx.commit().await
    };
    match ended.await {
        Err(Error::Again(why)) => Err(is_sent(&why)),
        outcome => outcome.map(|()| Fate::Done),
    }
}

/// What becomes of the job of a mail that could not be sent; nothing for one that was.
async fn hand_over(app: &App, claimed: &Claimed, letter: &Letter) -> Option<Fate> {
    let kind = claimed.row.kind.as_str();
    if let Some(Held { ceiling, until }) = ceilings::held(app, claimed, letter).await {
        counts::note(app, kind, ceiling.outcome()).await;
        let why = ceiling.words();
        return Some(Fate::Postponed { why, until });
    }
    let span = traces::outgoing("mail send");
    let sent = app.mailer.send(letter, app.clock.now()).instrument(span.clone()).await;
    traces::arrived(&span, None, sent.as_ref().err().map(Unsent::name));
    match sent {
        Ok(()) => None,
        Err(Unsent::Later(why)) => {
            counts::note(app, kind, Outcome::Deferred).await;
            Some(Fate::Later(why))
        }
        Err(Unsent::Never(why)) => {
            counts::note(app, kind, Outcome::Failed).await;
            Some(Fate::GivenUp(why))
        }
        Err(Unsent::NoMailbox(why)) => {
            counts::note(app, kind, Outcome::Failed).await;
            bounces::answered(app, &letter.to, &why)
                .await
                .or_log("an address that takes no mail is tried again");
            Some(Fate::GivenUp(why))
        }
    }
}

/// Ends a turn of work that takes many: the next one is asked for in the transaction that did this one.
async fn finish_or_go_on(app: &App, tx: Tx, claimed: &Claimed, done: bool) -> Result<()> {
    queue::finish(&*tx, claimed).await?;
    if !done {
        let now = app.clock.now();
        queue::add(&*tx, &claimed.job, now, now).await?;
    }
    tx.commit().await
}

/// After an upgrade that renders otherwise: a walk over the comments of each site that has older ones. Costs one select when there
/// is nothing to do, and a walk that is on its way is left alone.
pub async fn ask_for_rerendering(app: &App) -> Result<()> {
    const SITES_AT_ONCE: u64 = 500;
    let mut after = Uuid::nil();
    loop {
        let sites = sites::rendered_before(app, RENDERER, after, SITES_AT_ONCE).await?;
        let Some(last) = sites.last() else { return Ok(()) };
        after = *last;
        let now = app.clock.now();
        let tx = app.db.begin().await?;
        for site_id in sites {
            let job = Job::Rerender {
                site_id,
                after: 0,
                older_than: Some(RENDERER),
                last: false,
            };
            queue::add(&*tx, &job, now, now).await?;
        }
        tx.commit().await?;
    }
}

/// Costs nothing while the job waits: it is there once.
async fn ask_for_statistics(app: &App) -> Result<()> {
    let now = app.clock.now();
    let tx = app.db.begin().await?;
    queue::add(&*tx, &Job::Statistics {}, now, now).await?;
    tx.commit().await
}

/// The same.
async fn ask_for_quotas(app: &App) -> Result<()> {
    let now = app.clock.now();
    let tx = app.db.begin().await?;
    queue::add(&*tx, &Job::Quotas { after: None }, now, now).await?;
    tx.commit().await
}

/// The same.
async fn ask_for_retention(app: &App) -> Result<()> {
    let now = app.clock.now();
    let tx = app.db.begin().await?;
    queue::add(&*tx, &Job::Retention {}, now, now).await?;
    tx.commit().await
}
