//! What a reader writes: taken or refused, rendered without anything that runs, stored once, and seen again by its author.

use chrono::TimeDelta;
use entity::{OfSite, comment};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::world::{Answer, ORIGIN, Site, World, author_of, run, world};

fn publishing() -> Value {
    json!({ "moderation": "none" })
}

/// A post with an `Idempotency-Key`.
async fn post_once(world: &World, site: &Site, key: &str, draft: &Value) -> Answer {
    let request = world.post(&site.path("comments"), draft).from(ORIGIN);
    request.header("idempotency-key", key).send().await
}

async fn mine(world: &World, site: &Site, tokens: &str) -> Answer {
    world
        .get(&site.path("mine"))
        .from(ORIGIN)
        .header("parlour-tokens", tokens)
        .send()
        .await
}

async fn preview(world: &World, site: &Site, text: &str) -> Answer {
    world
        .post(&site.path("preview"), &json!({ "text": text }))
        .from(ORIGIN)
        .send()
        .await
}

async fn count(world: &World, site: &Site, thread: &str) -> Value {
    site.read(world, thread).await.json["thread"]["comment_count"].clone()
}

#[test]
fn the_sites_moderation_decides_what_becomes_of_a_comment() {
    run(async {
        let world = world();
        let owner = world.owner().await;
        let mut site = world.site_of(owner, json!({})).await;
        let link = "https://a.example";
        let (one, two) = (
            format!("See {link}."),
            format!("See {link} and [b](https://b.example)."),
        );
        let two_bare = format!("{link} https://c.example");
        for (settings, text, status, state, reasons) in [
            (json!({}), "Plain.", 202, "pending", json!(["site_holds_all"])),
            (json!({ "moderation": "none" }), "Plain.", 201, "published", json!([])),
            (json!({ "moderation": "none" }), &two, 201, "published", json!([])),
            (json!({ "moderation": "links" }), "Plain.", 201, "published", json!([])),
            (json!({ "moderation": "links" }), &one, 201, "published", json!([])),
            (
                json!({ "moderation": "links" }),
                &two,
                202,
                "pending",
                json!(["has_links"]),
            ),
            (
                json!({ "moderation": "links" }),
                &two_bare,
                202,
                "pending",
                json!(["has_links"]),
            ),
            (
                json!({ "moderation": "links", "links_to_hold": 1 }),
                &one,
                202,
                "pending",
                json!(["has_links"]),
            ),
            (
                json!({ "moderation": "links", "links_to_hold": 3 }),
                &two,
                201,
                "published",
                json!([]),
            ),
            (
                json!({ "moderation": "all" }),
                "Plain.",
                202,
                "pending",
                json!(["site_holds_all"]),
            ),
            (
                json!({ "moderation": "all" }),
                &two,
                202,
                "pending",
                json!(["site_holds_all", "has_links"]),
            ),
        ] {
            site = world.site_of(site.owner, settings.clone()).await;
            let posted = site.say(world, "post", text).await.expect(status);
            assert_eq!(posted.json["comment"]["state"], state, "{settings} {text}");
            assert_eq!(posted.json["thread"]["comment_count"], u64::from(status == 201));
            let shown = site.read(world, "post").await.comments().len();
            assert_eq!(shown, usize::from(status == 201), "{settings} {text}");
            let record = site.record(world, &posted.comment_id()).await;
            assert_eq!(record.json["comment"]["state"], state);
            assert_eq!(record.json["comment"]["reasons"], reasons, "{settings} {text}");
        }
    });
}

