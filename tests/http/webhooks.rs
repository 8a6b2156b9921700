//! Programs that are told what happens on sites, and one that is asked about comments: against receivers that do as they are told.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use entity::membership::Role;
use entity::{comment, webhook, webhook_delivery};
use futures_util::future::join;
use hmac::{Hmac, KeyInit, Mac};
use http::Method;
use parlour::config::Secret;
use parlour::tenants::Reach;
use parlour::webhooks::sending;
use parlour::worker;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, Set};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::Notify;

use crate::mail;
use crate::world::{Account, Answer, ORIGIN, Site, World, run};

const ALL: [&str; 8] = [
    "comment.created",
    "comment.published",
    "comment.edited",
    "comment.deleted",
    "comment.reported",
    "comment.spam",
    "thread.created",
    "thread.closed",
];

/// What a receiver says to one request.
#[derive(Clone, Debug)]
pub enum Say {
    Status(u16),
    /// With a body.
    Json(Value),
    /// All of it, as it goes over the wire.
    Wire(Vec<u8>),
    /// Nothing, until the caller goes.
    Nothing,
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Got {
    line: String,
    pub headers: HashMap<String, String>,
    body: String,
    pub bytes: Vec<u8>,
}

impl Got {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.body))
    }

    fn kind(&self) -> String {
        self.json()["type"].as_str().unwrap().to_owned()
    }

    fn id(&self) -> &str {
        &self.headers["webhook-id"]
    }

    /// By what a receiver is told to do, and by none of our own functions.
    fn is_signed_by(&self, secret: &str) -> bool {
        let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(format!("{}.{}.{}", self.id(), self.headers["webhook-timestamp"], self.body).as_bytes());
        let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        self.headers["webhook-signature"].split(' ').any(|one| one == expected)
    }
}

/// A receiver of webhooks: says what it is told to, in order, and then that all is well.
pub struct Receiver {
    pub url: String,
    says: Arc<Mutex<VecDeque<Say>>>,
    always: Arc<Mutex<Option<Say>>>,
    got: Arc<Mutex<Vec<Got>>>,
    arrived: Arc<Notify>,
}

impl Receiver {
    pub async fn start() -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = Receiver {
            url: format!("http://127.0.0.1:{}/hook", listener.local_addr().unwrap().port()),
            says: Arc::default(),
            always: Arc::default(),
            got: Arc::default(),
            arrived: Arc::default(),
        };
        let (says, always) = (Arc::clone(&receiver.says), Arc::clone(&receiver.always));
        let (got, arrived) = (Arc::clone(&receiver.got), Arc::clone(&receiver.arrived));
        tokio::spawn(async move {
            loop {
                let (mut socket, _) = listener.accept().await.unwrap();
                let (says, always) = (Arc::clone(&says), Arc::clone(&always));
                let (got, arrived) = (Arc::clone(&got), Arc::clone(&arrived));
                tokio::spawn(async move {
                    let Some(request) = request(&mut socket).await else {
                        return;
                    };
                    got.lock().unwrap().push(request);
                    let next = says.lock().unwrap().pop_front();
                    let say = next
                        .or_else(|| always.lock().unwrap().clone())
                        .unwrap_or(Say::Status(204));
                    arrived.notify_one();
                    let wire = match say {
                        Say::Status(status) => {
                            format!("HTTP/1.1 {status} As told\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                                .into_bytes()
                        }
                        Say::Json(body) => {
                            let body = body.to_string();
                            let length = body.len();
                            format!(
                                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\
                                 Connection: close\r\n\r\n{body}"
                            )
                            .into_bytes()
                        }
                        Say::Wire(bytes) => bytes,
                        Say::Nothing => {
                            socket.read_exact(&mut [0; 1]).await.ok();
                            return;
                        }
                    };
                    socket.write_all(&wire).await.ok();
                    socket.shutdown().await.ok();
                });
            }
        });
        receiver
    }

    pub fn says(&self, all: impl IntoIterator<Item = Say>) {
        self.says.lock().unwrap().extend(all);
    }

    fn always(&self, say: Option<Say>) {
        *self.always.lock().unwrap() = say;
    }

    pub fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }

    fn kinds(&self) -> Vec<String> {
        self.got().iter().map(Got::kind).collect()
    }

    pub fn forget(&self) {
        self.got.lock().unwrap().clear();
    }
}

async fn request(socket: &mut tokio::net::TcpStream) -> Option<Got> {
    let mut bytes = Vec::new();
    let mut some = [0; 16 * 1024];
    loop {
        let length = socket.read(&mut some).await.ok().filter(|length| *length > 0)?;
        bytes.extend_from_slice(&some[..length]);
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
            continue;
        };
        let (head, body) = (String::from_utf8_lossy(&bytes[..end]), &bytes[end + 4..]);
        let mut lines = head.lines();
        let line = lines.next()?.to_owned();
        let headers: HashMap<String, String> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        let length: usize = headers
            .get("content-length")
            .and_then(|length| length.parse().ok())
            .unwrap_or(0);
        if body.len() >= length {
            let (bytes, body) = (body.to_vec(), String::from_utf8_lossy(body).into_owned());
            return Some(Got {
                line,
                headers,
                body,
                bytes,
            });
        }
    }
}

/// A server that may send to this machine, whose time can be moved, and that waits for two seconds at most.
fn neighbourly() -> World {
    World::start(|config| {
        config.outgoing_ports = Vec::new();
        config.outgoing_private = vec!["127.0.0.0/8".parse().unwrap()];
        config.webhook_seconds = 2;
        config.access_minutes = 1440;
    })
}

/// The same, with mails that are kept in memory.
fn with_mail() -> World {
    World::start(|config| {
        config.outgoing_ports = Vec::new();
        config.outgoing_private = vec!["127.0.0.0/8".parse().unwrap()];
        config.smtp_url = Secret::new("memory:");
        "Comments <comments@example.org>".clone_into(&mut config.mail_from);
    })
}

async fn publishing(world: &World) -> Site {
    world.site(json!({ "moderation": "none", "edit_minutes": 15 })).await
}

async fn create(world: &World, site: &Site, wish: &Value) -> Answer {
    world
        .post(&site.admin("webhooks"), wish)
        .by(&site.owner.account)
        .send()
        .await
}

/// A webhook's id and secret.
async fn hook(world: &World, site: &Site, url: &str, events: &[&str]) -> (String, String) {
    let wish = json!({ "name": "A receiver", "events": events, "url": url });
    made(&create(world, site, &wish).await.expect(201))
}

fn made(answer: &Answer) -> (String, String) {
    (
        answer.json["webhook"]["id"].as_str().unwrap().to_owned(),
        answer.text("secret"),
    )
}

async fn change(world: &World, site: &Site, id: &str, change: &Value) -> Answer {
    let request = world
        .ask(Method::PATCH, &site.admin(&format!("webhooks/{id}")))
        .json(change);
    request.by(&site.owner.account).send().await
}

async fn read(world: &World, site: &Site, id: &str) -> Value {
    site.list(world, &format!("webhooks/{id}")).await.json.clone()
}

