//! The pages and files that are served beside the API: their headers, caching and encodings.

use http::Method;

use crate::world::{Answer, World, run, world};

/// What is said of a page.
struct Page {
    path: &'static str,
    media_type: &'static str,
    caching: &'static str,
}

const fn page(path: &'static str, media_type: &'static str, caching: &'static str) -> Page {
    Page {
        path,
        media_type,
        caching,
    }
}

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const SHORTLY: &str = "public, max-age=300, stale-while-revalidate=86400";
const NEVER: &str = "no-store";

const PAGES: [Page; 16] = [
    page("/", HTML, NEVER),
    page("/docs", HTML, NEVER),
    page("/docs/errors", HTML, NEVER),
    page("/admin/", HTML, NEVER),
    page("/admin/deep/link", HTML, NEVER),
    page("/demo/", HTML, NEVER),
    page("/demo/style.css", "text/css; charset=utf-8", SHORTLY),
    page("/embed.js", SCRIPT, SHORTLY),
    page("/count.js", SCRIPT, SHORTLY),
    page("/embed/write.js", SCRIPT, SHORTLY),
    page("/embed/locales/de.js", SCRIPT, SHORTLY),
    page("/embed/parlour.d.ts", "text/plain; charset=utf-8", SHORTLY),
    page("/healthz", "text/plain", NEVER),
    page("/readyz", "application/json", NEVER),
    page("/openapi.json", "application/json", NEVER),
    page("/openapi.yaml", "application/yaml", NEVER),
];

async fn with_demo() -> World {
    let world = World::start(|_| {});
    world
        .within(|app| async move { parlour::demo::seed(&app).await.unwrap() })
        .await;
    world
}

/// The sources that a policy allows for a kind of thing.
fn allowed<'a>(policy: &'a str, kind: &str) -> Vec<&'a str> {
    let mut directives = policy
        .split(';')
        .map(|directive| directive.split_whitespace().collect::<Vec<_>>());
    let of = directives.find(|directive| directive.first() == Some(&kind));
    of.map(|directive| directive[1..].to_vec()).unwrap_or_default()
}

/// What holds for every answer, whatever it is.
#[track_caller]
fn assert_safe(path: &str, answer: &Answer) {
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
    assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
    let policy = answer.header("content-security-policy");
    assert_eq!(
        allowed(policy, "default-src"),
        ["'none'"],
        "{path}: what is not named is forbidden"
    );
    assert_eq!(allowed(policy, "frame-ancestors"), ["'none'"], "{path}");
    for word in ["unsafe", "*", "http:", "https:"] {
        assert!(!policy.contains(word), "{path}: {policy}");
    }
    assert!(
        allowed(policy, "script-src").iter().all(|source| *source == "'self'"),
        "{path}: {policy}"
    );
    assert_eq!(answer.headers.get("set-cookie"), None, "{path}");
    assert_eq!(answer.headers.get("server"), None, "{path}");
    assert_eq!(answer.header("x-request-id").len(), 16, "{path}");
}

#[test]
fn every_page_comes_with_its_safe_headers() {
    run(async {
        let world = with_demo().await;
        for Page {
            path,
            media_type,
            caching,
        } in PAGES
        {
            let answer = world.get(path).send().await;
            assert_eq!(answer.status, 200, "{path}");
            assert_safe(path, &answer);
            assert_eq!(answer.header("content-type"), media_type, "{path}");
            assert_eq!(answer.header("cache-control"), caching, "{path}");
            assert!(!answer.body.is_empty(), "{path}");
        }
    });
}

#[test]
fn no_page_has_script_or_style_of_its_own() {
    run(async {
        let world = with_demo().await;
        for Page { path, .. } in PAGES.iter().filter(|page| page.media_type == HTML) {
            let answer = world.get(path).send().await;
            let html = String::from_utf8_lossy(&answer.body).to_lowercase();
            for tag in html.split("<script").skip(1) {
                let (attributes, rest) = tag.split_once('>').unwrap();
                assert!(attributes.contains("src="), "{path}: <script{attributes}>");
                assert!(rest.trim_start().starts_with("</script>"), "{path}: an inline script");
            }
            assert!(!html.contains("<style"), "{path}");
            assert!(!html.contains(" style="), "{path}");
            assert!(!html.contains("javascript:"), "{path}");
            assert!(!html.contains(" onclick=") && !html.contains(" onload="), "{path}");
            assert!(html.starts_with("<!doctype html>"), "{path}");
            assert!(html.contains("<html lang=") && html.contains("<title>"), "{path}");
        }
    });
}

