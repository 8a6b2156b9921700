//! What somebody without an account finds of his own on a site, by the link that his mailbox got.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use entity::OfSite;
use entity::silence::Reason;
use entity::subscription::{self, Wants};
use entity::{comment, mine_link};
use futures_util::future::join;
use http::Method;
use parlour::comments::mailbox;
use parlour::infra::queue;
use parlour::job::Job;
use parlour::subscriptions;
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseBackend, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Set, Statement,
};
use serde_json::{Value, json};

use crate::mail::{Mail, deliver, fresh_address, jobs, mails, posting};
use crate::world::{Answer, ORIGIN, Owner, Site, World, run};

/// A server that keeps its mails, with a site.
async fn desk(settings: Value) -> (World, Site) {
    let world = World::start(posting);
    let site = site(&world, settings).await;
    (world, site)
}

/// Its owner is told of nothing.
async fn site(world: &World, settings: Value) -> Site {
    let site = world.site_of(crate::mail::owner(world).await, settings).await;
    let path = site.admin(&format!("sites/{}/watching", site.id));
    let ask = world.ask(Method::PUT, &path).json(&json!({ "wants": "none" }));
    ask.by(&site.owner.account).send().await.expect(200);
    site
}

/// Comments on, as somebody with a mail address.
async fn write(world: &World, site: &Site, email: &str, text: &str) -> String {
    let draft = json!({
        "thread": { "url": "https://blog.example/first-post", "title": "The first post" },
        "text": text,
        "author": { "name": "Ada", "email": email },
    });
    let posted = site.draft(world, &draft).await;
    assert!(posted.status.is_success(), "{}", posted.all());
    posted.comment_id()
}

async fn ask_for(world: &World, site: &Site, email: &str) -> Answer {
    ask_in(world, site, email, "en").await
}

async fn ask_in(world: &World, site: &Site, email: &str, locale: &str) -> Answer {
    let body = json!({ "email": email, "locale": locale });
    world.post(&site.path("mine/links"), &body).from(ORIGIN).send().await
}

/// The path behind the link of a mail.
#[track_caller]
fn link(world: &World, mail: &Mail) -> String {
    let begins = format!("{}/mail/mine/", world.base);
    let (_, rest) = mail.text.split_once(&begins).unwrap_or_else(|| panic!("{}", mail.text));
    let key: String = rest.chars().take_while(|letter| !letter.is_whitespace()).collect();
    assert!(mail.html.contains(&format!("{begins}{key}\"")), "{}", mail.html);
    format!("/mail/mine/{key}")
}

/// Asks for a link and takes it out of the mail.
async fn link_of(world: &World, site: &Site, email: &str) -> String {
    ask_for(world, site, email).await.expect(202);
    let mail = mails(world, email).await.pop().unwrap();
    link(world, &mail)
}

async fn open(world: &World, path: &str) -> Answer {
    world.get(path).send().await
}

async fn press(world: &World, path: &str, fields: &str) -> Answer {
    let ask = world.ask(Method::POST, path).raw(fields);
    ask.header("content-type", "application/x-www-form-urlencoded")
        .send()
        .await
}

/// Fills in the form of a page and sends it.
async fn save(world: &World, path: &str, text: &str) -> Answer {
    let shown = page(&open(world, path).await.expect(200));
    press(world, path, &fields(&seen(&shown), text)).await
}

fn fields(seen: &str, text: &str) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .append_pair("seen", seen)
        .append_pair("text", text)
        .finish()
}

/// The version in a page's form.
#[track_caller]
fn seen(html: &str) -> String {
    let (_, rest) = html
        .split_once("name=\"seen\" value=\"")
        .unwrap_or_else(|| panic!("{html}"));
    rest.split('"').next().unwrap().to_owned()
}

#[track_caller]
fn page(answer: &Answer) -> String {
    assert!(
        answer.header("content-type").starts_with("text/html"),
        "{}",
        answer.all()
    );
    let policy = answer.header("content-security-policy");
    for rule in ["default-src 'none'", "form-action 'self'", "frame-ancestors 'none'"] {
        assert!(policy.contains(rule), "{policy}");
    }
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("set-cookie"), "");
    let html = String::from_utf8(answer.body.to_vec()).unwrap();
    assert!(!html.contains("<script"), "{html}");
    html
}

async fn state(world: &World, site: &Site, id: &str) -> String {
    let record = site.record(world, id).await;
    record.json["comment"]["state"].as_str().unwrap().to_owned()
}

/// `(kind, actor)` of what is on record of a comment, but for its beginning.
async fn events(world: &World, site: &Site, id: &str) -> Vec<(String, String)> {
    let record = site.record(world, id).await;
    let all = record.json["events"].as_array().unwrap().iter();
    let told = |event: &Value| {
        let kind = event["kind"].as_str().unwrap().to_owned();
        (kind, event["actor"]["kind"].as_str().unwrap_or_default().to_owned())
    };
    let mut events: Vec<_> = all.map(told).filter(|(kind, _)| kind != "created").collect();
    events.sort();
    events
}

