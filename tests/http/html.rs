//! Conversations as HTML: a page that works without a script, a fragment for other people's pages, and the forms.

use chrono::TimeDelta;
use entity::{OfSite, comment};
use http::Method;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, QueryFilter};
use serde_json::{Value, json};
use url::form_urlencoded::Serializer;

use crate::world::{Answer, ORIGIN, Site, World, run, world};

const HTML: &str = "text/html; charset=utf-8";
const PAGE: &str = "https://blog.example/post";

async fn open_site(world: &World) -> Site {
    world.site(json!({ "moderation": "none", "min_text_length": 1 })).await
}

async fn html(world: &World, site: &Site, query: &str) -> String {
    let answer = world
        .get(&site.path(&format!("thread.html?{query}")))
        .send()
        .await
        .expect(200);
    assert_eq!(answer.header("content-type"), HTML);
    text(&answer)
}

fn text(answer: &Answer) -> String {
    String::from_utf8(answer.body.to_vec()).unwrap()
}

/// The token of the page's form.
#[track_caller]
fn token(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"token\" value=\"").expect("a form");
    rest.split_once('"').unwrap().0.to_owned()
}

/// Sends a form as a browser does from Parlour's own page.
async fn send(world: &World, site: &Site, fields: &[(&str, &str)]) -> Answer {
    send_from(world, site, Some(&world.base), fields).await
}

async fn send_from(world: &World, site: &Site, origin: Option<&str>, fields: &[(&str, &str)]) -> Answer {
    let ask = world
        .ask(Method::POST, &site.path("form"))
        .header("accept", "text/html,application/xhtml+xml,*/*;q=0.8")
        .header("content-type", "application/x-www-form-urlencoded");
    let ask = match origin {
        Some(origin) => ask.from(origin),
        None => ask,
    };
    let body = Serializer::new(String::new()).extend_pairs(fields).finish();
    ask.raw(body).send().await
}

/// Follows the way that a form's answer points out.
async fn follow(world: &World, answer: Answer) -> (String, String) {
    let answer = answer.expect(303);
    assert!(answer.headers.get("set-cookie").is_none());
    let location = answer.header("location").to_owned();
    let (path, anchor) = location.split_once('#').unwrap();
    let page = world.get(path).send().await.expect(200);
    (text(&page), anchor.to_owned())
}

/// How often something is in a page.
fn count(page: &str, what: &str) -> usize {
    page.matches(what).count()
}

/// Elements whose tags do not match are a mistake of ours that browsers hide.
#[track_caller]
fn assert_well_formed(page: &str) {
    const VOID: [&str; 9] = ["br", "hr", "img", "input", "link", "meta", "wbr", "!doctype", "col"];
    let mut open: Vec<String> = Vec::new();
    for tag in page.split('<').skip(1) {
        let tag = tag.split_once('>').unwrap_or_else(|| panic!("an open tag: {tag}")).0;
        let name = tag
            .trim_start_matches('/')
            .split_whitespace()
            .next()
            .unwrap()
            .to_lowercase();
        if VOID.contains(&name.as_str()) {
            continue;
        }
        match tag.starts_with('/') {
            true => assert_eq!(open.pop().as_deref(), Some(name.as_str()), "</{name}> in {page}"),
            false => open.push(name),
        }
    }
    assert_eq!(open, Vec::<String>::new());
}

