//! What keeps pages from showing comments: noted, told to the right owner, found on his page when he asks.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chrono::TimeDelta;
use entity::membership::Role;
use http::Method;
use parlour::sites::{sightings, troubles};
use parlour::tenants::Reach;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::world::{Answer, ORIGIN, Site, World, run, world};

impl World {
    async fn write_troubles(&self) {
        self.within(|app| async move {
            sightings::write(&app).await.unwrap();
            troubles::write(&app).await.unwrap();
        })
        .await;
    }

    /// `(kind, subject, page, count)`, those that were seen last first.
    async fn troubles(&self, site: &Site) -> Vec<(String, String, String, u64)> {
        self.write_troubles().await;
        let path = site.admin(&format!("sites/{}/troubles", site.id));
        let told = self.get(&path).by(&site.owner.account).send().await.expect(200);
        let text = |one: &Value, name: &str| one[name].as_str().unwrap_or_default().to_owned();
        let list = told.json["troubles"].as_array().unwrap().iter();
        list.map(|one| {
            (
                text(one, "kind"),
                text(one, "subject"),
                text(one, "page"),
                one["count"].as_u64().unwrap(),
            )
        })
        .collect()
    }

    async fn report(&self, site: &Site, media_type: &str, body: impl Into<Vec<u8>>) -> Answer {
        let ask = self.ask(Method::POST, &site.path("csp-reports"));
        ask.header("content-type", media_type).raw(body).send().await
    }

    async fn check(&self, site: &Site, url: &str) -> Answer {
        let path = site.admin(&format!("sites/{}/check", site.id));
        self.post(&path, &json!({ "url": url }))
            .by(&site.owner.account)
            .send()
            .await
    }
}

/// A violation as the Reporting API tells it.
fn violation(page: &str, directive: &str, blocked: &str) -> Value {
    json!({ "type": "csp-violation", "age": 1, "url": page, "user_agent": "A browser", "body": {
        "documentURL": page, "effectiveDirective": directive, "blockedURL": blocked, "disposition": "enforce",
        "originalPolicy": "default-src 'self'", "statusCode": 200,
    } })
}

fn told(kind: &str, subject: &str, page: &str, count: u64) -> (String, String, String, u64) {
    (kind.to_owned(), subject.to_owned(), page.to_owned(), count)
}

#[test]
fn a_policy_that_blocks_is_counted_with_the_page_and_without_its_query() {
    run(async {
        let world = world();
        let site = world.site(json!({})).await;
        let own = world.app.config.public_origin();
        let api = format!("{own}/v1/sites/{}/thread?url=secret", site.key);
        let newer = json!([
            violation("https://blog.example/post?token=hunter2#top", "connect-src", &api),
            violation("https://blog.example/other", "connect-src", &api),
            { "type": "deprecation", "url": "https://blog.example/", "body": {} },
        ]);
        world
            .report(&site, "application/reports+json", newer.to_string())
            .await
            .expect(204);
        let older = json!({ "csp-report": {
            "document-uri": "https://blog.example/post", "violated-directive": "script-src-elem 'self'",
            "blocked-uri": format!("{own}/embed.js"), "disposition": "report",
        } });
        world
            .report(&site, "application/csp-report; charset=utf-8", older.to_string())
            .await
            .expect(204);

        let mut found = world.troubles(&site).await;
        found.sort();
        assert_eq!(
            found,
            [
                told("policy_blocks", "connect-src", "https://blog.example/other", 2),
                told("policy_would_block", "script-src-elem", "https://blog.example/post", 1),
            ]
        );
        let seen = site.admin(&format!("sites/{}/installation", site.id));
        let seen = world.get(&seen).by(&site.owner.account).send().await.expect(200);
        assert_eq!(
            seen.json["origins"][0].get("last_seen_at"),
            None,
            "a report is no sign that it works"
        );
    });
}

