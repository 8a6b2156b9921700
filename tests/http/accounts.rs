//! Setting up, signing up, in and out.

use chrono::TimeDelta;
use futures_util::future::join_all;
use http::Method;
use parlour::accounts::offer_setup;
use parlour::config::SignUp;
use serde_json::{Value, json};

use crate::world::{Account, Answer, PASSWORD, World, run, world};

const RENEW: &str = "/v1/admin/session/renew";

async fn setup_link(world: &World) -> Option<String> {
    world
        .within(|app| async move { offer_setup(&app).await.unwrap() })
        .await
}

async fn finish_setup(world: &World, token: &str, email: &str) -> Answer {
    let body = json!({ "token": token, "email": email, "name": "Olive", "password": PASSWORD });
    world.post("/v1/admin/setup", &body).send().await
}

async fn sign_up(world: &World, email: &str, password: &str) -> Answer {
    let body = json!({ "email": email, "name": "Ada", "password": password });
    world.post("/v1/admin/accounts", &body).send().await
}

async fn sign_in(world: &World, email: &str, password: &str) -> Answer {
    world
        .post("/v1/admin/session", &json!({ "email": email, "password": password }))
        .send()
        .await
}

async fn renew(world: &World, cookie: &str) -> Answer {
    world.ask(Method::POST, RENEW).header("cookie", cookie).send().await
}

async fn me(world: &World, token: &str) -> Answer {
    world
        .get("/v1/admin/me")
        .header("authorization", format!("Bearer {token}"))
        .send()
        .await
}

fn fresh_address() -> String {
    format!("ada-{:016x}@example.org", rand::random::<u64>())
}

/// A refusal without what tells two refusals apart.
fn without_id(answer: &Answer) -> Value {
    let mut body = answer.json.clone();
    body.as_object_mut().unwrap().remove("request_id");
    body
}

// The first set-up

#[test]
fn the_set_up_link_makes_the_first_operator_once() {
    run(async {
        let world = World::start(|_| {});
        let token = setup_link(&world).await.unwrap();
        assert_eq!(world.get("/v1/admin/setup").send().await.expect(200).json["open"], true);

        let made = finish_setup(&world, &token, "olive@example.org").await.expect(201);
        assert_eq!(made.json["account"]["operator"], true);
        assert_eq!(
            me(&world, &made.text("access_token")).await.expect(200).json["account"]["name"],
            "Olive"
        );
        renew(&world, &made.cookie()).await.expect(200);

        assert_eq!(
            world.get("/v1/admin/setup").send().await.expect(200).json["open"],
            false
        );
        finish_setup(&world, &token, "eve@example.org")
            .await
            .refused(403, "setup_closed");
        assert_eq!(setup_link(&world).await, None, "there is an operator");
    });
}

#[test]
fn a_set_up_link_expires() {
    run(async {
        let world = World::start(|_| {});
        let token = setup_link(&world).await.unwrap();
        world.advance(TimeDelta::hours(24));
        finish_setup(&world, &token, "olive@example.org")
            .await
            .refused(403, "setup_closed");
        assert_eq!(world.get("/v1/admin/setup").send().await.json["open"], true);
        let fresh = setup_link(&world).await.unwrap();
        finish_setup(&world, &fresh, "olive@example.org").await.expect(201);
    });
}

#[test]
fn a_wrong_or_former_set_up_link_is_refused_and_the_right_one_stays_good() {
    run(async {
        let world = World::start(|_| {});
        let former = setup_link(&world).await.unwrap();
        let token = setup_link(&world).await.unwrap();
        for wrong in ["", "x", &former, &token.to_lowercase(), &format!("{token} ")] {
            finish_setup(&world, wrong, "eve@example.org")
                .await
                .refused(403, "setup_closed");
        }
        let weak = json!({ "token": token, "email": "olive@example.org", "name": "Olive", "password": "password" });
        world
            .post("/v1/admin/setup", &weak)
            .send()
            .await
            .refused(422, "invalid_input");
        finish_setup(&world, &token, "olive@example.org").await.expect(201);
    });
}

