//! The database handle: the only place that knows which engine it is.

mod migrating;
mod replica;

use std::future::Future;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use migration::{Migrator, MigratorTrait, Standing};
use sea_orm::sea_query::{Expr, ExprTrait, Func, LikeExpr};
use sea_orm::{
    ConnAcquireErr, ConnectOptions, ConnectionTrait, Database, DatabaseBackend, DatabaseConnection,
    DatabaseTransaction, DbErr, RuntimeErr, SqliteTransactionMode, TransactionOptions, TransactionTrait, metric,
};
use sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::config::Config;
use crate::error::{Error, Result};
use crate::infra::bus::{Bus, Notice};
use crate::infra::metrics::metrics;
use crate::infra::traces;
use crate::text;
use replica::Replica;

/// For how long a transaction is tried again that the engine refused because of another one: a time and not a number, as where
/// transactions are serialised, of forty who change one row at once, each is in the way of all others.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long it waits before that, at most: the first time, and later.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_millis(320);

/// Connections for what takes long: one for the work, one for the lease under which it is done.
const PATIENT: u32 = 2;

#[derive(Clone, Debug)]
pub struct Db {
    connection: DatabaseConnection,
    /// For transactions that write. SQLite has one of these, whose pages stay in its memory from one transaction to the next: a
    /// connection forgets them whenever another one has written.
    writing: DatabaseConnection,
    /// SQLite has one writer: writers queue here in order instead of polling the file's lock.
    writer: Option<Arc<Semaphore>>,
    /// For reads that may be behind.
    replica: Option<Arc<Replica>>,
    bus: Arc<Bus>,
    /// Statements that were run.
    statements: Arc<AtomicU64>,
}

/// A transaction that writes. Dropped without [`Tx::commit`], it is rolled back.
pub struct Tx {
    transaction: DatabaseTransaction,
    turn: Option<OwnedSemaphorePermit>,
    bus: Arc<Bus>,
    notices: Mutex<Vec<Notice>>,
}

impl Deref for Tx {
    type Target = DatabaseTransaction;

    fn deref(&self) -> &DatabaseTransaction {
        &self.transaction
    }
}

impl Tx {
    /// Has something told once this transaction is committed.
    pub fn announce(&self, notice: Notice) {
        self.notices.lock().unwrap_or_else(PoisonError::into_inner).push(notice);
    }

    /// Durable when it returns: SQLite syncs the log, PostgreSQL commits synchronously. What was announced is told then.
    pub async fn commit(self) -> Result<()> {
        let telling = Telling {
            bus: self.bus,
            notices: self.notices.into_inner().unwrap_or_else(PoisonError::into_inner),
        };
        let begun = Instant::now();
        let outcome = self.transaction.commit().await;
        metrics().database.commits.observe(begun.elapsed().as_secs_f64());
        drop(self.turn);
        drop(telling);
        Ok(outcome?)
    }
}

/// Tells notices when it goes, so also where the answer to COMMIT was lost, or nobody waited for it: the change may be there, and
/// a notice of one that is not does no harm.
struct Telling {
    bus: Arc<Bus>,
    notices: Vec<Notice>,
}

impl Drop for Telling {
    fn drop(&mut self) {
        for notice in self.notices.drain(..) {
            self.bus.tell(notice);
        }
    }
}

impl Db {
    /// Connects; does not migrate.
    pub async fn connect(config: &Config) -> Result<Self> {
        let url = &config.database_url;
        if let Some(path) = sqlite_path(url) {
            make_folder(&path)?;
        }
        let mut options = options(config, url);
        within(&mut options, config, &[]);
        let statements = Arc::<AtomicU64>::default();
        let slow = config.slow_query();
        let connection = counted(options.clone(), &statements, slow).await?;
        let (writing, writer) = match connection.get_database_backend() {
            DatabaseBackend::Sqlite => {
                options.max_connections(1);
                let writing = counted(options, &statements, slow).await?;
                (writing, Some(Arc::new(Semaphore::new(1))))
            }
            _ => (connection.clone(), None),
        };
        let replica = match config.database_replica_url.as_str() {
            "" => None,
            _ if writer.is_some() => {
                return Err(Error::internal(
                    "database_replica_url is for PostgreSQL; a SQLite file has no replica",
                ));
            }
            url => Some(follow(config, url, &connection, &statements).await?),
        };
        Ok(Db {
            connection,
            writing,
            writer,
            replica,
            bus: Arc::default(),
            statements,
        })
    }

