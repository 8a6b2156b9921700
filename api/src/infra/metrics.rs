//! What is counted and measured, for Prometheus. `docs/watching.md` has every name; a test compares it with what is served.
//!
//! There is one registry, that of the process, and everything in it is an atomic number behind a handle that was looked up before: a read
//! from memory takes some ten microseconds in all. Labels come from the program alone (operations, kinds, outcomes) and never from
//! what somebody sent: no path, site, tenant or address is among them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::LazyLock;
use std::time::Duration;

use prometheus::core::Collector;
use prometheus::{
    Counter, Encoder, Gauge, GaugeVec, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge,
    IntGaugeVec, Opts, Registry, TextEncoder,
};

use crate::job::Job;

/// From what is answered from memory up to what somebody gives up on, in seconds.
const REQUESTS: &[f64] = &[
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// From a look at an index up to what a statement is cut at.
const STATEMENTS: &[f64] = &[
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0,
];

/// From a row that is moved up to a lease.
const JOBS: &[f64] = &[
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0,
];

/// Everything that is counted of this process.
pub struct Metrics {
    registry: Registry,
    build: IntGaugeVec,
    pub http: Http,
    pub database: Database,
    pub cache: Caches,
    pub limits: Limits,
    pub redis: Shared,
    pub jobs: Jobs,
    /// By kind and outcome.
    pub mails: IntCounterVec,
    pub webhooks: Webhooks,
    pub streams: Streams,
    pub comments: Comments,
    pub work: Work,
    process: Process,
}

/// The metrics of this process.
pub fn metrics() -> &'static Metrics {
    static METRICS: LazyLock<Metrics> = LazyLock::new(Metrics::new);
    &METRICS
}

/// Requests and connections.
pub struct Http {
    requests: IntCounterVec,
    durations: HistogramVec,
    pub in_flight: IntGauge,
    pub connections: IntGauge,
    pub accepted: IntCounter,
    pub turned_away: IntCounter,
}

/// Statements, transactions and the connections they run on.
pub struct Database {
    pub up: IntGauge,
    /// By pool and state; and how many a pool may have.
    pub connections: IntGaugeVec,
    pub most: IntGaugeVec,
    pub timeouts: IntCounter,
    pub waits: Histogram,
    pub commits: Histogram,
    statements: [Histogram; 5],
    pub failed: IntCounter,
    pub slow: IntCounter,
}

/// What is kept in memory, by cache.
pub struct Caches {
    asked: IntCounterVec,
    pub bytes: IntGaugeVec,
    pub entries: IntGaugeVec,
}

/// Hits and misses of one cache.
#[derive(Clone)]
pub struct Hits {
    pub hit: IntCounter,
    pub miss: IntCounter,
}

/// What the limiter said, by budget, outcome and where it was counted.
pub struct Limits {
    decisions: IntCounterVec,
    /// Of the one budget that reads from memory spend: allowed and refused.
    reads: [IntCounter; 2],
}

/// What nodes share.
pub struct Shared {
    /// One time series, or none where no Redis is configured.
    pub up: IntGaugeVec,
    pub sent: IntCounter,
    pub heard: IntCounter,
    pub gaps: IntCounter,
}

/// The table of jobs, as it was a few seconds ago; and what was done.
pub struct Jobs {
    pub waiting: IntGaugeVec,
    pub oldest_due: GaugeVec,
    runs: IntCounterVec,
    durations: HistogramVec,
}

pub struct Webhooks {
    pub deliveries: IntCounterVec,
    pub duration: Histogram,
}

pub struct Streams {
    pub open: IntGauge,
    pub sent: IntCounter,
    pub dropped: IntCounter,
    pub refused: IntCounterVec,
}

pub struct Comments {
    /// By the state in which they begin.
    pub posted: IntCounterVec,
    /// Why they begin in it.
    pub reasons: IntCounterVec,
    /// What moderators made of them.
    pub decisions: IntCounterVec,
}

/// Work that takes a core for a while and has its turns.
pub struct Work {
    pub rendering: IntGauge,
    pub passwords: IntGauge,
}

struct Process {
    cpu: Counter,
    resident: Gauge,
    virtual_memory: Gauge,
    open_files: IntGauge,
    most_files: IntGauge,
    threads: IntGauge,
    started: Gauge,
}

