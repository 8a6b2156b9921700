//! Members who are told of comments by mail: who is told what, what stands in the mails, and what their links can and cannot do.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;

use chrono::TimeDelta;
use entity::job;
use entity::membership::Role;
use futures_util::future::join;
use http::Method;
use parlour::app::App;
use parlour::infra::queue;
use parlour::job::Job;
use parlour::tenants::{self, Reach};
use parlour::watching;
use sea_orm::{ActiveModelTrait, EntityTrait, Set};
use serde_json::{Value, json};

use crate::mail::{Mail, Server, deliver, fresh_address, jobs, mails, owner, posting, sign_up, somebody, verify};
use crate::world::{Account, Answer, Owner, PASSWORD, Site, World, run};

/// A server that keeps its mails, with a site whose owner is told of what waits there.
pub async fn desk(settings: Value) -> (World, Site) {
    let world = World::start(posting);
    to_noon(&world);
    let owner = owner(&world).await;
    let site = world.site_of(owner, settings).await;
    (world, site)
}

/// Moves a server's time to five past twelve, so that hours and days end when a test says so.
fn to_noon(world: &World) {
    let now = world.app.clock.now();
    let noon = (now + TimeDelta::days(1)).date_naive().and_hms_opt(12, 5, 0).unwrap();
    world.advance(noon.and_utc() - now);
}

fn holding() -> Value {
    json!({ "moderation": "all" })
}

async fn member(world: &World, site: &Site, role: Role) -> Account {
    let account = somebody(world).await;
    let (tenant, id) = (site.owner.tenant_id.parse().unwrap(), account.id.parse().unwrap());
    world
        .within(move |app| async move {
            tenants::add_member(&app, tenant, id, role, &Reach::All).await.unwrap();
        })
        .await;
    account
}

fn choice(site: &Site) -> String {
    site.admin(&format!("sites/{}/watching", site.id))
}

pub async fn choose(world: &World, site: &Site, who: &Account, wants: &str) -> Answer {
    let body = json!({ "wants": wants });
    let ask = world.ask(Method::PUT, &choice(site)).json(&body).by(who);
    ask.send().await.expect(200)
}

/// The mails about sites that somebody got.
pub async fn told(world: &World, who: &Account) -> Vec<Mail> {
    let mut all = mails(world, &who.email).await;
    all.retain(|mail| mail.head.contains("List-Id: "));
    all
}

