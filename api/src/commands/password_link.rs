//! `password-link`: a link by which somebody chooses another password, for servers without mail and mailboxes that are lost.

use parlour::accounts::reset;
use parlour::config::Config;
use serde_json::json;

use super::{Failure, ready, say};

#[derive(clap::Args)]
pub struct Arguments {
    /// Mail address of the account
    #[arg(long)]
    email: String,
    /// Print the link as JSON
    #[arg(long)]
    json: bool,
}

pub async fn make(config: Config, arguments: Arguments) -> Result<(), Failure> {
    let app = ready(config).await?;
    let token = reset::hand_out(&app, &arguments.email).await?;
    let link = format!("{}/admin/reset#token={token}", app.config.public_url);
    let minutes = app.config.reset_minutes;
    match arguments.json {
        true => say(json!({ "link": link, "minutes": minutes })),
        false => say(format!("{link}\nGood once, for {minutes} minutes, for whoever has it.")),
    }
}
