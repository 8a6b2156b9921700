//! Second factors and passkeys: signing in with them, looking after them, and everything that must not work.

use std::sync::OnceLock;

use chrono::TimeDelta;
use entity::{authenticator, recovery_code, session};
use futures_util::future::join_all;
use http::Method;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use totp_rs::{Builder, Secret};

use crate::device::{Device, Fault};
use crate::world::{self, Account, Answer, PASSWORD, World, run};

const ORIGIN: &str = "http://localhost:8080";

/// A server with a domain, which passkeys need. Its access tokens outlive what tests do to its clock.
fn configured(config: &mut parlour::config::Config) {
    ORIGIN.clone_into(&mut config.public_url);
    config.public_url_given = true;
    config.access_minutes = 600;
}

fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| World::start(configured))
}

async fn call(world: &World, account: &Account, method: Method, path: &str, body: Option<Value>) -> Answer {
    let ask = world.ask(method, &format!("/v1/admin/{path}")).by(account);
    match body {
        Some(body) => ask.json(&body).send().await,
        None => ask.send().await,
    }
}

async fn post(world: &World, account: &Account, path: &str, body: Value) -> Answer {
    call(world, account, Method::POST, path, Some(body)).await
}

async fn ask(world: &World, account: &Account, path: &str) -> Answer {
    call(world, account, Method::POST, path, None).await
}

async fn factors(world: &World, account: &Account) -> Value {
    let answer = call(world, account, Method::GET, "me/factors", None).await;
    answer.expect(200).json
}

/// What an app shows, `steps` half minutes from now.
fn code(world: &World, secret: &str, steps: i64) -> String {
    let at = world.app.clock.now().timestamp() + 30 * steps;
    let secret = Secret::try_from_base32(secret).unwrap();
    let app = Builder::new().with_secret(secret).build_noncompliant();
    app.generate(at.try_into().unwrap()).to_string()
}

/// Somebody new with an authenticator app: its secret, and his recovery codes. The code of this moment is used.
async fn with_app(world: &World, name: &str) -> (Account, String, Vec<String>) {
    let account = world.somebody(name).await;
    let (secret, codes) = set_up_app(world, &account).await;
    (account, secret, codes)
}

async fn set_up_app(world: &World, account: &Account) -> (String, Vec<String>) {
    let setup = ask(world, account, "me/totp/setup").await.expect(200);
    let secret = setup.text("secret");
    let body = json!({ "setup": setup.text("setup"), "code": code(world, &secret, 0) });
    let enabled = call(world, account, Method::PUT, "me/totp", Some(body)).await;
    (secret, strings(&enabled.expect(200).json["recovery_codes"]))
}

fn strings(list: &Value) -> Vec<String> {
    let list = list.as_array().unwrap().iter();
    list.map(|one| one.as_str().unwrap().to_owned()).collect()
}

async fn enter(world: &World, email: &str) -> Answer {
    let body = json!({ "email": email, "password": PASSWORD });
    world.post("/v1/admin/session", &body).send().await
}

/// The token of a sign-in that has got as far as the second factor.
async fn step(world: &World, account: &Account) -> String {
    enter(world, &account.email).await.expect(202).text("token")
}

async fn finish(world: &World, token: &str, name: &str, shown: impl Into<Value>) -> Answer {
    let body = json!({ "token": token, name: shown.into() });
    world.post("/v1/admin/session/finish", &body).send().await
}

/// Whom a sign-in let in.
fn let_in(answer: Answer, account: &Account) -> Account {
    let answer = answer.expect(200);
    assert_eq!(answer.json["account"]["id"], account.id.as_str());
    Account {
        id: account.id.clone(),
        email: account.email.clone(),
        token: answer.text("access_token"),
        cookie: answer.cookie(),
    }
}

async fn add_passkey(world: &World, account: &Account, device: &mut Device, name: &str) -> Answer {
    let asked = ask(world, account, "me/passkeys/challenge").await.expect(200);
    let body = json!({
        "name": name,
        "token": asked.text("token"),
        "credential": device.make(&asked.json["options"]),
    });
    post(world, account, "me/passkeys", body).await
}

async fn with_passkey(world: &World, name: &str) -> (Account, Device, Vec<String>) {
    let account = world.somebody(name).await;
    let mut device = Device::new(ORIGIN);
    let added = add_passkey(world, &account, &mut device, "A phone").await.expect(201);
    let codes = strings(&added.json["recovery_codes"]);
    (account, device, codes)
}

/// An answer to a question, as it is sent.
fn answer_to(asked: &Value, device: &mut Device) -> Value {
    json!({ "token": asked["token"], "credential": device.answer(&asked["options"]) })
}

async fn question(world: &World) -> Value {
    let asked = world
        .ask(Method::POST, "/v1/admin/session/passkey/challenge")
        .send()
        .await;
    asked.expect(200).json
}

async fn sign_in_by(world: &World, answer: &Value) -> Answer {
    world.post("/v1/admin/session/passkey", answer).send().await
}

async fn confirm(world: &World, account: &Account, proof: Value) -> Answer {
    post(world, account, "me/confirmation", proof).await
}