async fn sole(world: &World, who: &Account) -> Mail {
    let mut all = told(world, who).await;
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

/// The path behind a link of a mail.
#[track_caller]
pub fn link(world: &World, mail: &Mail, action: &str) -> String {
    let begins = format!("{}/mail/{action}/", world.base);
    let (_, rest) = mail
        .text
        .split_once(&begins)
        .unwrap_or_else(|| panic!("no {begins} in {}", mail.text));
    let key: String = rest.chars().take_while(|letter| !letter.is_whitespace()).collect();
    assert!(mail.html.contains(&format!("{begins}{key}\"")), "{}", mail.html);
    format!("/mail/{action}/{key}")
}

pub async fn open(world: &World, path: &str) -> Answer {
    world.get(path).send().await
}

pub async fn press(world: &World, path: &str, fields: &str) -> Answer {
    let ask = world.ask(Method::POST, path).raw(fields);
    ask.header("content-type", "application/x-www-form-urlencoded")
        .send()
        .await
}

#[track_caller]
pub fn page(answer: &Answer) -> String {
    assert!(
        answer.header("content-type").starts_with("text/html"),
        "{}",
        answer.all()
    );
    let policy = answer.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'self'"), "{policy}");
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
    assert_eq!(answer.header("cache-control"), "no-store");
    let html = String::from_utf8(answer.body.to_vec()).unwrap();
    assert!(!html.contains("<script"), "{html}");
    html
}

async fn state(world: &World, site: &Site, id: &str) -> String {
    let record = site.record(world, id).await;
    record.json["comment"]["state"].as_str().unwrap().to_owned()
}

/// Who decided how often about a comment.
async fn deciders(world: &World, site: &Site, id: &str) -> Vec<String> {
    let record = site.record(world, id).await;
    let events = record.json["events"].as_array().unwrap().iter();
    let decided = events.filter(|event| event["kind"] == "decided");
    decided.map(|event| event["actor"].to_string()).collect()
}

pub async fn pass(world: &World, time: TimeDelta) {
    world.advance(time);
    deliver(world).await;
}

pub fn name_of(mail: &Mail) -> String {
    let line = mail.head.lines().find(|line| line.starts_with("Message-ID: "));
    line.unwrap().to_owned()
}

// Who is told what

#[test]
fn nobody_is_told_who_did_not_ask_but_the_maker_of_the_site() {
    run(async {
        let (world, site) = desk(holding()).await;
        let other = member(&world, &site, Role::Moderator).await;
        let before = world.get(&choice(&site)).by(&other).send().await.expect(200);
        assert_eq!(before.json, json!({ "wants": "none", "watchers": 1, "mailed": true }));
        site.say(&world, "post", "A first word").await.expect(202);
        assert_eq!(told(&world, &site.owner.account).await.len(), 1);
        assert_eq!(told(&world, &other).await.len(), 0);

        let after = choose(&world, &site, &site.owner.account, "none").await;
        assert_eq!(after.json, json!({ "wants": "none", "watchers": 0, "mailed": true }));
        site.say(&world, "post", "A second word").await.expect(202);
        assert_eq!(jobs(&world).await, [], "posting leaves nothing to do");
        assert_eq!(told(&world, &site.owner.account).await.len(), 1);
    });
}

#[test]
fn each_is_told_what_he_chose() {
    run(async {
        let (world, site) = desk(json!({ "moderation": "links", "links_to_hold": 1 })).await;
        choose(&world, &site, &site.owner.account, "none").await;
        let mut who = BTreeMap::new();
        for wants in ["every", "pending", "hourly", "daily"] {
            let account = member(&world, &site, Role::Moderator).await;
            choose(&world, &site, &account, wants).await;
            who.insert(wants, account);
        }
        let listed = world
            .get(&site.admin("watching"))
            .by(&who["daily"])
            .send()
            .await
            .expect(200);
        assert_eq!(listed.json["sites"][0]["wants"], "daily");

        site.say(&world, "post", "Plain words").await.expect(201);
        site.say(&world, "post", "See https://example.org/").await.expect(202);
        for (wants, count) in [("every", 2), ("pending", 1), ("hourly", 0), ("daily", 0)] {
            assert_eq!(told(&world, &who[wants]).await.len(), count, "{wants}");
        }
        pass(&world, TimeDelta::hours(1)).await;
        let hourly = sole(&world, &who["hourly"]).await;
        assert_eq!(hourly.subject, "[A blog] 2 new comments, 1 waits for you");
        assert!(hourly.text.contains("> Plain words") && hourly.text.contains("2. Anonymous on “post” – waits"));
        assert_eq!(told(&world, &who["daily"]).await.len(), 0);
        pass(&world, TimeDelta::days(1)).await;
        assert_eq!(sole(&world, &who["daily"]).await.subject, hourly.subject);
        for wants in ["every", "pending", "hourly"] {
            let count = told(&world, &who[wants]).await.len();
            assert_eq!(
                count,
                if wants == "every" { 2 } else { 1 },
                "{wants}: nothing comes twice"
            );
        }
        assert_eq!(jobs(&world).await, []);
    });
}

#[test]
fn what_readers_report_off_a_page_waits_and_is_told() {
    run(async {
        let (world, site) = desk(json!({ "moderation": "none", "reports_to_hold": 1 })).await;
        let id = site.say(&world, "post", "Plain words").await.expect(201).comment_id();
        assert_eq!(told(&world, &site.owner.account).await.len(), 0);
        let path = site.path(&format!("comments/{id}/reports"));
        let report = world.post(&path, &json!({ "reason": "spam" }));
        assert!(report.from("https://blog.example").send().await.status.is_success());
        let mail = sole(&world, &site.owner.account).await;
        assert!(
            mail.text.contains("Why it waits: readers reported it."),
            "{}",
            mail.text
        );
    });
}

#[test]
fn who_has_left_or_lost_the_site_gets_nothing_that_waits() {
    run(async {
        let (world, site) = desk(holding()).await;
        let other = member(&world, &site, Role::Moderator).await;
        choose(&world, &site, &other, "every").await;
        site.say(&world, "post", "A first word").await.expect(202);
        let path = site.admin(&format!("members/{}", other.id));
        let gone = world.ask(Method::DELETE, &path).by(&site.owner.account);
        gone.send().await.expect(204);
        assert_eq!(told(&world, &other).await.len(), 0);
        assert_eq!(told(&world, &site.owner.account).await.len(), 1);
        assert_eq!(jobs(&world).await, []);
    });
}

#[test]
fn what_is_too_much_for_an_hour_comes_as_one_mail() {
    run(async {
        let world = World::start(|config| {
            posting(config);
            config.limit_watch = "2/3600".parse().unwrap();
        });
        to_noon(&world);
        let site = world.site_of(owner(&world).await, holding()).await;
        for number in 1..=5 {
            site.say(&world, "post", &format!("Word {number}")).await.expect(202);
        }
        assert_eq!(told(&world, &site.owner.account).await.len(), 2);
        pass(&world, TimeDelta::hours(1)).await;
        let mails = told(&world, &site.owner.account).await;
        assert_eq!(mails.len(), 3);
        assert_eq!(mails[2].subject, "[A blog] 3 new comments, 3 wait for you");
        for number in 3..=5 {
            assert!(mails[2].text.contains(&format!("> Word {number}")), "{}", mails[2].text);
        }
    });
}

// The mail

#[test]
fn a_mail_says_all_that_is_needed_to_decide() {
    run(async {
        let (world, site) = desk(json!({ "moderation": "all", "mail_reply_to": "desk@blog.example" })).await;
        let draft = json!({
            "thread": { "url": "https://blog.example/first-post", "title": "The first post" },
            "text": "See [this](https://evil.example/?a=1) <b>now</b>\n\n![cat](https://evil.example/pixel.png)",
            "author": { "name": "Ada", "email": "ada@example.org" },
        });
        let posted = site.draft(&world, &draft).await.expect(202);
        let mail = sole(&world, &site.owner.account).await;
        assert_eq!(mail.subject, "[A blog] The first post");
        let thread_id = posted.thread_id();
        for line in [
            "A blog",
            "<talk@example.org>",
            "Reply-To: desk@blog.example",
            &format!("List-Id: <{}.example.org>", site.key),
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
            &format!("In-Reply-To: <{thread_id}@example.org>"),
            &format!("References: <{thread_id}@example.org>"),
            "Auto-Submitted: auto-generated",
        ] {
            assert!(mail.head.contains(line), "{line} is not in\n{}", mail.head);
        }
        for part in [
            "Ada wrote a comment, which waits for you.",
            "on “The first post”:\nhttps://blog.example/first-post#parlour-1",
            "> See [this](https://evil.example/?a=1) <b>now</b>",
            "Why it waits: this site has every comment looked at first",
            &format!("/admin/t/{}/comments/{}", site.owner.tenant_id, posted.comment_id()),
        ] {
            assert!(mail.text.contains(part), "{part} is not in\n{}", mail.text);
        }
        for action in ["publish", "reply", "reject", "spam", "delete"] {
            link(&world, &mail, action);
        }
        assert!(mail.html.contains("this [https://evil.example/?a=1]"), "{}", mail.html);
        assert!(mail.html.contains("&lt;b&gt;now&lt;/b&gt;"), "{}", mail.html);
        for hostile in ["<img", "href=\"https://evil.example", "ada@example.org"] {
            assert!(!mail.html.contains(hostile), "{hostile} in {}", mail.html);
        }
    });
}

#[test]
fn a_mail_speaks_the_language_that_was_chosen() {
    run(async {
        let (world, site) = desk(holding()).await;
        let body = json!({ "wants": "pending", "locale": "de-AT" });
        let ask = world.ask(Method::PUT, &choice(&site)).json(&body);
        ask.by(&site.owner.account).send().await.expect(200);
        site.say(&world, "post", "Ein Wort").await.expect(202);
        let mail = sole(&world, &site.owner.account).await;
        assert!(mail.text.contains("Er wartet auf Sie."), "{}", mail.text);
        assert!(mail.html.contains("<html lang=\"de\">"));
        let german = world.get(&link(&world, &mail, "publish"));
        let page = page(&german.header("accept-language", "de").send().await.expect(200));
        assert!(page.contains("Diesen Kommentar veröffentlichen?"), "{page}");
    });
}

#[test]
fn no_name_or_title_begins_another_header() {
    run(async {
        let (world, site) = desk(holding()).await;
        let hostile = "Eve\r\nBcc: eve@example.org\r\n\r\n<p>";
        site.change_settings(&world, &json!({ "mail_sender": hostile })).await;
        let path = site.admin(&format!("sites/{}", site.id));
        let renamed = world.ask(Method::PATCH, &path).json(&json!({ "name": hostile }));
        renamed.by(&site.owner.account).send().await.expect(200);
        let draft = json!({
            "thread": { "id": "post", "title": hostile },
            "text": "Well.",
            "author": { "name": hostile },
        });
        site.draft(&world, &draft).await.expect(202);
        let mail = sole(&world, &site.owner.account).await;
        let names: BTreeSet<&str> = mail
            .head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .map(|(name, _)| name)
            .collect();
        let expected = [
            "Auto-Submitted",
            "Content-Type",
            "Date",
            "From",
            "In-Reply-To",
            "List-Id",
            "List-Unsubscribe",
            "List-Unsubscribe-Post",
            "MIME-Version",
            "Message-ID",
            "References",
            "Subject",
            "To",
        ];
        assert_eq!(names, BTreeSet::from(expected), "{}", mail.head);
    });
}

// Its links

#[test]
fn opening_a_link_changes_nothing_and_its_button_acts_once() {
    run(async {
        let (world, site) = desk(holding()).await;
        let id = site.say(&world, "post", "A first word").await.expect(202).comment_id();
        let mail = sole(&world, &site.owner.account).await;
        for action in ["publish", "reply", "reject", "spam", "delete"] {
            let path = link(&world, &mail, action);
            for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
                let scanned = world.ask(method, &path).header("sec-purpose", "prefetch");
                scanned.send().await;
            }
            assert!(page(&open(&world, &path).await.expect(200)).contains("A first word"));
        }
        assert_eq!(state(&world, &site, &id).await, "pending");

        let publish = link(&world, &mail, "publish");
        let done = page(&press(&world, &publish, "").await.expect(200));
        assert!(done.contains("The comment is published."), "{done}");
        assert_eq!(state(&world, &site, &id).await, "published");
        let decided = deciders(&world, &site, &id).await;
        assert_eq!(decided.len(), 1);
        assert!(
            decided[0].contains("member") && decided[0].contains("Ada"),
            "{decided:?}"
        );

        for action in ["publish", "spam", "delete", "reject"] {
            let path = link(&world, &mail, action);
            let over = page(&open(&world, &path).await.expect(200));
            assert!(
                over.contains("This comment has moved on") && !over.contains("<form"),
                "{over}"
            );
            press(&world, &path, "").await.expect(200);
            assert_eq!(state(&world, &site, &id).await, "published", "{action}");
        }
        site.decide(&world, &[&id], "hold").await.expect(200);
        let again = page(&press(&world, &publish, "").await.expect(403));
        assert!(again.contains("This link cannot be used any more"), "{again}");
        assert_eq!(state(&world, &site, &id).await, "pending", "a link works once");
    });
}

