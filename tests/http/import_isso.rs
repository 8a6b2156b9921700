//! An Isso's database, brought to a site: what comes, what is told, what a bad file does.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use entity::comment::{self, State};
use entity::{OfSite, subscription, thread};
use parlour::comments::identity::of_isso;
use parlour::comments::mailbox;
use parlour::error::{Error, Result};
use parlour::infra::clock::id_at;
use parlour::sites;
use parlour::transfer::isso::{DEFAULT_SALT, Options};
use parlour::transfer::report::{Finding, Report};
use parlour::transfer::{self, Undone};
use sea_orm::prelude::Uuid;
use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, SqliteConnection};

use crate::binary::Home;
use crate::world::{Site, World, ask, author_of, run, world};
use http::Method;

/// The tables of Isso 0.14.
const SCHEMA: &str = "
    CREATE TABLE preferences (key VARCHAR PRIMARY KEY, value VARCHAR);
    CREATE TABLE threads (id INTEGER PRIMARY KEY, uri VARCHAR(256) UNIQUE, title VARCHAR(256));
    CREATE TABLE comments (
        tid REFERENCES threads(id), id INTEGER PRIMARY KEY, parent INTEGER, created FLOAT NOT NULL, modified FLOAT,
        mode INTEGER, remote_addr VARCHAR, text VARCHAR NOT NULL, author VARCHAR, email VARCHAR, website VARCHAR,
        likes INTEGER DEFAULT 0, dislikes INTEGER DEFAULT 0, voters BLOB NOT NULL DEFAULT x'00',
        notification INTEGER DEFAULT 0);
    CREATE TRIGGER remove_stale_threads AFTER DELETE ON comments BEGIN
        DELETE FROM threads WHERE id NOT IN (SELECT tid FROM comments); END;
    INSERT INTO preferences VALUES ('session-key', 'd5f7a1');
    PRAGMA user_version = 5;";

/// A few conversations with something of everything.
const TALK: &str = "
    INSERT INTO threads VALUES (1, '/post/', 'A post'), (2, '/about', NULL), (3, '/silent', 'Nobody');
    INSERT INTO comments (tid, id, parent, created, modified, mode, remote_addr, text, author, email, website, likes, dislikes,
        notification) VALUES
    (1, 2, NULL, 1433856221.5, 1433856300.25, 1, '198.51.100.0', 'First, *really*.', 'Ada &amp; Co', 'ada@example.org',
        'http://ada.example', 5, 1, 1),
    (1, 3, 2, 1433856322.123, NULL, 1, '203.0.113.0', 'An answer.', NULL, NULL, NULL, 0, 0, 0),
    (1, 4, 3, 1433856400, NULL, 1, '198.51.100.0', 'Deeper.', 'Ada &amp; Co', 'ada@example.org', NULL, 0, 2, 1),
    (1, 6, NULL, 1433857000, NULL, 4, '203.0.113.0', '', NULL, 'gone@example.org', NULL, 0, 0, 1),
    (1, 7, 6, 1433857100, NULL, 1, '2001:db8:7::', 'To nobody.', 'Bob', '', '', 0, 0, 0),
    (2, 8, NULL, 1433858000, NULL, 2, '203.0.113.0', 'Let me in.', 'Eve', 'eve@example.org', NULL, 0, 0, 1),
    (2, 9, NULL, 1433859000, NULL, 1, '203.0.113.0', 'ok', NULL, NULL, NULL, 0, 0, 0);";

/// A file that goes with the test.
struct File {
    folder: PathBuf,
    path: PathBuf,
}

