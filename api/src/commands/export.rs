//! `export`: a site's conversations as a file.

use std::path::PathBuf;
use std::pin::pin;

use clap::ValueEnum;
use futures_util::StreamExt;
use parlour::config::Config;
use parlour::sites;
use parlour::transfer::export;
use serde_json::json;
use tokio::io::AsyncWriteExt;

use super::{Failure, ready, say};

#[derive(clap::Args)]
pub struct Arguments {
    /// The site's key, as in its snippet
    #[arg(long, value_name = "KEY")]
    site: String,
    /// The form of the file
    #[arg(long, value_enum, default_value_t = To::Parlour)]
    to: To,
    /// The file to write
    file: PathBuf,
    /// Print what was written as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum To {
    /// Lines of JSON with all there is (docs/export.md)
    Parlour,
}

pub async fn run(config: Config, arguments: Arguments) -> Result<(), Failure> {
    let app = ready(config).await?;
    let site = sites::find_by_key(&app, &arguments.site).await?;
    let pieces = match arguments.to {
        To::Parlour => export::of_site(&app, &site),
    };
    let shown = arguments.file.display();
    let fault = |error: std::io::Error| Failure::Because(format!("{shown}: {error}"));
    // Under its name only once it is whole.
    let mut part = arguments.file.clone().into_os_string();
    part.push(".part");
    let mut file = tokio::fs::File::create(&part).await.map_err(fault)?;
    let mut pieces = pin!(pieces);
    let mut lines = 0;
    while let Some(piece) = pieces.next().await {
        let piece = piece?;
        lines += piece.lines().count();
        file.write_all(piece.as_bytes()).await.map_err(fault)?;
    }
    file.sync_all().await.map_err(fault)?;
    tokio::fs::rename(&part, &arguments.file).await.map_err(fault)?;
    match arguments.json {
        true => say(json!({ "file": arguments.file, "lines": lines })),
        false => say(format!("{lines} lines in {shown}.")),
    }
}