    /// Where transactions tell what they changed.
    pub fn bus(&self) -> &Arc<Bus> {
        &self.bus
    }

    /// How many statements were run, to tell what an operation costs.
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// For reading. Writes go through [`Db::begin`].
    pub fn read(&self) -> &DatabaseConnection {
        &self.connection
    }

    /// For a read that may be some seconds behind: from the replica, where there is one that keeps up, or else from the database itself.
    /// Never for what somebody has just written, nor for what is kept under a version.
    pub async fn read_lagging<T, F: Future<Output = Result<T>>>(
        &self,
        read: impl Fn(DatabaseConnection) -> F,
    ) -> Result<T> {
        if let Some(replica) = &self.replica
            && let Some(connection) = replica.connection()
        {
            match read(connection.clone()).await {
                // Whatever it is, the database itself has the last word.
                Err(Error::Again(cause) | Error::Unavailable(cause) | Error::Internal(cause)) => replica.failed(&cause),
                outcome => return outcome,
            }
        }
        read(self.connection.clone()).await
    }

    /// How reads that may be behind are answered; `None` without a replica.
    pub fn replica_keeps_up(&self) -> Option<bool> {
        self.replica.as_ref().map(|replica| replica.connection().is_some())
    }

    /// Begins a transaction that writes (`BEGIN IMMEDIATE` on SQLite, so that it never has to wait half-way).
    pub async fn begin(&self) -> Result<Tx> {
        let begun = Instant::now();
        let turn = self.turn().await?;
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        };
        let transaction = self.writing.begin_with_options(options).await?;
        metrics().database.waits.observe(begun.elapsed().as_secs_f64());
        Ok(Tx {
            transaction,
            turn,
            bus: Arc::clone(&self.bus),
            notices: Mutex::default(),
        })
    }

    /// Brings the schema up to date, one process at a time. Nothing is locked where there is nothing to do.
    pub async fn migrate(&self, config: &Config) -> Result<()> {
        if self.standing().await?.pending.is_empty() {
            return Ok(());
        }
        match self.connection.get_database_backend() {
            DatabaseBackend::Postgres => {
                let patient = patient(config, migrating::SESSION).await?;
                let outcome = migrating::migrate(&patient).await;
                patient.close().await.ok();
                outcome
            }
            _ => {
                let path = sqlite_path(&config.database_url).unwrap_or_else(|| PathBuf::from("parlour.db"));
                let file = lock_file(&path, "migrate")?;
                file.lock().map_err(Error::internal)?;
                Ok(Migrator::up(&self.connection, None).await?)
            }
        }
    }

    /// How far the schema is. Changes nothing.
    pub async fn standing(&self) -> Result<Standing> {
        Ok(migration::standing(&self.connection).await?)
    }

    /// Has the engine look at how much there is of what, after much was written at once.
    pub async fn analyze(&self, config: &Config) -> Result<()> {
        match self.connection.get_database_backend() {
            DatabaseBackend::Postgres => {
                let patient = patient(config, "SET statement_timeout = 0; SET lock_timeout = 0").await?;
                // What PostgreSQL does by itself in time: without it, an index alone answers nothing of what has just come.
                let outcome = patient.execute_unprepared("VACUUM (ANALYZE)").await;
                patient.close().await.ok();
                outcome?;
            }
            _ => {
                self.connection.execute_unprepared("ANALYZE").await?;
            }
        }
        Ok(())
    }

    /// The Monday on or before a date (ISO 8601).
    pub fn week_of(&self, day: Expr) -> Expr {
        self.truncated(day, "'week'", &["'weekday 0'", "'-6 days'"])
    }

    /// The first day of a date's month.
    pub fn month_of(&self, day: Expr) -> Expr {
        self.truncated(day, "'month'", &["'start of month'"])
    }

    /// In literals, not in values: a statement that groups by the expression has to say it twice in the same words.
    fn truncated(&self, day: Expr, field: &'static str, modifiers: &[&'static str]) -> Expr {
        match self.connection.get_database_backend() {
            DatabaseBackend::Postgres => {
                let of = Func::cust("date_trunc").arg(Expr::cust(field));
                Expr::from(of.arg(day.cast_as("timestamp"))).cast_as("date")
            }
            _ => {
                let modifiers = modifiers.iter().map(|modifier| Expr::cust(*modifier));
                Func::cust("date").args(std::iter::once(day).chain(modifiers)).into()
            }
        }
    }

    /// The turn of a writer, where the engine has one at a time; for writing without a transaction.
    pub async fn turn(&self) -> Result<Option<OwnedSemaphorePermit>> {
        match &self.writer {
            Some(writer) => Ok(Some(Arc::clone(writer).acquire_owned().await.map_err(Error::internal)?)),
            None => Ok(None),
        }
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<()> {
        Ok(self.connection.ping().await?)
    }

    /// Its pools, as they are at this moment.
    pub fn pools(&self) -> Vec<Pool> {
        match self.connection.get_database_backend() {
            DatabaseBackend::Postgres => vec![Pool::of("all", self.connection.get_postgres_connection_pool())],
            _ => vec![
                Pool::of("reading", self.connection.get_sqlite_connection_pool()),
                Pool::of("writing", self.writing.get_sqlite_connection_pool()),
            ],
        }
    }

    /// "SQLite" or "PostgreSQL", for people.
    pub fn engine(&self) -> &'static str {
        match self.connection.get_database_backend() {
            DatabaseBackend::Postgres => "PostgreSQL",
            _ => "SQLite",
        }
    }

    pub async fn close(self) {
        self.writing.close_by_ref().await.ok();
        self.connection.close().await.ok();
    }
}

