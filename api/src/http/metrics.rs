//! Metrics, on a listener of their own: for Prometheus, and not for readers.
//!
//! Most of them are counted where things happen. What stands in pools and tables is looked up when somebody asks: by few statements, within
//! a time, at most every few seconds however many ask. With the database away the rest is served, and says so.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use poem::http::{Method, StatusCode, header};
use poem::{Endpoint, IntoResponse, Request, Response};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use super::server::ServerLimits;
use super::status;
use crate::app::App;
use crate::infra::build;
use crate::infra::metrics::{known, metrics};
use crate::infra::queue::{self, Standing};
use crate::job::Job;

/// The text format 0.0.4 of Prometheus.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// For which what was looked up is told again.
const FRESH: Duration = Duration::from_secs(5);

/// How long a look may take: Prometheus gives up after ten seconds.
const PATIENCE: Duration = Duration::from_secs(2);

/// Connections at a time: a server or two that scrape, and a person.
const CONNECTIONS: usize = 16;

/// What the listener of metrics allows its clients.
pub fn limits() -> ServerLimits {
    ServerLimits {
        connections: CONNECTIONS,
        connections_per_network: CONNECTIONS,
        drain: Duration::from_secs(1),
        measured: false,
        ..ServerLimits::default()
    }
}

/// What it serves: `/metrics` and `/healthz`, and nothing else.
pub fn routes(app: &Arc<App>) -> impl Endpoint<Output = Response> + 'static {
    let engine = app.db.engine().to_ascii_lowercase();
    metrics().set_build(build::VERSION, build::COMMIT.unwrap_or(""), &engine);
    let scraper = Arc::new(Scraper {
        app: Arc::clone(app),
        looked: Mutex::default(),
    });
    poem::endpoint::make(move |request: Request| {
        let scraper = Arc::clone(&scraper);
        async move { Ok::<_, poem::Error>(answer(&scraper, &request).await) }
    })
}

async fn answer(scraper: &Scraper, request: &Request) -> Response {
    let path = request.uri().path();
    if !matches!(path, "/metrics" | "/healthz") {
        return StatusCode::NOT_FOUND.into();
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Response::builder()
            .status(StatusCode::METHOD_NOT_ALLOWED)
            .header(header::ALLOW, "GET, HEAD")
            .finish();
    }
    if path == "/healthz" {
        return status::alive();
    }
    match scraper.text().await {
        Ok(text) => text.with_content_type(TEXT).into_response(),
        Err(error) => {
            tracing::error!(error, "metrics cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into()
        }
    }
}

struct Scraper {
    app: Arc<App>,
    /// When the database was asked last. Who holds it writes, so that one scrape does not see half of another's.
    looked: Mutex<Option<Instant>>,
}

impl Scraper {
    async fn text(&self) -> Result<Vec<u8>, String> {
        let mut looked = self.looked.lock().await;
        if looked.is_none_or(|last| last.elapsed() >= FRESH) {
            self.look().await;
            *looked = Some(Instant::now());
        }
        self.count();
        metrics().written()
    }

    /// Asks the database and Redis.
    async fn look(&self) {
        let App { db, limiter, .. } = &*self.app;
        let now = self.app.clock.now();
        let (tallies, redis) = tokio::join!(
            timeout(PATIENCE, queue::gauged(db, now)),
            timeout(PATIENCE, limiter.reaches_redis())
        );
        let tallies = match tallies {
            Ok(Ok(tallies)) => Some(tallies),
            Ok(Err(error)) => {
                tracing::warn!(%error, "jobs cannot be counted");
                None
            }
            Err(_) => {
                tracing::warn!("jobs cannot be counted: the database takes too long");
                None
            }
        };
        metrics().database.up.set(i64::from(tallies.is_some()));
        if let Some(up) = redis.unwrap_or(Some(false)) {
            metrics().redis.up.with_label_values::<&str>(&[]).set(i64::from(up));
        }
        count_jobs(tallies.unwrap_or_default(), now);
    }

    /// What is here.
    fn count(&self) {
        let App {
            db,
            sites,
            heads,
            pages,
            ..
        } = &*self.app;
        let database = &metrics().database;
        let whole = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        for pool in db.pools() {
            for (state, number) in [("idle", pool.idle), ("in_use", pool.in_use)] {
                let gauge = database.connections.with_label_values(&[pool.name, state]);
                gauge.set(whole(number));
            }
            database.most.with_label_values(&[pool.name]).set(pool.most.into());
        }
        let cache = &metrics().cache;
        for (name, (entries, bytes)) in [
            ("sites", sites.size()),
            ("heads", heads.size()),
            ("pages", pages.size()),
        ] {
            let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
            cache.entries.with_label_values(&[name]).set(whole(entries));
            cache.bytes.with_label_values(&[name]).set(whole(bytes));
        }
    }
}

/// With the database away nothing is known of its jobs, which is not the same as none.
fn count_jobs(tallies: Vec<queue::Tally>, now: DateTime<Utc>) {
    let jobs = &metrics().jobs;
    jobs.waiting.reset();
    jobs.oldest_due.reset();
    if metrics().database.up.get() == 0 {
        return;
    }
    for kind in Job::KINDS {
        for standing in Standing::ALL {
            jobs.waiting.with_label_values(&[kind, standing.name()]);
        }
        jobs.oldest_due.with_label_values(&[kind]);
    }
    for tally in tallies {
        let kind = known(&tally.kind);
        let count = i64::try_from(tally.count).unwrap_or(i64::MAX);
        jobs.waiting
            .with_label_values(&[kind, tally.standing.name()])
            .add(count);
        if tally.standing == Standing::Waiting {
            #[expect(clippy::cast_precision_loss, reason = "milliseconds of years")]
            let overdue = (now - tally.oldest).num_milliseconds().max(0) as f64 / 1000.0;
            let gauge = jobs.oldest_due.with_label_values(&[kind]);
            gauge.set(gauge.get().max(overdue));
        }
    }
}
