//! Reading a conversation: from memory where it can be, and ready to send.
//!
//! Most requests of a comment system are this one, and most of them for a page that has not changed since somebody else asked. Such
//! a one is answered with bytes that were serialised and compressed once, and comes here before poem-openapi takes it apart.
//! Whatever is unusual about a request (a parameter twice, a value out of bounds, another method) goes the way of every other
//! operation, and ends here, too, if it is a read after all.

use std::fmt::Write;
use std::sync::Arc;

use ::entity::thread;
use poem::http::Method;
use poem::{Request, Response};
use poem_openapi::types::ToJSON;
use sea_orm::prelude::Uuid;

use super::views::{CommentView, SiteView, ThreadPage, ThreadView};
use super::{MOST_ROOTS, ROOTS, parameter, place};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::caller;
use crate::http::cors;
use crate::http::ready;
use crate::infra::cache::Page;
use crate::sites::settings::Sort;
use crate::sites::{Site, Visitor};
use crate::threads::cursor::Cursor;
use crate::threads::heads::{self, PageKey, Question};
use crate::threads::key::Address;
use crate::threads::rules::{self, ClosedBy};
use crate::threads::{self, Ask, Page as Comments};

/// Raised when the views change their shape, so that no cache keeps the old one.
const VIEW: i64 = 3;

pub const OPERATION: &str = "thread_read";

/// What a page asks of a conversation, as it was sent.
#[derive(Debug, Default)]
pub struct Asked {
    pub id: Option<String>,
    pub url: Option<String>,
    pub sort: Option<Sort>,
    pub after: Option<String>,
    pub before: Option<String>,
    pub around: Option<i64>,
    pub limit: Option<u64>,
}

/// Whether a request reads a conversation.
pub fn is_read(request: &Request) -> bool {
    site_key(request).is_some()
}

/// The key of the site of which a request reads a conversation.
fn site_key(request: &Request) -> Option<&str> {
    let key = request
        .uri()
        .path()
        .strip_prefix(cors::PREFIX)?
        .strip_suffix("/thread")?;
    let plain = key.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (plain && request.method() == Method::GET).then_some(key)
}

/// The key of the site and what is asked, if this is a usual request to read a conversation.
pub fn usual(request: &Request) -> Option<(String, Asked)> {
    let key = site_key(request)?;
    let asked = Asked::read(request.uri().query().unwrap_or_default())?;
    Some((key.to_owned(), asked))
}

impl Asked {
    /// `None` for anything that poem-openapi may see otherwise, or refuse.
    fn read(query: &str) -> Option<Self> {
        let mut asked = Asked::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let fresh = match &*name {
                "id" => asked.id.replace(value.into_owned()).is_none(),
                "url" => asked.url.replace(value.into_owned()).is_none(),
                "after" => asked.after.replace(value.into_owned()).is_none(),
                "before" => asked.before.replace(value.into_owned()).is_none(),
                "around" => asked.around.replace(number_of(&value)?.cast_signed()).is_none(),
                "sort" => asked.sort.replace(sort_of(&value)?).is_none(),
                "limit" => asked.limit.replace(limit_of(&value)?).is_none(),
                // Not part of what is asked.
                _ => true,
            };
            if !fresh {
                return None;
            }
        }
        Some(asked)
    }
}

fn sort_of(value: &str) -> Option<Sort> {
    match value {
        "oldest" => Some(Sort::Oldest),
        "newest" => Some(Sort::Newest),
        "best" => Some(Sort::Best),
        "discussed" => Some(Sort::Discussed),
        _ => None,
    }
}

fn limit_of(value: &str) -> Option<u64> {
    number_of(value).filter(|limit| (1..=MOST_ROOTS).contains(limit))
}

fn number_of(value: &str) -> Option<u64> {
    let plain = value.len() <= 18 && value.bytes().all(|byte| byte.is_ascii_digit());
    value.parse().ok().filter(|_| plain)
}

/// Answers a read, within the caller's budget.
pub async fn answer(request: &Request, site_key: &str, asked: Asked) -> Result<Response> {
    let (app, visitor) = caller::reader(request, site_key).await?;
    let address = parameter(visitor.site().address(asked.id.as_deref(), asked.url.as_deref()))?;
    let site = visitor.site();
    let sort = asked.sort.unwrap_or(site.settings().sort);
    let ask = Ask {
        sort,
        place: place(sort, asked.after.as_deref(), asked.before.as_deref(), asked.around)?,
        limit: asked.limit.unwrap_or(ROOTS),
    };
    // A page of more comments is part of the same visit.
    if asked.after.is_none() && asked.before.is_none() {
        app.tallies.read(site, app.clock.now());
    }
    let head = heads::named(app, site.id(), &address).await?;
    let closed_by = rules::closed_by(site.settings(), head.as_deref(), app.clock.now());
    let state = || state_of(site, head.as_deref(), closed_by);
    if let Some(number) = asked.around {
        return around(request, app, &visitor, &address, head.as_ref(), ask, number, state()).await;
    }
    if let Some(tag) = ready::known_to(request, &state()) {
        return ready::not_modified(tag, OPERATION);
    }
    let Some(thread) = &head else {
        return ready::send(&page_of(&of_nobody(app, site, &address), &state()), request, OPERATION).await;
    };
    let key = PageKey {
        thread_id: thread.id,
        thread_version: thread.version,
        site_version: site.row().version,
        closed_by,
        question: Question::Tree(ask),
    };
    let build = || async {
        let page = build(app, site, thread, ask).await?;
        Ok::<_, Error>(page_of(&page, &state()))
    };
    ready::send(&*app.pages.get(&key, build).await?, request, OPERATION).await
}

