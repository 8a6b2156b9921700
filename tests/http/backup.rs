//! Backups of the embedded database by the program itself, and of a server's by the commands that it names.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::join_all;
use http::Method;
use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::binary::Home;
use crate::world::{Answer, ORIGIN, ask, fresh_database, run};

const WRITERS: usize = 4;

/// Comments that are answered before the backup begins.
const ENOUGH: usize = 40;

const SECRET: &str = "f3b1c6c0a7de4a0f8b2d9e6c5a4b3c2d";

fn home() -> Home {
    Home::embedded()
        .with("PARLOUR_LIMIT_POST", "1000000/1")
        .with("PARLOUR_LIMIT_READ", "1000000/1")
}

/// An operator, a site of his, and its key.
fn furnish(home: &Home) -> String {
    home.set_up("olive@example.org");
    let site = home.make_site("olive@example.org", ORIGIN);
    site["key"].as_str().unwrap().to_owned()
}

async fn say(base: &str, site: &str, text: &str) -> Answer {
    let draft = json!({ "thread": { "id": "talk" }, "text": text });
    let path = format!("/v1/sites/{site}/comments");
    ask(base, Method::POST, &path)
        .from(ORIGIN)
        .json(&draft)
        .send()
        .await
        .expect(201)
}

/// The texts of all comments of the thread.
async fn told(base: &str, site: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut after = String::new();
    loop {
        let path = format!("/v1/sites/{site}/thread?id=talk&limit=100{after}");
        let page = ask(base, Method::GET, &path).send().await.expect(200);
        found.extend(page.talk().into_iter().map(|(_, text)| text));
        match &page.json["next"] {
            Value::String(next) => after = format!("&after={next}"),
            _ => {
                assert_eq!(page.json["thread"]["comment_count"], found.len());
                return found;
            }
        }
    }
}

/// The author changes what he wrote, by his token.
async fn revise(base: &str, site: &str, posted: &Answer) -> Answer {
    let path = format!("/v1/sites/{site}/comments/{}", posted.comment_id());
    ask(base, Method::PATCH, &path)
        .from(ORIGIN)
        .header("parlour-tokens", posted.text("token"))
        .json(&json!({ "text": "Said better" }))
        .send()
        .await
}

/// Every file below a folder, with what is in it.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(contents(&path)),
            false => {
                found.insert(path.display().to_string(), std::fs::read(&path).unwrap());
            }
        }
    }
    found
}

fn is_for_its_owner_alone(file: &Path) -> bool {
    std::fs::metadata(file).unwrap().permissions().mode() & 0o777 == 0o600
}

