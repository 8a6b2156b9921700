//! Spans of requests, statements and jobs, for a collector (OpenTelemetry, by OTLP over HTTP).
//!
//! Without `otlp_url` none is made, and asking costs a look at a boolean. With it, finished spans wait in a bounded queue for a thread
//! that sends them by the hundred; with the collector away they are lost, and nothing else is. What they carry stands here: names of the
//! program's own, numbers, paths as they are logged, and the text of statements, where values have numbers in their place.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::OnceLock;
use std::time::Duration;

use bytes::Bytes;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::{Span as _, SpanKind, Status, TraceContextExt, Tracer, TracerProvider};
use opentelemetry::{Context, KeyValue};
use opentelemetry_http::{HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracer, SdkTracerProvider, SpanLimits,
};
use tokio::runtime::Handle;
use tracing::field::Empty;
use tracing::level_filters::LevelFilter;
use tracing::{Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::FilterFn;
use tracing_subscriber::registry::LookupSpan;

use super::build;
use crate::config::Config;

/// What our spans are told by. They are of the lowest level, so that a log never makes them.
const TARGET: &str = "parlour::traces";

/// Finished spans that wait at most; what comes then is lost.
const QUEUE: usize = 4096;

/// Between two messages to the collector, and for each of them.
const PAUSE: Duration = Duration::from_secs(2);
const PATIENCE: Duration = Duration::from_secs(5);

/// What makes spans, where they are wanted.
static TRACER: OnceLock<SdkTracer> = OnceLock::new();

fn is_on() -> bool {
    TRACER.get().is_some()
}

/// The way to the collector; to be finished before the process ends.
pub struct Traces {
    provider: SdkTracerProvider,
}

impl Traces {
    /// Begins to make spans, if the configuration says where to. To be called within the runtime, once.
    ///
    /// # Errors
    /// What is wrong with the configuration.
    pub fn start(config: &Config) -> Result<Option<Self>, String> {
        let Some(mut url) = config.traces_url()? else {
            return Ok(None);
        };
        // As the specification has it: the address is that of the collector, and each signal has its path there.
        if url.path().trim_end_matches('/').is_empty() {
            url.set_path("/v1/traces");
        }
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build()
            .map_err(|error| format!("no client for otlp_url: {error}"))?;
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Sender {
                client,
                runtime: Handle::current(),
            })
            .with_protocol(Protocol::HttpBinary)
            .with_timeout(PATIENCE)
            .with_endpoint(url)
            .build()
            .map_err(|_| "otlp_url cannot be used".to_owned())?;
        let batches = BatchConfigBuilder::default()
            .with_max_queue_size(QUEUE)
            .with_max_export_batch_size(512)
            .with_scheduled_delay(PAUSE)
            .build();
        let resource = Resource::builder_empty()
            .with_service_name("parlour")
            .with_attribute(KeyValue::new("service.version", build::VERSION))
            .build();
        let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(config.otlp_sample)));
        let provider = SdkTracerProvider::builder()
            .with_span_processor(BatchSpanProcessor::builder(exporter).with_batch_config(batches).build())
            .with_sampler(sampler)
            .with_span_limits(SpanLimits::default())
            .with_resource(resource)
            .build();
        TRACER
            .set(provider.tracer("parlour"))
            .map_err(|_| "spans are made already".to_owned())?;
        Ok(Some(Traces { provider }))
    }

    /// What makes the program's spans those of the collector.
    pub fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        let ours =
            FilterFn::new(|about| about.is_span() && about.target() == TARGET).with_max_level_hint(LevelFilter::TRACE);
        tracing_opentelemetry::layer()
            .with_tracer(self.provider.tracer("parlour"))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_level(false)
            .with_target(false)
            .with_filter(ours)
    }

    /// Sends what waits, within the time.
    pub async fn finish(self, within: Duration) {
        let sent = tokio::task::spawn_blocking(move || self.provider.shutdown_with_timeout(within)).await;
        if !matches!(sent, Ok(Ok(()))) {
            tracing::warn!("the last spans did not reach the collector");
        }
    }
}

/// Without spans, a layer that does nothing.
pub fn layer<S>(traces: Option<&Traces>) -> Option<impl Layer<S> + use<S>>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    traces.map(Traces::layer)
}

/// Sends to the collector by our own HTTP client. Its thread has no runtime of its own, so the request runs on ours.
struct Sender {
    client: reqwest::Client,
    runtime: Handle,
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sender")
    }
}

type Answer<'a> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'a>>;