/// Raises a gauge for as long as it lives, also where its future is dropped.
pub struct During(&'static IntGauge);

impl During {
    pub fn new(gauge: &'static IntGauge) -> Self {
        gauge.inc();
        During(gauge)
    }
}

impl Drop for During {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Makes what it registers. A name that is not valid, or is there twice, is a mistake that the first look at the metrics finds.
struct Maker(Registry);

impl Maker {
    fn registered<C: Collector + Clone + 'static>(&self, made: prometheus::Result<C>) -> C {
        let made = made.expect("names and labels are valid");
        self.0
            .register(Box::new(made.clone()))
            .expect("each name is there once");
        made
    }

    fn counter(&self, name: &str, help: &str) -> IntCounter {
        self.registered(IntCounter::new(name, help))
    }

    fn counters(&self, name: &str, help: &str, labels: &[&str]) -> IntCounterVec {
        self.registered(IntCounterVec::new(Opts::new(name, help), labels))
    }

    fn gauge(&self, name: &str, help: &str) -> IntGauge {
        self.registered(IntGauge::new(name, help))
    }

    fn gauges(&self, name: &str, help: &str, labels: &[&str]) -> IntGaugeVec {
        self.registered(IntGaugeVec::new(Opts::new(name, help), labels))
    }

    fn float(&self, name: &str, help: &str) -> Gauge {
        self.registered(Gauge::new(name, help))
    }

    fn histogram(&self, name: &str, help: &str, buckets: &[f64]) -> Histogram {
        let options = HistogramOpts::new(name, help).buckets(buckets.to_vec());
        self.registered(Histogram::with_opts(options))
    }

    fn histograms(&self, name: &str, help: &str, label: &str, buckets: &[f64]) -> HistogramVec {
        let options = HistogramOpts::new(name, help).buckets(buckets.to_vec());
        self.registered(HistogramVec::new(options, &[label]))
    }
}

impl Metrics {
    fn new() -> Self {
        let make = Maker(Registry::new());
        Metrics {
            build: make.gauges(
                "parlour_build_info",
                "Always 1; which build this is, and the engine of its database.",
                &["version", "commit", "engine"],
            ),
            http: Http::new(&make),
            database: Database::new(&make),
            cache: Caches {
                asked: make.counters(
                    "parlour_cache_requests_total",
                    "Looks into what is kept in memory.",
                    &["cache", "outcome"],
                ),
                bytes: make.gauges("parlour_cache_bytes", "Bytes that are kept in memory.", &["cache"]),
                entries: make.gauges("parlour_cache_entries", "Entries that are kept in memory.", &["cache"]),
            },
            limits: Limits::new(&make),
            redis: Shared {
                up: make.gauges(
                    "parlour_redis_up",
                    "Whether Redis answered at the last look; only where one is configured.",
                    &[],
                ),
                sent: make.counter(
                    "parlour_bus_notices_sent_total",
                    "Notices of changes that other nodes were sent.",
                ),
                heard: make.counter(
                    "parlour_bus_notices_heard_total",
                    "Notices of changes that came from other nodes.",
                ),
                gaps: make.counter(
                    "parlour_bus_gaps_total",
                    "Times when notices may have been missed, so that everything kept was taken for changed.",
                ),
            },
            jobs: Jobs::new(&make),
            mails: make.counters(
                "parlour_mails_total",
                "What became of mails, by the kind of their job.",
                &["kind", "outcome"],
            ),
            webhooks: Webhooks {
                deliveries: make.counters(
                    "parlour_webhook_deliveries_total",
                    "Tries to deliver to webhooks, by what came of them.",
                    &["outcome"],
                ),
                duration: make.histogram(
                    "parlour_webhook_delivery_duration_seconds",
                    "How long a try to deliver to a webhook takes.",
                    REQUESTS,
                ),
            },
            streams: Streams {
                open: make.gauge("parlour_streams_open", "Open pages that listen (Server-Sent Events)."),
                sent: make.counter(
                    "parlour_stream_events_sent_total",
                    "Events that were sent to open pages.",
                ),
                dropped: make.counter(
                    "parlour_streams_dropped_total",
                    "Streams that were ended because their reader was too slow.",
                ),
                refused: make.counters(
                    "parlour_streams_refused_total",
                    "Streams for which there was no place, by whose bound was reached.",
                    &["bound"],
                ),
            },
            comments: Comments {
                posted: make.counters(
                    "parlour_comments_posted_total",
                    "Comments that readers posted, by the state in which they begin.",
                    &["state"],
                ),
                reasons: make.counters(
                    "parlour_comment_verdict_reasons_total",
                    "Reasons of the verdicts on posted comments.",
                    &["reason"],
                ),
                decisions: make.counters(
                    "parlour_moderation_decisions_total",
                    "Comments that moderators decided about, by decision.",
                    &["decision"],
                ),
            },
            work: Work {
                rendering: make.gauge("parlour_render_waiting", "Texts that wait to be rendered."),
                passwords: make.gauge("parlour_password_waiting", "Passwords that wait to be hashed."),
            },
            process: Process::new(&make),
            registry: make.0,
        }
        .begun()
    }

    /// With what is known beforehand at zero: a rate needs a first value, and an alert something to be about.
    fn begun(self) -> Self {
        for kind in Job::KINDS {
            for outcome in Ran::ALL {
                self.jobs.runs.with_label_values(&[kind, outcome.name()]);
            }
        }
        self.jobs.durations.with_label_values(&["retention"]);
        for kind in Job::MAILS {
            for outcome in ["sent", "deferred", "failed", "held_site", "held_all", "withheld"] {
                self.mails.with_label_values(&[kind, outcome]);
            }
        }
        self.webhooks.deliveries.with_label_values(&["delivered"]);
        for bound in ["network", "site", "node"] {
            self.streams.refused.with_label_values(&[bound]);
        }
        for state in ["published", "pending", "spam", "rejected"] {
            self.comments.posted.with_label_values(&[state]);
        }
        for reason in ["holds_all", "has_links", "page_outside_rule"] {
            self.comments.reasons.with_label_values(&[reason]);
        }
        for decision in ["publish", "hold", "reject", "spam", "delete"] {
            self.comments.decisions.with_label_values(&[decision]);
        }
        self
    }

    /// Says which build this is.
    pub fn set_build(&self, version: &str, commit: &str, engine: &str) {
        self.build.with_label_values(&[version, commit, engine]).set(1);
    }

    /// Everything, as Prometheus reads it (text format 0.0.4).
    ///
    /// # Errors
    /// Why it could not be written.
    pub fn written(&self) -> Result<Vec<u8>, String> {
        self.process.look();
        let mut text = Vec::with_capacity(64 * 1024);
        TextEncoder::new()
            .encode(&self.registry.gather(), &mut text)
            .map_err(|error| error.to_string())?;
        Ok(text)
    }
}

/// Operation, method and status of a request; the names are the program's own.
type Asked = (&'static str, &'static str, u16);

thread_local! {
    /// Handles for requests, for each thread its own, so that no lock is taken for them. There are as many as the program has operations and
    /// statuses.
    static HANDLES: RefCell<HashMap<Asked, (IntCounter, Histogram)>> = RefCell::default();
}

impl Http {
    fn new(make: &Maker) -> Self {
        Http {
            requests: make.counters(
                "parlour_http_requests_total",
                "Requests that were answered, by operation of the API or group of pages.",
                &["operation", "method", "status"],
            ),
            durations: make.histograms(
                "parlour_http_request_duration_seconds",
                "How long requests take until their answer begins.",
                "operation",
                REQUESTS,
            ),
            in_flight: make.gauge("parlour_http_requests_in_flight", "Requests that are being answered."),
            connections: make.gauge("parlour_http_connections", "Connections that are open."),
            accepted: make.counter(
                "parlour_http_connections_accepted_total",
                "Connections that were accepted.",
            ),
            turned_away: make.counter(
                "parlour_http_connections_turned_away_total",
                "Connections for which there was no place.",
            ),
        }
    }

    /// Counts a request that was answered.
    pub fn answered(&self, operation: &'static str, method: &'static str, status: u16, took: Duration) {
        HANDLES.with_borrow_mut(|handles| {
            let (count, duration) = handles.entry((operation, method, status)).or_insert_with(|| {
                let labels = [operation, method, &status.to_string()];
                (
                    self.requests.with_label_values(&labels),
                    self.durations.with_label_values(&[operation]),
                )
            });
            count.inc();
            duration.observe(took.as_secs_f64());
        });
    }
}

/// What statements are told apart by.
const STATEMENT_KINDS: [&str; 5] = ["select", "insert", "update", "delete", "other"];

impl Database {
    fn new(make: &Maker) -> Self {
        let statements = make.histograms(
            "parlour_database_statement_duration_seconds",
            "How long statements take, without the wait for a connection.",
            "statement",
            STATEMENTS,
        );
        Database {
            up: make.gauge("parlour_database_up", "Whether the database answered at the last look."),
            connections: make.gauges(
                "parlour_database_connections",
                "Connections to the database that are open.",
                &["pool", "state"],
            ),
            most: make.gauges(
                "parlour_database_connections_max",
                "Connections to the database that there may be.",
                &["pool"],
            ),
            timeouts: make.counter(
                "parlour_database_connection_timeouts_total",
                "Times when no connection became free in time.",
            ),
            waits: make.histogram(
                "parlour_database_transaction_wait_seconds",
                "How long transactions that write wait for their turn and a connection.",
                STATEMENTS,
            ),
            commits: make.histogram(
                "parlour_database_commit_duration_seconds",
                "How long commits take until they are durable.",
                STATEMENTS,
            ),
            statements: STATEMENT_KINDS.map(|kind| statements.with_label_values(&[kind])),
            failed: make.counter(
                "parlour_database_statements_failed_total",
                "Statements that ended in an error.",
            ),
            slow: make.counter(
                "parlour_database_slow_statements_total",
                "Statements that took longer than slow_query_milliseconds.",
            ),
        }
    }

    /// Measures a statement.
    pub fn ran(&self, sql: &str, took: Duration) {
        self.statements[kind_of(sql)].observe(took.as_secs_f64());
    }
}

fn kind_of(sql: &str) -> usize {
    let word = sql.trim_start().as_bytes();
    let begins = |name: &str| {
        word.get(..name.len())
            .is_some_and(|word| word.eq_ignore_ascii_case(name.as_bytes()))
    };
    STATEMENT_KINDS
        .iter()
        .position(|kind| begins(kind))
        .unwrap_or(STATEMENT_KINDS.len() - 1)
}

impl Caches {
    pub fn hits(&self, cache: &str) -> Hits {
        Hits {
            hit: self.asked.with_label_values(&[cache, "hit"]),
            miss: self.asked.with_label_values(&[cache, "miss"]),
        }
    }
}

impl Limits {
    fn new(make: &Maker) -> Self {
        let decisions = make.counters(
            "parlour_rate_limit_decisions_total",
            "What the limiter said, by budget, and whether Redis or the node by itself counted.",
            &["budget", "outcome", "place"],
        );
        let reads = ["allowed", "refused"].map(|outcome| decisions.with_label_values(&["read", outcome, "node"]));
        Limits { decisions, reads }
    }

    /// Counts what the limiter said about a budget.
    pub fn decided(&self, budget: &str, allowed: bool, shared: bool) {
        if budget == "read" && !shared {
            self.reads[usize::from(!allowed)].inc();
            return;
        }
        let outcome = if allowed { "allowed" } else { "refused" };
        let place = if shared { "redis" } else { "node" };
        self.decisions.with_label_values(&[budget, outcome, place]).inc();
    }
}

/// What came of a job, this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ran {
    Done,
    /// It is tried again: of itself, or of the world outside.
    Failed,
    Deferred,
    /// A ceiling is reached; no try was spent.
    Postponed,
    GivenUp,
}