#[test]
fn a_site_may_ask_for_a_name_and_a_mail_address() {
    run(async {
        let world = world();
        let settings = json!({ "moderation": "none", "require_name": true, "require_email": true });
        let site = world.site(settings).await;
        let post = async |author: Value| {
            let draft = json!({ "thread": { "id": "post" }, "text": "Hello.", "author": author });
            site.draft(world, &draft).await
        };
        let fault = |pointer: &str, code: &str| (pointer.to_owned(), code.to_owned());
        let both = [fault("/author/name", "required"), fault("/author/email", "required")];
        assert_eq!(site.say(world, "post", "Hello.").await.faults(), both);
        assert_eq!(
            post(json!({ "name": " \u{200b}\u{2003}", "email": " " }))
                .await
                .faults(),
            both
        );
        post(json!({ "name": "Ada" }))
            .await
            .refused_for("/author/email", "required");
        post(json!({ "email": "ada@example.org" }))
            .await
            .refused_for("/author/name", "required");
        post(json!({ "name": "Ada", "email": "nobody" }))
            .await
            .refused_for("/author/email", "invalid");

        let posted = post(json!({ "name": "Ada", "email": "ada@example.org" }))
            .await
            .expect(201);
        assert_eq!(
            author_of(&posted.json["comment"]),
            json!({ "name": "Ada", "team": false })
        );
        assert_eq!(posted.json["comment"]["number"], 1);
    });
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let author = json!({ "name": "x".repeat(81), "email": "ada@localhost", "website": "javascript:alert(1)" });
        let draft = json!({ "thread": { "id": "post" }, "text": " \n", "author": author });
        let faults = site.draft(world, &draft).await.faults();
        let expected = [
            ("/text", "required"),
            ("/author/name", "too_long"),
            ("/author/email", "invalid"),
            ("/author/website", "invalid"),
        ];
        assert_eq!(
            faults,
            expected.map(|(pointer, code)| (pointer.to_owned(), code.to_owned()))
        );
        assert_eq!(
            site.read(world, "post").await.json["thread"]["id"],
            Value::Null,
            "no conversation was opened"
        );
    });
}

#[test]
fn what_is_typed_into_the_fields_is_cleaned() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let draft = json!({
            "thread": { "id": "post", "title": " A\u{202e} post\n " },
            "text": "One\r\ntwo\u{202e}\u{7}\n\n  ",
            "author": { "name": "  Ada \u{202e}\t Love\u{200b}lace ", "email": " Ada@Example.org ", "website": "ada.example/me" },
        });
        let posted = site.draft(world, &draft).await.expect(201);
        let author = json!({ "name": "Ada Lovelace", "website": "https://ada.example/me", "team": false });
        assert_eq!(author_of(&posted.json["comment"]), author);
        assert_eq!(posted.json["comment"]["html"], "<p>One<br>\ntwo</p>");
        assert_eq!(posted.json["thread"]["title"], "A post");
        let stored = site.record(world, &posted.comment_id()).await;
        assert_eq!(stored.json["comment"]["text"], "One\ntwo");
        assert_eq!(stored.json["comment"]["author"]["email"], "Ada@Example.org");
    });
}

#[test]
fn a_text_has_its_bounds() {
    run(async {
        let world = world();
        let settings = json!({ "moderation": "none", "min_text_length": 3, "max_text_length": 100 });
        let site = world.site(settings).await;
        let ok = [
            "äöü".to_owned(),
            "ä".repeat(100),
            "👩🏽‍🚀👩🏽‍🚀👩🏽‍🚀".to_owned(),
            format!("{}   \n", "x".repeat(100)),
        ];
        for text in ok {
            site.say(world, "post", &text).await.expect(201);
        }
        for (text, code) in [
            (String::new(), "required"),
            (" \n\t ".to_owned(), "required"),
            ("äö".to_owned(), "too_short"),
            ("\u{200b}".repeat(10), "too_short"),
            ("ä".repeat(101), "too_long"),
            ("x".repeat(401), "too_long"),
            ("nul\u{0}nul".to_owned(), "forbidden_character"),
        ] {
            site.say(world, "post", &text).await.refused_for("/text", code);
        }
        let site = world
            .site(json!({ "moderation": "none", "max_text_length": 10_000 }))
            .await;
        for (text, code) in [
            (format!("{} deep", "> ".repeat(40)), "too_nested"),
            ("[a](https://a.example) ".repeat(101), "too_many"),
        ] {
            site.say(world, "post", &text).await.refused_for("/text", code);
            preview(world, &site, &text).await.refused_for("/text", code);
        }
        assert_eq!(count(world, &site, "post").await, 0);
    });
}

