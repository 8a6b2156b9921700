//! Browsers that are told of comments with the admin UI closed. Here is the other side: a push service, and a browser behind it.

use std::sync::atomic::{AtomicU32, Ordering};

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{self, ECDH_P256, PrivateKey, UnparsedPublicKey};
use aws_lc_rs::signature::{self, ECDSA_P256_SHA256_FIXED};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use entity::membership::Role;
use futures_util::future::join_all;
use hkdf::Hkdf;
use http::Method;
use parlour::job::Job;
use parlour::tenants::Reach;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, Set};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::mail::{deliver, jobs};
use crate::webhooks::{Got, Receiver, Say};
use crate::world::{Account, Answer, ORIGIN, PASSWORD, Site, World, run};

const MINE: &str = "/v1/admin/me/push";

/// A server that sends to push services on this machine, and no mail.
fn near() -> World {
    World::start(|config| {
        config.outgoing_ports = Vec::new();
        config.outgoing_private = vec!["127.0.0.0/8".parse().unwrap()];
        config.push_services = vec!["127.0.0.1".to_owned(), "*.push.example".to_owned()];
        config.access_minutes = 1440;
    })
}

async fn holding(world: &World) -> Site {
    world.site(json!({ "moderation": "all" })).await
}

/// A browser: its keys, and what its push service is told.
struct Browser {
    private: PrivateKey,
    public: Vec<u8>,
    auth: [u8; 16],
    service: Receiver,
    endpoint: String,
}

impl Browser {
    async fn start() -> Browser {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let private = PrivateKey::generate(&ECDH_P256).unwrap();
        let service = Receiver::start().await;
        Browser {
            public: private.compute_public_key().unwrap().as_ref().to_vec(),
            private,
            auth: rand::random(),
            endpoint: format!("{}/{}", service.url, COUNT.fetch_add(1, Ordering::Relaxed)),
            service,
        }
    }

    /// What it asks to be told.
    fn wish(&self, wants: &str) -> Value {
        json!({
            "endpoint": self.endpoint,
            "keys": { "p256dh": URL_SAFE_NO_PAD.encode(&self.public), "auth": URL_SAFE_NO_PAD.encode(self.auth) },
            "wants": wants,
            "locale": "en",
        })
    }

    async fn joins(&self, world: &World, account: &Account, wants: &str) -> String {
        let ask = world
            .post(MINE, &self.wish(wants))
            .header("user-agent", "Netscape 4")
            .by(account);
        ask.send().await.expect(201).text("id")
    }

    /// What it was told since the last look.
    async fn told(&self, world: &World) -> Vec<Value> {
        deliver(world).await;
        let got = self.service.got();
        self.service.forget();
        got.iter().map(|one| self.reads(one)).collect()
    }

    /// RFC 8291 from the other end.
    fn reads(&self, got: &Got) -> Value {
        let (salt, rest) = got.bytes.split_at(16);
        assert_eq!(rest[..5], [0, 0, 16, 0, 65], "one record, and a key before it");
        let (theirs, sealed) = rest[5..].split_at(65);
        let info = [b"WebPush: info\0", &self.public[..], theirs].concat();
        let expand = |salt: &[u8], secret: &[u8], info: &[u8], bytes: &mut [u8]| {
            Hkdf::<Sha256>::new(Some(salt), secret).expand(info, bytes).unwrap();
        };
        let mut shared = [0; 32];
        agreement::agree(
            &self.private,
            UnparsedPublicKey::new(&ECDH_P256, theirs),
            (),
            |secret| {
                expand(&self.auth, secret, &info, &mut shared);
                Ok(())
            },
        )
        .unwrap();
        let (mut key, mut nonce) = ([0; 16], [0; 12]);
        expand(salt, &shared, b"Content-Encoding: aes128gcm\0", &mut key);
        expand(salt, &shared, b"Content-Encoding: nonce\0", &mut nonce);
        let mut sealed = sealed.to_vec();
        let plain = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).unwrap())
            .open_in_place(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut sealed)
            .unwrap();
        let (end, plain) = plain.split_last().unwrap();
        assert_eq!(*end, 2, "the last record");
        serde_json::from_slice(plain).unwrap()
    }
}

