//! Accounts by mail: what is sent, to whom, and what its links do; and mail servers that do not want it.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use entity::membership::Role;
use entity::{api_key, audit_entry, job, password_reset, sign_up};
use futures_util::future::join;
use http::Method;
use parlour::accounts::offer_setup;
use parlour::app::App;
use parlour::config::{Config, Secret, SignUp};
use parlour::infra::queue;
use parlour::job::Job;
use parlour::tenants::{Reach, add_member, warnings as warnings_of_quotas};
use parlour::worker;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::binary::Home;
use crate::world::{Account, Answer, Owner, PASSWORD, Site, World, ask, run};

const NEW: &str = "another phrase of one's own";

/// A server that keeps its mails in memory.
pub fn posting(config: &mut Config) {
    config.smtp_url = Secret::new("memory:");
    "Parlour <talk@example.org>".clone_into(&mut config.mail_from);
}

/// The one that all tests share which do not move its time.
fn office() -> &'static World {
    static OFFICE: OnceLock<World> = OnceLock::new();
    OFFICE.get_or_init(|| World::start(posting))
}

pub fn fresh_address() -> String {
    format!("ada-{:016x}@example.org", rand::random::<u64>())
}

/// A mail as its reader sees it.
#[derive(Debug)]
pub struct Mail {
    pub head: String,
    pub subject: String,
    pub text: String,
    pub html: String,
}

impl Mail {
    pub fn read(raw: &[u8]) -> Mail {
        let raw = String::from_utf8(raw.to_vec()).unwrap();
        let (head, body) = raw.split_once("\r\n\r\n").unwrap();
        let head = head.replace("\r\n ", " ").replace("\r\n\t", " ");
        let boundary = head.split("boundary=\"").nth(1).unwrap().split('"').next().unwrap();
        let parts: Vec<String> = body
            .split(&format!("--{boundary}"))
            .filter_map(|part| part.trim_start().split_once("\r\n\r\n"))
            .map(|(head, body)| decoded(head, body))
            .collect();
        let subject = head.lines().find_map(|line| line.strip_prefix("Subject: ")).unwrap();
        Mail {
            subject: words(subject),
            text: parts[0].clone(),
            html: parts[1].clone(),
            head,
        }
    }

    /// What follows `#token=`, of the page at a path.
    #[track_caller]
    pub fn token(&self, world: &World, page: &str) -> String {
        let begins = format!("{}/admin/{page}#token=", world.base);
        let (_, rest) = self
            .text
            .split_once(&begins)
            .unwrap_or_else(|| panic!("no {begins} in {}", self.text));
        let token: String = rest.chars().take_while(|letter| !letter.is_whitespace()).collect();
        assert!(
            self.html.contains(&format!("href=\"{begins}{token}\"")),
            "{}",
            self.html
        );
        token
    }
}

fn decoded(head: &str, body: &str) -> String {
    let bytes = match head.to_lowercase() {
        head if head.contains("base64") => STANDARD.decode(body.replace("\r\n", "")).unwrap(),
        head if head.contains("quoted-printable") => unquoted(&body.replace("=\r\n", "")),
        _ => body.as_bytes().to_vec(),
    };
    String::from_utf8(bytes).unwrap().replace("\r\n", "\n")
}

fn unquoted(text: &str) -> Vec<u8> {
    let mut parts = text.split('=');
    let mut bytes = parts.next().unwrap().as_bytes().to_vec();
    for part in parts {
        let (code, rest) = part.split_at(2);
        bytes.push(u8::from_str_radix(code, 16).unwrap());
        bytes.extend_from_slice(rest.as_bytes());
    }
    bytes
}

/// A header's encoded words (RFC 2047), as the library writes them: in base64.
fn words(value: &str) -> String {
    let word = |word: &str| match word.strip_prefix("=?utf-8?b?").and_then(|rest| rest.strip_suffix("?=")) {
        Some(coded) => (String::from_utf8(STANDARD.decode(coded).unwrap()).unwrap(), true),
        None => (word.to_owned(), false),
    };
    let mut line = String::new();
    let mut after_coded = true;
    for (word, is_coded) in value.split(' ').map(word) {
        if !(line.is_empty() || after_coded && is_coded) {
            line.push(' ');
        }
        line.push_str(&word);
        after_coded = is_coded;
    }
    line
}

/// Sends what waits. One test at a time, so that nobody looks for a mail that is in another's hands.
pub async fn deliver(world: &World) {
    static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    let _turn = TURN.lock().await;
    world
        .within(|app| async move { while worker::turn(&app).await.unwrap() > 0 {} })
        .await;
}

pub async fn mails(world: &World, to: &str) -> Vec<Mail> {
    deliver(world).await;
    world.app.mailer.sent_to(to).iter().map(|raw| Mail::read(raw)).collect()
}

/// The latest mail to an address.
async fn mail(world: &World, to: &str) -> Mail {
    mails(world, to)
        .await
        .pop()
        .unwrap_or_else(|| panic!("no mail to {to}"))
}

pub async fn sign_up(world: &World, email: &str, password: &str) -> Answer {
    let body = json!({ "email": email, "name": "Ada", "password": password });
    world.post("/v1/admin/accounts", &body).send().await
}

async fn sign_in(world: &World, email: &str, password: &str) -> Answer {
    let body = json!({ "email": email, "password": password });
    world.post("/v1/admin/session", &body).send().await
}

pub async fn verify(world: &World, token: &str, password: &str) -> Answer {
    let body = json!({ "token": token, "password": password });
    world.post("/v1/admin/accounts/verify", &body).send().await
}

/// Somebody who has signed up by mail.
pub async fn somebody(world: &World) -> Account {
    let email = fresh_address();
    sign_up(world, &email, PASSWORD).await.expect(202);
    let token = mail(world, &email).await.token(world, "verify");
    verify(world, &token, PASSWORD).await.expect(201);
    world.sign_in(&email).await
}

pub async fn owner(world: &World) -> Owner {
    let account = somebody(world).await;
    let tenant = world
        .post("/v1/admin/tenants", &json!({ "name": "A tenant" }))
        .by(&account);
    Owner {
        tenant_id: tenant.send().await.expect(201).text("id"),
        account,
    }
}

async fn ask_for_reset(world: &World, email: &str) -> Answer {
    let body = json!({ "email": email });
    world.post("/v1/admin/password-resets", &body).send().await
}

async fn reset_token(world: &World, email: &str) -> String {
    ask_for_reset(world, email).await.expect(202);
    mail(world, email).await.token(world, "reset")
}

async fn finish_reset(world: &World, token: &str, password: &str) -> Answer {
    let body = json!({ "token": token, "password": password });
    world.post("/v1/admin/password-resets/finish", &body).send().await
}

async fn ask_for_change(world: &World, who: &Account, email: &str, password: &str) -> Answer {
    let body = json!({ "email": email, "password": password });
    world
        .ask(Method::PUT, "/v1/admin/me/email")
        .json(&body)
        .by(who)
        .send()
        .await
}