async fn deliveries(world: &World, site: &Site, id: &str) -> Vec<Value> {
    let listed = site.list(world, &format!("webhooks/{id}/deliveries?limit=100")).await;
    listed.json["deliveries"].as_array().unwrap().clone()
}

async fn delivery(world: &World, site: &Site, id: &str, which: &Value) -> Value {
    let path = format!("webhooks/{id}/deliveries/{}", which["id"].as_str().unwrap());
    site.list(world, &path).await.json.clone()
}

/// Sends what is due now, until nothing is: how many tries that were.
async fn deliver(world: &World) -> usize {
    let mut all = 0;
    loop {
        let tries = world
            .within(|app| async move { sending::turn(&app).await.unwrap() })
            .await;
        if tries == 0 {
            return all;
        }
        all += tries;
    }
}

/// Lets time pass, in steps in which a worker looks around; who was signed in signs in again.
async fn pass(world: &World, site: &mut Site, time: TimeDelta, step: TimeDelta) {
    let mut passed = TimeDelta::zero();
    while passed < time {
        world.advance(step);
        passed += step;
        deliver(world).await;
    }
    site.owner.account = world.sign_in(&site.owner.account.email).await;
}

#[test]
fn what_happens_on_a_site_is_told_signed_and_without_addresses() {
    run(async {
        let world = neighbourly();
        let site = publishing(&world).await;
        let receiver = Receiver::start().await;
        let (id, secret) = hook(&world, &site, &receiver.url, &ALL).await;

        let author = json!({ "name": "Ada", "email": "ada@example.org", "website": "https://ada.example" });
        let draft = json!({ "thread": { "url": "https://blog.example/post", "title": "A post" }, "text": "Well *said*.", "author": author });
        let posted = site.draft(&world, &draft).await.expect(201);
        let comment_id = posted.comment_id();
        deliver(&world).await;
        assert_eq!(
            receiver.kinds(),
            ["thread.created", "comment.created", "comment.published"]
        );
        let got = receiver.got();
        let ids: BTreeSet<&str> = got.iter().map(Got::id).collect();
        assert_eq!(ids.len(), 3);
        for one in &got {
            assert_eq!(one.line, "POST /hook HTTP/1.1");
            assert!(one.is_signed_by(&secret), "{one:?}");
            assert_eq!(one.headers["content-type"], "application/json");
            let at: i64 = one.headers["webhook-timestamp"].parse().unwrap();
            assert!((world.app.clock.now().timestamp() - at).abs() < 60);
            for hidden in ["ada@example.org", "network"] {
                assert!(!one.body.contains(hidden), "{hidden} in {}", one.body);
            }
        }
        let told = got[1].json();
        let comment = &told["data"]["comment"];
        assert_eq!(
            (&comment["id"], &comment["number"], &comment["state"], &comment["text"]),
            (
                &json!(comment_id),
                &json!(1),
                &json!("published"),
                &json!("Well *said*.")
            )
        );
        assert_eq!(comment["html"].as_str().unwrap().trim(), "<p>Well <em>said</em>.</p>");
        assert_eq!(comment["url"], "https://blog.example/post#parlour-1");
        assert_eq!(
            (
                &comment["author"]["name"],
                &comment["author"]["website"],
                &comment["author"]["team"]
            ),
            (&json!("Ada"), &json!("https://ada.example/"), &json!(false))
        );
        assert_eq!(told["data"]["thread"]["title"], "A post");
        assert_eq!(
            told["data"]["site"],
            json!({ "id": site.id, "key": site.key, "name": "A blog" })
        );
        assert!(
            told["data"]["admin_url"]
                .as_str()
                .unwrap()
                .ends_with(&format!("/comments/{comment_id}"))
        );

        receiver.forget();
        let token = posted.text("token");
        let path = site.path(&format!("comments/{comment_id}"));
        let edit = world.ask(Method::PATCH, &path).json(&json!({ "text": "Better said." }));
        edit.from(ORIGIN)
            .header("parlour-tokens", &token)
            .send()
            .await
            .expect(200);
        let report = json!({ "reason": "abuse", "note": "Rude" });
        let path = site.path(&format!("comments/{comment_id}/reports"));
        world.post(&path, &report).from(ORIGIN).send().await.expect(202);
        for decision in ["spam", "publish", "delete"] {
            site.decide(&world, &[&comment_id], decision).await.expect(200);
        }
        site.change_thread(&world, &posted.thread_id(), &json!({ "closed": true }))
            .await
            .expect(200);
        site.change_thread(&world, &posted.thread_id(), &json!({ "title": "Another" }))
            .await
            .expect(200);
        deliver(&world).await;
        assert_eq!(
            receiver.kinds(),
            [
                "comment.edited",
                "comment.reported",
                "comment.spam",
                "comment.published",
                "comment.deleted",
                "thread.closed"
            ]
        );
        let got = receiver.got();
        assert_eq!(got[0].json()["data"]["comment"]["text"], "Better said.");
        assert_eq!(
            got[1].json()["data"]["report"],
            json!({ "reason": "abuse", "note": "Rude", "count": 1 })
        );
        assert_eq!(got[5].json()["data"].get("comment"), None);

        // The log says the same, and its view is what was sent.
        let log = deliveries(&world, &site, &id).await;
        assert_eq!(log.len(), 9);
        assert!(
            log.iter()
                .all(|one| one["state"] == "delivered" && one["status"] == 204),
            "{log:?}"
        );
        for (one, sent) in log.iter().rev().zip(receiver_all(&log, &got)) {
            let record = delivery(&world, &site, &id, one).await;
            if let Some(sent) = sent {
                assert_eq!(record["payload"], sent.json(), "the view has every member");
                assert_eq!(record["request"]["body"], sent.body);
                assert_eq!(
                    record["request"]["headers"]["webhook-signature"],
                    sent.headers["webhook-signature"]
                );
                assert_eq!(record["delivery"]["message_id"], *sent.id());
            }
        }
        assert!(read(&world, &site, &id).await["last_success_at"].is_string());
    });
}

/// What arrived for each entry of a log, oldest first.
fn receiver_all<'a>(log: &[Value], got: &'a [Got]) -> Vec<Option<&'a Got>> {
    let find = |one: &Value| got.iter().find(|got| one["message_id"] == *got.id());
    log.iter().rev().map(find).collect()
}