#[test]
fn a_backup_taken_while_readers_write_has_all_that_was_answered_and_brings_it_back() {
    run(async {
        let home = Arc::new(home());
        let site = furnish(&home);
        let server = home.serve();
        let mine = say(&server.base, &site, "Said first").await;
        let enough = AtomicBool::new(false);
        let is_over = AtomicBool::new(false);
        let answered = std::sync::Mutex::new(BTreeSet::from(["Said first".to_owned()]));
        let writers = (0..WRITERS).map(|writer| {
            let (base, site, answered, enough, is_over) = (&server.base, &site, &answered, &enough, &is_over);
            async move {
                let mut n = 0;
                while !is_over.load(Ordering::Relaxed) {
                    let text = format!("Said by {writer}, {n}");
                    say(base, site, &text).await;
                    let mut answered = answered.lock().unwrap();
                    answered.insert(text);
                    enough.store(answered.len() >= ENOUGH, Ordering::Relaxed);
                    n += 1;
                }
            }
        });
        let backup = async {
            while !enough.load(Ordering::Relaxed) {
                tokio::task::yield_now().await;
            }
            let before = answered.lock().unwrap().clone();
            let taken = Arc::clone(&home);
            let made = tokio::task::spawn_blocking(move || {
                taken.run(&["backup", "copy", "--with-key", "--json"]).done().json()
            });
            let made = made.await.unwrap();
            is_over.store(true, Ordering::Relaxed);
            (before, made)
        };
        let (_, (before, made)) = tokio::join!(join_all(writers), backup);
        let after = answered.lock().unwrap().clone();
        assert!(
            before.len() >= ENOUGH && after.len() > before.len(),
            "the writers did not wait"
        );
        let counted = made["rows"]["comment"].as_u64().unwrap();
        assert!((before.len() as u64..=after.len() as u64).contains(&counted), "{made}");

        for name in ["copy", "copy.key"] {
            assert!(is_for_its_owner_alone(&home.folder.join(name)), "{name}");
        }
        let file = home.folder.join("copy");
        let bytes = std::fs::read(&file).unwrap();
        let length = usize::try_from(made["bytes"].as_u64().unwrap()).unwrap();
        let sum: String = Sha256::digest(&bytes[..length])
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(made["sha256"], sum, "as head and sha256sum count it");
        assert_eq!(
            home.run(&["backup", "copy", "--verify", "--json"]).done().json()["sha256"],
            sum
        );
        home.run(&["backup", "copy"])
            .refused(&["copy is there already", "--force"]);
        assert_eq!(std::fs::read(&file).unwrap(), bytes, "what was there is there");
        home.run(&["restore", "copy"])
            .refused(&["another Parlour serves", "stop the node first"]);
        assert_eq!(
            say(&server.base, &site, "Said meanwhile").await.json["comment"]["state"],
            "published"
        );

        // Where there was nothing.
        let other = self::home();
        let (copy, key) = (file.to_str().unwrap(), home.folder.join("copy.key"));
        other
            .run(&["restore", copy])
            .refused(&["another secret key", "--key", "--without-key"]);
        assert_eq!(contents(&other.folder), BTreeMap::new(), "nothing came of it");
        let done = other
            .run(&["restore", copy, "--key", key.to_str().unwrap(), "--json"])
            .done()
            .json();
        assert_eq!((&done["aside"], &done["applied"]), (&Value::Null, &json!([])));
        let restored = other.serve();
        let found = told(&restored.base, &site).await;
        assert!(found.is_superset(&before), "all that was answered before it began");
        assert!(found.is_subset(&after), "and nothing else");
        assert_eq!(found.len() as u64, counted);
        assert_eq!(
            revise(&restored.base, &site, &mine).await.expect(200).json["comment"]["id"],
            mine.comment_id()
        );
        let left: Vec<String> = contents(&other.folder)
            .into_keys()
            .filter(|name| name.contains("restoring"))
            .collect();
        assert_eq!(left, [""; 0]);
    });
}

#[test]
fn a_restored_database_takes_the_place_of_one_that_is_kept() {
    run(async {
        let home = home();
        let site = furnish(&home);
        let server = home.serve();
        say(&server.base, &site, "Of the first day").await;
        home.run(&["backup", "copy"]).done();
        say(&server.base, &site, "Of the second day").await;
        home.run(&["backup", "copy", "--force"]).done();
        say(&server.base, &site, "Of the third day").await;
        // Dead, so that the last day is in the log alone.
        drop(server);
        let done = home.run(&["restore", "copy", "--json"]).done().json();
        let aside = done["aside"].as_str().unwrap();
        let server = home.serve();
        let two = ["Of the first day", "Of the second day"].map(str::to_owned);
        assert_eq!(told(&server.base, &site).await, BTreeSet::from(two));
        drop(server);

        // What was put aside is a whole database.
        let kept = self::home().with(
            "PARLOUR_DATABASE_URL",
            &format!("sqlite://{}", home.folder.join(aside).display()),
        );
        let server = kept.serve();
        assert_eq!(told(&server.base, &site).await.len(), 3);
        drop(server);

        // And a file that is no database at all does not stand in the way.
        std::fs::write(home.folder.join("data/parlour.db"), "no database").unwrap();
        home.run(&["restore", "copy"]).done();
        assert_eq!(told(&home.serve().base, &site).await.len(), 2);
    });
}