/// How connections to a database are made.
fn options(config: &Config, url: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(config.database_connections)
        .min_connections(config.database_connections_kept)
        .idle_timeout(Duration::from_secs(config.database_idle_minutes * 60))
        .max_lifetime(Duration::from_secs(config.database_lifetime_minutes * 60))
        .acquire_timeout(Duration::from_secs(config.database_wait_seconds))
        .connect_timeout(Duration::from_secs(config.database_wait_seconds))
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(|options| {
            options
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                // FULL, not NORMAL: what was answered 201 must survive a power cut, too.
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(Duration::from_secs(5))
                // Half of what each connection would keep by itself: what it forgets is in the system's own memory, once for all of them.
                .pragma("cache_size", "-1024")
                .foreign_keys(true)
        });
    if !url.contains("application_name") {
        // What an operator sees of a node in pg_stat_activity.
        options.set_application_name("parlour");
    }
    options
}

/// Bounds for what a connection to PostgreSQL does, and what else its sessions begin with. Said while connecting, which costs no round
/// trip; nothing is said of what is 0, so that a pool in between that knows none of it can be spared it.
fn within(options: &mut ConnectOptions, config: &Config, also: &[(&'static str, &'static str)]) {
    let bounds = [
        ("statement_timeout", config.database_statement_seconds),
        ("lock_timeout", config.database_lock_seconds),
        (
            "idle_in_transaction_session_timeout",
            config.database_transaction_seconds,
        ),
    ];
    let mut said: Vec<(&str, String)> = bounds
        .into_iter()
        .filter(|(_, seconds)| *seconds > 0)
        .map(|(name, seconds)| (name, format!("{seconds}s")))
        .collect();
    said.extend(also.iter().map(|(name, value)| (*name, (*value).to_owned())));
    options.map_sqlx_postgres_opts(move |options| options.options(said.iter().map(|(name, value)| (*name, value))));
}

/// Connects, and has each statement counted, and told of if it is slow.
async fn counted(
    options: ConnectOptions,
    statements: &Arc<AtomicU64>,
    slow: Option<Duration>,
) -> Result<DatabaseConnection> {
    let mut connection = Database::connect(options).await?;
    let count = Arc::clone(statements);
    connection.set_metric_callback(move |ran| {
        count.fetch_add(1, Ordering::Relaxed);
        look_at(ran, slow);
    });
    Ok(connection)
}

/// Connections to the database whose sessions begin with `words`, for what may take long and is done seldom.
async fn patient(config: &Config, words: &'static str) -> Result<DatabaseConnection> {
    let mut options = options(config, &config.database_url);
    options
        .max_connections(PATIENT)
        .min_connections(0)
        .map_sqlx_postgres_pool_opts(move |pool| {
            pool.after_connect(move |connection, _| {
                Box::pin(async move { sqlx::raw_sql(words).execute(connection).await.map(drop) })
            })
        });
    Ok(Database::connect(options).await?)
}

