//! `config`: what holds on this machine, and who said so.

use std::path::Path;

use parlour::config::{Config, Source, may_be_in_file, variable};

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

/// Where a section of the table begins: at a setting, in the order of the defaults.
const SECTIONS: [(&str, &str); 11] = [
    ("mode", "The node"),
    ("database_url", "Database and Redis"),
    ("smtp_url", "Mail"),
    ("secret_key", "Secrets and proxies"),
    ("sign_up", "Accounts, logs and jobs"),
    ("access_minutes", "How long sign-ins and links last"),
    ("password_workers", "Work at the same time"),
    ("deleted_days", "How long things are kept"),
    ("body_limit", "Memory, streams and connections"),
    ("outgoing_ports", "What goes out"),
    ("limit_read", "Budgets"),
];

/// All settings as a page (docs/settings.md), so that it follows from the code.
pub fn table() -> Result<(), Failure> {
    let mut lines = vec![
        "# Every setting".to_owned(),
        String::new(),
        "Written by `make generate` from the defaults that are compiled in; changes belong into `api/config.default.toml`.".to_owned(),
        String::new(),
        "A setting stands in `parlour.toml` (or the file of `--config`) by its name, or in the environment by its variable, which wins. Lists \
         are separated by commas in the environment. Of those marked *, the variable with `_FILE` behind it may name a file that holds the \
         value (`PARLOUR_SECRET_KEY_FILE=/run/secrets/secret_key`), as containers and systemd hand secrets over. `parlour config` shows \
         what is in force and who said so, `parlour check` what is wrong with it."
            .to_owned(),
    ];
    for one in Config::defaults_told() {
        if let Some((_, title)) = SECTIONS.iter().find(|(first, _)| *first == one.name) {
            lines.extend([
                String::new(),
                format!("## {title}"),
                String::new(),
                "| setting | variable | default | what it is for |".to_owned(),
                "| --- | --- | --- | --- |".to_owned(),
            ]);
        }
        let star = if may_be_in_file(&one.name) { " *" } else { "" };
        let value = match one.value.as_str() {
            "" => "(empty)".to_owned(),
            value => format!("`{value}`"),
        };
        lines.push(format!(
            "| `{}` | `{}`{star} | {value} | {} |",
            one.name,
            variable(&one.name),
            in_a_cell(&one.about)
        ));
    }
    say(lines.join("\n"))
}

/// What would end a cell of a table, or be taken for a mark.
fn in_a_cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;").replace('*', "\\*")
}
