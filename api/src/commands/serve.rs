//! `serve`, `worker` and `demo`: what runs until it is told to stop.

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use parlour::app::App;
use parlour::config::{Config, LogFormat};
use parlour::error::{Error, OrLog};
use parlour::http::server::{self, Patience, ServerLimits};
use parlour::infra::traces::{self, Traces};
use parlour::infra::{build, db};
use parlour::{accounts, demo, http, worker};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use super::{Failure, ready, say};

/// Open files that are no connections: logs, locks, the database, the listener.
const OTHER_FILES: u64 = 100;

pub async fn serve(mut config: Config, with_demo: bool) -> Result<(), Failure> {
    let traces = log_to_stdout(&config)?;
    let watching = watching(&config).await?;
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|error| Failure::Because(format!("cannot listen on {}: {error}", config.listen)))?;
    let address = listener.local_addr()?;
    if !config.public_url_given {
        config.public_url = format!("http://{address}");
    }
    let files = server::allow_open_files();
    let needed = config.connections as u64 + u64::from(config.database_connections) + OTHER_FILES;
    if let Some(files) = files.filter(|files| *files < needed) {
        tracing::warn!(
            files,
            needed,
            "the system lets this process have fewer files open than it allows connections: raise `ulimit -n` or lower `connections`"
        );
    }
    // Kept to the end: it is what tells a second node on the same file.
    let _node = db::claim_node(&config)?;
    let app = ready(config).await?;
    if with_demo {
        demo::seed(&app).await?;
    }
    let setup_token = accounts::offer_setup(&app).await?;
    let watched_at = watching.as_ref().map(TcpListener::local_addr).transpose()?;
    banner(&app, address, watched_at, with_demo, setup_token.as_deref())?;

    let (stop, stopped) = watch::channel(false);
    let mut tasks = vec![tokio::spawn(worker::write_sightings(Arc::clone(&app), stopped.clone()))];
    tasks.extend(watching.map(|listener| watched(listener, &app, stopped.clone())));
    if app.config.worker {
        tasks.push(tokio::spawn(worker::work(Arc::clone(&app), stopped.clone())));
        tasks.push(tokio::spawn(worker::deliver(Arc::clone(&app), stopped.clone())));
    }
    let stopping = async {
        told_to_stop().await;
        // They have no end of their own, and would use up the time that others have to finish.
        app.streams.close();
    };
    server::serve(listener, http::routes(&app), limits(&app.config), stopping).await;
    stop.send_replace(true);
    for task in tasks {
        task.await.or_log("a background task ended early");
    }
    farewell(traces).await;
    tracing::info!("stopped");
    Ok(())
}

pub async fn worker(config: Config) -> Result<(), Failure> {
    let traces = log_to_stdout(&config)?;
    let watching = watching(&config).await?;
    let app = ready(config).await?;
    tracing::info!(engine = app.db.engine(), "working on jobs");
    if let Some(listener) = &watching {
        say(format!("metrics on http://{}/metrics", listener.local_addr()?))?;
    }
    let (stop, stopped) = watch::channel(false);
    let watched = watching.map(|listener| watched(listener, &app, stopped.clone()));
    let work = tokio::spawn(worker::work(Arc::clone(&app), stopped.clone()));
    let deliver = tokio::spawn(worker::deliver(app, stopped));
    told_to_stop().await;
    stop.send_replace(true);
    work.await.map_err(Error::internal)?;
    deliver.await.map_err(Error::internal)?;
    if let Some(watched) = watched {
        watched.await.or_log("the listener of metrics ended early");
    }
    farewell(traces).await;
    Ok(())
}

/// Where metrics are asked for, if they are.
async fn watching(config: &Config) -> Result<Option<TcpListener>, Failure> {
    let Some(address) = config.metrics_address()? else {
        return Ok(None);
    };
    let listener = TcpListener::bind(address).await;
    listener
        .map(Some)
        .map_err(|error| Failure::Because(format!("cannot listen on {address} (metrics_listen): {error}")))
}