async fn opened_with(world: &World, account: &Account) -> Vec<String> {
    let sessions = call(world, account, Method::GET, "sessions", None).await.expect(200);
    let sessions = sessions.json["sessions"].as_array().unwrap().iter();
    sessions
        .map(|one| one["opened_with"].as_str().unwrap().to_owned())
        .collect()
}

// An authenticator app

#[test]
fn after_the_password_the_authenticator_app_is_asked() {
    run(async {
        let world = world();
        let ada = world.somebody("ada").await;
        let elsewhere = world.sign_in(&ada.email).await;
        let setup = ask(world, &ada, "me/totp/setup").await.expect(200);
        let (secret, uri) = (setup.text("secret"), setup.text("uri"));
        assert!(uri.starts_with("otpauth://totp/") && uri.contains(&secret), "{uri}");
        assert!(setup.text("qr").contains("<svg") && !setup.text("qr").contains("style="));
        let enable = async |code: &str| {
            let body = json!({ "setup": setup.text("setup"), "code": code });
            call(world, &ada, Method::PUT, "me/totp", Some(body)).await
        };
        enable(&code(world, &secret, 3)).await.refused_for("/code", "invalid");
        enter(world, &ada.email).await.expect(200);
        assert_eq!(factors(world, &ada).await.get("totp"), None, "not before a right code");

        let enabled = enable(&code(world, &secret, 0)).await.expect(200);
        assert_eq!(strings(&enabled.json["recovery_codes"]).len(), 10);
        enable(&code(world, &secret, 1)).await.refused(409, "already_exists");
        ask(world, &ada, "me/totp/setup").await.refused(409, "already_exists");
        let others = call(world, &elsewhere, Method::GET, "me", None).await;
        others.refused(401, "unauthenticated");

        let half = enter(world, &ada.email).await.expect(202);
        assert_eq!(half.json["kinds"], json!(["totp", "recovery"]));
        assert_eq!(half.json["expires_in"], 300);
        assert!(half.cookie().is_empty() && half.json.get("access_token").is_none());
        let token = half.text("token");
        for wrong in ["000000", "", "12345", "passwort"] {
            finish(world, &token, "code", wrong).await.refused(403, "wrong_factor");
        }
        let inside = let_in(finish(world, &token, "code", code(world, &secret, 1)).await, &ada);
        assert!(inside.cookie.contains("parlour_refresh="));
        assert_eq!(opened_with(world, &inside).await, ["password_and_totp", "password"]);
    });
}

#[test]
fn a_code_is_good_once() {
    run(async {
        let world = world();
        let (ada, secret, _) = with_app(world, "ada").await;
        let used_already = code(world, &secret, 0);
        let token = step(world, &ada).await;
        finish(world, &token, "code", used_already.clone())
            .await
            .refused(403, "wrong_factor");

        // At once, each in a sign-in of its own.
        let tokens = [
            step(world, &ada).await,
            step(world, &ada).await,
            step(world, &ada).await,
        ];
        let next = code(world, &secret, 1);
        let answers = join_all(tokens.iter().map(|token| finish(world, token, "code", next.clone()))).await;
        let let_in = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(let_in, 1);
        for answer in answers.into_iter().filter(|answer| answer.status != 200) {
            answer.refused(403, "wrong_factor");
        }
        finish(world, &token, "code", next).await.refused(403, "wrong_factor");
        // One that came before a used one is void with it.
        finish(world, &token, "code", used_already)
            .await
            .refused(403, "wrong_factor");
    });
}

#[test]
fn a_code_of_another_account_is_none() {
    run(async {
        let world = world();
        let ((ada, ..), (_, of_eve, codes_of_eve)) = (with_app(world, "ada").await, with_app(world, "eve").await);
        let token = step(world, &ada).await;
        finish(world, &token, "code", code(world, &of_eve, 1))
            .await
            .refused(403, "wrong_factor");
        finish(world, &token, "recovery_code", codes_of_eve[0].clone())
            .await
            .refused(403, "wrong_factor");
    });
}

#[test]
fn a_sign_in_is_tried_five_times() {
    run(async {
        let world = world();
        let (ada, secret, codes) = with_app(world, "ada").await;
        let token = step(world, &ada).await;
        let tries = join_all((0..8).map(|_| finish(world, &token, "code", "000000"))).await;
        let tried = tries
            .iter()
            .filter(|answer| answer.json["code"] == "wrong_factor")
            .count();
        assert_eq!(tried, 5, "also at once");
        finish(world, &token, "code", code(world, &secret, 1))
            .await
            .refused(403, "sign_in_over");
        finish(world, &token, "recovery_code", codes[0].clone())
            .await
            .refused(403, "sign_in_over");
        let token = step(world, &ada).await;
        finish(world, &token, "code", code(world, &secret, 1)).await.expect(200);
    });
}