#[test]
fn of_many_who_use_the_set_up_link_at_once_one_becomes_the_operator() {
    run(async {
        let world = World::start(|_| {});
        let token = setup_link(&world).await.unwrap();
        let addresses: Vec<String> = (0..6).map(|place| format!("olive{place}@example.org")).collect();
        let answers = join_all(addresses.iter().map(|address| finish_setup(&world, &token, address))).await;
        let made: Vec<usize> = (0..6).filter(|place| answers[*place].status == 201).collect();
        assert_eq!(made.len(), 1);
        for (place, answer) in answers.into_iter().enumerate() {
            let status = if made.contains(&place) { 200 } else { 401 };
            sign_in(&world, &addresses[place], PASSWORD).await.expect(status);
            if status == 401 {
                answer.refused(403, "setup_closed");
            }
        }
    });
}

// Signing up

#[test]
fn nobody_signs_up_where_sign_up_is_closed() {
    run(async {
        let world = World::start(|config| config.sign_up = SignUp::Closed);
        let address = fresh_address();
        sign_up(&world, &address, PASSWORD).await.refused(403, "sign_up_closed");
        assert_eq!(world.get("/v1/admin/setup").send().await.json["sign_up_open"], false);
        sign_in(&world, &address, PASSWORD)
            .await
            .refused(401, "wrong_credentials");
    });
}

#[test]
fn signing_up_with_a_known_address_sounds_the_same_and_changes_nothing() {
    run(async {
        let (world, address) = (world(), fresh_address());
        let first = sign_up(world, &address, PASSWORD).await.expect(202);
        for known in [address.clone(), address.to_uppercase(), format!(" {address} ")] {
            let again = sign_up(world, &known, "another good password").await.expect(202);
            assert_eq!(again.body, first.body);
            let names = |answer: &Answer| answer.headers.keys().map(ToString::to_string).collect::<Vec<_>>();
            assert_eq!(names(&again), names(&first));
        }
        sign_in(world, &address, PASSWORD).await.expect(200);
        sign_in(world, &address, "another good password")
            .await
            .refused(401, "wrong_credentials");
    });
}

#[test]
fn passwords_that_are_guessed_first_are_not_taken() {
    run(async {
        let world = world();
        let address = fresh_address();
        for (password, code) in [
            ("", "too_short"),
            ("seven77", "too_short"),
            ("PassWord", "too_common"),
            ("12345678", "too_common"),
            ("zzzzzzzzzz", "too_common"),
            (&address, "too_common"),
            (&"long ".repeat(26), "too_long"),
        ] {
            let answer = sign_up(world, &address, password).await.refused(422, "invalid_input");
            assert_eq!(answer.json["errors"][0]["pointer"], "/password", "{password}");
            assert_eq!(answer.json["errors"][0]["code"], code, "{password}");
            assert_eq!(answer.json["errors"].as_array().unwrap().len(), 1, "{password}");
            let told = answer.json["errors"][0]["detail"].as_str().unwrap();
            assert!(
                password.is_empty() || !told.contains(password),
                "{password} is not sent back"
            );
        }
        sign_in(world, &address, "password")
            .await
            .refused(401, "wrong_credentials");
        sign_up(world, &address, "eight ch").await.expect(202);
        sign_in(world, &address, "eight ch").await.expect(200);
    });
}

#[test]
fn everything_that_is_wrong_with_an_applicant_is_said_at_once() {
    run(async {
        let body = json!({ "email": "no address", "name": " ", "password": "short" });
        let answer = world()
            .post("/v1/admin/accounts", &body)
            .send()
            .await
            .refused(422, "invalid_input");
        let errors = answer.json["errors"].as_array().unwrap();
        let told: Vec<_> = errors
            .iter()
            .map(|error| (error["pointer"].as_str(), error["code"].as_str()))
            .collect();
        let expected = [("/email", "invalid"), ("/name", "required"), ("/password", "too_short")];
        assert_eq!(told, expected.map(|(pointer, code)| (Some(pointer), Some(code))));
    });
}

// Signing in