#[test]
fn what_is_none_of_our_business_is_not_kept() {
    run(async {
        let world = world();
        let site = world.site(json!({})).await;
        let other = world.site_at(&["https://elsewhere.example"]).await;
        let own = world.app.config.public_origin().to_owned();
        let foreign = json!([
            violation("https://blog.example/", "script-src", "https://ads.example/x.js"),
            violation("https://blog.example/", "script-src", "inline"),
            violation("https://blog.example/", "frame-src", &own),
            violation("https://evil.example/", "script-src", &own),
            violation("https://elsewhere.example/", "script-src", &own),
            violation("javascript:alert(1)", "script-src", &own),
            violation("", "script-src", &own),
            violation("https://blog.example/", "<script>", &own),
            { "type": "csp-violation", "body": { "documentURL": 7, "effectiveDirective": ["x"], "blockedURL": null } },
            null, 1, "x", [], {},
        ]);
        world
            .report(&site, "application/reports+json", foreign.to_string())
            .await
            .expect(204);
        assert_eq!(world.troubles(&site).await, []);
        assert_eq!(world.troubles(&other).await, []);
    });
}

#[test]
fn a_hostile_report_is_refused_in_the_usual_form() {
    run(async {
        let world = world();
        let site = world.site(json!({})).await;
        let newer = "application/reports+json";
        for body in ["", "{", "[", "7", "null", "\"x\"", "\u{feff}[]"] {
            world.report(&site, newer, body).await.refused(400, "malformed_request");
        }
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        world.report(&site, newer, deep).await.refused(400, "malformed_request");
        world
            .report(&site, newer, b"[\"\xff\"]".to_vec())
            .await
            .refused(400, "malformed_request");
        world
            .report(&site, newer, "[\"a\\u0000b\"]")
            .await
            .refused(422, "invalid_input");
        world
            .report(&site, newer, format!("[\"{}\"]", "x".repeat(70_000)))
            .await
            .refused(413, "payload_too_large");
        for media_type in ["text/plain", "application/x-www-form-urlencoded", "application/xml"] {
            world
                .report(&site, media_type, "[]")
                .await
                .refused(415, "unsupported_media_type");
        }
        let strange = world
            .ask(Method::POST, &site.path("csp-reports"))
            .header("content-type", newer);
        strange
            .from("https://evil.example")
            .raw("[]")
            .send()
            .await
            .refused(403, "origin_not_allowed");
        let nobody = world
            .ask(Method::POST, "/v1/sites/nobody/csp-reports")
            .header("content-type", newer);
        nobody.raw("[]").send().await.refused(404, "not_found");
    });
}

#[test]
fn a_flood_of_reports_leaves_a_hundred_lines() {
    run(async {
        let world = World::start(|_| {});
        let site = world.site_at(&["https://blog.example", "https://*.blog.example"]).await;
        let own = world.app.config.public_origin().to_owned();
        let directives = ["script-src", "connect-src", "img-src", "style-src", "font-src"];
        // Whatever is made up, there are as many lines as there are directives.
        for round in 0..3 {
            let reports: Vec<_> = (0..200)
                .map(|place| {
                    let page = format!("https://blog.example/{}{}", "x".repeat(2000), round * 200 + place);
                    violation(&page, directives[place % directives.len()], &own)
                })
                .collect();
            for reports in reports.chunks(10) {
                let reports = json!(reports).to_string();
                world.report(&site, "application/json", reports).await.expect(204);
            }
        }
        let found = world.troubles(&site).await;
        assert_eq!(found.len(), directives.len());
        assert!(
            found
                .iter()
                .all(|(_, _, page, count)| page.len() <= 500 && *count == 120)
        );

        // Keys can be made up without end: the latest hundred stay.
        for key in 0..150 {
            let path = format!("/v1/sites/made{key}up/thread?id=x");
            world.get(&path).from("https://blog.example").send().await.expect(404);
        }
        assert_eq!(world.troubles(&site).await.len(), 100);
    });
}