impl Drop for File {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

impl File {
    fn of(bytes: &[u8]) -> File {
        let folder = std::env::temp_dir().join(format!("parlour-isso-{:016x}", rand::random::<u64>()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("comments.db");
        std::fs::write(&path, bytes).unwrap();
        File { folder, path }
    }

    /// A database that these statements make.
    async fn sql(statements: &[&str]) -> File {
        let file = File::of(b"");
        file.run(statements).await;
        file
    }

    async fn run(&self, statements: &[&str]) {
        let mut connection = self.open(SqliteJournalMode::Delete).await;
        for statements in statements {
            execute(&mut connection, statements).await;
        }
        connection.close().await.unwrap();
    }

    async fn open(&self, journal: SqliteJournalMode) -> SqliteConnection {
        SqliteConnectOptions::new()
            .filename(&self.path)
            .journal_mode(journal)
            .foreign_keys(false)
            .disable_statement_logging()
            .connect()
            .await
            .unwrap()
    }

    fn bytes(&self) -> Vec<u8> {
        std::fs::read(&self.path).unwrap()
    }

    /// The names and contents of all that is in its folder.
    fn surroundings(&self) -> Vec<(String, Vec<u8>)> {
        let entries = std::fs::read_dir(&self.folder).unwrap();
        let mut all: Vec<_> = entries
            .map(|entry| {
                let path = entry.unwrap().path();
                (
                    path.file_name().unwrap().to_str().unwrap().to_owned(),
                    std::fs::read(path).unwrap(),
                )
            })
            .collect();
        all.sort();
        all
    }
}

async fn execute(connection: &mut SqliteConnection, statements: &str) {
    connection.execute(AssertSqlSafe(statements.to_owned())).await.unwrap();
}

async fn bring(world: &World, site: &Site, path: &Path, options: Options) -> Result<Report> {
    bring_some(world, site, path, options, u64::MAX).await
}

/// Stops after so many comments.
async fn bring_some(world: &World, site: &Site, path: &Path, options: Options, most: u64) -> Result<Report> {
    let (key, path) = (site.key.clone(), path.to_owned());
    world
        .within(move |app| async move {
            let site = sites::find_by_key(&app, &key).await?;
            let folder = app
                .config
                .data_dir
                .join(format!("copies-{:016x}", rand::random::<u64>()));
            std::fs::create_dir_all(&folder).unwrap();
            let outcome = transfer::isso::import(&app, site, &path, &folder, &options, |progress| {
                match progress.done >= most {
                    true => ControlFlow::Break(()),
                    false => ControlFlow::Continue(()),
                }
            })
            .await;
            assert_eq!(
                std::fs::read_dir(&folder).unwrap().count(),
                0,
                "the copy is gone, however it ended"
            );
            outcome
        })
        .await
}

async fn undo(world: &World, report: &Report) -> Result<Undone> {
    let batch: Uuid = report.batch.as_ref().unwrap().parse().unwrap();
    world
        .within(move |app| async move { transfer::undo(&app, batch, |_| {}).await })
        .await
}

/// All of a site's comments and threads as they are stored, once every count is what the rows say.
async fn stored(world: &World, site: &Site) -> (Vec<comment::Model>, Vec<thread::Model>) {
    let site_id: Uuid = site.id.parse().unwrap();
    let (mut comments, threads) = world
        .within(move |app| async move {
            let comments = comment::Entity::of_site(site_id).all(app.db.read()).await.unwrap();
            let threads = thread::Entity::of_site(site_id).all(app.db.read()).await.unwrap();
            (comments, threads)
        })
        .await;
    comments.sort_by_key(|one| one.number);
    for one in &comments {
        let email = one.author_email.as_deref();
        let hash = email.map(|email| mailbox::hash(&world.app.keys, site_id, email));
        assert_eq!(one.mailbox_hash, hash, "who wrote it finds it by mail: {}", one.number);
    }
    let is_visible = |one: &comment::Model| one.state == State::Published || one.reply_count > 0;
    for one in &comments {
        let replies = comments.iter().filter(|reply| reply.parent_id == Some(one.id));
        let branch = comments.iter().filter(|reply| reply.root_id == Some(one.id));
        let (mut visible, mut published) = (0, 0);
        for reply in replies {
            assert!(reply.number > one.number && reply.thread_id == one.thread_id);
            assert_eq!(reply.root_id, one.root_id.or(Some(one.id)));
            visible += i32::from(is_visible(reply));
        }
        for reply in branch {
            published += i32::from(reply.state == State::Published);
        }
        let what = format!("comment {}", one.number);
        assert_eq!(one.reply_count, visible, "{what}");
        assert_eq!(one.branch_count, published, "{what}");
    }
    for thread in &threads {
        let published = comments
            .iter()
            .filter(|one| one.thread_id == thread.id && one.state == State::Published);
        let times: Vec<_> = published.map(|one| one.created_at).collect();
        assert_eq!(
            thread.comment_count,
            i64::try_from(times.len()).unwrap(),
            "{}",
            thread.key
        );
        // Who posts here and not elsewhere is of now.
        assert!(thread.last_comment_at >= times.iter().max().copied(), "{}", thread.key);
    }
    (comments, threads)
}

fn numbers(comments: &[comment::Model]) -> Vec<i64> {
    comments.iter().map(|one| one.number).collect()
}

async fn followers(world: &World, site: &Site) -> Vec<(String, i64)> {
    let site_id: Uuid = site.id.parse().unwrap();
    let rows = world
        .within(move |app| async move { subscription::Entity::of_site(site_id).all(app.db.read()).await.unwrap() })
        .await;
    let (comments, _) = stored(world, site).await;
    let number: HashMap<Uuid, i64> = comments.iter().map(|one| (one.id, one.number)).collect();
    let mut all: Vec<_> = rows
        .into_iter()
        .map(|row| {
            assert!(row.confirmed_at == Some(row.created_at) && row.ended_at.is_none());
            (row.email, number[&row.comment_id.unwrap()])
        })
        .collect();
    all.sort();
    all
}

/// A reproducible stream of numbers below a bound.
fn dice(mut state: u64) -> impl FnMut(u64) -> u64 {
    move |below| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) % below
    }
}

/// Comments in three threads, nested at will, in every mode.
fn many(count: u64) -> String {
    let mut roll = dice(0x9E37_79B9_7F4A_7C15);
    let mut rows = Vec::new();
    for id in 1..=count {
        let thread = 1 + id % 3;
        let parent = match id > 6 && roll(4) > 0 {
            // Of the same thread, as every third is.
            true => (id - 3 * (1 + roll((id - 1) / 3))).to_string(),
            false => "NULL".to_owned(),
        };
        let mode = [1, 1, 1, 2, 4][usize::try_from(roll(5)).unwrap()];
        rows.push(format!(
            "({thread}, {id}, {parent}, {}.25, {mode}, '198.51.100.0', 'Comment {id}.')",
            1_500_000_000 + id
        ));
    }
    format!(
        "INSERT INTO threads VALUES (1, '/1', '1'), (2, '/2', '2'), (3, '/3', '3');
         INSERT INTO comments (tid, id, parent, created, mode, remote_addr, text) VALUES {};",
        rows.join(", ")
    )
}

#[test]
fn an_issos_conversations_come_as_they_were() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "none", "min_text_length": 5 })).await;
        let file = File::sql(&[SCHEMA, TALK]).await;
        let before = file.surroundings();
        let report = bring(world, &site, &file.path, Options::default()).await.unwrap();
        assert_eq!(file.surroundings(), before, "the file and its folder are not touched");

        assert_eq!(
            (report.skipped.count(), report.changed.count(), report.version),
            (0, 0, 5)
        );
        let json = report.json();
        assert_eq!(
            json["comments"],
            json!({ "found": 7, "published": 5, "pending": 1, "deleted": 1, "already_there": 0 })
        );
        assert_eq!(
            json["threads"],
            json!({ "found": 3, "opened": 2, "joined": 0, "without_comments": 1 })
        );
        assert_eq!(
            (&json["numbers"], &json["salt"]),
            (&json!("kept"), &json!("issos_default"))
        );

        let page = site.read(world, "/post/").await;
        assert_eq!(page.json["thread"]["title"], "A post");
        assert_eq!(page.json["thread"]["comment_count"], 4);
        assert_eq!(page.numbers(), [2, 3, 4, 6, 7]);
        let depths: Vec<_> = page.comments().iter().map(|one| one["depth"].clone()).collect();
        assert_eq!(json!(depths), json!([0, 1, 2, 0, 1]), "the tree as it was");
        let [first, answer, deeper, deleted, to_nobody] = page.comments() else {
            panic!()
        };
        assert_eq!(first["html"], "<p>First, <em>really</em>.</p>");
        assert_eq!((&first["votes"]["up"], &first["votes"]["down"]), (&json!(5), &json!(1)));
        assert_eq!(first["created_at"], "2015-06-09T13:23:41.500+00:00");
        assert_eq!(first["edited_at"], "2015-06-09T13:25:00.250+00:00");
        assert_eq!(answer["created_at"], "2015-06-09T13:25:22.123+00:00");
        assert_eq!(author_of(first)["name"], "Ada & Co");
        assert_eq!(author_of(first)["website"], "http://ada.example/");
        assert_eq!(first["author"]["hash"], of_isso("ada@example.org", DEFAULT_SALT));
        assert_eq!(deeper["author"]["hash"], first["author"]["hash"]);
        assert_eq!(answer["author"]["hash"], of_isso("203.0.113.0", DEFAULT_SALT));
        assert_eq!(to_nobody["author"]["hash"], of_isso("2001:db8:7::", DEFAULT_SALT));
        assert!(
            deleted["author"] == json!({ "team": false }) && !page.all().contains("gone@example.org"),
            "{deleted}"
        );
        assert!(!page.all().contains("198.51.100"), "addresses are not kept");

        let waiting = site.list(world, "comments?state=pending").await;
        assert_eq!(waiting.numbers(), [8]);
        let id = waiting.comments()[0]["id"].as_str().unwrap().to_owned();
        site.decide(world, &[&id], "publish").await.expect(200);
        assert_eq!(
            site.read(world, "/about").await.numbers(),
            [8, 9],
            "also texts that are too short for new ones"
        );

        let (comments, threads) = stored(world, &site).await;
        assert_eq!(numbers(&comments), [2, 3, 4, 6, 7, 8, 9]);
        assert!(comments.iter().all(|one| one.import_batch_id.is_some()));
        let post = threads.iter().find(|thread| thread.key == "id:/post/").unwrap();
        assert_eq!(post.created_at.timestamp_millis(), 1_433_856_221_500);
        assert_eq!(post.last_comment_at.unwrap().timestamp(), 1_433_857_100);
        assert_eq!(
            followers(world, &site).await,
            [("ada@example.org".to_owned(), 2), ("eve@example.org".to_owned(), 8)],
            "one for a branch and address; none for who took his comment back"
        );

        // The page's own address is another name of it, and new comments go on after the old ones, with the same hashes.
        let draft = json!({
            "thread": { "url": "https://blog.example/post" }, "text": "And now?", "author": { "email": "ada@example.org" }
        });
        let posted = site.draft(world, &draft).await.expect(201);
        assert_eq!(posted.json["comment"]["number"], 10);
        assert_eq!(posted.json["comment"]["author"]["hash"], first["author"]["hash"]);
        assert_eq!(site.read(world, "/post/").await.numbers(), [2, 3, 4, 6, 7, 10]);
    });
}

