//! A running Parlour for the tests: on SQLite, or on the PostgreSQL and Redis that `TEST_DATABASE_URL` and `TEST_REDIS_URL` name.
//!
//! One server for all tests of a run; each test makes its own accounts, tenants and sites in it, which is isolation enough and
//! proves isolation as it goes. A test that needs another configuration starts a server of its own.

use std::error::Error;
use std::sync::{Arc, OnceLock};

use chrono::TimeDelta;
use entity::membership::Role;
use entity::{account, job};
use http::{Method, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use parlour::app::App;
use parlour::config::{Budget, Config, SignUp};
use parlour::http::server::{ServerLimits, serve};
use parlour::tenants::{self, Reach};
use sea_orm::{ActiveModelTrait, ConnectionTrait, Database, Set};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

pub const PASSWORD: &str = "correct horse battery";

/// Runs a test's future: `#[test] fn a_sentence() { run(async { ... }) }`.
pub fn run<F: Future>(test: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(test)
}

/// The server that all tests share.
pub fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| World::start(|_| {}))
}

pub struct World {
    pub app: Arc<App>,
    /// `http://127.0.0.1:PORT`
    pub base: String,
    /// The server and the database's connections live here as long as the world.
    runtime: Option<Runtime>,
}

impl Drop for World {
    fn drop(&mut self) {
        // From within a test's own runtime, which must not block.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
        std::fs::remove_dir_all(&self.app.config.data_dir).ok();
    }
}

impl World {
    /// A server of one's own, with another configuration.
    pub fn start(configure: impl FnOnce(&mut Config) + Send) -> World {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let mut config = Config::defaults();
        config.data_dir = std::env::temp_dir().join(format!("parlour-test-{:016x}", rand::random::<u64>()));
        config.database_url = format!("sqlite://{}", config.data_dir.join("parlour.db").display());
        config.sign_up = SignUp::Open;
        let plenty: Budget = "1000000/1".parse().unwrap();
        for budget in [
            &mut config.limit_read,
            &mut config.limit_post,
            &mut config.limit_preview,
            &mut config.limit_edit,
            &mut config.limit_vote,
            &mut config.limit_vote_comment,
            &mut config.limit_reader,
            &mut config.limit_report,
            &mut config.limit_report_comment,
            &mut config.limit_live,
            &mut config.limit_feed,
            &mut config.limit_trouble,
            &mut config.limit_check,
            &mut config.limit_admin,
            &mut config.limit_export,
            &mut config.limit_sign_in,
            &mut config.limit_sign_in_network,
            &mut config.limit_sign_in_account,
            &mut config.limit_code,
            &mut config.limit_sign_up,
            &mut config.limit_reset,
            &mut config.limit_mine,
            &mut config.limit_invite,
            &mut config.limit_mail,
            &mut config.limit_watch,
            &mut config.limit_mail_site,
            &mut config.limit_mail_all,
            &mut config.limit_subscribe,
            &mut config.limit_follow,
        ] {
            *budget = plenty;
        }
        config.connections_per_network = 10_000;
        config.requests = 10_000;
        // A page that is to be looked at is not looked for, not even by its name.
        config.outgoing_ports = vec![1];
        config.streams_per_network = 10_000;
        // Spoken for by the parent thread's `block_on`: this is called from plain tests and from inside a test's runtime.
        let started = std::thread::scope(|scope| {
            scope
                .spawn(|| {
                    runtime.block_on(async {
                        if let Ok(server) = std::env::var("TEST_DATABASE_URL") {
                            config.database_url = fresh_database(&server).await;
                        }
                        if let Ok(redis) = std::env::var("TEST_REDIS_URL") {
                            config.redis_url = redis;
                        }
                        configure(&mut config);
                        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                        let base = format!("http://{}", listener.local_addr().unwrap());
                        if !config.public_url_given {
                            config.public_url.clone_from(&base);
                        }
                        let limits = ServerLimits {
                            proxies: config.trusted_proxies.clone(),
                            connections_per_network: 10_000,
                            ..ServerLimits::default()
                        };
                        let app = App::start(config).await.unwrap();
                        app.db.migrate(&app.config).await.unwrap();
                        tokio::spawn(serve(
                            listener,
                            parlour::http::routes(&app),
                            limits,
                            std::future::pending(),
                        ));
                        (app, base)
                    })
                })
                .join()
                .unwrap()
        });
        World {
            app: started.0,
            base: started.1,
            runtime: Some(runtime),
        }
    }

