//! What mails say in the name of a site: written by its owners, previewed, tried, and never a way to say something else.

use entity::{audit_entry, mail_text};
use http::Method;
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use crate::mail::{Mail, mails, owner, posting};
use crate::world::{Account, Answer, Ask, Site, World, run};

async fn desk() -> (World, Site) {
    let world = World::start(posting);
    let owner = owner(&world).await;
    let site = world.site_of(owner, json!({ "moderation": "all" })).await;
    (world, site)
}

fn ask(world: &World, site: &Site, method: Method, rest: &str) -> Ask {
    let path = site.admin(&format!("sites/{}/mail-texts{rest}", site.id));
    world.ask(method, &path).by(&site.owner.account)
}

fn text(subject: &str, opening: &str, closing: &str) -> Value {
    json!({ "subject": subject, "opening": opening, "closing": closing })
}

async fn write(world: &World, site: &Site, which: &str, text: &Value) -> Answer {
    ask(world, site, Method::PUT, which).json(text).send().await
}

async fn told(world: &World, who: &Account) -> Vec<Mail> {
    let mut all = mails(world, &who.email).await;
    all.retain(|mail| mail.head.contains("List-Id: "));
    all
}

fn of<'a>(list: &'a Answer, kind: &str, locale: &str) -> &'a Value {
    let all = list.json["texts"].as_array().unwrap();
    let found = all.iter().find(|one| one["kind"] == kind && one["locale"] == locale);
    found.unwrap_or_else(|| panic!("no {kind} {locale} in {}", list.json))
}

#[test]
fn mails_say_what_was_written_and_what_was_not_we_say_ourselves() {
    run(async {
        let (world, site) = desk().await;
        let list = ask(&world, &site, Method::GET, "").send().await.expect(200);
        let comment = of(&list, "comment", "en");
        assert_eq!(
            (&comment["text"], &comment["built_in"]["subject"]),
            (&Value::Null, &json!("[{site}] {thread}"))
        );
        assert_eq!(comment["placeholders"], json!(["site", "thread", "author", "state"]));

        let words = text(
            "{author} at {site}",
            "Good morning,\n\n{author} has been busy.\nIt {state}.",
            "Cheers <b>",
        );
        let put = write(&world, &site, "/comment/en", &words).await.expect(200);
        assert_eq!(put.json["text"], words);
        let draft = json!({ "thread": { "id": "post" }, "text": "A word", "author": { "name": "{site}\r\nBcc: x" } });
        site.draft(&world, &draft).await.expect(202);
        let mail = told(&world, &site.owner.account).await.pop().unwrap();
        assert_eq!(
            mail.subject, "{site} Bcc: x at A blog",
            "a name is put in once, and on one line"
        );
        assert!(
            mail.text
                .starts_with("Good morning,\n\n{site} Bcc: x has been busy.\nIt waits for you.\n"),
            "{}",
            mail.text
        );
        assert!(
            mail.html.contains("<p>Good morning,</p>") && mail.html.contains("busy.<br>It waits"),
            "{}",
            mail.html
        );
        assert!(mail.html.contains("Cheers &lt;b&gt;") && mail.text.contains("\nCheers <b>\n"));
        assert!(!mail.head.contains("\nBcc:"), "{}", mail.head);

        // Only the subject.
        write(&world, &site, "/comment/en", &text("News", "", ""))
            .await
            .expect(200);
        site.say(&world, "post", "Another word").await.expect(202);
        let mail = told(&world, &site.owner.account).await.pop().unwrap();
        assert_eq!(mail.subject, "News");
        assert!(
            mail.text.starts_with("Anonymous wrote a comment, which waits for you."),
            "{}",
            mail.text
        );

        ask(&world, &site, Method::DELETE, "/comment/en")
            .send()
            .await
            .expect(204);
        ask(&world, &site, Method::DELETE, "/comment/en")
            .send()
            .await
            .expect(204);
        site.say(&world, "post", "A third word").await.expect(202);
        let mail = told(&world, &site.owner.account).await.pop().unwrap();
        assert_eq!(mail.subject, "[A blog] post");

        let record = audit_entry::Entity::find().all(world.app.db.read()).await.unwrap();
        let changes = record.iter().filter(|entry| entry.change == "mail_text_changed");
        assert_eq!(changes.count(), 3, "what changed nothing is not on record");
    });
}

#[test]
fn each_language_has_its_own_words() {
    run(async {
        let (world, site) = desk().await;
        write(&world, &site, "/comment/de", &text("Neues", "", ""))
            .await
            .expect(200);
        site.say(&world, "post", "A word").await.expect(202);
        let mail = told(&world, &site.owner.account).await.pop().unwrap();
        assert_eq!(mail.subject, "[A blog] post");
        let path = site.admin(&format!("sites/{}", site.id));
        let change = world
            .ask(Method::PATCH, &path)
            .json(&json!({ "settings": { "language": "de" } }));
        change.by(&site.owner.account).send().await.expect(200);
        site.say(&world, "post", "Ein Wort").await.expect(202);
        let mail = told(&world, &site.owner.account).await.pop().unwrap();
        assert_eq!(mail.subject, "Neues");
        assert!(
            mail.text.starts_with("Anonym hat einen Kommentar geschrieben."),
            "{}",
            mail.text
        );
    });
}

