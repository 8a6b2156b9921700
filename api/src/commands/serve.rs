//! `serve`, `worker` and `demo`: what runs until it is told to stop.

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use parlour::app::App;
use parlour::config::{Config, LogFormat};
use parlour::error::{Error, OrLog};
use parlour::http::server::{self, Patience, ServerLimits};
use parlour::infra::db;
use parlour::{accounts, demo, http, worker};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tracing_subscriber::EnvFilter;

use super::{Failure, say};

/// Open files that are no connections: logs, locks, the database, the listener.
const OTHER_FILES: u64 = 100;

pub async fn serve(mut config: Config, with_demo: bool) -> Result<(), Failure> {
    log_to_stdout(&config)?;
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
    let app = App::start(config).await?;
    let listener = when_migrated(&app, listener).await?;
    if with_demo {
        demo::seed(&app).await?;
    }
    let setup_token = accounts::offer_setup(&app).await?;
    banner(&app, address, with_demo, setup_token.as_deref())?;

    let (stop, stopped) = watch::channel(false);
    let mut tasks = vec![tokio::spawn(worker::write_sightings(Arc::clone(&app), stopped.clone()))];
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
    tracing::info!("stopped");
    Ok(())
}

pub async fn worker(config: Config) -> Result<(), Failure> {
    log_to_stdout(&config)?;
    let app = App::start(config).await?;
    match app.config.migrate_on_start {
        true => app.db.migrate(&app.config).await?,
        false => until_migrated(&app).await,
    }
    tracing::info!(engine = app.db.engine(), "working on jobs");
    let (stop, stopped) = watch::channel(false);
    let work = tokio::spawn(worker::work(Arc::clone(&app), stopped.clone()));
    let deliver = tokio::spawn(worker::deliver(app, stopped));
    told_to_stop().await;
    stop.send_replace(true);
    work.await.map_err(Error::internal)?;
    deliver.await.map_err(Error::internal)?;
    Ok(())
}

/// Has the schema brought up to date; or waits until somebody does, and says meanwhile that this node is not ready.
async fn when_migrated(app: &Arc<App>, listener: TcpListener) -> Result<TcpListener, Failure> {
    if app.config.migrate_on_start {
        app.db.migrate(&app.config).await?;
        return Ok(listener);
    }
    if app.db.standing().await?.pending.is_empty() {
        return Ok(listener);
    }
    say(format!("listening on http://{}", listener.local_addr()?))?;
    tracing::warn!("the schema waits for `parlour migrate`; this node is not ready until then");
    let socket = listener.into_std()?;
    let waiting = TcpListener::from_std(socket.try_clone()?)?;
    tokio::select! {
        () = server::serve(waiting, http::not_migrated(app), limits(&app.config), until_migrated(app)) => {}
        () = told_to_stop() => return Err(Failure::Because("told to stop before the schema was up to date".to_owned())),
    }
    Ok(TcpListener::from_std(socket)?)
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
fn banner(app: &App, address: SocketAddr, with_demo: bool, setup_token: Option<&str>) -> Result<(), Failure> {
    let url = &app.config.public_url;
    let mut lines = vec![
        format!("listening on http://{address}"),
        String::new(),
        format!("  Parlour {}", env!("CARGO_PKG_VERSION")),
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

fn log_to_stdout(config: &Config) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(&config.log_level)
        .map_err(|error| Failure::Because(format!("log_level {:?} is not understood: {error}", config.log_level)))?;
    let log = tracing_subscriber::fmt().with_env_filter(filter);
    match config.log_format {
        LogFormat::Json => log
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(false)
            .init(),
        LogFormat::Human => log.with_target(false).with_ansi(std::io::stdout().is_terminal()).init(),
    }
    Ok(())
}