/// Somebody follows a conversation, as if he had confirmed it.
async fn follows(world: &World, site: &Site, thread_id: &str, email: &str) -> Uuid {
    let (site_id, thread_id): (Uuid, Uuid) = (site.id.parse().unwrap(), thread_id.parse().unwrap());
    let email = email.to_owned();
    world
        .within(move |app| async move {
            let (id, now) = (app.clock.new_id(), app.clock.now());
            let row = subscription::Model {
                id,
                site_id,
                thread_id: Some(thread_id),
                comment_id: None,
                wants: Wants::Thread,
                email_folded: email.to_lowercase(),
                email,
                locale: None,
                token_hash: rand::random::<[u8; 32]>().to_vec(),
                created_at: now,
                asked_at: None,
                confirmed_at: Some(now),
                ended_at: None,
            };
            let tx = app.db.begin().await.unwrap();
            row.into_active_model().insert(&*tx).await.unwrap();
            tx.commit().await.unwrap();
            id
        })
        .await
}

/// How much an address still follows on a site.
async fn followed(world: &World, site: &Site, email: &str) -> u64 {
    let (site_id, email): (Uuid, _) = (site.id.parse().unwrap(), email.to_lowercase());
    subscription::Entity::of_site(site_id)
        .filter(subscription::Column::EmailFolded.eq(email))
        .filter(subscription::Column::EndedAt.is_null())
        .count(world.app.db.read())
        .await
        .unwrap()
}

// Asking

#[test]
fn a_link_goes_to_who_wrote_something_and_the_answer_is_the_same_for_all() {
    run(async {
        let (world, site) = desk(json!({ "moderation": "none" })).await;
        let other = self::site(&world, json!({ "moderation": "none" })).await;
        let ada = fresh_address();
        write(&world, &site, &ada, "A first word").await;

        let stranger = fresh_address();
        let known = ask_for(&world, &site, &ada).await.expect(202);
        let unknown = ask_for(&world, &site, &stranger).await.expect(202);
        let elsewhere = ask_for(&world, &other, &ada).await.expect(202);
        assert_eq!(known.json, json!({ "hours": 24 }));
        assert_eq!(known.json, unknown.json);
        assert_eq!(known.json, elsewhere.json);
        let names = |answer: &Answer| answer.headers.keys().map(ToString::to_string).collect::<BTreeSet<_>>();
        assert_eq!(names(&known), names(&unknown));

        // What waits is the same, too, and has neither an address nor a key in it.
        let waiting = jobs(&world).await;
        let links: Vec<&Value> = waiting
            .iter()
            .filter(|job| job.kind == "mail")
            .map(|job| &job.payload)
            .collect();
        assert_eq!(links.len(), 3, "{links:?}");
        for payload in links {
            assert_eq!(payload["about"], "mine", "{payload}");
            assert!(!payload.to_string().contains('@'), "{payload}");
        }

        let mails_of_ada = mails(&world, &ada).await;
        assert_eq!(mails_of_ada.len(), 1, "nothing was written on the other site");
        assert_eq!(mails_of_ada[0].subject, "Your comments on A blog");
        assert_eq!(mails(&world, &stranger).await.len(), 0);
    });
}

#[test]
fn what_is_no_address_is_told_at_once_and_a_mailbox_gets_no_flood() {
    run(async {
        let world = World::start(|config| {
            posting(config);
            config.limit_mail = "2/3600".parse().unwrap();
        });
        let site = site(&world, json!({ "moderation": "none" })).await;
        ask_for(&world, &site, "nobody").await.refused_for("/email", "invalid");
        ask_for(&world, &site, "a@b.example\r\nBcc: c@d.example")
            .await
            .refused_for("/email", "invalid");
        let ada = fresh_address();
        write(&world, &site, &ada, "A first word").await;
        for _ in 0..5 {
            ask_for(&world, &site, &ada).await.expect(202);
        }
        assert_eq!(mails(&world, &ada).await.len(), 2);
    });
}

#[test]
fn a_network_asks_so_often() {
    run(async {
        let world = World::start(|config| {
            posting(config);
            config.limit_mine = "3/3600".parse().unwrap();
        });
        let site = site(&world, json!({})).await;
        for _ in 0..3 {
            ask_for(&world, &site, &fresh_address()).await.expect(202);
        }
        let refused = ask_for(&world, &site, &fresh_address())
            .await
            .refused(429, "rate_limited");
        assert_ne!(refused.header("retry-after"), "");
    });
}

#[test]
fn without_mail_there_is_no_link_and_pages_do_not_offer_one() {
    run(async {
        let world = crate::world::world();
        let site = world.site(json!({})).await;
        ask_for(world, &site, &fresh_address()).await.refused(403, "no_mail");
        assert_eq!(site.read(world, "post").await.json["settings"]["mail"], false);
        let (mailing, there) = desk(json!({})).await;
        assert_eq!(there.read(&mailing, "post").await.json["settings"]["mail"], true);
    });
}

