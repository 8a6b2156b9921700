//! Every error code is earned by a request, and has its words in both clients.

use chrono::TimeDelta;
use entity::membership::Role;
use http::Method;
use parlour::config::SignUp;
use parlour::error::{ErrorCode, FieldCode};
use parlour::tenants::Reach;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::world::{Account, Answer, Ask, ORIGIN, PASSWORD, Site, World, run, world};

/// The request that a code answers. A new code does not compile before it has one.
async fn earn(code: ErrorCode) -> Answer {
    let world = world();
    let site = world.site(json!({ "moderation": "none" })).await;
    let comments = site.path("comments");
    let thread = site.path("thread?id=first-post");
    match code {
        ErrorCode::MalformedRequest => {
            world
                .ask(Method::POST, &comments)
                .from(ORIGIN)
                .header("content-type", "application/json")
                .raw("{")
                .send()
                .await
        }
        ErrorCode::InvalidParameter => world.get(&format!("{thread}&limit=0")).send().await,
        ErrorCode::Unauthenticated => world.get("/v1/admin/me").send().await,
        ErrorCode::WrongCredentials => {
            let guess = json!({ "email": site.owner.account.email, "password": "not the password" });
            world.post("/v1/admin/session", &guess).send().await
        }
        ErrorCode::SessionEnded => world.ask(Method::POST, "/v1/admin/session/renew").send().await,
        ErrorCode::WrongFactor => {
            let guess = json!({ "password": PASSWORD, "code": "000000" });
            let confirming = world.post("/v1/admin/me/confirmation", &guess);
            confirming.by(&site.owner.account).send().await
        }
        ErrorCode::SignInOver => {
            let guess = json!({ "token": "a guess", "code": "000000" });
            world.post("/v1/admin/session/finish", &guess).send().await
        }
        ErrorCode::ConfirmationNeeded => {
            let later = World::start(|config| config.access_minutes = 60);
            let account = later.somebody("ada").await;
            later.advance(TimeDelta::minutes(10));
            let changing = later.ask(Method::POST, "/v1/admin/me/totp/setup");
            changing.by(&account).send().await
        }
        ErrorCode::FactorNeeded => {
            let strict = World::start(|config| config.operators_need_factor = true);
            let operator = strict.operator().await;
            strict.get("/v1/operator/tenants").by(&operator).send().await
        }
        ErrorCode::PasskeysUnavailable => {
            let by_address = world.ask(Method::POST, "/v1/admin/session/passkey/challenge");
            by_address.send().await
        }
        ErrorCode::NotPermitted => {
            let moderator = world.member(&site, Role::Moderator, Reach::All).await;
            let tenant = format!("/v1/admin/tenants/{}", site.owner.tenant_id);
            world
                .ask(Method::PATCH, &tenant)
                .json(&json!({ "name": "Mine" }))
                .by(&moderator)
                .send()
                .await
        }
        ErrorCode::OriginNotAllowed => world.get(&thread).from("https://evil.example").send().await,
        ErrorCode::SignUpClosed => {
            let closed = World::start(|config| config.sign_up = SignUp::Closed);
            let newcomer = json!({ "email": "eve@example.org", "name": "Eve", "password": PASSWORD });
            closed.post("/v1/admin/accounts", &newcomer).send().await
        }
        ErrorCode::LastOwner => {
            let path = site.admin(&format!("members/{}", site.owner.account.id));
            let leaving = world.ask(Method::DELETE, &path).by(&site.owner.account);
            leaving.send().await
        }
        ErrorCode::TenantDeleted => {
            let tenant = format!("/v1/admin/tenants/{}", site.owner.tenant_id);
            let by_owner = |ask: Ask| ask.by(&site.owner.account);
            by_owner(world.ask(Method::DELETE, &tenant)).send().await.expect(200);
            by_owner(world.ask(Method::PATCH, &tenant).json(&json!({ "name": "Still here" })))
                .send()
                .await
        }
        ErrorCode::TenantSuspended => {
            let operator = world.operator().await;
            suspend(world, &operator, &format!("tenants/{}", site.owner.tenant_id)).await;
            let rename = world.ask(Method::PATCH, &format!("/v1/admin/tenants/{}", site.owner.tenant_id));
            let rename = rename.json(&json!({ "name": "Mine" }));
            rename.by(&site.owner.account).send().await
        }
        ErrorCode::SiteSuspended => {
            let operator = world.operator().await;
            suspend(world, &operator, &format!("sites/{}", site.id)).await;
            world.get(&thread).from(ORIGIN).send().await
        }
        ErrorCode::AccountSuspended => {
            let operator = world.operator().await;
            let path = format!("/v1/operator/accounts/{}/suspension", site.owner.account.id);
            let body = json!({ "reason": "For a test" });
            let suspending = world.ask(Method::PUT, &path).json(&body).by(&operator);
            suspending.send().await.expect(200);
            let credentials = json!({ "email": site.owner.account.email, "password": PASSWORD });
            world.post("/v1/admin/session", &credentials).send().await
        }
        ErrorCode::QuotaExceeded => {
            let operator = world.operator().await;
            let plan = world.post("/v1/operator/plans", &json!({ "name": "Tiny", "sites": 1 }));
            let plan = plan.by(&operator).send().await.expect(201);
            let path = format!("/v1/operator/tenants/{}/plan", site.owner.tenant_id);
            let giving = world
                .ask(Method::PUT, &path)
                .json(&json!({ "plan_id": plan.text("id") }));
            giving.by(&operator).send().await.expect(200);
            let another = json!({ "name": "Another", "origins": [ORIGIN] });
            let creation = world.post(&site.admin("sites"), &another);
            creation.by(&site.owner.account).send().await
        }
        ErrorCode::LastOperator => {
            let lonely = World::start(|_| {});
            let operator = lonely.operator().await;
            let path = format!("/v1/operator/accounts/{}/operator", operator.id);
            let leaving = lonely.ask(Method::PUT, &path).json(&json!({ "operator": false }));
            leaving.by(&operator).send().await
        }
        ErrorCode::SetupClosed => {
            let guess = json!({ "token": "a guess", "email": "eve@example.org", "name": "Eve", "password": PASSWORD });
            world.post("/v1/admin/setup", &guess).send().await
        }
        ErrorCode::LinkVoid => {
            let link = format!("/isso/{}/id/1/delete/guessed", site.key);
            world.ask(Method::POST, &link).send().await
        }
        ErrorCode::NoMail => {
            let forgetful = json!({ "email": "ada@example.org" });
            world.post("/v1/admin/password-resets", &forgetful).send().await
        }
        ErrorCode::ThreadClosed => {
            change_thread(world, &site, &json!({ "closed": true })).await;
            site.say(world, "first-post", "Another last word").await
        }
        ErrorCode::NotAuthor => {
            let posted = site.say(world, "first-post", "Mine").await.expect(201);
            let path = site.path(&format!("comments/{}", posted.comment_id()));
            let change = json!({ "text": "Not mine" });
            world.ask(Method::PATCH, &path).json(&change).from(ORIGIN).send().await
        }
        ErrorCode::EditWindowOver => {
            let site = world.site(json!({ "moderation": "none", "edit_minutes": 0 })).await;
            let posted = site.say(world, "first-post", "For ever").await.expect(201);
            let path = site.path(&format!("comments/{}", posted.comment_id()));
            world
                .ask(Method::DELETE, &path)
                .header("parlour-tokens", posted.text("token"))
                .from(ORIGIN)
                .send()
                .await
        }
        ErrorCode::ThreadLocked => {
            change_thread(world, &site, &json!({ "locked": true })).await;
            site.say(world, "first-post", "Another last word").await
        }
        ErrorCode::SiteReadOnly => {
            let site = world.site(json!({ "read_only": true })).await;
            site.say(world, "first-post", "A first word").await
        }
        ErrorCode::OwnComment => {
            let posted = site.say(world, "first-post", "Well said, me").await.expect(201);
            let path = site.path(&format!("comments/{}/vote", posted.comment_id()));
            world
                .ask(Method::PUT, &path)
                .json(&json!({ "value": 1 }))
                .header("parlour-tokens", posted.text("token"))
                .from(ORIGIN)
                .send()
                .await
        }
        ErrorCode::VotesClosed => {
            let site = world.site(json!({ "moderation": "none", "votes": "likes" })).await;
            let posted = site.say(world, "first-post", "Like it or not").await.expect(201);
            let path = site.path(&format!("comments/{}/vote", posted.comment_id()));
            world
                .ask(Method::PUT, &path)
                .json(&json!({ "value": -1 }))
                .from(ORIGIN)
                .send()
                .await
        }
        ErrorCode::RestoreOver => {
            let posted = site.say(world, "first-post", "Taken back").await.expect(201);
            let path = site.path(&format!("comments/{}", posted.comment_id()));
            let as_author = |ask: Ask| ask.header("parlour-tokens", posted.text("token")).from(ORIGIN);
            as_author(world.ask(Method::DELETE, &path)).send().await.expect(200);
            // A moderator's deletion is nothing that its author could undo.
            site.decide(world, &[&posted.comment_id()], "publish").await.expect(200);
            site.decide(world, &[&posted.comment_id()], "delete").await.expect(200);
            as_author(world.ask(Method::POST, &format!("{path}/restore")))
                .send()
                .await
        }
        ErrorCode::NotFound => world.get("/v1/sites/nobody/thread?id=x").send().await,
        ErrorCode::MethodNotAllowed => world.ask(Method::DELETE, "/healthz").send().await,
        ErrorCode::StateChanged => {
            let posted = site
                .say(world, "first-post", "Hold this")
                .await
                .expect(201)
                .comment_id();
            site.decide(world, &[&posted], "hold").await.expect(200);
            let answer = json!({ "text": "Answered too late" });
            world
                .post(&site.admin(&format!("comments/{posted}/replies")), &answer)
                .by(&site.owner.account)
                .send()
                .await
        }
        ErrorCode::AlreadyExists => {
            let origins = site.admin(&format!("sites/{}/origins", site.id));
            world
                .post(&origins, &json!({ "origin": ORIGIN }))
                .by(&site.owner.account)
                .send()
                .await
        }
        ErrorCode::IdempotencyConflict => {
            let say = async |text: &str| {
                let draft = json!({ "thread": { "id": "first-post" }, "text": text });
                world
                    .post(&comments, &draft)
                    .from(ORIGIN)
                    .header("idempotency-key", "one-key-for-two")
                    .send()
                    .await
            };
            say("This").await.expect(201);
            say("And that").await
        }
        ErrorCode::PayloadTooLarge => site.say(world, "first-post", &"x".repeat(1_000_000)).await,
        ErrorCode::UriTooLong => world.get(&format!("{thread}{}", "x".repeat(9_000))).send().await,
        ErrorCode::UnsupportedMediaType => {
            world
                .ask(Method::POST, &comments)
                .from(ORIGIN)
                .raw("text=x")
                .send()
                .await
        }
        ErrorCode::InvalidInput => site.say(world, "first-post", "").await,
        ErrorCode::RateLimited => {
            let strict = World::start(|config| config.limit_post = "1/3600".parse().unwrap());
            let site = strict.site(json!({ "moderation": "none" })).await;
            site.say(&strict, "first-post", "Once").await.expect(201);
            site.say(&strict, "first-post", "Twice").await
        }
        ErrorCode::HeadersTooLarge => world.get(&thread).header("x-large", "x".repeat(25_000)).send().await,
        ErrorCode::Internal => {
            let broken = World::start(|_| {});
            let site = broken.site(json!({})).await;
            let drop = "DROP TABLE thread_alias";
            broken
                .within(move |app| async move { app.db.read().execute_unprepared(drop).await.unwrap() })
                .await;
            broken.get(&site.path("thread?id=first-post")).send().await
        }
        ErrorCode::Unavailable => {
            let lonely = World::start(|_| {});
            let site = lonely.site(json!({})).await;
            lonely.within(|app| async move { app.db.clone().close().await }).await;
            lonely.get(&site.path("thread?id=first-post")).send().await
        }
    }
}

