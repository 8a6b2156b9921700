//! Feeds for programs that follow a conversation: Atom (RFC 4287, with the threading of RFC 4685) and JSON Feed 1.1.
//!
//! The newest 50 comments that readers can see: of a site, of a thread, or of the replies to a comment. Their times are those of
//! writing, and their ids are the comments' own, which never change.

use std::collections::HashMap;

use ::entity::{comment, thread};
use chrono::{DateTime, Utc};
use poem::Request;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::PlainText;
use poem_openapi::{ApiResponse, OpenApi};
use sea_orm::prelude::Uuid;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::atom::{Answer as AtomAnswer, CACHING, rfc3339};
use super::caller;
use super::conditional::{Known, http_date};
use super::document::Tag;
use super::html::links::{self, Door as Pages};
use super::html::words::{Words, with};
use super::visitor::parameter;
use super::visitor::views::CommentView;
use crate::app::App;
use crate::comments::newest::{self, Within};
use crate::error::Result;
use crate::infra::markup::{Element, el};
use crate::sites::{Purpose, Visitor};
use crate::threads::key::Address;
use crate::threads::{self, tree::Placed};

/// Comments in a feed.
const ENTRIES: u64 = 50;

/// Raised when feeds change their form, so that no cache keeps the old one.
const VIEW: u32 = 1;

const ATOM: &str = "application/atom+xml";

pub struct Door;

#[derive(ApiResponse)]
pub enum JsonAnswer {
    /// The feed.
    #[oai(status = 200, content_type = "application/feed+json")]
    Feed(
        PlainText<String>,
        #[oai(header = "ETag")] String,
        #[oai(header = "Last-Modified")] String,
        #[oai(header = "Cache-Control")] String,
    ),
    /// Nothing has changed.
    #[oai(status = 304)]
    NotModified(
        #[oai(header = "ETag")] String,
        #[oai(header = "Last-Modified")] String,
        #[oai(header = "Cache-Control")] String,
    ),
}

#[OpenApi(prefix_path = "/v1/sites", tag = "Tag::Visitor")]
impl Door {
    /// Follow comments by Atom
    ///
    /// The newest 50 published comments: of a conversation (`id` or `url`), of the replies to a comment on all levels (`comment`),
    /// or of the whole site.
    #[oai(path = "/:site_key/feed.atom", method = "get", operation_id = "feed_atom")]
    #[expect(clippy::too_many_arguments, reason = "one for each parameter of the operation")]
    async fn feed_atom(
        &self,
        request: &Request,
        site_key: Path<String>,
        /// A conversation's own id.
        id: Query<Option<String>>,
        /// A page's address.
        url: Query<Option<String>>,
        /// Number of a published comment, whose replies are followed.
        comment: Query<Option<i64>>,
        #[oai(name = "If-None-Match")] if_none_match: Header<Option<String>>,
        #[oai(name = "If-Modified-Since")] if_modified_since: Header<Option<String>>,
    ) -> poem::Result<AtomAnswer> {
        let ask = Ask {
            form: Form::Atom,
            id: id.0,
            url: url.0,
            comment: comment.0,
        };
        let known = Known(if_none_match.0, if_modified_since.0);
        let caching = CACHING.to_owned();
        Ok(match feed(request, &site_key, ask, &known).await? {
            Answer::Feed { body, etag, modified } => AtomAnswer::Feed(PlainText(body), etag, modified, caching),
            Answer::Unchanged { etag, modified } => AtomAnswer::NotModified(etag, modified, caching),
        })
    }