#[test]
fn each_answer_of_the_admin_ui_has_a_nonce_of_its_own() {
    run(async {
        let mut seen = Vec::new();
        for path in [
            "/admin/",
            "/admin/",
            "/admin/index.html",
            "/admin/t/1/queue?x=y",
            "/docs",
        ] {
            let answer = world().get(path).send().await.expect(200);
            let policy = answer.header("content-security-policy");
            let nonces: Vec<_> = allowed(policy, "style-src")
                .into_iter()
                .filter(|one| one.starts_with("'nonce-"))
                .collect();
            assert_eq!(nonces.len(), 1, "{policy}");
            let nonce = nonces[0]
                .trim_start_matches("'nonce-")
                .trim_end_matches('\'')
                .to_owned();
            assert_eq!(nonce.len(), 32);
            let html = String::from_utf8_lossy(&answer.body).into_owned();
            assert!(
                html.contains(&nonce) || path == "/docs",
                "{path}: the page knows its nonce"
            );
            assert!(!html.contains("__CSP_NONCE__"), "{path}");
            assert!(!seen.contains(&nonce), "{path}: used before");
            assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{path}");
            seen.push(nonce);
        }
    });
}

#[test]
fn the_admin_uis_files_are_kept_for_ever_because_their_names_change() {
    run(async {
        let page = world().get("/admin/").send().await.expect(200);
        let html = String::from_utf8_lossy(&page.body).into_owned();
        let file = html
            .split('"')
            .find(|part| part.starts_with("/admin/assets/") && part.ends_with(".js"))
            .unwrap();
        let answer = world().get(file).send().await.expect(200);
        assert_safe(file, &answer);
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(answer.header("content-type"), SCRIPT);
        let missing = world().get("/admin/assets/none.js").send().await;
        missing.refused(404, "not_found");
    });
}

#[test]
fn the_scripts_come_in_the_encoding_that_is_asked_for() {
    run(async {
        for path in ["/embed.js", "/count.js", "/embed/write.js"] {
            let plain = world().get(path).send().await.expect(200);
            assert_eq!(plain.headers.get("content-encoding"), None);
            for (asked, encoding) in [
                ("br", "br"),
                ("gzip, deflate, br", "br"),
                ("gzip", "gzip"),
                ("gzip;q=1.0, identity", "gzip"),
                ("deflate", ""),
                ("identity", ""),
                ("brotli", ""),
                ("br;q=0, gzip", "gzip"),
                ("gzip;q=0", ""),
            ] {
                let answer = world()
                    .get(path)
                    .header("accept-encoding", asked)
                    .send()
                    .await
                    .expect(200);
                assert_eq!(answer.header("content-encoding"), encoding, "{path} for {asked}");
                assert_eq!(answer.header("vary"), "Accept-Encoding");
                assert_eq!(answer.header("content-type"), SCRIPT);
                assert_eq!(
                    answer.body.len() < plain.body.len(),
                    !encoding.is_empty(),
                    "{path} for {asked}"
                );
                assert_eq!(
                    answer.header("etag") == plain.header("etag"),
                    encoding.is_empty(),
                    "{path} for {asked}"
                );
            }
        }
    });
}

#[test]
fn a_script_that_is_known_is_not_sent_again() {
    run(async {
        let first = world().get("/embed.js").send().await.expect(200);
        let tag = first.header("etag");
        for known in [
            tag.to_owned(),
            format!("W/{tag}"),
            format!("\"other\", {tag}"),
            "*".to_owned(),
        ] {
            let again = world().get("/embed.js").header("if-none-match", &known).send().await;
            assert_eq!(again.status, 304, "{known}");
            assert!(again.body.is_empty());
            assert_eq!(again.header("etag"), tag);
            assert_eq!(again.header("cache-control"), SHORTLY);
            assert_safe("304", &again);
        }
        for other in ["\"other\"", "", &tag[..8]] {
            world()
                .get("/embed.js")
                .header("if-none-match", other)
                .send()
                .await
                .expect(200);
        }
    });
}

#[test]
fn any_page_may_load_the_embed() {
    run(async {
        let answer = world()
            .get("/embed.js")
            .from("https://blog.example")
            .send()
            .await
            .expect(200);
        assert_eq!(answer.header("cross-origin-resource-policy"), "cross-origin");
    });
}