#[test]
fn the_mail_and_the_pages_speak_german_too() {
    run(async {
        let (world, site) = desk(json!({ "moderation": "none" })).await;
        let ada = fresh_address();
        let id = write(&world, &site, &ada, "Ein Wort").await;
        ask_in(&world, &site, &ada, "de-AT").await.expect(202);
        let mail = mails(&world, &ada).await.pop().unwrap();
        assert_eq!(mail.subject, "Ihre Kommentare auf A blog");
        assert!(mail.html.contains("<html lang=\"de\">"));
        let path = link(&world, &mail);
        for (rest, words) in [
            (String::new(), "Ihre Kommentare auf „A blog“"),
            (format!("/edit/{id}"), "Ihren Kommentar ändern"),
            (format!("/delete/{id}"), "Diesen Kommentar löschen?"),
            ("/stop/site".to_owned(), "Keine E-Mails mehr von dieser Website?"),
        ] {
            let ask = world.get(&format!("{path}{rest}")).header("accept-language", "de");
            let html = page(&ask.send().await.expect(200));
            assert!(html.contains(words) && html.contains("<html lang=\"de\">"), "{html}");
        }
    });
}

#[test]
fn a_name_begins_no_header_and_is_no_markup() {
    run(async {
        let (world, site) = desk(json!({ "moderation": "none" })).await;
        let ada = fresh_address();
        let hostile = "<img src=x onerror=alert(1)>\r\nBcc: eve@evil.example";
        let path = site.admin(&format!("sites/{}", site.id));
        let renamed = world.ask(Method::PATCH, &path).json(&json!({ "name": hostile }));
        renamed.by(&site.owner.account).send().await.expect(200);
        let draft = json!({
            "thread": { "url": "https://blog.example/x", "title": "<script>alert(1)</script>" },
            "text": "<script>alert(1)</script> [x](javascript:alert(1))",
            "author": { "name": "\"><svg onload=alert(1)>", "email": ada },
        });
        let id = site.draft(&world, &draft).await.comment_id();
        ask_for(&world, &site, &ada).await.expect(202);
        let mail = mails(&world, &ada).await.pop().unwrap();
        assert!(!mail.head.lines().any(|line| line.starts_with("Bcc")), "{}", mail.head);
        assert!(!mail.html.contains("<img"), "{}", mail.html);
        let path = link(&world, &mail);
        for rest in [String::new(), format!("/edit/{id}"), format!("/delete/{id}")] {
            let html = page(&open(&world, &format!("{path}{rest}")).await.expect(200));
            for markup in ["<img", "<svg", "href=\"javascript:"] {
                assert!(!html.contains(markup), "{markup} in {html}");
            }
        }
        // What ends a text box is a text in it.
        let typed = "</textarea><img src=x onerror=alert(1)>";
        let edit = format!("{path}/edit/{id}");
        let html = page(&press(&world, &edit, &fields("1", typed)).await.expect(409));
        assert!(html.contains("&lt;/textarea&gt;") && !html.contains("<img"), "{html}");
    });
}

// The list

#[test]
fn all_that_one_wrote_is_listed_a_page_at_a_time_and_nothing_else() {
    run(async {
        let (world, site) = desk(json!({ "moderation": "none" })).await;
        let other = self::site(&world, json!({ "moderation": "none" })).await;
        let ada = fresh_address();
        for number in 1..=250 {
            write(&world, &site, &ada, &format!("Word number {number}.")).await;
            if number % 50 == 0 {
                write(&world, &site, &fresh_address(), "Somebody else’s").await;
                write(&world, &other, &ada, "On another site").await;
            }
        }
        let first = link_of(&world, &site, &ada).await;
        let mut path = Some(first.clone());
        let mut found = Vec::new();
        let mut pages = 0;
        while let Some(there) = path {
            let html = page(&open(&world, &there).await.expect(200));
            assert!(
                !html.contains("Somebody else") && !html.contains("On another site"),
                "{html}"
            );
            let numbers = html.split("Word number ").skip(1);
            found.extend(numbers.map(|rest| rest.split('.').next().unwrap().parse::<u32>().unwrap()));
            let next = html
                .split("?before=")
                .nth(1)
                .map(|rest| rest.split('"').next().unwrap());
            path = next.map(|id| format!("{first}?before={id}"));
            pages += 1;
        }
        assert_eq!(pages, 10);
        assert_eq!(found, (1..=250).rev().collect::<Vec<u32>>());
        let bad = open(&world, &format!("{first}?before=nothing")).await;
        assert_eq!(bad.status.as_u16(), 400, "{}", bad.all());
    });
}