    pub fn get(&self, path: &str) -> Ask {
        self.ask(Method::GET, path)
    }

    pub fn post(&self, path: &str, body: &Value) -> Ask {
        self.ask(Method::POST, path).json(body)
    }

    pub fn ask(&self, method: Method, path: &str) -> Ask {
        ask(&self.base, method, path)
    }

    /// Signs up somebody new and signs him in.
    pub async fn somebody(&self, name: &str) -> Account {
        let email = format!("{name}-{:016x}@example.org", rand::random::<u64>());
        let particulars = json!({ "email": email, "name": name, "password": PASSWORD });
        self.post("/v1/admin/accounts", &particulars).send().await.expect(202);
        self.sign_in(&email).await
    }

    /// Signs in once more: an access token does not live through a move of time.
    pub async fn sign_in(&self, email: &str) -> Account {
        let credentials = json!({ "email": email, "password": PASSWORD });
        let session = self.post("/v1/admin/session", &credentials).send().await.expect(200);
        Account {
            token: session.text("access_token"),
            id: session.json["account"]["id"].as_str().unwrap().to_owned(),
            email: email.to_owned(),
            cookie: session.cookie(),
        }
    }

    /// Somebody new with a tenant of his own.
    pub async fn owner(&self) -> Owner {
        let account = self.somebody("owner").await;
        let tenant = self
            .post("/v1/admin/tenants", &json!({ "name": "A tenant" }))
            .by(&account)
            .send()
            .await
            .expect(201);
        Owner {
            tenant_id: tenant.text("id"),
            account,
        }
    }

    /// A new owner's site at `https://blog.example`, with settings.
    pub async fn site(&self, settings: Value) -> Site {
        let owner = self.owner().await;
        self.site_of(owner, settings).await
    }

    pub async fn site_of(&self, owner: Owner, settings: Value) -> Site {
        let path = format!("/v1/admin/tenants/{}/sites", owner.tenant_id);
        let body = json!({ "name": "A blog", "origins": [ORIGIN], "settings": settings });
        let site = self.post(&path, &body).by(&owner.account).send().await.expect(201);
        Site {
            id: site.text("id"),
            key: site.text("key"),
            owner,
        }
    }

    /// Does something to the service from within, on the server's own runtime: a connection to the database that a test's
    /// runtime opened would die with it.
    pub async fn within<T, F>(&self, act: impl FnOnce(Arc<App>) -> F) -> T
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let runtime = self.runtime.as_ref().unwrap();
        runtime.spawn(act(Arc::clone(&self.app))).await.unwrap()
    }

    /// Somebody new with a role in a site's tenant: for all of its sites, or for some.
    pub async fn member(&self, site: &Site, role: Role, reach: Reach) -> Account {
        let account = self.somebody("member").await;
        let (tenant, id) = (site.owner.tenant_id.parse().unwrap(), account.id.parse().unwrap());
        self.within(move |app| async move { tenants::add_member(&app, tenant, id, role, &reach).await.unwrap() })
            .await;
        account
    }

    /// Somebody new who operates this server.
    pub async fn operator(&self) -> Account {
        let account = self.somebody("operator").await;
        self.make_operator(&account).await;
        account
    }

    /// Lets somebody operate this server.
    pub async fn make_operator(&self, account: &Account) {
        let id: uuid::Uuid = account.id.parse().unwrap();
        self.within(move |app| async move {
            let row = account::ActiveModel {
                id: Set(id),
                operator: Set(true),
                ..Default::default()
            };
            let tx = app.db.begin().await.unwrap();
            row.update(&*tx).await.unwrap();
            tx.commit().await.unwrap();
        })
        .await;
    }

    /// A job that was given up with these words: its id.
    pub async fn failed_job(&self, error: &str) -> String {
        let (id, error) = (uuid::Uuid::new_v4(), error.to_owned());
        self.within(move |app| async move {
            let now = app.clock.now();
            let row = job::ActiveModel {
                id: Set(id),
                kind: Set("purge".to_owned()),
                site_id: Set(None),
                payload: Set(json!({ "site_id": id, "comment_id": id })),
                unique_key: Set(None),
                lane: Set(None),
                priority: Set(0),
                run_at: Set(now),
                attempts: Set(20),
                locked_until: Set(None),
                failed_at: Set(Some(now)),
                last_error: Set(Some(error)),
                created_at: Set(now),
            };
            let tx = app.db.begin().await.unwrap();
            row.insert(&*tx).await.unwrap();
            tx.commit().await.unwrap();
        })
        .await;
        id.to_string()
    }

    /// Moves this server's time ahead.
    pub fn advance(&self, by: TimeDelta) {
        self.app.clock.advance(by);
    }
}