#[test]
fn the_embeds_parts_are_modules_for_any_page() {
    run(async {
        for path in [
            "/embed.js",
            "/embed/parlour.js",
            "/embed/write.js",
            "/embed/locales/de.js",
        ] {
            let answer = world().get(path).from("https://blog.example").send().await.expect(200);
            assert_eq!(answer.header("access-control-allow-origin"), "*", "{path}");
            assert_eq!(answer.header("content-type"), SCRIPT, "{path}");
        }
    });
}

#[test]
fn a_part_that_is_asked_for_by_its_version_never_changes() {
    run(async {
        let built = concat!(env!("CARGO_MANIFEST_DIR"), "/../embed/dist/version");
        let version = std::fs::read_to_string(built).unwrap();
        let caching = async |path: String| {
            let answer = world().get(&path).send().await.expect(200);
            answer.header("cache-control").to_owned()
        };
        let kept = caching(format!("/embed/write.js?v={version}")).await;
        assert_eq!(kept, "public, max-age=31536000, immutable");
        assert_eq!(
            caching("/embed/write.js?v=0123456789ab".to_owned()).await,
            "no-store",
            "a part of another version is not kept under its name"
        );
        let shortly = caching(format!("/embed.js?v={version}")).await;
        assert!(!shortly.contains("immutable"), "{shortly}");
    });
}

#[test]
fn what_is_not_there_is_a_404_in_the_form_of_every_refusal() {
    run(async {
        for path in [
            "/nothing",
            "/v1",
            "/v1/",
            "/v1/nothing",
            "/v1/admin",
            "/v1/admin/nothing",
            "/v1/sites/x",
            "/docs/nothing",
            "/demo/nothing.html",
            "/demo/../secret.key",
            "/demo/%2e%2e/secret.key",
            "/demo/",
            "/embed.js/x",
            "/embed.js.br",
            "/embed/",
            "/embed/none.js",
            "/embed/write.js.br",
            "/embed/locales",
            "/embed/../embed.js.gz",
            "/openapi",
            "/.well-known/security.txt",
            "//",
            "/admin/assets/../../Cargo.toml",
        ] {
            let answer = world().get(path).send().await;
            assert_eq!(answer.status, 404, "{path}");
            assert_safe(path, &answer.refused(404, "not_found"));
        }
    });
}

#[test]
fn a_method_that_an_address_does_not_take_is_405() {
    run(async {
        for (method, path) in [
            (Method::POST, "/"),
            (Method::DELETE, "/healthz"),
            (Method::POST, "/embed.js"),
            (Method::PUT, "/admin/"),
            (Method::DELETE, "/docs"),
            (Method::PUT, "/v1/admin/me"),
            (Method::DELETE, "/v1/sites/x/thread"),
            (Method::PATCH, "/v1/admin/session"),
            (Method::TRACE, "/"),
        ] {
            let answer = world().ask(method.clone(), path).send().await;
            assert_eq!(answer.status, 405, "{method} {path}");
            assert_safe(path, &answer.refused(405, "method_not_allowed"));
        }
    });
}

#[test]
fn a_head_request_gets_the_head() {
    run(async {
        for path in ["/", "/embed.js", "/healthz", "/admin/"] {
            let answer = world().ask(Method::HEAD, path).send().await;
            assert_eq!(answer.status, 200, "{path}");
            assert!(answer.body.is_empty(), "{path}");
            assert_safe(path, &answer);
        }
    });
}

#[test]
fn an_address_without_its_slash_leads_on() {
    run(async {
        for (from, to) in [("/admin", "/admin/"), ("/demo", "/demo/")] {
            let answer = world().get(from).send().await.expect(308);
            assert_eq!(answer.header("location"), to);
        }
    });
}

#[test]
fn the_demo_shows_its_conversations() {
    run(async {
        let world = with_demo().await;
        for path in ["/demo/", "/demo/index.html"] {
            let html = String::from_utf8_lossy(&world.get(path).send().await.expect(200).body).into_owned();
            assert!(html.contains("data-site=\"demo\""), "{path}");
            assert!(!html.contains("__SITE_KEY__"), "{path}");
        }
        let posts = ["cold-kitchen", "down-the-river", "plain-pages"];
        let mut said = 0;
        for post in posts {
            world.get(&format!("/demo/posts/{post}.html")).send().await.expect(200);
            let path = format!("/v1/sites/demo/thread?id=demo/{post}");
            let thread = world.get(&path).from(&world.base).send().await.expect(200);
            assert!(
                thread.json["thread"]["comment_count"].as_u64().unwrap() > 5,
                "{post}: {}",
                thread.json["thread"]
            );
            said += thread.json["thread"]["comment_count"].as_u64().unwrap();
        }
        assert!(said >= 40, "{said}");
    });
}
