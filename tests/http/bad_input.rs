//! Input that nobody should send: refused in the documented form, nothing stored, nothing told of our insides.

use http::Method;
use serde_json::{Value, json};

use crate::sweeps::{Call, Ground, calls};
use crate::wire::chunked;
use crate::world::{Answer, Ask, ORIGIN, Site, World, run, world};

/// Words that only somebody who knows our code would use.
const INSIDES: [&str; 16] = [
    "::", "serde", "struct", "enum ", "Uuid", "Option", "Vec<", "String", "u32", "u64", "i64", "f64", "sequence",
    "variant", "panicked", "sqlx",
];

/// A refusal in the documented form, in words for people.
#[track_caller]
fn assert_plain(what: &str, answer: &Answer) {
    let text = String::from_utf8_lossy(&answer.body);
    assert!(answer.status.is_client_error(), "{what}: {} {text}", answer.status);
    assert_eq!(answer.header("content-type"), "application/problem+json", "{what}");
    assert_eq!(answer.json["status"], answer.status.as_u16(), "{what}");
    // Which could spell anything.
    let text = text.replace(answer.json["request_id"].as_str().unwrap(), "");
    for word in INSIDES {
        assert!(!text.contains(word), "{what} tells {word:?}: {text}");
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(60).collect()
}

async fn open_site(world: &World) -> Site {
    world.site(json!({ "moderation": "none" })).await
}

fn post_raw(world: &World, site: &Site, body: impl Into<Vec<u8>>) -> Ask {
    let ask = world.ask(Method::POST, &site.path("comments")).from(ORIGIN);
    ask.header("content-type", "application/json").raw(body)
}

async fn assert_nothing_stored(world: &World, site: &Site) {
    let queue = world
        .get(&site.admin("comments?limit=100"))
        .by(&site.owner.account)
        .send()
        .await
        .expect(200);
    assert_eq!(queue.json["comments"], json!([]));
    assert_eq!(
        site.read(world, "t").await.json["thread"].get("id"),
        None,
        "no thread was opened"
    );
}

#[test]
fn what_is_no_json_object_is_malformed() {
    run(async {
        let world = world();
        let site = open_site(world).await;
        let whole = json!({ "thread": { "id": "t" }, "text": "hello" }).to_string();
        let with = |inner: &str| whole.replace("hello", inner).into_bytes();
        let mut bodies: Vec<Vec<u8>> = [
            "",
            " ",
            "{",
            "[]",
            "null",
            "1",
            "\"x\"",
            "{}{}",
            "{'text':1}",
            "text=x",
            "\u{feff}{}",
        ]
        .map(Into::into)
        .to_vec();
        bodies.push(whole.replace('}', ",}").into());
        bodies.push(whole.replace("\"hello\"", "NaN").into());
        bodies.push(whole.replace("\"hello\"", "1e999").into());
        bodies.push(whole.replace("\"hello\"", "// a comment\n\"hello\"").into());
        bodies.push(whole[..whole.len() - 3].into());
        bodies.push(with("\\ud800"));
        bodies.push(with("\\udc00\\ud800"));
        bodies.push(with("\\x41"));
        bodies.push(with("\\u00"));
        bodies.push(with("a\0b"));
        bodies.push(with("a\nb"));
        for invalid in [&b"\xff"[..], b"\xc3", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"] {
            let place = whole.find("hello").unwrap();
            bodies.push([&whole.as_bytes()[..place], invalid, &whole.as_bytes()[place..]].concat());
        }
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            bodies.push(open.repeat(10_000).into());
            bodies.push(format!("{}1{}", open.repeat(10_000), close.repeat(10_000)).into());
            bodies.push(
                whole
                    .replace("\"hello\"", &format!("{}1{}", open.repeat(9_000), close.repeat(9_000)))
                    .into(),
            );
        }
        for body in bodies {
            let shown = shortened(&String::from_utf8_lossy(&body));
            let answer = post_raw(world, &site, body).send().await;
            assert_plain(&shown, &answer);
            assert_eq!(
                (answer.status.as_u16(), &answer.json["code"]),
                (400, &json!("malformed_request")),
                "{shown}"
            );
        }
        assert_nothing_stored(world, &site).await;
    });
}