#[test]
fn a_dry_run_tells_the_same_and_writes_nothing() {
    run(async {
        let world = world();
        let site = world.site(json!({})).await;
        let file = File::sql(&[SCHEMA, TALK, "UPDATE comments SET website = 'http://x' WHERE id = 3;"]).await;
        let dry = Options {
            dry_run: true,
            ..Options::default()
        };
        let told = bring(world, &site, &file.path, dry).await.unwrap();
        let (comments, threads) = stored(world, &site).await;
        assert_eq!((comments.len(), threads.len()), (0, 0));
        let path = site.admin(&format!("sites/{}", site.id));
        let as_it_is = world.get(&path).by(&site.owner.account).send().await.expect(200);
        assert_eq!(as_it_is.json["settings"]["hash_salt"], "");

        let done = bring(world, &site, &file.path, Options::default()).await.unwrap();
        let (mut told, mut done) = (told.json(), done.json());
        assert!(told["batch"].is_null() && done["batch"].is_string());
        for report in [&mut told, &mut done] {
            report["batch"] = Value::Null;
            report["dry_run"] = Value::Null;
        }
        assert_eq!(told, done);
        assert_eq!(done["changed"][0]["first"], json!(["comment 3"]));
    });
}

#[test]
fn an_import_that_was_stopped_goes_on_and_brings_nothing_twice() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "none" })).await;
        let file = File::sql(&[SCHEMA, &many(350)]).await;
        let stopped = bring_some(world, &site, &file.path, Options::default(), 100).await;
        assert!(matches!(stopped, Err(Error::Unavailable(_))), "{stopped:?}");
        let (half, _) = stored(world, &site).await;
        assert_eq!(half.len(), 100);
        // The site is used meanwhile: its numbers come after all that are on their way.
        let posted = site.say(world, "/elsewhere", "Hello.").await.expect(201);
        assert_eq!(posted.json["comment"]["number"], 351);

        let report = bring(world, &site, &file.path, Options::default()).await.unwrap();
        assert_eq!((report.comments.already_there, report.comments.taken()), (100, 250));
        let (comments, _) = stored(world, &site).await;
        assert_eq!(numbers(&comments), (1..=351).collect::<Vec<_>>());
        let batches: std::collections::HashSet<_> = comments.iter().filter_map(|one| one.import_batch_id).collect();
        assert_eq!(batches.len(), 1, "one run, in two goes");

        let again = bring(world, &site, &file.path, Options::default()).await.unwrap();
        assert_eq!(
            (again.comments.already_there, again.comments.taken(), again.batch),
            (350, 0, None)
        );
        // What Isso got since comes, too; with a number of its own, as somebody has written here.
        let newer =
            "INSERT INTO comments (tid, id, parent, created, mode, text) VALUES (1, 351, 3, 1600000000, 1, 'New.');";
        file.run(&[newer]).await;
        let more = bring(world, &site, &file.path, Options::default()).await.unwrap();
        assert_eq!((more.comments.taken(), more.numbers_kept), (1, false));
        let (comments, _) = stored(world, &site).await;
        let newest = comments.last().unwrap();
        assert_eq!((newest.number, newest.import_id.as_deref()), (352, Some("351")));
    });
}