#[test]
fn a_conversation_is_a_page_that_needs_no_script() {
    run(async {
        let world = world();
        let site = open_site(world).await;
        let thread = json!({ "url": PAGE, "title": "On bread & <butter>" });
        let author = json!({ "name": "Ada <b>", "website": "https://ada.example/", "email": "ada@hidden.example" });
        let draft = json!({ "thread": thread, "text": "*Well* said", "author": author });
        let first = site.draft(world, &draft).await.expect(201).comment_id();
        let answer = json!({ "thread": thread, "text": "Yes", "parent_id": first });
        site.draft(world, &answer).await.expect(201);
        let answer = world
            .get(&site.path(&format!("thread.html?url={PAGE}")))
            .send()
            .await
            .expect(200);
        let page = text(&answer);
        assert_well_formed(&page);
        for part in [
            "<!doctype html>\n<html lang=\"en\" dir=\"ltr\">",
            "<title>Comments on On bread &amp; &lt;butter&gt;</title>",
            "<h1 dir=\"auto\">On bread &amp; &lt;butter&gt;</h1>",
            "<link rel=\"canonical\" href=\"https://blog.example/post\">",
            "<link rel=\"stylesheet\" href=\"/thread.css\">",
            "<section class=\"parlour-static\" data-parlour-thread=\"url:blog.example/post\" data-parlour-version=\"3\" lang=\"en\">",
            "2 comments",
            "rel=\"nofollow ugc noopener\">Ada &lt;b&gt;</a>",
            "<div class=\"parlour-text\" dir=\"auto\"><p><em>Well</em> said</p></div>",
            "<form id=\"parlour-form\"",
            "application/ld+json",
        ] {
            assert!(page.contains(part), "{part} in {page}");
        }
        assert!(page.contains(&format!(
            "<article id=\"parlour-1\" class=\"parlour-comment\" data-id=\"{first}\">"
        )));
        assert!(!page.contains("hidden.example"));
        let reply = page.find("parlour-replies").unwrap();
        assert!(page.find("id=\"parlour-2\"").unwrap() > reply && page.find("id=\"parlour-1\"").unwrap() < reply);
        let policy = answer.header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe") && !policy.contains("img-src"), "{policy}");
        assert_eq!(
            answer.header("referrer-policy"),
            "same-origin",
            "or the form would have no Origin"
        );
        assert_eq!(answer.header("cache-control"), "no-store");
        assert!(answer.headers.get("set-cookie").is_none());
        for feed in ["feed.atom", "feed.json"] {
            let address = format!("{}{}?url=", world.base, site.path(feed));
            assert!(page.contains(&address), "{address}");
        }
    });
}

#[test]
fn a_fragment_is_the_section_alone_and_may_be_cached() {
    run(async {
        let world = world();
        let site = open_site(world).await;
        let id = site.say(world, "post", "Hello").await.expect(201).comment_id();
        let path = site.path("thread.html?id=post&fragment=1");
        let answer = world.get(&path).send().await.expect(200);
        let fragment = text(&answer);
        assert_well_formed(&fragment);
        assert!(fragment.starts_with(
            "<section class=\"parlour-static\" data-parlour-thread=\"id:post\" data-parlour-version=\"2\""
        ));
        assert!(fragment.ends_with("</section>"));
        assert!(fragment.contains(&format!(
            "<article id=\"parlour-1\" class=\"parlour-comment\" data-id=\"{id}\">"
        )));
        for absent in [
            "<form",
            "<input",
            "<button",
            "application/ld+json",
            "<script",
            "<style",
            "style=",
        ] {
            assert!(!fragment.contains(absent), "{absent} in {fragment}");
        }
        let way_in = format!("{}{}", world.base, site.path("thread.html?id=post#parlour-form"));
        assert!(fragment.contains(&way_in), "{way_in} in {fragment}");
        assert_eq!(answer.header("cache-control"), "public, max-age=0, must-revalidate");
        let tag = answer.header("etag").to_owned();
        let again = |tag: String| world.get(&path).header("if-none-match", tag).send();
        let unchanged = again(tag.clone()).await.expect(304);
        assert_eq!((unchanged.header("etag"), unchanged.body.len()), (tag.as_str(), 0));
        site.say(world, "post", "Again").await.expect(201);
        assert!(text(&again(tag.clone()).await.expect(200)).contains("2 comments"));
        let other = world
            .get(&site.path("thread.html?id=empty&fragment=1"))
            .send()
            .await
            .expect(200);
        assert!(
            text(&other).contains("data-parlour-version=\"0\"") && text(&other).contains("Nobody has commented yet.")
        );

        let with_all = html(world, &site, "id=post&fragment=1&jsonld=1&form=1").await;
        assert!(with_all.contains("application/ld+json") && with_all.contains("<form id=\"parlour-form\""));
        assert_well_formed(&with_all);
        let bare = html(world, &site, "id=post&jsonld=0&form=0").await;
        assert!(!bare.contains("application/ld+json") && !bare.contains("<form"));
    });
}

