//! Copies of an embedded database: taken while it is served from, looked at, and put in its place again.
//!
//! A backup is one file: the database as SQLite keeps it, a line of JSON that says what it is (the manifest), and a line by which
//! both are found from the end. SQLite takes no notice of what stands behind its last page, so the file can be opened as it is, and
//! `tail -n 2` shows the manifest. One file is renamed at once: there is no moment at which the two do not belong together.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, Utc};
use migration::{Migrator, MigratorTrait};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, SqliteConnection};

use crate::infra::isso::MAGIC;

/// Raised when a file is no longer understood by who understood the one before.
const FORMAT: u32 = 1;

/// How the last line begins; the manifest's length follows in eight digits.
const MARK: &[u8] = b"parlour-backup ";

/// Bytes of the last line.
const LAST_LINE: usize = MARK.len() + 8 + 1;

/// Longest manifest, in bytes.
const LONGEST_MANIFEST: usize = 64 * 1024;

/// Tables whose rows are counted, so that people can tell one backup from another.
const COUNTED: [&str; 5] = ["tenant", "account", "site", "thread", "comment"];

/// The time for which a writer of the file is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// Bytes that are copied at a time.
const PIECE: usize = 1 << 20;

/// Why a backup is not made, or not used.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error("{}: {cause}", .path.display())]
    Io { path: PathBuf, cause: io::Error },
    #[error("{} is there already; --force replaces it", .0.display())]
    Taken(PathBuf),
    #[error("another backup is being written to {}", .0.display())]
    Busy(PathBuf),
    #[error("there is no database at {}", .0.display())]
    NoDatabase(PathBuf),
    #[error("{} is not a backup of Parlour", .0.display())]
    NotBackup(PathBuf),
    #[error(
        "{} is a SQLite database without the lines that `parlour backup` ends its files with: it was broken off, or made by something else",
        .0.display()
    )]
    NoEnd(PathBuf),
    #[error("{} is a backup of a form that only a newer Parlour knows", .0.display())]
    Form(PathBuf),
    #[error("{} is not whole: {there} bytes of {promised} are there", .path.display())]
    Cut { path: PathBuf, there: u64, promised: u64 },
    #[error("{} is not what was written: its SHA-256 is another one", .0.display())]
    Changed(PathBuf),
    #[error("the database in {} is damaged: {finding}", .path.display())]
    Damaged { path: PathBuf, finding: String },
    #[error("the database in {} is not one of Parlour", .0.display())]
    Foreign(PathBuf),
    #[error(
        "{} was made by a newer Parlour ({version}), whose schema this one does not know ({change}): restore it with that version",
        .path.display()
    )]
    Newer {
        path: PathBuf,
        version: String,
        change: String,
    },
    #[error("another process has {} open: a worker, or a command; end it first", .0.display())]
    InUse(PathBuf),
    #[error("SQLite says: {0}")]
    Sqlite(String),
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(cause) => Fault::Sqlite(cause.message().to_owned()),
            other => Fault::Sqlite(other.to_string()),
        }
    }
}

fn io_fault(path: &Path) -> impl Fn(io::Error) -> Fault {
    move |cause| Fault::Io {
        path: path.to_owned(),
        cause,
    }
}

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub format: u32,
    /// Parlour's, when it was made.
    pub version: String,
    pub made_at: DateTime<Utc>,
    /// Of the database, which stands first.
    pub bytes: u64,
    pub sha256: String,
    /// The latest change of the schema.
    pub schema: String,
    /// A name of the secret key that was in use, from which nothing follows about the key.
    pub key: Option<String>,
    pub rows: BTreeMap<String, u64>,
}

/// A file with something more behind its name.
pub fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

/// Where what was there is kept. To the millisecond, so that a second restore within one second finds its own name.
pub fn set_aside(path: &Path, now: DateTime<Utc>) -> PathBuf {
    beside(path, &format!(".before-{}", now.format("%Y%m%dT%H%M%S%3fZ")))
}

/// Has what was renamed, made or removed in a file's folder outlive a power cut.
pub fn sync_folder(path: &Path) -> Result<(), Fault> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(io_fault(folder))
}