#[test]
fn a_site_that_has_comments_gives_new_numbers() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "none" })).await;
        site.draft(
            world,
            &json!({ "thread": { "url": "https://blog.example/post/" }, "text": "I was here." }),
        )
        .await
        .expect(201);
        site.say(world, "/about", "I was here, too.").await.expect(201);
        let file = File::sql(&[SCHEMA, TALK]).await;
        let report = bring(world, &site, &file.path, Options::default()).await.unwrap();
        assert!(!report.numbers_kept);
        assert_eq!(
            (report.threads.joined, report.threads.opened),
            (2, 0),
            "a page has one conversation"
        );
        let (comments, threads) = stored(world, &site).await;
        assert_eq!(threads.len(), 2);
        assert_eq!(numbers(&comments), (1..=9).collect::<Vec<_>>());
        let ids: Vec<_> = comments
            .iter()
            .map(|one| one.import_id.clone().unwrap_or_default())
            .collect();
        assert_eq!(ids, ["", "", "2", "3", "4", "6", "7", "8", "9"]);
        let page = site.read(world, "/post/").await;
        assert_eq!(page.numbers(), [3, 4, 5, 6, 7, 1], "by time");
        // Old links name Isso's ids.
        let around = world
            .get(&site.path("thread?id=/post/&around=4"))
            .send()
            .await
            .expect(200);
        assert_eq!(around.json["thread"]["id"], page.json["thread"]["id"]);
    });
}

#[test]
fn two_names_of_a_page_stay_two_conversations() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "none" })).await;
        let talk = "
            INSERT INTO threads VALUES (1, '/post', 'Short'), (2, '/post/', 'Long');
            INSERT INTO comments (tid, id, created, mode, text) VALUES
            (1, 1, 1, 1, 'a'), (2, 2, 2, 1, 'b'), (2, 3, 3, 1, 'c');";
        let file = File::sql(&[SCHEMA, talk]).await;
        let report = bring(world, &site, &file.path, Options::default()).await.unwrap();
        assert_eq!(
            report.json()["collisions"],
            json!([{ "page": "blog.example/post", "shown": "/post/", "others": ["/post"] }])
        );
        assert_eq!(site.read(world, "/post").await.numbers(), [1]);
        assert_eq!(site.read(world, "/post/").await.numbers(), [2, 3]);
        let by_page = world
            .get(&site.path("thread?url=https://blog.example/post"))
            .send()
            .await
            .expect(200);
        assert_eq!(by_page.numbers(), [2, 3]);

        // The other one overtakes it: the page keeps what it shows.
        let more = "INSERT INTO comments (tid, id, created, mode, text) VALUES (1, 4, 4, 1, 'd'), (1, 5, 5, 1, 'e');";
        file.run(&[more]).await;
        let again = bring(world, &site, &file.path, Options::default()).await.unwrap();
        assert_eq!(again.collisions, report.collisions);
        assert_eq!(site.read(world, "/post").await.numbers(), [1, 4, 5]);
        assert_eq!(site.read(world, "/post/").await.numbers(), [2, 3]);
    });
}

#[test]
fn an_import_is_taken_back_but_for_places_that_readers_have_answered() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "none" })).await;
        let file = File::sql(&[SCHEMA, TALK]).await;
        let report = bring(world, &site, &file.path, Options::default()).await.unwrap();
        let page = site.read(world, "/post/").await;
        let deeper = page.comments()[2]["id"].as_str().unwrap().to_owned();
        site.answer(world, "/post/", &deeper, "I want to keep this.")
            .await
            .expect(201);

        let undone = undo(world, &report).await.unwrap();
        assert_eq!((undone.comments, undone.kept, undone.threads), (4, vec![2, 3, 4], 1));
        assert_eq!(undone.subscriptions, 2);
        let (comments, threads) = stored(world, &site).await;
        assert_eq!((numbers(&comments), threads.len()), (vec![2, 3, 4, 10], 1));
        let page = site.read(world, "/post/").await;
        assert_eq!(
            (page.numbers(), &page.json["thread"]["comment_count"]),
            (vec![2, 3, 4, 10], &json!(1))
        );
        assert!(!page.all().contains("Ada") && !page.all().contains("really"));
        assert_eq!(followers(world, &site).await, []);
        undo(world, &report).await.unwrap_err();

        // Brought again, with another salt, everything is where it was.
        let options = Options {
            salt: Some("pepper".to_owned()),
            ..Options::default()
        };
        let again = bring(world, &site, &file.path, options).await.unwrap();
        assert_eq!((again.comments.taken(), again.numbers_kept), (7, true));
        let (comments, _) = stored(world, &site).await;
        assert_eq!(numbers(&comments), [2, 3, 4, 6, 7, 8, 9, 10]);
        let page = site.read(world, "/post/").await;
        assert_eq!(page.numbers(), [2, 3, 4, 10, 6, 7]);
        let first = &page.comments()[0];
        assert_eq!(first["html"], "<p>First, <em>really</em>.</p>");
        assert_eq!(first["author"]["hash"], of_isso("ada@example.org", "pepper"));
        let undone = undo(world, &again).await.unwrap();
        assert_eq!((undone.comments, undone.kept), (4, vec![2, 3, 4]));
    });
}