async fn by_link(world: &World, what: &str, token: &str) -> Answer {
    let body = json!({ "token": token });
    world
        .post(&format!("/v1/admin/email-changes/{what}"), &body)
        .send()
        .await
}

async fn me(world: &World, who: &Account) -> Answer {
    world.get("/v1/admin/me").by(who).send().await
}

async fn invite(world: &World, owner: &Owner, email: &str) -> Answer {
    let path = format!("/v1/admin/tenants/{}/invitations", owner.tenant_id);
    let body = json!({ "email": email, "role": "moderator" });
    world.post(&path, &body).by(&owner.account).send().await
}

async fn delete(world: &World, who: &Account, password: &str) -> Answer {
    let body = json!({ "password": password });
    world.post("/v1/admin/me/delete", &body).by(who).send().await
}

pub async fn jobs(world: &World) -> Vec<job::Model> {
    job::Entity::find().all(world.app.db.read()).await.unwrap()
}

/// What an answer says, but for what tells any two apart.
fn said(answer: &Answer) -> (u16, Value, Vec<String>) {
    let mut body = answer.json.clone();
    if let Some(members) = body.as_object_mut() {
        members.remove("request_id");
    }
    let mut names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
    names.sort();
    (answer.status.as_u16(), body, names)
}

// Signing up

#[test]
fn an_account_comes_to_be_when_its_address_is_verified() {
    run(async {
        let world = office();
        let email = fresh_address();
        let answer = sign_up(world, &email, PASSWORD).await.expect(202);
        assert_eq!(answer.json["mailed"], true);
        sign_in(world, &email, PASSWORD).await.refused(401, "wrong_credentials");

        let letter = mail(world, &email).await;
        assert_eq!(letter.subject, "Confirm your mail address");
        let token = letter.token(world, "verify");
        let waiting = world
            .post("/v1/admin/accounts/look", &json!({ "token": token }))
            .send()
            .await;
        assert_eq!(waiting.expect(200).json, json!({ "email": email, "name": "Ada" }));

        verify(world, &token, "not the password")
            .await
            .refused_for("/password", "invalid");
        let session = verify(world, &token, PASSWORD).await.expect(201);
        assert!(session.cookie().contains("parlour_refresh="));
        assert_eq!(session.json["account"]["email"], *email);
        verify(world, &token, PASSWORD).await.refused(403, "link_void");
        sign_in(world, &email, PASSWORD).await.expect(200);
    });
}

#[test]
fn a_stranger_cannot_prepare_an_account_for_somebody_to_confirm() {
    run(async {
        let world = office();
        let email = fresh_address();
        sign_up(world, &email, "the stranger's phrase").await.expect(202);
        sign_up(world, &email, PASSWORD).await.expect(202);
        let letters = mails(world, &email).await;
        let tokens: Vec<String> = letters.iter().map(|letter| letter.token(world, "verify")).collect();
        assert_eq!(tokens.len(), 2);

        // Whoever has the mailbox knows his own password, and not the stranger's.
        verify(world, &tokens[0], PASSWORD)
            .await
            .refused_for("/password", "invalid");
        verify(world, &tokens[1], PASSWORD).await.expect(201);
        verify(world, &tokens[0], "the stranger's phrase")
            .await
            .refused(403, "link_void");
        sign_in(world, &email, "the stranger's phrase")
            .await
            .refused(401, "wrong_credentials");
    });
}

#[test]
fn a_link_used_twice_at_once_makes_one_account() {
    run(async {
        let world = office();
        let email = fresh_address();
        sign_up(world, &email, PASSWORD).await.expect(202);
        let token = mail(world, &email).await.token(world, "verify");
        let (one, two) = join(verify(world, &token, PASSWORD), verify(world, &token, PASSWORD)).await;
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 403], "{} {}", one.all(), two.all());
    });
}

#[test]
fn links_are_void_when_their_time_is_over_and_nothing_of_them_stays() {
    run(async {
        let world = World::start(posting);
        let (new, known) = (fresh_address(), somebody(&world).await);
        sign_up(&world, &new, PASSWORD).await.expect(202);
        let verification = mail(&world, &new).await.token(&world, "verify");
        let reset = reset_token(&world, &known.email).await;
        ask_for_change(&world, &known, &fresh_address(), PASSWORD)
            .await
            .expect(202);
        let change = mail(&world, &known.email).await.token(&world, "change-address");

        world.advance(TimeDelta::minutes(60));
        finish_reset(&world, &reset, NEW).await.refused(403, "link_void");
        world.advance(TimeDelta::hours(23));
        verify(&world, &verification, PASSWORD).await.refused(403, "link_void");
        world.advance(TimeDelta::days(1));
        by_link(&world, "confirm", &change).await.refused(403, "link_void");

        let app = Arc::clone(&world.app);
        world
            .within(|app| async move {
                let now = app.clock.now();
                parlour::infra::queue::add(app.db.read(), &parlour::job::Job::Retention {}, now, now)
                    .await
                    .unwrap();
                worker::turn(&app).await.unwrap()
            })
            .await;
        assert_eq!(sign_up::Entity::find().all(app.db.read()).await.unwrap(), []);
        assert_eq!(password_reset::Entity::find().all(app.db.read()).await.unwrap(), []);
    });
}

#[test]
fn where_the_operator_closed_sign_up_a_link_from_before_makes_no_account() {
    run(async {
        let closed = World::start(|config| {
            posting(config);
            config.sign_up = SignUp::Invited;
        });
        sign_up(&closed, &fresh_address(), PASSWORD)
            .await
            .refused(403, "sign_up_closed");
        verify(&closed, "x", PASSWORD).await.refused(403, "sign_up_closed");
    });
}

// Who has an account is not told

#[test]
fn known_and_unknown_addresses_are_answered_alike() {
    run(async {
        let world = office();
        let (known, unknown) = (somebody(world).await.email, fresh_address());
        let pairs = [
            (sign_up(world, &known, NEW).await, sign_up(world, &unknown, NEW).await),
            (ask_for_reset(world, &known).await, ask_for_reset(world, &unknown).await),
            (sign_in(world, &known, NEW).await, sign_in(world, &unknown, NEW).await),
        ];
        for (of_known, of_unknown) in pairs {
            assert_eq!(said(&of_known), said(&of_unknown));
        }

        let letters = mails(world, &known).await;
        let subjects: Vec<&str> = letters.iter().map(|letter| letter.subject.as_str()).collect();
        assert_eq!(
            subjects[1..],
            ["You have an account already", "Choose a new password"],
            "its owner is told"
        );
        assert!(!letters[1].text.contains("#token="), "a link would be a way in");
        let to_unknown = mails(world, &unknown).await;
        assert_eq!(to_unknown.len(), 1, "who has no account gets no link to a password");

        let (one, other) = (somebody(world).await, somebody(world).await);
        let wish = ask_for_change(world, &one, &other.email, PASSWORD).await.expect(202);
        let free = ask_for_change(world, &one, &fresh_address(), PASSWORD)
            .await
            .expect(202);
        assert_eq!(wish.json["confirmed_by_new"], free.json["confirmed_by_new"]);
    });
}