#[test]
fn an_address_is_one_however_it_is_typed_and_outlives_what_is_kept_of_it() {
    run(async {
        let (world, site) = desk(json!({ "moderation": "none", "address_days": 7, "edit_minutes": 15 })).await;
        let name = format!("Ada-{:016x}", rand::random::<u64>());
        let id = write(&world, &site, &format!("{name}@Example.org"), "A first word").await;
        let before = link_of(&world, &site, &format!("{}@example.org", name.to_uppercase())).await;
        assert!(page(&open(&world, &before).await.expect(200)).contains("A first word"));

        world.advance(TimeDelta::days(8));
        // Puts the retention job first, which the worker asks for by itself.
        world
            .within(|app| async move {
                let now = app.clock.now();
                let tx = app.db.begin().await.unwrap();
                queue::add(&*tx, &Job::Retention {}, now, now).await.unwrap();
                tx.commit().await.unwrap();
            })
            .await;
        deliver(&world).await;
        let row: comment::Model = comment::Entity::of_site(site.id.parse().unwrap())
            .filter(comment::Column::Id.eq(id.parse::<Uuid>().unwrap()))
            .one(world.app.db.read())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(row.author_email, None);
        let links = mine_link::Entity::of_site(site.id.parse().unwrap());
        assert_eq!(
            links.count(world.app.db.read()).await.unwrap(),
            0,
            "no address is left there"
        );

        let address = format!("{}@example.org", name.to_lowercase());
        let after = link_of(&world, &site, &address).await;
        let done = page(
            &save(&world, &format!("{after}/edit/{id}"), "Second thoughts")
                .await
                .expect(200),
        );
        assert!(done.contains("The change is published."), "{done}");
    });
}

#[test]
fn comments_of_a_version_before_are_found_once_they_are_marked() {
    run(async {
        let (world, site) = desk(json!({ "moderation": "none" })).await;
        let ada = fresh_address();
        write(&world, &site, &ada, "A first word").await;
        write(&world, &site, &ada, "A second word").await;
        let site_id: Uuid = site.id.parse().unwrap();
        world
            .within(move |app| async move {
                let tx = app.db.begin().await.unwrap();
                let all = comment::Entity::update_of_site(site_id)
                    .col_expr(comment::Column::MailboxHash, Expr::value(None::<String>));
                all.exec(&*tx).await.unwrap();
                tx.commit().await.unwrap();
            })
            .await;
        ask_for(&world, &site, &ada).await.expect(202);
        assert_eq!(mails(&world, &ada).await.len(), 0);
        world
            .within(|app| async move { mailbox::catch_up(&app).await.unwrap() })
            .await;
        let path = link_of(&world, &site, &ada).await;
        let html = page(&open(&world, &path).await.expect(200));
        assert!(
            html.contains("A first word") && html.contains("A second word"),
            "{html}"
        );
    });
}

#[test]
fn a_look_reads_what_is_ones_own_and_not_the_site() {
    run(async {
        let (world, site) = desk(json!({})).await;
        let (site_id, hash) = (site.id.parse::<Uuid>().unwrap(), "0".repeat(32));
        let plan = world
            .within(move |app| async move {
                let tx = app.db.begin().await.unwrap();
                let engine = tx.get_database_backend();
                let select = mailbox::of(site_id, &[hash])
                    .order_by_desc(comment::Column::Id)
                    .limit(26)
                    .build(engine);
                let (explain, column) = match engine {
                    DatabaseBackend::Sqlite => ("EXPLAIN QUERY PLAN", "detail"),
                    _ => ("EXPLAIN", "QUERY PLAN"),
                };
                if engine == DatabaseBackend::Postgres {
                    // Of an empty table, reading all of it is the cheapest.
                    tx.execute_unprepared("SET LOCAL enable_seqscan = off").await.unwrap();
                }
                let ask = Statement {
                    sql: format!("{explain} {}", select.sql),
                    ..select
                };
                let rows = tx.query_all_raw(ask).await.unwrap();
                let lines = rows.iter().map(|row| row.try_get::<String>("", column).unwrap());
                lines.collect::<Vec<_>>().join("\n")
            })
            .await;
        assert!(
            plan.contains("comment_mailbox") && !plan.contains("TEMP B-TREE"),
            "{plan}"
        );
    });
}

// Changing and deleting

