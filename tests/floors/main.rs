//! The house rules that neither the compiler nor clippy keeps (ARCHITECTURE.md): what may name what.

mod documents;
mod source;

use source::{Named, Source, is_word, root, sources, words};

/// Module of the service and its floor. Imports only go down.
const FLOORS: [(&str, u8); 27] = [
    ("error", 1),
    ("config", 1),
    ("job", 1),
    ("text", 1),
    ("infra", 2),
    ("app", 3),
    ("accounts", 4),
    ("tenants", 4),
    ("sites", 4),
    ("threads", 4),
    ("commenters", 4),
    ("comments", 4),
    ("votes", 4),
    ("moderation", 4),
    ("operators", 4),
    ("subscriptions", 4),
    ("statistics", 4),
    ("transfer", 4),
    ("demo", 4),
    ("emails", 4),
    ("watching", 4),
    ("mine", 4),
    ("webhooks", 4),
    ("http", 5),
    ("worker", 5),
    ("commands", 6),
    ("main", 6),
];

/// The imports that go up: every feature is given the app, and the app carries what the doors have seen of origins, what they counted, the posts that
/// wait, what was looked up of sites and threads, and who fails to answer.
const UPWARDS: [(&str, &[&str]); 7] = [
    ("app", &["sites", "sightings"]),
    ("app", &["statistics", "tallies"]),
    ("app", &["sites", "troubles"]),
    ("app", &["comments", "Lines"]),
    ("app", &["sites", "kept"]),
    ("app", &["threads", "heads"]),
    ("app", &["webhooks", "Circuits"]),
];

/// Parts of `http` with an audience of their own.
const DOORS: [&str; 5] = ["visitor", "admin", "isso", "mail", "operator"];

fn floor_of(module: &str) -> Option<u8> {
    FLOORS.iter().find(|(name, _)| *name == module).map(|(_, floor)| *floor)
}

fn is_of_ours(named: &Named) -> Option<&[String]> {
    (named.path.first()? == "crate").then(|| &named.path[1..])
}

/// Fails with every sentence that a rule has found.
#[track_caller]
fn hold(rule: &str, offences: &[String]) {
    assert!(offences.is_empty(), "\n{rule}\n\n  {}\n", offences.join("\n  "));
}

/// One sentence for each path that breaks a rule: which file, which line, what.
fn offences(files: &[Source], breaks: impl Fn(&Source, &Named) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for file in files {
        for named in file.names().iter().filter(|named| breaks(file, named)) {
            found.push(format!("{}:{} names {}", file.name, named.line, named.path.join("::")));
        }
    }
    found
}

fn goes_up(file: &Source, named: &Named) -> bool {
    let (Some(own), Some(target)) = (file.module.first(), is_of_ours(named)) else {
        return false;
    };
    let excepted = UPWARDS.iter().any(|(from, to)| from == own && starts(target, to));
    let (Some(from), Some(to)) = (floor_of(own), target.first().and_then(|module| floor_of(module))) else {
        return false;
    };
    to > from && !excepted
}

fn crosses_doors(file: &Source, named: &Named) -> bool {
    let door_of = |path: &[String]| match path {
        [http, door, ..] if http == "http" => DOORS.into_iter().find(|name| name == door),
        _ => None,
    };
    let target = is_of_ours(named).and_then(door_of);
    matches!((door_of(&file.module), target), (Some(from), Some(to)) if from != to)
}

/// Whether a path begins with these parts.
fn starts(path: &[String], with: &[&str]) -> bool {
    path.iter()
        .map(String::as_str)
        .take(with.len())
        .eq(with.iter().copied())
}

fn names_poem(file: &Source, named: &Named) -> bool {
    matches!(named.path[0].as_str(), "poem" | "poem_openapi") && !starts(&file.module, &["http"])
}

fn names_redis(file: &Source, named: &Named) -> bool {
    named.path[0] == "redis" && !starts(&file.module, &["infra", "redis"])
}

fn reads_the_environment(file: &Source, named: &Named) -> bool {
    let is_a_command_that_needs_a_folder =
        starts(&file.module, &["commands"]) && starts(&named.path, &["std", "env", "temp_dir"]);
    (starts(&named.path, &["std", "env"]) || named.path[0] == "env")
        && !starts(&file.module, &["config"])
        && !is_a_command_that_needs_a_folder
}

#[test]
fn every_module_is_on_a_floor() {
    let homeless = sources().into_iter().filter_map(|file| {
        let module = file.module.first()?.clone();
        floor_of(&module).is_none().then_some(file.name)
    });
    hold(
        "Each module stands on a floor. Give a new one its floor in tests/floors/main.rs and in ARCHITECTURE.md:",
        &homeless.collect::<Vec<_>>(),
    );
}