#[test]
fn what_cannot_be_taken_is_refused_with_its_place_and_changes_nothing() {
    run(async {
        let (world, site) = desk().await;
        for (words, pointer, code) in [
            (text("{nobody}", "", ""), "/subject", "invalid"),
            (text("", "{count} new", ""), "/opening", "invalid"),
            (text("", "", "{thraed}"), "/closing", "invalid"),
            (
                text("News\r\nBcc: eve@evil.example", "", ""),
                "/subject",
                "forbidden_character",
            ),
            (text(&"x".repeat(151), "", ""), "/subject", "too_long"),
            (text("", &"x".repeat(2001), ""), "/opening", "too_long"),
        ] {
            for (method, rest) in [
                (Method::PUT, "/comment/en"),
                (Method::POST, "/comment/en/preview"),
                (Method::POST, "/comment/en/test"),
            ] {
                let answer = ask(&world, &site, method, rest).json(&words).send().await;
                answer.refused_for(pointer, code);
            }
        }
        for wrong in ["/nothing/en", "/comment/xx"] {
            let answer = write(&world, &site, wrong, &text("", "", "")).await;
            assert!([400, 404].contains(&answer.status.as_u16()), "{}", answer.all());
        }
        assert_eq!(mail_text::Entity::find().all(world.app.db.read()).await.unwrap(), []);
        write(&world, &site, "/digest/en", &text("", "", "")).await.expect(200);
        assert_eq!(
            mail_text::Entity::find().all(world.app.db.read()).await.unwrap(),
            [],
            "nothing is nothing"
        );
    });
}

#[test]
fn a_preview_sends_nothing_and_a_test_goes_to_who_asked_alone() {
    run(async {
        let (world, site) = desk().await;
        let ada = &site.owner.account;
        let before = mails(&world, &ada.email).await.len();
        let words = text("{count} on {site}", "<script>alert(1)</script>", "");
        let preview = ask(&world, &site, Method::POST, "/digest/de/preview").json(&words);
        let preview = preview.send().await.expect(200);
        assert_eq!(preview.text("subject"), "2 on A blog");
        let html = preview.text("html");
        assert!(html.contains("&lt;script&gt;") && !html.contains("<script"), "{html}");
        assert!(preview.text("text").contains("Meine Großmutter"));
        assert_eq!(mails(&world, &ada.email).await.len(), before);

        let test = ask(&world, &site, Method::POST, "/comment/en/test").json(&text("Try {thread}", "", ""));
        let test = test.send().await.expect(200);
        assert_eq!(
            (&test.json["sent"], &test.json["to"]),
            (&json!(true), &json!(ada.email))
        );
        let mail = mails(&world, &ada.email).await.pop().unwrap();
        assert_eq!(mail.subject, "Try How radio came to the village");
        // Its links do nothing: the comment is nobody's.
        let (_, rest) = mail.text.split_once("/mail/publish/").unwrap();
        let key = rest.lines().next().unwrap();
        world.get(&format!("/mail/publish/{key}")).send().await.expect(403);
        assert_eq!(mail_text::Entity::find().all(world.app.db.read()).await.unwrap(), []);
    });
}

#[test]
fn the_link_to_ones_comments_comes_in_the_words_of_the_site() {
    run(async {
        let (world, site) = desk().await;
        let reader = crate::mail::fresh_address();
        let draft = json!({ "thread": { "id": "post" }, "text": "A word", "author": { "email": reader } });
        site.draft(&world, &draft).await.expect(202);
        write(
            &world,
            &site,
            "/mine/en",
            &text("Yours at {site}", "Here it is.", "Bye from {site}"),
        )
        .await
        .expect(200);
        let wish = json!({ "email": reader });
        let ask_for = world.post(&site.path("mine/links"), &wish).from(crate::world::ORIGIN);
        ask_for.send().await.expect(202);
        let mail = mails(&world, &reader).await.pop().unwrap();
        assert_eq!(mail.subject, "Yours at A blog");
        assert!(
            mail.text.starts_with("Here it is.\n\n") && mail.text.contains("Bye from A blog"),
            "{}",
            mail.text
        );
        assert!(
            mail.text.contains("/mail/mine/") && mail.text.contains("24 hours"),
            "{}",
            mail.text
        );
        let preview = ask(&world, &site, Method::POST, "/mine/de/preview").json(&text("", "", ""));
        let preview = preview.send().await.expect(200);
        assert_eq!(preview.text("subject"), "Ihre Kommentare auf A blog");
    });
}

#[test]
fn tests_are_bounded() {
    run(async {
        let world = World::start(|config| {
            posting(config);
            config.limit_check = "1/600".parse().unwrap();
        });
        let owner = owner(&world).await;
        let site = world.site_of(owner, json!({})).await;
        let test = || ask(&world, &site, Method::POST, "/comment/en/test").json(&text("", "", ""));
        test().send().await.expect(200);
        test().send().await.refused(429, "rate_limited");
    });
}