/// The origin of every site that [`World::site`] makes.
pub const ORIGIN: &str = "https://blog.example";

/// Somebody signed in.
pub struct Account {
    pub id: String,
    pub email: String,
    pub token: String,
    /// `name=value` of the refresh cookie.
    pub cookie: String,
}

pub struct Owner {
    pub account: Account,
    pub tenant_id: String,
}

pub struct Site {
    pub id: String,
    pub key: String,
    pub owner: Owner,
}

impl Site {
    /// A visitor's path.
    pub fn path(&self, rest: &str) -> String {
        format!("/v1/sites/{}/{rest}", self.key)
    }

    /// A path of the site's tenant at the admin door.
    pub fn admin(&self, rest: &str) -> String {
        format!("/v1/admin/tenants/{}/{rest}", self.owner.tenant_id)
    }

    /// Posts to the thread `id`, as a reader's page does.
    pub async fn say(&self, world: &World, thread: &str, text: &str) -> Answer {
        self.draft(world, &json!({ "thread": { "id": thread }, "text": text }))
            .await
    }

    pub async fn answer(&self, world: &World, thread: &str, parent: &str, text: &str) -> Answer {
        self.draft(
            world,
            &json!({ "thread": { "id": thread }, "parent_id": parent, "text": text }),
        )
        .await
    }

    pub async fn draft(&self, world: &World, draft: &Value) -> Answer {
        world.post(&self.path("comments"), draft).from(ORIGIN).send().await
    }

    /// The thread as readers see it.
    pub async fn read(&self, world: &World, thread: &str) -> Answer {
        world
            .get(&self.path(&format!("thread?id={thread}")))
            .from(ORIGIN)
            .send()
            .await
            .expect(200)
    }

    pub async fn decide(&self, world: &World, ids: &[&str], decision: &str) -> Answer {
        let body = json!({ "ids": ids, "decision": decision });
        world
            .post(&self.admin("decisions"), &body)
            .by(&self.owner.account)
            .send()
            .await
    }

    /// A comment with its history, as moderators see it.
    pub async fn record(&self, world: &World, id: &str) -> Answer {
        let path = self.admin(&format!("comments/{id}"));
        world.get(&path).by(&self.owner.account).send().await.expect(200)
    }

    pub async fn revise(&self, world: &World, id: &str, change: &Value) -> Answer {
        let path = self.admin(&format!("comments/{id}"));
        let request = world.ask(Method::PATCH, &path).json(change);
        request.by(&self.owner.account).send().await
    }

    /// Answers in the name of the site's team.
    pub async fn answer_as_team(&self, world: &World, id: &str, body: &Value) -> Answer {
        let path = self.admin(&format!("comments/{id}/replies"));
        world.post(&path, body).by(&self.owner.account).send().await
    }

    /// The comments of a list that moderators see, such as `comments?state=pending`.
    pub async fn list(&self, world: &World, path: &str) -> Answer {
        world
            .get(&self.admin(path))
            .by(&self.owner.account)
            .send()
            .await
            .expect(200)
    }

