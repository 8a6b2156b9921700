//! `import`: conversations from other systems.

use std::cell::Cell;
use std::io::Read;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use clap::{Subcommand, ValueEnum};
use parlour::config::Config;
use parlour::infra::isso::MAGIC;
use parlour::sites;
use parlour::transfer::{self, Progress, isso};
use uuid::Uuid;

use super::{Failure, ready, say};

#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// The site's key, as in its snippet
    #[arg(long, required = true, value_name = "KEY")]
    site: Option<String>,
    /// The file to import
    #[arg(required = true)]
    file: Option<PathBuf>,
    /// The system that the file is from
    #[arg(long, value_enum, default_value_t = From::Auto)]
    from: From,
    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,
    /// With Isso: the salt of its configuration's [hash] section, if it names one
    #[arg(long, value_name = "SALT")]
    hash_salt: Option<String>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Take back what an import has brought
    Undo {
        /// The import, as its report names it
        batch: Uuid,
        /// Print what was done as JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum From {
    /// As its contents say
    Auto,
    /// The database of an Isso (comments.db)
    Isso,
}

pub async fn run(config: Config, arguments: Arguments) -> Result<(), Failure> {
    match (arguments.command, arguments.site, arguments.file) {
        (Some(Command::Undo { batch, json }), ..) => undo(config, batch, json).await,
        (None, Some(site), Some(file)) => {
            let options = isso::Options {
                dry_run: arguments.dry_run,
                salt: arguments.hash_salt,
            };
            import(config, &site, &file, arguments.from, &options, arguments.json).await
        }
        _ => Err(Failure::Because(
            "which site, and which file? See parlour import --help".to_owned(),
        )),
    }
}

async fn import(
    config: Config,
    site: &str,
    file: &Path,
    from: From,
    options: &isso::Options,
    as_json: bool,
) -> Result<(), Failure> {
    if matches!(from, From::Auto) && !is_sqlite(file)? {
        return Err(Failure::Because(format!(
            "{} is of no system that can be imported: an Isso's comments.db is",
            file.display()
        )));
    }
    let app = ready(config).await?;
    let site = sites::find_by_key(&app, site).await?;
    let stopped = stop_on_interrupt();
    let line = Line::new("comments");
    let report = isso::import(&app, site, file, &std::env::temp_dir(), options, |progress| {
        line.show(progress);
        match stopped.load(Ordering::Relaxed) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    })
    .await?;
    match as_json {
        true => say(report.json()),
        false => say(report),
    }
}

fn is_sqlite(file: &Path) -> Result<bool, Failure> {
    let fault = |error| Failure::Because(format!("{} cannot be read: {error}", file.display()));
    let mut head = Vec::new();
    let opened = std::fs::File::open(file).map_err(fault)?;
    opened.take(MAGIC.len() as u64).read_to_end(&mut head).map_err(fault)?;
    Ok(head == MAGIC)
}

async fn undo(config: Config, batch: Uuid, as_json: bool) -> Result<(), Failure> {
    let app = ready(config).await?;
    let line = Line::new("comments taken back");
    let undone = transfer::undo(&app, batch, |progress| line.show(progress)).await?;
    if as_json {
        return say(undone.json());
    }
    say(format!(
        "Taken back: {} comments, {} threads, {} subscriptions",
        undone.comments, undone.threads, undone.subscriptions
    ))?;
    if undone.kept.is_empty() {
        return Ok(());
    }
    let numbers: Vec<String> = undone.kept.iter().map(i64::to_string).collect();
    say(format!(
        "Answered since, so that their places stay, without words and author: {}",
        numbers.join(", ")
    ))
}

/// Whether Ctrl-C was pressed: then the run ends after the comments at hand. Pressed again, it ends at once.
fn stop_on_interrupt() -> Arc<AtomicBool> {
    let stopped = Arc::<AtomicBool>::default();
    let told = Arc::clone(&stopped);
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            told.store(true, Ordering::Relaxed);
        }
        if tokio::signal::ctrl_c().await.is_ok() {
            std::process::exit(1);
        }
    });
    stopped
}

/// Says on stderr, every few seconds, how far long work is.
struct Line {
    what: &'static str,
    said: Cell<Instant>,
}

impl Line {
    const PAUSE: Duration = Duration::from_secs(2);

    fn new(what: &'static str) -> Self {
        Line {
            what,
            said: Cell::new(Instant::now()),
        }
    }

    fn show(&self, Progress { done, all }: Progress) {
        if self.said.get().elapsed() < Self::PAUSE {
            return;
        }
        self.said.set(Instant::now());
        match all > done {
            true => eprintln!("{done} of {all} {}", self.what),
            false => eprintln!("{done} {}", self.what),
        }
    }
}