fn page_of(page: &ThreadPage, state: &str) -> Page {
    ready::json(page.to_json_string(), state)
}

/// The page around a comment, made anew for each who asks; with where the comment is now, if it is in another conversation.
#[expect(clippy::too_many_arguments, reason = "what the caller has found out already")]
async fn around(
    request: &Request,
    app: &App,
    visitor: &Visitor,
    address: &Address,
    head: Option<&Arc<thread::Model>>,
    ask: Ask,
    number: i64,
    mut state: String,
) -> Result<Response> {
    let site = visitor.site();
    let mut page = match head {
        Some(thread) => build(app, site, thread, ask).await?,
        None => of_nobody(app, site, address),
    };
    let shown = page.around.is_some() || page.comments.iter().any(|comment| comment.number == number);
    if !shown && let Some(home) = threads::home_of(app, visitor, number, head.map(AsRef::as_ref)).await? {
        // Where a comment has gone is no part of the version of the conversation that it left.
        let _ = write!(state, ".{}.{:x}", home.id.simple(), home.version);
        page.moved = Some(home.into());
    }
    match ready::known_to(request, &state) {
        Some(tag) => ready::not_modified(tag, OPERATION),
        None => ready::send(&page_of(&page, &state), request, OPERATION).await,
    }
}

/// The page of a conversation that nobody has opened yet.
fn of_nobody(app: &App, site: &Site, address: &Address) -> ThreadPage {
    ThreadPage {
        thread: ThreadView::new(address, None, site.settings(), app.clock.now()),
        settings: SiteView::new(&site.row().name, site.settings(), app.mailer.is_configured()),
        comments: Vec::new(),
        next: None,
        previous: None,
        moved: None,
        around: None,
    }
}

/// A page as everybody sees it.
async fn build(app: &App, site: &Site, thread: &Arc<thread::Model>, ask: Ask) -> Result<ThreadPage> {
    let Comments {
        comments,
        pinned,
        more_replies,
        next,
        previous,
        around,
    } = threads::read(app, thread, ask).await?;
    let comments = comments.into_iter().map(|placed| {
        let id = placed.comment.id;
        let more = more_replies.get(&id).map(|cursor| cursor.encode());
        CommentView::public(placed, more).pinned(pinned.contains(&id))
    });
    Ok(ThreadPage {
        comments: comments.collect(),
        thread: ThreadView::of((**thread).clone(), site.settings(), app.clock.now()),
        settings: SiteView::new(&site.row().name, site.settings(), app.mailer.is_configured()),
        next: next.map(Cursor::encode),
        previous: previous.map(Cursor::encode),
        moved: None,
        around: around.filter(|number| ask.place != threads::Place::Around(*number)),
    })
}

/// What everything on a page follows from, beside what is asked: the opaque part of its `ETag`. Time is in it as far as it closes
/// conversations.
fn state_of(site: &Site, thread: Option<&thread::Model>, closed_by: Option<ClosedBy>) -> String {
    let openness = match closed_by {
        None => 'o',
        Some(ClosedBy::Thread) => 't',
        Some(ClosedBy::Age) => 'a',
        Some(ClosedBy::Site) => 's',
    };
    let mut state = String::with_capacity(64);
    ready::push_hex(&mut state, VIEW);
    state.push(openness);
    ready::push_hex(&mut state, site.row().version);
    if let Some(thread) = thread {
        state.push('.');
        ready::push_hex(&mut state, thread.version);
        state.push('.');
        let mut letters = Uuid::encode_buffer();
        state.push_str(thread.id.simple().encode_lower(&mut letters));
    }
    state
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_usual_question_is_read_here() {
        let asked = Asked::read("utm_source=x&id=a%20b+c&sort=newest&limit=100&after=MTIz&around=007&id_=y").unwrap();
        assert_eq!(asked.around, Some(7));
        assert_eq!(asked.id.as_deref(), Some("a b c"));
        assert_eq!((asked.sort, asked.limit), (Some(Sort::Newest), Some(100)));
        assert_eq!((asked.after.as_deref(), asked.url), (Some("MTIz"), None));
        assert!(Asked::read("").is_some());
        for unusual in [
            "id=a&id=b",
            "id=a&sort=Newest",
            "id=a&sort=",
            "id=a&limit=0",
            "id=a&limit=101",
            "id=a&limit=+5",
            "id=a&limit=",
            "id=a&around=-1",
            "id=a&around=99999999999999999999",
            "id=a&limit=5&limit=5",
        ] {
            assert!(Asked::read(unusual).is_none(), "{unusual}");
        }
    }
}