#[test]
fn opening_changes_nothing_and_buttons_act_as_the_author() {
    run(async {
        let (world, site) = desk(json!({ "moderation": "none", "edit_minutes": 1 })).await;
        let ada = fresh_address();
        let id = write(&world, &site, &ada, "A first word").await;
        // Its page could not change it any more.
        world.advance(TimeDelta::minutes(2));
        let path = link_of(&world, &site, &ada).await;
        let rests = [
            String::new(),
            format!("/edit/{id}"),
            format!("/delete/{id}"),
            "/stop/site".to_owned(),
            "/stop/everything".to_owned(),
            "/again".to_owned(),
            "/export".to_owned(),
        ];
        for rest in &rests {
            for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
                let there = format!("{path}{rest}");
                world.ask(method, &there).header("sec-purpose", "prefetch").send().await;
            }
        }
        for method in [Method::POST, Method::PUT, Method::DELETE] {
            for rest in ["", "/export"] {
                let refused = world.ask(method.clone(), &format!("{path}{rest}")).send().await;
                let refused = refused.refused(405, "method_not_allowed");
                assert_eq!(refused.header("allow"), "GET, HEAD");
            }
        }
        assert_eq!(events(&world, &site, &id).await, []);

        let edit = format!("{path}/edit/{id}");
        assert!(page(&open(&world, &edit).await.expect(200)).contains(">\nA first word</textarea>"));
        let done = page(&save(&world, &edit, "Second\r\nthoughts").await.expect(200));
        assert!(done.contains("The change is published."), "{done}");
        let talk = site.record(&world, &id).await;
        assert_eq!(talk.json["comment"]["text"], "Second\nthoughts");
        // The same words once more are no change.
        save(&world, &edit, "Second\r\nthoughts").await.expect(200);
        let edited = ("edited".to_owned(), "visitor".to_owned());
        assert_eq!(events(&world, &site, &id).await, std::slice::from_ref(&edited));

        let delete = format!("{path}/delete/{id}");
        let asked = page(&open(&world, &delete).await.expect(200));
        assert!(asked.contains("Delete this comment?"), "{asked}");
        let done = page(&press(&world, &delete, "").await.expect(200));
        assert!(done.contains("Your comment is deleted"), "{done}");
        press(&world, &delete, "").await.expect(200);
        assert_eq!(state(&world, &site, &id).await, "deleted");
        let decided = ("decided".to_owned(), "visitor".to_owned());
        assert_eq!(events(&world, &site, &id).await, [decided, edited]);
        let over = page(&open(&world, &edit).await.expect(200));
        assert!(
            over.contains("This comment cannot be changed") && !over.contains("<form"),
            "{over}"
        );
        let list = page(&open(&world, &path).await.expect(200));
        assert!(list.contains("deleted") && !list.contains("/edit/"), "{list}");
    });
}

#[test]
fn a_change_is_checked_as_a_new_comment_is() {
    run(async {
        let settings = json!({ "moderation": "links", "links_to_hold": 1, "edit_minutes": 15, "max_text_length": 100 });
        let (world, site) = desk(settings).await;
        let ada = fresh_address();
        let id = write(&world, &site, &ada, "A first word").await;
        let path = link_of(&world, &site, &ada).await;
        let edit = format!("{path}/edit/{id}");
        for (text, words) in [("", "This is too short."), (&*"long ".repeat(50), "This is too long.")] {
            let answer = save(&world, &edit, text).await.expect(422);
            let html = page(&answer);
            assert!(html.contains(words), "{html}");
            assert!(html.contains(text.trim()), "what was typed is still there: {html}");
        }
        let held = page(&save(&world, &edit, "See https://example.org/").await.expect(200));
        assert!(held.contains("once a moderator has looked at it"), "{held}");
        assert_eq!(state(&world, &site, &id).await, "pending");

        site.decide(&world, &[&id], "reject").await.expect(200);
        let refused = page(&press(&world, &edit, &fields("1", "Again")).await.expect(409));
        assert!(
            refused.contains("This comment cannot be changed") && refused.contains("Again"),
            "{refused}"
        );
        let list = page(&open(&world, &path).await.expect(200));
        assert!(list.contains("not published"), "{list}");
        // He may still not want it to be kept.
        press(&world, &format!("{path}/delete/{id}"), "").await.expect(200);
        assert_eq!(state(&world, &site, &id).await, "deleted");
    });
}

#[test]
fn of_two_changes_at_once_one_is_told_of_the_other() {
    run(async {
        let (world, site) = desk(json!({ "moderation": "none", "edit_minutes": 15 })).await;
        let ada = fresh_address();
        let id = write(&world, &site, &ada, "A first word").await;
        let path = link_of(&world, &site, &ada).await;
        let edit = format!("{path}/edit/{id}");
        let version = seen(&page(&open(&world, &edit).await.expect(200)));
        // The clock of a test stands still for less than a millisecond.
        world.advance(TimeDelta::milliseconds(5));
        let (one, two) = (fields(&version, "One way"), fields(&version, "Another way"));
        let (one, two) = join(press(&world, &edit, &one), press(&world, &edit, &two)).await;
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "{} {}", one.all(), two.all());
        let (lost, text) = if one.status.as_u16() == 409 {
            (one, "One way")
        } else {
            (two, "Another way")
        };
        let html = page(&lost);
        assert!(
            html.contains("has changed since this page was opened") && html.contains(text),
            "{html}"
        );
        // Having seen it, he may.
        save(&world, &edit, text).await.expect(200);
        assert_eq!(site.record(&world, &id).await.json["comment"]["text"], text);

        let delete = format!("{path}/delete/{id}");
        let (one, two) = join(press(&world, &delete, ""), press(&world, &delete, "")).await;
        assert_eq!((one.status.as_u16(), two.status.as_u16()), (200, 200));
        let decided: Vec<_> = events(&world, &site, &id).await;
        assert_eq!(decided.iter().filter(|(kind, _)| kind == "decided").count(), 1);
    });
}