    /// The thread of a posted comment.
    pub async fn thread(&self, world: &World, id: &str) -> Answer {
        let path = self.admin(&format!("threads/{id}"));
        world.get(&path).by(&self.owner.account).send().await.expect(200)
    }

    pub async fn change_thread(&self, world: &World, id: &str, change: &Value) -> Answer {
        let path = self.admin(&format!("threads/{id}"));
        let request = world.ask(Method::PATCH, &path).json(change);
        request.by(&self.owner.account).send().await
    }

    /// Merges, splits or moves a thread.
    pub async fn arrange(&self, world: &World, id: &str, how: &str, body: &Value) -> Answer {
        let path = self.admin(&format!("threads/{id}/{how}"));
        world.post(&path, body).by(&self.owner.account).send().await
    }

    pub async fn change_settings(&self, world: &World, settings: &Value) {
        let path = self.admin(&format!("sites/{}", self.id));
        let request = world.ask(Method::PATCH, &path).json(&json!({ "settings": settings }));
        request.by(&self.owner.account).send().await.expect(200);
    }
}

/// A request to whatever serves at an address.
pub fn ask(base: &str, method: Method, path: &str) -> Ask {
    let request = http::Request::builder().method(method).uri(format!("{base}{path}"));
    Ask {
        request,
        body: Vec::new(),
    }
}

/// A request that is being put together.
pub struct Ask {
    request: http::request::Builder,
    body: Vec<u8>,
}