#[test]
fn half_a_sign_in_is_good_for_five_minutes_for_one_account_and_once() {
    run(async {
        let world = World::start(configured);
        let (ada, secret, _) = with_app(&world, "ada").await;
        let token = step(&world, &ada).await;
        world.advance(TimeDelta::minutes(5));
        finish(&world, &token, "code", code(&world, &secret, 0))
            .await
            .refused(403, "sign_in_over");
        let token = step(&world, &ada).await;
        finish(&world, &token, "code", code(&world, &secret, 0))
            .await
            .expect(200);
        finish(&world, &token, "code", code(&world, &secret, 1))
            .await
            .refused(403, "sign_in_over");
        for no_token in ["", "x", &ada.token] {
            finish(&world, no_token, "code", code(&world, &secret, 1))
                .await
                .refused(403, "sign_in_over");
        }
        // A person's own codes do not help with what another one began.
        let (bob, ..) = with_app(&world, "bob").await;
        let of_bob = step(&world, &bob).await;
        finish(&world, &of_bob, "code", code(&world, &secret, 1))
            .await
            .refused(403, "wrong_factor");
    });
}

#[test]
fn many_half_sign_ins_make_room_for_each_other() {
    run(async {
        let world = world();
        let (ada, _, codes) = with_app(world, "ada").await;
        let mut tokens = Vec::new();
        for _ in 0..11 {
            tokens.push(step(world, &ada).await);
        }
        finish(world, &tokens[0], "recovery_code", codes[0].clone())
            .await
            .refused(403, "sign_in_over");
        finish(world, &tokens[1], "recovery_code", codes[0].clone())
            .await
            .expect(200);
    });
}

#[test]
fn another_password_voids_what_began_with_the_one_before_and_no_factor() {
    run(async {
        let world = world();
        let (ada, secret, _) = with_app(world, "ada").await;
        let token = step(world, &ada).await;
        let new = "a better phrase of hers";
        let change = json!({ "current_password": PASSWORD, "password": new });
        let changed = call(world, &ada, Method::PUT, "me/password", Some(change)).await;
        changed.expect(204);
        finish(world, &token, "code", code(world, &secret, 1))
            .await
            .refused(403, "sign_in_over");
        let body = json!({ "email": ada.email, "password": new });
        let half = world.post("/v1/admin/session", &body).send().await.expect(202);
        finish(world, &half.text("token"), "code", code(world, &secret, 1))
            .await
            .expect(200);
    });
}

#[test]
fn codes_are_guessed_slowly_from_wherever_and_other_factors_stay_open() {
    run(async {
        let world = World::start(|config| {
            configured(config);
            config.limit_code = "4/3600".parse().unwrap();
            config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
        });
        let (ada, secret, codes) = with_app(&world, "ada").await;
        let from = async |network: u8, token: &str, name: &str, shown: &str| {
            let body = json!({ "token": token, name: shown });
            let ask = world.post("/v1/admin/session/finish", &body);
            ask.header("x-forwarded-for", format!("10.1.{network}.7")).send().await
        };
        let token = step(&world, &ada).await;
        for network in 0..4 {
            from(network, &token, "code", "000000")
                .await
                .refused(403, "wrong_factor");
        }
        let token = step(&world, &ada).await;
        from(9, &token, "code", &code(&world, &secret, 1))
            .await
            .refused(429, "rate_limited");
        // Nor where somebody is signed in.
        confirm(
            &world,
            &ada,
            json!({ "password": PASSWORD, "code": code(&world, &secret, 1) }),
        )
        .await
        .refused(429, "rate_limited");
        from(9, &token, "recovery_code", &codes[0]).await.expect(200);
    });
}

#[test]
fn a_setting_up_is_for_its_account_and_a_quarter_of_an_hour() {
    run(async {
        let world = World::start(|config| {
            configured(config);
            config.confirm_minutes = 60;
        });
        let (ada, eve) = (world.somebody("ada").await, world.somebody("eve").await);
        let setup = ask(&world, &ada, "me/totp/setup").await.expect(200);
        let enable = async |account: &Account, token: &str| {
            let body = json!({ "setup": token, "code": code(&world, &setup.text("secret"), 0) });
            call(&world, account, Method::PUT, "me/totp", Some(body)).await
        };
        let token = setup.text("setup");
        enable(&eve, &token).await.refused_for("/setup", "invalid");
        for forged in ["", "x", &token[1..], &token.to_uppercase()] {
            enable(&ada, forged).await.refused_for("/setup", "invalid");
        }
        world.advance(TimeDelta::minutes(15));
        enable(&ada, &token).await.refused_for("/setup", "invalid");
    });
}

#[test]
fn what_is_stored_of_secrets_does_not_tell_them() {
    run(async {
        let world = World::start(configured);
        let (_, secret, codes) = with_app(&world, "ada").await;
        let bytes = Secret::try_from_base32(&secret).unwrap().as_bytes().to_vec();
        #[expect(clippy::disallowed_methods, reason = "the whole table is looked through")]
        let (apps, hashes) = world
            .within(|app| async move {
                let apps = authenticator::Entity::find().all(app.db.read()).await.unwrap();
                (apps, recovery_code::Entity::find().all(app.db.read()).await.unwrap())
            })
            .await;
        assert_eq!((apps.len(), hashes.len()), (1, 10));
        let holds = |stored: &[u8], secret: &[u8]| stored.windows(secret.len()).any(|part| part == secret);
        assert!(!holds(&apps[0].secret, &bytes) && !holds(&apps[0].secret, secret.as_bytes()));
        for code in codes {
            let plain = code.replace('-', "");
            assert!(
                hashes
                    .iter()
                    .all(|row| !row.code_hash.contains(&plain) && row.code_hash.len() == 32)
            );
        }
    });
}

