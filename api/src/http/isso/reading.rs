//! Reading and counting as Isso's clients do: from memory where it can be, before poem-openapi takes the request apart.

use std::fmt::Write;

use chrono::{DateTime, Utc};
use poem::http::Method;
use poem::{IntoResponse, Request, RequestBody, Response};
use poem_openapi::OperationId;
use poem_openapi::types::ToJSON;

use super::views::{Config, ThreadView};
use super::{address, body, here, in_query};
use crate::error::{Error, ErrorCode, FieldCode, Result};
use crate::http::{body as json, caller, ready};
use crate::threads::flat::{self, Ask, Sort};
use crate::threads::heads::{self, PageKey, Question};
use crate::threads::{self, key::Address};

/// Raised when the views change their shape, so that no cache keeps the old one.
const VIEW: u32 = 1;

pub const FETCH: &str = "isso_fetch";
pub const COUNT: &str = "isso_count";

/// Conversations counted in one call.
const MOST_COUNTS: usize = 1000;

/// Which of the two a request is, and the key of its site.
pub enum Usual<'a> {
    Fetch(&'a str),
    Count(&'a str),
}

/// What most requests of Isso's clients are.
pub fn usual(request: &Request) -> Option<Usual<'_>> {
    let (site_key, rest) = super::parts(request.uri().path())?;
    match (request.method(), rest) {
        (&Method::GET, "") => Some(Usual::Fetch(site_key)),
        (&Method::POST, "count") => Some(Usual::Count(site_key)),
        _ => None,
    }
}

/// What is asked of a conversation, as it was sent.
struct Asked {
    uri: String,
    ask: Ask,
}

impl Asked {
    /// # Errors
    /// `invalid_parameter` in Isso's words.
    fn read(query: &str) -> Result<Self> {
        let mut uri = None;
        let mut ask = Ask::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                // The first of several, as Isso has it.
                "uri" if uri.is_none() => uri = Some(value.into_owned()),
                "parent" => ask.parent = Some(number("parent", &value)?),
                "limit" => ask.limit = Some(whole("limit", &value)?),
                "nested_limit" => ask.nested_limit = Some(whole("nested_limit", &value)?),
                "offset" => ask.offset = whole("offset", &value)?,
                "after" if !value.is_empty() => ask.after = time(&value)?,
                "plain" => ask.plain = value != "0",
                "sort" => {
                    ask.sort = match &*value {
                        "newest" => Sort::Newest,
                        "oldest" => Sort::Oldest,
                        "upvotes" => Sort::Upvotes,
                        _ => return Err(in_query("Invalid sort option. Must be one of: newest, oldest, upvotes")),
                    }
                }
                _ => {}
            }
        }
        let uri = uri.ok_or_else(|| in_query("missing uri query"))?;
        Ok(Asked { uri, ask })
    }
}

fn number(name: &str, value: &str) -> Result<i64> {
    value
        .trim()
        .parse()
        .map_err(|_| in_query(&format!("{name} should be integer")))
}

fn whole(name: &str, value: &str) -> Result<u64> {
    u64::try_from(number(name, value)?).map_err(|_| in_query(&format!("{name} should not be negative")))
}

/// Seconds since 1970, with a fraction. None for a moment before anything.
fn time(value: &str) -> Result<Option<DateTime<Utc>>> {
    let seconds: f64 = value
        .trim()
        .parse()
        .ok()
        .filter(|seconds: &f64| seconds.is_finite())
        .ok_or_else(|| in_query("after should be a time"))?;
    #[expect(clippy::cast_possible_truncation, reason = "cut to what a time can be, one line on")]
    let milliseconds = (seconds.clamp(0.0, 253_402_300_799.0) * 1000.0) as i64;
    Ok(DateTime::from_timestamp_millis(milliseconds).filter(|_| milliseconds > 0))
}