#[test]
fn what_has_the_wrong_type_or_name_is_named() {
    run(async {
        let world = world();
        let site = open_site(world).await;
        let thread = json!({ "id": "t" });
        let table = [
            (json!({}), "/thread", "required"),
            (json!({ "thread": thread }), "/text", "required"),
            (json!({ "thread": thread, "text": 1 }), "/text", "wrong_type"),
            (json!({ "thread": thread, "text": null }), "/text", "wrong_type"),
            (json!({ "thread": thread, "text": ["x"] }), "/text", "wrong_type"),
            (json!({ "thread": thread, "text": { "x": 1 } }), "/text", "wrong_type"),
            (json!({ "thread": thread, "text": true }), "/text", "wrong_type"),
            (json!({ "thread": "t", "text": "hello" }), "/thread", "wrong_type"),
            (json!({ "thread": null, "text": "hello" }), "/thread", "wrong_type"),
            (json!({ "thread": 7, "text": "hello" }), "/thread", "wrong_type"),
            (
                json!({ "thread": { "id": 7 }, "text": "hello" }),
                "/thread/id",
                "wrong_type",
            ),
            (
                json!({ "thread": { "url": [] }, "text": "hello" }),
                "/thread/url",
                "wrong_type",
            ),
            (
                json!({ "thread": thread, "text": "hello", "parent_id": 1 }),
                "/parent_id",
                "wrong_type",
            ),
            (
                json!({ "thread": thread, "text": "hello", "parent_id": "x" }),
                "/parent_id",
                "invalid",
            ),
            (
                json!({ "thread": thread, "text": "hello", "parent_id": "" }),
                "/parent_id",
                "invalid",
            ),
            (
                json!({ "thread": thread, "text": "hello", "author": "Ada" }),
                "/author",
                "wrong_type",
            ),
            (
                json!({ "thread": thread, "text": "hello", "author": { "name": 1 } }),
                "/author/name",
                "wrong_type",
            ),
            (
                json!({ "thread": thread, "text": "hello", "colour": 1 }),
                "/colour",
                "unknown_field",
            ),
            (
                json!({ "thread": thread, "text": "hello", "state": "published" }),
                "/state",
                "unknown_field",
            ),
            (
                json!({ "thread": { "id": "t", "open": true }, "text": "hello" }),
                "/thread/open",
                "unknown_field",
            ),
            (
                json!({ "thread": thread, "text": "hello", "author": { "team": true } }),
                "/author/team",
                "unknown_field",
            ),
            (json!({ "thread": {}, "text": "hello" }), "/thread", "required"),
            (
                json!({ "thread": { "id": " " }, "text": "hello" }),
                "/thread",
                "required",
            ),
            (
                json!({ "thread": { "url": "javascript:alert(1)" }, "text": "hello" }),
                "/thread/url",
                "invalid",
            ),
            (
                json!({ "thread": { "url": "https://elsewhere.example/" }, "text": "hello" }),
                "/thread/url",
                "invalid",
            ),
            (
                json!({ "thread": thread, "text": "hello", "author": { "website": "data:x" } }),
                "/author/website",
                "invalid",
            ),
            (
                json!({ "thread": thread, "text": "hello", "author": { "email": "a\r\nb@x.org" } }),
                "/author/email",
                "invalid",
            ),
            (json!({ "thread": thread, "text": " \n " }), "/text", "required"),
        ];
        for (body, pointer, code) in table {
            let answer = post_raw(world, &site, body.to_string()).send().await;
            assert_plain(&body.to_string(), &answer);
            let answer = answer.refused(422, "invalid_input");
            let told = &answer.json["errors"][0];
            assert_eq!(
                (&told["pointer"], &told["code"]),
                (&json!(pointer), &json!(code)),
                "{body}"
            );
        }
        assert_nothing_stored(world, &site).await;
    });
}