#[test]
fn markdown_is_shown_as_people_expect() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let rel = "rel=\"nofollow ugc noopener\"";
        for (text, html) in [
            (
                "*a* **b** ~~c~~ `d < e`",
                "<p><em>a</em> <strong>b</strong> <del>c</del> <code>d &lt; e</code></p>".to_owned(),
            ),
            ("one\ntwo\n\nthree", "<p>one<br>\ntwo</p>\n<p>three</p>".to_owned()),
            (
                "> quoted\n\nanswer",
                "<blockquote>\n<p>quoted</p>\n</blockquote>\n<p>answer</p>".to_owned(),
            ),
            ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>".to_owned()),
            (
                "[a](https://a.example)",
                format!("<p><a href=\"https://a.example\" {rel}>a</a></p>"),
            ),
            (
                "https://a.example",
                format!("<p><a href=\"https://a.example\" {rel}>https://a.example</a></p>"),
            ),
            (
                "![cat](https://a.example/c.png)",
                format!("<p><a href=\"https://a.example/c.png\" {rel}>cat</a></p>"),
            ),
            (
                "<b>as typed</b> & so on",
                "<p>&lt;b&gt;as typed&lt;/b&gt; &amp; so on</p>".to_owned(),
            ),
            ("Grüße, 世界, שלום, 👋", "<p>Grüße, 世界, שלום, 👋</p>".to_owned()),
        ] {
            let posted = site.say(world, "post", text).await.expect(201);
            assert_eq!(posted.json["comment"]["html"], html, "{text}");
        }
    });
}

/// Demands that a browser finds nothing in it but the marks that comments may have.
fn assert_harmless(html: &str, text: &str) {
    const TAGS: [&str; 16] = [
        "a",
        "p",
        "br",
        "em",
        "strong",
        "del",
        "code",
        "pre",
        "ul",
        "ol",
        "li",
        "blockquote",
        "h1",
        "h2",
        "hr",
        "table",
    ];
    for tag in html.split('<').skip(1) {
        let (tag, _) = tag
            .split_once('>')
            .unwrap_or_else(|| panic!("an open tag in {html} of {text}"));
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        assert!(
            TAGS.contains(&name.trim_start_matches('/')),
            "<{tag}> in {html} of {text}"
        );
        let mut parts = attributes.split('"');
        while let (Some(key), Some(value)) = (parts.next(), parts.next()) {
            let lower = value.to_lowercase();
            let is_meant = match key.trim() {
                "href=" => ["http://", "https://", "mailto:"]
                    .iter()
                    .any(|scheme| lower.starts_with(scheme)),
                "rel=" => value == "nofollow ugc noopener",
                "class=" => value.starts_with("language-") && !value.contains(' '),
                "title=" | "start=" => true,
                _ => false,
            };
            assert!(is_meant, "{key}{value:?} in {html} of {text}");
        }
    }
}

#[test]
fn nothing_that_runs_comes_through() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        for text in [
            "<script>alert(1)</script>",
            "<ScRiPt src=//evil.example></sCrIpT>",
            "<img src=x onerror=alert(1)>",
            "<svg onload=alert(1)><circle/></svg>",
            "<svg><style><img src=x onerror=alert(1)></style></svg>",
            "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
            "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
            "<a href=\"javascript:alert(1)\">x</a>",
            "[x](javascript:alert(1))",
            "[x](JaVaScRiPt:alert(1))",
            "[x](&#106;avascript:alert(1))",
            "[x](java\tscript:alert(1))",
            "[x](<java\u{1}script:alert(1)>)",
            "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
            "[x](vbscript:msgbox)",
            "[x](//evil.example)",
            "[x](https://a.example \"onmouseover=alert(1)\")",
            "[x](https://a.example/\"onmouseover=\"alert(1))",
            "![x\"onerror=\"alert(1)](javascript:alert(1))",
            "![x](https://a.example/\"onerror=\"alert(1))",
            "<javascript:alert(1)>",
            "<https://a.example/\"><script>alert(1)</script>>",
            "https://a.example/<script>alert(1)</script>",
            "`<script>` ``` <script>alert(1)</script> ```",
            "```\" onclick=\"alert(1)\n<script>alert(1)</script>\n```",
            "```x onclick=alert(1)\ncode\n```",
            "[a]: javascript:alert(1)\n\n[a]",
            "<style>body{display:none}</style>",
            "<!--[if IE]><script>alert(1)</script><![endif]-->",
            "<![CDATA[<script>alert(1)</script>]]>",
            "</p></div><form action=//evil.example><input name=q>",
            "&lt;script&gt;alert(1)&lt;/script&gt;",
            "<p style=\"position:fixed\" id=login class=x>x</p>",
            "<<script>script>alert(1)<</script>/script>",
            "\u{ff1c}script\u{ff1e}alert(1)\u{ff1c}/script\u{ff1e}",
        ] {
            let posted = site.say(world, "post", text).await.expect(201);
            let html = posted.json["comment"]["html"].as_str().unwrap();
            assert_harmless(html, text);
            assert_eq!(
                preview(world, &site, text).await.expect(200).json["html"],
                html,
                "{text}"
            );
        }
        for one in site.read(world, "post").await.comments() {
            assert_harmless(one["html"].as_str().unwrap(), "what readers get");
        }
        let author =
            json!({ "name": "<script>alert(1)</script>", "website": "https://a.example/\"onclick=\"alert(1)" });
        let draft = json!({ "thread": { "id": "post" }, "text": "Hello.", "author": author });
        let posted = site.draft(world, &draft).await.expect(201);
        let website = posted.json["comment"]["author"]["website"].as_str().unwrap();
        assert_eq!(website, "https://a.example/%22onclick=%22alert(1)");
    });
}