/// Answers a read, within the caller's budget.
pub async fn fetch(request: &Request, site_key: &str) -> Result<Response> {
    let (app, visitor) = caller::reader(request, site_key).await?;
    let Asked { uri, ask } = Asked::read(request.uri().query().unwrap_or_default())?;
    let site = visitor.site();
    // More replies, and more comments, are part of the same visit.
    if ask.parent.is_none() && ask.offset == 0 {
        app.tallies.read(site, app.clock.now());
    }
    // What is called nothing has no comments.
    let head = match uri.trim() {
        "" => None,
        _ => {
            let address = address(site, here(site, request).as_deref(), &uri)?;
            heads::named(app, site.id(), &address).await?
        }
    };
    let version = site.row().version;
    let state = || {
        let mut state = format!("i{VIEW}.{version:x}");
        if let Some(thread) = &head {
            let _ = write!(state, ".{:x}.{}", thread.version, thread.id.simple());
        }
        state
    };
    let view = |page| {
        let config = Config::new(site.settings(), app.mailer.is_configured());
        ThreadView::new(page, ask.parent, ask.plain, config)
    };
    let Some(thread) = &head else {
        let nothing = view(flat::nothing(&ask));
        return ready::send(&ready::json(nothing.to_json_string(), &state()), request, FETCH).await;
    };
    if let Some(tag) = ready::known_to(request, &state()) {
        return ready::not_modified(tag, FETCH);
    }
    let key = PageKey {
        thread_id: thread.id,
        thread_version: thread.version,
        site_version: version,
        closed_by: None,
        question: Question::Flat(ask.clone()),
    };
    let build = || async {
        let page = view(flat::read(app, thread, &ask).await?);
        Ok::<_, Error>(ready::json(page.to_json_string(), &state()))
    };
    ready::send(&*app.pages.get(&key, build).await?, request, FETCH).await
}

/// Counts published comments of conversations, in the order asked.
pub async fn counts(request: &Request, body: &mut RequestBody, site_key: &str) -> poem::Result<Vec<i64>> {
    let (app, visitor) = caller::reader(request, site_key).await?;
    let uris: Vec<String> = match body::read(request, body).await? {
        list if list.is_array() => json::typed(list)?,
        _ => return Err(Error::refused(ErrorCode::MalformedRequest, "The body must be a list of uris.").into()),
    };
    if uris.len() > MOST_COUNTS {
        let detail = format!("Ask for {MOST_COUNTS} conversations at most.");
        return Err(Error::invalid("", FieldCode::TooMany, detail).into());
    }
    let site = visitor.site();
    // What cannot be the name of a conversation has no comments.
    let here = here(site, request);
    let addresses: Vec<Option<Address>> = uris
        .iter()
        .map(|uri| address(site, here.as_deref(), uri).ok())
        .collect();
    let asked: Vec<Address> = addresses.iter().flatten().cloned().collect();
    let mut found = threads::counts(app, &visitor, &asked).await?.into_iter();
    Ok(addresses
        .iter()
        .map(|address| address.as_ref().and_then(|_| found.next()).unwrap_or(0))
        .collect())
}

/// The same as an answer that is made without poem-openapi.
pub async fn count(request: &Request, body: &mut RequestBody, site_key: &str) -> poem::Result<Response> {
    let counts = counts(request, body, site_key).await?;
    let mut response = poem::web::Json(counts).into_response();
    response.set_data(OperationId(COUNT));
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(query: &str) -> Ask {
        Asked::read(query)
            .unwrap_or_else(|error| panic!("{query}: {error}"))
            .ask
    }

    #[test]
    fn a_question_is_read_as_isso_reads_it() {
        assert_eq!(ask("uri=/a"), Ask::default());
        let all = ask("uri=/a&parent=3&limit=5&nested_limit=0&offset=2&sort=upvotes&plain=1&after=1.5");
        assert_eq!(
            (all.parent, all.limit, all.nested_limit, all.offset),
            (Some(3), Some(5), Some(0), 2)
        );
        assert_eq!((all.sort, all.plain), (Sort::Upvotes, true));
        assert_eq!(all.after, DateTime::from_timestamp_millis(1500));
        assert_eq!(ask("uri=/a&after=0").after, None);
        assert!(ask("uri=/a&plain=yes").plain && !ask("uri=/a&plain=0").plain);
        assert_eq!(Asked::read("uri=/a&uri=/b").unwrap().uri, "/a");
        assert_eq!(Asked::read("uri=").unwrap().uri, "");
    }

    #[test]
    fn what_isso_refuses_is_refused() {
        for query in [
            "",
            "url=/a",
            "uri=/a&sort=best",
            "uri=/a&sort=",
            "uri=/a&limit=x",
            "uri=/a&limit=1.5",
            "uri=/a&limit=-1",
            "uri=/a&offset=-1",
            "uri=/a&parent=",
            "uri=/a&nested_limit=many",
            "uri=/a&after=yesterday",
            "uri=/a&after=NaN",
        ] {
            let error = Asked::read(query).err().unwrap_or_else(|| panic!("{query}"));
            assert_eq!(error.code(), ErrorCode::InvalidParameter, "{query}");
        }
    }
}