#[test]
fn what_closes_a_conversation_closes_the_fragments_tag_and_form_too() {
    run(async {
        let world = World::start(|_| {});
        let site = world.site(json!({ "moderation": "none", "close_after_days": 1 })).await;
        site.say(&world, "post", "Hello").await.expect(201);
        let path = site.path("thread.html?id=post&fragment=1");
        let open = world.get(&path).send().await.expect(200);
        assert!(text(&open).contains("parlour-reply"));
        world.advance(TimeDelta::days(2));
        let closed = world
            .get(&path)
            .header("if-none-match", open.header("etag"))
            .send()
            .await
            .expect(200);
        assert!(!text(&closed).contains("parlour-reply"));
        let page = html(&world, &site, "id=post").await;
        assert!(page.contains("New comments are not taken here any more.") && !page.contains("<textarea"));
    });
}

#[test]
fn a_conversation_is_told_to_search_engines() {
    run(async {
        let world = world();
        let site = open_site(world).await;
        let thread = json!({ "url": PAGE, "title": "On bread" });
        let draft = json!({ "thread": thread, "text": "</script><script>alert(1)</script> *so* & so", "author": { "name": "Ada" } });
        let first = site.draft(world, &draft).await.expect(201).comment_id();
        let gone = site
            .draft(world, &json!({ "thread": thread, "text": "gone", "parent_id": first }))
            .await
            .expect(201)
            .comment_id();
        let answer = json!({ "thread": thread, "text": "below", "parent_id": gone });
        site.draft(world, &answer).await.expect(201);
        site.decide(world, &[&gone], "delete").await.expect(200);
        let page = html(world, &site, &format!("url={PAGE}")).await;
        let (_, rest) = page.split_once("<script type=\"application/ld+json\">").unwrap();
        let data: Value = serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap();
        assert_eq!(count(&page, "<script"), 1);
        assert_eq!(data["@context"], "https://schema.org");
        assert_eq!(data["@type"], "DiscussionForumPosting");
        assert_eq!(data["headline"], "On bread");
        assert_eq!(data["url"], PAGE);
        assert_eq!(data["commentCount"], 2);
        let root = &data["comment"][0];
        assert_eq!(root["@type"], "Comment");
        assert_eq!(root["url"], format!("{PAGE}#parlour-1"));
        assert_eq!(root["text"], "</script><script>alert(1)</script> so & so");
        assert_eq!(root["author"]["name"], "Ada");
        assert!(root["datePublished"].as_str().unwrap().ends_with('Z'));
        let tombstone = &root["comment"][0];
        assert_eq!(
            (&tombstone["text"], &tombstone["creativeWorkStatus"]),
            (&Value::Null, &json!("Deleted"))
        );
        assert_eq!(tombstone["comment"][0]["text"], "below");
    });
}

#[test]
fn hostile_names_titles_and_addresses_are_only_words() {
    run(async {
        let world = world();
        let site = open_site(world).await;
        let hostile = "\"'><img src=x onerror=alert(1)><script>alert(1)</script>";
        let draft =
            json!({ "thread": { "id": hostile, "title": hostile }, "text": hostile, "author": { "name": hostile } });
        let id = site.draft(world, &draft).await.expect(201).comment_id();
        // As an import from elsewhere may have left it.
        comment::Entity::update_of_site(site.id.parse().unwrap())
            .col_expr(comment::Column::AuthorWebsite, Expr::value("javascript:alert(1)"))
            .filter(comment::Column::Id.eq(id.parse::<uuid::Uuid>().unwrap()))
            .exec(world.app.db.read())
            .await
            .unwrap();
        let query = Serializer::new(String::new())
            .extend_pairs([("id", hostile), ("title", hostile), ("lang", hostile), ("reply", "1")])
            .finish();
        for more in ["", "&fragment=1&form=1&jsonld=1"] {
            let page = html(world, &site, &format!("{query}{more}")).await;
            assert_well_formed(&page);
            let bare = page.replace("<script type=\"application/ld+json\">", "");
            assert!(!bare.contains("<img") && !bare.contains("<script"), "{page}");
            assert!(
                !page.contains("\"javascript:") || !page.contains("href=\"javascript:"),
                "{page}"
            );
        }
        let new = Serializer::new(String::new())
            .extend_pairs([("url", "https://evil.example/"), ("title", hostile)])
            .finish();
        let page = html(world, &site, &new).await;
        assert!(
            !page.contains("rel=\"canonical\"") && !page.contains("href=\"https://evil.example"),
            "{page}"
        );
    });
}