#[test]
fn a_preview_shows_what_would_be_stored_and_stores_nothing() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "none", "min_text_length": 5 })).await;
        let text =
            "Some *Markdown*,\r\nwith https://a.example and\n\n1. a\n2. b\n\n```rust\nfn main() {}\n```\u{202e}  ";
        let seen = preview(world, &site, text).await.expect(200);
        assert_eq!(count(world, &site, "post").await, 0);
        let posted = site.say(world, "post", text).await.expect(201);
        assert_eq!(posted.json["comment"]["number"], 1);
        assert_eq!(seen.json, json!({ "html": posted.json["comment"]["html"] }));

        assert_eq!(
            preview(world, &site, "Hi").await.expect(200).json["html"],
            "<p>Hi</p>",
            "while it is still typed"
        );
        preview(world, &site, " ").await.refused_for("/text", "required");
        preview(world, &site, &"x".repeat(10_001))
            .await
            .refused_for("/text", "too_long");
    });
}

#[test]
fn only_a_published_comment_of_the_same_conversation_can_be_answered() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let other = world.site(publishing()).await;
        let here = site.say(world, "post", "Here.").await.expect(201).comment_id();
        let elsewhere = site.say(world, "other", "Elsewhere.").await.expect(201).comment_id();
        let foreign = other
            .say(world, "post", "Of another site.")
            .await
            .expect(201)
            .comment_id();
        let mut parents = vec![elsewhere, foreign, "019ab000-0000-7000-8000-000000000000".to_owned()];
        for decision in ["hold", "reject", "spam", "delete"] {
            let gone = site.say(world, "post", decision).await.expect(201).comment_id();
            site.answer(world, "post", &gone, "In time.").await.expect(201);
            site.decide(world, &[&gone], decision).await.expect(200);
            parents.push(gone);
        }
        for parent in &parents {
            site.answer(world, "post", parent, "Too late.")
                .await
                .refused_for("/parent_id", "not_found");
        }
        site.answer(world, "unopened", &here, "Nothing to answer there.")
            .await
            .refused_for("/parent_id", "not_found");
        assert_eq!(
            site.read(world, "unopened").await.json["thread"]["id"],
            Value::Null,
            "it was not opened"
        );
        assert_eq!(count(world, &site, "post").await, 5);

        let answered = site.answer(world, "post", &here, "Right.").await.expect(201);
        assert_eq!(
            answered.json["comment"]["number"], 11,
            "what was refused used up no number"
        );
    });
}

#[test]
fn numbers_are_a_sites_own_and_never_used_again() {
    run(async {
        let world = world();
        let (one, two) = (world.site(publishing()).await, world.site(publishing()).await);
        let number = |posted: &Answer| posted.json["comment"]["number"].as_u64().unwrap();
        let first = one.say(world, "a", "One.").await.expect(201);
        assert_eq!(number(&first), 1);
        assert_eq!(number(&two.say(world, "a", "One.").await.expect(201)), 1);
        one.decide(world, &[&first.comment_id()], "delete").await.expect(200);
        assert_eq!(number(&one.say(world, "b", "Two.").await.expect(201)), 2);
        assert_eq!(number(&one.say(world, "a", "Three.").await.expect(201)), 3);
        assert_eq!(one.read(world, "a").await.numbers(), [3]);
    });
}

