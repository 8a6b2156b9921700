//! A conversation as Isso's Atom feed (RFC 4287, RFC 4685): its ids and links, with true times and each name escaped once.

use ::entity::comment;
use poem::Request;
use poem::http::header;
use poem_openapi::payload::PlainText;

use super::views::uri_of;
use crate::app::App;
use crate::comments::newest::{self, Within, numbers};
use crate::error::Result;
use crate::http::atom::{Answer, CACHING, rfc3339};
use crate::http::conditional::{Known, http_date};
use crate::infra::markup::{Element, el};
use crate::sites::Visitor;
use crate::threads;
use crate::threads::key::Address;

/// Comments in a feed.
pub const MOST: u64 = 100;

const VIEW: u32 = 1;

pub async fn answer(
    request: &Request,
    app: &App,
    visitor: &Visitor,
    address: &Address,
    uri: &str,
    limit: u64,
) -> Result<Answer> {
    let limit = limit.min(MOST);
    let thread = threads::named(app, visitor, address).await?;
    let site = visitor.site();
    let changed = thread
        .as_ref()
        .map_or(site.row().created_at, |thread| thread.updated_at);
    let tag = match &thread {
        Some(thread) => format!("\"{VIEW}.{}.{:x}.{limit}\"", thread.id.simple(), thread.version),
        None => format!("\"{VIEW}.none.{limit}\""),
    };
    let modified = http_date(changed, app.clock.now());
    let sent = |name: header::HeaderName| request.header(name).map(str::to_owned);
    if Known(sent(header::IF_NONE_MATCH), sent(header::IF_MODIFIED_SINCE)).is(&tag, changed) {
        return Ok(Answer::NotModified(tag, modified, CACHING.to_owned()));
    }
    let page = match &thread {
        Some(thread) => thread.url.clone(),
        None => address.url().map(ToString::to_string),
    };
    let home = site.home().map(ToString::to_string).unwrap_or_default();
    let page = page.unwrap_or_else(|| format!("{home}/"));
    let uri = thread.as_ref().map_or_else(|| uri.to_owned(), uri_of);
    let host = home.split_once("://").map_or("", |(_, host)| host).to_owned();
    let comments = match &thread {
        Some(thread) => newest::newest(app, visitor, Within::Thread(thread), limit).await?,
        None => Vec::new(),
    };
    let roots = numbers(app, visitor, comments.iter().filter_map(|one| one.root_id).collect()).await?;
    let thread_id = thread
        .as_ref()
        .map(|thread| thread.id.simple().to_string())
        .unwrap_or_default();
    let id_of = |number: i64| format!("tag:{host},2018:/isso/{thread_id}/{number}");
    let mut feed = el("feed")
        .attr("xmlns", "http://www.w3.org/2005/Atom")
        .attr("xmlns:thr", "http://purl.org/syndication/thread/1.0")
        .child(el("id").text(format!("tag:{host},2018:/isso/thread{uri}")))
        .child(el("title").text(format!("Comments for {host}{uri}")))
        .child(el("updated").text(rfc3339(changed)));
    for comment in comments {
        let parent = comment.root_id.and_then(|root| roots.get(&root).copied());
        feed.push(entry(comment, parent, &page, &id_of));
    }
    Ok(Answer::Feed(PlainText(feed.xml()), tag, modified, CACHING.to_owned()))
}

fn entry(comment: comment::Model, parent: Option<i64>, page: &str, id_of: &dyn Fn(i64) -> String) -> Element {
    let number = comment.number;
    let link = |number: i64| format!("{page}#isso-{number}");
    let author = comment.author_name.unwrap_or_else(|| "Anonymous".to_owned());
    let mut entry = el("entry")
        .child(el("id").text(id_of(number)))
        .child(el("title").text(format!("Comment #{number}")))
        .child(el("updated").text(rfc3339(comment.edited_at.unwrap_or(comment.created_at))))
        .child(el("author").child(el("name").text(author)))
        .child(el("link").attr("href", link(number)))
        .child(el("content").attr("type", "html").sanitised(&comment.html));
    if let Some(parent) = parent {
        entry.push(
            el("thr:in-reply-to")
                .attr("ref", id_of(parent))
                .attr("href", link(parent)),
        );
    }
    entry
}