#[test]
fn settings_out_of_bounds_are_named_and_change_nothing() {
    run(async {
        let world = world();
        let site = open_site(world).await;
        let path = site.admin(&format!("sites/{}", site.id));
        let read = async || world.get(&path).by(&site.owner.account).send().await.expect(200).json;
        let before = read().await;
        for (settings, pointer) in [
            (json!({ "min_text_length": 0 }), "/settings/min_text_length"),
            (json!({ "min_text_length": -1 }), "/settings/min_text_length"),
            (json!({ "min_text_length": 1.5 }), "/settings/min_text_length"),
            (
                json!({ "min_text_length": 4_294_967_296_u64 }),
                "/settings/min_text_length",
            ),
            (json!({ "min_text_length": 1e308 }), "/settings/min_text_length"),
            (json!({ "min_text_length": "2" }), "/settings/min_text_length"),
            (json!({ "max_text_length": u64::MAX }), "/settings/max_text_length"),
            (json!({ "links_to_hold": 101 }), "/settings/links_to_hold"),
            (json!({ "address_days": 3651 }), "/settings/address_days"),
            (json!({ "moderation": "sometimes" }), "/settings/moderation"),
            (json!({ "moderation": ["all"] }), "/settings/moderation"),
            (json!({ "require_name": "yes" }), "/settings/require_name"),
            (json!({ "language": "xx" }), "/settings/language"),
            (json!({ "notice": "x".repeat(501) }), "/settings/notice"),
            (json!({ "colour": "red" }), "/settings/colour"),
            (json!("all"), "/settings"),
        ] {
            let body = json!({ "settings": settings });
            let answer = world
                .ask(Method::PATCH, &path)
                .json(&body)
                .by(&site.owner.account)
                .send()
                .await;
            assert_plain(&body.to_string(), &answer);
            assert_eq!(
                answer.refused(422, "invalid_input").json["errors"][0]["pointer"],
                pointer,
                "{body}"
            );
        }
        assert_eq!(read().await, before);
    });
}

#[test]
fn a_nul_has_no_place_anywhere() {
    run(async {
        let world = world();
        let site = open_site(world).await;
        let thread = json!({ "id": "t" });
        for (body, pointer) in [
            (json!({ "thread": thread, "text": "a\0b" }), "/text"),
            (json!({ "thread": { "id": "t\0" }, "text": "hello" }), "/thread/id"),
            (
                json!({ "thread": { "id": "t", "title": "\0" }, "text": "hello" }),
                "/thread/title",
            ),
            (
                json!({ "thread": thread, "text": "hello", "author": { "name": "\0" } }),
                "/author/name",
            ),
            (
                json!({ "thread": thread, "text": "hello", "author": { "email": "\0@x.org" } }),
                "/author/email",
            ),
            (json!({ "thread": thread, "text": "hello", "a\0": 1 }), ""),
        ] {
            let answer = post_raw(world, &site, body.to_string()).send().await;
            assert_plain(&body.to_string(), &answer);
            let told = answer.refused(422, "invalid_input").json["errors"][0].clone();
            assert_eq!(
                (&told["pointer"], &told["code"]),
                (&json!(pointer), &json!("forbidden_character")),
                "{body}"
            );
        }
        let owner = &site.owner.account;
        for path in [
            site.path("thread?id=a%00b"),
            site.path("thread?url=https://blog.example/%00"),
            site.path("counts?id=x&id=%00"),
            site.path("%00"),
            site.admin("comments?q=%00"),
            site.admin("%00"),
            "/admin/%00".to_owned(),
        ] {
            let answer = world.get(&path).by(owner).send().await;
            assert_plain(&path, &answer);
            answer.refused(400, "invalid_parameter");
        }
        let sign_in = json!({ "email": "a\0@example.org", "password": "\0\0\0\0\0\0\0\0" });
        assert_plain("sign-in", &world.post("/v1/admin/session", &sign_in).send().await);
        assert_nothing_stored(world, &site).await;
    });
}

#[test]
fn a_request_that_is_no_http_gets_400_and_the_server_lives() {
    run(async {
        let world = world();
        let site = open_site(world).await;
        for head in [
            "GET /v1/sites/x/thread?id=\0 HTTP/1.1".to_owned(),
            "GET /a b HTTP/1.1".to_owned(),
            "NONSENSE".to_owned(),
            "GET / HTTP/9.9".to_owned(),
            "GET / HTTP/1.1\r\nx: a\0b".to_owned(),
            "GET / HTTP/1.1\r\nx\u{e4}: a".to_owned(),
            "POST / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2".to_owned(),
            "POST / HTTP/1.1\r\ncontent-length: -1".to_owned(),
            "POST / HTTP/1.1\r\ncontent-length: 99999999999999999999999".to_owned(),
        ] {
            assert_eq!(world.exchange(&head, "").await.status, 400, "{head:?}");
        }
        let torn = format!(
            "POST {} HTTP/1.1\r\norigin: {ORIGIN}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked",
            site.path("comments")
        );
        assert_plain("a torn chunk", &world.exchange(&torn, "zz\r\n{}\r\n0\r\n\r\n").await);
        world.get("/healthz").send().await.expect(200);
        assert_nothing_stored(world, &site).await;
    });
}