#[test]
fn an_unknown_address_and_a_wrong_password_sound_the_same() {
    run(async {
        let world = world();
        let known = world.somebody("ada").await;
        let wrong = sign_in(world, &known.email, "not the password")
            .await
            .refused(401, "wrong_credentials");
        let huge = "x".repeat(5_000);
        for (address, password) in [
            (fresh_address(), PASSWORD),
            ("no address".to_owned(), PASSWORD),
            (String::new(), ""),
            (known.email.clone(), ""),
            (known.email.clone(), &huge),
        ] {
            let answer = sign_in(world, &address, password)
                .await
                .refused(401, "wrong_credentials");
            assert_eq!(without_id(&answer), without_id(&wrong), "{address}");
            assert_eq!(answer.headers.get("set-cookie"), None);
        }
        sign_in(world, &known.email.to_uppercase(), PASSWORD).await.expect(200);
    });
}

#[test]
fn the_refresh_cookie_is_for_one_path_and_no_script() {
    run(async {
        let plain = world().somebody("ada").await;
        let answer = sign_in(world(), &plain.email, PASSWORD).await;
        let expected = ["HttpOnly", "Path=/v1/admin/session", "SameSite=Strict"];
        assert_eq!(attributes(&answer), ("parlour_refresh", expected.to_vec()));
        assert_eq!(answer.header("cache-control"), "no-store");

        let secure = World::start(|config| {
            config.public_url = "https://talk.example".to_owned();
            config.public_url_given = true;
        });
        let ada = secure.somebody("ada").await;
        let answer = sign_in(&secure, &ada.email, PASSWORD).await;
        let expected = ["HttpOnly", "Path=/v1/admin/session", "SameSite=Strict", "Secure"];
        assert_eq!(attributes(&answer), ("__Secure-parlour_refresh", expected.to_vec()));
        renew(&secure, &answer.cookie()).await.expect(200);
        let renamed = answer.cookie().replace("__Secure-", "");
        renew(&secure, &renamed).await.refused(401, "session_ended");
    });
}

/// Name and sorted attributes of the cookie that was set, but its life, which is that of a session.
fn attributes(answer: &Answer) -> (&str, Vec<&str>) {
    let mut parts = answer.header("set-cookie").split("; ");
    let name = parts.next().unwrap().split('=').next().unwrap();
    let (life, mut attributes): (Vec<&str>, Vec<&str>) = parts.partition(|part| part.starts_with("Max-Age="));
    let seconds: i64 = life[0]["Max-Age=".len()..].parse().unwrap();
    let thirty_days = TimeDelta::days(30).num_seconds();
    // A moment of it may have passed.
    assert!((thirty_days - 60..=thirty_days).contains(&seconds), "{life:?}");
    attributes.sort_unstable();
    (name, attributes)
}

#[test]
fn an_access_token_is_good_for_ten_minutes() {
    run(async {
        let world = World::start(|_| {});
        let ada = world.somebody("ada").await;
        world.advance(TimeDelta::seconds(598));
        me(&world, &ada.token).await.expect(200);
        world.advance(TimeDelta::seconds(2));
        me(&world, &ada.token).await.refused(401, "unauthenticated");
        let renewed = renew(&world, &ada.cookie).await.expect(200);
        assert_eq!(renewed.json["expires_in"], 600);
        me(&world, &renewed.text("access_token")).await.expect(200);
    });
}

#[test]
fn a_session_ends_after_thirty_days_however_often_it_was_renewed() {
    run(async {
        let world = World::start(|_| {});
        let mut cookie = world.somebody("ada").await.cookie;
        for _ in 0..2 {
            world.advance(TimeDelta::days(14));
            cookie = renew(&world, &cookie).await.expect(200).cookie();
        }
        world.advance(TimeDelta::days(2));
        renew(&world, &cookie).await.refused(401, "session_ended");
    });
}

// Renewing