#[test]
fn every_count_is_right_however_comments_are_nested() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "none" })).await;
        let file = File::sql(&[SCHEMA, &many(700)]).await;
        let report = bring(world, &site, &file.path, Options::default()).await.unwrap();
        assert_eq!((report.comments.taken(), report.changed.count()), (700, 0));
        let (comments, _) = stored(world, &site).await;
        let places: Vec<_> = comments.iter().step_by(41).collect();
        let mut answered = Vec::new();
        for place in places.iter().filter(|one| one.state == State::Published) {
            let uri = format!("/{}", 1 + place.number % 3);
            let posted = site
                .answer(world, &uri, &place.id.to_string(), "Answered here.")
                .await
                .expect(201);
            answered.push(posted.json["comment"]["number"].as_i64().unwrap());
        }
        assert!(answered.len() > 5);
        stored(world, &site).await;
        let undone = undo(world, &report).await.unwrap();
        let (left, _) = stored(world, &site).await;
        assert_eq!(undone.comments + undone.kept.len() as u64, 700);
        assert_eq!(numbers(&left), [undone.kept, answered].concat());
        bring(world, &site, &file.path, Options::default()).await.unwrap();
        let (again, _) = stored(world, &site).await;
        for (former, now) in comments.iter().zip(&again) {
            assert_eq!(
                (former.number, former.state, &former.source),
                (now.number, now.state, &now.source)
            );
        }
    });
}

#[test]
fn what_moderators_have_moved_since_is_answered_where_it_is() {
    run(async {
        let world = world();
        let site = world.site(json!({ "moderation": "none" })).await;
        let file = File::sql(&[SCHEMA, TALK]).await;
        bring(world, &site, &file.path, Options::default()).await.unwrap();
        let page = site.read(world, "/post/").await;
        let (thread, first) = (page.json["thread"]["id"].as_str().unwrap(), &page.comments()[0]["id"]);
        let split = json!({ "comment_id": first, "to": { "id": "/moved" } });
        site.arrange(world, thread, "split", &split).await.expect(200);
        let reply =
            "INSERT INTO comments (tid, id, parent, created, mode, text) VALUES (1, 11, 3, 1500000000, 1, 'Late.');";
        file.run(&[reply]).await;
        bring(world, &site, &file.path, Options::default()).await.unwrap();
        stored(world, &site).await;
        assert_eq!(site.read(world, "/moved").await.numbers(), [2, 3, 4, 11]);
    });
}

#[test]
fn an_old_file_has_fewer_columns() {
    run(async {
        let world = world();
        let site = world.site(json!({})).await;
        let old = "
            CREATE TABLE threads (id INTEGER PRIMARY KEY, uri VARCHAR(256) UNIQUE, title VARCHAR(256));
            CREATE TABLE comments (tid REFERENCES threads(id), id INTEGER PRIMARY KEY, parent INTEGER, created FLOAT NOT NULL,
                modified FLOAT, mode INTEGER, remote_addr VARCHAR, text VARCHAR, author VARCHAR, email VARCHAR, website VARCHAR,
                likes INTEGER DEFAULT 0, dislikes INTEGER DEFAULT 0, voters BLOB NOT NULL DEFAULT x'00');
            INSERT INTO threads VALUES (1, '/old', NULL);
            INSERT INTO comments (tid, id, parent, created, mode, text) VALUES (1, 1, NULL, 1, 1, 'a'), (1, 2, 1, 2, 1, 'b'),
                (1, 3, 2, 3, 1, NULL);";
        let file = File::sql(&[old]).await;
        let report = bring(world, &site, &file.path, Options::default()).await.unwrap();
        assert_eq!(
            (report.version, report.comments.taken(), report.skipped.count()),
            (0, 3, 0)
        );
        assert_eq!(site.read(world, "/old").await.numbers(), [1, 2, 3]);
    });
}

#[test]
fn long_and_costly_texts_come_whole() {
    run(async {
        let world = world();
        let site = world.site(json!({ "max_text_length": 100 })).await;
        let long = "Länger. ".repeat(8191);
        let nested = ">".repeat(5000);
        let rows = format!(
            "INSERT INTO comments (tid, id, created, mode, text) VALUES (1, 1, 1, 1, '{long}'), (1, 2, 2, 1, '{nested} x');"
        );
        let file = File::sql(&[SCHEMA, "INSERT INTO threads VALUES (1, '/long', NULL);", &rows]).await;
        let report = bring(world, &site, &file.path, Options::default()).await.unwrap();
        assert_eq!((report.comments.taken(), report.changed.of(Finding::AsTyped)), (2, 2));
        let (comments, _) = stored(world, &site).await;
        assert_eq!(comments[0].source, long.trim_end());
        assert!(comments[0].html.starts_with("<p>Länger. Länger."));
        assert!(comments[1].html.starts_with("<p>&gt;&gt;"));
    });
}