#[test]
fn mails_to_an_address_are_bounded_and_nobody_is_told() {
    run(async {
        let world = World::start(|config| {
            posting(config);
            config.limit_mail = "2/3600".parse().unwrap();
        });
        let known = somebody(&world).await;
        for _ in 0..4 {
            ask_for_reset(&world, &known.email).await.expect(202);
        }
        let letters = mails(&world, &known.email).await;
        let links: Vec<&Mail> = letters
            .iter()
            .filter(|letter| letter.subject == "Choose a new password")
            .collect();
        // The first of the two was void before it could be sent.
        assert_eq!(links.len(), 1, "{letters:?}");
        // And the last one that came is good.
        finish_reset(&world, &links[0].token(&world, "reset"), NEW)
            .await
            .expect(204);

        let email = fresh_address();
        for _ in 0..4 {
            sign_up(&world, &email, PASSWORD).await.expect(202);
        }
        assert_eq!(mails(&world, &email).await.len(), 2);

        let owner = owner(&world).await;
        let guest = fresh_address();
        invite(&world, &owner, &guest).await.expect(201);
        invite(&world, &owner, &guest).await.expect(201);
        invite(&world, &owner, &guest).await.refused(429, "rate_limited");
    });
}

// Another password

#[test]
fn a_forgotten_password_is_chosen_anew_once_and_ends_all_sessions() {
    run(async {
        let world = office();
        let ada = somebody(world).await;
        let token = reset_token(world, &ada.email).await;
        let look = world
            .post("/v1/admin/password-resets/look", &json!({ "token": token }))
            .send()
            .await;
        assert_eq!(look.expect(200).json, json!({ "email": ada.email }));

        finish_reset(world, &token, "password")
            .await
            .refused_for("/password", "too_common");
        let done = finish_reset(world, &token, NEW).await.expect(204);
        assert_eq!(done.header("set-cookie"), "", "signing in is left to the sign-in");
        finish_reset(world, &token, NEW).await.refused(403, "link_void");

        me(world, &ada).await.refused(401, "unauthenticated");
        let renewal = world
            .ask(Method::POST, "/v1/admin/session/renew")
            .header("cookie", &ada.cookie);
        renewal.send().await.refused(401, "session_ended");
        sign_in(world, &ada.email, PASSWORD)
            .await
            .refused(401, "wrong_credentials");
        sign_in(world, &ada.email, NEW).await.expect(200);
        assert_eq!(mail(world, &ada.email).await.subject, "Your password was changed");
    });
}

#[test]
fn a_link_to_a_password_dies_with_another_one_and_with_the_password() {
    run(async {
        let world = office();
        let (ada, eve) = (somebody(world).await, somebody(world).await);
        let first = reset_token(world, &ada.email).await;
        let second = reset_token(world, &ada.email).await;
        finish_reset(world, &first, NEW).await.refused(403, "link_void");

        let change = json!({ "current_password": PASSWORD, "password": NEW, "locale": "de-AT" });
        let changed = world.ask(Method::PUT, "/v1/admin/me/password").json(&change).by(&ada);
        changed.send().await.expect(204);
        assert_eq!(mail(world, &ada.email).await.subject, "Ihr Passwort wurde geändert");
        finish_reset(world, &second, PASSWORD).await.refused(403, "link_void");

        // A link is for its own account, whatever else the body names.
        let third = reset_token(world, &ada.email).await;
        let foreign = json!({ "token": third, "password": PASSWORD, "email": eve.email });
        let answer = world.post("/v1/admin/password-resets/finish", &foreign).send().await;
        answer.refused_for("/email", "unknown_field");
        finish_reset(world, &third, "a third phrase altogether")
            .await
            .expect(204);
        sign_in(world, &eve.email, PASSWORD).await.expect(200);
        sign_in(world, &ada.email, "a third phrase altogether")
            .await
            .expect(200);
    });
}

#[test]
fn two_who_use_a_link_at_once_are_one() {
    run(async {
        let world = office();
        let ada = somebody(world).await;
        let token = reset_token(world, &ada.email).await;
        let (one, two) = join(finish_reset(world, &token, NEW), finish_reset(world, &token, NEW)).await;
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 403], "{} {}", one.all(), two.all());
    });
}

// Links and letters