#[test]
fn a_link_is_for_its_action_its_comment_and_its_time() {
    run(async {
        let (world, site) = desk(holding()).await;
        let one = site.say(&world, "post", "A first word").await.expect(202).comment_id();
        let two = site.say(&world, "post", "A second word").await.expect(202).comment_id();
        let mails = told(&world, &site.owner.account).await;
        let publish = link(&world, &mails[0], "publish");
        let spliced = {
            use base64::Engine;
            use base64::engine::general_purpose::URL_SAFE_NO_PAD as CODE;
            let key = |path: &str| CODE.decode(path.rsplit('/').next().unwrap()).unwrap();
            let (mut bytes, other) = (key(&publish), key(&link(&world, &mails[1], "publish")));
            // The comment of the one under the signature of the other.
            bytes[16..32].copy_from_slice(&other[16..32]);
            format!("/mail/publish/{}", CODE.encode(bytes))
        };
        for path in [
            publish.replace("/publish/", "/delete/"),
            publish.replace("/publish/", "/unsubscribe/"),
            publish[..publish.len() - 1].to_owned(),
            format!("{publish}A"),
            spliced,
            "/mail/publish/x".to_owned(),
        ] {
            page(&open(&world, &path).await.expect(403));
            page(&press(&world, &path, "").await.expect(403));
        }
        open(&world, &publish.replace("/publish/", "/bless/"))
            .await
            .refused(404, "not_found");
        world.advance(TimeDelta::days(7));
        page(&press(&world, &publish, "").await.expect(403));
        let owner = world.sign_in(&site.owner.account.email).await;
        for id in [one, two] {
            let path = site.admin(&format!("comments/{id}"));
            let record = world.get(&path).by(&owner).send().await.expect(200);
            assert_eq!(record.json["comment"]["state"], "pending");
        }
    });
}

