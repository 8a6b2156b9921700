//! `backup`: a copy of the embedded database, taken while it is served from.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use parlour::app;
use parlour::config::Config;
use parlour::infra::backup::{self, Draft, Fault, Manifest, beside};
use parlour::infra::clock::Clock;
use parlour::infra::db;
use parlour::infra::signing::Keys;
use serde_json::json;
use url::Url;

use super::{Failure, say};

#[derive(clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of the command line")]
pub struct Arguments {
    /// The file to write, or with --verify to look through
    file: PathBuf,
    /// Replace the file if it is there
    #[arg(long)]
    force: bool,
    /// Also write the secret key, to FILE.key: keep it elsewhere than the backup
    #[arg(long)]
    with_key: bool,
    /// Write nothing: look whether FILE is a backup, whole, and as it was written
    #[arg(long, conflicts_with_all = ["force", "with_key"])]
    verify: bool,
    /// Print what is in the backup as JSON
    #[arg(long)]
    json: bool,
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Failure::Because(fault.to_string())
    }
}

/// What tells the secret keys of two installations apart, and nothing more about them.
pub fn names_of(keys: &Keys) -> Vec<String> {
    keys.pseudonyms("backup", "")
        .iter()
        .map(|name| name.chars().take(16).collect())
        .collect()
}

pub async fn run(config: Config, arguments: Arguments) -> Result<(), Failure> {
    let Arguments { file, json, .. } = &arguments;
    if arguments.verify {
        let found = backup::verify(file).await?;
        return told(file, &found.manifest, None, *json);
    }
    let Some(database) = db::sqlite_path(&config.database_url) else {
        return Err(instead(
            &config.database_url,
            "pg_dump --format=custom --file={file} {url}",
            file,
        ));
    };
    let keys = app::keys_there(&config)?;
    let key_file = beside(file, ".key");
    if arguments.with_key && key_file.exists() && !arguments.force {
        return Err(Fault::Taken(key_file).into());
    }
    let draft = Draft::begin(file, arguments.force)?;
    copy(&draft, &database).await?;
    let key = keys.as_ref().and_then(|keys| names_of(keys).into_iter().next());
    let manifest = draft.finish(Clock::default().now(), key).await?;
    let written = match arguments.with_key {
        true => Some(write_key(&config, &key_file)?),
        false => None,
    };
    told(file, &manifest, written, *json)
}

/// Copies, and tells whoever sits in front of it how far it is.
async fn copy(draft: &Draft, database: &Path) -> Result<(), Failure> {
    if !std::io::stderr().is_terminal() {
        return Ok(draft.copy(database).await?);
    }
    let all = backup::size_of(database).await?.max(1);
    let telling = async {
        let mut tick = tokio::time::interval(Duration::from_millis(500));
        loop {
            tick.tick().await;
            let done = std::fs::metadata(draft.part()).map_or(0, |part| part.len());
            eprint!("\r{:3} % of {} MiB", (done * 100 / all).min(100), all >> 20);
            std::io::stderr().flush().ok();
        }
    };
    let outcome = tokio::select! {
        outcome = draft.copy(database) => outcome,
        () = telling => Ok(()),
    };
    eprintln!("\r{:30}\rCopied; looking through it", "");
    Ok(outcome?)
}

/// The key that is in use, in a file for its owner alone.
fn write_key(config: &Config, to: &Path) -> Result<PathBuf, Failure> {
    let key = match config.secret_key.is_empty() {
        false => config.secret_key.expose().to_owned(),
        true => {
            let file = config.secret_file();
            std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?
        }
    };
    backup::put_secret(to, &format!("{}\n", key.trim()))?;
    Ok(to.to_owned())
}

fn told(file: &Path, manifest: &Manifest, key: Option<PathBuf>, as_json: bool) -> Result<(), Failure> {
    if as_json {
        let mut line = serde_json::to_value(manifest).map_err(|error| error.to_string())?;
        line["file"] = json!(file);
        line["key_file"] = json!(key);
        return say(line);
    }
    let rows: Vec<String> = manifest
        .rows
        .iter()
        .map(|(table, count)| format!("{table} {count}"))
        .collect();
    say(format!(
        "{}: {} bytes, made {} by Parlour {}, schema {}; rows: {}; SHA-256 {}",
        file.display(),
        manifest.bytes,
        manifest.made_at.format("%Y-%m-%d %H:%M:%S UTC"),
        manifest.version,
        manifest.schema,
        rows.join(", "),
        manifest.sha256,
    ))?;
    match key {
        Some(key) => say(format!("The secret key is in {}; keep it elsewhere.", key.display())),
        None => say("The secret key is not in it; keep that, too (docs/backup.md)."),
    }
}

/// What to type on a database server, which has its own means.
pub fn instead(url: &str, line: &str, file: &Path) -> Failure {
    let line = line
        .replace("{file}", &quoted(&file.display().to_string()))
        .replace("{url}", &quoted(&without_secrets(url)));
    Failure::Because(format!(
        "the database is a server's, which brings its own means (docs/backup.md): {line}"
    ))
}

/// An address for a command line: whoever looks at the processes of a machine reads those. The password comes from ~/.pgpass.
fn without_secrets(url: &str) -> String {
    let Ok(mut url) = Url::parse(url) else {
        return "DATABASE_URL".to_owned();
    };
    if url.set_password(None).is_err() {
        return "DATABASE_URL".to_owned();
    }
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(name, _)| matches!(&**name, "sslmode" | "sslrootcert" | "host" | "port" | "dbname"))
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    url.set_query(None);
    if !kept.is_empty() {
        url.query_pairs_mut().extend_pairs(kept);
    }
    url.into()
}

/// For a shell.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}