#[test]
fn links_are_made_of_the_public_address_whatever_a_request_says() {
    run(async {
        let world = office();
        let ada = somebody(world).await;
        for (name, value) in [
            ("host", "evil.example"),
            ("x-forwarded-host", "evil.example"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-server", "evil.example"),
            ("x-original-url", "https://evil.example/"),
            ("forwarded", "for=192.0.2.1;host=evil.example;proto=https"),
            ("referer", "https://evil.example/"),
        ] {
            let ask = world.post("/v1/admin/password-resets", &json!({ "email": ada.email }));
            ask.header(name, value).send().await.expect(202);
            let letter = mail(world, &ada.email).await;
            letter.token(world, "reset");
            assert!(
                !letter.head.contains("evil") && !letter.text.contains("evil"),
                "{letter:?}"
            );
            assert!(!letter.html.contains("evil"), "{letter:?}");
        }
    });
}

#[test]
fn a_name_is_neither_a_header_nor_a_link_nor_markup() {
    run(async {
        let world = office();
        let owner = owner(world).await;
        let hostile = "Hi\r\nBcc: eve@evil.example\r\n\r\n<b>bold</b> https://evil.example/?a";
        let tenant = format!("/v1/admin/tenants/{}", owner.tenant_id);
        let rename = world.ask(Method::PATCH, &tenant).json(&json!({ "name": hostile }));
        rename.by(&owner.account).send().await.expect(200);
        let guest = fresh_address();
        invite(world, &owner, &guest).await.expect(201);
        let letter = mail(world, &guest).await;
        let names: Vec<&str> = letter
            .head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .map(|(name, _)| name)
            .collect();
        for name in &names {
            assert!(
                name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'),
                "{name}"
            );
        }
        assert!(!names.contains(&"Bcc"), "{}", letter.head);
        assert!(
            letter.subject.contains("Hi Bcc: eve@ evil. example"),
            "{}",
            letter.subject
        );
        assert!(
            !letter.html.contains("<b>") && !letter.html.contains("://evil"),
            "{}",
            letter.html
        );
        assert!(
            !letter.text.contains("://evil") && !letter.text.contains("evil.example"),
            "{}",
            letter.text
        );

        for hostile in [
            "a@b.example\r\nBcc: eve@evil.example",
            "a@b.example, eve@evil.example",
            "\"a b\"@b.example",
        ] {
            ask_for_reset(world, hostile).await.refused_for("/email", "invalid");
            sign_up(world, hostile, PASSWORD).await.refused_for("/email", "invalid");
        }
    });
}

#[test]
fn a_mail_speaks_the_language_of_who_asked() {
    run(async {
        let world = office();
        for (locale, subject) in [
            (json!("de"), "Bestätigen Sie Ihre E-Mail-Adresse"),
            (json!("fr"), "Confirm your mail address"),
            (json!(null), "Confirm your mail address"),
        ] {
            let email = fresh_address();
            let body = json!({ "email": email, "name": "Ada", "password": PASSWORD, "locale": locale });
            world.post("/v1/admin/accounts", &body).send().await.expect(202);
            let letter = mail(world, &email).await;
            assert_eq!(letter.subject, subject);
            let lang = if locale == "de" { "lang=\"de\"" } else { "lang=\"en\"" };
            assert!(letter.html.contains(lang), "{}", letter.html);
        }
    });
}

#[test]
fn no_secret_and_no_address_waits_in_the_queue() {
    run(async {
        let world = World::start(posting);
        let owner = owner(&world).await;
        let (new, guest) = (fresh_address(), fresh_address());
        sign_up(&world, &new, PASSWORD).await.expect(202);
        ask_for_reset(&world, &owner.account.email).await.expect(202);
        ask_for_change(&world, &owner.account, &fresh_address(), PASSWORD)
            .await
            .expect(202);
        invite(&world, &owner, &guest).await.expect(201);
        let waiting = jobs(&world).await;
        assert_eq!(waiting.len(), 5);
        for job in waiting {
            let members: Vec<&String> = job.payload.as_object().unwrap().keys().collect();
            assert_eq!(members, ["about", "id", "locale"], "{}", job.payload);
        }
        deliver(&world).await;
        assert_eq!(jobs(&world).await, []);
    });
}

#[test]
fn no_line_of_the_log_has_an_address_or_a_token() {
    run(async {
        let folder = std::env::temp_dir().join(format!("parlour-mails-{:016x}", rand::random::<u64>()));
        let home = Home::on_engine()
            .await
            .with("PARLOUR_SMTP_URL", &format!("file://{}", folder.display()))
            .with("PARLOUR_SIGN_UP", "open")
            .with("PARLOUR_LOG_LEVEL", "debug");
        let mut server = home.serve();
        let post = |base: &str, path: &str, body: Value| ask(base, Method::POST, path).json(&body).send();
        let base = server.base.clone();
        let newest = |page: &str| {
            let files = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path());
            // Named by ids, which are in the order of time.
            let mail = Mail::read(&std::fs::read(files.max().unwrap()).unwrap());
            let (_, rest) = mail.text.split_once(&format!("/admin/{page}#token=")).unwrap();
            rest.split_whitespace().next().unwrap().to_owned()
        };

        let applicant = json!({ "email": "ada@example.org", "name": "Ada", "password": PASSWORD });
        post(&base, "/v1/admin/accounts", applicant).await.expect(202);
        let mut log = server.log_until(&["job done", "mail"]);
        let verification = newest("verify");
        let proof = json!({ "token": verification, "password": PASSWORD });
        post(&base, "/v1/admin/accounts/verify", proof).await.expect(201);
        let wish = json!({ "email": "ada@example.org" });
        post(&base, "/v1/admin/password-resets", wish).await.expect(202);
        log += &server.log_until(&["job done", "mail"]);
        let reset = newest("reset");
        let choice = json!({ "token": reset, "password": NEW });
        post(&base, "/v1/admin/password-resets/finish", choice)
            .await
            .expect(204);
        log += &server.log_until(&["job done", "mail"]);

        for event in ["address_verified", "password_reset"] {
            assert!(log.contains(event), "{event} is not in {log}");
        }
        for secret in [
            "ada@example.org",
            "ada%40",
            &verification,
            &reset,
            PASSWORD,
            NEW,
            "argon2id",
        ] {
            assert!(!log.contains(secret), "{secret} in {log}");
        }
        drop(server);
        std::fs::remove_dir_all(folder).unwrap();
    });
}

#[test]
fn what_is_over_before_it_is_sent_is_not_sent() {
    run(async {
        let world = World::start(posting);
        let owner = owner(&world).await;
        let guest = fresh_address();
        let invited = invite(&world, &owner, &guest).await.expect(201);
        let id = invited.json["invitation"]["id"].as_str().unwrap();
        let path = format!("/v1/admin/tenants/{}/invitations/{id}", owner.tenant_id);
        world
            .ask(Method::DELETE, &path)
            .by(&owner.account)
            .send()
            .await
            .expect(204);
        assert_eq!(mails(&world, &guest).await.len(), 0);
        assert_eq!(jobs(&world).await, []);
    });
}

// Invitations

#[test]
fn an_invitation_goes_by_mail_and_nowhere_else() {
    run(async {
        let world = office();
        let owner = owner(world).await;
        let (guest, other) = (fresh_address(), somebody(world).await);
        let invited = invite(world, &owner, &guest).await.expect(201);
        assert_eq!(
            (&invited.json["mailed"], invited.json.get("link")),
            (&json!(true), None)
        );
        let first = mail(world, &guest).await;
        assert!(first.text.contains("Ada invites you"), "{}", first.text);
        invite(world, &owner, &guest).await.expect(201);
        let token = mail(world, &guest).await.token(world, "join");

        let join = |token: String| async move {
            let body = json!({ "token": token, "name": "Grace", "password": PASSWORD });
            world.post("/v1/admin/invitations/join", &body).send().await
        };
        join(first.token(world, "join")).await.refused(403, "link_void");
        let accept = world.post("/v1/admin/invitations/accept", &json!({ "token": token }));
        accept.by(&other).send().await.refused(403, "not_permitted");
        let joined = join(token.clone()).await.expect(201);
        assert_eq!(joined.json["account"]["email"], *guest);
        join(token).await.refused(403, "link_void");
    });
}

// Another address