#[test]
fn a_retry_gets_the_first_answer_and_stores_nothing() {
    run(async {
        let world = world();
        let (site, other) = (world.site(publishing()).await, world.site(publishing()).await);
        let root = site.say(world, "post", "Root.").await.expect(201).comment_id();
        let author = json!({ "name": "Ada", "email": "ada@example.org" });
        let draft = json!({ "thread": { "id": "post" }, "parent_id": root, "text": "Reply.", "author": author });
        let first = post_once(world, &site, "key-of-a-reply", &draft).await.expect(201);
        assert_eq!(first.json["comment"]["depth"], 1);
        for _ in 0..2 {
            let again = post_once(world, &site, "key-of-a-reply", &draft).await.expect(201);
            assert_eq!(again.json, first.json, "token included");
        }
        assert_eq!(site.read(world, "post").await.numbers(), [1, 2]);

        let draft = json!({ "thread": { "id": "post" }, "text": "Elsewhere." });
        let elsewhere = post_once(world, &other, "key-of-a-reply", &draft).await.expect(201);
        assert_ne!(
            elsewhere.comment_id(),
            first.comment_id(),
            "the same key on another site is another key"
        );
        site.draft(world, &draft).await.expect(201);
        site.draft(world, &draft).await.expect(201);
        assert_eq!(
            count(world, &site, "post").await,
            4,
            "without a key, the same words are new words"
        );
    });
}

#[test]
fn a_retry_after_the_decision_is_still_the_same_comment() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "all" })).await;
        let draft = json!({ "thread": { "id": "post" }, "text": "Hello." });
        let first = post_once(world, &site, "key-of-hello", &draft).await.expect(202);
        site.decide(world, &[&first.comment_id()], "publish").await.expect(200);
        let again = post_once(world, &site, "key-of-hello", &draft).await.expect(201);
        assert_eq!(again.comment_id(), first.comment_id());
        assert_eq!(again.text("token"), first.text("token"));
        assert_eq!(again.json["comment"]["state"], "published", "as it stands now");
        assert_eq!(site.read(world, "post").await.numbers(), [1]);
    });
}

#[test]
fn a_retry_is_recognised_whatever_the_site_asks_for_by_then() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let draft = json!({ "thread": { "id": "post" }, "text": "Hello." });
        let first = post_once(world, &site, "key-of-hello", &draft).await.expect(201);
        site.change_settings(world, &json!({ "require_name": true, "moderation": "all" }))
            .await;
        let again = post_once(world, &site, "key-of-hello", &draft).await.expect(201);
        assert_eq!(again.json, first.json);
        post_once(world, &site, "another-key", &draft)
            .await
            .refused_for("/author/name", "required");
    });
}

#[test]
fn a_key_is_for_one_comment_only() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let root = site.say(world, "post", "Root.").await.expect(201).comment_id();
        let draft = json!({ "thread": { "id": "post" }, "text": "Hello." });
        post_once(world, &site, "key-of-hello", &draft).await.expect(201);
        let author = |name: &str, value: &str| json!({ name: value });
        for (name, value) in [
            ("text", json!("Hello!")),
            ("thread", json!({ "id": "other" })),
            ("parent_id", json!(root)),
            ("author", author("name", "Ada")),
            ("author", author("email", "ada@example.org")),
            ("author", author("website", "https://ada.example")),
        ] {
            let mut changed = draft.clone();
            changed[name] = value;
            post_once(world, &site, "key-of-hello", &changed)
                .await
                .refused(409, "idempotency_conflict");
        }
        assert_eq!(count(world, &site, "post").await, 2);
        assert_eq!(count(world, &site, "other").await, 0);
    });
}