#[test]
fn the_words_are_in_the_sites_language_or_the_readers() {
    run(async {
        let world = world();
        let german = world.site(json!({ "language": "de" })).await;
        let page = html(world, &german, "id=post&lang=fr").await;
        assert!(page.contains("<html lang=\"de\"") && page.contains("Noch hat niemand kommentiert."));
        let any = open_site(world).await;
        let french = html(world, &any, "id=post&lang=fr").await;
        assert!(french.contains("<html lang=\"fr\"") && french.contains("name=\"lang\" value=\"fr\""));
        let spanish = world
            .get(&any.path("thread.html?id=post"))
            .header("accept-language", "tlh, es-MX;q=0.9");
        assert!(text(&spanish.send().await.expect(200)).contains("<html lang=\"es\""));
        let fragment = world
            .get(&any.path("thread.html?id=post&fragment=1"))
            .header("accept-language", "es");
        assert!(
            text(&fragment.send().await.expect(200)).contains("lang=\"en\""),
            "a fragment is the same for all"
        );
    });
}

#[test]
fn a_long_conversation_is_turned_over_page_by_page() {
    run(async {
        let world = world();
        let site = open_site(world).await;
        for number in 1..=60 {
            site.say(world, "post", &format!("Number {number}")).await.expect(201);
        }
        let first = html(world, &site, "id=post&sort=oldest").await;
        assert_eq!(count(&first, "<article "), 50);
        assert!(!first.contains("rel=\"prev\""));
        let link = |page: &str, rel: &str| {
            let before = page.split_once(&format!(" rel=\"{rel}\"")).unwrap().0;
            let address = before.rsplit_once("href=\"").unwrap().1;
            address.split('"').next().unwrap().replace("&amp;", "&")
        };
        let second = text(&world.get(&link(&first, "next")).send().await.expect(200));
        assert_eq!(count(&second, "<article "), 10);
        assert!(second.contains("Number 60") && !second.contains("rel=\"next\""));
        let around = html(world, &site, "id=post&sort=oldest&around=58").await;
        assert!(around.contains("id=\"parlour-58\"") && around.contains("rel=\"prev\""));
        let back = text(&world.get(&link(&around, "prev")).send().await.expect(200));
        assert!(back.contains("id=\"parlour-1\""));
    });
}

#[test]
fn many_replies_have_a_page_of_their_own() {
    run(async {
        let world = world();
        let site = open_site(world).await;
        let root = site.say(world, "post", "Root").await.expect(201).comment_id();
        let mut last = root.clone();
        for number in 0..55 {
            let parent = if number == 54 { &last } else { &root };
            last = site
                .answer(world, "post", parent, &format!("Reply {number}"))
                .await
                .expect(201)
                .comment_id();
        }
        let page = html(world, &site, "id=post").await;
        assert_eq!(count(&page, "<article "), 51);
        assert!(page.contains("More replies"));
        let branch = html(world, &site, "id=post&branch=1").await;
        assert_eq!(count(&branch, "<article "), 56);
        assert!(branch.contains("in reply to Anonymous"));
        assert!(branch.contains("To the conversation"));
        assert_well_formed(&branch);
        let wrong = async |query: &str| world.get(&site.path(&format!("thread.html?{query}"))).send().await;
        wrong("id=post&branch=2").await.refused(404, "not_found");
        wrong("id=post&branch=999").await.refused(404, "not_found");
        wrong("id=post&after=garbage").await.refused(400, "invalid_parameter");
        wrong("fragment=1").await.refused(400, "invalid_parameter");
    });
}

#[test]
fn depth_is_a_matter_of_display() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "none", "max_depth": 2 })).await;
        let mut last = site.say(world, "post", "Level 0").await.expect(201).comment_id();
        for level in 1..=5 {
            last = site
                .answer(world, "post", &last, &format!("Level {level}"))
                .await
                .expect(201)
                .comment_id();
        }
        let page = html(world, &site, "id=post").await;
        assert_eq!(count(&page, "<ol class=\"parlour-replies\">"), 2);
        assert_eq!(count(&page, "in reply to Anonymous"), 3);
        assert_well_formed(&page);
    });
}

