//! `account`: what only the operator can do for somebody.

use clap::Subcommand;
use parlour::accounts::{factors, reset};
use parlour::config::Config;
use serde_json::json;

use super::{Failure, ready, say};

#[derive(Subcommand)]
pub enum Command {
    /// Make a link by which somebody chooses another password, for servers without mail and mailboxes that are lost
    PasswordLink {
        /// Mail address of the account
        #[arg(long)]
        email: String,
        /// Print the link as JSON
        #[arg(long)]
        json: bool,
    },
    /// Take away the authenticator app, passkeys and recovery codes of somebody who has lost them; his password stays
    ///
    /// Make sure first that it is him who asks: afterwards his password alone signs in. His sessions end, and the log has a line of it.
    ResetFactors {
        /// Mail address of the account
        #[arg(long)]
        email: String,
        /// Print what was taken away as JSON
        #[arg(long)]
        json: bool,
    },
}

pub async fn run(config: Config, command: Command) -> Result<(), Failure> {
    let app = ready(config).await?;
    match command {
        Command::PasswordLink { email, json } => {
            let token = reset::hand_out(&app, &email).await?;
            let link = format!("{}/admin/reset#token={token}", app.config.public_url);
            let minutes = app.config.reset_minutes;
            match json {
                true => say(json!({ "link": link, "minutes": minutes })),
                false => say(format!("{link}\nGood once, for {minutes} minutes, for whoever has it.")),
            }
        }
        Command::ResetFactors { email, json } => {
            let reset = factors::reset(&app, &email).await?;
            match json {
                true => say(json!({
                    "id": reset.account.id,
                    "email": reset.account.email,
                    "totp": reset.authenticator,
                    "passkeys": reset.passkeys,
                    "recovery_codes": reset.recovery_codes,
                })),
                false => say(format!(
                    "{} signs in by password alone now. Gone: {}, {} passkeys, {} recovery codes. Sessions are ended.",
                    reset.account.email,
                    if reset.authenticator {
                        "the authenticator app"
                    } else {
                        "no authenticator app"
                    },
                    reset.passkeys,
                    reset.recovery_codes,
                )),
            }
        }
    }
}