impl Ask {
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.request = self
            .request
            .header(name, http::HeaderValue::from_bytes(value.as_ref()).unwrap());
        self
    }

    /// As a page of this origin.
    pub fn from(self, origin: &str) -> Self {
        self.header("origin", origin)
    }

    /// With somebody's access token.
    pub fn by(self, account: &Account) -> Self {
        self.bearing(&account.token)
    }

    /// With an access token, or an API key.
    pub fn bearing(self, token: &str) -> Self {
        self.header("authorization", format!("Bearer {token}"))
    }

    pub fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").raw(body.to_string())
    }

    pub fn raw(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// As it is sent.
    pub fn request(self) -> http::Request<Full<Bytes>> {
        self.request.body(Full::new(self.body.into())).unwrap()
    }

    pub async fn send(self) -> Answer {
        self.try_send().await.unwrap()
    }

    /// For a server that may be gone: the error is the connection's.
    pub async fn try_send(self) -> Result<Answer, Box<dyn Error + Send + Sync>> {
        // A client for each request: tests have runtimes of their own, and a kept connection would outlive its.
        let client: Client<HttpConnector, Full<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
        let response = client.request(self.request.body(Full::new(self.body.into()))?).await?;
        let (parts, mut body) = response.into_parts();
        let endless = parts
            .headers
            .get("content-type")
            .is_some_and(|kind| kind == "text/event-stream");
        let body = match endless {
            // A stream of events: what it begins with.
            true => body.frame().await.ok_or("no event")??.into_data().unwrap_or_default(),
            false => body.collect().await?.to_bytes(),
        };
        let json = serde_json::from_slice(&body).unwrap_or(Value::Null);
        Ok(Answer {
            status: parts.status,
            headers: parts.headers,
            body,
            json,
        })
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: http::HeaderMap,
    pub body: Bytes,
    /// The body, where it is JSON; else null.
    pub json: Value,
}

impl Answer {
    /// Demands a status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", String::from_utf8_lossy(&self.body));
        self
    }

    /// Demands a refusal: its status, its code, and the form of every refusal (RFC 9457).
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Self {
        let answer = self.expect(status);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(answer.json["code"], code, "{}", answer.json);
        assert_eq!(answer.json["status"], status);
        assert_eq!(answer.json["type"], format!("/docs/errors#{code}"));
        assert!(answer.json["title"].is_string() && answer.json["request_id"].is_string());
        answer
    }

    /// What was sent, head and body, for looking through.
    pub fn all(&self) -> String {
        format!("{:?}\n{}", self.headers, String::from_utf8_lossy(&self.body))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// A string member of the body.
    #[track_caller]
    pub fn text(&self, name: &str) -> String {
        self.json[name]
            .as_str()
            .unwrap_or_else(|| panic!("no {name} in {}", self.json))
            .to_owned()
    }

    /// `(pointer, code)` of each value that was refused.
    #[track_caller]
    pub fn faults(self) -> Vec<(String, String)> {
        let answer = self.refused(422, "invalid_input");
        let text = |fault: &Value, name: &str| fault[name].as_str().unwrap().to_owned();
        let faults = answer.json["errors"].as_array().unwrap().iter();
        faults
            .map(|fault| (text(fault, "pointer"), text(fault, "code")))
            .collect()
    }

    /// Demands a refusal of one value of the body.
    #[track_caller]
    pub fn refused_for(self, pointer: &str, code: &str) {
        assert_eq!(self.faults(), [(pointer.to_owned(), code.to_owned())]);
    }

    /// The comments of a page or list.
    #[track_caller]
    pub fn comments(&self) -> &[Value] {
        self.json["comments"]
            .as_array()
            .unwrap_or_else(|| panic!("no comments in {}", self.json))
    }

    /// Their numbers, in the order given.
    #[track_caller]
    pub fn numbers(&self) -> Vec<u64> {
        self.comments()
            .iter()
            .map(|one| one["number"].as_u64().unwrap())
            .collect()
    }

    /// `name=value` of the cookie that was set.
    pub fn cookie(&self) -> String {
        self.header("set-cookie")
            .split(';')
            .next()
            .unwrap_or_default()
            .to_owned()
    }

    /// Id of the comment that was posted.
    #[track_caller]
    pub fn comment_id(&self) -> String {
        self.json["comment"]["id"]
            .as_str()
            .unwrap_or_else(|| panic!("no comment in {}", self.json))
            .to_owned()
    }

    /// Id of the thread that the comment was posted to.
    #[track_caller]
    pub fn thread_id(&self) -> String {
        self.json["thread"]["id"]
            .as_str()
            .unwrap_or_else(|| panic!("no thread in {}", self.json))
            .to_owned()
    }

    /// `(depth, html)` of the comments on a thread's page, tags of one paragraph taken off.
    pub fn talk(&self) -> Vec<(u64, String)> {
        let comments = self.json["comments"].as_array().unwrap();
        let plain = |html: &str| {
            html.trim()
                .trim_start_matches("<p>")
                .trim_end_matches("</p>")
                .to_owned()
        };
        comments
            .iter()
            .map(|one| (one["depth"].as_u64().unwrap(), plain(one["html"].as_str().unwrap())))
            .collect()
    }
}

/// A new, empty database on the server of this URL.
pub async fn fresh_database(server: &str) -> String {
    let name = format!("parlour_test_{:016x}", rand::random::<u64>());
    let connection = Database::connect(server).await.unwrap();
    connection
        .execute_unprepared(&format!("CREATE DATABASE {name}"))
        .await
        .unwrap();
    // As distributed databases have it, which know no other: `TEST_ISOLATION=serializable`.
    if let Ok(isolation) = std::env::var("TEST_ISOLATION") {
        let set = format!("ALTER DATABASE {name} SET default_transaction_isolation = '{isolation}'");
        connection.execute_unprepared(&set).await.unwrap();
    }
    connection.close().await.unwrap();
    let mut url = url::Url::parse(server).unwrap();
    url.set_path(&name);
    url.to_string()
}

/// The author of a comment as readers see him, but for his hash, which must be one.
#[track_caller]
pub fn author_of(comment: &Value) -> Value {
    let mut author = comment["author"].clone();
    let hash = author.as_object_mut().and_then(|author| author.remove("hash"));
    let hash = hash.unwrap_or_else(|| panic!("no hash in {comment}"));
    let hash = hash.as_str().unwrap();
    assert!(
        hash.len() == 12 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "{hash}"
    );
    author
}