#[test]
fn imports_only_go_down() {
    hold(
        "Imports only go down (ARCHITECTURE.md, Floors). Move what is needed to a lower floor, or let the caller above pass it in:",
        &offences(&sources(), goes_up),
    );
}

#[test]
fn doors_do_not_import_doors() {
    hold(
        "Each door has its own views, because what may be seen follows from who asks. Move what two doors need to http/ itself, \
         or to the feature:",
        &offences(&sources(), crosses_doors),
    );
}

#[test]
fn only_the_doors_know_poem() {
    hold(
        "poem is for http/ alone. Take and give plain values, and let the door translate them:",
        &offences(&sources(), names_poem),
    );
}

#[test]
fn only_one_file_knows_the_client_of_redis() {
    hold(
        "The redis crate is for infra/redis.rs alone. Add a method to its Redis, with a deadline:",
        &offences(&sources(), names_redis),
    );
}

#[test]
fn settings_come_from_config_alone() {
    hold(
        "The environment is for config.rs alone. Add a setting to config.default.toml and config.rs:",
        &offences(&sources(), reads_the_environment),
    );
}

#[test]
fn only_one_file_asks_which_engine_it_is() {
    const QUESTIONS: [&str; 3] = ["DatabaseBackend", "DbBackend", "get_database_backend"];
    let mut found = Vec::new();
    for file in sources().iter().filter(|file| !starts(&file.module, &["infra", "db"])) {
        for line in &file.lines {
            if let Some(word) = words(&line.text, is_word).find(|word| QUESTIONS.contains(word)) {
                found.push(format!("{}:{} names {word}", file.name, line.number));
            }
        }
    }
    hold(
        "Which engine it is, is for infra/db.rs alone. Write a statement that both understand, or a method of Db:",
        &found,
    );
}

/// What not every PostgreSQL has that is spread over nodes, or stands behind a pool of connections (docs/distributed.md): what a session
/// keeps, locks without rows, messages. And rows that are passed over when they are locked, which only one node can do: in the two
/// tables that workers claim from.
#[test]
fn statements_are_those_that_distributed_databases_have_too() {
    const ABSENT: [&str; 8] = [
        "pg_advisory",
        "LISTEN ",
        "NOTIFY ",
        "CREATE TEMP",
        "LOCK TABLE",
        "SET SESSION",
        "CREATE SEQUENCE",
        "CREATE TRIGGER",
    ];
    const CLAIM: [&str; 2] = ["api/src/infra/queue.rs", "api/src/webhooks/sending.rs"];
    let mut found = Vec::new();
    for file in sources() {
        for line in &file.lines {
            for word in ABSENT.iter().filter(|word| line.text.contains(**word)) {
                found.push(format!("{}:{} has {word}", file.name, line.number));
            }
            let passes_over = ["SkipLocked", "SKIP LOCKED"]
                .iter()
                .any(|word| line.text.contains(word));
            if passes_over && !CLAIM.contains(&file.name.as_str()) {
                found.push(format!("{}:{} passes over locked rows", file.name, line.number));
            }
        }
    }
    hold("Write it so that a distributed PostgreSQL can do it:", &found);
}

/// A line of the list in `entity/src/lib.rs`: tables and the module that writes them.
fn writers(text: &str) -> Vec<(String, Vec<String>)> {
    let rows = text.lines().filter_map(|line| line.strip_prefix("//! | `"));
    rows.flat_map(|row| {
        let (tables, writer) = row.split_once('|').expect("two columns");
        let writer: Vec<String> = words(writer, is_word).map(str::to_owned).collect();
        let tables: Vec<_> = words(tables, is_word)
            .map(|table| (table.to_owned(), writer.clone()))
            .collect();
        tables
    })
    .collect()
}

fn entity_list() -> String {
    std::fs::read_to_string(root().join("entity/src/lib.rs")).expect("the list of tables")
}

#[test]
fn the_list_of_writers_has_every_table_once() {
    let list = entity_list();
    let mut tables: Vec<&str> = list
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .collect();
    let writers = writers(&list);
    let mut listed: Vec<&str> = writers.iter().map(|(table, _)| table.as_str()).collect();
    tables.sort_unstable();
    listed.sort_unstable();
    assert_eq!(
        listed, tables,
        "the list at the top of entity/src/lib.rs names each table once, with the module that writes it"
    );
}

/// How a statement that writes begins, after the table's name.
const WRITES: [&str; 10] = [
    "::ActiveModel",
    "::Entity::insert",
    "::Entity::update(",
    "::Entity::update_many",
    "::Entity::update_of_",
    "::Entity::delete(",
    "::Entity::delete_many",
    "::Entity::delete_by_id",
    "::Entity::delete_of_",
    "::Entity::truncate",
];

