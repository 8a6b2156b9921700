//! The database file of an Isso: opened so that it cannot hurt and is not touched, read value by value.
//!
//! SQLite never opens the file itself, which a running Isso may have open: it opens a copy in a private folder. So nothing is
//! written beside the file, nobody waits for our locks, and a journal that a crash or a running transaction left is rolled back in
//! the copy. The copy is taken again if the file changed meanwhile.
//!
//! The copy is still a stranger's: a schema can have views, triggers, virtual tables and functions in it, and any column can hold
//! any type. Hence only plain tables are read, nothing of the schema is trusted, each statement has a deadline, and a value is
//! looked at for its type and length before it is taken.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use sqlx::sqlite::{SqliteConnectOptions, SqliteRow};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row, SqliteConnection, TypeInfo, ValueRef};

/// `user_version` of Isso 0.14, the newest there is.
pub const NEWEST: i64 = 5;

/// Largest file.
const MOST_BYTES: u64 = 4 << 30;

/// Most rows of a table.
const MOST_ROWS: usize = 2_000_000;

/// Longest value, in bytes. Isso's own bound of a text is 65,535 characters.
pub const LONGEST: i64 = 1 << 20;

/// The time that one statement may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// How often the file is copied before it is said that it does not hold still.
const COPIES: u32 = 5;

/// What every SQLite file begins with.
pub const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// The last bytes of a journal that names other files, and its first ones.
const JOURNAL_MAGIC: [u8; 8] = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];

/// Why a file is not read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    #[error("{0} cannot be read: {1}")]
    Io(String, io::Error),
    #[error("{0} is not a SQLite database")]
    NotSqlite(String),
    #[error("this is not a database of Isso: {0}")]
    NotIsso(String),
    #[error(
        "the database is of Isso's version {0}, and the newest that is known here is {NEWEST}: a newer Parlour may know it"
    )]
    TooNew(i64),
    #[error("the file is damaged ({0}); a copy of it may be repaired with: sqlite3 comments.db .recover")]
    Damaged(String),
    #[error("the file is written to all the time; stop Isso for the moment of the import")]
    Restless,
    #[error("the file is larger than {} GiB", MOST_BYTES >> 30)]
    TooLarge,
    #[error("the table {0} has more than {MOST_ROWS} rows")]
    TooMany(&'static str),
    #[error("reading took longer than {} s; the file is damaged, or made to be slow", PATIENCE.as_secs())]
    TooSlow,
}

/// What stands in one column of one row.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Null,
    Integer(i64),
    Real(f64),
    Text(String),
    /// A text that is not UTF-8, with U+FFFD where it is not.
    Mended(String),
    Blob,
    /// More than [`LONGEST`] bytes.
    TooLong,
}

/// A row of `threads`.
#[derive(Clone, Debug)]
pub struct Thread {
    pub id: Option<i64>,
    pub uri: Cell,
    pub title: Cell,
}

/// Where a comment belongs: what is read of all of them at first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outline {
    pub id: Option<i64>,
    pub thread: Option<i64>,
    pub parent: Option<i64>,
    /// Whether the parent is neither absent nor a number.
    pub odd_parent: bool,
    pub mode: Option<i64>,
}

/// A row of `comments`, as it is.
#[derive(Clone, Debug)]
pub struct Comment {
    pub id: i64,
    pub created: Cell,
    pub modified: Cell,
    pub remote_addr: Cell,
    pub text: Cell,
    pub author: Cell,
    pub email: Cell,
    pub website: Cell,
    pub likes: Cell,
    pub dislikes: Cell,
    pub notification: Cell,
}

/// Columns of `comments` beside those of the outline, in the order of [`Comment`]. The first versions had fewer.
const COLUMNS: [&str; 10] = [
    "created",
    "modified",
    "remote_addr",
    "text",
    "author",
    "email",
    "website",
    "likes",
    "dislikes",
    "notification",
];

/// An open file.
pub struct IssoFile {
    connection: SqliteConnection,
    until: Arc<Mutex<Instant>>,
    version: i64,
    /// Of [`COLUMNS`], those that are there.
    columns: Vec<String>,
    has_title: bool,
    _copy: Copied,
}