/// Puts a secret into a file for its owner alone: whole or not at all, and still there after a power cut.
pub fn put_secret(place: &Path, secret: &str) -> Result<(), Fault> {
    let part = beside(place, ".part");
    fs::remove_file(&part).ok();
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&part)
        .map_err(io_fault(&part))?;
    file.write_all(secret.as_bytes())
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&part, place))
        .map_err(io_fault(place))?;
    sync_folder(place)
}

/// A backup on its way: under another name until it is whole, and gone if it does not become so.
pub struct Draft {
    part: PathBuf,
    file: File,
    target: PathBuf,
    is_done: bool,
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.is_done {
            fs::remove_file(&self.part).ok();
        }
    }
}

impl Draft {
    /// Readable by its owner alone, from the first byte on.
    pub fn begin(target: &Path, replace: bool) -> Result<Draft, Fault> {
        if target.exists() && !replace {
            return Err(Fault::Taken(target.to_owned()));
        }
        let part = beside(target, ".part");
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&part)
            .map_err(io_fault(&part))?;
        // What a broken off backup left has no lock any more.
        file.try_lock().map_err(|_| Fault::Busy(part.clone()))?;
        file.set_len(0).map_err(io_fault(&part))?;
        Ok(Draft {
            part,
            file,
            target: target.to_owned(),
            is_done: false,
        })
    }

    /// Where it is written, for who wants to know how far it is.
    pub fn part(&self) -> &Path {
        &self.part
    }

    /// Copies the database as it is at this moment. One snapshot of SQLite's, so who writes meanwhile neither waits nor is seen; the copy
    /// has no free pages in it.
    pub async fn copy(&self, database: &Path) -> Result<(), Fault> {
        let mut source = open(database).await?;
        let to = self
            .part
            .to_str()
            .ok_or_else(|| Fault::Sqlite(format!("the name {} is not UTF-8", self.part.display())))?;
        sqlx::query("VACUUM INTO ?").bind(to).execute(&mut source).await?;
        source.close().await?;
        Ok(())
    }

    /// Looks at what was copied, writes what it is behind it, and gives it its name. What is there afterwards is on the disk.
    pub async fn finish(mut self, made_at: DateTime<Utc>, key: Option<String>) -> Result<Manifest, Fault> {
        let fault = io_fault(&self.part);
        let contents = look_inside(&self.part).await?;
        let bytes = self.file.metadata().map_err(&fault)?.len();
        self.file.seek(SeekFrom::Start(0)).map_err(&fault)?;
        let sha256 = digest(&mut self.file, bytes, None).map_err(&fault)?;
        let manifest = Manifest {
            format: FORMAT,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            made_at,
            bytes,
            sha256,
            schema: contents.applied.last().cloned().unwrap_or_default(),
            key,
            rows: contents.rows,
        };
        let mut end = serde_json::to_vec(&manifest).map_err(|error| Fault::Sqlite(error.to_string()))?;
        end.push(b'\n');
        let length = end.len();
        end.extend_from_slice(MARK);
        end.extend_from_slice(format!("{length:08}\n").as_bytes());
        self.file.seek(SeekFrom::Start(bytes)).map_err(&fault)?;
        self.file.write_all(&end).map_err(&fault)?;
        self.file.sync_all().map_err(&fault)?;
        drop(fault);
        fs::rename(&self.part, &self.target).map_err(io_fault(&self.target))?;
        self.is_done = true;
        sync_folder(&self.target)?;
        Ok(manifest)
    }
}