impl Ran {
    const ALL: [Ran; 5] = [Ran::Done, Ran::Failed, Ran::Deferred, Ran::Postponed, Ran::GivenUp];

    pub fn name(self) -> &'static str {
        match self {
            Ran::Done => "done",
            Ran::Failed => "failed",
            Ran::Deferred => "deferred",
            Ran::Postponed => "postponed",
            Ran::GivenUp => "given_up",
        }
    }
}

impl Jobs {
    fn new(make: &Maker) -> Self {
        Jobs {
            waiting: make.gauges(
                "parlour_jobs",
                "Jobs in the table, all nodes' together, counted up to 50,000.",
                &["kind", "state"],
            ),
            oldest_due: make.registered(GaugeVec::new(
                Opts::new(
                    "parlour_jobs_oldest_due_seconds",
                    "For how long the oldest job has been due that nobody has in hand; 0 if there is none.",
                ),
                &["kind"],
            )),
            runs: make.counters(
                "parlour_job_runs_total",
                "Jobs that were in hand, by what came of them.",
                &["kind", "outcome"],
            ),
            durations: make.histograms(
                "parlour_job_duration_seconds",
                "How long jobs are in hand.",
                "kind",
                JOBS,
            ),
        }
    }

    /// Counts a job that was in hand.
    pub fn ran(&self, kind: &str, came: Ran, took: Duration) {
        let kind = known(kind);
        self.runs.with_label_values(&[kind, came.name()]).inc();
        self.durations.with_label_values(&[kind]).observe(took.as_secs_f64());
    }
}