impl IssoFile {
    /// Copies the file into a new folder within `folder` and opens the copy. The folder goes with the value.
    pub async fn open(path: &Path, folder: &Path) -> Result<Self, Unreadable> {
        let (path, folder) = (path.to_owned(), folder.to_owned());
        let copying = tokio::task::spawn_blocking(move || Copied::of(&path, &folder));
        let copy = copying
            .await
            .map_err(|error| Unreadable::NotIsso(error.to_string()))??;
        let database = copy.database();
        if copy.has_log {
            // For writing, once: SQLite takes in what the journal or the write-ahead log says.
            let (mut connection, until) = connect(SqliteConnectOptions::new().filename(&database)).await?;
            renew(&until);
            let outcome = one_integer(&mut connection, "PRAGMA schema_version").await;
            connection.close().await.map_err(fault)?;
            outcome?;
            copy.must_be_whole()?;
        }
        let options = SqliteConnectOptions::new()
            .filename(&database)
            .read_only(true)
            .immutable(true);
        let (connection, until) = connect(options).await?;
        let mut file = IssoFile {
            connection,
            until,
            version: 0,
            columns: Vec::new(),
            has_title: false,
            _copy: copy,
        };
        file.look().await?;
        Ok(file)
    }

    /// Its `user_version`.
    pub fn version(&self) -> i64 {
        self.version
    }

    async fn look(&mut self) -> Result<(), Unreadable> {
        renew(&self.until);
        self.version = one_integer(&mut self.connection, "PRAGMA user_version").await?;
        match self.version {
            version if version > NEWEST => return Err(Unreadable::TooNew(version)),
            version if version < 0 => return Err(Unreadable::NotIsso(format!("its version is {version}"))),
            _ => {}
        }
        let encoding = strings(&mut self.connection, "PRAGMA encoding").await?;
        if encoding != ["UTF-8"] {
            return Err(Unreadable::NotIsso("its texts are not in UTF-8".to_owned()));
        }
        let threads = self.plain_columns("threads").await?;
        let comments = self.plain_columns("comments").await?;
        for (table, columns, needed) in [
            ("threads", &threads, &["id", "uri"][..]),
            ("comments", &comments, &["id", "tid", "created", "text"][..]),
        ] {
            if let Some(missing) = needed.iter().find(|name| !columns.iter().any(|column| column == *name)) {
                return Err(Unreadable::NotIsso(format!("{table} has no column {missing}")));
            }
        }
        self.has_title = threads.iter().any(|column| column == "title");
        self.columns = comments;
        self.check().await
    }

    /// The columns of a table, in lower case.
    ///
    /// # Errors
    /// If it is not there, or is anything but a plain table.
    async fn plain_columns(&mut self, table: &'static str) -> Result<Vec<String>, Unreadable> {
        renew(&self.until);
        let found = format!(
            "SELECT type || ' ' || substr(sql, 1, 13) FROM sqlite_schema WHERE name = '{table}' COLLATE NOCASE"
        );
        let found = strings(&mut self.connection, &found).await?;
        match found.as_slice() {
            [] => return Err(Unreadable::NotIsso(format!("it has no table {table}"))),
            [kind] if kind.eq_ignore_ascii_case("table CREATE TABLE ") => {}
            _ => return Err(Unreadable::NotIsso(format!("{table} is not a plain table"))),
        }
        let columns = format!("SELECT lower(name) FROM pragma_table_xinfo('{table}') WHERE hidden = 0");
        strings(&mut self.connection, &columns).await
    }

    /// Has SQLite look through the file, so that damage is found before anything is taken from it.
    async fn check(&mut self) -> Result<(), Unreadable> {
        renew(&self.until);
        let findings = strings(&mut self.connection, "PRAGMA quick_check(20)").await?;
        // What a column may hold is looked at value by value.
        let is_of_a_value = |finding: &&String| {
            finding.contains(" value in ") || finding.contains("missing from index") || finding.starts_with("CHECK ")
        };
        match findings
            .iter()
            .find(|finding| *finding != "ok" && !is_of_a_value(finding))
        {
            Some(finding) => Err(Unreadable::Damaged(first_line(finding))),
            None => Ok(()),
        }
    }

