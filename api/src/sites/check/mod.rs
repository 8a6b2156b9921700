//! Loads a page on its owner's demand and tells what of it is in the way of comments.

mod judging;
mod policy;
mod reading;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use http::HeaderMap;
use http::header::{self, AsHeaderName};
use sea_orm::prelude::Uuid;
use url::Url;

use super::origin::Origin;
use super::{Site, current, of_member};
use crate::app::App;
use crate::error::{Error, FieldCode, Result};
use crate::infra::outgoing::{Fault, Loaded, Outcome};
use crate::tenants::Member;
use judging::Ground;
use reading::Marks;

/// Characters of an address.
const LONGEST: usize = 2048;

/// Seconds by which two clocks may differ without a word.
const NEAR: i64 = 300;

/// Different keys of a page that are looked up.
const MOST_KEYS: usize = 10;

/// What was found on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Unreachable,
    Status,
    NotHtml,
    Cut,
    Redirected,
    Elsewhere,
    SnippetFound,
    ModuleFound,
    IssoClothes,
    SnippetMissing,
    SnippetTwice,
    SnippetOtherHost,
    KeyMissing,
    KeyWrong,
    MixedContent,
    PolicyBlocksScript,
    PolicyBlocksRequests,
    PolicyBlocksTypes,
    PolicyNeedsNonce,
    ElementFound,
    ElementMissing,
    ElementTwice,
    TemplateUnfilled,
    ClockSkew,
    IssoLeft,
    DisqusLeft,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grade {
    Good,
    Warning,
    Error,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub what: What,
    pub grade: Grade,
    /// What it is about: a key, an address, a number.
    pub subject: Option<String>,
    /// What to write into the page's policy.
    pub line: Option<String>,
}

impl Finding {
    fn of(what: What, grade: Grade) -> Self {
        Finding {
            what,
            grade,
            subject: None,
            line: None,
        }
    }

    fn good(what: What) -> Self {
        Self::of(what, Grade::Good)
    }

    fn warning(what: What) -> Self {
        Self::of(what, Grade::Warning)
    }

    fn error(what: What) -> Self {
        Self::of(what, Grade::Error)
    }

    fn on(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }
}

#[derive(Debug)]
pub struct Checked {
    /// The page that was read at last, after redirects.
    pub url: Url,
    pub findings: Vec<Finding>,
}

/// Loads a page of the member's site and looks at it.
///
/// # Errors
/// `invalid_input` for what is no page of the site; `unavailable` when too many are being loaded.
pub async fn check(app: &App, member: &Member, site_id: Uuid, typed: &str) -> Result<Checked> {
    let site = of_member(app, member, site_id).await?;
    let is_of_site = |url: &Url| Origin::of_url(url).is_some_and(|origin| site.lists(&origin));
    let url = page_from(typed)?;
    if !is_of_site(&url) {
        let detail = format!(
            "{} is not among this site's origins.",
            url.origin().ascii_serialization()
        );
        return Err(Error::invalid("/url", FieldCode::Invalid, detail));
    }
    let loaded = match app.outgoing.load(&url, is_of_site).await {
        Ok(Outcome::Loaded(loaded)) => loaded,
        Ok(Outcome::Elsewhere(next)) => {
            let origin = next.origin().ascii_serialization();
            let findings = vec![Finding::error(What::Elsewhere).on(origin)];
            return Ok(Checked { url, findings });
        }
        Err(Fault::Busy) => return Err(Error::Unavailable("too many pages are being looked at".into())),
        Err(fault) => {
            let findings = vec![Finding::error(What::Unreachable).on(class(fault))];
            return Ok(Checked { url, findings });
        }
    };
    let mut findings = on_answer(&url, &loaded, app.clock.now());
    let Loaded { url, headers, body, .. } = loaded;
    if is_html(&headers) {
        // A million bytes take a moment.
        let read = tokio::task::spawn_blocking(move || reading::read(&String::from_utf8_lossy(&body)));
        let marks = read.await.map_err(Error::internal)?;
        let own = Url::parse(app.config.public_origin()).map_err(Error::internal)?;
        let ours = ours_among(app, &site, &marks).await?;
        let in_headers = texts(&headers, header::CONTENT_SECURITY_POLICY);
        let policies: Vec<policy::Policy> = in_headers
            .chain(marks.policies.iter().map(String::as_str))
            .flat_map(policy::parse)
            .collect();
        let ground = Ground {
            page: &url,
            own: &own,
            is_ours: &|key| ours.get(key).copied().unwrap_or(false),
        };
        findings.extend(judging::judge(&marks, &policies, &ground));
    }
    Ok(Checked { url, findings })
}