#[test]
fn odd_values_are_named_and_hurt_nothing() {
    run(async {
        let world = world();
        let site = world.site(json!({})).await;
        let odd = "
            INSERT INTO threads VALUES (1, '/a', x'00ff'), (2, x'41', 'Blob'), (3, 'b' || char(0), NULL), (4, ' /c ', NULL);
            INSERT INTO comments (tid, id, parent, created, modified, mode, remote_addr, text, author, email, website, likes)
            VALUES
            (1, 1, NULL, 1, NULL, 1, x'00', 'x' || char(0) || 'y', x'61', 7, 'ftp://a', 'many'),
            (1, 2, 'one', 2, 'never', 1, NULL, CAST(x'61ff62' AS TEXT), NULL, NULL, NULL, 1),
            (1, 3, 3, 3, NULL, 1, NULL, 'self', NULL, NULL, NULL, 1e300),
            (1, 4, 5, 4, NULL, 1, NULL, 'ring', NULL, NULL, NULL, 0),
            (1, 5, 4, 5, NULL, 1, NULL, 'ring', NULL, NULL, NULL, 0),
            (1, 6, 99, 6, NULL, 1, NULL, 'orphan', NULL, NULL, NULL, 0),
            (1, 7, NULL, 'soon', NULL, 1, NULL, 'when?', NULL, NULL, NULL, 0),
            (1, 8, 7, 8, NULL, 1, NULL, 'answers it', NULL, NULL, NULL, 0),
            (1, 9, NULL, 9e999, NULL, 1, NULL, 'never', NULL, NULL, NULL, 0),
            (1, 10, NULL, 10, NULL, 3, NULL, 'which mode?', NULL, NULL, NULL, 0),
            (1, 11, NULL, 11, NULL, 1, NULL, zeroblob(3), NULL, NULL, NULL, 0),
            (1, 12, NULL, 12, NULL, 1, NULL, CAST(zeroblob(2000000) AS TEXT), NULL, NULL, NULL, 0),
            (2, 13, NULL, 13, NULL, 1, NULL, 'nowhere', NULL, NULL, NULL, 0),
            (3, 14, NULL, 14, NULL, 1, NULL, 'nowhere', NULL, NULL, NULL, 0),
            (77, 15, NULL, 15, NULL, 1, NULL, 'nowhere', NULL, NULL, NULL, 0),
            (4, 16, NULL, 16, NULL, 1, NULL, 'here', NULL, NULL, NULL, 0);";
        let file = File::sql(&[SCHEMA, odd]).await;
        let report = bring(world, &site, &file.path, Options::default()).await.unwrap();
        let (comments, _) = stored(world, &site).await;
        assert_eq!(numbers(&comments), [1, 2, 3, 4, 5, 6, 8, 16]);
        assert_eq!(comments[0].source, "x\u{FFFD}y");
        assert_eq!(comments[1].source, "a\u{FFFD}b");
        let told = |findings: &str| {
            let all = report.json()[findings].as_array().unwrap().clone();
            all.into_iter()
                .map(|one| format!("{}: {}", one["reason"].as_str().unwrap(), one["first"]))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            told("skipped"),
            [
                r#"thread_gone: ["comment 15"]"#,
                r#"thread_odd: ["comment 13","comment 14"]"#,
                r#"mode_odd: ["comment 10"]"#,
                r#"time_odd: ["comment 7","comment 9"]"#,
                r#"text_odd: ["comment 11","comment 12"]"#,
            ]
        );
        assert_eq!(
            told("changed"),
            [
                r#"parent_gone: ["comment 2","comment 6","comment 8"]"#,
                r#"parent_later: ["comment 3","comment 4"]"#,
                r#"text_mended: ["comment 1","comment 2"]"#,
                r#"name_changed: ["comment 1"]"#,
                r#"email_left_out: ["comment 1"]"#,
                r#"website_left_out: ["comment 1"]"#,
                r#"network_left_out: ["comment 1"]"#,
                r#"votes_odd: ["comment 1","comment 3"]"#,
                r#"edited_odd: ["comment 2"]"#,
                r#"uri_mended: ["thread 4"]"#,
                r#"title_cut: ["thread 1"]"#,
            ]
        );
    });
}

#[test]
fn a_second_isso_is_not_mistaken_for_the_first() {
    run(async {
        let world = world();
        let site = world.site(json!({})).await;
        bring(world, &site, &File::sql(&[SCHEMA, TALK]).await.path, Options::default())
            .await
            .unwrap();
        let other = "
            INSERT INTO threads VALUES (1, '/other', NULL);
            INSERT INTO comments (tid, id, parent, created, mode, text) VALUES (1, 2, NULL, 5, 1, 'a'), (1, 5, 2, 6, 1, 'b');";
        let report = bring(
            world,
            &site,
            &File::sql(&[SCHEMA, other]).await.path,
            Options::default(),
        )
        .await
        .unwrap();
        assert_eq!(
            (report.skipped.of(Finding::OtherComment), report.comments.taken()),
            (1, 1)
        );
        assert_eq!(site.read(world, "/other").await.talk(), [(0, "b".to_owned())]);
        stored(world, &site).await;
    });
}

/// What an import of bytes says that cannot be read.
async fn refusal(world: &World, site: &Site, file: &File) -> String {
    let outcome = bring(world, site, &file.path, Options::default()).await;
    let Err(Error::Invalid(faults)) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(faults[0].pointer, "/file");
    faults[0].detail.clone()
}

#[test]
fn a_file_that_is_not_an_issos_is_refused_in_a_sentence() {
    run(async {
        let world = world();
        let site = world.site(json!({})).await;
        let no_table = SCHEMA
            .replace("CREATE TABLE comments", "CREATE TABLE remarks")
            .replace("ON comments", "ON remarks");
        let view = "
            CREATE TABLE threads (id INTEGER PRIMARY KEY, uri VARCHAR(256) UNIQUE, title VARCHAR(256));
            CREATE VIEW comments AS WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n)
                SELECT 1 AS tid, id, NULL AS parent, 1.0 AS created, NULL AS modified, 1 AS mode, 'x' AS text FROM n;";
        let endless = "
            CREATE TABLE comments (tid INTEGER, id INTEGER PRIMARY KEY, created FLOAT, mode INTEGER, text VARCHAR);
            CREATE VIEW threads AS SELECT 1 AS id, '/a' AS uri, load_extension('evil') AS title;";
        let virtual_table = "
            CREATE TABLE threads (id INTEGER PRIMARY KEY, uri VARCHAR(256), title VARCHAR(256));
            CREATE VIRTUAL TABLE comments USING fts5(tid, id, created, mode, text);";
        let newer = SCHEMA.replace("user_version = 5", "user_version = 6");
        let utf16 = format!("PRAGMA encoding = 'UTF-16';{SCHEMA}");
        for (file, words) in [
            (File::of(b""), "is not a SQLite database"),
            (
                File::of(b"PRAGMA not a database at all, but long enough"),
                "is not a SQLite database",
            ),
            (
                File::of(&[b"SQLite format 3\0".as_slice(), &[7; 200]].concat()),
                "is not a SQLite database",
            ),
            (File::sql(&["CREATE TABLE t (x);"]).await, "it has no table threads"),
            (File::sql(&[&no_table]).await, "it has no table comments"),
            (File::sql(&[view]).await, "comments is not a plain table"),
            (File::sql(&[endless]).await, "threads is not a plain table"),
            (File::sql(&[virtual_table]).await, "comments is not a plain table"),
            (File::sql(&[&newer]).await, "of Isso's version 6"),
            (File::sql(&[&utf16]).await, "not in UTF-8"),
            (
                File::sql(&["CREATE TABLE threads (id, uri); CREATE TABLE comments (id, tid, text);"]).await,
                "comments has no column created",
            ),
        ] {
            let sentence = refusal(world, &site, &file).await;
            assert!(sentence.contains(words), "{words:?} in {sentence:?}");
        }
        let folder = File::of(b"");
        let gone = File {
            folder: folder.folder.clone(),
            path: folder.folder.join("gone.db"),
        };
        assert!(refusal(world, &site, &gone).await.contains("cannot be read"));
        let itself = File {
            folder: folder.folder.clone(),
            path: folder.folder.clone(),
        };
        assert!(
            refusal(world, &site, &itself)
                .await
                .contains("is not a SQLite database")
        );
        assert_eq!(stored(world, &site).await.0.len(), 0);
    });
}