#[test]
fn where_comments_stay_as_posted_they_can_be_deleted_by_mail() {
    run(async {
        let (world, site) = desk(json!({ "moderation": "none", "edit_minutes": 0 })).await;
        let ada = fresh_address();
        let id = write(&world, &site, &ada, "A first word").await;
        let path = link_of(&world, &site, &ada).await;
        let shown = page(&open(&world, &format!("{path}/edit/{id}")).await.expect(200));
        assert!(shown.contains("comments stay as they were posted"), "{shown}");
        press(&world, &format!("{path}/edit/{id}"), &fields("1", "Other words"))
            .await
            .expect(403);
        press(&world, &format!("{path}/delete/{id}"), "").await.expect(200);
        assert_eq!(state(&world, &site, &id).await, "deleted");
    });
}

#[test]
fn what_is_locked_archived_or_suspended_is_shown_and_stays() {
    run(async {
        let (world, site) = desk(json!({ "moderation": "none", "edit_minutes": 15 })).await;
        let ada = fresh_address();
        let id = write(&world, &site, &ada, "A first word").await;
        let thread_id = site.record(&world, &id).await.json["comment"]["thread"]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let path = link_of(&world, &site, &ada).await;
        let (edit, delete) = (format!("{path}/edit/{id}"), format!("{path}/delete/{id}"));
        let stays = async |words: &str| {
            let list = page(&open(&world, &path).await.expect(200));
            assert!(list.contains("A first word") && !list.contains("/edit/"), "{list}");
            for (there, body) in [(&edit, fields("1", "Other words")), (&delete, String::new())] {
                let shown = page(&open(&world, there).await.expect(200));
                assert!(shown.contains(words) && !shown.contains("<form"), "{shown}");
                let refused = press(&world, there, &body).await.expect(403);
                assert!(page(&refused).contains(words), "{}", refused.all());
            }
            assert_eq!(events(&world, &site, &id).await, []);
        };
        site.change_thread(&world, &thread_id, &json!({ "locked": true }))
            .await
            .expect(200);
        stays("A moderator has locked this conversation").await;
        site.change_thread(&world, &thread_id, &json!({ "locked": false }))
            .await
            .expect(200);

        let archive = site.admin(&format!("sites/{}/archive", site.id));
        let archived = world.post(&archive, &json!({})).by(&site.owner.account).send().await;
        assert!(archived.status.is_success(), "{}", archived.all());
        stays("Nothing can be changed on this site").await;
        // Also there he gets to what is his.
        link_of(&world, &site, &ada).await;

        let operator = crate::mail::somebody(&world).await;
        world.make_operator(&operator).await;
        let suspend = format!("/v1/operator/sites/{}/suspension", site.id);
        let how = json!({ "shows": "nothing", "reason": "From a test" });
        let suspended = world.ask(Method::PUT, &suspend).json(&how).by(&operator).send().await;
        assert!(suspended.status.is_success(), "{}", suspended.all());
        assert!(page(&open(&world, &path).await.expect(403)).contains("This link cannot be used any more"));
        press(&world, &delete, "").await.expect(403);
        ask_for(&world, &site, &ada).await.refused(403, "site_suspended");
    });
}

#[test]
fn a_comment_is_found_where_moderators_moved_it() {
    run(async {
        let (world, site) = desk(json!({ "moderation": "none", "edit_minutes": 15 })).await;
        let ada = fresh_address();
        let id = write(&world, &site, &ada, "A first word").await;
        let from = site.record(&world, &id).await.json["comment"]["thread"]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let draft = json!({ "thread": { "id": "another-post", "title": "Elsewhere" }, "text": "Well." });
        let into = site.draft(&world, &draft).await.expect(201).thread_id();
        let path = link_of(&world, &site, &ada).await;
        site.arrange(&world, &from, "merge", &json!({ "into": into }))
            .await
            .expect(200);
        let list = page(&open(&world, &path).await.expect(200));
        assert!(list.contains("A first word") && list.contains("Elsewhere"), "{list}");
        save(&world, &format!("{path}/edit/{id}"), "Second thoughts")
            .await
            .expect(200);
    });
}

// Whose link