#[test]
fn links_die_with_the_role() {
    run(async {
        let (world, site) = desk(holding()).await;
        let next_door = {
            let body = json!({ "name": "Next door", "origins": ["https://other.example"] });
            let made = world
                .post(&site.admin("sites"), &body)
                .by(&site.owner.account)
                .send()
                .await;
            made.expect(201).text("id")
        };
        let other = member(&world, &site, Role::Moderator).await;
        choose(&world, &site, &other, "every").await;
        let id = site.say(&world, "post", "A first word").await.expect(202).comment_id();
        let publish = link(&world, &sole(&world, &other).await, "publish");
        page(&open(&world, &publish).await.expect(200));
        let path = site.admin(&format!("members/{}", other.id));
        let limited = json!({ "role": "moderator", "site_ids": [next_door] });
        let change = world.ask(Method::PUT, &path).json(&limited).by(&site.owner.account);
        change.send().await.expect(200);
        page(&open(&world, &publish).await.expect(403));
        page(&press(&world, &publish, "").await.expect(403));
        let gone = world.ask(Method::DELETE, &path).by(&site.owner.account);
        gone.send().await.expect(204);
        page(&press(&world, &publish, "").await.expect(403));
        assert_eq!(state(&world, &site, &id).await, "pending");
    });
}