#[test]
fn an_address_changes_when_both_have_confirmed_it() {
    run(async {
        let world = office();
        for old_first in [true, false] {
            let ada = somebody(world).await;
            let new = fresh_address();
            ask_for_change(world, &ada, &new, "not the password")
                .await
                .refused_for("/password", "invalid");
            ask_for_change(world, &ada, &ada.email.to_uppercase(), PASSWORD)
                .await
                .refused_for("/email", "invalid");
            let reset = reset_token(world, &ada.email).await;
            ask_for_change(world, &ada, &new, PASSWORD).await.expect(202);
            let to_new = mail(world, &new).await.token(world, "change-address");
            let letter = mail(world, &ada.email).await;
            assert!(letter.text.contains(&new), "{}", letter.text);
            let to_old = letter.token(world, "change-address");
            let look = by_link(world, "look", &to_old).await.expect(200);
            assert_eq!(
                (look.text("from"), look.text("sent_to")),
                (ada.email.clone(), "old".to_owned())
            );
            assert_eq!(look.json["change"]["email"], *new);

            let (first, second) = if old_first {
                (&to_old, &to_new)
            } else {
                (&to_new, &to_old)
            };
            // As often as one likes: it is one side all the same.
            for _ in 0..2 {
                assert_eq!(by_link(world, "confirm", first).await.expect(200).json["done"], false);
            }
            let waiting = me(world, &ada).await.expect(200).json["email_change"].clone();
            assert_eq!(waiting["confirmed_by_old"], old_first);
            assert_eq!(waiting["confirmed_by_new"], !old_first);
            sign_in(world, &new, PASSWORD).await.refused(401, "wrong_credentials");

            assert_eq!(by_link(world, "confirm", second).await.expect(200).json["done"], true);
            let after = me(world, &ada).await.expect(200);
            assert_eq!(after.json["account"]["email"], *new);
            assert_eq!(after.json.get("email_change"), None);
            sign_in(world, &ada.email, PASSWORD)
                .await
                .refused(401, "wrong_credentials");
            sign_in(world, &new, PASSWORD).await.expect(200);
            by_link(world, "confirm", second).await.refused(403, "link_void");
            // What went to the former address is no way in any more.
            finish_reset(world, &reset, NEW).await.refused(403, "link_void");
        }
    });
}

#[test]
fn a_change_of_address_can_be_stopped_from_both_mailboxes_and_taken_back() {
    run(async {
        let world = office();
        let ada = somebody(world).await;
        for side in ["old", "new", "own", "another", "reset"] {
            let new = fresh_address();
            ask_for_change(world, &ada, &new, PASSWORD).await.expect(202);
            let to_new = mail(world, &new).await.token(world, "change-address");
            let to_old = mail(world, &ada.email).await.token(world, "change-address");
            by_link(world, "confirm", &to_new).await.expect(200);
            match side {
                "old" => by_link(world, "stop", &to_old).await.expect(204),
                "new" => by_link(world, "stop", &to_new).await.expect(204),
                "own" => world
                    .ask(Method::DELETE, "/v1/admin/me/email")
                    .by(&ada)
                    .send()
                    .await
                    .expect(204),
                "another" => ask_for_change(world, &ada, &fresh_address(), PASSWORD)
                    .await
                    .expect(202),
                _ => finish_reset(world, &reset_token(world, &ada.email).await, NEW)
                    .await
                    .expect(204),
            };
            for token in [&to_old, &to_new] {
                by_link(world, "confirm", token).await.refused(403, "link_void");
                by_link(world, "stop", token).await.refused(403, "link_void");
            }
        }
        sign_in(world, &ada.email, NEW).await.expect(200);
    });
}

#[test]
fn an_address_that_has_an_account_is_not_taken_and_its_owner_is_told() {
    run(async {
        let world = office();
        let (ada, grace) = (somebody(world).await, somebody(world).await);
        ask_for_change(world, &ada, &grace.email, PASSWORD).await.expect(202);
        let letter = mail(world, &grace.email).await;
        assert_eq!(letter.subject, "Your mail address belongs to an account");
        assert!(!letter.text.contains("#token="), "{}", letter.text);
        let to_old = mail(world, &ada.email).await.token(world, "change-address");
        assert_eq!(by_link(world, "confirm", &to_old).await.expect(200).json["done"], false);

        // One that comes to have an account in between.
        let between = fresh_address();
        sign_up(world, &between, PASSWORD).await.expect(202);
        let verification = mail(world, &between).await.token(world, "verify");
        ask_for_change(world, &ada, &between, PASSWORD).await.expect(202);
        let to_new = mail(world, &between).await.token(world, "change-address");
        let to_old = mail(world, &ada.email).await.token(world, "change-address");
        verify(world, &verification, PASSWORD).await.expect(201);
        by_link(world, "confirm", &to_new).await.expect(200);
        by_link(world, "confirm", &to_old).await.refused(403, "link_void");
        assert_eq!(me(world, &ada).await.expect(200).json["account"]["email"], *ada.email);
    });
}

#[test]
fn where_no_mail_is_configured_nobody_is_asked() {
    run(async {
        let world = crate::world::world();
        let setup = world.get("/v1/admin/setup").send().await.expect(200);
        assert_eq!(setup.json["mail"], false);
        let (ada, grace) = (world.somebody("ada").await, world.somebody("grace").await);
        let new = fresh_address();
        ask_for_change(world, &ada, &grace.email, PASSWORD)
            .await
            .refused(409, "already_exists");
        ask_for_change(world, &ada, &new, PASSWORD).await.expect(204);
        sign_in(world, &new, PASSWORD).await.expect(200);
        ask_for_reset(world, &new).await.refused(403, "no_mail");
    });
}

// Quotas that are nearly used up

/// Looks for quotas that are nearly used up, and sends what is to be said.
async fn look_at_quotas(world: &World) {
    world
        .within(|app| async move {
            let now = app.clock.now();
            let tx = app.db.begin().await.unwrap();
            queue::renew(&*tx, &QUOTAS, now, now).await.unwrap();
            tx.commit().await.unwrap();
        })
        .await;
    deliver(world).await;
}

const QUOTAS: Job = Job::Quotas { after: None };

async fn give_plan(world: &World, operator: &Account, tenant_id: &str, mut plan: Value) -> String {
    plan["name"] = json!("Small");
    let made = world.post("/v1/operator/plans", &plan).by(operator).send().await;
    let id = made.expect(201).text("id");
    let path = format!("/v1/operator/tenants/{tenant_id}/plan");
    let given = world
        .ask(Method::PUT, &path)
        .json(&json!({ "plan_id": id }))
        .by(operator);
    given.send().await.expect(200);
    id
}

/// The subjects of all mails to somebody but the first, which completed his sign-up.
async fn warnings(world: &World, to: &Account) -> Vec<String> {
    let all = mails(world, &to.email).await.into_iter().skip(1);
    all.map(|mail| mail.subject).collect()
}

async fn operator(world: &World) -> Account {
    let account = somebody(world).await;
    world.make_operator(&account).await;
    account
}