async fn mine(world: &World, account: &Account) -> Answer {
    world.get(MINE).by(account).send().await.expect(200)
}

async fn number_of_mine(world: &World, account: &Account) -> usize {
    mine(world, account).await.json["devices"].as_array().unwrap().len()
}

fn titles(told: &[Value]) -> Vec<&str> {
    told.iter().map(|one| one["title"].as_str().unwrap()).collect()
}

#[test]
fn a_browser_hears_of_what_waits_and_its_service_learns_nothing() {
    run(async {
        let world = near();
        let site = holding(&world).await;
        let browser = Browser::start().await;
        browser.joins(&world, &site.owner.account, "pending").await;
        let text = "Does the *valve* need a heater of its own?";
        let id = site.say(&world, "/", text).await.expect(202).comment_id();
        deliver(&world).await;

        let got = browser.service.got();
        assert_eq!(got.len(), 1);
        let headers = &got[0].headers;
        for (name, value) in [
            ("content-encoding", "aes128gcm"),
            ("ttl", "86400"),
            ("urgency", "normal"),
            ("topic", &site.id.replace('-', "")),
        ] {
            assert_eq!(headers[name], value, "{name}");
        }
        assert!(!String::from_utf8_lossy(&got[0].bytes).contains("valve"));
        // Who sends, by the key that the browser asked its service for (RFC 8292).
        let (token, key) = headers["authorization"]
            .strip_prefix("vapid t=")
            .unwrap()
            .split_once(", k=")
            .unwrap();
        assert_eq!(mine(&world, &site.owner.account).await.text("public_key"), key);
        let (said, signed) = token.rsplit_once('.').unwrap();
        signature::UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, URL_SAFE_NO_PAD.decode(key).unwrap())
            .verify(said.as_bytes(), &URL_SAFE_NO_PAD.decode(signed).unwrap())
            .unwrap();
        let claims: Value =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(said.split_once('.').unwrap().1).unwrap()).unwrap();
        assert_eq!(claims["aud"], browser.service.url.trim_end_matches("/hook"));
        assert_eq!(
            claims["sub"], world.base,
            "where no mail is sent, its people are found there"
        );

        let told = browser.reads(&got[0]);
        assert_eq!(told["title"], "A blog: a comment waits");
        assert!(told["body"].as_str().unwrap().ends_with(text), "{told}");
        let tenant = &site.owner.tenant_id;
        assert_eq!(told["url"], format!("{}/admin/t/{tenant}/comments/{id}", world.base));
        assert_eq!((&told["tag"], &told["lang"]), (&json!(site.id), &json!("en")));

        let devices = mine(&world, &site.owner.account).await;
        let device = &devices.json["devices"][0];
        assert_eq!(
            (&device["wants"], &device["user_agent"]),
            (&json!("pending"), &json!("Netscape 4"))
        );
        assert!(device["sent_at"].is_string(), "{device}");
        for secret in [&browser.endpoint, &URL_SAFE_NO_PAD.encode(browser.auth)] {
            assert!(
                !devices.all().contains(secret.as_str()),
                "an endpoint is as good as a password"
            );
        }
    });
}