    pub async fn threads(&mut self) -> Result<Vec<Thread>, Unreadable> {
        renew(&self.until);
        let title = if self.has_title { "title" } else { "NULL" };
        let select = format!(
            "SELECT {}, {}, {} FROM threads",
            integer("id"),
            bounded("uri"),
            bounded(title)
        );
        let mut rows = sqlx::query(AssertSqlSafe(select)).fetch(&mut self.connection);
        let mut threads = Vec::new();
        while let Some(row) = rows.try_next().await.map_err(fault)? {
            threads.push(Thread {
                id: row.try_get(0).map_err(fault)?,
                uri: cell(&row, 1)?,
                title: cell(&row, 3)?,
            });
            if threads.len() > MOST_ROWS {
                return Err(Unreadable::TooMany("threads"));
            }
        }
        Ok(threads)
    }

    /// All comments, in no order.
    pub async fn outline(&mut self) -> Result<Vec<Outline>, Unreadable> {
        renew(&self.until);
        let or_null = |name: &'static str| match self.columns.iter().any(|column| column == name) {
            true => name,
            false => "NULL",
        };
        let parent = or_null("parent");
        // Before there were modes, everything was published.
        let mode = match or_null("mode") {
            "NULL" => "1".to_owned(),
            mode => integer(mode),
        };
        let select = format!(
            "SELECT {}, {}, {}, typeof({parent}) NOT IN ('null', 'integer'), {mode} FROM comments",
            integer("id"),
            integer("tid"),
            integer(parent),
        );
        let mut rows = sqlx::query(AssertSqlSafe(select)).fetch(&mut self.connection);
        let mut comments = Vec::new();
        while let Some(row) = rows.try_next().await.map_err(fault)? {
            comments.push(Outline {
                id: row.try_get(0).map_err(fault)?,
                thread: row.try_get(1).map_err(fault)?,
                parent: row.try_get(2).map_err(fault)?,
                odd_parent: row.try_get(3).map_err(fault)?,
                mode: row.try_get(4).map_err(fault)?,
            });
            if comments.len() > MOST_ROWS {
                return Err(Unreadable::TooMany("comments"));
            }
        }
        Ok(comments)
    }

    /// These comments, each once, in no order.
    pub async fn comments(&mut self, ids: &[i64]) -> Result<Vec<Comment>, Unreadable> {
        renew(&self.until);
        let columns = COLUMNS.map(|name| match self.columns.iter().any(|column| column == name) {
            true => bounded(name),
            false => bounded("NULL"),
        });
        let wanted: Vec<String> = ids.iter().map(i64::to_string).collect();
        let select = format!(
            "SELECT id, {} FROM comments WHERE typeof(id) = 'integer' AND id IN ({})",
            columns.join(", "),
            wanted.join(", ")
        );
        let mut rows = sqlx::query(AssertSqlSafe(select))
            .persistent(false)
            .fetch(&mut self.connection);
        let mut comments: Vec<Comment> = Vec::with_capacity(ids.len());
        while let Some(row) = rows.try_next().await.map_err(fault)? {
            let id: i64 = row.try_get(0).map_err(fault)?;
            if comments.iter().any(|one| one.id == id) {
                continue;
            }
            let mut cells = (0..COLUMNS.len()).map(|place| cell(&row, 1 + 2 * place));
            let mut next = || cells.next().unwrap_or(Ok(Cell::Null));
            comments.push(Comment {
                id,
                created: next()?,
                modified: next()?,
                remote_addr: next()?,
                text: next()?,
                author: next()?,
                email: next()?,
                website: next()?,
                likes: next()?,
                dislikes: next()?,
                notification: next()?,
            });
        }
        Ok(comments)
    }
}

/// A column as a number, or nothing if it is none; whatever it holds is not loaded.
fn integer(column: &str) -> String {
    format!("CASE typeof({column}) WHEN 'integer' THEN {column} END")
}