#[test]
fn a_comment_is_posted_by_a_form() {
    run(async {
        let world = world();
        let site = open_site(world).await;
        let page = html(world, &site, &format!("url={PAGE}&title=On+bread")).await;
        let token = token(&page);
        let fields = [
            ("token", token.as_str()),
            ("url", PAGE),
            ("title", "On bread"),
            ("text", "Line one\r\nLine *two* & <b>"),
            ("name", "Ada"),
            ("website", "ada.example"),
            ("email", ""),
            ("do", "post"),
        ];
        let (after, anchor) = follow(world, send(world, &site, &fields).await).await;
        assert_eq!(anchor, "parlour-1");
        assert!(after.contains("<h1 dir=\"auto\">On bread</h1>") && after.contains("Your comment is published."));
        assert!(after.contains("<p>Line one<br>\nLine <em>two</em> &amp; &lt;b&gt;</p>"));
        assert!(after.contains("href=\"https://ada.example/\""));
        follow(world, send(world, &site, &fields).await).await;
        assert_eq!(
            world.get(&site.path(&format!("counts?url={PAGE}"))).send().await.json["counts"][0]["comment_count"],
            1,
            "sent twice, stored once"
        );

        let reply = html(world, &site, &format!("url={PAGE}&reply=1")).await;
        assert!(reply.contains("<h2>Reply to Ada</h2>"));
        assert!(reply.find("id=\"parlour-form\"").unwrap() > reply.find("id=\"parlour-1\"").unwrap());
        let fields = [
            ("token", &*self::token(&reply)),
            ("url", PAGE),
            ("reply", "1"),
            ("text", "An answer"),
        ];
        let (after, anchor) = follow(world, send(world, &site, &fields).await).await;
        assert_eq!(anchor, "parlour-2");
        assert!(after.contains("<ol class=\"parlour-replies\">"));
        let read = world.get(&site.path(&format!("thread?url={PAGE}"))).send().await;
        assert_eq!(read.json["comments"][1]["parent_id"], read.json["comments"][0]["id"]);
    });
}

#[test]
fn a_form_from_a_page_of_the_site_is_taken_and_from_another_is_not() {
    run(async {
        let world = world();
        let site = open_site(world).await;
        let fresh = async || token(&html(world, &site, "id=post").await);
        for (origin, taken) in [
            (Some(ORIGIN), true),
            (Some(world.base.as_str()), true),
            (Some("https://evil.example"), false),
            (Some("null"), false),
            (None, false),
        ] {
            let token = fresh().await;
            let fields = [("token", token.as_str()), ("id", "post"), ("text", "My *dear* text")];
            let answer = send_from(world, &site, origin, &fields).await;
            if taken {
                answer.expect(303);
                continue;
            }
            let page = text(&answer.expect(403));
            assert!(
                page.contains("did not say that you came from this site"),
                "{origin:?}: {page}"
            );
            assert!(page.contains("My *dear* text"), "the text is not lost: {page}");
            assert!(
                !page.contains("<form") && !page.contains("name=\"token\""),
                "nothing to press: {page}"
            );
            assert_well_formed(&page);
        }
        assert_eq!(site.read(world, "post").await.comments().len(), 2);

        let by_referrer = async |referrer: &str| {
            let token = fresh().await;
            let body = Serializer::new(String::new())
                .extend_pairs([
                    ("token", token.as_str()),
                    ("id", "post"),
                    ("text", "From a text browser"),
                ])
                .finish();
            world
                .ask(Method::POST, &site.path("form"))
                .header("content-type", "application/x-www-form-urlencoded")
                .header("referer", referrer)
                .raw(body)
                .send()
                .await
        };
        by_referrer(&format!("{}/v1/sites/x/thread.html?id=post", world.base))
            .await
            .expect(303);
        by_referrer("https://blog.example/post?x=1").await.expect(303);
        for stranger in [
            "https://evil.example/https://blog.example/",
            "https://blog.example.evil.example/",
            "garbage",
            "about:blank",
        ] {
            by_referrer(stranger).await.refused(403, "origin_not_allowed");
        }
    });
}

#[test]
fn a_form_needs_a_token_of_its_own_conversation_and_time() {
    run(async {
        let world = World::start(|_| {});
        let (site, other) = (open_site(&world).await, open_site(&world).await);
        let good = token(&html(&world, &site, "id=post").await);
        let foreign = token(&html(&world, &other, "id=post").await);
        let elsewhere = token(&html(&world, &site, "id=another").await);
        let refused = async |token: &str| {
            let fields = [
                ("token", token),
                ("id", "post"),
                ("text", "Typed with care"),
                ("name", "Ada"),
            ];
            let page = text(&send(&world, &site, &fields).await.expect(422));
            assert!(page.contains("This form was open for too long."), "{page}");
            assert!(page.contains("Typed with care") && page.contains("value=\"Ada\""));
            page
        };
        for wrong in ["", "garbage", &foreign, &elsewhere, &good[1..]] {
            refused(wrong).await;
        }
        world.advance(TimeDelta::minutes(121));
        let page = refused(&good).await;
        assert_eq!(site.read(&world, "post").await.comments().len(), 0);
        let fields = [("token", &*token(&page)), ("id", "post"), ("text", "Typed with care")];
        send(&world, &site, &fields).await.expect(303);
        assert_eq!(
            site.read(&world, "post").await.comments().len(),
            1,
            "sent again from the page that said so"
        );
    });
}