#[test]
fn a_post_that_was_refused_uses_up_no_key() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let unknown = "019ab000-0000-7000-8000-000000000000";
        let refused = json!({ "thread": { "id": "post" }, "text": "Hello.", "parent_id": unknown });
        post_once(world, &site, "key-of-hello", &refused)
            .await
            .refused_for("/parent_id", "not_found");
        let mended = json!({ "thread": { "id": "post" }, "text": "Hello." });
        post_once(world, &site, "key-of-hello", &mended).await.expect(201);
        assert_eq!(count(world, &site, "post").await, 1);
    });
}

#[test]
fn a_key_has_8_to_128_plain_characters() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let draft = json!({ "thread": { "id": "post" }, "text": "Hello." });
        for key in [
            "",
            "seven77",
            &"x".repeat(129),
            "with space",
            "with/slash",
            "mit-ümlaut",
            "\"quoted-key\"",
        ] {
            post_once(world, &site, key, &draft)
                .await
                .refused(400, "invalid_parameter");
        }
        for key in ["eight888", &"x".repeat(128), "A.b_c-9876"] {
            post_once(world, &site, key, &draft).await.expect(201);
        }
        assert_eq!(count(world, &site, "post").await, 3);
    });
}

#[test]
fn sixteen_retries_at_once_store_one_comment() {
    run(async {
        let world = world();
        for settings in [publishing(), json!({ "moderation": "all" })] {
            let site = world.site(settings).await;
            let draft = json!({ "thread": { "id": "post" }, "text": "Hello." });
            let answers = join_all((0..16).map(|_| post_once(world, &site, "key-of-hello", &draft))).await;
            let status = answers[0].status;
            assert!(matches!(status.as_u16(), 201 | 202), "{:?}", answers[0]);
            for answer in &answers {
                assert_eq!(answer.status, status, "{:?}", answer.json);
                assert_eq!(answer.json["comment"], answers[0].json["comment"]);
                assert_eq!(answer.json["token"], answers[0].json["token"]);
            }
            let stored = site.list(world, "comments").await;
            assert_eq!(stored.numbers(), [1]);
            let next = site.say(world, "post", "Next.").await;
            assert_eq!(next.json["comment"]["number"], 2);
        }
    });
}

#[test]
fn a_reader_sees_his_own_comments_in_every_state() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "all" })).await;
        let mut tokens = Vec::new();
        let author = json!({ "name": "Ada", "email": "ada@example.org" });
        for decision in ["publish", "hold", "reject", "spam", "delete"] {
            let thread = json!({ "id": format!("post-{decision}") });
            let draft = json!({ "thread": thread, "text": format!("To {decision}."), "author": author });
            let posted = site.draft(world, &draft).await.expect(202);
            site.decide(world, &[&posted.comment_id()], decision).await.expect(200);
            tokens.push(posted.text("token"));
        }
        site.say(world, "post-hold", "Somebody else's.").await.expect(202);
        tokens.reverse();
        let own = mine(world, &site, &tokens.join(",")).await.expect(200);
        let told = own.comments().iter().map(|one| {
            let text = |name: &str| one[name].as_str().unwrap().to_owned();
            [text("state"), text("html"), text("thread_key")]
        });
        let expected = [
            ["published", "<p>To publish.</p>", "id:post-publish"],
            ["pending", "<p>To hold.</p>", "id:post-hold"],
            ["rejected", "<p>To reject.</p>", "id:post-reject"],
            ["rejected", "<p>To spam.</p>", "id:post-spam"],
            ["removed", "", "id:post-delete"],
        ];
        assert_eq!(
            told.collect::<Vec<_>>(),
            expected.map(|row| row.map(str::to_owned)),
            "in the order of their numbers"
        );
        assert_eq!(author_of(&own.comments()[1]), json!({ "name": "Ada", "team": false }));
        assert_eq!(own.comments()[4]["author"], json!({ "team": false }));
    });
}

#[test]
fn tokens_that_prove_nothing_here_are_passed_over() {
    run(async {
        let world = world();
        let (site, other) = (world.site(json!({})).await, world.site(json!({})).await);
        let token = site.say(world, "post", "Mine.").await.expect(202).text("token");
        let elsewhere = other
            .say(world, "post", "On another site.")
            .await
            .expect(202)
            .text("token");
        let cut = &token[..token.len() - 1];
        let turned: String = token.chars().rev().collect();
        let access = &site.owner.account.token;
        let others = format!("{elsewhere},{cut},{turned},{access},, x ,AAAA");
        let own = mine(world, &site, &format!("{others}, {token}")).await.expect(200);
        assert_eq!(own.numbers(), [1]);
        assert_eq!(own.comments()[0]["html"], "<p>Mine.</p>");
        for void in [others.as_str(), ",", " "] {
            assert_eq!(
                mine(world, &site, void).await.expect(200).json,
                json!({ "comments": [] }),
                "{void:?}"
            );
        }
    });
}