#[test]
fn a_link_is_for_its_address_its_site_and_its_time() {
    run(async {
        let (world, site) = desk(json!({ "moderation": "none", "edit_minutes": 15 })).await;
        let other = self::site(&world, json!({ "moderation": "none" })).await;
        let (ada, eve) = (fresh_address(), fresh_address());
        let of_ada = write(&world, &site, &ada, "A first word").await;
        let of_eve = write(&world, &site, &eve, "Another word").await;
        let elsewhere = write(&world, &other, &ada, "On another site").await;
        let by_nobody = site
            .say(&world, "post", "Without an address")
            .await
            .expect(201)
            .comment_id();
        let path = link_of(&world, &site, &ada).await;
        let absent = Uuid::new_v4().to_string();
        for id in [&of_eve, &elsewhere, &by_nobody, &absent] {
            for what in ["edit", "delete"] {
                let there = format!("{path}/{what}/{id}");
                let shown = page(&open(&world, &there).await.expect(404));
                assert!(shown.contains("There is no such comment"), "{shown}");
                press(&world, &there, &fields("1", "Mine now")).await.expect(404);
            }
        }
        for (site, id) in [(&site, &of_eve), (&other, &elsewhere), (&site, &by_nobody)] {
            assert_eq!(events(&world, site, id).await, []);
        }

        let key = path.rsplit('/').next().unwrap();
        let mut tampered = key.to_owned().into_bytes();
        tampered[3] = if tampered[3] == b'a' { b'b' } else { b'a' };
        let tampered = String::from_utf8(tampered).unwrap();
        for key in ["void", "a.b", &tampered, &key[1..], &of_ada] {
            for rest in ["", "/export", "/stop/site", "/again", &format!("/delete/{of_ada}")] {
                let there = format!("/mail/mine/{key}{rest}");
                let refused = open(&world, &there).await;
                assert_eq!(refused.status.as_u16(), 403, "{there}: {}", refused.all());
                assert!(page(&refused).contains("This link cannot be used any more"));
            }
        }
        for rest in ["/edit/x", "/delete/1", "/stop/x", "/stop/", "/nothing"] {
            let status = open(&world, &format!("{path}{rest}")).await.status.as_u16();
            assert!(matches!(status, 400 | 404), "{rest}: {status}");
        }

        world.advance(TimeDelta::hours(23));
        open(&world, &path).await.expect(200);
        world.advance(TimeDelta::hours(1));
        open(&world, &path).await.expect(403);
        press(&world, &format!("{path}/delete/{of_ada}"), "").await.expect(403);
        let account = world.sign_in(&site.owner.account.email).await;
        let site = Site {
            owner: Owner { account, ..site.owner },
            ..site
        };
        assert_eq!(events(&world, &site, &of_ada).await, []);
    });
}

#[test]
fn what_the_team_wrote_is_nobodys_by_mail() {
    run(async {
        let (world, site) = desk(json!({ "moderation": "none", "edit_minutes": 15 })).await;
        let ada = fresh_address();
        let id = write(&world, &site, &ada, "A first word").await;
        let path = link_of(&world, &site, &ada).await;
        let site_id: Uuid = site.id.parse().unwrap();
        let (account_id, comment_id): (Uuid, Uuid) = (site.owner.account.id.parse().unwrap(), id.parse().unwrap());
        world
            .within(move |app| async move {
                let tx = app.db.begin().await.unwrap();
                let row = comment::ActiveModel {
                    id: Set(comment_id),
                    site_id: Set(site_id),
                    account_id: Set(Some(account_id)),
                    ..Default::default()
                };
                row.update(&*tx).await.unwrap();
                tx.commit().await.unwrap();
            })
            .await;
        assert!(!page(&open(&world, &path).await.expect(200)).contains("A first word"));
        press(&world, &format!("{path}/delete/{id}"), "").await.expect(404);
    });
}

#[test]
fn the_links_of_an_erased_site_are_erased() {
    run(async {
        let (world, site) = desk(json!({ "moderation": "none" })).await;
        let ada = fresh_address();
        write(&world, &site, &ada, "A first word").await;
        let path = link_of(&world, &site, &ada).await;
        let gone = world.ask(Method::DELETE, &site.admin(&format!("sites/{}", site.id)));
        let gone = gone.by(&site.owner.account).send().await;
        assert!(gone.status.is_success(), "{}", gone.all());
        open(&world, &path).await.expect(403);
    });
}

// Taking it out

#[test]
fn what_is_taken_out_is_all_of_it_and_only_his() {
    run(async {
        let (world, site) = desk(json!({ "moderation": "none" })).await;
        let other = self::site(&world, json!({ "moderation": "none" })).await;
        let ada = fresh_address();
        let mut ids = BTreeSet::new();
        for number in 1..=130 {
            ids.insert(write(&world, &site, &ada, &format!("\"Word\" {number}")).await);
        }
        write(&world, &site, &fresh_address(), "Somebody else’s").await;
        write(&world, &other, &ada, "On another site").await;
        let one = ids.first().unwrap().clone();
        site.decide(&world, &[&one], "spam").await.expect(200);
        let thread_id = site.record(&world, &one).await.json["comment"]["thread"]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let wish = follows(&world, &site, &thread_id, &ada).await;
        follows(&world, &site, &thread_id, &fresh_address()).await;

        let path = link_of(&world, &site, &ada).await;
        let file = open(&world, &format!("{path}/export")).await.expect(200);
        assert_eq!(file.header("content-type"), "application/json");
        assert_eq!(
            file.header("content-disposition"),
            format!("attachment; filename=\"comments-{}.json\"", site.key)
        );
        assert_eq!(file.header("cache-control"), "no-store");
        assert_eq!(file.json["email"], *ada);
        assert_eq!(file.json["site"], "A blog");
        let taken = file.comments();
        let found: BTreeSet<String> = taken.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(taken.len(), 130);
        assert_eq!(found, ids);
        assert_eq!(taken[0]["source"], "\"Word\" 130");
        assert_eq!(taken[0]["thread"]["title"], "The first post");
        assert_eq!(taken[129]["state"], "spam");
        let wishes = file.json["subscriptions"].as_array().unwrap();
        assert_eq!(wishes.len(), 1);
        assert_eq!(wishes[0]["id"], wish.to_string());
        for secret in ["network", "hash", "token", "reasons"] {
            assert!(!String::from_utf8_lossy(&file.body).contains(secret), "{secret}");
        }
    });
}