/// Serves metrics until told to stop, which is after the last request: what a node does while it drains is seen, too.
fn watched(listener: TcpListener, app: &Arc<App>, mut stopped: watch::Receiver<bool>) -> JoinHandle<()> {
    let routes = http::metrics::routes(app);
    tokio::spawn(async move {
        let stopping = async move {
            stopped.wait_for(|stopped| *stopped).await.ok();
        };
        server::serve(listener, routes, http::metrics::limits(), stopping).await;
    })
}

/// How long the collector may take for the last spans.
const LAST_SPANS: Duration = Duration::from_secs(5);

async fn farewell(traces: Option<Traces>) {
    if let Some(traces) = traces {
        traces.finish(LAST_SPANS).await;
    }
}

/// The demo from a folder that is gone afterwards.
pub async fn demo(mut config: Config) -> Result<(), Failure> {
    let folder = std::env::temp_dir().join(format!("parlour-demo-{}", std::process::id()));
    config.data_dir.clone_from(&folder);
    config.database_url = format!("sqlite://{}", folder.join("parlour.db").display());
    config.redis_url = String::new();
    let outcome = serve(config, true).await;
    std::fs::remove_dir_all(&folder)?;
    outcome
}

/// What a person needs to know next; a program finds the address in the line that begins with `listening on`.
fn banner(
    app: &App,
    address: SocketAddr,
    watched_at: Option<SocketAddr>,
    with_demo: bool,
    setup_token: Option<&str>,
) -> Result<(), Failure> {
    let url = &app.config.public_url;
    let mut lines = vec![
        format!("listening on http://{address}"),
        String::new(),
        format!("  Parlour {}", *build::NAME),
    ];
    let mut line = |what: &str, address: String| lines.push(format!("  {what:<10} {address}"));
    if with_demo {
        line("Demo", format!("{url}/demo/"));
    }
    match setup_token {
        Some(token) => line(
            "Set up",
            format!(
                "{url}/admin/setup#token={token}  (once, within {} h)",
                app.config.setup_hours
            ),
        ),
        None => line("Admin", format!("{url}/admin/")),
    }
    line("API", format!("{url}/docs"));
    if let Some(address) = watched_at {
        line("Metrics", format!("http://{address}/metrics"));
    }
    line("Data", format!("{} ({})", data_place(&app.config), app.db.engine()));
    lines.push(String::new());
    say(lines.join("\n"))
}

/// The database without its password.
fn data_place(config: &Config) -> String {
    match db::sqlite_path(&config.database_url) {
        Some(path) => path.display().to_string(),
        None => config.database_url.rsplit('@').next().unwrap_or_default().to_owned(),
    }
}

fn limits(config: &Config) -> ServerLimits {
    let patience = Patience {
        head: Duration::from_secs(config.head_seconds),
        idle: Duration::from_secs(config.idle_seconds),
        body: Duration::from_secs(config.body_seconds),
        stall: Duration::from_secs(config.response_seconds),
        ..ServerLimits::default().patience
    };
    ServerLimits {
        patience,
        connections: config.connections,
        connections_per_network: config.connections_per_network,
        proxies: config.trusted_proxies.clone(),
        drain: Duration::from_secs(config.drain_seconds),
        ..ServerLimits::default()
    }
}

async fn told_to_stop() {
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        tracing::error!("signals cannot be listened to; only SIGKILL will end this process");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("stopping: no new connections; what runs may finish");
}

/// The log, and with it the spans, where they are wanted.
fn log_to_stdout(config: &Config) -> Result<Option<Traces>, Failure> {
    let filter = EnvFilter::try_new(&config.log_level)
        .map_err(|error| Failure::Because(format!("log_level {:?} is not understood: {error}", config.log_level)))?;
    let traces = Traces::start(config)?;
    let log = tracing_subscriber::fmt::layer();
    let log = match config.log_format {
        LogFormat::Json => log
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(false)
            .boxed(),
        LogFormat::Human => log
            .with_target(false)
            .with_ansi(std::io::stdout().is_terminal())
            .boxed(),
    };
    // The filter is the log's alone: spans are chosen by what they are.
    tracing_subscriber::registry()
        .with(traces::layer(traces.as_ref()))
        .with(log.with_filter(filter))
        .init();
    Ok(traces)
}