    /// Follow comments by JSON Feed
    ///
    /// The same as `feed_atom`, as JSON Feed 1.1. `_parlour` says which comment is answered.
    #[oai(path = "/:site_key/feed.json", method = "get", operation_id = "feed_json")]
    #[expect(clippy::too_many_arguments, reason = "one for each parameter of the operation")]
    async fn feed_json(
        &self,
        request: &Request,
        site_key: Path<String>,
        /// A conversation's own id.
        id: Query<Option<String>>,
        /// A page's address.
        url: Query<Option<String>>,
        /// Number of a published comment, whose replies are followed.
        comment: Query<Option<i64>>,
        #[oai(name = "If-None-Match")] if_none_match: Header<Option<String>>,
        #[oai(name = "If-Modified-Since")] if_modified_since: Header<Option<String>>,
    ) -> poem::Result<JsonAnswer> {
        let ask = Ask {
            form: Form::Json,
            id: id.0,
            url: url.0,
            comment: comment.0,
        };
        let known = Known(if_none_match.0, if_modified_since.0);
        let caching = CACHING.to_owned();
        Ok(match feed(request, &site_key, ask, &known).await? {
            Answer::Feed { body, etag, modified } => JsonAnswer::Feed(PlainText(body), etag, modified, caching),
            Answer::Unchanged { etag, modified } => JsonAnswer::NotModified(etag, modified, caching),
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Atom,
    Json,
}

impl Form {
    fn path(self) -> &'static str {
        match self {
            Form::Atom => "feed.atom",
            Form::Json => "feed.json",
        }
    }
}

struct Ask {
    form: Form,
    id: Option<String>,
    url: Option<String>,
    comment: Option<i64>,
}

enum Answer {
    Feed {
        body: String,
        etag: String,
        modified: String,
    },
    Unchanged {
        etag: String,
        modified: String,
    },
}

async fn feed(request: &Request, site_key: &str, ask: Ask, known: &Known) -> Result<Answer> {
    let app = caller::app(request)?;
    let visitor = caller::visitor(app, request, site_key, Purpose::Read, app.config.limit_feed, "feed").await?;
    let site = visitor.site();
    let subject = subject(app, &visitor, &ask).await?;
    let touched = match &subject {
        Subject::Site => newest::last_touched(app, &visitor).await?,
        other => other.thread().map(|thread| thread.updated_at),
    };
    let changed = site.row().updated_at.max(touched.unwrap_or_default());
    // A conversation has a version; of a site as a whole, the feed itself tells.
    if let Some(etag) = subject.etag(&visitor, ask.form)
        && known.is(&etag, changed)
    {
        return Ok(unchanged(etag, changed, app.clock.now()));
    }
    let made = Made::new(app, &visitor, &ask, subject, changed).await?;
    let body = match ask.form {
        Form::Atom => made.atom(),
        Form::Json => made.json(),
    };
    let etag = made
        .subject
        .etag(&visitor, ask.form)
        .unwrap_or_else(|| format!("\"{VIEW}.{}\"", &hex(&Sha256::digest(body.as_bytes()))[..24]));
    let now = app.clock.now();
    Ok(match known.is(&etag, made.updated) {
        true => unchanged(etag, made.updated, now),
        false => Answer::Feed {
            body,
            etag,
            modified: http_date(made.updated, now),
        },
    })
}

fn unchanged(etag: String, changed: DateTime<Utc>, now: DateTime<Utc>) -> Answer {
    Answer::Unchanged {
        etag,
        modified: http_date(changed, now),
    }
}

/// What a feed is about.
enum Subject {
    Site,
    Thread(Address, Option<thread::Model>),
    Branch(Box<comment::Model>, thread::Model),
}

async fn subject(app: &App, visitor: &Visitor, ask: &Ask) -> Result<Subject> {
    if let Some(number) = ask.comment {
        let comment = newest::numbered(app, visitor, number).await?;
        let thread = threads::by_id(app.db.read(), comment.site_id, comment.thread_id).await?;
        return Ok(Subject::Branch(Box::new(comment), thread));
    }
    if ask.id.is_none() && ask.url.is_none() {
        return Ok(Subject::Site);
    }
    let address = parameter(visitor.site().address(ask.id.as_deref(), ask.url.as_deref()))?;
    let thread = threads::named(app, visitor, &address).await?;
    Ok(Subject::Thread(address, thread))
}

impl Subject {
    fn thread(&self) -> Option<&thread::Model> {
        match self {
            Subject::Site => None,
            Subject::Thread(_, thread) => thread.as_ref(),
            Subject::Branch(_, thread) => Some(thread),
        }
    }

    fn etag(&self, visitor: &Visitor, form: Form) -> Option<String> {
        let thread = self.thread()?;
        let branch = match self {
            Subject::Branch(comment, _) => comment.number,
            _ => 0,
        };
        let site = visitor.site().row().version;
        let (id, version) = (thread.id.simple(), thread.version);
        Some(format!(
            "\"{VIEW}.{}.{id}.{version:x}.{site:x}.{branch:x}\"",
            form.path()
        ))
    }

    /// A name for the feed that outlives moves of the server, derived from what was asked for. The site's own id is nobody's business.
    fn urn(&self, visitor: &Visitor) -> String {
        let site = &visitor.site().row().key;
        let name = match self {
            Subject::Site => format!("site {site}"),
            Subject::Thread(address, _) => format!("thread {site} {}", address.key()),
            Subject::Branch(comment, _) => format!("branch {site} {}", comment.id),
        };
        let digest = Sha256::digest(name.as_bytes());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        // UUID version 8 (RFC 9562 section 5.8): of one's own making.
        format!("urn:uuid:{}", uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }
}

/// A feed, ready to be written in either form.
struct Made {
    subject: Subject,
    urn: String,
    title: String,
    words: &'static Words,
    /// This feed's own address.
    own: String,
    /// The page it belongs to.
    page: String,
    updated: DateTime<Utc>,
    entries: Vec<Entry>,
}

struct Entry {
    view: CommentView,
    title: String,
    author: String,
    page: String,
    /// The comment that is answered: its id and its address.
    answers: Option<(Uuid, Option<String>)>,
    /// The feed of its replies.
    replies: Option<String>,
}

impl Made {
    async fn new(app: &App, visitor: &Visitor, ask: &Ask, subject: Subject, changed: DateTime<Utc>) -> Result<Self> {
        let site = visitor.site();
        let words = Words::of(site.settings(), &[]);
        let within = match &subject {
            Subject::Site => Some(Within::Site),
            Subject::Thread(_, thread) => thread.as_ref().map(Within::Thread),
            Subject::Branch(comment, _) => Some(Within::Branch(comment)),
        };
        let comments = match within {
            Some(within) => newest::newest(app, visitor, within, ENTRIES).await?,
            None => Vec::new(),
        };
        let threads = match subject.thread() {
            Some(thread) => vec![thread.clone()],
            None => {
                let mut ids: Vec<Uuid> = comments.iter().map(|comment| comment.thread_id).collect();
                ids.sort_unstable();
                ids.dedup();
                threads::by_ids(app.db.read(), vec![site.id()], ids).await?
            }
        };
        let threads: HashMap<Uuid, thread::Model> = threads.into_iter().map(|thread| (thread.id, thread)).collect();
        let parents = comments.iter().filter_map(|comment| comment.parent_id).collect();
        let numbers = newest::numbers(app, visitor, parents).await?;
        let pages = Pages::abroad(&app.config, site);
        // Titles of threads are part of a site's feed.
        let updated = threads.values().map(|thread| thread.updated_at).fold(changed, Ord::max);
        let mut made = Made {
            urn: subject.urn(visitor),
            title: String::new(),
            words,
            own: pages.with(ask.form.path(), &ask.query()),
            page: String::new(),
            updated,
            entries: Vec::new(),
            subject,
        };
        made.title = made.title(&site.row().name);
        made.page = made.page(&pages, visitor);
        let entries = comments.into_iter().filter_map(|comment| {
            let thread = threads.get(&comment.thread_id)?;
            Some(Entry::new(comment, thread, &pages, ask.form, words, &numbers))
        });
        made.entries = entries.collect();
        Ok(made)
    }

    fn title(&self, site: &str) -> String {
        let on = |what: &str| with(self.words.comments_on, &[("what", what)]);
        match &self.subject {
            Subject::Site => on(site),
            Subject::Thread(address, None) => on(address.url().map_or(site, |url| url.as_str())),
            Subject::Thread(_, Some(thread)) => on(title_of(thread)),
            Subject::Branch(comment, thread) => {
                let name = comment.author_name.as_deref().unwrap_or(self.words.anonymous);
                with(self.words.replies_to, &[("name", name), ("what", title_of(thread))])
            }
        }
    }

    /// The page that a person would want to see: the article, or else this server's own page of the conversation.
    fn page(&self, pages: &Pages, visitor: &Visitor) -> String {
        let own = |thread: &thread::Model| pages.thread(links::naming(thread)).page(&[], "");
        match &self.subject {
            Subject::Site => {
                let origins = visitor.site().origins().map(|origin| origin.origin.as_str());
                let plain = origins.into_iter().find(|origin| !origin.contains('*'));
                plain.map_or_else(|| pages.to(""), |origin| format!("{origin}/"))
            }
            Subject::Branch(comment, thread) => comment_page(pages, thread, comment.number),
            Subject::Thread(_, Some(thread)) => thread.url.clone().unwrap_or_else(|| own(thread)),
            Subject::Thread(address, None) => links::page_of(visitor.site(), None, address)
                .unwrap_or_else(|| pages.with("thread.html", &named(address))),
        }
    }

    fn atom(&self) -> String {
        let mut feed = el("feed")
            .attr("xmlns", "http://www.w3.org/2005/Atom")
            .attr("xmlns:thr", "http://purl.org/syndication/thread/1.0")
            .attr("xml:lang", self.words.language)
            .child(el("id").text(&self.urn))
            .child(el("title").text(&self.title))
            .child(el("updated").text(rfc3339(self.updated)))
            .child(atom_link("self", ATOM, &self.own))
            .child(atom_link("alternate", "text/html", &self.page))
            .child(
                el("generator")
                    .attr("version", env!("CARGO_PKG_VERSION"))
                    .text("Parlour"),
            );
        for entry in &self.entries {
            feed.push(entry.atom());
        }
        feed.xml()
    }

    fn json(&self) -> String {
        let items: Vec<Value> = self.entries.iter().map(Entry::json).collect();
        let feed = json!({
            "version": "https://jsonfeed.org/version/1.1",
            "title": self.title,
            "home_page_url": self.page,
            "feed_url": self.own,
            "language": self.words.language,
            "items": items,
        });
        feed.to_string()
    }
}

impl Ask {
    fn query(&self) -> Vec<(&str, &str)> {
        let given = [("id", &self.id), ("url", &self.url)];
        given
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.as_deref()?)))
            .collect()
    }
}