#[test]
fn renewing_hands_out_another_refresh_token() {
    run(async {
        let world = world();
        let ada = world.somebody("ada").await;
        let renewed = renew(world, &ada.cookie).await.expect(200);
        assert_ne!(renewed.cookie(), ada.cookie);
        assert_eq!(renewed.json["account"]["email"], ada.email);
        me(world, &ada.token).await.expect(200);
        me(world, &renewed.text("access_token")).await.expect(200);
        renew(world, &renewed.cookie()).await.expect(200);
    });
}

#[test]
fn a_refresh_token_that_comes_back_ends_the_session_for_both() {
    run(async {
        let world = world();
        let ada = world.somebody("ada").await;
        let renewed = renew(world, &ada.cookie).await.expect(200);
        let elsewhere = sign_in(world, &ada.email, PASSWORD).await.expect(200);

        let replayed = renew(world, &ada.cookie).await.refused(401, "session_ended");
        assert_eq!(replayed.headers.get("set-cookie"), None);
        renew(world, &renewed.cookie()).await.refused(401, "session_ended");
        for token in [&ada.token, &renewed.text("access_token")] {
            me(world, token).await.refused(401, "unauthenticated");
        }
        me(world, &elsewhere.text("access_token")).await.expect(200);
    });
}

#[test]
fn of_parallel_renewals_one_wins_and_then_the_session_is_over() {
    run(async {
        let world = world();
        let ada = world.somebody("ada").await;
        let answers = join_all((0..6).map(|_| renew(world, &ada.cookie))).await;
        let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
        assert_eq!((won.len(), lost.len()), (1, 5));
        for answer in lost {
            answer.refused(401, "session_ended");
        }
        renew(world, &won[0].cookie()).await.refused(401, "session_ended");
        me(world, &won[0].text("access_token"))
            .await
            .refused(401, "unauthenticated");
    });
}

#[test]
fn a_refresh_token_that_is_none_is_refused() {
    run(async {
        let world = world();
        let ada = world.somebody("ada").await;
        let token = ada.cookie.split_once('=').unwrap().1;
        world
            .ask(Method::POST, RENEW)
            .send()
            .await
            .refused(401, "session_ended");
        for cookie in [
            "parlour_refresh=",
            "parlour_refresh=x",
            "parlour_refresh=%00",
            "x=y",
            &format!("refresh={token}"),
        ] {
            renew(world, cookie).await.refused(401, "session_ended");
        }
        let access = format!("parlour_refresh={}", ada.token);
        renew(world, &access).await.refused(401, "session_ended");
        renew(world, &format!("a=b; {}; c=d", ada.cookie)).await.expect(200);
    });
}

// Signing out

async fn sign_out(world: &World, account: &Account, header: &str, value: &str) {
    let answer = world
        .ask(Method::DELETE, "/v1/admin/session")
        .header(header, value)
        .send()
        .await
        .expect(204);
    assert!(
        answer.header("set-cookie").starts_with("parlour_refresh=;"),
        "{:?}",
        answer.headers
    );
    assert!(answer.header("set-cookie").contains("Max-Age=0"));
    me(world, &account.token).await.refused(401, "unauthenticated");
    renew(world, &account.cookie).await.refused(401, "session_ended");
}

#[test]
fn signing_out_ends_the_session_at_once() {
    run(async {
        let world = world();
        let ada = world.somebody("ada").await;
        sign_out(world, &ada, "cookie", &ada.cookie).await;
        let bob = world.somebody("bob").await;
        sign_out(world, &bob, "authorization", &format!("Bearer {}", bob.token)).await;
        world
            .ask(Method::DELETE, "/v1/admin/session")
            .send()
            .await
            .refused(401, "unauthenticated");
    });
}

#[test]
fn signing_out_leaves_other_sessions_alone() {
    run(async {
        let world = world();
        let ada = world.somebody("ada").await;
        let phone = sign_in(world, &ada.email, PASSWORD).await.expect(200);
        sign_out(world, &ada, "cookie", &ada.cookie).await;
        me(world, &phone.text("access_token")).await.expect(200);
        renew(world, &phone.cookie()).await.expect(200);
    });
}

// Where tokens and requests may come from

