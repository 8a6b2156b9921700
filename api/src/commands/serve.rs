//! `serve`, `worker` and `demo`: what runs until it is told to stop.

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use parlour::app::App;
use parlour::config::{Config, LogFormat};
use parlour::http::server::{self, Patience, ServerLimits};
use parlour::infra::traces::{self, Traces};
use parlour::infra::{build, db};
use parlour::{accounts, demo, http, worker};
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use super::running::{LAST_WRITES, Signals, Told, Workers};
use super::{Failure, say};

/// Open files that are no connections: logs, locks, the database, the listener.
const OTHER_FILES: u64 = 100;

/// Connections that the system takes in before they are accepted.
const BACKLOG: u32 = 1024;

pub async fn serve(mut config: Config, with_demo: bool) -> Result<(), Failure> {
    let traces = log_to_stdout(&config)?;
    let watching = watching(&config).await?;
    let door = Door::bind(config.listen)
        .map_err(|error| Failure::Because(format!("cannot listen on {}: {error}", config.listen)))?;
    let address = door.address()?;
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
    let told = Signals::listen();
    // Kept to the end: it is what tells a second node on the same file.
    let _node = db::claim_node(&config)?;
    let beginning = async {
        let app = App::start(config).await?;
        let door = when_migrated(&app, door).await?;
        if with_demo {
            demo::seed(&app).await?;
        }
        let setup_token = accounts::offer_setup(&app).await?;
        Ok((app, door, setup_token))
    };
    let (app, door, setup_token) = told.unless_once(beginning).await?;
    // Not before it can serve: while its schema is brought up to date, whoever stands before several nodes asks another one.
    let listener = door.listen()?;
    let watched_at = watching.as_ref().map(TcpListener::local_addr).transpose()?;
    banner(&app, address, watched_at, with_demo, setup_token.as_deref())?;

    let (end, ended) = watch::channel(false);
    let watched = watching.map(|listener| watched(listener, &app, ended.clone()));
    let sightings = tokio::spawn(worker::write_sightings(Arc::clone(&app), ended));
    let workers = app.config.worker.then(|| Workers::start(&app));
    let drain = Duration::from_secs(app.config.drain_seconds);
    let serving = async {
        let mut deadline = Instant::now();
        let stopping = async {
            let how = told.once().await;
            tracing::info!("stopping: what runs may finish");
            app.stop_soon();
            if let Some(workers) = &workers {
                workers.stop_soon();
            }
            if how == Told::ByService {
                sleep(Duration::from_secs(app.config.shutdown_delay_seconds)).await;
            }
            // They have no end of their own, and would use up the time that others have to finish. Browsers come back by themselves.
            app.streams.close();
            deadline = Instant::now() + drain;
        };
        server::serve(listener, http::routes(&app), limits(&app.config), stopping).await;
        if let Some(workers) = workers {
            workers.end(deadline).await;
        }
        // The last of what was served is among what they write.
        end.send_replace(true);
        if timeout(LAST_WRITES, sightings).await.is_err() {
            tracing::warn!("the last second of what was seen is lost");
        }
        farewell(watched, traces).await;
    };
    told.unless_twice(serving).await
}

pub async fn worker(config: Config) -> Result<(), Failure> {
    let traces = log_to_stdout(&config)?;
    let watching = watching(&config).await?;
    let told = Signals::listen();
    let beginning = async {
        let app = App::start(config).await?;
        match app.config.migrate_on_start {
            true => app.db.migrate(&app.config).await?,
            false => until_migrated(&app).await,
        }
        Ok(app)
    };
    let app = told.unless_once(beginning).await?;
    tracing::info!(engine = app.db.engine(), "working on jobs");
    if let Some(listener) = &watching {
        say(format!("metrics on http://{}/metrics", listener.local_addr()?))?;
    }
    let (end, ended) = watch::channel(false);
    let watched = watching.map(|listener| watched(listener, &app, ended));
    let working = async {
        let workers = Workers::start(&app);
        told.once().await;
        tracing::info!("stopping: what runs may finish");
        workers.stop_soon();
        workers
            .end(Instant::now() + Duration::from_secs(app.config.drain_seconds))
            .await;
        end.send_replace(true);
        farewell(watched, traces).await;
    };
    told.unless_twice(working).await
}

/// Where requests come in.
enum Door {
    /// An address that is taken for this process, and refuses whoever comes until it listens.
    Bound(TcpSocket),
    Open(TcpListener),
}

impl Door {
    fn bind(address: SocketAddr) -> std::io::Result<Self> {
        let socket = match address {
            SocketAddr::V4(_) => TcpSocket::new_v4()?,
            SocketAddr::V6(_) => TcpSocket::new_v6()?,
        };
        // Connections of a process before this one may still be on their way out.
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        Ok(Door::Bound(socket))
    }

    fn address(&self) -> std::io::Result<SocketAddr> {
        match self {
            Door::Bound(socket) => socket.local_addr(),
            Door::Open(listener) => listener.local_addr(),
        }
    }

    fn listen(self) -> std::io::Result<TcpListener> {
        match self {
            Door::Bound(socket) => socket.listen(BACKLOG),
            Door::Open(listener) => Ok(listener),
        }
    }
}

/// Has the schema brought up to date; or waits until somebody does, and says meanwhile that this node is not ready.
async fn when_migrated(app: &Arc<App>, door: Door) -> Result<Door, Failure> {
    if app.config.migrate_on_start {
        app.db.migrate(&app.config).await?;
        return Ok(door);
    }
    if app.db.standing().await?.pending.is_empty() {
        return Ok(door);
    }
    let listener = door.listen()?;
    say(format!("listening on http://{}", listener.local_addr()?))?;
    tracing::warn!("the schema waits for `parlour migrate`; this node is not ready until then");
    let socket = listener.into_std()?;
    let waiting = TcpListener::from_std(socket.try_clone()?)?;
    server::serve(
        waiting,
        http::not_migrated(app),
        limits(&app.config),
        until_migrated(app),
    )
    .await;
    Ok(Door::Open(TcpListener::from_std(socket)?))
}

async fn until_migrated(app: &App) {
    loop {
        match app.db.standing().await {
            Ok(standing) if standing.pending.is_empty() => return,
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "the schema cannot be looked at"),
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
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

/// What is seen of the end is seen; what the collector does not take then is lost.
async fn farewell(watched: Option<JoinHandle<()>>, traces: Option<Traces>) {
    if let Some(watched) = watched
        && timeout(LAST_WRITES, watched).await.is_err()
    {
        tracing::warn!("somebody still asked for metrics");
    }
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