#[test]
fn of_two_who_press_at_once_one_wins() {
    run(async {
        let (world, site) = desk(holding()).await;
        for round in 0..5 {
            let said = site.say(&world, "post", &format!("Word {round}")).await.expect(202);
            let mail = told(&world, &site.owner.account).await.pop().unwrap();
            let path = link(&world, &mail, "publish");
            let (one, two) = join(press(&world, &path, ""), press(&world, &path, "")).await;
            let won = [&one, &two].map(|answer| page(answer).contains("The comment is published."));
            assert!(won[0] != won[1], "{} {}", one.all(), two.all());
            assert_eq!(deciders(&world, &site, &said.comment_id()).await.len(), 1);
        }
    });
}

#[test]
fn what_was_not_seen_is_not_decided() {
    run(async {
        let (world, site) = desk(holding()).await;
        let id = site.say(&world, "post", "Nice words").await.expect(202).comment_id();
        let mail = sole(&world, &site.owner.account).await;
        let path = link(&world, &mail, "publish");
        let shown = page(&open(&world, &path).await.expect(200));
        let (_, rest) = shown.split_once("name=\"seen\" value=\"").unwrap();
        let seen = format!("seen={}", rest.split('"').next().unwrap());
        world.advance(TimeDelta::seconds(1));
        site.revise(&world, &id, &json!({ "text": "Other words" }))
            .await
            .expect(200);
        let again = page(&press(&world, &path, &seen).await.expect(409));
        assert!(
            again.contains("Other words") && again.contains("has changed"),
            "{again}"
        );
        assert_eq!(state(&world, &site, &id).await, "pending");
        page(&press(&world, &path, "").await.expect(200));
        assert_eq!(state(&world, &site, &id).await, "published", "the link was not used up");
    });
}

#[test]
fn an_answer_can_be_written_behind_a_link() {
    run(async {
        let (world, site) = desk(holding()).await;
        let id = site
            .say(&world, "post", "What time is it?")
            .await
            .expect(202)
            .comment_id();
        let path = link(&world, &sole(&world, &site.owner.account).await, "reply");
        assert!(page(&open(&world, &path).await.expect(200)).contains("<textarea"));
        page(&press(&world, &path, "text=+").await.expect(422));
        assert_eq!(state(&world, &site, &id).await, "pending");
        let done = page(&press(&world, &path, "text=Late+%26+dark.").await.expect(200));
        assert!(done.contains("Your answer is published."), "{done}");
        let read = site.read(&world, "post").await;
        assert_eq!(read.numbers(), [1, 2]);
        assert_eq!(read.comments()[1]["author"]["team"], true);
        page(&press(&world, &path, "text=Once+more").await.expect(403));
        assert_eq!(site.read(&world, "post").await.numbers(), [1, 2]);
    });
}

