//! `setup`: an operator's account from the shell.

use std::io::Read;

use parlour::accounts::{self, Applicant};
use parlour::config::Config;
use serde_json::json;

use super::{Failure, ready, say};

#[derive(clap::Args)]
pub struct Arguments {
    /// Mail address to sign in with
    #[arg(long)]
    email: String,
    /// Read the password from standard input (its first line)
    #[arg(long, required = true)]
    password_stdin: bool,
    /// Name, shown with replies as the team [default: the address up to the @]
    #[arg(long)]
    name: Option<String>,
    /// Print the account as JSON
    #[arg(long)]
    json: bool,
}

pub async fn setup(config: Config, arguments: Arguments) -> Result<(), Failure> {
    /// Far above the longest password.
    const MOST: u64 = 4096;
    let mut typed = String::new();
    std::io::stdin().take(MOST).read_to_string(&mut typed)?;
    let password = typed.lines().next().unwrap_or_default().to_owned();
    let name = arguments
        .name
        .unwrap_or_else(|| arguments.email.split('@').next().unwrap_or_default().to_owned());
    let app = ready(config).await?;
    let account = accounts::make_operator(
        &app,
        Applicant {
            email: arguments.email,
            name,
            password,
        },
    )
    .await?;
    match arguments.json {
        true => {
            say(json!({ "id": account.id, "email": account.email, "name": account.name, "operator": account.operator }))
        }
        false => say(format!(
            "{} can sign in at {}/admin/ now.",
            account.email, app.config.public_url
        )),
    }
}