#[test]
fn a_webhook_is_told_what_it_asked_for_of_its_own_site_and_tenant() {
    run(async {
        let world = neighbourly();
        let site = publishing(&world).await;
        let stranger = publishing(&world).await;
        let (own, all, other) = (
            Receiver::start().await,
            Receiver::start().await,
            Receiver::start().await,
        );
        let wish = json!({ "name": "One site", "site_id": site.id, "events": ["comment.created"], "url": own.url });
        create(&world, &site, &wish).await.expect(201);
        hook(&world, &site, &all.url, &["comment.published"]).await;
        hook(&world, &stranger, &other.url, &ALL).await;
        let body = json!({ "name": "A sibling", "origins": [ORIGIN], "settings": { "moderation": "none" } });
        let sibling = world
            .post(&site.admin("sites"), &body)
            .by(&site.owner.account)
            .send()
            .await
            .expect(201);
        site.say(&world, "post", "Here").await.expect(201);
        let path = format!("/v1/sites/{}/comments", sibling.text("key"));
        let draft = json!({ "thread": { "id": "post" }, "text": "There" });
        world.post(&path, &draft).from(ORIGIN).send().await.expect(201);
        deliver(&world).await;
        assert_eq!(own.kinds(), ["comment.created"]);
        assert_eq!(all.kinds(), ["comment.published", "comment.published"]);
        assert_eq!(other.kinds(), [""; 0]);

        let foreign =
            json!({ "name": "Foreign", "site_id": stranger.id, "events": ["comment.created"], "url": own.url });
        create(&world, &site, &foreign).await.refused(404, "not_found");
        for path in ["webhooks", "audit"] {
            let seen = stranger.list(&world, path).await.all();
            assert!(!seen.contains("One site"), "{seen}");
        }
    });
}

#[test]
fn where_nobody_has_registered_a_webhook_posting_costs_what_it_did() {
    run(async {
        let world = World::start(|config| {
            config.outgoing_ports = Vec::new();
            config.outgoing_private = vec!["127.0.0.0/8".parse().unwrap()];
            // So that no look-up is among what is counted.
            config.cache_seconds = 60;
        });
        let (site, other) = (publishing(&world).await, publishing(&world).await);
        let receiver = Receiver::start().await;
        let cost = async |site: &Site| {
            site.say(&world, "post", "To have it looked up").await.expect(201);
            let before = world.app.db.statements();
            site.say(&world, "post", "To count").await.expect(201);
            world.app.db.statements() - before
        };
        cost(&site).await;
        let before = cost(&site).await;
        hook(&world, &other, &receiver.url, &["comment.created"]).await;
        assert_eq!(cost(&site).await, before);
        assert!(cost(&other).await > before, "the counting counts");
    });
}

#[test]
fn what_fails_is_tried_for_three_days_under_one_name_and_then_switched_off_with_a_mail() {
    run(async {
        let world = with_mail();
        let mut site = world
            .site_of(mail::owner(&world).await, json!({ "moderation": "none" }))
            .await;
        let receiver = Receiver::start().await;
        receiver.always(Some(Say::Status(500)));
        let (id, secret) = hook(&world, &site, &receiver.url, &["comment.created"]).await;
        site.say(&world, "post", "First").await.expect(201);
        deliver(&world).await;
        assert_eq!(read(&world, &site, &id).await["failures"], 1);
        let first = &deliveries(&world, &site, &id).await[0];
        assert_eq!(
            (&first["state"], &first["fault"], &first["status"]),
            (&json!("waiting"), &json!("status"), &json!(500))
        );

        pass(&world, &mut site, TimeDelta::hours(71), TimeDelta::minutes(10)).await;
        let tries = receiver.got().len();
        assert!((8..=10).contains(&tries), "{tries}");
        assert_eq!(read(&world, &site, &id).await["enabled"], true);
        pass(&world, &mut site, TimeDelta::hours(12), TimeDelta::minutes(10)).await;
        assert_eq!(receiver.got().len(), 10, "then it is given up");
        let names: BTreeSet<String> = receiver.got().iter().map(|got| got.id().to_owned()).collect();
        assert_eq!(names.len(), 1, "always the same");
        let times: BTreeSet<String> = receiver
            .got()
            .iter()
            .map(|got| got.headers["webhook-timestamp"].clone())
            .collect();
        assert_eq!(times.len(), 10, "signed anew each time");
        assert!(receiver.got().iter().all(|got| got.is_signed_by(&secret)));

        let off = read(&world, &site, &id).await;
        assert_eq!(
            (&off["enabled"], &off["disabled_by"]),
            (&json!(false), &json!("failing"))
        );
        let record = delivery(&world, &site, &id, &deliveries(&world, &site, &id).await[0]).await;
        assert_eq!(record["delivery"]["state"], "failed");
        assert_eq!(record["tries"].as_array().unwrap().len(), 10);
        let mails = mail::mails(&world, &site.owner.account.email).await;
        let told: Vec<&mail::Mail> = mails
            .iter()
            .filter(|mail| mail.subject.contains("switched off"))
            .collect();
        assert_eq!(told.len(), 1, "once");
        assert!(
            told[0].text.contains("A receiver") && told[0].text.contains("/webhooks"),
            "{}",
            told[0].text
        );
        let audit = site.list(&world, "audit?change=webhook_disabled").await;
        assert_eq!(audit.json["entries"][0]["data"]["by"], "failing");

        site.say(&world, "post", "Told to nobody").await.expect(201);
        assert_eq!(deliver(&world).await, 0);
        // What was missed can be had, once it is on again.
        receiver.always(None);
        receiver.forget();
        let path = site.admin(&format!(
            "webhooks/{id}/deliveries/{}/replay",
            record["delivery"]["id"].as_str().unwrap()
        ));
        let replay = async || world.post(&path, &json!({})).by(&site.owner.account).send().await;
        replay().await.refused(409, "state_changed");
        let on = change(&world, &site, &id, &json!({ "enabled": true }))
            .await
            .expect(200);
        assert_eq!((&on.json["failures"], on.json.get("disabled_by")), (&json!(0), None));
        replay().await.expect(202);
        deliver(&world).await;
        assert_eq!(receiver.got()[0].id(), names.first().unwrap());
    });
}