impl Entry {
    fn new(
        comment: comment::Model,
        thread: &thread::Model,
        pages: &Pages,
        form: Form,
        words: &Words,
        numbers: &HashMap<Uuid, i64>,
    ) -> Self {
        let view = CommentView::public(Placed { comment, depth: 0 }, None);
        let author = view.author.name.clone().unwrap_or_else(|| words.anonymous.to_owned());
        let number = view.number.to_string();
        Entry {
            title: with(words.said_on, &[("name", &author), ("what", title_of(thread))]),
            page: comment_page(pages, thread, view.number),
            answers: view.parent_id.map(|parent| {
                let number = numbers.get(&parent);
                (parent, number.map(|number| comment_page(pages, thread, *number)))
            }),
            replies: (view.reply_count > 0).then(|| pages.with(form.path(), &[("comment", &number)])),
            author,
            view,
        }
    }

    fn updated(&self) -> DateTime<Utc> {
        self.view.edited_at.unwrap_or(self.view.created_at)
    }

    fn atom(&self) -> Element {
        let mut author = el("author").child(el("name").text(&self.author));
        if let Some(website) = &self.view.author.website {
            author.push(el("uri").text(website));
        }
        let mut entry = el("entry")
            .child(el("id").text(urn(self.view.id)))
            .child(el("title").text(&self.title))
            .child(el("published").text(rfc3339(self.view.created_at)))
            .child(el("updated").text(rfc3339(self.updated())))
            .child(author)
            .child(atom_link("alternate", "text/html", &self.page));
        if let Some((parent, page)) = &self.answers {
            let answers = el("thr:in-reply-to").attr("ref", urn(*parent));
            entry.push(match page {
                Some(page) => answers.attr("type", "text/html").attr("href", page),
                None => answers,
            });
        }
        if let Some(replies) = &self.replies {
            entry.push(atom_link("replies", ATOM, replies));
        }
        entry.child(el("content").attr("type", "html").sanitised(&self.view.html))
    }