#[test]
fn one_click_ends_the_mails_of_one_site() {
    run(async {
        let (world, site) = desk(holding()).await;
        site.say(&world, "post", "A first word").await.expect(202);
        let mail = sole(&world, &site.owner.account).await;
        let path = link(&world, &mail, "unsubscribe");
        assert!(mail.head.contains(&format!("<{}{path}>", world.base)), "{}", mail.head);
        let wants = async || {
            let own = world.get(&choice(&site)).by(&site.owner.account).send().await;
            own.expect(200).text("wants")
        };
        assert!(page(&open(&world, &path).await.expect(200)).contains("<form"));
        assert_eq!(wants().await, "pending");
        // Neither cookies nor an origin (RFC 8058 section 3.1).
        let done = page(&press(&world, &path, "List-Unsubscribe=One-Click").await.expect(200));
        assert!(done.contains("no more mails"), "{done}");
        assert_eq!(wants().await, "none");
        press(&world, &path, "List-Unsubscribe=One-Click").await.expect(200);
        site.say(&world, "post", "A second word").await.expect(202);
        assert_eq!(told(&world, &site.owner.account).await.len(), 1);
    });
}

// When things go wrong

/// Somebody with a site on a server whose mails go to another one.
pub async fn desk_at(server: &Server, settings: Value) -> (World, Site) {
    let world = server.world();
    let email = fresh_address();
    sign_up(&world, &email, PASSWORD).await.expect(202);
    deliver(&world).await;
    let token = server.taken().pop().unwrap().token(&world, "verify");
    verify(&world, &token, PASSWORD).await.expect(201);
    let account = world.sign_in(&email).await;
    let tenant = world
        .post("/v1/admin/tenants", &json!({ "name": "A tenant" }))
        .by(&account);
    let tenant_id = tenant.send().await.expect(201).text("id");
    let site = world.site_of(Owner { account, tenant_id }, settings).await;
    (world, site)
}

pub fn taken(server: &Server) -> Vec<Mail> {
    let mut all = server.taken();
    all.retain(|mail| mail.head.contains("List-Id: "));
    all
}

/// The comment that a mail is about.
pub fn word_of(mail: &Mail) -> String {
    let line = mail.text.lines().find(|line| line.starts_with("> "));
    line.unwrap_or_else(|| panic!("{}", mail.text))[2..].to_owned()
}

#[test]
fn after_a_day_without_a_mail_server_all_arrive_once_and_in_order() {
    const COMMENTS: usize = 1000;
    run(async {
        let server = Server::start(None).await;
        let (world, site) = desk_at(&server, holding()).await;
        server.hangs_up.store(true, Ordering::Relaxed);
        let mut said: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for number in 0..COMMENTS {
            let thread = ["first", "second", "third"][number % 3];
            let word = format!("Word {number} on {thread}");
            site.say(&world, thread, &word).await.expect(202);
            said.entry(thread).or_default().push(word);
            if number % (COMMENTS / 30) == 0 {
                pass(&world, TimeDelta::minutes(48)).await;
            }
        }
        assert_eq!(taken(&server).len(), 0);
        server.hangs_up.store(false, Ordering::Relaxed);
        for _ in 0..20 {
            pass(&world, TimeDelta::minutes(30)).await;
        }
        assert_eq!(jobs(&world).await, []);
        let mails = taken(&server);
        let names: BTreeSet<String> = mails.iter().map(name_of).collect();
        assert_eq!(
            (mails.len(), names.len()),
            (COMMENTS, COMMENTS),
            "all of them, none twice"
        );
        for (thread, words) in said {
            let arrived: Vec<String> = mails
                .iter()
                .map(word_of)
                .filter(|word| word.ends_with(thread))
                .collect();
            assert_eq!(arrived, words);
        }
    });
}

/// A worker that sends one mail and dies before it can say so.
async fn send_and_die(app: &App) {
    let claimed = queue::claim(&app.db, 1, app.clock.now()).await.unwrap();
    let told = watching::write(app, &claimed[0]).await.unwrap();
    app.mailer.send(&told.letter.unwrap(), app.clock.now()).await.unwrap();
}