// Recovery codes

#[test]
fn a_recovery_code_is_good_once_however_it_is_typed() {
    run(async {
        let world = world();
        let (ada, _, codes) = with_app(world, "ada").await;
        let typed = format!(" {} ", codes[0].to_uppercase().replace('-', " "));
        let inside = let_in(
            finish(world, &step(world, &ada).await, "recovery_code", typed).await,
            &ada,
        );
        assert_eq!(factors(world, &inside).await["recovery_codes"], 9);
        assert_eq!(opened_with(world, &inside).await[0], "password_and_recovery_code");
        let token = step(world, &ada).await;
        for void in [&codes[0], "", "----", "abcd-efgh-2345"] {
            finish(world, &token, "recovery_code", void)
                .await
                .refused(403, "wrong_factor");
        }
        // Of several at once, too.
        let tokens = [
            step(world, &ada).await,
            step(world, &ada).await,
            step(world, &ada).await,
        ];
        let at_once = tokens
            .iter()
            .map(|token| finish(world, token, "recovery_code", codes[1].clone()));
        let let_in = join_all(at_once).await.iter().filter(|one| one.status == 200).count();
        assert_eq!(let_in, 1);
    });
}

#[test]
fn new_recovery_codes_void_those_before() {
    run(async {
        let world = world();
        let (ada, _, before) = with_app(world, "ada").await;
        let after = ask(world, &ada, "me/recovery-codes").await.expect(200);
        let after = strings(&after.json["recovery_codes"]);
        assert!(after.len() == 10 && after.iter().all(|code| !before.contains(code)));
        let token = step(world, &ada).await;
        finish(world, &token, "recovery_code", before[3].clone())
            .await
            .refused(403, "wrong_factor");
        finish(world, &token, "recovery_code", after[3].clone())
            .await
            .expect(200);

        let bob = world.somebody("bob").await;
        ask(world, &bob, "me/recovery-codes")
            .await
            .refused(409, "state_changed");
    });
}

#[test]
fn with_the_last_factor_its_recovery_codes_go() {
    run(async {
        let world = world();
        let (ada, ..) = with_app(world, "ada").await;
        let mut device = Device::new(ORIGIN);
        let added = add_passkey(world, &ada, &mut device, "A phone").await.expect(201);
        assert_eq!(added.json["recovery_codes"], json!([]), "those of the first one stay");
        call(world, &ada, Method::DELETE, "me/totp", None).await.expect(204);
        call(world, &ada, Method::DELETE, "me/totp", None)
            .await
            .refused(404, "not_found");
        assert_eq!(factors(world, &ada).await["recovery_codes"], 10, "there is a passkey");
        enter(world, &ada.email).await.expect(202);
        let passkey = format!("me/passkeys/{}", added.json["passkey"]["id"].as_str().unwrap());
        call(world, &ada, Method::DELETE, &passkey, None).await.expect(204);
        let left = factors(world, &ada).await;
        assert_eq!((&left["recovery_codes"], &left["passkeys"]), (&json!(0), &json!([])));
        enter(world, &ada.email).await.expect(200);
    });
}

// Once more: is it you?

#[test]
fn nothing_is_changed_without_fresh_proof_of_all_that_the_account_has() {
    run(async {
        let world = World::start(configured);
        let (ada, secret, codes) = with_app(&world, "ada").await;
        let mut device = Device::new(ORIGIN);
        let added = add_passkey(&world, &ada, &mut device, "A phone").await.expect(201);
        let passkey = format!("me/passkeys/{}", added.json["passkey"]["id"].as_str().unwrap());
        assert!(factors(&world, &ada).await["confirmed_until"].is_string());
        world.advance(TimeDelta::minutes(10));
        let before = factors(&world, &ada).await;
        assert_eq!(before.get("confirmed_until"), None);

        let password = json!({ "current_password": PASSWORD, "password": "a better phrase of hers" });
        let change = json!({ "setup": "x", "code": "123456" });
        let new = json!({ "name": "Another", "token": "x", "credential": {} });
        let changes = [
            (Method::POST, "me/totp/setup", None),
            (Method::PUT, "me/totp", Some(change)),
            (Method::DELETE, "me/totp", None),
            (Method::POST, "me/recovery-codes", None),
            (Method::POST, "me/passkeys/challenge", None),
            (Method::POST, "me/passkeys", Some(new)),
            (Method::DELETE, &passkey, None),
            (Method::PUT, "me/password", Some(password)),
        ];
        for (method, path, body) in changes {
            let answer = call(&world, &ada, method, path, body).await;
            answer.refused(403, "confirmation_needed");
        }
        for (proof, pointer, code) in [
            (json!({}), "/password", "required"),
            (json!({ "password": "not the password" }), "/password", "invalid"),
            (json!({ "password": PASSWORD }), "/code", "required"),
            (json!({ "recovery_code": codes[0] }), "/password", "required"),
            (
                json!({ "password": "not the password", "recovery_code": codes[0] }),
                "/password",
                "invalid",
            ),
            (
                json!({ "password": PASSWORD, "code": "1", "recovery_code": "2" }),
                "/recovery_code",
                "too_many",
            ),
        ] {
            confirm(&world, &ada, proof).await.refused_for(pointer, code);
        }
        confirm(&world, &ada, json!({ "password": PASSWORD, "code": "000000" }))
            .await
            .refused(403, "wrong_factor");
        assert_eq!(factors(&world, &ada).await, before, "and nothing of it was used up");

        let proof = json!({ "password": PASSWORD, "code": code(&world, &secret, 0) });
        let confirmed = confirm(&world, &ada, proof.clone()).await.expect(200);
        assert_eq!(
            factors(&world, &ada).await["confirmed_until"],
            confirmed.json["confirmed_until"]
        );
        confirm(&world, &ada, proof).await.refused(403, "wrong_factor");
        call(&world, &ada, Method::DELETE, "me/totp", None).await.expect(204);
    });
}