#[test]
fn a_wrong_key_is_told_to_the_owner_of_the_page() {
    run(async {
        let world = World::start(|_| {});
        let site = world.site_at(&["https://blog.example", "https://*.wild.example"]).await;
        let other = world.site_at(&["https://other.example"]).await;
        let ask = async |key: &str, origin: &str| {
            let path = format!("/v1/sites/{key}/thread?id=x");
            world.get(&path).from(origin).send().await.status
        };
        assert_eq!(ask("YOUR_KEY", "https://blog.example").await, 404);
        assert_eq!(ask("YOUR_KEY", "https://blog.example").await, 404);
        assert_eq!(ask("nobody", "https://a.b.wild.example").await, 404);
        assert_eq!(ask(&other.key, "https://blog.example").await, 403);
        // Nobody's pages, or nobody's alone.
        assert_eq!(ask("nobody", "https://unknown.example").await, 404);
        let mut found = world.troubles(&site).await;
        found.sort();
        let mut expected = [
            told("key_wrong", &other.key, "https://blog.example", 1),
            told("key_wrong", "YOUR_KEY", "https://blog.example", 2),
            told("key_wrong", "nobody", "https://a.b.wild.example", 1),
        ];
        expected.sort();
        assert_eq!(found, expected);
        // Its own site hears of a stranger's page, as ever.
        assert_eq!(
            world.troubles(&other).await,
            [told(
                "origin_refused",
                "https://blog.example",
                "https://blog.example",
                1
            )]
        );
    });
}

#[test]
fn an_origin_that_several_tenants_list_is_nobodys() {
    run(async {
        let world = World::start(|_| {});
        let shared = "https://shared.example";
        let local = "http://localhost:1313";
        let sites = [world.site_at(&[shared, local]).await, world.site_at(&[shared]).await];
        let alone = world.site_at(&["http://localhost:4000"]).await;
        for origin in [shared, local, "http://localhost:4000"] {
            world
                .get("/v1/sites/nobody/thread?id=x")
                .from(origin)
                .send()
                .await
                .expect(404);
        }
        for site in sites.iter().chain([&alone]) {
            assert_eq!(world.troubles(site).await, []);
        }
    });
}

#[test]
fn a_script_without_an_element_is_told_until_comments_are_seen() {
    run(async {
        let world = World::start(|_| {});
        let site = world.site(json!({})).await;
        let tell = async |kind: &str| {
            let path = site.path(&format!("trouble?kind={kind}"));
            world.get(&path).from(ORIGIN).send().await
        };
        let answer = tell("element_missing").await.expect(200);
        assert_eq!(answer.header("cache-control"), "private, max-age=86400");
        assert_eq!(answer.header("vary"), "Origin");
        tell("mixed_content").await.expect(200);
        tell("clock_skew").await.expect(200);
        tell("clock_skew").await.expect(200);
        tell("anything").await.refused(400, "invalid_parameter");
        let own = world.app.config.public_origin();
        let mut found = world.troubles(&site).await;
        found.sort();
        assert_eq!(
            found,
            [
                told("clock_skew", "", ORIGIN, 2),
                told("element_missing", "", ORIGIN, 1),
                told("mixed_content", own, ORIGIN, 1)
            ]
        );

        // The script is in the template of all pages; the element is where it should be.
        let list = site.admin(&format!("sites/{}/troubles", site.id));
        let listed = world.get(&list).by(&site.owner.account).send().await.expect(200);
        for trouble in listed.json["troubles"].as_array().unwrap() {
            let path = format!("{list}/{}", trouble["id"].as_str().unwrap());
            let dismiss = || world.ask(Method::DELETE, &path).by(&site.owner.account);
            dismiss().send().await.expect(204);
            dismiss().send().await.refused(404, "not_found");
        }
        site.read(&world, "first-post").await;
        world.write_troubles().await;
        // What was looked up of the site is looked up again.
        site.change_settings(&world, &json!({ "moderation": "none" })).await;
        tell("element_missing").await.expect(200);
        assert_eq!(world.troubles(&site).await, []);
    });
}