/// Lets readers see nothing of a tenant or a site.
async fn suspend(world: &World, operator: &Account, what: &str) {
    let path = format!("/v1/operator/{what}/suspension");
    let body = json!({ "shows": "nothing", "reason": "For a test" });
    let suspending = world.ask(Method::PUT, &path).json(&body).by(operator);
    suspending.send().await.expect(200);
}

/// Opens a conversation and changes it.
async fn change_thread(world: &World, site: &Site, change: &Value) {
    let posted = site.say(world, "first-post", "A last word").await.expect(201);
    site.change_thread(world, &posted.thread_id(), change).await.expect(200);
}

#[test]
fn each_error_code_is_earned_by_a_request() {
    run(async {
        for code in ErrorCode::ALL {
            let answer = earn(*code).await.refused(code.status(), code.name());
            assert_eq!(answer.json["title"], code.title());
            assert_eq!(answer.header("x-request-id"), answer.text("request_id"));
            let for_later = matches!(code, ErrorCode::RateLimited | ErrorCode::Unavailable);
            assert_eq!(answer.headers.contains_key("retry-after"), for_later, "{}", code.name());
            assert_eq!(
                answer.json["errors"].is_array(),
                *code == ErrorCode::InvalidInput,
                "{}",
                code.name()
            );
        }
    });
}