/// Bytes that a copy of the database will have at most, to say how far it is.
pub async fn size_of(database: &Path) -> Result<u64, Fault> {
    let mut source = open(database).await?;
    let pages: i64 = sqlx::query_scalar("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        .fetch_one(&mut source)
        .await?;
    source.close().await?;
    Ok(u64::try_from(pages).unwrap_or_default())
}

/// A backup that was looked through.
pub struct Verified {
    pub manifest: Manifest,
    /// Changes of the schema that it does not have yet, in their order.
    pub pending: Vec<String>,
}

/// Looks through a backup: that it is one, whole, as it was written, sound, and of a schema that is known here.
pub async fn verify(path: &Path) -> Result<Verified, Fault> {
    let (manifest, mut file) = manifest_of(path)?;
    let sha256 = digest(&mut file, manifest.bytes, None).map_err(io_fault(path))?;
    if sha256 != manifest.sha256 {
        return Err(Fault::Changed(path.to_owned()));
    }
    let contents = look_inside(path).await?;
    let known: Vec<String> = Migrator::migrations()
        .iter()
        .map(|change| change.name().to_owned())
        .collect();
    if let Some(change) = contents.applied.iter().find(|change| !known.contains(change)) {
        return Err(Fault::Newer {
            path: path.to_owned(),
            version: manifest.version,
            change: change.clone(),
        });
    }
    if contents.rows != manifest.rows {
        return Err(Fault::Changed(path.to_owned()));
    }
    let is_pending = |change: &String| !contents.applied.contains(change);
    Ok(Verified {
        manifest,
        pending: known.into_iter().filter(is_pending).collect(),
    })
}

/// Writes the database of a backup to a file of its own, and looks once more whether it is the one that was looked at.
pub fn extract(path: &Path, manifest: &Manifest, to: &Path) -> Result<(), Fault> {
    let (_, mut file) = manifest_of(path)?;
    let mut database = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(to)
        .map_err(io_fault(to))?;
    let sha256 = digest(&mut file, manifest.bytes, Some(&mut database)).map_err(io_fault(to))?;
    if sha256 != manifest.sha256 {
        return Err(Fault::Changed(path.to_owned()));
    }
    database.sync_all().map_err(io_fault(to))
}

/// Puts another database in the place of one, which moves aside with whatever of it is not in its file; tells where it went.
pub fn replace(database: &Path, by: &Path, now: DateTime<Utc>) -> Result<Option<PathBuf>, Fault> {
    let mut aside = None;
    if database.exists() {
        let to = set_aside(database, now);
        // A second name first, so that there is a database under the old one all the time.
        fs::hard_link(database, &to).map_err(io_fault(&to))?;
        for suffix in ["-wal", "-shm"] {
            let log = beside(database, suffix);
            if log.exists() {
                fs::rename(&log, beside(&to, suffix)).map_err(io_fault(&log))?;
            }
        }
        aside = Some(to);
    }
    fs::rename(by, database).map_err(io_fault(database))?;
    sync_folder(database)?;
    Ok(aside)
}

/// Has all of a database in its file, and finds out whether somebody has it open. One that is too damaged for that stays as it is.
pub async fn settle(database: &Path) -> Result<(), Fault> {
    if !database.exists() {
        return Ok(());
    }
    let mut connection = open(database).await?;
    let mode = sqlx::query_scalar::<_, String>("PRAGMA journal_mode = DELETE")
        .fetch_one(&mut connection)
        .await;
    connection.close().await.ok();
    match mode {
        // The log stays where somebody else reads it.
        Ok(mode) if mode == "wal" => Err(Fault::InUse(database.to_owned())),
        Err(sqlx::Error::Database(cause)) if matches!(cause.code().as_deref(), Some("5" | "261" | "517")) => {
            Err(Fault::InUse(database.to_owned()))
        }
        _ => Ok(()),
    }
}

async fn open(database: &Path) -> Result<SqliteConnection, Fault> {
    if !database.exists() {
        return Err(Fault::NoDatabase(database.to_owned()));
    }
    let options = SqliteConnectOptions::new()
        .filename(database)
        .create_if_missing(false)
        .busy_timeout(PATIENCE);
    Ok(options.connect().await?)
}

/// The manifest of a backup, and its file, to be read from the start.
fn manifest_of(path: &Path) -> Result<(Manifest, File), Fault> {
    let fault = io_fault(path);
    let mut file = File::open(path).map_err(&fault)?;
    let mut begins = Vec::new();
    (&mut file)
        .take(MAGIC.len() as u64)
        .read_to_end(&mut begins)
        .map_err(&fault)?;
    if begins != MAGIC {
        return Err(Fault::NotBackup(path.to_owned()));
    }
    let there = file.metadata().map_err(&fault)?.len();
    let no_end = || Fault::NoEnd(path.to_owned());
    let length = {
        let line = last(&mut file, there, LAST_LINE, 0).ok_or_else(no_end)?;
        let digits = line
            .strip_prefix(MARK)
            .and_then(|rest| rest.strip_suffix(b"\n"))
            .ok_or_else(no_end)?;
        let digits = std::str::from_utf8(digits).map_err(|_| no_end())?;
        digits.parse::<usize>().map_err(|_| no_end())?
    };
    if length > LONGEST_MANIFEST {
        return Err(no_end());
    }
    let written = last(&mut file, there, length, LAST_LINE).ok_or_else(no_end)?;
    let manifest: serde_json::Value = serde_json::from_slice(&written).map_err(|_| no_end())?;
    if manifest["format"].as_u64().is_some_and(|format| format > FORMAT.into()) {
        return Err(Fault::Form(path.to_owned()));
    }
    let manifest: Manifest = serde_json::from_value(manifest).map_err(|_| no_end())?;
    let ends = (length + LAST_LINE) as u64;
    if there != manifest.bytes.saturating_add(ends) {
        return Err(Fault::Cut {
            path: path.to_owned(),
            there: there.saturating_sub(ends),
            promised: manifest.bytes,
        });
    }
    file.seek(SeekFrom::Start(0)).map_err(&fault)?;
    drop(fault);
    Ok((manifest, file))
}

/// So many bytes that end so far from the end.
fn last(file: &mut File, there: u64, length: usize, before: usize) -> Option<Vec<u8>> {
    let from = there.checked_sub((length + before) as u64)?;
    let mut bytes = vec![0; length];
    file.seek(SeekFrom::Start(from)).ok()?;
    file.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

/// The SHA-256 of the next bytes of a file, in hexadecimal digits; copies them, if asked to.
fn digest(file: &mut File, bytes: u64, mut copy: Option<&mut File>) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut piece = vec![0; PIECE];
    let mut left = bytes;
    while left > 0 {
        let next = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
        let piece = &mut piece[..next];
        file.read_exact(piece)?;
        hash.update(&*piece);
        if let Some(copy) = &mut copy {
            copy.write_all(piece)?;
        }
        left -= next as u64;
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

struct Contents {
    /// Changes of the schema, in their order.
    applied: Vec<String>,
    rows: BTreeMap<String, u64>,
}

/// What is in a database that nobody writes to, once it is known to be sound. Nothing is written beside it, and nothing of its schema is run.
async fn look_inside(path: &Path) -> Result<Contents, Fault> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .read_only(true)
        .immutable(true)
        .pragma("trusted_schema", "OFF");
    let mut database = options.connect().await?;
    let damaged = |finding: &str| Fault::Damaged {
        path: path.to_owned(),
        finding: finding.lines().next().unwrap_or_default().to_owned(),
    };
    let findings: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check(1)")
        .fetch_all(&mut database)
        .await
        .map_err(|error| damaged(&Fault::from(error).to_string()))?;
    if let Some(finding) = findings.iter().find(|finding| *finding != "ok") {
        return Err(damaged(finding));
    }
    let orphan = sqlx::query_scalar::<_, String>("SELECT \"table\" FROM pragma_foreign_key_check() LIMIT 1")
        .fetch_optional(&mut database)
        .await?;
    if let Some(table) = orphan {
        return Err(damaged(&format!("a row of {table} points at one that is not there")));
    }
    let foreign = |_| Fault::Foreign(path.to_owned());
    let applied = sqlx::query_scalar("SELECT version FROM seaql_migrations ORDER BY applied_at, version")
        .fetch_all(&mut database)
        .await
        .map_err(foreign)?;
    let mut rows = BTreeMap::new();
    for table in COUNTED {
        let count: i64 = sqlx::query_scalar(AssertSqlSafe(format!("SELECT count(*) FROM \"{table}\"")))
            .fetch_one(&mut database)
            .await
            .map_err(foreign)?;
        rows.insert(table.to_owned(), u64::try_from(count).unwrap_or_default());
    }
    database.close().await?;
    Ok(Contents { applied, rows })
}