#[test]
fn owners_are_told_once_a_month_that_most_of_a_quota_is_used_each_in_his_language() {
    run(async {
        let world = World::start(posting);
        let operator = operator(&world).await;
        let site = site_of(&world, owner(&world).await).await;
        let (german, moderator) = (somebody(&world).await, somebody(&world).await);
        let tenant = site.owner.tenant_id.parse().unwrap();
        for (account, role) in [(&german, Role::Owner), (&moderator, Role::Moderator)] {
            let id = account.id.parse().unwrap();
            let add = move |app: Arc<_>| async move { add_member(&app, tenant, id, role, &Reach::All).await.unwrap() };
            world.within(add).await;
        }
        let chosen = world
            .ask(Method::PATCH, "/v1/admin/me")
            .json(&json!({ "locale": "de-AT" }))
            .by(&german);
        assert_eq!(chosen.send().await.expect(200).text("locale"), "de");
        give_plan(
            &world,
            &operator,
            &site.owner.tenant_id,
            json!({ "comments": 5, "sites": 9 }),
        )
        .await;

        let post = async |times: usize| {
            for time in 0..times {
                site.say(&world, "post", &format!("Said {time}")).await.expect(201);
            }
        };
        post(3).await;
        look_at_quotas(&world).await;
        assert_eq!(warnings(&world, &site.owner.account).await, [""; 0]);
        post(1).await;
        look_at_quotas(&world).await;
        look_at_quotas(&world).await;
        let english = ["A tenant has used most of its comments this month"];
        assert_eq!(warnings(&world, &site.owner.account).await, english);
        assert_eq!(
            warnings(&world, &german).await,
            ["A tenant: Kontingent fast verbraucht"]
        );
        assert_eq!(warnings(&world, &moderator).await, [""; 0]);
        let letter = mail(&world, &german.email).await;
        assert!(
            letter.text.contains("4 von 5 Kommentaren dieses Monats"),
            "{}",
            letter.text
        );
        let page = format!("{}/admin/t/{}/settings", world.base, site.owner.tenant_id);
        assert!(letter.text.contains(&page), "{}", letter.text);

        post(1).await;
        look_at_quotas(&world).await;
        assert_eq!(
            warnings(&world, &site.owner.account).await.len(),
            1,
            "not again when it is full"
        );
        world.advance(TimeDelta::days(31));
        look_at_quotas(&world).await;
        assert_eq!(
            warnings(&world, &site.owner.account).await.len(),
            1,
            "a month of its own begins empty"
        );
        post(5).await;
        look_at_quotas(&world).await;
        let all = warnings(&world, &site.owner.account).await;
        assert_eq!(all[1..], ["A tenant has used all its comments this month"]);
    });
}

#[test]
fn a_look_at_quotas_that_is_lost_tells_nobody_twice() {
    run(async {
        let world = World::start(posting);
        let operator = operator(&world).await;
        let owner = owner(&world).await;
        let tenant_id = owner.tenant_id.clone();
        give_plan(&world, &operator, &tenant_id, json!({ "sites": 1 })).await;
        let site = site_of(&world, owner).await;

        // A worker looks, asks for the mails, and dies before its transaction is kept.
        let lose = |app: Arc<App>| async move {
            let tx = app.db.begin().await.unwrap();
            warnings_of_quotas::look(&tx, &app, None).await.unwrap();
            drop(tx);
        };
        world.within(lose).await;
        assert_eq!(warnings(&world, &site.owner.account).await, [""; 0]);
        look_at_quotas(&world).await;
        let told = ["A tenant has used all its sites"];
        assert_eq!(warnings(&world, &site.owner.account).await, told);

        // Another one had claimed the job before, and comes back after its lease.
        let late = |app: Arc<App>| async move {
            let now = app.clock.now();
            let tx = app.db.begin().await.unwrap();
            queue::renew(&*tx, &QUOTAS, now, now).await.unwrap();
            tx.commit().await.unwrap();
            let claimed = queue::claim(&app.db, 1, now).await.unwrap().pop().unwrap();
            let tx = app.db.begin().await.unwrap();
            queue::renew(&*tx, &QUOTAS, now, now).await.unwrap();
            tx.commit().await.unwrap();
            let tx = app.db.begin().await.unwrap();
            warnings_of_quotas::look(&tx, &app, None).await.unwrap();
            assert!(queue::finish(&*tx, &claimed).await.is_err(), "it is no longer his");
        };
        world.within(late).await;
        look_at_quotas(&world).await;
        assert_eq!(warnings(&world, &site.owner.account).await, told);
    });
}

#[test]
fn a_warning_that_has_become_void_is_not_sent() {
    run(async {
        let world = World::start(posting);
        let operator = operator(&world).await;
        let owner = owner(&world).await;
        let tenant_id = owner.tenant_id.clone();
        give_plan(&world, &operator, &tenant_id, json!({ "sites": 1 })).await;
        let site = site_of(&world, owner).await;
        let ask = |app: Arc<App>| async move {
            let tx = app.db.begin().await.unwrap();
            warnings_of_quotas::look(&tx, &app, None).await.unwrap();
            tx.commit().await.unwrap();
        };
        world.within(ask).await;
        let quotas = json!({ "quotas": [{ "quota": "sites", "limit": 50 }] });
        let path = format!("/v1/operator/tenants/{tenant_id}/quotas");
        let given = world.ask(Method::PUT, &path).json(&quotas).by(&operator);
        given.send().await.expect(200);
        assert_eq!(warnings(&world, &site.owner.account).await, [""; 0]);
    });
}

// The end of an account

async fn site_of(world: &World, owner: Owner) -> Site {
    world.site_of(owner, json!({ "moderation": "none" })).await
}

#[test]
fn a_deleted_account_is_gone_and_its_answers_are_the_sites() {
    run(async {
        let world = crate::world::world();
        let site = site_of(world, world.owner().await).await;
        let gone = world.member(&site, Role::Admin, Reach::All).await;
        let posted = site.say(world, "post", "A question").await.expect(201).comment_id();
        let answer = json!({ "text": "An answer" });
        let path = site.admin(&format!("comments/{posted}/replies"));
        world.post(&path, &answer).by(&gone).send().await.expect(201);
        let key = json!({ "name": "A program", "scopes": ["read"] });
        let key = world
            .post(&site.admin("api-keys"), &key)
            .by(&gone)
            .send()
            .await
            .expect(201)
            .text("key");
        let before = site.read(world, "post").await;
        assert_eq!(before.comments()[1]["author"]["name"], "member");

        delete(world, &gone, "not the password")
            .await
            .refused_for("/password", "invalid");
        let ended = delete(world, &gone, PASSWORD).await.expect(204);
        assert!(ended.header("set-cookie").contains("Max-Age=0"), "{}", ended.all());
        me(world, &gone).await.refused(401, "unauthenticated");
        sign_in(world, &gone.email, PASSWORD)
            .await
            .refused(401, "wrong_credentials");
        let by_key = world.get(&site.admin("sites")).bearing(&key).send().await;
        by_key.refused(401, "unauthenticated");

        let after = site.read(world, "post").await;
        assert_ne!(after.header("etag"), before.header("etag"), "caches hear of it");
        assert_eq!(after.comments()[1]["author"]["name"], "A blog");
        assert_eq!(after.comments()[1]["author"]["team"], false);
        let found = site.list(world, "comments?q=member").await;
        assert_eq!(found.comments().len(), 0, "the name is not found any more");
        let members = world
            .get(&site.admin("members"))
            .by(&site.owner.account)
            .send()
            .await
            .expect(200);
        assert_eq!(members.json["members"].as_array().unwrap().len(), 1);
        let record = world
            .get(&site.admin("audit"))
            .by(&site.owner.account)
            .send()
            .await
            .expect(200);
        let left = &record.json["entries"][0];
        assert_eq!(left["change"], "member_left");
        assert!(!left.to_string().contains("\"name\":\"member\""), "{left}");
        // The address is free again.
        sign_up(world, &gone.email, PASSWORD).await.expect(202);
        sign_in(world, &gone.email, PASSWORD).await.expect(200);
    });
}

