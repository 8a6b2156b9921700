//! `restore`: a backup in the place of the embedded database.

use std::fs;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use parlour::app::{self, key_fault};
use parlour::config::{Config, Secret};
use parlour::infra::backup::{self, Manifest, Verified, beside};
use parlour::infra::clock::Clock;
use parlour::infra::db::{self, Db};
use parlour::infra::signing::Keys;
use serde_json::json;

use super::backup::{instead, names_of};
use super::{Failure, say};

#[derive(clap::Args)]
pub struct Arguments {
    /// What `parlour backup` wrote
    file: PathBuf,
    /// The secret key that was in use then, in a file; put in its place, too
    #[arg(long, value_name = "FILE", conflicts_with = "without_key")]
    key: Option<PathBuf>,
    /// Go on with another secret key: readers lose the right to their comments, members and webhooks what was encrypted
    #[arg(long)]
    without_key: bool,
    /// Print what was done as JSON
    #[arg(long)]
    json: bool,
}

/// What becomes of the secret key.
enum Key {
    /// It is the right one, or nobody minds.
    Stays,
    /// It is put in its place.
    Comes(String),
}

pub async fn run(config: Config, arguments: Arguments) -> Result<(), Failure> {
    let Some(database) = db::sqlite_path(&config.database_url) else {
        return Err(instead(
            &config.database_url,
            "pg_restore --clean --if-exists --single-transaction --no-owner --dbname={url} {file}",
            &arguments.file,
        ));
    };
    // First everything that only looks.
    let Verified { manifest, pending } = backup::verify(&arguments.file).await?;
    let key = key_for(&config, &manifest, &arguments)?;
    let now = Clock::default().now();
    let workshop = Workshop::open(&database, now)?;
    // Held to the end: no node starts meanwhile.
    let _node = db::claim_node(&config).map_err(|error| format!("stop the node first: {error}"))?;
    let fresh = workshop.0.join("parlour.db");
    backup::extract(&arguments.file, &manifest, &fresh)?;
    bring_up(&config, &fresh).await?;
    backup::settle(&database).await?;
    let key_aside = match key {
        Key::Stays => None,
        Key::Comes(key) => put_key(&config.secret_file(), &key, now)?,
    };
    let aside = backup::replace(&database, &fresh, now)?;
    drop(workshop);
    if arguments.json {
        return say(json!({
            "database": database,
            "aside": aside,
            "key_aside": key_aside,
            "applied": pending,
            "manifest": manifest,
        }));
    }
    say(format!(
        "{} is what it was on {}: {} comments.",
        database.display(),
        manifest.made_at.format("%Y-%m-%d %H:%M:%S UTC"),
        manifest.rows.get("comment").copied().unwrap_or_default()
    ))?;
    if !pending.is_empty() {
        say(format!("Its schema was brought up to date: {}.", pending.join(", ")))?;
    }
    for (what, place) in [("database", aside), ("secret key", key_aside)] {
        if let Some(place) = place {
            say(format!("The {what} that was there is {} now.", place.display()))?;
        }
    }
    Ok(())
}

/// A folder beside the database, so that a file in it takes its place at once; gone afterwards.
struct Workshop(PathBuf);

impl Workshop {
    fn open(database: &Path, now: DateTime<Utc>) -> Result<Workshop, Failure> {
        let folder = beside(database, &format!(".restoring-{}", now.format("%Y%m%dT%H%M%S%3fZ")));
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder)
            .map_err(|error| format!("{}: {error}", folder.display()))?;
        let workshop = Workshop(folder);
        let owner = |path: &Path| fs::metadata(path).ok().map(|found| found.uid());
        let place = if database.exists() {
            database
        } else {
            database.parent().unwrap_or(database)
        };
        match owner(place) == owner(&workshop.0) {
            true => Ok(workshop),
            false => Err(Failure::Because(format!(
                "{} is another user's, who could not write to what is restored: run this as that user (sudo -u)",
                place.display()
            ))),
        }
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

/// Migrates the copy before it is anybody's database.
async fn bring_up(config: &Config, fresh: &Path) -> Result<(), Failure> {
    let mut config = config.clone();
    config.database_url = format!("sqlite://{}", fresh.display());
    let db = Db::connect(&config).await?;
    db.migrate(&config).await?;
    // Who closes last writes all of the log into the file.
    db.close().await;
    if beside(fresh, "-wal").exists() {
        return Err(Failure::Because(format!("{} could not be closed", fresh.display())));
    }
    fs::File::open(fresh)
        .and_then(|file| file.sync_all())
        .map_err(|error| format!("{}: {error}", fresh.display()))?;
    Ok(())
}

fn key_for(config: &Config, manifest: &Manifest, arguments: &Arguments) -> Result<Key, Failure> {
    let Some(wanted) = manifest.key.as_ref().filter(|_| !arguments.without_key) else {
        return Ok(Key::Stays);
    };
    let there = app::keys_there(config)?;
    if there.is_some_and(|keys| names_of(&keys).contains(wanted)) {
        return Ok(Key::Stays);
    }
    let Some(file) = &arguments.key else {
        let hint = beside(&arguments.file, ".key");
        let hint = match hint.exists() {
            true => format!("--key {}", hint.display()),
            false => "--key FILE, with the one that was in use then".to_owned(),
        };
        return Err(Failure::Because(format!(
            "the backup was made with another secret key than the one here: {hint}. Without it (--without-key) readers lose the right to \
             their own comments, and what is encrypted is lost"
        )));
    };
    let key = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let key = key.trim().to_owned();
    if let Some(fault) = key_fault(&key) {
        return Err(Failure::Because(format!("{}: {fault}", file.display())));
    }
    if !names_of(&Keys::new(&Secret::new(key.as_str()), &[])).contains(wanted) {
        return Err(Failure::Because(format!(
            "{} is not the key that was in use when the backup was made",
            file.display()
        )));
    }
    if !config.secret_key.is_empty() {
        return Err(Failure::Because(format!(
            "the key in {} is the right one, and the configuration has another: set it as secret_key, or add it to previous_secret_keys",
            file.display()
        )));
    }
    Ok(Key::Comes(key))
}

/// Puts a key in its place, and one that was there aside.
fn put_key(place: &Path, key: &str, now: DateTime<Utc>) -> Result<Option<PathBuf>, Failure> {
    let fault = |error: std::io::Error| Failure::Because(format!("{}: {error}", place.display()));
    if let Some(folder) = place.parent() {
        fs::create_dir_all(folder).map_err(fault)?;
    }
    let aside = place.exists().then(|| backup::set_aside(place, now));
    if let Some(aside) = &aside {
        fs::hard_link(place, aside).map_err(fault)?;
    }
    backup::put_secret(place, key)?;
    Ok(aside)
}
