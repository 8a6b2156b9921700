//! What each command does, and how it says that it could not.

pub mod account;
pub mod backup;
pub mod check;
pub mod config;
pub mod demo;
pub mod export;
pub mod health;
pub mod import;
pub mod mail;
pub mod migrate;
pub mod restore;
mod running;
pub mod serve;
pub mod setup;
pub mod site;

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use parlour::app::App;
use parlour::config::Config;
use parlour::error::Error;

/// Why a command ends with status 1.
pub enum Failure {
    /// It has said so itself.
    Said,
    Because(String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Because(error.to_string())
    }
}

impl From<String> for Failure {
    fn from(sentence: String) -> Self {
        Failure::Because(sentence)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Failure::Because(error.to_string())
    }
}

pub fn configured(file: Option<&Path>) -> Result<Config, Failure> {
    Ok(Config::load(file)?)
}

/// The app for a command that acts on the database: connected and migrated.
pub async fn ready(config: Config) -> Result<Arc<App>, Failure> {
    let app = App::start(config).await?;
    let pending = app.db.standing().await?.pending.len();
    if pending > 0 && !app.config.migrate_on_start {
        return Err(Failure::Because(format!(
            "{pending} changes of the schema wait for `parlour migrate`, as migrate_on_start is false"
        )));
    }
    app.db.migrate(&app.config).await?;
    Ok(app)
}

/// Prints to stdout; a reader that went away is no failure of ours to report.
pub fn say(text: impl std::fmt::Display) -> Result<(), Failure> {
    match writeln!(std::io::stdout(), "{text}") {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Err(Failure::Said),
        other => Ok(other?),
    }
}

pub fn openapi(json: bool) -> Result<(), Failure> {
    use parlour::http::document;
    match json {
        true => say(document::json()),
        false => say(document::yaml().trim_end()),
    }
}