#[test]
fn who_is_needed_cannot_go() {
    run(async {
        let world = crate::world::world();
        let site = site_of(world, world.owner().await).await;
        let owner = &site.owner.account;
        let refused = delete(world, owner, PASSWORD).await.refused(409, "last_owner");
        assert!(refused.text("detail").starts_with("A tenant: "), "{}", refused.json);
        let second = world.member(&site, Role::Moderator, Reach::All).await;
        delete(world, owner, PASSWORD).await.refused(409, "last_owner");
        let path = site.admin(&format!("members/{}", second.id));
        let promote = world.ask(Method::PUT, &path).json(&json!({ "role": "owner" }));
        promote.by(owner).send().await.expect(200);
        delete(world, owner, PASSWORD).await.expect(204);
        me(world, &second).await.expect(200);

        // A tenant without sites and without others goes with its owner.
        let alone = world.owner().await;
        delete(world, &alone.account, PASSWORD).await.expect(204);
        let tenant = alone.tenant_id.parse().unwrap();
        let rest = <entity::tenant::Entity as entity::OfTenant>::of_tenant(tenant);
        assert_eq!(rest.one(world.app.db.read()).await.unwrap(), None);
    });
}

#[test]
fn the_last_operator_cannot_go() {
    run(async {
        let world = World::start(|_| {});
        let token = world
            .within(|app| async move { offer_setup(&app).await.unwrap().unwrap() })
            .await;
        let body = json!({ "token": token, "email": "olive@example.org", "name": "Olive", "password": PASSWORD });
        world.post("/v1/admin/setup", &body).send().await.expect(201);
        let olive = world.sign_in("olive@example.org").await;
        delete(&world, &olive, PASSWORD).await.refused(409, "last_operator");
    });
}

#[test]
fn two_last_owners_who_go_at_once_do_not_both() {
    run(async {
        let world = crate::world::world();
        let site = site_of(world, world.owner().await).await;
        world.member(&site, Role::Moderator, Reach::All).await;
        let second = world.member(&site, Role::Owner, Reach::All).await;
        let (one, two) = join(
            delete(world, &site.owner.account, PASSWORD),
            delete(world, &second, PASSWORD),
        )
        .await;
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 409], "{} {}", one.all(), two.all());
    });
}

// Guessing

#[test]
fn strangers_guesses_become_slow_and_do_not_keep_the_owner_out() {
    run(async {
        let world = World::start(|config| {
            config.limit_sign_in_account = "3/3600".parse().unwrap();
            config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
        });
        let from = |network: u8| format!("198.51.{network}.7");
        let attempt = |email: String, password: &'static str, network: u8| {
            let body = json!({ "email": email, "password": password });
            let ask = world.post("/v1/admin/session", &body);
            ask.header("x-forwarded-for", from(network)).send()
        };
        let email = fresh_address();
        sign_up(&world, &email, PASSWORD).await.expect(202);
        // Her network, of which nobody else knows.
        attempt(email.clone(), PASSWORD, 1).await.expect(200);

        for stranger in [&email, &fresh_address()] {
            let mut statuses = Vec::new();
            for network in 10..16 {
                statuses.push(
                    attempt(stranger.clone(), "a guess at it", network)
                        .await
                        .status
                        .as_u16(),
                );
            }
            assert!(
                statuses.starts_with(&[401]) && statuses.ends_with(&[429, 429]),
                "{statuses:?}"
            );
        }
        // Neither there nor from a network next to it, though it is the right one.
        attempt(email.clone(), PASSWORD, 20).await.refused(429, "rate_limited");
        attempt(email.clone(), PASSWORD, 1).await.expect(200);
        attempt(email.clone(), "a slip of the hand", 1)
            .await
            .refused(401, "wrong_credentials");
        attempt(email.clone(), PASSWORD, 1).await.expect(200);
    });
}

#[test]
fn whoever_resets_the_password_is_let_in_from_there() {
    run(async {
        let world = World::start(|config| {
            posting(config);
            config.limit_sign_in_account = "3/3600".parse().unwrap();
            config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
        });
        let ada = somebody(&world).await;
        for network in 0..5 {
            let body = json!({ "email": ada.email, "password": "a guess at it" });
            let ask = world.post("/v1/admin/session", &body);
            ask.header("x-forwarded-for", format!("198.51.{network}.7"))
                .send()
                .await;
        }
        let there = |path: &str, body: &Value| world.post(path, body).header("x-forwarded-for", "203.0.113.9").send();
        let credentials = json!({ "email": ada.email, "password": NEW });
        let token = reset_token(&world, &ada.email).await;
        there("/v1/admin/session", &credentials)
            .await
            .refused(429, "rate_limited");
        there(
            "/v1/admin/password-resets/finish",
            &json!({ "token": token, "password": NEW }),
        )
        .await
        .expect(204);
        there("/v1/admin/session", &credentials).await.expect(200);
    });
}

// Mail servers

/// A mail server that does as it is told.
#[derive(Clone, Default)]
pub struct Server {
    port: u16,
    /// What it says to the next recipients; to those after, 250.
    to_recipients: Arc<Mutex<VecDeque<&'static str>>>,
    /// What it says to credentials; without, it asks for none.
    to_credentials: Option<&'static str>,
    /// Mails that it took.
    taken: Arc<Mutex<Vec<String>>>,
    connections: Arc<AtomicUsize>,
    /// As if it were away.
    pub hangs_up: Arc<AtomicBool>,
}

impl Server {
    pub async fn start(to_credentials: Option<&'static str>) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Server {
            port: listener.local_addr().unwrap().port(),
            to_credentials,
            ..Server::default()
        };
        let own = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                own.connections.fetch_add(1, Ordering::Relaxed);
                if own.hangs_up.load(Ordering::Relaxed) {
                    continue;
                }
                tokio::spawn(own.clone().talk(stream));
            }
        });
        server
    }

    pub fn says(&self, answers: &[&'static str]) {
        self.to_recipients.lock().unwrap().extend(answers);
    }

    pub fn taken(&self) -> Vec<Mail> {
        self.taken
            .lock()
            .unwrap()
            .iter()
            .map(|raw| Mail::read(raw.as_bytes()))
            .collect()
    }

    pub fn world(&self) -> World {
        let url = match self.to_credentials {
            Some(_) => format!("smtp://ada:hunter2@127.0.0.1:{}", self.port),
            None => format!("smtp://127.0.0.1:{}", self.port),
        };
        World::start(move |config| {
            posting(config);
            config.smtp_url = Secret::new(url);
        })
    }

    async fn talk(self, stream: TcpStream) {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"220 sink\r\n").await.ok();
        let mut mail: Option<String> = None;
        while let Ok(Some(line)) = lines.next_line().await {
            if self.hangs_up.load(Ordering::Relaxed) {
                return;
            }
            if let Some(text) = &mut mail {
                if line != "." {
                    text.push_str(&line);
                    text.push_str("\r\n");
                    continue;
                }
                self.taken.lock().unwrap().extend(mail.take());
                write.write_all(b"250 2.0.0 taken\r\n").await.ok();
                continue;
            }
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
            let answer = match verb.as_str() {
                "EHLO" if self.to_credentials.is_some() => "250-sink\r\n250 AUTH PLAIN",
                "AUTH" => self.to_credentials.unwrap_or("503 no"),
                "RCPT" => self.to_recipients.lock().unwrap().pop_front().unwrap_or("250 2.1.5 ok"),
                "DATA" => {
                    mail = Some(String::new());
                    "354 go on"
                }
                "QUIT" => "221 bye",
                _ => "250 ok",
            };
            write.write_all(format!("{answer}\r\n").as_bytes()).await.ok();
        }
    }
}