#[test]
fn what_is_no_whole_backup_is_refused_and_nothing_is_touched() {
    run(async {
        let home = home();
        let site = furnish(&home);
        let server = home.serve();
        say(&server.base, &site, "Said once").await;
        drop(server);
        home.run(&["backup", "copy"]).done();
        let good = std::fs::read(home.folder.join("copy")).unwrap();
        let write = |name: &str, bytes: &[u8]| std::fs::write(home.folder.join(name), bytes).unwrap();
        let manifest = home.run(&["backup", "copy", "--verify", "--json"]).done().json();
        let length = usize::try_from(manifest["bytes"].as_u64().unwrap()).unwrap();
        let (database, end) = good.split_at(length);
        let mut flipped = good.clone();
        let place = flipped.windows(9).position(|found| found == b"Said once").unwrap();
        flipped[place] ^= 1;
        write("flipped", &flipped);
        write("broken-off", &good[..length - 4096]);
        write("without-its-end", database);
        write("middle-lost", &[&database[..length / 2], end].concat());
        write("text", b"Dear diary");
        write("empty", b"");
        let words = String::from_utf8(end.to_vec()).unwrap();
        write(
            "newer-form",
            &[database, words.replace("\"format\":1", "\"format\":9").as_bytes()].concat(),
        );
        write(
            "other-counts",
            &[database, words.replace("\"comment\":1", "\"comment\":2").as_bytes()].concat(),
        );
        foreign(&home).await;
        let before = contents(&home.folder);
        for (name, why) in [
            ("flipped", "SHA-256 is another one"),
            ("broken-off", "broken off"),
            ("without-its-end", "broken off, or made by something else"),
            ("middle-lost", "is not whole"),
            ("text", "is not a backup of Parlour"),
            ("empty", "is not a backup of Parlour"),
            ("newer-form", "a newer Parlour"),
            ("other-counts", "is not what was written"),
            ("foreign", "not one of Parlour"),
            ("absent", "No such file"),
        ] {
            home.run(&["backup", name, "--verify"]).refused(&[name, why]);
            home.run(&["restore", name, "--without-key"]).refused(&[name, why]);
        }
        assert!(contents(&home.folder) == before, "nothing was touched");

        // Of a schema that is not known yet.
        let db = open(&home.folder.join("data/parlour.db")).await;
        db.execute_unprepared(
            "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m20991231_000001_flight', 9999999999)",
        )
        .await
        .unwrap();
        db.close().await.unwrap();
        home.run(&["backup", "tomorrows"]).done();
        home.run(&["restore", "tomorrows"])
            .refused(&["made by a newer Parlour", "m20991231_000001_flight"]);

        // A database that is not sound is no backup.
        let db = open(&home.folder.join("data/parlour.db")).await;
        db.execute_unprepared("PRAGMA foreign_keys = OFF; DELETE FROM thread")
            .await
            .unwrap();
        db.close().await.unwrap();
        home.run(&["backup", "orphans"])
            .refused(&["damaged", "points at one that is not there"]);
        assert!(!home.folder.join("orphans").exists() && !home.folder.join("orphans.part").exists());
    });
}

async fn open(file: &Path) -> DatabaseConnection {
    Database::connect(format!("sqlite://{}?mode=rwc", file.display()))
        .await
        .unwrap()
}