#[test]
fn taking_out_is_counted() {
    run(async {
        let world = World::start(|config| {
            posting(config);
            config.limit_export = "2/3600".parse().unwrap();
        });
        let site = site(&world, json!({ "moderation": "none" })).await;
        let ada = fresh_address();
        write(&world, &site, &ada, "A first word").await;
        let path = link_of(&world, &site, &ada).await;
        for _ in 0..2 {
            open(&world, &format!("{path}/export")).await.expect(200);
        }
        open(&world, &format!("{path}/export"))
            .await
            .refused(429, "rate_limited");
    });
}

// Mails

#[test]
fn mails_are_ended_one_by_one_for_the_site_and_for_good() {
    run(async {
        let (world, site) = desk(json!({ "moderation": "none" })).await;
        let other = self::site(&world, json!({ "moderation": "none" })).await;
        let (ada, eve) = (fresh_address(), fresh_address());
        let thread = site.say(&world, "post", "Well").await.expect(201).thread_id();
        let second = site.say(&world, "<b>second</b>", "Well").await.expect(201).thread_id();
        let there = other.say(&world, "post", "Well").await.expect(201).thread_id();
        // Who follows something and wrote nothing gets a link, too.
        let wish = follows(&world, &site, &thread, &ada).await;
        follows(&world, &site, &second, &ada).await;
        follows(&world, &other, &there, &ada).await;
        let of_eve = follows(&world, &site, &thread, &eve).await;

        let path = link_of(&world, &site, &ada).await;
        let list = page(&open(&world, &path).await.expect(200));
        assert!(list.contains("All comments in “post”"), "{list}");
        assert!(list.contains("&lt;b&gt;second&lt;/b&gt;"), "{list}");

        let foreign = format!("{path}/stop/{of_eve}");
        open(&world, &foreign).await.expect(404);
        press(&world, &foreign, "").await.expect(404);
        assert_eq!(followed(&world, &site, &eve).await, 1);

        let stop = format!("{path}/stop/{wish}");
        assert!(page(&open(&world, &stop).await.expect(200)).contains("All comments in “post”"));
        assert_eq!(followed(&world, &site, &ada).await, 2, "looking ends nothing");
        let done = page(&press(&world, &stop, "").await.expect(200));
        assert!(done.contains("these mails have ended"), "{done}");
        press(&world, &stop, "").await.expect(200);
        assert_eq!(followed(&world, &site, &ada).await, 1);

        page(&open(&world, &format!("{path}/stop/site")).await.expect(200));
        assert_eq!(followed(&world, &site, &ada).await, 1);
        press(&world, &format!("{path}/stop/site"), "").await.expect(200);
        assert_eq!(followed(&world, &site, &ada).await, 0);
        assert_eq!(followed(&world, &other, &ada).await, 1);
        let list = page(&open(&world, &path).await.expect(200));
        assert!(list.contains("You get no more mails"), "{list}");

        // He still gets to what is his, and can want mails again.
        let again = link_of(&world, &site, &ada).await;
        press(&world, &format!("{again}/again"), "").await.expect(200);
        let list = page(&open(&world, &path).await.expect(200));
        assert!(!list.contains("You get no more mails"), "{list}");

        press(&world, &format!("{path}/stop/everything"), "").await.expect(200);
        assert_eq!(followed(&world, &other, &ada).await, 0);
        assert_eq!(followed(&world, &site, &eve).await, 1, "nobody else’s");
    });
}

#[test]
fn no_link_goes_where_mail_came_back() {
    run(async {
        let (world, site) = desk(json!({ "moderation": "none" })).await;
        let ada = fresh_address();
        write(&world, &site, &ada, "A first word").await;
        let folded = ada.clone();
        world
            .within(|app| async move {
                let tx = app.db.begin().await.unwrap();
                subscriptions::silence(&tx, &app, None, &folded, Reason::Bounced)
                    .await
                    .unwrap();
                tx.commit().await.unwrap();
            })
            .await;
        ask_for(&world, &site, &ada).await.expect(202);
        assert_eq!(mails(&world, &ada).await.len(), 0);
        assert_eq!(jobs(&world).await.iter().filter(|job| job.kind == "mail").count(), 0);
    });
}