#[test]
fn a_reader_sends_twenty_tokens_at_most() {
    run(async {
        let world = world();
        let site = world.site(json!({})).await;
        let token = site.say(world, "post", "Mine.").await.expect(202).text("token");
        let many = |most: usize| vec![token.as_str(); most].join(",");
        assert_eq!(
            mine(world, &site, &many(20)).await.expect(200).numbers(),
            [1],
            "the same one many times is one"
        );
        mine(world, &site, &many(21)).await.refused(400, "invalid_parameter");
        world
            .get(&site.path("mine"))
            .from(ORIGIN)
            .send()
            .await
            .refused(400, "invalid_parameter");
    });
}

#[test]
fn a_token_ends_after_its_days() {
    run(async {
        let world = World::start(|config| config.token_days = 30);
        let site = world.site(json!({})).await;
        let posted = site.say(&world, "post", "Mine.").await.expect(202);
        let moment = |text: &Value| text.as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
        let ends = moment(&posted.json["token_expires_at"]);
        assert_eq!(
            ends - moment(&posted.json["comment"]["created_at"]),
            TimeDelta::days(30)
        );
        let token = posted.text("token");
        world.advance(TimeDelta::days(30) - TimeDelta::hours(1));
        assert_eq!(mine(&world, &site, &token).await.expect(200).numbers(), [1]);
        world.advance(TimeDelta::hours(1));
        assert_eq!(mine(&world, &site, &token).await.expect(200).numbers(), [] as [u64; 0]);
    });
}

#[test]
fn no_reader_ever_gets_a_mail_address_or_a_network() {
    run(async {
        let world = world();
        let site = world.site(publishing()).await;
        let author = json!({ "name": "Ada", "email": "hidden.ada@example.org" });
        let draft = |text: &str| json!({ "thread": { "id": "post" }, "text": text, "author": author });
        let posted = post_once(world, &site, "key-of-hello", &draft("Hello."))
            .await
            .expect(201);
        let id = posted.comment_id();
        site.answer_as_team(world, &id, &json!({ "text": "Welcome." }))
            .await
            .expect(201);
        let network_hash = {
            let select = comment::Entity::of_site(site.id.parse().unwrap());
            let rows = world
                .within(|app| async move { select.all(app.db.read()).await.unwrap() })
                .await;
            rows.into_iter().find_map(|row| row.network_hash).unwrap()
        };
        let replies = world
            .get(&site.path(&format!("comments/{id}/replies")))
            .from(ORIGIN)
            .send()
            .await;
        let answers = [
            post_once(world, &site, "key-of-hello", &draft("Hello."))
                .await
                .expect(201),
            post_once(world, &site, "key-of-hello", &draft("Other."))
                .await
                .refused(409, "idempotency_conflict"),
            mine(world, &site, &posted.text("token")).await.expect(200),
            site.read(world, "post").await,
            replies.expect(200),
            world
                .get(&site.path("counts?id=post"))
                .from(ORIGIN)
                .send()
                .await
                .expect(200),
            posted,
        ];
        for answer in answers {
            let told = format!("{:?} {}", answer.headers, String::from_utf8_lossy(&answer.body));
            for secret in [
                "hidden",
                "\"email\"",
                &site.owner.account.email,
                &network_hash,
                "network",
                "127.0.0.",
            ] {
                assert!(!told.contains(secret), "{secret} in {told}");
            }
        }
        let seen_by_moderators = site.record(world, &id).await;
        assert_eq!(
            seen_by_moderators.json["comment"]["author"]["email"],
            "hidden.ada@example.org"
        );
        assert!(
            !String::from_utf8_lossy(&seen_by_moderators.body).contains(&network_hash),
            "a network is for nobody"
        );
    });
}