#[test]
fn a_preview_shows_the_comment_and_keeps_the_text() {
    run(async {
        let world = world();
        let site = open_site(world).await;
        site.say(world, "post", "First").await.expect(201);
        let fields = [
            ("id", "post"),
            ("reply", "1"),
            ("text", "So *it* looks <i>"),
            ("name", "Ada"),
            ("do", "preview"),
        ];
        let answer = send(world, &site, &fields).await.expect(200);
        let page = text(&answer);
        assert_eq!(answer.header("cache-control"), "no-store");
        assert!(page.contains("<p>So <em>it</em> looks &lt;i&gt;</p>"));
        assert!(page.contains(">\nSo *it* looks &lt;i&gt;</textarea>") && page.contains("value=\"Ada\""));
        assert!(page.contains("Reply to Anonymous") && page.contains("id=\"parlour-1\""));
        assert_well_formed(&page);
        assert_eq!(site.read(world, "post").await.comments().len(), 1, "nothing is stored");
        let fields = [
            ("token", &*token(&page)),
            ("id", "post"),
            ("reply", "1"),
            ("text", "So *it* looks <i>"),
        ];
        send(world, &site, &fields).await.expect(303);
    });
}

#[test]
fn what_is_wrong_is_said_at_its_place_and_nothing_is_lost() {
    run(async {
        let world = world();
        let site = world
            .site(json!({ "moderation": "none", "require_name": true, "consent": "I have read the house rules.", "notice": "Be kind." }))
            .await;
        let page = html(world, &site, "id=post").await;
        assert!(page.contains("I have read the house rules.") && page.contains("Be kind."));
        let first = token(&page);
        let fields = [
            ("token", first.as_str()),
            ("id", "post"),
            ("text", "x"),
            ("email", "nobody"),
            ("website", "javascript:alert(1)"),
            ("agree", "yes"),
        ];
        let page = text(&send(world, &site, &fields).await.expect(422));
        assert_well_formed(&page);
        for part in [
            "role=\"alert\"",
            "<a href=\"#parlour-text\">Your comment: At least 2 characters are needed.</a>",
            "<a href=\"#parlour-name\">Name: This is needed.</a>",
            "<a href=\"#parlour-email\">Mail address: This is not taken as it is.</a>",
            "id=\"parlour-website-fault\"",
            "aria-describedby=\"parlour-name-fault\" aria-invalid=\"true\"",
            "value=\"nobody\"",
            "checked=\"checked\"",
        ] {
            assert!(page.contains(part), "{part} in {page}");
        }
        let fields = [
            ("token", first.as_str()),
            ("id", "post"),
            ("text", "Long enough"),
            ("name", "Ada"),
        ];
        let page = text(&send(world, &site, &fields).await.expect(422));
        assert!(
            page.contains("Tick the box to agree.") && page.contains("Long enough"),
            "{page}"
        );
        let fields = [fields[0], fields[1], fields[2], fields[3], ("agree", "yes")];
        send(world, &site, &fields).await.expect(303);

        let fields = [
            ("token", first.as_str()),
            ("id", "post"),
            ("text", "Another text"),
            ("name", "Ada"),
            ("agree", "yes"),
        ];
        let page = text(&send(world, &site, &fields).await.expect(409));
        assert!(page.contains("sent before, with another text") && page.contains("Another text"));
        let again = token(&page);
        let fields = [("token", again.as_str()), fields[1], fields[2], fields[3], fields[4]];
        send(world, &site, &fields).await.expect(303);
        let held = token(&html(world, &site, "id=post").await);
        let fields = [
            ("token", held.as_str()),
            ("id", "post"),
            ("text", "To nobody"),
            ("name", "Ada"),
            ("agree", "yes"),
            ("reply", "99"),
        ];
        let page = text(&send(world, &site, &fields).await.expect(422));
        assert!(page.contains("The comment you answer is not here any more.") && page.contains("To nobody"));
        assert_eq!(site.read(world, "post").await.comments().len(), 2);
    });
}