/// The replica, which may be away.
async fn follow(
    config: &Config,
    url: &str,
    database: &DatabaseConnection,
    statements: &Arc<AtomicU64>,
) -> Result<Arc<Replica>> {
    let mut options = options(config, url);
    within(&mut options, config, &[("default_transaction_read_only", "on")]);
    // A node starts without it; and who wants to read does not wait for it for long.
    options
        .connect_lazy(true)
        .min_connections(0)
        .acquire_timeout(Duration::from_secs(1));
    let connection = counted(options, statements, config.slow_query()).await?;
    let lag = Duration::from_secs(config.replica_lag_seconds);
    Ok(Arc::new(Replica::follow(connection, database.clone(), lag)))
}

/// Connections to the database that are open.
#[derive(Clone, Copy, Debug)]
pub struct Pool {
    pub name: &'static str,
    pub idle: usize,
    pub in_use: usize,
    pub most: u32,
}

impl Pool {
    fn of<D: sqlx::Database>(name: &'static str, pool: &sqlx::Pool<D>) -> Self {
        let (open, idle) = (pool.size() as usize, pool.num_idle());
        Pool {
            name,
            idle,
            in_use: open.saturating_sub(idle),
            most: pool.options().get_max_connections(),
        }
    }
}

/// Longest text of a statement in the log.
const LONGEST_STATEMENT: usize = 2000;

/// Measures a statement that was run, and tells of one that was slow: its text, where values have numbers in their place, and no value.
fn look_at(ran: &metric::Info<'_>, slow: Option<Duration>) {
    let sql = &ran.statement.sql;
    let database = &metrics().database;
    database.ran(sql, ran.elapsed);
    let engine = match ran.statement.db_backend {
        DatabaseBackend::Postgres => "postgresql",
        _ => "sqlite",
    };
    traces::statement(engine, sql, ran.elapsed, ran.failed);
    if ran.failed {
        database.failed.inc();
    }
    if slow.is_some_and(|slow| ran.elapsed >= slow) {
        database.slow.inc();
        let statement: String = sql.chars().take(LONGEST_STATEMENT).collect();
        let ms = ran.elapsed.as_secs_f64() * 1000.0;
        tracing::warn!(event = "slow_query", ms, failed = ran.failed, statement, "database");
    }
}

/// Holds an embedded database for one serving node; `None` on a database server, which takes many.
///
/// # Errors
/// Another node serves from the same file.
pub fn claim_node(config: &Config) -> Result<Option<std::fs::File>> {
    let Some(path) = sqlite_path(&config.database_url) else {
        return Ok(None);
    };
    let file = lock_file(&path, "serve")?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(_) => Err(Error::internal(format!(
            "another Parlour serves from {}; a second node needs PostgreSQL (database_url)",
            path.display()
        ))),
    }
}

/// The file of an embedded database, if it is one.
pub fn sqlite_path(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:"))?;
    Some(PathBuf::from(path.split('?').next().unwrap_or(path)))
}

fn make_folder(database: &Path) -> Result<()> {
    let Some(folder) = database.parent() else { return Ok(()) };
    std::fs::create_dir_all(folder)
        .map_err(|error| Error::internal(format!("{} cannot be made: {error}", folder.display())))
}

fn lock_file(database: &Path, what: &str) -> Result<std::fs::File> {
    make_folder(database)?;
    let path = database.with_extension(format!("{what}.lock"));
    std::fs::File::create(&path).map_err(|error| Error::internal(format!("{}: {error}", path.display())))
}