#[test]
fn a_confirmation_is_for_its_session_alone() {
    run(async {
        let world = World::start(configured);
        let here = world.somebody("ada").await;
        let there = world.sign_in(&here.email).await;
        world.advance(TimeDelta::minutes(10));
        confirm(&world, &here, json!({ "password": PASSWORD }))
            .await
            .expect(200);
        ask(&world, &here, "me/totp/setup").await.expect(200);
        ask(&world, &there, "me/totp/setup")
            .await
            .refused(403, "confirmation_needed");
    });
}

#[test]
fn a_renewed_session_is_no_fresher_than_it_was() {
    run(async {
        let world = World::start(configured);
        let ada = world.somebody("ada").await;
        world.advance(TimeDelta::minutes(10));
        let renewing = world.ask(Method::POST, "/v1/admin/session/renew");
        let renewed = let_in(renewing.header("cookie", &ada.cookie).send().await, &ada);
        ask(&world, &renewed, "me/totp/setup")
            .await
            .refused(403, "confirmation_needed");
    });
}

#[test]
fn a_passkey_confirms_alone_where_its_device_asks_who_holds_it() {
    run(async {
        let world = World::start(configured);
        let (ada, mut device, _) = with_passkey(&world, "ada").await;
        world.advance(TimeDelta::minutes(10));
        let asked = ask(&world, &ada, "me/confirmation/challenge").await.expect(200).json;
        device.verifies = false;
        let answer = answer_to(&asked, &mut device);
        confirm(&world, &ada, json!({ "passkey": answer }))
            .await
            .refused_for("/password", "required");
        confirm(&world, &ada, json!({ "password": PASSWORD, "passkey": answer }))
            .await
            .expect(200);
        confirm(&world, &ada, json!({ "password": PASSWORD, "passkey": answer }))
            .await
            .refused(403, "wrong_factor");

        world.advance(TimeDelta::minutes(10));
        let asked = ask(&world, &ada, "me/confirmation/challenge").await.expect(200).json;
        device.verifies = true;
        let answer = answer_to(&asked, &mut device);
        // Asked in one session, answered in another.
        let token = step(&world, &ada).await;
        finish(&world, &token, "passkey", answer.clone())
            .await
            .refused(403, "wrong_factor");
        sign_in_by(&world, &answer).await.refused(403, "wrong_factor");
        confirm(&world, &ada, json!({ "passkey": answer })).await.expect(200);

        let bob = world.somebody("bob").await;
        ask(&world, &bob, "me/confirmation/challenge")
            .await
            .refused(404, "not_found");
    });
}

// Passkeys

#[test]
fn a_passkey_signs_in_alone() {
    run(async {
        let world = world();
        let (ada, mut device, codes) = with_passkey(world, "ada").await;
        assert_eq!(codes.len(), 10, "it is the first factor");
        let asked = question(world).await;
        assert_eq!(asked["options"]["userVerification"], "required");
        assert_eq!(asked["options"]["rpId"], "localhost");
        let inside = let_in(sign_in_by(world, &answer_to(&asked, &mut device)).await, &ada);
        assert!(inside.cookie.contains("parlour_refresh="));
        assert_eq!(opened_with(world, &inside).await, ["passkey", "password"]);
        let passkeys = factors(world, &inside).await["passkeys"].clone();
        assert_eq!(passkeys[0]["name"], "A phone");
        assert!(passkeys[0]["last_used_at"].is_string());
    });
}

#[test]
fn a_passkey_is_a_second_factor_also_where_its_device_asks_nothing() {
    run(async {
        let world = world();
        let (ada, mut device, _) = with_passkey(world, "ada").await;
        let half = enter(world, &ada.email).await.expect(202);
        assert_eq!(half.json["kinds"], json!(["passkey", "recovery"]));
        device.verifies = false;
        let answer = answer_to(&half.json["passkey"], &mut device);
        let inside = let_in(finish(world, &half.text("token"), "passkey", answer).await, &ada);
        assert_eq!(opened_with(world, &inside).await[0], "password_and_passkey");

        let alone = answer_to(&question(world).await, &mut device);
        sign_in_by(world, &alone).await.refused(403, "wrong_factor");
    });
}