/// Somebody else's database with the last lines of a backup.
async fn foreign(home: &Home) {
    let file = home.folder.join("foreign");
    let db = open(&file).await;
    db.execute_unprepared("CREATE TABLE recipe (id INTEGER PRIMARY KEY, dish TEXT)")
        .await
        .unwrap();
    db.close().await.unwrap();
    let mut bytes = std::fs::read(&file).unwrap();
    let sum: String = Sha256::digest(&bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let manifest = json!({
        "format": 1, "version": "0.1.0", "made_at": "2026-11-30T00:00:00Z", "bytes": bytes.len(), "sha256": sum,
        "schema": "", "key": null, "rows": {},
    });
    let manifest = format!("{manifest}\n");
    bytes.extend_from_slice(format!("{manifest}parlour-backup {:08}\n", manifest.len()).as_bytes());
    std::fs::write(&file, bytes).unwrap();
}

#[test]
fn a_backup_of_an_older_schema_is_brought_up_to_date() {
    run(async {
        let home = home();
        std::fs::create_dir(home.folder.join("data")).unwrap();
        let db = open(&home.folder.join("data/parlour.db")).await;
        let all = u32::try_from(Migrator::migrations().len()).unwrap();
        Migrator::up(&db, Some(all - 2)).await.unwrap();
        db.close().await.unwrap();
        home.run(&["backup", "old"]).done();
        let done = home.run(&["restore", "old", "--json"]).done().json();
        assert_eq!(done["applied"].as_array().unwrap().len(), 2);
        let found = home.run(&["check", "--json"]).json();
        let schema = found["findings"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["check"] == "schema")
            .unwrap();
        assert_eq!(schema["detail"], "up to date");
    });
}

#[test]
fn a_backup_that_cannot_be_written_leaves_nothing_behind() {
    let home = home();
    home.run(&["backup", "copy"])
        .refused(&["there is no database at", "parlour.db"]);
    furnish(&home);
    home.run(&["backup", "absent/copy"])
        .refused(&["absent/copy.part", "No such file"]);
    home.run(&["backup", "data"]).refused(&["data is there already"]);
    // As on a disk that is full: the system takes no more of a file.
    let full = "trap '' XFSZ; ulimit -f 64";
    home.run_after(full, &["backup", "copy"]).refused(&["SQLite says"]);
    assert!(!home.folder.join("copy").exists() && !home.folder.join("copy.part").exists());
    // One that was broken off does not stand in the way; one that is being written does.
    std::fs::write(home.folder.join("copy.part"), "half of it").unwrap();
    home.run(&["backup", "copy"]).done();
    let other = std::fs::File::create(home.folder.join("again.part")).unwrap();
    other.lock().unwrap();
    home.run(&["backup", "again"])
        .refused(&["another backup is being written"]);
    let kept = || {
        let mut kept = contents(&home.folder.join("data"));
        kept.retain(|name, _| !name.ends_with(".lock"));
        kept
    };
    let before = kept();
    home.run_after(full, &["restore", "copy"]).refused(&["too large"]);
    assert_eq!(before.keys().collect::<Vec<_>>(), kept().keys().collect::<Vec<_>>());
    assert!(before == kept(), "nothing was touched");
}

#[test]
fn a_key_that_is_another_one_is_not_put_in_its_place() {
    let home = home();
    furnish(&home);
    home.run(&["backup", "copy", "--with-key"]).done();
    std::fs::write(home.folder.join("other.key"), SECRET).unwrap();
    std::fs::write(home.folder.join("weak.key"), "changeme").unwrap();
    let mine = std::fs::read(home.folder.join("data/secret.key")).unwrap();
    std::fs::remove_file(home.folder.join("data/secret.key")).unwrap();
    home.run(&["restore", "copy"]).refused(&["--key copy.key"]);
    home.run(&["restore", "copy", "--key", "other.key"])
        .refused(&["not the key that was in use"]);
    home.run(&["restore", "copy", "--key", "weak.key"])
        .refused(&["weak.key", "at least 32"]);
    assert!(!home.folder.join("data/secret.key").exists());
    home.run(&["restore", "copy", "--key", "copy.key"]).done();
    assert_eq!(std::fs::read(home.folder.join("data/secret.key")).unwrap(), mine);
    assert!(is_for_its_owner_alone(&home.folder.join("data/secret.key")));
    assert!(is_for_its_owner_alone(&home.folder.join("data/parlour.db")));

    // Where the configuration has a key, it stays its business.
    let home = home.with("PARLOUR_SECRET_KEY", SECRET);
    home.run(&["restore", "copy", "--key", "copy.key"])
        .refused(&["previous_secret_keys"]);
    let home = home.with(
        "PARLOUR_PREVIOUS_SECRET_KEYS",
        std::str::from_utf8(&mine).unwrap().trim(),
    );
    home.run(&["restore", "copy"]).done();
}

#[test]
fn a_node_says_whether_it_is_well() {
    let home = home();
    home.run(&["health"]).refused(&["127.0.0.1:0"]);
    let server = home.serve();
    let address = server.base.trim_start_matches("http://").to_owned();
    let beside = self::home().with("PARLOUR_LISTEN", &address);
    beside.run(&["health"]).done();
    beside.run(&["health", "--ready"]).done();
    drop(server);
    beside.run(&["health"]).refused(&[&address]);
}

/// Runs what the program said that one should type, with the password where it belongs.
fn typed(line: &str, url: &url::Url) {
    let mut path = std::env::var("PATH").unwrap();
    if let Ok(folders) = std::fs::read_dir("/usr/lib/postgresql") {
        for folder in folders {
            path.push_str(&format!(":{}", folder.unwrap().path().join("bin").display()));
        }
    }
    let ended = Command::new("bash")
        .args(["-c", line])
        .env("PATH", path)
        .env("PGPASSWORD", url.password().unwrap())
        .output()
        .unwrap();
    assert!(
        ended.status.success(),
        "{line}: {}",
        String::from_utf8_lossy(&ended.stderr)
    );
}

#[test]
fn on_a_server_both_commands_say_what_to_type_and_it_works() {
    let Ok(engine) = std::env::var("TEST_DATABASE_URL") else {
        // Nobody is asked: the sentence alone.
        let url = "postgres://parlour:hunter2@db.example/talk?sslmode=require&sslpassword=hunter2";
        let home = home().with("PARLOUR_DATABASE_URL", url);
        for command in ["backup", "restore"] {
            // `restore` looks at no file, since there is none that it could use.
            let ended = home.run(&[command, "it's"]).refused(&[
                "postgres://parlour@db.example/talk?sslmode=require",
                "'it'\\''s'",
                "docs/backup.md",
            ]);
            assert!(!ended.complaint().contains("hunter2"));
        }
        return;
    };
    run(async {
        let (first, second) = (fresh_database(&engine).await, fresh_database(&engine).await);
        let home = self::home()
            .with("PARLOUR_DATABASE_URL", &first)
            .with("PARLOUR_SECRET_KEY", SECRET);
        let site = furnish(&home);
        let server = home.serve();
        let mine = say(&server.base, &site, "Said on a server").await;
        let file = home.folder.join("talk.dump");
        let file = file.to_str().unwrap();
        let said = home.run(&["backup", file]).refused(&["pg_dump"]).complaint();
        typed(
            said.trim().split_once("): ").unwrap().1,
            &url::Url::parse(&first).unwrap(),
        );
        say(&server.base, &site, "Said afterwards").await;

        let other = self::home()
            .with("PARLOUR_DATABASE_URL", &second)
            .with("PARLOUR_SECRET_KEY", SECRET);
        let said = other.run(&["restore", file]).refused(&["pg_restore"]).complaint();
        typed(
            said.trim().split_once("): ").unwrap().1,
            &url::Url::parse(&second).unwrap(),
        );
        let restored = other.serve();
        assert_eq!(
            told(&restored.base, &site).await,
            BTreeSet::from(["Said on a server".to_owned()])
        );
        revise(&restored.base, &site, &mine).await.expect(200);
    });
}