#[test]
fn ten_megabytes_are_refused_before_they_are_read() {
    run(async {
        let world = world();
        let site = open_site(world).await;
        let body = json!({ "thread": { "id": "t" }, "text": "x".repeat(10_000_000) }).to_string();
        for path in [
            site.path("comments"),
            site.path("preview"),
            "/v1/admin/session".to_owned(),
        ] {
            let head = format!("POST {path} HTTP/1.1\r\norigin: {ORIGIN}\r\ncontent-type: application/json");
            let head = if path.starts_with("/v1/admin") {
                head.replace(ORIGIN, &world.base)
            } else {
                head
            };
            let told = world
                .exchange(&format!("{head}\r\ncontent-length: {}", body.len()), &body)
                .await;
            assert_plain(&path, &told);
            told.refused(413, "payload_too_large");
            let coded = chunked(body.as_bytes());
            let told = world
                .exchange(&format!("{head}\r\ntransfer-encoding: chunked"), &coded)
                .await;
            assert_plain(&path, &told);
            told.refused(413, "payload_too_large");
        }
        assert_nothing_stored(world, &site).await;
    });
}

#[test]
fn markdown_of_any_depth_is_laid_out_or_refused_in_words() {
    run(async {
        let world = world();
        let site = world
            .site(json!({ "moderation": "none", "max_text_length": 16_384 }))
            .await;
        let deep = |unit: &str| format!("{}x", unit.repeat(10_000 / unit.len()));
        for (text, code) in [
            (format!("{}x", ">".repeat(10_000)), Some("too_nested")),
            (deep("> "), Some("too_nested")),
            (deep("- "), Some("too_nested")),
            (deep("1. "), Some("too_nested")),
            (deep("- > "), Some("too_nested")),
            (deep("*"), None),
            (deep("**a "), None),
            (deep("["), None),
            (deep("!["), None),
            (deep("`"), None),
            (deep("<b>"), None),
            (deep("[a]("), None),
            (deep("| a "), None),
            (deep("www.a.example "), Some("too_many")),
        ] {
            let shown = shortened(&text);
            for (path, body) in [
                ("preview", json!({ "text": text })),
                ("comments", json!({ "thread": { "id": "deep" }, "text": text })),
            ] {
                let answer = world.post(&site.path(path), &body).from(ORIGIN).send().await;
                match code {
                    Some(code) => {
                        assert_plain(&shown, &answer);
                        assert_eq!(
                            answer.refused(422, "invalid_input").json["errors"][0]["code"],
                            code,
                            "{shown}"
                        );
                    }
                    None => assert!(
                        answer.status.is_success() || answer.status == 422,
                        "{shown}: {}",
                        answer.all()
                    ),
                }
            }
        }
    });
}

#[test]
fn ids_that_cannot_be_are_ids_that_are_not() {
    run(async {
        let world = world();
        let ground = Ground::new(world).await;
        let site = &ground.site;
        for id in [
            "0",
            "x",
            "-",
            "null",
            "%20",
            "%FF",
            "..%2f..",
            "00000000-0000-0000-0000-000000000000",
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
            "g0000000-0000-0000-0000-000000000000",
            "' OR 1=1 --".replace(' ', "%20").as_str(),
            &"9".repeat(4_000),
        ] {
            for path in [
                site.path(&format!("comments/{id}/replies")),
                site.admin(&format!("comments/{id}")),
                site.admin(&format!("threads/{id}")),
                site.admin(&format!("sites/{id}")),
                format!("/v1/admin/tenants/{id}"),
                format!("/v1/admin/tenants/{id}/comments"),
            ] {
                let answer = world.get(&path).by(ground.owner()).send().await;
                assert_plain(&shortened(&path), &answer);
                answer.refused(404, "not_found");
            }
        }
        for ids in [
            json!([]),
            json!(["x"]),
            json!([1]),
            json!("x"),
            json!(vec![ground.ids.comment_id.as_str(); 101]),
        ] {
            let body = json!({ "ids": ids, "decision": "delete" });
            let answer = world
                .post(&site.admin("decisions"), &body)
                .by(ground.owner())
                .send()
                .await;
            assert_plain(&shortened(&ids.to_string()), &answer);
            answer.refused(422, "invalid_input");
        }
        assert_eq!(site.read(world, "first-post").await.talk().len(), 1);
    });
}