fn page_from(typed: &str) -> Result<Url> {
    let no_page = || Error::invalid("/url", FieldCode::Invalid, "The address of a page begins with https://");
    let typed = typed.trim();
    if typed.chars().count() > LONGEST {
        return Err(Error::invalid(
            "/url",
            FieldCode::TooLong,
            format!("An address has {LONGEST} characters at most."),
        ));
    }
    let mut url = Url::parse(typed).map_err(|_| no_page())?;
    Origin::of_url(&url).ok_or_else(no_page)?;
    url.set_fragment(None);
    Ok(url)
}

/// What went wrong on the way, as a word of the API.
fn class(fault: Fault) -> &'static str {
    match fault {
        Fault::NotWeb | Fault::Port => "port",
        Fault::Address => "address",
        Fault::Name => "name",
        Fault::Connection => "connection",
        Fault::Tls => "tls",
        Fault::Time => "time",
        Fault::Redirects => "redirects",
        Fault::Answer | Fault::Busy => "answer",
    }
}

/// What an answer says before its page is read.
fn on_answer(asked: &Url, loaded: &Loaded, now: DateTime<Utc>) -> Vec<Finding> {
    let mut found = Vec::new();
    if !(200..300).contains(&loaded.status) {
        found.push(Finding::error(What::Status).on(loaded.status.to_string()));
    }
    if !is_html(&loaded.headers) {
        let kind = text(&loaded.headers, header::CONTENT_TYPE).unwrap_or_default();
        found.push(Finding::error(What::NotHtml).on(kind.chars().take(100).collect::<String>()));
    }
    if loaded.url != *asked {
        found.push(Finding::good(What::Redirected).on(loaded.url.to_string()));
    }
    if loaded.cut {
        found.push(Finding::warning(What::Cut));
    }
    if let Some(skew) = skew_of(&loaded.headers, now).filter(|skew| skew.abs() > NEAR) {
        found.push(Finding::warning(What::ClockSkew).on(skew.to_string()));
    }
    found
}

/// By how many seconds the clock of the page's server is before ours.
fn skew_of(headers: &HeaderMap, now: DateTime<Utc>) -> Option<i64> {
    let date = DateTime::parse_from_rfc2822(text(headers, header::DATE)?).ok()?;
    // What a cache kept was sent by its server so long ago.
    let age: i64 = text(headers, header::AGE).and_then(|age| age.parse().ok()).unwrap_or(0);
    Some((date.to_utc() - now).num_seconds().saturating_add(age))
}

fn is_html(headers: &HeaderMap) -> bool {
    let kind = text(headers, header::CONTENT_TYPE)
        .unwrap_or("text/html")
        .to_ascii_lowercase();
    kind.starts_with("text/html") || kind.starts_with("application/xhtml+xml")
}

fn text(headers: &HeaderMap, name: impl AsHeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

fn texts(headers: &HeaderMap, name: impl AsHeaderName) -> impl Iterator<Item = &str> {
    headers
        .get_all(name)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
}

/// Which of the keys on a page are the site's.
async fn ours_among(app: &App, site: &Site, marks: &Marks) -> Result<HashMap<String, bool>> {
    let in_tags = marks.scripts.iter().filter_map(|script| script.site.as_deref());
    let on_elements = marks.elements.iter().filter_map(|element| element.site.as_deref());
    let in_paths = marks
        .scripts
        .iter()
        .filter_map(|script| script.src.as_deref()?.split("/isso/").nth(1)?.split('/').next());
    let mut ours = HashMap::new();
    for key in in_tags.chain(on_elements).chain(in_paths).map(str::trim) {
        if ours.contains_key(key) || ours.len() >= MOST_KEYS {
            continue;
        }
        // Not by comparing: a site may answer to more than one.
        let is_ours = current(app, key).await.is_ok_and(|found| found.id() == site.id());
        ours.insert(key.to_owned(), is_ours);
    }
    Ok(ours)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_are_compared_by_what_the_server_said_and_when() {
        let now = DateTime::parse_from_rfc2822("Mon, 30 Nov 2026 12:00:00 GMT")
            .unwrap()
            .to_utc();
        let skew = |date: &str, age: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::DATE, date.parse().unwrap());
            headers.insert(header::AGE, age.parse().unwrap());
            skew_of(&headers, now)
        };
        assert_eq!(skew("Mon, 30 Nov 2026 12:10:00 GMT", "0"), Some(600));
        assert_eq!(skew("Mon, 30 Nov 2026 11:00:00 GMT", "3600"), Some(0));
        assert_eq!(skew("Mon, 30 Nov 2026 11:00:00 GMT", "soon"), Some(-3600));
        assert_eq!(skew("yesterday", "0"), None);
    }
}