/// Lines of a file that write a table.
fn writes<'a>(file: &'a Source, table: &'a str) -> impl Iterator<Item = usize> {
    let is_written = move |text: &str| {
        text.match_indices(table).any(|(place, _)| {
            let is_whole = !text[..place].ends_with(is_word);
            is_whole
                && WRITES
                    .iter()
                    .any(|write| text[place + table.len()..].starts_with(write))
        })
    };
    file.lines
        .iter()
        .filter(move |line| is_written(&line.text))
        .map(|line| line.number)
}

#[test]
fn each_table_is_written_by_its_module() {
    let mut found = Vec::new();
    for (table, writer) in writers(&entity_list()) {
        // Who plants a large platform makes rows in bulk, in the place of those who make them one by one.
        let others = |file: &&Source| !file.module.starts_with(&writer) && !starts(&file.module, &["demo", "big"]);
        for file in sources().iter().filter(others) {
            let by = writer.join("::");
            found.extend(
                writes(file, &table).map(|line| format!("{}:{line} writes {table}, which is {by}'s", file.name)),
            );
        }
    }
    hold(
        "Each table is written by one module (the list in entity/src/lib.rs). Call a function of that module, within the same \
         transaction:",
        &found,
    );
}

/// The rules themselves, tried on files that break them.
mod tried {
    use super::*;

    fn breaks(name: &str, text: &str, rule: impl Fn(&Source, &Named) -> bool) -> Vec<String> {
        offences(&[Source::parse(name, text)], rule)
    }

    #[test]
    fn an_import_that_goes_up_is_named() {
        let up = |name, text| breaks(name, text, goes_up);
        assert_eq!(
            up(
                "api/src/infra/db.rs",
                "\nuse crate::{\n    config::Config,\n    http::{self, problem as p},\n};"
            ),
            [
                "api/src/infra/db.rs:2 names crate::http::self",
                "api/src/infra/db.rs:2 names crate::http::problem"
            ],
        );
        assert_eq!(
            up("api/src/sites/mod.rs", "fn f() { crate::http::x() }"),
            ["api/src/sites/mod.rs:1 names crate::http::x"]
        );
        assert_eq!(
            up("api/src/error.rs", "use super::infra::db;"),
            ["api/src/error.rs:1 names crate::infra::db"]
        );
        assert_eq!(
            up("api/src/app.rs", "use crate::sites::Site;"),
            ["api/src/app.rs:1 names crate::sites::Site"]
        );
        assert_eq!(up("api/src/app.rs", "use crate::sites::sightings::Sightings;"), [""; 0]);
        assert_eq!(
            up("api/src/http/mod.rs", "use crate::sites;\n// crate::main::x\n"),
            [""; 0]
        );
        assert_eq!(
            up(
                "api/src/infra/db.rs",
                "#[cfg(test)]\nmod tests {\n    use crate::http::x;\n}\n"
            ),
            [""; 0]
        );
    }

    #[test]
    fn a_door_that_looks_into_another_is_named() {
        let door = |text| breaks("api/src/http/visitor/mod.rs", text, crosses_doors);
        assert_eq!(
            door("use super::admin::views;"),
            ["api/src/http/visitor/mod.rs:1 names crate::http::admin::views"]
        );
        assert_eq!(door("use super::visitor::views::A;\nuse super::body::Body;"), [""; 0]);
    }

    #[test]
    fn a_library_in_the_wrong_place_is_named() {
        assert_eq!(
            breaks("api/src/sites/mod.rs", "use poem::Request;", names_poem).len(),
            1
        );
        assert_eq!(
            breaks("api/src/infra/limiter.rs", "let x = redis::cmd(1);", names_redis).len(),
            1
        );
        assert_eq!(
            breaks("api/src/infra/limiter.rs", "use super::redis::Redis;", names_redis).len(),
            0
        );
        assert_eq!(
            breaks("api/src/infra/db.rs", "use std::{env, fs};", reads_the_environment).len(),
            1
        );
        assert_eq!(
            breaks(
                "api/src/commands/serve.rs",
                "std::env::temp_dir()",
                reads_the_environment
            )
            .len(),
            0
        );
        assert_eq!(
            breaks("api/src/commands/serve.rs", "std::env::var(1)", reads_the_environment).len(),
            1
        );
    }

    #[test]
    fn a_table_written_by_another_module_is_seen() {
        let file = Source::parse(
            "api/src/sites/mod.rs",
            "a\nsite::ActiveModel {\nmembership_site::Entity::of_tenant(1)",
        );
        assert_eq!(writes(&file, "site").collect::<Vec<_>>(), [2]);
        assert_eq!(writes(&file, "membership_site").count(), 0);
        let list = writers("//! | `a`, `b` | `infra::queue` |\n//! | --- | --- |");
        let writer = vec!["infra".to_owned(), "queue".to_owned()];
        assert_eq!(list, [("a".to_owned(), writer.clone()), ("b".to_owned(), writer)]);
    }
}
