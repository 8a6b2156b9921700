//! `mail`: whether what is configured carries mail to where it should go.

use clap::{Subcommand, ValueEnum};
use parlour::config::Config;
use parlour::emails;
use parlour::infra::clock::Clock;
use parlour::infra::mailer::Mailer;
use parlour::job::Locale;
use serde_json::json;

use super::{Failure, say};

#[derive(Subcommand)]
pub enum Command {
    /// Send a mail of no importance, and say what the mail server answered
    ///
    /// That a server took it does not say where it went: look into the mailbox, and among the spam.
    Test {
        /// Where to send it
        #[arg(value_name = "ADDRESS")]
        to: String,
        /// The language of the mail
        #[arg(long, value_enum, default_value = "en")]
        language: Language,
        /// Print what came of it as JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the DNS record that lets receivers verify the signatures of mails (DKIM)
    Dkim {
        /// Print it as JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Language {
    En,
    De,
}

impl From<Language> for Locale {
    fn from(language: Language) -> Self {
        match language {
            Language::En => Locale::En,
            Language::De => Locale::De,
        }
    }
}

pub async fn run(config: Config, command: Command) -> Result<(), Failure> {
    match command {
        Command::Test { to, language, json } => test(&config, to, language, json).await,
        Command::Dkim { json } => dkim(&config, json),
    }
}

fn dkim(config: &Config, json: bool) -> Result<(), Failure> {
    let mailer = Mailer::new(config)?;
    let Some(signer) = mailer.signer() else {
        return Err("mails are not signed: set dkim_selector and dkim_key_file first"
            .to_owned()
            .into());
    };
    if json {
        return say(json!({
            "name": signer.name(),
            "type": "TXT",
            "value": signer.record(),
            "zone": signer.zone_line(),
            "domain": signer.domain(),
            "algorithm": signer.algorithm(),
        }));
    }
    say(signer.zone_line())
}

async fn test(config: &Config, to: String, language: Language, json: bool) -> Result<(), Failure> {
    let mailer = Mailer::new(config)?;
    if !mailer.is_configured() {
        return Err("no smtp_url: set it to the address of a mail server first"
            .to_owned()
            .into());
    }
    let clock = Clock::default();
    let letter = emails::trial(&config.public_url, &clock, to, language.into());
    let outcome = mailer.send(&letter, clock.now()).await;
    if json {
        say(json!({
            "sent": outcome.is_ok(),
            "message_id": mailer.message_id(letter.id),
            "from": mailer.from(),
            "error": outcome.as_ref().err().map(ToString::to_string),
        }))?;
        return outcome.map_err(|_| Failure::Said);
    }
    match outcome {
        Ok(()) => say(format!(
            "Sent, as {} from {}. Now look into the mailbox of {}, and among its spam.",
            mailer.message_id(letter.id),
            mailer.from(),
            letter.to
        )),
        Err(unsent) => Err(format!("not sent: {unsent}").into()),
    }
}