#[test]
fn an_answer_is_good_once_for_its_question_and_in_time() {
    run(async {
        let world = World::start(configured);
        let (ada, mut device, _) = with_passkey(&world, "ada").await;
        let answer = answer_to(&question(&world).await, &mut device);
        let answers = join_all((0..4).map(|_| sign_in_by(&world, &answer))).await;
        let let_in = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(let_in, 1);
        for refused in answers.into_iter().filter(|answer| answer.status != 200) {
            refused.refused(403, "wrong_factor");
        }
        // The same answer to another question; an answer to no question of ours.
        let mut moved = answer.clone();
        moved["token"] = question(&world).await["token"].clone();
        sign_in_by(&world, &moved).await.refused(403, "wrong_factor");
        for token in ["", "x", &ada.token] {
            moved["token"] = json!(token);
            sign_in_by(&world, &moved).await.refused(403, "wrong_factor");
        }
        // What was asked of somebody who signs in is no second factor, and the other way round.
        let half = enter(&world, &ada.email).await.expect(202);
        let token = half.text("token");
        let for_all = answer_to(&question(&world).await, &mut device);
        finish(&world, &token, "passkey", for_all)
            .await
            .refused(403, "wrong_factor");
        let for_step = answer_to(&half.json["passkey"], &mut device);
        sign_in_by(&world, &for_step).await.refused(403, "wrong_factor");
        let another = step(&world, &ada).await;
        finish(&world, &another, "passkey", for_step.clone())
            .await
            .refused(403, "wrong_factor");
        finish(&world, &token, "passkey", for_step).await.expect(200);

        let late = answer_to(&question(&world).await, &mut device);
        world.advance(TimeDelta::minutes(5));
        sign_in_by(&world, &late).await.refused(403, "wrong_factor");
    });
}

#[test]
fn an_answer_with_anything_wrong_is_refused() {
    run(async {
        let world = world();
        let (ada, mut device, _) = with_passkey(world, "ada").await;
        let tries = async |device: &mut Device, what: &str| {
            let answer = answer_to(&question(world).await, device);
            let alone = sign_in_by(world, &answer).await;
            let half = enter(world, &ada.email).await.expect(202);
            let answer = answer_to(&half.json["passkey"], device);
            let second = finish(world, &half.text("token"), "passkey", answer).await;
            for answer in [alone, second] {
                assert_eq!(answer.json["code"], "wrong_factor", "{what}: {}", answer.all());
            }
        };
        for origin in [
            "http://localhost:8081",
            "https://localhost:8080",
            "http://localhost",
            "http://evil.localhost:8080",
            "https://evil.example",
            "",
        ] {
            device.origin = origin.to_owned();
            tries(&mut device, origin).await;
        }
        device.origin = ORIGIN.to_owned();
        for rp_id in ["evil.example", "localhost:8080", "http://localhost:8080", ""] {
            device.rp_id = rp_id.to_owned();
            tries(&mut device, rp_id).await;
        }
        device.rp_id = "localhost".to_owned();
        for fault in [
            Fault::Type,
            Fault::CrossOrigin,
            Fault::Signature,
            Fault::Challenge,
            Fault::Absent,
        ] {
            device.fault = Some(fault);
            tries(&mut device, &format!("{fault:?}")).await;
        }
        device.fault = None;
        let good = answer_to(&question(world).await, &mut device);
        for member in ["id", "rawId", "response", "type"] {
            for wrong in [
                Value::Null,
                json!(""),
                json!(7),
                json!([]),
                json!("AAAA"),
                json!({ "x": {} }),
            ] {
                let mut bad = good.clone();
                bad["credential"][member] = wrong;
                sign_in_by(world, &bad).await.refused(403, "wrong_factor");
            }
        }
        sign_in_by(world, &good).await.expect(200);
    });
}

#[test]
fn a_passkey_of_another_account_opens_nothing() {
    run(async {
        let world = world();
        let ((ada, mut of_ada, _), (eve, mut of_eve, _)) =
            (with_passkey(world, "ada").await, with_passkey(world, "eve").await);
        let half = enter(world, &ada.email).await.expect(202);
        let answer = answer_to(&half.json["passkey"], &mut of_eve);
        finish(world, &half.text("token"), "passkey", answer)
            .await
            .refused(403, "wrong_factor");
        // Eve's key, said to be Ada's; Ada's passkey, signed by Eve's key.
        let handle = |answer: &Value| answer["credential"]["response"]["userHandle"].clone();
        let genuine = answer_to(&question(world).await, &mut of_ada);
        let mut forged = answer_to(&question(world).await, &mut of_eve);
        forged["credential"]["response"]["userHandle"] = handle(&genuine);
        sign_in_by(world, &forged).await.refused(403, "wrong_factor");
        for member in ["id", "rawId"] {
            forged["credential"][member] = genuine["credential"][member].clone();
        }
        sign_in_by(world, &forged).await.refused(403, "wrong_factor");
        // A device whose passkey was taken away is a stranger's.
        let id = factors(world, &eve).await["passkeys"][0]["id"].clone();
        let path = format!("me/passkeys/{}", id.as_str().unwrap());
        call(world, &ada, Method::DELETE, &path, None)
            .await
            .refused(404, "not_found");
        let rename = json!({ "name": "Mine now" });
        call(world, &ada, Method::PATCH, &path, Some(rename))
            .await
            .refused(404, "not_found");
        call(world, &eve, Method::DELETE, &path, None).await.expect(204);
        let answer = answer_to(&question(world).await, &mut of_eve);
        sign_in_by(world, &answer).await.refused(403, "wrong_factor");
        let_in(sign_in_by(world, &genuine).await, &ada);
    });
}

