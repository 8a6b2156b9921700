//! `migrate`: the schema, brought up to date, or how far it is.

use parlour::app::App;
use parlour::config::Config;
use serde_json::json;

use super::{Failure, say};

#[derive(clap::Args)]
pub struct Arguments {
    /// Change nothing; print how far the schema is
    #[arg(long)]
    status: bool,
    /// Change nothing; exit status 1 if changes wait
    #[arg(long, conflicts_with = "status")]
    check: bool,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

pub async fn run(config: Config, arguments: Arguments) -> Result<(), Failure> {
    let app = App::start(config).await?;
    let standing = app.db.standing().await?;
    let (pending, newer) = (&standing.pending, &standing.newer);
    if !arguments.status && !arguments.check {
        app.db.migrate(&app.config).await?;
        return match arguments.json {
            true => say(json!({ "engine": app.db.engine(), "applied": pending })),
            false if pending.is_empty() => say("The schema is up to date."),
            false => say(format!("Applied {}.", pending.join(", "))),
        };
    }
    if arguments.json {
        say(json!({ "engine": app.db.engine(), "pending": pending, "newer": newer }))?;
    } else {
        match pending.is_empty() {
            true => say("The schema is up to date.")?,
            false => say(format!("Waiting: {}.", pending.join(", ")))?,
        }
        if !newer.is_empty() {
            say(format!("Made by a newer version: {}.", newer.join(", ")))?;
        }
    }
    match arguments.check && !pending.is_empty() {
        true => Err(Failure::Said),
        false => Ok(()),
    }
}