#[test]
fn a_file_that_was_cut_off_is_refused_and_nothing_of_it_comes() {
    run(async {
        let world = world();
        let site = world.site(json!({})).await;
        let whole = File::sql(&[SCHEMA, &many(300)]).await.bytes();
        assert!(whole.len() > 8 * 4096, "{}", whole.len());
        for length in (4096..whole.len()).step_by(4096) {
            let sentence = refusal(world, &site, &File::of(&whole[..length])).await;
            assert!(sentence.contains("damaged"), "{length}: {sentence}");
        }
        assert_eq!(stored(world, &site).await.0.len(), 0);
    });
}

#[test]
fn a_damaged_file_is_refused_or_brought_and_never_half() {
    run(async {
        let world = world();
        let whole = File::sql(&[SCHEMA, &many(120)]).await.bytes();
        let mut roll = dice(0xD1B5_4A32_D192_ED03);
        let mut refused = 0;
        for round in 0..60 {
            let mut bytes = whole.clone();
            for _ in 0..=roll(20) {
                let place = usize::try_from(roll(whole.len() as u64)).unwrap();
                bytes[place] = u8::try_from(roll(256)).unwrap();
            }
            let site = world.site(json!({})).await;
            match bring(world, &site, &File::of(&bytes).path, Options::default()).await {
                Ok(report) => {
                    let (comments, _) = stored(world, &site).await;
                    assert_eq!(comments.len() as u64, report.comments.taken(), "{round}");
                    assert_eq!(
                        report.comments.taken() + report.skipped.count(),
                        report.comments.found,
                        "{round}"
                    );
                }
                Err(Error::Invalid(_)) => {
                    refused += 1;
                    assert_eq!(stored(world, &site).await.0.len(), 0, "{round}");
                }
                Err(error) => panic!("{round}: {error}"),
            }
        }
        assert!((5..60).contains(&refused), "{refused}");
    });
}

#[test]
fn a_file_that_isso_is_writing_is_read_as_of_its_last_commit() {
    run(async {
        let world = world();
        // A rollback journal: Isso is in the middle of a transaction that has spilled into the file.
        let site = world.site(json!({})).await;
        let file = File::sql(&[SCHEMA, TALK]).await;
        let mut isso = file.open(SqliteJournalMode::Delete).await;
        execute(
            &mut isso,
            "PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN IMMEDIATE;",
        )
        .await;
        execute(
            &mut isso,
            "UPDATE comments SET text = 'not committed' || hex(randomblob(4000));",
        )
        .await;
        let before = file.surroundings();
        assert!(before.iter().any(|(name, _)| name == "comments.db-journal"));
        assert!(
            file.bytes().windows(13).any(|some| some == b"not committed"),
            "it has spilled"
        );
        let report = bring(world, &site, &file.path, Options::default()).await.unwrap();
        assert_eq!(report.comments.taken(), 7);
        assert!(
            stored(world, &site)
                .await
                .0
                .iter()
                .all(|one| !one.source.contains("not committed"))
        );
        assert_eq!(file.surroundings(), before);
        execute(&mut isso, "COMMIT;").await;
        isso.close().await.unwrap();

        // A write-ahead log that has not been taken in.
        let site = world.site(json!({})).await;
        let file = File::sql(&[SCHEMA]).await;
        let mut isso = file.open(SqliteJournalMode::Wal).await;
        execute(&mut isso, TALK).await;
        let before = file.surroundings();
        let report = bring(world, &site, &file.path, Options::default()).await.unwrap();
        assert_eq!(report.comments.taken(), 7);
        let left: Vec<_> = file
            .surroundings()
            .into_iter()
            .filter(|(name, _)| !name.ends_with("-shm"))
            .collect();
        assert!(left.iter().all(|one| before.contains(one)));
        isso.close().await.unwrap();
    });
}

#[test]
fn a_journal_that_names_other_files_is_refused() {
    run(async {
        let world = world();
        let site = world.site(json!({})).await;
        let file = File::sql(&[SCHEMA, TALK]).await;
        let victim = file.folder.join("victim");
        std::fs::write(&victim, b"precious").unwrap();
        // A journal's end with the name of a super-journal, as SQLite lays it out.
        let magic = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7_u8];
        let name = victim.to_str().unwrap().as_bytes();
        let sum: u32 = name.iter().map(|byte| u32::from(*byte)).sum();
        let mut journal = [magic.as_slice(), &[0; 504]].concat();
        journal.extend_from_slice(&[0; 4]);
        journal.extend_from_slice(name);
        journal.extend_from_slice(&u32::try_from(name.len()).unwrap().to_be_bytes());
        journal.extend_from_slice(&sum.to_be_bytes());
        journal.extend_from_slice(&magic);
        std::fs::write(file.folder.join("comments.db-journal"), journal).unwrap();
        assert!(refusal(world, &site, &file).await.contains("names other files"));
        assert_eq!(std::fs::read(&victim).unwrap(), b"precious");
    });
}