#[test]
fn a_trouble_of_a_month_ago_is_forgotten() {
    run(async {
        let world = World::start(|_| {});
        let site = world.site(json!({})).await;
        world
            .get(&site.path("trouble?kind=element_missing"))
            .from(ORIGIN)
            .send()
            .await
            .expect(200);
        assert_eq!(world.troubles(&site).await.len(), 1);
        world.advance(TimeDelta::days(31));
        let forget = |app: Arc<parlour::app::App>| async move {
            let tx = app.db.begin().await.unwrap();
            troubles::forget(&tx, app.clock.now() - TimeDelta::days(30))
                .await
                .unwrap();
            tx.commit().await.unwrap();
        };
        world.within(forget).await;
        let account = world.sign_in(&site.owner.account.email).await;
        let path = site.admin(&format!("sites/{}/troubles", site.id));
        let told = world.get(&path).by(&account).send().await.expect(200);
        assert_eq!(told.json["troubles"], json!([]));
    });
}

#[test]
fn a_refused_origin_can_be_allowed_or_dismissed() {
    run(async {
        let world = World::start(|_| {});
        let site = world.site(json!({})).await;
        let stranger = "https://www.blog.example";
        world
            .get(&site.path("thread?id=x"))
            .from(stranger)
            .send()
            .await
            .expect(403);
        let expected = told("origin_refused", stranger, stranger, 1);
        assert_eq!(world.troubles(&site).await, [expected]);
        let moderator = world.member(&site, Role::Moderator, Reach::All).await;
        let list = site.admin(&format!("sites/{}/troubles", site.id));
        let listed = world.get(&list).by(&moderator).send().await.expect(200);
        let path = format!("{list}/{}", listed.json["troubles"][0]["id"].as_str().unwrap());
        world
            .ask(Method::DELETE, &path)
            .by(&moderator)
            .send()
            .await
            .refused(403, "not_permitted");
        world
            .ask(Method::DELETE, &path)
            .by(&site.owner.account)
            .send()
            .await
            .expect(204);
        assert_eq!(world.troubles(&site).await, []);
    });
}

/// A web server of somebody's, with what it answers to each path; counts who came.
struct Blog {
    origin: String,
    visits: Arc<AtomicUsize>,
}

