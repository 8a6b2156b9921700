//! Feeds: what programs get to follow a site, a conversation, the replies to a comment.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{OfSite, comment};
use http::Method;
use parlour::config::Budget;
use roxmltree::{Document, Node};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, QueryFilter};
use serde_json::{Value, json};

use crate::world::{Answer, ORIGIN, Site, World, run, world};

const ATOM: &str = "http://www.w3.org/2005/Atom";
const THREADING: &str = "http://purl.org/syndication/thread/1.0";

/// A comment as a reader of feeds takes it.
#[derive(Debug, PartialEq)]
struct Entry {
    id: String,
    title: String,
    author: String,
    website: Option<String>,
    page: String,
    html: String,
    published: DateTime<Utc>,
    updated: DateTime<Utc>,
    answers: Option<String>,
}

/// A feed as a program reads it, strictly: anything out of place fails.
#[derive(Debug)]
struct Feed {
    id: String,
    title: String,
    updated: DateTime<Utc>,
    own: String,
    page: String,
    entries: Vec<Entry>,
}

fn time(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().into()
}

fn one<'a>(node: Node<'a, 'a>, name: &str) -> Node<'a, 'a> {
    let mut found = node.children().filter(|child| child.has_tag_name((ATOM, name)));
    let first = found.next().unwrap_or_else(|| panic!("no {name}"));
    assert!(found.next().is_none(), "{name} comes twice");
    first
}

fn words(node: Node<'_, '_>, name: &str) -> String {
    one(node, name).text().unwrap_or_default().to_owned()
}

fn linked(node: Node<'_, '_>, rel: &str) -> Option<String> {
    let mut links = node.children().filter(|child| child.has_tag_name((ATOM, "link")));
    let found = links.find(|link| link.attribute("rel") == Some(rel))?;
    Some(found.attribute("href").unwrap().to_owned())
}