#[test]
fn what_waits_for_approval_is_said_to_wait() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "all" })).await;
        let token = token(&html(world, &site, "id=post").await);
        let fields = [("token", token.as_str()), ("id", "post"), ("text", "Look at me")];
        let (page, anchor) = follow(world, send(world, &site, &fields).await).await;
        assert_eq!(anchor, "parlour-note");
        assert!(page.contains("id=\"parlour-note\"") && page.contains("waits for approval"));
        assert!(!page.contains("Look at me"));
    });
}

#[test]
fn a_closed_conversation_and_a_read_only_site_say_so_and_keep_the_text() {
    run(async {
        let world = world();
        let site = open_site(world).await;
        let token = token(&html(world, &site, "id=post").await);
        site.change_settings(world, &json!({ "read_only": true })).await;
        let fields = [("token", token.as_str()), ("id", "post"), ("text", "Too late")];
        let page = text(&send(world, &site, &fields).await.expect(403));
        assert!(
            page.contains("takes no comments at the moment") && page.contains("Too late"),
            "{page}"
        );
    });
}

#[test]
fn who_is_too_quick_keeps_his_text_and_can_send_it_again() {
    run(async {
        let world = World::start(|config| {
            config.limit_post = "1/3600".parse().unwrap();
            config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
        });
        let site = open_site(&world).await;
        let token = token(&html(&world, &site, "id=post").await);
        let fields = [
            ("token", token.as_str()),
            ("id", "post"),
            ("text", "One"),
            ("name", "Ada"),
        ];
        send(&world, &site, &fields).await.expect(303);
        let fields = [("id", "post"), ("text", "Two <"), ("name", "Ada"), ("reply", "1")];
        let answer = send(&world, &site, &fields).await.expect(429);
        let page = text(&answer);
        assert!(answer.header("retry-after").parse::<u32>().unwrap() > 0);
        assert!(page.contains("That was quick.") && page.contains(">\nTwo &lt;</textarea>"));
        assert!(page.contains("name=\"reply\" value=\"1\""));
        // The form on that page is a good one, as soon as the budget is: here from a network that has its own.
        let again = self::token(&page);
        let body = Serializer::new(String::new())
            .extend_pairs([
                ("token", again.as_str()),
                ("id", "post"),
                ("text", "Two <"),
                ("reply", "1"),
            ])
            .finish();
        let ask = world
            .ask(Method::POST, &site.path("form"))
            .from(ORIGIN)
            .header("x-forwarded-for", "192.0.2.1");
        let ask = ask
            .header("content-type", "application/x-www-form-urlencoded")
            .raw(body);
        ask.send().await.expect(303);
        assert_eq!(site.read(&world, "post").await.talk()[1], (1, "Two &lt;".to_owned()));
    });
}

#[test]
fn only_forms_are_taken_and_they_are_bounded() {
    run(async {
        let world = world();
        let site = open_site(world).await;
        let post = |media_type: &str, body: Vec<u8>| {
            let ask = world.ask(Method::POST, &site.path("form")).from(ORIGIN);
            ask.header("content-type", media_type).raw(body).send()
        };
        for media_type in ["application/json", "text/plain", "multipart/form-data; boundary=x", ""] {
            post(media_type, b"text=x&do=preview&id=a".to_vec())
                .await
                .refused(415, "unsupported_media_type");
        }
        let form = "application/x-www-form-urlencoded";
        post(form, vec![b'x'; 300_000]).await.refused(413, "payload_too_large");
        post(form, b"text=a%00b&id=a".to_vec())
            .await
            .refused(400, "malformed_request");
        post(form, b"text=x&do=preview".to_vec())
            .await
            .refused(422, "invalid_input");
        post(form, b"text=x&do=erase&id=a".to_vec())
            .await
            .refused(422, "invalid_input");
        post(form, b"".to_vec()).await.refused(422, "invalid_input");
        post(
            "application/x-www-form-urlencoded; charset=UTF-8",
            b"text=x&do=preview&id=a".to_vec(),
        )
        .await
        .expect(200);
        // The longest text in the widest letters, percent-encoded.
        let long = "\u{1F600}".repeat(10_000);
        let fields = [("id", "a"), ("text", long.as_str()), ("do", "preview")];
        send(world, &site, &fields).await.expect(200);
    });
}