impl Blog {
    async fn start(at: &str, answer: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> Blog {
        let listener = TcpListener::bind(at).await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let visits = Arc::new(AtomicUsize::new(0));
        let (counted, answer) = (Arc::clone(&visits), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let (counted, answer) = (Arc::clone(&counted), Arc::clone(&answer));
                tokio::spawn(async move {
                    let mut head = vec![0; 8192];
                    let length = socket.read(&mut head).await.unwrap_or(0);
                    if length == 0 {
                        return;
                    }
                    counted.fetch_add(1, Ordering::SeqCst);
                    let head = String::from_utf8_lossy(&head[..length]).into_owned();
                    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
                    socket.write_all(&answer(&path)).await.ok();
                    if path == "/slow" {
                        // Says no more, and does not hang up.
                        std::future::pending::<()>().await;
                    }
                });
            }
        });
        Blog { origin, visits }
    }

    fn visits(&self) -> usize {
        self.visits.load(Ordering::SeqCst)
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

fn page(headers: &str, html: &str) -> Vec<u8> {
    let length = html.len();
    format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {length}\r\n{headers}\r\n{html}")
        .into_bytes()
}

fn redirect(to: &str) -> Vec<u8> {
    format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n").into_bytes()
}

/// `code subject` of what is not good.
fn wrong(answer: &Answer) -> Vec<String> {
    let findings = answer.json["findings"].as_array().unwrap().iter();
    findings
        .filter(|finding| finding["grade"] != "good")
        .map(|finding| {
            let text = |name: &str| finding[name].as_str().unwrap_or_default().to_owned();
            format!("{} {}", text("code"), text("subject")).trim_end().to_owned()
        })
        .collect()
}

/// A server that may load pages from this machine's own address, and from no other.
fn neighbourly() -> World {
    World::start(|config| {
        config.outgoing_ports = Vec::new();
        config.outgoing_private = vec!["127.0.0.1/32".parse().unwrap()];
        config.outgoing_seconds = 2;
    })
}

#[test]
fn the_owner_has_his_page_looked_at() {
    run(async {
        let world = neighbourly();
        let key = Arc::new(std::sync::OnceLock::<String>::new());
        let (known, own) = (Arc::clone(&key), world.app.config.public_url.clone());
        let blog = Blog::start("127.0.0.1:0", move |path| {
            let key = known.get().map_or("", String::as_str);
            let snippet = format!("<script src=\"{own}/embed.js\" data-site=\"{key}\" async></script>");
            let element = "<parlour-comments></parlour-comments>";
            match path {
                "/good" => page("", &format!("<!doctype html>{snippet}{element}")),
                "/strict" => page(
                    "Content-Security-Policy: default-src 'self'\r\n",
                    &format!("{snippet}{element}"),
                ),
                "/bare" => page("", &snippet),
                "/wrong" => page("", &format!("{}{element}", snippet.replace(key, "nobody"))),
                "/empty" => page("", "<p>Nothing here."),
                "/late" => page(
                    "Date: Mon, 01 Jan 2024 00:00:00 GMT\r\n",
                    &format!("{snippet}{element}"),
                ),
                "/moved" => redirect("/good"),
                "/text" => b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nContent-Length: 3\r\n\r\nPDF".to_vec(),
                "/noise" => b"SSH-2.0-OpenSSH_9\r\n".to_vec(),
                _ => b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n".to_vec(),
            }
        })
        .await;
        let site = world.site_at(&[&blog.origin]).await;
        key.set(site.key.clone()).unwrap();
        let look = async |path: &str| world.check(&site, &blog.at(path)).await.expect(200);
        assert_eq!(wrong(&look("/good").await), [""; 0]);
        let moved = look("/moved").await;
        assert_eq!((wrong(&moved), moved.text("url")), (vec![], blog.at("/good")));
        let strict = look("/strict").await;
        assert_eq!(wrong(&strict), ["policy_blocks_script", "policy_blocks_requests"]);
        let own = &world.app.config.public_url;
        let lines: Vec<&str> = strict.json["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|one| one["line"].as_str())
            .collect();
        assert_eq!(
            lines,
            [format!("script-src 'self' {own}"), format!("connect-src 'self' {own}")]
        );
        assert_eq!(wrong(&look("/bare").await), ["element_missing"]);
        assert_eq!(wrong(&look("/wrong").await), ["key_wrong nobody"]);
        assert_eq!(wrong(&look("/empty").await), ["snippet_missing", "element_missing"]);
        assert!(wrong(&look("/late").await)[0].starts_with("clock_skew -"));
        assert_eq!(wrong(&look("/text").await), ["not_html application/pdf"]);
        assert_eq!(wrong(&look("/noise").await), ["unreachable answer"]);
        assert_eq!(wrong(&look("/gone").await)[0], "status 404");
    });
}

#[test]
fn only_pages_of_the_sites_own_origins_are_loaded() {
    run(async {
        let world = neighbourly();
        let other = Blog::start("127.0.0.1:0", |_| page("", "secret")).await;
        let there = other.at("/");
        let blog = Blog::start("127.0.0.1:0", move |_| redirect(&there)).await;
        let site = world.site_at(&[&blog.origin]).await;
        let answer = world.check(&site, &blog.at("/")).await.expect(200);
        assert_eq!(wrong(&answer), [format!("elsewhere {}", other.origin)]);
        world.check(&site, &other.at("/")).await.refused_for("/url", "invalid");
        for url in [
            "",
            "blog",
            "ftp://blog.example/",
            "file:///etc/passwd",
            "https://user:pass@blog.example/",
        ] {
            world.check(&site, url).await.refused_for("/url", "invalid");
        }
        world
            .check(&site, &format!("https://blog.example/{}", "x".repeat(3000)))
            .await
            .refused_for("/url", "too_long");
        assert_eq!(other.visits(), 0, "nobody asked there");
    });
}

#[test]
fn an_address_that_is_not_public_is_not_asked() {
    run(async {
        let blog = Blog::start("127.0.0.1:0", |_| page("", "secret")).await;
        let port = blog.origin.rsplit(':').next().unwrap();
        let names = [
            blog.origin.clone(),
            format!("http://localhost:{port}"),
            format!("http://[::ffff:7f00:1]:{port}"),
        ];
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let world = World::start(|config| config.outgoing_ports = Vec::new());
        let site = world.site_at(&names).await;
        for name in &names {
            let answer = world.check(&site, name).await.expect(200);
            assert_eq!(wrong(&answer), ["unreachable address"], "{name}");
        }
        // And on a server with its own settings, not even the port is.
        let world = World::start(|config| config.outgoing_ports = vec![80, 443]);
        let site = world.site_at(&names).await;
        assert_eq!(
            wrong(&world.check(&site, names[0]).await.expect(200)),
            ["unreachable port"]
        );
        assert_eq!(blog.visits(), 0);
    });
}

#[test]
fn a_redirect_to_an_address_that_is_not_public_is_not_followed() {
    run(async {
        let world = neighbourly();
        let inner = Blog::start("127.0.0.2:0", |_| page("", "secret")).await;
        let there = inner.at("/latest/meta-data");
        let blog = Blog::start("127.0.0.1:0", move |path| match path {
            "/round" => redirect("/round"),
            _ => redirect(&there),
        })
        .await;
        // Both are on the list: that is no reason to ask there.
        let site = world.site_at(&[&blog.origin, &inner.origin]).await;
        assert_eq!(
            wrong(&world.check(&site, &blog.at("/")).await.expect(200)),
            ["unreachable address"]
        );
        assert_eq!(
            wrong(&world.check(&site, &blog.at("/round")).await.expect(200)),
            ["unreachable redirects"]
        );
        assert_eq!(inner.visits(), 0);
        assert_eq!(blog.visits(), 1 + 4, "three redirects are followed");
    });
}

#[test]
fn a_page_that_is_huge_or_never_ends_is_cut() {
    run(async {
        let world = neighbourly();
        let key = Arc::new(std::sync::OnceLock::<String>::new());
        let (known, own) = (Arc::clone(&key), world.app.config.public_url.clone());
        let blog = Blog::start("127.0.0.1:0", move |path| {
            let key = known.get().map_or("", String::as_str);
            let html = format!("<script src={own}/embed.js data-site={key}></script><parlour-comments></parlour-comments>");
            match path {
                "/huge" => page("", &format!("{html}{}", "<p>x".repeat(1024 * 1024))),
                "/slow" => format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9999\r\n\r\n{html}").into_bytes(),
                // Sixty-four million bytes in less than a hundred thousand.
                _ => {
                    use std::io::Write;
                    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
                    packer.write_all(html.as_bytes()).unwrap();
                    for _ in 0..64 {
                        packer.write_all(&vec![b' '; 1024 * 1024]).unwrap();
                    }
                    let packed = packer.finish().unwrap();
                    let length = packed.len();
                    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nContent-Length: {length}\r\n\r\n");
                    [head.into_bytes(), packed].concat()
                }
            }
        })
        .await;
        let site = world.site_at(&[&blog.origin]).await;
        key.set(site.key.clone()).unwrap();
        let began = tokio::time::Instant::now();
        for path in ["/huge", "/slow", "/bomb"] {
            let answer = world.check(&site, &blog.at(path)).await.expect(200);
            assert_eq!(wrong(&answer), ["cut"], "{path}: what came is looked at");
        }
        assert!(began.elapsed() < Duration::from_secs(20));
    });
}

#[test]
fn looking_at_pages_has_a_budget_and_is_for_those_who_manage() {
    run(async {
        let world = World::start(|config| {
            config.outgoing_ports = vec![1];
            config.limit_check = "2/60".parse().unwrap();
        });
        let site = world.site(json!({})).await;
        let moderator = world.member(&site, Role::Moderator, Reach::All).await;
        let path = site.admin(&format!("sites/{}/check", site.id));
        let body = json!({ "url": "https://blog.example/" });
        world
            .post(&path, &body)
            .by(&moderator)
            .send()
            .await
            .refused(403, "not_permitted");
        world.check(&site, "https://blog.example/").await.expect(200);
        world.check(&site, "https://blog.example/").await.expect(200);
        world
            .check(&site, "https://blog.example/")
            .await
            .refused(429, "rate_limited");
    });
}

#[test]
fn a_preview_shows_what_settings_do_and_changes_nothing() {
    run(async {
        let world = world();
        let site = world.site(json!({ "reactions": ["👍"] })).await;
        let preview = async |query: &str, body: Value| {
            let path = site.admin(&format!("sites/{}/preview{query}", site.id));
            world.post(&path, &body).by(&site.owner.account).send().await
        };
        let as_it_is = preview("", json!({})).await.expect(200);
        assert_eq!(as_it_is.json["settings"]["name"], "A blog");
        assert_eq!(as_it_is.json["settings"]["live"], false, "nobody is there to listen to");
        assert_eq!(as_it_is.json["thread"]["reactions"][0]["kind"], "👍");
        assert_eq!(as_it_is.numbers(), [1, 2, 3, 4, 5]);
        assert!(as_it_is.comments()[0]["html"].as_str().unwrap().contains("<strong>"));

        let changed = json!({ "name": "Other", "settings": {
            "sort": "newest", "votes": "none", "notice": "Be kind.", "elements": ["p"], "read_only": true, "images": true,
        } });
        let changed = preview("?lang=de", changed).await.expect(200);
        assert_eq!(changed.json["settings"]["name"], "Other");
        assert_eq!(changed.json["settings"]["notice"], "Be kind.");
        assert_eq!(changed.json["thread"]["closed_by"], "site");
        assert_eq!(changed.numbers(), [5, 4, 1, 2, 3]);
        assert!(!changed.comments()[2]["html"].as_str().unwrap().contains("<strong>"));
        assert!(changed.comments()[2]["html"].as_str().unwrap().contains("Danke"));

        preview("", json!({ "settings": { "max_depth": 99 } }))
            .await
            .refused_for("/settings/max_depth", "out_of_range");
        let site_now = world
            .get(&site.admin(&format!("sites/{}", site.id)))
            .by(&site.owner.account)
            .send()
            .await
            .expect(200);
        assert_eq!(site_now.json["settings"]["sort"], "oldest");
        site.read(world, "preview").await;
    });
}

#[test]
fn the_page_of_the_preview_is_framed_by_us_alone_and_asks_nobody() {
    run(async {
        let world = world();
        let answer = world.get("/preview/").send().await.expect(200);
        let policy = answer.header("content-security-policy");
        for directive in [
            "default-src 'none'",
            "connect-src 'none'",
            "frame-ancestors 'self'",
            "sandbox allow-scripts allow-forms",
        ] {
            assert!(
                policy.split(';').any(|one| one.trim() == directive),
                "{directive}: {policy}"
            );
        }
        assert_eq!(answer.header("set-cookie"), "");
        assert!(!answer.all().contains("<script>"));
        world.get("/preview/preview.css").send().await.expect(200);
    });
}
