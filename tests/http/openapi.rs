//! The document: the one in the repository, the one that is served, and whether both say all that they should.

use std::collections::BTreeSet;

use parlour::error::{ErrorCode, FieldCode};
use parlour::http::document;
use serde_json::{Map, Value};

use crate::world::{run, world};

const REPAIR: &str = "openapi.yaml is not what the code says: run `make generate`";

fn checked_in() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi.yaml");
    std::fs::read_to_string(path).expect(REPAIR)
}

/// `(method and path, operation)` of all.
fn operations(document: &Value) -> Vec<(String, &Map<String, Value>)> {
    let paths = document["paths"].as_object().unwrap().iter();
    paths
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().unwrap().iter();
            methods.map(move |(method, operation)| (format!("{method} {path}"), operation.as_object().unwrap()))
        })
        .collect()
}

#[test]
fn the_document_in_the_repository_is_the_generated_one() {
    let (kept, made) = (checked_in(), document::yaml());
    let different = kept
        .trim_end()
        .lines()
        .zip(made.trim_end().lines())
        .position(|(kept, made)| kept != made);
    assert_eq!(
        different.map(|line| line + 1),
        None,
        "{REPAIR} (first difference in this line)"
    );
    assert_eq!(kept.trim_end().len(), made.trim_end().len(), "{REPAIR}");
}

#[test]
fn the_document_names_nothing_twice() {
    // The parser refuses a key that comes twice in one place.
    let parsed: serde_yaml::Value = serde_yaml::from_str(&checked_in()).unwrap();
    let as_json = serde_json::to_value(parsed).unwrap();
    assert!(as_json == document::json(), "{REPAIR}");

    let all = operations(&as_json);
    let ids: BTreeSet<&str> = all
        .iter()
        .map(|(_, operation)| operation["operationId"].as_str().unwrap())
        .collect();
    assert_eq!(ids.len(), all.len(), "an operationId comes twice");
}

#[test]
fn every_operation_has_a_name_a_summary_and_a_place() {
    let document = document::json();
    let tags: BTreeSet<&str> = document["tags"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| tag["name"].as_str().unwrap())
        .collect();
    for (place, operation) in operations(&document) {
        let id = operation["operationId"].as_str().unwrap();
        let words: Vec<&str> = id.split('_').collect();
        assert!(words.len() >= 2, "{place}: {id} is noun_verb");
        assert!(
            id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') && !words.contains(&""),
            "{place}: {id}"
        );
        let summary = operation["summary"].as_str().unwrap_or_default();
        assert!(
            !summary.is_empty() && summary.len() < 60 && !summary.ends_with('.'),
            "{id}: {summary:?}"
        );
        let tag: Vec<&str> = operation["tags"]
            .as_array()
            .unwrap()
            .iter()
            .map(|tag| tag.as_str().unwrap())
            .collect();
        assert!(tag.len() == 1 && tags.contains(tag[0]), "{id}: {tag:?}");
    }
}

#[test]
fn every_operation_says_how_it_ends() {
    let document = document::json();
    for (place, operation) in operations(&document) {
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.keys().any(|status| status.starts_with('2')), "{place}");
        for (status, response) in responses {
            let is_refusal = status == "default" || status.starts_with(['4', '5']);
            let refers = response["$ref"] == "#/components/responses/Problem";
            assert_eq!(refers, is_refusal, "{place} {status}");
        }
        assert!(responses.contains_key("default"), "{place}");
    }
}

#[test]
fn every_placeholder_of_a_path_is_described() {
    let document = document::json();
    for (place, operation) in operations(&document) {
        let named: BTreeSet<&str> = place
            .split('{')
            .skip(1)
            .map(|rest| rest.split('}').next().unwrap())
            .collect();
        let parameters = operation
            .get("parameters")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        let described: BTreeSet<&str> = parameters
            .filter(|parameter| parameter["in"] == "path")
            .map(|parameter| parameter["name"].as_str().unwrap())
            .collect();
        assert_eq!(named, described, "{place}");
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_schema_is_used() {
    let document = document::json();
    let mut references = BTreeSet::new();
    collect(&document, &mut references);
    for reference in &references {
        let pointer = reference.strip_prefix('#').expect("within the document");
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        assert!(
            references.contains(&format!("#/components/schemas/{name}")),
            "nothing refers to {name}"
        );
    }
}

fn collect(value: &Value, references: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            references.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|value| collect(value, references));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, references)),
        _ => {}
    }
}

#[test]
fn the_codes_of_refusals_are_all_there() {
    let document = document::json();
    let listed = |name: &str| {
        let values = document["components"]["schemas"][name]["enum"].as_array().unwrap();
        values
            .iter()
            .map(|value| value.as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        listed("ErrorCode"),
        ErrorCode::ALL.iter().map(|code| code.name()).collect::<Vec<_>>()
    );
    assert_eq!(
        listed("FieldCode"),
        FieldCode::ALL.iter().map(|code| code.name()).collect::<Vec<_>>()
    );
}

#[test]
fn the_document_is_served_in_both_forms() {
    run(async {
        assert_eq!(
            world().get("/openapi.json").send().await.expect(200).json,
            document::json()
        );
        let yaml = world().get("/openapi.yaml").send().await.expect(200);
        assert_eq!(
            String::from_utf8_lossy(&yaml.body).trim_end(),
            document::yaml().trim_end()
        );
    });
}