#[test]
fn what_went_wrong_inside_stays_inside() {
    run(async {
        for code in [ErrorCode::Internal, ErrorCode::Unavailable] {
            let answer = earn(code).await;
            assert_eq!(answer.json.get("detail"), None);
            let all = answer.all().to_lowercase();
            for word in ["thread_alias", "table", "sql", "pool", "panick", "postgres"] {
                assert!(!all.contains(word), "{word} in {all}");
            }
        }
    });
}

#[test]
fn both_clients_have_words_for_each_code() {
    let read = |file: &str| {
        let path = format!("{}/../{file}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"))
    };
    // The embed's compiler demands a text in each of its languages for each code that its list of them knows.
    let known = read("embed/src/wire.ts");
    for code in codes() {
        assert!(
            known.contains(&format!("  | '{code}'")),
            "embed/src/wire.ts does not know {code}"
        );
    }
    for file in ["admin-ui/src/locales/en.ts", "admin-ui/src/locales/de.ts"] {
        let words = read(file);
        let keys: Vec<&str> = words
            .lines()
            .filter_map(|line| line.trim().split_once(':'))
            .map(|(key, _)| key)
            .collect();
        let missing: Vec<&str> = codes().filter(|code| !keys.contains(code)).collect();
        assert_eq!(missing, [""; 0], "{file} says nothing for these");
    }
}

fn codes() -> impl Iterator<Item = &'static str> {
    let errors = ErrorCode::ALL.iter().map(|code| code.name());
    errors.chain(FieldCode::ALL.iter().map(|code| code.name()))
}

#[test]
fn the_page_about_errors_explains_each_code() {
    run(async {
        let page = world().get("/docs/errors").send().await.expect(200);
        let html = String::from_utf8_lossy(&page.body).into_owned();
        for code in ErrorCode::ALL {
            assert!(html.contains(&format!("id=\"{}\"", code.name())), "{}", code.name());
            assert!(html.contains(code.title()), "{}", code.name());
        }
    });
}