#[test]
fn a_flood_is_one_message_a_minute() {
    run(async {
        let world = near();
        let site = holding(&world).await;
        let browser = Browser::start().await;
        browser.joins(&world, &site.owner.account, "pending").await;
        site.say(&world, "/", "The first").await.expect(202);
        assert_eq!(titles(&browser.told(&world).await), ["A blog: a comment waits"]);
        for text in ["The second", "The third", "The fourth"] {
            site.say(&world, "/", text).await.expect(202);
        }
        assert!(browser.told(&world).await.is_empty());
        world.advance(TimeDelta::minutes(1));
        let told = browser.told(&world).await;
        assert_eq!(titles(&told), ["A blog: 4 comments wait"]);
        assert!(told[0]["body"].as_str().unwrap().ends_with("The fourth"));
        assert!(
            told[0]["url"]
                .as_str()
                .unwrap()
                .ends_with(&format!("/comments?site={}", site.id))
        );
        world.advance(TimeDelta::minutes(5));
        assert!(browser.told(&world).await.is_empty(), "nothing came since");
    });
}

#[test]
fn what_came_while_a_message_was_on_its_way_is_told_of_next() {
    run(async {
        let world = near();
        let site = holding(&world).await;
        let browser = Browser::start().await;
        let device = browser.joins(&world, &site.owner.account, "pending").await;
        browser.service.says([Say::Status(503)]);
        site.say(&world, "/", "The first").await.expect(202);
        browser.told(&world).await;
        // It waits to be tried again; the second one needs no job of its own.
        site.say(&world, "/", "The second").await.expect(202);
        deliver(&world).await;
        let waiting = jobs(&world).await.into_iter().filter(|job| job.kind == "push").count();
        assert_eq!(waiting, 1);
        world.advance(TimeDelta::hours(1));
        let told = browser.told(&world).await;
        assert_eq!(told.len(), 1);
        assert!(told[0]["body"].as_str().unwrap().ends_with("The second"));
        let job = Job::Push {
            device_id: device.parse().unwrap(),
            comment: None,
        };
        assert_eq!(job.priority(), 1, "mails go first");
    });
}

#[test]
fn a_browser_that_does_not_listen_is_forgotten_and_a_refusal_is_not_repeated() {
    run(async {
        let world = near();
        let site = holding(&world).await;
        let owner = &site.owner.account;
        let (gone, refusing) = (Browser::start().await, Browser::start().await);
        gone.joins(&world, owner, "pending").await;
        refusing.joins(&world, owner, "pending").await;
        gone.service.says([Say::Status(410)]);
        refusing.service.says([Say::Status(403)]);
        site.say(&world, "/", "The first").await.expect(202);
        deliver(&world).await;
        assert_eq!(number_of_mine(&world, owner).await, 1);
        world.advance(TimeDelta::days(1));
        deliver(&world).await;
        assert_eq!((gone.service.got().len(), refusing.service.got().len()), (1, 1));
        let given_up = jobs(&world).await.into_iter().find(|job| job.kind == "push").unwrap();
        assert_eq!(given_up.last_error.as_deref(), Some("the push service says 403"));
    });
}

#[test]
fn who_may_not_see_a_comment_any_more_is_not_told_of_it() {
    run(async {
        let world = near();
        let site = holding(&world).await;
        let owner = &site.owner.account;
        let body = json!({ "name": "Another", "origins": [ORIGIN], "settings": {} });
        let elsewhere = world
            .post(&site.admin("sites"), &body)
            .by(owner)
            .send()
            .await
            .expect(201)
            .text("id");
        let member = world.member(&site, Role::Moderator, Reach::All).await;
        let limited = Reach::Only([elsewhere.parse().unwrap()].into());
        let other = world.member(&site, Role::Moderator, limited).await;
        let stranger = world.owner().await.account;
        let browsers = [
            Browser::start().await,
            Browser::start().await,
            Browser::start().await,
            Browser::start().await,
        ];
        for (browser, account) in browsers.iter().zip([owner, &member, &other, &stranger]) {
            browser.joins(&world, account, "every").await;
        }
        let [of_owner, of_member, of_other, of_stranger] = &browsers;
        let id = site.say(&world, "/", "The first").await.expect(202).comment_id();
        // All of it happens before anybody is told.
        let leave = world
            .ask(Method::DELETE, &site.admin(&format!("members/{}", member.id)))
            .by(owner);
        leave.send().await.expect(204);
        assert_eq!(of_owner.told(&world).await.len(), 1);
        for browser in [of_member, of_other, of_stranger] {
            assert!(browser.told(&world).await.is_empty());
        }
        // What was decided is not told of either.
        world.advance(TimeDelta::minutes(2));
        site.decide(&world, &[&id], "spam").await;
        let next = site.say(&world, "/", "The second").await.expect(202).comment_id();
        site.decide(&world, &[&next], "reject").await;
        assert!(of_owner.told(&world).await.is_empty());
    });
}

