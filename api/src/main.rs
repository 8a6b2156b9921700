//! The command line.

mod commands;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Comments for every site you run.
#[derive(Parser)]
#[command(name = "parlour", version = parlour::infra::build::NAME.as_str(), about, max_term_width = 100)]
struct Arguments {
    /// Configuration file [default: parlour.toml, if there is one]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve readers and moderators; works on background jobs, too, unless `worker = false`
    Serve {
        /// Also serve a small blog with conversations at /demo/
        #[arg(long)]
        demo: bool,
    },
    /// Work on background jobs only
    Worker,
    /// Bring the database's schema up to date
    Migrate(commands::migrate::Arguments),
    /// Print the OpenAPI document
    Openapi {
        /// As JSON instead of YAML
        #[arg(long)]
        json: bool,
    },
    /// Say what is wrong with configuration and surroundings; exit status 1 if anything is
    Check {
        /// Print the findings as JSON
        #[arg(long)]
        json: bool,
        /// Print every setting with its default instead
        #[arg(long)]
        defaults: bool,
    },
    /// Print every setting in force and where it comes from; secrets are hidden
    Config {
        /// Print each setting as a line of JSON
        #[arg(long)]
        json: bool,
        /// Print a table of all settings with their defaults instead, as Markdown
        #[arg(long, conflicts_with = "json")]
        table: bool,
    },
    /// Copy the embedded database while it is served from, or look through such a copy
    Backup(commands::backup::Arguments),
    /// Put a backup in the place of the embedded database, which is kept aside
    Restore(commands::restore::Arguments),
    /// Ask the node on this machine whether it answers; exit status 1 if not
    Health {
        /// Ask whether it can serve, too: whether its database answers
        #[arg(long)]
        ready: bool,
    },
    /// Serve the demo from a throw-away database; or plant a large platform, to see how it behaves
    Demo(commands::demo::Arguments),
    /// Make an operator's account
    Setup(commands::setup::Arguments),
    /// Help somebody who cannot sign in
    Account {
        #[command(subcommand)]
        command: commands::account::Command,
    },
    /// See whether mail goes out
    Mail {
        #[command(subcommand)]
        command: commands::mail::Command,
    },
    /// Make, list and change sites
    Site {
        #[command(subcommand)]
        command: commands::site::Command,
    },
    /// Bring conversations from another system, or take them back
    Import(commands::import::Arguments),
    /// Write a site's conversations to a file
    Export(commands::export::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        eprintln!("parlour: a TLS provider was installed before ours");
        return ExitCode::FAILURE;
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("parlour: no threads to run on: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(commands::Failure::Said) => ExitCode::FAILURE,
        Err(commands::Failure::Because(sentence)) => {
            eprintln!("parlour: {sentence}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), commands::Failure> {
    let file = arguments.config.as_deref();
    match arguments.command {
        Command::Serve { demo } => commands::serve::serve(commands::configured(file)?, demo).await,
        Command::Worker => commands::serve::worker(commands::configured(file)?).await,
        Command::Demo(arguments) => commands::demo::run(commands::configured(file)?, arguments).await,
        Command::Migrate(arguments) => commands::migrate::run(commands::configured(file)?, arguments).await,
        Command::Openapi { json } => commands::openapi(json),
        Command::Check { defaults: true, .. } => commands::say(parlour::config::DEFAULTS),
        Command::Check { json, .. } => commands::check::check(file, json).await,
        Command::Config { table: true, .. } => commands::config::table(),
        Command::Config { json, .. } => commands::config::config(file, json),
        Command::Backup(arguments) => commands::backup::run(commands::configured(file)?, arguments).await,
        Command::Restore(arguments) => commands::restore::run(commands::configured(file)?, arguments).await,
        Command::Health { ready } => commands::health::health(commands::configured(file)?, ready).await,
        Command::Setup(arguments) => commands::setup::setup(commands::configured(file)?, arguments).await,
        Command::Account { command } => commands::account::run(commands::configured(file)?, command).await,
        Command::Mail { command } => commands::mail::run(commands::configured(file)?, command).await,
        Command::Site { command } => commands::site::run(commands::configured(file)?, command).await,
        Command::Export(arguments) => commands::export::run(commands::configured(file)?, arguments).await,
        Command::Import(arguments) => commands::import::run(commands::configured(file)?, arguments).await,
    }
}