fn atom(answer: &Answer) -> Feed {
    assert_eq!(answer.header("content-type"), "application/atom+xml");
    let text = std::str::from_utf8(&answer.body).unwrap();
    let document = Document::parse(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let feed = document.root_element();
    assert!(feed.has_tag_name((ATOM, "feed")));
    let entries = feed.children().filter(|child| child.has_tag_name((ATOM, "entry")));
    let entries = entries.map(|entry| {
        let author = one(entry, "author");
        let content = one(entry, "content");
        assert_eq!(content.attribute("type"), Some("html"));
        let answers = entry
            .children()
            .find(|child| child.has_tag_name((THREADING, "in-reply-to")));
        Entry {
            id: words(entry, "id"),
            title: words(entry, "title"),
            author: words(author, "name"),
            website: author
                .children()
                .find(|child| child.has_tag_name((ATOM, "uri")))
                .map(|uri| uri.text().unwrap().to_owned()),
            page: linked(entry, "alternate").unwrap(),
            html: content.text().unwrap_or_default().to_owned(),
            published: time(&words(entry, "published")),
            updated: time(&words(entry, "updated")),
            answers: answers.map(|answers| answers.attribute("ref").unwrap().to_owned()),
        }
    });
    Feed {
        id: words(feed, "id"),
        title: words(feed, "title"),
        updated: time(&words(feed, "updated")),
        own: linked(feed, "self").unwrap(),
        page: linked(feed, "alternate").unwrap(),
        entries: entries.collect(),
    }
}

fn json_feed(answer: &Answer) -> Vec<Entry> {
    assert_eq!(answer.header("content-type"), "application/feed+json");
    let feed: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(feed["version"], "https://jsonfeed.org/version/1.1");
    let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{feed}")).to_owned();
    let items = feed["items"].as_array().unwrap().iter();
    items
        .map(|item| {
            let published = time(item["date_published"].as_str().unwrap());
            Entry {
                id: text(&item["id"]),
                title: text(&item["title"]),
                author: text(&item["authors"][0]["name"]),
                website: item["authors"][0]["url"].as_str().map(str::to_owned),
                page: text(&item["url"]),
                html: text(&item["content_html"]),
                published,
                updated: item["date_modified"].as_str().map_or(published, time),
                answers: item["_parlour"]["in_reply_to"].as_str().map(str::to_owned),
            }
        })
        .collect()
}

async fn get(world: &World, site: &Site, path: &str) -> Answer {
    // Programs that read feeds have no Origin.
    world.get(&site.path(path)).send().await
}

async fn feed(world: &World, site: &Site, query: &str) -> Feed {
    let feed = atom(&get(world, site, &format!("feed.atom{query}")).await.expect(200));
    let same = json_feed(&get(world, site, &format!("feed.json{query}")).await.expect(200));
    assert_eq!(feed.entries, same, "both forms say the same");
    feed
}

async fn open_site(world: &World) -> Site {
    world.site(json!({ "moderation": "none", "min_text_length": 1 })).await
}

/// Posts on the page with this path.
async fn on_page(world: &World, site: &Site, path: &str, text: &str, author: Value) -> String {
    let thread = json!({ "url": format!("{ORIGIN}{path}"), "title": "Bread & <butter> ]]> \"jam\"" });
    let draft = json!({ "thread": thread, "text": text, "author": author });
    site.draft(world, &draft).await.expect(201).comment_id()
}

#[test]
fn a_feed_says_who_said_what_where_and_when() {
    run(async {
        let world = world();
        let site = open_site(world).await;
        let before = world.app.clock.now();
        let author = json!({ "name": "Ada & <Bob> ]]>", "website": "https://ada.example/?a=1&b=2", "email": "ada@hidden.example" });
        let text = "*Well* said & <b>shown</b> ]]> `<![CDATA[`\n\n```rust\na < b && c > d\n```";
        let first = on_page(world, &site, "/bread?a=1&b=2", text, author).await;
        let draft =
            json!({ "thread": { "url": format!("{ORIGIN}/bread?a=1&b=2") }, "text": "An answer", "parent_id": first });
        let second = site.draft(world, &draft).await.expect(201).comment_id();
        let feed = feed(world, &site, "").await;

        assert_eq!(feed.title, "Comments on A blog");
        assert_eq!(feed.page, format!("{ORIGIN}/"));
        assert_eq!(feed.own, format!("{}{}", world.base, site.path("feed.atom")));
        assert!(feed.id.starts_with("urn:uuid:"));
        let [answer, root] = &feed.entries[..] else {
            panic!("{feed:?}")
        };
        assert_eq!(root.id, format!("urn:uuid:{first}"));
        assert_eq!(root.author, "Ada & <Bob> ]]>");
        assert_eq!(root.title, "Ada & <Bob> ]]> on Bread & <butter> ]]> \"jam\"");
        assert_eq!(root.website.as_deref(), Some("https://ada.example/?a=1&b=2"));
        assert_eq!(root.page, format!("{ORIGIN}/bread?a=1&b=2#parlour-1"));
        assert_eq!(
            root.html,
            "<p><em>Well</em> said &amp; &lt;b&gt;shown&lt;/b&gt; ]]&gt; <code>&lt;![CDATA[</code></p>\n\
             <pre><code class=\"language-rust\">a &lt; b &amp;&amp; c &gt; d\n</code></pre>"
        );
        assert!(root.published >= before && root.published <= world.app.clock.now());
        assert_eq!((root.updated, &root.answers), (root.published, &None));
        assert_eq!(answer.id, format!("urn:uuid:{second}"));
        assert_eq!(answer.author, "Anonymous");
        assert_eq!(answer.answers, Some(root.id.clone()));
        assert!(feed.updated >= answer.updated);
    });
}

#[test]
fn a_feed_has_what_is_published_and_nothing_else() {
    run(async {
        let world = world();
        let site = open_site(world).await;
        let say = async |text: &str| site.say(world, "post", text).await.expect(201).comment_id();
        let (kept, held, deleted, edited) = (
            say("kept").await,
            say("held").await,
            say("deleted").await,
            say("typo").await,
        );
        site.answer(world, "post", &deleted, "under it").await.expect(201);
        site.decide(world, &[&held], "hold").await.expect(200);
        site.decide(world, &[&deleted], "delete").await.expect(200);
        site.revise(world, &edited, &json!({ "text": "type" }))
            .await
            .expect(200);
        let other = open_site(world).await;
        other.say(world, "post", "another tenant's").await.expect(201);
        for query in ["", "?id=post"] {
            let feed = feed(world, &site, query).await;
            let html: Vec<&str> = feed.entries.iter().map(|entry| entry.html.as_str()).collect();
            assert_eq!(html, ["<p>under it</p>", "<p>type</p>", "<p>kept</p>"], "{query}");
            assert!(feed.entries[1].updated > feed.entries[1].published, "edited");
            assert_eq!(feed.entries[0].answers, Some(format!("urn:uuid:{deleted}")));
            assert_eq!(feed.entries[2].id, format!("urn:uuid:{kept}"));
        }
        get(world, &site, "feed.atom?comment=2").await.refused(404, "not_found");
        get(world, &site, "feed.json?comment=3").await.refused(404, "not_found");
        get(world, &site, "feed.atom?comment=99")
            .await
            .refused(404, "not_found");
    });
}

#[test]
fn the_replies_to_a_comment_are_followed_on_all_levels() {
    run(async {
        let world = world();
        let site = open_site(world).await;
        let root = site.say(world, "post", "1").await.expect(201).comment_id();
        let left = site.answer(world, "post", &root, "2").await.expect(201).comment_id();
        let right = site.answer(world, "post", &root, "3").await.expect(201).comment_id();
        let deep = site.answer(world, "post", &left, "4").await.expect(201).comment_id();
        let gone = site.answer(world, "post", &deep, "5").await.expect(201).comment_id();
        site.answer(world, "post", &gone, "6").await.expect(201);
        site.answer(world, "post", &right, "7").await.expect(201);
        site.say(world, "post", "8").await.expect(201);
        site.decide(world, &[&gone], "delete").await.expect(200);
        for (number, below) in [(1, "76432"), (2, "64"), (3, "7"), (4, "6"), (6, ""), (8, "")] {
            let feed = feed(world, &site, &format!("?comment={number}")).await;
            let said: String = feed
                .entries
                .iter()
                .map(|entry| entry.html.trim_start_matches("<p>").trim_end_matches("</p>"))
                .collect();
            assert_eq!(said, below, "under {number}");
            assert_eq!(feed.title, "Replies to Anonymous on post");
        }
    });
}

#[test]
fn a_page_that_nobody_has_commented_on_has_an_empty_feed_with_the_same_id_later() {
    run(async {
        let world = world();
        let site = open_site(world).await;
        let query = format!("?url={ORIGIN}/new");
        let empty = feed(world, &site, &query).await;
        assert_eq!(empty.entries, []);
        assert_eq!(empty.page, format!("{ORIGIN}/new"));
        assert_eq!(empty.title, format!("Comments on {ORIGIN}/new"));
        on_page(world, &site, "/new", "First", json!({})).await;
        let feed = feed(world, &site, &query).await;
        assert_eq!((feed.entries.len(), &feed.id), (1, &empty.id));
        assert_eq!(feed.title, "Comments on Bread & <butter> ]]> \"jam\"");
        let whole = self::feed(world, &site, "").await;
        assert_ne!(whole.id, feed.id, "another feed");
        let stranger = open_site(world).await;
        assert_ne!(self::feed(world, &stranger, &query).await.id, feed.id);
    });
}

#[test]
fn a_conversation_without_a_page_leads_to_its_own() {
    run(async {
        let world = world();
        let site = open_site(world).await;
        site.say(world, "a&b=c", "By id").await.expect(201);
        let entry = feed(world, &site, "").await.entries.remove(0);
        let (address, anchor) = entry.page.split_once('#').unwrap();
        assert_eq!(anchor, "parlour-1");
        let path = address.strip_prefix(&world.base).unwrap();
        let page = world.get(path).send().await.expect(200);
        assert!(String::from_utf8_lossy(&page.body).contains("id=\"parlour-1\""));
    });
}

#[test]
fn only_the_newest_fifty_are_in_a_feed() {
    run(async {
        let world = world();
        let site = open_site(world).await;
        for number in 1..=52 {
            site.say(world, &format!("post-{}", number % 3), &number.to_string())
                .await
                .expect(201);
        }
        let feed = feed(world, &site, "").await;
        assert_eq!(feed.entries.len(), 50);
        assert_eq!(
            (feed.entries[0].html.as_str(), feed.entries[49].html.as_str()),
            ("<p>52</p>", "<p>3</p>")
        );
    });
}

/// Asks again with what the answer before said.
async fn again(world: &World, site: &Site, path: &str, header: &str, value: &str) -> Answer {
    world.get(&site.path(path)).header(header, value).send().await
}

#[test]
fn what_has_not_changed_is_not_sent_again() {
    run(async {
        // A clock of one's own: dates have whole seconds.
        let world = World::start(|_| {});
        let site = open_site(&world).await;
        let posted = site.say(&world, "post", "One").await.expect(201);
        let (first, thread) = (posted.comment_id(), posted.json["thread"]["id"].clone());
        let only = site.say(&world, "lonely", "Two").await.expect(201).comment_id();
        let paths = ["feed.atom", "feed.json", "feed.atom?id=post", "feed.json?comment=1"];
        let look = async |paths: &[&'static str]| {
            let mut seen = Vec::new();
            for path in paths {
                let answer = get(&world, &site, path).await.expect(200);
                assert_eq!(answer.header("cache-control"), "public, max-age=60");
                assert_eq!(answer.header("vary"), "Origin");
                seen.push((
                    *path,
                    answer.header("etag").to_owned(),
                    answer.header("last-modified").to_owned(),
                ));
            }
            seen
        };
        let unchanged = async |seen: &[(&str, String, String)]| {
            let mut by = Vec::new();
            for (path, tag, date) in seen {
                let (by_tag, by_date) = (
                    again(&world, &site, path, "if-none-match", tag).await,
                    again(&world, &site, path, "if-modified-since", date).await,
                );
                if by_tag.status == 304 {
                    assert_eq!((by_tag.header("etag"), by_tag.body.len()), (tag.as_str(), 0));
                }
                by.push((by_tag.status == 304, by_date.status == 304));
            }
            by
        };
        world.advance(TimeDelta::seconds(2));
        let seen = look(&paths).await;
        assert_eq!(unchanged(&seen).await, [(true, true); 4]);

        site.answer(&world, "post", &first, "Three").await.expect(201);
        assert_eq!(
            unchanged(&seen).await,
            [(false, false); 4],
            "a new comment is in all of them"
        );
        world.advance(TimeDelta::seconds(2));

        let seen = look(&paths).await;
        site.decide(&world, &[&only], "delete").await.expect(200);
        assert_eq!(
            unchanged(&seen).await,
            [(false, false), (false, false), (true, true), (true, true)],
            "what was taken away shows on the site's feed"
        );
        world.advance(TimeDelta::seconds(2));
        let seen = look(&paths).await;
        let path = site.admin(&format!("threads/{}", thread.as_str().unwrap()));
        let rename = world.ask(Method::PATCH, &path).json(&json!({ "title": "Renamed" }));
        rename.by(&site.owner.account).send().await.expect(200);
        assert_eq!(unchanged(&seen).await, [(false, false); 4], "titles are part of it");
    });
}

#[test]
fn characters_that_xml_cannot_hold_are_left_out() {
    run(async {
        let world = world();
        let site = open_site(world).await;
        let id = site.say(world, "post", "Imported").await.expect(201).comment_id();
        // As an import from elsewhere may have left it.
        comment::Entity::update_of_site(site.id.parse().unwrap())
            .col_expr(
                comment::Column::AuthorName,
                Expr::value("A\u{1}d\u{b}a\u{1b}[0m \u{fffe}"),
            )
            .filter(comment::Column::Id.eq(id.parse::<uuid::Uuid>().unwrap()))
            .exec(world.app.db.read())
            .await
            .unwrap();
        let feed = atom(&get(world, &site, "feed.atom").await.expect(200));
        assert_eq!(feed.entries[0].author, "Ada[0m ");
    });
}

#[test]
fn a_feed_is_the_sites_own() {
    run(async {
        let world = world();
        let site = open_site(world).await;
        site.say(world, "post", "Hello").await.expect(201);
        get(world, &site, "feed.atom").await.expect(200);
        world
            .get("/v1/sites/abcdefghjkmn/feed.atom")
            .send()
            .await
            .refused(404, "not_found");
        let page = world.get(&site.path("feed.json")).from(ORIGIN).send().await.expect(200);
        assert_eq!(page.header("access-control-allow-origin"), ORIGIN);
        let stranger = world.get(&site.path("feed.json")).from("https://evil.example");
        stranger.send().await.refused(403, "origin_not_allowed");
        let other = open_site(world).await;
        get(world, &other, "feed.atom?comment=1")
            .await
            .refused(404, "not_found");
        for wrong in ["feed.atom?url=nonsense", "feed.json?id=%01", "feed.atom?comment=x"] {
            get(world, &site, wrong).await.refused(400, "invalid_parameter");
        }
    });
}

#[test]
fn feeds_have_a_budget_of_their_own() {
    run(async {
        let world = World::start(|config| config.limit_feed = "2/60".parse::<Budget>().unwrap());
        let site = open_site(&world).await;
        get(&world, &site, "feed.atom").await.expect(200);
        get(&world, &site, "feed.json").await.expect(200);
        get(&world, &site, "feed.atom").await.refused(429, "rate_limited");
        site.read(&world, "post").await;
    });
}
