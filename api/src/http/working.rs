//! A request's place among what this node works on (`infra::gate`), and the time that it may take.
//!
//! What is answered from memory needs none, so that readers read on while the database is slow: what they miss there takes a place
//! of its own where it is looked up. A place is laid down while a body comes, or slow senders would take all of them.

use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use poem::http::Method;
use poem::{Request, Response};

use super::layers::Notes;
use super::{caller, isso, visitor};
use crate::app::App;
use crate::error::{Error, Result};
use crate::infra::gate::Pass;

/// The place of one request, while it has one.
#[derive(Debug, Default)]
pub struct Place(Mutex<Option<Pass>>);

impl Place {
    fn put(&self, pass: Option<Pass>) -> Option<Pass> {
        std::mem::replace(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), pass)
    }
}

/// Whether a request asks for rows: everything but files, pages that are the same for everybody, and signs of life.
fn takes_a_place(request: &Request) -> bool {
    let path = request.uri().path();
    let of_rows = path.starts_with("/v1/") || path.starts_with("/mail/") || isso::is_api(path);
    of_rows && !is_from_memory(request)
}

fn is_from_memory(request: &Request) -> bool {
    let path = request.uri().path();
    let counts = request.method() == Method::GET && path.ends_with("/counts");
    counts || visitor::hot::is_read(request) || isso::is_read(request)
}

/// Serves a request in its place and within its time.
///
/// # Errors
/// [`Error::Unavailable`] at once if there is no place, and when its time is up. What was not committed then is undone; posts that
/// wait in a site's line are stored all the same, and a retry with their key hears so.
pub async fn serve(
    request: Request,
    serve: impl AsyncFnOnce(Request) -> poem::Result<Response>,
) -> poem::Result<Response> {
    if !takes_a_place(&request) {
        return serve(request).await;
    }
    let app = std::sync::Arc::clone(caller::app(&request)?);
    let notes = Notes::of(&request);
    notes.place.put(Some(app.gate.enter()?));
    let outcome = in_time(&app, serve(request)).await;
    notes.place.put(None);
    outcome
}

async fn in_time<T>(app: &App, work: impl Future<Output = poem::Result<T>>) -> poem::Result<T> {
    let longest = Duration::from_secs(app.config.request_seconds);
    match tokio::time::timeout(longest, work).await {
        Ok(outcome) => outcome,
        Err(_) => Err(Error::Unavailable("a request took longer than request_seconds".to_owned()).into()),
    }
}

/// Lays the place down while a body comes, and takes one up again for what is done with it.
///
/// # Errors
/// Those of `reading`; [`Error::Unavailable`] if there is no place any more.
pub async fn without_place<T>(request: &Request, reading: impl Future<Output = poem::Result<T>>) -> poem::Result<T> {
    let notes = Notes::of(request);
    let had = notes.place.put(None).is_some();
    let read = reading.await?;
    if had {
        let pass: Result<Pass> = caller::app(request)?.gate.enter();
        notes.place.put(Some(pass?));
    }
    Ok(read)
}
