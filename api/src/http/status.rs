//! Is it alive, and can it serve?

use std::sync::Arc;

use poem::http::StatusCode;
use poem::{IntoResponse, Request, Response, handler};
use serde_json::json;

use super::caller;
use crate::error::{Error, OrLog};
use crate::infra::{build, queue};

/// The process answers.
#[handler]
pub fn healthz() -> Response {
    alive()
}

/// That it does.
pub fn alive() -> Response {
    "ok\n".with_content_type("text/plain").into_response()
}

/// The process can serve: the database answers, and nobody told it to stop. With Redis or the mail server away it serves on and says
/// so.
#[handler]
pub async fn readyz(request: &Request) -> poem::Result<Response> {
    let app = caller::app(request)?;
    let database = app.db.ping().await.is_ok();
    let ready = database && !app.is_stopping();
    let failed_jobs = if database {
        queue::failed(&app.db).await.ok()
    } else {
        None
    };
    if app.mailer.is_due(app.clock.now()) {
        // For the next one who asks: nobody waits here for a mail server.
        let app = Arc::clone(app);
        tokio::spawn(async move {
            app.mailer.look(app.clock.now()).await.or_log("mails wait in the queue");
        });
    }
    let state = json!({
        "ready": ready,
        "stopping": app.is_stopping(),
        "database": if database { "ok" } else { "away" },
        "limits": match (app.config.redis_url.is_empty(), app.limiter.healthy()) {
            (true, _) => "this node alone",
            (false, true) => "shared",
            (false, false) => "this node alone: Redis is away",
        },
        "replica": match app.db.replica_keeps_up() {
            None => "none",
            Some(true) => "ok",
            Some(false) => "away or behind",
        },
        "mail": app.mailer.standing(),
        "failed_jobs": failed_jobs,
        "streams": app.streams.listeners(),
        "version": build::VERSION,
        "commit": build::COMMIT,
    });
    let status = if ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    Ok(state
        .to_string()
        .with_content_type("application/json")
        .with_status(status)
        .into_response())
}

/// The schema waits to be brought up to date: by anything but this node, which serves nothing until then.
#[handler]
pub fn not_migrated(request: &Request) -> poem::Result<Response> {
    if request.uri().path() != "/readyz" {
        return Err(Error::Unavailable("the schema waits for `parlour migrate`".to_owned()).into());
    }
    let state = json!({
        "ready": false,
        "database": "waits for `parlour migrate`",
        "version": env!("CARGO_PKG_VERSION"),
    });
    let status = StatusCode::SERVICE_UNAVAILABLE;
    Ok(state
        .to_string()
        .with_content_type("application/json")
        .with_status(status)
        .into_response())
}