/// Runs a piece of work that holds one transaction, again if the engine asks for it: serialisation failure (40001) or deadlock (40P01).
pub async fn retry<T, F: Future<Output = Result<T>>>(mut work: impl FnMut() -> F) -> Result<T> {
    let began = Instant::now();
    let mut longest = FIRST_PAUSE;
    loop {
        match work().await {
            Err(Error::Again(_)) if began.elapsed() < PATIENCE => {
                // Of many who want the same row, one goes on each time; so they come back spread, and ever less often.
                tokio::time::sleep(longest.mul_f64(rand::random_range(0.1..1.0))).await;
                longest = (longest * 2).min(LONGEST_PAUSE);
            }
            outcome => return outcome,
        }
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        match &error {
            DbErr::ConnectionAcquire(why) => {
                if matches!(why, ConnAcquireErr::Timeout) {
                    metrics().database.timeouts.inc();
                }
                Error::Unavailable(error.to_string())
            }
            DbErr::Conn(_) => Error::Unavailable(error.to_string()),
            DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause)) => match &**cause {
                sqlx::Error::Database(database) if matches!(database.code().as_deref(), Some("40001" | "40P01")) => {
                    Error::Again(error.to_string())
                }
                cause if is_passing(cause) => Error::Unavailable(error.to_string()),
                _ => Error::Internal(error.to_string()),
            },
            _ => Error::Internal(error.to_string()),
        }
    }
}

/// Whether an error of the database passes by itself: the caller may try again, and nothing is wrong with the request.
pub fn is_passing(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(database) => database.code().is_some_and(|code| is_passing_code(&code)),
        _ => false,
    }
}

/// The same, of the code that the engine gave.
fn is_passing_code(code: &str) -> bool {
    // SQLite: BUSY, LOCKED and FULL, whose kinds stand above the lowest byte. PostgreSQL's codes have five characters.
    if code.len() < 5 {
        return code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 13));
    }
    match code {
        // Shutting down, starting; ended by the statement's bound or the lock's, or because nothing happened in its transaction.
        "57P01" | "57P02" | "57P03" | "57P05" | "57014" | "55P03" | "25P03" => true,
        // Whether it was committed, nobody knows (distributed databases).
        "40003" => true,
        // While another server takes over, the one that was asked takes no writes.
        "25006" => true,
        // Connections, memory, disk; the connection itself.
        _ => code.starts_with("53") || code.starts_with("08"),
    }
}

/// The pattern of a LIKE that finds `words` anywhere in a column of folded text, and nothing else by a `%` or `_` among
/// them.
pub fn containing(words: &str) -> LikeExpr {
    let plain = text::folded(words)
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    LikeExpr::new(format!("%{plain}%")).escape('\\')
}

/// Whether an insert was refused because the row is there already.
pub fn is_taken(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_)))
        || matches!(error, DbErr::RecordNotInserted)
        // A conflict that PostgreSQL could only see at the end of the other transaction.
        || matches!(error, DbErr::Exec(RuntimeErr::SqlxError(cause)) if matches!(&**cause, sqlx::Error::Database(database) if database.code().as_deref() == Some("23505")))
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};

    use sea_orm::{DbBackend, Statement};

    use super::*;

    #[test]
    fn what_passes_is_told_from_what_is_wrong() {
        for code in [
            "57014", "55P03", "25P03", "53300", "53100", "08006", "57P01", "5", "517", "6", "262", "13",
        ] {
            assert!(is_passing_code(code), "{code}");
        }
        for code in ["23505", "42P01", "22021", "1", "1555", "2067", "787", "19"] {
            assert!(!is_passing_code(code), "{code}");
        }
    }

    /// A log that can be read.
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_slow_statement_is_told_without_its_values() {
        let log = Log::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .json()
            .with_writer(move || writer.clone())
            .finish();
        let statement = Statement::from_sql_and_values(
            DbBackend::Postgres,
            "SELECT id FROM account WHERE email = $1",
            ["hunter2@example.org".into()],
        );
        let ran = |milliseconds| metric::Info {
            elapsed: Duration::from_millis(milliseconds),
            statement: &statement,
            failed: true,
        };
        tracing::subscriber::with_default(subscriber, || {
            look_at(&ran(499), Some(Duration::from_millis(500)));
            look_at(&ran(9000), None);
            assert!(log.0.lock().unwrap().is_empty());
            look_at(&ran(500), Some(Duration::from_millis(500)));
        });
        let told = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        assert_eq!(told.lines().count(), 1, "{told}");
        assert!(
            told.contains("slow_query") && told.contains("WHERE email = $1"),
            "{told}"
        );
        assert!(told.contains(r#""ms":500"#), "{told}");
        assert!(!told.contains("hunter2"), "{told}");
    }
}