/// A column's value, if it is not too long, and its length.
fn bounded(column: &str) -> String {
    format!("CASE WHEN octet_length({column}) <= {LONGEST} THEN {column} END, octet_length({column})")
}

/// What [`bounded`] has selected, from this place on.
fn cell(row: &SqliteRow, place: usize) -> Result<Cell, Unreadable> {
    let value = row.try_get_raw(place).map_err(fault)?;
    if value.is_null() {
        let length: Option<i64> = row.try_get(place + 1).map_err(fault)?;
        return Ok(length.map_or(Cell::Null, |_| Cell::TooLong));
    }
    Ok(match value.type_info().name() {
        "INTEGER" => Cell::Integer(row.try_get_unchecked(place).map_err(fault)?),
        "REAL" => Cell::Real(row.try_get_unchecked(place).map_err(fault)?),
        "TEXT" => {
            let bytes: Vec<u8> = row.try_get_unchecked(place).map_err(fault)?;
            match String::from_utf8(bytes) {
                Ok(text) => Cell::Text(text),
                Err(error) => Cell::Mended(String::from_utf8_lossy(error.as_bytes()).into_owned()),
            }
        }
        _ => Cell::Blob,
    })
}

async fn connect(options: SqliteConnectOptions) -> Result<(SqliteConnection, Arc<Mutex<Instant>>), Unreadable> {
    let mut connection = options
        .create_if_missing(false)
        .foreign_keys(false)
        .pragma("trusted_schema", "OFF")
        .pragma("cell_size_check", "ON")
        .pragma("mmap_size", "0")
        .pragma("query_only", "ON")
        .disable_statement_logging()
        .connect()
        .await
        .map_err(fault)?;
    let until = Arc::new(Mutex::new(Instant::now() + PATIENCE));
    let deadline = Arc::clone(&until);
    let may_go_on = move || Instant::now() < *deadline.lock().unwrap_or_else(PoisonError::into_inner);
    connection
        .lock_handle()
        .await
        .map_err(fault)?
        .set_progress_handler(10_000, may_go_on);
    Ok((connection, until))
}

fn renew(until: &Mutex<Instant>) {
    *until.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now() + PATIENCE;
}

async fn one_integer(connection: &mut SqliteConnection, statement: &'static str) -> Result<i64, Unreadable> {
    let row = sqlx::query(statement).fetch_one(connection).await.map_err(fault)?;
    row.try_get(0).map_err(fault)
}

async fn strings(connection: &mut SqliteConnection, statement: &str) -> Result<Vec<String>, Unreadable> {
    let rows = sqlx::query(AssertSqlSafe(statement.to_owned()))
        .fetch_all(connection)
        .await
        .map_err(fault)?;
    rows.iter().map(|row| row.try_get(0).map_err(fault)).collect()
}

/// What an error of SQLite means for who gave the file.
#[expect(clippy::needless_pass_by_value, reason = "it is where errors end")]
fn fault(error: sqlx::Error) -> Unreadable {
    let sqlx::Error::Database(cause) = &error else {
        return Unreadable::Damaged(first_line(&error.to_string()));
    };
    match cause.code().as_deref() {
        // SQLITE_INTERRUPT
        Some("9") => Unreadable::TooSlow,
        // SQLITE_NOTADB
        Some("26") => Unreadable::NotSqlite("the file".to_owned()),
        _ => Unreadable::Damaged(first_line(cause.message())),
    }
}

/// For one line of a terminal: what a damaged file says may be anything.
fn first_line(text: &str) -> String {
    text.chars()
        .map(|one| if one.is_control() { ' ' } else { one })
        .take(200)
        .collect()
}

/// A private copy, which goes with the value.
struct Copied {
    folder: PathBuf,
    /// Whether a journal or a write-ahead log came with it.
    has_log: bool,
}

impl Drop for Copied {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.folder) {
            tracing::warn!(%error, folder = %self.folder.display(), "a copy of an import stays and has to be deleted by hand");
        }
    }
}

/// What tells that a file was written to.
type Stamp = Option<(u64, i64, i64, u64, Vec<u8>)>;