#[test]
fn a_token_counts_in_its_header_only() {
    run(async {
        let world = world();
        let ada = world.somebody("ada").await;
        for name in ["access_token", "token", "authorization", "bearer"] {
            world
                .get(&format!("/v1/admin/me?{name}={}", ada.token))
                .send()
                .await
                .refused(401, "unauthenticated");
            let cookie = format!("{name}={}", ada.token);
            world
                .get("/v1/admin/me")
                .header("cookie", cookie)
                .send()
                .await
                .refused(401, "unauthenticated");
        }
        let query = format!("{RENEW}?{}", ada.cookie);
        world
            .ask(Method::POST, &query)
            .send()
            .await
            .refused(401, "session_ended");
        let cookie_alone = world.get("/v1/admin/me").header("cookie", &ada.cookie).send().await;
        cookie_alone.refused(401, "unauthenticated");
    });
}

#[test]
fn our_own_pages_may_renew() {
    run(async {
        let world = world();
        let ada = world.somebody("ada").await;
        let port = world.base.rsplit(':').next().unwrap();
        let renewed = world
            .ask(Method::POST, RENEW)
            .from(&world.base)
            .header("cookie", &ada.cookie)
            .send()
            .await
            .expect(200);
        // By another name of this machine, as long as the page came from there, too.
        let host = format!("localhost:{port}");
        let by_name = world
            .ask(Method::POST, RENEW)
            .header("host", &host)
            .from(&format!("http://{host}"));
        let renewed = by_name.header("cookie", renewed.cookie()).send().await.expect(200);
        let forged = world
            .ask(Method::POST, RENEW)
            .from(&format!("http://{host}"))
            .header("cookie", renewed.cookie());
        forged.send().await.refused(403, "origin_not_allowed");
        renew(world, &renewed.cookie()).await.expect(200);
    });
}

#[test]
fn a_forged_host_is_nowhere_believed() {
    run(async {
        let world = world();
        let owner = world.owner().await;
        let path = format!("/v1/admin/tenants/{}/sites", owner.tenant_id);
        let body = json!({ "name": "A blog", "origins": ["https://blog.example"] });
        let asked = world
            .post(&path, &body)
            .by(&owner.account)
            .header("host", "evil.example");
        let forged = asked
            .header("x-forwarded-host", "evil.example")
            .header("forwarded", "host=evil.example");
        let site = forged.send().await.expect(201);
        assert!(
            site.text("snippet").contains(&format!("{}/embed.js", world.base)),
            "{}",
            site.json
        );
        assert!(!site.all().contains("evil.example"));
    });
}

// Guessing

/// An address in a network that no other test counts in, even where they share a Redis.
fn address_of_a_fresh_network() -> String {
    let [a, b] = rand::random::<[u8; 2]>();
    format!("10.{a}.{b}.7")
}

#[test]
fn guessing_is_slowed_down_without_locking_the_owner_out() {
    run(async {
        let world = World::start(|config| {
            config.limit_sign_in = "3/3600".parse().unwrap();
            config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
        });
        let (ada, bob) = (world.somebody("ada").await, world.somebody("bob").await);
        let (here, there) = (address_of_a_fresh_network(), "192.0.2.1".to_owned());
        let attempt = async |from: &str, email: &str, password: &str| {
            let body = json!({ "email": email, "password": password });
            world
                .post("/v1/admin/session", &body)
                .header("x-forwarded-for", from)
                .send()
                .await
        };
        for _ in 0..3 {
            attempt(&here, &ada.email, "a wrong guess")
                .await
                .refused(401, "wrong_credentials");
        }
        let refused = attempt(&here, &ada.email, PASSWORD).await.refused(429, "rate_limited");
        let wait: u32 = refused.header("retry-after").parse().unwrap();
        assert!((1..=1200).contains(&wait), "a third of an hour for each: {wait}");
        attempt(&here, &ada.email.to_uppercase(), PASSWORD)
            .await
            .refused(429, "rate_limited");
        attempt(&here, &bob.email, PASSWORD).await.expect(200);
        attempt(&there, &ada.email, PASSWORD).await.expect(200);
    });
}