#[test]
fn a_device_whose_counter_goes_back_is_a_copy() {
    run(async {
        let world = world();
        let (ada, mut device, _) = with_passkey(world, "ada").await;
        for _ in 0..3 {
            let answer = answer_to(&question(world).await, &mut device);
            let_in(sign_in_by(world, &answer).await, &ada);
        }
        device.turn_back(2);
        let copied = answer_to(&question(world).await, &mut device);
        sign_in_by(world, &copied).await.refused(403, "wrong_factor");
        device.answer(&question(world).await["options"]);
        let moved_on = answer_to(&question(world).await, &mut device);
        let_in(sign_in_by(world, &moved_on).await, &ada);
    });
}

#[test]
fn passkeys_have_names_and_are_no_more_than_twenty() {
    run(async {
        let world = world();
        let (ada, mut device, _) = with_passkey(world, "ada").await;
        add_passkey(world, &ada, &mut device, "Again")
            .await
            .refused(409, "already_exists");
        let eve = world.somebody("eve").await;
        add_passkey(world, &eve, &mut device, "Mine, too")
            .await
            .refused(409, "already_exists");
        for (name, code) in [
            ("", "required"),
            (" \u{200b}", "required"),
            (&"x".repeat(61), "too_long"),
        ] {
            let mut another = Device::new(ORIGIN);
            add_passkey(world, &ada, &mut another, name)
                .await
                .refused_for("/name", code);
        }
        let id = factors(world, &ada).await["passkeys"][0]["id"].clone();
        let path = format!("me/passkeys/{}", id.as_str().unwrap());
        let rename = json!({ "name": "  My   phone " });
        let renamed = call(world, &ada, Method::PATCH, &path, Some(rename)).await.expect(200);
        assert_eq!(renamed.json["name"], "My phone");

        // Asked for while there was room, answered when there is none.
        let early = ask(world, &ada, "me/passkeys/challenge").await.expect(200);
        for place in 1..20 {
            let mut another = Device::new(ORIGIN);
            let added = add_passkey(world, &ada, &mut another, &format!("Key {place}")).await;
            added.expect(201);
        }
        ask(world, &ada, "me/passkeys/challenge")
            .await
            .refused_for("", "too_many");
        let mut last = Device::new(ORIGIN);
        let late = json!({
            "name": "One too many",
            "token": early.text("token"),
            "credential": last.make(&early.json["options"]),
        });
        post(world, &ada, "me/passkeys", late).await.refused_for("", "too_many");
        let half = enter(world, &ada.email).await.expect(202);
        assert_eq!(
            half.json["passkey"]["options"]["allowCredentials"]
                .as_array()
                .unwrap()
                .len(),
            20
        );
    });
}

#[test]
fn a_passkey_is_made_for_its_account_its_question_and_our_pages() {
    run(async {
        let world = world();
        let (ada, eve) = (world.somebody("ada").await, world.somebody("eve").await);
        let asked = ask(world, &ada, "me/passkeys/challenge").await.expect(200).json;
        let body = |device: &mut Device, asked: &Value| {
            json!({
                "name": "A phone",
                "token": asked["token"],
                "credential": device.make(&asked["options"]),
            })
        };
        let genuine = body(&mut Device::new(ORIGIN), &asked);
        post(world, &eve, "me/passkeys", genuine.clone())
            .await
            .refused(403, "wrong_factor");
        for (origin, rp_id, fault) in [
            ("https://evil.example", "localhost", None),
            (ORIGIN, "evil.example", None),
            (ORIGIN, "localhost", Some(Fault::Type)),
            (ORIGIN, "localhost", Some(Fault::CrossOrigin)),
            (ORIGIN, "localhost", Some(Fault::Challenge)),
            (ORIGIN, "localhost", Some(Fault::Absent)),
        ] {
            let mut device = Device::new(origin);
            device.rp_id = rp_id.to_owned();
            device.fault = fault;
            let answer = post(world, &ada, "me/passkeys", body(&mut device, &asked)).await;
            assert_eq!(answer.json["code"], "wrong_factor", "{origin} {rp_id} {fault:?}");
        }
        post(world, &ada, "me/passkeys", genuine.clone()).await.expect(201);
        post(world, &ada, "me/passkeys", genuine)
            .await
            .refused(403, "wrong_factor");
        let again = body(&mut Device::new(ORIGIN), &asked);
        post(world, &ada, "me/passkeys", again)
            .await
            .refused(403, "wrong_factor");
    });
}