#[test]
fn parameters_without_a_valid_value_are_named() {
    run(async {
        let world = world();
        let site = open_site(world).await;
        let many = vec!["id=a"; 21].join("&");
        for path in [
            site.path("thread"),
            site.path("thread?id="),
            site.path("thread?url=nonsense"),
            site.path(&format!("thread?id={}", "x".repeat(2_049))),
            site.path("thread?id=%07"),
            site.path("thread?id=t&limit=0"),
            site.path("thread?id=t&limit=101"),
            site.path("thread?id=t&limit=-1"),
            site.path("thread?id=t&limit=1.5"),
            site.path("thread?id=t&limit=99999999999999999999999999"),
            site.path("thread?id=t&limit=x"),
            site.path("thread?id=t&sort=loudest"),
            site.path("thread?id=t&around=x"),
            site.path("thread?id=t&before=garbage"),
            site.path("recent?limit=51"),
            site.path("thread?id=t&after=garbage"),
            site.path("thread?id=t&after=%F0%9F%92%A9"),
            site.path(&format!("counts?{many}")),
            site.admin("comments?state=lost"),
            site.admin("comments?site_id=x"),
            site.admin("comments?after=x"),
            site.admin("comments?limit=0"),
            site.admin("sites?after=x"),
            site.admin("sites?limit=1000"),
            site.admin(&format!("comments?q={}", "x".repeat(101))),
        ] {
            let answer = world.get(&path).by(&site.owner.account).send().await;
            assert_plain(&shortened(&path), &answer);
            assert_eq!(answer.json["code"], "invalid_parameter", "{path}");
            assert_eq!(answer.status, 400, "{path}");
        }
        let draft = json!({ "thread": { "id": "t" }, "text": "hello" });
        for key in ["short", "with space", "ünicode-key", &"x".repeat(129), ""] {
            let answer = world
                .post(&site.path("comments"), &draft)
                .from(ORIGIN)
                .header("idempotency-key", key)
                .send()
                .await;
            assert_plain(key, &answer);
            answer.refused(400, "invalid_parameter");
        }
        let tokens = vec!["x"; 21].join(",");
        let answer = world
            .get(&site.path("mine"))
            .header("parlour-tokens", tokens)
            .send()
            .await;
        assert_plain("21 tokens", &answer);
        world
            .get(&site.path("mine"))
            .send()
            .await
            .refused(400, "invalid_parameter");
        world
            .get(&site.path("mine"))
            .header("parlour-tokens", "ä,\u{1F4A9},,x")
            .send()
            .await
            .refused(400, "invalid_parameter");
        assert_nothing_stored(world, &site).await;
    });
}

#[test]
fn an_address_or_headers_that_are_too_long_are_refused() {
    run(async {
        let world = world();
        let site = open_site(world).await;
        let long = world
            .get(&site.path(&format!("thread?id={}", "x".repeat(8_192))))
            .send()
            .await;
        assert_plain("query", &long);
        long.refused(414, "uri_too_long");
        world
            .get(&format!("/admin/{}", "x".repeat(8_192)))
            .send()
            .await
            .refused(414, "uri_too_long");
        let heavy = world
            .get(&site.path("thread?id=t"))
            .header("x-heavy", "x".repeat(24 * 1024))
            .send()
            .await;
        assert_plain("headers", &heavy);
        heavy.refused(431, "headers_too_large");
        // Beyond what is read at all, there is the bare status.
        let head = |rest: String| format!("GET / HTTP/1.1\r\n{rest}");
        for rest in [format!("x: {}", "x".repeat(40 * 1024)), vec!["x: y"; 120].join("\r\n")] {
            assert_eq!(world.exchange(&head(rest), "").await.status, 431);
        }
        assert_eq!(
            world
                .exchange(&format!("GET /{} HTTP/1.1", "x".repeat(40 * 1024)), "")
                .await
                .status,
            431
        );
    });
}