#[test]
fn every_comment_is_told_of_where_somebody_wants_it() {
    run(async {
        let world = near();
        let site = world.site(json!({ "moderation": "none" })).await;
        let owner = &site.owner.account;
        let (all, waiting) = (Browser::start().await, Browser::start().await);
        all.joins(&world, owner, "every").await;
        waiting.joins(&world, owner, "pending").await;
        site.say(&world, "/", "Shown at once").await.expect(201);
        assert_eq!(titles(&all.told(&world).await), ["A blog: a new comment"]);
        assert!(waiting.told(&world).await.is_empty());
    });
}

#[test]
fn nobody_is_asked_where_no_browser_listens() {
    run(async {
        let world = near();
        let site = holding(&world).await;
        site.say(&world, "/", "The first").await.expect(202);
        assert!(jobs(&world).await.iter().all(|job| job.kind != "watch"));
        let browser = Browser::start().await;
        let device = browser.joins(&world, &site.owner.account, "pending").await;
        site.say(&world, "/", "The second").await.expect(202);
        assert_eq!(browser.told(&world).await.len(), 1);
        let remove = || {
            world
                .ask(Method::DELETE, &format!("{MINE}/{device}"))
                .by(&site.owner.account)
        };
        remove().send().await.expect(204);
        remove().send().await.refused(404, "not_found");
        world.advance(TimeDelta::minutes(2));
        site.say(&world, "/", "The third").await.expect(202);
        assert!(jobs(&world).await.iter().all(|job| job.kind != "watch"));
    });
}

#[test]
fn a_browser_can_be_tried_by_its_owner_alone() {
    run(async {
        let world = near();
        let owner = world.owner().await.account;
        let stranger = world.owner().await.account;
        let browser = Browser::start().await;
        let device = browser.joins(&world, &owner, "pending").await;
        let path = format!("{MINE}/{device}/test");
        world
            .post(&path, &json!({}))
            .by(&stranger)
            .send()
            .await
            .refused(404, "not_found");
        world
            .ask(Method::DELETE, &format!("{MINE}/{device}"))
            .by(&stranger)
            .send()
            .await
            .refused(404, "not_found");
        world.post(&path, &json!({})).by(&owner).send().await.expect(202);
        let told = browser.told(&world).await;
        assert_eq!(titles(&told), ["It works"]);
        assert_eq!(told[0]["url"], format!("{}/admin/account", world.base));
    });
}

#[test]
fn a_browser_is_its_last_owners_and_an_account_has_ten() {
    run(async {
        let world = near();
        let (first, second) = (world.owner().await.account, world.owner().await.account);
        let browser = Browser::start().await;
        browser.joins(&world, &first, "pending").await;
        browser.joins(&world, &first, "every").await;
        let devices = mine(&world, &first).await;
        assert_eq!(devices.json["devices"].as_array().unwrap().len(), 1);
        assert_eq!(devices.json["devices"][0]["wants"], "every");
        browser.joins(&world, &second, "pending").await;
        assert_eq!(number_of_mine(&world, &first).await, 0);
        assert_eq!(number_of_mine(&world, &second).await, 1);
        let mut wish = browser.wish("pending");
        for number in 0..10 {
            wish["endpoint"] = format!("https://fcm.push.example/{number}").into();
            world.post(MINE, &wish).by(&second).send().await.expect(201);
        }
        assert_eq!(number_of_mine(&world, &second).await, 10, "the oldest made room");

        let body = json!({ "current_password": PASSWORD, "password": "another phrase of one's own" });
        world
            .ask(Method::PUT, "/v1/admin/me/password")
            .json(&body)
            .by(&second)
            .send()
            .await
            .expect(204);
        assert_eq!(
            number_of_mine(&world, &second).await,
            0,
            "one of them may be in a thief's hands"
        );
    });
}

