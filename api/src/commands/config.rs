//! `config`: what holds on this machine, and who said so.

use std::path::Path;

use parlour::config::{Config, Source};

use super::{Failure, say};

/// Every operator's setting in force, with where it comes from; never a secret.
pub fn config(file: Option<&Path>, as_json: bool) -> Result<(), Failure> {
    let told = Config::load(file)?.told();
    let longest = told.iter().map(|one| one.name.len()).max().unwrap_or(0);
    for one in &told {
        match as_json {
            true => say(serde_json::to_string(one).map_err(|error| error.to_string())?)?,
            false => {
                let from = match one.source {
                    Source::Default => "",
                    Source::File => "  (from the file)",
                    Source::Environment => "  (from the environment)",
                };
                say(format!("{:longest$} = {}{from}", one.name, one.value))?;
            }
        }
    }
    Ok(())
}