/// A kind of jobs as a label: that of a newer version, which may be anything, has none of its own.
pub fn known(kind: &str) -> &'static str {
    Job::KINDS.into_iter().find(|known| *known == kind).unwrap_or("other")
}

/// Ticks of processor time in a second, as Linux tells them to programs, whatever its own are.
const TICKS: f64 = 100.0;

impl Process {
    fn new(make: &Maker) -> Self {
        Process {
            cpu: make.registered(Counter::new(
                "process_cpu_seconds_total",
                "Total user and system CPU time spent in seconds.",
            )),
            resident: make.float("process_resident_memory_bytes", "Resident memory size in bytes."),
            virtual_memory: make.float("process_virtual_memory_bytes", "Virtual memory size in bytes."),
            open_files: make.gauge("process_open_fds", "Number of open file descriptors."),
            most_files: make.gauge("process_max_fds", "Maximum number of open file descriptors."),
            threads: make.gauge("process_threads", "Number of OS threads in the process."),
            started: make.float(
                "process_start_time_seconds",
                "Start time of the process since unix epoch in seconds.",
            ),
        }
    }

    /// As far as the system tells it: where there is no `/proc`, what is not known stays 0.
    fn look(&self) {
        if let Ok(status) = std::fs::read_to_string("/proc/self/status") {
            let kibibytes = |name| field(&status, name).unwrap_or(0.0) * 1024.0;
            self.resident.set(kibibytes("VmRSS:"));
            self.virtual_memory.set(kibibytes("VmSize:"));
            if let Some(threads) = whole(&status, "Threads:") {
                self.threads.set(threads);
            }
        }
        if let Ok(limits) = std::fs::read_to_string("/proc/self/limits")
            && let Some(most) = whole(&limits, "Max open files")
        {
            self.most_files.set(most);
        }
        if let Ok(files) = std::fs::read_dir("/proc/self/fd") {
            // One of them is this look's own.
            let open = files.count().saturating_sub(1);
            self.open_files.set(i64::try_from(open).unwrap_or(i64::MAX));
        }
        let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
        // The name in parentheses may have anything in it.
        let Some((_, rest)) = stat.rsplit_once(')') else { return };
        let fields: Vec<f64> = rest
            .split_whitespace()
            .map(|field| field.parse().unwrap_or(0.0))
            .collect();
        // Of proc(5), those from the third on: utime and stime are the 14th and 15th, starttime is the 22nd.
        let [Some(user), Some(system), Some(begun)] = [11, 12, 19].map(|place| fields.get(place)) else {
            return;
        };
        let spent = (user + system) / TICKS;
        self.cpu.inc_by((spent - self.cpu.get()).max(0.0));
        let system = std::fs::read_to_string("/proc/stat").unwrap_or_default();
        if let Some(booted) = field(&system, "btime") {
            self.started.set(booted + begun / TICKS);
        }
    }
}