#[test]
fn after_a_day_without_a_receiver_everything_arrives_once() {
    run(async {
        let world = neighbourly();
        let mut site = publishing(&world).await;
        let receiver = Receiver::start().await;
        receiver.always(Some(Say::Status(503)));
        let (id, _) = hook(&world, &site, &receiver.url, &["comment.created"]).await;
        for hour in 0..24 {
            for one in 0..3 {
                site.say(&world, "post", &format!("{hour}.{one}")).await.expect(201);
            }
            pass(&world, &mut site, TimeDelta::hours(1), TimeDelta::minutes(10)).await;
        }
        let asked = receiver.got().len();
        assert!(asked < 24 * 6 + 20, "it is left alone in between: {asked}");
        receiver.always(None);
        receiver.forget();
        pass(&world, &mut site, TimeDelta::minutes(30), TimeDelta::minutes(5)).await;
        let mut texts: Vec<String> = receiver
            .got()
            .iter()
            .map(|got| got.json()["data"]["comment"]["text"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(texts.len(), 72, "all, and none twice");
        texts.sort();
        texts.dedup();
        assert_eq!(texts.len(), 72);
        let hook = read(&world, &site, &id).await;
        assert_eq!((&hook["failures"], hook.get("failing_since")), (&json!(0), None));
    });
}

#[test]
fn a_slow_receiver_and_a_bad_row_hold_nobody_up() {
    run(async {
        let world = neighbourly();
        let site = publishing(&world).await;
        let (slow, quick, chat) = (
            Receiver::start().await,
            Receiver::start().await,
            Receiver::start().await,
        );
        slow.always(Some(Say::Nothing));
        let (slow_id, _) = hook(&world, &site, &slow.url, &["comment.created"]).await;
        hook(&world, &site, &quick.url, &["comment.created"]).await;
        let wish = json!({ "name": "Chat", "format": "slack", "events": ["comment.created"], "url": chat.url });
        let (chat_id, _) = made(&create(&world, &site, &wish).await.expect(201));
        for number in 0..3 {
            site.say(&world, "post", &format!("Number {number}")).await.expect(201);
        }
        // The first that waits for the chat cannot be read.
        let broken = deliveries(&world, &site, &chat_id).await[2]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        world
            .within(move |app| async move {
                let row = webhook_delivery::ActiveModel {
                    id: Set(broken.parse().unwrap()),
                    payload: Set("{\"type\":".to_owned()),
                    ..Default::default()
                };
                let tx = app.db.begin().await.unwrap();
                row.update(&*tx).await.unwrap();
                tx.commit().await.unwrap();
            })
            .await;
        deliver(&world).await;
        assert_eq!(quick.got().len(), 3);
        assert_eq!(slow.got().len(), 1, "after one try, the others wait");
        world.advance(TimeDelta::seconds(6));
        deliver(&world).await;
        assert_eq!(chat.got().len(), 2, "those after the bad one");
        let log = deliveries(&world, &site, &chat_id).await;
        assert_eq!(
            (&log[2]["state"], &log[2]["fault"]),
            (&json!("waiting"), &json!("malformed"))
        );
        assert_eq!(deliveries(&world, &site, &slow_id).await[2]["fault"], "time");
    });
}

#[test]
fn answers_are_taken_for_what_they_are() {
    run(async {
        let world = neighbourly();
        let site = publishing(&world).await;
        let (receiver, elsewhere) = (Receiver::start().await, Receiver::start().await);
        let (id, _) = hook(&world, &site, &receiver.url, &["comment.created"]).await;
        let huge = format!(
            "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}",
            "\u{0}x".repeat(4 * 1024 * 1024)
        );
        let redirect = format!(
            "HTTP/1.1 307 Go\r\nLocation: {}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            elsewhere.url
        );
        for (say, status, fault) in [
            (Say::Wire(redirect.into_bytes()), Some(307), Some("redirect")),
            (Say::Wire(huge.into_bytes()), Some(200), None),
            (Say::Wire(b"SSH-2.0-OpenSSH\r\n".to_vec()), None, Some("answer")),
            (Say::Wire(Vec::new()), None, Some("answer")),
            (Say::Status(404), Some(404), Some("status")),
        ] {
            receiver.says([say.clone()]);
            site.say(&world, "post", "Something").await.expect(201);
            deliver(&world).await;
            let log = deliveries(&world, &site, &id).await;
            let (got, why) = (&log[0]["status"], &log[0]["fault"]);
            let said = format!("{say:?}");
            assert_eq!((got.as_u64(), why.as_str()), (status, fault), "{said:.80}");
            // Let the next one find a receiver that is not resting, with nothing that waits.
            world.advance(TimeDelta::minutes(6));
            deliver(&world).await;
        }
        assert_eq!(
            elsewhere.got().len(),
            0,
            "what was signed for one is not carried to another"
        );
        let log = deliveries(&world, &site, &id).await;
        let cut = delivery(&world, &site, &id, &log[3]).await;
        let body = cut["response"]["body"].as_str().unwrap();
        assert!(
            body.len() < 8 * 1024 && body.ends_with('…') && !body.contains('\u{0}'),
            "{}",
            body.len()
        );

        // Nobody is there.
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        drop(listener);
        let (gone, _) = hook(&world, &site, &url, &["comment.created"]).await;
        site.say(&world, "post", "To nobody").await.expect(201);
        deliver(&world).await;
        assert_eq!(deliveries(&world, &site, &gone).await[0]["fault"], "connection");

        receiver.says([Say::Status(410)]);
        site.say(&world, "post", "One more").await.expect(201);
        site.say(&world, "post", "And one that waits").await.expect(201);
        deliver(&world).await;
        let hook = read(&world, &site, &id).await;
        assert_eq!(
            (&hook["enabled"], &hook["disabled_by"]),
            (&json!(false), &json!("gone"))
        );
        let log = deliveries(&world, &site, &id).await;
        assert_eq!(
            (&log[0]["state"], &log[0]["fault"]),
            (&json!("failed"), &json!("disabled"))
        );
        assert_eq!((&log[1]["state"], &log[1]["fault"]), (&json!("failed"), &json!("gone")));
    });
}

#[test]
fn a_receiver_that_asks_for_time_gets_it() {
    run(async {
        let world = neighbourly();
        let site = publishing(&world).await;
        let receiver = Receiver::start().await;
        let busy = "HTTP/1.1 429 Slow down\r\nRetry-After: 120\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        receiver.says([Say::Wire(busy.as_bytes().to_vec())]);
        hook(&world, &site, &receiver.url, &["comment.created"]).await;
        site.say(&world, "post", "One").await.expect(201);
        deliver(&world).await;
        world.advance(TimeDelta::seconds(60));
        assert_eq!(deliver(&world).await, 0);
        world.advance(TimeDelta::seconds(70));
        assert_eq!(deliver(&world).await, 1);
    });
}

#[test]
fn a_worker_that_dies_in_the_middle_sends_the_one_on_its_way_twice_and_nothing_else() {
    run(async {
        let world = neighbourly();
        let site = publishing(&world).await;
        let receiver = Receiver::start().await;
        hook(&world, &site, &receiver.url, &["comment.created"]).await;
        for number in 0..3 {
            site.say(&world, "post", &format!("Number {number}")).await.expect(201);
        }
        receiver.says([Say::Status(204), Say::Nothing]);
        #[expect(clippy::async_yields_async, reason = "the task is ended before it is done")]
        let dying = world
            .within(|app| async move { tokio::spawn(async move { sending::turn(&app).await.unwrap() }) })
            .await;
        while receiver.got().len() < 2 {
            receiver.arrived.notified().await;
        }
        dying.abort();
        dying.await.unwrap_err();
        assert_eq!(deliver(&world).await, 0, "while its lease lasts, nobody else is at it");
        world.advance(TimeDelta::minutes(3));
        deliver(&world).await;
        let ids: Vec<String> = receiver.got().iter().map(|got| got.id().to_owned()).collect();
        assert_eq!(ids.len(), 4);
        assert_eq!(ids[1], ids[2], "the one that was on its way");
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 3);
    });
}

#[test]
fn two_workers_send_nothing_twice() {
    run(async {
        let world = neighbourly();
        let site = publishing(&world).await;
        let receivers = [
            Receiver::start().await,
            Receiver::start().await,
            Receiver::start().await,
        ];
        for receiver in &receivers {
            hook(&world, &site, &receiver.url, &["comment.created"]).await;
        }
        for number in 0..10 {
            site.say(&world, "post", &format!("Number {number}")).await.expect(201);
        }
        join(deliver(&world), deliver(&world)).await;
        deliver(&world).await;
        for receiver in &receivers {
            let got = receiver.got();
            let ids: BTreeSet<&str> = got.iter().map(Got::id).collect();
            assert_eq!((got.len(), ids.len()), (10, 10));
        }
    });
}

#[test]
fn during_a_rotation_both_secrets_sign_and_neither_is_shown_again() {
    run(async {
        let world = neighbourly();
        let mut site = publishing(&world).await;
        let receiver = Receiver::start().await;
        let (id, former) = hook(&world, &site, &receiver.url, &["comment.created"]).await;
        let path = site.admin(&format!("webhooks/{id}/secret"));
        let rotate = async |site: &Site, hours: u32| {
            let ask = world.post(&path, &json!({ "hours": hours }));
            ask.by(&site.owner.account).send().await
        };
        rotate(&site, 169).await.refused_for("/hours", "out_of_range");
        let rotated = rotate(&site, 24).await.expect(200);
        let (_, secret) = made(&rotated);
        assert_ne!(secret, former);
        assert!(rotated.json["webhook"]["former_secret_until"].is_string());
        site.say(&world, "post", "Between").await.expect(201);
        deliver(&world).await;
        let got = receiver.got().pop().unwrap();
        assert!(got.is_signed_by(&secret) && got.is_signed_by(&former));
        assert!(got.headers["webhook-signature"].split(' ').count() == 2);

        pass(&world, &mut site, TimeDelta::hours(25), TimeDelta::hours(25)).await;
        site.say(&world, "post", "After").await.expect(201);
        deliver(&world).await;
        let got = receiver.got().pop().unwrap();
        assert!(got.is_signed_by(&secret) && !got.is_signed_by(&former));
        let at_once = made(&rotate(&site, 0).await.expect(200)).1;
        site.say(&world, "post", "At once").await.expect(201);
        deliver(&world).await;
        let got = receiver.got().pop().unwrap();
        assert!(got.is_signed_by(&at_once) && !got.is_signed_by(&secret));

        let log = deliveries(&world, &site, &id).await;
        let record = delivery(&world, &site, &id, &log[0]).await;
        let mut seen = record.to_string();
        for path in ["webhooks", &format!("webhooks/{id}"), "audit"] {
            seen.push_str(&site.list(&world, path).await.all());
        }
        for secret in [&former, &secret, &at_once] {
            assert!(!seen.contains(secret.strip_prefix("whsec_").unwrap()));
        }
        let row = world
            .within(|app| async move { webhook::Entity::find().one(app.db.read()).await.unwrap().unwrap() })
            .await;
        let bare = STANDARD.decode(at_once.strip_prefix("whsec_").unwrap()).unwrap();
        assert!(
            !row.secret.windows(32).any(|part| part == bare),
            "nor does it stand in the database"
        );
    });
}

#[test]
fn addresses_that_are_not_public_are_refused_when_they_are_typed_and_when_they_are_used() {
    run(async {
        let world = World::start(|config| config.outgoing_ports = Vec::new());
        let site = publishing(&world).await;
        let receiver = Receiver::start().await;
        let port = receiver.url.split(':').nth(2).unwrap().to_owned();
        for url in [
            receiver.url.clone(),
            format!("http://localhost:{port}"),
            format!("http://[::1]:{port}"),
            format!("http://[::ffff:7f00:1]:{port}"),
            format!("http://0x7f.1:{port}"),
            "http://169.254.169.254/latest/meta-data/".to_owned(),
            "http://10.0.0.1/".to_owned(),
            "ftp://hooks.example/".to_owned(),
            "http://user:secret@93.184.215.14/".to_owned(),
            "https://nowhere.invalid/".to_owned(),
            "not an address".to_owned(),
            String::new(),
        ] {
            let wish = json!({ "name": "A receiver", "events": ["comment.created"], "url": url });
            create(&world, &site, &wish).await.refused_for("/url", "invalid");
        }
        let good = json!({ "name": "A receiver", "events": ["comment.created"], "url": "https://93.184.215.14/hook" });
        let (id, _) = made(&create(&world, &site, &good).await.expect(201));
        let to = json!({ "url": receiver.url });
        change(&world, &site, &id, &to).await.refused_for("/url", "invalid");

        // As if its name had another address by now.
        let (hook_id, url) = (id.parse::<uuid::Uuid>().unwrap(), receiver.url.clone());
        world
            .within(move |app| async move {
                let row = webhook::ActiveModel {
                    id: Set(hook_id),
                    address: Set(app
                        .keys
                        .encrypt("webhook address", hook_id.as_bytes(), url.as_bytes())
                        .unwrap()),
                    ..Default::default()
                };
                let tx = app.db.begin().await.unwrap();
                row.update(&*tx).await.unwrap();
                tx.commit().await.unwrap();
            })
            .await;
        site.say(&world, "post", "To ourselves").await.expect(201);
        deliver(&world).await;
        let log = deliveries(&world, &site, &id).await;
        assert_eq!(
            (&log[0]["state"], &log[0]["fault"]),
            (&json!("waiting"), &json!("address"))
        );
        assert_eq!(receiver.got().len(), 0);
        let usual = World::start(|config| config.outgoing_ports = vec![80, 443]);
        let site = publishing(&usual).await;
        let odd = json!({ "name": "A receiver", "events": ["comment.created"], "url": "https://93.184.215.14:8443/" });
        create(&usual, &site, &odd).await.refused_for("/url", "invalid");
    });
}

#[test]
fn what_is_wrong_with_a_webhook_is_said() {
    run(async {
        let world = neighbourly();
        let site = publishing(&world).await;
        let receiver = Receiver::start().await;
        let url = &receiver.url;
        let long = format!("{url}?{}", "x".repeat(2000));
        for (wish, pointer, code) in [
            (
                json!({ "name": " ", "events": ["comment.created"], "url": url }),
                "/name",
                "required",
            ),
            (json!({ "name": "x", "url": url }), "/events", "required"),
            (
                json!({ "name": "x", "events": ["comment.eaten"], "url": url }),
                "/events/0",
                "invalid",
            ),
            (
                json!({ "name": "x", "events": ["comment.spam"], "url": long }),
                "/url",
                "too_long",
            ),
            (
                json!({ "name": "x", "events": ["comment.spam"], "url": url, "format": "fax" }),
                "/format",
                "invalid",
            ),
            (
                json!({ "name": "x", "events": ["comment.spam"], "url": url, "purpose": "x" }),
                "/purpose",
                "invalid",
            ),
            (
                json!({ "name": "x", "events": ["comment.spam"], "url": url, "format": "telegram" }),
                "/url",
                "invalid",
            ),
            (
                json!({ "name": "x", "events": ["comment.spam"], "url": url, "deadline_ms": 500 }),
                "/deadline_ms",
                "invalid",
            ),
            (
                json!({ "name": "x", "events": ["comment.spam"], "url": url, "token": "a b" }),
                "/token",
                "forbidden_character",
            ),
            (
                json!({ "name": "x", "purpose": "ask", "url": url, "deadline_ms": 50 }),
                "/deadline_ms",
                "out_of_range",
            ),
            (
                json!({ "name": "x", "purpose": "ask", "url": url, "deadline_ms": 5001 }),
                "/deadline_ms",
                "out_of_range",
            ),
            (
                json!({ "name": "x", "purpose": "ask", "url": url, "events": ["comment.spam"] }),
                "/events",
                "invalid",
            ),
            (
                json!({ "name": "x", "purpose": "ask", "url": url, "format": "slack" }),
                "/format",
                "invalid",
            ),
        ] {
            create(&world, &site, &wish).await.refused_for(pointer, code);
        }
        let matrix = format!(
            "{}/_matrix/client/v3/rooms/!r:x/send/m.room.message",
            url.trim_end_matches("/hook")
        );
        let wish = json!({ "name": "x", "events": ["comment.spam"], "url": matrix, "format": "matrix" });
        create(&world, &site, &wish).await.refused_for("/token", "required");
        for _ in 0..50 {
            hook(&world, &site, url, &["comment.created"]).await;
        }
        let one_more = json!({ "name": "x", "events": ["comment.spam"], "url": url });
        create(&world, &site, &one_more).await.refused(403, "not_permitted");
    });
}

#[test]
fn a_trial_arrives_marked_and_the_log_can_be_turned_over() {
    run(async {
        let world = neighbourly();
        let site = publishing(&world).await;
        let receiver = Receiver::start().await;
        let (id, secret) = hook(&world, &site, &receiver.url, &["comment.published", "comment.reported"]).await;
        let trial = async |body: Value| {
            let ask = world.post(&site.admin(&format!("webhooks/{id}/test")), &body);
            ask.by(&site.owner.account).send().await
        };
        let sent = trial(json!({})).await.expect(202);
        assert_eq!(
            (&sent.json["state"], &sent.json["event"]),
            (&json!("waiting"), &json!("comment.published"))
        );
        for event in ALL {
            trial(json!({ "event": event })).await.expect(202);
        }
        trial(json!({ "event": "comment.eaten" }))
            .await
            .refused_for("/event", "invalid");
        deliver(&world).await;
        assert_eq!(receiver.got().len(), 9);
        for got in receiver.got() {
            assert!(got.is_signed_by(&secret) && got.json()["test"] == true, "{got:?}");
        }
        let first = site.list(&world, &format!("webhooks/{id}/deliveries?limit=5")).await;
        let next = first.text("next");
        let second = site
            .list(&world, &format!("webhooks/{id}/deliveries?limit=5&before={next}"))
            .await;
        assert_eq!(first.json["deliveries"].as_array().unwrap().len(), 5);
        assert_eq!(second.json["deliveries"].as_array().unwrap().len(), 4);
        assert_eq!(second.json.get("next"), None);
        let failed = site
            .list(&world, &format!("webhooks/{id}/deliveries?state=failed"))
            .await;
        assert_eq!(failed.json["deliveries"], json!([]));

        change(&world, &site, &id, &json!({ "enabled": false }))
            .await
            .expect(200);
        trial(json!({})).await.refused(409, "state_changed");
        let path = site.admin(&format!("webhooks/{id}"));
        world
            .ask(Method::DELETE, &path)
            .by(&site.owner.account)
            .send()
            .await
            .expect(204);
        world
            .get(&path)
            .by(&site.owner.account)
            .send()
            .await
            .refused(404, "not_found");
        let rows = world
            .within(|app| async move { webhook_delivery::Entity::find().all(app.db.read()).await.unwrap() })
            .await;
        assert_eq!(rows, [], "its log goes with it");
    });
}

#[test]
fn a_webhook_that_was_just_deleted_costs_no_comment() {
    run(async {
        // A node that hears of nothing for a minute, as another one's does for a second.
        let world = World::start(|config| {
            config.outgoing_ports = Vec::new();
            config.outgoing_private = vec!["127.0.0.0/8".parse().unwrap()];
            config.cache_seconds = 60;
        });
        let site = publishing(&world).await;
        let receiver = Receiver::start().await;
        let (id, _) = hook(&world, &site, &receiver.url, &["comment.created"]).await;
        site.say(&world, "post", "Known").await.expect(201);
        let hook_id: uuid::Uuid = id.parse().unwrap();
        world
            .within(move |app| async move {
                let tx = app.db.begin().await.unwrap();
                webhook::Entity::delete_by_id(hook_id).exec(&*tx).await.unwrap();
                tx.commit().await.unwrap();
            })
            .await;
        site.say(&world, "post", "Not lost").await.expect(201);
    });
}

#[test]
fn what_is_erased_leaves_the_log_too() {
    run(async {
        let world = neighbourly();
        let mut site = publishing(&world).await;
        let receiver = Receiver::start().await;
        let (id, _) = hook(&world, &site, &receiver.url, &["comment.created", "comment.deleted"]).await;
        let echo = json!({ "you_said": "I live in Elm Street." });
        receiver.says([Say::Json(echo)]);
        let comment = site
            .say(&world, "post", "I live in Elm Street.")
            .await
            .expect(201)
            .comment_id();
        deliver(&world).await;
        site.decide(&world, &[&comment], "delete").await.expect(200);
        world.advance(TimeDelta::days(7) + TimeDelta::minutes(1));
        // The purge comes before the delivery that still waits.
        while world
            .within(|app| async move { worker::turn(&app).await.unwrap() })
            .await
            > 0
        {}
        site.owner.account = world.sign_in(&site.owner.account.email).await;
        assert_eq!(deliver(&world).await, 0);
        let rows = world
            .within(|app| async move { webhook_delivery::Entity::find().all(app.db.read()).await.unwrap() })
            .await;
        assert_eq!(rows.len(), 2);
        assert!(!format!("{rows:?}").contains("Elm"), "{rows:?}");
        let log = deliveries(&world, &site, &id).await;
        assert_eq!(
            (&log[0]["state"], &log[0]["fault"]),
            (&json!("failed"), &json!("erased"))
        );
        let record = delivery(&world, &site, &id, &log[1]).await;
        assert_eq!((record.get("payload"), record["request"].get("body")), (None, None));
        let path = site.admin(&format!(
            "webhooks/{id}/deliveries/{}/replay",
            log[1]["id"].as_str().unwrap()
        ));
        world
            .post(&path, &json!({}))
            .by(&site.owner.account)
            .send()
            .await
            .refused(409, "state_changed");
    });
}

#[test]
fn the_log_is_kept_for_its_days() {
    run(async {
        let world = neighbourly();
        let mut site = publishing(&world).await;
        let receiver = Receiver::start().await;
        let (id, _) = hook(&world, &site, &receiver.url, &["comment.created"]).await;
        site.say(&world, "post", "One").await.expect(201);
        deliver(&world).await;
        for (days, kept) in [(13, 1), (2, 0)] {
            world.advance(TimeDelta::days(days));
            world
                .within(|app| async move {
                    let before = app.clock.now() - TimeDelta::days(app.config.webhook_days);
                    parlour::webhooks::deliveries::forget(&app, before).await.unwrap();
                })
                .await;
            site.owner.account = world.sign_in(&site.owner.account.email).await;
            assert_eq!(deliveries(&world, &site, &id).await.len(), kept);
        }
    });
}

#[test]
fn chats_get_their_own_form_and_their_addresses_stay_secret() {
    run(async {
        let world = neighbourly();
        let site = publishing(&world).await;
        let receiver = Receiver::start().await;
        let base = receiver.url.trim_end_matches("/hook");
        for (format, path, token) in [
            ("slack", "/services/T/B/hunter2", None),
            ("discord", "/api/webhooks/1/hunter2", None),
            ("telegram", "/bot1:hunter2/sendMessage?chat_id=-42", None),
            (
                "matrix",
                "/_matrix/client/v3/rooms/!r:x/send/m.room.message",
                Some("syt_hunter2"),
            ),
            ("ntfy", "/topic", Some("tk_hunter2")),
        ] {
            let wish = json!({
                "name": format, "format": format, "locale": "de", "events": ["comment.created"], "url": format!("{base}{path}"), "token": token,
            });
            create(&world, &site, &wish).await.expect(201);
        }
        let draft = json!({ "thread": { "id": "post", "title": "Ein Beitrag" }, "text": "<b>Gut</b> & schön", "author": { "name": "Ada" } });
        site.draft(&world, &draft).await.expect(201);
        deliver(&world).await;
        let got: HashMap<String, Got> = receiver.got().into_iter().map(|got| (got.line.clone(), got)).collect();
        let to = |begin: &str| {
            got.iter()
                .find(|(line, _)| line.starts_with(begin))
                .unwrap_or_else(|| panic!("{begin}: {got:?}"))
                .1
        };
        let slack = to("POST /services/T/B/hunter2 ");
        assert!(
            slack.json()["text"]
                .as_str()
                .unwrap()
                .contains("Neuer Kommentar von Ada zu „Ein Beitrag“")
        );
        assert!(
            slack.json()["text"]
                .as_str()
                .unwrap()
                .contains(">&lt;b&gt;Gut&lt;/b&gt; &amp; schön\n")
        );
        assert!(to("POST /api/webhooks/1/hunter2 ").json()["embeds"].is_array());
        assert_eq!(to("POST /bot1:hunter2/sendMessage ").json()["chat_id"], "-42");
        let matrix = to("PUT /_matrix/client/v3/rooms/!r:x/send/m.room.message/msg_");
        assert_eq!(matrix.headers["authorization"], "Bearer syt_hunter2");
        let ntfy = to("POST / ");
        assert_eq!(
            (&ntfy.json()["topic"], &ntfy.headers["authorization"]),
            (&json!("topic"), &"Bearer tk_hunter2".to_owned())
        );

        let listed = site.list(&world, "webhooks").await;
        let mut seen = listed.all() + &site.list(&world, "audit").await.all();
        for one in listed.json["webhooks"].as_array().unwrap() {
            let id = one["id"].as_str().unwrap();
            let log = deliveries(&world, &site, id).await;
            let record = delivery(&world, &site, id, &log[0]).await;
            assert!(record["request"]["body"].is_string());
            seen.push_str(&record.to_string());
        }
        assert!(!seen.contains("hunter2"), "{seen}");
    });
}

#[test]
fn an_operator_who_acts_and_a_key_make_no_webhook() {
    run(async {
        let world = neighbourly();
        let site = publishing(&world).await;
        let receiver = Receiver::start().await;
        let (id, _) = hook(&world, &site, &receiver.url, &["comment.created"]).await;
        let operator = world.operator().await;
        let acting = json!({ "role": "admin", "reason": "A ticket" });
        let path = format!("/v1/operator/tenants/{}/acting", site.owner.tenant_id);
        world.post(&path, &acting).by(&operator).send().await.expect(201);
        let by = async |account: &Account, method: Method, path: &str, body: &Value| {
            world.ask(method, &site.admin(path)).json(body).by(account).send().await
        };
        let wish = json!({ "name": "Mine", "events": ["comment.created"], "url": receiver.url });
        by(&operator, Method::POST, "webhooks", &wish)
            .await
            .refused(403, "not_permitted");
        let path = format!("webhooks/{id}");
        let secret = format!("{path}/secret");
        by(&operator, Method::POST, &secret, &json!({}))
            .await
            .refused(403, "not_permitted");
        let to = json!({ "url": receiver.url });
        by(&operator, Method::PATCH, &path, &to)
            .await
            .refused(403, "not_permitted");
        by(&operator, Method::PATCH, &path, &json!({ "enabled": false }))
            .await
            .expect(200);
        let moderator = world.member(&site, Role::Moderator, Reach::All).await;
        by(&moderator, Method::POST, "webhooks", &wish)
            .await
            .refused(403, "not_permitted");
    });
}

#[test]
fn a_site_that_moves_away_takes_no_webhook_along() {
    run(async {
        let world = neighbourly();
        let site = publishing(&world).await;
        let (own, all) = (Receiver::start().await, Receiver::start().await);
        let wish = json!({ "name": "One site", "site_id": site.id, "events": ["comment.created"], "url": own.url });
        create(&world, &site, &wish).await.expect(201);
        hook(&world, &site, &all.url, &["comment.created"]).await;
        let body = json!({ "name": "Another tenant" });
        let target = world
            .post("/v1/admin/tenants", &body)
            .by(&site.owner.account)
            .send()
            .await
            .expect(201);
        let path = site.admin(&format!("sites/{}/move", site.id));
        let moved = json!({ "tenant_id": target.text("id") });
        world
            .post(&path, &moved)
            .by(&site.owner.account)
            .send()
            .await
            .expect(200);
        site.say(&world, "post", "Elsewhere").await.expect(201);
        deliver(&world).await;
        assert_eq!((own.got().len(), all.got().len()), (0, 0));
        let left = site.list(&world, "webhooks").await;
        assert_eq!(left.json["webhooks"].as_array().unwrap().len(), 1);
    });
}

/// A site whose program is asked within half a second.
async fn asking(world: &World, settings: Value, receiver: &Receiver) -> (Site, String, String) {
    let site = world.site(settings).await;
    let wish = json!({ "name": "A program", "purpose": "ask", "url": receiver.url, "deadline_ms": 500 });
    let (id, secret) = made(&create(world, &site, &wish).await.expect(201));
    (site, id, secret)
}

async fn state_of(world: &World, site: &Site, posted: &Answer) -> (String, Value) {
    let record = site.record(world, &posted.comment_id()).await;
    let comment = &record.json["comment"];
    (
        comment["state"].as_str().unwrap().to_owned(),
        comment["reasons"].clone(),
    )
}

#[test]
fn a_program_decides_about_comments_before_they_are_stored() {
    run(async {
        let world = neighbourly();
        let receiver = Receiver::start().await;
        let (site, _, secret) = asking(&world, json!({ "moderation": "all" }), &receiver).await;
        for (decision, status, state, reasons) in [
            ("publish", 201, "published", json!(["program_published"])),
            ("hold", 202, "pending", json!(["site_holds_all", "program_held"])),
            ("spam", 202, "spam", json!(["program_spam"])),
            ("reject", 202, "rejected", json!(["program_rejected"])),
        ] {
            receiver.says([Say::Json(json!({ "decision": decision }))]);
            let draft = json!({ "thread": { "url": "https://blog.example/post", "title": "A post" }, "text": "Well *said*.", "author": { "name": "Ada", "email": "ada@example.org" } });
            let posted = site.draft(&world, &draft).await.expect(status);
            assert_eq!(state_of(&world, &site, &posted).await, (state.to_owned(), reasons));
        }
        let asked = receiver.got();
        assert_eq!(asked.len(), 4);
        for one in &asked {
            assert!(one.is_signed_by(&secret), "{one:?}");
            assert!(
                !one.body.contains("ada@example.org") && !one.body.contains("network"),
                "{}",
                one.body
            );
        }
        let question = asked[0].json();
        assert_eq!(question["type"], "comment.moderate");
        assert_eq!(question["data"]["comment"]["text"], "Well *said*.");
        assert_eq!(question["data"]["comment"].get("id"), None);
        assert_eq!(question["data"]["thread"]["url"], "https://blog.example/post");

        // Second thoughts are asked about, too.
        receiver.says([
            Say::Json(json!({ "decision": "publish" })),
            Say::Json(json!({ "decision": "spam" })),
        ]);
        let posted = site.say(&world, "post", "Harmless").await.expect(201);
        let path = site.path(&format!("comments/{}", posted.comment_id()));
        let edit = world.ask(Method::PATCH, &path).json(&json!({ "text": "Buy now" }));
        edit.from(ORIGIN)
            .header("parlour-tokens", posted.text("token"))
            .send()
            .await
            .expect(200);
        assert_eq!(
            state_of(&world, &site, &posted).await,
            ("spam".to_owned(), json!(["program_spam"]))
        );
        let last = receiver.got().pop().unwrap().json();
        assert_eq!(last["data"]["comment"]["id"], json!(posted.comment_id()));
    });
}

#[test]
fn without_an_answer_the_rules_decide_and_the_log_says_why() {
    run(async {
        let world = neighbourly();
        let receiver = Receiver::start().await;
        let (site, id, _) = asking(&world, json!({ "moderation": "none" }), &receiver).await;
        let began = tokio::time::Instant::now();
        for (say, fault) in [
            (Say::Nothing, "time"),
            (Say::Status(500), "status"),
            (Say::Json(json!({ "decision": "eat" })), "not_understood"),
            (
                Say::Wire(format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}", " ".repeat(100_000)).into_bytes()),
                "not_understood",
            ),
        ] {
            receiver.says([say]);
            let posted = site.say(&world, "post", "Secret words").await.expect(201);
            assert_eq!(
                state_of(&world, &site, &posted).await,
                ("published".to_owned(), json!([]))
            );
            let log = deliveries(&world, &site, &id).await;
            assert_eq!(
                (&log[0]["event"], &log[0]["state"], &log[0]["fault"]),
                (&json!("comment.moderate"), &json!("failed"), &json!(fault))
            );
            let record = delivery(&world, &site, &id, &log[0]).await;
            assert!(!record.to_string().contains("Secret words"), "{record}");
        }
        assert!(began.elapsed() < Duration::from_secs(30));
        assert_eq!(read(&world, &site, &id).await["failures"], 4);
        receiver.says([Say::Json(json!({ "decision": "hold" }))]);
        site.say(&world, "post", "Once more").await.expect(202);
        assert_eq!(read(&world, &site, &id).await["failures"], 0, "it answers again");
    });
}

#[test]
fn a_program_that_keeps_failing_is_not_asked_for_a_while() {
    run(async {
        let world = neighbourly();
        let receiver = Receiver::start().await;
        receiver.always(Some(Say::Status(500)));
        let (site, _, _) = asking(&world, json!({ "moderation": "none" }), &receiver).await;
        for _ in 0..8 {
            site.say(&world, "post", "A word").await.expect(201);
        }
        assert_eq!(receiver.got().len(), 5, "then nobody waits for it");
        world.advance(TimeDelta::seconds(31));
        receiver.always(Some(Say::Json(json!({ "decision": "hold" }))));
        site.say(&world, "post", "A word").await.expect(202);
        site.say(&world, "post", "A word").await.expect(202);
        assert_eq!(receiver.got().len(), 7);
    });
}

#[test]
fn while_a_program_thinks_others_post_and_nothing_is_held() {
    run(async {
        let world = neighbourly();
        let receiver = Receiver::start().await;
        let (site, _, _) = asking(&world, json!({ "moderation": "none" }), &receiver).await;
        receiver.says([Say::Nothing]);
        receiver.always(Some(Say::Json(json!({ "decision": "publish" }))));
        let slow = site.say(&world, "post", "Thought about");
        let quick = async {
            receiver.arrived.notified().await;
            // While the first is on its way.
            let posted = site.say(&world, "post", "At once").await.expect(201);
            posted.json["comment"]["number"].as_u64().unwrap()
        };
        let (slow, quick) = join(slow, quick).await;
        assert_eq!(
            (quick, slow.expect(201).json["comment"]["number"].as_u64()),
            (1, Some(2))
        );
    });
}

#[test]
fn one_program_is_asked_and_a_sites_own_before_that_of_all() {
    run(async {
        let world = neighbourly();
        let (all, own) = (Receiver::start().await, Receiver::start().await);
        all.always(Some(Say::Json(json!({ "decision": "spam" }))));
        own.always(Some(Say::Json(json!({ "decision": "publish" }))));
        let (site, id, _) = asking(&world, json!({ "moderation": "none" }), &all).await;
        site.say(&world, "post", "A word").await.expect(202);
        let wish = json!({ "name": "A second", "purpose": "ask", "url": own.url });
        create(&world, &site, &wish).await.refused(409, "already_exists");
        let wish = json!({ "name": "Its own", "purpose": "ask", "url": own.url, "site_id": site.id });
        create(&world, &site, &wish).await.expect(201);
        site.say(&world, "post", "A word").await.expect(201);
        assert_eq!((all.got().len(), own.got().len()), (1, 1));
        change(&world, &site, &id, &json!({ "enabled": false }))
            .await
            .expect(200);
        create(
            &world,
            &site,
            &json!({ "name": "A second", "purpose": "ask", "url": all.url }),
        )
        .await
        .expect(201);
        change(&world, &site, &id, &json!({ "enabled": true }))
            .await
            .refused(409, "already_exists");
    });
}

#[test]
fn what_was_posted_to_a_program_that_vanished_is_stored_all_the_same() {
    run(async {
        let world = neighbourly();
        let receiver = Receiver::start().await;
        let (site, _, _) = asking(&world, json!({ "moderation": "none" }), &receiver).await;
        receiver.says([Say::Status(410)]);
        site.say(&world, "post", "A word").await.expect(201);
        site.say(&world, "post", "Another").await.expect(201);
        assert_eq!(receiver.got().len(), 1, "gone is gone");
        let site_id: uuid::Uuid = site.id.parse().unwrap();
        let rows = comment::Entity::find().filter(comment::Column::SiteId.eq(site_id));
        let stored = world
            .within(move |app| async move { rows.all(app.db.read()).await.unwrap() })
            .await;
        assert_eq!(stored.len(), 2);
    });
}