async fn sole_job(world: &World) -> job::Model {
    let mut all = jobs(world).await;
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

#[test]
fn a_mail_that_is_put_off_is_sent_later_under_the_same_name() {
    run(async {
        let server = Server::start(None).await;
        let world = server.world();
        let email = fresh_address();
        server.says(&["451 4.7.1 <ada@example.org> greylisted", "452 4.3.1 full"]);
        sign_up(&world, &email, PASSWORD).await.expect(202);
        deliver(&world).await;
        let job = sole_job(&world).await;
        assert_eq!((job.attempts, job.failed_at), (1, None));
        assert_eq!(job.last_error.as_deref(), Some("the mail server answered 451 4.7.1"));
        world.advance(TimeDelta::seconds(10));
        deliver(&world).await;
        world.advance(TimeDelta::seconds(20));
        deliver(&world).await;
        assert_eq!(jobs(&world).await, []);
        let taken = server.taken();
        assert_eq!(taken.len(), 1);
        assert!(
            taken[0].head.contains(&format!("Message-ID: <{}@example.org>", job.id)),
            "{}",
            taken[0].head
        );
        assert!(taken[0].head.contains("Auto-Submitted: auto-generated"));
        verify(&world, &taken[0].token(&world, "verify"), PASSWORD)
            .await
            .expect(201);
    });
}

#[test]
fn a_mail_that_is_refused_is_given_up_at_once_and_on_record() {
    run(async {
        let server = Server::start(None).await;
        let world = server.world();
        server.says(&["550 5.1.1 <ada@example.org>: no such person here"]);
        sign_up(&world, &fresh_address(), PASSWORD).await.expect(202);
        deliver(&world).await;
        let job = sole_job(&world).await;
        assert_eq!(job.attempts, 1);
        assert!(job.failed_at.is_some());
        assert_eq!(job.last_error.as_deref(), Some("the mail server answered 550 5.1.1"));
        world.advance(TimeDelta::days(1));
        deliver(&world).await;
        assert_eq!(sole_job(&world).await.attempts, 1, "it is not tried again");
        let state = world.get("/readyz").send().await.expect(200);
        assert_eq!(
            (&state.json["mail"], &state.json["failed_jobs"]),
            (&json!("ok"), &json!(1))
        );
    });
}

#[test]
fn credentials_that_are_not_taken_are_no_fault_of_the_mail() {
    run(async {
        let server = Server::start(Some("535 5.7.8 hunter2 is wrong")).await;
        let world = server.world();
        sign_up(&world, &fresh_address(), PASSWORD).await.expect(202);
        deliver(&world).await;
        let job = sole_job(&world).await;
        assert_eq!(job.failed_at, None);
        let why = "the mail server does not take our credentials: 535 5.7.8";
        assert_eq!(job.last_error.as_deref(), Some(why));
        let state = world.get("/readyz").send().await.expect(200);
        assert_eq!(state.json["mail"], format!("queued: {why}"));
    });
}

#[test]
fn a_mail_server_that_is_away_is_left_alone_for_a_while() {
    run(async {
        let server = Server::start(None).await;
        server.hangs_up.store(true, Ordering::Relaxed);
        let world = server.world();
        let addresses = [fresh_address(), fresh_address(), fresh_address()];
        for email in &addresses {
            sign_up(&world, email, PASSWORD).await.expect(202);
        }
        deliver(&world).await;
        let mut errors: Vec<String> = jobs(&world)
            .await
            .into_iter()
            .filter_map(|job| job.last_error)
            .collect();
        errors.sort();
        assert_eq!(errors.len(), 3);
        assert!(errors[0].starts_with("the mail server cannot be reached"), "{errors:?}");
        assert_eq!(errors[1..], ["the mail server was away a moment ago"; 2]);
        assert_eq!(server.connections.load(Ordering::Relaxed), 1, "for all three");
        let state = world.get("/readyz").send().await.expect(200);
        assert_eq!(state.json["ready"], true);
        assert!(
            state.json["mail"].as_str().unwrap().starts_with("queued: "),
            "{}",
            state.json
        );

        server.hangs_up.store(false, Ordering::Relaxed);
        world.advance(TimeDelta::seconds(31));
        deliver(&world).await;
        assert_eq!(jobs(&world).await, []);
        assert_eq!(server.taken().len(), 3);
        let state = world.get("/readyz").send().await.expect(200);
        assert_eq!(state.json["mail"], "ok");
    });
}

#[test]
fn nothing_of_a_mail_stays_in_the_database_but_what_is_hashed() {
    run(async {
        let world = World::start(posting);
        let owner = owner(&world).await;
        let (new, guest) = (fresh_address(), fresh_address());
        sign_up(&world, &new, PASSWORD).await.expect(202);
        let mut tokens = vec![mail(&world, &new).await.token(&world, "verify")];
        tokens.push(reset_token(&world, &owner.account.email).await);
        invite(&world, &owner, &guest).await.expect(201);
        tokens.push(mail(&world, &guest).await.token(&world, "join"));
        ask_for_change(&world, &owner.account, &fresh_address(), PASSWORD)
            .await
            .expect(202);
        tokens.push(mail(&world, &owner.account.email).await.token(&world, "change-address"));

        let db = world.app.db.read();
        let mut kept = format!("{:?}", sign_up::Entity::find().all(db).await.unwrap());
        kept += &format!("{:?}", password_reset::Entity::find().all(db).await.unwrap());
        kept += &format!("{:?}", entity::invitation::Entity::find().all(db).await.unwrap());
        kept += &format!("{:?}", entity::email_change::Entity::find().all(db).await.unwrap());
        kept += &format!("{:?}", audit_entry::Entity::find().all(db).await.unwrap());
        kept += &format!("{:?}", api_key::Entity::find().all(db).await.unwrap());
        for token in tokens {
            assert_eq!(token.len(), 43, "256 bits");
            assert!(!kept.contains(&token), "{kept}");
        }
    });
}