#[test]
fn a_worker_that_dies_sends_at_most_the_one_in_its_hands_twice() {
    run(async {
        let (world, site) = desk(holding()).await;
        for number in 0..10 {
            site.say(&world, "post", &format!("Word {number}")).await.expect(202);
        }
        world
            .within(|app| async move {
                // Who is to be told of them.
                for _ in 0..10 {
                    parlour::worker::turn(&app).await.unwrap();
                }
                send_and_die(&app).await;
            })
            .await;
        deliver(&world).await;
        assert_eq!(
            told(&world, &site.owner.account).await.len(),
            1,
            "the others wait behind it"
        );
        pass(&world, TimeDelta::minutes(6)).await;
        let mails = told(&world, &site.owner.account).await;
        let names: BTreeSet<String> = mails.iter().map(name_of).collect();
        assert_eq!((mails.len(), names.len()), (11, 10));
        assert_eq!(name_of(&mails[0]), name_of(&mails[1]), "it goes by the same name");
        assert_eq!(link(&world, &mails[0], "spam"), link(&world, &mails[1], "spam"));
        assert_eq!(jobs(&world).await, []);
    });
}

#[test]
fn what_is_put_off_keeps_its_thread_waiting_and_what_is_refused_does_not() {
    run(async {
        let server = Server::start(None).await;
        let (world, site) = desk_at(&server, holding()).await;
        server.says(&["451 4.7.1 greylisted"]);
        for (thread, word) in [("one", "A1"), ("one", "A2"), ("two", "B1")] {
            site.say(&world, thread, &format!("{word} well")).await.expect(202);
        }
        deliver(&world).await;
        let words = || taken(&server).iter().map(word_of).collect::<Vec<_>>();
        assert_eq!(words(), ["B1 well"]);
        pass(&world, TimeDelta::seconds(10)).await;
        assert_eq!(words(), ["B1 well", "A1 well", "A2 well"]);

        server.says(&["554 5.7.1 not this one"]);
        site.say(&world, "one", "A3 well").await.expect(202);
        site.say(&world, "one", "A4 well").await.expect(202);
        deliver(&world).await;
        assert_eq!(words()[3..], ["A4 well"]);
        let failed = jobs(&world).await;
        assert_eq!(failed.len(), 1);
        assert_eq!(
            failed[0].last_error.as_deref(),
            Some("the mail server answered 554 5.7.1")
        );
        assert_eq!(failed[0].attempts, 1);
    });
}

#[test]
fn a_job_that_nobody_can_read_is_in_nobodys_way() {
    run(async {
        let (world, site) = desk(holding()).await;
        site.say(&world, "post", "A first word").await.expect(202);
        let lane = jobs(&world).await[0].lane.clone();
        assert!(lane.is_some());
        world
            .within(move |app| async move {
                let early = app.clock.now() - TimeDelta::days(1);
                let row = job::ActiveModel {
                    id: Set(parlour::infra::clock::id_at(early)),
                    kind: Set("watch".to_owned()),
                    site_id: Set(None),
                    payload: Set(json!({ "from": "yesterday" })),
                    unique_key: Set(None),
                    lane: Set(lane),
                    priority: Set(0),
                    run_at: Set(early),
                    attempts: Set(0),
                    locked_until: Set(None),
                    failed_at: Set(None),
                    last_error: Set(None),
                    created_at: Set(early),
                };
                let tx = app.db.begin().await.unwrap();
                row.insert(&*tx).await.unwrap();
                tx.commit().await.unwrap();
                // The first look finds nothing else.
                parlour::worker::turn(&app).await.unwrap();
            })
            .await;
        assert_eq!(told(&world, &site.owner.account).await.len(), 1);
        let left = job::Entity::find().all(world.app.db.read()).await.unwrap();
        assert_eq!(left.len(), 1);
        assert!(left[0].failed_at.is_some() && left[0].last_error.as_ref().unwrap().starts_with("no such job"));
    });
}

#[test]
fn what_somebody_waits_for_goes_before_what_comes_in_bulk() {
    run(async {
        let (world, site) = desk(holding()).await;
        site.say(&world, "post", "A first word").await.expect(202);
        let site_id = site.id.parse().unwrap();
        let first = world
            .within(move |app| async move {
                let now = app.clock.now();
                let tx = app.db.begin().await.unwrap();
                for _ in 0..100 {
                    let watcher_id = app.clock.new_id();
                    let digest = Job::Digest { site_id, watcher_id };
                    queue::add(&*tx, &digest, now - TimeDelta::hours(1), now).await.unwrap();
                }
                tx.commit().await.unwrap();
                let mut kinds = Vec::new();
                for _ in 0..2 {
                    let claimed = queue::claim(&app.db, 1, app.clock.now()).await.unwrap();
                    kinds.push(claimed[0].row.kind.clone());
                }
                kinds
            })
            .await;
        assert_eq!(first, ["watch", "digest"]);
    });
}