#[test]
fn what_is_no_browser_is_refused() {
    run(async {
        let world = near();
        let owner = world.owner().await.account;
        let browser = Browser::start().await;
        let with = |pointer: &str, value: Value| {
            let mut wish = browser.wish("pending");
            *wish.pointer_mut(pointer).unwrap() = value;
            world.post(MINE, &wish).by(&owner)
        };
        for endpoint in [
            "",
            "nowhere",
            "http://fcm.push.example/1",
            "https://push.example/1",
            "https://evil.example/1",
            "https://169.254.169.254/latest/meta-data/",
            "file:///etc/passwd",
        ] {
            let answer = with("/endpoint", json!(endpoint)).send().await;
            answer.refused_for("/endpoint", "invalid");
        }
        let long = format!("https://fcm.push.example/{}", "a".repeat(2000));
        with("/endpoint", json!(long))
            .send()
            .await
            .refused_for("/endpoint", "too_long");
        for keys in [
            json!({ "p256dh": "", "auth": "" }),
            json!({ "p256dh": "?", "auth": URL_SAFE_NO_PAD.encode([0; 16]) }),
            json!({ "p256dh": URL_SAFE_NO_PAD.encode([4; 65]), "auth": URL_SAFE_NO_PAD.encode([0; 16]) }),
            json!({ "p256dh": URL_SAFE_NO_PAD.encode(&browser.public), "auth": URL_SAFE_NO_PAD.encode([0; 15]) }),
        ] {
            with("/keys", keys).send().await.refused_for("/keys", "invalid");
        }
        let answer = with("/wants", json!("hourly")).send().await;
        answer.refused_for("/wants", "invalid");
        world
            .get(MINE)
            .from(ORIGIN)
            .send()
            .await
            .refused(401, "unauthenticated");
    });
}

#[test]
fn a_browser_that_says_it_many_times_at_once_is_one() {
    run(async {
        let world = near();
        let owner = world.owner().await.account;
        let browser = Browser::start().await;
        let wish = browser.wish("pending");
        let asks = (0..8).map(|_| world.post(MINE, &wish).by(&owner).send());
        for answer in join_all(asks).await {
            answer.expect(201);
        }
        assert_eq!(number_of_mine(&world, &owner).await, 1);
    });
}

#[test]
fn a_browser_listens_to_its_key_as_long_as_that_is_known() {
    run(async {
        let world = near();
        let site = holding(&world).await;
        let owner = &site.owner.account;
        let browser = Browser::start().await;
        browser.joins(&world, owner, "pending").await;
        let row = entity::push_device::Entity::find()
            .one(world.app.db.read())
            .await
            .unwrap()
            .unwrap();
        let identity = parlour::infra::webpush::Identity::named(&world.app.keys, &row.key_name);
        let public = mine(&world, owner).await.text("public_key");
        assert_eq!(identity.unwrap().unwrap().public_key(), public);

        // Its secret was taken out of the configuration.
        let mut row = row.into_active_model();
        row.key_name = Set("gone".to_owned());
        world
            .within(|app| async move {
                let tx = app.db.begin().await.unwrap();
                row.update(&*tx).await.unwrap();
                tx.commit().await.unwrap();
            })
            .await;
        site.say(&world, "/", "The first").await.expect(202);
        assert!(browser.told(&world).await.is_empty());
        assert_eq!(
            number_of_mine(&world, owner).await,
            0,
            "nothing that is listed is never told"
        );
    });
}
