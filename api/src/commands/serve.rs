//! `serve`, `worker` and `demo`: what runs until it is told to stop.

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use parlour::app::App;
use parlour::config::{Config, LogFormat};
use parlour::error::OrLog;
use parlour::http::server::{self, Patience, ServerLimits};
use parlour::infra::db;
use parlour::worker::Stop;
use parlour::{accounts, demo, http, worker};
use tokio::net::TcpSocket;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tracing_subscriber::EnvFilter;

use super::{Failure, say};

/// Open files that are no connections: logs, locks, the database, the listener.
const OTHER_FILES: u64 = 100;

/// Connections that the system takes in before they are accepted.
const BACKLOG: u32 = 1024;

/// For what is written when the time to end is over: jobs that are given back, what was seen last.
const LAST_WRITES: Duration = Duration::from_secs(2);

pub async fn serve(mut config: Config, with_demo: bool) -> Result<(), Failure> {
    log_to_stdout(&config)?;
    let socket = bound(config.listen)
        .map_err(|error| Failure::Because(format!("cannot listen on {}: {error}", config.listen)))?;
    let address = socket.local_addr()?;
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
    // Not before it can serve: while its schema is brought up to date, whoever stands before several nodes asks another one.
    let listener = socket.listen(BACKLOG)?;
    banner(&app, address, with_demo, setup_token.as_deref())?;

    let told = listen_for_signals();
    let (end, ended) = watch::channel(false);
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
    };
    unless_told_twice(&told, serving).await
}

pub async fn worker(config: Config) -> Result<(), Failure> {
    log_to_stdout(&config)?;
    let app = App::start(config).await?;
    match app.config.migrate_on_start {
        true => app.db.migrate(&app.config).await?,
        false => until_migrated(&app).await,
    }
    tracing::info!(engine = app.db.engine(), "working on jobs");
    let told = listen_for_signals();
    let working = async {
        let workers = Workers::start(&app);
        told.once().await;
        tracing::info!("stopping: what runs may finish");
        workers.stop_soon();
        workers
            .end(Instant::now() + Duration::from_secs(app.config.drain_seconds))
            .await;
    };
    unless_told_twice(&told, working).await
}

/// What works on jobs in this process.
struct Workers {
    stop: watch::Sender<Stop>,
    tasks: JoinSet<()>,
}

impl Workers {
    fn start(app: &Arc<App>) -> Self {
        let (stop, stopped) = watch::channel(Stop::NotYet);
        let mut tasks = JoinSet::new();
        tasks.spawn(worker::work(Arc::clone(app), stopped.clone()));
        tasks.spawn(worker::deliver(Arc::clone(app), stopped));
        Workers { stop, tasks }
    }

    /// No further job is begun.
    fn stop_soon(&self) {
        self.stop.send_replace(Stop::Soon);
    }

    /// What was begun has until the deadline; then it is given back.
    async fn end(mut self, deadline: Instant) {
        if timeout_at(deadline, self.ended()).await.is_ok() {
            return;
        }
        tracing::warn!("jobs that did not end in time are given back");
        self.stop.send_replace(Stop::Now);
        if timeout(LAST_WRITES, self.ended()).await.is_err() {
            tracing::warn!("jobs could not be given back; they wait for their leases to end");
        }
    }

    async fn ended(&mut self) {
        while let Some(task) = self.tasks.join_next().await {
            task.or_log("a worker ended early");
        }
    }
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

/// An address that is taken for this process, and refuses whoever comes until it listens.
fn bound(address: SocketAddr) -> std::io::Result<TcpSocket> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // Connections of a process before this one may still be on their way out.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

/// Who wants this process to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    /// Whoever runs it as a service (SIGTERM), and may have others to send requests to.
    ByService,
    /// Somebody at a terminal (SIGINT), who waits.
    ByHand,
}

/// The signals that came, in their order.
struct Signals(watch::Receiver<Vec<Told>>);

impl Signals {
    async fn once(&self) -> Told {
        self.times(1).await.unwrap_or(Told::ByHand)
    }

    async fn times(&self, times: usize) -> Option<Told> {
        let mut signals = self.0.clone();
        match signals.wait_for(|told| told.len() >= times).await {
            Ok(told) => told.get(times - 1).copied(),
            // Nobody listens to signals.
            Err(_) => std::future::pending().await,
        }
    }
}

fn listen_for_signals() -> Signals {
    let (told, signals) = watch::channel(Vec::new());
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        tracing::error!("signals cannot be listened to; only SIGKILL will end this process");
        return Signals(signals);
    };
    tokio::spawn(async move {
        loop {
            let one = tokio::select! {
                _ = terminate.recv() => Told::ByService,
                _ = interrupt.recv() => Told::ByHand,
            };
            told.send_modify(|told| told.push(one));
        }
    });
    Signals(signals)
}

/// Waits for what ends in order; a second signal ends it at once.
async fn unless_told_twice(told: &Signals, ending: impl Future<Output = ()>) -> Result<(), Failure> {
    tokio::select! {
        () = ending => {
            tracing::info!("stopped");
            Ok(())
        }
        _ = told.times(2) => Err(Failure::Because("told twice to stop: ended at once".to_owned())),
    }
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