impl HttpClient for Sender {
    fn send_bytes<'me, 'answer>(&'me self, request: Request<Bytes>) -> Answer<'answer>
    where
        'me: 'answer,
        Self: 'answer,
    {
        let client = self.client.clone();
        let sent = self.runtime.spawn(async move {
            let request = reqwest::Request::try_from(request)?;
            let answer = client.execute(request).await?;
            // What it says beside its status is of no use, and might have no end.
            Response::builder()
                .status(answer.status())
                .body(Bytes::new())
                .map_err(HttpError::from)
        });
        Box::pin(async move { sent.await? })
    }
}

/// The span of a request that a proxy of ours may have begun a trace for: `parent` is its header `traceparent`.
pub fn request(request_id: &str, method: &str, parent: Option<&str>) -> Span {
    if !is_on() {
        return Span::none();
    }
    let span = tracing::trace_span!(
        target: TARGET,
        "request",
        otel.name = "request",
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = method,
        http.response.status_code = Empty,
        url.scheme = "http",
        url.path = Empty,
        "error.type" = Empty,
        parlour.request_id = request_id,
    );
    if let Some(parent) = parent {
        let header = HashMap::from([("traceparent".to_owned(), parent.to_owned())]);
        let began = TraceContextPropagator::new().extract_with_context(&Context::new(), &header);
        // One that cannot be read begins nothing.
        if began.span().span_context().is_valid() {
            span.set_parent(began).ok();
        }
    }
    span
}

/// What is known of a request when it is answered.
pub fn answered(span: &Span, operation: &'static str, path: &str, status: u16, code: Option<&str>) {
    if span.is_disabled() {
        return;
    }
    // It has begun, and its name is no field of it any more.
    span.context().span().update_name(operation);
    span.record("url.path", path);
    span.record("http.response.status_code", status);
    if let Some(code) = code {
        span.record("error.type", code);
    }
    // Of a server, the caller's mistakes are no failure (semantic conventions).
    if status >= 500 {
        span.record("otel.status_code", "ERROR");
    }
}

/// The span of a job, which begins a trace of its own.
pub fn job(kind: &str, id: &str, attempt: i32) -> Span {
    if !is_on() {
        return Span::none();
    }
    tracing::trace_span!(
        target: TARGET,
        parent: None,
        "job",
        otel.name = format!("job {kind}"),
        otel.kind = "consumer",
        otel.status_code = Empty,
        parlour.job.kind = kind,
        parlour.job.id = id,
        parlour.job.attempt = attempt,
        parlour.job.outcome = Empty,
    )
}

/// What came of a job.
pub fn ended(span: &Span, outcome: &str, failed: bool) {
    if span.is_disabled() {
        return;
    }
    span.record("parlour.job.outcome", outcome);
    if failed {
        span.record("otel.status_code", "ERROR");
    }
}

/// The span of something that goes out: a mail, a delivery. Neither says to whom.
pub fn outgoing(what: &'static str) -> Span {
    if !is_on() {
        return Span::none();
    }
    tracing::trace_span!(
        target: TARGET,
        "outgoing",
        otel.name = what,
        otel.kind = "client",
        otel.status_code = Empty,
        http.response.status_code = Empty,
        "error.type" = Empty,
    )
}

/// What came of what went out.
pub fn arrived(span: &Span, status: Option<u16>, fault: Option<&str>) {
    if span.is_disabled() {
        return;
    }
    if let Some(status) = status {
        span.record("http.response.status_code", status);
    }
    if let Some(fault) = fault {
        span.record("error.type", fault);
        span.record("otel.status_code", "ERROR");
    }
}

/// A statement that was run within a span. Outside of one it is nobody's: the worker looks for jobs again and again.
pub fn statement(engine: &'static str, sql: &str, took: Duration, failed: bool) {
    let Some(tracer) = TRACER.get() else { return };
    let within = Span::current().context();
    if !within.span().span_context().is_sampled() {
        return;
    }
    let word = sql
        .split_whitespace()
        .next()
        .unwrap_or("statement")
        .to_ascii_uppercase();
    let end = opentelemetry::time::now();
    let mut span = tracer
        .span_builder(word.clone())
        .with_kind(SpanKind::Client)
        .with_start_time(end.checked_sub(took).unwrap_or(end))
        .with_attributes([
            KeyValue::new("db.system.name", engine),
            KeyValue::new("db.operation.name", word),
            KeyValue::new("db.query.text", sql.chars().take(LONGEST_STATEMENT).collect::<String>()),
        ])
        .start_with_context(tracer, &within);
    if failed {
        span.set_status(Status::error("failed"));
    }
    span.end_with_timestamp(end);
}

/// Longest text of a statement in a span.
const LONGEST_STATEMENT: usize = 2000;