#[test]
fn a_compressed_body_is_not_unpacked() {
    run(async {
        let world = world();
        let site = open_site(world).await;
        // Eleven bytes of gzip's head; what would follow does not matter.
        let answer =
            post_raw(world, &site, b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xab".to_vec()).header("content-encoding", "gzip");
        let answer = answer.send().await;
        assert_plain("gzip", &answer);
        answer.refused(400, "malformed_request");
        assert_nothing_stored(world, &site).await;
    });
}

/// Chance that comes out the same in every run (xorshift64, Marsaglia 2003).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound.max(1) as u64).unwrap()
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

const ODD_VALUES: [&str; 18] = [
    "null",
    "true",
    "-1",
    "1e308",
    "18446744073709551616",
    "[]",
    "{}",
    "\"\"",
    "\"\\u0000\"",
    "\"\\u202e\"",
    "\"💩\"",
    "[[[[]]]]",
    "\"javascript:alert(1)\"",
    "\"https://[::1\"",
    "\"%s%n\"",
    "\"' OR 1=1 --\"",
    "{\"$ne\":1}",
    "\"<script>\"",
];

const ODD_PIECES: [&str; 16] = [
    "%FF",
    "%",
    "%zz",
    "..",
    "//",
    "%2e%2e%2f",
    ";",
    "?",
    "&&",
    "=",
    "%F0%9F%92%A9",
    "%E2%80%AE",
    "limit=-1",
    "after=MQ",
    "'",
    "%0d%0a",
];

/// The call with something wrong in its body, its address or its headers.
fn twist(call: &Call, chance: &mut Chance) -> (String, Vec<u8>) {
    let (mut path, mut body) = (
        call.path.clone(),
        call.body
            .as_ref()
            .map(Value::to_string)
            .unwrap_or_default()
            .into_bytes(),
    );
    match chance.below(if body.is_empty() { 2 } else { 7 }) {
        0 => {
            let place = chance.below(path.len() - 4) + 4;
            path.insert_str(place, chance.pick(&ODD_PIECES));
        }
        1 => {
            path = format!(
                "{path}{}{}",
                if path.contains('?') { '&' } else { '?' },
                chance.pick(&ODD_PIECES)
            );
        }
        2 => body.truncate(chance.below(body.len())),
        3 => {
            let place = chance.below(body.len());
            body[place] = chance.next().to_le_bytes()[0];
        }
        4 => {
            let place = chance.below(body.len());
            body.insert(place, b"{}[]\",:\\\0\xff"[chance.below(10)]);
        }
        5 => {
            let (from, to) = (chance.below(body.len()), chance.below(body.len()));
            let piece = body[from.min(to)..from.max(to)].to_vec();
            body.splice(from..from, piece);
        }
        _ => body = replace_a_value(call.body.as_ref().unwrap(), chance),
    }
    (path, body)
}

/// The body with another value for one of its members, or for all of a list.
fn replace_a_value(body: &Value, chance: &mut Chance) -> Vec<u8> {
    let Some(members) = body.as_object() else {
        return format!("[{}]", chance.pick(&ODD_VALUES)).into_bytes();
    };
    let changed = chance.below(members.len());
    let pairs = members.iter().enumerate().map(|(place, (name, value))| {
        let value = if place == changed {
            chance.pick(&ODD_VALUES).to_owned()
        } else {
            value.to_string()
        };
        format!("\"{name}\":{value}")
    });
    format!("{{{}}}", pairs.collect::<Vec<_>>().join(",")).into_bytes()
}

#[test]
fn twisted_calls_never_break_the_server() {
    run(async {
        let world = World::start(|_| {});
        let ground = Ground::new(&world).await;
        let mut chance = Chance(0x5eed_0fca_11ed_0ff5);
        for round in 0..25 {
            for call in calls(&ground.ids) {
                let (path, body) = twist(&call, &mut chance);
                let what = format!("{} {round}: {path} {}", call.operation, String::from_utf8_lossy(&body));
                // What is no URI cannot be sent by this client; `exchange` has those.
                if path.parse::<http::Uri>().is_err() {
                    continue;
                }
                let ask = world.ask(call.method, &path).by(ground.owner()).raw(body);
                let is_visitors = path.starts_with("/v1/sites") || path.starts_with("/isso/");
                let ask = if is_visitors { ask.from(ORIGIN) } else { ask };
                let answer = ask.header("content-type", "application/json").send().await;
                assert!(answer.status.as_u16() < 500, "{what}: {}", answer.all());
                if answer.status.is_client_error() {
                    assert_plain(&what, &answer);
                }
            }
        }
        world.get("/readyz").send().await.expect(200);
    });
}