impl Copied {
    fn of(path: &Path, within: &Path) -> Result<Self, Unreadable> {
        let named = path.display().to_string();
        let io = |error| Unreadable::Io(named.clone(), error);
        let path = fs::canonicalize(path).map_err(io)?;
        let metadata = fs::metadata(&path).map_err(io)?;
        if !metadata.is_file() {
            return Err(Unreadable::NotSqlite(named));
        }
        if metadata.len() > MOST_BYTES {
            return Err(Unreadable::TooLarge);
        }
        if head(&path).map_err(io)?.get(..MAGIC.len()) != Some(MAGIC) {
            return Err(Unreadable::NotSqlite(named));
        }
        let folder = within.join(format!("parlour-import-{:016x}", rand::random::<u64>()));
        let at_folder = |error| Unreadable::Io(within.display().to_string(), error);
        fs::DirBuilder::new()
            .recursive(false)
            .mode(0o700)
            .create(&folder)
            .map_err(at_folder)?;
        let mut copy = Copied { folder, has_log: false };
        for _ in 0..COPIES {
            let before = stamps(&path).map_err(io)?;
            copy.has_log = copy.take(&path)?;
            if stamps(&path).map_err(io)? == before {
                copy.refuse_other_files()?;
                return Ok(copy);
            }
        }
        Err(Unreadable::Restless)
    }

    fn database(&self) -> PathBuf {
        self.folder.join("isso.db")
    }

    /// Copies the file and what belongs to it; whether there was any such.
    fn take(&self, path: &Path) -> Result<bool, Unreadable> {
        let mut has_log = false;
        for ending in ENDINGS {
            let (from, to) = (beside(path, ending), beside(&self.database(), ending));
            let io = |error| Unreadable::Io(from.display().to_string(), error);
            let mut source = match File::open(&from) {
                Ok(source) => source.take(MOST_BYTES),
                // Gone with the transaction that it belonged to.
                Err(error) if error.kind() == io::ErrorKind::NotFound && !ending.is_empty() => {
                    fs::remove_file(&to).ok();
                    continue;
                }
                Err(error) => return Err(io(error)),
            };
            let mut options = fs::OpenOptions::new();
            let mut target = options
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(&to)
                .map_err(io)?;
            let bytes = io::copy(&mut source, &mut target).map_err(io)?;
            has_log |= bytes > 0 && !ending.is_empty();
        }
        Ok(has_log)
    }

    /// What the log said is in the file now: it is not looked at again.
    fn must_be_whole(&self) -> Result<(), Unreadable> {
        let is_left = |ending: &&&str| fs::metadata(beside(&self.database(), ending)).is_ok_and(|file| file.len() > 0);
        match ENDINGS[1..].iter().find(is_left) {
            Some(ending) => Err(Unreadable::Damaged(format!("its {} cannot be taken in", &ending[1..]))),
            None => Ok(()),
        }
    }

    /// A journal may name others, which SQLite would look for and delete: Isso's transactions are of one file.
    fn refuse_other_files(&self) -> Result<(), Unreadable> {
        let journal = fs::read(beside(&self.database(), "-journal")).unwrap_or_default();
        if journal.ends_with(&JOURNAL_MAGIC) {
            return Err(Unreadable::NotIsso("its journal names other files".to_owned()));
        }
        Ok(())
    }
}

/// The file itself, its rollback journal, its write-ahead log.
const ENDINGS: [&str; 3] = ["", "-journal", "-wal"];

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn stamps(path: &Path) -> io::Result<[Stamp; 3]> {
    let stamp = |ending| {
        let file = beside(path, ending);
        match fs::metadata(&file) {
            Ok(metadata) => Ok(Some((
                metadata.len(),
                metadata.mtime(),
                metadata.mtime_nsec(),
                metadata.ino(),
                head(&file)?,
            ))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    };
    Ok([stamp(ENDINGS[0])?, stamp(ENDINGS[1])?, stamp(ENDINGS[2])?])
}

/// The first bytes, among which SQLite counts its changes.
fn head(path: &Path) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    match File::open(path) {
        Ok(file) => file.take(100).read_to_end(&mut head)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
        Err(error) => return Err(error),
    };
    Ok(head)
}
