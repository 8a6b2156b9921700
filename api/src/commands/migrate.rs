//! `migrate`: the schema, brought up to date.

use parlour::app::App;
use parlour::config::Config;
use serde_json::json;

use super::{Failure, say};

pub async fn migrate(config: Config, as_json: bool) -> Result<(), Failure> {
    let app = App::start(config).await?;
    let pending = app.db.pending_migrations().await?;
    app.db.migrate(&app.config).await?;
    match as_json {
        true => say(json!({ "engine": app.db.engine(), "applied": pending })),
        false if pending.is_empty() => say("The schema is up to date."),
        false => say(format!("Applied {}.", pending.join(", "))),
    }
}