#[test]
fn a_server_without_a_domain_says_that_it_cannot_have_passkeys() {
    run(async {
        let by_address = world::world();
        let ada = by_address.somebody("ada").await;
        let told = factors(by_address, &ada).await;
        assert_eq!(told["no_passkeys"], "ip_address");
        assert_eq!(told.get("passkey_origin"), None);
        let setup = by_address.get("/v1/admin/setup").send().await.expect(200);
        assert_eq!(setup.json.get("passkey_origin"), None);
        for refused in [
            by_address
                .ask(Method::POST, "/v1/admin/session/passkey/challenge")
                .send()
                .await,
            sign_in_by(by_address, &json!({ "token": "x", "credential": {} })).await,
            ask(by_address, &ada, "me/passkeys/challenge").await,
        ] {
            let refused = refused.refused(403, "passkeys_unavailable");
            assert!(refused.text("detail").contains("public_url"));
        }
        // Codes work everywhere.
        set_up_app(by_address, &ada).await;

        let by_domain = world();
        let bob = by_domain.somebody("bob").await;
        let told = factors(by_domain, &bob).await;
        assert_eq!(told["passkey_origin"], ORIGIN);
        assert_eq!(told.get("no_passkeys"), None);
        let setup = by_domain.get("/v1/admin/setup").send().await.expect(200);
        assert_eq!(setup.json["passkey_origin"], ORIGIN);
    });
}

#[test]
fn what_nobody_can_use_any_more_is_forgotten() {
    run(async {
        let world = World::start(configured);
        let (ada, mut device, _) = with_passkey(&world, "ada").await;
        let answer = answer_to(&question(&world).await, &mut device);
        sign_in_by(&world, &answer).await.expect(200);
        step(&world, &ada).await;
        world.advance(TimeDelta::minutes(6));
        #[expect(clippy::disallowed_methods, reason = "the whole tables are looked through")]
        let left = world
            .within(|app| async move {
                let tx = app.db.begin().await.unwrap();
                parlour::accounts::factors::forget(&tx, app.clock.now()).await.unwrap();
                tx.commit().await.unwrap();
                let steps = entity::sign_in_step::Entity::find().all(app.db.read()).await.unwrap();
                let spent = entity::spent_challenge::Entity::find()
                    .all(app.db.read())
                    .await
                    .unwrap();
                (steps.len(), spent.len())
            })
            .await;
        assert_eq!(left, (0, 0));
        sign_in_by(&world, &answer).await.refused(403, "wrong_factor");
    });
}

#[test]
fn a_session_of_before_has_to_be_confirmed() {
    run(async {
        let world = World::start(configured);
        let ada = world.somebody("ada").await;
        #[expect(clippy::disallowed_methods, reason = "as the version before opened sessions")]
        world
            .within(|app| async move {
                use sea_orm::sea_query::Expr;
                session::Entity::update_many()
                    .col_expr(
                        session::Column::ConfirmedAt,
                        Expr::value(None::<chrono::DateTime<chrono::Utc>>),
                    )
                    .exec(app.db.read())
                    .await
                    .unwrap();
            })
            .await;
        assert_eq!(opened_with(&world, &ada).await, ["password"]);
        ask(&world, &ada, "me/totp/setup")
            .await
            .refused(403, "confirmation_needed");
        confirm(&world, &ada, json!({ "password": PASSWORD })).await.expect(200);
        set_up_app(&world, &ada).await;
    });
}

#[test]
fn where_operators_need_a_second_factor_one_without_it_is_led_to_it() {
    run(async {
        let world = World::start(|config| config.operators_need_factor = true);
        let operator = world.operator().await;
        let site = world.site(json!({})).await;
        let tenant = format!("/v1/operator/tenants/{}", site.owner.tenant_id);
        let is_needed = async |account: &Account| {
            let me = world.get("/v1/admin/me").by(account).send().await.expect(200);
            me.json["factor_needed"].clone()
        };
        assert_eq!(is_needed(&operator).await, true);
        assert_eq!(is_needed(&site.owner.account).await, false, "owners are free");
        world
            .get(&tenant)
            .by(&operator)
            .send()
            .await
            .refused(403, "factor_needed");

        set_up_app(&world, &operator).await;
        assert_eq!(is_needed(&operator).await, false);
        world.get(&tenant).by(&operator).send().await.expect(200);
        let help = json!({ "role": "admin", "reason": "Asked for help" });
        let begun = world
            .post(&format!("{tenant}/acting"), &help)
            .by(&operator)
            .send()
            .await;
        begun.expect(201);
        world.get(&site.admin("sites")).by(&operator).send().await.expect(200);

        // Whoever takes it away is out, also of the tenant that he acts for.
        call(&world, &operator, Method::DELETE, "me/totp", None).await;
        world
            .get(&tenant)
            .by(&operator)
            .send()
            .await
            .refused(403, "factor_needed");
        let within = world.get(&site.admin("sites")).by(&operator).send().await;
        within.refused(403, "factor_needed");
        let stranger = world.get("/v1/operator/tenants").by(&site.owner.account).send().await;
        stranger.refused(403, "not_permitted");
    });
}