    fn json(&self) -> Value {
        let mut author = Map::new();
        author.insert("name".to_owned(), json!(self.author));
        if let Some(website) = &self.view.author.website {
            author.insert("url".to_owned(), json!(website));
        }
        let mut item = json!({
            "id": urn(self.view.id),
            "url": self.page,
            "title": self.title,
            "content_html": self.view.html,
            "date_published": rfc3339(self.view.created_at),
            "authors": [author],
            "_parlour": { "number": self.view.number },
        });
        if let Some(edited) = self.view.edited_at {
            item["date_modified"] = json!(rfc3339(edited));
        }
        if let Some((parent, _)) = self.answers {
            item["_parlour"]["in_reply_to"] = json!(urn(parent));
        }
        if let Some(replies) = &self.replies {
            item["_parlour"]["replies_url"] = json!(replies);
        }
        item
    }
}

fn atom_link(rel: &'static str, media_type: &'static str, address: &str) -> Element {
    el("link")
        .attr("rel", rel)
        .attr("type", media_type)
        .attr("href", address)
}

fn comment_page(pages: &Pages, thread: &thread::Model, number: i64) -> String {
    links::on_its_page(thread, number).unwrap_or_else(|| pages.thread(links::naming(thread)).comment(number))
}

/// What a reader would call the page.
fn title_of(thread: &thread::Model) -> &str {
    let key = thread.key.split_once(':').map_or("", |(_, key)| key);
    thread.title.as_deref().or(thread.url.as_deref()).unwrap_or(key)
}

fn named(address: &Address) -> Vec<(&'static str, &str)> {
    match (address.key().strip_prefix("id:"), address.url()) {
        (Some(id), _) => vec![("id", id)],
        (None, Some(url)) => vec![("url", url.as_str())],
        (None, None) => vec![],
    }
}

fn urn(id: Uuid) -> String {
    format!("urn:uuid:{id}")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