#[test]
fn the_program_imports_and_takes_back() {
    run(async {
        let home = Home::on_engine().await;
        home.set_up("olive@example.org");
        let site = home.make_site("olive@example.org", "https://blog.example");
        let key = site["key"].as_str().unwrap();
        let file = File::sql(&[SCHEMA, TALK]).await;
        let path = file.path.to_str().unwrap();

        let server = home.serve();
        let dry = home.run(&["import", "--site", key, path, "--dry-run"]).done().out();
        assert!(
            dry.starts_with("Dry run") && dry.contains("7 taken (5 published, 1 pending, 1 deleted)"),
            "{dry}"
        );
        let report = home
            .run(&["import", "--site", key, path, "--from", "isso", "--json"])
            .done()
            .json();
        assert_eq!(report["comments"]["published"], 5);
        let read = format!("/v1/sites/{key}/thread?id=/post/");
        let page = ask(&server.base, Method::GET, &read).send().await.expect(200);
        assert_eq!(page.numbers(), [2, 3, 4, 6, 7], "a server that runs shows it");
        let again = home.run(&["import", "--site", key, path]).done().out();
        assert!(
            again.contains("7 here already") && again.contains("the site's"),
            "{again}"
        );

        let batch = report["batch"].as_str().unwrap();
        let undone = home.run(&["import", "undo", batch, "--json"]).done().json();
        assert_eq!((&undone["comments"], &undone["threads"]), (&json!(7), &json!(2)));
        home.run(&["import", "undo", batch]).refused(&["taken back before"]);
        let nobody = id_at(chrono::DateTime::UNIX_EPOCH).to_string();
        home.run(&["import", "undo", &nobody]).refused(&["No such import"]);
        home.run(&["import", "--site", "nobody", path])
            .refused(&["No such site"]);
        let other = File::of(b"<?xml version=\"1.0\"?>");
        home.run(&["import", "--site", key, other.path.to_str().unwrap()])
            .refused(&["comments.db"]);
        home.run(&["import", "--site", key, "gone.db"])
            .refused(&["gone.db cannot be read"]);
        let cut = File::of(&file.bytes()[..4096]);
        home.run(&["import", "--site", key, cut.path.to_str().unwrap()])
            .refused(&["damaged"]);
        drop(server);
    });
}

#[test]
fn an_issos_configuration_becomes_settings_line_by_line() {
    run(async {
        let home = Home::on_engine().await.with("TALK_SALT", "pepper from outside");
        home.set_up("olive@example.org");
        let site = home.make_site("olive@example.org", "https://blog.example");
        let key = site["key"].as_str().unwrap();
        let config = home.folder.join("isso.cfg");
        let text = "[general]\ndbpath = /var/lib/isso/comments.db\nhost =\n    https://blog.example/\n    http://localhost:1313\n\
                    max-age = 1h30m\n\n[moderation]\nenabled = true\n\n[smtp]\npassword = hunter2\n\n[hash]\nsalt = $TALK_SALT\n\n\
                    [guard]\nrequire-autor = true\nratelimit = $PARLOUR_LISTEN\n";
        std::fs::write(&config, text).unwrap();
        let path = config.to_str().unwrap();
        let dry = home
            .run(&["site", "import-config", path, "--site", key, "--dry-run"])
            .done()
            .out();
        assert!(
            dry.contains("   6  taken      general.max-age = 1h30m")
                && dry.contains("4 settings and origins would change"),
            "{dry}"
        );
        assert!(
            !dry.contains("hunter2") && !dry.contains("pepper") && !dry.contains("127.0.0.1"),
            "{dry}"
        );
        let list = home
            .run(&["site", "list", "--owner", "olive@example.org", "--json"])
            .done()
            .json();
        assert_eq!(
            (&list["settings"], &list["origins"]),
            (&site["settings"], &site["origins"])
        );

        let done = home
            .run(&["site", "import-config", path, "--site", key, "--json"])
            .done()
            .json();
        assert_eq!(done["origins"], json!(["http://localhost:1313"]));
        let lines: Vec<_> = done["lines"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| (&line["line"], &line["outcome"]))
            .collect();
        let expected = [
            (2, "no_counterpart"),
            (4, "same"),
            (5, "taken"),
            (6, "taken"),
            (9, "taken"),
            (12, "no_counterpart"),
            (15, "taken"),
            (18, "unknown"),
            (19, "no_counterpart"),
        ];
        assert_eq!(json!(lines), json!(expected));
        let list = home
            .run(&["site", "list", "--owner", "olive@example.org", "--json"])
            .done()
            .json();
        let settings = &list["settings"];
        assert_eq!(
            (&settings["moderation"], &settings["edit_minutes"]),
            (&json!("all"), &json!(90))
        );
        assert_eq!(settings["hash_salt"], "pepper from outside");
        assert_eq!(
            list["origins"],
            json!(["https://blog.example", "http://localhost:1313"])
        );
        let again = home.run(&["site", "import-config", path, "--site", key]).done().out();
        assert!(again.contains("\n0 settings and origins changed."), "{again}");

        std::fs::write(
            &config,
            "[general]\nhost = https://a.example\nhost = https://b.example\n",
        )
        .unwrap();
        home.run(&["site", "import-config", path, "--site", key])
            .refused(&["line 3", "twice"]);
        std::fs::write(&config, b"[general]\nname = \xff\n").unwrap();
        home.run(&["site", "import-config", path, "--site", key])
            .refused(&["isso.cfg"]);
        home.run(&["site", "import-config", "gone.cfg", "--site", key])
            .refused(&["gone.cfg"]);
    });
}