/// The number that follows a name at the beginning of a line.
fn field(text: &str, name: &str) -> Option<f64> {
    let rest = text.lines().find_map(|line| line.strip_prefix(name))?;
    rest.split_whitespace().next()?.parse().ok()
}

fn whole(text: &str, name: &str) -> Option<i64> {
    let rest = text.lines().find_map(|line| line.strip_prefix(name))?;
    rest.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_told_apart_by_their_first_word() {
        for (sql, kind) in [
            ("SELECT 1", "select"),
            ("  select 1", "select"),
            ("INSERT INTO a VALUES ($1)", "insert"),
            ("UPDATE a SET b = $1", "update"),
            ("DELETE FROM a", "delete"),
            ("WITH a AS (SELECT 1) SELECT 2", "other"),
            ("", "other"),
            ("sel", "other"),
        ] {
            assert_eq!(STATEMENT_KINDS[kind_of(sql)], kind, "{sql:?}");
        }
    }

    #[test]
    fn a_kind_that_is_not_ours_has_no_label_of_its_own() {
        assert_eq!(known("mail"), "mail");
        assert_eq!(known("anything\n"), "other");
    }

    #[test]
    fn the_process_is_looked_at() {
        let text = String::from_utf8(metrics().written().unwrap()).unwrap();
        let value = |name: &str| field(&text, &format!("{name} ")).unwrap();
        if std::fs::exists("/proc/self/stat").unwrap() {
            assert!(value("process_resident_memory_bytes") > 1e6, "{text}");
            assert!(value("process_open_fds") > 2.0);
            assert!(value("process_start_time_seconds") > 1.7e9);
        }
        assert!(!text.contains("parlour_redis_up "), "{text}");
    }

    #[test]
    fn a_gauge_goes_down_again_with_what_raised_it() {
        let gauge = &metrics().work.rendering;
        let before = gauge.get();
        let one = During::new(gauge);
        assert!(gauge.get() > before);
        drop(one);
        assert_eq!(gauge.get(), before);
    }
}