#[test]
fn a_network_that_guesses_at_many_accounts_is_slowed_down_as_a_whole() {
    run(async {
        let world = World::start(|config| {
            config.limit_sign_in_network = "4/3600".parse().unwrap();
            config.limit_sign_up = "2/3600".parse().unwrap();
            config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
        });
        let here = address_of_a_fresh_network();
        let neighbour = format!("{}.99", here.rsplit_once('.').unwrap().0);
        let guess = async |from: &str| {
            let body = json!({ "email": fresh_address(), "password": PASSWORD });
            world
                .post("/v1/admin/session", &body)
                .header("x-forwarded-for", from)
                .send()
                .await
        };
        for from in [&here, &neighbour, &here, &neighbour] {
            guess(from).await.refused(401, "wrong_credentials");
        }
        guess(&here).await.refused(429, "rate_limited");
        guess(&neighbour).await.refused(429, "rate_limited");
        guess(&address_of_a_fresh_network())
            .await
            .refused(401, "wrong_credentials");

        let join = async || {
            let body = json!({ "email": fresh_address(), "name": "Eve", "password": PASSWORD });
            world
                .post("/v1/admin/accounts", &body)
                .header("x-forwarded-for", &here)
                .send()
                .await
        };
        join().await.expect(202);
        join().await.expect(202);
        join().await.refused(429, "rate_limited");
    });
}

// One's own account

async fn sessions_of(world: &World, account: &Account) -> Vec<Value> {
    let answer = world.get("/v1/admin/sessions").by(account).send().await.expect(200);
    answer.json["sessions"].as_array().unwrap().clone()
}

async fn end_session(world: &World, account: &Account, id: &Value) -> Answer {
    let path = format!("/v1/admin/sessions/{}", id.as_str().unwrap());
    world.ask(Method::DELETE, &path).by(account).send().await
}

async fn change_password(world: &World, account: &Account, current: &str, new: &str) -> Answer {
    let body = json!({ "current_password": current, "password": new });
    world
        .ask(Method::PUT, "/v1/admin/me/password")
        .json(&body)
        .by(account)
        .send()
        .await
}

#[test]
fn sessions_are_seen_and_ended_one_by_one() {
    run(async {
        let world = world();
        let here = world.somebody("ada").await;
        let there = world.sign_in(&here.email).await;
        let stranger = world.somebody("eve").await;
        let sessions = sessions_of(world, &here).await;
        assert_eq!(sessions.len(), 2);
        let currents: Vec<bool> = sessions.iter().map(|one| one["current"].as_bool().unwrap()).collect();
        assert_eq!(currents, [false, true], "the latest first");

        end_session(world, &stranger, &sessions[0]["id"])
            .await
            .refused(404, "not_found");
        end_session(world, &here, &sessions[0]["id"]).await.expect(204);
        me(world, &there.token).await.refused(401, "unauthenticated");
        renew(world, &there.cookie).await.refused(401, "session_ended");
        me(world, &here.token).await.expect(200);
        end_session(world, &here, &sessions[0]["id"])
            .await
            .refused(404, "not_found");
        assert_eq!(sessions_of(world, &here).await.len(), 1);
    });
}

#[test]
fn a_changed_password_ends_the_other_sessions() {
    run(async {
        let world = world();
        let here = world.somebody("ada").await;
        let there = world.sign_in(&here.email).await;
        let new = "a better phrase of hers";
        change_password(world, &here, "not the password", new)
            .await
            .refused_for("/current_password", "invalid");
        change_password(world, &here, PASSWORD, "short")
            .await
            .refused_for("/password", "too_short");
        me(world, &there.token).await.expect(200);

        change_password(world, &here, PASSWORD, new).await.expect(204);
        me(world, &there.token).await.refused(401, "unauthenticated");
        renew(world, &there.cookie).await.refused(401, "session_ended");
        me(world, &here.token).await.expect(200);
        sign_in(world, &here.email, PASSWORD)
            .await
            .refused(401, "wrong_credentials");
        sign_in(world, &here.email, new).await.expect(200);
    });
}