#[test]
fn a_vote_is_a_button_and_so_is_taking_it_back() {
    run(async {
        let world = world();
        let site = open_site(world).await;
        site.say(world, "post", "Vote on me").await.expect(201);
        let votes = async || site.read(world, "post").await.comments()[0]["votes"].clone();
        let page = html(world, &site, "id=post").await;
        for part in [
            "name=\"vote\" value=\"up:1\"",
            "name=\"vote\" value=\"down:1\"",
            "<form id=\"parlour-votes\"",
        ] {
            assert!(page.contains(part), "{part} in {page}");
        }
        let press = async |vote: &str| {
            let token = token(&html(world, &site, "id=post").await);
            send(
                world,
                &site,
                &[("token", token.as_str()), ("id", "post"), ("vote", vote)],
            )
            .await
        };
        let (page, anchor) = follow(world, press("up:1").await).await;
        assert!(anchor == "parlour-note" && page.contains("Your vote is counted."));
        assert_eq!(votes().await, json!({ "up": 1, "down": 0 }));
        assert!(page.contains("▲ 1") && page.contains("value=\"none:1\""));
        press("up:1").await.expect(303);
        assert_eq!(
            votes().await,
            json!({ "up": 1, "down": 0 }),
            "pressed twice, counted once"
        );
        press("down:1").await.expect(303);
        assert_eq!(votes().await, json!({ "up": 0, "down": 1 }));
        let (page, _) = follow(world, press("none:1").await).await;
        assert!(page.contains("Your vote is taken back."));
        assert_eq!(votes().await, json!({ "up": 0, "down": 0 }));

        let without_token = send(world, &site, &[("id", "post"), ("vote", "up:1")])
            .await
            .expect(422);
        assert!(text(&without_token).contains("Press the button again."));
        press("up:99").await.expect(404);
        press("sideways:1").await.expect(422);
        let token = token(&html(world, &site, "id=post").await);
        let fields = [("token", token.as_str()), ("id", "post"), ("vote", "up:1")];
        send_from(world, &site, Some("https://evil.example"), &fields)
            .await
            .expect(403);
        assert_eq!(votes().await, json!({ "up": 0, "down": 0 }));
        site.change_settings(world, &json!({ "votes": "likes" })).await;
        assert!(!html(world, &site, "id=post").await.contains("down:1"));
        let page = text(&press("down:1").await.expect(403));
        assert!(page.contains("does not take that vote"));
        site.change_settings(world, &json!({ "votes": "none" })).await;
        let page = html(world, &site, "id=post").await;
        assert!(!page.contains("▲") && !page.contains("parlour-votes") && !page.contains("sort=best"));
    });
}

#[test]
fn votes_by_form_have_their_budgets() {
    run(async {
        let world = World::start(|config| config.limit_vote_comment = "2/60".parse().unwrap());
        let site = open_site(&world).await;
        site.say(&world, "post", "Vote on me").await.expect(201);
        let token = token(&html(&world, &site, "id=post").await);
        for (vote, status) in [("up:1", 303), ("down:1", 303), ("up:1", 429)] {
            let fields = [("token", token.as_str()), ("id", "post"), ("vote", vote)];
            send(&world, &site, &fields).await.expect(status);
        }
    });
}

#[test]
fn images_are_let_in_where_the_site_shows_them() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "none", "images": true })).await;
        site.say(world, "post", "![a cat](https://x.example/c.png)")
            .await
            .expect(201);
        let answer = world.get(&site.path("thread.html?id=post")).send().await.expect(200);
        assert!(
            answer
                .header("content-security-policy")
                .contains("img-src http: https:;")
        );
        assert!(
            text(&answer)
                .contains("<img loading=\"lazy\" referrerpolicy=\"no-referrer\" src=\"https://x.example/c.png\"")
        );
    });
}

#[test]
fn the_sheet_is_served() {
    run(async {
        let sheet = world().get("/thread.css").send().await.expect(200);
        assert_eq!(sheet.header("content-type"), "text/css; charset=utf-8");
        assert_eq!(sheet.header("cache-control"), "public, max-age=3600");
        assert!(text(&sheet).contains(".parlour-comment"));
    });
}
